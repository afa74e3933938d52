//! The array that Zabbix discovers items by.

use serde_json::{Value, json};

use crate::support::{Place, relight};

fn item(server: &str, component: &str, active: Option<u8>) -> Value {
    let mut item = json!({"{#SERVER}": server, "{#COMPONENT}": component});
    if let Some(active) = active {
        item["active"] = json!(active);
    }
    item
}

#[test]
fn the_array_is_one_line_with_an_item_for_each_component() {
    let ran = relight("check --format zabbix --simulate").run().ends(10);
    let expected = r#"[{"{#SERVER}":"EX01","{#COMPONENT}":"PopProxy","active":0},{"{#SERVER}":"EX01","{#COMPONENT}":"ImapProxy","active":0}]"#;
    assert_eq!(ran.stdout, format!("{expected}\n"));
    let one = relight("check --format zabbix --component PopProxy --simulate healthy").run().ends(0);
    assert_eq!(one.json(), json!([item("EX01", "PopProxy", Some(1))]));
    let two = relight("check EX02 EX01 --format zabbix --component ImapProxy --simulate two-servers").run().ends(10);
    assert_eq!(two.json(), json!([item("EX02", "ImapProxy", Some(1)), item("EX01", "ImapProxy", Some(0))]));
}

#[test]
fn what_is_not_known_keeps_its_item_and_has_no_value() {
    let ran = relight("check EX01 EX02 --format zabbix --component PopProxy --simulate server-down").run().ends(23);
    assert_eq!(ran.json(), json!([item("EX01", "PopProxy", Some(0)), item("EX02", "PopProxy", None)]));
    let ran = relight("check --format zabbix --component PopProxy --simulate registry-unreadable").run().ends(13);
    assert_eq!(ran.json(), json!([item("EX01", "PopProxy", None)]));
    let ran = relight("check --format zabbix --component PopProxy --simulate draining").run();
    assert_eq!(ran.json(), json!([item("EX01", "PopProxy", Some(0))]), "Draining is not Active");
}

#[test]
fn a_run_that_fails_has_no_array_that_would_take_items_away() {
    relight("check --format zabbix --simulate failed-load").run().ends(20).says_nothing().tells("error: ");
}

#[test]
fn a_name_of_any_script_is_told_in_ascii() {
    let place = Place::new();
    place.change(|scenario| scenario["servers"][0]["name"] = json!("M\u{fc}nchen1"));
    let ran = relight("check --format zabbix --component PopProxy").simulate(&place).run().ends(10);
    assert!(ran.stdout.is_ascii(), "{ran}");
    assert_eq!(ran.json(), json!([item("M\u{fc}nchen1", "PopProxy", Some(0))]));
}
