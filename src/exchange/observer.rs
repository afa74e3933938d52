//! Looking at servers through one shell session, which is started once and again only after it was lost.

use std::time::Instant;

use jiff::Timestamp;
use serde::de::DeserializeOwned;

use crate::domain::{
    Component, ComponentSnapshot, Connection, Event, KnownRequester, Server, ServerSnapshot, Services, Setup, State,
    Trouble, TroubleKind,
};
use crate::shell::protocol::{Call, ComponentStateAnswer, Connected, ExchangeServerAnswer, SetupProcessAnswer};
use crate::shell::{CallFailure, Launch, Loss, LossReason, Program, Session};

use super::{ConnectError, decode, refusal};

/// The way to the Exchange cmdlets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// Which kind of shell.
    pub connection: Connection,
    /// The server that a remote session is opened on.
    pub connect_to: Option<String>,
}

/// Something that can look at servers, and only look.
pub struct Observer {
    launch: Launch,
    link: Link,
    shell: Shell,
    connected: Connected,
}

/// The one session, or what became of it.
enum Shell {
    Open(Box<Session>),
    Lost(Trouble),
}

impl Observer {
    /// Starts the shell and loads Exchange.
    ///
    /// # Errors
    /// When no server can be looked at: no PowerShell, no cmdlets, no right to use them, a deadline, an interruption.
    pub fn connect(launch: Launch, link: Link, on_event: &mut dyn FnMut(Event<'_>)) -> Result<Self, ConnectError> {
        let (session, connected) = open(&launch, &link, on_event)?;
        Ok(Self::on(session, launch, link, connected))
    }

    /// An observer on a session in which Exchange is loaded.
    pub(super) fn on(session: Session, launch: Launch, link: Link, connected: Connected) -> Self {
        Self { launch, link, shell: Shell::Open(Box::new(session)), connected }
    }

    /// The server this machine is.
    ///
    /// # Errors
    /// When the machine's name is not one that a server can have.
    pub fn this_server(&self) -> Result<Server, ConnectError> {
        let name = self.connected.computer.as_deref().unwrap_or_default();
        Server::parse(name).map_err(|_| ConnectError::NoComputerName)
    }

    /// What to call a server's machine where Windows is asked and not Exchange: the machine that the shell runs on is
    /// `localhost`, so that the question does not go over the network and needs no remoting.
    pub(super) fn machine(&self, server: &Server) -> String {
        if is_here(&self.connected, server) { "localhost" } else { server.as_str() }.to_owned()
    }

    /// What it speaks to.
    pub(super) fn program(&self) -> &Program {
        &self.launch.program
    }

    /// Whether the account was given a cmdlet.
    pub(super) fn has_cmdlet(&self, name: &str) -> bool {
        self.connected.cmdlets.iter().any(|cmdlet| cmdlet.eq_ignore_ascii_case(name))
    }

    /// Looks at components of a server. What cannot be seen is said in the snapshot; this never fails. After a shell was
    /// lost, the next look starts a new one.
    pub fn look(
        &mut self,
        server: &Server,
        components: &[Component],
        on_event: &mut dyn FnMut(Event<'_>),
    ) -> ServerSnapshot {
        let _span = tracing::info_span!("server", name = %server).entered();
        let mut snapshot = ServerSnapshot {
            server: server.clone(),
            taken: Timestamp::now(),
            exchange: None,
            setup: Setup::NotAsked,
            services: Services::NotAsked,
            health_manager: None,
            components: Vec::new(),
            troubles: Vec::new(),
        };
        if let Err(trouble) = self.look_into(&mut snapshot, components, on_event) {
            snapshot.troubles.push(trouble);
        }
        snapshot
    }

    fn look_into(
        &mut self,
        snapshot: &mut ServerSnapshot,
        components: &[Component],
        on_event: &mut dyn FnMut(Event<'_>),
    ) -> Result<(), Trouble> {
        let server = snapshot.server.clone();
        self.ensure_session(on_event)?;
        if self.has_cmdlet("Get-ExchangeServer") {
            let call = Call::GetExchangeServer { server: server.as_str().to_owned() };
            let answer: ExchangeServerAnswer =
                self.call(&call, on_event).map_err(|failure| refusal::trouble(failure, None))?;
            snapshot.exchange = Some(decode::exchange_server(answer, &server)?);
        }
        for (index, component) in components.iter().enumerate() {
            on_event(Event::Looking(&server, component));
            match self.look_at(&server, component, on_event) {
                Ok((seen, at)) => {
                    if let (0, Some(at)) = (index, at) {
                        snapshot.taken = at;
                    }
                    snapshot.components.push(seen);
                }
                Err(trouble) if concerns_one_component(trouble.kind) => snapshot.troubles.push(trouble),
                Err(trouble) => return Err(trouble),
            }
        }
        if snapshot.components.iter().any(is_set_by_setup) {
            snapshot.setup = self.setup(&server, on_event)?;
        }
        if !snapshot.components.is_empty() {
            (snapshot.services, snapshot.health_manager) = self.services(&server, on_event);
        }
        Ok(())
    }

    /// Looks at one component, and tells when (UTC, by the clock of the machine the shell runs on).
    pub(super) fn look_at(
        &mut self,
        server: &Server,
        component: &Component,
        on_event: &mut dyn FnMut(Event<'_>),
    ) -> Result<(ComponentSnapshot, Option<Timestamp>), Trouble> {
        self.ensure_session(on_event)?;
        let call =
            Call::GetComponentState { server: server.as_str().to_owned(), component: component.as_str().to_owned() };
        let answer: ComponentStateAnswer =
            self.call(&call, on_event).map_err(|failure| refusal::trouble(failure, Some(component)))?;
        decode::component(answer, server, component)
    }

    /// Whether Exchange setup runs on a server. That it cannot be told is an answer; that the shell was lost is not.
    pub(super) fn setup(&mut self, server: &Server, on_event: &mut dyn FnMut(Event<'_>)) -> Result<Setup, Trouble> {
        self.ensure_session(on_event)?;
        let call = Call::GetSetupProcess { server: self.machine(server) };
        match self.call::<SetupProcessAnswer>(&call, on_event) {
            Ok(answer) if answer.processes.is_empty() => Ok(Setup::NotRunning),
            Ok(_) => Ok(Setup::Running),
            Err(CallFailure::Refused(error)) => Ok(Setup::Unknown(error.message)),
            Err(failure @ CallFailure::Lost(_)) => Err(refusal::trouble(failure, None)),
        }
    }

    /// One call. A lost shell is let go of, so that the next look starts a new one.
    pub(super) fn call<A: DeserializeOwned>(
        &mut self,
        call: &Call,
        on_event: &mut dyn FnMut(Event<'_>),
    ) -> Result<A, CallFailure> {
        let session = match &mut self.shell {
            Shell::Open(session) => session,
            Shell::Lost(_) => {
                let reason = LossReason::Ended(None);
                return Err(CallFailure::Lost(Loss { reason, tail: String::new() }));
            }
        };
        let result = session.call(call, &mut |text| on_event(Event::ShellSays(text)));
        if let Err(failure @ CallFailure::Lost(_)) = &result {
            self.shell = Shell::Lost(refusal::trouble(failure.clone(), None));
        }
        result
    }

    pub(super) fn ensure_session(&mut self, on_event: &mut dyn FnMut(Event<'_>)) -> Result<(), Trouble> {
        let Shell::Lost(why) = &self.shell else { return Ok(()) };
        on_event(Event::Reconnecting(why));
        let (session, connected) = open(&self.launch, &self.link, on_event).map_err(|error| Trouble {
            kind: error.trouble_kind(),
            component: None,
            message: error.to_string(),
        })?;
        self.shell = Shell::Open(Box::new(session));
        self.connected = connected;
        Ok(())
    }

    /// Ends the session.
    pub fn close(self) {
        match self.shell {
            Shell::Open(session) => session.close(),
            Shell::Lost(_) => {}
        }
    }
}

/// Whether the shell runs on this server. The domain is not looked at: an organisation has every server's name once.
fn is_here(connected: &Connected, server: &Server) -> bool {
    let names = [&connected.computer, &connected.host_name].into_iter().flatten();
    let mut here = names.filter_map(|name| Server::parse(name).ok());
    here.any(|here| here.host().eq_ignore_ascii_case(server.host()))
}

/// Trouble with one component says nothing about the next; any other would only be met again, at the cost of a deadline.
fn concerns_one_component(kind: TroubleKind) -> bool {
    match kind {
        TroubleKind::Malformed | TroubleKind::Refused => true,
        TroubleKind::AccessDenied
        | TroubleKind::NotFound
        | TroubleKind::Edge
        | TroubleKind::Unsupported
        | TroubleKind::WrongServer
        | TroubleKind::Unreachable
        | TroubleKind::Deadline
        | TroubleKind::ShellLost
        | TroubleKind::Interrupted => false,
    }
}

/// Only for such an entry it matters whether setup runs.
fn is_set_by_setup(seen: &ComponentSnapshot) -> bool {
    [&seen.local, &seen.remote]
        .into_iter()
        .flat_map(|store| store.entries())
        .any(|entry| entry.requester.known() == Some(KnownRequester::Functional) && entry.state != State::Active)
}

fn open(
    launch: &Launch,
    link: &Link,
    on_event: &mut dyn FnMut(Event<'_>),
) -> Result<(Session, Connected), ConnectError> {
    on_event(Event::Connecting);
    let begun = Instant::now();
    let mut session = Session::start(launch).map_err(ConnectError::from_start)?;
    let connected = load(&mut session, link, on_event)?;
    on_event(Event::Connected(begun.elapsed()));
    tracing::info!(computer = connected.computer, cmdlets = ?connected.cmdlets, took = ?begun.elapsed(), "Exchange is loaded");
    Ok((session, connected))
}

/// Loads Exchange into a shell that is up.
pub(super) fn load(
    session: &mut Session,
    link: &Link,
    on_event: &mut dyn FnMut(Event<'_>),
) -> Result<Connected, ConnectError> {
    let call = Call::Connect { connection: link.connection, connect_to: link.connect_to.clone() };
    session
        .call(&call, &mut |text| on_event(Event::ShellSays(text)))
        .map_err(|failure| ConnectError::from_call(failure, session.shell_tail()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_is_here_by_either_name_of_the_machine() {
        let named = |computer: &str, host_name: &str| Connected {
            computer: Some(computer.to_owned()),
            host_name: Some(host_name.to_owned()),
            ..Connected::default()
        };
        let cut = named("EXCHANGE-SERVER", "exchange-server-frankfurt");
        for (connected, server, expected) in [
            (named("EX01", "ex01"), "ex01", true),
            (named("EX01", "ex01.contoso.local"), "EX01.contoso.local", true),
            (named("EX01", "ex01"), "EX010", false),
            (named("EX01", "ex01"), "EX02.contoso.local", false),
            (cut.clone(), "exchange-server-frankfurt.contoso.local", true),
            (cut.clone(), "EXCHANGE-SERVER", true),
            (cut, "exchange-server-london", false),
            (Connected::default(), "EX01", false),
        ] {
            let server = Server::parse(server).expect("a name");
            assert_eq!(is_here(&connected, &server), expected, "{server} on {connected:?}");
        }
    }
}
