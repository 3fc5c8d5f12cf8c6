//! How a name is written.

use rand::Rng;
use rand::seq::IndexedRandom;

use super::Generator;
use super::words::is_general;

impl Generator<'_> {
    pub(super) fn abbreviated(&mut self, name: &str) -> String {
        const SHORT: &[(&str, &[&str])] = &[
            ("school", &["Sch", "Schl", "sch."]),
            ("primary", &["Pri", "Prim", "Prim.", "Pry"]),
            ("junior", &["Jnr", "Jun", "Jnr."]),
            ("infant", &["Inf", "Inf."]),
            ("infants", &["Infs"]),
            ("academy", &["Acad", "Acad.", "Acdmy"]),
            ("nursery", &["Nurs", "Nsy", "Nur."]),
            ("community", &["Comm", "Com", "Comm."]),
            ("secondary", &["Sec", "Sec."]),
            ("catholic", &["RC", "R.C.", "Cath"]),
            ("cofe", &["CE", "C of E", "C.E.", "C/E"]),
            ("saint", &["St", "St."]),
            ("college", &["Coll", "Coll."]),
            ("grammar", &["Gram"]),
            ("special", &["Spec"]),
            ("voluntary", &["Vol"]),
            ("controlled", &["Contr."]),
            ("preparatory", &["Prep"]),
            ("road", &["Rd"]),
            ("lane", &["Ln"]),
            ("park", &["Pk"]),
            ("street", &["St"]),
            ("house", &["Hse"]),
            ("and", &["&", "+"]),
        ];
        let mut name = name.replace("Church of England", "CofE").replace("Roman Catholic", "RC");
        if self.rng.random_bool(0.3) {
            name = name.replace("Voluntary Aided", "VA").replace("Voluntary Controlled", "VC");
        }
        if self.rng.random_bool(0.15) {
            name = name.replace("Primary School", "PS").replace("High School", "HS");
        }
        let often = self.rng.random_range(0.3..0.9);
        let words: Vec<String> = name
            .split(' ')
            .map(|word| {
                let short = SHORT.iter().find(|(long, _)| word.eq_ignore_ascii_case(long));
                match short {
                    Some((_, short)) if self.rng.random_bool(often) => {
                        (*short.choose(&mut self.rng).unwrap()).to_owned()
                    }
                    _ if word == "St" && self.rng.random_bool(0.2) => "Saint".to_owned(),
                    _ => word.to_owned(),
                }
            })
            .collect();
        words.join(" ")
    }

    /// Words that many schools have are left out: all after a place, or one.
    pub(super) fn shortened(&mut self, name: &str) -> String {
        let words: Vec<&str> = name.split(' ').collect();
        let general: Vec<usize> = (1..words.len()).filter(|at| is_general(words[*at])).collect();
        if general.is_empty() {
            return name.to_owned();
        }
        match self.rng.random_range(0..4) {
            0 => {
                let at = *general.choose(&mut self.rng).unwrap();
                let kept: Vec<&str> =
                    words.iter().enumerate().filter(|(i, _)| *i != at).map(|(_, word)| *word).collect();
                kept.join(" ")
            }
            1 => {
                let first = general[0];
                words[..first].join(" ").trim_end_matches(',').to_owned()
            }
            _ => {
                let mut end = words.len();
                let most = self.rng.random_range(1..=3);
                for _ in 0..most {
                    if end > 1 && is_general(words[end - 1]) {
                        end -= 1;
                    }
                }
                words[..end].join(" ").trim_end_matches(',').to_owned()
            }
        }
    }

    pub(super) fn punctuated(&mut self, name: &str) -> String {
        match self.rng.random_range(0..5) {
            0 => name.replace('\'', ""),
            1 => name.replace('\'', "’"),
            2 => name.replace("St ", "St. ").replace(" and ", " & "),
            3 => name.replace('-', " ").replace(',', ""),
            _ => format!("{name}."),
        }
    }

    pub(super) fn reordered(&mut self, name: &str) -> String {
        let words: Vec<&str> = name.split(' ').collect();
        let general = words.iter().rposition(|w| !is_general(w)).map_or(0, |at| at + 1);
        if general == 0 || general >= words.len() {
            return name.to_owned();
        }
        let (own, rest) = (words[..general].join(" "), words[general..].join(" "));
        if self.rng.random_bool(0.5) { format!("{rest}, {own}") } else { format!("{rest} {own}") }
    }

    pub(super) fn with_affix(&mut self, name: &str) -> String {
        const TRUSTS: &[&str] = &[
            "Larkfield Learning Trust",
            "Delta Academies Trust",
            "Five Rivers MAT",
            "Harris Federation",
            "Star Academies",
            "Outwood Grange Academies Trust",
            "The Diocese of Leeds",
            "Moorside Multi Academy Trust",
            "Ebor Academy Trust",
        ];
        const SHORT: &[&str] = &["FRMAT", "DAT", "MAT", "Ebor", "Harris", "OGAT", "NET", "Exceed", "Moorside MAT"];
        let long = *TRUSTS.choose(&mut self.rng).unwrap();
        let short = *SHORT.choose(&mut self.rng).unwrap();
        match self.rng.random_range(0..5) {
            0 => format!("{name} ({long})"),
            1 => format!("{name} - {long}"),
            2 => format!("{name}, {long}"),
            3 => format!("{name} ({short})"),
            _ => format!("{short} {name}"),
        }
    }

    pub(super) fn with_note(&mut self, name: &str) -> String {
        const NOTES: &[&str] = &[
            "(pm)",
            "- a.m.",
            "Yr 4",
            "(Year 3)",
            "x2",
            "- 3 sessions",
            "(45 pupils)",
            "- booked",
            "- TBC",
            "(rescheduled)",
            "12/5",
            "- hall booked",
            "(cancelled)",
            "2nd visit",
            "- see email",
            "(both classes)",
            "[new head]",
            "- invoice sent",
            "??",
            "*",
        ];
        format!("{name} {}", NOTES.choose(&mut self.rng).unwrap())
    }

    pub(super) fn mistyped(&mut self, name: &str) -> String {
        let mut letters: Vec<char> = name.chars().collect();
        let slips = if self.rng.random_bool(0.7) { 1 } else { 2 };
        for _ in 0..slips {
            let places: Vec<usize> =
                (0..letters.len().saturating_sub(1)).filter(|i| letters[*i].is_alphabetic()).collect();
            let Some(at) = places.choose(&mut self.rng).copied() else { continue };
            match self.rng.random_range(0..4) {
                0 => {
                    letters.remove(at);
                }
                1 => letters.insert(at, letters[at].to_ascii_lowercase()),
                2 if letters[at + 1].is_alphabetic() => letters.swap(at, at + 1),
                _ => letters[at] = char::from(self.rng.random_range(b'a'..=b'z')),
            }
        }
        letters.into_iter().collect()
    }

    pub(super) fn spaced(&mut self, name: &str) -> String {
        let mut name = name.to_owned();
        match self.rng.random_range(0..3) {
            0 => name = name.replacen(' ', "  ", 2),
            1 => name = format!(" {} ", name.replace(' ', "\u{a0}")),
            _ => {
                let spaces: Vec<usize> = name.match_indices(' ').map(|(at, _)| at).collect();
                if let Some(at) = spaces.choose(&mut self.rng) {
                    name.remove(*at);
                }
            }
        }
        name
    }
}
