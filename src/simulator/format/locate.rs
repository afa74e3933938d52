//! Paths into a JSON document, and the line and column a path leads to.

use std::fmt;

use serde::Deserializer;
use serde::de::{DeserializeSeed, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};

/// A path, for example `servers[0].components.PopProxy`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Path(Vec<Step>);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Step {
    Key(String),
    Index(usize),
}

impl Path {
    pub(crate) fn key(mut self, key: &str) -> Self {
        self.0.push(Step::Key(key.to_owned()));
        self
    }

    pub(crate) fn index(mut self, index: usize) -> Self {
        self.0.push(Step::Index(index));
        self
    }

    /// The line and column just before the value, counted from 1. Where the path leads nowhere: where that was noticed.
    pub(crate) fn locate(&self, json: &str) -> (usize, usize) {
        let mut reader = serde_json::Deserializer::from_str(json);
        match (Walk { rest: &self.0 }).deserialize(&mut reader) {
            Ok(()) => (1, 1),
            Err(stop) => (stop.line().max(1), stop.column().max(1)),
        }
    }
}

impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (position, step) in self.0.iter().enumerate() {
            match step {
                Step::Key(key) if position == 0 => write!(f, "{key}")?,
                Step::Key(key) => write!(f, ".{key}")?,
                Step::Index(index) => write!(f, "[{index}]")?,
            }
        }
        Ok(())
    }
}

/// Follows a path and stops with an error at its end, because the parser tells where an error was.
struct Walk<'a> {
    rest: &'a [Step],
}

impl<'de> DeserializeSeed<'de> for Walk<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<(), D::Error> {
        match self.rest.first() {
            None => Err(D::Error::custom("here")),
            Some(Step::Key(_)) => from.deserialize_map(self),
            Some(Step::Index(_)) => from.deserialize_seq(self),
        }
    }
}

impl<'de> Visitor<'de> for Walk<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("what the path leads through")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(key) = map.next_key::<String>()? {
            match self.rest.split_first() {
                Some((Step::Key(wanted), rest)) if *wanted == key => map.next_value_seed(Walk { rest })?,
                Some(_) | None => {
                    map.next_value::<IgnoredAny>()?;
                }
            }
        }
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<(), A::Error> {
        let Some((Step::Index(wanted), rest)) = self.rest.split_first() else { return Ok(()) };
        for _ in 0..*wanted {
            if seq.next_element::<IgnoredAny>()?.is_none() {
                return Ok(());
            }
        }
        seq.next_element_seed(Walk { rest })?;
        while seq.next_element::<IgnoredAny>()?.is_some() {}
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_leads_to_its_line() {
        let json = "{\n  \"a\": 1,\n  \"servers\": [\n    {\"name\": \"x\"},\n    {\"name\": \"y\"}\n  ]\n}";
        for (path, shown, line) in [
            (Path::default(), "", 1),
            (Path::default().key("a"), "a", 2),
            (Path::default().key("servers"), "servers", 3),
            (Path::default().key("servers").index(1), "servers[1]", 5),
            (Path::default().key("servers").index(0).key("name"), "servers[0].name", 4),
        ] {
            assert_eq!((path.to_string().as_str(), path.locate(json).0), (shown, line));
        }
    }
}
