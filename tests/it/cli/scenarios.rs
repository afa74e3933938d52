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
const CONFIRMED: &str = "ImapProxy is lit: Active, and each lifted hold reads Active with a newer time in both stores.";
const NOTHING: &str = "Nothing to do.";
const POP: &str = "PopProxy is Inactive: POP3 clients connect and are cut off without a banner.";
const NOTED: &str = "PopProxy is lit: Active, and each entry that decides is a new one that reads Active. HealthApi on PopProxy: \
    Active Directory does not show the change.";
const RUN: &str = "- MSExchangePOP3BE runs. - MSExchangePop3 runs.";
const REFUSED: &str = "PopProxy is Inactive: POP3 clients are refused (MSExchangePop3 is Stopped).";
const RULED_OUT: &str = "Next: follow the advice above; there is nothing here that relight can lift.";

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

/// Left alone by `--yes` alone, which says why; confirmed with every consent.
const fn consented(name: &'static str, left: &'static str) -> Row {
    row(name, (10, left), (10, left), (10, left), (0, CONFIRMED))
}

const MAINTENANCE: &str = "Maintenance holds it, and --requester does not name it. What would lift it: --yes \
    --requester Maintenance";
const SERVER_WIDE: &str = "Maintenance holds ServerWideOffline, which takes a consent of its own. What would lift it: \
    --yes --requester Maintenance --include-server-wide-offline";

pub const TABLE: [Row; 53] = [
    acted("kb-3025138", 0, CONFIRMED),
    always("healthy", 0, NOTHING),
    consented("maintenance", MAINTENANCE),
    row(
        "audited-maintenance",
        (10, "The admin audit log: contoso.local/Users/ada did it, 2026-03-13 22:05:11 UTC"),
        (10, MAINTENANCE),
        (10, MAINTENANCE),
        (0, CONFIRMED),
    ),
    row(
        "several-requesters",
        (10, "- PopProxy: --yes leaves it alone. Maintenance holds it, and --requester does not name it."),
        (10, "What would lift it: --yes --requester Maintenance (2 commands, for HealthApi and Maintenance)."),
        (11, "- PopProxy: Maintenance holds it, and --requester does not name it."),
        (0, CONFIRMED),
    ),
    consented("server-wide-offline", SERVER_WIDE),
    consented("server-wide-draining", SERVER_WIDE),
    consented("offline-and-inactive", "Maintenance holds ServerWideOffline, which takes a consent of its own."),
    always("functional-setup-running", 10, "Exchange setup is running on the server: let it end, then look again."),
    row(
        "setup-beside-maintenance",
        (10, MAINTENANCE),
        (10, MAINTENANCE),
        (10, MAINTENANCE),
        (10, "Not sent: Exchange setup runs on the server now."),
    ),
    consented("setup-failed", "Functional holds ServerWideOffline, which takes a consent of its own."),
    always("stale-remote-entry", 0, "Holds nothing: HealthApi Inactive in Active Directory"),
    always("unknown-requester", 10, "An unknown requester, \"ContosoScript\", holds it"),
    always("unexplained", 10, RULED_OUT),
    always("draining", 0, "PopProxy is Draining: it takes no new clients."),
    acted("slow-to-follow", 0, "- IMAP4: lit in Exchange, clients confirmed"),
    row("services-stopped", (10, REFUSED), (10, DRY), (0, RUN), (0, RUN)),
    acted(
        "first-ssl-binding-specific",
        0,
        "Set-PopSettings -Server EX01 -SSLBindings '127.0.0.1:995', '192.168.1.5:995' Invoke-Command -ComputerName EX01 \
         -ScriptBlock { Restart-Service -Name MSExchangePOP3BE,MSExchangePop3 } Get-PopSettings -Server EX01 | \
         Select-Object -ExpandProperty SSLBindings",
    ),
    acted("certificate-as-bytes", 0, "the certificate for pop.contoso.local expired 2026-03-10 00:00:00 UTC"),
    row(
        "too-many-connections",
        (
            0,
            "Port 110: a POP3 server answers with an error and turns clients away: too many connections, or what it says.",
        ),
        (0, NOTHING),
        (0, NOTHING),
        (0, NOTHING),
    ),
    row(
        "ssl-port-without-certificate",
        (
            10,
            "X509CertificateName is pop.contoso.local: install a certificate for it, enable it for the service, or set",
        ),
        (0, NOTHING),
        (0, NOTHING),
        (0, NOTHING),
    ),
    acted("monitor-still-alerting", 0, "PopProxy is Active, but its cause is not gone."),
    acted("monitor-behind", 0, "no result tells yet whether the cause is gone."),
    acted(
        "monitors-silent",
        0,
        "No monitor of ImapProxy was seen (The Health Manager on server 'EX01' gave no result):",
    ),
    acted("way-back-blocked", 0, "an override of this server sets Enabled of the monitor"),
    always("registry-unreadable", 13, "PopProxy reads Active, but that is not proven."),
    acted("lost-registry-write", 32, "nothing copies it there, because MSExchangeHM does not run."),
    acted("registry-follows", 0, CONFIRMED),
    acted("lost-directory-write", 0, NOTED),
    acted("flips-back", 32, "HealthApi on PopProxy: it was set Inactive again"),
    acted("changed-meanwhile", 11, "Not sent: the component is no longer as it was when this was planned."),
    acted("offline-meanwhile", 10, "Not sent: ServerWideOffline is no longer as it was when this was planned,"),
    acted("flattened-2016", 0, "each lifted hold reads Active in both stores, where it did not before."),
    always("flattened-2013", 10, "1 entry in the registry came as text that says nothing."),
    acted(
        "two-servers",
        0,
        "- EX01: PopProxy and ImapProxy are lit; POP3 and IMAP4 clients confirmed. - EX02: nothing wrong with PopProxy, ImapProxy",
    ),
    row(
        "server-down",
        (10, "- EX02: nothing could be seen (a connection failed)."),
        (10, DRY),
        (13, "- EX01: PopProxy and ImapProxy are lit; POP3 and IMAP4 clients confirmed. - EX02: nothing could be seen"),
        (13, "- EX01: PopProxy and ImapProxy are lit; POP3 and IMAP4 clients confirmed. - EX02: nothing could be seen"),
    ),
    always("wrong-server", 13, "asked for EX01, but EX02.contoso.local answered"),
    always("edge", 22, "It has no POP3 or IMAP4 service: there is nothing to light there."),
    always("exchange-2010", 22, "relight knows Exchange 2013, 2016, 2019 and SE."),
    always("not-exchange", 22, "No such Exchange server."),
    acted("access-denied", 21, "Use an account in Organization Management or Server Management"),
    always("no-exchange-role", 21, "error: Exchange refused the connection"),
    acted("set-refused", 30, "Sent, and the next look tells what was written: the cmdlet reported an error."),
    acted(
        "set-fails-half-way",
        30,
        "HealthApi on PopProxy: Active Directory shows the change, the registry of the server does not;",
    ),
    always("slow-load", 41, "error: PowerShell did not get as far as the Exchange cmdlets: no answer within"),
    always("failed-load", 20, "error: the Exchange cmdlets could not be loaded: No Exchange servers are available"),
    always(
        "prompt-on-load",
        20,
        "error: the Exchange cmdlets could not be loaded: PowerShell is in NonInteractive mode.",
    ),
    always("constrained-language", 20, "error: PowerShell runs in language mode ConstrainedLanguage"),
    always("malformed-objects", 13, "PopProxy: the answer has no component states."),
    always("hang-in-read", 41, "PopProxy: a deadline passed."),
    acted("hang-in-write", 31, "Sent, but the shell was lost: it may or may not have been carried out."),
    acted("late-write", 31, "Next, in 10 minutes, because what was sent may still be carried out: relight resume"),
    acted("crash-in-write", 31, "Sent, but the shell was lost: it may or may not have been carried out."),
];

/// What has changed when a change is about to be sent: nothing stands against the plan, and nothing is sent.
const STOPPED: [&str; 2] = ["offline-meanwhile", "setup-beside-maintenance"];

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
        (10, _) if row.yes.0 != 10 || row.everything.0 != 10 || STOPPED.contains(&row.name) => {
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
