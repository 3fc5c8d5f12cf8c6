use super::*;
use crate::MAX_PROBLEMS;
use proptest::prelude::*;

const HEADER: &str = "URN,LA (code),LA (name),EstablishmentName,TypeOfEstablishment (name),EstablishmentStatus (name),\
                      PhaseOfEducation (name),StatutoryLowAge,StatutoryHighAge,NumberOfPupils";

fn list(rows: &str) -> Result<SchoolList, Vec<Problem>> {
    read(format!("{HEADER}\n{rows}").as_bytes(), "list.csv", None)
}

/// Row, column and message of each problem.
fn problems(rows: &str) -> Vec<(u32, String, String)> {
    let place = |p: Problem| (p.row.unwrap_or_default(), p.column.unwrap_or_default(), p.message);
    list(rows).unwrap_err().into_iter().map(place).collect()
}

#[test]
fn columns_are_found_by_name_in_any_order() {
    let text = "\u{feff} establishmentname ,Unknown,STATUTORYHIGHAGE,StatutoryLowAge,la (CODE),urn,\
                TypeOfEstablishment (name),PhaseOfEducation (name),Postcode,SchoolWebsite\r\n\
                St  Anne’s Primary,x,11,4,380,107253,Community school,Primary,bd1 1aa,www.anne.example\r\n";
    let list = read(text.as_bytes(), "list.csv", None).unwrap();
    let [school] = list.rows.as_slice() else { panic!("{list:?}") };
    assert_eq!((school.row, school.urn.number(), school.name.as_str()), (2, 107_253, "St Anne’s Primary"));
    assert_eq!((school.ages, school.phase), (Some((4, 11)), Some(Phase::Primary)));
    assert_eq!(school.postcode.as_deref(), Some("BD1 1AA"));
    assert_eq!(school.website.as_deref(), Some("http://www.anne.example"));
    assert_eq!(list.authorities.into_iter().collect::<Vec<_>>(), [("380".parse().unwrap(), None)]);
}

#[test]
fn column_names_may_stand_below_a_title() {
    let text = format!("Our schools\n\n{HEADER}\n107253,380,Bradford,A,Community school,Open,Primary,4,11,200\n");
    let list = read(text.as_bytes(), "list.csv", None).unwrap();
    assert_eq!(list.rows[0].row, 4);
}

#[test]
fn every_fault_is_named_with_its_row_and_column() {
    for (row, column, part) in [
        ("107253,380,Bradford,,Community school,Open,Primary,4,11,9", "EstablishmentName", "name is blank"),
        (",380,Bradford,A,Community school,Open,Primary,4,11,9", "URN", "URN is blank"),
        ("10725,380,Bradford,A,Community school,Open,Primary,4,11,9", "URN", "“10725” is not a URN"),
        ("107253,Bfd,Bradford,A,Community school,Open,Primary,4,11,9", "LA (code)", "“Bfd” is not an LA code"),
        ("107253,380,Bradford,A,Community school,Open,Primery,4,11,9", "PhaseOfEducation (name)", "“Primery”"),
        ("107253,380,Bradford,A,Community school,Open,Primary,four,11,9", "StatutoryLowAge", "“four” is not a whole"),
        ("107253,380,Bradford,A,Community school,Open,Primary,4,11.5,9", "StatutoryHighAge", "“11.5” is not a whole"),
        ("107253,380,Bradford,A,Community school,Open,Primary,11,4,9", "StatutoryHighAge", "reversed"),
        ("107253,380,Bradford,A,Community school,Open,Primary,4,31,9", "StatutoryHighAge", "outside 0 to 30"),
        ("107253,380,Bradford,A,Community school,Open,Primary,-1,11,9", "StatutoryLowAge", "outside 0 to 30"),
        ("107253,380,Bradford,A,Community school,Open,Primary,31,32,9", "StatutoryLowAge", "outside 0 to 30"),
        ("107253,380,Bradford,A,Community school,Open,Primary,14,100,9", "StatutoryHighAge", "outside 0 to 30"),
        ("107253,380,Bradford,A,Community school,Open,Primary,4,11,many", "NumberOfPupils", "“many” is not a whole"),
        ("107253,380,Bradford,A,B School,Community school,Open,Primary,4,11,9", "", "quotation marks"),
    ] {
        let found = problems(row);
        assert!(found.iter().any(|(n, c, m)| *n == 2 && c == column && m.contains(part)), "{row}: {found:?}");
    }
}

#[test]
fn totals_are_passed_over_and_counted() {
    let school = "107253,380,Bradford,Totley Grand Primary,Community school,Open,Primary,4,11,9\n";
    for (row, is_total) in [
        ("Total: 39 schools,,,,,,,,,", true),
        ("Total,,,,,,,,,8123", true),
        (",,,Grand total,,,,,,8123", true),
        (",380,Bradford total,,,,,,,8123", true),
        (",,,All schools,,,,,,8123", true),
        (",,,Totals,Total,,,,,8123", true),
        (",,,ENGLAND,,,,,,8123456", true),
        ("England,,,,,,,,,8123456", true),
        (",,England,,,,,,,8123456", true),
        (",,,Yorkshire and the Humber,,,,,,8123", true),
        (",380,Bradford,Bradford,,,,,,8123", true),
        (",,,Bradford,,,,,,8123", true),
        (",,,City of Bradford Metropolitan District Council,,,,,,8123", true),
        // Schools with a fault stay faults.
        (",380,Bradford,Total Learning Academy,Community school,Open,Primary,4,11,9", false),
        (",380,Bradford,Totley Primary,,Open,Primary,4,11,9", false),
        (",380,Bradford,Bradford,,Open,Primary,4,11,9", false),
        (",380,Bradford,England Lane,,Open,,,,9", false),
        (",380,Bradford,,,Open,,,,9", false),
        ("10725,380,Bradford,A,,Open,Primary,4,11,9", false),
    ] {
        match list(&format!("{school}{row}\n")) {
            Ok(list) => assert_eq!((list.rows.len(), list.totals), (1, usize::from(is_total)), "{row}"),
            Err(problems) => assert!(!is_total && problems[0].row == Some(3), "{row}: {problems:?}"),
        }
    }
    // With a URN it is a school, whatever it is called.
    let named = list("107253,380,Bradford,Total Learning,,Open,Primary,4,11,9\n").unwrap();
    assert_eq!((named.rows.len(), named.totals), (1, 0));
}

#[test]
fn withheld_numbers_of_pupils_are_unknown() {
    for (text, wanted) in [
        ("c", Ok(None)),
        ("x", Ok(None)),
        ("Z", Ok(None)),
        ("SUPP", Ok(None)),
        ("[low]", Ok(None)),
        ("<5", Ok(None)),
        ("≤5", Ok(None)),
        ("", Ok(None)),
        ("0", Ok(Some(0))),
        ("7", Ok(Some(7))),
        ("about 7", Err(3)),
        ("7c", Err(3)),
    ] {
        let text = format!(
            "{HEADER},SENStat,SENNoStat\n107253,380,Bradford,A,Community school,Open,Primary,4,11,{text},{text},{text}\n"
        );
        let read = read(text.as_bytes(), "list.csv", None).map_err(|problems| problems.len());
        let read = read.map(|list| (list.rows[0].pupils, list.rows[0].ehc_plans, list.rows[0].sen_support));
        assert_eq!(read, wanted.map(|number: Option<u32>| (number, number, number)), "{text}");
    }
}

#[test]
fn a_urn_may_stand_only_once() {
    let row = "107253,380,Bradford,A,Community school,Open,Primary,4,11,9\n";
    let found = problems(&format!("{row}\n{row}"));
    assert_eq!(found.len(), 1);
    assert_eq!((found[0].0, found[0].1.as_str()), (4, "URN"));
    assert!(found[0].2.contains("already in row 2"), "{}", found[0].2);
}

#[test]
fn all_faults_of_a_file_are_named_at_once() {
    let found = problems("1,38,Bradford,,Community school,Open,Primery,a,b,many\n2,380,Bradford,,,Open,,,,\n");
    let places: Vec<(u32, &str)> = found.iter().map(|(row, column, _)| (*row, column.as_str())).collect();
    let name = "EstablishmentName";
    assert_eq!(
        places,
        [
            (2, "LA (code)"),
            (2, "URN"),
            (2, name),
            (2, "PhaseOfEducation (name)"),
            (2, "StatutoryLowAge"),
            (2, "StatutoryHighAge"),
            (2, "NumberOfPupils"),
            (3, "URN"),
            (3, name),
        ]
    );
    assert_eq!(problems(&"1,380,B,A,,Open,,,,\n".repeat(MAX_PROBLEMS + 5)).len(), MAX_PROBLEMS + 1);
}

#[test]
fn missing_and_doubled_columns_are_named() {
    let faults = |header: &str| {
        let problems = read(format!("{header}\n").as_bytes(), "list.csv", None).unwrap_err();
        problems.into_iter().map(|p| (p.row, p.column.unwrap_or_default())).collect::<Vec<_>>()
    };
    assert_eq!(faults(&HEADER.replace("URN,", "")), [(Some(1), "URN".to_owned())]);
    assert_eq!(faults(&HEADER.replace("StatutoryLowAge,", "")), [(Some(1), "StatutoryLowAge".to_owned())]);
    assert_eq!(faults(&format!("{HEADER},urn")), [(Some(1), "URN".to_owned())]);
    assert_eq!(faults("Date,School,Pupils"), [(None, String::new())]);
    assert_eq!(faults(HEADER), [(None, String::new())]);
}

#[test]
fn ages_are_read_as_people_mean_them() {
    let ages = |low: &str, high: &str| {
        list(&format!("107253,380,Bradford,A,Community school,Open,,{low},{high},")).unwrap().rows[0].ages
    };
    assert_eq!(ages("4", "11"), Some((4, 11)));
    assert_eq!(ages("4.0", "11.0"), Some((4, 11)));
    assert_eq!(ages("0", "30"), Some((0, 30)));
    assert_eq!(ages("14", "35"), Some((14, 35)));
    assert_eq!(ages("16", "99"), Some((16, 99)));
    assert_eq!(ages("", ""), None);
    assert_eq!(ages("4", ""), None);
}

#[test]
fn schools_that_are_not_open_are_told_apart() {
    let list = list(
        "100001,380,Bradford,A,Community school,Open,Primary,4,11,9\n\
         100002,380,Bradford,B,Community school,\"Open, but proposed to close\",Primary,4,11,9\n\
         100003,380,Bradford,C,Community school,Closed,,x,,\n\
         100004,381,Calderdale,D,Community school,Proposed to open,,,,\n",
    )
    .unwrap();
    let open: Vec<(i64, Option<bool>)> = list.rows.iter().map(|r| (r.urn.number(), r.closing)).collect();
    assert_eq!(open, [(100_001, Some(false)), (100_002, Some(true))]);
    assert_eq!(list.closed.iter().map(|u| u.number()).collect::<Vec<_>>(), [100_003]);
    assert_eq!(list.not_yet_open, 1);
    assert_eq!(list.authorities.len(), 2);
}

#[test]
fn lists_are_read_as_people_have_them() {
    let text = "URN,LA code,School name,TypeOfEstablishment (name),PhaseOfEducation (name),StatutoryLowAge,StatutoryHighAge,\
                Pupils,Post code,Ward,Constituency\n\
                107253.0,380.0,A,Community school,Primary,4,11,210,bd1 1aa,City,Bradford West\n\
                URN,LA code,School name,TypeOfEstablishment (name),PhaseOfEducation (name),StatutoryLowAge,StatutoryHighAge,\
                Pupils,Post code,Ward,Constituency\n\
                107254,380,B,Community school,Primary,4,11,many,,,\nSource: the register,,,,,,,,,,\n";
    assert_eq!(
        read(text.as_bytes(), "list.csv", None)
            .unwrap_err()
            .iter()
            .map(|p| (p.row, p.column.as_deref()))
            .collect::<Vec<_>>(),
        [(Some(4), Some("Pupils"))]
    );
    let list = read(text.replace("many", "9").as_bytes(), "list.csv", None).unwrap();
    let first = &list.rows[0];
    assert_eq!((list.rows.len(), first.urn.number(), first.pupils), (2, 107_253, Some(210)));
    let place = (first.postcode.as_deref(), first.ward.as_deref(), first.constituency.as_deref());
    assert_eq!(place, (Some("BD1 1AA"), Some("City"), Some("Bradford West")));
    // A name by itself is a school of which the rest is missing.
    let named = text.replace("many", "9").replace("Source: the register,,,", ",,Beck Primary School,");
    assert!(read(named.as_bytes(), "list.csv", None).is_err());
}

#[test]
fn an_unknown_status_is_a_problem_and_a_missing_one_among_others_is() {
    let row = |urn: u32, status: &str| format!("{urn},380,Bradford,A,Community school,{status},Primary,4,11,9\n");
    let rows = [row(100_001, "Open"), row(100_002, "Shut"), row(100_003, ""), row(100_004, "Clsoed")].concat();
    let found = problems(&format!("{rows}100005,380,Bradford,,Community school,Opened,Primary,4,11,9\n"));
    let places: Vec<_> = found.iter().map(|(row, column, _)| (*row, column.as_str())).collect();
    let status = "EstablishmentStatus (name)";
    assert_eq!(places, [(3, status), (4, status), (5, status), (6, "EstablishmentName")]);
    assert!(found[1].2.contains("blank, and other rows have one"), "{}", found[1].2);
    // A column with nothing in it says as much as none.
    let open = list(&[row(100_001, ""), row(100_002, "")].concat()).unwrap();
    assert_eq!(open.rows.iter().map(|row| row.closing).collect::<Vec<_>>(), [None, None]);
    // Of another authority's schools nothing is asked.
    let other = row(100_002, "Shut").replace("380,Bradford", "381,Calderdale");
    let text = format!("{HEADER}\n{}{other}", row(100_001, "Open"));
    assert!(read(text.as_bytes(), "list.csv", Some(&"380".parse().unwrap())).is_ok());
}

#[test]
fn a_status_is_read_under_other_headings_too() {
    let under = |heading: &str, closed: &str| {
        let header = HEADER.replace("EstablishmentStatus (name)", heading);
        let row = |urn: u32, status: &str| format!("{urn},380,Bradford,A,Community school,{status},Primary,4,11,9\n");
        let text = format!("{header}\n{}{}", row(100_001, "Open"), row(100_002, closed));
        read(text.replace("Open", if closed == "2" { "1" } else { "Open" }).as_bytes(), "list.csv", None)
    };
    for (heading, closed) in
        [("Status", "Closed"), ("establishmentstatus", "Closed"), ("EstablishmentStatus (code)", "2")]
    {
        let list = under(heading, closed).unwrap();
        assert_eq!((list.rows.len(), list.closed.len()), (1, 1), "{heading}");
    }
    // Its fault is named under the heading that is there, to be found and marked.
    assert_eq!(under("Status", "Shut").unwrap_err()[0].column.as_deref(), Some("Status"));
    // The name goes before the number.
    let both = format!(
        "{HEADER},EstablishmentStatus (code)\n100001,380,Bradford,A,Community school,Closed,Primary,4,11,9,1\n"
    );
    assert_eq!(read(both.as_bytes(), "list.csv", None).unwrap().closed.len(), 1);
}

#[test]
fn one_authority_may_be_asked_for() {
    let rows = format!(
        "{HEADER}\n100001,380,Bradford,A,Community school,Open,Primary,4,11,9\n\
         100002,381,Calderdale,B,Community school,Open,Primary,40,11,9\n"
    );
    let only = |code: &str| read(rows.as_bytes(), "list.csv", Some(&code.parse().unwrap()));
    let list = only("380").unwrap();
    assert_eq!((list.rows.len(), list.of_others, list.authorities.len()), (1, 1, 1));
    assert!(only("381").is_err());
    let message = only("201").unwrap_err().remove(0).message;
    assert!(message.contains("380 (Bradford) and 381 (Calderdale)"), "{message}");
}

#[test]
fn addresses_that_may_not_stand_in_a_link_are_dropped() {
    let header = HEADER.replace("NumberOfPupils", "SchoolWebsite");
    let website = |address: &str| {
        let text = format!("{header}\n107253,380,Bradford,A,Community school,Open,Primary,4,11,{address}\n");
        read(text.as_bytes(), "list.csv", None).unwrap().rows.remove(0).website
    };
    assert_eq!(website("HTTPS://a.example").as_deref(), Some("HTTPS://a.example"));
    for address in ["javascript:alert(1.5)", "none", "data:a.b", "http://a.b/<x>", "mailto:a@b.example", "a b.example"]
    {
        assert_eq!(website(address), None, "{address}");
    }
}

proptest! {
    #[test]
    fn no_bytes_make_it_panic(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        let _ = read(&bytes, "x", None);
    }

    #[test]
    fn no_table_makes_it_panic(cells in "[a-z0-9,;\"\t\r\n .\u{a0}é-]{0,300}") {
        let _ = list(&cells);
        let _ = read(cells.as_bytes(), "x", None);
    }

    #[test]
    fn good_rows_survive_in_any_order_of_columns(
        names in proptest::collection::vec("[A-Za-zé’&-][A-Za-z é’&,\"-]{0,30}[a-z]", 1..20),
        shift in 0_usize..7,
    ) {
        let mut order: Vec<usize> = (0..7).collect();
        order.rotate_left(shift);
        let columns = ["URN", "LA (code)", "EstablishmentName", "TypeOfEstablishment (name)", "PhaseOfEducation (name)", "StatutoryLowAge", "StatutoryHighAge"];
        let mut writer = csv::Writer::from_writer(Vec::new());
        writer.write_record(order.iter().map(|c| columns[*c])).unwrap();
        for (number, name) in (100_000..).zip(&names) {
            let urn = number.to_string();
            let cells = [urn.as_str(), "380", name, "Community school", "Primary", "4", "11"];
            writer.write_record(order.iter().map(|c| cells[*c])).unwrap();
        }
        let list = read(&writer.into_inner().unwrap(), "x", None).unwrap();
        let read: Vec<String> = list.rows.into_iter().map(|r| r.name).collect();
        let expected: Vec<String> = names.iter().map(|n| crate::text::tidy(n).into_owned()).collect();
        prop_assert_eq!(read, expected);
    }
}

#[test]
fn open_schools_of_other_authorities_are_known_by_their_authority() {
    let row = |urn: u32, code: u32, status: &str| {
        format!("{urn},{code},X,School {urn},Community school,{status},Primary,4,11\n")
    };
    let heads = "URN,LA (code),LA (name),EstablishmentName,TypeOfEstablishment (name),EstablishmentStatus (name),\
        PhaseOfEducation (name),StatutoryLowAge,StatutoryHighAge\n";
    let rows = [row(107_253, 380, "Open"), row(107_254, 383, "Open"), row(107_255, 383, "Closed")].concat();
    let text = format!("{heads}{rows}");
    let list = read(text.as_bytes(), "list.csv", Some(&"380".parse().unwrap())).unwrap();
    let elsewhere: Vec<_> = list.elsewhere.iter().map(|(urn, code)| (urn.number(), code.as_str())).collect();
    assert_eq!((elsewhere, list.of_others), (vec![(107_254, "383")], 2));
}
