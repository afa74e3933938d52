//! What was typed into the console, key by key.

use std::io;
use std::time::Duration;

use windows_sys::Win32::Foundation::{WAIT_FAILED, WAIT_OBJECT_0};
use windows_sys::Win32::System::Console::{
    ENABLE_ECHO_INPUT, ENABLE_LINE_INPUT, ENABLE_PROCESSED_INPUT, ENABLE_VIRTUAL_TERMINAL_INPUT,
    FlushConsoleInputBuffer, GetConsoleMode, GetNumberOfConsoleInputEvents, GetStdHandle, INPUT_RECORD, KEY_EVENT,
    LEFT_ALT_PRESSED, LEFT_CTRL_PRESSED, RIGHT_ALT_PRESSED, RIGHT_CTRL_PRESSED, ReadConsoleInputW, STD_INPUT_HANDLE,
    SetConsoleMode,
};
use windows_sys::Win32::System::Threading::WaitForSingleObject;

/// The console gives keys, not lines, and shows none of them, until this is dropped. Ctrl-C goes to its handlers.
#[derive(Debug)]
pub(crate) struct SingleKeys {
    before: u32,
}

impl SingleKeys {
    /// `None`: stdin is no console.
    #[expect(unsafe_code, reason = "calls into Windows")]
    pub(crate) fn new() -> Option<Self> {
        let mut before = 0;
        // SAFETY: `before` is valid for the write; of a handle that is no console the function fails.
        if unsafe { GetConsoleMode(GetStdHandle(STD_INPUT_HANDLE), &raw mut before) } == 0 {
            return None;
        }
        let off = ENABLE_LINE_INPUT | ENABLE_ECHO_INPUT | ENABLE_VIRTUAL_TERMINAL_INPUT;
        let single = before & !off | ENABLE_PROCESSED_INPUT;
        // SAFETY: takes a handle and a number by value.
        let set = unsafe { SetConsoleMode(GetStdHandle(STD_INPUT_HANDLE), single) };
        (set != 0).then_some(Self { before })
    }
}

impl Drop for SingleKeys {
    #[expect(unsafe_code, reason = "a call into Windows")]
    fn drop(&mut self) {
        // SAFETY: takes a handle and a number by value.
        if unsafe { SetConsoleMode(GetStdHandle(STD_INPUT_HANDLE), self.before) } == 0 {
            tracing::debug!("the console's input mode could not be put back");
        }
    }
}

/// A key that went down.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Pressed {
    /// Its virtual-key code.
    pub code: u16,
    /// What it means in UTF-16; 0: nothing.
    pub unit: u16,
    pub ctrl: bool,
    pub alt: bool,
}

/// Drops what was typed before.
#[expect(unsafe_code, reason = "calls into Windows")]
pub(crate) fn forget_keys() {
    // SAFETY: takes a handle by value; of one that is no console the function fails and does nothing.
    unsafe {
        FlushConsoleInputBuffer(GetStdHandle(STD_INPUT_HANDLE));
    }
}

/// The keys that went down since; where there are none, so long is waited for something to happen.
///
/// # Errors
/// Where there is no console, or no longer one.
#[expect(unsafe_code, reason = "calls into Windows")]
pub(crate) fn pressed_keys(patience: Duration) -> io::Result<Vec<Pressed>> {
    // SAFETY: without arguments that could be wrong.
    let stdin = unsafe { GetStdHandle(STD_INPUT_HANDLE) };
    let milliseconds = u32::try_from(patience.as_millis()).unwrap_or(u32::MAX - 1);
    // SAFETY: takes a handle by value.
    match unsafe { WaitForSingleObject(stdin, milliseconds) } {
        WAIT_OBJECT_0 => {}
        WAIT_FAILED => return Err(io::Error::last_os_error()),
        _ => return Ok(Vec::new()),
    }
    let mut waiting = 0;
    // SAFETY: `waiting` is valid for the write; of a handle that is no console the function fails.
    if unsafe { GetNumberOfConsoleInputEvents(stdin, &raw mut waiting) } == 0 {
        return Err(io::Error::last_os_error());
    }
    let mut pressed = Vec::new();
    for _ in 0..waiting {
        let mut record = INPUT_RECORD::default();
        let mut read = 0;
        // SAFETY: room for one record, and only one is asked for; it is there, so that this does not wait.
        if unsafe { ReadConsoleInputW(stdin, &raw mut record, 1, &raw mut read) } == 0 || read == 0 {
            break;
        }
        if u32::from(record.EventType) == KEY_EVENT {
            // SAFETY: the type says which member of the union was written.
            let key = unsafe { record.Event.KeyEvent };
            // SAFETY: both members of this union are integers of the same bits.
            let unit = unsafe { key.uChar.UnicodeChar };
            let holds = |keys: u32| key.dwControlKeyState & keys != 0;
            if key.bKeyDown != 0 {
                let ctrl = holds(LEFT_CTRL_PRESSED | RIGHT_CTRL_PRESSED);
                let alt = holds(LEFT_ALT_PRESSED | RIGHT_ALT_PRESSED);
                let key_pressed = Pressed { code: key.wVirtualKeyCode, unit, ctrl, alt };
                pressed.extend((0..key.wRepeatCount.max(1)).map(|_| key_pressed));
            }
        }
    }
    Ok(pressed)
}
