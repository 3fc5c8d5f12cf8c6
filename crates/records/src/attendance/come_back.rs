//! The attendance sheet that comes back: what was filled in is brought together with what is on record, figure by
//! figure; what people stated differently is asked about; the rest is recorded as the attendance page records it, all
//! of it or nothing.

use std::collections::{BTreeMap, BTreeSet};

use domain::access::{Actor, Operation};
use domain::attendance::{Figure, Headcounts};
use domain::attendance_sheet::{Column, FIGURES, heading, merge};
use domain::merged::Merged;
use domain::session::State;
use domain::setting::LaCode;
use domain::slot::TimeOfDay;
use intake::Problem;
use intake::attendance::{Filled, FilledRow};
use uuid::Uuid;

use super::beside::against;
use super::comparison::{Answers, Asked, Change, Comparison, Over, OverFigure, Said};
use super::named::found;
use super::over;
use super::sheet::{self, Group, Sheet};
use super::{Statement, field, lock, state_of};
use crate::Desk;
use crate::db::Conn;
use crate::error::{Conflict, Error, Result};
use crate::filled_sheets::within;
use crate::within::Within;

/// What taking in this sheet would do; of another authority than `authority`, where one is named, none is found.
/// Nothing is stored.
///
/// # Errors
/// Forbidden; the database does not answer.
pub async fn compare(
    desk: &Desk,
    actor: &Actor,
    authority: Option<&LaCode>,
    filled: &Filled,
    answers: &Answers,
) -> Result<Comparison> {
    desk.authorise(actor, Operation::RecordAttendance)?;
    // Tried out, so that every rule says its word, and taken back.
    let mut conn = desk.write().await?;
    attempt(&mut conn, desk, actor, &within(actor, authority.map(LaCode::as_str)), filled, answers).await
}

/// Writes what was filled in, unless something is not settled; whoever calls keeps it or lets it go.
pub(super) async fn attempt(
    conn: &mut Conn,
    desk: &Desk,
    actor: &Actor,
    within: &Within,
    filled: &Filled,
    answers: &Answers,
) -> Result<Comparison> {
    let mut by_group = BTreeMap::<Uuid, Vec<&FilledRow>>::new();
    for row in &filled.rows {
        by_group.entry(row.key.group).or_default().push(row);
    }
    let (problems, answers) = (filled.problems.clone(), answers.clone());
    let mut comparison = Comparison { problems, answers, ..Comparison::default() };
    let sessions = sessions(conn, within, &by_group, &mut comparison).await?;
    let mut statements = Vec::with_capacity(sessions.len());
    for (visit, session) in sessions {
        // Each session is found, locked and written as its own page does it.
        lock(conn, visit).await?;
        let found = sheet::find(conn, actor, session).await?;
        take_out_sorted_apart(&found, &mut by_group, &mut comparison);
        let open = comparison.asked.len();
        let statement = bring_together(&found, &by_group, &mut comparison);
        // What is asked of a session may be what is wrong with it: its rules speak when that is decided.
        let is_decided = comparison.asked.len() == open;
        statements.extend(statement.filter(|_| is_decided).map(|statement| (found, statement)));
    }
    // Locked in the order of their keys, shown in the order of their days.
    comparison.changes.sort_by_cached_key(Change::shown);
    comparison.asked.sort_by_cached_key(|asked| asked.what.shown());
    for (found, statement) in &statements {
        if !state(conn, desk, actor, found, statement, &by_group, &mut comparison).await? {
            break;
        }
    }
    // What a rule says of a cell that cannot be read is said already.
    let (unread, ruled) = comparison.problems.split_at(filled.problems.len());
    let is_said = |p: &Problem| unread.iter().any(|u| (&u.sheet, u.row, &u.column) == (&p.sheet, p.row, &p.column));
    let ruled: Vec<Problem> = ruled.iter().filter(|problem| !is_said(problem)).cloned().collect();
    comparison.problems.truncate(filled.problems.len());
    comparison.problems.extend(ruled);
    comparison.over.sort_by_cached_key(|over| (over.on, over.place.clone()));
    comparison.problems.sort_by_cached_key(|problem| (problem.sheet.clone(), problem.row));
    Ok(comparison)
}

/// The sessions of the groups with their visits, in the order in which everyone locks them.
async fn sessions(
    conn: &mut Conn,
    within: &Within,
    by_group: &BTreeMap<Uuid, Vec<&FilledRow>>,
    comparison: &mut Comparison,
) -> Result<BTreeSet<(Uuid, Uuid)>> {
    let mut known = BTreeSet::new();
    let mut sessions = BTreeSet::new();
    for found in found(conn, by_group.keys()).await?.into_iter().filter(|found| found.lies_within(within)) {
        known.insert(found.id);
        sessions.insert((found.visit_id, found.session_id));
    }
    for row in by_group.iter().filter(|(group, _)| !known.contains(group)).flat_map(|(_, rows)| rows) {
        comparison.problems.push(problem(
            row,
            Column::Key.heading(),
            "There is no such group any more, or it is not yours to count. Look the session up in Callboard.".into(),
        ));
    }
    Ok(sessions)
}

fn problem(row: &FilledRow, column: &str, message: String) -> Problem {
    Problem { sheet: row.sheet.clone(), row: Some(row.row), column: Some(column.to_owned()), message }
}

/// Nothing is recorded of a row that stands beside another's key.
fn take_out_sorted_apart(found: &Sheet, by_group: &mut BTreeMap<Uuid, Vec<&FilledRow>>, comparison: &mut Comparison) {
    for group in &found.groups {
        let Some(rows) = by_group.get_mut(&group.id) else { continue };
        rows.retain(|row| {
            let against = against(found, group, row);
            let apart = against.map(|(column, message)| problem(row, column.heading(), message));
            let is_own = apart.is_none();
            comparison.problems.extend(apart);
            is_own
        });
    }
}

/// What is stated of a session; none when nothing new is.
fn bring_together(
    found: &Sheet,
    by_group: &BTreeMap<Uuid, Vec<&FilledRow>>,
    comparison: &mut Comparison,
) -> Option<Statement> {
    let session = &found.session;
    let time = |minute: Option<i64>| minute.and_then(|m| TimeOfDay::try_from(m).ok());
    let mut mended = Vec::new();
    let mut statement = Statement {
        version: session.version,
        starts: time(session.actual_starts_minute),
        ends: time(session.actual_ends_minute),
        groups: BTreeMap::new(),
        sure: false,
        counted_by: BTreeMap::new(),
    };
    for group in &found.groups {
        let Some(rows) = by_group.get(&group.id) else { continue };
        let mut counts = group.counts;
        let mut is_asked = false;
        for figure in FIGURES {
            let on_record = group.counts.get(figure);
            let filled: Vec<_> = rows.iter().map(|row| (base(row, rows, figure), row.counts.get(figure))).collect();
            let after = match merge(on_record, &filled) {
                Merged::Stays => on_record,
                Merged::Becomes(count) => count,
                Merged::Asked(others) => {
                    let others: Vec<i64> = others.into_iter().flatten().collect();
                    let asked = asked(change(found, group, figure, on_record), group, rows, &others);
                    let right = comparison.answers.right(&asked.field, on_record, &others, !asked.confirmed.is_empty());
                    is_asked |= right.is_none();
                    if right.is_some() { &mut comparison.answered } else { &mut comparison.asked }.push(asked);
                    right.unwrap_or(on_record)
                }
            };
            let after = match over::mended(&comparison.answers, group, figure, after) {
                Some((one, right)) => {
                    mended.push(one);
                    right
                }
                None => after,
            };
            if after != on_record {
                counts.set(figure, after);
                comparison.changes.push(change(found, group, figure, after));
            }
        }
        if counts != group.counts {
            statement.sure |= rows.iter().any(|row| row.sure);
            statement.groups.insert(group.id, counts);
            statement.counted_by.insert(group.id, counted_by(rows, &counts));
        } else if !is_asked {
            comparison.unchanged += rows.len();
        }
    }
    if !mended.is_empty() {
        comparison.mended.push(over(found, Vec::new(), mended));
    }
    (!statement.groups.is_empty()).then_some(statement)
}

/// What stood in a row when the sheet went out. Where it still does, and a copy of the row says something else, it is
/// said as well: nobody knows which of the two is right.
fn base(row: &FilledRow, rows: &[&FilledRow], figure: Figure) -> Option<i64> {
    let is_said = !row.says(figure) && rows.iter().any(|other| other.is_copy_of(row) && other.says(figure));
    row.key.base.get(figure).filter(|_| !is_said)
}

/// A figure of a group, and what it will be.
fn change(found: &Sheet, group: &Group, figure: Figure, after: Option<i64>) -> Change {
    Change {
        session: found.session.id,
        on: found.session.on_date,
        place: where_it_is(found),
        group: format!("{}, {}", group.setting, group.name()),
        figure,
        before: group.counts.get(figure),
        after,
    }
}

/// A figure that was stated differently: what each says, who and when.
fn asked(what: Change, group: &Group, rows: &[&FilledRow], others: &[i64]) -> Asked {
    let (figure, on_record) = (what.figure, what.before);
    let says = |row: &FilledRow, count| base(row, rows, figure) != Some(count) && row.counts.get(figure) == Some(count);
    let wheres = |count| rows.iter().filter(|row| says(row, count)).map(|row| place(row)).collect();
    let said = others.iter().map(|count| Said { count: *count, wheres: wheres(*count) });
    let copies = rows.iter().filter(|row| rows.iter().any(|other| other.is_copy_of(row)));
    Asked {
        field: field(figure, group.id),
        by: on_record.and_then(|_| Some((group.stated_by.clone()?, group.stated_role))),
        counted_by: on_record.map(|_| group.counted_by.clone()).unwrap_or_default(),
        at: on_record.and(group.stated_at),
        said: said.collect(),
        confirmed: on_record.map(wheres).unwrap_or_default(),
        copies: copies.map(|row| place(row)).collect(),
        what,
    }
}

/// What is asked of a session.
fn over(found: &Sheet, why: Vec<String>, figures: Vec<OverFigure>) -> Over {
    Over { session: found.session.id, on: found.session.on_date, place: where_it_is(found), why, figures }
}

/// “Morning, Oak Primary School”
fn where_it_is(found: &Sheet) -> String {
    format!("{}, {}", found.session.slot_label, found.session.venue)
}

/// Everybody whom the rows name that say one of the figures that hold.
fn counted_by(rows: &[&FilledRow], counts: &Headcounts) -> String {
    let holds = |row: &&&FilledRow| FIGURES.iter().any(|f| row.says(*f) && row.counts.get(*f) == counts.get(*f));
    let names: BTreeSet<&str> =
        rows.iter().filter(holds).map(|row| row.counted_by.as_str()).filter(|name| !name.is_empty()).collect();
    names.into_iter().collect::<Vec<_>>().join(", ")
}

/// “row 5, counted by Jo”
fn place(row: &FilledRow) -> String {
    let by = if row.counted_by.is_empty() { String::new() } else { format!(", counted by {}", row.counted_by) };
    format!("row {}{by}", row.row)
}

/// Records one session's statement; what its rules say against it goes into the comparison. Whether to go on.
async fn state(
    conn: &mut Conn,
    desk: &Desk,
    actor: &Actor,
    found: &Sheet,
    statement: &Statement,
    by_group: &BTreeMap<Uuid, Vec<&FilledRow>>,
    comparison: &mut Comparison,
) -> Result<bool> {
    let rows_of = |group: Uuid| by_group.get(&group).into_iter().flatten();
    let first = statement.groups.keys().flat_map(|group| rows_of(*group)).next();
    let against = |message: String| first.map(|row| problem(row, Column::Date.heading(), message));
    if let Some(why) = found.session.why_not(desk.today(), actor.role) {
        comparison.problems.extend(against(format!("{why}.")));
        return Ok(true);
    }
    // What is on record of why it was missed would be gone, and a school that nobody came to would count as reached.
    if found.session.state == State::Missed {
        let what = found.session.kind.delivery();
        comparison.problems.extend(against(format!(
            "This {what} is on record as missed. If it took place after all, record its attendance on its own page; if not, clear its figures."
        )));
        return Ok(true);
    }
    let mut stated = state_of(conn, desk, actor, found, statement).await;
    // Nothing was written: what is more than the roll is asked about first, and may have been answered.
    if let Err(Error::Invalid(errors)) = &stated
        && errors.iter().any(|error| error.field == "sure")
    {
        let why = errors.iter().filter(|error| error.field == "sure").map(|error| error.message.clone());
        let over = over(found, why.collect(), over::figures(found, statement, &comparison.mended));
        comparison.mended.retain(|mended| mended.session != over.session);
        if comparison.answers.sure.contains(&over.session) {
            comparison.sure.push(over);
            stated = state_of(conn, desk, actor, found, &Statement { sure: true, ..statement.clone() }).await;
        } else {
            comparison.over.push(over);
        }
    }
    match stated {
        Ok(()) => Ok(true),
        Err(Error::Invalid(errors)) => {
            let errors: Vec<_> = errors.into_iter().filter(|error| error.field != "sure").collect();
            for error in errors {
                let cell = found.groups.iter().find_map(|group| {
                    let figure = FIGURES.into_iter().find(|figure| field(*figure, group.id) == error.field)?;
                    Some((rows_of(group.id).next()?, figure))
                });
                comparison.problems.push(match cell {
                    Some((row, figure)) => problem(row, heading(figure), format!("{}.", error.message)),
                    None => Problem::of_file(format!("{}.", error.message)),
                });
            }
            Ok(true)
        }
        // The database may have refused the write, and takes nothing more in this transaction.
        Err(Error::Conflict(Conflict::Refused(why))) => {
            comparison.problems.extend(against(format!("{why}.")));
            Ok(false)
        }
        Err(other) => Err(other),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_says_where_and_who() {
        let key = domain::attendance_sheet::Key { group: Uuid::nil(), base: Headcounts::default(), beside: None };
        let mut row = FilledRow {
            sheet: None,
            row: 5,
            key,
            counts: Headcounts::default(),
            sure: false,
            counted_by: String::new(),
            on: String::new(),
            session: String::new(),
            venue: String::new(),
            school: String::new(),
            group: String::new(),
        };
        assert_eq!(place(&row), "row 5");
        row.counted_by = "Jo".into();
        assert_eq!(place(&row), "row 5, counted by Jo");

        // Who counted what does not hold is not named beside what does.
        row.counts.pupils = Some(28);
        let other = FilledRow {
            counted_by: "Ann".into(),
            counts: Headcounts { pupils: Some(27), ..row.counts },
            ..row.clone()
        };
        assert_eq!(counted_by(&[&row, &other], &row.counts), "Jo");
    }
}
