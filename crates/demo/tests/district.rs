//! What the demo district must be, whatever the day.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use chrono::{Datelike, NaiveDate, NaiveTime, Weekday};
use demo::{District, LA_CODE, PILOT_PERFORMANCES, POLICE_SESSIONS, School, Session, Visit};
use domain::session::State;
use domain::setting::{Phase, SettingType, search_name};

fn date(text: &str) -> NaiveDate {
    text.parse().expect("a date")
}

fn on(text: &str) -> District {
    let today = date(text);
    let now = today.and_time(NaiveTime::from_hms_opt(11, 0, 0).expect("a time")).and_utc();
    demo::district(today, now).expect("a district")
}

/// A Sunday in November, a school day, the first day of a year, the last days of one, Christmas, summer, a half term.
const DAYS: [&str; 9] = [
    "2026-11-22",
    "2026-11-24",
    "2026-09-02",
    "2027-07-13",
    "2026-12-25",
    "2026-08-10",
    "2027-02-17",
    "2028-01-11",
    "2027-05-20",
];

fn programme(district: &District, name: &str) -> uuid::Uuid {
    district.programmes.iter().find(|p| p.name.contains(name)).expect("the programme").id
}

/// The sessions of a programme in a state, with their visit.
fn sessions<'a>(district: &'a District, name: &str, state: State) -> Vec<(&'a Visit, &'a Session)> {
    let programme = programme(district, name);
    let tours: HashSet<_> = district.tours.iter().filter(|t| t.programme == programme).map(|t| t.id).collect();
    let visits = district.visits.iter().filter(|v| tours.contains(&v.tour));
    visits.flat_map(|v| v.sessions.iter().map(move |s| (v, s))).filter(|(_, s)| s.state == state).collect()
}

fn attended(session: &Session) -> i64 {
    session.groups.iter().filter_map(|g| g.counted.as_ref()).map(|c| c.attended).sum()
}

#[test]
fn it_has_a_districts_real_mix() {
    let district = on("2026-11-22");
    let count = |wanted: &dyn Fn(&School) -> bool| district.schools.iter().filter(|s| wanted(s)).count();
    assert_eq!(count(&|s| s.phase == Phase::Primary), 157);
    assert_eq!(count(&|s| matches!(s.phase, Phase::Secondary | Phase::AllThrough)), 36);
    assert_eq!(count(&|s| s.setting_type == SettingType::Special), 11);
    assert_eq!(count(&|s| s.phase == Phase::Nursery), 7);
    assert_eq!(count(&|s| s.setting_type == SettingType::Alternative), 2);
    assert_eq!(count(&|s| s.type_group == "Independent schools"), 3);
    assert!((205..=220).contains(&district.schools.len()), "{}", district.schools.len());
    let wards: BTreeSet<_> = district.schools.iter().map(|s| s.ward).collect();
    assert_eq!(wards.len(), 30);
    let unknown = count(&|s| s.setting_type == SettingType::Special && s.year_groups.is_none());
    assert!(unknown >= 5, "special schools mostly state no ages: {unknown}");
    for school in &district.schools {
        assert!(school.urn.number() >= 900_000);
        assert!(school.years.iter().any(|y| y.year == district.year), "{}", school.name);
        assert_eq!(SettingType::of_establishment(school.establishment_type, school.type_group), school.setting_type);
    }
}

#[test]
fn the_history_is_what_the_committee_heard() {
    for day in DAYS {
        let district = on(day);
        let police = sessions(&district, "Cyber-safety", State::Delivered);
        assert_eq!(police.len(), POLICE_SESSIONS, "{day}");
        let children: i64 = police.iter().map(|(_, s)| attended(s)).sum();
        assert!((22_800..=25_200).contains(&children), "{day}: {children} children");
        let special: HashSet<_> =
            district.schools.iter().filter(|s| s.setting_type == SettingType::Special).map(|s| s.id).collect();
        let in_special = police.iter().filter(|(v, _)| special.contains(&v.venue)).count();
        assert_eq!(in_special, 9, "{day}");
        let last = district.year.previous();
        let pilot: Vec<_> = sessions(&district, "Kindest Stranger", State::Delivered)
            .into_iter()
            .filter(|(v, _)| district.tours.iter().any(|t| t.id == v.tour && t.year == last))
            .collect();
        assert_eq!(pilot.len(), PILOT_PERFORMANCES, "{day}");
        let play = sessions(&district, "Running the Line", State::Delivered);
        assert!(play.len() >= 30, "{day}: {} performances for Year 10", play.len());
    }
}

#[test]
fn the_pilot_was_answered_well_and_nobody_answers_who_was_not_there() {
    for day in DAYS {
        let district = on(day);
        let pilot: Vec<_> = sessions(&district, "Kindest Stranger", State::Delivered)
            .into_iter()
            .filter(|(v, _)| district.tours.iter().any(|t| t.id == v.tour && t.year < district.year))
            .collect();
        let answers: Vec<i64> = pilot
            .iter()
            .flat_map(|(_, s)| &s.responses)
            .filter(|r| r.respondent == "pupil")
            .flat_map(|r| r.answers.iter().filter(|(question, _)| *question == "liked").map(|(_, choice)| *choice))
            .collect();
        let good = answers.iter().filter(|choice| **choice == 2).count();
        assert!(answers.len() >= 150 && good * 100 / answers.len() >= 75, "{day}: {good} of {}", answers.len());
        for session in district.visits.iter().flat_map(|v| &v.sessions) {
            let pupils = session.responses.iter().filter(|r| r.respondent == "pupil").count();
            assert!(i64::try_from(pupils).expect("a number") <= attended(session), "{day}");
        }
    }
}

#[test]
fn something_is_always_coming_up_and_half_the_tour_is_booked() {
    for day in DAYS {
        let district = on(day);
        let today = date(day);
        let coming = |v: &&Visit| v.on >= today && v.sessions.iter().any(|s| s.state == State::Confirmed);
        let next = district.visits.iter().filter(coming).map(|v| v.on).min().unwrap();
        assert!((next - today).num_days() <= 45, "{day}: nothing before {next}");
        let tour = district.tours.iter().find(|t| t.year == district.year && t.name.contains("Kindest")).unwrap();
        let live = |v: &&Visit| v.tour == tour.id && v.sessions.iter().any(|s| s.state.is_live());
        let schools: HashSet<_> = district.visits.iter().filter(live).map(|v| v.venue).collect();
        let free = district
            .openings
            .iter()
            .filter(|o| o.tour == tour.id && o.on > today)
            .filter(|o| {
                let taken = |v: &&Visit| {
                    v.team == o.team
                        && v.on == o.on
                        && v.sessions.iter().any(|s| s.state.is_live() && s.slot.number == o.slot.number)
                };
                !district.visits.iter().any(|v| taken(&v))
            })
            .count();
        if !matches!(day, "2027-07-13") {
            assert!((34..=42).contains(&schools.len()), "{day}: {} of 75 schools", schools.len());
            assert!(free >= 20, "{day}: {free} free openings");
        }
    }
}

#[test]
fn a_school_day_has_a_session_and_some_data_are_overdue() {
    let district = on("2026-11-24");
    let today = date("2026-11-24");
    assert!(district.visits.iter().any(|v| v.on == today), "nothing today");
    let overdue = |v: &&Visit| {
        (today - v.on).num_days() > 3 && v.sessions.iter().any(|s| s.state.is_live() && s.attendance_at.is_none())
    };
    let overdue = district.visits.iter().filter(overdue).count();
    assert!((2..=6).contains(&overdue), "{overdue} overdue");
    for state in [State::Cancelled, State::Missed] {
        let all: Vec<_> = district.visits.iter().flat_map(|v| &v.sessions).filter(|s| s.state == state).collect();
        assert!(all.len() >= 2 && all.iter().all(|s| s.reason.is_some()), "{state}");
    }
}

#[test]
fn nobody_is_booked_twice_and_nothing_happens_in_the_holidays() {
    for day in DAYS {
        let district = on(day);
        let mut taken = HashSet::new();
        let mut codes = HashSet::new();
        let mut keys = HashSet::new();
        for visit in &district.visits {
            assert!(!matches!(visit.on.weekday(), Weekday::Sat | Weekday::Sun), "{day}: {}", visit.on);
            assert!(
                district.terms.iter().any(|t| (t.starts..=t.ends).contains(&visit.on)),
                "{day}: {} is in the holidays",
                visit.on
            );
            assert!(keys.insert(visit.id));
            for session in &visit.sessions {
                assert!(keys.insert(session.id));
                assert!(!session.groups.is_empty());
                if session.state.is_live() {
                    assert!(taken.insert((visit.team, visit.on, session.slot.number)), "{day}: taken twice");
                }
                if let Some((pupils, staff)) = &session.codes {
                    assert!(codes.insert(pupils.clone()) && codes.insert(staff.clone()));
                }
                assert_eq!(session.codes.is_some(), session.state == State::Delivered);
                if session.state == State::Delivered {
                    assert!(visit.on < date(day), "{day}: delivered on {}", visit.on);
                }
                assert!(session.events.windows(2).all(|e| e[0].at <= e[1].at), "{day}: events out of order");
            }
        }
        let openings: BTreeMap<_, usize> = district.openings.iter().fold(BTreeMap::new(), |mut all, o| {
            *all.entry((o.team, o.on, o.slot.number)).or_default() += 1;
            all
        });
        assert!(openings.values().all(|n| *n == 1), "{day}: an opening stands twice");
        let largest: BTreeMap<_, _> = district
            .tours
            .iter()
            .map(|t| (t.id, district.programmes.iter().find(|p| p.id == t.programme).unwrap().largest_group))
            .collect();
        for visit in &district.visits {
            for session in &visit.sessions {
                let expected: i64 = session.groups.iter().map(|g| g.expected).sum();
                assert!(expected <= largest[&visit.tour], "{day}: {expected} pupils in one session");
            }
        }
    }
}

#[test]
fn the_same_day_gives_the_same_district() {
    assert_eq!(on("2026-11-22"), on("2026-11-22"));
    let (a, b) = (on("2026-11-22"), on("2026-11-23"));
    let schools = |d: &District| d.schools.iter().map(|s| (s.urn, s.name.clone())).collect::<Vec<_>>();
    assert_eq!(schools(&a), schools(&b), "the schools are the same on another day");
}

/// Whatever the day: enough waits for a date that there is something to plan.
#[test]
fn schools_with_gaps_ask_for_the_tour() {
    for day in DAYS {
        let district = on(day);
        let today = date(day);
        assert_eq!(district.requests.len(), 29, "{day}");
        let tour = district.tours.iter().find(|t| t.id == district.requests[0].tour).expect("the tour");
        let school = |id| district.schools.iter().find(|s| s.id == id).expect("a school");
        let special =
            district.requests.iter().filter(|r| school(r.school).setting_type == SettingType::Special).count();
        assert_eq!(special, 4, "{day}");
        assert!(district.requests.iter().any(|r| r.sessions > 1) && district.requests.iter().any(|r| r.is_estimated));
        for request in &district.requests {
            let visited = district.visits.iter().any(|v| v.tour == request.tour && v.venue == request.school);
            assert!(!visited, "{day}: {} has a date", school(request.school).name);
            assert!(!request.groups.is_empty() && request.groups.iter().all(|g| g.expected > 0), "{day}");
            let days = request.impossible.iter().chain(&request.preferred);
            assert!(days.clone().all(|d| *d > today && (tour.starts..=tour.ends).contains(d)), "{day}");
            assert!(!request.preferred.iter().any(|d| request.impossible.contains(d)), "{day}");
        }
        let invited = |state| district.invitations.iter().filter(|i| i.state == state).count();
        assert!(invited("accepted") > 8 && invited("proposed") == 2 && invited("declined") == 3, "{day}");
        let declined = district.invitations.iter().filter(|i| i.state == "declined");
        assert!(declined.clone().all(|i| i.reason.parse::<domain::request::DeclineReason>().is_ok()), "{day}");
    }
}

#[test]
fn nobody_can_be_rung_or_written_to() {
    let district = on("2026-11-22");
    for school in &district.schools {
        assert!(school.telephone.starts_with("01632 960") && school.contact.telephone.starts_with("07700 900"));
        assert!(school.email.ends_with(".example") && school.contact.email.ends_with(".example"));
        assert!(school.contact.email.parse::<domain::contact::EmailAddress>().is_ok(), "{}", school.contact.email);
    }
    let mut addresses: Vec<_> = district.people.iter().map(|p| p.email.clone()).collect();
    assert!(addresses.iter().all(|a| a.ends_with(".example")));
    addresses.sort();
    addresses.dedup();
    assert_eq!(addresses.len(), district.people.len());
}

/// No school of the school list has one of the names, and no authority the code.
#[test]
fn no_real_school_has_such_a_name() {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../../shared/data/register/gias_layout_england_2024-25.csv");
    let names: BTreeSet<String> = on("2026-11-22").schools.iter().map(|s| search_name(&s.name)).collect();
    assert_eq!(names.len(), on("2026-11-22").schools.len(), "a name stands twice");
    let Ok(bytes) = std::fs::read(&path) else {
        println!("skipped: no ../shared/data");
        return;
    };
    let (text, _, _) = encoding_rs::WINDOWS_1252.decode(&bytes);
    let mut list = csv::Reader::from_reader(text.as_bytes());
    let headers = list.headers().unwrap().clone();
    let column = |name: &str| headers.iter().position(|h| h == name).unwrap();
    let (name, code, urn) = (column("EstablishmentName"), column("LA (code)"), column("URN"));
    let mut clashes = Vec::new();
    for row in list.records() {
        let row = row.unwrap();
        assert_ne!(&row[code], LA_CODE);
        assert!(row[urn].parse::<i64>().unwrap() < 900_000);
        if names.contains(&search_name(&row[name])) {
            clashes.push(row[name].to_owned());
        }
    }
    assert!(clashes.is_empty(), "real schools: {clashes:?}");
}
