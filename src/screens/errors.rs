//! What a run that could not go on says: what, on which server, why, and what to do next.

use crate::domain::Next;

use super::kit::page::{BAD, Page};
use super::kit::words;

/// Why a run ended early, in words.
#[derive(Debug, Clone, Copy)]
pub struct Failure<'a> {
    /// What and why, in a lower-case fragment that names the object.
    pub message: &'a str,
    /// What to do next, each a sentence.
    pub hints: &'a [String],
    /// What the shell printed last.
    pub tail: Option<&'a str>,
}

/// The failure as text. The shell's last lines are shown when `verbose`, else it is said how to see them.
/// `next`: what finds out more.
pub fn failure(failure: &Failure<'_>, next: Option<&Next>, width: usize, verbose: bool) -> String {
    /// Lines of the tail: enough for an Exchange stack of errors, within one screen.
    const LINES: usize = 15;
    let mut page = Page::new(width);
    let mut lines = failure.message.lines().filter(|line| !line.trim().is_empty());
    // Some of it may be the shell's: at the left edge stands nothing but our own word.
    page.hanging(BAD, &format!("error: {}", lines.next().unwrap_or("unknown")));
    for line in lines {
        page.quote(2, line);
    }
    for hint in failure.hints {
        page.item(super::kit::page::PLAIN, 2, &words::capital(hint));
    }
    let tail = failure.tail.map(|tail| tail.lines().filter(|line| !line.trim().is_empty()).collect::<Vec<_>>());
    match tail.as_deref() {
        None | Some([]) => {}
        Some(tail) if verbose => {
            page.inset(2, "The last lines that the shell printed:");
            for line in &tail[tail.len().saturating_sub(LINES)..] {
                page.quote(4, line);
            }
        }
        Some(_) => page.item(super::kit::page::PLAIN, 2, "Run it again with -v to see what the shell printed last."),
    }
    if let Some(next) = next {
        page.gap();
        super::next::say(&mut page, std::slice::from_ref(next));
    }
    page.finish()
}

/// The same in one line: what `-q` leaves of it.
pub fn failure_in_short(failure: &Failure<'_>) -> String {
    let mut page = Page::new(usize::MAX);
    let first = failure.message.lines().find(|line| !line.trim().is_empty());
    page.line(BAD, &format!("error: {}", first.unwrap_or("unknown")));
    page.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plain(message: &str, hints: &[&str], tail: Option<&str>, verbose: bool) -> String {
        let hints = hints.iter().map(ToString::to_string).collect::<Vec<_>>();
        let text = super::failure(&Failure { message, hints: &hints, tail }, None, 80, verbose);
        anstream::adapter::strip_str(&text).to_string()
    }

    #[test]
    fn a_failure_says_what_and_what_to_do_next() {
        let hints = ["run it on the Exchange server, or use --connection remote --connect-to with the FQDN of one"];
        let message = "the Exchange Management Shell could not be loaded on EX01: RemoteExchange.ps1 was not found";
        insta::assert_snapshot!(plain(message, &hints, Some("VERBOSE: one\n\n\u{1b}[31mtwo\u{1b}[0m\n"), false), @r"
        error: the Exchange Management Shell could not be loaded on EX01:
          RemoteExchange.ps1 was not found
          - Run it on the Exchange server, or use --connection remote --connect-to with
            the FQDN of one
          - Run it again with -v to see what the shell printed last.
        ");
        insta::assert_snapshot!(plain(message, &hints, Some("VERBOSE: one\n\n\u{1b}[31mtwo\u{1b}[0m\n"), true), @r"
        error: the Exchange Management Shell could not be loaded on EX01:
          RemoteExchange.ps1 was not found
          - Run it on the Exchange server, or use --connection remote --connect-to with
            the FQDN of one
          The last lines that the shell printed:
            | VERBOSE: one
            | [31mtwo[0m
        ");
    }

    #[test]
    fn a_message_of_several_lines_stays_readable_and_a_long_tail_is_cut_at_its_top() {
        let tail = (0..100).map(|n| format!("line {n}\n")).collect::<String>();
        let text = plain("one\ntwo\r\nthree", &[], Some(&tail), true);
        assert!(text.starts_with("error: one\n  | two\n  | three\n"));
        assert!(text.contains("| line 99\n") && !text.contains("| line 84\n"));
    }
}
