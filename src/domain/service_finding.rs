//! What is to be said of the services of a server, beside what its components are.

use super::{Diagnosis, Service, ServiceSnapshot, ServiceState, Services, StartType};

/// One thing to say about the services of a server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ServiceFinding {
    /// It should run and does not.
    Stopped(Service),
    /// It is disabled while its component is Inactive: setting that Active alone serves nobody.
    Disabled(Service),
    /// This front end runs, and its back end does not: clients get a banner and cannot log in.
    WithoutBackEnd(Service),
    /// This half is Stopped and Manual, while the other half of its protocol is in use.
    LeftOut(Service),
    /// Nobody ever enabled the protocol of this front or back end: normal, and no fault.
    NeverEnabled(Service),
}

impl ServiceFinding {
    /// Whether it is a deviation from what somebody set up.
    pub fn is_fault(self) -> bool {
        match self {
            Self::Stopped(_) | Self::Disabled(_) | Self::WithoutBackEnd(_) | Self::LeftOut(_) => true,
            Self::NeverEnabled(_) => false,
        }
    }

    /// The service it is about.
    pub fn service(self) -> Service {
        match self {
            Self::Stopped(service)
            | Self::Disabled(service)
            | Self::WithoutBackEnd(service)
            | Self::LeftOut(service)
            | Self::NeverEnabled(service) => service,
        }
    }
}

/// What is to be said of the services of the components that were looked at: at most one thing of each service, and of
/// a protocol that nobody enabled one thing altogether.
pub fn service_findings(services: &Services, diagnoses: &[Diagnosis]) -> Vec<ServiceFinding> {
    let Services::Read(all) = services else { return Vec::new() };
    let asked = |seen: &&ServiceSnapshot| {
        let component = seen.service.component();
        diagnoses.iter().any(|diagnosis| diagnosis.component == component)
    };
    let mut findings = Vec::new();
    for seen in all.iter().filter(asked) {
        let finding = finding(seen, services.of(seen.service.other_half()), is_inactive(seen.service, diagnoses));
        if let Some(finding) = finding
            && !findings.iter().any(|other| is_said_by(*other, finding))
        {
            findings.push(finding);
        }
    }
    findings
}

fn finding(seen: &ServiceSnapshot, other: Option<&ServiceSnapshot>, is_inactive: bool) -> Option<ServiceFinding> {
    let service = seen.service;
    let never = |half: &ServiceSnapshot| half.state == ServiceState::Stopped && half.start == StartType::Manual;
    match (&seen.state, &seen.start) {
        (ServiceState::Running, _) => {
            let alone = other.is_some_and(|other| other.state == ServiceState::Stopped);
            (service.is_front_end() && alone).then_some(ServiceFinding::WithoutBackEnd(service))
        }
        // Said of the front end already.
        (ServiceState::Stopped, _) if !service.is_front_end() && other.is_some_and(runs) => None,
        (ServiceState::Stopped, StartType::Automatic) => Some(ServiceFinding::Stopped(service)),
        (ServiceState::Stopped, StartType::Disabled) => is_inactive.then_some(ServiceFinding::Disabled(service)),
        (ServiceState::Stopped, StartType::Manual) => Some(match other {
            Some(other) if !never(other) && other.start != StartType::Disabled => ServiceFinding::LeftOut(service),
            Some(_) | None => ServiceFinding::NeverEnabled(service),
        }),
        (ServiceState::Stopped, StartType::Other(_)) | (ServiceState::Other(_), _) => None,
    }
}

fn runs(seen: &ServiceSnapshot) -> bool {
    seen.state == ServiceState::Running
}

fn is_inactive(service: Service, diagnoses: &[Diagnosis]) -> bool {
    let inactive = |diagnosis: &&Diagnosis| diagnosis.is_inactive();
    diagnoses.iter().filter(inactive).any(|diagnosis| diagnosis.component == service.component())
}

/// Whether a finding has been said by an earlier one: a protocol is never enabled once, not once for each half.
fn is_said_by(earlier: ServiceFinding, finding: ServiceFinding) -> bool {
    match (earlier, finding) {
        (ServiceFinding::NeverEnabled(one), ServiceFinding::NeverEnabled(other)) => one.other_half() == other,
        _ => false,
    }
}
