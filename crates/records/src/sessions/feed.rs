//! Calendar feeds: an address nobody can guess, revocable, that a calendar program reads without signing in.

use chrono::{DateTime, TimeDelta, Utc};
use domain::access::{Actor, Operation, Role};
use report::calendar::{Entry, Method, Standing, calendar};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{attended_by, delivered_by, mail, of_tour};
use crate::audit::{self, Change};
use crate::db::Conn;
use crate::error::{Error, Result};
use crate::within::Within;
use crate::{Desk, teams, tours};

/// What a feed's digest is made for.
const PURPOSE: &str = "calendar feed";

/// Days back that a feed goes.
const DAYS_BACK: i64 = 120;

/// Whose calendar a feed shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FeedOf {
    /// A school's visits.
    School(Uuid),
    /// A team's, in every authority; one that a council gave, in that council's alone.
    Team(Uuid),
    /// A tour's.
    Tour(Uuid),
}

/// A feed.
#[derive(Debug, Clone)]
pub struct Feed {
    /// Its key.
    pub id: Uuid,
    /// Whose calendar it is.
    pub of: FeedOf,
    /// That school's, team's or tour's name.
    pub name: String,
    /// Its full address.
    pub address: String,
    /// Since when.
    pub created_at: DateTime<Utc>,
}

/// A feed as its row has it.
#[derive(sqlx::FromRow)]
struct Row {
    id: Uuid,
    setting_id: Option<Uuid>,
    team_id: Option<Uuid>,
    tour_id: Option<Uuid>,
    name: String,
    authority_code: Option<String>,
    created_at: DateTime<Utc>,
}

impl Row {
    fn of(&self) -> Result<FeedOf> {
        match (self.setting_id, self.team_id, self.tour_id) {
            (Some(id), ..) => Ok(FeedOf::School(id)),
            (_, Some(id), _) => Ok(FeedOf::Team(id)),
            (.., Some(id)) => Ok(FeedOf::Tour(id)),
            _ => Err(Error::unavailable("a feed of nothing")),
        }
    }
}

/// `feeds!("AND …")`: feeds that are not revoked, with the name of what they show.
macro_rules! feeds {
    ($tail:literal) => {
        concat!(
            "SELECT f.id, f.setting_id, f.team_id, f.tour_id, COALESCE(s.name, m.name, t.name, '') AS name,
                f.authority_code, f.created_at
             FROM calendar_feed f LEFT JOIN setting s ON s.id = f.setting_id LEFT JOIN team m ON m.id = f.team_id
                LEFT JOIN tour t ON t.id = f.tour_id
             WHERE f.revoked_at IS NULL ",
            $tail
        )
    };
}

/// The key stands in the query, not in the path: logs hold paths.
fn address(desk: &Desk, id: Uuid) -> String {
    desk.address(&format!("/calendar.ics?key={}-{}", id.simple(), desk.secret().digest(PURPOSE, &id.to_string())))
}

/// The feeds of the schools, teams and tours an actor acts for. A council sees those of its schools and tours, and of
/// teams those it gave itself; a provider those of its teams and tours, whoever gave them.
///
/// # Errors
/// Forbidden.
pub async fn list(desk: &Desk, actor: &Actor) -> Result<Vec<Feed>> {
    desk.authorise(actor, Operation::EditFeeds)?;
    let mut conn = desk.read().await?;
    own(&mut conn, actor)
        .await?
        .into_iter()
        .map(|row| {
            let (of, address) = (row.of()?, address(desk, row.id));
            Ok(Feed { id: row.id, of, name: row.name, address, created_at: row.created_at })
        })
        .collect()
}

async fn own(conn: &mut Conn, actor: &Actor) -> Result<Vec<Row>> {
    let within = Within::of(actor);
    let everything = actor.role == Role::System;
    fetch_all!(
        conn,
        Row,
        feeds!(
            "AND ($5 OR ($1 IS NOT NULL AND s.id = $1) OR ($2 IS NOT NULL AND s.trust_code = $2)
                OR ($3 IS NOT NULL AND (s.authority_code = $3 OR t.authority_code = $3
                    OR (f.team_id IS NOT NULL AND f.authority_code = $3)))
                OR ($4 IS NOT NULL AND (m.provider_id = $4 OR t.provider_id = $4)))
             ORDER BY name, f.created_at, f.id"
        ),
        within.setting,
        within.trust,
        within.authority,
        within.provider,
        everything,
    )
}

/// One feed of a school, team or tour the actor acts for.
///
/// # Errors
/// Not found; forbidden.
pub async fn get(desk: &Desk, actor: &Actor, id: Uuid) -> Result<Feed> {
    desk.authorise(actor, Operation::EditFeeds)?;
    list(desk, actor).await?.into_iter().find(|feed| feed.id == id).ok_or(Error::NotFound)
}

/// Gives a school, a team or a tour a feed of its sessions.
///
/// # Errors
/// Not found; forbidden.
pub async fn give(desk: &Desk, actor: &Actor, of: FeedOf) -> Result<Uuid> {
    desk.authorise(actor, Operation::EditFeeds)?;
    let within = Within::of(actor);
    let mut conn = desk.write().await?;
    // Whom the audit line belongs to, and to whose sessions a team's feed is confined.
    let (authority, confined): (Option<String>, Option<String>) = match of {
        FeedOf::School(_) if actor.role == Role::Provider => return Err(Error::NotFound),
        FeedOf::School(id) => {
            let school = crate::school_calendar::find(&mut conn, actor, id).await?;
            (Some(school.authority_code), None)
        }
        FeedOf::Team(_) | FeedOf::Tour(_) if actor.role == Role::School => return Err(Error::NotFound),
        FeedOf::Team(id) => {
            teams::find(&mut conn, actor, id).await?;
            (within.authority.clone(), within.authority)
        }
        FeedOf::Tour(id) => {
            let tour = tours::find(&mut conn, actor, id).await?;
            (Some(tour.authority_code.as_str().to_owned()), None)
        }
    };
    let (setting, team, tour) = match of {
        FeedOf::School(id) => (Some(id), None, None),
        FeedOf::Team(id) => (None, Some(id), None),
        FeedOf::Tour(id) => (None, None, Some(id)),
    };
    let id = Uuid::now_v7();
    execute!(
        conn,
        "INSERT INTO calendar_feed (id, setting_id, team_id, tour_id, authority_code, created_at)
         VALUES ($1, $2, $3, $4, $5, $6)",
        id,
        setting,
        team,
        tour,
        confined,
        desk.now(),
    )?;
    remember(&mut conn, desk, actor, id, authority.as_deref(), "given").await?;
    desk.commit(conn, id).await?;
    Ok(id)
}

/// Takes a feed's address back: it opens nothing any more.
///
/// # Errors
/// Not found; forbidden.
pub async fn revoke(desk: &Desk, actor: &Actor, id: Uuid) -> Result<Uuid> {
    desk.authorise(actor, Operation::EditFeeds)?;
    let mut conn = desk.write().await?;
    let feed = own(&mut conn, actor).await?.into_iter().find(|row| row.id == id).ok_or(Error::NotFound)?;
    let authority = fetch_optional!(
        conn,
        (Option<String>,),
        "SELECT COALESCE(s.authority_code, t.authority_code) FROM calendar_feed f
         LEFT JOIN setting s ON s.id = f.setting_id LEFT JOIN tour t ON t.id = f.tour_id WHERE f.id = $1",
        id,
    )?;
    let authority = authority.and_then(|a| a.0).or(feed.authority_code);
    execute!(conn, "UPDATE calendar_feed SET revoked_at = $1 WHERE id = $2", desk.now(), id)?;
    remember(&mut conn, desk, actor, id, authority.as_deref(), "revoked").await?;
    desk.commit(conn, id).await?;
    Ok(id)
}

async fn remember(
    conn: &mut Conn,
    desk: &Desk,
    actor: &Actor,
    id: Uuid,
    authority: Option<&str>,
    state: &str,
) -> Result<()> {
    let change = Change {
        operation: Operation::EditFeeds,
        authority,
        record_kind: "calendar_feed",
        record_id: id.to_string(),
        before: Value::Null,
        after: json!({ "state": state }),
    };
    audit::write(conn, desk, actor, change).await
}

/// What a feed's address gives: the sessions of the last months and all to come. Those that were cancelled, and those
/// in which the school or the team no longer has part, come marked so that a calendar removes them.
///
/// # Errors
/// Not found: an address that was not given here, or was revoked.
pub async fn by_key(desk: &Desk, key: &str) -> Result<String> {
    let (id, digest) = key.split_once('-').ok_or(Error::NotFound)?;
    let id: Uuid = id.parse().map_err(|_| Error::NotFound)?;
    if !desk.secret().verify(PURPOSE, &id.to_string(), digest) {
        return Err(Error::NotFound);
    }
    let mut conn = desk.read().await?;
    let feed = fetch_one!(conn, Row, feeds!("AND f.id = $1"), id)?;
    let from = desk.today() - TimeDelta::days(DAYS_BACK);
    let (sessions, gone) = match feed.of()? {
        FeedOf::School(setting) => {
            let attending = fetch_all!(
                conn,
                (Uuid,),
                "SELECT DISTINCT g.session_id FROM attending_group g JOIN session x ON x.id = g.session_id
                 WHERE g.setting_id = $1 AND x.on_date >= $2",
                setting,
                from,
            )?;
            let sessions = attended_by(&mut conn, setting, from).await?;
            let gone: Vec<Uuid> =
                sessions.iter().map(|s| s.id).filter(|id| !attending.iter().any(|(a,)| a == id)).collect();
            (sessions, gone)
        }
        FeedOf::Team(team) => {
            let sessions = delivered_by(&mut conn, team, from, feed.authority_code.as_deref()).await?;
            let gone = sessions.iter().filter(|s| s.team_id != Some(team)).map(|s| s.id).collect();
            (sessions, gone)
        }
        FeedOf::Tour(tour) => (of_tour(&mut conn, tour, from).await?, Vec::new()),
    };
    let entries: Vec<Entry> = sessions
        .iter()
        .map(|session| {
            let entry = mail::entry(desk, session);
            if gone.contains(&session.id) {
                // Whoever has no part in it any more is told no news of it either.
                Entry { standing: Standing::Cancelled, notes: String::new(), ..entry }
            } else {
                entry
            }
        })
        .collect();
    let name = match feed.of()? {
        FeedOf::School(_) => format!("Visits to {}", feed.name),
        FeedOf::Team(_) | FeedOf::Tour(_) => feed.name,
    };
    Ok(calendar(&name, Method::Publish, &entries, desk.now()))
}
