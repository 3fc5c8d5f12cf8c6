//! An authority's bank holidays: the rule's, and where the published ones differ from it.

use std::collections::BTreeSet;

use chrono::{Datelike, NaiveDate};
use domain::access::{Actor, Operation};
use domain::calendar::{BankHoliday, HolidayDifference, differences_of};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::audit::{self, Change};
use crate::before::{self, Among, BANK_HOLIDAY};
use crate::db::Conn;
use crate::error::{Error, Result};
use crate::{Desk, availability};

/// What published bank holidays would change.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Preview {
    /// The first and last calendar year they cover.
    pub years: Option<(i32, i32)>,
    /// How many there are.
    pub published: usize,
    /// Where they differ from the rule, by date.
    pub differences: Vec<HolidayDifference>,
    /// Differences that would be new or say something else.
    pub added: Vec<HolidayDifference>,
    /// Differences of these years that would go: the rule holds there again.
    pub removed: Vec<HolidayDifference>,
}

impl Preview {
    /// Whether applying it would change anything.
    #[must_use]
    pub fn is_change(&self) -> bool {
        !(self.added.is_empty() && self.removed.is_empty())
    }
}

fn authority_of(actor: &Actor) -> Result<&str> {
    actor.authority().map(|code| code.as_str()).ok_or(Error::NotFound)
}

/// An authority's bank holidays from one day to another.
///
/// # Errors
/// Forbidden to all but an administrator.
pub async fn list(desk: &Desk, actor: &Actor, from: NaiveDate, to: NaiveDate) -> Result<Vec<BankHoliday>> {
    desk.authorise(actor, Operation::EditAuthority)?;
    let mut conn = desk.read().await?;
    availability::holidays(&mut conn, authority_of(actor)?, from, to).await
}

/// What published bank holidays would change.
pub(crate) async fn compare(conn: &mut Conn, authority: &str, published: &[(NaiveDate, String)]) -> Result<Preview> {
    let years: BTreeSet<i32> = published.iter().map(|(on, _)| on.year()).collect();
    let differences = differences_of(published);
    let mut there = availability::differences(conn, authority).await?;
    let years = years.first().copied().zip(years.last().copied());
    there.retain(|d| years.is_some_and(|(first, last)| (first..=last).contains(&d.on.year())));
    Ok(Preview {
        years,
        published: published.len(),
        added: differences.iter().filter(|d| !there.contains(d)).cloned().collect(),
        removed: there.into_iter().filter(|d| !differences.iter().any(|other| other.on == d.on)).collect(),
        differences,
    })
}

/// Takes over where published bank holidays differ from the rule, for the years they cover, as a preview says, and keeps
/// what stood there.
pub(crate) async fn replace(
    conn: &mut Conn,
    desk: &Desk,
    actor: &Actor,
    (import, authority): (Uuid, &str),
    preview: &Preview,
) -> Result<()> {
    let codes = [authority.to_owned()];
    let before = before::rows(conn, &BANK_HOLIDAY, "authority_code IN ", Among::Codes(&codes), "").await?;
    if let Some((first, last)) = preview.years {
        execute!(
            conn,
            "DELETE FROM bank_holiday WHERE authority_code = $1 AND on_date BETWEEN $2 AND $3",
            authority,
            NaiveDate::from_ymd_opt(first, 1, 1),
            NaiveDate::from_ymd_opt(last, 12, 31),
        )?;
    }
    insert_rows!(
        conn,
        "INSERT INTO bank_holiday (authority_code, on_date, name, is_holiday) ",
        preview.differences,
        |b, day| {
            b.push_bind(authority).push_bind(day.on).push_bind(day.name.clone().unwrap_or_default());
            b.push_bind(day.name.is_some());
        },
        ""
    )?;
    let after = before::prints(conn, &BANK_HOLIDAY, "authority_code IN ", Among::Codes(&codes), "").await?;
    before::keep(conn, import, &BANK_HOLIDAY, &before, &after).await?;
    let said = |days: &[HolidayDifference]| -> Value {
        days.iter().map(|d| json!({ "on": d.on, "bank_holiday": d.name })).collect()
    };
    let change = Change {
        operation: Operation::EditAuthority,
        authority: Some(authority),
        record_kind: "authority",
        record_id: authority.to_owned(),
        before: said(&preview.removed),
        after: said(&preview.added),
    };
    audit::write(conn, desk, actor, change).await
}
