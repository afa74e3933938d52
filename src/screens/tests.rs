//! The texts, as an admin reads them: every kind of report at 80 columns, in ASCII, without colour.

use crate::screens::fixtures::{reports, show};

use proptest::prelude::*;

use crate::domain::{Policy, RunCommand, TroubleKind};
use crate::screens::fixtures::{held, looked, run, snapshot, trouble};

use super::{Show, report, summary};

fn plain(text: &str) -> String {
    anstream::adapter::strip_str(text).to_string()
}

fn assert_fits_a_console(name: &str, text: &str, width: usize) {
    for line in text.lines() {
        assert!(line.chars().count() <= width, "{name}: wider than {width}: {line}");
        assert!(line.is_ascii(), "{name}: not ASCII: {line}");
        assert!(!line.chars().any(char::is_control), "{name}: control character: {line:?}");
        assert!(!line.ends_with(' '), "{name}: trailing space: {line:?}");
    }
    assert!(!text.contains("\n\n\n"), "{name}: two empty lines");
}

#[test]
fn every_report_reads_well_on_a_plain_console_of_80_columns() {
    for (name, value) in reports() {
        let text = plain(&report(&value, &show()));
        assert_fits_a_console(name, &text, 80);
        insta::assert_snapshot!(name, text);
    }
}

#[test]
fn every_report_fits_wider_and_narrower_consoles_and_the_verbose_form() {
    for (name, value) in reports() {
        for (width, verbose) in [(100, false), (80, true), (72, false)] {
            let text = plain(&report(&value, &Show { width, verbose, ..show() }));
            assert_fits_a_console(name, &text, width);
        }
    }
}

#[test]
fn the_last_line_is_the_next_step() {
    for (name, value) in reports() {
        let text = plain(&report(&value, &show()));
        let last = text.rsplit("\n\n").next().unwrap_or_default();
        assert!(last.contains("Next") || last.contains("Nothing to do."), "{name}: {last}");
    }
}

#[test]
fn the_verbose_form_shows_every_entry_as_it_was_read() {
    let value = reports().into_iter().find(|(name, _)| *name == "gaps").expect("a fixture").1;
    insta::assert_snapshot!("gaps_verbose", plain(&report(&value, &Show { verbose: true, ..show() })));
}

#[test]
fn each_server_has_one_line_in_the_quiet_form() {
    let lines =
        reports().iter().map(|(name, value)| format!("{name}\n  {}", plain(&summary(value)))).collect::<String>();
    insta::assert_snapshot!("summaries", lines);
}

#[test]
fn a_simulated_run_says_so_at_the_top_and_at_the_bottom() {
    let value = reports().into_iter().find(|(name, _)| *name == "simulated").expect("a fixture").1;
    let text = plain(&report(&value, &show()));
    assert!(text.starts_with("SIMULATED"));
    assert!(text.rsplit("\n\n").next().is_some_and(|end| end.contains("Simulated")));
}

proptest! {
    #[test]
    fn no_name_and_no_message_can_steer_the_terminal_or_break_the_width(
        requester in any::<String>(),
        component in any::<String>(),
        message in any::<String>(),
    ) {
        let mut before = snapshot("EX01", "02:46:52", vec![held("PopProxy", &[&requester]), held(&component, &["X"])]);
        before.troubles.push(trouble(TroubleKind::Refused, Some(&component), &message));
        let text = plain(&report(&run(RunCommand::Check, vec![looked(before, &Policy::default())]), &show()));
        for line in text.lines() {
            prop_assert!(!line.chars().any(|c| c.is_control() || ('\u{202a}'..='\u{202e}').contains(&c)), "{line:?}");
            // A command is not cut, so that it can be pasted; everything else is.
            let command = line.trim_start().starts_with("Get-") || line.trim_start().starts_with("-Component");
            prop_assert!(command || line.chars().filter_map(unicode_width::UnicodeWidthChar::width).sum::<usize>() <= 80, "{line:?}");
        }
    }
}
