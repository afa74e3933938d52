//! docs/SCENARIOS.md stays true: every example in it can be played, and nothing that can be played is missing from it.

use serde::de::DeserializeOwned;

use super::builtin::scenarios;
use super::fault::{Fault, Malformed};
use super::parse::parse;
use super::scenario::Shape;
use super::selector::Op;

const MANUAL: &str = include_str!("../../../docs/SCENARIOS.md");

/// The names an enumeration takes in JSON, as the parser lists them when it meets another.
fn names<T: DeserializeOwned>() -> Vec<String> {
    let Err(error) = serde_json::from_str::<T>("\"no such name\"") else { return Vec::new() };
    let said = error.to_string();
    let (_, list) = said.split_once("expected").expect("a list of names");
    list.split('`').skip(1).step_by(2).map(str::to_owned).collect()
}

/// What stands between backticks in the manual.
fn spans() -> Vec<&'static str> {
    MANUAL.lines().filter(|line| !line.starts_with("```")).flat_map(|line| line.split('`').skip(1).step_by(2)).collect()
}

#[test]
fn every_fault_and_every_kind_is_in_the_manual() {
    let faults = names::<Fault>();
    assert!(faults.len() > 15 && faults.contains(&"32-bit".to_owned()), "{faults:?}");
    for fault in faults {
        let start = format!("{{\"{fault}\": ");
        assert!(spans().iter().any(|span| span.starts_with(&start)), "no example of {fault}");
    }
    let kinds = [names::<Malformed>(), names::<Op>(), names::<Shape>()];
    for kind in kinds.concat() {
        let quoted = format!("\"{kind}\"");
        assert!(spans().iter().any(|span| *span == kind || span.contains(&quoted)), "{kind} is not in the manual");
    }
}

#[test]
fn every_example_in_the_manual_can_be_played() {
    let examples = spans().into_iter().filter(|span| span.starts_with("{\"")).collect::<Vec<_>>();
    for example in &examples {
        let servers = r#""scenario":"relight/scenario/1.0","servers":[{"name":"EX01"},{"name":"EX02"}]"#;
        if let Err(error) = parse(&format!("{{{servers},\"faults\":[{example}]}}"), example) {
            panic!("{error}");
        }
    }
    let blocks = MANUAL.split("```json\n").skip(1).filter_map(|rest| rest.split_once("```")).collect::<Vec<_>>();
    for (block, _) in &blocks {
        if let Err(error) = parse(block, "docs/SCENARIOS.md") {
            panic!("{error}");
        }
    }
    assert!(!blocks.is_empty() && !examples.is_empty());
}

#[test]
fn the_manual_lists_the_built_in_scenarios() {
    let table = scenarios().iter().map(|it| format!("| `{}` | {} |\n", it.name, it.summary)).collect::<String>();
    assert!(MANUAL.contains(&table), "docs/SCENARIOS.md should have this table:\n{table}");
}
