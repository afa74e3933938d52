//! Whole runs as an admin reads them: both streams and the exit code, at 80 columns, line by line.

use crate::support::relight;

#[test]
fn runs_read_as_they_should() {
    for (name, words) in [
        ("check", "check --simulate"),
        ("dry_run", "fix --dry-run --simulate several-holders"),
        ("unconfirmed", "fix --simulate maintenance"),
        ("fixed", "fix --yes --simulate"),
        ("some_left", "fix --yes --simulate several-holders"),
        (
            "maintenance_ended",
            "fix --yes --requester Maintenance --include-server-wide-offline --simulate server-wide-offline",
        ),
        ("server_wide_offline", "check --simulate server-wide-offline"),
        ("lost_registry_write", "fix --yes --simulate lost-registry-write"),
        ("crash_in_write", "fix --yes --simulate crash-in-write"),
        ("access_denied", "fix --yes --simulate access-denied"),
        ("no_exchange_role", "check --simulate no-exchange-role"),
        ("registry_unreadable", "check --simulate registry-unreadable"),
        ("quiet", "fix --yes -q --simulate two-servers --server EX01,EX02"),
        ("usage", "fix --requester Maintenence --simulate"),
    ] {
        insta::assert_snapshot!(name, relight(words).run().transcript());
    }
}
