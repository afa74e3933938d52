//! Who could have written what lies in the folder of the journals, which undo believes. A folder, or a journal, of somebody
//! else is not used; one that others may write to is taken back, where it is relight's alone. What is decided is decided by
//! owner and rights alone, in functions that are the same on every system.

use std::fs::File;
use std::io;
use std::path::Path;

/// What the owner and the rights of a folder or file come to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Access {
    /// Nobody else has any.
    Private,
    /// Others may see what is in it.
    Readable,
    /// Others may change it.
    Writable,
    /// It belongs to this somebody else.
    Foreign(String),
}

/// What a folder is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Use {
    /// Journals.
    Journals,
    /// The folder of the journals, and what every account may see: the lock.
    Shared,
}

/// What there is at a place; `None`: nothing.
///
/// # Errors
/// When it is no folder, or a link to one, or cannot be looked at.
pub(super) fn of_folder(path: &Path) -> io::Result<Option<Access>> {
    match open_folder(path, false) {
        Ok(folder) => of_open(&folder).map(Some),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

fn open_folder(path: &Path, to_change: bool) -> io::Result<File> {
    // What is not followed is not waited for either.
    let folder = system::open_folder(path, to_change)?;
    if system::is_folder(&folder.metadata()?) {
        Ok(folder)
    } else {
        Err(io::Error::other("it is a link, or no folder"))
    }
}

/// A journal, or the sign that its writer lives.
///
/// # Errors
/// When others may have written what is in it.
pub(super) fn check_file(file: &File, path: &Path) -> io::Result<()> {
    let why = match of_open(file)? {
        Access::Private | Access::Readable => return Ok(()),
        Access::Writable => "can be written by others".to_owned(),
        Access::Foreign(owner) => format!("belongs to {owner}"),
    };
    let name = path.file_name().unwrap_or(path.as_os_str());
    Err(io::Error::other(format!("{} {why}, so that anybody could have made it up", name.display())))
}

/// Makes a folder for this account, and on Windows for administrators, the system and the accounts that the installer
/// recorded: with its rights from the first moment.
pub(super) use system::{make, of_open};

/// Takes a folder back from others.
pub(super) fn narrow(path: &Path, used: Use) -> io::Result<()> {
    system::narrow(&open_folder(path, true)?, used)
}

#[cfg(unix)]
mod system {
    use std::fs::{DirBuilder, File, Metadata, OpenOptions, Permissions};
    use std::io;
    use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt, PermissionsExt};
    use std::path::Path;

    use rustix::fs::OFlags;

    use super::{Access, Use};

    pub fn make(path: &Path, _used: Use) -> io::Result<()> {
        DirBuilder::new().mode(0o700).create(path)
    }

    pub(super) fn open_folder(path: &Path, _to_change: bool) -> io::Result<File> {
        // Of a link only its name is opened, and of a pipe too.
        let flags = OFlags::NOFOLLOW | OFlags::NONBLOCK;
        let opened = OpenOptions::new().read(true).custom_flags(flags.bits().cast_signed()).open(path);
        match opened {
            Err(error) if error.raw_os_error() == Some(rustix::io::Errno::LOOP.raw_os_error()) => {
                Err(io::Error::other("it is a link, or no folder"))
            }
            other => other,
        }
    }

    pub(super) fn is_folder(about: &Metadata) -> bool {
        about.is_dir()
    }

    pub fn of_open(file: &File) -> io::Result<Access> {
        let about = file.metadata()?;
        Ok(of_mode(about.uid(), about.mode(), rustix::process::geteuid().as_raw()))
    }

    /// By owner and mode. What root owns is as good as what this account owns, because root can do everything anyway.
    pub(super) fn of_mode(owner: u32, mode: u32, own: u32) -> Access {
        if owner != own && owner != 0 {
            Access::Foreign(format!("the account with the number {owner}"))
        } else if mode & 0o022 != 0 {
            Access::Writable
        } else if mode & 0o055 != 0 {
            Access::Readable
        } else {
            Access::Private
        }
    }

    pub(super) fn narrow(folder: &File, _used: Use) -> io::Result<()> {
        folder.set_permissions(Permissions::from_mode(0o700))
    }
}

#[cfg(windows)]
mod system {
    use std::fs::{File, Metadata};
    use std::io;
    use std::os::windows::fs::MetadataExt;
    use std::path::Path;

    use windows_sys::Win32::Storage::FileSystem::FILE_ATTRIBUTE_REPARSE_POINT;

    use crate::windows::{access, account, machine};

    use super::sddl::{Trusted, judge, rights};
    use super::{Access, Use};

    pub fn make(path: &Path, used: Use) -> io::Result<()> {
        access::create_folder(path, &rights(used, &recorded()))
    }

    pub(super) fn open_folder(path: &Path, to_change: bool) -> io::Result<File> {
        access::open_folder(path, to_change)
    }

    pub(super) fn is_folder(about: &Metadata) -> bool {
        about.is_dir() && about.file_attributes() & FILE_ATTRIBUTE_REPARSE_POINT == 0
    }

    pub fn of_open(file: &File) -> io::Result<Access> {
        let own = account::own_identifier()?;
        let accounts = recorded().into_iter().chain([own]).filter_map(|account| access::as_written(&account));
        Ok(judge(&access::rights_of(file)?, &Trusted(accounts.collect())))
    }

    pub(super) fn narrow(folder: &File, used: Use) -> io::Result<()> {
        access::set_rights(folder, &rights(used, &recorded()))
    }

    /// Those that the installer let write the journals.
    fn recorded() -> Vec<String> {
        machine::registry_texts(r"SOFTWARE\relight", "JournalAccounts")
    }
}

/// The rights of Windows, as text.
#[cfg(any(windows, test))]
mod sddl {
    use super::{Access, Use};

    /// Administrators, the system, and whoever owns a thing, in both ways in which they are written. What a folder grants
    /// to its creator is nobody's on the folder itself, and below it that of the owner, who is looked at.
    const ALWAYS: [&str; 8] = ["BA", "S-1-5-32-544", "SY", "S-1-5-18", "OW", "S-1-3-4", "CO", "S-1-3-0"];
    /// All but the last two own things.
    const OWNERS: usize = 4;
    /// To read, to list, to pass through: data, attributes and rights.
    const READ: u32 = 0x1 | 0x8 | 0x20 | 0x80 | 0x2_0000 | 0x10_0000 | 0x8000_0000 | 0x2000_0000;
    /// The pairs of letters for a right.
    const LETTERS: [(&str, u32); 21] = [
        ("GA", 0x1000_0000),
        ("GX", 0x2000_0000),
        ("GW", 0x4000_0000),
        ("GR", 0x8000_0000),
        ("FA", 0x1f_01ff),
        ("FR", 0x12_0089),
        ("FW", 0x12_0116),
        ("FX", 0x12_00a0),
        ("RC", 0x2_0000),
        ("SD", 0x1_0000),
        ("WD", 0x4_0000),
        ("WO", 0x8_0000),
        ("CC", 0x1),
        ("DC", 0x2),
        ("LC", 0x4),
        ("SW", 0x8),
        ("RP", 0x10),
        ("WP", 0x20),
        ("DT", 0x40),
        ("LO", 0x80),
        ("CR", 0x100),
    ];

    /// Accounts, as Windows writes them in a descriptor, that may own and write journals besides administrators.
    pub struct Trusted(pub Vec<String>);

    /// By the owner and the entries.
    pub fn judge(descriptor: &str, trusted: &Trusted) -> Access {
        let is_trusted = |who: &str| trusted.0.iter().any(|it| it == who);
        let owner = part(descriptor, "O:").unwrap_or("nobody");
        if !(ALWAYS[..OWNERS].contains(&owner) || is_trusted(owner)) {
            return Access::Foreign(owner.to_owned());
        }
        // Without a list everybody may do everything.
        let list = part(descriptor, "D:").filter(|list| !list.contains("NO_ACCESS_CONTROL"));
        let Some(list) = list else { return Access::Writable };
        let entries = list.split('(').skip(1).map(|entry| entry.trim_end_matches(')').split(';').collect::<Vec<_>>());
        let mut access = Access::Private;
        for entry in entries {
            // Of an entry that is not understood nothing good is thought.
            let [kind, _, rights, _, _, who, ..] = entry[..] else { return Access::Writable };
            if matches!(kind, "D" | "OD" | "XD") || ALWAYS.contains(&who) || is_trusted(who) {
                continue;
            }
            match mask(rights) {
                Some(0) => {}
                Some(mask) if mask & !READ == 0 => access = Access::Readable,
                Some(_) | None => return Access::Writable,
            }
        }
        access
    }

    /// What stands behind `O:` or `D:`, up to the next part.
    fn part<'a>(descriptor: &'a str, name: &str) -> Option<&'a str> {
        let from = descriptor.find(name)? + name.len();
        let rest = &descriptor[from..];
        // Within entries no colon stands behind one of these letters, but a condition may have any text: that comes last.
        let end = ["G:", "D:", "S:"].iter().filter_map(|next| rest.find(next)).min();
        Some(&rest[..end.unwrap_or(rest.len())])
    }

    fn mask(rights: &str) -> Option<u32> {
        if let Some(hex) = rights.strip_prefix("0x") {
            return u32::from_str_radix(hex, 16).ok();
        }
        let mut mask = 0;
        let mut left = rights;
        while !left.is_empty() {
            let (letters, rest) = left.split_at_checked(2)?;
            mask |= LETTERS.iter().find(|(name, _)| *name == letters)?.1;
            left = rest;
        }
        Some(mask)
    }

    /// The rights of a folder of relight: nobody's but those of its owner, of administrators, of the system and of these
    /// accounts. What is shared lets every account read the files in it, so that it can take the lock.
    pub fn rights(used: Use, accounts: &[String]) -> String {
        let mut rights = "D:P(A;OICI;FA;;;OW)(A;OICI;FA;;;BA)(A;OICI;FA;;;SY)".to_owned();
        // To change, but not to hand on.
        rights.extend(accounts.iter().map(|account| format!("(A;OICI;0x1301bf;;;{account})")));
        match used {
            Use::Journals => {}
            Use::Shared => rights.push_str("(A;OINP;0x1200a9;;;AU)"),
        }
        rights
    }

    #[cfg(test)]
    mod tests {
        use super::*;

        const OWN: &str = "S-1-5-21-1-2-3-1104";
        const TASK: &str = "S-1-5-21-1-2-3-2201";

        fn judged(descriptor: &str) -> Access {
            judge(descriptor, &Trusted(vec![OWN.to_owned(), TASK.to_owned()]))
        }

        #[test]
        fn owner_and_entries_decide() {
            let foreign = |who: &str| Access::Foreign(who.to_owned());
            let inherited = "(A;OICIID;FA;;;SY)(A;OICIID;FA;;;BA)(A;OICIIOID;GA;;;CO)";
            for (descriptor, expected) in [
                (rights(Use::Journals, &[TASK.to_owned()]).replace("D:P", "O:BAD:PAI"), Access::Private),
                (rights(Use::Shared, &[]).replace("D:P", "O:BAG:SYD:PAI"), Access::Readable),
                ("O:SYG:SYD:P(A;OICI;FA;;;SY)".to_owned(), Access::Private),
                (format!("O:{OWN}G:DUD:P(A;OICI;FA;;;{OWN})(A;;FA;;;BA)"), Access::Private),
                (format!("O:{TASK}D:P(A;OICI;FA;;;OW)(A;OICI;0x1301bf;;;{TASK})"), Access::Private),
                (format!("O:S-1-5-32-544D:{inherited}"), Access::Private),
                // What is made below ProgramData unless told otherwise: everybody may read it and put files into it.
                (format!("O:BAD:AI{inherited}(A;OICIID;0x1200a9;;;BU)(A;CIID;DCLCRPCR;;;BU)"), Access::Writable),
                (format!("O:BAD:AI{inherited}(A;OICIID;0x1200a9;;;BU)"), Access::Readable),
                (format!("O:BAD:AI{inherited}(A;OICIID;FR;;;WD)(A;;GRGX;;;AU)"), Access::Readable),
                (format!("O:BAD:AI{inherited}(A;OICIID;FRSD;;;WD)"), Access::Writable),
                (format!("O:BAD:P{inherited}(A;;WD;;;S-1-5-21-9-9-9-1001)"), Access::Writable),
                (format!("O:BAD:P{inherited}(A;OICIIO;GA;;;BU)"), Access::Writable),
                (format!("O:BAD:P{inherited}(D;OICI;FA;;;BU)"), Access::Private),
                (format!("O:BAD:P{inherited}(A;;0x0;;;BU)"), Access::Private),
                // Not understood, so that nothing good is thought of it.
                (format!("O:BAD:P{inherited}(A;;ZZ;;;BU)"), Access::Writable),
                (format!("O:BAD:P{inherited}(A;;F;;;BU)"), Access::Writable),
                (format!("O:BAD:P{inherited}(XA;;FR;;;WD;(Member_of {{SID(BA)}}))"), Access::Writable),
                ("O:BAD:P(what)".to_owned(), Access::Writable),
                ("O:BAD:NO_ACCESS_CONTROL".to_owned(), Access::Writable),
                ("O:BA".to_owned(), Access::Writable),
                ("O:BAD:P".to_owned(), Access::Private),
                ("O:BUD:P(A;OICI;FA;;;BA)".to_owned(), foreign("BU")),
                ("O:S-1-5-21-1-2-3-1105D:P(A;OICI;FA;;;BA)".to_owned(), foreign("S-1-5-21-1-2-3-1105")),
                ("O:S-1-5-21-1-2-3-11D:P(A;OICI;FA;;;BA)".to_owned(), foreign("S-1-5-21-1-2-3-11")),
                ("O:OWD:P(A;OICI;FA;;;BA)".to_owned(), foreign("OW")),
                ("D:P(A;OICI;FA;;;BA)".to_owned(), foreign("nobody")),
                (String::new(), foreign("nobody")),
            ] {
                assert_eq!(judged(&descriptor), expected, "{descriptor}");
            }
        }

        #[test]
        fn what_an_ordinary_user_made_first_is_foreign() {
            let theirs = "O:S-1-5-21-1-2-3-5000G:DUD:P(A;OICI;FA;;;BA)(A;OICI;FA;;;SY)(A;OICI;FA;;;OW)";
            assert_eq!(judged(theirs), Access::Foreign("S-1-5-21-1-2-3-5000".to_owned()));
        }
    }
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn owner_and_mode_decide() {
        let own = 1000;
        for (owner, mode, expected) in [
            (own, 0o40_700, Access::Private),
            (own, 0o100_600, Access::Private),
            (0, 0o40_700, Access::Private),
            (0, 0o40_711, Access::Readable),
            (own, 0o40_755, Access::Readable),
            (own, 0o40_770, Access::Writable),
            (own, 0o41_777, Access::Writable),
            (own, 0o100_602, Access::Writable),
            (1001, 0o40_700, Access::Foreign("the account with the number 1001".to_owned())),
        ] {
            assert_eq!(system::of_mode(owner, mode, own), expected, "{owner} {mode:o}");
        }
    }

    #[test]
    fn a_link_or_a_file_is_no_folder() {
        let place = tempfile::tempdir().expect("a folder");
        let (folder, link, file) = (place.path().join("f"), place.path().join("l"), place.path().join("x"));
        assert_eq!(of_folder(&folder).expect("looked at"), None);
        make(&folder, Use::Journals).expect("made");
        assert_eq!(of_folder(&folder).expect("looked at"), Some(Access::Private));
        std::os::unix::fs::symlink(&folder, &link).expect("a link");
        std::fs::write(&file, "").expect("a file");
        assert!(of_folder(&link).is_err() && of_folder(&file).is_err());
    }
}
