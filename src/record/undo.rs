//! An undo as a document: `relight/undo/1.0`, described in docs/schema/.

use serde_json::{Value, json};

use crate::domain::{AgainstStop, Consent, StepOutcome, UndoReport, UndoServer, UndoVerdictKind, Why};
use crate::screens::kit::cmdlet::Cmdlet;

use super::document::Exit;
use super::names;
use super::past::text;

pub(super) const SCHEMA: &str = "relight/undo/1.0";

/// An undo.
///
/// # Errors
/// When serialising fails, which no report is known to bring about.
pub fn undo(report: &UndoReport, exit: Exit) -> Result<String, serde_json::Error> {
    let consent = match report.consent {
        Consent::DryRun => "dryRun",
        Consent::Unconfirmed => "unconfirmed",
        Consent::Declined => "declined",
        Consent::Asked => "asked",
        Consent::Yes => "yes",
        Consent::Resumed => "resumed",
    };
    text(&json!({
        "schema": SCHEMA,
        "undoes": report.undoes.as_str(),
        "simulated": report.simulated,
        "consent": consent,
        "interrupted": report.interrupted,
        "exitCode": exit.code,
        "exit": exit.name,
        "servers": report.servers.iter().map(undone).collect::<Vec<_>>(),
        "error": null,
    }))
}

fn undone(server: &UndoServer) -> Value {
    let name = &server.present.server;
    let put_backs = server.plan.put_backs.iter().map(|one| {
        json!({
            "component": one.hold.component.as_str(),
            "requester": one.hold.requester.as_str(),
            "to": one.hold.state.name(),
            "command": Cmdlet::put_back(name, &one.hold).to_string(),
            "darkens": one.darkens.iter().map(|component| component.as_str()).collect::<Vec<_>>(),
        })
    });
    let skipped = server.plan.skipped.iter().map(|one| {
        let why = match one.why {
            Why::NotSent => "notSent",
            Why::NotKnown => "notKnown",
            Why::NeverLifted => "neverLifted",
            Why::NotSeen => "notSeen",
            Why::ChangedSince => "changedSince",
            Why::OwnConsent => "ownConsent",
        };
        json!({
            "component": one.hold.component.as_str(),
            "requester": one.hold.requester.as_str(),
            "why": why,
        })
    });
    let verdicts = server.verdicts.iter().map(|one| {
        let verdict = match one.kind {
            UndoVerdictKind::PutBack => "putBack",
            UndoVerdictKind::NotPutBack(_) => "notPutBack",
            UndoVerdictKind::Unknown => "unknown",
        };
        json!({
            "component": one.component.as_str(),
            "requester": one.requester.as_str(),
            "verdict": verdict,
        })
    });
    let started = server.plan.started.iter().map(|one| {
        json!({
            "service": one.service.name(),
            "command": Cmdlet::stop(name, one.service).to_string(),
            "why": one.against.map(why_kept),
        })
    });
    let stops = server.stops.iter().map(|step| {
        let verdict = server.stop_verdicts.iter().find(|verdict| verdict.service == step.service);
        json!({
            "service": step.service.name(),
            "command": Cmdlet::stop(&step.server, step.service).to_string(),
            "outcome": names::outcome(&step.outcome),
            "sent": step.outcome.was_sent(),
            "stopped": verdict.and_then(|verdict| verdict.stopped),
        })
    });
    json!({
        "server": name.as_str(),
        "started": started.collect::<Vec<_>>(),
        "putBacks": put_backs.collect::<Vec<_>>(),
        "skipped": skipped.collect::<Vec<_>>(),
        "stops": stops.collect::<Vec<_>>(),
        "steps": server.outcomes.iter().map(done).collect::<Vec<_>>(),
        "verdicts": verdicts.collect::<Vec<_>>(),
    })
}

fn done(step: &StepOutcome) -> Value {
    json!({
        "component": step.hold.component.as_str(),
        "requester": step.hold.requester.as_str(),
        "command": Cmdlet::step(step.action, &step.server, &step.hold).to_string(),
        "outcome": names::outcome(&step.outcome),
        "sent": step.outcome.was_sent(),
    })
}

fn why_kept(against: AgainstStop) -> &'static str {
    match against {
        AgainstStop::NotAsked => "notAsked",
        AgainstStop::Declined => "declined",
        AgainstStop::FrontEndStays => "frontEndStays",
        AgainstStop::RanBefore => "ranBefore",
        AgainstStop::NotKnown => "notKnown",
        AgainstStop::NeverStarted => "neverStarted",
        AgainstStop::ChangedSince => "changedSince",
        AgainstStop::NotRunning => "notRunning",
        AgainstStop::NotSeen => "notSeen",
    }
}
