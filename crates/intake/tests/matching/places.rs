//! Names with a place behind them, words that stand beside names, and what settles which school of the whole country a name
//! means: on lists made here.

use domain::lineage::LinkType;
use domain::setting::{LaCode, Phase, Urn};
use intake::matching::{Decision, Finding, Link, Links, Listed, Register, Typed};

/// A school: its number, its authority, its name and its postcode.
type Made = (i64, &'static str, &'static str, &'static str);

const AUTHORITIES: [(&str, &str); 3] = [("998", "Marbeckshire"), ("999", "Hallowdale"), ("997", "Skelby")];

const DISTRICT: &[Made] = &[
    (300_001, "999", "St Oswin's Catholic Primary School, Penbury", "HD1 1AA"),
    (300_002, "999", "Elmcote Primary School", "HD1 2AA"),
    (300_003, "999", "Elmcote Primary School, Marbeck", "HD7 1AA"),
    (300_004, "999", "Chirfield CofE Primary School & Busy Wrens Nursery", "HD9 1AA"),
    (300_005, "999", "Hallowdale Alternative Provision Academy", "HD1 3AA"),
    (300_006, "999", "Parrs Wold High School", "HD2 1AA"),
    (300_007, "999", "Kirkmere CofE Primary School", "HD2 1AB"),
    (300_008, "999", "Larkmoor Spencer Academy", "HD7 2AA"),
    (300_009, "999", "All Saints Primary School", "HD7 2AB"),
    (300_010, "999", "St Hild's Primary School, Hallowdale", "HD7 2AC"),
    (300_011, "999", "St Hild's Primary School, Netherby", "HD7 2AD"),
];

const COUNTRY: &[Made] = &[
    (310_001, "999", "Alma Fells Primary", "HD1 1AA"),
    (310_002, "998", "Alma Fells Primary School", "MB1 1AA"),
    (310_003, "999", "Upperton Houghs School", "HD1 2AA"),
    (310_004, "998", "Larkwood Priors Infant School", "MB1 2AA"),
    (310_005, "998", "Outfield Academy Portbury", "MB2 1AA"),
    (310_006, "997", "Portbury School", "SK1 1AA"),
    (310_007, "999", "St Oswin's Catholic Primary School", "HD2 1AA"),
    (310_008, "998", "St Oswin's Catholic Primary School", "MB3 1AA"),
    (310_009, "997", "St Oswin's Catholic Primary School, Swanmere", "SK2 1AA"),
];

/// A list of these schools, and of so many others with names unlike theirs; each number's old name is linked to it.
fn register(schools: &[Made], others: usize, old: &[(i64, &str)]) -> Register {
    const SYLLABLES: [&str; 12] =
        ["brax", "dov", "fen", "gul", "hax", "jom", "kip", "lun", "mor", "nux", "pid", "quev"];
    let names: Vec<String> = (0..others)
        .map(|at| {
            let part = |power: u32| SYLLABLES[at / SYLLABLES.len().pow(power) % SYLLABLES.len()];
            format!("{}{}z{}{}by Primary School", part(0), part(1), part(2), part(3))
        })
        .collect();
    let codes: Vec<LaCode> = AUTHORITIES.iter().map(|(code, _)| code.parse().unwrap()).collect();
    let of = |code: &str| AUTHORITIES.iter().position(|(other, _)| *other == code).unwrap();
    let listed = |urn: i64, at: usize, name, postcode| Listed {
        urn: Urn::new(urn).unwrap(),
        authority: &codes[at],
        authority_name: Some(AUTHORITIES[at].1),
        establishment_number: None,
        name,
        establishment_type: None,
        phase: Some(Phase::Primary),
        ages: None,
        town: (others == 0).then_some("Hallow Kirk"),
        postcode,
    };
    let rest = (400_001..).zip(&names).map(|(urn, name)| listed(urn, 1, name.as_str(), None));
    let these = schools.iter().map(|(urn, code, name, postcode)| listed(*urn, of(code), *name, Some(*postcode)));
    let links = (190_001..).zip(old).map(|(other, (urn, name))| Link {
        urn: Urn::new(*urn).unwrap(),
        other: Urn::new(other).unwrap(),
        other_name: (*name).to_owned(),
        kind: LinkType::Predecessor,
        since: None,
    });
    Register::new(these.chain(rest), &Links::new(links.collect()), &[])
}

fn find(register: &Register, name: &str, postcode: &str, town: &str) -> Finding {
    register.find(&Typed { name, postcode, town, years: None })
}

/// What each text means: a school that is matched, or none where a person is asked.
fn check(register: &Register, cases: &[(&str, &str, &str, Option<i64>)]) {
    for (name, postcode, town, expected) in cases {
        let found = find(register, name, postcode, town);
        let decision = expected.map_or(Decision::Review, |urn| Decision::Matched(Urn::new(urn).unwrap()));
        assert_eq!(found.decision, decision, "{name} [{postcode}] [{town}]: {found:#?}");
    }
}

#[test]
fn the_place_behind_a_name_is_left_to_be_understood() {
    check(
        &register(DISTRICT, 0, &[]),
        &[
            ("St Oswin's RC Primary", "", "", Some(300_001)),
            ("St Oswins Catholic Primary School", "", "", Some(300_001)),
            // It may be meant where another is called so and no more.
            ("Elmcote Primary School", "", "", None),
            ("Elmcote Primary School, Marbeck", "", "", Some(300_003)),
            ("Elmcote Primary School", "HD7 1AA", "", Some(300_003)),
            // The one that is called after the place, not another that is there too.
            ("St Hild's Primary, Hallowdale", "", "", Some(300_010)),
        ],
    );
}

#[test]
fn what_is_said_around_a_name_is_no_part_of_it() {
    check(
        &register(DISTRICT, 0, &[]),
        &[
            ("KirkmereCofEPrimarySchool", "", "", Some(300_007)),
            ("kirkmere of england primary school", "", "", Some(300_007)),
            ("my daughter goes to kirkmere cofe primary", "", "", Some(300_007)),
            ("attends Kirkmere CofE Primary", "", "", Some(300_007)),
            ("Pick up Kirkmere CofE Primary", "", "", Some(300_007)),
            ("Kirkmere CofE Primary B team", "", "", Some(300_007)),
            ("Kirkmere CofE Primary (SEN support)", "", "", Some(300_007)),
            ("Kirkmere CofE Primary School - mainstream", "", "", Some(300_007)),
            ("Kirkmere CofE Primary – w/c 12 May", "", "", Some(300_007)),
            ("road safety @ Kirkmere CofE Primary", "", "", Some(300_007)),
            ("All SS Primary School", "", "", Some(300_009)),
            // A second school of which only a word is typed, be it a place's.
            ("Kirkmere CofE Primary & Hallow", "", "", None),
            ("Kirkmere CofE Primary (am) Tennis Avenue (pm)", "", "", None),
        ],
    );
}

#[test]
fn what_says_only_of_which_kind_it_is_is_asked() {
    check(
        &register(DISTRICT, 0, &[]),
        &[
            ("Alternative provision - tbc", "", "", None),
            ("Hallowdale Alternative Provision", "", "", Some(300_005)),
            // A nursery of that name, of which the school's is only a part.
            ("Busy Wrens Day Nursery", "", "", None),
        ],
    );
}

#[test]
fn no_school_is_said_in_so_many_words() {
    let register = register(DISTRICT, 0, &[]);
    for name in ["No school place", "no school", "Not on roll", "Left area", "Out of county"] {
        assert_eq!(find(&register, name, "", "").decision, Decision::None, "{name}");
    }
    // A name that nobody could read is not none.
    let found = find(&register, "parswold high school", "", "");
    assert_eq!(found.candidates[0].urn, Urn::new(300_006).unwrap(), "{found:#?}");
    assert_ne!(found.decision, Decision::None, "{found:#?}");
}

#[test]
fn a_number_may_stand_beside_a_name_the_school_had() {
    let register = register(DISTRICT, 0, &[(300_008, "Gorsebank Comprehensive School")]);
    check(
        &register,
        &[
            ("Gorsebank Comprehensive (URN 300008)", "", "", Some(300_008)),
            ("Kirkmere Primary (URN 300008)", "", "", None),
            ("Gorsebank Comprehensive (URN 300008)", "HD2 1AB", "", None),
        ],
    );
}

#[test]
fn of_the_whole_country_a_place_settles_what_a_name_does_not() {
    let register = register(COUNTRY, 20_000, &[(310_005, "Portbury School")]);
    check(
        &register,
        &[
            // The tail is left out, and the postcode or the town says which it is.
            ("St Oswin's RC Primary", "", "", None),
            ("St Oswin's RC Primary", "SK2 1AA", "", Some(310_009)),
            ("St Oswin's RC Primary School", "", "Skelby", Some(310_009)),
            // "School" is what people leave out.
            ("Alma Fells Primary", "", "", None),
            ("Alma Fells Primary School", "", "", Some(310_002)),
            ("Alma Fells Primary", "", "Hallowdale", Some(310_001)),
            // A name that one had there, and another has elsewhere.
            ("Portbury School", "", "", None),
            ("Portbury School", "", "Marbeckshire", Some(310_005)),
            ("Portbury School", "", "Skelby", Some(310_006)),
            // A word that nobody knows before a whole name, or beside one in its place.
            ("Wexor Upperton Houghs School", "", "", Some(310_003)),
            ("North Upperton Houghs School", "", "", None),
            ("Larkwood Priors Infant School wexormat", "", "", None),
            ("Larkwood Priors Infant School wexormat", "", "Marbeckshire", Some(310_004)),
            ("Larkwood Priors Infant School Scouts", "", "Marbeckshire", None),
        ],
    );
}
