//! The rows of one tour and school: what each says, and where.

use std::collections::BTreeSet;

use domain::contact::is_same_telephone;
use domain::request_sheet::{Cell, Cells, Column, Key};
use intake::Problem;
use intake::requests::FilledRow;

use super::compare::{Draft, Said};
use crate::attendance::beside::{apart, is_another};

/// What is wrong with a row that stands beside another's key.
pub(super) fn sorted_apart(row: &FilledRow, tour: &str, school: &str) -> Option<Problem> {
    let of = format!("{school} for {tour}");
    // What stood there when the sheet went out is its own, whatever the tour and the school are called by now.
    let key = row.key.as_ref().ok();
    if is_another(&row.school, school) && !key.is_some_and(|key| key.stood_as_school(&row.school)) {
        return Some(row.problem(Column::School, apart(&row.school, &of, "school")));
    }
    let is_another = is_another(&row.tour, tour) && !key.is_some_and(|key| key.stood_as_tour(&row.tour));
    is_another.then(|| row.problem(Column::Tour, apart(&row.tour, &of, "tour")))
}

/// The cells of each row, and those that cannot be read in one of them; what is wrong there is added to `problems`.
pub(super) fn read<'a>(
    draft: &Draft<'a>,
    on_record: &Cells,
    problems: &mut Vec<Problem>,
) -> (Vec<(&'a Key, Cells)>, BTreeSet<Cell>) {
    let mut unread = BTreeSet::new();
    let mut filled: Vec<(&Key, Cells)> = Vec::with_capacity(draft.rows.len());
    for (row, key) in draft.rows.iter().filter_map(|row| Some((row, row.key.as_ref().ok()?))) {
        let mut cells = Cells::default();
        for (cell, text) in &row.cells {
            match cell.read(text, draft.tour.academic_year) {
                Ok(None) => {}
                Ok(Some(text)) => {
                    let text = as_known(*cell, text, key, on_record, &filled);
                    cells.put(*cell, text);
                }
                Err(message) => {
                    unread.insert(*cell);
                    problems.push(row.problem(Column::Cell(*cell), format!("{message}.")));
                }
            }
        }
        filled.push((key, cells));
    }
    (filled, unread)
}

/// A telephone number as it stands on record, or in a row before, where it is the same one spaced otherwise.
fn as_known(cell: Cell, text: String, key: &Key, on_record: &Cells, before: &[(&Key, Cells)]) -> String {
    if cell != Cell::ContactTelephone || key.is_base(cell, &text) {
        return text;
    }
    let known = [on_record].into_iter().chain(before.iter().map(|(_, cells)| cells)).map(|cells| cells.get(cell));
    let mut same = known.filter(|known| is_same_telephone(known, &text));
    same.next().map_or_else(|| text.clone(), str::to_owned)
}

/// A text with the rows that say it.
pub(super) fn said(rows: &[&FilledRow], cell: Cell, text: String, filled: &[(&Key, Cells)]) -> Said {
    let rows = rows
        .iter()
        .zip(filled)
        .filter(|(_, (key, cells))| cells.said(cell) == Some(text.as_str()) && !key.is_base(cell, &text));
    let wheres = rows.map(|(row, _)| place(row)).collect();
    Said { text, wheres }
}

/// “row 5, filled in by Jo”
fn place(row: &FilledRow) -> String {
    let by = if row.filled_in_by.is_empty() { String::new() } else { format!(", filled in by {}", row.filled_in_by) };
    format!("row {}{by}", row.row)
}
