//! Text from a server or a shell may hold anything, also what steers a terminal. Before it is shown, everything that
//! has no shape of its own is taken out; what a reader can see stays as it came.

/// The text without control characters (C0, DEL, C1), bidirectional controls and other invisible format characters.
/// A tab or a line break becomes a space, so that words stay apart.
pub fn sanitize(text: &str) -> String {
    let spaced = text.chars().map(|c| if matches!(c, '\t' | '\n' | '\r') { ' ' } else { c });
    spaced.filter(|&c| !(c.is_control() || is_invisible(c))).collect()
}

/// Characters that reorder, join or hide what stands beside them (Unicode category Cf and the line separators).
fn is_invisible(c: char) -> bool {
    matches!(c,
        '\u{00AD}' | '\u{061C}' | '\u{180E}' | '\u{FEFF}'
        | '\u{200B}'..='\u{200F}'
        | '\u{2028}'..='\u{202E}'
        | '\u{2060}'..='\u{206F}'
        | '\u{FFF9}'..='\u{FFFB}'
        | '\u{E0000}'..='\u{E007F}')
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
        ] {
            assert_eq!(sanitize(raw), shown, "{raw:?}");
        }
    }
}
