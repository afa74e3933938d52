//! Windows' Application log: making relight's source known there, and writing an event. The texts of the events are whole
//! sentences of ours, so the message file is one that every Windows has, `EventCreate.exe`: it puts out what it is given,
//! and nothing breaks when relight.exe is moved. Install-Relight.ps1 registers the same.

use crate::domain::{LogEntry, SourceSetting};

/// The name of the source.
pub const SOURCE: &str = "relight";
/// Where it is registered, below `HKEY_LOCAL_MACHINE`.
pub const KEY: &str = r"SYSTEM\CurrentControlSet\Services\EventLog\Application\relight";
/// The program with the texts.
pub const MESSAGES: &str = r"%SystemRoot%\System32\EventCreate.exe";
/// Errors, warnings and information.
pub const TYPES: u32 = 7;
/// Without it `eventcreate` refuses a source that it did not make itself.
pub const CUSTOM: u32 = 1;

/// Why the source cannot be registered.
#[derive(Debug, thiserror::Error)]
pub enum EventSourceError {
    /// There is no such log.
    #[error("an event source can be registered on Windows only")]
    NotWindows,
    /// It takes the rights of an administrator.
    #[error(r"HKLM\{KEY} cannot be written without the rights of an administrator")]
    Denied,
    /// Windows says something else.
    #[error(r"HKLM\{KEY} cannot be written: {0}")]
    Refused(std::io::Error),
}

/// Registers the source, and tells what was there already and what was written.
///
/// # Errors
/// Where it is not registered completely.
#[cfg(windows)]
pub fn register() -> Result<Vec<SourceSetting>, EventSourceError> {
    use crate::windows::event_log::{self, Data};

    let values = [
        ("EventMessageFile", Data::Expandable(MESSAGES.to_owned())),
        ("TypesSupported", Data::Number(TYPES)),
        ("CustomSource", Data::Number(CUSTOM)),
    ];
    let written = event_log::register(KEY, &values).map_err(|error| {
        let denied = error.kind() == std::io::ErrorKind::PermissionDenied;
        if denied { EventSourceError::Denied } else { EventSourceError::Refused(error) }
    })?;
    let settings = values.into_iter().zip(written).map(|((name, data), written)| {
        let (kind, data) = match data {
            Data::Expandable(text) => ("REG_EXPAND_SZ", text),
            Data::Number(number) => ("REG_DWORD", number.to_string()),
        };
        SourceSetting { name, kind, data, written }
    });
    Ok(settings.collect())
}

/// There is no such log here.
///
/// # Errors
/// Always.
#[cfg(not(windows))]
pub fn register() -> Result<Vec<SourceSetting>, EventSourceError> {
    Err(EventSourceError::NotWindows)
}

/// Writes an event, where the source is registered. That it cannot be written is no reason to fail: the result, the journal
/// and the exit code say the same.
#[cfg(windows)]
pub fn write(entry: &LogEntry) {
    use crate::domain::Severity;
    use crate::windows::event_log::{self, Gravity};

    let id = entry.kind.id();
    if !event_log::is_registered(KEY) {
        tracing::debug!(id, "no event: the source is not registered (relight doctor --register-event-source)");
        return;
    }
    let gravity = match entry.kind.severity() {
        Severity::Information => Gravity::Information,
        Severity::Warning => Gravity::Warning,
        Severity::Error => Gravity::Error,
    };
    match event_log::report(SOURCE, gravity, id, &entry.text) {
        Ok(()) => tracing::debug!(id, "the Application log has an event"),
        Err(error) => tracing::warn!(id, %error, "the Application log does not take an event"),
    }
}

/// There is no such log here.
#[cfg(not(windows))]
pub fn write(_entry: &LogEntry) {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_script_that_installs_registers_the_same() {
        let script = include_str!("../../scripts/admin/Install-Relight.ps1");
        let value = |name: &str, data: &str, kind: &str| format!("-Name '{name}' -Value {data} -Type {kind}");
        let lines = [
            format!(r"$eventKey = 'HKLM:\{KEY}'"),
            format!("$messages = '{MESSAGES}'"),
            value("EventMessageFile", "$messages", "ExpandString"),
            value("TypesSupported", &TYPES.to_string(), "DWord"),
            value("CustomSource", &CUSTOM.to_string(), "DWord"),
        ];
        for line in lines {
            assert!(script.contains(&line), "{line}");
        }
    }
}
