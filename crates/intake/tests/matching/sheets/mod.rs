//! A second hand, independent of the first: whole sheets, each kept by somebody with habits, made from the register
//! before the matcher was looked at with them. A seed gives the same rows again.

mod around;
mod beside;
mod elsewhere;
mod hand;
mod part;
mod short;
mod slip;
mod truth;

use domain::setting::{Phase, Urn};
use intake::matching::Link;
use intake::school_list::{SchoolList, SchoolRow};
use rand::seq::IndexedRandom;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::made::{Kind, Made};
use beside::Columns;
use elsewhere::ABROAD;
use hand::Hand;
use part::{Part, Role, parse, plain};
use truth::{Clue, Truth, Verdict};

/// Half of the country's districts: one to mend the matcher by, one that is only ever counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Half {
    Development,
    HeldOut,
}

impl Half {
    /// Whether the authority of this code is of this half.
    pub fn has(self, code: &str) -> bool {
        let odd = code.parse::<u32>().is_ok_and(|number| number % 2 == 1);
        odd == (self == Self::HeldOut)
    }

    /// So many of its authorities that have some schools, others for each seed.
    pub fn districts(self, country: &SchoolList, seed: u64, many: usize) -> Vec<String> {
        let mut codes: Vec<String> = country.authorities.keys().map(ToString::to_string).collect();
        codes
            .retain(|code| self.has(code) && country.rows.iter().filter(|r| r.authority.as_str() == code).count() > 30);
        codes.sort();
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        codes.choose_multiple(&mut rng, many).cloned().collect()
    }
}

/// Rows a sheet has.
const ROWS: usize = 40;

/// A maker of sheets.
pub struct Sheets<'a> {
    list: &'a SchoolList,
    /// Schools that rows are made of, a part of the list's.
    of: Vec<usize>,
    /// Schools elsewhere with their authority's name.
    others: Vec<(&'a SchoolRow, &'a str)>,
    truth: Truth<'a>,
    old_names: Vec<(usize, String)>,
    /// Schools' names in another release, of those whose own words changed, and their trusts.
    renamed: Vec<(usize, String)>,
    sponsors: Vec<(Urn, String)>,
    special: Vec<usize>,
    rng: ChaCha8Rng,
}

impl<'a> Sheets<'a> {
    /// Sheets of `list`'s schools for which `of` holds; `country` is where schools elsewhere come from. Where the list is
    /// the country, they come from across its borders.
    pub fn new(
        list: &'a SchoolList,
        country: &'a SchoolList,
        links: &[Link],
        of: impl Fn(&SchoolRow) -> bool,
        seed: u64,
    ) -> Self {
        let truth = Truth::new(list, country, links);
        let kept: Vec<usize> = (0..list.rows.len()).filter(|at| of(&list.rows[*at])).collect();
        let keeps = |at: usize| kept.binary_search(&at).is_ok();
        let others = country.rows.iter().filter(|row| !list.authorities.contains_key(&row.authority));
        let special = ["special", "pupil referral", "pru", "alternative provision", "learning centre", "pupil ref"];
        let is_special = |row: &SchoolRow| {
            let name = row.name.to_lowercase();
            special.iter().any(|word| name.contains(word))
                || row.type_group.as_deref().is_some_and(|group| group.to_lowercase().contains("special"))
        };
        Self {
            list,
            others: others.map(|row| (row, authority_name(country, row))).collect(),
            old_names: truth.old_names.iter().filter(|(at, _)| keeps(*at)).cloned().collect(),
            truth,
            renamed: Vec::new(),
            sponsors: Vec::new(),
            special: kept.iter().copied().filter(|at| is_special(&list.rows[*at])).collect(),
            of: kept,
            rng: ChaCha8Rng::seed_from_u64(seed ^ 0x5EE7),
        }
    }

    /// Takes the schools' names of another release of the same list, and the trusts it names.
    pub fn with_release(mut self, release: &SchoolList, sponsors: Vec<(Urn, String)>) -> Self {
        for (at, row) in self.list.rows.iter().enumerate() {
            let then = release.rows.iter().find(|then| then.urn == row.urn && then.name != row.name);
            // A school renamed altogether is known to nobody who has only the new list.
            let own = |name: &str| parse(name).into_iter().find(|p| p.role == Role::Own).map(|p| p.meant);
            self.renamed.extend(then.filter(|t| own(&t.name) == own(&row.name)).map(|t| (at, t.name.clone())));
        }
        self.sponsors = sponsors;
        self
    }

    /// So many rows.
    pub fn make(&mut self, many: usize) -> Vec<Made> {
        let mut made = Vec::with_capacity(many);
        while made.len() < many && !self.of.is_empty() {
            let hand = Hand::any(&mut self.rng);
            for _ in 0..ROWS.min(many - made.len()) {
                made.extend(self.row(&hand));
            }
        }
        made
    }

    fn row(&mut self, hand: &Hand) -> Option<Made> {
        match self.rng.random_range(0..1000) {
            0..=44 => self.no_school(hand),
            45..=84 => self.elsewhere(hand),
            85..=92 => self.two(hand),
            _ => {
                let special = self.rng.random_bool(0.08);
                let from = if special && !self.special.is_empty() { &self.special } else { &self.of };
                let school = *from.choose(&mut self.rng)?;
                Some(self.of_school(school, hand))
            }
        }
    }

    fn of_school(&mut self, school: usize, hand: &Hand) -> Made {
        let row = &self.list.rows[school];
        let (mut school, mut name, mut kind) = (school, row.name.clone(), Kind::Exact);
        if self.rng.random_bool(hand.memory)
            && let Some((at, old)) = self.old_names.choose(&mut self.rng).cloned()
        {
            (school, name, kind) = (at, old, Kind::OldName);
        } else if let Some((_, then)) = self.renamed.iter().find(|(at, _)| *at == school)
            && self.rng.random_bool(0.3)
        {
            (name, kind) = (then.clone(), Kind::OldName);
        }
        let row = &self.list.rows[school];
        let place = self.place_of(school);
        let (text, parts, did) = self.typed(&name, row, &place, hand);
        let other = self.of.choose(&mut self.rng).map_or(row, |at| &self.list.rows[*at]);
        let mut columns = beside::columns(row, &place, other, hand, &mut self.rng);
        if did.contains(&Kind::Town) {
            columns.clue.town = Some(plain(&place));
        }
        let mut verdict = self.truth.judge(school, &parts, &columns.clue);
        if columns.contradicts {
            verdict = if verdict == Verdict::Ambiguous { verdict } else { Verdict::Likely };
            kind = Kind::WrongPostcode;
        }
        if kind == Kind::Exact {
            kind = match did[..] {
                [] => Kind::Exact,
                [one] => one,
                [.., Kind::Typo] => Kind::Typo,
                [..] if did.len() > 2 => Kind::Combo,
                [.., last] => last,
            };
        }
        let ambiguous = verdict == Verdict::Ambiguous;
        Made {
            name: text,
            postcode: columns.postcode,
            town: columns.town,
            kind: if ambiguous { Kind::Ambiguous } else { kind },
            urn: (!ambiguous).then_some(row.urn),
            review_ok: verdict != Verdict::Sure,
        }
    }

    /// A name as this hand types it, the words that were kept, and what was done to them.
    fn typed(&mut self, name: &str, row: &SchoolRow, place: &str, hand: &Hand) -> (String, Vec<Part>, Vec<Kind>) {
        let rng = &mut self.rng;
        let mut parts = parse(name);
        let mut did = Vec::new();
        let mut note = |done: bool, kind: Kind| did.extend(done.then_some(kind));
        note(short::leave_out(&mut parts, hand.terse, rng), Kind::Dropped);
        if rng.random_bool(hand.adds) {
            let primary = row.phase == Some(Phase::Primary);
            note(short::add_kind(&mut parts, primary, rng), Kind::Affix);
        }
        if rng.random_bool(hand.short * 0.4) {
            note(short::kind_in_capitals(&mut parts, rng), Kind::Abbrev);
        }
        note(short::abbreviate(&mut parts, hand.short, rng), Kind::Abbrev);
        if parts.len() > 2 && rng.random_bool(0.012) {
            // "Primary School, Crossflatts"
            let own = parts.iter().rposition(|p| p.role == Role::Own).map_or(0, |at| at + 1);
            if own < parts.len() && own > 0 {
                parts.rotate_left(own);
                note(true, Kind::Order);
            }
        }
        if let Some(width) = hand.width {
            note(slip::cut(&mut parts, width), Kind::Typo);
        }
        note(slip::slip(&mut parts, hand.slips, hand.phone, rng), Kind::Typo);
        let mut text = part::join(&parts);
        if rng.random_bool(hand.sloppy) {
            let careless = hand::careless(&text, rng);
            note(careless != text, Kind::Punct);
            text = careless;
        }
        if rng.random_bool(hand.towns) && !text.to_lowercase().contains(&place.to_lowercase()) {
            text = match rng.random_range(0..6) {
                0 => format!("{place} - {text}"),
                1 => format!("{text} ({place})"),
                2 => format!("{place} {text}"),
                3 => format!("{text} {place}"),
                _ => format!("{text}, {place}"),
            };
            note(true, Kind::Town);
        }
        if rng.random_bool(hand.trusts) {
            let own = self.sponsors.iter().find(|(urn, _)| *urn == row.urn).map(|(_, trust)| trust.as_str());
            text = around::with_trust(&text, own, rng);
            note(true, Kind::Affix);
        }
        if rng.random_bool(hand.notes) {
            text = around::with_note(&text, rng);
            note(true, Kind::Note);
        }
        if rng.random_bool(0.04) {
            text = hand::spaced(&text, rng);
            note(true, Kind::Space);
        }
        let cased = hand.cased(&text);
        note(cased != text, Kind::Case);
        (cased, parts, did)
    }

    /// The post town, else what most people nearby would write: the authority's name.
    fn place_of(&self, school: usize) -> String {
        let row = &self.list.rows[school];
        row.town.clone().unwrap_or_else(|| short_authority(authority_name(self.list, row)))
    }

    fn no_school(&mut self, hand: &Hand) -> Option<Made> {
        let school = *self.of.choose(&mut self.rng)?;
        let place = self.place_of(school);
        let text = if self.rng.random_bool(0.12) {
            elsewhere::college(&place, &mut self.rng)
        } else {
            elsewhere::no_school(&place, &mut self.rng)
        };
        let parts = parse(&text);
        // A college or a children's centre may be a school of the list after all.
        if parts.iter().any(|p| p.role == Role::Own) && self.truth.any_fits(&parts, &Clue::default()) {
            return None;
        }
        let town = if self.rng.random_bool(hand.town_column * 0.6) { place } else { String::new() };
        let name = hand.cased(&text);
        Some(Made { name, postcode: String::new(), town, kind: Kind::NotASchool, urn: None, review_ok: false })
    }

    /// A school that the list does not have, near by more often than not.
    fn elsewhere(&mut self, hand: &Hand) -> Option<Made> {
        let near = *self.of.choose(&mut self.rng)?;
        if self.others.is_empty() {
            let (name, postcode, town) = *ABROAD.choose(&mut self.rng)?;
            if self.truth.any_fits(&parse(name), &Clue::default()) {
                return None;
            }
            let says = |likely: f64, what: &str, rng: &mut ChaCha8Rng| {
                if rng.random_bool(likely) { what.to_owned() } else { String::new() }
            };
            let postcode = says(hand.postcodes, postcode, &mut self.rng);
            let town = says(hand.town_column, town, &mut self.rng);
            let name = hand.cased(name);
            return Some(Made { name, postcode, town, kind: Kind::OutOfArea, urn: None, review_ok: false });
        }
        let mut picked = *self.others.choose(&mut self.rng)?;
        if self.rng.random_bool(0.7) {
            for _ in 0..400 {
                if away(picked.0, &self.list.rows[near]).is_some_and(|metres| metres < 40_000.0) {
                    break;
                }
                picked = *self.others.choose(&mut self.rng)?;
            }
        }
        let (row, authority) = picked;
        let place = row.town.clone().unwrap_or_else(|| short_authority(authority));
        let (name, _, _) = self.typed(&row.name, row, &place, hand);
        let other = self.others.choose(&mut self.rng).map_or(row, |(other, _)| *other);
        let Columns { postcode, town, .. } = beside::columns(row, &place, other, hand, &mut self.rng);
        Some(Made { name, postcode, town, kind: Kind::OutOfArea, urn: None, review_ok: false })
    }

    /// Two schools in one row.
    fn two(&mut self, hand: &Hand) -> Option<Made> {
        let (a, b) = (*self.of.choose(&mut self.rng)?, *self.of.choose(&mut self.rng)?);
        if a == b {
            return None;
        }
        let mut text = |school: usize| {
            let row = &self.list.rows[school];
            let mut parts = parse(&row.name);
            short::leave_out(&mut parts, hand.terse.max(0.4), &mut self.rng);
            short::abbreviate(&mut parts, hand.short, &mut self.rng);
            part::join(&parts)
        };
        let (a, b) = (text(a), text(b));
        let between = [" & ", " and ", " / ", " + ", ", "].choose(&mut self.rng).unwrap_or(&" & ");
        let name = hand.cased(&format!("{a}{between}{b}"));
        let (postcode, town) = (String::new(), String::new());
        Some(Made { name, postcode, town, kind: Kind::Ambiguous, urn: None, review_ok: true })
    }
}

fn authority_name<'a>(list: &'a SchoolList, row: &SchoolRow) -> &'a str {
    list.authorities.get(&row.authority).and_then(Option::as_deref).unwrap_or_default()
}

/// "Bristol, City of" is Bristol to whoever lives there.
fn short_authority(name: &str) -> String {
    name.split(',').next().unwrap_or(name).to_owned()
}

#[allow(clippy::cast_precision_loss)]
fn away(a: &SchoolRow, b: &SchoolRow) -> Option<f64> {
    let metres = |a: Option<u32>, b: Option<u32>| Some(f64::from(a?) - f64::from(b?));
    Some(metres(a.easting, b.easting)?.hypot(metres(a.northing, b.northing)?))
}
