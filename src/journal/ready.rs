//! Whether a run that may write could keep its journal now. Only a test: nothing is left behind, no folder is made, and
//! the lock is taken no longer than it takes to see that it is free, and then with others who only look.

use std::io;
use std::path::Path;

use crate::domain::checkup::{JournalFacts, OtherRun};

use super::lock::LockPlace;
use super::{FOREIGN, Folder, JournalError};

/// What stands in the way of a journal for real servers, or for this scenario.
pub(crate) fn readiness(asked: Option<&Path>, simulated: Option<&str>) -> JournalFacts {
    let folder = match Folder::new(asked) {
        Ok(folder) => folder,
        Err(error) => return JournalFacts::Unusable(error.to_string()),
    };
    let unusable = |cause| {
        JournalFacts::Unusable(JournalError::Unwritable { folder: folder.path().to_owned(), cause }.to_string())
    };
    match folder.check(simulated.is_some()) {
        Ok(()) => {}
        Err(error @ JournalError::Foreign { .. }) => return JournalFacts::NotTrusted(error.to_string(), FOREIGN),
        Err(error) => return JournalFacts::Unusable(error.to_string()),
    }
    let place = folder.of_kind(simulated.is_some());
    if let Err(error) = can_be_written(&place) {
        return unusable(error);
    }
    let free = || JournalFacts::Free(folder.path().display().to_string());
    let lock = match LockPlace::of(simulated) {
        Ok(Some(lock)) => lock,
        Ok(None) => return free(),
        Err(error) => return unusable(error),
    };
    match lock.is_taken() {
        Err(cause) => JournalFacts::Unusable(JournalError::NoLock { file: lock.file, cause }.to_string()),
        Ok(false) => free(),
        Ok(true) => JournalFacts::Locked(lock.owner().map(|owner| OtherRun {
            run: owner.run,
            user: owner.user,
            host: owner.host,
            since: owner.since,
        })),
    }
}

/// Where the folder is not there yet, it would be made in the nearest one that is.
fn can_be_written(folder: &Path) -> io::Result<()> {
    let there = folder.ancestors().find(|path| path.exists()).unwrap_or(folder);
    tempfile::Builder::new().prefix(".relight-").tempfile_in(there)?.close()
}
