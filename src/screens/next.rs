//! The last lines: what to type next.

use crate::domain::{Aim, Next};
use crate::screens::kit::page::{HEADING, Page};

/// Each command behind what it is for.
pub fn say(page: &mut Page, next: &[Next]) {
    let widest = next.iter().map(|it| words(it.aim).len()).max().unwrap_or_default();
    for next in next {
        page.lead(HEADING, 0, &format!("{:widest$} ", words(next.aim)), &next.command);
    }
}

/// What a command is for, as it stands before it.
pub(super) fn words(aim: Aim) -> &'static str {
    match aim {
        Aim::Fix => "To fix (it asks):",
        Aim::FixOfOthers => "Ask who set it, then:",
        Aim::FixUnasked => "To fix unasked:",
        Aim::FixOthers => "Then the others:",
        Aim::FindOut => "To find out why:",
        Aim::StartServices => "To start them after all:",
        Aim::StopServices => "To stop the services:",
        Aim::Resume => "In 10 minutes, to settle it:",
        Aim::Look | Aim::LookAsClient => "To look again:",
        Aim::LookAfterMending => "Mend the cause, then:",
        Aim::LookAfterAdvice => "After that:",
        Aim::LookForMonitors => "In some minutes:",
        Aim::Details => "All details:",
        Aim::Rights => "What this account may do:",
        Aim::Servers => "Which servers there are:",
        Aim::Undo => "To undo it:",
        Aim::Record => "The whole record:",
    }
}
