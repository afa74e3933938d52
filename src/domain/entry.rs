//! What Exchange records about a component: one entry per requester, in each of two stores.

use std::fmt;

use jiff::Timestamp;

use super::Requester;
use super::text::pad_with_numbers;

/// The state of a component (`Microsoft.Exchange.Data.ServiceState`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum State {
    /// 0: serves nobody.
    Inactive,
    /// 1: serves clients.
    Active,
    /// 3: finishes what it has, takes nothing new.
    Draining,
    /// A name this version of relight does not know, kept as it was read.
    Unknown(String),
}

impl State {
    /// The state of this name, whatever its case, or of its number: an enum that crossed a border may arrive as that.
    pub fn parse(name: &str) -> Self {
        [(Self::Inactive, "0"), (Self::Active, "1"), (Self::Draining, "3")]
            .into_iter()
            .find(|(state, number)| state.name().eq_ignore_ascii_case(name) || *number == name)
            .map_or_else(|| Self::Unknown(name.to_owned()), |(state, _)| state)
    }

    /// The name as Exchange writes it.
    pub fn name(&self) -> &str {
        match self {
            Self::Inactive => "Inactive",
            Self::Active => "Active",
            Self::Draining => "Draining",
            Self::Unknown(name) => name,
        }
    }
}

impl fmt::Display for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        pad_with_numbers(self.name(), f)
    }
}

/// Where Exchange keeps the entries of a component.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Store {
    /// The registry of that server (`LocalStates`).
    Local,
    /// Active Directory (`RemoteStates`). Not "another server".
    Remote,
}

/// When an entry was recorded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EntryTime {
    /// An instant in UTC, as objects carry it.
    Utc(Timestamp),
    /// Text in the culture of some other machine, kept as it came and never parsed: its order is not known.
    Text(String),
}

impl EntryTime {
    /// The instant in UTC, where it is known.
    pub fn utc(&self) -> Option<Timestamp> {
        match self {
            Self::Utc(at) => Some(*at),
            Self::Text(_) => None,
        }
    }

    /// Whether it is later than another. Times that came as text have no order; one that differs was written since.
    pub fn is_later_than(&self, other: &Self) -> bool {
        match (self.utc(), other.utc()) {
            (Some(this), Some(other)) => this > other,
            _ => self != other,
        }
    }
}

/// One requester's recorded state and time in one store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// On whose behalf.
    pub requester: Requester,
    /// The recorded state.
    pub state: State,
    /// When it was recorded.
    pub time: EntryTime,
}

/// What was read of one store for one component.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StoreReading {
    /// `$null`: Exchange could not read the store. Not the same as empty.
    Unreadable,
    /// The list was read; an empty one is normal.
    Read {
        /// The entries, in the order they came.
        entries: Vec<Entry>,
        /// Items that arrived as text from which nothing can be told (a plain remote session to Exchange 2013).
        opaque: Vec<String>,
    },
}

impl StoreReading {
    /// A store that was read and has these entries.
    pub fn of(entries: Vec<Entry>) -> Self {
        Self::Read { entries, opaque: Vec::new() }
    }

    /// The entries that could be read.
    pub fn entries(&self) -> &[Entry] {
        match self {
            Self::Unreadable => &[],
            Self::Read { entries, .. } => entries,
        }
    }

    /// Whether everything in the store is known.
    pub fn is_complete(&self) -> bool {
        matches!(self, Self::Read { opaque, .. } if opaque.is_empty())
    }

    /// The newest known entry of a requester in this store.
    pub fn of_requester(&self, requester: &Requester) -> Option<&Entry> {
        self.entries().iter().filter(|entry| entry.requester == *requester).max_by_key(|entry| entry.time.utc())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_state_is_known_by_its_name_or_its_number() {
        for (text, state) in
            [("inactive", State::Inactive), ("0", State::Inactive), ("1", State::Active), ("3", State::Draining)]
        {
            assert_eq!(State::parse(text), state);
        }
        for unknown in ["", "2", "00", "Active "] {
            assert_eq!(State::parse(unknown), State::Unknown(unknown.to_owned()));
        }
    }
}
