//! A team's hours and minutes, and where its base lies.

use domain::access::{Actor, Operation};
use domain::availability::Hours;
use domain::setting::search_name;
use serde_json::json;
use uuid::Uuid;

use super::find;
use crate::Desk;
use crate::db::Conn;
use crate::error::{Conflict, Error, Result};
use crate::providers;

/// Where a team's base lies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Base {
    /// At an OSGB36 easting and northing in metres.
    At(i64, i64),
    /// At a school, by its name or URN.
    School(String),
    /// Where its postcode is, as far as a school has the same.
    Postcode,
}

/// Where a postcode lies, as far as a school of the list has the same one. Nothing outside the records is asked.
pub(super) async fn at_postcode(conn: &mut Conn, postcode: Option<&str>) -> Result<Option<(i64, i64)>> {
    let plain: String = postcode.unwrap_or_default().chars().filter(|c| !c.is_whitespace()).collect();
    if plain.is_empty() {
        return Ok(None);
    }
    fetch_optional!(
        conn,
        (i64, i64),
        "SELECT easting, northing FROM setting WHERE UPPER(REPLACE(postcode, ' ', '')) = $1
           AND easting IS NOT NULL AND northing IS NOT NULL ORDER BY id LIMIT 1",
        plain.to_uppercase(),
    )
}

/// England and Wales, in metres of the national grid.
const EASTINGS: std::ops::RangeInclusive<i64> = 80_000..=660_000;
const NORTHINGS: std::ops::RangeInclusive<i64> = 0..=660_000;

async fn located(conn: &mut Conn, actor: &Actor, team: &super::Team, base: &Base) -> Result<Option<(i64, i64)>> {
    match base {
        Base::At(easting, northing) if EASTINGS.contains(easting) && NORTHINGS.contains(northing) => {
            Ok(Some((*easting, *northing)))
        }
        Base::At(..) => Err(Error::field(
            "easting",
            "Enter an easting from 80,000 to 660,000 and a northing up to 660,000: metres of the national grid",
        )),
        Base::Postcode => at_postcode(conn, team.base_postcode.as_deref()).await,
        Base::School(text) => {
            let urn: Option<i64> = text.trim().parse().ok();
            let found = fetch_all!(
                conn,
                (Option<i64>, Option<i64>),
                "SELECT easting, northing FROM setting WHERE ($1 IS NULL OR authority_code = $1)
                   AND authority_code IN (SELECT authority_code FROM provider_authority WHERE provider_id = $2)
                   AND (urn = $3 OR ($3 IS NULL AND search_name = $4)) LIMIT 2",
                actor.authority().map(|code| code.as_str()),
                team.provider_id,
                urn,
                search_name(text),
            )?;
            match found.as_slice() {
                [(Some(easting), Some(northing))] => Ok(Some((*easting, *northing))),
                [_] => Err(Error::field("base_school", "The school list does not say where this school lies")),
                [] => {
                    Err(Error::field("base_school", "No school has this name or URN. Write it as the school list does"))
                }
                _ => Err(Error::field("base_school", "Several schools have this name: enter the URN")),
            }
        }
    }
}

/// Says what hours a team keeps, which minutes it needs, and where its base lies.
///
/// # Errors
/// Not found; forbidden; fields to mend; somebody else changed the team since `version`.
pub async fn set_hours(desk: &Desk, actor: &Actor, id: Uuid, version: i64, hours: Hours, base: &Base) -> Result<Uuid> {
    desk.authorise(actor, Operation::EditProvider)?;
    let hours = hours.check()?;
    let mut conn = desk.write().await?;
    let before = find(&mut conn, actor, id).await?;
    let (easting, northing) = located(&mut conn, actor, &before, base).await?.unzip();
    let written = execute!(
        conn,
        "UPDATE team SET earliest_start_minute = $3, latest_home_minute = $4, get_in_minutes = $5, get_out_minutes = $6,
            turnaround_minutes = $7, most_sessions = $8, base_easting = $9, base_northing = $10, version = version + 1
         WHERE id = $1 AND version = $2",
        id,
        version,
        hours.earliest_start.minutes(),
        hours.latest_home.minutes(),
        hours.get_in_minutes,
        hours.get_out_minutes,
        hours.turnaround_minutes,
        hours.most_sessions,
        easting,
        northing,
    )?;
    if written == 0 {
        return Err(Conflict::Stale.into());
    }
    let said = |hours: &Hours, at: Option<(i64, i64)>| {
        json!({
            "hours": format!("{} to {}", hours.earliest_start, hours.latest_home),
            "minutes": [hours.get_in_minutes, hours.get_out_minutes, hours.turnaround_minutes],
            "most_sessions": hours.most_sessions,
            "base_at": at,
        })
    };
    let (was, is) = (said(&before.hours(), before.base()), said(&hours, easting.zip(northing)));
    providers::record(&mut conn, desk, actor, "team", id, was, is).await?;
    desk.commit(conn, id).await?;
    Ok(id)
}
