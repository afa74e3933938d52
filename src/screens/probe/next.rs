//! The last line of a probe: what to type next.

use crate::domain::probe::{Endpoint, Host, ProbeReport, Standing};
use crate::domain::{Cmdlet, each_once};
use crate::screens::kit::page::{HEADING, Page};

/// The next step: words, and the exact command they lead to where there is one.
pub fn say(page: &mut Page, report: &ProbeReport) {
    let not_served = hosts(report, Standing::NotServed);
    if !not_served.is_empty() {
        let names = not_served.iter().filter(|host| matches!(host, Host::Name(_))).map(ToString::to_string);
        let names = names.collect::<Vec<_>>();
        let words = match (names.is_empty(), names.len() < not_served.len()) {
            (true, _) => {
                return page.styled(HEADING, 0, "Next: relight check with the name of that Exchange server");
            }
            (false, true) => "Next, with the names of the others without a banner too:",
            (false, false) => "Next:",
        };
        let check = Cmdlet::relight("check", names);
        return page.lead(HEADING, 0, words, &check);
    }
    let open = hosts(report, Standing::NotKnown);
    if !open.is_empty() {
        let places = open.iter().flat_map(|host| places(report, host));
        return page.lead(HEADING, 0, "Next: follow what is said above, then:", &Cmdlet::relight("probe", places));
    }
    page.styled(HEADING, 0, "Nothing to do.");
}

/// What to name so that the ports of this host are probed that were: the host alone where they are the usual ones.
fn places(report: &ProbeReport, host: &Host) -> Vec<String> {
    let probed = report.results.iter().map(|result| &result.endpoint).filter(|endpoint| endpoint.host == *host);
    let ports = probed.map(|endpoint| endpoint.port).collect::<Vec<_>>();
    let usual = Endpoint::usual(host).iter().map(|endpoint| endpoint.port).collect::<Vec<_>>();
    if ports.iter().all(|port| usual.contains(port)) && ports.len() == usual.len() {
        return vec![host.to_string()];
    }
    let bracketed = match host {
        Host::Address(address) if address.is_ipv6() => format!("[{address}]"),
        Host::Address(_) | Host::Name(_) => host.to_string(),
    };
    ports.iter().map(|port| format!("{bracketed}:{port}")).collect()
}

/// The hosts that have a port of this standing, each once.
fn hosts(report: &ProbeReport, standing: Standing) -> Vec<&Host> {
    let results = report.results.iter().filter(|result| result.standing() == standing);
    each_once(results.map(|result| &result.endpoint.host))
}
