//! Values of the domain that are written as one text: the name of a member of a closed set, a name that Exchange uses, an
//! address, a time. Reading one is checking it: a text that stands for nothing makes the line that it is in illegible.

use std::borrow::Cow;
use std::net::{IpAddr, SocketAddr};

use jiff::Timestamp;
use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::domain::probe::{Foreign, Host, Protocol, Security, Standing, StartTls, TlsVersion};
use crate::domain::{
    AgreedBy, Alert, Command, Component, KnownRequester, Requester, RunId, Server, Service, ServiceState,
    StartServices, StartType, State, Store, TroubleKind,
};

/// A value of the domain, as a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Text<T>(pub T);

/// What can be written so.
pub trait Written: Sized {
    /// The text.
    fn written(&self) -> Cow<'_, str>;

    /// The value of this text; `None`: it stands for nothing.
    fn read(text: &str) -> Option<Self>;

    /// What a text that stands for nothing is not.
    fn expected() -> String {
        "a text that stands for something".to_owned()
    }

    /// What the text may be.
    #[cfg(test)]
    fn schema() -> schemars::Schema {
        schemars::json_schema!({ "type": "string" })
    }
}

impl<T: Clone> From<&T> for Text<T> {
    fn from(value: &T) -> Self {
        Self(value.clone())
    }
}

impl<T: Written> Serialize for Text<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0.written())
    }
}

impl<'de, T: Written> Deserialize<'de> for Text<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        T::read(&text).map(Self).ok_or_else(|| D::Error::custom(format!("{text:?} is not {}", T::expected())))
    }
}

#[cfg(test)]
impl<T: Written> schemars::JsonSchema for Text<T> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Text".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        T::schema()
    }
}

/// Texts from which `Self` is parsed, whatever they are.
macro_rules! open {
    ($($set:ty: $write:expr, $read:expr;)+) => { $(
        impl Written for $set {
            fn written(&self) -> Cow<'_, str> {
                Cow::from($write(self))
            }

            fn read(text: &str) -> Option<Self> {
                $read(text)
            }
        }
    )+ };
}

open! {
    Component: Component::as_str, |text: &str| Some(Component::new(text));
    Requester: Requester::as_str, |text: &str| Some(Requester::new(text));
    Alert: Alert::name, |text: &str| Some(Alert::parse(text));
    State: State::name, |text: &str| Some(State::parse(text));
    ServiceState: ServiceState::name, |text: &str| Some(ServiceState::parse(text));
    StartType: StartType::name, |text: &str| Some(StartType::parse(text));
    Server: Server::as_str, |text: &str| Server::parse(text).ok();
    Host: Host::to_string, |text: &str| Host::parse(text).ok();
    IpAddr: IpAddr::to_string, |text: &str| text.parse().ok();
    SocketAddr: SocketAddr::to_string, |text: &str| text.parse().ok();
}

/// Closed sets of which the domain has the names. Where there is a second word, that stands for names of later versions.
macro_rules! named {
    ($($set:ident $(or $other:ident)?;)+) => { $(
        impl Written for $set {
            fn written(&self) -> Cow<'_, str> {
                Cow::from(self.name())
            }

            fn read(text: &str) -> Option<Self> {
                Self::ALL.into_iter().find(|member| member.name() == text)$(.or(Some(Self::$other)))?
            }

            fn expected() -> String {
                format!("one of {}", Self::ALL.map(Self::name).join(", "))
            }

            #[cfg(test)]
            fn schema() -> schemars::Schema {
                schemars::json_schema!({ "type": "string", "enum": Self::ALL.map(Self::name) })
            }
        }
    )+ };
}

named! {
    Command;
    AgreedBy;
    KnownRequester;
    Service;
    StartServices;
    TroubleKind or Refused;
}

/// Closed sets that have their names here. Never changed: documents and journals outlive the version that wrote them.
macro_rules! names {
    ($($set:ident { $($member:ident = $name:literal),+ $(,)? })+) => { $(
        impl Written for $set {
            fn written(&self) -> Cow<'_, str> {
                Cow::from(match self {
                    $(Self::$member => $name,)+
                })
            }

            fn read(text: &str) -> Option<Self> {
                match text {
                    $($name => Some(Self::$member),)+
                    _ => None,
                }
            }

            #[cfg(test)]
            fn schema() -> schemars::Schema {
                schemars::json_schema!({ "type": "string", "enum": [$($name),+] })
            }
        }
    )+ };
}

names! {
    Store { Local = "registry", Remote = "activeDirectory" }
    Protocol { Pop3 = "pop3", Imap4 = "imap4" }
    Security { Plain = "plain", Tls = "tls" }
    Standing { Served = "served", NotServed = "notServed", NotKnown = "notKnown" }
    StartTls { Offered = "offered", NotOffered = "notOffered", NotTold = "notTold" }
    Foreign {
        Http = "http",
        Smtp = "smtp",
        Ssh = "ssh",
        Tls = "tls",
        Endless = "endlessLine",
        Other = "other",
    }
}

impl Written for Timestamp {
    fn written(&self) -> Cow<'_, str> {
        Cow::from(self.to_string())
    }

    fn read(text: &str) -> Option<Self> {
        text.parse().ok()
    }

    /// UTC alone.
    #[cfg(test)]
    fn schema() -> schemars::Schema {
        schemars::json_schema!({
            "type": "string",
            "pattern": r"^-?\d{4,6}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$",
        })
    }
}

impl Written for TlsVersion {
    fn written(&self) -> Cow<'_, str> {
        Cow::from(match self {
            Self::Ssl30 => "ssl3.0",
            Self::Tls10 => "tls1.0",
            Self::Tls11 => "tls1.1",
            Self::Tls12 => "tls1.2",
            Self::Tls13 => "tls1.3",
            Self::Unknown(number) => return Cow::from(format!("0x{number:04x}")),
        })
    }

    fn read(text: &str) -> Option<Self> {
        let known = [Self::Ssl30, Self::Tls10, Self::Tls11, Self::Tls12, Self::Tls13];
        let number = || u16::from_str_radix(text.strip_prefix("0x")?, 16).ok();
        known.into_iter().find(|version| version.written() == text).or_else(|| number().map(Self::of))
    }
}

impl Written for RunId {
    fn written(&self) -> Cow<'_, str> {
        Cow::from(self.as_str())
    }

    fn read(text: &str) -> Option<Self> {
        Self::parse(text)
    }

    #[cfg(test)]
    fn schema() -> schemars::Schema {
        schemars::json_schema!({ "type": "string", "pattern": r"^\d{8}-\d{6}-\d{3}$" })
    }
}
