//! Trouble one can go on from: data in the report, not an error.

use super::Component;

/// What was read where a run can do without it, or why it could not be.
pub type Asked<T> = Result<T, String>;

/// Something that could not be done on one server, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trouble {
    /// What kind of trouble, which decides the exit code and the advice.
    pub kind: TroubleKind,
    /// The component it concerns; `None`: the whole server.
    pub component: Option<Component>,
    /// What the shell said, as it came.
    pub message: String,
}

/// Kinds of trouble, told apart by type and category of the error and never by its text, which is localised.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TroubleKind {
    /// The account lacks an Exchange role, or may not read what is needed.
    AccessDenied,
    /// No such Exchange server.
    NotFound,
    /// An Edge Transport server, which has no POP3/IMAP4 service.
    Edge,
    /// An Exchange version other than 2013, 2016, 2019 and SE.
    Unsupported,
    /// Another server answered than the one asked for.
    WrongServer,
    /// Objects came without the properties that make them component states (failed deserialisation).
    Malformed,
    /// The server, its registry or a domain controller did not answer.
    Unreachable,
    /// A deadline passed; the shell was ended.
    Deadline,
    /// The shell ended or stopped making sense.
    ShellLost,
    /// The run was interrupted.
    Interrupted,
    /// The cmdlet reported any other error.
    Refused,
}

impl TroubleKind {
    /// All of them.
    pub const ALL: [Self; 11] = [
        Self::AccessDenied,
        Self::NotFound,
        Self::Edge,
        Self::Unsupported,
        Self::WrongServer,
        Self::Malformed,
        Self::Unreachable,
        Self::Deadline,
        Self::ShellLost,
        Self::Interrupted,
        Self::Refused,
    ];

    /// Its name in documents and journals; never changed, as both outlive the version that wrote them.
    pub fn name(self) -> &'static str {
        match self {
            Self::AccessDenied => "accessDenied",
            Self::NotFound => "notFound",
            Self::Edge => "edge",
            Self::Unsupported => "unsupported",
            Self::WrongServer => "wrongServer",
            Self::Malformed => "malformed",
            Self::Unreachable => "unreachable",
            Self::Deadline => "deadline",
            Self::ShellLost => "shellLost",
            Self::Interrupted => "interrupted",
            Self::Refused => "refused",
        }
    }
}
