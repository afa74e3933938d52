//! The machine and the account that the simulated shell runs on.

use serde::{Deserialize, Serialize};

/// A machine and an account on it. What is not given is as an admin at an Exchange server has it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub(crate) struct SimulatedMachine {
    pub(crate) power_shell: String,
    /// The account, for example `NT AUTHORITY\SYSTEM`.
    pub(crate) account: String,
    pub(crate) sid: String,
    /// Whether it may use its administrative rights.
    pub(crate) elevated: bool,
    /// Whether a person sits there; otherwise it is a service or a scheduled task.
    pub(crate) interactive: bool,
    /// The execution policy that group policy sets for the machine.
    pub(crate) machine_policy: String,
    /// Where Exchange's tools are; null: nowhere.
    pub(crate) tools: Option<String>,
    /// The role group that gives the account its roles; null: no assignment reaches any server.
    pub(crate) role_group: Option<String>,
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
    pub(crate) fn is_default(&self) -> bool {
        *self == Self::default()
    }
}

#[cfg(test)]
mod tests {
    use super::super::parse::parse;
    use super::super::scenario::Scenario;
    use super::*;

    fn with(machine: &str) -> Result<Scenario, String> {
        let servers = r#""scenario":"relight/scenario/1.0","servers":[{"name":"EX01","role":"Edge"}]"#;
        parse(&format!("{{{servers},\"machine\":{machine}}}"), "test").map_err(|error| error.to_string())
    }

    #[test]
    fn every_field_is_in_the_manual_and_a_misspelt_one_is_refused() {
        let manual = include_str!("../../../docs/SCENARIOS.md");
        let json = serde_json::to_value(SimulatedMachine::default()).expect("JSON");
        for field in json.as_object().expect("an object").keys() {
            assert!(manual.contains(&format!("`{field}`")), "{field} is not in the manual");
        }
        assert!(with(r#"{"acount":"x"}"#).is_err_and(|error| error.contains("acount")));
    }
}
