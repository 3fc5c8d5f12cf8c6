//! What a workbook's sheets hold, written down by the process that read it and read back by the one that asked.
//!
//! A sheet begins with `S` and its name; each of its rows is `R`, its number from 1, its count of cells, and for each
//! cell its column from 0 and its text; `P` ends a sheet that could not be read further, and tells why. `F` says that
//! the file as a whole is refused. `E` is the end: without it the transcript broke off. Numbers are LEB128, texts their
//! length in bytes and UTF-8. Whoever reads it trusts nothing: the process that wrote it had a stranger's file in hand.

use std::borrow::Cow;
use std::io::{self, Write};
use std::ops::ControlFlow;

use super::{MAX_COLUMNS, MAX_SHEETS, SheetRow, Workbook, damaged};
use crate::grid::Row;
use crate::problem::Problem;

const SHEET: u8 = b'S';
const ROW: u8 = b'R';
const PROBLEM: u8 = b'P';
const REFUSED: u8 = b'F';
const END: u8 = b'E';

/// Writes down what a workbook holds, or why it is refused.
pub(crate) fn write(book: Result<Workbook<'_>, Problem>, out: &mut dyn Write) -> io::Result<()> {
    match book {
        Err(problem) => write_problem(out, REFUSED, &problem)?,
        Ok(mut book) => {
            for sheet in book.sheets() {
                write_sheet(&mut book, &sheet, out)?;
            }
        }
    }
    out.write_all(&[END])?;
    out.flush()
}

fn write_sheet(book: &mut Workbook<'_>, sheet: &str, out: &mut dyn Write) -> io::Result<()> {
    out.write_all(&[SHEET])?;
    write_text(out, sheet)?;
    let mut line = Vec::new();
    let mut written = Ok(());
    let walked = book.rows(sheet, &mut |number, row| {
        line.clear();
        line.push(ROW);
        put_number(&mut line, number);
        put_cells(&mut line, row);
        written = out.write_all(&line);
        if written.is_ok() { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    });
    written?;
    match walked {
        Ok(()) => Ok(()),
        Err(problem) => write_problem(out, PROBLEM, &problem),
    }
}

fn write_problem(out: &mut dyn Write, kind: u8, problem: &Problem) -> io::Result<()> {
    out.write_all(&[kind])?;
    write_text(out, &serde_json::to_string(problem)?)
}

fn write_text(out: &mut dyn Write, text: &str) -> io::Result<()> {
    let mut line = Vec::with_capacity(text.len() + 5);
    put_text(&mut line, text);
    out.write_all(&line)
}

/// Appends the count of cells that hold something, and each with its column.
fn put_cells(line: &mut Vec<u8>, row: &dyn Row) {
    let cells = || (0_u32..).zip(0..row.width()).map(|(n, at)| (n, row.cell(at))).filter(|(_, text)| !text.is_empty());
    put_number(line, u32::try_from(cells().count()).unwrap_or_default());
    for (column, text) in cells() {
        put_number(line, column);
        put_text(line, &text);
    }
}

/// Appends a number.
fn put_number(line: &mut Vec<u8>, mut number: u32) {
    while number >= 0x80 {
        line.push((number & 0x7f) as u8 | 0x80);
        number >>= 7;
    }
    line.push((number & 0x7f) as u8);
}

/// Appends a text. One of more than 4 GB cannot be: whatever is read is smaller.
fn put_text(line: &mut Vec<u8>, text: &str) {
    put_number(line, u32::try_from(text.len()).unwrap_or(0));
    line.extend_from_slice(text.as_bytes());
}

/// A transcript that is whole.
pub(crate) struct Transcript {
    bytes: Vec<u8>,
    /// The sheets' names, and where their rows begin.
    sheets: Vec<(String, usize)>,
}

impl Transcript {
    /// Takes a transcript.
    ///
    /// # Errors
    /// Inner: why the file is refused. Outer: it broke off, or is none.
    pub(crate) fn read(bytes: Vec<u8>) -> Option<Result<Self, Problem>> {
        let mut sheets = Vec::new();
        let mut at = Cursor { rest: &bytes };
        loop {
            match at.byte()? {
                SHEET if sheets.len() < MAX_SHEETS => {
                    let name = at.text()?.into_owned();
                    sheets.push((name, bytes.len() - at.rest.len()));
                }
                ROW if !sheets.is_empty() => {
                    at.number()?;
                    for _ in 0..at.number()?.min(MAX_COLUMNS) {
                        at.number()?;
                        at.bytes()?;
                    }
                }
                PROBLEM if !sheets.is_empty() => drop(at.problem()?),
                REFUSED => return Some(Err(at.problem()?)),
                END if at.rest.is_empty() => break,
                _ => return None,
            }
        }
        Some(Ok(Self { bytes, sheets }))
    }

    pub(super) fn sheets(&self) -> Vec<String> {
        self.sheets.iter().map(|(name, _)| name.clone()).collect()
    }

    pub(super) fn rows(
        &self,
        sheet: &str,
        each: &mut dyn FnMut(u32, &dyn Row) -> ControlFlow<()>,
    ) -> Result<(), Problem> {
        let start = self.sheets.iter().find(|(name, _)| name == sheet).map_or(self.bytes.len(), |(_, at)| *at);
        let mut at = Cursor { rest: self.bytes.get(start..).unwrap_or_default() };
        let mut row = SheetRow::default();
        let broken = || damaged(&"its parts contradict each other");
        loop {
            match at.byte() {
                Some(ROW) => {
                    row.cells.clear();
                    let number = at.number().ok_or_else(broken)?;
                    for _ in 0..at.number().ok_or_else(broken)?.min(MAX_COLUMNS) {
                        let column = at.number().ok_or_else(broken)?.min(MAX_COLUMNS);
                        row.put(column, at.text().ok_or_else(broken)?);
                    }
                    if each(number, &row).is_break() {
                        return Ok(());
                    }
                }
                Some(PROBLEM) => return Err(at.problem().ok_or_else(broken)?),
                _ => return Ok(()),
            }
        }
    }
}

struct Cursor<'a> {
    rest: &'a [u8],
}

impl<'a> Cursor<'a> {
    fn byte(&mut self) -> Option<u8> {
        let (first, rest) = self.rest.split_first()?;
        self.rest = rest;
        Some(*first)
    }

    fn number(&mut self) -> Option<u32> {
        let mut number = 0;
        for shift in (0..32).step_by(7) {
            let byte = self.byte()?;
            number |= u32::from(byte & 0x7f).checked_shl(shift)?;
            if byte & 0x80 == 0 {
                return Some(number);
            }
        }
        None
    }

    fn bytes(&mut self) -> Option<&'a [u8]> {
        let length = usize::try_from(self.number()?).ok()?;
        let (bytes, rest) = self.rest.split_at_checked(length)?;
        self.rest = rest;
        Some(bytes)
    }

    fn text(&mut self) -> Option<Cow<'a, str>> {
        self.bytes().map(String::from_utf8_lossy)
    }

    fn problem(&mut self) -> Option<Problem> {
        serde_json::from_slice(self.bytes()?).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn rows(transcript: &Transcript, sheet: &str) -> (Vec<(u32, Vec<String>)>, Option<Problem>) {
        let mut rows = Vec::new();
        let walked = transcript.rows(sheet, &mut |number, row| {
            rows.push((number, (0..row.width()).map(|c| row.cell(c).into_owned()).collect()));
            ControlFlow::Continue(())
        });
        (rows, walked.err())
    }

    type Rows = Vec<(u32, Vec<(u32, String)>)>;

    /// A transcript as the reading process writes it, of rows that are given.
    fn written(sheets: &[(&str, Rows, Option<Problem>)]) -> Vec<u8> {
        let mut out = Vec::new();
        for (name, rows, problem) in sheets {
            out.push(SHEET);
            put_text(&mut out, name);
            for (number, cells) in rows {
                let cells = cells.iter().map(|(column, text)| (*column, Cow::Borrowed(text.as_str()))).collect();
                out.push(ROW);
                put_number(&mut out, *number);
                put_cells(&mut out, &SheetRow { cells });
            }
            if let Some(problem) = problem {
                write_problem(&mut out, PROBLEM, problem).unwrap();
            }
        }
        out.push(END);
        out
    }

    #[test]
    fn a_transcript_says_what_the_sheets_hold_and_where_they_break_off() {
        let problem = Problem { sheet: Some("B".into()), row: Some(7), column: None, message: "Too wide.".into() };
        let cells = vec![(0, "Café".to_owned()), (300, "1".repeat(200))];
        let bytes = written(&[("A", vec![(70_000, cells)], None), ("B", vec![(1, vec![])], Some(problem.clone()))]);
        let transcript = Transcript::read(bytes.clone()).unwrap().unwrap();
        assert_eq!(transcript.sheets(), ["A", "B"]);
        let (found, end) = rows(&transcript, "A");
        assert_eq!((found[0].0, found[0].1[0].as_str(), found[0].1[300].len(), end), (70_000, "Café", 200, None));
        assert_eq!(rows(&transcript, "B"), (vec![(1, vec![])], Some(problem)));
        for end in 0..bytes.len() {
            assert!(Transcript::read(bytes[..end].to_vec()).is_none(), "broken off at {end}");
        }
    }

    #[test]
    fn a_refusal_is_carried() {
        let mut out = Vec::new();
        write(Err(Problem::of_file("No.")), &mut out).unwrap();
        assert_eq!(Transcript::read(out).unwrap().err(), Some(Problem::of_file("No.")));
    }

    proptest! {
        #[test]
        fn whatever_a_process_writes_is_answered(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            if let Some(Ok(transcript)) = Transcript::read([b"S\x01a".as_slice(), &bytes, b"E"].concat()) {
                for sheet in transcript.sheets() {
                    rows(&transcript, &sheet);
                }
            }
        }
    }
}
