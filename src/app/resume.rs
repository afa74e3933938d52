//! `resume`: the last two arrows of the line again, for a run that could not look at what it left, did not live to, or sent
//! something that may have been carried out after its look. They are appended to its record; nothing is changed.

use jiff::Timestamp;

use crate::cli::{Config, Target};
use crate::domain::Exit;
use crate::domain::{Event, NotSent, Outcome, Run, ServerRun, Trouble, TroubleKind};
use crate::error::Error;
use crate::exchange::{Observer, Pool};
use crate::journal::{Folder, Journal, JournalError, Waiting};
use crate::shell::Capabilities;
use crate::terminal::Console;

use super::output::report;
use super::shown::Shown;
use super::{Prepared, look, recording, undo};

/// Settles a run that was interrupted, or ended without having seen what became of all that it sent: the one that was named,
/// or the only one that was interrupted.
pub(super) fn resume(
    name: Option<&str>,
    target: &Target,
    config: &Config,
    console: &mut Console,
) -> Result<Exit, Error> {
    let folder = Folder::new(config.journal.folder.as_deref())?;
    let (mut run, live) = match name {
        Some(name) => folder.run(name)?,
        None => (folder.only_interrupted(recording::scenario(&target.shell).as_deref())?, false),
    };
    if live {
        return Err(JournalError::GoingOn(run.name().to_owned()).into());
    }
    undo::is_read_whole(&run)?;
    if run.ended.is_some() && run.is_settled() {
        return Err(JournalError::Closed(run.name().to_owned()).into());
    }
    if run.ended.is_none() {
        recording::end_shells_of(&run, console);
    }
    let shell = undo::shell_of(&run, &target.shell)?;
    let prepared = Prepared::of(target, shell.as_ref(), Capabilities::Look)?;
    let interactive = console.can_ask();
    let resume = |waiting: &mut Waiting<'_>| Journal::resume(&folder, &run, interactive, waiting);
    let journal = recording::in_turn(config.journal.patience, &prepared.interrupt, console, resume)?;
    recording::say_narrowed(&journal, console);
    run.resumed = true;
    run.connection = target.connection();
    run.connection.extend(config.journal.way());
    run.servers.retain(ServerRun::was_changed);
    run.servers.iter_mut().for_each(settle);
    let run = recording::with_journal_if_seen(journal, run, console, |run, journal, console| {
        look_again(run, target, &prepared, journal, config, console)
    })?;
    report(run, config, console)
}

/// What became of each step, as far as the record tells.
fn settle(server: &mut ServerRun) {
    for step in &mut server.steps {
        match step.outcome {
            Outcome::NotBegun => step.outcome = Outcome::NotSent(NotSent::Interrupted),
            Outcome::Open => {
                step.outcome = Outcome::Unknown(Trouble {
                    kind: TroubleKind::Interrupted,
                    component: None,
                    message: "relight was ended in the middle of this change".to_owned(),
                });
            }
            Outcome::Done | Outcome::Failed(_) | Outcome::Unknown(_) | Outcome::NotCarriedOut | Outcome::NotSent(_) => {
            }
        }
    }
}

/// The last look at each server on which the run may have changed something.
fn look_again(
    run: &mut Run,
    target: &Target,
    prepared: &Prepared,
    journal: &Journal,
    config: &Config,
    console: &mut Console,
) -> Result<(), Error> {
    let mut shown = Shown::of(run, config);
    if !run.servers.is_empty() {
        let mut on_event = |event: Event<'_>| shown.show(&event, console);
        let (launch, link) = (prepared.launch.clone(), target.link.clone());
        let mut pool = Pool::<Observer>::connect(launch, link, target.jobs, &mut on_event)?;
        pool.expect(run.servers.len(), &mut on_event);
        let look = |server: &mut &mut ServerRun, observer: &mut Observer, on_event: &mut dyn FnMut(Event<'_>)| {
            let at = Timestamp::now();
            look::look_again(server, None, observer, journal, on_event);
            let name = server.server().clone();
            server.close_open(at).iter().for_each(|step| journal.outcome(&name, step));
            server.after().into_iter().for_each(|after| on_event(Event::Looked(after)));
        };
        pool.each(&mut run.servers, |server| server.server(), &look, &mut on_event);
        console.stop();
        pool.close();
    }
    shown.rest(run, console);
    run.interrupted = prepared.is_interrupted();
    Ok(())
}
