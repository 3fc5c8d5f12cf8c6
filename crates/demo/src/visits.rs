//! Visits as they come about: booked, delivered and counted, or cancelled and missed.

use std::collections::HashSet;

use chrono::{DateTime, Days, NaiveDate, TimeDelta, Utc};
use domain::access::Role;
use domain::number_on_roll::Roll;
use domain::session::{Event, Reason, State};
use domain::slot::Slot;
use domain::tour::AskedBy;
use domain::{AcademicYear, YearGroup, YearGroups, feedback};
use uuid::Uuid;

use crate::draw::Draw;
use crate::people::People;
use crate::rows::{Group, Headcount, School, Session, SessionEvent, Team, Tour, Visit};

/// What everything happens on.
pub(crate) struct Ground<'a> {
    pub schools: &'a [School],
    pub people: &'a People,
    pub now: DateTime<Utc>,
    pub today: NaiveDate,
    pub present: AcademicYear,
}

/// What no two visits may share.
#[derive(Default)]
pub(crate) struct Taken {
    slots: HashSet<(Uuid, NaiveDate, i64)>,
    codes: HashSet<String>,
}

impl Taken {
    /// Whether a team has nothing on that day.
    pub(crate) fn is_free(&self, team: &Team, on: NaiveDate) -> bool {
        team.slots.iter().all(|slot| !self.slots.contains(&(team.id, on, slot.number)))
    }

    fn code(&mut self, draw: &mut Draw) -> String {
        loop {
            let code = feedback::Code::random(draw.bytes()).as_str().to_owned();
            if self.codes.insert(code.clone()) {
                return code;
            }
        }
    }
}

/// How a booking turned out.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Outcome {
    /// Delivered and counted.
    Delivered,
    /// Delivered, but nobody has counted yet.
    Uncounted,
    /// Booked; when its day is over, nobody has said what became of it.
    Confirmed,
    /// Cancelled by this role.
    Cancelled(Role, Reason, &'static str),
    /// Missed, as this role said.
    Missed(Role, Reason, &'static str),
}

/// A booking to be made into a visit.
pub(crate) struct Booking<'a> {
    pub tour: &'a Tour,
    pub team: &'a Team,
    pub school: &'a School,
    pub on: NaiveDate,
    /// The slots, each with its groups.
    pub slots: Vec<(Slot, Vec<Group>)>,
    pub outcome: Outcome,
}

/// The instant of a minute of a day.
pub(crate) fn instant(on: NaiveDate, minute: i64) -> DateTime<Utc> {
    on.and_time(chrono::NaiveTime::MIN).and_utc() + TimeDelta::minutes(minute)
}

const ROOMS: &[&str] = &["Main hall", "Lower hall", "Studio", "Sports hall", "Dining hall"];
const CLASSROOMS: &[&str] = &["The classroom", "Library", "ICT suite", "Upper hall", "Year group’s own rooms"];

const ACCESS: &[&str] = &[
    "",
    "",
    "",
    "Step-free way in from the car park; ring at the side gate.",
    "Lift to the first floor: ask at reception for the key.",
    "One pupil uses a wheelchair: please leave the front row’s end free.",
    "Two pupils wear ear defenders: lights up, no sudden sounds.",
];

impl Ground<'_> {
    /// A group of one school's year group, with as many pupils as its roll says (`share` of `of` classes).
    pub(crate) fn group(
        &self,
        draw: &mut Draw,
        school: &School,
        year_group: YearGroup,
        label: String,
        expected: i64,
    ) -> Group {
        let follows = school.year_groups_source != domain::setting::YearGroupsSource::NotFollowed;
        let share = (school.ehc_plans + school.sen_support) * 100 / school.pupils.max(1);
        let send = (expected * share + draw.between(0, 99)) / 100;
        Group {
            id: draw.key(self.now),
            school: school.id,
            year_groups: if follows { year_group.into() } else { YearGroups::NONE },
            label,
            expected,
            expected_send: draw.chance(70).then_some(send.min(expected)),
            counted: None,
        }
    }

    /// The classes of a school's year group, at most about 30 pupils each.
    pub(crate) fn classes(
        &self,
        draw: &mut Draw,
        school: &School,
        year: AcademicYear,
        year_group: YearGroup,
    ) -> Vec<Group> {
        let pupils = self.pupils_of(school, year, year_group).clamp(4, 330);
        let classes = (pupils + 29) / 30;
        (0..classes)
            .map(|class| {
                let expected = pupils / classes + i64::from(class < pupils % classes);
                let label = match (classes, u8::try_from(class)) {
                    (1, _) | (_, Err(_)) => year_group.to_string(),
                    (_, Ok(class)) => format!("{}{}", year_group.short(), char::from(b'A' + class)),
                };
                self.group(draw, school, year_group, label, expected)
            })
            .collect()
    }

    fn pupils_of(&self, school: &School, year: AcademicYear, year_group: YearGroup) -> i64 {
        let known = school.years.iter().find(|y| y.year == year);
        let roll = Roll {
            pupils: Some(known.map_or(school.pupils, |y| y.pupils)),
            year_groups: known.map_or(school.year_groups, |y| y.year_groups),
            counted: known.map(|y| y.counted.clone()).unwrap_or_default(),
        };
        roll.of(year_group).map_or(0, |n| n.pupils)
    }

    /// Makes a visit of a booking; its slots are taken unless it was cancelled or missed.
    pub(crate) fn visit(&self, draw: &mut Draw, taken: &mut Taken, booking: Booking<'_>) -> Visit {
        let Booking { tour, team, school, on, slots, outcome } = booking;
        let day = on.min(self.today) - Days::new(u64::try_from(draw.between(3, 40)).unwrap_or_default());
        let created_at = instant(day, draw.between(8 * 60 + 30, 16 * 60)).max(tour.created_at + TimeDelta::hours(2));
        let created_at = created_at.min(self.now - TimeDelta::hours(3));
        // A third ring or write, and the council books for them.
        let own = draw.chance(66);
        let booked = Booked { lead: self.people.lead_of(school.id), own, asked: *draw.one_of(&ASKED), created_at };
        let play = team.slots.len() <= 2;
        let first = slots.iter().map(|(slot, _)| slot.starts.minutes()).min().unwrap_or_default();
        let last = slots.iter().map(|(slot, _)| slot.ends.minutes()).max().unwrap_or_default();
        let sessions = slots
            .into_iter()
            .map(|(slot, groups)| self.session(draw, taken, team, on, slot, groups, outcome, &booked, school))
            .collect();
        Visit {
            id: draw.key(created_at),
            tour: tour.id,
            team: team.id,
            venue: school.id,
            on,
            get_in: first - if play { 90 } else { 20 },
            get_out: last + if play { 60 } else { 10 },
            room: if play { draw.one_of::<&str>(ROOMS) } else { draw.one_of::<&str>(CLASSROOMS) },
            access_needs: draw.one_of::<&str>(ACCESS),
            contact: school.contact.clone(),
            who_comes: team.people.clone(),
            room_for_others: false,
            fee_pence: tour.price_pence,
            created_at,
            sessions,
        }
    }

    #[allow(clippy::too_many_arguments)]
    fn session(
        &self,
        draw: &mut Draw,
        taken: &mut Taken,
        team: &Team,
        on: NaiveDate,
        slot: Slot,
        mut groups: Vec<Group>,
        outcome: Outcome,
        booked: &Booked,
        school: &School,
    ) -> Session {
        let state = outcome.state();
        if state.is_live() {
            taken.slots.insert((team.id, on, slot.number));
        }
        let provider = if team.slots.len() <= 2 { self.people.theatre } else { self.people.police };
        let person_of = |role: Role| match role {
            Role::School => booked.lead,
            Role::Provider => Some(provider),
            _ => Some(self.people.commissioner),
        };
        let mut events = Vec::new();
        let mut tell = |draw: &mut Draw, at, event, from, to, role: Role, note: &str| {
            let at: DateTime<Utc> = at;
            let (id, by, note) = (draw.key(at), person_of(role), note.to_owned());
            events.push(SessionEvent { id, at, event, from, to, by, role, note });
        };
        let (role, note) = if booked.own {
            (Role::School, String::new())
        } else {
            (Role::Commissioner, format!("{} asked, {}", school.contact.name, booked.asked.label().to_lowercase()))
        };
        let confirmed = State::Confirmed;
        tell(draw, booked.created_at, Event::Book.as_str(), None, confirmed, role, &note);
        // Counted in the days after, by the provider more often than by the school.
        let after = instant(on, slot.ends.minutes() + draw.between(15, 240));
        let after = after.min(self.now - TimeDelta::minutes(5)).max(booked.created_at + TimeDelta::minutes(30));
        let mut attendance_at = None;
        let mut reason = None;
        match outcome {
            Outcome::Confirmed => {}
            Outcome::Uncounted => {
                tell(draw, after, Event::Deliver.as_str(), Some(confirmed), State::Delivered, Role::Provider, "");
            }
            Outcome::Delivered => {
                let role = if draw.chance(40) { Role::School } else { Role::Provider };
                let counted = (after + TimeDelta::minutes(draw.between(1, 900))).min(self.now);
                tell(draw, counted, Event::Deliver.as_str(), Some(confirmed), State::Delivered, role, "");
                attendance_at = Some(counted);
                for group in &mut groups {
                    group.counted = Some(headcount(draw, group, person_of(role)));
                }
            }
            Outcome::Cancelled(role, why, note) => {
                let at = booked.created_at + (self.now.min(instant(on, 480)) - booked.created_at) / 2;
                tell(draw, at, Event::Cancel.as_str(), Some(confirmed), State::Cancelled, role, note);
                reason = Some((why, note));
            }
            Outcome::Missed(role, why, note) => {
                tell(draw, after, Event::Miss.as_str(), Some(confirmed), State::Missed, role, note);
                reason = Some((why, note));
            }
        }
        let delivered = state == State::Delivered;
        Session {
            id: draw.key(booked.created_at),
            state,
            booked_by: person_of(role),
            asked: (!booked.own).then(|| (school.contact.name.clone(), booked.asked)),
            reason,
            actual: attendance_at.map(|_| {
                let starts = slot.starts.minutes() + draw.between(0, 8);
                (starts, slot.ends.minutes() + draw.between(-6, 7))
            }),
            attendance_at,
            codes: delivered.then(|| (taken.code(draw), taken.code(draw))),
            feedback_closes: delivered.then(|| feedback::closes(on)),
            created_at: booked.created_at,
            groups,
            events,
            responses: Vec::new(),
            slot,
        }
    }
}

const ASKED: [AskedBy; 4] = [AskedBy::Telephone, AskedBy::Email, AskedBy::Email, AskedBy::InPerson];

/// What is known of a booking's making.
struct Booked {
    /// The school's person.
    lead: Option<Uuid>,
    /// Whether they booked themselves.
    own: bool,
    asked: AskedBy,
    created_at: DateTime<Utc>,
}

impl Outcome {
    const fn state(self) -> State {
        match self {
            Self::Delivered | Self::Uncounted => State::Delivered,
            Self::Confirmed => State::Confirmed,
            Self::Cancelled(..) => State::Cancelled,
            Self::Missed(..) => State::Missed,
        }
    }
}

fn headcount(draw: &mut Draw, group: &Group, stated_by: Option<Uuid>) -> Headcount {
    let withdrawn = i64::from(draw.chance(8)) + i64::from(draw.chance(3));
    let attended = (group.expected * draw.between(92, 100) / 100 - withdrawn).max(1);
    Headcount {
        attended,
        send: group.expected_send.map(|send| send.min(attended)),
        withdrawn,
        adults: 1 + attended / 25 + draw.between(0, 2),
        stated_by,
    }
}
