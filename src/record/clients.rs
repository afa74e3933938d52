//! What clients meet, in the document. How it looks in detail is told by `relight probe`.

use serde::Serialize;

use crate::domain::probe::{Attempt, ProbeResult, Reach};
use crate::domain::{Clients, ServerReport};
use crate::screens;

use super::probe::{self, MissDocument};

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ClientsDocument {
    pub component: String,
    pub protocol: &'static str,
    pub standing: &'static str,
    pub after_seconds: Option<u64>,
    pub ports: Vec<ClientPortDocument>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ClientPortDocument {
    pub host: String,
    pub port: u16,
    pub security: Option<&'static str>,
    pub simulated_at: Option<String>,
    pub standing: &'static str,
    pub unresolved: Option<MissDocument>,
    pub addresses: Vec<ClientAddressDocument>,
}

#[derive(Debug, Serialize)]
pub struct ClientAddressDocument {
    pub address: String,
    pub outcome: &'static str,
    pub text: String,
}

/// Each protocol that was probed.
pub fn clients(report: &ServerReport) -> Vec<ClientsDocument> {
    let document = |clients: &Clients| ClientsDocument {
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
    let address = |attempt: &Attempt| ClientAddressDocument {
        address: attempt.address.to_string(),
        outcome: probe::outcome(&attempt.outcome),
        text: screens::probe_sentence(endpoint, attempt),
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
