//! A run as a page for a ticket: one file that fetches nothing and runs nothing. Its own policy forbids both, and every text
//! passes the template, which escapes it.

mod picture;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use maud::{DOCTYPE, Markup, PreEscaped, html};
use sha2::{Digest as _, Sha256};

use crate::domain::{
    AgreedBy, Cmdlet, Command, Ending, Happened, Moment, Run, ServerRun, StepOutcome, Tone, VerdictKind, left_out_line,
};
use crate::screens::kit::page::Page;
use crate::screens::kit::{sanitize, time, words};

use super::notes::Notes;
use super::{Show, after, below, evidence, flaws, headline, history, look, next, steps};

const STYLE: &str = include_str!("style.css");

/// The page. `show` tells the time zone.
pub fn html(run: &Run, show: &Show) -> String {
    let show = &Show { width: usize::MAX, whole_commands: true, verbose: false, ..show.clone() };
    let title = title(run);
    let policy = format!("default-src 'none'; style-src 'sha256-{}'", BASE64_STANDARD.encode(Sha256::digest(STYLE)));
    let (well, worth) = run.servers.iter().partition::<Vec<_>, _>(|server| Ending::of(server, run) == Ending::Ok);
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta http-equiv="Content-Security-Policy" content=(policy);
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { (title) }
                style { (PreEscaped(STYLE)) }
            }
            body {
                header {
                    h1 { (title) }
                    @if let Some(scenario) = &run.simulated {
                        p .word .care { "SIMULATED: no Exchange server was involved. Scenario: " (sanitize(scenario)) }
                    }
                    (facts(run, show))
                }
                main {
                    (summary(run, &worth, &well))
                    (picture::picture(run))
                    (timeline(run))
                    @for server in &worth { (server_of(run, server, show)) }
                    (what_next(run))
                }
                footer { p { "Written by relight " (sanitize(&run.version)) ", from the record of the run." } }
            }
        }
    }
    .into_string()
}

fn title(run: &Run) -> String {
    let name = match run.name() {
        "" => String::new(),
        name => format!(" {name}"),
    };
    match &run.servers[..] {
        [server] => format!("{}: {} ({}{name})", server.server(), Ending::of(server, run).word(), run.command.name()),
        servers => format!("{} ({}{name})", words::count(servers.len(), "server"), run.command.name()),
    }
}

/// Who, when, how.
fn facts(run: &Run, show: &Show) -> Markup {
    let consent = match run.agreed_by {
        AgreedBy::Nobody => "none asked for: it only looked",
        AgreedBy::NobodyToAsk => "none: nobody could be asked",
        AgreedBy::Person => "given by a person",
        AgreedBy::Yes => "--yes",
    };
    html! {
        dl {
            dt { "Began" } dd { (time::with_local(run.begun, &show.tz)) }
            @if let Some(end) = &run.ended {
                dt { "Ended" } dd { (time::with_local(end.at, &show.tz)) ", exit code " (end.code) " (" (sanitize(&end.name)) ")" }
            }
            @if let Some(who) = &run.who {
                dt { "By" } dd { (sanitize(&who.user)) " on " (sanitize(&who.host)) }
            }
            dt { "Typed" } dd { code { "relight " (sanitize(&run.arguments.join(" "))) } }
            dt { "Consent" } dd { (consent) }
            @if let Some(undone) = &run.undoes { dt { "It undid" } dd { "run " (undone) } }
        }
    }
}

fn tone(ending: Ending) -> &'static str {
    match ending.tone() {
        Tone::Good => "good",
        Tone::Care => "care",
        Tone::Bad => "bad",
    }
}

/// One line for each server with something to say.
fn summary(run: &Run, worth: &[&ServerRun], well: &[&ServerRun]) -> Markup {
    html! {
        section {
            h2 { "What it came to" }
            @for server in worth {
                @let ending = Ending::of(server, run);
                p {
                    strong { (sanitize(server.server().as_str())) } " "
                    span class={ "word " (tone(ending)) } { (ending.word()) } ": "
                    (sanitize(&headline::sentence(ending, server, true)))
                }
            }
            @if !well.is_empty() {
                @let names = well.iter().map(|server| server.server().as_str()).collect::<Vec<_>>();
                p { span .word .good { (Ending::Ok.word()) } ": " (sanitize(&words::list(&names))) }
            }
            @if !run.left_out.is_empty() { p { "Not looked at: " (sanitize(&left_out_line(&run.left_out))) "." } }
            @if run.interrupted { p .word .care { "The run was interrupted." } }
            (lines_of(|page| flaws::say(page, &run.flaws, &run.way())))
        }
    }
}

fn timeline(run: &Run) -> Markup {
    html! {
        section {
            h2 { "What happened, in order" }
            table {
                thead { tr { th scope="col" { "Time (UTC)" } th scope="col" { "Server" } th scope="col" { "What" } } }
                tbody {
                    @for moment in run.timeline().iter().filter(|it| is_worth_telling(run, it)) {
                        tr {
                            td { (time::utc(moment.at)) }
                            td { (moment.server.map(|it| sanitize(it.server().as_str())).unwrap_or_default()) }
                            td { (happened(run, moment)) }
                        }
                    }
                }
            }
            p { "Each time is that of the machine that noted it." }
        }
    }
}

/// A look at a server on which nothing was wrong is no part of what happened.
fn is_worth_telling(run: &Run, moment: &Moment<'_>) -> bool {
    moment.server.is_none_or(|server| run.servers.len() == 1 || Ending::of(server, run) != Ending::Ok)
}

fn happened(run: &Run, moment: &Moment<'_>) -> Markup {
    match &moment.what {
        Happened::Recorded(entry) => html! {
            (sanitize(&format!("{} set {} {}", entry.requester, entry.component, entry.state)))
        },
        Happened::Began => html! { "relight " (run.command.name()) " began" },
        Happened::Looked => html! { "The first look" },
        Happened::Sent(step) => html! {
            "Sent: " @if let Some(server) = moment.server { (code(&Cmdlet::change(&server.before, &step.change))) }
        },
        Happened::LookedAgain(look) => {
            let subjects = |are_confirmed| {
                let wanted = look.verdicts.iter().filter(|it| (it.kind == VerdictKind::Confirmed) == are_confirmed);
                wanted.map(|it| it.subject.to_string()).collect::<Vec<_>>()
            };
            let (confirmed, others) = (subjects(true), subjects(false));
            let watched = look.watched.map(|time| format!(", after {} of watching", time::lasting(time)));
            html! {
                "Looked again" (watched.unwrap_or_default()) ": "
                @if !confirmed.is_empty() { (sanitize(&words::list(&confirmed))) " confirmed" }
                @if !confirmed.is_empty() && !others.is_empty() { ", " }
                @if !others.is_empty() { (sanitize(&words::list(&others))) " not confirmed" }
            }
        }
        Happened::Ended(end) => html! { "The run ended with " (end.code) " (" (sanitize(&end.name)) ")" },
    }
}

/// A command, broken between its words alone.
fn code(command: &Cmdlet) -> Markup {
    let text = sanitize(&command.to_string());
    html! { code { @for (at, word) in text.split(' ').enumerate() { @if at > 0 { " " } span { (word) } } } }
}

/// What was Inactive and why, what was run, what it is now.
fn server_of(run: &Run, server: &ServerRun, show: &Show) -> Markup {
    let name = sanitize(server.server().as_str());
    let exchange = server.before.exchange.as_ref().and_then(words::exchange);
    let rows = look::rows(server);
    let why = why(server, show);
    let page = Page::new(usize::MAX).with_whole_commands(true);
    let notes = below::of(&page, run, server, show);
    let after = after::rows(server);
    html! {
        section {
            h2 { (name) @if let Some(exchange) = exchange { ", " (sanitize(&exchange)) } }
            @if !rows.is_empty() {
                h3 { "What was seen, " (time::with_local(server.before.taken, &show.tz)) }
                (table(&["Component", "State", "Requester", "Since (UTC)", "For", "Stored in"], &rows))
            }
            @if !why.is_empty() { h3 { "Why" } (list(&why)) }
            @if !server.steps.is_empty() {
                h3 { "What was run" }
                ol { @for step in &server.steps { (step_of(server, step, show)) } }
            }
            @if !after.is_empty() {
                h3 {
                    "What it is now"
                    @if let Some(after) = server.after() { ", " (time::with_local(after.taken, &show.tz)) }
                }
                (table(&["Component", "Before", "Now", "Confirmed in", "Clients"], &after))
            }
            @if !notes.is_empty() { h3 { "To be known" } (list(&notes)) }
        }
    }
}

/// What stands behind the requesters, and what is likely to be the cause.
fn why(server: &ServerRun, show: &Show) -> Vec<String> {
    let page = Page::new(usize::MAX).with_whole_commands(true);
    let mut notes = Notes::new(&page);
    look::requesters(&mut notes, server);
    look::authors(&mut notes, server, show);
    evidence::causes(&mut notes, server, true, show);
    evidence::notes(&mut notes, server, show);
    notes.finish()
}

fn step_of(server: &ServerRun, step: &StepOutcome, show: &Show) -> Markup {
    let sent = step.intended.filter(|_| step.outcome.was_sent()).map(|at| format!("{} UTC: ", time::utc(at)));
    html! {
        li {
            (code(&Cmdlet::change(&server.before, &step.change)))
            p { (sent.unwrap_or_default()) (words::capital(steps::outcome(&step.change, &step.outcome))) }
            @if let Some(why) = step.outcome.trouble() { p .lines .bad { (sanitize_lines(&why.message)) } }
            @if let Some(was) = history::before(server, step, show) { p { (sanitize(&was)) } }
        }
    }
}

fn what_next(run: &Run) -> Markup {
    let all = run.next();
    html! {
        @if !all.is_empty() {
            section {
                h2 { "What to type next" }
                dl { @for one in &all { dt { (next::words(one.aim)) } dd { (code(&one.command)) } } }
            }
        }
        @if !run.was_changed() && run.command != Command::Undo { p { "Nothing was changed." } }
    }
}

fn table<R: AsRef<[String]>>(header: &[&str], rows: &[R]) -> Markup {
    html! {
        table {
            thead { tr { @for name in header { th scope="col" { (name) } } } }
            tbody {
                @for row in rows {
                    tr { @for at in 0..header.len() { td { (row.as_ref().get(at).map(|it| sanitize(it)).unwrap_or_default()) } } }
                }
            }
        }
    }
}

/// Notes as the screens have them, each with its lines.
fn list(notes: &[String]) -> Markup {
    html! { ul { @for note in notes { li .lines { (without_colour(note)) } } } }
}

fn lines_of(write: impl FnOnce(&mut Page)) -> Markup {
    let text = Page::new(usize::MAX).part(write);
    html! { @if !text.is_empty() { p .lines { (without_colour(&text)) } } }
}

fn without_colour(text: &str) -> String {
    anstream::adapter::strip_str(text.trim_end()).to_string()
}

/// Text from elsewhere, in its lines.
fn sanitize_lines(text: &str) -> String {
    text.lines().map(sanitize).collect::<Vec<_>>().join("\n")
}
