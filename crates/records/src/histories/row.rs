//! A visit of a file, as it is understood.

use std::sync::Arc;

use chrono::NaiveDate;
use domain::session::Reason;
use domain::slot::TimeOfDay;
use domain::year_group::YearGroups;
use intake::history::{Count, Half, Outcome};
use uuid::Uuid;

use super::{Differs, Question, School, Standing, There};

/// A visit of the file.
#[derive(Debug, Clone)]
pub struct Row {
    /// Its place, as [choices](super::Choice) name it.
    pub place: String,
    /// Its sheet; blank for a text file.
    pub sheet: String,
    /// Its row, from 1.
    pub row: u32,
    /// Morning or afternoon, where that is said.
    pub half: Option<Half>,
    /// Whether its line has a school for each half of the day.
    pub of_two: bool,
    /// The school's cell as it is typed.
    pub typed: String,
    /// What is typed for its day, time, year groups, pupils and outcome.
    pub beside: Arc<str>,
    /// Which of [`Understood::names`](super::Understood::names) it is.
    pub name: usize,
    /// The school, where it is certain or chosen.
    pub school: Option<School>,
    /// The day.
    pub on: Option<NaiveDate>,
    /// When it began.
    pub starts: Option<TimeOfDay>,
    /// The year groups; none at all where the file does not say them.
    pub year_groups: YearGroups,
    /// What else the cell of the year groups says: the name of a class, “whole school”.
    pub label: String,
    /// How many.
    pub count: Count,
    /// What was given.
    pub topic: String,
    /// The programme.
    pub programme: Option<Uuid>,
    /// What became of it, as the file or a person says.
    pub outcome: Outcome,
    /// Why it was cancelled, where the file says so in plain words.
    pub reason: Reason,
    /// Which part of its programme it was, where the file says so.
    pub part: Option<u8>,
    /// What a person has to say first.
    pub questions: Vec<Question>,
    /// What would become of it.
    pub standing: Standing,
    /// The session that it is, where that is on record already.
    pub there: Option<There>,
}

impl Row {
    /// What the session on record says otherwise than the file: the record stays as it is.
    #[must_use]
    pub fn differs(&self) -> Vec<Differs> {
        self.there.as_ref().map(|there| there.differs(self)).unwrap_or_default()
    }

    /// Where it stands in the file: “Summer 2017, row 14, morning”.
    #[must_use]
    pub fn where_is(&self) -> String {
        let half = match self.half.filter(|_| self.of_two) {
            Some(Half::Am) => ", morning",
            Some(Half::Pm) => ", afternoon",
            None => "",
        };
        let sheet = if self.sheet.is_empty() { String::new() } else { format!("{}, ", self.sheet) };
        format!("{sheet}row {}{half}", self.row)
    }
}
