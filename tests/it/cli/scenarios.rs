//! Every built-in scenario through every mode: how it ends, and the sentence that matters most.

use crate::support::run::Relight;
use crate::support::{Place, Ran, relight};

/// How a scenario ends in each mode: exit code and a sentence of stdout, or of stderr where there is no report.
pub struct Row {
    pub name: &'static str,
    check: (u8, &'static str),
    dry_run: (u8, &'static str),
    yes: (u8, &'static str),
    everything: (u8, &'static str),
}

const DRY: &str = "Nothing was changed: this was a dry run.";
const FIXED: &str = "ImapProxy Inactive Active both stores";
/// What was set is ServerWideOffline.
const ONLINE: &str = "ImapProxy Inactive Active server-wide IMAP4 port 143: * OK ServerWideOffline";
const HEALTHY: &str = "OK: PopProxy and ImapProxy are Active.";
const POP: &str = "NOT OK: PopProxy";
const NOTED: &str = "PopProxy Inactive Active registry";
const RUN: &str = "FIXED: PopProxy is Active again; MSExchangePOP3BE and MSExchangePop3 run; POP3 clients are served.";
const REFUSED: &str = "PopProxy is Inactive: POP3 clients are refused (MSExchangePop3 is Stopped).";

const fn row(
    name: &'static str,
    check: (u8, &'static str),
    dry_run: (u8, &'static str),
    yes: (u8, &'static str),
    everything: (u8, &'static str),
) -> Row {
    Row { name, check, dry_run, yes, everything }
}

/// The same end in every mode: nothing to change, or no way to look.
const fn always(name: &'static str, code: u8, sentence: &'static str) -> Row {
    row(name, (code, sentence), (code, sentence), (code, sentence), (code, sentence))
}

/// Inactive for those who only look, and this for those who act.
const fn acted(name: &'static str, code: u8, sentence: &'static str) -> Row {
    row(name, (10, POP), (10, DRY), (code, sentence), (code, sentence))
}

/// Inactive, and left so by `--yes` alone, which says what it takes; confirmed with every consent.
const fn consented(name: &'static str, code: u8, seen: &'static str, left: &'static str) -> Row {
    row(name, (code, seen), (code, left), (code, left), (0, FIXED))
}

/// The same where that takes the whole server online.
const fn offline(name: &'static str, code: u8, seen: &'static str, left: &'static str) -> Row {
    row(name, (code, seen), (code, left), (code, left), (0, ONLINE))
}

const PLANNED: &str = "PLANNED: PopProxy and ImapProxy are Inactive for Maintenance:";
const MAINTENANCE: &str =
    "Inactive by Maintenance, which --requester does not name. It takes --yes --requester Maintenance";
const OFFLINE: &str = "PLANNED: PopProxy and ImapProxy are Inactive (server-wide offline):";
const SERVER_WIDE: &str = "Maintenance set ServerWideOffline Inactive, which has to be confirmed by itself. It takes \
    --yes --requester Maintenance --include-server-wide-offline";
const CONNECTION: &str = "EX01 FIXED: PopProxy and ImapProxy are Active again; POP3 and IMAP4 clients are served. EX02 NOT \
    KNOWN: nothing could be seen: a connection failed (The network path was not found: 'EX02').";

pub const TABLE: [Row; 54] = [
    acted("kb-3025138", 0, FIXED),
    always("healthy", 0, HEALTHY),
    consented("maintenance", 14, PLANNED, MAINTENANCE),
    row(
        "audited-maintenance",
        (14, "Maintenance: set by contoso.local/Users/ada at 2026-03-13 22:05:11 UTC"),
        (14, MAINTENANCE),
        (14, MAINTENANCE),
        (0, FIXED),
    ),
    row(
        "several-requesters",
        (10, "PopProxy Inactive HealthApi 2026-03-14 02:31:52 15 min registry Maintenance 2026-03-13 22:05:11"),
        (10, "It takes --yes --requester Maintenance (2 commands, for HealthApi and Maintenance)."),
        (14, MAINTENANCE),
        (0, FIXED),
    ),
    offline("server-wide-offline", 14, OFFLINE, SERVER_WIDE),
    offline("server-wide-draining", 14, OFFLINE, SERVER_WIDE),
    offline("offline-and-inactive", 14, OFFLINE, "which has to be confirmed by itself."),
    always("functional-setup-running", 14, "Functional is Exchange setup, which runs on the server now: let it end."),
    always(
        "setup-beside-maintenance",
        14,
        "Maintenance is set by an admin, a maintenance script or DSC, and Exchange setup runs on the server now: let it end.",
    ),
    offline(
        "setup-failed",
        10,
        "Functional is Exchange setup, which does not run now: it failed or was stopped.",
        "Functional set ServerWideOffline Inactive, which has to be confirmed by itself.",
    ),
    always("stale-remote-entry", 0, HEALTHY),
    always("unknown-requester", 10, "\"ContosoScript\" is no requester that Exchange knows"),
    always("unexplained", 10, "Nothing recorded says why PopProxy is Inactive:"),
    always("draining", 0, "DRAINING: PopProxy is Draining, which still serves clients."),
    acted("slow-to-follow", 0, "IMAP4 port 143: * OK"),
    row("services-stopped", (10, REFUSED), (10, DRY), (0, RUN), (0, RUN)),
    row(
        "first-ssl-binding-specific",
        (
            10,
            "Set-PopSettings -Server EX01 -SSLBindings '127.0.0.1:995', '192.168.1.5:995' Restart-Service \
             -Name MSExchangePOP3BE,MSExchangePop3 Get-PopSettings -Server EX01 | \
             Select-Object -ExpandProperty SSLBindings",
        ),
        (10, DRY),
        (0, "FIXED: PopProxy is Active again"),
        (0, "FIXED: PopProxy is Active again"),
    ),
    row(
        "certificate-as-bytes",
        (10, "Likely cause: the certificate for pop.contoso.local expired 2026-03-10 00:00:00 UTC"),
        (10, DRY),
        (0, "FIXED: PopProxy is Active again"),
        (0, "FIXED: PopProxy is Active again"),
    ),
    row(
        "too-many-connections",
        (
            0,
            "Port 110: a POP3 server answers with an error and turns clients away: too many connections, or what it says.",
        ),
        (0, HEALTHY),
        (0, HEALTHY),
        (0, HEALTHY),
    ),
    row(
        "ssl-port-without-certificate",
        (
            10,
            "X509CertificateName is pop.contoso.local: install a certificate for it, enable it for the service, or set",
        ),
        (0, HEALTHY),
        (0, HEALTHY),
        (0, HEALTHY),
    ),
    acted("monitor-still-alerting", 0, "PopProxy is Active, but its cause is not gone."),
    acted("monitor-behind", 0, "still show what was seen before the change; their next result comes within minutes"),
    acted(
        "monitors-silent",
        0,
        "No monitor of PopProxy and ImapProxy was seen (The Health Manager on server 'EX01' gave no result):",
    ),
    row(
        "way-back-blocked",
        (10, "Not back by itself: MSExchangeHM is Running and Manual; it has to run, always: Set-Service"),
        (10, DRY),
        (0, "PopProxy Inactive Active both stores"),
        (0, "PopProxy Inactive Active both stores"),
    ),
    always("registry-unreadable", 13, "read Active, but the registry of the server could not be read."),
    acted("lost-registry-write", 32, "the registry does not (MSExchangeHM, which would copy it, does not run)."),
    acted("registry-follows", 0, FIXED),
    acted("lost-directory-write", 0, NOTED),
    acted("flips-back", 32, "HealthApi on PopProxy: set Inactive again"),
    acted("changed-meanwhile", 14, "PopProxy is still Inactive (not sent)."),
    acted("offline-meanwhile", 14, "not sent: ServerWideOffline has changed since this was planned."),
    acted("flattened-2016", 0, FIXED),
    always("flattened-2013", 10, "1 entry in the registry came as text that says nothing."),
    acted("two-servers", 0, "EX02 OK: PopProxy and ImapProxy are Active."),
    row(
        "server-down",
        (23, "EX02 NOT KNOWN: nothing could be seen: a connection failed (The network path was not found: 'EX02')."),
        (23, "EX02 NOT KNOWN: nothing could be seen: a connection failed (The network path was not found: 'EX02')."),
        (23, CONNECTION),
        (23, CONNECTION),
    ),
    // The first one is healthy.
    always("forty-servers", 0, HEALTHY),
    always("wrong-server", 13, "asked for EX01, but EX02.contoso.local answered"),
    always("edge", 22, "It has no POP3 or IMAP4 service: there is nothing to set Active there."),
    always("exchange-2010", 22, "relight knows Exchange 2013, 2016, 2019 and SE."),
    always("not-exchange", 22, "No such Exchange server."),
    acted("access-denied", 21, "Use an account in Organization Management or Server Management"),
    always("no-exchange-role", 21, "error: Exchange refused the connection"),
    acted("set-refused", 30, "HealthApi on PopProxy and ImapProxy: a connection failed. The Active Directory server"),
    acted("set-fails-half-way", 30, "CHANGE FAILED: PopProxy and ImapProxy are Active, but not confirmed"),
    always("slow-load", 41, "error: PowerShell did not get as far as the Exchange cmdlets: no answer within"),
    always("failed-load", 20, "error: the Exchange cmdlets could not be loaded: No Exchange servers are available"),
    always(
        "prompt-on-load",
        20,
        "error: the Exchange cmdlets could not be loaded: PowerShell is in NonInteractive mode.",
    ),
    always("constrained-language", 20, "error: PowerShell runs in language mode ConstrainedLanguage"),
    always("malformed-objects", 13, "PopProxy, ImapProxy and ServerWideOffline: the answer has no component states."),
    always("hang-in-read", 41, "PopProxy: a deadline passed."),
    acted("hang-in-write", 31, "sent, but the shell was lost: it may or may not have been carried out."),
    acted("late-write", 31, "In 10 minutes, to settle it: relight resume"),
    acted("crash-in-write", 31, "sent, but the shell was lost: it may or may not have been carried out."),
];

/// What has changed when a change is about to be sent: nothing stands against the plan, and nothing is sent.
const STOPPED: [&str; 1] = ["offline-meanwhile"];

/// What a scenario needs besides its name: both of its servers, a deadline that passes soon, or no wait for what never comes.
pub fn needs(command: &str, name: &str) -> &'static str {
    match name {
        "two-servers" | "server-down" => "--server EX01,EX02",
        // What only clients meet.
        "too-many-connections" | "ssl-port-without-certificate" if command.starts_with("check") => "--probe",
        // Nobody waits for the copy of the Health Manager: the clock of a scenario stands still meanwhile.
        "set-fails-half-way" if command.starts_with("fix") => "--no-wait",
        "slow-load" => "--connect-timeout 500ms",
        "hang-in-read" | "hang-in-write" | "late-write" => "--call-timeout 2s",
        _ => "",
    }
}

/// Every row, several at a time: some of them wait for a deadline.
pub fn for_each_row(test: impl Fn(&Row) + Sync) {
    std::thread::scope(|scope| {
        for part in 0..4 {
            let test = &test;
            scope.spawn(move || TABLE.iter().skip(part).step_by(4).for_each(test));
        }
    });
}

fn play(command: &str, row: &Row, place: &Place) -> Ran {
    relight(command).args(needs(command, row.name)).simulate(place).run()
}

fn expect(ran: Ran, (code, sentence): (u8, &str)) {
    let ran = ran.ends(code);
    let ran = if sentence.starts_with("error: ") { ran.tells(sentence).says_nothing() } else { ran.says(sentence) };
    for line in ran.stdout.lines().chain(ran.stderr.lines()) {
        let command = [
            "-ServerComponentState ",
            "-Service ",
            "MonitoringOverride ",
            "Get-CimInstance ",
            "-PopSettings ",
            "Invoke-Command ",
            "scenario ",
            "    relight ",
        ]
        .iter()
        .any(|it| line.contains(it));
        assert!(command || line.len() <= 80, "wider than 80 columns: {line}\n{ran}");
        assert!(line.is_ascii(), "not ASCII: {line}\n{ran}");
    }
}

#[test]
fn the_table_has_every_built_in_scenario() {
    let known = relight::simulator::scenarios().iter().map(|builtin| builtin.name);
    assert_eq!(known.collect::<Vec<_>>(), TABLE.iter().map(|row| row.name).collect::<Vec<_>>());
}

#[test]
fn check_tells_what_is_wrong_and_changes_nothing() {
    only_looks("check", |row| row.check);
}

#[test]
fn a_dry_run_plans_and_changes_nothing() {
    only_looks("fix --dry-run", |row| row.dry_run);
}

#[test]
fn a_fix_without_a_terminal_and_without_consent_changes_nothing() {
    only_looks("fix", |row| match row.dry_run {
        (code @ (10 | 14), _) if row.yes.0 != code || row.everything.0 != code || STOPPED.contains(&row.name) => {
            (12, "a change needs a terminal to ask at, or --yes")
        }
        same => same,
    });
}

fn only_looks(command: &str, expected: impl Fn(&Row) -> (u8, &'static str) + Sync) {
    for_each_row(|row| {
        let place = Place::of(row.name);
        let before = place.text();
        expect(play(command, row, &place), expected(row));
        assert!(place.text() == before, "{command} changed {}", row.name);
    });
}

#[test]
fn fix_yes_sets_healthapi_active_and_nothing_else() {
    for_each_row(|row| {
        let place = Place::of(row.name);
        let before = place.text();
        expect(play("fix --yes", row, &place), row.yes);
        if row.yes.0 == 10 && !STOPPED.contains(&row.name) {
            assert!(place.text() == before, "{} was changed", row.name);
        }
        let text = place.text().replace(char::is_whitespace, "");
        assert!(!text.contains(r#""requester":"Maintenance","state":"Active""#), "{}", row.name);
    });
}

#[test]
fn fix_yes_with_every_consent_mends_what_can_be_mended_and_a_second_run_finds_nothing_wrong() {
    for_each_row(|row| {
        let command = "fix --yes --requester any --include-server-wide-offline";
        let place = Place::of(row.name);
        expect(play(command, row, &place), row.everything);
        if row.everything.0 == 0 {
            let after = place.text();
            let again = play(command, row, &place).ends(0);
            again.never_says("Inactive:").never_says("What was done");
            assert!(place.text() == after, "the second run changed {}", row.name);
        }
    });
}

#[test]
fn the_list_of_scenarios_names_each_with_its_summary() {
    let ran = relight("scenarios").run().ends(0);
    let named = ran.stdout.lines().filter_map(|line| line.split_whitespace().next()).collect::<Vec<_>>();
    for row in &TABLE {
        assert!(named.contains(&row.name), "{} is not listed", row.name);
    }
    assert!(ran.stdout.lines().all(|line| line.len() <= 80 && line.is_ascii()), "{ran}");
}

/// A built-in scenario by its name, with what it needs.
pub fn builtin(command: &str, name: &str) -> Relight {
    relight(command).arg("--simulate").arg(name).args(needs(command, name))
}
