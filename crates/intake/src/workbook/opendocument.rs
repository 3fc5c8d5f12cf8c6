//! What a sheet of an OpenDocument workbook would unfold to.
//!
//! A cell or row may be repeated by a number in an attribute, so that a line of text can stand for a million cells.

use std::io::BufRead;

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

use super::{MAX_CELL_BYTES, MAX_CELLS, damaged, too_large};
use crate::problem::Problem;

/// The most rows and columns that calamine unfolds to.
const MOST_ROWS: u64 = 1_048_576;
const MOST_COLUMNS: u64 = 16_384;

#[derive(Default)]
struct Reckoning {
    /// Cells of finished sheets, and text of all cells, in bytes.
    cells: u64,
    text: u64,
    sheet: Sheet,
    row: RowSoFar,
}

#[derive(Default)]
struct Sheet {
    open: bool,
    /// Rows so far, and those up to the last one that holds something.
    rows: u64,
    height: u64,
    width: u64,
    /// Cells held before rows are repeated.
    unrepeated: u64,
}

#[derive(Default)]
struct RowSoFar {
    repeated: u64,
    columns: u64,
    width: u64,
    text: u64,
    /// How often the cell that is open is repeated; 0 when it is empty.
    cell_repeated: u64,
}

/// Refuses a document whose sheets would unfold to more than [`MAX_CELLS`] cells or [`MAX_CELL_BYTES`] of text.
pub(super) fn check(content: impl BufRead) -> Result<(), Problem> {
    let mut reader = Reader::from_reader(content);
    let config = reader.config_mut();
    config.check_end_names = false;
    config.expand_empty_elements = true;
    let mut buffer = Vec::new();
    let mut reckoning = Reckoning::default();
    loop {
        buffer.clear();
        match reader.read_event_into(&mut buffer).map_err(|e| damaged(&e))? {
            Event::Start(start) => reckoning.start(&start)?,
            Event::Text(text) => reckoning.text(text.len()),
            Event::GeneralRef(_) => reckoning.text(4),
            Event::End(end) => reckoning.end(end.name().as_ref()),
            Event::Eof => break,
            _ => {}
        }
        if reckoning.too_much() {
            return Err(too_large());
        }
    }
    Ok(())
}

impl Reckoning {
    fn start(&mut self, start: &BytesStart<'_>) -> Result<(), Problem> {
        match start.name().as_ref() {
            "table:table" if self.sheet.open => return Err(damaged(&"a table inside a table")),
            "table:table" => self.sheet = Sheet { open: true, ..Sheet::default() },
            "table:table-row" => {
                let repeated = repeated(start, "table:number-rows-repeated");
                self.row = RowSoFar { repeated: repeated.min(MOST_ROWS), ..RowSoFar::default() };
            }
            "table:table-cell" | "table:covered-table-cell" => {
                let repeated = repeated(start, "table:number-columns-repeated").min(MOST_COLUMNS - self.row.columns);
                self.row.columns += repeated;
                let holds =
                    |key: &str| key.starts_with("office:") || key.starts_with("calcext:") || key == "table:formula";
                if start.attributes().with_checks(false).flatten().any(|a| holds(a.key.as_ref())) {
                    self.row.width = self.row.columns;
                    self.row.cell_repeated = repeated;
                    self.text(start.len());
                } else {
                    self.row.cell_repeated = 0;
                }
            }
            _ => {}
        }
        Ok(())
    }

    fn text(&mut self, bytes: usize) {
        self.row.text = self.row.text.saturating_add((bytes as u64).saturating_mul(self.row.cell_repeated));
    }

    fn end(&mut self, name: &str) {
        match name {
            "table:table-row" => {
                self.sheet.rows = (self.sheet.rows + self.row.repeated).min(MOST_ROWS);
                if self.row.width > 0 {
                    self.sheet.height = self.sheet.rows;
                    self.sheet.width = self.sheet.width.max(self.row.width);
                    self.sheet.unrepeated += self.row.width;
                    self.text = self.text.saturating_add(self.row.text.saturating_mul(self.row.repeated));
                }
                self.row = RowSoFar::default();
            }
            "table:table" => {
                self.cells = self.cells_so_far();
                self.sheet = Sheet::default();
            }
            _ => {}
        }
    }

    fn cells_so_far(&self) -> u64 {
        self.cells + self.sheet.height * self.sheet.width + self.sheet.unrepeated
    }

    fn too_much(&self) -> bool {
        self.cells_so_far() > MAX_CELLS || self.text.saturating_add(self.row.text) > MAX_CELL_BYTES
    }
}

/// The number in a repeating attribute, 1 without one; what is no number is left to calamine to refuse.
fn repeated(start: &BytesStart<'_>, attribute: &str) -> u64 {
    start
        .attributes()
        .with_checks(false)
        .flatten()
        .filter(|a| a.key.as_ref() == attribute)
        .map(|a| a.value.trim().parse().unwrap_or(u64::MAX))
        .max()
        .unwrap_or(1)
}
