//! From what could be done to the leave to do it: the policy's, or a person's.

use crate::domain::{AgreedBy, Answers, Command, Consent, Ended, Policy, Run, ServerRun};
use crate::screens::{self, wizard};
use crate::terminal::{Console, Prompts};

use super::Prepared;
use super::driven::{self, Driver};
use super::output::show;

/// The consent for each server, in order. Asks a person once, where the run is to and there is something to ask about.
pub(super) fn of(run: &mut Run, policy: &Policy, prepared: &Prepared, console: &mut Console) -> Vec<Consent> {
    if let Some(driver) = &prepared.driver {
        return of_driver(run, policy, driver, console);
    }
    let answers = match run.agreed_by {
        AgreedBy::Nobody | AgreedBy::NobodyToAsk => return Vec::new(),
        AgreedBy::Yes => None,
        // What nothing but the plan itself is against needs no question.
        AgreedBy::Person if run.command == Command::Undo && !is_possible(run) => None,
        AgreedBy::Person => Some(ask(run, policy, prepared, console)),
    };
    let consent = |server: &mut ServerRun| match &answers {
        Some(answers) => Consent::of_answers(server, answers, policy),
        None => Consent::of_policy(server, policy),
    };
    run.servers.iter_mut().filter_map(consent).collect()
}

/// The same, where a program shows the run.
fn of_driver(run: &mut Run, policy: &Policy, driver: &Driver, console: &mut Console) -> Vec<Consent> {
    let answers = match run.agreed_by {
        AgreedBy::Nobody | AgreedBy::NobodyToAsk => return Vec::new(),
        AgreedBy::Yes => {
            driven::tell(run, console);
            return run.servers.iter_mut().filter_map(|server| Consent::of_policy(server, policy)).collect();
        }
        AgreedBy::Person => driver.ask(run, console),
    };
    match answers {
        Ok(answers) => {
            let consent = |server: &mut ServerRun| Consent::of_answers_within(server, &answers, policy);
            run.servers.iter_mut().filter_map(consent).collect()
        }
        Err(why) => {
            console.eprint_always(&screens::no_answer(why, console.talk_width()));
            // Who was to be asked did not answer.
            run.agreed_by = AgreedBy::NobodyToAsk;
            Vec::new()
        }
    }
}

fn is_possible(run: &Run) -> bool {
    let would_change = |server: &ServerRun| server.plan.proposals.iter().any(|it| it.is_possible());
    run.servers.iter().any(would_change)
}

fn ask(run: &Run, policy: &Policy, prepared: &Prepared, console: &mut Console) -> Answers {
    let show = show(console.talk_width(), true, 0);
    let interrupted = || prepared.is_interrupted();
    let prompts = &mut Prompts::new(console, &interrupted);
    let answers = match run.command {
        Command::Check | Command::Fix => wizard::ask(run, policy, &show, prompts),
        Command::Undo => wizard::agree_to_undo(run, &screens::undo_plan(run, &show), prompts),
    };
    if answers.ended() == Ended::Interrupted && !interrupted() {
        prepared.interrupt.raise();
    }
    if interrupted() { answers.end(Ended::Interrupted) } else { answers }
}
