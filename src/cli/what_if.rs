//! `-WhatIf`, as every cmdlet that changes something knows it. clap would take it for options of one letter each; so it becomes
//! the long option before clap sees it.

use std::ffi::OsString;

/// The option that clap knows.
const OPTION: &str = "--what-if";

/// What is wrong with a value behind `-WhatIf:`.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum WhatIfError {
    #[error(
        "{0} is refused, because it is easily taken for a preview: leave it out where changes are to be made, and give \
         -WhatIf, or --dry-run, where none are"
    )]
    Off(String),
    #[error("{0} is neither on nor off: give -WhatIf, or --dry-run, alone")]
    Unclear(String),
}

/// The words with each `-WhatIf` as the long option, in whatever case it was typed. `--` ends the options here as well.
pub(super) fn translated(words: Vec<OsString>) -> Result<Vec<OsString>, WhatIfError> {
    let mut options = true;
    let one = |word: OsString| {
        options &= word != "--";
        match word.to_str().filter(|_| options) {
            Some(text) => Ok(if is_on(text)? { OPTION.into() } else { word }),
            None => Ok(word),
        }
    };
    words.into_iter().map(one).collect()
}

/// Whether a word is `-WhatIf`. PowerShell hands the value of a switch on as `-WhatIf:True`, cmd.exe as it was typed.
fn is_on(word: &str) -> Result<bool, WhatIfError> {
    let lower = word.to_ascii_lowercase();
    let Some(rest) = lower.strip_prefix("-whatif").or_else(|| lower.strip_prefix("--whatif")) else { return Ok(false) };
    match rest.strip_prefix(':').map(|value| value.trim_start_matches('$')) {
        None if rest.is_empty() => Ok(true),
        Some("true" | "1") => Ok(true),
        Some("false" | "0") => Err(WhatIfError::Off(word.to_owned())),
        Some(_) | None => Err(WhatIfError::Unclear(word.to_owned())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(line: &str) -> Vec<OsString> {
        line.split_whitespace().map(OsString::from).collect()
    }

    #[test]
    fn what_if_is_one_option_in_any_case() {
        for typed in ["-WhatIf", "-whatif", "-WHATIF", "--WhatIf", "-WhatIf:$true", "-WhatIf:True", "-whatif:1"] {
            assert_eq!(translated(words(&format!("relight fix {typed} -y"))), Ok(words("relight fix --what-if -y")));
        }
        for other in ["relight fix --what-if EX01", "relight fix -- -WhatIf", "relight fix -w whatif", "relight"] {
            assert_eq!(translated(words(other)), Ok(words(other)));
        }
    }

    #[test]
    fn a_what_if_that_is_off_or_unclear_is_refused() {
        for (typed, off) in [
            ("-WhatIf:$false", true),
            ("-whatif:False", true),
            ("-WhatIf:0", true),
            ("-WhatIf:", false),
            ("-WhatIf=false", false),
            ("-WhatIfs", false),
        ] {
            let refused = if off { WhatIfError::Off(typed.to_owned()) } else { WhatIfError::Unclear(typed.to_owned()) };
            assert_eq!(translated(words(&format!("relight fix {typed}"))), Err(refused));
        }
    }
}
