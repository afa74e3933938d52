//! The package of a made-up program: its bytes, its list, its checksums; the winget manifests; the agreement of tag, version
//! and changelog.

use std::fs;
use std::io::{Cursor, Read};
use std::path::Path;
use std::time::{Duration, SystemTime};

use jiff::Timestamp;
use tempfile::TempDir;
use zip::ZipArchive;

use crate::archive::{self, SUMS, sha256};
use crate::content::{self, File};
use crate::release::{self, VERSION};
use crate::winget;

/// The smallest thing that looks like a program for 64-bit Windows.
fn program() -> Vec<u8> {
    let mut bytes = vec![0; 0x80];
    bytes[..2].copy_from_slice(b"MZ");
    bytes[0x3c] = 0x40;
    bytes[0x40..0x46].copy_from_slice(b"PE\0\0\x64\x86");
    bytes
}

/// The repository as far as the package needs it, with a README of its own, and a program; all written anew.
fn repository() -> TempDir {
    let top = Path::new(env!("CARGO_MANIFEST_DIR"));
    let root = TempDir::new().unwrap();
    for folder in ["docs/schema", "scripts", "scripts/admin"] {
        fs::create_dir_all(root.path().join(folder)).unwrap();
        for entry in fs::read_dir(top.join(folder)).unwrap() {
            let path = entry.unwrap().path();
            if path.is_file() {
                fs::copy(&path, root.path().join(folder).join(path.file_name().unwrap())).unwrap();
            }
        }
    }
    for name in ["CHANGELOG.md", "LICENSE-APACHE", "LICENSE-MIT"] {
        fs::copy(top.join(name), root.path().join(name)).unwrap();
    }
    fs::write(root.path().join("README.md"), "# relight\n").unwrap();
    fs::write(root.path().join("built.exe"), program()).unwrap();
    root
}

fn files_of(root: &TempDir) -> Vec<File> {
    content::files(root.path(), &root.path().join("built.exe")).unwrap()
}

/// 2026-11-23 18:51:57 UTC.
fn at() -> Timestamp {
    Timestamp::from_second(1_795_459_917).unwrap()
}

fn package(root: &TempDir) -> Vec<u8> {
    archive::zip(&archive::with_sums(files_of(root)), at()).unwrap()
}

/// What a reader finds in a zip file.
fn unpacked(zip: Vec<u8>) -> Vec<File> {
    let mut zip = ZipArchive::new(Cursor::new(zip)).unwrap();
    (0..zip.len())
        .map(|index| {
            let mut file = zip.by_index(index).unwrap();
            let mut bytes = Vec::new();
            file.read_to_end(&mut bytes).unwrap();
            (file.name().unwrap().into_owned(), bytes)
        })
        .collect()
}

#[test]
fn two_runs_make_the_same_bytes() {
    let (one, other) = (repository(), repository());
    let long_ago = SystemTime::now() - Duration::from_secs(1_000_000);
    fs::File::options().write(true).open(other.path().join("README.md")).unwrap().set_modified(long_ago).unwrap();
    assert!(package(&one) == package(&other));
}

#[test]
fn the_package_holds_what_an_admin_needs_and_nothing_else() {
    let names: Vec<String> = unpacked(package(&repository())).into_iter().map(|(name, _)| name).collect();
    let (scripts, others): (Vec<_>, Vec<_>) = names.into_iter().partition(|name| name.starts_with("scripts/"));
    assert_eq!(
        others,
        [
            "CHANGELOG.md",
            "Install-Relight.ps1",
            "LICENSE-APACHE",
            "LICENSE-MIT",
            "README.md",
            "Uninstall-Relight.ps1",
            "completions/relight.ps1",
            "docs/schema/doctor-1.0.json",
            "docs/schema/history-1.0.json",
            "docs/schema/journal-1.0.json",
            "docs/schema/probe-1.0.json",
            "docs/schema/run-1.0.json",
            "docs/schema/scenarios-1.0.json",
            "relight.exe",
            SUMS,
        ]
    );
    let mut embedded: Vec<String> = fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("scripts"))
        .unwrap()
        .map(|entry| entry.unwrap())
        .filter(|entry| entry.path().is_file())
        .map(|entry| format!("scripts/{}", entry.file_name().to_string_lossy()))
        .collect();
    embedded.sort();
    assert_eq!(scripts, embedded);
}

#[test]
fn every_file_is_listed_with_its_checksum() {
    let mut files = unpacked(package(&repository()));
    let (name, sums) = files.pop().unwrap();
    assert_eq!(name, SUMS);
    let expected: String = files.iter().map(|(name, bytes)| format!("{}  {name}\n", sha256(bytes))).collect();
    assert_eq!(String::from_utf8(sums).unwrap(), expected);
    assert_eq!(sha256(b"abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

#[test]
fn files_are_packed_as_they_are() {
    let root = repository();
    let packed = unpacked(package(&root));
    let bytes = |name: &str| &packed.iter().find(|(found, _)| found == name).unwrap().1;
    assert_eq!(*bytes("relight.exe"), program());
    assert_eq!(*bytes("Install-Relight.ps1"), fs::read(root.path().join("scripts/admin/Install-Relight.ps1")).unwrap());
    assert!(String::from_utf8_lossy(bytes("completions/relight.ps1")).contains("Register-ArgumentCompleter"));
}

/// Walks the central directory as it stands in the file: the fields of each entry that could tell of the machine.
#[test]
fn nothing_of_the_machine_gets_in() {
    let zip = package(&repository());
    let u16_at = |at: usize| u16::from_le_bytes([zip[at], zip[at + 1]]);
    let end = zip.len() - 22;
    assert_eq!(zip[end..end + 4], *b"PK\x05\x06", "no comment after the end");
    let mut entry = u32::from_le_bytes(zip[end + 16..end + 20].try_into().unwrap()) as usize;
    for _ in 0..u16_at(end + 10) {
        assert_eq!(zip[entry..entry + 4], *b"PK\x01\x02");
        assert_eq!(zip[entry + 5], 0, "made on MS-DOS, as far as anybody can tell");
        assert_eq!(u16_at(entry + 12), (18 << 11) | (51 << 5) | (57 / 2), "18:51:56");
        assert_eq!(u16_at(entry + 14), ((2026 - 1980) << 9) | (11 << 5) | 23);
        assert_eq!(u16_at(entry + 30), 0, "no extra field");
        assert_eq!(u16_at(entry + 32), 0, "no comment");
        entry += 46 + usize::from(u16_at(entry + 28));
    }
    assert_eq!(entry, end);
}

#[test]
fn only_a_program_for_64_bit_windows_is_packed() {
    let root = repository();
    let mut arm = program();
    arm[0x45] = 0xaa;
    for wrong in [b"\x7fELF".to_vec(), Vec::new(), b"MZ".to_vec(), program()[..0x44].to_vec(), arm] {
        let exe = root.path().join("wrong.exe");
        fs::write(&exe, &wrong).unwrap();
        let said = content::files(root.path(), &exe).unwrap_err();
        assert!(said.contains("wrong.exe: not a program for 64-bit Windows"), "{said}");
    }
}

#[test]
fn a_missing_file_is_named() {
    let root = repository();
    fs::remove_file(root.path().join("README.md")).unwrap();
    let said = content::files(root.path(), &root.path().join("built.exe")).unwrap_err();
    assert!(said.contains("README.md"), "{said}");
}

#[test]
fn the_winget_manifests_have_every_field_that_winget_requires() {
    let sum = sha256(b"");
    let manifests = winget::manifests("https://example.test/v1/", &sum, at());
    let names: Vec<&str> = manifests.iter().map(|(name, _)| name.as_str()).collect();
    let beginning = "winget/Relight.Relight";
    assert_eq!(names, ["", ".installer", ".locale.en-US"].map(|end| format!("{beginning}{end}.yaml")));
    let required: [&[&str]; 3] = [
        &["DefaultLocale: en-US", "ManifestType: version"],
        &[
            "InstallerType: zip",
            "NestedInstallerType: portable",
            "  - RelativeFilePath: relight.exe",
            "    PortableCommandAlias: relight",
            "  - Architecture: x64",
            "    InstallerUrl: https://example.test/v1/relight-",
            "    InstallerSha256: E3B0C44298FC1C149AFBF4C8996FB92427AE41E4649B934CA495991B7852B855",
            "ReleaseDate: \"2026-11-23\"",
            "ManifestType: installer",
        ],
        &[
            "PackageLocale: en-US",
            "Publisher: ",
            "PackageName: relight",
            "License: MIT OR Apache-2.0",
            "ShortDescription: Finds",
            "ManifestType: defaultLocale",
        ],
    ];
    for ((name, bytes), required) in manifests.into_iter().zip(required) {
        let text = String::from_utf8(bytes).unwrap();
        let version = format!("PackageVersion: \"{VERSION}\"");
        let common = ["PackageIdentifier: Relight.Relight", version.as_str(), "ManifestVersion: 1.9.0"];
        for field in required.iter().chain(&common) {
            assert!(text.lines().any(|line| line.starts_with(field)), "{name} has no line '{field}'\n{text}");
        }
        assert!(!text.contains(['{', '}']), "{name} has a value that was not filled in\n{text}");
        for line in text.lines() {
            assert!(line.matches(": ").count() <= 1, "{name}: YAML would read this otherwise: {line}");
        }
    }
}

#[test]
fn a_release_needs_tag_version_and_changelog_to_agree() {
    let tag = format!("v{VERSION}");
    let good = format!(
        "# Changelog\n\n## Unreleased\n\n- later\n\n## {VERSION} - 2026-11-30\n\n- this\n\n## 0.0.1\n\n- old\n"
    );
    assert_eq!(release::notes(&tag, &good).unwrap(), "- this\n");
    for (tag, changelog, reason) in [
        (VERSION, good.clone(), "the tag is"),
        ("v9.9.9", good.clone(), "the tag is v9.9.9"),
        (&tag, good.replace(" - 2026-11-30", ""), "has no section"),
        (&tag, good.replace("2026-11-30", "soon"), "has no section"),
        (&tag, good.replace(&format!("## {VERSION}"), "## 7.7.7"), "has no section"),
        (&tag, good.replace("- this\n", ""), "is empty"),
    ] {
        let said = release::notes(tag, &changelog).unwrap_err();
        assert!(said.contains(reason), "{tag}: {said}");
    }
}
