//! What happens while a run goes on, for whoever shows it. Events carry values; their sentences belong to the UI.

use std::time::Duration;

use super::{Cmdlet, Component, Server, ServerRun, ServerSnapshot, Step, StepOutcome, Trouble};

/// Something that happened.
#[derive(Debug)]
pub enum Event<'a> {
    /// The shell is being started and Exchange loaded; this takes seconds.
    Connecting,
    /// The shell told what it is doing.
    ShellSays(&'a str),
    /// Exchange is loaded, after so long.
    Connected(Duration),
    /// A server's component is being looked at.
    Looking(&'a Server, &'a Component),
    /// The monitor of a server's component is being asked.
    AskingMonitor(&'a Server, &'a Component),
    /// The ports of a server are being looked at as a client would.
    Probing(&'a Server),
    /// The same, of so many servers at once.
    ProbingSeveral(usize),
    /// Something is waited for after a change; so much time is left.
    Waiting(Waited, Duration),
    /// It is being asked why a component of a server was set Inactive.
    Investigating(&'a Server),
    /// It is being asked who set components of a server Inactive.
    Identifying(&'a Server),
    /// A server has been looked at, for the first time: what there was to see.
    Looked(&'a ServerSnapshot),
    /// All there is to tell of a server is known.
    Done(&'a ServerRun),
    /// A change is about to be carried out.
    StepBegins(&'a Step),
    /// Nothing speaks against it: it is about to be recorded and sent.
    StepSends(&'a Step),
    /// What became of a change on a server, and the command that makes it.
    StepEnded(&'a Server, &'a Cmdlet, &'a StepOutcome),
    /// The session with Exchange was lost; another one is opened.
    Reconnecting(&'a Trouble),
    /// A remote session on this very server is being opened, so that its registry is read and written there.
    OpeningOn(&'a Server),
    /// None could be opened; the change goes over the session that there is.
    NotOpenedOn(&'a Server, &'a Trouble),
    /// So many servers are to be looked at, or changed, side by side.
    Several(usize),
    /// One of several is being worked on.
    Begins(&'a Server),
    /// Something happened at one of several.
    At(&'a Server, &'a Event<'a>),
    /// One of several has been worked on for so long that its place is given to another.
    IsSlow(&'a Server),
    /// One of several is done.
    Ends(&'a Server),
    /// No other session beside those that there are could be opened.
    NoMoreSessions(&'a Trouble),
}

impl Event<'_> {
    /// Whether a change is about to be sent.
    pub fn sends(&self) -> bool {
        match self {
            Self::StepSends(_) => true,
            Self::At(_, event) => event.sends(),
            Self::Connecting
            | Self::ShellSays(_)
            | Self::Connected(_)
            | Self::Looking(..)
            | Self::AskingMonitor(..)
            | Self::Probing(_)
            | Self::ProbingSeveral(_)
            | Self::Waiting(..)
            | Self::Investigating(_)
            | Self::Identifying(_)
            | Self::Looked(_)
            | Self::Done(_)
            | Self::StepBegins(_)
            | Self::StepEnded(..)
            | Self::Reconnecting(_)
            | Self::OpeningOn(_)
            | Self::NotOpenedOn(..)
            | Self::Several(_)
            | Self::Begins(_)
            | Self::IsSlow(_)
            | Self::Ends(_)
            | Self::NoMoreSessions(_) => false,
        }
    }
}

/// What is waited for after a change: until it comes, or the time has passed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Waited {
    /// That both stores and Exchange show it; the clients follow.
    Exchange,
    /// That clients are served.
    Clients,
    /// That the Health Manager copies the change into the registry.
    Copy,
    /// That the monitors are Healthy, while it is watched whether the change stays.
    Monitors,
}
