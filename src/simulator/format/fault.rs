//! What can go wrong, in the words of a scenario file. One object with one field, whose name is the fault.

use std::num::NonZeroU32;

use serde::{Deserialize, Serialize};

use super::selector::{Names, Op, When};
use super::value;

/// One thing that goes wrong.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", rename_all_fields = "camelCase", deny_unknown_fields)]
pub(crate) enum Fault {
    /// Loading the Exchange shell takes this long, in real time.
    SlowLoad { milliseconds: u64 },
    /// A call takes this long, in real time, before it has any effect.
    SlowCall {
        milliseconds: u64,
        #[serde(default, skip_serializing_if = "When::is_always")]
        when: When,
    },
    /// A service follows a change of its component, or its own start, so much later, in real time.
    SlowToFollow { milliseconds: u64 },
    /// The Exchange shell cannot be loaded.
    FailedLoad {},
    /// The Exchange shell asks a question while it loads, which nobody can answer.
    PromptOnLoad {},
    /// The account has no role that brings this cmdlet.
    MissingCmdlet {
        /// For example `Set-ServerComponentState`.
        cmdlet: String,
    },
    /// PowerShell runs in the constrained language mode.
    ConstrainedLanguage {},
    /// PowerShell is a 32-bit one.
    #[serde(rename = "32-bit")]
    Bits32 {},
    /// The shell ends in good order, instead of answering.
    EarlyEnd {
        /// Instead of which answers.
        #[serde(default, skip_serializing_if = "When::is_always")]
        when: When,
    },
    /// The shell crashes instead of answering.
    Crash {
        /// Whether the call has taken effect by then.
        #[serde(default)]
        effect: Effect,
        /// Instead of which answers.
        #[serde(default, skip_serializing_if = "When::is_always")]
        when: When,
    },
    /// The shell never answers (it ends by itself after ten minutes).
    Hang {
        /// Whether the call has taken effect by then.
        #[serde(default)]
        effect: Effect,
        /// Instead of which answers.
        #[serde(default, skip_serializing_if = "When::is_always")]
        when: When,
    },
    /// The account may not do it.
    AccessDenied {
        #[serde(default, skip_serializing_if = "When::is_always")]
        when: When,
    },
    /// The cmdlet reports an error, and nothing changes.
    Refused {
        #[serde(default = "refusal")]
        message: String,
        /// The category of the error, for example `InvalidOperation`.
        #[serde(default = "invalid_operation")]
        category: String,
        #[serde(default, skip_serializing_if = "When::is_always")]
        when: When,
    },
    /// `LocalStates` is `$null`, although entries are there.
    UnreadableRegistry {
        #[serde(default, skip_serializing_if = "When::is_always")]
        when: When,
    },
    /// Set reports success, but the registry stays as it was.
    LostRegistryWrite {
        #[serde(default, skip_serializing_if = "When::is_always")]
        when: When,
    },
    /// Set reports success, but Active Directory stays as it was.
    LostDirectoryWrite {
        #[serde(default, skip_serializing_if = "When::is_always")]
        when: When,
    },
    /// Active Directory is written; then the cmdlet reports that the registry does not answer.
    RegistryFails {
        #[serde(default, skip_serializing_if = "When::is_always")]
        when: When,
    },
    /// The shell never answers, and the change is made all the same, so many seconds later by the clock of the scenario.
    LateWrite {
        seconds: u32,
        #[serde(default, skip_serializing_if = "When::is_always")]
        when: When,
    },
    /// The Health Manager, where it runs, copies sooner than after 300 s: after so many reads of the component.
    CopiedAfter { reads: u32 },
    /// A requester sets the component Inactive again after it was set Active.
    FlipsBack {
        /// On which servers; by default on all.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        server: Option<Names>,
        component: String,
        requester: String,
        /// So many reads after the change still show it Active.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        after_reads: Option<u32>,
        /// So many seconds after its Active entry was recorded, by the clock of the scenario.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        after_seconds: Option<u32>,
    },
    /// Somebody else records a state while relight is at work.
    Meanwhile {
        /// On which servers; by default on all.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        server: Option<Names>,
        component: String,
        /// Just before this read of the component, counted from 1.
        read: NonZeroU32,
        #[serde(deserialize_with = "value::requester")]
        requester: String,
        #[serde(deserialize_with = "value::state")]
        state: String,
    },
    /// The servers do not answer, though Active Directory knows them.
    ServerDown { server: Names },
    /// What the cmdlet returns cannot be used.
    MalformedObjects {
        kind: Malformed,
        #[serde(default, skip_serializing_if = "When::is_always")]
        when: When,
    },
    /// Another server answers than the one asked.
    WrongServer {
        /// The fully qualified name it gives.
        answers: String,
        #[serde(default, skip_serializing_if = "When::is_always")]
        when: When,
    },
}

fn refusal() -> String {
    "The operation couldn't be performed.".to_owned()
}

fn invalid_operation() -> String {
    "InvalidOperation".to_owned()
}

/// In which way an answer cannot be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Malformed {
    /// An object without the properties of a component state (failed deserialisation).
    NoProperties,
    /// No object at all.
    NoObjects,
}

/// Whether a call takes effect before the shell is lost.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Effect {
    /// The shell is lost before anything changes.
    #[default]
    Before,
    /// The change is made, and the shell is lost before it can say so.
    After,
}

impl Fault {
    /// Its name in a scenario file.
    pub(crate) fn tag(&self) -> String {
        let json = serde_json::to_value(self).ok();
        let name = json.as_ref().and_then(|json| json.as_object()).and_then(|fault| fault.keys().next());
        name.cloned().unwrap_or_default()
    }

    /// Which calls it applies to; `None`: it is not about single calls.
    pub(crate) fn when(&self) -> Option<(&When, &'static [Op])> {
        match self {
            Self::EarlyEnd { when } | Self::Crash { when, .. } | Self::Hang { when, .. } => Some((when, &Op::ALL)),
            Self::AccessDenied { when } | Self::Refused { when, .. } | Self::SlowCall { when, .. } => {
                Some((when, Op::CALLS))
            }
            Self::UnreadableRegistry { when }
            | Self::MalformedObjects { when, .. }
            | Self::WrongServer { when, .. } => Some((when, &[Op::GetComponentState])),
            Self::LostRegistryWrite { when }
            | Self::LostDirectoryWrite { when }
            | Self::RegistryFails { when }
            | Self::LateWrite { when, .. } => Some((when, &[Op::SetComponentState])),
            Self::SlowLoad { .. }
            | Self::SlowToFollow { .. }
            | Self::FailedLoad {}
            | Self::PromptOnLoad {}
            | Self::MissingCmdlet { .. }
            | Self::ConstrainedLanguage {}
            | Self::Bits32 {}
            | Self::CopiedAfter { .. }
            | Self::FlipsBack { .. }
            | Self::Meanwhile { .. }
            | Self::ServerDown { .. } => None,
        }
    }
}
