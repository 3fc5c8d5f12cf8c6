//! What a workbook of the older binary format (.xls) would unfold to.
//!
//! A sheet's cells are held as a rectangle around them, and a shared string is copied into every cell that shows it, so
//! that a few kilobytes could stand for gigabytes. Record numbers and layouts: MS-XLS 2.3 and 2.4.

use std::io::{Cursor, Read};

use super::{MAX_CELL_BYTES, MAX_CELLS, MAX_SHEETS, damaged, encrypted, too_large};
use crate::problem::Problem;

pub(super) const BEGINNING_OF_SUBSTREAM: u16 = 0x0809;
pub(super) const SHEET: u16 = 0x0085;
const SHARED_STRINGS: u16 = 0x00FC;
const CONTINUED: u16 = 0x003C;
pub(super) const SHARED_STRING_CELL: u16 = 0x00FD;
const DIMENSIONS: u16 = 0x0200;
pub(super) const SEVERAL_NUMBERS: u16 = 0x00BD;
/// Formula, number, label, boolean or error, formatted label, packed number.
pub(super) const CELLS: [u16; 6] = [0x0006, 0x0203, 0x0204, 0x0205, 0x00D6, 0x027E];
/// The largest sheet the format allows: rows and columns.
const MOST_ROWS: u64 = 1 << 16;
const MOST_COLUMNS: u64 = 1 << 8;

/// Refuses a compound file that is encrypted, is no workbook, or would unfold to too much.
pub(super) fn check(bytes: &[u8]) -> Result<(), Problem> {
    let mut file = cfb::CompoundFile::open(Cursor::new(bytes)).map_err(|e| damaged(&e))?;
    if file.is_stream("/EncryptedPackage") {
        return Err(encrypted());
    }
    let Some(path) = ["/Workbook", "/Book"].into_iter().find(|path| file.is_stream(path)) else {
        return Err(Problem::of_file("The file is a document of another program, not a workbook or CSV file."));
    };
    let mut stream = Vec::new();
    file.open_stream(path).and_then(|mut s| s.read_to_end(&mut stream)).map_err(|e| damaged(&e))?;
    if unfolds_to_too_much(&stream) { Err(too_large()) } else { Ok(()) }
}

/// A record: its number and its content.
pub(super) fn records(stream: &[u8]) -> impl Iterator<Item = (u16, &[u8])> {
    let mut rest = stream;
    std::iter::from_fn(move || {
        let (number, after) = (u16_at(rest, 0)?, rest.get(4..)?);
        let (content, after) = after.split_at_checked(u16_at(rest, 2)?.into())?;
        rest = after;
        Some((number, content))
    })
}

fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    bytes.get(at..at + 2).and_then(|b| b.try_into().ok()).map(u16::from_le_bytes)
}

fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    bytes.get(at..at + 4).and_then(|b| b.try_into().ok()).map(u32::from_le_bytes)
}

fn unfolds_to_too_much(stream: &[u8]) -> bool {
    let strings = shared_string_lengths(stream);
    let longest = strings.iter().copied().max().unwrap_or_default();
    let (mut sheets, mut all_cells, mut text) = (0_usize, 0_u64, 0_u64);
    let (mut height, mut width) = (0_u64, 0_u64);
    for (number, content) in records(stream) {
        let mut cell = |row: Option<u16>, column: Option<u16>| {
            height = height.max(u64::from(row.unwrap_or_default()) + 1);
            width = width.max(u64::from(column.unwrap_or_default()) + 1);
        };
        match number {
            BEGINNING_OF_SUBSTREAM => {
                all_cells += height * width;
                (height, width) = (0, 0);
            }
            SHEET => sheets += 1,
            DIMENSIONS => {
                let edges = match content.len() {
                    10 => u16_at(content, 2).map(u32::from).zip(u16_at(content, 6)),
                    _ => u32_at(content, 4).zip(u16_at(content, 10)),
                };
                if edges.is_some_and(|(rows, columns)| u64::from(rows) * u64::from(columns) > MOST_ROWS * MOST_COLUMNS)
                {
                    return true;
                }
            }
            SHARED_STRING_CELL => {
                cell(u16_at(content, 0), u16_at(content, 2));
                let index = u32_at(content, 6).and_then(|i| usize::try_from(i).ok()).unwrap_or_default();
                text += strings.get(index).copied().unwrap_or(longest);
            }
            SEVERAL_NUMBERS => cell(u16_at(content, 0), u16_at(content, content.len().saturating_sub(2))),
            number if CELLS.contains(&number) => cell(u16_at(content, 0), u16_at(content, 2)),
            _ => {}
        }
        // Sheets may share one substream, and each would hold it.
        let times = sheets.max(1) as u64;
        if sheets > MAX_SHEETS
            || all_cells.saturating_add(height * width) > MAX_CELLS
            || all_cells.saturating_add(height * width).saturating_mul(times) > 4 * MAX_CELLS
            || text.saturating_mul(times) > 4 * MAX_CELL_BYTES
        {
            return true;
        }
    }
    false
}

/// The lengths of the shared strings in characters, as far as they can be followed.
fn shared_string_lengths(stream: &[u8]) -> Vec<u64> {
    let mut parts = records(stream).skip_while(|(number, _)| *number != SHARED_STRINGS);
    let Some((_, first)) = parts.next() else { return Vec::new() };
    let mut strings = Strings { part: first.get(8..).unwrap_or_default(), parts };
    std::iter::from_fn(|| strings.next_length()).collect()
}

/// The shared strings, one after the other, over the records that continue the first.
struct Strings<'a, I> {
    part: &'a [u8],
    parts: I,
}

impl<'a, I: Iterator<Item = (u16, &'a [u8])>> Strings<'a, I> {
    /// The next string's length; none at the end.
    fn next_length(&mut self) -> Option<u64> {
        if self.part.is_empty() && !self.next_part() {
            return None;
        }
        let length = u16_at(self.part, 0)?;
        let flags = *self.part.get(2)?;
        let mut at = 3;
        let (mut runs, mut extension) = (0, 0);
        if flags & 8 != 0 {
            runs = usize::from(u16_at(self.part, at)?) * 4;
            at += 2;
        }
        if flags & 4 != 0 {
            extension = usize::try_from(u32_at(self.part, at)?).ok()?;
            at += 4;
        }
        self.part = self.part.get(at..)?;
        self.skip_characters(length.into(), flags & 1 != 0)?;
        self.skip(runs.saturating_add(extension))?;
        Some(length.into())
    }

    /// Characters take one or two bytes, which may change where a record continues another.
    fn skip_characters(&mut self, mut characters: usize, mut wide: bool) -> Option<()> {
        loop {
            let size = if wide { 2 } else { 1 };
            let here = characters.min(self.part.len() / size);
            self.part = self.part.get(here * size..)?;
            characters -= here;
            if characters == 0 {
                return Some(());
            }
            if !self.next_part() {
                return None;
            }
            wide = self.part.first()? & 1 != 0;
            self.part = self.part.get(1..)?;
        }
    }

    fn skip(&mut self, mut bytes: usize) -> Option<()> {
        while bytes > self.part.len() {
            bytes -= self.part.len();
            if !self.next_part() {
                return None;
            }
        }
        self.part = self.part.get(bytes..)?;
        Some(())
    }

    fn next_part(&mut self) -> bool {
        match self.parts.next() {
            Some((CONTINUED, part)) => {
                self.part = part;
                true
            }
            _ => false,
        }
    }
}
