//! relight as the DSC resource `Relight/ProtocolState`: an instance comes on stdin, its state goes to stdout as one line, and
//! what there is to say to stderr as messages. It walks the same line as `check` and `fix`.

use std::io::{self, IsTerminal};

use crate::cli::{Command, Config, Dsc, Mode, Shell, Target};
use crate::domain::{self, AgreedBy, Aim, Cmdlet, Connection, Decision, Exit, Run, ServerRun, ServerSnapshot};
use crate::error::Error;
use crate::record::{self, Desired, Instance, StateOfAll};
use crate::screens;
use crate::terminal::Console;

use super::look::Goal;
use super::output::{in_json, print};
use super::{servers, story};

/// Reads the instance, where there is to be one. Nobody types it: a terminal has none.
pub(super) fn read_instance(config: &mut Config) -> Result<(), Error> {
    let Command::Dsc(operation) = &mut config.command else { return Ok(()) };
    let (target, wants) = match operation {
        // What the state is when somebody asks for it is nobody's wish.
        Dsc::Get(target) => (target, Wants::Anything),
        Dsc::Test(target) | Dsc::Set(target, Mode::DryRun) => (target, Wants::Active),
        Dsc::Set(target, Mode::Ask | Mode::Yes) => (target, Wants::Change),
        Dsc::Export(target) => (target, Wants::NoState),
        Dsc::Schema => return Ok(()),
    };
    let Some(desired) = desired()? else {
        // Nobody consents to a change by saying nothing.
        let missing = || Error::Instance("there is none, and a set needs one".to_owned());
        return if wants == Wants::Change { Err(missing()) } else { Ok(()) };
    };
    match (wants, desired.state) {
        (Wants::Active | Wants::Change, Some(state)) if state != StateOfAll::Active => {
            let why = "cannot be asked for; relight sets components Active, and nothing else";
            return Err(Error::Instance(format!("state: {state:?} {why}")));
        }
        (Wants::NoState, Some(_)) => {
            return Err(Error::Instance("state: an export cannot choose by it; name a server, or none".to_owned()));
        }
        (Wants::Active | Wants::Change | Wants::Anything | Wants::NoState, _) => {}
    }
    target.selection.all &= desired.server.is_none();
    target.servers = desired.server.into_iter().collect();
    target.policy = desired.policy;
    if let Some(server) = desired.connect_to {
        target.link.connection = Connection::Remote;
        target.link.connect_to = Some(server.to_string());
    }
    Ok(())
}

/// The instance on stdin; `None`: there is none. Nobody types one: a terminal has none.
fn desired() -> Result<Option<Desired>, Error> {
    if io::stdin().is_terminal() {
        return Ok(None);
    }
    let unreadable = |error: io::Error| Error::Instance(error.to_string());
    let bytes = servers::read_up_to(io::stdin().lock()).map_err(unreadable)?;
    let text = servers::text(&bytes).ok_or_else(|| Error::Instance("it is neither UTF-8 nor UTF-16".to_owned()))?;
    record::desired(&text).map_err(Error::Instance)
}

/// What an instance is for, and so what its state may be.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Wants {
    /// A filter, with whatever was read.
    Anything,
    /// A filter, which is not by state.
    NoState,
    /// To be compared.
    Active,
    /// To be brought about: there has to be one.
    Change,
}

/// Does what DSC asks for.
pub(super) fn run(operation: &Dsc, config: &Config, console: &mut Console) -> Result<Exit, Error> {
    if operation.target().is_some_and(|target| is_refused(&target.shell)) {
        return Err(Error::IsSystem);
    }
    match operation {
        Dsc::Get(target) => get(target, config, console),
        Dsc::Test(target) => test(target, config, console),
        Dsc::Set(target, Mode::DryRun) => what_if(target, config, console),
        Dsc::Set(target, Mode::Ask | Mode::Yes) => set(target, config, console),
        Dsc::Export(target) => export(target, config, console),
        Dsc::Schema => print(console, record::INSTANCE_SCHEMA),
    }
}

fn get(target: &Target, config: &Config, console: &mut Console) -> Result<Exit, Error> {
    let run = look(domain::Command::Check, target, config, console)?;
    let Some((server, seen)) = seen(&run, target) else { return Ok(fail(&run, console)) };
    show(target, &as_read(&run, server, seen), console)?;
    Ok(Exit::Fine)
}

fn test(target: &Target, config: &Config, console: &mut Console) -> Result<Exit, Error> {
    let run = look(domain::Command::Check, target, config, console)?;
    let Some((server, seen)) = seen(&run, target) else { return Ok(fail(&run, console)) };
    let exit = Exit::of(&run);
    if ![Exit::Fine, Exit::Inactive, Exit::Planned].contains(&exit) {
        return Ok(fail(&run, console));
    }
    // One that is Draining is no fault to relight, which leaves it, and yet not Active.
    let is_active = StateOfAll::of(&target.policy.components, seen) == StateOfAll::Active;
    let is_desired = Some(exit == Exit::Fine && is_active);
    show(target, &Instance { is_desired, ..as_read(&run, server, seen) }, console)?;
    Ok(Exit::Fine)
}

/// Where nothing, or not everything, was set Active, the state says so, and so do the messages and the code.
fn set(target: &Target, config: &Config, console: &mut Console) -> Result<Exit, Error> {
    let run = story::walk(Goal::Mend(domain::Command::Fix), AgreedBy::Yes, target, None, config, console)?;
    if let Some((server, seen)) = seen(&run, target) {
        // The code is that of what was done, which its record tells whatever became of the state.
        if let Err(Error::Output(error)) = show(target, &as_read(&run, server, seen), console) {
            let way = config.journal.way();
            console.eprint_always(&screens::report_lost(run.id.as_ref(), way, &error, console.talk_width()));
        }
        say_what_is_left(server.decision.as_ref(), target, seen, console);
    }
    for next in run.next() {
        if next.aim == Aim::Resume {
            console.eprint_always(&screens::next_line(&next));
        } else if [Aim::Undo, Aim::Record].contains(&next.aim) {
            console.say(&screens::next_line(&next));
        }
    }
    let exit = Exit::of(&run);
    if exit == Exit::Fine { Ok(exit) } else { Ok(fail(&run, console)) }
}

/// What a set would do, and come to if each of its commands did what it is for.
fn what_if(target: &Target, config: &Config, console: &mut Console) -> Result<Exit, Error> {
    let run = look(domain::Command::Fix, target, config, console)?;
    let Some((server, seen)) = seen(&run, target) else { return Ok(fail(&run, console)) };
    let decision = server.plan.decide(|change| target.policy.objections(change));
    let what_if = decision.agreed.iter().map(|it| Cmdlet::change(seen, &it.change)).collect();
    let foreseen = decision.foreseen(seen);
    let instance = Instance { exit: None, what_if, ..as_read(&run, server, &foreseen) };
    show(target, &instance, console)?;
    say_what_is_left(Some(&decision), target, &foreseen, console);
    Ok(Exit::Fine)
}

fn say_what_is_left(decision: Option<&Decision>, target: &Target, seen: &ServerSnapshot, console: &mut Console) {
    let left = decision.iter().flat_map(|it| &it.left).flat_map(screens::left_alone);
    let left = left.chain(screens::left_as_they_are(&target.policy.components, seen));
    left.for_each(|text| console.eprint_always(&text));
}

/// A server that could not be read is named, and keeps nobody from the others.
fn export(target: &Target, config: &Config, console: &mut Console) -> Result<Exit, Error> {
    let run = look(domain::Command::Check, target, config, console)?;
    let mut is_any_seen = false;
    for server in &run.servers {
        match last_look(server, target) {
            Some(seen) => {
                show(target, &Instance { is_exported: true, ..as_read(&run, server, seen) }, console)?;
                is_any_seen = true;
            }
            None => console.eprint_always(&screens::came_to(&run, server)),
        }
    }
    if is_any_seen && !run.interrupted { Ok(Exit::Fine) } else { Ok(fail(&run, console)) }
}

fn look(command: domain::Command, target: &Target, config: &Config, console: &mut Console) -> Result<Run, Error> {
    story::walk(Goal::Mend(command), AgreedBy::Nobody, target, None, config, console)
}

/// The server of the instance, and what it is like now.
fn seen<'a>(run: &'a Run, target: &Target) -> Option<(&'a ServerRun, &'a ServerSnapshot)> {
    let server = run.servers.first().filter(|_| !run.interrupted)?;
    last_look(server, target).map(|seen| (server, seen))
}

/// What a server is like now; `None`: a component that was asked for could not be read, or something may have been changed,
/// and nobody has looked since.
fn last_look<'a>(server: &'a ServerRun, target: &Target) -> Option<&'a ServerSnapshot> {
    let last = server.after().or_else(|| (!server.was_changed()).then_some(&server.before));
    last.filter(|last| target.policy.components.iter().all(|it| last.component(it).is_some()))
}

fn as_read<'a>(run: &Run, server: &ServerRun, seen: &'a ServerSnapshot) -> Instance<'a> {
    let exit = Some(in_json(Exit::of_server(server, run)));
    Instance { seen, exit, is_exported: false, is_desired: None, what_if: Vec::new() }
}

/// Shows a state, and what of it is not certain.
fn show(target: &Target, instance: &Instance<'_>, console: &mut Console) -> Result<(), Error> {
    let line = record::protocol_state(instance, &target.policy, target.link.connect_to.as_deref());
    line.and_then(|line| console.result(&line)).map_err(Error::Output)?;
    if let Some(text) = screens::not_read(instance.seen) {
        console.eprint_always(&text);
    }
    Ok(())
}

/// Says what a run came to that has nothing better to tell, and ends as it does.
fn fail(run: &Run, console: &mut Console) -> Exit {
    let exit = Exit::of(run);
    match run.servers.as_slice() {
        [] => console.complain("The run was interrupted before a server was looked at."),
        servers => servers.iter().for_each(|server| console.complain(&screens::came_to(run, server))),
    }
    exit
}

/// Whether Exchange refuses the account that relight runs under, whatever it asks.
fn is_refused(shell: &Shell) -> bool {
    match shell {
        Shell::PowerShell(_) => is_system(own_account().as_deref()),
        Shell::Simulated(_) => false,
    }
}

/// Whether an identifier is that of SYSTEM, which is the computer to Exchange.
fn is_system(account: Option<&str>) -> bool {
    account == Some("S-1-5-18")
}

fn own_account() -> Option<String> {
    #[cfg(windows)]
    return crate::windows::account::own_identifier().ok();
    #[cfg(not(windows))]
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn system_is_refused_in_one_sentence_and_nobody_else() {
        assert!(is_system(Some("S-1-5-18")));
        for other in [None, Some("S-1-5-21-1004336348-1177238915-682003330-500"), Some("S-1-5-180")] {
            assert!(!is_system(other), "{other:?}");
        }
        let error = Error::IsSystem;
        assert_eq!((error.exit(), error.hints().len()), (Exit::AccessDenied, 1));
        assert!(error.to_string().starts_with("SYSTEM has no Exchange role"));
    }
}
