//! Names of one file, which most files have of one district: a country made up, of a hundred districts with the same saints.

use std::collections::BTreeSet;

use domain::setting::LaCode;
use intake::matching::{Decision, Finding, Links, Reason, Register, Typed};
use intake::school_list::{self, SchoolList};

const DISTRICTS: usize = 100;
/// The district of a school with a name like no other's, and its place there.
const ELSEWHERE: (usize, usize) = (40, 125);
const SAINTS: [&str; 4] = ["St Mary's", "St Joseph's", "St Paul's", "St Luke's"];

/// A word of letters alone for a number.
fn word(number: usize) -> String {
    let letter =
        |at: usize| char::from(b'a' + u8::try_from(number / 20_usize.pow(u32::try_from(at).unwrap()) % 20).unwrap());
    format!("Q{}{}{}{}wick", letter(0), letter(1), letter(2), letter(3))
}

/// As many schools as make a country, 130 a district.
fn country() -> SchoolList {
    let mut list = "URN,LA (code),LA (name),EstablishmentNumber,EstablishmentName,TypeOfEstablishment (name),PhaseOfEducation (name),StatutoryLowAge,StatutoryHighAge,Town,Postcode\n".to_owned();
    for district in 0..DISTRICTS {
        let code = 100 + district;
        let own = (0..126).map(|at| format!("{} Primary School", word(district * 126 + at)));
        let saints = SAINTS.iter().map(|saint| format!("{saint} Catholic Primary School"));
        for (at, mut name) in own.chain(saints).enumerate() {
            if (district, at) == ELSEWHERE {
                "Hallowdale Beacon Primary School".clone_into(&mut name);
            }
            let urn = 200_000 + district * 200 + at;
            list += &format!("{urn},{code},District {code},{},{name},Community school,Primary,4,11,,\n", 2000 + at);
        }
    }
    school_list::read(list.as_bytes(), "list.csv", None).unwrap()
}

fn found(list: &SchoolList, names: &[String]) -> Vec<Finding> {
    let typed: Vec<Typed<'_>> = names.iter().map(|name| Typed { name, ..Typed::default() }).collect();
    let of = |codes: &BTreeSet<LaCode>| Register::of_list(&list.of(codes), &Links::default(), &[]);
    Register::of_list(list, &Links::default(), &[]).find_all(&typed, of)
}

fn names_of(list: &SchoolList, districts: std::ops::Range<usize>, many: usize) -> Vec<String> {
    let of = |district: usize| list.rows.iter().skip(district * 130).take(many).map(|row| row.name.clone());
    districts.flat_map(of).collect()
}

#[test]
fn a_districts_file_is_matched_as_if_the_district_had_been_said() {
    let list = country();
    let mut names = names_of(&list, 30..31, 20);
    // A school elsewhere, and a saint of the district.
    let elsewhere = &list.rows[ELSEWHERE.0 * 130 + ELSEWHERE.1];
    names.extend([elsewhere.name.clone(), "St Josephs RC Primary".to_owned(), "Zoom".to_owned()]);
    let findings = found(&list, &names);
    assert_eq!(findings[20].decision, Decision::Matched(elsewhere.urn), "{:?}", findings[20]);
    assert_eq!(findings[21].decision, Decision::Matched(list.rows[30 * 130 + 127].urn), "{:?}", findings[21]);
    let reasons = &findings[21].candidates[0].reasons;
    assert!(reasons.contains(&Reason::SameFile("District 130".to_owned())), "{reasons:?}");
    assert!(!matches!(findings[22].decision, Decision::Matched(_)), "{:?}", findings[22]);
    // The order of the rows says nothing.
    names.reverse();
    let mut again = found(&list, &names);
    again.reverse();
    assert_eq!(again, findings);
}

#[test]
fn a_file_of_the_whole_country_or_a_few_rows_says_nothing_of_where_it_is_from() {
    let list = country();
    let everywhere = names_of(&list, 20..40, 2);
    let few = names_of(&list, 30..31, 5);
    for mut names in [everywhere, few] {
        names.push("St Josephs RC Primary".to_owned());
        let last = found(&list, &names).pop().unwrap();
        assert_eq!(last.decision, Decision::Review, "{last:?}");
    }
}
