//! The exact commands, as an admin would type them into the Exchange Management Shell; relight's own too. relight never runs
//! these texts: to the shell, values travel as data.

use std::fmt;

use super::probe::Protocol;
use super::{Change, Component, InactiveEntry, Override, Server, ServerSnapshot, Service, ServiceState, State, Stores};

/// A PowerShell command: words that stay together when it is broken over lines.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cmdlet(Vec<String>);

impl Cmdlet {
    /// What makes a change on a server that was seen so.
    pub fn change(seen: &ServerSnapshot, change: &Change) -> Self {
        match change {
            Change::SetState { entry, to, stores } => Self::set_state(&seen.server, entry, to, *stores),
            Change::SetService { service, to, .. } => {
                let method = if *to == ServiceState::Running { "StartService" } else { "StopService" };
                let mut words = vec![
                    "Get-CimInstance Win32_Service".to_owned(),
                    format!("-Filter \"Name = '{}'\"", service.name()),
                ];
                words.extend(computer_name(seen));
                words.push(format!("| Invoke-CimMethod -MethodName {method}"));
                Self(words)
            }
        }
    }

    fn set_state(server: &Server, entry: &InactiveEntry, to: &State, stores: Stores) -> Self {
        let mut words = vec![
            "Set-ServerComponentState".to_owned(),
            format!("-Identity {}", quoted(server.as_str())),
            format!("-Component {}", quoted(entry.component.as_str())),
            format!("-Requester {}", quoted(entry.requester.as_str())),
            format!("-State {}", quoted(to.name())),
        ];
        words.extend((stores == Stores::Local).then(|| "-LocalOnly".to_owned()));
        Self(words)
    }

    /// What sets an inactive entry Active.
    pub fn set_active(server: &Server, entry: &InactiveEntry) -> Self {
        Self::set_state(server, entry, &State::Active, Stores::Both)
    }

    /// What sets it Active in the registry alone, where Active Directory shows it already.
    pub fn set_active_in_registry(server: &Server, entry: &InactiveEntry) -> Self {
        Self::set_state(server, entry, &State::Active, Stores::Local)
    }

    /// relight itself, to be typed again: the command, and options with their values.
    pub fn relight(command: &str, options: impl IntoIterator<Item = String>) -> Self {
        Self([format!("relight {command}")].into_iter().chain(options).collect())
    }

    /// What lists the Exchange servers.
    pub fn servers() -> Self {
        Self(vec!["Get-ExchangeServer".to_owned()])
    }

    /// What shows a component with both lists of entries.
    pub fn look(server: &Server, component: &Component) -> Self {
        Self::get(server, component, "Format-List".to_owned())
    }

    /// What shows the entries of one list, `LocalStates` or `RemoteStates`.
    pub fn look_at_entries(server: &Server, component: &Component, list: &str) -> Self {
        Self::get(server, component, format!("Select-Object -ExpandProperty {list}"))
    }

    /// What makes a service start with Windows, and run where it is to.
    pub fn set_service(seen: &ServerSnapshot, service: &str, run: bool) -> Self {
        let mut words = vec!["Set-Service".to_owned(), format!("-Name {service}")];
        words.extend(computer_name(seen));
        words.push("-StartupType Automatic".to_owned());
        words.extend(run.then(|| "-Status Running".to_owned()));
        Self(words)
    }

    /// What restarts a service.
    pub fn restart_service(seen: &ServerSnapshot, service: &str) -> Self {
        let mut words = vec!["Get-Service".to_owned(), format!("-Name {service}")];
        words.extend(computer_name(seen));
        words.push("| Restart-Service".to_owned());
        Self(words)
    }

    /// What takes an override of Managed Availability away.
    pub fn remove_override(server: &Server, it: &Override) -> Self {
        let (cmdlet, server) = if it.is_global {
            ("Remove-GlobalMonitoringOverride", None)
        } else {
            ("Remove-ServerMonitoringOverride", Some(format!("-Server {}", quoted(server.as_str()))))
        };
        let mut words = vec![cmdlet.to_owned()];
        words.extend(server);
        words.push(format!("-Identity {}", quoted(&it.identity)));
        words.push(format!("-ItemType {}", quoted(&it.item_type)));
        words.push(format!("-PropertyName {}", quoted(&it.property)));
        Self(words)
    }

    /// What shows the monitors that decide about a component.
    pub fn get_server_health(server: &Server, component: &Component) -> Self {
        let set = match Protocol::of(component) {
            Some(protocol) => format!("-HealthSet {}", protocol.proxy_health_set()),
            None => String::new(),
        };
        Self(vec!["Get-ServerHealth".to_owned(), format!("-Identity {}", quoted(server.as_str())), set])
    }

    fn get(server: &Server, component: &Component, then: String) -> Self {
        Self(vec![
            "Get-ServerComponentState".to_owned(),
            format!("-Identity {}", quoted(server.as_str())),
            format!("-Component {}", quoted(component.as_str())),
            format!("| {then}"),
        ])
    }

    /// What gives a protocol these SSL bindings, in this order.
    pub fn set_ssl_bindings(server: &Server, protocol: Protocol, bindings: &[String]) -> Self {
        let settings = format!("Set-{}Settings", noun(protocol));
        let words = [settings, format!("-Server {}", quoted(server.as_str())), "-SSLBindings".to_owned()];
        let last = bindings.len().saturating_sub(1);
        let binding = |(at, it): (usize, &String)| format!("{}{}", quoted(it), if at < last { "," } else { "" });
        Self(words.into_iter().chain(bindings.iter().enumerate().map(binding)).collect())
    }

    /// What shows the SSL bindings of a protocol in their order.
    pub fn ssl_bindings(server: &Server, protocol: Protocol) -> Self {
        Self(vec![
            format!("Get-{}Settings", noun(protocol)),
            format!("-Server {}", quoted(server.as_str())),
            "| Select-Object -ExpandProperty SSLBindings".to_owned(),
        ])
    }

    /// What restarts these services, in this order.
    pub fn restart(seen: &ServerSnapshot, services: &[Service]) -> Self {
        let names = services.iter().map(|service| service.name()).collect::<Vec<_>>();
        let restart = format!("Restart-Service -Name {}", names.join(","));
        Self(match computer_name(seen) {
            Some(there) => {
                vec![format!("Invoke-Command {there}"), "-ScriptBlock {".to_owned(), format!("{restart} }}")]
            }
            None => vec![restart],
        })
    }

    /// The words, for whoever breaks it over lines.
    pub fn words(&self) -> &[String] {
        &self.0
    }
}

impl fmt::Display for Cmdlet {
    /// The command on one line.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.join(" "))
    }
}

/// The name of a server where Windows is asked or told, and not Exchange: left out where the shell runs on that very server,
/// so that nothing goes over the network and no remoting is needed.
fn computer_name(seen: &ServerSnapshot) -> Option<String> {
    (!seen.runs_shell).then(|| format!("-ComputerName {}", quoted(seen.server.as_str())))
}

/// The noun of a protocol's cmdlets begins with this.
fn noun(protocol: Protocol) -> &'static str {
    match protocol {
        Protocol::Pop3 => "Pop",
        Protocol::Imap4 => "Imap",
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
    use super::super::{EntryTime, Requester, Service, StartType};
    use super::*;

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

    fn seen(runs_shell: bool) -> ServerSnapshot {
        let server = Server::parse("EX01").expect("a host name");
        ServerSnapshot { runs_shell, ..ServerSnapshot::begun(&server, jiff::Timestamp::UNIX_EPOCH) }
    }

    #[test]
    fn a_service_of_this_very_server_is_named_without_the_server() {
        let service = Service::PopFrontEnd.name();
        for (command, there, here) in [
            (
                [false, true].map(|here| Cmdlet::set_service(&seen(here), service, true)),
                "Set-Service -Name MSExchangePop3 -ComputerName EX01 -StartupType Automatic -Status Running",
                "Set-Service -Name MSExchangePop3 -StartupType Automatic -Status Running",
            ),
            (
                [false, true].map(|here| Cmdlet::restart_service(&seen(here), service)),
                "Get-Service -Name MSExchangePop3 -ComputerName EX01 | Restart-Service",
                "Get-Service -Name MSExchangePop3 | Restart-Service",
            ),
            (
                [false, true].map(|here| Cmdlet::restart(&seen(here), &[Service::PopBackEnd, Service::PopFrontEnd])),
                "Invoke-Command -ComputerName EX01 -ScriptBlock { Restart-Service -Name MSExchangePOP3BE,MSExchangePop3 }",
                "Restart-Service -Name MSExchangePOP3BE,MSExchangePop3",
            ),
        ] {
            assert_eq!(command.map(|command| command.to_string()), [there, here]);
        }
    }

    #[test]
    fn each_change_and_its_opposite_have_a_command() {
        let entry = |stores| InactiveEntry {
            component: Component::new("PopProxy"),
            requester: Requester::new("HealthAPI"),
            state: State::Draining,
            since: EntryTime::Text("then".to_owned()),
            stores,
        };
        let (set, in_registry) = (Change::set_active(entry(Stores::Both)), Change::set_active(entry(Stores::Local)));
        let start =
            Change::SetService { service: Service::PopBackEnd, startup: StartType::Manual, to: ServiceState::Running };
        let set_to = "Set-ServerComponentState -Identity EX01 -Component PopProxy -Requester HealthAPI -State";
        let service = "Get-CimInstance Win32_Service -Filter \"Name = 'MSExchangePOP3BE'\"";
        let (there, here) = ("-ComputerName EX01 | Invoke-CimMethod -MethodName", "| Invoke-CimMethod -MethodName");
        for (change, expected_there, expected_here) in [
            (&set, format!("{set_to} Active"), format!("{set_to} Active")),
            (&set.opposite(), format!("{set_to} Draining"), format!("{set_to} Draining")),
            (&in_registry.opposite(), format!("{set_to} Draining -LocalOnly"), format!("{set_to} Draining -LocalOnly")),
            (&start, format!("{service} {there} StartService"), format!("{service} {here} StartService")),
            (&start.opposite(), format!("{service} {there} StopService"), format!("{service} {here} StopService")),
        ] {
            let command = |runs_shell| Cmdlet::change(&seen(runs_shell), change).to_string();
            assert_eq!([command(false), command(true)], [expected_there, expected_here]);
        }
    }

    #[test]
    fn bindings_and_services_keep_their_order() {
        let server = Server::parse("EX01").expect("a host name");
        let bindings = ["127.0.0.1:995".to_owned(), "[fd00::5]:995".to_owned()];
        for (command, expected) in [
            (
                Cmdlet::set_ssl_bindings(&server, Protocol::Pop3, &bindings),
                "Set-PopSettings -Server EX01 -SSLBindings '127.0.0.1:995', '[fd00::5]:995'",
            ),
            (
                Cmdlet::restart(&seen(false), &Service::of(Protocol::Imap4)),
                "Invoke-Command -ComputerName EX01 -ScriptBlock { Restart-Service -Name MSExchangeIMAP4BE,MSExchangeImap4 }",
            ),
            (
                Cmdlet::ssl_bindings(&server, Protocol::Imap4),
                "Get-ImapSettings -Server EX01 | Select-Object -ExpandProperty SSLBindings",
            ),
        ] {
            assert_eq!(command.to_string(), expected);
        }
    }
}
