//! The remarks about this machine: the shell, the system, the account, the clock, and Exchange as far as it is loaded.

use crate::domain::Server;

use super::facts::{Answer, ExchangeFacts, Facts, LoadFailure, Loaded, Machine, Shell, ShellFacts, ShellFailure, Way};
use super::remark::{Grade, Lack, Remark, What};
use super::{here, if_not};

/// The cmdlet without which nothing can be read.
const GET: &str = "Get-ServerComponentState";
/// The cmdlet without which nothing can be changed.
pub(super) const SET: &str = "Set-ServerComponentState";
/// All that relight uses.
const CMDLETS: [&str; 3] = ["Get-ExchangeServer", GET, SET];

/// SYSTEM, LOCAL SERVICE and NETWORK SERVICE: accounts that cannot be given an Exchange role.
const SYSTEM_SIDS: [&str; 3] = ["S-1-5-18", "S-1-5-19", "S-1-5-20"];

/// The first year in which this clock can have been read, 2020, in seconds since 1970: no release of relight is older.
const FIRST_SECOND: i64 = 1_577_836_800;

const NO_SHELL: Grade = Grade::Fault(Lack::Shell);
const NO_RIGHT: Grade = Grade::Fault(Lack::Right);

/// PowerShell: found where, which version, how many bits, which language mode.
pub fn shell(facts: &Facts) -> Vec<Remark> {
    match &facts.shell {
        ShellFacts::NotFound { looked_for } => vec![here(What::NoPowerShell(looked_for.clone()), NO_SHELL)],
        ShellFacts::Failed { path, why, tail: _ } => {
            let grade = match why {
                ShellFailure::Interrupted => Grade::Warning,
                ShellFailure::TooFewBits(_) => Grade::Fault(Lack::Program),
                ShellFailure::NotStarted(_)
                | ShellFailure::NoScripts(_)
                | ShellFailure::Confined(_)
                | ShellFailure::Ended(_)
                | ShellFailure::Silent(_) => NO_SHELL,
            };
            vec![here(What::PowerShellFailed(path.clone(), why.clone()), grade)]
        }
        ShellFacts::Up(shell) => up(shell, facts),
    }
}

fn up(shell: &Shell, facts: &Facts) -> Vec<Remark> {
    let local = facts.way != Way::Remote;
    let on_windows = matches!(&facts.machine, Answer::Known(machine) if machine.is_windows == Some(true));
    let mut remarks = vec![here(What::PowerShell(shell.clone()), Grade::Ok)];
    match shell.version.as_deref().map(|version| (version, numbers(version))) {
        None | Some((_, None)) => remarks.push(here(What::PowerShellVersionUnknown, Grade::Warning)),
        Some((version, Some(at))) if at < (5, 1) => {
            remarks.push(here(What::PowerShellTooOld(version.to_owned()), NO_SHELL));
        }
        Some((version, Some(at))) if at >= (6, 0) && on_windows && local => {
            remarks.push(here(What::PowerShellTooNew(version.to_owned()), Grade::Warning));
        }
        Some(_) => {}
    }
    let bits = match shell.is_64 {
        Some(true) => Grade::Ok,
        Some(false) if local => NO_SHELL,
        Some(false) | None => Grade::Warning,
    };
    remarks.push(here(What::Bits(shell.is_64), bits));
    let mode = if_not(shell.language_mode.is_some(), Grade::Warning);
    remarks.push(here(What::LanguageMode(shell.language_mode.clone()), mode));
    remarks
}

/// `5.1.17763.5458` as 5 and 1.
fn numbers(version: &str) -> Option<(u32, u32)> {
    let mut parts = version.split('.').map(str::parse);
    Some((parts.next()?.ok()?, parts.next()?.ok()?))
}

/// Execution policy, Exchange's tools, the account.
pub fn machine(facts: &Facts) -> Vec<Remark> {
    let machine = match &facts.machine {
        Answer::Known(machine) => machine,
        Answer::Unknown(why) => return vec![here(What::MachineUnknown(Some(why.clone())), Grade::Warning)],
        Answer::NotAsked => return vec![here(What::MachineUnknown(None), Grade::Warning)],
    };
    let mut remarks = Vec::new();
    if !machine.failed("executionPolicies") {
        let refused = machine.execution_policies.iter().flatten().any(refuses_scripts);
        let what = What::ExecutionPolicy(machine.execution_policies.clone());
        remarks.push(here(what, if_not(!refused, Grade::Warning)));
    }
    remarks.extend(tools(machine, facts));
    if machine.exchange_version.is_some() || !machine.roles.is_empty() {
        let what = What::Installed(machine.exchange_version.clone(), machine.roles.clone());
        remarks.push(here(what, Grade::Ok));
    }
    remarks.extend(account(machine, matches!(facts.exchange, ExchangeFacts::Loaded(_))));
    for (question, why) in &machine.problems {
        remarks.push(here(What::NotTold(question.clone(), why.clone()), Grade::Warning));
    }
    remarks
}

/// Group policy beats the `-ExecutionPolicy Bypass` that relight gives.
fn refuses_scripts((scope, policy): &(String, String)) -> bool {
    let is = |text: &str, all: [&str; 2]| all.iter().any(|one| text.eq_ignore_ascii_case(one));
    is(scope, ["MachinePolicy", "UserPolicy"]) && is(policy, ["Restricted", "AllSigned"])
}

/// Where Exchange's tools are; nothing, where that question failed and is told of as such.
fn tools(machine: &Machine, facts: &Facts) -> Option<Remark> {
    let missing = match (&facts.exchange, facts.way) {
        (_, Way::Remote) => Grade::Ok,
        (ExchangeFacts::Loaded(_), _) | (_, Way::Snapin) => Grade::Warning,
        (_, Way::Ems) => NO_SHELL,
    };
    let used = machine.installations.iter().find(|there| there.has_shell);
    match (used, machine.installations.first()) {
        (Some(used), _) => Some(here(What::Tools(used.path.clone(), used.source.clone()), Grade::Ok)),
        (None, _) if machine.failed("installations") => None,
        (None, Some(broken)) => Some(here(What::ToolsBroken(broken.path.clone(), broken.source.clone()), missing)),
        (None, None) => Some(here(What::NoTools, missing)),
    }
}

fn account(machine: &Machine, loaded: bool) -> Vec<Remark> {
    let mut remarks = Vec::new();
    if let Some(account) = &machine.account {
        let is_system = machine.sid.as_deref().is_some_and(|sid| SYSTEM_SIDS.contains(&sid));
        remarks.push(if is_system {
            here(What::SystemAccount(account.clone()), if loaded { Grade::Warning } else { NO_RIGHT })
        } else {
            here(What::Account(account.clone()), Grade::Ok)
        });
    }
    if !machine.failed("elevated") {
        remarks.push(here(What::Elevated(machine.elevated), if_not(machine.elevated != Some(false), Grade::Warning)));
    }
    if !machine.failed("interactive") {
        remarks.push(here(What::Interactive(machine.interactive), Grade::Ok));
    }
    remarks
}

/// What time this machine believes it is.
pub fn clock(facts: &Facts) -> Vec<Remark> {
    let Answer::Known(machine) = &facts.machine else { return Vec::new() };
    match machine.at {
        Some(at) if at.as_second() < FIRST_SECOND => vec![here(What::ClockUnset(at), Grade::Warning)],
        at => {
            let what = What::Clock(at, machine.time_zone.clone(), machine.utc_offset);
            vec![here(what, if_not(at.is_some(), Grade::Warning))]
        }
    }
}

/// Loading Exchange, and the cmdlets that came.
pub fn exchange(facts: &Facts) -> Vec<Remark> {
    let loaded = match &facts.exchange {
        ExchangeFacts::NotTried => return vec![here(What::LoadNotTried, Grade::Warning)],
        ExchangeFacts::Failed { kind, message, tail: _ } => {
            let grade = match kind {
                LoadFailure::AccessDenied => NO_RIGHT,
                LoadFailure::Interrupted => Grade::Warning,
                // The line about the tools is the fault already.
                LoadFailure::NoTools if lacks_tools(facts) => Grade::Warning,
                LoadFailure::NoTools | LoadFailure::Deadline | LoadFailure::Refused => NO_SHELL,
            };
            return vec![here(What::NotLoaded(*kind, message.clone()), grade)];
        }
        ExchangeFacts::Loaded(loaded) => loaded,
    };
    // Two thirds of the deadline: on a bad day it will not be enough.
    let in_time = loaded.took * 3 < loaded.deadline * 2;
    let mut remarks = vec![here(What::Loaded(loaded.clone()), if_not(in_time, Grade::Warning))];
    if facts.way == Way::Snapin {
        remarks.push(here(What::Bypass, Grade::Warning));
    }
    remarks.extend(elsewhere(facts, loaded));
    let (there, missing) = CMDLETS.iter().map(|&name| name.to_owned()).partition::<Vec<_>, _>(|name| loaded.has(name));
    remarks.push(here(What::Cmdlets(there), Grade::Ok));
    if !missing.is_empty() {
        let grade = if loaded.has(GET) { Grade::Warning } else { NO_RIGHT };
        remarks.push(here(What::CmdletsMissing(missing), grade));
    }
    if !loaded.has(SET) {
        remarks.push(here(What::MayNotChange, NO_RIGHT));
    }
    remarks
}

/// Whether a remark says that Exchange's tools are lacking.
fn lacks_tools(facts: &Facts) -> bool {
    matches!(&facts.machine, Answer::Known(machine) if tools(machine, facts).is_some_and(|remark| remark.grade == NO_SHELL))
}

/// `-auto` may land on another server; that matters where this machine is one itself, because its own registry is then
/// read from afar.
fn elsewhere(facts: &Facts, loaded: &Loaded) -> Option<Remark> {
    let Answer::Known(machine) = &facts.machine else { return None };
    let is_server = machine.roles.iter().any(|role| !role.eq_ignore_ascii_case("AdminTools"));
    let (name, there) = (machine.computer.as_deref()?, loaded.connected_to.as_deref()?);
    let (this, other) = (Server::parse(name).ok()?, Server::parse(there).ok()?);
    (facts.way == Way::Ems && is_server && !other.may_be(&this))
        .then(|| here(What::ConnectedElsewhere(name.to_owned(), there.to_owned()), Grade::Warning))
}
