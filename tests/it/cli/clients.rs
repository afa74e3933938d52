//! What clients meet, beside what Exchange says: looked at after a fix, waited for, and told apart.

use serde_json::{Value, json};

use crate::support::{Place, relight};

/// The default fault, in which a service follows its component so late that no run waits for it.
fn never_follows() -> Place {
    Place::of("kb-3025138").with_faults(json!([{"slow-to-follow": {"milliseconds": 3_600_000}}]))
}

#[test]
fn active_in_exchange_is_told_from_confirmed_by_clients() {
    let confirmed = "POP3: Active in Exchange, clients confirmed at once.";
    relight("fix --yes --simulate").run().ends(0).says("POP3 and IMAP4 clients are served.").says("POP3 port 110: +OK");
    relight("fix --yes -v --simulate")
        .run()
        .ends(0)
        .says(confirmed)
        .says("+OK The Microsoft Exchange POP3 service is ready.");
    let place = never_follows();
    relight("fix --yes -v --no-wait")
        .simulate(&place)
        .run()
        .ends(32)
        .says("PopProxy and ImapProxy are Active, but POP3 and IMAP4 clients are turned away.")
        .says("POP3: Active in Exchange, clients still turned away right after the change.")
        .says("To look again: relight check EX01")
        .says("--probe");
}

#[test]
fn the_wait_ends_with_its_time_and_says_what_is_known() {
    let place = never_follows();
    let ran = relight("fix --yes --wait 1s -q").simulate(&place).run().ends(32);
    ran.says("NOT CONFIRMED: PopProxy and ImapProxy are Active, but POP3 and IMAP4 clients are turned away.");
}

#[test]
fn a_check_looks_at_clients_only_when_asked() {
    relight("check -v --simulate").run().ends(10).never_says("What clients meet");
    let turned_away = "POP3: clients are turned away. Port 110: closed without a banner, the blank screen in telnet.";
    relight("check --probe -v --simulate").run().ends(10).says(turned_away);
    let met = "What a client met: POP3 and IMAP4: closed without a banner.";
    relight("check --probe --simulate").run().ends(10).says(met);
    relight("check --simulate").run().ends(10).never_says("client met");
    relight("check --probe --simulate services-stopped").run().ends(10).says("What a client met: POP3: refused.");
    relight("check --probe --simulate healthy").run().ends(0).says("POP3 and IMAP4 clients are served.");
    relight("check --probe -v --simulate healthy").run().ends(0).says("IMAP4: clients get a banner.");
}

#[test]
fn a_port_is_refused_where_the_service_does_not_run() {
    let ran = relight("check --probe -v --simulate services-stopped").run().ends(10);
    ran.says("Port 110: refused: nothing listens there.").says("IMAP4");
    relight("fix --yes --simulate services-stopped").run().ends(0).says("POP3 clients are served.");
    // Nobody waits for a service that nobody starts.
    let ran = relight("fix --yes --start-services none --simulate services-stopped").run().ends(11);
    ran.says("clients not confirmed right after the change. Port 110: refused");
}

#[test]
fn an_error_text_before_the_close_is_no_inactive_proxy() {
    let ran = relight("check --probe --simulate too-many-connections").run().ends(0);
    ran.says("POP3: it is not confirmed that clients are served.")
        .says("too many connections, or what it says. That is not the fault of KB 3025138. -ERR Too many connections.")
        .never_says("blank screen");
}

#[test]
fn an_ssl_port_without_a_certificate_that_fits_is_told_from_an_inactive_proxy() {
    let ran = relight("check --probe --simulate ssl-port-without-certificate").run().ends(10);
    ran.says("NOT OK: POP3 clients are not served.")
        .says("POP3: clients are turned away at port 995.")
        .says("Port 995: accepts and closes, while port 110 gives a banner: not an Inactive proxy, but an SSL port")
        .says("X509CertificateName is pop.contoso.local: install a certificate for it")
        .never_says("blank screen");
    let scenario = json!({
        "scenario": "relight/scenario/1.0",
        "servers": [{
            "name": "EX01",
            "evidence": {"PopProxy": {"certificateName": "pop.contoso.local", "certificateNames": ["EX01"]}},
            "components": {"PopProxy": {"local": [
                {"requester": "HealthApi", "state": "Inactive", "timestamp": "2026-03-14T02:31:52Z"},
            ]}},
        }],
    });
    let place = Place::from_text(&scenario.to_string());
    let ran = relight("check --probe -v").simulate(&place).run().ends(10);
    // Both ports close: that is the fault that is looked for.
    ran.says("POP3: clients are turned away. Port 110: closed without a banner")
        .says("Port 995: closed without a banner");
}

#[test]
fn the_back_end_is_looked_at_on_this_server_and_said_where_it_tells_something() {
    let scenario = |back_end: &str| {
        let entry = json!({"requester": "HealthApi", "state": "Inactive", "timestamp": "2026-03-14T02:31:52Z"});
        let components = json!({"PopProxy": {"local": [entry]}});
        let services = json!({"MSExchangePOP3BE": {"state": back_end, "startType": "Automatic"}});
        let servers = json!([
            {"name": "EX01", "services": services, "components": components},
            {"name": "EX02", "components": components},
        ]);
        Place::from_text(&json!({"scenario": "relight/scenario/1.0", "servers": servers}).to_string())
    };
    let check = |place: &Place, words: &str| relight("check --probe -v").args(words).simulate(place).run().ends(10);
    let running = scenario("Running");
    check(&running, "")
        .says("Port 1995 of the back end (MSExchangePOP3BE): a banner, so that the fault is in front of it.");
    // Where all is well nobody is told.
    relight("check --probe --simulate healthy").run().ends(0).never_says("back end");
    let refused =
        "Port 1995 of the back end (MSExchangePOP3BE): refused: the front end has nobody to hand its clients to.";
    check(&scenario("Stopped"), "").says(refused);
    let document = check(&running, "--server EX01,EX02 --format json").json();
    let port = |server: usize| document["servers"][server]["clients"][0]["backEnd"]["port"].clone();
    assert_eq!((port(0), port(1)), (json!(1995), Value::Null), "only on the very server");
}

#[test]
fn nothing_is_connected_to_where_that_is_not_wanted_or_nothing_was_changed() {
    relight("fix --yes --no-probe -v --simulate").run().ends(0).never_says("What clients meet");
    relight("fix --yes -v --simulate maintenance").run().ends(14).never_says("What clients meet");
    relight("fix --yes -v --simulate access-denied").run().ends(21).never_says("What clients meet");
}

#[test]
fn the_document_has_each_port_and_where_it_is_simulated() {
    let ran = relight("fix --yes --simulate --format json").run().ends(0);
    let clients = &ran.json()["servers"][0]["clients"];
    let told = |key: &str| clients.as_array().expect("a list").iter().map(|it| it[key].clone()).collect::<Vec<_>>();
    assert_eq!(told("protocol"), ["pop3", "imap4"]);
    assert_eq!((told("standing"), told("afterSeconds")), (vec![json!("served"); 2], vec![json!(0); 2]));
    let port = &clients[1]["ports"][0];
    assert_eq!((&port["host"], &port["port"]), (&json!("EX01.contoso.local"), &json!(143)));
    let at = port["simulatedAt"].as_str().expect("an address");
    assert!(at.starts_with("127.0.0.1:"), "{port:#}");
    assert_eq!(
        relight("fix --yes --no-probe --simulate --format json").run().json()["servers"][0]["clients"],
        Value::Array(vec![])
    );
}

#[test]
fn the_clients_of_several_servers_are_told_each_with_its_own_server() {
    let ran = relight("check --probe --server EX01,EX02 --simulate two-servers --format json").run().ends(10);
    let document = ran.json();
    for (at, standings) in [(0, ["notServed", "notServed"]), (1, ["served", "served"])] {
        let server = &document["servers"][at];
        let clients = server["clients"].as_array().expect("a list");
        assert_eq!(clients.iter().map(|it| &it["standing"]).collect::<Vec<_>>(), standings, "{server:#}");
        for port in clients.iter().flat_map(|it| it["ports"].as_array().expect("ports")) {
            assert_eq!(port["host"], format!("{}.contoso.local", server["server"].as_str().expect("a name")));
        }
    }
}

#[test]
fn wait_and_no_wait_contradict_each_other() {
    relight("fix --wait 5s --no-wait --simulate").run().ends(2).tells("cannot be used with");
    // A preview has nothing to watch.
    relight("fix --watch 6m --dry-run --simulate").run().ends(10);
}
