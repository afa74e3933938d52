//! What Windows' Application log is told: for whoever reads it there without having seen the run, and for what it is
//! forwarded to. And what registering the source says.

use std::path::Path;

use crate::domain::{
    Cmdlet, LogEntry, LogEntryKind, Run, RunId, ServerRun, SourceSetting, Subject, Verdict, VerdictKind,
};

use super::kit::sanitize::sanitize;
use super::kit::words;
use super::{clients, flaws, headline, steps, verdicts};

/// In UTF-16 units: what an event takes, `ReportEvent` says.
const MOST: usize = 31_839;

/// How a run ended, whatever it did.
#[derive(Debug, Clone, Copy)]
pub struct Closing<'a> {
    /// What kind of an end it was.
    pub kind: LogEntryKind,
    /// The exit code, and its name.
    pub exit: (u8, &'static str),
    /// The run and its journal; `None`: it came to none.
    pub journal: Option<(&'a RunId, &'a Path)>,
}

/// A run that could change something, or the settling of one.
pub fn entry(run: &Run, closing: &Closing<'_>) -> LogEntry {
    let mut lines = begin(closing);
    lines.extend(run.flaws.incomplete.iter().map(|why| flaws::incomplete(why)));
    lines.extend(run.undoes.iter().map(|undone| format!("It was to undo run {undone}.")));
    let (told, quiet) = run.servers.iter().partition::<Vec<_>, _>(|server| has_something_to_tell(server));
    for server in told {
        lines.extend(["".to_owned(), server.server().to_string()]);
        for step in &server.steps {
            lines.push(Cmdlet::change(&server.before, &step.change).to_string());
            lines.push(format!("    {}", words::capital(steps::outcome(&step.change, &step.outcome))));
        }
        lines.extend(server.verdicts().iter().map(|it| match verdicts::by_an_earlier_clock(server, &it.subject) {
            Some(doubt) => format!("{}: {doubt}", it.subject),
            None => format!("{}: {}.", it.subject, verdict(server, it)),
        }));
        lines.extend(clients::in_short(server).map(|clients| format!("{clients}.")));
        if run.undoes.is_none() {
            lines.extend(
                server
                    .troubles()
                    .map(|trouble| format!("{}: {}", words::capital(words::trouble(trouble.kind)), trouble.message)),
            );
        }
    }
    if !quiet.is_empty() && run.servers.len() > 1 {
        lines.extend(["".to_owned(), format!("Nothing was to be done on {}.", words::count(quiet.len(), "server"))]);
    }
    end(closing, lines)
}

/// Whether something was done there, or could not be seen.
fn has_something_to_tell(server: &ServerRun) -> bool {
    !server.steps.is_empty() || server.troubles().next().is_some() || !server.clients.is_empty()
}

fn verdict(server: &ServerRun, Verdict { subject, kind, .. }: &Verdict) -> String {
    let (well, not, unknown) = match subject {
        Subject::Component(component) => return headline::verdict(server, component, kind),
        Subject::Entry(..) => ("put back", "not put back", "not known to be put back"),
        Subject::Service(service) if server.was_to_start(*service) => {
            ("runs", "does not run", "could not be read again")
        }
        Subject::Service(_) => ("is stopped", "is not stopped", "could not be read again"),
    };
    match kind {
        VerdictKind::Confirmed => well,
        VerdictKind::NotConfirmed(_) => not,
        VerdictKind::Unknown(_) => unknown,
    }
    .to_owned()
}

/// A run that ended before there was anything to report.
pub fn error(message: &str, hints: &[String], closing: &Closing<'_>) -> LogEntry {
    let mut lines = begin(closing);
    lines.extend(["".to_owned(), format!("Error: {message}")]);
    lines.extend(hints.iter().cloned());
    end(closing, lines)
}

fn begin(closing: &Closing<'_>) -> Vec<String> {
    let what = match closing.kind {
        LogEntryKind::Confirmed => "relight changed something, and a fresh look confirms what it changed.",
        LogEntryKind::NotConfirmed => "relight sent changes, and not everything went well or is confirmed.",
        LogEntryKind::Failed => "relight failed and changed nothing.",
        LogEntryKind::Interrupted => "relight was interrupted. What is not listed below as sent was not done.",
    };
    let (code, name) = closing.exit;
    let mut lines = vec![what.to_owned(), format!("Exit code: {code} ({name})")];
    if let Some((run, journal)) = closing.journal {
        lines.push(format!("Run: {run}"));
        lines.push(format!("Journal: {}", journal.display()));
    }
    lines
}

/// Each line without what a log should not be handed, as many as there is room for.
fn end(closing: &Closing<'_>, lines: Vec<String>) -> LogEntry {
    let lines = lines.iter().map(|line| format!("{}\r\n", without_insertions(&sanitize(line)))).collect::<Vec<_>>();
    let units = |line: &String| line.encode_utf16().count();
    let left_out = |lines: usize| format!("({lines} more lines are left out here; the journal has all of it.)\r\n");
    let room = MOST - units(&left_out(usize::MAX));
    let fits_whole = lines.iter().map(units).sum::<usize>() <= MOST;
    let fitting = lines.iter().scan(0, |used, line| {
        *used += units(line);
        (*used <= room).then_some(())
    });
    let told = if fits_whole { lines.len() } else { fitting.count() };
    let mut text = lines[..told].concat();
    if told < lines.len() {
        text.push_str(&left_out(lines.len() - told));
    }
    LogEntry { kind: closing.kind, text }
}

/// The event viewer takes a `%` before a digit for a place where something is to be put in, in whatever text it stands.
fn without_insertions(line: &str) -> String {
    let mut out = String::with_capacity(line.len());
    let mut after_percent = false;
    for c in line.chars() {
        if after_percent && c.is_ascii_digit() {
            out.push(' ');
        }
        after_percent = c == '%';
        out.push(c);
    }
    out
}

/// What registering the source came to.
pub fn registered(source: &str, key: &str, settings: &[SourceSetting]) -> String {
    let mut lines = vec![format!(r"HKLM\{key}")];
    for SourceSetting { name, kind, data, written } in settings {
        let how = if *written { "written" } else { "was there already" };
        lines.push(format!("  {name} ({kind}) = {data}: {how}"));
    }
    let is_new = settings.iter().any(|setting| setting.written);
    let end = if is_new { "is registered now" } else { "was registered already; nothing was changed" };
    lines.push(format!(
        "The event source {source} {end}. Runs that change something, or fail, write to the Application log."
    ));
    lines.iter().map(|line| format!("{line}\n")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{AgreedBy, Command, Outcome, Policy, Severity, TroubleKind};
    use crate::screens::fixtures::{fixed, kb_fault, kb_fixed, looked, run, trouble};

    fn closing(kind: LogEntryKind, exit: (u8, &'static str)) -> Closing<'static> {
        Closing { kind, exit, journal: None }
    }

    #[test]
    fn ids_are_those_of_the_documentation() {
        let documented = include_str!("../../docs/AUTOMATION.md");
        for kind in LogEntryKind::ALL {
            let gravity = match kind.severity() {
                Severity::Information => "Information",
                Severity::Warning => "Warning",
                Severity::Error => "Error",
            };
            assert!((1..=1000).contains(&kind.id()));
            assert!(documented.contains(&format!("\n| {} | {gravity} |", kind.id())), "{kind:?}");
        }
    }

    #[test]
    fn a_fix_is_logged_with_its_commands_and_verdicts() {
        let after = kb_fixed("EX01");
        let server = fixed(kb_fault("EX01"), &Policy::default(), |_| Vec::new(), |_| Outcome::Done, Some(after));
        let run = run(Command::Fix, AgreedBy::Yes, vec![server]);
        let id = RunId::parse("20260314-024710-123").expect("a name");
        let journal = Path::new("relight/journal/20260314-024710-123.jsonl");
        let closing = Closing { journal: Some((&id, journal)), ..closing(LogEntryKind::Confirmed, (0, "fine")) };
        insta::assert_snapshot!(entry(&run, &closing).text.replace("\r\n", "\n"), @r"
        relight changed something, and a fresh look confirms what it changed.
        Exit code: 0 (fine)
        Run: 20260314-024710-123
        Journal: relight/journal/20260314-024710-123.jsonl

        EX01
        Set-ServerComponentState -Identity EX01 -Component PopProxy -Requester HealthApi -State Active
            Sent; the cmdlet reported no error.
        Set-ServerComponentState -Identity EX01 -Component ImapProxy -Requester HealthApi -State Active
            Sent; the cmdlet reported no error.
        PopProxy: Active again.
        ImapProxy: Active again.
        ");
    }

    #[test]
    fn that_the_journal_is_incomplete_is_logged() {
        let mut run = run(Command::Fix, AgreedBy::Yes, Vec::new());
        run.flaws.incomplete = Some("No space left on device (os error 28)".to_owned());
        let text = entry(&run, &closing(LogEntryKind::Confirmed, (0, "fine"))).text;
        let expected = "The journal of this run is incomplete: No space left on device (os error 28).\r\n";
        assert!(text.contains(expected), "{text}");
    }

    #[test]
    fn an_error_is_logged_in_lines_without_what_steers_a_reader() {
        let hints = ["Look at 100%1.".to_owned(), "\u{1b}[31mred\u{202e}\r\nnext".to_owned()];
        let event = error("cannot find\u{0}\nit", &hints, &closing(LogEntryKind::Failed, (20, "no-shell")));
        let expected = "relight failed and changed nothing.\r\nExit code: 20 (no-shell)\r\n\r\nError: cannot find it\r\n\
                        Look at 100% 1.\r\n[31mred  next\r\n";
        assert_eq!(event.text, expected);
    }

    #[test]
    fn a_text_that_is_too_long_is_cut_at_a_line_and_says_so() {
        let mut server = looked(kb_fault("EX01"), &Policy::default());
        server.before.troubles =
            (0..400).map(|_| trouble(TroubleKind::Refused, None, &"\u{1f525}".repeat(100))).collect();
        let event =
            entry(&run(Command::Fix, AgreedBy::Yes, vec![server]), &closing(LogEntryKind::Failed, (13, "unproven")));
        assert!(event.text.encode_utf16().count() <= MOST);
        assert!(
            event.text.ends_with(" more lines are left out here; the journal has all of it.)\r\n"),
            "{}",
            event.text
        );
    }

    #[test]
    fn registering_says_what_it_wrote() {
        let setting = |written| SourceSetting { name: "TypesSupported", kind: "REG_DWORD", data: "7".into(), written };
        let text = registered("relight", r"SYSTEM\relight", &[setting(true)]);
        assert!(text.starts_with("HKLM\\SYSTEM\\relight\n  TypesSupported (REG_DWORD) = 7: written\n"), "{text}");
        assert!(text.contains("relight is registered now."), "{text}");
        let text = registered("relight", r"SYSTEM\relight", &[setting(false)]);
        assert!(text.contains("7: was there already\n") && text.contains("nothing was changed."), "{text}");
    }
}
