//! `probe`: look at the ports as a client would, and say what is there. No Exchange session, no change.

use jiff::Timestamp;

use crate::cli::{Format, Output, Probing};
use crate::domain::probe::{Endpoint, Host, ProbeReport};
use crate::domain::{Chosen, Event, Exit, Organisation, each_once};
use crate::error::Error;
use crate::exchange::Observer;
use crate::probe::{own_name, probe_all};
use crate::record;
use crate::screens;
use crate::shell::Capabilities;
use crate::terminal::{Console, Progress};

use super::output::{in_json, show_result, tell};
use super::prepared::Prepared;
use super::servers;

/// The servers that are not named one by one. Only where Exchange has to tell which these are, it is asked.
fn found(probing: &Probing, console: &mut Console) -> Result<Chosen, Error> {
    let target = &probing.target;
    let selection = &target.selection;
    if selection.is_sweeping() {
        let prepared = Prepared::of(target, None, Capabilities::Look)?;
        let mut progress = Progress::new();
        let mut on_event = |event: Event<'_>| progress.show(&event, console);
        let mut observer = Observer::connect(prepared.launch.clone(), target.link.clone(), &mut on_event)?;
        let chosen = servers::chosen(target, &mut observer, &mut on_event);
        observer.close();
        console.stop();
        chosen
    } else if selection.names_any() {
        Ok(selection.choose(&target.servers, None, &Organisation::default())?)
    } else {
        Ok(Chosen::default())
    }
}

/// The whole of it.
pub fn probe(probing: &Probing, output: &Output, console: &mut Console) -> Result<Exit, Error> {
    let Chosen { servers, left_out } = found(probing, console)?;
    let found = servers.into_iter().map(Host::Name).flat_map(|host| Endpoint::usual(&host));
    let endpoints = match &each_once(probing.endpoints.iter().cloned().chain(found))[..] {
        [] => Endpoint::usual(&Host::Name(own_name().ok_or(Error::NoOwnName)?)),
        named => named.to_vec(),
    };
    let taken = Timestamp::now();
    console.spin(&screens::probing(&endpoints, probing.deadline), true);
    let results = probe_all(&endpoints, probing.deadline);
    console.stop();
    let report = ProbeReport { taken, deadline: probing.deadline, results, left_out };
    let exit = Exit::of_probe(&report);
    let text = match output.format {
        Format::Json | Format::Ndjson => record::probe(&report, in_json(exit)).map_err(Error::Output)?,
        Format::Text if output.quiet => screens::probe_summary(&report),
        Format::Text => screens::probe(&report, &show_result(output, console)),
    };
    tell(&text, None, None, console);
    Ok(exit)
}
