//! The tables whose rows are kept before an import changes them. A test compares their columns with the schema's.

use super::Type::{Day, Flag, Instant, Key, Number, Text};
use super::{Table, Type};

/// Every such table, those that others refer to first.
pub(super) const ALL: [&Table; 5] = [&AUTHORITY, &SETTING, &SETTING_YEAR, &NUMBER_ON_ROLL, &SCHOOL_LINK];

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
    setting: Some("setting_id"),
    changed: "{} was changed",
};

pub(crate) const NUMBER_ON_ROLL: Table = Table {
    name: "number_on_roll",
    keys: 3,
    columns: &[("setting_id", Key), ("academic_year", Number), ("year_group", Number), ("pupils", Number)],
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
    setting: None,
    changed: "the links between schools were changed",
};

impl Table {
    /// The type of a column, and where it stands.
    pub(super) fn column(&self, name: &str) -> Option<(usize, Type)> {
        let at = self.columns.iter().position(|(column, _)| *column == name)?;
        Some((at, self.columns[at].1))
    }
}
