//! The names that closed sets have in the journal, both ways.

use crate::domain::{Action, Outcome, Stores, Trouble, TroubleKind, VerdictKind};

/// A kind that a later version may have is any other error to this one.
pub fn of_trouble(name: &str) -> TroubleKind {
    TroubleKind::ALL.into_iter().find(|kind| kind.name() == name).unwrap_or(TroubleKind::Refused)
}

pub fn outcome(outcome: &Outcome) -> &'static str {
    match outcome {
        Outcome::Done => "done",
        Outcome::Failed(_) => "failed",
        Outcome::Unknown(_) => "unknown",
        Outcome::ChangedSincePlan => "changedSincePlan",
        Outcome::NotSeen(_) => "notSeen",
        Outcome::Useless => "useless",
        Outcome::ShellLost => "shellLost",
        Outcome::Interrupted => "interrupted",
        Outcome::NotRecorded => "notRecorded",
    }
}

/// `None`: a name that this version does not know.
pub fn of_outcome(name: &str, trouble: Option<Trouble>) -> Option<Outcome> {
    let trouble = || {
        let nothing = Trouble { kind: TroubleKind::Refused, component: None, message: String::new() };
        trouble.unwrap_or(nothing)
    };
    Some(match name {
        "done" => Outcome::Done,
        "failed" => Outcome::Failed(trouble()),
        "unknown" => Outcome::Unknown(trouble()),
        "changedSincePlan" => Outcome::ChangedSincePlan,
        "notSeen" => Outcome::NotSeen(trouble()),
        "useless" => Outcome::Useless,
        "shellLost" => Outcome::ShellLost,
        "interrupted" => Outcome::Interrupted,
        "notRecorded" => Outcome::NotRecorded,
        _ => return None,
    })
}

pub fn action(action: Action) -> &'static str {
    match action {
        Action::Lift => "lift",
        Action::PutBack => "putBack",
    }
}

pub fn of_action(name: &str) -> Option<Action> {
    [Action::Lift, Action::PutBack].into_iter().find(|known| action(*known) == name)
}

pub fn stores(stores: Stores) -> &'static [&'static str] {
    match stores {
        Stores::Local => &["local"],
        Stores::Remote => &["remote"],
        Stores::Both => &["local", "remote"],
    }
}

pub fn of_stores(names: &[String]) -> Stores {
    match names {
        [one] if one == "remote" => Stores::Remote,
        [one] if one == "local" => Stores::Local,
        _ => Stores::Both,
    }
}

pub fn verdict(kind: &VerdictKind) -> &'static str {
    match kind {
        VerdictKind::Lit => "lit",
        VerdictKind::StillDark(_) => "stillDark",
        VerdictKind::Unknown(_) => "unknown",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_leads_back() {
        for kind in TroubleKind::ALL {
            assert_eq!(of_trouble(kind.name()), kind);
        }
        let why = Trouble { kind: TroubleKind::Deadline, component: None, message: "no answer".into() };
        for one in [
            Outcome::Done,
            Outcome::Failed(why.clone()),
            Outcome::Unknown(why.clone()),
            Outcome::ChangedSincePlan,
            Outcome::NotSeen(why.clone()),
            Outcome::Useless,
            Outcome::ShellLost,
            Outcome::Interrupted,
            Outcome::NotRecorded,
        ] {
            assert_eq!(of_outcome(outcome(&one), Some(why.clone())), Some(one));
        }
        for one in [Stores::Local, Stores::Remote, Stores::Both] {
            let names = stores(one).iter().map(ToString::to_string).collect::<Vec<_>>();
            assert_eq!(of_stores(&names), one);
        }
    }
}
