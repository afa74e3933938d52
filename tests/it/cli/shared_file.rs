//! One scenario file, several sessions and several runs at once, and a person who edits it meanwhile: what each of them
//! changed is in it afterwards.

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::net::TcpStream;
use std::process::{Child, ChildStdin, ChildStdout, Stdio};
use std::thread;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use crate::support::{Place, relight, until};

const NONCE: &str = "00112233445566778899aabbccddeeff";
const COMPONENTS: [&str; 4] = ["PopProxy", "ImapProxy", "OwaProxy", "EcpProxy"];

/// A session on a scenario file, as relight has one, in a process of its own.
struct Engine {
    process: Child,
    requests: ChildStdin,
    answers: BufReader<ChildStdout>,
    last: u64,
}

impl Engine {
    fn of(place: &Place, capabilities: &str) -> Self {
        let engine = relight("simulated-engine --nonce").args(NONCE).args("--capabilities").args(capabilities);
        let mut command = engine.arg("--scenario").arg(place.file()).into_command();
        let mut process = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("relight starts");
        let requests = process.stdin.take().expect("stdin");
        let answers = BufReader::new(process.stdout.take().expect("stdout"));
        let mut engine = Self { process, requests, answers, last: 0 };
        assert_eq!(engine.body()["kind"], "hello");
        engine.ask("connect", json!({"connection": "ems"}));
        engine
    }

    fn body(&mut self) -> Value {
        let mut line = String::new();
        self.answers.read_line(&mut line).expect("a line");
        let body = line.rsplit(' ').next().expect("a body");
        serde_json::from_slice(&STANDARD.decode(body.trim_end()).expect("base64")).expect("JSON")
    }

    /// The answer: the data, or `error`.
    fn ask(&mut self, op: &str, args: Value) -> Value {
        self.last += 1;
        writeln!(self.requests, "{}", json!({"id": self.last, "op": op, "args": args})).expect("sent");
        loop {
            let body = self.body();
            match body["kind"].as_str() {
                Some("progress") => {}
                Some("result") => return body["data"].clone(),
                _ => return json!({"error": body["error"]}),
            }
        }
    }

    fn set(&mut self, server: &str, component: &str, state: &str) -> Value {
        let args = json!({"server": server, "component": component, "requester": "Maintenance", "state": state});
        self.ask("set-component-state", args)
    }

    fn state(&mut self, server: &str, component: &str) -> Value {
        let answer = self.ask("get-component-state", json!({"server": server, "component": component}));
        if answer["error"].is_null() { answer["objects"][0]["state"].clone() } else { answer }
    }
}

impl Drop for Engine {
    fn drop(&mut self) {
        let _ended = self.process.kill();
        let _ended = self.process.wait();
    }
}

/// Servers on which nothing is recorded.
fn servers(number: usize) -> Place {
    let servers = (1..=number).map(|number| json!({"name": format!("EX{number:02}")})).collect::<Vec<_>>();
    let scenario = json!({"scenario": "relight/scenario/1.0", "now": "2026-03-14T02:47:10Z", "servers": servers});
    Place::from_text(&scenario.to_string())
}

/// How many entries a server has in its registry that say this.
fn recorded(scenario: &Value, server: usize, state: &str) -> usize {
    let components = scenario["servers"][server]["components"].as_object().expect("components");
    let entries = components.values().flat_map(|component| component["local"].as_array().expect("entries"));
    entries.filter(|entry| entry["state"] == state).count()
}

#[test]
fn two_sessions_that_write_in_turn_see_and_keep_what_the_other_wrote() {
    let place = servers(2);
    let [mut one, mut other] = ["change", "change"].map(|may| Engine::of(&place, may));
    for component in COMPONENTS {
        assert_eq!(one.set("EX01", component, "Inactive"), json!({}));
        assert_eq!(other.state("EX01", component), "Inactive");
        assert_eq!(other.set("EX02", component, "Inactive"), json!({}));
        assert_eq!(one.state("EX02", component), "Inactive");
    }
    let scenario = place.scenario();
    assert_eq!([0, 1].map(|server| recorded(&scenario, server, "Inactive")), [4, 4], "{scenario}");
}

#[test]
fn sessions_that_write_at_the_same_time_lose_nothing() {
    let place = servers(4);
    let mut engines = [(); 4].map(|()| Engine::of(&place, "change"));
    thread::scope(|scope| {
        for (number, engine) in engines.iter_mut().enumerate() {
            scope.spawn(move || {
                let server = format!("EX{:02}", number + 1);
                for state in ["Inactive", "Active", "Draining"] {
                    for component in COMPONENTS {
                        assert_eq!(engine.set(&server, component, state), json!({}));
                    }
                }
            });
        }
    });
    let scenario = place.scenario();
    assert_eq!([0, 1, 2, 3].map(|server| recorded(&scenario, server, "Draining")), [4; 4], "{scenario}");
    assert_eq!(fs::read_dir(place.folder()).expect("listed").count(), 1, "nothing beside the scenario");
}

#[test]
fn an_edit_by_hand_is_seen_at_once_and_kept_by_the_next_change() {
    let place = servers(2);
    let mut engine = Engine::of(&place, "change");
    let mut looks = Engine::of(&place, "look");
    assert_eq!([engine.state("EX02", "PopProxy"), looks.state("EX02", "PopProxy")], ["Active"; 2]);
    let entry = json!({"requester": "HealthApi", "state": "Inactive", "timestamp": "2026-03-14T02:31:52Z"});
    place.change(|scenario| {
        scenario["description"] = json!("edited");
        scenario["servers"][1]["components"] = json!({"PopProxy": {"local": [entry]}});
        scenario["servers"].as_array_mut().expect("servers").push(json!({"name": "EX03"}));
    });
    assert_eq!([engine.state("EX02", "PopProxy"), looks.state("EX02", "PopProxy")], ["Inactive"; 2]);
    assert_eq!(engine.set("EX03", "PopProxy", "Inactive"), json!({}));
    let scenario = place.scenario();
    assert_eq!((&scenario["description"], recorded(&scenario, 1, "Inactive")), (&json!("edited"), 1), "{scenario}");
    assert_eq!(recorded(&scenario, 2, "Inactive"), 1, "{scenario}");
}

#[test]
fn a_fault_that_is_edited_in_or_out_counts_from_then_on() {
    let place = servers(1);
    let mut engine = Engine::of(&place, "look");
    let denied = json!({"access-denied": {"when": {"op": "get-component-state", "nth": 2}}});
    place.change(|scenario| scenario["faults"] = json!([denied]));
    assert_eq!(engine.state("EX01", "PopProxy"), "Active");
    // What was counted so far stays counted where another fault comes before it.
    let refused = json!({"refused": {"when": {"op": "set-component-state"}}});
    place.change(|scenario| scenario["faults"] = json!([refused, denied]));
    assert_eq!(engine.state("EX01", "PopProxy")["error"]["category"], "PermissionDenied");
    assert_eq!(engine.state("EX01", "PopProxy"), "Active");
}

#[test]
fn a_file_that_is_half_written_refuses_the_call_and_no_other() {
    let place = servers(1);
    for capabilities in ["look", "change"] {
        let mut engine = Engine::of(&place, capabilities);
        let whole = place.text();
        for broken in [&whole[..whole.len() / 2], "", "{}"] {
            fs::write(place.file(), broken).expect("written");
            let refused = engine.state("EX01", "PopProxy");
            assert_eq!(refused["error"]["category"], "ReadError", "{broken:?}");
            let said = refused["error"]["message"].as_str().expect("text");
            assert!(said.contains("scenario.json, line 1"), "{said}");
            assert_eq!(place.text(), broken);
        }
        fs::remove_file(place.file()).expect("removed");
        assert_eq!(engine.state("EX01", "PopProxy")["error"]["category"], "ReadError");
        fs::write(place.file(), &whole).expect("written");
        assert_eq!(engine.state("EX01", "PopProxy"), "Active");
    }
}

#[test]
fn two_fixes_of_different_servers_at_once_are_both_kept() {
    let inactive =
        json!({"local": [{"requester": "HealthApi", "state": "Inactive", "timestamp": "2026-03-14T02:31:52Z"}]});
    let place = servers(2).with_faults(json!([{"slow-call": {"milliseconds": 50}}]));
    place.change(|scenario| {
        for server in scenario["servers"].as_array_mut().expect("servers") {
            server["components"] = json!({"PopProxy": inactive, "ImapProxy": inactive});
        }
    });
    let fix = |server: &str| {
        let own = place.folder().join(server);
        let run = relight("fix --yes --no-wait --no-probe --lock-timeout 5m --server").arg(server).simulate(&place);
        run.arg("--journal-dir").arg(own).start()
    };
    let [one, other] = ["EX01", "EX02"].map(fix);
    one.end().ends(0);
    other.end().ends(0);
    let scenario = place.scenario();
    assert_eq!([0, 1].map(|server| recorded(&scenario, server, "Active")), [2, 2], "{scenario}");
    assert_eq!([0, 1].map(|server| recorded(&scenario, server, "Inactive")), [0, 0], "{scenario}");
}

#[test]
fn clients_of_one_session_meet_what_another_changed() {
    let place = servers(1);
    let [mut one, mut other] = ["change", "change"].map(|may| Engine::of(&place, may));
    let settings = one.ask("get-protocol-settings", json!({"server": "EX01", "protocol": "POP3"}));
    let at = settings["simulatedPorts"][0]["at"].as_str().expect("a port").to_owned();
    let greets = || {
        let client = TcpStream::connect(&at).expect("a connection");
        let mut line = String::new();
        BufReader::new(client).read_line(&mut line).is_ok_and(|_| line.starts_with("+OK"))
    };
    assert!(greets());
    assert_eq!(other.set("EX01", "PopProxy", "Inactive"), json!({}));
    until("the closed port", || !greets());
    assert_eq!(other.set("EX01", "PopProxy", "Active"), json!({}));
    until("the banner", greets);
}
