//! Waiting lists: a school that found no slot of a tour waits until one is free.

use std::collections::BTreeSet;

use chrono::NaiveDate;

use crate::programme::Need;
use crate::session::Group;
use crate::slot::TimeOfDay;
use crate::term::terms;

terms! {
    /// The state of a place on a waiting list.
    pub enum WaitingState {
        Waiting = "waiting", "Waiting";
        Offered = "offered", "Was offered a slot";
        Served = "served", "Has a date";
        Left = "left", "Left the list";
    }
}

terms! {
    /// At which part of the day a school would have it.
    pub enum PartOfDay {
        Any = "any", "Morning or afternoon";
        Morning = "morning", "Only in the morning";
        Afternoon = "afternoon", "Only in the afternoon";
    }
}

impl PartOfDay {
    /// Whether a slot suits: one across noon belongs to the half in which it has more minutes, and to the morning when
    /// they are even.
    #[must_use]
    pub fn suits(self, starts: TimeOfDay, ends: TimeOfDay) -> bool {
        let noon = 12 * 60;
        let morning = noon - starts.minutes() >= ends.minutes() - noon;
        match self {
            Self::Any => true,
            Self::Morning => morning,
            Self::Afternoon => !morning,
        }
    }
}

/// Days on which a school says that it cannot, at most.
pub const MOST_DATES: usize = 60;

/// What a school that waits wants.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wish {
    /// Who is to attend, in one session.
    pub groups: Vec<Group>,
    /// When in the day.
    pub part_of_day: PartOfDay,
    /// What the school has of what programmes need.
    pub has: BTreeSet<Need>,
    /// Days on which it cannot.
    pub impossible: BTreeSet<NaiveDate>,
}

/// A slot that is free.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Free {
    /// The day.
    pub on_date: NaiveDate,
    /// When it begins.
    pub starts: TimeOfDay,
    /// When it ends.
    pub ends: TimeOfDay,
}

impl Wish {
    /// Whether a slot of a programme suits: there is room for everyone, the school has what the programme needs, and
    /// neither day nor time is ruled out.
    #[must_use]
    pub fn suits<'a>(&self, slot: Free, largest_group: Option<i64>, needs: impl IntoIterator<Item = &'a Need>) -> bool {
        let expected: i64 = self.groups.iter().map(|g| g.expected).sum();
        largest_group.is_none_or(|most| expected <= most)
            && needs.into_iter().all(|need| *need == Need::StaffStay || self.has.contains(need))
            && !self.impossible.contains(&slot.on_date)
            && self.part_of_day.suits(slot.starts, slot.ends)
    }
}

/// The order in which a free slot is offered: the highest value first, and of equal ones whoever waits longest. `key`
/// gives value and the moment of joining.
pub fn in_order<T, M: Ord>(waiting: &mut [T], key: impl Fn(&T) -> (i64, M)) {
    waiting.sort_by(|a, b| {
        let ((a, since_a), (b, since_b)) = (key(a), key(b));
        b.cmp(&a).then(since_a.cmp(&since_b))
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::YearGroups;

    fn time(text: &str) -> TimeOfDay {
        text.parse().unwrap()
    }

    fn day(d: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(2026, 12, d).unwrap()
    }

    fn wish() -> Wish {
        let group =
            |expected| Group { year_groups: YearGroups::NONE, label: String::new(), expected, expected_send: None };
        Wish {
            groups: vec![group(30), group(28)],
            part_of_day: PartOfDay::Any,
            has: [Need::Hall].into(),
            impossible: [day(4)].into(),
        }
    }

    #[test]
    fn a_slot_suits_who_fits_into_it() {
        let slot = Free { on_date: day(3), starts: time("9:30"), ends: time("10:30") };
        let late = Free { starts: time("13:15"), ends: time("14:15"), ..slot };
        let across = Free { starts: time("11:00"), ends: time("13:00"), ..slot };
        let hall = [Need::Hall];
        for (what, wish, slot, largest, needs, suits) in [
            ("fits", wish(), slot, Some(58), &hall[..], true),
            ("no limit", wish(), slot, None, &[][..], true),
            ("one too many", wish(), slot, Some(57), &hall, false),
            ("no projector", wish(), slot, None, &[Need::Hall, Need::Projector], false),
            ("staff stay is said on accepting", wish(), slot, None, &[Need::StaffStay], true),
            ("impossible day", wish(), Free { on_date: day(4), ..slot }, None, &[], false),
            ("afternoon only", Wish { part_of_day: PartOfDay::Afternoon, ..wish() }, slot, None, &[], false),
            ("afternoon", Wish { part_of_day: PartOfDay::Afternoon, ..wish() }, late, None, &[], true),
            ("morning only", Wish { part_of_day: PartOfDay::Morning, ..wish() }, late, None, &[], false),
            ("even is morning", Wish { part_of_day: PartOfDay::Morning, ..wish() }, across, None, &[], true),
        ] {
            assert_eq!(wish.suits(slot, largest, needs), suits, "{what}");
        }
    }

    #[test]
    fn the_highest_value_comes_first_and_then_who_waits_longest() {
        let mut list = [("b", 5, 2), ("late", 9, 9), ("a", 5, 1), ("early", 9, 3)];
        in_order(&mut list, |(_, value, since)| (*value, *since));
        assert_eq!(list.map(|(name, ..)| name), ["early", "late", "a", "b"]);
    }
}
