//! The way to the Exchange cmdlets, as it is typed.

use std::path::PathBuf;
use std::time::Duration;

use clap::builder::PossibleValue;
use clap::{Args, ValueEnum};

use crate::domain::{Connection, Policy, Selection, Server};
use crate::exchange::{Jobs, Link};
use crate::shell::Deadlines;

use super::values::{duration, server};
use super::{Rollout, Shell, Staying, Target};

/// The heading of the options on how to reach Exchange.
const WAY: &str = "The way to Exchange";

#[derive(Args)]
pub(super) struct TypedConnection {
    /// Play a scenario, or a file, without Exchange
    #[arg(long, help_heading = None, value_name = "SCENARIO", num_args = 0..=1, require_equals = false)]
    simulate: Option<Option<String>>,
    /// ems (default), remote or snapin (unsupported)
    #[arg(long, help_heading = WAY, value_enum, value_name = "WAY", hide_possible_values = true,
          hide_default_value = true, default_value_t = Connection::Ems, conflicts_with = "simulate")]
    connection: Connection,
    /// The server to open the remote session on
    #[arg(long, help_heading = WAY, value_name = "FQDN", value_parser = server, required_if_eq("connection", "remote"), conflicts_with = "simulate")]
    connect_to: Option<Server>,
    /// By name or path [default: Windows PowerShell]
    #[arg(long, help_heading = WAY, value_name = "PATH", conflicts_with = "simulate")]
    powershell: Option<PathBuf>,
    /// For PowerShell (seconds, or 3m)
    #[arg(long, help_heading = WAY, value_name = "TIME", default_value = "30s", value_parser = duration)]
    start_timeout: Duration,
    /// For Exchange to load
    #[arg(long, help_heading = WAY, value_name = "TIME", default_value = "180s", value_parser = duration)]
    connect_timeout: Duration,
    /// For one call to Exchange
    #[arg(long, help_heading = WAY, value_name = "TIME", default_value = "150s", value_parser = duration)]
    call_timeout: Duration,
    /// Sessions side by side
    #[arg(long, help_heading = WAY, value_name = "N", default_value_t = 4,
          value_parser = clap::value_parser!(u8).range(1..=12))]
    jobs: u8,
    /// After so long at one server a session gives its place to another
    #[arg(long, hide = true, value_name = "TIME", default_value = "30s", value_parser = duration)]
    slow_after: Duration,
}

impl ValueEnum for Connection {
    fn value_variants<'a>() -> &'a [Self] {
        &Self::ALL
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        Some(PossibleValue::new(self.name()).help(match self {
            Self::Ems => "The Exchange Management Shell of this machine",
            Self::Remote => "A remote session on another Exchange server",
            Self::Snapin => "The snap-in, which bypasses RBAC and is unsupported for daily use",
        }))
    }
}

impl TypedConnection {
    /// The scenario that was named.
    pub(super) fn scenario(&self) -> Option<&str> {
        self.simulate.as_ref()?.as_deref()
    }

    /// Whether a server was named that no remote session is to be opened on.
    pub(super) fn connects_to_nowhere(&self) -> bool {
        self.connect_to.is_some() && self.connection != Connection::Remote
    }

    /// What it means, for these servers and this policy.
    pub(super) fn meaning(self, servers: Vec<Server>, selection: Selection, policy: Policy) -> Target {
        Target {
            staying: Staying::default(),
            servers,
            selection,
            policy,
            shell: match self.simulate {
                Some(scenario) => Shell::Simulated(scenario),
                None => Shell::PowerShell(self.powershell),
            },
            link: Link { connection: self.connection, connect_to: self.connect_to.map(|server| server.to_string()) },
            deadlines: Deadlines { hello: self.start_timeout, connect: self.connect_timeout, call: self.call_timeout },
            jobs: Jobs { most: self.jobs.into(), slow_after: self.slow_after },
            rollout: Rollout::default(),
        }
    }
}
