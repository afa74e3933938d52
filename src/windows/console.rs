//! The console of this process. Text needs nothing from here: Rust writes to a console in UTF-16, so no code page is
//! touched. A console in QuickEdit mode stops whoever writes to it as soon as somebody clicks into its window, for as
//! long as something is marked: a run that stands still in the middle of a change must not hang on a stray click.

use std::fs::File;
use std::os::windows::io::AsRawHandle;

use windows_sys::Win32::System::Console::{
    CONSOLE_MODE, ENABLE_EXTENDED_FLAGS, ENABLE_QUICK_EDIT_MODE, GetConsoleMode, SetConsoleMode,
};

/// QuickEdit is off until this is dropped, also by a panic.
#[derive(Debug)]
pub struct NoQuickEdit {
    input: File,
    before: CONSOLE_MODE,
}

impl NoQuickEdit {
    /// Turns it off. `None` where there is no console, or it was off.
    pub fn new() -> Option<Self> {
        let input = File::options().read(true).write(true).open("CONIN$").ok()?;
        let before = mode(&input)?;
        if before & ENABLE_QUICK_EDIT_MODE == 0 {
            return None;
        }
        // Without the second flag Windows leaves QuickEdit as it is.
        set_mode(&input, before & !ENABLE_QUICK_EDIT_MODE | ENABLE_EXTENDED_FLAGS).then_some(Self { input, before })
    }
}

impl Drop for NoQuickEdit {
    fn drop(&mut self) {
        if !set_mode(&self.input, self.before | ENABLE_EXTENDED_FLAGS) {
            tracing::debug!("the console's input mode could not be put back");
        }
    }
}

#[expect(unsafe_code, reason = "a call into Windows")]
fn mode(input: &File) -> Option<CONSOLE_MODE> {
    let mut mode = 0;
    // SAFETY: the handle is open and the mode is ours.
    let read = unsafe { GetConsoleMode(input.as_raw_handle(), &raw mut mode) };
    (read != 0).then_some(mode)
}

#[expect(unsafe_code, reason = "a call into Windows")]
fn set_mode(input: &File, mode: CONSOLE_MODE) -> bool {
    // SAFETY: the handle is open.
    let set = unsafe { SetConsoleMode(input.as_raw_handle(), mode) };
    set != 0
}
