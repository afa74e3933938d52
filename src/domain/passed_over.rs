//! What counts for nothing, because a monitor was told to pass over whoever keeps it Inactive.

use super::{Cause, Component, Diagnosis, Finding, InactiveEntry, Policy};

/// The components that are Inactive because of nothing but entries of requesters that the policy passes over, their own and
/// those of ServerWideOffline. Where something is not known, nothing is passed over.
pub fn passed_over(diagnoses: &[Diagnosis], policy: &Policy) -> Vec<Component> {
    let is_ignored = |it: &InactiveEntry| it.requester.known().is_some_and(|known| policy.ignored.contains(&known));
    let only_ignored = |it: &Diagnosis| it.gaps.is_empty() && it.entries.iter().all(is_ignored);
    let server_wide = diagnoses.iter().find(|it| it.component.is_server_wide_offline());
    let is_passed_over = |it: &&Diagnosis| match it.finding {
        Some(Finding::Inactive(Cause::Entries)) => only_ignored(it),
        Some(Finding::Inactive(Cause::ServerWideOffline)) => {
            only_ignored(it) && server_wide.is_some_and(|it| !it.entries.is_empty() && only_ignored(it))
        }
        Some(Finding::Inactive(Cause::Unexplained | Cause::Unknowable) | Finding::Draining | Finding::NotKnown)
        | None => false,
    };
    diagnoses.iter().filter(is_passed_over).map(|it| it.component.clone()).collect()
}
