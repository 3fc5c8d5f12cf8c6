//! Feedback: codes, questionnaires, answers.

mod code;
pub mod paper;
mod questionnaire;
mod results;

use chrono::{Days, NaiveDate};

pub use code::{Code, NotACode};
pub use questionnaire::{Answers, Incomplete, Moment, Question, Questionnaire, Respondent};
pub use results::{Distribution, Results};

/// How many days after a session its questionnaires stay open.
pub const OPEN_DAYS: u64 = 28;

/// The last day on which a session's questionnaires are open.
#[must_use]
pub fn closes(on_date: NaiveDate) -> NaiveDate {
    on_date.checked_add_days(Days::new(OPEN_DAYS)).unwrap_or(on_date)
}

/// How many pupils’ responses a session takes: as many as were present; until they are counted, as many as were
/// expected and a tenth more, rounded up.
#[must_use]
pub const fn most_pupil_responses(expected: i64, attended: Option<i64>) -> i64 {
    match attended {
        Some(attended) => attended,
        None => expected + (expected + 9) / 10,
    }
}

/// How many staff responses a session takes: the adults counted, and never fewer than five, since headcounts of adults
/// are often left out or leave out colleagues who looked in.
#[must_use]
pub fn most_staff_responses(adults: Option<i64>) -> i64 {
    const AT_LEAST: i64 = 5;
    adults.unwrap_or(AT_LEAST).max(AT_LEAST)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_more_responses_than_pupils_present() {
        for (expected, attended, most) in
            [(30, None, 33), (25, None, 28), (0, None, 0), (30, Some(28), 28), (30, Some(0), 0)]
        {
            assert_eq!(most_pupil_responses(expected, attended), most, "{expected} {attended:?}");
        }
        assert_eq!(
            (most_staff_responses(None), most_staff_responses(Some(2)), most_staff_responses(Some(9))),
            (5, 5, 9)
        );
    }

    #[test]
    fn questionnaires_stay_open_for_four_weeks() {
        let day = |d| NaiveDate::from_ymd_opt(2026, 11, d).unwrap();
        assert_eq!(closes(day(2)), day(30));
    }
}
