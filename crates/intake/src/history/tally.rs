//! A headcount in several columns: boys and girls, or a number under each year group.

use domain::year_group::YearGroups;

use super::count::Count;
use super::headings;
use super::years::Years;

/// A column of pupils of one kind.
pub(super) struct Part {
    pub at: usize,
    /// The year groups it is of, where its heading says so.
    pub years: Option<YearGroups>,
}

impl Part {
    pub fn of(at: usize, heading: &str) -> Self {
        Self { at, years: headings::year_groups(heading) }
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
                if let Some(years) = years.filter(|_| *pupils > 0) {
                    self.years = Some(self.years.map_or(years, |all| all.iter().chain(years.iter()).collect()));
                }
            }
            Count::NotGiven => {}
            Count::Cancelled => self.is_cancelled = true,
            Count::Unclear => self.is_unclear = true,
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
