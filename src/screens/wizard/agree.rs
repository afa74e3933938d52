//! The questions about an undo: one for each service that it would stop, one for each server that it would take offline, and
//! one about the plan as a whole. The default is no.

use crate::domain::UndoReport;

use super::answers::Ended;
use super::prompt::{Prompt, Typed};
use super::reply::{self, Reply};

/// What there is to explain about it.
const WHAT_GOES_OFFLINE: &str = "All components but Monitoring and RecoveryActionsEnabled go Inactive, mail flow \
                                 included, as they were before the run.";

/// Shows the plan of an undo and asks whether to carry it out. What is not agreed to is taken out of it.
pub fn agree_to_undo(report: &mut UndoReport, plan: &str, prompt: &mut dyn Prompt) -> Ended {
    prompt.say(plan);
    match ask(report, prompt) {
        Ok(true) => Ended::Answered,
        Ok(false) => Ended::Declined,
        Err(early) => early,
    }
}

fn ask(report: &mut UndoReport, prompt: &mut dyn Prompt) -> Result<bool, Ended> {
    for server in &mut report.servers {
        for service in server.plan.stops().collect::<Vec<_>>() {
            // Its front end may have been kept a moment ago, and it with that.
            if !server.plan.stops().any(|it| it == service) {
                continue;
            }
            let question = format!("Stop {} on {}? yes or no [no]:", service.name(), server.plan.server);
            if !until(&question, reply::to_commands, prompt)? {
                server.plan.keep_running(service);
            }
        }
        if server.plan.takes_server_offline() {
            let names = reply::names_of(&server.present);
            let question = format!("Type {} to take all of it offline again; or no [no]:", server.plan.server);
            let parse = |line: &str| match reply::to_server_wide(line, &names)? {
                Reply::Explain => Err(WHAT_GOES_OFFLINE),
                clear @ (Reply::Yes | Reply::No | Reply::All | Reply::Quit) => Ok(clear),
            };
            match until(&question, parse, prompt)? {
                Reply::Yes => {}
                Reply::Quit => return Err(Ended::Quit),
                Reply::No | Reply::All | Reply::Explain => server.plan.leave_server_online(),
            }
        }
    }
    let question = match report.servers.iter().map(|server| server.plan.changes()).sum::<usize>() {
        0 => return Ok(false),
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
    use crate::domain::{Consent, PutBack, RunId, Service, StartedService, UndoPlan, UndoServer};
    use crate::screens::fixtures::{at, hold, server, snapshot};

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

    /// An undo that puts one hold back and stops these services.
    fn report(services: &[Service]) -> UndoReport {
        let hold = hold("PopProxy", "HealthApi", at("02:31:52"));
        let put_backs = vec![PutBack { darkens: vec![hold.component.clone()], hold }];
        let started = services.iter().map(|service| StartedService { service: *service, against: None }).collect();
        let plan = UndoPlan { put_backs, started, ..UndoPlan::nothing(server("EX01")) };
        UndoReport {
            undoes: RunId::parse("20260314-024710-123").expect("a name"),
            simulated: None,
            consent: Consent::Asked,
            interrupted: false,
            servers: vec![UndoServer::of(snapshot("EX01", "02:47:10", Vec::new()), plan)],
        }
    }

    fn line(text: &str) -> Typed {
        Typed::Line(text.to_owned())
    }

    #[test]
    fn only_a_clear_yes_agrees() {
        for (answers, agreed) in [
            (vec![line("yes")], true),
            (vec![line("maybe"), line("y")], true),
            (vec![line("")], false),
            (vec![line("no")], false),
            (vec![Typed::Interrupted], false),
            (vec![Typed::Escaped], false),
            (vec![line("what"), line("why")], false),
        ] {
            let mut script = Script(answers.clone(), String::new());
            let ended = agree_to_undo(&mut report(&[]), "the plan\n", &mut script);
            assert_eq!(ended == Ended::Answered, agreed, "{answers:?}");
            assert!(script.1.starts_with("the plan\nRun this one command?"), "{}", script.1);
        }
    }

    #[test]
    fn a_server_is_taken_offline_by_its_name_alone() {
        for (answers, ended, offline) in [
            (vec!["EX01", "y"], Ended::Answered, true),
            (vec!["y", "explain", "ex01", "y"], Ended::Answered, true),
            (vec!["EX01", ""], Ended::Declined, true),
            (vec![""], Ended::Declined, false),
            (vec!["q"], Ended::Quit, true),
        ] {
            let mut report = report(&[]);
            report.servers[0].plan.put_backs[0].hold = hold("ServerWideOffline", "Maintenance", at("02:31:52"));
            let mut script = Script(answers.iter().copied().map(line).collect(), String::new());
            assert_eq!(agree_to_undo(&mut report, "", &mut script), ended, "{answers:?}");
            assert!(script.1.starts_with("Type EX01 to take all of it offline again; or no [no]:"), "{}", script.1);
            assert_eq!((report.servers[0].plan.takes_server_offline(), script.0.len()), (offline, 0), "{answers:?}");
        }
    }

    #[test]
    fn each_service_is_asked_about_and_a_front_end_that_is_kept_keeps_its_back_end() {
        use Service::{ImapFrontEnd, PopBackEnd, PopFrontEnd};
        for (answers, agreed, stops, last) in [
            (vec!["y", "y", "y", "y"], true, vec![PopFrontEnd, PopBackEnd, ImapFrontEnd], "these 4 commands"),
            (vec!["y", "n", "n", "y"], true, vec![PopFrontEnd], "these 2 commands"),
            (vec!["", "y", "y"], true, vec![ImapFrontEnd], "these 2 commands"),
            (vec!["n", "n", "y"], true, vec![], "this one command"),
            (vec!["y", "y", "y", "n"], false, vec![PopFrontEnd, PopBackEnd, ImapFrontEnd], "these 4 commands"),
        ] {
            let mut report = report(&[PopFrontEnd, PopBackEnd, ImapFrontEnd]);
            let mut script = Script(answers.iter().copied().map(line).collect(), String::new());
            assert_eq!(agree_to_undo(&mut report, "", &mut script) == Ended::Answered, agreed, "{answers:?}");
            assert!(script.1.starts_with("Stop MSExchangePop3 on EX01?") && script.1.contains(last), "{}", script.1);
            assert_eq!(report.servers[0].plan.stops().collect::<Vec<_>>(), stops, "{answers:?}");
            assert!(script.0.is_empty(), "{answers:?}");
        }
        let mut gone = Script(vec![line("y"), Typed::Interrupted], String::new());
        assert_eq!(agree_to_undo(&mut report(&[PopFrontEnd, PopBackEnd]), "", &mut gone), Ended::Interrupted);
    }
}
