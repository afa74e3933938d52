//! Ctrl-C as a number that only grows. Whoever installs the handler raises it, whoever waits compares it with what it was
//! when the wait began. A count instead of a flag: the first press asks, the second insists, and a look that is started
//! on purpose after an interrupt is not ended by the press that came before it.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

/// How often the person at the keyboard asked to stop. Clones share the count.
#[derive(Debug, Clone, Default)]
pub struct Interrupt(Arc<AtomicUsize>);

impl Interrupt {
    /// Nobody has asked yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// How often it was raised since the program began.
    pub fn count(&self) -> usize {
        self.0.load(Ordering::SeqCst)
    }

    /// One more request to stop. Safe to call from the thread that the ctrlc crate runs handlers on.
    pub fn raise(&self) {
        self.0.fetch_add(1, Ordering::SeqCst);
    }

    /// The count at which a call that begins now is ended. A look ends at the next press. A write is let through the
    /// first press of the run, since ending it in the middle leaves its outcome unknown; whoever presses again means it.
    pub(super) fn limit(&self, is_write: bool) -> usize {
        let next = self.count().saturating_add(1);
        if is_write { next.max(2) } else { next }
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
    fn a_press_ends_a_look_and_a_second_one_a_write() {
        // (presses before the call, is it a write, presses in all that end it)
        let cases =
            [(0, false, 1), (1, false, 2), (2, false, 3), (0, true, 2), (1, true, 2), (2, true, 3), (5, true, 6)];
        for (before, is_write, ends_at) in cases {
            let interrupt = Interrupt::new();
            (0..before).for_each(|_| interrupt.raise());
            assert_eq!(interrupt.limit(is_write), ends_at, "{before} before, write: {is_write}");
        }
    }
}
