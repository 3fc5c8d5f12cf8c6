//! What an attendance sheet says beside the records, and what was decided about it.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, NaiveDate, Utc};
use domain::access::Role;
use domain::attendance::Figure;
use intake::Problem;
use uuid::Uuid;

/// What somebody decided about a figure that was stated differently.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Answer {
    /// What was on record when it was asked: when it is no longer, it is asked again.
    pub on_record: Option<i64>,
    /// What is right; none leaves the record blank.
    pub right: Option<i64>,
}

/// Everything that was decided: figures by the name of their [`field`](super::field), and sessions whose figures are right although
/// they are more than the roll.
#[derive(Debug, Clone, Default)]
pub struct Answers {
    /// What is right, by field.
    pub figures: BTreeMap<String, Answer>,
    /// The sessions.
    pub sure: BTreeSet<Uuid>,
}

/// A figure of a group, as a page names it.
#[derive(Debug, Clone)]
pub struct Change {
    /// The session.
    pub session: Uuid,
    /// Its day.
    pub on: NaiveDate,
    /// Its slot and venue.
    pub place: String,
    /// The school and the group.
    pub group: String,
    /// The figure.
    pub figure: Figure,
    /// What is on record.
    pub before: Option<i64>,
    /// What it will be; as before where it is asked about.
    pub after: Option<i64>,
}

/// One thing that was said of a figure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said {
    /// The figure.
    pub count: i64,
    /// Where: “row 5, counted by Jo”.
    pub wheres: Vec<String>,
}

/// A figure that was stated differently.
#[derive(Debug, Clone)]
pub struct Asked {
    /// Which, and what is on record.
    pub what: Change,
    /// Its [`field`](super::field).
    pub field: String,
    /// Who stated what is on record, by name and role; none where nobody did.
    pub by: Option<(String, Option<Role>)>,
    /// Who counted, as a sheet that was taken in names them; blank where nobody is named.
    pub counted_by: String,
    /// When.
    pub at: Option<DateTime<Utc>>,
    /// What the file says.
    pub said: Vec<Said>,
}

/// A session whose figures are more than the roll.
#[derive(Debug, Clone)]
pub struct Over {
    /// The session.
    pub session: Uuid,
    /// Its day.
    pub on: NaiveDate,
    /// Its slot and venue.
    pub place: String,
    /// Which figures, and what the roll is: a sentence each, without a full stop.
    pub why: Vec<String>,
}

/// What a file says beside the records.
#[derive(Debug, Clone, Default)]
pub struct Comparison {
    /// What it changes.
    pub changes: Vec<Change>,
    /// What has to be decided first.
    pub asked: Vec<Asked>,
    /// Sessions whose figures are more than the roll: somebody has to say that they are right.
    pub over: Vec<Over>,
    /// What cannot be recorded.
    pub problems: Vec<Problem>,
    /// Rows in which something was filled in that is on record already, or was stated otherwise since and not touched.
    pub unchanged: usize,
}

impl Comparison {
    /// Whether nothing is left to decide or to mend.
    #[must_use]
    pub fn is_settled(&self) -> bool {
        self.asked.is_empty() && self.over.is_empty() && self.problems.is_empty()
    }
}
