//! Looking at ports as a client would: all hosts and ports at once, each host within one deadline, little memory whatever
//! a peer sends. Nothing is ever said to a server but `CAPA` and `QUIT`, or `a1 CAPABILITY` and `a2 LOGOUT`: no name, no
//! password, no way to send one.

mod attempt;
mod certificate;
mod own_name;
mod resolve;
mod talk;
mod tls;
mod wire;
mod workers;

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use crate::domain::probe::{Attempt, Endpoint, Host, Miss, ProbeResult, Reach};

pub use certificate::exchange_names;
pub use own_name::own_name;

/// Connections and look-ups under way at one time; more wait for a free place, and their time begins then.
const MOST_AT_ONCE: usize = 256;

/// Looks at every endpoint, on every address of its host. The result has one entry per endpoint, in their order.
///
/// Each host has `deadline` for its name and for each of its ports, counted from when its turn comes; up to 256
/// connections are under way at a time, so that as many endpoints take no longer than one.
pub fn probe_all(endpoints: &[Endpoint], deadline: Duration) -> Vec<ProbeResult> {
    let mut hosts: Vec<(&Host, Vec<usize>)> = Vec::new();
    for (at, endpoint) in endpoints.iter().enumerate().filter(|(_, endpoint)| endpoint.simulated.is_none()) {
        match hosts.iter_mut().find(|(host, _)| *host == &endpoint.host) {
            Some((_, ports)) => ports.push(at),
            None => hosts.push((&endpoint.host, vec![at])),
        }
    }
    let named = hosts.into_iter().map(|(host, ports)| Job::Resolve { host, ports });
    let simulated = endpoints.iter().enumerate().filter_map(|(endpoint, it)| {
        it.simulated.map(|address| Job::Try { endpoint, order: 0, address, left: deadline })
    });
    let jobs = named.chain(simulated).collect();
    let mut found = workers::work(jobs, MOST_AT_ONCE, |job| carry_out(job, endpoints, deadline));
    // The system's order of addresses within each endpoint, the caller's order of endpoints.
    found.sort_by_key(|found| (found.endpoint, found.order));
    let mut results: Vec<ProbeResult> = Vec::with_capacity(endpoints.len());
    let mut found = found.into_iter().peekable();
    for (at, endpoint) in endpoints.iter().enumerate() {
        let mut reach = Reach::Tried(Vec::new());
        while let Some(one) = found.next_if(|one| one.endpoint == at) {
            match (one.seen, &mut reach) {
                (Ok(attempt), Reach::Tried(attempts)) => attempts.push(attempt),
                (Ok(_), Reach::Unresolved(_)) => {}
                (Err(miss), _) => reach = Reach::Unresolved(miss),
            }
        }
        results.push(ProbeResult { endpoint: endpoint.clone(), reach });
    }
    results
}

/// One thing to do.
enum Job<'a> {
    /// Find the addresses of a host, for these endpoints.
    Resolve { host: &'a Host, ports: Vec<usize> },
    /// Try one address for one endpoint, with so much time left.
    Try { endpoint: usize, order: usize, address: SocketAddr, left: Duration },
}

/// What came of one address of one endpoint, or of the name.
struct Found {
    endpoint: usize,
    order: usize,
    seen: Result<Attempt, Miss>,
}

fn carry_out<'a>(job: Job<'a>, endpoints: &[Endpoint], deadline: Duration) -> (Vec<Found>, Vec<Job<'a>>) {
    match job {
        Job::Resolve { host, ports } => {
            let began = Instant::now();
            match resolve::addresses(host, deadline) {
                Err(miss) => {
                    let found = |endpoint| Found { endpoint, order: 0, seen: Err(miss.clone()) };
                    (ports.into_iter().map(found).collect(), Vec::new())
                }
                Ok(addresses) => {
                    let left = deadline.saturating_sub(began.elapsed());
                    let jobs = ports.into_iter().flat_map(|endpoint| {
                        addresses.iter().enumerate().filter_map(move |(order, address)| {
                            let port = endpoints.get(endpoint)?.port;
                            let mut address = *address;
                            address.set_port(port);
                            Some(Job::Try { endpoint, order, address, left })
                        })
                    });
                    (Vec::new(), jobs.collect())
                }
            }
        }
        Job::Try { endpoint, order, address, left } => {
            let seen = endpoints.get(endpoint).map(|it| attempt::attempt(it, address, left));
            (seen.map(|seen| Found { endpoint, order, seen: Ok(seen) }).into_iter().collect(), Vec::new())
        }
    }
}
