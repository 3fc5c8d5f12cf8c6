use super::*;
use proptest::prelude::*;

fn shown(text: &str) -> Vec<String> {
    read(text.as_bytes()).unwrap().iter().map(|s| format!("{}: {} to {}", s.name, s.starts, s.ends)).collect()
}

#[test]
fn dates_are_read_as_people_and_spreadsheets_write_them() {
    for text in [
        "2026-09-03",
        "03/09/2026",
        "3/9/2026",
        "3.9.2026",
        "3 September 2026",
        "3rd September 2026",
        "Thursday 3 September 2026",
        "Thursday, 3 Sep 2026",
        "Thurs 3/9/2026",
        "46268",
        "46268.5",
        "2026-09-03T00:00:00",
    ] {
        assert_eq!(date(text).map(|d| d.to_string()).as_deref(), Ok("2026-09-03"), "{text}");
    }
    for text in ["22-02-27", "22/02/27", "22.2.27", "22 Feb 27", "22nd February 27", "Mon 22 Feb 2027"] {
        assert_eq!(date(text).map(|d| d.to_string()).as_deref(), Ok("2027-02-22"), "{text}");
    }
    for text in [
        "",
        "soon",
        "31/02/2026",
        "9",
        "2026",
        "13/13/2026",
        "3 September",
        "22-02-03",
        "27-22-02",
        "about 3 September 2026",
    ] {
        let why = date_in(text, None).unwrap_err();
        assert!(why.contains("Write it like") || why.contains("has no year"), "{text}: {why}");
    }
    for (text, wrong) in [
        ("Monday 2 September 2026", "is a Wednesday, not a Monday"),
        ("Tues, 3rd Sep 2026", "is a Thursday, not a Tuesday"),
        ("Mon 03/09/2026", "is a Thursday, not a Monday"),
        ("3 September", "has no year"),
    ] {
        let message = date_in(text, None).unwrap_err();
        assert!(message.contains(wrong), "{text}: {message}");
    }
    // Without a year it is of the academic year above, and so is its weekday.
    let year = AcademicYear::new(2026).ok();
    for (text, wanted) in [
        ("5 Jan", Ok("2027-01-05")),
        ("Tue 5/1", Ok("2027-01-05")),
        ("3 September", Ok("2026-09-03")),
        ("Mon 5 Jan", Err("is a Tuesday, not a Monday")),
        ("31 June", Err("is not a date")),
    ] {
        let read = date_in(text, year).map(|day| day.to_string());
        let is_so = match (&read, wanted) {
            (Ok(day), Ok(wanted)) => day == wanted,
            (Err(why), Err(wanted)) => why.contains(wanted),
            _ => false,
        };
        assert!(is_so, "{text}: {read:?}");
    }
}

#[test]
fn a_table_has_a_row_for_each_stretch() {
    let text = "School terms 2026/27,,\nTerm,First day,Last day\nAutumn term,3 September 2026,18/12/2026\n,,\nHalf term,26/10/2026,30/10/2026\n";
    assert_eq!(shown(text), ["Autumn term: 2026-09-03 to 2026-12-18", "Half term: 2026-10-26 to 2026-10-30"]);
    let wrong = "Name;From;To\nAutumn;soon;18/12/2026\n;4/1/2027;12/2/2027\nSpring;12/2/2027;4/1/2027\n";
    let at: Vec<_> = read(wrong.as_bytes()).unwrap_err().into_iter().map(|p| (p.row, p.column.unwrap())).collect();
    assert_eq!(at, [(Some(2), "first day".into()), (Some(3), "name".into()), (Some(4), "name".into())]);
    assert!(read(b"a,b,c\n1,2,3\n").unwrap_err()[0].message.contains("headings"));
}

#[test]
fn a_note_between_or_below_the_terms_is_no_date() {
    for (row, columns) in [
        ("Inset days are to be confirmed,,", &[][..]),
        (",Inset days are to be confirmed,", &[]),
        (",,,All dates are subject to change", &[]),
        ("Term dates 2027/28,,", &[]),
        ("2027/28,,", &[]),
        ("Name,Starts,Ends", &[]),
        ("Spring term,,", &["first day", "last day"]),
        ("Christmas holiday,,", &["first day", "last day"]),
        ("Easter,soon,", &["first day", "last day"]),
        ("Spring term,4/1/2027,", &["last day"]),
        (",4/1/2027,", &["last day"]),
        (",,4/1/2027", &["first day"]),
    ] {
        let text = format!("Name,Starts,Ends\nAutumn,3/9/2026,18/12/2026\n{row}\nSummer,12/4/2027,20/7/2027\n");
        let problems = read(text.as_bytes()).err().unwrap_or_default();
        let at: Vec<_> = problems.iter().map(|p| (p.row, p.column.as_deref())).collect();
        assert_eq!(at, columns.iter().map(|column| (Some(3), Some(*column))).collect::<Vec<_>>(), "{row}");
        if columns.is_empty() {
            assert_eq!(shown(&text).len(), 2, "{row}");
        }
    }
}

#[test]
fn other_layouts_are_told_what_is_known() {
    for (text, parts) in [
        ("Holiday,Schools close,Schools re-open\nHalf term,23/10/2026,2/11/2026\n", ["still school", "“First day”"]),
        ("When,What\n3/9/2026,Term\n", ["No row has headings", "“From”"]),
    ] {
        let message = &read(text.as_bytes()).unwrap_err()[0].message;
        assert!(parts.iter().all(|part| message.contains(part)), "{message}");
    }
}

#[test]
fn every_sheet_with_terms_is_read() {
    let mut book = rust_xlsxwriter::Workbook::new();
    let terms = [
        ("All", vec![("Autumn", "3/9/2026", "18/12/2026")]),
        ("2026", vec![("Autumn", "3/9/2026", "18/12/2026"), ("Spring", "4/1/2027", "25/3/2027")]),
        ("Notes", vec![]),
        ("2027", vec![("Autumn", "2/9/2027", "soon")]),
    ];
    for (name, rows) in &terms {
        let sheet = book.add_worksheet().set_name(*name).unwrap();
        sheet.write(0, 0, "Agreed in May").unwrap();
        if !rows.is_empty() {
            sheet.write_row(1, 0, ["Term", "From", "To"]).unwrap();
        }
        for (at, (term, from, to)) in (2..).zip(rows) {
            sheet.write_row(at, 0, [*term, *from, *to]).unwrap();
        }
    }
    let bytes = book.save_to_buffer().unwrap();
    let problems = read(&bytes).unwrap_err();
    assert_eq!(problems.len(), 1);
    assert_eq!((problems[0].sheet.as_deref(), problems[0].row), (Some("2027"), Some(3)));
    let (found, _) = table(&bytes).unwrap();
    let names: Vec<_> = found.iter().map(|s| format!("{} {}", s.name, s.starts)).collect();
    assert_eq!(names, ["Autumn 2026-09-03", "Spring 2027-01-04"]);
}

#[test]
fn a_start_and_an_end_of_the_same_name_and_year_are_one_stretch() {
    let calendar = |entries: &[(&str, &str)]| {
        let entry = |(name, on): &(&str, &str)| {
            format!("BEGIN:VEVENT\r\nSUMMARY:{name}\r\nDTSTART;VALUE=DATE:{on}\r\nEND:VEVENT\r\n")
        };
        let entries: String = entries.iter().map(entry).collect();
        format!("BEGIN:VCALENDAR\r\nVERSION:2.0\r\n{entries}END:VCALENDAR\r\n")
    };
    let text = calendar(&[
        ("Inset day", "20260902"),
        ("Autumn term starts", "20260903"),
        ("AUTUMN TERM ENDS", "20261218"),
        ("Bank holiday", "20261225"),
        ("Spring term: begins", "20270104"),
        ("Autumn term starts", "20270902"),
        ("Spring term finishes", "20270325"),
        ("Autumn term ends", "20271217"),
    ]);
    assert_eq!(
        shown(&text),
        [
            "Inset day: 2026-09-02 to 2026-09-02",
            "Autumn term: 2026-09-03 to 2026-12-18",
            "Bank holiday: 2026-12-25 to 2026-12-25",
            "Spring term: 2027-01-04 to 2027-03-25",
            "Autumn term: 2027-09-02 to 2027-12-17",
        ]
    );
    for (entries, rows) in [
        (vec![("Autumn term starts", "20260903")], vec![1]),
        (vec![("Autumn term ends", "20261218"), ("Spring term starts", "20270104")], vec![1, 2]),
        (vec![("Term starts", "20260903"), ("Term ends", "20261218"), ("Term starts", "20270104")], vec![1, 2, 3]),
        (vec![("Autumn term starts", "20261218"), ("Autumn term ends", "20260903")], vec![1]),
        (vec![("Autumn term starts", "20260903"), ("Autumn term ends", "20271217")], vec![1, 2]),
    ] {
        let problems = read(calendar(&entries).as_bytes()).unwrap_err();
        assert_eq!(problems.iter().filter_map(|p| p.row).collect::<Vec<_>>(), rows, "{entries:?}: {problems:?}");
    }
}

#[test]
fn a_day_on_which_school_closes_or_reopens_is_no_break() {
    let of = |name: &str| {
        let text = format!(
            "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:VEVENT\r\nSUMMARY:Autumn term\r\nDTSTART;VALUE=DATE:20260902\r\nDTEND;VALUE=DATE:20261219\r\nEND:VEVENT\r\n\
             BEGIN:VEVENT\r\nSUMMARY:{name}\r\nDTSTART;VALUE=DATE:20261023\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
        );
        read(text.as_bytes()).map_err(|problems| (problems[0].row, problems[0].message.clone()))
    };
    for name in [
        "School closes for half term",
        "School reopens",
        "Schools re-open after half-term",
        "Half term",
        "First day of half term",
        "Break up for the October holiday",
    ] {
        let (row, message) = of(name).unwrap_err();
        assert!(row == Some(2) && message.contains("still school"), "{name}: {message}");
    }
    for name in
        ["INSET day before half term", "Occasional holiday", "Bank holiday", "School closes at 2pm", "Sports day"]
    {
        assert!(of(name).is_ok(), "{name}");
    }
}

#[test]
fn a_calendar_file_has_an_entry_for_each_stretch() {
    let text = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:VEVENT\r\nSUMMARY:Autumn term\\, first\r\n  half\r\nDTSTART;VALUE=DATE:20260903\r\nDTEND;VALUE=DATE:20261024\r\nEND:VEVENT\r\nBEGIN:VEVENT\r\nSUMMARY:Summer term\r\nDTSTART:20270412T080000Z\r\nDTEND:20270720T150000Z\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n";
    assert_eq!(
        shown(text),
        ["Autumn term, first half: 2026-09-03 to 2026-10-23", "Summer term: 2027-04-12 to 2027-07-20"]
    );
    let wrong = "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nSUMMARY:Autumn\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n";
    assert_eq!(read(wrong.as_bytes()).unwrap_err()[0].row, Some(1));
    assert!(read(b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\n").is_err());
    let deep = format!("BEGIN:VCALENDAR\r\n{}", "BEGIN:VEVENT\r\n".repeat(50_000));
    assert!(read(deep.as_bytes()).unwrap_err()[0].message.contains("deeper"), "refused, not followed");
}

#[test]
fn cancelled_entries_are_left_out_and_repeated_ones_refused() {
    let entry = |more: &str| {
        format!(
            "BEGIN:VEVENT\r\nSUMMARY:Autumn term\r\nDTSTART;VALUE=DATE:20260903\r\nDTEND;VALUE=DATE:20261219\r\n{more}END:VEVENT\r\n"
        )
    };
    let calendar = |entries: &[&str]| {
        let entries: String = entries.iter().map(|more| entry(more)).collect();
        format!("BEGIN:VCALENDAR\r\nVERSION:2.0\r\n{entries}END:VCALENDAR\r\n")
    };
    let list = read(
        calendar(&["STATUS:CONFIRMED\r\n", "STATUS:CANCELLED\r\n", "STATUS:Cancelled\r\nRRULE:FREQ=YEARLY\r\n"])
            .as_bytes(),
    )
    .unwrap();
    let (terms, neither) = domain::term_date::terms_of(&list);
    let names = |list: &[Stretch]| list.iter().map(|s| s.name.clone()).collect::<Vec<_>>();
    assert_eq!(names(&terms), ["Autumn term"]);
    assert_eq!(names(&neither), ["Cancelled: Autumn term", "Cancelled: Autumn term"]);
    for rule in ["RRULE:FREQ=YEARLY\r\n", "RDATE;VALUE=DATE:20270903\r\n"] {
        let problems = read(calendar(&["", rule]).as_bytes()).unwrap_err();
        assert_eq!((problems.len(), problems[0].row), (1, Some(2)), "{rule}");
        assert!(problems[0].message.contains("an entry of its own"), "{}", problems[0].message);
    }
}

/// A workbook as a council keeps it: a sheet of notes, then the terms below a title, dates as dates and as text.
fn workbook(last: &str) -> Vec<u8> {
    use rust_xlsxwriter::{ExcelDateTime, Format, Workbook};
    let mut book = Workbook::new();
    book.add_worksheet().set_name("Notes").unwrap().write(0, 0, "Agreed by the council in May").unwrap();
    let sheet = book.add_worksheet().set_name("Terms").unwrap();
    let day = Format::new().set_num_format("dddd d mmmm yyyy");
    let date = |y, m, d| ExcelDateTime::from_ymd(y, m, d).unwrap();
    sheet.write(0, 0, "School terms 2026/27").unwrap();
    for (at, heading) in ["Term", "First day", "Last day"].into_iter().enumerate() {
        sheet.write(2, u16::try_from(at).unwrap(), heading).unwrap();
    }
    sheet.write(3, 0, "Autumn term").unwrap();
    sheet.write_datetime_with_format(3, 1, date(2026, 9, 3), &day).unwrap();
    sheet.write_datetime_with_format(3, 2, date(2026, 12, 18), &day).unwrap();
    sheet.write(4, 0, "Half term").unwrap();
    sheet.write_datetime_with_format(4, 1, date(2026, 10, 26), &day).unwrap();
    sheet.write(4, 2, "30/10/2026").unwrap();
    sheet.write(6, 0, "Spring term").unwrap();
    sheet.write(6, 1, "Monday 4 January 2027").unwrap();
    sheet.write(6, 2, last).unwrap();
    book.save_to_buffer().unwrap()
}

#[test]
fn a_workbook_has_its_terms_on_any_sheet_as_dates_or_as_text() {
    let shown = |bytes: &[u8]| {
        let list = read(bytes).unwrap();
        list.iter().map(|s| format!("{}: {} to {}", s.name, s.starts, s.ends)).collect::<Vec<_>>()
    };
    assert_eq!(
        shown(&workbook("25th March 2027")),
        [
            "Autumn term: 2026-09-03 to 2026-12-18",
            "Half term: 2026-10-26 to 2026-10-30",
            "Spring term: 2027-01-04 to 2027-03-25"
        ]
    );
    let problems = read(&workbook("Easter")).unwrap_err();
    let at = (problems[0].sheet.as_deref(), problems[0].row, problems[0].column.as_deref());
    assert_eq!(at, (Some("Terms"), Some(7), Some("last day")));
    // The same workbook with the cell marked says the same of it, and nothing else.
    let marked = crate::marked::workbook(&workbook("Easter"), "terms.xlsx", &problems).unwrap();
    assert_eq!(read(&marked).unwrap_err(), problems);
}

#[test]
fn a_day_without_a_year_is_of_the_academic_year_that_stands_above_it() {
    let shown = |text: &str| {
        let list = read(text.as_bytes())?;
        Ok::<_, Vec<Problem>>(
            list.iter().map(|s| format!("{}: {} to {}", s.name, s.starts, s.ends)).collect::<Vec<_>>(),
        )
    };
    let rows = "Term,From,To\nAutumn term,3 Sept,18 December\nSpring term,Monday 4th Jan,25/3\n";
    let rows = rows.replace("Sept", "Sep");
    let autumn = "Autumn term: 2026-09-03 to 2026-12-18";
    assert_eq!(
        shown(&format!("School terms 2026/27,,\n{rows}")).unwrap(),
        [autumn, "Spring term: 2027-01-04 to 2027-03-25"]
    );
    // Another year's title between the terms counts from there on.
    let next = shown(&format!("School terms 2026/27,,\n{rows}Terms of 2027/28,,\nAutumn term,2 Sep,17 Dec\n")).unwrap();
    assert_eq!(next[2], "Autumn term: 2027-09-02 to 2027-12-17");
    let problems = shown(&rows).unwrap_err();
    assert_eq!(problems.len(), 4, "{problems:?}");
    assert!(problems[0].row == Some(2) && problems[0].message.contains("“3 Sep” has no year"), "{problems:?}");
}

#[test]
fn september_is_read_by_its_short_name_of_four_letters() {
    for text in [
        "Tues 1 Sept 2026",
        "1 Sept 26",
        "1st Sept. 2026",
        "Tue 1 SEPT 2026",
        "1-Sept-2026",
        "01-Sep-26",
        "1 September 2026",
    ] {
        assert_eq!(date(text), Ok(NaiveDate::from_ymd_opt(2026, 9, 1).unwrap()), "{text}");
    }
    let said = date_in("Mon 1 Sept 2026", None).unwrap_err();
    assert!(said.contains("is a Tuesday, not a Monday"), "{said}");
    assert!(date("1 Septic 2026").is_err());
}

#[test]
fn what_is_no_list_is_refused() {
    for bytes in [&b""[..], b"\n\n", b"%PDF-1.7", b"PK\x03\x04", b"BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n"] {
        assert!(read(bytes).is_err(), "{bytes:?}");
    }
    assert!(read(&vec![b'a'; MAX_BYTES + 1]).is_err());
}

proptest! {
    #[test]
    fn whatever_is_uploaded_is_answered(bytes in prop::collection::vec(any::<u8>(), 0..400), calendar: bool) {
        let bytes = if calendar { [b"BEGIN:VCALENDAR\r\n".as_slice(), &bytes].concat() } else { bytes };
        if let Ok(stretches) = read(&bytes) {
            prop_assert!(stretches.iter().all(|s| s.starts <= s.ends && !s.name.is_empty()));
        }
    }
}
