//! Last year's police season, 660 cyber-safety sessions of which hardly any were in special schools; and this year's,
//! which is about to begin.

use chrono::{Days, NaiveDate, TimeDelta};
use domain::access::Role;
use domain::programme::Status;
use domain::session::Reason;
use domain::setting::{Phase, SettingType};
use domain::slot::Slot;
use domain::tour::Price;
use domain::{AcademicYear, YearGroup};

use crate::calendar::SchoolDays;
use crate::draw::{Draw, Stream};
use crate::rows::{Group, Opening, Programme, Provider, School, Team, Tour, Visit};
use crate::visits::{Booking, Ground, Outcome, Taken, instant};
use crate::year_six::GAPS;

/// Sessions delivered last year.
pub const SESSIONS: usize = 660;

/// Visits to special schools last year, by how many sessions each had: nine in all.
const SPECIAL: [usize; 3] = [3, 4, 2];

/// Visits booked for this year's season.
const BOOKED: usize = 16;

fn season(ground: &Ground<'_>, draw: &mut Draw, programme: &Programme, police: &Provider, year: AcademicYear) -> Tour {
    let past = year != ground.present;
    let days = SchoolDays::of(year);
    let first = days.from(year.starts()).first().copied().unwrap_or(year.starts());
    let last = days.before(year.ends()).last().copied().unwrap_or(first);
    // Officers were needed elsewhere this autumn: the new season begins in the days to come.
    let starts = if past { first } else { days.from(ground.today + Days::new(3)).first().copied().unwrap_or(last) };
    let created_at = instant(starts, 540) - TimeDelta::days(if past { 70 } else { 40 });
    Tour {
        id: draw.key(created_at),
        programme: programme.id,
        provider: police.id,
        teams: police.teams.iter().map(|team| team.id).collect(),
        year,
        name: format!("Cyber-safety season {year}"),
        starts,
        ends: last,
        target_schools: Some(if past { 160 } else { 180 }),
        funders: "Office of the Police and Crime Commissioner",
        budget_pence: None,
        price: Price::Free,
        price_pence: 0,
        notice_days: 2,
        status: if past { Status::Closed } else { Status::Open },
        created_at: created_at.min(ground.now - TimeDelta::days(10)),
    }
}

/// Last year's season.
pub(crate) fn history(
    ground: &Ground<'_>,
    taken: &mut Taken,
    programme: &Programme,
    police: &Provider,
) -> (Tour, Vec<Visit>) {
    let draw = &mut Draw::new(Stream::Police);
    let year = ground.present.previous();
    let tour = season(ground, draw, programme, police, year);
    let days = SchoolDays::of(year);
    let days = days.within(tour.starts + Days::new(9), ground.today - Days::new(10));
    let mut round = Round { ground, draw, taken, tour, police, days, visits: Vec::new() };
    let special: Vec<&School> = ground.schools.iter().filter(|s| s.setting_type == SettingType::Special).collect();
    for (many, school) in SPECIAL.iter().zip(special.iter().skip(1).step_by(2)) {
        round.go(school, *many, Outcome::Delivered);
    }
    let alternative: Vec<&School> =
        ground.schools.iter().filter(|s| s.setting_type == SettingType::Alternative).collect();
    if let Some(school) = alternative.first() {
        round.go(school, 2, Outcome::Delivered);
    }
    let mut schools: Vec<&School> = ground
        .schools
        .iter()
        .filter(|s| matches!(s.phase, Phase::Primary | Phase::Secondary | Phase::AllThrough))
        .filter(|s| !GAPS.contains(&s.ward) && s.years.iter().any(|y| y.year == year))
        .collect();
    round.draw.shuffle(&mut schools);
    // A fifth of the schools never asked; the others had the unit once or twice.
    schools.truncate(schools.len() * 4 / 5);
    let mut left = SESSIONS - SPECIAL.iter().sum::<usize>() - 2;
    for (number, school) in schools.iter().cycle().take(1_500).enumerate() {
        if left == 0 {
            break;
        }
        match number % 29 {
            11 => round.go(school, 2, Outcome::Missed(Role::Provider, Reason::CalledAway, "Called to an incident.")),
            19 => round.go(school, 1, Outcome::Cancelled(Role::School, Reason::Timetable, "Assessment week.")),
            25 => round.go(school, 2, Outcome::Missed(Role::School, Reason::Sickness, "The class teacher was ill.")),
            _ => false,
        };
        let most = if school.phase == Phase::Primary { 4 } else { 5 };
        let many = usize::try_from(round.draw.between(2, most)).unwrap_or(2).min(left);
        if round.go(school, many, Outcome::Delivered) {
            left -= many;
        }
    }
    (round.tour, round.visits)
}

/// This year's season: nothing delivered yet, some visits booked, and openings in the weeks to come.
pub(crate) fn this_year(
    ground: &Ground<'_>,
    taken: &mut Taken,
    programme: &Programme,
    police: &Provider,
) -> (Tour, Vec<Opening>, Vec<Visit>) {
    let draw = &mut Draw::new(Stream::Season);
    let tour = season(ground, draw, programme, police, ground.present);
    let days = SchoolDays::of(ground.present);
    let days = days.within(tour.starts, tour.starts + Days::new(42));
    let mut schools: Vec<&School> = ground
        .schools
        .iter()
        .filter(|s| matches!(s.phase, Phase::Primary | Phase::Secondary) && !GAPS.contains(&s.ward))
        .collect();
    draw.shuffle(&mut schools);
    let mut round = Round { ground, draw, taken, tour, police, days, visits: Vec::new() };
    for (number, school) in schools.iter().take(BOOKED).enumerate() {
        round.go(school, 2 + number % 3, Outcome::Confirmed);
    }
    let Round { tour, visits, draw, .. } = round;
    let at = tour.created_at + TimeDelta::hours(1);
    let mut openings = Vec::new();
    for (place, on) in days.iter().enumerate() {
        for (officer, team) in police.teams.iter().enumerate() {
            let booked = visits.iter().any(|v| v.team == team.id && v.on == *on);
            // Two days a week are the schools'; the others belong to the police station.
            if booked || (place + officer) % 3 == 0 {
                for slot in &team.slots {
                    let (id, slot) = (draw.key(at), slot.clone());
                    openings.push(Opening { id, tour: tour.id, team: team.id, on: *on, slot, created_at: at });
                }
            }
        }
    }
    (tour, openings, visits)
}

/// One season's visits as they are made.
struct Round<'a, 'g> {
    ground: &'a Ground<'g>,
    draw: &'a mut Draw,
    taken: &'a mut Taken,
    tour: Tour,
    police: &'a Provider,
    days: &'a [NaiveDate],
    visits: Vec<Visit>,
}

impl<'a> Round<'a, '_> {
    /// An officer spends a day, or a part of it, at a school; false when no officer is free.
    fn go(&mut self, school: &School, sessions: usize, outcome: Outcome) -> bool {
        let Some((on, team)) = self.free() else { return false };
        let taught =
            school.years.iter().find(|y| y.year == self.tour.year).map_or(school.year_groups, |y| y.year_groups);
        let taught = taught.unwrap_or_else(domain::YearGroups::planning_assumption);
        let years: Vec<YearGroup> = taught.iter().filter(|y| (3..=11).contains(&y.number())).collect();
        if years.is_empty() {
            return false;
        }
        let last = team.slots.len() - sessions.min(team.slots.len());
        let first = usize::try_from(self.draw.between(0, i64::try_from(last).unwrap_or_default())).unwrap_or_default();
        let slots: Vec<(Slot, Vec<Group>)> = team
            .slots
            .iter()
            .skip(first)
            .take(sessions)
            .map(|slot| (slot.clone(), self.groups(school, &years)))
            .collect();
        let booking = Booking { tour: &self.tour, team, school, on, slots, outcome };
        let visit = self.ground.visit(self.draw, self.taken, booking);
        self.visits.push(visit);
        true
    }

    /// A day on which an officer has nothing yet.
    fn free(&mut self) -> Option<(NaiveDate, &'a Team)> {
        if self.days.is_empty() {
            return None;
        }
        for _ in 0..200 {
            let (on, team) = (*self.draw.one_of(self.days), self.draw.one_of(&self.police.teams));
            if self.taken.is_free(team, on) {
                return Some((on, team));
            }
        }
        None
    }

    /// One class, now and then two or three of a year group together; in special and alternative schools a few.
    fn groups(&mut self, school: &School, years: &[YearGroup]) -> Vec<Group> {
        let year_group = *self.draw.one_of(years);
        if school.setting_type != SettingType::Mainstream {
            let pupils = self.draw.between(6, 11);
            let label = if self.draw.chance(50) { "Oak group" } else { "Willow group" };
            return vec![self.ground.group(self.draw, school, year_group, label.to_owned(), pupils)];
        }
        let classes = 1 + self.draw.weighted(&[64, 28, 8]);
        ["A", "B", "C"]
            .iter()
            .take(classes)
            .map(|letter| {
                let pupils = self.draw.between(25, 30);
                let label = format!("{}{letter}", year_group.short());
                self.ground.group(self.draw, school, year_group, label, pupils)
            })
            .collect()
    }
}
