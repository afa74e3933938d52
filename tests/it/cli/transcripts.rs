//! Whole runs as an admin reads them, where the README and docs/TROUBLESHOOTING.md show no such screen: both streams and the exit code,
//! at 80 columns, line by line; and of other runs the sentences that only they have.

use crate::support::relight;
use crate::support::run::nameless;

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

#[test]
fn what_a_run_says_and_no_page_shows() {
    for (words, code, said) in [
        (
            "check -v --simulate registry-unreadable",
            13,
            &[
                "ServerWideOffline reads Active, but that is not confirmed. Not known: the registry of the server could not be \
               read (LocalStates is null),",
            ][..],
        ),
        (
            "fix -v --yes --requester Maintenance --include-server-wide-offline --simulate server-wide-offline",
            0,
            &[
                "- Maintenance, AD Inactive 2026-03-13 22:05:11 Active 02:47:19 PopProxy Inactive Active ImapProxy Inactive \
               Active Verdict - PopProxy is Active, confirmed: each entry that was set reads Active with a newer time in \
               both stores.",
            ],
        ),
        (
            "check -v --simulate server-wide-offline",
            14,
            &[
                "ServerWideOffline Active brings all components of this server back online and restarts its Frontend Transport \
               service once (KB 4043629).",
            ],
        ),
        (
            "fix --dry-run --simulate several-requesters",
            10,
            &[
                "With these options --yes runs, in this order: Set-ServerComponentState -Identity EX01 -Component ImapProxy \
               -Requester HealthApi -State Active - PopProxy: left alone by --yes.",
            ],
        ),
    ] {
        said.iter().fold(relight(words).run().ends(code), |ran, text| ran.says(text));
    }
    relight("fix --yes --simulate access-denied")
        .run()
        .ends(21)
        .says(
            "HealthApi on PopProxy and ImapProxy: access denied. Access is denied. Use an account in Organization Management or Server \
             Management (SYSTEM is in neither); relight doctor shows what this one may do.",
        )
        .tells(
            "[2/2] Set-ServerComponentState -Identity EX01 -Component ImapProxy -Requester HealthApi -State Active error: \
             access denied.",
        );
    relight("fix --requester Maintenence --simulate").run().ends(2).tells(
        "error: invalid value 'Maintenence' for '--requester <NAME>': Exchange knows HealthApi, Maintenance, Sidelined, \
         Functional, Deployment (or say any); did you mean Maintenance? For more information, try '--help'.",
    );
}
