//! The last of what a shell printed, for the person who has to find out why it ended. Both streams go into one text, in
//! the order in which they were read, since an Exchange shell tells half of its story on each. It is bounded, and it comes
//! out as text that cannot steer a terminal.

use crate::domain::is_invisible;

/// Bytes kept of what the shell printed.
pub(crate) const OUTPUT_KEPT: usize = 64 << 10;

/// The last [`OUTPUT_KEPT`] bytes of both streams.
#[derive(Debug, Default)]
pub(super) struct LastOutput {
    text: Vec<u8>,
    /// A line of stdout that has not ended: often the prompt at which the shell hangs.
    unfinished: Vec<u8>,
}

impl LastOutput {
    /// Appends bytes as they came.
    pub fn push(&mut self, bytes: &[u8]) {
        self.text.extend_from_slice(&bytes[bytes.len().saturating_sub(OUTPUT_KEPT)..]);
        // Cut seldom, so that appending stays cheap.
        if self.text.len() > 2 * OUTPUT_KEPT {
            self.text.drain(..self.text.len() - OUTPUT_KEPT);
        }
    }

    /// Appends a line of noise of which `head` is the beginning.
    pub(crate) fn push_line(&mut self, head: &[u8], length: u64) {
        self.push(head);
        self.push(if length > head.len() as u64 { b" [...]\n" } else { b"\n" });
    }

    /// Replaces the line that has not ended.
    pub(crate) fn set_unfinished(&mut self, line: &[u8]) {
        self.unfinished.clear();
        self.unfinished.extend_from_slice(line);
    }

    /// The text, at most [`OUTPUT_KEPT`] bytes of UTF-8.
    pub fn text(&self) -> String {
        let mut bytes = self.text.clone();
        bytes.extend_from_slice(&self.unfinished);
        let text = printable(&bytes);
        let text = text.trim_end();
        text[text.ceil_char_boundary(text.len().saturating_sub(OUTPUT_KEPT))..].to_owned()
    }
}

/// Text from a shell without what a terminal would obey or nobody would see: escape sequences, control characters, the
/// marks that turn the direction of writing and their like. Line ends and tabs stay; bytes that are not UTF-8 become U+FFFD.
pub(super) fn printable(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(bytes);
    let mut clean = String::with_capacity(text.len());
    let mut rest = text.chars();
    while let Some(character) = rest.next() {
        match character {
            '\n' | '\t' => clean.push(character),
            // A bare CR goes back to the beginning of the line: what follows is a new line to a reader of a log.
            '\r' if !rest.as_str().starts_with('\n') => clean.push('\n'),
            '\u{1b}' => rest = after_escape(rest.as_str()).chars(),
            // These end a line to some readers of a log.
            '\u{2028}' | '\u{2029}' => clean.push('\n'),
            _ if is_invisible(character) => {}
            _ => clean.push(character),
        }
    }
    clean
}

/// What follows an escape sequence; only the escape character is taken where the sequence has no end.
fn after_escape(text: &str) -> &str {
    if let Some(parameters) = text.strip_prefix('[') {
        let end = parameters.find(|c: char| !('\u{20}'..='\u{3f}').contains(&c));
        match end.and_then(|end| parameters[end..].chars().next().map(|c| (end, c))) {
            Some((end, '\u{40}'..='\u{7e}')) => &parameters[end + 1..],
            _ => text,
        }
    } else if let Some(command) = text.strip_prefix(']') {
        // A title or a link: ends with BEL or ESC \, on the same line.
        match command.find(['\u{7}', '\u{1b}', '\n']) {
            Some(end) if command[end..].starts_with('\u{7}') => &command[end + 1..],
            Some(end) if command[end..].starts_with("\u{1b}\\") => &command[end + 2..],
            _ => text,
        }
    } else {
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_steers_a_terminal_comes_through() {
        let cases: [(&[u8], &str); 10] = [
            (b"\x1b[91mWrite-Error: \x1b[91mThe WinRM client\x1b[0m\n", "Write-Error: The WinRM client\n"),
            (b"\x1b]0;title\x07text \x1b]8;;http://x\x1b\\link", "text link"),
            (b"\x1b[31", "[31"),
            (b"\x1b]0;no end\nnext", "]0;no end\nnext"),
            (b"a\r\nb\rc\td", "a\nb\nc\td"),
            (b"\x00\x07\x08bell\x7f", "bell"),
            (b"Gr\x94\xe1e", "Gr\u{fffd}\u{fffd}e"),
            ("\u{9b}31mC1 \u{202e}txt.exe".as_bytes(), "31mC1 txt.exe"),
            ("Größe 日本語 😀".as_bytes(), "Größe 日本語 😀"),
            ("a\u{2028}b\u{200b}\u{e0041}c\u{feff}".as_bytes(), "a\nbc"),
        ];
        for (bytes, expected) in cases {
            assert_eq!(printable(bytes), expected, "{bytes:?}");
        }
    }

    #[test]
    fn only_the_last_of_it_is_kept() {
        let mut tail = LastOutput::default();
        for number in 0..200_000 {
            tail.push_line(format!("line {number}").as_bytes(), 1);
        }
        tail.push_line(b"cut", 5000);
        tail.set_unfinished(b"Password: ");
        assert!(tail.text.capacity() <= 4 * OUTPUT_KEPT);
        let text = tail.text();
        assert!(text.len() <= OUTPUT_KEPT, "{}", text.len());
        assert!(text.ends_with("line 199999\ncut [...]\nPassword:"), "{}", &text[text.len() - 60..]);
    }

    #[test]
    fn bytes_of_no_encoding_do_not_grow_past_the_bound() {
        let mut tail = LastOutput::default();
        tail.push(&vec![0x94; 3 * OUTPUT_KEPT]);
        assert!(tail.text().len() <= OUTPUT_KEPT);
    }
}
