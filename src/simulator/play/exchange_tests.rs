//! The rules of the simulated organisation, as tables.

use proptest::prelude::*;

use super::*;
use crate::simulator::format::parse;

const NOW: &str = "2026-03-14T03:00:00Z";

fn entries(list: &[(&str, &str, u32)]) -> serde_json::Value {
    let entry = |(requester, state, minute): &(&str, &str, u32)| {
        let timestamp = format!("2026-03-14T02:{minute:02}:00Z");
        serde_json::json!({"requester": requester, "state": state, "timestamp": timestamp})
    };
    list.iter().map(entry).collect()
}

/// EX01 with these components; the clock stands at [`NOW`].
fn exchange(components: serde_json::Value) -> Exchange {
    let scenario = serde_json::json!({
        "scenario": "relight/scenario/1.0", "now": NOW,
        "servers": [
            {"name": "EX01", "components": components},
            {"name": "EX10", "version": "Version 14.3 (Build 513.0)"},
        ],
    });
    Exchange::new(parse(&scenario.to_string(), "test").expect("a scenario"))
}

fn state(exchange: &Exchange, component: &str) -> String {
    exchange.read("EX01", component, true).expect("a reading").state.name().to_owned()
}

#[test]
fn the_effective_state_follows_the_rules() {
    let old = ("HealthApi", "Inactive", 1);
    for (local, remote, expected) in [
        (vec![], vec![], "Active"),
        (vec![old], vec![], "Inactive"),
        (vec![], vec![old], "Inactive"),
        (vec![("HealthApi", "Active", 2)], vec![old], "Active"),
        (vec![old], vec![("healthapi", "Active", 2)], "Active"),
        (vec![("HealthApi", "Active", 1)], vec![old], "Active"),
        (vec![old, ("Maintenance", "Active", 9)], vec![], "Inactive"),
        (vec![("Maintenance", "Draining", 1), ("HealthApi", "Active", 9)], vec![], "Draining"),
        (vec![("4", "Inactive", 1)], vec![], "Inactive"),
    ] {
        let exchange =
            exchange(serde_json::json!({"PopProxy": {"local": entries(&local), "remote": entries(&remote)}}));
        assert_eq!(state(&exchange, "popproxy"), expected, "{local:?} {remote:?}");
    }
}

#[test]
fn defaults_overrides_and_a_registry_that_cannot_be_read() {
    let exchange = exchange(serde_json::json!({
        "ImapProxy": {"state": "Inactive"},
        "PopProxy": {"local": entries(&[("HealthApi", "Inactive", 1)])},
        "OwaProxy": {"local": null, "remote": entries(&[("Maintenance", "Inactive", 1)])},
    }));
    assert_eq!(state(&exchange, "EcpProxy"), "Active");
    assert_eq!(state(&exchange, "ForwardSyncDaemon"), "Inactive");
    assert_eq!(state(&exchange, "ImapProxy"), "Inactive");
    assert_eq!(state(&exchange, "OwaProxy"), "Inactive");
    let unreadable = exchange.read("EX01", "PopProxy", false).expect("a reading");
    assert_eq!((unreadable.state, unreadable.local, unreadable.remote), (State::Active, None, Some(Vec::new())));
}

#[test]
fn server_wide_offline_pulls_others_down_and_leaves_their_lists_empty() {
    for how in ["Inactive", "Draining"] {
        let offline = entries(&[("Maintenance", how, 1)]);
        let exchange = exchange(serde_json::json!({"ServerWideOffline": {"local": offline, "remote": offline}}));
        assert_eq!(state(&exchange, "ServerWideOffline"), how);
        assert_eq!(state(&exchange, "Monitoring"), "Active");
        let pop = exchange.read("EX01", "PopProxy", true).expect("a reading");
        assert_eq!((pop.state, pop.server_wide_offline, pop.local), (State::Inactive, true, Some(Vec::new())));
    }
}

#[test]
fn set_writes_the_directory_and_then_the_registry_and_keeps_the_spelling() {
    let stored = entries(&[("HealthAPI", "Inactive", 31)]);
    let mut exchange = exchange(serde_json::json!({"PopProxy": {"local": stored}}));
    exchange.write("ex01.contoso.local", "POPPROXY", "healthapi", "active", Stores::BOTH).expect("written");
    let pop = exchange.read("EX01", "PopProxy", true).expect("a reading");
    let shown = |entries: Option<Vec<SimulatedEntry>>| {
        let [entry] = &entries.expect("a list")[..] else { panic!("one entry") };
        (entry.requester.clone(), entry.state.clone(), entry.timestamp.to_string())
    };
    assert_eq!(shown(pop.remote), ("healthapi".into(), "Active".into(), NOW.into()));
    assert_eq!(shown(pop.local), ("HealthAPI".into(), "Active".into(), "2026-03-14T03:00:00.092Z".into()));
    assert_eq!(pop.state, State::Active);
}

#[test]
fn set_under_another_requester_adds_an_entry_and_changes_nothing() {
    let mut exchange = exchange(serde_json::json!({"PopProxy": {"local": entries(&[("HealthApi", "Inactive", 1)])}}));
    for junk in ["Maintenance", "4"] {
        exchange.write("EX01", "PopProxy", junk, "Active", Stores::BOTH).expect("accepted");
    }
    let pop = exchange.read("EX01", "PopProxy", true).expect("a reading");
    assert_eq!((pop.state, pop.local.map(|local| local.len())), (State::Inactive, Some(3)));
}

#[test]
fn a_registry_that_cannot_be_read_cannot_be_written_and_nobody_says_so() {
    let mut exchange = exchange(serde_json::json!({"PopProxy": {"local": null}}));
    exchange.write("EX01", "PopProxy", "HealthApi", "Active", Stores::BOTH).expect("silent");
    let pop = exchange.read("EX01", "PopProxy", true).expect("a reading");
    assert_eq!((pop.local, pop.remote.map(|remote| remote.len())), (None, Some(1)));
}

#[test]
fn what_cannot_be_is_refused_with_the_error_of_the_cmdlet() {
    let mut exchange = exchange(serde_json::json!({}));
    for (server, component, requester, state, category, kind) in [
        ("EX09", "PopProxy", "HealthApi", "Active", "ObjectNotFound", "ManagementObjectNotFoundException"),
        ("EX01", "PopPorxy", "HealthApi", "Active", "InvalidArgument", "ArgumentException"),
        ("EX10", "PopProxy", "HealthApi", "Active", "InvalidOperation", "InvalidOperationException"),
        ("EX01", "PopProxy", "HealthApl", "Active", "InvalidData", "ParameterBindingException"),
        ("EX01", "PopProxy", "HealthApi", "On", "InvalidData", "ParameterBindingException"),
    ] {
        let error = exchange.write(server, component, requester, state, Stores::BOTH).expect_err("refused");
        assert_eq!(error.category.as_deref(), Some(category), "{error:?}");
        assert!(error.kind.is_some_and(|full| full.ends_with(kind)), "{kind}");
    }
    assert_eq!(exchange.to_scenario(), exchange.scenario().clone());
}

prop_compose! {
    fn arbitrary_entries()
        (list in prop::collection::vec((0..6_usize, 0..3_usize, 0..60_u32), 0..6)) -> serde_json::Value
    {
        let requesters = ["HealthApi", "healthAPI", "Maintenance", "Functional", "Sidelined", "Deployment"];
        let states = ["Active", "Inactive", "Draining"];
        entries(&list.iter().map(|&(r, s, m)| (requesters[r], states[s], m)).collect::<Vec<_>>())
    }
}

proptest! {
    #[test]
    fn setting_every_inactive_entry_active_makes_the_component_active(
        local in arbitrary_entries(),
        remote in arbitrary_entries(),
    ) {
        let mut exchange = exchange(serde_json::json!({"PopProxy": {"local": local, "remote": remote}}));
        let pop = exchange.read("EX01", "PopProxy", true).expect("a reading");
        let store = |entries: Option<Vec<SimulatedEntry>>| {
            StoreReading::of(entries.iter().flatten().map(SimulatedEntry::to_entry).collect())
        };
        let inactive = reconcile(&store(pop.local), &store(pop.remote)).deciding.into_iter()
            .filter(|entry| entry.state != State::Active);
        for entry in inactive {
            prop_assert_ne!(state(&exchange, "PopProxy"), "Active");
            exchange.write("EX01", "PopProxy", entry.requester.as_str(), "Active", Stores::BOTH).expect("written");
        }
        prop_assert_eq!(state(&exchange, "PopProxy"), "Active");
    }

    #[test]
    fn a_scenario_survives_being_written_and_read(
        local in arbitrary_entries(),
        remote in prop::option::of(arbitrary_entries()),
        description in "\\PC*",
        requester in "\\PC+",
        shape in prop::sample::select(vec!["objects", "flattened", "flattened2013"]),
        nth in 1..9_u32,
    ) {
        let odd = serde_json::json!([{"requester": requester, "state": "Gone", "timestamp": NOW}]);
        let json = serde_json::json!({
            "scenario": "relight/scenario/1.0", "description": description, "now": NOW, "shape": shape,
            "servers": [{"name": "EX01", "setupRunning": nth % 2 == 0, "components": {
                "PopProxy": {"local": local, "remote": remote},
                "X": {"state": "Draining", "local": odd},
            }}],
            "faults": [{"hang": {"effect": "after", "when": {"op": "connect", "nth": nth}}}, {"32-bit": {}}],
        });
        let scenario = parse(&json.to_string(), "test").expect("a scenario");
        let again = serde_json::to_string_pretty(&scenario).expect("JSON");
        prop_assert_eq!(parse(&again, "again").expect("a scenario"), scenario);
    }
}
