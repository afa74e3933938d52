//! Whose turn it is to load Exchange: shells that load at once collide in its cache of proxy commands
//! (`%APPDATA%\\Microsoft\\Exchange\\RemotePowerShell`), and the one that loses has no cmdlets.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// One at a time. Clones share it.
#[derive(Debug, Clone, Default)]
pub struct Turn(Arc<Mutex<()>>);

impl Turn {
    /// Waits for the turn, which is over when what it returns is dropped.
    pub(crate) fn take(&self) -> MutexGuard<'_, ()> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
