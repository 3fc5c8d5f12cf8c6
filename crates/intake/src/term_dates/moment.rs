//! When an entry of a calendar file begins and ends, in days: times in UTC are London's, and what ends at midnight ends the
//! day before.

use chrono::{DateTime, Days, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, Utc};
use domain::clock::in_london;

/// A day, or a moment of one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Moment {
    Day(NaiveDate),
    /// Day and time of day where the schools are.
    Time(NaiveDateTime),
}

impl Moment {
    pub(super) const fn day(self) -> NaiveDate {
        match self {
            Self::Day(day) => day,
            Self::Time(time) => time.date(),
        }
    }

    /// The last day of what ends here and began on `first`: what ends with a whole day, or at midnight, ends the day before.
    fn last(self, first: NaiveDate) -> NaiveDate {
        let is_behind = match self {
            Self::Day(_) => true,
            Self::Time(time) => time.time() == NaiveTime::MIN,
        };
        if is_behind && self.day() > first { self.day() - Days::new(1) } else { self.day() }
    }
}

/// `20260902`, `20260902T083000`, which is of the place that is meant, or `20260901T230000Z`, which is of London.
pub(super) fn read(text: &str) -> Option<Moment> {
    let text = text.trim();
    let day = NaiveDate::parse_from_str(text.get(..8)?, "%Y%m%d").ok()?;
    let Some(time) = text.get(8..).and_then(|rest| rest.strip_prefix('T')) else { return Some(Moment::Day(day)) };
    // A time that is none says nothing of the day.
    let Ok(time) = NaiveTime::parse_from_str(time.get(..6).unwrap_or_default(), "%H%M%S") else {
        return Some(Moment::Day(day));
    };
    let local = day.and_time(time);
    let is_utc = text.ends_with(['Z', 'z']);
    Some(Moment::Time(if is_utc { in_london(DateTime::<Utc>::from_naive_utc_and_offset(local, Utc)) } else { local }))
}

/// The last day of an entry, by its end or else its length; without either it is of one day.
///
/// # Errors
/// What is wrong with its end, behind its name.
pub(super) fn last(first: Moment, end: Option<&str>, length: Option<&str>) -> Result<NaiveDate, String> {
    match (end, length) {
        (Some(text), _) => read(text).map(|end| end.last(first.day())).ok_or_else(|| "has no last day.".to_owned()),
        (None, Some(text)) => {
            let wrong = || format!("lasts “{text}”, which is not read. Give it a last day (DTEND) instead.");
            let length = duration(text).ok_or_else(wrong)?;
            let end = match first {
                Moment::Day(day) => Moment::Day(day.checked_add_signed(length).ok_or_else(wrong)?),
                Moment::Time(time) => Moment::Time(time.checked_add_signed(length).ok_or_else(wrong)?),
            };
            Ok(end.last(first.day()))
        }
        (None, None) => Ok(first.day()),
    }
}

/// A length as the standard writes it: `P7W`, `P52D`, `P1DT6H30M`. One that goes back is none.
fn duration(text: &str) -> Option<TimeDelta> {
    let text = text.trim().to_ascii_uppercase();
    let text = text.strip_prefix('+').unwrap_or(&text).strip_prefix('P')?;
    let (mut all, mut digits, mut in_day) = (TimeDelta::zero(), String::new(), false);
    for sign in text.chars() {
        if sign.is_ascii_digit() {
            digits.push(sign);
            continue;
        }
        if sign == 'T' && digits.is_empty() && !in_day {
            in_day = true;
            continue;
        }
        let count: i64 = std::mem::take(&mut digits).parse().ok()?;
        let part = match (sign, in_day) {
            ('W', false) => TimeDelta::try_weeks(count)?,
            ('D', false) => TimeDelta::try_days(count)?,
            ('H', true) => TimeDelta::try_hours(count)?,
            ('M', true) => TimeDelta::try_minutes(count)?,
            ('S', true) => TimeDelta::try_seconds(count)?,
            _ => return None,
        };
        all = all.checked_add(&part)?;
    }
    (digits.is_empty() && all > TimeDelta::zero()).then_some(all)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn days(start: &str, end: Option<&str>, length: Option<&str>) -> String {
        let first = read(start).unwrap();
        match last(first, end, length) {
            Ok(last) => format!("{} {last}", first.day()),
            Err(why) => why,
        }
    }

    #[test]
    fn times_are_of_london_and_midnight_is_of_the_day_before() {
        for (start, end, wanted) in [
            ("20260902", Some("20261024"), "2026-09-02 2026-10-23"),
            ("20260902", Some("20260902"), "2026-09-02 2026-09-02"),
            ("20260902", None, "2026-09-02 2026-09-02"),
            ("20260901T230000Z", Some("20261022T230000Z"), "2026-09-02 2026-10-22"),
            ("20261026T000000Z", Some("20261031T000000Z"), "2026-10-26 2026-10-30"),
            ("20260902T000000", Some("20261024T000000"), "2026-09-02 2026-10-23"),
            ("20260902T083000", Some("20261023T153000"), "2026-09-02 2026-10-23"),
            ("20260902T000000", Some("20260902T000000"), "2026-09-02 2026-09-02"),
            ("20260902", Some("soon"), "has no last day."),
        ] {
            assert_eq!(days(start, end, None), wanted, "{start} {end:?}");
        }
    }

    #[test]
    fn a_length_tells_the_last_day() {
        for (start, length, wanted) in [
            ("20260902", "P52D", "2026-09-02 2026-10-23"),
            ("20260902", "P7W", "2026-09-02 2026-10-20"),
            ("20260902T090000", "P51DT6H30M", "2026-09-02 2026-10-23"),
            ("20260902T000000", "P52D", "2026-09-02 2026-10-23"),
            ("20260902", "P1D", "2026-09-02 2026-09-02"),
        ] {
            assert_eq!(days(start, None, Some(length)), wanted, "{length}");
        }
        for length in ["52", "P", "-P1D", "P1M", "P5", "PT", "P99999999999999999999D", "P999999999999W"] {
            let why = days("20260902", None, Some(length));
            assert!(why.contains(&format!("“{length}”")) && why.contains("DTEND"), "{length}: {why}");
        }
    }
}
