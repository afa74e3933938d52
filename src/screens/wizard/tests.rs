//! The conversation with scripted answers: what is asked, what comes of it, and how it reads.

use crate::domain::{
    AgreedBy, Answers, Change, Command, ComponentSnapshot, Ended, KnownRequester, Obstacle, Policy, Run,
    ServerSnapshot, Service, ServiceState, Services, Setup, StartType, State, Subject,
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

    fn ask(&mut self, question: &str, default: &str) -> Typed {
        self.asked += 1;
        let typed = self.answers.pop().unwrap_or(Typed::Escaped);
        let shown = match &typed {
            Typed::Line(line) if line.is_empty() => default,
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
    asked: usize,
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
    Talked { answers, screen: prompt.screen, asked: prompt.asked, unused: prompt.answers.len(), agreed }
}

/// A server of which the services of POP3 are Stopped.
fn stopped(start: &StartType, pop: ComponentSnapshot) -> Vec<ServerSnapshot> {
    let mut snapshot = snapshot("EX01", "02:46:52", vec![pop, active("ImapProxy")]);
    let stopped = |service| service_seen(service, ServiceState::Stopped, start.clone());
    snapshot.services = Services::Read(vec![stopped(Service::PopFrontEnd), stopped(Service::PopBackEnd)]);
    vec![snapshot]
}

#[test]
fn automatic_services_are_of_their_component_and_manual_ones_are_asked_about() {
    let with = |start: &StartType| stopped(start, inactive("PopProxy", &["HealthApi"]));
    let (set, back, front) = ("EX01 PopProxy HealthApi", "EX01 MSExchangePOP3BE", "EX01 MSExchangePop3");
    for (start, answers, agreed) in [
        (StartType::Automatic, vec![""], vec![set, back, front]),
        (StartType::Automatic, vec!["n"], vec![]),
        (StartType::Manual, vec!["y", "y"], vec![set, back, front]),
        (StartType::Manual, vec!["y", ""], vec![set]),
        (StartType::Manual, vec!["y", "q"], vec![]),
        (StartType::Disabled, vec!["y"], vec![set]),
        // Where the component stays Inactive nothing is asked about its services.
        (StartType::Manual, vec!["n"], vec![]),
    ] {
        let talked = talk(with(&start), &answers);
        assert_eq!(
            (talked.agreed, talked.unused),
            (agreed.iter().map(ToString::to_string).collect(), 0),
            "{start:?} {answers:?}"
        );
    }
    let automatic = talk(with(&StartType::Automatic), &["y"]);
    assert!(automatic.says("-State Active Get-CimInstance Win32_Service -Filter"), "{}", automatic.screen);
    let manual = talk(with(&StartType::Manual), &["y", "explain", "n"]);
    let says =
        "MSExchangePOP3BE and MSExchangePop3 on EX01 are Stopped. Somebody chose, or left, the startup type Manual";
    assert!(manual.says(says) && manual.says("Start them? yes, no, explain or quit [no]: n"), "{}", manual.screen);
    assert!(manual.says("- What: it starts MSExchangePOP3BE and MSExchangePop3 on EX01."), "{}", manual.screen);
}

#[test]
fn services_alone_are_one_question_and_its_default_is_no() {
    let (back, front) = ("EX01 MSExchangePOP3BE", "EX01 MSExchangePop3");
    for (answer, agreed) in [("", vec![]), ("y", vec![back, front])] {
        let talked = talk(stopped(&StartType::Automatic, active("PopProxy")), &[answer]);
        let agreed = agreed.iter().map(ToString::to_string).collect::<Vec<_>>();
        assert_eq!((&talked.agreed, talked.unused, talked.asked), (&agreed, 0, 1), "{answer:?}");
        assert!(talked.says("Start them? yes, no, explain or quit [no]:"), "{}", talked.screen);
    }
    let mut both = stopped(&StartType::Automatic, active("PopProxy")).remove(0);
    both.services = Services::Read(
        Service::ALL.map(|service| service_seen(service, ServiceState::Stopped, StartType::Automatic)).to_vec(),
    );
    let talked = talk(vec![both], &["choose", "n", "y"]);
    assert_eq!(talked.agreed, ["EX01 MSExchangeIMAP4BE", "EX01 MSExchangeImap4"]);
}

fn two_requesters(name: &str) -> ServerSnapshot {
    let pop = inactive("PopProxy", &["HealthApi", "Maintenance"]);
    let imap = inactive("ImapProxy", &["Maintenance", "healthapi"]);
    snapshot(name, "02:46:52", vec![pop, imap, active("ServerWideOffline")])
}

/// Two components, each kept Inactive by somebody else.
fn one_each(name: &str) -> ServerSnapshot {
    let (pop, imap) = (inactive("PopProxy", &["HealthApi"]), inactive("ImapProxy", &["Maintenance"]));
    snapshot(name, "02:46:52", vec![pop, imap, active("ServerWideOffline")])
}

#[test]
fn the_kb_fault_is_one_question_and_enter_mends_it() {
    let both: &[&str] = &["EX01 PopProxy HealthApi", "EX01 ImapProxy HealthApi"];
    let pop = &both[..1];
    for (answers, agreed, ended) in [
        (vec![""], both, Ended::Answered),
        (vec!["y"], both, Ended::Answered),
        (vec!["what?", "all", "yes"], both, Ended::Answered),
        (vec!["explain", "e", ""], both, Ended::Answered),
        (vec!["n"], &[], Ended::Answered),
        (vec!["choose", "y", "n"], pop, Ended::Answered),
        (vec!["c", "", ""], both, Ended::Answered),
        (vec!["c", "c", "y", "no"], pop, Ended::Answered),
        (vec!["q"], &[], Ended::Quit),
        (vec!["c", "y", "q"], &[], Ended::Quit),
        (vec!["<esc>"], &[], Ended::Quit),
        (vec!["c", "y", "<esc>"], &[], Ended::Quit),
        (vec!["<ctrl-c>"], &[], Ended::Interrupted),
        (vec!["c", "y", "<ctrl-c>"], &[], Ended::Interrupted),
        (vec![], &[], Ended::Quit),
    ] {
        let talked = talk(vec![kb_fault("EX01")], &answers);
        assert_eq!(talked.agreed, agreed, "{answers:?}");
        assert_eq!(talked.answers.ended(), ended, "{answers:?}");
        assert_eq!(talked.unused, 0, "{answers:?}: asked too little\n{}", talked.screen);
    }
}

#[test]
fn each_group_of_requesters_is_one_question_over_all_servers() {
    for (servers, answers, agreed) in [
        // Several servers: nobody says yes to all of them by habit.
        (vec![kb_fault("EX01"), kb_fault("EX02")], vec![""], 0),
        (vec![kb_fault("EX01"), kb_fault("EX02")], vec!["y"], 4),
        (vec![kb_fault("EX01"), kb_fault("EX02")], vec!["explain", "choose", "y", ""], 2),
        (vec![kb_fault("EX01"), kb_fault("EX02")], vec!["choose", "y", "choose", "", "y"], 3),
        // Other requesters are another question, on whichever server.
        (vec![kb_fault("EX01"), two_requesters("EX02"), kb_fault("EX03")], vec!["y", "n"], 4),
        (vec![kb_fault("EX01"), one_each("EX02")], vec!["y", "y"], 4),
        // The same requesters, in another order and case.
        (vec![two_requesters("EX01")], vec![""], 0),
        (vec![two_requesters("EX01")], vec!["y"], 4),
        (vec![two_requesters("EX01")], vec!["choose", "y", ""], 2),
        (vec![one_each("EX01")], vec!["", ""], 1),
        (vec![one_each("EX01")], vec!["n", "y"], 1),
    ] {
        let talked = talk(servers, &answers);
        assert_eq!(talked.agreed.len(), agreed, "{answers:?}\n{}", talked.screen);
        assert_eq!(talked.unused, 0, "{answers:?}\n{}", talked.screen);
    }
    let talked = talk(vec![two_requesters("EX01")], &["n"]);
    assert!(talked.says("PopProxy and ImapProxy on EX01 are kept Inactive by HealthApi and Maintenance."));
}

#[test]
fn a_question_about_several_servers_names_them_and_shows_every_command() {
    let mut pop_alone = one_each("EX03");
    pop_alone.components.remove(1);
    let talked = talk(vec![kb_fault("EX01"), kb_fault("EX02"), pop_alone], &["n"]);
    insta::assert_snapshot!(talked.screen);
}

#[test]
fn quitting_a_question_about_several_servers_agrees_to_nothing() {
    for answers in [vec!["q"], vec!["choose", "y", "q"], vec!["choose", "y", "<ctrl-c>"], vec!["<esc>"]] {
        let talked = talk(vec![kb_fault("EX01"), kb_fault("EX02")], &answers);
        assert!(talked.agreed.is_empty() && talked.unused == 0, "{answers:?} {:?}", talked.agreed);
    }
}

#[test]
fn a_server_about_which_nothing_is_asked_stands_in_no_ones_way() {
    let healthy = snapshot("EX02", "02:46:52", vec![active("PopProxy"), active("ImapProxy")]);
    let talked = talk(vec![healthy, kb_fault("EX01")], &["y"]);
    assert!(!talked.says("EX02") && talked.agreed.len() == 2, "{}", talked.screen);
}

#[test]
fn of_a_requester_that_few_know_it_is_said_who_that_is() {
    let mut before = snapshot("EX01", "02:46:52", vec![inactive("PopProxy", &["Functional"]), active("ImapProxy")]);
    before.setup = Setup::NotRunning;
    let talked = talk(vec![before], &[""]);
    assert!(talked.says("is kept Inactive by Functional. Functional: Exchange setup did that"), "{}", talked.screen);
    assert!(talked.agreed.is_empty() && talked.asked == 1, "{:?}", talked.agreed);
}

#[test]
fn server_wide_offline_takes_the_name_of_the_server_and_comes_first() {
    for (answers, agreed) in [
        (vec!["EX01", "y"], 3),
        (vec!["ex01.contoso.local", "y"], 3),
        (vec!["yes", "all", "EX02", "ex01", "y"], 3),
        // What depends on it is not asked about.
        (vec![""], 0),
        (vec!["explain", "no"], 0),
        (vec!["q"], 0),
        (vec!["EX01", "q"], 0),
        // PopProxy stays; ImapProxy is Inactive with the server alone.
        (vec!["EX01", ""], 1),
    ] {
        let talked = talk(vec![maintenance("EX01")], &answers);
        assert_eq!(talked.agreed.len(), agreed, "{answers:?}\n{}", talked.screen);
        assert_eq!(talked.unused, 0, "{answers:?}\n{}", talked.screen);
    }
    let talked = talk(vec![maintenance("EX01")], &[""]);
    assert!(talked.says("Not asked: PopProxy on EX01, because ServerWideOffline stays Inactive."), "{}", talked.screen);
}

#[test]
fn a_server_is_not_brought_online_for_nothing() {
    let mut before = maintenance("EX01");
    before.components.remove(1);
    let talked = talk(vec![before], &["EX01", "n"]);
    let says = "ServerWideOffline on EX01 is left as it is: no component that it is for is set Active.";
    assert!(talked.agreed.is_empty() && talked.says(says), "{}", talked.screen);
}

#[test]
fn what_the_options_allow_is_marked_and_changes_no_default() {
    let requesters = vec![KnownRequester::HealthApi, KnownRequester::Maintenance];
    let allowing = Policy { requesters, ..Policy::default() };
    for (policy, by) in [(Policy::default(), "Maintenance."), (allowing, "Maintenance (allowed by --requester).")] {
        let talked = talk_with(policy, vec![two_requesters("EX01")], &[""]);
        let says = format!("PopProxy and ImapProxy on EX01 are kept Inactive by HealthApi and {by}");
        assert!(talked.says(&says), "{}", talked.screen);
        // Enter is still no to what somebody decided.
        assert!(talked.agreed.is_empty(), "{:?}", talked.agreed);
    }
}

#[test]
fn what_was_not_answered_is_not_agreed_to() {
    let talked = talk(vec![kb_fault("EX01")], &["y"]);
    let policy = Policy::default();
    let stranger = Change::set_active(inactive_entry("PopProxy", "Deployment", at("01:00:00")));
    let against = talked.answers.against(&server("EX01"), &stranger, &policy);
    assert_eq!(against, [Obstacle::Declined(stranger.clone())]);
    let known = Change::set_active(inactive_entry("PopProxy", "HealthApi", at("02:31:52")));
    assert_eq!(talked.answers.against(&server("EX02"), &known, &policy).len(), 1);
    // Whoever quits has not said no to anything.
    let quit = talk(vec![kb_fault("EX01")], &["choose", "y", "q"]);
    assert_eq!(quit.answers.against(&server("EX01"), &known, &policy), [Obstacle::NotAnswered(known)]);
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
    assert_eq!(talked.answers, Answers::none());
    assert_eq!(talked.screen, "");
}

#[test]
fn the_conversation_reads_well_on_a_plain_console() {
    let maintenance = talk(vec![maintenance("EX01")], &["explain", "yes", "ex01", "explain", "y"]);
    // The overview before it is a screen of its own.
    let from = maintenance.screen.find("ServerWideOffline on EX01 is kept").expect("a question");
    insta::assert_snapshot!("maintenance", maintenance.screen[from..]);
    let kb = talk(vec![kb_fault("EX01")], &["explain", "x", ""]);
    let quit = talk(vec![two_requesters("EX01"), kb_fault("EX02")], &["choose", "y", "n", "q"]);
    for line in [&maintenance, &kb, &quit].into_iter().flat_map(|talked| talked.screen.lines()) {
        assert!(line.is_ascii() && line.chars().count() <= 80, "{line}");
    }
    for (talked, sentences) in [
        (
            kb,
            &[
                "PopProxy and ImapProxy on EX01 are kept Inactive by HealthApi. Set-ServerComponentState -Identity EX01 \
                 -Component PopProxy ` -Requester HealthApi -State Active Set-ServerComponentState -Identity EX01 \
                 -Component ImapProxy ` -Requester HealthApi -State Active ? Set them Active? yes, no, choose, explain or \
                 quit [yes]: explain - What: it sets PopProxy and ImapProxy on EX01 Active on behalf of HealthApi, in \
                 both stores. No more. - PopProxy, HealthApi: since 2026-03-14",
                "- While PopProxy is Inactive: POP3 clients",
                "- To undo it: relight undo, or Set-ServerComponentState -Identity EX01 -Component PopProxy ` -Requester \
                 HealthApi -State Inactive",
                "- If you say no: PopProxy and ImapProxy are left alone entirely. ? Set them Active?",
                "[yes]: x Please answer yes, no, choose, explain or quit; the first letter is enough. ? Set them Active? \
                 yes, no, choose, explain or quit [yes]: yes",
            ][..],
        ),
        (
            quit,
            &[
                "PopProxy on EX01 is kept Inactive by HealthApi and Maintenance. Set-",
                "-State Active ? Set it Active? yes, no, explain or quit [no]: y ImapProxy on EX01 is kept Inactive",
                "? Set them Active? yes, no, choose, explain or quit [no]: q",
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
    prompt.screen.split_inclusive("? ").next().expect("a question").to_owned()
}

#[test]
fn the_first_screen_has_the_likely_cause_and_the_stopped_services_and_fits_the_screen() {
    for (name, said) in [("evidence", "192.168.1.5:995"), ("services_stopped", "MSExchangePOP3BE is Stopped")] {
        let screen = first_screen(name);
        assert!(screen.contains(said), "{name}: {screen}");
        assert!(screen.lines().count() <= 24, "{name}: {screen}");
    }
}
