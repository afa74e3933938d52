//! From what could be done to what was: the consent, the changes, and the look that proves them.

use crate::domain::{Agreed, Event, Outcome, Policy, RunCommand, ServerReport, judge, judge_starts};
use crate::exchange::Writer;
use crate::journal::Journal;
use crate::screens::wizard::{self, Answers, Ended, Subject};
use crate::shell::Interrupt;
use crate::terminal::{Console, Prompts};

use super::Prepared;

/// The consent: the policy's, or a person's.
pub(super) fn agree(
    servers: &[ServerReport],
    command: RunCommand,
    policy: &Policy,
    run: &Prepared,
    console: &mut Console,
) -> Vec<Agreed> {
    match command {
        RunCommand::FixAsked => {
            let answers = ask(servers, policy, run, console);
            servers.iter().map(|it| answers.agreed(&it.plan, &it.before, policy)).collect()
        }
        RunCommand::FixYes => servers.iter().map(|it| it.plan.unattended(&it.before, policy)).collect(),
        RunCommand::Check | RunCommand::DryRun | RunCommand::FixUnconfirmed | RunCommand::Resume => Vec::new(),
    }
}

fn ask(servers: &[ServerReport], policy: &Policy, run: &Prepared, console: &mut Console) -> Answers {
    let show = super::saying::show(console.talk_width(), true, 0);
    let subjects = servers
        .iter()
        .map(|it| Subject {
            snapshot: &it.before,
            diagnoses: &it.diagnoses,
            evidence: &it.evidence,
            plan: &it.plan,
            policy,
        })
        .collect::<Vec<_>>();
    let interrupted = || run.interrupt.count() > 0;
    let terminal = &mut Prompts::new(console, &interrupted);
    let answers = wizard::ask(&subjects, run.scenario.as_deref(), &show, terminal);
    if answers.ended() == Ended::Interrupted && !interrupted() {
        run.interrupt.raise();
    }
    answers
}

/// Outcomes, the second look, and the verdicts.
pub(super) fn apply_and_prove(
    server: &mut ServerReport,
    (plan, starts): Agreed,
    writer: &mut Writer,
    journal: &mut Journal,
    interrupt: &Interrupt,
    on_event: &mut dyn FnMut(Event<'_>),
) {
    let (steps, left) = plan.into_parts();
    server.left = left;
    server.starts_left = starts.left;
    server.outcomes = writer.apply(steps, journal, on_event);
    server.starts = writer.start(starts.steps, &server.outcomes, journal, on_event);
    if server.ended().any(|outcome| *outcome != Outcome::Interrupted) {
        // Whoever stopped the run still wants to know what it has done.
        interrupt.acknowledge();
        prove(server, writer, journal, on_event);
    }
}

/// A look after the change, and the verdicts.
pub(super) fn prove(
    server: &mut ServerReport,
    writer: &mut Writer,
    journal: &mut Journal,
    on_event: &mut dyn FnMut(Event<'_>),
) {
    let components = server.before.components.iter().map(|seen| seen.component.clone()).collect::<Vec<_>>();
    let after = writer.observer().look(&server.before.server, &components, on_event);
    server.verdicts = judge(&server.before, &server.outcomes, &after);
    journal.after(&after);
    server.start_verdicts = judge_starts(&server.starts, &after.services);
    journal.verdicts(&server.before.server, &server.verdicts, &server.start_verdicts);
    server.after = Some(after);
}
