//! Workbooks in a zip archive, checked before calamine opens them.

use std::io::{self, BufRead, BufReader, Cursor, Read};

use quick_xml::events::Event;
use zip::ZipArchive;

use super::looks::Watch;
use super::{damaged, encrypted, opendocument, too_large};
use crate::problem::Problem;

/// The most files a workbook's archive may hold.
const MAX_ENTRIES: usize = 10_000;
/// The fewest bytes a shared string takes in its file (`<si/>`).
const SHARED_STRING_BYTES: u64 = 5;
const SMALL_COUNT: u64 = 100_000;
/// What the manifest of an encrypted OpenDocument workbook has for each encrypted part.
const ENCRYPTION: &[u8] = b"manifest:encryption-data";

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Format {
    Xlsx,
    Xlsb,
    Ods,
}

/// Tells the format, and refuses an archive that is encrypted, is no workbook, or would unpack to more than `limit`
/// bytes.
///
/// What the archive says about sizes is not believed: it is unpacked and counted. What is unpacked is watched for how
/// cells look.
pub(super) fn check(bytes: &[u8], limit: u64, watch: &mut Watch) -> Result<Format, Problem> {
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(|e| damaged(&e))?;
    if archive.len() > MAX_ENTRIES {
        return Err(too_large());
    }
    let mut entries = Vec::with_capacity(archive.len());
    let mut left = limit;
    for index in 0..archive.len() {
        let entry = archive.by_index_raw(index).map_err(|e| damaged(&e))?;
        if entry.encrypted() {
            return Err(encrypted());
        }
        let name = entry.name().map_err(|e| damaged(&e))?.to_lowercase();
        drop(entry);
        let mut entry = archive.by_index(index).map_err(|e| damaged(&e))?;
        let mut content = (&mut entry).take(left + 1);
        let unpacked = match watch.part(&name) {
            Some(mut part) => io::copy(&mut content, &mut part),
            None => io::copy(&mut content, &mut io::sink()),
        };
        let unpacked = unpacked.map_err(|e| damaged(&e))?;
        left = left.checked_sub(unpacked).ok_or_else(too_large)?;
        entries.push((name, unpacked));
    }
    let has = |name: &str| entries.iter().any(|(n, _)| n == name);
    let format = if has("mimetype") && has("content.xml") {
        Format::Ods
    } else if has("xl/workbook.bin") {
        Format::Xlsb
    } else if has("[content_types].xml") && !has("word/document.xml") && !has("ppt/presentation.xml") {
        Format::Xlsx
    } else if entries.iter().any(|(n, _)| n.ends_with(".csv") || n.ends_with(".xlsx")) {
        return Err(Problem::of_file("This is a zip archive. Unpack it and choose the school list inside."));
    } else {
        return Err(Problem::of_file("The file is an archive or document, not a workbook or CSV file."));
    };
    for (index, (name, _)) in entries.iter().enumerate() {
        let read = |entry| BufReader::new(entry);
        if format == Format::Ods && name == "meta-inf/manifest.xml" {
            let mut manifest = Vec::new();
            read(archive.by_index(index).map_err(|e| damaged(&e))?)
                .read_to_end(&mut manifest)
                .map_err(|e| damaged(&e))?;
            if manifest.windows(ENCRYPTION.len()).any(|part| part == ENCRYPTION) {
                return Err(encrypted());
            }
        }
    }
    for (index, (name, unpacked)) in entries.iter().enumerate() {
        let read = |entry| BufReader::new(entry);
        if format == Format::Ods && name == "content.xml" {
            opendocument::check(read(archive.by_index(index).map_err(|e| damaged(&e))?))?;
        } else if format == Format::Xlsx && name.ends_with("sharedstrings.xml") {
            check_shared_strings(read(archive.by_index(index).map_err(|e| damaged(&e))?), *unpacked)?;
        }
    }
    Ok(format)
}

/// Refuses a count of shared strings that cannot be true in a part of `size` bytes, since calamine makes room for it
/// beforehand. Small counts pass: some programs write wrong ones.
fn check_shared_strings(entry: impl BufRead, size: u64) -> Result<(), Problem> {
    let mut reader = quick_xml::Reader::from_reader(entry);
    let mut buffer = Vec::new();
    loop {
        buffer.clear();
        match reader.read_event_into(&mut buffer).map_err(|e| damaged(&e))? {
            Event::Start(start) if start.local_name().as_ref() == "sst" => {
                let mut attributes = start.attributes();
                let counts = attributes.with_checks(false).flatten().filter(|a| a.key.as_ref() == "uniqueCount");
                let count = counts.filter_map(|a| a.value.trim().parse::<u64>().ok()).max().unwrap_or_default();
                return if count > (size / SHARED_STRING_BYTES).max(SMALL_COUNT) { Err(too_large()) } else { Ok(()) };
            }
            Event::Eof => return Ok(()),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;
    use zip::write::{SimpleFileOptions, ZipWriter};

    fn archive(parts: &[(&str, &[u8])]) -> Vec<u8> {
        let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
        for (name, content) in parts {
            archive.start_file(*name, SimpleFileOptions::default()).unwrap();
            archive.write_all(content).unwrap();
        }
        archive.finish().unwrap().into_inner()
    }

    fn refusal(parts: &[(&str, &[u8])], limit: u64) -> String {
        check(&archive(parts), limit, &mut Watch::default()).unwrap_err().message
    }

    #[test]
    fn what_an_archive_is_is_told_by_its_parts() {
        let format = |names: &[&str]| {
            check(&archive(&names.iter().map(|n| (*n, &b"<x/>"[..])).collect::<Vec<_>>()), 1_000, &mut Watch::default())
        };
        assert_eq!(format(&["[Content_Types].xml", "xl/workbook.xml"]), Ok(Format::Xlsx));
        assert_eq!(format(&["[Content_Types].xml", "xl/workbook.bin"]), Ok(Format::Xlsb));
        assert_eq!(format(&["mimetype", "content.xml"]), Ok(Format::Ods));
        let message = |names: &[&str]| format(names).unwrap_err().message;
        assert!(message(&["edubasealldata20250422.csv"]).contains("Unpack it"));
        assert!(message(&["[Content_Types].xml", "word/document.xml"]).contains("not a workbook"));
        assert!(message(&["holiday.jpg"]).contains("not a workbook"));
    }

    #[test]
    fn an_archive_that_unpacks_to_too_much_is_refused() {
        let much = vec![b' '; 300_000];
        assert!(archive(&[("xl/a.xml", &much)]).len() < 2_000);
        assert!(refusal(&[("xl/a.xml", &much)], 299_999).contains("unpacks to more"));
        assert!(refusal(&[("xl/a.xml", &much), ("xl/b.xml", &much)], 599_999).contains("unpacks to more"));
    }

    #[test]
    fn a_stated_count_of_strings_that_cannot_be_is_refused() {
        let strings = |count: &str| format!("<?xml version='1.0'?><sst uniqueCount='{count}'><si><t>a</t></si></sst>");
        let parts =
            |strings: &str| archive(&[("[Content_Types].xml", b"<x/>"), ("xl/sharedStrings.xml", strings.as_bytes())]);
        assert!(check(&parts(&strings("99999999999")), 10_000, &mut Watch::default()).is_err());
        assert_eq!(check(&parts(&strings("50000")), 10_000, &mut Watch::default()), Ok(Format::Xlsx));
    }

    #[test]
    fn repeated_cells_and_rows_are_reckoned() {
        let sheet = |rows: &str| {
            let content = format!("<d><table:table table:name='a'>{rows}</table:table></d>");
            check(&archive(&[("mimetype", b""), ("content.xml", content.as_bytes())]), 1_000_000, &mut Watch::default())
        };
        let full = "<table:table-cell office:value-type='string' table:number-columns-repeated='16384'/>";
        let one = "<table:table-cell office:value-type='string'><text:p>a</text:p></table:table-cell>";
        let row = |repeated: &str, cells: &str| {
            format!("<table:table-row table:number-rows-repeated='{repeated}'>{cells}</table:table-row>")
        };
        let empty = row("1048575", "<table:table-cell table:number-columns-repeated='16384'/>");
        assert_eq!(sheet(&(row("1", one) + &empty)), Ok(Format::Ods));
        assert!(sheet(&row("1048576", full)).is_err());
        assert!(sheet(&(row("1", full) + &empty + &row("1", one))).is_err());
        let long = format!(
            "<table:table-cell office:value-type='string' table:number-columns-repeated='16000'><text:p>{}</text:p></table:table-cell>",
            "x".repeat(20_000)
        );
        assert!(sheet(&row("1", &long)).is_err());
    }
}
