//! What a workbook's sheets hold, written down by the process that read it and read back by the one that asked, while it
//! is still being written.
//!
//! A transcript is records, each of a letter, its length (four bytes, the lowest first) and its content. First the
//! sheets' names, an `S` each; then sheet by sheet the rows, an `R` each: its number from 1, its count of cells, and for
//! each cell its column from 0 and its text; an `L` how its cells look, where that says something (see [`looked`]);
//! `.` ends a sheet, or `P` one that could not be read further, and tells why.
//! `F` says that the file as a whole is refused. `E` is the end: without it the transcript broke off. Numbers are LEB128,
//! texts their length in bytes and UTF-8. Whoever reads it trusts nothing: the process that wrote it had a stranger's
//! file in hand.

mod looked;
mod written;

use std::borrow::Cow;
use std::ops::ControlFlow;
use std::sync::mpsc::Receiver;

use super::{Looks, MAX_COLUMNS, MAX_SHEETS, SheetRow, damaged};
use crate::grid::Row;
use crate::problem::Problem;
pub(crate) use written::write;

const SHEET: u8 = b'S';
const ROW: u8 = b'R';
const LOOKS: u8 = b'L';
const DONE: u8 = b'.';
const PROBLEM: u8 = b'P';
const REFUSED: u8 = b'F';
const END: u8 = b'E';

/// What comes from a reading process.
pub(crate) enum Piece {
    /// More of the transcript.
    Bytes(Vec<u8>),
    /// Nothing more comes. If the transcript is not whole, this is why.
    End(Problem),
}

/// A transcript, as far as it has come. What does not stand in it yet is waited for.
pub(crate) struct Transcript {
    pieces: Receiver<Piece>,
    /// All that has come.
    bytes: Vec<u8>,
    sheets: Vec<String>,
    /// Where the rows of sheets begin: of the first, and of those after sheets that were walked.
    starts: Vec<usize>,
    /// Where it says of the sheet that was walked last how its cells look.
    looks: Option<Record>,
}

impl Transcript {
    /// Begins to read a transcript: waits for its sheets' names.
    ///
    /// # Errors
    /// Why the file is refused; that the transcript broke off, or is none.
    pub(crate) fn open(pieces: Receiver<Piece>) -> Result<Self, Problem> {
        let mut transcript = Self { pieces, bytes: Vec::new(), sheets: Vec::new(), starts: Vec::new(), looks: None };
        let mut at = 0;
        loop {
            let record = transcript.record(at)?;
            match record.kind {
                SHEET if transcript.sheets.len() < MAX_SHEETS => {
                    let name = String::from_utf8_lossy(record.content(&transcript.bytes)).into_owned();
                    transcript.sheets.push(name);
                }
                REFUSED => return Err(problem(record.content(&transcript.bytes))),
                END if transcript.sheets.is_empty() => break,
                ROW | LOOKS | DONE | PROBLEM if !transcript.sheets.is_empty() => break,
                _ => return Err(contradiction()),
            }
            at = record.end;
        }
        transcript.starts.push(at);
        Ok(transcript)
    }

    pub(super) fn sheets(&self) -> Vec<String> {
        self.sheets.clone()
    }

    pub(super) fn rows(
        &mut self,
        sheet: &str,
        each: &mut dyn FnMut(u32, &dyn Row) -> ControlFlow<()>,
    ) -> Result<(), Problem> {
        let Some(wanted) = self.sheets.iter().position(|name| name == sheet) else { return Ok(()) };
        while self.starts.len() <= wanted {
            let last = self.starts.len() - 1;
            self.walk(last, &mut |_, _| Ok(ControlFlow::Continue(())))?;
        }
        self.walk(wanted, &mut |bytes, record| {
            let mut at = Cursor { rest: record.content(bytes) };
            let mut row = SheetRow::default();
            let number = at.number().ok_or_else(contradiction)?;
            for _ in 0..at.number().ok_or_else(contradiction)?.min(MAX_COLUMNS) {
                let column = at.number().ok_or_else(contradiction)?.min(MAX_COLUMNS);
                row.put(column, at.text().ok_or_else(contradiction)?);
            }
            Ok(each(number, &row))
        })
    }

    /// How the cells look of the sheet that was walked last.
    pub(super) fn looks(&self) -> Looks {
        self.looks.as_ref().map_or_else(Looks::default, |record| looked::read(record.content(&self.bytes)))
    }

    /// Walks the row records of a sheet whose start is known; at its end the next one's is.
    fn walk(&mut self, sheet: usize, each: &mut Take<'_>) -> Result<(), Problem> {
        let mut at = self.starts.get(sheet).copied().ok_or_else(contradiction)?;
        self.looks = None;
        loop {
            let record = self.record(at)?;
            at = record.end;
            match record.kind {
                ROW => {
                    if each(&self.bytes, &record)?.is_break() {
                        return Ok(());
                    }
                }
                LOOKS => self.looks = Some(record),
                DONE | PROBLEM => break self.ended(sheet, &record),
                _ => return Err(contradiction()),
            }
        }
    }

    /// What the last record of a sheet says, once what follows is known to be there: a sheet, or the end.
    fn ended(&mut self, sheet: usize, last: &Record) -> Result<(), Problem> {
        if self.starts.len() == sheet + 1 {
            self.starts.push(last.end);
        }
        let kind = last.kind;
        let why = problem(last.content(&self.bytes));
        if sheet + 1 == self.sheets.len() && self.record(last.end)?.kind != END {
            return Err(contradiction());
        }
        if kind == PROBLEM { Err(why) } else { Ok(()) }
    }

    /// The record at a place, waited for.
    fn record(&mut self, at: usize) -> Result<Record, Problem> {
        const HEAD: usize = 5;
        self.wait_for(at.saturating_add(HEAD))?;
        let head: [u8; HEAD] =
            self.bytes.get(at..at + HEAD).and_then(|head| head.try_into().ok()).ok_or_else(contradiction)?;
        let [kind, a, b, c, d] = head;
        if ![SHEET, ROW, LOOKS, DONE, PROBLEM, REFUSED, END].contains(&kind) {
            return Err(contradiction());
        }
        let length = usize::try_from(u32::from_le_bytes([a, b, c, d])).unwrap_or(usize::MAX);
        let (start, end) = (at + HEAD, (at + HEAD).saturating_add(length));
        self.wait_for(end)?;
        Ok(Record { kind, start, end })
    }

    /// Waits until the transcript is so long.
    fn wait_for(&mut self, length: usize) -> Result<(), Problem> {
        while self.bytes.len() < length {
            match self.pieces.recv() {
                Ok(Piece::Bytes(more)) => self.bytes.extend_from_slice(&more),
                Ok(Piece::End(why)) => return Err(why),
                Err(_) => return Err(contradiction()),
            }
        }
        Ok(())
    }
}

/// What is done with a record of a transcript, until it breaks.
type Take<'a> = dyn FnMut(&[u8], &Record) -> Result<ControlFlow<()>, Problem> + 'a;

/// Where a record stands in a transcript.
struct Record {
    kind: u8,
    start: usize,
    end: usize,
}

impl Record {
    fn content<'b>(&self, bytes: &'b [u8]) -> &'b [u8] {
        bytes.get(self.start..self.end).unwrap_or_default()
    }
}

fn contradiction() -> Problem {
    damaged(&"its parts contradict each other")
}

fn problem(content: &[u8]) -> Problem {
    serde_json::from_slice(content).unwrap_or_else(|_| contradiction())
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

    fn text(&mut self) -> Option<Cow<'a, str>> {
        let length = usize::try_from(self.number()?).ok()?;
        let (bytes, rest) = self.rest.split_at_checked(length)?;
        self.rest = rest;
        Some(String::from_utf8_lossy(bytes))
    }
}

#[cfg(test)]
mod tests {
    use super::written::{put_cells, put_number, write_problem, write_record};
    use super::*;
    use crate::workbook::{Merged, Workbook};
    use proptest::prelude::*;
    use std::sync::mpsc::channel;

    /// A transcript that has come in pieces of a few bytes.
    fn opened(bytes: &[u8]) -> Result<Transcript, Problem> {
        let (come, pieces) = channel();
        for piece in bytes.chunks(3) {
            come.send(Piece::Bytes(piece.to_vec())).unwrap();
        }
        come.send(Piece::End(Problem::of_file("Broken off."))).unwrap();
        Transcript::open(pieces)
    }

    fn rows(transcript: &mut Transcript, sheet: &str) -> (Vec<(u32, Vec<String>)>, Option<Problem>) {
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
        for (name, ..) in sheets {
            write_record(&mut out, SHEET, name.as_bytes()).unwrap();
        }
        for (_, rows, problem) in sheets {
            for (number, cells) in rows {
                let cells = cells.iter().map(|(column, text)| (*column, Cow::Borrowed(text.as_str()))).collect();
                let mut line = Vec::new();
                put_number(&mut line, *number);
                put_cells(&mut line, &SheetRow { cells });
                write_record(&mut out, ROW, &line).unwrap();
            }
            match problem {
                Some(problem) => write_problem(&mut out, PROBLEM, problem).unwrap(),
                None => write_record(&mut out, DONE, &[]).unwrap(),
            }
        }
        write_record(&mut out, END, &[]).unwrap();
        out
    }

    #[test]
    fn a_transcript_says_what_the_sheets_hold_and_where_they_break_off() {
        let problem = Problem { sheet: Some("B".into()), row: Some(7), column: None, message: "Too wide.".into() };
        let cells = vec![(0, "Café".to_owned()), (300, "1".repeat(200))];
        let bytes = written(&[("A", vec![(70_000, cells)], None), ("B", vec![(1, vec![])], Some(problem.clone()))]);
        for order in [["A", "B"], ["B", "A"]] {
            let mut transcript = opened(&bytes).unwrap();
            assert_eq!(transcript.sheets(), ["A", "B"]);
            for sheet in order {
                let (found, end) = rows(&mut transcript, sheet);
                if sheet == "A" {
                    assert_eq!((found[0].0, found[0].1[0].as_str(), found[0].1[300].len()), (70_000, "Café", 200));
                    assert_eq!(end, None);
                } else {
                    assert_eq!((found, end), (vec![(1, vec![])], Some(problem.clone())));
                }
            }
        }
        let whole = written(&[("A", vec![(1, vec![])], None), ("B", vec![(1, vec![])], None)]);
        for end in 0..whole.len() {
            let told = opened(&whole[..end]).and_then(|mut transcript| {
                let first = rows(&mut transcript, "A").1;
                first.or(rows(&mut transcript, "B").1).map_or(Ok(()), Err)
            });
            assert_eq!(told, Err(Problem::of_file("Broken off.")), "at {end}");
        }
    }

    #[test]
    fn how_cells_look_is_told_of_the_sheet_that_was_walked_last() {
        let merged = vec![Merged { rows: (4, 900), columns: (1, 1) }];
        let looks = Looks { struck: vec![(2, 0), (70_000, 300)], merged, ..Looks::default() };
        let mut out = Vec::new();
        for name in ["A", "B"] {
            write_record(&mut out, SHEET, name.as_bytes()).unwrap();
        }
        write_record(&mut out, LOOKS, &looked::put(&looks)).unwrap();
        write_record(&mut out, DONE, &[]).unwrap();
        write_record(&mut out, DONE, &[]).unwrap();
        write_record(&mut out, END, &[]).unwrap();
        let mut transcript = opened(&out).unwrap();
        for (sheet, wanted) in [("B", Looks::default()), ("A", looks.clone()), ("B", Looks::default())] {
            rows(&mut transcript, sheet);
            assert_eq!(transcript.looks(), wanted, "{sheet}");
        }
    }

    #[test]
    fn how_a_workbook_looks_is_carried() {
        let mut book = rust_xlsxwriter::Workbook::new();
        let red = rust_xlsxwriter::Format::new().set_background_color(0x00FF_0000);
        let sheet = book.add_worksheet().set_name("A").unwrap();
        sheet.write_with_format(3, 1, "cancelled", &red.clone().set_font_strikethrough()).unwrap();
        sheet.write_blank(3, 2, &red).unwrap();
        let bytes = book.save_to_buffer().unwrap();
        let open = || Workbook::open_here(&bytes, super::super::Kind::Archive).unwrap();
        let mut out = Vec::new();
        write(Ok(open()), &mut out).unwrap();
        let mut transcript = opened(&out).unwrap();
        rows(&mut transcript, "A");
        let looks = transcript.looks();
        assert!(looks.is_struck(4, 1) && looks.colours.at(4, 2).fill.is_some());
        assert_eq!(looks, open().looks("A"));
    }

    #[test]
    fn a_refusal_is_carried() {
        let mut out = Vec::new();
        write(Err(Problem::of_file("No.")), &mut out).unwrap();
        assert_eq!(opened(&out).err(), Some(Problem::of_file("No.")));
    }

    proptest! {
        #[test]
        fn whatever_a_process_writes_is_answered(
            records in prop::collection::vec((any::<u8>(), prop::collection::vec(any::<u8>(), 0..20)), 0..9),
            rest in prop::collection::vec(any::<u8>(), 0..9),
        ) {
            let mut bytes = Vec::new();
            write_record(&mut bytes, SHEET, b"a").unwrap();
            for (kind, content) in records {
                write_record(&mut bytes, [SHEET, ROW, ROW, LOOKS, DONE, PROBLEM, END][usize::from(kind % 7)], &content).unwrap();
            }
            bytes.extend(rest);
            if let Ok(mut transcript) = opened(&bytes) {
                for sheet in transcript.sheets() {
                    rows(&mut transcript, &sheet);
                    transcript.looks();
                }
            }
        }
    }
}
