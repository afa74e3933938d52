//! A run that somebody ended, at a question or while its changes were made, in two lines: what was done, what was not.

use crate::domain::{
    AgreedBy, Cmdlet, Command, Diagnosis, NotSent, Obstacle, Outcome, Run, RunId, ServerRun, Service, StepOutcome,
    Subject, VerdictKind, each_once,
};
use crate::screens::kit::page::{PLAIN, Page};
use crate::screens::kit::words;

use super::Show;

/// `None`: nobody ended it so, or there is more to say than that.
pub fn stopped(run: &Run, show: &Show) -> Option<String> {
    let is_stopped = |step: &StepOutcome| step.outcome == Outcome::NotSent(NotSent::Interrupted);
    let was_ended = run.servers.iter().any(|it| it.steps.iter().any(is_stopped) || ends_at_a_question(it));
    let is_plain = |server: &ServerRun| {
        let expected = |step| is_stopped(step) || (step.outcome == Outcome::Done && server.confirms(step));
        server.steps.iter().all(expected) && server.troubles().next().is_none()
    };
    if run.agreed_by != AgreedBy::Person || run.resumed || !was_ended || !run.servers.iter().all(is_plain) {
        return None;
    }
    if !run.flaws.is_none() || !run.undone_flaws.is_none() {
        return None;
    }
    let done = run.servers.iter().flat_map(|server| done(run, server)).collect::<Vec<_>>();
    let not_done = run.servers.iter().flat_map(|server| not_done(run, server)).collect::<Vec<_>>();
    if not_done.is_empty() {
        return None;
    }
    let done = if done.is_empty() { "nothing".to_owned() } else { done.join("; ") };
    let mark = if run.simulated.is_some() { " (SIMULATED)" } else { "" };
    let mut page = Page::new(show.width).with_whole_commands(show.whole_commands);
    page.hanging(PLAIN, &format!("Done{mark}: {done}."));
    page.hanging(PLAIN, &format!("Not done: {}.", not_done.join("; ")));
    if let Some(id) = run.id.as_ref().filter(|_| run.was_changed()) {
        page.lead(PLAIN, 0, "Undo:", &Cmdlet::relight(&format!("undo {id}"), run.connection.iter().cloned()));
    }
    Some(page.finish())
}

fn ends_at_a_question(server: &ServerRun) -> bool {
    let left = server.decision.iter().flat_map(|decision| &decision.left);
    left.flat_map(|left| &left.obstacles).any(|it| matches!(it, Obstacle::NotAnswered(_)))
}

fn done(run: &Run, server: &ServerRun) -> Vec<String> {
    let (mut components, mut entries, mut services) = (Vec::new(), Vec::new(), Vec::new());
    for verdict in server.verdicts().iter().filter(|it| it.kind == VerdictKind::Confirmed) {
        let group = match verdict.subject {
            Subject::Component(_) => &mut components,
            Subject::Entry(..) => &mut entries,
            Subject::Service(_) => &mut services,
        };
        group.push(verdict.subject.to_string());
    }
    let of_services = match run.command {
        Command::Check | Command::Fix => "Running",
        Command::Undo => "Stopped",
    };
    let say = |(what, how): (Vec<String>, &str)| {
        let are = words::is_or_are(what.len());
        (!what.is_empty()).then(|| format!("{} on {} {are} {how}", words::list(&what), server.server()))
    };
    [(components, "Active, confirmed"), (entries, "as before the run"), (services, of_services)]
        .into_iter()
        .filter_map(say)
        .collect()
}

fn not_done(run: &Run, server: &ServerRun) -> Vec<String> {
    let name = server.server();
    match run.command {
        Command::Undo => {
            let undone = run.undoes.as_ref().map_or("", RunId::as_str);
            let rest = if server.was_changed() { "the rest of what" } else { "what" };
            return vec![format!("{rest} run {undone} changed on {name} stays as it is")];
        }
        Command::Check | Command::Fix => {}
    }
    let is_left = |it: &&Diagnosis| {
        it.is_inactive()
            && !server.passes_over(&it.component)
            && !server.is_confirmed(&Subject::Component(it.component.clone()))
    };
    let components = server.diagnoses.iter().filter(is_left).map(|it| it.component.to_string()).collect::<Vec<_>>();
    let not_sent = server.steps.iter().filter(|step| !step.outcome.was_sent()).filter_map(|step| step.change.service());
    // Of an inactive component it is not the services that matter.
    let alone = server.plan.startable().filter(|it| it.needs.is_none()).flat_map(|it| it.services());
    let is_left = |it: &Service| !server.is_confirmed(&Subject::Service(*it));
    let services = each_once(not_sent.chain(alone)).into_iter().filter(is_left);
    let services = services.map(|service| service.name().to_owned()).collect::<Vec<_>>();
    let say = |(what, state): (Vec<String>, &str)| {
        let stay = if what.len() == 1 { "stays" } else { "stay" };
        (!what.is_empty()).then(|| format!("{} on {name} {stay} {state}", words::list(&what)))
    };
    [(components, "Inactive"), (services, "Stopped")].into_iter().filter_map(say).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{
        Answers, Ended, Given, Policy, ServerSnapshot, ServiceState, Services, StartType, TroubleKind,
    };
    use crate::screens::fixtures::{
        active, inactive, kb_fault, kb_fixed, looked, run, service_seen, show, snapshot, trouble,
    };

    fn stopped_run(servers: Vec<ServerRun>) -> Option<String> {
        stopped(&run(Command::Fix, AgreedBy::Person, servers), &show())
    }

    /// What somebody decided who answered with yes and then quit.
    fn quit(before: ServerSnapshot) -> ServerRun {
        let policy = Policy::default();
        let mut server = looked(before, &policy);
        let mut answers = Answers::none();
        let changes = server.plan.proposals.iter().flat_map(|it| &it.changes);
        changes.for_each(|change| answers.give(server.server(), change.subject(), Given::Yes));
        let answers = answers.end(Ended::Quit);
        server.decision = Some(server.plan.decide(|change| answers.against(server.server(), change, &policy)));
        server
    }

    /// The KB fault, of which PopProxy was set Active as it ended, and ImapProxy was not any more.
    fn halfway(end: Outcome) -> ServerRun {
        let mut server = looked(kb_fault("EX01"), &Policy::default());
        let decision = server.plan.decide(|_| Vec::new());
        server.steps = decision.not_begun();
        server.decision = Some(decision);
        for (step, outcome) in server.steps.iter_mut().zip([end, Outcome::NotSent(NotSent::Interrupted)]) {
            step.outcome = outcome;
        }
        let mut after = kb_fixed("EX01");
        after.components[1] = inactive("ImapProxy", &["HealthApi"]);
        server.looked_again(after, None);
        server
    }

    #[test]
    fn who_quits_is_told_what_stays() {
        let healthy = snapshot("EX02", "02:46:52", vec![active("PopProxy"), active("ImapProxy")]);
        let mut services = snapshot("EX03", "02:46:52", vec![active("PopProxy"), active("ImapProxy")]);
        let seen = |service| service_seen(service, ServiceState::Stopped, StartType::Automatic);
        services.services = Services::Read(vec![seen(Service::PopFrontEnd), seen(Service::PopBackEnd)]);
        let text = stopped_run(vec![quit(kb_fault("EX01")), quit(healthy), quit(services)]);
        assert_eq!(
            text.as_deref(),
            Some(
                "Done: nothing.\nNot done: PopProxy and ImapProxy on EX01 stay Inactive; MSExchangePOP3BE and\n  \
                 MSExchangePop3 on EX03 stay Stopped.\n"
            )
        );
    }

    #[test]
    fn who_stops_the_changes_is_told_what_was_done_and_how_to_undo_it() {
        let id = RunId::parse("20260314-024710-123");
        let run = Run { id, ..run(Command::Fix, AgreedBy::Person, vec![halfway(Outcome::Done)]) };
        assert_eq!(
            stopped(&run, &show()).as_deref(),
            Some(
                "Done: PopProxy on EX01 is Active, confirmed.\nNot done: ImapProxy on EX01 stays Inactive.\nUndo: relight \
                 undo 20260314-024710-123\n"
            )
        );
        let simulated = Run { simulated: Some("kb".to_owned()), ..run };
        assert!(stopped(&simulated, &show()).expect("a text").starts_with("Done (SIMULATED): PopProxy"));
    }

    #[test]
    fn where_there_is_more_to_say_the_report_says_it() {
        let why = || trouble(TroubleKind::ShellLost, None, "the shell ended");
        let policy = Policy::default();
        let mut declined = looked(kb_fault("EX01"), &policy);
        let none = Answers::none();
        declined.decision = Some(declined.plan.decide(|change| none.against(declined.server(), change, &policy)));
        let mut again = halfway(Outcome::Done);
        let mut after = kb_fixed("EX01");
        after.components[0] = inactive("PopProxy", &["HealthApi"]);
        again.looked_again(after, None);
        for (server, why) in [
            (declined, "answered"),
            (halfway(Outcome::Unknown(why())), "an unknown outcome"),
            (halfway(Outcome::Failed(why())), "a failure"),
            (again, "not confirmed"),
        ] {
            assert_eq!(stopped_run(vec![server]), None, "{why}");
        }
        let by_policy = run(Command::Fix, AgreedBy::Yes, vec![halfway(Outcome::Done)]);
        assert_eq!(stopped(&by_policy, &show()), None);
    }
}
