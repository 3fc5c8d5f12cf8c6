//! Which year is meant where a date has none: what a sheet's name, its titles and the lines between its rows say.

mod bar;
mod sheet_month;
mod within;

use chrono::{Datelike, NaiveDate};
use domain::AcademicYear;

use super::date::month;
use super::words::plain;
pub(super) use bar::{Bar, bar, month_line, year_alone};
pub(super) use sheet_month::sheet_month;

/// A run of months that dates without a year lie in: an academic year, a financial year, what a title names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Months {
    /// The first, counted from January of the year 0.
    first: i32,
    count: i32,
}

impl Months {
    fn new(year: i32, month: u32, count: i32) -> Self {
        Self { first: year * 12 + i32::try_from(month).unwrap_or(1) - 1, count }
    }

    /// An academic year, September to August.
    pub fn academic(year: AcademicYear) -> Self {
        Self::new(year.first(), 9, 12)
    }

    /// The year of a day of this month; none where it may be one of two, or lies outside.
    pub fn year_of(self, month: u32) -> Option<i32> {
        let ahead = (i32::try_from(month).ok()? - 1 - self.first).rem_euclid(12);
        (self.count <= 12 && ahead < self.count).then(|| (self.first + ahead).div_euclid(12))
    }

    fn end(self) -> i32 {
        self.first + self.count
    }

    fn between(first: i32, end: i32) -> Option<Self> {
        (first < end).then_some(Self { first, count: end - first })
    }

    /// What both name.
    pub fn both(self, other: Self) -> Option<Self> {
        Self::between(self.first.max(other.first), self.end().min(other.end()))
    }

    /// From the first that either names to the last.
    fn together(self, other: Self) -> Self {
        let first = self.first.min(other.first);
        Self { first, count: self.end().max(other.end()) - first }
    }

    /// Whether all of the other lies in it.
    pub fn holds(self, other: Self) -> bool {
        self.both(other) == Some(other)
    }

    /// Whether a day lies more than a year outside.
    pub fn is_far_from(self, date: NaiveDate) -> bool {
        let day = Self::new(date.year(), date.month(), 1).first;
        day < self.first - 12 || day >= self.end() + 12
    }

    /// Whether a month lies more than two years from them.
    pub fn is_far_by_years(self, month: Self) -> bool {
        month.first < self.first - 24 || month.first >= self.end() + 24
    }

    /// The academic year that they all are of.
    pub fn academic_year(self) -> Option<AcademicYear> {
        let of = |months: i32| (months - 8).div_euclid(12);
        let first = of(self.first);
        (first == of(self.end() - 1)).then(|| AcademicYear::new(first.into()).ok()).flatten()
    }

    /// A month, and some on either side.
    pub fn around(year: i32, month: u32) -> Self {
        let at = Self::new(year, month, 1).first;
        Self { first: at - 3, count: 7 }
    }

    /// A month by itself.
    pub fn month(year: i32, month: u32) -> Self {
        Self::new(year, month, 1)
    }
}

/// How sure it is that a text speaks of the year of what is below it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Sure {
    /// It is a month of a year, as a heading or a date of printing.
    Month,
    /// It has two numbers of two figures among other words: “Tour 18-19”.
    Short,
    /// It names a year by four figures, or a term by two, and so does a text that is nothing else: “21-22”.
    Named,
}

/// What a text says of years.
#[derive(Debug, Clone, Copy)]
struct Claim {
    months: Months,
    sure: Sure,
    /// Where it names a year by two numbers and does not say which kind of year: its first.
    pair: Option<i32>,
    is_financial: bool,
}

/// A word, and what stands between it and the one before.
struct Token<'a> {
    gap: &'a str,
    text: &'a str,
}

impl Token<'_> {
    fn number(&self, figures: usize) -> Option<i32> {
        let is_number = self.text.len() == figures && self.text.bytes().all(|b| b.is_ascii_digit());
        is_number.then(|| self.text.parse().ok()).flatten()
    }

    fn year(&self) -> Option<i32> {
        self.number(4).filter(|year| (1990..2100).contains(year))
    }

    fn is_digits(&self) -> bool {
        self.text.starts_with(|c: char| c.is_ascii_digit())
    }

    /// Whether a sign alone joins it to the word before.
    fn is_joined(&self) -> bool {
        matches!(self.gap, "-" | "/" | ".")
    }
}

fn tokens(plain: &str) -> Vec<Token<'_>> {
    let (mut found, mut end) = (Vec::<Token<'_>>::new(), 0);
    for text in super::words::words(plain) {
        let start = text.as_ptr() as usize - plain.as_ptr() as usize;
        let gap = &plain[end..start];
        end = start + text.len();
        // “FY16/17”.
        let of_year = text.strip_prefix("fy").filter(|rest| rest.starts_with(|c: char| c.is_ascii_digit()));
        if let Some(rest) = of_year {
            found.push(Token { gap, text: &text[..2] });
            found.push(Token { gap: " ", text: rest });
        } else {
            found.push(Token { gap, text });
        }
    }
    found
}

/// Beside these two numbers of two figures are no year: year groups, ages, contracts, days.
const NO_YEAR: &[&str] = &[
    "y",
    "yr",
    "yrs",
    "year",
    "years",
    "old",
    "olds",
    "age",
    "ages",
    "aged",
    "ks",
    "stage",
    "stages",
    "class",
    "classes",
    "group",
    "groups",
    "form",
    "forms",
    "contract",
    "contracts",
    "contact",
    "tel",
    "phone",
    "ref",
    "no",
    "nos",
    "number",
    "po",
    "invoice",
    "room",
    "unit",
    "page",
    "version",
    "printed",
    "updated",
    "amended",
    "saved",
    "reception",
];
/// Words of lines that name a month, a term or a year and nothing else.
const OF_BARS: &[&str] = &[
    "term",
    "terms",
    "half",
    "the",
    "and",
    "to",
    "continued",
    "cont",
    "academic",
    "school",
    "financial",
    "year",
    "fy",
    "1st",
    "2nd",
    "first",
    "second",
    "1",
    "2",
];
fn is_financial(text: &str) -> bool {
    matches!(text, "fy" | "financial" | "fiscal" | "tax")
}

/// The months of a term of a year.
fn term(word: &str, year: i32) -> Option<Months> {
    Some(match word {
        "autumn" => Months::new(year, 9, 4),
        "christmas" => Months::new(year, 12, 1),
        "spring" => Months::new(year, 1, 4),
        "easter" => Months::new(year, 3, 2),
        "summer" => Months::new(year, 4, 5),
        _ => return None,
    })
}

fn academic(first: i32) -> Option<Months> {
    AcademicYear::new(first.into()).ok().map(Months::academic)
}

/// “April 2016 to March 2017”: the months from one to another.
fn from_month_to_month(tokens: &[Token<'_>], used: &mut [bool]) -> Option<Months> {
    let at: Vec<usize> = (0..tokens.len()).filter(|at| month(tokens[*at].text).is_some()).collect();
    let [one, other] = at.as_slice() else { return None };
    let last = tokens.get(other + 1)?.year()?;
    let (from, to) = (month(tokens[*one].text)?, month(tokens[*other].text)?);
    let own = tokens.get(one + 1).filter(|_| one + 1 < *other).and_then(Token::year);
    let between = &tokens[one + 1 + usize::from(own.is_some())..*other];
    // “1 April 2016 to 31 March 2017”.
    let is_span =
        between.iter().all(|t| matches!(t.text, "to" | "until" | "till") || t.text.len() < 3 && t.is_digits())
            && (between.iter().any(|t| !t.is_digits())
                || between.iter().chain([&tokens[*other]]).any(|t| t.gap.contains('-')));
    let first = own.unwrap_or(if from > to { last - 1 } else { last });
    let months = Months::between(Months::month(first, from).first, Months::month(last, to).end())?;
    if !is_span {
        return None;
    }
    used[*one..=other + 1].fill(true);
    Some(months)
}

/// What a text says of years, all of it together; none where it says nothing of them.
fn claim(text: &str) -> Option<Claim> {
    if !text.bytes().any(|b| b.is_ascii_digit()) {
        return None;
    }
    let plain = plain(text);
    let tokens = tokens(&plain);
    let of_finance = tokens.iter().any(|t| is_financial(t.text));
    let mut used = vec![false; tokens.len()];
    let mut found: Vec<Claim> = Vec::new();
    let whole = |months| Claim { months, sure: Sure::Named, pair: None, is_financial: false };
    found.extend(from_month_to_month(&tokens, &mut used).map(whole));
    for at in 0..tokens.len() {
        let to = usize::from(tokens.get(at + 1).is_some_and(|t| t.text == "to"));
        let Some(second) = tokens.get(at + 1 + to).filter(|_| !used[at]) else { continue };
        let is_between = to > 0 || matches!(second.gap.trim(), "-" | "/");
        // “2018-12-01” is a day.
        let is_run = |t: &Token<'_>| t.is_joined() && t.is_digits();
        let in_run =
            tokens.get(at + 2 + to).is_some_and(|t| is_run(t) && (t.year().is_none() || second.year().is_some()))
                || (at > 0 && !used[at - 1] && is_run(&tokens[at]) && tokens[at - 1].is_digits());
        if !is_between || in_run {
            continue;
        }
        let four = tokens[at].year().map(|first| (first, second.year(), second.number(2)));
        let (first, last) = match four {
            Some((first, Some(last), _)) => (first, last),
            Some((first, None, Some(short))) => {
                (first, first - first % 100 + short + if first % 100 == 99 { 100 } else { 0 })
            }
            Some(_) => continue,
            None => match (tokens[at].number(2), second.number(2)) {
                (Some(first), Some(last)) if (1..40).contains(&first) && last == first + 1 && to == 0 => {
                    (2000 + first, 2000 + last)
                }
                _ => continue,
            },
        };
        let is_short = four.is_none();
        let beside = |t: Option<&Token<'_>>| {
            t.is_some_and(|t| {
                NO_YEAR.contains(&t.text) || month(t.text).is_some() || (t.is_digits() && t.text.len() > 2)
            })
        };
        let before = at.checked_sub(1).map(|at| &tokens[at]);
        let kind = at.checked_sub(2).map_or("", |at| tokens[at].text);
        let is_of_year = before.is_some_and(|t| is_financial(t.text))
            || (before.is_some_and(|t| t.text == "year") && matches!(kind, "academic" | "school" | "financial"));
        if is_short && !is_of_year && (beside(before) || beside(tokens.get(at + 2)) || second.gap.len() > 1) {
            continue;
        }
        let is_alone = tokens.iter().all(|t| t.is_digits() || OF_BARS.contains(&t.text));
        let sure = if is_short && !is_of_year && !is_alone { Sure::Short } else { Sure::Named };
        if last == first + 1 {
            let Some(of_schools) = academic(first) else { continue };
            let months = if of_finance { Months::new(first, 4, 12) } else { of_schools };
            let pair = (!of_finance && kind != "academic" && kind != "school").then_some(first);
            found.push(Claim { months, sure, pair, is_financial: of_finance });
        } else if (first + 2..first + 16).contains(&last) && (second.year().is_some() || last % 100 > 12) {
            found.push(whole(Months::new(first, 1, (last - first + 1) * 12)));
        } else {
            continue;
        }
        used[at..=at + 1 + to].fill(true);
    }
    for (at, token) in tokens.iter().enumerate() {
        let Some((year, _)) = term(token.text, 2000).and_then(|_| year_of_term(&tokens, &used, at)) else { continue };
        let first = if matches!(token.text, "autumn" | "christmas") { year } else { year - 1 };
        found.extend(academic(first).map(whole));
    }
    if found.is_empty() {
        let (of_month, year) = month_of_year(&tokens)?;
        let first = if of_month >= 9 { year } else { year - 1 };
        return academic(first).map(|months| Claim { sure: Sure::Month, ..whole(months) });
    }
    let sure = found.iter().map(|claim| claim.sure).max()?;
    found.into_iter().filter(|claim| claim.sure == sure).reduce(|one, other| Claim {
        months: one.months.together(other.months),
        pair: one.pair.filter(|pair| other.pair == Some(*pair)),
        is_financial: one.is_financial || other.is_financial,
        sure,
    })
}

/// The year that a term is of, and whether it has four figures: “Autumn term 2016”, “Summer 17”, “2017 spring”.
fn year_of_term(tokens: &[Token<'_>], used: &[bool], at: usize) -> Option<(i32, bool)> {
    let free = |at: usize| tokens.get(at).filter(|_| used.get(at) == Some(&false));
    let behind = (at + 1..tokens.len()).find(|at| {
        !matches!(tokens[*at].text, "term" | "terms" | "half" | "1" | "2" | "1st" | "2nd" | "first" | "second")
    });
    let next = behind.and_then(free);
    let short = next.and_then(|t| t.number(2)).filter(|year| (1..50).contains(year)).map(|year| 2000 + year);
    if let Some(year) = next.and_then(Token::year) {
        return Some((year, true));
    }
    if short.is_some_and(|_| behind.and_then(|at| tokens.get(at + 1)).is_none_or(|t| !(t.is_joined() && t.is_digits())))
    {
        return short.map(|year| (year, false));
    }
    let mut years = (0..tokens.len()).filter_map(|at| free(at)?.year());
    years.next().filter(|_| years.next().is_none()).map(|year| (year, true))
}

/// A month and its year of four figures, where a text is nothing else.
fn month_of_year(tokens: &[Token<'_>]) -> Option<(u32, i32)> {
    let rest = tokens.iter().filter(|t| !matches!(t.text, "continued" | "cont" | "the")).collect::<Vec<_>>();
    match rest.as_slice() {
        [name, year] => month(name.text).zip(year.year()),
        _ => None,
    }
}

/// The months that a sheet's name and its titles say that its dates are of: what is surest counts, and where two of them
/// contradict each other none does.
pub(super) fn of_titles<'a>(texts: impl IntoIterator<Item = &'a str>) -> Option<Months> {
    let claims: Vec<Claim> = texts.into_iter().filter_map(claim).collect();
    let sure = claims.iter().map(|claim| claim.sure).max()?;
    let counts = || claims.iter().filter(|claim| claim.sure == sure);
    // “2016-17” beside “Financial year 2016/17” is that.
    let of = |claim: &Claim| match claim.pair.map(|first| Months::new(first, 4, 12)) {
        Some(financial) if counts().any(|other| other.is_financial && other.months == financial) => financial,
        _ => claim.months,
    };
    let mut all = counts().map(of);
    let first = all.next()?;
    all.try_fold(first, Months::both).filter(|months| months.count <= 12)
}

/// The academic year that a sheet's name or a title speaks of: “Autumn 2016”, “Summer 17”, “2018-19”, “21-22”.
#[must_use]
pub fn academic_year(text: &str) -> Option<AcademicYear> {
    let claim = claim(text).filter(|claim| claim.sure > Sure::Month && claim.months.count <= 12)?;
    claim.months.academic_year()
}

#[cfg(test)]
mod tests;
