//! What typed forms are brought together with: their sessions, and the forms that are on record.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, NaiveDate, Utc};
use domain::feedback::paper::others;
use domain::session::State;
use intake::paper_feedback::TypedForm;
use uuid::Uuid;

use super::Room;
use crate::db::Conn;
use crate::error::Result;
use crate::within::Within;

/// A session that forms belong to.
#[derive(Debug, sqlx::FromRow)]
pub(super) struct Session {
    pub(super) id: Uuid,
    pub(super) authority_code: String,
    pub(super) provider_id: Uuid,
    pub(super) state: String,
    pub(super) on_date: NaiveDate,
    pub(super) slot_label: String,
    pub(super) feedback_closes: Option<NaiveDate>,
    pub(super) kind: String,
    pub(super) venue: String,
    #[sqlx(flatten)]
    pub(super) room: Room,
}

impl Session {
    /// Why no form of it can be taken in today; none when it can.
    pub(super) fn why_not(&self, today: NaiveDate) -> Option<String> {
        let day = |on: NaiveDate| on.format("%-d %B %Y").to_string();
        if self.state != State::Delivered.as_str() {
            return Some(format!(
                "The session of {} is not recorded as delivered. Record its attendance first.",
                day(self.on_date)
            ));
        }
        let last = self.feedback_closes.filter(|last| *last < today)?;
        Some(format!("The questionnaires of this session closed after {}: nothing can be added any more.", day(last)))
    }

    pub(super) fn place(&self) -> String {
        format!("{}, {}", self.slot_label, self.venue)
    }
}

/// A form that is on record.
#[derive(Debug, sqlx::FromRow)]
pub(super) struct OnRecord {
    pub(super) id: Uuid,
    pub(super) session_id: Uuid,
    pub(super) respondent: String,
    pub(super) person: Option<String>,
    pub(super) at: Option<DateTime<Utc>>,
    /// The file it came with.
    pub(super) file_name: Option<String>,
}

/// What a form on record answers, by question.
pub(super) type Answered = BTreeMap<String, i64>;

/// The sessions of the forms that lie within the scope.
pub(super) async fn sessions(conn: &mut Conn, within: &Within, forms: &[TypedForm]) -> Result<BTreeMap<Uuid, Session>> {
    let ids: BTreeSet<Uuid> = forms.iter().map(|form| form.key.session).collect();
    let ids: Vec<Uuid> = ids.into_iter().collect();
    let found = fetch_in!(
        conn,
        Session,
        "SELECT s.id, s.authority_code, t.provider_id, s.state, s.on_date, s.slot_label, s.feedback_closes, p.kind,
            venue.name AS venue,
            CAST((SELECT COALESCE(SUM(g.expected), 0) FROM attending_group g WHERE g.session_id = s.id) AS BIGINT) AS expected,
            CAST((SELECT SUM(g.attended) FROM attending_group g WHERE g.session_id = s.id) AS BIGINT) AS attended,
            CAST((SELECT SUM(g.adults) FROM attending_group g WHERE g.session_id = s.id) AS BIGINT) AS adults,
            (SELECT COUNT(*) FROM response r WHERE r.session_id = s.id AND r.respondent = 'pupil') AS pupils,
            (SELECT COUNT(*) FROM response r WHERE r.session_id = s.id AND r.respondent = 'staff') AS staff
         FROM session s JOIN tour t ON t.id = s.tour_id JOIN programme p ON p.id = s.programme_id
         JOIN visit v ON v.id = s.visit_id JOIN setting venue ON venue.id = v.venue_id WHERE s.id IN ",
        ids,
        ""
    )?;
    // A school's sessions are those it has a group in, its predecessors' included.
    let attended: BTreeSet<Uuid> = if within.setting.is_some() || within.trust.is_some() {
        let groups = fetch_in!(
            conn,
            (Uuid, Uuid, Option<String>, Option<Uuid>, Option<String>),
            "SELECT g.session_id, x.id, x.trust_code, c.id, c.trust_code FROM attending_group g
             JOIN setting x ON x.id = g.setting_id LEFT JOIN lineage l ON l.setting_id = x.id
             LEFT JOIN setting c ON c.id = l.current_id WHERE g.session_id IN ",
            ids,
            ""
        )?;
        let is_own = |id: Option<Uuid>, trust: &Option<String>| {
            within.setting.is_none_or(|own| Some(own) == id)
                && within.trust.as_ref().is_none_or(|own| Some(own) == trust.as_ref())
        };
        let own = groups
            .into_iter()
            .filter(|(_, id, trust, heir, heirs)| is_own(Some(*id), trust) || (heir.is_some() && is_own(*heir, heirs)));
        own.map(|(session, ..)| session).collect()
    } else {
        ids.iter().copied().collect()
    };
    let own = found.into_iter().filter(|session| {
        within.authority.as_ref().is_none_or(|own| *own == session.authority_code)
            && within.provider.is_none_or(|own| own == session.provider_id)
            && attended.contains(&session.id)
    });
    Ok(own.map(|session| (session.id, session)).collect())
}

/// The authorities whose sessions these are.
pub(super) async fn authorities(conn: &mut Conn, within: &Within, forms: &[TypedForm]) -> Result<Vec<String>> {
    let found = sessions(conn, within, forms).await?;
    let codes: BTreeSet<String> = found.into_values().map(|session| session.authority_code).collect();
    Ok(codes.into_iter().collect())
}

/// Which forms are on record, the other forms of their rows with them, and what they answer.
pub(super) async fn on_record(
    conn: &mut Conn,
    by_form: &BTreeMap<Uuid, Vec<&TypedForm>>,
) -> Result<(BTreeMap<Uuid, OnRecord>, BTreeMap<Uuid, Answered>)> {
    let ids: Vec<Uuid> = by_form.keys().flat_map(|form| std::iter::once(*form).chain(others(*form))).collect();
    let found = fetch_in!(
        conn,
        OnRecord,
        "SELECT r.id, r.session_id, r.respondent, p.name AS person, i.finished_at AS at, i.file_name FROM response r
         LEFT JOIN import i ON i.id = r.import_id LEFT JOIN person p ON p.id = i.by_person WHERE r.id IN ",
        ids,
        ""
    )?;
    let answers = fetch_in!(
        conn,
        (Uuid, String, i64),
        "SELECT response_id, question, choice FROM answer WHERE response_id IN ",
        ids,
        ""
    )?;
    let mut given = BTreeMap::<Uuid, Answered>::new();
    for (response, question, choice) in answers {
        given.entry(response).or_default().insert(question, choice);
    }
    Ok((found.into_iter().map(|row| (row.id, row)).collect(), given))
}
