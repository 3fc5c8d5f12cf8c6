//! How one school stands with a programme, year group by year group, from what is on record.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use uuid::Uuid;

use super::{Attends, Facts, State, is_reached, state};
use crate::YearGroups;
use crate::invitation::InvitationState;
use crate::number_on_roll::{NumberOnRoll, Roll};
use crate::offer::Declined;
use crate::programme::{Audience, Eligibility};
use crate::request::DeclineReason;
use crate::session;
use crate::setting::{Phase, SettingKind, SettingType, Urn};
use crate::year_group::YearGroup;

/// A setting as it was in the academic year.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct School {
    /// Its key.
    pub id: Uuid,
    /// Its URN; none outside the school list.
    pub urn: Option<Urn>,
    /// Its name.
    pub name: String,
    /// What it is. A programme for children is for schools; one for adults, for every kind of setting.
    pub kind: SettingKind,
    /// Its setting type.
    pub setting_type: SettingType,
    /// Its phase.
    pub phase: Phase,
    /// The ward it lies in, where that is known.
    pub ward: Option<String>,
    /// The constituency it lies in, where that is known.
    pub constituency: Option<String>,
    /// Its pupils and the year groups it teaches; none where they are not stated or not followed.
    pub roll: Roll,
    /// Whether it belongs to the authority and is open; others are not eligible, but what was delivered there counts.
    pub takes_part: bool,
    /// The last session of the programme that was delivered to it in another academic year.
    pub reached_before: Option<NaiveDate>,
}

/// Children or adults of one school at a session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    /// Where they belong.
    pub setting: Uuid,
    /// Their year groups; none at all where these are not stated or not followed.
    pub year_groups: YearGroups,
    /// How many came; none: not recorded yet.
    pub attended: Option<i64>,
    /// How many were expected.
    pub expected: i64,
}

/// A session of the programme in the academic year, in any state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// Its key.
    pub id: Uuid,
    /// Its date.
    pub on_date: NaiveDate,
    /// Its state.
    pub state: session::State,
    /// The part of the programme it gives.
    pub part: i64,
    /// Whether it was taken over from older records, whose headcounts may never be known: nobody is asked for them.
    pub is_history: bool,
    /// Why the school declined it, where it was declined and the school said.
    pub declined_because: Option<DeclineReason>,
    /// Who attends.
    pub groups: Vec<Group>,
}

/// An invitation of a school to one of the programme's tours of the year.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Invited {
    /// The day it was sent.
    pub on: NaiveDate,
    /// What became of it.
    pub state: InvitationState,
    /// The school.
    pub setting: Uuid,
    /// Why it declined, where it did and said why.
    pub reason: Option<DeclineReason>,
}

/// Everything coverage is computed from: one programme, one academic year.
#[derive(Debug, Clone)]
pub struct Records {
    /// The present day.
    pub today: NaiveDate,
    /// For whom the programme is.
    pub audience: Audience,
    /// How many parts it has.
    pub parts: usize,
    /// Whether a tour of it is open and has a free opening ahead.
    pub on_offer: bool,
    /// The authority's settings, and those from elsewhere that attended.
    pub schools: Vec<School>,
    /// The programme's sessions of the year.
    pub sessions: Vec<Session>,
    /// The invitations to its tours of the year.
    pub invitations: Vec<Invited>,
    /// What schools ask for on its tours of the year, group by group, in requests that stand.
    pub requests: Vec<Requested>,
}

/// A group in a request that stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Requested {
    /// The school.
    pub setting: Uuid,
    /// The group's year groups; none at all where these are not stated or not followed.
    pub year_groups: YearGroups,
    /// Whether it stands on a tour's waiting list, and not in a request.
    pub waits: bool,
}

/// Summed headcounts. Uncapped: a child who comes twice is counted twice.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Headcount {
    /// Pupils who came.
    pub pupils: i64,
    /// Groups whose headcount nobody has recorded.
    pub missing: usize,
}

impl Headcount {
    pub(super) fn add(&mut self, attended: Option<i64>) {
        match attended {
            Some(pupils) => self.pupils = self.pupils.saturating_add(pupils),
            None => self.missing += 1,
        }
    }

    pub(super) fn join(&mut self, other: Self) {
        self.pupils = self.pupils.saturating_add(other.pupils);
        self.missing += other.missing;
    }
}

/// One year group of one school; or the school as a whole, for adults and for groups that state no year group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cell {
    /// The year group.
    pub year_group: Option<YearGroup>,
    /// Whether the programme is for it.
    pub eligibility: Eligibility,
    /// How it stands.
    pub state: State,
    /// Whether a session was delivered to it.
    pub is_reached: bool,
    /// The delivered sessions.
    pub sessions: BTreeSet<Uuid>,
    /// The pupils who came to these, in groups this year group was in.
    pub headcount: Headcount,
    /// The earliest session that is offered or confirmed: it waits for an answer, its day, or word that it took place.
    pub ahead: Option<(NaiveDate, Uuid)>,
    /// The year group's number on roll, where it is known.
    pub on_roll: Option<NumberOnRoll>,
}

/// How one school stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// The school.
    pub school: School,
    /// Whether the programme is for it.
    pub eligibility: Eligibility,
    /// Its year groups that the programme is for, and those it came to all the same; lowest first.
    pub cells: Vec<Cell>,
    /// The delivered sessions that it attended.
    pub sessions: BTreeSet<Uuid>,
    /// Its pupils who came to these.
    pub headcount: Headcount,
    /// Its numbers on roll in the year groups the programme is for; none where they are not known, or for adults.
    pub on_roll: Option<NumberOnRoll>,
    /// The latest invitation.
    pub invited: Option<Invited>,
    /// The last session that it was offered and declined.
    pub offer_declined: Option<Declined>,
}

/// A school's group at a session, with the year groups it is taken for.
struct Attending<'a> {
    session: &'a Session,
    group: &'a Group,
    /// Empty: the year group cannot be known.
    year_groups: YearGroups,
}

impl Standing {
    /// How `school` stands; `groups` are all its groups.
    pub(super) fn of(
        records: &Records,
        school: School,
        groups: &[(&Session, &Group)],
        invited: Option<Invited>,
    ) -> Self {
        // A school that follows no year groups has none stated.
        let taught = school.roll.year_groups.filter(|years| !years.is_empty());
        let adults = records.audience == Audience::Adults;
        let eligibility = if school.takes_part && (adults || school.kind == SettingKind::School) {
            records.audience.eligibility(school.setting_type, taught)
        } else {
            Eligibility::NotEligible
        };
        let for_whom = match eligibility {
            Eligibility::NotEligible => YearGroups::NONE,
            _ => records.audience.year_groups_in(taught),
        };
        let attending: Vec<Attending<'_>> = groups
            .iter()
            .map(|&(session, group)| Attending { session, group, year_groups: taken_for(group, taught, for_whom) })
            .collect();
        let met = attending
            .iter()
            .filter(|a| shows(a.session.state))
            .fold(YearGroups::NONE, |all, a| all.union(a.year_groups));
        let roll = Roll { year_groups: taught, ..school.roll.clone() };
        // What it asks for; a group that states no year group is for all that the programme is for.
        let named = |waits: bool| -> Vec<YearGroups> {
            let own = records.requests.iter().filter(|r| r.setting == school.id && r.waits == waits);
            own.map(|r| if r.year_groups.is_empty() { for_whom } else { r.year_groups }).collect()
        };
        let (asked, waiting) = (named(false), named(true));
        let said_yes = asked.is_empty() && invited.is_some_and(|i| i.state.is_wanted());
        let cell = |year_group: Option<YearGroup>| {
            let eligibility = match year_group {
                Some(year) if !for_whom.contains(year) => Eligibility::NotEligible,
                _ => eligibility,
            };
            let here = attending.iter().filter(|a| match year_group {
                _ if adults => true,
                Some(year) => a.year_groups.contains(year),
                None => a.year_groups.is_empty(),
            });
            let on_roll = year_group.and_then(|year| roll.of(year));
            let requested = said_yes
                || match year_group {
                    Some(year) => asked.iter().any(|years| years.contains(year)),
                    None => adults && !asked.is_empty(),
                };
            let waits = match year_group {
                Some(year) => waiting.iter().any(|years| years.contains(year)),
                None => adults && !waiting.is_empty(),
            };
            Cell { on_roll, ..Cell::of(records, year_group, eligibility, (invited, requested, waits), here) }
        };
        let mut cells: Vec<Cell> = match adults {
            true => vec![cell(None)],
            false => for_whom.union(met).iter().map(Some).map(cell).collect(),
        };
        let unplaced = |a: &Attending<'_>| a.year_groups.is_empty() && a.session.state == session::State::Delivered;
        if !adults && attending.iter().any(unplaced) {
            cells.push(cell(None));
        }
        let delivered = || attending.iter().filter(|a| a.session.state == session::State::Delivered);
        let mut headcount = Headcount::default();
        delivered().for_each(|a| headcount.add(a.group.attended));
        let on_roll = if for_whom.is_empty() { None } else { roll.sum(for_whom) };
        let sessions = delivered().map(|a| a.session.id).collect();
        // Keys grow with time: the last one offered.
        let declined = attending.iter().filter(|a| a.session.state == session::State::Declined);
        let offer_declined = declined
            .max_by_key(|a| a.session.id)
            .map(|a| Declined { on_date: a.session.on_date, because: a.session.declined_because });
        Self { school, eligibility, cells, sessions, headcount, on_roll, invited, offer_declined }
    }

    /// Whether a session was delivered to it.
    #[must_use]
    pub fn is_reached(&self) -> bool {
        !self.sessions.is_empty()
    }

    /// Whether the programme is for it, as far as is known.
    #[must_use]
    pub fn is_eligible(&self) -> bool {
        self.eligibility != Eligibility::NotEligible
    }

    /// Why it declined, for year groups in this state: its invitation, or else a session it was offered; none where they
    /// were not declined, or it did not say why. A request that is open again after a no keeps the reason of that no.
    #[must_use]
    pub fn declined_because(&self, state: State) -> Option<DeclineReason> {
        match state {
            State::Declined => {
                let invitation = self.invited.filter(|i| i.state == InvitationState::Declined);
                invitation.and_then(|i| i.reason).or(self.offer_declined.and_then(|d| d.because))
            }
            State::Requested => self.offer_declined.and_then(|d| d.because),
            _ => None,
        }
    }

    /// The day it said no to, for year groups in this state that it goes on asking for.
    #[must_use]
    pub fn declined_and_asks(&self, state: State) -> Option<Declined> {
        self.offer_declined.filter(|_| state == State::Requested)
    }

    /// Whether no session of the programme was ever delivered to it, in any year.
    #[must_use]
    pub fn is_never_reached(&self) -> bool {
        !self.is_reached() && self.school.reached_before.is_none()
    }
}

impl Cell {
    fn of<'a>(
        records: &Records,
        year_group: Option<YearGroup>,
        eligibility: Eligibility,
        (invited, requested, waits): (Option<Invited>, bool, bool),
        here: impl Iterator<Item = &'a Attending<'a>>,
    ) -> Self {
        let (mut attends, mut sessions, mut headcount) = (Vec::new(), BTreeSet::new(), Headcount::default());
        let mut ahead: Option<(NaiveDate, Uuid)> = None;
        for Attending { session, group, .. } in here {
            attends.push(Attends {
                session: session.state,
                on_date: session.on_date,
                part: session.part,
                recorded: group.attended.is_some() || session.is_history,
            });
            if matches!(session.state, session::State::Offered | session::State::Confirmed) {
                let this = (session.on_date, session.id);
                ahead = Some(ahead.map_or(this, |other| other.min(this)));
            }
            if session.state == session::State::Delivered {
                sessions.insert(session.id);
                headcount.add(group.attended);
            }
        }
        let facts = Facts {
            today: records.today,
            eligibility,
            parts: records.parts,
            attends: &attends,
            invitation: invited.map(|i| i.state),
            requested,
            waits,
            on_offer: records.on_offer,
        };
        let (state, is_reached) = (state(&facts), is_reached(&facts));
        Self { year_group, eligibility, state, is_reached, sessions, headcount, ahead, on_roll: None }
    }
}

/// Whether a session in this state is worth a line of its own at a school the programme is not for.
const fn shows(state: session::State) -> bool {
    matches!(state, session::State::Offered | session::State::Confirmed | session::State::Delivered)
}

/// The year groups a group is taken for. One that states none stands for all that the programme is for, where the
/// school itself states none or only one comes into question; elsewhere nothing is claimed.
fn taken_for(group: &Group, taught: Option<YearGroups>, for_whom: YearGroups) -> YearGroups {
    match group.year_groups {
        stated if !stated.is_empty() => stated,
        _ if taught.is_none() || for_whom.len() == 1 => for_whom,
        _ => YearGroups::NONE,
    }
}
