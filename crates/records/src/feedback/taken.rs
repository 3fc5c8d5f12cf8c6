//! What an upload of feedback on paper changed that was taken in: responses by session, and answers one by one.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use domain::access::{Actor, Operation};
use domain::feedback::{Question, Questionnaire, Respondent};
use domain::import::ImportKind;
use domain::programme::ProgrammeKind;
use uuid::Uuid;

use super::come_back::Added;
use crate::Desk;
use crate::error::{Error, Result};
use crate::uploads;

/// What an upload changed.
#[derive(Debug, Clone, Default)]
pub struct Taken {
    /// The responses it added, by session and respondent.
    pub added: Vec<Added>,
    /// The answers it changed.
    pub changed: Vec<ChangedAnswer>,
}

/// An answer that an upload changed.
#[derive(Debug, Clone)]
pub struct ChangedAnswer {
    /// The session's day.
    pub on: NaiveDate,
    /// Its slot and venue.
    pub place: String,
    /// The question.
    pub question: &'static Question,
    /// Which decides its wording.
    pub kind: ProgrammeKind,
    /// What was on record before; none for a blank.
    pub before: Option<i64>,
    /// What the upload made of it.
    pub after: Option<i64>,
}

/// What an upload changed, by day; nothing of one that can no longer be taken back: what it did is forgotten then.
///
/// # Errors
/// Forbidden; not found.
pub async fn taken(desk: &Desk, actor: &Actor, id: Uuid) -> Result<Taken> {
    desk.authorise(actor, Operation::EnterPaperFeedback)?;
    let mut conn = desk.read().await?;
    uploads::find(&mut conn, actor, ImportKind::Feedback, id).await?;
    let added = fetch_all!(
        conn,
        (NaiveDate, String, String, String, i64),
        "SELECT x.on_date, x.slot_label, v.name, r.respondent, COUNT(*)
         FROM response r JOIN session x ON x.id = r.session_id JOIN visit w ON w.id = x.visit_id
            JOIN setting v ON v.id = w.venue_id
         WHERE r.import_id = $1 GROUP BY x.id, x.on_date, x.slot_label, v.name, r.respondent
         ORDER BY x.on_date, v.name, x.slot_label, r.respondent",
        id
    )?;
    let added = added.into_iter().map(|(on, slot, venue, respondent, forms)| {
        let respondent = respondent.parse().map_err(Error::unavailable)?;
        Ok(Added { on, place: format!("{slot}, {venue}"), respondent, forms: usize::try_from(forms).unwrap_or(0) })
    });
    let added = added.collect::<Result<Vec<_>>>()?;
    // A later upload that changed the same answer knows what this one had made of it.
    let changed = fetch_all!(
        conn,
        Row,
        "SELECT x.on_date, x.slot_label, v.name AS venue, p.kind, r.respondent, m.question, m.before,
            EXISTS (SELECT 1 FROM import_answer l JOIN import i ON i.id = l.import_id WHERE l.response_id = m.response_id
                AND l.question = m.question AND i.finished_at > o.finished_at) AS again,
            (SELECT l.before FROM import_answer l JOIN import i ON i.id = l.import_id WHERE l.response_id = m.response_id
                AND l.question = m.question AND i.finished_at > o.finished_at ORDER BY i.finished_at LIMIT 1) AS then_before,
            (SELECT a.choice FROM answer a WHERE a.response_id = m.response_id AND a.question = m.question) AS now
         FROM import_answer m JOIN import o ON o.id = m.import_id JOIN response r ON r.id = m.response_id
            JOIN session x ON x.id = r.session_id JOIN visit w ON w.id = x.visit_id JOIN setting v ON v.id = w.venue_id
            JOIN programme p ON p.id = x.programme_id
         WHERE m.import_id = $1 ORDER BY x.on_date, v.name, x.slot_label, m.response_id, m.question",
        id
    )?;
    let mut questions = BTreeMap::new();
    for respondent in [Respondent::Pupil, Respondent::Staff] {
        for question in Questionnaire::after(respondent).questions {
            questions.insert((respondent.as_str(), question.id), question);
        }
    }
    let mut answers = Vec::new();
    for row in changed {
        // A question that is not asked any more is not told.
        let Some(question) = questions.get(&(row.respondent.as_str(), row.question.as_str())) else { continue };
        answers.push(ChangedAnswer {
            on: row.on_date,
            place: format!("{}, {}", row.slot_label, row.venue),
            question,
            kind: row.kind.parse().map_err(Error::unavailable)?,
            before: row.before,
            after: if row.again { row.then_before } else { row.now },
        });
    }
    Ok(Taken { added, changed: answers })
}

#[derive(sqlx::FromRow)]
struct Row {
    on_date: NaiveDate,
    slot_label: String,
    venue: String,
    kind: String,
    respondent: String,
    question: String,
    before: Option<i64>,
    again: bool,
    then_before: Option<i64>,
    now: Option<i64>,
}
