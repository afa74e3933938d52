//! The only file that prints. stdout is the result, stderr the conversation; colour, width and quiet are decided here,
//! once, so that every text can be a plain function.

use std::io::{self, IsTerminal, Write};
use std::panic;
use std::process::ExitCode;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use anstream::adapter::strip_str;
use anstream::{AutoStream, ColorChoice};
use indicatif::{ProgressBar, ProgressStyle};

use super::Keys;
use super::board::Board;
use super::keyboard::{CtrlC, Keyboard};
use crate::record::{Level, message};
use crate::screens::kit::sanitize;
use crate::transcript;

/// The two streams of the program.
pub(crate) struct Console {
    out: AutoStream<io::Stdout>,
    err: AutoStream<io::Stderr>,
    out_width: usize,
    err_width: usize,
    live: bool,
    quiet: bool,
    messages: bool,
    driven: bool,
    talked: bool,
    asked: bool,
    more_keys: bool,
    spinner: Option<ProgressBar>,
    board: Option<Board>,
}

impl Console {
    /// Columns where no terminal says otherwise, and at most: longer lines are hard to read.
    const WIDTH: usize = 79;
    const WIDEST: usize = 100;

    /// A console on the streams of this process. Quiet: the conversation is left out, but for questions and errors. Driven: a
    /// program is at the other end of stdin, and nobody at a keyboard.
    pub(crate) fn new(color: clap::ColorChoice, quiet: bool, driven: bool) -> Self {
        let choice = match color {
            clap::ColorChoice::Auto => ColorChoice::Auto,
            clap::ColorChoice::Always => ColorChoice::Always,
            clap::ColorChoice::Never => ColorChoice::Never,
        };
        Self {
            out_width: width(terminal_size::terminal_size_of(io::stdout())),
            err_width: width(terminal_size::terminal_size_of(io::stderr())),
            live: io::stderr().is_terminal(),
            out: AutoStream::new(io::stdout(), choice),
            err: AutoStream::new(io::stderr(), choice),
            quiet,
            messages: false,
            driven,
            talked: false,
            asked: false,
            more_keys: false,
            spinner: None,
            board: None,
        }
    }

    /// Says what is waited for, which a program that reads stderr shows somebody.
    pub(crate) fn say_wait(&mut self, text: &str) {
        if self.messages { self.write(Level::Warn, text) } else { self.eprint_always(&format!("{text} ...\n")) }
    }

    /// From now on a program reads stderr: each text is a message there, on one line however wide, and so is a panic.
    pub(crate) fn begin_messages(&mut self) {
        MESSAGES.store(true, Ordering::Relaxed);
        panic::set_hook(Box::new(|panic| {
            let _gone = io::stderr().write_all(message(Level::Warn, &panic.to_string()).as_bytes());
        }));
        (self.messages, self.live, self.err_width) = (true, false, usize::MAX);
    }

    /// Prints what the parser of the command line has to say: help and version as the result, errors as conversation. An
    /// error repeats what was typed, or what a script was given to pass on. `messages`: a program reads stderr.
    pub(crate) fn usage(error: &clap::Error, messages: bool) -> ExitCode {
        if error.use_stderr() {
            let text =
                error.render().to_string().lines().map(|line| format!("{}\n", sanitize(line))).collect::<String>();
            let text = if messages { message(Level::Error, &text) } else { text };
            let _gone = io::stderr().write_all(text.as_bytes());
        } else {
            let _gone = error.print();
        }
        ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(2))
    }

    /// Columns for the result.
    pub(crate) fn result_width(&self) -> usize {
        self.out_width
    }

    /// Whether somebody reads the result on a screen.
    pub(crate) fn result_is_terminal(&self) -> bool {
        io::stdout().is_terminal()
    }

    /// Columns for the conversation.
    pub(crate) fn talk_width(&self) -> usize {
        self.err_width
    }

    /// Whether the conversation may have colour.
    pub(crate) fn talk_has_color(&self) -> bool {
        self.err.current_choice() != ColorChoice::Never
    }

    /// From now on the rest of a paste may be on its way, or not; whether it might until now.
    pub(super) fn more_keys(&mut self, more: bool) -> bool {
        std::mem::replace(&mut self.more_keys, more)
    }

    /// Whether somebody can be asked: there is a keyboard, and a screen for the conversation that somebody sees.
    pub(crate) fn can_ask(&self) -> bool {
        let reason = self.nobody_to_ask();
        if let Some(reason) = reason {
            tracing::info!(reason, "nobody can be asked");
        }
        reason.is_none()
    }

    /// Why a question would reach nobody, where it would.
    pub(crate) fn nobody_to_ask(&self) -> Option<&'static str> {
        nobody_to_ask(io::stdin().is_terminal() && !self.driven, self.live, is_seen())
    }

    /// Whether somebody watches a wait who may press a key.
    pub(crate) fn can_listen(&self) -> bool {
        !self.quiet && self.can_ask()
    }

    /// The keys of somebody who said yes to something a moment ago, until what it returns is dropped.
    pub(crate) fn last_keys(&self) -> Option<Keys> {
        if self.asked { Keys::listen() } else { None }
    }

    /// Until what it returns is dropped, a click into the window does not stop the program.
    pub(crate) fn quick_edit_guard(&self) -> QuickEditGuard {
        QuickEditGuard {
            #[cfg(windows)]
            _no_quick_edit: crate::windows::NoQuickEdit::new(),
        }
    }

    /// Whether what is waited for is shown while it lasts: a dumb terminal shows nothing of a line that changes.
    pub(crate) fn shows_progress(&self) -> bool {
        self.live && !self.quiet && (cfg!(windows) || std::env::var_os("TERM").is_some_and(|term| term != "dumb"))
    }

    /// Whether somebody watches the conversation.
    pub(crate) fn is_live(&self) -> bool {
        self.live
    }

    /// Writes the result. A reader that has gone away is no error.
    ///
    /// # Errors
    /// When the result could not be written, for example because the disk is full.
    pub(crate) fn result(&mut self, text: &str) -> io::Result<()> {
        self.stop();
        if self.talked && self.live && self.result_is_terminal() {
            // One screen has both: a blank line keeps them apart.
            self.eprint_always("\n");
        }
        transcript::add(text);
        unless_gone(self.out.write_all(text.as_bytes()).and_then(|()| self.out.flush()))
    }

    /// Writes a line of a result that is not at its end, beside what is going on.
    ///
    /// # Errors
    /// As [`Console::result`].
    pub(crate) fn result_line(&mut self, line: &str) -> io::Result<()> {
        transcript::add(line);
        let out = &mut self.out;
        let mut write = || unless_gone(out.write_all(line.as_bytes()).and_then(|()| out.flush()));
        match &self.board {
            Some(board) => board.above(write),
            None => write(),
        }
    }

    /// Says something in the conversation, unless it is to be quiet.
    pub(crate) fn say(&mut self, text: &str) {
        if !self.quiet {
            self.write(Level::Info, text);
        }
    }

    /// Says something in the conversation in any case: what somebody should look at, and what a question needs. Where stderr is
    /// gone there is nobody left to tell.
    pub(crate) fn eprint_always(&mut self, text: &str) {
        self.write(Level::Warn, text);
    }

    /// The same of what ends the run.
    pub(crate) fn complain(&mut self, text: &str) {
        self.write(Level::Error, text);
    }

    fn write(&mut self, level: Level, text: &str) {
        self.stop_spinning();
        self.talked = true;
        let text = match self.messages {
            true => message(level, &plain(text)),
            false if text.ends_with('\n') => text.to_owned(),
            false => format!("{text}\n"),
        };
        transcript::add(&text);
        let err = &mut self.err;
        let mut write = || {
            let _gone = err.write_all(text.as_bytes()).and_then(|()| err.flush());
        };
        match &self.board {
            Some(board) => board.above(write),
            None => write(),
        }
    }

    /// Writes a question without ending the line.
    pub(crate) fn ask(&mut self, question: &str) {
        self.stop();
        transcript::add(question);
        let _gone = self.err.write_all(question.as_bytes()).and_then(|()| self.err.flush());
    }

    /// A question follows, and keys that are drawn as they come. Where a terminal can, it marks what is pasted.
    pub(crate) fn begin_asking(&mut self) {
        self.asked = true;
        if marks_pastes() {
            self.draw("\u{1b}[?2004h");
        }
    }

    /// The keys as they are drawn, which only a terminal gets.
    pub(crate) fn draw(&mut self, text: &str) {
        let _gone = io::stderr().write_all(text.as_bytes());
    }

    /// Ends the line of a question, on which this answer stands as it was typed.
    pub(crate) fn end_asking(&mut self, answer: &str, word: &str) {
        transcript::add(&format!("{}{word}\n", sanitize(answer)));
        let off = if marks_pastes() { "\u{1b}[?2004l" } else { "" };
        self.draw(&format!("{word}{off}\n"));
    }

    /// Shows what is going on until the next text: a turning tick in ASCII, only where somebody watches. `counts`: with the
    /// seconds since it began.
    pub(crate) fn spin(&mut self, doing: &str, counts: bool) {
        if let Some(board) = &mut self.board {
            board.waits(doing);
        }
        if self.quiet || !self.live || self.board.is_some() {
            return;
        }
        // The tick, its space, the seconds and the last column: a line that fills the width would scroll a Windows console.
        let seconds = if counts { " {elapsed}" } else { "" };
        let room = self.err_width.saturating_sub(3 + if counts { 5 } else { 0 });
        let doing = sanitize(doing).chars().take(room).collect::<String>();
        let style = ProgressStyle::with_template(&format!("{{spinner}} {{msg}}{seconds}"));
        let style = style.map_or_else(|_| ProgressStyle::default_spinner(), |style| style.tick_chars("|/-\\ "));
        let spinner = self.spinner.get_or_insert_with(|| {
            // The style that it begins with is not in ASCII.
            let spinner = ProgressBar::new_spinner().with_style(style.clone()).with_message(doing.clone());
            spinner.enable_steady_tick(Duration::from_millis(120));
            spinner
        });
        spinner.set_style(style);
        if spinner.message() != doing {
            spinner.reset_elapsed();
            spinner.set_message(doing);
        }
    }

    /// Shows so many servers at once, until the last of them is done or something else is asked or said at the end.
    pub(crate) fn begin_board(&mut self, servers: usize) {
        self.stop();
        if !self.quiet && self.live {
            self.board = Some(Board::new(servers, self.err_width));
        }
    }

    /// What shows several servers at once, where they are shown.
    pub(super) fn board(&mut self) -> Option<&mut Board> {
        self.board.as_mut()
    }

    /// Takes the tick away, and the servers.
    pub(crate) fn stop(&mut self) {
        self.stop_spinning();
        self.board = None;
    }

    fn stop_spinning(&mut self) {
        if let Some(spinner) = self.spinner.take() {
            spinner.finish_and_clear();
        }
    }
}

/// See [`Console::quick_edit_guard`].
#[must_use]
pub(crate) struct QuickEditGuard {
    #[cfg(windows)]
    _no_quick_edit: Option<crate::windows::NoQuickEdit>,
}

/// Why a question would reach nobody.
fn nobody_to_ask(stdin: bool, stderr: bool, seen: bool) -> Option<&'static str> {
    match (stdin, stderr, seen) {
        (true, true, true) => None,
        (false, ..) => Some("stdin is not a terminal"),
        (true, false, _) => Some("stderr is not a terminal"),
        (true, true, false) => Some("the console is that of a task or a service, which nobody sees"),
    }
}

/// Whether a terminal is one that somebody sees. That of a scheduled task on Windows is not; that of an SSH session is,
/// though it has no window.
fn is_seen() -> bool {
    #[cfg(windows)]
    return crate::windows::station::is_visible() || std::env::var_os("SSH_CONNECTION").is_some();
    #[cfg(not(windows))]
    true
}

/// A console of Windows has no such marks.
fn marks_pastes() -> bool {
    cfg!(unix) && std::env::var_os("TERM").is_some_and(|term| !term.is_empty() && term != "dumb")
}

impl Drop for Console {
    fn drop(&mut self) {
        /// At most so long: somebody may lean on a key.
        const PATIENCE: Duration = Duration::from_secs(10);
        self.stop();
        if self.asked
            && let Some(mut keyboard) = Keyboard::open(CtrlC::Signal)
        {
            // What is left of a long paste is not meant for the shell, which would run it.
            keyboard.forget(self.more_keys, Some(PATIENCE));
        }
    }
}

/// Without colours, and without whatever else steers a terminal: a program that passes it on does not look.
fn plain(text: &str) -> String {
    strip_str(text).to_string().lines().map(sanitize).collect::<Vec<_>>().join("\n")
}

/// Whether a program reads stderr: the thread that is told of Ctrl-C has no console.
static MESSAGES: AtomicBool = AtomicBool::new(false);

/// Tells at once that Ctrl-C was noticed: what is under way may still take minutes. Called from the thread of the
/// handler, beside whatever the console shows.
pub(crate) fn notice_interrupt(count: usize) {
    let text = if count == 1 {
        "\nInterrupted. If a change is under way, it is finished first;\n\
         Ctrl-C again would end it at once and leave its outcome unknown.\n"
    } else {
        "\nInterrupted again. Ending at once.\n"
    };
    let text = if MESSAGES.load(Ordering::Relaxed) { message(Level::Warn, text.trim()) } else { text.to_owned() };
    transcript::add(&text);
    let _gone = io::stderr().write_all(text.as_bytes());
}

fn width(terminal: Option<(terminal_size::Width, terminal_size::Height)>) -> usize {
    match terminal {
        Some((terminal_size::Width(columns), _)) if columns > 0 => {
            // A line that fills the width of a Windows console is followed by an empty one.
            (usize::from(columns) - 1).clamp(20, Console::WIDEST)
        }
        Some(_) | None => Console::WIDTH,
    }
}

fn unless_gone(written: io::Result<()>) -> io::Result<()> {
    match written {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use terminal_size::{Height, Width};

    #[test]
    fn a_text_leaves_the_last_column_free_and_is_never_wider_than_100() {
        for (columns, expected) in [(None, 79), (Some(80), 79), (Some(120), 100), (Some(0), 79), (Some(5), 20)] {
            assert_eq!(width(columns.map(|columns| (Width(columns), Height(24)))), expected, "{columns:?}");
        }
    }

    #[test]
    fn somebody_is_asked_only_with_a_keyboard_and_a_screen_that_is_seen() {
        assert_eq!(nobody_to_ask(true, true, true), None);
        for (stdin, stderr, seen, reason) in
            [(false, true, true, "stdin"), (true, false, true, "stderr"), (true, true, false, "nobody sees")]
        {
            assert!(nobody_to_ask(stdin, stderr, seen).unwrap().contains(reason));
        }
    }

    #[test]
    fn a_reader_that_has_gone_is_no_error_but_a_full_disk_is() {
        assert!(unless_gone(Err(io::ErrorKind::BrokenPipe.into())).is_ok());
        assert!(unless_gone(Err(io::ErrorKind::StorageFull.into())).is_err());
    }
}
