//! The sessions that stand in a calendar: a school's, a team's, a tour's, a day's.

use chrono::NaiveDate;
use domain::access::Actor;
use uuid::Uuid;

use super::Session;
use crate::Desk;
use crate::db::Conn;
use crate::error::Result;
use crate::within::Within;

/// What a calendar shows of sessions, as a condition: what was only being booked never stood in one, an offer did.
macro_rules! in_calendars {
    ($condition:literal) => {
        sessions_where!(
            "x.on_date >= $2 AND x.state <> 'reserved' AND (x.state <> 'lapsed' OR EXISTS
                (SELECT 1 FROM session_event e WHERE e.session_id = x.id AND e.event = 'offer')) AND ",
            $condition,
            " ORDER BY x.on_date, x.starts_minute, x.id"
        )
    };
}

/// The sessions that a school has a group in, or once had, from a day on, by date: for its calendar, cancelled ones too.
pub(super) async fn attended_by(conn: &mut Conn, setting: Uuid, from: NaiveDate) -> Result<Vec<Session>> {
    fetch_all!(
        conn,
        Session,
        in_calendars!(
            "(EXISTS (SELECT 1 FROM attending_group g WHERE g.session_id = x.id AND g.setting_id = $1)
              OR EXISTS (SELECT 1 FROM left_calendar l WHERE l.session_id = x.id AND l.setting_id = $1))"
        ),
        setting,
        from,
    )
}

/// The sessions that a team delivers, or once was to, from a day on, by date; of one authority, or of all.
pub(super) async fn delivered_by(
    conn: &mut Conn,
    team: Uuid,
    from: NaiveDate,
    authority: Option<&str>,
) -> Result<Vec<Session>> {
    fetch_all!(
        conn,
        Session,
        in_calendars!(
            "(x.team_id = $1 OR EXISTS (SELECT 1 FROM left_calendar l WHERE l.session_id = x.id AND l.team_id = $1))
              AND ($3 IS NULL OR x.authority_code = $3)"
        ),
        team,
        from,
        authority,
    )
}

/// The sessions of a tour from a day on, by date.
pub(super) async fn of_tour(conn: &mut Conn, tour: Uuid, from: NaiveDate) -> Result<Vec<Session>> {
    fetch_all!(conn, Session, in_calendars!("x.tour_id = $1"), tour, from)
}

/// The sessions of a team's day within the actor's scope that are to come or took place, by time.
pub(super) async fn of_team_day(conn: &mut Conn, actor: &Actor, team: Uuid, on: NaiveDate) -> Result<Vec<Session>> {
    let within = Within::of(actor);
    fetch_all!(
        conn,
        Session,
        sessions_where!(
            "x.team_id = $1 AND x.on_date = $2 AND x.state IN ('offered', 'confirmed', 'delivered')
               AND ($3 IS NULL OR x.authority_code = $3) AND ($4 IS NULL OR t.provider_id = $4)
             ORDER BY x.starts_minute, x.id"
        ),
        team,
        on,
        &within.authority,
        within.provider,
    )
}

/// The sessions of a team's day within the actor's scope that were called off because the team could not come, by time.
pub(super) async fn called_off_that_day(
    conn: &mut Conn,
    actor: &Actor,
    team: Uuid,
    on: NaiveDate,
) -> Result<Vec<Session>> {
    let within = Within::of(actor);
    fetch_all!(
        conn,
        Session,
        sessions_where!(
            "x.team_id = $1 AND x.on_date = $2 AND x.state = 'cancelled' AND x.reason <> 'no_longer_needed'
               AND ($3 IS NULL OR x.authority_code = $3) AND ($4 IS NULL OR t.provider_id = $4)
             ORDER BY x.starts_minute, x.id"
        ),
        team,
        on,
        &within.authority,
        within.provider,
    )
}

/// The sessions of a visit that are to come or took place, by time.
pub(super) async fn of_visit(conn: &mut Conn, visit: Uuid) -> Result<Vec<Session>> {
    fetch_all!(
        conn,
        Session,
        sessions_where!(
            "x.visit_id = $1 AND x.state IN ('offered', 'confirmed', 'delivered') ORDER BY x.starts_minute, x.id"
        ),
        visit,
    )
}

/// Remembers that a session stood in a school's or a team's calendar and does no longer, for their feeds to say so.
pub(super) async fn left_calendar(
    conn: &mut Conn,
    desk: &Desk,
    session: Uuid,
    setting: Option<Uuid>,
    team: Option<Uuid>,
) -> Result<()> {
    execute!(
        conn,
        "INSERT INTO left_calendar (id, session_id, setting_id, team_id, at) VALUES ($1, $2, $3, $4, $5)",
        Uuid::now_v7(),
        session,
        setting,
        team,
        desk.now(),
    )?;
    Ok(())
}
