//! What is said over the pipe about the shell, the machine and the account: facts that need no Exchange, and the roles
//! that the account has in it.

use serde::{Deserialize, Serialize};

/// The answer to [`super::Call::GetEnvironment`]. What could not be told is `None`, and the reason is among the problems.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct EnvironmentAnswer {
    /// When it was asked: ISO 8601 in UTC, by the clock of the machine the shell runs on.
    pub at: Option<String>,
    /// The time zone of the machine, as it calls it.
    pub time_zone: Option<String>,
    /// Minutes ahead of UTC, now.
    pub utc_offset_minutes: Option<i32>,
    /// The name of the machine.
    pub computer: Option<String>,
    /// Whether it is a Windows machine.
    pub is_windows: Option<bool>,
    /// The operating system, as it calls itself.
    pub system: Option<String>,
    /// The execution policies by scope; `None`: there are none on this system.
    pub execution_policies: Option<Vec<PolicyItem>>,
    /// The account, for example `CONTOSO\admin`.
    pub account: Option<String>,
    /// Its security identifier; `S-1-5-18` is SYSTEM.
    pub sid: Option<String>,
    /// Whether it may use its administrative rights.
    pub elevated: Option<bool>,
    /// Whether a person could see a window of it.
    pub interactive: Option<bool>,
    /// The Windows session; 0 is that of the services.
    pub session: Option<i32>,
    /// Where Exchange's tools may be.
    pub installations: Vec<InstallationItem>,
    /// The version that setup recorded, for example `15.1.2507.6`.
    pub exchange_version: Option<String>,
    /// The role keys that setup made, for example `MailboxRole` or `AdminTools`.
    pub roles: Vec<String>,
    /// What could not be told, and why.
    pub problems: Vec<ProblemItem>,
}

/// The execution policy of one scope.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct PolicyItem {
    /// For example `MachinePolicy`.
    pub scope: String,
    /// For example `RemoteSigned`.
    pub policy: String,
}

/// A place where Exchange's tools may be.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct InstallationItem {
    /// Who names it: `environment` or `registry`.
    pub source: String,
    /// The folder.
    pub path: String,
    /// Whether `bin\RemoteExchange.ps1` is there.
    pub has_shell: bool,
}

/// One question that failed.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct ProblemItem {
    /// The field that is missing for it.
    pub question: String,
    /// What PowerShell said.
    pub message: String,
}

/// The answer to [`super::Call::GetRoleAssignment`].
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct RoleAnswer {
    /// The roles that bring `Set-ServerComponentState`; `None`: the cmdlet that knows is not there.
    pub roles: Option<Vec<String>>,
    /// The account's assignments that reach the server; `None`: the cmdlet that knows is not there.
    pub assignments: Option<Vec<RoleItem>>,
}

/// The answer to [`super::Call::GetShellPolicy`].
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct ShellPolicyAnswer {
    /// All throttling policies; `None`: the cmdlet that knows is not there.
    pub policies: Option<Vec<ThrottlingPolicyItem>>,
    /// The one of the account alone, as text: a name, or the path to it in Active Directory.
    pub own: Option<String>,
}

/// One throttling policy.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct ThrottlingPolicyItem {
    /// Its name.
    pub name: Option<String>,
    /// `Global`, `Organization` or `Regular`.
    pub scope: Option<String>,
    /// `PowerShellMaxConcurrency`: a number, or `Unlimited`; `None`: that of the next wider scope.
    pub shells: Option<String>,
}

/// One role assignment.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct RoleItem {
    /// The role, for example `Organization Configuration`.
    pub role: Option<String>,
    /// To whom it is assigned: a role group or the account itself.
    pub assignee: Option<String>,
}
