//! Runs of the past: the list, one run whole, and what is said of a run that did not live to close its journal.

use std::io;
use std::path::Path;

use crate::domain::{
    Brief, HoldKey, Outcome, PastOutcome, PastRun, PastServer, PastService, PastStep, PastVerdict, RunId, Server,
    ServerSnapshot, Service, Services, StoreReading, TroubleKind,
};
use crate::screens::kit::cmdlet::Cmdlet;
use crate::screens::kit::page::{BAD, CARE, GOOD, HEADING, PLAIN, Page};
use crate::screens::kit::{table, time, words};

use super::Show;
use super::done::outcome;
use super::report::{simulated, trouble};
use super::{starts, stops};

/// The newest runs, one line each.
pub fn history(runs: &[Brief], total: usize, folder: &Path, show: &Show) -> String {
    let mut page = Page::new(show.width);
    if runs.is_empty() {
        page.say(&format!("No run has changed anything yet, as far as {} tells.", folder.display()));
        return page.finish();
    }
    let rows = runs.iter().map(row).collect::<Vec<_>>();
    table::table(&mut page, &["Run (UTC)", "Command", "Changes", "Ended", "By"], &rows);
    if total > runs.len() {
        page.say(&format!("{} earlier: relight history --all", words::count(total - runs.len(), "run")));
    }
    page.finish()
}

fn row(run: &Brief) -> Vec<String> {
    let mark = if run.simulated.is_some() { " (simulated)" } else { "" };
    let ended = match &run.exit {
        Some((code, name)) => format!("{code} {name}"),
        None if run.is_live => "still going on".to_owned(),
        None => "interrupted".to_owned(),
    };
    let services = match run.services {
        0 => String::new(),
        services => format!(" ({})", words::count(services, "service")),
    };
    let changes = match (run.sent, run.verified) {
        (0, _) => "none".to_owned(),
        (sent, true) => format!("{sent}{services}, verified"),
        (sent, false) => format!("{sent}{services}, not verified"),
    };
    vec![run.id.to_string(), format!("{}{mark}", typed(&run.command)), changes, ended, run.user.clone()]
}

/// How the command of a run was typed.
fn typed(command: &str) -> &str {
    match command {
        "fixAsked" => "fix",
        "fixYes" => "fix --yes",
        "undoAsked" => "undo",
        "undoYes" => "undo --yes",
        other => other,
    }
}

/// One run: who and how, before, steps, after. `folder` is the option that leads to its journal again.
pub fn past_run(run: &PastRun, live: bool, folder: Option<String>, show: &Show) -> String {
    let mut page = Page::new(show.width).with_whole_commands(show.whole_commands);
    if let Some(scenario) = &run.simulated {
        simulated(&mut page, scenario);
    }
    page.styled(HEADING, 0, &format!("Run {}: {}", run.id, typed(&run.command)));
    let rights = match run.who.elevated {
        Some(true) => ", elevated",
        Some(false) => ", not elevated",
        None => "",
    };
    let begun = time::with_local(run.begun, &show.tz);
    page.say(&format!("Began {begun}, by {} on {}{rights}, relight {}.", run.who.user, run.who.host, run.version));
    page.say(&format!("Typed: relight {}", run.arguments.join(" ")));
    if let Some(undone) = &run.undoes {
        page.say(&format!("It undid run {undone}."));
    }
    match &run.ended {
        Some(ended) => {
            let how = if ended.resumed { "It was interrupted; its record was closed" } else { "Ended" };
            page.say(&format!("{how} {} with {} ({}).", time::with_local(ended.at, &show.tz), ended.code, ended.name));
        }
        None if live => page.styled(CARE, 0, "It is still going on."),
        None => page.styled(BAD, 0, "It was interrupted: its record has no end."),
    }
    if run.illegible > 0 {
        let lines = words::count(run.illegible, "line");
        page.styled(CARE, 0, &format!("{lines} of its journal cannot be read; what they said is lost."));
    }
    for server in &run.servers {
        server_of(&mut page, server, show);
    }
    if !run.may_have_changed() {
        page.gap();
        page.say("Nothing was changed.");
    } else if !live && (run.ended.is_none() || !run.is_seen()) {
        page.gap();
        page.lead(HEADING, 0, "Next:", &Cmdlet::relight(&format!("resume {}", run.id), folder));
    } else if run.undoes.is_none() && run.ended.is_some() {
        page.gap();
        let undo = Cmdlet::relight(&format!("undo {}", run.id), folder.into_iter().chain(["--dry-run".to_owned()]));
        page.lead(PLAIN, 0, "What putting it back would do:", &undo);
    }
    page.finish()
}

fn server_of(page: &mut Page, server: &PastServer, show: &Show) {
    page.heading(&server.before.server.to_string());
    look(page, "Before", &server.before, show);
    for step in &server.steps {
        step_of(page, server, step, show);
    }
    for start in &server.starts {
        let cmdlet = Cmdlet::start(&server.before.server, start.service);
        service_of(page, &cmdlet, start, &server.before.services, starts::outcome);
    }
    for stop in &server.stops {
        let cmdlet = Cmdlet::stop(&server.before.server, stop.service);
        service_of(page, &cmdlet, stop, &server.before.services, stops::outcome);
    }
    if let Some(after) = &server.after {
        look(page, "After", after, show);
    }
    for PastVerdict { component, requester, verdict } in &server.verdicts {
        let whose = requester.as_ref().map(|requester| format!("{requester} on ")).unwrap_or_default();
        let style = if PastVerdict::PROVEN.contains(&verdict.as_str()) { GOOD } else { BAD };
        page.item(style, 0, &format!("{whose}{component}: {}", verdict_text(verdict)));
    }
}

fn verdict_text(verdict: &str) -> &str {
    match verdict {
        "lit" => "lit, proven by that look.",
        "putBack" => "put back, proven by that look.",
        "stillDark" => "still dark.",
        "notPutBack" => "not put back.",
        "running" => "runs, proven by that look.",
        "notRunning" => "does not run.",
        "stopped" => "stopped, proven by that look.",
        "notStopped" => "not stopped.",
        "unknown" => "unknown: that look does not tell.",
        other => other,
    }
}

fn look(page: &mut Page, title: &str, seen: &ServerSnapshot, show: &Show) {
    page.say(&format!("{title}, {}:", time::with_local(seen.taken, &show.tz)));
    for component in &seen.components {
        page.inset(2, &format!("{} {}", component.component, component.state));
        for (name, reading) in [("registry", &component.local), ("Active Directory", &component.remote)] {
            match reading {
                StoreReading::Unreadable => page.inset(4, &format!("{name}: could not be read")),
                StoreReading::Read { entries, opaque } => {
                    for entry in entries {
                        let since = time::entry(&entry.time, seen.taken, &show.tz);
                        page.inset(4, &format!("{name}: {} {} {since}", entry.requester, entry.state));
                    }
                    for item in opaque {
                        page.inset(4, &format!("{name}: illegible: {item}"));
                    }
                }
            }
        }
    }
    services(page, seen);
    for one in &seen.troubles {
        trouble(page, 2, one);
    }
}

/// The services of the components that were looked at.
fn services(page: &mut Page, seen: &ServerSnapshot) {
    match &seen.services {
        Services::NotAsked => {}
        Services::Unreadable(why) => page.inset(2, &format!("Services: could not be read: {why}")),
        Services::Read(all) => {
            for service in all.iter().filter(|it| seen.component(&it.service.component()).is_some()) {
                let (name, state) = (service.service.name(), service.state.name());
                page.inset(2, &format!("{name} {state} ({})", service.start.name()));
            }
        }
    }
}

fn step_of(page: &mut Page, server: &PastServer, step: &PastStep, show: &Show) {
    page.command(2, &Cmdlet::step(step.action, &server.before.server, &step.hold));
    became(page, &step.outcome, outcome);
    if step.outcome.may_have_changed() {
        let since = time::entry(&step.hold.since, server.before.taken, &show.tz);
        page.inset(4, &format!("Before it, {} read {} since {since}.", step.hold.requester, step.hold.state));
    }
}

/// The start or the stop of a service: the command, what became of it, and what there was before.
fn service_of(
    page: &mut Page,
    cmdlet: &Cmdlet,
    step: &PastService,
    before: &Services,
    outcome: fn(&Outcome) -> &'static str,
) {
    page.command(2, cmdlet);
    became(page, &step.outcome, outcome);
    if let Some(seen) = before.of(step.service).filter(|_| step.outcome.may_have_changed()) {
        let text = format!("Before it, {} was {} ({}).", step.service.name(), seen.state.name(), seen.start.name());
        page.inset(4, &text);
    }
}

fn became(page: &mut Page, became: &PastOutcome, outcome: fn(&Outcome) -> &'static str) {
    let (style, text) = match became {
        PastOutcome::NotBegun => (PLAIN, "not sent: the run did not get that far."),
        PastOutcome::Open => (BAD, words::not_known(TroubleKind::Interrupted)),
        PastOutcome::Ended(ended) => (PLAIN, outcome(ended)),
    };
    page.styled(style, 4, &words::capital(text));
}

/// A run that did not live to close its journal: what is unknown, and what settles it. `folder` as above.
pub fn interrupted_run(run: &PastRun, folder: Option<String>, width: usize) -> String {
    let mut page = Page::new(width);
    let begun = time::utc(run.begun);
    let hold = |key: &HoldKey| format!("{} of {} on {}", key.component, key.requester, key.server);
    let service = |(server, service): &(&Server, Service)| format!("{} on {server}", service.name());
    let open = [
        ("changed", run.open_steps().iter().map(hold).collect::<Vec<_>>()),
        ("started", run.open_starts().iter().map(service).collect()),
        ("stopped", run.open_stops().iter().map(service).collect()),
    ];
    let open = open.iter().filter(|(_, names)| !names.is_empty());
    let open = open.map(|(did, names)| format!("whether it {did} {} is not known", words::list(names)));
    let open = open.collect::<Vec<_>>();
    let what = if open.is_empty() { "its changes were not verified".to_owned() } else { open.join("; ") };
    page.styled(BAD, 0, &format!("Run {} of {begun} UTC was interrupted: {what}.", run.id));
    let resume = Cmdlet::relight(&format!("resume {}", run.id), folder);
    page.lead(PLAIN, 2, "To look and to close its record:", &resume);
    page.finish()
}

/// The journal could not be written to its end.
pub fn journal_broke(run: &RunId, error: &io::Error, width: usize) -> String {
    let mut page = Page::new(width);
    page.styled(BAD, 0, &format!("The journal of run {run} could not be written to its end: {error}."));
    page.item(PLAIN, 2, "What was done before that is in it; nothing was sent that is not. Make room, then settle it:");
    page.item(PLAIN, 2, &format!("relight resume {run}"));
    page.finish()
}
