//! The conversation on a terminal: a question on stderr, an answer from the keyboard. What was typed before a question
//! stands on the screen does not answer it, and Ctrl-C or Esc that follow an answer at once are not too late.

use std::time::{Duration, Instant};

use unicode_width::UnicodeWidthStr;

use super::key::Key;
use super::keyboard::{CtrlC, Keyboard};
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
        if !keyboard.forget(None) {
            return Typed::Interrupted;
        }
        let (question, room) = self.fit(question);
        let began = Instant::now();
        self.console.ask(&question);
        if began.elapsed() > SLOW && !keyboard.forget(None) {
            return Typed::Interrupted;
        }
        let mut line = Line::new(room);
        loop {
            let key = keyboard.key(TICK);
            if (self.interrupted)() {
                return Typed::Interrupted;
            }
            match key {
                None if keyboard.is_gone() => return Typed::Escaped,
                Some(Key::Escape) => return Typed::Escaped,
                Some(Key::End) if line.is_empty() => return Typed::Escaped,
                Some(Key::Interrupt) => return Typed::Interrupted,
                Some(Key::Enter) => return Typed::Line(line.text()),
                Some(Key::Char(character)) => line.insert(character),
                #[cfg(unix)]
                Some(Key::Paste(text)) => text.chars().for_each(|character| line.insert(character)),
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
        if matches!(typed, Typed::Line(_)) {
            let stops = |key: &Key| matches!(key, Key::Escape | Key::Interrupt);
            let mut stopped = keyboard.pending().iter().any(stops);
            // From here on it is a signal, so that none comes between the two.
            keyboard.turn(CtrlC::Signal);
            stopped |= keyboard.pending().iter().any(stops);
            if stopped || (self.interrupted)() {
                typed = Typed::Interrupted;
            }
        }
        let word = match &typed {
            Typed::Escaped => "(quit)",
            Typed::Line(line) if line.trim().is_empty() => default,
            Typed::Line(_) | Typed::Interrupted => "",
        };
        self.console.end_asking(&answer, word);
        typed
    }
}
