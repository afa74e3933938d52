//! What clients meet, in the document. How it looks in detail is told by `relight probe`.

use crate::domain::ServerReport;
use crate::domain::probe::{ProbeResult, Reach};
use crate::ui::text;

use super::document::{ClientAddressDocument, ClientPortDocument, ClientsDocument};
use super::probe;

/// Each protocol that was probed.
pub fn clients(report: &ServerReport) -> Vec<ClientsDocument> {
    let document = |clients: &crate::domain::Clients| ClientsDocument {
        component: clients.component.to_string(),
        protocol: probe::protocol(clients.protocol),
        standing: probe::standing(clients.standing()),
        after_seconds: clients.after.map(|after| after.as_secs()),
        ports: clients.results.iter().map(port).collect(),
    };
    report.clients.iter().map(document).collect()
}

fn port(result: &ProbeResult) -> ClientPortDocument {
    let endpoint = &result.endpoint;
    let address = |attempt: &crate::domain::probe::Attempt| ClientAddressDocument {
        address: attempt.address.to_string(),
        outcome: probe::outcome(&attempt.outcome),
        text: text::probe_sentence(endpoint, attempt),
    };
    ClientPortDocument {
        host: endpoint.host.to_string(),
        port: endpoint.port,
        security: endpoint.security.map(probe::security),
        simulated_at: endpoint.simulated.map(|at| at.to_string()),
        standing: probe::standing(result.standing()),
        unresolved: match &result.reach {
            Reach::Unresolved(why) => Some(probe::miss(why)),
            Reach::Tried(_) => None,
        },
        addresses: result.attempts().iter().map(address).collect(),
    }
}
