//! The texts, as an admin reads them: every kind of report fits its console, one story of each kind of screen is kept whole,
//! and of the others the sentences that they are about. The README and docs/TROUBLESHOOTING.md show the fault of the KB and its cure.

use crate::screens::fixtures::{reports, show};

use proptest::prelude::*;

use crate::domain::{
    AgreedBy, Aim, Alert, Answers, Change, Command, Component, MonitorVerdict, MonitorVerdictKind, Policy, Proposal,
    Run, RunId, TroubleKind,
};
use crate::screens::fixtures::{at, inactive, inactive_entry, kb_fixed, looked, run, snapshot, trouble};

use super::{Show, report, summary, undo, waiting_for_another};

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
    ("healthy", &["UTC OK: PopProxy and ImapProxy are Active. Nothing was changed."]),
    (
        "kb_check",
        &[
            "NOT OK: PopProxy and ImapProxy are Inactive: POP3 and IMAP4 clients are turned away. Component State Requester \
             Since (UTC) For Stored in",
            "HealthApi is Managed Availability: its probes of POP3 and IMAP4 failed. To fix (it asks):",
        ],
    ),
    (
        "kb_dry_run",
        &[
            "With these options --yes runs, in this order: Set-ServerComponentState -Identity EX01 -Component PopProxy ` \
           -Requester HealthApi -State Active Set-ServerComponentState -Identity EX01 -Component ImapProxy ` -Requester \
           HealthApi -State Active To fix (it asks):",
        ],
    ),
    (
        "several_holders",
        &[
            "PLANNED: PopProxy and ImapProxy are Inactive for HealthApi, Maintenance and Functional:",
            "Functional is Exchange setup, which runs on the server now: let it end.",
        ],
    ),
    (
        "oddities",
        &[
            "UMCallRouter Inactive none ServerWideOffline",
            "\"4<U+202E>\" is no requester that Exchange knows, and Set-ServerComponentState refuses the name.",
            "Nothing recorded says why UMCallRouter is Inactive: no requester has an Inactive entry,",
        ],
    ),
    (
        "shell_lost",
        &[
            "OUTCOME UNKNOWN: PopProxy is not known to be Active (a deadline passed). ImapProxy is not known to be Active \
             (not sent). The run was interrupted.",
            "HealthApi on PopProxy: sent, but the shell was lost: it may or may not have been carried out. | no answer \
             within 150 s Look again; a slow server needs a longer --call-timeout.",
        ],
    ),
    (
        "three_servers",
        &["EX01 FIXED: PopProxy and ImapProxy are Active again. EX02 OK: PopProxy and ImapProxy are Active. EX03 NOT \
             KNOWN: nothing could be seen: a connection failed (The operation couldn't be performed because EX03 is down)."],
    ),
    ("declined", &["PopProxy and ImapProxy left alone: answered with no."]),
    (
        "failed",
        &[
            "PARTLY FIXED: ImapProxy is Active again. PopProxy is still Inactive (access denied).",
            "| at Set-X Use an account",
        ],
    ),
    (
        "held_again",
        &[
            "NOT CONFIRMED: PopProxy is still Inactive (set Inactive again by HealthApi). ImapProxy is Active again.",
            "HealthApi on PopProxy: set Inactive again, 2026-03-14 02:47:35 UTC (03:47:35 local, 5 s ago).",
        ],
    ),
    (
        "flattened",
        &[
            "PopProxy Inactive HealthApi 14.03.2026 02:31:52 registry ImapProxy Inactive not known",
            "ImapProxy: the entries of HealthApi disagree, and their times do not tell which is newer.",
        ],
    ),
    ("no_second_look", &["OUTCOME UNKNOWN: What PopProxy and ImapProxy came to is not known."]),
    (
        "services_started",
        &[
            "MSExchangeImap4 runs, but its back end MSExchangeIMAP4BE is Stopped (Manual): IMAP4 clients get a banner and \
             cannot log in.",
            "MSExchangeIMAP4BE left alone: MSExchangeIMAP4BE is Manual; --start-services manual would start it.",
        ],
    ),
    (
        "evidence",
        &[
            "Likely cause: the certificate for mail.contoso.local expired 2026-03-14 00:00:00 UTC (01:00:00 local). Install a \
           new one; restart MSExchangePop3 after it.",
        ],
    ),
];

/// What only the verbose form tells.
#[test]
fn the_verbose_form_adds_what_a_screen_has_no_room_for() {
    for (name, sentences) in DETAILS {
        let text = plain(&report(&of(name), &Show { verbose: true, ..show() }));
        for sentence in *sentences {
            assert!(flat(&text).contains(sentence), "{name} lacks {sentence:?}\n{text}");
        }
    }
}

const DETAILS: &[(&str, &[&str])] = &[
    (
        "several_holders",
        &[
            "Decides nothing: Maintenance Inactive in Active Directory from 2026-03-14 00:30:00 UTC (01:30:00 local, 2 h 16 \
           min ago), because Maintenance has a newer entry.",
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
        "maintenance_ended",
        &[
            "- Maintenance, AD Inactive 02:31:52 Active 02:47:31 ServerWideOffline Inactive Active - Maintenance, registry \
           Inactive 02:31:52 Active 02:47:31",
        ],
    ),
    (
        "evidence",
        &[
            "- PopProxy: PopProxyTestCafeOffline set it Inactive, 2026-03-14 02:31:50 UTC (03:31:50 local). - PopProxy has \
             not come back by itself for 15 min, because:",
            "Not all of it could be read; that changes nothing else: | The term 'Get-ServerHealth' is not recognized.[2J | \
             Access denied What relight fix would do",
        ],
    ),
];

#[test]
fn every_screen_ends_with_commands_that_fit() {
    let told = reports().into_iter().map(|(name, run)| {
        let text = plain(&report(&run, &show()));
        let commands = run.next().into_iter().map(|next| next.command.to_string()).collect::<Vec<_>>();
        for command in &commands {
            assert!(flat(&text).replace(" ` ", " ").contains(command), "{name}: {text}");
        }
        format!("{name}: {}", commands.join("; "))
    });
    insta::assert_snapshot!(told.collect::<Vec<_>>().join("\n"), @r"
    healthy: 
    kb_check: relight fix EX01; relight fix EX01 --yes; relight check EX01 -v
    kb_dry_run: relight fix EX01; relight fix EX01 --yes; relight check EX01 -v
    kb_fixed: 
    several_holders: relight check EX01
    maintenance_check: relight fix EX01; relight check EX01 -v
    maintenance_allowed: relight fix EX01 --requester Maintenance --include-server-wide-offline; relight fix EX01 --yes --requester Maintenance --include-server-wide-offline; relight check EX01 -v
    gaps: relight check EX01
    oddities: relight check EX01
    lost_and_left: relight check EX01
    shell_lost: relight check EX01
    three_servers: relight doctor EX03
    declined: relight fix EX01; relight check EX01 -v
    failed: relight doctor EX01
    simulated: relight fix EX01 --simulate kb; relight fix EX01 --simulate kb --yes; relight check EX01 --simulate kb -v
    maintenance_ended: 
    held_again: relight check EX01
    flattened: relight fix EX01; relight fix EX01 --yes; relight check EX01 -v
    no_second_look: relight check EX01
    services_stopped: relight fix EX01; relight fix EX01 --yes --start-services manual; relight check EX01 -v
    services_started: relight fix EX01; relight fix EX01 --yes --start-services manual; relight check EX01 -v
    evidence: relight fix EX01 EX02; relight fix EX01 EX02 --yes; relight check EX01 EX02 -v
    ");
}

#[test]
fn what_a_monitor_says_after_a_change_is_told_with_what_to_do() {
    let alerting = MonitorVerdictKind::StillAlerting(Alert::Unhealthy, at("02:53:31"));
    let not_judged = MonitorVerdictKind::NotJudged(Alert::Unhealthy, Some(at("02:46:31")));
    let not_seen = MonitorVerdictKind::NotSeen(vec!["The Health Manager is silent.".to_owned()]);
    for (kind, word, said, next) in [
        (
            alerting,
            "CAUSE REMAINS: PopProxy and ImapProxy are Active again. Still alerting: PopProxyTestMonitor.",
            "PopProxyTestMonitor is still Unhealthy, by a result of 2026-03-14 02:53:31 UTC (03:53:31 local): PopProxy is \
             Active, but its cause is not gone.",
            Aim::LookAfterMending,
        ),
        (
            not_judged,
            "ACTIVE: PopProxy and ImapProxy are Active again. No new result of PopProxyTestMonitor yet.",
            "PopProxyTestMonitor still shows what was seen before the change; its next result comes within minutes \
             (--watch 10m waits for it).",
            Aim::LookForMonitors,
        ),
        (
            not_seen,
            "ACTIVE: PopProxy and ImapProxy are Active again. No monitor was seen.",
            "No monitor of PopProxy was seen (The Health Manager is silent): whether the cause is gone is not known.",
            Aim::LookForMonitors,
        ),
    ] {
        let mut run = of("kb_fixed");
        run.servers[0].monitors = vec![MonitorVerdict { component: Component::new("PopProxy"), kind }];
        let text = plain(&report(&run, &show()));
        assert!(flat(&text).contains(said), "{text}");
        assert_eq!(run.next().first().map(|next| next.aim), Some(next));
        assert!(plain(&summary(&run)).contains(word), "{}", summary(&run));
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
fn a_simulated_run_says_so_in_its_first_line() {
    let text = shown("simulated");
    assert!(text.starts_with("SIMULATED (kb): no Exchange server is involved.\n"), "{text}");
    assert!(plain(&summary(&of("simulated"))).starts_with("SIMULATED EX01: "));
}

/// A check of one server leaves room for what was typed on a screen of 24 lines; of three there is one table.
#[test]
fn a_check_fits_one_screen() {
    for (name, value) in reports().into_iter().filter(|(_, run)| run.command == Command::Check) {
        let text = plain(&report(&value, &Show { width: 79, ..show() }));
        let most = if value.servers.len() == 1 { 22 } else { 24 };
        assert!(text.lines().count() <= most, "{name}: {}\n{text}", text.lines().count());
    }
}

#[test]
fn an_undo_that_was_answered_with_no_leaves_each_change_alone() {
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
    server.decision = Some(server.plan.decide(|change| Answers::none().against(server.server(), change, &policy)));
    let run = Run { undoes: RunId::parse("20260314-024710-123"), ..run(Command::Undo, AgreedBy::Person, vec![server]) };
    let text = flat(&plain(&undo(&run, &show())));
    let whole = "HealthApi on PopProxy is left as it is: answered with no.";
    assert!(text.starts_with("Undo of run 20260314-024710-123 EX01") && text.contains("NOT UNDONE:"), "{text}");
    assert!(text.contains(whole) && text.ends_with("Nothing was changed."), "{text}");
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

#[test]
fn who_has_the_lock_cannot_steer_the_terminal() {
    let second = std::time::Duration::from_secs(1);
    let owner = format!("run \u{1b}[2J\n2026 INFO step ended \u{202e}{}", "x".repeat(500));
    let text = waiting_for_another(Some(&owner), second, 60 * second);
    assert!(text.starts_with("Waiting 1 s (at most 1 min) for run [2J 2026 INFO step ended xxx"), "{text}");
    assert!(text.len() < 220 && !text.contains(char::is_control), "{text}");
    assert!(waiting_for_another(None, second / 2, second).starts_with("Waiting (at most 1 s) for another run"));
}
