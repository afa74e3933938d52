//! What was done: each command and what became of it.

use anstyle::Style;

use crate::domain::{Change, Cmdlet, NotSent, Outcome, ServerRun, ServerSnapshot, StepOutcome, TroubleKind, each_once};
use crate::screens::kit::page::{BAD, CARE, PLAIN, Page};
use crate::screens::kit::words;

use super::notes::Notes;
use super::trouble::trouble;

/// The steps of a fix and what became of each.
pub fn steps(page: &mut Page, server: &ServerRun) {
    for (heading, of_services) in [("What was done", false), ("Services that were to be started", true)] {
        let steps = || server.steps.iter().filter(|step| step.change.service().is_some() == of_services);
        if steps().next().is_some() {
            page.heading(heading);
        }
        steps().for_each(|step| ended(page, &server.before, step));
    }
}

/// The steps that did not go well, for a screen with little room: those that came to the same together.
pub fn notes(notes: &mut Notes<'_>, server: &ServerRun) {
    type End<'a> = (&'static str, Option<(TroubleKind, &'a str)>);
    fn end(step: &StepOutcome) -> End<'_> {
        let why = step.outcome.trouble().map(|it| (it.kind, it.message.as_str()));
        (outcome(&step.change, &step.outcome), why)
    }
    let ill = || server.steps.iter().filter(|step| step.outcome != Outcome::Done && !server.confirms(step));
    for (what, why) in each_once(ill().map(end)) {
        let alike = ill().filter(|step| end(step) == (what, why)).map(|step| name(&step.change)).collect::<Vec<_>>();
        notes.push(|page| {
            let names = words::names_on(&alike);
            let failed = ill().any(|step| end(step) == (what, why) && matches!(step.outcome, Outcome::Failed(_)));
            let what = why.map(|(kind, _)| words::trouble(kind)).filter(|_| failed).unwrap_or(what);
            page.styled(BAD, 0, &format!("{names}: {}.", what.trim_end_matches('.')));
            if let Some((kind, message)) = why {
                page.quote(2, message);
                page.inset(2, words::trouble_advice(kind));
            }
        });
    }
}

/// What a change is about, in short.
fn name(change: &Change) -> String {
    match change {
        Change::SetState { entry, .. } => words::entry_name(entry),
        Change::SetService { service, .. } => service.name().to_owned(),
    }
}

/// One step: its command, what became of it, and why where that is known.
pub fn ended(page: &mut Page, seen: &ServerSnapshot, step: &StepOutcome) {
    page.command(2, &Cmdlet::change(seen, &step.change));
    page.styled(style(&step.outcome, PLAIN), 4, &words::capital(outcome(&step.change, &step.outcome)));
    if let Some(why) = step.outcome.trouble() {
        trouble(page, 4, why);
    }
}

/// How what became of a step looks; `done` where it was carried out, which is not yet confirmed.
pub fn style(outcome: &Outcome, done: Style) -> Style {
    match outcome {
        Outcome::Done => done,
        Outcome::Open | Outcome::Failed(_) | Outcome::Unknown(_) => BAD,
        Outcome::NotBegun | Outcome::NotCarriedOut | Outcome::NotSent(_) => CARE,
    }
}

/// What became of a change, in a few words.
pub fn outcome(change: &Change, outcome: &Outcome) -> &'static str {
    let by = |set, start, stop| match change {
        Change::SetState { .. } => set,
        Change::SetService { .. } if change.brings_back() => start,
        Change::SetService { .. } => stop,
    };
    const CANNOT_HELP: &str = "not sent: an earlier step did not work, so this one cannot help.";
    const SERVICE_CHANGED: &str = "not sent: the service is no longer as it was when this was planned.";
    const NO_INTENT: &str = "not sent: the journal could not record that it was about to be.";
    match outcome {
        Outcome::NotBegun => "not sent: the run did not get that far.",
        Outcome::Open => words::not_known(TroubleKind::Interrupted),
        Outcome::Done => by(
            "sent; the cmdlet reported no error.",
            "sent; Windows says that it runs.",
            "sent; Windows says that it is stopped.",
        ),
        Outcome::Failed(_) => by(
            "sent; the cmdlet reported an error, and the next look tells what was written.",
            "sent; it was refused, or does not run.",
            "sent; it was refused, or is not stopped.",
        ),
        Outcome::Unknown(why) => words::not_known(why.kind),
        Outcome::NotCarriedOut => "not carried out: a look ten minutes or more after it does not show it.",
        Outcome::NotSent(why) => match why {
            NotSent::ChangedSincePlan => by(
                "not sent: the component is no longer as it was when this was planned.",
                SERVICE_CHANGED,
                SERVICE_CHANGED,
            ),
            NotSent::ServerWideOfflineChanged => "not sent: ServerWideOffline has changed since this was planned.",
            NotSent::SetupRunning => "not sent: Exchange setup runs on the server now.",
            NotSent::NotSeen(_) => "not sent: the look right before it failed.",
            NotSent::Useless => by(CANNOT_HELP, CANNOT_HELP, "not sent: its front end goes on running and needs it."),
            NotSent::ShellLost => "not sent: the session with Exchange was lost.",
            NotSent::Interrupted => "not sent: the run was interrupted.",
            NotSent::LockLost => "not sent: the file of the lock was removed, and another run may have it.",
            NotSent::NotRecorded => by("not sent: the journal cannot be written.", NO_INTENT, NO_INTENT),
            NotSent::Stopped => "not sent: a server had failed before, so that this one was not begun.",
        },
    }
}
