//! Who recorded an entry, in documents.

use jiff::Timestamp;
use serde::Serialize;

use crate::domain::{self, ChangeLog, Component, Requester};

use super::text::Text;

/// Who recorded the inactive entries of a server that a person or a script made.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Authors {
    /// What the logs tell.
    pub found: Vec<Author>,
    /// Why a log could not be read, as it came, each reason once.
    pub unread: Vec<String>,
}

/// Who recorded an entry, as one log has it within a minute of the entry's time.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Author {
    /// The component of the entry.
    pub component: Text<Component>,
    /// On whose behalf it was recorded.
    pub requester: Text<Requester>,
    /// adminAudit: Search-AdminAuditLog. application: the events of MSExchange ADAccess in the server's Application log.
    pub log: LogKind,
    /// The number of the event; null in the audit log.
    pub event: Option<u32>,
    /// The account, as the log writes it; null where it has none.
    pub account: Option<String>,
    /// When, UTC, by the clock of the log.
    pub at: Text<Timestamp>,
}

#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(inline))]
#[serde(rename_all = "camelCase")]
pub enum LogKind {
    AdminAudit,
    Application,
}

impl From<&domain::Authors> for Authors {
    fn from(authors: &domain::Authors) -> Self {
        let author = |it: &domain::Author| {
            let (log, event) = match it.log {
                ChangeLog::AdminAudit => (LogKind::AdminAudit, None),
                ChangeLog::Application(event) => (LogKind::Application, Some(event)),
            };
            Author {
                component: (&it.component).into(),
                requester: (&it.requester).into(),
                log,
                event,
                account: it.account.clone(),
                at: Text(it.at),
            }
        };
        Self { found: authors.found.iter().map(author).collect(), unread: authors.unread.clone() }
    }
}
