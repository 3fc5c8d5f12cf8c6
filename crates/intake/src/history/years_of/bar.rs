//! What lines between the rows of a table say of the year of those below.

use chrono::NaiveDate;
use domain::AcademicYear;

use super::{Months, Sure, academic_year, claim, month_of_year, term, tokens, year_of_term};
use crate::history::date::{is_month_and_year, month};
use crate::history::words::{plain, words};

/// Words of notes, which speak of other years than the rows below.
const OF_NOTES: &[&str] = &[
    "total", "totals", "sum", "subtotal", "nb", "note", "notes", "see", "as", "from", "since", "until", "before",
    "than", "was", "were", "report", "reported", "figures", "numbers", "prices", "updated", "printed", "contract",
    "moved", "carried", "last", "next", "previous",
];

impl Months {
    /// The one month that they are.
    pub(in crate::history) fn alone(self) -> Option<Self> {
        (self.count == 1).then_some(self)
    }

    /// Whether the first of them has this number.
    pub(in crate::history) fn is_of(self, month: u32) -> bool {
        i32::try_from(month).is_ok_and(|month| self.first.rem_euclid(12) + 1 == month)
    }

    /// A day of the first of them.
    pub(in crate::history) fn day(self, day: u32) -> Option<NaiveDate> {
        let month = u32::try_from(self.first.rem_euclid(12) + 1).ok()?;
        NaiveDate::from_ymd_opt(self.first.div_euclid(12), month, day)
    }
}

/// What a line between the rows says of the year of those below it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::history) enum Bar {
    /// It is of these months; dates without a year are taken to lie in the second.
    Of(Months, Months),
    /// It may be of this month, or a day: “SEPT 17”.
    Perhaps(Months),
    /// It is of this calendar year, or of what begins in it: “2017”.
    Calendar(Months),
    /// It names several years, or one that may not be that of the rows.
    Unsure(Months),
}

/// The school year that an answer names and says nothing else: “2022/23”, “2022-2023”.
pub(in crate::history) fn year_alone(text: &str) -> Option<AcademicYear> {
    let text = text.trim();
    let (first, last) = text.split_once(['/', '-'])?;
    let is_digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
    let is_so = first.len() == 4 && matches!(last.len(), 2 | 4) && is_digits(first) && is_digits(last);
    is_so.then(|| academic_year(text)).flatten()
}

/// The month that a line names by itself, without a year: “SEPTEMBER”, “Sept cont.”. Inner none where it begins with one and
/// says more: “DECEMBER – none”.
pub(in crate::history) fn month_line(text: &str) -> Option<Option<u32>> {
    if text.len() > 80 || text.bytes().any(|b| b.is_ascii_digit()) {
        return None;
    }
    let plain = plain(text);
    let said: Vec<&str> = words(&plain).into_iter().skip_while(|word| matches!(*word, "month" | "of")).collect();
    let of = month(said.first()?)?;
    // “May be more to add”, “March for Childline”.
    if said.len() > 1
        && matches!(said[0], "may" | "march")
        && matches!(said[1], "be" | "have" | "need" | "for" | "past")
    {
        return None;
    }
    let is_beside = |word: &&str| matches!(*word, "cont" | "contd" | "continued" | "d" | "visits" | "sessions");
    Some(Some(of).filter(|_| said[1..].iter().all(is_beside)))
}

/// What a line that is no visit says of the year of the rows below; none where it says nothing of it.
pub(in crate::history) fn bar(text: &str) -> Option<Bar> {
    if text.len() > 80 || !text.bytes().any(|b| b.is_ascii_digit()) {
        return None;
    }
    let plain = plain(text);
    let tokens = tokens(&plain);
    if let Some((of, year)) = month_of_year(&tokens) {
        return Some(Bar::Of(Months::month(year, of), Months::around(year, of)));
    }
    match tokens.as_slice() {
        [year] => return year.year().map(|year| Bar::Calendar(Months::new(year, 1, 12))),
        [name, year] => {
            if let (Some(of), Some(short)) = (month(name.text), year.number(2)) {
                let (at, around) = (Months::month(2000 + short, of), Months::around(2000 + short, of));
                return Some(if is_month_and_year(&plain) { Bar::Of(at, around) } else { Bar::Perhaps(at) });
            }
            // “11/12” is a day.
            if year.number(2).is_some_and(|month| month <= 12) && name.number(2).is_some() {
                return None;
            }
        }
        _ => {}
    }
    let claim = claim(text).filter(|claim| claim.sure == Sure::Named)?;
    let is_note = tokens.len() > 10
        || tokens.iter().any(|t| OF_NOTES.contains(&t.text))
        || !plain.starts_with(char::is_alphanumeric);
    if claim.months.count > 12 || is_note {
        return Some(Bar::Unsure(claim.months));
    }
    // A line of one term is of its months, whatever kind of year they are in.
    let used = vec![false; tokens.len()];
    let mut terms = (0..tokens.len())
        .filter(|_| claim.pair.is_none())
        .filter_map(|at| year_of_term(&tokens, &used, at).and_then(|(year, _)| term(tokens[at].text, year)));
    let at = terms.next().filter(|_| terms.next().is_none()).unwrap_or(claim.months);
    Some(Bar::Of(at, claim.months))
}
