//! iCalendar: sessions as entries that a calendar program adds, moves and removes (RFC 5545).

use chrono::{DateTime, NaiveDate, TimeZone, Utc};
use domain::slot::TimeOfDay;
use icalendar::{Calendar, Component, Event, EventLike, EventStatus};
use uuid::Uuid;

/// One session in a calendar.
#[derive(Debug, Clone)]
pub struct Entry {
    /// The session: the same entry in every calendar, however often it changes.
    pub id: Uuid,
    /// Grows with every change, so that a calendar takes the latest.
    pub sequence: i64,
    /// Its title.
    pub summary: String,
    /// Where it is.
    pub place: String,
    /// What else there is to know.
    pub notes: String,
    /// On which day.
    pub on: NaiveDate,
    /// From when to when, on London's clock; none: an entry of the whole day.
    pub times: Option<(TimeOfDay, TimeOfDay)>,
    /// Whether a calendar shall remove it.
    pub cancelled: bool,
    /// When it was last changed.
    pub changed: DateTime<Utc>,
}

/// The entries as an iCalendar file. Times are written in UTC, so that they are right across the clock change whatever
/// a calendar program knows of London.
#[must_use]
pub fn calendar(name: &str, entries: &[Entry]) -> String {
    let mut calendar = Calendar::new();
    calendar.name(name);
    calendar.append_property(("METHOD", "PUBLISH"));
    for entry in entries {
        let mut event = Event::new();
        event
            .uid(&format!("{}@callboard", entry.id))
            .sequence(u32::try_from(entry.sequence).unwrap_or(u32::MAX))
            .summary(&entry.summary)
            .location(&entry.place)
            .description(&entry.notes)
            .timestamp(entry.changed)
            .status(if entry.cancelled { EventStatus::Cancelled } else { EventStatus::Confirmed });
        match entry.times.and_then(|(from, to)| Some((instant(entry.on, from)?, instant(entry.on, to)?))) {
            Some((from, to)) => event.starts(from).ends(to),
            None => event.all_day(entry.on),
        };
        calendar.push(event.done());
    }
    calendar.done().to_string()
}

/// A school day's minute as an instant; none in the hour a clock change leaves out.
fn instant(on: NaiveDate, at: TimeOfDay) -> Option<DateTime<Utc>> {
    chrono_tz::Europe::London.from_local_datetime(&on.and_time(at.time())).earliest().map(|t| t.with_timezone(&Utc))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(on: (i32, u32, u32), cancelled: bool) -> Entry {
        Entry {
            id: Uuid::nil(),
            sequence: 3,
            summary: "The Lantern, Kelder Primary School".into(),
            place: "Hall; Kelder".into(),
            notes: "Ring 01274 431000\nStay with the class".into(),
            on: NaiveDate::from_ymd_opt(on.0, on.1, on.2).unwrap(),
            times: TimeOfDay::new(9, 30).zip(TimeOfDay::new(10, 45)),
            cancelled,
            changed: Utc.with_ymd_and_hms(2026, 11, 1, 12, 0, 0).unwrap(),
        }
    }

    #[test]
    fn times_are_londons_before_and_after_the_clock_change() {
        let summer = calendar("Visits", &[entry((2026, 10, 23), false)]);
        assert!(summer.contains("DTSTART:20261023T083000Z"), "{summer}");
        let winter = calendar("Visits", &[entry((2026, 10, 26), false)]);
        assert!(winter.contains("DTSTART:20261026T093000Z"), "{winter}");
    }

    #[test]
    fn a_change_is_recognised_and_a_cancellation_removes() {
        let text = calendar("Visits", &[entry((2026, 12, 1), true)]);
        for line in ["SEQUENCE:3", "STATUS:CANCELLED", "UID:00000000-0000-0000-0000-000000000000@callboard"] {
            assert!(text.lines().any(|l| l == line), "{line} is missing in {text}");
        }
        assert!(text.contains(r"Hall\; Kelder"), "{text}");
    }

    #[test]
    fn without_times_it_is_the_whole_day() {
        let text = calendar("Visits", &[Entry { times: None, ..entry((2026, 12, 1), false) }]);
        assert!(text.contains("DTSTART;VALUE=DATE:20261201"), "{text}");
    }
}
