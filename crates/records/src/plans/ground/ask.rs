//! What a plan is to place: each with its groups, where it stands and where it is placed.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use domain::YearGroups;
use domain::plan::Outcome;
use domain::request::PartOfDay;
use domain::session::State;
use domain::setting::SettingType;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::db::Conn;
use crate::error::{Error, Result};

/// A team's slots of a date.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Place {
    /// The team.
    pub team: Uuid,
    /// The date.
    pub on: NaiveDate,
    /// The numbers of the slots, in order.
    pub slots: Vec<i64>,
}

impl Place {
    fn of(team: Option<Uuid>, on: Option<NaiveDate>, slots: &str) -> Option<Self> {
        let slots = slots.split(',').filter_map(|n| n.parse().ok()).collect();
        Some(Self { team: team?, on: on?, slots })
    }

    /// The numbers as they are stored.
    pub(crate) fn stored(slots: &[i64]) -> String {
        slots.iter().map(ToString::to_string).collect::<Vec<_>>().join(",")
    }
}

/// A group that is to attend, as a plan keeps it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Attending {
    pub year_groups: i64,
    pub label: String,
    pub expected: i64,
    pub expected_send: Option<i64>,
}

/// What is to be placed: a request, a part of one, a gap school, or a visit that is booked.
#[derive(Debug, Clone)]
pub struct Ask {
    /// Its key.
    pub id: Uuid,
    /// The tour.
    pub tour: Uuid,
    /// The school.
    pub setting: Uuid,
    /// Its name.
    pub school: String,
    /// What it is.
    pub setting_type: SettingType,
    /// Where it lies: easting and northing; none: not known, so that it cannot be planned.
    pub at: Option<(i64, i64)>,
    /// The request it comes from.
    pub request: Option<Uuid>,
    /// The visit it is, or was.
    pub visit: Option<Uuid>,
    /// How that visit stands; none: it is over or was cancelled.
    pub booked: Option<State>,
    /// Of a request that became several, from 1.
    pub part: i64,
    /// How many it became.
    pub parts: i64,
    /// Sessions, all on one day.
    pub sessions: usize,
    /// For each session its groups.
    pub(crate) attending: Vec<Vec<Attending>>,
    /// What placing it is worth.
    pub value: i64,
    /// It is booked, and not released.
    pub fixed: bool,
    /// When in the day the school would have it.
    pub part_of_day: PartOfDay,
    /// Days on which it cannot be.
    pub impossible: BTreeSet<NaiveDate>,
    /// Days on which the school would rather have it.
    pub preferred: BTreeSet<NaiveDate>,
    /// Where the booked visit stands.
    pub current: Option<Place>,
    /// Where it is placed.
    pub place: Option<Place>,
    /// Planning again leaves it where it is.
    pub pinned: bool,
    /// Why it is not placed.
    pub reasons: Vec<String>,
    /// What publishing did with it.
    pub outcome: Option<Outcome>,
    /// For a kindly refused stale edit.
    pub version: i64,
}

impl Ask {
    /// The year groups that attend, all sessions together.
    #[must_use]
    pub fn year_groups(&self) -> YearGroups {
        self.attending.iter().flatten().fold(YearGroups::NONE, |all, group| {
            YearGroups::try_from(group.year_groups).map_or(all, |years| all.union(years))
        })
    }

    /// How many are expected.
    #[must_use]
    pub fn expected(&self) -> i64 {
        self.attending.iter().flatten().map(|g| g.expected).sum()
    }

    /// The school, and which part of a request that became several.
    #[must_use]
    pub fn name(&self) -> String {
        if self.parts > 1 {
            format!("{}, part {} of {}", self.school, self.part, self.parts)
        } else {
            self.school.clone()
        }
    }

    /// A booked visit that may move, and is placed elsewhere than it stands.
    #[must_use]
    pub fn moves(&self) -> bool {
        !self.fixed && self.current.is_some() && self.place.is_some() && self.place != self.current
    }

    /// Whether a person may still move it on the board.
    #[must_use]
    pub const fn is_loose(&self) -> bool {
        !self.fixed && !matches!(self.outcome, Some(Outcome::Offered | Outcome::Moved | Outcome::Kept))
    }
}

#[derive(sqlx::FromRow)]
struct AskRow {
    id: Uuid,
    tour_id: Uuid,
    setting_id: Uuid,
    school: String,
    #[sqlx(try_from = "String")]
    setting_type: SettingType,
    easting: Option<i64>,
    northing: Option<i64>,
    request_id: Option<Uuid>,
    visit_id: Option<Uuid>,
    part_of_day: Option<String>,
    part: i64,
    parts: i64,
    sessions: i64,
    attending: String,
    value: i64,
    fixed: bool,
    current_team_id: Option<Uuid>,
    current_date_on: Option<NaiveDate>,
    current_slots: String,
    team_id: Option<Uuid>,
    on_date: Option<NaiveDate>,
    slots: String,
    pinned: bool,
    reasons: String,
    outcome: String,
    version: i64,
}

/// What a plan is to place, by school.
pub(super) async fn asks(conn: &mut Conn, plan: Uuid) -> Result<Vec<Ask>> {
    let rows = fetch_all!(
        conn,
        AskRow,
        "SELECT pr.id, pr.tour_id, pr.setting_id, s.name AS school, s.setting_type, s.easting, s.northing, pr.request_id,
            pr.visit_id, r.part_of_day, pr.part, pr.parts, pr.sessions, pr.attending, pr.value, pr.fixed,
            pr.current_team_id, pr.current_date_on, pr.current_slots, pr.team_id, pr.on_date, pr.slots, pr.pinned,
            pr.reasons, pr.outcome, pr.version
         FROM plan_request pr JOIN setting s ON s.id = pr.setting_id LEFT JOIN request r ON r.id = pr.request_id
         WHERE pr.plan_id = $1 ORDER BY s.search_name, pr.part, pr.id",
        plan,
    )?;
    let dates = fetch_all!(
        conn,
        (Uuid, NaiveDate, String),
        "SELECT DISTINCT d.request_id, d.on_date, d.kind FROM request_date d
         JOIN plan_request pr ON pr.request_id = d.request_id WHERE pr.plan_id = $1",
        plan,
    )?;
    let mut days: BTreeMap<(Uuid, bool), BTreeSet<NaiveDate>> = BTreeMap::new();
    for (request, on, kind) in dates {
        days.entry((request, kind == "preferred")).or_default().insert(on);
    }
    let of = |request: Option<Uuid>, preferred| {
        request.and_then(|id| days.get(&(id, preferred)).cloned()).unwrap_or_default()
    };
    rows.into_iter()
        .map(|row| {
            let word = |text: &str| if text.is_empty() { None } else { Some(text.to_owned()) };
            Ok(Ask {
                id: row.id,
                tour: row.tour_id,
                setting: row.setting_id,
                school: row.school,
                setting_type: row.setting_type,
                at: row.easting.zip(row.northing),
                request: row.request_id,
                visit: row.visit_id,
                booked: None,
                part: row.part,
                parts: row.parts,
                sessions: usize::try_from(row.sessions).unwrap_or(1),
                attending: serde_json::from_str(&row.attending).map_err(Error::unavailable)?,
                value: row.value,
                fixed: row.fixed,
                part_of_day: match row.part_of_day {
                    Some(word) => word.parse().map_err(Error::unavailable)?,
                    None => PartOfDay::Any,
                },
                impossible: of(row.request_id, false),
                preferred: of(row.request_id, true),
                current: Place::of(row.current_team_id, row.current_date_on, &row.current_slots),
                place: Place::of(row.team_id, row.on_date, &row.slots),
                pinned: row.pinned,
                reasons: serde_json::from_str(&row.reasons).map_err(Error::unavailable)?,
                outcome: word(&row.outcome).map(Outcome::try_from).transpose().map_err(Error::unavailable)?,
                version: row.version,
            })
        })
        .collect()
}
