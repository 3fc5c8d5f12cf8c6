//! The days of rows, and the years that lines between them name.

use chrono::{Datelike, NaiveDate};

use super::{OF_FORMULA, Reading};
use crate::history::Role;
use crate::history::date::{self, NO_YEAR, When};
use crate::history::for_all::FOR_ALL;
use crate::history::headings;
use crate::history::lines::is_formula;
use crate::history::order::TURNED;
use crate::history::proposed::NO_YEARS;
use crate::history::sheet::Cells;
use crate::history::texts::Day;
use crate::history::years_of::{Bar, Months, bar, month_line};

impl<'a> Reading<'a> {
    pub(super) fn day(&mut self, number: u32, cells: Cells<'a>) -> Day {
        let text = self.cell(cells, Role::Date);
        if let Some((filed, answer)) = self.for_all.get(&number) {
            return self.texts.day_for_all(filed, *answer, self.month_above);
        }
        // What a person typed is not asked about for what its column or its sheet is like: it would be asked for ever.
        if self.typed_days.contains(&number) { self.texts.typed_day(text) } else { self.texts.day(text) }
    }

    /// The row's day; a doubt where there is none.
    pub(super) fn date(&mut self, number: u32, cells: Cells<'a>) -> Option<NaiveDate> {
        let (typed, column) = (self.cell(cells, Role::Date), self.columns.at(Role::Date));
        let on = match self.day(number, cells) {
            Day::Ditto => match self.above {
                Some(Some(above)) => Some(above),
                above => {
                    let why = if above.is_some() {
                        "repeats a date above that could not be read. Type the date"
                    } else {
                        "repeats the date above, and there is none. Type the date"
                    };
                    self.doubt(number, Role::Date, column, typed, why);
                    None
                }
            },
            Day::Itself(When::On(date)) => Some(date),
            Day::Itself(When::NotGiven) => {
                let what = if typed.trim().is_empty() {
                    "No date stands here".into()
                } else {
                    format!("“{}” is no date", typed.trim())
                };
                let mend = "Type one like 12/09/2016, or “same” if it is the day of the row above.";
                self.ask(number, Role::Date, column, typed.trim(), format!("{what}. {mend}"));
                None
            }
            Day::Itself(When::Unclear(_)) if is_formula(typed) => {
                self.doubt(number, Role::Date, column, typed.trim(), OF_FORMULA);
                None
            }
            Day::Itself(When::Unclear(why)) if why == NO_YEAR || self.lacks_year(typed) => {
                self.ask(number, Role::Date, column, typed.trim(), self.of_no_year());
                None
            }
            Day::Itself(When::Unclear(why)) if why.starts_with(TURNED) => {
                let message = self.of_turned(typed, &why);
                self.ask(number, Role::Date, column, typed.trim(), message);
                None
            }
            Day::Itself(When::Unclear(why)) => {
                self.doubt(number, Role::Date, column, typed.trim(), &format!("{why}. Type a date like 12/09/2016"));
                None
            }
        };
        self.above = Some(on);
        self.other_days(number, cells, on);
        on
    }

    /// Whether a day by itself stands below a line of a month, of which nothing says the year.
    fn lacks_year(&self, typed: &str) -> bool {
        self.month_above.is_some() && date::is_day_alone(typed)
    }

    /// What is asked of every day without a year: the answer is the same for all of them.
    fn of_no_year(&self) -> String {
        let of_what = match &self.line_above {
            Some(line) => format!("below “{line}”"),
            None => self.of_sheet(),
        };
        format!(
            "Days {of_what} {NO_YEARS} for certain which it is. Type a day with its year, like 12/09/2016.{FOR_ALL}the school year alone, like 2022/23."
        )
    }

    /// What is asked of every date that may have been turned: the answer is the same for all of them.
    fn of_turned(&mut self, typed: &str, why: &str) -> String {
        let of_sheet = self.of_sheet();
        let typed = typed.trim();
        let typed = typed.strip_suffix("T00:00:00").unwrap_or(typed);
        let first = self.turned_date.get_or_insert_with(|| format!("“{typed}” {why}"));
        format!(
            "A spreadsheet program seems to have read dates {of_sheet} month first, and to have left as text those that it could not: {first}. Type the right date, like 12/09/2016.{FOR_ALL}“exchange” if day and month are to change places, or “right” if they are not."
        )
    }

    fn of_sheet(&self) -> String {
        self.sheet.map_or_else(|| "of the file".to_owned(), |sheet| format!("of the sheet “{sheet}”"))
    }

    /// A doubt at each other date of a row that names another day: the visit on it would vanish.
    fn other_days(&mut self, number: u32, cells: Cells<'a>, on: Option<NaiveDate>) {
        let columns = self.columns;
        for at in &columns.other_days {
            let typed = cells.at(*at).trim();
            if typed.is_empty() {
                continue;
            }
            if let Day::Itself(When::On(other)) = self.texts.day(typed)
                && Some(other) != on
            {
                let heading =
                    columns.headings.iter().find(|(of, _)| of == at).map_or("", |(_, heading)| heading.as_str());
                // “28” and “10.10” below “Session 2” are no days.
                let is_short = typed.len() < 6 && typed.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'.' | b':'));
                if is_short && !headings::is_of_days(heading) {
                    continue;
                }
                let why = if headings::is_moved_to(heading) {
                    "is the day to which it was moved, and only one is read. Give the visit on it a row of its own in the file, or type “postponed” here if it has one, or there was none"
                } else {
                    "is another day of this row, and only one is read. Give it a row of its own in the file, or type “-” here if there was no visit on it"
                };
                self.doubt(number, Role::Date, Some(*at), typed, why);
            }
        }
    }

    /// Turns to the year that a line between the rows names, if any.
    pub(super) fn turn(&mut self, number: u32, cells: Cells<'a>) {
        let mut filled = cells.iter().enumerate().filter(|(_, text)| !text.trim().is_empty());
        let Some((at, text)) = filled.next() else { return };
        let is_alone = filled.next().is_none();
        // A number far to the right may be a sum.
        let is_number = text.trim().bytes().all(|b| b.is_ascii_digit());
        if is_number && at > 0 && Some(at) != self.columns.at(Role::Date) {
            return;
        }
        let mut first_of_month = |text: &'a str| match self.texts.day(text) {
            Day::Itself(When::On(on)) if on.day() == 1 && text.starts_with(&on.to_string()) => {
                // “Sep-17” in a workbook is the first of that month.
                Some(Bar::Of(Months::month(on.year(), on.month()), Months::around(on.year(), on.month())))
            }
            _ => None,
        };
        let said = bar(text).filter(|said| is_alone || matches!(said, Bar::Of(..)));
        let Some(said) = said.or_else(|| first_of_month(text.trim()).filter(|_| is_alone)) else {
            return self.turn_to_month(text);
        };
        let now = self.texts.months();
        let holds = |months: Option<Months>, at: Months| months.filter(|months| months.holds(at));
        let next = match said {
            Bar::Of(at, own) => holds(now, at).or_else(|| holds(self.of_titles, at)).or(Some(own)),
            Bar::Perhaps(at) => {
                let is_near = self.of_titles.or(now).is_none_or(|months| !months.is_far_by_years(at));
                if holds(now, at).is_some() || !is_near { now } else { None }
            }
            // Of a year in which another begins, only what both name is sure.
            Bar::Calendar(year) => self.around.and_then(|around| around.both(year)),
            Bar::Unsure(months) => now.filter(|now| now.holds(months)),
        };
        let month = match said {
            Bar::Of(at, _) => at.alone(),
            Bar::Perhaps(at) => at.alone().filter(|at| holds(next, *at).is_some()),
            Bar::Calendar(_) | Bar::Unsure(_) => None,
        };
        if !matches!(said, Bar::Calendar(_)) && next.is_some() {
            self.around = next;
        }
        if next != self.of_titles {
            self.turned = self.turned.or(Some(number));
        }
        self.month_above = None;
        // Of lines that name no one year each may be of another.
        self.line_above = next.is_none().then(|| text.trim().to_owned());
        self.texts.turn_to(next, month);
    }

    /// Turns to the month that a line names without a year, in the months that are known: days by themselves below it are
    /// of it.
    fn turn_to_month(&mut self, text: &str) {
        let Some(named) = month_line(text) else { return };
        let months = self.texts.months();
        let month = named.and_then(|of| match self.texts.month() {
            Some(now) if now.is_of(of) => Some(now),
            // “2023-24” may be a financial year, which has its summer before the autumn.
            now if (4..=8).contains(&of) && now.is_none() && months?.beside_financial().is_some() => None,
            _ => months?.year_of(of).map(|year| Months::month(year, of)),
        });
        self.month_above = named.filter(|_| month.is_none());
        self.texts.turn_to(months, month);
    }
}
