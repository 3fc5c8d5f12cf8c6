//! Attendance: the headcounts of a session, stated by school or provider, corrected by whoever comes later; on a page,
//! or on a sheet that goes out as a workbook and comes back.

mod answered;
pub(crate) mod beside;
mod come_back;
mod comparison;
mod go_out;
mod named;
mod over;
mod recorded;
mod sheet;
mod taken_in;

use std::collections::BTreeMap;

use domain::access::{Actor, Operation};
use domain::attendance::{CountedGroup, Figure, Headcounts, OverRoll, check_times, over_roll};
use domain::feedback;
use domain::session::{Event, State};
use domain::slot::TimeOfDay;
use serde_json::json;
use uuid::Uuid;

pub use answered::answer;
pub use come_back::compare;
pub use comparison::{Answer, Answers, Asked, Change as FigureChange, Comparison, Over, OverFigure, Rest, Said};
pub use go_out::{Days, of_team, of_tour};
pub use intake::attendance::{Filled, FilledRow, MAX_BYTES, read as read_workbook};
pub use recorded::{Recorded, recorded};
pub use sheet::{Group, Session, Sheet, sheet};
pub use taken_in::{apply, drop_upload, list_uploads, look, marked, upload};
pub(crate) use taken_in::{built_on, remove};

use crate::audit::{self, Change};
use crate::db::Conn;
use crate::error::{Conflict, Error, FieldError, Result};
use crate::{Desk, rolls};

/// What somebody states about a session.
#[derive(Debug, Clone, Default)]
pub struct Statement {
    /// The session's version when its sheet was read.
    pub version: i64,
    /// When it really began.
    pub starts: Option<TimeOfDay>,
    /// When it really ended.
    pub ends: Option<TimeOfDay>,
    /// The headcounts, by group. Groups that are not here stay as they are.
    pub groups: BTreeMap<Uuid, Headcounts>,
    /// The headcounts are right although they exceed the roll.
    pub sure: bool,
    /// Who counted, by group, where a sheet names them.
    pub counted_by: BTreeMap<Uuid, String>,
}

/// The form's name for a figure of a group.
#[must_use]
pub fn field(figure: Figure, group: Uuid) -> String {
    let name = match figure {
        Figure::Pupils => "pupils",
        Figure::Send => "send",
        Figure::Withdrawn => "withdrawn",
        Figure::Adults => "adults",
    };
    format!("{name}-{group}")
}

/// Records or corrects attendance. A confirmed session becomes delivered and gets its feedback codes.
///
/// Fields of [`Error::Invalid`] are those of [`field`], `starts`, `ends`, and `sure` where only a confirmation is
/// missing that the headcounts exceed the roll.
///
/// # Errors
/// Not found; forbidden; the session lies ahead, or its state refuses; stale; fields to mend.
pub async fn record(desk: &Desk, actor: &Actor, id: Uuid, statement: Statement) -> Result<Uuid> {
    desk.authorise(actor, Operation::RecordAttendance)?;
    let mut conn = desk.write().await?;
    let found = sheet::find(&mut conn, actor, id).await?;
    lock(&mut conn, found.session.visit_id).await?;
    state_of(&mut conn, desk, actor, &found, &statement).await?;
    desk.commit(conn, id).await?;
    Ok(id)
}

/// What [`record`] does with one session, whose visit is locked, within a transaction.
async fn state_of(conn: &mut Conn, desk: &Desk, actor: &Actor, found: &Sheet, statement: &Statement) -> Result<()> {
    if statement.version != found.session.version {
        return Err(Conflict::Stale.into());
    }
    let state = state_after(desk, actor, &found.session)?;
    let stated = stated(found, statement)?;
    let over = excess(conn, found, &stated, statement.sure).await?;
    let changes: Vec<_> = found
        .groups
        .iter()
        .zip(&stated)
        .zip(&over)
        .filter(|((group, counts), over)| group.counts != **counts || group.over_roll != over.is_some())
        .collect();
    let times = (statement.starts.map(i64::from), statement.ends.map(i64::from));
    let same_times = times == (found.session.actual_starts_minute, found.session.actual_ends_minute);
    if changes.is_empty() && same_times && state == found.session.state {
        return Ok(());
    }
    for ((group, counts), over) in changes {
        execute!(
            conn,
            "UPDATE attending_group SET attended = $1, attended_send = $2, withdrawn = $3, adults = $4, over_roll = $5,
                stated_by = $6, stated_at = $7, counted_by = $8 WHERE id = $9",
            counts.pupils,
            counts.send,
            counts.withdrawn,
            counts.adults,
            over.is_some(),
            actor.person,
            desk.now(),
            statement.counted_by.get(&group.id).map_or("", String::as_str),
            group.id,
        )?;
    }
    write_session(conn, desk, &found.session, state, times).await?;
    remember(conn, desk, actor, found, &stated, state).await
}

/// Whoever writes to a visit's sessions waits here for the one before.
async fn lock(conn: &mut Conn, visit: Uuid) -> Result<()> {
    execute!(conn, "UPDATE visit SET version = version WHERE id = $1", visit)?;
    Ok(())
}

fn state_after(desk: &Desk, actor: &Actor, session: &Session) -> Result<State> {
    match session.why_not(desk.today(), actor.role) {
        Some(why) => Err(Error::refused(why)),
        None => Ok(State::Delivered),
    }
}

/// The headcounts of every group on the sheet after the statement, in the sheet's order.
fn stated(sheet: &Sheet, statement: &Statement) -> Result<Vec<Headcounts>> {
    if statement.groups.keys().any(|id| sheet.groups.iter().all(|g| g.id != *id)) {
        return Err(Error::NotFound);
    }
    let mut errors = Vec::new();
    let mut stated = Vec::with_capacity(sheet.groups.len());
    for group in &sheet.groups {
        let mut counts = statement.groups.get(&group.id).copied().unwrap_or(group.counts);
        if sheet.session.for_adults && counts.adults.is_some() {
            counts.pupils = counts.pupils.or(Some(0));
        }
        errors.extend(counts.problems().into_iter().map(|(figure, problem)| FieldError {
            field: field(figure, group.id),
            message: match sheet.groups.len() {
                1 => problem.to_string(),
                _ => format!("{}: {problem}", group.name()),
            },
        }));
        stated.push(counts);
    }
    if let Err(problem) = check_times(statement.starts, statement.ends) {
        errors.push(FieldError { field: "ends".into(), message: problem.to_string() });
    }
    if stated.iter().all(Headcounts::is_blank) {
        let first = if sheet.session.for_adults { Figure::Adults } else { Figure::Pupils };
        let name = sheet.groups.first().map(|g| field(first, g.id)).unwrap_or_default();
        errors.push(FieldError {
            field: name,
            message: "Enter the headcount of at least one group, or 0 if nobody came".into(),
        });
    }
    if errors.is_empty() { Ok(stated) } else { Err(Error::Invalid(errors)) }
}

/// Which groups exceed the roll. Asks whether that is right, unless it was said before of the same number.
async fn excess(conn: &mut Conn, sheet: &Sheet, stated: &[Headcounts], sure: bool) -> Result<Vec<Option<OverRoll>>> {
    let rolls = rolls::of_session(conn, sheet.session.id).await?;
    let counted: Vec<_> = sheet
        .groups
        .iter()
        .zip(stated)
        .map(|(group, counts)| CountedGroup {
            setting: group.setting_id,
            year_groups: group.year_groups,
            pupils: counts.pupils.unwrap_or(0),
        })
        .collect();
    let over = over_roll(&counted, &rolls);
    let mut asks: Vec<FieldError> = Vec::new();
    for ((group, counts), over) in sheet.groups.iter().zip(stated).zip(&over) {
        let known = group.over_roll && group.counts.pupils == counts.pupils;
        let Some(over) = over.filter(|_| !sure && !known) else { continue };
        let who = if over.together { format!("{}, all groups together", group.setting) } else { group.name() };
        let message = format!(
            "{who}: {} pupils, but there are {} on roll ({}). Correct the number, or say that it is right",
            over.pupils, over.roll.pupils, over.roll.basis,
        );
        // Said once of a school whose groups are too many together.
        if asks.iter().all(|a| a.message != message) {
            asks.push(FieldError { field: "sure".into(), message });
        }
    }
    if asks.is_empty() { Ok(over) } else { Err(Error::Invalid(asks)) }
}

async fn write_session(
    conn: &mut Conn,
    desk: &Desk,
    session: &Session,
    state: State,
    (starts, ends): (Option<i64>, Option<i64>),
) -> Result<()> {
    // Kept when the session was delivered before: codes on a poster in the hall must go on working.
    let (pupils, staff) = (free_code(conn).await?, free_code(conn).await?);
    let written = execute!(
        conn,
        "UPDATE session SET state = $1, live = $2, actual_starts_minute = $3, actual_ends_minute = $4,
            attendance_at = CASE
                WHEN EXISTS (SELECT 1 FROM attending_group g WHERE g.session_id = session.id AND g.attended IS NULL) THEN NULL
                ELSE $5 END,
            feedback_code = COALESCE(feedback_code, $6), staff_code = COALESCE(staff_code, $7),
            feedback_closes = COALESCE(feedback_closes, $8),
            reason = CASE WHEN state = $1 THEN reason ELSE '' END,
            reason_note = CASE WHEN state = $1 THEN reason_note ELSE '' END,
            version = version + 1
         WHERE id = $9 AND version = $10",
        state.as_str(),
        state.is_live(),
        starts,
        ends,
        desk.now(),
        pupils.as_str(),
        staff.as_str(),
        feedback::closes(session.on_date),
        session.id,
        session.version,
    );
    match written {
        Ok(0) => Err(Conflict::Stale.into()),
        Ok(_) => Ok(()),
        // A missed session that is delivered after all takes its slot back.
        Err(error) if error.is_unique_violation() => Err(Error::refused(
            "This session was marked missed, and its slot has been given to another one since. Ask the provider which of the two took place",
        )),
        Err(error) => Err(error),
    }
}

/// A code that opens no questionnaire yet.
async fn free_code(conn: &mut Conn) -> Result<feedback::Code> {
    loop {
        let mut bytes = [0; feedback::Code::RANDOM_BYTES];
        getrandom::fill(&mut bytes).map_err(Error::unavailable)?;
        let code = feedback::Code::random(bytes);
        let taken = fetch_scalar!(
            conn,
            i64,
            "SELECT COUNT(*) FROM session WHERE feedback_code = $1 OR staff_code = $1",
            code.as_str()
        )?;
        if taken == 0 {
            return Ok(code);
        }
    }
}

/// The session's timeline and the audit trail.
async fn remember(
    conn: &mut Conn,
    desk: &Desk,
    actor: &Actor,
    sheet: &Sheet,
    stated: &[Headcounts],
    state: State,
) -> Result<()> {
    let before = sheet.session.state;
    let sum = |figure: fn(&Headcounts) -> Option<i64>| stated.iter().filter_map(figure).sum::<i64>();
    let note = format!("{} pupils, {} adults", sum(|c| c.pupils), sum(|c| c.adults));
    execute!(
        conn,
        "INSERT INTO session_event (id, session_id, at, event, from_state, to_state, by_person, by_role, note)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        Uuid::now_v7(),
        sheet.session.id,
        desk.now(),
        if before == state { "attendance" } else { Event::Deliver.as_str() },
        before.as_str(),
        state.as_str(),
        actor.person,
        actor.role.as_str(),
        note,
    )?;
    let groups = |counts: Vec<Headcounts>| -> Vec<_> {
        sheet.groups.iter().zip(counts).map(|(g, c)| json!({ "group": g.id, "label": g.label, "counts": c })).collect()
    };
    let change = Change {
        operation: Operation::RecordAttendance,
        authority: Some(&sheet.session.authority_code),
        record_kind: "session",
        record_id: sheet.session.id.to_string(),
        before: json!({ "state": before, "groups": groups(sheet.groups.iter().map(|g| g.counts).collect()) }),
        after: json!({ "state": state, "groups": groups(stated.to_vec()) }),
    };
    audit::write(conn, desk, actor, change).await
}
