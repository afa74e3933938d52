//! The order of the conversation: the overview, one question for each entry, the commands, the last word. A pure function
//! of what was seen and of what is typed.
//!
//! `all` agrees to this entry and to later ones of its kind, and never to more than was understood: for HealthApi those
//! of HealthApi on every server, for any other requester those of the same requester on the same server. It never covers
//! ServerWideOffline, for which the name of the server is typed each time.

use crate::domain::{
    Answers, Change, Cmdlet, Decision, Ended, Given, InactiveEntry, KnownRequester, Policy, Requester, Run, Server,
    ServerRun, Subject,
};
use crate::screens::kit::page::{CARE, Page};
use crate::screens::kit::words;
use crate::screens::{Show, look, simulated};

use super::explain::{Question, explain, is_for};
use super::prompt::{Prompt, Typed};
use super::reply::{self, Reply};

/// Asks about every entry of every plan and, once more, about the commands that come of it.
pub fn ask(run: &Run, policy: &Policy, show: &Show, prompt: &mut dyn Prompt) -> Answers {
    let has_questions =
        |server: &ServerRun| !server.plan.questions().is_empty() || server.plan.startable().next().is_some();
    // Where there is nothing to agree to, the report says all there is to say.
    if !run.servers.iter().any(has_questions) {
        return Answers::none().end(Ended::Declined);
    }
    let (yes_to_all, introduced) = (Vec::new(), Vec::new());
    let mut talk = Talk { run, policy, show, prompt, answers: Answers::none(), yes_to_all, introduced };
    if let Some(scenario) = &run.simulated {
        talk.say(|page| simulated(page, scenario));
        talk.prompt.say("\n");
    }
    let ended = match talk.run() {
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
    run: &'a Run,
    policy: &'a Policy,
    show: &'a Show,
    prompt: &'a mut dyn Prompt,
    pub(super) answers: Answers,
    yes_to_all: Vec<YesToAll<'a>>,
    /// The requesters of which it was said who stands behind them.
    introduced: Vec<&'a Requester>,
}

/// What an `all` covers.
struct YesToAll<'a> {
    requester: &'a Requester,
    /// `None`: on every server.
    server: Option<&'a Server>,
}

impl<'a> YesToAll<'a> {
    fn of(question: Question<'a>) -> Self {
        let everywhere = words::is_of_healthapi(question.entry);
        let server = (!everywhere).then(|| question.server.server());
        Self { requester: &question.entry.requester, server }
    }

    fn covers(&self, question: Question<'_>) -> bool {
        !question.is_server_wide()
            && *self.requester == question.entry.requester
            && self.server.is_none_or(|only| only == question.server.server())
    }
}

impl<'a> Talk<'a> {
    /// Whether the commands are to be run; an error is the early end.
    fn run(&mut self) -> Result<bool, Ended> {
        let (servers, show) = (&self.run.servers, self.show);
        for (at, server) in servers.iter().enumerate() {
            if at > 0 {
                self.prompt.say("\n");
            }
            let run = self.run;
            self.say(|page| look::overview(page, run, server, show));
        }
        let of = |server: &'a ServerRun| {
            server.plan.questions().into_iter().map(move |entry| Question { server, entry }).collect::<Vec<_>>()
        };
        let questions = servers.iter().flat_map(of).collect::<Vec<_>>();
        for (at, question) in questions.iter().enumerate() {
            let (InactiveEntry { component, requester, .. }, server) = (question.entry, question.server.server());
            let (number, of, mark) = (at + 1, questions.len(), self.mark(question.entry));
            let title = format!("Question {number} of {of}: {requester} holds {component} on {server}{mark}.");
            let given = self.question(&title, *question, &questions[at + 1..])?;
            self.answers.give(server, subject(question.entry), given);
        }
        for server in servers {
            self.services(server)?;
        }
        self.last_word()
    }

    /// Behind an entry that `--requester` names. That is no answer, and changes no default.
    fn mark(&self, entry: &InactiveEntry) -> &'static str {
        let named = |known: &KnownRequester| !Policy::default().requesters.contains(known);
        let known = entry.requester.known().filter(named);
        let is_allowed = known.is_some_and(|known| self.policy.requesters.contains(&known));
        if is_allowed { " (allowed by --requester)" } else { "" }
    }

    fn question(&mut self, title: &str, question: Question<'a>, later: &[Question<'a>]) -> Result<Given, Ended> {
        let Question { server, entry } = question;
        if let Some(why) = self.not_needed(question) {
            self.say(|page| page.say(&format!("{title} Not asked: {why}")));
            return Ok(Given::NotNeeded);
        }
        if self.yes_to_all.iter().any(|all| all.covers(question)) {
            self.say(|page| page.say(&format!("{title} Yes, as you said for all.")));
            return Ok(Given::Yes);
        }
        let show = self.show;
        let first = !self.introduced.contains(&&entry.requester);
        self.introduced.push(&entry.requester);
        self.prompt.say("\n");
        self.say(|page| {
            page.heading(title);
            look::inactive_entry(page, &server.before, entry, first, show);
            if question.is_server_wide() {
                page.inset(2, &format!("It keeps {} dark.", words::components(&is_for(question))));
                page.styled(CARE, 2, words::BRINGS_ONLINE);
            }
            page.command(4, &Cmdlet::set_active(server.server(), entry));
        });
        let reply = if question.is_server_wide() {
            self.server_wide(question)?
        } else {
            let all = YesToAll::of(question);
            self.entry(question, later.iter().filter(|other| all.covers(**other)).count())?
        };
        match reply {
            Reply::Yes => Ok(Given::Yes),
            Reply::All => {
                self.yes_to_all.push(YesToAll::of(question));
                Ok(Given::Yes)
            }
            Reply::No | Reply::Explain => Ok(Given::No),
            Reply::Quit => Err(Ended::Quit),
        }
    }

    fn entry(&mut self, question: Question<'_>, like_it: usize) -> Result<Reply, Ended> {
        let (default, word) = match question.entry.requester.known() {
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
        let text = format!("Lift it? yes, no, {all}, explain or quit [{word}]:");
        self.until_clear(&text, |line| reply::to_entry(line, default), question)
    }

    fn server_wide(&mut self, question: Question<'_>) -> Result<Reply, Ended> {
        let names = reply::names_of(&question.server.before);
        let text = format!("Type {} to bring it back online; or no, explain or quit [no]:", question.server.server());
        self.until_clear(&text, |line| reply::to_server_wide(line, &names), question)
    }

    /// Asks until the answer is understood and is not a wish for more words.
    fn until_clear(
        &mut self,
        text: &str,
        parse: impl Fn(&str) -> Result<Reply, &'static str>,
        question: Question<'_>,
    ) -> Result<Reply, Ended> {
        let (simulated, show) = (self.run.simulated.is_some(), self.show);
        loop {
            match self.until_understood(text, &parse)? {
                Reply::Explain => self.say(|page| explain(page, question, simulated, show)),
                reply @ (Reply::Yes | Reply::No | Reply::All | Reply::Quit) => return Ok(reply),
            }
        }
    }

    pub(super) fn until_understood<T>(
        &mut self,
        text: &str,
        parse: impl Fn(&str) -> Result<T, &'static str>,
    ) -> Result<T, Ended> {
        loop {
            match self.prompt.ask(text) {
                Typed::Line(line) => match parse(&line) {
                    Ok(reply) => return Ok(reply),
                    Err(again) => self.say(|page| page.say(again)),
                },
                Typed::Escaped => return Err(Ended::Quit),
                Typed::Interrupted => return Err(Ended::Interrupted),
            }
        }
    }

    /// Why the answer can no longer matter: each component that the entry makes Inactive is left alone for another one.
    fn not_needed(&self, Question { server, entry }: Question<'_>) -> Option<String> {
        let is_declined = |other: &&InactiveEntry| self.answers.of(server.server(), &subject(other)) == Some(Given::No);
        let mut reasons = Vec::new();
        for proposal in server.plan.possible().filter(|proposal| proposal.entries().any(|it| it == entry)) {
            let declined = proposal.entries().find(is_declined)?;
            let component = words::components(&proposal.components);
            reasons.push(format!("{component} is left alone, because {} stays", words::entry_name(declined)));
        }
        Some(format!("{}.", words::list(&reasons)))
    }

    /// What the answers come to so far.
    pub(super) fn decision(&self, server: &ServerRun) -> Decision {
        server.plan.decide(|change| self.answers.against(server.server(), change, self.policy))
    }

    /// The commands, exactly, and whether to run them.
    fn last_word(&mut self) -> Result<bool, Ended> {
        let decided = |server: &'a ServerRun| (server.server(), self.decision(server));
        let decisions = self.run.servers.iter().map(decided).collect::<Vec<_>>();
        let number = decisions.iter().map(|(_, decision)| decision.agreed.len()).sum::<usize>();
        if number == 0 {
            return Ok(false);
        }
        self.prompt.say("\n");
        self.say(|page| {
            page.heading("These commands, in this order:");
            for (server, decision) in &decisions {
                decision.agreed.iter().for_each(|it| page.command(2, &Cmdlet::change(server, &it.change)));
            }
            for (server, decision) in &decisions {
                for left in decision.left.iter().filter(|left| !left.is_of_services()) {
                    let components = words::components(&left.components);
                    page.styled(CARE, 2, &format!("Left alone: {components} on {server}."));
                }
            }
            page.say("Nothing has been changed yet.");
        });
        let text = match number {
            1 => "Run this command? yes or no [no]:".to_owned(),
            _ => format!("Run these {number} commands? yes or no [no]:"),
        };
        self.until_understood(&text, reply::to_commands)
    }

    pub(super) fn say(&mut self, write: impl FnOnce(&mut Page)) {
        let mut page = Page::new(self.show.width);
        write(&mut page);
        self.prompt.say(&page.finish());
    }
}

fn subject(entry: &InactiveEntry) -> Subject {
    Change::set_active(entry.clone()).subject()
}
