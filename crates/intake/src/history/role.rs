//! What a column of a table of visits holds.

use super::Half;

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// The day.
    Date,
    /// The time of day, or AM and PM.
    Time,
    /// The school.
    School,
    /// Its town or area.
    Town,
    /// Its postcode.
    Postcode,
    /// Its unique reference number.
    Urn,
    /// Its number at the Department for Education.
    Dfe,
    /// Year groups, or the name of a class.
    Years,
    /// How many pupils.
    Pupils,
    /// How many pupils of one kind, in a column beside others: boys, Year 5. Together they are who came.
    Part,
    /// What was given.
    Topic,
    /// What was said of it, or became of it.
    Notes,
    /// The morning's school, where a line has two.
    AmSchool,
    /// The morning's pupils.
    AmPupils,
    /// The morning's year groups.
    AmYears,
    /// The afternoon's school.
    PmSchool,
    /// The afternoon's pupils.
    PmPupils,
    /// The afternoon's year groups.
    PmYears,
}

impl Role {
    /// Every role, in the order in which people choose one.
    pub const ALL: [Self; 18] = [
        Self::Date,
        Self::Time,
        Self::School,
        Self::Town,
        Self::Postcode,
        Self::Urn,
        Self::Dfe,
        Self::Years,
        Self::Pupils,
        Self::Part,
        Self::Topic,
        Self::Notes,
        Self::AmSchool,
        Self::AmPupils,
        Self::AmYears,
        Self::PmSchool,
        Self::PmPupils,
        Self::PmYears,
    ];

    /// The word that is stored.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Date => "date",
            Self::Time => "time",
            Self::School => "school",
            Self::Town => "town",
            Self::Postcode => "postcode",
            Self::Urn => "urn",
            Self::Dfe => "dfe",
            Self::Years => "years",
            Self::Pupils => "pupils",
            Self::Part => "part",
            Self::Topic => "topic",
            Self::Notes => "notes",
            Self::AmSchool => "am_school",
            Self::AmPupils => "am_pupils",
            Self::AmYears => "am_years",
            Self::PmSchool => "pm_school",
            Self::PmPupils => "pm_pupils",
            Self::PmYears => "pm_years",
        }
    }

    /// What people call it.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Date => "Date",
            Self::Time => "Time",
            Self::School => "School",
            Self::Town => "Town",
            Self::Postcode => "Postcode",
            Self::Urn => "URN",
            Self::Dfe => "DfE number (LA and establishment)",
            Self::Years => "Year groups",
            Self::Pupils => "Pupils",
            Self::Part => "Pupils, added to other columns",
            Self::Topic => "What was given",
            Self::Notes => "Notes and status",
            Self::AmSchool => "Morning’s school",
            Self::AmPupils => "Morning’s pupils",
            Self::AmYears => "Morning’s year groups",
            Self::PmSchool => "Afternoon’s school",
            Self::PmPupils => "Afternoon’s pupils",
            Self::PmYears => "Afternoon’s year groups",
        }
    }

    /// The role a stored word names.
    #[must_use]
    pub fn named(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.as_str() == word)
    }

    /// Whether several columns of a table may hold it.
    #[must_use]
    pub const fn is_several(self) -> bool {
        matches!(self, Self::Part | Self::Notes)
    }

    /// Whether it says how many came.
    #[must_use]
    pub const fn is_count(self) -> bool {
        matches!(self, Self::Pupils | Self::Part | Self::AmPupils | Self::PmPupils)
    }

    /// Whose half of the day it is about, in a table with a school for each.
    #[must_use]
    pub const fn half(self) -> Option<Half> {
        match self {
            Self::AmSchool | Self::AmPupils | Self::AmYears => Some(Half::Am),
            Self::PmSchool | Self::PmPupils | Self::PmYears => Some(Half::Pm),
            _ => None,
        }
    }
}
