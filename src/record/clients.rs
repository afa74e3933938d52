//! What clients of a protocol meet on a server.

use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::domain::probe::{Protocol, Standing};
use crate::domain::{self, Component};

use super::probe::Port;
use super::text::Text;

/// The ports of one protocol, looked at from this machine.
#[derive(Debug, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Clients {
    /// The component that serves them.
    pub component: Text<Component>,
    /// What they speak.
    pub protocol: Text<Protocol>,
    /// What the protocol comes to.
    pub standing: Text<Standing>,
    /// How long after the change the last look was; null: nothing had been changed.
    pub after_seconds: Option<u64>,
    /// The certificate name that is set for it; null: none, or not known.
    pub certificate_name: Option<String>,
    /// The last look at each port.
    pub ports: Vec<Port>,
    /// The same at the port of the back end; null unless relight runs on that very server.
    pub back_end: Option<Port>,
}

impl Clients {
    /// `at`: the time for which remarks about certificates are made.
    pub fn of(clients: &domain::Clients, at: Timestamp) -> Self {
        Self {
            component: (&clients.component).into(),
            protocol: Text(clients.protocol),
            standing: Text(clients.standing()),
            after_seconds: clients.after.map(|after| after.as_secs()),
            certificate_name: clients.certificate_name.clone(),
            ports: clients.results.iter().map(|result| Port::of(result, at)).collect(),
            back_end: clients.back_end.as_ref().map(|result| Port::of(result, at)),
        }
    }

    pub fn read(self) -> Option<domain::Clients> {
        Some(domain::Clients {
            component: self.component.0,
            protocol: self.protocol.0,
            certificate_name: self.certificate_name,
            results: self.ports.into_iter().map(Port::read).collect::<Option<_>>()?,
            back_end: match self.back_end {
                Some(port) => Some(port.read()?),
                None => None,
            },
            after: self.after_seconds.map(Duration::from_secs),
        })
    }
}
