//! What a fix may do, and how long it stays after it, as it is typed.

use std::time::Duration;

use clap::Args;

use crate::domain::{KnownRequester, Policy, each_once};

use super::Staying;
use super::values::{Requesters, TypedStart, duration, requester};

#[derive(Args)]
pub(super) struct TypedConsent {
    /// Ask nothing: lift the holds that --requester allows
    #[arg(long, short = 'y')]
    pub(super) yes: bool,
    /// Requesters whose holds may be lifted without asking; `any` means the five known ones
    #[arg(long = "requester", value_name = "NAME", value_delimiter = ',', value_parser = requester, default_value = "HealthApi")]
    requesters: Vec<Requesters>,
    /// Allow lifting ServerWideOffline too; it ends maintenance on that server
    #[arg(long)]
    include_server_wide_offline: bool,
    /// Which stopped services of POP3 and IMAP4 may be started, where the component is Active or is lit first
    #[arg(long, value_enum, value_name = "WHICH", default_value_t = TypedStart::Automatic)]
    start_services: TypedStart,
}

impl TypedConsent {
    pub(super) fn policy(&self) -> Policy {
        let requesters = self.requesters.iter().flat_map(|requesters| match requesters {
            Requesters::One(known) => vec![*known],
            Requesters::Any => KnownRequester::ALL.to_vec(),
        });
        Policy {
            requesters: each_once(requesters),
            include_server_wide_offline: self.include_server_wide_offline,
            start_services: self.start_services.meaning(),
            ..Policy::default()
        }
    }
}

#[derive(Args)]
#[command(next_help_heading = "After a change")]
pub(super) struct TypedStaying {
    /// Do not connect to the ports as a client would
    #[arg(long)]
    no_probe: bool,
    /// How long to wait until Exchange follows the change and clients are served; q stops waiting
    #[arg(long, value_name = "TIME", default_value = "90s", value_parser = duration, conflicts_with = "no_wait")]
    wait: Duration,
    /// Look once, and do not wait
    #[arg(long)]
    no_wait: bool,
    /// Stay so long after that, until the monitors are Healthy; a look every 30 s (seconds, or like 10m)
    #[arg(long, value_name = "TIME", value_parser = duration, conflicts_with = "dry_run")]
    watch: Option<Duration>,
}

impl TypedStaying {
    pub(super) fn meaning(self) -> Staying {
        let wait = if self.no_wait { Duration::ZERO } else { self.wait };
        Staying { probe_first: false, probe: !self.no_probe, wait, watch: self.watch }
    }
}
