//! Where tables are, and which of their columns hold what.

use crate::history::*;

/// Each visit in a line: row, half, school, day, year groups, count, what is asked.
pub(super) fn told(history: &History) -> Vec<String> {
    let told = |visit: &Visit| {
        let half = match visit.half.filter(|_| visit.of_two) {
            Some(Half::Am) => " am",
            Some(Half::Pm) => " pm",
            None => "",
        };
        let years = match &visit.years {
            Years::Groups(groups) => groups.iter().map(|y| format!("Y{}", y.number())).collect::<Vec<_>>().join("+"),
            Years::NotGiven => "-".into(),
            other => format!("{other:?}"),
        };
        let count = match visit.count {
            Count::Pupils { pupils, approximate } => format!("{pupils}{}", if approximate { "~" } else { "" }),
            Count::NotGiven => "-".into(),
            Count::Cancelled => "cancelled".into(),
            Count::Unclear => "unclear".into(),
        };
        let on = visit.on.map_or("-".into(), |on| on.format("%d/%m/%y").to_string());
        let mut asked: Vec<&str> =
            history.doubts.iter().filter(|d| d.row == visit.row).map(|d| d.cell.as_str()).collect();
        asked.dedup();
        let asked = if asked.is_empty() { String::new() } else { format!(" asked {}", asked.join(" ")) };
        format!("{}{half}: {} {on} {years} {count}{asked}", visit.row, visit.school)
    };
    history.visits.iter().map(told).collect()
}

pub(super) fn of(text: &str) -> History {
    read(text.as_bytes(), "log.csv").unwrap_or_else(|problems| panic!("{text}: {problems:?}"))
}

/// What the columns hold: `A date, B school`.
fn columns(history: &History) -> String {
    let each = history.tables[0].columns.iter().map(|(letters, role, _)| format!("{letters} {}", role.as_str()));
    each.collect::<Vec<_>>().join(", ")
}

#[test]
fn a_row_with_a_day_or_a_schools_name_is_none_of_headings() {
    for (text, wanted) in [
        (
            "Date,AM,PM\n05/03/2015,Aldershaw Primary Academy,Amberscar Primary Academy\n06/03/2015,Newby,Thackley\n",
            &[
                "2 am: Aldershaw Primary Academy 05/03/15 - -",
                "2 pm: Amberscar Primary Academy 05/03/15 - -",
                "3 am: Newby 06/03/15 - -",
                "3 pm: Thackley 06/03/15 - -",
            ][..],
        ),
        (
            "Date,Morning,Afternoon\n05/09/2016,Peel Park Primary School,\n06/09/2016,,Thackley\n",
            &["2 am: Peel Park Primary School 05/09/16 - -", "3 pm: Thackley 06/09/16 - -"],
        ),
        (
            "Date,AM,PM\n05/09/2016,Peel Park,Frizinghall Primary\n",
            &["2 am: Peel Park 05/09/16 - -", "2 pm: Frizinghall Primary 05/09/16 - -"],
        ),
        (
            "Day,AM,PM,Notes\n05/09/2016,Shipley School,Wibsey School,date changed\n06/09/2016,Newby,Thackley,x\n",
            &[
                "2 am: Shipley School 05/09/16 - -",
                "2 pm: Wibsey School 05/09/16 - -",
                "3 am: Newby 06/09/16 - -",
                "3 pm: Thackley 06/09/16 - -",
            ],
        ),
        ("Date,Venue,Pupils,Notes\n05/09/2016,Peel Park,30,Year group 6\n", &["2: Peel Park 05/09/16 - 30"]),
        // The first row has no day.
        (
            "Date,AM,PM\n,Peel Park Primary School,Frizinghall Primary\n06/09/2016,Newby,Thackley\n",
            &[
                "2 am: Peel Park Primary School - - - asked A2",
                "2 pm: Frizinghall Primary - - - asked A2",
                "3 am: Newby 06/09/16 - -",
                "3 pm: Thackley 06/09/16 - -",
            ],
        ),
        // A day without a year, and one that is none.
        (
            "Log 2016-17,,\nDate,AM,PM\n12/9,Newby,Thackley\n31/11/16,Peel Park,Wibsey\n",
            &[
                "3 am: Newby 12/09/16 - -",
                "3 pm: Thackley 12/09/16 - -",
                "4 am: Peel Park - - - asked A4",
                "4 pm: Wibsey - - - asked A4",
            ],
        ),
        // Headings with more columns lower down are another table's: what stands above is not lost to it.
        (
            "Date,School\n05/09/2016,Newby\nDate,School,Year,Pupils,Notes\n06/09/2016,Thackley,Y6,30,x\n",
            &["2: Newby 05/09/16 - -", "4: Thackley 06/09/16 Y6 30"],
        ),
    ] {
        assert_eq!(told(&of(text)), wanted, "{text}");
    }
}

#[test]
fn columns_of_ages_may_be_headed_like_days() {
    let history = of("Date,School,5-7,7-11\n05/09/2016,Newby,30,20\n");
    assert_eq!(columns(&history), "A date, B school");
    assert_eq!(history.tables[0].not_read, ["5-7", "7-11"]);
}

#[test]
fn of_two_columns_for_the_same_the_one_of_what_took_place_is_read() {
    for (headings, row, wanted, not_read) in [
        (
            "Booking date,Session date,School,Year,No. booked,No. attended",
            "01/07/2016,05/10/2016,Newby,Y6,30,24",
            "2: Newby 05/10/16 Y6 24",
            &["Booking date", "No. booked"][..],
        ),
        ("Date booked,Date of visit,School", "01/07/2016,05/09/2016,Newby", "2: Newby 05/09/16 - -", &["Date booked"]),
        ("Date,Date of visit,School", "01/07/2016,05/09/2016,Newby", "2: Newby 05/09/16 - -", &["Date"]),
        ("Date of enquiry,Date,School", "01/07/2016,05/09/2016,Newby", "2: Newby 05/09/16 - -", &["Date of enquiry"]),
        (
            "Date,School,Expected pupils,Actual pupils",
            "05/09/2016,Newby,30,25",
            "2: Newby 05/09/16 - 25",
            &["Expected pupils"],
        ),
        ("Date,School,Attendance", "05/09/2016,Newby,25", "2: Newby 05/09/16 - 25", &[]),
        ("Date,School,Attended", "05/09/2016,Newby,25", "2: Newby 05/09/16 - 25", &[]),
        ("Date,School,Pupils,Attended", "05/09/2016,Newby,25,yes", "2: Newby 05/09/16 - 25", &[]),
        ("Date,School,Pupils,Attended", "05/09/2016,Newby,25,No", "2: Newby 05/09/16 - 25 asked D2", &[]),
        ("Date,School,Boys,Girls", "05/09/2016,Newby,14,16", "2: Newby 05/09/16 - 30", &[]),
        ("Date,School,Boys,Girls,Pupils", "05/09/2016,Newby,14,16,30", "2: Newby 05/09/16 - 30", &[]),
        ("Date,School,Boys,Girls,Pupils", "05/09/2016,Newby,14,16,31", "2: Newby 05/09/16 - 31 asked E2", &[]),
        ("Date,School,Boys,Girls", "05/09/2016,Newby,14,lots", "2: Newby 05/09/16 - unclear asked D2", &[]),
        ("Date,School,Y3,Y4,Y5,Y6", "05/09/2016,Newby,0,5,28,30", "2: Newby 05/09/16 Y4+Y5+Y6 63", &[]),
        ("Date,School,Reception,Year 1", "05/09/2016,Newby,20,10", "2: Newby 05/09/16 Y0+Y1 30", &[]),
        ("Date,School,Y3,Y4", "05/09/2016,Newby,x,", "2: Newby 05/09/16 Y3 -", &[]),
        ("Date,School,Y3,Y4", "05/09/2016,Newby,Mrs Hill,Kim", "2: Newby 05/09/16 - -", &["Y3", "Y4"]),
        ("Date,School,School type,Pupils", "05/09/2016,Newby,Primary,30", "2: Newby 05/09/16 - 30", &["School type"]),
        ("Date,School type,School,Pupils", "05/09/2016,Primary,Newby,30", "2: Newby 05/09/16 - 30", &["School type"]),
        ("Session no.,Date,School,No.", "7,05/09/2016,Newby,30", "2: Newby 05/09/16 - 30", &["Session no."]),
        (
            "Date,School,No. of staff,No. of pupils",
            "05/09/2016,Newby,2,30",
            "2: Newby 05/09/16 - 30",
            &["No. of staff"],
        ),
    ] {
        let history = of(&format!("{headings}\n{row}\n"));
        assert_eq!(
            (told(&history), &history.tables[0].not_read[..]),
            (vec![wanted.to_owned()], not_read.iter().map(|h| (*h).to_owned()).collect::<Vec<_>>().as_slice()),
            "{headings}"
        );
    }
}

#[test]
fn whatever_number_a_school_has_is_no_headcount() {
    for heading in [
        "DfE number",
        "DCSF no",
        "Establishment number",
        "School number",
        "DfES Number",
        "LAESTAB",
        "DfE",
        "LA/Est",
        "URN",
    ] {
        let history = of(&format!("Date,School,{heading},Year,Pupils\n05/09/2016,Newby,3802027,Y6,30\n"));
        assert_eq!(told(&history), ["2: Newby 05/09/16 Y6 30"], "{heading}");
        let history = of(&format!("Date,School,{heading}\n05/09/2016,Newby,380/2027\n"));
        assert_eq!(told(&history), ["2: Newby 05/09/16 - -"], "{heading}");
        let visit = &history.visits[0];
        let number = if heading == "URN" { &visit.urn } else { &visit.dfe };
        assert_eq!(number, "380/2027", "{heading}");
    }
    // A number says which school it was where nobody typed its name.
    let history = of("Date,URN,Year,Pupils\n05/09/2016,101494,Y6,30\n06/09/2016,,Y5,20\n07/09/2016,,,\n");
    assert_eq!(told(&history), ["2:  05/09/16 Y6 30", "3:  06/09/16 Y5 20 asked B3"]);
}

#[test]
fn each_half_of_a_day_has_its_own() {
    let rows = "School AM,School PM,Year AM,Year PM,Pupils AM,Pupils PM";
    let history = of(&format!("Date,{rows}\n05/03/2014,Oak,Elm,Y3,Y6,30,31\n06/03/2014,Oak,,Y3,,30,\n"));
    assert_eq!(told(&history), ["2 am: Oak 05/03/14 Y3 30", "2 pm: Elm 05/03/14 Y6 31", "3 am: Oak 06/03/14 Y3 30"]);
    // One column of year groups is both halves', though the heading above it reaches over it.
    let history = of(",AM,,PM,,\nDate,School,Nos,School,Nos,Year\n05/03/2014,Oak,30,Elm,31,Y6\n");
    assert_eq!(told(&history), ["3 am: Oak 05/03/14 Y6 30", "3 pm: Elm 05/03/14 Y6 31"]);
    // A number for both is neither's.
    let history = of("Date,AM,PM,Pupils\n05/03/2014,Oak,Elm,60\n");
    assert_eq!(told(&history), ["2 am: Oak 05/03/14 - - asked D2", "2 pm: Elm 05/03/14 - - asked D2"]);
    // Beside a school, AM and PM say when it was.
    let history = of("Date,School,AM,PM\n05/03/2014,Oak,x,\n");
    assert_eq!(
        (columns(&history).as_str(), told(&history)),
        ("A date, B school", vec!["2: Oak 05/03/14 - -".to_owned()])
    );
}

#[test]
fn of_several_notes_the_one_that_says_most_counts() {
    let history = of(
        "Date,School,Notes,Status\n05/09/2016,Oak,went well,Cancelled - snow\n06/09/2016,Elm,canc,\n07/09/2016,Ash,,held\n",
    );
    let outcomes: Vec<_> = history.visits.iter().map(|v| (v.outcome, v.reason)).collect();
    use domain::session::Reason;
    assert_eq!(
        outcomes,
        [
            (Outcome::Cancelled, Reason::SchoolClosed),
            (Outcome::Cancelled, Reason::Other),
            (Outcome::Held, Reason::Other)
        ]
    );
}

#[test]
fn a_person_says_where_the_headings_are() {
    let text = "School,Date,Year\nLog of visits,,\nWhere,On,Who\nNewby,05/09/2016,Y6\nThackley,06/09/2016,Y5\n";
    let read = |headings: Headings, columns: &[(&str, Role)]| {
        let mut said = Corrections::default();
        said.headings.insert(String::new(), headings);
        said.columns.insert(String::new(), columns.iter().map(|(l, r)| ((*l).to_owned(), Some(*r))).collect());
        read_corrected(text.as_bytes(), "log.csv", &said).expect("a table")
    };
    assert_eq!(of(text).tables[0].header_row, 1);
    let columns = [("A", Role::School), ("B", Role::Date), ("C", Role::Years)];
    let history = read(Headings::Row(3), &columns);
    assert_eq!((history.tables[0].header_row, history.tables[0].headings[0].1.as_str()), (3, "Where"));
    assert_eq!(told(&history), ["4: Newby 05/09/16 Y6 -", "5: Thackley 06/09/16 Y5 -"]);
    assert_eq!(history.left_out.iter().map(|row| row.row).collect::<Vec<_>>(), [1, 2]);
    // Until somebody says what the columns hold, no row is a visit.
    let history = read(Headings::Row(3), &[]);
    assert_eq!((history.visits.len(), history.left_out.len()), (0, 4));
    // What stands above it is not part of them.
    let text_below = "Date,School,Kept by Kim\nThe day,The place,Who\n05/09/2016,Newby,Y6\n";
    let mut said = Corrections::default();
    said.headings.insert(String::new(), Headings::Row(2));
    let history = read_corrected(text_below.as_bytes(), "log.csv", &said).expect("a table");
    assert_eq!(
        history.tables[0].headings.iter().map(|(_, h)| h.as_str()).collect::<Vec<_>>(),
        ["The day", "The place", "Who"]
    );
    // Nothing stands in row 9: the reader looks for itself.
    assert_eq!(read(Headings::Row(9), &[]).tables[0].header_row, 1);
    let history = read(Headings::Out, &[]);
    let skipped = &history.skipped[0];
    assert_eq!((skipped.rows, skipped.last_row, skipped.begins[2].clone()), (5, 5, (3, "Where · On · Who".to_owned())));
    assert!(history.tables.is_empty() && history.visits.is_empty() && history.left_out.is_empty());
    // Without headings the first row is a visit, and days and schools' names tell their columns.
    let mut said = Corrections::default();
    said.headings.insert(String::new(), Headings::Row(0));
    let text = "05/09/2016,Newby Primary,Y6\n06/09/2016,Thackley Primary School,Y5\n";
    let history = read_corrected(text.as_bytes(), "log.csv", &said).expect("a table");
    assert_eq!(told(&history), ["1: Newby Primary 05/09/16 - -", "2: Thackley Primary School 06/09/16 - -"]);
    let headings: Vec<_> = history.tables[0].headings.iter().map(|(letters, _)| letters.as_str()).collect();
    assert_eq!(
        (history.tables[0].header_row, headings, history.tables[0].shape.as_str()),
        (0, vec!["A", "B", "C"], "")
    );
}

#[test]
fn tables_below_one_another_have_their_own_columns_and_years() {
    let text = "Autumn 2016\nDate,School,Booked,Attended,Year\n5/9,Newby,30,28,Y6\n\n\
        Spring 2017\nSchool,Date,Year,Attended,Booked\nThackley,5/1,6,20,30\n\
        School,Date,Year,Attended,Booked\nWibsey,6/1,5,21,30\n\
        Autumn 2017\n,AM,,PM,\nDate,School,Nos,School,Nos\n7/9,Newby,22,Wibsey,23\n";
    let history = of(text);
    let tables: Vec<_> =
        history.tables.iter().map(|t| (t.place.as_str(), t.header_row, t.last_row, t.academic_year)).collect();
    let year = |first| Some(first);
    assert_eq!(tables, [("", 2, 5, year(2016)), (":6", 6, 10, year(2016)), (":12", 12, 13, year(2017))]);
    assert_eq!(
        told(&history),
        [
            "3: Newby 05/09/16 Y6 28",
            "7: Thackley 05/01/17 Y6 20",
            "9: Wibsey 06/01/17 Y5 21",
            "13 am: Newby 07/09/17 - 22",
            "13 pm: Wibsey 07/09/17 - 23"
        ]
    );
    // What a person says of a table is of no other.
    let mut said = Corrections::default();
    said.years.insert(":6".into(), AcademicYear::new(2014).expect("a year"));
    said.columns.insert(":6".into(), vec![("E".into(), Some(Role::Pupils))]);
    let history = read_corrected(text.as_bytes(), "log.csv", &said).expect("tables");
    assert_eq!(
        told(&history)[..3],
        ["3: Newby 05/09/16 Y6 28", "7: Thackley 05/01/15 Y6 30", "9: Wibsey 06/01/15 Y5 30"]
    );
    // Where a person says that there are no headings, there are none below.
    said.headings.insert(String::new(), Headings::Row(0));
    assert_eq!(read_corrected(text.as_bytes(), "log.csv", &said).expect("a table").tables.len(), 1);
}

#[test]
fn a_table_of_little_that_is_known_is_not_read_by_the_columns_above_it() {
    for (head, row, wanted) in [
        ("Date,School,Staff", "11/09/2018,Wibsey,12", "4: Wibsey 11/09/18 - -"),
        ("Date,School,Staff,Cost", "11/09/2018,Wibsey,9,120", "4: Wibsey 11/09/18 - -"),
        ("Date,School,Teachers trained,Hours", "11/09/2018,Wibsey,12,2", "4: Wibsey 11/09/18 - -"),
        ("Date,School,Officer,Miles", "11/09/2018,Wibsey,PC Smith,12", "4: Wibsey 11/09/18 - -"),
        ("School,Date,Reason", "Wibsey,11/09/2018,snow", "4: Wibsey 11/09/18 - -"),
    ] {
        let history = of(&format!("Date,School,Year,Nos\n10/09/2018,Newby,Y6,30\n{head}\n{row}\n"));
        assert_eq!(told(&history), ["2: Newby 10/09/18 Y6 30", wanted], "{head}");
    }
}

#[test]
fn a_groups_label_hides_no_heading_that_is_not_the_groups() {
    let text = "Log 2018-19,,,,,,\n,,Children,,Adults,,\nDate,School,Yr,Nos,Nos,Status,Comments\n\
        5/9,Newby,Y6,28,2,LOCKDOWN,\n6/9,Wibsey,Y5,20,1,delivered,went well\n";
    let history = of(text);
    assert_eq!(columns(&history), "A date, B school, C years, D pupils, F notes, G notes");
    assert_eq!(history.unsure.iter().map(|unsure| unsure.cell.as_str()).collect::<Vec<_>>(), ["F4"]);
}

#[test]
fn a_table_that_lacks_its_schools_says_so() {
    let text = "Date,Yr,Nos\n05/09/2016,Y6,28\n";
    let mut said = Corrections::default();
    said.headings.insert(String::new(), Headings::Row(1));
    let history = read_corrected(text.as_bytes(), "log.csv", &said).expect("a table");
    assert_eq!((history.tables[0].lacks(), history.visits.len()), (Some("school"), 0));
    said.columns.insert(String::new(), vec![("B".into(), Some(Role::School))]);
    let history = read_corrected(text.as_bytes(), "log.csv", &said).expect("a table");
    assert_eq!(history.tables[0].lacks(), None);
}

#[test]
fn a_row_that_is_written_into_begins_no_table() {
    for row in [
        "the school wants another date,Newby,30,x",
        "date,school,x,y",
        "Date TBC,Newby Primary School,Y6,30",
        "When?,the school will say,year?,pupils?",
    ] {
        let history = of(&format!("Date,School,Year,Pupils\n05/09/2016,Newby,Y6,28\n{row}\n,Wibsey,Y5,20\n"));
        assert_eq!(history.tables.len(), 1, "{row}");
    }
}

#[test]
fn a_file_whose_headings_nobody_knows_waits_for_a_person_to_say_where_they_are() {
    let text = "Diary\nPitch,Gig,Heads\nNewby,5 Sept,28\n";
    let history = of(text);
    assert!(history.tables.is_empty() && history.visits.is_empty());
    let begins = ["Diary", "Pitch · Gig · Heads", "Newby · 5 Sept · 28"].map(str::to_owned);
    assert_eq!(history.skipped[0].begins, (1..).zip(begins).collect::<Vec<_>>());
    let mut said = Corrections::default();
    said.headings.insert(String::new(), Headings::Row(2));
    // What a column holds may tell what it is: days, and what calls itself a school.
    let whole = text.replace("Newby", "Newby Primary School");
    let history = read_corrected(whole.as_bytes(), "diary.csv", &said).expect("a table");
    assert_eq!(columns(&history), "A school, B date");
    let roles = [("A", Role::School), ("B", Role::Date), ("C", Role::Pupils)];
    said.columns.insert(String::new(), roles.map(|(l, r)| (l.to_owned(), Some(r))).to_vec());
    said.years.insert(String::new(), AcademicYear::new(2016).expect("a year"));
    let history = read_corrected(text.as_bytes(), "diary.csv", &said).expect("a table");
    assert_eq!(told(&history), ["3: Newby 05/09/16 - 28"]);
}

#[test]
fn counts_headed_alike_are_of_the_half_they_stand_beside() {
    for (head, row, columns_are) in [
        (
            "Date,AM venue,Nos,PM venue,Nos,Yr",
            "05/09/16,Newby,30,Thackley,28,Y6",
            "A date, B am_school, C am_pupils, D pm_school, E pm_pupils, F years",
        ),
        (
            "Date,Nos,AM venue,Nos,PM venue",
            "05/09/16,30,Newby,28,Thackley",
            "A date, B am_pupils, C am_school, D pm_pupils, E pm_school",
        ),
        // A sum of both is of neither.
        ("Date,AM venue,PM venue,Nos", "05/09/16,Newby,Thackley,58", "A date, B am_school, C pm_school, D pupils"),
        (
            "Date,AM venue,PM venue,Nos,Nos",
            "05/09/16,Newby,Thackley,30,28",
            "A date, B am_school, C pm_school, D pupils",
        ),
    ] {
        let history = of(&format!("{head}\n{row}\n"));
        assert_eq!(columns(&history), columns_are, "{head}");
        let counts: Vec<_> = history.visits.iter().map(|visit| visit.count.clone()).collect();
        let pupils = |pupils| Count::Pupils { pupils, approximate: false };
        let wanted = if columns_are.contains("am_pupils") {
            [pupils(30), pupils(28)]
        } else {
            [Count::NotGiven, Count::NotGiven]
        };
        assert_eq!(counts, wanted, "{head}");
    }
}
