//! What a typed line means: pure parsers. What they do not understand is asked again, never guessed.

use crate::domain::{Server, ServerSnapshot};

/// An answer to a question.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reply {
    /// Run the commands.
    Yes,
    /// Leave it as it is.
    No,
    /// Ask about each part by itself.
    Choose,
    /// Say more first.
    Explain,
    /// Ask nothing more, change nothing.
    Quit,
}

/// An answer to a question with these commands; an empty line is the default. `has_choice`: it has parts.
///
/// # Errors
/// What to say before the question is asked again.
pub fn to_question(line: &str, default: Reply, has_choice: bool) -> Result<Reply, &'static str> {
    match word(line).as_str() {
        "" => Ok(default),
        "y" | "yes" => Ok(Reply::Yes),
        "n" | "no" => Ok(Reply::No),
        "c" | "choose" if has_choice => Ok(Reply::Choose),
        "e" | "explain" | "?" | "h" | "help" => Ok(Reply::Explain),
        "q" | "quit" | "exit" => Ok(Reply::Quit),
        _ if has_choice => Err("Please answer yes, no, choose, explain or quit; the first letter is enough."),
        _ => Err("Please answer yes, no, explain or quit; the first letter is enough."),
    }
}

/// An answer to the question about ServerWideOffline: yes is the name of the server, and nothing else is; an empty line
/// is no.
///
/// # Errors
/// What to say before the question is asked again.
pub fn to_server_wide(line: &str, names: &[&str]) -> Result<Reply, &'static str> {
    let typed = line.trim();
    if !typed.is_empty() && names.iter().any(|name| name.eq_ignore_ascii_case(typed)) {
        return Ok(Reply::Yes);
    }
    match word(line).as_str() {
        "" | "n" | "no" => Ok(Reply::No),
        "e" | "explain" | "?" | "h" | "help" => Ok(Reply::Explain),
        "q" | "quit" | "exit" => Ok(Reply::Quit),
        "y" | "yes" => Err("To say yes here, type the name of the server; Enter means no."),
        _ => Err("That is not the name of this server. Type it to say yes; Enter means no."),
    }
}

/// An answer to a question about an undo; an empty line is no.
///
/// # Errors
/// What to say before the question is asked again.
pub fn to_undo(line: &str) -> Result<Reply, &'static str> {
    match word(line).as_str() {
        "y" | "yes" => Ok(Reply::Yes),
        "" | "n" | "no" => Ok(Reply::No),
        "q" | "quit" | "exit" => Ok(Reply::Quit),
        _ => Err("Please answer yes, no or quit; the first letter is enough."),
    }
}

fn word(line: &str) -> String {
    line.trim().to_ascii_lowercase()
}

/// The names that a server goes by: as it was asked for, its host name, and what Exchange calls it.
pub fn names_of(snapshot: &ServerSnapshot) -> Vec<&str> {
    let mut names = vec![snapshot.server.as_str(), Server::host(&snapshot.server)];
    if let Some(exchange) = &snapshot.exchange {
        names.extend(exchange.name.as_deref());
        names.extend(exchange.fqdn.as_deref());
    }
    names
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::screens::fixtures::kb_fault;

    #[test]
    fn a_question_is_answered_with_a_word_or_its_first_letter() {
        for (line, expected) in [
            ("y", Some(Reply::Yes)),
            (" YES ", Some(Reply::Yes)),
            ("n", Some(Reply::No)),
            ("No", Some(Reply::No)),
            ("c", Some(Reply::Choose)),
            ("?", Some(Reply::Explain)),
            ("explain", Some(Reply::Explain)),
            ("Q", Some(Reply::Quit)),
            ("all", None),
            ("ye", None),
            ("yes please", None),
            ("ja", None),
            ("1", None),
            ("yn", None),
        ] {
            assert_eq!(to_question(line, Reply::No, true).ok(), expected, "{line:?}");
            let without_choice = expected.filter(|reply| *reply != Reply::Choose);
            assert_eq!(to_question(line, Reply::No, false).ok(), without_choice, "{line:?}");
        }
        for default in [Reply::Yes, Reply::No] {
            assert_eq!(to_question("  ", default, true), Ok(default));
        }
    }

    #[test]
    fn server_wide_offline_is_agreed_to_by_the_name_of_the_server_alone() {
        let snapshot = kb_fault("EX01");
        let names = names_of(&snapshot);
        for (line, expected) in [
            ("EX01", Some(Reply::Yes)),
            ("ex01", Some(Reply::Yes)),
            (" Ex01.contoso.LOCAL ", Some(Reply::Yes)),
            ("", Some(Reply::No)),
            ("no", Some(Reply::No)),
            ("explain", Some(Reply::Explain)),
            ("q", Some(Reply::Quit)),
            ("y", None),
            ("yes", None),
            ("EX02", None),
            ("ex01.fabrikam.local", None),
        ] {
            assert_eq!(to_server_wide(line, &names).ok(), expected, "{line:?}");
        }
    }

    #[test]
    fn an_undo_is_made_on_a_clear_yes_only() {
        for (line, expected) in [
            ("y", Some(Reply::Yes)),
            ("Yes", Some(Reply::Yes)),
            ("", Some(Reply::No)),
            ("n", Some(Reply::No)),
            ("q", Some(Reply::Quit)),
            ("ok", None),
        ] {
            assert_eq!(to_undo(line).ok(), expected, "{line:?}");
        }
    }
}
