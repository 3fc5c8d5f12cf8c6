//! How the cells of a marked workbook look.

use rust_xlsxwriter::{Color, Format, FormatBorder};

use crate::workbook::{Colour, Looks as Shown};

/// The colour of cells that are to be mended.
const MARK: u32 = 0x00FF_DD00;

/// The same, as a workbook's cells have it.
pub(crate) fn mark() -> Colour {
    Colour::rgb(MARK)
}

/// How cells look.
pub(super) struct Looks {
    pub marked: Format,
    pub heading: Format,
    pub wrapped: Format,
}

impl Looks {
    pub fn new() -> Self {
        let marked = Format::new()
            .set_background_color(Color::RGB(MARK))
            .set_border(FormatBorder::Medium)
            .set_border_color(Color::RGB(0x00D4_351C));
        Self { marked, heading: Format::new().set_bold(), wrapped: Format::new().set_text_wrap() }
    }
}

/// A format with what says something of a cell as it was, and is asked about again: that it is struck through, and its
/// colours.
pub(super) fn dressed(format: &Format, shown: &Shown, (row, column): (u32, usize)) -> Format {
    let mut format = format.clone();
    if shown.is_struck(row, column) {
        format = format.set_font_strikethrough();
    }
    let paint = shown.colours.at(row, column);
    if let Some(fill) = paint.fill.map(shade) {
        format = format.set_background_color(fill);
    }
    if let Some(text) = paint.text.map(shade) {
        format = format.set_font_color(text);
    }
    format
}

/// A colour as it is written.
fn shade(colour: Colour) -> Color {
    let [red, green, blue] = colour.parts().unwrap_or_else(|| colour.made_up());
    Color::RGB(u32::from_be_bytes([0, red, green, blue]))
}
