//! The exact commands, as an admin would type them into the Exchange Management Shell; relight's own too. relight never runs
//! these texts: to the shell, values travel as data.

use std::fmt;

use crate::domain::{Action, Component, Hold, Server, Service, State};

/// A PowerShell command: words that stay together when it is broken over lines.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cmdlet(Vec<String>);

impl Cmdlet {
    /// What a step runs.
    pub fn step(action: Action, server: &Server, hold: &Hold) -> Self {
        Self::set(server, hold, action.target(hold))
    }

    /// What lifts a hold: its requester, set Active.
    pub fn lift(server: &Server, hold: &Hold) -> Self {
        Self::set(server, hold, &State::Active)
    }

    /// What puts a lifted hold back: its requester, set to the state it was in.
    pub fn put_back(server: &Server, hold: &Hold) -> Self {
        Self::set(server, hold, &hold.state)
    }

    /// relight itself, to be typed again: the command, and options with their values.
    pub fn relight(command: &str, options: impl IntoIterator<Item = String>) -> Self {
        Self([format!("relight {command}")].into_iter().chain(options).collect())
    }

    /// What starts a service. On the server itself relight leaves its name out, so that no remoting is needed.
    pub fn start(server: &Server, service: Service) -> Self {
        Self::service(server, service, "StartService")
    }

    /// What stops it.
    pub fn stop(server: &Server, service: Service) -> Self {
        Self::service(server, service, "StopService")
    }

    fn service(server: &Server, service: Service, method: &str) -> Self {
        Self(vec![
            "Get-CimInstance Win32_Service".to_owned(),
            format!("-Filter \"Name = '{}'\"", service.name()),
            format!("-ComputerName {}", quoted(server.as_str())),
            format!("| Invoke-CimMethod -MethodName {method}"),
        ])
    }

    /// What shows a component with both lists of entries.
    pub fn look(server: &Server, component: &Component) -> Self {
        let mut words = Self::get(server, component).0;
        words.push("| Format-List".to_owned());
        Self(words)
    }

    /// What shows the entries of one list, `LocalStates` or `RemoteStates`.
    pub fn look_at_entries(server: &Server, component: &Component, list: &str) -> Self {
        let mut words = Self::get(server, component).0;
        words.push(format!("| Select-Object -ExpandProperty {list}"));
        Self(words)
    }

    fn get(server: &Server, component: &Component) -> Self {
        Self(vec![
            "Get-ServerComponentState".to_owned(),
            format!("-Identity {}", quoted(server.as_str())),
            format!("-Component {}", quoted(component.as_str())),
        ])
    }

    fn set(server: &Server, hold: &Hold, state: &State) -> Self {
        Self(vec![
            "Set-ServerComponentState".to_owned(),
            format!("-Identity {}", quoted(server.as_str())),
            format!("-Component {}", quoted(hold.component.as_str())),
            format!("-Requester {}", quoted(hold.requester.as_str())),
            format!("-State {}", quoted(state.name())),
        ])
    }

    /// The command in lines of at most `width` columns, where its words allow it. A line that goes on ends with a
    /// backtick, or begins with the pipe after one, so that the whole can be pasted as it stands.
    pub fn lines(&self, width: usize) -> Vec<String> {
        const MARK: &str = " `";
        let mut lines: Vec<String> = Vec::new();
        let mut line = String::new();
        for (at, word) in self.0.iter().enumerate() {
            let reserve = if at + 1 == self.0.len() { 0 } else { MARK.len() };
            if line.is_empty() {
                line.clone_from(word);
            } else if line.chars().count() + 1 + word.chars().count() + reserve <= width {
                line.push(' ');
                line.push_str(word);
            } else {
                line.push_str(MARK);
                lines.push(std::mem::replace(&mut line, format!("    {word}")));
            }
        }
        lines.push(line);
        lines
    }
}

impl fmt::Display for Cmdlet {
    /// The command on one line.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.join(" "))
    }
}

/// A PowerShell argument, in single quotes unless it begins with a letter and goes on with letters, digits, `.`, `_`, `-`:
/// a bare number would be read as one, a leading `-` as a parameter. PowerShell takes the curly single quotes for
/// quotes too; each is doubled with itself.
fn quoted(argument: &str) -> String {
    let plain = argument.starts_with(|c: char| c.is_ascii_alphabetic())
        && argument.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-'));
    if plain {
        return argument.to_owned();
    }
    let mut text = String::from("'");
    for c in argument.chars() {
        if matches!(c, '\'' | '\u{2018}'..='\u{201B}') {
            text.push(c);
        }
        text.push(c);
    }
    text.push('\'');
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::screens::fixtures::{at, hold, server};

    #[test]
    fn an_argument_is_quoted_only_where_powershell_would_misread_it() {
        for (argument, expected) in [
            ("EX01", "EX01"),
            ("ex-01.contoso.local", "ex-01.contoso.local"),
            ("10", "'10'"),
            ("0x1F", "'0x1F'"),
            ("1st", "'1st'"),
            ("-Confirm", "'-Confirm'"),
            ("_x", "'_x'"),
            ("", "''"),
            ("two words", "'two words'"),
            ("$(calc)", "'$(calc)'"),
            ("it's", "'it''s'"),
            (
                "\u{2018}a\u{2019}\u{201a}\u{201b}",
                "'\u{2018}\u{2018}a\u{2019}\u{2019}\u{201a}\u{201a}\u{201b}\u{201b}'",
            ),
            ("m\u{fc}nchen", "'m\u{fc}nchen'"),
        ] {
            assert_eq!(quoted(argument), expected);
        }
    }

    #[test]
    fn a_hold_is_lifted_and_put_back_under_its_own_requester() {
        let hold = hold("PopProxy", "HealthAPI", at("02:31:52"));
        assert_eq!(
            Cmdlet::lift(&server("EX01"), &hold).to_string(),
            "Set-ServerComponentState -Identity EX01 -Component PopProxy -Requester HealthAPI -State Active"
        );
        assert_eq!(
            Cmdlet::put_back(&server("EX01"), &hold).to_string(),
            "Set-ServerComponentState -Identity EX01 -Component PopProxy -Requester HealthAPI -State Inactive"
        );
    }

    #[test]
    fn a_long_command_is_broken_so_that_it_can_be_pasted() {
        let hold = hold("PopProxy", "HealthApi", at("02:31:52"));
        let lines = Cmdlet::lift(&server("EX01"), &hold).lines(72);
        let expected =
            ["Set-ServerComponentState -Identity EX01 -Component PopProxy `", "    -Requester HealthApi -State Active"];
        assert_eq!(lines, expected);
        let joined = lines.iter().map(|line| line.trim_end_matches('`').trim()).collect::<Vec<_>>().join(" ");
        assert_eq!(joined, Cmdlet::lift(&server("EX01"), &hold).to_string());
        assert_eq!(Cmdlet::lift(&server("EX01"), &hold).lines(200).len(), 1);
    }
}
