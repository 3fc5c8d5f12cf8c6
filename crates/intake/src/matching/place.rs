//! Where a school is and where a typed one is said to be.

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use super::lexicon::REGIONS;
use super::words;

/// A postcode or its outward half, in capitals without a space.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Postcode {
    /// "BD4".
    pub(super) outward: String,
    /// "6NR", none when only the outward half is given.
    pub(super) inward: Option<String>,
}

impl Postcode {
    /// Reads a postcode however it is spaced; none when it cannot be one.
    pub(super) fn read(text: &str) -> Option<Self> {
        let plain: String =
            text.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_uppercase()).take(9).collect();
        let (outward, inward) = match plain.len().checked_sub(3).map(|at| plain.split_at(at)) {
            Some((outward, inward)) if is_inward(inward) && is_outward(outward) => (outward, Some(inward.to_owned())),
            _ => (plain.as_str(), None),
        };
        is_outward(outward).then(|| Self { outward: outward.to_owned(), inward })
    }

    /// "BD".
    pub(super) fn area(&self) -> &str {
        area(&self.outward)
    }
}

fn area(outward: &str) -> &str {
    let letters = outward.bytes().take_while(u8::is_ascii_alphabetic).count();
    &outward[..letters]
}

fn is_outward(text: &str) -> bool {
    let bytes = text.as_bytes();
    let letters = bytes.iter().take_while(|b| b.is_ascii_alphabetic()).count();
    let rest = &bytes[letters.min(bytes.len())..];
    (1..=2).contains(&letters)
        && (1..=2).contains(&rest.len())
        && rest[0].is_ascii_digit()
        && rest.iter().all(u8::is_ascii_alphanumeric)
}

fn is_inward(text: &str) -> bool {
    matches!(text.as_bytes(), [a, b, c] if a.is_ascii_digit() && b.is_ascii_alphabetic() && c.is_ascii_alphabetic())
}

/// A town's or authority's name as it is compared: its words without the likes of "City of".
pub(super) fn place_words(text: &str) -> Vec<String> {
    let mut words: Vec<String> = words::split(text).into_iter().map(|t| t.text).collect();
    words.retain(|w| {
        !matches!(
            w.as_str(),
            "city"
                | "county"
                | "of"
                | "the"
                | "borough"
                | "royal"
                | "council"
                | "upon"
                | "and"
                | "on"
                | "uk"
                | "england"
        )
    });
    words
}

/// What the register's own rows tell of places.
#[derive(Debug, Default)]
pub(super) struct Gazetteer {
    /// The outward halves of a town's or authority's schools.
    places: HashMap<String, HashSet<String>>,
    authorities: HashSet<String>,
    towns: HashSet<String>,
    outwards: HashSet<String>,
    areas: HashSet<String>,
    full: HashSet<Postcode>,
    /// Whether most schools have a town, so that a town nobody has is one elsewhere.
    pub(super) knows_towns: bool,
}

impl Gazetteer {
    /// Takes in a school's place.
    pub(super) fn add(&mut self, town: &[String], authority: &[String], postcode: Option<&Postcode>) {
        if !authority.is_empty() {
            self.authorities.insert(authority.join(" "));
        }
        if !town.is_empty() {
            self.towns.insert(town.join(" "));
        }
        for name in [town, authority].iter().filter(|n| !n.is_empty()) {
            let outwards = self.places.entry(name.join(" ")).or_default();
            outwards.extend(postcode.map(|p| p.outward.clone()));
        }
        if let Some(postcode) = postcode {
            if !self.outwards.contains(&postcode.outward) {
                self.outwards.insert(postcode.outward.clone());
                self.areas.insert(postcode.area().to_owned());
            }
            self.full.insert(postcode.clone());
        }
    }

    /// How many towns and authorities it knows.
    pub(super) fn len(&self) -> usize {
        self.places.len()
    }

    pub(super) fn outwards_of(&self, place: &str) -> Option<&HashSet<String>> {
        self.places.get(place)
    }

    pub(super) fn is_authority(&self, place: &str) -> bool {
        self.authorities.contains(place)
    }

    /// Whether a school has a town of this name.
    pub(super) fn has_town(&self, words: &[String]) -> bool {
        self.towns.contains(&words.join(" "))
    }

    pub(super) fn has_outward(&self, postcode: &Postcode) -> bool {
        self.outwards.contains(&postcode.outward)
    }

    pub(super) fn has_area(&self, postcode: &Postcode) -> bool {
        self.areas.contains(postcode.area())
    }

    /// Whether a school of the register has this very postcode.
    pub(super) fn has_full(&self, postcode: &Postcode) -> bool {
        self.full.contains(postcode)
    }
}

/// Whether a text is the name of a county or authority of England.
pub(super) fn is_region(words: &[String]) -> bool {
    static NAMES: LazyLock<HashSet<Vec<String>>> = LazyLock::new(|| REGIONS.split(", ").map(place_words).collect());
    NAMES.contains(words)
}

/// Whether two postcodes' outward halves are of the same area ("BD4" and "BD20").
pub(super) fn same_area(a: &str, b: &str) -> bool {
    area(a) == area(b)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn postcodes_are_read_however_spaced() {
        let read = |text: &str| Postcode::read(text).map(|p| (p.outward, p.inward.unwrap_or_default()));
        let expected = |o: &str, i: &str| Some((o.to_owned(), i.to_owned()));
        assert_eq!(read(" bd5  8fg"), expected("BD5", "8FG"));
        assert_eq!(read("BD229LH"), expected("BD22", "9LH"));
        assert_eq!(read("BD4"), expected("BD4", ""));
        assert_eq!(read("ec3a 5de"), expected("EC3A", "5DE"));
        assert_eq!(read("W1"), expected("W1", ""));
        for none in ["", "Bradford", "12345", "see note", "B"] {
            assert_eq!(read(none), None, "{none}");
        }
    }
}
