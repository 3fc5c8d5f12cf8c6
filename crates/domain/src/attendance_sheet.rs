//! The attendance sheet that goes out as a workbook and comes back: its columns, the key of a row, and what becomes of a
//! figure that two people stated.
//!
//! A row is one attending group. Its key says which, and what was on record when the sheet went out: so a figure that
//! somebody filled in is told from one that was there before, whatever was sorted, copied or left blank.

mod beside;

use std::fmt;
use std::str::FromStr;

pub use beside::{Beside, letters, print};
use uuid::Uuid;

use crate::attendance::{Figure, Headcounts};
use crate::merged::{self, Merged, Said};

/// A column of the sheet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Column {
    /// The day of the session.
    Date,
    /// What its slot is called, and when it begins.
    Session,
    /// Where it is.
    Venue,
    /// Where the group's pupils belong.
    School,
    /// The group.
    Group,
    /// How many are expected.
    Expected,
    /// A headcount.
    Count(Figure),
    /// “Yes”: the figures are right although they are more than the roll.
    Sure,
    /// Who counted.
    CountedBy,
    /// The row's [`Key`].
    Key,
}

/// The columns from left to right.
pub const COLUMNS: [Column; 13] = [
    Column::Date,
    Column::Session,
    Column::Venue,
    Column::School,
    Column::Group,
    Column::Expected,
    Column::Count(Figure::Pupils),
    Column::Count(Figure::Send),
    Column::Count(Figure::Withdrawn),
    Column::Count(Figure::Adults),
    Column::Sure,
    Column::CountedBy,
    Column::Key,
];

/// The figures from left to right.
pub const FIGURES: [Figure; 4] = [Figure::Pupils, Figure::Send, Figure::Withdrawn, Figure::Adults];

/// What is chosen in [`Column::Sure`].
pub const YES: &str = "Yes";

impl Column {
    /// The heading, by which the column is found again wherever it was moved.
    #[must_use]
    pub const fn heading(self) -> &'static str {
        match self {
            Self::Date => "Date",
            Self::Session => "Session",
            Self::Venue => "Venue",
            Self::School => "School",
            Self::Group => "Group",
            Self::Expected => "Expected",
            Self::Count(figure) => heading(figure),
            Self::Sure => "Right although more than the roll",
            Self::CountedBy => "Counted by",
            Self::Key => "Key (leave as it is)",
        }
    }

    /// Whether it is filled in by whoever counts.
    #[must_use]
    pub const fn is_filled_in(self) -> bool {
        matches!(self, Self::Count(_) | Self::Sure | Self::CountedBy)
    }
}

/// What a figure is called on the sheet.
#[must_use]
pub const fn heading(figure: Figure) -> &'static str {
    match figure {
        Figure::Pupils => "Pupils who took part",
        Figure::Send => "Of these, with SEND",
        Figure::Withdrawn => "Withdrawn by parents",
        Figure::Adults => "Adults, staff included",
    }
}

/// A row's key: `018f…-…:30,2,,4:6834…`, the group, the figures on record when the sheet went out, blank where none was,
/// and what stood beside it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Key {
    /// The attending group.
    pub group: Uuid,
    /// What was on record.
    pub base: Headcounts,
    /// What stood beside it; none on sheets that went out before that was kept.
    pub beside: Option<Beside>,
}

/// A text that is no key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("The row’s key was changed. Copy the figures into the row of a sheet that is downloaded anew")]
pub struct NotAKey;

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:", self.group)?;
        for (at, figure) in FIGURES.into_iter().enumerate() {
            let comma = if at > 0 { "," } else { "" };
            match self.base.get(figure) {
                Some(count) => write!(f, "{comma}{count}")?,
                None => f.write_str(comma)?,
            }
        }
        self.beside.iter().try_for_each(|beside| write!(f, ":{beside}"))
    }
}

impl FromStr for Key {
    type Err = NotAKey;

    fn from_str(text: &str) -> Result<Self, NotAKey> {
        let (group, rest) = text.trim().split_once(':').ok_or(NotAKey)?;
        let (figures, beside) = match rest.split_once(':') {
            Some((figures, beside)) => (figures, Some(beside.parse()?)),
            None => (rest, None),
        };
        let mut base = Headcounts::default();
        let mut parts = figures.split(',');
        for figure in FIGURES {
            let part = parts.next().ok_or(NotAKey)?;
            let count = if part.is_empty() { None } else { Some(part.parse().map_err(|_| NotAKey)?) };
            base.set(figure, count);
        }
        match parts.next() {
            None => Ok(Self { group: group.parse().map_err(|_| NotAKey)?, base, beside }),
            Some(_) => Err(NotAKey),
        }
    }
}

/// Brings together what is on record with what was filled in on sheets, each with what was on record when it went out.
///
/// A blank says nothing, and neither does a figure that is as it went out: a sheet never erases. What was changed on a
/// sheet holds where nothing else was said meanwhile.
#[must_use]
pub fn merge(on_record: Option<i64>, filled: &[(Option<i64>, Option<i64>)]) -> Merged<Option<i64>> {
    let said = filled.iter().filter(|(base, said)| said.is_some() && said != base);
    let said: Vec<_> = said.map(|(base, said)| Said { value: *said, untouched: *base == on_record }).collect();
    merged::merge(&on_record, &said)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_figure_is_taken_over_kept_or_asked_about() {
        use Merged::{Asked, Becomes, Stays};
        for (on_record, filled, expected) in [
            (None, vec![], Stays),
            (None, vec![(None, None)], Stays),
            (None, vec![(None, Some(0))], Becomes(Some(0))),
            (Some(30), vec![(Some(30), Some(30))], Stays),
            (Some(30), vec![(Some(30), None)], Stays),
            (Some(30), vec![(Some(30), Some(28))], Becomes(Some(28))),
            // Copied rows, and two people who agree.
            (None, vec![(None, Some(28)), (None, Some(28)), (None, None)], Becomes(Some(28))),
            (Some(28), vec![(None, Some(28))], Stays),
            // Stated meanwhile, and not touched on the sheet.
            (Some(29), vec![(Some(30), Some(30))], Stays),
            // Stated meanwhile, and stated otherwise on the sheet.
            (Some(29), vec![(None, Some(28))], Asked(vec![Some(28)])),
            (Some(29), vec![(Some(30), Some(28))], Asked(vec![Some(28)])),
            // Two rows of one group that disagree.
            (None, vec![(None, Some(28)), (None, Some(27))], Asked(vec![Some(27), Some(28)])),
            (Some(30), vec![(Some(30), Some(28)), (Some(29), Some(30))], Asked(vec![Some(28)])),
        ] {
            assert_eq!(merge(on_record, &filled), expected, "{on_record:?} {filled:?}");
        }
    }

    #[test]
    fn a_key_that_was_changed_is_none() {
        let group = "0193f0a0-0000-7000-8000-000000000001";
        for text in [format!("{group}:30,2,,4"), format!("{group}:30,2,,4:0123456789abcdef")] {
            assert_eq!(text.parse::<Key>().map(|k| k.to_string()), Ok(text));
        }
        for text in [
            "",
            group,
            &format!("{group}:1,2,3"),
            &format!("{group}:1,2,3,4,5"),
            &format!("{group}:a,,,"),
            "x:,,,",
            &format!("{group}:1,2,3,4:"),
            &format!("{group}:1,2,3,4:0123"),
            &format!("{group}:1,2,3,4:0123456789abcdef:"),
        ] {
            assert_eq!(text.parse::<Key>(), Err(NotAKey), "{text}");
        }
    }

    fn count() -> impl Strategy<Value = Option<i64>> {
        prop::option::of(0_i64..5)
    }

    proptest! {
        #[test]
        fn a_key_survives_the_round_trip(bytes: u128, is_kept: bool, counts in prop::array::uniform4(count())) {
            let mut base = Headcounts::default();
            FIGURES.into_iter().zip(counts).for_each(|(figure, count)| base.set(figure, count));
            let beside = is_kept.then(|| Beside::of(|column| column.heading()));
            let key = Key { group: Uuid::from_u128(bytes), base, beside };
            prop_assert_eq!(key.to_string().parse::<Key>(), Ok(key));
        }

        #[test]
        fn nothing_that_was_stated_is_lost(on_record in count(), filled in prop::collection::vec((count(), count()), 0..4)) {
            let merged = merge(on_record, &filled);
            let stated: BTreeSet<i64> = filled.iter().filter(|(b, s)| b != s).filter_map(|(_, s)| *s).collect();
            match &merged {
                Merged::Stays => prop_assert!(stated.iter().all(|s| Some(*s) == on_record)),
                Merged::Becomes(count) => prop_assert_eq!(stated, count.iter().copied().collect::<BTreeSet<_>>()),
                Merged::Asked(others) => {
                    let shown: BTreeSet<i64> = others.iter().copied().flatten().chain(on_record).collect();
                    prop_assert!(stated.is_subset(&shown));
                }
            }
            // The order of rows says nothing.
            let mut reversed = filled.clone();
            reversed.reverse();
            prop_assert_eq!(merge(on_record, &reversed), merged);
        }
    }
}
