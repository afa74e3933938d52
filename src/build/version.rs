//! `VS_VERSIONINFO`: nested blocks of a length, the length of a value, a kind, a key in UTF-16, the value and blocks inside,
//! each aligned to 4 bytes.

/// US English, in UTF-16.
const LANGUAGE: u16 = 0x0409;
const UTF_16: u16 = 1200;

/// The version of a program, as numbers and as texts.
pub fn info(version: [u16; 3], texts: &[(&str, &str)]) -> Vec<u8> {
    let [major, minor, patch] = version.map(u32::from);
    let (high, low) = (major << 16 | minor, patch << 16);
    // Signature, version of this structure, file and product version, no flags out of the known ones, Windows NT, a
    // program of no special kind, no date.
    let fixed: Vec<u8> = [0xfeef_04bd, 0x0001_0000, high, low, high, low, 0x3f, 0, 0x0004_0004, 1, 0, 0, 0]
        .into_iter()
        .flat_map(u32::to_le_bytes)
        .collect();
    let strings: Vec<_> = texts.iter().map(|(key, value)| text(key, value)).collect();
    let table = block(&format!("{LANGUAGE:04x}{UTF_16:04x}"), 1, 0, &[], &strings);
    let translation: Vec<u8> = [LANGUAGE, UTF_16].into_iter().flat_map(u16::to_le_bytes).collect();
    let var = block("Translation", 0, 4, &translation, &[]);
    let inside = [block("StringFileInfo", 1, 0, &[], &[table]), block("VarFileInfo", 1, 0, &[], &[var])];
    block("VS_VERSION_INFO", 0, 52, &fixed, &inside)
}

fn text(key: &str, value: &str) -> Vec<u8> {
    let value = utf_16(value);
    // Counted in units here, not in bytes.
    block(key, 1, (value.len() / 2) as u16, &value, &[])
}

fn block(key: &str, kind: u16, value_length: u16, value: &[u8], inside: &[Vec<u8>]) -> Vec<u8> {
    let mut bytes: Vec<u8> = [0, value_length, kind].into_iter().flat_map(u16::to_le_bytes).collect();
    bytes.extend(utf_16(key));
    align(&mut bytes);
    bytes.extend(value);
    for block in inside {
        align(&mut bytes);
        bytes.extend(block);
    }
    let length = bytes.len() as u16;
    bytes[..2].copy_from_slice(&length.to_le_bytes());
    bytes
}

fn utf_16(text: &str) -> Vec<u8> {
    text.encode_utf16().chain([0]).flat_map(u16::to_le_bytes).collect()
}

fn align(bytes: &mut Vec<u8>) {
    bytes.resize(bytes.len().next_multiple_of(4), 0);
}
