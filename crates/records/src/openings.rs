//! Openings: a team's free slots that schools may book.

mod change;
mod rule;

use chrono::NaiveDate;
use domain::access::{Actor, Operation, Role};
use domain::session::State;
use domain::slot::TimeOfDay;
use uuid::Uuid;

use crate::Desk;
use crate::db::Conn;
use crate::error::{Error, Result};
use crate::tours;
use crate::within::Within;

pub(crate) use change::withdraw_free;
pub use change::{add, withdraw};
pub use rule::{Planned, Preview, Rule, make, preview};

/// An opening.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Opening {
    /// Its key.
    pub id: Uuid,
    /// The tour.
    pub tour_id: Uuid,
    /// The team.
    pub team_id: Uuid,
    /// The team's name.
    pub team_name: String,
    /// The day.
    pub on_date: NaiveDate,
    /// The slot's number within the day.
    pub slot: i64,
    /// What people call the slot.
    pub slot_label: String,
    /// When it begins.
    #[sqlx(try_from = "i64", rename = "starts_minute")]
    pub starts: TimeOfDay,
    /// When it ends.
    #[sqlx(try_from = "i64", rename = "ends_minute")]
    pub ends: TimeOfDay,
}

/// How an opening stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Standing {
    /// Schools may book it.
    Free,
    /// A live session holds it.
    Taken {
        /// The session; none when it is another school's, of which a school is told no more.
        session: Option<Uuid>,
        /// Its state.
        state: State,
        /// The schools that attend, as far as the actor may know.
        schools: Vec<String>,
    },
    /// It was withdrawn, and can be opened again.
    Withdrawn,
}

/// An opening and how it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dated {
    /// The opening; one that was withdrawn keeps the key it had.
    pub opening: Opening,
    /// How it stands.
    pub standing: Standing,
}

/// A live session on one of a tour's slots, with one of its schools.
#[derive(sqlx::FromRow)]
struct Holder {
    id: Uuid,
    team_id: Uuid,
    on_date: NaiveDate,
    slot: i64,
    #[sqlx(try_from = "String")]
    state: State,
    school: Option<String>,
    own: bool,
}

/// A tour's openings that no live session holds, from `from` on, by date and time.
///
/// # Errors
/// Not found in the actor's scope; forbidden.
pub async fn free(desk: &Desk, actor: &Actor, tour: Uuid, from: NaiveDate) -> Result<Vec<Opening>> {
    desk.authorise(actor, Operation::SeeTours)?;
    let mut conn = desk.read().await?;
    tours::find(&mut conn, actor, tour).await?;
    free_in(&mut conn, desk, tour, from).await
}

/// As [`free`], inside another operation that has found the tour.
pub(crate) async fn free_in(conn: &mut Conn, desk: &Desk, tour: Uuid, from: NaiveDate) -> Result<Vec<Opening>> {
    let now = desk.now();
    fetch_all!(
        conn,
        Opening,
        "SELECT o.id, o.tour_id, o.team_id, m.name AS team_name, o.on_date, o.slot, o.slot_label, o.starts_minute, o.ends_minute
         FROM opening o JOIN team m ON m.id = o.team_id
         WHERE o.tour_id = $1 AND o.on_date >= $2 AND NOT EXISTS
            (SELECT 1 FROM session s WHERE s.team_id = o.team_id AND s.on_date = o.on_date AND s.slot = o.slot AND s.live
               AND (s.state <> 'reserved' OR s.reserved_until >= $3))
         ORDER BY o.on_date, o.starts_minute, m.name, o.id",
        tour,
        from,
        now,
    )
}

/// Every opening of a tour, free, taken or withdrawn, by date and time.
///
/// # Errors
/// Not found in the actor's scope; forbidden.
pub async fn of_tour(desk: &Desk, actor: &Actor, tour: Uuid) -> Result<Vec<Dated>> {
    desk.authorise(actor, Operation::SeeTours)?;
    let mut conn = desk.read().await?;
    tours::find(&mut conn, actor, tour).await?;
    let openings = fetch_all!(
        conn,
        Opening,
        "SELECT o.id, o.tour_id, o.team_id, m.name AS team_name, o.on_date, o.slot, o.slot_label, o.starts_minute, o.ends_minute
         FROM opening o JOIN team m ON m.id = o.team_id WHERE o.tour_id = $1",
        tour,
    )?;
    let withdrawn = fetch_all!(
        conn,
        Opening,
        "SELECT o.id, o.tour_id, o.team_id, m.name AS team_name, o.on_date, o.slot, o.slot_label, o.starts_minute, o.ends_minute
         FROM withdrawn_opening o JOIN team m ON m.id = o.team_id WHERE o.tour_id = $1",
        tour,
    )?;
    let holders = holders(&mut conn, actor, tour).await?;
    let named = actor.role != Role::School;
    let mut dated: Vec<Dated> = openings
        .into_iter()
        .map(|opening| {
            let mut held = holders
                .iter()
                .filter(|h| (h.team_id, h.on_date, h.slot) == (opening.team_id, opening.on_date, opening.slot));
            let standing = match held.clone().next() {
                None => Standing::Free,
                Some(first) => {
                    let seen = named || held.clone().any(|h| h.own);
                    Standing::Taken {
                        session: seen.then_some(first.id),
                        state: first.state,
                        schools: held.by_ref().filter(|h| named || h.own).filter_map(|h| h.school.clone()).collect(),
                    }
                }
            };
            Dated { opening, standing }
        })
        .chain(withdrawn.into_iter().map(|opening| Dated { opening, standing: Standing::Withdrawn }))
        .collect();
    dated.sort_by(|a, b| {
        let key = |d: &Dated| (d.opening.on_date, d.opening.starts, d.opening.slot);
        key(a).cmp(&key(b)).then_with(|| a.opening.team_name.cmp(&b.opening.team_name))
    });
    Ok(dated)
}

/// The live sessions on the slots of a tour's openings, whichever tour they are of, a row for each school.
async fn holders(conn: &mut Conn, actor: &Actor, tour: Uuid) -> Result<Vec<Holder>> {
    let within = Within::of(actor);
    fetch_all!(
        conn,
        Holder,
        "SELECT DISTINCT s.id, s.team_id, s.on_date, s.slot, s.state, st.name AS school,
            (($2 IS NOT NULL AND st.id = $2) OR ($3 IS NOT NULL AND COALESCE(st.trust_code, '') = $3)) AS own
         FROM opening o JOIN session s ON s.team_id = o.team_id AND s.on_date = o.on_date AND s.slot = o.slot AND s.live
            LEFT JOIN attending_group g ON g.session_id = s.id LEFT JOIN setting st ON st.id = g.setting_id
         WHERE o.tour_id = $1 ORDER BY school",
        tour,
        within.setting,
        &within.trust,
    )
}

/// One opening, inside an operation that finds its tour within the actor's scope.
pub(crate) async fn find(conn: &mut Conn, id: Uuid) -> Result<Opening> {
    fetch_one!(
        conn,
        Opening,
        "SELECT o.id, o.tour_id, o.team_id, m.name AS team_name, o.on_date, o.slot, o.slot_label, o.starts_minute, o.ends_minute
         FROM opening o JOIN team m ON m.id = o.team_id WHERE o.id = $1",
        id,
    )
}

/// An opening, held until the transaction ends: whoever books, moves to, reserves or withdraws it waits here.
pub(crate) async fn lock(conn: &mut Conn, id: Uuid) -> Result<Opening> {
    fetch_one!(
        conn,
        Opening,
        "UPDATE opening SET slot = slot WHERE id = $1 RETURNING id, tour_id, team_id,
            (SELECT m.name FROM team m WHERE m.id = opening.team_id) AS team_name, on_date, slot, slot_label,
            starts_minute, ends_minute",
        id,
    )
}

/// One opening of a tour within the actor's scope.
///
/// # Errors
/// Not found in the actor's scope; forbidden.
pub async fn get(desk: &Desk, actor: &Actor, id: Uuid) -> Result<Opening> {
    desk.authorise(actor, Operation::SeeTours)?;
    let mut conn = desk.read().await?;
    let opening = find(&mut conn, id).await?;
    tours::find(&mut conn, actor, opening.tour_id).await.map_err(|_| Error::NotFound)?;
    Ok(opening)
}
