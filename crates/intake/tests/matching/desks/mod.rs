//! A third hand, independent of the first two: single cells as they come from four desks (a police unit's, a theatre's, a
//! school-nursing team's, a council's) and from what carries them there: dictation, scanning, broken encodings, file
//! names. It was written before the matcher was run on it, and shares neither lists nor rules with the others.

mod asides;
mod meaning;
mod ways;

use intake::matching::Link;
use intake::school_list::{SchoolList, SchoolRow};
use rand::seq::IndexedRandom;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::made::{Kind, Made};
use meaning::{Meaning, Said};

/// A maker of cells.
pub struct Desks<'a> {
    list: &'a SchoolList,
    of: Vec<usize>,
    others: Vec<&'a SchoolRow>,
    meaning: Meaning,
    old_names: Vec<(usize, String)>,
    rng: ChaCha8Rng,
}

impl<'a> Desks<'a> {
    /// Cells about `list`'s schools for which `of` holds; `country` is where schools elsewhere come from.
    pub fn new(
        list: &'a SchoolList,
        country: &'a SchoolList,
        links: &[Link],
        of: impl Fn(&SchoolRow) -> bool,
        seed: u64,
    ) -> Self {
        let old_names = meaning::old_names(list, links);
        Self {
            list,
            of: (0..list.rows.len()).filter(|at| of(&list.rows[*at])).collect(),
            others: country.rows.iter().filter(|row| !list.authorities.contains_key(&row.authority)).collect(),
            meaning: Meaning::new(list, &old_names),
            old_names: old_names.into_iter().filter(|(at, _)| of(&list.rows[*at])).collect(),
            rng: ChaCha8Rng::seed_from_u64(seed ^ 0xDE5C),
        }
    }

    /// So many cells.
    pub fn make(&mut self, many: usize) -> Vec<Made> {
        let mut made = Vec::with_capacity(many);
        while made.len() < many && !self.of.is_empty() {
            let one = match self.rng.random_range(0..100) {
                0..=5 => self.no_school(),
                6..=8 if !self.others.is_empty() => self.elsewhere(),
                9..=10 => self.two(),
                11..=13 => self.by_number(),
                14..=16 => self.once_called(),
                _ => self.school(),
            };
            made.extend(one);
        }
        made
    }

    fn any(&mut self) -> usize {
        self.of.choose(&mut self.rng).copied().unwrap_or_default()
    }

    fn school(&mut self) -> Option<Made> {
        let school = self.any();
        let row = &self.list.rows[school];
        let (text, said, kind) = ways::typed(&row.name, row, &mut self.rng);
        Some(self.told(school, text, said, kind))
    }

    /// Puts what desks write around it, says what it means, and sends it on its way.
    fn told(&mut self, school: usize, text: String, said: Said, kind: Kind) -> Made {
        let row = &self.list.rows[school];
        let (text, around) = asides::around(&text, row, &mut self.rng);
        let placed = text.clone();
        let (text, garbled) = ways::carried(&text, &mut self.rng);
        let mut made = Made {
            name: text,
            postcode: String::new(),
            town: String::new(),
            kind: if garbled {
                Kind::Typo
            } else if around && kind == Kind::Exact {
                Kind::Note
            } else {
                kind
            },
            urn: Some(row.urn),
            review_ok: false,
        };
        if self.rng.random_bool(0.2) {
            made.postcode = row.postcode.clone().unwrap_or_default();
        }
        if self.rng.random_bool(0.2) {
            made.town = row.town.clone().unwrap_or_default();
        }
        // What stands in the text of where it is tells as much as beside it.
        let mut clue = made.clone();
        for (clue, is) in [(&mut clue.postcode, &row.postcode), (&mut clue.town, &row.town)] {
            if let Some(is) = is.as_ref().filter(|is| placed.contains(is.as_str())) {
                clue.clone_from(is);
            }
        }
        let many = self.meaning.how_many(self.list, school, &said, &clue);
        // Scanned or dictated letters may be another name's.
        made.review_ok = many.others > 0 || said.doubtful;
        if many.as_well > 0 {
            (made.urn, made.kind) = (None, Kind::Ambiguous);
        }
        made
    }

    fn once_called(&mut self) -> Option<Made> {
        let (school, old) = self.old_names.choose(&mut self.rng)?.clone();
        let row = &self.list.rows[school];
        let now = &row.name;
        let text = match self.rng.random_range(0..5) {
            0 => format!("{now} (was {old})"),
            1 => format!("{now} (formerly {old})"),
            2 => format!("{old} (now {now})"),
            3 => format!("{now} - prev {old}"),
            _ => format!("{now} / {old}"),
        };
        let said = Said::whole(now).once_called(&old);
        Some(self.told(school, text, said, Kind::OldName))
    }

    fn by_number(&mut self) -> Option<Made> {
        let school = self.any();
        let row = &self.list.rows[school];
        let (urn, la) = (row.urn, row.authority.as_str());
        let number = row.establishment_number.clone().filter(|n| n.len() == 4)?;
        let name = &row.name;
        let text = match self.rng.random_range(0..8) {
            0 => format!("{urn}"),
            1 => format!("URN {urn}"),
            2 => format!("{la}{number}"),
            3 => format!("{la}/{number} {name}"),
            4 => format!("{name} ({urn})"),
            5 => format!("{name} - DfE {la} {number}"),
            6 => format!("{urn} - {name}"),
            _ => format!("{la}-{number}"),
        };
        let (postcode, town) = (String::new(), String::new());
        Some(Made { name: text, postcode, town, kind: Kind::Exact, urn: Some(row.urn), review_ok: false })
    }

    fn two(&mut self) -> Option<Made> {
        let (a, b) = (self.any(), self.any());
        let (a, b) = (&self.list.rows[a], &self.list.rows[b]);
        let (short_a, short_b) = (ways::short(&a.name), ways::short(&b.name));
        if a.urn == b.urn || short_a == short_b {
            return None;
        }
        let name = match self.rng.random_range(0..6) {
            0 => format!("{short_a} & {short_b}"),
            1 => format!("{short_a} (am) {short_b} (pm)"),
            2 => format!("{} then {}", a.name, b.name),
            3 => format!("{} and {}", a.name, b.name),
            4 => format!("{}; {}", a.name, b.name),
            _ => format!("{short_a}/{short_b}"),
        };
        // Where both are of a federation, who reads it may know; a person should look in any case.
        let (postcode, town) = (String::new(), String::new());
        Some(Made { name, postcode, town, kind: Kind::Ambiguous, urn: None, review_ok: true })
    }

    fn no_school(&mut self) -> Option<Made> {
        let school = self.any();
        let row = &self.list.rows[school];
        let town = row.town.clone().unwrap_or_default();
        let name = asides::no_school(&ways::own(&row.name), &town, &mut self.rng);
        let place = if self.rng.random_bool(0.25) { town } else { String::new() };
        Some(Made { name, postcode: String::new(), town: place, kind: Kind::NotASchool, urn: None, review_ok: false })
    }

    fn elsewhere(&mut self) -> Option<Made> {
        let row = *self.others.choose(&mut self.rng)?;
        let (text, _, _) = ways::typed(&row.name, row, &mut self.rng);
        let (name, _) = asides::around(&text, row, &mut self.rng);
        // Who writes of a school of another district mostly says where it is.
        let (mut postcode, mut town) = (String::new(), String::new());
        match self.rng.random_range(0..5) {
            0 | 1 => postcode = row.postcode.clone().unwrap_or_default(),
            2 | 3 => town = row.town.clone().unwrap_or_default(),
            _ => {}
        }
        Some(Made { name, postcode, town, kind: Kind::OutOfArea, urn: None, review_ok: false })
    }
}
