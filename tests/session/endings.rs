//! Sessions that end: too late, too early, by a person, with nothing left behind. No test measures time: a deadline that
//! should pass is short, one that should not is long, and what is asserted is which of the two was the reason.

use relight::domain::Connection;
use relight::shell::{CallFailure, Loss, LossReason, Session, protocol::Call};
use serde_json::Value;

use crate::{Roll, SHORT, ask, assert_gone, is_deadline, launch, look, lose, start, start_lost, write};

crate::trials![
    a_shell_that_ends_before_its_hello_is_lost_with_its_last_words,
    a_shell_that_asks_instead_of_a_hello_is_lost_at_the_deadline,
    something_else_in_place_of_a_hello_is_not_a_session,
    a_call_that_hangs_is_lost_at_its_deadline,
    connect_has_a_deadline_of_its_own,
    progress_does_not_put_off_the_deadline,
    a_shell_that_dies_in_a_call_is_lost_with_its_exit_code,
    an_unreadable_frame_of_ours_ends_the_session,
    after_a_loss_nothing_is_sent,
    an_interrupt_ends_a_look,
    an_interrupt_before_a_look_ends_it_unless_it_was_acknowledged,
    an_interrupt_ends_the_wait_for_a_hello,
    a_write_is_let_through_the_first_interrupt,
    a_second_interrupt_ends_a_write,
    a_kill_leaves_nobody_behind,
    a_dropped_session_leaves_nobody_behind,
    a_closed_session_leaves_nobody_behind,
    a_closed_session_sees_the_end_of_stdin,
    a_shell_that_does_not_end_when_closed_is_ended,
    #[cfg(unix)]
    an_escaped_grandchild_with_our_pipe_delays_nobody,
];

fn call(session: &mut Session, call: &Call, progress: &mut dyn FnMut(&str)) -> Result<Value, CallFailure> {
    session.call(call, progress)
}

fn a_shell_that_ends_before_its_hello_is_lost_with_its_last_words() {
    let loss = start_lost(&launch(["ends"]));
    assert_eq!(loss.reason, LossReason::Ended(Some(3)));
    assert!(loss.tail.contains("The term 'x' is not recognized"), "{loss:?}");
    assert!(loss.tail.contains("ParserError") && !loss.tail.contains('\u{1b}'), "{loss:?}");
}

fn a_shell_that_asks_instead_of_a_hello_is_lost_at_the_deadline() {
    // Long enough for the process to come up on a busy machine, since its question is looked for.
    let mut launch = launch(["asks"]);
    launch.deadlines.hello = SHORT * 10;
    let loss = start_lost(&launch);
    assert_eq!(loss.reason, LossReason::Deadline(SHORT * 10));
    assert!(loss.tail.ends_with("Password for CONTOSO\\admin:"), "{loss:?}");
}

fn something_else_in_place_of_a_hello_is_not_a_session() {
    let loss = start_lost(&launch(["says-something-else"]));
    assert!(matches!(loss.reason, LossReason::Garbled(_)), "{loss:?}");
}

fn a_call_that_hangs_is_lost_at_its_deadline() {
    for call in [look("EX01"), write("EX01")] {
        let mut launch = launch(["hangs"]);
        launch.deadlines.call = SHORT;
        let loss = lose(&mut Session::start(&launch).unwrap(), &call);
        assert!(is_deadline(&loss.reason), "{loss:?}");
    }
}

fn connect_has_a_deadline_of_its_own() {
    let mut launch = launch(["hangs"]);
    launch.deadlines.connect = SHORT;
    let connect = Call::Connect { connection: Connection::Ems, connect_to: None };
    let loss = lose(&mut Session::start(&launch).unwrap(), &connect);
    assert!(is_deadline(&loss.reason), "{loss:?}");
}

fn progress_does_not_put_off_the_deadline() {
    let mut launch = launch(["reports-for-ever"]);
    launch.deadlines.call = SHORT;
    let loss = lose(&mut Session::start(&launch).unwrap(), &look("EX01"));
    assert!(is_deadline(&loss.reason), "{loss:?}");
}

fn a_shell_that_dies_in_a_call_is_lost_with_its_exit_code() {
    for call in [look("EX01"), write("EX01")] {
        let loss = lose(&mut start("dies"), &call);
        assert_eq!(loss.reason, LossReason::Ended(Some(7)));
        assert_eq!(loss.tail, "Process is terminated due to StackOverflowException.");
    }
}

fn an_unreadable_frame_of_ours_ends_the_session() {
    for fault in ["garbles", "garbles-id", "hello-again"] {
        let loss = lose(&mut start(fault), &look("EX01"));
        assert!(matches!(loss.reason, LossReason::Garbled(_)), "{fault}: {loss:?}");
    }
}

fn after_a_loss_nothing_is_sent() {
    let mut session = start("dies");
    let first = lose(&mut session, &look("EX01"));
    let second = lose(&mut session, &write("EX01"));
    assert_eq!((&second.reason, &second.tail), (&first.reason, &first.tail));
    assert!(first.asked && !second.asked, "only the first may have been carried out");
    assert_eq!(session.shell_tail(), first.tail);
    session.close();
}

fn an_interrupt_ends_a_look() {
    let launch = launch(["reports-for-ever"]);
    let mut session = Session::start(&launch).unwrap();
    let ended = call(&mut session, &look("EX01"), &mut |_| launch.interrupt.raise());
    assert!(matches!(ended, Err(CallFailure::Lost(Loss { reason: LossReason::Interrupted, .. }))), "{ended:?}");
}

fn an_interrupt_before_a_look_ends_it_unless_it_was_acknowledged() {
    let launch = launch(["reports"]);
    launch.interrupt.raise();
    launch.interrupt.acknowledge();
    let mut session = Session::start(&launch).unwrap();
    ask(&mut session, "EX01");
    launch.interrupt.raise();
    launch.interrupt.acknowledge();
    ask(&mut session, "EX02");

    let launch = crate::launch(["reports-for-ever"]);
    let mut session = Session::start(&launch).unwrap();
    launch.interrupt.raise();
    assert_eq!(lose(&mut session, &look("EX01")).reason, LossReason::Interrupted);
}

fn an_interrupt_ends_the_wait_for_a_hello() {
    let (roll, address) = Roll::new();
    let launch = launch(["silent".to_owned(), address]);
    let interrupt = launch.interrupt.clone();
    let started = std::thread::spawn(move || start_lost(&launch));
    let process = roll.take(1).remove(0);
    interrupt.raise();
    assert_eq!(started.join().unwrap().reason, LossReason::Interrupted);
    assert_gone(process);
}

fn a_write_is_let_through_the_first_interrupt() {
    let launch = launch(["reports"]);
    let mut session = Session::start(&launch).unwrap();
    let raise_once = &mut |text: &str| {
        if text == "one" {
            launch.interrupt.raise();
        }
    };
    assert_eq!(call(&mut session, &write("EX01"), raise_once).unwrap()["server"], "EX01");
    assert_eq!(launch.interrupt.count(), 1);
    launch.interrupt.acknowledge();
    ask(&mut session, "EX01");
}

fn a_second_interrupt_ends_a_write() {
    let launch = launch(["reports-for-ever"]);
    let mut session = Session::start(&launch).unwrap();
    let ended = call(&mut session, &write("EX01"), &mut |_| launch.interrupt.raise());
    assert!(matches!(ended, Err(CallFailure::Lost(Loss { reason: LossReason::Interrupted, .. }))), "{ended:?}");
    assert!(launch.interrupt.count() >= 2);
}

/// A session with a shell, its child and its grandchild.
fn family(call: std::time::Duration) -> (Session, Vec<(std::net::TcpStream, u32)>) {
    let (roll, address) = Roll::new();
    let mut launch = launch(["family".to_owned(), address]);
    launch.deadlines.call = call;
    let session = Session::start(&launch).unwrap();
    let processes = roll.take(3);
    (session, processes)
}

fn a_kill_leaves_nobody_behind() {
    let (mut session, processes) = family(SHORT);
    let loss = lose(&mut session, &look("EX01"));
    assert!(is_deadline(&loss.reason), "{loss:?}");
    processes.into_iter().for_each(assert_gone);
}

fn a_dropped_session_leaves_nobody_behind() {
    let (session, processes) = family(crate::LONG);
    drop(session);
    processes.into_iter().for_each(assert_gone);
}

fn a_closed_session_leaves_nobody_behind() {
    let (session, processes) = family(crate::LONG);
    session.close();
    processes.into_iter().for_each(assert_gone);
}

fn a_closed_session_sees_the_end_of_stdin() {
    let folder = tempfile::tempdir().unwrap();
    let note = folder.path().join("note");
    let mut session = Session::start(&launch(["leaves-a-note".into(), note.clone().into_os_string()])).unwrap();
    ask(&mut session, "EX01");
    session.close();
    assert_eq!(std::fs::read_to_string(note).unwrap(), "the end of stdin was seen");
}

fn a_shell_that_does_not_end_when_closed_is_ended() {
    let (roll, address) = Roll::new();
    let session = Session::start(&launch(["deaf".to_owned(), address])).unwrap();
    let processes = roll.take(1);
    session.close();
    processes.into_iter().for_each(assert_gone);
}

// Nothing escapes from a job object that does not allow it.
#[cfg(unix)]
fn an_escaped_grandchild_with_our_pipe_delays_nobody() {
    let (roll, address) = Roll::new();
    let mut session = Session::start(&launch(["escaped".to_owned(), address])).unwrap();
    let (stream, id) = roll.take(1).remove(0);
    let loss = lose(&mut session, &look("EX01"));
    assert_eq!(loss.reason, LossReason::Ended(Some(0)), "not the deadline, though stdout never ended");
    drop((session, stream));
    // It is out of the session's reach on Unix, so the test clears it away.
    let killed = std::process::Command::new("kill").args(["-9", &id.to_string()]).status().unwrap();
    assert!(killed.success());
}
