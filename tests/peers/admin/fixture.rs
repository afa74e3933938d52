//! An unpacked package in a folder of its own, and a PowerShell that runs its scripts one after the other.

use std::fs;
use std::path::{MAIN_SEPARATOR_STR, Path, PathBuf};
use std::process::Command;

use serde::Deserialize;
use sha2::{Digest, Sha256};
use tempfile::TempDir;

use crate::support::peer::pwsh;

/// What one step of a script said of itself.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Step {
    pub step: String,
    pub target: String,
    pub result: String,
}

/// What one line came to.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Run {
    pub steps: Vec<Step>,
    pub warnings: Vec<String>,
    /// The changes that the double noted.
    pub calls: Vec<String>,
    pub failure: Option<String>,
    /// The folders on PATH of the shell afterwards.
    pub path: Vec<String>,
}

impl Run {
    /// Step and result of each, such as `Copy Done`.
    pub fn results(&self) -> Vec<String> {
        self.steps.iter().map(|step| format!("{} {}", step.step, step.result)).collect()
    }

    pub fn error(&self) -> &str {
        self.failure.as_deref().unwrap_or_else(|| panic!("no error: {self:?}"))
    }
}

/// The package, with a program that is none.
pub struct Package {
    pwsh: PathBuf,
    folder: TempDir,
}

impl Package {
    /// Unpacked in a fresh folder, with a journal in another one below.
    pub fn new() -> Self {
        let package = Self { pwsh: pwsh(), folder: TempDir::new().unwrap() };
        for entry in fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("scripts/admin")).unwrap() {
            let script = entry.unwrap();
            fs::copy(script.path(), package.folder.path().join(script.file_name())).unwrap();
        }
        fs::write(package.path("relight.exe"), "program").unwrap();
        fs::create_dir(package.path("journal")).unwrap();
        fs::write(package.path("journal/run.json"), "{}").unwrap();
        package
    }

    /// Where something in the folder is.
    pub fn path(&self, name: &str) -> String {
        let path = self.folder.path().join(name.replace('/', MAIN_SEPARATOR_STR));
        path.to_str().unwrap().trim_end_matches(['/', '\\']).to_owned()
    }

    /// The parameter that says to install below the folder.
    pub fn installed(&self) -> String {
        format!("-Path '{}'", self.path("installed"))
    }

    pub fn sha256(&self, name: &str) -> String {
        let digest = Sha256::digest(fs::read(self.path(name)).unwrap());
        digest.iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// Runs each line in one shell, with the double: a script with its parameters, or any statement after a `!`.
    pub fn run(&self, lines: &[String]) -> Vec<Run> {
        let double = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/peers/admin/windows-double.ps1");
        let path = joined(&["%SystemRoot%/system32", "/tools"]);
        self.run_after(&format!("$MachinePath = '{path}'\n. '{}'\n", double.display()), lines)
    }

    /// The same on this Windows, which must be one that may be changed.
    #[cfg(windows)]
    pub fn run_for_real(&self, lines: &[String]) -> Vec<Run> {
        self.run_after("$Calls = New-Object System.Collections.ArrayList\n", lines)
    }

    fn run_after(&self, first: &str, lines: &[String]) -> Vec<Run> {
        let mut driver = format!(
            "$ErrorActionPreference = 'Stop'\n\
             $Separator = [System.IO.Path]::PathSeparator\n\
             {first}\
             $env:ProgramData = '{}'\n\
             $Runs = New-Object System.Collections.ArrayList\n",
            self.path("data")
        );
        for line in lines {
            let statement = match line.strip_prefix('!') {
                Some(statement) => statement.to_owned(),
                None => {
                    let script = line.split(' ').next().unwrap_or_default();
                    let rest = &line[script.len()..];
                    let path = self.path(script);
                    format!("$null = & '{path}'{rest} -OutVariable Steps -WarningVariable Warned 3>$null")
                }
            };
            driver += &format!(
                "$Steps = @(); $Warned = @(); $Failure = $null; $Calls.Clear()\n\
                 try {{ {statement} }} catch {{ $Failure = \"$_\" }}\n\
                 $null = $Runs.Add(@{{\n\
                     Steps = @($Steps); Warnings = @($Warned | ForEach-Object {{ \"$_\" }}); Calls = @($Calls | ForEach-Object {{ $_ }})\n\
                     Failure = $Failure; Path = @($env:PATH.Split($Separator))\n\
                 }})\n"
            );
        }
        let answer = self.path("answer.json");
        driver += &format!(
            "[System.IO.File]::WriteAllText('{answer}', (ConvertTo-Json -InputObject @($Runs) -Depth 4))\nexit 0\n"
        );
        let script = self.path("driver.ps1");
        fs::write(&script, driver).unwrap();
        let mut command = Command::new(&self.pwsh);
        // As relight starts it: with a console that nobody sees. Without any, PowerShell 7 says nothing under wine.
        #[cfg(windows)]
        std::os::windows::process::CommandExt::creation_flags(&mut command, 0x0800_0000);
        let output = command
            .args(["-NoLogo", "-NoProfile", "-NonInteractive", "-ExecutionPolicy", "Bypass", "-File", &script])
            .current_dir(self.folder.path())
            .env("POWERSHELL_TELEMETRY_OPTOUT", "1")
            .output()
            .unwrap();
        assert!(output.status.success(), "{output:?}");
        serde_json::from_str(&fs::read_to_string(answer).unwrap()).unwrap()
    }
}

/// Folders as PATH has them.
pub fn joined(folders: &[&str]) -> String {
    folders.join(if cfg!(windows) { ";" } else { ":" })
}
