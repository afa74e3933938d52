//! Changes, what was confirmed, and what became of it.

use serde::{Deserialize, Serialize};

use crate::domain::{
    self, Component, EntryTime, Requester, ServiceState, StartType, State, Store, Stores, TroubleKind,
};

use super::look::{Time, Trouble};
use super::text::Text;

/// A requester's entry that decides and is not Active.
#[derive(Debug, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct InactiveEntry {
    /// The component, spelled as it was read.
    pub component: Text<Component>,
    /// On whose behalf, spelled as it was read.
    pub requester: Text<Requester>,
    /// The recorded state.
    pub state: Text<State>,
    #[serde(flatten)]
    pub time: Time,
    /// The stores that say so.
    pub stores: Vec<Text<Store>>,
}

/// What a change or a verdict is about.
#[derive(Debug, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Subject {
    /// The component; null: it is about a service.
    pub component: Option<Text<Component>>,
    /// The requester whose entries of the component it is about; null: it is about the whole component, or a service.
    pub requester: Option<Text<Requester>>,
    /// The Windows service; null: it is about a component.
    pub service: Option<Text<domain::Service>>,
}

/// One change. Of an entry: its requester is set. Of a service: it is started or stopped.
#[derive(Debug, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Change {
    #[serde(flatten)]
    pub subject: Subject,
    /// The state that the entry had before relight set it Active; null: it is about a service.
    pub state: Option<Text<State>>,
    #[serde(flatten)]
    pub time: Time,
    /// The stores that said so; null: it is about a service.
    pub stores: Option<Vec<Text<Store>>>,
    /// The stores that it is written to: both, or the registry alone (-LocalOnly); null: it is about a service.
    pub writes: Option<Vec<Text<Store>>>,
    /// What starts the service, which stays as it is; null: it is about an entry.
    pub startup_type: Option<Text<StartType>>,
    /// The state that the entry is set to, or that the service is to be in: Running or Stopped.
    pub to: String,
}

/// A change that was confirmed, by a person or by --yes.
#[derive(Debug, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Agreed {
    #[serde(flatten)]
    pub change: Change,
    /// The components whose clients it is for.
    pub components: Vec<Text<Component>>,
}

/// What became of a change.
#[derive(Debug, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Outcome {
    /// What became of it. open: the intent is on the disk, and nothing more is known.
    #[cfg_attr(test, schemars(extend("enum" = outcome_names())))]
    pub outcome: String,
    /// What went wrong, where that is known.
    pub trouble: Option<Trouble>,
}

/// A change that was confirmed, and what became of it.
#[derive(Debug, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Step {
    #[serde(flatten)]
    pub agreed: Agreed,
    #[serde(flatten)]
    pub outcome: Outcome,
}

pub fn texts<T: Clone>(all: &[T]) -> Vec<Text<T>> {
    all.iter().map(Text::from).collect()
}

pub fn read_all<T>(all: Vec<Text<T>>) -> Vec<T> {
    all.into_iter().map(|text| text.0).collect()
}

pub fn stores(stores: Stores) -> Vec<Text<Store>> {
    match stores {
        Stores::Local => vec![Text(Store::Local)],
        Stores::Remote => vec![Text(Store::Remote)],
        Stores::Both => vec![Text(Store::Local), Text(Store::Remote)],
    }
}

fn read_stores(names: &[Text<Store>]) -> Option<Stores> {
    match names {
        [Text(Store::Local)] => Some(Stores::Local),
        [Text(Store::Remote)] => Some(Stores::Remote),
        [Text(Store::Local), Text(Store::Remote)] => Some(Stores::Both),
        _ => None,
    }
}

impl From<&domain::InactiveEntry> for InactiveEntry {
    fn from(entry: &domain::InactiveEntry) -> Self {
        Self {
            component: (&entry.component).into(),
            requester: (&entry.requester).into(),
            state: (&entry.state).into(),
            time: (&entry.since).into(),
            stores: stores(entry.stores),
        }
    }
}

impl InactiveEntry {
    pub fn read(self) -> Option<domain::InactiveEntry> {
        let stores = read_stores(&self.stores)?;
        inactive(self.component.0, self.requester.0, self.state.0, self.time.read()?, stores)
    }
}

/// `None`: an entry that is Active.
fn inactive(
    component: Component,
    requester: Requester,
    state: State,
    since: EntryTime,
    stores: Stores,
) -> Option<domain::InactiveEntry> {
    (state != State::Active).then_some(domain::InactiveEntry { component, requester, state, since, stores })
}

impl From<&domain::Subject> for Subject {
    fn from(subject: &domain::Subject) -> Self {
        let (component, requester, service) = match subject {
            domain::Subject::Component(component) => (Some(component.into()), None, None),
            domain::Subject::Entry(component, requester) => (Some(component.into()), Some(requester.into()), None),
            domain::Subject::Service(service) => (None, None, Some(service.into())),
        };
        Self { component, requester, service }
    }
}

impl Subject {
    pub fn read(self) -> Option<domain::Subject> {
        match (self.component, self.requester, self.service) {
            (Some(component), None, None) => Some(domain::Subject::Component(component.0)),
            (Some(component), Some(requester), None) => Some(domain::Subject::Entry(component.0, requester.0)),
            (None, None, Some(service)) => Some(domain::Subject::Service(service.0)),
            _ => None,
        }
    }
}

impl From<&domain::Change> for Change {
    fn from(change: &domain::Change) -> Self {
        let (subject, to) = ((&change.subject()).into(), change.target().to_owned());
        match change {
            domain::Change::SetState { entry, stores: writes, .. } => Self {
                subject,
                state: Some((&entry.state).into()),
                time: (&entry.since).into(),
                stores: Some(stores(entry.stores)),
                writes: Some(stores(*writes)),
                startup_type: None,
                to,
            },
            domain::Change::SetService { startup, .. } => Self {
                subject,
                state: None,
                time: Time::default(),
                stores: None,
                writes: None,
                startup_type: Some(startup.into()),
                to,
            },
        }
    }
}

impl Change {
    /// `None` too where it is a change that relight cannot make.
    pub fn read(self) -> Option<domain::Change> {
        match self.subject.read()? {
            domain::Subject::Component(_) => None,
            domain::Subject::Entry(component, requester) => {
                let stores = read_stores(&self.stores?)?;
                let entry = inactive(component, requester, self.state?.0, self.time.read()?, stores)?;
                let to = State::parse(&self.to);
                let stores = self.writes.map_or(Some(Stores::Both), |names| read_stores(&names))?;
                let change = domain::Change::SetState { entry, to, stores };
                // Only what relight could have planned: an entry set Active, or put back.
                (change == change.opposite().opposite()).then_some(change)
            }
            domain::Subject::Service(service) => {
                let to = ServiceState::parse(&self.to);
                let startup = self.startup_type?.0;
                matches!(to, ServiceState::Running | ServiceState::Stopped).then_some(domain::Change::SetService {
                    service,
                    startup,
                    to,
                })
            }
        }
    }
}

/// Of an entry: of a component that relight looks after, of a requester that `Set-ServerComponentState` accepts, and of a
/// state that it can be put back to.
fn can_be_agreed_to(change: &domain::Change) -> bool {
    match change {
        domain::Change::SetState { entry, .. } => {
            entry.component.is_looked_after()
                && entry.requester.known().is_some()
                && matches!(entry.state, State::Inactive | State::Draining)
        }
        domain::Change::SetService { .. } => true,
    }
}

impl From<&domain::Agreed> for Agreed {
    fn from(agreed: &domain::Agreed) -> Self {
        Self { change: (&agreed.change).into(), components: texts(&agreed.components) }
    }
}

impl Agreed {
    /// `None` too where nobody could have confirmed it: what stands in a journal is believed no more than what is typed.
    pub fn read(self) -> Option<domain::Agreed> {
        let components = read_all(self.components);
        let change = self.change.read().filter(can_be_agreed_to)?;
        components.iter().all(Component::is_looked_after).then_some(domain::Agreed { change, components })
    }
}

impl From<&domain::Outcome> for Outcome {
    fn from(outcome: &domain::Outcome) -> Self {
        Self { outcome: outcome.name().to_owned(), trouble: outcome.trouble().map(Trouble::from) }
    }
}

impl Outcome {
    pub fn read(self) -> Option<domain::Outcome> {
        domain::Outcome::parse(&self.outcome, self.trouble.map_or_else(no_trouble, Trouble::read))
    }
}

/// In the place of one that is not there.
fn no_trouble() -> domain::Trouble {
    domain::Trouble { kind: TroubleKind::Refused, component: None, message: String::new() }
}

/// The names that an outcome may have.
#[cfg(test)]
fn outcome_names() -> Vec<&'static str> {
    domain::Outcome::every(no_trouble()).iter().map(domain::Outcome::name).collect()
}

impl From<&domain::StepOutcome> for Step {
    fn from(step: &domain::StepOutcome) -> Self {
        let agreed = Agreed { change: (&step.change).into(), components: texts(&step.components) };
        Self { agreed, outcome: (&step.outcome).into() }
    }
}

/// Any entry.
#[cfg(test)]
pub fn an_entry() -> domain::InactiveEntry {
    domain::InactiveEntry {
        component: domain::Component::server_wide_offline(),
        requester: domain::Requester::new(domain::KnownRequester::HealthApi.name()),
        state: State::Inactive,
        since: domain::EntryTime::Text(String::new()),
        stores: domain::Stores::Both,
    }
}
