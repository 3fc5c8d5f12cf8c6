//! Text files: their encoding, their separator, their rows.

mod quotes;
mod separator;

use std::borrow::Cow;
use std::cell::Cell;
use std::io::{self, Read};
use std::ops::ControlFlow;

use csv::{ByteRecord, ReaderBuilder};
use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};

use crate::grid::Row;
use crate::history::table::is_total;
use crate::problem::Problem;
use quotes::{ends_quoted, is_unclosed};
use separator::separator;

/// The most bytes of a row: a row of the official extract has about 1,500.
const MAX_ROW_BYTES: usize = 4 << 20;

/// So many pairs of bytes tell an encoding.
const SAMPLE: usize = 2_000;

/// A text file with separated values.
pub(crate) struct TextTable<'a> {
    bytes: Cow<'a, [u8]>,
    encoding: &'static Encoding,
    separator: u8,
}

impl<'a> TextTable<'a> {
    /// Valid UTF-8 is read as such, UTF-16 by its byte order mark or by where its zeros stand, everything else as
    /// windows-1252, which is what the official extract comes in.
    pub(crate) fn open(bytes: &'a [u8]) -> Result<Self, Problem> {
        if bytes.iter().all(u8::is_ascii_whitespace) {
            return Err(Problem::of_file("The file is empty. Choose a CSV file or a workbook."));
        }
        let (bytes, encoding) = match Encoding::for_bom(bytes) {
            Some((marked, length)) if marked == UTF_8 => (Cow::Borrowed(&bytes[length..]), UTF_8),
            Some((utf16, _)) => (Cow::Owned(utf16.decode(bytes).0.into_owned().into_bytes()), UTF_8),
            None => match unmarked_utf16(bytes) {
                Some(utf16) => (Cow::Owned(utf16.decode(bytes).0.into_owned().into_bytes()), UTF_8),
                None => (Cow::Borrowed(bytes), UTF_8),
            },
        };
        if let Some(what) = not_a_table(&bytes) {
            return Err(Problem::of_file(format!("The file is {what}, not a table. Choose a CSV file or a workbook.")));
        }
        let encoding = if std::str::from_utf8(&bytes).is_ok() { encoding } else { WINDOWS_1252 };
        // Files of old Macintosh programs end their lines with a carriage return alone.
        let bytes = if bytes.contains(&b'\n') || !bytes.contains(&b'\r') {
            bytes
        } else {
            let mut bytes = bytes.into_owned();
            bytes.iter_mut().filter(|b| **b == b'\r').for_each(|b| *b = b'\n');
            Cow::Owned(bytes)
        };
        let separator = separator(&bytes);
        Ok(Self { bytes, encoding, separator })
    }

    pub(crate) fn rows(&self, each: &mut dyn FnMut(u32, &dyn Row) -> ControlFlow<()>) -> Result<(), Problem> {
        let since_row = Cell::new(0);
        let mut reader = ReaderBuilder::new()
            .delimiter(self.separator)
            .has_headers(false)
            .flexible(true)
            .buffer_capacity(1 << 16)
            .from_reader(Bounded { rest: &self.bytes, since_row: &since_row });
        let mut record = ByteRecord::new();
        let (mut number, mut expected) = (0_u32, None);
        loop {
            let start = usize::try_from(reader.position().byte()).unwrap_or(usize::MAX);
            since_row.set(0);
            match reader.read_byte_record(&mut record) {
                Ok(true) => {}
                Ok(false) => return Ok(()),
                Err(_) if since_row.get() > MAX_ROW_BYTES => {
                    return Err(Problem {
                        row: Some(number.saturating_add(1)),
                        ..Problem::of_file(format!(
                            "This row has more than {} MB. Check that every quotation mark has its second one, and every row its own line.",
                            MAX_ROW_BYTES >> 20
                        ))
                    });
                }
                Err(error) => return Err(Problem::of_file(format!("The file could not be read: {error}."))),
            }
            number = number.saturating_add(1).saturating_add(self.blank_lines_at(start));
            let expected = *expected.get_or_insert(record.len());
            let end = usize::try_from(reader.position().byte()).unwrap_or(usize::MAX).min(self.bytes.len());
            if self.bytes.get(start..end).is_some_and(|raw| is_unclosed(raw, self.separator)) {
                return Err(Problem {
                    row: Some(number),
                    ..Problem::of_file(
                        "A quotation mark of this row has no second one, so that the rows below it are taken for one cell. Add it, or remove the first, and try again.",
                    )
                });
            }
            let last = end == self.bytes.len();
            let row = TextRow { record: &record, encoding: self.encoding };
            let raw = self.bytes.get(start..).filter(|_| last).unwrap_or_default();
            let is_quoted = last && ends_quoted(raw, self.separator);
            if last && (is_quoted || !self.bytes.ends_with(b"\n")) {
                let message = if is_quoted {
                    "A quotation mark that begins in this row has no second one up to the end of the file, so that all below it is taken for one cell. Add it, or remove the first; or download the file again, if it breaks off here.".to_owned()
                } else if record.len() < expected && is_cut_off(&row) {
                    format!(
                        "The file breaks off here: the row has {} of {expected} cells. Download it again.",
                        record.len()
                    )
                } else {
                    String::new()
                };
                if !message.is_empty() {
                    return Err(Problem { row: Some(number), ..Problem::of_file(message) });
                }
            }
            if each(number, &row).is_break() {
                return Ok(());
            }
        }
    }

    /// How many blank lines precede the record that is read from `start` on: the reader skips them without counting.
    fn blank_lines_at(&self, start: usize) -> u32 {
        let mut blank = 0;
        let rest = self.bytes.get(start..).unwrap_or_default();
        for (at, byte) in rest.iter().enumerate() {
            match byte {
                // The second half of the line end of the record before.
                b'\n' if at == 0 && start > 0 && self.bytes.get(start - 1) == Some(&b'\r') => {}
                b'\n' => blank += 1,
                b'\r' => {}
                _ => break,
            }
        }
        blank
    }
}

/// The file, as long as no row of it is longer than [`MAX_ROW_BYTES`]: the places of a row's cells are kept, and a
/// million cells would fill the memory.
struct Bounded<'a> {
    rest: &'a [u8],
    since_row: &'a Cell<usize>,
}

impl Read for Bounded<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.rest.read(buffer)?;
        self.since_row.set(self.since_row.get() + read);
        if read > 0 && self.since_row.get() > MAX_ROW_BYTES {
            Err(io::Error::other("a row too long"))
        } else {
            Ok(read)
        }
    }
}

struct TextRow<'a> {
    record: &'a ByteRecord,
    encoding: &'static Encoding,
}

impl Row for TextRow<'_> {
    fn cell(&self, column: usize) -> Cow<'_, str> {
        match self.record.get(column) {
            Some(bytes) => self.encoding.decode_without_bom_handling(bytes).0,
            None => Cow::Borrowed(""),
        }
    }

    fn width(&self) -> usize {
        (0..self.record.len()).rev().find(|at| !self.record[*at].is_empty()).map_or(0, |last| last + 1)
    }
}

/// UTF-16 without a byte order mark, as some exports have it: of two bytes always the same one is zero in nearly every
/// letter of English.
fn unmarked_utf16(bytes: &[u8]) -> Option<&'static Encoding> {
    let pairs = bytes.as_chunks::<2>().0;
    let pairs = &pairs[..pairs.len().min(SAMPLE)];
    let zeros = |at: usize| pairs.iter().filter(|pair| pair[at] == 0).count();
    let (first, second) = (zeros(0), zeros(1));
    let nearly_all = pairs.len() * 9 / 10;
    if pairs.len() < 4 || bytes.len() % 2 == 1 {
        None
    } else if first == 0 && second >= nearly_all {
        Some(UTF_16LE)
    } else if second == 0 && first >= nearly_all {
        Some(UTF_16BE)
    } else {
        None
    }
}

/// What a file is that is text or bytes of another kind; none when it may be a table.
fn not_a_table(bytes: &[u8]) -> Option<&'static str> {
    let start: Vec<u8> =
        bytes.iter().skip_while(|b| b.is_ascii_whitespace()).take(9).map(u8::to_ascii_lowercase).collect();
    let begins = |with: &[u8]| start.starts_with(with);
    if begins(b"<!doctype") || begins(b"<html") {
        Some("a web page")
    } else if begins(b"<?xml") {
        Some("an XML document")
    } else if begins(b"%pdf") {
        Some("a PDF")
    } else if begins(b"{") || begins(b"[") {
        Some("JSON")
    } else if bytes.contains(&0) {
        Some("of another kind")
    } else {
        None
    }
}

/// Whether the last row of a file, which has fewer cells than others and no line end, was cut off there. A note or a
/// total below a table is as short.
fn is_cut_off(row: &TextRow<'_>) -> bool {
    let cells: Vec<_> = (0..row.width()).map(|column| row.cell(column).into_owned()).collect();
    let begins = cells.first().is_some_and(|cell| !cell.trim().is_empty());
    let filled = cells.iter().filter(|cell| !cell.trim().is_empty()).count();
    // “Source: Department for Education, January 2026”: a sentence has spaces behind its commas.
    let is_prose = cells.iter().skip(1).all(|cell| cell.starts_with(' '));
    begins && filled > 1 && !is_prose && !is_total(&cells)
}

/// A cell without the spaces around it, with single spaces inside, and without control characters.
pub(crate) fn tidy(text: &str) -> Cow<'_, str> {
    let trimmed = text.trim();
    let untidy = |c: char| c.is_control() || (c.is_whitespace() && c != ' ');
    if !trimmed.contains("  ") && !trimmed.contains(untidy) {
        return Cow::Borrowed(trimmed);
    }
    let words: Vec<&str> = trimmed.split_whitespace().collect();
    let mut tidy = words.join(" ");
    tidy.retain(|c| !c.is_control());
    Cow::Owned(tidy.trim().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(bytes: &[u8]) -> Vec<(u32, Vec<String>)> {
        let mut rows = Vec::new();
        let table = TextTable::open(bytes).unwrap();
        let read = table.rows(&mut |number, row| {
            rows.push((number, (0..row.width()).map(|c| row.cell(c).into_owned()).collect()));
            ControlFlow::Continue(())
        });
        read.unwrap();
        rows
    }

    #[test]
    fn encodings_are_told_apart() {
        let expected = vec![(1, vec!["Café".to_owned(), "b".to_owned()])];
        assert_eq!(rows("Café,b\r\n".as_bytes()), expected);
        assert_eq!(rows("\u{feff}Café;b\n".as_bytes()), expected);
        assert_eq!(rows(b"Caf\xe9\tb\n"), expected);
        let utf16: Vec<u8> = "\u{feff}Café,b\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert_eq!(rows(&utf16), expected);
        let unmarked = |bytes: fn(u16) -> [u8; 2]| "Café,b\n".encode_utf16().flat_map(bytes).collect::<Vec<u8>>();
        assert_eq!(rows(&unmarked(u16::to_le_bytes)), expected);
        assert_eq!(rows(&unmarked(u16::to_be_bytes)), expected);
        assert_eq!(rows(b"it\x92s\n")[0].1, ["it’s"]);
    }

    #[test]
    fn rows_are_numbered_as_a_spreadsheet_program_does() {
        let numbers = |text: &str| rows(text.as_bytes()).iter().map(|r| r.0).collect::<Vec<_>>();
        assert_eq!(numbers("a,b\nc,d\n"), [1, 2]);
        assert_eq!(numbers("a,b\r\nc,d\r\n"), [1, 2]);
        assert_eq!(numbers("a,b\rc,d\r"), [1, 2]);
        assert_eq!(numbers("\r\n\r\na,b\r\n\r\nc,d"), [3, 5]);
        assert_eq!(numbers("\n\na,b\n\nc,d\n\n"), [3, 5]);
        assert_eq!(numbers("a,\"b\nb\nb\"\nc,d\n"), [1, 2]);
    }

    #[test]
    fn what_is_no_table_is_named() {
        let message = |bytes: &[u8]| TextTable::open(bytes).err().map(|p| p.message).unwrap_or_default();
        assert!(message(b" <!DOCTYPE html><table>").contains("a web page"));
        assert!(message(b"%PDF-1.7").contains("a PDF"));
        assert!(message(b"URN,\0\0").contains("of another kind"));
        assert!(message(b"").contains("empty"));
        assert!(message(b"\r\n \n").contains("empty"));
        assert!(message(b"[1]").contains("JSON"));
    }

    #[test]
    fn a_file_that_breaks_off_is_named() {
        let table = TextTable::open(b"a,b,c\n1,2,3\n4,5").unwrap();
        let problem = table.rows(&mut |_, _| ControlFlow::Continue(())).unwrap_err();
        assert_eq!(problem.row, Some(3));
        assert!(problem.message.contains("2 of 3 cells"), "{}", problem.message);
    }

    #[test]
    fn a_note_or_total_below_a_table_is_no_broken_row() {
        for (last, is_refused) in [
            ("4,5", true),
            ("4,\"5", true),
            ("4,\"5,", true),
            ("4,\"5,6\n7,8,9\n", true),
            ("4,5,\"\n", false),
            ("\"4", true),
            ("4,\"a\"\"b", true),
            ("4,5,\"6", true),
            ("4,5,6", false),
            ("4,5\n", false),
            ("4,", false),
            ("\"4\"", false),
            ("Total: 39 schools", false),
            ("Total,39", false),
            ("Grand total,39", false),
            (",39", false),
            ("Figures are provisional", false),
            ("Source: the council, May 2026", false),
        ] {
            let text = format!("a,b,c\n1,2,3\n{last}");
            let table = TextTable::open(text.as_bytes()).unwrap();
            let mut last_row = 0;
            let read = table.rows(&mut |number, _| {
                last_row = number;
                ControlFlow::Continue(())
            });
            assert_eq!((read.is_err(), last_row), (is_refused, if is_refused { 2 } else { 3 }), "{last}");
        }
    }

    #[test]
    fn a_row_without_end_is_refused() {
        for bytes in
            [[b"a,b\n", vec![b','; 6 << 20].as_slice()].concat(), [b"a,b\n\"", vec![b'x'; 6 << 20].as_slice()].concat()]
        {
            let table = TextTable::open(&bytes).unwrap();
            let problem = table.rows(&mut |_, _| ControlFlow::Continue(())).unwrap_err();
            assert_eq!(problem.row, Some(2));
            assert!(problem.message.contains("more than 4 MB"), "{}", problem.message);
        }
        let long: String = "a,b\n".repeat(3 << 20);
        assert_eq!(rows(long.as_bytes()).len(), 3 << 20, "rows may be many");
    }

    #[test]
    fn cells_are_tidied() {
        assert_eq!(tidy("  Westmorland  and\u{a0}Furness "), "Westmorland and Furness");
        assert_eq!(tidy("a\u{0}\u{81}b\nc"), "ab c");
        assert!(matches!(tidy(" plain text "), Cow::Borrowed("plain text")));
    }
}
