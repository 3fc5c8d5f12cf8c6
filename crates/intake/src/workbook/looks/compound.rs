//! The looks of an .xls workbook. Record numbers and layouts: MS-XLS 2.3 and 2.4.

use std::io::{Cursor, Read};

use super::colour::{Colour, Paint, Painter};
use super::palette::{mixed, numbered};
use super::{Looks, Merged, OfSheets};
use crate::workbook::biff::{BEGINNING_OF_SUBSTREAM, CELLS, SEVERAL_NUMBERS, SHARED_STRING_CELL, SHEET, records};

const END_OF_SUBSTREAM: u16 = 0x000A;
const FONT: u16 = 0x0031;
const FORMAT_OF_CELLS: u16 = 0x00E0;
const MERGED: u16 = 0x00E5;
const PALETTE: u16 = 0x0092;
/// Cells without a text: one, and several beside one another.
const BLANK: u16 = 0x0201;
const SEVERAL_BLANK: u16 = 0x00BE;
/// In a font's options.
const STRUCK: u16 = 0x0008;
/// There is no font of this number: the fifth has the next one.
const NO_FONT: usize = 4;
/// The number of the first colour of a workbook's own palette.
const FIRST_COLOUR: usize = 8;
/// A pattern of this number is all of its front colour; the others are a half of it, or so.
const SOLID: u32 = 1;

/// How a format of cells looks.
#[derive(Clone, Copy, Default)]
struct Format {
    is_struck: bool,
    paint: Paint,
}

/// What a workbook says of its formats before its sheets.
#[derive(Default)]
struct Globals {
    /// Of each font whether it is struck through, and the number of its colour.
    fonts: Vec<(bool, u16)>,
    /// Of each format its font, its pattern, and the numbers of the colours in front and behind.
    formats: Vec<(usize, u32, [u16; 2])>,
    palette: Vec<u32>,
}

impl Globals {
    fn formats(&self) -> Vec<Format> {
        let colour = |number: u16| numbered(number.into(), &self.palette);
        let fill = |pattern: u32, [front, behind]: [u16; 2]| {
            let rgb = |colour: Option<Colour>, none: u32| {
                colour
                    .and_then(Colour::parts)
                    .map_or(none, |[red, green, blue]| u32::from_be_bytes([0, red, green, blue]))
            };
            match pattern {
                0 => None,
                SOLID => colour(front),
                _ => Some(Colour::rgb(mixed(rgb(colour(front), 0), rgb(colour(behind), 0x00FF_FFFF), 0.5))),
            }
        };
        let of = |(font, pattern, colours): &(usize, u32, [u16; 2])| {
            let (is_struck, text) = self.fonts.get(*font).copied().unwrap_or_default();
            Format { is_struck, paint: Paint::of(fill(*pattern, *colours), colour(text)) }
        };
        self.formats.iter().map(of).collect()
    }

    fn see(&mut self, number: u16, content: &[u8]) -> Option<()> {
        match number {
            FONT => self.fonts.push((u16_at(content, 2)? & STRUCK != 0, u16_at(content, 4).unwrap_or_default())),
            FORMAT_OF_CELLS => {
                let font = usize::from(u16_at(content, 0)?);
                let font = if font > NO_FONT { font - 1 } else { font };
                // Older formats have their colours elsewhere: they count as none.
                let (pattern, colours) = match (u16_at(content, 16), u16_at(content, 18)) {
                    (Some(high), Some(colours)) => (u32::from(high >> 10), colours),
                    _ => (0, 0),
                };
                self.formats.push((font, pattern, [colours & 0x7f, colours >> 7 & 0x7f]));
            }
            PALETTE => {
                self.palette = (0..FIRST_COLOUR).map(standard).collect();
                let colours = content.get(2..).unwrap_or_default().chunks_exact(4);
                self.palette.extend(colours.map(|rgb| u32::from_be_bytes([0, rgb[0], rgb[1], rgb[2]])));
            }
            _ => {}
        }
        Some(())
    }
}

/// One of the colours that no workbook can change.
fn standard(number: usize) -> u32 {
    let parts = numbered(number, &[]).and_then(Colour::parts).unwrap_or_default();
    u32::from_be_bytes([0, parts[0], parts[1], parts[2]])
}

pub(super) fn looks(bytes: &[u8]) -> Option<OfSheets> {
    let mut file = cfb::CompoundFile::open(Cursor::new(bytes)).ok()?;
    let path = ["/Workbook", "/Book"].into_iter().find(|path| file.is_stream(path))?;
    let mut stream = Vec::new();
    file.open_stream(path).ok()?.read_to_end(&mut stream).ok()?;
    let (mut globals, mut sheets) = (Globals::default(), Vec::new());
    for (number, content) in records(&stream).take_while(|(number, _)| *number != END_OF_SUBSTREAM) {
        globals.see(number, content)?;
        if number == SHEET {
            let start = u32::from(u16_at(content, 0)?) | u32::from(u16_at(content, 2)?) << 16;
            sheets.push((name(content.get(6..)?)?, usize::try_from(start).ok()?));
        }
    }
    let (formats, mut painter) = (globals.formats(), Painter::default());
    let mut of = |start: usize| of_sheet(stream.get(start..).unwrap_or_default(), &formats, &mut painter);
    Some(sheets.into_iter().map(|(name, start)| (name, of(start))).collect())
}

/// A short text: its length in characters, whether they have two bytes each, and they.
fn name(content: &[u8]) -> Option<String> {
    let (length, is_wide, text) = (usize::from(*content.first()?), content.get(1)? & 1 == 1, content.get(2..)?);
    if is_wide {
        let (text, _, _) = encoding_rs::UTF_16LE.decode(text.get(..length * 2)?);
        return Some(text.into_owned());
    }
    // Each byte is a character of the first 256.
    Some(text.get(..length)?.iter().map(|byte| char::from(*byte)).collect())
}

fn of_sheet(stream: &[u8], formats: &[Format], painter: &mut Painter) -> Looks {
    let (mut looks, mut depth) = (Looks::default(), 0_usize);
    let has_looks = formats.iter().any(|format| format.is_struck || !format.paint.is_none());
    let mut cell = |looks: &mut Looks, row: u16, column: u32, format: Option<u16>| {
        let Some(format) = format.and_then(|format| formats.get(usize::from(format))) else { return };
        let row = u32::from(row) + 1;
        if format.is_struck {
            looks.strike(row, column);
        }
        painter.paint(row, (column, column), format.paint);
    };
    for (number, content) in records(stream) {
        match number {
            BEGINNING_OF_SUBSTREAM => depth += 1,
            END_OF_SUBSTREAM if depth <= 1 => break,
            END_OF_SUBSTREAM => depth -= 1,
            // A chart within the sheet has a substream of its own.
            _ if depth != 1 => {}
            MERGED => {
                for range in content.get(2..).unwrap_or_default().chunks_exact(8) {
                    let at = |at: usize| u16_at(range, at).map_or(0, u32::from);
                    looks.merge(Merged { rows: (at(0) + 1, at(2) + 1), columns: (at(4), at(6)) });
                }
            }
            SEVERAL_NUMBERS | SEVERAL_BLANK if has_looks => {
                let (Some(row), Some(first)) = (u16_at(content, 0), u16_at(content, 2)) else { continue };
                let cells = content.get(4..content.len().saturating_sub(2)).unwrap_or_default();
                let size = if number == SEVERAL_BLANK { 2 } else { 6 };
                for (column, format) in (u32::from(first)..).zip(cells.chunks_exact(size)) {
                    cell(&mut looks, row, column, u16_at(format, 0));
                }
            }
            number if has_looks && (matches!(number, SHARED_STRING_CELL | BLANK) || CELLS.contains(&number)) => {
                let (Some(row), Some(column)) = (u16_at(content, 0), u16_at(content, 2)) else { continue };
                cell(&mut looks, row, column.into(), u16_at(content, 4));
            }
            _ => {}
        }
    }
    looks.colours = painter.end();
    looks.in_order()
}

fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    bytes.get(at..at + 2).and_then(|b| b.try_into().ok()).map(u16::from_le_bytes)
}
