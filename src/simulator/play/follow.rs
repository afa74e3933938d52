//! Following the file of a scenario between calls: another session, another run or a person may change there what the clients
//! of this session's ports meet.

use std::thread;
use std::time::{Duration, SystemTime};

use crate::simulator::format::ScenarioFile;

/// How soon clients meet what somebody else has changed.
const INTERVAL: Duration = Duration::from_millis(50);
/// A file that was changed so short ago may be changed once more at the same time.
const UNCERTAIN: Duration = Duration::from_secs(2);

/// Whether there is anything left to follow the file for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Following {
    On,
    Ended,
}

/// Has somebody look at the file whenever it may have changed. Where no thread can be started nobody does, and what depends
/// on it changes with the next call.
pub(super) fn follow(file: ScenarioFile, look: impl Fn(&mut ScenarioFile) -> Following + Send + 'static) {
    let _nobody = thread::Builder::new().spawn(move || watch(file, look));
}

fn watch(mut file: ScenarioFile, look: impl Fn(&mut ScenarioFile) -> Following) {
    let mut seen = None;
    let is_recent = |at: SystemTime| at.elapsed().is_ok_and(|since| since < UNCERTAIN);
    loop {
        thread::sleep(INTERVAL);
        let about = std::fs::metadata(file.path()).ok();
        let now = about.and_then(|about| Some((about.modified().ok()?, about.len())));
        if now == seen && !now.is_some_and(|(at, _)| is_recent(at)) {
            continue;
        }
        seen = now;
        if look(&mut file) == Following::Ended {
            return;
        }
    }
}
