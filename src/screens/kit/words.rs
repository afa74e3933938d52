//! The small sentences that several texts share, so that one thing is said in one way.

use crate::domain::probe::Protocol;
use crate::domain::{
    self, Component, ExchangeServer, Gap, InactiveEntry, KnownRequester, Requester, ServerSnapshot, Service, Services,
    Setup, Store, Stores, TroubleKind,
};

/// `a`, `a and b`, `a, b and c`.
pub fn list<T: AsRef<str>>(items: &[T]) -> String {
    match items {
        [] => String::new(),
        [one] => one.as_ref().to_owned(),
        [most @ .., last] => {
            format!("{} and {}", most.iter().map(AsRef::as_ref).collect::<Vec<_>>().join(", "), last.as_ref())
        }
    }
}

/// `1 command`, `2 commands`.
pub fn count(number: usize, noun: &str) -> String {
    if number == 1 { format!("1 {noun}") } else { format!("{number} {noun}s") }
}

/// The text with its first letter in upper case.
pub fn capital(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}

/// `HealthApi on PopProxy`.
pub fn entry_name(entry: &InactiveEntry) -> String {
    format!("{} on {}", entry.requester, entry.component)
}

/// Such names in a list, those of one requester behind it: `HealthApi on PopProxy and ImapProxy`.
pub fn names_on(names: &[String]) -> String {
    const ON: &str = " on ";
    let split = names.iter().map(|name| name.split_once(ON)).collect::<Option<Vec<_>>>().unwrap_or_default();
    match split.first() {
        Some((requester, _)) if split.iter().all(|(other, _)| other == requester) => {
            format!("{requester}{ON}{}", list(&split.iter().map(|(_, component)| component).collect::<Vec<_>>()))
        }
        Some(_) | None => list(names),
    }
}

/// Whether it is an entry of Managed Availability.
pub fn is_of_healthapi(entry: &InactiveEntry) -> bool {
    entry.requester.known() == Some(KnownRequester::HealthApi)
}

/// Components in a list.
pub fn components(all: &[Component]) -> String {
    list(&all.iter().map(Component::as_str).collect::<Vec<_>>())
}

/// Services in a list.
pub fn services(all: &[Service]) -> String {
    list(&all.iter().map(|service| service.name()).collect::<Vec<_>>())
}

/// The word for so many things that were just named.
pub fn pronoun(number: usize) -> &'static str {
    if number == 1 { "it" } else { "them" }
}

/// The verb for so many things.
pub fn is_or_are(number: usize) -> &'static str {
    if number == 1 { "is" } else { "are" }
}

/// What it means for clients that components are Inactive: turned away, or refused where nobody listens in the first place.
pub fn consequences(components: &[Component], services: &Services) -> String {
    let protocols = components.iter().filter_map(Protocol::of).map(Protocol::name).collect::<Vec<_>>();
    let stopped = components.iter().filter_map(|it| services.stopped_front_end(it)).collect::<Vec<_>>();
    if protocols.is_empty() {
        let offline = components.iter().any(Component::is_server_wide_offline);
        let text = if offline {
            "it makes all components of the server Inactive, except Monitoring and RecoveryActionsEnabled."
        } else {
            "it serves nobody."
        };
        text.to_owned()
    } else if stopped.len() == protocols.len() {
        let are = is_or_are(stopped.len());
        format!("{} clients are refused ({} {are} Stopped).", list(&protocols), self::services(&stopped))
    } else {
        format!("{} clients are turned away.", list(&protocols))
    }
}

/// Who stands behind a requester, in one sentence; `components` it keeps Inactive.
pub fn who_in_short(requester: &Requester, components: &[Component], setup: &Setup) -> String {
    let name = requester;
    match requester.known() {
        Some(KnownRequester::HealthApi) => {
            let protocols = components.iter().filter_map(Protocol::of).map(Protocol::name).collect::<Vec<_>>();
            match &protocols[..] {
                [] => format!("{name} is Managed Availability."),
                [one] => format!("{name} is Managed Availability: its probe of {one} failed."),
                more => format!("{name} is Managed Availability: its probes of {} failed.", list(more)),
            }
        }
        Some(KnownRequester::Maintenance) if *setup == Setup::Running => format!(
            "{name} is set by an admin, a maintenance script or DSC, and Exchange setup runs on the server now: let it end."
        ),
        Some(KnownRequester::Maintenance) => {
            format!("{name} is set by an admin, a maintenance script or DSC: ask before you set it Active.")
        }
        Some(KnownRequester::Functional) => match setup {
            Setup::Running => format!("{name} is Exchange setup, which runs on the server now: let it end."),
            Setup::NotRunning => format!(
                "{name} is Exchange setup, which does not run now: it failed or was stopped. Repeat the update, which sets it \
                 Active at its end."
            ),
            Setup::NotAsked => format!("{name} is Exchange setup: set it Active only when setup has ended."),
            Setup::Unknown(why) => format!(
                "{name} is Exchange setup; whether it runs now could not be told ({}).",
                why.trim_end_matches('.')
            ),
        },
        Some(KnownRequester::Sidelined | KnownRequester::Deployment) => {
            let setup =
                if *setup == Setup::Running { " Exchange setup runs on the server now: let it end." } else { "" };
            format!("{name} is used by nothing on premises: find out who set it.{setup}")
        }
        None => format!(
            "\"{name}\" is no requester that Exchange knows, and Set-ServerComponentState refuses the name. Find out what \
             wrote the entry, and have it removed there."
        ),
    }
}

/// Who usually stands behind a requester. Of setup more may have been seen.
pub fn who(requester: &Requester, setup: &Setup) -> &'static str {
    match requester.known() {
        Some(KnownRequester::HealthApi) => {
            "Managed Availability set it Inactive after failed probes; the usual cause is the certificate, or a specific \
             address as the first SSL binding."
        }
        Some(KnownRequester::Maintenance) => {
            "An admin, a maintenance script or DSC did that: somebody's decision, so ask before you set it Active."
        }
        Some(KnownRequester::Functional) => match setup {
            Setup::Running => "Exchange setup did that, and runs on the server now: let it end.",
            Setup::NotRunning => {
                "Exchange setup did that, and does not run on the server now, so it failed or was stopped. Repeat the \
                 update, which sets it Active at its end; do it by hand only where that is no way."
            }
            Setup::NotAsked | Setup::Unknown(_) => {
                "Exchange setup did that: it is running, or it failed. Set it Active only when setup has ended."
            }
        },
        Some(KnownRequester::Sidelined | KnownRequester::Deployment) => {
            "Nothing on premises is known to use this requester: find out who did before you set it Active."
        }
        None => {
            "Exchange does not know this requester, and Set-ServerComponentState would refuse the name: the entry was \
             not made with it. Find out what wrote it, and have it taken out there."
        }
    }
}

/// What to know before an entry of HealthApi is set Active.
pub const MENDS_NO_CAUSE: &str = "Setting it Active does not mend what made the probe of Managed Availability fail. After the \
                                  change relight reads its monitor, which tells whether the cause is gone.";

/// What to know before ServerWideOffline is set Active.
pub const BRINGS_ONLINE: &str = "ServerWideOffline Active brings all components of this server back online and restarts its \
                                 Frontend Transport service once (KB 4043629). Other steps of a maintenance procedure stay \
                                 as they are.";

/// Where entries are kept.
pub fn stores(stores: Stores) -> &'static str {
    match stores {
        Stores::Local => "the registry",
        Stores::Remote => "Active Directory",
        Stores::Both => "the registry and Active Directory",
    }
}

/// Where entries are kept, for a table.
pub fn stores_short(stores: Stores) -> &'static str {
    match stores {
        Stores::Local => "registry",
        Stores::Remote => "AD",
        Stores::Both => "both",
    }
}

/// One store.
pub fn store(store: Store) -> &'static str {
    match store {
        Store::Local => stores(Stores::Local),
        Store::Remote => stores(Stores::Remote),
    }
}

/// One store, for a table.
pub fn store_short(store: Store) -> &'static str {
    match store {
        Store::Local => stores_short(Stores::Local),
        Store::Remote => stores_short(Stores::Remote),
    }
}

/// What is not known about a component's entries.
pub fn gap(gap: &Gap) -> String {
    match gap {
        Gap::Unreadable(Store::Local) => {
            "the registry of the server could not be read (LocalStates is null), so Exchange tells the state from \
             Active Directory alone"
                .to_owned()
        }
        Gap::Unreadable(Store::Remote) => {
            "the entries in Active Directory could not be read (RemoteStates is null)".to_owned()
        }
        Gap::Opaque(at, number) => {
            format!("{} in {} came as text that says nothing", entries(*number), store(*at))
        }
        Gap::Contested(requester) => {
            format!("the entries of {requester} disagree, and their times do not tell which is newer")
        }
        Gap::Contradiction(expected) => {
            format!("its entries add up to {expected}, which is not what Exchange reports")
        }
    }
}

fn entries(number: usize) -> String {
    if number == 1 { "1 entry".to_owned() } else { format!("{number} entries") }
}

/// What is not known, as the end of a sentence.
pub fn gap_in_short(gap: &Gap) -> String {
    match gap {
        Gap::Unreadable(Store::Local) => "the registry of the server could not be read".to_owned(),
        Gap::Unreadable(Store::Remote) => "its entries in Active Directory could not be read".to_owned(),
        Gap::Opaque(..) | Gap::Contested(_) | Gap::Contradiction(_) => self::gap(gap),
    }
}

/// What to do about a gap.
pub fn gap_advice(gap: &Gap) -> &'static str {
    match gap {
        Gap::Unreadable(Store::Local) => {
            "Run relight on that server itself, or see that its Remote Registry service answers."
        }
        Gap::Unreadable(Store::Remote) => "See that a domain controller answers, then look again.",
        Gap::Opaque(..) | Gap::Contested(_) => {
            "Look again through the Exchange Management Shell, best on that server itself (--connection ems)."
        }
        Gap::Contradiction(_) => "A change can take a minute to be seen: look again.",
    }
}

/// What kind of trouble it is, in a few words.
pub fn trouble(kind: TroubleKind) -> &'static str {
    match kind {
        TroubleKind::AccessDenied => "access denied",
        TroubleKind::NotFound => "no such Exchange server",
        TroubleKind::Edge => "an Edge Transport server",
        TroubleKind::Unsupported => "unsupported Exchange version",
        TroubleKind::WrongServer => "another server answered",
        TroubleKind::Malformed => "the answer has no component states",
        // Exchange says so of the server, of its registry and of a domain controller; only the message tells of which.
        TroubleKind::Unreachable => "a connection failed",
        TroubleKind::Deadline => "a deadline passed",
        TroubleKind::ShellLost => "the shell was lost",
        TroubleKind::Interrupted => "interrupted",
        TroubleKind::Refused => "the cmdlet reported an error",
    }
}

/// A change of which it is not known whether it was carried out.
pub fn not_known(kind: TroubleKind) -> &'static str {
    if kind == TroubleKind::Interrupted {
        "sent, or about to be, when the run was interrupted: it may or may not have been carried out."
    } else {
        "sent, but the shell was lost: it may or may not have been carried out."
    }
}

/// What to do about a trouble.
pub fn trouble_advice(kind: TroubleKind) -> &'static str {
    match kind {
        TroubleKind::AccessDenied => {
            "Use an account in Organization Management or Server Management (SYSTEM is in neither); relight doctor \
             shows what this one may do."
        }
        TroubleKind::NotFound => "Check the name: Get-ExchangeServer lists them.",
        TroubleKind::Edge => "It has no POP3 or IMAP4 service: there is nothing to set Active there.",
        TroubleKind::Unsupported => "relight knows Exchange 2013, 2016, 2019 and SE.",
        TroubleKind::WrongServer => "Name the server by its FQDN, or run relight on it.",
        TroubleKind::Malformed => {
            "The remote session lost the types, as with certificate trouble: run relight in the Exchange Management \
             Shell on that server (--connection ems)."
        }
        TroubleKind::Unreachable => {
            "See that what the message names is up: the server, its Remote Registry service, a domain controller. Or run \
             relight on that server."
        }
        TroubleKind::Deadline => "Look again; a slow server needs a longer --call-timeout.",
        TroubleKind::ShellLost => "Look again; -v shows what the shell printed last.",
        TroubleKind::Interrupted => "Look again to see what is there.",
        TroubleKind::Refused => "Run the command by hand to see the whole error.",
    }
}

/// `Exchange 2016 (15.1.2507.6)`, as far as it is known.
pub fn exchange(exchange: &ExchangeServer) -> Option<String> {
    exchange.version.as_deref().map(version)
}

/// The same for a version.
pub fn version(version: &str) -> String {
    match domain::product(version) {
        Some(product) => format!("Exchange {product} ({version})"),
        None => format!("Exchange version {version}"),
    }
}

/// The FQDN of a server, where it is known and says more than the name that was asked for.
pub fn fqdn(snapshot: &ServerSnapshot) -> Option<&str> {
    let fqdn = snapshot.exchange.as_ref()?.fqdn.as_deref()?;
    (!fqdn.eq_ignore_ascii_case(snapshot.server.as_str())).then_some(fqdn)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_reads_like_a_sentence() {
        for (items, expected) in
            [(vec![], ""), (vec!["a"], "a"), (vec!["a", "b"], "a and b"), (vec!["a", "b", "c"], "a, b and c")]
        {
            assert_eq!(list(&items), expected);
        }
    }

    #[test]
    fn a_version_names_its_product() {
        for (version, expected) in [
            ("15.0.1497.2", Some("2013")),
            ("15.1.2507.6", Some("2016")),
            ("15.2.1748.10", Some("2019")),
            ("15.2.2562.17", Some("SE")),
            ("Version 15.1 (Build 32507.6)", Some("2016")),
            ("Version 15.2 (Build 31748.10)", Some("2019")),
            ("14.3.123.4", None),
            ("nonsense", None),
            ("99999999999.1", None),
        ] {
            assert_eq!(domain::product(version), expected, "{version}");
        }
    }
}
