//! What some tests are tested against and not every machine has.

use std::net::{Ipv6Addr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fmt};

/// Something to test against.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Peer {
    /// A real PowerShell.
    Pwsh,
    /// dovecot, for POP3 and IMAP4.
    Dovecot,
    /// sshd, for a remote session.
    Sshd,
    /// The right to a network namespace of one's own.
    Namespace,
    /// strace, and the right to use it.
    Strace,
    /// osslsigncode, which signs as Windows does, and openssl, which makes a certificate for it.
    Osslsigncode,
    /// One that signs scripts, too.
    ScriptSigner,
    /// ::1.
    Ipv6,
    /// The time to go to every point of a walk.
    Walk,
    /// The Windows of a wine, where the place of powershell.exe is ours to take.
    Wine,
}

impl Peer {
    /// The variable that says that it must be there: `1` makes a failure of what would be ignored.
    pub fn requirement(self) -> String {
        format!("RELIGHT_REQUIRE_{}", format!("{self:?}").to_ascii_uppercase())
    }

    pub fn is_required(self) -> bool {
        env::var_os(self.requirement()).is_some_and(|value| value == "1")
    }

    /// Why a test against it cannot run here; `None`: it can.
    pub fn lacks(self) -> Option<String> {
        let there = match self {
            Self::Pwsh => find_pwsh().is_some(),
            Self::Dovecot => dovecot().is_some(),
            Self::Sshd => sshd().is_some() && ["ssh", "ssh-keygen"].iter().all(|name| which::which(name).is_ok()),
            Self::Namespace => succeeds("unshare", &["--net", "--mount", "--", "ip", "link", "set", "lo", "up"]),
            Self::Strace => succeeds("strace", &["-o", "/dev/null", "true"]),
            Self::Osslsigncode => ["osslsigncode", "openssl"].iter().all(|name| which::which(name).is_ok()),
            Self::ScriptSigner => osslsigncode_version() >= Some((2, 9)),
            Self::Ipv6 => TcpListener::bind((Ipv6Addr::LOCALHOST, 0)).is_ok(),
            Self::Walk => env::var_os("RELIGHT_WALK").is_some_and(|it| it == "full"),
            Self::Wine => is_wine(),
        };
        (!there).then(|| self.to_string())
    }
}

/// What is lacking where it is not there.
impl fmt::Display for Peer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Pwsh => write!(f, "no {} on PATH", pwsh_name()),
            Self::Dovecot => f.write_str("dovecot (dovecot-pop3d, dovecot-imapd) is not installed"),
            Self::Sshd => f.write_str("sshd or ssh (openssh-server, openssh-client) is not installed"),
            Self::Namespace => f.write_str("a network namespace needs root, unshare and ip"),
            Self::Strace => f.write_str("no strace, or one process may not trace another"),
            Self::Osslsigncode => f.write_str("no osslsigncode or openssl"),
            Self::ScriptSigner => f.write_str("osslsigncode older than 2.9 signs no scripts"),
            Self::Ipv6 => f.write_str("no IPv6"),
            Self::Walk => f.write_str("it takes minutes: RELIGHT_WALK=full has it run"),
            Self::Wine => f.write_str("the place of powershell.exe is ours in the Windows of a wine only"),
        }
    }
}

/// The PowerShell to test with: `pwsh`, or what `RELIGHT_TEST_POWERSHELL` names (`powershell` is Windows PowerShell).
pub fn pwsh() -> PathBuf {
    find_pwsh().unwrap_or_else(|| panic!("{}", Peer::Pwsh))
}

pub fn find_pwsh() -> Option<PathBuf> {
    which::which(pwsh_name()).ok()
}

fn pwsh_name() -> String {
    env::var("RELIGHT_TEST_POWERSHELL").unwrap_or_else(|_| "pwsh".into())
}

pub fn dovecot() -> Option<&'static Path> {
    installed(&["/usr/sbin/dovecot", "/usr/local/sbin/dovecot"])
}

pub fn sshd() -> Option<&'static Path> {
    installed(&["/usr/sbin/sshd", "/usr/local/sbin/sshd"])
}

/// What `osslsigncode --version` says: "osslsigncode 2.9, using:".
fn osslsigncode_version() -> Option<(u32, u32)> {
    let said = Command::new("osslsigncode").arg("--version").output().ok()?;
    let text = String::from_utf8_lossy(&said.stdout).into_owned();
    let (major, minor) = text.strip_prefix("osslsigncode ")?.split([',', ' ']).next()?.split_once('.')?;
    Some((major.parse().ok()?, minor.split('.').next()?.parse().ok()?))
}

fn installed(places: &[&'static str]) -> Option<&'static Path> {
    places.iter().map(|place| Path::new(*place)).find(|place| place.exists())
}

fn succeeds(program: &str, words: &[&str]) -> bool {
    Command::new(program).args(words).output().is_ok_and(|output| output.status.success())
}

#[cfg(windows)]
pub fn is_wine() -> bool {
    use windows_sys::Win32::Foundation::FreeLibrary;
    use windows_sys::Win32::System::LibraryLoader::{GetProcAddress, LoadLibraryW};

    let name: Vec<u16> = "ntdll.dll\0".encode_utf16().collect();
    // SAFETY: both names end with a zero; what was loaded is freed, and stays loaded anyway.
    unsafe {
        let library = LoadLibraryW(name.as_ptr());
        let found = GetProcAddress(library, c"wine_get_version".as_ptr().cast()).is_some();
        FreeLibrary(library);
        found
    }
}

#[cfg(not(windows))]
pub fn is_wine() -> bool {
    false
}
