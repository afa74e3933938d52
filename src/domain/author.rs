//! Who recorded an entry that a person or a script made, as far as the admin audit log and the server's event log tell. All
//! of it is optional; what could not be read is a text in its place.

use jiff::{SignedDuration, Timestamp};

use super::{Component, Diagnosis, InactiveEntry, KnownRequester, Requester, Server};

/// How far the time of a log may lie from that of the entry: each comes from a clock of its own.
const WITHIN: SignedDuration = SignedDuration::from_mins(1);

/// Who recorded the entries of a server.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Authors {
    /// What the logs tell.
    pub found: Vec<Author>,
    /// Why a log could not be read, each reason once.
    pub unread: Vec<String>,
}

/// Who recorded an entry, as one log has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Author {
    /// The component of the entry.
    pub component: Component,
    /// On whose behalf it was recorded.
    pub requester: Requester,
    /// Which log tells.
    pub log: ChangeLog,
    /// The account, as the log writes it.
    pub account: Option<String>,
    /// When, UTC, by the clock of the log.
    pub at: Timestamp,
}

/// Where a change is written down.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChangeLog {
    /// The admin audit log of the organisation.
    AdminAudit,
    /// The Application log of the server: an event of MSExchange ADAccess with this number.
    Application(u32),
}

/// A change as a log has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LoggedChange {
    /// Which log.
    pub log: ChangeLog,
    /// The account, as the log writes it.
    pub account: Option<String>,
    /// When, UTC.
    pub at: Timestamp,
    /// What it is about, in no order that is known: component, requester, state and, in the audit log, the server.
    pub values: Vec<String>,
}

impl Authors {
    /// The inactive entries that somebody made. Managed Availability is nobody, and an unknown name is no requester that the
    /// cmdlet takes.
    pub fn wanted(diagnoses: &[Diagnosis]) -> Vec<&InactiveEntry> {
        let made = |entry: &&InactiveEntry| match entry.requester.known() {
            Some(
                KnownRequester::Maintenance
                | KnownRequester::Sidelined
                | KnownRequester::Functional
                | KnownRequester::Deployment,
            ) => true,
            Some(KnownRequester::HealthApi) | None => false,
        };
        diagnoses.iter().flat_map(|diagnosis| &diagnosis.entries).filter(made).collect()
    }

    /// The spans of time in which these entries were recorded; of those that touch one is made.
    pub fn spans(entries: &[&InactiveEntry]) -> Vec<(Timestamp, Timestamp)> {
        let mut times = entries.iter().filter_map(|entry| entry.since.utc()).collect::<Vec<_>>();
        times.sort();
        let mut spans: Vec<(Timestamp, Timestamp)> = Vec::new();
        for time in times {
            let (Ok(from), Ok(to)) = (time.checked_sub(WITHIN), time.checked_add(WITHIN)) else { continue };
            match spans.last_mut() {
                Some((_, end)) if from <= *end => *end = to,
                Some(_) | None => spans.push((from, to)),
            }
        }
        spans
    }

    /// Of each log the change nearest to each entry, where one is near enough.
    pub fn of(entries: &[&InactiveEntry], server: &Server, changes: &[LoggedChange]) -> Vec<Author> {
        let audit = |change: &&LoggedChange| change.log == ChangeLog::AdminAudit;
        let (audited, events): (Vec<_>, Vec<_>) = changes.iter().partition(audit);
        let logs = [audited, events];
        let of_entry = |entry: &InactiveEntry| {
            let nearest = |log: &Vec<&LoggedChange>| {
                let since = entry.since.utc()?;
                let near = log.iter().filter(|change| change.is_of(entry, server));
                let near = near.map(|change| (change.at.duration_since(since).abs(), change));
                let (distance, change) = near.min_by_key(|(distance, _)| *distance)?;
                (distance <= WITHIN).then(|| Author {
                    component: entry.component.clone(),
                    requester: entry.requester.clone(),
                    log: change.log,
                    account: change.account.clone(),
                    at: change.at,
                })
            };
            logs.iter().filter_map(nearest).collect::<Vec<_>>()
        };
        entries.iter().flat_map(|entry| of_entry(entry)).collect()
    }

    /// What the logs tell of this entry.
    pub fn of_entry(&self, entry: &InactiveEntry) -> impl Iterator<Item = &Author> {
        let is_it = |it: &&Author| it.component == entry.component && it.requester == entry.requester;
        self.found.iter().filter(is_it)
    }
}

impl LoggedChange {
    /// Whether it may have made this entry. The log of a server does not name the server; the other one has that of all.
    fn is_of(&self, entry: &InactiveEntry, server: &Server) -> bool {
        let has = |wanted: &str| self.values.iter().any(|value| value.trim().eq_ignore_ascii_case(wanted));
        let is_here = match self.log {
            ChangeLog::AdminAudit => self.values.iter().any(|value| names(value, server)),
            ChangeLog::Application(_) => true,
        };
        is_here && has(entry.component.as_str()) && has(entry.requester.as_str()) && has(entry.state.name())
    }
}

/// Whether a text is the name of a server: `EX01`, `EX01.contoso.local`, or a path in Active Directory that ends with it.
fn names(text: &str, server: &Server) -> bool {
    let name = text.rsplit(['/', '\\']).next().unwrap_or(text).trim();
    name.split('.').next().is_some_and(|host| host.eq_ignore_ascii_case(server.host()))
}

#[cfg(test)]
mod tests {
    use super::super::{EntryTime, State, Stores};
    use super::*;

    fn at(time: &str) -> Timestamp {
        format!("2026-03-13T{time}Z").parse().expect("a time")
    }

    fn entry(component: &str, requester: &str, time: &str) -> InactiveEntry {
        InactiveEntry {
            component: Component::new(component),
            requester: Requester::new(requester),
            state: State::Inactive,
            since: EntryTime::Utc(at(time)),
            stores: Stores::Both,
        }
    }

    fn change(log: ChangeLog, time: &str, values: &[&str]) -> LoggedChange {
        let values = values.iter().map(ToString::to_string).collect();
        LoggedChange { log, account: Some(time.to_owned()), at: at(time), values }
    }

    #[test]
    fn a_change_counts_for_its_own_entry_within_a_minute() {
        let server = Server::parse("EX01.contoso.local").expect("a name");
        let pop = entry("PopProxy", "Maintenance", "22:05:00");
        let whole = ["EX01", "PopProxy", "Maintenance", "Inactive"];
        for (log, time, values, counts) in [
            (ChangeLog::AdminAudit, "22:05:00", &whole[..], true),
            (ChangeLog::AdminAudit, "22:06:00", &whole, true),
            (ChangeLog::AdminAudit, "22:04:00", &whole, true),
            (ChangeLog::AdminAudit, "22:06:01", &whole, false),
            (ChangeLog::AdminAudit, "22:05:00", &["inactive", "popproxy", "maintenance", "ex01.contoso.local"], true),
            (
                ChangeLog::AdminAudit,
                "22:05:00",
                &["contoso.local/Servers/EX01", "PopProxy", "Maintenance", "Inactive"],
                true,
            ),
            (ChangeLog::AdminAudit, "22:05:00", &["EX02", "PopProxy", "Maintenance", "Inactive"], false),
            (ChangeLog::AdminAudit, "22:05:00", &["EX010", "PopProxy", "Maintenance", "Inactive"], false),
            (ChangeLog::AdminAudit, "22:05:00", &["EX01", "ImapProxy", "Maintenance", "Inactive"], false),
            (ChangeLog::AdminAudit, "22:05:00", &["EX01", "PopProxy", "Functional", "Inactive"], false),
            (ChangeLog::AdminAudit, "22:05:00", &["EX01", "PopProxy", "Maintenance", "Active"], false),
            // The log of a server is about that server.
            (ChangeLog::Application(4109), "22:05:00", &["w3wp", "PopProxy", "Maintenance", "Inactive"], true),
        ] {
            let found = Authors::of(&[&pop], &server, &[change(log, time, values)]);
            assert_eq!(found.len(), usize::from(counts), "{log:?} {time} {values:?}");
        }
    }

    #[test]
    fn of_each_log_the_nearest_change_counts() {
        let server = Server::parse("EX01").expect("a name");
        let pop = entry("PopProxy", "Maintenance", "22:05:00");
        let values = ["EX01", "PopProxy", "Maintenance", "Inactive"];
        let changes = [
            change(ChangeLog::AdminAudit, "22:04:30", &values),
            change(ChangeLog::Application(4110), "22:05:01", &values),
            change(ChangeLog::AdminAudit, "22:05:10", &values),
        ];
        let found = Authors::of(&[&pop], &server, &changes);
        let told = found.iter().map(|it| (it.log, it.account.as_deref())).collect::<Vec<_>>();
        let expected = [(ChangeLog::AdminAudit, Some("22:05:10")), (ChangeLog::Application(4110), Some("22:05:01"))];
        assert_eq!(told, expected);
    }

    #[test]
    fn spans_that_touch_are_asked_about_once() {
        let entries = ["22:05:14", "22:05:11", "23:00:00"].map(|time| entry("PopProxy", "Maintenance", time));
        let mut entries = entries.iter().collect::<Vec<_>>();
        let undated = InactiveEntry { since: EntryTime::Text("then".to_owned()), ..entries[0].clone() };
        entries.push(&undated);
        let expected = [(at("22:04:11"), at("22:06:14")), (at("22:59:00"), at("23:01:00"))];
        assert_eq!(Authors::spans(&entries), expected);
    }
}
