//! `probe`: look at the ports as a client would, and say what is there. No Exchange session, no change.

use jiff::Timestamp;

use crate::cli::{Format, Output, Probing};
use crate::domain::Exit;
use crate::domain::probe::{Endpoint, Host, ProbeReport};
use crate::error::Error;
use crate::probe::{own_name, probe_all};
use crate::record;
use crate::screens;
use crate::terminal::Console;

use super::output::{in_json, show_result, tell};

/// The whole of it.
pub fn probe(probing: &Probing, output: &Output, console: &mut Console) -> Result<Exit, Error> {
    let endpoints = match &probing.endpoints[..] {
        [] => Endpoint::usual(&Host::Name(own_name().ok_or(Error::NoOwnName)?)),
        named => named.to_vec(),
    };
    let taken = Timestamp::now();
    console.spin(&screens::probing(&endpoints, probing.deadline), true);
    let results = probe_all(&endpoints, probing.deadline);
    console.stop();
    let report = ProbeReport { taken, deadline: probing.deadline, results };
    let exit = Exit::of_probe(&report);
    let text = match output.format {
        Format::Json => record::probe(&report, in_json(exit)).map_err(Error::Output)?,
        Format::Text if output.quiet => screens::probe_summary(&report),
        Format::Text => screens::probe(&report, &show_result(output, console)),
    };
    tell(&text, None, None, console);
    Ok(exit)
}
