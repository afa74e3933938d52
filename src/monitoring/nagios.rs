//! For Nagios and whatever reads its plugins: one line with the status and the performance data, more lines for people, and
//! exit codes of its own. (Monitoring Plugins Development Guidelines; a reader may cut off what is longer than 4 KB.)

use std::fmt::Write;

use crate::domain::{Component, Ending, EntryTime, Exit, InactiveEntry, Run, ServerRun, Tone, alike, left_out_line};
use crate::screens::kit::{sanitize, time, words};
use crate::screens::{Failure, said_alone};

use super::active::{Seen, seen};

/// All of it, in bytes.
const MOST: usize = 4096;
/// The first line without the performance data.
const LINE: usize = 600;
/// The performance data. The room is always the same, so that the same servers have a place in it at every check.
const PERFDATA: usize = 2600;
/// Another line.
const LONG_LINE: usize = 400;
/// Names of servers in one group of the first line.
const NAMED: usize = 4;

/// What a plugin says of a service.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// As it should be.
    Ok,
    /// Not as usual, and meant to be so.
    Warning,
    /// Clients are not served, or nobody is there.
    Critical,
    /// Not known.
    Unknown,
}

impl Status {
    /// What a run that ended so says.
    pub fn of(exit: Exit) -> Self {
        match exit {
            Exit::Fine => Self::Ok,
            Exit::Planned => Self::Warning,
            Exit::Inactive | Exit::Unreachable => Self::Critical,
            Exit::Bug
            | Exit::StateUnknown
            | Exit::Stopped
            | Exit::ChangeFailed
            | Exit::NotConfirmed
            | Exit::NoJournal
            | Exit::Interrupted
            | Exit::Locked
            | Exit::Deadline
            | Exit::NoShell
            | Exit::AccessDenied
            | Exit::NotSupported
            | Exit::Usage
            | Exit::Unconfirmed
            | Exit::SomeLeft
            | Exit::NotKnown => Self::Unknown,
        }
    }

    /// The exit code of a plugin.
    pub fn code(self) -> u8 {
        match self {
            Self::Ok => 0,
            Self::Warning => 1,
            Self::Critical => 2,
            Self::Unknown => 3,
        }
    }

    fn word(self) -> &'static str {
        match self {
            Self::Ok => "OK",
            Self::Warning => "WARNING",
            Self::Critical => "CRITICAL",
            Self::Unknown => "UNKNOWN",
        }
    }
}

/// What a check says that ended so.
pub fn nagios(run: &Run, components: &[Component], exit: Exit) -> String {
    let more = match &run.servers[..] {
        [server] => entries(server),
        servers => each(run, servers),
    };
    let left_out = (!run.left_out.is_empty()).then(|| format!("Not looked at: {}.", left_out_line(&run.left_out)));
    Output {
        status: Status::of(exit),
        text: format!("{}{}{}", mark(run), cut_short(run), in_short(run)),
        perfdata: run.servers.iter().map(|server| Perfdata::of(server, components)).collect(),
        more: more.into_iter().chain(left_out).chain([ended(exit)]).collect(),
    }
    .written()
}

/// What a check says that ended before there was anything to see.
pub fn nagios_failure(failure: &Failure<'_>, exit: Exit) -> String {
    let mut lines = failure.message.lines().filter(|line| !line.trim().is_empty()).map(str::to_owned);
    let text = lines.next().unwrap_or_default();
    // What the shell said passes for none of these lines.
    let quoted = lines.map(|line| format!("> {line}"));
    let more = quoted.chain(failure.hints.iter().map(|hint| words::capital(hint))).chain([ended(exit)]).collect();
    Output { status: Status::of(exit), text, perfdata: Vec::new(), more }.written()
}

/// What is said of a command line that is none, in one line.
pub fn nagios_usage(error: &str) -> String {
    let paragraph = error.lines().take_while(|line| !line.trim().is_empty()).map(str::trim);
    let text = paragraph.collect::<Vec<_>>().join(" ");
    let text = text.strip_prefix("error: ").unwrap_or(&text).to_owned();
    Output { status: Status::Unknown, text, perfdata: Vec::new(), more: Vec::new() }.written()
}

fn mark(run: &Run) -> &'static str {
    if run.simulated.is_some() { "SIMULATED " } else { "" }
}

/// What kept the run from seeing everything.
fn cut_short(run: &Run) -> String {
    match run.out_of_time {
        _ if run.interrupted => "The run was interrupted. ".to_owned(),
        Some(time) => format!("{} ", time::is_over(time)),
        None => String::new(),
    }
}

/// The one server in a sentence, several by how they came out: `2 of 40 servers NOT OK (EX03, EX17), 1 NOT KNOWN (EX22), 37 OK`.
fn in_short(run: &Run) -> String {
    if let [server] = &run.servers[..] {
        return format!("{}: {}", server.server(), said_alone(run, server));
    }
    let all = words::count(run.servers.len(), "server");
    let (well, ill) = groups(run);
    let ill =
        ill.into_iter().map(|(ending, servers)| (servers.len(), format!("{} ({})", ending.word(), names(&servers))));
    let well = well.map(|(ending, servers)| (servers.len(), ending.word().to_owned()));
    let one = |(at, (count, what)): (usize, (usize, String))| match at {
        0 if count == run.servers.len() => format!("{all} {what}"),
        0 => format!("{count} of {all} {what}"),
        _ => format!("{count} {what}"),
    };
    ill.chain(well).enumerate().map(one).collect::<Vec<_>>().join(", ")
}

/// Those that are well, and the others by how they came out, the worst first.
fn groups(run: &Run) -> (Option<Group<'_>>, Vec<Group<'_>>) {
    let all = alike(run.servers.iter().map(|server| (Ending::of(server, run), server)));
    let (well, mut ill) = all.into_iter().partition::<Vec<_>, _>(|(ending, _)| *ending == Ending::Ok);
    ill.sort_by_key(|(ending, _)| ending.tone() != Tone::Bad);
    (well.into_iter().next(), ill)
}

type Group<'a> = (Ending, Vec<&'a ServerRun>);

fn names(servers: &[&ServerRun]) -> String {
    let names = servers.iter().map(|server| server.server().as_str()).collect::<Vec<_>>();
    match names.len() {
        all if all > NAMED => format!("{} and {} more", names[..NAMED - 1].join(", "), all - NAMED + 1),
        _ => names.join(", "),
    }
}

/// Every server that is not well, in a sentence.
fn each(run: &Run, servers: &[ServerRun]) -> Vec<String> {
    let ill =
        servers.iter().map(|server| (Ending::of(server, run), server)).filter(|(ending, _)| *ending != Ending::Ok);
    ill.map(|(ending, server)| format!("{}: {}: {}", server.server(), ending.word(), said_alone(run, server))).collect()
}

/// Every entry that keeps a component of the server Inactive.
fn entries(server: &ServerRun) -> Vec<String> {
    let inactive = server.diagnoses.iter().filter(|it| it.is_inactive()).flat_map(|it| &it.entries);
    let one = |it: &InactiveEntry| {
        let zone = if matches!(it.since, EntryTime::Utc(_)) { " UTC" } else { "" };
        let since = time::in_a_table(&it.since, false);
        format!("{}: {} by {} since {since}{zone}", it.component, it.state, it.requester)
    };
    inactive.map(one).collect()
}

fn ended(exit: Exit) -> String {
    format!("relight: {} ({})", exit.code(), exit.name())
}

/// The performance data of one server.
struct Perfdata {
    /// Nothing of a component of which nothing is known.
    text: String,
    /// In bytes, with the blank before the next: as much where nothing is known.
    room: usize,
}

impl Perfdata {
    fn of(server: &ServerRun, components: &[Component]) -> Self {
        let one = |seen: &Seen<'_>, inactive: bool, planned: bool| {
            let protocol = if seen.component.is(Component::POP_PROXY) { "pop" } else { "imap" };
            let (name, inactive, planned) = (server.server(), u8::from(inactive), u8::from(planned));
            // Above 0 is critical, and a warning.
            format!("'{name} {protocol}_inactive'={inactive};;0;0;1 '{name} {protocol}_planned'={planned};0;;0;1")
        };
        let known = |seen: Seen<'_>| Some(one(&seen, seen.is_inactive()?, seen.is_planned()?));
        let text = seen(server, components).filter_map(known).collect::<Vec<_>>().join(" ");
        Self { text, room: seen(server, components).map(|seen| one(&seen, false, false).len() + 1).sum() }
    }
}

/// The parts of an output, of any length.
struct Output {
    status: Status,
    /// Of the first line.
    text: String,
    /// Of each server.
    perfdata: Vec<Perfdata>,
    /// More lines.
    more: Vec<String>,
}

impl Output {
    /// Within the room there is; Nagios makes a colon of a semicolon in the first line. Whole servers are left out of the performance data, and whole lines at the end, and it is said
    /// how many.
    fn written(self) -> String {
        let first = cut(&format!("RELIGHT {}: {}", self.status.word(), plain(&self.text).replace(';', ",")), LINE);
        let mut room = PERFDATA;
        let fits = self.perfdata.iter().take_while(|one| {
            let left = room.checked_sub(one.room);
            room = left.unwrap_or(0);
            left.is_some()
        });
        let fits = fits.map(|one| one.text.as_str()).collect::<Vec<_>>();
        let without = self.perfdata[fits.len()..].iter().filter(|one| !one.text.is_empty()).count();
        let known = fits.into_iter().filter(|one| !one.is_empty()).collect::<Vec<_>>();
        let mut text = match known.join(" ") {
            none if none.is_empty() => format!("{first}\n"),
            perfdata => format!("{first} | {perfdata}\n"),
        };
        let without =
            (without > 0).then(|| format!("No room for the performance data of {}.", words::count(without, "server")));
        let more = without.into_iter().chain(self.more).map(|line| cut(&plain(&line), LONG_LINE)).collect::<Vec<_>>();
        for (at, line) in more.iter().enumerate() {
            let rest = more.len() - at;
            let no_room = format!("... and {rest} more");
            // Where others follow, there must be room to say that they do not.
            let needed = if rest == 1 { 0 } else { no_room.len() + 1 };
            if text.len() + line.len() + 1 + needed > MOST {
                let _never_fails = writeln!(text, "{no_room}");
                break;
            }
            let _never_fails = writeln!(text, "{line}");
        }
        text
    }
}

/// On one line, without what separates performance data from text.
fn plain(text: &str) -> String {
    sanitize(text).replace('|', "/").split_whitespace().collect::<Vec<_>>().join(" ")
}

/// No longer than this, in whole characters.
fn cut(text: &str, most: usize) -> String {
    const CUT: &str = "...";
    if text.len() <= most {
        text.to_owned()
    } else {
        format!("{}{CUT}", &text[..text.floor_char_boundary(most - CUT.len())])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_shell_said_passes_for_no_line_of_the_plugin() {
        let message = "PowerShell ended:\nRELIGHT OK: all well\nrelight: 0 (fine)";
        let text = nagios_failure(&Failure { message, hints: &[], tail: None }, Exit::NoShell);
        let lines = text.lines().skip(1).collect::<Vec<_>>();
        assert_eq!(lines, ["> RELIGHT OK: all well", "> relight: 0 (fine)", "relight: 20 (no-shell)"], "{text}");
    }
}
