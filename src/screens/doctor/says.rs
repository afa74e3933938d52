//! What each remark of a checkup says.

use std::time::Duration;

use jiff::Timestamp;

use crate::domain::checkup::{LoadFailure, Loaded, OtherRun, Shell, ShellFailure, What};
use crate::screens::kit::{time, words};

/// The remark as a sentence or two.
pub fn says(what: &What) -> String {
    match what {
        What::NoPowerShell(looked_for) => format!("Cannot find {looked_for}."),
        What::PowerShellFailed(path, why) => failed(path, why),
        What::PowerShell(shell) => up(shell),
        What::PowerShellTooOld(version) => format!(
            "PowerShell {version} is too old: Windows PowerShell 5.1 is needed. That of WMF 4 cannot even parse \
             relight's scripts."
        ),
        What::PowerShellTooNew(version) => {
            format!("PowerShell {version}: the Exchange Management Shell is made for Windows PowerShell 5.1.")
        }
        What::PowerShellVersionUnknown => "PowerShell did not tell its version.".to_owned(),
        What::Bits(Some(true)) => "64-bit process.".to_owned(),
        What::Bits(Some(false)) => "32-bit process: it sees neither Exchange's tools nor its setup key.".to_owned(),
        What::Bits(None) => "PowerShell did not tell whether it is a 64-bit process.".to_owned(),
        What::LanguageMode(Some(mode)) => format!("Language mode {mode}."),
        What::LanguageMode(None) => "PowerShell did not tell its language mode.".to_owned(),
        What::ExecutionPolicy(None) => "Execution policy: there is none on this system.".to_owned(),
        What::ExecutionPolicy(Some(scopes)) => policies(scopes),
        What::MachineUnknown(Some(why)) => format!("Machine and account: could not be told ({why})."),
        What::MachineUnknown(None) => {
            "Execution policy, Exchange tools, account, clock: not asked, because there is no shell to ask.".to_owned()
        }
        What::NotTold(question, why) => format!("{}: could not be told ({why}).", question_name(question)),
        What::Tools(path, source) => format!("Exchange tools in {path} ({}).", source_name(source)),
        What::ToolsBroken(path, source) => {
            format!("Exchange tools: {} names {path}, but bin\\RemoteExchange.ps1 is not there.", source_name(source))
        }
        What::NoTools => "Exchange tools: not installed here; neither %ExchangeInstallPath% nor the setup key in the \
                          registry names them."
            .to_owned(),
        What::Installed(version, roles) => installed(version.as_deref(), roles),
        What::Account(account) => format!("Account {account}."),
        What::SystemAccount(account) => {
            format!("Account {account}: it has no Exchange role and cannot be given one.")
        }
        What::Elevated(Some(true)) => "Elevated.".to_owned(),
        What::Elevated(Some(false)) => "Not elevated: administrative rights are not in use.".to_owned(),
        What::Elevated(None) => "Elevated or not: only Windows tells.".to_owned(),
        What::Interactive(Some(true)) => "Interactive: somebody can be asked.".to_owned(),
        What::Interactive(Some(false)) => {
            "Not interactive: a service or a scheduled task; nobody can be asked, so fix needs --yes.".to_owned()
        }
        What::Interactive(None) => "Interactive or service: only Windows tells.".to_owned(),
        What::Clock(at, zone, offset) => clock(*at, zone.as_deref(), *offset),
        What::ClockUnset(at) => format!("Clock: {} UTC, which cannot be.", time::utc(*at)),
        What::JournalReady(folder) => format!("Journal: {folder} can be written, and no other run is under way."),
        What::JournalHeld(by) => format!("Another run that may change servers is under way{}.", other_run(by.as_ref())),
        What::JournalUnusable(why) => format!("{}.", words::capital(bare(why))),
        What::LoadNotTried => "Exchange cmdlets: not loaded, because there is no shell.".to_owned(),
        What::NotLoaded(kind, message) => not_loaded(*kind, message),
        What::Loaded(loaded) => format!("Exchange cmdlets loaded in {:.1} s{}.", seconds(loaded.took), to(loaded)),
        What::Bypass => {
            "The snap-in bypasses the role-based access control and is unsupported for daily use.".to_owned()
        }
        What::ConnectedElsewhere(here, there) => format!(
            "The shell on {here} is connected to {there}: the registry of {here} is read from there, over the network."
        ),
        What::Cmdlets(names) if names.is_empty() => "None of the cmdlets that relight uses is there.".to_owned(),
        What::Cmdlets(names) => format!("Cmdlets: {}.", words::list(names)),
        What::CmdletsMissing(names) => {
            format!("Missing: {}. The roles of an account decide which cmdlets it gets.", words::list(names))
        }
        What::NoServer => {
            "This machine's name could not be told, so it is not known which server to look at.".to_owned()
        }
        What::Server(exchange) => {
            let version = words::exchange(exchange).unwrap_or_else(|| "Exchange of unknown version".to_owned());
            let role = exchange.role.as_deref().unwrap_or("unknown role");
            format!("{version}, {role}.")
        }
        What::ServerTrouble(trouble) | What::MayNotRead(trouble) => {
            let why = trouble.message.trim().trim_end_matches('.');
            let of = if matches!(what, What::ServerTrouble(_)) { "Server" } else { "Component states" };
            format!("{of}: {} ({why}).", words::trouble(trouble.kind))
        }
        What::ServerNotAsked => "Version and role: could not be asked.".to_owned(),
        What::MayRead => "Component states can be read.".to_owned(),
        What::ReadNotTried => "Component states: reading them was not tried.".to_owned(),
        What::StoresReadable => "Both stores can be read: the registry of the server and Active Directory.".to_owned(),
        What::RegistryUnreadable => {
            "The registry of the server cannot be read: its state comes from Active Directory alone and proves \
             nothing, so relight would leave it alone."
                .to_owned()
        }
        What::DirectoryUnreadable => {
            "Active Directory does not give the remote entries, so relight would leave the server alone.".to_owned()
        }
        What::EntriesIllegible(items) => {
            format!(
                "{} came as text without values, so who holds a component is not known.",
                words::count(*items, "item")
            )
        }
        What::MayChange(by) => {
            let by = by.iter().map(|(role, assignee)| format!("{role} (from {assignee})")).collect::<Vec<_>>();
            format!("May change component states, by {}.", words::list(&by))
        }
        What::MayChangeNotSure => {
            "Set-ServerComponentState is there, but no role of this account was found that brings it and reaches this \
             server."
                .to_owned()
        }
        What::MayChangeByCmdlet(None) => {
            "May change component states: Set-ServerComponentState is there; the roles cannot be looked at from here."
                .to_owned()
        }
        What::MayChangeByCmdlet(Some(why)) => {
            format!("Set-ServerComponentState is there, but the roles could not be looked at ({}).", bare(why))
        }
        What::MayNotChange => {
            "May not change component states: this account was not given Set-ServerComponentState.".to_owned()
        }
        What::EntryInFuture(at, now) => format!(
            "The newest entry is of {} UTC, {}. The newer entry counts, so a wrong clock decides.",
            time::utc(*at),
            time::ago(*at, *now)
        ),
        What::EntriesInPast(Some(at)) => {
            format!("No entry is ahead of the clock; the newest is of {} UTC.", time::utc(*at))
        }
        What::EntriesInPast(None) => "No entry with a time, so the clocks could not be compared.".to_owned(),
    }
}

fn other_run(by: Option<&OtherRun>) -> String {
    by.map_or_else(String::new, |by| format!(": run {} by {} on {}, since {} UTC", by.run, by.user, by.host, by.since))
}

fn bare(message: &str) -> &str {
    message.trim().trim_end_matches('.')
}

fn seconds(took: Duration) -> f64 {
    took.as_secs_f64()
}

fn up(shell: &Shell) -> String {
    let version = shell.version.as_deref().unwrap_or("of unknown version");
    format!("PowerShell {version} ({}), up in {:.1} s.", shell.path, seconds(shell.took))
}

fn failed(path: &str, why: &ShellFailure) -> String {
    let named = if path.is_empty() { "PowerShell".to_owned() } else { format!("PowerShell ({path})") };
    match why {
        ShellFailure::NotStarted(why) | ShellFailure::TooFewBits(why) | ShellFailure::NoScripts(why) => {
            format!("{}.", words::capital(bare(why)))
        }
        ShellFailure::Confined(mode) => {
            format!("{named} is confined to language mode {mode}, in which scripts cannot do the work.")
        }
        ShellFailure::Ended(why) => format!("{named} did not come up: {}.", bare(why)),
        ShellFailure::Silent(why) => format!("{named} was started and gave {}.", bare(why)),
        ShellFailure::Interrupted => format!("{named}: interrupted while it started."),
    }
}

fn policies(scopes: &[(String, String)]) -> String {
    let set = scopes.iter().filter(|(_, policy)| !policy.eq_ignore_ascii_case("Undefined"));
    let set = set.map(|(scope, policy)| format!("{scope} {policy}")).collect::<Vec<_>>();
    if set.is_empty() {
        "Execution policy: undefined in every scope.".to_owned()
    } else {
        format!("Execution policy: {}; undefined in the other scopes.", set.join(", "))
    }
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

fn source_name(source: &str) -> &str {
    match source {
        "environment" => "%ExchangeInstallPath%",
        "registry" => "the setup key in the registry",
        other => other,
    }
}

fn installed(version: Option<&str>, roles: &[String]) -> String {
    let version = match version {
        Some(version) => match words::product(version) {
            Some(product) => format!("Exchange {product} ({version})"),
            None => format!("Exchange version {version}"),
        },
        None => "Exchange of unknown version".to_owned(),
    };
    let plain = |role: &String| role.strip_suffix("Role").unwrap_or(role).to_owned();
    let servers = roles.iter().filter(|role| !role.eq_ignore_ascii_case("AdminTools")).map(plain).collect::<Vec<_>>();
    match (servers.is_empty(), roles.is_empty()) {
        (true, true) => format!("Installed here: {version}; its roles could not be told."),
        (true, false) => format!("Installed here: the management tools of {version}, no server role."),
        (false, _) => format!("Installed here: {version}, with {}.", words::list(&servers)),
    }
}

fn clock(at: Option<Timestamp>, zone: Option<&str>, offset: Option<i32>) -> String {
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

fn not_loaded(kind: LoadFailure, message: &str) -> String {
    let message = bare(message);
    match kind {
        LoadFailure::NoTools => format!("Exchange cmdlets: not loaded ({message})."),
        LoadFailure::AccessDenied => format!("Exchange refused the connection ({message})."),
        LoadFailure::Deadline | LoadFailure::Refused => format!("Exchange cmdlets: could not be loaded ({message})."),
        LoadFailure::Interrupted => "Exchange cmdlets: interrupted while they were loaded.".to_owned(),
    }
}

fn to(loaded: &Loaded) -> String {
    loaded.connected_to.as_ref().map_or_else(String::new, |server| format!(", connected to {server}"))
}
