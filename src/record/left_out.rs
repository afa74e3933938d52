//! Servers that Exchange found and that are not looked at.

use serde::Serialize;

use crate::domain::{self, Server};

use super::text::Text;

/// A server that was not looked at.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct LeftOut {
    /// The server as Exchange lists it.
    pub server: Text<Server>,
    /// Why not: edge, or beforeExchange2013.
    pub why: &'static str,
}

impl From<&domain::LeftOut> for LeftOut {
    fn from(left_out: &domain::LeftOut) -> Self {
        Self { server: (&left_out.server).into(), why: left_out.why.name() }
    }
}
