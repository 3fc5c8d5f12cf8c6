//! The rules one by one, on a made-up list with the traps of real ones.

use domain::lineage::LinkType;
use domain::setting::Urn;
use intake::matching::{Decision, Finding, Link, Links, Reason, Register, Remembered, Typed, read_names};
use intake::school_list;
use proptest::prelude::*;

const LIST: &str = "\
URN,LA (code),LA (name),EstablishmentNumber,EstablishmentName,TypeOfEstablishment (name),PhaseOfEducation (name),StatutoryLowAge,StatutoryHighAge,Town,Postcode
200001,999,Hallowdale,2034,Thornwick Primary School,Community school,Primary,4,11,Hallow,HD1 1AA
200002,999,Hallowdale,2035,\"St Joseph's Catholic Primary School, A Voluntary Academy\",Academy converter,Primary,4,11,Hallow,HD1 2AA
200003,999,Hallowdale,2036,\"St Joseph's Catholic Primary School, A Voluntary Academy\",Academy converter,Primary,4,11,Marbeck,HD7 1AA
200004,999,Hallowdale,2037,St Joseph's Catholic Primary School,Voluntary aided school,Primary,4,11,Skelby,HD9 1AA
200005,999,Hallowdale,4001,St Joseph's and St Bede's Catholic College,Academy converter,Secondary,11,18,Hallow,HD1 3AA
200006,999,Hallowdale,2038,Quillerby Junior School,Community school,Primary,7,11,Hallow,HD2 1AA
200007,999,Hallowdale,2039,Quillerby Infant School,Community school,Primary,4,7,Hallow,HD2 1AB
200008,999,Hallowdale,4002,Larkmoor High School,Academy converter,Secondary,11,16,Marbeck,HD7 2AA
200009,999,Hallowdale,4003,Fennick Leadership Academy,Academy sponsor led,Secondary,11,18,Hallow,HD1 4AA
200010,999,Hallowdale,2040,High Crags Primary School,Community school,Primary,4,11,Skelby,HD9 2AA
200011,999,Hallowdale,2041,Idlecombe Church of England Voluntary Aided Primary School,Voluntary aided school,Primary,4,11,Skelby,HD9 3AA
200012,999,Hallowdale,2042,Oakenbridge Primary School and Nursery,Community school,Primary,3,11,Hallow,HD1 5AA
200013,999,Hallowdale,7001,Ravensholt Special School,Community special school,Not applicable,,,Hallow,HD1 6AA
200014,999,Hallowdale,2043,Park Primary School,Community school,Primary,4,11,Hallow,HD1 7AA
";

fn urn(number: i64) -> Urn {
    Urn::new(number).unwrap()
}

fn link(urn_: i64, other: i64, name: &str, before: Option<bool>) -> Link {
    let kind = match before {
        Some(true) => LinkType::Predecessor,
        Some(false) => LinkType::Successor,
        None => LinkType::SixthFormCentre,
    };
    Link { urn: urn(urn_), other: urn(other), other_name: name.to_owned(), kind, since: None }
}

fn register(remembered: &[Remembered]) -> Register {
    let list = school_list::read(LIST.as_bytes(), "list.csv", None).unwrap();
    let links = Links::new(vec![
        // A chain: Dunmere First, then Dunmere Primary, then Thornwick.
        link(199_002, 199_001, "Dunmere First School", Some(true)),
        link(199_002, 200_001, "Thornwick Primary School", Some(false)),
        link(200_001, 199_002, "Dunmere Primary School", Some(true)),
        // An open school by a name it no longer has.
        link(199_009, 200_008, "Gorsebank Comprehensive School", Some(false)),
        // Merged: both old names mean the one that is open.
        link(200_012, 199_003, "Pellbeck Infant School", Some(true)),
        link(200_012, 199_004, "Pellbeck Junior School", Some(true)),
        // Split: nobody knows which half is meant.
        link(200_009, 199_005, "Wexcombe Upper School", Some(true)),
        link(200_010, 199_005, "Wexcombe Upper School", Some(true)),
        // A ring, as tables of years have them.
        link(199_006, 199_007, "Ringmere School", Some(false)),
        link(199_007, 199_006, "Ringmere Old School", Some(false)),
    ]);
    Register::of_list(&list, &links, remembered)
}

fn find(register: &Register, name: &str, postcode: &str, town: &str) -> Finding {
    register.find(&Typed { name, postcode, town, years: None })
}

#[test]
fn names_are_matched_however_they_are_typed() {
    let register = register(&[]);
    for (name, postcode, town, expected) in [
        ("Thornwick Primary School", "", "", 200_001),
        ("THORNWICK PRI SCH", "", "", 200_001),
        ("thornwick", "", "", 200_001),
        ("Thornwick Primary Schl (60) - am", "", "", 200_001),
        ("Thornwick P.S. Yr 5", "", "", 200_001),
        ("Thornwikc Primary School", "", "", 200_001),
        ("Thorn wick Primary", "", "", 200_001),
        ("HighCrags Primary", "", "", 200_010),
        ("highcragsprimaryschool", "", "", 200_010),
        ("Primary School: High Crags", "", "", 200_010),
        ("School, Ravensholt Special", "", "", 200_013),
        ("Idlecombe C of E VA Prim", "", "", 200_011),
        ("Idlecombe CE Primary", "", "", 200_011),
        ("Idlecombe Church of Englnd Primary", "", "", 200_011),
        ("Fennick Acad (Moorside Multi Academy Trust)", "", "", 200_009),
        ("MAT Fennick Leadership Academy", "", "", 200_009),
        ("Quillerby Jnr Sch", "", "", 200_006),
        ("Quillerby Inf Sch", "", "", 200_007),
        ("Oakenbridge Pri & Nurs", "", "", 200_012),
        ("St Joseph’s RC Primary", "hd9 1aa", "", 200_004),
        ("St Josephs R.C. Prim. Sch., a Voluntary Acad", "", "Marbeck", 200_003),
        ("Hallow - Thornwick Primary School", "", "Hallow", 200_001),
        ("\u{a0} Larkmoor\u{a0}\u{a0}HS ", "HD7", "", 200_008),
        // As desks write: for what, when, who, where it stands, what it was.
        ("Thornwick P.S. re knife crime", "", "", 200_001),
        ("Knife crime @ Thornwick Primary", "", "", 200_001),
        ("Weds Thornwick Primary (K Hussain)", "", "", 200_001),
        ("Thornwick CP, Mill Lane, Hallow HD1 1AA", "", "", 200_001),
        ("Larkmoor High (was Gorsebank Comprehensive)", "", "", 200_008),
        ("Oakenbridge Primary and Nursery / Pellbeck Junior", "", "", 200_012),
        ("Larkmoor High / Marbeck", "", "", 200_008),
        ("Larkmoor High / Fennick Trust", "", "", 200_008),
        ("Larkmoor High School; Y7/8", "", "", 200_008),
        ("St Joseph's Primary (HD9 1AA)", "", "", 200_004),
        // As scanners, encodings and narrow fields leave it.
        ("Th0rnwick Primary Schoo1", "", "", 200_001),
        ("St Josephâ€™s Catholic Primary School", "HD9 1AA", "", 200_004),
        ("Larkmoor_High_School", "", "", 200_008),
        ("Thornwick Pri mary School", "", "", 200_001),
        ("Larkmoor High School School", "", "", 200_008),
        ("Idlecombe Church of En", "", "", 200_011),
    ] {
        let found = find(&register, name, postcode, town);
        assert_eq!(found.decision, Decision::Matched(urn(expected)), "{name}: {found:#?}");
        assert!((0.0..=1.0).contains(&found.confidence));
        assert_eq!(found.candidates[0].urn, urn(expected), "{name}");
    }
}

#[test]
fn numbers_are_matched() {
    let register = register(&[]);
    for name in ["200001", "URN 200001", "999/2034", "9992034", "LAESTAB 999 2034", "Thornwick 200001"] {
        assert_eq!(find(&register, name, "", "").decision, Decision::Matched(urn(200_001)), "{name}");
    }
    // A number beside another school's name is a slip in one of them.
    let found = find(&register, "Larkmoor High School 200001", "", "");
    assert_eq!(found.decision, Decision::Review, "{found:#?}");
    assert!(found.candidates.iter().any(|c| c.urn == urn(200_008)), "{found:#?}");
    // Two schools' numbers in one cell.
    assert_eq!(find(&register, "200001 200008", "", "").decision, Decision::None);
}

#[test]
fn what_several_schools_may_be_is_asked() {
    let register = register(&[]);
    for (name, postcode, town) in [
        ("St Joseph's", "", ""),
        ("St Joseph's Catholic Primary School", "", ""),
        ("St Joseph's Catholic Primary School, A Voluntary Academy", "", ""),
        ("St Joseph's RC", "", "Hallow"),
        ("Quillerby", "", ""),
        ("Quillerby Primary School", "", ""),
        ("St Joseph's Catholic Primary School", "HD1 1AA", ""),
        // The postcode is another school's.
        ("Thornwick Primary School", "HD7 2AA", ""),
        ("Larkmoor High School", "HD1 1AA", "Hallow"),
        // A name that half the country's towns have, without a word of where.
        ("Park", "", ""),
        // A split school's.
        ("Wexcombe Upper School", "", ""),
        // Two schools in one cell.
        ("Thornwick Primary School; Larkmoor High School", "", ""),
        ("Thornwick (am) Larkmoor (pm)", "", ""),
        ("Thornwick Pri / High Crags", "", ""),
        ("Ravensholt Special / Idlecombe", "", ""),
        ("Larkmoor High/Crags", "", ""),
        ("Fennick; Thornwick", "", ""),
        ("Thornwick Primary\nPark", "", ""),
        ("Larkmoor High / Marbeck School", "", ""),
        // Shortened to what several schools have.
        ("Quillerby School", "", ""),
        // Something else of that name, or a phase the school has not.
        ("High Crags GP", "", ""),
        ("Thornwick High School", "", ""),
        ("Larkmoor Day Nursery", "", ""),
    ] {
        let found = find(&register, name, postcode, town);
        assert_eq!(found.decision, Decision::Review, "{name}: {found:#?}");
        assert!(!found.candidates.is_empty(), "{name}");
    }
    let joseph = find(&register, "St Joseph's", "", "");
    assert_eq!(joseph.candidates.len(), 4, "{joseph:#?}");
}

#[test]
fn old_names_mean_the_school_that_is_open() {
    let register = register(&[]);
    for (name, expected) in [
        ("Dunmere First School", 200_001),
        ("Dunmere Primary Sch", 200_001),
        ("Gorsebank Comprehensive", 200_008),
        ("Pellbeck Infant School", 200_012),
        ("Pellbeck Jnr", 200_012),
    ] {
        let found = find(&register, name, "", "");
        assert_eq!(found.decision, Decision::Matched(urn(expected)), "{name}: {found:#?}");
        assert!(found.candidates[0].reasons.iter().any(|r| matches!(r, Reason::OldName(_))), "{found:#?}");
    }
}

#[test]
fn what_is_no_school_of_the_list_is_none() {
    let register = register(&[]);
    for (name, postcode, town) in [
        ("TBC", "", ""),
        ("Zoom", "", ""),
        ("Cancelled", "", ""),
        ("Hallow Youth Club", "", ""),
        ("1st Hallow Scouts", "", "Hallow"),
        ("Town Hall", "", ""),
        ("Annual leave - confirmed", "", ""),
        ("", "", ""),
        ("Clarborough Primary School", "DN22 9JZ", "Nottinghamshire"),
        ("Great Missenden CofE School", "", "Buckinghamshire"),
        // A like name, but elsewhere.
        ("Park Primary School", "SG6 4PY", "Hertfordshire"),
        ("Ringmere School", "", "Kent"),
    ] {
        let found = find(&register, name, postcode, town);
        assert_eq!(found.decision, Decision::None, "{name}: {found:#?}");
    }
}

#[test]
fn a_generic_tail_does_not_outweigh_the_word_that_matters() {
    let register = register(&[]);
    for name in ["Zelverton Catholic Primary School, A Voluntary Academy", "Zelverton Primary School and Nursery"] {
        let found = find(&register, name, "", "");
        assert!(!matches!(found.decision, Decision::Matched(_)), "{name}: {found:#?}");
    }
}

#[test]
fn years_are_evidence() {
    let register = register(&[]);
    let with = |years| register.find(&Typed { name: "Quillerby", postcode: "", town: "", years });
    assert_eq!(with(Some((1, 2))).candidates[0].urn, urn(200_007));
    assert_eq!(with(Some((5, 6))).candidates[0].urn, urn(200_006));
    assert!(with(Some((5, 6))).candidates[1].reasons.contains(&Reason::OtherPhase));
}

#[test]
fn what_a_person_decided_is_remembered() {
    let choice = |text: &str, urn| Remembered { text: text.to_owned(), urn };
    let register = register(&[
        choice("Fennick Upper", Some(urn(200_009))),
        choice("Dunmere site", Some(urn(199_002))),
        choice("The Hut", None),
        choice("Gone", Some(urn(123_456))),
    ]);
    let found = find(&register, "FENNICK  UPPER", "", "");
    assert_eq!(found.decision, Decision::Matched(urn(200_009)));
    assert_eq!(found.candidates[0].reasons[0], Reason::Remembered);
    // Chosen before the school was followed by another.
    assert_eq!(find(&register, "Dunmere site", "", "").decision, Decision::Matched(urn(200_001)));
    assert_eq!(find(&register, "the hut", "", "").decision, Decision::None);
    assert_eq!(find(&register, "Fennick Upper", "HD7 2AA", "").decision, Decision::Review);
    // A file may mean another school by it: one that teaches these years.
    let of_years = |years| register.find(&Typed { name: "Fennick Upper", postcode: "", town: "", years: Some(years) });
    assert_eq!(of_years((7, 8)).decision, Decision::Matched(urn(200_009)));
    assert_eq!((of_years((3, 4)).decision, of_years((3, 4)).candidates[0].urn), (Decision::Review, urn(200_009)));
    assert!(!matches!(find(&register, "Gone", "", "").decision, Decision::Matched(_)));
}

#[test]
fn files_of_names_are_read_as_they_come() {
    let plain =
        read_names(b"row,name,postcode,town\n7,Thornwick,HD1 1AA,Hallow\n\n9,\"Park, Hallow\",,\n", "n.csv").unwrap();
    assert_eq!(plain.iter().map(|r| r.row).collect::<Vec<_>>(), [7, 9]);
    assert_eq!((plain[0].postcode.as_str(), plain[1].name.as_str()), ("HD1 1AA", "Park, Hallow"));
    let windows = read_names(b"Name;Town\nSt Joseph\x92s;Hallow\nThornwick\n", "n.csv").unwrap();
    assert_eq!((windows[0].row, windows[0].name.as_str(), windows[1].row), (1, "St Joseph’s", 2));
    let marked = read_names("\u{feff}row\tname\n1\tThornwick\u{a0} Primary\n".as_bytes(), "n.csv").unwrap();
    assert_eq!(marked[0].name, "Thornwick Primary");
    let problems = read_names(b"row,school\n1,Thornwick\n", "n.csv").unwrap_err();
    assert_eq!((problems[0].row, problems[0].column.as_deref()), (Some(1), Some("name")));
    let problems = read_names(b"row,name\none,Thornwick\n2,Park\nx,y\n", "n.csv").unwrap_err();
    assert_eq!(problems.iter().map(|p| p.row).collect::<Vec<_>>(), [Some(2), Some(4)]);
    // Two lists pasted together number their rows twice: each still has its result, in the order of the file.
    let repeated = read_names(b"row,name\n7,Thornwick\n8,Park\n7,Park\n", "n.csv").unwrap();
    assert_eq!(repeated.iter().map(|name| name.row).collect::<Vec<_>>(), [7, 8, 7]);
    let links = b"URN,LinkURN,LinkName,LinkType,LinkEstablishedDate\n\
                  100000,100001,Old Name,Predecessor - merged,31-08-2021\n100001,100000,,Second cousin,\n";
    let links = Links::read(links, "links.csv").unwrap();
    assert_eq!(links.rows()[0].kind, LinkType::PredecessorMerged);
    assert_eq!(links.rows()[0].since, chrono::NaiveDate::from_ymd_opt(2021, 8, 31));
    assert_eq!((links.rows()[1].kind, links.rows()[1].since), (LinkType::Other, None));
    let problems = Links::read(b"URN,LinkURN,LinkName\n1,2,x\n", "links.csv").unwrap_err();
    assert_eq!(problems[0].column.as_deref(), Some("LinkType"));
    let problems = Links::read(b"URN,LinkURN,LinkName,LinkType\n100000,2,x,Predecessor\n", "links.csv").unwrap_err();
    assert_eq!((problems[0].row, problems[0].column.as_deref()), (Some(2), Some("LinkURN")));
}

proptest! {
    /// Whatever is typed, there is an answer, its shares are shares, and it is the same again.
    #[test]
    fn any_text_has_an_answer(name in "\\PC{0,80}", postcode in "\\PC{0,10}", town in "\\PC{0,20}") {
        let register = register(&[]);
        let found = find(&register, &name, &postcode, &town);
        prop_assert!((0.0..=1.0).contains(&found.confidence));
        prop_assert!(found.candidates.len() <= 5);
        prop_assert!(found.candidates.iter().all(|c| (0.0..=1.0).contains(&c.score)));
        prop_assert_eq!(&found, &find(&register, &name, &postcode, &town));
        if let Decision::Matched(urn) = found.decision {
            prop_assert_eq!(urn, found.candidates[0].urn);
        }
    }
}
