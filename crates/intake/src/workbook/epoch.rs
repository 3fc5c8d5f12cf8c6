//! From which day a workbook counts: a bare serial number tells no day without it.
//!
//! calamine knows it for cells that are formatted as days; a number in a column of dates that is not comes as a number.

use std::io::{Cursor, Read};

use super::{Kind, Workbook, biff};

/// The part of an archive that says it is short: more of it is not looked at.
const MOST_BYTES: u64 = 4 << 20;
/// The record of an .xls workbook that says it (MS-XLS 2.4.77).
const DATE_1904: u16 = 0x0022;
/// The record of an .xlsb workbook that says it in its first bit (MS-XLSB 2.4.822), as its two bytes stand in the file.
const WORKBOOK_PROPERTIES: [u8; 2] = [0x99, 0x01];

/// Whether a workbook counts its days from 1904, as old programs on Macintosh computers did.
pub(crate) fn is_since_1904(bytes: &[u8]) -> bool {
    match Workbook::recognise(bytes) {
        None => false,
        Some(Kind::Archive) => archive(bytes).unwrap_or(false),
        Some(Kind::Compound) => compound(bytes).unwrap_or(false),
    }
}

fn archive(bytes: &[u8]) -> Option<bool> {
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).ok()?;
    let mut part = |name: &str| {
        let mut content = Vec::new();
        archive.by_name(name).ok()?.take(MOST_BYTES).read_to_end(&mut content).ok()?;
        Some(content)
    };
    if let Some(xml) = part("xl/workbook.xml") {
        let xml = String::from_utf8_lossy(&xml);
        let said = xml.split("date1904=").nth(1)?.trim_start_matches(['"', '\'']);
        return Some(said.starts_with('1') || said.starts_with("true"));
    }
    let book = part("xl/workbook.bin")?;
    // A record is its number, its length and its content; this one is short, so that its length is one byte.
    let at = book.windows(2).position(|two| two == WORKBOOK_PROPERTIES)?;
    Some(book.get(at + 3)? & 1 == 1)
}

fn compound(bytes: &[u8]) -> Option<bool> {
    let mut file = cfb::CompoundFile::open(Cursor::new(bytes)).ok()?;
    let path = ["/Workbook", "/Book"].into_iter().find(|path| file.is_stream(path))?;
    let mut stream = Vec::new();
    file.open_stream(path).ok()?.take(MOST_BYTES).read_to_end(&mut stream).ok()?;
    let (_, content) = biff::records(&stream).find(|(number, _)| *number == DATE_1904)?;
    Some(content.first() == Some(&1))
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    fn archive_with(xml: &str) -> Vec<u8> {
        let mut archive = zip::ZipWriter::new(Cursor::new(Vec::new()));
        archive.start_file("xl/workbook.xml", zip::write::SimpleFileOptions::default()).unwrap();
        archive.write_all(xml.as_bytes()).unwrap();
        archive.finish().unwrap().into_inner()
    }

    #[test]
    fn a_workbook_says_from_which_day_it_counts() {
        for (xml, since_1904) in [
            ("<workbook><workbookPr date1904=\"1\"/></workbook>", true),
            ("<workbook><workbookPr date1904='true'/></workbook>", true),
            ("<workbook><workbookPr date1904=\"0\"/></workbook>", false),
            ("<workbook><workbookPr/></workbook>", false),
        ] {
            assert_eq!(is_since_1904(&archive_with(xml)), since_1904, "{xml}");
        }
        assert!(!is_since_1904(b"Date,School\n"));
    }

    #[test]
    fn a_workbook_of_a_spreadsheet_program_that_counts_so_is_known() {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/spreadsheets");
        let read = |name: &str| std::fs::read(folder.join(name));
        let Ok(binary) = read("corpus/date_1904.xlsb") else {
            println!("skipped: no ../shared/spreadsheets");
            return;
        };
        assert!(is_since_1904(&binary));
        for name in ["corpus/date.xls", "corpus/date.xlsx", "history/police_log.xlsx", "history/tour_list.xls"] {
            assert!(!is_since_1904(&read(name).expect("a workbook")), "{name}");
        }
    }
}
