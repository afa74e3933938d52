//! relight on a pseudo-terminal of 80 by 24: what is typed, what the terminal and stdout get, and how it ends.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use expectrl::session::OsSession;
use expectrl::{ControlCode, Eof, Expect, Session};

use super::run::{Family, LOCKS, Ran};

/// A conversation under way.
pub struct Terminal {
    session: OsSession,
    screen: String,
    family: Family,
    watched: PathBuf,
    before: String,
}

impl Terminal {
    /// `relight` with these words of a shell, in the folder of a file that says what was changed. stdout goes to a file
    /// there, as in a maintenance window's notes.
    pub fn open(words: &str, watched: &Path, prepare: impl FnOnce(&mut Command)) -> Self {
        Self::play(&format!("relight {words} > stdout; echo $? > code"), watched, prepare)
    }

    /// The same for a whole script, which leaves a `code` and a `stdout`.
    pub fn play(script: &str, watched: &Path, prepare: impl FnOnce(&mut Command)) -> Self {
        let folder = watched.parent().expect("a folder");
        let mut command = Command::new("sh");
        command.env("TERM", "xterm").env("NO_COLOR", "1").env_remove("CLICOLOR_FORCE");
        command.env(LOCKS, folder.join("locks")).current_dir(folder).arg("-c").arg(format!(
            // What ends relight reaches the shell too, which only notes the exit code. One that leads the session does not
            // outlive the terminal.
            "trap : INT QUIT; (trap : INT QUIT HUP; relight() {{ '{}' \"$@\"; }}; stty cols 80 rows 24; {script}); :",
            env!("CARGO_BIN_EXE_relight")
        ));
        prepare(&mut command);
        let family = Family::of(&mut command);
        let before = fs::read_to_string(watched).expect("what is changed");
        let mut session = Session::spawn(command).expect("a pseudo-terminal");
        session.set_expect_timeout(Some(Duration::from_secs(60)));
        Self { session, screen: String::new(), family, watched: watched.to_owned(), before }
    }

    /// Time for keys to be read that should do nothing.
    pub fn waits(self) -> Self {
        std::thread::sleep(Duration::from_millis(400));
        self
    }

    /// Waits until the screen shows this.
    #[track_caller]
    pub fn sees(mut self, text: &str) -> Self {
        match self.session.expect(text) {
            Ok(seen) => self.screen.push_str(&String::from_utf8_lossy(seen.as_bytes())),
            Err(error) => panic!("no {text:?} ({error}) after\n{}", self.screen),
        }
        self
    }

    pub fn types(self, line: &str) -> Self {
        self.key(&format!("{line}\r"))
    }

    /// One key, without Enter.
    pub fn key(mut self, key: &str) -> Self {
        self.session.send(key).expect("keys");
        self
    }

    pub fn presses(mut self, code: ControlCode) -> Self {
        self.session.send(code).expect("a key");
        self
    }

    /// Waits for the question below this text and answers it.
    #[track_caller]
    pub fn answers(self, about: &str, line: &str) -> Self {
        self.sees(about).sees("]:").types(line)
    }

    #[track_caller]
    pub fn ends(mut self) -> Ended {
        match self.session.expect(Eof) {
            Ok(rest) => self.screen.push_str(&String::from_utf8_lossy(rest.as_bytes())),
            Err(error) => panic!("no end ({error}) after\n{}", self.screen),
        }
        self.family.assert_gone();
        let read = |name: &str| fs::read_to_string(self.watched.with_file_name(name)).expect(name);
        let changed = fs::read_to_string(&self.watched).expect("what is changed") != self.before;
        let code = read("code").trim().parse().expect("a code");
        let ran = Ran { line: "relight in a terminal".into(), code, stdout: read("stdout"), stderr: self.screen };
        Ended { ran, changed }
    }

    /// The terminal hangs up, and the run comes to its end, with this code.
    #[track_caller]
    pub fn hangs_up(self) -> String {
        drop(self.session);
        self.family.assert_gone();
        assert_eq!(fs::read_to_string(&self.watched).expect("what is changed"), self.before);
        fs::read_to_string(self.watched.with_file_name("code")).expect("a code").trim().to_owned()
    }
}

/// How a conversation ended: stderr is what the screen showed.
pub struct Ended {
    pub ran: Ran,
    pub changed: bool,
}

impl Ended {
    /// It ended with this code, and stdout has the report and nothing of the conversation.
    #[track_caller]
    pub fn with(mut self, code: u8) -> Self {
        self.ran = self.ran.ends(code);
        let Ran { stdout, stderr: screen, .. } = &self.ran;
        for talk in ["explain or quit", "[no]:", "[yes]:", "[1/", "\u{1b}"] {
            assert!(!stdout.contains(talk), "{talk:?} on stdout:\n{stdout}");
        }
        assert!(screen.is_ascii() && stdout.is_ascii(), "{screen}\n{stdout}");
        assert!(!screen.contains("panicked"), "{screen}");
        self
    }

    #[track_caller]
    pub fn says(self, text: &str) -> Self {
        Self { ran: self.ran.says(text), ..self }
    }

    #[track_caller]
    pub fn shows(self, text: &str) -> Self {
        Self { ran: self.ran.tells(text), ..self }
    }

    /// The screen never showed this.
    #[track_caller]
    pub fn never_shows(self, text: &str) -> Self {
        assert!(!self.ran.stderr.contains(text), "{text:?} in\n{}", self.ran.stderr);
        self
    }

    #[track_caller]
    pub fn changed_nothing(self) -> Self {
        assert!(!self.changed, "{}", self.ran);
        self
    }

    /// It was ended at a question: the result is what was done, nothing, and what was not, in two lines.
    #[track_caller]
    pub fn stops_with(self, not_done: &str) -> Self {
        assert_eq!(self.ran.stdout, format!("Done (SIMULATED): nothing.\nNot done: {not_done}.\n"));
        self.changed_nothing()
    }
}
