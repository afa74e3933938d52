//! relight killed, as by `kill -9` or a power cut: the journal that is left tells truthfully what may have been changed.
//! What was really changed is in the scenario file.

use std::fs;
use std::os::unix::process::ExitStatusExt;
use std::process::{Command, Stdio};

use serde_json::{Value, json};

use super::place::{Key, Place, changed};
use super::processes::{children, has_ended};
use super::run::Running;
use super::until;

/// Kills relight and nothing else; or, so that its shell outlives it, also what watches that. The shell.
pub fn leave_shell(mut relight: Running, watched: bool) -> u32 {
    let name = |process: u32| fs::read_to_string(format!("/proc/{process}/comm")).unwrap_or_default();
    let (watchers, shells) = children(relight.id()).into_iter().partition::<Vec<_>, _>(|child| name(*child) == "sh\n");
    let ([watcher], [shell]) = (&watchers[..], &shells[..]) else { panic!("{watchers:?} watch {shells:?}") };
    if !watched {
        assert!(Command::new("kill").args(["-9", &watcher.to_string()]).status().expect("kill runs").success());
        until("the end of the watcher", || has_ended(*watcher));
    }
    assert_eq!(relight.kill().signal(), Some(9));
    *shell
}

/// Kills relight at once, and then what it leaves behind: a shell that is not told to end goes on until it reads. Whether
/// it still ran.
pub fn kill(mut relight: Running, hung: bool) -> bool {
    let shells = children(relight.id());
    let ended = relight.kill();
    for shell in shells {
        if hung {
            let _gone = Command::new("kill").args(["-9", &shell.to_string()]).stderr(Stdio::null()).status();
        }
        until("the end of the shell", || has_ended(shell));
    }
    ended.signal() == Some(9)
}

fn key(server: &Value, step: &Value) -> Key {
    let word = |of: &Value, name: &str| of[name].as_str().expect("text").to_owned();
    let (component, requester) = (word(step, "component"), word(step, "requester"));
    Key { server: word(server, "server"), component, requester }
}

/// Checks the journal of the only run against what really happened, and tells whether it was interrupted in a way that
/// has to be pointed out.
pub fn tells_the_truth(place: &Place, before: &Value, at: &str) -> bool {
    let really = changed(before, &place.scenario());
    let Some(name) = place.newest() else {
        assert!(really.is_empty(), "{at}: no journal, but {really:?} changed");
        return false;
    };
    let legible = fs::read(&place.journals()[0]).is_ok_and(|text| text.contains(&b'\n'));
    if !legible {
        assert!(really.is_empty(), "{at}: no line in the journal, but {really:?} changed");
        return false;
    }
    let past = place.past(&name);
    let of = |server: &Value| {
        let steps = server["steps"].as_array().expect("steps").iter();
        steps.map(|step| (key(server, step), step.clone())).collect::<Vec<_>>()
    };
    let steps = past["servers"].as_array().expect("servers").iter().flat_map(of).collect::<Vec<_>>();
    for (key, step) in &steps {
        let (may, outcome) = (step["sent"] == true, step["outcome"].as_str().expect("text"));
        assert!(may || !really.contains(key), "{at}: {key:?} changed, but the journal says {outcome}");
        assert!(outcome != "done" || really.contains(key), "{at}: {key:?} is said to be done and is not");
    }
    for key in &really {
        assert!(
            steps.iter().any(|(of_step, _)| of_step == key),
            "{at}: {key:?} changed and the journal has no such step"
        );
    }
    let sent = steps.iter().filter(|(_, step)| step["sent"] == true).count();
    assert_eq!(past["sent"], sent, "{at}: {past:#}");
    let interrupted = past["state"] == "interrupted" && sent > 0;
    place.clear_faults();
    let check = place.simulate(&["check"]);
    assert_eq!(check.stderr.contains(&format!("resume {name}")), interrupted, "{at}: {}", check.stderr);
    // What to do next is what the history says: a run that ended blind, because its shell was killed, is settled as well.
    if past["state"] == "interrupted" || place.run(&["history", &name]).stdout.contains("Next: relight resume") {
        let resume = place.simulate(&["resume", &name]);
        let closed = place.past(&name);
        assert_eq!(closed["state"], "ended", "{at}: {} {}", resume.stdout, resume.stderr);
        assert!(!place.simulate(&["check"]).stderr.contains("resume"), "{at}: it is pointed out for ever");
    }
    undone(place, before, &name, at);
    interrupted
}

/// Whatever the run changed can be put back, in the stores in which it stood.
fn undone(place: &Place, before: &Value, name: &str, at: &str) {
    let really = changed(before, &place.scenario());
    let undo = place.simulate(&["undo", name, "--yes"]);
    let now = place.scenario();
    let server_of = |scenario: &Value, name: &str| {
        let servers = scenario["servers"].as_array().expect("servers").iter();
        servers.into_iter().find(|server| server["name"] == name).expect("the server").clone()
    };
    for Key { server, component, requester } in really {
        let (before, now) = (server_of(before, &server), server_of(&now, &server));
        for store in ["local", "remote"] {
            let of = |entry: &Value| entry["requester"] == requester.as_str();
            let stood = before["components"][&component][store].as_array().into_iter().flatten().any(of);
            let entries = now["components"][&component][store].as_array().expect("entries").clone();
            let state = entries.iter().find(|entry| of(entry)).map(|entry| &entry["state"]);
            assert!(
                (state == Some(&json!("Inactive"))) == stood,
                "{at}: {state:?}, {component} {store} on {server}: {} {}",
                undo.stdout,
                undo.stderr
            );
        }
    }
}
