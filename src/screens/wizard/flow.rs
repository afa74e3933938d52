//! The order of the conversation: the overview, one question for each hold, the commands, the last word. A pure function
//! of what was seen and of what is typed.
//!
//! `all` agrees to this hold and to later ones of its kind, and never to more than was understood: for HealthApi those
//! of HealthApi on every server, for any other requester those of the same requester on the same server. It never covers
//! ServerWideOffline, for which the name of the server is typed each time.

use crate::domain::{Diagnosis, Evidence, Hold, KnownRequester, Plan, Policy, Requester, Server, ServerSnapshot};
use crate::screens;
use crate::screens::Show;
use crate::screens::kit::cmdlet::Cmdlet;
use crate::screens::kit::page::{CARE, Page};
use crate::screens::kit::words;

use super::answers::{Answers, Ended, Given};
use super::explain::{darkened, explain};
use super::prompt::{Prompt, Typed};
use super::reply::{self, Reply};

/// One server to ask about.
#[derive(Debug, Clone, Copy)]
pub struct Subject<'a> {
    /// What was seen.
    pub snapshot: &'a ServerSnapshot,
    /// What it means.
    pub diagnoses: &'a [Diagnosis],
    /// Why what HealthApi holds was probably taken down.
    pub evidence: &'a [Evidence],
    /// What could be done.
    pub plan: &'a Plan,
    /// What may be done without asking.
    pub policy: &'a Policy,
}

impl Subject<'_> {
    fn has_questions(&self) -> bool {
        !self.plan.questions().is_empty() || self.plan.startable().next().is_some()
    }
}

/// Asks about every hold of every plan and, once more, about the commands that come of it. `simulated` names the scenario,
/// where no Exchange server is involved.
pub fn ask(subjects: &[Subject<'_>], simulated: Option<&str>, show: &Show, prompt: &mut dyn Prompt) -> Answers {
    // Where there is nothing to agree to, the report says all there is to say.
    if !subjects.iter().any(Subject::has_questions) {
        return Answers::none().end(Ended::Declined);
    }
    let (swept, told) = (Vec::new(), Vec::new());
    let mut talk = Talk { simulated: simulated.is_some(), show, prompt, answers: Answers::none(), swept, told };
    if let Some(scenario) = simulated {
        talk.say(|page| screens::simulated(page, scenario));
        talk.prompt.say("\n");
    }
    let ended = match talk.run(subjects) {
        Ok(true) => Ended::Answered,
        Ok(false) => Ended::Declined,
        Err(early) => early,
    };
    match ended {
        Ended::Answered => {}
        Ended::Declined | Ended::Quit | Ended::Interrupted => talk.say(|page| page.say("Nothing is changed.")),
    }
    talk.answers.end(ended)
}

pub(super) struct Talk<'a> {
    simulated: bool,
    show: &'a Show,
    prompt: &'a mut dyn Prompt,
    pub(super) answers: Answers,
    swept: Vec<Sweep>,
    /// The requesters of which it was said who stands behind them.
    told: Vec<Requester>,
}

/// What an `all` covers.
struct Sweep {
    requester: Requester,
    /// `None`: on every server.
    server: Option<Server>,
}

impl Sweep {
    fn of(server: &Server, hold: &Hold) -> Self {
        let everywhere = hold.requester.known() == Some(KnownRequester::HealthApi);
        Self { requester: hold.requester.clone(), server: (!everywhere).then(|| server.clone()) }
    }

    fn covers(&self, server: &Server, hold: &Hold) -> bool {
        !hold.component.is_server_wide_offline()
            && self.requester == hold.requester
            && self.server.as_ref().is_none_or(|only| only == server)
    }
}

impl Talk<'_> {
    /// Whether the commands are to be run; an error is the early end.
    fn run(&mut self, subjects: &[Subject<'_>]) -> Result<bool, Ended> {
        for (at, subject) in subjects.iter().enumerate() {
            if at > 0 {
                self.prompt.say("\n");
            }
            self.overview(subject);
        }
        let questions = subjects
            .iter()
            .flat_map(|subject| subject.plan.questions().into_iter().map(move |hold| (subject, hold)))
            .collect::<Vec<_>>();
        for (at, (subject, hold)) in questions.iter().enumerate() {
            let title = format!(
                "Question {} of {}: {} holds {} on {}.",
                at + 1,
                questions.len(),
                hold.requester,
                hold.component,
                subject.snapshot.server
            );
            let given = self.question(&title, subject, hold, &questions[at + 1..])?;
            self.answers.give(&subject.snapshot.server, hold, given);
        }
        for subject in subjects {
            self.starts(subject)?;
        }
        self.last_word(subjects)
    }

    fn overview(&mut self, subject: &Subject<'_>) {
        let show = self.show;
        self.say(|page| {
            screens::overview(page, subject.snapshot, subject.diagnoses, subject.evidence, subject.plan, show);
        });
    }

    fn question(
        &mut self,
        title: &str,
        subject: &Subject<'_>,
        hold: &Hold,
        later: &[(&Subject<'_>, &Hold)],
    ) -> Result<Given, Ended> {
        let server = &subject.snapshot.server;
        if let Some(why) = self.moot(subject, hold) {
            self.say(|page| page.say(&format!("{title} Not asked: {why}")));
            return Ok(Given::Moot);
        }
        if self.swept.iter().any(|sweep| sweep.covers(server, hold)) {
            self.say(|page| page.say(&format!("{title} Yes, as you said for all.")));
            return Ok(Given::Yes);
        }
        let show = self.show;
        let first = !self.told.contains(&hold.requester);
        self.told.push(hold.requester.clone());
        self.prompt.say("\n");
        self.say(|page| {
            page.heading(title);
            screens::hold(page, subject.snapshot, hold, first, show);
            if hold.component.is_server_wide_offline() {
                page.inset(2, &format!("It keeps {} dark.", words::list(&darkened(subject, hold))));
                page.styled(CARE, 2, words::BRINGS_ONLINE);
            }
            page.command(4, &Cmdlet::lift(server, hold));
        });
        let reply = if hold.component.is_server_wide_offline() {
            self.server_wide(subject, hold)?
        } else {
            let like_it =
                later.iter().filter(|(other, held)| Sweep::of(server, hold).covers(&other.snapshot.server, held));
            self.hold(subject, hold, like_it.count())?
        };
        match reply {
            Reply::Yes => Ok(Given::Yes),
            Reply::All => {
                self.swept.push(Sweep::of(server, hold));
                Ok(Given::Yes)
            }
            Reply::No | Reply::Explain => Ok(Given::No),
            Reply::Quit => Err(Ended::Quit),
        }
    }

    fn hold(&mut self, subject: &Subject<'_>, hold: &Hold, like_it: usize) -> Result<Reply, Ended> {
        let (default, word) = match hold.requester.known() {
            Some(KnownRequester::HealthApi) => (Reply::Yes, "yes"),
            Some(
                KnownRequester::Maintenance
                | KnownRequester::Sidelined
                | KnownRequester::Functional
                | KnownRequester::Deployment,
            )
            | None => (Reply::No, "no"),
        };
        let all = if like_it == 0 { "all".to_owned() } else { format!("all (this and {like_it} like it)") };
        let question = format!("Lift it? yes, no, {all}, explain or quit [{word}]:");
        self.until(&question, |line| reply::to_hold(line, default), |reply| *reply == Reply::Explain, subject, hold)
    }

    fn server_wide(&mut self, subject: &Subject<'_>, hold: &Hold) -> Result<Reply, Ended> {
        let names = reply::names_of(subject.snapshot);
        let question =
            format!("Type {} to bring it back online; or no, explain or quit [no]:", subject.snapshot.server);
        let parse = |line: &str| reply::to_server_wide(line, &names);
        self.until(&question, parse, |reply| *reply == Reply::Explain, subject, hold)
    }

    /// Asks until the answer is understood and is not a wish for more words.
    fn until<T>(
        &mut self,
        question: &str,
        parse: impl Fn(&str) -> Result<T, &'static str>,
        wants_more: impl Fn(&T) -> bool,
        subject: &Subject<'_>,
        hold: &Hold,
    ) -> Result<T, Ended> {
        let (simulated, show) = (self.simulated, self.show);
        loop {
            match self.ask_once(question, &parse)? {
                Some(reply) if wants_more(&reply) => self.say(|page| explain(page, subject, hold, simulated, show)),
                Some(reply) => return Ok(reply),
                None => {}
            }
        }
    }

    pub(super) fn ask_once<T>(
        &mut self,
        question: &str,
        parse: impl Fn(&str) -> Result<T, &'static str>,
    ) -> Result<Option<T>, Ended> {
        match self.prompt.ask(question) {
            Typed::Line(line) => match parse(&line) {
                Ok(reply) => Ok(Some(reply)),
                Err(again) => {
                    self.say(|page| page.say(again));
                    Ok(None)
                }
            },
            Typed::Escaped => Err(Ended::Quit),
            Typed::Interrupted => Err(Ended::Interrupted),
        }
    }

    /// Why the answer can no longer matter: each component that it darkens is left alone for another hold.
    fn moot(&self, subject: &Subject<'_>, hold: &Hold) -> Option<String> {
        let server = &subject.snapshot.server;
        let mut reasons = Vec::new();
        for proposal in subject.plan.possible().filter(|proposal| proposal.holds.contains(hold)) {
            let declined = proposal.holds.iter().find(|other| self.answers.is_declined(server, other))?;
            let reason = format!("{} is left alone, because {} stays", proposal.component, words::hold_name(declined));
            reasons.push(reason);
        }
        Some(format!("{}.", words::list(&reasons)))
    }

    /// The commands, exactly, and whether to run them.
    fn last_word(&mut self, subjects: &[Subject<'_>]) -> Result<bool, Ended> {
        let confirmed = subjects
            .iter()
            .map(|subject| self.answers.agreed(subject.plan, subject.snapshot, subject.policy))
            .collect::<Vec<_>>();
        let number = confirmed.iter().map(|(plan, starts)| plan.steps().len() + starts.steps.len()).sum::<usize>();
        if number == 0 {
            return Ok(false);
        }
        self.prompt.say("\n");
        self.say(|page| {
            page.heading("These commands, in this order:");
            for (plan, starts) in &confirmed {
                for step in plan.steps() {
                    page.command(2, &Cmdlet::lift(step.server(), step.hold()));
                }
                for step in &starts.steps {
                    page.command(2, &Cmdlet::start(step.server(), step.service()));
                }
            }
            for (subject, (plan, _)) in subjects.iter().zip(&confirmed) {
                for left in plan.left() {
                    let text = format!("Left alone: {} on {}.", left.component, subject.snapshot.server);
                    page.styled(CARE, 2, &text);
                }
            }
            page.say("Nothing has been changed yet.");
        });
        let question = match number {
            1 => "Run this command? yes or no [no]:".to_owned(),
            _ => format!("Run these {number} commands? yes or no [no]:"),
        };
        loop {
            if let Some(run) = self.ask_once(&question, reply::to_commands)? {
                return Ok(run);
            }
        }
    }

    pub(super) fn say(&mut self, write: impl FnOnce(&mut Page)) {
        let mut page = Page::new(self.show.width);
        write(&mut page);
        self.prompt.say(&page.finish());
    }
}
