//! What sheets that go out to be filled in have in common: what is there already is locked, what is filled in is yellow,
//! and a second sheet says how.

use chrono::{Datelike, NaiveDate};
use domain::spreadsheet::is_like_formula;
use rust_xlsxwriter::{Color, ExcelDateTime, Format, FormatBorder, ProtectionOptions, Worksheet, XlsxError};

/// The sheet that says how.
pub const INSTRUCTIONS: &str = "How to fill this in";

/// How a heading looks.
pub(crate) fn heading() -> Format {
    Format::new().set_bold().set_text_wrap().set_background_color(Color::RGB(0x00F3_F2F1))
}

/// How a cell looks that is filled in.
pub(crate) fn open() -> Format {
    Format::new()
        .set_unlocked()
        .set_background_color(Color::RGB(0x00FF_F7BF))
        .set_border(FormatBorder::Thin)
        .set_border_color(Color::RGB(0x00B1_B4B6))
}

/// Locks what is not open; rows may still be filtered. Sorting is not offered: of a protected sheet only the cells that
/// are open could be sorted, away from the key that says whose they are.
pub(crate) fn protect(sheet: &mut Worksheet) {
    sheet.protect_with_options(&ProtectionOptions {
        format_columns: true,
        format_rows: true,
        use_autofilter: true,
        ..ProtectionOptions::default()
    });
}

/// Writes the sheet that says how: of what it is, when it was made, and a paragraph a row.
pub(crate) fn instruct(
    sheet: &mut Worksheet,
    title: &str,
    made: &str,
    paragraphs: impl IntoIterator<Item = String>,
) -> Result<(), XlsxError> {
    sheet.set_name(INSTRUCTIONS)?;
    sheet.set_column_width(0, 100)?;
    let (bold, wrapped) = (Format::new().set_bold(), Format::new().set_text_wrap());
    sheet.write_string_with_format(0, 0, cut(title), &bold)?;
    let first = [format!("As it stood on {made}.")];
    for (row, line) in (2..).zip(first.into_iter().chain(paragraphs)) {
        sheet.write_string_with_format(row, 0, line, &wrapped)?;
    }
    sheet.protect();
    Ok(())
}

/// A day as a cell holds it.
pub(crate) fn day(on: NaiveDate) -> Result<ExcelDateTime, XlsxError> {
    let small = |n: u32| u8::try_from(n).unwrap_or_default();
    ExcelDateTime::from_ymd(u16::try_from(on.year()).unwrap_or_default(), small(on.month()), small(on.day()))
}

/// Writes a text that people typed: one that looks like a formula stays a text though somebody edits its cell.
pub(crate) fn write_text<'a>(
    sheet: &'a mut Worksheet,
    row: u32,
    column: u16,
    text: &str,
    format: &Format,
) -> Result<&'a mut Worksheet, XlsxError> {
    let quoted = format.clone().set_quote_prefix();
    sheet.write_string_with_format(row, column, cut(text), if is_like_formula(text) { &quoted } else { format })
}

/// What a cell can hold, some to spare.
fn cut(text: &str) -> String {
    text.chars().take(10_000).collect()
}
