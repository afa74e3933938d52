//! What relight knows about Exchange component state, as plain values and pure functions: no I/O, no clock, no
//! environment, no serde. Time enters as a field of [`ServerSnapshot`].

mod apply;
pub(crate) mod checkup;
mod clients;
mod diagnosis;
mod entry;
mod event;
mod evidence;
mod logged;
mod name;
mod once;
mod past;
mod plan;
mod policy;
pub mod probe;
mod reconcile;
mod report;
mod service;
mod snapshot;
mod start;
mod stop;
mod trouble;
mod undo;
mod verdict;

pub use apply::{Action, ConfirmedPlan, ConfirmedStep, Left, Outcome, StepOutcome};
pub use clients::Clients;
pub use diagnosis::{Cause, Diagnosis, Finding, Gap, diagnose};
pub use entry::{Entry, EntryTime, State, Store, StoreReading};
pub use event::Event;
pub use evidence::{Asked, CertificateSeen, Clue, Evidence, ProtocolSettings, Takedown};
pub use logged::{EventType, LoggedEvent, SourceSetting, Tidings};
pub use name::{Component, KnownRequester, Requester, Server, ServerNameError};
pub use once::each_once;
pub use past::{Brief, Ended, PastOutcome, PastRun, PastServer, PastService, PastStep, PastVerdict, RunId, Who};
pub use plan::{Hold, HoldKey, Obstacle, Plan, Proposal};
pub use policy::Policy;
pub use reconcile::{Contested, Reconciled, Reconciliation, Stale, Stores, Winner, reconcile};
pub use report::{Report, Run, RunCommand, ServerReport};
pub use service::{Service, ServiceFinding, ServiceSnapshot, ServiceState, Services, StartType, service_findings};
pub use snapshot::{ComponentSnapshot, ExchangeServer, ServerSnapshot, Setup};
pub use start::{
    Agreed, ConfirmedStart, ConfirmedStarts, StartLeft, StartObstacle, StartOutcome, StartProposal, StartServices,
    StartVerdict, judge_starts,
};
pub use stop::{AgainstStop, ConfirmedStop, StartedService, StopOutcome, StopVerdict, has_left_services, judge_stops};
pub use trouble::{Trouble, TroubleKind};
pub use undo::{
    Consent, PutBack, Skipped, UndoPlan, UndoReport, UndoServer, UndoVerdict, UndoVerdictKind, Why, judge_put_back,
};
pub use verdict::{Dark, Verdict, VerdictKind, judge};
