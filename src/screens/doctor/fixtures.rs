//! Checkups for the tests: one of an admin at a server where all is well, and others where it is not.

use std::time::Duration;

use crate::domain::checkup::{Look, *};
use crate::domain::*;
use crate::screens::fixtures::{at, entry, server, trouble};

/// An admin at EX01; nothing is wrong there.
pub(crate) fn facts() -> Facts {
    let role = || "Organization Configuration".to_owned();
    let both = || {
        let inactive = || vec![entry("HealthApi", State::Inactive, "02:31:52")];
        (StoreReading::of(inactive()), StoreReading::of(inactive()))
    };
    Facts {
        connection: Connection::Ems,
        shell: ShellFacts::Up(Shell {
            path: r"C:\Windows\System32\WindowsPowerShell\v1.0\powershell.exe".to_owned(),
            version: Some("5.1.17763.5458".to_owned()),
            language_mode: Some("FullLanguage".to_owned()),
            is_64: Some(true),
            has_signed_scripts: None,
            took: Duration::from_millis(640),
        }),
        machine: Answer::Known(Machine {
            at: Some(at("02:46:52")),
            time_zone: Some("W. Europe Standard Time".to_owned()),
            utc_offset: Some(60),
            computer: Some("EX01".to_owned()),
            is_windows: Some(true),
            execution_policies: Some(
                [("MachinePolicy", "Undefined"), ("Process", "Bypass"), ("LocalMachine", "RemoteSigned")]
                    .map(|(scope, policy)| (scope.to_owned(), policy.to_owned()))
                    .to_vec(),
            ),
            account: Some(r"CONTOSO\admin".to_owned()),
            sid: Some("S-1-5-21-1004336348-1177238915-682003330-1107".to_owned()),
            elevated: Some(true),
            interactive: Some(true),
            nobody_to_ask: None,
            installations: vec![Installation {
                source: "environment".to_owned(),
                path: r"C:\Program Files\Microsoft\Exchange Server\V15".to_owned(),
                has_shell: true,
            }],
            exchange_version: Some("15.1.2507.6".to_owned()),
            roles: ["MailboxRole", "ClientAccessRole", "AdminTools"].map(str::to_owned).to_vec(),
            problems: Vec::new(),
        }),
        journal: JournalFacts::Free(r"C:\ProgramData\relight\journal".to_owned()),
        exchange: ExchangeFacts::Loaded(Loaded {
            took: Duration::from_millis(5_240),
            deadline: Duration::from_secs(180),
            connected_to: Some("ex01.contoso.local".to_owned()),
            cmdlets: ["Get-ServerComponentState", "Set-ServerComponentState", "Get-ExchangeServer"]
                .map(str::to_owned)
                .to_vec(),
            shells: None,
        }),
        servers: vec![ServerFacts {
            server: server("EX01"),
            exchange: Some(Ok(ExchangeServer {
                version: Some("15.1.2507.6".to_owned()),
                role: Some("Mailbox".to_owned()),
                ..ExchangeServer::default()
            })),
            look: Some(Ok(Look { taken: at("02:46:53"), stores: vec![both()] })),
            roles: Answer::Known(Roles {
                needed: Some(vec![role()]),
                assigned: Some(vec![(role(), "Organization Management".to_owned())]),
            }),
        }],
        left_out: Vec::new(),
    }
}

// What a test changes in them.

pub(super) fn machine(facts: &mut Facts) -> &mut Machine {
    let Answer::Known(machine) = &mut facts.machine else { panic!("it is known") };
    machine
}

pub(super) fn shell(facts: &mut Facts) -> &mut Shell {
    let ShellFacts::Up(shell) = &mut facts.shell else { panic!("it is up") };
    shell
}

pub(super) fn loaded(facts: &mut Facts) -> &mut Loaded {
    let ExchangeFacts::Loaded(loaded) = &mut facts.exchange else { panic!("it is loaded") };
    loaded
}

/// The same under SYSTEM in a scheduled task, which Exchange refuses.
pub(crate) fn refused() -> Facts {
    let mut facts = facts();
    if let Answer::Known(machine) = &mut facts.machine {
        machine.account = Some(r"NT AUTHORITY\SYSTEM".to_owned());
        machine.sid = Some("S-1-5-18".to_owned());
        machine.interactive = Some(false);
        machine.execution_policies = None;
        machine.problems = vec![("executionPolicies".to_owned(), "the \u{1b}[2Jregistry said no.".to_owned())];
    }
    facts.exchange = ExchangeFacts::Failed {
        kind: LoadFailure::AccessDenied,
        message: "Connecting to the remote Exchange server failed: Access is denied.".to_owned(),
        tail: "VERBOSE: Connecting to ex01\n\nAccess is denied.\n".to_owned(),
    };
    facts.servers.clear();
    facts
}

/// Two servers, each with trouble of its own.
pub(crate) fn two_servers() -> Facts {
    let mut facts = facts();
    let mut first = facts.servers.remove(0);
    facts.journal = JournalFacts::Locked(Some(OtherRun {
        run: "20260314-024500-007".to_owned(),
        user: r"CONTOSO\admin2".to_owned(),
        host: "EX01".to_owned(),
        since: "2026-03-14 02:45:00".to_owned(),
    }));
    let unreadable = (StoreReading::Unreadable, StoreReading::of(vec![entry("HealthApi", State::Active, "03:10:00")]));
    first.look = Some(Ok(Look { taken: at("02:46:53"), stores: vec![unreadable] }));
    let mut second = first.clone();
    second.server = server("EDGE01");
    second.exchange = Some(Err(trouble(TroubleKind::Edge, None, "EDGE01 has the role Edge")));
    second.look = None;
    facts.servers = vec![first, second];
    facts
}

/// No PowerShell at all.
pub(crate) fn no_shell() -> Facts {
    let shell = ShellFacts::NotFound { looked_for: "PowerShell: neither pwsh nor powershell is on PATH".to_owned() };
    let servers = Vec::new();
    let why = r"the journal in C:\ProgramData\relight\journal cannot be written: Access is denied. (os error 5)";
    let journal = JournalFacts::Unusable(why.to_owned());
    Facts { shell, machine: Answer::NotAsked, journal, exchange: ExchangeFacts::NotTried, servers, ..facts() }
}

/// All of them, judged, by name.
pub(crate) fn checkups() -> [(&'static str, Checkup); 4] {
    [("ready", facts()), ("refused", refused()), ("two_servers", two_servers()), ("no_shell", no_shell())]
        .map(|(name, facts)| (name, super::judge(facts, None, false)))
}
