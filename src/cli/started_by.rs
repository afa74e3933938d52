//! Who started relight, where the words say no more than that: a plugin's exit code, and a resource's messages, are read also
//! of a wrong command line.

use std::borrow::Cow;
use std::ffi::OsString;

use clap::CommandFactory;

use super::monitoring::NAGIOS;
use super::typed::Typed;

/// Whether these words, right or wrong, are to be a check for Nagios, which knows no exit codes but its own.
pub fn is_for_nagios(words: &[OsString]) -> bool {
    let words = words.iter().skip(1).map(|word| word.to_string_lossy()).collect::<Vec<_>>();
    let is_it = |value: &str| value.eq_ignore_ascii_case(NAGIOS);
    let apart = words.windows(2).any(|pair| pair[0] == "--format" && is_it(&pair[1]));
    let together = words.iter().filter_map(|word| word.strip_prefix("--format=")).any(is_it);
    if !apart && !together {
        return false;
    }
    command(&words).is_none_or(|command| command == "check")
}

/// Whether these words, right or wrong, are what DSC asks of its resource.
pub fn is_for_dsc(words: &[OsString]) -> bool {
    let words = words.iter().skip(1).map(|word| word.to_string_lossy()).collect::<Vec<_>>();
    command(&words).is_some_and(|command| command == "dsc")
}

/// The first of the words that is a command.
fn command<'a>(words: &'a [Cow<'_, str>]) -> Option<&'a str> {
    let typed = Typed::command();
    let is_command = |word: &&str| typed.get_subcommands().any(|command| command.get_name() == *word);
    words.iter().map(AsRef::as_ref).find(is_command)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_check_for_nagios_is_known_by_its_words_whatever_else_is_wrong_with_them() {
        for (words, expected) in [
            ("check --format nagios", true),
            ("--format nagios check", true),
            ("check --format=nagios --bogus", true),
            ("check --format Nagios", true),
            ("--format nagios", true),
            ("--format nagios chekc", true),
            ("check fix --format nagios", true),
            ("fix --format nagios", false),
            ("check --format json", false),
            ("check nagios --format", false),
            ("", false),
        ] {
            let words = ["relight"].into_iter().chain(words.split(' ')).map(OsString::from).collect::<Vec<_>>();
            assert_eq!(is_for_nagios(&words), expected, "{words:?}");
        }
    }
}
