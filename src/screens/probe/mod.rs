//! A probe as a reader sees it: per host a table of its ports, then each address in detail, and the next step last.

mod next;
#[cfg(test)]
mod tests;
mod words;

use anstyle::Style;

use crate::domain::each_once;
use crate::domain::probe::{
    Attempt, Certificate, Host, Note, ProbeOutcome, ProbeReport, ProbeResult, Reach, Standing, notes,
};
use crate::screens::kit::page::{BAD, CARE, GOOD, Page};
use crate::screens::kit::words::{capital, count};
use crate::screens::kit::{table as ascii, time};

use super::{Show, many};

#[cfg(test)]
pub use tests::everything;
pub use words::{came, outcome, probing, sentence, unresolved};

/// The whole probe.
pub fn probe(report: &ProbeReport, show: &Show) -> String {
    let mut page = Page::new(show.width);
    for (host, results) in by_host(report) {
        page.heading(&heading(host, &results));
        let taken = time::with_local(report.taken, &show.tz);
        page.say(&format!("Probed {taken}, {} for each host.", words::duration(report.deadline)));
        page.gap();
        table(&mut page, &results);
        let mut shown = Shown::default();
        for result in &results {
            details(&mut page, report, result, &mut shown);
        }
        if results.iter().flat_map(|result| notes_of(report, result)).any(|note| note == Note::Loopback) {
            page.gap();
            page.styled(CARE, 0, &words::note(&Note::Loopback, host));
        }
    }
    page.gap();
    many::not_looked_at(&mut page, &report.left_out);
    page.say(&tally(report));
    page.say("Nothing was changed: probe only looks, and sends no name and no password.");
    next::say(&mut page, report);
    page.finish()
}

/// One line for each host: what `-q` leaves.
pub fn summary(report: &ProbeReport) -> String {
    let mut page = Page::new(usize::MAX);
    for (host, results) in by_host(report) {
        let parts = [Standing::NotServed, Standing::NotKnown, Standing::Served].into_iter().filter_map(|standing| {
            let ports = results.iter().filter(|result| result.standing() == standing);
            let ports = ports.map(|result| result.endpoint.port.to_string()).collect::<Vec<_>>();
            (!ports.is_empty()).then(|| format!("{}: {}", words::standing(standing), ports.join(", ")))
        });
        let worst = results.iter().map(|result| result.standing());
        let style = worst.fold(GOOD, |worst, standing| if worst == BAD { BAD } else { graver(worst, standing) });
        page.line(style, &format!("{host}: {}", parts.collect::<Vec<_>>().join("; ")));
    }
    page.finish()
}

fn graver(worst: Style, standing: Standing) -> Style {
    match standing {
        Standing::Served => worst,
        Standing::NotKnown => CARE,
        Standing::NotServed => BAD,
    }
}

/// The results of each host, hosts in the order they were named.
fn by_host(report: &ProbeReport) -> Vec<(&Host, Vec<&ProbeResult>)> {
    let mut hosts: Vec<(&Host, Vec<&ProbeResult>)> = Vec::new();
    for result in &report.results {
        match hosts.iter_mut().find(|(host, _)| *host == &result.endpoint.host) {
            Some((_, results)) => results.push(result),
            None => hosts.push((&result.endpoint.host, vec![result])),
        }
    }
    hosts
}

/// `ex01.contoso.local (10.0.0.5, fd00::5)`.
fn heading(host: &Host, results: &[&ProbeResult]) -> String {
    let tried = results.iter().flat_map(|result| result.attempts()).map(|attempt| attempt.address.to_string());
    let addresses = each_once(tried.filter(|address| *address != host.to_string()));
    if addresses.is_empty() { host.to_string() } else { format!("{host} ({})", addresses.join(", ")) }
}

fn table(page: &mut Page, results: &[&ProbeResult]) {
    let mut rows = Vec::new();
    for result in results {
        let port = result.endpoint.port.to_string();
        if let Reach::Unresolved(_) = &result.reach {
            let expected = words::expected(&result.endpoint, None);
            rows.push(vec![port.clone(), expected, "-".to_owned(), "the name has no address".to_owned()]);
        }
        for attempt in result.attempts() {
            let expected = words::expected(&result.endpoint, Some(attempt));
            let outcome = words::outcome(&attempt.outcome).to_owned();
            rows.push(vec![port.clone(), expected, attempt.address.to_string(), outcome]);
        }
    }
    ascii::table(page, &["Port", "Protocol", "Address", "What a client meets"], &rows);
}

/// What was said before about one host, and need not be said again.
#[derive(Default)]
struct Shown {
    /// With the port it was shown for.
    certificates: Vec<(Certificate, u16)>,
    advice: Vec<&'static str>,
}

/// One port in detail.
fn details(page: &mut Page, report: &ProbeReport, result: &ProbeResult, shown: &mut Shown) {
    let port = result.endpoint.port;
    if let Reach::Unresolved(miss) = &result.reach {
        page.gap();
        page.styled(CARE, 0, &format!("Port {port}: {}", words::unresolved(&result.endpoint.host, miss)));
    }
    let several = result.attempts().len() > 1;
    for attempt in result.attempts() {
        let place = if several { format!("Port {port} at {}", attempt.address) } else { format!("Port {port}") };
        page.gap();
        page.styled(
            style(&attempt.outcome),
            0,
            &format!("{place}: {}", sentence(&result.endpoint, attempt, &report.results)),
        );
        if let Some(came) = words::came(&attempt.outcome) {
            page.quote(2, came);
        }
        if let Some(advice) =
            words::advice(&result.endpoint, attempt, &report.results).filter(|advice| !shown.advice.contains(advice))
        {
            page.inset(2, advice);
            shown.advice.push(advice);
        }
        if let Some(offer) = attempt.starttls {
            page.inset(2, words::starttls(offer, attempt));
        }
        security(page, attempt, port, &mut shown.certificates);
        for remark in notes(&result.endpoint, attempt, report.taken) {
            if remark != Note::Loopback {
                page.item(weight(&remark), 2, &capital(&words::note(&remark, &result.endpoint.host)));
            }
        }
    }
}

fn security(page: &mut Page, attempt: &Attempt, port: u16, shown: &mut Vec<(Certificate, u16)>) {
    let Some(tls) = &attempt.tls else { return };
    let version = words::version(tls.version);
    let Ok(certificate) = &tls.certificate else {
        page.inset(2, &format!("{version}."));
        return;
    };
    match shown.iter().find(|(other, _)| other == certificate) {
        Some((_, at)) if *at != port => {
            page.inset(2, &format!("{version}, with the certificate of port {at}."));
        }
        Some(_) | None => {
            page.inset(2, &format!("{version}. Certificate {}.", words::certificate(certificate)));
            shown.push((certificate.clone(), port));
        }
    }
}

fn notes_of(report: &ProbeReport, result: &ProbeResult) -> Vec<Note> {
    result.attempts().iter().flat_map(|attempt| notes(&result.endpoint, attempt, report.taken)).collect()
}

fn style(outcome: &ProbeOutcome) -> Style {
    match outcome {
        ProbeOutcome::Banner(_) => GOOD,
        ProbeOutcome::Closed => BAD,
        ProbeOutcome::TurnedAway(_)
        | ProbeOutcome::Silent { .. }
        | ProbeOutcome::Refused
        | ProbeOutcome::Unreachable(_)
        | ProbeOutcome::TlsFailed(_)
        | ProbeOutcome::Foreign(..) => CARE,
    }
}

fn weight(note: &Note) -> Style {
    match note {
        Note::SelfSigned => Style::new(),
        Note::Loopback
        | Note::OtherProtocol(_)
        | Note::Expired(_)
        | Note::ExpiresSoon(_)
        | Note::NotYetValid(_)
        | Note::NameMismatch
        | Note::Unreadable(_) => CARE,
    }
}

/// How many ports answer, how many do not, and of how many neither is known.
fn tally(report: &ProbeReport) -> String {
    let number = |standing| report.results.iter().filter(|result| result.standing() == standing).count();
    let all = report.results.len();
    let mut parts = vec![format!("Clients are served at {} of {}", number(Standing::Served), count(all, "port"))];
    for (standing, what) in [(Standing::NotServed, "closed without a banner"), (Standing::NotKnown, "not known")] {
        let number = number(standing);
        parts.extend((number > 0).then(|| format!("{number} {what}")));
    }
    format!("{}.", parts.join(", "))
}
