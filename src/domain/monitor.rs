//! What Managed Availability's own monitor says of a component. Its probe may have failed before, during and after a change
//! without the component being set Inactive again: only the monitor, by a result that is later than the change, tells
//! whether the cause is gone.

use jiff::{SignedDuration, Timestamp};

use super::probe::Protocol;
use super::{Asked, Component, each_once};

/// What `Get-ServerHealth` gave for some health sets.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Monitors {
    /// The monitors.
    pub all: Vec<Monitor>,
    /// What it warned of: where the Health Manager is silent, that is all there is.
    pub warnings: Vec<String>,
}

/// One monitor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Monitor {
    /// `Name`.
    pub name: String,
    /// `AlertValue`.
    pub alert: Alert,
    /// When it last came to a result, UTC, by the clock of the server: the later one of `LastExecutionTime` and
    /// `LastTransitionTime`. `None`: the object has neither.
    pub at: Option<Timestamp>,
    /// `IsStale`: it has come to none for too long.
    pub is_stale: bool,
}

/// `AlertValue` of a monitor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Alert {
    /// It has no result yet.
    Unknown,
    /// All is well.
    Healthy,
    /// It alerts, at first.
    Degraded,
    /// It alerts.
    Unhealthy,
    /// Somebody said that it is being repaired.
    Repairing,
    /// An override switched it off.
    Disabled,
    /// A value that no documented version has.
    Other(String),
}

/// What the monitor of a component says after a change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MonitorVerdict {
    /// The component that was set Active.
    pub component: Component,
    /// What its monitor says of it.
    pub kind: MonitorVerdictKind,
}

/// The four answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MonitorVerdictKind {
    /// Healthy, by a result later than the change.
    Healthy(Timestamp),
    /// It still alerts, by a result so much later that it is no echo of what was before.
    StillAlerting(Alert, Timestamp),
    /// It still has what it saw before the change, or not yet enough after it.
    NotJudged(Alert, Option<Timestamp>),
    /// There is no such monitor, or it is switched off, or nothing could be read: why, as far as that is known.
    NotSeen(Vec<String>),
}

impl Alert {
    /// What an object or its text says.
    pub fn parse(text: &str) -> Self {
        let known = [Self::Unknown, Self::Healthy, Self::Degraded, Self::Unhealthy, Self::Repairing, Self::Disabled];
        let found = known.into_iter().find(|alert| alert.name().eq_ignore_ascii_case(text.trim()));
        found.unwrap_or_else(|| Self::Other(text.trim().to_owned()))
    }

    /// Its name in Exchange.
    pub fn name(&self) -> &str {
        match self {
            Self::Unknown => "Unknown",
            Self::Healthy => "Healthy",
            Self::Degraded => "Degraded",
            Self::Unhealthy => "Unhealthy",
            Self::Repairing => "Repairing",
            Self::Disabled => "Disabled",
            Self::Other(text) => text,
        }
    }

    /// Whether something is wrong: that nothing is known yet, or that nobody looks, is no such word.
    pub fn is_alerting(&self) -> bool {
        match self {
            Self::Degraded | Self::Unhealthy | Self::Repairing => true,
            Self::Unknown | Self::Healthy | Self::Disabled | Self::Other(_) => false,
        }
    }
}

impl Monitors {
    /// The names of those that alert.
    pub fn alerting(&self) -> Vec<&str> {
        each_once(self.all.iter().filter(|monitor| monitor.alert.is_alerting()).map(|monitor| monitor.name.as_str()))
    }
}

impl MonitorVerdict {
    /// So long after a change a result may still be about what was before it: four probes of 60 s, and the time to tell.
    const ECHO: SignedDuration = SignedDuration::from_mins(5);
    /// A result from the future has no time that could be compared.
    const CLOCKS: SignedDuration = SignedDuration::from_mins(2);

    /// The monitor that Managed Availability takes this component offline by; `None`: there is none.
    pub fn monitor_of(component: &Component) -> Option<&'static str> {
        Protocol::of(component).map(Protocol::proxy_monitor)
    }

    /// Whether it tells that the cause is not gone.
    pub fn alerts(&self) -> bool {
        matches!(self.kind, MonitorVerdictKind::StillAlerting(..))
    }

    /// What was read at `now` says of a component that was set Active at `changed`.
    pub fn of(component: &Component, monitors: &Asked<Monitors>, changed: Timestamp, now: Timestamp) -> Self {
        Self { component: component.clone(), kind: MonitorVerdictKind::of(component, monitors, changed, now) }
    }
}

impl MonitorVerdictKind {
    fn of(component: &Component, monitors: &Asked<Monitors>, changed: Timestamp, now: Timestamp) -> Self {
        let monitors = match monitors {
            Ok(monitors) => monitors,
            Err(why) => return Self::NotSeen(vec![why.clone()]),
        };
        let name = MonitorVerdict::monitor_of(component);
        let its = monitors.all.iter().filter(|it| name.is_some_and(|name| it.name.eq_ignore_ascii_case(name)));
        let Some(monitor) = its.max_by_key(|monitor| monitor.at) else {
            return Self::NotSeen(monitors.warnings.clone());
        };
        let later = monitor
            .at
            .filter(|at| !monitor.is_stale && *at > changed && at.duration_since(now) <= MonitorVerdict::CLOCKS);
        match (&monitor.alert, later) {
            (Alert::Disabled, _) => Self::NotSeen(vec![format!("{} is Disabled", monitor.name)]),
            (Alert::Healthy, Some(at)) => Self::Healthy(at),
            (alert, Some(at)) if alert.is_alerting() && at.duration_since(changed) >= MonitorVerdict::ECHO => {
                Self::StillAlerting(alert.clone(), at)
            }
            (alert, _) => Self::NotJudged(alert.clone(), monitor.at),
        }
    }

    /// Its name in documents and journals.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Healthy(_) => "healthy",
            Self::StillAlerting(..) => "stillAlerting",
            Self::NotJudged(..) => "notJudged",
            Self::NotSeen(_) => "notSeen",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CHANGED: &str = "2026-03-14T02:47:13Z";

    fn kind(name: &str, alert: &str, at: Option<&str>, is_stale: bool) -> MonitorVerdictKind {
        let time = |text: &str| text.parse::<Timestamp>().unwrap();
        let monitor = Monitor { name: name.to_owned(), alert: Alert::parse(alert), at: at.map(time), is_stale };
        let monitors = Ok(Monitors { all: vec![monitor], warnings: vec!["silent".to_owned()] });
        let pop = Component::new(Component::POP_PROXY);
        MonitorVerdict::of(&pop, &monitors, time(CHANGED), time("2026-03-14T02:55:00Z")).kind
    }

    #[test]
    fn only_a_result_after_the_change_says_anything() {
        for (alert, at, expected) in [
            ("Healthy", Some("2026-03-14T02:47:14Z"), "healthy"),
            // From before it, at the same moment, without a time, or from the future: a clock or a zone is wrong.
            ("Healthy", Some("2026-03-14T02:47:12Z"), "notJudged"),
            ("Healthy", Some(CHANGED), "notJudged"),
            ("Healthy", None, "notJudged"),
            ("Healthy", Some("2026-03-14T03:47:14Z"), "notJudged"),
            // It may tell of probes from before for some minutes.
            ("Unhealthy", Some("2026-03-14T02:52:12Z"), "notJudged"),
            ("Unhealthy", Some("2026-03-14T02:52:13Z"), "stillAlerting"),
            ("Degraded", Some("2026-03-14T02:52:13Z"), "stillAlerting"),
            ("Repairing", Some("2026-03-14T02:52:13Z"), "stillAlerting"),
            ("Unknown", Some("2026-03-14T02:52:13Z"), "notJudged"),
            ("Paused", Some("2026-03-14T02:52:13Z"), "notJudged"),
            ("Disabled", Some("2026-03-14T02:52:13Z"), "notSeen"),
        ] {
            assert_eq!(kind("popproxytestmonitor", alert, at, false).name(), expected, "{alert} {at:?}");
        }
    }

    #[test]
    fn what_is_stale_or_of_another_monitor_proves_nothing() {
        let at = Some("2026-03-14T02:47:14Z");
        assert_eq!(kind("PopProxyTestMonitor", "Healthy", at, true).name(), "notJudged");
        let silent = MonitorVerdictKind::NotSeen(vec!["silent".to_owned()]);
        assert_eq!(kind("ImapProxyTestMonitor", "Healthy", at, false), silent);
    }

    #[test]
    fn unknown_and_disabled_are_no_alert() {
        for (text, alerts) in [
            ("Unknown", false),
            ("healthy", false),
            ("Degraded", true),
            ("Unhealthy", true),
            ("Repairing", true),
            ("Disabled", false),
        ] {
            assert_eq!(Alert::parse(text).is_alerting(), alerts, "{text}");
        }
        assert_eq!(Alert::parse(" Odd "), Alert::Other("Odd".to_owned()));
    }
}
