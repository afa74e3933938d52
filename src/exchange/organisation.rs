//! What Exchange says of the whole organisation: its servers, and its database availability groups.

use crate::domain::{Event, Group, KnownServer, Organisation, Selection, Server, Trouble};
use crate::shell::protocol::{
    AvailabilityGroupItem, AvailabilityGroupsAnswer, Call, ExchangeServersAnswer, ListedServerItem,
};

use super::{Observer, decode, refusal};

/// As much of it as is needed to know the servers of a selection; `list`: whether all servers are.
///
/// # Errors
/// When it cannot be told, and nothing else tells which servers are meant.
pub fn organisation(
    observer: &mut Observer,
    selection: &Selection,
    list: bool,
    on_event: &mut dyn FnMut(Event<'_>),
) -> Result<Organisation, Trouble> {
    let mut known = Organisation::default();
    // Without the list names are taken as they are.
    if list && (selection.is_sweeping() || observer.has_cmdlet("Get-ExchangeServer")) {
        let call = Call::GetExchangeServers {};
        let answer: ExchangeServersAnswer =
            observer.call(&call, on_event).map_err(|failure| refusal::trouble(failure, None))?;
        known.servers = Some(answer.servers.into_iter().filter_map(server).collect());
    }
    if !selection.dags.is_empty() {
        let call = Call::GetAvailabilityGroups {};
        let answer: AvailabilityGroupsAnswer =
            observer.call(&call, on_event).map_err(|failure| refusal::trouble(failure, None))?;
        known.groups = answer.groups.into_iter().filter_map(group).collect();
    }
    Ok(known)
}

/// `None`: what was listed has no name that a server can have.
fn server(item: ListedServerItem) -> Option<KnownServer> {
    Some(KnownServer {
        name: Server::parse(&item.name?).ok()?,
        fqdn: item.fqdn.and_then(|fqdn| Server::parse(&fqdn).ok()),
        site: item.site.map(|site| last_part(&site).to_owned()),
        version: item.version.as_deref().map(decode::dotted_version),
        role: item.role,
    })
}

fn group(item: AvailabilityGroupItem) -> Option<Group> {
    let members = item.members.iter().filter_map(|member| Server::parse(last_part(member)).ok());
    Some(Group { name: item.name?, members: members.collect() })
}

/// `contoso.local/Configuration/Sites/Frankfurt` is a path in Active Directory, and `Frankfurt` the name at its end.
fn last_part(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}
