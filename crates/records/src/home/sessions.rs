//! Sessions that wait: coming ones, those nobody has counted, those whose questionnaires are open.

use chrono::{NaiveDate, Timelike};
use domain::attendance;
use domain::programme::ProgrammeKind;
use domain::session::State;
use domain::slot::TimeOfDay;
use uuid::Uuid;

use crate::Desk;
use crate::db::Conn;
use crate::error::Result;
use crate::within::Within;

/// A session, as a line of a home page.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct SessionLine {
    /// Its key.
    pub id: Uuid,
    /// The programme's name.
    pub programme: String,
    /// Which decides what its sessions are called.
    #[sqlx(try_from = "String")]
    pub kind: ProgrammeKind,
    /// Where it is.
    pub venue: String,
    /// Who comes: the provider's name.
    pub provider: String,
    /// The team's name, where it is known.
    pub team: Option<String>,
    /// On which day.
    pub on_date: NaiveDate,
    /// What its slot is called.
    pub slot_label: String,
    starts_minute: Option<i64>,
    ends_minute: Option<i64>,
    /// Where in the venue.
    pub room: String,
    /// Its state.
    #[sqlx(try_from = "String")]
    pub state: State,
    /// Pupils expected; a school's own.
    pub expected: i64,
}

impl SessionLine {
    /// When it begins.
    #[must_use]
    pub fn starts(&self) -> Option<TimeOfDay> {
        self.starts_minute.and_then(|m| m.try_into().ok())
    }

    /// When it ends.
    #[must_use]
    pub fn ends(&self) -> Option<TimeOfDay> {
        self.ends_minute.and_then(|m| m.try_into().ok())
    }
}

/// Sessions that come, and those that wait to be counted.
#[derive(Debug, Clone)]
pub struct Sessions {
    /// From today on, next first; at most 50.
    pub coming: Vec<SessionLine>,
    /// Over, not counted, and not overdue: the oldest first; at most 50 together with those overdue.
    pub to_record: Vec<SessionLine>,
    /// Not counted for more than three days: the oldest first.
    pub overdue: Vec<SessionLine>,
}

/// `lines!("AND …")`: sessions within a scope (`$1` to `$4`: authority, provider, setting, trust). A school's are
/// those at its place and those it has a group in.
macro_rules! lines {
    ($tail:literal) => {
        concat!(
            "SELECT x.id, p.name AS programme, p.kind, v.name AS venue, r.name AS provider, m.name AS team, x.on_date,
                x.slot_label, x.starts_minute, x.ends_minute, w.room, x.state,
                (SELECT CAST(COALESCE(SUM(g.expected), 0) AS BIGINT)
                 FROM attending_group g JOIN setting s ON s.id = g.setting_id
                 WHERE g.session_id = x.id AND ($3 IS NULL OR g.setting_id = $3 OR g.setting_id IN (SELECT l.setting_id FROM lineage l WHERE l.current_id = $3))
                    AND ($4 IS NULL OR s.trust_code = $4 OR s.id IN (SELECT l.setting_id FROM lineage l JOIN setting c ON c.id = l.current_id WHERE c.trust_code = $4))) AS expected
             FROM session x JOIN visit w ON w.id = x.visit_id JOIN setting v ON v.id = w.venue_id
             JOIN programme p ON p.id = x.programme_id JOIN tour t ON t.id = x.tour_id
             JOIN provider r ON r.id = t.provider_id LEFT JOIN team m ON m.id = x.team_id
             WHERE ($1 IS NULL OR x.authority_code = $1) AND ($2 IS NULL OR t.provider_id = $2)
                AND (($3 IS NULL AND $4 IS NULL) OR w.venue_id = $3 OR v.trust_code = $4 OR EXISTS (
                    SELECT 1 FROM attending_group g JOIN setting s ON s.id = g.setting_id
                    WHERE g.session_id = x.id AND (g.setting_id = $3 OR s.trust_code = $4
                        OR g.setting_id IN (SELECT l.setting_id FROM lineage l WHERE l.current_id = $3)
                        OR s.id IN (SELECT l.setting_id FROM lineage l JOIN setting c ON c.id = l.current_id WHERE c.trust_code = $4)))) ",
            $tail
        )
    };
}

/// The sessions that come or wait, within a scope.
pub(super) async fn of(conn: &mut Conn, desk: &Desk, within: &Within) -> Result<Sessions> {
    let today = desk.today();
    let clock = desk.now().with_timezone(&chrono_tz::Europe::London).time();
    let minute = i64::from(clock.num_seconds_from_midnight() / 60);
    let coming = fetch_all!(
        conn,
        SessionLine,
        lines!(
            "AND x.state IN ('confirmed', 'offered') AND x.on_date >= $5
             ORDER BY x.on_date, x.starts_minute, v.name, x.id LIMIT 50"
        ),
        within.authority.as_deref(),
        within.provider,
        within.setting,
        within.trust.as_deref(),
        today,
    )?;
    // What was taken over from older records may never be counted: nobody is asked for it.
    let waiting = fetch_all!(
        conn,
        SessionLine,
        lines!(
            "AND x.state IN ('confirmed', 'delivered') AND x.import_id IS NULL
                AND (x.on_date < $5 OR (x.on_date = $5 AND x.ends_minute <= $6))
                AND EXISTS (SELECT 1 FROM attending_group g JOIN setting s ON s.id = g.setting_id
                    WHERE g.session_id = x.id AND g.attended IS NULL
                        AND ($3 IS NULL OR g.setting_id = $3 OR g.setting_id IN (SELECT l.setting_id FROM lineage l WHERE l.current_id = $3))
                        AND ($4 IS NULL OR s.trust_code = $4 OR s.id IN (SELECT l.setting_id FROM lineage l JOIN setting c ON c.id = l.current_id WHERE c.trust_code = $4)))
             ORDER BY x.on_date, x.starts_minute, v.name, x.id LIMIT 50"
        ),
        within.authority.as_deref(),
        within.provider,
        within.setting,
        within.trust.as_deref(),
        today,
        minute,
    )?;
    let (overdue, to_record) = waiting.into_iter().partition(|line| attendance::is_overdue(line.on_date, today));
    Ok(Sessions { coming, to_record, overdue })
}

/// A visit that was called off, or did not take place, and has no new date.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct CalledOff {
    /// The session.
    pub id: Uuid,
    /// The programme's name.
    pub programme: String,
    /// Where it would have been.
    pub school: String,
    /// On which day.
    pub on_date: NaiveDate,
    /// Cancelled or missed.
    #[sqlx(try_from = "String")]
    pub state: State,
    /// Why: a `domain::session::Reason`.
    pub reason: String,
}

/// Visits of open tours that a school lost through no doing of its own and that nothing has replaced: no session of the
/// tour is offered to it, booked or delivered; the earliest first.
pub(super) async fn called_off(conn: &mut Conn, desk: &Desk, within: &Within) -> Result<Vec<CalledOff>> {
    fetch_all!(
        conn,
        CalledOff,
        "SELECT x.id, p.name AS programme, v.name AS school, x.on_date, x.state, x.reason
         FROM session x JOIN visit w ON w.id = x.visit_id JOIN setting v ON v.id = w.venue_id
         JOIN programme p ON p.id = x.programme_id JOIN tour t ON t.id = x.tour_id
         WHERE (w.venue_id = $1 OR v.trust_code = $2) AND t.status = 'open' AND t.ends > $3
            AND (x.state = 'missed' OR (x.state = 'cancelled' AND x.reason IN ('called_away', 'sickness', 'vehicle')))
            AND NOT EXISTS (SELECT 1 FROM session n JOIN attending_group g ON g.session_id = n.id
                WHERE n.tour_id = x.tour_id AND n.live AND g.setting_id = w.venue_id)
         ORDER BY x.on_date, x.starts_minute, x.id LIMIT 20",
        within.setting,
        within.trust.as_deref(),
        desk.today(),
    )
}

/// A session whose questionnaires are open.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct OpenFeedback {
    /// The session.
    pub id: Uuid,
    /// The programme's name.
    pub programme: String,
    /// Where it was.
    pub venue: String,
    /// On which day.
    pub on_date: NaiveDate,
    /// The last day its questionnaires are open.
    pub feedback_closes: NaiveDate,
    /// Pupils who took part; 0 until they are counted.
    pub attended: i64,
    /// Responses of pupils.
    pub pupils: i64,
    /// Responses of staff.
    pub staff: i64,
}

/// Sessions within a scope whose questionnaires are open: those that close first come first.
pub(super) async fn open_feedback(conn: &mut Conn, desk: &Desk, within: &Within) -> Result<Vec<OpenFeedback>> {
    fetch_all!(
        conn,
        OpenFeedback,
        "SELECT x.id, p.name AS programme, v.name AS venue, x.on_date, x.feedback_closes,
            (SELECT CAST(COALESCE(SUM(g.attended), 0) AS BIGINT) FROM attending_group g WHERE g.session_id = x.id) AS attended,
            (SELECT COUNT(*) FROM response a WHERE a.session_id = x.id AND a.respondent = 'pupil') AS pupils,
            (SELECT COUNT(*) FROM response a WHERE a.session_id = x.id AND a.respondent = 'staff') AS staff
         FROM session x JOIN visit w ON w.id = x.visit_id JOIN setting v ON v.id = w.venue_id
         JOIN programme p ON p.id = x.programme_id
         WHERE x.state = 'delivered' AND x.feedback_code IS NOT NULL AND x.feedback_closes >= $1 AND x.on_date <= $1
            AND EXISTS (SELECT 1 FROM attending_group g JOIN setting s ON s.id = g.setting_id
                WHERE g.session_id = x.id AND (g.setting_id = $2 OR s.trust_code = $3
                    OR g.setting_id IN (SELECT l.setting_id FROM lineage l WHERE l.current_id = $2)
                    OR s.id IN (SELECT l.setting_id FROM lineage l JOIN setting c ON c.id = l.current_id WHERE c.trust_code = $3)))
         ORDER BY x.feedback_closes, x.on_date, x.id LIMIT 20",
        desk.today(),
        within.setting,
        within.trust.as_deref(),
    )
}

/// How many have answered about a tour.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct TourFeedback {
    /// The tour.
    pub id: Uuid,
    /// Its name.
    pub tour: String,
    /// The programme's name.
    pub programme: String,
    /// Responses of pupils.
    pub pupils: i64,
    /// Responses of staff.
    pub staff: i64,
    /// The day of the newest.
    pub newest: NaiveDate,
}

/// Tours within an authority that were answered about, the newest first.
pub(super) async fn feedback_by_tour(conn: &mut Conn, within: &Within) -> Result<Vec<TourFeedback>> {
    fetch_all!(
        conn,
        TourFeedback,
        "SELECT t.id, t.name AS tour, p.name AS programme,
            COUNT(CASE WHEN a.respondent = 'pupil' THEN 1 END) AS pupils,
            COUNT(CASE WHEN a.respondent = 'staff' THEN 1 END) AS staff, MAX(a.on_date) AS newest
         FROM response a JOIN session x ON x.id = a.session_id JOIN tour t ON t.id = x.tour_id
         JOIN programme p ON p.id = t.programme_id
         WHERE ($1 IS NULL OR x.authority_code = $1)
         GROUP BY t.id, t.name, p.name ORDER BY newest DESC, t.name LIMIT 10",
        within.authority.as_deref(),
    )
}
