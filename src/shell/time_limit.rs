//! How long a run may take in all, whatever it waits for.

use std::time::{Duration, Instant};

/// A time that began and will be over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TimeLimit {
    time: Duration,
    ends: Instant,
}

impl TimeLimit {
    /// So much time from now on, a year at most.
    pub fn begin(time: Duration) -> Self {
        Self { time, ends: Instant::now() + time }
    }

    /// All of it.
    pub fn time(self) -> Duration {
        self.time
    }

    /// What is left of it.
    pub fn left(self) -> Duration {
        self.ends.saturating_duration_since(Instant::now())
    }
}
