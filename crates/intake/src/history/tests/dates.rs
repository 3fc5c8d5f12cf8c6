//! Days and times of whole tables: years that titles and lines name, the column that counts, the order of day and month.

use super::found::{of, told};
use crate::history::*;

/// The day of each visit, or the cells that are asked about in its row.
pub(super) fn days(history: &History) -> Vec<String> {
    let day = |visit: &Visit| match (visit.on, history.doubts.iter().filter(|d| d.row == visit.row).collect::<Vec<_>>())
    {
        (Some(on), doubts) if doubts.is_empty() => on.to_string(),
        (_, doubts) => doubts.iter().map(|d| d.cell.as_str()).collect::<Vec<_>>().join(" "),
    };
    history.visits.iter().map(day).collect()
}

#[test]
fn a_line_between_the_rows_says_of_which_year_those_below_are() {
    for (title, rows, wanted) in [
        ("Log 2016/17", "12/9\nAutumn 2017\n12/9\n12/1", &["2016-09-12", "2017-09-12", "2018-01-12"][..]),
        ("Log 2016/17", "12/9\nSEPTEMBER 2017\n12/9\n2/10", &["2016-09-12", "2017-09-12", "2017-10-02"]),
        ("Log 2016/17", "12/9\n2017/18\n12/9\nJANUARY\n12/1", &["2016-09-12", "2017-09-12", "2018-01-12"]),
        ("Log 2016/17", "12/9\nSchool visits 2017/18\n12/9", &["2016-09-12", "2017-09-12"]),
        ("Log 2016/17", "Sep-17\n12/9", &["2017-09-12"]),
        ("Log 2016/17", "2017-09-01\n12/9", &["2017-09-12"]),
        // A line within the year of the title changes nothing.
        ("Log 2016/17", "SEPTEMBER 2016\n12/9\n13/4", &["2016-09-12", "2017-04-13"]),
        ("Log 2016/17", "OCT 16\n12/10\nJAN 17\n13/1", &["2016-10-12", "2017-01-13"]),
        // May be a month of another year, or a day.
        ("Log 2016/17", "SEPT 17\n12/9", &["A4"]),
        // What the title and the line both name.
        ("Log 2016/17", "2016\n12/9\n2017\n13/1\n12/9", &["2016-09-12", "2017-01-13", "A7"]),
        // Nothing says which of several.
        ("Log 2015-16 and 2016-17", "12/9\n2016/17\n12/9", &["A3", "2016-09-12"]),
        ("Log", "12/9\nAutumn 2017\n12/9", &["A3", "2017-09-12"]),
        (
            "Log 2016/17",
            "12/9\nNB prices are those of 2017/18\n12/9\nAutumn 2016\n12/9",
            &["2016-09-12", "A5", "2016-09-12"],
        ),
        ("Log 2016/17", "12/9\nNB numbers as in 2016/17\n12/9", &["2016-09-12", "2016-09-12"]),
        ("FY 2016/17", "12/4\nSEPTEMBER 2016\n12/9\n13/1", &["2016-04-12", "2016-09-12", "2017-01-13"]),
    ] {
        let is_day = |row: &&str| row.contains('/') && row.len() < 6;
        let lines =
            rows.split('\n').map(|row| if is_day(&row) { format!("{row},Oak Primary\n") } else { format!("{row},\n") });
        let text = format!("{title},\nDate,School\n{}", lines.collect::<String>());
        assert_eq!(days(&of(&text)), wanted, "{text}");
    }
    // Beside what else stands in its row, and in the school's column.
    let history = of("Log 2016/17,,\nDate,School,Pupils\n12/9,Oak,\nAutumn 2017,,numbers\n12/9,Oak,\n");
    assert_eq!(days(&history), ["2016-09-12", "2017-09-12"]);
    let history = of("Log,,\nDate,School,Pupils\n2016/17 total,,\n12/9,Oak,\n");
    assert_eq!(days(&history), ["A4"]);
    let history = of("Log 2016/17,\nDate,School\n12/9,Oak\n,2017/18\n12/9,Oak\n");
    assert_eq!(days(&history), ["2016-09-12", "2017-09-12"]);
}

#[test]
fn a_table_below_another_is_of_the_year_of_its_own_title_or_of_the_rows_above_it() {
    for (between, wanted) in [
        ("", &["2016-09-12", "2016-09-13"][..]),
        ("Tour 17-18,\n", &["2016-09-12", "2017-09-13"]),
        ("School visits 2017/18,\n", &["2016-09-12", "2017-09-13"]),
        ("Autumn 2017,\n12/9,Ash\n", &["2016-09-12", "2017-09-12", "2017-09-13"]),
        ("School visits 2016-17 and 2017-18,\n", &["2016-09-12", "A7"]),
    ] {
        let text = format!("Log 2016/17,\nDate,School\n12/9,Oak\n{between},\nDate,School,Pupils\n13/9,Elm,30\n");
        let history = of(&text);
        assert_eq!(history.tables.len(), 2, "{text}");
        assert_eq!(days(&history), wanted, "{text}");
    }
}

#[test]
fn financial_years_begin_in_april() {
    for title in ["Financial year 2016/17", "FY 2016-17", "April 2016 to March 2017"] {
        let history = of(&format!("{title},\nDate,School\n12/4,Oak\n12/8,Oak\n12/9,Oak\n13/3,Oak\n"));
        assert_eq!(days(&history), ["2016-04-12", "2016-08-12", "2016-09-12", "2017-03-13"], "{title}");
        assert_eq!(history.tables[0].academic_year, None);
    }
}

#[test]
fn a_date_far_from_what_its_sheet_is_named_for_is_asked_about_once() {
    let mut book = rust_xlsxwriter::Workbook::new();
    let sheet = book.add_worksheet().set_name("Autumn 2016").expect("a name");
    let rows = ["2016-09-12", "2019-09-13", "13/09/2019", "2015-09-14", "2018-08-31", "2018-09-01"];
    sheet.write_row(0, 0, ["Date", "School"]).expect("headings");
    for (at, day) in (1..).zip(rows) {
        sheet.write_row(at, 0, [day, "Oak"]).expect("a row");
    }
    let bytes = book.save_to_buffer().expect("a workbook");
    let history = read(&bytes, "log.xlsx").expect("a table");
    assert_eq!(days(&history), ["2016-09-12", "A3", "A4", "2015-09-14", "2018-08-31", "A7"]);
    let mut said = Corrections::default();
    said.cells.insert(("Autumn 2016".into(), "A3".into()), "13/09/2019".into());
    let mended = read_corrected(&bytes, "log.xlsx", &said).expect("a table");
    assert_eq!(days(&mended)[1], "2019-09-13", "it is what a person says");
}

#[test]
fn the_date_of_the_visit_counts() {
    for (headings, wanted) in [
        ("Reported date,Occurred date", "2016-09-13"),
        ("Date reported,Date occurred", "2016-09-13"),
        ("Date entered,Date closed,Date", "2016-09-14"),
        ("Date cancelled,Date of visit", "2016-09-13"),
        ("Date of enquiry,Date", "2016-09-13"),
    ] {
        let history = of(&format!(
            "{headings},School\n12/09/2016,13/09/2016{},Oak\n",
            if headings.matches(',').count() > 1 { ",14/09/2016" } else { "" }
        ));
        assert_eq!(days(&history), [wanted], "{headings}");
    }
    assert!(
        of("Date entered,Date closed,School\n12/09/2016,13/09/2016,Oak\n12/09/2016,13/09/2016,Elm\n").tables.is_empty()
    );
}

#[test]
fn a_second_day_of_a_row_is_asked_about() {
    for headings in [
        "Date 1,Date 2",
        "Date,Date",
        "1st visit date,2nd visit date",
        "Start date,End date",
        "Date from,Date to",
        "Date,New date",
        "Date,Rescheduled to",
    ] {
        let text = format!(
            "{headings},School\n12/09/2016,19/09/2016,Oak\n13/09/2016,,Elm\n14/09/2016,14/09/2016,Ash\n15/09/2016,n/a,Fir\n16/09/2016,yes,Yew\n"
        );
        let history = of(&text);
        assert_eq!(days(&history), ["B2", "2016-09-13", "2016-09-14", "2016-09-15", "2016-09-16"], "{headings}");
        assert_eq!(history.visits[0].on.map(|on| on.to_string()).as_deref(), Some("2016-09-12"));
        // Once a person says that there was none, or that the column is not read, nothing is asked.
        let mut said = Corrections::default();
        said.cells.insert((String::new(), "B2".into()), "-".into());
        assert!(read_corrected(text.as_bytes(), "log.csv", &said).expect("a table").doubts.is_empty(), "{headings}");
        said.cells.clear();
        said.columns.insert(String::new(), vec![("B".to_owned(), None)]);
        assert!(read_corrected(text.as_bytes(), "log.csv", &said).expect("a table").doubts.is_empty(), "{headings}");
    }
    for headings in [
        "Date of visit,Date",
        "Date,Date booked",
        "Date,Date sent",
        "Date,Invoice date",
        "Date,Date returned",
        "Date,Date added to diary",
    ] {
        let history = of(&format!("{headings},School\n12/09/2016,19/09/2016,Oak\n"));
        assert_eq!(days(&history), ["2016-09-12"], "{headings}");
    }
}

#[test]
fn dates_with_the_month_first_are_not_taken_for_others() {
    for (dates, wanted) in [
        (&["09/13/16", "09/12/16", "9/9/16"][..], &["A2", "A3", "2016-09-09"][..]),
        (
            &["09/13/16", "09/12/16", "09/14/2016", "9/15/16", "28 Sept 2016"],
            &["2016-09-13", "2016-09-12", "2016-09-14", "2016-09-15", "2016-09-28"],
        ),
        (&["09/13/16", "09/12/16", "13/09/16"], &["A2", "2016-12-09", "2016-09-13"]),
        // A program made dates of the texts that it could read day first.
        (&["09/13/16", "2016-12-09", "2016-09-09"], &["A2", "A3", "2016-09-09"]),
        (&["09/13/16", "2016-12-09", "2016-09-19"], &["A2", "2016-12-09", "2016-09-19"]),
    ] {
        let rows: String = dates.iter().map(|date| format!("{date},Oak\n")).collect();
        assert_eq!(days(&of(&format!("Date,School\n{rows}"))), wanted, "{dates:?}");
    }
    // What a person types is read as it stands everywhere.
    let mut said = Corrections::default();
    said.cells.insert((String::new(), "A3".into()), "12/09/2016".into());
    said.cells.insert((String::new(), "A2".into()), "13/09/2016".into());
    let text = "Date,School\n09/13/16,Oak\n09/12/16,Oak\n09/14/16,Oak\n";
    let mended = read_corrected(text.as_bytes(), "log.csv", &said).expect("a table");
    assert_eq!(days(&mended), ["2016-09-13", "2016-09-12", "A4"]);
}

#[test]
fn times_are_read_or_asked_about() {
    for (time, starts, half, asked) in [
        ("9.30–10.30", Some("9:30am"), Some(Half::Am), false),
        ("1330hrs", Some("1:30pm"), Some(Half::Pm), false),
        ("0.5625", Some("1:30pm"), Some(Half::Pm), false),
        ("noon", Some("12pm"), Some(Half::Pm), false),
        ("", None, None, false),
        ("P1", None, None, false),
        ("Period 1", None, None, false),
        ("all day", None, None, false),
        ("9.75", None, None, true),
        ("9.30 & 1.15", None, None, true),
    ] {
        let history = of(&format!("Date,Time,School\n12/09/2016,{time},Oak\n"));
        let visit = &history.visits[0];
        assert_eq!((visit.starts.map(|t| t.to_string()).as_deref(), visit.half), (starts, half), "{time}");
        let cells: Vec<_> = history.doubts.iter().map(|d| (d.cell.as_str(), d.about)).collect();
        assert_eq!(cells, if asked { vec![("B2", Role::Time)] } else { vec![] }, "{time}");
    }
}

#[test]
fn a_date_with_a_time_behind_it_says_both() {
    for (date, starts) in [
        ("12/09/2016 10:00", Some("10am")),
        ("12/09/2016 13:30:00", Some("1:30pm")),
        ("2016-09-12T09:30:00", Some("9:30am")),
        ("2016-09-12 09:30:00", Some("9:30am")),
        ("12/09/2016 00:00", None),
        ("2016-09-12T00:00:00", None),
        ("12/09/2016", None),
    ] {
        for (columns, own, wanted) in
            [("Date", "", starts), ("Date,Time", ",", starts), ("Date,Time", ",11.15", Some("11:15am"))]
        {
            let history = of(&format!("{columns},School\n{date}{own},Oak\n"));
            let visit = &history.visits[0];
            let found = (visit.on.map(|on| on.to_string()), visit.starts.map(|starts| starts.to_string()));
            assert_eq!(found, (Some("2016-09-12".to_owned()), wanted.map(str::to_owned)), "{date} {own}");
        }
    }
}

#[test]
fn a_column_headed_am_pm_says_which_half_of_the_day() {
    for heading in ["AM/PM", "am or pm", "A.M./P.M."] {
        let history = of(&format!("Date,{heading},School\n12/09/2016,AM,Oak\n13/09/2016,pm,Elm\n"));
        let halves: Vec<_> = history.visits.iter().map(|v| (v.school.as_str(), v.half)).collect();
        assert_eq!(halves, [("Oak", Some(Half::Am)), ("Elm", Some(Half::Pm))], "{heading}");
    }
    // Over names of schools it is no time.
    let history = of("Date,AM/PM,School\n12/09/2016,Oak Primary,Elm\n");
    assert_eq!(told(&history), ["2: Elm 12/09/16 - -"]);
}

#[test]
fn days_without_a_year_are_one_question_to_which_the_year_is_the_answer() {
    let rows = "Date,School\n21 Sept,Oak\n18/1,Elm\nsame,Ash\n3 May 2023,Fir\n";
    let history = of(rows);
    assert_eq!(days(&history), ["A2", "A3", "A4", "2023-05-03"]);
    let messages: Vec<_> = history.doubts.iter().map(|doubt| doubt.message.as_str()).collect();
    assert!(messages[0] == messages[1] && is_for_all(messages[0]) && !is_for_all(messages[2]), "{messages:?}");
    let answered = |answers: &[(&str, &str)], text: &str| {
        let mut said = Corrections::default();
        for (cell, typed) in answers {
            said.cells.insert((String::new(), (*cell).into()), (*typed).into());
        }
        days(&read_corrected(text.as_bytes(), "log.csv", &said).expect("a table"))
    };
    for year in ["2022/23", "2022-23", "2022/2023"] {
        assert_eq!(
            answered(&[("A2", year), ("A3", year)], rows),
            ["2022-09-21", "2023-01-18", "2023-01-18", "2023-05-03"]
        );
    }
    assert_eq!(answered(&[("A2", "2022/23"), ("A3", "2021/22")], rows)[..2], ["2022-09-21", "2022-01-18"]);
    assert_eq!(answered(&[("A2", "2022"), ("A3", "9/22")], rows)[..2], ["A2", "A3"], "it is no school year");
    // Of lines that name no one year, each may be of another.
    let history = of("Log,\nDate,School\n2016,\n12/9,Oak\n13/9,Oak\n2017,\n12/9,Oak\n");
    let messages: Vec<_> = history.doubts.iter().map(|doubt| doubt.message.as_str()).collect();
    assert!(messages[0] == messages[1] && messages[1] != messages[2], "{messages:?}");
    // Below lines of months days by themselves are of the year, too.
    let rows = "Date,School\nSEPTEMBER,\n12th,Oak\nJANUARY,\nTue 17,Elm\n";
    assert!(of(rows).doubts.iter().all(|doubt| is_for_all(&doubt.message)));
    assert_eq!(answered(&[("A3", "2022/23"), ("A5", "2022/23")], rows), ["2022-09-12", "2023-01-17"]);
}

#[test]
fn what_a_file_says_elsewhere_of_the_year_is_told_and_not_taken() {
    let book = |guidance: &str| {
        let mut book = rust_xlsxwriter::Workbook::new();
        book.add_worksheet().set_name("Guidance").expect("a name").write(0, 0, guidance).expect("a text");
        let sheet = book.add_worksheet().set_name("Autumn").expect("a name");
        sheet.write_row(0, 0, ["Date", "School"]).expect("headings");
        sheet.write_row(1, 0, ["21 Sept", "Oak"]).expect("a row");
        book.save_to_buffer().expect("a workbook")
    };
    for (guidance, name, told) in [
        (
            "Annual return 2022-23",
            "log.xlsx",
            Some("The sheet “Guidance” says “Annual return 2022-23”: perhaps 2022/23."),
        ),
        ("Guidance", "Return 2022-23.xlsx", Some("The file is called “Return 2022-23”: perhaps 2022/23.")),
        ("Annual return 2022-23", "Return 2023-24.xlsx", None),
        ("Guidance", "log.xlsx", None),
    ] {
        let history = read(&book(guidance), name).expect("a table");
        assert_eq!(days(&history), ["A2"]);
        let message = &history.doubts[0].message;
        assert!(message.starts_with("Days of the sheet “Autumn” have no year"), "{message}");
        assert!(told.map_or(!message.contains("perhaps"), |told| message.ends_with(told)), "{message}");
    }
}
