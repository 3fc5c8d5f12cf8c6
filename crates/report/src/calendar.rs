//! iCalendar: sessions as entries that a calendar program adds, moves and removes (RFC 5545, RFC 5546).

use chrono::{DateTime, NaiveDate, TimeZone, Utc};
use domain::slot::TimeOfDay;
use icalendar::{Calendar, Component, Event, EventLike, EventStatus};
use uuid::Uuid;

/// What a calendar program shall do with the entries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// Keep them, each as it now is.
    Publish,
    /// Take them out: every entry is cancelled.
    Cancel,
}

impl Method {
    /// The word of the standard, for the file and for a mail's content type.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Publish => "PUBLISH",
            Self::Cancel => "CANCEL",
        }
    }

    /// How a mail states the file: `text/calendar; charset=utf-8; method=PUBLISH`.
    #[must_use]
    pub fn content_type(self) -> String {
        format!("text/calendar; charset=utf-8; method={}", self.word())
    }
}

/// How an entry stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// It takes place.
    Confirmed,
    /// It is offered, and not answered yet.
    Tentative,
    /// A calendar shall remove it.
    Cancelled,
}

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
    /// How it stands.
    pub standing: Standing,
    /// Who is responsible for it: an email address.
    pub organiser: Option<String>,
    /// When it was last changed.
    pub changed: DateTime<Utc>,
}

/// How often calendar programs shall ask again, where they let themselves be told.
const REFRESH: &str = "PT1H";

/// The entries as an iCalendar file, made at `now`. Times are written in UTC, so that they are right across the clock
/// change whatever a calendar program knows of London.
#[must_use]
pub fn calendar(name: &str, method: Method, entries: &[Entry], now: DateTime<Utc>) -> String {
    let mut calendar = Calendar::new();
    calendar.name(name);
    calendar.append_property(("METHOD", method.word()));
    if method == Method::Publish {
        // Outlook reads the second name of it.
        calendar.append_property(("REFRESH-INTERVAL;VALUE=DURATION", REFRESH));
        calendar.append_property(("X-PUBLISHED-TTL", REFRESH));
    }
    for entry in entries {
        let cancelled = method == Method::Cancel || entry.standing == Standing::Cancelled;
        let mut event = Event::new();
        event
            .uid(&format!("{}@callboard", entry.id))
            .sequence(u32::try_from(entry.sequence).unwrap_or(u32::MAX))
            .summary(&entry.summary)
            .location(&entry.place)
            .description(&entry.notes)
            // With a METHOD, the standard's time stamp is that of the file; the entry's own is the next line.
            .timestamp(now)
            .add_property("LAST-MODIFIED", entry.changed.format("%Y%m%dT%H%M%SZ").to_string())
            .status(match (cancelled, entry.standing) {
                (true, _) => EventStatus::Cancelled,
                (false, Standing::Tentative) => EventStatus::Tentative,
                (false, _) => EventStatus::Confirmed,
            });
        if let Some(organiser) = &entry.organiser {
            event.add_property("ORGANIZER", format!("mailto:{organiser}"));
        }
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

    fn entry(on: (i32, u32, u32), standing: Standing) -> Entry {
        Entry {
            id: Uuid::nil(),
            sequence: 3,
            summary: "The Lantern, Kelder Primary School".into(),
            place: "Hall; Kelder, ground floor".into(),
            notes: "Ring 01274 431000\nStay with the class".into(),
            on: NaiveDate::from_ymd_opt(on.0, on.1, on.2).unwrap(),
            times: TimeOfDay::new(9, 30).zip(TimeOfDay::new(10, 45)),
            standing,
            organiser: Some("tours@company.example".into()),
            changed: Utc.with_ymd_and_hms(2026, 11, 1, 12, 0, 0).unwrap(),
        }
    }

    fn file(method: Method, entries: &[Entry]) -> String {
        calendar("Visits", method, entries, Utc.with_ymd_and_hms(2026, 11, 22, 11, 0, 0).unwrap())
    }

    /// The lines as a calendar program reads them: what was folded is whole again.
    fn lines(text: &str) -> Vec<String> {
        text.replace("\r\n ", "").lines().map(str::to_owned).collect()
    }

    #[test]
    fn times_are_londons_before_and_after_each_clock_change() {
        for (on, starts, ends) in [
            ((2026, 10, 23), "20261023T083000Z", "20261023T094500Z"),
            ((2026, 10, 24), "20261024T083000Z", "20261024T094500Z"),
            ((2026, 10, 25), "20261025T093000Z", "20261025T104500Z"),
            ((2026, 10, 26), "20261026T093000Z", "20261026T104500Z"),
            ((2027, 3, 26), "20270326T093000Z", "20270326T104500Z"),
            ((2027, 3, 28), "20270328T083000Z", "20270328T094500Z"),
            ((2027, 3, 29), "20270329T083000Z", "20270329T094500Z"),
        ] {
            let lines = lines(&file(Method::Publish, &[entry(on, Standing::Confirmed)]));
            assert!(lines.contains(&format!("DTSTART:{starts}")), "{starts}: {lines:?}");
            assert!(lines.contains(&format!("DTEND:{ends}")), "{ends}: {lines:?}");
        }
    }

    #[test]
    fn a_change_is_recognised_and_a_cancellation_removes() {
        let text = file(Method::Publish, &[entry((2026, 12, 1), Standing::Cancelled)]);
        for line in [
            "METHOD:PUBLISH",
            "SEQUENCE:3",
            "STATUS:CANCELLED",
            "UID:00000000-0000-0000-0000-000000000000@callboard",
            "DTSTAMP:20261122T110000Z",
            "LAST-MODIFIED:20261101T120000Z",
            "ORGANIZER:mailto:tours@company.example",
            r"LOCATION:Hall\; Kelder\, ground floor",
            r"DESCRIPTION:Ring 01274 431000\nStay with the class",
        ] {
            assert!(lines(&text).iter().any(|l| l == line), "{line} is missing in {text}");
        }
        let offered = file(Method::Publish, &[entry((2026, 12, 1), Standing::Tentative)]);
        assert!(lines(&offered).iter().any(|l| l == "STATUS:TENTATIVE"), "{offered}");
        let cancel = lines(&file(Method::Cancel, &[entry((2026, 12, 1), Standing::Confirmed)]));
        assert!(cancel.iter().any(|l| l == "METHOD:CANCEL") && cancel.iter().any(|l| l == "STATUS:CANCELLED"));
    }

    #[test]
    fn lines_are_folded_within_seventy_five_octets_and_read_whole_again() {
        let long = "Theatr Cwm Rhondda — “Yr Ŵyl”, ".repeat(12);
        let text =
            file(Method::Publish, &[Entry { summary: long.clone(), ..entry((2026, 12, 1), Standing::Confirmed) }]);
        for line in text.split("\r\n") {
            assert!(line.len() <= 75, "{} octets: {line}", line.len());
        }
        assert!(!text.replace("\r\n", "").contains('\n'), "every line ends with CR LF");
        let escaped = long.replace(',', r"\,");
        assert!(lines(&text).iter().any(|l| l.trim_end() == format!("SUMMARY:{escaped}").trim_end()), "{text}");
    }

    #[test]
    fn without_times_it_is_the_whole_day() {
        let text = file(Method::Publish, &[Entry { times: None, ..entry((2026, 12, 1), Standing::Confirmed) }]);
        assert!(text.contains("DTSTART;VALUE=DATE:20261201"), "{text}");
    }
}
