//! Which faults apply to a call.

use crate::shell::protocol::Call;
use crate::simulator::format::{Fault, Names, Op};

/// What a call is about, for selectors.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Subject<'a> {
    pub(crate) op: Op,
    /// As it was asked for: a name or an FQDN.
    pub(crate) server: Option<&'a str>,
    pub(crate) component: Option<&'a str>,
    pub(crate) requester: Option<&'a str>,
}

impl<'a> Subject<'a> {
    /// The greeting.
    pub(crate) const HELLO: Subject<'static> =
        Subject { op: Op::Hello, server: None, component: None, requester: None };

    /// What this call is about.
    pub(crate) fn of(call: &'a Call) -> Self {
        let about = |op, server| Self { op, server: Some(server), component: None, requester: None };
        let of_none = |op| Self { op, server: None, component: None, requester: None };
        match call {
            Call::Connect { connect_to, .. } => {
                Self { op: Op::Connect, server: connect_to.as_deref(), component: None, requester: None }
            }
            Call::GetAuditEntries { .. } => of_none(Op::GetAuditEntries),
            Call::GetStateEvents { server, .. } => about(Op::GetStateEvents, server),
            Call::GetExchangeServer { server } => about(Op::GetExchangeServer, server),
            Call::GetSetupProcess { server } => about(Op::GetSetupProcess, server),
            Call::GetEnvironment {} => of_none(Op::GetEnvironment),
            Call::GetShellPolicy { .. } => of_none(Op::GetShellPolicy),
            Call::GetExchangeServers {} => of_none(Op::GetExchangeServers),
            Call::GetAvailabilityGroups {} => of_none(Op::GetAvailabilityGroups),
            Call::GetRoleAssignment { server, .. } => about(Op::GetRoleAssignment, server),
            Call::GetServices { server, .. } => about(Op::GetServices, server),
            Call::GetServerHealth { server, .. } => about(Op::GetServerHealth, server),
            Call::GetProtocolSettings { server, .. } => about(Op::GetProtocolSettings, server),
            Call::GetCertificates { server } => about(Op::GetCertificates, server),
            Call::GetRecoveryActions { server } => about(Op::GetRecoveryActions, server),
            Call::GetMonitoringOverrides { server } => about(Op::GetMonitoringOverrides, server),
            Call::StartService { server, .. } => about(Op::StartService, server),
            Call::StopService { server, .. } => about(Op::StopService, server),
            Call::GetComponentState { server, component } => {
                Self { component: Some(component), ..about(Op::GetComponentState, server) }
            }
            Call::SetComponentState { server, component, requester, .. } => {
                Self { component: Some(component), requester: Some(requester), ..about(Op::SetComponentState, server) }
            }
        }
    }
}

/// Counts calls, and tells which faults apply to each.
#[derive(Debug)]
pub(crate) struct Faults {
    faults: Vec<(Fault, u32)>,
}

impl Faults {
    pub(crate) fn new(faults: &[Fault]) -> Self {
        Self { faults: faults.iter().map(|fault| (fault.clone(), 0)).collect() }
    }

    /// Goes by these faults from now on. One that was there before has been counted so far.
    pub(crate) fn adopt(&mut self, faults: &[Fault]) {
        let mut before = std::mem::take(&mut self.faults);
        let counted = faults.iter().map(|fault| {
            let place = before.iter().position(|(known, _)| known == fault);
            place.map_or_else(|| (fault.clone(), 0), |place| before.remove(place))
        });
        self.faults = counted.collect();
    }

    /// The faults that apply to this call, in the order of the file. `same_server` tells whether two texts name one
    /// server.
    pub(crate) fn of(&mut self, subject: Subject<'_>, same_server: impl Fn(&str, &str) -> bool) -> Vec<Fault> {
        let mut apply = Vec::new();
        for (fault, seen) in &mut self.faults {
            let Some((when, ops)) = fault.when() else { continue };
            let name = |wanted: &Option<String>, given: Option<&str>| {
                wanted.as_deref().is_none_or(|wanted| given.is_some_and(|given| given.eq_ignore_ascii_case(wanted)))
            };
            let is_named = |given: &str, names: &Names| names.all().iter().any(|wanted| same_server(given, wanted));
            let server = when.server.as_ref().is_none_or(|names| {
                // What is said of a server is said of the calls about it, not of the way to it.
                let is_about = subject.op != Op::Connect || when.op == Some(Op::Connect);
                is_about && subject.server.is_some_and(|given| is_named(given, names))
            });
            if ops.contains(&subject.op)
                && when.op.is_none_or(|op| op == subject.op)
                && server
                && name(&when.component, subject.component)
                && name(&when.requester, subject.requester)
            {
                *seen = seen.saturating_add(1);
                if when.nth.is_none_or(|nth| nth.get() == *seen) {
                    apply.push(fault.clone());
                }
            }
        }
        apply
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hang(when: &str) -> Fault {
        serde_json::from_str(&format!("{{\"hang\":{{\"when\":{when}}}}}")).expect("a fault")
    }

    #[test]
    fn the_way_to_a_server_is_meant_only_where_it_is_said() {
        let load = |server| Subject { op: Op::Connect, server, component: None, requester: None };
        for (when, expected) in [
            (r#"{"server":"EX01"}"#, [false; 3]),
            (r#"{"op":"connect","server":"EX01"}"#, [true, false, false]),
            (r#"{"op":"connect"}"#, [true, true, true]),
        ] {
            let mut faults = Faults::new(&[hang(when)]);
            let seen = [load(Some("EX01")), load(Some("EX02")), load(None)]
                .map(|subject| !faults.of(subject, str::eq_ignore_ascii_case).is_empty());
            assert_eq!(seen, expected, "{when}");
        }
    }

    #[test]
    fn a_selector_matches_what_it_names_and_counts_only_that() {
        let read = |component| Subject {
            op: Op::GetComponentState,
            server: Some("EX01"),
            component: Some(component),
            requester: None,
        };
        for (when, expected) in [
            ("{}", [true, true, true, true]),
            (r#"{"op":"get-component-state"}"#, [false, true, true, true]),
            (r#"{"component":"popproxy"}"#, [false, true, false, true]),
            (r#"{"component":"PopProxy","nth":2}"#, [false, false, false, true]),
            (r#"{"server":"ex01"}"#, [false, true, true, true]),
            (r#"{"server":"EX02"}"#, [false; 4]),
            (r#"{"server":["EX02","ex01"]}"#, [false, true, true, true]),
            (r#"{"server":["EX02","EX03"]}"#, [false; 4]),
            (r#"{"requester":"HealthApi"}"#, [false; 4]),
            (r#"{"nth":1}"#, [true, false, false, false]),
        ] {
            let mut faults = Faults::new(&[hang(when)]);
            let seen = [Subject::HELLO, read("PopProxy"), read("ImapProxy"), read("PopProxy")]
                .map(|subject| !faults.of(subject, str::eq_ignore_ascii_case).is_empty());
            assert_eq!(seen, expected, "{when}");
        }
    }
}
