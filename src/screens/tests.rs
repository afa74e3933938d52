//! The texts, as an admin reads them: every kind of report fits its console, one story of each kind of screen is kept whole,
//! and of the others the sentences that they are about. The README and docs/TROUBLESHOOTING.md show the fault of the KB and its cure.

use crate::screens::fixtures::{reports, show};

use proptest::prelude::*;

use crate::domain::{
    AgreedBy, Alert, Answers, Change, Command, Component, Ended, MonitorVerdict, MonitorVerdictKind, Policy, Proposal,
    Run, RunId, TroubleKind,
};
use crate::screens::fixtures::{at, inactive, inactive_entry, kb_fixed, looked, run, snapshot, trouble};

use super::{Show, report, summary, undo};

fn plain(text: &str) -> String {
    anstream::adapter::strip_str(text).to_string()
}

/// A fixture as it is read on a plain console of 80 columns.
fn shown(name: &str) -> String {
    plain(&report(&of(name), &show()))
}

fn of(name: &str) -> Run {
    reports().into_iter().find(|(other, _)| *other == name).expect("a fixture").1
}

/// A text on one line, with single blanks.
fn flat(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn assert_fits_a_console(name: &str, text: &str, width: usize) {
    for line in text.lines() {
        assert!(line.chars().count() <= width, "{name}: wider than {width}: {line}");
        assert!(line.is_ascii(), "{name}: not ASCII: {line}");
        assert!(!line.chars().any(char::is_control), "{name}: control character: {line:?}");
        assert!(!line.ends_with(' '), "{name}: trailing space: {line:?}");
    }
    assert!(!text.contains("\n\n\n"), "{name}: two empty lines");
}

#[test]
fn one_story_of_each_screen_stays_as_it_is() {
    for name in ["maintenance_check", "lost_and_left", "services_stopped"] {
        insta::assert_snapshot!(name, shown(name));
    }
}

#[test]
fn every_report_fits_its_console_in_the_short_and_the_verbose_form() {
    for (name, value) in reports() {
        for (width, verbose) in [(100, false), (80, false), (80, true), (72, false)] {
            let text = plain(&report(&value, &Show { width, verbose, ..show() }));
            assert_fits_a_console(name, &text, width);
        }
    }
}

#[test]
fn each_story_has_its_sentences() {
    for (name, sentences) in SENTENCES {
        let text = shown(name);
        for sentence in *sentences {
            assert!(flat(&text).contains(sentence), "{name} lacks {sentence:?}\n{text}");
        }
    }
}

const SENTENCES: &[(&str, &[&str])] = &[
    ("healthy", &["ServerWideOffline Active - - - Nothing was changed: check only looks. Nothing to do."]),
    (
        // The commands stand at the end, and nowhere else.
        "kb_dry_run",
        &[
            "in the registry and Active Directory. What relight fix would do - PopProxy: --yes runs 1 command, for HealthApi.",
            "The commands, in this order Set-ServerComponentState -Identity EX01 -Component PopProxy ` -Requester \
             HealthApi -State Active Set-ServerComponentState -Identity EX01 -Component ImapProxy ` -Requester \
             HealthApi -State Active Nothing was changed: this was a dry run.",
        ],
    ),
    (
        // While setup runs no command is given for what it set Inactive.
        "several_holders",
        &[
            "Functional holds it since 2026-03-14 02:00:00 UTC (03:00:00 local, 46 min ago), in the registry. Exchange \
             setup did that, and runs on the server now: let it end. Holds nothing: Maintenance Inactive in Active \
             Directory from 2026-03-14 00:30:00 UTC (01:30:00 local, 2 h 16 min ago), because Maintenance has a newer \
             entry.",
            "- ImapProxy: relight cannot light it. Functional holds it, and Exchange setup is running on the server: let \
             it end, then look again.",
        ],
    ),
    (
        "maintenance_allowed",
        &[
            "- PopProxy: --yes --requester Maintenance --include-server-wide-offline runs 3 commands, for HealthApi and \
           Maintenance. - ImapProxy: --yes --requester Maintenance --include-server-wide-offline runs 1 command, for \
           Maintenance.",
        ],
    ),
    (
        "oddities",
        &[
            "UMCallRouter Inactive (unexplained) - -",
            "PopProxy is Draining: it takes no new clients. Odd for a proxy, but not the fault relight lifts. HealthApi \
             holds it Draining since 2026-03-14 02:31:52 UTC (03:31:52 local, 15 min ago), in the registry.",
            "An unknown requester, \"4<U+202E>\", holds it since 2026-03-14 02:31:52 UTC (03:31:52 local, 15 min ago), in the \
             registry. Exchange does not know this requester, and Set-ServerComponentState would refuse the name: the \
             entry was not made with it. Find out what wrote it, and have it taken out there. UMCallRouter",
            "UMCallRouter is Inactive: it serves nobody. Nothing recorded explains it: both stores were read, no \
             requester holds it, and the server is not offline server-wide. relight changes nothing here.",
            "- ImapProxy: relight cannot light it. An unknown requester, \"4<U+202E>\", holds it: Set-ServerComponentState would \
             refuse the name. - UMCallRouter: relight cannot light it. Nothing recorded holds it, so there is nothing \
             to lift.",
        ],
    ),
    (
        "shell_lost",
        &[
            "Sent, but the shell was lost: it may or may not have been carried out. - A deadline passed. | no answer \
             within 150 s Look again; a slow server needs a longer --call-timeout.",
            "Not sent: the session with Exchange was lost. The proof: before and after",
            "What could not be seen the second time - The shell was lost. | the shell ended Look again; -v shows what \
             the shell printed last. Verdict - PopProxy: unknown, after the change it could not be read. - ImapProxy: unknown, after \
             the change it could not be read. The run was interrupted: what is not listed above as sent was not done.",
        ],
    ),
    (
        "three_servers",
        &[
            "EX03 As of 2026-03-14 02:46:58 UTC (03:46:58 local). No component could be read. What could not be seen - A \
             connection failed. | The operation couldn't be performed because EX03 is down. See that what the message \
             names is up: the server, its Remote Registry service, a domain controller.",
            "In short - EX01: PopProxy and ImapProxy are lit. - EX02: nothing wrong with PopProxy, ImapProxy and \
             ServerWideOffline. - EX03: nothing could be seen (a connection failed).",
        ],
    ),
    (
        "declined",
        &[
            "Left alone - PopProxy: Lifting HealthApi from it was not agreed to. - ImapProxy: Lifting HealthApi from it \
           was not agreed to. Nothing was changed.",
        ],
    ),
    (
        "failed",
        &[
            "Sent, and the next look tells what was written: the cmdlet reported an error. - Access denied. | Access to the path is denied. | at Set-X Use an \
             account in Organization Management or Server Management (SYSTEM is in neither); relight doctor shows what \
             this one may do.",
            "- PopProxy is still dark: - HealthApi on PopProxy: neither store shows a newer Active entry. - ImapProxy is \
             lit:",
        ],
    ),
    ("simulated", &["Next, at a terminal: relight fix --server EX01 --simulate kb Or, unasked:"]),
    (
        "maintenance_ended",
        &["- Maintenance, AD Inactive 02:31:52 Active 02:47:31 ServerWideOffline Inactive Active - Maintenance, \
           registry Inactive 02:31:52 Active 02:47:31 - Maintenance, AD Inactive 02:31:52 Active 02:47:31 ImapProxy \
           Inactive Active Verdict - PopProxy is lit"],
    ),
    (
        "held_again",
        &[
            "PopProxy Inactive Inactive - HealthApi, registry Inactive 02:31:52 Inactive 02:47:35",
            "- PopProxy is still dark: - HealthApi on PopProxy: it was set Inactive again, 2026-03-14 02:47:35 UTC \
             (03:47:35 local, 5 s ago).",
        ],
    ),
    (
        "flattened",
        &[
            "PopProxy Inactive HealthApi registry 14.03.2026 02:31:52 ImapProxy Inactive (not known) - -",
            "HealthApi holds it since 14.03.2026 02:31:52 (as text; zone unknown), in the registry.",
            "Not known: the entries of HealthApi disagree, and their times do not tell which is newer.",
        ],
    ),
    (
        "no_second_look",
        &[
            "- The shell was lost. | the shell ended Look again; -v shows what the shell printed last. There was no second \
           look: what is there now is not known.",
        ],
    ),
    (
        "services_started",
        &[
            "MSExchangeImap4 runs, but its back end MSExchangeIMAP4BE is Stopped (Manual): IMAP4 clients get a banner and \
             cannot log in. What was done",
            "Services left alone - MSExchangeIMAP4BE: MSExchangeIMAP4BE is Manual; --start-services manual would start \
             it. Next, if these services are to run after all: relight fix --server EX01 Or, unasked:",
        ],
    ),
    (
        "evidence",
        &[
            "- PopProxy: the certificate for mail.contoso.local expired 2026-03-14 00:00:00 UTC (01:00:00 local). Install \
             a new one; restart MSExchangePop3 after it. - PopProxy: the first SSL binding is 192.168.1.5:995, a specific",
            "- PopProxy: PopProxyTestCafeOffline took it offline, 2026-03-14 02:31:50 UTC (03:31:50 local). - \
             PopProxy has not come back by itself for 15 min, because:",
            "Not all of it could be read; that changes nothing else: | The term 'Get-ServerHealth' is not \
             recognized.[2J | Access denied What relight fix would do",
        ],
    ),
];

#[test]
fn the_last_line_is_the_next_step() {
    let reports = reports();
    let names = |it: &[(&'static str, &str)]| it.iter().map(|(name, _)| *name).collect::<Vec<_>>();
    assert_eq!(names(LAST_LINES), reports.iter().map(|(name, _)| *name).collect::<Vec<_>>());
    for ((name, value), (_, last)) in reports.iter().zip(LAST_LINES) {
        assert_eq!(plain(&report(value, &show())).lines().last(), Some(*last), "{name}");
        // Where both do not fit one line the command has lines of its own, the last ones.
        let narrow = plain(&report(value, &Show { width: 40, ..show() }));
        assert!(flat(&narrow).replace(" ` ", " ").ends_with(last), "{name}: {narrow}");
    }
}

const LAST_LINES: &[(&str, &str)] = &[
    ("healthy", "Nothing to do."),
    ("kb_check", "Next: relight fix --server EX01"),
    ("kb_dry_run", "Next: relight fix --server EX01"),
    ("kb_fixed", "Nothing to do."),
    ("several_holders", "Next: relight fix --server EX01"),
    ("maintenance_check", "Next: relight fix --server EX01"),
    ("maintenance_allowed", "Next: relight fix --server EX01"),
    ("gaps", "Next: follow the advice above; there is nothing here that relight can lift."),
    ("oddities", "Next: follow the advice above; there is nothing here that relight can lift."),
    ("lost_and_left", "Next: relight check --server EX01"),
    ("shell_lost", "Next: relight check --server EX01"),
    ("three_servers", "Next: follow the advice above, then: relight check --server EX03"),
    ("declined", "Next, if it is to be lit after all: relight fix --server EX01"),
    ("failed", "Next: relight check --server EX01"),
    ("simulated", "Or, unasked: relight fix --server EX01 --simulate kb --yes"),
    ("maintenance_ended", "Nothing to do."),
    ("held_again", "Next: relight check --server EX01"),
    ("flattened", "Next: relight fix --server EX01"),
    ("no_second_look", "Next: relight check --server EX01"),
    ("services_stopped", "Next: relight fix --server EX01"),
    ("services_started", "Or, unasked: relight fix --server EX01 --yes --start-services manual"),
    ("evidence", "Next: relight fix --server EX01,EX02"),
];

#[test]
fn what_a_monitor_says_after_a_change_is_told_with_what_to_do() {
    let alerting = MonitorVerdictKind::StillAlerting(Alert::Unhealthy, at("02:53:31"));
    let not_judged = MonitorVerdictKind::NotJudged(Alert::Unhealthy, Some(at("02:46:31")));
    let not_seen = MonitorVerdictKind::NotSeen(vec!["The Health Manager is silent.".to_owned()]);
    for (kind, said, short, last) in [
        (
            alerting,
            "- PopProxyTestMonitor is still Unhealthy, by a result well after the change: 2026-03-14 02:53:31 UTC \
             (03:53:31 local). PopProxy is Active, but its cause is not gone.",
            "PopProxy: the cause is not gone",
            "Next: mend the cause, then: relight check --server EX01",
        ),
        (
            not_judged,
            "- PopProxyTestMonitor says Unhealthy, by a result of 2026-03-14 02:46:31 UTC (03:46:31 local): no result \
             tells yet whether the cause is gone. The next ones come within minutes: --watch 10m waits for them, or look \
             yourself: Get-ServerHealth -Identity EX01 -HealthSet POP.Proxy",
            "PopProxy: no new result of the monitor yet",
            "Next, when the monitors have had time: relight check --server EX01",
        ),
        (
            not_seen,
            "- No monitor of PopProxy was seen (The Health Manager is silent): whether the cause is gone is not known.",
            "PopProxy: no monitor seen",
            "Next, when the monitors have had time: relight check --server EX01",
        ),
    ] {
        let mut run = of("kb_fixed");
        run.servers[0].monitors = vec![MonitorVerdict { component: Component::new("PopProxy"), kind }];
        let text = plain(&report(&run, &show()));
        assert!(flat(&text).contains(said), "{text}");
        assert_eq!(text.lines().last(), Some(last));
        assert!(plain(&summary(&run)).contains(short), "{}", summary(&run));
    }
}

#[test]
fn the_verbose_form_shows_every_entry_as_it_was_read() {
    insta::assert_snapshot!("gaps_verbose", plain(&report(&of("gaps"), &Show { verbose: true, ..show() })));
}

#[test]
fn each_server_has_one_line_in_the_quiet_form() {
    let lines =
        reports().iter().map(|(name, value)| format!("{name}\n  {}", plain(&summary(value)))).collect::<String>();
    insta::assert_snapshot!("summaries", lines);
}

#[test]
fn a_simulated_run_says_so_at_the_top_and_at_the_bottom() {
    let text = shown("simulated");
    assert!(text.starts_with("SIMULATED (scenario kb): no Exchange server is involved.\n"), "{text}");
    let end = text.rsplit("\n\n").next().unwrap_or_default();
    assert!(end.contains("\nSimulated (scenario kb): no Exchange server was looked at or changed.\nNext"), "{text}");
}

#[test]
fn a_declined_undo_shows_what_it_would_have_done() {
    let policy = Policy::default();
    let put_back = Change::set_active(inactive_entry("PopProxy", "HealthApi", at("02:31:52"))).opposite();
    let mut server = looked(kb_fixed("EX01"), &policy);
    server.plan.proposals = vec![Proposal {
        components: vec![Component::new("PopProxy")],
        changes: vec![put_back],
        needs: None,
        obstacles: Vec::new(),
        objections: Vec::new(),
    }];
    let answers = Answers::none().end(Ended::Declined);
    server.decision = Some(server.plan.decide(|change| answers.against(server.server(), change, &policy)));
    let run = Run { undoes: RunId::parse("20260314-024710-123"), ..run(Command::Undo, AgreedBy::Person, vec![server]) };
    let text = flat(&plain(&undo(&run, &show())));
    let would = "Undo of run 20260314-024710-123 EX01 - HealthApi on PopProxy is as the run left it.";
    assert!(text.starts_with(would) && text.contains("-State Inactive That sets PopProxy Inactive again."), "{text}");
    assert!(text.ends_with("Nothing was changed."), "{text}");
}

proptest! {
    #[test]
    fn no_name_and_no_message_can_steer_the_terminal_or_break_the_width(
        requester in any::<String>(),
        component in any::<String>(),
        message in any::<String>(),
    ) {
        let mut before = snapshot("EX01", "02:46:52", vec![inactive("PopProxy", &[&requester]), inactive(&component, &["X"])]);
        before.troubles.push(trouble(TroubleKind::Refused, Some(&component), &message));
        let text = plain(&report(&run(Command::Check, AgreedBy::Nobody, vec![looked(before, &Policy::default())]), &show()));
        for line in text.lines() {
            prop_assert!(!line.chars().any(|c| c.is_control() || ('\u{202a}'..='\u{202e}').contains(&c)), "{line:?}");
            // A command is not cut, so that it can be pasted; everything else is.
            let command = line.trim_start().starts_with("Get-") || line.trim_start().starts_with("-Component");
            prop_assert!(command || line.chars().filter_map(unicode_width::UnicodeWidthChar::width).sum::<usize>() <= 80, "{line:?}");
        }
    }
}
