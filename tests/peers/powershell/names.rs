//! Names that look like code get nowhere: they are refused before anything is started.

use serde_json::json;

use super::exchange::kb_server;
use crate::support::double::Setup;

crate::trials![Pwsh =>
    a_name_that_no_server_has_is_a_usage_error_and_starts_nothing,
    a_strange_name_that_a_server_could_have_arrives_as_it_is,
];

fn a_name_that_no_server_has_is_a_usage_error_and_starts_nothing() {
    let setup = Setup::new(&kb_server());
    let long = "x".repeat(300);
    let names = [
        "",
        " ",
        "a'b",
        "a\"b",
        "a`b",
        "$(New-Item pwned)",
        "'; New-Item pwned; '",
        "\"; New-Item pwned; \"",
        "EX01 | New-Item pwned",
        "${env:PATH}",
        "EX01\nEX02",
        "line\r\nbreak",
        "@{a=1}",
        "%PATH%",
        "EX0*",
        "[EX]01",
        "..\\..\\x",
        "EX01;exit",
        "EX01&whoami",
        "EX01..local",
        ".",
        &long,
    ];
    for name in names {
        for command in [&["check"][..], &["fix", "--yes"]] {
            let named = format!("--server={name}");
            let ended = setup.run(&[command, &[named.as_str()]].concat());
            assert_eq!((ended.code, ended.stdout.as_str()), (2, ""), "{name:?}: {ended:?}");
            assert!(ended.stderr.contains("--server"), "{name:?}: {ended:?}");
        }
    }
    for args in [
        &["check", "--component", "$(New-Item pwned)"][..],
        &["fix", "--yes", "--requester", "HealthApi'; New-Item pwned; '"],
        &["fix", "--yes", "--requester", "4"],
        &["check", "--connection", "remote", "--connect-to", "$(New-Item pwned)"],
        &["check", "--connection", "remote"],
    ] {
        assert_eq!(setup.run(args).code, 2, "{args:?}");
    }
    assert!(!setup.path("log.jsonl").exists(), "no shell was started");
    assert!(!setup.path("pwned").exists());
}

fn a_strange_name_that_a_server_could_have_arrives_as_it_is() {
    let strange = "m\u{fc}nchen_ex-1.contoso.test";
    let state = json!({"servers": [{"name": "m\u{fc}nchen_ex-1", "fqdn": strange, "components": {}}]});
    let setup = Setup::new(&state);
    let ended = setup.run(&["check", "--format", "json", &format!("--server={strange},Verbose")]);
    assert_eq!(ended.exits(), [(strange.to_owned(), 0), ("Verbose".to_owned(), 22)], "{ended:?}");
    let asked: Vec<_> = setup.calls("Get-ExchangeServer").iter().map(|args| args["Identity"].clone()).collect();
    assert_eq!(asked, [strange, "Verbose"]);
}
