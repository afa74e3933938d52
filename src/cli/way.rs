//! The way to the Exchange cmdlets, as it is typed.

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, ValueEnum};

use crate::domain::{Policy, Server};
use crate::exchange::Link;
use crate::shell::Deadlines;
use crate::shell::protocol::Connection;

use super::values::{duration, server};
use super::{Shell, Staying, Target};

/// The heading of the options on how to reach Exchange.
const WAY: &str = "The way to Exchange";

#[derive(Args)]
pub(super) struct TypedWay {
    /// Play a simulated Exchange instead of PowerShell: a built-in scenario (see `relight scenarios`) or a JSON file
    #[arg(long, value_name = "SCENARIO", num_args = 0..=1, require_equals = false)]
    simulate: Option<Option<String>>,
    /// The way to the Exchange cmdlets
    #[arg(long, help_heading = WAY, value_enum, default_value_t = TypedConnection::Ems, conflicts_with = "simulate")]
    connection: TypedConnection,
    /// The server to open the remote session on
    #[arg(long, help_heading = WAY, value_name = "FQDN", value_parser = server, required_if_eq("connection", "remote"), conflicts_with = "simulate")]
    connect_to: Option<Server>,
    /// The PowerShell to use, a name on PATH or a path [default: Windows PowerShell]
    #[arg(long, help_heading = WAY, value_name = "PATH", conflicts_with = "simulate")]
    powershell: Option<PathBuf>,
    /// How long PowerShell may take to start (seconds, or like 3m)
    #[arg(long, help_heading = WAY, value_name = "TIME", default_value = "30s", value_parser = duration)]
    start_timeout: Duration,
    /// How long loading Exchange may take
    #[arg(long, help_heading = WAY, value_name = "TIME", default_value = "180s", value_parser = duration)]
    connect_timeout: Duration,
    /// How long one call to Exchange may take; a dead remote registry takes 120 s
    #[arg(long, help_heading = WAY, value_name = "TIME", default_value = "150s", value_parser = duration)]
    call_timeout: Duration,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum TypedConnection {
    /// The Exchange Management Shell of this machine
    Ems,
    /// A remote session on another Exchange server
    Remote,
    /// The snap-in, which bypasses RBAC and is unsupported for daily use
    Snapin,
}

impl TypedWay {
    /// Whether a server was named that no remote session is to be opened on.
    pub(super) fn connects_to_nowhere(&self) -> bool {
        self.connect_to.is_some() && self.connection != TypedConnection::Remote
    }

    /// What it means, for these servers and this policy.
    pub(super) fn meaning(self, servers: Vec<Server>, policy: Policy) -> Target {
        let connection = match self.connection {
            TypedConnection::Ems => Connection::Ems,
            TypedConnection::Remote => Connection::Remote,
            TypedConnection::Snapin => Connection::Snapin,
        };
        Target {
            staying: Staying::default(),
            servers,
            policy,
            shell: match self.simulate {
                Some(scenario) => Shell::Simulated(scenario),
                None => Shell::PowerShell(self.powershell),
            },
            link: Link { connection, connect_to: self.connect_to.map(|server| server.to_string()) },
            deadlines: Deadlines { hello: self.start_timeout, connect: self.connect_timeout, call: self.call_timeout },
        }
    }
}
