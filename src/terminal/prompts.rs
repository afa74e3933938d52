//! The conversation on a terminal: a question on stderr, an answer from the keyboard. What was typed before a question
//! stands on the screen does not answer it, and Ctrl-C or Esc that follow an answer at once are not too late.

use std::time::{Duration, Instant};

use unicode_width::UnicodeWidthStr;

use super::key::Key;
use super::keyboard::{CtrlC, Keyboard, LONG_QUIET};
use super::line::Line;
use crate::screens::kit::page::CARE;
use crate::screens::kit::sanitize;
use crate::screens::wizard::{Prompt, Typed};
use crate::terminal::console::Console;

/// How often it is asked whether a signal has come.
const TICK: Duration = Duration::from_millis(50);
/// A terminal that takes longer to show a question was stopped, or is far away: somebody may have typed meanwhile.
const SLOW: Duration = Duration::from_millis(250);
/// Columns that an answer needs; with fewer it has a line of its own.
const LEAST_ROOM: usize = 8;

/// What stands for a paste of more than an answer; no answer itself.
const PASTED: &str = "(a paste of several lines)";

/// Keys that follow one another more closely than a hand can type.
#[derive(Debug, Default)]
struct Burst {
    last: Option<Instant>,
    keys: usize,
}

impl Burst {
    /// Nobody types two keys in so short a time.
    const CLOSE: Duration = Duration::from_millis(20);
    /// A letter and Enter may come in one packet of a slow connection.
    const OF_A_HAND: usize = 2;

    /// Takes a key that came then; whether it may have been typed.
    fn take(&mut self, at: Instant) -> bool {
        let is_close = self.last.is_some_and(|last| at.saturating_duration_since(last) < Self::CLOSE);
        self.keys = if is_close { self.keys + 1 } else { 1 };
        self.last = Some(at);
        self.keys <= Self::OF_A_HAND
    }
}

/// A person at a terminal.
pub(crate) struct Prompts<'a> {
    console: &'a mut Console,
    interrupted: &'a dyn Fn() -> bool,
}

impl<'a> Prompts<'a> {
    /// The terminal of this process. `interrupted` tells when Ctrl-C comes as a signal rather than as a key.
    pub(crate) fn new(console: &'a mut Console, interrupted: &'a dyn Fn() -> bool) -> Self {
        Self { console, interrupted }
    }

    /// The line that is typed, once nothing that came before the question is left.
    fn line(&mut self, question: &str, keyboard: &mut Keyboard) -> Typed {
        if !keyboard.forget(self.console.more_keys(false), None) {
            return Typed::Interrupted;
        }
        let (question, room) = self.fit(question);
        let began = Instant::now();
        self.console.ask(&question);
        if began.elapsed() > SLOW && !keyboard.forget(false, None) {
            return Typed::Interrupted;
        }
        let (mut line, mut burst) = (Line::new(room), Burst::default());
        loop {
            let key = keyboard.key(TICK);
            let is_typed = key.is_none() || burst.take(Instant::now());
            if (self.interrupted)() {
                return Typed::Interrupted;
            }
            match key {
                None if keyboard.is_gone() => return Typed::Escaped,
                Some(Key::Escape) => return Typed::Escaped,
                Some(Key::End) if line.is_empty() => return Typed::Escaped,
                Some(Key::Interrupt) => return Typed::Interrupted,
                Some(Key::Enter) if is_typed => return Typed::Line(line.text()),
                // What was pasted is an answer where nothing follows it. Else it was not meant for this question.
                Some(Key::Enter) => match keyboard.key(LONG_QUIET) {
                    None => return Typed::Line(line.text()),
                    Some(Key::Escape) => return Typed::Escaped,
                    Some(Key::Interrupt) => return Typed::Interrupted,
                    Some(_) if !keyboard.forget(false, None) => return Typed::Interrupted,
                    Some(_) => return Typed::Line(PASTED.to_owned()),
                },
                Some(Key::Char(character)) => line.insert(character),
                #[cfg(unix)]
                Some(Key::Paste(text)) => {
                    text.chars().for_each(|character| line.insert(character));
                    if !keyboard.forget_after_paste() {
                        return Typed::Interrupted;
                    }
                }
                Some(Key::Edit(edit)) => line.edit(edit),
                Some(Key::End | Key::Other) | None => continue,
            }
            self.console.draw(&line.draw());
        }
    }

    /// The question as it is written, in one go, and the columns that are left for the answer.
    fn fit(&self, question: &str) -> (String, usize) {
        let width = self.console.talk_width();
        let prompt = if self.console.talk_has_color() { format!("{CARE}?{CARE:#}") } else { "?".to_owned() };
        let left = width.saturating_sub(question.width() + "? ".len() + " ".len());
        if left < LEAST_ROOM {
            (format!("{prompt} {question}\n  "), width.saturating_sub("  ".len()))
        } else {
            (format!("{prompt} {question} "), left)
        }
    }
}

impl Prompt for Prompts<'_> {
    fn say(&mut self, text: &str) {
        self.console.eprint_always(text);
    }

    fn ask(&mut self, question: &str, default: &str) -> Typed {
        self.console.stop();
        let Some(mut keyboard) = Keyboard::open(CtrlC::Key) else { return Typed::Escaped };
        self.console.begin_asking();
        let mut typed = self.line(&sanitize(question), &mut keyboard);
        let answer = match &typed {
            Typed::Line(line) => line.clone(),
            Typed::Escaped | Typed::Interrupted => String::new(),
        };
        let mut rest = keyboard.pending();
        if matches!(typed, Typed::Line(_)) {
            // From here on it is a signal, so that none comes between the two.
            keyboard.turn(CtrlC::Signal);
            rest.extend(keyboard.pending());
            let stopped = rest.iter().any(|key| matches!(key, Key::Escape | Key::Interrupt));
            if stopped || (self.interrupted)() {
                typed = Typed::Interrupted;
            }
        }
        // An answer, or Ctrl-C, in the middle of a paste: what is left of that answers nothing, and is nothing for the shell.
        self.console.more_keys(!rest.is_empty() || keyboard.is_in_paste());
        let word = match &typed {
            Typed::Escaped => "(quit)",
            Typed::Line(line) if line.trim().is_empty() => default,
            Typed::Line(_) | Typed::Interrupted => "",
        };
        self.console.end_asking(&answer, word);
        typed
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn more_keys_than_a_hand_types_at_once_are_a_paste() {
        let began = Instant::now();
        let mut burst = Burst::default();
        let mut take = |milliseconds: u64| burst.take(began + Duration::from_millis(milliseconds));
        assert_eq!([0, 1, 2, 3].map(&mut take), [true, true, false, false]);
        // Typed: each apart from the one before.
        assert_eq!([100, 160, 220, 280].map(&mut take), [true; 4]);
        assert_eq!([400, 410, 429, 460].map(&mut take), [true, true, false, true]);
    }
}
