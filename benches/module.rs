//! What the PowerShell module costs: `Get-RelightState` against `relight check` itself, called in turn by one PowerShell, both
//! on the stand-in of tests/exchange-double, where Exchange costs next to nothing. The figure is the median of the ratios of
//! the pairs. Run it with `cargo bench --bench module`.
#![expect(clippy::print_stdout, reason = "a benchmark prints its figures")]

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::json;

#[path = "../tests/support/mod.rs"]
#[expect(dead_code, unused_imports, reason = "the tests use the rest")]
mod support;

use support::double::{NEW, Setup, entry};
use support::peer::Peer;

/// Pairs that count, after one that does not.
const PAIRS: usize = 31;

fn main() {
    if let Some(reason) = Peer::Pwsh.lacks() {
        println!("the module against the program: not measured, {reason}");
        return;
    }
    let inactive = json!({"local": [entry("HealthApi", "Inactive", NEW)], "remote": []});
    let components = json!({"PopProxy": inactive, "ImapProxy": inactive});
    let setup =
        Setup::new(&json!({"servers": [{"name": "EX01", "fqdn": "EX01.contoso.test", "components": components}]}));
    let module = Path::new(env!("CARGO_MANIFEST_DIR")).join("scripts/module/Relight");
    let program = Path::new(env!("CARGO_BIN_EXE_relight"));
    let script = setup.path("pairs.ps1");
    fs::write(&script, pairs(&module, program)).expect("the script can be written");
    let mut shell = Command::new(setup.shell());
    shell.args(["-NoLogo", "-NoProfile", "-NonInteractive", "-File"]).arg(&script);
    shell.envs(setup.environment()).stdin(Stdio::null()).stderr(Stdio::inherit());
    let output = shell.output().expect("PowerShell starts");
    assert!(output.status.success(), "{}", output.status);
    let text = String::from_utf8(output.stdout).expect("text");
    let mut lines = text.lines();
    let import = lines.next().expect("a first line").parse::<f64>().expect("milliseconds");
    let pairs = lines.map(|line| {
        let (program, module) = line.split_once(' ').expect("two numbers");
        (program.parse::<f64>().expect("milliseconds"), module.parse::<f64>().expect("milliseconds"))
    });
    let pairs = pairs.collect::<Vec<_>>();
    assert_eq!(pairs.len(), PAIRS);
    println!("one answer, {PAIRS} pairs in one PowerShell:");
    println!("  relight check, median     {:>7.0} ms", median(pairs.iter().map(|pair| pair.0)));
    println!("  Get-RelightState, median  {:>7.0} ms", median(pairs.iter().map(|pair| pair.1)));
    println!(
        "  median ratio              {:>7.3} (at most 1.15 wanted)",
        median(pairs.iter().map(|pair| pair.1 / pair.0))
    );
    println!("  Import-Module, once       {import:>7.0} ms");
}

/// A script that says how long the import took, and then for each pair how long the program took and how long the module.
fn pairs(module: &Path, program: &Path) -> String {
    let folder = program.parent().expect("a folder");
    format!(
        "$env:PATH = '{folder}' + [System.IO.Path]::PathSeparator + $env:PATH\n\
         $watch = [System.Diagnostics.Stopwatch]::StartNew()\n\
         Import-Module '{module}'\n\
         $watch.Elapsed.TotalMilliseconds.ToString([cultureinfo]::InvariantCulture)\n\
         function Measure-One {{ param($Block) $watch.Restart(); $null = & $Block; $watch.Elapsed.TotalMilliseconds }}\n\
         $alone = {{ & '{program}' check EX01 2>$null }}\n\
         $through = {{ Get-RelightState EX01 }}\n\
         foreach ($at in 0..{PAIRS}) {{\n\
             if ($at % 2) {{ $one = Measure-One $alone; $other = Measure-One $through }}\n\
             else {{ $other = Measure-One $through; $one = Measure-One $alone }}\n\
             if ($at) {{ '{{0}} {{1}}' -f $one.ToString([cultureinfo]::InvariantCulture), $other.ToString([cultureinfo]::InvariantCulture) }}\n\
         }}\n",
        folder = folder.display(),
        module = module.display(),
        program = program.display(),
    )
}

fn median(values: impl Iterator<Item = f64>) -> f64 {
    let mut sorted: Vec<f64> = values.collect();
    sorted.sort_by(f64::total_cmp);
    sorted[sorted.len() / 2]
}
