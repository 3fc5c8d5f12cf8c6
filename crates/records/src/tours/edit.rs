//! Opening a tour and changing it.

use chrono::NaiveDate;
use domain::access::{Actor, Operation};
use domain::programme::Status;
use domain::setting::LaCode;
use domain::tour::NewTour;
use serde_json::{Value, json};
use uuid::Uuid;

use super::{Tour, find};
use crate::Desk;
use crate::audit::{self, Change};
use crate::db::Conn;
use crate::error::{Conflict, Error, Result};
use crate::{programmes, requests};

/// Adds a tour of a programme by a provider that serves the programme's authority, open or as a draft.
///
/// # Errors
/// Forbidden; a programme or provider outside the actor's scope; fields to mend; open, but its programme is not.
pub async fn add(
    desk: &Desk,
    actor: &Actor,
    programme: Uuid,
    provider: Uuid,
    tour: NewTour,
    status: Status,
) -> Result<Uuid> {
    desk.authorise(actor, Operation::EditTour)?;
    let tour = tour.check()?;
    let mut conn = desk.write().await?;
    let programme = programmes::find(&mut conn, actor, programme).await?;
    let authority = &programme.authority_code;
    let serves = fetch_scalar!(
        conn,
        i64,
        "SELECT COUNT(*) FROM provider_authority WHERE provider_id = $1 AND authority_code = $2",
        provider,
        authority.as_str(),
    )?;
    if serves == 0 {
        return Err(Error::NotFound);
    }
    may_be(status, programme.status)?;
    let id = Uuid::now_v7();
    execute!(
        conn,
        "INSERT INTO tour (id, authority_code, programme_id, provider_id, academic_year, name, starts, ends, target_schools,
            funders, budget_pence, price, price_pence, notice_days, status, created_at, version)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, 1)",
        id,
        authority.as_str(),
        programme.id,
        provider,
        i64::from(tour.academic_year()),
        &tour.name,
        tour.starts,
        tour.ends,
        tour.target_schools,
        &tour.funders,
        tour.budget.map(|b| b.pence()),
        tour.price.as_str(),
        tour.school_pays.pence(),
        tour.notice_days,
        status.as_str(),
        desk.now(),
    )?;
    put_teams(&mut conn, id, provider, &tour.teams).await?;
    let mut after = said(&tour);
    after["programme"] = json!(programme.name);
    after["status"] = json!(status);
    record(&mut conn, desk, actor, authority, id, Value::Null, after).await?;
    desk.commit(conn, id).await?;
    Ok(id)
}

/// Replaces what is on record of a tour; its programme and provider stay.
///
/// # Errors
/// Not found; forbidden; fields to mend, among them openings or sessions outside the new dates, year or teams; somebody
/// else changed it since `version`.
pub async fn change(desk: &Desk, actor: &Actor, id: Uuid, version: i64, tour: NewTour) -> Result<Uuid> {
    desk.authorise(actor, Operation::EditTour)?;
    let tour = tour.check()?;
    let mut conn = desk.write().await?;
    let before = find(&mut conn, actor, id).await?;
    let written = execute!(
        conn,
        "UPDATE tour SET academic_year = $3, name = $4, starts = $5, ends = $6, target_schools = $7, funders = $8,
            budget_pence = $9, price = $10, price_pence = $11, notice_days = $12, version = version + 1
         WHERE id = $1 AND version = $2",
        id,
        version,
        i64::from(tour.academic_year()),
        &tour.name,
        tour.starts,
        tour.ends,
        tour.target_schools,
        &tour.funders,
        tour.budget.map(|b| b.pence()),
        tour.price.as_str(),
        tour.school_pays.pence(),
        tour.notice_days,
    )?;
    if written == 0 {
        return Err(Conflict::Stale.into());
    }
    stays_within(&mut conn, &before, &tour).await?;
    execute!(conn, "DELETE FROM tour_team WHERE tour_id = $1", id)?;
    put_teams(&mut conn, id, before.provider_id, &tour.teams).await?;
    let was = NewTour {
        teams: before.teams.iter().map(|t| t.id).collect(),
        starts: before.starts,
        ends: before.ends,
        target_schools: before.target_schools,
        budget: before.budget(),
        price: before.price,
        school_pays: before.price_pence,
        notice_days: before.notice_days,
        name: before.name,
        funders: before.funders,
    };
    record(&mut conn, desk, actor, &before.authority_code, id, said(&was), said(&tour)).await?;
    desk.commit(conn, id).await?;
    Ok(id)
}

/// Opens a tour to schools, or closes it to new bookings; what is booked stays.
///
/// # Errors
/// Not found; forbidden; stale; its programme is not open.
pub async fn set_status(desk: &Desk, actor: &Actor, id: Uuid, version: i64, status: Status) -> Result<Uuid> {
    desk.authorise(actor, Operation::EditTour)?;
    let mut conn = desk.write().await?;
    let before = find(&mut conn, actor, id).await?;
    let programme = programmes::find(&mut conn, actor, before.programme_id).await?;
    may_be(status, programme.status)?;
    let written = execute!(
        conn,
        "UPDATE tour SET status = $3, version = version + 1 WHERE id = $1 AND version = $2",
        id,
        version,
        status.as_str(),
    )?;
    if written == 0 {
        return Err(Conflict::Stale.into());
    }
    requests::follow_tour(&mut conn, desk, id, status == Status::Open).await?;
    let (was, is) = (json!({ "status": before.status }), json!({ "status": status }));
    record(&mut conn, desk, actor, &before.authority_code, id, was, is).await?;
    desk.commit(conn, id).await?;
    Ok(id)
}

fn may_be(status: Status, programme: Status) -> Result<()> {
    if status == Status::Open && programme != Status::Open {
        return Err(Error::refused("Schools cannot see its programme yet. Open the programme first, then the tour"));
    }
    Ok(())
}

/// Refuses dates and teams that would leave openings or live sessions outside the tour.
async fn stays_within(conn: &mut Conn, before: &Tour, tour: &NewTour) -> Result<()> {
    let held = fetch_all!(
        conn,
        (NaiveDate, Option<Uuid>),
        "SELECT on_date, team_id FROM opening WHERE tour_id = $1
         UNION SELECT on_date, team_id FROM session WHERE tour_id = $1 AND live ORDER BY 1",
        before.id,
    )?;
    let shown = |on: NaiveDate| on.format("%-d %B %Y").to_string();
    if let Some((on, _)) = held.first().filter(|(on, _)| *on < tour.starts) {
        return Err(Error::field(
            "starts",
            format!("There is an opening or a session on {}, before that day", shown(*on)),
        ));
    }
    if let Some((on, _)) = held.last().filter(|(on, _)| *on > tour.ends) {
        return Err(Error::field(
            "ends",
            format!("There is an opening or a session on {}, after that day", shown(*on)),
        ));
    }
    let gone = before
        .teams
        .iter()
        .find(|team| !tour.teams.contains(&team.id) && held.iter().any(|(_, holder)| *holder == Some(team.id)));
    match gone {
        Some(team) => {
            Err(Error::field("teams", format!("{} has openings or sessions on this tour, so it must stay", team.name)))
        }
        None => Ok(()),
    }
}

/// Writes a tour's teams, each of which must be the provider's.
async fn put_teams(conn: &mut Conn, tour: Uuid, provider: Uuid, teams: &[Uuid]) -> Result<()> {
    let own = fetch_all!(conn, (Uuid,), "SELECT id FROM team WHERE provider_id = $1", provider)?;
    if teams.iter().any(|team| !own.contains(&(*team,))) {
        return Err(Error::field("teams", "Choose teams of this tour’s provider"));
    }
    let mut teams = teams.to_vec();
    teams.sort();
    teams.dedup();
    insert_rows!(
        conn,
        "INSERT INTO tour_team (tour_id, team_id) ",
        teams,
        |b, team| {
            b.push_bind(tour).push_bind(*team);
        },
        ""
    )?;
    Ok(())
}

/// What an audit line says of a tour.
fn said(tour: &NewTour) -> Value {
    json!({
        "name": tour.name,
        "starts": tour.starts,
        "ends": tour.ends,
        "teams": tour.teams,
        "target_schools": tour.target_schools,
        "funders": tour.funders,
        "budget_pence": tour.budget.map(|b| b.pence()),
        "price": tour.price,
        "price_pence": tour.school_pays.pence(),
        "notice_days": tour.notice_days,
    })
}

async fn record(
    conn: &mut Conn,
    desk: &Desk,
    actor: &Actor,
    authority: &LaCode,
    id: Uuid,
    before: Value,
    after: Value,
) -> Result<()> {
    let change = Change {
        operation: Operation::EditTour,
        authority: Some(authority.as_str()),
        record_kind: "tour",
        record_id: id.to_string(),
        before,
        after,
    };
    audit::write(conn, desk, actor, change).await
}
