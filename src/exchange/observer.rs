//! Looking at servers, and only looking.

use std::time::Instant;

use jiff::Timestamp;
use serde::de::DeserializeOwned;

use crate::domain::{
    Component, ComponentSnapshot, Event, ExchangeServer, KnownRequester, Server, ServerSnapshot, Setup, ShellProcess,
    State, StoreReading, Trouble, TroubleKind,
};
use crate::shell::protocol::{Call, ComponentStateAnswer, Connected, ExchangeServerAnswer, SetupProcessAnswer};
use crate::shell::{CallFailure, Launch, Program, Session};

use super::clock::Clock;
use super::sessions::{Link, Sessions};
use super::{ConnectError, decode, refusal};

/// What the machine is called that the shell runs on.
pub(super) const LOCAL_HOST: &str = "localhost";

/// Something that can look at servers, and only look.
pub struct Observer {
    sessions: Sessions,
    clock: Clock,
}

impl Observer {
    /// Starts the shell and loads Exchange.
    ///
    /// # Errors
    /// When no server can be looked at: no PowerShell, no cmdlets, no right to use them, a deadline, an interruption.
    pub fn connect(launch: Launch, link: Link, on_event: &mut dyn FnMut(Event<'_>)) -> Result<Self, ConnectError> {
        Sessions::open(launch, link, on_event).map(Self::of)
    }

    /// An observer on a session in which Exchange is loaded.
    pub(super) fn on(session: Session, launch: Launch, link: Link, connected: Connected) -> Self {
        Self::of(Sessions::on(session, launch, link, connected))
    }

    fn of(sessions: Sessions) -> Self {
        let clock = Clock::starting(sessions.connected().at.as_deref(), sessions.program());
        Self { sessions, clock }
    }

    /// The server this machine is.
    ///
    /// # Errors
    /// When the machine's name is not one that a server can have.
    pub fn this_server(&self) -> Result<Server, ConnectError> {
        let name = self.sessions.connected().computer.as_deref().unwrap_or_default();
        Server::parse(name).map_err(|_| ConnectError::NoComputerName)
    }

    /// What to call a server's machine where Windows is asked and not Exchange: the machine that the shell runs on is
    /// `localhost`, so that the question does not go over the network and needs no remoting.
    pub(super) fn machine(&self, server: &Server) -> String {
        if is_here(self.sessions.connected(), server) { LOCAL_HOST } else { server.as_str() }.to_owned()
    }

    /// What it speaks to.
    pub(super) fn program(&self) -> &Program {
        self.sessions.program()
    }

    /// Whether the account was given a cmdlet.
    pub(super) fn has_cmdlet(&self, name: &str) -> bool {
        self.sessions.connected().cmdlets.iter().any(|cmdlet| cmdlet.eq_ignore_ascii_case(name))
    }

    /// Looks at components of a server. What cannot be seen is said in the snapshot; this never fails.
    pub fn look(
        &mut self,
        server: &Server,
        components: &[Component],
        on_event: &mut dyn FnMut(Event<'_>),
    ) -> ServerSnapshot {
        let _span = tracing::info_span!("server", %server).entered();
        self.turn_to(server);
        let mut snapshot = ServerSnapshot::begun(server, self.clock.now());
        snapshot.runs_shell = is_here(self.sessions.connected(), server);
        let began = Instant::now();
        if let Err(trouble) = self.look_into(&mut snapshot, components, on_event) {
            snapshot.troubles.push(trouble);
        }
        // On the server itself its registry is at hand.
        let is_unreadable = snapshot.components.iter().any(|seen| seen.local == StoreReading::Unreadable);
        if is_unreadable && self.sessions.is_elsewhere(server) && self.open_on(&snapshot, on_event).is_ok() {
            let mut again = ServerSnapshot::begun(server, self.clock.now());
            match self.look_into(&mut again, components, on_event) {
                Ok(()) => snapshot = again,
                Err(trouble) => tracing::info!(trouble = trouble.message, "no better look from the server itself"),
            }
        }
        tracing::info!(
            took_ms = began.elapsed().as_millis(),
            troubles = snapshot.troubles.len(),
            "looked at the server"
        );
        snapshot
    }

    /// Whether looks go on through the first Ctrl-C of the run from now on, as writes do: what was changed is to be seen.
    pub fn go_through(&mut self, does: bool) {
        self.sessions.go_through(does);
    }

    /// Sees to it that the registry of this server is read and written on the server itself: opens a remote session there,
    /// unless that is where the session is.
    ///
    /// # Errors
    /// When none opens: the session that there was stays.
    pub fn open_on(&mut self, seen: &ServerSnapshot, on_event: &mut dyn FnMut(Event<'_>)) -> Result<(), Trouble> {
        self.turn_to(&seen.server);
        if !self.sessions.is_elsewhere(&seen.server) {
            return Ok(());
        }
        let fqdn = seen.exchange.as_ref().and_then(|exchange| exchange.fqdn.as_deref());
        self.sessions.open_on(&seen.server, fqdn.unwrap_or(seen.server.as_str()), on_event)
    }

    /// What Exchange says of a server.
    pub(super) fn exchange_server(
        &mut self,
        server: &Server,
        on_event: &mut dyn FnMut(Event<'_>),
    ) -> Result<ExchangeServer, Trouble> {
        let call = Call::GetExchangeServer { server: server.as_str().to_owned() };
        let answer: ExchangeServerAnswer =
            self.call(&call, on_event).map_err(|failure| refusal::trouble(failure, None))?;
        decode::exchange_server(answer, server)
    }

    fn look_into(
        &mut self,
        snapshot: &mut ServerSnapshot,
        components: &[Component],
        on_event: &mut dyn FnMut(Event<'_>),
    ) -> Result<(), Trouble> {
        let server = snapshot.server.clone();
        if self.has_cmdlet("Get-ExchangeServer") {
            snapshot.exchange = Some(self.exchange_server(&server, on_event)?);
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
        if snapshot.components.iter().any(waits_for_setup) {
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
        let call =
            Call::GetComponentState { server: server.as_str().to_owned(), component: component.as_str().to_owned() };
        let answer: ComponentStateAnswer =
            self.call(&call, on_event).map_err(|failure| refusal::trouble(failure, Some(component)))?;
        let (seen, at) = decode::component(answer, server, component)?;
        if let Some(at) = at {
            self.clock.set(at);
        }
        Ok((seen, at))
    }

    /// Whether Exchange setup runs on a server. That it cannot be told is an answer; that the shell was lost is not.
    pub(super) fn setup(&mut self, server: &Server, on_event: &mut dyn FnMut(Event<'_>)) -> Result<Setup, Trouble> {
        let call = Call::GetSetupProcess { server: self.machine(server) };
        match self.call::<SetupProcessAnswer>(&call, on_event) {
            Ok(answer) if answer.processes.is_empty() => Ok(Setup::NotRunning),
            Ok(_) => Ok(Setup::Running),
            Err(CallFailure::Refused(error)) => Ok(Setup::Unknown(error.message)),
            Err(failure @ CallFailure::Lost(_)) => Err(refusal::trouble(failure, None)),
        }
    }

    /// From here on the calls are about this server.
    pub(super) fn turn_to(&mut self, server: &Server) {
        self.sessions.turn_to(server);
    }

    /// One call.
    pub(super) fn call<A: DeserializeOwned>(
        &mut self,
        call: &Call,
        on_event: &mut dyn FnMut(Event<'_>),
    ) -> Result<A, CallFailure> {
        self.sessions.call(call, on_event)
    }

    /// The process of the session, where a later run could tell it from others.
    pub(super) fn process(&self) -> Option<&ShellProcess> {
        self.sessions.process()
    }

    /// Why there is no session now.
    pub(super) fn lost(&self) -> Option<&Trouble> {
        self.sessions.lost()
    }

    /// Whether there is no session any more for the server that the calls are about.
    pub(super) fn is_over(&self) -> bool {
        self.sessions.is_over()
    }

    /// Ends the session.
    pub fn close(self) {
        self.sessions.close();
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

/// Whether it has an entry that is not set Active while setup runs: any but those of Managed Availability.
fn waits_for_setup(seen: &ComponentSnapshot) -> bool {
    [&seen.local, &seen.remote]
        .into_iter()
        .flat_map(|store| store.entries())
        .any(|entry| entry.requester.known() != Some(KnownRequester::HealthApi) && entry.state != State::Active)
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
