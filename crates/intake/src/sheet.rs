//! Sheets that went out and come back filled in: columns are found by their headings wherever they were moved.

use std::ops::ControlFlow;

use crate::grid::{Grid, Row};
use crate::history::letters;
use crate::problem::Problem;
use crate::text::tidy;
use crate::workbook::Merged;

/// The headings stand in one of the first rows.
const HEADER_ROWS: u32 = 10;
/// Headings are looked for in so many columns.
pub(crate) const MOST_COLUMNS: usize = 200;

/// Where the columns are, and all headings as they stand.
pub(crate) struct Places<C> {
    known: Vec<(C, usize)>,
    heads: Vec<String>,
}

impl<C: Copy + PartialEq> Places<C> {
    /// The columns that a row names, if those that it cannot do without are among them.
    fn read(row: &dyn Row, columns: &[(C, String)], needs: &[C]) -> Option<Self> {
        let heads: Vec<String> = (0..row.width().min(MOST_COLUMNS)).map(|c| tidy(&row.cell(c)).into_owned()).collect();
        let place = |heading: &String| heads.iter().position(|head| head.to_lowercase() == heading.to_lowercase());
        let known: Vec<_> = columns.iter().filter_map(|(column, head)| Some((*column, place(head)?))).collect();
        let places = Self { known, heads };
        needs.iter().all(|need| places.has(*need)).then_some(places)
    }

    /// Whether there is such a column.
    pub(crate) fn has(&self, column: C) -> bool {
        self.known.iter().any(|(known, _)| *known == column)
    }

    /// What stands in a row below headings that are none of the columns', each with where it is and the heading; blank
    /// cells are left out.
    pub(crate) fn beside<'a>(&'a self, row: &'a dyn Row) -> impl Iterator<Item = (usize, &'a str, String)> {
        let unknown = (0..row.width().min(MOST_COLUMNS)).filter(|at| self.known.iter().all(|(_, known)| known != at));
        unknown.filter_map(|at| {
            let text = tidy(&row.cell(at)).into_owned();
            let heading = self.heads.get(at).map_or("", String::as_str);
            (!text.is_empty()).then_some((at, heading, text))
        })
    }

    /// The text of a column's cell, on one line; nothing where there is no such column.
    pub(crate) fn text(&self, row: &dyn Row, column: C) -> String {
        tidy(&self.raw(row, column)).into_owned()
    }

    /// The text of a column's cell as it is, line by line.
    pub(crate) fn raw(&self, row: &dyn Row, column: C) -> String {
        let place = self.known.iter().find(|(c, _)| *c == column);
        place.map(|(_, at)| row.cell(*at).into_owned()).unwrap_or_default()
    }
}

/// What is done with each row: its sheet's name, its number from 1, itself, and where its columns are.
type Each<'a, C> = dyn FnMut(Option<&str>, u32, &dyn Row, &Places<C>) + 'a;

/// Walks the rows below the headings of every sheet that has them: with the sheet's name, the row's number from 1, and
/// where its columns are. Says whether any sheet had them, and what else is wrong with the file.
///
/// # Errors
/// The file cannot be opened.
pub(crate) fn walk<C: Copy + PartialEq>(
    bytes: &[u8],
    columns: &[(C, String)],
    needs: &[C],
    each: &mut Each<'_, C>,
) -> Result<(bool, Vec<Problem>), Problem> {
    let mut grid = Grid::open(bytes)?;
    let (mut found, mut problems) = (false, Vec::new());
    for sheet in grid.sheets() {
        let mut places: Option<Places<C>> = None;
        let mut headings = 0;
        let walked = grid.rows(sheet.as_deref(), &mut |number, row| {
            match &places {
                Some(places) => each(sheet.as_deref(), number, row, places),
                None if number > HEADER_ROWS => return ControlFlow::Break(()),
                None => {
                    places = Places::read(row, columns, needs);
                    headings = number;
                }
            }
            ControlFlow::Continue(())
        });
        found |= places.is_some();
        problems.extend(walked.err());
        let looks = grid.looks(sheet.as_deref());
        let is_read =
            |at: u32| places.as_ref().is_some_and(|p| p.known.iter().any(|(_, of)| u32::try_from(*of) == Ok(at)));
        let merged = looks.merged.iter().filter(|merged| merged.is_over_rows() && merged.rows.0 > headings);
        problems
            .extend(merged.filter(|merged| is_read(merged.columns.0)).map(|merged| apart(sheet.as_deref(), merged)));
    }
    Ok((found, problems))
}

/// What is wrong with cells that were merged over rows.
fn apart(sheet: Option<&str>, Merged { rows: (first, last), columns: (column, _) }: &Merged) -> Problem {
    let letters = usize::try_from(*column).map(letters).unwrap_or_default();
    Problem {
        sheet: sheet.map(str::to_owned),
        row: Some(*first),
        column: Some(format!("{letters}{first}")),
        message: format!(
            "The cells of rows {first} to {last} are merged, so that it is not known whose this is. Take them apart, and fill in each row."
        ),
    }
}
