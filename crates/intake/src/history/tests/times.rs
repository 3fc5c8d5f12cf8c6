//! When visits began, as the cells of a column of times say it.

use std::io::{Cursor, Write};

use zip::write::{SimpleFileOptions, ZipWriter};

use crate::history::*;

/// An .ods workbook of one sheet with these cells below “Date”, “Time” and “School”.
fn open_document(times: &[&str]) -> Vec<u8> {
    let text = |text: &str| {
        format!(r#"<table:table-cell office:value-type="string"><text:p>{text}</text:p></table:table-cell>"#)
    };
    let row = |cells: [String; 3]| format!("<table:table-row>{}</table:table-row>", cells.concat());
    let mut rows = row(["Date", "Time", "School"].map(text));
    for time in times {
        let shown = "<text:p>as it is shown</text:p></table:table-cell>";
        let day = r#"<table:table-cell office:value-type="date" office:date-value="2016-09-12">"#;
        let time = format!(r#"<table:table-cell office:value-type="time" office:time-value="{time}">"#);
        rows += &row([format!("{day}{shown}"), format!("{time}{shown}"), text("Oak")]);
    }
    let content = format!(
        r#"<office:document-content xmlns:office="o" xmlns:table="t" xmlns:text="x"><office:body><office:spreadsheet><table:table table:name="Log">{rows}</table:table></office:spreadsheet></office:body></office:document-content>"#
    );
    let manifest = r#"<manifest:manifest xmlns:manifest="m"><manifest:file-entry manifest:full-path="/" manifest:media-type="application/vnd.oasis.opendocument.spreadsheet"/></manifest:manifest>"#;
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, part) in [
        ("mimetype", "application/vnd.oasis.opendocument.spreadsheet"),
        ("content.xml", content.as_str()),
        ("META-INF/manifest.xml", manifest),
    ] {
        archive.start_file(name, SimpleFileOptions::default()).expect("a part");
        archive.write_all(part.as_bytes()).expect("its content");
    }
    archive.finish().expect("an archive").into_inner()
}

/// When each visit began, with its half; the cells that are asked about in its row where some are.
fn began(history: &History) -> Vec<String> {
    let began = |visit: &Visit| {
        let asked: Vec<_> = history.doubts.iter().filter(|doubt| doubt.row == visit.row).collect();
        match (visit.starts, visit.half, asked.as_slice()) {
            (Some(starts), _, []) => starts.to_string(),
            (None, Some(Half::Am), []) => "am".into(),
            (None, Some(Half::Pm), []) => "pm".into(),
            (None, None, []) => "-".into(),
            (.., asked) => asked.iter().map(|doubt| doubt.cell.as_str()).collect::<Vec<_>>().join(" "),
        }
    };
    history.visits.iter().map(began).collect()
}

#[test]
fn time_cells_of_an_open_document_are_read() {
    let times = ["PT14H05M00S", "PT09H15M00S", "PT08H50M00.000000001S"];
    let history = read(&open_document(&times), "log.ods").expect("a table");
    assert_eq!(began(&history), ["2:05pm", "9:15am", "8:50am"]);
}
