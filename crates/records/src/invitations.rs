//! Invitations: a commissioner asks schools to have a tour; each answers by a link, without an account.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, NaiveDate, Utc};
use domain::access::{Actor, Operation, Role, Scope};
use domain::invitation::InvitationState;
use domain::money::Pence;
use domain::programme::Status;
use domain::setting::{SettingStatus, search_name};
use domain::tour::Price;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::Desk;
use crate::audit::{self, Change};
use crate::db::Conn;
use crate::error::{Error, Result};
use crate::outbox::{self, Mail};

mod mail;

/// The purpose of an invitation link's digest.
const LINK: &str = "invitation";

/// Letters a school's reason may have.
const LONGEST_REASON: usize = 500;

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

/// An invitation, as the school that follows its link sees it.
#[derive(Debug, Clone)]
pub struct Invitation {
    /// Its key.
    pub id: Uuid,
    /// The school.
    pub setting: Uuid,
    /// Its name.
    pub school: String,
    /// Where the invitation stands.
    pub state: InvitationState,
    /// The reason the school gave for declining.
    pub reason: String,
    /// What it is invited to.
    pub to: Invited,
}

impl Invitation {
    /// Whether an answer is still of use: it was not withdrawn, and the tour is neither closed nor over.
    #[must_use]
    pub fn can_be_answered(&self, today: NaiveDate) -> bool {
        self.state != InvitationState::Withdrawn && self.to.status == Status::Open && self.to.ends >= today
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
/// many were invited.
///
/// # Errors
/// Not found; forbidden; the tour is not open or over, or a school is closed.
pub async fn invite(desk: &Desk, actor: &Actor, tour_id: Uuid, settings: &[Uuid]) -> Result<usize> {
    desk.authorise(actor, Operation::InviteSchools)?;
    if settings.is_empty() {
        return Err(Error::field("setting", "Choose at least one school"));
    }
    let mut conn = desk.write().await?;
    let tour = tour(&mut conn, actor, tour_id).await?;
    if tour.status != Status::Open || tour.ends < desk.today() {
        return Err(Error::refused("This tour is not open, so nobody can be invited to it. Open it first"));
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
            (Uuid,),
            "INSERT INTO invitation (id, tour_id, setting_id, state, reason, sent_at) VALUES ($1, $2, $3, 'sent', '', $4)
             ON CONFLICT (tour_id, setting_id) DO UPDATE SET state = 'sent', reason = '', sent_at = excluded.sent_at,
                answered_at = NULL WHERE invitation.state = 'withdrawn'
             RETURNING id",
            Uuid::now_v7(),
            tour_id,
            school.id,
            desk.now(),
        )?;
        let Some((id,)) = written else { continue };
        invited += 1;
        for to in addresses.get(&school.id).into_iter().flatten() {
            let mail = Mail {
                authority: Some(tour.authority_code.clone()),
                to: to.clone(),
                subject: format!("{}: an invitation to {}", tour.programme, school.name),
                body: mail::invitation(&tour, &school.name, &desk.address(&path(desk, id))),
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

/// The path of the page where an invitation is answered. Whoever has it may answer.
fn path(desk: &Desk, id: Uuid) -> String {
    format!("/invitations/{}-{}", id.simple(), desk.secret().digest(LINK, &id.to_string()))
}

/// The invitation a link leads to.
///
/// # Errors
/// Not found, for a link that was not made here.
pub async fn by_link(desk: &Desk, link: &str) -> Result<Invitation> {
    let mut conn = desk.read().await?;
    find(&mut conn, desk, link).await
}

#[derive(sqlx::FromRow)]
struct InvitationRow {
    id: Uuid,
    tour_id: Uuid,
    setting_id: Uuid,
    school: String,
    #[sqlx(try_from = "String")]
    state: InvitationState,
    reason: String,
}

async fn find(conn: &mut Conn, desk: &Desk, link: &str) -> Result<Invitation> {
    let (id, digest) = link.split_once('-').ok_or(Error::NotFound)?;
    let id: Uuid = id.parse().map_err(|_| Error::NotFound)?;
    if !desk.secret().verify(LINK, &id.to_string(), digest) {
        return Err(Error::NotFound);
    }
    let row = fetch_one!(
        conn,
        InvitationRow,
        "SELECT i.id, i.tour_id, i.setting_id, s.name AS school, i.state, i.reason
         FROM invitation i JOIN setting s ON s.id = i.setting_id WHERE i.id = $1",
        id,
    )?;
    let to = tour(conn, &Actor::SYSTEM, row.tour_id).await?;
    Ok(Invitation { id: row.id, setting: row.setting_id, school: row.school, state: row.state, reason: row.reason, to })
}

/// A school's answer, by the link. It may change its mind until the tour is over.
///
/// # Errors
/// Not found; the invitation was withdrawn, or the tour is closed or over; a reason that is too long.
pub async fn answer(desk: &Desk, link: &str, accepts: bool, reason: &str) -> Result<Uuid> {
    let reason = if accepts { "" } else { reason.trim() };
    if reason.chars().count() > LONGEST_REASON {
        return Err(Error::field("reason", format!("Give the reason in {LONGEST_REASON} letters or fewer")));
    }
    let mut conn = desk.write().await?;
    let invitation = find(&mut conn, desk, link).await?;
    if !invitation.can_be_answered(desk.today()) {
        return Err(Error::refused("This invitation can no longer be answered"));
    }
    let state = if accepts { InvitationState::Accepted } else { InvitationState::Declined };
    let now: DateTime<Utc> = desk.now();
    execute!(
        conn,
        "UPDATE invitation SET state = $1, reason = $2, answered_at = $3 WHERE id = $4",
        state.as_str(),
        reason,
        now,
        invitation.id,
    )?;
    let change = Change {
        operation: Operation::InviteSchools,
        authority: Some(&invitation.to.authority_code),
        record_kind: "invitation",
        record_id: invitation.id.to_string(),
        before: json!({ "state": invitation.state }),
        after: json!({ "state": state }),
    };
    // Nobody is signed in: the link answers for the school.
    let school = Actor { person: None, grant: None, role: Role::School, scope: Scope::Setting(invitation.setting) };
    audit::write(&mut conn, desk, &school, change).await?;
    if state != invitation.state {
        tell_commissioners(&mut conn, desk, &invitation, state, reason).await?;
    }
    desk.commit(conn, invitation.id).await?;
    Ok(invitation.id)
}

async fn tell_commissioners(
    conn: &mut Conn,
    desk: &Desk,
    invitation: &Invitation,
    state: InvitationState,
    reason: &str,
) -> Result<()> {
    let to = fetch_all!(
        conn,
        (String,),
        "SELECT DISTINCT p.email FROM access_grant g JOIN person p ON p.id = g.person_id
         WHERE g.role = 'commissioner' AND g.revoked_at IS NULL AND g.authority_code = $1 ORDER BY p.email",
        &invitation.to.authority_code,
    )?;
    let book = desk.address(&format!("/tours/{}/book?school={}", invitation.to.tour_id, invitation.setting));
    for (to,) in to {
        let mail = Mail {
            authority: Some(invitation.to.authority_code.clone()),
            to,
            subject: format!("{} {} {}", invitation.school, mail::did(state), invitation.to.programme),
            body: mail::answered(invitation, state, reason, &book),
            record_kind: "invitation",
            record_id: invitation.id.to_string(),
            ..Mail::default()
        };
        outbox::put(conn, desk, mail).await?;
    }
    Ok(())
}
