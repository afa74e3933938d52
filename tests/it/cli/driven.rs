//! A program that shows a run: it reads lines, answers the plan with one, and stops the run by closing stdin. What is not
//! agreed to, in so many words and after the plan, is not written.

use std::io::{BufRead, BufReader, Read, Write};
use std::process::{Child, ChildStdin, ChildStdout, Stdio};

use serde_json::{Value, json};

use crate::support::place::changed;
use crate::support::run::{Family, Relight, flat, flaws};
#[cfg(unix)]
use crate::support::shim::Shim;
use crate::support::{Place, relight};

/// A run, and this end of its two pipes.
struct Driven {
    child: Child,
    stdin: Option<ChildStdin>,
    stdout: BufReader<ChildStdout>,
    heard: Vec<Value>,
    family: Family,
}

/// What came of it.
struct Ended {
    code: i32,
    heard: Vec<Value>,
    stderr: String,
}

impl Driven {
    fn start(relight: Relight) -> Self {
        let mut command = relight.args("--format ndjson --driven").into_command();
        let family = Family::of(&mut command);
        let pipes = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = pipes.spawn().expect("relight starts");
        let (stdin, stdout) = (child.stdin.take(), BufReader::new(child.stdout.take().expect("stdout")));
        Self { child, stdin, stdout, heard: Vec::new(), family }
    }

    /// A fix that looks at no port, on the scenario of a place.
    fn fix(place: &Place, words: &str) -> Self {
        let words = format!("fix --no-probe --no-wait {words}");
        Self::start(place.relight(&words.split_whitespace().collect::<Vec<_>>()).simulate(place))
    }

    /// The next line, valid by the schema; `None`: there are no more.
    fn line(&mut self) -> Option<Value> {
        let mut line = String::new();
        self.stdout.read_line(&mut line).expect("a line");
        if line.is_empty() {
            return None;
        }
        assert!(line.ends_with('\n') && line.is_ascii(), "{line}");
        let value = serde_json::from_str::<Value>(&line).expect("JSON");
        let flaws = flaws("stream", &value);
        assert!(flaws.is_empty(), "{flaws:#?}\n{line}");
        self.heard.push(value.clone());
        Some(value)
    }

    /// Reads up to a line of this kind.
    #[track_caller]
    fn until(&mut self, record: &str) -> Value {
        loop {
            let line = self.line().unwrap_or_else(|| panic!("no {record} in {:#?}", self.heard));
            if line["record"] == record {
                return line;
            }
        }
    }

    /// Reads the plan.
    fn plan(&mut self) -> Value {
        self.until("plan")
    }

    fn say(&mut self, text: &str) {
        self.stdin.as_mut().expect("it is open").write_all(text.as_bytes()).expect("it is heard");
    }

    fn close(&mut self) {
        self.stdin = None;
    }

    /// Its end, with stdin open to the last.
    fn end(mut self) -> Ended {
        while self.line().is_some() {}
        let mut stderr = String::new();
        self.child.stderr.take().expect("stderr").read_to_string(&mut stderr).expect("text");
        let code = self.child.wait().expect("an end").code().expect("a code");
        self.family.assert_gone();
        assert_eq!(self.heard.last().map(|line| &line["exitCode"]), Some(&json!(code)), "{stderr}");
        Ended { code, heard: self.heard, stderr }
    }

    /// Reads the plan, answers, and comes to the end.
    fn answered(mut self, answer: &str) -> Ended {
        self.plan();
        self.say(answer);
        self.end()
    }
}

impl Ended {
    #[track_caller]
    fn ends(self, code: i32) -> Self {
        assert_eq!(self.code, code, "{:#?}\n{}", self.heard, self.stderr);
        self
    }

    /// How a server came out, in a word.
    fn ending(&self, server: &str) -> &Value {
        let is_it = |line: &&Value| line["record"] == "server" && line["server"] == server;
        &self.heard.iter().find(is_it).expect("it is told")["ending"]
    }
}

/// Number, server, components, and what is against it, of each proposal.
fn offered(plan: &Value) -> Vec<String> {
    let kinds = |it: &Value| it.as_array().expect("a list").iter().map(|it| it["kind"].to_string()).collect::<Vec<_>>();
    let one = |it: &Value| {
        let against = [kinds(&it["obstacles"]), kinds(&it["objections"])].concat().join(" ");
        let text = format!("{} {} {} {against}", it["number"], it["server"], it["components"]);
        text.replace(['"', '[', ']'], "").trim().to_owned()
    };
    plan["proposals"].as_array().expect("proposals").iter().map(one).collect()
}

/// What the newest journal says of the decisions: of each server how many changes were agreed to, and what left others.
fn decisions(place: &Place) -> Vec<(String, usize, Vec<String>)> {
    let journal = place.journal();
    let lines = journal.lines().map(|line| serde_json::from_str::<Value>(line).expect("JSON"));
    let decision = |line: Value| {
        let left = line["left"].as_array().expect("a list").iter();
        let kinds = left.flat_map(|left| left["obstacles"].as_array().expect("a list").clone());
        let kinds = kinds.map(|it| it["kind"].as_str().expect("text").to_owned()).collect();
        (line["server"].as_str().expect("a name").to_owned(), line["agreed"].as_array().expect("a list").len(), kinds)
    };
    lines.filter(|line| line["record"] == "decision").map(decision).collect()
}

fn inactive(servers: &[&str]) -> Place {
    let entry = |second: u8| json!({"local": [{"requester": "HealthApi", "state": "Inactive", "timestamp": format!("2026-03-14T02:31:{second}Z")}]});
    let server = |name: &&str| json!({"name": name, "components": {"PopProxy": entry(52), "ImapProxy": entry(53)}});
    let servers = servers.iter().map(server).collect::<Vec<_>>();
    let scenario = json!({"scenario": "relight/scenario/1.0", "now": "2026-03-14T02:47:10Z", "servers": servers});
    Place::from_text(&scenario.to_string())
}

#[test]
fn the_plan_has_what_would_be_run_and_nothing_is_run_before_it_is_answered() {
    let place = Place::new();
    let before = place.text();
    let mut run = Driven::fix(&place, "EX01");
    let plan = run.plan();
    assert_eq!(offered(&plan), ["1 EX01 PopProxy", "2 EX01 ImapProxy"]);
    assert_eq!((&plan["awaitsAnswer"], &plan["run"]), (&json!(true), &json!(place.newest())));
    let change = &plan["proposals"][0]["changes"][0];
    for (field, value) in [
        ("component", json!("PopProxy")),
        ("requester", json!("HealthApi")),
        ("state", json!("Inactive")),
        ("to", json!("Active")),
        (
            "command",
            json!("Set-ServerComponentState -Identity EX01 -Component PopProxy -Requester HealthApi -State Active"),
        ),
    ] {
        assert_eq!(change[field], value, "{field}");
    }
    assert!(run.heard.iter().any(|line| line["record"] == "progress" && line["doing"] == "reading PopProxy"));
    assert!(place.text() == before && decisions(&place).is_empty());
    run.say("{\"agreed\":[2,1]}\n");
    let ended = run.end().ends(0);
    assert_eq!(ended.ending("EX01"), "FIXED");
    assert_eq!(decisions(&place), [("EX01".to_owned(), 2, vec![])]);
    let journal = place.past(&place.newest().expect("a run"));
    assert_eq!((&journal["agreedBy"], &journal["who"]["interactive"]), (&json!("person"), &json!(true)));
}

#[test]
fn a_part_of_the_plan_is_carried_out_and_no_more() {
    let place = Place::new();
    let before = place.scenario();
    let ended = Driven::fix(&place, "EX01").answered("{\"agreed\":[2]}\r\n").ends(11);
    assert_eq!(ended.ending("EX01"), "PARTLY FIXED");
    let changed = changed(&before, &place.scenario());
    assert!(changed.len() == 1 && changed.iter().all(|key| key.component == "ImapProxy"), "{changed:?}");
    assert_eq!(decisions(&place), [("EX01".to_owned(), 1, vec!["declined".to_owned()])]);
}

#[test]
fn several_servers_have_one_plan_and_one_answer() {
    let place = inactive(&["EX01", "EX02", "EX03"]);
    let before = place.scenario();
    let mut run = Driven::fix(&place, "EX01 EX02 EX03");
    let plan = run.plan();
    let expected =
        ["EX01", "EX02", "EX03"].iter().flat_map(|name| ["PopProxy", "ImapProxy"].map(|it| format!("{name} {it}")));
    assert_eq!(offered(&plan), expected.enumerate().map(|(at, it)| format!("{} {it}", at + 1)).collect::<Vec<_>>());
    run.say("{\"agreed\":[3,6]}\n");
    let ended = run.end().ends(11);
    let changed = changed(&before, &place.scenario());
    let changed = changed.iter().map(|key| format!("{} {}", key.server, key.component)).collect::<Vec<_>>();
    assert_eq!(changed, ["EX02 PopProxy", "EX03 ImapProxy"]);
    let endings = ["EX01", "EX02", "EX03"].map(|server| ended.ending(server).as_str().expect("a word"));
    assert_eq!(endings, ["NOT OK", "PARTLY FIXED", "PARTLY FIXED"]);
    let progress = ended.heard.iter().filter(|line| line["record"] == "progress" && line["of"] == 3);
    assert!(progress.clone().any(|line| line["done"] == 3) && progress.clone().any(|line| line["server"] == "EX02"));
}

/// That a run wrote nothing, and that its journal says that it was about to write nothing.
#[track_caller]
fn nothing_is_written(place: &Place, before: &str, what: &str) {
    assert!(place.text() == before, "{what}");
    assert!(!place.journal().contains(r#""record":"intent""#), "{what}");
}

#[cfg(unix)]
#[test]
fn what_is_no_answer_agrees_to_nothing() {
    for (answer, why) in [
        ("\n", "it is not {\"agreed\":[...]}"),
        ("yes\n", "it is not {\"agreed\":[...]}"),
        ("[1]\n", "it is not {\"agreed\":[...]}"),
        ("{\"agreed\":[1]} {\"agreed\":[2]}\n", "it is not {\"agreed\":[...]}"),
        ("{\"agreed\":[1],\"requester\":\"any\"}\n", "it is not {\"agreed\":[...]}"),
        ("{\"agreed\":[\"1\"]}\n", "it is not {\"agreed\":[...]}"),
        ("{\"agreed\":[3]}\n", "no proposal has the number 3"),
        ("{\"agreed\":[0]}\n", "no proposal has the number 0"),
        ("{\"agreed\":[1,2,9]}\n", "no proposal has the number 9"),
        ("{\"agreed\":[1,1]}\n", "it has the number 1 twice"),
    ] {
        let place = Place::new();
        let before = place.text();
        let ended = Driven::fix(&place, "EX01").answered(answer).ends(12);
        let told = flat(&ended.stderr);
        assert!(
            told.contains(why) && told.contains("Nothing was confirmed, and nothing is changed."),
            "{answer}: {told}"
        );
        nothing_is_written(&place, &before, answer);
        assert_eq!(decisions(&place), []);
    }
}

#[test]
fn the_end_of_stdin_is_no_answer_and_stops_the_run() {
    for said in ["", "{\"agreed\":[1,2]}", "{\"agreed\":[1"] {
        let place = Place::new();
        let before = place.text();
        let mut run = Driven::fix(&place, "EX01");
        run.plan();
        run.say(said);
        run.close();
        run.end().ends(130);
        nothing_is_written(&place, &before, said);
        assert_eq!(decisions(&place), [("EX01".to_owned(), 0, vec!["notAnswered".to_owned(); 2])]);
    }
}

#[test]
fn a_no_to_everything_is_an_answer() {
    let place = Place::new();
    let before = place.text();
    let ended = Driven::fix(&place, "EX01").answered("{\"agreed\":[]}\n").ends(10);
    assert_eq!(ended.ending("EX01"), "NOT OK");
    nothing_is_written(&place, &before, "no");
    assert_eq!(decisions(&place), [("EX01".to_owned(), 0, vec!["declined".to_owned(); 2])]);
}

#[test]
fn what_follows_the_answer_is_not_read() {
    let place = Place::new();
    let ended =
        Driven::fix(&place, "EX01").answered("{\"agreed\":[1]}\n{\"agreed\":[2]}\n{\"agreed\":[1,2]}\nyes\n").ends(11);
    assert_eq!(ended.ending("EX01"), "PARTLY FIXED");
    assert_eq!(decisions(&place), [("EX01".to_owned(), 1, vec!["declined".to_owned()])]);
}

#[test]
fn what_came_before_the_plan_does_not_answer_it() {
    let place =
        Place::new().with_faults(json!([{"slow-call": {"milliseconds": 300, "when": {"op": "get-exchange-server"}}}]));
    let before = place.text();
    let mut run = Driven::fix(&place, "EX01");
    run.say("{\"agreed\":[1,2]}\n");
    run.plan();
    let ended = run.end().ends(12);
    assert!(flat(&ended.stderr).contains("something came before the plan was shown"), "{}", ended.stderr);
    nothing_is_written(&place, &before, "too early");
}

#[cfg(unix)]
#[test]
fn what_the_policy_does_not_allow_cannot_be_agreed_to() {
    let place = Place::of("several-requesters");
    let mut run = Driven::fix(&place, "EX01");
    assert_eq!(offered(&run.plan()), ["null EX01 PopProxy requesterNotAllowed", "1 EX01 ImapProxy"]);
    run.say("{\"agreed\":[1,2]}\n");
    run.end().ends(12);
    assert_eq!(decisions(&place), []);

    Driven::fix(&place, "EX01").answered("{\"agreed\":[1]}\n").ends(14);
    assert_eq!(decisions(&place), [("EX01".to_owned(), 1, vec!["requesterNotAllowed".to_owned()])]);

    let mut run = Driven::fix(&place, "EX01 --requester Maintenance");
    assert_eq!(offered(&run.plan()), ["1 EX01 PopProxy"]);
    run.say("{\"agreed\":[1]}\n");
    run.end().ends(0);

    // ServerWideOffline takes an option of its own, whoever is asked.
    let place = Place::of("server-wide-offline");
    let mut run = Driven::fix(&place, "EX01 --requester any");
    let plan = run.plan();
    assert!(offered(&plan).iter().all(|it| it.starts_with("null ") && it.ends_with(" ownConsent")), "{plan:#}");
    assert_eq!(plan["awaitsAnswer"], false);
    run.end().ends(14);
}

#[test]
fn a_change_that_two_proposals_share_is_agreed_to_with_either() {
    let offline =
        json!({"local": [{"requester": "Maintenance", "state": "Inactive", "timestamp": "2026-03-14T01:00:00Z"}]});
    let place = Place::new();
    place.change(|scenario| scenario["servers"][0]["components"]["ServerWideOffline"] = offline);
    let before = place.scenario();
    let mut run = Driven::fix(&place, "EX01 --requester Maintenance --include-server-wide-offline");
    let plan = run.plan();
    let components = |at: usize| {
        let changes = plan["proposals"][at]["changes"].as_array().expect("changes").iter();
        changes.map(|change| change["component"].as_str().expect("a name")).collect::<Vec<_>>()
    };
    assert_eq!([components(0), components(1)], [["PopProxy", "ServerWideOffline"], ["ImapProxy", "ServerWideOffline"]]);
    run.say("{\"agreed\":[1]}\n");
    // The server is online now: what is left is HealthApi's, and nobody means it to be Inactive.
    run.end().ends(11);
    let changed = changed(&before, &place.scenario());
    assert_eq!(changed.iter().map(|key| key.component.as_str()).collect::<Vec<_>>(), ["PopProxy", "ServerWideOffline"]);
}

#[test]
fn setup_that_begins_after_the_plan_was_shown_is_waited_for() {
    let place = Place::of("maintenance");
    let mut run = Driven::fix(&place, "EX01 --requester Maintenance");
    run.plan();
    place.change(|scenario| scenario["servers"][0]["setupRunning"] = json!(true));
    let before = place.scenario();
    run.say("{\"agreed\":[1,2]}\n");
    let ended = run.end().ends(14);
    let told = format!("{:?}", ended.heard);
    assert_eq!(told.matches("setupRunning").count(), 2, "{told}");
    assert!(changed(&before, &place.scenario()).is_empty());
}

#[test]
fn a_service_goes_with_its_component() {
    let place = Place::of("services-stopped");
    let before = place.text();
    let mut run = Driven::fix(&place, "EX01");
    let plan = run.plan();
    assert_eq!(offered(&plan), ["1 EX01 PopProxy", "2 EX01 PopProxy"]);
    assert_eq!([&plan["proposals"][0]["needsNumber"], &plan["proposals"][1]["needsNumber"]], [&json!(null), &json!(1)]);
    // Started behind a component that stays Inactive it would serve nobody.
    run.say("{\"agreed\":[2]}\n");
    run.end().ends(10);
    nothing_is_written(&place, &before, "a service alone");
    Driven::fix(&place, "EX01").answered("{\"agreed\":[1,2]}\n").ends(0);
    assert_eq!(place.service("MSExchangePop3"), "Running");
}

#[test]
fn an_undo_is_answered_by_change() {
    let place = Place::new();
    place.simulate(&["fix", "--yes", "--no-probe", "--no-wait"]).ends(0);
    let mut run = Driven::start(place.relight(&["undo"]).simulate(&place));
    let plan = run.plan();
    assert_eq!(offered(&plan), ["1 EX01 ImapProxy", "2 EX01 PopProxy"]);
    assert_eq!(plan["proposals"][0]["changes"][0]["to"], "Inactive");
    run.say("{\"agreed\":[1]}\n");
    assert_eq!(run.end().ends(11).ending("EX01"), "PARTLY UNDONE");
    let inactive = |component: &str| place.entries(component)[0].iter().any(|it| it.contains("Inactive"));
    assert!(inactive("ImapProxy") && !inactive("PopProxy"));
}

#[test]
fn whoever_is_not_asked_is_shown_the_plan_all_the_same() {
    let place = Place::new();
    let before = place.text();
    let mut run = Driven::fix(&place, "EX01 --dry-run");
    let plan = run.plan();
    assert_eq!((&plan["awaitsAnswer"], &plan["run"], offered(&plan).len()), (&json!(false), &json!(null), 2));
    run.end().ends(10);
    assert!(place.text() == before && place.journals().is_empty());
    let mut run = Driven::fix(&place, "EX01 --yes");
    assert_eq!(run.plan()["awaitsAnswer"], false);
    run.end().ends(0);
    // A check has no plan to show.
    let ended = Driven::start(place.relight(&["check", "EX01"]).simulate(&place)).end().ends(0);
    assert!(ended.heard.iter().all(|line| line["record"] != "plan"), "{:#?}", ended.heard);
}

#[test]
fn closing_stdin_stops_a_look() {
    let place = Place::new().with_faults(json!([{"hang": {"when": {"op": "get-component-state"}}}]));
    let mut run = Driven::start(place.relight(&["check", "EX01"]).simulate(&place));
    while run.until("progress")["doing"] != "reading PopProxy" {}
    run.close();
    run.end().ends(130);
}

#[cfg(unix)]
#[test]
fn closing_stdin_lets_a_change_that_is_under_way_come_to_its_end() {
    let place = Place::of("kb-3025138");
    let shim = Shim::new(&place);
    shim.hold();
    let mut run = Driven::start(relight("fix --no-probe --no-wait --powershell").arg(shim.path()));
    run.plan();
    run.say("{\"agreed\":[1,2]}\n");
    shim.await_write();
    run.close();
    // Until it has heard of that.
    std::thread::sleep(std::time::Duration::from_millis(200));
    shim.let_go();
    let ended = run.end().ends(130);
    assert_eq!(ended.ending("EX01"), "PARTLY FIXED");
    assert_eq!(shim.asked("set-component-state"), 1);
    assert!(place.entries("PopProxy")[0][0].starts_with("HealthApi Active"));
    assert!(place.entries("ImapProxy")[0][0].starts_with("HealthApi Inactive"));
}

#[test]
fn only_a_run_that_tells_lines_is_shown_by_a_program() {
    for (words, why) in [
        ("fix --driven", "'--driven' needs '--format ndjson'"),
        ("check --driven --format json", "'--driven' needs '--format ndjson'"),
        ("history --driven --format json", "'--driven' needs '--format ndjson'"),
        ("resume --driven --format ndjson", "'--driven' is for check, fix and undo"),
        ("fix --driven --format ndjson --servers-from -", "stdin has the answer, and no list of servers"),
    ] {
        relight(words).run().ends(2).says_nothing().tells(why);
    }
}
