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
    groups: TypedGroups,
    #[command(flatten)]
    list: TypedList,
    #[command(flatten)]
    except: TypedExcept,
}

#[derive(Args)]
pub(super) struct TypedGroups {
    /// The members of a DAG
    #[arg(long = "dag", value_name = "NAME", value_delimiter = ',', value_parser = named)]
    dags: Vec<String>,
    /// The servers of a site
    #[arg(long = "site", value_name = "NAME", value_delimiter = ',', value_parser = named)]
    sites: Vec<String>,
}

#[derive(Args)]
pub(super) struct TypedList {
    /// One a line, # comments; -: stdin
    #[arg(long = "servers-from", value_name = "FILE")]
    files: Vec<PathBuf>,
}

#[derive(Args)]
pub(super) struct TypedExcept {
    /// Not these
    #[arg(long, value_name = "NAME", value_delimiter = ',', value_parser = server)]
    except: Vec<Server>,
}

/// Which servers of a run.
#[derive(Args)]
pub(super) struct TypedLimit {
    /// Only these of the run; repeat or use commas
    #[arg(long = "server", value_name = "NAME", value_delimiter = ',', value_parser = server)]
    servers: Vec<Server>,
    #[command(flatten)]
    groups: TypedGroups,
    #[command(flatten)]
    list: TypedList,
    #[command(flatten)]
    except: TypedExcept,
}

/// Which runs, by the servers that they looked at.
#[derive(Args)]
pub(super) struct TypedTouched {
    /// Only runs that looked at one of these; of a run, these alone
    #[arg(long = "server", value_name = "NAME", value_delimiter = ',', value_parser = server)]
    servers: Vec<Server>,
    /// One a line, # comments; -: stdin
    #[arg(long = "servers-from", value_name = "FILE")]
    files: Vec<PathBuf>,
}

impl TypedSelection {
    pub(super) fn meaning(&self) -> Selection {
        Selection { all: self.all_servers, ..selection(Some(&self.groups), &self.list, Some(&self.except)) }
    }
}

impl TypedLimit {
    pub(super) fn meaning(&self) -> (Vec<Server>, Selection) {
        let selection = selection(Some(&self.groups), &self.list, Some(&self.except));
        (each_once(self.servers.iter().cloned()), selection)
    }
}

impl TypedTouched {
    pub(super) fn meaning(self) -> (Vec<Server>, Selection) {
        let selection = selection(None, &TypedList { files: self.files }, None);
        (each_once(self.servers), selection)
    }
}

fn selection(groups: Option<&TypedGroups>, list: &TypedList, except: Option<&TypedExcept>) -> Selection {
    Selection {
        all: false,
        dags: groups.map(|it| it.dags.clone()).unwrap_or_default(),
        sites: groups.map(|it| it.sites.clone()).unwrap_or_default(),
        files: each_once(list.files.iter().cloned()),
        listed: Vec::new(),
        except: except.map(|it| each_once(it.except.iter().cloned())).unwrap_or_default(),
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
