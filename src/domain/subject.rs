//! What a change or a verdict is about.

use std::fmt;

use super::{Component, Requester, Service};

/// One thing on a server.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Subject {
    /// A component.
    Component(Component),
    /// A requester's entries of a component.
    Entry(Component, Requester),
    /// A Windows service.
    Service(Service),
}

impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Component(component) => component.fmt(f),
            Self::Entry(component, requester) => write!(f, "{requester} on {component}"),
            Self::Service(service) => f.pad(service.name()),
        }
    }
}
