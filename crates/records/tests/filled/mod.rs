//! A sheet that went out as a workbook, and one that comes back from another program.

use std::collections::BTreeMap;

use calamine::{Data, Reader, Xlsx};
use rust_xlsxwriter::{DocProperties, ExcelDateTime, Workbook};

/// A sheet as another program writes it: rows of texts by heading, numbers as numbers.
pub type Rows = Vec<BTreeMap<String, String>>;

/// What the first sheet of a workbook holds; the second says how to fill it in.
pub fn opened(workbook: &[u8], name: &str) -> Rows {
    let mut book: Xlsx<_> = calamine::open_workbook_from_rs(std::io::Cursor::new(workbook)).unwrap();
    assert_eq!(book.sheet_names(), [name, "How to fill this in"]);
    let range = book.worksheet_range(name).unwrap();
    let mut rows = range.rows();
    let heads: Vec<String> = rows.next().unwrap().iter().map(ToString::to_string).collect();
    let text = |cell: &Data| match cell {
        Data::Empty => String::new(),
        other => other.to_string(),
    };
    rows.map(|row| heads.iter().cloned().zip(row.iter().map(text)).collect()).collect()
}

/// The rows written anew, by another writer's hand: other order of columns, a title above, no formats. The same rows are
/// the same bytes, whenever they are written.
pub fn rewritten(rows: &Rows) -> Vec<u8> {
    let mut book = Workbook::new();
    let written = ExcelDateTime::from_ymd(2026, 11, 22).unwrap();
    book.set_properties(&DocProperties::new().set_creation_datetime(&written));
    let sheet = book.add_worksheet();
    sheet.write_string(0, 0, "Filled in on the bus").unwrap();
    let heads: Vec<&String> = rows[0].keys().rev().collect();
    for (at, head) in (0..).zip(&heads) {
        sheet.write_string(2, at, head.as_str()).unwrap();
        for (line, row) in (3..).zip(rows) {
            let text = row.get(*head).map(String::as_str).unwrap_or_default();
            match text.parse::<f64>() {
                // A telephone number is no number.
                Ok(number) if !text.starts_with('0') || text == "0" => sheet.write_number(line, at, number).unwrap(),
                _ => sheet.write_string(line, at, text).unwrap(),
            };
        }
    }
    book.save_to_buffer().unwrap()
}
