//! Text from a server or a shell may have anything in it, also what steers a terminal. Before it is shown, everything that
//! has no shape of its own is taken out; what a reader can see stays as it came.

use crate::domain::is_invisible;

/// The text without control characters (C0, DEL, C1), bidirectional controls and other invisible characters. A tab or a line
/// break becomes a space, so that words stay apart.
pub fn sanitize(text: &str) -> String {
    let spaced = text.chars().map(|c| if matches!(c, '\t' | '\n' | '\r' | '\u{2028}' | '\u{2029}') { ' ' } else { c });
    spaced.filter(|&c| !is_invisible(c)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_steers_a_terminal_is_taken_out_and_the_rest_stays() {
        for (raw, shown) in [
            ("PopProxy", "PopProxy"),
            ("M\u{fc}nchen", "M\u{fc}nchen"),
            ("\u{1b}[31mred\u{1b}[0m", "[31mred[0m"),
            ("\u{1b}]0;title\u{7}x", "]0;titlex"),
            ("\u{9b}2Jgone", "2Jgone"),
            ("a\u{8}\u{7f}b\0", "ab"),
            ("one\r\ntwo\tthree", "one  two three"),
            ("\u{202e}live\u{202c} \u{2066}x\u{2069}\u{200e}", "live x"),
            ("\u{feff}zero\u{200b}width", "zerowidth"),
            ("one\u{2028}two\u{2029}", "one two "),
            ("tag\u{e0001}\u{e0041}s\u{fe0f}", "tags"),
        ] {
            assert_eq!(sanitize(raw), shown, "{raw:?}");
        }
    }
}
