//! What an attendance sheet says beside the records, and what was decided about it.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::str::FromStr;

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

/// “29|28”, blank for what is not on record.
impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = |count: Option<i64>| count.map(|n| n.to_string()).unwrap_or_default();
        write!(f, "{}|{}", text(self.on_record), text(self.right))
    }
}

/// A text that is no [`Answer`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NoAnswer;

impl FromStr for Answer {
    type Err = NoAnswer;

    fn from_str(text: &str) -> Result<Self, NoAnswer> {
        let count = |text: &str| if text.is_empty() { Ok(None) } else { text.parse().map(Some).map_err(|_| NoAnswer) };
        let (on_record, right) = text.split_once('|').ok_or(NoAnswer)?;
        Ok(Self { on_record: count(on_record)?, right: count(right)? })
    }
}

/// What becomes of the figures that are asked about and were not decided by themselves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rest {
    /// What is on record stays.
    Record,
    /// What the sheet says is right; where its rows say two things, it is still asked.
    Sheet,
    /// Each is asked about.
    Asked,
}

impl Rest {
    const ALL: [Self; 3] = [Self::Record, Self::Sheet, Self::Asked];

    /// The word that is stored, and that a form has.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Record => "record",
            Self::Sheet => "sheet",
            Self::Asked => "asked",
        }
    }
}

impl FromStr for Rest {
    type Err = NoAnswer;

    fn from_str(word: &str) -> Result<Self, NoAnswer> {
        Self::ALL.into_iter().find(|rest| rest.as_str() == word).ok_or(NoAnswer)
    }
}

/// Everything that was decided: figures by the name of their [`field`](super::field), and sessions whose figures are right although
/// they are more than the roll.
#[derive(Debug, Clone, Default)]
pub struct Answers {
    /// What is right, by field.
    pub figures: BTreeMap<String, Answer>,
    /// The sessions.
    pub sure: BTreeSet<Uuid>,
    /// Sessions of which that is not said any more.
    pub unsure: BTreeSet<Uuid>,
    /// Figures that were mended instead, by field: what the sheet came to when it was asked, and what is right; none leaves
    /// the figure out.
    pub mended: BTreeMap<String, Answer>,
    /// What becomes of all other figures; none: each is asked about.
    pub rest: Option<Rest>,
}

impl Answers {
    /// What was decided about a figure, where it is one of what is said: on record, or on the sheet.
    /// `is_confirmed`: a row of the sheet says what is on record, so that the sheet says two things.
    pub(super) fn right(
        &self,
        field: &str,
        on_record: Option<i64>,
        said: &[i64],
        is_confirmed: bool,
    ) -> Option<Option<i64>> {
        if let Some(answer) = self.figures.get(field) {
            let is_said = answer.right == on_record || answer.right.is_some_and(|right| said.contains(&right));
            return Some(answer.right).filter(|_| answer.on_record == on_record && is_said);
        }
        match (self.rest, said) {
            (Some(Rest::Record), _) => Some(on_record),
            (Some(Rest::Sheet), [one]) if !is_confirmed => Some(Some(*one)),
            _ => None,
        }
    }
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

impl Change {
    /// In which order they are shown.
    pub(super) fn shown(&self) -> (NaiveDate, String, String, Figure) {
        (self.on, self.place.clone(), self.group.clone(), self.figure)
    }
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
    /// Where the file says what is on record.
    pub confirmed: Vec<String>,
    /// The rows of this group where one is a copy of another; none where none is.
    pub copies: Vec<String>,
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
    /// Which figures, and what the roll is: a sentence each, without a full stop; none where they were mended.
    pub why: Vec<String>,
    /// Those that can be mended.
    pub figures: Vec<OverFigure>,
}

/// A figure that can be mended where it is asked about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OverFigure {
    /// Its [`field`](super::field).
    pub field: String,
    /// The group.
    pub group: String,
    /// The figure.
    pub figure: Figure,
    /// What the sheet says.
    pub said: i64,
    /// What is recorded; none: it is left out.
    pub right: Option<i64>,
}

/// What a file says beside the records.
#[derive(Debug, Clone, Default)]
pub struct Comparison {
    /// What it changes.
    pub changes: Vec<Change>,
    /// What has to be decided first.
    pub asked: Vec<Asked>,
    /// What was decided, and may be decided otherwise.
    pub answered: Vec<Asked>,
    /// Sessions whose figures are more than the roll: somebody has to say that they are right.
    pub over: Vec<Over>,
    /// Those of which somebody has said so.
    pub sure: Vec<Over>,
    /// Those of which figures were mended.
    pub mended: Vec<Over>,
    /// Everything that was decided so far.
    pub answers: Answers,
    /// What cannot be recorded.
    pub problems: Vec<Problem>,
    /// Rows in which something was filled in that is on record already, or was stated otherwise since and not touched.
    pub unchanged: usize,
}

impl Comparison {
    /// The figures that are asked about, decided or not, in the order in which they are shown: it does not change by
    /// what is decided.
    #[must_use]
    pub fn figures(&self) -> Vec<&Asked> {
        let mut all: Vec<&Asked> = self.asked.iter().chain(&self.answered).collect();
        all.sort_by_cached_key(|asked| asked.what.shown());
        all
    }

    /// The sessions whose figures are more than the roll, in the same way.
    #[must_use]
    pub fn all_over(&self) -> Vec<&Over> {
        let mut all: Vec<&Over> = self.over.iter().chain(&self.sure).chain(&self.mended).collect();
        all.sort_by_key(|over| (over.on, &over.place, over.session));
        all
    }

    /// Whether nothing is left to decide or to mend.
    #[must_use]
    pub fn is_settled(&self) -> bool {
        self.asked.is_empty() && self.over.is_empty() && self.problems.is_empty()
    }
}
