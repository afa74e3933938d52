//! The one line that check, fix and undo walk: look, plan, consent, changes, look again, verdicts. They differ in whose plan
//! it is, in who consents, and in how long they stay.

use crate::cli::{Config, Shell, Staying, Target};
use crate::domain::Exit;
use crate::domain::{AgreedBy, Command, Event, Evidence, NotSent, Outcome, Run, ServerRun, StepOutcome};
use crate::error::Error;
use crate::exchange::{Observer, Writer};
use crate::journal::{Begin, Folder, Journal, Waiting};
use crate::screens;
use crate::shell::{Interrupt, engine};
use crate::terminal::{Console, Progress};

use super::look::{Goal, look, look_again};
use super::output::report;
use super::pace::Clock;
use super::{Prepared, begun, consents, monitors, recording, wait, watch};

/// `check`: looks, and never changes anything.
pub(super) fn check(target: &Target, config: &Config, console: &mut Console) -> Result<Exit, Error> {
    let run = walk(Goal::Mend(Command::Check), AgreedBy::Nobody, target, None, config, console)?;
    report(run, config, console)
}

/// `fix`.
pub(super) fn fix(by: AgreedBy, target: &Target, config: &Config, console: &mut Console) -> Result<Exit, Error> {
    let run = walk(Goal::Mend(Command::Fix), by, target, None, config, console)?;
    report(run, config, console)
}

/// Walks the line, with a journal where something may be changed. `shell`: where it is another than the one that was typed.
pub(super) fn walk(
    goal: Goal<'_>,
    by: AgreedBy,
    target: &Target,
    shell: Option<&Shell>,
    config: &Config,
    console: &mut Console,
) -> Result<Run, Error> {
    let capabilities = goal.may(&target.policy, by);
    let mut run = begun::run(goal.command(), by, goal.undoes(), config);
    if let Goal::Undo(undone) = goal {
        run.undone_flaws.clone_from(&undone.flaws);
    }
    if !capabilities.may_change() {
        let prepared = Prepared::of(target, shell, capabilities)?;
        run.simulated.clone_from(&prepared.scenario);
        run.connection.splice(0..0, target.connection());
        look_only(&mut run, goal, target, &prepared, console)?;
        return Ok(run);
    }
    let prepared = Prepared::of(target, shell, capabilities).and_then(|prepared| {
        let begin = Begin {
            command: run.command,
            agreed_by: by,
            arguments: run.arguments.clone(),
            script: engine::text(capabilities).to_owned(),
            interactive: console.can_ask(),
            simulated: prepared.scenario.clone(),
            undoes: run.undoes.clone(),
        };
        let folder = Folder::new(config.journal.folder.as_deref())?;
        let begin = |waiting: &mut Waiting<'_>| Journal::begin(&folder, begin, waiting);
        Ok((recording::in_turn(config.journal.patience, &prepared.interrupt, console, begin)?, prepared))
    });
    let (journal, prepared) = recording::log_start_failure(prepared, shell.unwrap_or(&target.shell))?;
    recording::say_narrowed(&journal, console);
    run.simulated.clone_from(&prepared.scenario);
    run.connection.splice(0..0, target.connection());
    run.id = Some(journal.id().clone());
    run.who = Some(journal.who().clone());
    recording::with_journal(journal, run, console, |run, journal, console| {
        look_and_change(run, goal, target, &prepared, journal, console)
    })
}

/// The first half of the line, by somebody who could not change anything.
fn look_only(
    run: &mut Run,
    goal: Goal<'_>,
    target: &Target,
    prepared: &Prepared,
    console: &mut Console,
) -> Result<(), Error> {
    let mut progress = Progress::new();
    let mut on_event = |event: Event<'_>| progress.show(&event, console);
    let mut observer = Observer::connect(prepared.launch.clone(), target.link.clone(), &mut on_event)?;
    (run.servers, run.left_out) = look(goal, &mut observer, target, &prepared.interrupt, &mut on_event)?;
    if matches!(goal, Goal::Mend(_)) {
        if !prepared.is_interrupted() {
            investigate(&mut run.servers, &mut observer, &mut on_event);
        }
        if !prepared.is_interrupted() && run.command == Command::Check {
            for server in &mut run.servers {
                server.authors = observer.authors(server.server(), &server.diagnoses, &mut on_event);
            }
        }
        if !prepared.is_interrupted() && target.staying.probe_first {
            wait::look(&mut run.servers, &mut observer, &mut on_event);
        }
    }
    console.stop();
    observer.close();
    run.interrupted = prepared.is_interrupted();
    Ok(())
}

/// The whole line.
fn look_and_change(
    run: &mut Run,
    goal: Goal<'_>,
    target: &Target,
    prepared: &Prepared,
    journal: &mut Journal,
    console: &mut Console,
) -> Result<(), Error> {
    let mut progress = Progress::new();
    let (launch, link) = (prepared.launch.clone(), target.link.clone());
    let mut writer = Writer::connect(launch, link, &mut |e| progress.show(&e, console))?;
    let interrupt = &prepared.interrupt;
    (run.servers, run.left_out) =
        look(goal, writer.observer(), target, interrupt, &mut |e| progress.show(&e, console))?;
    let (mends, asks) = (matches!(goal, Goal::Mend(_)), run.agreed_by == AgreedBy::Person);
    // Why it is Inactive helps a person to decide. Where nobody is asked, clients come first.
    if mends && asks && !prepared.is_interrupted() {
        investigate(&mut run.servers, writer.observer(), &mut |e| progress.show(&e, console));
    }
    console.stop();
    // A journal that cannot take the looks will not take an intent either: better to end here, before anybody is asked.
    run.servers.iter().for_each(|server| journal.before(&server.before));
    journal.check()?;
    if !prepared.is_interrupted() {
        let agreed = consents::of(run, &target.policy, prepared, console);
        let _guard = console.quick_edit_guard();
        progress.expect(agreed.iter().map(|consent| consent.decision().agreed.len()).sum(), asks);
        for (server, consent) in run.servers.iter().zip(&agreed) {
            journal.decided(server.server(), consent.decision());
        }
        // Esc and Ctrl-C are in time until the first change is sent.
        let mut last_keys = if agreed.is_empty() { None } else { console.last_keys() };
        for (server, consent) in run.servers.iter_mut().zip(agreed) {
            server.steps = writer.apply(consent.into_steps(), journal, &mut |e| {
                if matches!(e, Event::StepSends(_)) && last_keys.take().is_some_and(|mut keys| keys.says_stop()) {
                    interrupt.raise();
                }
                progress.show(&e, console);
            });
            let is_sent = |step: &StepOutcome| step.outcome != Outcome::NotSent(NotSent::Interrupted);
            if server.steps.iter().any(is_sent) {
                // Whoever stopped the run still wants to know what it has done.
                interrupt.acknowledge();
                look_again(server, None, writer.observer(), journal, &mut |e| progress.show(&e, console));
            }
        }
        if mends && !asks && !prepared.is_interrupted() {
            investigate(&mut run.servers, writer.observer(), &mut |e| progress.show(&e, console));
        }
    }
    if mends && !prepared.is_interrupted() && run.was_changed() {
        stay(run, &target.staying, interrupt, &mut writer, journal, &mut progress, console);
    }
    console.stop();
    writer.close();
    run.interrupted = prepared.is_interrupted();
    Ok(())
}

/// Until clients are served; and, once it is said what the change came to, as long as it was asked for after that.
fn stay(
    run: &mut Run,
    staying: &Staying,
    interrupt: &Interrupt,
    writer: &mut Writer,
    journal: &mut Journal,
    progress: &mut Progress,
    console: &mut Console,
) {
    let clock = &mut Clock::starting(interrupt, console.keys());
    let servers = &mut run.servers;
    let waited = wait::wait(servers, staying, clock, writer.observer(), journal, &mut |e| progress.show(&e, console));
    let met = servers.iter().filter(|server| !server.clients.is_empty());
    met.for_each(|server| journal.clients(server.server(), &server.clients));
    if interrupt.count() > 0 {
        return;
    }
    for server in &mut run.servers {
        monitors::ask(server, writer.observer(), journal, &mut |e| progress.show(&e, console));
    }
    if waited
        && let Some(time) = staying.watch
        && run.servers.iter().any(watch::is_worth_watching)
    {
        console.say(&screens::summary(run));
        clock.restart();
        watch::watch(&mut run.servers, time, clock, writer.observer(), journal, &mut |e| progress.show(&e, console));
    }
}

/// Why Managed Availability set components Inactive, on every server.
fn investigate(servers: &mut [ServerRun], observer: &mut Observer, on_event: &mut dyn FnMut(Event<'_>)) {
    for server in servers {
        let wanted = Evidence::wanted(&server.diagnoses);
        server.evidence = observer.evidence(server.server(), &wanted, on_event);
    }
}
