//! What could be done, what was decided, and what stands in the way.

use serde::{Deserialize, Serialize};

use crate::domain::{self, Component, Requester, ServerSnapshot, Service, State, Store};

use super::change::{Agreed, Change, InactiveEntry, Subject, read_all, texts};
use super::text::Text;

/// Something about a component's entries that is not known.
#[derive(Debug, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Gap {
    /// unreadable: the store could not be read. illegible: so many of its items are text that says nothing. contested: the
    /// requester's entries disagree, and which is newer is not known. contradiction: the entries add up to this state, and
    /// Exchange reports another.
    pub kind: GapKind,
    /// The store; null: it is about no store.
    pub store: Option<Text<Store>>,
    /// How many items; null: it is not about items.
    pub count: Option<usize>,
    /// The requester; null: it is about none.
    pub requester: Option<Text<Requester>>,
    /// The state that the entries add up to; null: it is not about that.
    pub state: Option<Text<State>>,
}

#[derive(Debug, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(inline))]
#[serde(rename_all = "camelCase")]
pub enum GapKind {
    Unreadable,
    Illegible,
    Contested,
    Contradiction,
}

/// One thing that stands in the way of changes.
#[derive(Debug, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Obstacle {
    /// What kind of thing.
    #[cfg_attr(test, schemars(extend("enum" = obstacle_names())))]
    pub kind: String,
    /// The entry that it is about; null: it is about none.
    pub entry: Option<InactiveEntry>,
    /// The service that it is about; null: it is about none.
    pub service: Option<Text<Service>>,
    /// The component that it is about as a whole; null: it is about none.
    pub component: Option<Text<Component>>,
    /// What of the component is not known.
    pub gaps: Vec<Gap>,
    /// The change that was declined; null: none was.
    pub change: Option<Change>,
    /// Why it could not be told whether setup runs, as it came; null: it is not about that.
    pub message: Option<String>,
}

/// What was decided on a server.
#[derive(Debug, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Decision {
    /// The changes that were confirmed, in the order in which they are carried out.
    pub agreed: Vec<Agreed>,
    /// What is left alone, and why.
    pub left: Vec<Left>,
}

/// A proposal that is left alone entirely.
#[derive(Debug, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Left {
    /// The components whose clients it was for.
    pub components: Vec<Text<Component>>,
    /// Its changes.
    pub changes: Vec<Change>,
    /// Everything that stands in the way.
    pub obstacles: Vec<Obstacle>,
}

/// The changes that together mend one thing. Worked out, so it is in documents only.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Proposal {
    /// The components whose clients it is for.
    pub components: Vec<Text<Component>>,
    /// The changes, in order. None: nothing that relight could do is known.
    pub changes: Vec<ProposedChange>,
    /// What has to be confirmed as well, or this makes no sense; null: nothing.
    pub needs: Option<Subject>,
    /// Whether --yes would carry it out, with the options of this run.
    pub with_yes: bool,
    /// What rules it out, whatever the admin says.
    pub obstacles: Vec<Obstacle>,
    /// What an option, or an answer, would take out of the way.
    pub objections: Vec<Obstacle>,
}

/// A change that is proposed.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct ProposedChange {
    #[serde(flatten)]
    pub change: Change,
    /// The command that makes it, as it would be typed; null where Exchange would refuse the requester.
    pub command: Option<String>,
}

impl From<&domain::Gap> for Gap {
    fn from(gap: &domain::Gap) -> Self {
        let of = |kind| Self { kind, store: None, count: None, requester: None, state: None };
        match gap {
            domain::Gap::Unreadable(store) => Self { store: Some(store.into()), ..of(GapKind::Unreadable) },
            domain::Gap::Opaque(store, count) => {
                Self { store: Some(store.into()), count: Some(*count), ..of(GapKind::Illegible) }
            }
            domain::Gap::Contested(requester) => Self { requester: Some(requester.into()), ..of(GapKind::Contested) },
            domain::Gap::Contradiction(state) => Self { state: Some(state.into()), ..of(GapKind::Contradiction) },
        }
    }
}

impl Gap {
    pub fn read(self) -> Option<domain::Gap> {
        Some(match self.kind {
            GapKind::Unreadable => domain::Gap::Unreadable(self.store?.0),
            GapKind::Illegible => domain::Gap::Opaque(self.store?.0, self.count?),
            GapKind::Contested => domain::Gap::Contested(self.requester?.0),
            GapKind::Contradiction => domain::Gap::Contradiction(self.state?.0),
        })
    }
}

pub fn read_gaps(gaps: Vec<Gap>) -> Option<Vec<domain::Gap>> {
    gaps.into_iter().map(Gap::read).collect()
}

impl From<&domain::Obstacle> for Obstacle {
    fn from(obstacle: &domain::Obstacle) -> Self {
        use domain::Obstacle as O;
        let mut record = Self {
            kind: obstacle.name().to_owned(),
            entry: obstacle.entry().map(InactiveEntry::from),
            service: None,
            component: None,
            gaps: Vec::new(),
            change: None,
            message: None,
        };
        match obstacle {
            O::ServiceManual(service)
            | O::ServiceNotAllowed(service)
            | O::StopNotAsked(service)
            | O::ServiceDisabled(service)
            | O::FrontEndStays(service) => record.service = Some(service.into()),
            O::Declined(change) | O::NotAnswered(change) => {
                record.service = change.service().map(Text);
                record.change = Some(change.into());
            }
            O::SetupUnknown(_, why) => record.message = Some(why.clone()),
            O::NothingToSet(component) => record.component = Some(component.into()),
            O::Unknowable(component, gaps) => {
                record.component = Some(component.into());
                record.gaps = gaps.iter().map(Gap::from).collect();
            }
            O::RequesterNotAllowed(_)
            | O::OwnConsent(_)
            | O::UnknownRequester(_)
            | O::SetupRunning(_)
            | O::NeverSent
            | O::LeftUnknown
            | O::NeverTookEffect
            | O::NotSeen
            | O::ChangedSince
            | O::RanBefore
            | O::NotRunning => {}
        }
        record
    }
}

impl Obstacle {
    pub fn read(self) -> Option<domain::Obstacle> {
        let name = self.kind.clone();
        self.every().into_iter().flatten().find(|obstacle| obstacle.name() == name)
    }

    /// Every obstacle that there may be, of the kinds that can be made of this.
    fn every(self) -> [Option<domain::Obstacle>; 21] {
        use domain::Obstacle as O;
        let inactive = self.entry.and_then(InactiveEntry::read);
        let entry = || inactive.clone();
        let service = self.service.map(|service| service.0);
        let named = self.component.map(|component| component.0);
        let component = || named.clone();
        let change = self.change.and_then(Change::read);
        [
            entry().map(O::RequesterNotAllowed),
            entry().map(O::OwnConsent),
            service.map(O::ServiceManual),
            service.map(O::ServiceNotAllowed),
            service.map(O::StopNotAsked),
            change.clone().map(O::Declined),
            change.map(O::NotAnswered),
            entry().map(O::UnknownRequester),
            entry().map(O::SetupRunning),
            entry().map(|entry| O::SetupUnknown(entry, self.message.unwrap_or_default())),
            component().map(O::NothingToSet),
            component().zip(read_gaps(self.gaps)).map(|(component, gaps)| O::Unknowable(component, gaps)),
            service.map(O::ServiceDisabled),
            Some(O::NeverSent),
            Some(O::LeftUnknown),
            Some(O::NeverTookEffect),
            Some(O::NotSeen),
            Some(O::ChangedSince),
            Some(O::RanBefore),
            Some(O::NotRunning),
            service.map(O::FrontEndStays),
        ]
    }
}

/// The kinds that an obstacle may be of.
#[cfg(test)]
fn obstacle_names() -> Vec<&'static str> {
    let change = domain::Change::set_active(super::change::an_entry());
    let all = Obstacle {
        service: Some(Text(Service::PopFrontEnd)),
        component: Some(Text(Component::server_wide_offline())),
        ..Obstacle::from(&domain::Obstacle::Declined(change))
    };
    all.every().iter().flatten().map(domain::Obstacle::name).collect()
}

pub fn obstacles(obstacles: &[domain::Obstacle]) -> Vec<Obstacle> {
    obstacles.iter().map(Obstacle::from).collect()
}

impl From<&domain::Decision> for Decision {
    fn from(decision: &domain::Decision) -> Self {
        Self {
            agreed: decision.agreed.iter().map(Agreed::from).collect(),
            left: decision.left.iter().map(Left::from).collect(),
        }
    }
}

impl Decision {
    pub fn read(self) -> Option<domain::Decision> {
        Some(domain::Decision {
            agreed: self.agreed.into_iter().map(Agreed::read).collect::<Option<_>>()?,
            left: self.left.into_iter().map(Left::read).collect::<Option<_>>()?,
        })
    }
}

impl From<&domain::Left> for Left {
    fn from(left: &domain::Left) -> Self {
        Self {
            components: texts(&left.components),
            changes: left.changes.iter().map(Change::from).collect(),
            obstacles: obstacles(&left.obstacles),
        }
    }
}

impl Left {
    fn read(self) -> Option<domain::Left> {
        Some(domain::Left {
            components: read_all(self.components),
            changes: self.changes.into_iter().map(Change::read).collect::<Option<_>>()?,
            obstacles: self.obstacles.into_iter().map(Obstacle::read).collect::<Option<_>>()?,
        })
    }
}

impl Proposal {
    pub fn of(seen: &ServerSnapshot, proposal: &domain::Proposal) -> Self {
        let change = |change: &domain::Change| ProposedChange {
            change: change.into(),
            command: change
                .entry()
                .is_none_or(|entry| entry.requester.known().is_some())
                .then(|| domain::Cmdlet::change(seen, change).to_string()),
        };
        Self {
            components: texts(&proposal.components),
            changes: proposal.changes.iter().map(change).collect(),
            needs: proposal.needs.as_ref().map(Subject::from),
            with_yes: proposal.is_allowed(),
            obstacles: obstacles(&proposal.obstacles),
            objections: obstacles(&proposal.objections),
        }
    }
}
