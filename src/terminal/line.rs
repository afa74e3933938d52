//! A line that is typed, and how it is drawn: with the backspace and nothing else, so that every terminal can show it, a
//! dumb one and the console of Windows Server 2012 R2 too. What is longer than the room for it is shown in part.

use unicode_width::UnicodeWidthChar;

use super::key::Edit;

/// Characters; no answer is near that long. What is typed beyond them is not kept, and makes no answer either.
const LONGEST: usize = 1024;

/// A line under way.
#[derive(Debug)]
pub(super) struct Line {
    text: Vec<char>,
    at: usize,
    /// Columns.
    room: usize,
    /// The first character that is shown.
    from: usize,
    shown: Vec<char>,
    /// Where the cursor is in what is shown.
    cursor: usize,
}

impl Line {
    /// An empty one, with so many columns to show it in.
    pub(super) fn new(room: usize) -> Self {
        Self { text: Vec::new(), at: 0, room: room.max(1), from: 0, shown: Vec::new(), cursor: 0 }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.text.is_empty()
    }

    pub(super) fn text(self) -> String {
        let is_full = self.text.len() >= LONGEST;
        self.text.into_iter().chain(is_full.then_some('\u{fffd}')).collect()
    }

    pub(super) fn insert(&mut self, character: char) {
        if self.text.len() < LONGEST {
            self.text.insert(self.at, character);
            self.at += 1;
        }
    }

    pub(super) fn edit(&mut self, edit: Edit) {
        let (at, length) = (self.at, self.text.len());
        let word = {
            let blanks = self.text[..at].iter().rev().take_while(|it| it.is_whitespace()).count();
            let letters = self.text[..at - blanks].iter().rev().take_while(|it| !it.is_whitespace()).count();
            at - blanks - letters
        };
        match edit {
            Edit::Left => self.at = at.saturating_sub(1),
            Edit::Right => self.at = length.min(at + 1),
            Edit::ToStart => self.at = 0,
            Edit::ToEnd => self.at = length,
            Edit::DeleteLeft => self.delete(at.saturating_sub(1), at),
            Edit::DeleteRight => self.delete(at, length.min(at + 1)),
            Edit::DeleteWord => self.delete(word, at),
            Edit::DeleteToStart => self.delete(0, at),
            Edit::DeleteToEnd => self.delete(at, length),
        }
    }

    fn delete(&mut self, from: usize, to: usize) {
        self.text.drain(from..to);
        self.at = from;
    }

    /// What brings the screen up to date.
    pub(super) fn draw(&mut self) -> String {
        // The cursor needs a column of its own at the end.
        self.from = self.from.min(self.at).max((self.at + 1).saturating_sub(self.room));
        let visible = self.text.iter().skip(self.from).take(self.room - 1);
        let now = visible.map(|it| if it.width() == Some(1) { *it } else { '?' }).collect::<Vec<_>>();
        let same = self.shown.iter().zip(&now).take_while(|(before, after)| before == after).count();
        let mut text = String::new();
        let mut column = self.cursor;
        if now != self.shown {
            go(&mut text, &now, column, same);
            text.extend(&now[same..]);
            let gone = self.shown.len().saturating_sub(now.len());
            text.push_str(&" ".repeat(gone));
            column = now.len() + gone;
        }
        self.cursor = self.at - self.from;
        go(&mut text, &now, column, self.cursor);
        self.shown = now;
        text
    }
}

/// Moves the cursor: back, or over what is there.
fn go(text: &mut String, shown: &[char], from: usize, to: usize) {
    if to < from {
        text.push_str(&"\u{8}".repeat(from - to));
    } else {
        text.extend(&shown[from..to]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a terminal makes of it.
    fn screen(drawn: &str) -> (String, usize) {
        let (mut row, mut at) = (Vec::new(), 0_usize);
        for character in drawn.chars() {
            if character == '\u{8}' {
                at = at.checked_sub(1).expect("not before the line");
            } else {
                row.resize(row.len().max(at + 1), ' ');
                row[at] = character;
                at += 1;
            }
        }
        (row.into_iter().collect::<String>().trim_end().to_owned(), at)
    }

    /// Letters are typed, each of the others is an edit.
    fn play(room: usize, keys: &str) -> (String, String, usize) {
        let mut line = Line::new(room);
        let mut drawn = String::new();
        for key in keys.chars() {
            match key {
                '<' => line.edit(Edit::Left),
                '>' => line.edit(Edit::Right),
                'A' => line.edit(Edit::ToStart),
                'E' => line.edit(Edit::ToEnd),
                'H' => line.edit(Edit::DeleteLeft),
                'D' => line.edit(Edit::DeleteRight),
                'W' => line.edit(Edit::DeleteWord),
                'U' => line.edit(Edit::DeleteToStart),
                'K' => line.edit(Edit::DeleteToEnd),
                letter => line.insert(letter),
            }
            drawn.push_str(&line.draw());
        }
        let (shown, cursor) = screen(&drawn);
        (line.text(), shown, cursor)
    }

    #[test]
    fn a_line_is_edited_as_everywhere() {
        for (keys, text, cursor) in [
            ("yes", "yes", 3),
            ("yesH", "ye", 2),
            ("yAn", "ny", 1),
            ("nAy>o", "yno", 3),
            ("yes noW", "yes ", 4),
            ("yes no  WW", "", 0),
            ("yesU", "", 0),
            ("yes<U", "s", 0),
            ("yes<<K", "y", 1),
            ("yesAEx", "yesx", 4),
            ("yesAD", "es", 0),
            ("HDWUK<>y", "y", 1),
        ] {
            assert_eq!(play(20, keys), (text.to_owned(), text.trim_end().to_owned(), cursor), "{keys}");
        }
    }

    #[test]
    fn what_is_typed_at_the_end_is_drawn_as_it_is() {
        let mut line = Line::new(20);
        let drawn = "yes".chars().map(|letter| {
            line.insert(letter);
            line.draw()
        });
        assert_eq!(drawn.collect::<String>(), "yes");
    }

    #[test]
    fn a_long_line_stays_in_its_room() {
        let name = "ex01.contoso.local";
        assert_eq!(play(8, name), (name.to_owned(), "o.local".to_owned(), 7));
        assert_eq!(play(8, &format!("{name}A")), (name.to_owned(), "ex01.co".to_owned(), 0));
        assert_eq!(play(8, &format!("{name}AK")), (String::new(), String::new(), 0));
        let (text, _, cursor) = play(8, &"y".repeat(5000));
        assert!(text.ends_with('\u{fffd}') && cursor < 8);
    }

    #[test]
    fn what_is_not_one_column_wide_is_shown_as_a_question_mark() {
        assert_eq!(play(20, "a\u{4e2d}\u{200b}"), ("a\u{4e2d}\u{200b}".to_owned(), "a??".to_owned(), 3));
    }
}
