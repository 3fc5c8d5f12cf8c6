//! A sheet: where its table is, and what its columns hold.

use domain::AcademicYear;

use super::columns::{Columns, column_of, letters};
use super::date;
use super::header::{self, Head};
pub(crate) use super::header::{HEADER_ROWS, joined};
pub(crate) use super::lines::is_total;
use super::reading::Reading;
use super::sheet::Sheet;
use super::words::plain;
use super::{Corrections, Headings, History, Role, Skipped, Table};
use crate::grid::Grid;
use crate::problem::Problem;

/// So many rows of a sheet that is not read are shown: headings stand at the top.
const MOST_BEGINS: usize = 10;

/// The rows of a sheet that hold something, with their numbers from 1.
pub(crate) fn rows(grid: &mut Grid<'_>, sheet: Option<&str>) -> Result<Vec<(u32, Vec<String>)>, Problem> {
    Ok(Sheet::read(grid, sheet)?.rows(0).map(|(number, cells)| (number, cells.texts())).collect())
}

/// Reads a sheet's visits into `history`. Where it has no table, or is left out, only that it is there.
pub(super) fn read(sheet: Option<&str>, cells: &Sheet, said: &Corrections, since_1904: bool, history: &mut History) {
    let named = sheet.unwrap_or_default();
    let head = match said.headings.get(named) {
        Some(Headings::Out) => None,
        Some(Headings::Row(number)) => header::said(cells, *number).or_else(|| header::find(cells)),
        None => header::find(cells),
    };
    let Some(Head { rows: heads, mut columns }) = head else {
        if cells.len() > 0 {
            let (rows, last_row) = (cells.len(), cells.row(cells.len() - 1).0);
            let begins = cells.rows(0).take(MOST_BEGINS).map(|(number, cells)| (number, cells.shown())).collect();
            history.skipped.push(Skipped { sheet: sheet.map(str::to_owned), rows, last_row, begins });
        }
        return;
    };
    let titles = cells.rows(0).take(heads.start).flat_map(|(_, cells)| cells.iter());
    let year = said.years.get(named).copied();
    let year = year.or_else(|| sheet.into_iter().chain(titles).find_map(date::academic_year));
    if let Some(last) = heads.clone().last() {
        name_the_unnamed(&mut columns, cells, last);
    }
    let shape = columns.shape();
    let of_shape = said.shapes.get(&shape).filter(|_| !heads.is_empty());
    for (letters, role) in of_shape.into_iter().chain(said.columns.get(named)).flatten() {
        if let Some(at) = column_of(letters) {
            columns.correct(at, *role);
        }
    }
    let mut headings = columns.headings.clone();
    headings.extend(columns.known.iter().filter(|(_, _, h)| h.is_empty()).map(|(at, ..)| (*at, String::new())));
    headings.sort_by_key(|(at, _)| *at);
    headings.dedup_by_key(|(at, _)| *at);
    history.tables.push(Table {
        sheet: sheet.map(str::to_owned),
        header_row: heads.clone().last().map_or(0, |last| cells.row(last).0),
        last_row: cells.row(cells.len().saturating_sub(1)).0,
        academic_year: year.map(AcademicYear::first),
        columns: columns.known.iter().map(|(at, role, heading)| (letters(*at), *role, heading.clone())).collect(),
        not_read: columns.left_out(),
        headings: headings.into_iter().map(|(at, heading)| (letters(at), heading)).collect(),
        shape,
    });
    let heads_texts = heads.clone().map(|at| cells.row(at).1.texts()).collect();
    let mut reading = Reading::new(sheet, &columns, heads_texts, (year, since_1904), history);
    for (number, cells) in cells.rows(0).take(heads.start) {
        reading.leave_out(number, cells);
    }
    for (number, cells) in cells.rows(heads.end) {
        reading.row(number, cells);
    }
}

/// A column without a heading whose cells are times is the time's.
fn name_the_unnamed(columns: &mut Columns, sheet: &Sheet, head: usize) {
    if columns.at(Role::Time).is_some() {
        return;
    }
    for (at, _) in sheet.row(head).1.iter().enumerate().filter(|(_, heading)| heading.trim().is_empty()) {
        if columns.known.iter().any(|(of, ..)| *of == at) {
            continue;
        }
        let (mut times, mut all) = (0, 0);
        for cell in sheet.rows(head + 1).map(|(_, cells)| cells.at(at)).filter(|cell| !cell.trim().is_empty()) {
            all += 1;
            times += usize::from(date::time(cell) != (None, None) || plain(cell) == "all day");
        }
        if all > 0 && times * 2 > all {
            columns.known.push((at, Role::Time, String::new()));
            return;
        }
    }
}
