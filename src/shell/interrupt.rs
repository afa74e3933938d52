//! Ctrl-C as a number that only grows. Whoever installs the handler raises it, whoever waits compares it. A count instead
//! of a flag: the first press asks, the second insists, and a look that is started on purpose after an interrupt is not
//! ended by the press that came before it, once that press has been acknowledged. One that nobody has acknowledged yet ends the next
//! look, however short the moment between two calls in which it came.
//!
//! A run whose time is over is stopped in the same way: the end of its time counts as one more press.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use super::{LossReason, TimeLimit};

/// How often the person at the keyboard asked to stop, and whether the time of the run is over. Clones share the count.
#[derive(Debug, Clone, Default)]
pub struct Interrupt {
    presses: Arc<Presses>,
    /// What one session alone is asked.
    alone: Option<Arc<AtomicUsize>>,
    limit: Option<TimeLimit>,
}

#[derive(Debug, Default)]
struct Presses {
    raised: AtomicUsize,
    acknowledged: AtomicUsize,
}

impl Interrupt {
    /// Nobody has asked yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// One that counts every press as this one does, and is raised for itself alone.
    pub(crate) fn for_one(&self) -> Self {
        Self { presses: Arc::clone(&self.presses), alone: Some(Arc::default()), limit: self.limit }
    }

    /// The same, for a run that is to be over within this time.
    #[must_use]
    pub fn within(self, limit: Option<TimeLimit>) -> Self {
        Self { limit, ..self }
    }

    /// How often it was raised since the program began, and once more where the time is over.
    pub fn count(&self) -> usize {
        let alone = self.alone.as_ref().map_or(0, |alone| alone.load(Ordering::SeqCst));
        self.presses.raised.load(Ordering::SeqCst).saturating_add(alone).saturating_add(usize::from(self.is_over()))
    }

    /// Whether somebody asked the whole run to stop.
    pub fn is_raised(&self) -> bool {
        self.presses.raised.load(Ordering::SeqCst) > 0
    }

    /// The time that the run had, where that is over and nobody has stopped it before.
    pub fn out_of_time(&self) -> Option<Duration> {
        self.limit.filter(|_| self.is_over() && !self.is_raised()).map(TimeLimit::time)
    }

    /// No longer than this, and than the run has left.
    pub fn at_most(&self, time: Duration) -> Duration {
        self.limit.map_or(time, |limit| time.min(limit.left()))
    }

    /// Why a call is ended by it.
    pub(super) fn reason(&self) -> LossReason {
        self.out_of_time().map_or(LossReason::Interrupted, LossReason::OutOfTime)
    }

    pub(super) fn is_over(&self) -> bool {
        self.limit.is_some_and(|limit| limit.left().is_zero())
    }

    /// One more request to stop. Safe to call from the thread of a handler.
    pub fn raise(&self) {
        self.alone.as_deref().unwrap_or(&self.presses.raised).fetch_add(1, Ordering::SeqCst);
    }

    /// The presses so far have been acted upon: the looks that are started from now on are meant in spite of them.
    pub fn acknowledge(&self) {
        let raised = self.presses.raised.load(Ordering::SeqCst);
        self.presses.acknowledged.store(raised, Ordering::SeqCst);
    }

    /// The count at which a call that begins now is ended. A look ends at the first press that was not acknowledged. A write is
    /// let through the first press of the run, since ending it in the middle leaves its outcome unknown; whoever presses
    /// again means it.
    pub(super) fn limit(&self, is_write: bool) -> usize {
        if is_write { self.next().max(2) } else { self.presses.acknowledged.load(Ordering::SeqCst).saturating_add(1) }
    }

    /// The count after the next press.
    pub(super) fn next(&self) -> usize {
        self.count().saturating_add(1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clones_share_the_count() {
        let interrupt = Interrupt::new();
        interrupt.clone().raise();
        assert_eq!(interrupt.count(), 1);
    }

    #[test]
    fn one_session_hears_of_every_press_and_is_ended_without_the_others() {
        let all = Interrupt::new();
        let (one, other) = (all.for_one(), all.for_one());
        one.raise();
        assert_eq!([all.count(), one.count(), other.count()], [0, 1, 0]);
        assert!(one.count() >= one.limit(false) && other.count() < other.limit(false));
        all.raise();
        assert_eq!([all.count(), one.count(), other.count()], [1, 2, 1]);
        all.acknowledge();
        assert!(other.count() < other.limit(false));
    }

    #[test]
    fn a_time_that_is_over_ends_looks_as_a_press_does_and_says_so() {
        let hour = Duration::from_secs(3600);
        let with = |time| Interrupt::new().within(Some(TimeLimit::begin(time)));
        let (on_time, late) = (with(hour), with(Duration::ZERO));
        assert_eq!((on_time.count(), on_time.out_of_time()), (0, None));
        assert_eq!((late.count(), late.out_of_time()), (1, Some(Duration::ZERO)));
        let one = late.for_one();
        assert!(
            late.count() >= late.limit(false) && one.count() >= one.limit(false) && late.count() < late.limit(true)
        );
        assert!(!late.is_raised(), "nobody pressed anything");
        assert_eq!((late.at_most(hour), Interrupt::new().at_most(hour)), (Duration::ZERO, hour));
        assert!(on_time.at_most(2 * hour) <= hour && on_time.at_most(Duration::ZERO).is_zero());
        // Who stopped it before is told so.
        late.raise();
        assert_eq!((late.count(), late.out_of_time(), late.reason()), (2, None, LossReason::Interrupted));
    }

    #[test]
    fn a_press_that_was_not_acknowledged_ends_a_look_and_a_second_one_a_write() {
        // (presses before the call, of which acknowledged, is it a write, presses in all that end it)
        let cases = [
            (0, 0, false, 1),
            (1, 1, false, 2),
            (2, 2, false, 3),
            (1, 0, false, 1),
            (2, 1, false, 2),
            (0, 0, true, 2),
            (1, 0, true, 2),
            (2, 0, true, 3),
            (5, 5, true, 6),
        ];
        for (before, acknowledged, is_write, ends_at) in cases {
            let interrupt = Interrupt::new();
            (0..acknowledged).for_each(|_| interrupt.raise());
            interrupt.acknowledge();
            (acknowledged..before).for_each(|_| interrupt.raise());
            assert_eq!(
                interrupt.limit(is_write),
                ends_at,
                "{before} before, {acknowledged} acknowledged, write: {is_write}"
            );
        }
    }
}
