//! Why Managed Availability probably took a component down: what its monitors say, what is set, and what it wrote down.
//! Asked only where HealthApi set a component Inactive. All of it is optional; what could not be read is a text in its place.

use jiff::Timestamp;

use super::probe::{Protocol, covers};
use super::{BindingDeadlock, Component, Diagnosis, KnownRequester, ProtocolSettings, each_once};

/// What was read, or why it could not be.
pub type Asked<T> = Result<T, String>;

/// What was found out about one component.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Evidence {
    /// The component that HealthApi set Inactive.
    pub component: Component,
    /// The monitors of its health sets that are not healthy.
    pub unhealthy: Asked<Vec<String>>,
    /// The settings of its protocol.
    pub settings: Asked<ProtocolSettings>,
    /// The certificates that Exchange has there.
    pub certificates: Asked<Vec<CertificateSeen>>,
    /// When it was taken offline of late, the last first.
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

/// One time that Managed Availability took a component offline.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Takedown {
    /// The responder that did it.
    pub responder: Option<String>,
    /// When, UTC.
    pub at: Option<Timestamp>,
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
    /// These monitors are not healthy.
    Unhealthy(Vec<String>),
    /// It was taken offline.
    TakenDown(Takedown),
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
        match &self.unhealthy {
            Ok(monitors) if !monitors.is_empty() => clues.push(Clue::Unhealthy(monitors.clone())),
            Ok(_) | Err(_) => {}
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
            self.unhealthy.as_ref().err(),
            self.settings.as_ref().err(),
            self.certificates.as_ref().err(),
            self.takedowns.as_ref().err(),
        ];
        each_once(all.into_iter().flatten().map(String::as_str))
    }
}
