//! Stages of schooling: what a school that follows no year groups is shown by.

use crate::term::terms;
use crate::year_group::{YearGroup, YearGroups};

terms! {
    /// A stage, in the words of the national curriculum.
    pub enum Stage {
        EarlyYears = "early_years", "Early years";
        KeyStage1 = "key_stage_1", "Key stage 1";
        KeyStage2 = "key_stage_2", "Key stage 2";
        KeyStage3 = "key_stage_3", "Key stage 3";
        KeyStage4 = "key_stage_4", "Key stage 4";
        Post16 = "post_16", "Post-16";
    }
}

impl Stage {
    /// The year groups whose ages the stage has.
    #[must_use]
    pub fn year_groups(self) -> YearGroups {
        let (low, high) = match self {
            Self::EarlyYears => (-2, 0),
            Self::KeyStage1 => (1, 2),
            Self::KeyStage2 => (3, 6),
            Self::KeyStage3 => (7, 9),
            Self::KeyStage4 => (10, 11),
            Self::Post16 => (12, 14),
        };
        match (YearGroup::new(low), YearGroup::new(high)) {
            (Ok(low), Ok(high)) => YearGroups::range(low, high),
            _ => YearGroups::NONE,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_year_group_is_of_one_stage() {
        for year_group in YearGroup::all() {
            assert_eq!(Stage::ALL.iter().filter(|s| s.year_groups().contains(year_group)).count(), 1, "{year_group}");
        }
    }
}
