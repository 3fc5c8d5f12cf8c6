//! Offers: a session put to a school, which answers by a day.

use chrono::{DateTime, NaiveDate, NaiveTime, TimeDelta, Utc};

use crate::request::DeclineReason;

/// Hours in which a school on the waiting list answers.
pub const WAITING_HOURS: i64 = 48;

/// The shortest time in which anybody can be asked to answer, in hours.
const SHORTEST_HOURS: i64 = 2;

/// Days before an offer lapses on which the school is reminded.
pub const REMINDER_DAYS: i64 = 2;

/// Until when a slot that has become free is offered to a school that waits: 48 hours, but no longer than the evening
/// before (18:00 in London). None when that is too soon to ask anybody.
#[must_use]
pub fn waiting_until(now: DateTime<Utc>, on_date: NaiveDate) -> Option<DateTime<Utc>> {
    let evening = on_date.pred_opt()?.and_time(NaiveTime::from_hms_opt(18, 0, 0)?);
    let evening = evening.and_local_timezone(chrono_tz::Europe::London).earliest()?.to_utc();
    let until = evening.min(now + TimeDelta::hours(WAITING_HOURS));
    (until >= now + TimeDelta::hours(SHORTEST_HOURS)).then_some(until)
}

/// Whether an offer can still be answered.
#[must_use]
pub fn is_open(now: DateTime<Utc>, until: Option<DateTime<Utc>>) -> bool {
    until.is_none_or(|until| now <= until)
}

/// A day that a school was offered and said no to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Declined {
    /// The day.
    pub on_date: NaiveDate,
    /// Why, where it said.
    pub because: Option<DeclineReason>,
}

impl Declined {
    /// What to say of it while the school's request is open again: “Declined 12 May 2027: no hall or room for it. Still
    /// asks for another date”.
    #[must_use]
    pub fn still_asks(&self) -> String {
        let because = self.because.map(|reason| format!(": {}", reason.label().to_lowercase())).unwrap_or_default();
        format!("Declined {}{because}. Still asks for another date", self.on_date.format("%-d %B %Y"))
    }
}

/// Whether the school is to be reminded now: two days before the offer lapses, where it was given more than three.
#[must_use]
pub fn reminder_is_due(now: DateTime<Utc>, offered_at: DateTime<Utc>, until: DateTime<Utc>) -> bool {
    let long = until - offered_at > TimeDelta::days(REMINDER_DAYS + 1);
    long && now >= until - TimeDelta::days(REMINDER_DAYS) && now <= until
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    #[test]
    fn a_slot_is_offered_for_two_days_or_until_the_evening_before() {
        let day = |d| NaiveDate::from_ymd_opt(2026, 12, d).unwrap();
        for (now, on, until) in [
            ("2026-12-01T10:00:00Z", day(10), Some("2026-12-03T10:00:00Z")),
            ("2026-12-08T20:00:00Z", day(10), Some("2026-12-09T18:00:00Z")),
            ("2026-12-09T15:59:00Z", day(10), Some("2026-12-09T18:00:00Z")),
            ("2026-12-09T16:30:00Z", day(10), None),
            ("2026-12-10T08:00:00Z", day(10), None),
            ("2026-12-11T08:00:00Z", day(10), None),
        ] {
            assert_eq!(waiting_until(at(now), on), until.map(at), "{now}");
        }
        // In summer the evening begins an hour earlier by UTC.
        let june = NaiveDate::from_ymd_opt(2026, 6, 10).unwrap();
        assert_eq!(waiting_until(at("2026-06-09T10:00:00Z"), june), Some(at("2026-06-09T17:00:00Z")));
    }

    #[test]
    fn an_offer_is_open_to_its_last_moment() {
        let until = at("2026-12-03T10:00:00Z");
        assert!(is_open(until, Some(until)));
        assert!(!is_open(until + TimeDelta::milliseconds(1), Some(until)));
        assert!(is_open(until, None), "an offer without an end");
    }

    #[test]
    fn a_day_that_did_not_suit_is_told_beside_a_request_that_stands() {
        let on_date = NaiveDate::from_ymd_opt(2027, 5, 12).unwrap();
        for (because, says) in [
            (Some(DeclineReason::NoHall), "Declined 12 May 2027: no hall or room for it. Still asks for another date"),
            (None, "Declined 12 May 2027. Still asks for another date"),
        ] {
            assert_eq!(Declined { on_date, because }.still_asks(), says);
        }
    }

    #[test]
    fn who_has_long_is_reminded_once_it_is_short() {
        let (offered, until) = (at("2026-12-01T10:00:00Z"), at("2026-12-15T10:00:00Z"));
        for (now, due) in [
            ("2026-12-13T09:59:59Z", false),
            ("2026-12-13T10:00:00Z", true),
            ("2026-12-15T10:00:00Z", true),
            ("2026-12-15T10:00:01Z", false),
        ] {
            assert_eq!(reminder_is_due(at(now), offered, until), due, "{now}");
        }
        assert!(!reminder_is_due(at("2026-12-01T11:00:00Z"), offered, at("2026-12-03T10:00:00Z")), "48 hours is short");
    }
}
