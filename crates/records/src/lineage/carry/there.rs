//! What there is at a school that closed, and whether it can come along.

use chrono::NaiveDate;
use domain::AcademicYear;
use domain::access::Role;
use domain::session::State;
use uuid::Uuid;

use super::{Bringing, Item};
use crate::db::Conn;
use crate::error::{Error, Result};
use crate::schools;

pub(super) fn item(kind: Bringing, id: Option<Uuid>, label: impl Into<String>) -> Item {
    Item { kind, id, label: label.into(), stays: None }
}

/// Sessions, requests, places on waiting lists and invitations.
pub(super) async fn bookings(conn: &mut Conn, today: NaiveDate, from: Uuid, to: Option<Uuid>) -> Result<Vec<Item>> {
    let mut items = Vec::new();
    let sessions = fetch_all!(
        conn,
        (Uuid, NaiveDate, String, String),
        "SELECT x.id, x.on_date, p.name, x.state FROM session x JOIN visit v ON v.id = x.visit_id
            JOIN programme p ON p.id = x.programme_id
         WHERE x.state IN ('offered', 'confirmed') AND x.on_date >= $2 AND (v.venue_id = $1
            OR EXISTS (SELECT 1 FROM attending_group g WHERE g.session_id = x.id AND g.setting_id = $1))
         ORDER BY x.on_date, x.starts_minute, x.id",
        from,
        today,
    )?;
    for (id, on, programme, state) in sessions {
        let state: State = state.parse().map_err(Error::unavailable)?;
        let label = format!("{}: {programme}, {}", on.format("%-d %B %Y"), state.label().to_lowercase());
        items.push(item(Bringing::Session, Some(id), label));
    }
    let asked = fetch_all!(
        conn,
        (Uuid, String, bool),
        "SELECT r.id, t.name, EXISTS (SELECT 1 FROM request o WHERE o.tour_id = r.tour_id AND o.setting_id = $2
                AND o.state IN ('asked', 'placed')) AS has
         FROM request r JOIN tour t ON t.id = r.tour_id
         WHERE r.setting_id = $1 AND r.state IN ('asked', 'placed') AND t.ends >= $3 ORDER BY t.name, r.id",
        from,
        to,
        today,
    )?;
    let waiting = fetch_all!(
        conn,
        (Uuid, String, bool),
        "SELECT w.id, t.name, EXISTS (SELECT 1 FROM waiting o WHERE o.tour_id = w.tour_id AND o.setting_id = $2
                AND o.state IN ('waiting', 'offered')) AS has
         FROM waiting w JOIN tour t ON t.id = w.tour_id
         WHERE w.setting_id = $1 AND w.state IN ('waiting', 'offered') AND t.ends >= $3 ORDER BY t.name, w.id",
        from,
        to,
        today,
    )?;
    let invited = fetch_all!(
        conn,
        (Uuid, String, bool),
        "SELECT i.id, t.name, EXISTS (SELECT 1 FROM invitation o WHERE o.tour_id = i.tour_id AND o.setting_id = $2) AS has
         FROM invitation i JOIN tour t ON t.id = i.tour_id
         WHERE i.setting_id = $1 AND i.state IN ('sent', 'accepted', 'proposed') AND t.ends >= $3 ORDER BY t.name, i.id",
        from,
        to,
        today,
    )?;
    for (kind, what, rows, stays) in [
        (Bringing::Request, "Asks for", asked, "The school that carries it on asks for this tour itself"),
        (Bringing::Waiting, "Waits for", waiting, "The school that carries it on waits for this tour itself"),
        (Bringing::Invitation, "Invited to", invited, "The school that carries it on was invited to this tour itself"),
    ] {
        items.extend(rows.into_iter().map(|(id, tour, has)| Item {
            stays: has.then_some(stays),
            ..item(kind, Some(id), format!("{what} {tour}"))
        }));
    }
    Ok(items)
}

/// Their roles at the school. Somebody who has the role at the successor already does not need it twice.
pub(super) async fn people(conn: &mut Conn, from: Uuid, to: Option<Uuid>) -> Result<Vec<Item>> {
    let rows = fetch_all!(
        conn,
        (Uuid, String, String, bool),
        "SELECT a.id, p.name, a.role, EXISTS (SELECT 1 FROM access_grant o WHERE o.person_id = a.person_id
                AND o.role = a.role AND o.setting_id = $2 AND o.revoked_at IS NULL) AS has
         FROM access_grant a JOIN person p ON p.id = a.person_id
         WHERE a.setting_id = $1 AND a.revoked_at IS NULL ORDER BY p.name, a.role, a.id",
        from,
        to,
    )?;
    rows.into_iter()
        .map(|(id, name, role, has)| {
            let role: Role = role.parse().map_err(Error::unavailable)?;
            let stays = has.then_some("Has this role at the school that carries it on already");
            Ok(Item { stays, ..item(Bringing::Person, Some(id), format!("{name}, {}", role.label().to_lowercase())) })
        })
        .collect()
}

/// Days without visits, the week, the hall, terms, the addresses of feeds.
pub(super) async fn calendar(conn: &mut Conn, today: NaiveDate, from: Uuid, to: Option<Uuid>) -> Result<Vec<Item>> {
    let mut items = Vec::new();
    let dates = fetch_all!(
        conn,
        (Uuid, NaiveDate),
        "SELECT id, starts FROM school_date WHERE setting_id = $1 AND ends >= $2 ORDER BY starts, id",
        from,
        today,
    )?;
    for (id, starts) in dates {
        items.push(item(Bringing::Calendar, Some(id), format!("No visits from {}", starts.format("%-d %B %Y"))));
    }
    let terms = fetch_all!(
        conn,
        (Uuid, String, i64, bool),
        "SELECT o.id, o.name, o.academic_year, EXISTS (SELECT 1 FROM own_term c WHERE c.setting_id = $2
                AND c.academic_year = o.academic_year) AS has
         FROM own_term o WHERE o.setting_id = $1 AND o.ends >= $3 ORDER BY o.starts, o.id",
        from,
        to,
        today,
    )?;
    for (id, name, _, has) in terms {
        let stays = has.then_some("The school that carries it on has terms of its own in that year");
        items.push(Item { stays, ..item(Bringing::Calendar, Some(id), format!("Its own term “{name}”")) });
    }
    let feeds = fetch_all!(
        conn,
        (Uuid,),
        "SELECT id FROM calendar_feed WHERE setting_id = $1 AND revoked_at IS NULL ORDER BY created_at, id",
        from,
    )?;
    for (id,) in feeds {
        items.push(item(Bringing::Calendar, Some(id), "A calendar feed: its address goes on working"));
    }
    for (table, label) in [("school_week", "Its ordinary week"), ("hall_window", "When its hall is free")] {
        let has = |of: &str| format!("SELECT COUNT(*) FROM {table} WHERE setting_id = {of}");
        let own = fetch_scalar!(conn, i64, sqlx::AssertSqlSafe(has("$1")), from)?;
        let theirs = fetch_scalar!(conn, i64, sqlx::AssertSqlSafe(has("$1")), to)?;
        if own > 0 {
            let stays = (theirs > 0).then_some("The school that carries it on has stated its own");
            items.push(Item { stays, ..item(Bringing::Calendar, None, label) });
        }
    }
    Ok(items)
}

#[derive(sqlx::FromRow)]
struct Stated {
    email: Option<String>,
    telephone: Option<String>,
    website: Option<String>,
    is_edited: bool,
    setting_type: String,
    setting_type_source: String,
    year_groups: Option<i64>,
    year_groups_source: String,
    counted: i64,
}

/// What people stated of the old school and nobody of the new one.
#[derive(Default)]
pub(super) struct Corrections {
    pub email: Option<String>,
    pub contacts: Option<(Option<String>, Option<String>)>,
    pub setting_type: Option<String>,
    pub year_groups: Option<(Option<i64>, String)>,
    pub roll: bool,
}

impl Corrections {
    pub(super) fn labels(&self) -> Vec<&'static str> {
        [
            (self.email.is_some(), "The address for mail about visits"),
            (self.contacts.is_some(), "Its telephone number and web address, as people corrected them"),
            (self.setting_type.is_some(), "Its setting type, as a person corrected it"),
            (self.year_groups.is_some(), "Its year groups, as a person stated them"),
            (self.roll, "This year’s counted numbers on roll"),
        ]
        .into_iter()
        .filter_map(|(there, label)| there.then_some(label))
        .collect()
    }
}

pub(super) async fn corrections(conn: &mut Conn, year: AcademicYear, from: Uuid, to: Uuid) -> Result<Corrections> {
    let mut stated = Vec::new();
    for id in [from, to] {
        stated.push(fetch_one!(
            conn,
            Stated,
            "SELECT s.email, s.telephone, s.website, s.contact_edited_at IS NOT NULL AS is_edited, s.setting_type,
                s.setting_type_source, s.year_groups, s.year_groups_source,
                (SELECT COUNT(*) FROM number_on_roll n WHERE n.setting_id = s.id AND n.academic_year = $2) AS counted
             FROM setting s WHERE s.id = $1",
            id,
            i64::from(year),
        )?);
    }
    let [old, new] = stated.as_slice() else { return Ok(Corrections::default()) };
    let stated_years = |s: &Stated| matches!(s.year_groups_source.as_str(), "person" | "not_followed");
    Ok(Corrections {
        email: old.email.clone().filter(|_| new.email.is_none()),
        contacts: (old.is_edited && !new.is_edited).then(|| (old.telephone.clone(), old.website.clone())),
        setting_type: (old.setting_type_source != schools::FROM_LIST && new.setting_type_source == schools::FROM_LIST)
            .then(|| old.setting_type.clone()),
        year_groups: (stated_years(old) && !stated_years(new))
            .then(|| (old.year_groups, old.year_groups_source.clone())),
        roll: old.counted > 0 && new.counted == 0,
    })
}
