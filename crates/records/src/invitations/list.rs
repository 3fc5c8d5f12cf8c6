//! Which schools were invited, and which are worth inviting.

use std::collections::BTreeSet;

use chrono::{DateTime, NaiveDate, Utc};
use domain::access::{Actor, Operation, Role};
use domain::coverage::State;
use domain::invitation::InvitationState;
use domain::request::DeclineReason;
use uuid::Uuid;

use super::link;
use crate::Desk;
use crate::error::Result;
use crate::within::Within;
use crate::{coverage, tours};

/// An invitation on record.
#[derive(Debug, Clone)]
pub struct Line {
    /// Its key.
    pub id: Uuid,
    /// The tour.
    pub tour_id: Uuid,
    /// Its name.
    pub tour_name: String,
    /// The school's key.
    pub setting: Uuid,
    /// Its name.
    pub school: String,
    /// Where the invitation stands.
    pub state: InvitationState,
    /// The reason the school gave for declining.
    pub reason: Option<DeclineReason>,
    /// What it said of it.
    pub reason_note: String,
    /// When it was sent.
    pub sent_at: DateTime<Utc>,
    /// The last day to answer; none: until the tour is over.
    pub answer_by: Option<NaiveDate>,
    /// The school's request for the tour that stands, however it came.
    pub request: Option<Uuid>,
    /// Where it is answered: for the school's own people.
    pub path: Option<String>,
}

#[derive(sqlx::FromRow)]
struct Row {
    id: Uuid,
    tour_id: Uuid,
    tour_name: String,
    setting_id: Uuid,
    school: String,
    #[sqlx(try_from = "String")]
    state: InvitationState,
    reason: String,
    reason_note: String,
    sent_at: DateTime<Utc>,
    answer_by: Option<NaiveDate>,
    sendings: i64,
    request_id: Option<Uuid>,
}

/// The invitations of the actor's authority or schools, the latest first, at most 500.
///
/// # Errors
/// Forbidden.
pub async fn list(desk: &Desk, actor: &Actor) -> Result<Vec<Line>> {
    desk.authorise(actor, Operation::SeeTours)?;
    let within = Within::of(actor);
    let mut conn = desk.read().await?;
    let rows = fetch_all!(
        conn,
        Row,
        "SELECT i.id, i.tour_id, t.name AS tour_name, i.setting_id, s.name AS school, i.state, i.reason, i.reason_note,
            i.sent_at, i.answer_by, i.sendings, r.id AS request_id
         FROM invitation i JOIN tour t ON t.id = i.tour_id JOIN setting s ON s.id = i.setting_id
         LEFT JOIN request r ON r.tour_id = i.tour_id AND r.setting_id = i.setting_id AND r.state IN ('asked', 'placed')
         WHERE ($1 IS NULL OR t.authority_code = $1) AND ($2 IS NULL OR t.provider_id = $2)
           AND ($3 IS NULL OR s.id = $3) AND ($4 IS NULL OR s.trust_code = $4)
         ORDER BY i.sent_at DESC, s.search_name, i.id LIMIT 500",
        within.authority,
        within.provider,
        within.setting,
        within.trust,
    )?;
    let answers = actor.role == Role::School;
    Ok(rows
        .into_iter()
        .map(|row| Line {
            path: answers.then(|| link::path(desk, row.id, row.sendings)),
            id: row.id,
            tour_id: row.tour_id,
            tour_name: row.tour_name,
            setting: row.setting_id,
            school: row.school,
            state: row.state,
            reason: row.reason.parse().ok(),
            reason_note: row.reason_note,
            answer_by: row.answer_by,
            request: row.request_id,
            sent_at: row.sent_at,
        })
        .collect())
}

/// Schools with a gap that an invitation to this tour could close, the most urgent first: they were not asked, have
/// no date and have not declined.
///
/// # Errors
/// Not found; forbidden.
pub async fn uninvited(desk: &Desk, actor: &Actor, tour_id: Uuid) -> Result<Vec<Uuid>> {
    desk.authorise(actor, Operation::InviteSchools)?;
    let tour = tours::get(desk, actor, tour_id).await?;
    let covered = coverage::of(desk, actor, tour.programme_id, tour.academic_year).await?;
    let mut seen = BTreeSet::new();
    Ok(covered
        .coverage
        .gaps
        .iter()
        .filter(|gap| {
            let wanted = matches!(gap.state, State::Unknown | State::NotOffered | State::Offered);
            wanted && gap.ahead.is_none()
        })
        .map(|gap| &covered.coverage.schools[gap.school])
        .filter(|standing| standing.invited.is_none_or(|i| i.state == InvitationState::Withdrawn))
        .map(|standing| standing.school.id)
        .filter(|id| seen.insert(*id))
        .collect())
}
