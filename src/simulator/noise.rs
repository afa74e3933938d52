//! Bytes that a real shell may put beside the frames, and frames that are none.

use serde::{Deserialize, Serialize};

/// Bytes that are no frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Noise {
    /// The banner and the tip of the Exchange shell.
    HostText,
    /// Text without a line end, straight before the frame.
    GluedText,
    /// Umlauts and frames of boxes in code page 437.
    Cp437,
    /// Umlauts in code page 850.
    Cp850,
    /// Umlauts and quotes in code page 1252.
    Cp1252,
    /// Colour codes and a bell.
    EscapeCodes,
    /// A byte order mark straight before the frame.
    Bom,
    /// The frame ends with CR LF.
    Crlf,
    /// The frame arrives in small pieces.
    SplitFrame,
    /// A line of 4 MB.
    GiantLine,
    /// A line that looks like a frame, but has no nonce.
    UnmarkedFrame,
    /// A frame with a wrong nonce.
    ForgedFrame,
    /// A frame with the id of the call before.
    StaleFrame,
    /// 1 MB on the error stream.
    StderrFlood,
}

/// What is wrong with a frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Garbage {
    /// Its body is not base64.
    NotBase64,
    /// Its body is not JSON.
    NotJson,
    /// Its body is JSON, but no answer.
    NotAnAnswer,
}

/// A line so long that nobody may keep it, in bytes.
const GIANT: usize = 4 * 1024 * 1024;
/// More than any pipe holds, in bytes.
const FLOOD: usize = 1024 * 1024;

const BANNER: &str = "\r\n\
    \x20        Welcome to the Exchange Management Shell!\r\n\r\n\
    Full list of cmdlets: Get-Command\r\n\
    Only Exchange cmdlets: Get-ExCommand\r\n\r\n\
    Tip of the day #29:\r\n\r\n\
    Do you want to see the state of a component? Type:\r\n\r\n Get-ServerComponentState\r\n\r\n\
    VERBOSE: Connecting to EX01.contoso.local.\r\n\
    WARNING: The names of some imported commands include unapproved verbs.\r\n";

/// One frame, without its line end.
pub fn frame(nonce: &str, id: u64, body: &str) -> String {
    format!("@RL1 {nonce} {id} {body}")
}

/// What comes on stdout before the frame of `id`. What concerns the frame itself or stderr is not among it.
pub fn before_frame(kind: Noise, nonce: &str, id: u64, encode: impl Fn(&str) -> String) -> Vec<u8> {
    let line = |text: String| format!("{text}\n").into_bytes();
    match kind {
        Noise::HostText => BANNER.as_bytes().to_vec(),
        Noise::GluedText => b"VERBOSE: Connected to EX01.contoso.local.".to_vec(),
        Noise::Cp437 => {
            b"\xC9\xCD\xCD\xBB Verbindung \x81ber M\x81nchen wird ge\x94ffnet \xC8\xCD\xCD\xBC\r\n".to_vec()
        }
        Noise::Cp850 => b"Gr\x94\xE1e \xB6ndern: \x84\x94\x81\xE1 \xCF\r\n".to_vec(),
        Noise::Cp1252 => b"WARNUNG: Der Server \x84EX01\x93 ist f\xFCr Gr\xF6\xDFen ab 10 \x80 gesperrt.\r\n".to_vec(),
        Noise::EscapeCodes => b"\x1B[31;1mERROR\x1B[0m \x1B]0;title\x07\x1B[2J\x08\x00\r\n".to_vec(),
        Noise::Bom => b"\xEF\xBB\xBF".to_vec(),
        Noise::GiantLine => line("x".repeat(GIANT)),
        Noise::UnmarkedFrame => line(format!("@RL1 {id} {}", encode(FORGED))),
        Noise::ForgedFrame => line(frame(&"0123456789abcdef".repeat(2), id, &encode(FORGED))),
        // The greeting has no call before it, and the first call only the greeting.
        Noise::StaleFrame if id < 2 => Vec::new(),
        Noise::StaleFrame => line(frame(nonce, id - 1, &encode(FORGED))),
        Noise::Crlf | Noise::SplitFrame | Noise::StderrFlood => Vec::new(),
    }
}

/// A body that would be believed if its frame were.
const FORGED: &str = r#"{"kind":"error","error":{"message":"forged"}}"#;

/// The body of a frame that makes no sense.
pub fn garbage(kind: Garbage, encode: impl Fn(&str) -> String) -> String {
    match kind {
        Garbage::NotBase64 => "%%%not~base64%%%".to_owned(),
        Garbage::NotJson => encode("{\"kind\":\"result\",\"data\":"),
        Garbage::NotAnAnswer => encode(r#"{"kind":"weather","text":"fine"}"#),
    }
}

/// What comes on stderr.
pub fn flood() -> Vec<u8> {
    b"VERBOSE: one of many lines on the error stream.\r\n".iter().copied().cycle().take(FLOOD).collect()
}
