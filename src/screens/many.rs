//! Many servers on one screen: how many came out how, and one table in which those alike share a row; last, in a line of their
//! own, those that are as they should be.

use jiff::Timestamp;

use crate::domain::{
    Component, Ending, InactiveEntry, LeftOut, Run, ServerRun, ServerSnapshot, State, alike, each_once, left_out_line,
};
use crate::screens::kit::page::{BAD, CARE, GOOD, Page};
use crate::screens::kit::{table, time, words};

use super::headline;

/// More servers than this do not each get a line of their own.
const FEW: usize = 5;
/// Names in one row; the commands have all of them.
const NAMED: usize = 4;

/// What makes two servers one row.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Row {
    ending: Ending,
    states: [String; 2],
    why: String,
    /// Whether it is as it should be.
    is_well: bool,
}

/// The headline and the table.
pub fn say(page: &mut Page, run: &Run, servers: &[ServerRun]) {
    let taken = servers.iter().map(|server| server.after().unwrap_or(&server.before).taken).max();
    let taken = taken.map(|at| format!("looked at {} UTC", at.strftime("%Y-%m-%d %H:%M"))).unwrap_or_default();
    let endings = servers.iter().map(|server| Ending::of(server, run)).collect::<Vec<_>>();
    let is_well = |ending: Ending| matches!(ending, Ending::Ok | Ending::Fixed | Ending::Undone);
    let style = if endings.iter().all(|ending| is_well(*ending)) { GOOD } else { BAD };
    page.apart(style, &headline(&endings), &taken);
    page.gap();
    let rows = alike(servers.iter().zip(&endings).map(|(server, ending)| (row(server, *ending), server)));
    let (well, ill) = rows.into_iter().partition::<Vec<_>, _>(|(row, _)| row.is_well);
    let others = !ill.is_empty();
    let ill = ill.into_iter().map(|(row, servers)| cells(row, &servers, false));
    let well = well.into_iter().map(|(row, servers)| cells(row, &servers, others));
    table::table(page, &["Servers", "Result", "POP3", "IMAP4", "Why"], &ill.chain(well).collect::<Vec<_>>());
    if run.interrupted {
        page.styled(CARE, 0, "The run was interrupted.");
    }
    if let Some(time) = run.out_of_time {
        page.styled(CARE, 0, &time::is_over(time));
    }
}

/// Those that Exchange found, and that have no component states.
pub fn not_looked_at(page: &mut Page, left_out: &[LeftOut]) {
    if !left_out.is_empty() {
        page.say(&format!("Not looked at: {}.", left_out_line(left_out)));
    }
}

/// Whether so many servers are too many for a line each.
pub fn is_many(servers: usize) -> bool {
    servers > FEW
}

/// What one of many turned out to have, while others are still looked at.
pub fn found(seen: &ServerSnapshot, width: usize) -> Option<String> {
    let inactive = seen.components.iter().filter(|it| it.state == State::Inactive && it.component.is_looked_after());
    let inactive = inactive.map(|it| it.component.to_string()).collect::<Vec<_>>();
    let what = match (seen.troubles.first(), &inactive[..]) {
        (Some(trouble), _) => words::trouble(trouble.kind).to_owned(),
        (None, []) => return None,
        (None, some) => format!("{} Inactive", words::list(some)),
    };
    let mut page = Page::new(width);
    page.line(BAD, &format!("{}: {what}.", seen.server));
    Some(page.finish())
}

/// The lines that were said of them while they were looked at.
pub fn said(servers: &[ServerRun]) -> usize {
    let is_told = |server: &&ServerRun| found(&server.before, usize::MAX).is_some();
    if is_many(servers.len()) { servers.iter().filter(is_told).count() } else { 0 }
}

/// `NOT OK: 2 of 40 servers; NOT KNOWN: 1`; those that are well, where all are.
fn headline(endings: &[Ending]) -> String {
    let of = |wanted: Ending| endings.iter().filter(|ending| **ending == wanted).count();
    let mut told = each_once(endings.iter().copied());
    if told.len() > 1 {
        told.retain(|ending| *ending != Ending::Ok);
    }
    let all = words::count(endings.len(), "server");
    let one = |(at, ending): (usize, &Ending)| match (at, of(*ending)) {
        (0, count) if count == endings.len() => format!("{}: {all}", ending.word()),
        (0, count) => format!("{}: {count} of {all}", ending.word()),
        (_, count) => format!("{}: {count}", ending.word()),
    };
    told.iter().enumerate().map(one).collect::<Vec<_>>().join("; ")
}

fn row(server: &ServerRun, ending: Ending) -> Row {
    let state = |name: &str| {
        let component = Component::new(name);
        let seen =
            server.after().and_then(|it| it.component(&component)).or_else(|| server.before.component(&component));
        seen.map_or_else(|| "-".to_owned(), |seen| seen.state.to_string())
    };
    let states = [state(Component::POP_PROXY), state(Component::IMAP_PROXY)];
    let entries = entries(server);
    let why = if is_of_entries(ending) && !entries.is_empty() {
        words::list(&each_once(entries.iter().map(|entry| entry.requester.to_string())))
    } else if ending == Ending::Ok && server.clients.is_empty() {
        String::new()
    } else {
        // The dashes beside it say that nothing was.
        let said = headline::sentence(ending, server, true);
        said.strip_prefix(headline::NOTHING_SEEN).unwrap_or(&said).to_owned()
    };
    Row { ending, states, why, is_well: ending == Ending::Ok }
}

/// Whether whose entries those are says why.
fn is_of_entries(ending: Ending) -> bool {
    matches!(ending, Ending::NotOk | Ending::Planned | Ending::PassedOver)
}

/// The entries that keep something Inactive and were left so.
fn entries(server: &ServerRun) -> Vec<&InactiveEntry> {
    let left = server.last_diagnoses().into_iter().filter(|it| it.is_inactive() && !server.is_worked_on(&it.component));
    left.flat_map(|it| &it.entries).collect()
}

/// `others`: other servers stand in rows above.
fn cells(row: Row, servers: &[&ServerRun], others: bool) -> Vec<String> {
    let names = servers.iter().map(|server| server.server().to_string()).collect::<Vec<_>>();
    let names = match (&names[..], row.is_well) {
        (names, true) if names.len() > 1 => {
            format!("{} {}", names.len(), if others { "others" } else { "servers" })
        }
        (names, _) if names.len() > NAMED => {
            format!("{} and {} more", names[..NAMED - 1].join(", "), names.len() - NAMED + 1)
        }
        (names, _) => names.join(", "),
    };
    let since = since(servers.iter().flat_map(|server| entries(server)).filter_map(|entry| entry.since.utc()));
    let why = match since.filter(|_| is_of_entries(row.ending)) {
        Some(since) => format!("{}, {since}", row.why),
        None => row.why,
    };
    let [pop, imap] = row.states;
    vec![names, row.ending.word().to_owned(), pop, imap, why]
}

/// `2026-03-14 02:31 to 02:40`, in UTC.
fn since(times: impl Iterator<Item = Timestamp> + Clone) -> Option<String> {
    let (first, last) = (times.clone().min()?, times.max()?);
    let full = |at: Timestamp| at.strftime("%Y-%m-%d %H:%M").to_string();
    let same_day = first.strftime("%Y-%m-%d").to_string() == last.strftime("%Y-%m-%d").to_string();
    Some(match (full(first), full(last)) {
        (first, last) if first == last => format!("since {first}"),
        (first, _) if same_day => format!("since {first} to {}", last.strftime("%H:%M")),
        (first, last) => format!("since {first} to {last}"),
    })
}
