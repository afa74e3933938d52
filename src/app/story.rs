//! The one line that check, fix and undo walk: look, plan, consent, changes, look again, verdicts. They differ in whose plan
//! it is, in who consents, and in how long they stay.

use crate::cli::{Config, Shell, Target};
use crate::domain::Exit;
use crate::domain::{AgreedBy, Command, Event, Run, ServerRun};
use crate::error::Error;
use crate::exchange::{Observer, Pool, Writer};
use crate::journal::{Begin, Folder, Journal, Waiting};
use crate::screens;
use crate::shell::engine;
use crate::terminal::Console;

use super::change::Change;
use super::look::{Asking, Goal, investigate, look};
use super::output::report;
use super::pace::{Clock, Pace as _};
use super::shown::Shown;
use super::{Prepared, begun, consents, driven, monitored, recording, watch};

/// `check`: looks, and never changes anything.
pub(super) fn check(target: &Target, config: &Config, console: &mut Console) -> Result<Exit, Error> {
    let run = walk(Goal::Mend(Command::Check), AgreedBy::Nobody, target, None, config, console)?;
    match &config.monitoring {
        Some(monitoring) => monitored::report(&run, monitoring, config, console),
        None => report(run, config, console),
    }
}

/// `fix`.
pub(super) fn fix(by: AgreedBy, target: &Target, config: &Config, console: &mut Console) -> Result<Exit, Error> {
    let run = walk(Goal::Mend(Command::Fix), by, target, None, config, console)?;
    report(run, config, console)
}

/// Walks the line, with a journal where something may be changed. `shell`: where it is another than the one that was typed.
pub(super) fn walk(
    goal: Goal<'_>,
    by: AgreedBy,
    target: &Target,
    shell: Option<&Shell>,
    config: &Config,
    console: &mut Console,
) -> Result<Run, Error> {
    let capabilities = goal.may(&target.policy, by);
    let mut run = begun::run(goal.command(), by, goal.undoes(), config);
    if let Goal::Undo(undone) = goal {
        run.undone_flaws.clone_from(&undone.flaws);
    }
    if !capabilities.may_change() {
        let prepared = Prepared::of(target, shell, capabilities)?.within(config.limit).driven(&config.output)?;
        run.simulated.clone_from(&prepared.scenario);
        run.connection.splice(0..0, target.connection());
        look_only(&mut run, goal, target, &prepared, config, console)?;
        return Ok(run);
    }
    let prepared = Prepared::of(target, shell, capabilities).and_then(|prepared| {
        let prepared = prepared.driven(&config.output)?;
        let begin = Begin {
            command: run.command,
            agreed_by: by,
            arguments: run.arguments.clone(),
            script: engine::text(capabilities).to_owned(),
            interactive: by == AgreedBy::Person || console.can_ask(),
            simulated: prepared.scenario.clone(),
            undoes: run.undoes.clone(),
        };
        let folder = Folder::new(config.journal.folder.as_deref())?;
        let begin = |waiting: &mut Waiting<'_>| Journal::begin(&folder, begin, waiting);
        Ok((recording::in_turn(config.journal.patience, &prepared.interrupt, console, begin)?, prepared))
    });
    let (journal, prepared) = recording::log_start_failure(prepared, shell.unwrap_or(&target.shell))?;
    recording::say_narrowed(&journal, console);
    run.simulated.clone_from(&prepared.scenario);
    run.connection.splice(0..0, target.connection());
    run.id = Some(journal.id().clone());
    run.who = Some(journal.who().clone());
    recording::with_journal(journal, run, console, |run, journal, console| {
        look_and_change(run, goal, target, &prepared, journal, config, console)
    })
}

/// The first half of the line, by somebody who could not change anything.
fn look_only(
    run: &mut Run,
    goal: Goal<'_>,
    target: &Target,
    prepared: &Prepared,
    config: &Config,
    console: &mut Console,
) -> Result<(), Error> {
    let mut shown = Shown::of(run, config);
    let mut on_event = |event: Event<'_>| shown.show(&event, console);
    let (launch, link) = (prepared.launch.clone(), target.link.clone());
    let mut pool = Pool::<Observer>::connect(launch, link, target.jobs, &mut on_event)?;
    let asking = Asking {
        evidence: true,
        authors: run.command == Command::Check,
        monitors: run.command == Command::Check,
        clients: target.staying.probe_first,
        is_last: true,
    };
    (run.servers, run.left_out) = look(goal, asking, &mut pool, target, &prepared.interrupt, &mut on_event)?;
    // What was seen in time is not called late because a session takes its time to end.
    run.out_of_time = prepared.interrupt.out_of_time();
    console.stop();
    if prepared.driver.is_some() && run.command != Command::Check {
        driven::tell(run, console);
    }
    shown.rest(run, console);
    pool.close();
    run.interrupted = prepared.is_interrupted();
    Ok(())
}

/// The whole line.
fn look_and_change(
    run: &mut Run,
    goal: Goal<'_>,
    target: &Target,
    prepared: &Prepared,
    journal: &Journal,
    config: &Config,
    console: &mut Console,
) -> Result<(), Error> {
    let mut shown = Shown::of(run, config);
    let (launch, link) = (prepared.launch.clone(), target.link.clone());
    let mut pool = Pool::<Writer>::connect(launch, link, target.jobs, &mut |e| shown.show(&e, console))?;
    let interrupt = &prepared.interrupt;
    let (mends, asks) = (matches!(goal, Goal::Mend(_)), run.agreed_by == AgreedBy::Person);
    // Why it is Inactive helps a person to decide. Where nobody is asked, clients come first.
    let asking = Asking { evidence: asks, ..Asking::default() };
    (run.servers, run.left_out) = look(goal, asking, &mut pool, target, interrupt, &mut |e| shown.show(&e, console))?;
    console.stop();
    // A journal that cannot take the looks will not take an intent either: better to end here, before anybody is asked.
    run.servers.iter().for_each(|server| journal.before(&server.before));
    journal.check()?;
    let mut waited = false;
    if !prepared.is_interrupted() {
        let agreed = consents::of(run, &target.policy, prepared, console);
        let _guard = console.quick_edit_guard();
        shown.progress.expect(agreed.iter().map(|consent| consent.decision().agreed.len()).sum(), asks);
        for (server, consent) in run.servers.iter().zip(&agreed) {
            journal.decided(server.server(), consent.decision());
        }
        let change = Change {
            rollout: &target.rollout,
            staying: mends.then_some(&target.staying),
            is_for_several: run.servers.len() > 1,
            is_last: target.staying.watch.is_none(),
            investigates: mends && !asks,
            interrupt,
            journal,
        };
        // Esc and Ctrl-C are in time until the first change is sent.
        let mut last_keys = if agreed.is_empty() { None } else { console.last_keys() };
        let clock = &mut Clock::new(interrupt, console.can_listen());
        waited = change.carry_out(run, agreed, &mut pool, clock, &mut |e| {
            if e.sends() && last_keys.take().is_some_and(|mut keys| keys.says_stop()) {
                interrupt.raise();
            }
            shown.show(&e, console);
        });
        if change.investigates && !prepared.is_interrupted() {
            let rest = run.servers.iter_mut().filter(|server| server.evidence.is_empty());
            let ask = |server: &mut &mut ServerRun, writer: &mut Writer, on_event: &mut dyn FnMut(Event<'_>)| {
                investigate(server, writer.observer(), on_event);
            };
            pool.each(rest, |server| server.server(), &ask, &mut |e| shown.show(&e, console));
        }
    }
    if mends
        && waited
        && !prepared.is_interrupted()
        && let Some(time) = target.staying.watch
        && run.servers.iter().any(watch::is_worth_watching)
    {
        console.say(&screens::summary(run));
        let clock = &mut Clock::new(interrupt, console.can_listen());
        clock.begin();
        watch::watch(&mut run.servers, time, clock, &mut pool, journal, &mut |e| shown.show(&e, console));
    }
    console.stop();
    shown.rest(run, console);
    pool.close();
    run.interrupted = prepared.is_interrupted();
    Ok(())
}
