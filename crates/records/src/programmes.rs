//! Programmes: what is offered, for whom, and the texts of the visit pack.

mod edit;
mod visit_pack;

use chrono::NaiveDate;
use domain::TermSet;
use domain::access::{Actor, Operation, Role};
use domain::programme::{Adaptation, Audience, Eligibility, Need, Part, ProgrammeKind, Status, Topic};
use domain::setting::{LaCode, SettingType};
use domain::visit_pack::VisitPack;
use domain::year_group::YearGroups;
use uuid::Uuid;

use crate::Desk;
use crate::audit::{self, Line};
use crate::db::Conn;
use crate::error::{Error, Result};
use crate::within::Within;

pub use edit::{add, change, set_status};
pub use visit_pack::{
    Document, ForParents, add_document, change_visit_pack, document, documents, file, file_for_parents, for_parents,
    remove_document,
};

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
