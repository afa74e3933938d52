//! What a typed line means: pure parsers. What they do not understand is asked again, never guessed.

use crate::domain::{Server, ServerSnapshot};

/// An answer to a question about an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reply {
    /// Set it Active.
    Yes,
    /// Leave it.
    No,
    /// Set it Active, and all later ones of its kind.
    All,
    /// Say more first.
    Explain,
    /// Ask nothing more, change nothing.
    Quit,
}

/// An answer to the question about an entry; an empty line is the default.
///
/// # Errors
/// What to say before the question is asked again.
pub fn to_entry(line: &str, default: Reply) -> Result<Reply, &'static str> {
    match word(line).as_str() {
        "" => Ok(default),
        "y" | "yes" => Ok(Reply::Yes),
        "n" | "no" => Ok(Reply::No),
        "a" | "all" => Ok(Reply::All),
        "e" | "explain" | "?" | "h" | "help" => Ok(Reply::Explain),
        "q" | "quit" | "exit" => Ok(Reply::Quit),
        _ => Err("Please answer yes, no, all, explain or quit; the first letter is enough."),
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
        "y" | "yes" | "a" | "all" => Err("To say yes here, type the name of the server; Enter means no."),
        _ => Err("That is not the name of this server. Type it to say yes; Enter means no."),
    }
}

/// An answer to the last question; an empty line is no.
///
/// # Errors
/// What to say before the question is asked again.
pub fn to_commands(line: &str) -> Result<bool, &'static str> {
    match word(line).as_str() {
        "y" | "yes" => Ok(true),
        "" | "n" | "no" | "q" | "quit" | "exit" => Ok(false),
        _ => Err("Please answer yes or no."),
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
    fn an_entry_is_answered_with_a_word_or_its_first_letter() {
        for (line, expected) in [
            ("y", Some(Reply::Yes)),
            (" YES ", Some(Reply::Yes)),
            ("n", Some(Reply::No)),
            ("No", Some(Reply::No)),
            ("all", Some(Reply::All)),
            ("?", Some(Reply::Explain)),
            ("explain", Some(Reply::Explain)),
            ("Q", Some(Reply::Quit)),
            ("ye", None),
            ("yes please", None),
            ("ja", None),
            ("1", None),
            ("yn", None),
        ] {
            assert_eq!(to_entry(line, Reply::No).ok(), expected, "{line:?}");
        }
        for default in [Reply::Yes, Reply::No] {
            assert_eq!(to_entry("  ", default), Ok(default));
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
            ("all", None),
            ("EX02", None),
            ("ex01.fabrikam.local", None),
        ] {
            assert_eq!(to_server_wide(line, &names).ok(), expected, "{line:?}");
        }
    }

    #[test]
    fn the_commands_are_run_on_a_clear_yes_only() {
        for (line, expected) in [
            ("y", Some(true)),
            ("Yes", Some(true)),
            ("", Some(false)),
            ("n", Some(false)),
            ("q", Some(false)),
            ("ok", None),
        ] {
            assert_eq!(to_commands(line).ok(), expected, "{line:?}");
        }
    }
}
