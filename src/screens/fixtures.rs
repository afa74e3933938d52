//! Values for the tests: small builders, and the reports that the texts and the documents are shown with.

use jiff::{SignedDuration, Timestamp, tz::TimeZone};

use crate::domain::*;
use crate::screens::Show;

/// A moment of one night, UTC.
pub fn at(time: &str) -> Timestamp {
    format!("2026-03-14T{time}Z").parse().expect("a time")
}

pub fn server(name: &str) -> Server {
    Server::parse(name).expect("a server name")
}

pub fn show() -> Show {
    Show { width: 80, whole_commands: false, tz: TimeZone::posix("CET-1").expect("a zone"), verbose: false }
}

pub fn entry(requester: &str, state: State, time: &str) -> Entry {
    Entry { requester: Requester::new(requester), state, time: EntryTime::Utc(at(time)) }
}

pub fn inactive_entry(component: &str, requester: &str, since: Timestamp) -> InactiveEntry {
    InactiveEntry {
        component: Component::new(component),
        requester: Requester::new(requester),
        state: State::Inactive,
        since: EntryTime::Utc(since),
        stores: Stores::Both,
    }
}

pub fn component(name: &str, state: State, local: Vec<Entry>, remote: Vec<Entry>) -> ComponentSnapshot {
    ComponentSnapshot {
        component: Component::new(name),
        state,
        server_wide_offline: false,
        local: StoreReading::of(local),
        remote: StoreReading::of(remote),
    }
}

pub fn active(name: &str) -> ComponentSnapshot {
    component(name, State::Active, vec![], vec![])
}

/// Inactive, by entries of these requesters in both stores since `02:31:52`.
pub fn inactive(name: &str, requesters: &[&str]) -> ComponentSnapshot {
    let entries = || requesters.iter().map(|name| entry(name, State::Inactive, "02:31:52")).collect::<Vec<_>>();
    component(name, State::Inactive, entries(), entries())
}

/// Active, with entries of these requesters in both stores from `02:47:31`.
pub fn set_active(name: &str, requesters: &[&str]) -> ComponentSnapshot {
    let entries = || requesters.iter().map(|name| entry(name, State::Active, "02:47:31")).collect::<Vec<_>>();
    component(name, State::Active, entries(), entries())
}

pub fn snapshot(name: &str, taken: &str, components: Vec<ComponentSnapshot>) -> ServerSnapshot {
    let exchange = ExchangeServer {
        name: Some(name.to_owned()),
        fqdn: Some(format!("{}.contoso.local", name.to_lowercase())),
        version: Some("15.1.2507.6".to_owned()),
        role: Some("Mailbox".to_owned()),
    };
    ServerSnapshot {
        exchange: Some(exchange),
        services: all_running(),
        health_manager: Some(HealthManager { state: ServiceState::Running, start: StartType::Automatic }),
        components,
        ..ServerSnapshot::begun(&server(name), at(taken))
    }
}

/// The four services as they are where POP3 and IMAP4 are in use.
pub fn all_running() -> Services {
    Services::Read(
        Service::ALL.map(|service| service_seen(service, ServiceState::Running, StartType::Automatic)).to_vec(),
    )
}

pub fn service_seen(service: Service, state: ServiceState, start: StartType) -> ServiceSnapshot {
    ServiceSnapshot { service, state, start }
}

pub fn trouble(kind: TroubleKind, component: Option<&str>, message: &str) -> Trouble {
    Trouble { kind, component: component.map(Component::new), message: message.to_owned() }
}

/// A first look, understood and planned for.
pub fn looked(before: ServerSnapshot, policy: &Policy) -> ServerRun {
    ServerRun::of(before, policy)
}

/// The same, with what is agreed to carried out: each step ends as given, then a second look. Services are what the policy
/// says, and each start works.
pub fn fixed(
    before: ServerSnapshot,
    policy: &Policy,
    against: impl Fn(&Change) -> Vec<Obstacle>,
    end: impl Fn(&InactiveEntry) -> Outcome,
    after: Option<ServerSnapshot>,
) -> ServerRun {
    let mut server = looked(before, policy);
    let decision = server.plan.decide(|change| match change {
        Change::SetState { .. } => against(change),
        Change::SetService { .. } => policy.objections(change),
    });
    server.steps = decision.not_begun();
    for step in &mut server.steps {
        step.outcome = step.change.entry().map_or(Outcome::Done, &end);
    }
    server.decision = Some(decision);
    if let Some(after) = after {
        server.looked_again(after, None);
        let healthy = |(component, changed): (&Component, Timestamp)| MonitorVerdict {
            component: component.clone(),
            kind: MonitorVerdictKind::Healthy(changed + SignedDuration::from_secs(1)),
        };
        server.monitors = server.set_by_healthapi().into_iter().map(healthy).collect();
    }
    server
}

pub fn run(command: Command, agreed_by: AgreedBy, servers: Vec<ServerRun>) -> Run {
    Run { servers, ..Run::begun(command, agreed_by, "0.1.0", at("02:46:50")) }
}

fn check(servers: Vec<ServerRun>) -> Run {
    run(Command::Check, AgreedBy::Nobody, servers)
}

fn fix(agreed_by: AgreedBy, servers: Vec<ServerRun>) -> Run {
    run(Command::Fix, agreed_by, servers)
}

/// PopProxy and ImapProxy set Inactive by HealthApi: the fault of KB 3025138.
pub fn kb_fault(name: &str) -> ServerSnapshot {
    let ours = |name| inactive(name, &["HealthApi"]);
    snapshot(name, "02:46:52", vec![ours("PopProxy"), ours("ImapProxy"), active("ServerWideOffline")])
}

/// The same server after both were set Active.
pub fn kb_fixed(name: &str) -> ServerSnapshot {
    let ours = |name| set_active(name, &["HealthApi"]);
    snapshot(name, "02:47:40", vec![ours("PopProxy"), ours("ImapProxy"), active("ServerWideOffline")])
}

/// A server in maintenance: ServerWideOffline is Inactive, PopProxy by entries of its own as well, ImapProxy with it.
pub fn maintenance(name: &str) -> ServerSnapshot {
    let mut components = vec![
        inactive("PopProxy", &["HealthApi", "Maintenance"]),
        component("ImapProxy", State::Inactive, vec![], vec![]),
        inactive("ServerWideOffline", &["Maintenance"]),
    ];
    components.iter_mut().for_each(|component| component.server_wide_offline = true);
    snapshot(name, "02:46:52", components)
}

fn healthy() -> Run {
    let components = vec![active("PopProxy"), active("ImapProxy"), active("ServerWideOffline")];
    check(vec![looked(snapshot("EX01", "02:46:52", components), &Policy::default())])
}

fn several_requesters() -> Run {
    let stale = component(
        "ImapProxy",
        State::Inactive,
        vec![entry("Maintenance", State::Active, "01:00:00"), entry("Functional", State::Inactive, "02:00:00")],
        vec![entry("Maintenance", State::Inactive, "00:30:00")],
    );
    let pop = inactive("PopProxy", &["HealthApi", "Maintenance"]);
    let mut before = snapshot("EX01", "02:46:52", vec![pop, stale, active("ServerWideOffline")]);
    before.setup = Setup::Running;
    check(vec![looked(before, &Policy::default())])
}

fn gaps() -> Run {
    let mut pop = component("PopProxy", State::Active, vec![], vec![]);
    pop.local = StoreReading::Unreadable;
    let mut imap = component("ImapProxy", State::Inactive, vec![], vec![]);
    imap.local = StoreReading::Read { entries: vec![], opaque: vec!["Microsoft.Exchange.Data.X".to_owned(); 2] };
    let mut before = snapshot("EX01", "02:46:52", vec![pop, imap]);
    before.troubles.push(trouble(
        TroubleKind::Unreachable,
        Some("ServerWideOffline"),
        "The network path was not found.\u{1b}[2J",
    ));
    fix(AgreedBy::Nobody, vec![looked(before, &Policy::default())])
}

fn oddities() -> Run {
    let draining =
        component("PopProxy", State::Draining, vec![entry("HealthApi", State::Draining, "02:31:52")], vec![]);
    let by_hand =
        component("ImapProxy", State::Inactive, vec![entry("4\u{202e}", State::Inactive, "02:31:52")], vec![]);
    let unexplained = component("UMCallRouter", State::Inactive, vec![], vec![]);
    let before = snapshot("EX01", "02:46:52", vec![draining, by_hand, unexplained, active("ServerWideOffline")]);
    let mut policy = Policy::default();
    policy.components.push(Component::new("UMCallRouter"));
    check(vec![looked(before, &policy)])
}

fn lost_and_left() -> Run {
    let pop = inactive("PopProxy", &["HealthApi"]);
    let imap = inactive("ImapProxy", &["Maintenance"]);
    let before = snapshot("EX01", "02:46:52", vec![pop.clone(), imap.clone(), active("ServerWideOffline")]);
    let mut after_pop = set_active("PopProxy", &["HealthApi"]);
    after_pop.local = pop.local;
    after_pop.state = State::Inactive;
    let after = snapshot("EX01", "02:47:40", vec![after_pop, imap, active("ServerWideOffline")]);
    let policy = Policy::default();
    let against = |change: &Change| policy.objections(change);
    fix(AgreedBy::Yes, vec![fixed(before, &policy, against, |_| Outcome::Done, Some(after))])
}

fn shell_lost() -> Run {
    let end = |entry: &InactiveEntry| {
        if entry.component.is("PopProxy") {
            Outcome::Unknown(trouble(TroubleKind::Deadline, None, "no answer within 150 s"))
        } else {
            Outcome::NotSent(NotSent::ShellLost)
        }
    };
    let mut blind = snapshot("EX01", "02:49:25", vec![]);
    blind.services = Services::NotAsked;
    blind.troubles.push(trouble(TroubleKind::ShellLost, None, "the shell ended"));
    let server = fixed(kb_fault("EX01"), &Policy::default(), |_| vec![], end, Some(blind));
    Run { interrupted: true, ..fix(AgreedBy::Yes, vec![server]) }
}

fn three_servers() -> Run {
    let policy = Policy::default();
    let mut down = snapshot("EX03", "02:46:58", vec![]);
    down.exchange = None;
    down.troubles.push(trouble(
        TroubleKind::Unreachable,
        None,
        "The operation couldn't be performed because EX03 is down.",
    ));
    let mended = fixed(kb_fault("EX01"), &policy, |_| vec![], |_| Outcome::Done, Some(kb_fixed("EX01")));
    let healthy =
        snapshot("EX02", "02:46:55", vec![active("PopProxy"), active("ImapProxy"), active("ServerWideOffline")]);
    fix(AgreedBy::Yes, vec![mended, looked(healthy, &policy), looked(down, &policy)])
}

fn declined() -> Run {
    let against = |change: &Change| vec![Obstacle::Declined(change.clone())];
    fix(AgreedBy::Person, vec![fixed(kb_fault("EX01"), &Policy::default(), against, |_| Outcome::Done, None)])
}

fn failed() -> Run {
    let end = |entry: &InactiveEntry| match entry.component.is("PopProxy") {
        true => Outcome::Failed(trouble(TroubleKind::AccessDenied, None, "Access to the path is denied.\nat Set-X")),
        false => Outcome::Done,
    };
    let mut after = kb_fixed("EX01");
    after.components[0] = inactive("PopProxy", &["HealthApi"]);
    fix(AgreedBy::Person, vec![fixed(kb_fault("EX01"), &Policy::default(), |_| vec![], end, Some(after))])
}

fn maintenance_ended(policy: &Policy) -> Run {
    let components = vec![
        set_active("PopProxy", &["HealthApi", "Maintenance"]),
        active("ImapProxy"),
        set_active("ServerWideOffline", &["Maintenance"]),
    ];
    let after = snapshot("EX01", "02:47:40", components);
    let against = |change: &Change| policy.objections(change);
    fix(AgreedBy::Yes, vec![fixed(maintenance("EX01"), policy, against, |_| Outcome::Done, Some(after))])
}

fn set_again() -> Run {
    let mut again = inactive("PopProxy", &["HealthApi"]);
    let entries = vec![entry("HealthApi", State::Inactive, "02:47:35")];
    (again.local, again.remote) = (StoreReading::of(entries.clone()), StoreReading::of(entries));
    let mut after = kb_fixed("EX01");
    after.components[0] = again;
    fix(AgreedBy::Yes, vec![fixed(kb_fault("EX01"), &Policy::default(), |_| vec![], |_| Outcome::Done, Some(after))])
}

fn flattened() -> Run {
    let text = |requester: &str, state, time: &str| Entry {
        requester: Requester::new(requester),
        state,
        time: EntryTime::Text(time.to_owned()),
    };
    let pop =
        component("PopProxy", State::Inactive, vec![text("HealthApi", State::Inactive, "14.03.2026 02:31:52")], vec![]);
    let imap = component(
        "ImapProxy",
        State::Inactive,
        vec![text("HealthApi", State::Inactive, "14.03.2026 02:31:52")],
        vec![text("HealthApi", State::Active, "13.03.2026 22:00:00")],
    );
    let before = snapshot("EX01", "02:46:52", vec![pop, imap, active("ServerWideOffline")]);
    check(vec![looked(before, &Policy::default())])
}

fn no_second_look() -> Run {
    let end = |_: &InactiveEntry| Outcome::Unknown(trouble(TroubleKind::ShellLost, None, "the shell ended"));
    fix(AgreedBy::Yes, vec![fixed(kb_fault("EX01"), &Policy::default(), |_| vec![], end, None)])
}

fn simulated() -> Run {
    let run = fix(AgreedBy::NobodyToAsk, vec![looked(kb_fault("EX01"), &Policy::default())]);
    Run { simulated: Some("kb".to_owned()), ..run }
}

fn services_stopped() -> Run {
    let mut before = kb_fault("EX01");
    before.services = Services::Read(vec![
        service_seen(Service::PopFrontEnd, ServiceState::Running, StartType::Automatic),
        service_seen(Service::PopBackEnd, ServiceState::Stopped, StartType::Manual),
        service_seen(Service::ImapFrontEnd, ServiceState::Stopped, StartType::Automatic),
        service_seen(Service::ImapBackEnd, ServiceState::Stopped, StartType::Disabled),
    ]);
    let mut unused = snapshot("EX02", "02:46:52", vec![active("PopProxy"), active("ImapProxy")]);
    unused.services = Services::Read(
        Service::ALL.map(|service| service_seen(service, ServiceState::Stopped, StartType::Manual)).to_vec(),
    );
    let mut unread = snapshot("EX03", "02:46:52", vec![active("PopProxy"), active("ImapProxy")]);
    unread.services = Services::Unreadable("this PowerShell has no Get-CimInstance".to_owned());
    let policy = Policy::default();
    check(vec![looked(before, &policy), looked(unused, &policy), looked(unread, &policy)])
}

/// Automatic services that are started once PopProxy is Active; one of IMAP4 is Manual, and is left alone.
fn services_started() -> Run {
    let (pop, imap) = (inactive("PopProxy", &["HealthApi"]), active("ImapProxy"));
    let mut before = snapshot("EX01", "02:46:52", vec![pop, imap, active("ServerWideOffline")]);
    let seen = |service, state: ServiceState, start| service_seen(service, state, start);
    let (auto, manual) = (StartType::Automatic, StartType::Manual);
    let with = |pop: ServiceState| {
        Services::Read(vec![
            seen(Service::PopFrontEnd, pop.clone(), auto.clone()),
            seen(Service::PopBackEnd, pop, auto.clone()),
            seen(Service::ImapFrontEnd, ServiceState::Running, auto.clone()),
            seen(Service::ImapBackEnd, ServiceState::Stopped, manual.clone()),
        ])
    };
    before.services = with(ServiceState::Stopped);
    let active_again = vec![set_active("PopProxy", &["HealthApi"]), active("ImapProxy"), active("ServerWideOffline")];
    let mut after = snapshot("EX01", "02:47:40", active_again);
    after.services = with(ServiceState::Running);
    fix(AgreedBy::Yes, vec![fixed(before, &Policy::default(), |_| vec![], |_| Outcome::Done, Some(after))])
}

/// Entries of HealthApi, with everything that may tell why, and with nothing readable.
fn evidence() -> Run {
    let policy = Policy::default();
    let mut found = looked(kb_fault("EX01"), &policy);
    found.evidence = vec![Evidence {
        component: Component::new("PopProxy"),
        monitors: Ok(Monitors {
            all: vec![Monitor {
                name: "PopProxyTestMonitor".to_owned(),
                alert: Alert::Unhealthy,
                at: None,
                is_stale: false,
            }],
            warnings: Vec::new(),
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
        way_back: WayBack { overrides: Ok(Vec::new()), guards: Ok(Vec::new()) },
        takedowns: Ok(vec![Takedown {
            responder: Some("PopProxyTestCafeOffline".to_owned()),
            at: Some(at("02:31:50")),
        }]),
    }];
    let no = || "The term 'Get-ServerHealth' is not recognized.\u{1b}[2J".to_owned();
    let mut unread = looked(kb_fault("EX02"), &policy);
    unread.evidence = vec![Evidence {
        component: Component::new("ImapProxy"),
        monitors: Err(no()),
        settings: Err(no()),
        certificates: Err("Access denied".to_owned()),
        way_back: WayBack { overrides: Err(no()), guards: Err(no()) },
        takedowns: Ok(vec![]),
    }];
    check(vec![found, unread])
}

/// Runs of every kind, by name.
pub fn reports() -> Vec<(&'static str, Run)> {
    let policy = Policy::default();
    let open = Policy { requesters: KnownRequester::ALL.to_vec(), include_server_wide_offline: true, ..policy.clone() };
    let mended = || fixed(kb_fault("EX01"), &policy, |_| vec![], |_| Outcome::Done, Some(kb_fixed("EX01")));
    vec![
        ("healthy", healthy()),
        ("kb_check", check(vec![looked(kb_fault("EX01"), &policy)])),
        ("kb_dry_run", fix(AgreedBy::Nobody, vec![looked(kb_fault("EX01"), &policy)])),
        ("kb_fixed", fix(AgreedBy::Yes, vec![mended()])),
        ("several_holders", several_requesters()),
        ("maintenance_check", check(vec![looked(maintenance("EX01"), &policy)])),
        ("maintenance_allowed", fix(AgreedBy::Nobody, vec![looked(maintenance("EX01"), &open)])),
        ("gaps", gaps()),
        ("oddities", oddities()),
        ("lost_and_left", lost_and_left()),
        ("shell_lost", shell_lost()),
        ("three_servers", three_servers()),
        ("declined", declined()),
        ("failed", failed()),
        ("simulated", simulated()),
        ("maintenance_ended", maintenance_ended(&open)),
        ("held_again", set_again()),
        ("flattened", flattened()),
        ("no_second_look", no_second_look()),
        ("services_stopped", services_stopped()),
        ("services_started", services_started()),
        ("evidence", evidence()),
    ]
}
