//! Finding out whether everything is ready: the shell is asked about itself before Exchange is loaded, so that it is known
//! even where Exchange is not to be had. A question that fails leaves a gap in the facts and never ends the others.

use std::time::Instant;

use crate::domain::checkup::{
    Answer, ExchangeFacts, Facts, Installation, JournalFacts, ListedPolicy, LoadFailure, Loaded, Look, Machine, Roles,
    ServerFacts, Shell, ShellFacts, ShellFailure, ShellPolicy,
};
use crate::domain::{Chosen, Component, Connection, Event, LeftOut, Server, StoreReading, Trouble};
use crate::shell::protocol::{Call, Connected, EnvironmentAnswer, RoleAnswer, ShellPolicyAnswer};
use crate::shell::{CallFailure, Launch, Loss, LossReason, Program, Session, StartError, engine};

use super::sessions::load;
use super::{ConnectError, Jobs, Link, Observer, OnEvent, Pool, refusal};

/// Asks everything, servers side by side. `servers` are those that are named one by one, for as long as no others can be
/// asked for; `choose` tells all of them.
///
/// # Errors
/// Those of `choose`.
pub(crate) fn examine<E>(
    launch: &Launch,
    link: &Link,
    servers: &[Server],
    components: &[Component],
    jobs: Jobs,
    choose: impl FnOnce(&mut Observer, &mut dyn FnMut(Event<'_>)) -> Result<Chosen, E>,
    on_event: &mut OnEvent<'_>,
) -> Result<Facts, E> {
    on_event(Event::Connecting);
    let begun = Instant::now();
    let mut session = match Session::start(launch) {
        Ok(session) => session,
        Err(error) => return Ok(without(shell_failure(path(launch), &error), link, servers)),
    };
    let hello = session.hello().clone();
    let shell = ShellFacts::Up(Shell {
        path: path(launch),
        version: hello.ps_version,
        language_mode: hello.language_mode,
        is_64: hello.is64,
        has_signed_scripts: match launch.program {
            Program::PowerShell { .. } => Some(engine::are_signed()),
            Program::Simulator { .. } => None,
        },
        took: begun.elapsed(),
    });
    let machine = match session.call::<EnvironmentAnswer>(&Call::GetEnvironment {}, &mut |_| {}) {
        Ok(answer) => Answer::Known(machine(answer)),
        Err(CallFailure::Refused(error)) => Answer::Unknown(error.message),
        Err(CallFailure::Lost(loss)) => {
            // The next question deserves a shell of its own; where there is none, it says so itself.
            if let Ok(another) = Session::start(launch) {
                session = another;
            }
            Answer::Unknown(loss.reason.to_string())
        }
    };
    let begun = Instant::now();
    let connected = match load(&mut session, link, &launch.turn, &mut |event| on_event(event)) {
        Ok(connected) => connected,
        Err(error) => {
            let found = Found { exchange: not_loaded(&error), ..Found::nothing(servers) };
            return Ok(found.facts(link, shell, machine));
        }
    };
    let took = begun.elapsed();
    on_event(Event::Connected(took));
    let mut exchange = loaded(&connected, took, launch);
    let account = match &machine {
        Answer::Known(machine) if link.connection != Connection::Snapin => machine.account.clone(),
        Answer::Known(_) | Answer::Unknown(_) | Answer::NotAsked => None,
    };
    let observer = Observer::on(session, launch.clone(), link.clone(), connected);
    let mut pool = Pool::on(observer, launch.clone(), link.clone(), jobs, took);
    let Chosen { servers, left_out } = choose(pool.observer(), &mut |event| on_event(event))?;
    let mut servers = servers.iter().map(not_asked).collect::<Vec<_>>();
    pool.expect(servers.len(), on_event);
    let work = |facts: &mut &mut ServerFacts, observer: &mut Observer, on_event: &mut dyn FnMut(Event<'_>)| {
        if launch.interrupt.count() == 0 {
            ask(facts, observer, components, account.as_deref(), on_event);
        }
    };
    pool.each(&mut servers, |facts| &facts.server, &work, on_event);
    if let (Some(account), ExchangeFacts::Loaded(loaded), 0) = (&account, &mut exchange, launch.interrupt.count()) {
        loaded.shells = shell_policy(pool.observer(), account, &mut |event| on_event(event));
    }
    pool.close();
    Ok(Found { exchange, servers, left_out }.facts(link, shell, machine))
}

/// What was found out through Exchange.
struct Found {
    exchange: ExchangeFacts,
    servers: Vec<ServerFacts>,
    left_out: Vec<LeftOut>,
}

impl Found {
    /// Nothing, of these servers.
    fn nothing(servers: &[Server]) -> Self {
        let servers = servers.iter().map(not_asked).collect();
        Self { exchange: ExchangeFacts::NotTried, servers, left_out: Vec::new() }
    }

    /// With what the shell said of itself, and of the machine.
    fn facts(self, link: &Link, shell: ShellFacts, machine: Answer<Machine>) -> Facts {
        let Self { exchange, servers, left_out } = self;
        let (connection, journal) = (link.connection, JournalFacts::NotAsked);
        Facts { connection, shell, machine, journal, exchange, servers, left_out }
    }
}

/// The facts where no PowerShell could even be started.
pub(crate) fn without_shell(link: &Link, servers: &[Server], error: &StartError) -> Facts {
    let path =
        if let StartError::Spawn { program, .. } = error { program.display().to_string() } else { String::new() };
    without(shell_failure(path, error), link, servers)
}

fn without(shell: ShellFacts, link: &Link, servers: &[Server]) -> Facts {
    Found::nothing(servers).facts(link, shell, Answer::NotAsked)
}

/// Where PowerShell is.
fn path(launch: &Launch) -> String {
    match &launch.program {
        Program::PowerShell { path } => path.display().to_string(),
        Program::Simulator { .. } => "simulated".to_owned(),
    }
}

fn shell_failure(path: String, error: &StartError) -> ShellFacts {
    let why = match error {
        StartError::NotFound { looked_for } => return ShellFacts::NotFound { looked_for: looked_for.clone() },
        StartError::Spawn { .. } => ShellFailure::NotStarted(error.to_string()),
        StartError::TooFewBits(_) => ShellFailure::TooFewBits(error.to_string()),
        StartError::Engine { .. } => ShellFailure::NoScripts(error.to_string()),
        StartError::LanguageMode(mode) => ShellFailure::Confined(mode.clone()),
        StartError::ScriptsRefused { refused, .. } => ShellFailure::ScriptsRefused(refused.clone()),
        StartError::Lost(loss) => match &loss.reason {
            LossReason::Deadline(_) | LossReason::OutOfTime(_) => ShellFailure::Silent(loss.reason.to_string()),
            LossReason::Interrupted => ShellFailure::Interrupted,
            LossReason::Ended(_) | LossReason::Garbled(_) | LossReason::Session(_) | LossReason::NotReplaced(_) => {
                ShellFailure::Ended(loss.reason.to_string())
            }
        },
    };
    let tail = match error {
        StartError::Lost(Loss { tail, .. }) | StartError::ScriptsRefused { tail, .. } => tail.clone(),
        StartError::NotFound { .. }
        | StartError::TooFewBits(_)
        | StartError::Spawn { .. }
        | StartError::Engine { .. }
        | StartError::LanguageMode(_) => String::new(),
    };
    ShellFacts::Failed { path, why, tail }
}

fn machine(answer: EnvironmentAnswer) -> Machine {
    Machine {
        at: answer.at.and_then(|at| at.parse().ok()),
        time_zone: answer.time_zone,
        utc_offset: answer.utc_offset_minutes,
        computer: answer.computer,
        is_windows: answer.is_windows,
        execution_policies: answer
            .execution_policies
            .map(|all| all.into_iter().map(|item| (item.scope, item.policy)).collect()),
        account: answer.account,
        sid: answer.sid,
        elevated: answer.elevated,
        interactive: answer.interactive,
        nobody_to_ask: None,
        installations: answer
            .installations
            .into_iter()
            .map(|it| Installation { source: it.source, path: it.path, has_shell: it.has_shell })
            .collect(),
        exchange_version: answer.exchange_version,
        roles: answer.roles,
        problems: answer.problems.into_iter().map(|item| (item.question, item.message)).collect(),
    }
}

fn not_loaded(error: &ConnectError) -> ExchangeFacts {
    let kind = match error {
        ConnectError::Cmdlets { no_tools: true, .. } => LoadFailure::NoTools,
        ConnectError::AccessDenied(_) | ConnectError::MayNotChange => LoadFailure::AccessDenied,
        ConnectError::Lost(Loss { reason: LossReason::Deadline(_) | LossReason::OutOfTime(_), .. }) => {
            LoadFailure::Deadline
        }
        ConnectError::Interrupted => LoadFailure::Interrupted,
        ConnectError::Cmdlets { no_tools: false, .. }
        | ConnectError::Lost(_)
        | ConnectError::Start(_)
        | ConnectError::NoComputerName => LoadFailure::Refused,
    };
    let message = match error {
        ConnectError::Cmdlets { message, .. } | ConnectError::AccessDenied(message) => message.clone(),
        ConnectError::Lost(loss) => loss.reason.to_string(),
        ConnectError::Start(_)
        | ConnectError::MayNotChange
        | ConnectError::Interrupted
        | ConnectError::NoComputerName => error.to_string(),
    };
    ExchangeFacts::Failed { kind, message, tail: error.tail().unwrap_or_default().to_owned() }
}

fn loaded(connected: &Connected, took: std::time::Duration, launch: &Launch) -> ExchangeFacts {
    ExchangeFacts::Loaded(Loaded {
        took,
        deadline: launch.deadlines.connect,
        connected_to: connected.connected_to.clone(),
        cmdlets: connected.cmdlets.clone(),
        shells: None,
    })
}

fn not_asked(server: &Server) -> ServerFacts {
    ServerFacts { server: server.clone(), exchange: None, look: None, roles: Answer::NotAsked }
}

fn ask(
    facts: &mut ServerFacts,
    observer: &mut Observer,
    components: &[Component],
    account: Option<&str>,
    on_event: &mut dyn FnMut(Event<'_>),
) {
    let server = &facts.server.clone();
    observer.turn_to(server);
    if observer.has_cmdlet("Get-ExchangeServer") {
        let exchange = observer.exchange_server(server, on_event);
        let is_none = exchange.is_err();
        facts.exchange = Some(exchange);
        if is_none {
            return;
        }
    }
    facts.look = Some(look(observer, server, components, on_event));
    if let Some(account) = account.filter(|_| observer.has_cmdlet("Set-ServerComponentState")) {
        facts.roles = roles(observer, server, account, on_event);
    }
}

/// One look at the components, up to the first that shows a store to be unreadable: a registry that does not answer takes
/// two minutes to say so, and would say it again.
fn look(
    observer: &mut Observer,
    server: &Server,
    components: &[Component],
    on_event: &mut dyn FnMut(Event<'_>),
) -> Result<Look, Trouble> {
    let mut look = Look { taken: jiff::Timestamp::now(), stores: Vec::new() };
    for component in components {
        on_event(Event::Looking(server, component));
        let (seen, at) = observer.look_at(server, component, on_event)?;
        if let (true, Some(at)) = (look.stores.is_empty(), at) {
            look.taken = at;
        }
        let unreadable = [&seen.local, &seen.remote].contains(&&StoreReading::Unreadable);
        look.stores.push((seen.local, seen.remote));
        if unreadable {
            break;
        }
    }
    Ok(look)
}

/// How many shells Exchange allows the account. Good to know, and no more: where it cannot be told nothing is said.
fn shell_policy(observer: &mut Observer, account: &str, on_event: &mut dyn FnMut(Event<'_>)) -> Option<ShellPolicy> {
    let call = Call::GetShellPolicy { account: account.to_owned() };
    let answer: ShellPolicyAnswer = observer.call(&call, on_event).ok()?;
    let listed = answer.policies?.into_iter().map(|item| ListedPolicy {
        name: item.name.unwrap_or_default(),
        scope: item.scope.unwrap_or_default(),
        most: item.shells,
    });
    ShellPolicy::in_force(answer.own.as_deref(), listed.collect())
}

fn roles(
    observer: &mut Observer,
    server: &Server,
    account: &str,
    on_event: &mut dyn FnMut(Event<'_>),
) -> Answer<Roles> {
    let call = Call::GetRoleAssignment { account: account.to_owned(), server: server.as_str().to_owned() };
    match observer.call::<RoleAnswer>(&call, on_event) {
        Ok(answer) => Answer::Known(Roles {
            needed: answer.roles,
            assigned: answer.assignments.map(|all| {
                all.into_iter().map(|item| (item.role.unwrap_or_default(), item.assignee.unwrap_or_default())).collect()
            }),
        }),
        Err(failure) => Answer::Unknown(refusal::trouble(failure, None).message),
    }
}
