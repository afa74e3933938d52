//! The time in a scenario: the real one, or one that starts where the scenario says and moves only with what is asked,
//! so that the same questions always get the same answers.

use jiff::{SignedDuration, Timestamp};

/// From the write to Active Directory to that of the registry, as in exports of real servers.
const BETWEEN_STORES: SignedDuration = SignedDuration::from_millis(92);

/// The clock of a scenario.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Clock {
    /// The real time.
    Real,
    /// It stands here.
    Simulated(Timestamp),
}

impl Clock {
    /// The clock of a scenario whose `now` is this.
    pub(crate) fn starting(now: Option<Timestamp>) -> Self {
        now.map_or(Self::Real, Self::Simulated)
    }

    /// Where the scenario says another time than when it was last read: it never goes back.
    pub(crate) fn meet(&mut self, now: Option<Timestamp>) {
        *self = match (*self, now) {
            (Self::Simulated(own), Some(now)) => Self::Simulated(own.max(now)),
            (Self::Real, Some(now)) => Self::Simulated(now),
            (Self::Simulated(_) | Self::Real, None) => Self::Real,
        };
    }

    pub(crate) fn now(self) -> Timestamp {
        match self {
            Self::Real => Timestamp::now(),
            Self::Simulated(now) => now,
        }
    }

    /// A call takes a second.
    pub(crate) fn call(&mut self) {
        self.advance(SignedDuration::from_secs(1));
    }

    /// The registry is written a little after Active Directory.
    pub(crate) fn next_store(&mut self) {
        self.advance(BETWEEN_STORES);
    }

    /// What a scenario file keeps, so that the next run does not start in the past.
    pub(crate) fn keep(self) -> Option<Timestamp> {
        match self {
            Self::Real => None,
            Self::Simulated(now) => Some(now),
        }
    }

    fn advance(&mut self, by: SignedDuration) {
        if let Self::Simulated(now) = self {
            *now = now.saturating_add(by).unwrap_or(*now);
        }
    }
}
