//! The demo district, Hallowdale: some 210 invented schools in 30 wards, two years of history and a year under way.
//!
//! Everything is drawn from one seed and placed around the day it is asked for: the same day gives the same district,
//! key by key. No real authority has its LA code, no real school its URNs or names, and no telephone rings.
//! `crates/records` writes it; nothing here touches a database.

#![warn(clippy::unwrap_used)]

mod calendar;
mod draw;
mod names;
mod people;
mod play;
mod police;
mod programmes;
mod providers;
mod requests;
mod responses;
mod rows;
mod school_calendars;
mod schools;
mod visits;
mod wards;
mod year_six;

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use domain::AcademicYear;
use domain::setting::{LaCode, NotAnLaCode, Phase};

use draw::{Draw, Stream};
use uuid::Uuid;

pub use domain::calendar::Term;
pub use play::PILOT as PILOT_PERFORMANCES;
pub use police::SESSIONS as POLICE_SESSIONS;
pub use rows::*;

/// The LA code: no authority of England or Wales has it.
pub const LA_CODE: &str = "999";

/// The council.
pub const COUNCIL: &str = "Hallowdale Council";

/// The council's colour.
pub const COLOUR: &str = "#5b2a6e";

/// All that exists in the district.
#[derive(Debug, Clone, PartialEq)]
pub struct District {
    /// The authority.
    pub authority: LaCode,
    /// The year under way.
    pub year: AcademicYear,
    /// When the records begin.
    pub begins: DateTime<Utc>,
    /// Term dates of the two years before, this one and the next.
    pub terms: Vec<Term>,
    /// Schools.
    pub schools: Vec<School>,
    /// Providers with their teams.
    pub providers: Vec<Provider>,
    /// People with their grants.
    pub people: Vec<Person>,
    /// Programmes.
    pub programmes: Vec<Programme>,
    /// Tours.
    pub tours: Vec<Tour>,
    /// Openings.
    pub openings: Vec<Opening>,
    /// Invitations.
    pub invitations: Vec<Invitation>,
    /// What schools say of when they can be visited.
    pub calendars: Vec<SchoolCalendar>,
    /// Requests that wait for a date.
    pub requests: Vec<Request>,
    /// Visits with their sessions.
    pub visits: Vec<Visit>,
}

/// The district as it is at `now`, which is `today` where the schools are.
///
/// # Errors
/// Never: the LA code is one.
pub fn district(today: NaiveDate, now: DateTime<Utc>) -> Result<District, NotAnLaCode> {
    let authority: LaCode = LA_CODE.parse()?;
    let present = calendar::present_year(today);
    let begins = visits::instant(present.previous().previous().starts(), 9 * 60) - TimeDelta::days(30);
    let schools = schools::schools(present, begins);
    let mut theatre = providers::theatre(begins);
    let police = providers::police(begins);
    let programmes = programmes::programmes(today, begins);
    let cast = cast(&schools);
    let people = people::people(&schools, &cast, &authority, theatre.id, police.id, begins);
    let ground = visits::Ground { schools: &schools, people: &people, now, today, present };
    let taken = &mut visits::Taken::default();
    let toured = play::toured(&ground, taken, &programmes.play, &theatre);
    let pilot = play::pilot(&ground, taken, &programmes.year_six, &theatre);
    let police_history = police::history(&ground, taken, &programmes.cyber, &police);
    let year_six = year_six::tour(&ground, taken, &programmes.year_six, &theatre, &cast);
    let mut invitations = year_six.invitations;
    let requests = requests::asked(&ground, &year_six.tour, &year_six.visits, &mut invitations);
    let (season, season_openings, season_visits) = police::this_year(&ground, taken, &programmes.cyber, &police);
    let mut openings = year_six.openings;
    openings.extend(season_openings);
    let (mut tours, mut visits) = (Vec::new(), Vec::new());
    for (tour, held) in toured.into_iter().chain(pilot).chain([
        police_history,
        (year_six.tour, year_six.visits),
        (season, season_visits),
    ]) {
        tours.push(tour);
        visits.extend(held);
    }
    let kinds = responses::Kinds { play: programmes.play.id, year_six: programmes.year_six.id, present };
    responses::answered(&mut visits, &tours, today, &kinds);
    school_calendars::leave(&mut theatre.teams, present, today, &openings, &visits);
    let calendars = school_calendars::calendars(&schools, &theatre, present, today, &visits);
    let first = present.previous().previous();
    Ok(District {
        authority,
        year: present,
        begins,
        terms: [first, first.next(), present, present.next()].into_iter().flat_map(calendar::terms).collect(),
        people: people.all,
        tours,
        openings,
        invitations,
        calendars,
        requests,
        visits,
        providers: vec![theatre, police],
        programmes: vec![programmes.play, programmes.year_six, programmes.cyber],
        schools,
    })
}

impl District {
    /// A key for each of the term dates.
    pub fn term_keys(&self) -> impl Iterator<Item = Uuid> {
        let mut draw = Draw::new(Stream::Terms);
        std::iter::repeat_with(move || draw.key(self.begins))
    }
}

/// The wards' names and outlines, OSGB36 metres: for maps.
pub fn outlines() -> impl Iterator<Item = (&'static str, Vec<(i64, i64)>)> {
    wards::WARDS.iter().map(|ward| (ward.name, wards::outline(ward)))
}

/// The schools that stand for their kind.
fn cast(schools: &[School]) -> people::Cast {
    let primaries = || schools.iter().enumerate().filter(|(_, s)| s.phase == Phase::Primary);
    people::Cast {
        // The first by name that the tour goes to: the one that is found first.
        primary: primaries()
            .filter(|(_, s)| !year_six::GAPS.contains(&s.ward))
            .min_by_key(|(_, s)| &s.name)
            .map_or(0, |(place, _)| place),
        trust: primaries().find_map(|(_, s)| s.trust),
    }
}
