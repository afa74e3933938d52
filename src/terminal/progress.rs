//! Progress while a run goes on: a turning tick while the shell loads and steps run, one line for each thing that has
//! happened. Where nobody watches, the lines alone, in the order of events.

use std::time::Duration;

use crate::domain::{
    Change, Cmdlet, Event, NotSent, Outcome, Server, ServiceState, Step, StepOutcome, Trouble, TroubleKind, Waited,
};

use super::console::Console;
use crate::screens;
use crate::screens::kit::page::{BAD, COMMAND, GOOD, Page};
use crate::screens::kit::{command, sanitize, time, words};

/// Shows events on a console.
#[derive(Debug, Default)]
pub(crate) struct Progress {
    steps: usize,
    ended: usize,
    /// Whether the commands were shown a moment ago, to whoever confirmed them.
    shown: bool,
    /// What is waited for, as it was said.
    waiting_for: Option<&'static str>,
    /// How many servers are looked at or changed at once.
    several: usize,
    /// Those of them that are done.
    done: Vec<Server>,
}

/// What is going on, for a program that shows it.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Now<'a> {
    /// The server; `None`: it is about no one of them.
    pub(crate) server: Option<&'a Server>,
    /// What is being done.
    pub(crate) doing: String,
    /// How many servers are done, and of how many; `None`: there are not several.
    pub(crate) servers: Option<(usize, usize)>,
}

impl Progress {
    /// Progress of a run of which the number of steps is not known yet.
    pub(crate) fn new() -> Self {
        Self::default()
    }

    /// So many steps are to come, on all servers; `shown`: somebody has just seen their commands.
    pub(crate) fn expect(&mut self, steps: usize, shown: bool) {
        *self = Self { steps, shown, ..Self::default() };
    }

    pub(crate) fn show(&mut self, event: &Event<'_>, console: &mut Console) {
        match event {
            Event::Several(servers) => {
                (self.several, self.done) = (*servers, Vec::new());
                console.begin_board(*servers);
            }
            Event::Begins(server) => {
                if let Some(board) = console.board() {
                    board.begins(server);
                }
            }
            Event::IsSlow(server) => {
                if let Some(board) = console.board() {
                    board.is_slow(server);
                }
            }
            Event::Ends(server) => {
                if !self.done.contains(*server) {
                    self.done.push((*server).clone());
                }
                if console.board().is_some_and(|board| board.ends(server)) {
                    console.stop();
                }
            }
            Event::At(server, event) => {
                if let (Some(board), Some(doing)) = (console.board(), doing(event)) {
                    board.does(server, &doing);
                }
            }
            Event::Connecting
            | Event::ShellSays(_)
            | Event::Connected(_)
            | Event::Looking(..)
            | Event::AskingMonitor(..)
            | Event::Probing(_)
            | Event::ProbingSeveral(_)
            | Event::Waiting(..)
            | Event::Investigating(_)
            | Event::Identifying(_)
            | Event::Looked(_)
            | Event::Done(_)
            | Event::StepBegins(_)
            | Event::StepSends(_)
            | Event::StepEnded(..)
            | Event::Reconnecting(_)
            | Event::OpeningOn(_)
            | Event::NotOpenedOn(..)
            | Event::NoMoreSessions(_) => {}
        }
        match self.tell(event, console.talk_width(), console.is_live()) {
            Some(ShownLine::Doing(doing)) => console.spin(&doing, true),
            Some(ShownLine::Waiting(waiting)) => console.spin(&waiting, false),
            Some(ShownLine::Text(text)) => console.say(&text),
            None => {}
        }
    }

    /// What is going on now that this has happened; `None`: nothing else than before.
    pub(crate) fn now<'a>(&self, event: &'a Event<'_>) -> Option<Now<'a>> {
        let (server, doing) = match event {
            Event::At(server, event) => (Some(*server), doing(event)?),
            Event::Ends(server) => (Some(*server), "done".to_owned()),
            Event::Looking(server, _)
            | Event::AskingMonitor(server, _)
            | Event::Probing(server)
            | Event::Investigating(server)
            | Event::Identifying(server)
            | Event::OpeningOn(server) => (Some(*server), doing(event)?),
            Event::StepBegins(step) => (Some(step.server()), format!("{} {}", self.number(), doing_step(step))),
            Event::Connecting => (None, words::capital(&doing(event)?)),
            Event::ShellSays(text) => (None, format!("Exchange Management Shell: {}", sanitize(text))),
            Event::ProbingSeveral(servers) => (None, connecting_to_several(*servers)),
            Event::Several(servers) => (None, format!("{servers} servers")),
            Event::Waiting(what, left) => {
                let (doing, left) = waiting(*what, *left);
                (None, format!("{doing}, {left}"))
            }
            Event::Reconnecting(_) => (None, "The session with Exchange was lost. Another one is opened".to_owned()),
            Event::Connected(_)
            | Event::Looked(_)
            | Event::Done(_)
            | Event::StepSends(_)
            | Event::StepEnded(..)
            | Event::Begins(_)
            | Event::IsSlow(_)
            | Event::NotOpenedOn(..)
            | Event::NoMoreSessions(_) => return None,
        };
        let servers = (self.several > 1).then_some((self.done.len(), self.several));
        Some(Now { server, doing, servers })
    }

    fn tell(&mut self, event: &Event<'_>, width: usize, live: bool) -> Option<ShownLine> {
        match event {
            Event::Connecting if live => Some(ShownLine::Doing("Loading the Exchange Management Shell ...".to_owned())),
            Event::Connecting => Some(ShownLine::Text(paragraph(width, "Loading the Exchange Management Shell ..."))),
            Event::ShellSays(text) => live.then(|| ShownLine::Doing(format!("Exchange Management Shell: {text}"))),
            Event::Connected(_) | Event::Looked(_) | Event::Done(_) | Event::StepSends(_) => None,
            Event::Looking(server, component) => {
                live.then(|| ShownLine::Doing(format!("Looking at {component} on {server}")))
            }
            Event::Investigating(server) => {
                live.then(|| ShownLine::Doing(format!("Asking {server} why Managed Availability set it Inactive")))
            }
            Event::Identifying(server) => {
                live.then(|| ShownLine::Doing(format!("Asking the logs who set components of {server} Inactive")))
            }
            Event::AskingMonitor(server, component) => {
                live.then(|| ShownLine::Doing(format!("Asking {server} for the monitor of {component}")))
            }
            Event::Probing(server) => {
                live.then(|| ShownLine::Doing(format!("Connecting to {server} as a client would")))
            }
            Event::ProbingSeveral(servers) => live.then(|| ShownLine::Doing(connecting_to_several(*servers))),
            Event::Waiting(what, left) => {
                let (doing, left) = waiting(*what, *left);
                let key = if *what == Waited::Monitors { "q: stop and report" } else { "q: stop waiting" };
                self.wait(doing, &left, key, width, live)
            }
            Event::StepBegins(step) => live.then(|| ShownLine::Doing(self.begin(step))),
            Event::StepEnded(server, command, step) => {
                Some(ShownLine::Text(self.end(server, command, step, width, live)))
            }
            Event::Reconnecting(why) => Some(ShownLine::Text(reconnecting("", why.kind, width))),
            Event::OpeningOn(server) => {
                live.then(|| ShownLine::Doing(format!("Opening a remote session on {server} itself")))
            }
            Event::NotOpenedOn(server, why) => Some(ShownLine::Text(not_opened_on(server, why, width))),
            Event::NoMoreSessions(why) => {
                let text = format!(
                    "No other session could be opened ({}): those that there are go on.",
                    words::trouble(why.kind)
                );
                Some(ShownLine::Text(paragraph(width, &text)))
            }
            Event::At(server, event) => self.tell_of(server, event, width, live),
            Event::Several(_) | Event::Begins(_) | Event::IsSlow(_) | Event::Ends(_) => None,
        }
    }

    /// Of one server of several, only what has happened.
    fn tell_of(&mut self, server: &Server, event: &Event<'_>, width: usize, live: bool) -> Option<ShownLine> {
        if let Event::Looked(seen) = event {
            let found = screens::many::found(seen, width).filter(|_| screens::many::is_many(self.several));
            return found.map(ShownLine::Text);
        }
        if let Event::Reconnecting(why) = event {
            return Some(ShownLine::Text(reconnecting(&format!("{server}: "), why.kind, width)));
        }
        if let Event::Connecting = event {
            return None;
        }
        self.tell(event, width, live).filter(|line| matches!(line, ShownLine::Text(_)))
    }

    /// What goes on for minutes: counted down where somebody watches, who may end it; else said once, where it begins.
    fn wait(&mut self, doing: &'static str, left: &str, key: &str, width: usize, live: bool) -> Option<ShownLine> {
        if live {
            return Some(ShownLine::Waiting(format!("{doing}, {left} ({key})")));
        }
        let is_new = self.waiting_for.replace(doing) != Some(doing);
        is_new.then(|| ShownLine::Text(paragraph(width, &format!("{doing}, {left}."))))
    }

    fn begin(&self, step: &Step) -> String {
        format!("{} {}: {}", self.number(), step.server(), doing_step(step))
    }

    /// The command, or what it was about where the command was just shown; and what became of it, unless all is well.
    fn end(&mut self, server: &Server, cmdlet: &Cmdlet, step: &StepOutcome, width: usize, live: bool) -> String {
        let number = self.number();
        self.ended += 1;
        let mut page = Page::new(width);
        let indent = number.len() + 1;
        let is_done = step.outcome == Outcome::Done;
        if self.shown {
            let ended = if is_done { ": no error reported." } else { ":" };
            page.line(if is_done { GOOD } else { COMMAND }, &format!("{number} {}{ended}", short(server, step)));
        } else {
            let lines = command::lines(cmdlet, if live { width.saturating_sub(indent) } else { usize::MAX });
            for (at, line) in lines.iter().enumerate() {
                let margin = if at == 0 { format!("{number} ") } else { " ".repeat(indent) };
                page.line(COMMAND, &format!("{margin}{line}"));
            }
        }
        if !is_done {
            let said = match &step.outcome {
                Outcome::Failed(why) => format!("error: {}.", words::trouble(why.kind)),
                Outcome::Unknown(why) => format!("outcome unknown: {}.", words::trouble(why.kind)),
                Outcome::NotSent(NotSent::NotSeen(why)) => format!("not sent: {}.", words::trouble(why.kind)),
                Outcome::Done | Outcome::NotBegun | Outcome::Open | Outcome::NotCarriedOut | Outcome::NotSent(_) => {
                    screens::outcome(&step.change, &step.outcome).to_owned()
                }
            };
            page.styled(screens::outcome_style(&step.outcome, GOOD), indent, &said);
        }
        page.finish()
    }

    fn number(&self) -> String {
        match self.steps {
            0 => format!("[{}]", self.ended + 1),
            steps => format!("[{}/{steps}]", self.ended + 1),
        }
    }
}

/// A step in a few words.
fn short(server: &Server, step: &StepOutcome) -> String {
    match &step.change {
        Change::SetState { entry, to, .. } => format!("{} on {server} {to} for {}", entry.component, entry.requester),
        Change::SetService { service, to: ServiceState::Running, .. } => {
            format!("{} on {server} started", service.name())
        }
        Change::SetService { service, .. } => format!("{} on {server} stopped", service.name()),
    }
}

/// What an event comes to on a console.
#[derive(Debug, PartialEq, Eq)]
enum ShownLine {
    /// Something is going on; how long so far is shown with it.
    Doing(String),
    /// Something is waited for; it says itself how long that may last.
    Waiting(String),
    /// Something has happened.
    Text(String),
}

fn paragraph(width: usize, text: &str) -> String {
    let mut page = Page::new(width);
    page.say(text);
    page.finish()
}

fn not_opened_on(server: &Server, why: &Trouble, width: usize) -> String {
    let mut page = Page::new(width);
    let text = format!(
        "No remote session on {server} itself could be opened ({}). The change goes over the session that there is, and \
         reaches the registry of {server} over the network.",
        words::trouble(why.kind)
    );
    page.styled(BAD, 0, &text);
    page.finish()
}

fn connecting_to_several(servers: usize) -> String {
    format!("Connecting to {servers} servers as a client would")
}

/// What is waited for, and how long yet.
fn waiting(what: Waited, left: Duration) -> (&'static str, String) {
    let (doing, how) = match what {
        Waited::Exchange => ("Waiting for Active Directory and the registry to show the change", "at most"),
        Waited::Clients => ("Waiting for clients to be served", "at most"),
        Waited::Copy => ("Waiting for the Health Manager to copy it into the registry", "at most"),
        Waited::Monitors => ("Watching for the monitor to be Healthy", "to go"),
    };
    (doing, format!("{} {how}", time::countdown(left)))
}

/// What is being done at one of several servers.
fn doing(event: &Event<'_>) -> Option<String> {
    match event {
        Event::Connecting => Some("loading the Exchange Management Shell".to_owned()),
        Event::Looking(_, component) => Some(format!("reading {component}")),
        Event::AskingMonitor(_, component) => Some(format!("asking for the monitor of {component}")),
        Event::Probing(_) => Some("connecting as a client would".to_owned()),
        Event::Investigating(_) => Some("asking why it was set Inactive".to_owned()),
        Event::Identifying(_) => Some("asking who set it Inactive".to_owned()),
        Event::StepBegins(step) => Some(doing_step(step)),
        Event::OpeningOn(_) => Some("opening a remote session there".to_owned()),
        Event::ShellSays(_)
        | Event::Connected(_)
        | Event::ProbingSeveral(_)
        | Event::Waiting(..)
        | Event::Looked(_)
        | Event::Done(_)
        | Event::StepSends(_)
        | Event::StepEnded(..)
        | Event::Reconnecting(_)
        | Event::NotOpenedOn(..)
        | Event::Several(_)
        | Event::Begins(_)
        | Event::At(..)
        | Event::IsSlow(_)
        | Event::Ends(_)
        | Event::NoMoreSessions(_) => None,
    }
}

fn doing_step(step: &Step) -> String {
    match step.change() {
        Change::SetState { entry, to, .. } => format!("setting {} {to} for {}", entry.component, entry.requester),
        Change::SetService { service, to: ServiceState::Running, .. } => format!("starting {}", service.name()),
        Change::SetService { service, .. } => format!("stopping {}", service.name()),
    }
}

fn reconnecting(at: &str, why: TroubleKind, width: usize) -> String {
    let mut page = Page::new(width);
    let how = match why {
        TroubleKind::ShellLost => String::new(),
        TroubleKind::AccessDenied
        | TroubleKind::NotFound
        | TroubleKind::Edge
        | TroubleKind::Unsupported
        | TroubleKind::WrongServer
        | TroubleKind::Malformed
        | TroubleKind::Unreachable
        | TroubleKind::Deadline
        | TroubleKind::Interrupted
        | TroubleKind::Refused => format!(" ({})", words::trouble(why)),
    };
    let text = format!("{at}The session with Exchange was lost{how}. Another one is opened.");
    page.styled(BAD, 0, &text);
    page.finish()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Component, Consent, Policy};
    use crate::screens::fixtures::{kb_fault, looked, server, trouble};

    fn story(live: bool) -> String {
        let before = kb_fault("EX01");
        let mut run = looked(before.clone(), &Policy::default());
        let steps = Consent::of_policy(&mut run, &Policy::default()).expect("a consent").into_steps();
        let (ex01, pop) = (server("EX01"), Component::new("PopProxy"));
        let mut progress = Progress::new();
        let mut story = String::new();
        let mut tell = |progress: &mut Progress, event: Event<'_>| match progress.tell(&event, 80, live) {
            Some(ShownLine::Doing(doing) | ShownLine::Waiting(doing)) => story.push_str(&format!("~ {doing}\n")),
            Some(ShownLine::Text(text)) => story.push_str(&anstream::adapter::strip_str(&text).to_string()),
            None => {}
        };
        tell(&mut progress, Event::Connecting);
        tell(&mut progress, Event::ShellSays("VERBOSE: Connecting to EX01"));
        tell(&mut progress, Event::Connected(Duration::from_millis(5_240)));
        tell(&mut progress, Event::Looking(&ex01, &pop));
        tell(&mut progress, Event::Looked(&before));
        progress.expect(steps.len(), false);
        let lost = trouble(TroubleKind::Deadline, None, "no answer");
        for (step, outcome) in steps.into_iter().zip([Outcome::Done, Outcome::Unknown(lost.clone())]) {
            tell(&mut progress, Event::StepBegins(&step));
            let command = step.command().clone();
            tell(&mut progress, Event::StepEnded(&ex01, &command, &step.end(outcome)));
        }
        tell(&mut progress, Event::Reconnecting(&lost));
        for left in [90, 89] {
            tell(&mut progress, Event::Waiting(Waited::Clients, Duration::from_secs(left)));
        }
        tell(&mut progress, Event::Waiting(Waited::Monitors, Duration::from_secs(360)));
        story
    }

    #[test]
    fn somebody_who_watches_sees_what_is_going_on_and_what_happened() {
        insta::assert_snapshot!(story(true), @r"
        ~ Loading the Exchange Management Shell ...
        ~ Exchange Management Shell: VERBOSE: Connecting to EX01
        ~ Looking at PopProxy on EX01
        ~ [1/2] EX01: setting PopProxy Active for HealthApi
        [1/2] Set-ServerComponentState -Identity EX01 -Component PopProxy `
                  -Requester HealthApi -State Active
        ~ [2/2] EX01: setting ImapProxy Active for HealthApi
        [2/2] Set-ServerComponentState -Identity EX01 -Component ImapProxy `
                  -Requester HealthApi -State Active
              outcome unknown: a deadline passed.
        The session with Exchange was lost (a deadline passed). Another one is opened.
        ~ Waiting for clients to be served, 1:30 min at most (q: stop waiting)
        ~ Waiting for clients to be served, 1:29 min at most (q: stop waiting)
        ~ Watching for the monitor to be Healthy, 6:00 min to go (q: stop and report)
        ");
    }

    #[test]
    fn a_program_is_told_what_is_going_on() {
        let (ex01, ex02, pop) = (server("EX01"), server("EX02"), Component::new("PopProxy"));
        let mut progress = Progress::new();
        let mut console = Console::new(clap::ColorChoice::Never, true, true);
        let mut told = String::new();
        let looking = Event::Looking(&ex02, &pop);
        for event in [
            Event::Connecting,
            Event::ShellSays("VERBOSE:\u{1b}[2J Connecting"),
            Event::Connected(Duration::from_secs(5)),
            Event::Several(2),
            Event::Begins(&ex01),
            Event::At(&ex02, &looking),
            Event::Ends(&ex01),
            Event::Waiting(Waited::Clients, Duration::from_secs(90)),
        ] {
            progress.show(&event, &mut console);
            if let Some(Now { server, doing, servers }) = progress.now(&event) {
                told.push_str(&format!("{} {servers:?} {doing}\n", server.map_or("-", Server::as_str)));
            }
        }
        insta::assert_snapshot!(told, @r"
        - None Loading the Exchange Management Shell
        - None Exchange Management Shell: VERBOSE:[2J Connecting
        - Some((0, 2)) 2 servers
        EX02 Some((0, 2)) reading PopProxy
        EX01 Some((1, 2)) done
        - Some((1, 2)) Waiting for clients to be served, 1:30 min at most
        ");
    }

    #[test]
    fn a_log_has_only_what_happened() {
        insta::assert_snapshot!(story(false), @r"
        Loading the Exchange Management Shell ...
        [1/2] Set-ServerComponentState -Identity EX01 -Component PopProxy -Requester HealthApi -State Active
        [2/2] Set-ServerComponentState -Identity EX01 -Component ImapProxy -Requester HealthApi -State Active
              outcome unknown: a deadline passed.
        The session with Exchange was lost (a deadline passed). Another one is opened.
        Waiting for clients to be served, 1:30 min at most.
        Watching for the monitor to be Healthy, 6:00 min to go.
        ");
    }
}
