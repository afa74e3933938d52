//! When Exchange cannot be loaded the run ends with 20, says what the load said, and never takes the snap-in instead.

use serde_json::json;

use crate::double::{Setup, with};
use crate::run::kb_server;

#[test]
fn a_load_that_fails_says_why() {
    for (load, words) in [("fail", "the client cannot connect"), ("prompt", "NonInteractive")] {
        let Some(setup) = Setup::new(&with(kb_server(), "load", json!([load]))) else { return };
        let ended = setup.run(&["fix", "--yes", "--server", "EX01"]);
        assert_eq!((ended.code, ended.stdout.as_str()), (20, ""), "{ended:?}");
        assert!(ended.says("the Exchange cmdlets could not be loaded"), "{ended:?}");
        assert!(ended.says(words), "{words:?} in {ended:?}");
        assert!(ended.says("Open the Exchange Management Shell by hand"), "{ended:?}");
        let log = setup.log();
        assert_eq!((log.len(), &log[0]["what"], &log[1]["what"]), (2, &json!("load"), &json!("connect")));
    }
}

#[test]
fn without_the_tools_the_other_ways_are_named() {
    let Some(setup) = Setup::new(&kb_server()) else { return };
    let ended = setup.run_with(&setup.path("nowhere"), &["check"]);
    assert_eq!((ended.code, ended.stdout.as_str()), (20, ""), "{ended:?}");
    assert!(ended.says("Exchange Management Tools are not installed here"), "{ended:?}");
    assert!(ended.says("--connection remote --connect-to"), "{ended:?}");
    assert!(setup.log().is_empty());
}
