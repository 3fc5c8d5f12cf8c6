//! Sessions: booked, joined, moved, given up, and what happened to them.

mod again;
mod attending;
mod book;
mod cancel_day;
mod change;
mod feed;
mod join;
mod list;
mod mail;
mod offer;
mod remind;
mod reserve;
mod shift;
mod team_day;
mod visit;

use chrono::{DateTime, NaiveDate, Utc};
use domain::access::{Actor, Operation, Role, Scope, permitted};
use domain::programme::ProgrammeKind;
use domain::session::{Event, State};
use domain::slot::TimeOfDay;
use uuid::Uuid;

use crate::Desk;
use crate::audit;
use crate::db::Conn;
use crate::error::{Error, Result};
use crate::within::Within;

pub use again::again;
pub use attending::Group;
use attending::groups;
pub(crate) use book::school as bookable_school;
pub(crate) use book::waiting_checks;
pub use book::{Bookable, Booking, OnBehalf, book, bookable_schools, check, nearest};
pub use cancel_day::{CancelDay, calls_off_a_day, cancel_day};
pub use change::{Why, cancel, may_be_missed, miss, move_to, set_people};
pub use feed::{
    Feed, FeedOf, by_key as feed_by_key, get as feed, give as give_feed, list as feeds, revoke as revoke_feed,
};
pub use join::{Joinable, Joining, check_join, join, joinable};
pub use list::{Filter, Line, list};
pub use offer::{
    Accepting, Declining, Open, accept, accept_errors, answerable, decline, lapse_due, offered_groups, remind_of_offers,
};
pub(crate) use offer::{NewOffer, open_within as open_offers, put as put_offer};
pub use remind::remind;
pub use reserve::{held_until, reserve};
pub(crate) use shift::{Shift, shift};
pub use team_day::{TeamDay, TeamVisit, set_team_day, team_day};
pub(crate) use visit::asked_errors;
pub use visit::contact_errors;

/// A session with its visit.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Session {
    /// Its key.
    pub id: Uuid,
    /// For a kindly refused stale edit.
    pub version: i64,
    /// Its visit.
    pub visit_id: Uuid,
    /// For a kindly refused stale edit of the visit.
    pub visit_version: i64,
    /// The tenant.
    pub authority_code: String,
    /// The tenant's name.
    pub authority_name: String,
    /// Its tour.
    pub tour_id: Uuid,
    /// The tour's name.
    pub tour: String,
    /// A school may move or cancel until so many days before.
    pub notice_days: i64,
    /// Its programme.
    pub programme_id: Uuid,
    /// The programme's name.
    pub programme: String,
    /// Which decides what its sessions are called.
    #[sqlx(try_from = "String")]
    pub kind: ProgrammeKind,
    /// The most pupils it takes; none: no limit.
    pub largest_group: Option<i64>,
    /// Who delivers.
    pub provider: String,
    /// The provider's address.
    pub provider_email: Option<String>,
    /// The provider's telephone number.
    pub provider_telephone: Option<String>,
    /// The team; none where older records do not say.
    pub team_id: Option<Uuid>,
    /// The team's name; none where older records do not say.
    pub team: Option<String>,
    /// Where it is.
    pub venue_id: Uuid,
    /// That place's name.
    pub venue: String,
    /// On which day.
    pub on_date: NaiveDate,
    /// Its slot's number within the day; none where older records do not say.
    pub slot: Option<i64>,
    /// What its slot is called.
    pub slot_label: String,
    /// When it begins, in minutes after midnight.
    pub starts_minute: Option<i64>,
    /// When it ends.
    pub ends_minute: Option<i64>,
    /// Its state.
    #[sqlx(try_from = "String")]
    pub state: State,
    /// Until when an offer may be answered, or could.
    pub offered_until: Option<DateTime<Utc>>,
    /// The request an offer serves.
    pub request_id: Option<Uuid>,
    /// The place on the waiting list an offer serves.
    pub waiting_id: Option<Uuid>,
    /// Why it was given up: a `domain::session::Reason` (a `domain::request::DeclineReason` where it was declined), or blank.
    pub reason: String,
    /// What was said of it.
    pub reason_note: String,
    /// Who asked, when somebody booked on their behalf.
    pub asked_by_name: String,
    /// How they asked: a `domain::tour::AskedBy`, or blank.
    pub asked_how: String,
    /// The room.
    pub room: String,
    /// What it takes for everyone to take part.
    pub access_needs: String,
    /// Whom the team asks for.
    pub contact_name: String,
    /// Their number on the day.
    pub contact_telephone: String,
    /// Their address.
    pub contact_email: String,
    /// Further addresses that get the mails, comma-separated.
    pub more_emails: String,
    /// Staff stay throughout.
    pub staff_stay: bool,
    /// The people who come, one a line.
    pub who_comes: String,
    /// Another school may join.
    pub room_for_others: bool,
    /// When the last of its groups was counted.
    pub attendance_at: Option<DateTime<Utc>>,
    /// When something last happened to it, or to another session of its visit.
    pub changed_at: DateTime<Utc>,
}

impl Session {
    /// Grows with every change of the session or its visit, whichever of the two it stands in: a calendar takes the
    /// entry with the highest. A session that gets another visit gets one with a higher version.
    #[must_use]
    pub const fn sequence(&self) -> i64 {
        self.version + self.visit_version
    }

    /// From when to when, where it is known.
    #[must_use]
    pub fn times(&self) -> Option<(TimeOfDay, TimeOfDay)> {
        let time = |minute: Option<i64>| minute.and_then(|m| TimeOfDay::try_from(m).ok());
        time(self.starts_minute).zip(time(self.ends_minute))
    }
}

/// One line of a session's timeline.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Happened {
    /// When.
    pub at: DateTime<Utc>,
    /// What: a `domain::session::Event`, or `people`, `attendance`, `join`, `leave`, `carry`.
    pub event: String,
    /// By whom; none for the command line.
    pub by_name: Option<String>,
    /// In which role.
    pub by_role: String,
    /// What was said of it.
    pub note: String,
}

impl Happened {
    /// What happened, in words.
    #[must_use]
    pub fn label(&self) -> &str {
        match self.event.as_str() {
            "people" => "The people who come were changed",
            "attendance" => "Attendance corrected",
            "join" => "Another school joined",
            "carry" => "Carried over to the school that follows",
            "leave" => "A school took its groups out",
            other => other.parse::<Event>().map_or(other, |event| event.label()),
        }
    }
}

/// A session with its groups and its timeline.
#[derive(Debug, Clone)]
pub struct Detail {
    /// The session.
    pub session: Session,
    /// The groups: a school's own, or all of them for everybody else.
    pub groups: Vec<Group>,
    /// How many pupils are expected in all, other schools' too.
    pub expected: i64,
    /// The timeline, oldest first.
    pub timeline: Vec<Happened>,
}

impl Detail {
    /// Whether another school booked this visit, and the actor's only joined it with groups of its own.
    #[must_use]
    pub fn is_guest(&self, actor: &Actor) -> bool {
        actor.role == Role::School && !self.groups.iter().any(|g| g.setting_id == self.session.venue_id)
    }
}

/// One session.
///
/// # Errors
/// Not found in the actor's scope; forbidden.
pub async fn get(desk: &Desk, actor: &Actor, id: Uuid) -> Result<Detail> {
    desk.authorise(actor, Operation::SeeSessions)?;
    let mut conn = desk.read().await?;
    let session = find(&mut conn, actor, id).await?;
    let expected = expected(&mut conn, id).await?;
    let groups = groups(&mut conn, actor, id).await?;
    let timeline = fetch_all!(
        conn,
        Happened,
        "SELECT e.at, e.event, p.name AS by_name, e.by_role, e.note FROM session_event e
         LEFT JOIN person p ON p.id = e.by_person WHERE e.session_id = $1 ORDER BY e.at, e.id",
        id,
    )?;
    Ok(Detail { expected, session, groups, timeline })
}

/// A session's audit lines, newest first: for those who may see more than its timeline.
///
/// # Errors
/// Not found in the actor's scope; forbidden.
pub async fn audit(desk: &Desk, actor: &Actor, id: Uuid) -> Result<Vec<audit::Line>> {
    desk.authorise(actor, Operation::SeeSessions)?;
    let mut conn = desk.read().await?;
    find(&mut conn, actor, id).await?;
    if !permitted(actor.role, Operation::EditTour) && !permitted(actor.role, Operation::SeeAudit) {
        return Ok(Vec::new());
    }
    audit::of_record(&mut conn, "session", &id.to_string()).await
}

/// `sessions_where!("x.id = $1")`: sessions with their visits.
macro_rules! sessions_where {
    ($($condition:literal),+) => {
        concat!(
            "SELECT x.id, x.version, x.visit_id, w.version AS visit_version, x.authority_code, a.name AS authority_name, x.tour_id, t.name AS tour,
                t.notice_days, x.programme_id, p.name AS programme, p.kind, p.largest_group, r.name AS provider, r.email AS provider_email,
                r.telephone AS provider_telephone, x.team_id, m.name AS team, w.venue_id, v.name AS venue, x.on_date, x.slot, x.slot_label,
                x.starts_minute, x.ends_minute, x.state, x.offered_until, x.request_id, x.waiting_id, x.reason, x.reason_note, x.asked_by_name, x.asked_how, w.room,
                w.access_needs, w.contact_name, w.contact_telephone, w.contact_email, w.more_emails, w.staff_stay,
                w.who_comes, w.room_for_others, x.attendance_at,
                COALESCE((SELECT MAX(e.at) FROM session y JOIN session_event e ON e.session_id = y.id
                    WHERE y.visit_id = x.visit_id), x.created_at) AS changed_at
             FROM session x JOIN visit w ON w.id = x.visit_id JOIN setting v ON v.id = w.venue_id
                JOIN tour t ON t.id = x.tour_id JOIN programme p ON p.id = x.programme_id
                JOIN provider r ON r.id = t.provider_id JOIN authority a ON a.code = x.authority_code
                LEFT JOIN team m ON m.id = x.team_id
             WHERE ",
            $($condition),+
        )
    };
}

// After the macro, which it uses.
mod in_calendars;

use in_calendars::{attended_by, called_off_that_day, delivered_by, left_calendar, of_team_day, of_tour, of_visit};

/// One session within the actor's scope: a school finds those it has a group in.
async fn find(conn: &mut Conn, actor: &Actor, id: Uuid) -> Result<Session> {
    // The system's own scope is everything: without a word about scope PostgreSQL plans this once for a connection, and
    // not at every mail.
    if actor.scope == Scope::Everything {
        return fetch_one!(conn, Session, sessions_where!("x.id = $1"), id);
    }
    let within = Within::of(actor);
    fetch_one!(
        conn,
        Session,
        sessions_where!(
            "x.id = $1 AND ($2 IS NULL OR x.authority_code = $2) AND ($3 IS NULL OR t.provider_id = $3)
               AND (($4 IS NULL AND $5 IS NULL) OR EXISTS (SELECT 1 FROM attending_group g
                    JOIN setting s ON s.id = g.setting_id
                    WHERE g.session_id = x.id AND ($4 IS NULL OR s.id = $4 OR s.id IN (SELECT l.setting_id FROM lineage l WHERE l.current_id = $4))
                        AND ($5 IS NULL OR s.trust_code = $5 OR s.id IN
                            (SELECT l.setting_id FROM lineage l JOIN setting c ON c.id = l.current_id WHERE c.trust_code = $5))))"
        ),
        id,
        within.authority,
        within.provider,
        within.setting,
        within.trust,
    )
}

/// How many pupils are expected in a session, whosesoever they are.
async fn expected(conn: &mut Conn, session: Uuid) -> Result<i64> {
    fetch_scalar!(
        conn,
        i64,
        "SELECT CAST(COALESCE(SUM(expected), 0) AS BIGINT) FROM attending_group WHERE session_id = $1",
        session,
    )
}

/// Writes a line of a session's timeline.
async fn happened(
    conn: &mut Conn,
    desk: &Desk,
    actor: &Actor,
    session: Uuid,
    event: &str,
    (from, to): (Option<State>, State),
    note: &str,
) -> Result<()> {
    execute!(
        conn,
        "INSERT INTO session_event (id, session_id, at, event, from_state, to_state, by_person, by_role, note)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        Uuid::now_v7(),
        session,
        desk.now(),
        event,
        from.map_or("", State::as_str),
        to.as_str(),
        actor.person,
        actor.role.as_str(),
        note,
    )?;
    Ok(())
}

/// Turns the guard's violation into what happened.
fn slot_gone(error: Error) -> Error {
    if error.is_unique_violation() { crate::Conflict::SlotGone.into() } else { error }
}

/// Refuses a school within the tour's notice period, and everybody after the day.
fn check_notice(desk: &Desk, role: Role, session: &Session) -> Result<()> {
    if domain::session::may_still_change(role, session.on_date, desk.today(), session.notice_days) {
        return Ok(());
    }
    let number = session.provider_telephone.as_deref().map(|n| format!(" on {n}")).unwrap_or_default();
    Err(Error::refused(if role == Role::School {
        format!(
            "This can be changed online until {} days before. Ring {}{number}: they can still change it",
            session.notice_days, session.provider
        )
    } else {
        "Its day is over: mark it missed, or record attendance".to_owned()
    }))
}
