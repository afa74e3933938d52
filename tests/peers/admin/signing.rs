//! The program and the scripts of the package, signed as a release is, by a certificate of the test's own authority: what is
//! signed is what gets installed, and what was changed afterwards is found out.

#[path = "../../../.ci/package/fixture.rs"]
mod made_up;

use std::path::Path;
use std::process::{Command, Output};
use std::{env, fs};

use made_up::MadeUp;
use tempfile::TempDir;

use super::fixture::Package;

crate::trials![Osslsigncode =>
    what_was_changed_after_it_was_signed_is_found_out,
    signed_scripts_install_the_signed_program: ScriptSigner & Pwsh,
];

/// A certificate to sign with, and the authority that vouches for it.
struct Signer(TempDir);

impl Signer {
    fn new() -> Self {
        let signer = Self(TempDir::new().unwrap());
        let purpose = "extendedKeyUsage=codeSigning\nkeyUsage=digitalSignature\nbasicConstraints=CA:FALSE\n";
        fs::write(signer.0.path().join("purpose"), purpose).unwrap();
        for words in [
            "req -x509 -newkey rsa:2048 -nodes -keyout ca.key -out ca.pem -days 30 -subj /CN=authority",
            "req -newkey rsa:2048 -nodes -keyout key.pem -out request.pem -subj /CN=publisher",
            "x509 -req -in request.pem -CA ca.pem -CAkey ca.key -CAcreateserial -days 30 -extfile purpose -out certificate.pem",
        ] {
            let said = signer.run("openssl", words, &[]);
            assert!(said.status.success(), "{said:?}");
        }
        signer
    }

    fn run(&self, program: &str, words: &str, files: &[&str]) -> Output {
        Command::new(program).args(words.split(' ')).args(files).current_dir(self.0.path()).output().unwrap()
    }

    /// Signs a file where it lies.
    fn sign(&self, file: &str) {
        let signed = format!("{file}.signed");
        let said = self.run(
            "osslsigncode",
            "sign -certs certificate.pem -key key.pem -h sha256",
            &["-in", file, "-out", &signed],
        );
        assert!(said.status.success(), "{said:?}");
        fs::rename(signed, file).unwrap();
    }

    fn vouches_for(&self, file: &str) -> bool {
        self.run("osslsigncode", "verify -CAfile ca.pem", &["-in", file]).status.success()
    }
}

/// Changes one byte.
fn change(file: &str, at: usize) {
    let mut bytes = fs::read(file).unwrap();
    bytes[at] ^= 1;
    fs::write(file, bytes).unwrap();
}

/// The one that `RELIGHT_TEST_PROGRAM` names, as .ci/run does once it is built; else one that is made up.
fn program() -> Vec<u8> {
    match env::var_os("RELIGHT_TEST_PROGRAM") {
        Some(file) => fs::read(file).unwrap(),
        None => MadeUp { text: "relight", ..MadeUp::default() }.bytes(),
    }
}

fn what_was_changed_after_it_was_signed_is_found_out() {
    let signer = Signer::new();
    let file = signer.0.path().join("relight.exe").display().to_string();
    fs::write(&file, program()).unwrap();
    assert!(!signer.vouches_for(&file), "it is not signed yet");
    signer.sign(&file);
    assert!(signer.vouches_for(&file));
    // A signature is added, and changes nothing but the fields that tell of it.
    let (before, after) = (program(), fs::read(&file).unwrap());
    assert_eq!(before[0x200..], after[0x200..before.len()]);
    change(&file, 0x201);
    assert!(!signer.vouches_for(&file));
}

fn signed_scripts_install_the_signed_program() {
    let (package, signer) = (Package::new(), Signer::new());
    fs::write(package.path("relight.exe"), program()).unwrap();
    let files = ["relight.exe", "Install-Relight.ps1", "Uninstall-Relight.ps1"];
    for name in files {
        signer.sign(&package.path(name));
    }
    let sums = files.map(|name| format!("{}  {name}\n", package.sha256(name)));
    fs::write(package.path("SHA256SUMS"), sums.concat()).unwrap();
    let path = format!("{} -PathScope None", package.installed());
    let runs = package.run(&[format!("Install-Relight.ps1 {path}")]);
    assert_eq!(runs[0].results(), ["Verify Done", "Verify Done", "Copy Done", "Copy Done"], "{runs:?}");
    assert!(signer.vouches_for(&package.path("installed/relight.exe")));
    let installed = package.path("installed/Uninstall-Relight.ps1");
    assert!(signer.vouches_for(&installed));
    let script = fs::read_to_string(&installed).unwrap();
    let original = Path::new(env!("CARGO_MANIFEST_DIR")).join("scripts/admin/Uninstall-Relight.ps1");
    assert!(script.starts_with(&fs::read_to_string(original).unwrap()), "a signature stands at the end");
    let runs = package.run(&[format!("installed/Uninstall-Relight.ps1 {path}")]);
    assert!(runs[0].failure.is_none(), "{runs:?}");
    change(&package.path("Install-Relight.ps1"), 10);
    assert!(!signer.vouches_for(&package.path("Install-Relight.ps1")));
}
