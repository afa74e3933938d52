//! The questions about an undo: one for each service that it would stop, one for each server that it would take offline, and
//! one about the plan as a whole. The default is no.

use crate::domain::{Answers, Change, Ended, Given, Obstacle, Policy, Proposal, Run, ServerRun};

use super::prompt::{Prompt, Typed};
use super::reply::{self, Reply};

/// What there is to explain about it.
const WHAT_GOES_OFFLINE: &str = "All components but Monitoring and RecoveryActionsEnabled go Inactive, mail flow \
                                 included, as they were before the run.";

/// Shows the plan of an undo, where it comes to anything, and asks whether to carry it out.
pub fn agree_to_undo(run: &Run, policy: &Policy, plan: &str, prompt: &mut dyn Prompt) -> Answers {
    let mut answers = Answers::none();
    if run.servers.iter().all(|server| changes(server).next().is_none()) {
        return answers;
    }
    prompt.say(plan);
    match ask(run, policy, &mut answers, prompt) {
        Ok(true) => answers,
        Ok(false) => answers.end(Ended::Declined),
        Err(early) => answers.end(early),
    }
}

/// The changes that nothing rules out and that were asked for, each with its proposal.
fn changes(server: &ServerRun) -> impl Iterator<Item = (&Proposal, &Change)> {
    let not_asked = |it: &Obstacle| matches!(it, Obstacle::StopNotAsked(_));
    let possible = server.plan.proposals.iter().filter(|it| it.is_possible());
    let wanted = possible.filter(move |it| !it.objections.iter().any(not_asked));
    wanted.flat_map(|proposal| proposal.changes.iter().map(move |change| (proposal, change)))
}

fn ask(run: &Run, policy: &Policy, answers: &mut Answers, prompt: &mut dyn Prompt) -> Result<bool, Ended> {
    for server in &run.servers {
        let name = server.server();
        for (proposal, change) in changes(server) {
            let Some(service) = change.service() else { continue };
            // Its front end may have been kept a moment ago, and it with that.
            let given = if proposal.needs.iter().any(|it| answers.of(name, it) == Some(Given::No)) {
                Given::NotNeeded
            } else {
                let question = format!("Stop {} on {name}? yes or no [no]:", service.name());
                if until(&question, reply::to_commands, prompt)? { Given::Yes } else { Given::No }
            };
            answers.give(name, change.subject(), given);
        }
        let offline = changes(server).map(|(_, change)| change).filter(|it| it.is_server_wide()).collect::<Vec<_>>();
        if !offline.is_empty() {
            let names = reply::names_of(&server.before);
            let question = format!("Type {name} to take all of it offline again; or no [no]:");
            let parse = |line: &str| match reply::to_server_wide(line, &names)? {
                Reply::Explain => Err(WHAT_GOES_OFFLINE),
                clear @ (Reply::Yes | Reply::No | Reply::All | Reply::Quit) => Ok(clear),
            };
            let given = match until(&question, parse, prompt)? {
                Reply::Yes => Given::Yes,
                Reply::Quit => return Err(Ended::Quit),
                Reply::No | Reply::All | Reply::Explain => Given::No,
            };
            offline.iter().for_each(|change| answers.give(name, change.subject(), given));
        }
    }
    let agreed =
        |server: &ServerRun| server.plan.decide(|change| answers.against(server.server(), change, policy)).agreed.len();
    let question = match run.servers.iter().map(agreed).sum::<usize>() {
        // The answers say of each change why it is left alone.
        0 => return Ok(true),
        1 => "Run this one command? yes or no [no]:".to_owned(),
        commands => format!("Run these {commands} commands? yes or no [no]:"),
    };
    until(&question, reply::to_commands, prompt)
}

/// Asks until the answer is understood.
fn until<T>(
    question: &str,
    parse: impl Fn(&str) -> Result<T, &'static str>,
    prompt: &mut dyn Prompt,
) -> Result<T, Ended> {
    loop {
        match prompt.ask(question) {
            Typed::Escaped => return Err(Ended::Quit),
            Typed::Interrupted => return Err(Ended::Interrupted),
            Typed::Line(line) => match parse(&line) {
                Ok(reply) => return Ok(reply),
                Err(again) => prompt.say(&format!("{again}\n")),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{AgreedBy, Command, Plan, RunId, Service, ServiceState, StartType, Subject};
    use crate::screens::fixtures::{at, inactive_entry, looked, run, server, snapshot};

    /// Types these answers and remembers what it was shown.
    struct Script(Vec<Typed>, String);

    impl Prompt for Script {
        fn say(&mut self, text: &str) {
            self.1.push_str(text);
        }

        fn ask(&mut self, question: &str) -> Typed {
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
    fn only_a_clear_yes_agrees() {
        for (answers, agrees) in [
            (vec![line("yes")], true),
            (vec![line("maybe"), line("y")], true),
            (vec![line("")], false),
            (vec![line("no")], false),
            (vec![Typed::Interrupted], false),
            (vec![Typed::Escaped], false),
            (vec![line("what"), line("why")], false),
        ] {
            let mut script = Script(answers.clone(), String::new());
            let run = kb(&[]);
            let given = agree_to_undo(&run, &policy(), "the plan\n", &mut script);
            assert_eq!(agreed(&run, &given).len(), usize::from(agrees), "{answers:?}");
            assert!(script.1.starts_with("the plan\nRun this one command?"), "{}", script.1);
        }
    }

    #[test]
    fn a_server_is_taken_offline_by_its_name_alone() {
        for (answers, ended, offline) in [
            (vec!["EX01", "y"], Ended::Answered, true),
            (vec!["y", "explain", "ex01", "y"], Ended::Answered, true),
            (vec!["EX01", ""], Ended::Declined, false),
            // Nothing is left to agree to.
            (vec![""], Ended::Answered, false),
            (vec!["q"], Ended::Quit, false),
        ] {
            let run = undo(&[], "ServerWideOffline", "Maintenance");
            let mut script = Script(answers.iter().copied().map(line).collect(), String::new());
            let given = agree_to_undo(&run, &policy(), "", &mut script);
            assert_eq!(given.ended(), ended, "{answers:?}");
            assert!(script.1.starts_with("Type EX01 to take all of it offline again; or no [no]:"), "{}", script.1);
            assert_eq!((!agreed(&run, &given).is_empty(), script.0.len()), (offline, 0), "{answers:?}");
        }
    }

    #[test]
    fn each_service_is_asked_about_and_a_front_end_that_is_kept_keeps_its_back_end() {
        use Service::{ImapFrontEnd, PopBackEnd, PopFrontEnd};
        for (answers, stops, last) in [
            (vec!["y", "y", "y", "y"], vec![PopFrontEnd, ImapFrontEnd, PopBackEnd], "these 4 commands"),
            (vec!["y", "n", "n", "y"], vec![PopFrontEnd], "these 2 commands"),
            (vec!["", "y", "y"], vec![ImapFrontEnd], "these 2 commands"),
            (vec!["n", "n", "y"], vec![], "this one command"),
            (vec!["y", "y", "y", "n"], vec![], "these 4 commands"),
        ] {
            let run = kb(&[PopFrontEnd, PopBackEnd, ImapFrontEnd]);
            let mut script = Script(answers.iter().copied().map(line).collect(), String::new());
            let given = agree_to_undo(&run, &policy(), "", &mut script);
            assert!(script.1.starts_with("Stop MSExchangePop3 on EX01?") && script.1.contains(last), "{}", script.1);
            let mut left = agreed(&run, &given);
            left.retain(|subject| matches!(subject, Subject::Service(_)));
            let same = |service: &Service| left.contains(&Subject::Service(*service));
            assert!(left.len() == stops.len() && stops.iter().all(same), "{answers:?}: {left:?}");
            assert!(script.0.is_empty(), "{answers:?}");
        }
        let mut gone = Script(vec![line("y"), Typed::Interrupted], String::new());
        let run = kb(&[PopFrontEnd, PopBackEnd]);
        assert_eq!(agree_to_undo(&run, &policy(), "", &mut gone).ended(), Ended::Interrupted);
    }

    #[test]
    fn where_nothing_would_be_done_nothing_is_said() {
        let mut run = kb(&[]);
        run.servers[0].plan.proposals[0].obstacles.push(Obstacle::ChangedSince);
        let mut script = Script(Vec::new(), String::new());
        assert_eq!(agree_to_undo(&run, &policy(), "the plan", &mut script), Answers::none());
        assert_eq!(script.1, "");
    }
}
