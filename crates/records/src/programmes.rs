//! Programmes: what is offered, for whom, and the texts of the visit pack.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use domain::TermSet;
use domain::access::{Actor, Operation, Role};
use domain::programme::{Adaptation, Audience, Eligibility, Need, NewProgramme, Part, ProgrammeKind, Status, Topic};
use domain::setting::{LaCode, SettingType};
use domain::visit_pack::VisitPack;
use domain::year_group::YearGroups;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::Desk;
use crate::audit::{self, Change, Line};
use crate::db::Conn;
use crate::error::{Conflict, Error, Result};
use crate::within::Within;

/// A programme.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Programme {
    /// Its key.
    pub id: Uuid,
    /// The authority that offers it.
    #[sqlx(try_from = "String")]
    pub authority_code: LaCode,
    /// That authority's name.
    pub authority_name: String,
    /// What it is.
    #[sqlx(try_from = "String")]
    pub kind: ProgrammeKind,
    /// Its name.
    pub name: String,
    /// What it is about.
    pub summary: String,
    for_adults: bool,
    #[sqlx(try_from = "String")]
    setting_types: TermSet<SettingType>,
    #[sqlx(try_from = "i64")]
    year_groups: YearGroups,
    /// The largest attending group; none: no limit.
    pub largest_group: Option<i64>,
    /// What a school must have.
    #[sqlx(try_from = "String")]
    pub needs: TermSet<Need>,
    /// How it can be adapted.
    #[sqlx(try_from = "String")]
    pub adaptations: TermSet<Adaptation>,
    /// Its topics.
    #[sqlx(try_from = "String")]
    pub topics: TermSet<Topic>,
    /// The date of the guidance the topics were chosen from.
    pub topics_as_of: Option<NaiveDate>,
    /// Whether it can be seen and used.
    #[sqlx(try_from = "String")]
    pub status: Status,
    assurance: String,
    insurance_expires: Option<NaiveDate>,
    risk_assessment: String,
    content_notes: String,
    parent_letter: String,
    parent_materials: String,
    /// For a kindly refused stale edit.
    pub version: i64,
    /// Its parts in order, at least one.
    #[sqlx(skip)]
    pub parts: Vec<Part>,
}

impl Programme {
    /// For whom it is.
    #[must_use]
    pub fn audience(&self) -> Audience {
        audience(self.for_adults, &self.setting_types, self.year_groups)
    }

    /// The texts of its visit pack.
    #[must_use]
    pub fn visit_pack(&self) -> VisitPack {
        VisitPack {
            assurance: self.assurance.clone(),
            insurance_expires: self.insurance_expires,
            risk_assessment: self.risk_assessment.clone(),
            content_notes: self.content_notes.clone(),
            parent_letter: self.parent_letter.clone(),
            parent_materials: self.parent_materials.clone(),
        }
    }

    /// The minutes of all its parts.
    #[must_use]
    pub fn minutes(&self) -> i64 {
        self.parts.iter().map(|p| p.minutes).sum()
    }
}

/// The audience of a programme's columns.
pub(crate) fn audience(for_adults: bool, setting_types: &TermSet<SettingType>, year_groups: YearGroups) -> Audience {
    if for_adults {
        Audience::Adults
    } else {
        Audience::Children { setting_types: setting_types.0.clone(), year_groups }
    }
}

/// A part's row: programme, number, title, minutes.
type PartRow = (Uuid, i64, String, i64);

/// `programmes!("AND …")`: programmes within an actor's scope; the four values of [`Within`] are the first binds.
/// Schools see those that are no drafts, providers those they tour with.
macro_rules! programmes {
    ($tail:literal) => {
        concat!(
            "SELECT p.id, p.authority_code, a.name AS authority_name, p.kind, p.name, p.summary, p.for_adults, p.setting_types,
                p.year_groups, p.largest_group, p.needs, p.adaptations, p.topics, p.topics_as_of, p.status, p.assurance,
                p.insurance_expires, p.risk_assessment, p.content_notes, p.parent_letter, p.parent_materials, p.version
             FROM programme p JOIN authority a ON a.code = p.authority_code
             WHERE ($1 IS NULL OR p.authority_code = $1)
               AND ($2 IS NULL OR EXISTS (SELECT 1 FROM tour t WHERE t.programme_id = p.id AND t.provider_id = $2))
               AND ($3 IS NULL OR (p.status <> 'draft' AND p.authority_code = (SELECT authority_code FROM setting WHERE id = $3)))
               AND ($4 IS NULL OR (p.status <> 'draft' AND p.authority_code IN (SELECT authority_code FROM setting WHERE trust_code = $4))) ",
            $tail
        )
    };
}

/// The programmes an actor sees: open ones first, then by name. A school sees those that are open and meant for it.
///
/// # Errors
/// Forbidden; the database does not answer.
pub async fn list(desk: &Desk, actor: &Actor) -> Result<Vec<Programme>> {
    desk.authorise(actor, Operation::SeeProgrammes)?;
    let within = Within::of(actor);
    let mut conn = desk.read().await?;
    let mut programmes = fetch_all!(
        conn,
        Programme,
        programmes!("ORDER BY CASE p.status WHEN 'open' THEN 0 WHEN 'draft' THEN 1 ELSE 2 END, p.name"),
        &within.authority,
        within.provider,
        within.setting,
        &within.trust,
    )?;
    if actor.role == Role::School {
        let schools = schools_of(&mut conn, &within).await?;
        programmes.retain(|p| p.status == Status::Open && is_for(&p.audience(), &schools));
    }
    let ids: Vec<Uuid> = programmes.iter().map(|p| p.id).collect();
    let parts = fetch_in!(
        conn,
        PartRow,
        "SELECT programme_id, number, title, minutes FROM programme_part WHERE programme_id IN ",
        ids,
        " ORDER BY number"
    )?;
    for (programme, number, title, minutes) in parts {
        if let Some(programme) = programmes.iter_mut().find(|p| p.id == programme) {
            programme.parts.push(Part { number, title, minutes });
        }
    }
    Ok(programmes)
}

/// The setting type and year groups of the schools an actor acts for.
pub(crate) async fn schools_of(conn: &mut Conn, within: &Within) -> Result<Vec<(SettingType, Option<YearGroups>)>> {
    let rows = fetch_all!(
        conn,
        (String, Option<i64>),
        "SELECT setting_type, year_groups FROM setting WHERE id = $1 OR trust_code = $2",
        within.setting,
        &within.trust,
    )?;
    rows.into_iter()
        .map(|(kind, years)| {
            let kind = kind.parse().map_err(Error::unavailable)?;
            Ok((kind, years.map(YearGroups::try_from).transpose().map_err(Error::unavailable)?))
        })
        .collect()
}

/// Whether an audience takes in any of these schools; one whose year groups are unknown is never left out.
pub(crate) fn is_for(audience: &Audience, schools: &[(SettingType, Option<YearGroups>)]) -> bool {
    schools.iter().any(|(kind, years)| audience.eligibility(*kind, *years) != Eligibility::NotEligible)
}

/// One programme.
///
/// # Errors
/// Not found in the actor's scope; forbidden.
pub async fn get(desk: &Desk, actor: &Actor, id: Uuid) -> Result<Programme> {
    desk.authorise(actor, Operation::SeeProgrammes)?;
    let mut conn = desk.read().await?;
    find(&mut conn, actor, id).await
}

/// A programme's audit lines, newest first: for those who may change it.
///
/// # Errors
/// Not found; forbidden.
pub async fn history(desk: &Desk, actor: &Actor, id: Uuid) -> Result<Vec<Line>> {
    desk.authorise(actor, Operation::EditProgramme)?;
    let mut conn = desk.read().await?;
    find(&mut conn, actor, id).await?;
    audit::of_record(&mut conn, "programme", &id.to_string()).await
}

/// One programme within the actor's scope, inside another operation.
pub(crate) async fn find(conn: &mut Conn, actor: &Actor, id: Uuid) -> Result<Programme> {
    let within = Within::of(actor);
    let mut programme = fetch_one!(
        conn,
        Programme,
        programmes!("AND p.id = $5"),
        &within.authority,
        within.provider,
        within.setting,
        &within.trust,
        id,
    )?;
    let parts = fetch_all!(
        conn,
        PartRow,
        "SELECT programme_id, number, title, minutes FROM programme_part WHERE programme_id = $1 ORDER BY number",
        id,
    )?;
    programme.parts = parts.into_iter().map(|(_, number, title, minutes)| Part { number, title, minutes }).collect();
    Ok(programme)
}

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

/// Replaces the texts of a programme's visit pack.
///
/// # Errors
/// Not found; forbidden; texts that are too long; somebody else changed it since `version`.
pub async fn change_visit_pack(desk: &Desk, actor: &Actor, id: Uuid, version: i64, pack: VisitPack) -> Result<Uuid> {
    desk.authorise(actor, Operation::EditProgramme)?;
    let pack = pack.check()?;
    let mut conn = desk.write().await?;
    let before = find(&mut conn, actor, id).await?;
    let written = execute!(
        conn,
        "UPDATE programme SET assurance = $3, insurance_expires = $4, risk_assessment = $5, content_notes = $6,
            parent_letter = $7, parent_materials = $8, version = version + 1
         WHERE id = $1 AND version = $2",
        id,
        version,
        &pack.assurance,
        pack.insurance_expires,
        &pack.risk_assessment,
        &pack.content_notes,
        &pack.parent_letter,
        &pack.parent_materials,
    )?;
    if written == 0 {
        return Err(Conflict::Stale.into());
    }
    // The texts name people: the line says how far each had got, not what it said.
    let written = |pack: &VisitPack| {
        json!({ "visit_pack": {
            "assurance": pack.assurance.chars().count(),
            "insurance_expires": pack.insurance_expires,
            "risk_assessment": pack.risk_assessment.chars().count(),
            "content_notes": pack.content_notes.chars().count(),
            "parent_letter": pack.parent_letter.chars().count(),
            "parent_materials": pack.parent_materials.chars().count(),
        }})
    };
    let was = written(&before.visit_pack());
    record(&mut conn, desk, actor, &before.authority_code, id, was, written(&pack)).await?;
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
        operation: Operation::EditProgramme,
        authority: Some(authority.as_str()),
        record_kind: "programme",
        record_id: id.to_string(),
        before,
        after,
    };
    audit::write(conn, desk, actor, change).await
}
