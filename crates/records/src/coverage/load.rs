//! The statements behind coverage: each fetches a whole authority's rows at once.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use domain::coverage::{Group, Invited, Requested, School, Session};
use domain::invitation::InvitationState;
use domain::number_on_roll::Roll;
use domain::session::State;
use domain::setting::{Phase, SettingKind, SettingStatus, SettingType, Urn};
use domain::{AcademicYear, TermSet, YearGroup, YearGroups};
use uuid::Uuid;

use super::combine::{Member, combined};
use super::{Programme, Tour};
use crate::db::Conn;
use crate::error::{Error, Result};
use crate::programmes::audience;

/// Whose rows: an authority's, of an academic year, of one programme or of all.
#[derive(Debug, Clone, Copy)]
pub(super) struct Asked<'a> {
    pub authority: &'a str,
    pub year: AcademicYear,
    pub programme: Option<Uuid>,
}

#[derive(sqlx::FromRow)]
struct ProgrammeRow {
    id: Uuid,
    authority_code: String,
    name: String,
    kind: String,
    status: String,
    for_adults: bool,
    #[sqlx(try_from = "String")]
    setting_types: TermSet<SettingType>,
    #[sqlx(try_from = "i64")]
    year_groups: YearGroups,
    parts: i64,
}

/// Programmes by name.
pub(super) async fn programmes(conn: &mut Conn, authority: Option<&str>, only: Option<Uuid>) -> Result<Vec<Programme>> {
    let rows = fetch_all!(
        conn,
        ProgrammeRow,
        "SELECT p.id, p.authority_code, p.name, p.kind, p.status, p.for_adults, p.setting_types, p.year_groups,
                (SELECT COUNT(*) FROM programme_part r WHERE r.programme_id = p.id) AS parts
         FROM programme p
         WHERE ($1 IS NULL OR p.authority_code = $1) AND ($2 IS NULL OR p.id = $2) ORDER BY p.name, p.id",
        authority,
        only,
    )?;
    rows.into_iter()
        .map(|row| {
            Ok(Programme {
                id: row.id,
                authority: row.authority_code.parse().map_err(Error::unavailable)?,
                name: row.name,
                kind: row.kind.parse().map_err(Error::unavailable)?,
                status: row.status.parse().map_err(Error::unavailable)?,
                audience: audience(row.for_adults, &row.setting_types, row.year_groups),
                parts: usize::try_from(row.parts).unwrap_or(1).max(1),
            })
        })
        .collect()
}

#[derive(sqlx::FromRow)]
struct SchoolRow {
    id: Uuid,
    urn: Option<i64>,
    name: String,
    #[sqlx(try_from = "String")]
    kind: SettingKind,
    authority_code: String,
    #[sqlx(try_from = "String")]
    setting_type: SettingType,
    #[sqlx(try_from = "String")]
    phase: Phase,
    ward: Option<String>,
    constituency: Option<String>,
    year_groups: Option<i64>,
    pupils: Option<i64>,
    #[sqlx(try_from = "String")]
    status: SettingStatus,
    is_kept: bool,
}

/// The authority's settings as they were in the year, and those from elsewhere that have a group in its sessions. A
/// setting without a snapshot of the year is taken as it is now; one that another carries on stands in that one.
pub(super) async fn schools(conn: &mut Conn, asked: Asked<'_>) -> Result<Vec<School>> {
    let year = i64::from(asked.year);
    let rows = fetch_all!(
        conn,
        SchoolRow,
        "SELECT s.id, s.urn, s.name, s.kind,
                COALESCE(y.authority_code, s.authority_code) AS authority_code,
                COALESCE(y.setting_type, s.setting_type) AS setting_type,
                COALESCE(y.phase, s.phase) AS phase,
                CASE WHEN y.setting_id IS NULL THEN s.ward ELSE y.ward END AS ward,
                CASE WHEN y.setting_id IS NULL THEN s.constituency ELSE y.constituency END AS constituency,
                CASE WHEN y.setting_id IS NULL THEN s.year_groups ELSE y.year_groups END AS year_groups,
                CASE WHEN y.setting_id IS NULL THEN s.pupils ELSE y.pupils END AS pupils,
                COALESCE(y.status, s.status) AS status, y.setting_id IS NOT NULL AS is_kept
         FROM setting s LEFT JOIN setting_year y ON y.setting_id = s.id AND y.academic_year = $2
         WHERE COALESCE(y.authority_code, s.authority_code) = $1
            OR s.id IN (SELECT COALESCE(l.current_id, g.setting_id) FROM attending_group g
                            JOIN session x ON x.id = g.session_id LEFT JOIN lineage l ON l.setting_id = g.setting_id
                        WHERE x.authority_code = $1 AND x.academic_year = $2)",
        asked.authority,
        year,
    )?;
    let counted = fetch_all!(
        conn,
        (Uuid, i64, i64),
        "SELECT n.setting_id, n.year_group, n.pupils FROM number_on_roll n JOIN setting s ON s.id = n.setting_id
         WHERE s.authority_code = $1 AND n.academic_year = $2 ORDER BY n.year_group",
        asked.authority,
        year,
    )?;
    let mut rolls = BTreeMap::<Uuid, Vec<(YearGroup, i64)>>::new();
    for (setting, year_group, pupils) in counted {
        let year_group = YearGroup::new(year_group).map_err(Error::unavailable)?;
        rolls.entry(setting).or_default().push((year_group, pupils));
    }
    let carried = fetch_all!(
        conn,
        (Uuid, Uuid, bool),
        "SELECT l.setting_id, l.current_id, l.way = 'merged' AS merged FROM lineage l",
    )?;
    let carried = carried.into_iter().map(|(setting, current, merged)| (setting, (current, merged))).collect();
    let members = rows
        .into_iter()
        .map(|row| {
            let year_groups = row.year_groups.map(YearGroups::try_from).transpose().map_err(Error::unavailable)?;
            let school = School {
                urn: row.urn.map(Urn::new).transpose().map_err(Error::unavailable)?,
                name: row.name,
                kind: row.kind,
                setting_type: row.setting_type,
                phase: row.phase,
                ward: row.ward.filter(|area| !area.trim().is_empty()),
                constituency: row.constituency.filter(|area| !area.trim().is_empty()),
                roll: Roll { pupils: row.pupils, year_groups, counted: rolls.remove(&row.id).unwrap_or_default() },
                takes_part: row.authority_code == asked.authority && row.status.is_open(),
                reached_before: None,
                id: row.id,
            };
            Ok(Member { school, is_kept: row.is_kept })
        })
        .collect::<Result<_>>()?;
    Ok(combined(members, &carried))
}

#[derive(sqlx::FromRow)]
struct GroupRow {
    id: Uuid,
    programme_id: Uuid,
    on_date: NaiveDate,
    #[sqlx(try_from = "String")]
    state: State,
    reason: String,
    part: i64,
    is_history: bool,
    setting_id: Uuid,
    #[sqlx(try_from = "i64")]
    year_groups: YearGroups,
    attended: Option<i64>,
    adults: Option<i64>,
    expected: i64,
}

/// A programme's attending groups, session by session.
#[derive(Default)]
pub(super) struct Groups(Vec<GroupRow>);

impl Groups {
    /// The sessions with their groups; a programme for adults counts these.
    pub(super) fn into_sessions(self, adults: bool) -> Vec<Session> {
        let mut sessions = BTreeMap::<Uuid, Session>::new();
        for row in self.0 {
            let session = sessions.entry(row.id).or_insert_with(|| Session {
                id: row.id,
                on_date: row.on_date,
                state: row.state,
                part: row.part,
                is_history: row.is_history,
                declined_because: row.reason.parse().ok().filter(|_| row.state == State::Declined),
                groups: Vec::new(),
            });
            session.groups.push(Group {
                setting: row.setting_id,
                year_groups: row.year_groups,
                attended: if adults { row.adults } else { row.attended },
                expected: row.expected,
            });
        }
        sessions.into_values().collect()
    }
}

/// Every attending group of the year, by programme. A session on record without one is its venue's.
pub(super) async fn sessions(conn: &mut Conn, asked: Asked<'_>) -> Result<BTreeMap<Uuid, Groups>> {
    let rows = fetch_all!(
        conn,
        GroupRow,
        "SELECT x.id, x.programme_id, x.on_date, x.state, x.reason, x.part, x.import_id IS NOT NULL AS is_history,
                COALESCE(l.current_id, g.setting_id, v.venue_id) AS setting_id,
                COALESCE(g.year_groups, 0) AS year_groups, g.attended, g.adults, COALESCE(g.expected, 0) AS expected
         FROM session x JOIN visit v ON v.id = x.visit_id LEFT JOIN attending_group g ON g.session_id = x.id
            LEFT JOIN lineage l ON l.setting_id = COALESCE(g.setting_id, v.venue_id)
         WHERE x.authority_code = $1 AND x.academic_year = $2 AND ($3 IS NULL OR x.programme_id = $3)
         ORDER BY x.id, g.id",
        asked.authority,
        i64::from(asked.year),
        asked.programme,
    )?;
    let mut sessions = BTreeMap::<Uuid, Groups>::new();
    for row in rows {
        sessions.entry(row.programme_id).or_default().0.push(row);
    }
    Ok(sessions)
}

#[derive(sqlx::FromRow)]
struct InvitationRow {
    programme_id: Uuid,
    setting_id: Uuid,
    #[sqlx(try_from = "String")]
    state: InvitationState,
    reason: String,
    sent_at: DateTime<Utc>,
}

/// The invitations to the year's tours, by programme.
pub(super) async fn invitations(conn: &mut Conn, asked: Asked<'_>) -> Result<BTreeMap<Uuid, Vec<Invited>>> {
    let rows = fetch_all!(
        conn,
        InvitationRow,
        "SELECT t.programme_id, COALESCE(l.current_id, i.setting_id) AS setting_id, i.state, i.reason, i.sent_at
         FROM invitation i JOIN tour t ON t.id = i.tour_id LEFT JOIN lineage l ON l.setting_id = i.setting_id
         WHERE t.authority_code = $1 AND t.academic_year = $2 AND ($3 IS NULL OR t.programme_id = $3)",
        asked.authority,
        i64::from(asked.year),
        asked.programme,
    )?;
    let mut invitations = BTreeMap::<Uuid, Vec<Invited>>::new();
    for row in rows {
        let on = row.sent_at.with_timezone(&chrono_tz::Europe::London).date_naive();
        let invited = Invited { on, state: row.state, setting: row.setting_id, reason: row.reason.parse().ok() };
        invitations.entry(row.programme_id).or_default().push(invited);
    }
    Ok(invitations)
}

/// The groups of requests that stand for the year's tours, and of schools on their waiting lists, by programme.
pub(super) async fn requests(conn: &mut Conn, asked: Asked<'_>) -> Result<BTreeMap<Uuid, Vec<Requested>>> {
    let rows = fetch_all!(
        conn,
        (Uuid, Uuid, i64, bool),
        "SELECT t.programme_id, COALESCE(l.current_id, r.setting_id) AS setting_id, g.year_groups, FALSE AS waits
         FROM request r JOIN tour t ON t.id = r.tour_id JOIN request_group g ON g.request_id = r.id
            LEFT JOIN lineage l ON l.setting_id = r.setting_id
         WHERE r.authority_code = $1 AND t.academic_year = $2 AND ($3 IS NULL OR t.programme_id = $3)
           AND r.state IN ('asked', 'placed')
         UNION ALL
         SELECT t.programme_id, COALESCE(l.current_id, w.setting_id) AS setting_id, g.year_groups, TRUE AS waits
         FROM waiting w JOIN tour t ON t.id = w.tour_id JOIN waiting_group g ON g.waiting_id = w.id
            LEFT JOIN lineage l ON l.setting_id = w.setting_id
         WHERE w.authority_code = $1 AND t.academic_year = $2 AND ($3 IS NULL OR t.programme_id = $3)
           AND w.state IN ('waiting', 'offered')",
        asked.authority,
        i64::from(asked.year),
        asked.programme,
    )?;
    let mut requests = BTreeMap::<Uuid, Vec<Requested>>::new();
    for (programme, setting, mask, waits) in rows {
        let year_groups = YearGroups::try_from(mask).map_err(Error::unavailable)?;
        requests.entry(programme).or_default().push(Requested { setting, year_groups, waits });
    }
    Ok(requests)
}

/// The last date a programme was delivered to a setting in an earlier academic year.
pub(super) async fn reached_before(conn: &mut Conn, asked: Asked<'_>) -> Result<BTreeMap<(Uuid, Uuid), NaiveDate>> {
    let rows = fetch_all!(
        conn,
        (Uuid, Uuid, NaiveDate),
        "SELECT x.programme_id, COALESCE(l.current_id, g.setting_id) AS setting_id, MAX(x.on_date) AS last_date
         FROM session x JOIN attending_group g ON g.session_id = x.id LEFT JOIN lineage l ON l.setting_id = g.setting_id
         WHERE x.authority_code = $1 AND x.academic_year < $2 AND x.state = 'delivered'
           AND ($3 IS NULL OR x.programme_id = $3)
         GROUP BY x.programme_id, COALESCE(l.current_id, g.setting_id)",
        asked.authority,
        i64::from(asked.year),
        asked.programme,
    )?;
    Ok(rows.into_iter().map(|(programme, setting, on)| ((programme, setting), on)).collect())
}

/// The year's tours by name, and whether each has an opening that is still free.
pub(super) async fn tours(conn: &mut Conn, asked: Asked<'_>, today: NaiveDate) -> Result<Vec<Tour>> {
    fetch_all!(
        conn,
        Tour,
        "SELECT t.id, t.programme_id, t.name, t.status, t.target_schools,
                EXISTS (SELECT 1 FROM opening o WHERE o.tour_id = t.id AND o.on_date > $4
                        AND NOT EXISTS (SELECT 1 FROM session x WHERE x.team_id = o.team_id AND x.on_date = o.on_date
                                        AND x.slot = o.slot AND x.live)) AS has_openings
         FROM tour t
         WHERE t.authority_code = $1 AND t.academic_year = $2 AND ($3 IS NULL OR t.programme_id = $3)
         ORDER BY t.starts, t.name, t.id",
        asked.authority,
        i64::from(asked.year),
        asked.programme,
        today,
    )
}
