//! Any words are a command line, or refused: nothing panics, what is said of a refusal included, and what is accepted is
//! what the help says: times of at most a year, names that are host names, components and requesters that there are. What
//! leads to the same Exchange again, as it is printed, is accepted again and means the same. A NUL ends a word; a byte of
//! 0x80 and above stands for a word of the program itself, so that the fuzzer need not guess them.
#![no_main]

use std::ffi::OsString;
use std::sync::LazyLock;
use std::time::Duration;

use libfuzzer_sys::fuzz_target;
use relight::cli::{Command, Config, Shell, Target, completions, parse};
use relight::domain::{Component, KnownRequester, Server};

/// Options and commands as a completion script has them, and values.
static WORDS: LazyLock<Vec<String>> = LazyLock::new(|| {
    let script = completions(clap_complete::Shell::Elvish, &["default", "kb-fault"]);
    let mut words =
        script.split(|c: char| !c.is_ascii_alphanumeric() && c != '-').map(str::to_owned).collect::<Vec<_>>();
    words.retain(|word| word.starts_with('-') && word.len() > 1);
    words.extend(
        script.lines().filter_map(|line| Some(line.split_once("&'relight;")?.1.split('\'').next()?.to_owned())),
    );
    let named = KnownRequester::ALL.map(KnownRequester::name).into_iter().chain([Component::POP_PROXY, "any", "json", "nagios", "prometheus"]);
    words.extend(named.map(str::to_owned));
    let other = "-WhatIf -WhatIf:$true --what-if simulated-engine --scenario --nonce --capabilities look EX01 [fd00::5]:110 \
                 20260314-024710-123 1m 1s ms us ns remote 9223372036854775807";
    words.extend(other.split(' ').map(str::to_owned));
    words.sort();
    words.dedup();
    assert!((50..=250).contains(&words.len()), "{words:?}");
    words
});

/// What each byte stands for; there are more words than bytes, so two bytes of 0x80 and above make one.
fn typed(data: &[u8]) -> Vec<OsString> {
    let mut words = vec![Vec::new()];
    let mut bytes = data.iter();
    while let Some(byte) = bytes.next() {
        match byte {
            0 => words.push(Vec::new()),
            0x80..=0xfe => {
                let at = usize::from(*byte - 0x80) * 2 + usize::from(bytes.next().copied().unwrap_or_default() & 1);
                words.last_mut().expect("a word").extend_from_slice(WORDS[at % WORDS.len()].as_bytes());
            }
            // A byte that is no text.
            0xff => words.last_mut().expect("a word").push(0xff),
            byte => words.last_mut().expect("a word").push(*byte),
        }
    }
    words.into_iter().map(std::os::unix::ffi::OsStringExt::from_vec).collect()
}

fn parsed(words: &[OsString]) -> Option<Config> {
    let words = [OsString::from("relight")].into_iter().chain(words.iter().cloned());
    match parse(words) {
        Ok(config) => Some(config),
        Err(error) => {
            let _ = error.render().to_string();
            None
        }
    }
}

fn is_fine(duration: Duration) -> bool {
    duration <= Duration::from_secs(365 * 24 * 60 * 60)
}

fn is_a_server(server: &Server) -> bool {
    Server::parse(server.as_str()).is_ok()
}

fn check_target(target: &Target) {
    let Target { servers, selection, policy, staying, shell, link, deadlines, jobs, rollout } = target;
    assert!(servers.iter().all(is_a_server));
    assert!(selection.except.iter().all(is_a_server));
    // What stands in a file is read later.
    assert!(selection.listed.is_empty());
    assert!((1..=12).contains(&jobs.most) && is_fine(jobs.slow_after));
    for servers in [0, 1, 7, 1000] {
        let batches = rollout.batches.of(servers);
        assert_eq!(batches.iter().sum::<usize>(), servers);
        assert!(!batches.contains(&0));
    }
    assert!(link.connect_to.iter().all(|server| Server::parse(server).is_ok()));
    assert!(policy.components.iter().all(|it| it.is_looked_after() && !it.is_server_wide_offline()));
    assert!(is_fine(staying.wait) && staying.watch.is_none_or(is_fine));
    assert!([deadlines.hello, deadlines.connect, deadlines.call].into_iter().all(|it| is_fine(it) && !it.is_zero()));
    // A path is printed as it has to be quoted, which another test reads back.
    if *shell == Shell::PowerShell(None) {
        let again = target.connection().join(" ");
        let words = ["check"].into_iter().chain(again.split_whitespace()).map(OsString::from).collect::<Vec<_>>();
        let Some(Config { command: Command::Check(again), .. }) = parsed(&words) else { panic!("{words:?}") };
        assert_eq!(again.link.connection, link.connection);
        assert_eq!(again.link.connect_to, link.connect_to);
        assert_eq!(again.deadlines, *deadlines);
    }
}

fuzz_target!(|data: &[u8]| {
    let words = typed(data);
    let Some(config) = parsed(&words) else { return };
    let arguments = words.iter().map(|word| word.to_string_lossy().into_owned()).collect::<Vec<_>>();
    assert_eq!(config.journal.arguments, arguments);
    assert!(is_fine(config.journal.patience));
    assert!(config.limit.is_none_or(|limit| is_fine(limit.time()) && !limit.time().is_zero()));
    let is_check = matches!(config.command, Command::Check(_));
    assert!(is_check || (config.limit.is_none() && config.monitoring.is_none()));
    let _ = config.journal.way();
    match &config.command {
        Command::Check(target) | Command::Fix(target, _) | Command::Doctor(target) => check_target(target),
        Command::Undo { target, .. } | Command::Resume { target, .. } => check_target(target),
        Command::Probe(probing) => {
            assert!(is_fine(probing.deadline) && !probing.deadline.is_zero());
            for endpoint in &probing.endpoints {
                let _ = format!("{endpoint:?}");
            }
        }
        Command::Dsc(operation) => operation.target().into_iter().for_each(check_target),
        Command::RegisterEventSource | Command::History { .. } | Command::Scenarios => {}
        Command::Completions(_) | Command::SimulatedEngine(_) => {}
    }
});
