//! Looking at the servers of a run: the first time, which makes the plan, and again, which judges.

use std::time::Duration;

use jiff::Timestamp;

use crate::cli::Target;
use crate::domain::{
    AgreedBy, Chosen, Command, Component, Event, LeftOut, Policy, Run, RunId, Server, ServerRun, ServerSnapshot,
    Trouble, TroubleKind,
};
use crate::error::Error;
use crate::exchange::Observer;
use crate::journal::Journal;
use crate::shell::{Capabilities, Interrupt};

use super::servers;

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

/// Snapshot, diagnoses and plan of every server: those that were asked for, or on which a run may have changed something.
/// One that cannot be reached never stops the others. Beside them, who was found and is not looked at.
pub(super) fn look(
    goal: Goal<'_>,
    observer: &mut Observer,
    target: &Target,
    interrupt: &Interrupt,
    on_event: &mut dyn FnMut(Event<'_>),
) -> Result<(Vec<ServerRun>, Vec<LeftOut>), Error> {
    let policy = &target.policy;
    match goal {
        Goal::Mend(_) => {
            let Chosen { servers, left_out } = servers::chosen(target, observer, on_event)?;
            let components = policy.looked_at();
            let one = |server: &Server| match interrupt.count() {
                0 => ServerRun::of(see(server, &components, observer, on_event), policy),
                _ => ServerRun::of(not_looked_at(server), policy),
            };
            Ok((servers.iter().map(one).collect(), left_out))
        }
        Goal::Undo(undone) => {
            let changed = undone.changed().map(|run| run.server().clone()).collect::<Vec<_>>();
            let meant = servers::limited(target, &changed, observer, on_event)?;
            let one = |run: &ServerRun| {
                let present = see(run.server(), &components(run), observer, on_event);
                ServerRun::undoing(run, present, policy)
            };
            Ok((undone.changed().filter(|run| meant.contains(run.server())).map(one).collect(), Vec::new()))
        }
    }
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
    journal: &mut Journal,
    on_event: &mut dyn FnMut(Event<'_>),
) {
    let after = observer.look(server.server(), &components(server), on_event);
    journal.after(server.looked_again(after, watched));
}

/// A server that was not looked at, because the run was interrupted before.
fn not_looked_at(server: &Server) -> ServerSnapshot {
    let message = "the run was interrupted before this server was looked at".to_owned();
    let trouble = Trouble { kind: TroubleKind::Interrupted, component: None, message };
    ServerSnapshot { troubles: vec![trouble], ..ServerSnapshot::begun(server, Timestamp::now()) }
}
