//! Runs for the tests of records and journals: every value that one can have is in one of them.

use std::time::Duration;

use jiff::Timestamp;

use crate::domain::probe::{
    Attempt, Banner, Certificate, Endpoint, Foreign, Miss, ProbeOutcome, ProbeReport, ProbeResult, Protocol, Reach,
    Security, StartTls, Tls, TlsFailure, TlsVersion,
};
use crate::domain::*;

/// A moment of one night, UTC.
pub fn at(time: &str) -> Timestamp {
    format!("2026-03-14T{time}Z").parse().expect("a time")
}

fn entry(component: &str, since: EntryTime, stores: Stores) -> InactiveEntry {
    let (component, requester) = (Component::new(component), Requester::new("HealthApi"));
    InactiveEntry { component, requester, state: State::Inactive, since, stores }
}

fn usual() -> InactiveEntry {
    entry("PopProxy", EntryTime::Utc(at("02:31:52")), Stores::Both)
}

fn trouble() -> Trouble {
    Trouble {
        kind: TroubleKind::Deadline,
        component: Some(Component::new("PopProxy")),
        message: "\u{202e}\u{1b}[2J \u{fc}".to_owned(),
    }
}

fn store(entries: &[(&str, State, EntryTime)]) -> StoreReading {
    let entry = |(requester, state, time): &(&str, State, EntryTime)| Entry {
        requester: Requester::new(*requester),
        state: state.clone(),
        time: time.clone(),
    };
    StoreReading::of(entries.iter().map(entry).collect())
}

/// PopProxy with such entries in both stores, and others of which not everything can be read.
fn look(state: State, taken: &str, pop: &StoreReading) -> ServerSnapshot {
    let component = |name: &str, state, local, remote| ComponentSnapshot {
        component: Component::new(name),
        state,
        server_wide_offline: false,
        local,
        remote,
    };
    let text = |text: &str| EntryTime::Text(text.to_owned());
    let opaque = StoreReading::Read { entries: Vec::new(), opaque: vec!["Microsoft.Exchange.Data.X".to_owned(); 2] };
    let contested = [("Maintenance", State::Inactive, text("14.03.2026")), ("maintenance", State::Active, text("1"))];
    ServerSnapshot {
        server: Server::parse("EX01").expect("a name"),
        taken: at(taken),
        runs_shell: true,
        exchange: Some(ExchangeServer {
            name: Some("EX01".to_owned()),
            fqdn: Some("ex01.contoso.local".to_owned()),
            version: Some("15.2.2562.17".to_owned()),
            role: None,
        }),
        setup: Setup::Unknown("no answer".to_owned()),
        services: Services::Read(vec![
            ServiceSnapshot {
                service: Service::PopFrontEnd,
                state: ServiceState::Stopped,
                start: StartType::Automatic,
            },
            ServiceSnapshot {
                service: Service::PopBackEnd,
                state: ServiceState::Other("Start Pending".to_owned()),
                start: StartType::Other("Boot".to_owned()),
            },
        ]),
        health_manager: (state == State::Active)
            .then_some(HealthManager { state: ServiceState::Running, start: StartType::Automatic }),
        components: vec![
            component("PopProxy", state, pop.clone(), pop.clone()),
            component("ImapProxy", State::Inactive, opaque, StoreReading::Unreadable),
            component(
                "UMCallRouter",
                State::Unknown("Resting".to_owned()),
                store(&contested[..1]),
                store(&contested[1..]),
            ),
            component("ServerWideOffline", State::Draining, store(&[]), store(&[])),
        ],
        troubles: TroubleKind::ALL.map(|kind| Trouble { kind, ..trouble() }).to_vec(),
    }
}

fn gaps() -> Vec<Gap> {
    vec![
        Gap::Unreadable(Store::Local),
        Gap::Opaque(Store::Remote, 2),
        Gap::Contested(Requester::new("Maintenance")),
        Gap::Contradiction(State::Draining),
    ]
}

/// One of each kind.
pub fn obstacles() -> Vec<Obstacle> {
    let (component, service) = (|| Component::new("PopProxy"), Service::PopFrontEnd);
    let start = Change::SetService { service, startup: StartType::Manual, to: ServiceState::Running };
    vec![
        Obstacle::RequesterNotAllowed(usual()),
        Obstacle::OwnConsent(usual()),
        Obstacle::ServiceManual(service),
        Obstacle::ServiceNotAllowed(service),
        Obstacle::StopNotAsked(service),
        Obstacle::Declined(Change::set_active(usual())),
        Obstacle::Declined(start.clone()),
        Obstacle::NotAnswered(Change::set_active(usual())),
        Obstacle::NotAnswered(start),
        Obstacle::UnknownRequester(usual()),
        Obstacle::SetupRunning(usual()),
        Obstacle::SetupUnknown(usual(), "no answer".to_owned()),
        Obstacle::NothingToSet(component()),
        Obstacle::Unknowable(component(), gaps()),
        Obstacle::ServiceDisabled(service),
        Obstacle::NeverSent,
        Obstacle::LeftUnknown,
        Obstacle::NeverTookEffect,
        Obstacle::NotSeen,
        Obstacle::ChangedSince,
        Obstacle::RanBefore,
        Obstacle::NotRunning,
        Obstacle::FrontEndStays(service),
    ]
}

/// One of each kind.
pub fn outcomes() -> Vec<Outcome> {
    vec![
        Outcome::NotBegun,
        Outcome::Open,
        Outcome::Done,
        Outcome::Failed(trouble()),
        Outcome::Unknown(trouble()),
        Outcome::NotCarriedOut,
        Outcome::NotSent(NotSent::ChangedSincePlan),
        Outcome::NotSent(NotSent::ServerWideOfflineChanged),
        Outcome::NotSent(NotSent::SetupRunning),
        Outcome::NotSent(NotSent::NotSeen(trouble())),
        Outcome::NotSent(NotSent::Useless),
        Outcome::NotSent(NotSent::ShellLost),
        Outcome::NotSent(NotSent::Interrupted),
        Outcome::NotSent(NotSent::NotRecorded),
        Outcome::NotSent(NotSent::LockLost),
        Outcome::NotSent(NotSent::Stopped),
    ]
}

/// One of each kind.
pub fn reasons() -> Vec<Reason> {
    vec![
        Reason::NotWritten(usual()),
        Reason::RegistryPending(usual()),
        Reason::RegistryWriteLost(usual(), NoCopy::NotRunning),
        Reason::RegistryWriteLost(usual(), NoCopy::NotKnown),
        Reason::RegistryWriteLost(usual(), NoCopy::RegistryIsLater),
        Reason::DirectoryWriteLost(usual()),
        Reason::SetAgain(usual()),
        Reason::AnotherEntry(usual()),
        Reason::ServerWideOffline,
        Reason::StateDoesNotFollow(State::Draining),
        Reason::NotPutBack(Store::Remote),
        Reason::DirectoryIsLater,
        Reason::ServiceIs(ServiceState::Other("Stop Pending".to_owned())),
    ]
}

/// Ports that between them come to everything.
pub fn probed() -> ProbeReport {
    let banner = |protocol| Banner { protocol, text: "+OK \u{fc}".to_owned() };
    let failed = ProbeOutcome::TlsFailed;
    let certificate = Certificate {
        subject: "CN=EX01".to_owned(),
        names: vec!["EX01".to_owned()],
        not_before: at("00:00:00"),
        not_after: at("01:00:00"),
        self_signed: true,
    };
    let tls = |version, certificate| Some(Tls { version, certificate });
    let mut tried = [
        ProbeOutcome::Banner(banner(Protocol::Pop3)),
        ProbeOutcome::TurnedAway(banner(Protocol::Imap4)),
        ProbeOutcome::Closed,
        ProbeOutcome::Silent { came: String::new() },
        ProbeOutcome::Refused,
        ProbeOutcome::Unreachable(Miss::Deadline),
        ProbeOutcome::Unreachable(Miss::System("no route".to_owned())),
        failed(TlsFailure::TooOld(Some(TlsVersion::Unknown(0x7f1c)))),
        failed(TlsFailure::TooOld(None)),
        failed(TlsFailure::NothingInCommon),
        failed(TlsFailure::Alert(80)),
        failed(TlsFailure::NotTls("+OK".to_owned())),
        failed(TlsFailure::ClosedByServer),
        failed(TlsFailure::Stalled),
        failed(TlsFailure::Library("gave up".to_owned())),
        ProbeOutcome::Foreign(Foreign::Endless, "aaa".to_owned()),
    ]
    .map(|outcome| Attempt {
        address: "10.0.0.5".parse().expect("an address"),
        security: Security::Plain,
        outcome,
        starttls: None,
        tls: None,
        took: Duration::from_millis(12),
    });
    tried[0] = Attempt {
        address: "::1".parse().expect("an address"),
        security: Security::Tls,
        starttls: Some(StartTls::NotTold),
        tls: tls(TlsVersion::Tls12, Ok(certificate)),
        ..tried[0].clone()
    };
    tried[1].tls = tls(TlsVersion::Tls13, Err("no certificate".to_owned()));
    let mut simulated = Endpoint::parse("[fd00::5]:1110").expect("a port").remove(0);
    simulated.simulated = Some("127.0.0.1:4110".parse().expect("an address"));
    let mut results = Endpoint::parse("ex01.contoso.local").expect("a host").into_iter();
    let mut next = |reach| ProbeResult { endpoint: results.next().expect("a port"), reach };
    let results = vec![
        next(Reach::Tried(tried.to_vec())),
        next(Reach::Tried(Vec::new())),
        next(Reach::Unresolved(Miss::System("no such host".to_owned()))),
        ProbeResult { endpoint: simulated, reach: Reach::Unresolved(Miss::Deadline) },
    ];
    ProbeReport { taken: at("02:48:00"), deadline: Duration::from_millis(2500), results, left_out: Vec::new() }
}

fn empty(id: Option<RunId>, command: Command) -> Run {
    Run {
        id,
        arguments: vec!["fix".to_owned(), "EX01".to_owned()],
        who: Some(Who {
            user: "CONTOSO\\ada".to_owned(),
            elevated: None,
            host: "ADMIN1".to_owned(),
            interactive: true,
        }),
        simulated: Some("kb".to_owned()),
        ..Run::begun(command, AgreedBy::Person, "0.1.0", at("02:46:50"))
    }
}

/// A fix with everything in it, as it is read back: what is worked out is worked out with the usual policy.
fn everything() -> Run {
    let pop = store(&[("HealthApi", State::Inactive, EntryTime::Utc(at("02:31:52")))]);
    let mut server = ServerRun::of(look(State::Inactive, "02:46:52", &pop), &policy());
    let agreed = |(number, _)| Agreed {
        change: match number {
            0 => Change::SetService {
                service: Service::PopBackEnd,
                startup: StartType::Other("Boot".to_owned()),
                to: ServiceState::Running,
            },
            _ => Change::set_active(InactiveEntry {
                requester: Requester::new(KnownRequester::ALL[(number - 1) / 3].name()),
                ..entry(
                    ["PopProxy", "ImapProxy", "ServerWideOffline"][(number - 1) % 3],
                    EntryTime::Text("14.03.2026".to_owned()),
                    [Stores::Local, Stores::Remote, Stores::Both][number % 3],
                )
            }),
        },
        components: vec![Component::new("PopProxy"), Component::new("ImapProxy")],
    };
    let left = Left {
        components: vec![Component::new("ImapProxy")],
        changes: vec![Change::set_active(usual())],
        obstacles: obstacles(),
    };
    let decision = Decision { agreed: outcomes().iter().enumerate().map(agreed).collect(), left: vec![left] };
    server.steps = decision.not_begun();
    server.steps.iter_mut().zip(outcomes()).for_each(|(step, outcome)| {
        step.intended = outcome.was_sent().then(|| at("02:47:20"));
        step.outcome = outcome;
    });
    server.decision = Some(decision);
    let verdict = |subject, kind| Verdict { subject, kind, notes: Vec::new() };
    let pop = store(&[("HealthApi", State::Active, EntryTime::Utc(at("02:47:31")))]);
    server.looks = vec![
        Look::of(look(State::Active, "02:47:40", &pop), Vec::new(), None),
        Look::of(
            look(State::Active, "02:49:40", &pop),
            vec![
                Verdict {
                    notes: vec![Note::NotInDirectory(usual()), Note::ActiveStays(usual())],
                    ..verdict(Subject::Component(Component::new("PopProxy")), VerdictKind::Confirmed)
                },
                verdict(
                    Subject::Entry(Component::new("ImapProxy"), Requester::new("Maintenance")),
                    VerdictKind::NotConfirmed(reasons()),
                ),
                verdict(Subject::Service(Service::ImapBackEnd), VerdictKind::Unknown(gaps())),
            ],
            Some(Duration::from_secs(120)),
        ),
    ];
    server.clients = vec![Clients {
        component: Component::new("PopProxy"),
        protocol: Protocol::Pop3,
        certificate_name: Some("mail.contoso.local".to_owned()),
        results: probed().results,
        back_end: probed().results.pop(),
        after: Some(Duration::from_secs(7)),
    }];
    let monitor = |kind| MonitorVerdict { component: Component::new("PopProxy"), kind };
    server.monitors = vec![
        monitor(MonitorVerdictKind::Healthy(at("02:49:31"))),
        monitor(MonitorVerdictKind::StillAlerting(Alert::Degraded, at("02:52:31"))),
        monitor(MonitorVerdictKind::NotJudged(Alert::Other("Paused".to_owned()), None)),
        monitor(MonitorVerdictKind::NotSeen(vec!["silent".to_owned()])),
    ];
    Run {
        ended: Some(End { at: at("02:50:00"), code: 11, name: "some-left".to_owned() }),
        interrupted: true,
        resumed: true,
        servers: vec![server],
        ..empty(Some(RunId::at(at("02:46:50"))), Command::Fix)
    }
}

/// An undo that did not live to look again.
fn undo() -> Run {
    let mut seen = look(State::Active, "02:55:00", &StoreReading::Unreadable);
    (seen.services, seen.setup, seen.exchange) = (Services::Unreadable("no".to_owned()), Setup::NotRunning, None);
    let mut server = ServerRun::of(seen, &policy());
    server.plan.proposals.clear();
    let alone = InactiveEntry { stores: Stores::Local, ..usual() };
    let opposite = Change::set_active(alone).opposite();
    let components = vec![Component::new("PopProxy")];
    server.steps = vec![StepOutcome {
        intended: Some(at("02:55:02")),
        ..StepOutcome::not_begun(opposite.clone(), components.clone())
    }];
    server.steps[0].outcome = Outcome::Open;
    server.decision = Some(Decision { agreed: vec![Agreed { change: opposite, components }], left: Vec::new() });
    let undoes = Some(RunId::at(at("02:46:50")));
    let shells = vec![ShellProcess { id: 4711, started: "a-boot 815".to_owned() }];
    Run { undoes, shells, servers: vec![server], ..empty(Some(RunId::at(at("02:54:50"))), Command::Undo) }
}

/// A check, with all that Managed Availability has to say and with nothing of it.
fn check() -> Run {
    let pop = store(&[
        ("HealthApi", State::Inactive, EntryTime::Utc(at("02:31:52"))),
        ("4", State::Draining, EntryTime::Utc(at("02:31:52"))),
    ]);
    let mut server = ServerRun::of(look(State::Inactive, "02:46:52", &pop), &policy());
    let no = || "not recognized".to_owned();
    let told = Evidence {
        component: Component::new("PopProxy"),
        monitors: Ok(Monitors {
            all: vec![Monitor {
                name: "PopProxyTestMonitor".to_owned(),
                alert: Alert::Unhealthy,
                at: Some(at("02:46:31")),
                is_stale: true,
            }],
            warnings: vec!["slow".to_owned()],
        }),
        settings: Ok(ProtocolSettings {
            certificate_name: "mail.contoso.local".to_owned(),
            plain_bindings: vec!["192.168.1.5:110".to_owned()],
            tls_bindings: vec!["192.168.1.5:995".to_owned()],
        }),
        certificates: Ok(vec![CertificateSeen {
            names: vec!["mail.contoso.local".to_owned()],
            not_after: Some(at("00:00:00")),
        }]),
        way_back: WayBack {
            overrides: Ok(vec![Override {
                is_global: false,
                identity: "POP.Proxy\\PopProxyTestMonitor".to_owned(),
                item_type: "Monitor".to_owned(),
                property: "Enabled".to_owned(),
                value: "0".to_owned(),
            }]),
            guards: Ok(Vec::new()),
        },
        takedowns: Ok(vec![Takedown { responder: None, at: Some(at("02:31:50")) }]),
    };
    let untold = Evidence {
        component: Component::new("ImapProxy"),
        monitors: Err(no()),
        settings: Err(no()),
        certificates: Err(no()),
        way_back: WayBack { overrides: Err(no()), guards: Err(no()) },
        takedowns: Err("denied".to_owned()),
    };
    server.evidence = vec![told, untold];
    let run = empty(None, Command::Check);
    Run { who: None, simulated: None, agreed_by: AgreedBy::Nobody, servers: vec![server], ..run }
}

/// The policy by which a run that is read back is understood.
fn policy() -> Policy {
    let components = ["PopProxy", "ImapProxy", "UMCallRouter"].map(Component::new).to_vec();
    Policy { components, ..Policy::default() }
}

/// Runs that have a journal.
pub fn journalled() -> Vec<Run> {
    vec![everything(), undo()]
}

/// Runs of every kind.
pub fn runs() -> Vec<Run> {
    vec![everything(), undo(), check()]
}
