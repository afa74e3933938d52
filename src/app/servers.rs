//! Which servers a run is about: the lists are read before anything starts, and the organisation is asked where only it can
//! tell.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::thread::Builder;

use crate::cli::{Command, Config, Target};
use crate::domain::{Chosen, Event, Listed, Selection, Server};
use crate::error::Error;
use crate::exchange::{Observer, organisation};
use crate::regular;
use crate::shell::TimeLimit;

/// No list is near this size, in bytes.
const LARGEST: u64 = 1024 * 1024;

/// Reads the lists of servers that are named.
pub(super) fn read_lists(config: &mut Config) -> Result<(), Error> {
    let selection = match &mut config.command {
        Command::Check(target)
        | Command::Fix(target, _)
        | Command::Doctor(target)
        | Command::Undo { target, .. }
        | Command::Resume { target, .. } => &mut target.selection,
        Command::Probe(probing) => &mut probing.target.selection,
        Command::History { selection, .. } => selection,
        // It names its server on stdin.
        Command::Dsc(_)
        | Command::RegisterEventSource
        | Command::Scenarios
        | Command::Completions(_)
        | Command::SimulatedEngine(_) => return Ok(()),
    };
    let mut listed = Vec::new();
    for file in &selection.files {
        let name = if file.as_os_str() == "-" { "stdin".to_owned() } else { file.display().to_string() };
        let unreadable = |why: String| Error::ServerList { file: name.clone(), why };
        let bytes = read(file, config.limit)?.map_err(|error| unreadable(error.to_string()))?;
        let text = text(&bytes).ok_or_else(|| unreadable("it is neither UTF-8 nor UTF-16".to_owned()))?;
        for (line, words) in text.lines().enumerate().map(|(at, line)| (at + 1, meant(line))) {
            if words.is_empty() {
                continue;
            }
            let server = Server::parse(words).map_err(|error| unreadable(format!("line {line}: {error}")))?;
            listed.push(Listed { server, file: name.clone(), line });
        }
    }
    selection.listed = listed;
    Ok(())
}

/// A line without its comment and what surrounds the name.
fn meant(line: &str) -> &str {
    line.split('#').next().unwrap_or(line).trim()
}

/// The bytes of a list. Nobody may ever end stdin, or answer for a file that lies elsewhere: where the run has a limit, whoever
/// reads is left behind when its time is over.
fn read(file: &Path, limit: Option<TimeLimit>) -> Result<io::Result<Vec<u8>>, Error> {
    let read = |file: &Path| {
        if file.as_os_str() == "-" { read_up_to(io::stdin().lock()) } else { read_up_to(open(file)?) }
    };
    let Some(limit) = limit else { return Ok(read(file)) };
    let (bytes, was_read) = channel();
    let file = file.to_owned();
    let reader = Builder::new().name("list".to_owned()).spawn(move || {
        let _nobody_waits_any_more = bytes.send(read(&file));
    });
    reader.map_err(|cause| Error::System { what: "cannot start a thread", cause })?;
    was_read.recv_timeout(limit.left()).map_err(|error| match error {
        RecvTimeoutError::Timeout => Error::OutOfTime(limit.time()),
        RecvTimeoutError::Disconnected => Error::Panicked,
    })
}

fn open(file: &Path) -> io::Result<File> {
    regular::open_named(file)
}

pub(super) fn read_up_to(from: impl Read) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    from.take(LARGEST + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > LARGEST { Err(io::Error::other("it is larger than 1 MB")) } else { Ok(bytes) }
}

/// UTF-8, or UTF-16 in either order, as PowerShell's `>` writes it. Without a mark at its beginning UTF-16 is known by the
/// zero that every second byte of a name in plain letters is.
pub(super) fn text(bytes: &[u8]) -> Option<String> {
    let utf16 = |bytes: &[u8], unit: fn([u8; 2]) -> u16| {
        let (pairs, rest) = bytes.as_chunks::<2>();
        let units = pairs.iter().map(|pair| unit(*pair));
        rest.is_empty().then(|| String::from_utf16(&units.collect::<Vec<_>>()).ok())?
    };
    match bytes {
        [0xEF, 0xBB, 0xBF, rest @ ..] => String::from_utf8(rest.to_vec()).ok(),
        [0xFF, 0xFE, rest @ ..] => utf16(rest, u16::from_le_bytes),
        [0xFE, 0xFF, rest @ ..] => utf16(rest, u16::from_be_bytes),
        [first, 0, ..] if *first != 0 => utf16(bytes, u16::from_le_bytes),
        [0, second, ..] if *second != 0 => utf16(bytes, u16::from_be_bytes),
        _ => String::from_utf8(bytes.to_vec()).ok(),
    }
}

/// The servers to look at.
pub(super) fn chosen(
    target: &Target,
    observer: &mut Observer,
    on_event: &mut dyn FnMut(Event<'_>),
) -> Result<Chosen, Error> {
    let Target { servers, selection, .. } = target;
    let this = if servers.is_empty() && !selection.names_any() { Some(observer.this_server()?) } else { None };
    let known = organisation(observer, selection, selection.needs_list(), on_event).map_err(Error::NoServerList)?;
    Ok(selection.choose(servers, this.as_ref(), &known)?)
}

/// Those of the servers that a run changed which are meant.
pub(super) fn limited(
    target: &Target,
    changed: &[Server],
    observer: &mut Observer,
    on_event: &mut dyn FnMut(Event<'_>),
) -> Result<Vec<Server>, Error> {
    let Target { servers, selection, .. } = target;
    let known = organisation(observer, selection, selection.is_sweeping(), on_event).map_err(Error::NoServerList)?;
    Ok(selection.limit(servers, changed, &known)?)
}

/// The servers that are named without asking Exchange.
pub(super) fn named(servers: &[Server], selection: &Selection) -> Vec<Server> {
    servers.iter().chain(selection.listed.iter().map(|it| &it.server)).cloned().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_is_read_in_each_of_the_ways_in_which_it_is_written() {
        let list = "# the pop servers\r\nEX01\r\n\r\n  ex02.contoso.local  # in London\r\nM\u{fc}nchen1\r\n";
        let [little, big] = [u16::to_le_bytes, u16::to_be_bytes]
            .map(|bytes: fn(u16) -> [u8; 2]| list.encode_utf16().flat_map(bytes).collect::<Vec<u8>>());
        for bytes in [
            list.as_bytes().to_vec(),
            [b"\xEF\xBB\xBF", list.as_bytes()].concat(),
            [b"\xFF\xFE", &little[..]].concat(),
            [b"\xFE\xFF", &big[..]].concat(),
            little,
            big,
        ] {
            let text = text(&bytes).expect("text");
            let names = text.lines().map(meant).filter(|name| !name.is_empty()).collect::<Vec<_>>();
            assert_eq!(names, ["EX01", "ex02.contoso.local", "M\u{fc}nchen1"], "{bytes:?}");
        }
        assert_eq!(text(b"EX01\n\xE9"), None);
        assert_eq!(text(b"\xFF\xFEE"), None);
        assert_eq!(text(b"").as_deref(), Some(""));
    }
}
