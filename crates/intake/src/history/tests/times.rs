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

fn of(heading: &str, times: &[&str]) -> History {
    let rows: String = times.iter().map(|time| format!("12/09/2016,\"{time}\",Oak\n")).collect();
    read(format!("Date,{heading},School\n{rows}").as_bytes(), "log.csv").expect("a table")
}

#[test]
fn times_are_read_in_every_way_people_type_them_or_asked_about() {
    let times = ["11-12", "8.50 assembly", "Aft", "2", "tbc", "9.15", "\"\"", "next door", "all day", ""];
    assert_eq!(
        began(&of("Time", &times)),
        ["11am", "8:50am", "pm", "2pm", "-", "9:15am", "9:15am", "B9", "-", "-"],
        "a ditto is the time above"
    );
    // Where nothing says that they are times, numbers are none, and words are not asked about.
    let times = ["AM", "pm", "AM/PM", "2", "9.15", "next door", "am", "pm"];
    assert_eq!(began(&of("AM/PM", &times)), ["am", "pm", "B4", "-", "9:15am", "-", "am", "pm"]);
    // What a person types is read as any time is.
    let text = "Date,Time,School\n12/09/2016,next door,Oak\n13/09/2016,someday,Elm\n";
    let mut said = Corrections::default();
    said.cells.insert((String::new(), "B2".into()), "-".into());
    said.cells.insert((String::new(), "B3".into()), "9.30".into());
    assert_eq!(began(&read_corrected(text.as_bytes(), "log.csv", &said).expect("a table")), ["-", "9:30am"]);
}

#[test]
fn two_times_in_a_cell_are_asked_about_as_two_visits() {
    let times = ["9am/1pm", "9.15 then 1.15", "08:45 (assembly) & 09:15", "AM/PM", "am + pm", "both", "Period 3 & 4"];
    let history = of("Time", &times);
    assert_eq!(began(&history), ["B2", "B3", "B4", "B5", "B6", "B7", "B8"]);
    for doubt in &history.doubts {
        assert!(doubt.about == Role::Time && doubt.message.contains("a row of its own"), "{}", doubt.message);
    }
    // A line with a visit in each half of the day is of both.
    let text = "Date,Time,AM school,PM school\n12/09/2016,AM/PM,Oak,Elm\n13/09/2016,AM/PM,Oak,\n";
    assert_eq!(began(&read(text.as_bytes(), "log.csv").expect("a table")), ["am", "pm", "B3"]);
}
