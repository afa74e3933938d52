//! Single values of the command line: what is accepted, and what is said of the rest.

use std::ffi::OsStr;
use std::time::Duration;

use clap::ValueEnum;
use clap::builder::{PossibleValue, TypedValueParser};

use crate::domain::probe::Endpoint;
use crate::domain::{Component, KnownRequester, Server, StartServices};
use crate::shell::Capabilities;

/// What one value of `--requester` stands for.
#[derive(Debug, Clone, Copy)]
pub enum Requesters {
    /// This one.
    One(KnownRequester),
    /// The five that the cmdlet knows.
    Any,
}

impl ValueEnum for StartServices {
    fn value_variants<'a>() -> &'a [Self] {
        &Self::ALL
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        Some(PossibleValue::new(self.name()).help(match self {
            Self::Automatic => "Those that start with Windows",
            Self::Manual => "The Manual ones too; the startup type stays",
            Self::None => "None",
        }))
    }
}

pub fn server(typed: &str) -> Result<Server, String> {
    Server::parse(typed).map_err(|error| format!("{error}; give a host name like EX01 or an FQDN"))
}

/// A name in Active Directory that is only ever compared.
pub fn named(typed: &str) -> Result<String, String> {
    let name = typed.trim();
    if name.is_empty() || name.chars().any(char::is_control) {
        Err("give a name".to_owned())
    } else {
        Ok(name.to_owned())
    }
}

/// The endpoints that one word of the command line stands for.
#[derive(Debug, Clone)]
pub struct Ports(pub Vec<Endpoint>);

pub fn ports(typed: &str) -> Result<Ports, String> {
    let parsed = Endpoint::parse(typed).map(Ports);
    parsed.map_err(|error| format!("{error}; give EX01, ex01.contoso.local:995 or [fd00::5]:110"))
}

/// A value that a completion script has names for.
#[derive(Debug, Clone)]
pub struct Named<T> {
    parse: fn(&str) -> Result<T, String>,
    names: Vec<&'static str>,
}

impl<T: Clone + Send + Sync + 'static> TypedValueParser for Named<T> {
    type Value = T;

    fn parse_ref(&self, command: &clap::Command, arg: Option<&clap::Arg>, typed: &OsStr) -> Result<T, clap::Error> {
        self.parse.parse_ref(command, arg, typed)
    }

    fn possible_values(&self) -> Option<Box<dyn Iterator<Item = PossibleValue> + '_>> {
        Some(Box::new(self.names.iter().map(PossibleValue::new)))
    }
}

/// What `--component` takes.
pub fn components() -> Named<Component> {
    Named { parse: component, names: COMPONENTS.to_vec() }
}

/// What `--requester` takes.
pub fn requesters() -> Named<Requesters> {
    let names = KnownRequester::ALL.map(KnownRequester::name);
    Named { parse: requester, names: names.into_iter().chain(["any"]).collect() }
}

/// What `--ignore-requester` takes.
pub fn named_requester() -> Named<KnownRequester> {
    Named { parse: known_requester, names: KnownRequester::ALL.map(KnownRequester::name).to_vec() }
}

/// The components that relight looks after.
const COMPONENTS: [&str; 2] = [Component::POP_PROXY, Component::IMAP_PROXY];

fn component(typed: &str) -> Result<Component, String> {
    let known = COMPONENTS;
    if let Some(name) = known.iter().find(|name| name.eq_ignore_ascii_case(typed)) {
        return Ok(Component::new(*name));
    }
    if typed.eq_ignore_ascii_case(Component::SERVER_WIDE_OFFLINE) {
        return Err(
            "ServerWideOffline is always looked at; to set it Active use fix with --include-server-wide-offline".into(),
        );
    }
    Err(format!("relight looks after {}{}", known.join(" and "), suggestion(typed, &known)))
}

fn requester(typed: &str) -> Result<Requesters, String> {
    if typed.eq_ignore_ascii_case("any") {
        return Ok(Requesters::Any);
    }
    requester_or(typed, " (or say any)").map(Requesters::One)
}

fn known_requester(typed: &str) -> Result<KnownRequester, String> {
    requester_or(typed, "")
}

/// One of the five; `or` is said behind them where there are other words.
fn requester_or(typed: &str, or: &str) -> Result<KnownRequester, String> {
    if let Some(known) = KnownRequester::ALL.into_iter().find(|known| known.name().eq_ignore_ascii_case(typed)) {
        return Ok(known);
    }
    let names = KnownRequester::ALL.map(KnownRequester::name);
    let known = format!("Exchange knows {}{or}", names.join(", "));
    if typed.parse::<i64>().is_ok() {
        let harm = "Exchange would record an entry that nothing can set Active again";
        return Err(format!("a requester is a name, not a number: {harm}; {known}"));
    }
    Err(format!("{known}{}", suggestion(typed, &names)))
}

pub fn capabilities(typed: &str) -> Result<Capabilities, String> {
    Capabilities::ALL
        .into_iter()
        .find(|capabilities| capabilities.word() == typed)
        .ok_or_else(|| "look, checkup, change or stop".into())
}

fn suggestion(typed: &str, known: &[&str]) -> String {
    let distance = |name: &str| strsim::jaro_winkler(&name.to_ascii_lowercase(), &typed.to_ascii_lowercase());
    known
        .iter()
        .max_by(|a, b| distance(a).total_cmp(&distance(b)))
        .filter(|name| distance(name) > 0.75)
        .map(|name| format!("; did you mean {name}?"))
        .unwrap_or_default()
}

/// Whole seconds, or a time with units such as `90s`, `3m` or `1m 30s`.
pub fn duration(typed: &str) -> Result<Duration, String> {
    let parsed = patience(typed)?;
    if parsed.is_zero() { Err("the time must be longer than zero".into()) } else { Ok(parsed) }
}

/// The same, or 0.
pub fn patience(typed: &str) -> Result<Duration, String> {
    /// Nobody means more, and a clock that is asked for much more has no such time.
    const LONGEST: Duration = Duration::from_secs(365 * 24 * 60 * 60);
    let parsed = match typed.parse::<u64>() {
        Ok(seconds) => Duration::from_secs(seconds),
        Err(_) => typed
            .parse::<jiff::SignedDuration>()
            .ok()
            .and_then(|duration| Duration::try_from(duration).ok())
            .ok_or("give seconds, or a time like 90s or 3m")?,
    };
    if parsed > LONGEST { Err("the time must be no longer than a year".into()) } else { Ok(parsed) }
}

/// A time as it can be typed, in the largest unit of which it is so many.
pub fn typed_duration(duration: Duration) -> String {
    let nanoseconds = duration.as_nanos();
    for (unit, long) in [("s", 1_000_000_000), ("ms", 1_000_000), ("us", 1_000)] {
        if nanoseconds.is_multiple_of(long) {
            return format!("{}{unit}", nanoseconds / long);
        }
    }
    format!("{nanoseconds}ns")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_longer_than_nothing_and_no_longer_than_a_year() {
        let second = Duration::from_secs(1);
        for (typed, expected) in [
            ("1", Some(second)),
            ("90s", Some(90 * second)),
            ("1m 30s", Some(90 * second)),
            ("31536000", Some(31_536_000 * second)),
            ("8760h", Some(31_536_000 * second)),
            ("31536001", None),
            ("8760h 1s", None),
            ("18446744073709551615", None),
            ("18446744073709551616", None),
            ("2562047788015215h", None),
            ("0", None),
            ("0s", None),
            ("-1s", None),
            ("soon", None),
            ("", None),
        ] {
            assert_eq!(duration(typed).ok(), expected, "{typed}");
        }
        assert_eq!(patience("0"), Ok(Duration::ZERO));
        assert!(patience("18446744073709551615").is_err());
    }

    #[test]
    fn a_time_that_is_printed_to_be_typed_again_is_the_same_time() {
        for (typed, printed) in [
            ("90", "90s"),
            ("2m", "120s"),
            ("1.5s", "1500ms"),
            ("1s 1us", "1000001us"),
            ("1ns", "1ns"),
            ("8759h 59m 59s 999999999ns", "31535999999999999ns"),
        ] {
            let parsed = duration(typed).expect("a time");
            assert_eq!((typed_duration(parsed).as_str(), duration(printed)), (printed, Ok(parsed)), "{typed}");
        }
    }
}
