//! Looking at the servers of a run: the first time, which makes the plan, and again, which judges.

use std::time::Duration;

use jiff::Timestamp;

use crate::cli::Target;
use crate::domain::{
    AgreedBy, Chosen, Command, Component, Event, Evidence, LeftOut, Policy, Run, RunId, Server, ServerRun,
    ServerSnapshot, Trouble, TroubleKind,
};
use crate::error::Error;
use crate::exchange::{Observer, OnEvent, Pool, Worker};
use crate::journal::Journal;
use crate::shell::{Capabilities, Interrupt, LossReason};

use super::{clients, monitors, servers};

/// What is to come of a run.
#[derive(Clone, Copy)]
pub(super) enum Goal<'a> {
    /// What is wrong is mended, or looked at.
    Mend(Command),
    /// What a run changed is put back.
    Undo(&'a Run),
}

impl Goal<'_> {
    pub(super) fn command(self) -> Command {
        match self {
            Self::Mend(command) => command,
            Self::Undo(_) => Command::Undo,
        }
    }

    /// The run that is undone.
    pub(super) fn undoes(self) -> Option<RunId> {
        match self {
            Self::Mend(_) => None,
            Self::Undo(undone) => undone.id.clone(),
        }
    }

    /// What the shell of such a run is able to do.
    pub(super) fn may(self, policy: &Policy, by: AgreedBy) -> Capabilities {
        match self {
            _ if !by.may_change() => Capabilities::Look,
            Self::Undo(_) if policy.stop_services => Capabilities::Stop,
            Self::Mend(_) | Self::Undo(_) => Capabilities::Change,
        }
    }
}

/// What is asked of each server at the first look, beside its components.
#[derive(Clone, Copy, Default)]
pub(super) struct Asking {
    /// Why Managed Availability set components Inactive.
    pub(super) evidence: bool,
    /// Who set the others.
    pub(super) authors: bool,
    /// What the monitors say of what was set Active lately.
    pub(super) monitors: bool,
    /// What clients meet.
    pub(super) clients: bool,
    /// Whether nothing comes after the look.
    pub(super) is_last: bool,
}

/// A server that is to be looked at, and what came of it.
struct Looking<'a> {
    server: Server,
    /// Where what was changed there is to be put back.
    undone: Option<&'a ServerRun>,
    run: Option<ServerRun>,
}

/// Snapshot, diagnoses and plan of every server: those that were asked for, or on which a run may have changed something.
/// One that cannot be reached never stops the others. Beside them, who was found and is not looked at.
pub(super) fn look<W: Worker>(
    goal: Goal<'_>,
    asking: Asking,
    pool: &mut Pool<W>,
    target: &Target,
    interrupt: &Interrupt,
    on_event: &mut OnEvent<'_>,
) -> Result<(Vec<ServerRun>, Vec<LeftOut>), Error> {
    let (mut all, left_out) = match goal {
        Goal::Mend(_) => {
            let Chosen { servers, left_out } = servers::chosen(target, pool.observer(), &mut |e| on_event(e))?;
            let one = |server| Looking { server, undone: None, run: None };
            (servers.into_iter().map(one).collect::<Vec<_>>(), left_out)
        }
        Goal::Undo(undone) => {
            let changed = undone.changed().map(|run| run.server().clone()).collect::<Vec<_>>();
            let meant = servers::limited(target, &changed, pool.observer(), &mut |e| on_event(e))?;
            let one = |run| Looking { server: ServerRun::server(run).clone(), undone: Some(run), run: None };
            (undone.changed().filter(|run| meant.contains(run.server())).map(one).collect(), Vec::new())
        }
    };
    pool.expect(all.len(), on_event);
    let (policy, looked_at) = (&target.policy, target.policy.looked_at());
    let work = |it: &mut &mut Looking<'_>, worker: &mut W, on_event: &mut dyn FnMut(Event<'_>)| {
        let observer = worker.observer();
        let run = match it.undone {
            _ if interrupt.count() > 0 => ServerRun::of(not_looked_at(&it.server, interrupt), policy),
            None => {
                let mut run = ServerRun::of(see(&it.server, &looked_at, observer, on_event), policy);
                asking.ask(&mut run, observer, interrupt, on_event);
                run
            }
            Some(undone) => {
                ServerRun::undoing(undone, see(&it.server, &components(undone), observer, on_event), policy)
            }
        };
        if asking.is_last {
            on_event(Event::Done(&run));
        }
        it.run = Some(run);
    };
    pool.each(&mut all, |it| &it.server, &work, on_event);
    Ok((all.into_iter().filter_map(|it| it.run).collect(), left_out))
}

impl Asking {
    fn ask(
        self,
        server: &mut ServerRun,
        observer: &mut Observer,
        interrupt: &Interrupt,
        on_event: &mut dyn FnMut(Event<'_>),
    ) {
        let goes_on = || interrupt.count() == 0;
        if self.evidence && goes_on() {
            investigate(server, observer, on_event);
        }
        if self.authors && goes_on() {
            server.authors = observer.authors(server.server(), &server.diagnoses, on_event);
        }
        if self.monitors && goes_on() {
            monitors::check(server, observer, on_event);
        }
        if self.clients && goes_on() {
            clients::look(server, observer, interrupt, on_event);
        }
    }
}

/// Why Managed Availability set components of a server Inactive.
pub(super) fn investigate(server: &mut ServerRun, observer: &mut Observer, on_event: &mut dyn FnMut(Event<'_>)) {
    let wanted = Evidence::wanted(&server.diagnoses);
    server.evidence = observer.evidence(server.server(), &wanted, on_event);
}

fn see(
    server: &Server,
    components: &[Component],
    observer: &mut Observer,
    on_event: &mut dyn FnMut(Event<'_>),
) -> ServerSnapshot {
    let snapshot = observer.look(server, components, on_event);
    on_event(Event::Looked(&snapshot));
    snapshot
}

/// The components that the first look at a server saw.
fn components(server: &ServerRun) -> Vec<Component> {
    let seen = server.before.components.iter().map(|seen| seen.component.clone());
    // The look may be one that a journal tells of.
    seen.filter(Component::is_looked_after).collect()
}

/// Another look at a server after the changes; `watched`: how long it was watched before.
pub(super) fn look_again(
    server: &mut ServerRun,
    watched: Option<Duration>,
    observer: &mut Observer,
    journal: &Journal,
    on_event: &mut dyn FnMut(Event<'_>),
) {
    let after = observer.look(server.server(), &components(server), on_event);
    journal.after(server.looked_again(after, watched));
}

/// A server that was not looked at, because the run was interrupted before, or its time was over.
fn not_looked_at(server: &Server, interrupt: &Interrupt) -> ServerSnapshot {
    let (kind, message) = match interrupt.out_of_time() {
        Some(time) => (TroubleKind::Deadline, LossReason::OutOfTime(time).to_string()),
        None => (TroubleKind::Interrupted, "the run was interrupted before this server was looked at".to_owned()),
    };
    let trouble = Trouble { kind, component: None, message };
    ServerSnapshot { troubles: vec![trouble], ..ServerSnapshot::begun(server, Timestamp::now()) }
}
