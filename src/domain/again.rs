//! Options with the path of a file or folder, as they would be typed again: whoever reads one pastes it into cmd.exe or
//! PowerShell, elsewhere into sh, and relight gets the same path.

use std::fmt;

/// Where a printed command is typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Shells {
    /// cmd.exe and PowerShell, and the C runtime that takes the command line apart behind both.
    Windows,
    /// sh; PowerShell reads nearly all of it alike.
    Unix,
}

/// The option with this path.
pub(crate) fn option_with_path(name: &str, path: impl fmt::Display) -> String {
    written(name, &path.to_string(), if cfg!(windows) { Shells::Windows } else { Shells::Unix })
}

fn written(name: &str, path: &str, shells: Shells) -> String {
    // What begins with a dash would be taken for an option of its own.
    let between = if path.starts_with('-') { '=' } else { ' ' };
    let value = match shells {
        Shells::Windows => for_windows(path),
        Shells::Unix => for_unix(path),
    };
    format!("--{name}{between}{value}")
}

/// Whether no shell reads more into it than letters.
fn is_plain(path: &str, more: &str) -> bool {
    !path.is_empty()
        && !path.starts_with('~')
        && path.chars().all(|c| c.is_alphanumeric() || "/:.-_~".contains(c) || more.contains(c))
}

/// In double quotes, which both shells know, unless PowerShell would read more into what is in them; then in its single
/// quotes, because there is nothing that both take alike. cmd.exe puts the value of a variable for `%NAME%` in any case.
fn for_windows(path: &str) -> String {
    if is_plain(path, "\\") {
        return path.to_owned();
    }
    // A backslash before the closing quote would quote that. A folder is the same without it, the root of a drive is not.
    let trimmed = path.trim_end_matches('\\');
    let path = if trimmed.is_empty() || trimmed.ends_with(':') {
        let more = &path[trimmed.len()..];
        format!("{path}{more}")
    } else {
        trimmed.to_owned()
    };
    let is_double = |c| matches!(c, '"' | '\u{201C}'..='\u{201E}');
    if !path.contains(|c| matches!(c, '$' | '`') || is_double(c)) {
        return format!("\"{path}\"");
    }
    let is_single = |c| matches!(c, '\'' | '\u{2018}'..='\u{201B}');
    let doubled = path.chars().flat_map(|c| std::iter::repeat_n(c, if is_single(c) { 2 } else { 1 }));
    format!("'{}'", doubled.collect::<String>())
}

/// In double quotes, unless sh would read more into what is in them; then in single quotes.
fn for_unix(path: &str) -> String {
    if is_plain(path, "") {
        path.to_owned()
    } else if path.contains(['"', '$', '`', '\\', '!']) {
        format!("'{}'", path.replace('\'', r"'\''"))
    } else {
        format!("\"{path}\"")
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// What a program gets of one word that cmd.exe hands on: the rules of the C runtime.
    fn by_the_c_runtime(line: &str) -> Vec<String> {
        let (mut words, mut word, mut quoted, mut backslashes) = (Vec::new(), None::<String>, false, 0);
        for c in line.chars() {
            if c == '\\' {
                backslashes += 1;
                continue;
            }
            let into = |word: &mut Option<String>, count| {
                if count > 0 {
                    word.get_or_insert_default().push_str(&"\\".repeat(count));
                }
            };
            if c == '"' {
                into(&mut word, backslashes / 2);
                if backslashes % 2 == 1 {
                    word.get_or_insert_default().push('"');
                } else {
                    quoted = !quoted;
                    word.get_or_insert_default();
                }
            } else {
                into(&mut word, backslashes);
                if c == ' ' && !quoted {
                    words.extend(word.take());
                } else {
                    word.get_or_insert_default().push(c);
                }
            }
            backslashes = 0;
        }
        if backslashes > 0 {
            word.get_or_insert_default().push_str(&"\\".repeat(backslashes));
        }
        words.extend(word);
        assert!(!quoted, "a quote without an end: {line}");
        words
    }

    /// The words as PowerShell reads them, then as a program gets them from Windows PowerShell, which puts what has a space
    /// into quotes and does nothing else.
    fn by_powershell(line: &str) -> Vec<String> {
        let is_double = |c: char| matches!(c, '"' | '\u{201C}'..='\u{201E}');
        let is_single = |c: char| matches!(c, '\'' | '\u{2018}'..='\u{201B}');
        let (mut words, mut word) = (Vec::new(), None::<String>);
        let mut chars = line.chars().peekable();
        while let Some(first) = chars.next() {
            if first == ' ' {
                words.extend(word.take());
            } else if is_double(first) || is_single(first) {
                let ends: &dyn Fn(char) -> bool = if is_double(first) { &is_double } else { &is_single };
                let into = word.get_or_insert_default();
                loop {
                    let c = chars.next().expect("an end of the quotes");
                    if ends(c) && chars.next_if(|next| ends(*next)).is_none() {
                        break;
                    }
                    assert!(is_single(first) || !matches!(c, '$' | '`'), "PowerShell reads more into it: {line}");
                    into.push(c);
                }
            } else {
                assert!(!"$`;&|<>(){}@,#".contains(first), "PowerShell reads more into it: {line}");
                word.get_or_insert_default().push(first);
            }
        }
        words.extend(word);
        let handed = |word: String| if word.contains(' ') { format!("\"{word}\"") } else { word };
        by_the_c_runtime(&words.into_iter().map(handed).collect::<Vec<_>>().join(" "))
    }

    fn by_sh(line: &str) -> Vec<String> {
        let (mut words, mut word) = (Vec::new(), None::<String>);
        let mut chars = line.chars();
        while let Some(c) = chars.next() {
            match c {
                ' ' => words.extend(word.take()),
                '\\' => word.get_or_insert_default().extend(chars.next()),
                '\'' | '"' => {
                    let into = word.get_or_insert_default();
                    for inside in chars.by_ref().take_while(|inside| *inside != c) {
                        assert!(c == '\'' || !"$`\\!".contains(inside), "sh reads more into it: {line}");
                        into.push(inside);
                    }
                }
                c => {
                    assert!(!"$`;&|<>(){}*?[#!".contains(c), "sh reads more into it: {line}");
                    word.get_or_insert_default().push(c);
                }
            }
        }
        words.extend(word);
        words
    }

    /// The path that came of it, where the option and its path are one word or two.
    fn path_of(words: &[String]) -> String {
        match words {
            [one] => one.strip_prefix("--dir=").expect("the option").to_owned(),
            [option, path] if option == "--dir" => path.clone(),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_path_is_quoted_where_a_shell_would_read_more_into_it() {
        for (path, expected) in [
            (r"C:\relight", r"--dir C:\relight"),
            (r"C:\relight\", r"--dir C:\relight\"),
            (r"C:\my dir", r#"--dir "C:\my dir""#),
            (r"C:\my dir\", r#"--dir "C:\my dir""#),
            (r"\\srv\my share\\", r#"--dir "\\srv\my share""#),
            (r"\\?\C:\", r#"--dir "\\?\C:\\""#),
            (r"C:\a&b", r#"--dir "C:\a&b""#),
            (r"C:\$(calc)\it's", r"--dir 'C:\$(calc)\it''s'"),
            (r"-x\y", r"--dir=-x\y"),
        ] {
            assert_eq!(written("dir", path, Shells::Windows), expected);
        }
        for (path, expected) in [
            ("/var/lib/relight", "--dir /var/lib/relight"),
            ("/my dir", "--dir \"/my dir\""),
            (r"/my dir\", r"--dir '/my dir\'"),
            ("/it's $HOME", r"--dir '/it'\''s $HOME'"),
            ("~x", "--dir \"~x\""),
        ] {
            assert_eq!(written("dir", path, Shells::Unix), expected);
        }
    }

    proptest! {
        #[test]
        fn what_is_printed_is_read_back_as_the_same_path(
            path in r#"([A-Z]:|\\\\srv|-)?([\\/]{0,2}[ a\.'&%;,\(\){}@#~!\$`\u{201c}\u{201e}\u{2018}\u{201b}üé-]{0,4}){1,4}\\{0,3}"#,
        ) {
            prop_assume!(!path.is_empty());
            let line = written("dir", &path, Shells::Windows);
            // A folder is the same without the backslash at its end; the root of a drive is not.
            let bare = path.trim_end_matches('\\');
            let is_root = bare.is_empty() || bare.ends_with(':');
            let same = |read: &str| read.trim_end_matches('\\') == bare && (!is_root || read.len() >= path.len());
            let read = path_of(&by_powershell(&line));
            prop_assert!(same(&read), "PowerShell: {line} is read as {read}");
            if !line.contains('\'') || line.contains('"') {
                let read = path_of(&by_the_c_runtime(&line));
                prop_assert!(same(&read), "cmd.exe: {line} is read as {read}");
            }
            let line = written("dir", &path, Shells::Unix);
            prop_assert_eq!(path_of(&by_sh(&line)), path);
        }
    }
}
