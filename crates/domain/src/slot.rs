//! Slots: the times of day at which a team can deliver.

use std::fmt;
use std::str::FromStr;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

/// A time of day on a school's clock, in whole minutes after midnight, 0–1439.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "i64", into = "i64")]
pub struct TimeOfDay(u16);

/// Text or a number that is no time of day.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("“{0}” is not a time: write it like 9:30 or 13:30")]
pub struct NotATime(pub String);

impl TimeOfDay {
    /// `hour`:`minute`, or none outside 0:00–23:59.
    #[must_use]
    pub const fn new(hour: u16, minute: u16) -> Option<Self> {
        if hour < 24 && minute < 60 { Some(Self(hour * 60 + minute)) } else { None }
    }

    /// Minutes after midnight.
    #[must_use]
    pub const fn minutes(self) -> i64 {
        self.0 as i64
    }

    /// As chrono has it.
    #[must_use]
    pub fn time(self) -> chrono::NaiveTime {
        chrono::NaiveTime::from_num_seconds_from_midnight_opt(u32::from(self.0) * 60, 0).unwrap_or_default()
    }
}

impl From<TimeOfDay> for i64 {
    fn from(time: TimeOfDay) -> Self {
        time.minutes()
    }
}

impl TryFrom<i64> for TimeOfDay {
    type Error = NotATime;
    fn try_from(minutes: i64) -> Result<Self, Self::Error> {
        match u16::try_from(minutes) {
            Ok(m) if m < 24 * 60 => Ok(Self(m)),
            _ => Err(NotATime(minutes.to_string())),
        }
    }
}

impl FromStr for TimeOfDay {
    type Err = NotATime;

    /// Reads `9:30`, `09.30`, `0930`, `9am`, `1:30pm`.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let no = || NotATime(text.trim().to_owned());
        let plain = text.trim().to_ascii_lowercase().replace(' ', "");
        let (clock, noon) = match (plain.strip_suffix("am"), plain.strip_suffix("pm")) {
            (Some(t), _) => (t, Some(0)),
            (_, Some(t)) => (t, Some(12)),
            _ => (plain.as_str(), None),
        };
        let (hour, minute) = match clock.split_once([':', '.']) {
            Some((h, m)) if m.len() == 2 => (h, m),
            Some(_) => return Err(no()),
            None if clock.len() == 4 => clock.split_at(2),
            None if noon.is_some() => (clock, "00"),
            None => return Err(no()),
        };
        let digits = |s: &str| if s.bytes().all(|b| b.is_ascii_digit()) { s.parse::<u16>().ok() } else { None };
        let (hour, minute) = (digits(hour).ok_or_else(no)?, digits(minute).ok_or_else(no)?);
        let hour = match noon {
            Some(_) if !(1..=12).contains(&hour) => return Err(no()),
            Some(add) => hour % 12 + add,
            None => hour,
        };
        Self::new(hour, minute).ok_or_else(no)
    }
}

/// `9:30am`, `1pm`: the way the GOV.UK style writes times.
impl fmt::Display for TimeOfDay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (hour, minute) = (self.0 / 60, self.0 % 60);
        let suffix = if hour < 12 { "am" } else { "pm" };
        let hour = if hour % 12 == 0 { 12 } else { hour % 12 };
        if minute == 0 { write!(f, "{hour}{suffix}") } else { write!(f, "{hour}:{minute:02}{suffix}") }
    }
}

/// One slot of a team's pattern: a number within the day and its times. Slots of a pattern never overlap.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Slot {
    /// Its place in the day, from 1.
    pub number: i64,
    /// What people call it: “AM”, “Period 3”.
    pub label: String,
    /// When it begins.
    pub starts: TimeOfDay,
    /// When it ends, after it begins.
    pub ends: TimeOfDay,
}

/// A team's slots from a date on, until the next pattern begins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pattern {
    /// The first day it is in force.
    pub from: NaiveDate,
    /// The slots of a day, in order.
    pub slots: Vec<Slot>,
}

/// The slots of a day under `patterns`, the earliest first; none before the first begins.
#[must_use]
pub fn slots_on(patterns: &[Pattern], day: NaiveDate) -> &[Slot] {
    patterns.iter().rev().find(|p| p.from <= day).map_or(&[], |p| &p.slots)
}

/// Most slots of a day.
pub const MOST_SLOTS: i64 = 6;

/// Most characters of what a slot is called.
const MOST_LABEL: usize = 40;

/// What is wrong with a list of slots.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadSlots {
    /// There are none.
    #[error("Give at least one slot")]
    Empty,
    /// A slot does not end after it begins.
    #[error("Slot {0} must end after it begins")]
    Reversed(i64),
    /// Two slots overlap, by their numbers.
    #[error("Slots {0} and {1} overlap")]
    Overlap(i64, i64),
    /// There are more than a day has.
    #[error("Give at most {MOST_SLOTS} slots")]
    TooMany,
    /// What a slot is called is too long, by its number.
    #[error("The name of slot {0} must be {MOST_LABEL} characters or fewer")]
    LongLabel(i64),
}

/// The slots in order of time and numbered from 1.
///
/// # Errors
/// No slots, too many, a slot that ends before it begins or is called too long, or two that overlap.
pub fn pattern(mut slots: Vec<Slot>) -> Result<Vec<Slot>, BadSlots> {
    slots.sort_by_key(|s| (s.starts, s.ends));
    for (number, slot) in (1..).zip(&mut slots) {
        slot.number = number;
    }
    if slots.is_empty() {
        return Err(BadSlots::Empty);
    }
    if i64::try_from(slots.len()).is_ok_and(|n| n > MOST_SLOTS) {
        return Err(BadSlots::TooMany);
    }
    if let Some(slot) = slots.iter().find(|s| s.label.chars().count() > MOST_LABEL) {
        return Err(BadSlots::LongLabel(slot.number));
    }
    if let Some(slot) = slots.iter().find(|s| s.ends <= s.starts) {
        return Err(BadSlots::Reversed(slot.number));
    }
    match slots.windows(2).find(|pair| pair[1].starts < pair[0].ends) {
        Some(pair) => Err(BadSlots::Overlap(pair[0].number, pair[1].number)),
        None => Ok(slots),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_as_people_write_them() {
        for (text, minutes) in
            [("9:30", 570), ("09.30", 570), ("0930", 570), ("9am", 540), ("1:30 pm", 810), ("12pm", 720), ("12am", 0)]
        {
            assert_eq!(text.parse::<TimeOfDay>().map(TimeOfDay::minutes), Ok(minutes), "{text}");
        }
        for text in ["", "25:00", "9:5", "9", "13pm", "9:60", "-1:00", "+9:30"] {
            assert!(text.parse::<TimeOfDay>().is_err(), "{text}");
        }
        assert_eq!(TimeOfDay::new(13, 30).unwrap().to_string(), "1:30pm");
        assert_eq!(TimeOfDay::new(9, 0).unwrap().to_string(), "9am");
    }

    #[test]
    fn slots_of_a_pattern_never_overlap() {
        let slot = |starts: &str, ends: &str| Slot {
            number: 0,
            label: String::new(),
            starts: starts.parse().unwrap(),
            ends: ends.parse().unwrap(),
        };
        let numbers = |slots| pattern(slots).map(|s| s.iter().map(|s| s.number).collect::<Vec<_>>());
        assert_eq!(numbers(vec![slot("13:30", "14:30"), slot("9:30", "10:30")]), Ok(vec![1, 2]));
        assert_eq!(numbers(vec![slot("9:30", "10:30"), slot("10:30", "11:30")]), Ok(vec![1, 2]));
        assert_eq!(numbers(vec![slot("9:30", "10:30"), slot("10:00", "11:30")]), Err(BadSlots::Overlap(1, 2)));
        assert_eq!(numbers(vec![slot("10:30", "9:30")]), Err(BadSlots::Reversed(1)));
        assert_eq!(numbers(vec![]), Err(BadSlots::Empty));
        assert_eq!(numbers(vec![slot("9:00", "9:10"); 7]), Err(BadSlots::TooMany));
        let long = Slot { label: "x".repeat(41), ..slot("9:00", "10:00") };
        assert_eq!(numbers(vec![long]), Err(BadSlots::LongLabel(1)));
    }
}
