//! From the text of a scenario file to a scenario that can be played, or to the field that stands against it.

use std::collections::{HashMap, HashSet};

use super::catalog;
use super::error::ScenarioError;
use super::fault::Fault;
use super::locate::Path;
use super::scenario::{Scenario, SimulatedServer};
use super::selector::{self, Op, When};

/// Something wrong that only shows when fields are compared.
struct Flaw {
    at: Path,
    problem: String,
}

impl Flaw {
    fn new(at: Path, problem: impl Into<String>) -> Self {
        Self { at, problem: problem.into() }
    }
}

/// Parses a scenario. `origin` names it in errors: the file, or the name of a built-in one.
///
/// # Errors
/// [`ScenarioError::Invalid`], which names the line, the column and the field.
pub(crate) fn parse(text: &str, origin: &str) -> Result<Scenario, ScenarioError> {
    let mut reader = serde_json::Deserializer::from_str(text);
    let invalid = |error: &serde_json::Error, field: String| {
        let said = error.to_string();
        let problem = said.rsplit_once(" at line ").map_or(said.as_str(), |(problem, _)| problem).to_owned();
        let field = if field == "." { "the file".to_owned() } else { field };
        ScenarioError::Invalid {
            origin: origin.to_owned(),
            line: error.line().max(1),
            column: error.column().max(1),
            field,
            problem,
        }
    };
    let scenario: Scenario = serde_path_to_error::deserialize(&mut reader)
        .map_err(|error| invalid(error.inner(), error.path().to_string()))?;
    reader.end().map_err(|error| invalid(&error, ".".to_owned()))?;
    check(&scenario).map_err(|Flaw { at, problem }| {
        let (line, column) = at.locate(text);
        ScenarioError::Invalid { origin: origin.to_owned(), line, column, field: at.to_string(), problem }
    })?;
    Ok(scenario)
}

/// The servers by name and FQDN, and what components they have: a file may have thousands, and as many faults that name one.
#[derive(Default)]
struct Names<'a> {
    servers: HashMap<String, &'a SimulatedServer>,
    /// Those that are listed.
    components: HashSet<String>,
    /// Each brings some of its own.
    versions: HashSet<&'a str>,
}

impl<'a> Names<'a> {
    fn get(&self, name: &str) -> Option<&'a SimulatedServer> {
        self.servers.get(&name.to_ascii_lowercase()).copied()
    }

    fn add(&mut self, own: [String; 2], server: &'a SimulatedServer) {
        self.servers.extend(own.map(|name| (name.to_ascii_lowercase(), server)));
        self.components.extend(server.components.0.iter().map(|(listed, _)| listed.to_ascii_lowercase()));
        // What a version has depends on its first two numbers.
        self.versions.insert(server.version.split(" (").next().unwrap_or_default());
    }

    fn has_component(&self, name: &str) -> bool {
        self.components.contains(&name.to_ascii_lowercase())
            || self.versions.iter().any(|version| catalog::component(version, name).is_some())
    }
}

fn check(scenario: &Scenario) -> Result<(), Flaw> {
    let servers = Path::default().key("servers");
    if scenario.servers.is_empty() {
        return Err(Flaw::new(servers, "a scenario needs at least one server"));
    }
    let mut names = Names::default();
    for (index, server) in scenario.servers.iter().enumerate() {
        let own = [("name", server.name.clone()), ("fqdn", server.fqdn())];
        for (field, name) in &own {
            if let Some(other) = names.get(name) {
                let at = servers.clone().index(index);
                let at = if *field == "fqdn" && server.fqdn.is_none() { at } else { at.key(field) };
                let problem = format!("\"{name}\" already names the server {}; give each its own", other.name);
                return Err(Flaw::new(at, problem));
            }
        }
        names.add(own.map(|(_, name)| name), server);
    }
    let faults = Path::default().key("faults");
    scenario.faults.iter().enumerate().try_for_each(|(index, fault)| {
        check_fault(scenario, &names, fault, &faults.clone().index(index).key(&fault.tag()))
    })
}

fn check_fault(scenario: &Scenario, names: &Names<'_>, fault: &Fault, at: &Path) -> Result<(), Flaw> {
    if let Some((when, ops)) = fault.when() {
        check_when(scenario, names, when, ops, &at.clone().key("when"))?;
    }
    if let Fault::FlipsBack { server, component, .. } | Fault::Meanwhile { server, component, .. } = fault {
        check_names(scenario, names, server.as_ref(), Some(component), at)?;
    }
    if let Fault::ServerDown { server } = fault {
        check_names(scenario, names, Some(server), None, at)?;
    }
    if let Fault::FlipsBack { after_reads, after_seconds, .. } = fault
        && after_reads.is_some() == after_seconds.is_some()
    {
        return Err(Flaw::new(at.clone(), "give either `afterReads` or `afterSeconds`, to say when it flips back"));
    }
    Ok(())
}

/// A selector that can never match is a typing error: the fault would silently not happen.
fn check_when(scenario: &Scenario, names: &Names<'_>, when: &When, ops: &[Op], at: &Path) -> Result<(), Flaw> {
    check_names(scenario, names, when.server.as_ref(), when.component.as_ref(), at)?;
    if let Some(op) = when.op
        && !ops.contains(&op)
    {
        return Err(Flaw::new(at.clone().key("op"), "this fault cannot happen in that operation; leave `op` out"));
    }
    let possible = |has: fn(Op) -> bool| match when.op {
        Some(op) => has(op),
        None => ops.iter().copied().any(has),
    };
    for (field, given, has) in [
        ("server", when.server.is_some(), Op::has_server as fn(Op) -> bool),
        ("component", when.component.is_some(), Op::has_component),
        ("requester", when.requester.is_some(), Op::has_requester),
    ] {
        if given && !possible(has) {
            return Err(Flaw::new(
                at.clone().key(field),
                format!("there is no {field} in that operation; leave it out"),
            ));
        }
    }
    Ok(())
}

fn check_names(
    scenario: &Scenario,
    names: &Names<'_>,
    server: Option<&selector::Names>,
    component: Option<&String>,
    at: &Path,
) -> Result<(), Flaw> {
    let servers = server.map(selector::Names::all);
    if servers.is_some_and(<[String]>::is_empty) {
        return Err(Flaw::new(at.clone().key("server"), "name at least one server, or leave it out"));
    }
    if let Some(name) = servers.unwrap_or_default().iter().find(|name| names.get(name).is_none()) {
        let names = scenario.servers.iter().map(|server| server.name.as_str()).collect::<Vec<_>>().join(", ");
        let problem = format!("\"{name}\" is none of the servers of this scenario ({names})");
        return Err(Flaw::new(at.clone().key("server"), problem));
    }
    if let Some(name) = component
        && !names.has_component(name)
    {
        let problem = format!("no server of this scenario has a component \"{name}\"");
        return Err(Flaw::new(at.clone().key("component"), problem));
    }
    Ok(())
}

#[cfg(test)]
#[path = "parse_tests.rs"]
mod tests;
