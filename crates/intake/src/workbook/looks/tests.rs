//! What is told of the looks of cells, in each format.

use std::io::{Cursor, Write};

use zip::write::{SimpleFileOptions, ZipWriter};

use super::*;

fn archive(parts: &[(&str, &str)]) -> Vec<u8> {
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in parts {
        archive.start_file(*name, SimpleFileOptions::default()).unwrap();
        archive.write_all(content.as_bytes()).unwrap();
    }
    archive.finish().unwrap().into_inner()
}

fn merged(rows: (u32, u32), columns: (u32, u32)) -> Merged {
    Merged { rows, columns }
}

/// An .xlsx workbook whose sheet is called “A & B”, with its styles, its shared texts and the content of the sheet.
fn office_open(styles: &str, texts: &str, sheet: &str) -> OfSheets {
    let bytes = archive(&[
        ("xl/workbook.xml", r#"<workbook><sheets><sheet name="A &amp; B" r:id="rId7"/></sheets></workbook>"#),
        (
            "xl/_rels/workbook.xml.rels",
            r#"<Relationships><Relationship Id="rId7" Target="/xl/worksheets/Sheet1.xml"/></Relationships>"#,
        ),
        ("xl/styles.xml", styles),
        ("xl/sharedStrings.xml", texts),
        ("xl/worksheets/Sheet1.xml", sheet),
    ]);
    let mut watch = Watch::default();
    for (name, content) in
        [("xl/styles.xml", styles), ("xl/sharedstrings.xml", texts), ("xl/worksheets/sheet1.xml", sheet)]
    {
        let mut part = watch.part(name).expect("a part that tells something");
        for piece in content.as_bytes().chunks(7) {
            part.write_all(piece).unwrap();
        }
    }
    of_office_open(&bytes, &watch)
}

#[test]
fn an_xlsx_workbook_says_what_is_struck_through_and_merged() {
    let styles = "<styleSheet><dxfs><dxf><font><strike/></font></dxf></dxfs>
        <fonts><font/><font><strike val='0'/></font><font><b/><strike/></font></fonts>
        <cellXfs><xf fontId='0'/><xf fontId='1'/><xf fontId='2'/></cellXfs></styleSheet>";
    let texts = "<sst><si><t>a</t></si><si><r><t>b</t></r><r><rPr><strike/></rPr><t>c</t></r></si></sst>";
    let sheet = r#"<worksheet><sheetData>
        <row r="2"><c r="B2" s="2"><v>1</v></c><c r="C2" s="1"/><c s="2"/></row>
        <row><c t="s"><v>0</v></c><c t="s"><v>1</v></c><c><v>1</v></c></row>
        </sheetData><mergeCells count="2"><mergeCell ref="AA10:AB12"/><mergeCell ref="A1:A1"/></mergeCells></worksheet>"#;
    let found = office_open(styles, texts, sheet);
    let wanted =
        Looks { struck: vec![(2, 1), (2, 3), (3, 1)], merged: vec![merged((10, 12), (26, 27))], ..Looks::default() };
    assert_eq!(found.get("A & B"), Some(&wanted));
    let plain = office_open("<styleSheet/>", "<sst/>", "<worksheet/>");
    assert!(plain.is_empty(), "{plain:?}");
}

#[test]
fn an_ods_workbook_says_it_too() {
    let content = r#"<office:document-content><office:automatic-styles>
        <style:style style:name="ce1" style:family="table-cell"><style:text-properties fo:color="none"/></style:style>
        <style:style style:name="ce2" style:family="table-cell"><style:text-properties style:text-line-through-style="solid"/></style:style>
        <style:style style:name="T1" style:family="text"><style:text-properties style:text-line-through-type="single"/></style:style>
        </office:automatic-styles><office:body><table:table table:name="A">
        <table:table-row table:number-rows-repeated="3"><table:table-cell table:number-columns-repeated="4"/></table:table-row>
        <table:table-row><table:table-cell table:style-name="ce1"/><table:table-cell table:style-name="ce2"><text:p>x</text:p></table:table-cell>
        <table:table-cell table:number-rows-spanned="2" table:number-columns-spanned="1"/></table:table-row>
        <table:table-row><table:table-cell/><table:table-cell><text:p>y <text:span text:style-name="T1">z</text:span></text:p></table:table-cell><table:covered-table-cell/></table:table-row>
        </table:table></office:body></office:document-content>"#;
    let found = of_open_document(&archive(&[("content.xml", content)]));
    let wanted = Looks { struck: vec![(4, 1), (5, 1)], merged: vec![merged((4, 5), (2, 2))], ..Looks::default() };
    assert_eq!(found.get("A"), Some(&wanted));
}

/// A record of an .xls workbook.
fn record(number: u16, content: &[u8]) -> Vec<u8> {
    let length = u16::try_from(content.len()).unwrap();
    [&number.to_le_bytes(), &length.to_le_bytes(), content].concat()
}

fn numbers(numbers: &[u16]) -> Vec<u8> {
    numbers.iter().flat_map(|number| number.to_le_bytes()).collect()
}

#[test]
fn an_xls_workbook_says_it_too() {
    let (begin, end) = (record(0x0809, &[0; 16]), record(0x000A, &[]));
    let font = |options: u16| record(0x0031, &numbers(&[200, options]));
    // There is no fifth font: 5 is the one behind the fourth.
    let fonts = [font(0), font(0), font(0), font(0), font(8)].concat();
    let formats = [record(0x00E0, &numbers(&[0, 0])), record(0x00E0, &numbers(&[5, 0]))].concat();
    let sheet_at = |at: u32| record(0x0085, &[&at.to_le_bytes()[..], &[0, 0, 3, 0], b"Log"].concat());
    let before = begin.len() + fonts.len() + formats.len() + sheet_at(0).len() + end.len();
    let globals = [&begin[..], &fonts, &formats, &sheet_at(u32::try_from(before).unwrap()), &end].concat();
    let text = |row: u16, column: u16, format: u16| record(0x00FD, &numbers(&[row, column, format, 0, 0]));
    let packed = record(0x00BD, &numbers(&[3, 4, 0, 0, 0, 1, 0, 0, 5]));
    let chart = [&begin[..], &text(9, 9, 1), &end].concat();
    let ranges = record(0x00E5, &numbers(&[1, 2, 4, 0, 1]));
    let sheet = [&begin[..], &text(1, 2, 1), &text(2, 2, 0), &packed, &chart, &ranges, &end, &text(7, 7, 1)].concat();
    let mut file = cfb::CompoundFile::create(Cursor::new(Vec::new())).unwrap();
    file.create_stream("/Workbook").unwrap().write_all(&[globals, sheet].concat()).unwrap();
    let found = of_compound(&file.into_inner().into_inner());
    let wanted = Looks { struck: vec![(2, 2), (4, 5)], merged: vec![merged((3, 5), (0, 1))], ..Looks::default() };
    assert_eq!(found.get("Log"), Some(&wanted));
}

fn paint(fill: u32) -> Paint {
    Paint::of(Some(Colour::rgb(fill)), None)
}

/// Where a workbook's only sheet is coloured: row, first and last column, fill.
fn painted(looks: Option<&Looks>) -> Vec<(u32, (u32, u32), Option<Colour>)> {
    let colours = &looks.expect("a sheet").colours;
    let of_row = |row: u32| colours.of_row(row).map(move |(columns, paint)| (row, columns, paint.fill.or(paint.text)));
    (0..20).flat_map(of_row).collect()
}

#[test]
fn an_xlsx_workbook_says_how_cells_are_coloured_where_a_text_may_be_of_a_key() {
    let styles = "<styleSheet><fonts><font/></fonts><fills><fill/><fill/><fill><patternFill patternType='solid'>
        <fgColor rgb='FFFF0000'/></patternFill></fill></fills><cellXfs><xf fillId='0'/><xf fillId='2'/></cellXfs></styleSheet>";
    let sheet = r#"<worksheet><sheetData><row r="2"><c r="B2" s="1"/><c r="C2" s="1"><v>1</v></c><c r="D2" s="0"/></row>
        </sheetData></worksheet>"#;
    let red = Some(Colour::rgb(0x00FF_0000));
    let found = office_open(styles, "<sst><si><t>Cancelled</t></si></sst>", sheet);
    assert_eq!(painted(found.get("A & B")), [(2, (1, 2), red)]);
    assert!(
        office_open(styles, "<sst><si><t>Oak Primary</t></si></sst>", sheet).is_empty(),
        "nothing says what it means"
    );
    let inline = sheet.replace("s=\"0\"", "t=\"inlineStr\"");
    assert_eq!(painted(office_open(styles, "<sst/>", &inline).get("A & B")), [(2, (1, 2), red)]);
}

#[test]
fn an_ods_workbook_says_how_cells_are_coloured() {
    let styles = r##"<office:document-styles><office:styles><style:style style:name="Bad"><style:table-cell-properties fo:background-color="#ffcccc"/>
        </style:style></office:styles></office:document-styles>"##;
    let content = r##"<office:document-content><office:automatic-styles>
        <style:style style:name="ce1" style:parent-style-name="Bad"><style:text-properties fo:color="#cc0000"/></style:style>
        <style:style style:name="ce2"><style:table-cell-properties fo:background-color="transparent"/><style:text-properties fo:color="#cc0000"/></style:style>
        <style:style style:name="ce3" style:parent-style-name="Bad"><style:table-cell-properties fo:background-color="transparent"/></style:style>
        </office:automatic-styles><office:body><table:table table:name="A">
        <table:table-column/><table:table-column table:number-columns-repeated="2" table:default-cell-style-name="ce1"/>
        <table:table-row><table:table-cell table:number-columns-repeated="9"/></table:table-row>
        <table:table-row table:number-rows-repeated="2"><table:table-cell table:style-name="ce2"/><table:table-cell table:style-name="ce3"/><table:table-cell/></table:table-row>
        <table:table-row table:number-rows-repeated="1000000"><table:table-cell table:style-name="Bad"/></table:table-row>
        </table:table></office:body></office:document-content>"##;
    let found = of_open_document(&archive(&[("content.xml", content), ("styles.xml", styles)]));
    let (pale, red) = (Some(Colour::rgb(0x00FF_CCCC)), Some(Colour::rgb(0x00CC_0000)));
    let wanted = [(1, (1, 2), pale), (2, (0, 0), red), (2, (2, 2), pale), (3, (0, 0), red), (3, (2, 2), pale)];
    assert_eq!(painted(found.get("A")), wanted);
    assert_eq!(found["A"].colours.at(1, 1), Paint { fill: pale, text: red });
}

#[test]
fn an_xls_workbook_says_how_cells_are_coloured() {
    let (begin, end) = (record(0x0809, &[0; 16]), record(0x000A, &[]));
    let fonts = [record(0x0031, &numbers(&[200, 0, 0x7FFF])), record(0x0031, &numbers(&[200, 0, 10]))].concat();
    // Font, then what is not read, then the pattern and the colours in front and behind.
    let format = |font: u16, pattern: u16, front: u16| {
        record(0x00E0, &numbers(&[font, 0, 0, 0, 0, 0, 0, 0, pattern << 10, front | 65 << 7]))
    };
    let formats = [format(0, 0, 64), format(0, 1, 8), format(1, 0, 64), format(0, 1, 13)].concat();
    let palette = record(0x0092, &[&[1, 0][..], &[0x12, 0x34, 0x56, 0]].concat());
    let sheet_at = |at: u32| record(0x0085, &[&at.to_le_bytes()[..], &[0, 0, 3, 0], b"Log"].concat());
    let before = begin.len() + fonts.len() + formats.len() + palette.len() + sheet_at(0).len() + end.len();
    let globals = [&begin[..], &fonts, &formats, &palette, &sheet_at(u32::try_from(before).unwrap()), &end].concat();
    let text = |row: u16, column: u16, format: u16| record(0x00FD, &numbers(&[row, column, format, 0, 0]));
    let blanks = record(0x00BE, &numbers(&[3, 4, 1, 1, 0, 6]));
    let blank = record(0x0201, &numbers(&[4, 0, 3]));
    let sheet = [&begin[..], &text(1, 2, 1), &text(1, 3, 0), &text(2, 2, 2), &blanks, &blank, &end].concat();
    let mut file = cfb::CompoundFile::create(Cursor::new(Vec::new())).unwrap();
    file.create_stream("/Workbook").unwrap().write_all(&[globals, sheet].concat()).unwrap();
    let found = of_compound(&file.into_inner().into_inner());
    let (own, red) = (Some(Colour::rgb(0x0012_3456)), Some(Colour::rgb(0x00FF_0000)));
    let wanted = [(2, (2, 2), own), (3, (2, 2), red), (4, (4, 5), own), (5, (0, 0), paint(0x00FF_FF00).fill)];
    assert_eq!(painted(found.get("Log")), wanted);
}
