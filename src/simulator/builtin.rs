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
    pub const DEFAULT: &'static str = "kb-3025138";
}

macro_rules! scenarios {
    ($($name:literal: $summary:literal,)*) => {
        &[$(Builtin { name: $name, summary: $summary, text: include_str!(concat!("scenarios/", $name, ".json")) },)*]
    };
}

static SCENARIOS: &[Builtin] = scenarios! {
    "kb-3025138": "POP3 and IMAP4 are dark: HealthApi took PopProxy and ImapProxy down (the default)",
    "healthy": "nothing is wrong",
    "maintenance": "an admin set PopProxy and ImapProxy Inactive for maintenance",
    "several-holders": "PopProxy is held by HealthApi and Maintenance at once, ImapProxy by HealthApi alone",
    "server-wide-offline": "the server is in maintenance mode: ServerWideOffline pulls POP3 and IMAP4 down",
    "server-wide-draining": "ServerWideOffline is Draining, which pulls POP3 and IMAP4 down as well",
    "offline-and-held": "the server is offline server-wide, and HealthApi holds PopProxy on top of it",
    "functional-setup-running": "Exchange setup is running and holds PopProxy and ImapProxy",
    "setup-failed": "an update failed and left the server offline server-wide under Functional",
    "stale-remote-entry": "an old Inactive entry in Active Directory under a newer Active one: nothing is dark",
    "unknown-requester": "a requester that Set-ServerComponentState does not take holds PopProxy",
    "unexplained": "PopProxy is Inactive and nothing recorded explains it",
    "draining": "PopProxy is Draining: an oddity, not the fault",
    "registry-unreadable": "the registry of the server cannot be read: Active Directory alone says Active",
    "lost-registry-write": "Set reports success, but the registry keeps its old entry",
    "lost-directory-write": "Set reports success, but Active Directory is not changed",
    "flips-back": "Managed Availability takes PopProxy down again as soon as it was set Active",
    "changed-meanwhile": "an admin sets PopProxy Inactive for maintenance between the look and the change",
    "flattened-2016": "a plain remote session: Exchange 2016 entries arrive as text",
    "flattened-2013": "a plain remote session: Exchange 2013 entries arrive without any value",
    "two-servers": "two servers: EX01 is dark, EX02 has recovered",
    "server-down": "two servers: EX01 is dark, EX02 does not answer",
    "wrong-server": "another server answers than the one asked",
    "edge": "an Edge Transport server, which has no POP3 or IMAP4 service",
    "exchange-2010": "an Exchange 2010 server, which has no component states",
    "not-exchange": "relight runs on an admin workstation, which is no Exchange server",
    "access-denied": "the account may look, but not change",
    "no-exchange-role": "the account has no Exchange role at all",
    "set-refused": "Exchange refuses the change with an error",
    "slow-load": "the Exchange Management Shell takes five seconds to load",
    "failed-load": "the Exchange Management Shell finds no Exchange server and does not load",
    "prompt-on-load": "the Exchange Management Shell asks for a server name while it loads",
    "constrained-language": "application control confines PowerShell to the constrained language mode",
    "malformed-objects": "component states arrive without their properties",
    "hang-in-read": "the shell never answers when PopProxy is read",
    "hang-in-write": "the shell never answers to a change, which has not been made",
    "crash-in-write": "the shell crashes in the middle of a change, which has not been made",
    "noisy": "the shell prints a banner, warnings, code pages and things that look like answers",
};

/// All built-in scenarios, the default one first, the likely ones before the odd ones.
pub fn scenarios() -> &'static [Builtin] {
    SCENARIOS
}

#[cfg(test)]
mod tests {
    use super::super::{Scenario, resolve};
    use super::*;

    #[test]
    fn every_built_in_scenario_is_valid_and_says_what_its_summary_says() {
        for builtin in scenarios() {
            let source = resolve(Some(builtin.name)).expect(builtin.name);
            assert_eq!(source.scenario().description, builtin.summary, "{}", builtin.name);
            assert!(builtin.summary.len() <= 110, "{}", builtin.name);
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
