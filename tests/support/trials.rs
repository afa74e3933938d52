//! The harness of the suites that need a peer or play roles. A test that cannot run here is reported as ignored, with the
//! reason, and never as passed: because a peer is missing ([`Peer`]), or because `RELIGHT_TEST_EXCLUDED` names it. That is
//! a file with one test a line: its full name, or that of a module and `::*`, a blank and the reason; a line that begins with
//! `#` is a comment.

use std::process::ExitCode;
use std::{env, fs};

use libtest_mimic::{Arguments, Completion, Trial};

use crate::peer::Peer;

/// A test.
#[derive(Clone)]
pub struct Case {
    /// With its modules.
    pub name: String,
    pub needs: &'static [Peer],
    pub test: fn(),
}

/// Lists the tests of a module, which are its functions without arguments, as its `trials()`: `trials![one, another]`,
/// each with its own needs (`trials![one, another: Ipv6, third: Namespace & Dovecot]`), or all with the same
/// and perhaps more (`trials![Pwsh => one, another: Sshd]`).
macro_rules! trials {
    ($peer:ident => $($(#[$only:meta])* $name:ident $(: $($more:ident)&+)?),+ $(,)?) => {
        crate::trials![$($(#[$only])* $name: $peer $($(& $more)+)?),+];
    };
    ($($(#[$only:meta])* $name:ident $(: $($peer:ident)&+)?),+ $(,)?) => {
        pub fn trials() -> Vec<crate::trials::Case> {
            vec![$($(#[$only])* crate::trials::Case {
                name: crate::trials::full(module_path!(), stringify!($name)),
                needs: &[$($(crate::peer::Peer::$peer),+)?],
                test: $name,
            }),+]
        }
    };
}
pub(crate) use trials;

/// The name of a test as the suite prints it: without the suite's own.
pub fn full(module: &str, name: &str) -> String {
    module.split_once("::").map_or_else(|| name.to_owned(), |(_, inner)| format!("{inner}::{name}"))
}

/// Runs them as the arguments of this process say.
pub fn run(suites: Vec<Vec<Case>>) -> ExitCode {
    let mut arguments = Arguments::from_args();
    // As the usual harness does.
    let threads = || env::var("RUST_TEST_THREADS").ok()?.parse().ok();
    arguments.test_threads = arguments.test_threads.or_else(threads);
    let excluded = excluded();
    let trials = suites.into_iter().flatten().map(|case| {
        let reason = excluded.iter().find(|(names, _)| are_named(names, &case.name)).map(|(_, reason)| reason.clone());
        trial(case, reason)
    });
    libtest_mimic::run(&arguments, trials.collect()).exit_code()
}

fn trial(case: Case, excluded: Option<String>) -> Trial {
    let Case { name, needs, test } = case;
    Trial::ignorable_test(name, move || {
        if let Some(reason) = excluded {
            return Ok(Completion::ignored_with(reason));
        }
        if let Some((peer, reason)) = needs.iter().find_map(|peer| Some((peer, peer.lacks()?))) {
            let required = format!("{reason}, and {}=1 says that it must be there", peer.requirement());
            return if peer.is_required() { Err(required.into()) } else { Ok(Completion::ignored_with(reason)) };
        }
        test();
        Ok(Completion::Completed)
    })
}

/// The tests that are not to run, each with the reason.
fn excluded() -> Vec<(String, String)> {
    let Some(file) = env::var_os("RELIGHT_TEST_EXCLUDED") else { return Vec::new() };
    let text = fs::read_to_string(&file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
    let parted = lines.map(|line| line.split_once(' ').unwrap_or_else(|| panic!("excluded without a reason: {line}")));
    parted.map(|(name, reason)| (name.to_owned(), reason.trim().to_owned())).collect()
}

/// Whether this is the name of a test, or of the module that it is in.
fn are_named(names: &str, test: &str) -> bool {
    names.strip_suffix('*').map_or(names == test, |module| test.starts_with(module))
}
