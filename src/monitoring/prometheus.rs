//! For Prometheus: the text format, as the textfile collectors of node_exporter and windows_exporter read it. No sample has a
//! time of its own, which they refuse.

use std::fmt::Write;

use jiff::Timestamp;

use crate::domain::{Component, Run};

use super::active::{is_complete, seen};

/// The metrics of a check that ended then. What is not known has no sample.
pub fn prometheus(run: &Run, components: &[Component], ended: Timestamp) -> String {
    let all = run.servers.iter().flat_map(|server| seen(server, components));
    let known = all.filter_map(|seen| {
        let labels = [("server", seen.server.server().as_str()), ("component", seen.component.as_str())];
        Some((labels, seen.active?))
    });
    let mut text = String::new();
    head(
        &mut text,
        "relight_component_active",
        "Whether Exchange reports the component Active; nothing where not known.",
    );
    for (labels, active) in known {
        let labels = labels.map(|(name, value)| format!("{name}=\"{}\"", escaped(value))).join(",");
        sample(&mut text, &format!("relight_component_active{{{labels}}}"), i64::from(active));
    }
    end(text, is_complete(run, components), ended)
}

/// The same of a check that failed before there was anything to see.
pub fn prometheus_failure(ended: Timestamp) -> String {
    end(String::new(), false, ended)
}

fn end(mut text: String, success: bool, ended: Timestamp) -> String {
    head(&mut text, "relight_check_success", "Whether the last check saw everything that it was asked for.");
    sample(&mut text, "relight_check_success", i64::from(success));
    head(&mut text, "relight_last_check_timestamp_seconds", "When the last check ended, in seconds since 1970 (UTC).");
    sample(&mut text, "relight_last_check_timestamp_seconds", ended.as_second());
    text
}

fn head(text: &mut String, name: &str, help: &str) {
    let _never_fails = write!(text, "# HELP {name} {help}\n# TYPE {name} gauge\n");
}

fn sample(text: &mut String, name: &str, value: i64) {
    let _never_fails = writeln!(text, "{name} {value}");
}

/// As the value of a label is written.
fn escaped(value: &str) -> String {
    value.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_label_may_have_anything_in_it() {
        assert_eq!(escaped("a\"b\\c\nd \u{fc}"), "a\\\"b\\\\c\\nd \u{fc}");
    }
}
