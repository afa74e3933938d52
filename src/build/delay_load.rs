//! Libraries of Windows that are loaded when one of their functions is first called: they bring half of Windows with
//! them, and most runs call none of these. The program sees to it that they come from the system directory, whatever
//! lies beside it (`windows::load_from_the_system_alone`).
//!
//! Microsoft's linker does it by itself. For GNU's, import libraries of that kind are made here; they count only where
//! the linker meets them before the usual ones, which is in a release, where all of the program is one object. The
//! programs of tests load everything at their start.

use std::path::Path;
use std::process::Command;
use std::{fs, io};

/// The libraries, and those of their functions that are called. With a function that is missing here the library is loaded
/// at the start again; `.ci/windows` finds out.
const DELAYED: [(&str, &[&str]); 3] = [
    (
        "crypt32",
        &[
            "CertAddCertificateContextToStore",
            "CertCloseStore",
            "CertDuplicateCertificateChain",
            "CertDuplicateCertificateContext",
            "CertDuplicateStore",
            "CertEnumCertificatesInStore",
            "CertFreeCertificateChain",
            "CertFreeCertificateContext",
            "CertGetCertificateChain",
            "CertOpenStore",
            "CertVerifyCertificateChainPolicy",
        ],
    ),
    (
        "secur32",
        &[
            "AcceptSecurityContext",
            "AcquireCredentialsHandleA",
            "DecryptMessage",
            "DeleteSecurityContext",
            "EncryptMessage",
            "FreeContextBuffer",
            "FreeCredentialsHandle",
            "InitializeSecurityContextW",
            "QueryContextAttributesW",
        ],
    ),
    (
        "user32",
        &[
            "GetForegroundWindow",
            "GetKeyboardLayout",
            "GetProcessWindowStation",
            "GetUserObjectInformationW",
            "GetWindowThreadProcessId",
            "ToUnicodeEx",
        ],
    ),
];

/// Tells Microsoft's linker.
pub fn for_msvc() {
    for (library, _) in DELAYED {
        println!("cargo::rustc-link-arg-bins=/DELAYLOAD:{library}.dll");
    }
    println!("cargo::rustc-link-arg-bins=delayimp.lib");
}

/// Makes import libraries for GNU's linker in `folder`. Without the tool for that, everything is loaded at the start.
pub fn for_gnu(folder: &Path) -> io::Result<()> {
    println!("cargo::rustc-link-search=native={}", folder.display());
    for (library, functions) in DELAYED {
        let definitions = folder.join(format!("{library}.def"));
        fs::write(&definitions, format!("LIBRARY {library}.dll\nEXPORTS\n{}\n", functions.join("\n")))?;
        let name = format!("relight-delayed-{library}");
        let made = Command::new(tool())
            .arg("--input-def")
            .arg(&definitions)
            .arg("--output-delaylib")
            .arg(folder.join(format!("lib{name}.a")))
            // Also the names of what is in it.
            .arg("--temp-prefix")
            .arg(format!("{library}_delayed_"))
            .current_dir(folder)
            .status();
        match made {
            Ok(made) if made.success() => {}
            Ok(made) => return Err(io::Error::other(format!("{} ended with {made}", tool()))),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                println!("cargo::warning=there is no {}: all libraries are loaded at the start", tool());
                return Ok(());
            }
            Err(error) => return Err(error),
        }
        println!("cargo::rustc-link-lib=static={name}");
    }
    Ok(())
}

/// The tool that rustc itself uses for such libraries.
fn tool() -> &'static str {
    if cfg!(windows) { "dlltool.exe" } else { "x86_64-w64-mingw32-dlltool" }
}
