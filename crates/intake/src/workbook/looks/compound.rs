//! The looks of an .xls workbook. Record numbers and layouts: MS-XLS 2.3 and 2.4.

use std::io::{Cursor, Read};

use super::{Looks, Merged, OfSheets};
use crate::workbook::biff::{BEGINNING_OF_SUBSTREAM, CELLS, SEVERAL_NUMBERS, SHARED_STRING_CELL, SHEET, records};

const END_OF_SUBSTREAM: u16 = 0x000A;
const FONT: u16 = 0x0031;
const FORMAT_OF_CELLS: u16 = 0x00E0;
const MERGED: u16 = 0x00E5;
/// In a font's options.
const STRUCK: u16 = 0x0008;
/// There is no font of this number: the fifth has the next one.
const NO_FONT: usize = 4;

pub(super) fn looks(bytes: &[u8]) -> Option<OfSheets> {
    let mut file = cfb::CompoundFile::open(Cursor::new(bytes)).ok()?;
    let path = ["/Workbook", "/Book"].into_iter().find(|path| file.is_stream(path))?;
    let mut stream = Vec::new();
    file.open_stream(path).ok()?.read_to_end(&mut stream).ok()?;
    let (mut fonts, mut formats, mut sheets) = (Vec::new(), Vec::new(), Vec::new());
    for (number, content) in records(&stream).take_while(|(number, _)| *number != END_OF_SUBSTREAM) {
        match number {
            FONT => fonts.push(u16_at(content, 2)? & STRUCK != 0),
            FORMAT_OF_CELLS => {
                let font = usize::from(u16_at(content, 0)?);
                let font = if font > NO_FONT { font - 1 } else { font };
                formats.push(fonts.get(font) == Some(&true));
            }
            SHEET => {
                let start = u32::from(u16_at(content, 0)?) | u32::from(u16_at(content, 2)?) << 16;
                sheets.push((name(content.get(6..)?)?, usize::try_from(start).ok()?));
            }
            _ => {}
        }
    }
    Some(
        sheets
            .into_iter()
            .map(|(name, start)| (name, of_sheet(stream.get(start..).unwrap_or_default(), &formats)))
            .collect(),
    )
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

fn of_sheet(stream: &[u8], formats: &[bool]) -> Looks {
    let (mut looks, mut depth) = (Looks::default(), 0_usize);
    let has_struck = formats.contains(&true);
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
            SEVERAL_NUMBERS if has_struck => {
                let (Some(row), Some(first)) = (u16_at(content, 0), u16_at(content, 2)) else { continue };
                let cells = content.get(4..content.len().saturating_sub(2)).unwrap_or_default();
                for (column, cell) in (u32::from(first)..).zip(cells.chunks_exact(6)) {
                    strike(&mut looks, formats, row, column, u16_at(cell, 0));
                }
            }
            number if has_struck && (number == SHARED_STRING_CELL || CELLS.contains(&number)) => {
                let (Some(row), Some(column)) = (u16_at(content, 0), u16_at(content, 2)) else { continue };
                strike(&mut looks, formats, row, column.into(), u16_at(content, 4));
            }
            _ => {}
        }
    }
    looks.in_order()
}

fn strike(looks: &mut Looks, formats: &[bool], row: u16, column: u32, format: Option<u16>) {
    if format.is_some_and(|format| formats.get(usize::from(format)) == Some(&true)) {
        looks.strike(u32::from(row) + 1, column);
    }
}

fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    bytes.get(at..at + 2).and_then(|b| b.try_into().ok()).map(u16::from_le_bytes)
}
