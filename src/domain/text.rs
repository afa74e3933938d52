//! Text that somebody else wrote may have characters in it that nobody sees: they steer a terminal, turn the direction of
//! writing, make two names look alike, or end a line where none ends. What they are is said here, once for screens, logs
//! and what a shell printed.

use std::fmt::{self, Write};

/// Whether a character has no shape of its own: control characters, those that format, join or separate (Unicode's Cf, Zl
/// and Zp), tags, fillers, and all else that Unicode 16 calls `Default_Ignorable_Code_Point`. Tabs and line ends are among
/// them.
pub fn is_invisible(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{00AD}' | '\u{034F}' | '\u{0600}'..='\u{0605}' | '\u{061C}' | '\u{06DD}' | '\u{070F}'
            | '\u{0890}'..='\u{0891}' | '\u{08E2}' | '\u{115F}'..='\u{1160}' | '\u{17B4}'..='\u{17B5}'
            | '\u{180B}'..='\u{180F}' | '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2060}'..='\u{206F}'
            | '\u{2800}' | '\u{3164}' | '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}' | '\u{FFA0}' | '\u{FFF0}'..='\u{FFFB}'
            | '\u{110BD}' | '\u{110CD}' | '\u{13430}'..='\u{1343F}' | '\u{1BCA0}'..='\u{1BCA3}'
            | '\u{1D173}'..='\u{1D17A}' | '\u{E0000}'..='\u{E0FFF}')
}

/// A name for a reader: what nobody would see of it stands there as its number, so that no two names look alike because of
/// that.
fn with_numbers(name: &str) -> String {
    let mut shown = String::with_capacity(name.len());
    for c in name.chars() {
        if is_invisible(c) {
            let _never_fails = write!(shown, "<U+{:04X}>", u32::from(c));
        } else {
            shown.push(c);
        }
    }
    shown
}

/// The same into a text of some width.
pub(super) fn pad_with_numbers(name: &str, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    if name.chars().any(is_invisible) { f.pad(&with_numbers(name)) } else { f.pad(name) }
}

#[cfg(test)]
mod tests {
    use super::super::Requester;
    use super::*;

    #[test]
    fn what_has_no_shape_is_invisible_and_what_has_one_is_not() {
        for c in "\u{0}\t\n\r\u{1b}\u{7f}\u{9b}\u{ad}\u{200b}\u{200d}\u{200e}\u{2028}\u{2029}\u{202e}\u{2060}\u{2066}\u{feff}\u{e0041}\u{e0100}\u{fe0f}\u{3164}\u{2800}".chars() {
            assert!(is_invisible(c), "{c:?}");
        }
        for c in "aZ0 -_.\u{a0}\u{e4}\u{df}\u{301}\u{3bb}\u{65e5}\u{ac00}\u{1f600}\u{5d0}\u{627}".chars() {
            assert!(!is_invisible(c), "{c:?}");
        }
    }

    #[test]
    fn a_name_with_what_nobody_sees_does_not_look_like_another() {
        for (name, shown) in [
            ("HealthApi", "HealthApi"),
            ("Health\u{200b}Api", "Health<U+200B>Api"),
            ("HealthApi\u{e0041}", "HealthApi<U+E0041>"),
            ("\u{202e}ipAhtlaeH", "<U+202E>ipAhtlaeH"),
            ("Health\nApi", "Health<U+000A>Api"),
            ("M\u{fc}ller", "M\u{fc}ller"),
        ] {
            assert_eq!(Requester::new(name).to_string(), shown);
            assert_eq!(Requester::new(name).as_str(), name);
        }
    }
}
