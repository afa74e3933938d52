//! What a server will show if what was decided is carried out: for a what-if, which says what would be, not what is.

use super::{Decision, Diagnosis, InactiveEntry, ServiceFinding, State};

impl Decision {
    /// The components as they would be read: an entry that is set Active keeps nothing Inactive any more.
    pub fn foreseen(&self, diagnoses: &[Diagnosis]) -> Vec<Diagnosis> {
        let one = |seen: &Diagnosis| {
            let mut seen = seen.clone();
            let is_set = |entry: &InactiveEntry| self.agreed.iter().any(|it| it.change.entry() == Some(entry));
            let is_worked_on = self.agreed.iter().any(|it| match it.change.entry() {
                Some(entry) => entry.component == seen.component || it.components.contains(&seen.component),
                None => false,
            });
            seen.entries.retain(|entry| !is_set(entry));
            if is_worked_on && seen.entries.is_empty() {
                (seen.state, seen.finding) = (State::Active, None);
            }
            seen
        };
        diagnoses.iter().map(one).collect()
    }

    /// What would be left to say of the services.
    pub fn foreseen_services(&self, findings: &[ServiceFinding]) -> Vec<ServiceFinding> {
        let is_started =
            |finding: &ServiceFinding| self.agreed.iter().any(|it| it.change.service() == Some(finding.service()));
        findings.iter().copied().filter(|finding| !is_started(finding)).collect()
    }
}
