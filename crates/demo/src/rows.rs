//! What exists in the district, one struct a record, as `crates/records` writes it.

use chrono::{DateTime, NaiveDate, Utc};
use domain::access::{Role, Scope};
use domain::availability::{HallWindow, Hours, Leave, SchoolDate, Week};
use domain::programme::{ProgrammeKind, Status};
use domain::request::PartOfDay;
use domain::session::{Reason, State};
use domain::setting::{Phase, SettingType, Urn, YearGroupsSource};
use domain::slot::Slot;
use domain::tour::{AskedBy, Price, ProviderKind};
use domain::{AcademicYear, YearGroups};
use uuid::Uuid;

/// A school.
#[derive(Debug, Clone, PartialEq)]
pub struct School {
    /// Its key.
    pub id: Uuid,
    /// Its URN, from 900000.
    pub urn: Urn,
    /// Its number within the authority.
    pub establishment_number: String,
    /// Its name.
    pub name: String,
    /// In the school list's words.
    pub establishment_type: &'static str,
    /// In the school list's words.
    pub type_group: &'static str,
    /// Its phase.
    pub phase: Phase,
    /// From the establishment type.
    pub setting_type: SettingType,
    /// Statutory low and high ages, where the list states them.
    pub ages: Option<(u8, u8)>,
    /// What it teaches, where that is known.
    pub year_groups: Option<YearGroups>,
    /// Where that comes from.
    pub year_groups_source: YearGroupsSource,
    /// On roll.
    pub pupils: i64,
    /// Pupils with an education, health and care plan.
    pub ehc_plans: i64,
    /// Pupils with SEN support.
    pub sen_support: i64,
    /// House number and street.
    pub street: String,
    /// Town.
    pub town: &'static str,
    /// Postcode.
    pub postcode: String,
    /// Telephone.
    pub telephone: String,
    /// Website.
    pub website: String,
    /// The office's address.
    pub email: String,
    /// Ward.
    pub ward: &'static str,
    /// Constituency.
    pub constituency: &'static str,
    /// OSGB36 metres.
    pub easting: i64,
    /// OSGB36 metres.
    pub northing: i64,
    /// 1 the most deprived tenth.
    pub decile: i64,
    /// Code and name of its trust.
    pub trust: Option<(&'static str, &'static str)>,
    /// Whom to ask for on a visit.
    pub contact: Contact,
    /// As it was in each of the three years.
    pub years: Vec<SchoolYear>,
}

/// Whom to ask for at a school.
#[derive(Debug, Clone, PartialEq)]
pub struct Contact {
    /// Name.
    pub name: String,
    /// On the day.
    pub telephone: String,
    /// Email.
    pub email: String,
}

/// What a school was in an academic year.
#[derive(Debug, Clone, PartialEq)]
pub struct SchoolYear {
    /// The year.
    pub year: AcademicYear,
    /// Its phase then.
    pub phase: Phase,
    /// What it taught then.
    pub year_groups: Option<YearGroups>,
    /// On roll then.
    pub pupils: i64,
    /// Counted numbers on roll by year group, where somebody counted.
    pub counted: Vec<(domain::YearGroup, i64)>,
}

/// A provider.
#[derive(Debug, Clone, PartialEq)]
pub struct Provider {
    /// Its key.
    pub id: Uuid,
    /// What it is.
    pub kind: ProviderKind,
    /// Its name.
    pub name: &'static str,
    /// Its address.
    pub email: &'static str,
    /// Its telephone.
    pub telephone: String,
    /// Its teams.
    pub teams: Vec<Team>,
}

/// A cast or an officer unit.
#[derive(Debug, Clone, PartialEq)]
pub struct Team {
    /// Its key.
    pub id: Uuid,
    /// Its name.
    pub name: String,
    /// Where it starts from.
    pub base_name: &'static str,
    /// The base's postcode.
    pub base_postcode: &'static str,
    /// OSGB36 metres, east and north.
    pub base_at: (i64, i64),
    /// Its day.
    pub slots: Vec<Slot>,
    /// Its people, one a line.
    pub people: String,
    /// Its hours and the minutes it needs.
    pub hours: Hours,
    /// When it is away.
    pub leave: Vec<Leave>,
}

/// What a school says of when it can be visited.
#[derive(Debug, Clone, PartialEq)]
pub struct SchoolCalendar {
    /// The school.
    pub school: Uuid,
    /// Dates without visits.
    pub dates: Vec<SchoolDate>,
    /// Its ordinary week.
    pub week: Week,
    /// When its hall is free.
    pub hall: Vec<HallWindow>,
}

/// A programme with its visit pack.
#[derive(Debug, Clone, PartialEq)]
pub struct Programme {
    /// Its key.
    pub id: Uuid,
    /// What it is.
    pub kind: ProgrammeKind,
    /// Its name.
    pub name: &'static str,
    /// What it is about.
    pub summary: &'static str,
    /// For whom, comma-separated.
    pub setting_types: &'static str,
    /// For whom.
    pub year_groups: YearGroups,
    /// Pupils at once.
    pub largest_group: i64,
    /// Comma-separated terms.
    pub needs: &'static str,
    /// Comma-separated terms.
    pub adaptations: &'static str,
    /// Comma-separated terms.
    pub topics: &'static str,
    /// The date of the guidance they were chosen from.
    pub topics_as_of: NaiveDate,
    /// Title and minutes of each part.
    pub parts: &'static [(&'static str, i64)],
    /// Who comes and what was checked.
    pub assurance: &'static str,
    /// When the insurance ends.
    pub insurance_expires: NaiveDate,
    /// Risks and what is done about them.
    pub risk_assessment: &'static str,
    /// What is in it.
    pub content_notes: &'static str,
    /// To parents.
    pub parent_letter: &'static str,
    /// What parents may see.
    pub parent_materials: &'static str,
}

/// A tour.
#[derive(Debug, Clone, PartialEq)]
pub struct Tour {
    /// Its key.
    pub id: Uuid,
    /// Its programme.
    pub programme: Uuid,
    /// Its provider.
    pub provider: Uuid,
    /// Its teams.
    pub teams: Vec<Uuid>,
    /// Its year.
    pub year: AcademicYear,
    /// Its name.
    pub name: String,
    /// First day.
    pub starts: NaiveDate,
    /// Last day.
    pub ends: NaiveDate,
    /// Schools aimed at.
    pub target_schools: Option<i64>,
    /// Who pays.
    pub funders: &'static str,
    /// Budget.
    pub budget_pence: Option<i64>,
    /// What a school pays.
    pub price: Price,
    /// How much, for a visit.
    pub price_pence: i64,
    /// Days of notice.
    pub notice_days: i64,
    /// Whether it can be booked.
    pub status: Status,
    /// When it was opened.
    pub created_at: DateTime<Utc>,
}

/// A team's free slot.
#[derive(Debug, Clone, PartialEq)]
pub struct Opening {
    /// Its key.
    pub id: Uuid,
    /// Its tour.
    pub tour: Uuid,
    /// The team.
    pub team: Uuid,
    /// The day.
    pub on: NaiveDate,
    /// The slot.
    pub slot: Slot,
    /// When it was made.
    pub created_at: DateTime<Utc>,
}

/// An invitation to a school.
#[derive(Debug, Clone, PartialEq)]
pub struct Invitation {
    /// Its key.
    pub id: Uuid,
    /// To which tour.
    pub tour: Uuid,
    /// To whom.
    pub school: Uuid,
    /// `sent`, `accepted`, `proposed` or `declined`.
    pub state: &'static str,
    /// Why it was declined: a `domain::request::DeclineReason`, or blank.
    pub reason: &'static str,
    /// What the school said of it.
    pub reason_note: &'static str,
    /// When it went out.
    pub sent_at: DateTime<Utc>,
    /// When it was answered.
    pub answered_at: Option<DateTime<Utc>>,
    /// When the school was reminded of it.
    pub reminded_at: Option<DateTime<Utc>>,
}

/// A school's request for a tour to come, which waits for a date.
#[derive(Debug, Clone, PartialEq)]
pub struct Request {
    /// Its key.
    pub id: Uuid,
    /// For which tour.
    pub tour: Uuid,
    /// Whose.
    pub school: Uuid,
    /// Sessions needed.
    pub sessions: i64,
    /// They may lie on several days.
    pub may_split: bool,
    /// Another school may join.
    pub room_for_others: bool,
    /// When in the day.
    pub part_of_day: PartOfDay,
    /// What it takes for everyone to take part.
    pub access_needs: &'static str,
    /// Whom to talk to.
    pub contact: Contact,
    /// The groups were taken from the roll.
    pub is_estimated: bool,
    /// Who attends.
    pub groups: Vec<Group>,
    /// Days on which it cannot be.
    pub impossible: Vec<NaiveDate>,
    /// Days it would prefer.
    pub preferred: Vec<NaiveDate>,
    /// When it asked.
    pub asked_at: DateTime<Utc>,
}

/// A person with their grants.
#[derive(Debug, Clone, PartialEq)]
pub struct Person {
    /// Their key.
    pub id: Uuid,
    /// Their name.
    pub name: String,
    /// Their address.
    pub email: String,
    /// Each grant's key, role and scope.
    pub grants: Vec<(Uuid, Role, Scope)>,
}

/// One team at one venue on one day.
#[derive(Debug, Clone, PartialEq)]
pub struct Visit {
    /// Its key.
    pub id: Uuid,
    /// Its tour.
    pub tour: Uuid,
    /// The team.
    pub team: Uuid,
    /// Where.
    pub venue: Uuid,
    /// When.
    pub on: NaiveDate,
    /// Minutes of the day.
    pub get_in: i64,
    /// Minutes of the day.
    pub get_out: i64,
    /// The room.
    pub room: &'static str,
    /// What is needed to get in and about.
    pub access_needs: &'static str,
    /// On the day.
    pub contact: Contact,
    /// Who comes.
    pub who_comes: String,
    /// Whether another school may join.
    pub room_for_others: bool,
    /// The fee.
    pub fee_pence: i64,
    /// When it was booked.
    pub created_at: DateTime<Utc>,
    /// Its deliveries.
    pub sessions: Vec<Session>,
}

/// One delivery in one slot.
#[derive(Debug, Clone, PartialEq)]
pub struct Session {
    /// Its key.
    pub id: Uuid,
    /// The slot.
    pub slot: Slot,
    /// Its state.
    pub state: State,
    /// Who booked it.
    pub booked_by: Option<Uuid>,
    /// Who asked, and how, when somebody booked on their behalf.
    pub asked: Option<(String, AskedBy)>,
    /// Why it was cancelled or missed, and a note.
    pub reason: Option<(Reason, &'static str)>,
    /// Minutes it really began and ended.
    pub actual: Option<(i64, i64)>,
    /// When attendance was recorded.
    pub attendance_at: Option<DateTime<Utc>>,
    /// Pupils' code and staff's.
    pub codes: Option<(String, String)>,
    /// The last day of its feedback.
    pub feedback_closes: Option<NaiveDate>,
    /// When it was booked.
    pub created_at: DateTime<Utc>,
    /// Who comes to it.
    pub groups: Vec<Group>,
    /// What happened to it.
    pub events: Vec<SessionEvent>,
    /// What was answered.
    pub responses: Vec<Response>,
}

/// An attending group.
#[derive(Debug, Clone, PartialEq)]
pub struct Group {
    /// Its key.
    pub id: Uuid,
    /// Whose pupils.
    pub school: Uuid,
    /// Their year groups; none: not followed.
    pub year_groups: YearGroups,
    /// Such as “6B”.
    pub label: String,
    /// Pupils expected.
    pub expected: i64,
    /// Of whom SEND.
    pub expected_send: Option<i64>,
    /// What was counted.
    pub counted: Option<Headcount>,
}

/// Who came.
#[derive(Debug, Clone, PartialEq)]
pub struct Headcount {
    /// Pupils.
    pub attended: i64,
    /// Of whom SEND.
    pub send: Option<i64>,
    /// Withdrawn by their parents.
    pub withdrawn: i64,
    /// Adults.
    pub adults: i64,
    /// Who said so.
    pub stated_by: Option<Uuid>,
}

/// A line of a session's timeline.
#[derive(Debug, Clone, PartialEq)]
pub struct SessionEvent {
    /// Its key.
    pub id: Uuid,
    /// When.
    pub at: DateTime<Utc>,
    /// A [`domain::session::Event`]’s word, or `people`, `attendance`, `join`.
    pub event: &'static str,
    /// From which state.
    pub from: Option<State>,
    /// To which state.
    pub to: State,
    /// By whom.
    pub by: Option<Uuid>,
    /// Under which role.
    pub role: Role,
    /// A word about it.
    pub note: String,
}

/// A person's answers.
#[derive(Debug, Clone, PartialEq)]
pub struct Response {
    /// A random key.
    pub id: Uuid,
    /// A [`domain::feedback`] respondent’s word.
    pub respondent: &'static str,
    /// The day.
    pub on: NaiveDate,
    /// Question and choice.
    pub answers: Vec<(&'static str, i64)>,
}
