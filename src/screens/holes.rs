//! What the record of a run does not tell.

use crate::domain::{Cmdlet, Run};
use crate::screens::kit::page::{CARE, Page};
use crate::screens::kit::words;

/// Says which lines of a journal make no sense, and what may have been changed of which no more is known.
pub fn say(page: &mut Page, run: &Run) {
    if run.illegible > 0 {
        let lines = words::count(run.illegible, "line");
        let text =
            format!("{lines} of the journal cannot be read, or do not fit the rest: what follows may not be all.");
        page.item(CARE, 0, &text);
    }
    unplanned(page, run);
}

/// What may have been changed of which no more is known.
pub fn unplanned(page: &mut Page, run: &Run) {
    for (server, subject) in &run.unplanned {
        let text = format!(
            "{subject} on {server} was about to be changed, and what it was before cannot be read: whether it was changed is \
             not known, and it is left as it is. See how it is now:"
        );
        page.item(CARE, 0, &text);
        page.command(4, &Cmdlet::relight("check", [format!("--server {server}")]));
    }
}
