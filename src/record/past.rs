//! Runs of the past as documents: `relight/history/1.0`, described in docs/schema/.

use serde_json::{Value, json};

use crate::domain::{
    Brief, EntryTime, PastOutcome, PastRun, PastServer, PastService, PastStep, ServerSnapshot, ServiceSnapshot,
    Services, StoreReading,
};
use crate::screens::kit::cmdlet::Cmdlet;

use super::document::Exit;
use super::names;
use super::whole::ascii;

const HISTORY: &str = "relight/history/1.0";

/// The list.
///
/// # Errors
/// When serialising fails, which no list is known to bring about.
pub fn history(runs: &[Brief], total: usize) -> Result<String, serde_json::Error> {
    text(&json!({
        "schema": HISTORY,
        "total": total,
        "runs": runs.iter().map(brief).collect::<Vec<_>>(),
        "run": null,
        "error": null,
    }))
}

/// One run.
///
/// # Errors
/// As [`history`].
pub fn past_run(run: &PastRun, live: bool) -> Result<String, serde_json::Error> {
    text(&json!({ "schema": HISTORY, "total": 1, "runs": [], "run": one(run, live), "error": null }))
}

/// There is nothing to show: why.
///
/// # Errors
/// As [`history`].
pub fn past_failure(undo: bool, exit: Exit, message: &str, hints: &[String]) -> Result<String, serde_json::Error> {
    let error = json!({ "message": message, "hints": hints });
    if undo {
        return text(&json!({
            "schema": super::undo::SCHEMA, "undoes": null, "simulated": null, "consent": null, "interrupted": false,
            "exitCode": exit.code, "exit": exit.name, "servers": [], "error": error,
        }));
    }
    text(&json!({ "schema": HISTORY, "total": 0, "runs": [], "run": null, "error": error }))
}

pub(super) fn text(value: &Value) -> Result<String, serde_json::Error> {
    Ok(ascii(&serde_json::to_string_pretty(value)?))
}

fn brief(run: &Brief) -> Value {
    json!({
        "run": run.id.as_str(),
        "begunUtc": run.begun.to_string(),
        "command": run.command,
        "user": run.user,
        "simulated": run.simulated,
        "state": state(run.exit.is_some(), run.is_live),
        "exitCode": run.exit.as_ref().map(|(code, _)| code),
        "exit": run.exit.as_ref().map(|(_, name)| name),
        "changes": run.sent,
        "services": run.services,
        "verified": run.verified,
    })
}

fn state(ended: bool, live: bool) -> &'static str {
    match (ended, live) {
        (true, _) => "ended",
        (false, true) => "goingOn",
        (false, false) => "interrupted",
    }
}

fn one(run: &PastRun, live: bool) -> Value {
    json!({
        "run": run.id.as_str(),
        "begunUtc": run.begun.to_string(),
        "command": run.command,
        "arguments": run.arguments,
        "version": run.version,
        "user": run.who.user,
        "elevated": run.who.elevated,
        "host": run.who.host,
        "interactive": run.who.interactive,
        "simulated": run.simulated,
        "undoes": run.undoes.as_ref().map(|id| id.as_str()),
        "state": state(run.ended.is_some(), live),
        "endedUtc": run.ended.as_ref().map(|ended| ended.at.to_string()),
        "resumed": run.ended.as_ref().is_some_and(|ended| ended.resumed),
        "exitCode": run.ended.as_ref().map(|ended| ended.code),
        "exit": run.ended.as_ref().map(|ended| ended.name.as_str()),
        "mayHaveChanged": run.may_have_changed(),
        "verified": run.is_verified(),
        "illegibleLines": run.illegible,
        "servers": run.servers.iter().map(server).collect::<Vec<_>>(),
    })
}

fn server(server: &PastServer) -> Value {
    let verdicts = server.verdicts.iter().map(|verdict| {
        json!({
            "component": verdict.component.as_str(),
            "requester": verdict.requester.as_ref().map(|requester| requester.as_str()),
            "verdict": verdict.verdict,
        })
    });
    let name = &server.before.server;
    json!({
        "server": name.as_str(),
        "before": look(&server.before),
        "steps": server.steps.iter().map(|one| step(server, one)).collect::<Vec<_>>(),
        "starts": server.starts.iter().map(|one| past_service(one, Cmdlet::start(name, one.service))).collect::<Vec<_>>(),
        "stops": server.stops.iter().map(|one| past_service(one, Cmdlet::stop(name, one.service))).collect::<Vec<_>>(),
        "after": server.after.as_ref().map(look),
        "verdicts": verdicts.collect::<Vec<_>>(),
    })
}

fn step(server: &PastServer, step: &PastStep) -> Value {
    json!({
        "component": step.hold.component.as_str(),
        "requester": step.hold.requester.as_str(),
        "from": step.hold.state.name(),
        "since": time(&step.hold.since),
        "to": step.action.target(&step.hold).name(),
        "command": Cmdlet::step(step.action, &server.before.server, &step.hold).to_string(),
        "outcome": past_outcome(&step.outcome),
        "mayHaveChanged": step.outcome.may_have_changed(),
    })
}

fn past_outcome(outcome: &PastOutcome) -> &'static str {
    match outcome {
        PastOutcome::NotBegun => "notBegun",
        PastOutcome::Open => "open",
        PastOutcome::Ended(outcome) => names::outcome(outcome),
    }
}

fn past_service(step: &PastService, command: Cmdlet) -> Value {
    json!({
        "service": step.service.name(),
        "command": command.to_string(),
        "outcome": past_outcome(&step.outcome),
        "mayHaveChanged": step.outcome.may_have_changed(),
    })
}

fn time(time: &EntryTime) -> String {
    match time {
        EntryTime::Utc(at) => at.to_string(),
        EntryTime::Text(text) => text.clone(),
    }
}

fn look(seen: &ServerSnapshot) -> Value {
    let components = seen.components.iter().map(|component| {
        json!({
            "component": component.component.as_str(),
            "state": component.state.name(),
            "local": store(&component.local),
            "remote": store(&component.remote),
        })
    });
    let services = match &seen.services {
        Services::NotAsked | Services::Unreadable(_) => None,
        Services::Read(all) => Some(all.iter().map(service).collect::<Vec<_>>()),
    };
    json!({
        "takenUtc": seen.taken.to_string(),
        "components": components.collect::<Vec<_>>(),
        "services": services,
    })
}

fn service(seen: &ServiceSnapshot) -> Value {
    json!({ "service": seen.service.name(), "state": seen.state.name(), "startType": seen.start.name() })
}

fn store(reading: &StoreReading) -> Value {
    match reading {
        StoreReading::Unreadable => Value::Null,
        StoreReading::Read { entries, .. } => entries
            .iter()
            .map(|entry| {
                json!({
                    "requester": entry.requester.as_str(),
                    "state": entry.state.name(),
                    "time": time(&entry.time),
                })
            })
            .collect(),
    }
}
