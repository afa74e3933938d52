//! Where the log goes: to stderr as far as `-v` asks, and all of it to `--log-file`, with the time that each server, call
//! and step took. The log is beside the conversation, never part of the result. It holds no credential, because relight
//! is never given one; what it quotes of a shell has no control characters left.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::Path;
use std::sync::Mutex;

use tracing_subscriber::filter::LevelFilter;
use tracing_subscriber::fmt::{self, format::FmtSpan};
use tracing_subscriber::layer::{Layer, SubscriberExt};
use tracing_subscriber::util::SubscriberInitExt;

use crate::error::Error;

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
            make_folder_of(path).map_err(|cause| Error::LogFile { path: path.to_owned(), cause })?;
            let file = File::options()
                .create(true)
                .append(true)
                .open(path)
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

/// A log may be asked for in a folder that is not there yet.
fn make_folder_of(file: &Path) -> io::Result<()> {
    match file.parent() {
        Some(folder) if !folder.as_os_str().is_empty() && !folder.is_dir() => fs::create_dir_all(folder),
        _ => Ok(()),
    }
}

/// Leaves control characters out, except line ends and tabs.
struct Clean<W>(W);

impl<W: Write> Write for Clean<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let clean = |c: &char| !c.is_control() || matches!(c, '\n' | '\t');
        // An event is handed over whole, so no character is cut in two.
        let text = String::from_utf8_lossy(bytes).chars().filter(clean).collect::<String>();
        self.0.write_all(text.as_bytes())?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn control_characters_do_not_reach_a_log() {
        let mut clean = Clean(Vec::new());
        clean.write_all("a\u{1b}[31mb\u{9b}2Jc\u{7}\r\n\tm\u{fc}nchen\n".as_bytes()).expect("written");
        assert_eq!(String::from_utf8(clean.0).expect("text"), "a[31mb2Jc\n\tm\u{fc}nchen\n");
    }
}
