//! The outlines of an authority's wards: drawn beneath maps, and counted nowhere.

use std::collections::{BTreeMap, BTreeSet};

use domain::access::{Actor, Operation};
use serde_json::json;

use crate::Desk;
use crate::audit::{self, Change};
use crate::db::Conn;
use crate::error::{Error, Result};

pub use intake::ward_outlines::{MAX_BYTES, Outline, Ring, read};

/// Most wards of an authority: the largest has some 250.
const MOST_WARDS: usize = 400;

/// Most corners of all of them: a picture of a page, not an atlas.
const MOST_CORNERS: usize = 30_000;

/// How far around its schools an authority reaches, in metres.
const AROUND: i64 = 1_000;

/// An authority's outlines beside what its schools say.
#[derive(Debug, Clone, Default)]
pub struct Wards {
    /// The outlines, by name.
    pub outlines: Vec<Outline>,
    /// Wards in which schools stand and that have no outline, by name.
    pub without: Vec<String>,
}

fn authority_of(actor: &Actor) -> Result<&str> {
    actor.authority().map(|code| code.as_str()).ok_or(Error::NotFound)
}

/// The outlines of an authority's wards, by name.
pub(crate) async fn of_authority(conn: &mut Conn, authority: &str) -> Result<Vec<Outline>> {
    let rows = fetch_all!(
        conn,
        (String, String),
        "SELECT name, rings FROM ward_outline WHERE authority_code = $1 ORDER BY name",
        authority,
    )?;
    let outline = |(name, rings): (String, String)| {
        Ok(Outline { name, rings: serde_json::from_str(&rings).map_err(Error::unavailable)? })
    };
    rows.into_iter().map(outline).collect()
}

/// Stores outlines of wards that have none yet.
pub(crate) async fn store(conn: &mut Conn, authority: &str, outlines: &[Outline]) -> Result<u64> {
    let rows: Result<Vec<(&str, String)>> = outlines
        .iter()
        .map(|o| Ok((o.name.as_str(), serde_json::to_string(&o.rings).map_err(Error::unavailable)?)))
        .collect();
    let rows = rows?;
    insert_rows!(
        conn,
        "INSERT INTO ward_outline (authority_code, name, rings) ",
        rows,
        |b, row| {
            b.push_bind(authority).push_bind(row.0).push_bind(row.1.as_str());
        },
        ""
    )
}

/// The authority's outlines, and the wards that have none.
///
/// # Errors
/// Forbidden to all but an administrator.
pub async fn list(desk: &Desk, actor: &Actor) -> Result<Wards> {
    desk.authorise(actor, Operation::EditAuthority)?;
    let authority = authority_of(actor)?;
    let mut conn = desk.read().await?;
    let outlines = of_authority(&mut conn, authority).await?;
    let of_schools = fetch_all!(
        conn,
        (String,),
        "SELECT DISTINCT ward FROM setting WHERE authority_code = $1 AND status IN ('open', 'closing') AND ward IS NOT NULL",
        authority,
    )?;
    let known: BTreeSet<&str> = outlines.iter().map(|o| o.name.as_str()).collect();
    let without: BTreeSet<String> =
        of_schools.into_iter().map(|(ward,)| ward).filter(|ward| !known.contains(ward.as_str())).collect();
    Ok(Wards { without: without.into_iter().collect(), outlines })
}

/// Puts the outlines of a file in the place of those there are: of its wards those that reach the authority's schools.
///
/// # Errors
/// Forbidden to all but an administrator; [`Error::Invalid`] of `file` when no ward lies there, or too many do.
pub async fn replace(desk: &Desk, actor: &Actor, outlines: Vec<Outline>) -> Result<usize> {
    desk.authorise(actor, Operation::EditAuthority)?;
    let authority = authority_of(actor)?;
    let mut conn = desk.write().await?;
    let schools = fetch_all!(
        conn,
        (i64, i64),
        "SELECT easting, northing FROM setting
         WHERE authority_code = $1 AND status IN ('open', 'closing') AND easting IS NOT NULL AND northing IS NOT NULL",
        authority,
    )?;
    let outlines = reaching(outlines, &schools);
    let refuse = |message: &str| Err(Error::field("file", message));
    if outlines.is_empty() {
        return refuse("No ward of the file lies where the authority’s schools are");
    }
    let corners: usize = outlines.iter().flat_map(|o| &o.rings).map(Vec::len).sum();
    if outlines.len() > MOST_WARDS || corners > MOST_CORNERS {
        return refuse(
            "The file has too many wards, or too many corners, for a map. Choose the generalised (BSC) outlines, or only this council’s",
        );
    }
    let before = count(&mut conn, authority).await?;
    execute!(conn, "DELETE FROM ward_outline WHERE authority_code = $1", authority)?;
    store(&mut conn, authority, &outlines).await?;
    finish(conn, desk, actor, authority, before, outlines.len()).await
}

/// Removes the authority's outlines: maps are drawn without.
///
/// # Errors
/// Forbidden to all but an administrator.
pub async fn remove(desk: &Desk, actor: &Actor) -> Result<usize> {
    desk.authorise(actor, Operation::EditAuthority)?;
    let authority = authority_of(actor)?;
    let mut conn = desk.write().await?;
    let before = count(&mut conn, authority).await?;
    execute!(conn, "DELETE FROM ward_outline WHERE authority_code = $1", authority)?;
    finish(conn, desk, actor, authority, before, 0).await
}

async fn count(conn: &mut Conn, authority: &str) -> Result<i64> {
    fetch_scalar!(conn, i64, "SELECT COUNT(*) FROM ward_outline WHERE authority_code = $1", authority)
}

async fn finish(
    mut conn: Conn,
    desk: &Desk,
    actor: &Actor,
    authority: &str,
    before: i64,
    after: usize,
) -> Result<usize> {
    let change = Change {
        operation: Operation::EditAuthority,
        authority: Some(authority),
        record_kind: "authority",
        record_id: authority.to_owned(),
        before: json!({ "ward_outlines": before }),
        after: json!({ "ward_outlines": after }),
    };
    audit::write(&mut conn, desk, actor, change).await?;
    desk.commit(conn, authority).await?;
    Ok(after)
}

/// The outlines that reach the rectangle around the schools, all where no school says where it is; those of one name
/// as one.
fn reaching(outlines: Vec<Outline>, schools: &[(i64, i64)]) -> Vec<Outline> {
    let span = |numbers: &mut dyn Iterator<Item = i64>| {
        numbers.fold((i64::MAX, i64::MIN), |(low, high), n| (low.min(n), high.max(n)))
    };
    let box_of = |points: &[(i64, i64)]| (span(&mut points.iter().map(|p| p.0)), span(&mut points.iter().map(|p| p.1)));
    let meet = |a: (i64, i64), b: (i64, i64)| a.0 <= b.1 + AROUND && b.0 <= a.1 + AROUND;
    let (east, north) = box_of(schools);
    let here = |ring: &Ring| {
        let (x, y) = box_of(ring);
        schools.is_empty() || (meet(x, east) && meet(y, north))
    };
    let mut kept: BTreeMap<String, Vec<Ring>> = BTreeMap::new();
    for outline in outlines {
        if outline.rings.iter().any(here) {
            kept.entry(outline.name).or_default().extend(outline.rings);
        }
    }
    kept.into_iter().map(|(name, rings)| Outline { name, rings }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn square(name: &str, x: i64, y: i64) -> Outline {
        Outline { name: name.into(), rings: vec![vec![(x, y), (x + 1_000, y), (x + 1_000, y + 1_000), (x, y + 1_000)]] }
    }

    #[test]
    fn wards_far_from_every_school_are_left_out_and_those_of_one_name_are_one() {
        let file =
            vec![square("City", 400_000, 430_000), square("City", 402_000, 430_000), square("Truro", 182_000, 44_000)];
        let kept = reaching(file.clone(), &[(400_500, 430_500), (402_500, 430_700)]);
        assert_eq!(kept.iter().map(|o| (o.name.as_str(), o.rings.len())).collect::<Vec<_>>(), [("City", 2)]);
        assert_eq!(reaching(file, &[]).len(), 2, "nobody says where the schools are");
    }
}
