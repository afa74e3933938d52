//! The only two things that relight can do to a server, each with its opposite.

use super::{InactiveEntry, Service, ServiceState, StartType, State, Stores, Subject};

/// One change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// Sets what a requester wants of a component (`Set-ServerComponentState`).
    SetState {
        /// The entry as it stood before relight set it Active.
        entry: InactiveEntry,
        /// Active, or in an undo the state that the entry had.
        to: State,
        /// Where that is recorded: in both stores, or in the registry alone (`-LocalOnly`).
        stores: Stores,
    },
    /// Starts or stops a Windows service. Its startup type stays as it is.
    SetService {
        /// The service.
        service: Service,
        /// Its startup type, which must not have changed meanwhile.
        startup: StartType,
        /// Running or Stopped.
        to: ServiceState,
    },
}

impl Change {
    /// Sets an inactive entry Active.
    pub fn set_active(entry: InactiveEntry) -> Self {
        Self::SetState { entry, to: State::Active, stores: Stores::Both }
    }

    /// What puts it back. An entry that stood in the registry alone is put back there alone: Active Directory never had one
    /// that is not Active.
    pub fn opposite(&self) -> Self {
        match self {
            Self::SetState { entry, to, .. } if *to != State::Active => Self::set_active(entry.clone()),
            Self::SetState { entry, .. } => {
                let alone = entry.stores == Stores::Local && entry.component.has_registry_alone();
                let stores = if alone { Stores::Local } else { Stores::Both };
                Self::SetState { entry: entry.clone(), to: entry.state.clone(), stores }
            }
            Self::SetService { service, startup, to } => {
                let to = if *to == ServiceState::Running { ServiceState::Stopped } else { ServiceState::Running };
                Self::SetService { service: *service, startup: startup.clone(), to }
            }
        }
    }

    /// What it is about. No two changes of one run on one server have the same.
    pub fn subject(&self) -> Subject {
        match self {
            Self::SetState { entry, .. } => Subject::Entry(entry.component.clone(), entry.requester.clone()),
            Self::SetService { service, .. } => Subject::Service(*service),
        }
    }

    /// The entry that is set; `None`: it is about a service.
    pub fn entry(&self) -> Option<&InactiveEntry> {
        match self {
            Self::SetState { entry, .. } => Some(entry),
            Self::SetService { .. } => None,
        }
    }

    /// The service that is started or stopped; `None`: it is about an entry.
    pub fn service(&self) -> Option<Service> {
        match self {
            Self::SetState { .. } => None,
            Self::SetService { service, .. } => Some(*service),
        }
    }

    /// The state that it brings about, as Exchange or Windows names it.
    pub fn target(&self) -> &str {
        match self {
            Self::SetState { to, .. } => to.name(),
            Self::SetService { to, .. } => to.name(),
        }
    }

    /// Whether it is about ServerWideOffline, and so about the whole server.
    pub fn is_server_wide(&self) -> bool {
        self.entry().is_some_and(|entry| entry.component.is_server_wide_offline())
    }

    /// Whether it brings something back, rather than putting it back as it was.
    pub fn brings_back(&self) -> bool {
        match self {
            Self::SetState { to, .. } => *to == State::Active,
            Self::SetService { to, .. } => *to == ServiceState::Running,
        }
    }

    /// Where it stands among others: the component, ServerWideOffline, then of each protocol the back end and the front end;
    /// what puts back, in the opposite order. Ending maintenance comes after a component's own entries, because it is in
    /// vain where one of those could not be set.
    pub(super) fn rank(&self) -> i8 {
        let rank = match self {
            Self::SetState { entry, .. } if entry.component.is_server_wide_offline() => 1,
            Self::SetState { .. } => 0,
            Self::SetService { service, .. } => match service {
                Service::PopBackEnd => 2,
                Service::PopFrontEnd => 3,
                Service::ImapBackEnd => 4,
                Service::ImapFrontEnd => 5,
            },
        };
        if self.brings_back() { rank } else { -rank }
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::super::{Component, EntryTime, Requester};
    use super::*;

    fn all() -> Vec<Change> {
        let entry = |component: &str| InactiveEntry {
            component: Component::new(component),
            requester: Requester::new("Maintenance"),
            state: State::Draining,
            since: EntryTime::Utc(Timestamp::UNIX_EPOCH),
            stores: Stores::Both,
        };
        let service = |service, to| Change::SetService { service, startup: StartType::Manual, to };
        vec![
            Change::set_active(entry("PopProxy")),
            Change::set_active(entry("ServerWideOffline")),
            service(Service::PopBackEnd, ServiceState::Running),
            service(Service::PopFrontEnd, ServiceState::Running),
            service(Service::ImapBackEnd, ServiceState::Running),
            service(Service::ImapFrontEnd, ServiceState::Running),
        ]
    }

    #[test]
    fn the_opposite_of_the_opposite_is_the_change() {
        for change in all() {
            assert_ne!(change.opposite(), change);
            assert_eq!(change.opposite().opposite(), change);
            assert_eq!(change.opposite().subject(), change.subject());
        }
    }

    #[test]
    fn what_stood_in_the_registry_alone_is_put_back_there_alone() {
        for (component, stood, written) in [
            ("PopProxy", Stores::Local, Stores::Local),
            ("PopProxy", Stores::Remote, Stores::Both),
            ("PopProxy", Stores::Both, Stores::Both),
            ("ServerWideOffline", Stores::Local, Stores::Local),
            ("Monitoring", Stores::Local, Stores::Both),
            ("recoveryactionsenabled", Stores::Local, Stores::Both),
        ] {
            let entry = InactiveEntry {
                component: Component::new(component),
                requester: Requester::new("HealthApi"),
                state: State::Inactive,
                since: EntryTime::Utc(Timestamp::UNIX_EPOCH),
                stores: stood,
            };
            let set = Change::set_active(entry);
            let of = |change: &Change| match change {
                Change::SetState { stores, .. } => *stores,
                Change::SetService { .. } => panic!("an entry"),
            };
            assert_eq!((of(&set), of(&set.opposite())), (Stores::Both, written), "{component} in {stood:?}");
        }
    }

    #[test]
    fn what_is_put_back_goes_in_the_opposite_order() {
        let mut back = all().iter().map(Change::opposite).collect::<Vec<_>>();
        assert!(all().is_sorted_by_key(Change::rank));
        back.sort_by_key(Change::rank);
        assert_eq!(back.iter().map(Change::opposite).rev().collect::<Vec<_>>(), all());
    }
}
