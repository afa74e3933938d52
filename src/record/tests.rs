//! Documents against their schemas and against what they are about, and the schemas against documents that must not pass.

use std::io;

use serde_json::{Value, json};

use crate::domain::{Brief, Briefs, Run, RunId, Sums};

use super::samples::{at, obstacles, outcomes, probed, reasons, runs};
use super::{Exit, change, failure, history, history_failure, past_run, plan, probe, run, verdict};

const RUN: &str = include_str!("../../docs/schema/run-1.0.json");
const HISTORY: &str = include_str!("../../docs/schema/history-1.0.json");
const PROBE: &str = include_str!("../../docs/schema/probe-1.0.json");
const JOURNAL: &str = include_str!("../../docs/schema/journal-1.0.json");
const EXIT: Exit = Exit { code: 0, name: "fine" };

pub fn validator(schema: &str) -> jsonschema::Validator {
    let schema: Value = serde_json::from_str(schema).expect("the schema is JSON");
    jsonschema::meta::validate(&schema).expect("the schema is a schema");
    jsonschema::validator_for(&schema).expect("the schema compiles")
}

fn parsed(text: io::Result<String>) -> Value {
    let text = text.expect("a document");
    assert!(text.bytes().all(|byte| byte == b'\n' || (0x20..0x7f).contains(&byte)), "{text}");
    serde_json::from_str(&text).expect("JSON")
}

fn check(schema: &str, document: &Value) {
    let errors = validator(schema).iter_errors(document).map(|error| error.to_string()).collect::<Vec<_>>();
    assert!(errors.is_empty(), "{errors:#?}");
}

fn everything() -> Run {
    runs().remove(0)
}

fn document() -> Value {
    parsed(run(&everything(), EXIT, |_| EXIT))
}

#[test]
fn every_document_is_valid_by_its_schema() {
    for value in runs() {
        check(RUN, &parsed(run(&value, EXIT, |_| EXIT)));
        check(RUN, &parsed(past_run(&value, true)));
        check(RUN, &parsed(failure(&value, EXIT, "no PowerShell", &["Name one.".to_owned()])));
    }
    check(HISTORY, &parsed(history_failure(EXIT, "no such run", &[])));
    check(PROBE, &parsed(probe(&probed(), EXIT)));
}

#[test]
fn a_run_says_what_was_seen_decided_and_done() {
    let document = document();
    let command = "Set-ServerComponentState -Identity EX01 -Component PopProxy -Requester HealthApi -State";
    for (place, fact) in [
        ("/command", json!("fix")),
        ("/agreedBy", json!("person")),
        ("/exitCode", json!(0)),
        ("/state", json!("ended")),
        ("/verified", json!(false)),
        ("/servers/0/product", json!("SE")),
        ("/servers/0/serverWideOffline", json!(true)),
        (
            "/servers/0/before/components/0/registry/entries/0",
            json!({
                "requester": "HealthApi", "state": "Inactive", "timestamp": "2026-03-14T02:31:52Z",
                "timestampText": null,
            }),
        ),
        ("/servers/0/before/components/1/activeDirectory", Value::Null),
        ("/servers/0/before/services/0/startupType", json!("Automatic")),
        ("/servers/0/findings/0/cause", json!("serverWideOffline")),
        (
            "/servers/0/findings/0/inactiveEntries/0",
            json!({
                "component": "PopProxy", "requester": "HealthApi", "state": "Inactive",
                "timestamp": "2026-03-14T02:31:52Z", "timestampText": null, "stores": ["registry", "activeDirectory"],
                "known": true, "ageSeconds": 900, "command": format!("{command} Active"),
                "undoCommand": format!("{command} Inactive"),
            }),
        ),
        ("/servers/0/serviceFindings/0", json!({"kind": "stopped", "service": "MSExchangePop3", "fault": true})),
        ("/servers/0/plan/0/withYes", json!(false)),
        ("/servers/0/decision/left/0/obstacles/0/kind", json!("requesterNotAllowed")),
        ("/servers/0/steps/0/to", json!("Running")),
        ("/servers/0/steps/1/outcome", json!("open")),
        ("/servers/0/steps/1/sent", json!(true)),
        ("/servers/0/steps/3/trouble/kind", json!("deadline")),
        ("/servers/0/verdicts/1/verdict", json!("notConfirmed")),
        ("/servers/0/watchedSeconds", json!(120)),
        ("/servers/0/after/taken", json!("2026-03-14T02:49:40Z")),
        ("/servers/0/clients/0/ports/0/attempts/0/notes", json!(["loopback", "expired", "nameMismatch", "selfSigned"])),
    ] {
        assert_eq!(document.pointer(place), Some(&fact), "{place}");
    }
    let past = parsed(past_run(&everything(), false));
    assert_eq!([&past["exit"], &past["servers"][0]["exit"]], [&json!("some-left"), &Value::Null]);
    let evidence = parsed(run(&runs()[2], EXIT, |_| EXIT))["servers"][0]["evidence"].clone();
    assert_eq!(
        evidence[0]["likelyCauses"],
        json!(["certificateExpired", "bindingDeadlock", "unhealthy", "takenOffline"])
    );
    assert_eq!(evidence[1]["unread"], json!(["not recognized", "denied"]));
}

#[test]
fn a_list_says_how_each_run_stands() {
    let brief = |exit: Option<(u8, String)>, is_live| Brief {
        id: everything().id.expect("a name"),
        begun: at("02:46:50"),
        command: crate::domain::Command::Undo,
        agreed_by: crate::domain::AgreedBy::Yes,
        user: "ada".to_owned(),
        simulated: None,
        exit,
        is_live,
        undoes: None,
        sums: Sums { agreed: 2, sent: 2, services: 1, confirmed: 2, verified: true },
    };
    let runs = vec![brief(Some((0, "fine".to_owned())), false), brief(None, true), brief(None, false)];
    let list = parsed(history(&Briefs {
        runs,
        illegible: vec![RunId::parse("20260314-024710-122").expect("a name")],
        total: 7,
    }));
    check(HISTORY, &list);
    assert_eq!(list["total"], 7);
    assert_eq!([0, 1, 2].map(|at| &list["runs"][at]["state"]), ["ended", "goingOn", "interrupted"]);
}

#[test]
fn every_kind_leads_back_to_its_value() {
    for value in obstacles() {
        assert_eq!(plan::Obstacle::from(&value).read(), Some(value));
    }
    for value in reasons() {
        assert_eq!(verdict::Reason::from(&value).read(), Some(value));
    }
    for value in outcomes() {
        assert_eq!(change::Outcome::from(&value).read(), Some(value));
    }
}

#[test]
fn the_schemas_refuse_what_is_not_described() {
    type Spoil = fn(&mut Value);
    let spoils: [(&str, Spoil); 11] = [
        ("an unknown field", |doc| doc["servers"][0]["surprise"] = json!(1)),
        ("an unknown field far inside", |doc| doc["servers"][0]["findings"][0]["inactiveEntries"][0]["x"] = json!(1)),
        ("an unknown cause", |doc| doc["servers"][0]["findings"][0]["cause"] = json!("magic")),
        ("a time that is not UTC", |doc| doc["servers"][0]["before"]["taken"] = json!("14.03.2026 02:46")),
        ("an exit code that there is not", |doc| doc["exitCode"] = json!(99)),
        ("another schema", |doc| doc["schema"] = json!("relight/run/2.0")),
        ("a verdict that is none", |doc| doc["servers"][0]["verdicts"][0]["verdict"] = json!("fixed")),
        ("an outcome that is none", |doc| doc["servers"][0]["steps"][0]["outcome"] = json!("fixed")),
        ("an obstacle that is none", |doc| {
            doc["servers"][0]["decision"]["left"][0]["obstacles"][0]["kind"] = json!("fate");
        }),
        ("a port that is none", |doc| doc["servers"][0]["clients"][0]["ports"][0]["port"] = json!(0)),
        ("a missing field", |doc| {
            doc["servers"][0].as_object_mut().expect("an object").remove("fqdn");
        }),
    ];
    let validator = validator(RUN);
    for (what, spoil) in spoils {
        let mut spoiled = document();
        spoil(&mut spoiled);
        assert!(!validator.is_valid(&spoiled), "{what} passed");
    }
}

#[test]
fn every_field_of_the_schemas_is_described_and_every_object_closed() {
    [RUN, HISTORY, PROBE, JOURNAL].into_iter().for_each(is_described_and_closed);
}

/// Every field is described, every object is closed, and none of its fields may be left out.
pub fn is_described_and_closed(schema: &str) {
    walk("", &serde_json::from_str(schema).expect("JSON"));
}

fn walk(path: &str, value: &Value) {
    if let Some(properties) = value.get("properties").and_then(Value::as_object) {
        assert_eq!(value["additionalProperties"], json!(false), "{path}");
        assert_eq!(value["required"].as_array().map(Vec::len), Some(properties.len()), "{path}");
        for (name, property) in properties {
            let is_tag = name == "record" && property.get("const").is_some();
            assert!(is_tag || property.get("description").is_some(), "{path}.{name} lacks a description");
        }
    }
    for (name, inner) in value.as_object().into_iter().flatten() {
        walk(&format!("{path}/{name}"), inner);
    }
}

#[test]
fn a_line_of_a_journal_is_ascii_and_leads_back_to_its_text() {
    let text = "M\u{fc}ller \u{200b}\u{202e}\u{7f}\n\u{1f600}";
    let who = || super::line::Who { user: text.to_owned(), elevated: None, host: String::new(), interactive: false };
    let line =
        super::Line::Resumed(super::Resumed { at: super::Text(at("02:00:00")), version: String::new(), who: who() });
    let written = line.to_text().expect("JSON");
    assert!(written.bytes().all(|byte| byte == b'\n' || (b' '..0x7f).contains(&byte)), "{written}");
    assert_eq!(written.lines().count(), 1);
    match serde_json::from_str(&written).expect("a line") {
        super::Line::Resumed(read) => assert_eq!(read.who.user, text),
        other => panic!("{other:?}"),
    }
}
