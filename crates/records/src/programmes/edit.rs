//! Writing a programme.

use std::collections::BTreeSet;

use domain::TermSet;
use domain::access::{Actor, Operation};
use domain::programme::{Audience, NewProgramme, Part, Status};
use domain::setting::{LaCode, SettingType};
use domain::year_group::YearGroups;
use serde_json::{Value, json};
use uuid::Uuid;

use super::find;
use crate::Desk;
use crate::audit::{self, Change};
use crate::db::Conn;
use crate::error::{Conflict, Error, Result};

/// The columns an audience is stored in: for adults, setting types, year groups.
fn columns(audience: &Audience) -> (bool, String, i64) {
    match audience {
        Audience::Adults => (true, String::new(), YearGroups::NONE.mask()),
        Audience::Children { setting_types, year_groups } => {
            (false, TermSet::<SettingType>(BTreeSet::clone(setting_types)).words(), year_groups.mask())
        }
    }
}

fn taken_name(error: Error) -> Error {
    if error.is_unique_violation() {
        Error::field("name", "There is already a programme of this name: give this one another")
    } else {
        error
    }
}

/// What an audit line says of a programme.
fn summary(programme: &NewProgramme) -> Value {
    let audience = match &programme.audience {
        Audience::Adults => "adults".to_owned(),
        Audience::Children { year_groups, .. } => year_groups.to_string(),
    };
    json!({
        "name": programme.name,
        "kind": programme.kind,
        "audience": audience,
        "minutes": programme.parts.iter().map(|p| p.minutes).collect::<Vec<_>>(),
        "largest_group": programme.largest_group,
        "needs": programme.needs.words(),
        "adaptations": programme.adaptations.words(),
        "topics": programme.topics.words(),
    })
}

/// Adds a programme to `authority`, open or as a draft.
///
/// # Errors
/// Forbidden; another authority's; fields to mend, among them a name that is taken.
pub async fn add(
    desk: &Desk,
    actor: &Actor,
    authority: &LaCode,
    programme: NewProgramme,
    status: Status,
) -> Result<Uuid> {
    desk.authorise(actor, Operation::EditProgramme)?;
    if actor.authority().is_some_and(|own| own != authority) {
        return Err(Error::NotFound);
    }
    let programme = programme.check()?;
    let (for_adults, setting_types, year_groups) = columns(&programme.audience);
    let id = Uuid::now_v7();
    let mut conn = desk.write().await?;
    execute!(
        conn,
        "INSERT INTO programme (id, authority_code, kind, name, summary, for_adults, setting_types, year_groups, largest_group,
            needs, adaptations, topics, topics_as_of, status, assurance, risk_assessment, content_notes, parent_letter,
            parent_materials, created_at, version)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, '', '', '', '', '', $15, 1)",
        id,
        authority.as_str(),
        programme.kind.as_str(),
        &programme.name,
        &programme.summary,
        for_adults,
        setting_types,
        year_groups,
        programme.largest_group,
        programme.needs.words(),
        programme.adaptations.words(),
        programme.topics.words(),
        programme.topics_as_of,
        status.as_str(),
        desk.now(),
    )
    .map_err(taken_name)?;
    put_parts(&mut conn, id, &programme.parts).await?;
    record(&mut conn, desk, actor, authority, id, Value::Null, summary(&programme)).await?;
    desk.commit(conn, id).await?;
    Ok(id)
}

/// Replaces what is on record of a programme; its visit pack stays.
///
/// # Errors
/// Not found; forbidden; fields to mend; somebody else changed it since `version`.
pub async fn change(desk: &Desk, actor: &Actor, id: Uuid, version: i64, programme: NewProgramme) -> Result<Uuid> {
    desk.authorise(actor, Operation::EditProgramme)?;
    let programme = programme.check()?;
    let mut conn = desk.write().await?;
    let before = find(&mut conn, actor, id).await?;
    let (for_adults, setting_types, year_groups) = columns(&programme.audience);
    let written = execute!(
        conn,
        "UPDATE programme SET kind = $3, name = $4, summary = $5, for_adults = $6, setting_types = $7, year_groups = $8,
            largest_group = $9, needs = $10, adaptations = $11, topics = $12, topics_as_of = $13, version = version + 1
         WHERE id = $1 AND version = $2",
        id,
        version,
        programme.kind.as_str(),
        &programme.name,
        &programme.summary,
        for_adults,
        setting_types,
        year_groups,
        programme.largest_group,
        programme.needs.words(),
        programme.adaptations.words(),
        programme.topics.words(),
        programme.topics_as_of,
    )
    .map_err(taken_name)?;
    if written == 0 {
        return Err(Conflict::Stale.into());
    }
    let held =
        fetch_scalar!(conn, i64, "SELECT COALESCE(MAX(part), 0) FROM session WHERE programme_id = $1 AND live", id,)?;
    if i64::try_from(programme.parts.len()).is_ok_and(|parts| parts < held) {
        let field = "minutes_1";
        return Err(Error::field(field, format!("Part {held} is booked or was delivered, so it must stay")));
    }
    execute!(conn, "DELETE FROM programme_part WHERE programme_id = $1", id)?;
    put_parts(&mut conn, id, &programme.parts).await?;
    let was = NewProgramme {
        kind: before.kind,
        audience: before.audience(),
        name: before.name,
        summary: before.summary,
        parts: before.parts,
        largest_group: before.largest_group,
        needs: before.needs,
        adaptations: before.adaptations,
        topics: before.topics,
        topics_as_of: before.topics_as_of,
    };
    record(&mut conn, desk, actor, &before.authority_code, id, summary(&was), summary(&programme)).await?;
    desk.commit(conn, id).await?;
    Ok(id)
}

/// Opens a programme to schools, or closes it.
///
/// # Errors
/// Not found; forbidden; stale; it still has open tours.
pub async fn set_status(desk: &Desk, actor: &Actor, id: Uuid, version: i64, status: Status) -> Result<Uuid> {
    desk.authorise(actor, Operation::EditProgramme)?;
    let mut conn = desk.write().await?;
    let before = find(&mut conn, actor, id).await?;
    let written = execute!(
        conn,
        "UPDATE programme SET status = $3, version = version + 1 WHERE id = $1 AND version = $2",
        id,
        version,
        status.as_str(),
    )?;
    if written == 0 {
        return Err(Conflict::Stale.into());
    }
    if status != Status::Open {
        let open =
            fetch_scalar!(conn, i64, "SELECT COUNT(*) FROM tour WHERE programme_id = $1 AND status = 'open'", id)?;
        if open > 0 {
            return Err(Error::refused("Schools can still book a tour of this programme. Close its tours first"));
        }
    }
    let (was, is) = (json!({ "status": before.status }), json!({ "status": status }));
    record(&mut conn, desk, actor, &before.authority_code, id, was, is).await?;
    desk.commit(conn, id).await?;
    Ok(id)
}

async fn put_parts(conn: &mut Conn, id: Uuid, parts: &[Part]) -> Result<()> {
    let insert = "INSERT INTO programme_part (programme_id, number, title, minutes) ";
    insert_rows!(
        conn,
        insert,
        parts,
        |b, part| {
            b.push_bind(id).push_bind(part.number).push_bind(&part.title).push_bind(part.minutes);
        },
        ""
    )?;
    Ok(())
}

/// The line stands on the programme, its visit pack's and documents' too.
pub(super) async fn record(
    conn: &mut Conn,
    desk: &Desk,
    actor: &Actor,
    authority: &LaCode,
    id: Uuid,
    before: Value,
    after: Value,
) -> Result<()> {
    let change = Change {
        operation: Operation::EditProgramme,
        authority: Some(authority.as_str()),
        record_kind: "programme",
        record_id: id.to_string(),
        before,
        after,
    };
    audit::write(conn, desk, actor, change).await
}
