//! What became of a session, as old records say it.

use super::words::{plain, words};

/// What became of a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// Nothing says otherwise.
    Held,
    /// It was to be confirmed.
    ToConfirm,
    /// It was put off.
    Postponed,
    /// It was called off.
    Cancelled,
}

impl Outcome {
    /// Reads a note. What says most clearly that it did not take place counts.
    #[must_use]
    pub fn read(note: &str) -> Self {
        let note = plain(note);
        let words = words(&note);
        let any = |beginnings: &[&str]| words.iter().any(|w| beginnings.iter().any(|b| w.starts_with(b)));
        let says = |sentences: &[&str]| sentences.iter().any(|s| note.contains(s));
        if any(&["canc"]) || says(&["did not go ahead", "didn't go ahead", "called off", "did not take place"]) {
            Self::Cancelled
        } else if any(&["postpone", "reschedul", "rearrang"]) || says(&["moved to", "new date", "put back to"]) {
            Self::Postponed
        } else if any(&["tbc", "provisional", "pencilled"])
            || says(&["awaiting confirmation", "to confirm", "to be confirmed", "not confirmed"])
        {
            Self::ToConfirm
        } else {
            Self::Held
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn outcomes_are_read_from_notes() {
        for (note, outcome) in [
            ("", Outcome::Held),
            ("went well", Outcome::Held),
            ("hall booked", Outcome::Held),
            ("£450 inv.", Outcome::Held),
            ("Canc - snow", Outcome::Cancelled),
            ("CANCELLED", Outcome::Cancelled),
            ("cancelled (staff sickness)", Outcome::Cancelled),
            ("did not go ahead", Outcome::Cancelled),
            ("postponed", Outcome::Postponed),
            ("moved to next term", Outcome::Postponed),
            ("Rescheduled - new date tbc", Outcome::Postponed),
            ("awaiting confirmation", Outcome::ToConfirm),
        ] {
            assert_eq!(Outcome::read(note), outcome, "{note}");
        }
    }
}
