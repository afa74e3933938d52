//! Which real PowerShell the tests use.

use std::io::Write;
use std::path::PathBuf;
use std::sync::Once;
use std::{env, io};

/// The PowerShell to test with: `pwsh`, or what `RELIGHT_TEST_POWERSHELL` names (`powershell` is Windows PowerShell). `None`,
/// with one line said for all tests, where there is none.
pub fn pwsh() -> Option<PathBuf> {
    static SAID: Once = Once::new();
    let name = env::var("RELIGHT_TEST_POWERSHELL").unwrap_or_else(|_| "pwsh".into());
    if let Ok(path) = which::which(&name) {
        return Some(path);
    }
    assert!(env::var_os("RELIGHT_REQUIRE_PWSH").is_none_or(|value| value != "1"), "no {name} on PATH");
    // Not by a macro, whose text the test harness keeps to itself.
    SAID.call_once(|| writeln!(io::stderr(), "skipped: no {name} on PATH").expect("stderr"));
    None
}
