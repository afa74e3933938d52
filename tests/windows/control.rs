//! The events of a console: Ctrl-C, Ctrl-Break, and its closing.

use std::process::Child;

use windows_sys::Win32::Foundation::HANDLE;
use windows_sys::Win32::System::Console::{CTRL_BREAK_EVENT, CTRL_C_EVENT, CTRL_CLOSE_EVENT, GenerateConsoleCtrlEvent};
use windows_sys::Win32::System::LibraryLoader::{GetModuleHandleW, GetProcAddress};
use windows_sys::Win32::System::Threading::CreateRemoteThread;

use crate::run::{Run, folders, wait};
use crate::stage::{Console, watch};

crate::trials![Wine =>
    ctrl_c_ends_a_look,
    ctrl_break_ends_a_look,
    a_change_goes_on_until_the_second_ctrl_c,
    the_end_of_the_console_leaves_nothing_behind,
];

/// What is played in a process with a console of its own.
pub const SCENES: [(&str, fn()); 4] =
    [("ctrl-c", ctrl_c), ("ctrl-break", ctrl_break), ("twice", twice), ("close", close)];

fn ctrl_c_ends_a_look() {
    watch("ctrl-c");
}

fn ctrl_c() {
    ends_a_look(|_| press(CTRL_C_EVENT));
}

fn ctrl_break_ends_a_look() {
    watch("ctrl-break");
}

fn ctrl_break() {
    // A wine does not send it to a console whose programs were not told to be a group.
    ends_a_look(|relight| bring_about(relight, CTRL_BREAK_EVENT));
}

/// To every program on this console.
fn press(event: u32) {
    // SAFETY: no pointers.
    assert_ne!(unsafe { GenerateConsoleCtrlEvent(event, 0) }, 0, "{}", std::io::Error::last_os_error());
}

fn ends_a_look(event: impl Fn(&Child)) {
    let console = Console::open();
    let mut run = Run::new("hang-in-read", &["check"]);
    let temp = run.temp("temp");
    let (relight, family) = run.start_on(&console);
    console.wait_for("Looking at PopProxy");
    event(&relight);
    assert_eq!(wait(relight).status.code(), Some(130), "{}", console.text());
    family.into_iter().for_each(|process| process.assert_gone());
    assert!(folders(&temp).is_empty());
}

fn a_change_goes_on_until_the_second_ctrl_c() {
    watch("twice");
}

fn twice() {
    let console = Console::open();
    let mut run = Run::new("hang-in-write", &["fix", "--yes"]);
    let (relight, family) = run.start_on(&console);
    console.wait_for("[1/2]");
    press(CTRL_C_EVENT);
    console.wait_for("finished first");
    press(CTRL_C_EVENT);
    assert_eq!(wait(relight).status.code(), Some(31), "{}", console.text());
    family.into_iter().for_each(|process| process.assert_gone());
}

fn the_end_of_the_console_leaves_nothing_behind() {
    watch("close");
}

fn close() {
    // Closing the window itself would end this scene as well.
    ends_a_look(|relight| bring_about(relight, CTRL_CLOSE_EVENT));
}

/// Brings an event about in the way that Windows does it: by a thread in the process that it is for.
fn bring_about(relight: &Child, event: u32) {
    use std::os::windows::io::AsRawHandle;
    let library: Vec<u16> = "kernelbase.dll\0".encode_utf16().collect();
    // SAFETY: the names end with zeros; the library is at the same place in every process.
    unsafe {
        let routine = GetProcAddress(GetModuleHandleW(library.as_ptr()), c"CtrlRoutine".as_ptr().cast());
        let routine = std::mem::transmute::<
            Option<unsafe extern "system" fn() -> isize>,
            Option<unsafe extern "system" fn(*mut std::ffi::c_void) -> u32>,
        >(routine);
        assert!(routine.is_some());
        let process = relight.as_raw_handle() as HANDLE;
        let event = event as usize as *const _;
        let thread = CreateRemoteThread(process, std::ptr::null(), 0, routine, event, 0, std::ptr::null_mut());
        assert!(!thread.is_null(), "{}", std::io::Error::last_os_error());
    }
}
