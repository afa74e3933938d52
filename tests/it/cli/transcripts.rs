//! Whole runs as an admin reads them, where the README and docs/TROUBLESHOOTING.md show no such screen: both streams and the exit code,
//! at 80 columns, line by line; and of other runs the sentences that only they have.

use crate::support::relight;

#[test]
fn runs_read_as_they_should() {
    for (name, words) in [
        ("some_left", "fix --yes --simulate several-requesters"),
        ("unconfirmed", "fix --simulate maintenance"),
        ("crash_in_write", "fix --yes --component PopProxy --simulate crash-in-write"),
        ("no_exchange_role", "check --simulate no-exchange-role"),
    ] {
        insta::assert_snapshot!(name, nameless(&relight(words).run().transcript()));
    }
}

/// Every run has a name of its own.
fn nameless(transcript: &str) -> String {
    let resume = "relight resume ";
    let mut text = transcript.to_owned();
    if let Some(at) = text.find(resume) {
        let name = at + resume.len();
        text.replace_range(name..name + "20260314-024710-123".len(), "[run]");
    }
    text
}

#[test]
fn what_a_run_says_and_no_page_shows() {
    for (words, code, said) in [
        (
            "fix --yes --simulate lost-registry-write",
            32,
            &[
                "- PopProxy reads Active, but counts as still dark: - HealthApi on PopProxy: Active Directory shows the \
                 change, the registry of the server does not; nothing copies it there, because MSExchangeHM does not \
                 run.",
                "Next: relight check --server EX01 --simulate lost-registry-write --probe",
            ][..],
        ),
        (
            "check --simulate registry-unreadable",
            13,
            &[
                "ServerWideOffline reads Active, but that is not proven. Not known: the registry of the server could not \
                 be read (LocalStates is null),",
                "Next: follow the advice above, then: relight check --server EX01 --simulate registry-unreadable",
            ],
        ),
        (
            "fix --yes --requester Maintenance --include-server-wide-offline --simulate server-wide-offline",
            0,
            &[
                "- Maintenance, AD Inactive 2026-03-13 22:05:11 Active 02:47:18 PopProxy Inactive Active ImapProxy \
                 Inactive Active Verdict - PopProxy is lit",
                "no Exchange server was looked at or changed. Nothing to do.",
            ],
        ),
        (
            "check --simulate server-wide-offline",
            10,
            &["Lifting ServerWideOffline brings all components of this server back online and restarts its Frontend \
               Transport service once (KB 4043629)."],
        ),
        (
            "fix --dry-run --simulate several-requesters",
            10,
            &["The commands, in this order Set-ServerComponentState -Identity EX01 -Component ImapProxy -Requester \
               HealthApi -State Active Nothing was changed: this was a dry run."],
        ),
        (
            "fix --yes -q --simulate two-servers --server EX01,EX02",
            0,
            &["EX02: nothing wrong with PopProxy, ImapProxy and ServerWideOffline. (simulated)"],
        ),
    ] {
        said.iter().fold(relight(words).run().ends(code), |ran, text| ran.says(text));
    }
    relight("fix --yes --simulate access-denied")
        .run()
        .ends(21)
        .says(
            "- PopProxy: access denied. Access is denied. Use an account in Organization Management or Server \
             Management (SYSTEM is in neither); relight doctor shows what this one may do.",
        )
        .tells(
            "[2/2] Set-ServerComponentState -Identity EX01 -Component ImapProxy -Requester HealthApi -State Active sent, \
             and the next look tells what was written: the cmdlet reported an error (access denied)",
        );
    relight("fix --requester Maintenence --simulate").run().ends(2).tells(
        "error: invalid value 'Maintenence' for '--requester <NAME>': Exchange knows HealthApi, Maintenance, Sidelined, \
         Functional, Deployment (or say any); did you mean Maintenance? For more information, try '--help'.",
    );
}
