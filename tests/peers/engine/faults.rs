//! Errors and faults: denied, refused, lost, undone, crashed in the middle.

use relight::shell::protocol::EntryItem;
use serde_json::{Value, json};

use super::fixture::{connected, one_local, read, set};
use crate::support::double::{OLD, Setup, with};
use crate::support::shell::Session;

crate::trials![Pwsh =>
    errors_keep_their_type_category_and_id,
    a_set_can_fail_silently_or_be_undone,
    a_crash_in_the_middle_of_a_set_leaves_no_answer,
    #[cfg(unix)]
    a_running_setup_is_seen,
];

fn errors_keep_their_type_category_and_id() {
    let denied = with(one_local("Inactive"), "faults", json!([{"kind": "accessDenied", "component": "PopProxy"}]));
    let setup = Setup::new(&denied);
    let mut session = connected(&setup);
    for error in [
        read(&mut session, "EX01", "PopProxy").unwrap_err(),
        session.call(set("EX01", "PopProxy", "HealthApi", "Active")).unwrap_err(),
    ] {
        assert_eq!(error.category.as_deref(), Some("PermissionDenied"));
        assert_eq!(error.kind.as_deref(), Some("Microsoft.Exchange.Data.Directory.ADOperationException"));
        assert!(error.id.unwrap().contains("[FailureCategory=Cmdlet-ADOperationException]"));
        assert!(error.stack.unwrap().contains("-ServerComponentState"));
    }
    let unknown = read(&mut session, "EX99", "ImapProxy").unwrap_err();
    assert_eq!(
        unknown.kind.as_deref(),
        Some("Microsoft.Exchange.Configuration.Tasks.ManagementObjectNotFoundException")
    );
    assert!(unknown.message.contains("'EX99'"));

    let refused = session.call(set("EX01", "ImapProxy", "HealthAip", "Active")).unwrap_err();
    assert_eq!(refused.category.as_deref(), Some("InvalidData"));
    assert!(refused.id.unwrap().starts_with("ParameterArgumentTransformationError"));
    // A number is taken, and leaves an entry that nobody can set Active: why relight never sends one.
    session.call(set("EX01", "ImapProxy", "7", "Inactive")).unwrap();
    let junk = read(&mut session, "EX01", "ImapProxy").unwrap();
    assert_eq!(junk.state.as_deref(), Some("Inactive"));
    assert_eq!(junk.local.unwrap()[0].requester.as_deref(), Some("7"));
    session.finish();
}

fn a_set_can_fail_silently_or_be_undone() {
    let setup = Setup::new(&one_local("Inactive"));
    let mut session = connected(&setup);
    let state_after = |session: &mut Session, faults: Value| {
        setup.set_state(&with(one_local("Inactive"), "faults", faults));
        session.call(set("EX01", "PopProxy", "healthapi", "active")).unwrap();
        read(session, "EX01", "PopProxy").unwrap()
    };
    let entry_of = |items: &Option<Vec<EntryItem>>| items.as_ref().unwrap()[0].clone();

    let done = state_after(&mut session, json!([]));
    for written in [entry_of(&done.local), entry_of(&done.remote)] {
        assert_eq!((written.requester.as_deref(), written.state.as_deref()), (Some("HealthApi"), Some("Active")));
    }
    let lost = state_after(&mut session, json!([{"kind": "lostRegistryWrite"}]));
    assert_eq!(entry_of(&lost.local).timestamp.as_deref(), Some(OLD));
    assert_eq!(entry_of(&lost.remote).state.as_deref(), Some("Active"));

    let flipped = state_after(&mut session, json!([{"kind": "flipBack", "reads": 1}]));
    assert_eq!(flipped.state.as_deref(), Some("Active"), "the first read is still good");
    let again = read(&mut session, "EX01", "PopProxy").unwrap();
    assert_eq!(again.state.as_deref(), Some("Inactive"), "the second is not");
    session.finish();
}

fn a_crash_in_the_middle_of_a_set_leaves_no_answer() {
    let setup = Setup::new(&one_local("Inactive"));
    for (when, local, remote) in [("before", OLD, 0), ("between", OLD, 1), ("after", "", 1)] {
        let crash = json!([{"kind": "crash", "when": when}]);
        setup.set_state(&with(one_local("Inactive"), "faults", crash));
        let mut session = connected(&setup);
        assert!(session.try_call(set("EX01", "PopProxy", "HealthApi", "Active")).is_none(), "{when}");
        assert_eq!(session.finish().0.code(), Some(3));
        let left = setup.seen();
        let pop = &left["servers"][0]["components"]["PopProxy"];
        assert_eq!(pop["local"][0]["timestamp"].as_str().unwrap().starts_with("2014"), local == OLD, "{when}: {pop}");
        assert_eq!(pop["remote"].as_array().unwrap().len(), remote, "{when}: {pop}");
    }
}

#[cfg(unix)]
fn a_running_setup_is_seen() {
    use std::fs;
    use std::process::Command;
    let setup = Setup::new(&one_local("Inactive"));
    fs::copy(which::which("sleep").unwrap(), setup.path("ExSetup")).unwrap();
    let mut exchange_setup = Command::new(setup.path("ExSetup")).arg("60").spawn().unwrap();
    let mut session = connected(&setup);
    let seen = session.call(relight::shell::protocol::Call::GetSetupProcess { server: "localhost".into() });
    exchange_setup.kill().unwrap();
    exchange_setup.wait().unwrap();
    assert_eq!(seen.unwrap(), json!({"processes": ["ExSetup"]}));
    session.finish();
}
