//! Tours: a programme, a provider's teams and an academic year.

mod edit;

use chrono::NaiveDate;
use domain::access::{Actor, Operation, Role};
use domain::money::Pence;
use domain::programme::{Audience, ProgrammeKind, Status};
use domain::session::first_bookable;
use domain::setting::{LaCode, SettingType};
use domain::tour::Price;
use domain::year_group::YearGroups;
use domain::{AcademicYear, TermSet};
use uuid::Uuid;

use crate::Desk;
use crate::audit::{self, Line};
use crate::db::Conn;
use crate::error::Result;
use crate::programmes;
use crate::within::Within;

pub use edit::{add, change, set_status};

/// A tour.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Tour {
    /// Its key.
    pub id: Uuid,
    /// The authority whose tour it is.
    #[sqlx(try_from = "String")]
    pub authority_code: LaCode,
    /// That authority's name.
    pub authority_name: String,
    /// The programme.
    pub programme_id: Uuid,
    /// The programme's name.
    pub programme_name: String,
    /// What the programme is.
    #[sqlx(try_from = "String")]
    pub programme_kind: ProgrammeKind,
    for_adults: bool,
    #[sqlx(try_from = "String")]
    setting_types: TermSet<SettingType>,
    #[sqlx(try_from = "i64")]
    year_groups: YearGroups,
    /// The most that the programme takes at a time.
    pub largest_group: Option<i64>,
    /// The provider.
    pub provider_id: Uuid,
    /// The provider's name.
    pub provider_name: String,
    /// The academic year.
    #[sqlx(try_from = "i64")]
    pub academic_year: AcademicYear,
    /// Its name.
    pub name: String,
    /// The first day.
    pub starts: NaiveDate,
    /// The last day.
    pub ends: NaiveDate,
    /// How many schools it shall reach.
    pub target_schools: Option<i64>,
    /// Who pays, one a line; blank to schools and providers.
    pub funders: String,
    budget_pence: Option<i64>,
    /// What a school pays.
    #[sqlx(try_from = "String")]
    pub price: Price,
    /// How much, for a visit.
    #[sqlx(try_from = "i64")]
    pub price_pence: Pence,
    /// A school may move or cancel until so many days before.
    pub notice_days: i64,
    /// Whether schools can book it.
    #[sqlx(try_from = "String")]
    pub status: Status,
    /// For a kindly refused stale edit.
    pub version: i64,
    /// Its teams, by name.
    #[sqlx(skip)]
    pub teams: Vec<TourTeam>,
}

/// How far a tour has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, sqlx::FromRow)]
pub struct Counts {
    /// Schools with a session that is offered, confirmed or delivered.
    pub schools_booked: i64,
    /// Schools with a delivered session.
    pub schools_reached: i64,
    /// Sessions that are offered, confirmed or delivered.
    pub sessions: i64,
    /// Openings, free or taken, past ones too.
    pub openings: i64,
    /// Openings from today on that nobody holds.
    pub free_openings: i64,
}

/// A tour, and how far it has come: counting reads every opening, so it is asked for only where it is shown.
#[derive(Debug, Clone)]
pub struct Counted {
    /// The tour.
    pub tour: Tour,
    /// How far it has come.
    pub counts: Counts,
}

#[derive(sqlx::FromRow)]
struct TourRow {
    #[sqlx(flatten)]
    tour: Tour,
    #[sqlx(flatten)]
    counts: Counts,
}

/// A team of a tour.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TourTeam {
    /// The team's key.
    pub id: Uuid,
    /// Its name.
    pub name: String,
}

impl Tour {
    /// What may be spent; none to schools and providers.
    #[must_use]
    pub fn budget(&self) -> Option<Pence> {
        self.budget_pence.and_then(|pence| pence.try_into().ok())
    }

    /// For whom the programme is.
    #[must_use]
    pub fn audience(&self) -> Audience {
        programmes::audience(self.for_adults, &self.setting_types, self.year_groups)
    }

    /// Takes out what is the commissioner's own business.
    fn seen_by(mut self, actor: &Actor) -> Self {
        if matches!(actor.role, Role::School | Role::Provider) {
            self.funders.clear();
            self.budget_pence = None;
        }
        self
    }
}

/// Which tours a list holds; a filter that is none lets all through.
#[derive(Debug, Clone, Copy, Default)]
pub struct Filter {
    /// Of this academic year.
    pub year: Option<AcademicYear>,
    /// Of this programme.
    pub programme: Option<Uuid>,
    /// Of this provider.
    pub provider: Option<Uuid>,
    /// This one.
    pub id: Option<Uuid>,
}

impl Filter {
    fn one(id: Uuid) -> Self {
        Self { id: Some(id), ..Self::default() }
    }
}

/// The tours an actor sees, by date. A school sees those that are open and meant for it.
///
/// # Errors
/// Forbidden; the database does not answer.
pub async fn list(desk: &Desk, actor: &Actor, filter: Filter) -> Result<Vec<Tour>> {
    desk.authorise(actor, Operation::SeeTours)?;
    Ok(rows(desk, actor, filter, Counting::No).await?.into_iter().map(|row| row.tour).collect())
}

/// The tours that [`list`] holds, with how far each has come.
///
/// # Errors
/// As [`list`].
pub async fn list_counted(desk: &Desk, actor: &Actor, filter: Filter) -> Result<Vec<Counted>> {
    desk.authorise(actor, Operation::SeeTours)?;
    let rows = rows(desk, actor, filter, Counting::Yes).await?;
    Ok(rows.into_iter().map(|TourRow { tour, counts }| Counted { tour, counts }).collect())
}

async fn rows(desk: &Desk, actor: &Actor, filter: Filter, counting: Counting) -> Result<Vec<TourRow>> {
    let mut conn = desk.read().await?;
    let mut rows = select(&mut conn, actor, desk.today(), filter, counting).await?;
    if actor.role == Role::School {
        let schools = programmes::schools_of(&mut conn, &Within::of(actor)).await?;
        rows.retain(|r| r.tour.status == Status::Open && programmes::is_for(&r.tour.audience(), &schools));
    }
    Ok(rows.into_iter().map(|row| TourRow { tour: row.tour.seen_by(actor), ..row }).collect())
}

/// The academic years an actor's tours belong to, latest first.
///
/// # Errors
/// Forbidden; the database does not answer.
pub async fn years(desk: &Desk, actor: &Actor) -> Result<Vec<AcademicYear>> {
    desk.authorise(actor, Operation::SeeTours)?;
    let within = Within::of(actor);
    let mut conn = desk.read().await?;
    let years = fetch_all!(
        conn,
        (i64,),
        "SELECT DISTINCT t.academic_year FROM tour t
         WHERE ($1 IS NULL OR t.authority_code = $1) AND ($2 IS NULL OR t.provider_id = $2)
           AND ($3 IS NULL OR t.authority_code = (SELECT authority_code FROM setting WHERE id = $3))
           AND ($4 IS NULL OR t.authority_code IN (SELECT authority_code FROM setting WHERE trust_code = $4))
         ORDER BY t.academic_year DESC",
        &within.authority,
        within.provider,
        within.setting,
        &within.trust,
    )?;
    Ok(years.into_iter().filter_map(|(year,)| AcademicYear::new(year).ok()).collect())
}

/// One tour.
///
/// # Errors
/// Not found in the actor's scope; forbidden.
pub async fn get(desk: &Desk, actor: &Actor, id: Uuid) -> Result<Tour> {
    desk.authorise(actor, Operation::SeeTours)?;
    let mut conn = desk.read().await?;
    Ok(find(&mut conn, actor, id).await?.seen_by(actor))
}

/// One tour, with how far it has come.
///
/// # Errors
/// Not found in the actor's scope; forbidden.
pub async fn get_counted(desk: &Desk, actor: &Actor, id: Uuid) -> Result<Counted> {
    desk.authorise(actor, Operation::SeeTours)?;
    let mut conn = desk.read().await?;
    let Counted { tour, counts } = find_counted(&mut conn, desk, actor, id).await?;
    Ok(Counted { tour: tour.seen_by(actor), counts })
}

/// A tour's audit lines, newest first: for those who may change it.
///
/// # Errors
/// Not found; forbidden.
pub async fn history(desk: &Desk, actor: &Actor, id: Uuid) -> Result<Vec<Line>> {
    desk.authorise(actor, Operation::EditTour)?;
    let mut conn = desk.read().await?;
    find(&mut conn, actor, id).await?;
    audit::of_record(&mut conn, "tour", &id.to_string()).await
}

/// `tours_where!(", more AS columns", "t.id = $5")`: tours within the scope that `$1` to `$4` bind.
macro_rules! tours_where {
    ($columns:literal, $condition:literal) => {
        concat!(
            "SELECT t.id, t.authority_code, a.name AS authority_name, t.programme_id, p.name AS programme_name,
                p.kind AS programme_kind, p.for_adults, p.setting_types, p.year_groups, p.largest_group, t.provider_id, v.name AS provider_name,
                t.academic_year, t.name, t.starts, t.ends, t.target_schools, t.funders, t.budget_pence, t.price, t.price_pence,
                t.notice_days, t.status, t.version",
            $columns,
            "
             FROM tour t JOIN programme p ON p.id = t.programme_id JOIN provider v ON v.id = t.provider_id
                JOIN authority a ON a.code = t.authority_code
             WHERE ($1 IS NULL OR t.authority_code = $1) AND ($2 IS NULL OR t.provider_id = $2)
               AND ($3 IS NULL OR (t.status <> 'draft' AND t.authority_code = (SELECT authority_code FROM setting WHERE id = $3)))
               AND ($4 IS NULL OR (t.status <> 'draft' AND t.authority_code IN (SELECT authority_code FROM setting WHERE trust_code = $4)))
               AND ",
            $condition
        )
    };
}

/// One tour within the actor's scope, inside another operation. Its text asks for one key and nothing that may be left
/// out, so that PostgreSQL plans it once for a connection and not at every booking.
pub(crate) async fn find(conn: &mut Conn, actor: &Actor, id: Uuid) -> Result<Tour> {
    let within = Within::of(actor);
    let mut tour = fetch_one!(
        conn,
        Tour,
        tours_where!("", "t.id = $5"),
        &within.authority,
        within.provider,
        within.setting,
        &within.trust,
        id,
    )?;
    add_teams(conn, &mut [&mut tour]).await?;
    Ok(tour)
}

/// One tour within the actor's scope with how far it has come, inside another operation.
pub(crate) async fn find_counted(conn: &mut Conn, desk: &Desk, actor: &Actor, id: Uuid) -> Result<Counted> {
    let row = select(conn, actor, desk.today(), Filter::one(id), Counting::Yes).await?.pop();
    row.map(|TourRow { tour, counts }| Counted { tour, counts }).ok_or(crate::Error::NotFound)
}

/// Whether a tour's openings and sessions are counted; its counts are nothing where they are not.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Counting {
    Yes,
    No,
}

async fn select(
    conn: &mut Conn,
    actor: &Actor,
    today: NaiveDate,
    filter: Filter,
    counting: Counting,
) -> Result<Vec<TourRow>> {
    let within = Within::of(actor);
    let mut tours = fetch_all!(
        conn,
        TourRow,
        tours_where!(
            ",
            CASE WHEN $10 THEN (SELECT COUNT(DISTINCT COALESCE(l.current_id, g.setting_id)) FROM session s
                JOIN attending_group g ON g.session_id = s.id LEFT JOIN lineage l ON l.setting_id = g.setting_id
             WHERE s.tour_id = t.id AND s.live AND s.state <> 'reserved') ELSE 0 END AS schools_booked,
            CASE WHEN $10 THEN (SELECT COUNT(DISTINCT COALESCE(l.current_id, g.setting_id)) FROM session s
                JOIN attending_group g ON g.session_id = s.id LEFT JOIN lineage l ON l.setting_id = g.setting_id
             WHERE s.tour_id = t.id AND s.state = 'delivered') ELSE 0 END AS schools_reached,
            CASE WHEN $10 THEN (SELECT COUNT(*) FROM session s WHERE s.tour_id = t.id AND s.live AND s.state <> 'reserved')
             ELSE 0 END AS sessions,
            CASE WHEN $10 THEN (SELECT COUNT(*) FROM opening o WHERE o.tour_id = t.id) ELSE 0 END AS openings,
            CASE WHEN $10 THEN (SELECT COUNT(*) FROM opening o WHERE o.tour_id = t.id AND o.on_date >= $9 AND NOT EXISTS
                (SELECT 1 FROM session s WHERE s.team_id = o.team_id AND s.on_date = o.on_date AND s.slot = o.slot AND s.live)
            ) ELSE 0 END AS free_openings",
            "($5 IS NULL OR t.academic_year = $5) AND ($6 IS NULL OR t.programme_id = $6)
           AND ($7 IS NULL OR t.id = $7) AND ($8 IS NULL OR t.provider_id = $8)
         ORDER BY t.starts, t.name, t.id"
        ),
        &within.authority,
        within.provider,
        within.setting,
        &within.trust,
        filter.year.map(i64::from),
        filter.programme,
        filter.id,
        filter.provider,
        // What cannot be booked any more is free to nobody.
        first_bookable(actor.role, today),
        counting == Counting::Yes,
    )?;
    add_teams(conn, &mut tours.iter_mut().map(|row| &mut row.tour).collect::<Vec<_>>()).await?;
    Ok(tours)
}

/// Gives tours their teams, by name.
async fn add_teams(conn: &mut Conn, tours: &mut [&mut Tour]) -> Result<()> {
    let ids: Vec<Uuid> = tours.iter().map(|tour| tour.id).collect();
    let teams = fetch_in!(
        conn,
        (Uuid, Uuid, String),
        "SELECT tt.tour_id, m.id, m.name FROM tour_team tt JOIN team m ON m.id = tt.team_id WHERE tt.tour_id IN ",
        ids,
        " ORDER BY m.name, m.id"
    )?;
    for (tour, id, name) in teams {
        if let Some(tour) = tours.iter_mut().find(|t| t.id == tour) {
            tour.teams.push(TourTeam { id, name });
        }
    }
    Ok(())
}
