//! The conversation with scripted answers: what is asked, what comes of it, and how it reads.

use crate::domain::{
    AgreedBy, Answers, Change, Command, Ended, KnownRequester, Obstacle, Policy, Run, ServerSnapshot, Service,
    ServiceState, Services, Setup, StartType, State, Subject,
};
use crate::screens::fixtures::{
    active, at, component, entry, inactive, inactive_entry, kb_fault, looked, maintenance, reports, run, server,
    service_seen, show, snapshot,
};

use super::{Prompt, Typed, ask};

/// A person whose answers are written down; at their end, Esc.
struct Scripted {
    answers: Vec<Typed>,
    screen: String,
    asked: usize,
}

impl Scripted {
    fn new(answers: &[&str]) -> Self {
        let typed = |answer: &&str| match *answer {
            "<esc>" => Typed::Escaped,
            "<ctrl-c>" => Typed::Interrupted,
            line => Typed::Line(line.to_owned()),
        };
        Self { answers: answers.iter().rev().map(typed).collect(), screen: String::new(), asked: 0 }
    }
}

impl Prompt for Scripted {
    fn say(&mut self, text: &str) {
        self.screen.push_str(&anstream::adapter::strip_str(text).to_string());
    }

    fn ask(&mut self, question: &str) -> Typed {
        self.asked += 1;
        let typed = self.answers.pop().unwrap_or(Typed::Escaped);
        let shown = match &typed {
            Typed::Line(line) => line.as_str(),
            Typed::Escaped => "<esc>",
            Typed::Interrupted => "<ctrl-c>",
        };
        self.screen.push_str(&format!("? {question} {shown}\n"));
        typed
    }
}

struct Talked {
    answers: Answers,
    screen: String,
    unused: usize,
    /// Server and subject of each command that was agreed to.
    agreed: Vec<String>,
}

impl Talked {
    /// Whether it was said, however the lines were broken.
    fn says(&self, text: &str) -> bool {
        self.screen.split_whitespace().collect::<Vec<_>>().join(" ").contains(text)
    }
}

fn talk(servers: Vec<ServerSnapshot>, answers: &[&str]) -> Talked {
    talk_with(Policy::default(), servers, answers)
}

fn talk_with(policy: Policy, servers: Vec<ServerSnapshot>, answers: &[&str]) -> Talked {
    let servers = servers.into_iter().map(|server| looked(server, &policy)).collect();
    let run = run(Command::Fix, AgreedBy::Person, servers);
    let mut prompt = Scripted::new(answers);
    let answers = ask(&run, &policy, &show(), &mut prompt);
    let name = |subject: Subject| match subject {
        Subject::Entry(component, requester) => format!("{component} {requester}"),
        Subject::Component(_) | Subject::Service(_) => subject.to_string(),
    };
    let agreed = run.servers.iter().flat_map(|it| {
        let decision = it.plan.decide(|change| answers.against(it.server(), change, &policy));
        decision.agreed.into_iter().map(move |agreed| format!("{} {}", it.server(), name(agreed.change.subject())))
    });
    let agreed = agreed.collect();
    Talked { answers, screen: prompt.screen, unused: prompt.answers.len(), agreed }
}

#[test]
fn manual_services_are_asked_about_and_automatic_ones_are_among_the_commands() {
    let with = |start: StartType| {
        let mut snapshot =
            snapshot("EX01", "02:46:52", vec![inactive("PopProxy", &["HealthApi"]), active("ImapProxy")]);
        let stopped = |service| service_seen(service, ServiceState::Stopped, start.clone());
        snapshot.services = Services::Read(vec![stopped(Service::PopFrontEnd), stopped(Service::PopBackEnd)]);
        vec![snapshot]
    };
    let (set, back, front) = ("EX01 PopProxy HealthApi", "EX01 MSExchangePOP3BE", "EX01 MSExchangePop3");
    for (start, answers, agreed) in [
        (StartType::Automatic, vec!["y", "y"], vec![set, back, front]),
        (StartType::Automatic, vec!["y", "n"], vec![]),
        (StartType::Manual, vec!["y", "y", "y"], vec![set, back, front]),
        (StartType::Manual, vec!["y", "", "y"], vec![set]),
        (StartType::Manual, vec!["y", "y", "n"], vec![]),
        (StartType::Disabled, vec!["y", "y"], vec![set]),
        // Where the component stays Inactive nothing is asked about its services.
        (StartType::Manual, vec!["n"], vec![]),
    ] {
        let talked = talk(with(start.clone()), &answers);
        assert_eq!(
            (talked.agreed, talked.unused),
            (agreed.iter().map(ToString::to_string).collect(), 0),
            "{start:?} {answers:?}"
        );
    }
    let talked = talk(with(StartType::Manual), &["y", "y", "n"]);
    assert!(talked.says("Start them? yes or no [no]:") && talked.says("Run these 3 commands?"), "{}", talked.screen);
}

fn two_requesters(name: &str) -> ServerSnapshot {
    let pop = inactive("PopProxy", &["HealthApi", "Maintenance"]);
    let imap = inactive("ImapProxy", &["HealthApi", "Maintenance"]);
    snapshot(name, "02:46:52", vec![pop, imap, active("ServerWideOffline")])
}

#[test]
fn only_what_was_agreed_to_twice_is_run() {
    let kb = || vec![kb_fault("EX01")];
    let both: &[&str] = &["EX01 PopProxy HealthApi", "EX01 ImapProxy HealthApi"];
    let pop: &[&str] = &["EX01 PopProxy HealthApi"];
    for (answers, agreed, ended) in [
        (vec!["y", "y", "y"], both, Ended::Answered),
        (vec!["", "", "yes"], both, Ended::Answered),
        (vec!["all", "y"], both, Ended::Answered),
        (vec!["y", "n", "y"], pop, Ended::Answered),
        (vec!["what?", "y", "n", "maybe", "y"], pop, Ended::Answered),
        (vec!["explain", "e", "y", "n", "y"], pop, Ended::Answered),
        (vec!["y", "y", ""], &[], Ended::Declined),
        (vec!["y", "y", "n"], &[], Ended::Declined),
        (vec!["n", "n"], &[], Ended::Declined),
        (vec!["y", "q"], &[], Ended::Quit),
        (vec!["y", "<esc>"], &[], Ended::Quit),
        (vec!["y", "y", "<esc>"], &[], Ended::Quit),
        (vec!["y", "<ctrl-c>"], &[], Ended::Interrupted),
        (vec!["y", "y", "<ctrl-c>"], &[], Ended::Interrupted),
        (vec![], &[], Ended::Quit),
    ] {
        let talked = talk(kb(), &answers);
        assert_eq!(talked.agreed, agreed, "{answers:?}");
        assert_eq!(talked.answers.ended(), ended, "{answers:?}");
        assert_eq!(talked.unused, 0, "{answers:?}: asked too little\n{}", talked.screen);
    }
}

#[test]
fn all_covers_the_same_kind_of_entry_and_nothing_that_was_not_understood() {
    for (servers, answers, agreed) in [
        // HealthApi: on every server.
        (vec![kb_fault("EX01"), kb_fault("EX02")], vec!["all", "y"], 4),
        // ... but not Maintenance, which is asked about on its own: default no, so PopProxy and ImapProxy stay.
        (vec![two_requesters("EX01")], vec!["all", "", ""], 0),
        (vec![two_requesters("EX01")], vec!["all", "all", "y"], 4),
        // Maintenance: on the same server only.
        (vec![two_requesters("EX01"), two_requesters("EX02")], vec!["all", "all", "", "", "y"], 4),
        (vec![two_requesters("EX01"), two_requesters("EX02")], vec!["all", "all", "all", "y"], 8),
    ] {
        let talked = talk(servers, &answers);
        assert_eq!(talked.agreed.len(), agreed, "{answers:?}\n{}", talked.screen);
        assert_eq!(talked.unused, 0, "{answers:?}\n{}", talked.screen);
    }
}

#[test]
fn server_wide_offline_takes_the_name_of_the_server_whatever_was_said_before() {
    for (answers, agreed) in [
        (vec!["y", "all", "EX01", "y"], 3),
        (vec!["y", "y", "ex01.contoso.local", "y"], 3),
        (vec!["y", "y", "yes", "EX02", "ex01", "y"], 3),
        (vec!["y", "all", ""], 0),
        (vec!["y", "all", "explain", "no"], 0),
        (vec!["y", "all", "q"], 0),
        // PopProxy stays, ImapProxy is only pulled down with the server: ending maintenance alone mends it.
        (vec!["n", "EX01", "y"], 1),
    ] {
        let talked = talk(vec![maintenance("EX01")], &answers);
        assert_eq!(talked.agreed.len(), agreed, "{answers:?}\n{}", talked.screen);
        assert_eq!(talked.unused, 0, "{answers:?}\n{}", talked.screen);
    }
}

#[test]
fn what_the_options_allow_is_marked_and_changes_no_default() {
    let requesters = vec![KnownRequester::HealthApi, KnownRequester::Maintenance];
    let allowing = Policy { requesters, ..Policy::default() };
    for (policy, marked) in [(Policy::default(), false), (allowing, true)] {
        let talked = talk_with(policy, vec![two_requesters("EX01")], &["", "", "y"]);
        assert_eq!(
            talked.says("Maintenance holds PopProxy on EX01 (allowed by --requester)."),
            marked,
            "{}",
            talked.screen
        );
        assert!(!talked.says("HealthApi holds PopProxy on EX01 (allowed"), "{}", talked.screen);
        // Enter is still no to what somebody decided.
        assert!(talked.agreed.is_empty(), "{:?}", talked.agreed);
    }
}

#[test]
fn what_can_no_longer_matter_is_not_asked_and_that_is_said() {
    let talked = talk(vec![two_requesters("EX01")], &["n", "y", "n"]);
    assert_eq!(talked.answers.ended(), Ended::Declined);
    assert!(talked.says("Not asked: PopProxy is left alone, because HealthApi on PopProxy stays."));
    assert_eq!(talked.unused, 0);
}

#[test]
fn what_was_not_answered_is_declined() {
    let talked = talk(vec![kb_fault("EX01")], &["y", "y", "y"]);
    let policy = Policy::default();
    let stranger = Change::set_active(inactive_entry("PopProxy", "Deployment", at("01:00:00")));
    let against = talked.answers.against(&server("EX01"), &stranger, &policy);
    assert_eq!(against, [Obstacle::Declined(stranger.clone())]);
    let elsewhere = Change::set_active(inactive_entry("PopProxy", "HealthApi", at("02:31:52")));
    assert_eq!(talked.answers.against(&server("EX02"), &elsewhere, &policy).len(), 1);
}

#[test]
fn where_nothing_can_be_set_there_is_no_conversation_beside_the_report() {
    let mut before = snapshot(
        "EX01",
        "02:46:52",
        vec![
            inactive("PopProxy", &["HandMade"]),
            component("ImapProxy", State::Inactive, vec![entry("Functional", State::Inactive, "02:00:00")], vec![]),
            active("ServerWideOffline"),
        ],
    );
    before.setup = Setup::Running;
    let talked = talk(vec![before], &[]);
    assert_eq!(talked.answers.ended(), Ended::Declined);
    assert_eq!(talked.screen, "");
}

#[test]
fn the_conversation_reads_well_on_a_plain_console() {
    let maintenance = talk(vec![maintenance("EX01")], &["y", "y", "explain", "yes", "ex01", ""]);
    insta::assert_snapshot!("maintenance", maintenance.screen);
    let kb = talk(vec![kb_fault("EX01")], &["explain", "", "x", "", "y"]);
    let quit = talk(vec![two_requesters("EX01"), kb_fault("EX02")], &["n", "all", "q"]);
    for line in [&maintenance, &kb, &quit].into_iter().flat_map(|talked| talked.screen.lines()) {
        assert!(line.is_ascii() && line.chars().count() <= 80, "{line}");
    }
    for (talked, sentences) in [
        (
            kb,
            &[
                "Question 1 of 2: HealthApi holds PopProxy on EX01. HealthApi holds it since",
                "? Lift it? yes, no, all (this and 1 like it), explain or quit [yes]: explain - What: it sets PopProxy on \
                 EX01 Active on behalf of HealthApi, in both stores. No more.",
                "- Why it matters: while PopProxy is Inactive, POP3 clients connect and are cut off without a banner. \
                 Managed Availability took it offline after failed probes;",
                "- Care: Setting it Active does not mend what made the probe of Managed Availability fail.",
                "- To undo it: relight undo, or Set-ServerComponentState -Identity EX01 -Component PopProxy ` -Requester \
                 HealthApi -State Inactive - If you say no: PopProxy is left alone entirely,",
                "[yes]: x Please answer yes, no, all, explain or quit; the first letter is enough. ? Lift it? yes, no, all, \
                 explain or quit [yes]:",
                "-Component ImapProxy ` -Requester HealthApi -State Active Nothing has been changed yet. ? Run these 2 \
                 commands? yes or no [no]: y",
            ][..],
        ),
        (
            quit,
            &[
                "ImapProxy is Inactive: IMAP4 clients connect and are cut off without a banner. EX02 (ex02.contoso.local)",
                "? Lift it? yes, no, all (this and 3 like it), explain or quit [yes]: n Question 2 of 6: Maintenance holds \
                 PopProxy on EX01. Not asked: PopProxy is left alone,",
                "? Lift it? yes, no, all (this and 2 like it), explain or quit [yes]: all Question 4 of 6: Maintenance \
                 holds ImapProxy on EX01.",
                "explain or quit [no]: q Nothing is changed.",
            ],
        ),
    ] {
        for sentence in sentences {
            assert!(talked.says(sentence), "lacks {sentence:?}\n{}", talked.screen);
        }
    }
}

/// The screen when the first question is asked of the servers of this report.
fn first_screen(name: &str) -> String {
    let policy = Policy::default();
    let (_, mut run) = reports().into_iter().find(|(known, _)| *known == name).expect("a report");
    run.servers.truncate(1);
    let mut prompt = Scripted::new(&[]);
    ask(&Run { simulated: Some("a-scenario".to_owned()), ..run }, &policy, &show(), &mut prompt);
    prompt.screen.split_inclusive("? Lift").next().expect("a question").to_owned()
}

#[test]
fn the_overview_has_the_clues_and_the_stopped_services_and_fits_the_screen() {
    for (name, said) in [
        (
            "evidence",
            "Clues: the certificate for mail.contoso.local expired 2026-03-14 00:00:00 UTC; the first SSL \
             binding is 192.168.1.5:995, which cuts the probe off.",
        ),
        ("services_stopped", "MSExchangePOP3BE is Stopped."),
    ] {
        let screen = first_screen(name);
        let flat = screen.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(flat.contains(said), "{name}: {screen}");
        assert!(screen.lines().count() <= 24, "{name}: {screen}");
    }
}
