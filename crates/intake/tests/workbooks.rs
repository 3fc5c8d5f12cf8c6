//! School lists in workbooks, made here part by part.

use std::io::{Cursor, Write};

use intake::school_list::read;
use zip::write::{SimpleFileOptions, ZipWriter};

const COLUMNS: [&str; 7] = [
    "URN",
    "LA (code)",
    "EstablishmentName",
    "TypeOfEstablishment (name)",
    "PhaseOfEducation (name)",
    "StatutoryLowAge",
    "StatutoryHighAge",
];
const SCHOOL: [&str; 7] = ["107253", "380", "Crossflatts &amp; Eldwick", "Community school", "Primary", "4", "11"];

fn archive(parts: &[(&str, String)]) -> Vec<u8> {
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in parts {
        archive.start_file(*name, SimpleFileOptions::default()).expect("a part begins");
        archive.write_all(content.as_bytes()).expect("a part is written");
    }
    archive.finish().expect("the archive ends").into_inner()
}

/// Rows of cells as .xlsx writes them; digits become numbers.
fn sheet_xml(rows: &[(u32, &[&str])]) -> String {
    let mut xml = String::from("<worksheet><sheetData>");
    for (number, cells) in rows {
        xml += &format!("<row r=\"{number}\">");
        for (column, text) in ('A'..).zip(*cells) {
            if !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit()) {
                xml += &format!("<c r=\"{column}{number}\"><v>{text}</v></c>");
            } else {
                xml += &format!("<c r=\"{column}{number}\" t=\"inlineStr\"><is><t>{text}</t></is></c>");
            }
        }
        xml += "</row>";
    }
    xml + "</sheetData></worksheet>"
}

fn xlsx(sheets: &[(&str, String)]) -> Vec<u8> {
    let name = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    let mut parts = vec![
        ("[Content_Types].xml", "<Types/>".to_owned()),
        (
            "_rels/.rels",
            format!(
                "<Relationships><Relationship Id=\"r0\" Type=\"{name}/officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>"
            ),
        ),
    ];
    let (mut book, mut links) = (format!("<workbook xmlns:r=\"{name}\"><sheets>"), String::from("<Relationships>"));
    let paths: Vec<String> = (1..=sheets.len()).map(|n| format!("xl/worksheets/sheet{n}.xml")).collect();
    for (number, (title, _)) in (1..).zip(sheets) {
        book += &format!("<sheet name=\"{title}\" sheetId=\"{number}\" r:id=\"r{number}\"/>");
        links += &format!(
            "<Relationship Id=\"r{number}\" Type=\"{name}/worksheet\" Target=\"worksheets/sheet{number}.xml\"/>"
        );
    }
    parts.push(("xl/workbook.xml", book + "</sheets></workbook>"));
    parts.push(("xl/_rels/workbook.xml.rels", links + "</Relationships>"));
    for (path, (_, xml)) in paths.iter().zip(sheets) {
        parts.push((path, xml.clone()));
    }
    archive(&parts)
}

#[test]
fn the_sheet_with_the_columns_is_found() {
    let notes = sheet_xml(&[(1, &["Downloaded", "by", "the office"])]);
    let book = xlsx(&[("Notes", notes.clone()), ("Schools", sheet_xml(&[(3, &COLUMNS), (6, &SCHOOL)]))]);
    let list = read(&book, "list.xlsx", None).unwrap();
    assert_eq!(list.sheet.as_deref(), Some("Schools"));
    assert_eq!((list.rows[0].row, list.rows[0].name.as_str()), (6, "Crossflatts & Eldwick"));
    assert_eq!((list.rows[0].urn.number(), list.rows[0].ages), (107_253, Some((4, 11))));

    let twice = xlsx(&[("A", sheet_xml(&[(1, &COLUMNS)])), ("B", sheet_xml(&[(1, &COLUMNS)]))]);
    assert!(read(&twice, "list.xlsx", None).unwrap_err()[0].message.contains("“A”, “B”"));
    let none = xlsx(&[("Notes", notes)]);
    assert!(read(&none, "list.xlsx", None).unwrap_err()[0].message.contains("not a school list"));
}

#[test]
fn faults_name_the_sheet() {
    let mut bad = SCHOOL;
    bad[5] = "four";
    let book = xlsx(&[("Schools", sheet_xml(&[(1, &COLUMNS), (2, &SCHOOL), (3, &bad)]))]);
    let problems = read(&book, "list.xlsx", None).unwrap_err();
    let places: Vec<_> = problems.iter().map(|p| (p.sheet.as_deref(), p.row, p.column.as_deref())).collect();
    assert_eq!(places, [(Some("Schools"), Some(3), Some("URN")), (Some("Schools"), Some(3), Some("StatutoryLowAge"))]);
    let json = serde_json::to_value(&problems[1]).unwrap();
    assert_eq!(json["sheet"], "Schools");
    assert_eq!((json["row"].as_u64(), json["column"].as_str()), (Some(3), Some("StatutoryLowAge")));
}

#[test]
fn a_cell_far_away_takes_no_room() {
    let xml = sheet_xml(&[(1, &COLUMNS), (2, &SCHOOL)])
        .replace("</sheetData>", "<row r=\"1048576\"><c r=\"XFD1048576\"><v>1</v></c></row></sheetData>");
    let problems = read(&xlsx(&[("Schools", xml)]), "list.xlsx", None).unwrap_err();
    assert!(problems[0].message.contains("columns"), "{problems:?}");
}

#[test]
fn an_open_document_workbook_is_read() {
    let row = |cells: &[&str]| {
        let cells: String = cells
            .iter()
            .map(|text| match text.parse::<u32>() {
                Ok(number) => format!("<table:table-cell office:value-type=\"float\" office:value=\"{number}\"/>"),
                Err(_) => {
                    format!("<table:table-cell office:value-type=\"string\"><text:p>{text}</text:p></table:table-cell>")
                }
            })
            .collect();
        format!("<table:table-row>{cells}</table:table-row>")
    };
    let content = format!(
        "<office:document-content><office:body><office:spreadsheet><table:table table:name=\"Schools\">{}{}\
         <table:table-row table:number-rows-repeated=\"1048574\"><table:table-cell table:number-columns-repeated=\"16384\"/>\
         </table:table-row></table:table></office:spreadsheet></office:body></office:document-content>",
        row(&COLUMNS),
        row(&SCHOOL)
    );
    let book = archive(&[
        ("mimetype", "application/vnd.oasis.opendocument.spreadsheet".to_owned()),
        ("content.xml", content),
        ("META-INF/manifest.xml", "<manifest:manifest/>".to_owned()),
    ]);
    let list = read(&book, "list.ods", None).unwrap();
    assert_eq!((list.sheet.as_deref(), list.rows.len()), (Some("Schools"), 1));
    assert_eq!((list.rows[0].row, list.rows[0].name.as_str()), (2, "Crossflatts & Eldwick"));
}

#[test]
fn a_workbook_under_a_wrong_name_is_read_for_what_it_is() {
    let book = xlsx(&[("Schools", sheet_xml(&[(1, &COLUMNS), (2, &SCHOOL)]))]);
    assert_eq!(read(&book, "list.csv", None).unwrap().rows.len(), 1);
    let csv = b"URN,LA (code),EstablishmentName,TypeOfEstablishment (name),PhaseOfEducation (name),StatutoryLowAge,StatutoryHighAge\n107253,380,A,,Primary,4,11\n";
    assert_eq!(read(csv, "list.xlsx", None).unwrap().rows.len(), 1);
}

#[test]
fn a_formula_without_its_result_is_not_blank() {
    let text = |cell: &str, text: &str| format!("<c r=\"{cell}\" t=\"inlineStr\"><is><t>{text}</t></is></c>");
    let heads: String =
        ["Date", "School", "Year", "Pupils"].iter().zip('A'..).map(|(head, c)| text(&format!("{c}1"), head)).collect();
    let rows = [
        // Stored results, one of them blank.
        format!(
            "{}{}<c r=\"C2\" t=\"str\"><f>IF(1,\"\")</f><v></v></c><c r=\"D2\"><f>15+15</f><v>30</v></c>",
            text("A2", "12/09/2016"),
            text("B2", "Oak")
        ),
        format!("<c r=\"A3\"><f>DATE(2016,9,13)</f><v/></c>{}<c r=\"D3\"><f>(15+15)</f></c>", text("B3", "Elm")),
        format!(
            "{}{}<c r=\"D4\"><f t=\"shared\" si=\"0\" ref=\"D4:D5\">2*15</f></c>",
            text("A4", "14/09/2016"),
            text("B4", "Ash")
        ),
        format!("{}{}<c r=\"D5\"><f t=\"shared\" si=\"0\"/></c>", text("A5", "15/09/2016"), text("B5", "Fir")),
    ];
    let rows: String = (2..).zip(rows).map(|(number, cells)| format!("<row r=\"{number}\">{cells}</row>")).collect();
    let sheet = format!("<worksheet><sheetData><row r=\"1\">{heads}</row>{rows}</sheetData></worksheet>");
    let history = intake::history::read(&xlsx(&[("Log", sheet)]), "log.xlsx").expect("a table");
    assert_eq!(history.visits.iter().map(|v| v.row).collect::<Vec<_>>(), [2, 3, 4, 5]);
    assert_eq!(history.visits[0].count, intake::history::Count::Pupils { pupils: 30, approximate: false });
    let doubts: Vec<_> = history.doubts.iter().map(|d| (d.cell.as_str(), d.typed.as_str())).collect();
    assert_eq!(doubts, [("A3", "=DATE(2016,9,13)"), ("D3", "=(15+15)"), ("D4", "=2*15"), ("D5", "=formula")]);
}
