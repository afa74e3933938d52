//! Why Managed Availability probably took a component down: what its monitors say, what is set, and what it wrote down.
//! Asked only where HealthApi set a component Inactive. All of it is optional; what could not be read is a text in its place.

use jiff::{SignedDuration, Timestamp};

use super::probe::{Protocol, covers};
use super::{
    Asked, BindingDeadlock, Block, Component, ComponentSnapshot, Diagnosis, Entry, KnownRequester, Monitors, Override,
    ProtocolSettings, ServerSnapshot, Service, StartType, State, WayBack, each_once,
};

/// What was found out about one component.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Evidence {
    /// The component that HealthApi set Inactive.
    pub component: Component,
    /// The monitors of its health sets.
    pub monitors: Asked<Monitors>,
    /// The settings of its protocol.
    pub settings: Asked<ProtocolSettings>,
    /// The certificates that Exchange has there.
    pub certificates: Asked<Vec<CertificateSeen>>,
    /// What Managed Availability needs to bring it back.
    pub way_back: WayBack,
    /// When it was tried of late to take it offline, the last first.
    pub takedowns: Asked<Vec<Takedown>>,
}

/// A certificate, as far as it matters here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CertificateSeen {
    /// The names it is for.
    pub names: Vec<String>,
    /// When it ends, UTC.
    pub not_after: Option<Timestamp>,
}

/// One time that Managed Availability tried to take a component offline. The event says no more than that: an attempt that
/// is refused is written down as well.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Takedown {
    /// The responder that tried.
    pub responder: Option<String>,
    /// When, UTC.
    pub at: Option<Timestamp>,
}

impl Takedown {
    /// Whether it did: the entry that HealthApi has of the component is of that minute.
    pub fn was_done(&self, component: &ComponentSnapshot) -> bool {
        let Some(at) = self.at else { return false };
        let near = |time: Timestamp| time.duration_since(at).abs() <= SignedDuration::from_mins(1);
        let entries = component.local.entries().iter().chain(component.remote.entries());
        let by_healthapi = |it: &&Entry| it.requester.known() == Some(KnownRequester::HealthApi);
        let taken = entries.filter(by_healthapi).filter(|entry| entry.state != State::Active);
        taken.filter_map(|entry| entry.time.utc()).any(near)
    }
}

/// Something that may well be the cause.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Clue {
    /// No certificate name is set.
    NoCertificateName,
    /// No certificate there is for the name that is set.
    NoSuchCertificate(String),
    /// The certificate for that name ended then.
    CertificateExpired(String, Timestamp),
    /// A specific address is the first SSL binding.
    BindingDeadlock(BindingDeadlock),
    /// These monitors alert.
    Unhealthy(Vec<String>),
    /// There is no monitor at all, which is no good news; with what Exchange warned of.
    NoMonitors(Vec<String>),
    /// It was tried to take it offline.
    TakenDown(Takedown),
}

impl Clue {
    /// Whether it may be the cause itself; else it is a sign of one.
    pub fn is_cause(&self) -> bool {
        match self {
            Self::NoCertificateName
            | Self::NoSuchCertificate(_)
            | Self::CertificateExpired(..)
            | Self::BindingDeadlock(_) => true,
            Self::Unhealthy(_) | Self::NoMonitors(_) | Self::TakenDown(_) => false,
        }
    }
}

impl Evidence {
    /// The components with an inactive entry of HealthApi.
    pub fn wanted(diagnoses: &[Diagnosis]) -> Vec<Component> {
        let by_healthapi = |diagnosis: &&Diagnosis| {
            Protocol::of(&diagnosis.component).is_some()
                && diagnosis.entries.iter().any(|it| it.requester.known() == Some(KnownRequester::HealthApi))
        };
        diagnoses.iter().filter(by_healthapi).map(|diagnosis| diagnosis.component.clone()).collect()
    }

    /// What may be the cause, the likeliest first. `taken`: the time of the look.
    pub fn clues(&self, taken: Timestamp) -> Vec<Clue> {
        let mut clues = Vec::new();
        if let Ok(settings) = &self.settings {
            clues.extend(self.certificate(&settings.certificate_name, taken));
            clues.extend(BindingDeadlock::of(&settings.tls_bindings).map(Clue::BindingDeadlock));
        }
        if let Ok(monitors) = &self.monitors {
            let alerting = monitors.alerting();
            if monitors.all.is_empty() {
                clues.push(Clue::NoMonitors(monitors.warnings.clone()));
            } else if !alerting.is_empty() {
                clues.push(Clue::Unhealthy(alerting.into_iter().map(str::to_owned).collect()));
            }
        }
        clues.extend(self.takedowns.iter().flatten().next().cloned().map(Clue::TakenDown));
        clues
    }

    fn certificate(&self, name: &str, taken: Timestamp) -> Option<Clue> {
        if name.trim().is_empty() {
            return Some(Clue::NoCertificateName);
        }
        let certificates = self.certificates.as_ref().ok()?;
        let is_for = |seen: &&CertificateSeen| seen.names.iter().any(|one| covers(one, name));
        let matching = certificates.iter().filter(is_for).collect::<Vec<_>>();
        if matching.is_empty() {
            return Some(Clue::NoSuchCertificate(name.to_owned()));
        }
        // One whose end is not known may be good.
        let ends = matching.iter().map(|seen| seen.not_after).collect::<Option<Vec<_>>>()?;
        let last = ends.into_iter().max()?;
        (last < taken).then(|| Clue::CertificateExpired(name.to_owned(), last))
    }

    /// Why something could not be read, each reason once.
    pub fn unread(&self) -> Vec<&str> {
        let all = [
            self.monitors.as_ref().err(),
            self.settings.as_ref().err(),
            self.certificates.as_ref().err(),
            self.takedowns.as_ref().err(),
            self.way_back.overrides.as_ref().err(),
            self.way_back.guards.as_ref().err(),
        ];
        each_once(all.into_iter().flatten().map(String::as_str))
    }
}

impl Evidence {
    /// Longer than a responder takes that finds all monitors Healthy.
    const BACK_BY_ITSELF: SignedDuration = SignedDuration::from_mins(10);

    /// How long HealthApi has kept the component Inactive, where that is so long that it should be back.
    pub fn overdue(&self, snapshot: &ServerSnapshot) -> Option<SignedDuration> {
        let seen = snapshot.component(&self.component)?;
        let entries = seen.local.entries().iter().chain(seen.remote.entries());
        let by_healthapi = entries.filter(|entry| entry.requester.known() == Some(KnownRequester::HealthApi));
        let newest = by_healthapi.filter_map(|entry| entry.time.utc()).max()?;
        let age = snapshot.taken.duration_since(newest);
        (age > Self::BACK_BY_ITSELF).then_some(age)
    }

    /// What blocks the way back, as far as it was found; empty where it is not overdue.
    pub fn blocks(&self, snapshot: &ServerSnapshot) -> Vec<Block> {
        let Some(protocol) = Protocol::of(&self.component).filter(|_| self.overdue(snapshot).is_some()) else {
            return Vec::new();
        };
        let mut blocks = Vec::new();
        let alerts = |name: &&str| name.eq_ignore_ascii_case(protocol.proxy_monitor());
        if self.monitors.iter().any(|monitors| monitors.alerting().iter().any(alerts)) {
            blocks.push(Block::ProbeFails(protocol.proxy_monitor()));
        }
        let bindings = self.settings.iter().filter_map(|settings| BindingDeadlock::of(&settings.tls_bindings));
        blocks.extend(bindings.map(Block::BindingDeadlock));
        blocks.extend(snapshot.idle_health_manager().cloned().map(Block::HealthManager));
        let front_end = Service::ALL.into_iter().find(|it| it.is_front_end() && it.component() == self.component);
        let start = front_end.and_then(|service| Some((service, snapshot.services.of(service)?.start.clone())));
        blocks.extend(
            start.filter(|(_, start)| *start != StartType::Automatic).map(|(it, start)| Block::FrontEnd(it, start)),
        );
        let of_set = |it: &&Override| {
            let (set, _) = it.identity.split_once('\\').unwrap_or((&it.identity, ""));
            set.eq_ignore_ascii_case(protocol.proxy_health_set())
        };
        blocks.extend(self.way_back.overrides.iter().flatten().filter(of_set).cloned().map(Block::Override));
        let guards = self.way_back.guards.iter().flatten();
        blocks.extend(guards.filter(|guard| guard.is_inactive()).cloned().map(Block::Guard));
        blocks
    }
}
