//! The cells of a row that are filled in: what each is called, and how it is read.

use crate::AcademicYear;
use crate::request::{MOST_GROUPS, MOST_SESSIONS, PartOfDay, in_words, read_dates};
use crate::session::{GroupField, MOST_EXPECTED};
use crate::tour::AskedBy;
use crate::year_group::YearGroups;

/// A cell that is filled in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Cell {
    /// Something of a group, which is counted from 0.
    Group(usize, GroupField),
    /// Sessions needed.
    Sessions,
    /// Whether they may lie on several days.
    Days,
    /// When in the day.
    PartOfDay,
    /// Days on which the school would have it.
    Preferred,
    /// Days on which it cannot be.
    Impossible,
    /// Whether another school may join.
    RoomForOthers,
    /// What it takes for everyone to take part.
    AccessNeeds,
    /// Anything else.
    Note,
    /// Whom to talk to.
    ContactName,
    /// Their number.
    ContactTelephone,
    /// Their address.
    ContactEmail,
    /// Who asked, where somebody else fills it in.
    AskedBy,
    /// How they asked.
    AskedHow,
}

/// What is written into a cell to empty it: a blank says nothing.
pub const NONE: &str = "none";

/// The fields of a group from left to right.
const FIELDS: [GroupField; 4] =
    [GroupField::YearGroups, GroupField::Expected, GroupField::ExpectedSend, GroupField::Label];

/// The cells after the groups.
const OTHERS: [Cell; 13] = [
    Cell::Sessions,
    Cell::Days,
    Cell::PartOfDay,
    Cell::Preferred,
    Cell::Impossible,
    Cell::RoomForOthers,
    Cell::AccessNeeds,
    Cell::Note,
    Cell::ContactName,
    Cell::ContactTelephone,
    Cell::ContactEmail,
    Cell::AskedBy,
    Cell::AskedHow,
];

const DAYS: [&str; 2] = ["One day or several", "All on one day"];
const YES_OR_NO: [&str; 2] = ["Yes", "No"];

pub(super) const fn days_word(may_split: bool) -> &'static str {
    if may_split { DAYS[0] } else { DAYS[1] }
}

pub(super) const fn yes_word(yes: bool) -> &'static str {
    if yes { YES_OR_NO[0] } else { YES_OR_NO[1] }
}

/// A text as a cell comes back: on one line, without control characters.
pub(super) fn one_line(text: &str) -> String {
    let plain: String = text.chars().filter(|c| c.is_whitespace() || !c.is_control()).collect();
    plain.split_whitespace().collect::<Vec<_>>().join(" ")
}

impl Cell {
    /// Every cell, from left to right.
    pub fn all() -> impl Iterator<Item = Self> {
        (0..MOST_GROUPS).flat_map(Self::of_group).chain(OTHERS)
    }

    /// The cells of a group, from left to right.
    pub fn of_group(at: usize) -> impl Iterator<Item = Self> {
        FIELDS.into_iter().map(move |field| Self::Group(at, field))
    }

    /// Its column's heading.
    #[must_use]
    pub fn heading(self) -> String {
        let others = match self {
            Self::Group(at, field) => {
                let what = match field {
                    GroupField::YearGroups => "year groups",
                    GroupField::Expected => "pupils",
                    GroupField::ExpectedSend => "of these, with SEND",
                    GroupField::Label => "name",
                };
                return format!("Group {}: {what}", at + 1);
            }
            Self::Sessions => "Sessions needed",
            Self::Days => "On which days",
            Self::PartOfDay => "When in the day",
            Self::Preferred => "Preferred days",
            Self::Impossible => "Days that are not possible",
            Self::RoomForOthers => "Another school may join",
            Self::AccessNeeds => "Access and SEND needs",
            Self::Note => "Anything else",
            Self::ContactName => "Whom we talk to",
            Self::ContactTelephone => "Telephone",
            Self::ContactEmail => "Email",
            Self::AskedBy => "Who asked",
            Self::AskedHow => "How they asked",
        };
        others.to_owned()
    }

    /// What it is chosen from; none where it is written freely.
    #[must_use]
    pub fn choices(self) -> Vec<&'static str> {
        match self {
            Self::Days => DAYS.to_vec(),
            Self::RoomForOthers => YES_OR_NO.to_vec(),
            Self::PartOfDay => PartOfDay::ALL.iter().map(|part| part.label()).collect(),
            Self::AskedHow => AskedBy::ALL.iter().map(|how| how.label()).collect(),
            _ => Vec::new(),
        }
    }

    /// From which to which a number is; none for what is no number.
    #[must_use]
    pub const fn range(self) -> Option<(i64, i64)> {
        match self {
            Self::Group(_, GroupField::Expected) => Some((1, MOST_EXPECTED)),
            Self::Group(_, GroupField::ExpectedSend) => Some((0, MOST_EXPECTED)),
            Self::Sessions => Some((1, MOST_SESSIONS)),
            _ => None,
        }
    }

    /// The field of a form, as faults name it: that of the page that asks. Groups' end in `-0`, `-1` and so on.
    #[must_use]
    pub fn field(self) -> String {
        let others = match self {
            Self::Group(at, field) => return format!("{}-{at}", field.as_str()),
            Self::Sessions => "sessions",
            Self::Days => "may_split",
            Self::PartOfDay => "part_of_day",
            Self::Preferred => "preferred",
            Self::Impossible => "impossible",
            Self::RoomForOthers => "room_for_others",
            Self::AccessNeeds => "access_needs",
            Self::Note => "note",
            Self::ContactName => "contact_name",
            Self::ContactTelephone => "contact_telephone",
            Self::ContactEmail => "contact_email",
            Self::AskedBy => "asked_by_name",
            Self::AskedHow => "asked_how",
        };
        others.to_owned()
    }

    /// Reads what was typed for a tour in `year`: none for a blank, nothing for [`NONE`], else the one way in which the
    /// sheet writes it.
    ///
    /// # Errors
    /// A sentence that says what is wrong and how to mend it.
    pub fn read(self, text: &str, year: AcademicYear) -> Result<Option<String>, String> {
        let lines = text;
        let text = one_line(text);
        if text.is_empty() {
            return Ok(None);
        }
        if text.eq_ignore_ascii_case(NONE) || matches!(text.as_str(), "-" | "–") {
            return Ok(Some(String::new()));
        }
        if let Some((low, high)) = self.range() {
            let number = text.strip_suffix(".0").unwrap_or(&text).parse::<i64>().ok();
            let number = number.filter(|n| (low..=high).contains(n));
            let wrong = || format!("“{}” is no whole number from {low} to {high}. Write the number alone", cut(&text));
            return number.map(|n| Some(n.to_string())).ok_or_else(wrong);
        }
        let choices = self.choices();
        if !choices.is_empty() {
            let chosen = choices.iter().find(|choice| choice.eq_ignore_ascii_case(&text));
            let wrong = || format!("“{}” is no choice here: choose {}", cut(&text), one_of(&choices));
            return chosen.map(|choice| Some((*choice).to_owned())).ok_or_else(wrong);
        }
        match self {
            Self::Group(_, GroupField::YearGroups) => match text.parse::<YearGroups>() {
                Ok(years) => Ok(Some(years.to_string())),
                Err(_) => {
                    Err(format!("“{}” is no list of year groups: write, for example, Year 5, Year 6", cut(&text)))
                }
            },
            Self::Preferred | Self::Impossible => read_dates(lines, year).map(|days| Some(in_words(&days).join("; "))),
            Self::ContactTelephone => Ok(Some(crate::contact::telephone_of_figure(&text))),
            _ => Ok(Some(text)),
        }
    }

    /// Whether what is wrong with one of two cells may come of the other.
    #[must_use]
    pub fn bears_on(self, other: Self) -> bool {
        let counts = |cell| matches!(cell, Self::Group(_, GroupField::Expected));
        let is_count = |field| matches!(field, GroupField::Expected | GroupField::ExpectedSend);
        let is_day = |cell| matches!(cell, Self::Preferred | Self::Impossible);
        let is_asked = |cell| matches!(cell, Self::AskedBy | Self::AskedHow);
        match (self, other) {
            (Self::Group(one, field), Self::Group(another, other)) => {
                one == another && (field == other || (is_count(field) && is_count(other)))
            }
            (Self::Sessions, cell) | (cell, Self::Sessions) if counts(cell) => true,
            (one, another) if is_day(one) => is_day(another),
            (one, another) if is_asked(one) => is_asked(another),
            (one, another) => one == another,
        }
    }
}

/// “Yes or No”
fn one_of(choices: &[&str]) -> String {
    match choices.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} or {last}", rest.join(", ")),
        _ => choices.concat(),
    }
}

/// A text as a message quotes it.
fn cut(text: &str) -> String {
    text.chars().take(40).collect()
}
