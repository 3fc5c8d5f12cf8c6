//! Workbooks (.xlsx, .xlsm, .xlsb, .xls, .ods), read through calamine.
//!
//! calamine trusts what a file says about its own size, so a small hostile file could take all memory. What it would
//! build is therefore reckoned first: see [`archive`] and [`biff`]. Sheets of .xlsx and .xlsb are then streamed row by
//! row; .xls and .ods are held in memory whole. Should calamine panic on a broken file, that is caught and reported.
//! Where the program has named a process for it ([`crate::isolation`]), that process reads, and what comes of it is a
//! [`Transcript`].

mod archive;
mod biff;
mod duration;
mod epoch;
mod looks;
mod opendocument;
mod transcript;

use std::borrow::Cow;
use std::io::Cursor;
use std::ops::ControlFlow;
use std::panic::{AssertUnwindSafe, catch_unwind};

use calamine::{
    Cell, Data, DataRef, ExcelDateTime, Ods, OdsError, Range, Reader, SheetType, Xls, XlsError, Xlsb, Xlsx,
    XlsxCellFormulaMetadataRecord, XlsxFormulaMetadata,
};

use crate::grid::Row;
use crate::problem::Problem;
pub(crate) use epoch::is_since_1904;
pub(crate) use looks::{Colour, Colours, Looks, Merged, Paint};
pub(crate) use transcript::{Piece, Transcript, write as write_transcript};

/// The most bytes a workbook may unpack to.
const MAX_UNPACKED_BYTES: u64 = 400 << 20;
/// The most cells a sheet that is held in memory may span; the official extract of all establishments spans 7 million.
const MAX_CELLS: u64 = 8_000_000;
/// The most bytes of text the cells of a workbook that is held in memory may have together.
const MAX_CELL_BYTES: u64 = 256 << 20;
/// The most sheets.
const MAX_SHEETS: usize = 100;
/// The most columns: the official layout has 137.
const MAX_COLUMNS: u32 = 1_000;

/// The most characters of a formula that stands for its value.
const MAX_FORMULA: usize = 200;

/// The format of a workbook, told by its content.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A zip archive: .xlsx, .xlsm, .xlsb, .ods.
    Archive,
    /// A compound file: .xls, or an encrypted workbook of a later format.
    Compound,
}

type Bytes<'a> = Cursor<&'a [u8]>;

/// An opened workbook.
pub(crate) struct Workbook<'a> {
    cells: Reading<'a>,
    looks: looks::OfSheets,
}

/// What reads its cells.
enum Reading<'a> {
    Xlsx(Xlsx<Bytes<'a>>),
    Xlsb(Xlsb<Bytes<'a>>),
    Xls(Xls<Bytes<'a>>),
    Ods(Ods<Bytes<'a>>),
    /// Read by another process.
    Transcript(Transcript),
}

impl<'a> Workbook<'a> {
    /// Whether the bytes begin like a workbook.
    pub(crate) fn recognise(bytes: &[u8]) -> Option<Kind> {
        if bytes.starts_with(b"PK\x03\x04") || bytes.starts_with(b"PK\x05\x06") {
            Some(Kind::Archive)
        } else if bytes.starts_with(b"\xD0\xCF\x11\xE0") {
            Some(Kind::Compound)
        } else {
            None
        }
    }

    /// Opens a workbook: in a process of its own where one was named.
    pub(crate) fn open(bytes: &'a [u8], kind: Kind) -> Result<Self, Problem> {
        match crate::isolation::read(bytes) {
            Some(read) => read.map(Self::of_transcript),
            None => Self::open_here(bytes, kind),
        }
    }

    /// Opens a workbook in this process, once it is known to fit.
    pub(crate) fn open_here(bytes: &'a [u8], kind: Kind) -> Result<Self, Problem> {
        let mut watch = looks::Watch::default();
        let cells = guarded(|| {
            Ok(match kind {
                Kind::Compound => {
                    biff::check(bytes)?;
                    Reading::Xls(Xls::new(Cursor::new(bytes)).map_err(|error| match error {
                        XlsError::Password => encrypted(),
                        other => damaged(&other),
                    })?)
                }
                Kind::Archive => match archive::check(bytes, MAX_UNPACKED_BYTES, &mut watch)? {
                    archive::Format::Xlsx => Reading::Xlsx(Xlsx::new(Cursor::new(bytes)).map_err(|e| damaged(&e))?),
                    archive::Format::Xlsb => Reading::Xlsb(Xlsb::new(Cursor::new(bytes)).map_err(|e| damaged(&e))?),
                    archive::Format::Ods => {
                        Reading::Ods(Ods::new(Cursor::new(bytes)).map_err(|error| match error {
                            OdsError::Password => encrypted(),
                            other => damaged(&other),
                        })?)
                    }
                },
            })
        })?;
        let looks = match &cells {
            Reading::Xlsx(_) => looks::of_office_open(bytes, &watch),
            Reading::Xls(_) => looks::of_compound(bytes),
            Reading::Ods(_) => looks::of_open_document(bytes),
            Reading::Xlsb(_) | Reading::Transcript(_) => looks::OfSheets::new(),
        };
        let book = Self { cells, looks };
        if book.sheets().len() > MAX_SHEETS {
            return Err(Problem::of_file(format!(
                "The workbook has more than {MAX_SHEETS} sheets. Keep the list alone."
            )));
        }
        Ok(book)
    }

    /// A workbook that another process read.
    pub(crate) fn of_transcript(transcript: Transcript) -> Self {
        Self { cells: Reading::Transcript(transcript), looks: looks::OfSheets::new() }
    }

    /// How the cells of a sheet look whose rows were walked last, to their end. Of an .xlsb workbook that is not known.
    pub(crate) fn looks(&mut self, sheet: &str) -> Looks {
        match &mut self.cells {
            Reading::Transcript(transcript) => transcript.looks(),
            _ => self.looks.get(sheet).cloned().unwrap_or_default(),
        }
    }

    /// The names of the sheets that hold cells, in the workbook's order.
    pub(crate) fn sheets(&self) -> Vec<String> {
        let metadata = match &self.cells {
            Reading::Xlsx(book) => book.sheets_metadata(),
            Reading::Xlsb(book) => book.sheets_metadata(),
            Reading::Xls(book) => book.sheets_metadata(),
            Reading::Ods(book) => book.sheets_metadata(),
            Reading::Transcript(transcript) => return transcript.sheets(),
        };
        metadata.iter().filter(|sheet| sheet.typ == SheetType::WorkSheet).map(|sheet| sheet.name.clone()).collect()
    }

    /// Walks the rows of a sheet that hold something.
    pub(crate) fn rows(
        &mut self,
        sheet: &str,
        each: &mut dyn FnMut(u32, &dyn Row) -> ControlFlow<()>,
    ) -> Result<(), Problem> {
        let located = |problem: Problem| Problem { sheet: Some(sheet.to_owned()), ..problem };
        guarded(|| match &mut self.cells {
            Reading::Xlsx(book) => {
                let mut cells = book.worksheet_cells_reader(sheet).map_err(|e| damaged(&e))?;
                let next = || Ok(cells.next_cell_with_formula_metadata().map_err(|e| damaged(&e))?.map(with_formula));
                stream(next, each)
            }
            Reading::Xlsb(book) => {
                let mut cells = book.worksheet_cells_reader(sheet).map_err(|e| damaged(&e))?;
                stream(|| cells.next_cell().map_err(|e| damaged(&e)), each)
            }
            Reading::Xls(book) => range(&book.worksheet_range(sheet).map_err(|e| damaged(&e))?, each),
            Reading::Ods(book) => range(&book.worksheet_range(sheet).map_err(|e| damaged(&e))?, each),
            Reading::Transcript(transcript) => transcript.rows(sheet, each),
        })
        .map_err(located)
    }
}

/// Runs `work`; a panic inside becomes a problem with the file.
fn guarded<T>(work: impl FnOnce() -> Result<T, Problem>) -> Result<T, Problem> {
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|_| Err(damaged(&"its parts contradict each other")))
}

/// A cell with its value; a formula whose value the file does not hold is its own text, since it is not blank.
fn with_formula(cell: XlsxCellFormulaMetadataRecord<'_>) -> Cell<DataRef<'_>> {
    let value = match (cell.value, cell.formula) {
        (DataRef::Empty, Some(formula)) => {
            let text = match formula {
                XlsxFormulaMetadata::Normal { formula } | XlsxFormulaMetadata::Shared { formula, .. } => formula,
                _ => "formula".to_owned(),
            };
            DataRef::String(format!("={}", text.chars().take(MAX_FORMULA).collect::<String>()))
        }
        (value, _) => value,
    };
    Cell::new(cell.pos, value)
}

/// Gathers cells, which come row by row, into rows.
fn stream<'a>(
    mut next: impl FnMut() -> Result<Option<Cell<DataRef<'a>>>, Problem>,
    each: &mut dyn FnMut(u32, &dyn Row) -> ControlFlow<()>,
) -> Result<(), Problem> {
    let mut row = SheetRow::default();
    let (mut current, mut day) = (0, None::<(ExcelDateTime, String)>);
    while let Some(cell) = next()? {
        let (number, column) = cell.get_position();
        let text = match cell.get_value() {
            DataRef::Empty => continue,
            DataRef::SharedString(text) => Cow::Borrowed(*text),
            DataRef::Float(number) => Cow::Owned(text_of_number(*number)),
            // A day stands in many rows, one below the other.
            DataRef::DateTime(moment) => match &day {
                Some((known, text)) if known == moment => Cow::Owned(text.clone()),
                _ => Cow::Owned(day.insert((*moment, moment_of(moment))).1.clone()),
            },
            other => Cow::Owned(text_of(&Data::from(other.clone()))),
        };
        if column >= MAX_COLUMNS {
            return Err(too_wide(number));
        }
        if number != current {
            if number < current {
                return Err(damaged(&"its rows are out of order"));
            }
            if !row.cells.is_empty() && each(current.saturating_add(1), &row).is_break() {
                return Ok(());
            }
            row.cells.clear();
            current = number;
        }
        row.put(column, text);
    }
    if !row.cells.is_empty() {
        let _ = each(current.saturating_add(1), &row);
    }
    Ok(())
}

fn range(range: &Range<Data>, each: &mut dyn FnMut(u32, &dyn Row) -> ControlFlow<()>) -> Result<(), Problem> {
    let Some((first_row, first_column)) = range.start() else { return Ok(()) };
    for (number, cells) in (first_row..).zip(range.rows()) {
        let mut row = SheetRow::default();
        for (column, data) in (first_column..).zip(cells) {
            if matches!(data, Data::Empty) {
                continue;
            }
            if column >= MAX_COLUMNS {
                return Err(too_wide(number));
            }
            row.put(
                column,
                match data {
                    Data::String(text) => Cow::Borrowed(text.as_str()),
                    other => Cow::Owned(text_of(other)),
                },
            );
        }
        if !row.cells.is_empty() && each(number.saturating_add(1), &row).is_break() {
            break;
        }
    }
    Ok(())
}

/// A row of a sheet: the cells that hold something, by column.
#[derive(Default)]
struct SheetRow<'a> {
    cells: Vec<(u32, Cow<'a, str>)>,
}

impl<'a> SheetRow<'a> {
    /// Cells come from left to right; one that does not replaces what stood there.
    fn put(&mut self, column: u32, text: Cow<'a, str>) {
        if self.cells.last().is_none_or(|last| last.0 < column) {
            return self.cells.push((column, text));
        }
        match self.cells.binary_search_by_key(&column, |c| c.0) {
            Ok(at) => self.cells[at].1 = text,
            Err(at) => self.cells.insert(at, (column, text)),
        }
    }
}

impl Row for SheetRow<'_> {
    fn cell(&self, column: usize) -> Cow<'_, str> {
        let at = u32::try_from(column).ok().and_then(|c| self.cells.binary_search_by_key(&c, |cell| cell.0).ok());
        Cow::Borrowed(at.map_or("", |at| &self.cells[at].1))
    }

    fn width(&self) -> usize {
        self.cells.last().map_or(0, |cell| cell.0 as usize + 1)
    }

    fn each(&self, show: &mut dyn FnMut(usize, &str)) {
        for (column, text) in &self.cells {
            show(*column as usize, text);
        }
    }

    fn is_blank(&self) -> bool {
        self.cells.iter().all(|(_, text)| text.trim().is_empty())
    }
}

/// The text of a cell as a text file would have it.
fn text_of(data: &Data) -> String {
    match data {
        Data::Empty => String::new(),
        Data::String(text) | Data::DateTimeIso(text) => text.clone(),
        // The time cells of an OpenDocument workbook are durations.
        Data::DurationIso(text) => duration::time_of(text).unwrap_or_else(|| text.clone()),
        Data::Int(number) => number.to_string(),
        Data::Float(number) => text_of_number(*number),
        Data::Bool(yes) => if *yes { "TRUE" } else { "FALSE" }.to_owned(),
        Data::DateTime(moment) => moment_of(moment),
        Data::Error(error) => error.to_string(),
    }
}

/// A number; most are whole.
fn text_of_number(number: f64) -> String {
    /// Above, not every whole number is one that can be told from its neighbours.
    const MOST_WHOLE: f64 = 9_007_199_254_740_992.0;
    if number.fract() == 0.0 && number.abs() < MOST_WHOLE {
        #[allow(clippy::cast_possible_truncation)]
        return (number as i64).to_string();
    }
    number.to_string()
}

/// A date or time as ISO 8601 has it, whichever day the workbook counts from: `2016-09-19`, `2016-09-19T13:30:00`, and
/// `13:30:00` for a time without a day.
fn moment_of(moment: &ExcelDateTime) -> String {
    match moment.as_datetime() {
        Some(when) if (0.0..1.0).contains(&moment.as_f64()) => when.time().format("%H:%M:%S").to_string(),
        Some(when) if when.time() == chrono::NaiveTime::MIN => when.date().to_string(),
        Some(when) => when.format("%Y-%m-%dT%H:%M:%S").to_string(),
        None => moment.as_f64().to_string(),
    }
}

pub(crate) fn damaged(why: &dyn std::fmt::Display) -> Problem {
    Problem::of_file(format!(
        "The workbook cannot be read: it is damaged or incomplete ({why}). Open it in a spreadsheet program and save it again, or save the list as CSV."
    ))
}

fn encrypted() -> Problem {
    Problem::of_file("The workbook is protected by a password. Save a copy without one and choose that.")
}

pub(crate) fn too_large() -> Problem {
    Problem::of_file(
        "The workbook unpacks to more than can be read here. Save the sheet that is needed alone, or as CSV.",
    )
}

fn too_wide(row: u32) -> Problem {
    Problem {
        row: Some(row.saturating_add(1)),
        ..Problem::of_file(format!("The sheet has more than {MAX_COLUMNS} columns. Save the list as CSV."))
    }
}
