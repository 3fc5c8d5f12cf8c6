//! Questionnaires: a short fixed one for pupils and one for staff, each versioned.

use std::collections::BTreeMap;

use crate::programme::ProgrammeKind;
use crate::term::terms;

terms! {
    /// Who answers.
    pub enum Respondent {
        Pupil = "pupil", "Pupils";
        Staff = "staff", "Staff";
    }
}

terms! {
    /// When a questionnaire is answered, seen from the session.
    pub enum Moment {
        Before = "before", "Before";
        After = "after", "After";
        FollowUp = "follow_up", "Follow-up";
    }
}

/// A question with three choices, the least favourable first: a choice is stored as its place, 0, 1 or 2.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Question {
    /// The stored name; never reused for another question.
    pub id: &'static str,
    /// The question as it is asked; `{}` stands for “performance” or “session”.
    pub text: &'static str,
    /// The words of the choices.
    pub choices: [&'static str; 3],
}

impl Question {
    /// The question as it is asked of this kind of programme.
    #[must_use]
    pub fn asked(&self, kind: ProgrammeKind) -> String {
        self.text.replace("{}", kind.delivery())
    }
}

/// A versioned list of questions for a respondent and a moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Questionnaire {
    /// Goes up when a question is changed, so that answers are never read under another wording.
    pub version: i64,
    /// Who answers it.
    pub respondent: Respondent,
    /// When.
    pub moment: Moment,
    /// The questions, in the order they are asked.
    pub questions: &'static [Question],
}

const PUPIL: Questionnaire = Questionnaire {
    version: 1,
    respondent: Respondent::Pupil,
    moment: Moment::After,
    questions: &[
        Question { id: "liked", text: "What did you think of the {}?", choices: ["Not good", "OK", "Good"] },
        Question {
            id: "learned",
            text: "Did you learn something that helps you stay safe?",
            choices: ["No", "A bit", "Yes"],
        },
        Question { id: "comfortable", text: "Did you feel all right during it?", choices: ["No", "Mostly", "Yes"] },
        Question {
            id: "knows_help",
            text: "Do you know who to talk to if something worries you?",
            choices: ["No", "Not sure", "Yes"],
        },
    ],
};

const STAFF: Questionnaire = Questionnaire {
    version: 1,
    respondent: Respondent::Staff,
    moment: Moment::After,
    questions: &[
        Question {
            id: "suited",
            text: "Did the {} suit your pupils’ age and needs?",
            choices: ["No", "In part", "Yes"],
        },
        Question { id: "delivered", text: "How well was it delivered?", choices: ["Poorly", "Adequately", "Well"] },
        Question { id: "builds_on", text: "Will you build on it in lessons?", choices: ["No", "Not decided", "Yes"] },
        Question { id: "again", text: "Would you have it again?", choices: ["No", "Not sure", "Yes"] },
    ],
};

/// Answers to a questionnaire: the place of the choice, by question.
pub type Answers = BTreeMap<&'static str, i64>;

/// A question that was not answered, or not with one of its choices.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("Choose one of the three answers")]
pub struct Incomplete {
    /// The question's stored name.
    pub question: &'static str,
}

impl Questionnaire {
    /// The questionnaire this respondent answers after a session.
    #[must_use]
    pub const fn after(respondent: Respondent) -> Self {
        match respondent {
            Respondent::Pupil => PUPIL,
            Respondent::Staff => STAFF,
        }
    }

    /// The answers among `given` (question and choice as they were sent), complete.
    ///
    /// # Errors
    /// The first question without a choice from 0 to 2.
    pub fn read(&self, given: impl Fn(&str) -> Option<String>) -> Result<Answers, Incomplete> {
        let mut answers = Answers::new();
        for question in self.questions {
            let choice = given(question.id).and_then(|text| text.parse().ok()).filter(|c| (0..3).contains(c));
            answers.insert(question.id, choice.ok_or(Incomplete { question: question.id })?);
        }
        Ok(answers)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_are_complete_or_the_first_gap_is_named() {
        let pupil = Questionnaire::after(Respondent::Pupil);
        let all = pupil.read(|_| Some("2".into())).unwrap();
        assert_eq!(all.len(), pupil.questions.len());
        for rubbish in [None, Some(""), Some("3"), Some("-1"), Some("yes")] {
            let read = pupil.read(|q| if q == "learned" { rubbish.map(Into::into) } else { Some("0".into()) });
            assert_eq!(read, Err(Incomplete { question: "learned" }), "{rubbish:?}");
        }
    }

    #[test]
    fn questions_are_named_once_and_speak_of_the_programme() {
        for respondent in Respondent::ALL {
            let questions = Questionnaire::after(*respondent).questions;
            let names: std::collections::BTreeSet<_> = questions.iter().map(|q| q.id).collect();
            assert_eq!(names.len(), questions.len());
        }
        assert_eq!(PUPIL.questions[0].asked(ProgrammeKind::Play), "What did you think of the performance?");
    }
}
