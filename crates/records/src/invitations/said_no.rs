//! A school's no that reached the council in another way than by its link: somebody rang, or wrote.

use chrono::NaiveDate;
use domain::access::{Actor, Operation};
use domain::request::{self, DeclineReason};
use uuid::Uuid;

use super::answer::{by_id, one_at_a_time, record};
use super::{Invitation, Over, Says, mail, people_of};
use crate::Desk;
use crate::error::{Error, Result};
use crate::outbox::{self, Mail};
use crate::sessions::{OnBehalf, asked_errors};

/// What somebody of a school said.
#[derive(Debug, Clone)]
pub struct SaidNo {
    /// Why; there has to be one.
    pub reason: Option<DeclineReason>,
    /// What else was said.
    pub note: String,
    /// Who said it, and how.
    pub said: OnBehalf,
}

impl Invitation {
    /// Why a no is of no use to note any more; none: it is, also after the last day to answer.
    #[must_use]
    pub fn no_is_of_no_use(&self, today: NaiveDate) -> Option<&'static str> {
        match self.over(today)? {
            Over::Lapsed(_) => None,
            Over::Withdrawn => Some("This invitation was withdrawn already"),
            Over::TourOver => Some("The tour is closed or over"),
            Over::HasDate => Some("The school has a date already. Decline the offer, or cancel the session, instead"),
        }
    }
}

impl SaidNo {
    /// The note with who said it: “Two teachers are away (Ms Khan, by telephone)”.
    fn words(&self) -> String {
        let who = format!("{}, {}", self.said.name.trim(), self.said.how.label().to_lowercase());
        match self.note.trim() {
            "" => who,
            note => format!("{note} ({who})"),
        }
    }
}

/// An invitation, for whoever notes an answer to it.
///
/// # Errors
/// Not found; forbidden.
pub async fn get(desk: &Desk, actor: &Actor, id: Uuid) -> Result<Invitation> {
    desk.authorise(actor, Operation::InviteSchools)?;
    let mut conn = desk.read().await?;
    by_id(&mut conn, actor, id).await
}

/// Notes that a school said no, also after the last day to answer. What it asked for is withdrawn; its people get a mail,
/// by which they can say otherwise.
///
/// # Errors
/// Not found; forbidden; the invitation was withdrawn, or the school has a date, or the tour is over; fields to mend:
/// `reason`, `reason_note`, `asked_by_name`.
pub async fn said_no(desk: &Desk, actor: &Actor, id: Uuid, no: &SaidNo) -> Result<Uuid> {
    desk.authorise(actor, Operation::InviteSchools)?;
    let mut faults = request::reason_faults(no.reason, &no.note);
    if faults.is_empty() {
        faults = request::reason_faults(no.reason, &no.words());
    }
    if !faults.is_empty() {
        return Err(faults.into());
    }
    if let Some(error) = asked_errors(actor, Some(&no.said)) {
        return Err(Error::Invalid(vec![error]));
    }
    let mut conn = desk.write().await?;
    one_at_a_time(&mut conn, id).await?;
    let invitation = by_id(&mut conn, actor, id).await?;
    if let Some(why) = invitation.no_is_of_no_use(desk.today()) {
        return Err(Error::refused(why));
    }
    let says = Says::No { reason: no.reason, note: no.words() };
    record(&mut conn, desk, actor, &invitation, &says).await?;
    let link = desk.address(&invitation.path(desk));
    for to in people_of(&mut conn, &invitation.to.authority_code, invitation.setting).await? {
        let mail = Mail {
            authority: Some(invitation.to.authority_code.clone()),
            to,
            may_wait: true,
            subject: format!("{}: noted that {} says no", invitation.to.programme, invitation.school),
            body: mail::noted(&invitation, &says, &link),
            record_kind: "invitation",
            record_id: id.to_string(),
            ..Mail::default()
        };
        outbox::put(&mut conn, desk, mail).await?;
    }
    desk.commit(conn, id).await?;
    Ok(id)
}
