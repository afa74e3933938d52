//! The questions about services that are Manual.

use crate::domain::{Change, Cmdlet, Ended, Given, Obstacle, Proposal, Server, ServerRun};
use crate::screens::kit::page::{CARE, Page};
use crate::screens::kit::words;

use super::flow::Talk;
use super::reply;

impl Talk<'_> {
    /// Asks about services that are Manual, where the start could help. The others need no question of their own: they
    /// are among the commands that are agreed to at the end.
    pub(super) fn services(&mut self, server: &ServerRun) -> Result<(), Ended> {
        let decision = self.decision(server);
        let could_help = |it: &&Proposal| it.is_possible() && !it.needs.iter().any(|needed| decision.leaves(needed));
        let manual = |obstacle: &Obstacle| matches!(obstacle, Obstacle::ServiceManual(_));
        for proposal in server.plan.of_services().filter(could_help) {
            if proposal.objections.is_empty() || !proposal.objections.iter().all(manual) {
                continue;
            }
            self.say(|page| question(page, server.server(), proposal));
            let text = format!("Start {}? yes or no [no]:", words::pronoun(proposal.changes.len()));
            let agreed = self.until_understood(&text, reply::to_commands)?;
            let given = if agreed { Given::Yes } else { Given::No };
            proposal.changes.iter().for_each(|change| self.answers.give(server.server(), change.subject(), given));
        }
        Ok(())
    }
}

fn question(page: &mut Page, server: &Server, proposal: &Proposal) {
    let services = proposal.services();
    let Some(protocol) = services.first().map(|service| service.protocol().name()) else { return };
    page.gap();
    let (names, it, are) =
        (words::services(&services), words::pronoun(services.len()), words::is_or_are(services.len()));
    let they = if services.len() == 1 { "it is" } else { "they are" };
    page.styled(CARE, 0, &format!("{protocol} on {server}: {names} {are} Stopped."));
    page.inset(
        2,
        &format!(
            "Somebody chose, or left, the start type Manual: {protocol} may not be in use there. relight can start {it} \
             now; the start type stays, so that {they} Stopped again after a restart of the server."
        ),
    );
    proposal.changes.iter().for_each(|change: &Change| page.command(4, &Cmdlet::change(server, change)));
}
