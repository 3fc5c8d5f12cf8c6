//! Which columns say how many came, and of which year groups.

use super::found::{of, told};
use crate::history::{Corrections, read_corrected};

/// Headings, rows, what is understood of each row, headings that are not read.
type Case = (&'static str, &'static [&'static str], &'static [&'static str], &'static str);

fn check(cases: &[Case]) {
    for (headings, rows, wanted, not_read) in cases {
        let history = of(&format!("{headings}\n{}\n", rows.join("\n")));
        let wanted: Vec<String> = wanted.iter().map(|w| (*w).to_owned()).collect();
        let unread = history.tables.first().map(|table| table.not_read.join(",")).unwrap_or_default();
        assert_eq!((told(&history), unread.as_str()), (wanted, *not_read), "{headings}");
    }
}

#[test]
fn other_numbers_are_no_pupils() {
    check(&[
        ("Date,School,Collar no.", &["05/09/2016,Newby,1234"], &["2: Newby 05/09/16 - -"], "Collar no."),
        ("Date,School,Incident no", &["05/09/2016,Newby,412"], &["2: Newby 05/09/16 - -"], "Incident no"),
        ("Date,School,Performance no.", &["05/09/2016,Newby,4"], &["2: Newby 05/09/16 - -"], "Performance no."),
        ("Date,School,Hall size", &["05/09/2016,Newby,120"], &["2: Newby 05/09/16 - -"], "Hall size"),
        ("Date,School,Number,Street", &["05/09/2016,Newby,12,High St"], &["2: Newby 05/09/16 - -"], "Number,Street"),
        ("Show no.,Date,School,Audience", &["7,05/09/2016,Newby,90"], &["2: Newby 05/09/16 - 90"], "Show no."),
        ("Date,School,Attendance %,Pupils", &["05/09/2016,Newby,95,28"], &["2: Newby 05/09/16 - 28"], "Attendance %"),
        (
            "Date,School,Number of pupils/classes",
            &["05/09/2016,Newby,2"],
            &["2: Newby 05/09/16 - -"],
            "Number of pupils/classes",
        ),
        ("Date,School,Pupils and staff", &["05/09/2016,Newby,32"], &["2: Newby 05/09/16 - -"], "Pupils and staff"),
        ("Date,School,Pupils and staff", &["05/09/2016,Newby,28+2 staff"], &["2: Newby 05/09/16 - 28"], ""),
        ("Date,School,Pupils / adults", &["05/09/2016,Newby,30/2"], &["2: Newby 05/09/16 - unclear asked C2"], ""),
        ("Date,School,No show", &["05/09/2016,Newby,2"], &["2: Newby 05/09/16 - -"], ""),
        ("Date,School,Nos,Pupils", &["05/09/2016,Newby,2,28"], &["2: Newby 05/09/16 - 28"], "Nos"),
        // A number of the rows.
        (
            "No.,Date,School",
            &["1,05/09/2016,Newby", "2,06/09/2016,Elm"],
            &["2: Newby 05/09/16 - -", "3: Elm 06/09/16 - -"],
            "No.",
        ),
        ("Date,School,No.", &["05/09/2016,Newby,30"], &["2: Newby 05/09/16 - 30"], ""),
        ("Date,School,No. in session", &["05/09/2016,Newby,30"], &["2: Newby 05/09/16 - 30"], ""),
        ("Date,School,No. of young people", &["05/09/2016,Newby,30"], &["2: Newby 05/09/16 - 30"], ""),
    ]);
}

#[test]
fn columns_of_year_groups_are_read_all_or_none() {
    check(&[
        (
            "Date,School,Y7,Y8,Y9",
            &["05/09/2016,Oak,180,-,-", "06/09/2016,Elm,-,200,-", "07/09/2016,Ash,-,-,150"],
            &["2: Oak 05/09/16 Y7 180", "3: Elm 06/09/16 Y8 200", "4: Ash 07/09/16 Y9 150"],
            "",
        ),
        // One of them alone would be passed over.
        (
            "Date,School,Y5,Y6,Total",
            &["05/09/2016,Oak,28,30,58", "06/09/2016,Elm,28,n/k,28", "07/09/2016,Ash,20,n/k,20"],
            &["2: Oak 05/09/16 Y5+Y6 58", "3: Elm 06/09/16 Y5 28 asked D3", "4: Ash 07/09/16 Y5 20 asked D4"],
            "",
        ),
        (
            "Date,School,Y5,Y6",
            &["05/09/2016,Oak,✓,", "06/09/2016,Elm,x,x", "07/09/2016,Ash,,Y", "08/09/2016,Fir,-,no"],
            &["2: Oak 05/09/16 Y5 -", "3: Elm 06/09/16 Y5+Y6 -", "4: Ash 07/09/16 Y6 -", "5: Fir 08/09/16 - -"],
            "",
        ),
        // Ticks beside a headcount, and a row whose school is missing.
        (
            "Date,School,Y5,Y6,Pupils",
            &["05/09/2016,Oak,x,,28", "06/09/2016,,,x,"],
            &["2: Oak 05/09/16 Y5 28", "3:  06/09/16 Y6 - asked B3"],
            "",
        ),
        // A tick among numbers, numbers among ticks.
        (
            "Date,School,KS1,KS2",
            &["05/09/2016,Oak,30,60", "06/09/2016,Elm,yes,no", "07/09/2016,Ash,no,yes"],
            &["2: Oak 05/09/16 - unclear asked C2 D2", "3: Elm 06/09/16 Y1+Y2 -", "4: Ash 07/09/16 Y3+Y4+Y5+Y6 -"],
            "",
        ),
        ("Date,School,Y5,Y6", &["05/09/2016,Oak,28,✓"], &["2: Oak 05/09/16 Y5 unclear asked D2"], ""),
        (
            "Date,School,Y5,Y6",
            &["05/09/2016,Oak,1,0", "06/09/2016,Elm,1,1"],
            &["2: Oak 05/09/16 Y5 -", "3: Elm 06/09/16 Y5+Y6 -"],
            "",
        ),
        ("Date,School,Y5,Y6,Y6 staff", &["05/09/2016,Oak,30,28,2"], &["2: Oak 05/09/16 Y5+Y6 58"], "Y6 staff"),
        ("Date,School,Y5,Y6,Y6 SEND", &["05/09/2016,Oak,30,28,5"], &["2: Oak 05/09/16 Y5+Y6 58"], "Y6 SEND"),
        (
            "Date,School,Boys,Girls,Male staff,Boys absent",
            &["05/09/2016,Oak,15,14,2,1"],
            &["2: Oak 05/09/16 - 29"],
            "Male staff,Boys absent",
        ),
        ("Date,School,Y5 booked,Y5,Y6", &["05/09/2016,Oak,32,30,28"], &["2: Oak 05/09/16 Y5+Y6 58"], "Y5 booked"),
    ]);
}

#[test]
fn headcounts_are_found_beside_each_other() {
    check(&[
        ("Date,School,How many?", &["05/09/2016,Oak,28"], &["2: Oak 05/09/16 - 28"], ""),
        ("Date,School,Booked,Actual", &["05/09/2016,Oak,30,28"], &["2: Oak 05/09/16 - 28"], "Booked"),
        ("Date,School,Expected pupils,Actual", &["05/09/2016,Oak,30,28"], &["2: Oak 05/09/16 - 28"], "Expected pupils"),
        // Of money, as likely.
        ("Date,School,Budget,Actual", &["05/09/2016,Oak,300,280"], &["2: Oak 05/09/16 - -"], "Budget,Actual"),
        ("Date,School,Booked", &["05/09/2016,Oak,30"], &["2: Oak 05/09/16 - -"], "Booked"),
        ("Date,School,Year,Total,Staff", &["05/09/2016,Oak,Y5,30,2"], &["2: Oak 05/09/16 Y5 30"], "Staff"),
        ("Date,School,Year,Fee,Total", &["05/09/2016,Oak,Y5,30,60"], &["2: Oak 05/09/16 Y5 -"], "Fee,Total"),
        ("Date,School,Y5,Staff,Total", &["05/09/2016,Oak,30,2,32"], &["2: Oak 05/09/16 Y5 30"], "Staff,Total"),
        ("Date,School,Y5,Y6,Total", &["05/09/2016,Oak,30,28,60"], &["2: Oak 05/09/16 Y5+Y6 60 asked E2"], ""),
        ("Date,School,AM,PM", &["05/09/2016,Oak,30,28"], &["2 am: Oak 05/09/16 - 30", "2 pm: Oak 05/09/16 - 28"], ""),
        (
            "Date,School,Pupils (am),Pupils (pm),Year",
            &["05/09/2016,Oak,30,28,Y6", "06/09/2016,Elm,-,25,Y5", "07/09/2016,Ash,,,Y4", "08/09/2016,Fir,0,,Y3"],
            &[
                "2 am: Oak 05/09/16 Y6 30",
                "2 pm: Oak 05/09/16 Y6 28",
                "3 pm: Elm 06/09/16 Y5 25",
                "4: Ash 07/09/16 Y4 -",
                "5 am: Fir 08/09/16 Y3 0",
            ],
            "",
        ),
        (
            "Date,AM school,AM nos,PM nos",
            &["05/09/2016,Oak,30,28", ",same,20,some"],
            &[
                "2 am: Oak 05/09/16 - 30",
                "2 pm: Oak 05/09/16 - 28",
                "3 am: Oak - - 20 asked A3 D3",
                "3 pm: Oak - - unclear asked A3 D3",
            ],
            "",
        ),
        ("Date,School,Session 1 pupils,Session 2 pupils", &["05/09/2016,Oak,30,28"], &["2: Oak 05/09/16 - 58"], ""),
        (
            "Date,School,Session 1 pupils,Session 2 pupils,Total pupils",
            &["05/09/2016,Oak,30,28,60"],
            &["2: Oak 05/09/16 - 60 asked E2"],
            "",
        ),
        ("Date,School,Pupils", &["05/09/2016,Oak,20 + 10 SEN"], &["2: Oak 05/09/16 - unclear asked C2"], ""),
    ]);
    let history = of("Date,School,Numbers,\n,,Expected,Actual\n05/09/2016,Oak,30,28\n");
    assert_eq!(told(&history), ["3: Oak 05/09/16 - 28"]);
    assert_eq!((history.tables[0].header_row, history.left_out.len()), (2, 0));
    let history = of("Date,School,Numbers,,Notes\n,,Expected,Actual,\n05/09/2016,Oak,30,28,x\n");
    assert_eq!(told(&history), ["3: Oak 05/09/16 - 28"]);
    // A row that is no second row of headings stays by itself.
    let history = of("Date,School,Numbers,\nSEPTEMBER,,,\n05/09/2016,Oak,30,\n");
    assert_eq!((history.tables[0].header_row, history.left_out.len()), (1, 1));
}

#[test]
fn who_came_is_no_number_of_classes_or_adults() {
    check(&[
        ("Date,School,Year,Pupils", &["05/09/2016,Oak,2x Y5,60"], &["2: Oak 05/09/16 Y5 60"], ""),
        ("Date,School,Year,Pupils", &["05/09/2016,Oak,2 Y5,60"], &["2: Oak 05/09/16 Y5 60"], ""),
    ]);
    for typed in ["9-10 yrs", "Staff", "Parents", "Governors"] {
        let history = of(&format!("Date,School,Year,Pupils\n05/09/2016,Oak,{typed},30\n"));
        let cells: Vec<_> = history.doubts.iter().map(|doubt| doubt.cell.as_str()).collect();
        assert_eq!(cells, ["C2"], "{typed}");
    }
}

#[test]
fn a_second_school_of_a_row_is_asked_about() {
    check(&[
        (
            "Date,School,Date,School",
            &["05/09/2016,Oak,06/09/2016,Elm", "07/09/2016,Ash,,", ",,08/09/2016,Fir"],
            &["2: Oak 05/09/16 - - asked D2", "3: Ash 07/09/16 - -", "4:  - - - asked A4 D4 B4"],
            "Date,School",
        ),
        (
            "Date,School 1,School 2,Pupils",
            &["05/09/2016,Oak,Elm,60", "06/09/2016,Ash,,30", "07/09/2016,Ash,-,30", "08/09/2016,Ash,Fir,30"],
            &[
                "2: Oak 05/09/16 - 60 asked C2",
                "3: Ash 06/09/16 - 30",
                "4: Ash 07/09/16 - 30",
                "5: Ash 08/09/16 - 30 asked C5",
            ],
            "School 2",
        ),
        (
            "Date,AM,Evening",
            &["05/09/2016,Oak,Elm Primary", "06/09/2016,,Ash Primary"],
            &["2 am: Oak 05/09/16 - - asked C2", "3 am:  06/09/16 - - asked C3 B3"],
            "Evening",
        ),
        (
            "Date,AM,Lunch,PM",
            &["05/09/2016,Oak,Elm Primary,Ash"],
            &["2 am: Oak 05/09/16 - - asked C2", "2 pm: Ash 05/09/16 - - asked C2"],
            "Lunch",
        ),
        (
            "Date,AM,Lunch,PM",
            &["05/09/2016,Oak,packed,Ash"],
            &["2 am: Oak 05/09/16 - -", "2 pm: Ash 05/09/16 - -"],
            "Lunch",
        ),
        (
            "Date,AM school,PM school,Evening school",
            &["05/09/2016,Oak,Elm,", "06/09/2016,Ash,,Fir"],
            &["2 am: Oak 05/09/16 - -", "2 pm: Elm 05/09/16 - -", "3 am: Ash 06/09/16 - - asked D3"],
            "Evening school",
        ),
        (
            "Date,AM school,PM school,Twilight",
            &["05/09/2016,Oak,Elm,none", "06/09/2016,Ash,,none", "07/09/2016,Ash,,Fir"],
            &[
                "2 am: Oak 05/09/16 - -",
                "2 pm: Elm 05/09/16 - -",
                "3 am: Ash 06/09/16 - -",
                "4 am: Ash 07/09/16 - - asked D4",
            ],
            "Twilight",
        ),
        (
            "Date 1,School,Date 2",
            &["05/09/2016,Oak,06/09/2016", "07/09/2016,Elm,"],
            &["2: Oak 05/09/16 - - asked C2", "3: Elm 07/09/16 - -"],
            "Date 2",
        ),
        ("Date,School,Feeder school", &["05/09/2016,Oak,Elm"], &["2: Oak 05/09/16 - -"], "Feeder school"),
        ("Previous school,Date,School", &["Elm,05/09/2016,Oak"], &["2: Oak 05/09/16 - -"], "Previous school"),
        ("Date,School,Last school", &["05/09/2016,Oak,Elm"], &["2: Oak 05/09/16 - -"], "Last school"),
        ("Date,High school,Pupils", &["05/09/2016,Oak,30"], &["2: Oak 05/09/16 - 30"], ""),
        ("Date,Venue,Visiting school", &["05/09/2016,Town Hall,Oak"], &["2: Oak 05/09/16 - -"], "Venue"),
        ("Date,Venue,Schools", &["05/09/2016,Town Hall,Oak"], &["2: Oak 05/09/16 - -"], "Venue"),
        ("Date,Venue,Schools", &["05/09/2016,Oak Primary,2"], &["2: Oak Primary 05/09/16 - -"], "Schools"),
    ]);
    let history = of("Date,School 1,School 2\n05/09/2016,Oak,Elm\n");
    let message = "“Elm” stands in a second column of schools, which is not read. Give each visit a row of its own, or clear the cell.";
    assert_eq!(history.doubts[0].message, message);
}

#[test]
fn one_number_for_two_schools_is_asked_about_and_is_the_only_schools_where_there_is_one() {
    let text = "Date,AM,PM,Pupils,Year group\n11/1/19,Oak Primary,Elm Primary,118,Y6\n14/1/19,Ash Primary,,60,Y5\n15/1/19,Oak Primary,Elm Primary,,Y6\n";
    let history = of(text);
    assert_eq!(
        told(&history),
        [
            "2 am: Oak Primary 11/01/19 Y6 - asked D2",
            "2 pm: Elm Primary 11/01/19 Y6 - asked D2",
            "3 am: Ash Primary 14/01/19 Y5 60",
            "4 am: Oak Primary 15/01/19 Y6 -",
            "4 pm: Elm Primary 15/01/19 Y6 -"
        ]
    );
    assert_eq!(history.doubts.len(), 1, "the cell is asked about once");
    let mut said = Corrections::default();
    said.cells.insert((String::new(), "D2".into()), "-".into());
    assert!(read_corrected(text.as_bytes(), "log.csv", &said).expect("a table").doubts.is_empty());
}
