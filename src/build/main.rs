//! Gives a Windows program its manifest and its version, which Explorer and inventory tools show. Made here byte by byte:
//! no resource compiler is needed, on whatever system it is built. And has some libraries loaded late. For any other system
//! this does nothing.

use std::path::Path;
use std::{env, fs, io};

mod container;
mod late;
mod version;

/// It runs with the rights of whoever starts it, knows long paths, and takes what the old interfaces give as UTF-8. The
/// systems named are Server 2012 R2 (Windows 8.1) and later ones; unnamed ones would lie about their version.
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
      <supportedOS Id="{1f676c76-80e1-4239-95bb-83d0f6d0da78}"/>
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
    if setting("CARGO_CFG_TARGET_OS") != "windows" {
        return Ok(());
    }
    let number = |name: &str| setting(name).parse().unwrap_or(0);
    let version = ["CARGO_PKG_VERSION_MAJOR", "CARGO_PKG_VERSION_MINOR", "CARGO_PKG_VERSION_PATCH"].map(number);
    let [major, minor, patch] = version;
    let texts = [
        ("CompanyName", "The relight authors"),
        ("FileDescription", env!("CARGO_PKG_DESCRIPTION")),
        ("FileVersion", env!("CARGO_PKG_VERSION")),
        ("InternalName", "relight"),
        ("LegalCopyright", concat!("Licensed under ", env!("CARGO_PKG_LICENSE"))),
        ("OriginalFilename", "relight.exe"),
        ("ProductName", "relight"),
        ("ProductVersion", env!("CARGO_PKG_VERSION")),
    ];
    let manifest = MANIFEST.replace("VERSION", &format!("{major}.{minor}.{patch}.0")).into_bytes();
    let resources = [(container::VERSION, version::info(version, &texts)), (container::MANIFEST, manifest)];
    let (name, bytes) = match (setting("CARGO_CFG_TARGET_ENV").as_str(), setting("CARGO_CFG_TARGET_ARCH").as_str()) {
        ("msvc", _) => ("relight.res", Some(container::res(&resources))),
        (_, arch) => ("relight-resources.o", container::coff(arch, &resources)),
    };
    let folder = setting("OUT_DIR");
    let folder = Path::new(&folder);
    match (setting("CARGO_CFG_TARGET_ENV").as_str(), setting("CARGO_CFG_TARGET_ARCH").as_str()) {
        ("msvc", _) => late::for_msvc(),
        ("gnu", "x86_64") => late::for_gnu(folder)?,
        // All is loaded at the start.
        _ => {}
    }
    // A processor that is not known here: the program works without.
    let Some(bytes) = bytes else { return Ok(()) };
    let file = folder.join(name);
    fs::write(&file, bytes)?;
    println!("cargo::rustc-link-arg-bins={}", file.display());
    Ok(())
}
