//! What loopback cannot show: names and addresses of a network, on a network that has nobody else. The test starts itself
//! again in a network namespace of its own (`unshare`, as root), with its own hosts file; nothing leaves it, and it is gone
//! with the process.

use std::env;
use std::io::Write;
use std::net::IpAddr;
use std::process::{Command, ExitCode};

use relight::domain::probe::{Endpoint, Miss, ProbeOutcome, Reach, Standing};
use relight::probe::probe_all;

use super::certificates::issued;
use super::dovecot::{Dovecot, Ports};
use super::peer::Peer;
use super::{LONG, SHORT, document, relight};

crate::trials![
    unreachable_and_unknown_are_told_apart: Namespace,
    each_address_of_a_name_counts: Namespace,
    the_exit_code_is_that_of_the_worst_port: Namespace,
    real_servers_under_their_own_name_prove_themselves: Namespace & Dovecot,
];

/// Set for a process that plays one part in a namespace.
const INSIDE: &str = "RELIGHT_TEST_NAMESPACE";

/// A network of the documentation's addresses (RFC 5737, RFC 3849) on the namespace's only interface. What is sent to
/// 192.0.2.64/26 arrives there again, is nobody's, and is dropped without a word.
const SET_UP: &str = r#"
set -e
ip link set lo up
ip addr add 192.0.2.1/32 dev lo
ip addr add 192.0.2.2/32 dev lo
ip -6 addr add 2001:db8::1/128 dev lo nodad
ip route add 192.0.2.64/26 dev lo
ip route add unreachable 203.0.113.0/24
mount --make-rprivate /
folder=$(mktemp -d)
mount -t tmpfs none "$folder"
cat > "$folder/hosts" <<HOSTS
127.0.0.1 localhost $(hostname)
192.0.2.1 ex01.relight.test
2001:db8::1 ex01.relight.test
192.0.2.2 ex02.relight.test
192.0.2.99 gone.relight.test
127.0.0.1 self.relight.test
HOSTS
echo "hosts: files dns" > "$folder/nsswitch.conf"
echo "nameserver 192.0.2.99" > "$folder/resolv.conf"
for file in hosts nsswitch.conf resolv.conf; do
    mount --bind "$folder/$file" "$(readlink -f /etc/$file)"
done
exec "$@"
"#;

/// What is played in a network of its own.
const PARTS: [(&str, fn()); 4] = [
    ("unreachable and unknown", unreachable_and_unknown),
    ("each address", each_address),
    ("worst port", worst_port),
    ("real servers", real_servers),
];

/// Plays the part that this process was started for. A panic is the report of a failure.
pub fn play_if_started_as_one() -> Option<ExitCode> {
    let name = env::var(INSIDE).ok()?;
    let (_, part) = PARTS.iter().find(|(known, _)| *known == name).expect("a part of this name");
    part();
    Some(ExitCode::SUCCESS)
}

/// Has a part played, and fails as it fails.
fn watch(part: &str) {
    let mut command = Command::new("unshare");
    command.args(["--net", "--mount", "--", "sh", "-c", SET_UP, "sh"]).arg(env::current_exe().expect("this program"));
    let output = command.env(INSIDE, part).output().expect("unshare starts");
    assert!(output.status.success(), "{part}: {}", String::from_utf8_lossy(&output.stderr));
}

fn unreachable_and_unknown_are_told_apart() {
    watch("unreachable and unknown");
}

fn each_address_of_a_name_counts() {
    watch("each address");
}

fn the_exit_code_is_that_of_the_worst_port() {
    watch("worst port");
}

fn real_servers_under_their_own_name_prove_themselves() {
    watch("real servers");
}

fn one(text: &str) -> Endpoint {
    Endpoint::parse(text).expect("an endpoint").remove(0)
}

fn unreachable_and_unknown() {
    let places = ["gone.relight.test:110", "203.0.113.7:110", "198.51.100.7:995", "nobody.relight.test:110"];
    let results = probe_all(&places.map(one), SHORT);
    let [gone, refused, no_route, nobody] = results.as_slice() else { panic!("{results:?}") };
    assert_eq!(gone.attempts()[0].outcome, ProbeOutcome::Unreachable(Miss::Deadline));
    for result in [refused, no_route] {
        let seen = &result.attempts()[0].outcome;
        assert!(matches!(seen, ProbeOutcome::Unreachable(Miss::System(_))), "{seen:?}");
    }
    // The name server is one that never answers.
    assert_eq!(nobody.reach, Reach::Unresolved(Miss::Deadline));
    assert!(results.iter().all(|result| result.standing() == Standing::NotKnown));
    let (seen, code) = document(&["nobody.relight.test:110", "--timeout", "400ms"]);
    assert_eq!((seen["endpoints"][0]["unresolved"]["kind"].as_str(), code), (Some("deadline"), 13));
}

fn each_address() {
    let serve = |address: &str, line: &'static str| {
        let address = address.parse::<IpAddr>().expect("an address");
        Peer::at((address, 1110).into(), move |stream| stream.write_all(line.as_bytes()).expect("sent"))
    };
    let endpoint = one("ex01.relight.test:1110");
    let _four = serve("192.0.2.1", "+OK four\r\n");
    let seen = probe_all(std::slice::from_ref(&endpoint), LONG).remove(0);
    let outcomes = seen.attempts().iter().map(|attempt| &attempt.outcome).collect::<Vec<_>>();
    assert_eq!(outcomes.len(), 2, "{outcomes:?}");
    assert!(outcomes.contains(&&ProbeOutcome::Refused), "{outcomes:?}");
    assert_eq!(seen.standing(), Standing::Served, "clients go on to the next address");
    let _six = serve("2001:db8::1", "");
    let seen = probe_all(&[endpoint], LONG).remove(0);
    assert_eq!(seen.standing(), Standing::NotServed, "who is led to the other address stays there");
}

fn worst_port() {
    let at = |port: u16, line: &'static str| {
        let address = "192.0.2.2".parse::<IpAddr>().expect("an address");
        Peer::at((address, port).into(), move |stream| {
            let _gone = stream.write_all(line.as_bytes());
        })
    };
    let _peers = [at(110, ""), at(143, "* OK fine\r\n")];
    let code = |places: &[&str]| relight(places).code;
    assert_eq!(code(&["ex02.relight.test:143"]), 0);
    assert_eq!(code(&["ex02.relight.test:143", "ex02.relight.test:995"]), 13);
    assert_eq!(code(&["ex02.relight.test:143", "ex02.relight.test:110", "ex02.relight.test:995"]), 10);
    let text = relight(&["--server", "ex02.relight.test"]).stdout;
    assert!(text.contains("Next: relight check ex02.relight.test"), "{text}");
    assert_eq!(code(&["self.relight.test:143"]), 13);
}

fn real_servers() {
    let made = issued("ex01", &["ex01.relight.test"], (2050, 1, 1));
    let ports = Ports { pop3: 110, pop3s: 995, imap: 143, imaps: 993 };
    let both = ["192.0.2.1", "2001:db8::1"].map(|address| address.parse::<IpAddr>().expect("an address"));
    let _started = both.map(|address| Dovecot::start(address, ports, &made));
    let (seen, code) = document(&["ex01.relight.test"]);
    assert_eq!(code, 0, "{seen:#}");
    for endpoint in seen["endpoints"].as_array().expect("a list") {
        assert_eq!(endpoint["standing"], "served");
        for attempt in endpoint["attempts"].as_array().expect("a list") {
            assert_eq!(attempt["notes"].as_array().map(Vec::len), Some(0), "{attempt:#}");
        }
        assert_eq!(endpoint["attempts"].as_array().map(Vec::len), Some(2));
    }
}
