//! How unlikely the postcode and the town are that stand beside a name, in nats.

use super::reading::{Query, near};
use super::register::{Register, School};
use super::weigh::{Agreement, Facts};

/// How unlikely the typed postcode is for somebody who means this school.
pub(super) fn postcode(register: &Register, query: &Query, school: &School, facts: &mut Facts) -> f64 {
    let (Some(typed), Some(own)) = (&query.postcode, &school.postcode) else { return 0.0 };
    let (agreement, cost) = if typed == own {
        (Agreement::Same, 0.0)
    } else if typed.outward == own.outward && typed.inward.is_none() {
        (Agreement::Near, 0.0)
    } else if typed.outward == own.outward && !register.gazetteer.has_full(typed) {
        (Agreement::Unknown, 5.0)
    } else if register.gazetteer.has_full(typed) {
        // Of all the schools there are, it is just this one's that was typed by mistake.
        #[allow(clippy::cast_precision_loss)]
        let one_of = (register.schools.len().max(1) as f64).ln();
        (Agreement::Other, (one_of + 3.5).max(9.5))
    } else if register.gazetteer.has_area(typed) {
        (Agreement::Other, 9.5)
    } else {
        (Agreement::Other, 10.5)
    };
    facts.postcode = agreement;
    cost
}

/// How unlikely the typed town is.
pub(super) fn town(register: &Register, query: &Query, school: &School, facts: &mut Facts) -> f64 {
    if query.town.is_empty() {
        return 0.0;
    }
    let has_all = |words: &[String]| !words.is_empty() && query.town.iter().all(|t| words.contains(t));
    let (agreement, cost) = if has_all(&school.town) || has_all(&school.authority) {
        (Agreement::Same, 0.0)
    } else {
        let outward = school.postcode.as_ref().map_or("", |p| p.outward.as_str());
        match register.gazetteer.outwards_of(&query.town_key) {
            _ if in_name(query, school) => (Agreement::Near, 0.3),
            // An authority ends at its border, a post town does not.
            Some(outwards) if near(outwards, outward) && register.gazetteer.is_authority(&query.town_key) => {
                (Agreement::Unknown, 6.0)
            }
            Some(outwards) if outwards.contains(outward) => (Agreement::Near, 0.3),
            Some(outwards) if near(outwards, outward) && school.town.is_empty() => (Agreement::Unknown, 3.0),
            Some(outwards) if near(outwards, outward) => (Agreement::Unknown, 4.0),
            Some(_) if register.is_whole_country() => (Agreement::Other, 10.5),
            Some(_) => (Agreement::Other, 9.0),
            None if query.town_is_region => (Agreement::Other, 8.0),
            None if register.gazetteer.knows_towns => (Agreement::Unknown, 4.5),
            None => (Agreement::Unknown, 1.0),
        }
    };
    facts.town = agreement;
    cost
}

/// Whether the town that was typed stands in the school's name.
fn in_name(query: &Query, school: &School) -> bool {
    query.town.iter().all(|word| school.plain.split(|c: char| !c.is_alphanumeric()).any(|w| w == word))
}

/// Whether some letters stand for the school's town, as "Kly" for Keighley does.
pub(super) fn is_short_for_town(text: &str, school: &School) -> bool {
    let consonants = (3..=4).contains(&text.len()) && !text.contains(['a', 'e', 'i', 'o', 'u']);
    consonants
        && school.town.len() == 1
        && school.town.iter().any(|town| {
            let mut letters = town.chars();
            text.len() < town.len()
                && text.chars().next() == town.chars().next()
                && text.chars().last() == town.chars().last()
                && text.chars().all(|letter| letters.any(|other| other == letter))
        })
}
