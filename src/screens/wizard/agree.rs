//! The questions about an undo, below its plan: one about the plan, one for each server that it would take offline again,
//! and one for each service that it would stop. The default is no.

use crate::domain::{Answers, Change, Ended, Given, Obstacle, Proposal, Run, ServerRun, each_once};
use crate::screens::kit::words;

use super::prompt::{Prompt, until_understood};
use super::reply::{self, Reply};

/// What there is to explain about it.
const WHAT_GOES_OFFLINE: &str = "All components but Monitoring and RecoveryActionsEnabled go Inactive, mail flow \
                                 included, as they were before the run.";

/// Shows the plan of an undo, where it comes to anything, and asks whether to carry it out.
pub fn agree_to_undo(run: &Run, plan: &str, prompt: &mut dyn Prompt) -> Answers {
    let mut answers = Answers::none();
    if run.servers.iter().all(|server| changes(server).next().is_none()) {
        return answers;
    }
    prompt.say(plan);
    let ended = ask(run, &mut answers, prompt).err().unwrap_or(Ended::Answered);
    answers.end(ended)
}

/// The changes that nothing rules out and that were asked for, each with its proposal.
fn changes(server: &ServerRun) -> impl Iterator<Item = (&Proposal, &Change)> {
    let not_asked = |it: &Obstacle| matches!(it, Obstacle::StopNotAsked(_));
    let possible = server.plan.proposals.iter().filter(|it| it.is_possible());
    let wanted = possible.filter(move |it| !it.objections.iter().any(not_asked));
    wanted.flat_map(|proposal| proposal.changes.iter().map(move |change| (proposal, change)))
}

/// Those of them that put back what a requester wants of a component.
fn entries(server: &ServerRun) -> impl Iterator<Item = &Change> {
    changes(server).map(|(_, change)| change).filter(|it| it.service().is_none() && !it.is_server_wide())
}

/// An error is the early end.
fn ask(run: &Run, answers: &mut Answers, prompt: &mut dyn Prompt) -> Result<(), Ended> {
    if let Some(question) = to_put_back(run) {
        let given = to_undo(&question, prompt)?;
        for server in &run.servers {
            entries(server).for_each(|change| answers.give(server.server(), change.subject(), given));
        }
        // A no to the plan is a no to what is more than that.
        if given == Given::No {
            return Ok(());
        }
    }
    for server in &run.servers {
        server_wide(server, answers, prompt)?;
        services(server, answers, prompt)?;
    }
    Ok(())
}

/// The question about the plan; `None`: nothing of it goes without a question of its own.
fn to_put_back(run: &Run) -> Option<String> {
    let changes = run.servers.iter().flat_map(entries).collect::<Vec<_>>();
    let states = each_once(changes.iter().map(|change| change.target()));
    let components = each_once(changes.iter().filter_map(|change| change.entry()).map(|it| it.component.to_string()));
    let servers = run.servers.iter().filter(|server| entries(server).next().is_some());
    let servers = servers.map(|server| server.server().to_string()).collect::<Vec<_>>();
    let (components, servers) = (words::list(&components), words::list(&servers));
    let state = if let [state] = states[..] { state } else { "as before" };
    (!changes.is_empty()).then(|| format!("Set {components} on {servers} {state} again? yes, no or quit"))
}

fn server_wide(server: &ServerRun, answers: &mut Answers, prompt: &mut dyn Prompt) -> Result<(), Ended> {
    let name = server.server();
    let offline = changes(server).map(|(_, change)| change).filter(|it| it.is_server_wide()).collect::<Vec<_>>();
    if offline.is_empty() {
        return Ok(());
    }
    let names = reply::names_of(&server.before);
    let question = format!("Type {name} to take all of it offline again; or no, explain or quit");
    let parse = |line: &str| match reply::to_server_wide(line, &names)? {
        Reply::Explain => Err(WHAT_GOES_OFFLINE),
        clear @ (Reply::Yes | Reply::No | Reply::Choose | Reply::Quit) => Ok(clear),
    };
    let given = given(until_understood(prompt, &question, "no", parse)?)?;
    offline.iter().for_each(|change| answers.give(name, change.subject(), given));
    Ok(())
}

fn services(server: &ServerRun, answers: &mut Answers, prompt: &mut dyn Prompt) -> Result<(), Ended> {
    let name = server.server();
    for (proposal, change) in changes(server) {
        let Some(service) = change.service() else { continue };
        // Its front end may have been kept a moment ago, and it with that.
        let given = if proposal.needs.iter().any(|it| answers.of(name, it) == Some(Given::No)) {
            Given::NotNeeded
        } else {
            to_undo(&format!("Stop {} on {name}? yes, no or quit", service.name()), prompt)?
        };
        answers.give(name, change.subject(), given);
    }
    Ok(())
}

fn to_undo(question: &str, prompt: &mut dyn Prompt) -> Result<Given, Ended> {
    given(until_understood(prompt, question, "no", reply::to_undo)?)
}

fn given(reply: Reply) -> Result<Given, Ended> {
    match reply {
        Reply::Yes => Ok(Given::Yes),
        Reply::No | Reply::Choose | Reply::Explain => Ok(Given::No),
        Reply::Quit => Err(Ended::Quit),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{AgreedBy, Command, Plan, Policy, RunId, Service, ServiceState, StartType, Subject};
    use crate::screens::fixtures::{at, inactive_entry, looked, run, server, snapshot};
    use crate::screens::wizard::Typed;

    /// Types these answers and remembers what it was shown.
    struct Script(Vec<Typed>, String);

    impl Prompt for Script {
        fn say(&mut self, text: &str) {
            self.1.push_str(text);
        }

        fn ask(&mut self, question: &str, _: &str) -> Typed {
            self.1.push_str(question);
            if self.0.is_empty() { Typed::Escaped } else { self.0.remove(0) }
        }
    }

    /// Lets services be stopped, as `--stop-services` does.
    fn policy() -> Policy {
        Policy { stop_services: true, ..Policy::default() }
    }

    /// An undo that stops these services and sets the entry of one component back.
    fn undo(services: &[Service], component: &str, requester: &str) -> Run {
        let stop = |service: &Service| Change::SetService {
            service: *service,
            startup: StartType::Automatic,
            to: ServiceState::Stopped,
        };
        let put_back = Change::set_active(inactive_entry(component, requester, at("02:31:52"))).opposite();
        let proposal = |change: Change| {
            let front = change.service().filter(|service| !service.is_front_end()).map(Service::other_half);
            let objections = policy().objections(&change);
            let needs = front.map(Subject::Service);
            Proposal { components: Vec::new(), changes: vec![change], needs, obstacles: Vec::new(), objections }
        };
        let mut server_run = looked(snapshot("EX01", "02:47:10", Vec::new()), &policy());
        let proposals = services.iter().map(stop).chain([put_back]).map(proposal).collect();
        server_run.plan = Plan { server: server("EX01"), proposals };
        let undone = RunId::parse("20260314-024710-123");
        Run { undoes: undone, ..run(Command::Undo, AgreedBy::Person, vec![server_run]) }
    }

    fn kb(services: &[Service]) -> Run {
        undo(services, "PopProxy", "HealthApi")
    }

    /// The same without an entry to put back.
    fn services_alone(services: &[Service]) -> Run {
        let mut run = kb(services);
        run.servers[0].plan.proposals.pop();
        run
    }

    /// What comes of it.
    fn agreed(run: &Run, answers: &Answers) -> Vec<Subject> {
        let plan = &run.servers[0].plan;
        let decision = plan.decide(|change| answers.against(&plan.server, change, &policy()));
        decision.agreed.iter().map(|agreed| agreed.change.subject()).collect()
    }

    fn line(text: &str) -> Typed {
        Typed::Line(text.to_owned())
    }

    #[test]
    fn the_plan_is_one_question_and_only_a_clear_yes_agrees() {
        for (answers, agrees, ended) in [
            (vec![line("yes")], true, Ended::Answered),
            (vec![line("maybe"), line("y")], true, Ended::Answered),
            (vec![line("")], false, Ended::Answered),
            (vec![line("no")], false, Ended::Answered),
            (vec![line("q")], false, Ended::Quit),
            (vec![Typed::Interrupted], false, Ended::Interrupted),
            (vec![Typed::Escaped], false, Ended::Quit),
            (vec![line("what"), line("why")], false, Ended::Quit),
        ] {
            let mut script = Script(answers.clone(), String::new());
            let run = kb(&[]);
            let given = agree_to_undo(&run, "the plan\n", &mut script);
            assert_eq!((agreed(&run, &given).len(), given.ended()), (usize::from(agrees), ended), "{answers:?}");
            let begin = "the plan\nSet PopProxy on EX01 Inactive again? yes, no or quit [no]:";
            assert!(script.1.starts_with(begin) && script.0.is_empty(), "{}", script.1);
        }
    }

    #[test]
    fn a_server_is_taken_offline_by_its_name_alone() {
        for (answers, ended, offline) in [
            (vec!["EX01"], Ended::Answered, true),
            (vec!["y", "explain", "ex01"], Ended::Answered, true),
            (vec![""], Ended::Answered, false),
            (vec!["q"], Ended::Quit, false),
        ] {
            let run = undo(&[], "ServerWideOffline", "Maintenance");
            let mut script = Script(answers.iter().copied().map(line).collect(), String::new());
            let given = agree_to_undo(&run, "", &mut script);
            assert_eq!(given.ended(), ended, "{answers:?}");
            let begin = "Type EX01 to take all of it offline again; or no, explain or quit [no]:";
            assert!(script.1.starts_with(begin), "{}", script.1);
            assert_eq!((!agreed(&run, &given).is_empty(), script.0.len()), (offline, 0), "{answers:?}");
        }
    }

    #[test]
    fn each_service_is_asked_about_and_a_front_end_that_is_kept_keeps_its_back_end() {
        use Service::{ImapFrontEnd, PopBackEnd, PopFrontEnd};
        let services = [PopFrontEnd, PopBackEnd, ImapFrontEnd];
        for (run, answers, stops) in [
            (kb(&services), vec!["y", "y", "y", "y"], vec![PopFrontEnd, ImapFrontEnd, PopBackEnd]),
            (kb(&services), vec!["y", "y", "n", "n"], vec![PopFrontEnd]),
            (kb(&services), vec!["y", "", "y"], vec![ImapFrontEnd]),
            (kb(&services), vec!["y", "n", "n"], vec![]),
            // A no to the plan ends it.
            (kb(&services), vec!["n"], vec![]),
            (services_alone(&services), vec!["y", "y", ""], vec![PopFrontEnd, PopBackEnd]),
        ] {
            let mut script = Script(answers.iter().copied().map(line).collect(), String::new());
            let given = agree_to_undo(&run, "", &mut script);
            let mut left = agreed(&run, &given);
            left.retain(|subject| matches!(subject, Subject::Service(_)));
            let same = |service: &Service| left.contains(&Subject::Service(*service));
            assert!(left.len() == stops.len() && stops.iter().all(same), "{answers:?}: {left:?}");
            assert!(script.0.is_empty(), "{answers:?}");
        }
        let mut gone = Script(vec![line("y"), line("y"), Typed::Interrupted], String::new());
        let run = kb(&[PopFrontEnd, PopBackEnd]);
        let given = agree_to_undo(&run, "", &mut gone);
        assert_eq!((given.ended(), agreed(&run, &given)), (Ended::Interrupted, vec![]));
        assert!(gone.1.contains("Stop MSExchangePop3 on EX01? yes, no or quit [no]:"), "{}", gone.1);
    }

    #[test]
    fn where_nothing_would_be_done_nothing_is_said() {
        let mut run = kb(&[]);
        run.servers[0].plan.proposals[0].obstacles.push(Obstacle::ChangedSince);
        let mut script = Script(Vec::new(), String::new());
        assert_eq!(agree_to_undo(&run, "the plan", &mut script), Answers::none());
        assert_eq!(script.1, "");
    }
}
