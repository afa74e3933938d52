//! When Exchange cannot be loaded the run ends with 20, says what the load said, and never takes the snap-in instead.

use serde_json::json;

use super::exchange::kb_server;
use crate::support::double::{Setup, with};

crate::trials![Pwsh =>
    a_load_that_fails_says_why,
    without_the_tools_the_other_ways_are_named,
];

fn a_load_that_fails_says_why() {
    for (load, words) in [("fail", "the client cannot connect"), ("prompt", "NonInteractive")] {
        let setup = Setup::new(&with(kb_server(), "load", json!([load])));
        let ended = setup.run(&["fix", "--yes", "--server", "EX01"]);
        assert_eq!((ended.code, ended.stdout.as_str()), (20, ""), "{ended:?}");
        assert!(ended.has("the Exchange cmdlets could not be loaded"), "{ended:?}");
        assert!(ended.has(words), "{words:?} in {ended:?}");
        assert!(ended.has("Open the Exchange Management Shell by hand"), "{ended:?}");
        let log = setup.log();
        assert_eq!((log.len(), &log[0]["what"], &log[1]["what"]), (2, &json!("load"), &json!("connect")));
    }
}

fn without_the_tools_the_other_ways_are_named() {
    let setup = Setup::new(&kb_server());
    let ended = setup.clean(setup.relight(&["check"]).env("ExchangeInstallPath", setup.path("nowhere")).run());
    assert_eq!((ended.code, ended.stdout.as_str()), (20, ""), "{ended:?}");
    assert!(ended.has("Exchange Management Tools are not installed here"), "{ended:?}");
    assert!(ended.has("--connection remote --connect-to"), "{ended:?}");
    assert!(setup.log().is_empty());
}
