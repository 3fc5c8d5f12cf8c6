//! Coverage: what `domain::coverage` computes from, loaded in a few statements for a whole authority.

use std::collections::BTreeSet;

use domain::AcademicYear;
use domain::access::{Actor, Operation, Scope};
use domain::coverage::{Coverage, Records};
use domain::programme::{Audience, ProgrammeKind, Status};
use domain::setting::LaCode;
use uuid::Uuid;

use crate::Desk;
use crate::db::Conn;
use crate::error::{Error, Result};

mod combine;
mod load;

/// A programme, as far as coverage needs it.
#[derive(Debug, Clone)]
pub struct Programme {
    /// Its key.
    pub id: Uuid,
    /// The authority whose it is.
    pub authority: LaCode,
    /// Its name.
    pub name: String,
    /// What it is, which decides what its sessions are called.
    pub kind: ProgrammeKind,
    /// Whether it can be used.
    pub status: Status,
    /// For whom it is.
    pub audience: Audience,
    /// How many parts it has.
    pub parts: usize,
}

/// A tour of a programme, for what can be done about gaps.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Tour {
    /// Its key.
    pub id: Uuid,
    /// Its programme.
    pub programme_id: Uuid,
    /// Its name.
    pub name: String,
    /// Whether schools can be invited and booked.
    #[sqlx(try_from = "String")]
    pub status: Status,
    /// How many schools it should reach.
    pub target_schools: Option<i64>,
    /// Whether it has a free opening ahead.
    pub has_openings: bool,
}

/// The coverage of a programme in an academic year.
#[derive(Debug, Clone)]
pub struct Covered {
    /// The programme.
    pub programme: Programme,
    /// The academic year.
    pub year: AcademicYear,
    /// Its figures, lists and gaps.
    pub coverage: Coverage,
    /// The programme's tours of the year.
    pub tours: Vec<Tour>,
}

/// What can be chosen at the head of the coverage page.
#[derive(Debug, Clone)]
pub struct Choices {
    /// The authority's programmes, by name.
    pub programmes: Vec<Programme>,
    /// Academic years with tours, sessions or, at least, today in them; the latest first.
    pub years: Vec<AcademicYear>,
    /// How many settings the authority has.
    pub settings: i64,
}

/// The authority whose coverage an actor sees; none for the system, which sees every one.
fn authority_of(actor: &Actor) -> Result<Option<String>> {
    match &actor.scope {
        Scope::Authority(code) => Ok(Some(code.as_str().to_owned())),
        Scope::Everything => Ok(None),
        // One school's person does not see how the others stand.
        Scope::Provider(_) | Scope::Setting(_) | Scope::Trust(_) => Err(Error::Forbidden(Operation::SeeCoverage)),
    }
}

/// The coverage of one programme in one academic year, as of today.
///
/// # Errors
/// Not found; forbidden to roles, and to scopes, that see less than an authority.
pub async fn of(desk: &Desk, actor: &Actor, programme: Uuid, year: AcademicYear) -> Result<Covered> {
    desk.authorise(actor, Operation::SeeCoverage)?;
    let authority = authority_of(actor)?;
    let mut conn = desk.read().await?;
    let programmes = load::programmes(&mut conn, authority.as_deref(), Some(programme)).await?;
    let found = covered(&mut conn, desk, programmes, year, Some(programme)).await?;
    found.into_iter().next().ok_or(Error::NotFound)
}

/// The coverage of every programme of an authority in one academic year, by name.
///
/// # Errors
/// Not found; forbidden, as for [`of`].
pub async fn all(desk: &Desk, actor: &Actor, year: AcademicYear) -> Result<Vec<Covered>> {
    desk.authorise(actor, Operation::SeeCoverage)?;
    let authority = authority_of(actor)?.ok_or(Error::NotFound)?;
    let mut conn = desk.read().await?;
    let programmes = load::programmes(&mut conn, Some(&authority), None).await?;
    covered(&mut conn, desk, programmes, year, None).await
}

/// What can be chosen.
///
/// # Errors
/// Not found; forbidden, as for [`of`].
pub async fn choices(desk: &Desk, actor: &Actor) -> Result<Choices> {
    desk.authorise(actor, Operation::SeeCoverage)?;
    let authority = authority_of(actor)?.ok_or(Error::NotFound)?;
    let mut conn = desk.read().await?;
    let programmes = load::programmes(&mut conn, Some(&authority), None).await?;
    let known = fetch_all!(
        conn,
        (i64,),
        "SELECT academic_year FROM tour WHERE authority_code = $1
         UNION SELECT academic_year FROM session WHERE authority_code = $1",
        &authority,
    )?;
    let mut years: BTreeSet<AcademicYear> =
        known.into_iter().map(|(y,)| AcademicYear::new(y)).collect::<Result<_, _>>().map_err(Error::unavailable)?;
    years.insert(AcademicYear::containing(desk.today()));
    let settings = fetch_scalar!(conn, i64, "SELECT COUNT(*) FROM setting WHERE authority_code = $1", &authority)?;
    Ok(Choices { programmes, years: years.into_iter().rev().collect(), settings })
}

/// The programme of this name in an authority: names are how the command line knows them.
///
/// # Errors
/// Not found; forbidden, as for [`of`].
pub async fn programme_named(desk: &Desk, actor: &Actor, authority: &LaCode, name: &str) -> Result<Uuid> {
    desk.authorise(actor, Operation::SeeCoverage)?;
    if authority_of(actor)?.is_some_and(|own| own != authority.as_str()) {
        return Err(Error::NotFound);
    }
    let mut conn = desk.read().await?;
    fetch_scalar!(
        conn,
        Uuid,
        "SELECT id FROM programme WHERE authority_code = $1 AND name = $2",
        authority.as_str(),
        name.trim(),
    )
}

/// As [`of`], inside another operation that has found a tour of the programme; none when there is no such programme.
pub(crate) async fn of_programme(
    conn: &mut Conn,
    desk: &Desk,
    authority: &str,
    programme: Uuid,
    year: AcademicYear,
) -> Result<Option<Covered>> {
    let programmes = load::programmes(conn, Some(authority), Some(programme)).await?;
    Ok(covered(conn, desk, programmes, year, Some(programme)).await?.into_iter().next())
}

/// Computes the coverage of these programmes, all of one authority; `only` when there is but one.
async fn covered(
    conn: &mut Conn,
    desk: &Desk,
    programmes: Vec<Programme>,
    year: AcademicYear,
    only: Option<Uuid>,
) -> Result<Vec<Covered>> {
    let Some(authority) = programmes.first().map(|p| p.authority.clone()) else { return Ok(Vec::new()) };
    let asked = load::Asked { authority: authority.as_str(), year, programme: only };
    let schools = load::schools(conn, asked).await?;
    let mut sessions = load::sessions(conn, asked).await?;
    let mut invitations = load::invitations(conn, asked).await?;
    let mut requests = load::requests(conn, asked).await?;
    let reached_before = load::reached_before(conn, asked).await?;
    let tours = load::tours(conn, asked, desk.today()).await?;
    let mut all = Vec::with_capacity(programmes.len());
    for programme in programmes {
        let mut schools = schools.clone();
        for school in &mut schools {
            school.reached_before = reached_before.get(&(programme.id, school.id)).copied();
        }
        let tours: Vec<Tour> = tours.iter().filter(|t| t.programme_id == programme.id).cloned().collect();
        let adults = programme.audience == Audience::Adults;
        let coverage = Coverage::of(Records {
            today: desk.today(),
            audience: programme.audience.clone(),
            parts: programme.parts,
            on_offer: tours.iter().any(|t| t.status == Status::Open && t.has_openings),
            schools,
            sessions: sessions.remove(&programme.id).unwrap_or_default().into_sessions(adults),
            invitations: invitations.remove(&programme.id).unwrap_or_default(),
            requests: requests.remove(&programme.id).unwrap_or_default(),
        });
        all.push(Covered { programme, year, coverage, tours });
    }
    Ok(all)
}
