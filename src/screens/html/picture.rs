//! The picture of an incident: a bar for each component that was not as it should be, red for as long as it was Inactive and
//! green since a look confirmed it Active. Moments that are seconds apart are drawn as far from each other as those that are
//! days apart, or nothing of the run itself would be seen; the times stand above.

use jiff::Timestamp;
use maud::{Markup, html};

use crate::domain::{Component, Diagnosis, Happened, Run, ServerRun, State, columns};
use crate::screens::kit::sanitize;

/// Pixels, as the drawing counts them.
const WIDTH: f64 = 760.0;
const LABEL: f64 = 170.0;
const HEAD: f64 = 44.0;
const ROW: f64 = 30.0;
const BAR: f64 = 22.0;
/// From the middle of a time to the edge.
const MARGIN: f64 = 45.0;
/// A word has room from here on.
const WORD: f64 = 60.0;
/// Columns and rows that are still read at a glance.
const MOST_COLUMNS: usize = 6;
const MOST_ROWS: usize = 12;

/// Times on an axis, each as far from the next as any other.
struct Axis(Vec<Timestamp>);

impl Axis {
    fn of(run: &Run) -> Self {
        let times = run.timeline().into_iter().filter(|moment| match moment.what {
            Happened::Recorded(_) | Happened::LookedAgain(_) => true,
            // The servers of a rehearsal have a clock of their own.
            Happened::Began | Happened::Sent(_) => run.simulated.is_none(),
            Happened::Looked | Happened::Ended(_) => false,
        });
        Self(columns(times.map(|moment| moment.at).collect(), MOST_COLUMNS))
    }

    fn column(&self, at: usize) -> f64 {
        let room = WIDTH - LABEL - 2.0 * MARGIN;
        let steps = self.0.len().saturating_sub(1).max(1);
        LABEL + MARGIN + room * number(at) / number(steps)
    }

    /// Where a time lies; between two columns in proportion.
    fn x(&self, time: Timestamp) -> f64 {
        let after = self.0.partition_point(|column| *column <= time);
        match (after.checked_sub(1).and_then(|at| self.0.get(at)), self.0.get(after)) {
            (Some(before), Some(next)) => {
                let part = time.duration_since(*before).as_secs_f64() / next.duration_since(*before).as_secs_f64();
                let left = self.column(after - 1);
                left + (self.column(after) - left) * part
            }
            (None, _) => LABEL,
            (Some(_), None) => self.column(after.saturating_sub(1)),
        }
    }
}

/// Few enough for that.
fn number(count: usize) -> f64 {
    u32::try_from(count).map_or(f64::MAX, f64::from)
}

/// The picture; nothing where nothing was Inactive.
pub fn picture(run: &Run) -> Markup {
    let is_drawn = |it: &&Diagnosis| it.finding.is_some() && it.state != State::Active;
    let rows = run.servers.iter().flat_map(|server| server.diagnoses.iter().map(move |it| (server, it)));
    let rows = rows.filter(|(_, it)| is_drawn(it)).collect::<Vec<_>>();
    let axis = Axis::of(run);
    if rows.is_empty() {
        return html! {};
    }
    let drawn = rows.len().min(MOST_ROWS);
    let height = HEAD + ROW * number(drawn);
    let more = rows.len() - drawn;
    html! {
        figure {
            svg viewBox=(format!("0 0 {WIDTH} {height}")) role="img" aria-label="How long each component was Inactive" {
                @for (at, time) in axis.0.iter().enumerate() {
                    @let x = axis.column(at);
                    text x=(place(x)) y="14" text-anchor="middle" { (time.strftime("%Y-%m-%d")) }
                    text x=(place(x)) y="32" text-anchor="middle" { (time.strftime("%H:%M:%S")) }
                    line .axis x1=(place(x)) x2=(place(x)) y1="38" y2=(place(height)) {}
                }
                @for (at, (server, diagnosis)) in rows.iter().take(drawn).enumerate() {
                    (row(&axis, server, diagnosis, HEAD + ROW * number(at)))
                }
            }
            figcaption {
                "Times are UTC. Columns are not to scale: each is as far from the next, whatever lies between."
                @if more > 0 { " " (more) " more are in the tables below." }
            }
        }
    }
}

fn row(axis: &Axis, server: &ServerRun, diagnosis: &Diagnosis, top: f64) -> Markup {
    let Diagnosis { component, state, .. } = diagnosis;
    let from = server.inactive_since(component).map_or(LABEL, |since| axis.x(since));
    let until = server.active_since(component).map(|since| axis.x(since));
    let ends = until.unwrap_or(WIDTH).max(from);
    let bad = if *state == State::Inactive { "bad" } else { "care" };
    html! {
        text x="0" y=(place(top + 16.0)) { (name(server, component)) }
        (bar(bad, from, ends, top, &state.to_string()))
        @if until.is_some() { (bar("good", ends, WIDTH, top, "Active")) }
    }
}

fn bar(class: &str, from: f64, to: f64, top: f64, word: &str) -> Markup {
    html! {
        rect class=(class) x=(place(from)) y=(place(top)) width=(place(to - from)) height=(place(BAR)) {}
        @if to - from >= WORD {
            text .on x=(place(f64::midpoint(from, to))) y=(place(top + 16.0)) text-anchor="middle" { (sanitize(word)) }
        }
    }
}

/// `EX01 PopProxy`, as far as there is room.
fn name(server: &ServerRun, component: &Component) -> String {
    const ROOM: usize = 24;
    let host = sanitize(server.server().host());
    let component = sanitize(component.as_str());
    let room = ROOM.saturating_sub(component.chars().count() + 1);
    let host = if host.chars().count() > room {
        host.chars().take(room.saturating_sub(1)).chain(['\u{2026}']).collect()
    } else {
        host
    };
    format!("{host} {component}")
}

fn place(pixels: f64) -> String {
    format!("{pixels:.1}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_lies_between_its_columns_in_proportion_and_outside_at_the_edge() {
        let at = |second| Timestamp::from_second(second).expect("a time");
        let axis = Axis(vec![at(0), at(100), at(101)]);
        let [first, second, third] = [0, 1, 2].map(|column| axis.column(column));
        assert!(second - first > 100.0 && ((third - second) - (second - first)).abs() < 0.01);
        for (time, x) in [
            (at(-5), LABEL),
            (at(0), first),
            (at(50), f64::midpoint(first, second)),
            (at(100), second),
            (at(101), third),
            (at(999), third),
        ] {
            assert!((axis.x(time) - x).abs() < 0.01, "{time}");
        }
        assert!((Axis(vec![at(7)]).x(at(7)) - (LABEL + MARGIN)).abs() < 0.01, "one column alone");
    }
}
