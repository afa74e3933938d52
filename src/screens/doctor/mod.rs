//! The checkup: judged, and as a reader sees it. A check is a function in one of the files below, and makes one row: its
//! name, its grade, what it says and what is next. Shown is one line for each, this machine first, then each server;
//! where something is not as it should be, the next step below it.

mod exchange;
#[cfg(test)]
pub(crate) mod fixtures;
#[cfg(test)]
mod grades_tests;
mod machine;
mod row;
mod server;
mod shell;
#[cfg(test)]
mod tests;

use anstyle::Style;

use crate::domain::checkup::{Answer, Checkup, Facts, Grade, Remark};
use crate::domain::{Server, each_once};

use super::kit::page::{BAD, CARE, GOOD, Page};
use super::kit::words;
use super::{Show, many, simulated};

/// Where the text of a remark begins.
const COLUMN: usize = 11;

/// Lines of what the shell printed last, where that is shown.
const TAIL: usize = 15;

pub(crate) fn judge(facts: Facts, simulated: Option<String>, interrupted: bool) -> Checkup {
    let mut remarks = shell::shell(&facts);
    remarks.extend(machine::machine(&facts));
    remarks.extend(machine::clock(&facts));
    remarks.extend(exchange::exchange(&facts));
    remarks.extend(machine::journal(&facts));
    remarks.extend(server::servers(&facts));
    Checkup { facts, remarks, simulated, interrupted }
}

pub(crate) fn checkup(checkup: &Checkup, show: &Show) -> String {
    let mut page = Page::new(show.width);
    if let Some(scenario) = &checkup.simulated {
        simulated(&mut page, scenario);
    }
    page.heading(&this_machine(checkup));
    for remark in checkup.remarks.iter().filter(|remark| remark.server.is_none()) {
        line(&mut page, remark);
    }
    let tail = checkup.facts.tail().lines().filter(|line| !line.trim().is_empty()).collect::<Vec<_>>();
    if show.verbose && !tail.is_empty() {
        page.inset(COLUMN, "The last lines that the shell printed:");
        for line in &tail[tail.len().saturating_sub(TAIL)..] {
            page.quote(COLUMN, line);
        }
    }
    for server in servers(checkup) {
        page.heading(server.as_str());
        for remark in checkup.remarks.iter().filter(|remark| remark.server.as_ref() == Some(server)) {
            line(&mut page, remark);
        }
    }
    page.gap();
    many::not_looked_at(&mut page, &checkup.facts.left_out);
    let (style, text) = verdict(checkup);
    page.styled(style, 0, &text);
    page.say("Nothing was changed: doctor only looks.");
    page.finish()
}

/// One line.
pub(crate) fn summary(checkup: &Checkup) -> String {
    let mut page = Page::new(usize::MAX);
    let mark = if checkup.simulated.is_some() { " (simulated)" } else { "" };
    let (style, text) = verdict(checkup);
    page.line(style, &format!("{text}{mark}"));
    page.finish()
}

fn line(page: &mut Page, remark: &Remark) {
    let style = match remark.grade {
        Grade::Ok => GOOD,
        Grade::Warning => CARE,
        Grade::Fault(_) => BAD,
    };
    page.marked(style, COLUMN, &format!("  {}", remark.grade.name()), &remark.says);
    if let Some(next) = remark.next {
        page.inset(COLUMN, &format!("Next: {next}"));
    }
}

fn this_machine(checkup: &Checkup) -> String {
    match &checkup.facts.machine {
        Answer::Known(machine) => match &machine.computer {
            Some(name) => format!("This machine ({name})"),
            None => "This machine".to_owned(),
        },
        Answer::Unknown(_) | Answer::NotAsked => "This machine".to_owned(),
    }
}

/// The servers that something is said of, each once.
fn servers(checkup: &Checkup) -> Vec<&Server> {
    each_once(checkup.remarks.iter().filter_map(|remark| remark.server.as_ref()))
}

fn verdict(checkup: &Checkup) -> (Style, String) {
    let (faults, warnings) = checkup.count();
    let warned = words::count(warnings, "warning");
    match (checkup.interrupted, faults, warnings) {
        (true, _, _) => (CARE, "Interrupted: not everything was asked.".to_owned()),
        (false, 0, 0) => (GOOD, "Ready: nothing stands in the way of relight.".to_owned()),
        (false, 0, _) => (CARE, format!("Ready, with {warned}.")),
        (false, _, 0) => (BAD, format!("Not ready: {}.", words::count(faults, "fault"))),
        (false, _, _) => (BAD, format!("Not ready: {} and {warned}.", words::count(faults, "fault"))),
    }
}
