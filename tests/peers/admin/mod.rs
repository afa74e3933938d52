//! The scripts for admins in a real PowerShell: what they copy, what they write and where, and that a trial run changes
//! nothing. A double stands in for the registry and the task scheduler, on Windows too.

mod fixture;

use std::fs;

use fixture::{Package, Run, joined};

crate::trials![Pwsh =>
    a_trial_run_changes_nothing,
    a_second_run_finds_everything_right,
    another_version_is_replaced_and_a_folder_on_path_is_known_in_any_spelling,
    only_what_the_checksums_vouch_for_is_installed,
    the_path_of_the_machine_keeps_its_variables,
    the_event_source_speaks_with_the_texts_of_windows,
    the_task_runs_under_the_account_it_was_given,
    #[cfg(unix)]
    who_has_no_rights_is_told_before_anything_is_changed,
    what_cannot_work_is_refused_before_anything_is_changed,
    uninstalling_leaves_what_was_not_installed,
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
        ["Copy NotDone", "Copy NotDone", "PathMachine NotDone", "EventSource NotDone", "Task NotDone"],
        "{runs:?}"
    );
    assert_eq!(runs[0].calls, [""; 0]);
    // The second run found nothing in its way, and the third left everything where the second had put it.
    assert_eq!(runs[1].results(), ["Copy Done", "Copy Done", "PathMachine Done"]);
    assert_eq!(runs[2].calls, [""; 0]);
    assert_eq!(
        runs[2].results(),
        [
            "Task Unchanged",
            "EventSource Unchanged",
            "PathMachine NotDone",
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
    assert_eq!(runs[0].calls, [set(key, &joined(&[&before, &installed]))], "{runs:?}");
    assert_eq!(runs[1].calls, [set(r"HKCU:\Environment", &installed)]);
    assert_eq!(runs[2].calls, [set(key, &before)]);
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
    let fix = &runs[0].calls[0];
    for part in [
        "relight.exe|fix --yes ",
        "Force=True",
        r"Principal=CONTOSO\relight$|Password|Highest",
        "Settings=IgnoreNew|True|01:00:00",
        "Daily=True",
        "Repetition=every 01:00:00 for 1.00:00:00",
    ] {
        assert!(fix.contains(part), "no {part} in {fix}");
    }
    let check = &runs[1].calls[0];
    for part in ["relight.exe|check ", r"User=CONTOSO\admin", "Password=a b", "RunLevel=Highest", "every 00:15:00"] {
        assert!(check.contains(part), "no {part} in {check}");
    }
    assert_eq!(runs[1].results()[2], "Task Done", "and nothing else: {runs:?}");
    assert!(runs[2].error().contains("needs -TaskPassword"));
    assert!(runs[3].error().contains("-TaskUser"));
    assert!(runs[4].error().contains("undo"));
    assert!(runs[2..].iter().all(|run| run.calls.is_empty() && run.steps.is_empty()));
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
    let done = ["Task Done", "EventSource Done", "PathMachine Done", "Remove Done", "Remove Done"];
    assert_eq!(runs[2].results(), done, "{runs:?}");
    assert_eq!(runs[3].results(), done.map(|result| result.replace("Done", "Unchanged")));
    assert!(fs::exists(package.path("installed/notes.txt")).unwrap());
    assert!(fs::exists(package.path("journal/run.json")).unwrap());

    fs::remove_file(package.path("installed/notes.txt")).unwrap();
    let runs = package.run(&[format!("Install-Relight.ps1 {path}"), format!("{uninstall} -RemoveJournal")]);
    assert_eq!(runs[1].results()[3..], ["Remove Done", "Remove Done", "Remove Done", "Journal Done"], "{runs:?}");
    assert!(!fs::exists(package.path("installed")).unwrap());
    assert!(!fs::exists(package.path("journal")).unwrap());
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
            (Get-ScheduledTask -TaskName relight -TaskPath '\' -ErrorAction SilentlyContinue).Action.Arguments
        ) -join ' '
    })";
    let installed = package.path("installed/relight.exe");
    let path = package.installed();
    let runs = package.run_for_real(&[
        look.to_owned(),
        format!("Install-Relight.ps1 {path} {ALL}"),
        look.to_owned(),
        format!("!$Steps = @(@{{ Step = 'run'; Target = ''; Result = & '{installed}' --version }})"),
        format!("Uninstall-Relight.ps1 {path}"),
        look.to_owned(),
    ]);
    assert!(runs.iter().all(|run| run.failure.is_none()), "{runs:?}");
    let seen = |run: usize| (runs[run].steps[0].target.clone(), runs[run].steps[0].result.clone());
    let (before, nothing) = seen(0);
    assert_eq!(nothing.trim(), "False");
    assert_eq!(runs[1].results(), ["Copy Done", "Copy Done", "PathMachine Done", "EventSource Done", "Task Done"]);
    assert_eq!(seen(2), (format!("{before};{}", package.path("installed")), "True fix --yes".to_owned()));
    assert_eq!(seen(3).1, concat!("relight ", env!("CARGO_PKG_VERSION")));
    let done = ["Task Done", "EventSource Done", "PathMachine Done", "Remove Done", "Remove Done", "Remove Done"];
    assert_eq!(runs[4].results(), done, "{runs:?}");
    assert_eq!(seen(5), (before, nothing));
    assert!(!fs::exists(package.path("installed")).unwrap());
}
