//! From the values of a run to the document, by hand: the domain knows nothing of JSON.

use jiff::Timestamp;

use crate::domain::{
    ComponentSnapshot, Dark, Diagnosis, Entry, EntryTime, Gap, Hold, Left, Obstacle, Proposal, Server, ServerReport,
    ServerSnapshot, StepOutcome, StoreReading, Trouble, Verdict, VerdictKind,
};
use crate::screens;
use crate::screens::kit::cmdlet::Cmdlet;
use crate::screens::kit::words;

use super::document::{
    AfterDocument, ComponentDocument, EntriesDocument, EntryDocument, Exit, GapDocument, HoldDocument, HolderDocument,
    LeftDocument, ObstacleDocument, ProposalDocument, ReasonDocument, SeenDocument, ServerDocument, StaleDocument,
    StepDocument, StoreDocument, TroubleDocument, VerdictDocument,
};
use super::{clients, evidence, names, services};

pub(super) fn server(report: &ServerReport, exit: Exit) -> ServerDocument {
    let before = &report.before;
    let exchange = before.exchange.clone().unwrap_or_default();
    ServerDocument {
        server: before.server.to_string(),
        product: exchange.version.as_deref().and_then(words::product),
        fqdn: exchange.fqdn,
        version: exchange.version,
        role: exchange.role,
        taken_utc: utc(before.taken),
        exit,
        server_wide_offline: before.is_server_wide_offline(),
        setup: names::setup(&before.setup),
        services: services::seen(&before.services),
        services_unreadable: services::unreadable(&before.services),
        service_findings: services::findings(report),
        components: report.diagnoses.iter().filter_map(|diagnosis| component(before, diagnosis)).collect(),
        evidence: evidence::evidence(report),
        plan: report.plan.proposals.iter().map(|one| proposal(&before.server, one)).collect(),
        left: report.left.iter().map(|one| left(report, one)).collect(),
        steps: report.outcomes.iter().map(step).collect(),
        start_plan: services::plan(report),
        starts_left: services::left(report),
        starts: services::starts(report),
        verdicts: report.verdicts.iter().map(verdict).collect(),
        watched_seconds: report.watched.map(|time| time.as_secs()),
        after: report.after.as_ref().map(after),
        clients: clients::clients(report),
        troubles: report.before.troubles.iter().map(trouble).collect(),
    }
}

fn component(snapshot: &ServerSnapshot, diagnosis: &Diagnosis) -> Option<ComponentDocument> {
    let seen = snapshot.component(&diagnosis.component)?;
    let stale = diagnosis
        .stale
        .iter()
        .map(|stale| StaleDocument { store: names::store(stale.store), entry: entry(&stale.entry) });
    Some(ComponentDocument {
        component: diagnosis.component.to_string(),
        state: diagnosis.state.to_string(),
        server_wide_offline: seen.server_wide_offline,
        finding: diagnosis.finding.as_ref().map(names::finding),
        cause: diagnosis.finding.as_ref().and_then(names::cause),
        holders: diagnosis.holds.iter().map(|hold| holder(snapshot, hold)).collect(),
        stale: stale.collect(),
        gaps: diagnosis.gaps.iter().map(gap).collect(),
        entries: entries(seen),
    })
}

fn holder(snapshot: &ServerSnapshot, hold: &Hold) -> HolderDocument {
    let (since_utc, since_text) = times(&hold.since);
    let known = hold.requester.known().is_some();
    HolderDocument {
        requester: hold.requester.to_string(),
        known,
        state: hold.state.to_string(),
        stores: names::stores(hold.stores),
        since_utc,
        since_text,
        age_seconds: hold.since.utc().map(|since| snapshot.taken.as_second() - since.as_second()),
        command: known.then(|| Cmdlet::lift(&snapshot.server, hold).to_string()),
        undo_command: known.then(|| Cmdlet::put_back(&snapshot.server, hold).to_string()),
    }
}

fn entries(seen: &ComponentSnapshot) -> EntriesDocument {
    EntriesDocument { local: store(&seen.local), remote: store(&seen.remote) }
}

fn store(reading: &StoreReading) -> Option<StoreDocument> {
    match reading {
        StoreReading::Unreadable => None,
        StoreReading::Read { entries, opaque } => {
            Some(StoreDocument { entries: entries.iter().map(entry).collect(), illegible: opaque.clone() })
        }
    }
}

fn entry(entry: &Entry) -> EntryDocument {
    let (time_utc, time_text) = times(&entry.time);
    EntryDocument { requester: entry.requester.to_string(), state: entry.state.to_string(), time_utc, time_text }
}

fn times(time: &EntryTime) -> (Option<String>, Option<String>) {
    match time {
        EntryTime::Utc(at) => (Some(utc(*at)), None),
        EntryTime::Text(text) => (None, Some(text.clone())),
    }
}

fn utc(at: Timestamp) -> String {
    at.to_string()
}

fn gap(gap: &Gap) -> GapDocument {
    let mut document = GapDocument {
        kind: names::gap(gap),
        store: None,
        count: None,
        requester: None,
        state: None,
        text: words::gap(gap),
    };
    match gap {
        Gap::Unreadable(at) => document.store = Some(names::store(*at)),
        Gap::Opaque(at, count) => {
            document.store = Some(names::store(*at));
            document.count = Some(*count);
        }
        Gap::Contested(requester) => document.requester = Some(requester.to_string()),
        Gap::Contradiction(state) => document.state = Some(state.to_string()),
    }
    document
}

fn proposal(server: &Server, proposal: &Proposal) -> ProposalDocument {
    let holds = proposal.holds.iter().map(|hold| HoldDocument {
        component: hold.component.to_string(),
        requester: hold.requester.to_string(),
        command: hold.requester.known().map(|_| Cmdlet::lift(server, hold).to_string()),
    });
    let possible = proposal.obstacles.is_empty();
    ProposalDocument {
        component: proposal.component.to_string(),
        with_yes: possible && proposal.objections.is_empty(),
        flags: if possible { screens::flags(&[proposal]) } else { Vec::new() },
        holds: holds.collect(),
        obstacles: obstacles(proposal, &proposal.obstacles),
        objections: obstacles(proposal, &proposal.objections),
    }
}

fn left(report: &ServerReport, left: &Left) -> LeftDocument {
    let proposal = report.plan.proposals.iter().find(|proposal| proposal.component == left.component);
    let possible = proposal.filter(|proposal| proposal.obstacles.is_empty());
    LeftDocument {
        component: left.component.to_string(),
        obstacles: left.obstacles.iter().map(|one| obstacle(&left.component, one)).collect(),
        flags: possible.map(|proposal| screens::flags(&[proposal])).unwrap_or_default(),
    }
}

fn obstacles(proposal: &Proposal, obstacles: &[Obstacle]) -> Vec<ObstacleDocument> {
    obstacles.iter().map(|one| obstacle(&proposal.component, one)).collect()
}

fn obstacle(of: &crate::domain::Component, obstacle: &Obstacle) -> ObstacleDocument {
    let (component, requester, flag) = match obstacle {
        Obstacle::NotAllowed(hold) => (&hold.component, Some(&hold.requester), Some("--requester")),
        Obstacle::ServerWideOfflineLeftAlone(hold) => {
            (&hold.component, Some(&hold.requester), Some("--include-server-wide-offline"))
        }
        Obstacle::Declined(hold)
        | Obstacle::UnknownRequester(hold)
        | Obstacle::SetupRunning(hold)
        | Obstacle::SetupUnknown(hold, _) => (&hold.component, Some(&hold.requester), None),
        Obstacle::NothingToLift(component) | Obstacle::Unknowable(component, _) => (component, None, None),
    };
    let mut document = ObstacleDocument {
        kind: names::obstacle(obstacle),
        component: component.to_string(),
        requester: requester.map(ToString::to_string),
        flag,
        detail: None,
        gaps: Vec::new(),
        text: screens::obstacle(of, obstacle),
    };
    if let Obstacle::SetupUnknown(_, why) = obstacle {
        document.detail = Some(why.clone());
    }
    if let Obstacle::Unknowable(_, gaps) = obstacle {
        document.gaps = gaps.iter().map(gap).collect();
    }
    document
}

fn step(step: &StepOutcome) -> StepDocument {
    let why = step.outcome.trouble().map(trouble);
    StepDocument {
        component: step.hold.component.to_string(),
        requester: step.hold.requester.to_string(),
        lights: step.lights.iter().map(ToString::to_string).collect(),
        command: Cmdlet::lift(&step.server, &step.hold).to_string(),
        undo_command: Cmdlet::put_back(&step.server, &step.hold).to_string(),
        outcome: names::outcome(&step.outcome),
        sent: step.outcome.was_sent(),
        trouble: why,
    }
}

fn verdict(verdict: &Verdict) -> VerdictDocument {
    let (reasons, gaps) = match &verdict.kind {
        VerdictKind::Lit => (Vec::new(), Vec::new()),
        VerdictKind::StillDark(reasons) => (reasons.iter().map(reason).collect(), Vec::new()),
        VerdictKind::Unknown(gaps) => (Vec::new(), gaps.iter().map(gap).collect()),
    };
    let component = verdict.component.to_string();
    VerdictDocument { component, verdict: names::verdict(&verdict.kind), reasons, gaps }
}

fn reason(reason: &Dark) -> ReasonDocument {
    let mut document = ReasonDocument { kind: names::dark(reason), component: None, requester: None, state: None };
    match reason {
        Dark::NotWritten(hold)
        | Dark::RegistryWriteLost(hold)
        | Dark::DirectoryWriteLost(hold)
        | Dark::HeldAgain(hold)
        | Dark::AnotherHolder(hold) => {
            document.component = Some(hold.component.to_string());
            document.requester = Some(hold.requester.to_string());
            document.state = Some(hold.state.to_string());
        }
        Dark::ServerWideOffline => {}
        Dark::StateDoesNotFollow(state) => document.state = Some(state.to_string()),
    }
    document
}

fn after(after: &ServerSnapshot) -> AfterDocument {
    let components = after.components.iter().map(|seen| SeenDocument {
        component: seen.component.to_string(),
        state: seen.state.to_string(),
        server_wide_offline: seen.server_wide_offline,
        entries: entries(seen),
    });
    AfterDocument {
        taken_utc: utc(after.taken),
        server_wide_offline: after.is_server_wide_offline(),
        services: services::seen(&after.services),
        components: components.collect(),
        troubles: after.troubles.iter().map(trouble).collect(),
    }
}

pub(super) fn trouble(trouble: &Trouble) -> TroubleDocument {
    TroubleDocument {
        kind: trouble.kind.name(),
        component: trouble.component.as_ref().map(ToString::to_string),
        message: trouble.message.clone(),
        advice: words::trouble_advice(trouble.kind),
    }
}
