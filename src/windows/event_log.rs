//! The Application log: a source in the registry, and events from it. An event of a source that is not registered would
//! be taken for one of the log itself, without a text; so that is looked at first.

use std::{io, mem, ptr};

use windows_sys::Win32::Foundation::{ERROR_FILE_NOT_FOUND, ERROR_SUCCESS, MAX_PATH};
use windows_sys::Win32::System::EventLog::{
    DeregisterEventSource, EVENTLOG_ERROR_TYPE, EVENTLOG_INFORMATION_TYPE, EVENTLOG_WARNING_TYPE, RegisterEventSourceW,
    ReportEventW,
};
use windows_sys::Win32::System::Registry::{
    HKEY, HKEY_LOCAL_MACHINE, KEY_READ, KEY_WRITE, REG_DWORD, REG_EXPAND_SZ, REG_OPTION_NON_VOLATILE, RRF_NOEXPAND,
    RRF_RT_ANY, RegCloseKey, RegCreateKeyExW, RegGetValueW, RegOpenKeyExW, RegSetValueExW,
};

/// How grave an event is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Gravity {
    /// Information.
    Information,
    /// A warning.
    Warning,
    /// An error.
    Error,
}

/// What a value in the registry holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Data {
    /// `REG_EXPAND_SZ`.
    Expandable(String),
    /// `REG_DWORD`.
    Number(u32),
}

/// A key below `HKEY_LOCAL_MACHINE`, open until it is dropped.
struct Key(HKEY);

impl Drop for Key {
    #[expect(unsafe_code, reason = "a call into Windows")]
    fn drop(&mut self) {
        // SAFETY: the key is open, and nobody else has it.
        unsafe { RegCloseKey(self.0) };
    }
}

fn wide(text: &str) -> Vec<u16> {
    text.encode_utf16().chain([0]).collect()
}

fn checked(code: u32) -> io::Result<()> {
    if code == ERROR_SUCCESS { Ok(()) } else { Err(io::Error::from_raw_os_error(code.cast_signed())) }
}

/// Whether there is a key of this name below `HKEY_LOCAL_MACHINE`.
#[expect(unsafe_code, reason = "a call into Windows")]
pub fn is_registered(key: &str) -> bool {
    let mut opened = ptr::null_mut();
    // SAFETY: the name ends with a zero; the place for the key is ours.
    let code = unsafe { RegOpenKeyExW(HKEY_LOCAL_MACHINE, wide(key).as_ptr(), 0, KEY_READ, &raw mut opened) };
    (code == ERROR_SUCCESS).then(|| Key(opened)).is_some()
}

/// Makes a key below `HKEY_LOCAL_MACHINE`, and gives it these values; for each, whether it had to be written.
///
/// # Errors
/// What Windows says, among it that the account may not.
#[expect(unsafe_code, reason = "a call into Windows")]
pub fn register(key: &str, values: &[(&str, Data)]) -> io::Result<Vec<bool>> {
    let mut made = ptr::null_mut();
    // SAFETY: the name ends with a zero; no class, no attributes; the place for the key is ours.
    checked(unsafe {
        RegCreateKeyExW(
            HKEY_LOCAL_MACHINE,
            wide(key).as_ptr(),
            0,
            ptr::null(),
            REG_OPTION_NON_VOLATILE,
            KEY_READ | KEY_WRITE,
            ptr::null(),
            &raw mut made,
            ptr::null_mut(),
        )
    })?;
    let key = Key(made);
    let write = |(name, data): &(&str, Data)| {
        let is_new = key.value(name)?.as_ref() != Some(data);
        if is_new {
            key.set(name, data)?;
        }
        Ok(is_new)
    };
    values.iter().map(write).collect()
}

impl Key {
    /// What a value holds; `None`: it is not there, or holds something else.
    #[expect(unsafe_code, reason = "a call into Windows")]
    fn value(&self, name: &str) -> io::Result<Option<Data>> {
        let (mut kind, mut bytes) = (0, vec![0u8; MAX_PATH as usize * mem::size_of::<u16>()]);
        let mut size = bytes.len() as u32;
        // SAFETY: the name ends with a zero; the buffer is ours and as long as we say.
        let code = unsafe {
            RegGetValueW(
                self.0,
                ptr::null(),
                wide(name).as_ptr(),
                RRF_RT_ANY | RRF_NOEXPAND,
                &raw mut kind,
                bytes.as_mut_ptr().cast(),
                &raw mut size,
            )
        };
        if code == ERROR_FILE_NOT_FOUND {
            return Ok(None);
        }
        checked(code)?;
        bytes.truncate(size as usize);
        Ok(match kind {
            REG_DWORD => bytes.first_chunk().map(|bytes| Data::Number(u32::from_le_bytes(*bytes))),
            REG_EXPAND_SZ => {
                let units = bytes.as_chunks().0.iter().map(|unit| u16::from_le_bytes(*unit));
                Some(Data::Expandable(String::from_utf16_lossy(
                    &units.take_while(|unit| *unit != 0).collect::<Vec<_>>(),
                )))
            }
            _ => None,
        })
    }

    #[expect(unsafe_code, reason = "a call into Windows")]
    fn set(&self, name: &str, data: &Data) -> io::Result<()> {
        let (kind, bytes) = match data {
            Data::Expandable(text) => (REG_EXPAND_SZ, wide(text).into_iter().flat_map(u16::to_le_bytes).collect()),
            Data::Number(number) => (REG_DWORD, number.to_le_bytes().to_vec()),
        };
        // SAFETY: the name ends with a zero; the bytes are ours and as many as we say.
        checked(unsafe { RegSetValueExW(self.0, wide(name).as_ptr(), 0, kind, bytes.as_ptr(), bytes.len() as u32) })
    }
}

/// Writes one event. The text is the whole of its message.
///
/// # Errors
/// What Windows says.
#[expect(unsafe_code, reason = "calls into Windows")]
pub fn report(source: &str, gravity: Gravity, id: u16, text: &str) -> io::Result<()> {
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
