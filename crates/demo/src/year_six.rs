//! This year's tour of the Year 6 play: half booked, with openings still free and gaps worth finding.

use chrono::{Datelike, NaiveDate, TimeDelta, Weekday};
use domain::access::Role;
use domain::programme::Status;
use domain::session::Reason;
use domain::setting::{Phase, SettingType};
use domain::tour::Price;
use domain::{YearGroup, YearGroups};

use crate::calendar::SchoolDays;
use crate::draw::{Draw, Stream};
use crate::people::Cast;
use crate::rows::{Group, Invitation, Opening, Programme, Provider, School, Team, Tour, Visit};
use crate::visits::{Booking, Ground, Outcome, Taken, instant};

/// Wards that nobody has gone to yet: two of the most deprived, and one far up the dale.
pub(crate) const GAPS: [&str; 4] = ["Canal Side", "Skelbrough Ings", "Odsley", "Langscar"];

/// Schools the tour is to reach.
const TARGET: i64 = 75;

/// Visits booked or done: half the target.
const BOOKED: usize = 38;

/// How many of these have taken place, if the year is old enough.
const DONE: usize = 18;

/// What the tour is made of.
pub(crate) struct Made {
    pub tour: Tour,
    pub openings: Vec<Opening>,
    pub invitations: Vec<Invitation>,
    pub visits: Vec<Visit>,
}

/// One day of one cast.
type CastDay<'a> = (NaiveDate, &'a Team);

pub(crate) fn tour(
    ground: &Ground<'_>,
    taken: &mut Taken,
    programme: &Programme,
    theatre: &Provider,
    cast: &Cast,
) -> Made {
    let draw = &mut Draw::new(Stream::YearSix);
    let days = SchoolDays::of(ground.present);
    let past = days.before(ground.today);
    let past = &past[past.len().saturating_sub(40)..];
    let coming = days.from(ground.today);
    // A young year makes up in front what it lacks behind.
    let coming = &coming[..coming.len().min(86 - past.len())];
    let starts = past.first().or(coming.first()).copied().unwrap_or(ground.today);
    let tour = Tour {
        id: draw.key(instant(starts, 0) - TimeDelta::days(60)),
        programme: programme.id,
        provider: theatre.id,
        teams: theatre.teams.iter().map(|team| team.id).collect(),
        year: ground.present,
        name: format!("The Kindest Stranger {}", ground.present),
        starts,
        ends: coming.last().copied().unwrap_or(starts),
        target_schools: Some(TARGET),
        funders: "Hallowdale Council public health grant\nViolence reduction partnership",
        budget_pence: Some(6_450_000),
        price: Price::Subsidised,
        price_pence: 15_000,
        notice_days: 5,
        status: Status::Open,
        created_at: (instant(starts, 600) - TimeDelta::days(60)).min(ground.now - TimeDelta::days(20)),
    };
    let done = cast_days(past, theatre);
    let todo = cast_days(coming, theatre);
    let schools = &mut willing(ground, draw, cast);
    let mut made = Made { tour, openings: Vec::new(), invitations: Vec::new(), visits: Vec::new() };
    made.took_place(ground, draw, taken, &done, schools);
    made.comes_up(ground, draw, taken, &todo, schools, cast);
    made.invite(ground, draw);
    made
}

/// Each cast plays on two days a week, and both on today's, so that there is something to see.
fn cast_days<'a>(days: &[NaiveDate], theatre: &'a Provider) -> Vec<CastDay<'a>> {
    let plays = |day: &NaiveDate, cast: usize| match day.weekday() {
        Weekday::Tue => cast == 0,
        Weekday::Wed => cast == 1,
        Weekday::Thu => true,
        _ => false,
    };
    let mut found = Vec::new();
    for (at, day) in days.iter().enumerate() {
        for (cast, team) in theatre.teams.iter().enumerate() {
            if plays(day, cast) || (at == 0 && cast == 0) {
                found.push((*day, team));
            }
        }
    }
    found
}

fn year_six() -> Option<YearGroup> {
    YearGroup::new(6).ok()
}

/// Schools that would have the play, in the order they come forward: no school of the gap wards, and one special
/// school among the first.
fn willing<'a>(ground: &Ground<'a>, draw: &mut Draw, cast: &Cast) -> Vec<&'a School> {
    let teaches = |s: &School| matches!((s.year_groups, year_six()), (Some(y), Some(six)) if y.contains(six));
    let mut schools: Vec<&School> = ground
        .schools
        .iter()
        .filter(|s| matches!(s.phase, Phase::Primary | Phase::AllThrough) && teaches(s))
        .filter(|s| !GAPS.contains(&s.ward) && s.id != ground.schools[cast.primary].id)
        .collect();
    draw.shuffle(&mut schools);
    let special = ground.schools.iter().filter(|s| s.setting_type == SettingType::Special && teaches(s)).nth(1);
    schools.extend(special);
    if let Some(last) = schools.len().checked_sub(1) {
        schools.swap(last, last.saturating_sub(4));
    }
    schools
}

impl Made {
    fn took_place(
        &mut self,
        ground: &Ground<'_>,
        draw: &mut Draw,
        taken: &mut Taken,
        days: &[CastDay<'_>],
        schools: &mut Vec<&School>,
    ) {
        // The newest days, so that some are still to be counted.
        let days = &days[days.len().saturating_sub(DONE + 4)..];
        for (place, (on, team)) in days.iter().rev().enumerate() {
            let Some(school) = schools.pop() else { return };
            let old = (ground.today - *on).num_days();
            let outcome = match place {
                _ if old <= 2 => Outcome::Confirmed,
                2 | 5 => Outcome::Confirmed,
                4 => Outcome::Uncounted,
                7 => {
                    Outcome::Missed(Role::Provider, Reason::Vehicle, "The van broke down on the way over the top road.")
                }
                9 => Outcome::Cancelled(
                    Role::School,
                    Reason::SchoolClosed,
                    "Boiler failure: school closed for two days.",
                ),
                11 => Outcome::Missed(Role::School, Reason::SchoolClosed, "Closed for snow at 7am."),
                13 => Outcome::Cancelled(Role::School, Reason::Timetable, "Clashes with the residential."),
                _ => Outcome::Delivered,
            };
            self.book(ground, draw, taken, (*on, team), school, outcome);
        }
    }

    fn comes_up(
        &mut self,
        ground: &Ground<'_>,
        draw: &mut Draw,
        taken: &mut Taken,
        days: &[CastDay<'_>],
        schools: &mut Vec<&School>,
        cast: &Cast,
    ) {
        let live = |visits: &[Visit]| visits.iter().filter(|v| v.sessions.iter().any(|s| s.state.is_live())).count();
        let still = BOOKED.saturating_sub(live(&self.visits)).min(days.len() * 2 / 3);
        let mut which: Vec<usize> = (0..days.len()).collect();
        // The first days are booked, so that this week has something; the others as they come.
        draw.shuffle(&mut which[2.min(days.len())..]);
        let mut booked = which[..still].to_vec();
        booked.sort_unstable();
        let primary = &ground.schools[cast.primary];
        for (place, day) in booked.iter().enumerate() {
            let school = if place == 3 { Some(primary) } else { schools.pop() };
            let Some(school) = school else { continue };
            self.book(ground, draw, taken, days[*day], school, Outcome::Confirmed);
        }
        // Two that were given up: their slots are free again.
        let away = [
            Outcome::Cancelled(Role::School, Reason::NoLongerNeeded, "Year 6 goes to the theatre in town instead."),
            Outcome::Cancelled(
                Role::Provider,
                Reason::Sickness,
                "Two of the cast are ill; the school was offered other dates.",
            ),
        ];
        for (day, outcome) in which[still..].iter().zip(away) {
            if let Some(school) = schools.pop() {
                self.book(ground, draw, taken, days[*day], school, outcome);
            }
        }
        // Whatever is not played is open, from tomorrow on.
        let at = self.tour.created_at + TimeDelta::hours(1);
        for (on, team) in days.iter().filter(|(on, _)| *on > ground.today) {
            for slot in &team.slots {
                if !self.openings.iter().any(|o| (o.team, o.on, o.slot.number) == (team.id, *on, slot.number)) {
                    let (id, tour, slot) = (draw.key(at), self.tour.id, slot.clone());
                    self.openings.push(Opening { id, tour, team: team.id, on: *on, slot, created_at: at });
                }
            }
        }
        if let Some(small) = self.visits.iter_mut().rev().find(|v| {
            let expected: i64 = v.sessions.iter().flat_map(|s| &s.groups).map(|g| g.expected).sum();
            v.on > ground.today && v.sessions.len() == 1 && expected <= 60
        }) {
            small.room_for_others = true;
        }
    }

    /// One performance for up to 120 pupils, two for more.
    fn book(
        &mut self,
        ground: &Ground<'_>,
        draw: &mut Draw,
        taken: &mut Taken,
        (on, team): CastDay<'_>,
        school: &School,
        outcome: Outcome,
    ) {
        let Some(six) = year_six() else { return };
        let mut classes = ground.classes(draw, school, ground.present, six);
        let second: Vec<Group> = if classes.len() > 4 { classes.split_off(classes.len() / 2) } else { Vec::new() };
        let morning = draw.chance(60);
        let mut slots = Vec::new();
        for (slot, groups) in team.slots.iter().skip(usize::from(!morning && second.is_empty())).zip([classes, second])
        {
            if groups.is_empty() {
                continue;
            }
            let at = self.tour.created_at + TimeDelta::hours(1);
            let (id, tour, team) = (draw.key(at), self.tour.id, team.id);
            self.openings.push(Opening { id, tour, team, on, slot: slot.clone(), created_at: at });
            slots.push((slot.clone(), groups));
        }
        let booking = Booking { tour: &self.tour, team, school, on, slots, outcome };
        self.visits.push(ground.visit(draw, taken, booking));
    }

    /// Invitations went to some who have booked since, and to others who have not; none to the gap wards.
    fn invite(&mut self, ground: &Ground<'_>, draw: &mut Draw) {
        let six = year_six().map(YearGroups::from).unwrap_or_default();
        let busy: Vec<_> = self.visits.iter().map(|v| v.venue).collect();
        let mut others: Vec<&School> = ground
            .schools
            .iter()
            .filter(|s| s.phase == Phase::Primary && !GAPS.contains(&s.ward) && !busy.contains(&s.id))
            .filter(|s| s.year_groups.is_some_and(|y| !y.intersection(six).is_empty()))
            .collect();
        draw.shuffle(&mut others);
        let sent_at = (self.tour.created_at + TimeDelta::days(5)).min(ground.now - TimeDelta::days(6));
        let answered = |days: i64| Some((sent_at + TimeDelta::days(days)).min(ground.now));
        let accepted = busy.iter().take(8).map(|id| (*id, "accepted", ("", ""), answered(2)));
        let reasons = [
            ("already_covered", "We have a programme of our own this year"),
            ("other", "Year 6 is on residential for most of the term"),
            ("no_hall", "No hall until the building work ends"),
        ];
        let declined = others.iter().take(3).zip(reasons).map(|(s, why)| (s.id, "declined", why, answered(4)));
        let waiting = others.iter().skip(3).take(12).map(|s| (s.id, "sent", ("", ""), None));
        let tour = self.tour.id;
        self.invitations = accepted
            .chain(declined)
            .chain(waiting)
            .map(|(school, state, (reason, reason_note), answered_at)| {
                let id = draw.key(sent_at);
                let due = sent_at + TimeDelta::days(domain::invitation::REMIND_AFTER_DAYS);
                let reminded_at = (state == "sent" && due <= ground.now).then_some(due);
                Invitation { id, tour, school, state, reason, reason_note, sent_at, answered_at, reminded_at }
            })
            .collect();
    }
}
