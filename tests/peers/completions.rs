//! The completion script for PowerShell in a real one: what Tab offers behind each beginning of a line.

use std::path;
use std::process::Command;

use crate::support::peer::pwsh;

crate::trials![Pwsh =>
    tab_offers_what_can_be_typed_there,
];

/// A line up to the cursor, what is offered among others, and what is not.
const LINES: [(&str, &[&str], &[&str]); 11] = [
    ("relight ", &["check", "fix", "completions"], &["simulated-engine", "--quiet"]),
    ("relight re", &["resume"], &["check"]),
    ("relight check --component ", &["PopProxy", "ImapProxy"], &["--probe"]),
    ("relight fix EX01 EX02 --requester Ma", &["Maintenance"], &["HealthApi"]),
    ("relight fix --requester ", &["HealthApi", "any"], &["--yes"]),
    ("relight check EX01 --ignore-requester f", &["Functional"], &["any"]),
    ("relight.exe check --simulate kb", &["kb-3025138"], &["healthy"]),
    ("relight fix EX01 --", &["--yes", "--what-if", "--dry-run", "--transcript"], &["--nonce"]),
    ("relight undo --sto", &["--stop-services"], &["--yes"]),
    ("relight completions p", &["powershell"], &["bash"]),
    ("relight doctor --connection r", &["remote"], &["ems"]),
];

fn tab_offers_what_can_be_typed_there() {
    // With its drive, which under wine it was compiled without.
    let relight = path::absolute(env!("CARGO_BIN_EXE_relight")).expect("a path");
    let lines = LINES.map(|(line, ..)| format!("'{line}'")).join(", ");
    let script = format!(
        "Set-StrictMode -Version 2; & '{}' completions powershell | Out-String | Invoke-Expression; \
         foreach ($line in {lines}) {{ \
           $found = TabExpansion2 -inputScript $line -cursorColumn $line.Length; \
           '{{0}}|{{1}}' -f $line, (@($found.CompletionMatches | ForEach-Object {{ $_.CompletionText }}) -join ' ') }}",
        relight.display()
    );
    let mut command = Command::new(pwsh());
    // As relight starts it: with a console that nobody sees. Without any, PowerShell 7 says nothing under wine.
    #[cfg(windows)]
    std::os::windows::process::CommandExt::creation_flags(&mut command, 0x0800_0000);
    let output = command.args(["-NoProfile", "-NonInteractive", "-Command", &script]).output().expect("it runs");
    let said = String::from_utf8_lossy(&output.stdout);
    for (line, offered, not) in LINES {
        let found = said.lines().find_map(|it| it.strip_prefix(line)?.strip_prefix('|'));
        let words = found.unwrap_or_else(|| panic!("nothing for {line:?}\n{said}\n{output:?}")).split(' ');
        let words = words.collect::<Vec<_>>();
        assert!(offered.iter().all(|word| words.contains(word)), "{line}: {words:?}");
        assert!(not.iter().all(|word| !words.contains(word)), "{line}: {words:?}");
    }
}
