//! Feedback: codes, questionnaires, answers.
