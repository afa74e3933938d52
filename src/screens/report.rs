//! The report of a check or a fix: for one server its name, one word and one sentence, one table, why, and what to type
//! next; for several, one line each and one table. What does not fit a screen of 24 lines is left to `-v`.

use crate::domain::{AgreedBy, Command, Next, Outcome, Proposal, Run, ServerRun};
use crate::screens::kit::page::{CARE, HEADING, Page};
use crate::screens::kit::{time, words};

use super::{Show, after, below, clients, details, flaws, headline, look, many, next, notes, plan};

/// Lines of a screen of 24 that a report may take: one is for what was said before it, and a check leaves two for the prompts.
const CHECK: usize = 21;
const FIX: usize = 23;

/// The whole report. Styled with ANSI codes, which the console takes out where they are not wanted.
pub fn report<'run>(run: &'run Run, show: &Show) -> String {
    let whole_commands = show.whole_commands && run.command != Command::Check;
    let mut page = Page::new(show.width).with_whole_commands(whole_commands);
    run.simulated.iter().for_each(|scenario| simulated(&mut page, scenario));
    let next = run.next();
    let end = page.part(|page| closing(page, run, &next));
    // A next command that is too long for its line takes no room from what there is to say.
    let wrapped = page.height_of(&page.part(|page| next::say(page, &next))).saturating_sub(next.len());
    let end_height = page.height_of(&end) - wrapped;
    match &run.servers[..] {
        [server] => one(&mut page, run, server, show),
        servers if many::is_many(servers.len()) && !show.verbose => many::say(&mut page, run, servers),
        servers => several(&mut page, run, servers, show),
    }
    let several = run.servers.len() > 1;
    let of = |server: &'run ServerRun| (several.then(|| server.server()), below::of(&page, run, server, show));
    let all = run.servers.iter().map(of).collect::<Vec<_>>();
    // A command takes two lines of a console, one more where it did not go well, and another where a session is lost.
    let steps = run.servers.iter().flat_map(|server| &server.steps);
    let said =
        steps.map(|step| 2 + usize::from(step.outcome != Outcome::Done) + usize::from(step.outcome.is_unknown()));
    let said = said.sum::<usize>();
    // What a client met is worth a line more.
    let met = run.servers.iter().any(clients::are_met);
    let most = if run.command == Command::Check { CHECK + usize::from(met) } else { FIX.saturating_sub(said) };
    let most = most.saturating_sub(many::said(&run.servers));
    let room = if show.verbose { usize::MAX } else { most.saturating_sub(page.height() + end_height + 2) };
    let is_short = page.has_no_gap() && all.iter().all(|(_, notes)| notes.is_empty()) && !show.verbose;
    let rest = if run.was_changed() { "in the whole record" } else { "with -v" };
    notes::say(&mut page, &all, room, rest);
    if show.verbose {
        run.servers.iter().for_each(|server| details::details(&mut page, server, show));
    }
    if !is_short && !end.is_empty() {
        page.gap();
    }
    page.append(&end);
    page.finish()
}

/// That no Exchange server is involved.
pub fn simulated(page: &mut Page, scenario: &str) {
    page.styled(CARE, 0, &format!("SIMULATED ({scenario}): no Exchange server is involved."));
}

fn one(page: &mut Page, run: &Run, server: &ServerRun, show: &Show) {
    look::header(page, server);
    headline::say(page, run, server, None);
    if is_judged(server) {
        after::table(page, &[server], false);
    } else if show.verbose || look::is_worth_a_table(server) {
        look::table(page, &[server], false);
    }
}

/// Several servers, a line each: how many, when they were looked at, and how each came out.
pub fn heads(page: &mut Page, run: &Run, servers: &[ServerRun]) {
    let taken = servers.iter().map(|server| server.after().unwrap_or(&server.before).taken).max();
    let taken = taken.map(|at| format!("looked at {} UTC", time::utc(at))).unwrap_or_default();
    page.apart(HEADING, &words::count(servers.len(), "server"), &taken);
    let widest = servers.iter().map(|server| server.server().as_str().len()).max().unwrap_or_default();
    for server in servers {
        headline::say(page, run, server, Some(&format!("{:widest$}", server.server().as_str())));
    }
}

fn several(page: &mut Page, run: &Run, servers: &[ServerRun], show: &Show) {
    heads(page, run, servers);
    let judged = servers.iter().filter(|server| is_judged(server)).collect::<Vec<_>>();
    if !judged.is_empty() {
        after::table(page, &judged, true);
    }
    let rest = servers.iter().filter(|server| !is_judged(server));
    let rest = rest.filter(|server| show.verbose || look::is_worth_a_table(server)).collect::<Vec<_>>();
    if !rest.is_empty() {
        look::table(page, &rest, true);
    }
}

/// Whether a look after a change says something.
fn is_judged(server: &ServerRun) -> bool {
    !server.verdicts().is_empty()
}

/// That it was interrupted, where it was.
pub fn was_interrupted(page: &mut Page, run: &Run) {
    if run.interrupted {
        page.styled(CARE, 0, "The run was interrupted: what is not listed above as sent was not done.");
    }
}

/// That nothing was changed, and why, where nothing was.
pub fn nothing_changed(page: &mut Page, run: &Run) {
    if run.was_changed() {
        return;
    }
    page.say(match (run.command, run.agreed_by) {
        (Command::Fix, _) if run.resumed => "The run changed nothing, and its record is closed.",
        (Command::Check, _) => "Nothing was changed.",
        (_, AgreedBy::Nobody) => "Nothing was changed: this was a dry run.",
        (_, AgreedBy::NobodyToAsk) if has_something_to_ask(run) => {
            "Nothing was changed: a change needs a terminal to ask at, or --yes; there is neither."
        }
        (_, AgreedBy::NobodyToAsk | AgreedBy::Person | AgreedBy::Yes) => "Nothing was changed.",
    });
}

/// Whether somebody could have confirmed something.
fn has_something_to_ask(run: &Run) -> bool {
    run.servers.iter().flat_map(|server| &server.plan.proposals).any(Proposal::is_possible)
}

fn closing(page: &mut Page, run: &Run, next: &[Next]) {
    many::not_looked_at(page, &run.left_out);
    if plan::shows_commands(run) {
        plan::commands(page, run);
        page.gap();
    }
    flaws::say(page, &run.flaws, &run.way());
    next::say(page, next);
    nothing_changed(page, run);
}
