//! How the Exchange cmdlets are reached.

/// The kind of shell in which the cmdlets are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Connection {
    /// The Exchange Management Shell installed on this machine.
    Ems,
    /// A remote session opened on the `Microsoft.Exchange` configuration of a server.
    Remote,
    /// The snap-in, which bypasses RBAC.
    Snapin,
}

impl Connection {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Ems, Self::Remote, Self::Snapin];

    /// The name as it is typed, as the engine is told, and in documents.
    pub fn name(self) -> &'static str {
        match self {
            Self::Ems => "ems",
            Self::Remote => "remote",
            Self::Snapin => "snapin",
        }
    }

    /// The connection of this name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|connection| connection.name() == name)
    }
}
