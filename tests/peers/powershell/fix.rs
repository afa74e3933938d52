//! Changing: every inactive entry once, under the requester that was read, confirmed by a fresh look; what may not or cannot
//! be set Active is left alone and said.

use std::io::{Read, Write};
use std::net::TcpListener;

use serde_json::{Value, json};

use super::exchange::{inactive_by, kb, kb_server, server, text};
use crate::support::Ran;
use crate::support::double::{NEW, OLD, Setup, entry, with};

crate::trials![Pwsh =>
    both_proxies_are_set_active_in_one_shell_and_a_fresh_look_confirms_it,
    each_server_takes_its_own_course_and_none_stops_the_others,
    the_monitor_of_a_real_shell_tells_whether_the_cause_is_gone,
    a_change_that_is_denied_or_lost_says_what_to_do,
    after_a_fix_the_ports_that_exchange_has_bound_are_looked_at,
];

fn the_monitor_of_a_real_shell_tells_whether_the_cause_is_gone() {
    for (alert, time, verdict) in [
        ("Healthy", "now", "healthy"),
        ("Healthy", "2026-03-14T02:31:40Z", "notJudged"),
        ("Unhealthy", "now", "notJudged"),
    ] {
        let mut one = server("EX01", json!({"PopProxy": inactive_by(&["HealthApi"])}));
        one["health"] = json!([{
            "Name": "PopProxyTestMonitor", "HealthSetName": "POP.Proxy", "AlertValue": alert, "LastExecutionTime": time,
        }]);
        let setup = Setup::new(&json!({"servers": [one]}));
        let ended = setup.run(&["fix", "--yes", "--server", "EX01", "--format", "json"]).ends(0);
        assert_eq!(ended.server("EX01")["monitors"][0]["verdict"], verdict, "{alert} {time}");
    }
}

fn verdicts(ended: &Ran, server: &str) -> Vec<(String, String)> {
    let server = ended.server(server);
    let verdict = |it: &Value| {
        let why = it["reasons"].as_array().unwrap().first().map(|reason| text(&reason["kind"])).unwrap_or_default();
        (text(&it["component"]), if why.is_empty() { text(&it["verdict"]) } else { why })
    };
    server["verdicts"].as_array().unwrap().iter().map(verdict).collect()
}

fn pop(verdict: &str) -> Vec<(String, String)> {
    vec![("PopProxy".into(), verdict.into())]
}

fn both_proxies_are_set_active_in_one_shell_and_a_fresh_look_confirms_it() {
    // Casing differs between the article and the product; what was read is what is sent.
    let both = |requester: &str| json!({"local": [entry(requester, "Inactive", OLD)], "remote": [entry(requester, "Inactive", OLD)]});
    let state = json!({
        "load": ["noise"],
        "servers": [server("EX01", json!({"PopProxy": both("HealthAPI"), "ImapProxy": both("healthapi")}))],
    });
    let setup = Setup::new(&state);
    let ended = setup.run(&["fix", "--yes", "--server", "EX01"]).ends(0);
    assert!(ended.has("ACTIVE: PopProxy and ImapProxy are Active again.") && ended.has("both stores"), "{ended:?}");
    assert_eq!(setup.sets(), [["EX01", "PopProxy", "HealthAPI"], ["EX01", "ImapProxy", "healthapi"]]);

    let log = setup.log();
    let count = |what: &str| log.iter().filter(|entry| entry["what"] == what).count();
    assert_eq!((count("load"), count("connect")), (1, 1), "one load, whatever the number of components and steps");
    assert!(log.iter().all(|entry| entry["pid"] == log[0]["pid"]), "and one process");
    let last = log.iter().rposition(|entry| entry["what"] == "Set-ServerComponentState").unwrap();
    let why = log.iter().position(|entry| entry["what"] == "Get-ExchangeCertificate").unwrap();
    assert!(last < why, "clients come before the question why");
    let looks = log[last..why].iter().filter(|entry| entry["what"] == "Get-ServerComponentState").count();
    assert_eq!(looks, 3, "both proxies and ServerWideOffline are looked at again");
    let again = setup.run(&["check", "--server", "EX01", "-q"]);
    assert_eq!((again.code, setup.shells().len()), (0, 2), "{again:?}");
}

/// Servers on which a change takes a different course each.
fn courses() -> (Value, [(&'static str, i64); 8]) {
    let one = |name: &str| server(name, json!({"PopProxy": inactive_by(&["HealthApi"])}));
    let three = json!({"PopProxy": {
        "local": [entry("HealthApi", "Inactive", OLD), entry("Maintenance", "Inactive", OLD)],
        "remote": [entry("Sidelined", "Inactive", NEW), entry("Functional", "Active", NEW)],
    }});
    let offline = json!({"PopProxy": inactive_by(&["HealthApi"]), "ServerWideOffline": inactive_by(&["Maintenance"])});
    let servers = [
        server("MANY", three),
        server("OFFLINE", offline),
        one("PLAIN"),
        one("DENIED"),
        one("LOST"),
        one("FLIPS"),
        server("REFUSED", kb()),
        one("DOWN"),
    ];
    let faults = json!([
        {"kind": "accessDenied", "on": "set", "server": "DENIED"},
        {"kind": "lostRegistryWrite", "server": "LOST"},
        {"kind": "flipBack", "server": "FLIPS", "reads": 0},
        {"kind": "refused", "on": "set", "server": "REFUSED", "component": "PopProxy"},
        {"kind": "unreachable", "on": "get", "server": "DOWN"},
    ]);
    let exits = [
        ("MANY", 14),
        ("OFFLINE", 14),
        ("PLAIN", 0),
        ("DENIED", 21),
        ("LOST", 32),
        ("FLIPS", 32),
        ("REFUSED", 30),
        ("DOWN", 23),
    ];
    (json!({"servers": servers, "faults": faults}), exits)
}

fn each_server_takes_its_own_course_and_none_stops_the_others() {
    let (state, expected) = courses();
    let setup = Setup::new(&state);
    let names = expected.map(|(name, _)| name).join(",");
    let ended =
        setup.run(&["fix", "--yes", "--format", "json", "--jobs", "1", "--max-failed", "99", "--server", &names]);
    assert_eq!(ended.exits(), expected.map(|(name, exit)| (name.to_owned(), exit)), "{ended:?}");
    assert_eq!((ended.code, setup.shells().len()), (30, 1));
    let sent = ["PLAIN", "DENIED", "LOST", "FLIPS", "REFUSED"].map(|name| [name, "PopProxy", "HealthApi"]);
    let [plain, denied, lost, flips, refused] = sent;
    assert_eq!(setup.sets(), [plain, denied, lost, flips, refused, ["REFUSED", "ImapProxy", "HealthApi"]]);

    assert_eq!(verdicts(&ended, "PLAIN"), pop("confirmed"));
    assert_eq!(verdicts(&ended, "LOST"), pop("registryWriteLost"));
    assert_eq!(verdicts(&ended, "FLIPS"), pop("setAgain"));
    let [(_, stays), (_, other)] = verdicts(&ended, "REFUSED").try_into().unwrap();
    assert_eq!((stays.as_str(), other.as_str()), ("notWritten", "confirmed"), "another component goes on");
    let left = |name: &str| {
        let left = ended.server(name)["decision"]["left"].clone();
        let told = |obstacle: &Value| {
            let entry = &obstacle["entry"];
            [&obstacle["kind"], &entry["component"], &entry["requester"]].map(text).join(" ")
        };
        left[0]["obstacles"].as_array().unwrap().iter().map(told).collect::<Vec<_>>()
    };
    let many = ["requesterNotAllowed PopProxy Maintenance", "requesterNotAllowed PopProxy Sidelined"];
    assert_eq!(left("MANY"), many, "{ended:?}");
    let offline = ["ownConsent ServerWideOffline Maintenance", "requesterNotAllowed ServerWideOffline Maintenance"];
    assert_eq!(left("OFFLINE"), offline, "{ended:?}");

    // With leave, the two that were left alone are set Active: one Set per entry, and ServerWideOffline last.
    let wider = ["fix", "--yes", "--format", "json", "--server", "MANY,OFFLINE", "--requester", "any"];
    let ended = setup.run(&[&wider[..], &["--include-server-wide-offline"]].concat()).ends(0);
    let (mut many, offline): (Vec<_>, Vec<_>) = setup.sets().split_off(6).into_iter().partition(|set| set[0] == "MANY");
    many.sort();
    assert_eq!(many, ["HealthApi", "Maintenance", "Sidelined"].map(|requester| ["MANY", "PopProxy", requester]));
    assert_eq!(offline, [["OFFLINE", "PopProxy", "HealthApi"], ["OFFLINE", "ServerWideOffline", "Maintenance"]]);
    assert_eq!(verdicts(&ended, "MANY"), pop("confirmed"));
    assert!(verdicts(&ended, "OFFLINE").contains(&("PopProxy".into(), "confirmed".into())), "{ended:?}");
}

fn a_change_that_is_denied_or_lost_says_what_to_do() {
    let denied = with(kb_server(), "faults", json!([{"kind": "accessDenied", "on": "set"}]));
    let setup = Setup::new(&denied);
    let ended = setup.run(&["fix", "--yes", "--server", "EX01", "--component", "PopProxy"]).ends(21);
    assert!(ended.has("Access is denied") && ended.has("Organization Management"), "{ended:?}");

    let setup = Setup::new(&with(kb_server(), "faults", json!([{"kind": "lostRegistryWrite"}])));
    let ended = setup.run(&["fix", "--yes", "--server", "EX01", "--component", "PopProxy"]).ends(32);
    assert!(ended.has("the registry does not (MSExchangeHM, which would copy it, does not run)"), "{ended:?}");
}

/// A port on loopback that greets each client, or cuts it off.
fn peer(greets: bool) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    std::thread::spawn(move || {
        for mut client in listener.incoming().flatten() {
            if greets {
                let _gone = client.write_all(b"+OK The Microsoft Exchange POP3 service is ready.\r\n");
                // Until the client has said good-bye.
                let _gone = client.read_to_end(&mut Vec::new());
            }
        }
    });
    port
}

fn after_a_fix_the_ports_that_exchange_has_bound_are_looked_at() {
    for (greets, code, standing) in [(true, 0, "notKnown"), (false, 32, "notServed")] {
        let port = peer(greets);
        let mut here = server("localhost", json!({"PopProxy": inactive_by(&["HealthApi"])}));
        here["fqdn"] = json!("localhost");
        here["settings"] =
            json!({"POP3": {"certificate": "localhost", "plain": [format!("127.0.0.1:{port}")], "tls": []}});
        let setup = Setup::new(&json!({"servers": [here]}));
        let args =
            ["fix", "--yes", "--no-wait", "--format", "json", "--component", "PopProxy", "--server", "localhost"];
        let ended = setup.clean(setup.connected(&args).run()).ends(code);
        let clients = &ended.server("localhost")["clients"][0];
        // Over loopback a banner proves nothing, and a close without one proves enough.
        assert_eq!((&clients["standing"], &clients["ports"][0]["port"]), (&json!(standing), &json!(port)), "{ended:?}");
        assert_eq!(setup.sets(), [["localhost", "PopProxy", "HealthApi"]]);
    }
}
