//! What waits for a commissioner: files, tours on their way to their targets, data that providers owe.

use chrono::{DateTime, NaiveDate, Utc};
use domain::AcademicYear;
use domain::access::Actor;
use domain::attendance::overdue_until;
use uuid::Uuid;

use super::files::{self, WaitingFile};
use crate::Desk;
use crate::db::Conn;
use crate::error::Result;
use crate::within::Within;

/// A commissioner's home page.
#[derive(Debug, Clone)]
pub struct Commissioner {
    /// Files that wait to be taken over.
    pub files: Vec<WaitingFile>,
    /// Open tours of this academic year and later.
    pub tours: Vec<TourProgress>,
    /// Schools that closed: what has to be decided about them, or is still to come there.
    pub closed: ClosedSchools,
    /// Open tours that schools ask for and have no date of.
    pub waiting: Vec<Waiting>,
    /// Providers whose sessions nobody has counted for more than three days: the most first.
    pub overdue: Vec<OverdueProvider>,
    /// Mails that were given up.
    pub failed_mails: i64,
}

/// Schools that closed and wait for somebody.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ClosedSchools {
    /// Split, and nobody has said which school carries the history.
    pub asked: usize,
    /// With sessions, requests or invitations still to come.
    pub with_coming: usize,
}

/// What waits at schools that closed.
pub(super) async fn closed(conn: &mut Conn, desk: &Desk, authority: &str) -> Result<ClosedSchools> {
    let lines = crate::lineage::followed(conn, desk, authority).await?;
    let waits = |c: &crate::lineage::Coming| c.sessions + c.requests + c.invitations > 0;
    Ok(ClosedSchools {
        asked: lines.iter().filter(|line| line.asked.is_some()).count(),
        with_coming: lines.iter().filter(|line| waits(&line.coming)).count(),
    })
}

/// How far a tour has come.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct TourProgress {
    /// The tour.
    pub id: Uuid,
    /// Its name.
    pub name: String,
    /// The programme.
    pub programme_id: Uuid,
    /// The programme's name.
    pub programme: String,
    /// Its academic year.
    #[sqlx(try_from = "i64")]
    pub academic_year: AcademicYear,
    /// How many schools it is to reach.
    pub target: Option<i64>,
    /// Schools with a delivered session.
    pub reached: i64,
    /// Schools with a delivered, confirmed or offered session.
    pub placed: i64,
    /// Special schools with a delivered session.
    pub special_reached: i64,
}

/// A tour with requests that wait for a date.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Waiting {
    /// The tour.
    pub tour_id: Uuid,
    /// Its name.
    pub tour: String,
    /// Requests that wait: one a school.
    pub requests: i64,
    /// Of these, from special schools.
    pub special: i64,
    /// Sessions they ask for.
    pub sessions: i64,
    /// When the first was asked.
    pub first_asked: DateTime<Utc>,
}

/// A provider that owes data.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct OverdueProvider {
    /// The provider.
    pub id: Uuid,
    /// Its name.
    pub name: String,
    /// Sessions overdue.
    pub sessions: i64,
    /// The day of the oldest.
    pub oldest: NaiveDate,
}

pub(super) async fn of(conn: &mut Conn, desk: &Desk, actor: &Actor, within: &Within) -> Result<Commissioner> {
    let tours = fetch_all!(
        conn,
        TourProgress,
        "SELECT t.id, t.name, t.programme_id, p.name AS programme, t.academic_year, t.target_schools AS target,
            COUNT(DISTINCT CASE WHEN x.state = 'delivered' THEN COALESCE(l.current_id, g.setting_id) END) AS reached,
            COUNT(DISTINCT CASE WHEN x.state IN ('delivered', 'confirmed', 'offered') THEN COALESCE(l.current_id, g.setting_id) END) AS placed,
            COUNT(DISTINCT CASE WHEN x.state = 'delivered' AND y.setting_type = 'special' THEN COALESCE(l.current_id, g.setting_id) END) AS special_reached
         FROM tour t JOIN programme p ON p.id = t.programme_id LEFT JOIN session x ON x.tour_id = t.id
         LEFT JOIN attending_group g ON g.session_id = x.id LEFT JOIN lineage l ON l.setting_id = g.setting_id
         LEFT JOIN setting_year y ON y.setting_id = g.setting_id AND y.academic_year = t.academic_year
         WHERE ($1 IS NULL OR t.authority_code = $1) AND t.status = 'open' AND t.academic_year >= $2
         GROUP BY t.id, t.name, t.programme_id, p.name, t.academic_year, t.target_schools, t.starts
         ORDER BY t.starts, t.name, t.id",
        within.authority.as_deref(),
        i64::from(AcademicYear::containing(desk.today())),
    )?;
    let overdue = fetch_all!(
        conn,
        OverdueProvider,
        "SELECT r.id, r.name, COUNT(*) AS sessions, MIN(x.on_date) AS oldest
         FROM session x JOIN tour t ON t.id = x.tour_id JOIN provider r ON r.id = t.provider_id
         WHERE ($1 IS NULL OR x.authority_code = $1) AND x.state IN ('confirmed', 'delivered') AND x.import_id IS NULL
            AND x.on_date <= $2
            AND EXISTS (SELECT 1 FROM attending_group g WHERE g.session_id = x.id AND g.attended IS NULL)
         GROUP BY r.id, r.name ORDER BY sessions DESC, r.name, r.id",
        within.authority.as_deref(),
        overdue_until(desk.today()),
    )?;
    let waiting = fetch_all!(
        conn,
        Waiting,
        "SELECT t.id AS tour_id, t.name AS tour, COUNT(*) AS requests,
            COUNT(CASE WHEN s.setting_type = 'special' THEN 1 END) AS special,
            CAST(SUM(r.sessions) AS BIGINT) AS sessions, MIN(r.asked_at) AS first_asked
         FROM request r JOIN tour t ON t.id = r.tour_id JOIN setting s ON s.id = r.setting_id
         WHERE ($1 IS NULL OR r.authority_code = $1) AND r.state = 'asked' AND t.status = 'open' AND t.ends >= $2
         GROUP BY t.id, t.name ORDER BY first_asked, t.id",
        within.authority.as_deref(),
        desk.today(),
    )?;
    let closed = match within.authority.as_deref() {
        Some(authority) => closed(conn, desk, authority).await?,
        None => ClosedSchools::default(),
    };
    let files = files::of(conn, actor).await?;
    let failed_mails = crate::failed_mails::count(conn, within).await?;
    Ok(Commissioner { files, failed_mails, tours, closed, waiting, overdue })
}
