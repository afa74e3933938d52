//! A run in memory, on disk, and read back is the same value; lines that make no sense are counted and change nothing.

use std::time::Duration;

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::domain::{
    AgreedBy, Command, Component, ComponentSnapshot, Consent, Entry, EntryTime, Flaws, Outcome, Policy, Requester, Run,
    RunId, Server, ServerRun, ServerSnapshot, State, StoreReading, Sums,
};
use crate::record::samples::journalled;
use crate::record::tests::validator;

use super::written::{lines, written};
use super::{Begin, Folder, Journal, JournalError, Waiting, read};

const SCHEMA: &str = include_str!("../../docs/schema/journal-1.0.json");

fn text(lines: &[Value]) -> Vec<u8> {
    lines.iter().flat_map(|line| format!("{line}\n").into_bytes()).collect()
}

fn values(run: &Run) -> Vec<Value> {
    lines(run).expect("a run with a name").iter().map(|line| serde_json::to_value(line).expect("JSON")).collect()
}

#[test]
fn a_run_is_read_back_as_it_was() {
    for run in journalled() {
        let text = written(&run).expect("a run with a name");
        assert_eq!(read::run(&text), Some(run));
    }
}

#[test]
fn every_line_is_valid_by_the_schema_and_nothing_else_is() {
    let validator = validator(SCHEMA);
    for line in journalled().iter().flat_map(values) {
        let errors = validator.iter_errors(&line).map(|error| error.to_string()).collect::<Vec<_>>();
        assert!(errors.is_empty(), "{errors:#?}");
        let mut more = line.clone();
        more["surprise"] = json!(1);
        assert!(!validator.is_valid(&more), "{more}");
        for field in line.as_object().expect("an object").keys() {
            let mut less = line.clone();
            less.as_object_mut().expect("an object").remove(field);
            assert!(!validator.is_valid(&less), "without {field}: {less}");
        }
    }
}

#[test]
fn what_a_later_version_adds_is_no_reason_not_to_read() {
    for run in journalled() {
        let mut lines = values(&run);
        lines.iter_mut().for_each(|line| line["surprise"] = json!({ "a": 1 }));
        assert_eq!(read::run(&text(&lines)), Some(run));
    }
}

#[test]
fn lines_that_make_no_sense_are_counted_and_change_nothing() {
    let [run, _] = &journalled()[..] else { panic!("two runs") };
    let lines = values(run);
    let of = |record: &str| lines.iter().rfind(|line| line["record"] == record).expect("a line").clone();
    let spoiled = |record: &str, place: &str, with: Value| {
        let mut line = of(record);
        *line.pointer_mut(place).expect(place) = with;
        line
    };
    let senseless = [
        json!("what is this"),
        of("begin"),
        json!({ "record": "later" }),
        spoiled("before", "/server", json!("-Identity *")),
        spoiled("before", "/taken", json!("yesterday")),
        spoiled("before", "/components/0/registry/entries/0/timestamp", Value::Null),
        spoiled("decision", "/server", json!("EX02")),
        spoiled("decision", "/agreed/1/state", json!("Active")),
        spoiled("decision", "/agreed/1/stores", json!([])),
        spoiled("decision", "/server", json!("EX01; calc")),
        spoiled("decision", "/agreed/0/service", json!("Spooler")),
        spoiled("decision", "/agreed/0/to", json!("Paused")),
        spoiled("decision", "/agreed/1/requester", json!("Nobody")),
        spoiled("decision", "/agreed/1/component", json!("UMCallRouter")),
        spoiled("decision", "/agreed/1/component", json!("-Confirm")),
        spoiled("decision", "/agreed/1/state", json!("Paused")),
        spoiled("decision", "/left/0/obstacles/0/kind", json!("fate")),
        spoiled("outcome", "/outcome", json!("fixed")),
        spoiled("after", "/verdicts/0/verdict", json!("fixed")),
        spoiled("clients", "/clients/0/ports/0/attempts/0/outcome", json!("fixed")),
        spoiled("monitors", "/monitors/0/verdict", json!("fixed")),
        spoiled("end", "/at", json!("2026")),
        spoiled("end", "/sent", json!(7)),
    ];
    let senseless = senseless.map(|line| line.to_string());
    let mut whole = text(&lines);
    for line in &senseless {
        whole.extend(line.as_bytes());
        whole.push(b'\n');
    }
    whole.extend(br#"{"record":"end","at":"20"#);
    let flaws = Flaws { illegible: senseless.len() + 1, ..Flaws::default() };
    assert_eq!(read::run(&whole), Some(Run { flaws, ..run.clone() }));
    assert_eq!(read::run(&text(&lines[1..])), None);
    let schema = |schema: &str| {
        let mut lines = lines.clone();
        lines[0]["schema"] = json!(schema);
        read::run(&text(&lines)).is_some()
    };
    assert!(schema("relight/journal/1.0") && schema("relight/journal/1.12"));
    for other in [
        "relight/journal/2.0",
        "relight/journal/10.0",
        "relight/journal/1.",
        "relight/journal/1.x",
        "relight/run/1.0",
        "",
    ] {
        assert!(!schema(other), "{other}");
    }
}

#[test]
fn an_intent_without_its_plan_is_a_change_of_which_nothing_is_known() {
    let [run, _] = &journalled()[..] else { panic!("two runs") };
    let lines = values(run);
    let lost = lines.iter().filter(|line| line["record"] != "decision").cloned().collect::<Vec<_>>();
    let read = read::run(&text(&lost)).expect("a run");
    let intents = lines.iter().filter(|line| line["record"] == "intent").count();
    assert!(intents > 0 && read.flaws.unplanned.len() == intents, "{:?}", read.flaws);
    assert!(!read.was_changed() && !read.is_verified());
    assert_eq!(read.sums().sent, run.sums().sent);
}

#[test]
fn a_run_is_never_named_earlier_than_the_newest_there_is() {
    let at = |text: &str| text.parse::<Timestamp>().expect("a time");
    let id = |name: &str| RunId::parse(name).expect("a name");
    let now = at("2026-03-14T02:47:10.123Z");
    for (newest, expected) in [
        (None, "20260314-024710-123"),
        (Some("20260314-024710-122"), "20260314-024710-123"),
        (Some("20260314-024710-123"), "20260314-024710-124"),
        (Some("20270101-235959-999"), "20270102-000000-000"),
        (Some("99991231-235959-999"), "20260314-024710-123"),
        (Some("20269999-999999-999"), "20260314-024710-123"),
    ] {
        let named = RunId::at(RunId::after(newest.map(id).as_ref(), now));
        assert_eq!(named.as_str(), expected, "{newest:?}");
    }
    assert_eq!(id("20260314-024710-123").moment(), Some(now));
}

#[test]
fn a_journal_lies_where_its_run_does_and_one_of_the_future_is_undone_by_name_alone() {
    let place = tempfile::tempdir().expect("a folder");
    let folder = Folder::new(Some(place.path())).expect("a folder");
    let [run, _] = &journalled()[..] else { panic!("two runs") };
    let id = run.id.clone().expect("a name");
    let file = |name: &str, id: &str, simulated: Value| {
        let mut lines = values(run);
        lines[0]["run"] = json!(id);
        lines[0]["simulated"] = simulated;
        std::fs::write(place.path().join(format!("{name}.jsonl")), text(&lines)).expect("a file");
    };
    let none = Value::Null;
    file("20260101-000000-000", id.as_str(), none.clone());
    assert!(matches!(folder.run("20260101"), Err(JournalError::Misplaced(_))));
    file("20260101-000000-000", "20260101-000000-000", json!("kb-3025138"));
    assert!(
        matches!(folder.run("20260101"), Err(JournalError::Misplaced(_))),
        "of a rehearsal, among those of servers"
    );
    let listed = folder.briefs(9, &[]).expect("a list");
    assert!(listed.runs.is_empty() && !listed.illegible.is_empty(), "{listed:?}");
    file("20990101-000000-000", "20990101-000000-000", none);
    let last = folder.last_to_undo(None, false);
    assert!(matches!(&last, Err(JournalError::InTheFuture(id)) if id == "20990101-000000-000"), "{last:?}");
    assert!(folder.run("20990101").is_ok());
}

fn look(state: &State, taken: Timestamp) -> ServerSnapshot {
    let entry = || Entry { requester: Requester::new("HealthApi"), state: state.clone(), time: EntryTime::Utc(taken) };
    let component = |name: &str, entries: Vec<Entry>| ComponentSnapshot {
        component: Component::new(name),
        state: if entries.is_empty() { State::Active } else { state.clone() },
        server_wide_offline: false,
        local: StoreReading::of(entries.clone()),
        remote: StoreReading::of(entries),
    };
    ServerSnapshot {
        components: vec![component("PopProxy", vec![entry()]), component("ServerWideOffline", Vec::new())],
        ..ServerSnapshot::begun(&Server::parse("EX01").expect("a name"), taken)
    }
}

#[test]
fn a_run_under_way_and_its_journal_are_the_same() {
    let place = tempfile::tempdir().expect("a folder");
    let folder = Folder::new(Some(place.path())).expect("a folder");
    let begin = Begin {
        command: Command::Fix,
        agreed_by: AgreedBy::Yes,
        arguments: vec!["fix".to_owned()],
        script: String::new(),
        interactive: false,
        simulated: Some("kb".to_owned()),
        undoes: None,
    };
    let waiting = &mut Waiting { patience: Duration::ZERO, goes_on: &mut |_, _| true };
    let journal = Journal::begin(&folder, begin, waiting).expect("a journal");
    let id = journal.id().clone();
    let seconds = |seconds| Timestamp::UNIX_EPOCH + Duration::from_secs(seconds);
    let policy = Policy { components: vec![Component::new("PopProxy")], ..Policy::default() };
    let mut server = ServerRun::of(look(&State::Inactive, seconds(0)), &policy);
    journal.before(&server.before);
    journal.check().expect("it can be written");
    let consent = Consent::of_policy(&mut server, &policy).expect("not decided before");
    journal.decided(server.server(), consent.decision());
    let [step] = consent.into_steps().try_into().expect("one step");
    let recorded = journal.intend(step).expect("it is on the disk");
    let half = folder.run(id.as_str()).expect("a run");
    assert_eq!((half.0.servers[0].steps[0].outcome.clone(), half.1), (Outcome::Open, true));
    assert!(folder.interrupted(Some("kb")).is_empty(), "its writer lives");
    server.steps = vec![recorded.end(Outcome::Done)];
    journal.outcome(server.server(), &server.steps[0]);
    journal.after(server.looked_again(look(&State::Active, seconds(1)), None));
    let run = Run { servers: vec![server.clone()], ..Run::begun(Command::Fix, AgreedBy::Yes, "", seconds(0)) };
    let (_, broke) = journal.end(0, "fine", &run);
    assert!(broke.is_none(), "{broke:?}");

    let (run, live) = folder.run(id.as_str()).expect("a run");
    assert_eq!((run.servers.as_slice(), run.flaws.is_none(), live), (&[server][..], true, false));
    assert!(run.is_verified());
    let briefs = folder.briefs(9, &[]).expect("a list");
    let brief = &briefs.runs[0];
    assert_eq!((briefs.total, brief.sums), (1, Sums { agreed: 1, sent: 1, services: 0, confirmed: 1, verified: true }));
    assert_eq!((brief.command, brief.agreed_by, &brief.exit), (Command::Fix, AgreedBy::Yes, &Some((0, "fine".into()))));
    assert_eq!(folder.last_to_undo(Some("kb"), false).expect("it changed something").0, run);
}
