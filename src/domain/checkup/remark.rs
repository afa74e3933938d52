//! One line of a checkup, and how grave it is.

use crate::domain::Server;

/// One thing that was looked at, and what came of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Remark {
    /// The server; `None`: this machine.
    pub(crate) server: Option<Server>,
    /// What was looked at, as programs know it.
    pub(crate) check: &'static str,
    pub(crate) grade: Grade,
    /// What was found: a sentence or two.
    pub(crate) says: String,
    /// The next step; `None` where there is nothing to do.
    pub(crate) next: Option<&'static str>,
}

/// How grave a remark is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Grade {
    /// As it should be, or of no consequence.
    Ok,
    /// relight can work, but somebody should know; or it could not be told.
    Warning,
    /// relight cannot do its work.
    Fault(Lack),
}

impl Grade {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Warning => "warning",
            Self::Fault(_) => "fault",
        }
    }

    /// What a fault lacks.
    pub(crate) fn lack(self) -> Option<Lack> {
        match self {
            Self::Ok | Self::Warning => None,
            Self::Fault(lack) => Some(lack),
        }
    }
}

/// What is lacking, which decides how the run ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Lack {
    /// A working PowerShell with the Exchange cmdlets.
    Shell,
    Right,
    /// A server that relight can help.
    Server,
    /// A way over the network to a server.
    Connection,
    /// An answer before its deadline.
    Time,
    /// An answer that tells what was asked.
    Answer,
    /// A store that can be read, without which no state is known.
    Store,
    /// A relight that can reach Exchange.
    Program,
    /// A journal, without which nothing is changed.
    Journal,
}

impl Lack {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Shell => "shell",
            Self::Right => "right",
            Self::Server => "server",
            Self::Connection => "connection",
            Self::Time => "time",
            Self::Answer => "answer",
            Self::Store => "store",
            Self::Program => "program",
            Self::Journal => "journal",
        }
    }
}
