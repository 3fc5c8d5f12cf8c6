//! Sheets that went out and come back filled in: columns are found by their headings wherever they were moved.

use std::ops::ControlFlow;

use crate::grid::{Grid, Row};
use crate::problem::Problem;
use crate::text::tidy;

/// The headings stand in one of the first rows.
const HEADER_ROWS: u32 = 10;
/// Headings are looked for in so many columns.
const MOST_COLUMNS: usize = 200;

/// Where the columns are.
pub(crate) struct Places<C>(Vec<(C, usize)>);

impl<C: Copy + PartialEq> Places<C> {
    /// The columns that a row names, if those that it cannot do without are among them.
    fn read(row: &dyn Row, columns: &[(C, String)], needs: &[C]) -> Option<Self> {
        let heads: Vec<String> =
            (0..row.width().min(MOST_COLUMNS)).map(|c| tidy(&row.cell(c)).to_lowercase()).collect();
        let place = |heading: &String| heads.iter().position(|head| *head == heading.to_lowercase());
        let places: Vec<_> = columns.iter().filter_map(|(column, head)| Some((*column, place(head)?))).collect();
        needs.iter().all(|need| places.iter().any(|(column, _)| column == need)).then_some(Self(places))
    }

    /// The text of a column's cell, on one line; nothing where there is no such column.
    pub(crate) fn text(&self, row: &dyn Row, column: C) -> String {
        tidy(&self.raw(row, column)).into_owned()
    }

    /// The text of a column's cell as it is, line by line.
    pub(crate) fn raw(&self, row: &dyn Row, column: C) -> String {
        let place = self.0.iter().find(|(c, _)| *c == column);
        place.map(|(_, at)| row.cell(*at).into_owned()).unwrap_or_default()
    }
}

/// Walks the rows below the headings of every sheet that has them: with the sheet's name, the row's number from 1, and
/// where its columns are. Says whether any sheet had them, and what else is wrong with the file.
///
/// # Errors
/// The file cannot be opened.
pub(crate) fn walk<C: Copy + PartialEq>(
    bytes: &[u8],
    columns: &[(C, String)],
    needs: &[C],
    each: &mut dyn FnMut(Option<&str>, u32, &dyn Row, &Places<C>),
) -> Result<(bool, Vec<Problem>), Problem> {
    let mut grid = Grid::open(bytes)?;
    let (mut found, mut problems) = (false, Vec::new());
    for sheet in grid.sheets() {
        let mut places: Option<Places<C>> = None;
        let walked = grid.rows(sheet.as_deref(), &mut |number, row| {
            match &places {
                Some(places) => each(sheet.as_deref(), number, row, places),
                None if number > HEADER_ROWS => return ControlFlow::Break(()),
                None => places = Places::read(row, columns, needs),
            }
            ControlFlow::Continue(())
        });
        found |= places.is_some();
        problems.extend(walked.err());
    }
    Ok((found, problems))
}
