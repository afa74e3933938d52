//! What is Inactive because somebody means it to be: maintenance, or a setup that is running.

use jiff::SignedDuration;

use super::{Cause, Component, Diagnosis, Finding, InactiveEntry, KnownRequester, Policy, ServerSnapshot, Setup};

/// The components that at least one entry of Maintenance keeps Inactive, their own or that of ServerWideOffline, or one of
/// Functional while Exchange setup runs on the server. Where something is not known, nothing is planned; nor is it by an
/// entry of Maintenance that is older than the policy allows, or whose age is not known while it sets a limit.
pub fn planned(snapshot: &ServerSnapshot, diagnoses: &[Diagnosis], policy: &Policy) -> Vec<Component> {
    let is_meant = |entry: &InactiveEntry| match entry.requester.known() {
        Some(KnownRequester::Maintenance) => {
            let age = entry.since.utc().map(|since| snapshot.taken.duration_since(since));
            policy.maintenance_max.is_none_or(|most: SignedDuration| age.is_some_and(|age| age <= most))
        }
        Some(KnownRequester::Functional) => snapshot.setup == Setup::Running,
        Some(KnownRequester::HealthApi | KnownRequester::Sidelined | KnownRequester::Deployment) | None => false,
    };
    let has_one = |it: &Diagnosis| it.gaps.is_empty() && it.entries.iter().any(is_meant);
    let server_wide = diagnoses.iter().find(|it| it.component.is_server_wide_offline());
    let is_planned = |it: &&Diagnosis| match it.finding {
        Some(Finding::Inactive(Cause::Entries)) => has_one(it),
        Some(Finding::Inactive(Cause::ServerWideOffline)) => has_one(it) || server_wide.is_some_and(has_one),
        Some(Finding::Inactive(Cause::Unexplained | Cause::Unknowable) | Finding::Draining | Finding::NotKnown)
        | None => false,
    };
    diagnoses.iter().filter(is_planned).map(|it| it.component.clone()).collect()
}
