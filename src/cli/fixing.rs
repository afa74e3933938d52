//! What a fix may do, and how long it stays after it, as it is typed.

use std::time::Duration;

use clap::Args;

use crate::domain::{Batches, KnownRequester, Policy, StartServices, each_once};

use super::values::{Requesters, duration, requesters};
use super::{Mode, Rollout, Staying};

#[derive(Args)]
#[command(next_help_heading = "What may be changed")]
pub(super) struct TypedConsent {
    /// Plan only; also -WhatIf
    #[arg(long, visible_alias = "what-if")]
    dry_run: bool,
    /// Ask nothing: set Active what is allowed
    #[arg(long, short = 'y')]
    yes: bool,
    /// What --yes may, beside HealthApi; any: all
    #[arg(long = "requester", value_name = "NAME", value_delimiter = ',', value_parser = requesters(),
          hide_possible_values = true)]
    requesters: Vec<Requesters>,
    /// ServerWideOffline too: ends maintenance
    #[arg(long)]
    include_server_wide_offline: bool,
    /// automatic|manual|none
    #[arg(long, value_enum, value_name = "WHICH", hide_possible_values = true,
          default_value_t = StartServices::Automatic)]
    start_services: StartServices,
}

impl TypedConsent {
    pub(super) fn mode(&self) -> Mode {
        Mode::of(self.dry_run, self.yes)
    }

    pub(super) fn policy(&self) -> Policy {
        let usual = Policy::default();
        let more = self.requesters.iter().flat_map(|requesters| match requesters {
            Requesters::One(known) => vec![*known],
            Requesters::Any => KnownRequester::ALL.to_vec(),
        });
        Policy {
            requesters: each_once(usual.requesters.iter().copied().chain(more)),
            include_server_wide_offline: self.include_server_wide_offline,
            start_services: self.start_services,
            ..usual
        }
    }
}

#[derive(Args)]
#[command(next_help_heading = "After a change")]
pub(super) struct TypedStaying {
    /// Do not connect to the ports as a client would
    #[arg(long)]
    no_probe: bool,
    /// For both stores and clients; q stops
    #[arg(long, value_name = "TIME", default_value = "90s", value_parser = duration, conflicts_with = "no_wait")]
    wait: Duration,
    /// Look once, and do not wait
    #[arg(long)]
    no_wait: bool,
    /// Stay so long after that, until the monitors are Healthy
    #[arg(long, value_name = "TIME", value_parser = duration)]
    watch: Option<Duration>,
}

impl TypedStaying {
    pub(super) fn meaning(self) -> Staying {
        let wait = if self.no_wait { Duration::ZERO } else { self.wait };
        Staying { probe_first: false, probe: !self.no_probe, wait, watch: self.watch }
    }
}

#[derive(Args)]
#[command(next_help_heading = "What may be changed")]
pub(super) struct TypedRollout {
    /// At a time, like 1,25%
    #[arg(long, value_name = "N,..", default_value = "1,100%", value_parser = Batches::parse)]
    batch: Batches,
    /// Stop when more have failed
    #[arg(long, value_name = "N", default_value_t = 0)]
    max_failed: usize,
}

impl TypedRollout {
    pub(super) fn meaning(self) -> Rollout {
        Rollout { batches: self.batch, max_failed: self.max_failed }
    }
}
