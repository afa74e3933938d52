//! Times for a reader: UTC as Exchange records it, the local time of this machine beside it, and how long ago.

use std::time::Duration;

use jiff::{Timestamp, tz::TimeZone};

use crate::domain::EntryTime;

use super::sanitize;

/// `2026-03-14 02:31:52`, in UTC.
pub fn utc(at: Timestamp) -> String {
    at.strftime("%Y-%m-%d %H:%M:%S").to_string()
}

/// `2026-03-14 02:31:52 UTC (03:31:52 local, 15 min ago)`. The local time is left out where it is UTC, and carries its
/// date where that differs.
pub fn full(at: Timestamp, now: Timestamp, tz: &TimeZone) -> String {
    let notes = local(at, tz).into_iter().chain([ago(at, now)]).collect::<Vec<_>>();
    format!("{} UTC ({})", utc(at), notes.join(", "))
}

/// `2026-03-14 02:31:52 UTC (03:31:52 local)`.
pub fn with_local(at: Timestamp, tz: &TimeZone) -> String {
    match local(at, tz) {
        Some(local) => format!("{} UTC ({local})", utc(at)),
        None => format!("{} UTC", utc(at)),
    }
}

/// An entry's time in full; text from a machine of another culture as it came.
pub fn entry(time: &EntryTime, now: Timestamp, tz: &TimeZone) -> String {
    match time {
        EntryTime::Utc(at) => full(*at, now, tz),
        EntryTime::Text(text) => format!("{} (as text; zone unknown)", sanitize(text)),
    }
}

/// An entry's time for a table: UTC, without the date where that is the date of `beside`; text, of which the zone is not
/// known, as it came.
pub fn short(time: &EntryTime, beside: Timestamp) -> String {
    match time {
        EntryTime::Utc(at) if day(*at) == day(beside) => at.strftime("%H:%M:%S").to_string(),
        EntryTime::Utc(at) => utc(*at),
        EntryTime::Text(text) => sanitize(text),
    }
}

/// An entry's time in UTC; text, of which the zone is not known, as it came. `minutes`: without the seconds.
pub fn in_a_table(time: &EntryTime, minutes: bool) -> String {
    match time {
        EntryTime::Utc(at) if minutes => at.strftime("%Y-%m-%d %H:%M").to_string(),
        EntryTime::Utc(at) => utc(*at),
        EntryTime::Text(text) => sanitize(text),
    }
}

/// That the time which a run was given is over.
pub fn is_over(time: Duration) -> String {
    format!("Not everything was asked: the run's --deadline of {} s passed.", time.as_secs_f64())
}

/// From then to now, such as `15 min`; empty for a time ahead of this clock.
pub fn so_long(then: Timestamp, now: Timestamp) -> String {
    let seconds = now.as_second() - then.as_second();
    if seconds < 0 { String::new() } else { span(seconds) }
}

fn day(at: Timestamp) -> String {
    at.strftime("%Y-%m-%d").to_string()
}

fn local(at: Timestamp, tz: &TimeZone) -> Option<String> {
    if tz.to_offset(at).is_zero() {
        return None;
    }
    let local = tz.to_datetime(at);
    let same_day = local.strftime("%Y-%m-%d").to_string() == day(at);
    Some(local.strftime(if same_day { "%H:%M:%S local" } else { "%Y-%m-%d %H:%M:%S local" }).to_string())
}

/// `15 min ago`. Clocks of two machines differ: up to a minute ahead counts as now, more is said.
pub fn ago(at: Timestamp, now: Timestamp) -> String {
    let seconds = now.as_second() - at.as_second();
    match seconds {
        ..-60 => format!("{} ahead of this clock", span(-seconds)),
        -60..=0 => "just now".to_owned(),
        1.. => format!("{} ago", span(seconds)),
    }
}

/// A length of time, such as `6 min`.
pub fn lasting(time: std::time::Duration) -> String {
    span(i64::try_from(time.as_secs()).unwrap_or(i64::MAX))
}

/// A time that runs out under somebody's eyes: `45 s`, `5:07 min`.
pub fn countdown(time: std::time::Duration) -> String {
    match time.as_secs() {
        seconds @ ..60 => format!("{seconds} s"),
        seconds => format!("{}:{:02} min", seconds / 60, seconds % 60),
    }
}

fn span(seconds: i64) -> String {
    const MINUTE: i64 = 60;
    const HOUR: i64 = 60 * MINUTE;
    const DAY: i64 = 24 * HOUR;
    const HUNDRED_DAYS: i64 = 100 * DAY;
    let two = |high: i64, high_unit: &str, low: i64, low_unit: &str| match low {
        0 => format!("{high} {high_unit}"),
        _ => format!("{high} {high_unit} {low} {low_unit}"),
    };
    match seconds {
        ..MINUTE => format!("{seconds} s"),
        MINUTE..HOUR => format!("{} min", seconds / MINUTE),
        HOUR..DAY => two(seconds / HOUR, "h", seconds % HOUR / MINUTE, "min"),
        // Hours say nothing any more.
        HUNDRED_DAYS.. => format!("{} days", seconds / DAY),
        DAY.. => two(seconds / DAY, if seconds < 2 * DAY { "day" } else { "days" }, seconds % DAY / HOUR, "h"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::screens::fixtures::at;

    #[test]
    fn how_long_ago_is_said_in_the_two_largest_units() {
        let now = at("12:00:00");
        for (seconds, expected) in [
            (0, "just now"),
            (-59, "just now"),
            (-3600, "1 h ahead of this clock"),
            (59, "59 s ago"),
            (60, "1 min ago"),
            (15 * 60 + 30, "15 min ago"),
            (3600, "1 h ago"),
            (2 * 3600 + 5 * 60, "2 h 5 min ago"),
            (24 * 3600, "1 day ago"),
            (3 * 86400 + 4 * 3600, "3 days 4 h ago"),
            (400 * 86400, "400 days ago"),
        ] {
            let then = Timestamp::from_second(now.as_second() - seconds).expect("in range");
            assert_eq!(ago(then, now), expected);
        }
    }

    #[test]
    fn the_local_time_carries_its_date_only_where_that_differs() {
        let zone = |text| TimeZone::posix(text).expect("a zone");
        let (then, now) = (at("02:31:52"), at("02:46:52"));
        for (tz, expected) in [
            ("UTC0", "2026-03-14 02:31:52 UTC (15 min ago)"),
            ("CET-1", "2026-03-14 02:31:52 UTC (03:31:52 local, 15 min ago)"),
            ("EST5", "2026-03-14 02:31:52 UTC (2026-03-13 21:31:52 local, 15 min ago)"),
        ] {
            assert_eq!(full(then, now, &zone(tz)), expected);
        }
        assert_eq!(with_local(then, &zone("CET-1")), "2026-03-14 02:31:52 UTC (03:31:52 local)");
    }

    #[test]
    fn text_times_are_shown_as_they_came_and_never_parsed() {
        let time = EntryTime::Text("14.03.2026 03:31:52\u{1b}".to_owned());
        assert_eq!(entry(&time, at("02:46:52"), &TimeZone::UTC), "14.03.2026 03:31:52 (as text; zone unknown)");
        assert_eq!(short(&EntryTime::Utc(at("02:31:52")), at("12:00:00")), "02:31:52");
    }
}
