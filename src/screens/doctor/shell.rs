//! PowerShell: found where, which version, how many bits, which language mode.

use crate::domain::Connection;
use crate::domain::checkup::{Answer, Facts, Grade, Lack, Remark, Shell, ShellFacts, ShellFailure};
use crate::screens::kit::words;

use super::row::{NO_SHELL, bad, bare, ok};

/// The rows about the shell.
pub(super) fn shell(facts: &Facts) -> Vec<Remark> {
    match &facts.shell {
        ShellFacts::NotFound { looked_for } => vec![
            bad("powerShell", NO_SHELL, format!("Cannot find {looked_for}."))
                .next("Name the PowerShell to use: --powershell PATH."),
        ],
        ShellFacts::Failed { path, why, tail: _ } => vec![failed(path, why)],
        ShellFacts::Up(shell) => up(shell, facts),
    }
}

fn failed(path: &str, why: &ShellFailure) -> Remark {
    let named = if path.is_empty() { "PowerShell".to_owned() } else { format!("PowerShell ({path})") };
    let row = |grade, says, next| bad("powerShell", grade, says).next(next);
    let itself = |why| format!("{}.", words::capital(bare(why)));
    match why {
        ShellFailure::NotStarted(why) => row(NO_SHELL, itself(why), "Try to start the same PowerShell by hand."),
        ShellFailure::TooFewBits(why) => row(Grade::Fault(Lack::Program), itself(why), "Use the 64-bit relight."),
        ShellFailure::NoScripts(why) => {
            row(NO_SHELL, itself(why), "Make room in the folder for temporary files, or name another one in TEMP.")
        }
        ShellFailure::Confined(mode) => row(
            NO_SHELL,
            format!("{named} is confined to language mode {mode}, in which scripts cannot do the work."),
            "AppLocker or WDAC confines it for this account or folder: run relight with an account or from a folder \
             that the policy trusts.",
        ),
        ShellFailure::ScriptsRefused(refused) => row(NO_SHELL, format!("{refused} ({path})."), refused.advice()),
        ShellFailure::Ended(why) => row(
            NO_SHELL,
            format!("{named} did not come up: {}.", bare(why)),
            "See $PSVersionTable.PSVersion there: below 5.1 (WMF 4) it cannot parse relight's scripts, so install \
             Windows Management Framework 5.1. Else try to start the same PowerShell by hand.",
        ),
        ShellFailure::Silent(why) => row(
            NO_SHELL,
            format!("{named} was started and gave {}.", bare(why)),
            "Give it more time with --start-timeout, or see by hand what makes it slow.",
        ),
        ShellFailure::Interrupted => {
            row(Grade::Warning, format!("{named}: interrupted while it started."), "Run it again.")
        }
    }
}

fn up(shell: &Shell, facts: &Facts) -> Vec<Remark> {
    let version = shell.version.as_deref().unwrap_or("of unknown version");
    let seconds = shell.took.as_secs_f64();
    let mut rows = vec![ok("powerShell", format!("PowerShell {version} ({}), up in {seconds:.1} s.", shell.path))];
    rows.extend(version_of(shell, facts));
    rows.push(bits(shell.is_64, facts.connection != Connection::Remote));
    rows.push(match &shell.language_mode {
        Some(mode) => ok("languageMode", format!("Language mode {mode}.")),
        None => bad("languageMode", Grade::Warning, "PowerShell did not tell its language mode."),
    });
    rows.extend(shell.has_signed_scripts.map(scripts));
    rows
}

fn scripts(are_signed: bool) -> Remark {
    ok(
        "scripts",
        match are_signed {
            true => "The scripts of this relight are signed.",
            false => {
                "The scripts of this relight are not signed, as it is no signed release: PowerShell refuses them under an \
                 execution policy of AllSigned."
            }
        },
    )
}

/// Nothing where it is the one that Exchange is made for.
fn version_of(shell: &Shell, facts: &Facts) -> Option<Remark> {
    const CHECK: &str = "powerShellVersion";
    let on_windows = matches!(&facts.machine, Answer::Known(machine) if machine.is_windows == Some(true));
    match shell.version.as_deref().map(|version| (version, numbers(version))) {
        None | Some((_, None)) => Some(bad(CHECK, Grade::Warning, "PowerShell did not tell its version.")),
        Some((version, Some(at))) if at < (5, 1) => Some(
            bad(
                CHECK,
                NO_SHELL,
                format!(
                    "PowerShell {version} is too old: Windows PowerShell 5.1 is needed. That of WMF 4 cannot even \
                     parse relight's scripts."
                ),
            )
            .next("Install Windows Management Framework 5.1."),
        ),
        Some((version, Some(at))) if at >= (6, 0) && on_windows && facts.connection != Connection::Remote => Some(
            bad(
                CHECK,
                Grade::Warning,
                format!("PowerShell {version}: the Exchange Management Shell is made for Windows PowerShell 5.1."),
            )
            .next("Leave --powershell out, so that Windows PowerShell is used."),
        ),
        Some(_) => None,
    }
}

/// `5.1.17763.5458` as 5 and 1.
fn numbers(version: &str) -> Option<(u32, u32)> {
    let mut parts = version.split('.').map(str::parse);
    Some((parts.next()?.ok()?, parts.next()?.ok()?))
}

fn bits(is_64: Option<bool>, local: bool) -> Remark {
    const CHECK: &str = "bits";
    let next = "Use the 64-bit PowerShell; leave --powershell out, or name another.";
    match is_64 {
        Some(true) => ok(CHECK, "64-bit process."),
        Some(false) => {
            let grade = if local { NO_SHELL } else { Grade::Warning };
            bad(CHECK, grade, "32-bit process: it sees neither Exchange's tools nor its setup key.").next(next)
        }
        None => bad(CHECK, Grade::Warning, "PowerShell did not tell whether it is a 64-bit process.").next(next),
    }
}
