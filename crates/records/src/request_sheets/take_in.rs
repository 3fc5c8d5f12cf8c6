//! A sheet taken in: each row that was filled in asks for a tour, or changes what was asked, as the page does it; all of
//! it or nothing.

use domain::access::{Actor, Role};
use domain::request_sheet::{Cell, Column};
use domain::session::GroupField;
use domain::tour::AskedBy;
use intake::requests::FilledRow;
use serde_json::json;
use uuid::Uuid;

use super::compare::{Answers, Comparison, Draft, New, drafts};
use super::{KIND, MAY, State, filled_in, uploads};
use crate::Desk;
use crate::audit::{self, Change};
use crate::db::Conn;
use crate::error::{Conflict, Error, FieldError, Result};
use crate::requests::{Asking, By, Kept, ask_in, change_in, check_in};
use crate::sessions::OnBehalf;
use crate::uploads::{Figures, finish, hold};

/// What a sheet did to one request.
struct Done {
    request: Uuid,
    /// As it was; none: it was made.
    before: Option<Kept>,
    /// Its version from now on.
    version: i64,
    /// Who had filled in its rows.
    filled_in_by: String,
}

/// What taking in these rows would do. Nothing is stored.
pub(super) async fn try_out(desk: &Desk, actor: &Actor, rows: &[FilledRow], answers: &Answers) -> Result<Comparison> {
    // Tried out, so that every rule says its word, and taken back.
    let mut conn = desk.write().await?;
    Ok(attempt(&mut conn, desk, actor, rows, answers).await?.0)
}

/// Takes a sheet in. Nothing is stored unless everything is settled: then the comparison says what was.
///
/// # Errors
/// Forbidden; not found; it was taken in already; the file has problems, which looking at it lists.
pub async fn take_in(desk: &Desk, actor: &Actor, id: Uuid, answers: &Answers) -> Result<Comparison> {
    desk.authorise(actor, MAY)?;
    let read = match uploads::rows(desk, actor, id).await {
        // That the same form was sent before, and did its work, is said first.
        Err(Error::Conflict(why)) => {
            desk.write().await?;
            return Err(why.into());
        }
        read => read?,
    };
    let rows = match read {
        Ok(rows) => rows,
        Err(problems) => return Ok(Comparison { problems, ..Comparison::default() }),
    };
    let mut conn = desk.write().await?;
    // Whoever takes the same file in at the same moment waits here, and finds it done.
    hold(&mut conn, (KIND, id)).await?;
    let (comparison, done) = attempt(&mut conn, desk, actor, &rows, answers).await?;
    if comparison.is_settled() {
        keep(&mut conn, desk, actor, id, &comparison, done).await?;
        desk.commit(conn, id).await?;
    }
    Ok(comparison)
}

async fn attempt(
    conn: &mut Conn,
    desk: &Desk,
    actor: &Actor,
    rows: &[FilledRow],
    answers: &Answers,
) -> Result<(Comparison, Vec<Done>)> {
    let (mut comparison, mut done) = (Comparison::default(), Vec::new());
    let own_name = name_of(conn, actor).await?;
    for draft in drafts(conn, desk, actor, rows, answers, &mut comparison).await? {
        let (asking, at) = asking(&draft, actor, &own_name);
        let by = By::themselves(actor);
        let filled_in_by = filled_in::names(&draft.rows);
        let written = match &draft.request {
            // What else is wrong with it is told beside what is open.
            is if !draft.open.is_empty() => match check_in(conn, desk, by, &asking, is.is_none()).await {
                Ok(()) => {
                    tell_changes(&draft, &mut comparison);
                    continue;
                }
                Err(error) => Err(error),
            },
            None => ask_in(conn, desk, by, &asking).await.map(|request| Done {
                request,
                before: None,
                version: 1,
                filled_in_by,
            }),
            Some(request) => change_in(conn, desk, by, request, &asking).await.map(|()| Done {
                request: request.id,
                before: Some(Kept::from(request)),
                version: request.version + 1,
                filled_in_by,
            }),
        };
        match written {
            Ok(one) => {
                tell(&draft, asking, &mut comparison);
                done.push(one);
            }
            Err(Error::Invalid(errors)) => {
                errors.into_iter().for_each(|error| fault(&draft, &at, error, &mut comparison));
            }
            Err(Error::Conflict(Conflict::Refused(why))) => {
                comparison.problems.push(draft.rows[0].problem(Column::School, format!("{why}.")));
                // Where the database refused the write, it takes nothing more in this transaction.
                if let Err(Error::Unavailable(_)) = check_in(conn, desk, by, &asking, false).await {
                    break;
                }
            }
            Err(other) => return Err(other),
        }
    }
    let order = |tour: &str, school: &str| (tour.to_owned(), school.to_owned());
    comparison.made.sort_by_cached_key(|new| order(&new.tour, &new.school));
    comparison.changes.sort_by_cached_key(|change| (order(&change.tour, &change.school), change.cell));
    comparison.asked.sort_by_cached_key(|asked| (order(&asked.what.tour, &asked.what.school), asked.what.cell));
    comparison.problems.sort_by_key(|problem| (problem.sheet.clone(), problem.row));
    Ok((comparison, done))
}

/// The actor's own name: who changes for a school what it asked itself has spoken with it.
async fn name_of(conn: &mut Conn, actor: &Actor) -> Result<String> {
    let name = fetch_optional!(conn, (String,), "SELECT name FROM person WHERE id = $1", actor.person)?;
    Ok(name.map(|(name,)| name).unwrap_or_default())
}

/// What a draft asks for, and which group of the sheet each of its groups is.
fn asking(draft: &Draft<'_>, actor: &Actor, own_name: &str) -> (Asking, Vec<usize>) {
    let cells = &draft.cells;
    let (mut wish, at) = cells.wish(draft.tour.academic_year);
    let text = |cell: Cell| cells.get(cell).to_owned();
    let mut contact = [Cell::ContactName, Cell::ContactTelephone, Cell::ContactEmail].map(text);
    let is_group = |cell: &Cell| matches!(cell, Cell::Group(..));
    let groups_changed = draft.changed.iter().any(is_group);
    if let Some(request) = &draft.request {
        // What nobody touched stays to the letter: a cell has a text on one line.
        let kept = |cell: Cell| !draft.changed.contains(&cell);
        if kept(Cell::AccessNeeds) {
            wish.access_needs.clone_from(&request.access_needs);
        }
        if kept(Cell::Note) {
            wish.note.clone_from(&request.note);
        }
        if !groups_changed {
            wish.groups.clone_from(&request.groups);
        }
        let on_record = [&request.contact_name, &request.contact_telephone, &request.contact_email];
        let places = [Cell::ContactName, Cell::ContactTelephone, Cell::ContactEmail];
        for ((cell, on_record), now) in places.into_iter().zip(on_record).zip(&mut contact) {
            if kept(cell) {
                now.clone_from(on_record);
            }
        }
    }
    let on_behalf = cells.asked_how().map(|how| OnBehalf { name: text(Cell::AskedBy), how });
    let on_behalf = on_behalf.or_else(|| {
        let changes = draft.request.is_some() && cells.get(Cell::AskedBy).is_empty();
        changes.then(|| OnBehalf { name: own_name.to_owned(), how: AskedBy::Telephone })
    });
    let [contact_name, contact_telephone, contact_email] = contact;
    let asking = Asking {
        tour: draft.tour.id,
        setting: draft.setting,
        wish,
        is_estimated: draft.request.as_ref().is_some_and(|r| r.is_estimated)
            && !groups_changed
            && !draft.open.iter().any(is_group),
        contact_name,
        contact_telephone,
        contact_email,
        on_behalf: on_behalf.filter(|_| actor.role != Role::School),
        outside_audience: draft.request.as_ref().is_some_and(|r| r.outside_audience),
    };
    (asking, at)
}

/// What was done, for the comparison.
fn tell(draft: &Draft<'_>, asking: Asking, comparison: &mut Comparison) {
    match &draft.request {
        None => {
            comparison.made.push(New {
                tour: draft.tour.name.clone(),
                school: draft.school.clone(),
                contact: [asking.contact_name, asking.contact_telephone, asking.contact_email],
                wish: asking.wish,
                asked: asking.on_behalf,
            });
        }
        Some(_) => {
            comparison.changed += 1;
            tell_changes(draft, comparison);
        }
    }
}

/// Every cell that will be another one, beside those that are open.
fn tell_changes(draft: &Draft<'_>, comparison: &mut Comparison) {
    let before = draft.request.as_ref().map(super::go_out::cells).unwrap_or_default();
    let changed = Cell::all().filter(|cell| before.get(*cell) != draft.cells.get(*cell));
    comparison.changes.extend(changed.map(|cell| draft.changed(cell, before.get(cell), draft.cells.get(cell))));
}

/// What a rule says against a draft. Where it may come of what is still open, it is told once that is mended or decided;
/// where it comes of what somebody decided, that is asked again.
fn fault(draft: &Draft<'_>, at: &[usize], error: FieldError, comparison: &mut Comparison) {
    let Some(cell) = cell_of(&error.field, at) else {
        comparison.problems.push(problem(draft, at, error));
        return;
    };
    // That nobody is to attend may come of any group's pupils.
    let is_count = |cell: Cell| matches!(cell, Cell::Group(_, GroupField::Expected));
    let bears = |other: Cell| other.bears_on(cell) || (at.is_empty() && is_count(cell) && is_count(other));
    if draft.open.iter().any(|open| bears(*open)) {
        return;
    }
    let mut again: Vec<_> = draft.decided.iter().filter(|asked| bears(asked.what.cell)).cloned().collect();
    if again.is_empty() {
        comparison.problems.push(problem(draft, at, error));
        return;
    }
    let own = again.iter().position(|asked| asked.what.cell == cell).unwrap_or(0);
    again[own].wrong = Some(error.message);
    for asked in again {
        match comparison.asked.iter_mut().find(|known| known.field == asked.field) {
            Some(known) => known.wrong = known.wrong.take().or(asked.wrong),
            None => comparison.asked.push(asked),
        }
    }
}

/// What a rule says against a draft, at its cell: in the row that says something there, else the first.
fn problem(draft: &Draft<'_>, at: &[usize], error: FieldError) -> intake::Problem {
    let cell = cell_of(&error.field, at);
    let row = cell.and_then(|cell| draft.rows.iter().find(|row| row.cells.contains_key(&cell)));
    let column = cell.map_or(Column::School, Column::Cell);
    row.unwrap_or(&draft.rows[0]).problem(column, format!("{}.", error.message))
}

/// The cell of a form's field; of a group, the one it has on the sheet.
fn cell_of(field: &str, at: &[usize]) -> Option<Cell> {
    let Some((name, number)) = field.rsplit_once('-') else {
        return Cell::all().find(|cell| cell.field() == field);
    };
    // A wish without a group is told so at the first.
    let place = at.get(number.parse::<usize>().ok()?).copied().unwrap_or(0);
    Cell::of_group(place).find(|cell| matches!(cell, Cell::Group(_, field) if GroupField::as_str(*field) == name))
}

/// Writes down what the sheet did, so that it can be taken back.
async fn keep(
    conn: &mut Conn,
    desk: &Desk,
    actor: &Actor,
    id: Uuid,
    comparison: &Comparison,
    done: Vec<Done>,
) -> Result<()> {
    let figures = Figures {
        total: done.len(),
        added: comparison.made.len(),
        changed: comparison.changed,
        unchanged: comparison.unchanged,
    };
    finish(conn, desk, (KIND, id), figures).await?;
    let mut rows = Vec::with_capacity(done.len());
    let named = done.iter().map(|one| (one.request, one.filled_in_by.clone())).collect();
    filled_in::keep(conn, id, named).await?;
    for one in done {
        let before = one.before.map(|before| serde_json::to_string(&before)).transpose().map_err(Error::unavailable)?;
        rows.push((one.request, before, one.version));
    }
    insert_rows!(
        conn,
        "INSERT INTO request_import (import_id, request_id, before, version) ",
        rows,
        |b, row| {
            b.push_bind(id).push_bind(row.0).push_bind(row.1.clone()).push_bind(row.2);
        },
        ""
    )?;
    // Whoever serves several authorities belongs to none: what was asked says whose sheet it was, where it is one's.
    execute!(
        conn,
        "UPDATE import SET authority_code = (SELECT MIN(r.authority_code) FROM request_import i
            JOIN request r ON r.id = i.request_id WHERE i.import_id = import.id
            HAVING MIN(r.authority_code) = MAX(r.authority_code))
         WHERE id = $1 AND authority_code IS NULL",
        id,
    )?;
    let authority = audit::authority_of(conn, actor).await?;
    let change = Change {
        operation: MAY,
        authority: authority.as_deref(),
        record_kind: "import",
        record_id: id.to_string(),
        before: json!({ "state": State::Previewed.as_str() }),
        after: json!({ "state": State::Applied.as_str(), "made": comparison.made.len(), "changed": comparison.changed }),
    };
    audit::write(conn, desk, actor, change).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_lands_on_its_cell() {
        assert_eq!(cell_of("expected-1", &[0, 3]), Some(Cell::Group(3, GroupField::Expected)));
        assert_eq!(cell_of("year_groups-0", &[2]), Some(Cell::Group(2, GroupField::YearGroups)));
        assert_eq!(cell_of("expected-0", &[]), Some(Cell::Group(0, GroupField::Expected)), "nobody is to attend");
        assert_eq!(cell_of("contact_email", &[]), Some(Cell::ContactEmail));
        assert_eq!(cell_of("school", &[]), None);
    }
}
