//! Each server: which one it is, whether its components can be read, whether they may be changed, and whether the times
//! recorded there make sense.

use crate::domain::checkup::{Answer, ExchangeFacts, Facts, Grade, Look, Remark, Roles, ServerFacts};
use crate::domain::{Entry, ExchangeServer, StoreReading, Trouble, TroubleKind};
use crate::screens::kit::{time, words};

use super::exchange::SET;
use super::row::{NO_ANSWER, NO_CONNECTION, NO_RIGHT, NO_SERVER, NO_SHELL, NO_STORE, NO_TIME, ROLE, bad, bare, ok};

/// Seconds that the clocks of two machines may differ without being worth a word.
const SLACK: i64 = 60;

/// The rows about all servers.
pub(super) fn servers(facts: &Facts) -> Vec<Remark> {
    let loaded = match &facts.exchange {
        ExchangeFacts::Loaded(loaded) => Some(loaded),
        ExchangeFacts::NotTried | ExchangeFacts::Failed { .. } => None,
    };
    if facts.servers.is_empty() && loaded.is_some() {
        let says = "This machine's name could not be told, so it is not known which server to look at.";
        return vec![bad("server", NO_SERVER, says).next("Name the server, for example: relight doctor EX01")];
    }
    let may_set = loaded.is_some_and(|loaded| loaded.has(SET));
    facts.servers.iter().flat_map(|server| one(server, may_set)).collect()
}

fn one(facts: &ServerFacts, may_set: bool) -> Vec<Remark> {
    let mut rows = vec![match &facts.exchange {
        None => bad("server", Grade::Warning, "Version and role: could not be asked."),
        Some(Ok(exchange)) => ok("server", version_and_role(exchange)),
        Some(Err(why)) => trouble("server", "Server", why),
    }];
    match &facts.look {
        None => rows.push(bad("mayRead", Grade::Warning, "Component states: reading them was not tried.")),
        Some(Err(why)) => rows.push(trouble("mayRead", "Component states", why)),
        Some(Ok(look)) => {
            rows.push(ok("mayRead", "Component states can be read."));
            rows.extend(stores(look));
            rows.push(times(look));
        }
    }
    if may_set && facts.look.is_some() {
        rows.push(change(&facts.roles));
    }
    rows.into_iter().map(|row| Remark { server: Some(facts.server.clone()), ..row }).collect()
}

fn version_and_role(exchange: &ExchangeServer) -> String {
    let version = words::exchange(exchange).unwrap_or_else(|| "Exchange of unknown version".to_owned());
    format!("{version}, {}.", exchange.role.as_deref().unwrap_or("unknown role"))
}

fn trouble(check: &'static str, of: &str, trouble: &Trouble) -> Remark {
    let advice = words::trouble_advice(trouble.kind);
    let (grade, next) = match trouble.kind {
        TroubleKind::AccessDenied => (NO_RIGHT, ROLE),
        TroubleKind::NotFound | TroubleKind::Edge | TroubleKind::Unsupported => (NO_SERVER, advice),
        TroubleKind::WrongServer | TroubleKind::Malformed | TroubleKind::Refused => (NO_ANSWER, advice),
        TroubleKind::Unreachable => (NO_CONNECTION, advice),
        TroubleKind::Deadline => (NO_TIME, advice),
        TroubleKind::ShellLost => (NO_SHELL, advice),
        TroubleKind::Interrupted => (Grade::Warning, advice),
    };
    bad(check, grade, format!("{of}: {} ({}).", words::trouble(trouble.kind), bare(&trouble.message))).next(next)
}

/// Whether both stores could be read, and what they have is legible.
fn stores(look: &Look) -> Vec<Remark> {
    const CHECK: &str = "stores";
    let mut rows = Vec::new();
    let unreadable = |reading: &StoreReading| *reading == StoreReading::Unreadable;
    if look.stores.iter().any(|(local, _)| unreadable(local)) {
        let says = "The registry of the server cannot be read: its state comes from Active Directory alone, which does \
                    not tell, so relight would leave it alone.";
        rows.push(
            bad(CHECK, NO_STORE, says)
                .next("Run relight on that server; or start its Remote Registry service and let the firewall pass it."),
        );
    }
    if look.stores.iter().any(|(_, remote)| unreadable(remote)) {
        let says = "Active Directory does not give the remote entries, so relight would leave the server alone.";
        rows.push(
            bad(CHECK, NO_STORE, says)
                .next("Look at the domain controllers: Get-ExchangeServer -Status shows which is used."),
        );
    }
    let both = look.stores.iter().flat_map(|(local, remote)| [local, remote]);
    let illegible = both.map(|store| match store {
        StoreReading::Read { opaque, .. } => opaque.len(),
        StoreReading::Unreadable => 0,
    });
    match illegible.sum() {
        0 if rows.is_empty() => {
            rows.push(ok(CHECK, "Both stores can be read: the registry of the server and Active Directory."));
        }
        0 => {}
        items => {
            let items = words::count(items, "item");
            let says = format!("{items} came as text without values, so who set a component Inactive is not known.");
            rows.push(
                bad(CHECK, Grade::Warning, says).next("Run relight in the Exchange Management Shell: --connection ems"),
            );
        }
    }
    rows
}

/// Whether an entry is ahead of the clock. Exchange takes the newer of two entries, so a clock that is wrong decides.
fn times(look: &Look) -> Remark {
    const CHECK: &str = "entryTimes";
    let entries = look.stores.iter().flat_map(|(local, remote)| [local, remote]).flat_map(StoreReading::entries);
    match entries.filter_map(|entry: &Entry| entry.time.utc()).max() {
        Some(at) if at.as_second() > look.taken.as_second() + SLACK => {
            let (ago, at) = (time::ago(at, look.taken), time::utc(at));
            let says =
                format!("The newest entry is of {at} UTC, {ago}. The newer entry counts, so a wrong clock decides.");
            bad(CHECK, Grade::Warning, says)
                .next("Compare the clocks of this machine, that server and the domain controllers.")
        }
        Some(at) => ok(CHECK, format!("No entry is ahead of the clock; the newest is of {} UTC.", time::utc(at))),
        None => ok(CHECK, "No entry with a time, so the clocks could not be compared."),
    }
}

/// Whether the account may change the server: the cmdlet is there, and a role that reaches the server brings it.
fn change(roles: &Answer<Roles>) -> Remark {
    const CHECK: &str = "mayChange";
    let (needed, assigned) = match roles {
        Answer::Known(Roles { needed: Some(needed), assigned: Some(assigned) }) => (needed, assigned),
        Answer::Unknown(why) => {
            let why = bare(why);
            let says = format!("Set-ServerComponentState is there, but the roles could not be looked at ({why}).");
            return bad(CHECK, Grade::Warning, says);
        }
        Answer::Known(_) | Answer::NotAsked => {
            let says = "May change component states: Set-ServerComponentState is there; the roles cannot be looked at \
                        from here.";
            return ok(CHECK, says);
        }
    };
    // A role may come as a path in Active Directory; its name is the last part.
    let name = |role: &str| role.rsplit(['/', '\\']).next().unwrap_or(role).to_ascii_lowercase();
    let brings = |(role, _): &&(String, String)| needed.iter().any(|one| name(one) == name(role));
    let by = assigned.iter().filter(brings).map(|(role, assignee)| format!("{role} (from {assignee})"));
    match by.collect::<Vec<_>>().as_slice() {
        [] => {
            let says = "Set-ServerComponentState is there, but no role of this account was found that brings it and \
                        reaches this server.";
            bad(CHECK, Grade::Warning, says).next(
                "Look by hand: Get-ManagementRole -Cmdlet Set-ServerComponentState, then Get-ManagementRoleAssignment \
                 for these roles. A scope may leave the server out.",
            )
        }
        by => ok(CHECK, format!("May change component states, by {}.", words::list(by))),
    }
}
