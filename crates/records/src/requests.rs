//! Requests: schools ask for a tour to come.
//!
//! A request waits (asked) until a plan or a person finds it a date (placed). When what it was placed in is declined or
//! lapses, it waits again.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use domain::AcademicYear;
use domain::access::{Actor, Operation, permitted};
use domain::offer::Declined;
use domain::request::{DateKind, PartOfDay, RequestState};
use domain::session::Group;
use domain::setting::SettingType;
use domain::year_group::YearGroups;
use serde_json::json;
use uuid::Uuid;

use crate::Desk;
use crate::audit::{self, Change};
use crate::db::Conn;
use crate::error::{Error, Result};
use crate::within::Within;

mod ask;
mod estimate;
mod kept;
mod mail;

pub use ask::{Asking, ask, change, check, contact_errors, wish_errors, withdraw};
pub(crate) use ask::{By, ask_in, change_in, check_in, live_of, withdraw_in};
pub(crate) use estimate::{estimate, of_roll};
pub(crate) use kept::{Kept, forget};

/// A school's request for a tour.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Request {
    /// Its key.
    pub id: Uuid,
    /// The tenant.
    pub authority_code: String,
    /// The tour.
    pub tour_id: Uuid,
    /// The tour's name.
    pub tour: String,
    /// The tour's first day.
    pub starts: NaiveDate,
    /// The tour's last day.
    pub ends: NaiveDate,
    /// The programme.
    pub programme_id: Uuid,
    /// The programme's name.
    pub programme: String,
    /// Who delivers it.
    pub provider: String,
    /// The tour's academic year.
    #[sqlx(try_from = "i64")]
    pub academic_year: AcademicYear,
    /// The school.
    pub setting_id: Uuid,
    /// The school's name.
    pub school: String,
    /// What it is.
    #[sqlx(try_from = "String")]
    pub setting_type: SettingType,
    /// Where the request stands.
    #[sqlx(try_from = "String")]
    pub state: RequestState,
    /// Sessions needed.
    pub sessions: i64,
    /// Sessions the school has on the tour since it asked: offered, confirmed or delivered.
    pub held: i64,
    /// They may lie on several days.
    pub may_split: bool,
    /// Another school may join.
    pub room_for_others: bool,
    /// When in the day.
    #[sqlx(try_from = "String")]
    pub part_of_day: PartOfDay,
    /// What it takes for everyone to take part.
    pub access_needs: String,
    /// Anything else.
    pub note: String,
    /// Whom to talk to; blank where the school answered by a link and said nobody.
    pub contact_name: String,
    /// Their number.
    pub contact_telephone: String,
    /// Their address.
    pub contact_email: String,
    /// Who asked, when somebody wrote it on their behalf.
    pub asked_by_name: String,
    /// How they asked: a `domain::tour::AskedBy`, or blank.
    pub asked_how: String,
    /// Who wrote it; none by a link.
    pub by_person: Option<Uuid>,
    /// The groups were taken from the roll: nobody has stated them.
    pub is_estimated: bool,
    /// A commissioner decided that it may come although the programme is not meant for it.
    pub outside_audience: bool,
    /// Why it was withdrawn: a `domain::request::DeclineReason`, or blank.
    pub reason: String,
    /// What was said of it.
    pub reason_note: String,
    /// The last day it was offered and said no to; see [`Request::declined`].
    declined_on: Option<NaiveDate>,
    /// Why: a `domain::request::DeclineReason`, or blank.
    declined_because: Option<String>,
    /// When it was asked.
    pub asked_at: DateTime<Utc>,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
    /// For a kindly refused stale edit.
    pub version: i64,
    /// Who is to attend.
    #[sqlx(skip)]
    pub groups: Vec<Group>,
    /// Days on which it cannot be, in order.
    #[sqlx(skip)]
    pub impossible: Vec<NaiveDate>,
    /// Days on which the school would have it, in order.
    #[sqlx(skip)]
    pub preferred: Vec<NaiveDate>,
}

impl Request {
    /// How many are expected in all.
    #[must_use]
    pub fn expected(&self) -> i64 {
        self.groups.iter().map(|g| g.expected).sum()
    }

    /// Sessions still to be found a date for.
    #[must_use]
    pub fn missing(&self) -> i64 {
        (self.sessions - self.held).max(0)
    }

    /// The day it was offered and said no to, while it waits for another.
    #[must_use]
    pub fn declined(&self) -> Option<Declined> {
        let on_date = self.declined_on.filter(|_| self.state == RequestState::Asked)?;
        Some(Declined { on_date, because: self.declined_because.as_deref().and_then(|reason| reason.parse().ok()) })
    }

    /// Preferred days that are not the tour's: somebody has to decide.
    #[must_use]
    pub fn outside_tour(&self) -> Vec<NaiveDate> {
        self.preferred.iter().copied().filter(|d| *d < self.starts || *d > self.ends).collect()
    }
}

/// Which requests a list holds; what is none lets all through.
#[derive(Debug, Clone, Copy, Default)]
pub struct Filter {
    /// For this tour.
    pub tour: Option<Uuid>,
    /// Of this school.
    pub setting: Option<Uuid>,
    /// In this state.
    pub state: Option<RequestState>,
    /// Of tours in this academic year.
    pub year: Option<AcademicYear>,
    /// This one.
    pub id: Option<Uuid>,
}

/// `requests_where!("r.id = $1")`: requests.
macro_rules! requests_where {
    ($condition:literal) => {
        concat!(
            "SELECT r.id, r.authority_code, r.tour_id, t.name AS tour, t.starts, t.ends, t.programme_id, p.name AS programme,
                v.name AS provider, t.academic_year, r.setting_id, s.name AS school, s.setting_type, r.state, r.sessions,
                (SELECT COUNT(*) FROM session x WHERE x.tour_id = r.tour_id AND x.live AND x.state <> 'reserved'
                    AND x.created_at >= r.asked_at AND EXISTS (SELECT 1 FROM attending_group g
                        WHERE g.session_id = x.id AND g.setting_id = r.setting_id)) AS held,
                r.may_split, r.room_for_others, r.part_of_day, r.access_needs, r.note, r.contact_name, r.contact_telephone,
                r.contact_email, r.asked_by_name, r.asked_how, r.by_person, r.is_estimated, r.outside_audience, r.reason,
                r.reason_note, d.on_date AS declined_on, d.reason AS declined_because, r.asked_at, r.updated_at, r.version
             FROM request r JOIN tour t ON t.id = r.tour_id JOIN programme p ON p.id = t.programme_id
                JOIN provider v ON v.id = t.provider_id JOIN setting s ON s.id = r.setting_id
                LEFT JOIN session d ON d.id = (SELECT x.id FROM session x WHERE x.request_id = r.id AND x.state = 'declined'
                    ORDER BY x.created_at DESC, x.id DESC LIMIT 1)
             WHERE ",
            $condition
        )
    };
}

/// The requests an actor sees, the first asked first: a school its own, a provider those for its tours, a commissioner
/// the authority's.
///
/// # Errors
/// Forbidden.
pub async fn list(desk: &Desk, actor: &Actor, filter: Filter) -> Result<Vec<Request>> {
    desk.authorise(actor, Operation::SeeRequests)?;
    let mut conn = desk.read().await?;
    select(&mut conn, actor, filter).await
}

/// One request.
///
/// # Errors
/// Not found in the actor's scope; forbidden.
pub async fn get(desk: &Desk, actor: &Actor, id: Uuid) -> Result<Request> {
    desk.authorise(actor, Operation::SeeRequests)?;
    let mut conn = desk.read().await?;
    find(&mut conn, actor, id).await
}

/// A request's audit lines, newest first: for those who may see more than the request.
///
/// # Errors
/// Not found in the actor's scope; forbidden.
pub async fn audit(desk: &Desk, actor: &Actor, id: Uuid) -> Result<Vec<audit::Line>> {
    desk.authorise(actor, Operation::SeeRequests)?;
    let mut conn = desk.read().await?;
    find(&mut conn, actor, id).await?;
    if !permitted(actor.role, Operation::EditTour) && !permitted(actor.role, Operation::SeeAudit) {
        return Ok(Vec::new());
    }
    audit::of_record(&mut conn, "request", &id.to_string()).await
}

pub(crate) async fn find(conn: &mut Conn, actor: &Actor, id: Uuid) -> Result<Request> {
    let filter = Filter { id: Some(id), ..Filter::default() };
    select(conn, actor, filter).await?.pop().ok_or(Error::NotFound)
}

pub(crate) async fn select(conn: &mut Conn, actor: &Actor, filter: Filter) -> Result<Vec<Request>> {
    let within = Within::of(actor);
    let mut requests = fetch_all!(
        conn,
        Request,
        requests_where!(
            "($1 IS NULL OR r.authority_code = $1) AND ($2 IS NULL OR t.provider_id = $2) AND ($3 IS NULL OR r.setting_id = $3)
             AND ($4 IS NULL OR s.trust_code = $4) AND ($5 IS NULL OR r.tour_id = $5) AND ($6 IS NULL OR r.setting_id = $6)
             AND ($7 IS NULL OR r.state = $7) AND ($8 IS NULL OR t.academic_year = $8) AND ($9 IS NULL OR r.id = $9)
             ORDER BY r.asked_at, r.id"
        ),
        &within.authority,
        within.provider,
        within.setting,
        &within.trust,
        filter.tour,
        filter.setting,
        filter.state.map(RequestState::as_str),
        filter.year.map(i64::from),
        filter.id,
    )?;
    fill(conn, &mut requests).await?;
    Ok(requests)
}

/// The requests of these tours that wait for a date, the first asked first, with groups and dates.
pub(crate) async fn open_of_tours(conn: &mut Conn, tours: &[Uuid]) -> Result<Vec<Request>> {
    let ids = fetch_in!(
        conn,
        (Uuid,),
        "SELECT id FROM request WHERE state = 'asked' AND tour_id IN ",
        tours,
        " ORDER BY asked_at, id"
    )?;
    let ids: Vec<Uuid> = ids.into_iter().map(|(id,)| id).collect();
    let mut requests = fetch_in!(conn, Request, requests_where!("r.id IN "), ids, " ORDER BY r.asked_at, r.id")?;
    requests.sort_by_key(|r| (r.asked_at, r.id));
    fill(conn, &mut requests).await?;
    Ok(requests)
}

#[derive(sqlx::FromRow)]
struct GroupRow {
    request_id: Uuid,
    #[sqlx(try_from = "i64")]
    year_groups: YearGroups,
    label: String,
    expected: i64,
    expected_send: Option<i64>,
}

/// Adds groups and dates, in two statements.
async fn fill(conn: &mut Conn, requests: &mut [Request]) -> Result<()> {
    let ids: Vec<Uuid> = requests.iter().map(|r| r.id).collect();
    let places: BTreeMap<Uuid, usize> = ids.iter().enumerate().map(|(i, id)| (*id, i)).collect();
    let groups = fetch_in!(
        conn,
        GroupRow,
        "SELECT request_id, year_groups, label, expected, expected_send FROM request_group WHERE request_id IN ",
        ids,
        " ORDER BY request_id, number"
    )?;
    for row in groups {
        if let Some(place) = places.get(&row.request_id) {
            requests[*place].groups.push(Group {
                year_groups: row.year_groups,
                label: row.label,
                expected: row.expected,
                expected_send: row.expected_send,
            });
        }
    }
    let dates = fetch_in!(
        conn,
        (Uuid, NaiveDate, String),
        "SELECT request_id, on_date, kind FROM request_date WHERE request_id IN ",
        ids,
        " ORDER BY request_id, on_date"
    )?;
    for (id, on, kind) in dates {
        let Some(place) = places.get(&id) else { continue };
        match kind.parse().map_err(Error::unavailable)? {
            DateKind::Impossible => requests[*place].impossible.push(on),
            DateKind::Preferred => requests[*place].preferred.push(on),
        }
    }
    Ok(())
}

/// A waiting request has got its date: offered or booked. Within the caller's transaction.
///
/// # Errors
/// It no longer waits: it was withdrawn, or somebody else placed it.
pub(crate) async fn placed(conn: &mut Conn, desk: &Desk, actor: &Actor, request: Uuid) -> Result<()> {
    if turn(conn, desk, actor, request, RequestState::Asked, RequestState::Placed).await? {
        return Ok(());
    }
    Err(Error::refused("This request no longer waits for a date: it was withdrawn, or somebody has just placed it"))
}

/// A placed request waits again: what it was placed in was declined, lapsed or called off. Nothing happens to one that
/// is not placed. Within the caller's transaction.
pub(crate) async fn reopened(conn: &mut Conn, desk: &Desk, actor: &Actor, request: Uuid) -> Result<()> {
    turn(conn, desk, actor, request, RequestState::Placed, RequestState::Asked).await?;
    Ok(())
}

/// Turns a request from one state to another, with its audit line; false when it is not in the first.
async fn turn(
    conn: &mut Conn,
    desk: &Desk,
    actor: &Actor,
    request: Uuid,
    from: RequestState,
    to: RequestState,
) -> Result<bool> {
    let turned = fetch_optional!(
        conn,
        (String,),
        "UPDATE request SET state = $1, updated_at = $2, version = version + 1 WHERE id = $3 AND state = $4
         RETURNING authority_code",
        to.as_str(),
        desk.now(),
        request,
        from.as_str(),
    )?;
    let Some((authority,)) = turned else { return Ok(false) };
    let change = Change {
        operation: Operation::AskForTour,
        authority: Some(&authority),
        record_kind: "request",
        record_id: request.to_string(),
        before: json!({ "state": from }),
        after: json!({ "state": to }),
    };
    audit::write(conn, desk, actor, change).await?;
    Ok(true)
}

/// Places a school's waiting request when it has booked as many sessions of the tour as it asked for.
pub(crate) async fn settle(conn: &mut Conn, desk: &Desk, actor: &Actor, tour: Uuid, setting: Uuid) -> Result<()> {
    let waiting = fetch_optional!(
        conn,
        (Uuid,),
        "SELECT r.id FROM request r WHERE r.tour_id = $1 AND r.setting_id = $2 AND r.state = 'asked' AND r.sessions <=
            (SELECT COUNT(*) FROM session x WHERE x.tour_id = r.tour_id AND x.live AND x.state <> 'reserved'
                AND x.created_at >= r.asked_at AND EXISTS (SELECT 1 FROM attending_group g
                    WHERE g.session_id = x.id AND g.setting_id = r.setting_id))",
        tour,
        setting,
    )?;
    match waiting {
        Some((id,)) => placed(conn, desk, actor, id).await,
        None => Ok(()),
    }
}

/// A session of these schools was called off or missed: their placed requests wait again, or are withdrawn where the
/// school no longer needs it.
pub(crate) async fn called_off(
    conn: &mut Conn,
    desk: &Desk,
    actor: &Actor,
    session: Uuid,
    is_needed: bool,
) -> Result<()> {
    let placed = fetch_all!(
        conn,
        (Uuid,),
        "SELECT r.id FROM request r JOIN session x ON x.tour_id = r.tour_id
         WHERE x.id = $1 AND r.state = 'placed'
           AND r.setting_id IN (SELECT g.setting_id FROM attending_group g WHERE g.session_id = x.id)",
        session,
    )?;
    for (id,) in placed {
        if is_needed {
            reopened(conn, desk, actor, id).await?;
        } else {
            turn(conn, desk, actor, id, RequestState::Placed, RequestState::Withdrawn).await?;
        }
    }
    Ok(())
}

/// The tour was closed, or opened again: what waits for a date closes with it, and waits again.
pub(crate) async fn follow_tour(conn: &mut Conn, desk: &Desk, tour: Uuid, is_open: bool) -> Result<()> {
    let (from, to) =
        if is_open { (RequestState::Closed, RequestState::Asked) } else { (RequestState::Asked, RequestState::Closed) };
    execute!(
        conn,
        "UPDATE request SET state = $1, updated_at = $2, version = version + 1 WHERE tour_id = $3 AND state = $4",
        to.as_str(),
        desk.now(),
        tour,
        from.as_str(),
    )?;
    Ok(())
}
