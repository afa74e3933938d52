//! How a server came out of a run, as one word: what stands first on its screen.

use super::{Command, Exit, Finding, MonitorVerdict, MonitorVerdictKind, Run, ServerRun};

/// The words, each with how good it is. A way to come out that is not listed here does not exist.
macro_rules! endings {
    ($($(#[doc = $what:literal])+ $ending:ident = $word:literal, $tone:ident;)+) => {
        /// How a server came out of a run.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum Ending {
            $($(#[doc = $what])+ $ending,)+
        }

        impl Ending {
            /// The word.
            pub fn word(self) -> &'static str {
                match self {
                    $(Self::$ending => $word,)+
                }
            }

            /// How good it is.
            pub fn tone(self) -> Tone {
                match self {
                    $(Self::$ending => Tone::$tone,)+
                }
            }
        }
    };
}

/// How good an ending is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tone {
    /// As it should be.
    Good,
    /// Somebody should look at it.
    Care,
    /// Clients are not served, or it is not known that they are.
    Bad,
}

endings! {
    /// Nothing is wrong, and nothing was to be changed.
    Ok = "OK", Good;
    /// Something is Inactive, or Stopped, that should not be.
    NotOk = "NOT OK", Bad;
    /// What is Inactive is meant to be.
    Planned = "PLANNED", Care;
    /// What is Inactive counts for nothing, because --ignore-requester names whoever keeps it so.
    PassedOver = "IGNORED", Care;
    /// A component is Draining.
    Draining = "DRAINING", Care;
    /// It could not be seen whether something is wrong.
    NotKnown = "NOT KNOWN", Care;
    /// It is not an Exchange server that relight knows.
    NotSupported = "NOT SUPPORTED", Care;
    /// Confirmed Active, and nothing is known to be left.
    Fixed = "FIXED", Good;
    /// Some of it is.
    PartlyFixed = "PARTLY FIXED", Bad;
    /// Confirmed Active; whether the cause is gone is not known yet.
    Active = "ACTIVE", Good;
    /// Confirmed Active, and the monitor still alerts.
    CauseRemains = "CAUSE REMAINS", Care;
    /// Sent, and a look does not confirm it.
    NotConfirmed = "NOT CONFIRMED", Bad;
    /// Sent, and not known whether it was carried out.
    OutcomeUnknown = "OUTCOME UNKNOWN", Bad;
    /// Exchange or Windows refused a change.
    ChangeFailed = "CHANGE FAILED", Bad;
    /// An undo put back what it was to.
    Undone = "UNDONE", Good;
    /// Some of it.
    PartlyUndone = "PARTLY UNDONE", Care;
    /// Nothing of it.
    NotUndone = "NOT UNDONE", Care;
    /// A server had failed before, so that this one was not begun.
    NotBegun = "NOT BEGUN", Bad;
    /// Ended before anything was found wrong.
    Interrupted = "INTERRUPTED", Care;
}

impl Ending {
    /// How a server came out of a run. Whatever ended it: what is left Inactive says more than why.
    pub fn of(server: &ServerRun, run: &Run) -> Self {
        let exit = Exit::of_server(server, run);
        let left = Exit::of_what_is_left(server);
        let some_is_fixed = server.confirmed().next().is_some();
        let is_healthy = |it: &MonitorVerdict| matches!(it.kind, MonitorVerdictKind::Healthy(_));
        let draining = || server.diagnoses.iter().any(|it| it.finding == Some(Finding::Draining));
        if exit == Exit::StateUnknown {
            Self::OutcomeUnknown
        } else if exit == Exit::Stopped {
            Self::NotBegun
        } else if exit == Exit::ChangeFailed {
            Self::ChangeFailed
        } else if exit == Exit::NotConfirmed {
            Self::NotConfirmed
        } else if run.command == Command::Undo {
            Self::of_undo(exit, server)
        } else if left == Exit::SomeLeft || (left == Exit::Planned && some_is_fixed) {
            Self::PartlyFixed
        } else if left == Exit::Planned {
            Self::Planned
        } else if left != Exit::Fine || exit == Exit::Inactive {
            Self::NotOk
        } else if exit == Exit::NotSupported {
            Self::NotSupported
        } else if exit == Exit::Interrupted {
            Self::Interrupted
        } else if exit != Exit::Fine {
            Self::NotKnown
        } else if server.was_changed() || !server.monitors.iter().all(is_healthy) {
            Self::of_monitors(server)
        } else if !server.passed_over.is_empty() {
            Self::PassedOver
        } else if draining() {
            Self::Draining
        } else {
            Self::Ok
        }
    }

    fn of_monitors(server: &ServerRun) -> Self {
        if server.alerts() {
            Self::CauseRemains
        } else if server.monitors.iter().any(|it| !matches!(it.kind, MonitorVerdictKind::Healthy(_))) {
            Self::Active
        } else {
            Self::Fixed
        }
    }

    fn of_undo(exit: Exit, server: &ServerRun) -> Self {
        if !server.was_changed() {
            Self::NotUndone
        } else if exit == Exit::Fine {
            Self::Undone
        } else {
            Self::PartlyUndone
        }
    }
}
