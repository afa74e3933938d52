//! What Windows' Application log is told of a run, and the source it comes from there.

/// One event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LoggedEvent {
    /// What kind of an end it was; decides id and type.
    pub tidings: Tidings,
    /// The text: lines that end with CR LF.
    pub text: String,
}

/// The ends of a run that an admin's monitoring should hear of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tidings {
    /// Something was changed, and a fresh look proves all of it.
    Proven,
    /// A change was sent, and not everything is proven or went well.
    NotProven,
    /// Nothing was changed, because something failed.
    Failed,
    /// The run was interrupted.
    Interrupted,
}

/// How grave an event is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EventType {
    /// Good to know.
    Information,
    /// Somebody should look.
    Warning,
    /// Somebody has to.
    Error,
}

impl Tidings {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Proven, Self::NotProven, Self::Failed, Self::Interrupted];

    /// The id of the event. It never changes, and is between 1 and 1000: for these the message file of the source,
    /// Windows' own `EventCreate.exe`, has a text.
    pub fn id(self) -> u16 {
        match self {
            Self::Proven => 100,
            Self::NotProven => 101,
            Self::Failed => 102,
            Self::Interrupted => 103,
        }
    }

    /// The type of the event.
    pub fn event_type(self) -> EventType {
        match self {
            Self::Proven => EventType::Information,
            Self::Interrupted => EventType::Warning,
            Self::NotProven | Self::Failed => EventType::Error,
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
    /// What it holds.
    pub data: String,
    /// Whether it was written; else it was so before.
    pub written: bool,
}
