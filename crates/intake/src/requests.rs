//! The sheet of requests that comes back: filled in, sorted, copied, in part.
//!
//! Columns are found by their headings wherever they were moved, rows by their key. The tour and the school are what the
//! records say; what stands of them beside the key is read only to find out where columns were sorted apart. What a cell
//! means depends on its tour, so it is read by [`domain::request_sheet::Cell::read`] where the tour is known.

mod spelling;

use std::collections::BTreeMap;

use domain::request_sheet::{Cell, Column, Key, NotAKey, columns};

use crate::grid::Row;
use crate::problem::{Problem, Problems};
use crate::sheet::{Places, walk};

/// The largest file that is read, in bytes.
pub const MAX_BYTES: usize = 5 << 20;
/// The most rows with something in them.
pub const MAX_ROWS: usize = 5_000;
/// The longest text of a cell that is looked at, in characters.
const LONGEST: usize = 5_000;
/// The longest name of who filled a row in, in characters.
const LONGEST_NAME: usize = 60;

/// A row with something in its cells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FilledRow {
    /// Its sheet; none for a text file.
    pub sheet: Option<String>,
    /// Its row, from 1.
    pub row: u32,
    /// Which tour and school it is, and what was on record when the sheet went out; a key that was changed does not keep
    /// what is wrong with other rows from being told.
    pub key: Result<Key, NotAKey>,
    /// What stands in its cells, as it was typed, or in the sheet's own words where it says the same in others that are
    /// usual; blank cells are left out.
    pub cells: BTreeMap<Cell, String>,
    /// Who filled it in, as it is written there; blank where nobody is named.
    pub filled_in_by: String,
    /// The tour that stands beside the key; blank where none does.
    pub tour: String,
    /// The school that stands beside the key.
    pub school: String,
}

impl FilledRow {
    /// Whether the school had asked when the sheet went out.
    #[must_use]
    pub fn had_asked(&self) -> bool {
        self.key.as_ref().is_ok_and(|key| key.had_asked)
    }

    /// A problem with one of its cells.
    #[must_use]
    pub fn problem(&self, column: Column, message: String) -> Problem {
        Problem { sheet: self.sheet.clone(), row: Some(self.row), column: Some(column.heading()), message }
    }
}

/// Reads the rows with something in their cells, in the order of the file. A row in which nothing is filled in is no
/// request.
///
/// # Errors
/// The file is no such sheet, or too large.
pub fn read(bytes: &[u8], file_name: &str) -> Result<Vec<FilledRow>, Vec<Problem>> {
    if bytes.len() > MAX_BYTES {
        return Err(vec![Problem::of_file(format!(
            "“{file_name}” is larger than {} MB. A sheet of requests is smaller: is this the file?",
            MAX_BYTES >> 20
        ))]);
    }
    let all = columns(domain::request::MOST_GROUPS, true);
    let all: Vec<(Column, String)> = all.into_iter().map(|column| (column, column.heading())).collect();
    let (mut rows, mut problems, mut is_of_requests) = (Vec::new(), Problems::default(), false);
    let walked = walk(bytes, &all, &[Column::Key], &mut |sheet, number, row, places| {
        // Other sheets have keys, too.
        is_of_requests |= Cell::all().any(|cell| places.has(Column::Cell(cell)));
        rows.extend(read_row(sheet, number, row, places).filter(|_| rows.len() <= MAX_ROWS));
    });
    let (found, others) = walked.map_err(|problem| vec![problem])?;
    others.into_iter().for_each(|problem| problems.push(problem));
    if !(found && is_of_requests) && problems.is_empty() {
        problems.push(Problem::of_file(format!(
            "“{file_name}” is no sheet of requests: no row has its headings, such as “{}” and “{}”. Download a sheet, and fill in that one.",
            Column::Key.heading(),
            Column::Tour.heading()
        )));
    }
    if rows.len() > MAX_ROWS {
        problems.push(Problem::of_file(format!("More than {MAX_ROWS} rows are filled in. Upload them in parts.")));
    }
    if problems.is_empty() { Ok(rows) } else { Err(problems.into_list()) }
}

fn read_row(sheet: Option<&str>, number: u32, row: &dyn Row, places: &Places<Column>) -> Option<FilledRow> {
    let cells: BTreeMap<Cell, String> = Cell::all()
        .map(|cell| (cell, places.raw(row, Column::Cell(cell)).chars().take(LONGEST).collect::<String>()))
        .filter(|(_, text)| !text.trim().is_empty())
        .map(|(cell, text)| (cell, spelling::usual(cell, text)))
        .collect();
    let text = |column, most| places.text(row, column).chars().take(most).collect::<String>();
    (!cells.is_empty()).then(|| FilledRow {
        sheet: sheet.map(str::to_owned),
        row: number,
        key: places.text(row, Column::Key).parse(),
        cells,
        filled_in_by: text(Column::FilledInBy, LONGEST_NAME),
        tour: text(Column::Tour, LONGEST),
        school: text(Column::School, LONGEST),
    })
}

#[cfg(test)]
mod tests {
    use domain::session::GroupField;
    use proptest::prelude::*;
    use uuid::Uuid;

    use super::*;

    const PUPILS: Cell = Cell::Group(0, GroupField::Expected);

    #[test]
    fn rows_are_known_by_their_key_and_columns_by_their_heading() {
        let key = Key::of(Uuid::from_u128(1), Uuid::from_u128(2), None);
        let text = format!(
            "A sheet\nkey (leave as it is),School,GROUP 1: pupils,Filled in by,Preferred days\n{key},A,,Jo,\n{key},A,28,Sam,\"8 Dec\n9 Dec\"\n,,,,\n"
        );
        let rows = read(text.as_bytes(), "a.csv").unwrap();
        assert_eq!(rows.len(), 1, "nothing is filled in in row 3");
        assert_eq!((rows[0].row, rows[0].filled_in_by.as_str(), rows[0].key.as_ref()), (4, "Sam", Ok(&key)));
        assert_eq!(rows[0].cells[&PUPILS], "28");
        assert_eq!(rows[0].cells[&Cell::Preferred], "8 Dec\n9 Dec");
    }

    #[test]
    fn another_sheet_with_keys_is_none_of_requests() {
        let text = "Key (leave as it is),Pupils who took part\nx,28\n";
        let problems = read(text.as_bytes(), "a.csv").unwrap_err();
        assert!(problems[0].message.contains("no sheet of requests"), "{problems:?}");
    }

    #[test]
    fn figures_that_are_merged_over_rows_are_nobodys() {
        let key = |of: u128| Key::of(Uuid::from_u128(of), Uuid::from_u128(2), None).to_string();
        let mut book = rust_xlsxwriter::Workbook::new();
        let sheet = book.add_worksheet();
        for (row, cells) in (0..).zip([
            ["Group 1: pupils".to_owned(), Column::Key.heading()],
            [String::new(), key(1)],
            [String::new(), key(2)],
        ]) {
            sheet.write(row, 0, cells[0].as_str()).and_then(|s| s.write(row, 1, cells[1].as_str())).unwrap();
        }
        sheet.merge_range(1, 0, 2, 0, "57", &rust_xlsxwriter::Format::new()).unwrap();
        let problems = read(&book.save_to_buffer().unwrap(), "a.xlsx").unwrap_err();
        assert_eq!((problems.len(), problems[0].column.as_deref()), (1, Some("A2")), "{problems:?}");
    }

    #[test]
    fn a_row_without_its_key_is_read_all_the_same() {
        let text = "Group 1: pupils,Key (leave as it is)\n28,\n,\n28,x\n";
        let rows = read(text.as_bytes(), "a.csv").unwrap();
        assert_eq!(rows.iter().map(|r| (r.row, r.key.is_err())).collect::<Vec<_>>(), [(2, true), (4, true)]);
        assert!(read(b"a,b\n1,2\n", "a.csv").unwrap_err()[0].message.contains("no sheet of requests"));
        assert!(read(b"", "a.csv").is_err());
    }

    proptest! {
        #[test]
        fn whatever_is_uploaded_is_answered(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
            let _ = read(&bytes, "a.csv");
            let _ = read(&[b"Group 1: pupils,Key (leave as it is)\n".as_slice(), &bytes].concat(), "a.csv");
        }
    }
}
