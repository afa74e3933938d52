//! A command broken over lines.

use crate::domain::Cmdlet;

/// The command in lines of at most `width` columns, where its words allow it. A line that goes on ends with a backtick, or
/// begins with the pipe after one, so that the whole can be pasted as it stands.
pub fn lines(cmdlet: &Cmdlet, width: usize) -> Vec<String> {
    const MARK: &str = " `";
    let words = cmdlet.words();
    let mut lines: Vec<String> = Vec::new();
    let mut line = String::new();
    for (at, word) in words.iter().enumerate() {
        let reserve = if at + 1 == words.len() { 0 } else { MARK.len() };
        if line.is_empty() {
            line.clone_from(word);
        } else if line.chars().count() + 1 + word.chars().count() + reserve <= width {
            line.push(' ');
            line.push_str(word);
        } else {
            line.push_str(MARK);
            lines.push(std::mem::replace(&mut line, format!("    {word}")));
        }
    }
    lines.push(line);
    lines
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::screens::fixtures::{at, inactive_entry, server};

    #[test]
    fn a_long_command_is_broken_so_that_it_can_be_pasted() {
        let command = Cmdlet::set_active(&server("EX01"), &inactive_entry("PopProxy", "HealthApi", at("02:31:52")));
        let broken = lines(&command, 72);
        let expected =
            ["Set-ServerComponentState -Identity EX01 -Component PopProxy `", "    -Requester HealthApi -State Active"];
        assert_eq!(broken, expected);
        let joined = broken.iter().map(|line| line.trim_end_matches('`').trim()).collect::<Vec<_>>().join(" ");
        assert_eq!(joined, command.to_string());
        assert_eq!(lines(&command, 200).len(), 1);
    }
}
