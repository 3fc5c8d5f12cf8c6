//! The schools: some 210, a district's real mix, every one of them invented.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use domain::setting::{Phase, SettingType, Urn, YearGroupsSource, year_groups_of};
use domain::{AcademicYear, YearGroup, YearGroups};

use crate::draw::{Draw, Stream};
use crate::names::{self, HEADS, SAINTS, TAILS};
use crate::rows::{Contact, School, SchoolYear};
use crate::wards::{MIDDLE, WARDS, Ward};

const MAINTAINED: &str = "Local authority maintained schools";
const ACADEMIES: &str = "Academies";

const TRUSTS: [(&str, &str); 7] = [
    ("T90001", "Hallow Learning Trust"),
    ("T90002", "Packhorse Academies Trust"),
    ("T90003", "Five Becks Multi Academy Trust"),
    ("T90004", "Bishop Paulinus Catholic Academy Trust"),
    ("T90005", "Curlew Education Trust"),
    ("T90006", "Loom and Shuttle Schools Trust"),
    ("T90007", "Wharrow Valley Learning Alliance"),
];

/// No real school has a URN as high.
const FIRST_URN: i64 = 900_000;

/// What makes a school before it has a name.
struct Kind {
    establishment_type: &'static str,
    type_group: &'static str,
    phase: Phase,
    ages: Option<(u8, u8)>,
    pupils: (i64, i64),
    /// Pupils with plans and with support, in a hundred.
    send: (i64, i64),
}

const fn kind(
    establishment_type: &'static str,
    type_group: &'static str,
    phase: Phase,
    ages: Option<(u8, u8)>,
    pupils: (i64, i64),
    send: (i64, i64),
) -> Kind {
    Kind { establishment_type, type_group, phase, ages, pupils, send }
}

/// Secondary, all-through, special, nursery, alternative and independent schools: how many of each, with the pattern
/// of their names (`{}` is a place).
const OTHERS: &[(usize, &str, Kind)] = &[
    (11, "{} Academy", kind("Academy converter", ACADEMIES, Phase::Secondary, Some((11, 18)), (900, 1_750), (3, 13))),
    (
        8,
        "{} High School",
        kind("Academy sponsor led", ACADEMIES, Phase::Secondary, Some((11, 16)), (650, 1_300), (4, 17)),
    ),
    (6, "{} School", kind("Community school", MAINTAINED, Phase::Secondary, Some((11, 16)), (600, 1_200), (3, 15))),
    (
        3,
        "St {} Catholic College",
        kind("Voluntary aided school", MAINTAINED, Phase::Secondary, Some((11, 18)), (800, 1_400), (2, 12)),
    ),
    (
        2,
        "{} Grammar School",
        kind("Foundation school", MAINTAINED, Phase::Secondary, Some((11, 18)), (900, 1_200), (1, 7)),
    ),
    (2, "{} Free School", kind("Free schools", "Free Schools", Phase::Secondary, Some((11, 16)), (450, 700), (3, 14))),
    (
        4,
        "{} All-Through Academy",
        kind("Academy sponsor led", ACADEMIES, Phase::AllThrough, Some((3, 16)), (1_000, 1_600), (3, 16)),
    ),
    (
        7,
        "{} Specialist Academy",
        kind("Academy special converter", ACADEMIES, Phase::NotApplicable, None, (90, 260), (97, 3)),
    ),
    (3, "{} School", kind("Community special school", MAINTAINED, Phase::NotApplicable, None, (80, 190), (98, 2))),
    (1, "{} Free School", kind("Free schools special", "Free Schools", Phase::NotApplicable, None, (70, 110), (99, 1))),
    (
        7,
        "{} Nursery School",
        kind("Local authority nursery school", MAINTAINED, Phase::Nursery, Some((2, 5)), (55, 130), (2, 12)),
    ),
    (
        1,
        "{} Pupil Referral Service",
        kind("Pupil referral unit", MAINTAINED, Phase::NotApplicable, Some((5, 16)), (70, 120), (12, 78)),
    ),
    (
        1,
        "{} Bridge Academy",
        kind(
            "Academy alternative provision converter",
            ACADEMIES,
            Phase::NotApplicable,
            Some((11, 16)),
            (60, 110),
            (15, 75),
        ),
    ),
    (
        2,
        "{} House School",
        kind(
            "Other independent school",
            "Independent schools",
            Phase::NotApplicable,
            Some((3, 18)),
            (180, 420),
            (1, 8),
        ),
    ),
    (
        1,
        "{} Girls’ Institute",
        kind(
            "Other independent school",
            "Independent schools",
            Phase::NotApplicable,
            Some((11, 16)),
            (110, 190),
            (0, 5),
        ),
    ),
];

/// Names that no two schools share.
struct Places {
    places: Vec<String>,
    used: BTreeSet<String>,
}

impl Places {
    fn new(draw: &mut Draw) -> Self {
        let mut places: Vec<String> =
            HEADS.iter().flat_map(|head| TAILS.iter().map(move |tail| format!("{head}{tail}"))).collect();
        draw.shuffle(&mut places);
        Self { places, used: BTreeSet::new() }
    }

    fn next(&mut self) -> String {
        self.places.pop().unwrap_or_else(|| "Hallowdale".to_owned())
    }

    /// `{saint} … {place}`, once only.
    fn church(&mut self, saint: &str, denomination: &str, place: &str) -> Option<String> {
        let name = format!("{saint} {denomination} Primary School, {place}");
        self.used.insert(name.clone()).then_some(name)
    }
}

fn primary(draw: &mut Draw, places: &mut Places, ward: &Ward) -> (Kind, String) {
    // One, one and a half, two and three forms of entry, and the small schools up the dale.
    let rural = ward.decile >= 7;
    let forms: &[i64] = if rural { &[30, 40, 10, 15, 5] } else { &[2, 20, 13, 45, 20] };
    let pupils = [(55, 120), (185, 215), (285, 320), (385, 430), (570, 640)][draw.weighted(forms)];
    let ages = if draw.chance(55) { (3, 11) } else { (4, 11) };
    let (establishment_type, type_group, style) = match draw.weighted(&[46, 22, 16, 9, 7]) {
        0 => ("Academy converter", ACADEMIES, 0),
        1 => ("Community school", MAINTAINED, 1),
        2 => ("Academy sponsor led", ACADEMIES, 2),
        3 => ("Voluntary controlled school", MAINTAINED, 3),
        _ => ("Voluntary aided school", MAINTAINED, 4),
    };
    let saint = *draw.one_of(SAINTS);
    let church = match style {
        3 => places.church(saint, "Church of England", ward.name),
        4 => places.church(saint, "Catholic", ward.name),
        _ => None,
    };
    let name = church.unwrap_or_else(|| match style {
        2 => format!("{} Primary Academy", places.next()),
        _ if draw.chance(20) => format!("{} Community Primary School", places.next()),
        _ => format!("{} Primary School", places.next()),
    });
    (kind(establishment_type, type_group, Phase::Primary, Some(ages), pupils, (3, 15)), name)
}

/// Every school, by URN.
pub(crate) fn schools(year: AcademicYear, at: DateTime<Utc>) -> Vec<School> {
    let draw = &mut Draw::new(Stream::Schools);
    let places = &mut Places::new(draw);
    let mut found: Vec<(Kind, String, usize)> = Vec::new();
    for (place, ward) in WARDS.iter().enumerate() {
        for _ in 0..ward.primaries {
            let (kind, name) = primary(draw, places, ward);
            found.push((kind, name, place));
        }
    }
    // The others go round the wards, so that no ward has them all.
    let mut wards: Vec<usize> = (0..WARDS.len()).collect();
    draw.shuffle(&mut wards);
    let mut wards = wards.into_iter().cycle();
    for (many, pattern, k) in OTHERS {
        for number in 0..*many {
            let ward = wards.next().unwrap_or_default();
            let place = match *pattern {
                "{} Pupil Referral Service" => "Hallowdale".to_owned(),
                "St {} Catholic College" => {
                    format!("{} {}", ["Paulinus", "Alkelda", "Robert"][number % 3], WARDS[ward].town)
                }
                _ => places.next(),
            };
            let kind = Kind { ..*k };
            found.push((kind, pattern.replace("{}", &place), ward));
        }
    }
    let mut schools = Vec::with_capacity(found.len());
    for (number, (kind, name, ward)) in found.into_iter().enumerate() {
        schools.extend(school(draw, number, kind, name, &WARDS[ward], at));
    }
    correct(&mut schools);
    years(&mut schools, year);
    schools
}

fn school(draw: &mut Draw, number: usize, kind: Kind, name: String, ward: &Ward, at: DateTime<Utc>) -> Option<School> {
    let number = i64::try_from(number).unwrap_or_default();
    let setting_type = SettingType::of_establishment(kind.establishment_type, kind.type_group);
    let (year_groups, year_groups_source) = year_groups_of(kind.ages, kind.phase);
    let pupils = draw.between(kind.pupils.0, kind.pupils.1);
    let share = |draw: &mut Draw, percent: i64| (pupils * percent + draw.between(-100, 100)).max(0) / 100;
    let host = domain::setting::search_name(&name).replace(' ', "-");
    let trust = match kind.type_group {
        ACADEMIES | "Free Schools" if name.contains("Catholic") => Some(TRUSTS[3]),
        ACADEMIES | "Free Schools" => Some(TRUSTS[[0, 1, 2, 4, 5, 6][draw.weighted(&[24, 20, 18, 16, 12, 10])]]),
        _ => None,
    };
    let contact_name = names::person(draw);
    let contact = Contact {
        email: format!("{}@{host}.hallowdale.example", names::mailbox(&contact_name)),
        telephone: names::mobile(draw),
        name: contact_name,
    };
    Some(School {
        id: draw.key(at),
        urn: Urn::new(FIRST_URN + number).ok()?,
        establishment_number: (2_000 + number).to_string(),
        establishment_type: kind.establishment_type,
        type_group: kind.type_group,
        phase: kind.phase,
        setting_type,
        ages: kind.ages,
        year_groups,
        year_groups_source,
        pupils,
        ehc_plans: share(draw, kind.send.0),
        sen_support: share(draw, kind.send.1),
        street: names::street(draw),
        town: ward.town,
        postcode: format!("{} {}{}{}", ward.postcode, draw.between(1, 9), letter(draw), letter(draw)),
        telephone: names::telephone(draw),
        website: format!("https://www.{host}.hallowdale.example"),
        email: format!("office@{host}.hallowdale.example"),
        ward: ward.name,
        constituency: ward.constituency,
        easting: MIDDLE.0 + ward.at.0 + draw.between(-900, 900),
        northing: MIDDLE.1 + ward.at.1 + draw.between(-900, 900),
        decile: (ward.decile + [-1, 0, 0, 0, 1, 2][draw.weighted(&[1, 1, 1, 1, 1, 1])]).clamp(1, 10),
        trust,
        contact,
        years: Vec::new(),
        name,
    })
}

/// Letters that postcodes end in.
fn letter(draw: &mut Draw) -> char {
    char::from(*draw.one_of(b"ABDEFGHJLNPQRSTUWXYZ"))
}

/// What people have told of special schools: the list states no ages for them. Most have not been asked yet.
fn correct(schools: &mut [School]) {
    let years = |low, high| match (YearGroup::new(low), YearGroup::new(high)) {
        (Ok(low), Ok(high)) => YearGroups::range(low, high),
        _ => YearGroups::NONE,
    };
    for (number, school) in schools.iter_mut().filter(|s| s.setting_type == SettingType::Special).enumerate() {
        (school.year_groups, school.year_groups_source) = match number {
            0 => (Some(years(7, 14)), YearGroupsSource::Person),
            2 => (Some(years(0, 6)), YearGroupsSource::Person),
            4 => (Some(years(-1, 13)), YearGroupsSource::Person),
            7 => (None, YearGroupsSource::NotFollowed),
            _ => continue,
        };
    }
}

/// How each school was this year and in the two before; one grew into an all-through school, one opened last year.
fn years(schools: &mut [School], present: AcademicYear) {
    let draw = &mut Draw::new(Stream::Rolls);
    let all_through: Vec<usize> =
        (0..schools.len()).filter(|i| schools[*i].phase == Phase::AllThrough).skip(3).take(1).collect();
    let opened = (0..schools.len()).filter(|i| schools[*i].establishment_type == "Free schools").nth(1);
    for (place, school) in schools.iter_mut().enumerate() {
        // About half the schools send the council their counts.
        let counts = draw.chance(50);
        for (age, year) in [(2, present.previous().previous()), (1, present.previous()), (0, present)] {
            if opened == Some(place) && age == 2 {
                continue;
            }
            let (phase, year_groups) = if all_through.contains(&place) && age == 2 {
                (Phase::Secondary, year_groups_of(Some((11, 16)), Phase::Secondary).0)
            } else {
                (school.phase, school.year_groups)
            };
            let pupils = if age == 0 { school.pupils } else { school.pupils * draw.between(96, 103) / 100 };
            let counted = match year_groups.filter(|_| counts && age < 2 && phase != Phase::Nursery) {
                Some(taught) => count(draw, taught, pupils),
                None => Vec::new(),
            };
            school.years.push(SchoolYear { year, phase, year_groups, pupils, counted });
        }
    }
}

/// Counts that add up to about `pupils`: sixth forms are smaller, and no two years are alike.
fn count(draw: &mut Draw, taught: YearGroups, pupils: i64) -> Vec<(YearGroup, i64)> {
    let weight = |year: YearGroup| if year.number() >= 12 { 50 } else { 100 };
    let all: i64 = taught.iter().map(weight).sum();
    taught.iter().map(|year| (year, pupils * weight(year) * draw.between(92, 108) / (all * 100))).collect()
}
