//! What a monitoring system wants of a check, as it is typed.

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, ValueEnum};

use super::values::duration;
use super::{Format, Monitoring};

/// The name of the format for Nagios.
pub(super) const NAGIOS: &str = "nagios";

/// The formats of a result, as they are typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum TypedFormat {
    /// For a person
    Text,
    /// One document
    Json,
    /// Of a run one object a line: each server as it is done, the run last
    Ndjson,
    /// Of a check a plugin's output, and its exit code
    Nagios,
    /// Of a check metrics for a textfile collector
    Prometheus,
    /// Of a check an array for low-level discovery
    Zabbix,
}

impl TypedFormat {
    /// What it means where it is for no monitoring system.
    pub(super) fn meaning(self) -> Format {
        match self {
            // What such a system is told is no text for a person; all else is.
            Self::Text | Self::Nagios | Self::Prometheus | Self::Zabbix => Format::Text,
            Self::Json => Format::Json,
            Self::Ndjson => Format::Ndjson,
        }
    }

    /// Its name, where it is for a monitoring system.
    pub(super) fn of_monitoring(self) -> Option<&'static str> {
        match self {
            Self::Text | Self::Json | Self::Ndjson => None,
            Self::Nagios => Some(NAGIOS),
            Self::Prometheus => Some("prometheus"),
            Self::Zabbix => Some("zabbix"),
        }
    }

    /// What it means for a monitoring system; `file`: for metrics.
    pub(super) fn monitoring(self, file: Option<PathBuf>) -> Option<Monitoring> {
        match self {
            Self::Text | Self::Json | Self::Ndjson => None,
            Self::Nagios => Some(Monitoring::Nagios),
            Self::Prometheus => Some(Monitoring::Prometheus(file)),
            Self::Zabbix => Some(Monitoring::Zabbix),
        }
    }
}

#[derive(Args)]
pub(super) struct TypedMonitoring {
    /// The file for --format prometheus
    #[arg(long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// End after so long, whatever hangs
    #[arg(long, value_name = "TIME", value_parser = duration)]
    deadline: Option<Duration>,
}

impl TypedMonitoring {
    /// The file for metrics, and the time that the run has.
    pub(super) fn meaning(&self) -> (Option<PathBuf>, Option<Duration>) {
        (self.output.clone(), self.deadline)
    }
}
