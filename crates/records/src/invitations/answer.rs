//! A school's answer to its invitation: yes, yes on other days, or no.
//!
//! Saying yes makes a request at once, so that a plan knows of it: for the year groups in the audience, with their
//! numbers on roll, marked as estimated. The school may then say more, by the same link, and need not. Saying no gives a
//! reason, and withdraws what was asked.

use chrono::{DateTime, NaiveDate, Utc};
use domain::access::{Actor, Operation, Role, Scope};
use domain::invitation::InvitationState;
use domain::request::{self, DeclineReason, RequestState, Wish};
use serde_json::json;
use uuid::Uuid;

use super::{Invited, link, mail, tour};
use crate::Desk;
use crate::audit::{self, Change};
use crate::authorities::{self, Authority};
use crate::db::Conn;
use crate::error::{Error, Result};
use crate::outbox::{self, Mail};
use crate::requests::{self, Asking, By, Request};
use crate::sessions::Bookable;
use crate::tours::{self, Tour};

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
    pub reason: Option<DeclineReason>,
    /// What it said of it.
    pub reason_note: String,
    /// The last day to answer; none: until the tour is over.
    pub answer_by: Option<NaiveDate>,
    /// What it is invited to.
    pub to: Invited,
    /// The council that invites.
    pub authority: Authority,
    /// What the school asks for, once it said yes.
    pub request: Option<Request>,
    trust: Option<String>,
    sendings: i64,
}

/// Why an invitation cannot be answered by its link.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Over {
    /// The council withdrew it.
    Withdrawn,
    /// The tour is closed or over.
    TourOver,
    /// The day by which an answer was wanted has gone, without one.
    Lapsed(NaiveDate),
    /// The school has a date already: that is changed, not the answer.
    HasDate,
}

impl Invitation {
    /// Where the school answers it.
    pub(super) fn path(&self, desk: &Desk) -> String {
        link::path(desk, self.id, self.sendings)
    }

    /// Why an answer is no longer of use; none: it is.
    #[must_use]
    pub fn over(&self, today: NaiveDate) -> Option<Over> {
        if self.state == InvitationState::Withdrawn {
            return Some(Over::Withdrawn);
        }
        if !self.to.is_open(today) {
            return Some(Over::TourOver);
        }
        if self.request.as_ref().is_some_and(|r| r.state == RequestState::Placed) {
            return Some(Over::HasDate);
        }
        let lapsed = self.answer_by.filter(|last| *last < today && self.state == InvitationState::Sent);
        lapsed.map(Over::Lapsed)
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

    /// Who answers: one of the school's people where one is signed in, the school unnamed otherwise.
    fn who(&self, by: Option<&Actor>) -> Actor {
        by.filter(|actor| self.is_of(actor)).cloned().unwrap_or_else(|| link::unnamed(self.setting))
    }
}

/// What a school says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Says {
    /// It would have the tour.
    Yes,
    /// It would have it on these days.
    OtherDates(Vec<NaiveDate>),
    /// It would not, and why.
    No {
        /// Why; there has to be one.
        reason: Option<DeclineReason>,
        /// What else it says.
        note: String,
    },
}

/// The invitation a link leads to.
///
/// # Errors
/// Not found, for a link that was not made here, or whose invitation was withdrawn and sent anew.
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
    reason_note: String,
    answer_by: Option<NaiveDate>,
    sendings: i64,
    trust_code: Option<String>,
}

async fn find(conn: &mut Conn, desk: &Desk, link: &str) -> Result<Invitation> {
    let invitation = by_id(conn, &Actor::SYSTEM, link::id_of(link)?).await?;
    if !link::is_genuine(desk, link, invitation.id, invitation.sendings) {
        return Err(Error::NotFound);
    }
    Ok(invitation)
}

/// An invitation to a tour within the actor's scope.
pub(super) async fn by_id(conn: &mut Conn, actor: &Actor, id: Uuid) -> Result<Invitation> {
    let row = fetch_one!(
        conn,
        InvitationRow,
        "SELECT i.id, i.tour_id, i.setting_id, s.name AS school, i.state, i.reason, i.reason_note, i.answer_by, i.sendings,
            s.trust_code
         FROM invitation i JOIN setting s ON s.id = i.setting_id WHERE i.id = $1",
        id,
    )?;
    let to = tour(conn, actor, row.tour_id).await?;
    let authority = authorities::get(conn, &to.authority_code).await?;
    let request = match requests::live_of(conn, row.tour_id, row.setting_id).await? {
        Some(id) => Some(requests::find(conn, &Actor::SYSTEM, id).await?),
        None => None,
    };
    Ok(Invitation {
        id: row.id,
        setting: row.setting_id,
        school: row.school,
        state: row.state,
        reason: row.reason.parse().ok(),
        reason_note: row.reason_note,
        answer_by: row.answer_by,
        to,
        authority,
        request,
        trust: row.trust_code,
        sendings: row.sendings,
    })
}

/// What to say where an answer is of no use any more.
fn refused(over: Over) -> Error {
    Error::refused(match over {
        Over::Withdrawn | Over::TourOver => "This invitation can no longer be answered",
        Over::Lapsed(_) => "The day by which an answer was wanted has gone. Get in touch with the council",
        Over::HasDate => "Your school has a date already. Change or cancel that instead",
    })
}

/// A school's answer, by the link. It may change its mind until it has a date or the tour is over. Where one of the
/// school's people is signed in, `by` is who; the link alone is enough.
///
/// # Errors
/// Not found; forbidden; the invitation was withdrawn, lapsed or has led to a date, or the tour is closed or over; fields
/// to mend: `preferred`, `reason`, `reason_note`.
pub async fn answer(desk: &Desk, by: Option<&Actor>, link: &str, says: &Says) -> Result<Uuid> {
    match says {
        Says::No { reason, note } => {
            let faults = request::reason_faults(*reason, note);
            if !faults.is_empty() {
                return Err(faults.into());
            }
        }
        Says::OtherDates(days) if days.is_empty() => {
            return Err(Error::field("preferred", "Name at least one day on which you would have it"));
        }
        Says::OtherDates(_) | Says::Yes => {}
    }
    let mut conn = desk.write().await?;
    one_at_a_time(&mut conn, link::id_of(link)?).await?;
    let invitation = find(&mut conn, desk, link).await?;
    if let Some(over) = invitation.over(desk.today()) {
        return Err(refused(over));
    }
    let who = invitation.who(by);
    // In the school's name speaks who may ask for it.
    desk.authorise(&who, Operation::AskForTour)?;
    record(&mut conn, desk, &who, &invitation, says).await?;
    desk.commit(conn, invitation.id).await?;
    Ok(invitation.id)
}

/// Two people who answer at once do so one after the other.
pub(super) async fn one_at_a_time(conn: &mut Conn, id: Uuid) -> Result<()> {
    execute!(conn, "UPDATE invitation SET sendings = sendings WHERE id = $1", id)?;
    Ok(())
}

/// Writes down what a school says, with what follows from it.
pub(super) async fn record(
    conn: &mut Conn,
    desk: &Desk,
    who: &Actor,
    invitation: &Invitation,
    says: &Says,
) -> Result<()> {
    let (state, reason, note) = match says {
        Says::Yes => (InvitationState::Accepted, None, ""),
        Says::OtherDates(_) => (InvitationState::Proposed, None, ""),
        Says::No { reason, note } => (InvitationState::Declined, *reason, note.trim()),
    };
    let now: DateTime<Utc> = desk.now();
    execute!(
        conn,
        "UPDATE invitation SET state = $1, reason = $2, reason_note = $3, answered_at = $4 WHERE id = $5",
        state.as_str(),
        reason.map_or("", DeclineReason::as_str),
        note,
        now,
        invitation.id,
    )?;
    match (says, &invitation.request) {
        (Says::Yes, Some(_)) | (Says::No { .. }, None) => {}
        (Says::Yes, None) => {
            ask(conn, desk, who, invitation, Vec::new()).await?;
        }
        (Says::OtherDates(days), None) => {
            ask(conn, desk, who, invitation, days.clone()).await?;
        }
        (Says::OtherDates(days), Some(request)) => {
            let mut same = as_asked(request);
            same.wish.preferred.clone_from(days);
            requests::change_in(conn, desk, By::invited(who), request, &same).await?;
        }
        (Says::No { reason, note }, Some(request)) => {
            let reason = reason.unwrap_or(DeclineReason::Other);
            requests::withdraw_in(conn, desk, who, request, reason, note).await?;
        }
    }
    let change = Change {
        operation: Operation::InviteSchools,
        authority: Some(&invitation.to.authority_code),
        record_kind: "invitation",
        record_id: invitation.id.to_string(),
        before: json!({ "state": invitation.state }),
        after: json!({ "state": state, "reason": reason }),
    };
    audit::write(conn, desk, who, change).await?;
    if state != invitation.state {
        tell_commissioners(conn, desk, invitation, says).await?;
    }
    Ok(())
}

/// A request as somebody would write it again.
fn as_asked(request: &Request) -> Asking {
    Asking {
        tour: request.tour_id,
        setting: request.setting_id,
        wish: Wish {
            groups: request.groups.clone(),
            sessions: request.sessions,
            may_split: request.may_split,
            room_for_others: request.room_for_others,
            part_of_day: request.part_of_day,
            impossible: request.impossible.clone(),
            preferred: request.preferred.clone(),
            access_needs: request.access_needs.clone(),
            note: request.note.clone(),
        },
        is_estimated: request.is_estimated,
        contact_name: request.contact_name.clone(),
        contact_telephone: request.contact_telephone.clone(),
        contact_email: request.contact_email.clone(),
        on_behalf: None,
        outside_audience: request.outside_audience,
    }
}

/// The request that saying yes makes.
async fn ask(
    conn: &mut Conn,
    desk: &Desk,
    who: &Actor,
    invitation: &Invitation,
    preferred: Vec<NaiveDate>,
) -> Result<Uuid> {
    let tour: Tour = tours::find(conn, &Actor::SYSTEM, invitation.to.tour_id).await?;
    let wish = requests::estimate(conn, &tour, invitation.setting).await?;
    let person = fetch_optional!(conn, (String, String), "SELECT name, email FROM person WHERE id = $1", who.person)?;
    let (contact_name, contact_email) = person.unwrap_or_default();
    let asking = Asking {
        tour: tour.id,
        setting: invitation.setting,
        wish: Wish { preferred, ..wish },
        is_estimated: true,
        contact_name,
        contact_telephone: String::new(),
        contact_email,
        on_behalf: None,
        outside_audience: true,
    };
    requests::ask_in(conn, desk, By::invited(who), &asking).await
}

/// What the school that follows the link asks for, with what its form needs: the tour and the school.
///
/// # Errors
/// Not found, also where it asks for nothing.
pub async fn asked(desk: &Desk, link: &str) -> Result<(Invitation, Tour, Bookable)> {
    let mut conn = desk.read().await?;
    let invitation = find(&mut conn, desk, link).await?;
    if invitation.request.is_none() {
        return Err(Error::NotFound);
    }
    let tour = tours::find(&mut conn, &Actor::SYSTEM, invitation.to.tour_id).await?;
    let school = crate::sessions::bookable_school(&mut conn, &Actor::SYSTEM, &tour, invitation.setting, true).await?;
    Ok((invitation, tour, school))
}

/// Says more about what the school asks for, by the link: groups, sessions, days, whom to talk to.
///
/// # Errors
/// Not found; the invitation can no longer be answered; somebody else changed the request; fields to mend.
pub async fn say_more(desk: &Desk, by: Option<&Actor>, link: &str, version: i64, asking: &Asking) -> Result<Uuid> {
    let mut conn = desk.write().await?;
    let invitation = find(&mut conn, desk, link).await?;
    if let Some(over) = invitation.over(desk.today()) {
        return Err(refused(over));
    }
    let who = invitation.who(by);
    desk.authorise(&who, Operation::AskForTour)?;
    let request = invitation.request.as_ref().ok_or(Error::NotFound)?;
    if request.version != version {
        return Err(crate::Conflict::Stale.into());
    }
    // Whoever has the link need not say whom to talk to; people who sign in do so on the request's own page.
    requests::change_in(&mut conn, desk, By::invited(&link::unnamed(invitation.setting)), request, asking).await?;
    desk.commit(conn, request.id).await?;
    Ok(request.id)
}

async fn tell_commissioners(conn: &mut Conn, desk: &Desk, invitation: &Invitation, says: &Says) -> Result<()> {
    let to = fetch_all!(
        conn,
        (String,),
        "SELECT DISTINCT p.email FROM access_grant g JOIN person p ON p.id = g.person_id
         WHERE g.role = 'commissioner' AND g.revoked_at IS NULL AND g.authority_code = $1 ORDER BY p.email",
        &invitation.to.authority_code,
    )?;
    let list = desk.address(&format!("/tours/{}/requests", invitation.to.tour_id));
    for (to,) in to {
        let mail = Mail {
            authority: Some(invitation.to.authority_code.clone()),
            to,
            may_wait: true,
            subject: format!("{} {} {}", invitation.school, mail::did(says), invitation.to.programme),
            body: mail::answered(invitation, says, &list),
            record_kind: "invitation",
            record_id: invitation.id.to_string(),
            ..Mail::default()
        };
        outbox::put(conn, desk, mail).await?;
    }
    Ok(())
}
