//! Answers that are the same for many days, so that one question asks about all of them: the school year of days without
//! one, and whether day and month are exchanged.

use domain::AcademicYear;

use super::years_of::year_alone;

/// From where on a question says what answers it for all.
pub(super) const FOR_ALL: &str = " To answer for all of them at once, give ";

/// Such an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ForAll {
    /// Each is the day that stands there, in this year.
    Year(AcademicYear),
    /// Each has its month for its day.
    Exchanged,
    /// Each is right as it stands.
    AsFiled,
}

impl ForAll {
    /// Reads an answer; none where it is one for its cell alone.
    pub fn read(text: &str) -> Option<Self> {
        match text.trim().to_lowercase().as_str() {
            "exchange" | "exchanged" => Some(Self::Exchanged),
            "right" => Some(Self::AsFiled),
            text => year_alone(text).map(Self::Year),
        }
    }
}

/// Whether a question is asked of many days that may be answered together, whatever is typed in each.
#[must_use]
pub fn is_for_all(message: &str) -> bool {
    message.contains(FOR_ALL)
}

/// A question as it is asked at one cell, where what answers it for all of them cannot be typed: it would stand in the
/// place of the day.
#[must_use]
pub fn for_one(message: &str) -> &str {
    message.split_once(FOR_ALL).map_or(message, |(own, _)| own)
}
