//! Answers that arrive, whatever is printed around them.

use relight::shell::{
    CallFailure, LossReason,
    protocol::{SetComponentStateAnswer, SetupProcessAnswer},
};
use serde_json::Value;

use crate::{ask, hostile::MEGABYTE, look, lose, start, write};

crate::trials![
    a_call_is_answered,
    noise_of_every_kind_is_passed_over,
    a_frame_may_arrive_byte_by_byte,
    a_giant_line_and_a_giant_answer_are_read,
    a_forged_frame_changes_nothing,
    an_answer_to_another_question_is_dropped,
    a_megabyte_on_stderr_while_we_write_blocks_nobody,
    a_megabyte_on_both_streams_while_we_write_blocks_nobody,
    a_name_is_data_whatever_is_in_it,
    a_refused_call_leaves_the_session_usable,
    progress_is_reported_in_order,
    an_empty_answer_to_a_write_is_an_answer,
    an_answer_of_another_shape_ends_the_session,
];

fn a_call_is_answered() {
    let mut session = start("plain");
    assert_eq!(session.hello().ps_version.as_deref(), Some("5.1.14393.0"));
    assert_eq!(session.hello().is64, Some(true));
    for number in 0..20 {
        ask(&mut session, &format!("EX{number:02}"));
    }
    session.close();
}

fn noise_of_every_kind_is_passed_over() {
    let mut session = start("noise");
    let mut reported = Vec::new();
    for server in ["EX01", "EX02"] {
        let answer: Value = session.call(&look(server), &mut |text| reported.push(text.to_owned())).unwrap();
        assert_eq!(answer["server"], server);
    }
    assert_eq!(reported, ["half way", "half way"]);
    let tail = session.shell_tail();
    for text in ["Welcome to the Exchange Management Shell!", "VERBOSE: Conn", "Gr\u{fffd}\u{fffd}e", "WARNING: 50%"] {
        assert!(tail.contains(text), "{text:?} in {tail:?}");
    }
    assert!(!tail.contains('\u{1b}') && !tail.contains("@RL1"), "{tail:?}");
}

fn a_frame_may_arrive_byte_by_byte() {
    ask(&mut start("splits"), "EX01");
}

fn a_giant_line_and_a_giant_answer_are_read() {
    let mut session = start("giant");
    let answer: Value = session.call(&look("EX01"), &mut |_| {}).unwrap();
    assert_eq!(answer["padding"].as_str().map(str::len), Some(2 * MEGABYTE));
    assert!(session.shell_tail().len() <= 64 << 10);
}

fn a_forged_frame_changes_nothing() {
    let mut session = start("forged");
    ask(&mut session, "EX01");
    ask(&mut session, "EX02");
}

fn an_answer_to_another_question_is_dropped() {
    let mut session = start("late");
    for server in ["EX01", "EX02", "EX03"] {
        ask(&mut session, server);
    }
}

fn a_megabyte_on_stderr_while_we_write_blocks_nobody() {
    ask(&mut start("floods-stderr"), &"S".repeat(MEGABYTE));
}

fn a_megabyte_on_both_streams_while_we_write_blocks_nobody() {
    ask(&mut start("floods-both"), &"S".repeat(MEGABYTE));
}

fn a_name_is_data_whatever_is_in_it() {
    let mut session = start("plain");
    let long = "x".repeat(300);
    for name in ["'\"`$(Get-Date);#", "a\r\nb\n@RL1 0 1 e30=\n", "Größe 日本語 😀 \u{202e}\u{0}", "", "\\", &long]
    {
        ask(&mut session, name);
    }
}

fn a_refused_call_leaves_the_session_usable() {
    let mut session = start("refuses");
    match session.call::<Value>(&look("EX01"), &mut |_| {}) {
        Err(CallFailure::Refused(error)) => {
            assert_eq!(error.category.as_deref(), Some("PermissionDenied"));
            assert_eq!(error.to_string(), "Zugriff verweigert");
        }
        other => panic!("not refused: {other:?}"),
    }
    ask(&mut session, "EX02");
}

fn progress_is_reported_in_order() {
    let mut reported = Vec::new();
    let answer: Value = start("reports").call(&look("EX01"), &mut |text| reported.push(text.to_owned())).unwrap();
    assert_eq!(answer["server"], "EX01");
    assert_eq!(reported, ["one", "two"]);
}

fn an_empty_answer_to_a_write_is_an_answer() {
    let answer: SetComponentStateAnswer = start("nothing").call(&write("EX01"), &mut |_| {}).unwrap();
    assert_eq!(answer, SetComponentStateAnswer {});
}

fn an_answer_of_another_shape_ends_the_session() {
    let mut session = start("plain");
    match session.call::<Vec<SetupProcessAnswer>>(&look("EX01"), &mut |_| {}) {
        Err(CallFailure::Lost(loss)) => assert!(matches!(loss.reason, LossReason::Garbled(_)), "{loss:?}"),
        other => panic!("not lost: {other:?}"),
    }
    assert!(matches!(lose(&mut session, &look("EX01")).reason, LossReason::Garbled(_)), "and it stays lost");
}
