//! Keys to the colours of a workbook: a coloured cell that says “Cancelled”, one with the words beside it, a sentence that
//! names the colour.
//!
//! What stands in a visit's own cells, in headings, in a bar within a table, or counts, is none.

mod hue;
mod words;

use std::collections::{HashMap, HashSet};

use super::Table;
use super::columns::column_of;
use super::happened;
use super::lines::is_bar;
use super::sheet::{Cells, Sheet};
use crate::workbook::{Colour, Paint};
pub(super) use hue::Hue;
pub(super) use words::Means;

/// More coloured cells outside of visits than a key has are not looked at.
const MOST_SWATCHES: usize = 2_000;
/// More entries than a key has, and more sentences that name a colour than stand on a sheet.
const MOST_ENTRIES: usize = 100;
const MOST_SENTENCES: usize = 1_000;
/// Of a sheet without visits so many rows: one that is a key is short. Of others so many that are no visits.
const MOST_ROWS: usize = 2_000;
const MOST_OTHER_ROWS: usize = 20_000;
/// Entries of a key are so near one another: rows, columns.
const NEAR: (u32, usize) = (2, 4);
/// A key has its heading at most so many rows above.
const BELOW_HEADING: u32 = 12;

/// What an entry of a key is about.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum Which {
    /// Rows filled so.
    Fill(Colour),
    /// Rows whose text is coloured so.
    Text(Colour),
    /// Rows of a colour that is called so, be it their fill or their text.
    Named(Vec<Hue>),
    /// Rows that are filled at all.
    Highlighted,
}

/// An entry of a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Entry {
    pub which: Which,
    pub means: Means,
    /// As it stands in the key.
    pub words: String,
    /// Whether it is surely one: others stand beside it, or a heading over it, or it is a sentence.
    pub is_explicit: bool,
}

/// What a sheet says of colours.
#[derive(Debug, Default)]
pub(super) struct Key {
    pub entries: Vec<Entry>,
    /// Rows without a visit in which entries stand: they are no bars over others.
    rows: HashSet<u32>,
    /// Cells beside visits in which entries stand, and whether surely.
    beside: HashMap<(u32, usize), bool>,
}

impl Key {
    /// Whether one of its entries stands in a row without a visit.
    pub(super) fn has_row(&self, row: u32) -> bool {
        self.rows.contains(&row)
    }

    /// Whether one stands in a cell beside a visit: surely, perhaps, or not.
    pub(super) fn at(&self, row: u32, column: usize) -> Option<bool> {
        self.beside.get(&(row, column)).copied()
    }

    /// Finds what a sheet says. `visits` are the rows of those, in their order.
    pub(super) fn of(name: Option<&str>, sheet: &Sheet, visits: &[u32], tables: &[&Table]) -> Self {
        let of = Finding { name, sheet, visits, tables, first_beside: first_beside(tables) };
        let mut key = Self::default();
        of.sentences(&mut key);
        if !sheet.colours().is_empty() {
            of.swatches(&mut key);
        }
        key
    }
}

/// The rows of a sheet that are of a key and hold nothing else: a colour, and words that say what became of visits, with
/// others or a heading next to them, or before or behind all that the sheet holds else. A table that they stand in does not
/// have them.
pub(super) fn rows(sheet: &Sheet) -> HashSet<u32> {
    let (mut entries, mut others) = (Vec::new(), Vec::new());
    if sheet.colours().is_empty() {
        return HashSet::new();
    }
    let (mut first, mut last) = (u32::MAX, 0);
    for (number, cells) in sheet.rows(0) {
        let is_coloured = |at: usize| !sheet.colours().at(number, at).is_none();
        let mut filled = cells.iter().enumerate().filter(|(_, text)| !says_nothing(text));
        let (Some((at, text)), None) = (filled.next(), filled.next()) else {
            (first, last) = (first.min(number), number);
            continue;
        };
        if words::heads(text) {
            others.push(number);
        } else if [Some(at), Some(at + 1), at.checked_sub(1)].into_iter().flatten().any(is_coloured) {
            match words::label(text) {
                Some(Means::Off | Means::On) => entries.push(number),
                Some(Means::Other) => others.push(number),
                None => {}
            }
        }
    }
    let is_next_to = |row: u32, rows: &[u32]| {
        let from = rows.partition_point(|other| other + NEAR.0 < row);
        rows[from..].iter().take_while(|other| **other <= row + NEAR.0).any(|other| *other != row)
    };
    let is_entry = |row: &u32| is_next_to(*row, &entries) || is_next_to(*row, &others) || *row < first || *row > last;
    let of_key: Vec<u32> = entries.iter().copied().filter(is_entry).collect();
    let beside = others.into_iter().filter(|row| is_next_to(*row, &of_key)).collect::<Vec<_>>();
    of_key.iter().copied().chain(beside).collect()
}

/// The first column behind those that the tables of a sheet have.
fn first_beside(tables: &[&Table]) -> usize {
    let of_table = |table: &&Table| {
        let own = table.headings.iter().filter(|(_, heading)| !words::heads(heading));
        own.filter_map(|(letters, _)| column_of(letters)).max()
    };
    tables.iter().filter_map(of_table).max().map_or(0, |last| last + 1)
}

/// A coloured cell, or some beside one another, with the words that say what the colour means.
struct Swatch {
    row: u32,
    column: usize,
    /// Where the words stand.
    words_at: usize,
    which: Which,
    means: Means,
    words: String,
    /// Whether it stands beside a visit, or in a row of its own.
    is_beside: bool,
    /// Whether a number follows the words: how many there are.
    is_counted: bool,
}

/// Where a key is looked for.
struct Finding<'a> {
    name: Option<&'a str>,
    sheet: &'a Sheet,
    visits: &'a [u32],
    tables: &'a [&'a Table],
    first_beside: usize,
}

/// What a row of a sheet is.
#[derive(PartialEq)]
enum Kind {
    Visit,
    Heading,
    /// Within a table, but no visit.
    Within,
    Outside,
}

impl Finding<'_> {
    fn kind(&self, row: u32) -> Kind {
        if self.visits.binary_search(&row).is_ok() {
            return Kind::Visit;
        }
        if self.tables.iter().any(|table| table.header_row == row) {
            return Kind::Heading;
        }
        let above = self.tables.iter().filter(|table| table.header_row < row).map(|table| table.header_row).max();
        let below = self.tables.iter().filter(|table| table.header_row > row).map(|table| table.header_row).min();
        let next = self.visits.get(self.visits.partition_point(|visit| *visit < row));
        let is_within = above.is_some() && next.is_some_and(|next| below.is_none_or(|below| *next < below));
        if is_within { Kind::Within } else { Kind::Outside }
    }

    fn sentences(&self, key: &mut Key) {
        if self.visits.is_empty() && self.sheet.len() > MOST_ROWS {
            return;
        }
        let (mut rows, mut looked_at) = (0, 0);
        for (number, cells) in self.sheet.rows(0) {
            let is_visit = self.visits.binary_search(&number).is_ok();
            rows += usize::from(!is_visit);
            if rows > MOST_OTHER_ROWS || looked_at > MOST_SENTENCES || key.entries.len() >= MOST_ENTRIES {
                return;
            }
            let from = if is_visit { self.first_beside } else { 0 };
            for (at, text) in cells.iter().enumerate().skip(from).filter(|(_, text)| words::may_name(text)) {
                looked_at += 1;
                if looked_at > MOST_SENTENCES {
                    return;
                }
                let Some(said) = words::sentence(text) else { continue };
                let mut add = |which: Which, means: Means| {
                    key.entries.push(Entry { which, means, words: text.trim().to_owned(), is_explicit: true });
                };
                if !said.off.is_empty() {
                    add(Which::Named(said.off), Means::Off);
                }
                if !said.other.is_empty() {
                    add(Which::Named(said.other), Means::Other);
                }
                if said.is_of_any {
                    add(Which::Highlighted, Means::Off);
                }
                if is_visit {
                    key.beside.insert((number, at), true);
                }
            }
        }
    }

    fn swatches(&self, key: &mut Key) {
        let (mut found, mut heads) = (Vec::new(), Vec::new());
        for (number, cells) in self.sheet.rows(0) {
            let kind = self.kind(number);
            let from = if kind == Kind::Outside { 0 } else { self.first_beside };
            if cells.iter().skip(from).any(|text| !text.is_empty()) {
                let of_row = cells.iter().enumerate().skip(if kind == Kind::Heading { 0 } else { from });
                let of_row = of_row.filter(|(_, text)| words::heads(text)).map(|(at, _)| (number, at));
                heads.extend(of_row.take(MOST_ENTRIES.saturating_sub(heads.len())));
            }
            if kind == Kind::Heading || found.len() >= MOST_SWATCHES {
                continue;
            }
            self.of_row(number, cells, (kind, from), &mut found);
        }
        let of_some = if found.is_empty() { HashSet::new() } else { self.of_some() };
        let is_key = self.name.is_some_and(words::heads);
        for swatch in &found {
            let near = |other: &&Swatch| is_near(swatch, other);
            let is_headed = heads.iter().any(|(row, column)| {
                (*row <= swatch.row && swatch.row - row <= BELOW_HEADING && column.abs_diff(swatch.column) <= 1)
                    || (*row == swatch.row && *column < swatch.column)
            });
            let is_listed =
                found.iter().filter(near).any(|other| other.means != Means::Other && other.which != swatch.which);
            let is_explicit = is_key || is_headed || is_listed;
            // Beside a count it is a summary, unless others stand there too.
            let is_summary = swatch.is_counted && !is_explicit;
            let explains = is_explicit
                || swatch.means == Means::Off
                || found.iter().filter(near).any(|other| other.means == Means::Off);
            if is_summary || !explains || key.entries.len() >= 2 * MOST_ENTRIES {
                continue;
            }
            let entry =
                Entry { which: swatch.which.clone(), means: swatch.means, words: swatch.words.clone(), is_explicit };
            if swatch.means == Means::Off && swatch.is_beside {
                key.beside.insert((swatch.row, swatch.words_at), is_explicit);
            } else if !swatch.is_beside && (is_explicit || (is_plain(swatch) && of_some.contains(&swatch.which))) {
                key.rows.insert(swatch.row);
            }
            key.entries.push(entry);
        }
    }

    /// Colours that some visits have, and most have not: a text of such a colour is no bar over all of them.
    fn of_some(&self) -> HashSet<Which> {
        let mut counts = HashMap::<Which, usize>::new();
        for row in self.visits {
            let of_row = self.sheet.colours().of_row(*row).filter_map(|(_, paint)| which_of(paint, true));
            for which in of_row.collect::<HashSet<_>>() {
                *counts.entry(which).or_default() += 1;
            }
        }
        counts.retain(|_, count| *count * 2 <= self.visits.len());
        counts.into_keys().collect()
    }

    /// The coloured cells of a row with what they say.
    fn of_row(&self, number: u32, cells: Cells<'_>, (kind, from): (Kind, usize), found: &mut Vec<Swatch>) {
        let colours = self.sheet.colours();
        let is_beside = kind != Kind::Outside;
        // What has the colour of its row is the visit's own.
        let own: Vec<Which> = match kind {
            Kind::Visit => (0..from).filter_map(|at| which_of(colours.at(number, at), true)).collect(),
            _ => Vec::new(),
        };
        let width = cells.iter().count();
        for ((first, last), paint) in colours.of_row(number) {
            let (Ok(first), Ok(last)) = (usize::try_from(first), usize::try_from(last)) else { continue };
            let first = first.max(from);
            if first > last || found.len() >= MOST_SWATCHES {
                continue;
            }
            let filled: Vec<usize> = (first..=last.min(width)).filter(|at| !cells.at(*at).trim().is_empty()).collect();
            // Of a colour that several cells of a row have none says what it means.
            let words_at = match filled.as_slice() {
                [] => beside(cells, first, last, from),
                [one] if says_nothing(cells.at(*one)) => beside(cells, *one, *one, from),
                [one] => Some(*one),
                _ => None,
            };
            let Some(words_at) = words_at else { continue };
            let text = cells.at(words_at).trim();
            let Some(which) = which_of(paint, !filled.is_empty()).filter(|which| !own.contains(which)) else {
                continue;
            };
            let is_repeated = colours.of_row(number).any(|((start, end), other)| {
                let at = usize::try_from(start).unwrap_or(usize::MAX);
                let end = usize::try_from(end).unwrap_or(usize::MAX).min(width);
                at > last
                    && which_of(other, true).as_ref() == Some(&which)
                    && (at..=end).any(|at| !cells.at(at).trim().is_empty())
            });
            let Some(means) = words::label(text).filter(|_| !is_repeated && !is_bar(text)) else { continue };
            let follows = cells.at(words_at + 1).trim();
            found.push(Swatch {
                row: number,
                column: first,
                words_at,
                which,
                means,
                words: text.to_owned(),
                is_beside,
                is_counted: !follows.is_empty() && follows.bytes().all(|b| b.is_ascii_digit()),
            });
        }
    }
}

/// Which rows a colour of a cell stands for; that of a text only where there is one.
fn which_of(paint: Paint, has_text: bool) -> Option<Which> {
    paint.fill.map(Which::Fill).or_else(|| paint.text.filter(|_| has_text).map(Which::Text))
}

/// No name of a colour is longer, in bytes.
const LONGEST_NAME: usize = 12;

/// Whether a text in a coloured cell only names the colour, or is a sign.
fn says_nothing(text: &str) -> bool {
    if text.len() > LONGEST_NAME {
        return false;
    }
    let plain = super::words::plain(text);
    let said = super::words::words(&plain);
    said.iter().all(|word| word.chars().count() == 1 || Hue::named(word).is_some())
}

/// The cell with words to the right of coloured ones, or to the left.
fn beside(cells: Cells<'_>, first: usize, last: usize, from: usize) -> Option<usize> {
    let holds = |at: &usize| !cells.at(*at).trim().is_empty();
    Some(last + 1).filter(holds).or_else(|| first.checked_sub(1).filter(|at| *at >= from).filter(holds))
}

/// Whether a swatch says what its colour means in a word: “CANCELLED VISITS” may be a title.
fn is_plain(swatch: &Swatch) -> bool {
    super::words::words(&swatch.words).len() == 1
}

/// Whether two entries of a key stand near one another, one below or beside the other.
fn is_near(one: &Swatch, other: &Swatch) -> bool {
    let (rows, columns) = (one.row.abs_diff(other.row), one.column.abs_diff(other.column));
    (rows == 0 && (1..=NEAR.1).contains(&columns)) || (columns == 0 && (1..=NEAR.0).contains(&rows))
}

/// The columns of a table that are read, but for remarks: those whose colours count.
pub(super) fn columns(table: &Table) -> Vec<usize> {
    let is_remark =
        |letters: &str, heading: &str| table.role_of(letters) == Some(super::Role::Notes) || happened::tells(heading);
    let read = table.columns.iter().filter(|(letters, _, heading)| !is_remark(letters, heading));
    read.filter_map(|(letters, ..)| column_of(letters)).collect()
}
