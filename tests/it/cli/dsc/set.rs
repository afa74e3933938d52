//! What a set does, how far it goes, and what a what-if foresees of it.

use serde_json::{Value, json};

use super::{get, instance, messages, run, said, set, what_if};
use crate::support::Place;
use crate::support::shim::Shim;

const OLD: &str = "2026-03-14T02:31:52Z";

#[test]
fn set_makes_it_so_once_and_leaves_a_record() {
    let (place, asked) = (Place::new(), json!({"server": "EX01"}));
    let ran = set(&place, &asked).ends(0);
    let after = instance(&ran);
    assert_eq!((&after["state"], &after["exitCode"]), (&json!("Active"), &json!(0)));
    for component in ["PopProxy", "ImapProxy"] {
        assert!(place.entries(component)[0].iter().all(|it| it.starts_with("HealthApi Active ")), "{component}");
        let command = format!("Set-ServerComponentState -Identity EX01 -Component {component} -Requester HealthApi");
        assert!(said(&ran, "info").iter().any(|it| it.contains(&command)), "{ran}");
    }
    let run = place.newest().expect("a record");
    for command in ["history", "undo"] {
        let command = format!(" relight {command} {run} ");
        assert!(said(&ran, "info").iter().any(|it| format!("{it} ").contains(&command)), "{ran}");
    }
    // A get and a set is what dsc does for a repair: the shell is loaded once for each.
    assert_eq!(said(&ran, "info").iter().filter(|it| it.starts_with("Loading")).count(), 1, "{ran}");
    assert_eq!(instance(&get(&place, &asked).ends(0)), after, "so that nothing but the repair has changed");
    let servers = place.scenario()["servers"].clone();
    assert_eq!(instance(&set(&place, &asked).ends(0)), after);
    assert_eq!(place.scenario()["servers"], servers);
}

#[test]
fn set_goes_no_further_than_the_instance_and_says_what_it_leaves() {
    let only = |requesters: Value| json!({"server": "EX01", "requesters": requesters});
    let none_of = "is none of the requesters of this instance.";
    for (scenario, asked, code, left) in [
        ("maintenance", json!({"server": "EX01"}), 14, format!("Maintenance set PopProxy Inactive, and {none_of}")),
        ("kb-3025138", only(json!(["Maintenance"])), 10, format!("HealthApi set PopProxy Inactive, and {none_of}")),
        ("kb-3025138", only(json!([])), 10, format!("HealthApi set PopProxy Inactive, and {none_of}")),
        (
            "server-wide-offline",
            only(json!(["HealthApi", "Maintenance"])),
            14,
            "Maintenance set ServerWideOffline Inactive, and includeServerWideOffline is not true.".to_owned(),
        ),
        ("unexplained", json!({"server": "EX01"}), 10, "Nothing recorded says why it is Inactive".to_owned()),
    ] {
        let place = Place::of(scenario);
        let before = place.scenario()["servers"].clone();
        let ran = set(&place, &asked).ends(code);
        assert_eq!(instance(&ran)["state"], "Inactive", "{ran}");
        assert_eq!(place.scenario()["servers"], before, "{ran}");
        assert_eq!(said(&ran, "error").len(), 1, "{ran}");
        assert!(said(&ran, "warn").iter().any(|it| it.contains(&left)), "{left}\n{ran}");
        let ran = what_if(&place, &asked).ends(0);
        assert!(said(&ran, "warn").iter().any(|it| it.contains(&left)), "{left}\n{ran}");
    }
    for (scenario, asked) in [
        ("maintenance", only(json!(["Maintenance"]))),
        ("several-requesters", only(json!(["HealthApi", "Maintenance"]))),
        (
            "server-wide-offline",
            json!({"server": "EX01", "requesters": ["Maintenance"], "includeServerWideOffline": true}),
        ),
    ] {
        let place = Place::of(scenario);
        assert_eq!(instance(&set(&place, &asked).ends(0))["state"], "Active", "{scenario}");
    }
}

/// A server that refuses each change with these words.
fn refusing(message: &str) -> Place {
    let when = json!({"op": "set-component-state"});
    let refused = json!({"message": message, "category": "InvalidOperation", "when": when});
    Place::of("kb-3025138").with_faults(json!([{"refused": refused}]))
}

#[test]
fn what_is_left_of_a_maintenance_that_was_ended_is_not_called_planned() {
    let place = Place::of("server-wide-offline");
    place.change(|it| {
        it["servers"][0]["services"] = json!({"MSExchangeImap4": {"state": "Stopped", "startType": "Disabled"}});
    });
    let asked = json!({"server": "EX01", "requesters": ["Maintenance"], "includeServerWideOffline": true});
    let ran = set(&place, &asked).ends(11);
    assert_eq!(instance(&ran)["state"], "Active", "{ran}");
    assert!(said(&ran, "warn").iter().any(|it| it.starts_with("MSExchangeImap4 is left alone: ")), "{ran}");
}

#[test]
fn a_set_that_fails_says_what_exchange_said() {
    let message = "The operation couldn't be performed.";
    let ran = set(&refusing(message), &json!({"server": "EX01"})).ends(30);
    assert_eq!(instance(&ran)["state"], "Inactive");
    let [error] = <[String; 1]>::try_from(said(&ran, "error")).expect("one error");
    assert!(error.starts_with("EX01: CHANGE FAILED: ") && error.contains(message), "{error}");
}

/// A built-in scenario, or one that is like none of them.
fn odd(name: &str) -> Place {
    let entry =
        |requester: &str, state: &str| json!({"local": [{"requester": requester, "state": state, "timestamp": OLD}]});
    let place = match name {
        "a back end alone is stopped" => {
            return Place::new().with_services(&json!({
                "MSExchangePOP3BE": {"state": "Stopped", "startType": "Automatic"}
            }));
        }
        "setup runs beside maintenance" | "Draining below ServerWideOffline" | "services that cannot be read" => {
            Place::of("kb-3025138")
        }
        builtin => return Place::of(builtin),
    };
    place.change(|scenario| {
        let server = &mut scenario["servers"][0];
        match name {
            "setup runs beside maintenance" => {
                server["setupRunning"] = json!(true);
                server["components"]["PopProxy"] = entry("Functional", "Inactive");
                server["components"]["ImapProxy"] = entry("Maintenance", "Inactive");
            }
            "Draining below ServerWideOffline" => {
                server["components"]["ServerWideOffline"] = entry("Maintenance", "Inactive");
                server["components"]["PopProxy"] = entry("Custom", "Draining");
            }
            _ => server["services"] = Value::Null,
        }
    });
    place
}

#[test]
fn what_if_writes_nothing_and_foresees_what_set_does() {
    let all = json!(["HealthApi", "Maintenance", "Functional"]);
    for (scenario, wish) in [
        ("healthy", json!({})),
        ("kb-3025138", json!({})),
        ("maintenance", json!({})),
        ("maintenance", json!({"requesters": all})),
        ("several-requesters", json!({})),
        ("several-requesters", json!({"requesters": all, "components": ["PopProxy"]})),
        ("server-wide-offline", json!({"requesters": all})),
        ("server-wide-offline", json!({"requesters": all, "includeServerWideOffline": true})),
        ("server-wide-draining", json!({"requesters": all, "includeServerWideOffline": true})),
        ("offline-and-inactive", json!({"requesters": all, "includeServerWideOffline": true})),
        ("functional-setup-running", json!({"requesters": all})),
        ("unknown-requester", json!({"requesters": all})),
        ("unexplained", json!({})),
        ("draining", json!({})),
        ("services-stopped", json!({})),
        ("services-stopped", json!({"startServices": "none"})),
        ("registry-unreadable", json!({})),
        ("a back end alone is stopped", json!({})),
        ("setup runs beside maintenance", json!({"requesters": all})),
        ("Draining below ServerWideOffline", json!({"requesters": all, "includeServerWideOffline": true})),
        ("services that cannot be read", json!({})),
    ] {
        let place = odd(scenario);
        let mut asked = wish;
        asked["server"] = json!("EX01");
        let before = place.text();
        let foreseen = instance(&what_if(&place, &asked).ends(0));
        assert_eq!(place.text(), before, "{scenario}");
        assert!(!place.journal_folder().exists(), "{scenario}");
        let ran = set(&place, &asked);
        let came = instance(&ran);
        for property in ["state", "componentStates", "serviceFindings"] {
            assert_eq!(foreseen[property], came[property], "{scenario} {property}\n{ran}");
        }
        assert_eq!(came.get("serviceFindings").is_none(), scenario == "services that cannot be read", "{came}");
        assert!(foreseen.get("exit").is_none() && came.get("_metadata").is_none(), "{foreseen}");
        let foreseen = foreseen["_metadata"]["whatIf"].as_array().cloned().unwrap_or_default();
        let told = said(&ran, "info").into_iter().filter(|it| it.starts_with('[')).collect::<Vec<_>>();
        assert_eq!(told.len(), foreseen.len(), "{ran}");
        for (told, foreseen) in told.iter().zip(&foreseen) {
            assert!(told.contains(foreseen.as_str().expect("text")), "{foreseen}\n{ran}");
        }
    }
}

#[test]
fn what_was_not_sent_is_said_with_its_reason() {
    for (scenario, wish, code, reason) in [
        (
            "setup-beside-maintenance",
            json!(["Maintenance"]),
            14,
            "PLANNED: PopProxy and ImapProxy are Inactive for Maintenance",
        ),
        ("changed-meanwhile", json!(["HealthApi"]), 14, "no longer as it was when this was planned"),
        ("offline-meanwhile", json!(["HealthApi"]), 14, "ServerWideOffline has changed since this was planned"),
    ] {
        let ran = set(&Place::of(scenario), &json!({"server": "EX01", "requesters": wish})).ends(code);
        assert!(said(&ran, "error")[0].contains(reason), "{ran}");
    }
}

#[test]
fn what_is_not_certain_is_said_with_every_state() {
    let place = Place::of("registry-unreadable");
    let asked = json!({"server": "EX01"});
    for ran in [get(&place, &asked).ends(0), what_if(&place, &asked).ends(0), set(&place, &asked).ends(13)] {
        let unread = said(&ran, "warn").into_iter().filter(|it| it.contains("LocalStates is null"));
        assert_eq!(unread.count(), 1, "{ran}");
    }
    let ran = get(&odd("services that cannot be read"), &asked).ends(0);
    assert!(said(&ran, "warn")[0].contains("The services behind POP3 and IMAP4 could not be read"), "{ran}");
    let ran = set(&Place::of("draining"), &asked).ends(0);
    assert_eq!(said(&ran, "warn"), ["EX01: PopProxy is Draining, and relight leaves it so."]);
}

#[test]
fn nothing_on_stdin_consents_to_nothing() {
    let place = Place::new();
    let before = place.text();
    for nothing in ["", "\n"] {
        let ran = run(&place, "set", false, nothing.as_bytes()).ends(2).says_nothing();
        assert!(said(&ran, "error")[0].contains("there is none, and a set needs one"), "{ran}");
        assert_eq!(place.text(), before);
        assert_eq!(instance(&run(&place, "set", true, nothing.as_bytes()).ends(0))["state"], "Active");
    }
    assert_eq!(instance(&run(&place, "set", false, b"{}").ends(0))["state"], "Active");
}

#[test]
fn what_exchange_says_steers_no_terminal() {
    let message = "\u{1b}[31mred\u{7}\n{\"error\":\"forged\"}";
    let ran = set(&refusing(message), &json!({"server": "EX01"})).ends(30);
    assert!(!messages(&ran).contains(&("error".to_owned(), "forged".to_owned())), "{ran}");
    assert!(messages(&ran).iter().any(|(_, text)| text.contains("[31mred")), "{ran}");
}

/// The shell is lost in a change, and another one cannot be had.
#[test]
fn what_nobody_has_looked_at_since_is_no_state() {
    let place = Place::of("kb-3025138").with_faults(json!([{"crash": {"when": {"op": "set-component-state"}}}]));
    let shim = Shim::new(&place);
    shim.start_only_once();
    let words = ["dsc", "set", "--no-wait", "--no-probe", "--call-timeout", "2s"];
    let ran = place
        .relight(&words)
        .arg("--powershell")
        .arg(shim.path())
        .fed(br#"{"server":"EX01","components":["PopProxy"]}"#);
    let ran = ran.ends(31).says_nothing();
    assert!(said(&ran, "error")[0].contains("OUTCOME UNKNOWN: PopProxy is not known to be Active"), "{ran}");
    assert!(
        said(&ran, "warn").iter().any(|it| it.starts_with("In 10 minutes, to settle it: relight resume ")),
        "{ran}"
    );
    assert_eq!(shim.asked("set-component-state"), 1);
}
