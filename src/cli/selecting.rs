//! Which servers, as it is typed: all, those of a group, of a site or of a list, and not these.

use std::path::PathBuf;

use clap::Args;
use clap::error::ErrorKind;

use crate::domain::{KnownRequester, Policy, Selection, Server, each_once};

use super::values::{named, server};

#[derive(Args)]
pub(super) struct TypedSelection {
    /// All from Exchange 2013 on, but Edge
    #[arg(long)]
    all_servers: bool,
    #[command(flatten)]
    ways: TypedWays,
}

/// The ways of naming several at once.
#[derive(Args)]
pub(super) struct TypedWays {
    /// The members of a DAG
    #[arg(long = "dag", value_name = "NAME", value_delimiter = ',', value_parser = named)]
    dags: Vec<String>,
    /// The servers of a site
    #[arg(long = "site", value_name = "NAME", value_delimiter = ',', value_parser = named)]
    sites: Vec<String>,
    #[command(flatten)]
    list: TypedList,
    /// Not these
    #[arg(long, value_name = "NAME", value_delimiter = ',', value_parser = server)]
    except: Vec<Server>,
}

#[derive(Args)]
pub(super) struct TypedList {
    /// One a line, # comments; -: stdin
    #[arg(long = "servers-from", value_name = "FILE")]
    files: Vec<PathBuf>,
}

/// Which servers of a run.
#[derive(Args)]
pub(super) struct TypedLimit {
    /// Only these of the run; repeat or use commas
    #[arg(long = "server", value_name = "NAME", value_delimiter = ',', value_parser = server)]
    servers: Vec<Server>,
    #[command(flatten)]
    ways: TypedWays,
}

/// Which runs, by the servers that they looked at.
#[derive(Args)]
pub(super) struct TypedTouched {
    /// Only runs that looked at one of these; of a run, these alone
    #[arg(long = "server", value_name = "NAME", value_delimiter = ',', value_parser = server)]
    servers: Vec<Server>,
    #[command(flatten)]
    list: TypedList,
}

impl TypedSelection {
    pub(super) fn meaning(&self) -> Selection {
        Selection { all: self.all_servers, ..self.ways.meaning() }
    }
}

impl TypedLimit {
    pub(super) fn meaning(&self) -> (Vec<Server>, Selection) {
        (each_once(self.servers.iter().cloned()), self.ways.meaning())
    }
}

impl TypedTouched {
    pub(super) fn meaning(self) -> (Vec<Server>, Selection) {
        (each_once(self.servers), self.list.meaning())
    }
}

impl TypedWays {
    fn meaning(&self) -> Selection {
        let (dags, sites) = (self.dags.clone(), self.sites.clone());
        Selection { dags, sites, except: each_once(self.except.iter().cloned()), ..self.list.meaning() }
    }
}

impl TypedList {
    fn meaning(&self) -> Selection {
        Selection { files: each_once(self.files.iter().cloned()), ..Selection::default() }
    }
}

/// What contradicts itself: nobody ends maintenance everywhere by an option.
pub(super) fn contradiction(
    named: &[Server],
    selection: &Selection,
    policy: &Policy,
    yes: bool,
) -> Option<(ErrorKind, String)> {
    if named.is_empty() && !selection.names_any() && !selection.except.is_empty() {
        let text =
            "'--except <NAME>' takes away from servers that are named: add --all-servers, --dag, --site or names";
        return Some((ErrorKind::MissingRequiredArgument, text.to_owned()));
    }
    needs_names(selection, policy, yes).map(|text| (ErrorKind::ArgumentConflict, text))
}

/// What `--yes` may only do on servers that are named one by one, where they are not.
pub(super) fn needs_names(selection: &Selection, policy: &Policy, yes: bool) -> Option<String> {
    let others = || policy.requesters.iter().any(|requester| *requester != KnownRequester::HealthApi);
    let what = if policy.include_server_wide_offline {
        "--include-server-wide-offline"
    } else if others() {
        "--requester <NAME>"
    } else {
        return None;
    };
    let way = [
        (selection.all, "--all-servers"),
        (!selection.dags.is_empty(), "--dag <NAME>"),
        (!selection.sites.is_empty(), "--site <NAME>"),
        (!selection.files.is_empty(), "--servers-from <FILE>"),
    ];
    let (_, way) = way.into_iter().find(|(is_given, _)| yes && *is_given)?;
    Some(format!(
        "with '--yes', '{what}' needs each server by its own name and not '{way}': nobody ends maintenance everywhere by \
         an option"
    ))
}
