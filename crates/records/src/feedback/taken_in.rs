//! Uploads of feedback on paper: they wait until somebody says yes, are taken in, and can be taken back.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use domain::access::{Actor, Operation};
use domain::feedback::Questionnaire;
use domain::import::{ImportKind, ImportState};
use domain::setting::LaCode;
use intake::Problem;
use intake::paper_feedback::{self, Typed};
use serde_json::{Value, json};
use uuid::Uuid;

use super::come_back::{Comparison, Decisions, Outcome, bring_together};
use super::ground::authorities;
use crate::Desk;
use crate::audit::{self, Change};
use crate::db::{Conn, Page};
use crate::error::{Error, Result};
use crate::filled_sheets::{belongs_to, within};
use crate::imports::File;
use crate::taking_back::{At, Built};
use crate::uploads::{self, Figures, Import, New};

const KIND: ImportKind = ImportKind::Feedback;

/// Reads a file beside the other tasks, since it takes a moment.
async fn read(file: &File) -> Result<std::result::Result<Typed, Vec<Problem>>> {
    let (bytes, name) = (Arc::clone(&file.bytes), file.name.clone());
    tokio::task::spawn_blocking(move || paper_feedback::read(&bytes, &name)).await.map_err(Error::unavailable)
}

/// Stores a file into which forms were typed; [`look`] says what it would do.
///
/// # Errors
/// Forbidden; a field error on `file`: it is no such sheet, or nothing is typed into it.
pub async fn upload(desk: &Desk, actor: &Actor, authority: Option<&LaCode>, file: &File) -> Result<Uuid> {
    desk.authorise(actor, Operation::EnterPaperFeedback)?;
    let forms = match read(file).await? {
        Ok(typed) if typed.is_blank() => {
            return Err(Error::field("file", "No form is typed into this sheet"));
        }
        Ok(typed) => typed.forms,
        Err(problems) => {
            uploads::check_readable(&problems)?;
            Vec::new()
        }
    };
    let mut conn = desk.write().await?;
    let found = authorities(&mut conn, &within(actor, authority.map(LaCode::as_str)), &forms).await?;
    let authority = belongs_to(actor, authority, found);
    let id = uploads::store(&mut conn, desk, actor, New::of(KIND, authority.as_deref(), file)).await?;
    desk.commit(conn, id).await?;
    Ok(id)
}

/// The uploads that the actor finds, newest first.
///
/// # Errors
/// Forbidden; the database does not answer.
pub async fn list_uploads(desk: &Desk, actor: &Actor, page: Page) -> Result<Vec<Import>> {
    uploads::list(desk, actor, KIND, page).await
}

/// An upload, and while it waits what it would do.
///
/// # Errors
/// Forbidden; not found.
pub async fn look(desk: &Desk, actor: &Actor, id: Uuid, answers: &Decisions) -> Result<(Import, Option<Comparison>)> {
    desk.authorise(actor, Operation::EnterPaperFeedback)?;
    let (import, file) = {
        let mut conn = desk.read().await?;
        let import = uploads::find(&mut conn, actor, KIND, id).await?;
        if import.state != ImportState::Previewed {
            return Ok((import, None));
        }
        let file = uploads::file(&mut conn, &import).await?;
        (import, file)
    };
    let comparison = match read(&file).await? {
        Ok(typed) => {
            let mut conn = desk.read().await?;
            let within = within(actor, import.authority_code.as_deref());
            bring_together(&mut conn, desk, &within, &typed, answers).await?.comparison
        }
        Err(problems) => Comparison { problems, ..Comparison::default() },
    };
    Ok((import, Some(comparison)))
}

/// Takes in what was typed. Nothing is stored unless everything is settled: then the comparison says what was.
///
/// # Errors
/// Forbidden; not found; it was taken in already.
pub async fn apply(desk: &Desk, actor: &Actor, id: Uuid, answers: &Decisions) -> Result<Comparison> {
    desk.authorise(actor, Operation::EnterPaperFeedback)?;
    let file = {
        let mut conn = desk.read().await?;
        let import = uploads::find(&mut conn, actor, KIND, id).await?;
        uploads::file(&mut conn, &import).await
    };
    // A form that is sent again finds the file gone, and what it did.
    let typed = match &file {
        Ok(file) => match read(file).await? {
            Ok(typed) => typed,
            Err(problems) => return Ok(Comparison { problems, ..Comparison::default() }),
        },
        Err(_) => Typed::default(),
    };
    let mut conn = desk.write().await?;
    file?;
    let import = uploads::find(&mut conn, actor, KIND, id).await?;
    // Locks the sessions, so that two last answers do not both find room.
    let mut sessions: Vec<Uuid> = typed.forms.iter().map(|form| form.key.session).collect();
    sessions.sort_unstable();
    sessions.dedup();
    execute_in!(conn, "UPDATE session SET version = version WHERE id IN ", sessions, "")?;
    let within = within(actor, import.authority_code.as_deref());
    let outcome = bring_together(&mut conn, desk, &within, &typed, answers).await?;
    if !outcome.comparison.is_settled() {
        return Ok(outcome.comparison);
    }
    write(&mut conn, desk, id, &outcome).await?;
    let comparison = outcome.comparison;
    let figures = Figures {
        total: comparison.rows,
        added: comparison.forms(),
        changed: comparison.changes.len(),
        unchanged: comparison.unchanged,
    };
    uploads::finish(&mut conn, desk, (KIND, id), figures).await?;
    let change = Change {
        operation: Operation::EnterPaperFeedback,
        authority: import.authority_code.as_deref(),
        record_kind: "import",
        record_id: id.to_string(),
        before: Value::Null,
        after: json!({ "responses": figures.added, "answers_changed": figures.changed }),
    };
    audit::write(&mut conn, desk, actor, change).await?;
    desk.commit(conn, id).await?;
    Ok(comparison)
}

/// Writes responses as a page does: the form's random key, a date without a time, and no person.
async fn write(conn: &mut Conn, desk: &Desk, id: Uuid, outcome: &Outcome) -> Result<()> {
    let today = desk.today();
    insert_rows!(
        conn,
        "INSERT INTO response (id, session_id, respondent, moment, questionnaire_version, on_date, import_id) ",
        outcome.fresh,
        |b, row| {
            let (form, respondent, session, _) = row;
            let questionnaire = Questionnaire::after(*respondent);
            b.push_bind(*form);
            b.push_bind(*session);
            b.push_bind(respondent.as_str());
            b.push_bind(questionnaire.moment.as_str());
            b.push_bind(questionnaire.version);
            b.push_bind(today);
            b.push_bind(id);
        },
        ""
    )?;
    let given = |response: Uuid, question: &'static str, given: Option<i64>| Some((response, question, given?));
    let fresh = outcome.fresh.iter().flat_map(|(form, .., answers)| {
        answers.iter().filter_map(|(question, answer)| given(*form, question, *answer)).collect::<Vec<_>>()
    });
    let changed =
        outcome.changed.iter().filter_map(|(response, question, _, after)| given(*response, question, *after));
    let answers: Vec<_> = fresh.chain(changed).collect();
    // Left blank after all: what was there goes.
    insert_rows!(
        conn,
        "DELETE FROM answer WHERE (response_id, question) IN (",
        outcome.changed,
        |b, row| {
            b.push_bind(row.0);
            b.push_bind(row.1);
        },
        ")"
    )?;
    write_answers(conn, &answers).await?;
    insert_rows!(
        conn,
        "INSERT INTO import_answer (import_id, response_id, question, before) ",
        outcome.changed,
        |b, row| {
            b.push_bind(id);
            b.push_bind(row.0);
            b.push_bind(row.1);
            b.push_bind(row.2);
        },
        ""
    )?;
    Ok(())
}

async fn write_answers(conn: &mut Conn, answers: &[(Uuid, impl AsRef<str> + Sync, i64)]) -> Result<()> {
    insert_rows!(
        conn,
        "INSERT INTO answer (response_id, question, choice) ",
        answers,
        |b, row| {
            b.push_bind(row.0);
            b.push_bind(row.1.as_ref().to_owned());
            b.push_bind(row.2);
        },
        ""
    )?;
    Ok(())
}

/// The file of an upload with its cells marked that are to be mended, and a name for it.
///
/// # Errors
/// Forbidden; not found; nothing in particular is wrong with it; it is too large to be marked.
pub async fn marked(desk: &Desk, actor: &Actor, id: Uuid) -> Result<(String, Vec<u8>)> {
    desk.authorise(actor, Operation::EnterPaperFeedback)?;
    let (_, comparison) = look(desk, actor, id, &Decisions::new()).await?;
    uploads::marked(desk, actor, (KIND, id), comparison.unwrap_or_default().problems).await
}

/// Drops a file that is not to be taken in.
///
/// # Errors
/// Forbidden; not found; it was taken in already.
pub async fn drop_upload(desk: &Desk, actor: &Actor, id: Uuid) -> Result<()> {
    uploads::drop_upload(desk, actor, KIND, id).await.map(drop)
}

/// What was built on an upload: later ones that changed an answer of it.
pub(crate) async fn built_on(conn: &mut Conn, id: Uuid) -> Result<Vec<Built>> {
    let later = fetch_all!(
        conn,
        (Uuid, String, DateTime<Utc>),
        "SELECT DISTINCT i.id, i.file_name, i.finished_at FROM import_answer a JOIN import i ON i.id = a.import_id
         WHERE i.id <> $1 AND i.finished_at >= (SELECT o.finished_at FROM import o WHERE o.id = $1)
           AND (a.response_id IN (SELECT r.id FROM response r WHERE r.import_id = $1)
             OR a.response_id IN (SELECT m.response_id FROM import_answer m WHERE m.import_id = $1))
         ORDER BY i.finished_at",
        id
    )?;
    let phrase = |(id, name, _)| {
        Built::new(format!("“{name}” changed answers of these forms"), At::Import(ImportKind::Feedback, id))
    };
    Ok(later.into_iter().map(phrase).collect())
}

/// Deletes the responses that an upload brought, and puts answers back that it changed.
pub(crate) async fn remove(conn: &mut Conn, id: Uuid) -> Result<Value> {
    execute!(
        conn,
        "DELETE FROM answer WHERE EXISTS (SELECT 1 FROM import_answer a WHERE a.import_id = $1
            AND a.response_id = answer.response_id AND a.question = answer.question)",
        id
    )?;
    let before = execute!(
        conn,
        "INSERT INTO answer (response_id, question, choice)
         SELECT response_id, question, before FROM import_answer WHERE import_id = $1 AND before IS NOT NULL",
        id
    )?;
    execute!(conn, "DELETE FROM import_answer WHERE import_id = $1", id)?;
    execute!(conn, "DELETE FROM answer WHERE response_id IN (SELECT r.id FROM response r WHERE r.import_id = $1)", id)?;
    let responses = execute!(conn, "DELETE FROM response WHERE import_id = $1", id)?;
    Ok(json!({ "state": "applied", "responses": responses, "answers_put_back": before }))
}

/// Forgets which upload brought a response, where it was taken in before `until`: it can no longer be taken back.
pub(crate) async fn forget(conn: &mut Conn, until: DateTime<Utc>) -> Result<u64> {
    let of = "import_id IN (SELECT i.id FROM import i WHERE i.kind = 'feedback' AND i.finished_at < $1)";
    let gone = execute!(conn, sqlx::AssertSqlSafe(format!("DELETE FROM import_answer WHERE {of}")), until)?;
    execute!(conn, sqlx::AssertSqlSafe(format!("UPDATE response SET import_id = NULL WHERE {of}")), until)?;
    Ok(gone)
}
