//! Notes below a table: the most important first, as many as the screen has room for, and each once.

use crate::domain::Server;
use crate::screens::kit::page::{PLAIN, Page};

/// Writes the notes, those of a server below its name where it has one here, as far as there is room in so many lines.
/// `rest`: where the others are to be read.
pub fn say(page: &mut Page, of_servers: &[(Option<&Server>, Vec<String>)], room: usize, rest: &str) {
    let named = |(name, notes): &(Option<&Server>, Vec<String>)| usize::from(name.is_some() && !notes.is_empty());
    let all = of_servers.iter().flat_map(|(_, notes)| notes).map(|note| page.height_of(note)).sum::<usize>();
    // Where not all have room, a line says so.
    let fits = all + of_servers.iter().map(named).sum::<usize>() <= room;
    let for_notes = if fits { room } else { room.saturating_sub(1) };
    let (mut used, mut left) = (0, 0);
    if of_servers.iter().any(|(_, notes)| !notes.is_empty()) {
        page.gap();
    }
    for (name, notes) in of_servers {
        let mut name = *name;
        for note in notes {
            let lines = page.height_of(note) + usize::from(name.is_some());
            // The first is said in any case: it is what matters most.
            if left > 0 || (used > 0 && used + lines > for_notes) {
                left += 1;
                continue;
            }
            name.take().into_iter().for_each(|name| page.line(PLAIN, &format!("{name}:")));
            used += lines;
            page.append(note);
        }
    }
    // Where the first alone fills the room, the last lines of the screen lead to the rest.
    if left > 0 && used < room {
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
