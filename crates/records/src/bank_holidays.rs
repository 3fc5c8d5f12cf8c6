//! An authority's bank holidays: the rule's, and where the published ones differ from it.

use std::collections::BTreeSet;

use chrono::{Datelike, NaiveDate};
use domain::access::{Actor, Operation};
use domain::calendar::{BankHoliday, HolidayDifference, differences_of};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::audit::{self, Change};
use crate::db::Conn;
use crate::error::{Error, Result};
use crate::{Desk, availability};

pub use intake::bank_holidays::read;

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

/// The differences from the rule that a list replaced, before and after, for taking it back.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct Stood {
    years: Option<(i32, i32)>,
    before: Vec<Kept>,
    after: Vec<Kept>,
}

/// A day with the name of its bank holiday; none: it is none, although the rule has one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Kept {
    on: NaiveDate,
    name: Option<String>,
}

async fn of_years(conn: &mut Conn, authority: &str, years: Option<(i32, i32)>) -> Result<Vec<Kept>> {
    let there = availability::differences(conn, authority).await?;
    let inside = |on: NaiveDate| years.is_some_and(|(first, last)| (first..=last).contains(&on.year()));
    let mut kept: Vec<Kept> =
        there.into_iter().filter(|d| inside(d.on)).map(|d| Kept { on: d.on, name: d.name }).collect();
    kept.sort_by_key(|day| day.on);
    Ok(kept)
}

async fn write(conn: &mut Conn, authority: &str, years: Option<(i32, i32)>, days: &[Kept]) -> Result<()> {
    if let Some((first, last)) = years {
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
        days,
        |b, day| {
            b.push_bind(authority).push_bind(day.on).push_bind(day.name.as_deref().unwrap_or_default());
            b.push_bind(day.name.is_some());
        },
        ""
    )?;
    Ok(())
}

/// Takes over where published bank holidays differ from the rule, for the years they cover, as a preview says.
pub(crate) async fn replace(
    conn: &mut Conn,
    desk: &Desk,
    actor: &Actor,
    authority: &str,
    preview: &Preview,
) -> Result<Stood> {
    let years = preview.years;
    let before = of_years(conn, authority, years).await?;
    let days = preview.differences.iter().map(|d| Kept { on: d.on, name: d.name.clone() });
    write(conn, authority, years, &days.collect::<Vec<_>>()).await?;
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
    audit::write(conn, desk, actor, change).await?;
    let after = of_years(conn, authority, years).await?;
    Ok(Stood { years, before, after })
}

/// What was built on a list: its years, where their bank holidays are others by now.
pub(crate) async fn built_on(conn: &mut Conn, authority: &str, stood: &Stood) -> Result<Vec<String>> {
    let same = of_years(conn, authority, stood.years).await? == stood.after;
    let changed = stood.years.filter(|_| !same);
    Ok(changed.map(|(first, last)| format!("the bank holidays of {first} to {last} were changed")).into_iter().collect())
}

/// Puts the differences back that a list replaced. Returns how many it had brought.
pub(crate) async fn put_back(conn: &mut Conn, authority: &str, stood: &Stood) -> Result<usize> {
    write(conn, authority, stood.years, &stood.before).await?;
    Ok(stood.after.iter().filter(|day| !stood.before.contains(day)).count())
}
