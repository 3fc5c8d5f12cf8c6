//! The looks of an .ods workbook (OpenDocument 1.3, part 3).

use std::collections::HashMap;
use std::io::{BufReader, Cursor, Read};

use quick_xml::events::BytesStart;
use zip::ZipArchive;

use super::archived::{MOST_BYTES, Seen, attribute, walk};
use super::colour::{Colour, Paint, Painter};
use super::{Looks, Merged, OfSheets};

/// Rows and columns that a sheet can have.
const MOST_ROWS: u32 = 1_048_576;
const MOST_COLUMNS: u32 = 16_384;
/// A row or a cell that is repeated more often than this says nothing of single visits.
const MOST_REPEATED: u32 = 1_000;

pub(super) fn looks(bytes: &[u8]) -> Option<OfSheets> {
    let mut archive = ZipArchive::new(Cursor::new(bytes)).ok()?;
    let mut document = Document::default();
    // Styles with a name that people see stand in a part of their own.
    if let Ok(styles) = archive.by_name("styles.xml") {
        walk(BufReader::new(styles.take(MOST_BYTES)), &mut |seen| document.see(&seen));
    }
    let content = archive.by_name("content.xml").ok()?;
    walk(BufReader::new(content), &mut |seen| document.see(&seen))?;
    Some(document.sheets)
}

/// How a style looks.
#[derive(Clone, Copy, Default)]
struct Style {
    is_struck: bool,
    fill: Option<Colour>,
    text: Option<Colour>,
}

/// What was seen of a document so far.
#[derive(Default)]
struct Document {
    /// The style that is being told, and all by their names.
    style: String,
    styles: HashMap<String, Style>,
    /// The styles of a sheet's columns, each with the column behind its last; and of a row.
    of_columns: Vec<(u32, Style)>,
    of_row: Option<Style>,
    painter: Painter,
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
            Seen::Start("style", start) => {
                self.style = attribute(start, "name").unwrap_or_default();
                // Struck through is what is so itself.
                let above = attribute(start, "parent-style-name").and_then(|name| self.styles.get(&name));
                let style = Style { is_struck: false, ..above.copied().unwrap_or_default() };
                self.styles.insert(self.style.clone(), style);
            }
            Seen::Start("text-properties", start) => {
                let Some(style) = self.styles.get_mut(&self.style) else { return };
                style.is_struck |= is_struck(start);
                style.text = said(start, "color", style.text);
                if attribute(start, "use-window-font-color").as_deref() == Some("true") {
                    style.text = None;
                }
            }
            Seen::Start("table-cell-properties", start) => {
                let Some(style) = self.styles.get_mut(&self.style) else { return };
                style.fill = said(start, "background-color", style.fill);
            }
            Seen::Start("table", start) => {
                self.sheet = Some((attribute(start, "name").unwrap_or_default(), Looks::default()));
                self.row = 1;
                self.of_columns.clear();
            }
            Seen::End("table") => {
                if let Some((name, mut looks)) = self.sheet.take() {
                    looks.colours = self.painter.end();
                    self.sheets.insert(name, looks.in_order());
                }
            }
            Seen::Start("table-column", start) => {
                let before = self.of_columns.last().map_or(0, |(end, _)| *end);
                let end = before.saturating_add(number(start, "number-columns-repeated")).min(MOST_COLUMNS);
                if end > before {
                    let style = self.named(start, "default-cell-style-name").unwrap_or_default();
                    self.of_columns.push((end, style));
                }
            }
            Seen::Start("table-row", start) => {
                (self.repeated, self.column) = (number(start, "number-rows-repeated").min(MOST_ROWS), 0);
                self.of_row = self.named(start, "default-cell-style-name");
            }
            Seen::End("table-row") => self.row = self.row.saturating_add(self.repeated),
            Seen::Start("table-cell" | "covered-table-cell", start) => self.cell(start),
            // A part of a text may have a style of its own.
            Seen::Start("span", start) => {
                let is_struck = self.named(start, "style-name").is_some_and(|style| style.is_struck);
                if is_struck && let Some((_, looks)) = &mut self.sheet {
                    looks.strike(self.row, self.column.saturating_sub(1));
                }
            }
            _ => {}
        }
    }

    /// The style that an attribute names.
    fn named(&self, start: &BytesStart<'_>, name: &str) -> Option<Style> {
        attribute(start, name).and_then(|name| self.styles.get(&name).copied())
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
        // A cell without a style has its row's, or its column's.
        let own = attribute(start, "style-name").and_then(|name| self.styles.get(&name).copied()).or(self.of_row);
        let mut at = first;
        while at < last && self.repeated <= MOST_REPEATED {
            let of_column = self.of_columns.get(self.of_columns.partition_point(|(end, _)| *end <= at));
            let end = of_column.map_or(last, |(end, _)| *end).min(last);
            let end = if own.is_some() { last } else { end };
            let style = own.or(of_column.map(|(_, style)| *style)).unwrap_or_default();
            let paint = Paint::of(style.fill, style.text);
            let rows = if style.is_struck || !paint.is_none() { self.repeated } else { 0 };
            for row in self.row..self.row.saturating_add(rows) {
                if style.is_struck && times <= MOST_REPEATED {
                    (at..end).for_each(|column| looks.strike(row, column));
                }
                self.painter.paint(row, (at, end - 1), paint);
            }
            at = end;
        }
        self.column = last;
    }
}

/// A number in an attribute; 1 where there is none.
fn number(start: &BytesStart<'_>, name: &str) -> u32 {
    attribute(start, name).and_then(|value| value.parse().ok()).unwrap_or(1).max(1)
}

/// The colour that an attribute says, or what held before where there is none.
fn said(start: &BytesStart<'_>, name: &str, before: Option<Colour>) -> Option<Colour> {
    let Some(value) = attribute(start, name) else { return before };
    let rgb = value.strip_prefix('#').filter(|digits| digits.len() == 6);
    rgb.and_then(|digits| u32::from_str_radix(digits, 16).ok()).map(Colour::rgb)
}

fn is_struck(start: &BytesStart<'_>) -> bool {
    ["text-line-through-style", "text-line-through-type"]
        .into_iter()
        .any(|name| attribute(start, name).is_some_and(|value| value != "none"))
}
