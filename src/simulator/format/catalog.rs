//! The components each Exchange version has, as exports of real servers (2013 CU23 and 2016 CU22) list them.

use crate::domain::Component;

/// In Exchange 2013 and everything since.
const SINCE_2013: [&str; 25] = [
    "ServerWideOffline",
    "HubTransport",
    "FrontendTransport",
    "Monitoring",
    "RecoveryActionsEnabled",
    "AutoDiscoverProxy",
    "ActiveSyncProxy",
    "EcpProxy",
    "EwsProxy",
    "ImapProxy",
    "OabProxy",
    "OwaProxy",
    "PopProxy",
    "PushNotificationsProxy",
    "RpsProxy",
    "RwsProxy",
    "RpcProxy",
    "XropProxy",
    "HttpProxyAvailabilityGroup",
    "ForwardSyncDaemon",
    "ProvisioningRps",
    "MapiProxy",
    "EdgeTransport",
    "HighAvailability",
    "SharedCache",
];

/// Added with Exchange 2016.
const SINCE_2016: [&str; 9] = [
    "MailboxDeliveryProxy",
    "RoutingUpdates",
    "RestProxy",
    "DefaultProxy",
    "Lsass",
    "RoutingService",
    "E4EProxy",
    "CafeLAMv2",
    "LogExportProvider",
];

/// Gone with Exchange 2019.
const UNTIL_2016: [&str; 1] = ["UMCallRouter"];

/// The first number of an `AdminDisplayVersion`.
pub(crate) fn major(version: &str) -> Option<u32> {
    numbers(version).first().copied()
}

/// `Version 15.1 (Build 2507.6)` as setup records it: `15.1.2507.6`.
pub(crate) fn dotted(version: &str) -> String {
    numbers(version).iter().map(u32::to_string).collect::<Vec<_>>().join(".")
}

/// The usual spelling of a component that servers of this version have.
pub(crate) fn component(version: &str, name: &str) -> Option<&'static str> {
    let minor = numbers(version).get(1).copied().unwrap_or(0);
    let newer = if minor >= 1 { &SINCE_2016[..] } else { &[] };
    let older = if minor <= 1 { &UNTIL_2016[..] } else { &[] };
    let wanted = Component::new(name);
    SINCE_2013.iter().chain(newer).chain(older).copied().find(|known| wanted.is(known))
}

fn numbers(version: &str) -> Vec<u32> {
    version
        .split(|c: char| !c.is_ascii_digit())
        .filter(|part| !part.is_empty())
        .filter_map(|part| part.parse().ok())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn components_come_and_go_with_the_version() {
        let (v2013, v2016, v2019) = ("Version 15.0 (Build 1497.2)", "Version 15.1 (Build 2375.7)", "15.2.1118.7");
        for (name, expected) in [
            ("popproxy", [true, true, true]),
            ("RestProxy", [false, true, true]),
            ("UMCallRouter", [true, true, false]),
            ("PopPorxy", [false, false, false]),
        ] {
            assert_eq!([v2013, v2016, v2019].map(|version| component(version, name).is_some()), expected, "{name}");
        }
        assert_eq!(component(v2016, "IMAPPROXY"), Some("ImapProxy"));
        assert_eq!(major("Version 14.3 (Build 123.4)"), Some(14));
        assert_eq!(major("none"), None);
    }
}
