//! What people write around a name: trusts, sites, heads, classes, times.

use rand::Rng;
use rand::seq::IndexedRandom;
use rand_chacha::ChaCha8Rng;

const TRUSTS: &[&str] = &[
    "United Learning",
    "Ark",
    "Harris Federation",
    "Oasis Community Learning",
    "Outwood Grange Academies Trust",
    "OGAT",
    "Delta Academies Trust",
    "Delta",
    "Star Academies",
    "Co-op Academies Trust",
    "REAch2",
    "REAch2 Academy Trust",
    "Ormiston Academies Trust",
    "OAT",
    "AET",
    "Academies Enterprise Trust",
    "E-ACT",
    "Leigh Academies Trust",
    "Northern Education Trust",
    "NET",
    "Kernow Learning",
    "Nicholas Postgate CAT",
    "Bishop Wheeler CAT",
    "BWCAT",
    "Diocese of Ely MAT",
    "DEMAT",
    "Plymouth CAST",
    "Our Lady Immaculate CMAT",
    "Focus Trust",
    "Wellspring Academy Trust",
    "Nexus MAT",
    "The White Horse Federation",
    "GLF Schools",
    "Greenshaw",
    "LEO Academy Trust",
    "Anglian Learning",
    "Cabot Learning Federation",
    "CLF",
    "Ted Wragg Trust",
    "Lumen Christi",
    "Romero MAC",
    "Emmaus CMAC",
    "Tove Learning Trust",
    "David Ross Education Trust",
    "DRET",
    "Lift Schools",
    "The Kemnal Academies Trust",
    "TKAT",
    "Aquinas",
    "Bishop Hogarth CET",
    "Windsor Academy Trust",
    "Shaw Education Trust",
    "The Enquire Learning Trust",
    "Astrea",
    "Wickersley Partnership Trust",
    "Brigantia",
    "Hope Learning Trust",
];

const HEADS: &[&str] = &[
    "Mrs Pickles",
    "Mr Khan",
    "Miss Akhtar",
    "Mrs J Smith",
    "Mr O'Connor",
    "Ms Patel",
    "Dr Adeyemi",
    "Mrs Fletcher",
    "K Hussain",
    "Sarah B",
    "Mr T Wilkinson",
    "Mrs Ahmed-Lee",
    "Sister Bernadette",
    "Janet",
    "Mr Sutcliffe",
    "Mrs Robertshaw",
];

const NOTES: &[&str] = &[
    "Y5",
    "Yr 6",
    "Y5/6",
    "Year 6 x2",
    "2 classes",
    "60 pupils",
    "x3",
    "KS2",
    "Y7 assembly",
    "am",
    "PM",
    "10am",
    "9.15-10.30",
    "2 shows",
    "matinee",
    "confirmed",
    "TBC",
    "tbc - ring back",
    "cancelled",
    "cancelled snow",
    "return visit",
    "hall booked",
    "see email",
    "DSL J Smith",
    "new",
    "NEW!",
    "60",
    "30 + 28",
    "paid",
    "invoice sent",
    "online safety",
    "CSE talk",
    "parents eve",
    "?",
    "??",
    "2nd visit",
    "postponed",
    "moved from 12/3",
    "SEN group",
    "mixed",
    "ask for office",
    "no parking",
    "Reception",
    "whole school",
    "Yr9",
    "via Teams",
    "01274 555123",
    "ref 20431",
    "PCSO 7712",
    "half day",
    "Wed",
    "Mon & Tues",
];

const SITES: &[&str] = &[
    "Upper site",
    "Lower site",
    "main site",
    "Main Campus",
    "North campus",
    "annexe",
    "Infant site",
    "Junior Site",
    "lower school site",
    "sports hall",
    "6th form block",
    "Site 2",
    "old building",
    "KS3 site",
    "Nursery building",
];

/// A word or two about whom, when, where.
pub fn note(rng: &mut ChaCha8Rng) -> &'static str {
    NOTES.choose(rng).unwrap_or(&"Y5")
}

/// Sets something beside the name, the way hands do.
fn beside(name: &str, what: &str, rng: &mut ChaCha8Rng) -> String {
    match rng.random_range(0..9) {
        0..=2 => format!("{name} ({what})"),
        3..=4 => format!("{name} - {what}"),
        5 => format!("{name}, {what}"),
        6 => format!("{name} {what}"),
        7 => format!("{name}/{what}"),
        _ => format!("{name} [{what}]"),
    }
}

/// A note after the name, a head beside it, or a site.
pub fn with_note(name: &str, rng: &mut ChaCha8Rng) -> String {
    match rng.random_range(0..12) {
        0 => beside(name, HEADS.choose(rng).unwrap_or(&"Mrs Pickles"), rng),
        1 => format!("{} - {name}", HEADS.choose(rng).unwrap_or(&"Mr Khan")),
        2 => beside(name, SITES.choose(rng).unwrap_or(&"Upper site"), rng),
        3 => format!(
            "{} {name}",
            ["Visit to", "visit:", "PCSO input", "Assembly at", "*", "NEW -", "1.", "Show at"]
                .choose(rng)
                .unwrap_or(&"*")
        ),
        4 => {
            let first = beside(name, note(rng), rng);
            format!("{first} {}", note(rng))
        }
        _ => beside(name, note(rng), rng),
    }
}

/// A trust before or after; `own` is the school's, where it is known.
pub fn with_trust(name: &str, own: Option<&str>, rng: &mut ChaCha8Rng) -> String {
    let trust = match own {
        Some(own) if rng.random_bool(0.7) => own,
        _ => TRUSTS.choose(rng).unwrap_or(&"Ark"),
    };
    match rng.random_range(0..6) {
        0 => format!("{trust} - {name}"),
        1 => format!("{trust}: {name}"),
        2 => format!("{name} ({trust})"),
        3 => format!("{name}, {trust}"),
        4 => format!("{name} - part of {trust}"),
        _ => format!("{name} / {trust}"),
    }
}
