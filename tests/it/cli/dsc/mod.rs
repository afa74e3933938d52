//! relight as the DSC resource Relight/ProtocolState, driven as the manifest says: an instance on stdin, its state as one line
//! on stdout, messages as JSON lines on stderr.

// The same on every system, and many runs: a process takes long to start on some.
#[cfg(unix)]
mod instance;
#[cfg(unix)]
mod set;

use std::fs;
use std::path::Path;

use relight::domain::Exit;
use serde_json::{Map, Value, json};

use crate::support::run::flaws;
use crate::support::{Place, Ran, relight};

/// What a manifest says that dsc runs.
fn manifest() -> Value {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("contrib/dsc/relight.dsc.resource.json");
    serde_json::from_slice(&fs::read(path).expect("the manifest")).expect("JSON")
}

/// Runs an operation as dsc does: its words from the manifest, with a scenario behind them.
fn run(place: &Place, operation: &str, what_if: bool, instance: &[u8]) -> Ran {
    let method = &manifest()[operation];
    assert_eq!(method["executable"], "relight");
    let one = |arg: &Value| match arg["whatIfArg"].as_str() {
        Some(option) => what_if.then(|| option.to_owned()),
        None => Some(arg.as_str().expect("a word").to_owned()),
    };
    let words = method["args"].as_array().expect("words").iter().filter_map(one).collect::<Vec<_>>();
    let words = words.iter().map(String::as_str).collect::<Vec<_>>();
    let mut relight = place.relight(&words).simulate(place);
    if operation == "set" && !what_if {
        relight = relight.args("--no-wait --no-probe");
    }
    let ran = relight.fed(instance);
    messages(&ran);
    ran
}

fn get(place: &Place, instance: &Value) -> Ran {
    run(place, "get", false, instance.to_string().as_bytes())
}

fn test(place: &Place, instance: &Value) -> Ran {
    run(place, "test", false, instance.to_string().as_bytes())
}

fn what_if(place: &Place, instance: &Value) -> Ran {
    run(place, "set", true, instance.to_string().as_bytes())
}

fn set(place: &Place, instance: &Value) -> Ran {
    run(place, "set", false, instance.to_string().as_bytes())
}

/// The instances on stdout: one a line, in ASCII, each valid by the schema.
fn instances(ran: &Ran) -> Vec<Value> {
    assert!(ran.stdout.is_ascii() && (ran.stdout.is_empty() || ran.stdout.ends_with('\n')), "{ran}");
    let one = |line: &str| {
        let instance = serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}\n{ran}"));
        assert_eq!(flaws("protocol-state", &instance), Vec::<String>::new(), "{ran}");
        instance
    };
    ran.stdout.lines().map(one).collect()
}

/// The only one.
fn instance(ran: &Ran) -> Value {
    let [instance] = <[Value; 1]>::try_from(instances(ran)).unwrap_or_else(|_| panic!("not one instance\n{ran}"));
    instance
}

/// The messages on stderr, in the form in which dsc reads them, and nothing that steers a terminal.
fn messages(ran: &Ran) -> Vec<(String, String)> {
    let one = |line: &str| {
        let object = serde_json::from_str::<Map<String, Value>>(line).unwrap_or_else(|error| panic!("{error}\n{ran}"));
        let [(level, text)] = <[_; 1]>::try_from(object.into_iter().collect::<Vec<_>>()).expect("one field");
        assert!(["error", "warn", "info", "debug"].contains(&level.as_str()), "{level}");
        let text = text.as_str().expect("text").to_owned();
        assert!(!text.chars().any(|c| c.is_control() && c != '\n'), "{text:?}");
        (level, text)
    };
    ran.stderr.lines().map(one).collect()
}

/// Those of a level.
fn said(ran: &Ran, level: &str) -> Vec<String> {
    messages(ran).into_iter().filter(|(its, _)| its == level).map(|(_, text)| text).collect()
}

#[test]
fn get_tells_the_state_and_test_whether_it_is_wanted() {
    for (scenario, state, exit, desired) in [
        ("healthy", "Active", 0, Ok(true)),
        ("kb-3025138", "Inactive", 10, Ok(false)),
        ("maintenance", "Inactive", 14, Ok(false)),
        ("several-requesters", "Inactive", 10, Ok(false)),
        ("server-wide-offline", "Inactive", 14, Ok(false)),
        ("draining", "Draining", 0, Ok(false)),
        ("registry-unreadable", "Active", 13, Err(13)),
    ] {
        let (place, asked) = (Place::of(scenario), json!({"server": "EX01", "state": "Active"}));
        let before = place.text();
        let ran = get(&place, &asked).ends(0);
        let got = instance(&ran);
        assert_eq!((&got["state"], &got["exitCode"]), (&json!(state), &json!(exit)), "{scenario} {ran}");
        assert_eq!(got.get("_inDesiredState"), None, "{scenario}");
        assert_eq!(said(&ran, "warn").len(), usize::from(exit == 13), "{ran}");
        let ran = test(&place, &asked);
        match desired {
            Ok(desired) => {
                let tested = instance(&ran.ends(0));
                assert_eq!(tested["_inDesiredState"], json!(desired), "{scenario}");
                let mut same = tested;
                same.as_object_mut().expect("an object").remove("_inDesiredState");
                assert_eq!(same, got, "{scenario}");
            }
            Err(code) => {
                let ran = ran.ends(code).says_nothing();
                assert_eq!(said(&ran, "error").len(), 1, "{ran}");
            }
        }
        assert_eq!(place.text(), before, "{scenario}");
        assert!(!place.journal_folder().exists(), "{scenario}");
    }
}

#[test]
fn the_state_says_who_keeps_what_inactive_and_repeats_what_was_asked_for() {
    let place = Place::of("several-requesters");
    let asked = json!({"server": "ex01", "components": ["PopProxy"], "requesters": ["Maintenance"],
        "includeServerWideOffline": true, "startServices": "none"});
    let got = instance(&get(&place, &asked).ends(0));
    for (property, value) in asked.as_object().expect("an object") {
        assert_eq!(&got[property], value, "{property}");
    }
    let pop = &got["componentStates"][0];
    let requesters = pop["inactiveEntries"].as_array().expect("entries").iter().map(|it| &it["requester"]);
    assert_eq!(requesters.collect::<Vec<_>>(), ["HealthApi", "Maintenance"]);
    assert_eq!(pop["inactiveEntries"][0]["timestamp"], "2026-03-14T02:31:52.6789707Z");
    assert_eq!(got["componentStates"].as_array().expect("components").len(), 2, "PopProxy and ServerWideOffline");
}

#[test]
fn nothing_that_could_not_be_read_is_a_state() {
    for (scenario, server, code) in [("server-down", "EX02", 23), ("edge", "EX01", 22), ("exchange-2010", "EX10", 22)] {
        let place = Place::of(scenario);
        let server = json!({"server": server});
        for ran in [get(&place, &server), test(&place, &server), what_if(&place, &server), set(&place, &server)] {
            let ran = ran.ends(code).says_nothing();
            assert_eq!(said(&ran, "error").len(), 1, "{ran}");
        }
    }
}

#[test]
fn an_instance_is_read_as_each_shell_hands_it_on() {
    let place = Place::new();
    let text = "{\"server\": \"EX01\", \"state\": \"Active\"}\r\n";
    let utf16 = |text: &str| text.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<_>>();
    let expected = get(&place, &json!({"server": "EX01"})).ends(0).stdout;
    for bytes in [text.as_bytes().to_vec(), format!("\u{feff}{text}").into_bytes(), utf16(text)] {
        assert_eq!(run(&place, "get", false, &bytes).ends(0).stdout, expected);
    }
    // Nothing asks for nothing but the usual: the server that relight runs on.
    for nothing in ["", "\r\n", "{}"] {
        let this = instance(&run(&place, "get", false, nothing.as_bytes()).ends(0));
        assert_eq!((&this["server"], &this["requesters"]), (&json!("EX01"), &json!(["HealthApi"])), "{this}");
    }
}

#[test]
fn log_and_refusals_are_messages_too() {
    let place = Place::new();
    let words = ["dsc", "get", "-vv"];
    let ran = place.relight(&words).simulate(&place).fed(b"{\"server\":\"EX01\"}").ends(0);
    assert!(said(&ran, "debug").iter().any(|it| it.contains("relight starts")), "{ran}");
    let ran = relight("dsc get --simulate no-such-scenario").fed(b"").ends(2).says_nothing();
    assert!(said(&ran, "error")[0].starts_with("no scenario and no file is called"), "{ran}");
    for wrong in ["dsc get --format json", "dsc get --bogus", "dsc bogus", "dsc set --wait soon", "--bogus dsc get"] {
        let ran = relight(wrong).fed(b"").ends(2).says_nothing();
        assert!(said(&ran, "error")[0].starts_with("error: "), "{ran}");
    }
    let nowhere = place.file();
    let words = ["dsc", "set", "--no-wait", "--no-probe", "--journal-dir"];
    let ran = relight("").words(words).arg(nowhere).simulate(&place).fed(b"{\"server\":\"EX01\"}").ends(42);
    assert!(!said(&ran.says_nothing(), "error").is_empty());
}

#[cfg(unix)]
#[test]
fn an_interrupt_is_a_message() {
    let place =
        Place::of("kb-3025138").with_faults(json!([{"hang": {"when": {"op": "get-component-state", "nth": 2}}}]));
    let mut running = place.relight(&["dsc", "get", "-v"]).simulate(&place).start();
    running.hear("Exchange is loaded");
    running.interrupt();
    running.hear("Interrupted.");
    let ran = running.end().ends(130).says_nothing();
    assert!(said(&ran, "warn")[0].starts_with("Interrupted."), "{ran}");
    assert_eq!(said(&ran, "error").len(), 1, "{ran}");
}

#[test]
fn the_manifest_is_that_of_this_program() {
    let manifest = manifest();
    assert_eq!(
        (&manifest["version"], &manifest["type"]),
        (&json!(env!("CARGO_PKG_VERSION")), &json!("Relight/ProtocolState"))
    );
    let told = manifest["exitCodes"].as_object().expect("codes").keys().cloned().collect::<Vec<_>>();
    // Nobody is ever asked.
    let codes = Exit::BY_GRAVITY.iter().filter(|exit| **exit != Exit::Unconfirmed);
    let mut codes = codes.map(|exit| exit.code().to_string()).collect::<Vec<_>>();
    codes.sort();
    let mut told = told;
    told.sort();
    assert_eq!(told, codes);
    assert_eq!(manifest["schema"]["command"], json!({"executable": "relight", "args": ["dsc", "schema"]}));
    let schema = relight("dsc schema").run().ends(0).stdout;
    let kept = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/schema/protocol-state-1.0.json");
    assert_eq!(schema, fs::read_to_string(kept).expect("the schema").replace("\r\n", "\n"));
    assert_eq!(manifest["set"]["implementsPretest"], json!(true), "or a repair would be a test, a get and a set");
}

#[test]
fn the_page_shows_what_is_true() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let read = |path: &str| fs::read_to_string(root.join(path)).expect("text").replace("\r\n", "\n");
    let page = read("docs/DSC.md");
    let document = read("docs/exchange.dsc.config.yaml");
    assert!(page.contains(&format!("```yaml\n{document}```")), "the configuration is another one");
    assert_eq!(document.matches("type: Relight/ProtocolState").count(), 2);
    let said =
        relight("dsc set --simulate maintenance").fed(br#"{"server":"EX01","components":["PopProxy"]}"#).ends(14);
    assert!(page.contains(&format!("```json\n{}```", said.stderr)), "{said}");
    let properties = relight("dsc schema").run().json()["properties"].as_object().expect("properties").clone();
    for (property, schema) in properties.iter().filter(|(_, schema)| schema["readOnly"] != true) {
        assert!(page.contains(&format!("| `{property}` | ")), "{property} {schema}");
    }
}
