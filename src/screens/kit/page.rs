//! A text being written: lines wrapped to a width, in few styles. Everything that is shown passes here, so here is
//! where text from elsewhere is made harmless. Styles stand around whole lines; the console takes them out again where
//! colour is not wanted, and no meaning rests on them.

use std::borrow::Cow;

use anstyle::{AnsiColor, Style};
use textwrap::{Options, WordSeparator, WordSplitter, WrapAlgorithm};
use unicode_width::UnicodeWidthStr;

use super::{command, sanitize};
use crate::domain::Cmdlet;

/// Nothing special.
pub const PLAIN: Style = Style::new();
/// A server, a section.
pub const HEADING: Style = Style::new().bold();
/// What is Inactive, or failed.
pub const BAD: Style = AnsiColor::Red.on_default().bold();
/// What is as it should be.
pub const GOOD: Style = AnsiColor::Green.on_default();
/// What needs care.
pub const CARE: Style = AnsiColor::Yellow.on_default();
/// Something to type.
pub const COMMAND: Style = AnsiColor::Cyan.on_default();

/// A text of lines of at most so many columns.
#[derive(Debug)]
pub struct Page {
    width: usize,
    whole_commands: bool,
    text: String,
}

impl Page {
    /// An empty page.
    pub fn new(width: usize) -> Self {
        Self { width, whole_commands: false, text: String::new() }
    }

    /// Keeps each command on one line, however long: for a file, where it will be searched for and not read.
    pub fn with_whole_commands(self, whole_commands: bool) -> Self {
        Self { whole_commands, ..self }
    }

    /// What is written by itself, on a page of the same width.
    pub fn part(&self, write: impl FnOnce(&mut Self)) -> String {
        let mut part = Self { text: String::new(), ..*self };
        write(&mut part);
        part.text
    }

    /// What was written by itself.
    pub fn append(&mut self, part: &str) {
        self.text.push_str(part);
    }

    /// How many lines of a screen there are.
    pub fn height(&self) -> usize {
        self.height_of(&self.text)
    }

    /// How many lines of a screen a text takes, in which a command may be longer than one.
    pub fn height_of(&self, text: &str) -> usize {
        let columns = |line: &str| anstream::adapter::strip_str(line).to_string().width().max(1);
        text.lines().map(|line| columns(line).div_ceil(self.width.max(1))).sum()
    }

    /// Two texts on one line, at its two ends; one below the other where there is no room.
    pub fn apart(&mut self, style: Style, left: &str, right: &str) {
        let room = self.width.saturating_sub(left.width() + right.width());
        if room >= 2 {
            self.line(style, &format!("{left}{:room$}{right}", ""));
        } else {
            self.styled(style, 0, left);
            self.styled(style, 0, right);
        }
    }

    /// The columns of a line.
    pub fn width(&self) -> usize {
        self.width
    }

    /// An empty line between what is there and what comes; none at the top, never two.
    pub fn gap(&mut self) {
        if !self.text.is_empty() && !self.text.ends_with("\n\n") {
            self.text.push('\n');
        }
    }

    /// Whether the lines follow each other without an empty one.
    pub fn has_no_gap(&self) -> bool {
        !self.text.contains("\n\n")
    }

    /// A paragraph.
    pub fn say(&mut self, text: &str) {
        self.paragraph(PLAIN, 0, 0, text);
    }

    /// A paragraph in from the left by so many columns.
    pub fn inset(&mut self, indent: usize, text: &str) {
        self.paragraph(PLAIN, indent, indent, text);
    }

    /// A list item: `- ` and a paragraph that hangs beside it.
    pub fn item(&mut self, style: Style, indent: usize, text: &str) {
        self.paragraph(style, indent, indent + 2, &format!("- {text}"));
    }

    /// A word in a style and what it means, the latter in a column of its own that begins so far from the left.
    pub fn marked(&mut self, style: Style, column: usize, word: &str, meaning: &str) {
        let lines = wrap(&sanitize(meaning), self.width, column, column);
        for (at, line) in lines.iter().enumerate() {
            let margin = if at == 0 { word } else { "" };
            self.raw(&format!("{style}{margin:column$}{style:#}{}", line.trim_start()));
        }
    }

    /// A section begins.
    pub fn heading(&mut self, text: &str) {
        self.gap();
        self.paragraph(HEADING, 0, 4, text);
    }

    /// A paragraph of a style.
    pub fn styled(&mut self, style: Style, indent: usize, text: &str) {
        self.paragraph(style, indent, indent, text);
    }

    /// A paragraph of a style, of which all lines but the first are in from the left.
    pub fn hanging(&mut self, style: Style, text: &str) {
        self.paragraph(style, 0, 2, text);
    }

    /// Several lines of somebody else's text, each behind a bar, also where one was broken: what stands behind none is ours.
    pub fn quote(&mut self, indent: usize, text: &str) {
        const BAR: &str = "| ";
        for line in text.lines().map(str::trim_end).filter(|line| !line.is_empty()) {
            let room = self.width.saturating_sub(BAR.len());
            for line in wrap(&sanitize(line), room, indent, indent) {
                let line = line.get(indent..).unwrap_or_default();
                self.line(PLAIN, &format!("{:indent$}{BAR}{line}", ""));
            }
        }
    }

    /// A command, broken where it can go on in the next line.
    pub fn command(&mut self, indent: usize, cmdlet: &Cmdlet) {
        let width = if self.whole_commands { usize::MAX } else { self.width.saturating_sub(indent) };
        for line in command::lines(cmdlet, width) {
            self.line(COMMAND, &format!("{:indent$}{line}", ""));
        }
    }

    /// Words and the command that they lead to, behind them where both fit a line, else in lines of its own.
    pub fn lead(&mut self, style: Style, indent: usize, words: &str, cmdlet: &Cmdlet) {
        let whole = format!("{words} {cmdlet}");
        if indent + whole.width() <= self.width {
            self.line(style, &format!("{:indent$}{whole}", ""));
        } else {
            self.paragraph(style, indent, indent, words);
            self.command(indent + 4, cmdlet);
        }
    }

    /// One line as it is, whatever its length.
    pub fn line(&mut self, style: Style, text: &str) {
        self.raw(&format!("{style}{}{style:#}", sanitize(text).trim_end()));
    }

    /// One line that was made harmless and styled by whoever made it.
    pub fn raw(&mut self, line: &str) {
        self.text.push_str(line);
        self.text.push('\n');
    }

    fn paragraph(&mut self, style: Style, indent: usize, hang: usize, text: &str) {
        for line in wrap(&sanitize(text), self.width, indent, hang) {
            self.line(style, &line);
        }
    }

    /// The text, each line ended.
    pub fn finish(self) -> String {
        self.text
    }
}

/// Words in lines of at most `width` columns: the first in by `indent`, the others by `hang`. A word that is longer
/// than a line is cut. Localised messages count by the columns they take, not by their letters.
fn wrap(text: &str, width: usize, indent: usize, hang: usize) -> Vec<String> {
    let words = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let [first, others] = [indent, hang].map(|columns| " ".repeat(columns));
    // Two columns at the least, for a wide character.
    let options = Options::new(width.max(indent.max(hang) + 2))
        .initial_indent(&first)
        .subsequent_indent(&others)
        .word_separator(WordSeparator::AsciiSpace)
        .word_splitter(WordSplitter::NoHyphenation)
        .wrap_algorithm(WrapAlgorithm::FirstFit);
    textwrap::wrap(&words, options).into_iter().map(Cow::into_owned).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn no_line_is_wider_than_the_page_and_no_word_is_lost(
            text in "[a-z ./\u{6f22}\u{e9}\u{300}\u{1f44d}-]{0,200}",
            width in 12usize..90,
            indent in 0usize..6,
            more in 0usize..4,
        ) {
            let lines = wrap(&text, width, indent, indent + more);
            prop_assert!(lines.iter().all(|line| line.width() <= width), "{:?}", lines);
            let solid = |text: &str| text.split_whitespace().collect::<String>();
            prop_assert_eq!(solid(&lines.concat()), solid(&text));
        }
    }

    #[test]
    fn words_are_wrapped_with_a_hanging_indent_and_cut_only_when_longer_than_a_line() {
        assert_eq!(wrap("one two three four", 10, 0, 2), ["one two", "  three", "  four"]);
        assert_eq!(wrap("abcdefghijkl mn", 6, 0, 2), ["abcd", "  efgh", "  ijkl", "  mn"]);
        assert_eq!(wrap("", 10, 2, 2), ["  "]);
        assert_eq!(wrap("\u{6f22}\u{5b57}\u{6f22} \u{5b57}", 5, 0, 1), ["\u{6f22}\u{5b57}", " \u{6f22}", " \u{5b57}"]);
    }

    #[test]
    fn a_page_shows_no_control_character_of_others() {
        let mut page = Page::new(20);
        page.say("a\u{1b}[2Jb");
        page.quote(2, "one\r\n\n\u{7}two");
        assert_eq!(anstream::adapter::strip_str(&page.finish()).to_string(), "a[2Jb\n  | one\n  | two\n");
    }
}
