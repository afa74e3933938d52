//! What clients of a protocol meet on a server, beside what Exchange says of its component. A change reaches the running
//! service within about a minute; only a banner that a client gets is the end of the fault.

use std::time::Duration;

use super::Component;
use super::probe::{ProbeOutcome, ProbeResult, Protocol, Standing};

/// The ports of one protocol of a server, looked at from this machine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Clients {
    /// The component that serves them.
    pub component: Component,
    /// What they speak.
    pub protocol: Protocol,
    /// The certificate name that is set for it; `None`: none, or not known.
    pub certificate_name: Option<String>,
    /// The last look at each port.
    pub results: Vec<ProbeResult>,
    /// The same at the port of the back end, where this is the very server; its clients are the front end's.
    pub back_end: Option<ProbeResult>,
    /// How long after the change that was; `None`: nothing had been changed.
    pub after: Option<Duration>,
}

impl Clients {
    /// What the protocol comes to: not served with one port that is not; served where every port that lets a client connect answers. A
    /// port that lets nobody connect may be bound and blocked, or not in use: it counts only where no other one answers.
    pub fn standing(&self) -> Standing {
        let is = |wanted| self.results.iter().any(|result| result.standing() == wanted);
        let doubted = |result: &ProbeResult| result.standing() == Standing::NotKnown && !lets_nobody_in(result);
        if is(Standing::NotServed) {
            Standing::NotServed
        } else if is(Standing::Served) && !self.results.iter().any(doubted) {
            Standing::Served
        } else {
            Standing::NotKnown
        }
    }

    /// Whether the service may yet come to answer. `started`: it was only just started, and may not listen yet; else nobody
    /// will where nobody does. Time changes nothing about a name without an address, a network without a way, TLS that
    /// fails, or a server that is seen over loopback only.
    pub fn may_follow(&self, started: bool) -> bool {
        let may = |outcome: &ProbeOutcome| match outcome {
            ProbeOutcome::Closed | ProbeOutcome::Silent { .. } | ProbeOutcome::TurnedAway(_) => true,
            ProbeOutcome::Refused => started,
            ProbeOutcome::Banner(_)
            | ProbeOutcome::Unreachable(_)
            | ProbeOutcome::TlsFailed(_)
            | ProbeOutcome::Foreign(..) => false,
        };
        let attempts = self.results.iter().flat_map(ProbeResult::attempts);
        self.standing() != Standing::Served && attempts.map(|attempt| &attempt.outcome).any(may)
    }
}

fn lets_nobody_in(result: &ProbeResult) -> bool {
    let no = |outcome: &ProbeOutcome| matches!(outcome, ProbeOutcome::Refused | ProbeOutcome::Unreachable(_));
    !result.attempts().is_empty() && result.attempts().iter().all(|attempt| no(&attempt.outcome))
}

#[cfg(test)]
mod tests {
    use super::super::probe::{Attempt, Banner, Endpoint, Miss, Reach, Security, TlsFailure};
    use super::*;

    fn clients(outcomes: &[ProbeOutcome]) -> Clients {
        let result = |(endpoint, outcome): (Endpoint, &ProbeOutcome)| ProbeResult {
            endpoint,
            reach: Reach::Tried(vec![Attempt {
                address: "10.0.0.5".parse().expect("an address"),
                security: Security::Plain,
                outcome: outcome.clone(),
                starttls: None,
                tls: None,
                took: Duration::ZERO,
            }]),
        };
        let endpoints = Endpoint::parse("EX01").expect("a host");
        Clients {
            component: Component::new(Component::POP_PROXY),
            protocol: Protocol::Pop3,
            certificate_name: None,
            back_end: None,
            results: endpoints.into_iter().zip(outcomes).map(result).collect(),
            after: None,
        }
    }

    #[test]
    fn a_protocol_is_judged_by_the_ports_that_let_clients_in() {
        let banner = || ProbeOutcome::Banner(Banner { protocol: Protocol::Pop3, text: "+OK".into() });
        let silent = || ProbeOutcome::Silent { came: String::new() };
        let tls = || ProbeOutcome::TlsFailed(TlsFailure::ClosedByServer);
        for (outcomes, standing, may_follow) in [
            (vec![banner(), banner()], Standing::Served, false),
            (vec![banner(), ProbeOutcome::Refused], Standing::Served, false),
            (vec![banner(), ProbeOutcome::Unreachable(Miss::Deadline)], Standing::Served, false),
            (vec![banner(), tls()], Standing::NotKnown, false),
            (vec![banner(), ProbeOutcome::Closed], Standing::NotServed, true),
            (vec![ProbeOutcome::Refused, ProbeOutcome::Refused], Standing::NotKnown, false),
            (vec![ProbeOutcome::Unreachable(Miss::Deadline)], Standing::NotKnown, false),
            (vec![silent(), banner()], Standing::NotKnown, true),
            (vec![], Standing::NotKnown, false),
        ] {
            let clients = clients(&outcomes);
            assert_eq!((clients.standing(), clients.may_follow(false)), (standing, may_follow), "{outcomes:?}");
        }
    }

    #[test]
    fn a_name_without_an_address_is_not_waited_for() {
        let endpoint = Endpoint::parse("EX01:110").expect("a port").remove(0);
        let reach = Reach::Unresolved(Miss::Deadline);
        let clients = Clients { results: vec![ProbeResult { endpoint, reach }], ..clients(&[]) };
        assert_eq!((clients.standing(), clients.may_follow(true)), (Standing::NotKnown, false));
    }

    #[test]
    fn a_service_that_was_started_may_not_listen_yet() {
        assert!(clients(&[ProbeOutcome::Refused]).may_follow(true));
    }
}
