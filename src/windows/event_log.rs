//! The Application log: a source in the registry, and events from it. An event of a source that is not registered would
//! be taken for one of the log itself, without a text; so that is looked at first.

use std::{io, ptr};

use windows_registry::{Key, LOCAL_MACHINE, Type};
use windows_sys::Win32::System::EventLog::{
    DeregisterEventSource, EVENTLOG_ERROR_TYPE, EVENTLOG_INFORMATION_TYPE, EVENTLOG_WARNING_TYPE, RegisterEventSourceW,
    ReportEventW,
};

/// How grave an event is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Gravity {
    Information,
    Warning,
    Error,
}

/// What a value in the registry holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Data {
    /// `REG_EXPAND_SZ`.
    Expandable(String),
    /// `REG_DWORD`.
    Number(u32),
}

/// Whether there is a key of this name below `HKEY_LOCAL_MACHINE`.
pub(crate) fn is_registered(key: &str) -> bool {
    LOCAL_MACHINE.open(key).is_ok()
}

/// Makes a key below `HKEY_LOCAL_MACHINE`, and gives it these values; for each, whether it had to be written.
///
/// # Errors
/// What Windows says, among it that the account may not.
pub(crate) fn register(key: &str, values: &[(&str, Data)]) -> io::Result<Vec<bool>> {
    let key = LOCAL_MACHINE.create(key).map_err(|error| system_error(error.code().0))?;
    let write = |(name, data): &(&str, Data)| {
        let is_new = !holds(&key, name, data);
        if is_new {
            let written = match data {
                Data::Expandable(text) => key.set_expand_string(name, text),
                Data::Number(number) => key.set_u32(name, *number),
            };
            written.map_err(|error| system_error(error.code().0))?;
        }
        Ok(is_new)
    };
    values.iter().map(write).collect()
}

/// Whether a value is there already. One that cannot be read is written anew.
fn holds(key: &Key, name: &str, data: &Data) -> bool {
    let Ok(value) = key.get_value(name) else { return false };
    match data {
        Data::Expandable(text) => {
            value.ty() == Type::ExpandString && String::try_from(value).is_ok_and(|there| there == *text)
        }
        Data::Number(number) => value.ty() == Type::U32 && u32::try_from(value).is_ok_and(|there| there == *number),
    }
}

/// The error of Windows in an `HRESULT` (winerror.h: facility 7, the code in the lower half), as other calls give it.
fn system_error(hresult: i32) -> io::Error {
    let code = hresult.cast_unsigned();
    io::Error::from_raw_os_error(if code >> 16 == 0x8007 { (code & 0xffff).cast_signed() } else { hresult })
}

fn wide(text: &str) -> Vec<u16> {
    text.encode_utf16().chain([0]).collect()
}

/// Writes one event. The text is the whole of its message.
///
/// # Errors
/// What Windows says.
#[expect(unsafe_code, reason = "calls into Windows")]
pub(crate) fn report(source: &str, gravity: Gravity, id: u16, text: &str) -> io::Result<()> {
    let gravity = match gravity {
        Gravity::Information => EVENTLOG_INFORMATION_TYPE,
        Gravity::Warning => EVENTLOG_WARNING_TYPE,
        Gravity::Error => EVENTLOG_ERROR_TYPE,
    };
    let (source, text) = (wide(source), wide(text));
    let texts = [text.as_ptr()];
    // SAFETY: the name ends with a zero; no name of a machine means this one.
    let log = unsafe { RegisterEventSourceW(ptr::null(), source.as_ptr()) };
    if log.is_null() {
        return Err(io::Error::last_os_error());
    }
    // SAFETY: the handle is open; there is one text, which ends with a zero, no account and no data.
    let written =
        unsafe { ReportEventW(log, gravity, 0, u32::from(id), ptr::null_mut(), 1, 0, texts.as_ptr(), ptr::null()) };
    let error = io::Error::last_os_error();
    // SAFETY: the handle is open, and is not used any more.
    unsafe { DeregisterEventSource(log) };
    if written == 0 { Err(error) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_of_the_registry_is_named_as_windows_names_it() {
        // E_ACCESSDENIED and E_FAIL.
        assert_eq!(system_error(0x8007_0005_u32.cast_signed()).kind(), io::ErrorKind::PermissionDenied);
        assert_eq!(system_error(0x8000_4005_u32.cast_signed()).raw_os_error(), Some(0x8000_4005_u32.cast_signed()));
    }
}
