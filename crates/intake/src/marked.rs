//! A file that was refused, as a workbook with the cells marked that are to be mended.
//!
//! Every sheet is there with its rows where they were, as plain values: a text stays a text, so that nothing that begins
//! like a formula becomes one. A cell that something is wrong with has a colour and a comment that says what; the sheet
//! [`LIST`] at the end lists every problem. The workbook can be mended and chosen again in place of the file.

mod looks;

use std::collections::BTreeMap;
use std::ops::ControlFlow;

use chrono::NaiveDate;
use domain::spreadsheet::is_like_formula;
use rust_xlsxwriter::{ExcelDateTime, Format, Note, Workbook, Worksheet, XlsxError};

use crate::grid::{Grid, Row};
use crate::history::letters;
use crate::problem::Problem;
use crate::text::tidy;
use crate::workbook::{Looks as Shown, Merged};
pub(crate) use looks::mark;
use looks::{Looks, dressed};

/// The name of the sheet that lists the problems.
pub const LIST: &str = "What is wrong";
/// The most cells of a file that is marked: a workbook is put together in memory.
const MAX_CELLS: usize = 1_000_000;
/// Column names are looked for in so many rows at the top.
const HEADER_ROWS: usize = 40;
/// What a sheet's name may not hold, and how long it may be.
const NOT_IN_NAMES: [char; 7] = ['[', ']', ':', '*', '?', '/', '\\'];
const LONGEST_NAME: usize = 31;
/// The longest comment, in characters.
const LONGEST_COMMENT: usize = 2_000;

/// The file as an .xlsx workbook in which the problems' cells are marked and commented.
///
/// A problem's column is the heading above its cell, or letters, or a cell such as `D14`; where it is none of these, the
/// row's first cell is marked. A problem without a row is only listed.
///
/// # Errors
/// The file cannot be opened, or is too large to be marked.
pub fn workbook(bytes: &[u8], file_name: &str, problems: &[Problem]) -> Result<Vec<u8>, Problem> {
    let mut grid = Grid::open(bytes)?;
    let mut book = Workbook::new();
    let looks = Looks::new();
    let (mut names, mut cells) = (Vec::new(), 0);
    // The list of an earlier time is not carried along.
    let is_old_list = |sheet: &Option<String>| sheet.as_deref().is_some_and(|name| name.starts_with(LIST));
    for source in grid.sheets().into_iter().filter(|sheet| !is_old_list(sheet)) {
        let name = sheet_name(source.as_deref().unwrap_or(file_name), &names);
        // How its cells look is known once its rows were walked.
        let _ = grid.rows(source.as_deref(), &mut |_, _| ControlFlow::Continue(()));
        let shown = grid.looks(source.as_deref());
        let mut marks = Marks::of(problems, source.as_deref(), &shown);
        let sheet = book.add_worksheet();
        sheet.set_name(&name).map_err(cannot)?;
        names.push(name);
        for merged in &shown.merged {
            merge(sheet, *merged);
        }
        let mut failed = None;
        let walked = grid.rows(source.as_deref(), &mut |number, row| {
            cells += row.width();
            let written = if cells > MAX_CELLS {
                Err(too_large())
            } else {
                write_row(sheet, (&looks, &shown), number, row, &mut marks)
            };
            match written {
                Ok(()) => ControlFlow::Continue(()),
                Err(problem) => {
                    failed = Some(problem);
                    ControlFlow::Break(())
                }
            }
        });
        // What stands above a place where the sheet breaks off can be mended; the list says that it does.
        drop(walked);
        if let Some(problem) = failed {
            return Err(problem);
        }
        marks.write_rest(sheet, &looks).map_err(cannot)?;
    }
    list(book.add_worksheet(), &looks, &sheet_name(LIST, &names), problems).map_err(cannot)?;
    book.save_to_buffer().map_err(cannot)
}

/// The marks of a sheet that are still to be set, by row from 1, and the headings seen so far.
struct Marks {
    rows: BTreeMap<u32, Vec<(Option<String>, String)>>,
    headings: Vec<(u32, usize, String)>,
    rows_seen: usize,
}

impl Marks {
    fn of(problems: &[Problem], sheet: Option<&str>, shown: &Shown) -> Self {
        let mut rows: BTreeMap<u32, Vec<_>> = BTreeMap::new();
        for problem in problems.iter().filter(|p| p.sheet.as_deref() == sheet) {
            if let Some(row) = problem.row.filter(|row| *row > 0) {
                let column = problem.column.clone();
                let at = column.as_deref().and_then(of_letters).and_then(|at| u32::try_from(at).ok());
                // Of cells that are merged only the first is seen.
                let merged = shown.merged.iter().find(|merged| at.is_some_and(|at| merged.holds(row, at)));
                let (row, column) = merged.map_or((row, column), |Merged { rows, columns }| {
                    (rows.0, usize::try_from(columns.0).ok().map(letters))
                });
                rows.entry(row).or_default().push((column, problem.message.clone()));
            }
        }
        Self { rows, headings: Vec::new(), rows_seen: 0 }
    }

    fn see(&mut self, number: u32, row: &dyn Row) {
        if self.rows_seen < HEADER_ROWS {
            self.rows_seen += 1;
            let cells = (0..row.width()).map(|at| (number, at, tidy(&row.cell(at)).to_lowercase()));
            self.headings.extend(cells.filter(|(_, _, text)| !text.is_empty()));
        }
    }

    /// The comments of a row, by column.
    fn take(&mut self, number: u32) -> BTreeMap<usize, String> {
        let mut comments = BTreeMap::<usize, String>::new();
        for (column, message) in self.rows.remove(&number).unwrap_or_default() {
            let place = column.as_deref().and_then(|column| self.place(number, column));
            let text = match (place, column) {
                (None, Some(column)) => format!("{column}: {message}"),
                _ => message,
            };
            let comment = comments.entry(place.unwrap_or(0)).or_default();
            if !comment.is_empty() {
                comment.push('\n');
            }
            comment.push_str(&text);
        }
        comments
    }

    /// Where a column is, from 0: under the nearest heading of its name, or by its letters.
    fn place(&self, row: u32, column: &str) -> Option<usize> {
        let name = tidy(column).to_lowercase();
        let above = self.headings.iter().filter(|(number, _, heading)| *number <= row && *heading == name);
        above.max_by_key(|(number, ..)| *number).map(|(_, at, _)| *at).or_else(|| of_letters(column))
    }

    /// Marks of rows that hold nothing.
    fn write_rest(mut self, sheet: &mut Worksheet, looks: &Looks) -> Result<(), XlsxError> {
        for number in self.rows.keys().copied().collect::<Vec<_>>() {
            for (at, comment) in self.take(number) {
                let Ok(column) = u16::try_from(at) else { continue };
                sheet.write_blank(number - 1, column, &looks.marked)?;
                sheet.insert_note(number - 1, column, &note(&comment))?;
            }
        }
        Ok(())
    }
}

/// The column that letters name, from 0: `D`, `D14`.
fn of_letters(cell: &str) -> Option<usize> {
    let letters = cell.trim_end_matches(|c: char| c.is_ascii_digit());
    let number = |sum: usize, c: u8| sum * 26 + usize::from(c - b'A') + 1;
    let valid = (1..=3).contains(&letters.len()) && letters.bytes().all(|c| c.is_ascii_uppercase());
    valid.then(|| letters.bytes().fold(0, number) - 1)
}

fn write_row(
    sheet: &mut Worksheet,
    (looks, shown): (&Looks, &Shown),
    number: u32,
    row: &dyn Row,
    marks: &mut Marks,
) -> Result<(), Problem> {
    marks.see(number, row);
    let comments = marks.take(number);
    let line = number.saturating_sub(1);
    let width = row.width().max(comments.keys().last().map_or(0, |last| last + 1));
    // A coloured cell beside the last text may be of a key.
    for at in 0..=width {
        let (Ok(column), text) = (u16::try_from(at), row.cell(at)) else { return Err(too_large()) };
        let has_comment = comments.contains_key(&at);
        let of_row = if has_comment { &looks.marked } else { &Format::default() };
        let format = dressed(of_row, shown, (number, at));
        match comments.get(&at) {
            Some(comment) => {
                write_cell(sheet, line, column, &text, &format).map_err(cannot)?;
                sheet.insert_note(line, column, &note(comment)).map_err(cannot)?;
            }
            None if text.is_empty() && shown.colours.at(number, at).is_none() => {}
            None => write_cell(sheet, line, column, &text, &format).map_err(cannot)?,
        }
    }
    Ok(())
}

/// Merges cells as they were. Ranges that overlap, or are of one cell, are no workbook's, and stay apart.
fn merge(sheet: &mut Worksheet, Merged { rows, columns }: Merged) {
    if let (Ok(first), Ok(last)) = (u16::try_from(columns.0), u16::try_from(columns.1)) {
        let _ =
            sheet.merge_range(rows.0.saturating_sub(1), first, rows.1.saturating_sub(1), last, "", &Format::default());
    }
}

/// Writes a value as what it was: a day as a day, digits as a number where nothing of them is lost, all else as text.
fn write_cell(sheet: &mut Worksheet, row: u32, column: u16, text: &str, format: &Format) -> Result<(), XlsxError> {
    // So the reader says a cell that is a day; people would not know it again.
    let day = text.strip_suffix("T00:00:00").and_then(|day| day.parse::<NaiveDate>().ok());
    if let Some(day) = day.and_then(|day| ExcelDateTime::parse_from_str(&day.to_string()).ok()) {
        sheet.write_datetime_with_format(row, column, &day, &format.clone().set_num_format("dd/mm/yyyy"))?;
        return Ok(());
    }
    let number = text.parse::<f64>().ok().filter(|n| text.len() <= 15 && n.to_string() == text);
    match number {
        Some(number) => sheet.write_number_with_format(row, column, number, format)?,
        None if text.is_empty() => sheet.write_blank(row, column, format)?,
        // It stays a text though somebody edits its cell.
        None if is_like_formula(text) => {
            sheet.write_string_with_format(row, column, text, &format.clone().set_quote_prefix())?
        }
        None => sheet.write_string_with_format(row, column, text, format)?,
    };
    Ok(())
}

fn note(comment: &str) -> Note {
    let text: String = comment.chars().take(LONGEST_COMMENT).collect();
    Note::new(text).set_author("Callboard").add_author_prefix(false).set_width(300)
}

/// The sheet that lists every problem.
fn list(sheet: &mut Worksheet, looks: &Looks, name: &str, problems: &[Problem]) -> Result<(), XlsxError> {
    sheet.set_name(name)?;
    sheet.set_column_width(0, 20)?.set_column_width(2, 28)?.set_column_width(3, 90)?;
    for (column, heading) in (0..).zip(["In sheet", "In row", "In column", "What to mend"]) {
        sheet.write_string_with_format(0, column, heading, &looks.heading)?;
    }
    for (line, problem) in (1..).zip(problems) {
        sheet.write_string(line, 0, problem.sheet.as_deref().unwrap_or_default())?;
        if let Some(row) = problem.row {
            sheet.write_number(line, 1, row)?;
        }
        sheet.write_string(line, 2, problem.column.as_deref().unwrap_or_default())?;
        sheet.write_string_with_format(line, 3, &problem.message, &looks.wrapped)?;
    }
    sheet.set_freeze_panes(1, 0)?;
    Ok(())
}

/// A sheet's name made from `text`, unlike those that are taken.
fn sheet_name(text: &str, taken: &[String]) -> String {
    let plain: String = text.chars().filter(|c| !c.is_control() && !NOT_IN_NAMES.contains(c)).collect();
    let plain = plain.trim_matches(['\'', ' ']);
    let plain = if plain.is_empty() { "Sheet" } else { plain };
    let is_free = |name: &str| taken.iter().all(|t| t.to_lowercase() != name.to_lowercase());
    let with = |ending: &str| {
        let room = LONGEST_NAME - ending.len();
        format!("{}{ending}", plain.chars().take(room).collect::<String>().trim_end_matches('\''))
    };
    // Characters beyond the basic plane count twice: half the room is enough for any text.
    let with =
        |ending: &str| if plain.chars().any(|c| c.len_utf16() > 1) { format!("Sheet{ending}") } else { with(ending) };
    std::iter::once(with(""))
        .chain((2..).map(|n| with(&format!(" {n}"))))
        .find(|name| is_free(name))
        .unwrap_or_default()
}

fn too_large() -> Problem {
    Problem::of_file("The file is too large to be marked. Mend it by the list of problems.")
}

fn cannot(error: XlsxError) -> Problem {
    Problem::of_file(format!("The file cannot be marked ({error}). Mend it by the list of problems."))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problem(row: Option<u32>, column: Option<&str>, message: &str) -> Problem {
        Problem { sheet: None, row, column: column.map(str::to_owned), message: message.into() }
    }

    type Rows = Vec<(u32, Vec<String>)>;

    /// The cells of the first sheet, and the text of the archive's part of comments.
    fn opened(bytes: &[u8]) -> (Rows, String, Vec<Option<String>>) {
        let mut grid = Grid::open(bytes).unwrap();
        let sheets = grid.sheets();
        let mut rows = Vec::new();
        grid.rows(sheets[0].as_deref(), &mut |number, row| {
            rows.push((number, (0..row.width()).map(|c| row.cell(c).into_owned()).collect()));
            ControlFlow::Continue(())
        })
        .unwrap();
        let mut archive = zip::ZipArchive::new(std::io::Cursor::new(bytes)).unwrap();
        let mut comments = String::new();
        std::io::Read::read_to_string(&mut archive.by_name("xl/comments1.xml").unwrap(), &mut comments).unwrap();
        (rows, comments, sheets)
    }

    #[test]
    fn the_same_rows_come_back_with_what_is_wrong_as_comments() {
        let text = "School list\n\nURN,Name,Phone\n107253,=1+1,01274 431000\nx,B,+44\n";
        let problems = [
            problem(Some(5), Some("urn"), "“x” is no URN."),
            problem(Some(5), Some("urn"), "It is there twice."),
            problem(Some(4), Some("C"), "Too short."),
            problem(Some(4), Some("Head"), "Missing."),
            problem(Some(7), None, "The row is empty."),
            problem(None, None, "The file is old."),
        ];
        let (rows, comments, sheets) = opened(&workbook(text.as_bytes(), "my/list.csv", &problems).unwrap());
        assert_eq!(sheets, [Some("mylist.csv".to_owned()), Some(LIST.to_owned())]);
        let cells: Vec<_> = rows.iter().map(|(n, c)| (*n, c.iter().map(String::as_str).collect::<Vec<_>>())).collect();
        assert_eq!(
            cells[1..],
            [
                (3, vec!["URN", "Name", "Phone"]),
                (4, vec!["107253", "=1+1", "01274 431000"]),
                (5, vec!["x", "B", "+44"]),
            ],
            "texts are texts, nothing is worked out"
        );
        for (cell, comment) in [
            ("A5", "“x” is no URN.\nIt is there twice."),
            ("C4", "Too short."),
            ("A4", "Head: Missing."),
            ("A7", "The row is empty."),
        ] {
            let place = format!("ref=\"{cell}\"");
            let after = comments.split(&place).nth(1).unwrap_or_else(|| panic!("{cell}: {comments}"));
            let text = after.split("</comment>").next().unwrap();
            assert!(comment.lines().all(|line| text.contains(line)), "{cell}: {text}");
        }
        assert_eq!(comments.matches("<comment ").count(), 4);
    }

    #[test]
    fn marked_again_it_is_the_same_file() {
        let first = workbook(b"URN,Name\n1,A\n", "a.csv", &[problem(Some(2), Some("URN"), "Bad.")]).unwrap();
        let sheet = Some("a.csv".to_owned());
        let again = Problem { sheet, ..problem(Some(2), Some("Name"), "Short.") };
        let (rows, comments, sheets) = opened(&workbook(&first, "a.xlsx", &[again]).unwrap());
        assert_eq!(rows, [(1, vec!["URN".into(), "Name".into()]), (2, vec!["1".into(), "A".to_owned()])]);
        assert!(comments.contains("ref=\"B2\"") && !comments.contains("Bad."), "{comments}");
        assert_eq!(sheets.len(), 2, "the list is made anew");
    }

    #[test]
    fn names_of_sheets_are_valid_and_differ() {
        let taken = ["Schools".to_owned()];
        assert_eq!(sheet_name("schools", &taken), "schools 2");
        assert_eq!(sheet_name("a/b:c*[1]", &[]), "abc1");
        assert_eq!(sheet_name("'", &[]), "Sheet");
        assert_eq!(sheet_name(&"x".repeat(40), &["x".repeat(31)]).len(), 31);
        assert_eq!(
            (of_letters("D14"), of_letters("AB"), of_letters("Urn"), of_letters("14")),
            (Some(3), Some(27), None, None)
        );
    }

    #[test]
    fn what_is_too_large_says_so() {
        let wide = format!("{}\n", ",".repeat(999) + "x").repeat(1_001);
        assert!(workbook(wide.as_bytes(), "a.csv", &[]).unwrap_err().message.contains("too large"));
        assert!(workbook(b"PK\x03\x04", "a.xlsx", &[]).is_err());
    }
}
