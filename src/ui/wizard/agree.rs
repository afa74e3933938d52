//! The questions about an undo: one for each service that it would stop, and one about the plan as a whole. The default
//! is no.

use crate::domain::UndoReport;

use super::prompt::{Prompt, Typed};
use super::reply;

/// Shows the plan of an undo and asks whether to carry it out. A service that is not to be stopped is taken out of it.
pub fn agree_to_undo(report: &mut UndoReport, plan: &str, prompt: &mut dyn Prompt) -> bool {
    prompt.say(plan);
    for server in &mut report.servers {
        for service in server.plan.stops().collect::<Vec<_>>() {
            // Its front end may have been kept a moment ago, and it with that.
            if !server.plan.stops().any(|it| it == service) {
                continue;
            }
            let question = format!("Stop {} on {}? yes or no [no]:", service.name(), server.plan.server);
            match yes_or_no(&question, prompt) {
                Some(true) => {}
                Some(false) => server.plan.keep_running(service),
                None => return false,
            }
        }
    }
    let question = match report.servers.iter().map(|server| server.plan.changes()).sum::<usize>() {
        0 => return false,
        1 => "Run this one command? yes or no [no]:".to_owned(),
        commands => format!("Run these {commands} commands? yes or no [no]:"),
    };
    yes_or_no(&question, prompt).unwrap_or(false)
}

/// The answer; `None`: whoever was asked went away.
fn yes_or_no(question: &str, prompt: &mut dyn Prompt) -> Option<bool> {
    loop {
        match prompt.ask(question) {
            Typed::Escaped | Typed::Interrupted => return None,
            Typed::Line(line) => match reply::to_commands(&line) {
                Ok(agreed) => return Some(agreed),
                Err(again) => prompt.say(&format!("{again}\n")),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Consent, PutBack, RunId, Service, StartedService, UndoPlan, UndoServer};
    use crate::ui::fixtures::{at, hold, server, snapshot};

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
            assert_eq!(agree_to_undo(&mut report(&[]), "the plan\n", &mut script), agreed, "{answers:?}");
            assert!(script.1.starts_with("the plan\nRun this one command?"), "{}", script.1);
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
            assert_eq!(agree_to_undo(&mut report, "", &mut script), agreed, "{answers:?}");
            assert!(script.1.starts_with("Stop MSExchangePop3 on EX01?") && script.1.contains(last), "{}", script.1);
            assert_eq!(report.servers[0].plan.stops().collect::<Vec<_>>(), stops, "{answers:?}");
            assert!(script.0.is_empty(), "{answers:?}");
        }
        let mut gone = Script(vec![line("y"), Typed::Interrupted], String::new());
        assert!(!agree_to_undo(&mut report(&[PopFrontEnd, PopBackEnd]), "", &mut gone));
    }
}
