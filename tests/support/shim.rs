//! A stand-in for PowerShell, named with `--powershell`: it notes what it is asked, can stop before a change until it is
//! told to go on, and has the answers from the simulated Exchange. To relight it is the real thing.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;

use super::{Place, until};

/// The stand-in, in the folder of a place.
pub struct Shim<'a>(&'a Place);

impl<'a> Shim<'a> {
    pub fn new(place: &'a Place) -> Self {
        let text = format!(
            "#!/bin/sh
cd '{folder}' || exit 1
if [ -e started ] && [ -e once ]; then exit 1; fi
: > started
exec 3>&1
for nonce; do :; done
while IFS= read -r line; do
    printf '%s\\n' \"$line\" >> requests
    case \"$line\" in *set-component-state*)
        : > writing
        while [ -e hold ]; do sleep 0.02; done
        if [ -e noise ]; then cat noise >&3; fi ;;
    esac
    printf '%s\\n' \"$line\"
done | '{relight}' simulated-engine --scenario scenario.json --nonce \"$nonce\" --capabilities change
",
            folder = place.folder().display(),
            relight = env!("CARGO_BIN_EXE_relight"),
        );
        let shim = Self(place);
        fs::write(shim.path(), text).expect("a script");
        fs::set_permissions(shim.path(), fs::Permissions::from_mode(0o755)).expect("a program");
        shim
    }

    pub fn path(&self) -> PathBuf {
        self.0.folder().join("pwsh")
    }

    /// Whether it was ever started.
    pub fn was_started(&self) -> bool {
        self.0.folder().join("started").exists()
    }

    /// A second session cannot be had.
    pub fn start_only_once(&self) {
        fs::write(self.0.folder().join("once"), "").expect("a file");
    }

    /// Changes wait from now on.
    pub fn hold(&self) {
        fs::write(self.0.folder().join("hold"), "").expect("a file");
    }

    /// Before it answers it prints this.
    pub fn prints(&self, noise: &str) {
        fs::write(self.0.folder().join("noise"), noise).expect("a file");
    }

    /// Changes go on.
    pub fn let_go(&self) {
        fs::remove_file(self.0.folder().join("hold")).expect("a file to remove");
    }

    /// Waits until a change is under way.
    #[track_caller]
    pub fn await_write(&self) {
        let writing = self.0.folder().join("writing");
        until("a change", || writing.exists());
    }

    /// How often an operation was asked for.
    pub fn asked(&self, op: &str) -> usize {
        let requests = fs::read_to_string(self.0.folder().join("requests")).unwrap_or_default();
        requests.lines().filter(|line| line.contains(&format!("\"op\":\"{op}\""))).count()
    }
}
