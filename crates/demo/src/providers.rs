//! The theatre company and the police unit, with their teams.

use chrono::{DateTime, Utc};
use domain::availability::Hours;
use domain::slot::{Slot, TimeOfDay};
use domain::tour::ProviderKind;

use crate::draw::{Draw, Stream};
use crate::names;
use crate::rows::{Provider, Team};
use crate::wards::MIDDLE;

fn slot(number: i64, label: &str, starts: (u16, u16), ends: (u16, u16)) -> Option<Slot> {
    let (starts, ends) = (TimeOfDay::new(starts.0, starts.1)?, TimeOfDay::new(ends.0, ends.1)?);
    Some(Slot { number, label: label.to_owned(), starts, ends })
}

fn company_day() -> Vec<Slot> {
    [slot(1, "Morning", (9, 30), (11, 0)), slot(2, "Afternoon", (13, 15), (14, 45))].into_iter().flatten().collect()
}

fn police_day() -> Vec<Slot> {
    [
        slot(1, "Period 1", (9, 0), (9, 50)),
        slot(2, "Period 2", (10, 0), (10, 50)),
        slot(3, "Period 3", (11, 10), (12, 0)),
        slot(4, "Period 4", (13, 0), (13, 50)),
        slot(5, "Period 5", (14, 0), (14, 50)),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// From when to when a team is out, and its minutes: get-in, get-out, turnaround.
fn hours(out: (u16, u16), home: (u16, u16), minutes: (i64, i64, i64)) -> Hours {
    let time = |(hour, minute)| TimeOfDay::new(hour, minute).unwrap_or(TimeOfDay::MIDNIGHT);
    Hours {
        earliest_start: time(out),
        latest_home: time(home),
        get_in_minutes: minutes.0,
        get_out_minutes: minutes.1,
        turnaround_minutes: minutes.2,
        most_sessions: None,
    }
}

/// The theatre company, with two casts.
pub(crate) fn theatre(at: DateTime<Utc>) -> Provider {
    let draw = &mut Draw::new(Stream::Theatre);
    let teams = ["Curlew cast", "Lapwing cast"].map(|name| {
        let people: Vec<String> = ["tour manager and actor", "actor", "actor", "actor and workshop leader"]
            .map(|part| format!("{}, {part}", names::person(draw)))
            .to_vec();
        Team {
            id: draw.key(at),
            name: name.to_owned(),
            base_name: "The Wool Loft, Shuttle Street, Hallowdale",
            base_postcode: "HW2 4LT",
            base_at: (MIDDLE.0 + 600, MIDDLE.1 - 300),
            slots: company_day(),
            people: people.join("\n"),
            hours: hours((7, 30), (17, 30), (45, 30, 20)),
            leave: Vec::new(),
        }
    });
    Provider {
        id: draw.key(at),
        kind: ProviderKind::Theatre,
        name: "Wool Loft Theatre Company",
        email: "tours@woolloft.example",
        telephone: names::telephone(draw),
        teams: teams.to_vec(),
    }
}

/// The police unit, with six officers who each go alone.
pub(crate) fn police(at: DateTime<Utc>) -> Provider {
    let draw = &mut Draw::new(Stream::Unit);
    let teams: Vec<Team> = (0..6)
        .map(|number| {
            let name = format!("PC {}", names::person(draw));
            let (base_name, base_postcode, at_east, at_north) = match number {
                0..3 => ("Tanner Row Police Station, Hallowdale", "HW2 1PS", 900, -450),
                3..5 => ("Skelbrough Police Station", "HW21 3PS", -7_700, 9_900),
                _ => ("Netherwharf Police Office", "HW29 2PS", 4_600, 9_800),
            };
            Team {
                id: draw.key(at),
                people: format!("{name}, cyber-safety officer"),
                name,
                base_name,
                base_postcode,
                base_at: (MIDDLE.0 + at_east, MIDDLE.1 + at_north),
                slots: police_day(),
                hours: hours((8, 0), (17, 0), (15, 10, 10)),
                leave: Vec::new(),
            }
        })
        .collect();
    Provider {
        id: draw.key(at),
        kind: ProviderKind::Police,
        name: "Hallowdale Police Cyber-safety Unit",
        email: "cyber-safety@police.hallowdale.example",
        telephone: names::telephone(draw),
        teams,
    }
}
