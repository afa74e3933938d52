//! What stands below the table, each thing a note: why it is Inactive, what stands in the way, what was not confirmed. The
//! most important first, as many as the screen has room for.

use crate::domain::{Run, Server, ServerRun};
use crate::screens::kit::page::{CARE, PLAIN, Page};
use crate::screens::kit::words;

use super::{Show, after, clients, evidence, look, monitors, obstacle, plan, services, steps, trouble};

/// The notes of one server, each as it will stand there.
pub fn of(page: &Page, run: &Run, server: &ServerRun, show: &Show) -> Vec<String> {
    let mut notes = Notes::new(page);
    if server.steps.is_empty() {
        before(&mut notes, run, server, show);
    } else {
        after::notes(&mut notes, server, show);
        steps::notes(&mut notes, server);
        clients::notes(&mut notes, server);
        monitors::notes(&mut notes, server, show);
        plan::left(&mut notes, run, server);
        services::notes(&mut notes, server);
        trouble::notes(&mut notes, server.after().map_or(&[], |after| &after.troubles[..]));
    }
    notes.finish()
}

fn before(notes: &mut Notes<'_>, run: &Run, server: &ServerRun, show: &Show) {
    trouble::notes(notes, &server.before.troubles);
    evidence::causes(notes, server, true, show);
    plan::left(notes, run, server);
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
    clients::notes(notes, server);
    if !server.passed_over.is_empty() {
        let components = words::components(&server.passed_over);
        let text = format!("{components}: Inactive only for requesters that --ignore-requester names; not counted.");
        notes.push(|page| page.say(&text));
    }
}

/// Writes the notes, those of a server below its name where it has one here, as far as there is room in so many lines.
/// `rest`: where the others are to be read.
pub fn say(page: &mut Page, of_servers: &[(Option<&Server>, Vec<String>)], room: usize, rest: &str) {
    let (mut used, mut left) = (0, 0);
    if of_servers.iter().any(|(_, notes)| !notes.is_empty()) {
        page.gap();
    }
    for (name, notes) in of_servers {
        let mut name = *name;
        for note in notes {
            let lines = note.lines().count() + usize::from(name.is_some());
            // The first is said in any case: it is what matters most.
            if left > 0 || (used > 0 && used + lines > room) {
                left += 1;
                continue;
            }
            name.take().into_iter().for_each(|name| page.line(PLAIN, &format!("{name}:")));
            used += lines;
            page.append(note);
        }
    }
    if left > 0 {
        let more = if left == 1 { "1 more thing".to_owned() } else { format!("{left} more things") };
        page.say(&format!("({more} {rest}.)"));
    }
}

/// Notes that are being collected.
pub struct Notes<'a> {
    page: &'a Page,
    notes: Vec<String>,
}

impl<'a> Notes<'a> {
    /// None yet, to stand on such a page.
    pub fn new(page: &'a Page) -> Self {
        Self { page, notes: Vec::new() }
    }

    /// All of them.
    pub fn finish(self) -> Vec<String> {
        self.notes
    }

    /// One more, unless nothing is written or it was said before.
    pub fn push(&mut self, write: impl FnOnce(&mut Page)) {
        let note = self.page.part(write);
        if !note.is_empty() && !self.notes.contains(&note) {
            self.notes.push(note);
        }
    }
}
