//! Coverage: who was reached and who was not.
