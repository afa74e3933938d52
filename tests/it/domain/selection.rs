//! Which servers a selection comes to, from names, lists, and what Exchange says of the organisation.

use relight::domain::{
    Chosen, Group, KnownServer, Listed, Organisation, Selection, SelectionError, Server, WhyLeftOut,
};

fn server(name: &str) -> Server {
    Server::parse(name).expect("a name")
}

fn servers(names: &[&str]) -> Vec<Server> {
    names.iter().map(|name| server(name)).collect()
}

/// EX01 and EX02 in Frankfurt, EX03 in London, an Edge and one of 2010; EX01 and EX03 are members of DAG1.
fn organisation() -> Organisation {
    let known = |name: &str, site: Option<&str>, version: &str, role: &str| KnownServer {
        name: server(name),
        fqdn: Some(server(&format!("{name}.contoso.local"))),
        site: site.map(str::to_owned),
        version: Some(version.to_owned()),
        role: Some(role.to_owned()),
    };
    let mailbox = |name: &str, site: &str| known(name, Some(site), "15.2.1118.7", "Mailbox, ClientAccess");
    let list = vec![
        mailbox("EX03", "London"),
        mailbox("EX01", "Frankfurt"),
        mailbox("ex02", "Frankfurt"),
        known("EDGE", None, "15.2.1118.7", "Edge"),
        known("OLD", Some("London"), "14.3.123.4", "Mailbox"),
    ];
    Organisation {
        servers: Some(list),
        groups: vec![Group { name: "DAG1".to_owned(), members: servers(&["EX03", "EX01"]) }],
    }
}

fn chosen(named: &[&str], selection: &Selection, known: &Organisation) -> Result<Chosen, SelectionError> {
    selection.choose(&servers(named), Some(&server("EX09")), known)
}

fn all() -> Selection {
    Selection { all: true, ..Selection::default() }
}

fn text(servers: &[Server]) -> String {
    servers.iter().map(Server::as_str).collect::<Vec<_>>().join(" ")
}

#[test]
fn each_server_is_there_once_the_named_ones_first_and_the_found_ones_by_name() {
    let site = |name: &str| Selection { sites: vec![name.to_owned()], ..Selection::default() };
    let dag = Selection { dags: vec!["dag1".to_owned()], ..Selection::default() };
    let without = |names: &[&str], selection: Selection| Selection { except: servers(names), ..selection };
    for (named, selection, expected) in [
        (&[][..], Selection::default(), "EX09"),
        (&[], all(), "EX01 ex02 EX03"),
        (&["ex03.contoso.local", "EX03"], all(), "ex03.contoso.local EX01 ex02"),
        (&[], dag.clone(), "EX01 EX03"),
        (&["EX02"], dag, "EX02 EX01 EX03"),
        (&[], site("FRANKFURT"), "EX01 ex02"),
        (&[], without(&["ex03.contoso.local"], all()), "EX01 ex02"),
        (&["EDGE"], site("London"), "EDGE EX03"),
        (&["EX07"], site("London"), "EX07 EX03"),
    ] {
        let chosen = chosen(named, &selection, &organisation()).expect("servers");
        assert_eq!(text(&chosen.servers), expected, "{named:?} {selection:?}");
    }
}

#[test]
fn who_has_no_component_states_is_left_out_with_the_reason() {
    let left_out = chosen(&[], &all(), &organisation()).expect("servers").left_out;
    let seen = left_out.iter().map(|it| (it.server.as_str(), it.why)).collect::<Vec<_>>();
    assert_eq!(seen, [("EDGE", WhyLeftOut::Edge), ("OLD", WhyLeftOut::BeforeExchange2013)]);
    // Who is named is looked at, and whoever is taken away is no more worth a word.
    let selection = Selection { except: servers(&["OLD"]), ..all() };
    assert_eq!(chosen(&["EDGE"], &selection, &organisation()).expect("servers").left_out, []);
}

#[test]
fn without_a_list_names_are_taken_as_they_are() {
    let listed = |name: &str, line| Listed { server: server(name), file: "list.txt".to_owned(), line };
    let selection = Selection {
        files: vec!["list.txt".into()],
        listed: vec![listed("EX07", 1), listed("ex01", 3)],
        except: servers(&["EX07.contoso.local"]),
        ..Selection::default()
    };
    let seen = chosen(&["EX01.contoso.local"], &selection, &Organisation::default()).expect("servers");
    assert_eq!(text(&seen.servers), "EX01.contoso.local");
    let error = chosen(&[], &selection, &organisation()).expect_err("no such server").to_string();
    assert_eq!(error, "list.txt, line 1: no server is called EX07");
    let other = Selection { except: servers(&["EX08"]), ..selection };
    let error = chosen(&[], &other, &Organisation::default()).expect_err("no such server").to_string();
    assert_eq!(error, "--except: no server is called EX08 among those that were named");
}

#[test]
fn names_of_two_domains_are_told_apart_by_the_list() {
    let mut known = organisation();
    let list = known.servers.as_mut().expect("a list");
    let other = KnownServer { name: server("EX99"), fqdn: Some(server("EX01.fabrikam.local")), ..list[0].clone() };
    list.push(other);
    let selection = Selection { except: servers(&["ex01.fabrikam.local"]), ..all() };
    assert_eq!(text(&chosen(&[], &selection, &known).expect("servers").servers), "EX01 ex02 EX03");
}

#[test]
fn what_is_not_there_is_named_with_what_is() {
    let named = |dags: &[&str], sites: &[&str]| Selection {
        dags: dags.iter().map(|it| (*it).to_owned()).collect(),
        sites: sites.iter().map(|it| (*it).to_owned()).collect(),
        ..Selection::default()
    };
    let everybody = servers(&["EX01", "EX02", "EX03", "EDGE"]);
    for (selection, known, expected) in [
        (named(&["X"], &[]), organisation(), "no DAG is called \"X\"; there are: DAG1"),
        (named(&["X"], &[]), Organisation::default(), "no DAG is called \"X\"; there is none"),
        (named(&[], &["X"]), organisation(), "no server is in a site called \"X\"; there are: Frankfurt, London"),
        (
            Selection { except: everybody, ..all() },
            organisation(),
            "no server is left to look at; not looked at: OLD (before Exchange 2013)",
        ),
    ] {
        assert_eq!(chosen(&[], &selection, &known).expect_err(expected).to_string(), expected);
    }
}

#[test]
fn an_undo_is_limited_to_servers_that_the_run_changed() {
    let changed = servers(&["EX01", "ex03.contoso.local"]);
    let limit = |named: &[&str], selection: &Selection| selection.limit(&servers(named), &changed, &organisation());
    let of_site = Selection { sites: vec!["London".to_owned()], ..Selection::default() };
    let without = Selection { except: servers(&["EX01"]), ..Selection::default() };
    assert_eq!(limit(&[], &Selection::default()), Ok(changed.clone()));
    for (named, selection, expected) in [
        (&["EX03"][..], Selection::default(), "ex03.contoso.local"),
        (&[], of_site.clone(), "ex03.contoso.local"),
        (&["EX01"], of_site, "EX01 ex03.contoso.local"),
        (&[], without, "ex03.contoso.local"),
    ] {
        assert_eq!(text(&limit(named, &selection).expect("servers")), expected, "{named:?} {selection:?}");
    }
    let error = limit(&["EX02"], &Selection::default()).expect_err("not changed").to_string();
    assert_eq!(error, "--server: no server is called EX02 among those that the run changed");
}
