//! The changes, as they go out to the servers: in batches, each server looked at again and its clients waited for before the
//! next batch begins; and no server is begun any more once too many have failed.

use std::sync::atomic::{AtomicUsize, Ordering};

use crate::cli::{Rollout, Staying};
use crate::domain::{Consent, Event, Exit, NotSent, Outcome, Run, ServerRun, StepOutcome};
use crate::exchange::{OnEvent, Pool, Writer};
use crate::journal::Journal;
use crate::shell::Interrupt;

use super::look::{investigate, look_again};
use super::pace::Pace;
use super::{monitors, wait};

/// How a run changes its servers.
pub(super) struct Change<'a> {
    pub(super) rollout: &'a Rollout,
    /// How long clients are waited for after a batch; `None`: they are not.
    pub(super) staying: Option<&'a Staying>,
    /// Whether other servers are changed meanwhile: then who stops the run does not mean this look.
    pub(super) is_for_several: bool,
    /// Whether nothing comes after a batch but the next.
    pub(super) is_last: bool,
    /// Whether it is asked why components were Inactive, once they are not.
    pub(super) investigates: bool,
    pub(super) interrupt: &'a Interrupt,
    pub(super) journal: &'a Journal,
}

/// A server that is changed.
struct Changing<'a> {
    server: &'a mut ServerRun,
    consent: Option<Consent>,
}

impl Change<'_> {
    /// Carries out what was agreed to, one consent for each server. Whether nobody cut the waiting short.
    pub(super) fn carry_out(
        &self,
        run: &mut Run,
        agreed: Vec<Consent>,
        pool: &mut Pool<Writer>,
        pace: &mut dyn Pace,
        on_event: &mut OnEvent<'_>,
    ) -> bool {
        let head = Run { servers: Vec::new(), ..run.clone() };
        let decided = run.servers.iter_mut().zip(agreed);
        let changing = decided.filter(|(_, consent)| !consent.decision().agreed.is_empty());
        let changing = changing.map(|(server, consent)| Changing { server, consent: Some(consent) });
        let mut changing = changing.collect::<Vec<_>>();
        if changing.len() > 1 {
            on_event(Event::Several(changing.len()));
        }
        let mut failed = 0;
        let mut waited = true;
        let mut rest = &mut changing[..];
        for size in self.rollout.batches.of(rest.len()) {
            let (batch, after) = rest.split_at_mut(size);
            rest = after;
            self.begin(batch, &head, failed, pool, on_event);
            if let Some(staying) = self.staying {
                waited &= self.settle(batch, staying, pool, pace, on_event);
            }
            if self.is_last {
                batch.iter().for_each(|it| on_event(Event::Done(it.server)));
            }
            failed += batch.iter().filter(|it| Exit::is_failure(it.server, &head)).count();
        }
        waited
    }

    /// Changes the servers of a batch side by side, as long as no more than so many have failed.
    fn begin(
        &self,
        batch: &mut [Changing<'_>],
        head: &Run,
        failed: usize,
        pool: &mut Pool<Writer>,
        on_event: &mut OnEvent<'_>,
    ) {
        let failed = AtomicUsize::new(failed);
        let change = |it: &mut &mut Changing<'_>, writer: &mut Writer, on_event: &mut dyn FnMut(Event<'_>)| {
            let Some(consent) = it.consent.take() else { return };
            if self.interrupt.count() > 0 {
                self.leave(it.server, &NotSent::Interrupted);
                return;
            }
            if failed.load(Ordering::SeqCst) > self.rollout.max_failed {
                self.leave(it.server, &NotSent::Stopped);
                return;
            }
            self.one(it.server, consent, writer, on_event);
            if Exit::is_failure(it.server, head) {
                failed.fetch_add(1, Ordering::SeqCst);
            }
        };
        pool.each(batch, |it| it.server.server(), &change, on_event);
    }

    fn one(&self, server: &mut ServerRun, consent: Consent, writer: &mut Writer, on_event: &mut dyn FnMut(Event<'_>)) {
        if self.interrupt.count() == 0
            && let Err(why) = writer.observer().open_on(&server.before, on_event)
        {
            on_event(Event::NotOpenedOn(server.server(), &why));
        }
        server.steps = writer.apply(consent.into_steps(), self.journal, on_event);
        let is_sent = |step: &StepOutcome| step.outcome != Outcome::NotSent(NotSent::Interrupted);
        if server.steps.iter().any(is_sent) {
            // Whoever stopped the run still wants to know what it has done.
            self.interrupt.acknowledge();
            writer.observer().go_through(self.is_for_several);
            look_again(server, None, writer.observer(), self.journal, on_event);
            writer.observer().go_through(false);
        }
        if self.investigates && self.interrupt.count() == 0 {
            investigate(server, writer.observer(), on_event);
        }
    }

    /// Does not begin a server.
    fn leave(&self, server: &mut ServerRun, why: &NotSent) {
        let name = server.server().clone();
        for step in &mut server.steps {
            step.outcome = Outcome::NotSent(why.clone());
            self.journal.outcome(&name, step);
        }
    }

    /// Waits until the clients of a batch are served, and asks its monitors. Whether nobody cut it short.
    fn settle(
        &self,
        batch: &mut [Changing<'_>],
        staying: &Staying,
        pool: &mut Pool<Writer>,
        pace: &mut dyn Pace,
        on_event: &mut OnEvent<'_>,
    ) -> bool {
        let mut servers = batch.iter_mut().map(|it| &mut *it.server).filter(|it| it.was_changed()).collect::<Vec<_>>();
        if servers.is_empty() || self.interrupt.count() > 0 {
            return true;
        }
        pace.begin();
        let waited = wait::wait(&mut servers, staying, pace, pool, self.journal, on_event);
        pace.end();
        let met = servers.iter().filter(|server| !server.clients.is_empty());
        met.for_each(|server| self.journal.clients(server.server(), &server.clients));
        if self.interrupt.count() == 0 {
            let ask = |server: &mut &mut ServerRun, writer: &mut Writer, on_event: &mut dyn FnMut(Event<'_>)| {
                monitors::ask(server, writer.observer(), self.journal, on_event);
            };
            pool.each(servers, |server| server.server(), &ask, on_event);
        }
        waited
    }
}
