//! What was done and what it came to: the commands with their outcomes, before and after side by side, the verdicts.

use anstyle::Style;

use crate::domain::{
    Component, Dark, Hold, KnownRequester, Outcome, ServerReport, ServerSnapshot, State, StepOutcome, Store, Verdict,
    VerdictKind, each_once,
};
use crate::screens::kit::cmdlet::Cmdlet;
use crate::screens::kit::page::{BAD, CARE, GOOD, PLAIN, Page};
use crate::screens::kit::{table, time, words};

use super::Show;
use super::evidence;
use super::report::trouble;

/// The steps and what became of each.
pub fn outcomes(page: &mut Page, server: &ServerReport) {
    if server.outcomes.is_empty() {
        return;
    }
    page.heading("What was done");
    for step in &server.outcomes {
        ended(page, &Cmdlet::step(step.action, &step.server, &step.hold), &step.outcome, outcome(&step.outcome));
    }
}

/// One change: its command, what became of it in these words, and why where that is known.
pub fn ended(page: &mut Page, command: &Cmdlet, outcome: &Outcome, said: &str) {
    page.command(2, command);
    page.styled(style(outcome, PLAIN), 4, &words::capital(said));
    if let Some(why) = outcome.trouble() {
        trouble(page, 4, why);
    }
}

/// How what became of a change looks; `done` where it was carried out, which is not yet proven.
pub fn style(outcome: &Outcome, done: Style) -> Style {
    match outcome {
        Outcome::Done => done,
        Outcome::Failed(_) | Outcome::Unknown(_) => BAD,
        Outcome::ChangedSincePlan
        | Outcome::NotSeen(_)
        | Outcome::Useless
        | Outcome::ShellLost
        | Outcome::Interrupted
        | Outcome::NotRecorded => CARE,
    }
}

/// What became of a step, in a few words.
pub fn outcome(outcome: &Outcome) -> &'static str {
    match outcome {
        Outcome::Done => "sent; the cmdlet reported no error.",
        Outcome::Failed(_) => "sent; the cmdlet reported an error.",
        Outcome::Unknown(why) => words::not_known(why.kind),
        Outcome::ChangedSincePlan => "not sent: the component is no longer as it was when this was planned.",
        Outcome::NotSeen(_) => "not sent: the look right before it failed.",
        Outcome::Useless => "not sent: an earlier step did not work, so this one cannot help.",
        Outcome::ShellLost => "not sent: the shell was lost during an earlier step.",
        Outcome::Interrupted => "not sent: the run was interrupted.",
        Outcome::NotRecorded => "not sent: the journal cannot be written.",
    }
}

/// Before and after, for each component that a step was for or was to light.
pub fn proof(page: &mut Page, server: &ServerReport, after: &ServerSnapshot, show: &Show) {
    let steps = server.outcomes.iter();
    let components = each_once(steps.flat_map(|step| std::iter::once(&step.hold.component).chain(&step.lights)));
    if components.is_empty() {
        return;
    }
    let before = &server.before;
    let mut rows = Vec::new();
    for component in components {
        let state = |snapshot: &ServerSnapshot| match snapshot.component(component) {
            Some(seen) => seen.state.to_string(),
            None => "not read".to_owned(),
        };
        rows.push(vec![component.to_string(), state(before), state(after)]);
        for step in server.outcomes.iter().filter(|step| step.hold.component == *component) {
            for store in [Store::Local, Store::Remote] {
                let label = format!("- {}, {}", step.hold.requester, words::store_short(store));
                let entry = |snapshot: &ServerSnapshot| entry(snapshot, component, step, store);
                rows.push(vec![label, entry(before), entry(after)]);
            }
        }
    }
    page.heading("The proof: before and after");
    let times = format!(
        "Looked at {} and again at {}. Times below are UTC.",
        time::with_local(before.taken, &show.tz),
        time::with_local(after.taken, &show.tz)
    );
    page.say(&times);
    table::table(page, &["Component", "Before", "After"], &rows);
}

fn entry(snapshot: &ServerSnapshot, component: &Component, step: &StepOutcome, store: Store) -> String {
    let Some(seen) = snapshot.component(component) else { return "not read".to_owned() };
    let reading = match store {
        Store::Local => &seen.local,
        Store::Remote => &seen.remote,
    };
    match reading.of_requester(&step.hold.requester) {
        Some(entry) => format!("{} {}", entry.state, time::short(&entry.time, snapshot.taken)),
        None if reading.is_complete() => "no entry".to_owned(),
        None => "not readable".to_owned(),
    }
}

/// The judgement on each component, and why.
pub fn verdicts(page: &mut Page, server: &ServerReport, show: &Show) {
    if server.verdicts.is_empty() {
        return;
    }
    page.heading("Verdict");
    for Verdict { component, kind } in &server.verdicts {
        match kind {
            VerdictKind::Lit => {
                // Times that came as text have no order; that the entry is another one has been seen.
                let timed = |step: &StepOutcome| step.lights.contains(component) && step.hold.since.utc().is_none();
                let text = if server.outcomes.iter().any(timed) {
                    "Active, and each lifted hold reads Active in both stores, where it did not before."
                } else {
                    "Active, and each lifted hold reads Active with a newer time in both stores."
                };
                page.item(GOOD, 0, &format!("{component} is lit: {text}"));
                let failed = |step: &&StepOutcome| matches!(step.outcome, Outcome::Failed(_));
                if server.outcomes.iter().filter(failed).any(|step| step.lights.contains(component)) {
                    page.styled(
                        CARE,
                        2,
                        "A cmdlet reported an error all the same, which the exit code tells: see above.",
                    );
                }
            }
            VerdictKind::StillDark(reasons) => {
                let after = server.after.as_ref().and_then(|after| after.component(component));
                // Exchange may say Active while an entry that counts for clients, or for its next look, is not.
                let but = if after.is_some_and(|seen| seen.state == State::Active) {
                    "reads Active, but counts as still dark:"
                } else {
                    "is still dark:"
                };
                page.item(BAD, 0, &format!("{component} {but}"));
                for reason in reasons {
                    page.item(PLAIN, 2, &dark(component, reason, server, show));
                    if let Dark::RegistryWriteLost(hold) = reason {
                        page.command(6, &Cmdlet::lift(&server.before.server, hold));
                    }
                }
            }
            VerdictKind::Unknown(gaps) if gaps.is_empty() => {
                let text = "after the change it could not be read.";
                page.item(BAD, 0, &format!("{component}: unknown, {text}"));
            }
            VerdictKind::Unknown(gaps) => {
                page.item(BAD, 0, &format!("{component}: unknown:"));
                for gap in gaps {
                    page.item(PLAIN, 2, &format!("{}. {}", words::capital(&words::gap(gap)), words::gap_advice(gap)));
                }
            }
        }
    }
    let healthapi = |hold: &Hold| hold.requester.known() == Some(KnownRequester::HealthApi);
    let returns = |verdict: &Verdict| match &verdict.kind {
        VerdictKind::Lit => server.outcomes.iter().any(|step| healthapi(&step.hold)),
        VerdictKind::StillDark(why) => why.iter().any(|dark| matches!(dark, Dark::HeldAgain(hold) if healthapi(hold))),
        VerdictKind::Unknown(_) => false,
    };
    if server.verdicts.iter().any(returns) {
        evidence::comes_back(page, &server.before, &server.evidence, show);
    }
}

fn dark(component: &Component, reason: &Dark, server: &ServerReport, show: &Show) -> String {
    let seen = server.after.as_ref().unwrap_or(&server.before).taken;
    match reason {
        Dark::NotWritten(hold) => {
            format!("{}: neither store shows a newer Active entry.", words::hold_name(hold))
        }
        Dark::RegistryWriteLost(hold) => format!(
            "{}: Active Directory shows the change, the registry of the server does not. The write was lost without \
             an error. See that its Remote Registry service answers, then send it again, best on that server:",
            words::hold_name(hold)
        ),
        Dark::DirectoryWriteLost(hold) => format!(
            "{}: the registry shows the change, Active Directory does not (yet). Replication may be behind: look \
             again.",
            words::hold_name(hold)
        ),
        Dark::HeldAgain(hold) => format!(
            "{}: it was set {} again, {}.",
            words::hold_name(hold),
            hold.state,
            time::entry(&hold.since, seen, &show.tz)
        ),
        Dark::AnotherHolder(hold) => {
            let since = time::entry(&hold.since, seen, &show.tz);
            format!("{} holds it too, since {since}; that was not part of the plan.", hold.requester)
        }
        Dark::ServerWideOffline => format!("The server is offline server-wide, which takes {component} down with it."),
        Dark::StateDoesNotFollow(state) => {
            format!("Its entries are right, but Exchange still reports {state}. That can take a minute: look again.")
        }
    }
}

/// What staying and looking again came to.
pub fn watched(page: &mut Page, server: &ServerReport) {
    let Some(time) = server.watched else { return };
    let time = time::lasting(time);
    if server.verdicts.iter().all(|verdict| verdict.kind == VerdictKind::Lit) {
        page.styled(GOOD, 0, &format!("Watched for {time}: it stayed lit."));
    } else if server.verdicts.iter().any(|verdict| matches!(verdict.kind, VerdictKind::StillDark(_))) {
        page.styled(BAD, 0, &format!("Watched for {time}: then it was no longer lit."));
    } else {
        page.styled(
            BAD,
            0,
            &format!("Watched for {time}: then it could not be read, and what it is now is not known."),
        );
    }
}
