//! A planning problem and a plan, as JSON has them (`callboard-plan/1`, `callboard-plan-result/1`).

use serde::{Deserialize, Serialize};

/// The word in a problem's `format`.
pub const PROBLEM_FORMAT: &str = "callboard-plan/1";
/// The word in a result's `format`.
pub const RESULT_FORMAT: &str = "callboard-plan-result/1";

/// What is to be planned.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Problem {
    /// [`PROBLEM_FORMAT`].
    pub format: String,
    /// How long planning may take, in seconds.
    pub time_limit_s: f64,
    /// Where chance begins: the same seed and time give the same kind of search.
    #[serde(default)]
    pub seed: u64,
    /// How travel is estimated.
    pub travel: Travel,
    /// Bases and schools.
    pub places: Vec<Place>,
    /// The slots of a day, in time order.
    pub slots: Vec<Slot>,
    /// Who delivers.
    pub teams: Vec<Team>,
    /// What schools ask for.
    pub requests: Vec<Request>,
    /// What counts how much.
    pub weights: Weights,
}

/// Minutes between different places: `max(minimum_min, ceil(metres × detour / 1000 / speed_kmh × 60))`.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub struct Travel {
    /// Kilometres an hour.
    pub speed_kmh: f64,
    /// How much longer the road is than the straight line.
    pub detour: f64,
    /// No way takes less, in minutes.
    pub minimum_min: i64,
}

/// A place, in metres of the national grid (OSGB36).
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Place {
    /// Its id.
    pub id: String,
    /// Easting.
    pub x: f64,
    /// Northing.
    pub y: f64,
}

/// A slot, `HH:MM` to `HH:MM`.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Slot {
    /// Its id.
    pub id: String,
    /// When a session in it begins.
    pub starts: String,
    /// When it ends.
    pub ends: String,
}

/// A team.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Team {
    /// Its id.
    pub id: String,
    /// The place it sets out from and comes home to.
    pub base: String,
    /// Minutes from arrival to the first session at a place.
    pub setup_min: i64,
    /// Minutes from the last session at a place to leaving.
    pub pack_min: i64,
    /// It leaves its base no earlier, `HH:MM`.
    pub leave_from: String,
    /// It is home no later, `HH:MM`.
    pub home_by: String,
    /// The most sessions a day; none: as many as there are slots.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_sessions: Option<usize>,
    /// When it works.
    pub days: Vec<Day>,
}

/// Slots of a date.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Day {
    /// The date, `YYYY-MM-DD`.
    pub date: String,
    /// Ids of slots.
    pub slots: Vec<String>,
}

/// What a school asks for.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Request {
    /// Its id.
    pub id: String,
    /// Where.
    pub place: String,
    /// How many sessions, all on one day by one team.
    pub sessions: usize,
    /// What placing it is worth.
    pub value: i64,
    /// What gives it that value, a few words each, the weightiest first: “never reached before”. Not part of the format:
    /// nothing but reasons reads it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub worth: Vec<String>,
    /// The teams that may do it.
    pub teams: Vec<String>,
    /// When the school can.
    pub open: Vec<Day>,
    /// When the school would rather.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub preferred: Option<Vec<Day>>,
    /// Where it stands in the plan that is to be changed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub current: Option<Current>,
    /// `current` must be kept exactly.
    #[serde(default)]
    pub pinned: bool,
}

/// An earlier placement.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Current {
    /// The team.
    pub team: String,
    /// The date.
    pub date: String,
    /// Ids of slots, in any order.
    pub slots: Vec<String>,
}

/// What counts how much in the score.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub struct Weights {
    /// Each unit of a placed request's value.
    pub value: i64,
    /// Each request that does not stay where it was.
    pub moved: i64,
    /// Each placed request whose slots are all preferred.
    pub preferred: i64,
    /// Each minute on the road.
    pub travel_min: i64,
}

/// A plan.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct PlanResult {
    /// [`RESULT_FORMAT`].
    pub format: String,
    /// Whether the plan is proved best.
    pub status: Status,
    /// Its score.
    pub score: i64,
    /// No plan scores more; none where nothing is proved.
    pub bound: Option<i64>,
    /// What is placed.
    pub placements: Vec<Placement>,
    /// What is not, and why.
    pub unplaced: Vec<Unplaced>,
    /// Minutes on the road, all days together.
    pub travel_min: i64,
    /// How long planning took, in seconds.
    pub elapsed_s: f64,
}

/// Whether a plan is proved best.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Its score is its bound.
    Optimal,
    /// It keeps every rule.
    Feasible,
}

/// A placed request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Placement {
    /// The request.
    pub request: String,
    /// The team.
    pub team: String,
    /// The date.
    pub date: String,
    /// Ids of slots.
    pub slots: Vec<String>,
}

/// A request that has no place in the plan.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Unplaced {
    /// The request.
    pub request: String,
    /// Why: at least one.
    pub reasons: Vec<Reason>,
}

/// Why a request has no place.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Reason {
    /// The rule, a word for programs.
    pub rule: String,
    /// In words a school can be told.
    pub detail: String,
}
