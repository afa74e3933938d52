//! What a program that shows a run is told beside its result, as lines of the stream: progress, and the plan; and its answer.

use serde::{Deserialize, Serialize};

use crate::domain::{Offer, Run, RunId, Server};

use super::plan::Proposal;
use super::text::Text;

/// The longest answer, in bytes: numbers of more proposals than there are servers.
pub const LONGEST_ANSWER: usize = 1024 * 1024;

/// What is being done, as on a screen.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Progress {
    /// The server; null: it is about no one of them.
    pub server: Option<Text<Server>>,
    /// What is being done. For people: it may change.
    pub doing: String,
    /// How many servers of so many are done; null: there are not several.
    pub done: Option<usize>,
    /// Of how many; null: there are not several.
    pub of: Option<usize>,
}

/// What could be done, once all servers were looked at: only where a program shows the run, and the run may change something.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct PlanLine {
    /// The name of the run; null where it has no journal, because it changes nothing.
    pub run: Option<Text<RunId>>,
    /// The scenario; null where Exchange servers are involved.
    pub simulated: Option<String>,
    /// Whether one line is read from stdin now: {"agreed":[1,2]}, with the numbers of what is confirmed.
    pub awaits_answer: bool,
    /// Every proposal, over all servers.
    pub proposals: Vec<Offered>,
}

/// A proposal, as it is offered.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Offered {
    /// What it is confirmed by, from 1; null: nobody can confirm it, because of an obstacle or an objection, its own or of
    /// what it needs.
    pub number: Option<usize>,
    /// The number of what has to be confirmed as well, or this comes to nothing; null: of nothing.
    pub needs_number: Option<usize>,
    /// The server as it was asked for.
    pub server: Text<Server>,
    #[serde(flatten)]
    pub proposal: Proposal,
}

/// What was agreed to.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Answer {
    agreed: Vec<usize>,
}

impl Progress {
    /// `servers`: how many are done, and of how many, where there are several.
    pub fn of(server: Option<&Server>, doing: &str, servers: Option<(usize, usize)>) -> Self {
        Self {
            server: server.map(Text::from),
            doing: doing.to_owned(),
            done: servers.map(|(done, _)| done),
            of: servers.map(|(_, of)| of),
        }
    }
}

impl PlanLine {
    pub fn of(run: &Run, offers: &[Offer<'_>], awaits_answer: bool) -> Self {
        let offered = |offer: &Offer<'_>| Offered {
            number: offer.number,
            needs_number: offer.needs,
            server: offer.server.server().into(),
            proposal: Proposal::of(&offer.server.before, offer.proposal),
        };
        Self {
            run: run.id.as_ref().map(Text::from),
            simulated: run.simulated.clone(),
            awaits_answer,
            proposals: offers.iter().map(offered).collect(),
        }
    }
}

/// The numbers that a line agrees to; `None`: it is no answer.
pub fn answer(line: &[u8]) -> Option<Vec<usize>> {
    // The .NET Framework puts one before the first line, as the console's encoding may say.
    let line = line.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(line);
    serde_json::from_slice::<Answer>(line).ok().map(|answer| answer.agreed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_list_of_numbers_is_an_answer() {
        for (line, numbers) in [
            (r#"{"agreed":[]}"#, Some(vec![])),
            (r#"{"agreed":[1,2]}"#, Some(vec![1, 2])),
            (" { \"agreed\" : [ 3 ] }\r", Some(vec![3])),
            ("\u{feff}{\"agreed\":[1]}", Some(vec![1])),
            ("", None),
            ("yes", None),
            ("[1]", None),
            ("{}", None),
            (r#"{"agreed":1}"#, None),
            (r#"{"agreed":["1"]}"#, None),
            (r#"{"agreed":[-1]}"#, None),
            (r#"{"agreed":[1.5]}"#, None),
            (r#"{"agreed":[1],"more":2}"#, None),
            (r#"{"agreed":[1],"agreed":[2]}"#, None),
            (r#"{"agreed":[1]} {"agreed":[2]}"#, None),
            (r#"{"agreed":[1]"#, None),
            (r#"{"agreed":null}"#, None),
        ] {
            assert_eq!(answer(line.as_bytes()), numbers, "{line}");
        }
        assert_eq!(answer(b"{\"agreed\":[1]}\xff"), None);
    }
}
