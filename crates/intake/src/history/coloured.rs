//! Visits whose row has a colour that a key of the workbook says to be of those that did not take place.

use std::collections::{HashMap, HashSet};

use super::columns::{column_of, letters};
use super::key::{self, Entry, Hue, Key, Means, Which};
use super::sheet::Sheet;
use super::told::shortened;
use super::{Half, History, Outcome, Role, Stands, Table, Unsure, Visit};
use crate::workbook::Colour;

/// Colours of which all parts together differ by less are one: programs round them.
const ALIKE: u32 = 12;
/// In a table of fewer visits it says nothing that most have a colour.
const FEW: usize = 4;

/// A colour that a visit's row has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
enum Shown {
    Fill(Colour),
    Text(Colour),
}

impl Shown {
    fn colour(self) -> Colour {
        let (Self::Fill(colour) | Self::Text(colour)) = self;
        colour
    }
}

/// The visits of a table with their colours.
struct OfTable {
    /// How many visits it has.
    all: usize,
    /// Which visits are coloured, among those of the file.
    coloured: Vec<(usize, Vec<Shown>)>,
    /// Of which visits that is not known.
    unknown: Vec<usize>,
}

/// What was seen of the colours of a workbook, sheet by sheet.
#[derive(Default)]
pub(super) struct Seen {
    sheets: Vec<(Key, Vec<OfTable>)>,
}

impl Seen {
    /// Adds a sheet whose visits, from one on, were read.
    pub(super) fn see(&mut self, name: Option<&str>, sheet: &Sheet, from: usize, key: Key, history: &History) {
        let mut tables = Vec::new();
        if !sheet.colours().is_empty() {
            let of_sheet: Vec<&Table> = history.tables.iter().filter(|table| table.sheet.as_deref() == name).collect();
            let mut visits = history.visits.iter().enumerate().skip(from).peekable();
            for (at, table) in of_sheet.iter().enumerate() {
                let end = of_sheet.get(at + 1).map_or(u32::MAX, |next| next.header_row);
                tables.push(of_table(
                    sheet,
                    table,
                    std::iter::from_fn(|| visits.next_if(|(_, visit)| visit.row <= end)),
                ));
            }
        }
        self.sheets.push((key, tables));
    }

    /// Asks about the visits whose colour a key says to be of those that did not take place.
    pub(super) fn ask(&self, history: &mut History) {
        let is_off = |entry: &Entry| entry.means == Means::Off;
        if !self.sheets.iter().any(|(key, _)| key.entries.iter().any(is_off)) {
            return;
        }
        let before = history.unsure.len();
        for (at, (own, tables)) in self.sheets.iter().enumerate() {
            let others =
                self.sheets.iter().enumerate().filter(|(of, _)| *of != at).flat_map(|(_, (key, _))| &key.entries);
            let keys = [own.entries.iter().collect::<Vec<_>>(), others.collect()];
            for table in tables {
                let said = table.said(&keys);
                for (visit, shown) in &table.coloured {
                    if let Some(words) = shown.iter().find_map(|shown| said.get(shown)) {
                        ask(history, *visit, words, Stands::Colour);
                    }
                }
                let Some(entry) = keys.iter().flatten().find(|entry| is_off(entry)) else { continue };
                for visit in &table.unknown {
                    ask(history, *visit, &entry.words, Stands::Uncounted);
                }
            }
        }
        if history.unsure.len() > before {
            in_order(history);
        }
    }
}

fn of_table<'v>(sheet: &Sheet, table: &Table, visits: impl Iterator<Item = (usize, &'v Visit)>) -> OfTable {
    let (colours, columns) = (sheet.colours(), key::columns(table));
    let roles: HashMap<usize, Role> =
        table.columns.iter().filter_map(|(letters, role, _)| Some((column_of(letters)?, *role))).collect();
    let mut found = OfTable { all: 0, coloured: Vec::new(), unknown: Vec::new() };
    for (at, visit) in visits {
        found.all += 1;
        if colours.is_unknown(visit.row) {
            found.unknown.push(at);
            continue;
        }
        let (mut shown, Some(cells)) = (Vec::new(), sheet.cells_of(visit.row)) else { continue };
        for ((first, last), paint) in colours.of_row(visit.row) {
            let is_own = |column: &&usize| {
                let half = roles.get(*column).and_then(|role| role.half());
                half.is_none_or(|half| !visit.of_two || visit.half == Some(half))
            };
            let within = |column: &&usize| {
                u32::try_from(**column).is_ok_and(|at| (first..=last).contains(&at))
                    && !cells.at(**column).trim().is_empty()
            };
            if columns.iter().filter(within).any(|column| is_own(&column)) {
                shown.extend(paint.fill.map(Shown::Fill));
                shown.extend(paint.text.map(Shown::Text));
            }
        }
        if !shown.is_empty() {
            shown.sort_unstable();
            shown.dedup();
            found.coloured.push((at, shown));
        }
    }
    found
}

impl OfTable {
    /// What keys say of the colours of its visits, where that is that they did not take place.
    fn said<'k>(&self, keys: &[Vec<&'k Entry>; 2]) -> HashMap<Shown, &'k str> {
        let mut counts = HashMap::<Shown, usize>::new();
        for shown in self.coloured.iter().flat_map(|(_, shown)| shown) {
            *counts.entry(*shown).or_default() += 1;
        }
        let mut said = HashMap::new();
        // A colour's shades, where a sentence names the colour: those that many have are not meant if others are rare.
        let mut named = HashMap::<&str, Vec<(Shown, usize)>>::new();
        for (shown, count) in counts {
            let is_of_most = self.all >= FEW && count * 2 > self.all;
            for key in keys {
                match meant(key, shown, is_of_most, count * 3 <= self.all || self.all < FEW) {
                    Meant::Off(entry) => {
                        said.insert(shown, entry.words.as_str());
                        if matches!(entry.which, Which::Named(_)) {
                            named.entry(entry.words.as_str()).or_default().push((shown, count));
                        }
                        break;
                    }
                    Meant::Other => break,
                    Meant::Nothing => {}
                }
            }
        }
        for shades in named.values() {
            let has_rare = shades.iter().any(|(_, count)| count * 3 <= self.all);
            for (shown, _) in shades.iter().filter(|(_, count)| has_rare && count * 5 > self.all * 2) {
                said.remove(shown);
            }
        }
        said
    }
}

/// What a key says of a colour.
enum Meant<'k> {
    Off(&'k Entry),
    Other,
    Nothing,
}

fn meant<'k>(key: &[&'k Entry], shown: Shown, is_of_most: bool, is_of_few: bool) -> Meant<'k> {
    let distance = |entry: &Entry| match (&entry.which, shown) {
        (Which::Fill(one), Shown::Fill(other)) | (Which::Text(one), Shown::Text(other)) => apart(*one, other),
        _ => None,
    };
    let of_colour = key.iter().filter_map(|entry| Some((distance(entry)?, *entry)));
    if let Some((_, entry)) = of_colour.clone().filter(|(apart, _)| *apart <= ALIKE).min_by_key(|(apart, _)| *apart) {
        let is_off = entry.means == Means::Off && (entry.is_explicit || !is_of_most);
        return if is_off { Meant::Off(entry) } else { Meant::Other };
    }
    let names = |entry: &&&Entry| match &entry.which {
        Which::Named(hues) => hues.iter().any(|hue| hue.fits(shown.colour())),
        _ => false,
    };
    let mut named = key.iter().filter(names);
    if let Some(entry) = named.clone().find(|entry| entry.means == Means::Off) {
        return Meant::Off(entry);
    }
    if named.next().is_some() {
        return Meant::Other;
    }
    if is_of_few {
        // Another red than the key's.
        let mut alike = of_colour.map(|(_, entry)| entry).filter(|entry| is_alike(&entry.which, shown.colour()));
        if let Some(entry) = alike.next() {
            let is_off = entry.means == Means::Off && alike.all(|other| other.means == Means::Off);
            return if is_off { Meant::Off(entry) } else { Meant::Nothing };
        }
        if let Some(entry) =
            key.iter().find(|entry| entry.which == Which::Highlighted && matches!(shown, Shown::Fill(_)))
        {
            return Meant::Off(entry);
        }
    }
    Meant::Nothing
}

/// How much two colours differ; none where one is not known and they are not the same.
fn apart(one: Colour, other: Colour) -> Option<u32> {
    if one == other {
        return Some(0);
    }
    let (one, other) = (one.parts()?, other.parts()?);
    Some(one.iter().zip(other).map(|(a, b)| u32::from(a.abs_diff(b))).sum())
}

/// Whether two colours are called by the same name.
fn is_alike(which: &Which, colour: Colour) -> bool {
    let (Which::Fill(of_key) | Which::Text(of_key)) = which else { return false };
    let both = |hue: &Hue| hue.fits(*of_key) && hue.fits(colour);
    colour.parts().is_some()
        && [Hue::Red, Hue::Orange, Hue::Yellow, Hue::Green, Hue::Blue, Hue::Purple].iter().any(both)
}

/// Asks whether a visit took place, unless its row says something of that.
fn ask(history: &mut History, visit: usize, words: &str, stands: Stands) {
    let Some(visit) = history.visits.get_mut(visit).filter(|visit| visit.outcome == Outcome::Held) else { return };
    visit.outcome = Outcome::ToConfirm;
    let about = match visit.half.filter(|_| visit.of_two) {
        Some(Half::Am) => Role::AmSchool,
        Some(Half::Pm) => Role::PmSchool,
        None => Role::School,
    };
    let tables = history.tables.iter().filter(|table| table.sheet == visit.sheet && table.header_row < visit.row);
    let table =
        tables.max_by_key(|table| table.header_row).or_else(|| history.tables.iter().find(|t| t.sheet == visit.sheet));
    let at = |role: Role| table.and_then(|table| table.cell(role, visit.row));
    // All rows of one colour are one question, whichever of their cells have it.
    let cell = at(about).or_else(|| at(Role::School)).unwrap_or_else(|| format!("{}{}", letters(0), visit.row));
    history.unsure.push(Unsure {
        sheet: visit.sheet.clone(),
        row: visit.row,
        half: visit.half.filter(|_| visit.of_two),
        cell,
        about,
        typed: shortened(words),
        stands,
    });
}

/// Puts what is asked into the order of the file.
fn in_order(history: &mut History) {
    let (mut sheets, mut seen) = (HashMap::<Option<&str>, usize>::new(), HashSet::new());
    for visit in &history.visits {
        if seen.insert(visit.sheet.as_deref()) {
            sheets.insert(visit.sheet.as_deref(), seen.len());
        }
    }
    history.unsure.sort_by_key(|unsure| (sheets.get(&unsure.sheet.as_deref()).copied(), unsure.row));
}
