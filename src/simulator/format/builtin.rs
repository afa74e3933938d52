//! The built-in scenarios: each a file of the same format as an admin would write, embedded in the program.

/// A scenario that comes with the program.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Builtin {
    /// What `--simulate` takes.
    pub name: &'static str,
    /// One line for a person.
    pub summary: &'static str,
    /// The file, to start one's own from.
    pub text: &'static str,
}

impl Builtin {
    /// The one that is played when none is named.
    pub(crate) const DEFAULT: &'static str = "kb-3025138";
}

macro_rules! scenarios {
    ($($name:literal: $summary:literal,)*) => {
        &[$(Builtin { name: $name, summary: $summary, text: include_str!(concat!("../scenarios/", $name, ".json")) },)*]
    };
}

static SCENARIOS: &[Builtin] = scenarios! {
    "kb-3025138": "the default: HealthApi set both proxies Inactive",
    "healthy": "nothing is wrong",
    "maintenance": "an admin set both proxies Inactive (Maintenance)",
    "audited-maintenance": "Maintenance entries, and the logs name the account",
    "several-requesters": "PopProxy: HealthApi and Maintenance are Inactive",
    "server-wide-offline": "ServerWideOffline (Maintenance) makes both Inactive",
    "server-wide-draining": "ServerWideOffline is Draining, which counts as well",
    "offline-and-inactive": "server-wide offline, and HealthApi beside it",
    "functional-setup-running": "Exchange setup runs; both are Inactive (Functional)",
    "setup-beside-maintenance": "Maintenance set both Inactive; Exchange setup runs",
    "setup-failed": "a failed update left the server offline (Functional)",
    "stale-remote-entry": "an old Inactive entry under a newer Active one: fine",
    "unknown-requester": "PopProxy: a requester that Set does not take",
    "unexplained": "PopProxy is Inactive and nothing recorded says why",
    "draining": "PopProxy is Draining: an oddity, not the fault",
    "slow-to-follow": "clients get a banner three seconds after the change",
    "services-stopped": "PopProxy is Inactive, and its services are Stopped",
    "first-ssl-binding-specific": "probes fail: the first SSL binding is specific",
    "certificate-as-bytes": "a certificate comes as bytes alone; it has expired",
    "too-many-connections": "Active, but POP3 turns clients away with an error",
    "ssl-port-without-certificate": "Active, but port 995 has no certificate and closes",
    "monitor-still-alerting": "PopProxy stays Active, but its monitor still alerts",
    "monitor-behind": "the monitors are Healthy half a minute later",
    "monitors-silent": "the Health Manager is stopped, and no monitor is seen",
    "way-back-blocked": "Managed Availability cannot bring PopProxy back",
    "registry-unreadable": "the registry of the server cannot be read",
    "lost-registry-write": "Set succeeds, but the registry keeps its old entry",
    "registry-follows": "a registry write is lost, and MSExchangeHM copies it",
    "lost-directory-write": "Set succeeds, but Active Directory is not changed",
    "flips-back": "PopProxy is set Inactive again right after the change",
    "changed-meanwhile": "an admin sets PopProxy Inactive during the run",
    "offline-meanwhile": "an admin takes the server offline during the run",
    "flattened-2016": "a plain remote session: 2016 entries come as text",
    "flattened-2013": "a plain remote session: 2013 entries say nothing",
    "two-servers": "EX01 has the fault, EX02 has recovered (name both)",
    "server-down": "EX01 has the fault, EX02 does not answer (name both)",
    "forty-servers": "40 servers in two DAGs, three of them in trouble",
    "wrong-server": "another server answers than the one asked",
    "edge": "an Edge Transport server, without POP3 and IMAP4",
    "exchange-2010": "an Exchange 2010 server, without component states",
    "not-exchange": "relight runs on a machine that is no Exchange server",
    "access-denied": "the account may look, but not change",
    "no-exchange-role": "the account has no Exchange role at all",
    "set-refused": "Exchange refuses the change with an error",
    "set-fails-half-way": "Set writes Active Directory, then reports an error",
    "slow-load": "loading Exchange takes five seconds",
    "failed-load": "Exchange finds no server and does not load",
    "prompt-on-load": "Exchange asks for a server name while it loads",
    "constrained-language": "application control confines PowerShell",
    "malformed-objects": "component states arrive without their properties",
    "hang-in-read": "the shell never answers when PopProxy is read",
    "hang-in-write": "the shell hangs in a change that was not made",
    "late-write": "a change hangs, and is made a minute later",
    "crash-in-write": "the shell crashes in a change that was not made",
};

/// All built-in scenarios, the default one first, the likely ones before the odd ones.
pub fn scenarios() -> &'static [Builtin] {
    SCENARIOS
}

#[cfg(test)]
mod tests {
    use super::super::scenario::Scenario;
    use super::super::source::resolve;
    use super::*;

    #[test]
    fn every_built_in_scenario_is_valid_and_says_what_its_summary_says() {
        for builtin in scenarios() {
            let source = resolve(Some(builtin.name)).expect(builtin.name);
            assert_eq!(source.scenario().description, builtin.summary, "{}", builtin.name);
            assert!(builtin.summary.len() <= 53, "one line of the list: {}", builtin.name);
            let json = serde_json::to_string(source.scenario()).expect("JSON");
            assert_eq!(&serde_json::from_str::<Scenario>(&json).expect(builtin.name), source.scenario());
        }
        assert_eq!(scenarios()[0].name, Builtin::DEFAULT);
    }

    #[test]
    fn every_scenario_file_is_built_in() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/src/simulator/scenarios");
        assert_eq!(std::fs::read_dir(folder).expect("the folder").count(), scenarios().len());
    }
}
