//! Any bytes are the journal of a run, or of none: nothing panics, also where the run is shown. What an undo would go by is
//! only what relight could have been told by a person; and what our own writer makes of the run reads back as that run. It finds more where it begins with journals of real runs.
#![no_main]

use jiff::tz::TimeZone;
use libfuzzer_sys::fuzz_target;
use relight::domain::{Agreed, Change, Flaws, Run, Server, ServiceState, State};
use relight::journal::{run_of, written};
use relight::record;
use relight::screens::{self, Show};

fn could_have_been_agreed_to(agreed: &Agreed) -> bool {
    let is_known = match &agreed.change {
        Change::SetState { entry, to, .. } => {
            entry.component.is_looked_after()
                && entry.requester.known().is_some()
                && matches!(entry.state, State::Inactive | State::Draining)
                && (*to == State::Active || *to == entry.state)
        }
        Change::SetService { to, .. } => matches!(to, ServiceState::Running | ServiceState::Stopped),
    };
    is_known && agreed.components.iter().all(|component| component.is_looked_after())
}

fn check(run: &Run) {
    for server in &run.servers {
        assert!(Server::parse(server.server().as_str()).is_ok());
        let agreed = server.decision.iter().flat_map(|decision| &decision.agreed).collect::<Vec<_>>();
        assert!(agreed.iter().all(|agreed| could_have_been_agreed_to(agreed)));
        let steps = server.steps.iter().map(|step| &step.change);
        assert!(steps.eq(agreed.iter().map(|agreed| &agreed.change)));
        assert!(server.looks.iter().all(|look| look.snapshot.server == *server.server()));
    }
}

fuzz_target!(|data: &[u8]| {
    let Some(run) = run_of(data) else { return };
    check(&run);
    let show = Show { width: 80, whole_commands: false, tz: TimeZone::UTC, verbose: data.len() % 2 == 0 };
    let _ = screens::past_run(&run, false, None, &show);
    let _ = record::past_run(&run, false).expect("a document");
    // Lines that made no sense are not written.
    let run = Run { flaws: Flaws::default(), ..run };
    let again = written(&run).expect("a journal");
    assert_eq!(run_of(&again), Some(run));
});
