//! Which servers a run is about: those that were named one by one, those of a list, of a group, of a site, or all of them,
//! without those that were taken away. What the organisation looks like comes from Exchange, and is a value here.

use std::fmt;
use std::path::PathBuf;

use super::Server;

/// How servers were named, other than one by one.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Selection {
    /// All that have component states.
    pub all: bool,
    /// The members of these database availability groups.
    pub dags: Vec<String>,
    /// Those in these sites of Active Directory.
    pub sites: Vec<String>,
    /// Files with a list; `-` is stdin.
    pub files: Vec<PathBuf>,
    /// What stands in those files, once they are read.
    pub listed: Vec<Listed>,
    /// Not these.
    pub except: Vec<Server>,
}

/// A server of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// As it stands there.
    pub server: Server,
    /// The file, as it was named.
    pub file: String,
    /// The line, counted from 1.
    pub line: usize,
}

/// A server as Exchange lists it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownServer {
    /// The name in Active Directory.
    pub name: Server,
    /// The fully qualified name, where it was told.
    pub fqdn: Option<Server>,
    /// The site in Active Directory; an Edge server has none.
    pub site: Option<String>,
    /// Major, minor, build, revision, for example 15.1.2375.7.
    pub version: Option<String>,
    /// The roles as Exchange writes them.
    pub role: Option<String>,
}

/// A database availability group as Exchange lists it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    /// Its name.
    pub name: String,
    /// Its members.
    pub members: Vec<Server>,
}

/// What Exchange says of the organisation, as far as it was asked.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Organisation {
    /// All servers; `None`: not asked for.
    pub servers: Option<Vec<KnownServer>>,
    /// All database availability groups; empty: not asked for, or there are none.
    pub groups: Vec<Group>,
}

/// The servers of a run, each once.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Chosen {
    /// Those that were named first, in the order in which they were; then those that Exchange found, by name.
    pub servers: Vec<Server>,
    /// Found by Exchange and not among them, because they have no component states.
    pub left_out: Vec<LeftOut>,
}

/// A server that is not looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeftOut {
    /// Which.
    pub server: Server,
    /// Why not.
    pub why: WhyLeftOut,
}

/// Why a server is not looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum WhyLeftOut {
    /// An Edge Transport server has no POP3 and IMAP4.
    Edge,
    /// Exchange 2010 and before have no component states.
    BeforeExchange2013,
}

impl WhyLeftOut {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::Edge, Self::BeforeExchange2013];

    /// As a screen says it.
    pub fn text(self) -> &'static str {
        match self {
            Self::Edge => "Edge",
            Self::BeforeExchange2013 => "before Exchange 2013",
        }
    }

    /// As a document says it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Edge => "edge",
            Self::BeforeExchange2013 => "beforeExchange2013",
        }
    }
}

/// Where a name stands that no server bears.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NamedIn {
    /// The option `--server`.
    Server,
    /// The option `--except`.
    Except,
    /// A line of a file, counted from 1.
    Line(String, usize),
}

impl fmt::Display for NamedIn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Server => f.write_str("--server"),
            Self::Except => f.write_str("--except"),
            Self::Line(file, line) => write!(f, "{file}, line {line}"),
        }
    }
}

/// Why there are no servers to look at.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SelectionError {
    /// A name that no server bears.
    #[error("{named_in}: no server is called {name}{among}")]
    NoSuchServer {
        /// The name.
        name: Server,
        /// Where it stands.
        named_in: NamedIn,
        /// Among which it was looked for.
        among: Among,
    },
    /// A group that is not there.
    #[error("no DAG is called {name:?}; {there}", there = there_are(.known))]
    NoSuchDag {
        /// The name.
        name: String,
        /// Those that are.
        known: Vec<String>,
    },
    /// A site without servers.
    #[error("no server is in a site called {name:?}; {there}", there = there_are(.known))]
    NoSuchSite {
        /// The name.
        name: String,
        /// Those that have servers.
        known: Vec<String>,
    },
    /// Nothing is left.
    #[error("no server is left to look at{}", left_out_text(.0))]
    Nothing(Vec<LeftOut>),
}

/// Among which servers a name was looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Among {
    /// All that Exchange knows.
    All,
    /// Those that are named otherwise.
    Chosen,
    /// Those that the run changed something on.
    Changed,
}

impl fmt::Display for Among {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::All => "",
            Self::Chosen => " among those that were named",
            Self::Changed => " among those that the run changed",
        })
    }
}

impl SelectionError {
    /// What to do about it.
    pub fn hint(&self) -> &'static str {
        match self {
            Self::NoSuchServer { named_in: NamedIn::Line(..), .. } => {
                "Nothing was changed. Correct the line; `Get-ExchangeServer` lists the names."
            }
            Self::NoSuchServer { .. } => "Nothing was changed. Correct the name; `Get-ExchangeServer` lists the names.",
            Self::NoSuchDag { .. } | Self::NoSuchSite { .. } => "Nothing was changed. Name one of those.",
            Self::Nothing(_) => "Name a server, or take fewer away with --except.",
        }
    }
}

fn there_are(known: &[String]) -> String {
    if known.is_empty() { "there is none".to_owned() } else { format!("there are: {}", known.join(", ")) }
}

fn left_out_text(left_out: &[LeftOut]) -> String {
    let text = left_out_line(left_out);
    if text.is_empty() { text } else { format!("; not looked at: {text}") }
}

/// Who was left out, in one line; empty: nobody.
pub fn left_out_line(left_out: &[LeftOut]) -> String {
    let of = |why: WhyLeftOut| {
        let names = left_out.iter().filter(|it| it.why == why).map(|it| it.server.as_str()).collect::<Vec<_>>();
        (!names.is_empty()).then(|| format!("{} ({})", names.join(", "), why.text()))
    };
    let parts = WhyLeftOut::ALL.into_iter().filter_map(of).collect::<Vec<_>>();
    parts.join("; ")
}

impl Selection {
    /// Whether servers are named in some way.
    pub fn names_any(&self) -> bool {
        self.is_sweeping() || !self.files.is_empty()
    }

    /// Whether servers are named by what they have in common, so that only Exchange can tell which they are.
    pub fn is_sweeping(&self) -> bool {
        self.all || !self.dags.is_empty() || !self.sites.is_empty()
    }

    /// Whether a list of all servers is needed: to find them, or to know a name that nobody bears.
    pub fn needs_list(&self) -> bool {
        self.names_any() || !self.except.is_empty()
    }

    /// Whether stdin is one of the lists, so that nobody can answer a question there.
    pub fn reads_stdin(&self) -> bool {
        self.files.iter().any(|file| file.as_os_str() == "-")
    }

    /// The servers, of those that were named one by one and of all that this selects. Where neither names any, `this` is the
    /// one that is meant.
    ///
    /// # Errors
    /// When a name means nothing, or nothing is left.
    pub fn choose(
        &self,
        named: &[Server],
        this: Option<&Server>,
        known: &Organisation,
    ) -> Result<Chosen, SelectionError> {
        let list = known.servers.as_deref();
        let mut chosen = Vec::new();
        for server in named.iter().chain(self.listed.iter().map(|it| &it.server)) {
            add(&mut chosen, server, list);
        }
        if named.is_empty() && !self.names_any() {
            chosen.extend(this.cloned());
        }
        if let Some(list) = list {
            for Listed { server, file, line } in &self.listed {
                let named_in = || NamedIn::Line(file.clone(), *line);
                is_known(server, list).then_some(()).ok_or_else(|| SelectionError::NoSuchServer {
                    name: server.clone(),
                    named_in: named_in(),
                    among: Among::All,
                })?;
            }
        }
        let mut left_out = Vec::new();
        for found in self.found(known)? {
            match why_left_out(found, list) {
                // Who is named as well is looked at, and says so himself.
                Some(why) if !chosen.iter().any(|it| is_same(it, found, list)) => {
                    left_out.push(LeftOut { server: found.clone(), why });
                }
                Some(_) => {}
                None => add(&mut chosen, found, list),
            }
        }
        for name in &self.except {
            let (there, among) = match list {
                Some(list) => (is_known(name, list), Among::All),
                None => (chosen.iter().any(|it| it.may_be(name)), Among::Chosen),
            };
            if !there {
                let named_in = NamedIn::Except;
                return Err(SelectionError::NoSuchServer { name: name.clone(), named_in, among });
            }
        }
        let is_taken_away = |server: &Server| self.except.iter().any(|name| is_same(name, server, list));
        chosen.retain(|server| !is_taken_away(server));
        left_out.retain(|it| !is_taken_away(&it.server));
        if chosen.is_empty() {
            Err(SelectionError::Nothing(left_out))
        } else {
            Ok(Chosen { servers: chosen, left_out })
        }
    }

    /// Which of the servers that a run changed are meant: all of them where none is named.
    ///
    /// # Errors
    /// When a name means none of them, or none is left.
    pub fn limit(
        &self,
        named: &[Server],
        changed: &[Server],
        known: &Organisation,
    ) -> Result<Vec<Server>, SelectionError> {
        let list = known.servers.as_deref();
        let by_option = named.iter().map(|server| (server, NamedIn::Server));
        let by_line = self.listed.iter().map(|it| (&it.server, NamedIn::Line(it.file.clone(), it.line)));
        let by_except = self.except.iter().map(|server| (server, NamedIn::Except));
        for (name, named_in) in by_option.chain(by_line).chain(by_except) {
            if !changed.iter().any(|server| is_same(server, name, list)) {
                return Err(SelectionError::NoSuchServer { name: name.clone(), named_in, among: Among::Changed });
            }
        }
        let mut wanted = named.iter().chain(self.listed.iter().map(|it| &it.server)).collect::<Vec<_>>();
        wanted.extend(self.found(known)?);
        let is_every = named.is_empty() && !self.names_any();
        let is_meant = |server: &&Server| {
            let is_it = |name: &Server| is_same(name, server, list);
            (is_every || wanted.iter().any(|name| is_it(name))) && !self.except.iter().any(is_it)
        };
        let meant = changed.iter().filter(is_meant).cloned().collect::<Vec<_>>();
        if meant.is_empty() { Err(SelectionError::Nothing(Vec::new())) } else { Ok(meant) }
    }

    /// Those that Exchange finds, by name.
    fn found<'a>(&self, known: &'a Organisation) -> Result<Vec<&'a Server>, SelectionError> {
        let list = known.servers.as_deref().unwrap_or_default();
        let mut found = Vec::new();
        for wanted in &self.dags {
            let group = known.groups.iter().find(|group| group.name.eq_ignore_ascii_case(wanted));
            let names = || known.groups.iter().map(|group| group.name.clone()).collect();
            let group = group.ok_or_else(|| SelectionError::NoSuchDag { name: wanted.clone(), known: names() })?;
            found.extend(&group.members);
        }
        for wanted in &self.sites {
            let is_there = |it: &&KnownServer| it.site.as_ref().is_some_and(|site| is_same_text(site, wanted));
            let there = list.iter().filter(is_there).map(|it| &it.name).collect::<Vec<_>>();
            if there.is_empty() {
                let mut known = list.iter().filter_map(|it| it.site.clone()).collect::<Vec<_>>();
                known.sort();
                known.dedup();
                return Err(SelectionError::NoSuchSite { name: wanted.clone(), known });
            }
            found.extend(there);
        }
        if self.all {
            found.extend(list.iter().map(|it| &it.name));
        }
        found.sort_by_key(|server| server.as_str().to_lowercase());
        found.dedup();
        Ok(found)
    }
}

fn is_same_text(a: &str, b: &str) -> bool {
    a.to_lowercase() == b.to_lowercase()
}

fn add(chosen: &mut Vec<Server>, server: &Server, list: Option<&[KnownServer]>) {
    if !chosen.iter().any(|it| is_same(it, server, list)) {
        chosen.push(server.clone());
    }
}

impl KnownServer {
    fn is(&self, name: &Server) -> bool {
        self.name == *name || self.fqdn.as_ref() == Some(name)
    }
}

fn is_known(name: &Server, list: &[KnownServer]) -> bool {
    list.iter().any(|it| it.is(name))
}

/// Whether two names are those of one server: by the list, where one of them is on it.
fn is_same(a: &Server, b: &Server, list: Option<&[KnownServer]>) -> bool {
    let known = list.unwrap_or_default().iter().find(|it| it.is(a) || it.is(b));
    known.map_or_else(|| a.may_be(b), |it| it.is(a) && it.is(b))
}

fn why_left_out(name: &Server, list: Option<&[KnownServer]>) -> Option<WhyLeftOut> {
    let known = list.unwrap_or_default().iter().find(|it| it.is(name))?;
    let has_role = |role: &String| role.split(',').any(|role| role.trim().eq_ignore_ascii_case("Edge"));
    if known.role.as_ref().is_some_and(has_role) {
        return Some(WhyLeftOut::Edge);
    }
    let major = known.version.as_ref().and_then(|version| version.split('.').next()?.parse::<u32>().ok());
    major.is_some_and(|major| major < 15).then_some(WhyLeftOut::BeforeExchange2013)
}
