//! The bank holidays as the government publishes them: JSON with a list of events for each division of the country.

use chrono::NaiveDate;
use serde::Deserialize;

use crate::problem::{Problem, Problems};

/// The largest file that is read, in bytes: the published one has about 60 kB.
pub const MAX_BYTES: usize = 1 << 20;

/// Most events of a file.
const MAX_EVENTS: usize = 2_000;

#[derive(Deserialize)]
struct Published {
    #[serde(rename = "england-and-wales")]
    england_and_wales: Division,
}

#[derive(Deserialize)]
struct Division {
    events: Vec<Event>,
}

#[derive(Deserialize)]
struct Event {
    title: String,
    date: String,
}

/// Whether this is the published file, by the names of its divisions.
pub(crate) fn is_published(bytes: &[u8]) -> bool {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes).trim_ascii_start();
    bytes.len() <= MAX_BYTES && bytes.starts_with(b"{") && serde_json::from_slice::<Published>(bytes).is_ok()
}

/// England's bank holidays of a published file, by date, with their names.
///
/// # Errors
/// Every problem found; the row is the event's number within England and Wales.
pub fn read(bytes: &[u8]) -> Result<Vec<(NaiveDate, String)>, Vec<Problem>> {
    let whole = |message: &str| vec![Problem::of_file(message)];
    if bytes.len() > MAX_BYTES {
        return Err(whole(
            "The file is larger than 1 MB. The published bank holidays have about 60 kB: is this the file?",
        ));
    }
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let published: Published = serde_json::from_slice(bytes).map_err(|error| {
        whole(&format!(
            "The file is not the published list of bank holidays ({error}). Save https://www.gov.uk/bank-holidays.json and choose that."
        ))
    })?;
    let events = published.england_and_wales.events;
    if events.is_empty() {
        return Err(whole("The file has no bank holiday for England and Wales."));
    }
    if events.len() > MAX_EVENTS {
        return Err(whole("The file has more than 2,000 bank holidays: is this the published list?"));
    }
    let (mut days, mut problems) = (Vec::with_capacity(events.len()), Problems::default());
    for (number, event) in (1_u32..).zip(events) {
        let mut wrong = |message: String| {
            problems.push(Problem { row: Some(number), column: Some("date".into()), ..Problem::of_file(message) });
        };
        let name: String = event.title.trim().chars().filter(|c| !c.is_control()).take(120).collect();
        match event.date.parse::<NaiveDate>() {
            Err(_) => wrong(format!("“{}” is not a date like 2027-12-25.", event.date)),
            Ok(_) if name.is_empty() => wrong("The bank holiday has no title.".into()),
            Ok(on) if days.iter().any(|(other, _)| *other == on) => wrong(format!("{on} stands in the file twice.")),
            Ok(on) => days.push((on, name)),
        }
    }
    days.sort();
    if problems.is_empty() { Ok(days) } else { Err(problems.into_list()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(events: &str) -> String {
        format!(r#"{{"england-and-wales":{{"division":"england-and-wales","events":[{events}]}},"scotland":{{}}}}"#)
    }

    #[test]
    fn englands_events_are_read_by_date() {
        let text = file(
            r#"{"title":"Boxing Day","date":"2026-12-28","notes":"Substitute day","bunting":true},
               {"title":"Christmas Day","date":"2026-12-25","notes":"","bunting":true}"#,
        );
        let days = read(text.as_bytes()).unwrap();
        let days: Vec<_> = days.iter().map(|(on, name)| (on.to_string(), name.as_str())).collect();
        assert_eq!(days, [("2026-12-25".into(), "Christmas Day"), ("2026-12-28".into(), "Boxing Day")]);
    }

    #[test]
    fn what_is_wrong_is_said_by_event() {
        let text = file(
            r#"{"title":"A","date":"2026-02-30"},{"title":" ","date":"2026-12-25"},{"title":"B","date":"25/12/2026"}"#,
        );
        let rows: Vec<_> = read(text.as_bytes()).unwrap_err().iter().map(|p| p.row).collect();
        assert_eq!(rows, [Some(1), Some(2), Some(3)]);
        for text in ["", "[]", "{}", "not json", &file("")] {
            assert_eq!(read(text.as_bytes()).unwrap_err().len(), 1, "{text}");
        }
        let twice = file(r#"{"title":"A","date":"2026-12-25"},{"title":"A","date":"2026-12-25"}"#);
        assert!(read(twice.as_bytes()).unwrap_err()[0].message.contains("twice"));
        assert!(read(&vec![b' '; MAX_BYTES + 1]).is_err());
        let deep = "[".repeat(100_000);
        assert!(read(deep.as_bytes()).is_err(), "nesting is refused, not followed");
    }

    #[test]
    fn the_published_file_is_read_whole() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data/calendar/bank-holidays.json");
        let Ok(bytes) = std::fs::read(path) else {
            println!("skipped: no ../shared/data");
            return;
        };
        let days = read(&bytes).unwrap();
        assert!(days.len() > 130, "{}", days.len());
        assert_eq!(domain::calendar::differences_of(&days), [], "the rule knows them all");
    }
}
