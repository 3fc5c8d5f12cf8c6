//! Making openings one by one, and withdrawing them.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use domain::access::{Actor, Operation};
use domain::slot::Slot;
use serde_json::{Value, json};
use uuid::Uuid;

use super::rule::{self, Planned};
use crate::Desk;
use crate::audit::{self, Change};
use crate::db::Conn;
use crate::error::{Error, Result};
use crate::teams;
use crate::tours::{self, Tour};
use crate::waiting;
use crate::within::Within;

/// Opens slots of a team on one day. `slots` are numbers of the team's pattern on that day.
///
/// # Errors
/// Not found; forbidden; a day outside the tour or in the past; no such slot; a slot that is open already or overlaps
/// one that is.
pub async fn add(desk: &Desk, actor: &Actor, tour: Uuid, team: Uuid, on: NaiveDate, slots: &[i64]) -> Result<Uuid> {
    desk.authorise(actor, Operation::EditOpenings)?;
    let mut conn = desk.write().await?;
    let tour = tours::find(&mut conn, actor, tour).await?;
    let Some(tour_team) = tour.teams.iter().find(|t| t.id == team) else {
        return Err(Error::field("team", "Choose a team of this tour"));
    };
    if !(tour.starts..=tour.ends).contains(&on) {
        let shown = |day: NaiveDate| day.format("%-d %B %Y").to_string();
        let message = format!("The day must be within the tour, {} to {}", shown(tour.starts), shown(tour.ends));
        return Err(Error::field("on", message));
    }
    if on < desk.today() {
        return Err(Error::field("on", "The day must be today or later"));
    }
    let mut patterns = teams::patterns_of(&mut conn, &[team]).await?.remove(&team).unwrap_or_default();
    patterns.retain(|p| p.from <= on);
    let pattern: Vec<Slot> = patterns.pop().map(|p| p.slots).unwrap_or_default();
    let chosen: Vec<Slot> = pattern.into_iter().filter(|s| slots.contains(&s.number)).collect();
    if chosen.is_empty() || chosen.len() != slots.len() {
        return Err(Error::field("slots", "Choose one or more of the team’s slots on that day"));
    }
    rule::lock_teams(&mut conn, &[team]).await?;
    let held = rule::held(&mut conn, &[team], on, on).await?;
    let planned: Vec<Planned> = chosen
        .into_iter()
        .map(|slot| Planned { team_id: team, team_name: tour_team.name.clone(), on_date: on, slot })
        .collect();
    if let Some(taken) = planned.iter().find(|p| held.iter().any(|h| h.clashes(p))) {
        let message = format!("{} is open already, or overlaps an opening or a session of that day", taken.slot.label);
        return Err(Error::field("slots", message));
    }
    insert(&mut conn, desk, actor, &tour, &planned).await?;
    desk.commit(conn, tour.id).await?;
    Ok(tour.id)
}

/// Writes openings of slots that nothing holds, and one audit line for them all.
pub(super) async fn insert(
    conn: &mut Conn,
    desk: &Desk,
    actor: &Actor,
    tour: &Tour,
    planned: &[Planned],
) -> Result<()> {
    let now = desk.now();
    insert_rows!(
        conn,
        "INSERT INTO opening (id, tour_id, team_id, on_date, slot, slot_label, starts_minute, ends_minute, created_at) ",
        planned,
        |b, plan| {
            b.push_bind(Uuid::now_v7())
                .push_bind(tour.id)
                .push_bind(plan.team_id)
                .push_bind(plan.on_date)
                .push_bind(plan.slot.number)
                .push_bind(&plan.slot.label)
                .push_bind(plan.slot.starts.minutes())
                .push_bind(plan.slot.ends.minutes())
                .push_bind(now);
        },
        ""
    )?;
    // What is open again is withdrawn no longer.
    execute!(
        conn,
        "DELETE FROM withdrawn_opening WHERE EXISTS (SELECT 1 FROM opening o WHERE o.team_id = withdrawn_opening.team_id
            AND o.on_date = withdrawn_opening.on_date AND o.slot = withdrawn_opening.slot)",
    )?;
    let days: Vec<NaiveDate> = {
        let mut days: Vec<_> = planned.iter().map(|p| p.on_date).collect();
        days.sort();
        days.dedup();
        days
    };
    let after = json!({ "opened": planned.len(), "days": days });
    record(conn, desk, actor, tour, Value::Null, after).await?;
    let slots = planned.iter().map(|p| (p.team_id, p.on_date, p.slot.clone())).collect();
    waiting::opened(conn, desk, tour.id, slots).await
}

/// Withdraws openings of a tour, all or none. How many they were is the result.
///
/// # Errors
/// Not found; forbidden; none chosen; a booking holds one of them.
pub async fn withdraw(desk: &Desk, actor: &Actor, tour: Uuid, openings: &[Uuid]) -> Result<Uuid> {
    desk.authorise(actor, Operation::EditOpenings)?;
    let mut openings = openings.to_vec();
    openings.sort();
    openings.dedup();
    let mut conn = desk.write().await?;
    let tour = tours::find(&mut conn, actor, tour).await?;
    if openings.is_empty() {
        return Err(Error::field("opening", "Choose the openings to withdraw"));
    }
    // A booking locks its opening in the same way: one of the two waits, and then sees what the other did.
    execute_in!(conn, "UPDATE opening SET slot = slot WHERE id IN ", openings, "")?;
    let rows = fetch_in!(
        conn,
        (Uuid, Uuid, NaiveDate, String, bool),
        "SELECT o.id, o.tour_id, o.on_date, o.slot_label, EXISTS (SELECT 1 FROM session s WHERE s.team_id = o.team_id
            AND s.on_date = o.on_date AND s.slot = o.slot AND s.live) AS taken
         FROM opening o WHERE o.id IN ",
        openings,
        " ORDER BY o.on_date, o.slot"
    )?;
    if rows.len() != openings.len() || rows.iter().any(|(_, of, ..)| *of != tour.id) {
        return Err(Error::NotFound);
    }
    if let Some((_, _, on, label, _)) = rows.iter().find(|(.., taken)| *taken) {
        let on = on.format("%-d %B %Y");
        return Err(Error::refused(format!(
            "The opening on {on}, {label}, is booked, so nothing was withdrawn. Cancel or move the session first, or leave that opening out"
        )));
    }
    execute_in!(
        conn,
        "INSERT INTO withdrawn_opening (id, tour_id, team_id, on_date, slot, slot_label, starts_minute, ends_minute)
         SELECT id, tour_id, team_id, on_date, slot, slot_label, starts_minute, ends_minute FROM opening WHERE id IN ",
        openings,
        ""
    )?;
    execute_in!(conn, "DELETE FROM opening WHERE id IN ", openings, "")?;
    let shown: Vec<_> = rows.iter().map(|(_, _, on, label, _)| format!("{on} {label}")).collect();
    record(&mut conn, desk, actor, &tour, json!({ "withdrawn": shown }), Value::Null).await?;
    desk.commit(conn, tour.id).await?;
    Ok(tour.id)
}

/// Withdraws the openings of a team's day that nobody holds, of every tour within the actor's scope.
pub(crate) async fn withdraw_free(
    conn: &mut Conn,
    desk: &Desk,
    actor: &Actor,
    team: Uuid,
    on: NaiveDate,
) -> Result<()> {
    let within = Within::of(actor);
    // Those of the day's sessions go too: they end in this transaction, and their slots are nobody's to have.
    let rows = fetch_all!(
        conn,
        (Uuid, Uuid, String),
        "SELECT o.id, o.tour_id, o.slot_label FROM opening o JOIN tour t ON t.id = o.tour_id
         WHERE o.team_id = $1 AND o.on_date = $2 AND ($3 IS NULL OR t.authority_code = $3)
           AND ($4 IS NULL OR t.provider_id = $4)
           AND NOT EXISTS (SELECT 1 FROM session s WHERE s.team_id = o.team_id AND s.on_date = o.on_date
                AND s.slot = o.slot AND s.live AND s.state NOT IN ('offered', 'confirmed'))
         ORDER BY o.tour_id, o.slot",
        team,
        on,
        &within.authority,
        within.provider,
    )?;
    if rows.is_empty() {
        return Ok(());
    }
    let ids: Vec<Uuid> = rows.iter().map(|(id, ..)| *id).collect();
    execute_in!(
        conn,
        "INSERT INTO withdrawn_opening (id, tour_id, team_id, on_date, slot, slot_label, starts_minute, ends_minute)
         SELECT id, tour_id, team_id, on_date, slot, slot_label, starts_minute, ends_minute FROM opening WHERE id IN ",
        ids,
        ""
    )?;
    execute_in!(conn, "DELETE FROM opening WHERE id IN ", ids, "")?;
    let mut by_tour: BTreeMap<Uuid, Vec<String>> = BTreeMap::new();
    for (_, tour, label) in rows {
        by_tour.entry(tour).or_default().push(format!("{on} {label}"));
    }
    // The tours that share a team's day: one, seldom two.
    for (tour, shown) in by_tour {
        let tour = tours::find(conn, actor, tour).await?;
        record(conn, desk, actor, &tour, json!({ "withdrawn": shown }), Value::Null).await?;
    }
    Ok(())
}

/// The line stands on the tour, where people look for it.
async fn record(conn: &mut Conn, desk: &Desk, actor: &Actor, tour: &Tour, before: Value, after: Value) -> Result<()> {
    let change = Change {
        operation: Operation::EditOpenings,
        authority: Some(tour.authority_code.as_str()),
        record_kind: "tour",
        record_id: tour.id.to_string(),
        before,
        after,
    };
    audit::write(conn, desk, actor, change).await
}
