//! relight as a resource of DSC, as it is typed: by dsc, as the manifest says, or by whoever tries it.

use std::time::Duration;

use clap::{Args, Subcommand};

use crate::domain::{Policy, Selection};

use super::connection::TypedConnection;
use super::fixing::TypedStaying;
use super::past::TypedPatience;
use super::{Dsc, Mode, Target};

#[derive(Args)]
pub(super) struct TypedDsc {
    #[command(subcommand)]
    operation: TypedOperation,
}

#[derive(Subcommand)]
enum TypedOperation {
    /// Print the state of the instance on stdin; changes nothing
    Get {
        #[command(flatten)]
        connection: TypedConnection,
    },
    /// Print whether the instance on stdin is as it should be; changes nothing
    Test {
        #[command(flatten)]
        connection: TypedConnection,
    },
    /// Set Active what the instance on stdin allows, and print the state after that
    Set {
        /// Change nothing, and print what the state would be
        #[arg(long)]
        what_if: bool,
        #[command(flatten)]
        patience: TypedPatience,
        #[command(flatten)]
        staying: TypedStaying,
        #[command(flatten)]
        connection: TypedConnection,
    },
    /// Print the state of every server, one a line; changes nothing
    Export {
        #[command(flatten)]
        connection: TypedConnection,
    },
    /// Print the schema of an instance
    Schema,
}

impl TypedDsc {
    /// The way to Exchange, where one is gone.
    pub(super) fn way(&self) -> Option<&TypedConnection> {
        match &self.operation {
            TypedOperation::Get { connection }
            | TypedOperation::Test { connection }
            | TypedOperation::Set { connection, .. }
            | TypedOperation::Export { connection } => Some(connection),
            TypedOperation::Schema => None,
        }
    }

    /// How long to wait for another writer.
    pub(super) fn patience(&self) -> Duration {
        match &self.operation {
            TypedOperation::Set { patience, .. } => patience.lock_timeout,
            TypedOperation::Get { .. }
            | TypedOperation::Test { .. }
            | TypedOperation::Export { .. }
            | TypedOperation::Schema => Duration::ZERO,
        }
    }

    pub(super) fn meaning(self) -> Dsc {
        let to = |connection: TypedConnection, all| {
            connection.meaning(Vec::new(), Selection { all, ..Selection::default() }, Policy::default())
        };
        match self.operation {
            TypedOperation::Get { connection } => Dsc::Get(to(connection, false)),
            TypedOperation::Test { connection } => Dsc::Test(to(connection, false)),
            TypedOperation::Set { what_if, staying, connection, .. } => {
                let target = Target { staying: staying.meaning(), ..to(connection, false) };
                Dsc::Set(target, if what_if { Mode::DryRun } else { Mode::Yes })
            }
            TypedOperation::Export { connection } => Dsc::Export(to(connection, true)),
            TypedOperation::Schema => Dsc::Schema,
        }
    }
}
