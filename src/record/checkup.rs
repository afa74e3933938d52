//! The checkup as a document for programs: `relight/doctor/1.0`, described by docs/schema/doctor-1.0.json. Texts are for
//! people and may change; `check` and `grade` are for programs.

use std::io;

use serde::Serialize;

use crate::domain::checkup::{Answer, Checkup, ExchangeFacts, Facts, Lack, Loaded, Machine, Remark, ShellFacts};

use super::document::{ErrorDocument, Exit, text};
use super::left_out::LeftOut;

const SCHEMA: &str = "relight/doctor/1.0";

#[derive(Serialize)]
struct Document {
    schema: &'static str,
    version: &'static str,
    simulated: Option<String>,
    interrupted: bool,
    #[serde(flatten)]
    exit: Exit,
    error: Option<ErrorDocument>,
    facts: Option<FactsDocument>,
    remarks: Vec<RemarkDocument>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct FactsDocument {
    connection: &'static str,
    shell_path: Option<String>,
    shell_version: Option<String>,
    shell_language_mode: Option<String>,
    shell_is64: Option<bool>,
    shell_milliseconds: Option<u64>,
    computer: Option<String>,
    is_windows: Option<bool>,
    account: Option<String>,
    sid: Option<String>,
    elevated: Option<bool>,
    interactive: Option<bool>,
    at_utc: Option<String>,
    time_zone: Option<String>,
    utc_offset_minutes: Option<i32>,
    execution_policies: Option<Vec<PolicyDocument>>,
    installations: Vec<InstallationDocument>,
    installed_version: Option<String>,
    installed_roles: Vec<String>,
    load_milliseconds: Option<u64>,
    connected_to: Option<String>,
    cmdlets: Vec<String>,
    left_out: Vec<LeftOut>,
}

#[derive(Serialize)]
struct PolicyDocument {
    scope: String,
    policy: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct InstallationDocument {
    source: String,
    path: String,
    has_shell: bool,
}

#[derive(Serialize)]
struct RemarkDocument {
    check: &'static str,
    server: Option<String>,
    grade: &'static str,
    lack: Option<&'static str>,
    text: String,
    next: Option<&'static str>,
}

/// The checkup as one JSON document in ASCII.
///
/// # Errors
/// When serialising fails, which no checkup is known to bring about.
pub(crate) fn checkup(checkup: &Checkup, exit: Exit) -> io::Result<String> {
    text(&Document {
        schema: SCHEMA,
        version: env!("CARGO_PKG_VERSION"),
        simulated: checkup.simulated.clone(),
        interrupted: checkup.interrupted,
        exit,
        error: None,
        facts: Some(facts(&checkup.facts)),
        remarks: checkup.remarks.iter().map(remark).collect(),
    })
}

/// The document of a checkup that could not begin.
///
/// # Errors
/// As [`checkup`].
pub(crate) fn checkup_failure(
    simulated: Option<String>,
    exit: Exit,
    message: &str,
    hints: &[String],
) -> io::Result<String> {
    let error = Some(ErrorDocument::new(message, hints));
    let version = env!("CARGO_PKG_VERSION");
    let remarks = Vec::new();
    text(&Document { schema: SCHEMA, version, simulated, interrupted: false, exit, error, facts: None, remarks })
}

fn facts(facts: &Facts) -> FactsDocument {
    let shell = match &facts.shell {
        ShellFacts::Up(shell) => Some(shell.clone()),
        ShellFacts::NotFound { .. } | ShellFacts::Failed { .. } => None,
    };
    let path = match &facts.shell {
        ShellFacts::Up(shell) => Some(shell.path.clone()),
        ShellFacts::Failed { path, .. } if !path.is_empty() => Some(path.clone()),
        ShellFacts::Failed { .. } | ShellFacts::NotFound { .. } => None,
    };
    let machine = match &facts.machine {
        Answer::Known(machine) => machine.clone(),
        Answer::Unknown(_) | Answer::NotAsked => Machine::default(),
    };
    let interactive = machine.can_be_asked();
    let loaded = match &facts.exchange {
        ExchangeFacts::Loaded(loaded) => Some(loaded),
        ExchangeFacts::NotTried | ExchangeFacts::Failed { .. } => None,
    };
    let milliseconds = |took: std::time::Duration| u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
    let policy = |(scope, policy)| PolicyDocument { scope, policy };
    FactsDocument {
        connection: facts.connection.name(),
        shell_path: path,
        shell_milliseconds: shell.as_ref().map(|shell| milliseconds(shell.took)),
        shell_is64: shell.as_ref().and_then(|shell| shell.is_64),
        shell_version: shell.as_ref().and_then(|shell| shell.version.clone()),
        shell_language_mode: shell.and_then(|shell| shell.language_mode),
        computer: machine.computer,
        is_windows: machine.is_windows,
        account: machine.account,
        sid: machine.sid,
        elevated: machine.elevated,
        interactive,
        at_utc: machine.at.map(|at| at.to_string()),
        time_zone: machine.time_zone,
        utc_offset_minutes: machine.utc_offset,
        execution_policies: machine.execution_policies.map(|all| all.into_iter().map(policy).collect()),
        installations: machine
            .installations
            .into_iter()
            .map(|it| InstallationDocument { source: it.source, path: it.path, has_shell: it.has_shell })
            .collect(),
        installed_version: machine.exchange_version,
        installed_roles: machine.roles,
        load_milliseconds: loaded.map(|loaded| milliseconds(loaded.took)),
        connected_to: loaded.and_then(|loaded: &Loaded| loaded.connected_to.clone()),
        cmdlets: loaded.map(|loaded| loaded.cmdlets.clone()).unwrap_or_default(),
        left_out: facts.left_out.iter().map(LeftOut::from).collect(),
    }
}

fn remark(remark: &Remark) -> RemarkDocument {
    RemarkDocument {
        check: remark.check,
        server: remark.server.as_ref().map(ToString::to_string),
        grade: remark.grade.name(),
        lack: remark.grade.lack().map(Lack::name),
        text: remark.says.clone(),
        next: remark.next,
    }
}

#[cfg(test)]
#[path = "checkup_tests.rs"]
mod tests;
