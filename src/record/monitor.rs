//! What the monitors of Managed Availability say, in documents and journals.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::domain::{self, Alert, Component, MonitorVerdictKind};

use super::text::Text;

/// One monitor.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Monitor {
    /// Its name.
    pub name: String,
    /// AlertValue: Unknown, Healthy, Degraded, Unhealthy, Repairing or Disabled.
    pub alert: Text<Alert>,
    /// When it last came to a result, UTC; null where that is not known.
    pub at: Option<Text<Timestamp>>,
    /// Whether it has come to none for too long.
    pub stale: bool,
}

/// What the monitor of a component says after an entry of HealthApi was set Active.
#[derive(Debug, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct MonitorVerdict {
    /// The component.
    pub component: Text<Component>,
    /// healthy: by a result later than the change. stillAlerting: by a result at least 5 minutes later: the component is
    /// Active, and its cause is not gone. notJudged: the monitor has no such result yet. notSeen: there is no such monitor, it
    /// is Disabled, or it could not be read.
    pub verdict: MonitorVerdictName,
    /// AlertValue; null where no monitor was seen.
    pub alert: Option<Text<Alert>>,
    /// When it came to that, UTC; null where that is not known.
    pub at: Option<Text<Timestamp>>,
    /// Why no monitor was seen, as far as that is known.
    pub why: Vec<String>,
}

#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(inline))]
#[serde(rename_all = "camelCase")]
pub enum MonitorVerdictName {
    Healthy,
    StillAlerting,
    NotJudged,
    NotSeen,
}

impl From<&domain::Monitor> for Monitor {
    fn from(monitor: &domain::Monitor) -> Self {
        Self {
            name: monitor.name.clone(),
            alert: (&monitor.alert).into(),
            at: monitor.at.map(Text),
            stale: monitor.is_stale,
        }
    }
}

impl From<&domain::MonitorVerdict> for MonitorVerdict {
    fn from(verdict: &domain::MonitorVerdict) -> Self {
        let (name, alert, at, why) = match &verdict.kind {
            MonitorVerdictKind::Healthy(at) => (MonitorVerdictName::Healthy, Some(&Alert::Healthy), Some(*at), &[][..]),
            MonitorVerdictKind::StillAlerting(alert, at) => {
                (MonitorVerdictName::StillAlerting, Some(alert), Some(*at), &[][..])
            }
            MonitorVerdictKind::NotJudged(alert, at) => (MonitorVerdictName::NotJudged, Some(alert), *at, &[][..]),
            MonitorVerdictKind::NotSeen(why) => (MonitorVerdictName::NotSeen, None, None, &why[..]),
        };
        Self {
            component: (&verdict.component).into(),
            verdict: name,
            alert: alert.map(Text::from),
            at: at.map(Text),
            why: why.to_vec(),
        }
    }
}

impl MonitorVerdict {
    pub fn read(self) -> Option<domain::MonitorVerdict> {
        let (alert, at) = (self.alert.map(|alert| alert.0), self.at.map(|at| at.0));
        let kind = match self.verdict {
            MonitorVerdictName::Healthy => MonitorVerdictKind::Healthy(at?),
            MonitorVerdictName::StillAlerting => MonitorVerdictKind::StillAlerting(alert?, at?),
            MonitorVerdictName::NotJudged => MonitorVerdictKind::NotJudged(alert?, at),
            MonitorVerdictName::NotSeen => MonitorVerdictKind::NotSeen(self.why),
        };
        Some(domain::MonitorVerdict { component: self.component.0, kind })
    }
}
