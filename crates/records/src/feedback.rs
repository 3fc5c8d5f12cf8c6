//! Feedback: responses to a session's questionnaires, given on a page or on paper, and what they add up to.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use domain::access::{Actor, Operation};
use domain::feedback::{Answers, Code, Questionnaire, Respondent, Results, most_pupil_responses, most_staff_responses};
use domain::programme::ProgrammeKind;
use uuid::Uuid;

use crate::Desk;
use crate::authorities::{self, Authority};
use crate::db::Conn;
use crate::error::{Error, Result};
use crate::within::Within;

/// The sessions `$1`–`$3` name, within the actor's scope `$4`–`$7`. A school sees what its own sessions' answers add up
/// to; a provider those of its tours.
macro_rules! sessions_of {
    ($select:literal, $joins:literal, $group:literal) => {
        concat!(
            $select,
            " FROM session s JOIN tour t ON t.id = s.tour_id JOIN programme p ON p.id = s.programme_id ",
            $joins,
            " WHERE ($1 IS NULL OR s.id = $1) AND ($2 IS NULL OR s.tour_id = $2) AND ($3 IS NULL OR s.programme_id = $3)
               AND ($4 IS NULL OR s.authority_code = $4) AND ($5 IS NULL OR t.provider_id = $5)
               AND (($6 IS NULL AND $7 IS NULL) OR EXISTS (SELECT 1 FROM attending_group g JOIN setting x ON x.id = g.setting_id
                    WHERE g.session_id = s.id AND ($6 IS NULL OR x.id = $6 OR x.id IN (SELECT l.setting_id FROM lineage l WHERE l.current_id = $6))
                    AND ($7 IS NULL OR x.trust_code = $7 OR x.id IN
                        (SELECT l.setting_id FROM lineage l JOIN setting c ON c.id = l.current_id WHERE c.trust_code = $7)))) ",
            $group
        )
    };
}

mod come_back;
mod go_out;
mod ground;
mod one_form;
mod other_forms;
mod taken;
mod taken_in;
mod unfinished;

pub use come_back::{Added, Asked, Change, Comparison, Decision, Decisions, MAX_BYTES, Said, compare, read_workbook};
pub use go_out::{Form, form_of, workbook_of};
pub use other_forms::Row;
pub use taken::{ChangedAnswer, Taken, taken};
pub use taken_in::{apply, drop_upload, list_uploads, look, marked, upload};
pub(crate) use taken_in::{built_on, forget, remove};
pub use unfinished::Unfinished;

/// What a feedback code opens. Nothing here tells the school: whoever finds a code learns no more than the title.
#[derive(Debug, Clone)]
pub struct Opened {
    /// The code, as it was typed but tidied.
    pub code: Code,
    /// Who answers with it.
    pub respondent: Respondent,
    /// The programme's name.
    pub programme: String,
    /// What kind of programme it is, for the questions' wording.
    pub kind: ProgrammeKind,
    /// Whose colour and name head the page.
    pub authority: Authority,
    session: Uuid,
}

#[derive(sqlx::FromRow)]
struct Found {
    id: Uuid,
    name: String,
    #[sqlx(try_from = "String")]
    kind: ProgrammeKind,
    authority_code: String,
    state: String,
    feedback_code: Option<String>,
    feedback_closes: Option<NaiveDate>,
}

/// What `code` opens today.
///
/// # Errors
/// A field error on `code`: no such code, or its questionnaire has closed.
pub async fn open(desk: &Desk, code: &Code) -> Result<Opened> {
    let mut conn = desk.read().await?;
    find(&mut conn, desk, code).await
}

async fn find(conn: &mut Conn, desk: &Desk, code: &Code) -> Result<Opened> {
    let found = fetch_optional!(
        conn,
        Found,
        "SELECT s.id, p.name, p.kind, s.authority_code, s.state, s.feedback_code, s.feedback_closes
         FROM session s JOIN programme p ON p.id = s.programme_id
         WHERE s.feedback_code = $1 OR s.staff_code = $1",
        code.as_str(),
    )?;
    let Some(found) = found else {
        return Err(Error::field("code", "No questionnaire has this code. Check it, or ask whoever gave it to you"));
    };
    let open = found.state == domain::session::State::Delivered.as_str()
        && found.feedback_closes.is_none_or(|last| desk.today() <= last);
    if !open {
        return Err(Error::field("code", "This questionnaire has closed. Thank you for wanting to answer"));
    }
    let respondent =
        if found.feedback_code.as_deref() == Some(code.as_str()) { Respondent::Pupil } else { Respondent::Staff };
    Ok(Opened {
        code: code.clone(),
        respondent,
        programme: found.name,
        kind: found.kind,
        authority: authorities::get(conn, &found.authority_code).await?,
        session: found.id,
    })
}

/// What a session's room for responses is reckoned from.
#[derive(Debug, Clone, Copy, sqlx::FromRow)]
struct Room {
    /// Pupils expected.
    expected: i64,
    /// Pupils counted.
    attended: Option<i64>,
    /// Adults counted.
    adults: Option<i64>,
    /// Pupils' responses.
    pupils: i64,
    /// Staff's.
    staff: i64,
}

/// How many more responses a session takes.
fn room(room: &Room, respondent: Respondent) -> i64 {
    let left = match respondent {
        Respondent::Pupil => most_pupil_responses(room.expected, room.attended).saturating_sub(room.pupils),
        Respondent::Staff => most_staff_responses(room.adults).saturating_sub(room.staff),
    };
    left.max(0)
}

/// Keeps one person's answers, with nothing that tells whose they are: a random key and a date without a time. The
/// form's key, which keeps it from being counted twice, is stored without either.
///
/// # Errors
/// As [`open`]; or as many have answered as were there.
pub async fn respond(desk: &Desk, form: Option<Uuid>, code: &Code, answers: &Answers) -> Result<()> {
    let mut conn = desk.write().await?;
    let opened = find(&mut conn, desk, code).await?;
    // Locks the session, so that two last answers do not both find room.
    execute!(conn, "UPDATE session SET version = version WHERE id = $1", opened.session)?;
    if let Some(key) = form {
        let midnight = desk.today().and_time(chrono::NaiveTime::MIN).and_utc();
        let fresh = execute!(
            conn,
            "INSERT INTO form_post (idempotency_key, result_id, at) VALUES ($1, '', $2) ON CONFLICT DO NOTHING",
            key,
            midnight,
        )?;
        if fresh == 0 {
            return Ok(());
        }
    }
    let present = fetch_one!(
        conn,
        Room,
        "SELECT CAST(COALESCE(SUM(g.expected), 0) AS BIGINT) AS expected,
            CAST(SUM(g.attended) AS BIGINT) AS attended, CAST(SUM(g.adults) AS BIGINT) AS adults,
            (SELECT COUNT(*) FROM response r WHERE r.session_id = $1 AND r.respondent = 'pupil') AS pupils,
            (SELECT COUNT(*) FROM response r WHERE r.session_id = $1 AND r.respondent = 'staff') AS staff
         FROM attending_group g WHERE g.session_id = $1",
        opened.session,
    )?;
    if room(&present, opened.respondent) == 0 {
        return Err(Error::field(
            "code",
            "Everyone who was there has answered already, so this code takes no more answers",
        ));
    }
    let questionnaire = Questionnaire::after(opened.respondent);
    let response = Uuid::new_v4();
    execute!(
        conn,
        "INSERT INTO response (id, session_id, respondent, moment, questionnaire_version, on_date) VALUES ($1, $2, $3, $4, $5, $6)",
        response,
        opened.session,
        questionnaire.respondent.as_str(),
        questionnaire.moment.as_str(),
        questionnaire.version,
        desk.today(),
    )?;
    for (question, choice) in answers {
        execute!(
            conn,
            "INSERT INTO answer (response_id, question, choice) VALUES ($1, $2, $3)",
            response,
            *question,
            *choice,
        )?;
    }
    conn.commit().await
}

/// What opens a session's questionnaires, for whoever hands them out.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Codes {
    /// The programme's name.
    pub programme: String,
    /// The school it was delivered at.
    pub venue: String,
    /// When.
    pub on_date: NaiveDate,
    /// Pupils' code; none until the session is delivered.
    pub feedback_code: Option<String>,
    /// Staff's code.
    pub staff_code: Option<String>,
    /// The last day they open.
    pub feedback_closes: Option<NaiveDate>,
    /// Pupils counted.
    pub attended: Option<i64>,
    /// Pupils expected.
    pub expected: i64,
}

/// A session's codes.
///
/// # Errors
/// Not found; forbidden.
pub async fn codes(desk: &Desk, actor: &Actor, session: Uuid) -> Result<Codes> {
    desk.authorise(actor, Operation::OpenFeedback)?;
    let within = Within::of(actor);
    let mut conn = desk.read().await?;
    fetch_one!(
        conn,
        Codes,
        "SELECT p.name AS programme, venue.name AS venue, s.on_date, s.feedback_code, s.staff_code, s.feedback_closes,
            CAST((SELECT SUM(g.attended) FROM attending_group g WHERE g.session_id = s.id) AS BIGINT) AS attended,
            CAST((SELECT COALESCE(SUM(g.expected), 0) FROM attending_group g WHERE g.session_id = s.id) AS BIGINT) AS expected
         FROM session s JOIN tour t ON t.id = s.tour_id JOIN programme p ON p.id = s.programme_id
         JOIN visit v ON v.id = s.visit_id JOIN setting venue ON venue.id = v.venue_id
         WHERE s.id = $1 AND ($2 IS NULL OR s.authority_code = $2) AND ($3 IS NULL OR t.provider_id = $3)
           AND (($4 IS NULL AND $5 IS NULL) OR EXISTS (SELECT 1 FROM attending_group g JOIN setting x ON x.id = g.setting_id
                WHERE g.session_id = s.id AND ($4 IS NULL OR x.id = $4 OR x.id IN (SELECT l.setting_id FROM lineage l WHERE l.current_id = $4))
                    AND ($5 IS NULL OR x.trust_code = $5 OR x.id IN
                        (SELECT l.setting_id FROM lineage l JOIN setting c ON c.id = l.current_id WHERE c.trust_code = $5))))",
        session,
        within.authority,
        within.provider,
        within.setting,
        within.trust,
    )
}

/// Which sessions' answers are added up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Of {
    /// One session's.
    Session(Uuid),
    /// A tour's.
    Tour(Uuid),
    /// A programme's, in every year.
    Programme(Uuid),
}

impl Of {
    /// The session, the tour and the programme, one of which it is.
    const fn ids(self) -> (Option<Uuid>, Option<Uuid>, Option<Uuid>) {
        match self {
            Self::Session(id) => (Some(id), None, None),
            Self::Tour(id) => (None, Some(id), None),
            Self::Programme(id) => (None, None, Some(id)),
        }
    }
}

/// What was answered, and by how many of those who could.
#[derive(Debug, Clone)]
pub struct Summary {
    /// What it is about: the programme's or tour's name.
    pub title: String,
    /// What was delivered: a question names it.
    pub kind: ProgrammeKind,
    /// Delivered sessions.
    pub sessions: i64,
    /// Pupils counted there.
    pub attended: i64,
    /// Pupils' answers, then staff's.
    pub results: Vec<Results>,
}

#[derive(sqlx::FromRow)]
struct Reached {
    title: Option<String>,
    kind: Option<String>,
    sessions: i64,
    attended: Option<i64>,
}

/// The answers to a session's, a tour's or a programme's questionnaires.
///
/// # Errors
/// Not found, which is also what somebody gets who has no session of it; forbidden.
pub async fn summary(desk: &Desk, actor: &Actor, of: Of) -> Result<Summary> {
    desk.authorise(actor, Operation::SeeFeedback)?;
    let within = Within::of(actor);
    let (session, tour, programme) = of.ids();
    let mut conn = desk.read().await?;
    macro_rules! bound {
        ($fetch:ident, $row:ty, $sql:expr) => {
            $fetch!(
                conn,
                $row,
                $sql,
                session,
                tour,
                programme,
                within.authority.as_deref(),
                within.provider,
                within.setting,
                within.trust.as_deref(),
            )
        };
    }
    let reached = bound!(
        fetch_one,
        Reached,
        sessions_of!(
            "SELECT MAX(CASE WHEN $2 IS NULL THEN p.name ELSE t.name END) AS title, MAX(p.kind) AS kind,
                COUNT(*) FILTER (WHERE s.state = 'delivered') AS sessions,
                CAST(SUM(CASE WHEN s.state = 'delivered' THEN
                    (SELECT SUM(g.attended) FROM attending_group g WHERE g.session_id = s.id) END) AS BIGINT) AS attended",
            "",
            ""
        )
    )?;
    let (Some(title), Some(kind)) = (reached.title, reached.kind) else { return Err(Error::NotFound) };
    let kind = kind.parse().map_err(Error::unavailable)?;
    let responses = bound!(
        fetch_all,
        (String, i64),
        sessions_of!(
            "SELECT r.respondent, COUNT(*)",
            "JOIN response r ON r.session_id = s.id",
            "GROUP BY r.respondent"
        )
    )?;
    let counts = bound!(
        fetch_all,
        (String, String, i64, i64),
        sessions_of!(
            "SELECT r.respondent, a.question, a.choice, COUNT(*)",
            "JOIN response r ON r.session_id = s.id JOIN answer a ON a.response_id = r.id",
            "GROUP BY r.respondent, a.question, a.choice"
        )
    )?;
    let results = Respondent::ALL
        .iter()
        .map(|&respondent| {
            let of = |word: &str| word == respondent.as_str();
            let total = responses.iter().find(|(word, _)| of(word)).map_or(0, |(_, n)| *n);
            let counts: BTreeMap<_, _> =
                counts.iter().filter(|c| of(&c.0)).map(|c| ((c.1.clone(), c.2), c.3)).collect();
            Results::new(respondent, total, &counts)
        })
        .collect();
    Ok(Summary { title, kind, sessions: reached.sessions, attended: reached.attended.unwrap_or_default(), results })
}

/// A programme with answers, for the list of results.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Line {
    /// The programme.
    pub id: Uuid,
    /// Its name.
    pub name: String,
    /// Delivered sessions.
    pub sessions: i64,
    /// Pupils' responses.
    pub pupils: i64,
    /// Staff's responses.
    pub staff: i64,
}

/// Every programme with a delivered session in the actor's scope.
///
/// # Errors
/// Forbidden.
pub async fn list(desk: &Desk, actor: &Actor) -> Result<Vec<Line>> {
    desk.authorise(actor, Operation::SeeFeedback)?;
    let within = Within::of(actor);
    let mut conn = desk.read().await?;
    fetch_all!(
        conn,
        Line,
        "SELECT p.id, p.name, COUNT(DISTINCT s.id) AS sessions,
            COUNT(DISTINCT CASE WHEN r.respondent = 'pupil' THEN r.id END) AS pupils,
            COUNT(DISTINCT CASE WHEN r.respondent = 'staff' THEN r.id END) AS staff
         FROM session s JOIN tour t ON t.id = s.tour_id JOIN programme p ON p.id = s.programme_id
         LEFT JOIN response r ON r.session_id = s.id
         WHERE s.state = 'delivered' AND ($1 IS NULL OR s.authority_code = $1) AND ($2 IS NULL OR t.provider_id = $2)
           AND (($3 IS NULL AND $4 IS NULL) OR EXISTS (SELECT 1 FROM attending_group g JOIN setting x ON x.id = g.setting_id
                WHERE g.session_id = s.id AND ($3 IS NULL OR x.id = $3 OR x.id IN (SELECT l.setting_id FROM lineage l WHERE l.current_id = $3))
                    AND ($4 IS NULL OR x.trust_code = $4 OR x.id IN
                        (SELECT l.setting_id FROM lineage l JOIN setting c ON c.id = l.current_id WHERE c.trust_code = $4))))
         GROUP BY p.id, p.name ORDER BY p.name",
        within.authority,
        within.provider,
        within.setting,
        within.trust,
    )
}
