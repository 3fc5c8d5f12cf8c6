//! Names that are no school of the list, or several.

use rand::Rng;
use rand::seq::IndexedRandom;

use super::words::{key, own};
use super::{Generator, Kind, Made};

impl Generator<'_> {
    pub(super) fn not_a_school(&mut self) -> Made {
        const PLAIN: &[&str] = &[
            "TBC",
            "tba",
            "Teams call",
            "ONLINE",
            "Half term",
            "Bank holiday",
            "No visit",
            "Office day",
            "CPD day",
            "Team meeting",
            "Cancelled - weather",
            "Reserve date",
            "St John Ambulance",
            "Police station",
            "Youth Centre",
            "Fire Station open day",
            "n/a",
            "???",
            "Christmas break",
            "Admin",
            "Prep day",
            "Sports Hall",
            "Cricket Club",
        ];
        const LOCAL: &[&str] = &[
            "Youth Club",
            "Brownies",
            "Library",
            "Community Centre",
            "Leisure Centre",
            "Mosque",
            "Cubs",
            "Football Club",
            "Baptist Church",
            "Town Hall",
            "Family Centre",
            "Sea Cadets",
            "Toddler Group",
            "Museum",
            "Theatre",
        ];
        let name = if self.rng.random_bool(0.5) {
            (*PLAIN.choose(&mut self.rng).unwrap()).to_owned()
        } else {
            let school = self.rng.random_range(0..self.list.rows.len());
            format!("{} {}", self.town_of(school), LOCAL.choose(&mut self.rng).unwrap())
        };
        Made { name, postcode: String::new(), town: String::new(), kind: Kind::NotASchool, urn: None, review_ok: false }
    }

    pub(super) fn out_of_area(&mut self) -> Option<Made> {
        let (row, authority) = *self.others.choose(&mut self.rng)?;
        let mut name = match self.rng.random_range(0..5) {
            0 => self.abbreviated(&row.name),
            1 => self.shortened(&row.name),
            2 => self.mistyped(&row.name),
            _ => row.name.clone(),
        };
        if self.rng.random_bool(0.1) {
            name = name.to_lowercase();
        }
        let mut made = Made {
            name,
            postcode: String::new(),
            town: String::new(),
            kind: Kind::OutOfArea,
            urn: None,
            review_ok: false,
        };
        let words = own(&made.name);
        let alike = words.is_empty() || self.fitting(&words, "", &made, None) > 0;
        // Nobody could tell a like name without a word of where it is.
        if alike || self.rng.random_bool(0.4) {
            made.postcode = row.postcode.clone().unwrap_or_default();
        }
        if self.rng.random_bool(0.4) {
            made.town = authority.to_owned();
        }
        Some(made)
    }

    pub(super) fn ambiguous(&mut self) -> Option<Made> {
        for _ in 0..50 {
            let school = self.rng.random_range(0..self.list.rows.len());
            let mut words: Vec<String> = self.list.rows[school].name.split(' ').map(str::to_owned).collect();
            let keep = self.rng.random_range(1..=2.min(words.len()));
            words.truncate(keep);
            let name = words.join(" ");
            let mut made = self.beside(school, Kind::Ambiguous, name.clone());
            made.postcode.clear();
            let own = own(&name);
            let whole = key(&name);
            if !own.is_empty() && !self.keys.contains(&whole) && self.fitting(&own, &name, &made, Some(school)) >= 2 {
                (made.urn, made.review_ok) = (None, true);
                return Some(made);
            }
        }
        None
    }
}
