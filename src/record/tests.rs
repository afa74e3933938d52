//! The document of each report against its schema and against what the report is about, and the schema against documents
//! that must not pass. One document is kept whole: the one with most in it.

use serde_json::{Value, json};

use crate::screens::fixtures::reports;

use super::{Exit, failure, report};

const SCHEMA: &str = include_str!("../../docs/schema/report-1.0.json");

fn validator() -> jsonschema::Validator {
    let schema: Value = serde_json::from_str(SCHEMA).expect("the schema is JSON");
    jsonschema::meta::validate(&schema).expect("the schema is a schema");
    jsonschema::validator_for(&schema).expect("the schema compiles")
}

fn document(name: &str) -> String {
    let value = reports().into_iter().find(|(other, _)| *other == name).expect("a fixture").1;
    let exit = Exit { code: 10, name: "dark" };
    report(&value, exit, |_| exit).expect("a document")
}

fn parsed(name: &str) -> Value {
    serde_json::from_str(&document(name)).expect("JSON")
}

#[test]
fn every_report_is_valid_by_the_schema_and_has_the_facts_it_is_about() {
    let validator = validator();
    for (name, _) in reports() {
        let document = parsed(name);
        let errors = validator.iter_errors(&document).map(|error| error.to_string()).collect::<Vec<_>>();
        assert!(errors.is_empty(), "{name}: {errors:#?}");
        for (place, fact) in facts(name) {
            assert_eq!(document["servers"].pointer(place), Some(&fact), "{name} at {place}");
        }
    }
}

/// What is to stand where below `servers`.
fn facts(name: &str) -> Vec<(&'static str, Value)> {
    let step = |component: &str, outcome: &str, sent: bool, trouble: Value| {
        let command = |state: &str| {
            format!(
                "Set-ServerComponentState -Identity EX01 -Component {component} -Requester HealthApi -State {state}"
            )
        };
        json!({
            "component": component, "requester": "HealthApi", "lights": [component], "command": command("Active"),
            "undoCommand": command("Inactive"), "outcome": outcome, "sent": sent, "trouble": trouble,
        })
    };
    let verdict = |component: &str, verdict: &str, reasons: Value| json!({"component": component, "verdict": verdict, "reasons": reasons, "gaps": []});
    let why =
        |kind: &str| json!([{"kind": kind, "component": "PopProxy", "requester": "HealthApi", "state": "Inactive"}]);
    let lit = |component: &str| verdict(component, "lit", json!([]));
    match name {
        "healthy" => vec![("/0/components/0/finding", Value::Null), ("/0/plan", json!([])), ("/0/after", Value::Null)],
        "kb_check" => vec![
            ("/0/components/0/finding", json!("dark")),
            ("/0/components/0/cause", json!("held")),
            ("/0/components/0/holders/0/requester", json!("HealthApi")),
            ("/0/components/0/holders/0/stores", json!(["local", "remote"])),
            ("/0/components/0/holders/0/ageSeconds", json!(900)),
            ("/0/plan/0/withYes", json!(true)),
            ("/0/plan/1/holds/0/component", json!("ImapProxy")),
            ("/0/steps", json!([])),
        ],
        "kb_dry_run" | "simulated" => vec![("/0/plan/1/withYes", json!(true)), ("/0/steps", json!([]))],
        "kb_fixed" => vec![
            (
                "/0/steps",
                json!([step("PopProxy", "done", true, json!(null)), step("ImapProxy", "done", true, json!(null))]),
            ),
            ("/0/verdicts", json!([lit("PopProxy"), lit("ImapProxy")])),
            ("/0/after/takenUtc", json!("2026-03-14T02:47:40Z")),
            (
                "/0/after/components/1/entries/remote/entries/0",
                json!({
                    "requester": "HealthApi", "state": "Active", "timeUtc": "2026-03-14T02:47:31Z", "timeText": null,
                }),
            ),
        ],
        "several_holders" => vec![
            ("/0/setup", json!("running")),
            ("/0/components/0/holders/1/requester", json!("Maintenance")),
            ("/0/components/1/holders/0/stores", json!(["local"])),
            ("/0/components/1/stale/0/requester", json!("Maintenance")),
            ("/0/plan/0/flags", json!(["--requester HealthApi,Maintenance"])),
            ("/0/plan/1/obstacles/0/kind", json!("setupRunning")),
        ],
        "maintenance_check" => vec![
            ("/0/serverWideOffline", json!(true)),
            ("/0/components/0/cause", json!("serverWideOffline")),
            ("/0/components/1/holders", json!([])),
            ("/0/components/2/cause", json!("held")),
            ("/0/plan/0/withYes", json!(false)),
            ("/0/plan/0/flags", json!(["--requester HealthApi,Maintenance", "--include-server-wide-offline"])),
            ("/0/plan/0/objections/0/kind", json!("notAllowed")),
            ("/0/plan/0/objections/0/flag", json!("--requester")),
            (
                "/0/plan/0/objections/1",
                json!({
                    "kind": "serverWideOfflineLeftAlone", "component": "ServerWideOffline", "requester": "Maintenance",
                    "flag": "--include-server-wide-offline", "detail": null, "gaps": [],
                    "text": "Maintenance holds ServerWideOffline, which takes a consent of its own.",
                }),
            ),
            ("/0/plan/1/holds/0/component", json!("ServerWideOffline")),
        ],
        "maintenance_allowed" => vec![("/0/plan/0/withYes", json!(true)), ("/0/plan/0/objections", json!([]))],
        "gaps" => vec![
            ("/0/components/0/finding", json!("unproven")),
            (
                "/0/components/0/gaps/0",
                json!({
                    "kind": "unreadable", "store": "local", "count": null, "requester": null, "state": null,
                    "text": "the registry of the server could not be read (LocalStates is null), so Exchange tells the \
                             state from Active Directory alone",
                }),
            ),
            ("/0/components/0/entries/local", Value::Null),
            ("/0/components/0/entries/remote/entries", json!([])),
            ("/0/components/1/cause", json!("unknowable")),
            ("/0/components/1/gaps/0/kind", json!("illegible")),
            ("/0/components/1/gaps/0/count", json!(2)),
            ("/0/components/1/entries/local/illegible/1", json!("Microsoft.Exchange.Data.X")),
            ("/0/plan/0/obstacles/0/kind", json!("unknowable")),
            ("/0/plan/0/obstacles/0/gaps/0/kind", json!("illegible")),
            (
                "/0/troubles/0",
                json!({
                    "kind": "unreachable", "component": "ServerWideOffline",
                    "message": "The network path was not found.\u{1b}[2J",
                    "advice": "See that what the message names is up: the server, its Remote Registry service, a domain \
                               controller. Or run relight on that server.",
                }),
            ),
        ],
        "oddities" => vec![
            ("/0/components/0/finding", json!("draining")),
            ("/0/components/0/holders/0/state", json!("Draining")),
            ("/0/components/1/holders/0/known", json!(false)),
            // Data is not sanitised, only escaped.
            ("/0/components/1/holders/0/requester", json!("4\u{202e}")),
            ("/0/components/2/cause", json!("unexplained")),
            ("/0/plan/0/obstacles/0/kind", json!("unknownRequester")),
            ("/0/plan/1/obstacles/0/kind", json!("nothingToLift")),
        ],
        "lost_and_left" => vec![
            ("/0/verdicts", json!([verdict("PopProxy", "stillDark", why("registryWriteLost"))])),
            ("/0/left/0/component", json!("ImapProxy")),
            ("/0/left/0/obstacles/0/kind", json!("notAllowed")),
            ("/0/left/0/obstacles/0/text", json!("Maintenance holds it, and --requester does not name it.")),
            ("/0/left/0/flags", json!(["--requester Maintenance"])),
        ],
        "shell_lost" => {
            let trouble = json!({
                "kind": "deadline", "component": null, "message": "no answer within 150 s",
                "advice": "Look again; a slow server needs a longer --call-timeout.",
            });
            let steps =
                [step("PopProxy", "unknown", true, trouble), step("ImapProxy", "shellLost", false, Value::Null)];
            let unknown = |component| verdict(component, "unknown", json!([]));
            vec![
                ("/0/steps", json!(steps)),
                ("/0/verdicts", json!([unknown("PopProxy"), unknown("ImapProxy")])),
                ("/0/after", Value::Null),
            ]
        }
        "three_servers" => vec![
            ("/0/verdicts", json!([lit("PopProxy"), lit("ImapProxy")])),
            ("/1/server", json!("EX02")),
            ("/1/plan", json!([])),
            ("/2/server", json!("EX03")),
            ("/2/fqdn", Value::Null),
            ("/2/version", Value::Null),
            ("/2/role", Value::Null),
            ("/2/components", json!([])),
            ("/2/troubles/0/kind", json!("unreachable")),
            ("/2/troubles/0/component", Value::Null),
        ],
        "declined" => vec![("/0/left/1/obstacles/0/kind", json!("declined")), ("/0/verdicts", json!([]))],
        "failed" => vec![
            ("/0/steps/0/outcome", json!("failed")),
            ("/0/steps/0/sent", json!(true)),
            ("/0/steps/0/trouble/kind", json!("accessDenied")),
            ("/0/steps/0/trouble/message", json!("Access to the path is denied.\nat Set-X")),
            ("/0/verdicts", json!([verdict("PopProxy", "stillDark", why("notWritten")), lit("ImapProxy")])),
        ],
        "maintenance_ended" => vec![
            ("/0/steps/2/component", json!("ServerWideOffline")),
            ("/0/steps/2/lights", json!(["PopProxy", "ImapProxy"])),
            ("/0/after/serverWideOffline", json!(false)),
        ],
        "held_again" => {
            vec![("/0/verdicts/0/verdict", json!("stillDark")), ("/0/verdicts/0/reasons/0/kind", json!("heldAgain"))]
        }
        "flattened" => vec![
            ("/0/components/0/holders/0/sinceUtc", Value::Null),
            ("/0/components/0/holders/0/sinceText", json!("14.03.2026 02:31:52")),
            ("/0/components/0/holders/0/ageSeconds", Value::Null),
            ("/0/components/1/gaps/0/kind", json!("contested")),
            ("/0/components/1/gaps/0/requester", json!("HealthApi")),
        ],
        "no_second_look" => vec![("/0/steps/1/trouble/kind", json!("shellLost")), ("/0/after", Value::Null)],
        "services_stopped" => vec![
            ("/0/services/3/startType", json!("Disabled")),
            ("/0/serviceFindings/0/kind", json!("withoutBackEnd")),
            ("/0/serviceFindings/1/kind", json!("stopped")),
            ("/0/serviceFindings/2/kind", json!("disabled")),
            ("/0/startPlan/0/objections/0/kind", json!("manual")),
            ("/0/startPlan/1/services", json!(["MSExchangeIMAP4BE", "MSExchangeImap4"])),
            (
                "/0/startPlan/1/obstacles/0",
                json!({
                    "kind": "disabled", "service": "MSExchangeIMAP4BE",
                    "text": "MSExchangeIMAP4BE is Disabled, and relight never changes a start type.",
                }),
            ),
            ("/1/serviceFindings/0/kind", json!("neverEnabled")),
            ("/1/serviceFindings/0/fault", json!(false)),
            ("/2/services", Value::Null),
            ("/2/servicesUnreadable", json!("this PowerShell has no Get-CimInstance")),
        ],
        "services_started" => {
            vec![("/0/starts/1/runs", json!(true)), ("/0/startsLeft/0/component", json!("ImapProxy"))]
        }
        "evidence" => vec![
            (
                "/0/evidence/0/clues/0",
                json!({
                    "kind": "certificateExpired",
                    "text": "the certificate for mail.contoso.local expired 2026-03-14 00:00:00 UTC.",
                }),
            ),
            ("/0/evidence/0/clues/1/kind", json!("loopbackMissing")),
            ("/0/evidence/0/clues/2/kind", json!("unhealthy")),
            ("/0/evidence/0/clues/3/kind", json!("takenDown")),
            ("/0/evidence/0/unhealthy", json!(["PopProxyTestMonitor"])),
            ("/0/evidence/0/certificateName", json!("mail.contoso.local")),
            ("/0/evidence/0/plainBindings", json!(["192.168.1.5:110"])),
            ("/0/evidence/0/tlsBindings", json!(["192.168.1.5:995"])),
            (
                "/0/evidence/0/takedowns/0",
                json!({"responder": "PopProxyOfflineResponder", "atUtc": "2026-03-14T02:31:50Z"}),
            ),
            (
                "/1/evidence/0",
                json!({
                    "component": "ImapProxy", "clues": [], "unhealthy": null, "certificateName": null,
                    "plainBindings": null, "tlsBindings": null, "takedowns": [],
                    "unread": ["The term 'Get-ServerHealth' is not recognized.\u{1b}[2J", "Access denied"],
                }),
            ),
        ],
        other => panic!("what is {other} about?"),
    }
}

#[test]
fn the_head_of_a_document_tells_of_the_run() {
    for (name, command, simulated, interrupted) in [
        ("kb_dry_run", "dryRun", Value::Null, false),
        ("simulated", "fixUnconfirmed", json!("kb"), false),
        ("declined", "fixAsked", Value::Null, false),
        ("shell_lost", "fixYes", Value::Null, true),
    ] {
        let document = parsed(name);
        let head = ["command", "simulated", "interrupted", "exitCode", "exit", "error"].map(|field| &document[field]);
        let expected = [json!(command), simulated, json!(interrupted), json!(10), json!("dark"), Value::Null];
        assert_eq!(head, expected.each_ref(), "{name}");
    }
}

#[test]
fn a_run_without_a_report_has_a_valid_document_too() {
    let run = reports().remove(0).1.run;
    let exit = Exit { code: 20, name: "no-shell" };
    let text = failure(&run, exit, "no PowerShell", &["Name one.".to_owned()]).expect("a document");
    let document: Value = serde_json::from_str(&text).expect("JSON");
    assert!(validator().is_valid(&document));
    assert_eq!(document["error"]["message"], "no PowerShell");
}

#[test]
fn the_schema_refuses_what_is_not_described() {
    let validator = validator();
    type Spoil = fn(&mut Value);
    let spoils: [(&str, Spoil); 8] = [
        ("an unknown field", |doc| doc["servers"][0]["surprise"] = json!(1)),
        ("an unknown field far inside", |doc| doc["servers"][0]["components"][0]["holders"][0]["x"] = json!(1)),
        ("an unknown cause", |doc| doc["servers"][0]["components"][0]["cause"] = json!("magic")),
        ("a time that is not UTC", |doc| doc["servers"][0]["takenUtc"] = json!("14.03.2026 02:46")),
        ("an undocumented exit code", |doc| doc["exitCode"] = json!(99)),
        ("another schema", |doc| doc["schema"] = json!("relight/report/2.0")),
        ("a verdict that is none", |doc| doc["servers"][0]["verdicts"][0]["verdict"] = json!("fixed")),
        ("a missing field", |doc| {
            doc["servers"][0].as_object_mut().expect("an object").remove("fqdn");
        }),
    ];
    for (what, spoil) in spoils {
        let mut spoiled = parsed("kb_fixed");
        spoil(&mut spoiled);
        assert!(!validator.is_valid(&spoiled), "{what} passed");
    }
}

#[test]
fn every_field_of_the_schema_is_described_and_every_object_closed() {
    super::schema::is_described_and_closed(SCHEMA);
}

#[test]
fn a_document_is_ascii_with_other_characters_escaped() {
    let text = document("oddities");
    assert!(text.bytes().all(|byte| byte == b'\n' || (0x20..0x7f).contains(&byte)));
    assert!(text.contains(r"\u202e"), "{text}");
}

#[test]
fn the_document_of_a_fix_that_also_starts_services_stays_as_it_is() {
    let version = format!("\"version\": \"{}\"", env!("CARGO_PKG_VERSION"));
    let document = document("services_started").replacen(&version, "\"version\": \"[version]\"", 1);
    insta::assert_snapshot!("services_started", document);
}
