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

#[test]
fn times_of_something_else_are_not_when_it_began() {
    for heading in [
        "Created time",
        "Last modified time",
        "Finish time",
        "Travel time",
        "Time taken",
        "Planning time",
        "Prep time",
        "Time submitted",
        "Time of call",
        "Time out",
        "Set-up time",
        "Get in",
        "Lunch",
        "Break time",
        "Staff time",
        "Meeting",
        "Arrival time",
    ] {
        for times in [["11:00", "12:30"], ["0.5", "1"], ["2024-04-01T09:12:00", "2024-04-02T16:12:00"]] {
            let history = of(heading, &times);
            assert_eq!((began(&history).join(" ").as_str(), history.tables[0].open.len()), ("- -", 0), "{heading}");
        }
    }
    // Beside the visit's own time that one is read, and the one that stands in the day's cell.
    for (heads, row, wanted) in [
        ("Finish time,Date,Start,School", "11:00,12/09/2016,9:30,Oak", "9:30am"),
        ("Date,Start,Finish time,School", "12/09/2016,9:30,11:00,Oak", "9:30am"),
        ("Travel time,Date,School,Time", "0:30,12/09/2016,Oak,13:15", "1:15pm"),
        ("Date,School,Time booked,Start", "12/09/2016,Oak,9:30,10:30", "10:30am"),
        ("Date,School,Start,Time booked", "12/09/2016,Oak,10:30,9:30", "10:30am"),
        ("Created time,School,Date", "1/9/2016 9:12am,Oak,12/09/2016 9:30am", "9:30am"),
        ("Session date,School,Created time", "12/09/2016 1:15pm,Oak,1/9/2016 9:12am", "1:15pm"),
        ("Date,School,KS1 time,KS1 children", "12/09/2016,Oak,9.15,118", "9:15am"),
    ] {
        let history = read(format!("{heads}\n{row}\n").as_bytes(), "log.csv").expect("a table");
        assert_eq!(began(&history), [wanted], "{heads}");
    }
    let history = read(b"Date,School,KS1 time,KS1 children\n12/09/2016,Oak,9,118\n", "log.csv").expect("a table");
    assert!(matches!(history.visits[0].count, Count::Pupils { pupils: 118, .. }));
    // Who says that a column is the time's is believed.
    let columns = [(String::new(), vec![("C".to_owned(), Some(Role::Time))])].into();
    let said = Corrections { columns, ..Corrections::default() };
    let text = "Date,School,Arrival time\n12/09/2016,Oak,9:15\n";
    assert_eq!(began(&read_corrected(text.as_bytes(), "log.csv", &said).expect("a table")), ["9:15am"]);
}

#[test]
fn a_column_of_halves_of_the_day_says_in_which_it_was() {
    for heading in
        ["Session", "Sess.", "Session (AM/PM)", "Part of day", "Half day", "Period", "M/A", "Morning/afternoon", "Slot"]
    {
        let halves = ["AM", "Morning", "all day", "", "p.m.", "Afternoon"];
        let history = of(heading, &halves);
        assert_eq!(began(&history), ["am", "am", "-", "-", "pm", "pm"], "{heading}");
        assert!(history.visits.iter().all(|visit| visit.topic.is_empty()) && history.tables[0].open.is_empty());
    }
    // Where something else stands there, too, it is what was given.
    let history = of("Session", &["AM", "Assembly", "PM"]);
    assert_eq!(history.visits[1].topic, "Assembly");
    // A heading that may be of anything is asked about, unless a time says more.
    let history = of("Delivered", &["AM", "PM"]);
    assert_eq!(history.tables[0].open.iter().map(|open| open.holds).collect::<Vec<_>>(), [Holds::Halves]);
    for (times, open) in [(["9.30", "13.15"], 0), (["9.30", ""], 1)] {
        let [one, other] = times;
        let text = format!("Date,Delivered,School,Time\n12/09/2016,AM,Oak,{one}\n13/09/2016,PM,Elm,{other}\n");
        let history = read(text.as_bytes(), "log.csv").expect("a table");
        assert_eq!(history.tables[0].open.len(), open, "{times:?}");
        let history = read(text.replace("Delivered", "Session").as_bytes(), "log.csv").expect("a table");
        assert_eq!(history.tables[0].open.len(), open, "{times:?}");
    }
}
