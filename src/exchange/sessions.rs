//! The session of a run, a shell in which Exchange is loaded, and the one that takes its place. A session is lost with its
//! shell or with its remote session to Exchange alone; then another one is opened, once for each server. A question that was
//! lost is asked again there. A change never is: what became of it, the next look tells.

use std::mem;
use std::time::Instant;

use serde::de::DeserializeOwned;

use crate::domain::{Connection, Event, Server, ShellProcess, Trouble, TroubleKind};
use crate::shell::protocol::{Call, Connected, LostAt};
use crate::shell::{CallFailure, Launch, Loss, LossReason, Program, Session, Turn};

use super::{ConnectError, refusal};

/// The way to the Exchange cmdlets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// Which kind of shell.
    pub connection: Connection,
    /// The server that a remote session is opened on.
    pub connect_to: Option<String>,
}

/// The one session that there is at a time.
pub(super) struct Sessions {
    launch: Launch,
    link: Link,
    state: State,
    connected: Connected,
    /// The server that the calls are about.
    at: Option<Server>,
    /// The servers at which a session was lost and replaced.
    replaced: Vec<Server>,
}

enum State {
    Open(Box<Session>),
    /// With the shell, where that is still there and only its remote session is gone.
    Lost(Lost, Option<Box<Session>>),
}

/// How a session was lost.
#[derive(Clone)]
struct Lost {
    why: Trouble,
    /// The server that the calls were about.
    at: Option<Server>,
}

impl Sessions {
    /// Starts the shell and loads Exchange.
    pub(super) fn open(launch: Launch, link: Link, on_event: &mut dyn FnMut(Event<'_>)) -> Result<Self, ConnectError> {
        let (session, connected) = open(&launch, &link, on_event)?;
        Ok(Self::on(session, launch, link, connected))
    }

    /// With a session in which Exchange is loaded.
    pub(super) fn on(session: Session, launch: Launch, link: Link, connected: Connected) -> Self {
        Self { launch, link, state: State::Open(Box::new(session)), connected, at: None, replaced: Vec::new() }
    }

    /// What the last one that was opened said of itself.
    pub(super) fn connected(&self) -> &Connected {
        &self.connected
    }

    /// What it speaks to.
    pub(super) fn program(&self) -> &Program {
        &self.launch.program
    }

    /// Whether looks go on through the first Ctrl-C of the run from now on, those of a session that takes the place of this
    /// one included.
    pub(super) fn go_through(&mut self, does: bool) {
        self.launch.goes_through = does;
        if let State::Open(session) = &mut self.state {
            session.go_through(does);
        }
    }

    /// From here on the calls are about this server.
    pub(super) fn turn_to(&mut self, server: &Server) {
        self.at = Some(server.clone());
    }

    /// Whether the calls go through a remote session on another server than this one, so that its registry is read and
    /// written over the network.
    pub(super) fn is_elsewhere(&self, server: &Server) -> bool {
        let named = |name: &str| name.split('.').next().is_some_and(|host| host.eq_ignore_ascii_case(server.host()));
        self.connected.connected_to.as_deref().is_some_and(|to| !named(to))
    }

    /// Opens a remote session on this very server, in the same shell, in place of the one that is there. Where it does not
    /// open, that one stays.
    pub(super) fn open_on(
        &mut self,
        server: &Server,
        fqdn: &str,
        on_event: &mut dyn FnMut(Event<'_>),
    ) -> Result<(), Trouble> {
        let State::Open(session) = &mut self.state else { return Ok(()) };
        on_event(Event::OpeningOn(server));
        let link = Link { connection: Connection::Remote, connect_to: Some(fqdn.to_owned()) };
        match load(session, &link, &self.launch.turn, on_event) {
            Ok(connected) => {
                self.connected = connected;
                Ok(())
            }
            Err(error) => Err(Trouble { kind: error.trouble_kind(), component: None, message: error.to_string() }),
        }
    }

    /// One call. Where the session breaks over a question, that is asked once more in another session.
    pub(super) fn call<A: DeserializeOwned>(
        &mut self,
        call: &Call,
        on_event: &mut dyn FnMut(Event<'_>),
    ) -> Result<A, CallFailure> {
        match self.call_once(call, on_event) {
            Err(CallFailure::Lost(loss)) if loss.reason.is_break() && !call.is_write() => {
                self.call_once(call, on_event)
            }
            result => result,
        }
    }

    fn call_once<A: DeserializeOwned>(
        &mut self,
        call: &Call,
        on_event: &mut dyn FnMut(Event<'_>),
    ) -> Result<A, CallFailure> {
        let session = self.session(on_event)?;
        let result = session.call(call, &mut |text| on_event(Event::ShellSays(text)));
        let (loss, has_shell) = match result {
            Ok(answer) => return Ok(answer),
            Err(CallFailure::Lost(loss)) => (loss, false),
            Err(CallFailure::Refused(error)) => {
                let Some(when) = error.lost else { return Err(CallFailure::Refused(error)) };
                let asked = when == LostAt::During;
                (Loss { reason: LossReason::Session(error.message), asked, tail: session.shell_tail() }, true)
            }
        };
        let failure = CallFailure::Lost(loss);
        let lost = Lost { why: refusal::trouble(failure.clone(), None), at: self.at.clone() };
        if let State::Open(shell) = mem::replace(&mut self.state, State::Lost(lost.clone(), None)) {
            self.state = State::Lost(lost, has_shell.then_some(shell));
        }
        Err(failure)
    }

    /// Its process, where a later run could tell it from others.
    pub(super) fn process(&self) -> Option<&ShellProcess> {
        match &self.state {
            State::Open(session) => session.process(),
            State::Lost(_, _) => None,
        }
    }

    /// Why there is no session now.
    pub(super) fn lost(&self) -> Option<&Trouble> {
        match &self.state {
            State::Open(_) => None,
            State::Lost(lost, _) => Some(&lost.why),
        }
    }

    /// Whether there is none any more for the server that the calls are about: the one that took the place of the first was
    /// lost there too, or there was none to be had.
    pub(super) fn is_over(&self) -> bool {
        match &self.state {
            State::Open(_) => false,
            State::Lost(lost, _) => lost.at == self.at && self.at.as_ref().is_some_and(|at| self.replaced.contains(at)),
        }
    }

    /// The session; another one where it was lost.
    fn session(&mut self, on_event: &mut dyn FnMut(Event<'_>)) -> Result<&mut Session, CallFailure> {
        let is_over = self.is_over();
        if let State::Lost(lost, shell) = &mut self.state {
            let (lost, shell) = (lost.clone(), shell.take());
            let other = if is_over { Err(lost.why) } else { self.replace(lost, shell, on_event) };
            other.map_err(|why| {
                CallFailure::Lost(Loss { reason: LossReason::NotReplaced(why), asked: false, tail: String::new() })
            })?;
        }
        match &mut self.state {
            State::Open(session) => Ok(session),
            State::Lost(..) => unreachable!("it was replaced"),
        }
    }

    /// Opens another session: in the same shell, where that is there and can, else in a new one.
    fn replace(
        &mut self,
        lost: Lost,
        shell: Option<Box<Session>>,
        on_event: &mut dyn FnMut(Event<'_>),
    ) -> Result<(), Trouble> {
        on_event(Event::Reconnecting(&lost.why));
        // Who interrupts breaks nothing: after that another one may still be needed.
        if lost.why.kind != TroubleKind::Interrupted {
            self.replaced.extend(lost.at);
        }
        let in_same = |mut shell: Box<Session>| match load(&mut shell, &self.link, &self.launch.turn, on_event) {
            Ok(connected) => Some((*shell, connected)),
            Err(error) => {
                tracing::info!(%error, "the shell opens no other session");
                shell.close();
                None
            }
        };
        let other = match shell.and_then(in_same) {
            Some(other) => Ok(other),
            None => open(&self.launch, &self.link, on_event),
        };
        let why = match other {
            Ok((session, connected)) => {
                (self.state, self.connected) = (State::Open(Box::new(session)), connected);
                return Ok(());
            }
            Err(error) => Trouble { kind: error.trouble_kind(), component: None, message: error.to_string() },
        };
        if why.kind != TroubleKind::Interrupted {
            self.replaced.extend(self.at.clone());
        }
        self.state = State::Lost(Lost { why: why.clone(), at: self.at.clone() }, None);
        Err(why)
    }

    /// Ends the session.
    pub(super) fn close(self) {
        match self.state {
            State::Open(session) | State::Lost(_, Some(session)) => session.close(),
            State::Lost(_, None) => {}
        }
    }
}

fn open(
    launch: &Launch,
    link: &Link,
    on_event: &mut dyn FnMut(Event<'_>),
) -> Result<(Session, Connected), ConnectError> {
    on_event(Event::Connecting);
    let begun = Instant::now();
    let mut session = Session::start(launch).map_err(ConnectError::from_start)?;
    let connected = load(&mut session, link, &launch.turn, on_event)?;
    on_event(Event::Connected(begun.elapsed()));
    let cmdlets = connected.cmdlets.join(",");
    tracing::info!(computer = connected.computer, cmdlets, took_ms = begun.elapsed().as_millis(), "Exchange is loaded");
    Ok((session, connected))
}

/// Loads Exchange into a shell that is up, once it is its turn.
pub(super) fn load(
    session: &mut Session,
    link: &Link,
    turn: &Turn,
    on_event: &mut dyn FnMut(Event<'_>),
) -> Result<Connected, ConnectError> {
    let call = Call::Connect { connection: link.connection, connect_to: link.connect_to.clone() };
    let _turn = turn.take();
    session
        .call(&call, &mut |text| on_event(Event::ShellSays(text)))
        .map_err(|failure| ConnectError::from_call(failure, session.shell_tail()))
}
