//! The tables whose rows are kept before an import changes them. A test compares their columns with the schema's.

use super::Type::{Day, Flag, Instant, Key, Number, Text};
use super::{Table, Type};

/// Every such table, those that others refer to first.
pub(super) const ALL: [&Table; 22] = [
    &AUTHORITY,
    &SETTING,
    &SETTING_YEAR,
    &NUMBER_ON_ROLL,
    &SCHOOL_LINK,
    &VISIT,
    &SESSION,
    &ATTENDING_GROUP,
    &SESSION_EVENT,
    &LEFT_CALENDAR,
    &REQUEST,
    &PLAN_REQUEST,
    &WAITING,
    &INVITATION,
    &ACCESS_GRANT,
    &SCHOOL_DATE,
    &OWN_TERM,
    &CALENDAR_FEED,
    &SCHOOL_WEEK,
    &HALL_WINDOW,
    &TERM,
    &BANK_HOLIDAY,
];

pub(crate) const AUTHORITY: Table = Table {
    name: "authority",
    keys: 1,
    columns: &[
        ("code", Text),
        ("name", Text),
        ("colour", Text),
        ("is_demo", Flag),
        ("created_at", Instant),
        ("version", Number),
    ],
    whole: true,
    setting: None,
    changed: "the authority’s name or colour was changed",
};

pub(crate) const SETTING: Table = Table {
    name: "setting",
    keys: 1,
    columns: &[
        ("id", Key),
        ("authority_code", Text),
        ("kind", Text),
        ("urn", Number),
        ("establishment_number", Text),
        ("name", Text),
        ("search_name", Text),
        ("establishment_type", Text),
        ("type_group", Text),
        ("phase", Text),
        ("setting_type", Text),
        ("setting_type_source", Text),
        ("low_age", Number),
        ("high_age", Number),
        ("year_groups", Number),
        ("year_groups_source", Text),
        ("pupils", Number),
        ("ehc_plans", Number),
        ("sen_support", Number),
        ("street", Text),
        ("town", Text),
        ("postcode", Text),
        ("telephone", Text),
        ("website", Text),
        ("email", Text),
        ("contact_edited_at", Instant),
        ("ward", Text),
        ("constituency", Text),
        ("lsoa", Text),
        ("easting", Number),
        ("northing", Number),
        ("deprivation_decile", Number),
        ("trust_code", Text),
        ("trust_name", Text),
        ("status", Text),
        ("created_at", Instant),
        ("updated_at", Instant),
        ("version", Number),
    ],
    whole: true,
    setting: Some("id"),
    changed: "{} was changed",
};

pub(crate) const SETTING_YEAR: Table = Table {
    name: "setting_year",
    keys: 2,
    columns: &[
        ("setting_id", Key),
        ("academic_year", Number),
        ("authority_code", Text),
        ("phase", Text),
        ("setting_type", Text),
        ("year_groups", Number),
        ("year_groups_source", Text),
        ("pupils", Number),
        ("ward", Text),
        ("constituency", Text),
        ("deprivation_decile", Number),
        ("status", Text),
    ],
    whole: true,
    setting: Some("setting_id"),
    changed: "{} was changed",
};

pub(crate) const NUMBER_ON_ROLL: Table = Table {
    name: "number_on_roll",
    keys: 3,
    columns: &[("setting_id", Key), ("academic_year", Number), ("year_group", Number), ("pupils", Number)],
    whole: true,
    setting: Some("setting_id"),
    changed: "the numbers on roll of {} were changed",
};

pub(crate) const SCHOOL_LINK: Table = Table {
    name: "school_link",
    keys: 1,
    columns: &[
        ("id", Key),
        ("authority_code", Text),
        ("urn", Number),
        ("other_urn", Number),
        ("other_name", Text),
        ("kind", Text),
        ("since", Day),
    ],
    whole: true,
    setting: None,
    changed: "the links between schools were changed",
};

pub(crate) const VISIT: Table = Table {
    name: "visit",
    keys: 1,
    columns: &[("id", Key), ("venue_id", Key), ("version", Number)],
    whole: false,
    setting: Some("venue_id"),
    changed: "a visit to {} was changed",
};

pub(crate) const SESSION: Table = Table {
    name: "session",
    keys: 1,
    columns: &[
        ("id", Key),
        ("visit_id", Key),
        ("authority_code", Text),
        ("tour_id", Key),
        ("programme_id", Key),
        ("academic_year", Number),
        ("team_id", Key),
        ("on_date", Day),
        ("slot", Number),
        ("slot_label", Text),
        ("starts_minute", Number),
        ("ends_minute", Number),
        ("part", Number),
        ("state", Text),
        ("live", Flag),
        ("reserved_until", Instant),
        ("reserved_by", Key),
        ("booked_by", Key),
        ("asked_by_name", Text),
        ("asked_how", Text),
        ("reason", Text),
        ("reason_note", Text),
        ("actual_starts_minute", Number),
        ("actual_ends_minute", Number),
        ("attendance_at", Instant),
        ("feedback_code", Text),
        ("staff_code", Text),
        ("feedback_closes", Day),
        ("import_id", Key),
        ("created_at", Instant),
        ("version", Number),
        ("offered_until", Instant),
        ("request_id", Key),
        ("waiting_id", Key),
    ],
    whole: true,
    setting: None,
    changed: "the session at {} was changed",
};

pub(crate) const ATTENDING_GROUP: Table = Table {
    name: "attending_group",
    keys: 1,
    columns: &[
        ("id", Key),
        ("session_id", Key),
        ("setting_id", Key),
        ("year_groups", Number),
        ("label", Text),
        ("expected", Number),
        ("expected_send", Number),
        ("attended", Number),
        ("attended_send", Number),
        ("withdrawn", Number),
        ("adults", Number),
        ("over_roll", Flag),
        ("stated_by", Key),
        ("stated_at", Instant),
        ("counted_by", Text),
    ],
    whole: true,
    setting: Some("setting_id"),
    changed: "the attendance of {} was stated anew",
};

pub(crate) const SESSION_EVENT: Table = Table {
    name: "session_event",
    keys: 1,
    columns: &[
        ("id", Key),
        ("session_id", Key),
        ("at", Instant),
        ("event", Text),
        ("from_state", Text),
        ("to_state", Text),
        ("by_person", Key),
        ("by_role", Text),
        ("note", Text),
    ],
    whole: true,
    setting: None,
    changed: "the session at {} was changed",
};

pub(crate) const LEFT_CALENDAR: Table = Table {
    name: "left_calendar",
    keys: 1,
    columns: &[("id", Key), ("session_id", Key)],
    whole: false,
    setting: None,
    changed: "the session at {} was changed",
};

pub(crate) const REQUEST: Table = Table {
    name: "request",
    keys: 1,
    columns: &[("id", Key), ("setting_id", Key), ("state", Text), ("version", Number)],
    whole: false,
    setting: Some("setting_id"),
    changed: "a request of {} was changed",
};

pub(crate) const PLAN_REQUEST: Table = Table {
    name: "plan_request",
    keys: 1,
    columns: &[("id", Key), ("setting_id", Key), ("outcome", Text), ("version", Number)],
    whole: false,
    setting: Some("setting_id"),
    changed: "{} was planned for",
};

pub(crate) const WAITING: Table = Table {
    name: "waiting",
    keys: 1,
    columns: &[("id", Key), ("setting_id", Key), ("state", Text), ("version", Number)],
    whole: false,
    setting: Some("setting_id"),
    changed: "the place of {} on a waiting list was changed",
};

pub(crate) const INVITATION: Table = Table {
    name: "invitation",
    keys: 1,
    columns: &[
        ("id", Key),
        ("setting_id", Key),
        ("state", Text),
        ("reason", Text),
        ("sent_at", Instant),
        ("answered_at", Instant),
        ("sendings", Number),
    ],
    whole: false,
    setting: Some("setting_id"),
    changed: "an invitation of {} was changed",
};

pub(crate) const ACCESS_GRANT: Table = Table {
    name: "access_grant",
    keys: 1,
    columns: &[("id", Key), ("setting_id", Key), ("role", Text), ("revoked_at", Instant)],
    whole: false,
    setting: Some("setting_id"),
    changed: "a role at {} was changed",
};

pub(crate) const SCHOOL_DATE: Table = Table {
    name: "school_date",
    keys: 1,
    columns: &[("id", Key), ("setting_id", Key), ("version", Number)],
    whole: false,
    setting: Some("setting_id"),
    changed: "the days without visits of {} were changed",
};

pub(crate) const OWN_TERM: Table = Table {
    name: "own_term",
    keys: 1,
    columns: &[
        ("id", Key),
        ("setting_id", Key),
        ("trust_code", Text),
        ("academic_year", Number),
        ("name", Text),
        ("starts", Day),
        ("ends", Day),
    ],
    whole: true,
    setting: Some("setting_id"),
    changed: "the terms of {} were changed",
};

pub(crate) const CALENDAR_FEED: Table = Table {
    name: "calendar_feed",
    keys: 1,
    columns: &[("id", Key), ("setting_id", Key), ("revoked_at", Instant)],
    whole: false,
    setting: Some("setting_id"),
    changed: "a calendar feed of {} was changed",
};

pub(crate) const SCHOOL_WEEK: Table = Table {
    name: "school_week",
    keys: 1,
    columns: &[
        ("setting_id", Key),
        ("closed_days", Number),
        ("closed_days_b", Number),
        ("week_a_from", Day),
        ("version", Number),
    ],
    whole: true,
    setting: Some("setting_id"),
    changed: "the week of {} was changed",
};

pub(crate) const HALL_WINDOW: Table = Table {
    name: "hall_window",
    keys: 3,
    columns: &[("setting_id", Key), ("weekday", Number), ("starts_minute", Number), ("ends_minute", Number)],
    whole: true,
    setting: Some("setting_id"),
    changed: "when the hall of {} is free was changed",
};

pub(crate) const TERM: Table = Table {
    name: "term",
    keys: 1,
    columns: &[
        ("id", Key),
        ("authority_code", Text),
        ("academic_year", Number),
        ("name", Text),
        ("starts", Day),
        ("ends", Day),
    ],
    whole: true,
    setting: None,
    changed: "the term dates were changed",
};

pub(crate) const BANK_HOLIDAY: Table = Table {
    name: "bank_holiday",
    keys: 2,
    columns: &[("authority_code", Text), ("on_date", Day), ("name", Text), ("is_holiday", Flag)],
    whole: true,
    setting: None,
    changed: "the bank holidays were changed",
};

impl Table {
    /// The type of a column, and where it stands.
    pub(super) fn column(&self, name: &str) -> Option<(usize, Type)> {
        let at = self.columns.iter().position(|(column, _)| *column == name)?;
        Some((at, self.columns[at].1))
    }
}
