//! Joining another school's session with a group of one's own.

use chrono::NaiveDate;
use domain::access::{Actor, Operation};
use domain::session::{self, Group, State};
use domain::slot::TimeOfDay;
use serde_json::{Value, json};
use uuid::Uuid;

use super::book::{Bookable, OnBehalf, add_groups, group_errors, school};
use super::visit::asked_errors;
use super::{Session, find, groups, happened, mail};
use crate::audit::{self, Change};
use crate::db::Conn;
use crate::error::{Error, Result};
use crate::{Desk, tours};

/// A session that another school may join.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Joinable {
    /// Its key.
    pub id: Uuid,
    /// On which day.
    pub on_date: NaiveDate,
    /// What its slot is called.
    pub slot_label: String,
    starts_minute: Option<i64>,
    ends_minute: Option<i64>,
    /// At which school.
    pub venue: String,
    largest_group: Option<i64>,
    expected: i64,
}

impl Joinable {
    /// From when to when, where it is known.
    #[must_use]
    pub fn times(&self) -> Option<(TimeOfDay, TimeOfDay)> {
        let time = |minute: Option<i64>| minute.and_then(|m| TimeOfDay::try_from(m).ok());
        time(self.starts_minute).zip(time(self.ends_minute))
    }

    /// For how many more pupils there is room; none: no limit.
    #[must_use]
    pub fn room(&self) -> Option<i64> {
        session::room_left(self.largest_group, self.expected)
    }
}

/// Who joins.
#[derive(Debug, Clone)]
pub struct Joining {
    /// The school.
    pub setting: Uuid,
    /// Its groups.
    pub groups: Vec<Group>,
    /// Who asked, unless the school joins by itself.
    pub on_behalf: Option<OnBehalf>,
}

/// The sessions of a tour that another school may join, by date.
///
/// # Errors
/// Not found; forbidden.
pub async fn joinable(desk: &Desk, actor: &Actor, tour: Uuid) -> Result<Vec<Joinable>> {
    desk.authorise(actor, Operation::BookSession)?;
    let mut conn = desk.read().await?;
    tours::find(&mut conn, actor, tour).await?;
    fetch_all!(
        conn,
        Joinable,
        "SELECT x.id, x.on_date, x.slot_label, x.starts_minute, x.ends_minute, v.name AS venue, p.largest_group,
            CAST(COALESCE(SUM(g.expected), 0) AS BIGINT) AS expected
         FROM session x JOIN visit w ON w.id = x.visit_id JOIN setting v ON v.id = w.venue_id
            JOIN programme p ON p.id = x.programme_id LEFT JOIN attending_group g ON g.session_id = x.id
         WHERE x.tour_id = $1 AND x.state = 'confirmed' AND w.room_for_others AND x.on_date >= $2
         GROUP BY x.id, x.on_date, x.slot_label, x.starts_minute, x.ends_minute, v.name, p.largest_group
         HAVING p.largest_group IS NULL OR COALESCE(SUM(g.expected), 0) < p.largest_group
         ORDER BY x.on_date, x.starts_minute, x.id",
        tour,
        session::first_bookable(actor.role, desk.today()),
    )
}

/// Checks joining without doing it: for the page that shows the answers once more.
///
/// # Errors
/// As [`join`].
pub async fn check_join(desk: &Desk, actor: &Actor, id: Uuid, joining: &Joining) -> Result<Bookable> {
    desk.authorise(actor, Operation::BookSession)?;
    let mut conn = desk.read().await?;
    Ok(checked(&mut conn, desk, actor, id, joining).await?.1)
}

/// The session and the school, once nothing is wrong with joining.
async fn checked(
    conn: &mut Conn,
    desk: &Desk,
    actor: &Actor,
    id: Uuid,
    joining: &Joining,
) -> Result<(Session, Bookable)> {
    // Found by its tour: the joining school has no group in it yet.
    let session = find(conn, &Actor::SYSTEM, id).await?;
    let tour = tours::find(conn, actor, session.tour_id).await?;
    let school = school(conn, actor, &tour, joining.setting, false).await?;
    if session.state != State::Confirmed || !session.room_for_others {
        return Err(Error::field(
            "session",
            "This visit takes no other school. Choose another, or book a slot of your own",
        ));
    }
    if session.on_date < session::first_bookable(actor.role, desk.today()) {
        return Err(Error::field("session", "This day can no longer be booked. Choose a later one"));
    }
    let there = groups(conn, &Actor::SYSTEM, id).await?;
    if there.iter().any(|g| g.setting_id == joining.setting) {
        return Err(Error::field("session", format!("{} attends this visit already", school.name)));
    }
    let room = session::room_left(session.largest_group, there.iter().map(|g| g.expected).sum());
    let mut errors = group_errors(&tour, &school, &joining.groups, false, room);
    errors.extend(asked_errors(actor, joining.on_behalf.as_ref()));
    if errors.is_empty() { Ok((session, school)) } else { Err(Error::Invalid(errors)) }
}

/// Puts a second school's groups into a session with room.
///
/// # Errors
/// Not found; forbidden; the session takes no other school, or has no room; fields to mend.
pub async fn join(desk: &Desk, actor: &Actor, id: Uuid, joining: &Joining) -> Result<Uuid> {
    desk.authorise(actor, Operation::BookSession)?;
    let mut conn = desk.write().await?;
    // Two schools that join at once wait here for each other.
    execute!(conn, "UPDATE session SET version = version + 1 WHERE id = $1", id)?;
    let (session, school) = checked(&mut conn, desk, actor, id, joining).await?;
    add_groups(&mut conn, id, joining.setting, &joining.groups).await?;
    let note = match &joining.on_behalf {
        None => school.name.clone(),
        Some(o) => format!("{}, asked for by {} ({})", school.name, o.name.trim(), o.how.label().to_lowercase()),
    };
    happened(&mut conn, desk, actor, id, "join", (Some(session.state), session.state), &note).await?;
    let change = Change {
        operation: Operation::BookSession,
        authority: Some(&session.authority_code),
        record_kind: "session",
        record_id: id.to_string(),
        before: Value::Null,
        after: json!({ "joined": joining.setting, "expected": joining.groups.iter().map(|g| g.expected).sum::<i64>() }),
    };
    audit::write(&mut conn, desk, actor, change).await?;
    mail::tell(&mut conn, desk, id, mail::News::Joined).await?;
    desk.commit(conn, id).await?;
    Ok(id)
}
