//! The list of runs as a document, `relight/history/1.0`.

use std::io;

use jiff::Timestamp;
use serde::Serialize;

use crate::domain::{self, AgreedBy, Command, RunId};

use super::change::texts;
use super::document::{ErrorDocument, Exit, text};
use super::line::Sums;
use super::run::RunState;
use super::text::Text;

/// The schema that the document names.
const SCHEMA: &str = "relight/history/1.0";

/// The runs that could change something.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct HistoryDocument {
    /// The schema of this document.
    #[cfg_attr(test, schemars(extend("const" = SCHEMA)))]
    pub schema: &'static str,
    /// How many there are in all.
    pub total: usize,
    /// The newest, newest first.
    pub runs: Vec<Brief>,
    /// Those among the newest of which not even the first line makes sense, or which others may have written.
    pub illegible: Vec<Text<RunId>>,
    /// The exit code where there is nothing to show; null where there is.
    pub exit_code: Option<u8>,
    /// The name of that exit code; null where there is something to show.
    pub exit: Option<&'static str>,
    /// Why there is nothing to show; null where there is.
    pub error: Option<ErrorDocument>,
}

/// A run in short.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Brief {
    /// Its name.
    pub run: Text<RunId>,
    /// Whether it has ended, is going on, or was interrupted.
    pub state: RunState,
    /// What was run.
    pub command: Text<Command>,
    /// Who gave the consent to changes.
    pub agreed_by: Text<AgreedBy>,
    /// When it began, UTC.
    pub begun: Text<Timestamp>,
    /// The account that ran it.
    pub user: String,
    /// The scenario; null where Exchange servers were involved.
    pub simulated: Option<String>,
    /// The run that it undoes; null: none.
    pub undoes: Option<Text<RunId>>,
    /// The exit code; null: it has not ended.
    pub exit_code: Option<u8>,
    /// The name of the exit code; null: it has not ended.
    pub exit: Option<String>,
    #[serde(flatten)]
    pub sums: Sums,
}

/// The list, and how many runs there are in all.
///
/// # Errors
/// When serialising fails, which no list is known to bring about.
pub fn history(briefs: &domain::Briefs) -> io::Result<String> {
    let runs = briefs.runs.iter().map(Brief::from).collect();
    let illegible = texts(&briefs.illegible);
    let total = briefs.total;
    text(&HistoryDocument { schema: SCHEMA, total, runs, illegible, exit_code: None, exit: None, error: None })
}

/// There is nothing to show: why.
///
/// # Errors
/// As [`history`].
pub fn history_failure(exit: Exit, message: &str, hints: &[String]) -> io::Result<String> {
    text(&HistoryDocument {
        schema: SCHEMA,
        total: 0,
        illegible: Vec::new(),
        runs: Vec::new(),
        exit_code: Some(exit.code),
        exit: Some(exit.name),
        error: Some(ErrorDocument::new(message, hints)),
    })
}

impl From<&domain::Brief> for Brief {
    fn from(run: &domain::Brief) -> Self {
        Self {
            run: (&run.id).into(),
            state: RunState::of(run.exit.is_some(), run.is_live),
            command: Text(run.command),
            agreed_by: Text(run.agreed_by),
            begun: Text(run.begun),
            user: run.user.clone(),
            simulated: run.simulated.clone(),
            undoes: run.undoes.as_ref().map(Text::from),
            exit_code: run.exit.as_ref().map(|(code, _)| *code),
            exit: run.exit.as_ref().map(|(_, name)| name.clone()),
            sums: run.sums.into(),
        }
    }
}
