//! Reminders before a visit, and the day's digest.

use chrono::{DateTime, Days, NaiveDate, NaiveTime, TimeDelta, Utc};
use chrono_tz::Europe::London;

use crate::term::terms;

terms! {
    /// What somebody is reminded of.
    pub enum Reminder {
        Week = "week", "7 days before";
        Day = "day", "The day before";
        OfferWeek = "offer_week", "An offer without an answer for a week";
        Offer = "offer", "An offer that lapses soon";
    }
}

/// The hour of the day, on London's clock, from which digests and reminders go out.
pub const HOUR: u32 = 7;

/// Whether it is late enough in the day for digests and reminders.
#[must_use]
pub fn is_time(now: DateTime<Utc>) -> bool {
    now.with_timezone(&London).time() >= morning()
}

/// The latest 7:00 in London that has come: what was written before belongs into the digest sent then.
#[must_use]
pub fn last_digest(now: DateTime<Utc>) -> DateTime<Utc> {
    let here = now.with_timezone(&London);
    let day = if here.time() >= morning() { here.date_naive() } else { here.date_naive() - Days::new(1) };
    day.and_time(morning()).and_local_timezone(London).earliest().map_or(now, |at| at.to_utc())
}

fn morning() -> NaiveTime {
    NaiveTime::from_hms_opt(HOUR, 0, 0).unwrap_or_default()
}

/// The reminder that is due for a visit on `on_date` today: 7 days before, unless it was booked or moved within that
/// week (then whoever did so has just read of it), and the day before. A turn that was missed is made up for.
#[must_use]
pub fn due(today: NaiveDate, on_date: NaiveDate, settled_on: NaiveDate) -> Option<Reminder> {
    match (on_date - today).num_days() {
        1 if settled_on < today => Some(Reminder::Day),
        2..=7 if (on_date - settled_on).num_days() > 7 => Some(Reminder::Week),
        _ => None,
    }
}

/// Whether news of a visit may wait for the next digest: it is at least three days off, and so is the end of an offer.
#[must_use]
pub fn may_wait(now: DateTime<Utc>, on_date: NaiveDate, offered_until: Option<DateTime<Utc>>) -> bool {
    let today = now.with_timezone(&London).date_naive();
    (on_date - today).num_days() >= 3 && offered_until.is_none_or(|until| until - now > TimeDelta::days(3))
}

/// Whether an invitation may wait for the next digest: its last day to answer is at least three days off, or there is none.
#[must_use]
pub fn invitation_may_wait(now: DateTime<Utc>, answer_by: Option<NaiveDate>) -> bool {
    let today = now.with_timezone(&London).date_naive();
    answer_by.is_none_or(|last| (last - today).num_days() >= 3)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    fn day(month: u32, d: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(2026, month, d).unwrap()
    }

    #[test]
    fn a_visit_is_reminded_of_a_week_and_a_day_before() {
        let (on, booked) = (day(12, 10), day(11, 1));
        for (today, settled, expected) in [
            (day(12, 2), booked, None),
            (day(12, 3), booked, Some(Reminder::Week)),
            (day(12, 8), booked, Some(Reminder::Week)),
            (day(12, 9), booked, Some(Reminder::Day)),
            (day(12, 10), booked, None),
            (day(12, 11), booked, None),
            (day(12, 5), day(12, 4), None),
            (day(12, 3), day(12, 2), Some(Reminder::Week)),
            (day(12, 3), day(12, 3), None),
            (day(12, 9), day(12, 4), Some(Reminder::Day)),
            (day(12, 9), day(12, 9), None),
        ] {
            assert_eq!(due(today, on, settled), expected, "on {today}, settled {settled}");
        }
    }

    #[test]
    fn the_digest_goes_at_seven_in_london_on_both_sides_of_the_clock_change() {
        assert_eq!(last_digest(at("2026-12-01T07:00:00Z")), at("2026-12-01T07:00:00Z"));
        assert_eq!(last_digest(at("2026-12-01T06:59:59Z")), at("2026-11-30T07:00:00Z"));
        assert_eq!(last_digest(at("2026-06-30T06:00:00Z")), at("2026-06-30T06:00:00Z"), "summer time");
        assert_eq!(last_digest(at("2026-10-25T06:30:00Z")), at("2026-10-24T06:00:00Z"), "the clock went back at night");
        assert_eq!(last_digest(at("2026-10-25T07:00:00Z")), at("2026-10-25T07:00:00Z"));
        assert!(is_time(at("2026-06-30T06:00:00Z")) && !is_time(at("2026-06-30T05:59:00Z")));
    }

    #[test]
    fn what_is_pressing_does_not_wait() {
        let now = at("2026-12-01T10:00:00Z");
        for (on, until, waits) in [
            (day(12, 3), None, false),
            (day(12, 4), None, true),
            (day(12, 20), Some("2026-12-03T10:00:00Z"), false),
            (day(12, 20), Some("2026-12-10T10:00:00Z"), true),
        ] {
            assert_eq!(may_wait(now, on, until.map(at)), waits, "{on} {until:?}");
        }
    }

    #[test]
    fn an_invitation_waits_for_the_digest_while_there_is_time_to_answer() {
        let now = at("2026-11-22T11:00:00Z");
        for (last, waits) in [(None, true), (Some(day(11, 25)), true), (Some(day(11, 24)), false)] {
            assert_eq!(invitation_may_wait(now, last), waits, "{last:?}");
        }
    }
}
