//! The lists of the organisation: its servers and its database availability groups.

use relight::shell::protocol::{AvailabilityGroupsAnswer, Call, ExchangeServersAnswer, ShellPolicyAnswer, read_data};
use serde_json::json;

use super::fixture::connected;
use crate::support::double::Setup;

crate::trials![Pwsh =>
    all_servers_and_groups_are_listed,
    throttling_policies_are_listed_with_the_own_one,
];

fn all_servers_and_groups_are_listed() {
    let setup = Setup::new(&json!({"servers": [
        {"name": "EX01", "fqdn": "EX01.contoso.test", "site": "Frankfurt", "dag": "DAG01"},
        {"name": "EX02", "fqdn": "EX02.contoso.test", "site": "London Docks", "dag": "DAG01"},
        {"name": "EDGE01", "fqdn": "EDGE01.contoso.test", "role": "Edge"},
        {"name": "EX2010", "fqdn": "EX2010.contoso.test", "version": "Version 14.3 (Build 123.4)", "dag": "DAG02"},
    ]}));
    let mut session = connected(&setup);
    let answer: ExchangeServersAnswer = read_data(session.call(Call::GetExchangeServers {}).unwrap()).unwrap();
    let told = |it: &Option<String>| it.clone().unwrap_or_default();
    let seen = answer.servers.iter().map(|it| [&it.name, &it.fqdn, &it.site, &it.version, &it.role].map(told));
    let version = "Version 15.1 (Build 2375.7)";
    assert_eq!(
        seen.collect::<Vec<_>>(),
        [
            ["EX01", "EX01.contoso.test", "contoso.test/Configuration/Sites/Frankfurt", version, "Mailbox"],
            ["EX02", "EX02.contoso.test", "contoso.test/Configuration/Sites/London Docks", version, "Mailbox"],
            ["EDGE01", "EDGE01.contoso.test", "", version, "Edge"],
            [
                "EX2010",
                "EX2010.contoso.test",
                "contoso.test/Configuration/Sites/Default-First-Site-Name",
                "Version 14.3 (Build 123.4)",
                "Mailbox"
            ],
        ]
    );
    let answer: AvailabilityGroupsAnswer = read_data(session.call(Call::GetAvailabilityGroups {}).unwrap()).unwrap();
    let seen = answer.groups.into_iter().map(|it| (told(&it.name), it.members)).collect::<Vec<_>>();
    let group = |name: &str, members: &[&str]| (name.to_owned(), members.iter().map(|it| (*it).to_owned()).collect());
    assert_eq!(seen, [group("DAG01", &["EX01", "EX02"]), group("DAG02", &["EX2010"])]);
}

fn throttling_policies_are_listed_with_the_own_one() {
    let server = json!({"name": "EX01", "fqdn": "EX01.contoso.test"});
    let throttling = json!({"policy": "Admins", "powerShellMaxConcurrency": "50"});
    let setup = Setup::new(&json!({"servers": [server], "throttling": throttling}));
    let mut session = connected(&setup);
    let call = Call::GetShellPolicy { account: r"CONTOSO\admin".to_owned() };
    let answer: ShellPolicyAnswer = read_data(session.call(call).unwrap()).unwrap();
    let seen = answer.policies.unwrap().into_iter().map(|it| [it.name, it.scope, it.shells].map(Option::unwrap));
    let expected = [["GlobalThrottlingPolicy", "Global", "18"], ["Admins", "Regular", "50"]];
    assert_eq!(seen.collect::<Vec<_>>(), expected);
    assert_eq!(answer.own.as_deref(), Some("Admins"));
}
