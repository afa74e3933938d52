//! What Windows' Application log is told of a run, and the source it comes from there.

/// One event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogEntry {
    /// What kind of an end it was; decides id and type.
    pub kind: LogEntryKind,
    /// The text: lines that end with CR LF.
    pub text: String,
}

/// The ends of a run that an admin's monitoring should hear of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogEntryKind {
    /// Something was changed, and a fresh look confirms all of it.
    Confirmed,
    /// A change was sent, and not everything is confirmed or went well.
    NotConfirmed,
    /// Nothing was changed, because something failed.
    Failed,
    /// The run was interrupted.
    Interrupted,
}

/// How grave an event is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Severity {
    /// Good to know.
    Information,
    /// Somebody should look.
    Warning,
    /// Somebody has to.
    Error,
}

impl LogEntryKind {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Confirmed, Self::NotConfirmed, Self::Failed, Self::Interrupted];

    /// The id of the event. It never changes, and is between 1 and 1000: for these the message file of the source,
    /// Windows' own `EventCreate.exe`, has a text.
    pub fn id(self) -> u16 {
        match self {
            Self::Confirmed => 100,
            Self::NotConfirmed => 101,
            Self::Failed => 102,
            Self::Interrupted => 103,
        }
    }

    /// The type of the event.
    pub fn severity(self) -> Severity {
        match self {
            Self::Confirmed => Severity::Information,
            Self::Interrupted => Severity::Warning,
            Self::NotConfirmed | Self::Failed => Severity::Error,
        }
    }
}

/// One value in the registry that makes the source known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceSetting {
    /// Its name.
    pub name: &'static str,
    /// Its type, as `reg.exe` calls it.
    pub kind: &'static str,
    /// What is in it.
    pub data: String,
    /// Whether it was written; else it was so before.
    pub written: bool,
}
