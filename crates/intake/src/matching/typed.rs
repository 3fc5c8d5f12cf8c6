//! A file of typed names.

use std::ops::ControlFlow;

use crate::grid::Grid;
use crate::problem::{Problem, Problems};
use crate::text::tidy;

/// The most names of a file.
pub const MAX_NAMES: usize = 500_000;
/// The longest text of a cell that is kept, in bytes; what follows is a note.
const MAX_TEXT: usize = 400;

/// A typed name of a file. As JSON in results: `row`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NameRow {
    /// The number the file gives it in its column `row`, which may repeat; without the column, its row from 1 below the header.
    pub row: u64,
    /// The name as typed.
    pub name: String,
    /// The postcode as typed, blank where there is none.
    pub postcode: String,
    /// The town as typed, blank where there is none.
    pub town: String,
}

/// Reads a file with the columns `row`, `name`, `postcode` and `town`; all but `name` may be missing.
///
/// # Errors
/// Every problem found: no column `name`, a `row` that is no number. The same number may stand there twice, as in two lists
/// pasted together: each row has its result, in the order of the file.
pub fn read(bytes: &[u8], file_name: &str) -> Result<Vec<NameRow>, Vec<Problem>> {
    const COLUMNS: [&str; 4] = ["row", "name", "postcode", "town"];
    let mut grid = Grid::open(bytes).map_err(|p| vec![p])?;
    let sheet = grid.sheets().into_iter().next().flatten();
    let mut places: Option<[Option<usize>; 4]> = None;
    let (mut names, mut problems, mut count) = (Vec::new(), Problems::default(), 0_u64);
    let walked = grid.rows(sheet.as_deref(), &mut |number, row| {
        let Some([numbers, name, postcode, town]) = places else {
            if row.is_blank() {
                return ControlFlow::Continue(());
            }
            let header = COLUMNS.map(|c| (0..row.width()).find(|p| tidy(&row.cell(*p)).eq_ignore_ascii_case(c)));
            if header[1].is_none() {
                problems.push(Problem {
                    sheet: sheet.clone(),
                    row: Some(number),
                    column: Some("name".to_owned()),
                    message: format!(
                        "“{file_name}” has no column “name”. Write row,name,postcode,town in its first row."
                    ),
                });
                return ControlFlow::Break(());
            }
            places = Some(header);
            return ControlFlow::Continue(());
        };
        if row.is_blank() {
            return ControlFlow::Continue(());
        }
        if names.len() >= MAX_NAMES {
            problems.push(Problem::of_file(format!("“{file_name}” has more than {MAX_NAMES} names. Split it.")));
            return ControlFlow::Break(());
        }
        count += 1;
        let text = |place: Option<usize>| place.map(|p| shortened(&tidy(&row.cell(p)))).unwrap_or_default();
        let given = text(numbers);
        let parsed = if numbers.is_none() { Ok(count) } else { given.parse() };
        match parsed {
            Ok(row) => names.push(NameRow { row, name: text(name), postcode: text(postcode), town: text(town) }),
            Err(_) => problems.push(Problem {
                sheet: sheet.clone(),
                row: Some(number),
                column: Some("row".to_owned()),
                message: format!("“{given}” is not a row's number. Write digits alone."),
            }),
        }
        ControlFlow::Continue(())
    });
    if let Err(problem) = walked {
        problems.push(problem);
    } else if places.is_none() && problems.is_empty() {
        problems.push(Problem::of_file(format!(
            "“{file_name}” holds no names. Write row,name,postcode,town in its first row, and the names below."
        )));
    }
    if problems.is_empty() { Ok(names) } else { Err(problems.into_list()) }
}

fn shortened(text: &str) -> String {
    text.char_indices().find(|(at, _)| *at >= MAX_TEXT).map_or(text, |(end, _)| &text[..end]).to_owned()
}
