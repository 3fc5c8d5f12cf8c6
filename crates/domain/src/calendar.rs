//! The calendar of schools: England's bank holidays by rule, terms as data, and the days between.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;

use chrono::{Datelike, Days, NaiveDate, Weekday};

use crate::AcademicYear;
use crate::availability::Leave;

/// A bank holiday in England.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct BankHoliday {
    /// The day off: the substitute day where the feast falls on a weekend.
    pub on: NaiveDate,
    /// Its name, as the government publishes it.
    pub name: Cow<'static, str>,
}

/// Easter Sunday of a Gregorian year (the anonymous computus, Meeus, "Astronomical Algorithms", chapter 8).
#[must_use]
pub fn easter(year: i32) -> NaiveDate {
    let (a, b, c) = (year % 19, year / 100, year % 100);
    let h = (19 * a + b - b / 4 - (b - (b + 8) / 25 + 1) / 3 + 15) % 30;
    let l = (32 + 2 * (b % 4) + 2 * (c / 4) - h - c % 4) % 7;
    let m = (a + 11 * h + 22 * l) / 451;
    let n = h + l - 7 * m + 114;
    // n / 31 is 3 or 4, n % 31 + 1 is 1 to 31: always a date.
    NaiveDate::from_ymd_opt(year, (n / 31).unsigned_abs(), (n % 31 + 1).unsigned_abs()).unwrap_or(NaiveDate::MIN)
}

/// Days the rule does not know: proclaimed for one year. `(year, month, day, name)`.
const PROCLAIMED: &[(i32, u32, u32, &str)] = &[
    (1999, 12, 31, "Millennium eve"),
    (2002, 6, 3, "Golden Jubilee bank holiday"),
    (2011, 4, 29, "Royal wedding"),
    (2012, 6, 5, "Queen’s Diamond Jubilee"),
    (2022, 6, 3, "Platinum Jubilee bank holiday"),
    (2022, 9, 19, "Bank Holiday for the State Funeral of Queen Elizabeth II"),
    (2023, 5, 8, "Bank holiday for the coronation of King Charles III"),
];

const EARLY_MAY: &str = "Early May bank holiday";
const SPRING: &str = "Spring bank holiday";

/// England's bank holidays in a calendar year, in order, by the Banking and Financial Dealings Act 1971 and the
/// proclamations since 1990.
#[must_use]
pub fn bank_holidays(year: i32) -> Vec<BankHoliday> {
    let date = |month, day| NaiveDate::from_ymd_opt(year, month, day).unwrap_or(NaiveDate::MIN);
    let monday = |month, nth| NaiveDate::from_weekday_of_month_opt(year, month, Weekday::Mon, nth);
    let last_monday = |month| monday(month, 5).or_else(|| monday(month, 4)).unwrap_or(NaiveDate::MIN);
    let new_year = match date(1, 1).weekday() {
        Weekday::Sat => date(1, 3),
        Weekday::Sun => date(1, 2),
        _ => date(1, 1),
    };
    // On a Sunday, Christmas moves past Boxing Day, which stays; on a Saturday both move.
    let (christmas, boxing) = match date(12, 25).weekday() {
        Weekday::Fri => (date(12, 25), date(12, 28)),
        Weekday::Sat => (date(12, 27), date(12, 28)),
        Weekday::Sun => (date(12, 27), date(12, 26)),
        _ => (date(12, 25), date(12, 26)),
    };
    let (early_may, early_may_name) = match year {
        1995 => (date(5, 8), EARLY_MAY),
        2020 => (date(5, 8), "Early May bank holiday (VE day)"),
        _ => (monday(5, 1).unwrap_or(NaiveDate::MIN), EARLY_MAY),
    };
    let spring = match year {
        2002 | 2012 => date(6, 4),
        2022 => date(6, 2),
        _ => last_monday(5),
    };
    let easter = easter(year);
    let mut days: Vec<BankHoliday> = [
        (new_year, "New Year’s Day"),
        (easter - Days::new(2), "Good Friday"),
        (easter + Days::new(1), "Easter Monday"),
        (early_may, early_may_name),
        (spring, SPRING),
        (last_monday(8), "Summer bank holiday"),
        (christmas, "Christmas Day"),
        (boxing, "Boxing Day"),
    ]
    .into_iter()
    .chain(PROCLAIMED.iter().filter(|p| p.0 == year).map(|&(_, month, day, name)| (date(month, day), name)))
    .map(|(on, name)| BankHoliday { on, name: Cow::Borrowed(name) })
    .collect();
    days.sort();
    days
}

/// England's bank holidays from `from` to `to`, both included.
#[must_use]
pub fn bank_holidays_between(from: NaiveDate, to: NaiveDate) -> Vec<BankHoliday> {
    let mut days: Vec<_> = (from.year()..=to.year()).flat_map(bank_holidays).collect();
    days.retain(|day| (from..=to).contains(&day.on));
    days
}

/// A day on which an authority's bank holidays differ from the rule: proclaimed since, or moved.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct HolidayDifference {
    /// The day.
    pub on: NaiveDate,
    /// The holiday's name; none: the rule has a holiday here, and there is none.
    pub name: Option<String>,
}

/// Bank holidays from `from` to `to`, both included: those of the rule, except where `differences` say otherwise.
#[must_use]
pub fn holidays_with(from: NaiveDate, to: NaiveDate, differences: &[HolidayDifference]) -> Vec<BankHoliday> {
    let mut days = bank_holidays_between(from, to);
    days.retain(|day| differences.iter().all(|d| d.on != day.on));
    let others = differences.iter().filter(|d| (from..=to).contains(&d.on));
    days.extend(others.filter_map(|d| Some(BankHoliday { on: d.on, name: Cow::Owned(d.name.clone()?) })));
    days.sort();
    days
}

/// How published holidays differ from the rule, within the calendar years that `published` covers whole: from the first
/// to the last of its years.
#[must_use]
pub fn differences_of(published: &[(NaiveDate, String)]) -> Vec<HolidayDifference> {
    let years = || published.iter().map(|(on, _)| on.year());
    let (Some(first), Some(last)) = (years().min(), years().max()) else { return Vec::new() };
    let ruled: Vec<BankHoliday> = (first..=last).flat_map(bank_holidays).collect();
    let same = |on: NaiveDate| ruled.iter().any(|r| r.on == on);
    let mut differences: Vec<_> = published
        .iter()
        .filter(|(on, name)| !same(*on) || ruled.iter().any(|r| r.on == *on && !same_name(&r.name, name)))
        .map(|(on, name)| HolidayDifference { on: *on, name: Some(name.clone()) })
        .chain(
            ruled
                .iter()
                .filter(|r| published.iter().all(|(on, _)| *on != r.on))
                .map(|r| HolidayDifference { on: r.on, name: None }),
        )
        .collect();
    differences.sort();
    differences.dedup_by_key(|d| d.on);
    differences
}

/// Whether two names of a holiday differ in more than the kind of apostrophe.
fn same_name(one: &str, other: &str) -> bool {
    let plain = |text: &str| text.trim().replace('\'', "’").to_lowercase();
    plain(one) == plain(other)
}

/// Days of the week, stored as a bit mask: bit 0 is Monday.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WorkingDays(u8);

/// A number that is no set of weekdays.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0} is not a set of weekdays")]
pub struct NotWorkingDays(pub i64);

/// The days of the week, Monday first.
pub const WEEK: [Weekday; 7] =
    [Weekday::Mon, Weekday::Tue, Weekday::Wed, Weekday::Thu, Weekday::Fri, Weekday::Sat, Weekday::Sun];

/// A day as programs write it, `2026-12-08`, and in no other form: left to itself chrono takes `12-09-16`, as people type
/// 12 September 2016, for a day of the year 12.
#[must_use]
pub fn iso_day(text: &str) -> Option<NaiveDate> {
    NaiveDate::parse_from_str(text, "%Y-%m-%d").ok().filter(|_| text.len() == "2026-12-08".len())
}

/// The weekday that a word in small letters names, in full or for short: `mon`, `tues`, `wednesday`.
#[must_use]
pub fn weekday_named(word: &str) -> Option<Weekday> {
    use Weekday::{Fri, Mon, Sat, Sun, Thu, Tue, Wed};
    if word.len() < 3 {
        return None;
    }
    let is = |day: &Weekday| weekday_name(*day).to_ascii_lowercase().starts_with(word);
    match word {
        "thur" | "thurs" => Some(Thu),
        "weds" => Some(Wed),
        _ => [Mon, Tue, Wed, Thu, Fri, Sat, Sun].into_iter().find(is),
    }
}

/// A weekday's full name.
#[must_use]
pub const fn weekday_name(day: Weekday) -> &'static str {
    match day {
        Weekday::Mon => "Monday",
        Weekday::Tue => "Tuesday",
        Weekday::Wed => "Wednesday",
        Weekday::Thu => "Thursday",
        Weekday::Fri => "Friday",
        Weekday::Sat => "Saturday",
        Weekday::Sun => "Sunday",
    }
}

impl WorkingDays {
    /// Monday to Friday.
    pub const WEEKDAYS: Self = Self(0b1_1111);

    /// Whether it holds `day`.
    #[must_use]
    pub fn contains(self, day: Weekday) -> bool {
        self.0 & (1 << day.num_days_from_monday()) != 0
    }

    /// Whether it holds no day.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// The bit mask that is stored.
    #[must_use]
    pub const fn mask(self) -> i64 {
        self.0 as i64
    }
}

impl FromIterator<Weekday> for WorkingDays {
    fn from_iter<I: IntoIterator<Item = Weekday>>(days: I) -> Self {
        Self(days.into_iter().fold(0, |mask, day| mask | 1 << day.num_days_from_monday()))
    }
}

impl TryFrom<i64> for WorkingDays {
    type Error = NotWorkingDays;
    fn try_from(mask: i64) -> Result<Self, Self::Error> {
        u8::try_from(mask).ok().filter(|m| *m < 128).map(Self).ok_or(NotWorkingDays(mask))
    }
}

/// `Monday to Friday`, `Monday, Tuesday and Thursday`
impl fmt::Display for WorkingDays {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let days: Vec<Weekday> = WEEK.into_iter().filter(|d| self.contains(*d)).collect();
        let unbroken = days.windows(2).all(|pair| pair[0].succ() == pair[1]);
        match days.as_slice() {
            [] => f.write_str("no day"),
            [one] => f.write_str(weekday_name(*one)),
            [first, .., last] if unbroken && days.len() > 2 => {
                write!(f, "{} to {}", weekday_name(*first), weekday_name(*last))
            }
            [others @ .., last] => {
                let others: Vec<_> = others.iter().map(|d| weekday_name(*d)).collect();
                write!(f, "{} and {}", others.join(", "), weekday_name(*last))
            }
        }
    }
}

/// A stretch of teaching, without a holiday inside: England's usual year has six.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Term {
    /// The academic year it belongs to.
    pub academic_year: AcademicYear,
    /// “Autumn term, first half”.
    pub name: String,
    /// Its first day.
    pub starts: NaiveDate,
    /// Its last day.
    pub ends: NaiveDate,
}

/// The terms that hold for a school, by date: for each academic year its own, else its trust's, else the authority's.
#[must_use]
pub fn terms_that_hold(authority: &[Term], trust: &[Term], school: &[Term]) -> Vec<Term> {
    let has = |terms: &[Term], year| terms.iter().any(|t| t.academic_year == year);
    let mut terms: Vec<Term> = school
        .iter()
        .chain(trust.iter().filter(|t| !has(school, t.academic_year)))
        .chain(authority.iter().filter(|t| !has(school, t.academic_year) && !has(trust, t.academic_year)))
        .cloned()
        .collect();
    terms.sort_by_key(|t| t.starts);
    terms
}

/// Why a day was left out.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum LeftOut {
    /// A Saturday or Sunday.
    Weekend,
    /// A weekday on which the team does not work.
    NotWorking,
    /// A bank holiday, by its name.
    BankHoliday(String),
    /// Outside the terms of its academic year.
    OutsideTerm,
    /// The team is away, from the first to the last of these days.
    TeamAway(NaiveDate, NaiveDate),
}

/// The days of a rule: those to open, and those left out with the reason.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct OpenableDays {
    /// Days to open, in order.
    pub days: Vec<NaiveDate>,
    /// Days between that are left out, in order.
    pub left_out: Vec<(NaiveDate, LeftOut)>,
    /// Academic years whose terms are not known: of these only weekends and bank holidays are left out.
    pub years_without_terms: Vec<AcademicYear>,
}

/// Sorts the days from `from` to `to`, both included, into those on which schools can be visited and those left out.
///
/// A day is left out for the first reason that fits: weekend, no working day, bank holiday, outside the terms, the
/// team's leave. Terms count only in academic years that have any.
#[must_use]
pub fn openable_days(
    from: NaiveDate,
    to: NaiveDate,
    working_days: WorkingDays,
    leave: &[Leave],
    terms: &[Term],
    holidays: &[BankHoliday],
) -> OpenableDays {
    let holidays: BTreeMap<NaiveDate, &str> = holidays.iter().map(|h| (h.on, h.name.as_ref())).collect();
    let mut sorted = OpenableDays::default();
    for day in from.iter_days().take_while(|day| *day <= to) {
        let year = AcademicYear::containing(day);
        let has_terms = terms.iter().any(|t| t.academic_year == year);
        if !has_terms && !sorted.years_without_terms.contains(&year) {
            sorted.years_without_terms.push(year);
        }
        let in_term = || terms.iter().any(|t| t.academic_year == year && (t.starts..=t.ends).contains(&day));
        let weekday = day.weekday();
        let why = if matches!(weekday, Weekday::Sat | Weekday::Sun) {
            Some(LeftOut::Weekend)
        } else if !working_days.contains(weekday) {
            Some(LeftOut::NotWorking)
        } else if let Some(name) = holidays.get(&day) {
            Some(LeftOut::BankHoliday((*name).to_owned()))
        } else if has_terms && !in_term() {
            Some(LeftOut::OutsideTerm)
        } else {
            leave.iter().find(|l| l.contains(day)).map(|l| LeftOut::TeamAway(l.from, l.to))
        };
        match why {
            Some(why) => sorted.left_out.push((day, why)),
            None => sorted.days.push(day),
        }
    }
    sorted
}

#[cfg(test)]
mod tests;
