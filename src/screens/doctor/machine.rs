//! This machine: execution policy, Exchange's tools, the account, the clock, and whether `fix` and `undo`, which change
//! nothing without a journal, could keep one.

use jiff::Timestamp;

use crate::domain::Connection;
use crate::domain::checkup::{
    Answer, ExchangeFacts, Facts, Grade, Installation, JournalFacts, Lack, Machine, OtherRun, Remark,
};
use crate::screens::kit::{time, words};

use super::row::{NO_RIGHT, NO_SHELL, bad, bare, if_not, ok};

/// SYSTEM, LOCAL SERVICE and NETWORK SERVICE: accounts that cannot be given an Exchange role.
const SYSTEM_SIDS: [&str; 3] = ["S-1-5-18", "S-1-5-19", "S-1-5-20"];

/// The first year in which this clock can have been read, 2020, in seconds since 1970: no release of relight is older.
const FIRST_SECOND: i64 = 1_577_836_800;

/// Execution policy, Exchange's tools, the account.
pub(super) fn machine(facts: &Facts) -> Vec<Remark> {
    let unknown = |says: String| vec![bad("machine", Grade::Warning, says)];
    let machine = match &facts.machine {
        Answer::Known(machine) => machine,
        Answer::Unknown(why) => return unknown(format!("Machine and account: could not be told ({why}).")),
        Answer::NotAsked => {
            return unknown(
                "Execution policy, Exchange tools, account, clock: not asked, because there is no shell to ask."
                    .to_owned(),
            );
        }
    };
    let mut rows = Vec::new();
    if !machine.failed("executionPolicies") {
        rows.push(execution_policy(machine.execution_policies.as_deref()));
    }
    rows.extend(tools(machine, facts));
    if machine.exchange_version.is_some() || !machine.roles.is_empty() {
        rows.push(ok("installedExchange", installed(machine.exchange_version.as_deref(), &machine.roles)));
    }
    rows.extend(account(machine, matches!(facts.exchange, ExchangeFacts::Loaded(_))));
    rows.extend(machine.problems.iter().map(|(question, why)| {
        bad("machine", Grade::Warning, format!("{}: could not be told ({why}).", question_name(question)))
    }));
    rows
}

fn question_name(question: &str) -> &str {
    match question {
        "installations" => "Exchange tools",
        "exchangeVersion" => "Version of Exchange on this machine",
        "roles" => "Roles of this machine",
        "executionPolicies" => "Execution policy",
        "account" => "Account",
        "sid" => "Security identifier of the account",
        "elevated" => "Elevated or not",
        "interactive" => "Interactive or service",
        "session" => "Windows session",
        "timeZone" | "utcOffset" => "Time zone",
        "computer" => "Name of this machine",
        "system" => "Operating system",
        other => other,
    }
}

fn execution_policy(scopes: Option<&[(String, String)]>) -> Remark {
    const CHECK: &str = "executionPolicy";
    let Some(scopes) = scopes else { return ok(CHECK, "Execution policy: there is none on this system.") };
    let set = scopes.iter().filter(|(_, policy)| !policy.eq_ignore_ascii_case("Undefined"));
    let set = set.map(|(scope, policy)| format!("{scope} {policy}")).collect::<Vec<_>>();
    let says = if set.is_empty() {
        "Execution policy: undefined in every scope.".to_owned()
    } else {
        format!("Execution policy: {}; undefined in the other scopes.", set.join(", "))
    };
    bad(CHECK, if_not(!scopes.iter().any(refuses_scripts), Grade::Warning), says)
        .next("Group policy beats what relight asks for: have it allow local scripts (RemoteSigned).")
}

/// Group policy beats the `-ExecutionPolicy Bypass` that relight gives.
fn refuses_scripts((scope, policy): &(String, String)) -> bool {
    let is = |text: &str, all: [&str; 2]| all.iter().any(|one| text.eq_ignore_ascii_case(one));
    is(scope, ["MachinePolicy", "UserPolicy"]) && is(policy, ["Restricted", "AllSigned"])
}

/// Where Exchange's tools are; nothing, where that question failed and is told of as such.
pub(super) fn tools(machine: &Machine, facts: &Facts) -> Option<Remark> {
    const CHECK: &str = "exchangeTools";
    let missing = match (&facts.exchange, facts.connection) {
        (_, Connection::Remote) => Grade::Ok,
        (ExchangeFacts::Loaded(_), _) | (_, Connection::Snapin) => Grade::Warning,
        (_, Connection::Ems) => NO_SHELL,
    };
    let source = |it: &Installation| match it.source.as_str() {
        "environment" => "%ExchangeInstallPath%".to_owned(),
        "registry" => "the setup key in the registry".to_owned(),
        other => other.to_owned(),
    };
    if let Some(used) = machine.installations.iter().find(|it| it.has_shell) {
        return Some(ok(CHECK, format!("Exchange tools in {} ({}).", used.path, source(used))));
    }
    if machine.failed("installations") {
        return None;
    }
    let says = match machine.installations.first() {
        Some(it) => {
            let (source, path) = (source(it), &it.path);
            format!("Exchange tools: {source} names {path}, but bin\\RemoteExchange.ps1 is not there.")
        }
        None => "Exchange tools: not installed here; neither %ExchangeInstallPath% nor the setup key in the registry \
                 names them."
            .to_owned(),
    };
    Some(bad(CHECK, missing, says).next(
        "Run relight on an Exchange server or install the management tools; or open a session on a server: \
         --connection remote --connect-to ex01.contoso.local",
    ))
}

fn installed(version: Option<&str>, roles: &[String]) -> String {
    let version = version.map_or_else(|| "Exchange of unknown version".to_owned(), words::version);
    let plain = |role: &String| role.strip_suffix("Role").unwrap_or(role).to_owned();
    let servers = roles.iter().filter(|role| !role.eq_ignore_ascii_case("AdminTools")).map(plain).collect::<Vec<_>>();
    match (servers.is_empty(), roles.is_empty()) {
        (true, true) => format!("Installed here: {version}; its roles could not be told."),
        (true, false) => format!("Installed here: the management tools of {version}, no server role."),
        (false, _) => format!("Installed here: {version}, with {}.", words::list(&servers)),
    }
}

fn account(machine: &Machine, loaded: bool) -> Vec<Remark> {
    let mut rows = Vec::new();
    if let Some(account) = &machine.account {
        let is_system = machine.sid.as_deref().is_some_and(|sid| SYSTEM_SIDS.contains(&sid));
        rows.push(if is_system {
            let says = format!("Account {account}: it has no Exchange role and cannot be given one.");
            bad("account", if loaded { Grade::Warning } else { NO_RIGHT }, says)
                .next("Run the task or service as an account in Organization Management or Server Management.")
        } else {
            ok("account", format!("Account {account}."))
        });
    }
    if !machine.failed("elevated") {
        rows.push(match machine.elevated {
            Some(true) => ok("elevated", "Elevated."),
            Some(false) => bad("elevated", Grade::Warning, "Not elevated: administrative rights are not in use.")
                .next("Start it elevated (Run as administrator) if it is also to start services."),
            None => ok("elevated", "Elevated or not: only Windows tells."),
        });
    }
    if !machine.failed("interactive") {
        rows.push(match (machine.interactive, machine.nobody_to_ask) {
            (Some(false), _) => ok(
                "interactive",
                "Not interactive: a service or a scheduled task; nobody can be asked, so fix needs --yes.",
            ),
            (Some(true) | None, Some(why)) => {
                ok("interactive", format!("Nobody can be asked here, so fix needs --yes: {why}."))
            }
            (Some(true), None) => ok("interactive", "Interactive: somebody can be asked."),
            (None, None) => ok("interactive", "Interactive or service: only Windows tells."),
        });
    }
    rows
}

/// What time this machine believes it is.
pub(super) fn clock(facts: &Facts) -> Option<Remark> {
    let Answer::Known(machine) = &facts.machine else { return None };
    let (grade, says) = match machine.at {
        Some(at) if at.as_second() < FIRST_SECOND => {
            (Grade::Warning, format!("Clock: {} UTC, which cannot be.", time::utc(at)))
        }
        at => {
            (if_not(at.is_some(), Grade::Warning), clock_and_zone(at, machine.time_zone.as_deref(), machine.utc_offset))
        }
    };
    Some(bad("clock", grade, says).next("Look at the clock: w32tm /query /status"))
}

fn clock_and_zone(at: Option<Timestamp>, zone: Option<&str>, offset: Option<i32>) -> String {
    let now = at.map_or_else(|| "could not be told".to_owned(), |at| format!("{} UTC", time::utc(at)));
    let zone = match (zone, offset) {
        (Some(zone), Some(offset)) => format!("time zone {zone} ({})", utc_offset(offset)),
        (Some(zone), None) => format!("time zone {zone}"),
        (None, Some(offset)) => format!("time zone {}", utc_offset(offset)),
        (None, None) => "time zone unknown".to_owned(),
    };
    format!("Clock: {now}; {zone}.")
}

fn utc_offset(minutes: i32) -> String {
    let sign = if minutes < 0 { '-' } else { '+' };
    let minutes = minutes.unsigned_abs();
    format!("UTC{sign}{:02}:{:02}", minutes / 60, minutes % 60)
}

/// The folder of the journal and its lock.
pub(super) fn journal(facts: &Facts) -> Option<Remark> {
    const CHECK: &str = "journal";
    match &facts.journal {
        JournalFacts::NotAsked => None,
        JournalFacts::Free(folder) => {
            Some(ok(CHECK, format!("Journal: {folder} can be written, and no other run is under way.")))
        }
        JournalFacts::Locked(by) => {
            let by = by.as_ref().map_or_else(String::new, other_run);
            let says = format!("Another run has the lock{by}.");
            Some(
                bad(CHECK, Grade::Warning, says)
                    .next("Let it end before a fix, or let the fix wait for it: --lock-timeout 10m"),
            )
        }
        JournalFacts::NotTrusted(why, advice) => {
            let says = format!("{}: fix and undo end with 42.", words::capital(bare(why)));
            Some(bad(CHECK, Grade::Fault(Lack::Journal), says).next(advice))
        }
        JournalFacts::Unusable(why) => {
            Some(bad(CHECK, Grade::Fault(Lack::Journal), format!("{}.", words::capital(bare(why)))).next(
                "Without it fix and undo change nothing and end with 42: let this account write there, or name \
                 another folder with --journal-dir.",
            ))
        }
    }
}

fn other_run(OtherRun { run, user, host, since }: &OtherRun) -> String {
    format!(": run {run} by {user} on {host}, since {since} UTC")
}
