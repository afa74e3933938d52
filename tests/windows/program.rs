//! What Windows reads from the program before it runs, and what Explorer shows.

use std::ptr;

use windows_sys::Win32::Storage::FileSystem::{GetFileVersionInfoSizeW, GetFileVersionInfoW, VerQueryValueW};
use windows_sys::Win32::System::LibraryLoader::{
    FindResourceW, LOAD_LIBRARY_AS_DATAFILE, LoadLibraryExW, LoadResource, LockResource, SizeofResource,
};

use crate::run::{Run, shown};

crate::trials![Wine =>
    the_program_asks_for_no_more_rights_and_knows_long_paths_and_utf_8,
    the_program_tells_its_version,
    a_long_path_is_written_to,
    the_program_runs_from_a_folder_that_nobody_may_write_to,
];

fn wide(text: &str) -> Vec<u16> {
    text.encode_utf16().chain([0]).collect()
}

fn the_program_asks_for_no_more_rights_and_knows_long_paths_and_utf_8() {
    let program = wide(env!("CARGO_BIN_EXE_relight"));
    // SAFETY: the name ends with a zero; 1 and 24 are numbers in the place of names; the bytes live as long as the library,
    // which is never let go of.
    let manifest = unsafe {
        let library = LoadLibraryExW(program.as_ptr(), ptr::null_mut(), LOAD_LIBRARY_AS_DATAFILE);
        let found = FindResourceW(library, ptr::without_provenance(1), ptr::without_provenance(24));
        assert!(!found.is_null(), "{}", std::io::Error::last_os_error());
        let bytes = LockResource(LoadResource(library, found)).cast::<u8>();
        std::slice::from_raw_parts(bytes, SizeofResource(library, found) as usize)
    };
    let manifest = std::str::from_utf8(manifest).unwrap();
    for needed in ["level=\"asInvoker\"", ">true</longPathAware>", ">UTF-8</activeCodePage>"] {
        assert!(manifest.contains(needed), "{needed}: {manifest}");
    }
}

fn the_program_tells_its_version() {
    let program = wide(env!("CARGO_BIN_EXE_relight"));
    // SAFETY: the names end with zeros; the buffer is as long as Windows says and outlives what points into it.
    let version = unsafe {
        let size = GetFileVersionInfoSizeW(program.as_ptr(), ptr::null_mut());
        assert_ne!(size, 0, "{}", std::io::Error::last_os_error());
        let mut info = vec![0u8; size as usize];
        assert_ne!(GetFileVersionInfoW(program.as_ptr(), 0, size, info.as_mut_ptr().cast()), 0);
        let (mut text, mut length) = (ptr::null_mut(), 0);
        let place = wide(r"\StringFileInfo\040904b0\ProductVersion");
        let found = VerQueryValueW(info.as_ptr().cast(), place.as_ptr(), &raw mut text, &raw mut length);
        assert_ne!(found, 0);
        String::from_utf16_lossy(std::slice::from_raw_parts(text.cast::<u16>(), length as usize))
    };
    assert_eq!(version.trim_end_matches('\0'), env!("CARGO_PKG_VERSION"));
}

fn a_long_path_is_written_to() {
    let mut run = Run::new("kb-3025138", &["check"]);
    let folder = run.temp(["d".repeat(100), "e".repeat(100), "f".repeat(100)].join("\\"));
    let log = folder.join("relight.log");
    run.temp("temp");
    run.command.arg("--log-file").arg(&log);
    let output = run.output();
    assert_eq!(output.status.code(), Some(10), "{}", shown(&output));
    assert!(std::fs::read_to_string(log).unwrap().contains("Exchange is loaded"));
}

fn the_program_runs_from_a_folder_that_nobody_may_write_to() {
    let folder = tempfile::tempdir().unwrap();
    let program = folder.path().join("relight.exe");
    std::fs::copy(env!("CARGO_BIN_EXE_relight"), &program).unwrap();
    let set = |read_only| {
        for path in [program.as_path(), folder.path()] {
            let mut rights = std::fs::metadata(path).unwrap().permissions();
            rights.set_readonly(read_only);
            std::fs::set_permissions(path, rights).unwrap();
        }
    };
    set(true);
    let output = Run::of(&program, "kb-3025138", &["fix", "--yes"]).output();
    set(false);
    assert_eq!(output.status.code(), Some(0), "{}", shown(&output));
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1, "nothing is written beside the program");
}
