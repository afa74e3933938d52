//! The zip file. Nothing of the machine that makes it gets in: a fixed order, one time for all, no owners, no extra fields.

use std::io::{Cursor, Write};

use jiff::Timestamp;
use jiff::tz::TimeZone;
use sha2::{Digest, Sha256};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, System, ZipWriter};

use crate::content::File;

/// The list of checksums, as `sha256sum -c` and Install-Relight.ps1 read it.
pub const SUMS: &str = "SHA256SUMS";

/// In lower-case hexadecimal.
pub fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The same files and, as the last, the checksums of all.
pub fn with_sums(mut files: Vec<File>) -> Vec<File> {
    let sums: String = files.iter().map(|(name, bytes)| format!("{}  {name}\n", sha256(bytes))).collect();
    files.push((SUMS.to_owned(), sums.into_bytes()));
    files
}

/// The bytes of a zip file with these files in this order, all of this time (in UTC, to two seconds).
pub fn zip(files: &[File], at: Timestamp) -> Result<Vec<u8>, String> {
    let at = TimeZone::UTC.to_datetime(at);
    let time = zip_time(at).ok_or_else(|| format!("a zip file cannot say {at}"))?;
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Deflated)
        .compression_level(Some(9))
        .system(System::Dos)
        .last_modified_time(time);
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in files {
        zip.start_file(name, options).map_err(|error| format!("{name}: {error}"))?;
        zip.write_all(bytes).map_err(|error| format!("{name}: {error}"))?;
    }
    Ok(zip.finish().map_err(|error| error.to_string())?.into_inner())
}

/// The time as a zip file says it; it knows the years 1980 to 2107.
fn zip_time(at: jiff::civil::DateTime) -> Option<DateTime> {
    let part = |part: i8| u8::try_from(part).ok();
    let year = u16::try_from(at.year()).ok()?;
    let [month, day, hour] = [part(at.month())?, part(at.day())?, part(at.hour())?];
    DateTime::from_date_and_time(year, month, day, hour, part(at.minute())?, part(at.second())?).ok()
}
