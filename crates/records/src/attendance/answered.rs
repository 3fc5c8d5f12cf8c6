//! What was decided about a sheet that waits, kept until it is taken in: somebody goes through many figures page by page,
//! leaves, and goes on later.

use domain::access::{Actor, Operation};
use domain::import::ImportKind;
use uuid::Uuid;

use super::comparison::{Answer, Answers};
use crate::Desk;
use crate::db::Conn;
use crate::error::Result;
use crate::uploads;

/// The words in `import_choice`; the places are a figure's field, a session, a figure's field, and nothing.
const FIGURE: &str = "figure";
const SURE: &str = "sure";
const MENDED: &str = "mended";
const REST: &str = "rest";

/// The longest name of a figure's field, in characters.
const LONGEST_FIELD: usize = 60;

/// Keeps what was decided, in addition to what was before.
///
/// # Errors
/// Forbidden; not found; it does not wait any more.
pub async fn answer(desk: &Desk, actor: &Actor, id: Uuid, answers: &Answers) -> Result<()> {
    desk.authorise(actor, Operation::RecordAttendance)?;
    let mut conn = desk.write().await?;
    uploads::find(&mut conn, actor, ImportKind::Attendance, id).await?.check_waits()?;
    let all = with(&mut conn, id, answers).await?;
    execute!(conn, "DELETE FROM import_choice WHERE import_id = $1 AND about = $2", id, SURE)?;
    let figures = answers.figures.iter().filter(|(field, _)| is_field(field));
    let figures = figures.map(|(field, answer)| (FIGURE, field.clone(), answer.to_string()));
    let mended = answers.mended.iter().filter(|(field, _)| is_field(field));
    let mended = mended.map(|(field, answer)| (MENDED, field.clone(), answer.to_string()));
    let sure = all.sure.iter().map(|session| (SURE, session.to_string(), "yes".to_owned()));
    let rest = answers.rest.iter().map(|rest| (REST, String::new(), rest.as_str().to_owned()));
    let said: Vec<_> = figures.chain(mended).chain(sure).chain(rest).collect();
    insert_rows!(
        conn,
        "INSERT INTO import_choice (import_id, about, place, value) ",
        said,
        |b, row| {
            b.push_bind(id).push_bind(row.0).push_bind(row.1.as_str()).push_bind(row.2.as_str());
        },
        " ON CONFLICT (import_id, about, place) DO UPDATE SET value = excluded.value"
    )?;
    desk.commit(conn, id).await
}

/// What was decided so far, and what is said now, which counts where both say something.
pub(super) async fn with(conn: &mut Conn, id: Uuid, now: &Answers) -> Result<Answers> {
    let said = "SELECT about, place, value FROM import_choice WHERE import_id = $1";
    let mut answers = Answers::default();
    for (about, place, value) in fetch_all!(conn, (String, String, String), said, id)? {
        match about.as_str() {
            FIGURE => answers.figures.extend(value.parse::<Answer>().map(|answer| (place, answer))),
            MENDED => answers.mended.extend(value.parse::<Answer>().map(|answer| (place, answer))),
            SURE => answers.sure.extend(place.parse::<Uuid>()),
            REST => answers.rest = value.parse().ok(),
            _ => {}
        }
    }
    answers.figures.extend(now.figures.iter().map(|(field, answer)| (field.clone(), *answer)));
    answers.mended.extend(now.mended.iter().map(|(field, answer)| (field.clone(), *answer)));
    answers.sure.retain(|session| !now.unsure.contains(session));
    answers.sure.extend(&now.sure);
    answers.rest = now.rest.or(answers.rest);
    Ok(answers)
}

/// Forgets what was decided of a sheet that was taken in: it is on record.
pub(super) async fn forget(conn: &mut Conn, id: Uuid) -> Result<()> {
    execute!(conn, "DELETE FROM import_choice WHERE import_id = $1", id)?;
    Ok(())
}

/// Whether this may be the name of a figure's field.
fn is_field(name: &str) -> bool {
    name.len() <= LONGEST_FIELD && name.split_once('-').is_some_and(|(_, group)| group.parse::<Uuid>().is_ok())
}
