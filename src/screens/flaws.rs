//! What the journal of a run does not tell.

use crate::domain::{Cmdlet, Flaws};
use crate::screens::kit::page::{CARE, Page};
use crate::screens::kit::words;

/// Says which lines of a journal make no sense, where it ends, and what may have been changed of which no more is known.
/// `way`: the options that lead to the same servers again.
pub fn say(page: &mut Page, flaws: &Flaws, way: &[String]) {
    if flaws.illegible > 0 {
        let lines = words::count(flaws.illegible, "line");
        let text =
            format!("{lines} of the journal cannot be read, or do not fit the rest: what follows may not be all.");
        page.item(CARE, 0, &text);
    }
    if let Some(why) = &flaws.incomplete {
        page.item(CARE, 0, &incomplete(why));
    }
    for (server, subject) in &flaws.unplanned {
        let text = format!(
            "{subject} on {server} was about to be changed, and what it was before cannot be read: whether it was changed is \
             not known, and it is left as it is. See how it is now:"
        );
        page.item(CARE, 0, &text);
        let words = [server.to_string()].into_iter().chain(way.iter().cloned());
        page.command(4, &Cmdlet::relight("check", words));
    }
}

/// That the journal ends too early, in one sentence.
pub fn incomplete(why: &str) -> String {
    format!("The journal of this run is incomplete: {why}.")
}
