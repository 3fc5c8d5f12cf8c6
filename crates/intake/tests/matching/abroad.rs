//! Names of schools elsewhere in one authority's list, and names of its own that look like some: on a list made here. What
//! is known of England's names is the matcher's own.

use domain::lineage::LinkType;
use domain::setting::Urn;
use intake::matching::{Decision, Link, Links, Register, Typed};
use intake::school_list;

const LIST: &str = "\
URN,LA (code),LA (name),EstablishmentNumber,EstablishmentName,TypeOfEstablishment (name),PhaseOfEducation (name),StatutoryLowAge,StatutoryHighAge,Town,Postcode
500001,999,Hallowdale,2001,Menston Primary School,Community school,Primary,4,11,Hallowdale,HD1 1AA
500002,999,Hallowdale,2002,Grange Primary School,Community school,Primary,4,11,Hallowdale,HD1 2AA
500003,999,Hallowdale,2003,Woodlands Church of England Primary Academy,Academy converter,Primary,4,11,Hallowdale,HD1 3AA
500004,999,Hallowdale,2004,Sacred Heart Catholic Primary School,Voluntary aided school,Primary,4,11,Skelwick,HD9 1AA
500005,999,Hallowdale,2005,Victoria Primary School,Community school,Primary,4,11,Hallowdale,HD1 4AA
500006,999,Hallowdale,4001,Hallowdale Academy,Academy sponsor led,Secondary,11,18,Hallowdale,HD1 5AA
500007,999,Hallowdale,1101,Hallowdale Alternative Provision Academy,Academy alternative provision converter,Not applicable,,,Hallowdale,HD1 6AA
500008,999,Hallowdale,2006,Thorpe Primary School,Community school,Primary,4,11,Skelwick,HD9 2AA
500009,999,Hallowdale,2007,St Anthony's Catholic Primary School,Voluntary aided school,Primary,4,11,Hallowdale,HD1 7AA
500010,999,Hallowdale,4002,Larkmoor Girls' School,Community school,Secondary,11,16,Hallowdale,HD1 8AA
500011,999,Hallowdale,4003,The Holy Family Catholic School,Voluntary aided school,Secondary,11,18,Keighby,HD8 1AA
500012,999,Hallowdale,2008,Quillerby Primary School,Community school,Primary,4,11,Hallowdale,HD2 1AA
500013,999,Hallowdale,4004,Dixmoor City Academy,Academy sponsor led,Secondary,11,18,Hallowdale,HD2 2AA
500014,999,Hallowdale,2009,Bowling Fields Primary School,Community school,Primary,4,11,Hallowdale,HD2 3AA
";

fn register() -> Register {
    let list = school_list::read(LIST.as_bytes(), "list.csv", None).unwrap();
    let was = Link {
        urn: Urn::new(500_014).unwrap(),
        other: Urn::new(190_001).unwrap(),
        other_name: "Usher Street Primary School".to_owned(),
        kind: LinkType::Predecessor,
        since: None,
    };
    Register::of_list(&list, &Links::new(vec![was]), &[])
}

/// What each text with its town means: a school that is matched, or none where it is not taken.
fn check(cases: &[(&str, &str, Option<i64>)]) {
    let register = register();
    for (name, town, expected) in cases {
        let found = register.find(&Typed { name, town, ..Typed::default() });
        let taken = match found.decision {
            Decision::Matched(urn) => Some(urn),
            Decision::Review | Decision::None => None,
        };
        assert_eq!(taken, expected.map(|urn| Urn::new(urn).unwrap()), "{name} [{town}]: {found:#?}");
    }
}

#[test]
fn a_word_that_schools_elsewhere_have_is_not_taken_as_mistyped() {
    check(&[
        ("Manston Primary School", "", None),
        ("Nun Monkton Primary School", "", None),
        ("Thorpedene Primary School", "", None),
        ("Freethorpe Primary School", "", None),
        // No name has these words, or the town is said.
        ("Mensten Primary School", "", Some(500_001)),
        ("Quilerby Primary School", "", Some(500_012)),
        ("Manston Primary School", "Hallowdale", Some(500_001)),
    ]);
}

#[test]
fn a_trust_that_gives_its_schools_its_name_stands_before_its_own() {
    check(&[
        ("Outwood Grange Primary", "", None),
        ("Co-op Academy Woodlands", "", None),
        ("E-ACT Quillerby Primary School", "", None),
        ("Grange Primary School (Outwood)", "", Some(500_002)),
        ("Quillerby Primary School, Co-op Academies Trust", "", Some(500_012)),
    ]);
}

#[test]
fn a_place_elsewhere_is_not_passed_over() {
    check(&[
        ("Sacred Heart Catholic Primary School, Preston", "", None),
        ("St Anthony's Catholic Primary School, Walton-le-Dale", "", None),
        ("Leeds City Academy", "", None),
        ("Sacred Heart Catholic Primary School, Skelwick", "", Some(500_004)),
        ("Sacred Heart Catholic Primary School, West Yorkshire", "", Some(500_004)),
        ("Sacred Heart Catholic Primary School (Janet)", "", Some(500_004)),
        // Many towns have one, and the authority's own town is not this one's.
        ("Sacred Heart Hallowdale", "", None),
        ("Sacred Heart Skelwick", "", Some(500_004)),
        // A town's letters are the town.
        ("Holy Family Kby", "", Some(500_011)),
    ]);
}

#[test]
fn a_word_that_sets_a_name_apart_is_not_passed_over() {
    check(&[
        ("Victoria Hall", "", None),
        ("Thorpe Hall", "", None),
        ("Victoria Primary hall", "", Some(500_005)),
        ("Elm Grange Primary School", "", None),
        ("Manchester School for Girls", "", None),
        ("Hallowdale City FC Academy", "", None),
        ("Hallowdale AP Academy", "", Some(500_007)),
        ("Hallowdale Academy", "", Some(500_006)),
        ("Quillerby College", "", None),
        ("Woodlands", "", None),
        ("Woodlands CE", "", Some(500_003)),
    ]);
}

#[test]
fn a_street_begins_no_name() {
    let register = register();
    let found = register.find(&Typed { name: "St Anthony's", ..Typed::default() });
    assert_eq!(found.candidates[0].urn, Urn::new(500_009).unwrap());
    assert!(found.candidates.iter().all(|c| c.urn != Urn::new(500_014).unwrap()), "{found:#?}");
    check(&[("Usher St Primary", "", Some(500_014))]);
}
