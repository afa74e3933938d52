//! Keys, out of what a terminal sends: bytes on Unix, records of a console on Windows. A character with Ctrl or Alt is not
//! that character. Bytes do not tell Alt from an Esc that came in one packet with what was typed after it: that is read as
//! the Esc, after which nothing is changed.

/// A key, or what was pasted in one go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Key {
    Char(char),
    Enter,
    /// Esc.
    Escape,
    /// Ctrl-C or Ctrl-\, where it comes as a key.
    Interrupt,
    /// Ctrl-D: the end of the input on an empty line.
    End,
    Edit(Edit),
    /// A paste that the terminal marks as one, without its end of line; empty where it is no line. No console of Windows does.
    #[cfg(unix)]
    Paste(String),
    /// Any other.
    Other,
}

/// What changes a line, or the place in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Edit {
    Left,
    Right,
    ToStart,
    ToEnd,
    DeleteLeft,
    DeleteRight,
    DeleteWord,
    DeleteToStart,
    DeleteToEnd,
}

/// Ctrl with a letter and its like, the same on all systems.
fn control(unit: u8) -> Key {
    match unit {
        b'\r' | b'\n' => Key::Enter,
        0x1b => Key::Escape,
        0x03 | 0x1c => Key::Interrupt,
        0x04 => Key::End,
        0x01 => Key::Edit(Edit::ToStart),
        0x02 => Key::Edit(Edit::Left),
        0x05 => Key::Edit(Edit::ToEnd),
        0x06 => Key::Edit(Edit::Right),
        0x08 | 0x7f => Key::Edit(Edit::DeleteLeft),
        0x0b => Key::Edit(Edit::DeleteToEnd),
        0x15 => Key::Edit(Edit::DeleteToStart),
        0x17 => Key::Edit(Edit::DeleteWord),
        _ => Key::Other,
    }
}

/// A key that was pressed in a console of Windows.
#[cfg(any(windows, test))]
pub(super) fn of_console(code: u16, unit: u16, ctrl: bool, alt: bool) -> Option<Key> {
    // AltGr is both at once, and makes characters of its own.
    let alt_gr = ctrl && alt && unit >= 0x20;
    match (code, u8::try_from(unit)) {
        // Shift, Ctrl, Alt, CapsLock, NumLock, ScrollLock and the Windows keys by themselves.
        (0x10..=0x12 | 0x14 | 0x5b | 0x5c | 0x90 | 0x91, Ok(0)) => None,
        (_, Ok(unit @ (0x03 | 0x1c))) => Some(control(unit)),
        _ if alt && !alt_gr => Some(Key::Other),
        (_, Ok(unit)) if unit > 0 && unit < 0x20 || unit == 0x7f => Some(control(unit)),
        (0x23..=0x27 | 0x2e, Ok(0)) if ctrl => Some(Key::Other),
        (0x23, Ok(0)) => Some(Key::Edit(Edit::ToEnd)),
        (0x24, Ok(0)) => Some(Key::Edit(Edit::ToStart)),
        (0x25, Ok(0)) => Some(Key::Edit(Edit::Left)),
        (0x27, Ok(0)) => Some(Key::Edit(Edit::Right)),
        (0x2e, Ok(0)) => Some(Key::Edit(Edit::DeleteRight)),
        (_, Ok(0)) => Some(Key::Other),
        _ if ctrl && !alt_gr => Some(Key::Other),
        // Half of a character beyond 16 bits is none.
        _ => char::from_u32(unit.into()).map(Key::Char),
    }
}

/// Takes keys off bytes as they come.
#[cfg(unix)]
#[derive(Debug, Default)]
pub(super) struct Bytes {
    read: Vec<u8>,
    /// What came of a paste so far; `None` where it began before it was to count.
    paste: Option<Option<Vec<u8>>>,
    /// Whether Ctrl-C ended a paste.
    broke: bool,
}

#[cfg(unix)]
impl Bytes {
    const PASTE: &[u8] = b"\x1b[200~";
    const PASTED: &[u8] = b"\x1b[201~";
    /// In bytes: no answer is near that long. What goes beyond it is not kept, and makes no answer either.
    const LONGEST_PASTE: usize = 4096;
    /// No key sends more bytes.
    const LONGEST_KEY: usize = 32;

    pub(super) fn push(&mut self, bytes: &[u8]) {
        self.read.extend_from_slice(bytes);
    }

    /// Whether the beginning of a key is there, the rest of which may be on its way.
    pub(super) fn is_torn(&self) -> bool {
        !self.read.is_empty()
    }

    /// Whether the end of a paste is still to come.
    pub(super) fn is_in_paste(&self) -> bool {
        self.broke || self.paste.is_some()
    }

    /// Forgets what came so far, and what is still to come of a paste.
    pub(super) fn forget(&mut self) {
        self.read.clear();
        self.paste = self.paste.take().map(|_| None);
    }

    /// The next key. `all`: nothing more comes, so that what is there is a key. `None`: there is none, or not all of it.
    pub(super) fn next(&mut self, all: bool) -> Option<Key> {
        if self.paste.is_some() {
            return self.pasted(all);
        }
        let (key, length) = match *self.read.as_slice() {
            [] => return None,
            [0x1b] if all => (Key::Escape, 1),
            [0x1b] => return None,
            [0x1b, b'[' | b'O', ..] => self.sequence(all)?,
            [0x1b, ..] => (Key::Escape, 1),
            [unit @ (..0x20 | 0x7f), ..] => (control(unit), 1),
            [first, ..] => self.character(first, all)?,
        };
        let began_paste = self.read.starts_with(Self::PASTE);
        self.read.drain(..length);
        if began_paste {
            self.paste = Some(Some(Vec::new()));
            return self.pasted(all);
        }
        Some(key)
    }

    /// Esc and [ or O, then what a key of its own makes of it. With a modifier it has a parameter, and is not that key.
    fn sequence(&self, all: bool) -> Option<(Key, usize)> {
        // The console of Linux has a second [ before the letter of a function key.
        let skip = 2 + usize::from(self.read.get(2) == Some(&b'['));
        let rest = self.read.get(skip..).unwrap_or_default();
        let Some(end) = rest.iter().position(|byte| !(0x20..0x40).contains(byte)) else {
            let is_over = all || rest.len() > Self::LONGEST_KEY;
            return is_over.then_some((Key::Other, self.read.len()));
        };
        let length = skip + end;
        if !(0x40..0x7f).contains(&rest[end]) {
            // Something else begins, and this never ended.
            return Some((Key::Other, length));
        }
        let key = match &self.read[2..=length] {
            b"C" => Key::Edit(Edit::Right),
            b"D" => Key::Edit(Edit::Left),
            b"H" | b"1~" | b"7~" => Key::Edit(Edit::ToStart),
            b"F" | b"4~" | b"8~" => Key::Edit(Edit::ToEnd),
            b"3~" => Key::Edit(Edit::DeleteRight),
            b"M" if self.read[1] == b'O' => Key::Enter,
            _ => Key::Other,
        };
        Some((key, length + 1))
    }

    /// A character in UTF-8.
    fn character(&self, first: u8, all: bool) -> Option<(Key, usize)> {
        let length = match first {
            0x20..0x7f => 1,
            0xc2..0xe0 => 2,
            0xe0..0xf0 => 3,
            0xf0..0xf5 => 4,
            _ => return Some((Key::Other, 1)),
        };
        let Some(bytes) = self.read.get(..length) else { return all.then_some((Key::Other, self.read.len())) };
        let one = |text: &str| text.chars().next().filter(|it| !it.is_control());
        Some(match std::str::from_utf8(bytes).ok().and_then(one) {
            Some(character) => (Key::Char(character), length),
            None => (Key::Other, 1),
        })
    }

    /// Goes on with a paste. Ctrl-C ends one of which the end does not come.
    fn pasted(&mut self, all: bool) -> Option<Key> {
        let end = self.read.windows(Self::PASTED.len()).position(|window| window == Self::PASTED);
        let text = end.unwrap_or(self.read.len());
        if let Some(at) = self.read[..text].iter().position(|byte| [0x03, 0x1c].contains(byte)) {
            (self.paste, self.broke) = (None, true);
            self.read.drain(..=at);
            return Some(Key::Interrupt);
        }
        // The end may be there in part.
        let is_beginning = |length: &usize| Self::PASTED.starts_with(&self.read[self.read.len() - length..]);
        let torn = (1..Self::PASTED.len().min(self.read.len() + 1)).rev().find(is_beginning).unwrap_or(0);
        let sure = end.unwrap_or(if all { text } else { text - torn });
        if let Some(Some(paste)) = &mut self.paste {
            let room = (Self::LONGEST_PASTE + 1).saturating_sub(paste.len());
            paste.extend(self.read[..sure].iter().take(room));
        }
        self.read.drain(..sure);
        end?;
        self.read.drain(..Self::PASTED.len());
        let text = self.paste.take()?.and_then(|paste| String::from_utf8(paste).ok()).unwrap_or_default();
        // Several lines are no answer, wherever they were meant to go.
        let line = text.trim_end_matches(['\r', '\n']);
        let is_line = text.len() <= Self::LONGEST_PASTE && !line.contains(char::is_control);
        Some(Key::Paste(if is_line { line.to_owned() } else { String::new() }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The keys of these packets; nothing comes after the last.
    #[cfg(unix)]
    fn keys(packets: &[&[u8]]) -> Vec<Key> {
        let mut bytes = Bytes::default();
        let mut keys = Vec::new();
        for (at, packet) in packets.iter().enumerate() {
            bytes.push(packet);
            while let Some(key) = bytes.next(at + 1 == packets.len()) {
                keys.push(key);
            }
        }
        keys
    }

    #[test]
    #[cfg(unix)]
    fn bytes_are_keys() {
        let edit = Key::Edit;
        for (packets, expected) in [
            (vec![&b"y\r\x03"[..]], vec![Key::Char('y'), Key::Enter, Key::Interrupt]),
            (vec![b"\x1b"], vec![Key::Escape]),
            (vec![b"\x1by"], vec![Key::Escape, Key::Char('y')]),
            (vec![b"\x1b\x1b"], vec![Key::Escape, Key::Escape]),
            (vec![b"\x1b[C\x1bOD"], vec![edit(Edit::Right), edit(Edit::Left)]),
            (vec![b"\x1b", b"[", b"3", b"~"], vec![edit(Edit::DeleteRight)]),
            (vec![b"\x1b[1;5C\x1b[121;5u\x1b[[A\x1bOQ"], vec![Key::Other; 4]),
            (vec![b"\x1b[12", b"\ry"], vec![Key::Other, Key::Enter, Key::Char('y')]),
            (vec![b"\x19\x1a\x00\t"], vec![Key::Other; 4]),
            (vec![b"\x1c\x04"], vec![Key::Interrupt, Key::End]),
            (vec![b"\x01\x05\x15\x17\x0b"], {
                let edits = [Edit::ToStart, Edit::ToEnd, Edit::DeleteToStart, Edit::DeleteWord, Edit::DeleteToEnd];
                edits.map(Key::Edit).to_vec()
            }),
            (vec![b"\xc3", b"\xbc\xff\xc3x"], vec![Key::Char('\u{fc}'), Key::Other, Key::Other, Key::Char('x')]),
            (vec![b"\xc2\x9by"], vec![Key::Other, Key::Other, Key::Char('y')]),
        ] {
            assert_eq!(keys(&packets), expected, "{packets:?}");
        }
    }

    #[test]
    #[cfg(unix)]
    fn a_paste_is_one_line_or_nothing_and_never_an_enter() {
        let nothing = || Key::Paste(String::new());
        let long = [&b"\x1b[200~"[..], &b"y\r".repeat(9000), b"\x1b[201~n"].concat();
        for (packets, expected) in [
            (vec![&b"\x1b[200~EX01\r\x1b[201~"[..]], vec![Key::Paste("EX01".to_owned())]),
            (vec![b"\x1b[200~EX", b"01\x1b[2", b"01~\r"], vec![Key::Paste("EX01".to_owned()), Key::Enter]),
            (vec![b"\x1b[200~y\ry\r\x1b[201~n"], vec![nothing(), Key::Char('n')]),
            (vec![b"\x1b[200~\x1b[201~"], vec![nothing()]),
            (vec![b"\x1b[200~\x1b[C\x1b[201~"], vec![nothing()]),
            (vec![&long], vec![nothing(), Key::Char('n')]),
            (vec![b"\x1b[200~y", b"\x03n"], vec![Key::Interrupt, Key::Char('n')]),
        ] {
            assert_eq!(keys(&packets), expected, "{packets:?}");
        }
    }

    #[test]
    #[cfg(unix)]
    fn a_paste_that_began_too_early_is_nothing() {
        let mut bytes = Bytes::default();
        bytes.push(b"\x1b[200~y");
        assert_eq!(bytes.next(false), None);
        bytes.forget();
        bytes.push(b"es\x1b[201~n");
        assert_eq!([bytes.next(false), bytes.next(false)], [Some(Key::Paste(String::new())), Some(Key::Char('n'))]);
    }

    #[test]
    fn a_key_of_a_console_counts_without_ctrl_and_alt_alone() {
        for (code, unit, ctrl, alt, expected) in [
            (0x59, 'y', false, false, Some(Key::Char('y'))),
            (0x59, 'y', false, true, Some(Key::Other)),
            (0x59, '\u{19}', true, false, Some(Key::Other)),
            (0x41, '\u{1}', true, false, Some(Key::Edit(Edit::ToStart))),
            (0x43, '\u{3}', true, false, Some(Key::Interrupt)),
            (0x51, '@', true, true, Some(Key::Char('@'))),
            (0x59, '\0', true, true, Some(Key::Other)),
            (0x0d, '\r', false, false, Some(Key::Enter)),
            (0x1b, '\u{1b}', false, false, Some(Key::Escape)),
            (0x08, '\u{7f}', true, false, Some(Key::Edit(Edit::DeleteLeft))),
            (0x25, '\0', false, false, Some(Key::Edit(Edit::Left))),
            (0x25, '\0', true, false, Some(Key::Other)),
            (0x10, '\0', false, false, None),
            (0, '\u{fc}', false, false, Some(Key::Char('\u{fc}'))),
        ] {
            let unit = u16::try_from(u32::from(unit)).expect("16 bits");
            assert_eq!(of_console(code, unit, ctrl, alt), expected, "{code:x} {unit:x} {ctrl} {alt}");
        }
        assert_eq!(of_console(0, 0xd83d, false, false), None, "half of a character");
    }
}
