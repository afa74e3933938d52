//! The values in a scenario file, each checked where it stands, so that an error names its line.

use serde::de::{Deserialize, Deserializer, Error};

use crate::domain::{Server, State};

use super::catalog;

/// The only format there is; the first field of every scenario.
pub(crate) const FORMAT: &str = "relight/scenario/1.0";

pub(crate) fn format<'de, D: Deserializer<'de>>(from: D) -> Result<String, D::Error> {
    let text = String::deserialize(from)?;
    if text == FORMAT {
        Ok(text)
    } else {
        Err(D::Error::custom(format!("this relight reads the format \"{FORMAT}\", not {text:?}")))
    }
}

pub(crate) fn server_name<'de, D: Deserializer<'de>>(from: D) -> Result<String, D::Error> {
    let text = String::deserialize(from)?;
    match Server::parse(&text) {
        Ok(_) => Ok(text),
        Err(why) => Err(D::Error::custom(format!("{text:?} is not the name of a server: {why}"))),
    }
}

pub(crate) fn some_server_name<'de, D: Deserializer<'de>>(from: D) -> Result<Option<String>, D::Error> {
    server_name(from).map(Some)
}

pub(crate) fn version<'de, D: Deserializer<'de>>(from: D) -> Result<String, D::Error> {
    let text = String::deserialize(from)?;
    if catalog::major(&text).is_some() {
        Ok(text)
    } else {
        Err(D::Error::custom(format!("{text:?} has no version number; write it like \"Version 15.1 (Build 2375.7)\"")))
    }
}

pub(crate) fn requester<'de, D: Deserializer<'de>>(from: D) -> Result<String, D::Error> {
    let text = String::deserialize(from)?;
    if text.is_empty() { Err(D::Error::custom("a requester has a name")) } else { Ok(text) }
}

/// Names that relight does not know are kept, but one that is nearly a known one is a typing error.
pub(crate) fn state<'de, D: Deserializer<'de>>(from: D) -> Result<String, D::Error> {
    let text = String::deserialize(from)?;
    let known = [State::Active, State::Inactive, State::Draining];
    match State::parse(&text) {
        State::Active | State::Inactive | State::Draining => Ok(text),
        State::Unknown(odd) => {
            let lower = odd.to_ascii_lowercase();
            let near = |state: &&State| strsim::damerau_levenshtein(&lower, &state.name().to_ascii_lowercase()) <= 2;
            match known.iter().find(near) {
                Some(meant) => Err(D::Error::custom(format!("{odd:?} is no state; `{meant}` was probably meant"))),
                None if odd.is_empty() => Err(D::Error::custom("a state is Active, Inactive or Draining")),
                None => Ok(odd),
            }
        }
    }
}

pub(crate) fn some_state<'de, D: Deserializer<'de>>(from: D) -> Result<Option<String>, D::Error> {
    state(from).map(Some)
}

/// A time in UTC, and said to be: a time without zone or with an offset is refused rather than guessed at.
pub(crate) mod utc {
    use jiff::Timestamp;
    use serde::de::{Deserialize, Deserializer, Error};
    use serde::ser::Serializer;

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Timestamp, D::Error> {
        let text = String::deserialize(from)?;
        let parsed = if text.ends_with(['Z', 'z']) { text.parse::<Timestamp>().ok() } else { None };
        parsed.ok_or_else(|| {
            D::Error::custom(format!(
                "{text:?} is not a time in UTC; write it like \"2026-03-14T02:31:52Z\", with the Z at the end"
            ))
        })
    }

    pub(crate) fn serialize<S: Serializer>(time: &Timestamp, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(time)
    }
}

/// The same, where the field may be absent.
pub(crate) mod optional_utc {
    use jiff::Timestamp;
    use serde::de::Deserializer;
    use serde::ser::Serializer;

    use crate::simulator::format::value::utc;

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Timestamp>, D::Error> {
        utc::deserialize(from).map(Some)
    }

    pub(crate) fn serialize<S: Serializer>(time: &Option<Timestamp>, to: S) -> Result<S::Ok, S::Error> {
        match time {
            Some(time) => utc::serialize(time, to),
            None => to.serialize_none(),
        }
    }
}
