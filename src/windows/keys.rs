//! What was typed, key by key, without waiting and without changing how the console reads lines.

use windows_sys::Win32::System::Console::{
    FlushConsoleInputBuffer, GetNumberOfConsoleInputEvents, GetStdHandle, INPUT_RECORD, KEY_EVENT, ReadConsoleInputW,
    STD_INPUT_HANDLE,
};

/// Drops what was typed before.
#[expect(unsafe_code, reason = "calls into Windows")]
pub(crate) fn forget_keys() {
    // SAFETY: takes a handle by value; of one that is no console the function fails and does nothing.
    unsafe {
        FlushConsoleInputBuffer(GetStdHandle(STD_INPUT_HANDLE));
    }
}

/// The characters that were typed since; none where stdin is no console.
#[expect(unsafe_code, reason = "calls into Windows")]
pub(crate) fn typed_keys() -> String {
    // SAFETY: without arguments that could be wrong.
    let stdin = unsafe { GetStdHandle(STD_INPUT_HANDLE) };
    let mut waiting = 0;
    // SAFETY: `waiting` is valid for the write; of a handle that is no console the function fails.
    if unsafe { GetNumberOfConsoleInputEvents(stdin, &raw mut waiting) } == 0 {
        return String::new();
    }
    let mut typed = Vec::new();
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
            if key.bKeyDown != 0 && unit != 0 {
                typed.push(unit);
            }
        }
    }
    String::from_utf16_lossy(&typed)
}
