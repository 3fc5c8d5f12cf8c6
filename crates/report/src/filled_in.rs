//! What workbooks share that go out, are filled in and come back: what is there already is locked, what is to be filled in
//! is yellow, and a sheet of its own says how.

use chrono::{Datelike, NaiveDate};
use domain::spreadsheet::is_like_formula;
use rust_xlsxwriter::{Color, ExcelDateTime, Format, FormatBorder, ProtectionOptions, Worksheet, XlsxError};

/// The sheet that says how.
pub(crate) const INSTRUCTIONS: &str = "How to fill this in";

/// How cells look.
pub(crate) struct Looks {
    pub heading: Format,
    pub locked: Format,
    /// A day that is there already.
    pub date: Format,
    /// What is to be filled in.
    pub open: Format,
}

impl Looks {
    pub(crate) fn new() -> Self {
        Self {
            heading: Format::new().set_bold().set_text_wrap().set_background_color(Color::RGB(0x00F3_F2F1)),
            locked: Format::new(),
            date: Format::new().set_num_format("ddd d mmm yyyy"),
            open: Format::new()
                .set_unlocked()
                .set_background_color(Color::RGB(0x00FF_F7BF))
                .set_border(FormatBorder::Thin)
                .set_border_color(Color::RGB(0x00B1_B4B6)),
        }
    }
}

/// Locks what is not to be filled in; rows may be sorted and filtered, and columns made wider.
pub(crate) fn protect(sheet: &mut Worksheet) -> Result<(), XlsxError> {
    sheet.set_freeze_panes(1, 0)?;
    sheet.protect_with_options(&ProtectionOptions {
        format_columns: true,
        format_rows: true,
        sort: true,
        use_autofilter: true,
        ..ProtectionOptions::default()
    });
    Ok(())
}

/// The sheet that says how: `title`, and `lines` below it.
pub(crate) fn instructions(sheet: &mut Worksheet, title: &str, lines: &[String]) -> Result<(), XlsxError> {
    sheet.set_name(INSTRUCTIONS)?;
    sheet.set_column_width(0, 100)?;
    let (bold, wrapped) = (Format::new().set_bold(), Format::new().set_text_wrap());
    sheet.write_string_with_format(0, 0, cut(title), &bold)?;
    for (row, line) in (2..).zip(lines) {
        sheet.write_string_with_format(row, 0, line, &wrapped)?;
    }
    sheet.protect();
    Ok(())
}

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

/// What a cell can hold.
fn cut(text: &str) -> String {
    text.chars().take(1_000).collect()
}
