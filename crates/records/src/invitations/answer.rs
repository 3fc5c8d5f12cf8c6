//! A school's answer to its invitation.

use chrono::{DateTime, NaiveDate, Utc};
use domain::access::{Actor, Operation, Role, Scope};
use domain::invitation::InvitationState;
use serde_json::json;
use uuid::Uuid;

use super::{Invited, mail, tour};
use crate::Desk;
use crate::audit::{self, Change};
use crate::authorities::{self, Authority};
use crate::db::Conn;
use crate::error::{Error, Result};
use crate::outbox::{self, Mail};

/// The purpose of an invitation link's digest.
const LINK: &str = "invitation";

/// Letters a school's reason may have.
const LONGEST_REASON: usize = 500;

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
    /// The council that invites.
    pub authority: Authority,
    trust: Option<String>,
}

impl Invitation {
    /// Whether an answer is still of use: it was not withdrawn, and the tour is neither closed nor over.
    #[must_use]
    pub fn can_be_answered(&self, today: NaiveDate) -> bool {
        self.state != InvitationState::Withdrawn && self.to.is_open(today)
    }

    /// Whether `actor` answers for the school; everyone else who has the link answers unnamed.
    fn is_of(&self, actor: &Actor) -> bool {
        actor.role == Role::School
            && match &actor.scope {
                Scope::Setting(setting) => *setting == self.setting,
                Scope::Trust(code) => self.trust.as_deref() == Some(code.as_str()),
                _ => false,
            }
    }
}

/// The path of the page where an invitation is answered. Whoever has it may answer, so the part that opens it stands
/// in the query, which is not logged.
pub(crate) fn path(desk: &Desk, id: Uuid) -> String {
    format!("/invitations/answer?link={}-{}", id.simple(), desk.secret().digest(LINK, &id.to_string()))
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
    trust_code: Option<String>,
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
        "SELECT i.id, i.tour_id, i.setting_id, s.name AS school, i.state, i.reason, s.trust_code
         FROM invitation i JOIN setting s ON s.id = i.setting_id WHERE i.id = $1",
        id,
    )?;
    let to = tour(conn, &Actor::SYSTEM, row.tour_id).await?;
    let authority = authorities::get(conn, &to.authority_code).await?;
    Ok(Invitation {
        id: row.id,
        setting: row.setting_id,
        school: row.school,
        state: row.state,
        reason: row.reason,
        to,
        authority,
        trust: row.trust_code,
    })
}

/// A school's answer, by the link. It may change its mind until the tour is over. Where one of the school's people is
/// signed in, `by` is who; the link alone is enough.
///
/// # Errors
/// Not found; forbidden; the invitation was withdrawn, or the tour is closed or over; a reason that is too long.
pub async fn answer(desk: &Desk, by: Option<&Actor>, link: &str, accepts: bool, reason: &str) -> Result<Uuid> {
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
    // Where nobody of the school is signed in, the link answers for it.
    let school = Actor { person: None, grant: None, role: Role::School, scope: Scope::Setting(invitation.setting) };
    let by = by.filter(|actor| invitation.is_of(actor));
    if let Some(actor) = by {
        // In the school's name speaks who may book for it.
        desk.authorise(actor, Operation::BookSession)?;
    }
    let by = by.unwrap_or(&school);
    audit::write(&mut conn, desk, by, change).await?;
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
    let book = desk.address(&format!("/tours/{}/book?setting={}", invitation.to.tour_id, invitation.setting));
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
