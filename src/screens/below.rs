//! What stands below the table of a server: why it is Inactive, what was left alone and what stands in the way; after a
//! change, what is not confirmed, what did not go well, and what clients and monitors say.

use crate::domain::{Run, ServerRun};
use crate::screens::kit::page::{CARE, Page};
use crate::screens::kit::words;

use super::notes::Notes;
use super::{Show, after, clients, evidence, look, monitors, obstacle, plan, services, steps, trouble};

/// The notes of one server, each as it will stand there.
pub fn of(page: &Page, run: &Run, server: &ServerRun, show: &Show) -> Vec<String> {
    let mut notes = Notes::new(page);
    if show.verbose {
        // The details have the rest.
        trouble::notes(&mut notes, &server.before.troubles);
        trouble::notes(&mut notes, server.after().map_or(&[], |after| &after.troubles[..]));
        plan::left(&mut notes, run, server, false);
        passed_over(&mut notes, server);
    } else if server.steps.is_empty() {
        before(&mut notes, run, server, show);
    } else {
        after::not_confirmed(&mut notes, server, show);
        steps::notes(&mut notes, server);
        after::unknown(&mut notes, server);
        after::notes(&mut notes, server);
        clients::notes(&mut notes, server);
        monitors::notes(&mut notes, server, show);
        evidence::causes(&mut notes, server, true, show);
        plan::left(&mut notes, run, server, false);
        services::notes(&mut notes, server);
        trouble::notes(&mut notes, server.after().map_or(&[], |after| &after.troubles[..]));
    }
    notes.finish()
}

fn before(notes: &mut Notes<'_>, run: &Run, server: &ServerRun, show: &Show) {
    trouble::notes(notes, &server.before.troubles);
    evidence::causes(notes, server, true, show);
    clients::seen(notes, server);
    plan::left(notes, run, server, true);
    look::requesters(notes, server);
    evidence::notes(notes, server, show);
    look::notes(notes, server);
    for proposal in server.plan.proposals.iter().filter(|it| !it.is_possible()) {
        let why = obstacle::beyond_the_table(proposal);
        if !why.is_empty() {
            notes.push(|page| page.styled(CARE, 0, &why));
        }
    }
    services::notes(notes, server);
    look::authors(notes, server, show);
    monitors::notes(notes, server, show);
    clients::unexpected(notes, server);
    passed_over(notes, server);
}

/// What is Inactive and counts for nothing.
fn passed_over(notes: &mut Notes<'_>, server: &ServerRun) {
    if !server.passed_over.is_empty() {
        let components = words::components(&server.passed_over);
        let text = format!("{components}: Inactive only for requesters that --ignore-requester names; not counted.");
        notes.push(|page| page.say(&text));
    }
}
