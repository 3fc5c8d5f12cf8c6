//! Lists of sessions.

use chrono::NaiveDate;
use domain::access::{Actor, Operation};
use domain::session::State;
use domain::slot::TimeOfDay;
use uuid::Uuid;

use crate::error::Result;
use crate::within::Within;
use crate::{Desk, Page};

/// Which sessions a list holds; what is none lets all through.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// Of this tour.
    pub tour: Option<Uuid>,
    /// With a group of this school.
    pub setting: Option<Uuid>,
    /// In this state.
    pub state: Option<State>,
    /// From this day on.
    pub from: Option<NaiveDate>,
    /// Until this day.
    pub until: Option<NaiveDate>,
    /// The latest first, not the earliest.
    pub latest_first: bool,
}

/// A session in a list.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Line {
    /// Its key.
    pub id: Uuid,
    /// On which day.
    pub on_date: NaiveDate,
    starts_minute: Option<i64>,
    /// What its slot is called.
    pub slot_label: String,
    /// The programme's name.
    pub programme: String,
    /// Where it is.
    pub venue: String,
    /// The team's name.
    pub team: Option<String>,
    /// Its state.
    #[sqlx(try_from = "String")]
    pub state: State,
    /// Pupils expected.
    pub expected: i64,
    /// Pupils counted; none: no group was yet.
    pub attended: Option<i64>,
}

impl Line {
    /// When it begins.
    #[must_use]
    pub fn starts(&self) -> Option<TimeOfDay> {
        self.starts_minute.and_then(|m| TimeOfDay::try_from(m).ok())
    }
}

/// A page of the sessions an actor sees, by date, and how many there are in all.
///
/// # Errors
/// Forbidden.
pub async fn list(desk: &Desk, actor: &Actor, filter: &Filter, page: Page) -> Result<(Vec<Line>, i64)> {
    desk.authorise(actor, Operation::SeeSessions)?;
    let within = Within::of(actor);
    let mut conn = desk.read().await?;
    macro_rules! matching {
        ($select:literal, $end:literal) => {
            concat!(
                $select,
                " FROM session x JOIN visit w ON w.id = x.visit_id JOIN setting v ON v.id = w.venue_id
                  JOIN tour t ON t.id = x.tour_id JOIN programme p ON p.id = x.programme_id LEFT JOIN team m ON m.id = x.team_id
                  WHERE x.state <> 'reserved' AND (x.state <> 'lapsed' OR x.offered_until IS NOT NULL)
                    AND ($1 IS NULL OR x.authority_code = $1) AND ($2 IS NULL OR t.provider_id = $2)
                    AND (($3 IS NULL AND $4 IS NULL) OR EXISTS (SELECT 1 FROM attending_group g JOIN setting s ON s.id = g.setting_id
                         WHERE g.session_id = x.id AND ($3 IS NULL OR s.id = $3 OR s.id IN (SELECT l.setting_id FROM lineage l WHERE l.current_id = $3))
                         AND ($4 IS NULL OR s.trust_code = $4 OR s.id IN
                             (SELECT l.setting_id FROM lineage l JOIN setting c ON c.id = l.current_id WHERE c.trust_code = $4))))
                    AND ($5 IS NULL OR x.tour_id = $5) AND ($6 IS NULL OR x.state = $6)
                    AND ($7 IS NULL OR x.on_date >= $7) AND ($8 IS NULL OR x.on_date <= $8)
                    AND ($9 IS NULL OR EXISTS (SELECT 1 FROM attending_group g WHERE g.session_id = x.id AND (g.setting_id = $9
                         OR g.setting_id IN (SELECT l.setting_id FROM lineage l WHERE l.current_id = $9))))",
                $end
            )
        };
    }
    let state = filter.state.map(State::as_str);
    let total = fetch_scalar!(
        conn,
        i64,
        matching!("SELECT COUNT(*)", ""),
        &within.authority,
        within.provider,
        within.setting,
        &within.trust,
        filter.tour,
        state,
        filter.from,
        filter.until,
        filter.setting,
    )?;
    // One statement for each order: an order is no parameter.
    macro_rules! lines {
        ($order:literal) => {
            fetch_all!(
                conn,
                Line,
                matching!(
            "SELECT x.id, x.on_date, x.starts_minute, x.slot_label, p.name AS programme, v.name AS venue, m.name AS team, x.state,
                CAST((SELECT COALESCE(SUM(g.expected), 0) FROM attending_group g WHERE g.session_id = x.id) AS BIGINT) AS expected,
                CAST((SELECT SUM(g.attended) FROM attending_group g WHERE g.session_id = x.id) AS BIGINT) AS attended",
            $order
        ),
        &within.authority,
        within.provider,
        within.setting,
        &within.trust,
        filter.tour,
        state,
        filter.from,
        filter.until,
        filter.setting,
        page.size,
        page.offset(),
            )?
        };
    }
    let lines = if filter.latest_first {
        lines!(" ORDER BY x.on_date DESC, x.starts_minute DESC, x.id DESC LIMIT $10 OFFSET $11")
    } else {
        lines!(" ORDER BY x.on_date, x.starts_minute, x.id LIMIT $10 OFFSET $11")
    };
    Ok((lines, total))
}
