//! What a fresh look says of each change.

use serde::{Deserialize, Serialize};

use crate::domain::{self, NoCopy, ServiceState, State, Store};

use super::change::{InactiveEntry, Subject};
use super::plan::{Gap, read_gaps};
use super::text::Text;

/// The judgement on one thing that was changed.
#[derive(Debug, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Verdict {
    #[serde(flatten)]
    pub subject: Subject,
    /// What the fresh look says.
    #[cfg_attr(test, schemars(extend("enum" = ["confirmed", "notConfirmed", "unknown"])))]
    pub verdict: String,
    /// Why it is not confirmed.
    pub reasons: Vec<Reason>,
    /// What is not known; none, and the verdict is unknown: it could not be read at all.
    pub gaps: Vec<Gap>,
    /// What is worth knowing of it all the same; only where it is confirmed.
    pub notes: Vec<Note>,
}

/// Something to know of a change that is confirmed.
#[derive(Debug, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Note {
    /// notInDirectory: the registry shows the change and decides, Active Directory does not show it. activeStays: the entry
    /// was put back in the registry alone, and the older Active one in Active Directory stays.
    #[cfg_attr(test, schemars(extend("enum" = ["notInDirectory", "activeStays"])))]
    pub kind: String,
    /// The entry that it is about, as it stood before.
    pub entry: InactiveEntry,
}

/// Why a change is not confirmed.
#[derive(Debug, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Reason {
    /// What kind of reason.
    #[cfg_attr(test, schemars(extend("enum" = reason_names())))]
    pub kind: String,
    /// The entry that it is about; null: it is about none.
    pub entry: Option<InactiveEntry>,
    /// The state that Exchange still reports, or that the service is in; null: it is about neither.
    pub state: Option<String>,
    /// The store in which an entry was not put back; null: it is not about that.
    pub store: Option<Text<Store>>,
    /// Why nobody copies what Active Directory shows into the registry; null: it is not about that.
    #[serde(rename = "noCopy")]
    #[cfg_attr(test, schemars(extend("enum" = no_copy_names())))]
    pub no_copy: Option<String>,
}

impl From<&domain::Verdict> for Verdict {
    fn from(verdict: &domain::Verdict) -> Self {
        let (reasons, gaps) = match &verdict.kind {
            domain::VerdictKind::Confirmed => (Vec::new(), Vec::new()),
            domain::VerdictKind::NotConfirmed(reasons) => (reasons.iter().map(Reason::from).collect(), Vec::new()),
            domain::VerdictKind::Unknown(gaps) => (Vec::new(), gaps.iter().map(Gap::from).collect()),
        };
        let name = verdict.kind.name().to_owned();
        let notes = verdict.notes.iter().map(Note::from).collect();
        Self { subject: (&verdict.subject).into(), verdict: name, reasons, gaps, notes }
    }
}

impl Verdict {
    pub fn read(self) -> Option<domain::Verdict> {
        use domain::VerdictKind as Kind;
        let reasons = self.reasons.into_iter().map(Reason::read).collect::<Option<_>>()?;
        let kinds = [Kind::Confirmed, Kind::NotConfirmed(reasons), Kind::Unknown(read_gaps(self.gaps)?)];
        let kind = kinds.into_iter().find(|kind| kind.name() == self.verdict)?;
        let notes = self.notes.into_iter().map(Note::read).collect::<Option<_>>()?;
        Some(domain::Verdict { subject: self.subject.read()?, kind, notes })
    }
}

impl From<&domain::Note> for Note {
    fn from(note: &domain::Note) -> Self {
        Self { kind: note.name().to_owned(), entry: note.entry().into() }
    }
}

impl Note {
    fn read(self) -> Option<domain::Note> {
        let entry = self.entry.read()?;
        let all = [domain::Note::NotInDirectory(entry.clone()), domain::Note::ActiveStays(entry)];
        all.into_iter().find(|note| note.name() == self.kind)
    }
}

impl From<&domain::Reason> for Reason {
    fn from(reason: &domain::Reason) -> Self {
        use domain::Reason as R;
        let mut record = Self { kind: reason.name().to_owned(), entry: None, state: None, store: None, no_copy: None };
        match reason {
            R::NotWritten(entry)
            | R::RegistryPending(entry)
            | R::DirectoryWriteLost(entry)
            | R::SetAgain(entry)
            | R::AnotherEntry(entry) => record.entry = Some(entry.into()),
            R::RegistryWriteLost(entry, why) => {
                record.entry = Some(entry.into());
                record.no_copy = Some(why.name().to_owned());
            }
            R::ServerWideOffline | R::DirectoryIsLater => {}
            R::StateDoesNotFollow(state) => record.state = Some(state.to_string()),
            R::NotPutBack(store) => record.store = Some(store.into()),
            R::ServiceIs(state) => record.state = Some(state.name().to_owned()),
        }
        record
    }
}

impl Reason {
    pub fn read(self) -> Option<domain::Reason> {
        let name = self.kind.clone();
        self.every().into_iter().flatten().find(|reason| reason.name() == name)
    }

    /// Every reason that there may be, of the kinds that can be made of this.
    fn every(self) -> [Option<domain::Reason>; 11] {
        use domain::Reason as R;
        let inactive = self.entry.and_then(InactiveEntry::read);
        let entry = || inactive.clone();
        let state = self.state.as_deref();
        let no_copy = NoCopy::ALL.into_iter().find(|why| Some(why.name()) == self.no_copy.as_deref());
        [
            entry().map(R::NotWritten),
            entry().map(R::RegistryPending),
            entry().zip(no_copy).map(|(entry, why)| R::RegistryWriteLost(entry, why)),
            entry().map(R::DirectoryWriteLost),
            entry().map(R::SetAgain),
            entry().map(R::AnotherEntry),
            Some(R::ServerWideOffline),
            state.map(|state| R::StateDoesNotFollow(State::parse(state))),
            self.store.map(|store| R::NotPutBack(store.0)),
            Some(R::DirectoryIsLater),
            state.map(|state| R::ServiceIs(ServiceState::parse(state))),
        ]
    }
}

/// The kinds that a reason may be of.
#[cfg(test)]
fn reason_names() -> Vec<&'static str> {
    let all = Reason {
        store: Some(Text(Store::Local)),
        state: Some(String::new()),
        no_copy: Some(NoCopy::NotRunning.name().to_owned()),
        ..Reason::from(&domain::Reason::NotWritten(super::change::an_entry()))
    };
    all.every().iter().flatten().map(domain::Reason::name).collect()
}

/// Why nobody copies, and null.
#[cfg(test)]
fn no_copy_names() -> Vec<Option<&'static str>> {
    NoCopy::ALL.into_iter().map(|why| Some(why.name())).chain([None]).collect()
}
