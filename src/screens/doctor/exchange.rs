//! Loading Exchange, and the cmdlets that came.

use crate::domain::checkup::{Answer, ExchangeFacts, Facts, Grade, LoadFailure, Loaded, Remark, ShellPolicy};
use crate::domain::{Connection, Server};
use crate::screens::kit::words;

use super::machine::tools;
use super::row::{NO_RIGHT, NO_SHELL, NO_TIME, ROLE, bad, bare, if_not, ok};

/// The cmdlet without which nothing can be read.
const GET: &str = "Get-ServerComponentState";
/// The cmdlet without which nothing can be changed.
pub(super) const SET: &str = "Set-ServerComponentState";
/// All that relight uses.
const CMDLETS: [&str; 3] = ["Get-ExchangeServer", GET, SET];

/// The rows about Exchange.
pub(super) fn exchange(facts: &Facts) -> Vec<Remark> {
    let loaded = match &facts.exchange {
        ExchangeFacts::NotTried => {
            let says = "Exchange cmdlets: not loaded, because there is no shell.";
            return vec![bad("connection", Grade::Warning, says)];
        }
        ExchangeFacts::Failed { kind, message, tail: _ } => return vec![not_loaded(*kind, bare(message), facts)],
        ExchangeFacts::Loaded(loaded) => loaded,
    };
    let mut rows = vec![time(loaded)];
    if facts.connection == Connection::Snapin {
        let says = "The snap-in bypasses the role-based access control and is unsupported for daily use.";
        rows.push(
            bad("connection", Grade::Warning, says)
                .next("Use --connection ems unless the roles themselves are broken."),
        );
    }
    rows.extend(elsewhere(facts, loaded));
    rows.extend(cmdlets(loaded));
    rows.extend(shells(loaded));
    rows
}

fn not_loaded(kind: LoadFailure, message: &str, facts: &Facts) -> Remark {
    let row = |grade, says| bad("connection", grade, says);
    match kind {
        LoadFailure::NoTools => {
            let says = format!("Exchange cmdlets: not loaded ({message}).");
            if lacks_tools(facts) {
                // The row about the tools is the fault already, and says what is next.
                return row(Grade::Warning, says);
            }
            row(NO_SHELL, says)
                .next("Run relight on an Exchange server, or: --connection remote --connect-to ex01.contoso.local")
        }
        LoadFailure::AccessDenied => row(NO_RIGHT, format!("Exchange refused the connection ({message}).")).next(ROLE),
        LoadFailure::Deadline => row(NO_TIME, format!("Exchange cmdlets: could not be loaded ({message})."))
            .next("Give it more time with --connect-timeout."),
        LoadFailure::Refused => row(NO_SHELL, format!("Exchange cmdlets: could not be loaded ({message}).")).next(
            "Open the Exchange Management Shell by hand: if that fails too, the reason shown there is the one to mend.",
        ),
        LoadFailure::Interrupted => {
            row(Grade::Warning, "Exchange cmdlets: interrupted while they were loaded.".to_owned())
                .next("Run it again.")
        }
    }
}

/// Whether a row says that Exchange's tools are lacking.
fn lacks_tools(facts: &Facts) -> bool {
    matches!(&facts.machine, Answer::Known(machine) if tools(machine, facts).is_some_and(|row| row.grade == NO_SHELL))
}

fn time(loaded: &Loaded) -> Remark {
    let to = loaded.connected_to.as_ref().map_or_else(String::new, |server| format!(", connected to {server}"));
    let says = format!("Exchange cmdlets loaded in {:.1} s{to}.", loaded.took.as_secs_f64());
    // Two thirds of the deadline: on a bad day it will not be enough.
    bad("connection", if_not(loaded.took * 3 < loaded.deadline * 2, Grade::Warning), says)
        .next("That is close to the deadline: give --connect-timeout more.")
}

/// `-auto` may land on another server; that matters where this machine is one itself, because its own registry is then
/// read from afar.
fn elsewhere(facts: &Facts, loaded: &Loaded) -> Option<Remark> {
    let Answer::Known(machine) = &facts.machine else { return None };
    let is_server = machine.roles.iter().any(|role| !role.eq_ignore_ascii_case("AdminTools"));
    let (here, there) = (machine.computer.as_deref()?, loaded.connected_to.as_deref()?);
    let (this, other) = (Server::parse(here).ok()?, Server::parse(there).ok()?);
    let says = || {
        format!(
            "The shell on {here} is connected to {there}: the registry of {here} is read from there, over the network."
        )
    };
    (facts.connection == Connection::Ems && is_server && !other.may_be(&this)).then(|| {
        bad("connection", Grade::Warning, says()).next("See why this server's own PowerShell site does not answer.")
    })
}

/// How many shells the account may have at a time.
fn shells(loaded: &Loaded) -> Option<Remark> {
    let ShellPolicy { name, most } = loaded.shells.as_ref()?;
    Some(ok("shells", format!("Exchange allows this account {most} shells at a time ({name}).")))
}

fn cmdlets(loaded: &Loaded) -> Vec<Remark> {
    let (there, missing) = CMDLETS.into_iter().partition::<Vec<_>, _>(|name| loaded.has(name));
    let mut rows = vec![match there.as_slice() {
        [] => ok("cmdlets", "None of the cmdlets that relight uses is there."),
        names => ok("cmdlets", format!("Cmdlets: {}.", words::list(names))),
    }];
    if !missing.is_empty() {
        let names = words::list(&missing);
        let says = format!("Missing: {names}. The roles of an account decide which cmdlets it gets.");
        rows.push(bad("cmdlets", if loaded.has(GET) { Grade::Warning } else { NO_RIGHT }, says).next(ROLE));
    }
    if !loaded.has(SET) {
        let says = "May not change component states: this account was not given Set-ServerComponentState.";
        rows.push(bad("mayChange", NO_RIGHT, says).next(ROLE));
    }
    rows
}
