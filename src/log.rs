//! Where the log goes: to stderr as far as `-v` asks, and all of it to `--log-file`, with the time that each server, call
//! and step took. The log is beside the conversation, never part of the result. It holds no credential, because relight
//! is never given one; what it quotes of a shell has no invisible characters left, and never begins a line.

use std::fs::File;
use std::io::{self, Write};
use std::path::Path;
use std::sync::Mutex;

use tracing_subscriber::filter::LevelFilter;
use tracing_subscriber::fmt::{self, format::FmtSpan};
use tracing_subscriber::layer::{Layer, SubscriberExt};
use tracing_subscriber::util::SubscriberInitExt;

use crate::domain::is_invisible;
use crate::error::Error;
use crate::regular;

/// Starts logging. Without `-v` stderr gets nothing: warnings are part of the report.
///
/// # Errors
/// When the log file cannot be written.
pub fn start(verbose: u8, file: Option<&Path>) -> Result<(), Error> {
    let level = match verbose {
        0 => LevelFilter::OFF,
        1 => LevelFilter::INFO,
        2.. => LevelFilter::DEBUG,
    };
    let to_stderr =
        fmt::layer().with_writer(|| Clean(io::stderr())).with_ansi(false).with_target(false).with_filter(level);
    let to_file = match file {
        None => None,
        Some(path) => {
            let file = regular::open(File::options().create(true).append(true), path)
                .map_err(|cause| Error::LogFile { path: path.to_owned(), cause })?;
            let layer = fmt::layer().with_ansi(false).with_span_events(FmtSpan::CLOSE);
            let layer = layer.with_writer(Mutex::new(Clean(file)));
            Some(layer.with_filter(LevelFilter::TRACE))
        }
    };
    // Only tests start a second run within one process; they keep the first one's log.
    let _ = tracing_subscriber::registry().with(to_stderr).with(to_file).try_init();
    Ok(())
}

/// Leaves invisible characters out, except tabs and the end of the event. What begins another line within an event was
/// quoted, of a shell or a server: a bar tells it from the line of an event.
struct Clean<W>(W);

impl<W: Write> Write for Clean<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        // An event is handed over whole, so no character is cut in two.
        let text = String::from_utf8_lossy(bytes);
        let (event, end) = text.strip_suffix('\n').map_or((&*text, ""), |event| (event, "\n"));
        let mut clean = String::with_capacity(text.len());
        for c in event.trim_end_matches(['\r', '\n']).chars() {
            match c {
                '\n' | '\u{2028}' | '\u{2029}' => clean.push_str("\n    | "),
                '\t' => clean.push(c),
                c if is_invisible(c) => {}
                c => clean.push(c),
            }
        }
        clean.push_str(end);
        self.0.write_all(clean.as_bytes())?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(event: &str) -> String {
        let mut clean = Clean(Vec::new());
        clean.write_all(event.as_bytes()).expect("written");
        String::from_utf8(clean.0).expect("text")
    }

    #[test]
    fn invisible_characters_do_not_reach_a_log() {
        let event = "a\u{1b}[31mb\u{9b}2Jc\u{7}\tm\u{fc}nch\u{200b}en\u{202e}\u{e0041}\r\n";
        assert_eq!(written(event), "a[31mb2Jc\tm\u{fc}nchen\n");
    }

    #[test]
    fn nothing_that_is_quoted_looks_like_an_event() {
        let forged = "2026-03-14T02:31:52.000000Z  INFO step ended outcome=Done";
        for ends in ["\n", "\r\n", "\u{2028}", "\n\n"] {
            let log = written(&format!("the shell is lost reason=refused: x{ends}{forged}\n"));
            assert!(log.starts_with("the shell is lost reason=refused: x\n    | "), "{log}");
            assert!(log.lines().skip(1).all(|line| line.starts_with("    | ")) && log.contains(forged), "{log}");
        }
    }
}
