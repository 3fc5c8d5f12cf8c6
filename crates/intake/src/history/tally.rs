//! A headcount in several columns: boys and girls, or a number under each year group.

use domain::year_group::YearGroups;

use super::count::Count;
use super::headings;
use super::words::{is_nothing, plain};
use super::years::Years;

/// A column of pupils of one kind.
pub(super) struct Part {
    pub at: usize,
    /// The year groups it is of, where its heading says so.
    pub years: Option<YearGroups>,
    /// A tick says that they came, not how many.
    is_ticked: bool,
}

/// Whether a cell says by a sign or a word that they came, or that they did not; none where it says something else.
pub(super) fn tick(text: &str) -> Option<bool> {
    match plain(text).as_str() {
        "x" | "y" | "yes" | "true" | "1" | "1.0" | "✓" | "✔" | "✔\u{fe0f}" | "☑" | "☑\u{fe0f}" | "√" | "✅" | "🗸" => {
            Some(true)
        }
        "n" | "no" | "false" | "0" | "0.0" => Some(false),
        word if is_nothing(word) => Some(false),
        _ => None,
    }
}

impl Part {
    pub fn of(at: usize, heading: &str, is_ticked: bool) -> Self {
        Self { at, years: headings::year_groups(heading), is_ticked }
    }

    /// Whether a cell says without a number that these came.
    pub fn is_ticked(&self, text: &str) -> bool {
        self.is_ticked && tick(text) == Some(true)
    }

    /// Whether a cross stands for how many of a year group came, or that none did.
    pub fn is_crossed(&self, text: &str) -> bool {
        !self.is_ticked && self.years.is_some() && plain(text) == "x"
    }

    /// How many a cell says they are, where its text by itself says `count`.
    pub fn count(&self, text: &str, count: Count) -> Count {
        // What is not known makes no sum.
        if matches!(plain(text).as_str(), "n/k" | "nk") {
            return Count::Unclear;
        }
        let of_sign = |text: &str| !text.is_ascii() && tick(text) == Some(true);
        match count {
            Count::NotGiven if !self.is_ticked && of_sign(text) => Count::Unclear,
            _ if self.is_ticked && tick(text).is_some() => Count::NotGiven,
            // A number beside ticks is not all of them.
            Count::Pupils { .. } if self.is_ticked => Count::Unclear,
            count => count,
        }
    }
}

/// What the columns of a row say together.
#[derive(Default)]
pub(super) struct Tally {
    sum: u32,
    is_rough: bool,
    is_given: bool,
    is_unclear: bool,
    is_cancelled: bool,
    years: Option<YearGroups>,
}

impl Tally {
    pub fn add(&mut self, count: &Count, years: Option<YearGroups>) {
        match count {
            Count::Pupils { pupils, approximate } => {
                self.sum = self.sum.saturating_add(*pupils);
                self.is_given = true;
                self.is_rough |= approximate;
                if *pupils > 0 {
                    self.tick(years);
                }
            }
            Count::NotGiven => {}
            Count::Cancelled => self.is_cancelled = true,
            Count::Unclear => self.is_unclear = true,
        }
    }

    /// Adds year groups of which it is not said how many came.
    pub fn tick(&mut self, years: Option<YearGroups>) {
        if let Some(years) = years {
            self.years = Some(self.years.map_or(years, |all| all.union(years)));
        }
    }

    /// How many there are together.
    pub fn count(&self) -> Count {
        if self.is_unclear {
            Count::Unclear
        } else if self.is_given {
            Count::Pupils { pupils: self.sum, approximate: self.is_rough }
        } else if self.is_cancelled {
            Count::Cancelled
        } else {
            Count::NotGiven
        }
    }

    /// Whether a column says how many, or who.
    pub fn says_something(&self) -> bool {
        self.is_given || self.is_unclear || self.is_cancelled || self.years.is_some()
    }

    /// Of which year groups they are.
    pub fn years(&self) -> Years {
        self.years.map_or(Years::NotGiven, Years::Groups)
    }

    /// What is wrong where another column says how many they are in all.
    pub fn contradicts(&self, all: &Count) -> Option<String> {
        let Count::Pupils { pupils, approximate: false } = all else { return None };
        if !self.is_given || self.is_unclear || self.is_rough || self.sum == *pupils {
            return None;
        }
        Some(format!(
            "“{pupils}” is not what the columns of each kind add up to, which is {}. Type how many pupils came.",
            self.sum
        ))
    }
}
