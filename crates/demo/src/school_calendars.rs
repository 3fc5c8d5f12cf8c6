//! What schools say of when they can be visited, and a cast's week of rehearsals: never across what is booked.

use chrono::{Datelike, Days, NaiveDate, Weekday};
use domain::availability::{self, DateKind, HallWindow, Leave, SchoolDate, Week};
use domain::calendar::bank_holidays_between;
use domain::session::State;
use domain::setting::{Phase, SettingType};
use domain::slot::TimeOfDay;
use domain::{AcademicYear, YearGroup, YearGroups};

use crate::calendar::{SchoolDays, terms};
use crate::draw::{Draw, Stream};
use crate::rows::{Opening, Provider, School, SchoolCalendar, Team, Visit};

/// Whether a session is still to take place.
fn is_coming(visit: &Visit, today: NaiveDate) -> bool {
    visit.on >= today && visit.sessions.iter().any(|s| matches!(s.state, State::Confirmed | State::Offered))
}

/// Gives the second cast a week of rehearsals: the first whole week from now on in which it has nothing to do.
pub(crate) fn leave(teams: &mut [Team], year: AcademicYear, today: NaiveDate, openings: &[Opening], visits: &[Visit]) {
    let draw = &mut Draw::new(Stream::Leave);
    let Some(team) = teams.last_mut() else { return };
    let school_days = SchoolDays::of(year);
    let week = |monday: NaiveDate| (monday, monday + Days::new(4));
    let is_free = |(from, to): (NaiveDate, NaiveDate)| {
        let meets = |on: NaiveDate| (from..=to).contains(&on);
        !openings.iter().any(|o| o.team == team.id && meets(o.on))
            && !visits.iter().any(|v| v.team == team.id && meets(v.on))
    };
    let mondays = school_days.from(today + Days::new(1)).iter().filter(|d| d.weekday() == Weekday::Mon);
    if let Some((from, to)) = mondays.map(|monday| week(*monday)).find(|days| is_free(*days)) {
        let at = from.and_time(chrono::NaiveTime::MIN).and_utc();
        team.leave.push(Leave { id: draw.key(at), from, to, note: "Rehearsals".to_owned() });
    }
}

/// The second Monday of May, when the tests of Year 6 begin.
fn sats(year: AcademicYear) -> Option<NaiveDate> {
    NaiveDate::from_weekday_of_month_opt(year.first() + 1, 5, Weekday::Mon, 2)
}

/// A calendar's first draft, and its parts kept as long as nothing booked would fall on them.
struct Draft<'a> {
    calendar: availability::SchoolCalendar,
    coming: Vec<&'a Visit>,
    minutes: (i64, i64),
}

impl Draft<'_> {
    fn fits(&self, calendar: &availability::SchoolCalendar) -> bool {
        self.coming.iter().all(|visit| {
            visit.sessions.iter().all(|s| {
                let years = s.groups.iter().fold(YearGroups::NONE, |all, g| all.union(g.year_groups));
                let (before, after) = self.minutes;
                calendar.closed(visit.on, s.slot.starts, s.slot.ends, before, after, years).is_none()
            })
        })
    }

    fn keep(&mut self, change: impl FnOnce(&mut availability::SchoolCalendar)) {
        let mut changed = self.calendar.clone();
        change(&mut changed);
        if self.fits(&changed) {
            self.calendar = changed;
        }
    }
}

/// A dining hall: free before dinner and after it.
fn dining_hall() -> Vec<HallWindow> {
    let window = |weekday, from: (u16, u16), to: (u16, u16)| {
        Some(HallWindow { weekday, starts: TimeOfDay::new(from.0, from.1)?, ends: TimeOfDay::new(to.0, to.1)? })
    };
    (0..5).flat_map(|day| [window(day, (8, 15), (11, 45)), window(day, (13, 0), (15, 30))]).flatten().collect()
}

/// What the schools say: about half of them something.
pub(crate) fn calendars(
    schools: &[School],
    theatre: &Provider,
    year: AcademicYear,
    today: NaiveDate,
    visits: &[Visit],
) -> Vec<SchoolCalendar> {
    let draw = &mut Draw::new(Stream::Calendars);
    let all_terms = terms(year);
    let minutes = theatre.teams.first().map_or((0, 0), |t| (t.hours.get_in_minutes, t.hours.get_out_minutes));
    let mut calendars = Vec::new();
    for school in schools {
        let mut draft = Draft {
            calendar: availability::SchoolCalendar {
                terms: all_terms.to_vec(),
                holidays: bank_holidays_between(year.starts(), year.ends()),
                ..Default::default()
            },
            coming: visits.iter().filter(|v| v.venue == school.id && is_coming(v, today)).collect(),
            minutes,
        };
        let at = year.starts().and_time(chrono::NaiveTime::MIN).and_utc();
        let mut date = |kind, from: NaiveDate, days: u64, year_groups, note: &str| SchoolDate {
            id: draw.key(at),
            kind,
            from,
            to: from + Days::new(days - 1),
            year_groups,
            note: note.to_owned(),
        };
        let mut dates: Vec<SchoolDate> = Vec::new();
        let everyone = YearGroups::NONE;
        for (term, kind) in [(&all_terms[2], DateKind::Inset), (&all_terms[5], DateKind::Inset)] {
            dates.push(date(kind, term.starts, 1, everyone, ""));
        }
        let of = |n| YearGroup::new(n).map(YearGroups::from).unwrap_or_default();
        let teaches = |n| school.year_groups.is_some_and(|y| !y.intersection(of(n)).is_empty());
        if school.setting_type == SettingType::Mainstream && teaches(6) {
            dates.extend(sats(year).map(|monday| date(DateKind::Sats, monday, 4, of(6), "")));
            dates.push(date(
                DateKind::Leavers,
                all_terms[5].ends - Days::new(4),
                5,
                of(6),
                "Leavers’ play and assembly",
            ));
        }
        if matches!(school.phase, Phase::Secondary | Phase::AllThrough) && teaches(11) {
            dates.push(date(DateKind::Mocks, all_terms[2].starts + Days::new(7), 12, of(11), ""));
            dates.extend(sats(year).map(|monday| date(DateKind::Exams, monday, 40, of(11), "GCSEs")));
        }
        // Some schools have not got round to it.
        if draw.chance(20) {
            dates.clear();
        }
        for date in dates {
            draft.keep(|calendar| calendar.dates.push(date));
        }
        if draw.chance(10) {
            draft.keep(|calendar| calendar.week.closed = [Weekday::Fri].into_iter().collect());
        }
        if school.phase == Phase::Primary && draw.chance(20) {
            draft.keep(|calendar| calendar.hall = dining_hall());
        }
        if matches!(school.phase, Phase::Secondary | Phase::AllThrough) && draw.chance(25) {
            let first = all_terms[0].starts;
            // The first whole week of the year.
            let monday = u64::from(7 - first.weekday().num_days_from_monday());
            draft.keep(|calendar| {
                calendar.week = Week {
                    closed: calendar.week.closed,
                    closed_b: [Weekday::Thu].into_iter().collect(),
                    a_from: Some(first + Days::new(monday)),
                };
            });
        }
        let availability::SchoolCalendar { dates, week, hall, .. } = draft.calendar;
        if !dates.is_empty() || !hall.is_empty() || week != Week::default() {
            calendars.push(SchoolCalendar { school: school.id, dates, week, hall });
        }
    }
    calendars
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tests_of_year_six_begin_on_the_second_monday_of_may() {
        let on = |first| sats(AcademicYear::new(first).unwrap()).unwrap().to_string();
        assert_eq!(on(2026), "2027-05-10");
        assert_eq!(on(2025), "2026-05-11");
    }

    #[test]
    fn a_dining_hall_is_not_free_at_noon() {
        let noon = TimeOfDay::new(12, 0).unwrap();
        assert!(dining_hall().iter().all(|w| noon < w.starts || w.ends <= noon));
        assert_eq!(dining_hall().len(), 10);
    }
}
