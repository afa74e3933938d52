//! The rules that every PowerShell file here keeps, read off its syntax tree: Windows PowerShell 5.1 must parse it, a person
//! must find their way in it, and nothing in it may print past the engine or turn data into code.

use std::fs;
use std::path::Path;

use relight::shell::{Capabilities, engine};
use tree_sitter::{Node, Parser};

use crate::support::join;

/// What a file is held to.
#[derive(Clone, Copy, PartialEq, Eq)]
enum House {
    /// Embedded in relight: all rules.
    Script,
    /// Part of the module: all rules but those of a script that is run by itself.
    Module,
    /// The stand-in for Exchange: it must parse and be plain text, but Exchange has its own manners.
    Double,
}

/// Commands that print past the engine, run text as code, or compile.
const FORBIDDEN_COMMANDS: [&str; 4] = ["write-host", "invoke-expression", "iex", "add-type"];

/// Exchange's commands, but for those that only load it.
const EXCHANGE: [&str; 15] = [
    "Get-ExchangeServer",
    "Get-DatabaseAvailabilityGroup",
    "Get-ServerComponentState",
    "Set-ServerComponentState",
    "Get-ServerHealth",
    "Get-ServerMonitoringOverride",
    "Get-GlobalMonitoringOverride",
    "Get-PopSettings",
    "Get-ImapSettings",
    "Get-ExchangeCertificate",
    "Search-AdminAuditLog",
    "Get-ThrottlingPolicy",
    "Get-ThrottlingPolicyAssociation",
    "Get-ManagementRole",
    "Get-ManagementRoleAssignment",
];

/// The verbs that `Get-Verb` has in Windows PowerShell 5.1.
const VERBS: &str = "Add Clear Close Copy Enter Exit Find Format Get Hide Join Lock Move New Open Optimize Pop Push Redo \
    Remove Rename Reset Resize Search Select Set Show Skip Split Step Switch Undo Unlock Watch Backup Checkpoint Compare \
    Compress Convert ConvertFrom ConvertTo Dismount Edit Expand Export Group Import Initialize Limit Merge Mount Out \
    Publish Restore Save Sync Unpublish Update Approve Assert Complete Confirm Deny Disable Enable Install Invoke \
    Register Request Restart Resume Start Stop Submit Suspend Uninstall Unregister Wait Debug Measure Ping Repair \
    Resolve Test Trace Connect Disconnect Read Receive Send Write Block Grant Protect Revoke Unblock Unprotect Use";

/// Parameters that Windows PowerShell 5.1 does not have.
const NEWER_PARAMETERS: [&str; 3] = ["-parallel", "-ashashtable", "-enumsasstrings"];

fn violations(source: &str, house: House) -> Vec<String> {
    let mut found = Vec::new();
    for (number, line) in source.split('\n').enumerate() {
        if !line.is_ascii() {
            found.push(format!("line {}: not ASCII", number + 1));
        }
        if line.contains('\r') {
            found.push(format!("line {}: a carriage return", number + 1));
        }
    }
    let mut parser = Parser::new();
    parser.set_language(&tree_sitter_powershell::LANGUAGE.into()).unwrap();
    let tree = parser.parse(source, None).unwrap();
    walk(tree.root_node(), &mut |node| {
        if let Some(what) = broken(node, source, house) {
            found.push(format!("line {}: {what}", node.start_position().row + 1));
        }
    });
    if house == House::Script {
        found.extend(missing(tree.root_node(), source));
    }
    found
}

fn walk<'tree>(node: Node<'tree>, visit: &mut impl FnMut(Node<'tree>)) {
    visit(node);
    let mut cursor = node.walk();
    for child in node.children(&mut cursor) {
        walk(child, visit);
    }
}

/// What one node does that it must not.
fn broken(node: Node<'_>, source: &str, house: House) -> Option<String> {
    let text = source[node.byte_range()].to_ascii_lowercase();
    if node.is_error() || node.is_missing() {
        // The grammar is that of 5.1 here: ??, ?. and the ternary operator come out as errors at their question mark.
        return Some(if text.contains('?') { "7-only syntax".into() } else { format!("syntax error near '{text}'") });
    }
    match node.kind() {
        "variable" if is_pipeline_input(&text) => Some("the automatic variable $input".into()),
        "pipeline_chain_tail" => Some("7-only syntax: a pipeline chain".into()),
        "background_operator" => Some("7-only syntax: a background job".into()),
        _ if house == House::Double => None,
        "class_statement" => Some("a class".into()),
        "function_name" if !is_approved(&source[node.byte_range()]) => Some(format!("a function named {text}")),
        "command_name" | "command_name_expr" => {
            let name = text.trim_matches(['\'', '"']).rsplit('\\').next().unwrap_or_default();
            FORBIDDEN_COMMANDS.contains(&name).then(|| format!("the command {name}"))
        }
        "command_parameter" | "foreach_parameter" => {
            let name = text.trim_end_matches(':');
            NEWER_PARAMETERS.contains(&name).then(|| format!("7-only parameter {name}"))
        }
        _ => None,
    }
}

/// A verb that everybody knows, and what it is done to. The engine has each script as a function named like its file, after
/// `Relight-`.
fn is_approved(function: &str) -> bool {
    let name = function.strip_prefix("Relight-").unwrap_or(function);
    let approved = |(verb, noun): (&str, &str)| {
        VERBS.split_whitespace().any(|known| known == verb) && noun.starts_with(char::is_uppercase)
    };
    name.split_once('-').is_some_and(approved)
}

/// `$input`, `${input}`, `@input` and any of them with a scope: with `-File` the host then reads stdin itself.
fn is_pipeline_input(variable: &str) -> bool {
    let name = variable.trim_start_matches(['$', '@']).trim_start_matches('{').trim_end_matches('}');
    name.rsplit(':').next() == Some("input")
}

/// What a script should have and does not.
fn missing(root: Node<'_>, source: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut cursor = root.walk();
    let parts: Vec<Node<'_>> = root.children(&mut cursor).collect();
    let text = |node: &Node<'_>| source[node.byte_range()].to_owned();
    if !parts.first().is_some_and(|node| node.kind() == "comment" && text(node).contains("\n.SYNOPSIS\n")) {
        found.push("no .SYNOPSIS at the top".into());
    }
    match parts.iter().find(|node| node.kind() == "param_block") {
        None => found.push("no param block".into()),
        Some(block) => {
            if !text(block).starts_with("[CmdletBinding") {
                found.push("no [CmdletBinding()]".into());
            }
            walk(*block, &mut |node| {
                if node.kind() == "script_parameter" && !has_type(node) {
                    found.push(format!("a parameter without a type: {}", &source[node.byte_range()]));
                }
            });
        }
    }
    let body = parts.iter().find(|node| node.kind() == "statement_list");
    let statements: Vec<Node<'_>> = body.map_or_else(Vec::new, |list| {
        let mut cursor = list.walk();
        list.children(&mut cursor).collect()
    });
    // Exchange's commands may be plain functions, which see the strict mode of their caller and are not written for one.
    let mut calls_exchange = false;
    for statement in statements.iter().filter(|statement| statement.kind() != "function_statement") {
        walk(*statement, &mut |node| {
            calls_exchange |= node.kind() == "command_name" && EXCHANGE.contains(&&source[node.byte_range()]);
        });
    }
    let strict = if calls_exchange { "Set-StrictMode -Off" } else { "Set-StrictMode -Version 2" };
    for needed in [strict, "$ErrorActionPreference = 'Stop'"] {
        if !statements.iter().any(|statement| text(statement).trim() == needed) {
            found.push(format!("no {needed}"));
        }
    }
    found
}

fn has_type(parameter: Node<'_>) -> bool {
    let mut typed = false;
    walk(parameter, &mut |node| {
        typed |= node.kind() == "type_literal" && node.parent().is_some_and(|parent| parent.kind() == "attribute");
    });
    typed
}

#[test]
fn every_script_keeps_the_rules() {
    let mut scripts = join::operations();
    assert!(scripts.iter().any(|script| script.name == "Set-ComponentState"), "the scripts are found");
    scripts.push(join::Script { name: "engine".into(), text: join::engine() });
    for script in scripts {
        assert_eq!(violations(&script.text, House::Script), [""; 0], "{}", script.name);
    }
}

#[test]
fn the_scripts_for_admins_keep_the_rules() {
    let folder = join::scripts_dir().join("admin");
    let files: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    assert_eq!(files.len(), 2);
    for file in files {
        let text = fs::read_to_string(&file).unwrap();
        assert_eq!(violations(&text, House::Script), [""; 0], "{}", file.display());
        assert!(text.contains("[CmdletBinding(SupportsShouldProcess = $true)]"), "{} has no -WhatIf", file.display());
    }
}

#[test]
fn the_module_keeps_the_rules() {
    let folder = join::scripts_dir().join("module/Relight");
    let mut found = 0;
    for file in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
        let text = fs::read_to_string(&file).unwrap();
        assert!(text.is_ascii() && !text.contains('\r'), "{}", file.display());
        let name = file.file_name().unwrap().to_string_lossy();
        if name.ends_with(".ps1xml") || name.ends_with(".psd1") {
            continue;
        }
        assert_eq!(violations(&text, House::Module), [""; 0], "{}", file.display());
        assert!(text.starts_with("<#\n.SYNOPSIS\n"), "{}", file.display());
        // Foreign threads have no runspace: a script block that is called on one ends Windows PowerShell.
        assert!(!text.contains("add_") && !text.contains("2>&1"), "{}", file.display());
        found += 1;
    }
    assert_eq!(found, 4);
}

#[test]
fn the_module_has_the_version_of_the_program() {
    let text = fs::read_to_string(join::scripts_dir().join("module/Relight/Relight.psd1")).unwrap();
    let line = text.lines().find(|line| line.trim().starts_with("ModuleVersion")).unwrap();
    assert_eq!(line.split('\'').nth(1), Some(env!("CARGO_PKG_VERSION")));
}

#[test]
fn the_joined_engine_keeps_the_rules() {
    let all = join::join(&join::engine(), &join::operations());
    assert_eq!(violations(&all, House::Script), [""; 0]);
    for script in join::operations() {
        assert!(all.contains(&format!("function Relight-{} {{\n<#\n.SYNOPSIS", script.name)), "{}", script.name);
    }
}

/// All that a script says, without its comments.
fn words(source: &str) -> Vec<&str> {
    let mut parser = Parser::new();
    parser.set_language(&tree_sitter_powershell::LANGUAGE.into()).unwrap();
    let tree = parser.parse(source, None).unwrap();
    let mut words = Vec::new();
    walk(tree.root_node(), &mut |node| {
        if node.child_count() == 0 && node.kind() != "comment" {
            words.push(source[node.byte_range()].trim());
        }
    });
    words.retain(|word| !word.is_empty());
    words
}

#[test]
fn what_the_shell_is_given_says_what_the_scripts_say() {
    let scripts = join::operations();
    for capabilities in Capabilities::ALL {
        let given = engine::text(capabilities);
        let place = |script: &join::Script| given.find(&format!("\nfunction Relight-{} {{\n", script.name));
        let mut included: Vec<_> = join::operations().into_iter().filter(|script| place(script).is_some()).collect();
        included.sort_by_key(place);
        assert!(included.len() >= scripts.len() - 6, "{capabilities:?}");
        let whole = join::join(&join::engine(), &included);
        assert!(whole.len() > given.len() + 5000, "comments are left out");
        assert_eq!(words(given), words(&whole), "{capabilities:?}");
        let missing = given.lines().find(|line| line.trim().starts_with('#'));
        assert_eq!(missing, None, "a comment is given");
    }
}

#[test]
fn the_exchange_double_parses_and_is_plain_text() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/exchange-double/bin");
    let files: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    assert_eq!(files.len(), 7);
    for file in files {
        assert_eq!(violations(&fs::read_to_string(&file).unwrap(), House::Double), [""; 0], "{}", file.display());
    }
}

#[test]
fn the_windows_double_parses_and_is_plain_text() {
    let text =
        fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/peers/admin/windows-double.ps1")).unwrap();
    assert_eq!(violations(&text, House::Double), [""; 0]);
}

#[test]
fn the_examples_of_the_documents_parse() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs");
    let mut found = 0;
    for file in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
        let Ok(text) = fs::read_to_string(&file) else { continue };
        for example in text.split("```powershell\n").skip(1) {
            found += 1;
            let example = example.split("```").next().unwrap();
            assert_eq!(violations(example, House::Double), [""; 0], "{}:\n{example}", file.display());
        }
    }
    assert!(found >= 7, "the examples are found");
}

#[test]
fn a_script_is_named_with_one_of_a_few_verbs() {
    for script in join::operations() {
        let (verb, noun) = script.name.split_once('-').unwrap();
        assert!(
            ["Connect", "Get", "Set", "Start", "Stop"].contains(&verb) && noun.starts_with(char::is_uppercase),
            "{}",
            script.name
        );
    }
}

/// A script that keeps every rule, with a place for one statement.
fn script_with(statement: &str) -> String {
    format!(
        "<#\n.SYNOPSIS\nA snippet.\n#>\n[CmdletBinding()]\nparam([string] $A)\n\n\
         Set-StrictMode -Version 2\n$ErrorActionPreference = 'Stop'\n\n{statement}\n"
    )
}

#[test]
fn good_snippets_pass() {
    for good in [
        "$a = 1",
        "# Write-Host and $input in a comment are harmless",
        "$text = 'Write-Host $input ?? && ||'",
        "Get-Thing -Text \"a $b c\" | Where-Object { $_.Name -eq 'x' }",
        "if ($a -and -not $b) { $c } else { $d }",
        "$inputs = 1; $my_input = 2",
        ". Connect-Exchange @arguments 3>&1 4>&1 5>&1 6>&1",
        "Get-Thing | ? { $_ }",
        "function Get-Thing { function ConvertTo-Other { } }",
    ] {
        assert_eq!(violations(&script_with(good), House::Script), [""; 0], "{good}");
    }
}

#[test]
fn bad_snippets_fail_for_their_reason() {
    for (bad, reason) in [
        ("function {", "syntax error"),
        ("if ($a { }", "syntax error"),
        ("$a = 'caf\u{e9}'", "not ASCII"),
        ("$a = 1\r\n$b = 2", "a carriage return"),
        ("$input | Get-Thing", "$input"),
        ("foreach ($x in ${Input}) { }", "$input"),
        ("$text = \"got $input\"", "$input"),
        ("$text = \"got $($input) here\"", "$input"),
        ("Get-Thing @input", "$input"),
        ("$a = $script:input", "$input"),
        ("Write-Host 'x'", "write-host"),
        ("$a | Microsoft.PowerShell.Utility\\Write-Host", "write-host"),
        ("& 'Write-Host' x", "write-host"),
        ("Invoke-Expression $a", "invoke-expression"),
        ("$a | iex", "iex"),
        ("Add-Type -TypeDefinition $a", "add-type"),
        ("class Thing { [string] $Name }", "a class"),
        ("function Make-Thing { }", "a function named make-thing"),
        ("function Get-thing { }", "a function named get-thing"),
        ("if ($a) { function Thing { } }", "a function named thing"),
        ("$a = $b ?? 1", "7-only"),
        ("$a ??= 1", "7-only"),
        ("$a = ${b}?.Name", "7-only"),
        ("$a = ${b}?[0]", "7-only"),
        ("$a = $b ? 1 : 2", "7-only"),
        ("Get-Thing && Get-Other", "7-only"),
        ("Get-Thing || Get-Other", "7-only"),
        ("Get-Thing &", "7-only"),
        ("1 | ForEach-Object -Parallel { $_ }", "7-only"),
        ("$a | ConvertFrom-Json -AsHashtable", "7-only"),
        ("$a | ConvertTo-Json -EnumsAsStrings:$true", "7-only"),
    ] {
        let found = violations(&script_with(bad), House::Script);
        assert!(found.iter().any(|violation| violation.contains(reason)), "{bad:?} gave {found:?}");
    }
}

#[test]
fn a_script_without_its_frame_fails() {
    for (removed, instead, reason) in [
        ("<#\n.SYNOPSIS\nA snippet.\n#>\n", "", "no .SYNOPSIS"),
        (".SYNOPSIS", ".DESCRIPTION", "no .SYNOPSIS"),
        ("[CmdletBinding()]\n", "", "no [CmdletBinding()]"),
        ("[CmdletBinding()]\nparam([string] $A)\n", "", "no param block"),
        ("[string] ", "", "without a type"),
        ("Set-StrictMode -Version 2\n", "", "no Set-StrictMode"),
        ("-Version 2", "-Off", "no Set-StrictMode -Version 2"),
        ("$a = 1", "Get-ServerHealth -Identity EX01", "no Set-StrictMode -Off"),
        ("'Stop'", "'Continue'", "no $ErrorActionPreference"),
    ] {
        let source = script_with("$a = 1").replacen(removed, instead, 1);
        let found = violations(&source, House::Script);
        assert!(found.iter().any(|violation| violation.contains(reason)), "without {removed:?}: {found:?}");
    }
}

#[test]
fn the_double_may_use_classes_but_not_broken_text() {
    assert_eq!(violations("class Thing { [string] $Name }\nWrite-Host 'x'\n", House::Double), [""; 0]);
    assert!(!violations("class Thing {\n", House::Double).is_empty());
    assert!(!violations("$input\n", House::Double).is_empty());
}
