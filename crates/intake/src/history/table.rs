//! A sheet: where its table is, and what its columns hold.

use std::collections::HashSet;

use domain::{AcademicYear, YearGroup};

use super::below;
use super::columns::{Columns, column_of, letters};
use super::date;
use super::days::Days;
use super::happened;
use super::header::{self, Below, Head};
pub(crate) use super::header::{HEADER_ROWS, joined};
use super::headings;
use super::key;
pub(crate) use super::lines::is_total;
use super::merged;
use super::reading::Reading;
use super::sheet::{Cells, Sheet};
use super::slips;
use super::words::plain;
use super::years::title;
use super::years_of::Months;
use super::{Corrections, Headings, History, Role, Skipped, Table};
use crate::grid::Grid;
use crate::problem::Problem;

/// So many rows above a table may be its titles.
const MOST_TITLES: usize = 3;

/// So many texts of a column are shown to know it by, so long at most, from so many of its rows.
const EXAMPLES: usize = 3;
const LONGEST_EXAMPLE: usize = 24;
const MOST_ROWS_OF_EXAMPLES: usize = 100;

/// So many rows of a sheet that is not read are shown: headings stand at the top.
const MOST_BEGINS: usize = 10;

/// The rows of a sheet that hold something, with their numbers from 1.
pub(crate) fn rows(grid: &mut Grid<'_>, sheet: Option<&str>) -> Result<Vec<(u32, Vec<String>)>, Problem> {
    Ok(Sheet::read(grid, sheet)?.rows(0).map(|(number, cells)| (number, cells.texts())).collect())
}

/// Reads a sheet's visits into `history`. Where it has no table, or is left out, only that it is there.
pub(super) fn read(
    sheet: Option<&str>,
    cells: &mut Sheet,
    said: &Corrections,
    since_1904: bool,
    history: &mut History,
) {
    let head = match said.headings.get(sheet.unwrap_or_default()) {
        Some(Headings::Out) => None,
        Some(Headings::Row(number)) => header::said(cells, *number).or_else(|| header::find(cells)),
        None => find(cells, said),
    };
    let Some(head) = head else {
        if cells.len() > 0 {
            history.skipped.push(skipped(sheet, cells));
        }
        return;
    };
    // Where a person says that a sheet has no headings, it has none lower down.
    let has_none = head.rows.is_empty();
    let heads = if has_none { vec![head] } else { below::all(cells, head) };
    let headings: Vec<_> = heads.iter().map(|head| head.rows.clone()).collect();
    cells.fill_down(headings.first().map_or(0, |rows| rows.end), &headings);
    let ends: Vec<usize> = heads.iter().skip(1).map(|head| head.rows.start).chain([cells.len()]).collect();
    let of_sheet = OfSheet { sheet, cells, said, since_1904, of_key: key::rows(cells) };
    let mut months = None;
    for (n, (head, end)) in heads.into_iter().zip(ends).enumerate() {
        months = of_sheet.table(n == 0, head, end, months, history);
    }
}

/// The headings of a sheet. Where a person said of a file what stands below headings like these, they are known by that,
/// whatever they say.
fn find(cells: &Sheet, said: &Corrections) -> Option<Head> {
    let is_known = |head: &Head| said.shapes.contains_key(&head.columns.shape());
    let found = header::find(cells);
    if said.shapes.is_empty() || found.as_ref().is_some_and(is_known) {
        return found;
    }
    header::remembered(cells, is_known).or(found)
}

/// A sheet of which nothing is read.
pub(super) fn skipped(sheet: Option<&str>, cells: &Sheet) -> Skipped {
    let (rows, last_row) = (cells.len(), cells.row(cells.len().saturating_sub(1)).0);
    let begins = cells.rows(0).take(MOST_BEGINS).map(|(number, cells)| (number, cells.shown())).collect();
    Skipped { sheet: sheet.map(str::to_owned), rows, last_row, begins }
}

/// A sheet whose tables are read.
pub(super) struct OfSheet<'a> {
    pub sheet: Option<&'a str>,
    pub cells: &'a Sheet,
    pub said: &'a Corrections,
    since_1904: bool,
    /// Rows that are of a key to colours.
    of_key: HashSet<u32>,
}

impl OfSheet<'_> {
    /// The texts that may say of which year a table is whose headings stand at `head`.
    fn titles(&self, is_first: bool, head: usize) -> Vec<&str> {
        let rows = self.cells.rows(0).take(head).map(|(_, cells)| cells);
        if is_first {
            return self.sheet.into_iter().chain(rows.flat_map(Cells::iter)).collect();
        }
        // Its own titles stand right above it, each alone in its row.
        let near: Vec<Cells<'_>> = rows.skip(head.saturating_sub(MOST_TITLES)).collect();
        let titles = near.into_iter().rev().take_while(|cells| cells.filled().count() == 1);
        titles.flat_map(Cells::filled).collect()
    }

    /// The year group that the sheet's name or a title names that stands alone in its row.
    fn year_group(&self, is_first: bool, head: usize) -> Option<YearGroup> {
        let rows = self.cells.rows(0).take(head).skip(if is_first { 0 } else { head.saturating_sub(MOST_TITLES) });
        let alone = rows.filter(|(_, cells)| cells.filled().count() == 1).flat_map(|(_, cells)| cells.filled());
        title::of_titles(self.sheet.into_iter().filter(|_| is_first).chain(alone))
    }

    /// Reads a table, whose rows end before `end`. Takes the months that the last rows of the table above it are of, and
    /// returns its own.
    fn table(
        &self,
        is_first: bool,
        head: Head,
        end: usize,
        above: Option<Months>,
        history: &mut History,
    ) -> Option<Months> {
        let Self { sheet, cells, said, since_1904, .. } = *self;
        let Head { rows: heads, mut columns } = head;
        let named = sheet.unwrap_or_default();
        let header_row = heads.clone().last().map_or(0, |last| cells.row(last).0);
        let place = if is_first { named.to_owned() } else { format!("{named}:{header_row}") };
        if let Some(last) = heads.clone().last() {
            name_the_unnamed(&mut columns, cells, last);
        }
        let shape = columns.shape();
        let of_shape = said.shapes.get(&shape).filter(|_| !heads.is_empty());
        for (letters, role) in of_shape.into_iter().chain(said.columns.get(&place)).flatten() {
            if let Some(at) = column_of(letters) {
                columns.correct(at, *role);
            }
        }
        columns.take_one_school();
        let said_of = [of_shape, said.columns.get(&place)].into_iter().flatten().flatten();
        let is_said: Vec<usize> = said_of.filter_map(|(letters, _)| column_of(letters)).collect();
        // Where a person says that there are no headings, everything is said.
        let open = if heads.is_empty() {
            Vec::new()
        } else {
            columns.open(Below::table(cells, heads.end..end), |at| is_said.contains(&at))
        };
        let days = Days::of(said, (sheet, &place), (&self.titles(is_first, heads.start), above), &columns, since_1904);
        let days = days.of_column(cells, heads.end..end, &columns);
        let mut of_columns = columns.headings.clone();
        of_columns.extend(columns.known.iter().filter(|(_, _, h)| h.is_empty()).map(|(at, ..)| (*at, String::new())));
        let unheaded = open.iter().filter(|column| column.heading.is_empty());
        of_columns.extend(unheaded.filter_map(|column| Some((column_of(&column.letters)?, String::new()))));
        of_columns.sort_by_key(|(at, _)| *at);
        of_columns.dedup_by_key(|(at, _)| *at);
        history.tables.push(Table {
            sheet: sheet.map(str::to_owned),
            place,
            header_row,
            last_row: cells.row(end.saturating_sub(1)).0,
            academic_year: days.known.months.and_then(Months::academic_year).map(AcademicYear::first),
            columns: columns.known.iter().map(|(at, role, heading)| (letters(*at), *role, heading.clone())).collect(),
            open,
            looked_at: columns
                .unread()
                .filter(|(_, heading)| happened::tells(heading))
                .map(|(at, _)| letters(*at))
                .collect(),
            not_read: columns
                .unread()
                .filter(|(_, heading)| !happened::tells(heading))
                .map(|(_, heading)| heading.clone())
                .collect(),
            examples: of_columns
                .iter()
                .filter(|(_, heading)| !headings::is_personal(heading))
                .filter_map(|(at, _)| examples(cells, heads.end..end, *at))
                .collect(),
            headings: of_columns.into_iter().map(|(at, heading)| (letters(at), heading)).collect(),
            shape,
        });
        let from = (history.visits.len(), history.doubts.len());
        let (named, typed) = (days.named, days.typed.clone());
        let heads_texts = heads.clone().map(|at| cells.row(at).1.texts()).collect();
        let mut reading = Reading::new(sheet, &columns, heads_texts, days, history);
        for (number, cells) in cells.rows(0).take(heads.start).filter(|_| is_first) {
            reading.leave_out(number, cells);
        }
        for (number, cells) in cells.rows(heads.end).take(end - heads.end) {
            if self.of_key.contains(&number) {
                reading.leave_out(number, cells);
            } else {
                reading.row(number, cells);
            }
        }
        let (months, turned) = (reading.months(), reading.turned());
        slips::ask(self, &columns, &slips::Known { named, turned, typed }, from, history);
        title::give(self.year_group(is_first, heads.start), &mut history.visits[from.0..]);
        merged::ask(self, &columns, from.0, history);
        months
    }
}

/// Some of what stands in a column, to know it by; none where nothing does.
fn examples(cells: &Sheet, rows: std::ops::Range<usize>, at: usize) -> Option<(String, Vec<String>)> {
    let mut texts = Vec::<String>::new();
    for (_, cells) in cells.rows(rows.start).take(MOST_ROWS_OF_EXAMPLES.min(rows.len())) {
        let text = cells.at(at).trim();
        let text = text.strip_suffix("T00:00:00").unwrap_or(text);
        let text: String =
            text.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(LONGEST_EXAMPLE).collect();
        if !text.is_empty() && !texts.contains(&text) {
            texts.push(text);
        }
        if texts.len() == EXAMPLES {
            break;
        }
    }
    (!texts.is_empty()).then(|| (letters(at), texts))
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
