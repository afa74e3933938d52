//! What a scenario file is refused for, and how that is said.

use super::*;

/// What is said of a file whose second line is this.
fn problem(rest: &str) -> String {
    match parse(&format!("{{\"scenario\":\"relight/scenario/1.0\",\n{rest}"), "x.json") {
        Ok(_) => "fine".to_owned(),
        Err(error) => error.to_string(),
    }
}

fn assert_problem(rest: &str, expected: &str) {
    let problem = problem(rest);
    assert!(problem.starts_with("x.json, line 2, column "), "{rest}\n{problem}");
    assert!(problem.contains(expected), "{rest}\n{problem}\n{expected}");
}

#[test]
fn the_least_scenario_is_one_server() {
    assert_eq!(problem(r#""servers":[{"name":"EX01"}]}"#), "fine");
}

#[test]
fn a_problem_in_the_file_names_line_column_and_field() {
    for (rest, expected) in [
        (r#""servers":[]}"#, "line 2, column 10: servers: a scenario needs at least one server"),
        (r#""servers":[{}]}"#, "line 2, column 13: servers[0]: missing field `name`"),
        (r#""now":"yesterday","servers":[{"name":"A"}]}"#, "now: \"yesterday\" is not a time in UTC"),
        (r#""servers":[{"name":"A"}]} x"#, "line 2, column 27: the file: trailing characters"),
        (r#""servers":[{"name":"A""#, "EOF while parsing"),
    ] {
        assert_problem(rest, expected);
    }
    let old = parse("{\"scenario\":\"relight/scenario/2.0\",\"servers\":[]}", "x.json").map_err(|e| e.to_string());
    assert!(old.is_err_and(|said| said.contains("line 1, column 34: scenario: this relight reads the format")));
}

#[test]
fn a_problem_in_a_server_names_it() {
    for (servers, expected) in [
        (r#"{"name":"EX 01"}"#, "servers[0].name: \"EX 01\" is not the name of a server: ' ' cannot"),
        (r#"{"name":"A"},{"name":"B"},{"name":"a"}"#, "servers[2].name: \"a\" already names the server A"),
        (r#"{"name":"A"},{"name":"B","fqdn":"a.contoso.local"}"#, "servers[1].fqdn: \"a.contoso.local\" already"),
        (r#"{"name":"A","rol":"Edge"}"#, "servers[0].rol: unknown field `rol`, expected one of"),
        (r#"{"name":"A","version":"new"}"#, "servers[0].version: \"new\" has no version number"),
        (r#"{"name":"A","components":{"PopProxy":{},"popproxy":{}}}"#, "components: `popproxy` is there twice"),
        (r#"{"name":"A","components":{"PopProxy":{"local":{}}}}"#, "components.PopProxy.local: invalid type: map"),
    ] {
        assert_problem(&format!("\"servers\":[{servers}]}}"), expected);
    }
}

#[test]
fn many_servers_and_faults_take_no_time_to_speak_of() {
    let many = |one: &dyn Fn(usize) -> String| (0..20_000).map(one).collect::<Vec<_>>().join(",");
    let servers = many(&|at| format!(r#"{{"name":"S{at}"}}"#));
    let faults = many(&|at| format!(r#"{{"server-down":{{"server":"S{at}"}}}}"#));
    let components = many(&|at| format!(r#""C{at}":{{}}"#));
    let more = format!(r#"{{"name":"T","components":{{{components}}}}}"#);
    let began = std::time::Instant::now();
    assert_eq!(problem(&format!("\"servers\":[{servers},{more}],\"faults\":[{faults}]}}")), "fine");
    // Each compared with each took minutes; what a busy machine adds to a second is far from that.
    assert!(began.elapsed().as_secs() < 30, "{:?}", began.elapsed());
}

#[test]
fn a_problem_in_an_entry_names_it() {
    for (requester, state, time, expected) in [
        ("HealthApi", "Inactiv", "2026-03-14T02:31:52Z", "state: \"Inactiv\" is no state; `Inactive` was probably"),
        ("HealthApi", "", "2026-03-14T02:31:52Z", "state: a state is Active, Inactive or Draining"),
        (
            "HealthApi",
            "Inactive",
            "2026-03-14T02:31:52+01:00",
            "timestamp: \"2026-03-14T02:31:52+01:00\" is not a time",
        ),
        ("HealthApi", "Inactive", "3/14/2026 2:31:52 AM", "timestamp: \"3/14/2026 2:31:52 AM\" is not a time in UTC"),
        ("", "Inactive", "2026-03-14T02:31:52Z", "requester: a requester has a name"),
    ] {
        let entry = serde_json::json!({"requester": requester, "state": state, "timestamp": time});
        assert_problem(
            &format!("\"servers\":[{{\"name\":\"A\",\"components\":{{\"PopProxy\":{{\"remote\":[{entry}]}}}}}}]}}"),
            &format!("servers[0].components.PopProxy.remote[0].{expected}"),
        );
    }
}

#[test]
fn a_problem_in_a_fault_names_it() {
    for (fault, expected) in [
        (r#"{"slow-lod":{}}"#, ": unknown variant `slow-lod`, expected one of"),
        (r#"{"slow-load":{"milliseconds":"3"}}"#, ".slow-load.milliseconds: invalid type: string"),
        (r#"{"hang":{"when":{"sever":"A"}}}"#, ".hang.when.sever: unknown field"),
        (r#"{"hang":{"when":{"nth":0}}}"#, ".hang.when.nth: invalid value: integer `0`"),
        (r#"{"hang":{"when":{"server":"B"}}}"#, ".hang.when.server: \"B\" is none of the servers of this scenario (A)"),
        (
            r#"{"hang":{"when":{"component":"Pop"}}}"#,
            ".hang.when.component: no server of this scenario has a component",
        ),
        (
            r#"{"hang":{"when":{"op":"get-environment","server":"A"}}}"#,
            ".hang.when.server: there is no server in that operation",
        ),
        (
            r#"{"lost-registry-write":{"when":{"op":"connect"}}}"#,
            ".lost-registry-write.when.op: this fault cannot happen",
        ),
        (r#"{"flips-back":{"component":"PopProxy","requester":"X"}}"#, ".flips-back: give either `afterReads` or"),
        (r#"{"server-down":{"server":"B"}}"#, ".server-down.server: \"B\" is none of the servers"),
        (r#"{"server-down":{"server":["A","B"]}}"#, ".server-down.server: \"B\" is none of the servers"),
        (r#"{"server-down":{"server":[]}}"#, ".server-down.server: name at least one server"),
        (r#"{"server-down":{"server":1}}"#, ".server-down.server: the name of a server, or a list of names"),
    ] {
        assert_problem(
            &format!("\"servers\":[{{\"name\":\"A\"}}],\"faults\":[{fault}]}}"),
            &format!("faults[0]{expected}"),
        );
    }
}
