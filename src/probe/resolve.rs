//! From a name to addresses, within a deadline. The system's resolver cannot be interrupted: a look-up that takes too
//! long is left behind, on a thread of its own that ends when the resolver gives up.

use std::net::{SocketAddr, ToSocketAddrs};
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::thread::Builder;
use std::time::Duration;

use crate::domain::probe::{Host, Miss};

/// A name with more addresses than this is a mistake, or means harm.
const MOST: usize = 16;

/// The addresses of a host, in the system's order, with port 0.
pub fn addresses(host: &Host, deadline: Duration) -> Result<Vec<SocketAddr>, Miss> {
    let name = match host {
        Host::Address(address) => return Ok(vec![SocketAddr::new(*address, 0)]),
        Host::Name(name) => name.as_str().to_owned(),
    };
    let (answer, answered) = channel();
    let look_up = move || {
        let found = (name, 0).to_socket_addrs().map(|found| {
            let mut once: Vec<SocketAddr> = Vec::new();
            for address in found {
                if once.len() < MOST && !once.contains(&address) {
                    once.push(address);
                }
            }
            once
        });
        let _nobody_waits_any_more = answer.send(found);
    };
    Builder::new().spawn(look_up).map_err(|error| Miss::System(error.to_string()))?;
    match answered.recv_timeout(deadline) {
        Ok(Ok(found)) if found.is_empty() => Err(Miss::System("no address".to_owned())),
        Ok(Ok(found)) => Ok(found),
        Ok(Err(error)) => Err(Miss::System(error.to_string())),
        Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => Err(Miss::Deadline),
    }
}
