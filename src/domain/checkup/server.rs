//! The remarks about each server: which one it is, whether its components can be read, whether they may be changed, and
//! whether the times recorded there make sense.

use crate::domain::{Entry, StoreReading};

use super::facts::{Answer, ExchangeFacts, Facts, Look, Roles, ServerFacts};
use super::machine::SET;
use super::remark::{Grade, Lack, Remark, What, of_trouble};

/// Seconds that the clocks of two machines may differ without being worth a word.
const SLACK: i64 = 60;

/// All remarks about the servers.
pub fn servers(facts: &Facts) -> Vec<Remark> {
    let loaded = match &facts.exchange {
        ExchangeFacts::Loaded(loaded) => Some(loaded),
        ExchangeFacts::NotTried | ExchangeFacts::Failed { .. } => None,
    };
    if facts.servers.is_empty() && loaded.is_some() {
        return vec![Remark { server: None, what: What::NoServer, grade: Grade::Fault(Lack::Server) }];
    }
    let may_set = loaded.is_some_and(|loaded| loaded.has(SET));
    facts.servers.iter().flat_map(|server| one(server, may_set)).collect()
}

fn one(server: &ServerFacts, may_set: bool) -> Vec<Remark> {
    let mut found = vec![match &server.exchange {
        None => (What::ServerNotAsked, Grade::Warning),
        Some(Ok(exchange)) => (What::Server(exchange.clone()), Grade::Ok),
        Some(Err(trouble)) => (What::ServerTrouble(trouble.clone()), of_trouble(trouble.kind)),
    }];
    match &server.look {
        None => found.push((What::ReadNotTried, Grade::Warning)),
        Some(Err(trouble)) => found.push((What::MayNotRead(trouble.clone()), of_trouble(trouble.kind))),
        Some(Ok(look)) => {
            found.push((What::MayRead, Grade::Ok));
            found.extend(stores(look));
            found.push(times(look));
        }
    }
    if may_set && server.look.is_some() {
        found.push(change(&server.roles));
    }
    found.into_iter().map(|(what, grade)| Remark { server: Some(server.server.clone()), what, grade }).collect()
}

/// Whether both stores could be read, and what they hold is legible.
fn stores(look: &Look) -> Vec<(What, Grade)> {
    let mut found = Vec::new();
    let unreadable = |reading: &StoreReading| *reading == StoreReading::Unreadable;
    if look.stores.iter().any(|(local, _)| unreadable(local)) {
        found.push((What::RegistryUnreadable, Grade::Fault(Lack::Right)));
    }
    if look.stores.iter().any(|(_, remote)| unreadable(remote)) {
        found.push((What::DirectoryUnreadable, Grade::Fault(Lack::Right)));
    }
    let both = look.stores.iter().flat_map(|(local, remote)| [local, remote]);
    let illegible = both.map(|store| match store {
        StoreReading::Read { opaque, .. } => opaque.len(),
        StoreReading::Unreadable => 0,
    });
    match illegible.sum() {
        0 if found.is_empty() => found.push((What::StoresReadable, Grade::Ok)),
        0 => {}
        items => found.push((What::EntriesIllegible(items), Grade::Warning)),
    }
    found
}

/// Whether an entry is ahead of the clock. Exchange takes the newer of two entries, so a clock that is wrong decides.
fn times(look: &Look) -> (What, Grade) {
    let entries = look.stores.iter().flat_map(|(local, remote)| [local, remote]).flat_map(StoreReading::entries);
    let newest = entries.filter_map(|entry: &Entry| entry.time.utc()).max();
    match newest {
        Some(at) if at.as_second() > look.taken.as_second() + SLACK => {
            (What::EntryInFuture(at, look.taken), Grade::Warning)
        }
        newest => (What::EntriesInPast(newest), Grade::Ok),
    }
}

/// Whether the account may change the server: the cmdlet is there, and a role that reaches the server brings it.
fn change(roles: &Answer<Roles>) -> (What, Grade) {
    let roles = match roles {
        Answer::Known(roles) => roles,
        Answer::Unknown(why) => return (What::MayChangeByCmdlet(Some(why.clone())), Grade::Warning),
        Answer::NotAsked => return (What::MayChangeByCmdlet(None), Grade::Ok),
    };
    let Roles { needed: Some(needed), assigned: Some(assigned) } = roles else {
        return (What::MayChangeByCmdlet(None), Grade::Ok);
    };
    // A role may come as a path in Active Directory; its name is the last part.
    let name = |role: &str| role.rsplit(['/', '\\']).next().unwrap_or(role).to_ascii_lowercase();
    let brings = |(role, _): &&(String, String)| needed.iter().any(|one| name(one) == name(role));
    let by = assigned.iter().filter(brings).cloned().collect::<Vec<_>>();
    if by.is_empty() { (What::MayChangeNotSure, Grade::Warning) } else { (What::MayChange(by), Grade::Ok) }
}
