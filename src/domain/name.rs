//! The names Exchange uses. Sets differ by version, so components and requesters are open: newtypes that compare
//! without ASCII case and keep the spelling they were read with, because `Set-ServerComponentState` must be given that.

use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};

use super::text::pad_with_numbers;

macro_rules! name {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone)]
        pub struct $name(String);

        impl $name {
            /// The spelling as it was read or typed.
            pub fn as_str(&self) -> &str {
                &self.0
            }

            /// Whether this is `name`, whatever the case.
            pub fn is(&self, name: &str) -> bool {
                self.0.eq_ignore_ascii_case(name)
            }
        }

        impl PartialEq for $name {
            fn eq(&self, other: &Self) -> bool {
                self.is(&other.0)
            }
        }

        impl Eq for $name {}

        impl Ord for $name {
            fn cmp(&self, other: &Self) -> Ordering {
                let lower = |text: &str| text.bytes().map(|b| b.to_ascii_lowercase()).collect::<Vec<u8>>();
                lower(&self.0).cmp(&lower(&other.0))
            }
        }

        impl PartialOrd for $name {
            fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
                Some(self.cmp(other))
            }
        }

        impl Hash for $name {
            fn hash<H: Hasher>(&self, state: &mut H) {
                for byte in self.0.bytes() {
                    byte.to_ascii_lowercase().hash(state);
                }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                pad_with_numbers(&self.0, f)
            }
        }
    };
}

name! {
    /// A server component, for example `PopProxy`. Not a Windows service.
    Component
}

name! {
    /// On whose behalf a state is recorded, for example `HealthApi`.
    Requester
}

name! {
    /// One Exchange server, by host name or FQDN, as it is passed to `-Identity`.
    Server
}

impl Component {
    /// The component through which POP3 clients are served.
    pub const POP_PROXY: &'static str = "PopProxy";
    /// The component through which IMAP4 clients are served.
    pub const IMAP_PROXY: &'static str = "ImapProxy";
    /// The component that, when it is not Active, pulls nearly all others down.
    pub const SERVER_WIDE_OFFLINE: &'static str = "ServerWideOffline";
    /// The components that stay up while the server is offline server-wide (KB 4043629).
    const APART_FROM_SERVER_WIDE: [&'static str; 3] =
        [Self::SERVER_WIDE_OFFLINE, "Monitoring", "RecoveryActionsEnabled"];

    /// Components that are Inactive by default on premises (seen in exports of Exchange 2013 and 2016): no fault.
    const INACTIVE_BY_DEFAULT: [&'static str; 2] = ["ForwardSyncDaemon", "ProvisioningRps"];

    /// The component of this name.
    pub fn new(name: impl Into<String>) -> Self {
        Self(name.into())
    }

    /// `ServerWideOffline`.
    pub fn server_wide_offline() -> Self {
        Self::new(Self::SERVER_WIDE_OFFLINE)
    }

    /// Whether it is one of those that relight looks at and sets.
    pub fn is_looked_after(&self) -> bool {
        [Self::POP_PROXY, Self::IMAP_PROXY, Self::SERVER_WIDE_OFFLINE].iter().any(|name| self.is(name))
    }

    /// Whether this is `ServerWideOffline` itself.
    pub fn is_server_wide_offline(&self) -> bool {
        self.is(Self::SERVER_WIDE_OFFLINE)
    }

    /// Whether being Inactive is its normal state.
    pub fn is_normally_inactive(&self) -> bool {
        Self::INACTIVE_BY_DEFAULT.iter().any(|name| self.is(name))
    }

    /// Whether `-LocalOnly` may record a state of it: of all but Monitoring and RecoveryActionsEnabled.
    pub fn has_registry_alone(&self) -> bool {
        self.is_server_wide_offline() || self.follows_server_wide_offline()
    }

    /// Whether server-wide offline makes this component Inactive.
    pub fn follows_server_wide_offline(&self) -> bool {
        !Self::APART_FROM_SERVER_WIDE.iter().any(|name| self.is(name))
    }
}

impl Requester {
    /// The requester of this name.
    pub fn new(name: impl Into<String>) -> Self {
        Self(name.into())
    }

    /// Which of the five requesters that `Set-ServerComponentState` accepts this is.
    pub fn known(&self) -> Option<KnownRequester> {
        KnownRequester::ALL.into_iter().find(|known| self.is(known.name()))
    }
}

/// The requesters that `Set-ServerComponentState -Requester` accepts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum KnownRequester {
    /// Managed Availability, after failed probes.
    HealthApi,
    /// An admin, a maintenance script, DSC.
    Maintenance,
    /// Not seen on premises.
    Sidelined,
    /// Exchange setup.
    Functional,
    /// Not seen on premises.
    Deployment,
}

impl KnownRequester {
    /// All five, in the order of Microsoft's documentation.
    pub const ALL: [Self; 5] =
        [Self::HealthApi, Self::Maintenance, Self::Sidelined, Self::Functional, Self::Deployment];

    /// The name as the cmdlet documents it.
    pub fn name(self) -> &'static str {
        match self {
            Self::HealthApi => "HealthApi",
            Self::Maintenance => "Maintenance",
            Self::Sidelined => "Sidelined",
            Self::Functional => "Functional",
            Self::Deployment => "Deployment",
        }
    }
}

/// Why a text is not the name of a server.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ServerNameError {
    /// Nothing was given.
    #[error("the name is empty")]
    Empty,
    /// Longer than DNS allows.
    #[error("the name has {0} characters, more than the 255 that DNS allows")]
    TooLong(usize),
    /// A part between dots is empty or longer than 63 characters.
    #[error("each part between dots must have 1 to 63 characters")]
    Label,
    /// A part between dots begins or ends with a hyphen.
    #[error("no part between dots may begin or end with a hyphen")]
    Hyphen,
    /// A character that no host name has.
    #[error("{} cannot be part of a host name", shown(*.0))]
    Character(char),
}

/// A character in quotes, and one that cannot be seen as an escape sequence.
fn shown(c: char) -> String {
    if c == '\\' || c.is_alphanumeric() { format!("'{c}'") } else { format!("{c:?}") }
}

impl Server {
    /// Parses a host name or FQDN: letters of any script, digits, `-` and `_`, in parts of 1 to 63 characters.
    ///
    /// # Errors
    /// When no host could have this name. Quotes, `$`, spaces, wildcards and control characters are among those refused.
    pub fn parse(name: &str) -> Result<Self, ServerNameError> {
        if name.is_empty() {
            return Err(ServerNameError::Empty);
        }
        if let Some(bad) = name.chars().find(|c| !(c.is_alphanumeric() || matches!(c, '-' | '_' | '.'))) {
            return Err(ServerNameError::Character(bad));
        }
        let length = name.chars().count();
        if length > 255 {
            return Err(ServerNameError::TooLong(length));
        }
        if name.split('.').any(|label| label.is_empty() || label.chars().count() > 63) {
            return Err(ServerNameError::Label);
        }
        // On a command line such a name would be an option.
        if name.split('.').any(|label| label.starts_with('-') || label.ends_with('-')) {
            return Err(ServerNameError::Hyphen);
        }
        Ok(Self(name.to_owned()))
    }

    /// The part before the first dot.
    pub fn host(&self) -> &str {
        self.0.split('.').next().unwrap_or(&self.0)
    }

    /// Whether both can be names of one server: equal, or a host name and an FQDN that starts with it.
    pub fn may_be(&self, other: &Self) -> bool {
        let qualified = |name: &Self| name.0.contains('.');
        if qualified(self) && qualified(other) { self == other } else { self.host().eq_ignore_ascii_case(other.host()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_compare_without_case_and_keep_their_spelling() {
        let article = Requester::new("HealthAPI");
        assert_eq!(article, Requester::new("HealthApi"));
        assert_eq!(article.to_string(), "HealthAPI");
        assert_eq!(article.known(), Some(KnownRequester::HealthApi));
        assert_eq!(Requester::new("4").known(), None);
    }

    #[test]
    fn a_server_name_is_a_host_name_or_nothing() {
        for good in ["EX01", "ex-01.contoso.local", "münchen_ex1", "10"] {
            assert!(Server::parse(good).is_ok(), "{good}");
        }
        for (bad, why) in [
            ("", ServerNameError::Empty),
            ("EX01 ", ServerNameError::Character(' ')),
            ("$(calc)", ServerNameError::Character('$')),
            ("EX'01", ServerNameError::Character('\'')),
            ("EX\n01", ServerNameError::Character('\n')),
            ("EX*", ServerNameError::Character('*')),
            ("ex01..local", ServerNameError::Label),
            (".local", ServerNameError::Label),
            ("-EX01", ServerNameError::Hyphen),
            ("ex01-.contoso.local", ServerNameError::Hyphen),
        ] {
            assert_eq!(Server::parse(bad), Err(why), "{bad:?}");
        }
        assert_eq!(Server::parse(&"a".repeat(300)), Err(ServerNameError::TooLong(300)));
        assert_eq!(Server::parse(&"a".repeat(64)), Err(ServerNameError::Label));
    }

    #[test]
    fn a_host_name_may_be_the_server_of_an_fqdn_that_starts_with_it() {
        let server = |name| Server::parse(name).expect("a host name");
        assert!(server("EX01").may_be(&server("ex01.contoso.local")));
        assert!(!server("EX01").may_be(&server("EX011.contoso.local")));
        assert!(!server("ex01.contoso.local").may_be(&server("ex01.fabrikam.local")));
    }

    #[test]
    fn three_components_do_not_follow_server_wide_offline() {
        assert!(Component::new("popproxy").follows_server_wide_offline());
        for apart in ["ServerWideOffline", "Monitoring", "RecoveryActionsEnabled"] {
            assert!(!Component::new(apart).follows_server_wide_offline());
        }
    }
}
