//! `relight doctor` on a real PowerShell with the stand-in Exchange: that it looks and changes nothing.

use serde_json::{Value, json};

use crate::support::Ran;
use crate::support::double::Setup;
use crate::support::run::grades;

crate::trials![Pwsh =>
    a_real_powershell_with_an_exchange_is_ready,
    a_real_powershell_without_an_exchange_still_tells_of_itself,
    a_load_that_fails_is_told_with_its_warnings,
    a_real_powershell_whose_account_may_only_look_or_not_even_that,
];

/// A checkup of EX01 in a real PowerShell, with this state of the exchange double; and what the double noted.
fn examined(state: &Value, tools: bool) -> (Ran, String) {
    let setup = Setup::new(state);
    let words = ["doctor", "--server", "EX01", "--start-timeout", "90", "--format", "json"];
    let run = setup.through(setup.shell(), &words);
    let ended = setup.clean(if tools { run } else { run.without_env("ExchangeInstallPath") }.run());
    assert_eq!(setup.state(), state.to_string(), "nothing was changed");
    (ended, setup.noted())
}

fn a_real_powershell_with_an_exchange_is_ready() {
    let role = json!({"role": "Server Role", "assignee": "Server Management"});
    let state = json!({
        "servers": [{"name": "EX01", "fqdn": "EX01.contoso.test", "components": {}}],
        "roles": {"brings": ["Server Role"], "assigned": [role]}
    });
    let (ended, log) = examined(&state, true);
    let document = ended.document();
    assert_eq!(ended.code, 0, "{ended}");
    assert_eq!(grades(&document, "mayChange"), ["ok"]);
    assert!(ended.stdout.contains("by Server Role (from Server Management)"), "{ended}");
    assert!(document["facts"]["shellVersion"].is_string() && document["facts"]["loadMilliseconds"].is_u64());
    assert!(log.contains("Get-ManagementRoleAssignment") && !log.contains(r#""what":"Set"#), "{log}");
}

fn a_real_powershell_without_an_exchange_still_tells_of_itself() {
    let (ended, log) = examined(&json!({"servers": []}), false);
    let document = ended.document();
    assert_eq!(ended.code, 20, "{ended}");
    assert_eq!(grades(&document, "exchangeTools"), ["fault"]);
    for check in ["powerShell", "bits", "languageMode", "account", "clock"] {
        assert_eq!(grades(&document, check), ["ok"], "{check}");
    }
    assert!(log.is_empty());
}

fn a_load_that_fails_is_told_with_its_warnings() {
    let (ended, _) = examined(&json!({"servers": [], "load": ["w3svcStopped"]}), true);
    assert!(
        ended.code == 20 && ended.stdout.contains("The World Wide Web Publishing Service (w3svc) is stopped."),
        "{ended}"
    );
}

fn a_real_powershell_whose_account_may_only_look_or_not_even_that() {
    let servers = json!([{"name": "EX01", "fqdn": "EX01.contoso.test", "components": {}}]);
    for (state, check, code) in [
        (json!({"servers": servers, "missing": ["Set-ServerComponentState"]}), "mayChange", 21),
        (json!({"servers": servers, "faults": [{"kind": "accessDenied", "on": "get"}]}), "mayRead", 21),
        (json!({"servers": servers, "faults": [{"kind": "registryUnreadable"}]}), "stores", 13),
    ] {
        let (ended, _) = examined(&state, true);
        assert_eq!(ended.code, code, "{state}: {ended}");
        assert_eq!(grades(&ended.document(), check), ["fault"], "{state}");
    }
}
