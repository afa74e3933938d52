//! What the shell tells of itself: without Exchange, on any system, whatever fails; and the roles of the account.

use relight::shell::protocol::{Call, EnvironmentAnswer, RoleAnswer, RoleItem};
use serde_json::{Value, json};

use super::fixture::{connected, full_engine, one_local};
use crate::support::double::{Setup, with};
use crate::support::shell::Session;

crate::trials![Pwsh =>
    the_shell_tells_of_itself_before_exchange_is_loaded,
    what_only_windows_has_is_null_elsewhere_and_never_an_empty_object,
    #[cfg(unix)]
    the_offset_is_that_of_the_zone,
    roles_that_cannot_be_asked_for_are_null_and_none_is_an_empty_list,
    roles_that_are_refused_are_an_error_and_the_session_goes_on,
];

fn environment(session: &mut Session) -> (Value, EnvironmentAnswer) {
    let data = session.call(Call::GetEnvironment {}).unwrap();
    (data.clone(), serde_json::from_value(data).unwrap())
}

fn roles(session: &mut Session) -> Result<RoleAnswer, String> {
    let call = Call::GetRoleAssignment { account: r"CONTOSO\admin".into(), server: "EX01".into() };
    session.call(call).map(|data| serde_json::from_value(data).unwrap()).map_err(|error| error.category.unwrap())
}

fn the_shell_tells_of_itself_before_exchange_is_loaded() {
    let setup = Setup::new(&one_local("Inactive"));
    let mut session = setup.start(&full_engine());
    let (data, answer) = environment(&mut session);
    assert!(answer.problems.is_empty(), "{:?}", answer.problems);
    assert!(answer.at.is_some_and(|at| at.ends_with('Z')));
    assert!(answer.computer.is_some() && answer.account.is_some() && answer.time_zone.is_some());
    let environment = answer.installations.iter().find(|there| there.source == "environment").unwrap();
    assert!(environment.has_shell && environment.path.ends_with("exchange-double"), "{environment:?}");
    assert!(data["installations"].is_array() && data["roles"].is_array() && data["problems"].is_array());
    assert!(setup.log().is_empty(), "nothing of Exchange was touched");
}

fn what_only_windows_has_is_null_elsewhere_and_never_an_empty_object() {
    let setup = Setup::new(&one_local("Inactive"));
    let mut session = setup.start(&full_engine());
    let (data, answer) = environment(&mut session);
    let windows = answer.is_windows.unwrap();
    assert_eq!(windows, cfg!(windows));
    for field in ["executionPolicies", "sid", "elevated", "interactive", "session"] {
        assert_eq!(data[field].is_null(), !windows, "{field}: {}", data[field]);
        assert!(!data[field].is_object(), "{field}");
    }
    assert!(!data["exchangeVersion"].is_object() && !data["timeZone"].is_object());
}

#[cfg(unix)]
fn the_offset_is_that_of_the_zone() {
    let setup = Setup::new(&one_local("Inactive"));
    let mut session = setup.start(&full_engine());
    let (_, answer) = environment(&mut session);
    assert_eq!(answer.time_zone.as_deref(), Some("America/New_York"));
    assert!([Some(-300), Some(-240)].contains(&answer.utc_offset_minutes), "{:?}", answer.utc_offset_minutes);
}

fn roles_that_cannot_be_asked_for_are_null_and_none_is_an_empty_list() {
    let unasked = RoleAnswer { roles: None, assignments: None };
    let none = RoleAnswer { roles: Some(vec![]), assignments: Some(vec![]) };
    let one = RoleAnswer {
        roles: Some(vec!["Organization Configuration".into()]),
        assignments: Some(vec![RoleItem {
            role: Some("Organization Configuration".into()),
            assignee: Some("Server Management".into()),
        }]),
    };
    let assigned = json!([{"role": "Organization Configuration", "assignee": "Server Management"}]);
    for (roles_there, expected) in [
        (Value::Null, unasked),
        (json!({"brings": [], "assigned": []}), none),
        (json!({"brings": ["Organization Configuration"], "assigned": assigned}), one),
    ] {
        let setup = Setup::new(&with(one_local("Inactive"), "roles", roles_there));
        let mut session = connected(&setup);
        assert_eq!(roles(&mut session), Ok(expected.clone()));
        if expected.roles.is_some() {
            let asked = &setup.calls("Get-ManagementRoleAssignment")[0];
            assert_eq!((&asked["RoleAssignee"], &asked["WritableServer"]), (&json!(r"CONTOSO\admin"), &json!("EX01")));
        }
    }
}

fn roles_that_are_refused_are_an_error_and_the_session_goes_on() {
    let state = with(one_local("Inactive"), "roles", json!({"brings": [], "assigned": []}));
    let state = with(state, "faults", json!([{"kind": "accessDenied", "on": "roles"}]));
    let setup = Setup::new(&state);
    let mut session = connected(&setup);
    assert_eq!(roles(&mut session), Err("PermissionDenied".to_owned()));
    environment(&mut session);
}
