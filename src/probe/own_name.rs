//! The name of this machine, as others would call it.

use crate::domain::Server;

/// This machine's name: on Windows with its domain, elsewhere as the administrator set it. `None`: it has none that a
/// server could have.
#[cfg(windows)]
pub fn own_name() -> Option<Server> {
    Server::parse(&crate::windows::machine::full_name()?).ok()
}

/// This machine's name: on Windows with its domain, elsewhere as the administrator set it. `None`: it has none that a
/// server could have.
#[cfg(not(windows))]
pub fn own_name() -> Option<Server> {
    Server::parse(rustix::system::uname().nodename().to_str().ok()?).ok()
}
