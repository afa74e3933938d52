//! Runs of the past: the list, one run whole, and what is said of a run that did not live to close its journal.

use std::io;
use std::path::Path;
use std::time::Duration;

use crate::domain::{
    AgreedBy, Brief, Briefs, Change, Cmdlet, Command, Outcome, Run, RunId, Server, ServerRun, ServerSnapshot, Services,
    ShellProcess, StepOutcome, StoreReading, Subject, Verdict, VerdictKind,
};
use crate::screens::kit::page::{BAD, CARE, GOOD, HEADING, PLAIN, Page};
use crate::screens::kit::{sanitize, table, time, words};

use super::flaws;
use super::report::simulated;
use super::trouble::trouble;
use super::{Show, steps, verdicts};

/// The newest runs, one line each.
pub fn history(briefs: &Briefs, folder: &Path, show: &Show) -> String {
    /// Names that are told; the folder has all of them.
    const NAMED: usize = 3;
    let Briefs { runs, illegible, total } = briefs;
    let mut page = Page::new(show.width);
    if runs.is_empty() && illegible.is_empty() {
        page.say(&format!("No run has changed anything yet, as far as {} tells.", folder.display()));
        return page.finish();
    }
    if !runs.is_empty() {
        let rows = runs.iter().map(row).collect::<Vec<_>>();
        table::table(&mut page, &["Run (UTC)", "Command", "Changes", "Ended", "By"], &rows);
    }
    if !illegible.is_empty() {
        let names = illegible.iter().take(NAMED).map(ToString::to_string).collect::<Vec<_>>();
        let more = if illegible.len() > NAMED { " ..." } else { "" };
        let journals = words::count(illegible.len(), "journal");
        let text = format!("{journals} in {} cannot be read: {}{more}", folder.display(), names.join(", "));
        page.styled(BAD, 0, &text);
    }
    let earlier = total.saturating_sub(runs.len() + illegible.len());
    if earlier > 0 {
        page.say(&format!("{} earlier: relight history --all", words::count(earlier, "run")));
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
    let sums = &run.sums;
    let services = match sums.services {
        0 => String::new(),
        services => format!(" ({})", words::count(services, "service")),
    };
    let changes = match (sums.sent, sums.agreed) {
        (0, _) => "none".to_owned(),
        (sent, agreed) if sums.verified && agreed <= sent => format!("{sent}{services}, verified"),
        // By a version that did not count them.
        (sent, 0) => format!("{sent}{services}, not verified"),
        (_, agreed) => format!("{} of {agreed} confirmed{services}", sums.confirmed),
    };
    vec![run.id.to_string(), format!("{}{mark}", typed(run.command, run.agreed_by)), changes, ended, run.user.clone()]
}

/// How the command of a run was typed.
fn typed(command: Command, agreed_by: AgreedBy) -> String {
    format!("{}{}", command.name(), if agreed_by == AgreedBy::Yes { " --yes" } else { "" })
}

/// One run: who and how, before, steps, after. `folder` is the option that leads to its journal again.
pub fn past_run(run: &Run, live: bool, folder: Option<String>, show: &Show) -> String {
    let mut page = Page::new(show.width).with_whole_commands(show.whole_commands);
    run.simulated.iter().for_each(|scenario| simulated(&mut page, scenario));
    page.styled(HEADING, 0, &format!("Run {}: {}", run.name(), typed(run.command, run.agreed_by)));
    let begun = time::with_local(run.begun, &show.tz);
    let by = run.who.as_ref().map(|who| {
        let rights = match who.elevated {
            Some(true) => ", elevated",
            Some(false) => ", not elevated",
            None => "",
        };
        format!(", by {} on {}{rights}", who.user, who.host)
    });
    page.say(&format!("Began {begun}{}, relight {}.", by.unwrap_or_default(), run.version));
    page.say(&format!("Typed: relight {}", run.arguments.join(" ")));
    if let Some(undone) = &run.undoes {
        page.say(&format!("It undid run {undone}."));
    }
    match &run.ended {
        Some(ended) => {
            let how = if run.resumed { "It was interrupted; its record was closed" } else { "Ended" };
            page.say(&format!("{how} {} with {} ({}).", time::with_local(ended.at, &show.tz), ended.code, ended.name));
        }
        None if live => page.styled(CARE, 0, "It is still going on."),
        None => page.styled(BAD, 0, "It was interrupted: its record has no end."),
    }
    flaws::say(&mut page, &run.flaws, &run.way());
    for server in &run.servers {
        server_of(&mut page, server, show);
    }
    if !run.was_changed() && !run.flaws.is_none() {
        page.gap();
        page.say("Whether something was changed is not known.");
    } else if !run.was_changed() {
        page.gap();
        page.say("Nothing was changed.");
    } else if !live && (run.ended.is_none() || !run.is_settled()) {
        page.gap();
        page.lead(HEADING, 0, "Next:", &Cmdlet::relight(&format!("resume {}", run.name()), folder));
    } else if run.undoes.is_none() && run.ended.is_some() {
        page.gap();
        let undo = Cmdlet::relight(&format!("undo {}", run.name()), folder.into_iter().chain(["--dry-run".to_owned()]));
        page.lead(PLAIN, 0, "What putting it back would do:", &undo);
    }
    page.finish()
}

fn server_of(page: &mut Page, server: &ServerRun, show: &Show) {
    page.heading(server.server().as_str());
    look(page, "Before", &server.before, show);
    for of_services in [false, true] {
        let steps = server.steps.iter().filter(|step| step.change.service().is_some() == of_services);
        steps.for_each(|step| step_of(page, server, step, show));
    }
    if let Some(after) = server.after() {
        look(page, "After", after, show);
    }
    let mut verdicts = server.verdicts().iter().collect::<Vec<_>>();
    verdicts.sort_by_key(|verdict| matches!(verdict.subject, Subject::Service(_)));
    for verdict in verdicts {
        let style = if verdict.kind == VerdictKind::Confirmed { GOOD } else { BAD };
        page.item(style, 0, &format!("{}: {}", verdict.subject, verdict_text(server, verdict)));
        verdict.notes.iter().for_each(|it| page.inset(2, &verdicts::note(it, server, show)));
    }
}

fn verdict_text(server: &ServerRun, Verdict { subject, kind, .. }: &Verdict) -> String {
    if let Some(doubt) = verdicts::by_an_earlier_clock(server, subject) {
        return doubt;
    }
    let (well, not) = match subject {
        Subject::Component(_) => ("Active, confirmed by that look.", "still Inactive."),
        Subject::Entry(..) => ("put back, confirmed by that look.", "not put back."),
        Subject::Service(service) if server.was_to_start(*service) => {
            ("runs, confirmed by that look.", "does not run.")
        }
        Subject::Service(_) => ("stopped, confirmed by that look.", "not stopped."),
    };
    match kind {
        VerdictKind::Confirmed => well,
        VerdictKind::NotConfirmed(_) => not,
        VerdictKind::Unknown(_) => "unknown: that look does not tell.",
    }
    .to_owned()
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

/// A step: its command, what became of it, and what there was before.
fn step_of(page: &mut Page, server: &ServerRun, step: &StepOutcome, show: &Show) {
    page.command(2, &Cmdlet::change(&server.before, &step.change));
    let style = if step.outcome == Outcome::Open { BAD } else { PLAIN };
    page.styled(style, 4, &words::capital(steps::outcome(&step.change, &step.outcome)));
    if let Some(was) = before(server, step, show).filter(|_| step.outcome.was_sent()) {
        page.inset(4, &was);
    }
}

/// What there was before a step.
pub(super) fn before(server: &ServerRun, step: &StepOutcome, show: &Show) -> Option<String> {
    let was = match &step.change {
        Change::SetState { entry, .. } => {
            let since = time::entry(&entry.since, server.before.taken, &show.tz);
            format!("{} read {} since {since}", entry.requester, entry.state)
        }
        Change::SetService { service, .. } => {
            let seen = server.before.services.of(*service)?;
            format!("{} was {} ({})", service.name(), seen.state.name(), seen.start.name())
        }
    };
    Some(format!("Before it, {was}."))
}

/// A run that did not live to close its journal: what is unknown, and what settles it. `folder` as above.
pub fn interrupted_run(run: &Run, folder: Option<String>, width: usize) -> String {
    let mut page = Page::new(width);
    let begun = time::utc(run.begun);
    let open = |did: &str, wanted: fn(&Change) -> bool| {
        let name = |(server, step): (&Server, &StepOutcome)| match &step.change {
            Change::SetState { entry, .. } => format!("{} of {} on {server}", entry.component, entry.requester),
            Change::SetService { service, .. } => format!("{} on {server}", service.name()),
        };
        let names = run.open().filter(|(_, step)| wanted(&step.change)).map(name).collect::<Vec<_>>();
        (!names.is_empty()).then(|| format!("whether it {did} {} is not known", words::list(&names)))
    };
    let open = [
        open("changed", |change| change.service().is_none()),
        open("started", |change| change.service().is_some() && change.brings_back()),
        open("stopped", |change| change.service().is_some() && !change.brings_back()),
    ];
    let open = open.into_iter().flatten().collect::<Vec<_>>();
    let what = if open.is_empty() { "its changes were not verified".to_owned() } else { open.join("; ") };
    page.styled(BAD, 0, &format!("Run {} of {begun} UTC was interrupted: {what}.", run.name()));
    let resume = Cmdlet::relight(&format!("resume {}", run.name()), folder);
    page.lead(PLAIN, 2, "To look and to close its record:", &resume);
    page.finish()
}

/// The shell of a run that was killed was still there: whether it is gone now.
pub fn left_shell(run: &Run, shell: &ShellProcess, ended: &io::Result<bool>, width: usize) -> String {
    let what = format!("The PowerShell of run {} (process {}) outlived it", run.name(), shell.id);
    let mut page = Page::new(width);
    match ended {
        Ok(_) => page.styled(BAD, 0, &format!("{what}. It has ended now, and changes nothing any more.")),
        Err(error) => {
            let still = format!("{what} and is still there: {error}. What is shown here it may still change.");
            page.styled(BAD, 0, &still);
            page.line(PLAIN, &format!("  - End process {}, and look again.", shell.id));
        }
    }
    page.finish()
}

/// Another run that may write is waited for: how long so far, and who it is.
pub fn waiting_for_another(by: Option<&str>, waited: Duration, patience: Duration) -> String {
    /// Whoever has it says who that is, and may be anybody.
    const NAME: usize = 160;
    let by = sanitize(by.unwrap_or("another run")).chars().take(NAME).collect::<String>();
    let so_far = if waited < Duration::from_secs(1) { String::new() } else { format!(" {}", time::countdown(waited)) };
    format!("Waiting{so_far} (at most {}) for {by}", time::lasting(patience))
}

/// What came of a run could not be written to stdout. `folder` as above.
pub fn report_lost(run: Option<&RunId>, folder: Option<String>, error: &io::Error, width: usize) -> String {
    let mut page = Page::new(width);
    match run {
        Some(run) => {
            let history = Cmdlet::relight(&format!("history {run}"), folder);
            page.lead(BAD, 0, "The report could not be written:", &history);
            page.item(PLAIN, 2, &format!("{error}."));
        }
        None => page.styled(BAD, 0, &format!("The report could not be written: {error}.")),
    }
    page.finish()
}

/// A run could not be written as a page. `folder` as above.
pub fn page_lost(run: &Run, error: &str, folder: Option<String>, width: usize) -> String {
    let mut page = Page::new(width);
    page.styled(BAD, 0, &format!("{}.", words::capital(error)));
    if run.id.is_some() {
        let again = Cmdlet::relight(&format!("history {} --html FILE", run.name()), folder);
        page.lead(PLAIN, 2, "To write it elsewhere:", &again);
    }
    page.finish()
}

/// A folder of journals was taken back from others.
pub fn narrowed(folder: &Path, width: usize) -> String {
    let mut page = Page::new(width);
    let text = format!("Others could use {}, where journals are. That is no longer so.", folder.display());
    page.styled(CARE, 0, &text);
    page.finish()
}

/// The journal could not be written to its end. `folder` as above.
pub fn journal_broke(run: &RunId, folder: Option<String>, error: &io::Error, width: usize) -> String {
    let mut page = Page::new(width);
    page.styled(BAD, 0, &format!("The journal of run {run} could not be written to its end: {error}."));
    page.item(PLAIN, 2, "What was done before that is in it; nothing was sent that is not. Make room, then settle it:");
    page.command(4, &Cmdlet::relight(&format!("resume {run}"), folder));
    page.finish()
}

/// The transcript could not be written to its end.
pub fn transcript_broke(path: &Path, error: &io::Error, width: usize) -> String {
    let mut page = Page::new(width);
    let file = path.display();
    page.styled(BAD, 0, &format!("The transcript {file} could not be written to its end: {error}."));
    page.finish()
}
