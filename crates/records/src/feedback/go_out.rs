//! Feedback on paper that goes out: a workbook to type it into, a row for each form that a session still takes.

use chrono::{Days, NaiveDate};
use domain::access::{Actor, Operation};
use domain::attendance_sheet::print;
use domain::feedback::paper::RowKey;
use domain::feedback::{Questionnaire, Respondent};
use domain::programme::ProgrammeKind;
use domain::session::State;
use domain::slot::TimeOfDay;
use intake::paper_feedback::MAX_FORMS;
use report::paper_feedback::{Line, workbook};
use uuid::Uuid;

use super::{Of, Room, room};
use crate::Desk;
use crate::error::{Error, Result};
use crate::within::Within;

/// A tour's sheet has rows for sessions that are to take place within so many days: a team takes it along.
const AHEAD_DAYS: u64 = 7;

#[derive(Debug, Clone, sqlx::FromRow)]
struct Row {
    id: Uuid,
    on_date: NaiveDate,
    slot_label: String,
    starts_minute: Option<i64>,
    state: String,
    feedback_closes: Option<NaiveDate>,
    kind: String,
    programme: String,
    tour: String,
    venue: String,
    #[sqlx(flatten)]
    room: Room,
}

impl Row {
    /// Whether forms may be typed in, or may be soon.
    fn is_open(&self, today: NaiveDate, until: NaiveDate) -> bool {
        if self.state == State::Delivered.as_str() {
            self.feedback_closes.is_none_or(|last| today <= last)
        } else {
            self.state == State::Confirmed.as_str() && self.on_date <= until
        }
    }

    fn kind(&self) -> Result<ProgrammeKind> {
        self.kind.parse().map_err(Error::unavailable)
    }
}

/// The workbook of a session, a tour or a programme: a name for the file, and its content.
///
/// # Errors
/// Not found; forbidden; too many forms for one workbook.
pub async fn workbook_of(desk: &Desk, actor: &Actor, of: Of) -> Result<(String, Vec<u8>)> {
    desk.authorise(actor, Operation::EnterPaperFeedback)?;
    let rows = rows(desk, actor, of).await?;
    let first = rows.first().ok_or(Error::NotFound)?;
    let title = title(of, first);
    let kind = first.kind()?;
    let lines: Vec<Line> = rows.iter().flat_map(lines).collect();
    if lines.len() > MAX_FORMS {
        return Err(Error::refused(format!(
            "More than {MAX_FORMS} forms could be typed in. Take the sheet of a session from its feedback page instead"
        )));
    }
    let made = desk.today().format("%-d %B %Y").to_string();
    let (heading, name) = (format!("Feedback on paper: {title}"), format!("Feedback {title}.xlsx"));
    let book = tokio::task::spawn_blocking(move || workbook(&heading, &made, kind, &lines)).await;
    Ok((name, book.map_err(Error::unavailable)?.map_err(Error::unavailable)?))
}

/// What stands on a form to be printed.
#[derive(Debug, Clone)]
pub struct Form {
    /// The programme's name.
    pub programme: String,
    /// Which decides the questions' wording.
    pub kind: ProgrammeKind,
    /// The session they are for, by its day, slot and venue; none where they are for several.
    pub session: Option<(NaiveDate, String, String)>,
}

/// The forms to be printed for a session, a tour or a programme.
///
/// # Errors
/// Not found; forbidden.
pub async fn form_of(desk: &Desk, actor: &Actor, of: Of) -> Result<Form> {
    desk.authorise(actor, Operation::EnterPaperFeedback)?;
    let within = Within::of(actor);
    let (session, tour, programme) = of.ids();
    let mut conn = desk.read().await?;
    let found = fetch_one!(
        conn,
        (Option<String>, Option<String>, Option<NaiveDate>, Option<String>, Option<String>),
        sessions_of!(
            "SELECT MAX(p.name), MAX(p.kind), MAX(s.on_date), MAX(s.slot_label), MAX(venue.name)",
            "JOIN visit v ON v.id = s.visit_id JOIN setting venue ON venue.id = v.venue_id",
            ""
        ),
        session,
        tour,
        programme,
        within.authority,
        within.provider,
        within.setting,
        within.trust,
    )?;
    let (Some(programme), Some(kind), Some(on), Some(slot), Some(venue)) = found else { return Err(Error::NotFound) };
    let session = matches!(of, Of::Session(_)).then_some((on, slot, venue));
    Ok(Form { programme, kind: kind.parse().map_err(Error::unavailable)?, session })
}

async fn rows(desk: &Desk, actor: &Actor, of: Of) -> Result<Vec<Row>> {
    let within = Within::of(actor);
    let (session, tour, programme) = of.ids();
    let mut conn = desk.read().await?;
    let mut rows = fetch_all!(
        conn,
        Row,
        sessions_of!(
            "SELECT s.id, s.on_date, s.slot_label, s.starts_minute, s.state, s.feedback_closes, p.kind,
                p.name AS programme, t.name AS tour, venue.name AS venue,
                CAST((SELECT COALESCE(SUM(g.expected), 0) FROM attending_group g WHERE g.session_id = s.id) AS BIGINT) AS expected,
                CAST((SELECT SUM(g.attended) FROM attending_group g WHERE g.session_id = s.id) AS BIGINT) AS attended,
                CAST((SELECT SUM(g.adults) FROM attending_group g WHERE g.session_id = s.id) AS BIGINT) AS adults,
                (SELECT COUNT(*) FROM response r WHERE r.session_id = s.id AND r.respondent = 'pupil') AS pupils,
                (SELECT COUNT(*) FROM response r WHERE r.session_id = s.id AND r.respondent = 'staff') AS staff",
            "JOIN visit v ON v.id = s.visit_id JOIN setting venue ON venue.id = v.venue_id",
            "ORDER BY s.on_date, s.starts_minute, venue.name, s.id"
        ),
        session,
        tour,
        programme,
        within.authority,
        within.provider,
        within.setting,
        within.trust,
    )?;
    let today = desk.today();
    let until = match of {
        Of::Session(_) => NaiveDate::MAX,
        Of::Tour(_) | Of::Programme(_) => today.checked_add_days(Days::new(AHEAD_DAYS)).unwrap_or(today),
    };
    // A session none of which is open still gives the workbook its name.
    let nothing = Room { expected: 0, attended: Some(0), adults: None, pupils: 0, staff: i64::MAX };
    for row in rows.iter_mut().filter(|row| !row.is_open(today, until)) {
        row.room = nothing;
    }
    Ok(rows)
}

fn title(of: Of, row: &Row) -> String {
    match of {
        Of::Session(_) => format!("{}, {}, {}", row.programme, row.venue, row.on_date.format("%-d %B %Y")),
        Of::Tour(_) => row.tour.clone(),
        Of::Programme(_) => row.programme.clone(),
    }
}

/// A row for each form that the session still takes.
fn lines(row: &Row) -> Vec<Line> {
    let time = row.starts_minute.and_then(|m| TimeOfDay::try_from(m).ok()).map(|at| format!(" {at}"));
    let session = format!("{}{}", row.slot_label, time.unwrap_or_default());
    let of = |respondent: Respondent| {
        let version = Questionnaire::after(respondent).version;
        let (session, row) = (session.clone(), row.clone());
        (0..room(&row.room, respondent)).map(move |_| Line {
            key: RowKey { session: row.id, respondent, version, form: Uuid::new_v4(), school: Some(print(&row.venue)) },
            on: row.on_date,
            school: row.venue.clone(),
            session: session.clone(),
        })
    };
    Respondent::ALL.iter().copied().flat_map(of).collect()
}
