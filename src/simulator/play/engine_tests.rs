//! The loop over buffers: requests in, frames out.

use std::fs;
use std::path::Path;

use serde_json::{Value, json};

use super::*;
use crate::simulator::resolve;

const NONCE: &str = "00112233445566778899aabbccddeeff";

/// What came of one session.
struct Talk {
    ending: Ending,
    /// Ids and bodies, the greeting first.
    frames: Vec<(u64, Value)>,
}

impl Talk {
    /// The last answer: the data, or `error` with category and type.
    fn last(&self) -> Value {
        let body = self.frames.last().map(|(_, body)| body.clone()).unwrap_or_default();
        if body["kind"] == "error" { json!({"error": body["error"]["category"]}) } else { body["data"].clone() }
    }
}

/// Plays a scenario (a name or a path) against these calls, with ids from 1.
fn talk(scenario: &str, capabilities: Capabilities, calls: &[Value]) -> Talk {
    let source = resolve(Some(scenario)).expect("a scenario");
    let args = EngineArgs { nonce: NONCE.to_owned(), capabilities, source };
    let mut input = String::new();
    for (index, call) in calls.iter().enumerate() {
        input += &format!("{}\n", json!({"id": index + 1, "op": call["op"], "args": call["args"]}));
    }
    let mut stdout = Vec::new();
    let ending = serve(&args, input.as_bytes(), &mut stdout, io::sink());
    let text = String::from_utf8(stdout).expect("ASCII");
    Talk { ending, frames: text.lines().filter_map(frame_in).collect() }
}

fn frame_in(line: &str) -> Option<(u64, Value)> {
    let (_, rest) = line.split_once(&format!("@RL1 {NONCE} "))?;
    let (id, body) = rest.trim_end().split_once(' ')?;
    let bytes = STANDARD.decode(body).ok()?;
    Some((id.parse().ok()?, serde_json::from_slice(&bytes).ok()?))
}

fn connect() -> Value {
    json!({"op": "connect", "args": {"connection": "ems"}})
}

fn get(component: &str) -> Value {
    json!({"op": "get-component-state", "args": {"server": "EX01", "component": component}})
}

fn set(component: &str, requester: &str) -> Value {
    let args = json!({"server": "EX01", "component": component, "requester": requester, "state": "Active"});
    json!({"op": "set-component-state", "args": args})
}

fn about(op: &str) -> Value {
    json!({"op": op, "args": {"server": "EX01"}})
}

/// A file with the fault of KB 3025138 on PopProxy, and these faults of the shell.
fn file(folder: &Path, faults: Value) -> String {
    let entries = json!([{"requester": "HealthApi", "state": "Inactive", "timestamp": "2026-03-14T02:31:52Z"}]);
    let scenario = json!({
        "scenario": "relight/scenario/1.0", "now": "2026-03-14T02:47:10Z", "faults": faults,
        "servers": [{"name": "EX01", "components": {"PopProxy": {"local": entries}}}, {"name": "EX02"}],
    });
    let path = folder.join("scenario.json");
    fs::write(&path, scenario.to_string()).expect("written");
    path.display().to_string()
}

/// The last answer to these calls (after `connect`) under these faults.
fn under(faults: Value, calls: &[Value]) -> Talk {
    let folder = tempfile::tempdir().expect("a folder");
    let calls = [&[connect()], calls].concat();
    talk(&file(folder.path(), faults), Capabilities::Change, &calls)
}

#[test]
fn the_fault_of_the_article_is_seen_mended_and_confirmed() {
    let calls =
        [connect(), about("get-exchange-server"), get("popproxy"), set("PopProxy", "HealthApi"), get("PopProxy")];
    let talk = talk("kb-3025138", Capabilities::Change, &calls);
    assert_eq!(talk.ending, Ending::Finished);
    assert_eq!(talk.frames.iter().map(|(id, _)| *id).collect::<Vec<_>>(), [0, 1, 1, 2, 3, 4, 5]);
    let bodies = talk.frames.iter().map(|(_, body)| body).collect::<Vec<_>>();
    assert_eq!((&bodies[0]["kind"], &bodies[0]["is64"]), (&json!("hello"), &json!(true)));
    assert_eq!(bodies[1]["kind"], "progress");
    assert_eq!(bodies[2]["data"]["computer"], "EX01");
    assert_eq!(bodies[3]["data"]["version"], "Version 15.1 (Build 2507.6)");
    let seen = |n: usize| (bodies[n]["data"]["at"].clone(), bodies[n]["data"]["objects"][0].clone());
    assert_eq!(
        seen(4),
        (
            json!("2026-03-14T02:47:13.0000000Z"),
            json!({
                "server": "EX01.contoso.local", "component": "PopProxy",
                "state": "Inactive", "serverWideOffline": false,
                "local": [{"requester": "HealthApi", "state": "Inactive", "timestamp": "2026-03-14T02:31:52.6789707Z"}],
                "remote": [],
            })
        )
    );
    assert_eq!(bodies[5], &json!({"kind": "result", "data": {}}));
    let (at, after) = seen(6);
    assert_eq!((at, &after["state"]), (json!("2026-03-14T02:47:15.0920000Z"), &json!("Active")));
    assert_eq!(after["remote"][0]["timestamp"], "2026-03-14T02:47:14.0000000Z");
    assert_eq!(after["local"][0]["timestamp"], "2026-03-14T02:47:14.0920000Z");
}

#[test]
fn a_file_keeps_a_change_and_the_time_for_the_next_run() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = file(folder.path(), json!([]));
    let first = talk(&path, Capabilities::Change, &[connect(), set("PopProxy", "HealthApi")]);
    assert_eq!(first.last(), json!({}));
    let again = talk(&path, Capabilities::Look, &[connect(), get("PopProxy")]).last();
    assert_eq!(again["objects"][0]["state"], "Active");
    assert_eq!(again["at"], "2026-03-14T02:47:14.0920000Z");
}

#[test]
fn a_run_that_may_only_look_has_no_means_to_change() {
    let folder = tempfile::tempdir().expect("a folder");
    let meanwhile =
        json!([{"meanwhile": {"component": "ImapProxy", "read": 1, "requester": "Maintenance", "state": "Inactive"}}]);
    let path = file(folder.path(), meanwhile);
    let before = fs::read(&path).expect("the file");
    for capabilities in [Capabilities::Look, Capabilities::Checkup] {
        let talk = talk(&path, capabilities, &[connect(), get("ImapProxy"), set("PopProxy", "HealthApi")]);
        assert_eq!(talk.last(), json!({"error": "OperationStopped"}));
        assert_eq!(talk.frames[talk.frames.len() - 2].1["data"]["objects"][0]["state"], "Inactive");
        assert_eq!(fs::read(&path).expect("the file"), before, "{capabilities:?}");
    }
}

#[test]
fn only_a_run_that_was_asked_to_stops_a_service_and_the_file_keeps_it() {
    for (capabilities, server, expected) in [
        (Capabilities::Look, "EX01", json!({"error": "OperationStopped"})),
        (Capabilities::Change, "EX01", json!({"error": "OperationStopped"})),
        (Capabilities::Stop, "EX01", json!({"state": "Stopped"})),
        // The machine that the shell runs on.
        (Capabilities::Stop, "localhost", json!({"state": "Stopped"})),
    ] {
        let stop = json!({"op": "stop-service", "args": {"server": server, "service": "MSExchangePop3"}});
        let folder = tempfile::tempdir().expect("a folder");
        let path = file(folder.path(), json!([]));
        assert_eq!(talk(&path, capabilities, &[connect(), stop.clone()]).last(), expected, "{capabilities:?}");
        let kept = fs::read_to_string(&path).expect("the file");
        assert_eq!(kept.contains("Stopped"), capabilities == Capabilities::Stop, "{capabilities:?}");
    }
}

#[test]
fn a_change_that_cannot_be_kept_has_not_happened() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = file(folder.path(), json!([]));
    let mut permissions = fs::metadata(&path).expect("there").permissions();
    permissions.set_readonly(true);
    fs::set_permissions(&path, permissions).expect("set");
    let talk = talk(&path, Capabilities::Change, &[connect(), set("PopProxy", "HealthApi"), get("PopProxy")]);
    let refused = &talk.frames[talk.frames.len() - 2].1["error"];
    assert_eq!(refused["category"], "WriteError");
    assert!(refused["message"].as_str().is_some_and(|said| said.contains("read-only")), "{refused}");
    assert_eq!(talk.last()["objects"][0]["state"], "Inactive");
}

#[test]
fn the_greeting_tells_what_the_engine_can_be() {
    for (fault, field, value, calls_answered) in [
        (json!({"constrained-language": {}}), "languageMode", json!("ConstrainedLanguage"), false),
        (json!({"32-bit": {}}), "is64", json!(false), true),
    ] {
        let talk = under(json!([fault]), &[]);
        assert_eq!((&talk.frames[0].1[field], talk.frames.len() > 1), (&value, calls_answered));
    }
}

#[test]
fn what_is_no_request_is_answered_with_an_error() {
    let talk = talk(
        "healthy",
        Capabilities::Change,
        &[json!({"op": "format-disk", "args": {}}), json!({"op": "connect"}), get("PopProxy")],
    );
    let categories = talk.frames.iter().map(|(id, body)| (*id, body["error"]["category"].clone())).collect::<Vec<_>>();
    assert_eq!(
        categories[1..],
        [(1, json!("OperationStopped")), (2, json!("InvalidArgument")), (3, json!("ObjectNotFound"))]
    );
}

#[path = "fault_tests.rs"]
mod faults;
