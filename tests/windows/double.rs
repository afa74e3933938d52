//! A stand-in for `powershell.exe`: it notes how it was started, starts a child of its own, and plays a scenario of the
//! simulator over the real frames. Which one, and where to note, it is told by the environment.

use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};
use std::time::Duration;
use std::{env, fs, io, process};

use relight::shell::Capabilities;
use relight::simulator::{self, EngineArgs};
use serde_json::{Value, json};
use windows_sys::Win32::Foundation::HANDLE;
use windows_sys::Win32::Storage::FileSystem::GetFileType;
use windows_sys::Win32::System::Console::{
    GetConsoleWindow, GetStdHandle, STD_ERROR_HANDLE, STD_INPUT_HANDLE, STD_OUTPUT_HANDLE,
};
use windows_sys::Win32::System::Environment::GetCommandLineW;

/// A folder: each double writes a note of its own there.
pub const NOTES: &str = "RELIGHT_DOUBLE_NOTES";
/// The scenario that is played.
pub const SCENARIO: &str = "RELIGHT_DOUBLE_SCENARIO";
/// An address at which the double and its child call in, for as long as they live.
pub const ROLL: &str = "RELIGHT_DOUBLE_ROLL";

/// Plays PowerShell, if that is this program's name, or the child of one.
pub fn play_if_started_as_one() -> Option<ExitCode> {
    let name = env::current_exe().unwrap().file_stem().unwrap().to_string_lossy().to_ascii_lowercase();
    if name != "powershell" {
        return None;
    }
    let words: Vec<String> = env::args().skip(1).collect();
    if let [first, address] = &words[..]
        && first == "child"
    {
        call_in(address);
        io::Write::write_all(&mut io::stdout(), b"\n").unwrap();
        std::thread::sleep(Duration::from_secs(180));
        return Some(ExitCode::SUCCESS);
    }
    if let Some(notes) = env::var_os(NOTES) {
        fs::write(Path::new(&notes).join(format!("{}.json", process::id())), note(&words).to_string()).unwrap();
    }
    if let Ok(address) = env::var(ROLL) {
        let mut child = Command::new(env::current_exe().unwrap());
        // It holds our stderr for as long as it lives.
        let mut child = child.args(["child", &address]).stdin(Stdio::null()).stdout(Stdio::piped()).spawn().unwrap();
        io::Read::read_exact(child.stdout.as_mut().unwrap(), &mut [0]).unwrap();
        std::mem::forget(child);
        call_in(&address);
    }
    let after = |name: &str| words.iter().position(|word| word == name).map(|at| words[at + 1].clone()).unwrap();
    let engine = fs::read_to_string(after("-File")).unwrap();
    let has = |function: &str| engine.contains(&format!("function Relight-{function}"));
    let capabilities = match (has("Set-ComponentState"), has("Stop-ExchangeService")) {
        (false, _) if has("Get-Environment") => Capabilities::Checkup,
        (false, _) => Capabilities::Look,
        (true, false) => Capabilities::Change,
        (true, true) => Capabilities::Stop,
    };
    let source = simulator::resolve(env::var(SCENARIO).ok().as_deref()).unwrap();
    Some(simulator::run(&EngineArgs { nonce: after("-Nonce"), capabilities, source }))
}

/// Whoever calls too late, because the test has seen enough, is no trouble.
fn call_in(address: &str) {
    if let Ok(mut stream) = TcpStream::connect(address) {
        let _heard = io::Write::write_all(&mut stream, &process::id().to_le_bytes());
    }
}

fn note(words: &[String]) -> Value {
    let environment: serde_json::Map<String, Value> = env::vars_os()
        .map(|(name, value)| (name.to_string_lossy().into_owned(), json!(value.to_string_lossy())))
        .collect();
    let streams = [STD_INPUT_HANDLE, STD_OUTPUT_HANDLE, STD_ERROR_HANDLE].map(stream_type);
    json!({
        "program": env::current_exe().unwrap(),
        "line": command_line(),
        "words": words,
        "environment": environment,
        "folder": env::current_dir().unwrap(),
        "streams": streams,
        "window": has_window(),
    })
}

fn command_line() -> String {
    // SAFETY: the line lives as long as the process and ends with a zero.
    unsafe {
        let line = GetCommandLineW();
        let length = (0..).take_while(|at| *line.add(*at) != 0).count();
        String::from_utf16_lossy(std::slice::from_raw_parts(line, length))
    }
}

/// 1 a file, 2 a console or NUL, 3 a pipe.
fn stream_type(which: u32) -> u32 {
    // SAFETY: no pointers.
    unsafe { GetFileType(GetStdHandle(which) as HANDLE) }
}

fn has_window() -> bool {
    // SAFETY: no arguments.
    !unsafe { GetConsoleWindow() }.is_null()
}

/// The double in the place of Windows PowerShell, until it is dropped.
pub struct Installed {
    place: PathBuf,
    original: PathBuf,
}

impl Installed {
    /// Takes the place, in the Windows of a wine.
    pub fn in_place_of_powershell() -> Self {
        let place = relight::shell::locate::system_directory().join(r"WindowsPowerShell\v1.0\powershell.exe");
        let original = place.with_extension("original");
        // A test run that was killed has left it so.
        if !original.exists() {
            fs::rename(&place, &original).unwrap();
        }
        fs::copy(env::current_exe().unwrap(), &place).unwrap();
        Self { place, original }
    }
}

impl Drop for Installed {
    fn drop(&mut self) {
        let _gone = fs::remove_file(&self.place);
        let _back = fs::rename(&self.original, &self.place);
    }
}
