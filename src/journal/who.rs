//! Who runs relight, and where, as far as the environment tells.

use std::env;
use std::fs::File;

use crate::domain::Who;

/// The account and the machine. `own` is a file that this process has just made: it tells the effective account.
pub fn who(own: &File, interactive: bool) -> Who {
    Who { user: user(own), elevated: elevated(own), host: host(), interactive }
}

fn word(name: &str) -> Option<String> {
    env::var(name).ok().filter(|value| !value.is_empty())
}

#[cfg(unix)]
fn user(own: &File) -> String {
    let number = uid(own).map(|uid| format!("uid {uid}"));
    match (word("USER").or_else(|| word("LOGNAME")), number) {
        (Some(name), Some(number)) => format!("{name} ({number})"),
        (Some(one), None) | (None, Some(one)) => one,
        (None, None) => "unknown".to_owned(),
    }
}

#[cfg(unix)]
fn uid(own: &File) -> Option<u32> {
    use std::os::unix::fs::MetadataExt;

    own.metadata().ok().map(|about| about.uid())
}

#[cfg(unix)]
fn elevated(own: &File) -> Option<bool> {
    uid(own).map(|uid| uid == 0)
}

#[cfg(unix)]
fn host() -> String {
    let kernel = || std::fs::read_to_string("/proc/sys/kernel/hostname").ok();
    let named = kernel().map(|name| name.trim().to_owned()).filter(|name| !name.is_empty());
    named.or_else(|| word("HOSTNAME")).unwrap_or_else(|| "unknown".to_owned())
}

#[cfg(windows)]
fn user(_own: &File) -> String {
    match (word("USERDOMAIN"), word("USERNAME")) {
        (Some(domain), Some(name)) => format!("{domain}\\{name}"),
        (None, Some(name)) => name,
        (_, None) => "unknown".to_owned(),
    }
}

#[cfg(windows)]
fn elevated(_own: &File) -> Option<bool> {
    crate::windows::account::is_elevated()
}

#[cfg(windows)]
fn host() -> String {
    word("COMPUTERNAME").unwrap_or_else(|| "unknown".to_owned())
}
