//! The services behind POP3 and IMAP4: nothing where all is well, one sentence for each thing that is not, and one where
//! they could not be read.

use crate::domain::{ServerRun, Service, ServiceFinding, ServiceSnapshot, Services};
use crate::screens::kit::page::{BAD, CARE, PLAIN, Page};
use crate::screens::kit::table as ascii;

use super::notes::Notes;

/// What is to be said of the services of a server.
pub fn findings(page: &mut Page, services: &Services, findings: &[ServiceFinding]) {
    match services {
        Services::NotAsked => {}
        Services::Unreadable(why) => {
            page.gap();
            page.styled(CARE, 0, "The services behind POP3 and IMAP4 could not be read; the components above could.");
            page.quote(2, why);
        }
        Services::Read(_) => {
            if !findings.is_empty() {
                page.gap();
            }
            for finding in findings {
                page.styled(if finding.is_fault() { BAD } else { PLAIN }, 0, &sentence(services, *finding));
            }
        }
    }
}

/// The same for a screen with little room: what is still wrong.
pub fn notes(notes: &mut Notes<'_>, server: &ServerRun) {
    let services = server.after().map_or(&server.before.services, |after| &after.services);
    if let Services::Unreadable(why) = &server.before.services {
        notes.push(|page| {
            page.styled(CARE, 0, "The services behind POP3 and IMAP4 could not be read; the components above could.");
            page.quote(2, why.lines().next().unwrap_or_default());
        });
    }
    for finding in server.service_faults_left() {
        notes.push(|page| page.styled(BAD, 0, &sentence(services, finding)));
    }
}

/// One finding in a sentence.
pub fn sentence(services: &Services, finding: ServiceFinding) -> String {
    let service = finding.service();
    let (name, protocol) = (service.name(), service.protocol().name());
    let start = |service| start_type(services.of(service));
    match finding {
        ServiceFinding::Stopped(_) if service.is_front_end() => {
            format!("{name} is Stopped, though it is to start with Windows: {protocol} clients are refused.")
        }
        ServiceFinding::Stopped(_) => {
            format!("{name} is Stopped, though it is to start with Windows: without this back end nobody can log in.")
        }
        ServiceFinding::Disabled(_) => format!(
            "{name} is Disabled: setting {} Active alone serves nobody. relight never changes a startup type.",
            service.component()
        ),
        ServiceFinding::WithoutBackEnd(_) => {
            let back = service.other_half();
            format!(
                "{name} runs, but its back end {} is Stopped ({}): {protocol} clients get a banner and cannot log in.",
                back.name(),
                start(back)
            )
        }
        ServiceFinding::LeftOut(_) => format!(
            "{name} is Stopped (Manual), while {} is in use: one service of {protocol} alone serves nobody.",
            service.other_half().name()
        ),
        ServiceFinding::NeverEnabled(_) => {
            let other = services.of(service.other_half()).map_or(start(service), |seen| seen.start.name());
            let both =
                if other == start(service) { other.to_owned() } else { format!("{} or {other}", start(service)) };
            format!("{protocol} is not enabled on this server (its services are Stopped and {both}): no fault.")
        }
    }
}

fn start_type(seen: Option<&ServiceSnapshot>) -> &str {
    seen.map_or("not installed", |seen| seen.start.name())
}

/// All that was read of the services.
pub fn table(page: &mut Page, services: &Services) {
    let Services::Read(all) = services else { return };
    page.heading("The services behind POP3 and IMAP4");
    let rows = Service::ALL.map(|service| {
        let seen = all.iter().find(|seen| seen.service == service);
        let state = seen.map_or("-", |seen| seen.state.name());
        let start = start_type(seen);
        let half = if service.is_front_end() { "front end" } else { "back end" };
        vec![
            service.name().to_owned(),
            format!("{} {half}", service.protocol().name()),
            state.to_owned(),
            start.to_owned(),
        ]
    });
    ascii::table(page, &["Service", "What it is", "State", "Startup type"], &rows);
}

/// One fault in a few words, for a line.
pub fn in_short(finding: ServiceFinding) -> String {
    let service = finding.service();
    match finding {
        ServiceFinding::Stopped(_) | ServiceFinding::LeftOut(_) => format!("{} is Stopped", service.name()),
        ServiceFinding::Disabled(_) => format!("{} is Disabled", service.name()),
        ServiceFinding::WithoutBackEnd(_) => format!("{} is Stopped", service.other_half().name()),
        ServiceFinding::NeverEnabled(_) => format!("{} is not enabled", service.protocol().name()),
    }
}
