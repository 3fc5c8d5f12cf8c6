//! Where a sheet's table begins: its headings.

use domain::AcademicYear;

use super::Role;
use super::clock::cell::says_half;
use super::columns::Columns;
use super::count::Count;
use super::date::{self, When};
use super::headings;
use super::lines::{is_school, names_a_school};
use super::sheet::{Cells, Sheet};
use super::tally;
use super::words::{is_nothing, plain};

/// Headings are looked for in so many rows at the top.
pub(crate) const HEADER_ROWS: usize = 40;

/// So many rows tell what a column holds.
const LOOKED_AT: usize = 300;
/// So many ones are ticks.
const FEW_TICKS: usize = 3;

/// A table's headings.
pub(super) struct Head {
    /// Which of the sheet's rows are the headings: one, two, or none.
    pub rows: std::ops::Range<usize>,
    /// What the columns hold.
    pub columns: Columns,
}

/// What stands below a row that may be one of headings.
#[derive(Clone, Copy)]
pub(super) struct Below<'a> {
    sheet: &'a Sheet,
    from: usize,
    until: usize,
}

impl<'a> Below<'a> {
    /// Everything below a row of a sheet.
    fn new(sheet: &'a Sheet, from: usize) -> Self {
        Self { sheet, from, until: sheet.len() }
    }

    /// What stands in the rows of a table.
    pub(super) fn table(sheet: &'a Sheet, rows: std::ops::Range<usize>) -> Self {
        Self { sheet, from: rows.start, until: rows.end }
    }

    pub(super) fn rows(self) -> impl Iterator<Item = Cells<'a>> {
        self.sheet.rows(self.from).take(LOOKED_AT.min(self.until.saturating_sub(self.from))).map(|(_, cells)| cells)
    }

    /// Whether it is so of more than half of what stands in a column.
    pub(super) fn mostly(self, at: usize, is: impl Fn(&str) -> bool) -> bool {
        let (mut all, mut so) = (0, 0);
        for cells in self.rows() {
            let text = cells.at(at);
            if !text.trim().is_empty() {
                all += 1;
                so += usize::from(is(text));
            }
        }
        so * 2 > all
    }

    /// How many columns its rows have.
    pub(super) fn width(self) -> usize {
        self.rows().map(|cells| cells.iter().count()).max().unwrap_or(0)
    }

    /// What stands in a column.
    pub(super) fn cells(self, at: usize) -> impl Iterator<Item = &'a str> {
        self.rows().map(move |cells| cells.at(at).trim()).filter(|c| !c.is_empty())
    }

    /// Whether a column holds numbers of pupils. A sign that there are none counts neither way.
    pub(super) fn is_counted(self, at: usize) -> bool {
        let (mut all, mut so) = (0, 0);
        for text in self.cells(at).filter(|text| !is_nothing(&plain(text))) {
            all += 1;
            so += usize::from(matches!(Count::read(text), Count::Pupils { .. }));
        }
        so * 2 > all
    }

    /// Whether columns say by ticks which of them is meant, and hold no numbers unless none is mostly of numbers. Nothing
    /// but ones and noughts are ticks too, where there are several.
    pub(super) fn are_ticked(self, columns: &[usize]) -> bool {
        let (mut all, mut ticks, mut ones, mut more) = (0, 0, 0, 0);
        for text in columns.iter().flat_map(|at| self.cells(*at)) {
            match (tally::tick(text), Count::read(text)) {
                (Some(true), _) if text == "1" => ones += 1,
                (Some(true), _) => ticks += 1,
                (Some(false), _) => {}
                (None, Count::Pupils { .. }) => more += 1,
                (None, _) => all += 1,
            }
        }
        let are_mixed = || ticks > 0 && !columns.iter().any(|at| self.is_counted(*at));
        (ticks > 0 || ones >= FEW_TICKS) && ticks + ones + more > all && (more == 0 || are_mixed())
    }

    /// Whether a column numbers its rows: each has the number behind the one above.
    pub(super) fn is_a_numbering(self, at: usize) -> bool {
        let numbers: Vec<i64> = self.cells(at).filter_map(|text| text.trim_end_matches(".0").parse().ok()).collect();
        numbers.len() > 1 && numbers.windows(2).all(|pair| pair[1] == pair[0] + 1)
    }

    /// Whether a column of numbers, headed “Number” alone, may be of groups of pupils: none is too small or too large for
    /// one, and they do not go up or down row by row, as numbers of invoices do.
    pub(super) fn are_group_sizes(self, at: usize) -> bool {
        let numbers: Vec<i64> = self.cells(at).filter_map(|text| text.trim_end_matches(".0").parse().ok()).collect();
        let sizes = numbers.iter().filter(|number| (8..=300).contains(*number)).count();
        let steps: Vec<i64> = numbers.windows(2).map(|pair| pair[1] - pair[0]).collect();
        let goes = |many, is: fn(i64) -> bool| steps.len() >= many && steps.iter().all(|step| is(*step));
        sizes * 10 >= numbers.len() * 8
            && sizes > 0
            && numbers.iter().all(|number| (0..=600).contains(number))
            && !goes(4, |step| step > 0)
            && !goes(4, |step| step < 0)
            && (!goes(1, |step| (0..=1).contains(&step)) || steps.iter().all(|step| *step == 0))
            && self.is_counted(at)
    }

    /// Whether a column holds names of schools wherever something stands in it, in any of its rows: such as say that they
    /// are one's, where they have to.
    pub(super) fn names_schools(self, at: usize, in_words: bool) -> bool {
        let all = self.until.saturating_sub(self.from);
        let texts =
            || self.sheet.rows(self.from).take(all).map(|(_, cells)| cells.at(at)).filter(|text| is_school(text));
        let is_name = |text: &str| if in_words { names_a_school(text) } else { is_name(text) };
        texts().filter(|text| is_name(text)).count() * 2 > texts().count()
    }

    /// Whether a column holds names, and a fifth of them are of schools by their words: “Low Ash Primary”, “Sandal”.
    pub(super) fn names_some_schools(self, at: usize) -> bool {
        let named = self.cells(at).filter(|text| names_a_school(text)).count();
        named * 5 >= self.cells(at).count() && named > 0 && self.is_named(at)
    }

    /// Whether a column's cells say what they count, or hold several numbers: “28+2 staff”, “30/2”.
    pub(super) fn tells_apart(self, at: usize) -> bool {
        self.mostly(at, |text| text.trim().contains(|c: char| !c.is_ascii_digit() && c != '.' && c != ','))
    }

    /// Whether a column holds words.
    pub(super) fn is_words(self, at: usize) -> bool {
        self.mostly(at, |text| !text.bytes().any(|b| b.is_ascii_digit()))
    }

    /// Whether a column holds days.
    pub(super) fn is_dated(self, at: usize) -> bool {
        self.mostly(at, is_date)
    }

    /// Whether a column holds times of day, or halves of it.
    pub(super) fn is_timed(self, at: usize) -> bool {
        self.mostly(at, |text| date::time(text) != (None, None))
    }

    /// Whether a column says which half of the day it was, and nothing else.
    pub(super) fn is_of_halves(self, at: usize) -> bool {
        let mut some = false;
        for text in self.cells(at) {
            match says_half(text) {
                Some(is_half) => some |= is_half,
                None => return false,
            }
        }
        some
    }

    /// Whether a column may hold names of schools.
    pub(super) fn is_named(self, at: usize) -> bool {
        self.mostly(at, |text| is_school(text) && is_name(text))
    }
}

/// Whether a text may be a name.
fn is_name(text: &str) -> bool {
    let letters = text.chars().filter(|c| c.is_alphabetic()).count();
    letters > 2 && date::time(text) == (None, None)
}

/// Whether a cell is a day, with or without a year.
pub(super) fn is_date(text: &str) -> bool {
    matches!(date::read(text, AcademicYear::new(2015).ok()), When::On(_))
}

/// Whether a row holds what a table is of, so that it is none of headings: a day, or the name of a school.
pub(super) fn is_data(cells: &[String]) -> bool {
    let filled = || cells.iter().filter(|cell| !cell.trim().is_empty());
    // “5-7” and “3/4” may head a column of ages or year groups; the first cell of a row does not.
    let is_whole = |cell: &str| {
        let parts = cell.trim().split(['/', '-', '.']).count();
        cell.chars().any(char::is_alphabetic) || parts != 2
    };
    filled().any(|cell| names_a_school(cell))
        || filled().enumerate().any(|(n, cell)| is_date(cell) && (n == 0 || is_whole(cell)))
}

/// Each heading with the one above it, which stands for the blank ones to its right too, as merged cells do.
pub(crate) fn joined(above: &[String], below: &[String]) -> Vec<String> {
    let mut group = "";
    below
        .iter()
        .enumerate()
        .map(|(at, heading)| {
            if let Some(text) = above.get(at).filter(|t| !t.trim().is_empty()) {
                group = text;
            }
            format!("{group} {heading}").trim().to_owned()
        })
        // Those behind the last below stand for themselves.
        .chain(above.iter().skip(below.len()).cloned())
        .collect()
}

/// The same of a table of visits: a heading that says by itself what the one above hides, or that it is of remarks, stands
/// alone. A group's label reaches to the next one, and not all below it may be the group's.
fn grouped(above: &[String], below: &[String]) -> Vec<String> {
    let mut joined = joined(above, below);
    for (heading, own) in joined.iter_mut().zip(below) {
        let stands_alone = match headings::role(own) {
            Some((Role::Notes, _)) => true,
            Some(_) => headings::role(heading).is_none() && !headings::is_of_adults(heading),
            None => false,
        };
        if stands_alone {
            heading.clone_from(own);
        }
    }
    joined
}

/// A row as headings: by itself, or below those of the row above (“AM” over “School” and “Nos”), whichever says more.
pub(super) fn read_as(sheet: &Sheet, at: usize, is_said: bool) -> Option<Head> {
    let is_good = |columns: &Columns| is_said || columns.is_table();
    let (texts, below) = (|at: usize| sheet.row(at).1.texts(), Below::new(sheet, at + 1));
    let own = texts(at);
    let alone = Columns::of(&own, below);
    let mut best = is_good(&alone).then_some(Head { rows: at..at + 1, columns: alone });
    let is_next = |above: &usize| sheet.row(*above).0 + 1 == sheet.row(at).0;
    let above = at.checked_sub(1).filter(is_next).map(texts);
    // A title stands alone in its row. Where a person says that the headings are below others, those are not part of them.
    let is_whole = |row: &[String]| {
        if !is_said {
            return false;
        }
        let date = Columns::of(row, below).at(Role::Date);
        date.is_some_and(|at| own.get(at).is_some_and(|text| !text.trim().is_empty()))
    };
    let is_band =
        |row: &Vec<String>| row.iter().filter(|t| !t.trim().is_empty()).count() > 1 && !is_data(row) && !is_whole(row);
    if let Some(above) = above.filter(is_band) {
        let columns = Columns::of(&grouped(&above, &own), below);
        let known = best.as_ref().map_or(0, |head| head.columns.known.len());
        if is_good(&columns) && columns.known.len() > known {
            best = Some(Head { rows: at - 1..at + 1, columns });
        }
    }
    best
}

/// The same headings, told by what stands below them up to a row, where another table begins.
pub(super) fn until(sheet: &Sheet, head: Head, until: usize) -> Head {
    let below = Below { until, ..Below::new(sheet, head.rows.end) };
    let texts: Vec<Vec<String>> = head.rows.clone().map(|row| sheet.row(row).1.texts()).collect();
    let columns = match texts.as_slice() {
        [own] => Columns::of(own, below),
        [above, own] => Columns::of(&grouped(above, own), below),
        _ => return head,
    };
    if columns.is_table() { Head { columns, ..head } } else { head }
}

/// The headings of a sheet: the row at its top that says most, above the first that holds a day or a school's name.
pub(super) fn find(sheet: &Sheet) -> Option<Head> {
    let mut best: Option<Head> = None;
    for (at, (_, cells)) in sheet.rows(0).take(HEADER_ROWS).enumerate() {
        if is_data(&cells.texts()) {
            if best.is_some() {
                break;
            }
            continue;
        }
        let Some(head) = read_as(sheet, at, false) else { continue };
        let is_more =
            |best: &Head| head.columns.known.len() > best.columns.known.len() || is_second_row_of(best, &head, sheet);
        if best.as_ref().is_none_or(is_more) {
            best = Some(head);
        }
    }
    best
}

/// The first row at the top of a sheet that is known for headings.
pub(super) fn remembered(sheet: &Sheet, is_known: impl Fn(&Head) -> bool) -> Option<Head> {
    let rows = sheet.rows(0).take(HEADER_ROWS).enumerate();
    let may_be = rows.filter(|(_, (_, cells))| cells.filled().count() > 1 && !is_data(&cells.texts()));
    may_be.filter_map(|(at, _)| read_as(sheet, at, true)).find(is_known)
}

/// Whether a row below headings says what they are of: “Expected” and “Actual” under “Numbers”.
fn is_second_row_of(first: &Head, both: &Head, sheet: &Sheet) -> bool {
    let (top, below) = (sheet.row(first.rows.start).1, sheet.row(both.rows.end - 1).1);
    let filled: Vec<usize> = (0..below.iter().count()).filter(|at| !below.at(*at).trim().is_empty()).collect();
    let is_of =
        |at: usize| {
            headings::alone(below.at(at)).is_some()
                && both.columns.headings.iter().any(|(of, heading)| {
                    *of == at && headings::role(heading).is_some_and(|(role, _)| role == Role::Pupils)
                })
        };
    first.rows.len() == 1
        && both.rows == (first.rows.start..first.rows.end + 1)
        && both.columns.known.len() == first.columns.known.len()
        && filled.len() > 1
        && filled.iter().all(|at| is_of(*at))
        && filled.iter().any(|at| top.at(*at).trim().is_empty())
}

/// The row of a number as headings, or the next that holds something, since a person says that they are there; none
/// below the last. Number 0 is a sheet without headings. Where no heading says which column is the date's or the school's,
/// what they hold does.
pub(super) fn said(sheet: &Sheet, number: u32) -> Option<Head> {
    if number > 0 {
        let at = (0..sheet.len()).find(|at| sheet.row(*at).0 >= number)?;
        let mut head = read_as(sheet, at, true)?;
        told_by_content(&mut head.columns, Below::new(sheet, head.rows.end));
        return Some(head);
    }
    let below = Below::new(sheet, 0);
    let headings = (0..below.width()).map(|at| (at, String::new())).collect();
    let mut columns = Columns { headings, ..Columns::default() };
    told_by_content(&mut columns, below);
    Some(Head { rows: 0..0, columns })
}

/// Finds the columns of the date and of the school by what they hold, where no heading names them.
fn told_by_content(columns: &mut Columns, below: Below<'_>) {
    let (is_dated, is_named) = (columns.at(Role::Date).is_some(), columns.has_school() || columns.is_of_two());
    for at in 0..below.width() {
        if columns.known.iter().any(|(of, ..)| *of == at) {
            continue;
        }
        let role = if !is_dated && below.is_dated(at) {
            Role::Date
        } else if !is_named && below.mostly(at, names_a_school) {
            Role::School
        } else {
            continue;
        };
        if columns.at(role).is_none() {
            let heading = columns.headings.iter().find(|(of, _)| *of == at).map(|(_, heading)| heading.clone());
            columns.known.push((at, role, heading.unwrap_or_default()));
        }
    }
}

/// Whether a row below repeats the headings, as lists do at the top of each page.
pub(super) fn repeats(heads: &[Vec<String>], cells: Cells<'_>) -> bool {
    let same = |head: &[String]| {
        let mut filled = 0;
        let all = cells.iter().enumerate().filter(|(_, cell)| !cell.trim().is_empty()).all(|(at, cell)| {
            filled += 1;
            head.get(at).is_some_and(|heading| plain(heading) == plain(cell))
        });
        all && filled > 1
    };
    // Most rows differ in their first cell.
    let (at, first) = cells.iter().enumerate().find(|(_, cell)| !cell.trim().is_empty()).unwrap_or_default();
    heads.iter().any(|head| {
        head.get(at)
            .is_some_and(|h| h.trim().len() == first.trim().len() && h.trim().eq_ignore_ascii_case(first.trim()))
            && same(head)
    })
}
