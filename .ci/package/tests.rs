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
use crate::fixture::MadeUp;
use crate::program::{self, Linker};
use crate::release::{self, VERSION};
use crate::winget;

/// What Microsoft's linker makes of relight.
fn released() -> MadeUp {
    MadeUp {
        stamp: 0x1234_5678,
        characteristics: 0xc160,
        load_config: Some((0x800, 0x0001_0500, 0x140)),
        at_start: vec!["KERNEL32.dll", "ntdll.dll", "bcryptprimitives.dll", "api-ms-win-core-synch-l1-2-0.dll"],
        late: vec!["USER32.dll", "Secur32.dll", "crypt32.dll"],
        text: "/cargo/registry/src/clap/src/lib.rs",
    }
}

/// Any program for 64-bit Windows.
fn program() -> Vec<u8> {
    MadeUp::default().bytes()
}

/// The repository as far as the package needs it, and a program; all written anew.
fn repository() -> TempDir {
    let top = Path::new(env!("CARGO_MANIFEST_DIR"));
    let root = TempDir::new().unwrap();
    for folder in
        [".github", "contrib/dsc", "docs", "docs/schema", "scripts", "scripts/admin", "scripts/module/Relight"]
    {
        fs::create_dir_all(root.path().join(folder)).unwrap();
        for entry in fs::read_dir(top.join(folder)).unwrap() {
            let path = entry.unwrap().path();
            if path.is_file() {
                fs::copy(&path, root.path().join(folder).join(path.file_name().unwrap())).unwrap();
            }
        }
    }
    for name in ["CHANGELOG.md", "LICENSE-APACHE", "LICENSE-MIT", "README.md"] {
        fs::copy(top.join(name), root.path().join(name)).unwrap();
    }
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
    let (docs, others): (Vec<_>, Vec<_>) =
        others.into_iter().partition(|name| name.starts_with("docs/") && name.ends_with(".md"));
    for page in ["docs/AUTOMATION.md", "docs/MONITORING.md"] {
        assert!(docs.contains(&page.to_owned()), "{docs:?}");
    }
    assert_eq!(
        others,
        [
            "CHANGELOG.md",
            "Install-Relight.ps1",
            "LICENSE-APACHE",
            "LICENSE-MIT",
            "README.md",
            "Relight/Objects.ps1",
            "Relight/Program.ps1",
            "Relight/Relight.format.ps1xml",
            "Relight/Relight.psd1",
            "Relight/Relight.psm1",
            "Relight/Run.ps1",
            "SECURITY.md",
            "Uninstall-Relight.ps1",
            "completions/relight.ps1",
            "docs/exchange.dsc.config.yaml",
            "docs/fix.svg",
            "docs/schema/doctor-1.0.json",
            "docs/schema/history-1.0.json",
            "docs/schema/journal-1.0.json",
            "docs/schema/probe-1.0.json",
            "docs/schema/protocol-state-1.0.json",
            "docs/schema/run-1.0.json",
            "docs/schema/scenarios-1.0.json",
            "docs/schema/stream-1.0.json",
            "relight.dsc.resource.json",
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
fn the_readme_of_the_package_is_for_who_has_the_package() {
    let packed = unpacked(package(&repository()));
    let readme = packed.iter().find(|(name, _)| name == "README.md").map(|(_, bytes)| bytes.clone()).unwrap();
    let readme = String::from_utf8(readme).unwrap();
    assert!(readme.contains(r".\Install-Relight.ps1") && readme.contains("(SECURITY.md)"));
    assert!(!readme.contains("cargo"), "{readme}");
    for (name, bytes) in packed.iter().filter(|(name, _)| name.ends_with(".md") || name.starts_with("LICENSE")) {
        let text = String::from_utf8_lossy(bytes);
        assert!(text.lines().count() > 3 && text.matches('\n').count() == text.matches("\r\n").count(), "{name}");
    }
}

#[test]
fn a_link_that_leads_nowhere_in_the_package_is_refused() {
    let root = repository();
    let exe = root.path().join("built.exe");
    for link in ["../src/main.rs", "NOTHING.md", "schema/run-9.0.json#x"] {
        fs::write(
            root.path().join("docs/GLOSSARY.md"),
            format!("# x\n[a]({link}) [b](https://example.test) [c](PROBE.md)\n"),
        )
        .unwrap();
        let said = content::files(root.path(), &exe).unwrap_err();
        assert!(said.ends_with(&format!("lead: {link} in docs/GLOSSARY.md")), "{said}");
    }
}

#[test]
fn what_was_staged_is_packed_as_it_lies_there() {
    let root = repository();
    let staged = root.path().join("staged");
    crate::write(&staged, &files_of(&root)).unwrap();
    assert!(content::staged(&staged).unwrap() == files_of(&root));
    fs::write(staged.join("relight.exe"), "signed").unwrap();
    let files = content::staged(&staged).unwrap();
    assert_eq!(files.iter().find(|(name, _)| name == "relight.exe").unwrap().1, b"signed");
}

#[test]
fn a_program_is_read_from_its_headers() {
    let read = program::read(&released().bytes()).unwrap();
    assert_eq!((read.stamp, read.dependent_load_flags, read.guard_flags), (0x1234_5678, 0x800, 0x0001_0500));
    assert_eq!(
        read.at_start,
        ["api-ms-win-core-synch-l1-2-0.dll", "bcryptprimitives.dll", "kernel32.dll", "ntdll.dll"]
    );
    assert_eq!(read.late, ["crypt32.dll", "secur32.dll", "user32.dll"]);
    // One that an older linker made has a shorter load configuration, one of mingw none.
    for (size, dependent, guard) in
        [(0x94, 0x800, 0x0001_0500), (0x90, 0x800, 0), (0x50, 0x800, 0), (0x4e, 0, 0), (0, 0, 0)]
    {
        let read =
            program::read(&MadeUp { load_config: Some((0x800, 0x0001_0500, size)), ..released() }.bytes()).unwrap();
        assert_eq!((read.dependent_load_flags, read.guard_flags), (dependent, guard), "{size:#x}");
    }
    let bytes = released().bytes();
    for length in 0..bytes.len() {
        // Whatever is left of it, there is an answer.
        let _ = program::read(&bytes[..length]);
    }
}

#[test]
fn a_program_that_does_not_fit_a_release_is_refused() {
    let faults = |program: MadeUp, linker| program::faults(&program::read(&program.bytes()).unwrap(), linker);
    assert_eq!(faults(released(), Linker::Microsoft), [""; 0]);
    let mut late = released().late;
    late.pop();
    let mut at_start = released().at_start;
    at_start.push("VCRUNTIME140.dll");
    for (program, fault) in [
        (MadeUp { load_config: None, ..released() }, "libraries are looked for beside it: DependentLoadFlags 0x0"),
        (MadeUp { load_config: Some((0x200, 0x500, 0x140)), ..released() }, "DependentLoadFlags 0x200"),
        (MadeUp { load_config: Some((0x800, 0x100, 0x140)), ..released() }, "it has no control-flow guard"),
        (MadeUp { characteristics: 0x8160, ..released() }, "it has no control-flow guard"),
        (MadeUp { characteristics: 0xc120, ..released() }, "it always lies at the same address"),
        (MadeUp { characteristics: 0xc140, ..released() }, "it lies in the lower 4 GB"),
        (MadeUp { characteristics: 0xc060, ..released() }, "its data may be run"),
        (MadeUp { late, ..released() }, "it does not load crypt32.dll late"),
        (MadeUp { at_start, ..released() }, "it loads vcruntime140.dll at its start"),
    ] {
        let found = faults(program, Linker::Microsoft);
        assert!(found.iter().any(|found| found.contains(fault)), "{fault}: {found:?}");
    }
    let gnu = MadeUp { stamp: 0, load_config: None, at_start: vec!["msvcrt.dll"], late: Vec::new(), ..released() };
    assert_eq!(faults(gnu.clone(), Linker::Gnu), [""; 0]);
    assert_eq!(faults(MadeUp { stamp: 7, ..gnu.clone() }, Linker::Gnu), ["the time 7 is in it"]);
    assert!(faults(gnu, Linker::Microsoft).contains(&"it loads msvcrt.dll at its start".to_owned()));
}

#[test]
fn a_folder_of_the_builder_is_found_in_the_program() {
    let bytes = MadeUp { text: r"C:\Users\me\.cargo\registry\x.rs D:/a/relight/src /rootless", ..released() }.bytes();
    let folders = [r"C:\Users\me", r"D:\a\relight", "D:/a/relight/", "/root", "/home/me"];
    assert_eq!(program::named(&bytes, &folders), folders[..3]);
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

/// The jobs of a workflow, each with its lines.
fn jobs(workflow: &str) -> Vec<(String, String)> {
    let mut jobs: Vec<(String, String)> = Vec::new();
    for line in workflow.split("\njobs:\n").nth(1).unwrap().lines() {
        match line
            .strip_prefix("  ")
            .and_then(|line| line.strip_suffix(':'))
            .filter(|name| !name.starts_with([' ', '#']))
        {
            Some(name) => jobs.push((name.to_owned(), String::new())),
            None => jobs.last_mut().unwrap().1 += &format!("{line}\n"),
        }
    }
    jobs
}

#[test]
fn what_a_release_is_made_with_cannot_be_moved() {
    let workflows = Path::new(env!("CARGO_MANIFEST_DIR")).join(".github/workflows");
    let read = |name: &str| fs::read_to_string(workflows.join(name)).unwrap();
    for name in ["ci.yml", "release.yml", "sign.yml"] {
        for line in read(name).lines() {
            let Some(action) = line.split_once("uses: ").map(|(_, action)| action) else { continue };
            // What lies in this very commit.
            if action.starts_with("./") {
                continue;
            }
            let hash = action.split_once('@').and_then(|(_, rest)| rest.split_once(" # v")).map(|(hash, _)| hash);
            let pinned =
                hash.is_some_and(|hash| hash.len() == 40 && hash.bytes().all(|digit| digit.is_ascii_hexdigit()));
            assert!(pinned, "{name}: not pinned by a hash, with its version behind it: {action}");
        }
    }
    let release = read("release.yml");
    let toolchain = release.lines().find_map(|line| line.trim().strip_prefix("RUSTUP_TOOLCHAIN: ")).unwrap();
    assert_eq!(toolchain.split('.').filter(|part| part.parse::<u16>().is_ok()).count(), 3, "{toolchain}");
    for line in release.lines().filter(|line| line.contains("toolchain install")) {
        assert!(line.contains("\"$RUSTUP_TOOLCHAIN\""), "{line}");
    }
    for line in release.lines().filter(|line| line.contains("cargo install")) {
        assert!(line.contains("--locked") && line.contains("--version "), "{line}");
    }
}

#[test]
fn what_may_sign_builds_nothing() {
    let workflows = Path::new(env!("CARGO_MANIFEST_DIR")).join(".github/workflows");
    let [release, sign] = ["release.yml", "sign.yml"].map(|name| fs::read_to_string(workflows.join(name)).unwrap());
    for (name, lines) in jobs(&release).into_iter().chain(jobs(&sign)) {
        let may_sign = ["id-token: write", "attestations: write", "secrets"].iter().any(|right| lines.contains(right));
        assert_eq!(may_sign, name.starts_with("sign") || name == "pack", "{name}");
        assert!(!may_sign || !lines.contains("cargo "), "{name} builds something");
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
