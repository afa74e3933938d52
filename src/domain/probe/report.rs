//! All that a probe saw, and what each port comes to.

use core::time::Duration;

use jiff::Timestamp;

use super::super::LeftOut;
use super::{Attempt, Endpoint, Miss, ProbeOutcome, Security, TlsFailure};

/// One probe of several ports.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProbeReport {
    /// When it began, by this machine's clock.
    pub taken: Timestamp,
    /// How long each host was given.
    pub deadline: Duration,
    /// One for each port that was asked about, in that order.
    pub results: Vec<ProbeResult>,
    /// Servers that Exchange found, and that have no ports to ask about.
    pub left_out: Vec<LeftOut>,
}

/// What was seen at one port.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProbeResult {
    /// Where.
    pub endpoint: Endpoint,
    /// How far the look got.
    pub reach: Reach,
}

/// How far a look got.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reach {
    /// The host's name has no address.
    Unresolved(Miss),
    /// Each address was tried, in the order the system gave them.
    Tried(Vec<Attempt>),
}

/// What a port comes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// Clients get a banner.
    Served,
    /// It is closed without one.
    NotServed,
    /// Neither is known.
    NotKnown,
}

impl ProbeResult {
    /// The attempts; none where the name has no address.
    pub fn attempts(&self) -> &[Attempt] {
        match &self.reach {
            Reach::Unresolved(_) => &[],
            Reach::Tried(attempts) => attempts,
        }
    }

    /// What the port comes to. A client goes on to the next address where one does not let it connect, and stays with the
    /// one that does: so every address that accepts must answer, and those that do not accept count only where none does.
    /// An address that stays within this machine tells nothing, unless it closes.
    pub fn standing(&self) -> Standing {
        let (mut answers, mut doubts) = (0, 0);
        for attempt in self.attempts() {
            match of(&self.endpoint, attempt) {
                Some(Standing::NotServed) => return Standing::NotServed,
                Some(Standing::Served) => answers += 1,
                Some(Standing::NotKnown) => doubts += 1,
                None => {}
            }
        }
        if answers > 0 && doubts == 0 { Standing::Served } else { Standing::NotKnown }
    }
}

/// The plain port of the same protocol that gives a banner where this one, with TLS from the start, accepts and closes. An
/// Inactive proxy closes both: this is a port without a certificate that fits.
pub fn plain_beside<'a>(endpoint: &Endpoint, attempt: &Attempt, all: &'a [ProbeResult]) -> Option<&'a ProbeResult> {
    let closes = match &attempt.outcome {
        ProbeOutcome::Closed | ProbeOutcome::TlsFailed(TlsFailure::ClosedByServer) => true,
        ProbeOutcome::Banner(_)
        | ProbeOutcome::TurnedAway(_)
        | ProbeOutcome::Silent { .. }
        | ProbeOutcome::Refused
        | ProbeOutcome::Unreachable(_)
        | ProbeOutcome::TlsFailed(_)
        | ProbeOutcome::Foreign(..) => false,
    };
    let answers = |plain: &Attempt| {
        (plain.security, plain.address) == (Security::Plain, attempt.address)
            && matches!(plain.outcome, ProbeOutcome::Banner(_))
    };
    all.iter().filter(|_| closes && attempt.security == Security::Tls && endpoint.protocol.is_some()).find(|plain| {
        (&plain.endpoint.host, plain.endpoint.protocol) == (&endpoint.host, endpoint.protocol)
            && plain.attempts().iter().any(answers)
    })
}

/// What one address comes to; `None` where it lets nobody connect.
fn of(endpoint: &Endpoint, attempt: &Attempt) -> Option<Standing> {
    match attempt.outcome {
        ProbeOutcome::Closed => Some(Standing::NotServed),
        ProbeOutcome::Banner(_) if endpoint.is_short_cut(attempt.address) => None,
        ProbeOutcome::Banner(_) => Some(Standing::Served),
        ProbeOutcome::TurnedAway(_)
        | ProbeOutcome::Silent { .. }
        | ProbeOutcome::TlsFailed(_)
        | ProbeOutcome::Foreign(..) => Some(Standing::NotKnown),
        ProbeOutcome::Refused | ProbeOutcome::Unreachable(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Banner, Protocol};
    use super::*;

    fn banner() -> ProbeOutcome {
        ProbeOutcome::Banner(Banner { protocol: Protocol::Pop3, text: "+OK".into() })
    }

    #[test]
    fn a_port_is_judged_as_a_client_meets_it() {
        let silent = || ProbeOutcome::Silent { came: String::new() };
        let lan = "10.0.0.5";
        for (tried, expected) in [
            (vec![(lan, banner())], Standing::Served),
            (vec![(lan, ProbeOutcome::Closed)], Standing::NotServed),
            (vec![(lan, silent())], Standing::NotKnown),
            (vec![(lan, ProbeOutcome::Refused)], Standing::NotKnown),
            (vec![(lan, ProbeOutcome::Unreachable(Miss::Deadline))], Standing::NotKnown),
            (vec![("fd00::5", ProbeOutcome::Refused), (lan, banner())], Standing::Served),
            (vec![("fd00::5", silent()), (lan, banner())], Standing::NotKnown),
            (vec![("10.0.0.6", banner()), (lan, ProbeOutcome::Closed)], Standing::NotServed),
            (vec![("127.0.0.1", banner())], Standing::NotKnown),
            (vec![("127.0.0.1", ProbeOutcome::Closed)], Standing::NotServed),
            (vec![("::1", banner()), (lan, banner())], Standing::Served),
            (vec![("::1", banner()), (lan, ProbeOutcome::Refused)], Standing::NotKnown),
        ] {
            let attempt = |(address, outcome): &(&str, ProbeOutcome)| Attempt {
                address: address.parse().expect("an address"),
                security: Security::Plain,
                outcome: outcome.clone(),
                starttls: None,
                tls: None,
                took: Duration::ZERO,
            };
            let result = ProbeResult {
                endpoint: Endpoint::parse("ex01:110").expect("an endpoint").remove(0),
                reach: Reach::Tried(tried.iter().map(attempt).collect()),
            };
            assert_eq!(result.standing(), expected, "{tried:?}");
        }
    }

    #[test]
    fn a_tls_port_that_closes_beside_a_plain_one_that_answers_is_no_inactive_proxy() {
        let result = |port: u16, (address, outcome): (&str, ProbeOutcome)| {
            let endpoint = Endpoint::parse(&format!("ex01:{port}")).expect("an endpoint").remove(0);
            let attempt = Attempt {
                address: address.parse().expect("an address"),
                security: endpoint.security.expect("a usual port"),
                outcome,
                starttls: None,
                tls: None,
                took: Duration::ZERO,
            };
            ProbeResult { endpoint, reach: Reach::Tried(vec![attempt]) }
        };
        let at_hello = || ProbeOutcome::TlsFailed(TlsFailure::ClosedByServer);
        let lan = "10.0.0.5";
        for (plain, port, tls, expected) in [
            ((lan, banner()), 995, (lan, ProbeOutcome::Closed), true),
            ((lan, banner()), 995, (lan, at_hello()), true),
            ((lan, ProbeOutcome::Closed), 995, (lan, ProbeOutcome::Closed), false),
            ((lan, banner()), 995, (lan, ProbeOutcome::Refused), false),
            ((lan, banner()), 995, (lan, ProbeOutcome::TlsFailed(TlsFailure::Stalled)), false),
            // Another address, another protocol.
            (("10.0.0.6", banner()), 995, (lan, ProbeOutcome::Closed), false),
            ((lan, banner()), 993, (lan, ProbeOutcome::Closed), false),
        ] {
            let all = [result(110, plain), result(port, tls)];
            let beside = |it: &ProbeResult| plain_beside(&it.endpoint, &it.attempts()[0], &all).cloned();
            assert_eq!(beside(&all[1]), expected.then(|| all[0].clone()), "{all:?}");
            assert_eq!(beside(&all[0]), None);
        }
    }

    #[test]
    fn a_name_without_an_address_proves_nothing() {
        let endpoint = Endpoint::parse("ex01:110").expect("an endpoint").remove(0);
        let result = ProbeResult { endpoint, reach: Reach::Unresolved(Miss::Deadline) };
        assert_eq!(result.standing(), Standing::NotKnown);
    }
}
