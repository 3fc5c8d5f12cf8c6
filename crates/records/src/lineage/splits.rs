//! Schools that were split: a person says which successor carries the history, or that none does.

use std::collections::BTreeSet;

use domain::access::{Actor, Operation};
use domain::lineage::Fate;
use domain::setting::Urn;
use serde_json::{Value, json};
use uuid::Uuid;

use super::{Decided, Decisions, Fates, Known, decisions, kept, known, lock, own, rebuild};
use crate::Desk;
use crate::audit::{self, Change};
use crate::db::Conn;
use crate::error::{Error, Result};

/// A school that has a part of one that was split.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    /// The setting.
    pub id: Uuid,
    /// Its URN.
    pub urn: i64,
    /// Its name.
    pub name: String,
}

/// A school that was split, and what is known about it.
#[derive(Debug, Clone)]
pub struct Split {
    /// Its URN.
    pub urn: i64,
    /// Its name, as the links or the records have it.
    pub name: String,
    /// The open schools that have a part of it.
    pub among: Vec<Choice>,
    /// The settings on record whose history is meant: itself, and what it came from.
    pub settings: Vec<Choice>,
    /// Sessions delivered there.
    pub delivered: i64,
    /// What was decided.
    pub decided: Option<Decided>,
}

/// A school of the actor's authority that was split.
///
/// # Errors
/// Forbidden; not found, also where no split is known.
pub async fn split(desk: &Desk, actor: &Actor, urn: i64) -> Result<Split> {
    desk.authorise(actor, Operation::FollowSchools)?;
    let mut conn = desk.read().await?;
    find(&mut conn, actor, urn).await
}

async fn find(conn: &mut Conn, actor: &Actor, urn: i64) -> Result<Split> {
    let authority = own(actor)?;
    let urn = Urn::new(urn).map_err(|_| Error::NotFound)?;
    let authorities = [authority.clone()];
    let (known, links) = (known(conn, &authorities).await?, kept(conn, &authorities).await?);
    // As it was before anybody decided about this one.
    let mut others = decisions(conn, &authorities).await?;
    if let Some(others) = others.get_mut(&authority) {
        others.remove(&urn);
    }
    let fates = Fates::new(&known, &links, &others);
    let (mut settings, mut among) = (Vec::new(), BTreeSet::new());
    for (school, fate) in fates.all(&BTreeSet::new()) {
        if let Fate::Split { at, among: has } = fate
            && at == urn
        {
            settings.push(choice(school));
            among.extend(has);
        }
    }
    if settings.is_empty() {
        return Err(Error::NotFound);
    }
    let named = links.get(&authority).into_iter().flatten().find(|l| l.other == urn).map(|l| l.other_name.clone());
    let name = fates.school(urn).map(|s| s.name.clone()).or(named).unwrap_or_else(|| format!("School {urn}"));
    let ids: Vec<Uuid> = settings.iter().map(|s| s.id).collect();
    let delivered = fetch_in!(
        conn,
        (i64,),
        "SELECT COUNT(DISTINCT x.id) FROM session x JOIN attending_group g ON g.session_id = x.id
         WHERE x.state = 'delivered' AND g.setting_id IN ",
        ids,
        ""
    )?;
    let decided = fetch_optional!(
        conn,
        (Option<i64>, Option<String>, chrono::DateTime<chrono::Utc>),
        "SELECT d.carrier_urn, p.name, d.decided_at FROM split_decision d LEFT JOIN person p ON p.id = d.by_person
         WHERE d.authority_code = $1 AND d.urn = $2",
        &authority,
        urn.number(),
    )?;
    Ok(Split {
        urn: urn.number(),
        name,
        among: among.into_iter().filter_map(|urn| fates.school(urn).map(choice)).collect(),
        settings,
        delivered: delivered.iter().map(|(n,)| n).sum(),
        decided: decided.map(|(carrier, by, at)| Decided { carrier, by, at }),
    })
}

fn choice(school: &Known) -> Choice {
    Choice { id: school.id, urn: school.urn.number(), name: school.name.clone() }
}

/// Says who carries the history of a school that was split; none for nobody. What was said before is forgotten. Gives
/// back the URN.
///
/// # Errors
/// Forbidden; not found; a school that has no part of it.
pub async fn decide(desk: &Desk, actor: &Actor, urn: i64, carrier: Option<i64>) -> Result<i64> {
    desk.authorise(actor, Operation::FollowSchools)?;
    let authority = own(actor)?;
    let mut conn = desk.write().await?;
    lock(&mut conn, &authority).await?;
    let split = find(&mut conn, actor, urn).await?;
    if carrier.is_some_and(|carrier| split.among.iter().all(|choice| choice.urn != carrier)) {
        return Err(Error::field("carrier", "Choose a school that took over a part of it, or nobody"));
    }
    execute!(
        conn,
        "INSERT INTO split_decision (authority_code, urn, carrier_urn, by_person, decided_at) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (authority_code, urn) DO UPDATE SET carrier_urn = excluded.carrier_urn,
            by_person = excluded.by_person, decided_at = excluded.decided_at",
        &authority,
        urn,
        carrier,
        actor.person,
        desk.now(),
    )?;
    rebuild(&mut conn, std::slice::from_ref(&authority)).await?;
    let carried = |carrier: Option<i64>| json!({ "carried_by": carrier });
    let before = split.decided.map_or(Value::Null, |d| carried(d.carrier));
    write_audit(&mut conn, desk, actor, &authority, urn, before, carried(carrier)).await?;
    desk.commit(conn, urn).await?;
    Ok(urn)
}

/// Takes a decision back: the school is asked about again, and until then nobody carries its history. Gives back the URN.
///
/// # Errors
/// Forbidden; not found, also where nothing was decided.
pub async fn take_back(desk: &Desk, actor: &Actor, urn: i64) -> Result<i64> {
    desk.authorise(actor, Operation::FollowSchools)?;
    let authority = own(actor)?;
    let mut conn = desk.write().await?;
    lock(&mut conn, &authority).await?;
    let before: Decisions = decisions(&mut conn, std::slice::from_ref(&authority)).await?;
    let known = Urn::new(urn).ok().and_then(|urn| before.get(&authority)?.get(&urn).copied());
    let Some(carrier) = known else { return Err(Error::NotFound) };
    execute!(conn, "DELETE FROM split_decision WHERE authority_code = $1 AND urn = $2", &authority, urn)?;
    rebuild(&mut conn, std::slice::from_ref(&authority)).await?;
    let before = json!({ "carried_by": carrier.map(Urn::number) });
    write_audit(&mut conn, desk, actor, &authority, urn, before, Value::Null).await?;
    desk.commit(conn, urn).await?;
    Ok(urn)
}

async fn write_audit(
    conn: &mut Conn,
    desk: &Desk,
    actor: &Actor,
    authority: &str,
    urn: i64,
    before: Value,
    after: Value,
) -> Result<()> {
    let change = Change {
        operation: Operation::FollowSchools,
        authority: Some(authority),
        record_kind: "split",
        record_id: urn.to_string(),
        before,
        after,
    };
    audit::write(conn, desk, actor, change).await
}
