//! Rows that have a colour which a key of the workbook explains.

use rust_xlsxwriter::{Color, Format, Workbook, Worksheet};

use super::*;

const RED: u32 = 0x00FF_0000;
const YELLOW: u32 = 0x00FF_FF00;
const GREEN: u32 = 0x0092_D050;
const GREY: u32 = 0x00D9_D9D9;
const HEADINGS: [&str; 4] = ["Date", "School", "Pupils", "Comments"];

fn filled(rgb: u32) -> Format {
    Format::new().set_background_color(Color::RGB(rgb))
}

fn written(rgb: u32) -> Format {
    Format::new().set_font_color(Color::RGB(rgb))
}

fn cell(sheet: &mut Worksheet, row: u32, column: u16, text: &str, format: &Format) {
    if text.is_empty() {
        sheet.write_blank(row, column, format).expect("a blank");
    } else {
        sheet.write_with_format(row, column, text, format).expect("a cell");
    }
}

/// Visits from a row on, counted from 0, beneath their headings, each with its format.
fn table(sheet: &mut Worksheet, top: u32, visits: &[Format]) {
    for (column, heading) in (0..).zip(HEADINGS) {
        cell(sheet, top, column, heading, &Format::new());
    }
    for (at, format) in (0..).zip(visits) {
        let row = top + 1 + at;
        for (column, text) in (0..).zip([&format!("{}/09/2016", 12 + at + at / 5 * 2), SCHOOLS[at as usize], "30", ""])
        {
            cell(sheet, row, column, text, format);
        }
    }
}

const SCHOOLS: [&str; 8] = [
    "Oak Primary",
    "Elm Primary",
    "Ash Primary",
    "Fir Primary",
    "Yew Primary",
    "Box Primary",
    "Bay Primary",
    "Ivy Primary",
];

fn book(fill: impl FnOnce(&mut Workbook)) -> Vec<u8> {
    let mut book = Workbook::new();
    fill(&mut book);
    book.save_to_buffer().expect("a workbook")
}

fn sheet<'b>(book: &'b mut Workbook, name: &str) -> &'b mut Worksheet {
    book.add_worksheet().set_name(name).expect("a name")
}

fn one(fill: impl FnOnce(&mut Worksheet)) -> Vec<u8> {
    book(|book| fill(sheet(book, "Log")))
}

/// The cells that are asked about, each with what the key says, and the same of the workbook once it was marked.
fn asked(bytes: &[u8]) -> Vec<(String, String)> {
    let of = |bytes: &[u8]| {
        let history = read(bytes, "log.xlsx").expect("a table");
        assert!(history.doubts.is_empty(), "{:?}", history.doubts);
        let open = history.visits.iter().filter(|visit| visit.outcome != Outcome::Held).count();
        assert_eq!(open, history.unsure.len(), "{:?}", history.unsure);
        let unsure = history.unsure.into_iter();
        unsure
            .map(|one| (one.cell, format!("{}{}", one.typed, if one.stands == Stands::Colour { "" } else { "!" })))
            .collect::<Vec<_>>()
    };
    let found = of(bytes);
    let problem = |row: u32| crate::problem::Problem {
        sheet: Some("Log".into()),
        row: Some(row),
        column: Some("C".into()),
        message: "Look.".into(),
    };
    let marked = crate::marked::workbook(bytes, "log.xlsx", &[problem(3), problem(4), problem(5)]);
    assert_eq!(of(&marked.expect("a marked workbook")), found, "once it was marked");
    found
}

fn wanted(cells: &[(&str, &str)]) -> Vec<(String, String)> {
    cells.iter().map(|(cell, words)| ((*cell).to_owned(), (*words).to_owned())).collect()
}

#[test]
fn rows_of_the_colour_of_a_key_are_asked_about() {
    let (plain, red, yellow, green) = (Format::new(), filled(RED), filled(YELLOW), filled(GREEN));
    let visits = [&plain, &red, &yellow, &green, &plain, &red].map(Clone::clone);
    let of = |row: [u32; 3]| {
        [("Cancelled", row[0]), ("Provisional", row[1]), ("Delivered", row[2])].map(|(text, row)| (text, row - 1))
    };
    let entries = |sheet: &mut Worksheet, rows: [u32; 3], swatch: u16, words: u16| {
        for ((text, row), format) in of(rows).into_iter().zip([&red, &yellow, &green]) {
            cell(sheet, row, swatch, "", format);
            cell(sheet, row, words, text, if swatch == words { format } else { &plain });
        }
    };
    // Above, below and beside; words in the coloured cell, to the right or to the left of it; under “Key” or not.
    for (top, rows, swatch, words) in [
        (5, [1, 2, 3], 0, 0),
        (5, [1, 2, 3], 0, 1),
        (5, [1, 2, 3], 1, 0),
        (0, [9, 10, 11], 0, 0),
        (0, [9, 10, 11], 0, 1),
        (0, [9, 10, 11], 1, 2),
        (0, [2, 3, 4], 6, 6),
        (0, [2, 3, 4], 6, 7),
        (0, [9, 10, 11], 6, 7),
    ] {
        for is_headed in [false, true] {
            let bytes = one(|sheet| {
                table(sheet, top, &visits);
                entries(sheet, rows, swatch, words);
                if is_headed && rows[0] > 1 {
                    cell(sheet, rows[0] - 2, swatch.min(words), "Key", &plain);
                }
            });
            let place = |row: u32| format!("B{}", top + 2 + row);
            let wanted = [(place(1), "Cancelled"), (place(2), "Provisional"), (place(5), "Cancelled")];
            let wanted: Vec<_> = wanted.into_iter().map(|(cell, words)| (cell, words.to_owned())).collect();
            assert_eq!(asked(&bytes), wanted, "{top} {rows:?} {swatch} {words} {is_headed}");
        }
    }
    let question = read(
        &one(|sheet| {
            table(sheet, 5, &visits);
            entries(sheet, [1, 2, 3], 0, 1);
        }),
        "log.xlsx",
    )
    .expect("a table");
    assert_eq!(question.unsure[0].question(), "The row has the colour of “Cancelled” in the key. Did it take place?");
}

#[test]
fn a_key_may_stand_on_a_sheet_of_its_own_and_in_one_row() {
    let (plain, red, yellow) = (Format::new(), filled(RED), filled(YELLOW));
    let visits = [plain.clone(), red.clone(), yellow.clone(), plain.clone()];
    for is_first in [true, false] {
        let bytes = book(|book| {
            let key = |book: &mut Workbook| {
                let key = sheet(book, "Key");
                cell(key, 0, 0, "Cancelled", &red);
                cell(key, 0, 1, "Booked", &yellow);
            };
            if is_first {
                key(book);
            }
            table(sheet(book, "Log"), 0, &visits);
            if !is_first {
                key(book);
            }
        });
        assert_eq!(asked(&bytes), wanted(&[("B3", "Cancelled")]));
    }
    let bytes = one(|sheet| {
        cell(sheet, 0, 0, "Key:", &plain);
        cell(sheet, 0, 1, "Cancelled", &red);
        cell(sheet, 0, 2, "TBC", &yellow);
        table(sheet, 2, &visits);
    });
    assert_eq!(asked(&bytes), wanted(&[("B5", "Cancelled"), ("B6", "TBC")]));
}

#[test]
fn a_sentence_may_name_the_colour() {
    let plain = Format::new();
    let of = |text: &str, formats: &[Format]| {
        let visits: Vec<Format> = formats.iter().cloned().chain(std::iter::repeat_n(plain.clone(), 4)).collect();
        let bytes = one(|sheet| {
            cell(sheet, 0, 0, text, &plain);
            table(sheet, 2, &visits);
        });
        asked(&bytes)
            .into_iter()
            .map(|(cell, words)| {
                assert_eq!(words, text);
                cell
            })
            .collect::<Vec<_>>()
    };
    for (text, format) in [
        ("Red = cancelled", filled(RED)),
        ("Red = cancelled", filled(0x00FF_C7CE)),
        ("Cancelled in red", written(0x00C0_0000)),
        ("Cancelled sessions are in red, all others delivered", written(RED)),
        ("Highlighted yellow = provisional", filled(YELLOW)),
        ("Greyed out rows did not go ahead", filled(GREY)),
        ("Greyed out rows did not go ahead", written(0x0080_8080)),
        ("Highlighted = provisional", filled(GREEN)),
        ("Shaded rows did not take place", filled(GREY)),
        ("Amber: not confirmed; green: delivered", filled(0x00FF_C000)),
        ("Blue = postponed", Format::new().set_background_color(Color::Theme(4, 3))),
    ] {
        assert_eq!(of(text, std::slice::from_ref(&format)), ["B4"], "{text}");
        assert!(of(text, &[filled(0x0070_30A0)]).is_empty() || text.starts_with(['H', 'S']), "{text}: another colour");
    }
    assert!(of("Green = delivered", &[filled(GREEN)]).is_empty());
    assert!(of("Amber: not confirmed; green: delivered", &[filled(GREEN)]).is_empty());
    assert!(of("Highlighted = provisional", &[written(RED)]).is_empty(), "it is not highlighted");
}

#[test]
fn a_colour_without_a_key_or_of_one_that_says_delivered_asks_nothing() {
    let (plain, red, green) = (Format::new(), filled(RED), filled(GREEN));
    let visits = [&plain, &red, &green, &plain, &green].map(Clone::clone);
    for (text, format) in [
        ("Delivered", &green),
        ("Green = delivered", &plain),
        ("Cancelled: 3", &red),
        ("Visits 2016", &red),
        ("Booked", &red),
        ("Cancelled visits are in italics", &plain),
        ("Red = PC Marsh", &plain),
    ] {
        let bytes = one(|sheet| {
            cell(sheet, 0, 0, text, format);
            table(sheet, 2, &visits);
        });
        assert_eq!(asked(&bytes), [], "{text}");
    }
    let summary = one(|sheet| {
        table(sheet, 0, &visits);
        cell(sheet, 9, 6, "Cancelled", &red);
        cell(sheet, 9, 7, "2", &plain);
    });
    assert_eq!(asked(&summary), []);
}

#[test]
fn banded_rows_and_coloured_headings_are_no_key() {
    let (plain, grey, red) = (Format::new(), filled(GREY), filled(RED));
    // Headings and a single cell that says “Provisional” have the colour of most rows.
    let bytes = one(|sheet| {
        table(sheet, 2, &[&grey, &plain, &grey, &grey, &plain].map(Clone::clone));
        cell(sheet, 0, 3, "Provisional", &grey);
        cell(sheet, 0, 0, "Visits", &plain);
    });
    assert_eq!(asked(&bytes), []);
    // A heading that is red is none, though a row is.
    let bytes = one(|sheet| {
        table(sheet, 0, &[&plain, &red, &plain].map(Clone::clone));
        cell(sheet, 0, 4, "Cancelled", &red);
    });
    assert_eq!(asked(&bytes), []);
    // A visit's own cell is none for others.
    let bytes = one(|sheet| {
        table(sheet, 0, &[&plain, &red, &plain].map(Clone::clone));
        cell(sheet, 1, 3, "cancelled", &red);
    });
    let history = read(&bytes, "log.xlsx").expect("a table");
    let outcomes: Vec<_> = history.visits.iter().map(|visit| visit.outcome).collect();
    assert_eq!(outcomes, [Outcome::Cancelled, Outcome::Held, Outcome::Held]);
    // Nor are remarks alone that are coloured, where a key stands.
    let bytes = one(|sheet| {
        cell(sheet, 0, 0, "Red = cancelled", &plain);
        table(sheet, 2, &[&plain, &plain, &plain].map(Clone::clone));
        cell(sheet, 4, 3, "lovely", &red);
        cell(sheet, 5, 1, "Ash Primary", &red);
    });
    assert_eq!(asked(&bytes), wanted(&[("B6", "Red = cancelled")]));
}

#[test]
fn a_row_that_says_it_was_cancelled_stays_so_and_a_key_beside_it_is_not_its_own() {
    let (plain, red, yellow) = (Format::new(), filled(RED), filled(YELLOW));
    let bytes = one(|sheet| {
        cell(sheet, 0, 0, "Red = cancelled", &plain);
        table(sheet, 2, &[&red, &red, &plain].map(Clone::clone));
        cell(sheet, 3, 3, "cancelled, snow", &red);
    });
    let history = read(&bytes, "log.xlsx").expect("a table");
    let outcomes: Vec<_> = history.visits.iter().map(|visit| visit.outcome).collect();
    assert_eq!(outcomes, [Outcome::Cancelled, Outcome::ToConfirm, Outcome::Held]);
    // One coloured cell beside a visit may be its own remark or a key: it is asked.
    let bytes = one(|sheet| {
        table(sheet, 0, &[&plain, &plain, &yellow].map(Clone::clone));
        cell(sheet, 1, 6, "Cancelled", &red);
    });
    let history = read(&bytes, "log.xlsx").expect("a table");
    assert_eq!(history.visits[0].outcome, Outcome::ToConfirm);
    assert_eq!(history.unsure.len(), 1);
}

#[test]
fn a_bar_over_rows_is_a_bar_though_it_is_coloured() {
    let (plain, red) = (Format::new(), filled(RED));
    let bytes = one(|sheet| {
        table(sheet, 0, &[&plain, &plain].map(Clone::clone));
        cell(sheet, 3, 0, "CANCELLED VISITS", &red);
        for (column, text) in (0..).zip(["20/09/2016", "Yew Primary", "30"]) {
            cell(sheet, 4, column, text, &plain);
        }
    });
    assert_eq!(asked(&bytes), wanted(&[("B5", "CANCELLED VISITS!")]));
}

#[test]
fn a_title_in_a_colour_that_some_rows_have_stands_over_all() {
    let (plain, red) = (Format::new(), filled(RED));
    let bytes = one(|sheet| {
        cell(sheet, 0, 0, "Cancelled visits", &red);
        table(sheet, 1, &[&plain, &plain, &red].map(Clone::clone));
    });
    let open = asked(&bytes).into_iter().map(|(cell, _)| cell).collect::<Vec<_>>();
    assert_eq!(open, ["B3", "B4", "B5"]);
}

#[test]
fn a_key_may_stand_in_a_column_of_its_own() {
    let (plain, red, green) = (Format::new(), filled(RED), filled(GREEN));
    let bytes = one(|sheet| {
        table(sheet, 0, &[&plain, &green, &red, &plain].map(Clone::clone));
        cell(sheet, 0, 4, "Key", &plain);
        cell(sheet, 1, 4, "Cancelled", &red);
        cell(sheet, 2, 4, "Delivered", &filled(0x0000_B050));
    });
    assert_eq!(asked(&bytes), wanted(&[("B4", "Cancelled")]));
}

#[test]
fn of_a_line_for_morning_and_afternoon_the_half_is_asked_about_that_has_the_colour() {
    let (plain, red) = (Format::new(), filled(RED));
    let bytes = one(|sheet| {
        for (column, heading) in (0..).zip(["Date", "AM school", "PM school"]) {
            cell(sheet, 0, column, heading, &plain);
        }
        for (row, formats) in (1..).zip([[&plain, &red, &plain], [&red, &plain, &plain], [&plain; 3]]) {
            let day = format!("{}/09/2016", 11 + row);
            for (column, (text, format)) in
                (0..).zip([day.as_str(), "Oak Primary", "Elm Primary"].into_iter().zip(formats))
            {
                cell(sheet, row, column, text, format);
            }
        }
        cell(sheet, 6, 0, "Cancelled in red", &plain);
    });
    let words = "Cancelled in red";
    let history = read(&bytes, "log.xlsx").expect("a table");
    let open: Vec<_> = history.unsure.iter().map(|one| (one.cell.as_str(), one.half, one.typed.as_str())).collect();
    assert_eq!(open, [("B2", Some(Half::Am), words), ("B3", Some(Half::Am), words), ("C3", Some(Half::Pm), words)]);
}

#[test]
fn a_table_below_another_has_its_own_colours() {
    let (plain, red) = (Format::new(), filled(RED));
    let bytes = one(|sheet| {
        // Most rows of the upper one are red: that is how it looks.
        table(sheet, 0, &[&red, &red, &red, &plain].map(Clone::clone));
        cell(sheet, 6, 3, "Cancelled", &red);
        table(sheet, 8, &[&plain, &red, &plain, &plain].map(Clone::clone));
        for (column, heading) in (0..).zip(["Date of visit", "Pupils", "Name of school", "Year group"]) {
            cell(sheet, 8, column, heading, &plain);
        }
        for row in 9..13 {
            let format = if row == 10 { &red } else { &plain };
            cell(sheet, row, 1, "30", format);
            cell(sheet, row, 2, "Oak Primary", format);
        }
    });
    assert_eq!(asked(&bytes), wanted(&[("C11", "Cancelled")]));
}

#[test]
fn where_there_are_more_colours_than_are_read_that_is_said() {
    let (plain, red, green) = (Format::new(), filled(RED), filled(GREEN));
    let of = |words: &str| {
        book(|book| {
            let patchwork = sheet(book, "Plan");
            for row in 0..1_000 {
                for column in 0..200 {
                    patchwork.write_blank(row, column, if column % 2 == 0 { &red } else { &green }).expect("a blank");
                }
            }
            let log = sheet(book, "Log");
            table(log, 2, &[&plain, &red, &plain].map(Clone::clone));
            cell(log, 0, 0, words, &plain);
        })
    };
    let history = read(&of("Red = cancelled"), "log.xlsx").expect("a table");
    let open: Vec<_> = history.unsure.iter().map(|one| (one.cell.as_str(), one.stands)).collect();
    assert_eq!(open, [("B5", Stands::Uncounted), ("B6", Stands::Uncounted)], "those from the first coloured one on");
    assert!(history.unsure[0].question().contains("more coloured cells"), "{}", history.unsure[0].question());
    assert!(read(&of("Not all was well"), "log.xlsx").expect("a table").unsure.is_empty());
}
