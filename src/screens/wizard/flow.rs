//! The order of the conversation: the overview, and one question for each group, over all servers that have it. A pure
//! function of what was seen and of what is typed.

use crate::domain::{Answers, Component, Decision, Ended, Given, Policy, Run, ServerRun, Subject};
use crate::screens::kit::page::{CARE, Page};
use crate::screens::kit::words;
use crate::screens::{Show, look, simulated};

use super::explain::explain;
use super::group::{About, Group, Part};
use super::joint::Joint;
use super::prompt::{Prompt, until_understood};
use super::question::Question;
use super::reply::{self, Reply};

/// Asks about every plan. Where there is nothing to agree to, the report says all there is to say.
pub fn ask(run: &Run, policy: &Policy, show: &Show, prompt: &mut dyn Prompt) -> Answers {
    if run.servers.iter().all(|server| Group::all(server).is_empty()) {
        return Answers::none();
    }
    let mut talk = Talk { run, policy, show, prompt, answers: Answers::none() };
    if let Some(scenario) = &run.simulated {
        talk.say(|page| simulated(page, scenario));
    }
    let ended = talk.run().err().unwrap_or(Ended::Answered);
    talk.answers.end(ended)
}

struct Talk<'a> {
    run: &'a Run,
    policy: &'a Policy,
    show: &'a Show,
    prompt: &'a mut dyn Prompt,
    answers: Answers,
}

impl<'a> Talk<'a> {
    /// An error is the early end. Of a server about which nothing is asked the report says all there is to say.
    fn run(&mut self) -> Result<(), Ended> {
        let all = self.run.servers.iter().map(|server| (server, Group::all(server)));
        let asked = all.filter(|(_, groups)| !groups.is_empty()).collect::<Vec<_>>();
        let (run, show) = (self.run, self.show);
        if let [(server, groups)] = &asked[..] {
            self.say(|page| look::overview(page, run, server, show));
            groups.iter().try_for_each(|group| self.group(group))?;
        } else {
            let servers = asked.iter().map(|(server, _)| *server).collect::<Vec<_>>();
            self.say(|page| look::overview_of_several(page, run, &servers));
            let is_server_wide = |group: &&Group<'_>| matches!(group.about, About::ServerWide(_));
            let (before, others) = asked.iter().flat_map(|(_, groups)| groups).partition::<Vec<_>, _>(is_server_wide);
            before.into_iter().try_for_each(|group| self.group(group))?;
            for joint in Joint::all(others.into_iter()) {
                self.joint(&joint)?;
            }
        }
        asked.iter().for_each(|(server, groups)| self.in_vain(server, groups));
        Ok(())
    }

    /// The same question about several servers, as far as a yes could change something on all of them.
    fn joint(&mut self, joint: &Joint<'_>) -> Result<(), Ended> {
        let can_help = |group: &&Group<'_>| group.parts.iter().all(|part| self.can_help(group, part));
        let (together, alone) = joint.groups.iter().copied().partition::<Vec<_>, _>(can_help);
        match &together[..] {
            [] => {}
            [group] => self.group(group)?,
            _ => self.question_of_several(&Joint { groups: together })?,
        }
        alone.into_iter().try_for_each(|group| self.group(group))
    }

    fn question_of_several(&mut self, joint: &Joint<'_>) -> Result<(), Ended> {
        let (policy, show, simulated) = (self.policy, self.show, self.run.simulated.is_some());
        self.prompt.say("\n");
        self.say(|page| joint.show(page, policy));
        let given = loop {
            let parse = |line: &str| reply::to_question(line, Reply::No, true);
            match until_understood(self.prompt, &joint.text(), "no", parse)? {
                Reply::Yes => break Given::Yes,
                Reply::No => break Given::No,
                Reply::Choose => return joint.groups.iter().try_for_each(|group| self.group(group)),
                Reply::Quit => return Err(Ended::Quit),
                Reply::Explain => {
                    for group in &joint.groups {
                        let parts = group.parts.iter().collect::<Vec<_>>();
                        self.say(|page| explain(page, Question { group, parts: &parts }, simulated, show));
                    }
                }
            }
        };
        joint.changes().for_each(|(server, change)| self.answers.give(server.server(), change.subject(), given));
        Ok(())
    }

    fn group(&mut self, group: &Group<'_>) -> Result<(), Ended> {
        let (wanted, moot) = group.parts.iter().partition::<Vec<_>, _>(|part| self.can_help(group, part));
        if let (About::Components(_), false) = (&group.about, moot.is_empty()) {
            let (server, because) = (group.server.server(), Component::server_wide_offline());
            for change in moot.iter().flat_map(|part| &part.changes) {
                self.answers.give(server, change.subject(), Given::NotNeeded);
            }
            let components = moot.iter().map(|part| part.component.clone()).collect::<Vec<_>>();
            let components = words::components(&components);
            self.prompt.say("\n");
            self.say(|page| {
                page.say(&format!("Not asked: {components} on {server}, because {because} stays Inactive."))
            });
        }
        if wanted.is_empty() { Ok(()) } else { self.question(Question { group, parts: &wanted }) }
    }

    /// Whether a yes could change anything for a client, by what was answered so far.
    fn can_help(&self, group: &Group<'_>, part: &Part<'_>) -> bool {
        match group.about {
            About::ServerWide(_) | About::Services => true,
            About::Components(_) => !(part.is_offline && self.keeps_offline(group.server)),
            About::ManualServices => {
                let decision = self.decision(group.server);
                !decision.leaves(&Subject::Component(part.component.clone()))
            }
        }
    }

    fn keeps_offline(&self, server: &ServerRun) -> bool {
        let mut server_wide = server.plan.possible().flat_map(|it| &it.changes).filter(|it| it.is_server_wide());
        server_wide.any(|change| self.answers.of(server.server(), &change.subject()) == Some(Given::No))
    }

    /// What the answers come to so far.
    fn decision(&self, server: &ServerRun) -> Decision {
        server.plan.decide(|change| self.answers.against(server.server(), change, self.policy))
    }

    fn question(&mut self, question: Question<'_>) -> Result<(), Ended> {
        let policy = self.policy;
        self.prompt.say("\n");
        self.say(|page| question.show(page, policy));
        let given = match self.reply(question)? {
            Reply::Yes => Given::Yes,
            Reply::No | Reply::Explain => Given::No,
            Reply::Choose => {
                let one = |part| self.question(Question { parts: &[part], ..question });
                return question.parts.iter().copied().try_for_each(one);
            }
            Reply::Quit => return Err(Ended::Quit),
        };
        let server = question.server().server();
        question.changes().for_each(|change| self.answers.give(server, change.subject(), given));
        Ok(())
    }

    /// Asks until the answer is understood and is not a wish for more words.
    fn reply(&mut self, question: Question<'_>) -> Result<Reply, Ended> {
        let (simulated, show, server) = (self.run.simulated.is_some(), self.show, question.server());
        // That is what --yes does.
        let is_usual = question.group.is_of_healthapi_alone() && self.run.servers.len() == 1;
        let (default, word) = if is_usual { (Reply::Yes, "yes") } else { (Reply::No, "no") };
        let parse = |line: &str| match question.group.about {
            About::ServerWide(_) => reply::to_server_wide(line, &reply::names_of(&server.before)),
            About::Components(_) | About::Services | About::ManualServices => {
                reply::to_question(line, default, question.has_choice())
            }
        };
        loop {
            match until_understood(self.prompt, &question.text(), word, parse)? {
                Reply::Explain => self.say(|page| explain(page, question, simulated, show)),
                reply @ (Reply::Yes | Reply::No | Reply::Choose | Reply::Quit) => return Ok(reply),
            }
        }
    }

    /// That ServerWideOffline stays although its question was answered with yes, because all that it would be for does.
    fn in_vain(&mut self, server: &ServerRun, groups: &[Group<'_>]) {
        let mut asked = groups.iter().filter(|it| matches!(it.about, About::ServerWide(_))).flat_map(|it| &it.parts);
        let is_agreed = self.decision(server).agreed.iter().any(|it| it.change.is_server_wide());
        if asked.next().is_some() && !is_agreed && !self.keeps_offline(server) {
            let text = format!(
                "{} on {} is left as it is: no component that it is for is set Active.",
                Component::server_wide_offline(),
                server.server(),
            );
            self.say(|page| page.styled(CARE, 0, &text));
        }
    }

    fn say(&mut self, write: impl FnOnce(&mut Page)) {
        let mut page = Page::new(self.show.width);
        write(&mut page);
        self.prompt.say(&page.finish());
    }
}
