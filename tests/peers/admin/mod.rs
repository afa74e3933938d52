//! The scripts for admins in a real PowerShell: what they copy, what they write and where, and that a trial run changes
//! nothing. A double stands in for the registry and the task scheduler, on Windows too.

mod fixture;
pub mod signing;

use std::fs;
use std::path::Path;

use fixture::{Package, Run, joined};

crate::trials![Pwsh =>
    a_trial_run_changes_nothing,
    a_second_run_finds_everything_right,
    another_version_is_replaced_and_a_folder_on_path_is_known_in_any_spelling,
    only_what_the_checksums_vouch_for_is_installed,
    the_path_of_the_machine_keeps_its_variables,
    the_event_source_speaks_with_the_texts_of_windows,
    the_task_runs_under_the_account_it_was_given,
    the_account_of_the_task_may_write_the_journals_and_is_recorded,
    who_could_replace_the_program_is_told_by_owner_and_entries,
    an_argument_is_read_back_as_it_was,
    a_task_is_refused_where_others_could_replace_the_program,
    windows_lists_it_and_removes_it,
    the_module_comes_and_goes_with_the_program,
    the_dsc_resource_comes_and_goes_with_the_program,
    #[cfg(unix)]
    who_has_no_rights_is_told_before_anything_is_changed,
    what_cannot_work_is_refused_before_anything_is_changed,
    uninstalling_leaves_what_was_not_installed,
    uninstalling_from_inside_the_folder_works,
    #[cfg(windows)]
    installing_and_uninstalling_leave_windows_as_it_was: Wine,
];

/// Everything that can be asked for.
const ALL: &str = r"-RegisterEventSource -RegisterTask fix -TaskUser 'CONTOSO\relight$'";

fn a_trial_run_changes_nothing() {
    let package = Package::new();
    let path = package.installed();
    let runs = package.run(&[
        format!("Install-Relight.ps1 {path} -WhatIf {ALL}"),
        format!("Install-Relight.ps1 {path}"),
        format!("Uninstall-Relight.ps1 {path} -WhatIf -RemoveJournal -JournalPath '{}'", package.path("journal")),
    ]);
    assert_eq!(
        runs[0].results(),
        [
            "Copy NotDone",
            "Copy NotDone",
            "PathMachine NotDone",
            "EventSource NotDone",
            "Journal NotDone",
            "Task NotDone"
        ],
        "{runs:?}"
    );
    assert_eq!(runs[0].calls, [""; 0]);
    // The second run found nothing in its way, and the third left everything where the second had put it.
    assert_eq!(runs[1].results(), ["Copy Done", "Copy Done", "PathMachine Done", "App Done"]);
    assert_eq!(runs[2].calls, [""; 0]);
    assert_eq!(
        runs[2].results(),
        [
            "Task Unchanged",
            "EventSource Unchanged",
            "PathMachine NotDone",
            "App NotDone",
            "Remove NotDone",
            "Remove NotDone",
            "Journal NotDone"
        ]
    );
    assert!(fs::exists(package.path("installed/relight.exe")).unwrap());
    assert!(fs::exists(package.path("journal/run.json")).unwrap());
}

fn a_second_run_finds_everything_right() {
    let package = Package::new();
    let install = format!("Install-Relight.ps1 {} -PathScope Process", package.installed());
    let runs = package.run(&[install.clone(), install]);
    assert_eq!(runs[0].results(), ["Copy Done", "Copy Done", "PathProcess Done"], "{runs:?}");
    assert_eq!(runs[1].results(), ["Copy Unchanged", "Copy Unchanged", "PathProcess Unchanged"]);
    let installed = package.path("installed");
    assert_eq!(runs[1].path.iter().filter(|entry| **entry == installed).count(), 1);
    assert_eq!(runs[1].path.last(), Some(&installed));
    assert_eq!(fs::read(package.path("installed/relight.exe")).unwrap(), b"program");
}

fn another_version_is_replaced_and_a_folder_on_path_is_known_in_any_spelling() {
    let package = Package::new();
    fs::create_dir(package.path("installed")).unwrap();
    fs::write(package.path("installed/relight.exe"), "another").unwrap();
    let runs = package.run(&[
        format!("!$env:PATH = \"$env:PATH${{Separator}}{}/$Separator\"", package.path("installed").to_uppercase()),
        format!("Install-Relight.ps1 {} -PathScope Process", package.installed()),
        // A relative folder would mean another one in each shell.
        "Install-Relight.ps1 -Path ./other -PathScope Process".to_owned(),
    ]);
    assert_eq!(runs[1].results(), ["Copy Done", "Copy Done", "PathProcess Unchanged"], "{runs:?}");
    assert_eq!(fs::read(package.path("installed/relight.exe")).unwrap(), b"program");
    assert!(runs[2].steps[2].target.ends_with("other") && runs[2].steps[2].target.contains(&package.path("")));
    assert!(!runs[2].path.iter().any(String::is_empty), "an empty entry would mean the current folder");
}

fn only_what_the_checksums_vouch_for_is_installed() {
    let package = Package::new();
    let install = format!("Install-Relight.ps1 {} -PathScope None", package.installed());
    let program = "2d9be8cfd1e5c86b2a0a1d4b3f8e5cdb4f3d1a0b6f3b4c1d2e3f405162738495";
    for (sums, reason) in [
        (String::new(), "is not the file that"),
        (format!("{program}  relight.exe\n"), "is not the file that"),
        (format!("{}  other.exe\n", package.sha256("relight.exe")), "is not the file that"),
        (format!("{}  relight.exe\n", package.sha256("relight.exe")), "Uninstall-Relight.ps1 is not the file that"),
    ] {
        fs::write(package.path("SHA256SUMS"), sums).unwrap();
        let runs = package.run(std::slice::from_ref(&install));
        assert!(runs[0].error().contains(reason), "{runs:?}");
        assert!(!fs::exists(package.path("installed")).unwrap());
    }
    let sums = ["relight.exe", "Uninstall-Relight.ps1"].map(|name| format!("{}  {name}\n", package.sha256(name)));
    fs::write(package.path("SHA256SUMS"), sums.concat()).unwrap();
    let runs = package.run(&[install]);
    assert_eq!(runs[0].results(), ["Verify Done", "Verify Done", "Copy Done", "Copy Done"], "{runs:?}");
}

fn the_path_of_the_machine_keeps_its_variables() {
    let package = Package::new();
    let path = package.installed();
    let runs = package.run(&[
        format!("Install-Relight.ps1 {path}"),
        format!("Install-Relight.ps1 {path} -PathScope User"),
        format!("Uninstall-Relight.ps1 {path}"),
    ]);
    let installed = package.path("installed");
    let key = r"HKLM:\SYSTEM\CurrentControlSet\Control\Session Manager\Environment";
    let set = |key: &str, value: &str| {
        format!("Set-ItemProperty LiteralPath={key} Name=Path Type=ExpandString Value={value}")
    };
    let before = joined(&["%SystemRoot%/system32", "/tools"]);
    assert_eq!(runs[0].calls[0], set(key, &joined(&[&before, &installed])), "{runs:?}");
    assert_eq!(runs[1].calls[0], set(r"HKCU:\Environment", &installed));
    assert_eq!(runs[2].calls[0], set(key, &before));
}

fn the_event_source_speaks_with_the_texts_of_windows() {
    let package = Package::new();
    let install = format!("Install-Relight.ps1 {} -PathScope None -RegisterEventSource", package.installed());
    let runs = package.run(&[install.clone(), install]);
    let key = r"HKLM:\SYSTEM\CurrentControlSet\Services\EventLog\Application\relight";
    let set = |rest: &str| format!("Set-ItemProperty LiteralPath={key} {rest}");
    assert_eq!(
        runs[0].calls,
        [
            format!("New-Item Path={key}"),
            set(r"Name=EventMessageFile Type=ExpandString Value=%SystemRoot%\System32\EventCreate.exe"),
            set("Name=TypesSupported Type=DWord Value=7"),
            set("Name=CustomSource Type=DWord Value=1"),
        ],
        "{runs:?}"
    );
    assert_eq!(runs[1].calls, [""; 0]);
    assert_eq!(runs[1].results()[2], "EventSource Unchanged");
}

fn the_task_runs_under_the_account_it_was_given() {
    let package = Package::new();
    let install = format!("Install-Relight.ps1 {} -PathScope None -RegisterTask", package.installed());
    let password = "(ConvertTo-SecureString 'a b' -AsPlainText -Force)";
    let runs = package.run(&[
        format!(r"{install} fix -TaskUser 'CONTOSO\relight$'"),
        format!(r"{install} check -TaskUser 'CONTOSO\admin' -TaskPassword {password} -TaskMinutes 15"),
        format!(r"{install} check -TaskUser 'CONTOSO\admin'"),
        format!("{install} check"),
        format!("{install} undo -TaskUser x"),
    ]);
    let log = package.path("data/relight/log/relight.log");
    let registered =
        |run: &Run| run.calls.iter().find(|call| call.starts_with("Register-ScheduledTask")).cloned().unwrap();
    let fix = registered(&runs[0]);
    for part in [
        format!("relight.exe|fix --yes --lock-timeout 10m --log-file \"{log}\" ").as_str(),
        "Force=True",
        r"Principal=CONTOSO\relight$|Password|Highest",
        "Settings=IgnoreNew|True|01:00:00",
        "Daily=True",
        "Repetition=every 01:00:00 for 1.00:00:00",
    ] {
        assert!(fix.contains(part), "no {part} in {fix}");
    }
    let check = registered(&runs[1]);
    for part in [
        format!("relight.exe|check --log-file \"{log}\" ").as_str(),
        r"User=CONTOSO\admin",
        "Password=a b",
        "RunLevel=Highest",
        "every 00:15:00",
    ] {
        assert!(check.contains(part), "no {part} in {check}");
    }
    assert_eq!(runs[1].results()[2..], ["Journal Done", "Task Done"], "and nothing else: {runs:?}");
    assert!(runs[2].error().contains("needs -TaskPassword"));
    assert!(runs[3].error().contains("-TaskUser"));
    assert!(runs[4].error().contains("undo"));
    assert!(runs[2..].iter().all(|run| run.calls.is_empty() && run.steps.is_empty()));
}

fn the_account_of_the_task_may_write_the_journals_and_is_recorded() {
    let package = Package::new();
    let install = format!("Install-Relight.ps1 {} -PathScope None -RegisterTask check", package.installed());
    let password = "-TaskPassword (ConvertTo-SecureString 'a b' -AsPlainText -Force)";
    let data = package.path("data/relight");
    let runs = package.run(&[
        format!(r"{install} -TaskUser 'CONTOSO\relight$'"),
        // Another account, and the same once more.
        format!(r"{install} -TaskUser 'CONTOSO\admin' {password}"),
        format!(r"{install} -TaskUser 'CONTOSO\admin' {password}"),
        format!(r"{install} -TaskUser 'nobody' {password}"),
        format!("Uninstall-Relight.ps1 {} -PathScope None", package.installed()),
        format!("Uninstall-Relight.ps1 {} -PathScope None -RemoveJournal", package.installed()),
    ]);
    let rights = |sid: &str| {
        ["", "/journal", "/log"].map(|below| {
            let folder = package.path(&format!("data/relight{below}"));
            format!("icacls {folder} /grant *{sid}:(OI)(CI)M")
        })
    };
    let recorded = |sids: &str| {
        format!(
            r"Set-ItemProperty LiteralPath=HKLM:\SOFTWARE\relight Name=JournalAccounts Type=MultiString Value={sids}"
        )
    };
    let (first, second) = ("S-1-5-21-1-2-3-16", "S-1-5-21-1-2-3-13");
    assert_eq!(runs[0].calls[..3], rights(first), "{runs:?}");
    assert_eq!(runs[0].calls[3..5], [r"New-Item Path=HKLM:\SOFTWARE\relight".to_owned(), recorded(first)]);
    assert_eq!(runs[1].calls[3], recorded(&format!("{first} {second}")));
    assert_eq!(runs[2].calls[..3], rights(second));
    assert!(runs[2].calls[3].starts_with("Register-ScheduledTask"), "{:?}", runs[2]);
    assert!(runs[3].error().contains("there is no account nobody") && runs[3].calls.is_empty(), "{:?}", runs[3]);
    // As long as there are journals, so is who may have written them.
    assert!(!runs[4].calls.iter().any(|call| call.contains(r"HKLM:\SOFTWARE\relight")), "{:?}", runs[4]);
    assert_eq!(runs[5].calls, [r"Remove-Item LiteralPath=HKLM:\SOFTWARE\relight"]);
    assert!(!fs::exists(data).unwrap());
}

/// A security descriptor, and who could replace what lies in a folder that has it, or move away a folder below.
const DESCRIPTORS: [(&str, &str, &str); 18] = [
    // Program Files, as Windows makes it.
    (
        "O:S-1-5-80-956008885-3418522649-1831038044-1853292631-2271478464G:SYD:PAI(A;;FA;;;S-1-5-80-956008885-3418522649-\
         1831038044-1853292631-2271478464)(A;CIIO;GA;;;S-1-5-80-956008885-3418522649-1831038044-1853292631-2271478464)\
         (A;;0x1301bf;;;SY)(A;OICIIO;GA;;;SY)(A;;0x1301bf;;;BA)(A;OICIIO;GA;;;BA)(A;;0x1200a9;;;BU)(A;OICIIO;GXGR;;;BU)\
         (A;OICIIO;GA;;;CO)(A;;0x1200a9;;;AC)(A;OICIIO;GXGR;;;AC)",
        "",
        "",
    ),
    // The root of a drive: everybody may make folders there, and change what they made.
    (
        "O:S-1-5-18G:SYD:PAI(A;OICI;FA;;;SY)(A;OICI;FA;;;BA)(A;OICI;0x1200a9;;;BU)(A;CI;LC;;;BU)(A;CIIO;DC;;;BU)\
      (A;OICIIO;GA;;;CO)",
        "BU BU",
        "",
    ),
    ("O:BAG:SYD:AI(A;OICIID;FA;;;SY)(A;ID;0x1301bf;;;AU)(A;OICIIOID;SDGXGWGR;;;AU)", "AU AU", "AU"),
    ("O:BAG:SYD:(A;;FA;;;BA)(A;OICIIO;0x1301bf;;;AU)", "AU", ""),
    ("O:BAG:SYD:P(A;OICI;FA;;;BA)(A;OICI;FA;;;SY)(A;OICI;FA;;;OW)(A;OICI;FRFX;;;WD)(A;;RCGR;;;BU)", "", ""),
    // The owner can change the rights.
    ("O:S-1-5-21-1-2-3-1001G:SYD:P(A;;FA;;;BA)", "S-1-5-21-1-2-3-1001", "S-1-5-21-1-2-3-1001"),
    ("O:BUD:P(A;;FA;;;BA)", "BU", "BU"),
    ("G:SYD:P(A;;FA;;;BA)", "nobody", "nobody"),
    ("O:SYG:SYD:P(A;;WO;;;WD)(A;;WD;;;BU)", "WD BU", "WD BU"),
    ("O:SYG:SYD:P(A;;FW;;;WD)", "WD", ""),
    ("O:SYG:SYD:P(A;;DT;;;WD)(A;;SD;;;AU)", "WD AU", "WD AU"),
    ("O:SYG:SYD:P(A;;0x2;;;WD)(A;;0x40000000;;;WD)", "WD WD", ""),
    ("O:SYG:SYD:P(A;;0x10000000;;;WD)", "WD", "WD"),
    // What is refused lets nobody in, and what is only watched neither.
    ("O:SYG:SYD:P(D;;FA;;;WD)(A;;FA;;;BA)S:AI(AU;SAFA;FA;;;WD)(ML;;NW;;;LW)", "", ""),
    ("O:SYG:SYD:P(XA;;FA;;;WD;(@User.x == 1))(OA;;FA;;;AU)", "WD AU", "WD AU"),
    // No list, and letters that nobody knows.
    ("O:SYG:SY", "WD", "WD"),
    ("O:SYG:SYD:NO_ACCESS_CONTROL", "WD", "WD"),
    ("O:SYG:SYD:P(A;;ZZ;;;WD)", "WD", "WD"),
];

fn who_could_replace_the_program_is_told_by_owner_and_entries() {
    let package = Package::new();
    // The functions of the script alone, without what it does.
    let script = package.path("Install-Relight.ps1");
    let mut lines = vec![format!(
        "!$Tokens = $Errors = $null; \
         $Parsed = [System.Management.Automation.Language.Parser]::ParseFile('{script}', [ref] $Tokens, [ref] $Errors); \
         $Parsed.EndBlock.Statements | Where-Object {{ $_.Name -eq 'Get-Intruder' }} | ForEach-Object {{ . ([scriptblock]::Create(\"$_\")) }}"
    )];
    for (descriptor, _, _) in DESCRIPTORS {
        lines.push(format!(
            "!$Steps = @(@{{ Step = ''; Target = @(Get-Intruder '{descriptor}') -join ' '; \
             Result = @(Get-Intruder '{descriptor}' -Above) -join ' ' }})"
        ));
    }
    // Who is trusted, and the root of a drive, which nobody moves away.
    lines.push(
        "!$Steps = @(@{ Step = ''; Target = @(Get-Intruder 'O:S-1-9D:(A;;FA;;;S-1-8)' -Trusted 'S-1-9', 'S-1-8') -join ' '; \
         Result = @(Get-Intruder 'O:SYD:(A;;0x1301bf;;;AU)(A;;DT;;;BU)' -Above -Root) -join ' ' })"
            .to_owned(),
    );
    let runs = package.run(&lines);
    for ((descriptor, inside, above), run) in DESCRIPTORS.iter().zip(&runs[1..]) {
        assert!(run.failure.is_none(), "{descriptor}: {run:?}");
        assert_eq!((run.steps[0].target.as_str(), run.steps[0].result.as_str()), (*inside, *above), "{descriptor}");
    }
    let last = &runs.last().unwrap().steps[0];
    assert_eq!((last.target.as_str(), last.result.as_str()), ("", "BU"));
}

fn an_argument_is_read_back_as_it_was() {
    let package = Package::new();
    let define = |script: &str| {
        format!(
            "!$Tokens = $Errors = $null; \
             $Parsed = [System.Management.Automation.Language.Parser]::ParseFile('{}', [ref] $Tokens, [ref] $Errors); \
             $Parsed.EndBlock.Statements | Where-Object {{ $_.Name -eq 'ConvertTo-Argument' }} | ForEach-Object {{ . ([scriptblock]::Create(\"$_\")) }}",
            package.path(script)
        )
    };
    let quoted = r"!$Steps = @(@{ Step = ConvertTo-Argument 'D:\'; Target = ConvertTo-Argument 'D:\My Modules\'; Result = ConvertTo-Argument 'C:\Program Files\relight' })";
    let lines = ["Install-Relight.ps1", "Uninstall-Relight.ps1"].map(|script| [define(script), quoted.to_owned()]);
    let runs = package.run(lines.as_flattened());
    for run in [&runs[1], &runs[3]] {
        let step = &run.steps[0];
        let all = [step.step.as_str(), step.target.as_str(), step.result.as_str()];
        // A backslash before the last quote would be taken for its own.
        assert_eq!(all, [r#""D:\.""#, r#""D:\My Modules\.""#, r#""C:\Program Files\relight""#], "{run:?}");
    }
}

fn a_task_is_refused_where_others_could_replace_the_program() {
    let package = Package::new();
    let install = |path: &str| {
        format!(
            r"Install-Relight.ps1 -Path '{}' -PathScope None -RegisterTask check -TaskUser 'CONTOSO\relight$'",
            package.path(path)
        )
    };
    let set =
        |path: &str, rights: &str| format!("!$Rights['{}'] = 'O:BAG:BAD:(A;OICI;FA;;;BA){rights}'", package.path(path));
    let everybody_writes = "(A;OICI;0x1301bf;;;AU)";
    for folder in ["open", "closed", "data/relight/journal"] {
        fs::create_dir_all(package.path(folder)).unwrap();
    }
    fs::write(package.path("closed/relight.exe"), "another").unwrap();
    let runs = package.run(&[
        set("open", everybody_writes),
        install("open"),
        install("open/below"),
        format!("Install-Relight.ps1 -Path '{}' -PathScope None", package.path("open")),
        // In a folder that is right, a file that is not.
        set("closed/relight.exe", everybody_writes),
        install("closed"),
        "!$Rights.Clear()".to_owned(),
        // Somebody was there first.
        set("data/relight/journal", "(A;OICI;FA;;;S-1-5-21-1-2-3-1001)"),
        install("closed"),
        // An account that was recorded may write there, and so may that of the task.
        r"!$null = New-Item -Path 'HKLM:\SOFTWARE\relight'; $Registry['HKLM:\SOFTWARE\relight'].JournalAccounts = @('S-1-5-21-1-2-3-1001')"
            .to_owned(),
        install("closed"),
    ]);
    for (run, place) in [(1, "open"), (2, "open"), (5, "closed/relight.exe"), (8, "data/relight/journal")] {
        let said = runs[run].error();
        let place = package.path(place);
        assert!(said.contains(&format!("because of the rights of {place}")), "{said}");
        assert!(
            said.contains(&format!("icacls \"{place}\" /inheritance:r /grant:r \"*S-1-5-32-544:(OI)(CI)F\"")),
            "{said}"
        );
        // Where journals lie is not to be chosen here.
        assert_eq!(said.contains("below Program Files"), run != 8, "{said}");
        assert!(runs[run].calls.is_empty() && runs[run].steps.is_empty(), "{:?}", runs[run]);
    }
    assert_eq!(runs[3].results(), ["Copy Done", "Copy Done"], "without a task: {:?}", runs[3]);
    assert_eq!(fs::read(package.path("closed/relight.exe")).unwrap(), b"program");
    assert_eq!(runs[10].results(), ["Copy Done", "Copy Done", "Journal Done", "Task Done"], "{:?}", runs[10]);
}

fn windows_lists_it_and_removes_it() {
    let package = Package::new();
    let path = format!("{} -PathScope User", package.installed());
    let runs = package.run(&[
        format!("Install-Relight.ps1 {path}"),
        format!("Install-Relight.ps1 {path}"),
        format!("Install-Relight.ps1 {}", package.installed()),
        format!("Uninstall-Relight.ps1 {path} -Elevate"),
        format!("Uninstall-Relight.ps1 {path}"),
    ]);
    let key = |hive: &str| format!(r"{hive}:\SOFTWARE\Microsoft\Windows\CurrentVersion\Uninstall\relight");
    let set = |name: &str, kind: &str, value: &str| {
        format!("Set-ItemProperty LiteralPath={} Name={name} Type={kind} Value={value}", key("HKCU"))
    };
    let (folder, script) = (package.path("installed"), package.path("installed/Uninstall-Relight.ps1"));
    let command = format!(
        "powershell.exe -NoProfile -ExecutionPolicy Bypass -File \"{script}\" -Path \"{folder}\" -PathScope User"
    );
    let calls = &runs[0].calls[1..];
    assert_eq!(calls[0], format!("New-Item Path={}", key("HKCU")), "{runs:?}");
    for call in [
        set("DisplayName", "String", "relight"),
        set("InstallLocation", "String", &folder),
        set("UninstallString", "String", &format!("{command} -Elevate")),
        set("QuietUninstallString", "String", &command),
        set("EstimatedSize", "DWord", "1"),
        set("NoModify", "DWord", "1"),
    ] {
        assert!(calls.contains(&call), "no {call} in {calls:?}");
    }
    assert_eq!(runs[1].results()[3], "App Unchanged", "{:?}", runs[1]);
    assert!(runs[2].calls.contains(&format!("New-Item Path={}", key("HKLM"))), "{:?}", runs[2]);
    assert!(runs[3].calls.contains(&format!("Remove-Item LiteralPath={}", key("HKCU"))), "{:?}", runs[3]);
    assert_eq!(runs[4].results()[3], "App Unchanged", "{:?}", runs[4]);
}

/// Elsewhere than on Windows the double says who we are.
#[cfg(unix)]
fn who_has_no_rights_is_told_before_anything_is_changed() {
    let package = Package::new();
    let path = package.installed();
    let runs = package.run(&[
        "!$UserId = '1000'".to_owned(),
        format!("Install-Relight.ps1 {path} {ALL}"),
        format!("Install-Relight.ps1 {path} -WhatIf"),
        format!("Install-Relight.ps1 {path} -PathScope Process"),
        format!("Uninstall-Relight.ps1 {path} -PathScope Process"),
        "!$UserId = '0'".to_owned(),
        format!("Install-Relight.ps1 {path}"),
        "!$UserId = '1000'".to_owned(),
        // As Windows starts it.
        format!("Uninstall-Relight.ps1 {path} -Elevate"),
    ]);
    let said = runs[1].error();
    for part in
        ["administrator rights", "PATH of the machine", "event source", "scheduled task", "Run as administrator"]
    {
        assert!(said.contains(part), "no {part} in {said}");
    }
    assert!(runs[1].calls.is_empty() && runs[1].steps.is_empty());
    assert!(runs[2].warnings[0].contains("administrator rights"), "{runs:?}");
    assert!(runs[3..].iter().all(|run| run.failure.is_none()), "one's own things need no rights: {runs:?}");
    let (script, folder) = (package.path("Uninstall-Relight.ps1"), package.path("installed"));
    let arguments =
        format!("-NoProfile -ExecutionPolicy Bypass -File \"{script}\" -Path \"{folder}\" -PathScope Machine");
    let start = format!("Start-Process ArgumentList={arguments} FilePath=powershell.exe Verb=RunAs Wait=True");
    assert_eq!((runs[8].calls.as_slice(), runs[8].steps.len()), ([start].as_slice(), 0), "{:?}", runs[8]);
}

fn what_cannot_work_is_refused_before_anything_is_changed() {
    let package = Package::new();
    let runs = package.run(&[
        "Install-Relight.ps1 -Path \"/a$Separator/b\" -PathScope Process".to_owned(),
        format!("Install-Relight.ps1 {} -Source ./nothing.exe", package.installed()),
        "!$env:ProgramFiles = $env:ProgramW6432 = $env:ProgramData = $null".to_owned(),
        "Install-Relight.ps1".to_owned(),
        "Uninstall-Relight.ps1".to_owned(),
        format!("Uninstall-Relight.ps1 {} -RemoveJournal", package.installed()),
    ]);
    for (run, reason) in
        [(0, "cannot be on PATH"), (1, "there is no ./nothing.exe"), (3, "-Path"), (4, "-Path"), (5, "-JournalPath")]
    {
        assert!(runs[run].error().contains(reason), "{:?}", runs[run]);
    }
    assert!(runs.iter().all(|run: &Run| run.calls.is_empty() && run.steps.is_empty()));
    assert!(!fs::exists(package.path("installed")).unwrap());
}

fn the_module_comes_and_goes_with_the_program() {
    let package = Package::new();
    fs::create_dir(package.path("Relight")).unwrap();
    let module = Path::new(env!("CARGO_MANIFEST_DIR")).join("scripts/module/Relight");
    let mut names = Vec::new();
    for entry in fs::read_dir(module).unwrap().map(Result::unwrap) {
        let name = format!("Relight/{}", entry.file_name().to_str().unwrap());
        fs::copy(entry.path(), package.path(&name)).unwrap();
        names.push(name);
    }
    let vouch = |names: &[String]| {
        let sums = names.iter().map(|name| format!("{}  {name}\n", package.sha256(name)));
        fs::write(package.path("SHA256SUMS"), sums.collect::<String>()).unwrap();
    };
    let beside = ["relight.exe".to_owned(), "Uninstall-Relight.ps1".to_owned()];
    let modules = package.path("modules");
    let words = format!("{} -PathScope None -ModulePath '{modules}'", package.installed());
    let install = format!("Install-Relight.ps1 {words}");
    vouch(&[&beside[..], &names[1..]].concat());
    let runs = package.run(std::slice::from_ref(&install));
    assert!(runs[0].error().contains("is not the file that"), "{runs:?}");
    assert!(!fs::exists(&modules).unwrap() && !fs::exists(package.path("installed")).unwrap());

    vouch(&[&beside[..], &names].concat());
    let runs = package.run(&[
        format!("{install} -WhatIf"),
        install.clone(),
        install,
        format!("Uninstall-Relight.ps1 {words} -WhatIf"),
        format!("!Set-Content '{}' 'mine'", package.path("modules/Relight/notes.txt")),
        format!("Uninstall-Relight.ps1 {words}"),
    ]);
    let step = |run: usize| runs[run].results().into_iter().find(|step| step.starts_with("Module "));
    let steps = [0, 1, 2, 3, 5].map(|run| step(run).unwrap_or_else(|| panic!("no module in {runs:?}")));
    assert_eq!(steps, ["NotDone", "Done", "Unchanged", "NotDone", "Done"].map(|result| format!("Module {result}")));
    let left = fs::read_dir(package.path("modules/Relight")).unwrap().map(|entry| entry.unwrap().file_name());
    assert_eq!(left.collect::<Vec<_>>(), ["notes.txt"]);
    // Where there is none, nothing is said of it.
    let runs = package.run(&[format!("Uninstall-Relight.ps1 {words}")]);
    assert!(runs[0].results().iter().all(|step| !step.starts_with("Module")), "{runs:?}");
}

fn the_dsc_resource_comes_and_goes_with_the_program() {
    let package = Package::new();
    let manifest = "relight.dsc.resource.json";
    fs::copy(Path::new(env!("CARGO_MANIFEST_DIR")).join("contrib/dsc").join(manifest), package.path(manifest)).unwrap();
    let path = package.installed();
    let installed = package.path("installed");
    let key = r"HKLM:\SYSTEM\CurrentControlSet\Control\Session Manager\Environment";
    let runs = package.run(&[
        format!("Install-Relight.ps1 {path}"),
        format!("Uninstall-Relight.ps1 {path}"),
        // Where this is set, dsc does not look at PATH.
        format!("!$Registry['{key}'].DSC_RESOURCE_PATH = '%ProgramFiles%/dsc'"),
        format!("Install-Relight.ps1 {path} -WhatIf"),
        format!("Install-Relight.ps1 {path}"),
        format!("Install-Relight.ps1 {path}"),
        format!("Uninstall-Relight.ps1 {path} -WhatIf"),
        format!("Uninstall-Relight.ps1 {path}"),
        // This folder alone, and that of somebody else, for whom the machine's does not count.
        format!("!$Registry['{key}'].DSC_RESOURCE_PATH = '{installed}'"),
        r"!$Registry['HKCU:\Environment'].DSC_RESOURCE_PATH = '/own'".to_owned(),
        format!("Install-Relight.ps1 {path}"),
        format!("Uninstall-Relight.ps1 {path}"),
        "!$env:DSC_RESOURCE_PATH = '/dsc'".to_owned(),
        format!("Install-Relight.ps1 {path} -PathScope Process"),
        "!$Steps = @(@{ Step = 'look'; Target = $env:DSC_RESOURCE_PATH; Result = '' })".to_owned(),
    ]);
    assert_eq!(runs[0].results()[..3], ["Copy Done"; 3], "{runs:?}");
    assert!(runs[0].steps.iter().chain(&runs[1].steps).all(|step| !step.step.starts_with("DscPath")), "{runs:?}");
    let removed =
        runs[1].steps.iter().filter(|step| step.step == "Remove" && step.result == "Done").collect::<Vec<_>>();
    assert_eq!(removed.len(), 4, "three files and the folder: {runs:?}");
    let of_dsc = |run: usize| runs[run].results().into_iter().find(|step| step.starts_with("DscPath"));
    let steps = [3, 4, 5, 6, 7].map(|run| of_dsc(run).unwrap_or_else(|| panic!("nothing of dsc in {runs:?}")));
    let results = ["NotDone", "Done", "Unchanged", "NotDone", "Done"];
    assert_eq!(steps, results.map(|result| format!("DscPathMachine {result}")));
    let set = |run: usize| runs[run].calls.iter().find(|call| call.contains("DSC_RESOURCE_PATH")).cloned();
    let expected = |value: &str| {
        Some(format!("Set-ItemProperty LiteralPath={key} Name=DSC_RESOURCE_PATH Type=ExpandString Value={value}"))
    };
    assert_eq!(set(4), expected(&joined(&["%ProgramFiles%/dsc", &installed])));
    assert_eq!(set(7), expected("%ProgramFiles%/dsc"));
    assert_eq!((set(3), set(6)), (None, None));
    assert_eq!(of_dsc(10).as_deref(), Some("DscPathMachine Unchanged"));
    let warned =
        |run: usize| runs[run].warnings.iter().any(|it| it.starts_with("DSC_RESOURCE_PATH (User) does not have "));
    assert!(warned(10) && !warned(4), "{runs:?}");
    assert_eq!(set(11), Some(format!("Remove-ItemProperty LiteralPath={key} Name=DSC_RESOURCE_PATH")));
    assert_eq!(runs[14].steps[0].target, joined(&["/dsc", &installed]));
}

fn uninstalling_leaves_what_was_not_installed() {
    let package = Package::new();
    let path = package.installed();
    let uninstall = format!("Uninstall-Relight.ps1 {path} -JournalPath '{}'", package.path("journal"));
    let runs = package.run(&[
        format!("Install-Relight.ps1 {path} {ALL}"),
        format!("!Set-Content '{}' 'mine'", package.path("installed/notes.txt")),
        uninstall.clone(),
        uninstall.clone(),
    ]);
    let done = ["Task Done", "EventSource Done", "PathMachine Done", "App Done", "Remove Done", "Remove Done"];
    assert_eq!(runs[2].results(), done, "{runs:?}");
    assert_eq!(runs[3].results(), done.map(|result| result.replace("Done", "Unchanged")));
    assert!(fs::exists(package.path("installed/notes.txt")).unwrap());
    assert!(fs::exists(package.path("journal/run.json")).unwrap());

    fs::remove_file(package.path("installed/notes.txt")).unwrap();
    let runs = package.run(&[format!("Install-Relight.ps1 {path}"), format!("{uninstall} -RemoveJournal")]);
    assert_eq!(runs[1].results()[4..], ["Remove Done", "Remove Done", "Remove Done", "Journal Done"], "{runs:?}");
    assert!(!fs::exists(package.path("installed")).unwrap());
    assert!(!fs::exists(package.path("journal")).unwrap());
}

fn uninstalling_from_inside_the_folder_works() {
    let package = Package::new();
    let path = format!("{} -PathScope None", package.installed());
    let installed = package.path("installed");
    let runs = package.run(&[
        format!("Install-Relight.ps1 {path}"),
        format!("!Set-Location '{installed}'; [Environment]::CurrentDirectory = '{installed}'"),
        format!("installed/Uninstall-Relight.ps1 {path}"),
        "!$Steps = @(@{ Step = ''; Target = (Get-Location).ProviderPath; Result = [Environment]::CurrentDirectory })"
            .to_owned(),
        // Where a folder only begins with the same name, one stays in it.
        format!("Install-Relight.ps1 {path}"),
        format!("!$null = New-Item -ItemType Directory -Path '{installed}2'; Set-Location '{installed}2'"),
        format!("Uninstall-Relight.ps1 {path}"),
        "!$Steps = @(@{ Step = ''; Target = (Get-Location).ProviderPath; Result = '' })".to_owned(),
    ]);
    assert!(runs.iter().all(|run| run.failure.is_none()), "{runs:?}");
    assert_eq!(runs[2].results()[2..], ["Remove Done", "Remove Done", "Remove Done"], "{runs:?}");
    assert_eq!((&runs[3].steps[0].target, &runs[3].steps[0].result), (&package.path(""), &package.path("")));
    assert!(runs[7].steps[0].target.ends_with("installed2"), "{runs:?}");
    assert!(!fs::exists(&installed).unwrap());
}

/// What the scripts change on a Windows: the registry of a wine is as good as any, and the module that .ci/wine-powershell
/// lays there has a task scheduler. A real Windows is left alone.
#[cfg(windows)]
fn installing_and_uninstalling_leave_windows_as_it_was() {
    let package = Package::new();
    fs::copy(env!("CARGO_BIN_EXE_relight"), package.path("relight.exe")).unwrap();
    let look = r"!$Steps = @(@{
        Step = 'look'
        Target = (Get-Item 'HKLM:\SYSTEM\CurrentControlSet\Control\Session Manager\Environment').GetValue('Path', '', 'DoNotExpandEnvironmentNames')
        Result = @(
            Test-Path 'HKLM:\SYSTEM\CurrentControlSet\Services\EventLog\Application\relight'
            (Get-ItemProperty 'HKLM:\SOFTWARE\Microsoft\Windows\CurrentVersion\Uninstall\relight' -ErrorAction SilentlyContinue).DisplayVersion
            (Get-ItemProperty 'HKLM:\SOFTWARE\relight' -ErrorAction SilentlyContinue).JournalAccounts
            (Get-ScheduledTask -TaskName relight -TaskPath '\' -ErrorAction SilentlyContinue).Action.Arguments
        ) -join ' '
    })";
    let installed = package.path("installed/relight.exe");
    let path = package.installed();
    let account = "-TaskUser $env:USERNAME -TaskPassword (ConvertTo-SecureString 'a b' -AsPlainText -Force)";
    let runs = package.run_for_real(&[
        look.to_owned(),
        format!("Install-Relight.ps1 {path} -RegisterEventSource -RegisterTask fix {account}"),
        look.to_owned(),
        format!("!$Steps = @(@{{ Step = 'run'; Target = ''; Result = & '{installed}' --version }})"),
        // From inside the folder, where this very shell works then.
        format!("!Set-Location '{0}'; [Environment]::CurrentDirectory = '{0}'", package.path("installed")),
        format!("installed/Uninstall-Relight.ps1 {path} -RemoveJournal"),
        look.to_owned(),
    ]);
    assert!(runs.iter().all(|run| run.failure.is_none()), "{runs:?}");
    let seen = |run: usize| (runs[run].steps[0].target.clone(), runs[run].steps[0].result.clone());
    let (before, nothing) = seen(0);
    assert_eq!(nothing.trim(), "False");
    assert_eq!(
        runs[1].results(),
        ["Copy Done", "Copy Done", "PathMachine Done", "App Done", "EventSource Done", "Journal Done", "Task Done"]
    );
    let (path, found) = seen(2);
    assert_eq!(path, format!("{before};{}", package.path("installed")));
    let task = format!("fix --yes --lock-timeout 10m --log-file \"{}\"", package.path("data/relight/log/relight.log"));
    let parts = found.split_once(" S-1-5-21-").map(|(first, rest)| (first, rest.split_once(' ').unwrap().1));
    assert_eq!(parts, Some((concat!("True ", env!("CARGO_PKG_VERSION")), task.as_str())), "{found}");
    assert_eq!(seen(3).1, concat!("relight ", env!("CARGO_PKG_VERSION")));
    let done = ["Task Done", "EventSource Done", "PathMachine Done", "App Done"];
    let removed = ["Remove Done", "Remove Done", "Remove Done", "Journal Done", "Accounts Done"];
    assert_eq!(runs[5].results(), [done.as_slice(), &removed].concat(), "{runs:?}");
    assert_eq!(seen(6), (before, nothing));
    assert!(!fs::exists(package.path("installed")).unwrap());
}
