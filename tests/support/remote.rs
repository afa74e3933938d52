//! The Exchange stand-in behind a real remote session: an ssh server of its own on 127.0.0.1, whose far end is a second
//! PowerShell. Ended with the value, together with everything it started.

use std::fs;
use std::ops::Deref;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::double::{Setup, with};
use super::processes::descendants;
use super::{PATIENCE, peer, until};

/// `New-PSSession` as `--connection remote` calls it, answered by the double: everything else is PowerShell's own.
const ENDPOINT: &str = r#"param($Engine, $Nonce)
. (Join-Path $env:ExchangeInstallPath 'bin/RemoteSession.ps1')
function New-PSSession {
    param($ConfigurationName, $ConnectionUri, $Authentication)
    $line = ConvertTo-Json -Compress @{ pid = $PID; what = 'open'; args = "$ConfigurationName $ConnectionUri $Authentication" }
    [System.IO.File]::AppendAllText($env:EXCHANGE_DOUBLE_LOG, "$line`n")
    $state = Get-Content -Raw -LiteralPath $env:EXCHANGE_DOUBLE_STATE | ConvertFrom-Json
    if ($state.PSObject.Properties['closed'] -and $state.closed -eq ([Uri] $ConnectionUri).Host) { throw 'WinRM cannot complete the operation.' }
    New-DoubleSession $state.remote
}
. $Engine -Nonce $Nonce
"#;

/// A setup whose Exchange cmdlets are reached over a remote session.
pub struct Remote {
    // Ended before its folder goes.
    sshd: Sshd,
    setup: Setup,
}

impl Remote {
    /// A double with this state at the far end of a session.
    pub fn new(state: &Value) -> Self {
        let setup = Setup::new(state);
        let sshd = Sshd::start(&setup);
        let remote = Self { sshd, setup };
        remote.set_state(state);
        remote
    }

    /// Replaces the state of the double, on both sides; the next call sees it.
    pub fn set_state(&self, state: &Value) {
        self.setup.set_state(&with(state.clone(), "remote", self.sshd.place()));
    }

    /// A program in the place of PowerShell, in which `--connection remote` reaches the double without the Exchange tools.
    pub fn endpoint(&self) -> PathBuf {
        let (script, program) = (self.path("endpoint.ps1"), self.path("endpoint"));
        fs::write(&script, ENDPOINT).unwrap();
        // relight gives -File and -Nonce at these places.
        let start = format!("exec {} -NoLogo -NoProfile -NonInteractive", quoted(self.shell()));
        write_program(&program, &format!("#!/bin/sh\n{start} -File {} \"$7\" \"$9\"\n", quoted(&script)));
        program
    }

    /// As if nothing had run: no log, no far ends, no journal.
    pub fn forget(&self) {
        for left in ["log.jsonl", "sshd/far-ends"] {
            let _not_there = fs::remove_file(self.path(left));
        }
        let _not_there = fs::remove_dir_all(self.path("state"));
    }

    /// The process ids of all far ends that there were, in the order in which they were opened.
    pub fn far_ends(&self) -> Vec<u32> {
        let text = fs::read_to_string(self.sshd.folder.join("far-ends")).unwrap_or_default();
        text.lines().map(|line| line.parse().expect("a process id")).collect()
    }

    /// The far ends that still run.
    pub fn running_far_ends(&self) -> Vec<u32> {
        self.far_ends().into_iter().filter(|process| is_far_end(*process)).collect()
    }

    /// Breaks every open session: its far end is killed, and gone when this returns.
    pub fn end_far_ends(&self) {
        kill(&self.running_far_ends());
        self.wait_for_far_ends();
    }

    /// Waits until no far end runs any more.
    #[track_caller]
    pub fn wait_for_far_ends(&self) {
        until("the end of the far ends", || self.running_far_ends().is_empty());
    }
}

impl Deref for Remote {
    type Target = Setup;

    fn deref(&self) -> &Setup {
        &self.setup
    }
}

/// A running ssh server.
struct Sshd {
    child: Child,
    port: u16,
    folder: PathBuf,
}

impl Sshd {
    /// Starts a server whose far ends see the environment of this setup.
    fn start(setup: &Setup) -> Self {
        // It wants to be started by its full path.
        let program = peer::sshd().expect("an ssh server");
        let folder = setup.path("sshd");
        fs::create_dir(&folder).unwrap();
        for key in ["host", "user"] {
            let mut keygen = Command::new("ssh-keygen");
            keygen.args(["-q", "-t", "ed25519", "-N", "", "-C", key, "-f"]).arg(folder.join(key));
            assert!(keygen.stdin(Stdio::null()).status().unwrap().success(), "no key was made");
        }
        write_program(&folder.join("far-end"), &far_end(&folder, setup));
        // Root's server will not start without this folder, which is empty and goes with the next start of the machine.
        let _there_or_not_root = fs::create_dir_all("/run/sshd");

        let begun = Instant::now();
        loop {
            let port = free_port();
            if let Some(child) = listening(program, &folder, port) {
                let host_key = fs::read_to_string(folder.join("host.pub")).unwrap();
                fs::write(folder.join("known-hosts"), format!("[127.0.0.1]:{port} {host_key}")).unwrap();
                return Self { child, port, folder };
            }
            let log = fs::read_to_string(folder.join("log")).unwrap_or_default();
            assert!(begun.elapsed() < PATIENCE, "sshd does not listen: {log}");
        }
    }

    /// Where the double finds the far side.
    fn place(&self) -> Value {
        json!({"port": self.port, "key": self.folder.join("user"), "knownHosts": self.folder.join("known-hosts")})
    }
}

impl Drop for Sshd {
    fn drop(&mut self) {
        // Its sessions outlive it, so that they are looked for while they still are its descendants.
        let started = descendants(self.child.id());
        let _killed = self.child.kill();
        let _ended = self.child.wait();
        kill(&started);
    }
}

/// A server that listens; `None`: this port was taken in the meantime.
fn listening(program: &Path, folder: &Path, port: u16) -> Option<Child> {
    let (configuration, log) = (folder.join("configuration"), folder.join("log"));
    let at = |name: &str| folder.join(name).display().to_string();
    let text = format!(
        "ListenAddress 127.0.0.1\nPort {port}\nHostKey {}\nAuthorizedKeysFile {}\nSubsystem powershell {}\n\
         UsePAM no\nStrictModes no\nPidFile none\n",
        at("host"),
        at("user.pub"),
        at("far-end"),
    );
    fs::write(&configuration, text).unwrap();
    fs::write(&log, "").unwrap();
    let mut command = Command::new(program);
    command.args(["-D", "-E"]).arg(&log).arg("-f").arg(&configuration);
    let mut child = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    // A connection would not tell this server from another one that took the port.
    while !fs::read_to_string(&log).unwrap_or_default().contains("Server listening") {
        if child.try_wait().unwrap().is_some() {
            return None;
        }
        sleep(Duration::from_millis(10));
    }
    Some(child)
}

/// The program at the far end. An ssh server passes no environment on; and the far end is found by what is noted here.
fn far_end(folder: &Path, setup: &Setup) -> String {
    let variables = setup.environment();
    let exports = variables.iter().map(|(name, value)| format!("export {name}={}\n", quoted(Path::new(value))));
    let note = format!("echo $$ >>{}\n", quoted(&folder.join("far-ends")));
    let start = format!("exec {} -sshs -NoLogo -NoProfile\n", quoted(setup.shell()));
    format!("#!/bin/sh\n{}{note}{start}", exports.collect::<String>())
}

/// As one word for a shell.
fn quoted(path: &Path) -> String {
    format!("'{}'", path.display().to_string().replace('\'', "'\\''"))
}

fn write_program(path: &Path, text: &str) {
    use std::os::unix::fs::PermissionsExt;
    fs::write(path, text).unwrap();
    fs::set_permissions(path, fs::Permissions::from_mode(0o755)).unwrap();
}

fn free_port() -> u16 {
    std::net::TcpListener::bind(("127.0.0.1", 0)).and_then(|it| it.local_addr()).expect("a free port").port()
}

/// Ends processes at once; one that is gone already is no matter.
fn kill(processes: &[u32]) {
    if !processes.is_empty() {
        let ids = processes.iter().map(u32::to_string);
        let _gone = Command::new("kill").arg("-KILL").args(ids).stderr(Stdio::null()).status();
    }
}

/// Whether a far end runs under this process id; one that has ended and waits for its parent has no command line.
fn is_far_end(process: u32) -> bool {
    let words = fs::read(format!("/proc/{process}/cmdline")).unwrap_or_default();
    words.split(|byte| *byte == 0).any(|word| word == b"-sshs")
}
