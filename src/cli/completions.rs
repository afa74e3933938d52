//! Completion scripts. Those of clap_complete for every shell but PowerShell: there it offers no values, and nothing at all
//! behind the name of a server.

use std::collections::BTreeMap;

use clap::builder::PossibleValuesParser;
use clap::{Arg, Command, CommandFactory};
use clap_complete::Shell;

use super::typed::Typed;

/// The script for a shell; `scenarios`: what `--simulate` can play by name.
pub fn completions(shell: Shell, scenarios: &[&'static str]) -> String {
    let mut offered = offered(scenarios);
    if shell == Shell::PowerShell {
        return powershell(&mut offered);
    }
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut offered, "relight", &mut script);
    String::from_utf8_lossy(&script).into_owned()
}

/// The command line without what is hidden.
fn offered(scenarios: &[&'static str]) -> Command {
    let all = Typed::command();
    let named = |command: Command| {
        command.mut_args(|arg| match arg.get_id().as_str() {
            "simulate" => arg.value_parser(PossibleValuesParser::new(scenarios.iter().copied())),
            _ => arg,
        })
    };
    let open = all.get_subcommands().filter(|command| !command.is_hide_set()).cloned().map(named);
    let about = all.get_about().cloned().unwrap_or_default();
    let version = all.get_version().unwrap_or_default().to_owned();
    Command::new("relight")
        .about(about)
        .version(version)
        .args(all.get_arguments().filter(|arg| !arg.is_hide_set()))
        .subcommands(open)
}

/// What follows the name of the program, and of each command: commands, options, and the values of an option. Long options
/// alone, because a table of PowerShell does not tell `-v` from `-V`.
fn powershell(offered: &mut Command) -> String {
    offered.build();
    let mut commands = String::new();
    let mut options = table("", offered);
    let mut values = BTreeMap::new();
    for command in offered.get_subcommands() {
        let name = command.get_name();
        commands.push_str(&format!("        '{name}' = '{}'\n", quoted(command.get_about())));
        options.push_str(&table(name, command));
        for arg in command.get_arguments() {
            let word = arg.get_long().map_or_else(|| name.to_owned(), |long| format!("--{long}"));
            let names = arg.get_possible_values();
            let names = names.iter().map(|value| format!("'{}'", value.get_name())).collect::<Vec<_>>();
            if takes_value(arg) && !names.is_empty() {
                values.insert(word, names.join(", "));
            }
        }
    }
    let values = values.iter().map(|(word, names)| format!("        '{word}' = @({names})\n")).collect::<String>();
    POWERSHELL.replace("@COMMANDS\n", &commands).replace("@OPTIONS\n", &options).replace("@VALUES\n", &values)
}

fn takes_value(arg: &Arg) -> bool {
    arg.get_action().takes_values()
}

/// The long options of a command.
fn table(name: &str, command: &Command) -> String {
    let mut lines = format!("        '{name}' = [ordered]@{{\n");
    for arg in command.get_arguments() {
        for long in arg.get_long_and_visible_aliases().into_iter().flatten() {
            lines.push_str(&format!("            '--{long}' = '{}'\n", quoted(arg.get_help())));
        }
    }
    lines + "        }\n"
}

fn quoted(text: Option<&clap::builder::StyledStr>) -> String {
    text.map(ToString::to_string).unwrap_or_default().replace('\'', "''").replace('\n', " ")
}

/// Runs on Windows PowerShell 5.1 and on 7.
const POWERSHELL: &str = r"Register-ArgumentCompleter -Native -CommandName 'relight', 'relight.exe' -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)

    $commands = [ordered]@{
@COMMANDS
    }
    $options = @{
@OPTIONS
    }
    $values = @{
@VALUES
    }

    $before = @($commandAst.CommandElements |
        Where-Object { $_.Extent.EndOffset -lt $cursorPosition } |
        ForEach-Object { $_.Extent.Text })
    $command = @($before | Select-Object -Skip 1 | Where-Object { $commands.Contains($_) })[0]
    $last = if ($before.Count) { $before[-1] } else { '' }

    $found = [ordered]@{}
    if ($values.ContainsKey($last)) {
        foreach ($value in $values[$last]) { $found[$value] = $value }
    }
    elseif (-not $command -and -not $wordToComplete.StartsWith('-')) {
        $found = $commands
    }
    else {
        $found = $options[[string] $command]
    }
    foreach ($name in $found.Keys) {
        if ($name.StartsWith($wordToComplete, [System.StringComparison]::OrdinalIgnoreCase)) {
            $kind = if ($name.StartsWith('-')) { 'ParameterName' } else { 'ParameterValue' }
            [System.Management.Automation.CompletionResult]::new($name, $name, $kind, $found[$name])
        }
    }
}
";
