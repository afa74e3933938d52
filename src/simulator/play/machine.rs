//! What the simulated shell tells of its machine, and the roles of its account in Exchange.

use jiff::Timestamp;

use crate::shell::protocol::{
    EnvironmentAnswer, InstallationItem, PolicyItem, RoleAnswer, RoleItem, ShellPolicyAnswer, ThrottlingPolicyItem,
};
use crate::simulator::format::{Fault, Op, Scenario, SimulatedServer, dotted};

use super::answers::iso;

/// The role that brings `Set-ServerComponentState` in the simulated organisation.
const ROLE: &str = "Organization Configuration";

/// What the shell tells of itself.
pub(crate) fn environment(scenario: &Scenario, now: Timestamp) -> EnvironmentAnswer {
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
        exchange_version: machine.tools.as_ref().and(here).map(|server| dotted(&server.version)),
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

/// What Exchange allows every account out of the box.
pub(crate) fn shell_policy() -> ShellPolicyAnswer {
    let global = ThrottlingPolicyItem {
        name: Some("GlobalThrottlingPolicy".to_owned()),
        scope: Some("Global".to_owned()),
        shells: Some("18".to_owned()),
    };
    ShellPolicyAnswer { policies: Some(vec![global]), own: None }
}

/// The roles of an account: the simulated one has those of its role group where no fault keeps it from changing the
/// server, any other has none.
pub(crate) fn roles(scenario: &Scenario, account: &str, server: &SimulatedServer) -> RoleAnswer {
    let denied = |fault: &Fault| {
        matches!(fault, Fault::AccessDenied { when } if when.op == Some(Op::SetComponentState)
            && when.server.as_ref().is_none_or(|named| named.all().iter().any(|name| server.is(name))))
    };
    let is_here = account.eq_ignore_ascii_case(&scenario.machine.account) && !scenario.faults.iter().any(denied);
    let group = scenario.machine.role_group.iter().filter(|_| is_here);
    let item = |group: &String| RoleItem { role: Some(ROLE.to_owned()), assignee: Some(group.clone()) };
    RoleAnswer { roles: Some(vec![ROLE.to_owned()]), assignments: Some(group.map(item).collect()) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::simulator::format::parse;

    fn with(machine: &str) -> Scenario {
        let servers = r#""scenario":"relight/scenario/1.0","servers":[{"name":"EX01","role":"Edge"}]"#;
        parse(&format!("{{{servers},\"machine\":{machine}}}"), "test").expect("a scenario")
    }

    #[test]
    fn what_is_not_given_is_as_an_admin_at_a_server_has_it() {
        let scenario = with(r#"{"elevated":false}"#);
        let told = environment(&scenario, Timestamp::UNIX_EPOCH);
        assert_eq!((told.elevated, told.interactive, told.session), (Some(false), Some(true), Some(1)));
        assert_eq!(told.exchange_version.as_deref(), Some("15.1.2375.7"));
        assert_eq!(told.roles, ["EdgeTransportRole", "AdminTools"]);
    }

    #[test]
    fn roles_are_those_of_the_account_and_only_where_it_may_change() {
        let scenario = with("{}");
        let count = |account| roles(&scenario, account, &scenario.servers[0]).assignments.map(|all| all.len());
        assert_eq!((count(r"contoso\EXADMIN"), count(r"CONTOSO\other")), (Some(1), Some(0)));
    }
}
