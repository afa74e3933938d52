//! What each fault looks like from the other end of the pipe.

use std::fs;

use serde_json::{Value, json};

use super::*;

#[test]
fn each_fault_of_a_call_shows_in_its_answer() {
    let (looked, wrote) = ([get("PopProxy")], [set("PopProxy", "HealthApi")]);
    let write_and_look = [set("PopProxy", "HealthApi"), get("PopProxy")];
    for (fault, calls, pointer, expected) in [
        (json!({"failed-load": {}}), &[][..], "/error", json!("OperationStopped")),
        (json!({"prompt-on-load": {}}), &[], "/error", json!("InvalidOperation")),
        (json!({"failed-load": {}}), &looked[..], "/error", json!("ObjectNotFound")),
        (json!({"slow-load": {"milliseconds": 1}}), &[], "/computer", json!("EX01")),
        (json!({"missing-cmdlet": {"cmdlet": "set-servercomponentstate"}}), &[], "/cmdlets/2", Value::Null),
        (
            json!({"missing-cmdlet": {"cmdlet": "Set-ServerComponentState"}}),
            &wrote[..],
            "/error",
            json!("ObjectNotFound"),
        ),
        (json!({"access-denied": {}}), &[], "/error", json!("OpenError")),
        (
            json!({"access-denied": {"when": {"op": "get-component-state"}}}),
            &looked[..],
            "/error",
            json!("PermissionDenied"),
        ),
        (
            json!({"access-denied": {"when": {"requester": "HealthApi"}}}),
            &wrote[..],
            "/error",
            json!("PermissionDenied"),
        ),
        (
            json!({"access-denied": {"when": {"requester": "HealthApi"}}}),
            &looked[..],
            "/objects/0/state",
            json!("Inactive"),
        ),
        (
            json!({"refused": {"when": {"op": "set-component-state"}}}),
            &write_and_look,
            "/objects/0/state",
            json!("Inactive"),
        ),
        (json!({"refused": {"category": "WriteError"}}), &[], "/error", json!("WriteError")),
        (json!({"unreadable-registry": {}}), &looked[..], "/objects/0/local", Value::Null),
        (json!({"unreadable-registry": {}}), &looked[..], "/objects/0/state", json!("Active")),
        (
            json!({"unreadable-registry": {"when": {"nth": 2}}}),
            &looked[..],
            "/objects/0/local/0/state",
            json!("Inactive"),
        ),
        (json!({"lost-registry-write": {}}), &write_and_look, "/objects/0/local/0/state", json!("Inactive")),
        (json!({"lost-registry-write": {}}), &write_and_look, "/objects/0/remote/0/state", json!("Active")),
        (json!({"lost-directory-write": {}}), &write_and_look, "/objects/0/local/0/state", json!("Active")),
        (json!({"lost-directory-write": {}}), &write_and_look, "/objects/0/remote", json!([])),
        (json!({"server-down": {"server": "EX01.contoso.local"}}), &looked[..], "/error", json!("ResourceUnavailable")),
        (json!({"server-down": {"server": "EX01"}}), &write_and_look, "/error", json!("ResourceUnavailable")),
        (json!({"server-down": {"server": "EX01"}}), &[about("get-exchange-server")], "/name", json!("EX01")),
        (json!({"server-down": {"server": "EX01"}}), &[about("get-setup-process")], "/error", json!("ConnectionError")),
        (json!({"malformed-objects": {"kind": "no-properties"}}), &looked[..], "/objects/0/component", Value::Null),
        (json!({"malformed-objects": {"kind": "no-objects"}}), &looked[..], "/objects", json!([])),
        (
            json!({"wrong-server": {"answers": "EX02.contoso.local"}}),
            &looked[..],
            "/objects/0/server",
            json!("EX02.contoso.local"),
        ),
    ] {
        let last = under(json!([fault]), calls).last();
        assert_eq!(last.pointer(pointer).cloned().unwrap_or_default(), expected, "{fault}: {last}");
    }
}

#[test]
fn others_act_when_their_time_has_come() {
    let (read, write) = (get("PopProxy"), set("PopProxy", "healthapi"));
    for (fault, reads_before, reads_after) in [
        (json!({"flips-back": {"component": "PopProxy", "requester": "HealthApi", "afterReads": 0}}), "I", "II"),
        (json!({"flips-back": {"component": "PopProxy", "requester": "HealthApi", "afterReads": 2}}), "I", "AAII"),
        (json!({"flips-back": {"component": "PopProxy", "requester": "HealthApi", "afterSeconds": 3}}), "I", "AAI"),
        (
            json!({"flips-back": {"server": "EX02", "component": "PopProxy",
                "requester": "HealthApi", "afterReads": 0}}),
            "I",
            "A",
        ),
        (
            json!({"meanwhile": {"component": "PopProxy", "read": 2, "requester": "Maintenance", "state": "Inactive"}}),
            "I",
            "I",
        ),
        (
            json!({"meanwhile": {"component": "PopProxy", "read": 2, "requester": "HealthApi", "state": "Active"}}),
            "IA",
            "A",
        ),
        (
            json!({"meanwhile": {"component": "ImapProxy", "read": 1, "requester": "HealthApi", "state": "Inactive"}}),
            "I",
            "A",
        ),
    ] {
        let calls =
            [vec![read.clone(); reads_before.len()], vec![write.clone()], vec![read.clone(); reads_after.len()]];
        let talk = under(json!([fault]), &calls.concat());
        let states = talk.frames.iter().filter_map(|(_, body)| body["data"]["objects"][0]["state"].as_str()?.get(..1));
        assert_eq!(states.collect::<String>(), format!("{reads_before}{reads_after}"), "{fault}");
    }
}

#[test]
fn the_shell_can_be_lost_at_any_point_before_or_after_the_change() {
    for op in ["hello", "connect", "get-component-state", "set-component-state"] {
        for (fault, ending) in [("crash", Ending::Crashed), ("hang", Ending::Hung), ("early-end", Ending::Finished)] {
            for effect in ["before", "after"] {
                if fault == "early-end" && effect == "after" {
                    continue;
                }
                let about = if fault == "early-end" {
                    json!({"when": {"op": op}})
                } else {
                    json!({"effect": effect, "when": {"op": op}})
                };
                let folder = tempfile::tempdir().expect("a folder");
                let path = file(folder.path(), json!([{fault: about}]));
                let calls = [connect(), get("PopProxy"), set("PopProxy", "HealthApi")];
                let lost = talk(&path, Capabilities::Change, &calls);
                let answered = lost.frames.iter().filter(|(_, body)| body["kind"] != "progress").count();
                let expected =
                    ["hello", "connect", "get-component-state", "set-component-state"].iter().position(|it| *it == op);
                assert_eq!((lost.ending, Some(answered)), (ending, expected), "{op} {fault} {effect}");
                let kept = fs::read_to_string(&path).expect("the file").contains("\"Active\"");
                assert_eq!(kept, op == "set-component-state" && effect == "after", "{op} {fault} {effect}");
            }
        }
    }
}
