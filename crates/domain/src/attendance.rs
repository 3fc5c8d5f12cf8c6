//! Attendance: headcounts of a delivered session, group by group, and the rules they keep.
//!
//! 0 is a number; blank is not yet. Never a child's name.

use std::collections::BTreeMap;

use chrono::{Days, NaiveDate};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::number_on_roll::{Basis, NumberOnRoll, Roll};
use crate::session::OVERDUE_DAYS;
use crate::slot::TimeOfDay;
use crate::year_group::YearGroups;

/// More people than this in one group is a slip of the finger: no school in England has so many pupils.
pub const MOST_PEOPLE: i64 = 5_000;

/// The longest a session can have lasted, in minutes: a school day, from the get-in to the last bus.
pub const LONGEST_MINUTES: i64 = 12 * 60;

/// The headcounts of one attending group, as somebody stated them. None is blank: not yet.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Headcounts {
    /// Pupils who took part.
    pub pupils: Option<i64>,
    /// Of these pupils, those with special educational needs or disabilities.
    pub send: Option<i64>,
    /// Pupils withdrawn by their parents: not among `pupils`.
    pub withdrawn: Option<i64>,
    /// Adults who took part, staff included.
    pub adults: Option<i64>,
}

/// A figure of [`Headcounts`]: what is wrong is said beside it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Figure {
    /// [`Headcounts::pupils`].
    Pupils,
    /// [`Headcounts::send`].
    Send,
    /// [`Headcounts::withdrawn`].
    Withdrawn,
    /// [`Headcounts::adults`].
    Adults,
}

/// What is wrong with a group's headcounts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadCount {
    /// A figure below 0 or above [`MOST_PEOPLE`].
    #[error("Give a whole number from 0 to {MOST_PEOPLE}")]
    OutOfBounds,
    /// More pupils with SEND than pupils.
    #[error("Pupils with SEND are counted among the pupils, so there cannot be more of them: {send} of {pupils}")]
    MoreSendThanPupils {
        /// Pupils with SEND.
        send: i64,
        /// All pupils.
        pupils: i64,
    },
    /// Other figures without the pupils they belong to.
    #[error("Enter how many pupils took part, or 0 if none did")]
    PupilsMissing,
}

impl Headcounts {
    /// Whether nothing is stated.
    #[must_use]
    pub const fn is_blank(&self) -> bool {
        self.pupils.is_none() && self.send.is_none() && self.withdrawn.is_none() && self.adults.is_none()
    }

    /// One of the figures.
    #[must_use]
    pub const fn get(&self, figure: Figure) -> Option<i64> {
        match figure {
            Figure::Pupils => self.pupils,
            Figure::Send => self.send,
            Figure::Withdrawn => self.withdrawn,
            Figure::Adults => self.adults,
        }
    }

    /// States one of the figures, or takes it back.
    pub const fn set(&mut self, figure: Figure, count: Option<i64>) {
        match figure {
            Figure::Pupils => self.pupils = count,
            Figure::Send => self.send = count,
            Figure::Withdrawn => self.withdrawn = count,
            Figure::Adults => self.adults = count,
        }
    }

    /// What is wrong, each beside its figure; nothing when the headcounts can be stored.
    #[must_use]
    pub fn problems(&self) -> Vec<(Figure, BadCount)> {
        let figures = [
            (Figure::Pupils, self.pupils),
            (Figure::Send, self.send),
            (Figure::Withdrawn, self.withdrawn),
            (Figure::Adults, self.adults),
        ];
        let mut problems: Vec<_> = figures
            .into_iter()
            .filter(|(_, count)| count.is_some_and(|n| !(0..=MOST_PEOPLE).contains(&n)))
            .map(|(figure, _)| (figure, BadCount::OutOfBounds))
            .collect();
        match (self.pupils, self.send) {
            (None, _) if !self.is_blank() => problems.push((Figure::Pupils, BadCount::PupilsMissing)),
            (Some(pupils), Some(send)) if send > pupils && problems.is_empty() => {
                problems.push((Figure::Send, BadCount::MoreSendThanPupils { send, pupils }));
            }
            _ => {}
        }
        problems
    }
}

/// What is wrong with the times a session really began and ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadTimes {
    /// It ended before it began.
    #[error("The session must end after it began, at {0}")]
    Reversed(TimeOfDay),
    /// It lasted longer than [`LONGEST_MINUTES`].
    #[error("A session of more than 12 hours is a slip: check both times")]
    TooLong,
}

/// Whether a session can have begun and ended then; either may be unknown.
///
/// # Errors
/// It ends before it begins, or lasts longer than [`LONGEST_MINUTES`].
pub fn check_times(starts: Option<TimeOfDay>, ends: Option<TimeOfDay>) -> Result<(), BadTimes> {
    let (Some(starts), Some(ends)) = (starts, ends) else { return Ok(()) };
    match ends.minutes() - starts.minutes() {
        ..=0 => Err(BadTimes::Reversed(starts)),
        LONGEST_MINUTES.. => Err(BadTimes::TooLong),
        _ => Ok(()),
    }
}

/// A group of pupils as it is compared with the roll.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CountedGroup {
    /// Where the pupils belong.
    pub setting: Uuid,
    /// Their year groups; none at all where year groups are not followed.
    pub year_groups: YearGroups,
    /// How many took part.
    pub pupils: i64,
}

/// More pupils than the roll has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OverRoll {
    /// The pupils stated: the group's, or those of all groups of its school when only together they are too many.
    pub pupils: i64,
    /// The roll they are compared with.
    pub roll: NumberOnRoll,
    /// Whether it is the school's groups together that are too many.
    pub together: bool,
}

/// For each group in turn, whether more pupils took part than the roll of its year groups has; none where the roll is
/// not known.
///
/// Groups of one school (6A and 6B) are also compared together with the roll of all their year groups, since pupils
/// counted twice in one hall are the commonest slip. A group that follows no year groups is compared with the school's
/// whole roll.
#[must_use]
pub fn over_roll(groups: &[CountedGroup], rolls: &BTreeMap<Uuid, Roll>) -> Vec<Option<OverRoll>> {
    groups
        .iter()
        .map(|group| {
            let roll = rolls.get(&group.setting)?;
            let alone = number(roll, group.year_groups);
            if let Some(roll) = alone.filter(|roll| group.pupils > roll.pupils) {
                return Some(OverRoll { pupils: group.pupils, roll, together: false });
            }
            let ours = || groups.iter().filter(|other| other.setting == group.setting);
            let pupils = ours().fold(0_i64, |sum, other| sum.saturating_add(other.pupils));
            let everyone = ours().any(|other| other.year_groups.is_empty());
            let union = ours().fold(YearGroups::NONE, |all, other| all.union(other.year_groups));
            let roll = number(roll, if everyone { YearGroups::NONE } else { union })?;
            (pupils > roll.pupils).then_some(OverRoll { pupils, roll, together: true })
        })
        .collect()
}

fn number(roll: &Roll, year_groups: YearGroups) -> Option<NumberOnRoll> {
    if year_groups.is_empty() {
        roll.pupils.map(|pupils| NumberOnRoll { pupils, basis: Basis::Counted })
    } else {
        roll.sum(year_groups)
    }
}

/// The first day on which attendance of a session on `on_date` that nobody recorded is overdue.
#[must_use]
pub fn overdue_from(on_date: NaiveDate) -> NaiveDate {
    on_date.checked_add_days(Days::new(OVERDUE_DAYS.unsigned_abs() + 1)).unwrap_or(NaiveDate::MAX)
}

/// Whether attendance that is not recorded yet is overdue: [`OVERDUE_DAYS`] full days have gone by.
#[must_use]
pub fn is_overdue(on_date: NaiveDate, today: NaiveDate) -> bool {
    today >= overdue_from(on_date)
}

/// The latest date whose unrecorded attendance is overdue today: what queries compare with.
#[must_use]
pub fn overdue_until(today: NaiveDate) -> NaiveDate {
    today.checked_sub_days(Days::new(OVERDUE_DAYS.unsigned_abs() + 1)).unwrap_or(NaiveDate::MIN)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::YearGroup;

    fn counts(pupils: Option<i64>, send: Option<i64>) -> Headcounts {
        Headcounts { pupils, send, withdrawn: Some(0), adults: Some(2) }
    }

    #[test]
    fn nought_is_a_number_and_blank_is_not_yet() {
        assert!(Headcounts::default().is_blank() && Headcounts::default().problems().is_empty());
        let none = Headcounts { pupils: Some(0), ..Headcounts::default() };
        assert!(!none.is_blank() && none.problems().is_empty());
        assert_eq!(counts(None, None).problems(), vec![(Figure::Pupils, BadCount::PupilsMissing)]);
    }

    #[test]
    fn send_is_counted_among_the_pupils() {
        assert!(counts(Some(30), Some(30)).problems().is_empty());
        let bad = BadCount::MoreSendThanPupils { send: 31, pupils: 30 };
        assert_eq!(counts(Some(30), Some(31)).problems(), vec![(Figure::Send, bad)]);
        let both = Headcounts { pupils: Some(-1), send: Some(MOST_PEOPLE + 1), ..Headcounts::default() };
        let out = BadCount::OutOfBounds;
        assert_eq!(both.problems(), vec![(Figure::Pupils, out), (Figure::Send, out)]);
    }

    #[test]
    fn a_session_ends_after_it_begins() {
        let time = |text: &str| text.parse::<TimeOfDay>().ok();
        assert_eq!(check_times(time("9:30"), time("10:30")), Ok(()));
        assert_eq!(check_times(time("9:30"), None), Ok(()));
        assert!(matches!(check_times(time("9:30"), time("9:30")), Err(BadTimes::Reversed(_))));
        assert_eq!(check_times(time("6:00"), time("18:00")), Err(BadTimes::TooLong));
    }

    fn year(number: i64) -> YearGroups {
        YearGroup::new(number).unwrap().into()
    }

    #[test]
    fn more_than_the_roll_is_found_alone_and_together() {
        let school = Uuid::from_u128(1);
        let group = |year_groups, pupils| CountedGroup { setting: school, year_groups, pupils };
        let years = YearGroups::range(YearGroup::RECEPTION, YearGroup::new(6).unwrap());
        let roll = Roll { pupils: Some(210), year_groups: Some(years), counted: vec![(YearGroup::RECEPTION, 20)] };
        let rolls = BTreeMap::from([(school, roll)]);
        let found = |groups: &[CountedGroup]| {
            over_roll(groups, &rolls)
                .into_iter()
                .map(|o| o.map(|o| (o.pupils, o.roll.pupils, o.together)))
                .collect::<Vec<_>>()
        };
        assert_eq!(found(&[group(year(6), 30)]), [None]);
        assert_eq!(found(&[group(year(6), 31)]), [Some((31, 30, false))]);
        assert_eq!(found(&[group(year(0), 21)]), [Some((21, 20, false))]);
        assert_eq!(found(&[group(year(6), 16), group(year(6), 16)]), [Some((32, 30, true)), Some((32, 30, true))]);
        assert_eq!(found(&[group(year(5), 30), group(year(6), 30)]), [None, None]);
        assert_eq!(found(&[group(YearGroups::NONE, 211)]), [Some((211, 210, false))]);
        assert_eq!(found(&[group(YearGroups::NONE, 100), group(year(6), 30)]), [None, None]);
        assert_eq!(found(&[group(year(9), 300)]), [None], "no such year group on this roll: nothing to compare with");
        let elsewhere = CountedGroup { setting: Uuid::from_u128(2), year_groups: year(6), pupils: 900 };
        assert_eq!(over_roll(&[elsewhere], &rolls), [None]);
    }

    #[test]
    fn three_days_go_by_before_data_is_overdue() {
        let day = |d| NaiveDate::from_ymd_opt(2026, 11, d).unwrap();
        assert!(!is_overdue(day(10), day(13)));
        assert!(is_overdue(day(10), day(14)));
        assert_eq!(overdue_until(day(14)), day(10));
        assert_eq!(overdue_from(day(10)), day(14));
    }
}
