//! Where the log goes: to stderr as far as `-v` asks, and all of it to `--log-file`, with the time that each call took. One
//! line for each event, for people and for grep. The log is beside the conversation, never part of the result. It has no
//! credential, because relight is never given one; what it quotes of a shell has no control characters left.

use std::fmt::{Debug, Result as Written};
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::Path;
use std::sync::Mutex;

use jiff::Timestamp;
use tracing::field::{Field, Visit};
use tracing::{Event, Subscriber};
use tracing_subscriber::field::RecordFields;
use tracing_subscriber::filter::LevelFilter;
use tracing_subscriber::fmt::format::Writer;
use tracing_subscriber::fmt::{self, FmtContext, FormatEvent, FormatFields, FormattedFields};
use tracing_subscriber::layer::{Layer, SubscriberExt};
use tracing_subscriber::registry::LookupSpan;
use tracing_subscriber::util::SubscriberInitExt;

use crate::error::Error;
use crate::record::{Level, message};
use crate::regular;
use crate::screens::kit::sanitize;
use crate::transcript;

/// Starts logging. Without `-v` stderr gets nothing: warnings are part of the report. `messages`: each line is a message
/// there.
///
/// # Errors
/// When the log file cannot be written.
pub fn start(verbose: u8, file: Option<&Path>, messages: bool) -> Result<(), Error> {
    let level = match verbose {
        0 => LevelFilter::OFF,
        1 => LevelFilter::INFO,
        2.. => LevelFilter::DEBUG,
    };
    let to_stderr = lines().with_writer(move || Screen { messages }).with_filter(level);
    let to_file = match file {
        None => None,
        Some(path) => {
            make_folder_of(path).map_err(|cause| Error::LogFile { path: path.to_owned(), cause })?;
            let file = regular::open(File::options().create(true).append(true), path)
                .map_err(|cause| Error::LogFile { path: path.to_owned(), cause })?;
            Some(lines().with_writer(Mutex::new(file)).with_filter(LevelFilter::TRACE))
        }
    };
    // Only tests start a second run within one process; they keep the first one's log.
    let _ = tracing_subscriber::registry().with(to_stderr).with(to_file).try_init();
    Ok(())
}

fn lines<S: Subscriber + for<'a> LookupSpan<'a>>() -> fmt::Layer<S, Pairs, Line> {
    fmt::layer().event_format(Line).fmt_fields(Pairs)
}

/// A log may be asked for in a folder that is not there yet.
fn make_folder_of(file: &Path) -> io::Result<()> {
    match file.parent() {
        Some(folder) if !folder.as_os_str().is_empty() && !folder.is_dir() => fs::create_dir_all(folder),
        _ => Ok(()),
    }
}

/// An event as one line: `2026-03-14T02:47:10.123Z INFO  step ended outcome=done server=EX01`. The fields of the spans that
/// it lies in stand behind its own.
struct Line;

impl<S, F> FormatEvent<S, F> for Line
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    F: for<'a> FormatFields<'a> + 'static,
{
    fn format_event(&self, context: &FmtContext<'_, S, F>, mut writer: Writer<'_>, event: &Event<'_>) -> Written {
        let mut line = Fields::default();
        event.record(&mut line);
        for span in context.event_scope().into_iter().flatten() {
            if let Some(fields) = span.extensions().get::<FormattedFields<F>>() {
                line.pairs.push_str(fields);
            }
        }
        let now = Timestamp::now().strftime("%Y-%m-%dT%H:%M:%S%.3fZ");
        let (level, Fields { message, pairs }) = (event.metadata().level(), line);
        writeln!(writer, "{now} {level:<5} {message}{pairs}")
    }
}

/// The fields of a span, as they stand in a line.
struct Pairs;

impl<'a> FormatFields<'a> for Pairs {
    fn format_fields<R: RecordFields>(&self, mut writer: Writer<'a>, fields: R) -> Written {
        let mut line = Fields::default();
        fields.record(&mut line);
        writer.write_str(&line.pairs)
    }
}

/// The message, and each field as ` key=value`.
#[derive(Default)]
struct Fields {
    message: String,
    pairs: String,
}

impl Fields {
    fn add(&mut self, field: &Field, value: &str) {
        let value = one_line(value);
        if field.name() == "message" {
            self.message = value;
        } else if value.is_empty() || value.contains([' ', '"', '=']) {
            self.pairs.push_str(&format!(" {field}=\"{}\"", value.replace('"', "\\\"")));
        } else {
            self.pairs.push_str(&format!(" {field}={value}"));
        }
    }
}

impl Visit for Fields {
    fn record_str(&mut self, field: &Field, value: &str) {
        self.add(field, value);
    }

    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        self.add(field, &format!("{value:?}"));
    }
}

/// What a shell printed may have several lines, and characters that steer a terminal.
fn one_line(text: &str) -> String {
    let lines = text.lines().map(sanitize).filter(|line| !line.trim().is_empty());
    lines.collect::<Vec<_>>().join(" | ")
}

/// stderr, and the transcript that stands beside it. A line is handed over whole.
struct Screen {
    messages: bool,
}

impl Write for Screen {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let line = String::from_utf8_lossy(bytes);
        let line = if self.messages { message(Level::Debug, &line).into() } else { line };
        transcript::add(&line);
        io::stderr().write_all(line.as_bytes())?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        io::stderr().flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_quoted_of_a_shell_is_one_line_without_invisible_characters() {
        let quoted = "a\u{1b}[31mb\u{9b}2Jc\u{7}\r\n\r\n\tm\u{fc}nch\u{200b}en\u{202e}\u{e0041}\n";
        assert_eq!(one_line(quoted), "a[31mb2Jc |  m\u{fc}nchen");
        assert_eq!(one_line(""), "");
    }

    #[test]
    fn nothing_that_is_quoted_looks_like_an_event() {
        let forged = "2026-03-14T02:31:52.000Z INFO  step ended outcome=done";
        for ends in ["\n", "\r\n", "\u{2028}", "\n\n"] {
            let line = one_line(&format!("the shell is lost reason=refused: x{ends}{forged}\n"));
            assert!(!line.contains(['\n', '\r', '\u{2028}']) && line.contains(forged), "{line}");
        }
    }
}
