use super::*;

fn read(bytes: &[u8], file_name: &str) -> Result<RollList, Vec<Problem>> {
    super::read(bytes, file_name, &["Bradford".to_owned()])
}

fn years(roll: &SchoolRoll) -> Vec<(i8, i64)> {
    roll.by_year.iter().map(|(year, pupils)| (year.number(), *pupils)).collect()
}

#[test]
fn the_official_layout_is_read_with_its_titles_totals_and_notes() {
    let text = "Schools pupils and their characteristics\nTable 7d: school level\n\n\
        time_period,geographic_level,URN,school_name,headcount of pupils,fte pupils,Full time boys Year group 6,Full time girls Year group 6,Part time boys Year group 6,Part time girls Year group 6,Full time boys Year group 7,Full time girls Year group 7,EHC plan,% EHC plan\n\
        202425,National,,,\"1,234,567\",1.5,600,634,0,0,1,1,12,2\n\
        202425,School,107253,Crossflatts,\"1,418\",410.5,31,29,0,1,0,0,c,1\n\
        202425,School,107254,Beck,93,93,c,14,0,0,0,0,<5,x\n\
        202425,School,107255,Hill,low,z,0,0,0,0,,x,0,0\n\
        ,,Total,All schools,9,9,9,9,9,9,9,9,9,9\n\
        Source: School census\n";
    let list = read(text.as_bytes(), "census.csv").unwrap();
    assert_eq!(list.academic_year, AcademicYear::new(2024).ok());
    assert_eq!((list.totals, list.notes), (2, 1));
    let [first, second, third] = &list.schools[..] else { panic!("{list:?}") };
    assert_eq!((first.row, first.known_by().as_str(), first.pupils, first.ehc_plans), (6, "107253", Some(1_418), None));
    assert_eq!(years(first), [(6, 61), (7, 0)], "full time and part time, boys and girls");
    assert_eq!(years(second), [(7, 0)], "what is withheld is not known, and never a zero");
    assert_eq!((second.pupils, second.ehc_plans, second.sen_support), (Some(93), None, None));
    assert_eq!((years(third), third.pupils, third.ehc_plans), (vec![(6, 0)], None, Some(0)));
    // c, c, <5, low, x; a percentage is not read.
    assert_eq!(list.withheld, 5);
}

#[test]
fn year_groups_that_are_more_than_all_pupils_are_told() {
    let text = "URN,Pupils,Year 5,Year 6\n107253,60,35,35\n107254,60,36,35\n107255,,99,99\n107256,c,9,9\n";
    let list = read(text.as_bytes(), "rolls 2025-26.csv").unwrap();
    let above: Vec<_> = list.above_headcount().map(|s| (s.row, s.above_headcount())).collect();
    assert_eq!(above, [(3, Some(71))], "ten may come of rounding");
}

#[test]
fn plainer_files_are_read_too() {
    let text = "URN;Reception;Year 1;Y2;SEN support;EHC plans\n107253;30;28;[c];12;3\n";
    let list = read(text.as_bytes(), "rolls 2025-26.csv").unwrap();
    assert_eq!(list.academic_year, AcademicYear::new(2025).ok(), "the file's name tells");
    let roll = &list.schools[0];
    assert_eq!((years(roll), roll.sen_support, roll.ehc_plans), (vec![(0, 30), (1, 28)], Some(12), Some(3)));
    let sen = read(b"URN,Total pupils,SEN support,EHC plan\n107253,210,c,7\n", "sen.csv").unwrap();
    assert_eq!((sen.academic_year, sen.schools[0].ehc_plans, sen.withheld), (None, Some(7), 1));
    for (heading, text, first) in [
        ("Census year", "2025", Some(2024)),
        ("Census year", "Autumn 2025", Some(2025)),
        ("Census year", "January 2025", Some(2024)),
        ("time_period", "2024/25", Some(2024)),
        ("Academic year", "2025/26", Some(2025)),
        // 2024/25 or 2025/26: whoever imports it is asked.
        ("Academic year", "2025", None),
        ("time_period", "202426", None),
        ("time_period", "", None),
    ] {
        assert_eq!(period(heading, text).map(AcademicYear::first), first, "{heading}: {text}");
    }
}

#[test]
fn every_problem_is_named_with_its_cell() {
    let text = "URN,School,Year 6\n107253,A,thirty\n107253,A,30\nx,B,20\n107254,C,-3\n107255,D,2.5\n,E,7\n";
    let problems = read(text.as_bytes(), "a.csv").unwrap_err();
    let at: Vec<_> = problems.iter().map(|p| (p.row.unwrap(), p.column.as_deref().unwrap())).collect();
    assert_eq!(at, [(2, "Year 6"), (3, "URN"), (4, "URN"), (5, "Year 6"), (6, "Year 6"), (7, "URN")]);
    let several = "URN,time_period,Year 6\n107253,202324,1\n107254,202425,1\n";
    assert!(read(several.as_bytes(), "a.csv").unwrap_err()[0].message.contains("2023/24, 2024/25"));
    for (text, words) in [("a,b\n1,2\n", "no pupils by year group"), ("URN,Year 6\n", "no schools"), ("", "empty")] {
        assert!(read(text.as_bytes(), "a.csv").unwrap_err()[0].message.contains(words), "{text}");
    }
    assert!(read(b"URN,Full time boys Year group 6\n107253,3\n", "a.csv").is_err(), "boys alone are no year group");
}

#[test]
fn schools_are_known_by_urn_or_by_laestab() {
    for (text, expected) in [
        ("laestab,Year 6\n3803377,1\n380/2027,2\n", Ok(vec!["380/3377", "380/2027"])),
        ("DfE number,School,Year 6\n380 3377,A,1\n", Ok(vec!["380/3377"])),
        ("LA (code),EstablishmentNumber,Year 6\n380,3377,1\n", Ok(vec!["380/3377"])),
        ("LA code,Estab,Year 6\n380.0,3377.0,1\n", Ok(vec!["380/3377"])),
        ("Establishment number,Year 6\n3377,1\n", Ok(vec!["3377"])),
        (
            "URN,LAESTAB,Year 6\n107253,3803377,1\n,3802027,2\nn/a,3802028,2\n",
            Ok(vec!["107253", "380/2027", "380/2028"]),
        ),
        // A wrong URN is not passed over.
        ("URN,LAESTAB,Year 6\n10725,3803377,1\n", Err(vec!["URN"])),
        ("URN,LAESTAB,Year 6\n,38033,1\n,,2\n", Err(vec!["LAESTAB", "URN"])),
        ("LAESTAB,Year 6\n3803377,1\n380/3377,2\n", Err(vec!["LAESTAB"])),
        ("LA code,Estab,Year 6\n380,,1\n380,33,1\n", Err(vec!["Estab"])),
    ] {
        let got = match read(text.as_bytes(), "a.csv") {
            Ok(list) => Ok(list.schools.iter().map(SchoolRoll::known_by).collect::<Vec<_>>()),
            Err(problems) => Err(problems.into_iter().map(|p| p.column.unwrap_or_default()).collect()),
        };
        let owned = |texts: Vec<&str>| texts.into_iter().map(str::to_owned).collect::<Vec<_>>();
        assert_eq!(got, expected.map(owned).map_err(owned), "{text}");
    }
    let nameless = read(b"URN,School,Year 6\n107253,A,1\n,Beck Primary School,7\n", "a.csv").unwrap_err();
    assert!(nameless[0].message.contains("no URN and no LAESTAB"), "{}", nameless[0].message);
}

#[test]
fn totals_are_told_from_schools() {
    let head = "time_period,region_name,la_name,URN,laestab,school_name,Year 5,Year 6\n";
    let schools = "202425,Yorkshire and The Humber,Bradford,107253,3803377,A,10,20\n\
                   202425,Yorkshire and The Humber,Bradford,107254,3803378,B,30,c\n";
    for (row, is_total) in [
        ("202425,,,,,Bradford,9,9", true),
        ("202425,,,,,BRADFORD LA,9,9", true),
        ("202425,,,,,England,9,9", true),
        ("202425,Yorkshire and The Humber,,,,,9,9", true),
        ("202425,Yorkshire and The Humber,Bradford,,,,9,9", true),
        ("202425,,,,,Average,9,9", true),
        // What the schools above add up to, as far as they are known.
        ("202425,,,,,Our schools,40,20", true),
        ("202425,,,,,,40,20", true),
        ("202425,,,,,Our schools,40,21", false),
        ("202425,,,,,Our schools,40,", false),
        ("202425,,,,,,9,9", false),
        // A school without a number lies somewhere too.
        ("202425,Yorkshire and The Humber,Bradford,,,C,9,9", false),
        ("202425,,,,,Bradford Academy,9,9", false),
    ] {
        let read = read(format!("{head}{schools}{row}\n").as_bytes(), "a.csv");
        let totals = read.as_ref().map(|list| (list.schools.len(), list.totals)).map_err(|problems| problems[0].row);
        assert_eq!(totals, if is_total { Ok((2, 1)) } else { Err(Some(4)) }, "{row}");
    }
    // A level says it best: beside a school its country stands too.
    let levels = "geographic_level,country_name,URN,Year 6\nSchool,England,107253,1\nSchool,England,,2\n";
    assert_eq!(read(levels.as_bytes(), "a.csv").unwrap_err()[0].row, Some(3));
    let level = "geographic_level,la_name,URN,Year 6\nSchool,Bradford,107253,1\nLocal authority,Bradford,,2\n";
    assert_eq!(read(level.as_bytes(), "a.csv").unwrap().totals, 1);
}

/// The first school's year groups, or the headings that cannot be told apart.
fn read_years(text: &str) -> Result<Vec<(i8, i64)>, Vec<String>> {
    match read(text.as_bytes(), "a.csv") {
        Ok(list) => Ok(years(&list.schools[0])),
        Err(problems) => Err(problems.into_iter().map(|p| p.column.unwrap_or(p.message)).collect()),
    }
}

#[test]
fn groups_above_the_headings_count() {
    for (text, expected) in [
        (",,Boys,,Girls,\nURN,School,Year 5,Year 6,Year 5,Year 6\n107253,A,30,28,28,29\n", vec![(5, 58), (6, 57)]),
        (
            ",,EHC plans,,All pupils,\nURN,School,Year 5,Year 6,Year 5,Year 6\n107253,A,1,2,58,57\n",
            vec![(5, 58), (6, 57)],
        ),
        (",,Key stage 2,\nURN,School,Year 5,Year 6\n107253,A,58,57\n", vec![(5, 58), (6, 57)]),
        ("Pupils with SEND\nURN,School,Year 5,Year 6\n107253,A,58,57\n", vec![(5, 58), (6, 57)]),
    ] {
        assert_eq!(read_years(text), Ok(expected), "{text}");
    }
    let of_plans = read_years(",,EHC plans,\nURN,School,Year 5,Year 6\n107253,A,1,2\n");
    assert!(of_plans.is_err(), "plans are not taken for pupils: {of_plans:?}");
    // Where two columns are called the same, the one with the fault is named by its letters, to be found and marked.
    let wrong = read_years(",,Boys,,Girls,\nURN,School,Year 5,Year 6,Year 5,Year 6\n107253,A,30,28,many,29\n");
    assert_eq!(wrong, Err(vec!["E".to_owned()]));
}

#[test]
fn bare_numbers_are_year_groups_where_the_headings_say_so() {
    for (text, expected) in [
        ("URN,School,N2,R,1,2\n107253,A,20,30,28,29\n", vec![(-1, 20), (0, 30), (1, 28), (2, 29)]),
        (",,Year group,,\nURN,School,5,6,7\n107253,A,30,28,29\n", vec![(5, 30), (6, 28), (7, 29)]),
        // A number that does not go on from the one before may be anything.
        ("URN,School,R,3,4\n107253,A,30,1,2\n", vec![(0, 30)]),
        (",,,Pupils by reason,\nURN,School,R,2,3\n107253,A,30,1,2\n", vec![(0, 30)]),
    ] {
        assert_eq!(read_years(text), Ok(expected), "{text}");
    }
}

#[test]
fn columns_that_nothing_tells_apart_are_refused() {
    let text = "URN,School,Year 5,Year 6,Year 5,Pupils,Pupils,SEN support\n107253,A,30,28,28,90,80,3\n";
    assert_eq!(read_years(text), Err(vec!["E".to_owned(), "G".to_owned()]));
}

#[test]
fn what_stands_for_few_or_for_a_total_is_known_by_its_usual_words() {
    let text = "URN,School,Year 5,Year 6\n107253,A,fewer than 5,≤5\n,Primary subtotal,40,50\n,Total,1,2\n";
    let list = read(text.as_bytes(), "a.csv").unwrap();
    assert_eq!((list.withheld, list.totals, list.schools.len()), (2, 2, 1));
}

/// A workbook of these sheets, each with rows of texts.
fn workbook(sheets: &[(&str, &[&[&str]])]) -> Vec<u8> {
    let mut book = rust_xlsxwriter::Workbook::new();
    for (name, rows) in sheets {
        let sheet = book.add_worksheet();
        sheet.set_name(*name).unwrap();
        for (at, row) in (0..).zip(*rows) {
            sheet.write_row(at, 0, row.iter().copied()).unwrap();
        }
    }
    book.save_to_buffer().unwrap()
}

#[test]
fn every_sheet_with_the_columns_is_read() {
    let head: &[&str] = &["URN", "School", "Year 6"];
    let first: (&str, &[&[&str]]) = ("Primary 2025-26", &[head, &["107253", "A", "30"]]);
    let notes: (&str, &[&[&str]]) = ("Notes", &[&["Source: census"]]);
    let both =
        read(&workbook(&[first, notes, ("Secondary 2025-26", &[head, &["107254", "B", "40"]])]), "a.xlsx").unwrap();
    assert_eq!((both.schools.len(), both.academic_year), (2, AcademicYear::new(2025).ok()));
    let twice = read(&workbook(&[first, ("Again", &[head, &["107253", "A", "31"]])]), "a.xlsx").unwrap_err();
    assert_eq!((twice[0].sheet.as_deref(), twice[0].row), (Some("Again"), Some(2)));
    let says = "A (107253) is there twice: it stands in row 2 of “Primary 2025-26”, too. Keep one row of it.";
    assert_eq!(twice[0].message, says);
    let years = read(&workbook(&[first, ("2024-25", &[head, &["107254", "B", "40"]])]), "a.xlsx").unwrap_err();
    assert!(years[0].message.contains("2024/25, 2025/26"), "{}", years[0].message);
}

proptest::proptest! {
    #[test]
    fn whatever_is_uploaded_is_answered(bytes in proptest::collection::vec(proptest::prelude::any::<u8>(), 0..300)) {
        let _ = read(&bytes, "a.csv");
        if let Ok(list) = read(&[b"URN,Year 6,EHC plan\n".as_slice(), &bytes].concat(), "a.csv") {
            for roll in list.schools {
                proptest::prop_assert!(roll.by_year.values().all(|n| (0..=MOST_PUPILS).contains(n)));
            }
        }
    }
}

#[test]
fn a_file_with_problems_says_all_the_same_whether_it_has_a_year() {
    let says = |text: &str, name: &str| says_year(text.as_bytes(), name, &[]);
    let wrong = "URN,School,Year 6\n107253,Crossflatts,many\n";
    assert!(read(wrong.as_bytes(), "rolls.csv").is_err());
    assert!(!says(wrong, "rolls.csv"));
    assert!(says(wrong, "rolls 2025-26.csv"), "the file's name tells");
    assert!(says(&format!("time_period,{}", wrong.replace("\n1", "\n202526,1")), "rolls.csv"));
    assert!(says("Dear all\n", "letter.csv"), "what is no list is not asked about its year");
}

#[test]
fn columns_that_may_be_of_a_year_group_and_are_not_read_are_named() {
    let text = "URN,R,Y1,Yr 2,Y3-4,Nursery,Boys Year 5,Year 6,Year 6 FSM,% Year 6,Boys Year 6,Ward\n\
        107253,30,28,29,60,20,15,32,4,9,16,X\n";
    let list = read(text.as_bytes(), "a.csv").unwrap();
    assert_eq!(years(&list.schools[0]), [(0, 30), (1, 28), (2, 29), (6, 32)]);
    let unread: Vec<_> = list.unread.iter().map(|u| (u.column.as_str(), u.heading.as_str())).collect();
    assert_eq!(unread, [("E", "Y3-4"), ("F", "Nursery"), ("G", "Boys Year 5"), ("I", "Year 6 FSM")]);
}

#[test]
fn plans_and_support_are_known_by_what_their_headings_say() {
    for heading in [
        "EHCPs",
        "Number of EHCPs",
        "No. of pupils with an EHC plan",
        "EHC plan headcount",
        "Pupils with a statement or EHC plan",
    ] {
        let list = read(format!("URN,Y6,{heading}\n107253,30,7\n").as_bytes(), "a.csv").unwrap();
        assert_eq!((list.schools[0].ehc_plans, list.schools[0].sen_support), (Some(7), None), "{heading}");
    }
    for heading in ["SEN Support (K)", "SEND support", "Total SEN support", "Pupils on SEN support (headcount)"] {
        let list = read(format!("URN,Y6,{heading}\n107253,30,7\n").as_bytes(), "a.csv").unwrap();
        assert_eq!((list.schools[0].ehc_plans, list.schools[0].sen_support), (None, Some(7)), "{heading}");
    }
    // What is not one of the two is neither, and a second column of one is named.
    let list = read(b"URN,Y6,SEN units,EHC plan %,EHC plan or SEN support,SEN\n107253,30,1,2,3,4\n", "a.csv").unwrap();
    assert_eq!((list.schools[0].ehc_plans, list.schools[0].sen_support), (None, None));
    let list = read(b"URN,Y6,EHC plans,Number of EHCPs\n107253,30,7,8\n", "a.csv").unwrap();
    assert_eq!(list.schools[0].ehc_plans, Some(7));
    assert_eq!(list.unread.iter().map(|unread| unread.column.as_str()).collect::<Vec<_>>(), ["D"]);
}

#[test]
fn a_comma_is_of_thousands_or_no_number() {
    let list = read(b"URN,Total pupils,Y6\n107253,\"1,204\",180\n", "a.csv").unwrap();
    assert_eq!(list.schools[0].pupils, Some(1_204));
    for figure in ["1,1", "12,3", "1,20", "1204,5", ",204"] {
        let problems = read(format!("URN,Y6\n107253,\"{figure}\"\n").as_bytes(), "a.csv").expect_err(figure);
        assert_eq!(problems.len(), 1, "{figure}");
    }
}

#[test]
fn more_pupils_than_a_year_group_has_are_refused() {
    let problems = read(b"URN,Y1,Y12\n107253,9999,30\n107254,1000,3500\n", "a.csv").unwrap_err();
    let at: Vec<_> = problems.iter().map(|p| (p.row, p.column.as_deref())).collect();
    assert_eq!(at, [(Some(2), Some("Y1"))], "a sixth-form college may have thousands in a year");
    assert!(problems[0].message.contains("9999 pupils"), "{}", problems[0].message);
}
