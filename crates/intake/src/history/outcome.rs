//! What became of a session, why, and which part of a programme it was, as old records say it.

use domain::session::Reason;

use super::says::Says;
use super::words::{plain, words};

/// What became of a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// Nothing says otherwise.
    Held,
    /// It was to be confirmed, or what is said of it may mean either.
    ToConfirm,
    /// It was put off.
    Postponed,
    /// It was called off.
    Cancelled,
}

impl From<Says> for Outcome {
    fn from(said: Says) -> Self {
        match said {
            Says::Nothing | Says::Held => Self::Held,
            Says::Unsure => Self::ToConfirm,
            Says::Postponed => Self::Postponed,
            Says::Cancelled => Self::Cancelled,
        }
    }
}

/// What notes say of each reason: beginnings of words, or of several that follow one another.
const REASONS: [(Reason, &[&str]); 6] = [
    (Reason::SchoolClosed, &["snow", "school clos", "school shut", "boiler", "flood", "power cut", "heating"]),
    (Reason::Sickness, &["sick", "illness", "staff ill", "officer ill", "team ill", "deliverer ill", "unwell"]),
    (Reason::Vehicle, &["vehicle", "van ", "breakdown", "broke down", "broken down", "puncture"]),
    (Reason::CalledAway, &["called away", "operational", "emergency", "callout"]),
    (Reason::Timetable, &["timetable", "clash", "trip", "exam", "mocks", "sats", "double booked"]),
    (
        Reason::NoLongerNeeded,
        &["no longer", "not needed", "school withdrew", "school withdrawn", "withdrew", "withdrawn", "not required"],
    ),
];

/// Why a session was cancelled, where the note's words say one of the reasons plainly; another reason where they say
/// none, or several.
pub(super) fn reason(note: &str) -> Reason {
    let note = plain(note);
    let said = format!(" {} ", words(&note).join(" "));
    // Children who are ill are not the team's sickness.
    if [" pupil", " child", " class ", " student"].iter().any(|w| said.contains(w)) {
        return Reason::Other;
    }
    let mut found = REASONS.iter().filter(|(_, beginnings)| beginnings.iter().any(|b| said.contains(&format!(" {b}"))));
    match (found.next(), found.next()) {
        (Some((reason, _)), None) => *reason,
        _ => Reason::Other,
    }
}

/// Which part of a programme a text names: “part 2”, “pt 2”, “session 2 of 3”. A session's number by itself may be that
/// of the day, and says nothing.
pub(super) fn part(text: &str) -> Option<u8> {
    let text = plain(text);
    let words = words(&text);
    let number = |word: &str| word.parse::<u8>().ok().filter(|number| (1..=20).contains(number));
    // “2 of 5 staff” counts something else.
    let is_counted = |at: usize| {
        let before = at.checked_sub(1).map(|before| words[before]);
        matches!(before, Some("session" | "part" | "pt" | "lesson" | "visit")) || words.len() == 3
    };
    (0..words.len()).find_map(|at| match (words[at], words.get(at + 1), words.get(at + 2)) {
        ("part" | "pt", Some(one), _) => number(one),
        (one, Some(&"of"), Some(all)) if is_counted(at) => {
            number(one).zip(number(all)).filter(|(one, all)| one <= all).map(|(one, _)| one)
        }
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use super::super::says::{Place, says};
    use super::*;

    #[test]
    fn parts_are_read_where_they_are_named() {
        for (text, wanted) in [
            ("Knife crime part 2", Some(2)),
            ("Pt 1 - online safety", Some(1)),
            ("session 2 of 3", Some(2)),
            ("2 of 2", Some(2)),
            ("Session 2", None),
            ("3 of 2", None),
            ("part of the tour", None),
            ("2 of 5 staff came", None),
        ] {
            assert_eq!(part(text), wanted, "{text}");
        }
    }

    #[test]
    fn reasons_are_read_where_the_words_are_plain() {
        for (note, wanted) in [
            ("Canc - snow", Reason::SchoolClosed),
            ("cancelled, school closed (boiler)", Reason::SchoolClosed),
            ("CANCELLED staff sickness", Reason::Sickness),
            ("canc. officer off sick", Reason::Sickness),
            ("cancelled - staff illness", Reason::Sickness),
            ("canc, van broke down", Reason::Vehicle),
            ("cancelled: unit called away", Reason::CalledAway),
            ("canc - Y6 trip", Reason::Timetable),
            ("Cancelled, school withdrew", Reason::NoLongerNeeded),
            ("cancelled", Reason::Other),
            ("cancelled by school", Reason::Other),
            ("canc, pupils ill", Reason::Other),
            ("cancelled: half of the pupils sick", Reason::Other),
            ("cancelled, snow and van broken down", Reason::Other),
            ("cancelled in advance", Reason::Other),
            ("cancelled via office", Reason::Other),
        ] {
            assert_eq!(reason(note), wanted, "{note}");
        }
    }

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
            assert_eq!(Outcome::from(says(note, Place::Notes)), outcome, "{note}");
        }
    }
}
