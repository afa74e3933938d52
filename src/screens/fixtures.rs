//! Values for the tests: small builders, and the reports that the texts and the documents are shown with.

use jiff::{Timestamp, tz::TimeZone};

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

pub fn hold(component: &str, requester: &str, since: Timestamp) -> Hold {
    Hold {
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

/// Inactive, held by these requesters in both stores since `02:31:52`.
pub fn held(name: &str, requesters: &[&str]) -> ComponentSnapshot {
    let entries = || requesters.iter().map(|name| entry(name, State::Inactive, "02:31:52")).collect::<Vec<_>>();
    component(name, State::Inactive, entries(), entries())
}

/// Active, with entries of these requesters in both stores from `02:47:31`.
pub fn lifted(name: &str, requesters: &[&str]) -> ComponentSnapshot {
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
        server: server(name),
        taken: at(taken),
        exchange: Some(exchange),
        setup: Setup::NotAsked,
        services: all_running(),
        components,
        troubles: Vec::new(),
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
pub fn looked(before: ServerSnapshot, policy: &Policy) -> ServerReport {
    ServerReport::of(before, policy)
}

/// The same, with what is agreed to carried out: each step ends as told, then a second look.
pub fn fixed(
    before: ServerSnapshot,
    policy: &Policy,
    against: impl Fn(&Hold) -> Vec<Obstacle>,
    end: impl Fn(&Hold) -> Outcome,
    after: Option<ServerSnapshot>,
) -> ServerReport {
    let mut report = looked(before, policy);
    let (steps, left) = report.plan.confirm(&report.before, against).into_parts();
    report.left = left;
    report.outcomes = steps
        .into_iter()
        .map(|step| {
            let outcome = end(step.hold());
            step.end(outcome)
        })
        .collect();
    let (confirmed, starts) = report.plan.unattended(&report.before, policy);
    drop(confirmed);
    report.starts_left = starts.left;
    report.starts = starts.steps.into_iter().map(|step| step.end(Outcome::Done)).collect();
    if let Some(after) = &after {
        report.start_verdicts = judge_starts(&report.starts, &after.services);
        report.verdicts = judge(&report.before, &report.outcomes, after);
    }
    report.after = after;
    report
}

pub fn run(command: RunCommand, servers: Vec<ServerReport>) -> Report {
    Report { run: Run { command, simulated: None, way: Vec::new(), interrupted: false }, servers }
}

/// PopProxy and ImapProxy held by HealthApi: the fault of KB 3025138.
pub fn kb_fault(name: &str) -> ServerSnapshot {
    let held = |name| held(name, &["HealthApi"]);
    snapshot(name, "02:46:52", vec![held("PopProxy"), held("ImapProxy"), active("ServerWideOffline")])
}

/// The same server after both were lifted.
pub fn kb_lit(name: &str) -> ServerSnapshot {
    let lit = |name| lifted(name, &["HealthApi"]);
    snapshot(name, "02:47:40", vec![lit("PopProxy"), lit("ImapProxy"), active("ServerWideOffline")])
}

/// A server in maintenance: ServerWideOffline held, PopProxy held as well, ImapProxy pulled down with it.
pub fn maintenance(name: &str) -> ServerSnapshot {
    let mut components = vec![
        held("PopProxy", &["HealthApi", "Maintenance"]),
        component("ImapProxy", State::Inactive, vec![], vec![]),
        held("ServerWideOffline", &["Maintenance"]),
    ];
    components.iter_mut().for_each(|component| component.server_wide_offline = true);
    snapshot(name, "02:46:52", components)
}

fn healthy() -> Report {
    let components = vec![active("PopProxy"), active("ImapProxy"), active("ServerWideOffline")];
    run(RunCommand::Check, vec![looked(snapshot("EX01", "02:46:52", components), &Policy::default())])
}

fn several_holders() -> Report {
    let stale = component(
        "ImapProxy",
        State::Inactive,
        vec![entry("Maintenance", State::Active, "01:00:00"), entry("Functional", State::Inactive, "02:00:00")],
        vec![entry("Maintenance", State::Inactive, "00:30:00")],
    );
    let pop = held("PopProxy", &["HealthApi", "Maintenance"]);
    let mut before = snapshot("EX01", "02:46:52", vec![pop, stale, active("ServerWideOffline")]);
    before.setup = Setup::Running;
    run(RunCommand::Check, vec![looked(before, &Policy::default())])
}

fn gaps() -> Report {
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
    run(RunCommand::DryRun, vec![looked(before, &Policy::default())])
}

fn oddities() -> Report {
    let draining =
        component("PopProxy", State::Draining, vec![entry("HealthApi", State::Draining, "02:31:52")], vec![]);
    let by_hand =
        component("ImapProxy", State::Inactive, vec![entry("4\u{202e}", State::Inactive, "02:31:52")], vec![]);
    let unexplained = component("UMCallRouter", State::Inactive, vec![], vec![]);
    let before = snapshot("EX01", "02:46:52", vec![draining, by_hand, unexplained, active("ServerWideOffline")]);
    let mut policy = Policy::default();
    policy.components.push(Component::new("UMCallRouter"));
    run(RunCommand::Check, vec![looked(before, &policy)])
}

fn lost_and_left() -> Report {
    let pop = held("PopProxy", &["HealthApi"]);
    let imap = held("ImapProxy", &["Maintenance"]);
    let before = snapshot("EX01", "02:46:52", vec![pop.clone(), imap.clone(), active("ServerWideOffline")]);
    let mut after_pop = lifted("PopProxy", &["HealthApi"]);
    after_pop.local = pop.local;
    after_pop.state = State::Inactive;
    let after = snapshot("EX01", "02:47:40", vec![after_pop, imap, active("ServerWideOffline")]);
    let policy = Policy::default();
    let against = |hold: &Hold| policy.objections(hold);
    run(RunCommand::FixYes, vec![fixed(before, &policy, against, |_| Outcome::Done, Some(after))])
}

fn shell_lost() -> Report {
    let end = |hold: &Hold| {
        if hold.component.is("PopProxy") {
            Outcome::Unknown(trouble(TroubleKind::Deadline, None, "no answer within 150 s"))
        } else {
            Outcome::ShellLost
        }
    };
    let mut report = fixed(kb_fault("EX01"), &Policy::default(), |_| vec![], end, None);
    report.verdicts = report
        .plan
        .proposals
        .iter()
        .map(|proposal| Verdict { component: proposal.component.clone(), kind: VerdictKind::Unknown(vec![]) })
        .collect();
    let mut report = run(RunCommand::FixYes, vec![report]);
    report.run.interrupted = true;
    report
}

fn three_servers() -> Report {
    let policy = Policy::default();
    let mut down = snapshot("EX03", "02:46:58", vec![]);
    down.exchange = None;
    down.troubles.push(trouble(
        TroubleKind::Unreachable,
        None,
        "The operation couldn't be performed because EX03 is down.",
    ));
    let lit = fixed(kb_fault("EX01"), &policy, |_| vec![], |_| Outcome::Done, Some(kb_lit("EX01")));
    let healthy =
        snapshot("EX02", "02:46:55", vec![active("PopProxy"), active("ImapProxy"), active("ServerWideOffline")]);
    run(RunCommand::FixYes, vec![lit, looked(healthy, &policy), looked(down, &policy)])
}

fn declined() -> Report {
    let against = |hold: &Hold| vec![Obstacle::Declined(hold.clone())];
    run(RunCommand::FixAsked, vec![fixed(kb_fault("EX01"), &Policy::default(), against, |_| Outcome::Done, None)])
}

fn failed() -> Report {
    let end = |hold: &Hold| match hold.component.is("PopProxy") {
        true => Outcome::Failed(trouble(TroubleKind::AccessDenied, None, "Access to the path is denied.\nat Set-X")),
        false => Outcome::Done,
    };
    let mut after = kb_lit("EX01");
    after.components[0] = held("PopProxy", &["HealthApi"]);
    run(RunCommand::FixAsked, vec![fixed(kb_fault("EX01"), &Policy::default(), |_| vec![], end, Some(after))])
}

fn maintenance_ended(policy: &Policy) -> Report {
    let components = vec![
        lifted("PopProxy", &["HealthApi", "Maintenance"]),
        active("ImapProxy"),
        lifted("ServerWideOffline", &["Maintenance"]),
    ];
    let after = snapshot("EX01", "02:47:40", components);
    let against = |hold: &Hold| policy.objections(hold);
    run(RunCommand::FixYes, vec![fixed(maintenance("EX01"), policy, against, |_| Outcome::Done, Some(after))])
}

fn held_again() -> Report {
    let mut again = held("PopProxy", &["HealthApi"]);
    let entries = vec![entry("HealthApi", State::Inactive, "02:47:35")];
    (again.local, again.remote) = (StoreReading::of(entries.clone()), StoreReading::of(entries));
    let mut after = kb_lit("EX01");
    after.components[0] = again;
    run(
        RunCommand::FixYes,
        vec![fixed(kb_fault("EX01"), &Policy::default(), |_| vec![], |_| Outcome::Done, Some(after))],
    )
}

fn flattened() -> Report {
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
    run(RunCommand::Check, vec![looked(before, &Policy::default())])
}

fn no_second_look() -> Report {
    let end = |_: &Hold| Outcome::Unknown(trouble(TroubleKind::ShellLost, None, "the shell ended"));
    run(RunCommand::FixYes, vec![fixed(kb_fault("EX01"), &Policy::default(), |_| vec![], end, None)])
}

fn simulated() -> Report {
    let mut report = run(RunCommand::FixUnconfirmed, vec![looked(kb_fault("EX01"), &Policy::default())]);
    report.run.simulated = Some("kb".to_owned());
    report
}

fn services_stopped() -> Report {
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
    run(RunCommand::Check, vec![looked(before, &policy), looked(unused, &policy), looked(unread, &policy)])
}

/// Automatic services that are started once PopProxy is lit; one of IMAP4 is Manual, and is left alone.
fn services_started() -> Report {
    let (pop, imap) = (held("PopProxy", &["HealthApi"]), active("ImapProxy"));
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
    let lit = vec![lifted("PopProxy", &["HealthApi"]), active("ImapProxy"), active("ServerWideOffline")];
    let mut after = snapshot("EX01", "02:47:40", lit);
    after.services = with(ServiceState::Running);
    run(RunCommand::FixYes, vec![fixed(before, &Policy::default(), |_| vec![], |_| Outcome::Done, Some(after))])
}

/// HealthApi holds, with everything that may tell why, and with nothing readable.
fn evidence() -> Report {
    let policy = Policy::default();
    let mut told = looked(kb_fault("EX01"), &policy);
    told.evidence = vec![Evidence {
        component: Component::new("PopProxy"),
        unhealthy: Ok(vec!["PopProxyTestMonitor".to_owned()]),
        settings: Ok(ProtocolSettings {
            certificate_name: "mail.contoso.local".to_owned(),
            plain_bindings: vec!["192.168.1.5:110".to_owned()],
            tls_bindings: vec!["192.168.1.5:995".to_owned()],
        }),
        certificates: Ok(vec![CertificateSeen {
            names: vec!["mail.contoso.local".to_owned()],
            not_after: Some(at("00:00:00")),
        }]),
        takedowns: Ok(vec![Takedown {
            responder: Some("PopProxyOfflineResponder".to_owned()),
            at: Some(at("02:31:50")),
        }]),
    }];
    let no = || "The term 'Get-ServerHealth' is not recognized.\u{1b}[2J".to_owned();
    let mut unread = looked(kb_fault("EX02"), &policy);
    unread.evidence = vec![Evidence {
        component: Component::new("ImapProxy"),
        unhealthy: Err(no()),
        settings: Err(no()),
        certificates: Err("Access denied".to_owned()),
        takedowns: Ok(vec![]),
    }];
    run(RunCommand::Check, vec![told, unread])
}

/// Reports of every kind, by name.
pub fn reports() -> Vec<(&'static str, Report)> {
    let policy = Policy::default();
    let open = Policy { requesters: KnownRequester::ALL.to_vec(), include_server_wide_offline: true, ..policy.clone() };
    let lit = || fixed(kb_fault("EX01"), &policy, |_| vec![], |_| Outcome::Done, Some(kb_lit("EX01")));
    vec![
        ("healthy", healthy()),
        ("kb_check", run(RunCommand::Check, vec![looked(kb_fault("EX01"), &policy)])),
        ("kb_dry_run", run(RunCommand::DryRun, vec![looked(kb_fault("EX01"), &policy)])),
        ("kb_fixed", run(RunCommand::FixYes, vec![lit()])),
        ("several_holders", several_holders()),
        ("maintenance_check", run(RunCommand::Check, vec![looked(maintenance("EX01"), &policy)])),
        ("maintenance_allowed", run(RunCommand::DryRun, vec![looked(maintenance("EX01"), &open)])),
        ("gaps", gaps()),
        ("oddities", oddities()),
        ("lost_and_left", lost_and_left()),
        ("shell_lost", shell_lost()),
        ("three_servers", three_servers()),
        ("declined", declined()),
        ("failed", failed()),
        ("simulated", simulated()),
        ("maintenance_ended", maintenance_ended(&open)),
        ("held_again", held_again()),
        ("flattened", flattened()),
        ("no_second_look", no_second_look()),
        ("services_stopped", services_stopped()),
        ("services_started", services_started()),
        ("evidence", evidence()),
    ]
}
