//! Rows of a school list into schools, with every fault on the way.

use std::borrow::Cow;
use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::ops::ControlFlow;

use domain::setting::{LaCode, Phase, Urn};

use super::columns::{Column, Columns};
use super::status::{Status, Statuses, status};
use super::values::{nothing_of, shown, web_address, whole, whole_number};
use super::{MAX_ROWS, SchoolList, SchoolRow};
use crate::grid::Row;
use crate::problem::{Problem, Problems};
use crate::rolls::is_withheld;
use crate::text::tidy;
use crate::totals;

/// The longest name or other text of a cell, in bytes.
const MAX_TEXT: usize = 400;
const MAX_AGE: u32 = 30;
/// From this low age on a school may teach adults.
const ADULTS_FROM: u32 = 14;
const MAX_ADULT_AGE: u32 = 99;
/// A row is looked through for a total in so many columns: the official extract has about 140.
const MOST_COLUMNS: usize = 200;

/// A list on its way in.
pub(super) struct Reading<'a> {
    only: Option<&'a LaCode>,
    columns: Columns,
    list: SchoolList,
    /// Where each URN stands first.
    seen: HashMap<Urn, u32>,
    others: HashMap<LaCode, Option<String>>,
    statuses: Statuses,
    pub(super) problems: Problems,
}

impl<'a> Reading<'a> {
    pub(super) fn new(sheet: Option<String>, columns: Columns, only: Option<&'a LaCode>) -> Self {
        let list = SchoolList { sheet, ..SchoolList::default() };
        Self {
            only,
            columns,
            list,
            seen: HashMap::new(),
            others: HashMap::new(),
            statuses: Statuses::default(),
            problems: Problems::default(),
        }
    }

    /// Takes in one row.
    pub(super) fn row(&mut self, number: u32, row: &dyn Row) -> ControlFlow<()> {
        if self.seen.len() > MAX_ROWS {
            self.problems
                .push(Problem::of_file(format!("The file has more than {MAX_ROWS} schools: that is no school list.")));
            return ControlFlow::Break(());
        }
        let mut cells =
            Cells { row, number, columns: &self.columns, sheet: &self.list.sheet, problems: &mut self.problems };
        if cells.is_note() || cells.repeats_headings() {
            return ControlFlow::Continue(());
        }
        if cells.is_total(self.list.authorities.values().flatten()) {
            self.list.totals += 1;
            return ControlFlow::Continue(());
        }
        let authority = cells.authority();
        if let (Some(only), Some(code)) = (self.only, &authority)
            && code != only
        {
            if !self.others.contains_key(code) {
                let name = cells.text(Column::AuthorityName);
                self.others.insert(code.clone(), name);
            }
            self.list.of_others += 1;
            // Nothing of the row is judged: what is wrong with it is the other authority's to mend.
            let is_open = !matches!(status(&cells.get(Column::Status)), Ok(Status::Closed | Status::NotYetOpen));
            let urn = whole(&cells.get(Column::Urn)).parse().ok();
            if let Some(urn) = urn.filter(|_| is_open) {
                self.list.elsewhere.insert(urn, code.clone());
            }
            return ControlFlow::Continue(());
        }
        let urn = cells.urn(&mut self.seen);
        if let Some(code) = &authority {
            match self.list.authorities.get_mut(code) {
                Some(Some(_)) => {}
                Some(name @ None) => *name = cells.text(Column::AuthorityName),
                None => {
                    let name = cells.text(Column::AuthorityName);
                    self.list.authorities.insert(code.clone(), name);
                }
            }
        }
        let text = cells.get(Column::Status);
        let status = self.statuses.read(number, &text).unwrap_or_else(|message| {
            cells.problem(Some(Column::Status), message);
            Status::Unstated
        });
        match status {
            // Of a school that is not there, nothing but the URN matters; old rows are full of gaps.
            Status::Closed => self.list.closed.extend(urn),
            Status::NotYetOpen => self.list.not_yet_open += 1,
            status => {
                cells.too_wide();
                let closing = (status != Status::Unstated).then_some(status == Status::Closing);
                self.list.rows.extend(cells.school(urn, authority, closing));
            }
        }
        ControlFlow::Continue(())
    }

    /// The list, or its problems. A list without a school is a problem: everything known would vanish.
    pub(super) fn finish(mut self) -> Result<SchoolList, Vec<Problem>> {
        for (row, message) in std::mem::take(&mut self.statuses).blank() {
            self.problems.push(Problem {
                sheet: self.list.sheet.clone(),
                row: Some(row),
                column: Some(self.columns.heading(Column::Status).to_owned()),
                message,
            });
        }
        if self.problems.is_empty() && self.list.rows.is_empty() && self.list.closed.is_empty() {
            self.problems.push(Problem { sheet: self.list.sheet.clone(), ..Problem::of_file(self.nothing_found()) });
        }
        if self.problems.is_empty() { Ok(self.list) } else { Err(self.problems.into_list_by_row()) }
    }

    fn nothing_found(&self) -> String {
        let Some(only) = self.only else { return "The file has column names but no schools.".to_owned() };
        nothing_of(only, &self.others)
    }
}

/// The cells of one row, by column.
struct Cells<'a> {
    row: &'a dyn Row,
    number: u32,
    columns: &'a Columns,
    sheet: &'a Option<String>,
    problems: &'a mut Problems,
}

impl<'a> Cells<'a> {
    /// A cell's text, tidied; blank where the column is missing.
    fn get(&self, column: Column) -> Cow<'a, str> {
        match self.columns.place(column).map(|place| self.row.cell(place)) {
            None => Cow::Borrowed(""),
            Some(Cow::Borrowed(text)) => tidy(text),
            Some(Cow::Owned(text)) => Cow::Owned(tidy(&text).into_owned()),
        }
    }

    fn problem(&mut self, column: Option<Column>, message: String) {
        self.problems.push(Problem {
            sheet: self.sheet.clone(),
            row: Some(self.number),
            column: column.map(|c| self.columns.heading(c).to_owned()),
            message,
        });
    }

    /// A cell's text, none when blank; a text that cannot be one is a problem.
    fn text(&mut self, column: Column) -> Option<String> {
        let text = self.get(column);
        if text.is_empty() {
            None
        } else if text.len() > MAX_TEXT {
            self.problem(
                Some(column),
                format!("The text is longer than {MAX_TEXT} characters: a quotation mark may be missing in this row."),
            );
            None
        } else {
            Some(text.into_owned())
        }
    }

    /// Whether the row is a note below the schools: words in a single cell that names no school.
    fn is_note(&self) -> bool {
        let name = self.columns.place(Column::Name);
        let mut filled = (0..self.row.width()).filter(|at| !self.row.cell(*at).trim().is_empty());
        match (filled.next(), filled.next()) {
            (Some(at), None) if Some(at) != name => {
                let text = tidy(&self.row.cell(at)).into_owned();
                !totals::says_total(&text) && text.contains(' ') && text.chars().any(char::is_alphabetic)
            }
            _ => false,
        }
    }

    /// Whether the column names stand there once more, as at the head of a printed page.
    fn repeats_headings(&self) -> bool {
        [Column::Urn, Column::Name].iter().all(|c| self.get(*c).eq_ignore_ascii_case(self.columns.heading(*c)))
    }

    /// Whether the row is a total of several schools: it has no URN, its type names no kind of school, and it says so,
    /// or is named as a nation, a region or an authority of the list is.
    fn is_total<'n>(&self, mut authorities: impl Iterator<Item = &'n String>) -> bool {
        let (kind, urn) = (self.get(Column::Type), self.get(Column::Urn));
        if urn.parse::<Urn>().is_ok() || !(kind.is_empty() || totals::says_total(&kind)) {
            return false;
        }
        if (0..self.row.width().min(MOST_COLUMNS)).any(|c| totals::says_total(&tidy(&self.row.cell(c)))) {
            return true;
        }
        let (name, authority) = (self.get(Column::Name), self.get(Column::AuthorityName));
        // Something of a school stands there: a school that was named as its town is.
        let of_school = [Column::Phase, Column::LowAge, Column::HighAge, Column::Street, Column::Postcode];
        if of_school.iter().any(|column| !self.get(*column).is_empty()) {
            return false;
        }
        let place = if name.is_empty() { [&urn, &authority] } else { [&name, &urn] };
        place.into_iter().any(|text| totals::is_region(text))
            || !name.is_empty()
                && (totals::is_authority(&name, &authority)
                    || authorities.any(|authority| totals::is_authority(&name, authority)))
    }

    /// A number of pupils, none when it is withheld: that is never a zero.
    fn pupils(&mut self, column: Column) -> Option<u32> {
        if is_withheld(&self.get(column)) { None } else { self.number(column) }
    }

    fn number(&mut self, column: Column) -> Option<u32> {
        let text = self.get(column);
        if text.is_empty() {
            return None;
        }
        let number = whole_number(&text).and_then(|n| u32::try_from(n).ok()).filter(|n| *n < 10_000_000);
        if number.is_none() {
            self.problem(
                Some(column),
                format!("“{}” is not a whole number. Write digits alone, or leave it blank.", shown(&text)),
            );
        }
        number
    }

    fn authority(&mut self) -> Option<LaCode> {
        let text = self.get(Column::Authority);
        let code = whole(&text).parse();
        if code.is_err() {
            let message = match &*text {
                "" => "The LA code is blank. Write the authority's three digits.".to_owned(),
                text => format!("“{}” is not an LA code: an LA code has three digits.", shown(text)),
            };
            self.problem(Some(Column::Authority), message);
        }
        code.ok()
    }

    fn urn(&mut self, seen: &mut HashMap<Urn, u32>) -> Option<Urn> {
        let text = self.get(Column::Urn);
        let Ok(urn) = whole(&text).parse::<Urn>() else {
            let message = match &*text {
                "" => "The URN is blank. Every school of the list has one, six digits.".to_owned(),
                text => format!("“{}” is not a URN: a URN has six digits.", shown(text)),
            };
            self.problem(Some(Column::Urn), message);
            return None;
        };
        match seen.entry(urn) {
            Entry::Vacant(first) => {
                first.insert(self.number);
                Some(urn)
            }
            Entry::Occupied(first) => {
                let message = format!("The URN {urn} is already in row {}. Each school has one row.", first.get());
                self.problem(Some(Column::Urn), message);
                None
            }
        }
    }

    fn phase(&mut self) -> Option<Phase> {
        let text = self.get(Column::Phase);
        if text.is_empty() {
            return None;
        }
        let phase = Phase::from_school_list(&text);
        if phase.is_err() {
            let known: Vec<&str> = Phase::ALL.iter().map(|p| p.label()).collect();
            self.problem(
                Some(Column::Phase),
                format!("“{}” is not a phase of education. Use one of: {}.", shown(&text), known.join(", ")),
            );
        }
        phase.ok()
    }

    fn age(&mut self, column: Column) -> Option<i64> {
        let text = self.get(column);
        if text.is_empty() {
            return None;
        }
        let age = whole_number(&text);
        if age.is_none() {
            self.problem(Some(column), format!("The age “{}” is not a whole number of years.", shown(&text)));
        }
        age
    }

    fn ages(&mut self) -> Option<(u8, u8)> {
        let (low, high) = (self.age(Column::LowAge), self.age(Column::HighAge));
        let most = if low.is_some_and(|low| low >= ADULTS_FROM.into()) { MAX_ADULT_AGE } else { MAX_AGE };
        for (column, age, most) in [(Column::LowAge, low, MAX_AGE), (Column::HighAge, high, most)] {
            if let Some(age) = age.filter(|age| !(0..=i64::from(most)).contains(age)) {
                self.problem(Some(column), format!("The age {age} is outside 0 to {MAX_AGE}."));
            }
        }
        let (low, high) = low.zip(high)?;
        if low > high {
            self.problem(
                Some(Column::HighAge),
                format!("The ages are reversed: the high age {high} is below the low age {low}."),
            );
        }
        u8::try_from(low).ok().zip(u8::try_from(high).ok())
    }

    /// Cells beyond the columns mean that a comma stands in a text without quotation marks: all after it is shifted.
    fn too_wide(&mut self) {
        let width = self.columns.width;
        if self.sheet.is_none() && (width..self.row.width()).any(|c| !self.row.cell(c).trim().is_empty()) {
            let message = format!(
                "The row has {} cells where there are {width} columns: a text with a comma needs quotation marks around it.",
                self.row.width()
            );
            self.problem(None, message);
        }
    }

    /// The school of this row; none when something needed is at fault.
    fn school(&mut self, urn: Option<Urn>, authority: Option<LaCode>, closing: Option<bool>) -> Option<SchoolRow> {
        let name = self.text(Column::Name);
        if name.is_none() && self.get(Column::Name).is_empty() {
            self.problem(Some(Column::Name), "The name is blank. Every school of the list has one.".to_owned());
        }
        // Every cell is looked at before the row is given up, so that all its faults are named at once.
        let (phase, ages) = (self.phase(), self.ages());
        let establishment_number = self.text(Column::EstablishmentNumber);
        let establishment_type = self.text(Column::Type);
        let type_group = self.text(Column::TypeGroup);
        let pupils = self.pupils(Column::Pupils);
        let ehc_plans = self.pupils(Column::EhcPlans);
        let sen_support = self.pupils(Column::SenSupport);
        let street = self.text(Column::Street);
        let town = self.text(Column::Town);
        let postcode = self.text(Column::Postcode).map(|p| p.to_uppercase());
        let telephone = self.text(Column::Telephone);
        let website = self.text(Column::Website).and_then(|w| web_address(&w));
        let ward = self.text(Column::Ward);
        let constituency = self.text(Column::Constituency);
        let lsoa = self.text(Column::Lsoa);
        let easting = self.number(Column::Easting);
        let northing = self.number(Column::Northing);
        let trust_code = self.text(Column::TrustCode);
        let trust_name = self.text(Column::TrustName);
        Some(SchoolRow {
            row: self.number,
            urn: urn?,
            authority: authority?,
            name: name?,
            closing,
            phase,
            ages,
            establishment_number,
            establishment_type,
            type_group,
            pupils,
            ehc_plans,
            sen_support,
            street,
            town,
            postcode,
            telephone,
            website,
            ward,
            constituency,
            lsoa,
            easting,
            northing,
            trust_code,
            trust_name,
        })
    }
}
