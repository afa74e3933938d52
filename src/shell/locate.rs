//! Which PowerShell. On Windows it is the one of the system, by the path that Windows itself names: a `powershell.exe` that
//! somebody put on PATH or beside a script must not run with an Exchange admin's rights. Elsewhere there is no such
//! place, so PATH decides, but only its absolute entries: an empty or relative one means the current folder. What is
//! found is always an absolute path, because the process is started in another folder.

use std::{
    env,
    ffi::{OsStr, OsString},
    path::{Path, PathBuf},
};

use super::StartError;

/// The names tried where the system does not come with a PowerShell, best first.
#[cfg(not(windows))]
const NAMES: [&str; 2] = ["pwsh", "powershell"];

/// Finds PowerShell: the one asked for, by name or path, or the one of this system.
pub fn find(asked: Option<&OsStr>) -> Result<PathBuf, StartError> {
    match asked {
        Some(asked) => find_asked(asked, env::var_os("PATH")),
        None => find_own(),
    }
}

/// The folder that Windows names as its own; elsewhere the root. Sessions run there: a folder that nobody can put a file
/// into and that does not go away.
pub fn system_directory() -> PathBuf {
    #[cfg(windows)]
    if let Some(folder) = crate::windows::system_directory() {
        return folder;
    }
    PathBuf::from("/")
}

fn find_asked(asked: &OsStr, path: Option<OsString>) -> Result<PathBuf, StartError> {
    if is_path(asked) {
        return match std::path::absolute(asked) {
            Ok(file) if file.is_file() => Ok(file),
            _ => Err(not_found(format!("{}: there is no such file", Path::new(asked).display()))),
        };
    }
    on_path(asked, path).ok_or_else(|| not_found(format!("{} on PATH", Path::new(asked).display())))
}

/// Whether it says where, or only what: `C:pwsh.exe` and `./pwsh` say where.
fn is_path(asked: &OsStr) -> bool {
    let path = Path::new(asked);
    path.components().count() != 1 || path.file_name() != Some(asked)
}

/// Looks a name up in the absolute folders of PATH.
fn on_path(name: &OsStr, path: Option<OsString>) -> Option<PathBuf> {
    let path = path?;
    let folders = env::split_paths(&path).filter(|folder| folder.is_absolute());
    let folders = env::join_paths(folders).ok()?;
    which::which_in_global(name, Some(folders)).ok()?.find(|found| found.is_absolute())
}

#[cfg(windows)]
fn find_own() -> Result<PathBuf, StartError> {
    let system =
        crate::windows::system_directory().ok_or_else(|| not_found("the system directory of Windows".to_owned()))?;
    let candidates = windows_powershell(&system, cfg!(target_pointer_width = "32"));
    let looked_for = || not_found(format!("Windows PowerShell in {}", system.display()));
    candidates.into_iter().find(|file| file.is_file()).ok_or_else(looked_for)
}

#[cfg(not(windows))]
fn find_own() -> Result<PathBuf, StartError> {
    let path = env::var_os("PATH");
    let found = NAMES.into_iter().find_map(|name| on_path(OsStr::new(name), path.clone()));
    found.ok_or_else(|| not_found(format!("PowerShell: neither {} nor {} is on PATH", NAMES[0], NAMES[1])))
}

/// Where Windows PowerShell is, best first. A 32-bit process sees a 32-bit System32, in which Exchange's tools cannot be
/// loaded; `Sysnative` is its way to the real one, and exists for such processes only.
#[cfg_attr(not(any(windows, test)), expect(dead_code, reason = "only Windows has a PowerShell of its own"))]
fn windows_powershell(system: &Path, is_32_bit: bool) -> Vec<PathBuf> {
    let inside = |folder: &Path| folder.join("WindowsPowerShell").join("v1.0").join("powershell.exe");
    let native = system.with_file_name("Sysnative");
    if is_32_bit { vec![inside(&native), inside(system)] } else { vec![inside(system)] }
}

fn not_found(looked_for: String) -> StartError {
    StartError::NotFound { looked_for }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A folder with a program in it that can be looked up by `name`.
    fn folder_with(name: &str) -> (tempfile::TempDir, PathBuf) {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join(name).with_extension(env::consts::EXE_EXTENSION);
        std::fs::write(&file, "").unwrap();
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o755)).unwrap();
        }
        (folder, file)
    }

    #[test]
    fn a_path_is_used_as_given() {
        let (_folder, file) = folder_with("pwsh-7");
        assert_eq!(find_asked(file.as_os_str(), None).unwrap(), file);
        let missing = file.with_file_name("missing");
        let error = find_asked(missing.as_os_str(), None).unwrap_err().to_string();
        assert!(error.contains("missing: there is no such file"), "{error}");
        let folder = file.parent().unwrap();
        assert!(find_asked(folder.as_os_str(), None).is_err(), "a folder is no program");
    }

    #[test]
    fn a_relative_path_becomes_an_absolute_one() {
        let found = find_asked(OsStr::new("./Cargo.toml"), None).unwrap();
        assert!(found.is_absolute() && found.ends_with("Cargo.toml"), "{found:?}");
    }

    #[test]
    fn a_name_is_looked_up_on_path() {
        let (folder, file) = folder_with("pwsh-preview");
        let found = find_asked(OsStr::new("pwsh-preview"), Some(folder.path().into())).unwrap();
        assert_eq!(found.file_stem(), file.file_stem());
        assert!(found.is_absolute());
    }

    #[test]
    fn a_name_is_never_found_in_the_current_folder() {
        // The folder itself would be found; what leads to it from the current one must not be followed.
        let (folder, _file) = folder_with("only-here");
        let here = env::current_dir().unwrap();
        let relative = pathdiff(&here, folder.path());
        for path in [OsString::new(), OsString::from("."), relative.into_os_string()] {
            assert!(on_path(OsStr::new("only-here"), Some(path)).is_none());
        }
        assert!(find_asked(OsStr::new("only-here"), None).is_err());
    }

    /// The way from one absolute folder to another, by going up to the root.
    fn pathdiff(from: &Path, to: &Path) -> PathBuf {
        let up = from.components().skip(1).map(|_| "..").collect::<PathBuf>();
        up.join(to.components().skip_while(|c| !matches!(c, std::path::Component::Normal(_))).collect::<PathBuf>())
    }

    #[test]
    fn what_says_where_is_a_path() {
        let cases =
            [("pwsh", false), ("pwsh.exe", false), ("./pwsh", true), ("/usr/bin/pwsh", true), ("..", true), ("", true)];
        for (asked, expected) in cases {
            assert_eq!(is_path(OsStr::new(asked)), expected, "{asked}");
        }
        #[cfg(windows)]
        assert!(is_path(OsStr::new("C:pwsh.exe")) && is_path(OsStr::new(r"bin\pwsh.exe")));
    }

    #[test]
    fn a_32_bit_process_takes_the_way_around_its_own_system_directory() {
        let system = Path::new("/windows/System32");
        let native = PathBuf::from("/windows/Sysnative/WindowsPowerShell/v1.0/powershell.exe");
        let own = PathBuf::from("/windows/System32/WindowsPowerShell/v1.0/powershell.exe");
        assert_eq!(windows_powershell(system, true), [native, own.clone()]);
        assert_eq!(windows_powershell(system, false), vec![own]);
    }

    #[cfg(windows)]
    #[test]
    fn windows_names_its_own_powershell() {
        // Windows spells its folders as it was set up.
        let found = find(None).unwrap().to_string_lossy().to_ascii_lowercase();
        assert!(found.ends_with(r"\system32\windowspowershell\v1.0\powershell.exe"), "{found}");
    }
}
