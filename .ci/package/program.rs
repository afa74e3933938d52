//! The program as Windows will load it, read from its headers, and what of that does not fit a release.

use std::mem::offset_of;

use object::pe::{
    IMAGE_DIRECTORY_ENTRY_LOAD_CONFIG, IMAGE_DLLCHARACTERISTICS_DYNAMIC_BASE, IMAGE_DLLCHARACTERISTICS_GUARD_CF,
    IMAGE_DLLCHARACTERISTICS_HIGH_ENTROPY_VA, IMAGE_DLLCHARACTERISTICS_NX_COMPAT,
    IMAGE_GUARD_CF_FUNCTION_TABLE_PRESENT, IMAGE_GUARD_CF_INSTRUMENTED, ImageLoadConfigDirectory64,
};
use object::read::pe::{ImageNtHeaders, PeFile64};
use object::{LittleEndian as LE, ReadRef};

/// Whose linker made it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Linker {
    /// Microsoft's, for the program that is released.
    Microsoft,
    /// That of mingw, for tests.
    Gnu,
}

/// What the headers say.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Program {
    /// In seconds since 1970; with Microsoft's linker a hash of the content.
    pub stamp: u32,
    /// `IMAGE_DLLCHARACTERISTICS_*`.
    pub characteristics: u16,
    /// Where libraries are looked for that are loaded at the start: `LOAD_LIBRARY_SEARCH_*`, 0 for the folder of the program
    /// and all others.
    pub dependent_load_flags: u16,
    /// `IMAGE_GUARD_*`.
    pub guard_flags: u32,
    /// The libraries that are loaded at the start, in lower case.
    pub at_start: Vec<String>,
    /// Those that are loaded when one of their functions is first called.
    pub late: Vec<String>,
}

/// `LOAD_LIBRARY_SEARCH_SYSTEM32`.
const SYSTEM_ALONE: u16 = 0x800;

/// What may be loaded at the start: parts of every Windows. What an `api-ms-win-` library is, Windows itself decides.
const AT_START: [&str; 6] =
    ["advapi32.dll", "bcryptprimitives.dll", "kernel32.dll", "ntdll.dll", "userenv.dll", "ws2_32.dll"];

/// What must be loaded late; src/build/delay_load.rs lists them too.
const LATE: [&str; 3] = ["crypt32.dll", "secur32.dll", "user32.dll"];

/// Reads the headers.
pub fn read(bytes: &[u8]) -> object::Result<Program> {
    let file = PeFile64::parse(bytes)?;
    let headers = file.nt_headers();
    let mut program = Program {
        stamp: headers.file_header().time_date_stamp.get(LE),
        characteristics: headers.optional_header().dll_characteristics.get(LE).0,
        ..Program::default()
    };
    if let Some(directory) =
        file.data_directory(IMAGE_DIRECTORY_ENTRY_LOAD_CONFIG).filter(|it| it.virtual_address.get(LE) != 0)
    {
        let table = file.section_table();
        let config = table.pe_data_at(bytes, directory.virtual_address.get(LE)).unwrap_or_default();
        // It says its own size; what an older linker did not know of is not set.
        let size = config.read_at::<object::U32<LE>>(0).map_or(0, |size| size.get(LE) as usize);
        let config = config.get(..size).unwrap_or_default();
        program.dependent_load_flags = config
            .read_at::<object::U16<LE>>(offset_of!(ImageLoadConfigDirectory64, dependent_load_flags) as u64)
            .map_or(0, |flags| flags.get(LE));
        program.guard_flags = config
            .read_at::<object::U32<LE>>(offset_of!(ImageLoadConfigDirectory64, guard_flags) as u64)
            .map_or(0, |flags| flags.get(LE));
    }
    if let Some(table) = file.import_table()? {
        let mut libraries = table.descriptors()?;
        while let Some(library) = libraries.next()? {
            program.at_start.push(text(table.name(library.name.get(LE))?));
        }
    }
    if let Some(table) = file.delay_load_import_table()? {
        let mut libraries = table.descriptors()?;
        while let Some(library) = libraries.next()? {
            program.late.push(text(table.name(library.dll_name_rva.get(LE))?));
        }
    }
    for libraries in [&mut program.at_start, &mut program.late] {
        libraries.sort();
        libraries.dedup();
    }
    Ok(program)
}

fn text(name: &[u8]) -> String {
    String::from_utf8_lossy(name).to_ascii_lowercase()
}

/// What must not be so in a program of this linker, each in one line.
pub fn faults(program: &Program, linker: Linker) -> Vec<String> {
    let mut faults = Vec::new();
    let mut demand = |holds: bool, fault: String| {
        if !holds {
            faults.push(fault);
        }
    };
    let has = |flag: u16| program.characteristics & flag != 0;
    demand(has(IMAGE_DLLCHARACTERISTICS_DYNAMIC_BASE.0), "it always lies at the same address".to_owned());
    demand(has(IMAGE_DLLCHARACTERISTICS_HIGH_ENTROPY_VA.0), "it lies in the lower 4 GB".to_owned());
    demand(has(IMAGE_DLLCHARACTERISTICS_NX_COMPAT.0), "its data may be run".to_owned());
    for library in &program.at_start {
        let runtime = linker == Linker::Gnu && library == "msvcrt.dll";
        let known = AT_START.contains(&library.as_str()) || library.starts_with("api-ms-win-");
        demand(known || runtime, format!("it loads {library} at its start"));
    }
    match linker {
        Linker::Gnu => demand(program.stamp == 0, format!("the time {} is in it", program.stamp)),
        Linker::Microsoft => {
            let flags = program.dependent_load_flags;
            demand(flags == SYSTEM_ALONE, format!("libraries are looked for beside it: DependentLoadFlags {flags:#x}"));
            let guard = IMAGE_GUARD_CF_INSTRUMENTED.0 | IMAGE_GUARD_CF_FUNCTION_TABLE_PRESENT.0;
            let guarded = has(IMAGE_DLLCHARACTERISTICS_GUARD_CF.0) && program.guard_flags & guard == guard;
            demand(guarded, format!("it has no control-flow guard: GuardFlags {:#x}", program.guard_flags));
            // GNU's linker has no table of them: there it is enough that they are not loaded at the start.
            for library in LATE {
                demand(program.late.iter().any(|late| late == library), format!("it does not load {library} late"));
            }
        }
    }
    faults
}

/// Those of these folders below which something lies that the program names, with whichever separator.
pub fn named<'a>(bytes: &[u8], folders: &[&'a str]) -> Vec<&'a str> {
    let stands = |name: String| memchr::memmem::find(bytes, name.as_bytes()).is_some();
    let is_named = |folder: &str| stands(format!("{folder}\\")) || stands(format!("{}/", folder.replace('\\', "/")));
    folders.iter().copied().filter(|folder| is_named(folder.trim_end_matches(['/', '\\']))).collect()
}
