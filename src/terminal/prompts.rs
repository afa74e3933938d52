//! The conversation on a real terminal: keys through inquire, which draws on stderr. A console that inquire cannot
//! drive is asked line by line instead: that of Windows Server 2012 R2, which knows no escape sequences (inquire turns
//! bracketed paste on and takes the refusal for the end), and dumb terminals.

use std::io;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::time::Duration;

use inquire::ui::{Color, RenderConfig, StyleSheet, Styled};
use inquire::{InquireError, Text};

use crate::screens::kit::sanitize;
use crate::terminal::console::Console;

use crate::screens::wizard::{Prompt, Typed};

/// A person at a terminal.
pub(crate) struct Prompts<'a> {
    console: &'a mut Console,
    interrupted: &'a dyn Fn() -> bool,
    line_by_line: bool,
}

impl<'a> Prompts<'a> {
    /// The terminal of this process. `interrupted` tells when Ctrl-C comes as a signal rather than as a
    /// key.
    pub(crate) fn new(console: &'a mut Console, interrupted: &'a dyn Fn() -> bool) -> Self {
        let line_by_line = std::env::var_os("TERM").is_some_and(|term| term == "dumb");
        Self { console, interrupted, line_by_line }
    }

    fn line(&mut self, question: &str) -> Typed {
        self.console.ask(&format!("? {question} "));
        let read = || {
            let mut line = String::new();
            io::stdin().read_line(&mut line).map(|bytes| (bytes > 0).then_some(line))
        };
        match self.elsewhere(read) {
            Some(Ok(Some(line))) => Typed::Line(line),
            Some(Ok(None) | Err(_)) => Typed::Escaped,
            None => self.torn(),
        }
    }

    /// The line of a question that Ctrl-C ended is left as it is; what follows begins below it.
    fn torn(&mut self) -> Typed {
        self.console.eprint_always("\n");
        Typed::Interrupted
    }

    /// Reading cannot be called off, and of a terminal that has hung up crossterm reads nothing for ever: so it happens in
    /// a thread of its own. `None`: a signal came first. Nothing is asked after that, and the thread ends with the process.
    fn elsewhere<T: Send + 'static>(&self, read: impl FnOnce() -> T + Send + 'static) -> Option<T> {
        let (sender, receiver) = mpsc::channel();
        std::thread::spawn(move || {
            let _nobody_waits = sender.send(read());
        });
        loop {
            match receiver.recv_timeout(Duration::from_millis(50)) {
                Ok(read) => return Some(read),
                Err(RecvTimeoutError::Timeout) if !(self.interrupted)() => {}
                Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => return None,
            }
        }
    }
}

impl Prompt for Prompts<'_> {
    fn say(&mut self, text: &str) {
        self.console.eprint_always(text);
    }

    fn ask(&mut self, question: &str) -> Typed {
        self.console.stop();
        let question = sanitize(question);
        if self.line_by_line {
            return self.line(&question);
        }
        let (text, look) = (question.clone(), look(self.console.talk_has_color()));
        let typed = self.elsewhere(move || Text::new(&text).with_render_config(look).prompt());
        let Some(typed) = typed else {
            // The thread that would do it is not coming back.
            let _gone = crossterm::terminal::disable_raw_mode();
            return self.torn();
        };
        match typed {
            _ if (self.interrupted)() => self.torn(),
            Ok(line) => Typed::Line(line),
            Err(InquireError::OperationCanceled) => Typed::Escaped,
            Err(InquireError::OperationInterrupted) => self.torn(),
            Err(
                InquireError::NotTTY
                | InquireError::IO(_)
                | InquireError::InvalidConfiguration(_)
                | InquireError::Custom(_),
            ) => {
                self.line_by_line = true;
                self.line(&question)
            }
        }
    }
}

/// ASCII in any case; colour where the conversation may have it.
fn look(color: bool) -> RenderConfig<'static> {
    let plain = RenderConfig::empty()
        .with_prompt_prefix(Styled::new("?"))
        .with_answered_prompt_prefix(Styled::new(">"))
        .with_canceled_prompt_indicator(Styled::new("(quit)"));
    if color {
        plain
            .with_prompt_prefix(Styled::new("?").with_fg(Color::LightYellow))
            .with_answer(StyleSheet::new().with_fg(Color::LightCyan))
    } else {
        plain
    }
}
