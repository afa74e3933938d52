//! What Windows' Application log is told: for whoever reads it there without having seen the run, and for what it is
//! forwarded to. And what registering the source says.

use std::path::Path;

use crate::domain::{LoggedEvent, Report, RunId, SourceSetting, StepOutcome, Tidings, UndoReport, UndoVerdictKind};

use super::kit::cmdlet::Cmdlet;
use super::kit::sanitize::sanitize;
use super::kit::words;

/// In UTF-16 units. An event takes 31,839 characters at most; what is forwarded grows a little on its way.
const MOST: usize = 30_000;
const CUT: &str = "(The rest is left out here; the journal has all of it.)";

/// How a run ended, whatever it did.
#[derive(Debug, Clone, Copy)]
pub struct Closing<'a> {
    /// What kind of an end it was.
    pub tidings: Tidings,
    /// The exit code, and its name.
    pub exit: (u8, &'static str),
    /// The run and its journal; `None`: it came to none.
    pub journal: Option<(&'a RunId, &'a Path)>,
}

/// A fix, and the settling of one that was interrupted.
pub fn fix(report: &Report, closing: &Closing<'_>) -> LoggedEvent {
    let mut lines = begin(closing);
    for server in &report.servers {
        lines.extend(["".to_owned(), server.before.server.to_string()]);
        lines.extend(steps(&server.outcomes));
        for start in &server.starts {
            let command = Cmdlet::start(&start.server, start.service);
            lines.extend(step(&command, super::start_outcome(&start.outcome)));
        }
        for verdict in &server.verdicts {
            lines.push(format!("{}: {}.", verdict.component, super::verdict_in_short(server, verdict)));
        }
        for verdict in &server.start_verdicts {
            lines.push(format!("{}: {}.", verdict.service.name(), yes_no(verdict.runs, "runs", "does not run")));
        }
        lines.extend(super::clients_in_short(server).map(|clients| format!("{clients}.")));
        let troubles = server.before.troubles.iter().chain(server.after.iter().flat_map(|after| &after.troubles));
        lines.extend(
            troubles.map(|trouble| format!("{}: {}", words::capital(words::trouble(trouble.kind)), trouble.message)),
        );
    }
    end(closing, lines)
}

/// An undo, and the settling of one.
pub fn undo(report: &UndoReport, closing: &Closing<'_>) -> LoggedEvent {
    let mut lines = begin(closing);
    lines.push(format!("It was to undo run {}.", report.undoes));
    for server in &report.servers {
        lines.extend(["".to_owned(), server.present.server.to_string()]);
        for stop in &server.stops {
            lines.extend(step(&Cmdlet::stop(&stop.server, stop.service), super::stop_outcome(&stop.outcome)));
        }
        lines.extend(steps(&server.outcomes));
        for verdict in &server.stop_verdicts {
            lines.push(format!(
                "{}: {}.",
                verdict.service.name(),
                yes_no(verdict.stopped, "is stopped", "is not stopped")
            ));
        }
        for verdict in &server.verdicts {
            let is = match &verdict.kind {
                UndoVerdictKind::PutBack => "put back",
                UndoVerdictKind::NotPutBack(_) => "not put back",
                UndoVerdictKind::Unknown => "not known to be put back",
            };
            lines.push(format!("{} on {}: {is}.", verdict.requester, verdict.component));
        }
    }
    end(closing, lines)
}

/// A run that ended before there was anything to report.
pub fn error(message: &str, hints: &[String], closing: &Closing<'_>) -> LoggedEvent {
    let mut lines = begin(closing);
    lines.extend(["".to_owned(), format!("Error: {message}")]);
    lines.extend(hints.iter().cloned());
    end(closing, lines)
}

fn begin(closing: &Closing<'_>) -> Vec<String> {
    let tidings = match closing.tidings {
        Tidings::Proven => "relight changed something, and a fresh look proves what it changed.",
        Tidings::NotProven => "relight sent changes, and not everything went well or is proven.",
        Tidings::Failed => "relight failed and changed nothing.",
        Tidings::Interrupted => "relight was interrupted. What is not listed below as sent was not done.",
    };
    let (code, name) = closing.exit;
    let mut lines = vec![tidings.to_owned(), format!("Exit code: {code} ({name})")];
    if let Some((run, journal)) = closing.journal {
        lines.push(format!("Run: {run}"));
        lines.push(format!("Journal: {}", journal.display()));
    }
    lines
}

fn steps(outcomes: &[StepOutcome]) -> impl Iterator<Item = String> {
    outcomes.iter().flat_map(|step| {
        self::step(&Cmdlet::step(step.action, &step.server, &step.hold), super::outcome(&step.outcome))
    })
}

fn step(command: &Cmdlet, outcome: &str) -> [String; 2] {
    [command.to_string(), format!("    {}", words::capital(outcome))]
}

fn yes_no(known: Option<bool>, yes: &'static str, no: &'static str) -> &'static str {
    match known {
        Some(true) => yes,
        Some(false) => no,
        None => "could not be read again",
    }
}

/// Each line without what a log should not be handed, as many as there is room for.
fn end(closing: &Closing<'_>, lines: Vec<String>) -> LoggedEvent {
    let units = |line: &str| line.encode_utf16().count() + 2;
    let room = MOST - units(CUT);
    let mut text = String::new();
    let mut used = 0;
    for line in lines {
        let line = without_insertions(&sanitize(&line));
        used += units(&line);
        if used > room {
            text.push_str(CUT);
            text.push_str("\r\n");
            break;
        }
        text.push_str(&line);
        text.push_str("\r\n");
    }
    LoggedEvent { tidings: closing.tidings, text }
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
    use crate::domain::{EventType, Outcome, Policy, RunCommand, TroubleKind};
    use crate::screens::fixtures::{fixed, kb_fault, lifted, run, snapshot, trouble};

    fn closing(tidings: Tidings, exit: (u8, &'static str)) -> Closing<'static> {
        Closing { tidings, exit, journal: None }
    }

    #[test]
    fn ids_are_those_of_the_documentation() {
        let documented = include_str!("../../docs/AUTOMATION.md");
        for tidings in Tidings::ALL {
            let gravity = match tidings.event_type() {
                EventType::Information => "Information",
                EventType::Warning => "Warning",
                EventType::Error => "Error",
            };
            assert!((1..=1000).contains(&tidings.id()));
            assert!(documented.contains(&format!("\n| {} | {gravity} |", tidings.id())), "{tidings:?}");
        }
    }

    #[test]
    fn a_fix_is_told_with_its_commands_and_verdicts() {
        let after = snapshot(
            "EX01",
            "02:47:40",
            vec![
                lifted("PopProxy", &["HealthApi"]),
                lifted("ImapProxy", &["HealthApi"]),
                lifted("ServerWideOffline", &[]),
            ],
        );
        let server = fixed(kb_fault("EX01"), &Policy::default(), |_| Vec::new(), |_| Outcome::Done, Some(after));
        let report = run(RunCommand::FixYes, vec![server]);
        let id = RunId::parse("20260314-024710-123").expect("a name");
        let journal = Path::new("relight/journal/20260314-024710-123.jsonl");
        let closing = Closing { journal: Some((&id, journal)), ..closing(Tidings::Proven, (0, "fine")) };
        insta::assert_snapshot!(fix(&report, &closing).text.replace("\r\n", "\n"), @r"
        relight changed something, and a fresh look proves what it changed.
        Exit code: 0 (fine)
        Run: 20260314-024710-123
        Journal: relight/journal/20260314-024710-123.jsonl

        EX01
        Set-ServerComponentState -Identity EX01 -Component PopProxy -Requester HealthApi -State Active
            Sent; the cmdlet reported no error.
        Set-ServerComponentState -Identity EX01 -Component ImapProxy -Requester HealthApi -State Active
            Sent; the cmdlet reported no error.
        PopProxy: lit.
        ImapProxy: lit.
        ");
    }

    #[test]
    fn an_error_is_told_in_lines_without_what_steers_a_reader() {
        let hints = ["Look at 100%1.".to_owned(), "\u{1b}[31mred\u{202e}\r\nnext".to_owned()];
        let event = error("cannot find\u{0}\nit", &hints, &closing(Tidings::Failed, (20, "no-shell")));
        let expected = "relight failed and changed nothing.\r\nExit code: 20 (no-shell)\r\n\r\nError: cannot find it\r\n\
                        Look at 100% 1.\r\n[31mred  next\r\n";
        assert_eq!(event.text, expected);
    }

    #[test]
    fn a_text_that_is_too_long_is_cut_at_a_line_and_says_so() {
        let mut server = crate::screens::fixtures::looked(kb_fault("EX01"), &Policy::default());
        server.before.troubles =
            (0..400).map(|_| trouble(TroubleKind::Refused, None, &"\u{1f525}".repeat(100))).collect();
        let event = fix(&run(RunCommand::FixYes, vec![server]), &closing(Tidings::Failed, (13, "unproven")));
        assert!(event.text.encode_utf16().count() <= MOST);
        assert!(event.text.ends_with(&format!("{CUT}\r\n")));
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
