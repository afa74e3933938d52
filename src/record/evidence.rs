//! Why Managed Availability took a component down, in the document.

use jiff::tz::TimeZone;

use crate::domain::{Clue, Evidence, ServerReport};
use crate::screens;
use crate::screens::Show;

use super::document::{ClueDocument, EvidenceDocument, TakedownDocument};

pub fn evidence(report: &ServerReport) -> Vec<EvidenceDocument> {
    report.evidence.iter().map(|one| document(report, one)).collect()
}

fn document(report: &ServerReport, evidence: &Evidence) -> EvidenceDocument {
    let snapshot = &report.before;
    let show = Show { width: usize::MAX, whole_commands: true, tz: TimeZone::UTC, verbose: false };
    let clue = |clue: &Clue| ClueDocument { kind: kind(clue), text: screens::clue(clue, snapshot, &show) };
    let takedown = |one: &crate::domain::Takedown| TakedownDocument {
        responder: one.responder.clone(),
        at_utc: one.at.map(|at| at.to_string()),
    };
    EvidenceDocument {
        component: evidence.component.to_string(),
        clues: evidence.clues(snapshot.taken).iter().map(clue).collect(),
        unhealthy: evidence.unhealthy.clone().ok(),
        certificate_name: evidence.settings.as_ref().ok().map(|it| it.certificate_name.clone()),
        plain_bindings: evidence.settings.as_ref().ok().map(|it| it.plain_bindings.clone()),
        tls_bindings: evidence.settings.as_ref().ok().map(|it| it.tls_bindings.clone()),
        takedowns: evidence.takedowns.as_ref().ok().map(|all| all.iter().map(takedown).collect()),
        unread: evidence.unread().into_iter().map(str::to_owned).collect(),
    }
}

fn kind(clue: &Clue) -> &'static str {
    match clue {
        Clue::NoCertificateName => "noCertificateName",
        Clue::NoSuchCertificate(_) => "noSuchCertificate",
        Clue::CertificateExpired(..) => "certificateExpired",
        Clue::LoopbackMissing(_) => "loopbackMissing",
        Clue::Unhealthy(_) => "unhealthy",
        Clue::TakenDown(_) => "takenDown",
    }
}
