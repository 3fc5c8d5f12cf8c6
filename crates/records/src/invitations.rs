//! Invitations: a commissioner asks schools to have a tour; each answers by a link, without an account.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use domain::access::{Actor, Operation, Scope};
use domain::invitation::InvitationState;
use domain::money::Pence;
use domain::programme::Status;
use domain::reminder::invitation_may_wait;
use domain::setting::{SettingStatus, search_name};
use domain::tour::Price;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::Desk;
use crate::audit::{self, Change};
use crate::db::Conn;
use crate::error::{Error, Result};
use crate::outbox::{self, Mail};

mod answer;
mod link;
mod list;
mod mail;
mod remind;
mod said_no;

pub use answer::{Invitation, Over, Says, answer, asked, by_link, say_more};
pub(crate) use link::path as answer_path;
pub use list::{Line, list, uninvited};
pub use remind::{ToWithdraw, remind, to_withdraw, withdraw};
pub use said_no::{SaidNo, get, said_no};

/// A school that could be invited, and what would happen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invitable {
    /// The school.
    pub setting: Uuid,
    /// Its name.
    pub name: String,
    /// Its invitation to the tour, when there is one.
    pub state: Option<InvitationState>,
    /// How many people would get the mail; 0: nobody is known there, so somebody has to ring.
    pub addresses: usize,
}

impl Invitable {
    /// Whether inviting it would do anything: it is not waiting to answer and has not answered.
    #[must_use]
    pub fn is_new(&self) -> bool {
        matches!(self.state, None | Some(InvitationState::Withdrawn))
    }
}

/// The tour, as the invitation describes it.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Invited {
    /// The tour's key.
    pub tour_id: Uuid,
    /// Its name.
    pub tour_name: String,
    /// The authority's code.
    pub authority_code: String,
    /// Its name.
    pub authority_name: String,
    /// The programme's name.
    pub programme: String,
    /// What it is about.
    pub summary: String,
    /// Who comes.
    pub provider: String,
    /// The tour's first day.
    pub starts: NaiveDate,
    /// Its last day.
    pub ends: NaiveDate,
    /// What it costs a school.
    #[sqlx(try_from = "String")]
    pub price: Price,
    /// How much of it the school pays.
    #[sqlx(try_from = "i64")]
    pub price_pence: Pence,
    #[sqlx(try_from = "String")]
    status: Status,
}

impl Invited {
    /// Whether schools can be invited and can answer: the tour is neither closed nor over.
    #[must_use]
    pub fn is_open(&self, today: NaiveDate) -> bool {
        self.status == Status::Open && self.ends >= today
    }

    /// What a school pays, in words.
    #[must_use]
    pub fn price_in_words(&self) -> String {
        match self.price {
            Price::Free => "free to schools".to_owned(),
            Price::Subsidised => format!("{} a visit; the rest is paid for", self.price_pence),
            Price::Charged => format!("{} a visit", self.price_pence),
        }
    }
}

#[derive(sqlx::FromRow)]
struct SettingRow {
    id: Uuid,
    name: String,
    email: Option<String>,
    trust_code: Option<String>,
    #[sqlx(try_from = "String")]
    status: SettingStatus,
}

async fn tour(conn: &mut Conn, actor: &Actor, id: Uuid) -> Result<Invited> {
    let authority = actor.authority().map(|code| code.as_str().to_owned());
    if authority.is_none() && actor.scope != Scope::Everything {
        return Err(Error::NotFound);
    }
    let tour = fetch_one!(
        conn,
        Invited,
        "SELECT t.id AS tour_id, t.name AS tour_name, t.authority_code, a.name AS authority_name, p.name AS programme,
                p.summary, v.name AS provider, t.starts, t.ends, t.price, t.price_pence, t.status
         FROM tour t JOIN authority a ON a.code = t.authority_code JOIN programme p ON p.id = t.programme_id
         JOIN provider v ON v.id = t.provider_id
         WHERE t.id = $1 AND ($2 IS NULL OR t.authority_code = $2)",
        id,
        authority,
    )?;
    Ok(tour)
}

/// The schools among `settings` that belong to the tour's authority; one that does not is not found.
async fn schools(conn: &mut Conn, tour: &Invited, settings: &[Uuid]) -> Result<Vec<SettingRow>> {
    let wanted: BTreeSet<Uuid> = settings.iter().copied().collect();
    let rows = fetch_all!(
        conn,
        SettingRow,
        "SELECT id, name, email, trust_code, status FROM setting WHERE authority_code = $1",
        &tour.authority_code,
    )?;
    let rows: Vec<SettingRow> = rows.into_iter().filter(|s| wanted.contains(&s.id)).collect();
    if rows.len() < wanted.len() {
        return Err(Error::NotFound);
    }
    Ok(rows)
}

/// Whom to write to: the people of each school and of its trust; where there are none, the school's own address.
async fn addresses(
    conn: &mut Conn,
    authority: &str,
    schools: &[SettingRow],
) -> Result<BTreeMap<Uuid, BTreeSet<String>>> {
    let people = fetch_all!(
        conn,
        (Option<Uuid>, Option<String>, String),
        "SELECT g.setting_id, g.trust_code, p.email FROM access_grant g JOIN person p ON p.id = g.person_id
         WHERE g.role = 'school' AND g.revoked_at IS NULL
           AND (g.setting_id IN (SELECT id FROM setting WHERE authority_code = $1)
                OR g.trust_code IN (SELECT trust_code FROM setting WHERE authority_code = $1))",
        authority,
    )?;
    let of = |school: &SettingRow| {
        let mut found: BTreeSet<String> = people
            .iter()
            .filter(|(setting, trust, _)| {
                *setting == Some(school.id) || (trust.is_some() && *trust == school.trust_code)
            })
            .map(|(_, _, email)| email.clone())
            .collect();
        if found.is_empty() {
            found.extend(school.email.clone().filter(|address| address.contains('@')));
        }
        found
    };
    Ok(schools.iter().map(|school| (school.id, of(school))).collect())
}

/// Whom to write to at one school.
async fn people_of(conn: &mut Conn, authority: &str, setting: Uuid) -> Result<BTreeSet<String>> {
    let schools = fetch_all!(
        conn,
        SettingRow,
        "SELECT id, name, email, trust_code, status FROM setting WHERE id = $1",
        setting,
    )?;
    Ok(addresses(conn, authority, &schools).await?.remove(&setting).unwrap_or_default())
}

async fn states(conn: &mut Conn, tour: Uuid) -> Result<BTreeMap<Uuid, InvitationState>> {
    let rows = fetch_all!(conn, (Uuid, String), "SELECT setting_id, state FROM invitation WHERE tour_id = $1", tour)?;
    rows.into_iter().map(|(id, state)| Ok((id, state.parse().map_err(Error::unavailable)?))).collect()
}

/// What inviting these schools would do, by name: the page that asks before it is done.
///
/// # Errors
/// Not found; forbidden.
pub async fn preview(
    desk: &Desk,
    actor: &Actor,
    tour_id: Uuid,
    settings: &[Uuid],
) -> Result<(Invited, Vec<Invitable>)> {
    desk.authorise(actor, Operation::InviteSchools)?;
    let mut conn = desk.read().await?;
    let tour = tour(&mut conn, actor, tour_id).await?;
    let schools = schools(&mut conn, &tour, settings).await?;
    let addresses = addresses(&mut conn, &tour.authority_code, &schools).await?;
    let states = states(&mut conn, tour_id).await?;
    let mut list: Vec<Invitable> = schools
        .into_iter()
        .map(|s| Invitable {
            state: states.get(&s.id).copied(),
            addresses: addresses.get(&s.id).map_or(0, BTreeSet::len),
            setting: s.id,
            name: s.name,
        })
        .collect();
    list.sort_by_key(|s| (search_name(&s.name), s.setting));
    Ok((tour, list))
}

/// Invites schools to a tour and writes to their people. Schools that were invited before are left alone. Returns how
/// many were invited. `answer_by` is the last day to answer; none: until the tour is over.
///
/// # Errors
/// Not found; forbidden; the tour is not open or over, or a school is closed; fields to mend: `setting`, `answer_by`.
pub async fn invite(
    desk: &Desk,
    actor: &Actor,
    tour_id: Uuid,
    settings: &[Uuid],
    answer_by: Option<NaiveDate>,
) -> Result<usize> {
    desk.authorise(actor, Operation::InviteSchools)?;
    if settings.is_empty() {
        return Err(Error::field("setting", "Choose at least one school"));
    }
    let mut conn = desk.write().await?;
    let tour = tour(&mut conn, actor, tour_id).await?;
    if !tour.is_open(desk.today()) {
        return Err(Error::refused("This tour is not open, so nobody can be invited to it. Open it first"));
    }
    if let Some(last) = answer_by.filter(|last| *last <= desk.today() || *last > tour.ends) {
        let when = if last > tour.ends { "before the tour is over" } else { "after today" };
        return Err(Error::field("answer_by", format!("The last day to answer must be {when}")));
    }
    let schools = schools(&mut conn, &tour, settings).await?;
    if let Some(closed) = schools.iter().find(|s| !s.status.is_open()) {
        return Err(Error::refused(format!("{} is {}", closed.name, closed.status.label().to_lowercase())));
    }
    let addresses = addresses(&mut conn, &tour.authority_code, &schools).await?;
    let mut invited = 0;
    for school in &schools {
        // Two people pressing at once: the second one's row is not written, and its mail neither.
        let written = fetch_optional!(
            conn,
            (Uuid, i64),
            "INSERT INTO invitation (id, tour_id, setting_id, state, reason, sent_at, answer_by)
             VALUES ($1, $2, $3, 'sent', '', $4, $5)
             ON CONFLICT (tour_id, setting_id) DO UPDATE SET state = 'sent', reason = '', reason_note = '',
                sent_at = excluded.sent_at, answer_by = excluded.answer_by, answered_at = NULL, reminded_at = NULL,
                last_reminded_at = NULL, sendings = invitation.sendings + 1 WHERE invitation.state = 'withdrawn'
             RETURNING id, sendings",
            Uuid::now_v7(),
            tour_id,
            school.id,
            desk.now(),
            answer_by,
        )?;
        let Some((id, sendings)) = written else { continue };
        invited += 1;
        for to in addresses.get(&school.id).into_iter().flatten() {
            let mail = Mail {
                authority: Some(tour.authority_code.clone()),
                to: to.clone(),
                may_wait: invitation_may_wait(desk.now(), answer_by),
                subject: format!("{}: an invitation to {}", tour.programme, school.name),
                body: mail::invitation(&tour, &school.name, answer_by, &desk.address(&link::path(desk, id, sendings))),
                record_kind: "invitation",
                record_id: id.to_string(),
                ..Mail::default()
            };
            outbox::put(&mut conn, desk, mail).await?;
        }
        let change = Change {
            operation: Operation::InviteSchools,
            authority: Some(&tour.authority_code),
            record_kind: "invitation",
            record_id: id.to_string(),
            before: Value::Null,
            after: json!({ "tour": tour_id, "setting": school.id, "state": "sent" }),
        };
        audit::write(&mut conn, desk, actor, change).await?;
    }
    desk.commit(conn, invited).await?;
    Ok(invited)
}
