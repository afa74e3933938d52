//! Asking who recorded an entry: the admin audit log of the organisation, and the events of the server. Nothing here can fail
//! a run, as little as the evidence can.

use crate::domain::{Authors, ChangeLog, Diagnosis, Event, LoggedChange, Server, each_once};
use crate::shell::protocol::{Call, LoggedChangeItem, LoggedChangesAnswer};

use super::Observer;

impl Observer {
    /// Who recorded the inactive entries of a server that a person or a script made.
    pub fn authors(
        &mut self,
        server: &Server,
        diagnoses: &[Diagnosis],
        on_event: &mut dyn FnMut(Event<'_>),
    ) -> Authors {
        let entries = Authors::wanted(diagnoses);
        let spans = Authors::spans(&entries);
        if spans.is_empty() {
            return Authors::default();
        }
        self.turn_to(server);
        on_event(Event::Identifying(server));
        let (mut changes, mut unread) = (Vec::new(), Vec::new());
        for (from, to) in spans {
            let [since, until] = [from, to].map(|at| at.as_second().to_string());
            let events =
                Call::GetStateEvents { server: self.machine(server), since: since.clone(), until: until.clone() };
            // The search, which may take its time, comes last: it takes nothing with it.
            for call in [events, Call::GetAuditEntries { since, until }] {
                match self.ask::<LoggedChangesAnswer>(&call, on_event) {
                    Ok(answer) => changes.extend(answer.changes.into_iter().filter_map(change)),
                    Err(why) => unread.push(why),
                }
            }
        }
        Authors { found: Authors::of(&entries, server, &changes), unread: each_once(unread) }
    }
}

/// Without a time it belongs to no entry.
fn change(item: LoggedChangeItem) -> Option<LoggedChange> {
    Some(LoggedChange {
        log: item.event.map_or(ChangeLog::AdminAudit, ChangeLog::Application),
        account: item.account,
        at: item.at.as_deref()?.parse().ok()?,
        values: item.values,
    })
}
