//! A console of its own for one run of the program. Each scene is played by a process of this executable that was started
//! without a window, so that Windows gives it a console nobody else uses; it starts relight.exe in there, types, reads the
//! screen, and reports to the test by its stdout.

use std::fs::File;
use std::os::windows::io::{AsHandle, AsRawHandle};
use std::os::windows::process::CommandExt;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};
use std::{env, mem};

use relight::windows::Job;
use windows_sys::Win32::System::Console::{
    CONSOLE_SCREEN_BUFFER_INFO, COORD, FillConsoleOutputCharacterW, GetConsoleMode, GetConsoleOutputCP,
    GetConsoleScreenBufferInfo, GetNumberOfConsoleInputEvents, INPUT_RECORD, INPUT_RECORD_0, KEY_EVENT,
    KEY_EVENT_RECORD, KEY_EVENT_RECORD_0, ReadConsoleOutputCharacterW, SetConsoleCtrlHandler, SetConsoleCursorPosition,
    SetConsoleMode, SetConsoleOutputCP, WriteConsoleInputW,
};
use windows_sys::Win32::System::Threading::CREATE_NO_WINDOW;

use crate::run::{LONG, Run, wait_and};

/// Set for a process that plays a scene.
const SCENE: &str = "RELIGHT_TEST_SCENE";

/// Plays the scene that this process was started for. A panic is the report of a failure.
pub fn play_if_started_as_one(scenes: &[(&'static str, fn())]) -> bool {
    let Ok(name) = env::var(SCENE) else { return false };
    let (_, scene) = scenes.iter().find(|(known, _)| *known == name).expect("a scene of this name");
    // Children are no scenes.
    // SAFETY: no other thread runs yet.
    unsafe { env::remove_var(SCENE) };
    scene();
    true
}

/// Has a scene played, and fails as it fails.
pub fn watch(scene: &str) {
    let mut command = Command::new(env::current_exe().unwrap());
    command.env(SCENE, scene).env("RUST_BACKTRACE", "0").creation_flags(CREATE_NO_WINDOW);
    let child = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    // What a scene that fails leaves would hold its pipes.
    let job = Job::new().unwrap();
    job.take(child.as_handle()).unwrap();
    let output = wait_and(child, || drop(job));
    assert!(output.status.success(), "{scene}: {}", crate::run::shown(&output));
}

/// The console of this process.
pub struct Console {
    input: File,
    screen: File,
}

impl Console {
    pub fn open() -> Self {
        // What ends a program in this console does not end the scene.
        // SAFETY: the handler is a function.
        assert_ne!(unsafe { SetConsoleCtrlHandler(Some(stay), 1) }, 0);
        let open = |name| File::options().read(true).write(true).open(name).unwrap();
        Self { input: open("CONIN$"), screen: open("CONOUT$") }
    }

    /// Starts a run on this console, all three streams.
    pub fn start(&self, run: &mut Run) -> Child {
        let stream = |file: &File| Stdio::from(file.try_clone().unwrap());
        run.command.stdin(stream(&self.input)).stdout(stream(&self.screen)).stderr(stream(&self.screen));
        run.command.spawn().unwrap()
    }

    pub fn input_mode(&self) -> u32 {
        mode(&self.input)
    }

    pub fn screen_mode(&self) -> u32 {
        mode(&self.screen)
    }

    pub fn set_input_mode(&self, mode: u32) {
        // SAFETY: the handle is open.
        assert_ne!(unsafe { SetConsoleMode(self.input.as_raw_handle(), mode) }, 0);
    }

    /// Everything on the screen, without blanks at the ends of lines.
    pub fn text(&self) -> String {
        let mut info = CONSOLE_SCREEN_BUFFER_INFO::default();
        // SAFETY: the handle is open and the structure ours.
        assert_ne!(unsafe { GetConsoleScreenBufferInfo(self.screen.as_raw_handle(), &raw mut info) }, 0);
        let lines = (0..=info.dwCursorPosition.Y).map(|y| {
            let mut line = vec![0; info.dwSize.X as usize];
            let mut read = 0;
            let (from, length) = (COORD { X: 0, Y: y }, line.len() as u32);
            // SAFETY: the handle is open, and the line as long as we say.
            unsafe {
                ReadConsoleOutputCharacterW(
                    self.screen.as_raw_handle(),
                    line.as_mut_ptr(),
                    length,
                    from,
                    &raw mut read,
                );
            }
            String::from_utf16_lossy(&line[..read as usize]).trim_end().to_owned()
        });
        lines.collect::<Vec<_>>().join("\n")
    }

    /// Waits until this is on the screen.
    pub fn wait_for(&self, text: &str) {
        wait_until(&format!("{text:?} on the screen"), || self.text().replace('\n', "").contains(text), || self.text());
    }

    /// Types a text and Enter.
    pub fn enter(&self, text: &str) {
        text.chars().chain(['\r']).for_each(|character| self.press(&[(character, 0)]));
    }

    /// How many keys nobody has read.
    pub fn waiting_events(&self) -> u32 {
        let mut waiting = 0;
        // SAFETY: the handle is open and the number ours.
        assert_ne!(unsafe { GetNumberOfConsoleInputEvents(self.input.as_raw_handle(), &raw mut waiting) }, 0);
        waiting
    }

    /// Begins at the top of an empty screen.
    pub fn clear(&self) {
        let cells = 80 * 300;
        let origin = COORD { X: 0, Y: 0 };
        // SAFETY: the handle is open.
        unsafe {
            FillConsoleOutputCharacterW(self.screen.as_raw_handle(), u16::from(b' '), cells, origin, &mut 0);
            SetConsoleCursorPosition(self.screen.as_raw_handle(), origin);
        }
    }

    /// Presses keys in one go, each with the keys that are held with it.
    pub fn press(&self, keys: &[(char, u32)]) {
        let mut records = Vec::new();
        for (character, held) in keys {
            let unit = u16::try_from(u32::from(*character)).unwrap();
            for down in [1, 0] {
                let key = KEY_EVENT_RECORD {
                    bKeyDown: down,
                    wRepeatCount: 1,
                    wVirtualKeyCode: if unit == 13 { 13 } else { 0 },
                    wVirtualScanCode: 0,
                    uChar: KEY_EVENT_RECORD_0 { UnicodeChar: unit },
                    dwControlKeyState: *held,
                };
                records.push(INPUT_RECORD { EventType: KEY_EVENT as u16, Event: INPUT_RECORD_0 { KeyEvent: key } });
            }
        }
        let (handle, length) = (self.input.as_raw_handle(), u32::try_from(records.len()).unwrap());
        // SAFETY: the handle is open, and there are so many records.
        let typed = unsafe { WriteConsoleInputW(handle, records.as_ptr(), length, &mut 0) };
        assert_ne!(typed, 0);
    }
}

/// Waits until something holds.
pub fn wait_until(what: &str, holds: impl Fn() -> bool, instead: impl Fn() -> String) {
    let began = Instant::now();
    while !holds() {
        assert!(began.elapsed() < LONG / 2, "no {what}, but: {}", instead());
        thread::sleep(Duration::from_millis(10));
    }
}

/// The code page in which others write to this console.
pub fn code_page() -> u32 {
    // SAFETY: no arguments.
    unsafe { GetConsoleOutputCP() }
}

pub fn set_code_page(page: u32) {
    // SAFETY: no pointers.
    assert_ne!(unsafe { SetConsoleOutputCP(page) }, 0);
}

fn mode(file: &File) -> u32 {
    // SAFETY: it is a number.
    let mut mode = unsafe { mem::zeroed() };
    // SAFETY: the handle is open and the mode ours.
    assert_ne!(unsafe { GetConsoleMode(file.as_raw_handle(), &raw mut mode) }, 0);
    mode
}

unsafe extern "system" fn stay(_event: u32) -> i32 {
    1
}
