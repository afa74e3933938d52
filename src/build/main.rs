//! Makes the engines that are embedded. Gives a Windows program its manifest and its version, which Explorer and inventory
//! tools show, has some libraries loaded late and, where the linker can say so, all of them from the system directory.

use std::path::{Path, PathBuf};
use std::{env, fs, io};

use winresource::WindowsResource;

mod delay_load;
mod engines;

/// Names a folder with the engines that the release has signed.
const SIGNED_ENGINES: &str = "RELIGHT_SIGNED_ENGINES";

/// It runs with the rights of whoever starts it, knows long paths, and takes what the old interfaces give as UTF-8. The
/// systems named are Server 2016 and Windows 10 and later ones: what Rust's standard library needs.
const MANIFEST: &str = r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<assembly xmlns="urn:schemas-microsoft-com:asm.v1" manifestVersion="1.0">
  <assemblyIdentity type="win32" name="relight" version="VERSION"/>
  <trustInfo xmlns="urn:schemas-microsoft-com:asm.v3">
    <security>
      <requestedPrivileges>
        <requestedExecutionLevel level="asInvoker" uiAccess="false"/>
      </requestedPrivileges>
    </security>
  </trustInfo>
  <compatibility xmlns="urn:schemas-microsoft-com:compatibility.v1">
    <application>
      <supportedOS Id="{8e0f7a12-bfb3-4fe8-b9a5-48fd50a15a9a}"/>
    </application>
  </compatibility>
  <application xmlns="urn:schemas-microsoft-com:asm.v3">
    <windowsSettings>
      <longPathAware xmlns="http://schemas.microsoft.com/SMI/2016/WindowsSettings">true</longPathAware>
      <activeCodePage xmlns="http://schemas.microsoft.com/SMI/2019/WindowsSettings">UTF-8</activeCodePage>
    </windowsSettings>
  </application>
</assembly>
"#;

fn main() -> io::Result<()> {
    println!("cargo::rerun-if-changed=src/build");
    let setting = |name: &str| env::var(name).unwrap_or_default();
    let folder = setting("OUT_DIR");
    let folder = Path::new(&folder);
    let signed = env::var_os(SIGNED_ENGINES).map(PathBuf::from);
    println!("cargo::rerun-if-env-changed={SIGNED_ENGINES}");
    println!("cargo::rerun-if-changed=scripts");
    signed.iter().for_each(|signed| println!("cargo::rerun-if-changed={}", signed.display()));
    engines::make(&Path::new(&setting("CARGO_MANIFEST_DIR")).join("scripts"), folder, signed.as_deref())?;
    if setting("CARGO_CFG_TARGET_OS") != "windows" {
        return Ok(());
    }
    resources(folder)?;
    match (setting("CARGO_CFG_TARGET_ENV").as_str(), setting("CARGO_CFG_TARGET_ARCH").as_str()) {
        ("msvc", _) => {
            // Also what is loaded at the start comes from the system directory alone (LOAD_LIBRARY_SEARCH_SYSTEM32).
            // GNU's linker cannot say so.
            println!("cargo::rustc-link-arg-bins=/DEPENDENTLOADFLAG:0x800");
            // The time of the build does not get into the program.
            println!("cargo::rustc-link-arg-bins=/Brepro");
            delay_load::for_msvc();
        }
        ("gnu", "x86_64") => {
            println!("cargo::rustc-link-arg-bins=-Wl,--no-insert-timestamp");
            delay_load::for_gnu(folder)?;
        }
        // All is loaded at the start.
        _ => {}
    }
    Ok(())
}

/// Needs `windres` of mingw, or `rc.exe` of the Windows SDK; who can link has it.
fn resources(folder: &Path) -> io::Result<()> {
    // US English, in UTF-16.
    const LANGUAGE: u16 = 0x0409;
    let manifest = folder.join("relight.manifest");
    fs::write(&manifest, MANIFEST.replace("VERSION", concat!(env!("CARGO_PKG_VERSION"), ".0")))?;
    let made = WindowsResource::new()
        .set_language(LANGUAGE)
        .set("CompanyName", "The relight authors")
        .set("FileDescription", env!("CARGO_PKG_DESCRIPTION"))
        .set("InternalName", "relight")
        .set("LegalCopyright", concat!("Licensed under ", env!("CARGO_PKG_LICENSE")))
        .set("OriginalFilename", "relight.exe")
        .set_manifest_file(&manifest.display().to_string())
        .compile_for("relight");
    match made {
        // Looked at without being linked, for example by clippy.
        Err(error) if error.kind() == io::ErrorKind::NotFound && !cfg!(windows) => {
            println!("cargo::warning=there is no resource compiler: the program has no manifest and no version");
            Ok(())
        }
        made => made,
    }
}
