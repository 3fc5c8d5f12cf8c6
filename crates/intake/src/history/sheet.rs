//! The cells of a sheet, all texts in one: a sheet may have millions.

use std::collections::HashMap;
use std::ops::ControlFlow;

use super::Corrections;
use super::columns::column_of;
use crate::grid::{Grid, Row};
use crate::problem::Problem;
use crate::workbook::{Colours, Looks, Merged};

/// More rows than a sheet of visits has.
const MOST_ROWS: usize = 400_000;
/// More cells than a sheet of visits has.
const MOST_CELLS: usize = 3_000_000;
/// More bytes of text than a sheet of visits has.
const MOST_TEXT: usize = 64 << 20;

/// So many characters of a row are shown.
const MOST_SHOWN: usize = 120;

/// The rows of a sheet that hold something.
#[derive(Debug, Default)]
pub(super) struct Sheet {
    text: String,
    /// Where in the text cells begin and end, row by row.
    cells: Vec<(u32, u32)>,
    rows: Vec<Place>,
    looks: Looks,
    /// Cells that were merged, with where their text is as the file has it.
    merged: Vec<(Merged, (u32, u32))>,
    /// What stood in cells, by row and column, before what a person typed was put there.
    filed: HashMap<(u32, usize), (u32, u32)>,
}

/// A row: its number from 1, and which cells are its own.
#[derive(Debug, Clone, Copy)]
struct Place {
    number: u32,
    start: usize,
    end: usize,
}

/// The cells of a row, from the first column on.
#[derive(Debug, Clone, Copy)]
pub(super) struct Cells<'a> {
    text: &'a str,
    cells: &'a [(u32, u32)],
}

impl<'a> Cells<'a> {
    /// A cell's text; blank where there is none.
    pub(super) fn at(self, column: usize) -> &'a str {
        let (start, end) = self.cells.get(column).copied().unwrap_or_default();
        self.text.get(start as usize..end as usize).unwrap_or_default()
    }

    pub(super) fn iter(self) -> impl Iterator<Item = &'a str> {
        (0..self.cells.len()).map(move |column| self.at(column))
    }

    /// The cells that hold something, trimmed.
    pub(super) fn filled(self) -> impl Iterator<Item = &'a str> {
        self.iter().map(str::trim).filter(|text| !text.is_empty())
    }

    /// How the row begins, for a person to recognise it.
    pub(super) fn shown(self) -> String {
        let mut shown = String::new();
        for (at, text) in self.filled().enumerate().take_while(|(at, _)| *at < MOST_SHOWN) {
            if at > 0 {
                shown.push_str(" · ");
            }
            shown.extend(text.chars().take(MOST_SHOWN));
        }
        shown.chars().take(MOST_SHOWN).collect()
    }

    /// The texts by themselves.
    pub(super) fn texts(self) -> Vec<String> {
        self.iter().map(str::to_owned).collect()
    }
}

impl Sheet {
    /// Reads a sheet.
    pub(super) fn read(grid: &mut Grid<'_>, name: Option<&str>) -> Result<Self, Problem> {
        let (mut sheet, mut fits) = (Self::default(), true);
        grid.rows(name, &mut |number, row: &dyn Row| {
            if row.is_blank() {
                return ControlFlow::Continue(());
            }
            fits = sheet.rows.len() < MOST_ROWS && sheet.add(number, row);
            if fits { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
        })?;
        if fits {
            sheet.looks = grid.looks(name);
            sheet.merged =
                sheet.looks.merged.iter().filter_map(|merged| Some((*merged, sheet.text_of(merged)?))).collect();
            return Ok(sheet);
        }
        Err(Problem {
            sheet: name.map(str::to_owned),
            ..Problem::of_file(format!(
                "The sheet has more than {MOST_ROWS} rows, {} million cells or {} MB of text. Keep the list of visits alone, or import it in parts.",
                MOST_CELLS / 1_000_000,
                MOST_TEXT >> 20
            ))
        })
    }

    /// Adds a row; whether there was room for it.
    fn add(&mut self, number: u32, row: &dyn Row) -> bool {
        let start = self.cells.len();
        let mut fits = true;
        row.each(&mut |column, text| {
            fits = fits && start + column < MOST_CELLS && self.text.len() + text.len() <= MOST_TEXT;
            if fits {
                // Columns that were passed over are blank.
                self.cells.resize(start + column, (0, 0));
                let place = self.put(text);
                self.cells.push(place);
            }
        });
        self.rows.push(Place { number, start, end: self.cells.len() });
        fits
    }

    /// Adds a text; where it stands.
    fn put(&mut self, text: &str) -> (u32, u32) {
        let at = |length: usize| u32::try_from(length).unwrap_or(u32::MAX);
        let start = at(self.text.len());
        self.text.push_str(text);
        (start, at(self.text.len()))
    }

    /// Where the text of merged cells is; none where they are blank.
    fn text_of(&self, merged: &Merged) -> Option<(u32, u32)> {
        let row = self.rows.get(self.at(merged.rows.0)?)?;
        let column = usize::try_from(merged.columns.0).ok()?;
        let place = *self.cells.get(row.start..row.end)?.get(column)?;
        let text = self.text.get(place.0 as usize..place.1 as usize)?;
        (!text.trim().is_empty()).then_some(place)
    }

    /// Which row has a number.
    fn at(&self, number: u32) -> Option<usize> {
        self.rows.binary_search_by_key(&number, |row| row.number).ok()
    }

    /// Puts the text of cells that were merged over several rows into each of these rows that holds something else, from
    /// row `from` on. Headings are as they are.
    pub(super) fn fill_down(&mut self, from: usize, headings: &[std::ops::Range<usize>]) {
        for (merged, place) in self.merged.clone() {
            let (Some(first), Ok(column)) = (self.at(merged.rows.0), usize::try_from(merged.columns.0)) else {
                continue;
            };
            let last = self.rows.partition_point(|row| row.number <= merged.rows.1);
            let is_heading = |at: usize| headings.iter().any(|rows| rows.contains(&at));
            if first < from || is_heading(first) {
                continue;
            }
            for at in (first + 1..last).take_while(|at| !is_heading(*at)) {
                if self.row(at).1.at(column).trim().is_empty() {
                    self.set(at, column, place);
                }
            }
        }
    }

    /// The cells that were merged and whose text stands in a column.
    pub(super) fn merged_from(&self, column: usize) -> impl Iterator<Item = &Merged> {
        let begins = move |merged: &&Merged| usize::try_from(merged.columns.0) == Ok(column);
        self.merged.iter().map(|(merged, _)| merged).filter(begins)
    }

    /// Whether a cell is struck through; the row by its number.
    pub(super) fn is_struck(&self, number: u32, column: usize) -> bool {
        self.looks.is_struck(number, column)
    }

    /// How its cells are coloured.
    pub(super) fn colours(&self) -> &Colours {
        &self.looks.colours
    }

    /// Takes cells that were marked as to be mended for uncoloured.
    pub(super) fn forget_marks(&mut self) {
        self.looks.colours.forget(crate::marked::mark());
    }

    /// How many rows hold something.
    pub(super) fn len(&self) -> usize {
        self.rows.len()
    }

    /// A row’s number from 1, and its cells.
    pub(super) fn row(&self, at: usize) -> (u32, Cells<'_>) {
        let place = self.rows.get(at).copied().unwrap_or(Place { number: 0, start: 0, end: 0 });
        (place.number, Cells { text: &self.text, cells: self.cells.get(place.start..place.end).unwrap_or_default() })
    }

    /// The cells of a row by its number.
    pub(super) fn numbered(&self, number: u32) -> Option<Cells<'_>> {
        self.at(number).map(|at| self.row(at).1)
    }

    /// A cell's text; the row by its number.
    pub(super) fn at_row(&self, number: u32, column: usize) -> &str {
        self.at(number).map_or("", |at| self.row(at).1.at(column))
    }

    /// A cell's text as the file has it, whatever a person typed for it; the row by its number.
    pub(super) fn filed(&self, number: u32, column: usize) -> &str {
        let Some((start, end)) = self.filed.get(&(number, column)) else { return self.at_row(number, column) };
        self.text.get(*start as usize..*end as usize).unwrap_or_default()
    }

    /// The cells of a row by its number.
    pub(super) fn cells_of(&self, number: u32) -> Option<Cells<'_>> {
        self.at(number).map(|at| self.row(at).1)
    }

    /// The rows from one on.
    pub(super) fn rows(&self, from: usize) -> impl Iterator<Item = (u32, Cells<'_>)> + Clone {
        (from..self.len()).map(|at| self.row(at))
    }

    /// Puts what a person typed into the cells it stands for.
    pub(super) fn mend(&mut self, name: Option<&str>, said: &Corrections) {
        for ((_, cell), text) in said.cells.iter().filter(|((of, _), _)| of == name.unwrap_or_default()) {
            let digits = cell.find(|c: char| c.is_ascii_digit()).unwrap_or(cell.len());
            let (letters, number) = cell.split_at(digits);
            let (Some(column), Ok(number)) = (column_of(letters), number.parse::<u32>()) else { continue };
            let Some(at) = self.at(number) else { continue };
            let Place { start, end, .. } = self.rows[at];
            let filed = self.cells[start..end].get(column).copied().unwrap_or_default();
            self.filed.insert((number, column), filed);
            let place = self.put(text);
            self.set(at, column, place);
        }
    }

    /// Lets a cell have another text.
    fn set(&mut self, at: usize, column: usize, place: (u32, u32)) {
        let Place { number, start, end } = self.rows[at];
        if column < end - start {
            self.cells[start + column] = place;
        } else {
            // There is no room behind its last cell: the row moves to where there is.
            let moved = self.cells.len();
            self.cells.extend_from_within(start..end);
            self.cells.resize(moved + column, (0, 0));
            self.cells.push(place);
            self.rows[at] = Place { number, start: moved, end: self.cells.len() };
        }
    }
}
