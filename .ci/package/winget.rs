//! The three manifest files for winget, schema 1.9: the package is a zip file with one portable program in it.

use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::content::File;
use crate::release::{VERSION, zip_name};

/// What winget calls the package. It is also the beginning of each file's name.
const IDENTIFIER: &str = "Relight.Relight";

/// The end of each file's name, and its template.
const TEMPLATES: [(&str, &str); 3] = [
    (".yaml", include_str!("winget/version.yaml")),
    (".installer.yaml", include_str!("winget/installer.yaml")),
    (".locale.en-US.yaml", include_str!("winget/locale.en-US.yaml")),
];

/// The manifests of a package that is downloaded from below this URL, has this SHA-256 and is of this time.
pub fn manifests(url: &str, sha256: &str, at: Timestamp) -> Vec<File> {
    let values = [
        ("identifier", IDENTIFIER.to_owned()),
        ("version", VERSION.to_owned()),
        ("description", env!("CARGO_PKG_DESCRIPTION").to_owned()),
        ("license", env!("CARGO_PKG_LICENSE").to_owned()),
        ("url", format!("{}/{}", url.trim_end_matches('/'), zip_name())),
        ("sha256", sha256.to_ascii_uppercase()),
        ("date", TimeZone::UTC.to_datetime(at).date().to_string()),
    ];
    let filled = |template: &str| {
        values.iter().fold(template.to_owned(), |text, (name, value)| text.replace(&format!("{{{name}}}"), value))
    };
    TEMPLATES
        .iter()
        .map(|(end, template)| (format!("winget/{IDENTIFIER}{end}"), filled(template).into_bytes()))
        .collect()
}
