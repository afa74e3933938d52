//! The machine and the account that the simulated shell runs on: what it tells of itself, and its roles in Exchange.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::shell::protocol::{EnvironmentAnswer, InstallationItem, PolicyItem, RoleAnswer, RoleItem};

use super::answer::iso;
use super::scenario::{Scenario, SimulatedServer};
use super::selector::Op;
use super::{Fault, catalog};

/// The role that brings `Set-ServerComponentState` in the simulated organisation.
const ROLE: &str = "Organization Configuration";

/// A machine and an account on it. What is not given is as an admin at an Exchange server has it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct SimulatedMachine {
    /// The version of PowerShell.
    pub power_shell: String,
    /// The account, for example `NT AUTHORITY\SYSTEM`.
    pub account: String,
    /// Its security identifier.
    pub sid: String,
    /// Whether it may use its administrative rights.
    pub elevated: bool,
    /// Whether a person sits there; otherwise it is a service or a scheduled task.
    pub interactive: bool,
    /// The execution policy that group policy sets for the machine.
    pub machine_policy: String,
    /// Where Exchange's tools are; null: nowhere.
    pub tools: Option<String>,
    /// The role group that gives the account its roles; null: no assignment reaches any server.
    pub role_group: Option<String>,
}

impl Default for SimulatedMachine {
    fn default() -> Self {
        Self {
            power_shell: "5.1.17763.5458".to_owned(),
            account: r"CONTOSO\exadmin".to_owned(),
            sid: "S-1-5-21-1004336348-1177238915-682003330-1107".to_owned(),
            elevated: true,
            interactive: true,
            machine_policy: "Undefined".to_owned(),
            tools: Some(r"C:\Program Files\Microsoft\Exchange Server\V15".to_owned()),
            role_group: Some("Organization Management".to_owned()),
        }
    }
}

impl SimulatedMachine {
    /// Whether nothing was said about it.
    pub fn is_default(&self) -> bool {
        *self == Self::default()
    }
}

/// What the shell tells of itself.
pub fn environment(scenario: &Scenario, now: Timestamp) -> EnvironmentAnswer {
    let machine = &scenario.machine;
    let here = scenario.server(scenario.computer());
    let policies = [("MachinePolicy", machine.machine_policy.as_str()), ("Process", "Bypass")];
    let item = |(scope, policy): (&str, &str)| PolicyItem { scope: scope.to_owned(), policy: policy.to_owned() };
    let installation =
        |path: &String| InstallationItem { source: "environment".to_owned(), path: path.clone(), has_shell: true };
    EnvironmentAnswer {
        at: Some(iso(now)),
        time_zone: Some("UTC".to_owned()),
        utc_offset_minutes: Some(0),
        computer: Some(scenario.computer().to_owned()),
        is_windows: Some(true),
        system: Some("Microsoft Windows NT 10.0.17763.0".to_owned()),
        execution_policies: Some(policies.map(item).to_vec()),
        account: Some(machine.account.clone()),
        sid: Some(machine.sid.clone()),
        elevated: Some(machine.elevated),
        interactive: Some(machine.interactive),
        session: Some(i32::from(machine.interactive)),
        installations: machine.tools.iter().map(installation).collect(),
        exchange_version: machine.tools.as_ref().and(here).map(|server| catalog::dotted(&server.version)),
        roles: machine.tools.iter().flat_map(|_| keys(here)).collect(),
        problems: Vec::new(),
    }
}

/// The keys that setup leaves for the roles of a server, or for the tools alone.
fn keys(server: Option<&SimulatedServer>) -> Vec<String> {
    let roles = server.iter().flat_map(|server| server.role.split(',')).map(|role| match role.trim() {
        "Edge" => "EdgeTransportRole".to_owned(),
        role => format!("{role}Role"),
    });
    roles.chain(["AdminTools".to_owned()]).collect()
}

/// The roles of an account: the simulated one has those of its role group where no fault keeps it from changing the
/// server, any other has none.
pub fn roles(scenario: &Scenario, account: &str, server: &SimulatedServer) -> RoleAnswer {
    let denied = |fault: &Fault| {
        matches!(fault, Fault::AccessDenied { when } if when.op == Some(Op::SetComponentState)
            && when.server.as_deref().is_none_or(|named| server.is(named)))
    };
    let is_here = account.eq_ignore_ascii_case(&scenario.machine.account) && !scenario.faults.iter().any(denied);
    let group = scenario.machine.role_group.iter().filter(|_| is_here);
    let item = |group: &String| RoleItem { role: Some(ROLE.to_owned()), assignee: Some(group.clone()) };
    RoleAnswer { roles: Some(vec![ROLE.to_owned()]), assignments: Some(group.map(item).collect()) }
}

#[cfg(test)]
mod tests {
    use super::super::parse::parse;
    use super::*;

    fn with(machine: &str) -> Result<Scenario, String> {
        let servers = r#""scenario":"relight/scenario/1.0","servers":[{"name":"EX01","role":"Edge"}]"#;
        parse(&format!("{{{servers},\"machine\":{machine}}}"), "test").map_err(|error| error.to_string())
    }

    #[test]
    fn every_field_is_in_the_manual_and_a_misspelt_one_is_refused() {
        let manual = include_str!("../../docs/SCENARIOS.md");
        let json = serde_json::to_value(SimulatedMachine::default()).expect("JSON");
        for field in json.as_object().expect("an object").keys() {
            assert!(manual.contains(&format!("`{field}`")), "{field} is not in the manual");
        }
        assert!(with(r#"{"acount":"x"}"#).is_err_and(|error| error.contains("acount")));
    }

    #[test]
    fn what_is_not_given_is_as_an_admin_at_a_server_has_it() {
        let scenario = with(r#"{"elevated":false}"#).expect("a scenario");
        let told = environment(&scenario, Timestamp::UNIX_EPOCH);
        assert_eq!((told.elevated, told.interactive, told.session), (Some(false), Some(true), Some(1)));
        assert_eq!(told.exchange_version.as_deref(), Some("15.1.2375.7"));
        assert_eq!(told.roles, ["EdgeTransportRole", "AdminTools"]);
    }

    #[test]
    fn roles_are_those_of_the_account_and_only_where_it_may_change() {
        let scenario = with("{}").expect("a scenario");
        let count = |account| roles(&scenario, account, &scenario.servers[0]).assignments.map(|all| all.len());
        assert_eq!((count(r"contoso\EXADMIN"), count(r"CONTOSO\other")), (Some(1), Some(0)));
    }
}
