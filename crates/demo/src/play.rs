//! Two years of history on stage: the Year 10 play that toured the secondary schools, and the pilot of the Year 6
//! play.

use chrono::{Days, NaiveDate, TimeDelta};
use domain::access::Role;
use domain::programme::Status;
use domain::session::Reason;
use domain::setting::{Phase, SettingType};
use domain::tour::Price;
use domain::{AcademicYear, YearGroup, YearGroups};

use crate::calendar::SchoolDays;
use crate::draw::{Draw, Stream};
use crate::rows::{Group, Programme, Provider, School, Tour, Visit};
use crate::visits::{Booking, Ground, Outcome, Taken, instant};

/// Performances of the pilot.
pub const PILOT: usize = 8;

/// Schools the Year 10 play went to, the year before last and last year.
const TOURED: [usize; 2] = [22, 13];

fn closed(
    draw: &mut Draw,
    programme: &Programme,
    theatre: &Provider,
    year: AcademicYear,
    name: String,
    days: &[NaiveDate],
) -> Tour {
    let starts = days.first().copied().unwrap_or(year.starts());
    let created_at = instant(starts, 600) - TimeDelta::days(90);
    Tour {
        id: draw.key(created_at),
        programme: programme.id,
        provider: theatre.id,
        teams: theatre.teams.iter().take(1).map(|team| team.id).collect(),
        year,
        name,
        starts,
        ends: days.last().copied().unwrap_or(starts),
        target_schools: None,
        funders: "Violence reduction partnership",
        budget_pence: None,
        price: Price::Free,
        price_pence: 0,
        notice_days: 5,
        status: Status::Closed,
        created_at,
    }
}

fn pupils_of(number: i64) -> Option<(YearGroup, YearGroups)> {
    YearGroup::new(number).ok().map(|year| (year, year.into()))
}

/// The two tours of the Year 10 play, in the spring of either year.
pub(crate) fn toured(
    ground: &Ground<'_>,
    taken: &mut Taken,
    programme: &Programme,
    theatre: &Provider,
) -> Vec<(Tour, Vec<Visit>)> {
    let draw = &mut Draw::new(Stream::Play);
    let Some((ten, _)) = pupils_of(10) else { return Vec::new() };
    let last = ground.present.previous();
    let mut tours = Vec::new();
    for (year, many) in [last.previous(), last].into_iter().zip(TOURED) {
        let days = SchoolDays::of(year);
        let from = NaiveDate::from_ymd_opt(year.first() + 1, 1, 12).unwrap_or(year.starts());
        let days = days.within(from, ground.today - Days::new(14));
        let days: Vec<NaiveDate> = days.iter().copied().step_by(2).take(many + 3).collect();
        let mut made = closed(draw, programme, theatre, year, format!("Running the Line {year}"), &days);
        made.target_schools = i64::try_from(many + 4).ok();
        made.budget_pence = Some(3_120_000);
        let mut schools: Vec<&School> = ground
            .schools
            .iter()
            .filter(|s| matches!(s.phase, Phase::Secondary | Phase::AllThrough))
            .filter(|s| s.years.iter().any(|y| y.year == year))
            .collect();
        draw.shuffle(&mut schools);
        let special = ground.schools.iter().find(|s| s.setting_type == SettingType::Special && s.year_groups.is_some());
        // One special school, the year before last.
        if year != last {
            schools.splice(4..4, special);
        }
        let mut visits = Vec::new();
        for (number, (on, school)) in days.iter().zip(schools).enumerate() {
            let outcome = match number {
                6 => Outcome::Cancelled(Role::School, Reason::SchoolClosed, "Closed for industrial action."),
                9 if year == last => Outcome::Missed(Role::Provider, Reason::Sickness, "The whole cast was ill."),
                _ => Outcome::Delivered,
            };
            visits.extend(perform(ground, draw, taken, &made, theatre, school, ten, *on, outcome));
        }
        tours.push((made, visits));
    }
    tours
}

/// The pilot: eight performances in primary schools last summer.
pub(crate) fn pilot(
    ground: &Ground<'_>,
    taken: &mut Taken,
    programme: &Programme,
    theatre: &Provider,
) -> Option<(Tour, Vec<Visit>)> {
    let draw = &mut Draw::new(Stream::Pilot);
    let (six, six_only) = pupils_of(6)?;
    let year = ground.present.previous();
    let days = SchoolDays::of(year);
    let from = NaiveDate::from_ymd_opt(year.first() + 1, 5, 5)?.min(ground.today - Days::new(60));
    let days: Vec<NaiveDate> =
        days.within(from, ground.today - Days::new(12)).iter().copied().step_by(3).take(PILOT).collect();
    let mut tour = closed(draw, programme, theatre, year, format!("The Kindest Stranger: pilot {year}"), &days);
    tour.target_schools = i64::try_from(PILOT).ok();
    tour.budget_pence = Some(980_000);
    let mut schools: Vec<&School> = ground
        .schools
        .iter()
        .filter(|s| s.phase == Phase::Primary && (180..=430).contains(&s.pupils))
        .filter(|s| s.year_groups.is_some_and(|y| !y.intersection(six_only).is_empty()))
        .collect();
    draw.shuffle(&mut schools);
    let mut visits = Vec::new();
    for (on, school) in days.iter().zip(schools) {
        visits.extend(perform(ground, draw, taken, &tour, theatre, school, six, *on, Outcome::Delivered));
    }
    Some((tour, visits))
}

/// One performance for up to 200 pupils, two for more.
#[allow(clippy::too_many_arguments)]
fn perform(
    ground: &Ground<'_>,
    draw: &mut Draw,
    taken: &mut Taken,
    tour: &Tour,
    theatre: &Provider,
    school: &School,
    year_group: YearGroup,
    on: NaiveDate,
    outcome: Outcome,
) -> Option<Visit> {
    let team = theatre.teams.first()?;
    let mut groups: Vec<Group> = ground.classes(draw, school, tour.year, year_group);
    let second = if groups.len() > 6 { groups.split_off(groups.len() / 2) } else { Vec::new() };
    let slots = team.slots.iter().cloned().zip([groups, second]).filter(|(_, groups)| !groups.is_empty()).collect();
    Some(ground.visit(draw, taken, Booking { tour, team, school, on, slots, outcome }))
}
