//! The writing of a transcript.

use std::io::{self, Write};
use std::ops::ControlFlow;

use super::looked;
use super::{DONE, END, LOOKS, PROBLEM, REFUSED, ROW, SHEET};
use crate::grid::Row;
use crate::history::letters;
use crate::problem::Problem;
use crate::workbook::{Looks, Workbook};

/// Writes down what a workbook holds, or why it is refused.
pub(crate) fn write(book: Result<Workbook<'_>, Problem>, out: &mut dyn Write) -> io::Result<()> {
    match book {
        Err(problem) => write_problem(out, REFUSED, &problem)?,
        Ok(mut book) => {
            let sheets = book.sheets();
            for sheet in &sheets {
                write_record(out, SHEET, sheet.as_bytes())?;
            }
            for sheet in &sheets {
                write_sheet(&mut book, sheet, out)?;
            }
        }
    }
    write_record(out, END, &[])?;
    out.flush()
}

/// The most characters of a cell, as Excel has it: a longer text is nobody's typing, and repeated it fills the memory of
/// whoever asked.
const MOST_CHARACTERS: usize = 32_767;

fn write_sheet(book: &mut Workbook<'_>, sheet: &str, out: &mut dyn Write) -> io::Result<()> {
    let (mut line, mut written, mut too_long) = (Vec::new(), Ok(()), None);
    let walked = book.rows(sheet, &mut |number, row| {
        line.clear();
        // Bytes are at least as many, and counted at once.
        row.each(&mut |column, text| {
            if text.len() > MOST_CHARACTERS && text.chars().count() > MOST_CHARACTERS {
                too_long = too_long.or(Some(column));
            }
        });
        if let Some(column) = too_long {
            written = write_problem(out, PROBLEM, &cell_too_long(sheet, number, column));
            return ControlFlow::Break(());
        }
        put_number(&mut line, number);
        put_cells(&mut line, row);
        written = write_record(out, ROW, &line);
        if written.is_ok() { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    });
    written?;
    if too_long.is_some() {
        return Ok(());
    }
    match walked {
        Ok(()) => {
            let looks = book.looks(sheet);
            if looks != Looks::default() {
                write_record(out, LOOKS, &looked::put(&looks))?;
            }
            write_record(out, DONE, &[])
        }
        Err(problem) => write_problem(out, PROBLEM, &problem),
    }
}

fn cell_too_long(sheet: &str, row: u32, column: usize) -> Problem {
    Problem {
        sheet: Some(sheet.to_owned()),
        row: Some(row),
        column: Some(format!("{}{row}", letters(column))),
        message: format!(
            "The cell holds more than {MOST_CHARACTERS} characters, the most a spreadsheet can have. Shorten its text."
        ),
    }
}

pub(super) fn write_problem(out: &mut dyn Write, kind: u8, problem: &Problem) -> io::Result<()> {
    write_record(out, kind, serde_json::to_string(problem)?.as_bytes())
}

/// Writes a record. One of more than 4 GB cannot be: whatever is read is smaller.
pub(super) fn write_record(out: &mut dyn Write, kind: u8, content: &[u8]) -> io::Result<()> {
    let [a, b, c, d] = u32::try_from(content.len()).unwrap_or(0).to_le_bytes();
    out.write_all(&[kind, a, b, c, d])?;
    out.write_all(content)
}

/// Appends the count of cells that hold something, and each with its column.
pub(super) fn put_cells(line: &mut Vec<u8>, row: &dyn Row) {
    let mut count = 0_u32;
    row.each(&mut |_, text| count += u32::from(!text.is_empty()));
    put_number(line, count);
    row.each(&mut |column, text| {
        if !text.is_empty() {
            put_number(line, u32::try_from(column).unwrap_or(u32::MAX));
            put_number(line, u32::try_from(text.len()).unwrap_or(0));
            line.extend_from_slice(text.as_bytes());
        }
    });
}

/// Appends a number.
pub(super) fn put_number(line: &mut Vec<u8>, mut number: u32) {
    while number >= 0x80 {
        line.push((number & 0x7f) as u8 | 0x80);
        number >>= 7;
    }
    line.push((number & 0x7f) as u8);
}
