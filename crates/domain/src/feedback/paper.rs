//! Feedback given on paper and typed into a workbook that went out: its columns, the key of a row, and what becomes of an
//! answer that was typed differently.
//!
//! A row is one paper form. Its key is random and made when the workbook went out: the response gets it as its own. So a
//! row is recognised however often it comes back, and nothing more is kept of it than of an answer given on a page.

use std::fmt;
use std::str::FromStr;

use uuid::Uuid;

use super::questionnaire::{Question, Questionnaire, Respondent};
use crate::attendance_sheet::print;
use crate::merged::{self, Merged, Said};
use crate::programme::ProgrammeKind;

/// What is chosen where a form leaves a question blank.
pub const NO_ANSWER: &str = "No answer";

/// A column of a sheet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Column {
    /// The day of the session.
    Date,
    /// Where it was.
    School,
    /// What its slot is called, and when it began.
    Session,
    /// An answer.
    Question(&'static Question),
    /// The row's [`RowKey`].
    Key,
}

impl Column {
    /// The heading, by which the column is found again wherever it was moved.
    #[must_use]
    pub fn heading(self, kind: ProgrammeKind) -> String {
        match self {
            Self::Date => "Date".to_owned(),
            Self::School => "School".to_owned(),
            Self::Session => "Session".to_owned(),
            Self::Question(question) => question.asked(kind),
            Self::Key => KEY.to_owned(),
        }
    }
}

/// The heading of [`Column::Key`].
pub const KEY: &str = "Key (leave as it is)";

/// The columns of this respondent's sheet, from left to right.
#[must_use]
pub fn columns(respondent: Respondent) -> Vec<Column> {
    let questions = Questionnaire::after(respondent).questions.iter().map(Column::Question);
    [Column::Date, Column::School, Column::Session].into_iter().chain(questions).chain([Column::Key]).collect()
}

/// What a form says to a question: the place of the choice; none where it was left blank.
pub type Given = Option<i64>;

/// The words a cell takes, the best answer first, as they are asked.
#[must_use]
pub fn words(question: &Question) -> [&'static str; 4] {
    let [low, middle, high] = question.choices;
    [high, middle, low, NO_ANSWER]
}

/// The word of an answer.
#[must_use]
pub fn word(question: &Question, given: Given) -> &'static str {
    let place = given.and_then(|place| usize::try_from(place).ok());
    place.and_then(|place| question.choices.get(place)).copied().unwrap_or(NO_ANSWER)
}

/// A text that is none of a question's answers.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("“{text}” is none of the answers. Choose {choices}")]
pub struct NotAnAnswer {
    text: String,
    choices: String,
}

/// Reads a cell that is not blank, whether in capitals or not.
///
/// # Errors
/// It is none of the question's [`words`].
pub fn read(question: &Question, text: &str) -> Result<Given, NotAnAnswer> {
    let is = |word: &str| word.to_lowercase() == text.to_lowercase();
    if is(NO_ANSWER) {
        return Ok(None);
    }
    match (0..).zip(question.choices).find(|(_, word)| is(word)) {
        Some((place, _)) => Ok(Some(place)),
        None => {
            let [high, middle, low, none] = words(question);
            let choices = format!("{high}, {middle}, {low} or {none}");
            Err(NotAnAnswer { text: text.to_owned(), choices })
        }
    }
}

/// A row's key: `018f…:pupil:1:6b2e…:68a3`, the session, who answers, the version of the questionnaire, the form, and what
/// stood beside it as the school.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RowKey {
    /// The session.
    pub session: Uuid,
    /// Who answered.
    pub respondent: Respondent,
    /// Of the questionnaire.
    pub version: i64,
    /// The form: random, version 4, and the response's own key.
    pub form: Uuid,
    /// The [`print()`] of the school's name when the sheet went out; none on sheets that went out before that was kept.
    pub school: Option<u16>,
}

impl RowKey {
    /// Whether this is what stood beside it as the school, whatever it is called by now.
    #[must_use]
    pub fn stood(&self, school: &str) -> bool {
        self.school == Some(print(school))
    }
}

/// A text that is no key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("The row’s key was changed. Type the form into a row of a sheet that is downloaded anew")]
pub struct NotAKey;

impl fmt::Display for RowKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}:{}", self.session, self.respondent.as_str(), self.version, self.form)?;
        self.school.iter().try_for_each(|school| write!(f, ":{school:04x}"))
    }
}

impl FromStr for RowKey {
    type Err = NotAKey;

    fn from_str(text: &str) -> Result<Self, NotAKey> {
        let parts: Vec<&str> = text.trim().split(':').collect();
        let (session, respondent, version, form, school) = match parts[..] {
            [session, respondent, version, form] => (session, respondent, version, form, None),
            [session, respondent, version, form, school] => (session, respondent, version, form, Some(school)),
            _ => return Err(NotAKey),
        };
        let is_print = |text: &str| text.len() == 4 && text.bytes().all(|b| b.is_ascii_hexdigit());
        if school.is_some_and(|school| !is_print(school)) {
            return Err(NotAKey);
        }
        let school = school.map(|school| u16::from_str_radix(school, 16)).transpose().map_err(|_| NotAKey)?;
        let form: Uuid = form.parse().map_err(|_| NotAKey)?;
        // A response's key says nothing of when it was made.
        if form.get_version_num() != 4 {
            return Err(NotAKey);
        }
        Ok(Self {
            session: session.parse().map_err(|_| NotAKey)?,
            respondent: respondent.parse().map_err(|_| NotAKey)?,
            version: version.parse().map_err(|_| NotAKey)?,
            form,
            school,
        })
    }
}

/// What becomes of an answer: `on_record` is none while the form is not, `typed` what rows of its key say.
#[must_use]
pub fn merge(on_record: Option<Given>, typed: &[Given]) -> Merged<Option<Given>> {
    // A sheet goes out without answers: whatever stands in it was typed, by whoever had it.
    let untouched = on_record.is_none();
    let said: Vec<_> = typed.iter().map(|given| Said { value: Some(*given), untouched }).collect();
    merged::merge(&on_record, &said)
}

/// So many more forms can be of one row: two people typed into the same blank rows of two copies of a sheet.
pub const MOST_OTHERS: u8 = 8;

/// The keys of the other forms of a row, in their order: as random as the row's own, and the same whenever they are made,
/// so that a sheet that comes back once more is recognised.
pub fn others(form: Uuid) -> impl Iterator<Item = Uuid> {
    // Odd, with bits all over: the sums differ in more than the bits that every such key has.
    const APART: u128 = 0x9e37_79b9_7f4a_7c15_f39c_c060_5ced_c835;
    (1..=u128::from(MOST_OTHERS)).map(move |n| {
        let sum = form.as_u128().wrapping_add(APART.wrapping_mul(n));
        uuid::Builder::from_random_bytes(sum.to_be_bytes()).into_uuid()
    })
}

/// Whether forms are most likely others than those on record in the same rows: most of them say something else.
#[must_use]
pub const fn are_likely_others(differ: usize, of: usize) -> bool {
    differ * 2 > of
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn an_answer_is_taken_over_kept_or_asked_about() {
        use Merged::{Asked, Becomes, Stays};
        for (on_record, typed, expected) in [
            (None, vec![Some(2)], Becomes(Some(Some(2)))),
            (None, vec![None], Becomes(Some(None))),
            // A row and its copy.
            (None, vec![Some(1), Some(1)], Becomes(Some(Some(1)))),
            (None, vec![Some(1), Some(2)], Asked(vec![Some(Some(1)), Some(Some(2))])),
            // The same sheet again, and one that was typed otherwise.
            (Some(Some(2)), vec![Some(2)], Stays),
            (Some(None), vec![None], Stays),
            (Some(Some(2)), vec![Some(0)], Asked(vec![Some(Some(0))])),
            (Some(None), vec![Some(0)], Asked(vec![Some(Some(0))])),
            (Some(Some(2)), vec![None], Asked(vec![Some(None)])),
            (Some(Some(2)), vec![Some(2), Some(1)], Asked(vec![Some(Some(1))])),
        ] {
            assert_eq!(merge(on_record, &typed), expected, "{on_record:?} {typed:?}");
        }
    }

    #[test]
    fn a_cell_holds_the_words_of_an_answer() {
        for respondent in Respondent::ALL {
            for question in Questionnaire::after(*respondent).questions {
                for word_of in words(question) {
                    let given = read(question, &word_of.to_uppercase()).unwrap();
                    assert_eq!(word(question, given), word_of);
                }
            }
        }
        let question = &Questionnaire::after(Respondent::Pupil).questions[0];
        let wrong = read(question, "2").unwrap_err().to_string();
        assert_eq!(wrong, "“2” is none of the answers. Choose Good, OK, Not good or No answer");
    }

    #[test]
    fn columns_are_told_apart_by_their_headings() {
        for kind in ProgrammeKind::ALL {
            for respondent in Respondent::ALL {
                let headings: Vec<_> =
                    columns(*respondent).into_iter().map(|c| c.heading(*kind).to_lowercase()).collect();
                let different: std::collections::BTreeSet<_> = headings.iter().collect();
                assert_eq!(different.len(), headings.len(), "{headings:?}");
            }
        }
    }

    #[test]
    fn a_key_that_was_changed_is_none() {
        let (session, form) = (Uuid::from_u128(7), Uuid::new_v4());
        let dated = "0193f0a0-0000-7000-8000-000000000001";
        for text in [
            String::new(),
            form.to_string(),
            format!("{session}:pupil:1"),
            format!("{session}:pupil:1:{form}:"),
            format!("{session}:pupil:1:{form}:+123"),
            format!("{session}:pupil:1:{form}:0123:"),
            format!("{session}:parent:1:{form}"),
            format!("{session}:pupil:one:{form}"),
            format!("x:pupil:1:{form}"),
            format!("{session}:pupil:1:{dated}"),
        ] {
            assert_eq!(text.parse::<RowKey>(), Err(NotAKey), "{text}");
        }
    }

    proptest! {
        #[test]
        fn the_other_forms_of_a_row_have_keys_of_their_own(form: u128) {
            let form = uuid::Builder::from_random_bytes(form.to_be_bytes()).into_uuid();
            let all: std::collections::BTreeSet<Uuid> = std::iter::once(form).chain(others(form)).collect();
            prop_assert_eq!(all.len(), usize::from(MOST_OTHERS) + 1);
            prop_assert!(all.iter().all(|key| key.get_version_num() == 4));
        }

        #[test]
        fn a_key_survives_the_round_trip(
            session: u128, form: u128, staff: bool, version in 1_i64..100, school in prop::option::of(any::<u16>())
        ) {
            let respondent = if staff { Respondent::Staff } else { Respondent::Pupil };
            let form = uuid::Builder::from_random_bytes(form.to_be_bytes()).into_uuid();
            let key = RowKey { session: Uuid::from_u128(session), respondent, version, form, school };
            prop_assert_eq!(key.to_string().parse::<RowKey>(), Ok(key));
        }
    }
}
