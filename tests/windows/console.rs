//! What a person sees and types, on a console; and what a file gets in its place.

use std::panic;

use relight::windows::NoQuickEdit;
use windows_sys::Win32::Foundation::GENERIC_ALL;
use windows_sys::Win32::System::Console::{
    ENABLE_EXTENDED_FLAGS, ENABLE_QUICK_EDIT_MODE, ENABLE_VIRTUAL_TERMINAL_PROCESSING, LEFT_ALT_PRESSED,
    LEFT_CTRL_PRESSED,
};
use windows_sys::Win32::System::StationsAndDesktops::{CreateWindowStationW, SetProcessWindowStation};

use crate::run::{Run, shown};
use crate::stage::{Console, code_page, set_code_page, wait_until, watch};

crate::trials![Wine =>
    foreign_letters_reach_the_screen_and_the_code_page_stays,
    no_escape_sequence_is_seen_on_the_screen,
    no_color_means_no_color,
    no_line_is_followed_by_an_empty_one_because_it_is_full,
    a_fix_can_be_confirmed_by_typing,
    keys_that_are_early_late_or_held_with_others_answer_nothing,
    quick_edit_is_off_while_changes_are_made_and_back_afterwards,
    quick_edit_is_back_after_a_panic,
    nobody_is_asked_on_a_console_that_nobody_sees,
    somebody_is_asked_in_an_ssh_session,
    a_file_gets_utf_8_without_a_byte_order_mark,
];

/// What is played in a process with a console of its own.
pub const SCENES: [(&str, fn()); 14] = [
    ("typing a line", typing_a_line),
    ("no color", no_color),
    ("letters", letters),
    ("escapes", escapes),
    ("full lines", full_lines),
    ("typing", typing),
    ("early keys", early_keys),
    ("late keys", late_keys),
    ("held keys", held_keys),
    ("long paste", long_paste),
    ("quick edit", quick_edit),
    ("panic", panic_in_quick_edit),
    ("unseen", unseen),
    ("ssh", ssh),
];

/// What stands above the one question of the KB fault.
const KB: &str = "PopProxy and ImapProxy on EX01 are kept Inactive by HealthApi";

fn foreign_letters_reach_the_screen_and_the_code_page_stays() {
    watch("letters");
}

fn letters() {
    let console = Console::open();
    for page in [437, 850, 1252] {
        set_code_page(page);
        let name = format!("Prüfung-ж-{page}.json");
        let mut run = Run::new("kb-3025138", &["check", "--simulate", &name]);
        let child = console.start(&mut run);
        assert_eq!(console.end_of(child), Some(2));
        console.wait_for(&name);
        assert_eq!(code_page(), page);
    }
}

fn no_escape_sequence_is_seen_on_the_screen() {
    watch("escapes");
}

fn escapes() {
    let console = Console::open();
    let before = console.screen_mode();
    for arguments in [&["fix", "--yes"][..], &["fix", "--yes", "--color", "always"]] {
        let mut run = Run::new("kb-3025138", arguments);
        let child = console.start(&mut run);
        assert_eq!(console.end_of(child), Some(0), "{}", console.text());
        let text = console.text();
        assert!(text.contains("FIXED: PopProxy and ImapProxy are Active again"), "{text}");
        assert!(!text.contains('\u{1b}') && !text.contains("[0m") && !text.contains("[?25"), "{text}");
    }
    // Where escape sequences were not understood before, they are now, or nothing was changed.
    let after = console.screen_mode();
    assert_eq!(after & !ENABLE_VIRTUAL_TERMINAL_PROCESSING, before & !ENABLE_VIRTUAL_TERMINAL_PROCESSING);
}

fn no_color_means_no_color() {
    watch("no color");
}

fn no_color() {
    let console = Console::open();
    for (variable, arguments) in
        [("NO_COLOR", &["fix", "--yes"][..]), ("RELIGHT", &["fix", "--yes", "--color", "never"])]
    {
        let mut run = Run::new("kb-3025138", arguments);
        run.command.env(variable, "1");
        let child = console.start(&mut run);
        assert_eq!(console.end_of(child), Some(0), "{}", console.text());
        let text = console.text();
        assert!(text.contains("FIXED: PopProxy and ImapProxy are Active again"), "{text}");
        assert!(["[0m", "[1m", "[31m", "[32m", "[36m"].iter().all(|code| !text.contains(code)), "{text}");
    }
}

fn no_line_is_followed_by_an_empty_one_because_it_is_full() {
    watch("full lines");
}

/// The same text as in a file of that width, line by line.
fn full_lines() {
    let console = Console::open();
    let mut run = Run::new("two-servers", &["fix", "--help"]);
    let child = console.start(&mut run);
    assert_eq!(console.end_of(child), Some(0));
    let text = console.text();
    let longest = text.lines().map(|line| line.chars().count()).max().unwrap();
    assert!(longest <= 80, "{longest}: {text}");
    assert!(!text.contains("\n\n\n"), "{text}");
}

fn a_fix_can_be_confirmed_by_typing() {
    watch("typing");
    watch("typing a line");
}

fn typing() {
    agree(&mut Run::new("kb-3025138", &["fix"]));
}

/// On a console without escape sequences a line is read as Windows edits it.
fn typing_a_line() {
    let mut run = Run::new("kb-3025138", &["fix", "--color", "never"]);
    run.command.env("TERM", "dumb");
    agree(&mut run);
}

fn agree(run: &mut Run) {
    let console = Console::open();
    let child = console.start(run);
    console.wait_for_question(KB, "[yes]:");
    console.enter("yes");
    assert_eq!(console.end_of(child), Some(0), "{}", console.text());
    assert!(console.text().contains("FIXED: PopProxy and ImapProxy are Active again"), "{}", console.text());
}

fn keys_that_are_early_late_or_held_with_others_answer_nothing() {
    ["early keys", "late keys", "held keys", "long paste"].into_iter().for_each(watch);
}

fn keys(text: &str) -> Vec<(char, u32)> {
    text.chars().map(|character| (character, 0)).collect()
}

/// What was typed while Exchange was loaded, and what follows an answer.
fn early_keys() {
    let console = Console::open();
    let mut run = Run::new("kb-3025138", &["fix"]);
    let child = console.start(&mut run);
    console.wait_for("Loading the Exchange Management Shell");
    console.press(&keys("y\ry\ry\r"));
    console.wait_for_question(KB, "[yes]:");
    console.enter("choose");
    console.wait_for_question("PopProxy on EX01 is kept Inactive", "[yes]:");
    console.press(&keys("y\ry\ry\r"));
    console.wait_for_question("ImapProxy on EX01 is kept Inactive", "[yes]:");
    console.press(&keys("\u{1b}"));
    assert_eq!(console.end_of(child), Some(10), "{}", console.text());
}

/// Ctrl-C and Esc in one go with the last answer.
fn late_keys() {
    for last in ["y\r\u{3}", "y\r\u{1b}"] {
        let console = Console::open();
        let mut run = Run::new("kb-3025138", &["fix"]);
        let child = console.start(&mut run);
        console.wait_for_question(KB, "[yes]:");
        console.press(&keys(last));
        assert_eq!(console.end_of(child), Some(130), "{}", console.text());
        console.clear();
    }
}

/// Alt-Y and Ctrl-Y are no `y`.
fn held_keys() {
    let console = Console::open();
    let mut run = Run::new("maintenance", &["fix"]);
    let child = console.start(&mut run);
    console.wait_for_question("are kept Inactive by Maintenance", "[no]:");
    // Nothing of this is a letter, so that Enter is an answer of its own: no.
    console.press(&[('y', LEFT_ALT_PRESSED), ('\u{19}', LEFT_CTRL_PRESSED), ('\u{1}', LEFT_CTRL_PRESSED), ('\r', 0)]);
    let code = console.end_of(child);
    assert!(matches!(code, Some(10 | 14)), "{code:?}: {}", console.text());
}

/// A paste freezes nothing, and nothing of it is left for the shell.
fn long_paste() {
    let console = Console::open();
    let before = console.input_mode();
    let mut run = Run::new("kb-3025138", &["fix"]);
    let child = console.start(&mut run);
    console.wait_for_question(KB, "[yes]:");
    console.press(&keys(&format!("{}\r{}", "x".repeat(1200), "y\r".repeat(400))));
    console.wait_for_question("Please answer", "[yes]:");
    console.press(&keys(&format!("q\r{}", "del evil\r".repeat(100))));
    assert_eq!(console.end_of(child), Some(10), "{}", console.text());
    assert_eq!((console.waiting_events(), console.input_mode()), (0, before));
}

fn quick_edit_is_off_while_changes_are_made_and_back_afterwards() {
    watch("quick edit");
}

fn quick_edit() {
    let console = Console::open();
    console.set_input_mode(console.input_mode() | ENABLE_QUICK_EDIT_MODE | ENABLE_EXTENDED_FLAGS);
    let before = console.input_mode();
    assert_ne!(before & ENABLE_QUICK_EDIT_MODE, 0);
    let mut run = Run::new("hang-in-write", &["fix", "--yes", "--call-timeout", "4s"]);
    let child = console.start(&mut run);
    console.wait_for("[1/2]");
    let is_off = || console.input_mode() & ENABLE_QUICK_EDIT_MODE == 0;
    wait_until("QuickEdit turned off", is_off, || console.text());
    assert_eq!(console.end_of(child), Some(31), "{}", console.text());
    assert_eq!(console.input_mode(), before);
}

fn quick_edit_is_back_after_a_panic() {
    watch("panic");
}

fn panic_in_quick_edit() {
    let console = Console::open();
    console.set_input_mode(console.input_mode() | ENABLE_QUICK_EDIT_MODE | ENABLE_EXTENDED_FLAGS);
    let before = console.input_mode();
    let ended = panic::catch_unwind(|| {
        let _guard = NoQuickEdit::new().unwrap();
        let during = Console::open().input_mode();
        panic::resume_unwind(Box::new(during));
    });
    let during = *ended.unwrap_err().downcast::<u32>().unwrap();
    assert_eq!(during & ENABLE_QUICK_EDIT_MODE, 0);
    assert_eq!(console.input_mode(), before);
}

fn nobody_is_asked_on_a_console_that_nobody_sees() {
    watch("unseen");
}

/// A window station like that of a service or a scheduled task: not a visible one.
fn leave_the_visible_station() {
    let name: Vec<u16> = "relight-test\0".encode_utf16().collect();
    // SAFETY: the name ends with a zero; no attributes.
    unsafe {
        let station = CreateWindowStationW(name.as_ptr(), 0, GENERIC_ALL, std::ptr::null());
        assert_ne!(SetProcessWindowStation(station), 0, "{}", std::io::Error::last_os_error());
    }
    assert!(!relight::windows::station::is_visible());
}

fn unseen() {
    let console = Console::open();
    assert!(relight::windows::station::is_visible());
    leave_the_visible_station();
    let mut run = Run::new("kb-3025138", &["fix", "-v"]);
    let child = console.start(&mut run);
    assert_eq!(console.end_of(child), Some(12), "{}", console.text());
    assert!(console.text().replace('\n', "").contains("which nobody sees"), "{}", console.text());
}

fn somebody_is_asked_in_an_ssh_session() {
    watch("ssh");
}

fn ssh() {
    let console = Console::open();
    leave_the_visible_station();
    let mut run = Run::new("kb-3025138", &["fix"]);
    run.command.env("SSH_CONNECTION", "192.0.2.1 50000 192.0.2.2 22");
    let child = console.start(&mut run);
    console.wait_for_question(KB, "[yes]:");
    console.enter("quit");
    assert_eq!(console.end_of(child), Some(10), "{}", console.text());
}

fn a_file_gets_utf_8_without_a_byte_order_mark() {
    let mut run = Run::new("kb-3025138", &["check", "--simulate", "Prüfung-ж.json"]);
    let output = run.output();
    assert_eq!(output.status.code(), Some(2), "{}", shown(&output));
    let text = String::from_utf8(output.stderr).unwrap();
    assert!(!text.starts_with('\u{feff}') && text.contains("Prüfung-ж.json"), "{text}");
    for arguments in [&["check"][..], &["check", "--format", "json"]] {
        let mut run = Run::new("kb-3025138", arguments);
        let text = String::from_utf8(run.output().stdout).unwrap();
        assert!(!text.starts_with('\u{feff}') && !text.contains('\r') && !text.contains('\u{1b}'), "{text}");
    }
}
