//! The attendance sheet of a session: its groups, what was expected, what is stated and by whom.

use chrono::{DateTime, NaiveDate, Utc};
use domain::YearGroups;
use domain::access::{Actor, Operation, Role};
use domain::attendance::Headcounts;
use domain::number_on_roll::NumberOnRoll;
use domain::programme::ProgrammeKind;
use domain::session::{self, Event, State};
use domain::slot::TimeOfDay;
use uuid::Uuid;

use crate::db::Conn;
use crate::error::{Error, Result};
use crate::within::Within;
use crate::{Desk, rolls};

/// A session with the groups whose attendance the actor may record.
#[derive(Debug, Clone)]
pub struct Sheet {
    /// The session.
    pub session: Session,
    /// The groups: a school's own, or all of them for provider and commissioner.
    pub groups: Vec<Group>,
}

/// What a sheet says of its session.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Session {
    /// Its key.
    pub id: Uuid,
    /// For a kindly refused stale edit.
    pub version: i64,
    /// The visit it belongs to.
    pub visit_id: Uuid,
    /// The tenant.
    pub authority_code: String,
    /// The programme's name.
    pub programme: String,
    /// Which decides what its sessions are called.
    #[sqlx(try_from = "String")]
    pub kind: ProgrammeKind,
    /// Whether it is for adults: then only adults are counted.
    pub for_adults: bool,
    /// Where it is.
    pub venue: String,
    /// On which day.
    pub on_date: NaiveDate,
    /// What its slot is called.
    pub slot_label: String,
    /// When it was to begin, in minutes after midnight.
    pub starts_minute: Option<i64>,
    /// When it was to end.
    pub ends_minute: Option<i64>,
    /// When it really began.
    pub actual_starts_minute: Option<i64>,
    /// When it really ended.
    pub actual_ends_minute: Option<i64>,
    /// Its state.
    #[sqlx(try_from = "String")]
    pub state: State,
    /// When the last of its groups was counted; none while one is not.
    pub attendance_at: Option<DateTime<Utc>>,
    /// It was moved once at least: a sheet may have gone out when it was on another day.
    pub was_moved: bool,
}

impl Session {
    /// Why attendance cannot be recorded by this role today, as a sentence without a full stop; none when it can.
    ///
    /// A delivered session is corrected, a confirmed or missed one becomes delivered, on its day at the earliest.
    #[must_use]
    pub fn why_not(&self, today: NaiveDate, role: Role) -> Option<String> {
        if self.state == State::Delivered {
            return None;
        }
        let what = self.kind.delivery();
        if session::after(Some(self.state), Event::Deliver, role).is_err() {
            let state = self.state.label().to_lowercase();
            return Some(format!("This {what} is {state}, so there is nobody to count"));
        }
        (self.on_date > today).then(|| {
            let day = self.on_date.format("%-d %B %Y");
            format!("This {what} is on {day}: record attendance on the day or after it")
        })
    }

    /// “Morning 9:30am, Mr Shapeshifter”: what a sheet that goes out calls it.
    #[must_use]
    pub fn name(&self) -> String {
        session_name(&self.slot_label, self.starts_minute, &self.programme)
    }

    /// The planned or real times, as a page shows them.
    #[must_use]
    pub fn time(minute: Option<i64>) -> Option<TimeOfDay> {
        minute.and_then(|m| TimeOfDay::try_from(m).ok())
    }
}

/// A group on the sheet.
#[derive(Debug, Clone)]
pub struct Group {
    /// Its key.
    pub id: Uuid,
    /// Where its pupils belong.
    pub setting_id: Uuid,
    /// That setting's name.
    pub setting: String,
    /// Its year groups; none at all where they are not followed.
    pub year_groups: YearGroups,
    /// What the school calls it.
    pub label: String,
    /// Pupils expected.
    pub expected: i64,
    /// Of whom SEND, where the school said.
    pub expected_send: Option<i64>,
    /// What is stated.
    pub counts: Headcounts,
    /// More than the roll, and confirmed so.
    pub over_roll: bool,
    /// The number on roll of its year groups; none where it is not known.
    pub roll: Option<NumberOnRoll>,
    /// Who stated it, by name; none for the command line.
    pub stated_by: Option<String>,
    /// Who counted, as a filled sheet names them; blank where nobody is named.
    pub counted_by: String,
    /// The role they stated it in.
    pub stated_role: Option<Role>,
    /// When it was stated; none: not yet.
    pub stated_at: Option<DateTime<Utc>>,
}

impl Group {
    /// “6A (Year 6)”, “Year 6”, “6A”: what tells it from the others.
    #[must_use]
    pub fn name(&self) -> String {
        group_name(&self.label, self.year_groups, &self.setting)
    }
}

/// What a session is called on a sheet that goes out.
pub(super) fn session_name(slot_label: &str, starts_minute: Option<i64>, programme: &str) -> String {
    let time = Session::time(starts_minute).map(|at| format!(" {at}"));
    format!("{slot_label}{}, {programme}", time.unwrap_or_default())
}

/// What a group is called: where nothing tells it from others, by its school.
pub(super) fn group_name(label: &str, year_groups: YearGroups, setting: &str) -> String {
    match (label.is_empty(), year_groups.is_empty()) {
        (true, true) => setting.to_owned(),
        (true, false) => year_groups.to_string(),
        (false, true) => label.to_owned(),
        (false, false) => format!("{label} ({year_groups})"),
    }
}

#[derive(sqlx::FromRow)]
struct GroupRow {
    id: Uuid,
    setting_id: Uuid,
    setting: String,
    year_groups: i64,
    label: String,
    expected: i64,
    expected_send: Option<i64>,
    attended: Option<i64>,
    attended_send: Option<i64>,
    withdrawn: Option<i64>,
    adults: Option<i64>,
    over_roll: bool,
    stated_by: Option<String>,
    counted_by: String,
    stated_role: Option<String>,
    stated_at: Option<DateTime<Utc>>,
}

/// The attendance sheet of a session.
///
/// # Errors
/// Not found; forbidden.
pub async fn sheet(desk: &Desk, actor: &Actor, id: Uuid) -> Result<Sheet> {
    desk.authorise(actor, Operation::RecordAttendance)?;
    let mut conn = desk.read().await?;
    find(&mut conn, actor, id).await
}

/// The sheet within the actor's scope: a school finds the sessions it has a group in.
pub(super) async fn find(conn: &mut Conn, actor: &Actor, id: Uuid) -> Result<Sheet> {
    let within = Within::of(actor);
    let session = fetch_one!(
        conn,
        Session,
        "SELECT x.id, x.version, x.visit_id, x.authority_code, p.name AS programme, p.kind, p.for_adults, v.name AS venue,
                x.on_date, x.slot_label, x.starts_minute, x.ends_minute, x.actual_starts_minute, x.actual_ends_minute,
                x.state, x.attendance_at,
                EXISTS (SELECT 1 FROM session_event e WHERE e.session_id = x.id AND e.event = 'move') AS was_moved
         FROM session x JOIN programme p ON p.id = x.programme_id JOIN tour t ON t.id = x.tour_id
         JOIN visit w ON w.id = x.visit_id JOIN setting v ON v.id = w.venue_id
         WHERE x.id = $1 AND ($2 IS NULL OR x.authority_code = $2) AND ($3 IS NULL OR t.provider_id = $3)",
        id,
        within.authority.as_deref(),
        within.provider,
    )?;
    let groups = groups(conn, &within, id).await?;
    // A school that has no group in the session does not find it.
    if groups.is_empty() && (within.setting.is_some() || within.trust.is_some()) {
        return Err(Error::NotFound);
    }
    Ok(Sheet { session, groups })
}

async fn groups(conn: &mut Conn, within: &Within, session: Uuid) -> Result<Vec<Group>> {
    let rows = fetch_all!(
        conn,
        GroupRow,
        "SELECT g.id, g.setting_id, s.name AS setting, g.year_groups, g.label, g.expected, g.expected_send, g.attended,
                g.attended_send, g.withdrawn, g.adults, g.over_roll, p.name AS stated_by, g.counted_by, g.stated_at,
                (SELECT MAX(e.by_role) FROM session_event e WHERE e.session_id = g.session_id AND e.at = g.stated_at
                    AND e.event IN ('deliver', 'attendance')) AS stated_role
         FROM attending_group g JOIN setting s ON s.id = g.setting_id LEFT JOIN person p ON p.id = g.stated_by
         WHERE g.session_id = $1 AND ($2 IS NULL OR g.setting_id = $2 OR g.setting_id IN (SELECT l.setting_id FROM lineage l WHERE l.current_id = $2))
           AND ($3 IS NULL OR s.trust_code = $3 OR s.id IN
            (SELECT l.setting_id FROM lineage l JOIN setting c ON c.id = l.current_id WHERE c.trust_code = $3))
         ORDER BY s.name, g.year_groups, g.label, g.id",
        session,
        within.setting,
        within.trust.as_deref(),
    )?;
    let rolls = rolls::of_session(conn, session).await?;
    rows.into_iter()
        .map(|row| {
            let year_groups = YearGroups::try_from(row.year_groups).map_err(Error::unavailable)?;
            Ok(Group {
                roll: rolls
                    .get(&row.setting_id)
                    .and_then(|roll| roll.sum(year_groups))
                    .filter(|_| !year_groups.is_empty()),
                id: row.id,
                setting_id: row.setting_id,
                setting: row.setting,
                year_groups,
                label: row.label,
                expected: row.expected,
                expected_send: row.expected_send,
                counts: Headcounts {
                    pupils: row.attended,
                    send: row.attended_send,
                    withdrawn: row.withdrawn,
                    adults: row.adults,
                },
                over_roll: row.over_roll,
                stated_by: row.stated_by,
                counted_by: row.counted_by,
                stated_role: row.stated_role.and_then(|word| word.parse().ok()),
                stated_at: row.stated_at,
            })
        })
        .collect()
}
