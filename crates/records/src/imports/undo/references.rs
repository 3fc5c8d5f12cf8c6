//! What refers to schools and authorities that an import added: it was built on the import.

use std::collections::BTreeSet;

use uuid::Uuid;

use crate::db::Conn;
use crate::error::Result;
use crate::taking_back::{At, Built};

/// Every column that refers to a setting and that people or their work fill, with what is said of it after the school's
/// name. A test compares them with the schema; what the import itself writes, and what is computed, is not among them.
pub(crate) const TO_SETTING: [(&str, &str, &str); 15] = [
    ("visit", "venue_id", "has a visit"),
    ("attending_group", "setting_id", "has a group in a session"),
    ("request", "setting_id", "has a request"),
    ("plan_request", "setting_id", "is in a plan"),
    ("waiting", "setting_id", "is on a waiting list"),
    ("invitation", "setting_id", "has an invitation"),
    ("access_grant", "setting_id", "has somebody with a role"),
    ("school_date", "setting_id", "has days without visits"),
    ("own_term", "setting_id", "has terms of its own"),
    ("school_week", "setting_id", "has stated its week"),
    ("hall_window", "setting_id", "has stated when its hall is free"),
    ("calendar_feed", "setting_id", "has a calendar feed"),
    ("left_calendar", "setting_id", "had a session"),
    ("school_alias", "setting_id", "is meant by a remembered name"),
    ("number_on_roll", "setting_id", "has counted numbers on roll"),
];

/// What refers to these settings: “Elm Academy has a request”.
pub(super) async fn to_settings(conn: &mut Conn, settings: &[Uuid]) -> Result<Vec<Built>> {
    let mut built = Vec::new();
    for (table, column, says) in TO_SETTING {
        let select = format!(
            "SELECT DISTINCT s.urn, s.name, s.id FROM setting s JOIN {table} t ON t.{column} = s.id WHERE s.id IN "
        );
        let schools = fetch_in!(conn, (Option<i64>, String, Uuid), select.as_str(), settings, "")?;
        let schools: BTreeSet<(Option<i64>, String, Uuid)> = schools.into_iter().collect();
        built.extend(schools.into_iter().map(|(_, name, id)| Built::new(format!("{name} {says}"), At::School(id))));
    }
    Ok(built)
}

/// Columns that refer to an authority before any of its schools does, with what is said of it after the authority's name.
/// What else refers to one needs a tour, a school or a person of it.
const TO_AUTHORITY: [(&str, &str); 9] = [
    ("access_grant", "has people with a role"),
    ("programme", "has a programme"),
    ("provider_authority", "has a provider"),
    ("term", "has term dates"),
    ("bank_holiday", "has bank holidays"),
    ("need_weights", "has weights of its own"),
    ("ward_outline", "has outlines of wards"),
    ("split_decision", "has a decision about a split school"),
    ("import_shape", "has remembered columns"),
];

/// What refers to these authorities, besides the settings that go with them.
pub(super) async fn to_authorities(conn: &mut Conn, codes: &[String], going: &[Uuid]) -> Result<Vec<Built>> {
    let mut built = Vec::new();
    for (table, says) in TO_AUTHORITY {
        let select = format!(
            "SELECT DISTINCT a.name FROM authority a JOIN {table} t ON t.authority_code = a.code WHERE a.code IN "
        );
        let names = fetch_in!(conn, (String,), select.as_str(), codes, "")?;
        built.extend(names.into_iter().map(|(name,)| Built::new(format!("{name} {says}"), None)));
    }
    let others = fetch_in!(
        conn,
        (Uuid, String),
        "SELECT s.id, a.name FROM setting s JOIN authority a ON a.code = s.authority_code WHERE a.code IN ",
        codes,
        ""
    )?;
    let going: BTreeSet<Uuid> = going.iter().copied().collect();
    let others: BTreeSet<String> =
        others.into_iter().filter(|(id, _)| !going.contains(id)).map(|(_, name)| name).collect();
    built.extend(others.into_iter().map(|name| Built::new(format!("{name} has other schools"), None)));
    Ok(built)
}
