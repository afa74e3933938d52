//! An undo: what can be put back and what is left as it is, what was done, and the proof.

use crate::domain::{Consent, Outcome, RunId, Skipped, UndoReport, UndoServer, UndoVerdict, UndoVerdictKind, Why};
use crate::screens::kit::cmdlet::Cmdlet;
use crate::screens::kit::page::{BAD, CARE, GOOD, HEADING, PLAIN, Page};
use crate::screens::kit::{time, words};

use super::Show;
use super::done::{ended, outcome};
use super::report::{simulated, trouble};
use super::stops;

/// What would be put back, before anybody agrees to it.
pub fn undo_plan(report: &UndoReport, show: &Show) -> String {
    let mut page = begin(report, show);
    for server in &report.servers {
        plan(&mut page, &report.undoes, server, show);
    }
    page.say("Nothing has been changed yet.");
    page.finish()
}

/// The whole report.
pub fn undo(report: &UndoReport, show: &Show) -> String {
    let mut page = begin(report, show);
    if report.servers.is_empty() {
        page.say("That run changed nothing: there is nothing to put back.");
        return page.finish();
    }
    for server in &report.servers {
        if server.ended().next().is_none() {
            plan(&mut page, &report.undoes, server, show);
        } else {
            done(&mut page, server);
            skipped(&mut page, server, show);
            stops::kept(&mut page, &report.undoes, server);
        }
        for one in server.present.troubles.iter().chain(server.after.iter().flat_map(|after| &after.troubles)) {
            trouble(&mut page, 0, one);
        }
    }
    page.gap();
    if report.interrupted {
        page.styled(CARE, 0, "The run was interrupted: what is not listed above as sent was not done.");
    }
    if !report.servers.iter().flat_map(UndoServer::ended).any(Outcome::was_sent) {
        page.say(match report.consent {
            Consent::DryRun => "Nothing was changed: this was a dry run.",
            Consent::Unconfirmed => {
                "Nothing was changed: a change needs a terminal to ask at, or --yes; there is neither."
            }
            Consent::Declined | Consent::Asked | Consent::Yes | Consent::Resumed => "Nothing was changed.",
        });
    }
    page.finish()
}

fn begin(report: &UndoReport, show: &Show) -> Page {
    let mut page = Page::new(show.width).with_whole_commands(show.whole_commands);
    if let Some(scenario) = &report.simulated {
        simulated(&mut page, scenario);
    }
    page.styled(HEADING, 0, &format!("Undo of run {}", report.undoes));
    page
}

fn plan(page: &mut Page, run: &RunId, server: &UndoServer, show: &Show) {
    page.heading(&server.present.server.to_string());
    stops::plan(page, server);
    for put_back in &server.plan.put_backs {
        let hold = &put_back.hold;
        let since = time::entry(&hold.since, server.present.taken, &show.tz);
        let text =
            format!("{} is as the run left it. Before, it read {} since {since}.", words::hold_name(hold), hold.state);
        page.item(PLAIN, 0, &text);
        page.command(4, &Cmdlet::put_back(&server.present.server, hold));
        let dark = if hold.component.is_server_wide_offline() {
            format!("all of {} offline again, mail flow included", server.present.server)
        } else {
            let dark = put_back.darkens.iter().map(ToString::to_string).collect::<Vec<_>>();
            format!("{} down again", words::list(&dark))
        };
        page.styled(CARE, 4, &format!("That takes {dark}. The time of the entry will be a new one."));
    }
    skipped(page, server, show);
    stops::kept(page, run, server);
}

fn skipped(page: &mut Page, server: &UndoServer, show: &Show) {
    for Skipped { hold, why } in &server.plan.skipped {
        let since = time::entry(&hold.since, server.present.taken, &show.tz);
        let text = format!(
            "{} is left as it is: {} Before the run it read {} since {since}.",
            words::hold_name(hold),
            because(why),
            hold.state
        );
        page.item(CARE, 0, &text);
    }
}

fn because(why: &Why) -> &'static str {
    match why {
        Why::NotSent => "the run never sent that change.",
        Why::NotKnown => "the run did not see what it left; relight resume settles that first.",
        Why::NeverLifted => "the run did not lift it.",
        Why::NotSeen => "what is recorded now could not be read completely.",
        Why::ChangedSince => "its entries have changed since the run.",
        Why::OwnConsent => {
            "it takes the whole server offline, which takes a consent of its own: the name of the server, typed, or \
             --include-server-wide-offline."
        }
    }
}

fn done(page: &mut Page, server: &UndoServer) {
    page.heading(&server.present.server.to_string());
    stops::outcomes(page, &server.stops);
    for step in &server.outcomes {
        ended(page, &Cmdlet::step(step.action, &step.server, &step.hold), &step.outcome, outcome(&step.outcome));
    }
    stops::verdicts(page, &server.stop_verdicts);
    for UndoVerdict { component, requester, kind } in &server.verdicts {
        let name = format!("{requester} on {component}");
        match kind {
            UndoVerdictKind::PutBack => {
                page.item(GOOD, 0, &format!("{name} is put back: both stores have a newer entry that says so."));
            }
            UndoVerdictKind::NotPutBack(stores) => {
                let stores = stores.iter().map(|store| words::store(*store).to_owned()).collect::<Vec<_>>();
                page.item(BAD, 0, &format!("{name} is not put back in {}.", words::list(&stores)));
            }
            UndoVerdictKind::Unknown => {
                page.item(BAD, 0, &format!("{name}: unknown, what is recorded could not be read."));
            }
        }
    }
}
