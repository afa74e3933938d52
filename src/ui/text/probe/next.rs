//! The last line of a probe: what to type next.

use crate::domain::probe::{Host, ProbeReport, Standing};

/// The next step, as the exact command where there is one.
pub fn step(report: &ProbeReport) -> String {
    let dark = hosts(report, Standing::Dark);
    if !dark.is_empty() {
        let names = dark.iter().filter(|host| matches!(host, Host::Name(_))).map(ToString::to_string);
        let names = names.collect::<Vec<_>>();
        let addresses = names.len() < dark.len();
        return match (names.as_slice(), addresses) {
            ([], _) => "Next: relight check --server with the name of that Exchange server".to_owned(),
            (names, false) => format!("Next: relight check --server {}", names.join(",")),
            (names, true) => {
                format!("Next: relight check --server {}, and the names of the other dark ones", names.join(","))
            }
        };
    }
    let open = hosts(report, Standing::Unproven);
    if !open.is_empty() {
        let open = open.iter().map(ToString::to_string).collect::<Vec<_>>();
        return format!("Next: follow what is said above, then relight probe {}", open.join(" "));
    }
    "Nothing to do.".to_owned()
}

/// The hosts that have a port of this standing, each once.
fn hosts(report: &ProbeReport, standing: Standing) -> Vec<&Host> {
    let mut hosts = Vec::new();
    for result in report.results.iter().filter(|result| result.standing() == standing) {
        if !hosts.contains(&&result.endpoint.host) {
            hosts.push(&result.endpoint.host);
        }
    }
    hosts
}
