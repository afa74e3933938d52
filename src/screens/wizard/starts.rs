//! The questions about services that are Manual.

use crate::domain::{StartObstacle, StartProposal};
use crate::screens;

use super::answers::Ended;
use super::flow::{Subject, Talk};
use super::reply;

impl Talk<'_> {
    /// Asks about services that are Manual, where the start could help. The others need no question of their own: they
    /// are among the commands that are agreed to at the end.
    pub(super) fn starts(&mut self, subject: &Subject<'_>) -> Result<(), Ended> {
        let server = &subject.snapshot.server;
        let (confirmed, _) = self.answers.agreed(subject.plan, subject.snapshot, subject.policy);
        let stays_dark = |start: &StartProposal| confirmed.left().iter().any(|left| left.component == start.component);
        let manual = |obstacle: &StartObstacle| matches!(obstacle, StartObstacle::Manual(_));
        for start in subject.plan.starts.iter().filter(|start| start.is_possible() && !stays_dark(start)) {
            if start.objections.is_empty() || !start.objections.iter().all(manual) {
                continue;
            }
            self.say(|page| screens::start_question(page, server, start));
            let agreed = loop {
                let question = format!("Start {}? yes or no [no]:", screens::start_word(&start.services));
                if let Some(agreed) = self.ask_once(&question, reply::to_commands)? {
                    break agreed;
                }
            };
            if agreed {
                self.answers.allow_start(server, &start.component);
            }
        }
        Ok(())
    }
}
