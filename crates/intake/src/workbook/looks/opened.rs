//! The looks of an .ods workbook (OpenDocument 1.3, part 3).

use std::collections::HashSet;
use std::io::{BufReader, Cursor};

use quick_xml::events::BytesStart;
use zip::ZipArchive;

use super::archived::{Seen, attribute, walk};
use super::{Looks, Merged, OfSheets};

/// Rows and columns that a sheet can have.
const MOST_ROWS: u32 = 1_048_576;
const MOST_COLUMNS: u32 = 16_384;
/// A row or a cell that is repeated more often than this says nothing of single visits.
const MOST_REPEATED: u32 = 1_000;

pub(super) fn looks(bytes: &[u8]) -> Option<OfSheets> {
    let mut archive = ZipArchive::new(Cursor::new(bytes)).ok()?;
    let content = archive.by_name("content.xml").ok()?;
    let mut document = Document::default();
    walk(BufReader::new(content), &mut |seen| document.see(&seen))?;
    Some(document.sheets)
}

/// What was seen of a document so far.
#[derive(Default)]
struct Document {
    /// The style that is being told, and those of cells whose text is struck through.
    style: String,
    struck: HashSet<String>,
    sheet: Option<(String, Looks)>,
    sheets: OfSheets,
    /// The next row from 1, how often it stands there, and the next cell's column from 0.
    row: u32,
    repeated: u32,
    column: u32,
}

impl Document {
    fn see(&mut self, seen: &Seen<'_>) {
        match seen {
            Seen::Start("style", start) => self.style = attribute(start, "name").unwrap_or_default(),
            Seen::Start("text-properties", start) if is_struck(start) => {
                self.struck.insert(self.style.clone());
            }
            Seen::Start("table", start) => {
                self.sheet = Some((attribute(start, "name").unwrap_or_default(), Looks::default()));
                self.row = 1;
            }
            Seen::End("table") => {
                if let Some((name, looks)) = self.sheet.take() {
                    self.sheets.insert(name, looks.in_order());
                }
            }
            Seen::Start("table-row", start) => {
                (self.repeated, self.column) = (number(start, "number-rows-repeated").min(MOST_ROWS), 0);
            }
            Seen::End("table-row") => self.row = self.row.saturating_add(self.repeated),
            Seen::Start("table-cell" | "covered-table-cell", start) => self.cell(start),
            // A part of a text may have a style of its own.
            Seen::Start("span", start) => {
                let style = attribute(start, "style-name").unwrap_or_default();
                if self.struck.contains(&style)
                    && let Some((_, looks)) = &mut self.sheet
                {
                    looks.strike(self.row, self.column.saturating_sub(1));
                }
            }
            _ => {}
        }
    }

    fn cell(&mut self, start: &BytesStart<'_>) {
        let times = number(start, "number-columns-repeated").min(MOST_COLUMNS);
        let Some((_, looks)) = &mut self.sheet else { return };
        let (first, last) = (self.column, self.column.saturating_add(times));
        let over = number(start, "number-rows-spanned").min(MOST_ROWS);
        let wide = number(start, "number-columns-spanned").min(MOST_COLUMNS);
        looks.merge(Merged {
            rows: (self.row, self.row.saturating_add(over - 1)),
            columns: (first, first.saturating_add(wide - 1)),
        });
        let is_struck = attribute(start, "style-name").is_some_and(|style| self.struck.contains(&style));
        if is_struck && times <= MOST_REPEATED && self.repeated <= MOST_REPEATED {
            for row in self.row..self.row.saturating_add(self.repeated) {
                for column in first..last {
                    looks.strike(row, column);
                }
            }
        }
        self.column = last;
    }
}

/// A number in an attribute; 1 where there is none.
fn number(start: &BytesStart<'_>, name: &str) -> u32 {
    attribute(start, name).and_then(|value| value.parse().ok()).unwrap_or(1).max(1)
}

fn is_struck(start: &BytesStart<'_>) -> bool {
    ["text-line-through-style", "text-line-through-type"]
        .into_iter()
        .any(|name| attribute(start, name).is_some_and(|value| value != "none"))
}
