//! Files made part by part.

use std::io::{Cursor, Write};

use zip::write::{SimpleFileOptions, ZipWriter};

const RELATIONS: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";

pub(crate) fn archive(parts: &[(&str, &[u8])]) -> Vec<u8> {
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in parts {
        archive.start_file(*name, SimpleFileOptions::default()).unwrap();
        archive.write_all(content).unwrap();
    }
    archive.finish().unwrap().into_inner()
}

/// An OpenDocument workbook of one cell, repeated over columns and rows.
pub(crate) fn repeated(rows: &str, columns: &str, text: &str) -> Vec<u8> {
    let content = format!(
        "<office:document-content><office:body><office:spreadsheet><table:table table:name=\"a\">\
         <table:table-row table:number-rows-repeated=\"{rows}\">\
         <table:table-cell office:value-type=\"string\" table:number-columns-repeated=\"{columns}\"><text:p>{text}</text:p>\
         </table:table-cell></table:table-row></table:table></office:spreadsheet></office:body></office:document-content>"
    );
    archive(&[
        ("mimetype", b"application/vnd.oasis.opendocument.spreadsheet"),
        ("content.xml", content.as_bytes()),
        ("META-INF/manifest.xml", b"<manifest:manifest/>"),
    ])
}

fn book() -> Vec<(&'static str, String)> {
    vec![
        ("[Content_Types].xml", "<Types/>".into()),
        (
            "_rels/.rels",
            format!(
                "<Relationships><Relationship Id=\"r0\" Type=\"{RELATIONS}/officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>"
            ),
        ),
        (
            "xl/workbook.xml",
            format!(
                "<workbook xmlns:r=\"{RELATIONS}\"><sheets><sheet name=\"Schools\" sheetId=\"1\" r:id=\"r1\"/></sheets></workbook>"
            ),
        ),
        (
            "xl/_rels/workbook.xml.rels",
            format!(
                "<Relationships><Relationship Id=\"r1\" Type=\"{RELATIONS}/worksheet\" Target=\"worksheets/sheet1.xml\"/>\
                 <Relationship Id=\"r2\" Type=\"{RELATIONS}/sharedStrings\" Target=\"sharedStrings.xml\"/></Relationships>"
            ),
        ),
    ]
}

/// A workbook with one sheet of one row.
pub(crate) fn xlsx(prologue: &str, cells: &str, more: &[(&str, &[u8])]) -> Vec<u8> {
    let sheet = format!("{prologue}<worksheet><sheetData><row r=\"1\">{cells}</row></sheetData></worksheet>");
    with_sheet(&sheet, more)
}

fn with_sheet(sheet: &str, more: &[(&str, &[u8])]) -> Vec<u8> {
    let book = book();
    let mut parts: Vec<(&str, &[u8])> = book.iter().map(|(name, text)| (*name, text.as_bytes())).collect();
    parts.push(("xl/worksheets/sheet1.xml", sheet.as_bytes()));
    parts.extend(more);
    archive(&parts)
}

/// A workbook one part of which is something over and over, up to so many bytes.
pub(crate) fn xlsx_filled(part: &str, with: &[u8], bytes: usize) -> Vec<u8> {
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, text) in book() {
        archive.start_file(name, SimpleFileOptions::default()).unwrap();
        archive.write_all(text.as_bytes()).unwrap();
    }
    archive.start_file(part, SimpleFileOptions::default().compression_level(Some(1))).unwrap();
    let (begin, end) = if part.ends_with("sharedStrings.xml") { ("<sst>", "</sst>") } else { ("<worksheet>", "") };
    archive.write_all(begin.as_bytes()).unwrap();
    let block = with.repeat((1 << 20) / with.len());
    for _ in 0..bytes / block.len() {
        archive.write_all(&block).unwrap();
    }
    archive.write_all(end.as_bytes()).unwrap();
    if part.ends_with("sharedStrings.xml") {
        archive.start_file("xl/worksheets/sheet1.xml", SimpleFileOptions::default()).unwrap();
        archive.write_all(b"<worksheet><sheetData/></worksheet>").unwrap();
    }
    archive.finish().unwrap().into_inner()
}

/// A workbook of one text of so many characters, to which every cell of so many rows and columns refers.
pub(crate) fn shared(characters: usize, rows: usize, columns: usize) -> Vec<u8> {
    let cells = "<c t=\"s\"><v>0</v></c>".repeat(columns);
    let rows: String = (1..=rows).map(|row| format!("<row r=\"{row}\">{cells}</row>")).collect();
    let text = format!("<sst><si><t>{}</t></si></sst>", "B".repeat(characters));
    let sheet = format!("<worksheet><sheetData>{rows}</sheetData></worksheet>");
    with_sheet(&sheet, &[("xl/sharedStrings.xml", text.as_bytes())])
}

/// Entities that stand for ten of the one before, nine times over.
pub(crate) fn laughs() -> String {
    let mut text = "<!ENTITY a \"ha\">".to_owned();
    for (before, here) in ('a'..'i').zip('b'..='i') {
        text += &format!("<!ENTITY {here} \"{}\">", format!("&{before};").repeat(10));
    }
    text
}

/// A compound file with one stream.
pub(crate) fn compound(stream: &str) -> Vec<u8> {
    let mut file = cfb::CompoundFile::create(Cursor::new(Vec::new())).unwrap();
    file.create_stream(stream).unwrap().write_all(&[0; 5_000]).unwrap();
    file.flush().unwrap();
    file.into_inner().into_inner()
}

/// A list of one school.
pub(crate) fn school_list(more: &[(&str, &[u8])]) -> Vec<u8> {
    let heads = [
        "URN",
        "LA (code)",
        "EstablishmentName",
        "TypeOfEstablishment (name)",
        "PhaseOfEducation (name)",
        "StatutoryLowAge",
        "StatutoryHighAge",
    ];
    let school = ["107253", "380", "Crossflatts", "Community school", "Primary", "4", "11"];
    let row = |number: u32, cells: [&str; 7]| {
        let cells: String = ('A'..)
            .zip(cells)
            .map(|(column, text)| format!("<c r=\"{column}{number}\" t=\"str\"><f>[1]Sheet1!A1</f><v>{text}</v></c>"))
            .collect();
        format!("<row r=\"{number}\">{cells}</row>")
    };
    with_sheet(&format!("<worksheet><sheetData>{}{}</sheetData></worksheet>", row(1, heads), row(2, school)), more)
}
