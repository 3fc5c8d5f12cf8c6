//! What rows of coverage are about.

use serde::{Serialize, Serializer};

use super::standing::Standing;
use crate::setting::{Phase, SettingType};
use crate::term::terms;
use crate::year_group::YearGroup;

terms! {
    /// What rows are formed by.
    pub enum By {
        SettingType = "setting_type", "Setting type";
        Phase = "phase", "Phase";
        Ward = "ward", "Ward";
        Constituency = "constituency", "Constituency";
        YearGroup = "year_group", "Year group";
    }
}

/// What a row is about.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Value {
    /// Schools of a setting type.
    SettingType(SettingType),
    /// Schools of a phase.
    Phase(Phase),
    /// Schools of a ward; none: the ward is not known.
    Ward(Option<String>),
    /// Schools of a constituency; none: the constituency is not known.
    Constituency(Option<String>),
    /// A year group; none: groups that state none, at schools where it could be any of several.
    YearGroup(Option<YearGroup>),
}

/// Text that names no row.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("“{text}” is no {}", .by.label().to_lowercase())]
pub struct NoSuchValue {
    /// What rows are formed by.
    pub by: By,
    /// The text.
    pub text: String,
}

impl Value {
    /// What the row is formed by.
    #[must_use]
    pub const fn by(&self) -> By {
        match self {
            Self::SettingType(_) => By::SettingType,
            Self::Phase(_) => By::Phase,
            Self::Ward(_) => By::Ward,
            Self::Constituency(_) => By::Constituency,
            Self::YearGroup(_) => By::YearGroup,
        }
    }

    /// What an address or a CSV cell holds: a term's stored word, a name, a number; nothing where it is not known.
    #[must_use]
    pub fn word(&self) -> String {
        match self {
            Self::SettingType(kind) => kind.as_str().to_owned(),
            Self::Phase(phase) => phase.as_str().to_owned(),
            Self::Ward(area) | Self::Constituency(area) => area.clone().unwrap_or_default(),
            Self::YearGroup(year) => year.map(|y| y.number().to_string()).unwrap_or_default(),
        }
    }

    /// Reads a [`word`](Self::word).
    ///
    /// # Errors
    /// No such setting type, phase or year group. Any text may be an area.
    pub fn read(by: By, text: &str) -> Result<Self, NoSuchValue> {
        let text = text.trim();
        let bad = || NoSuchValue { by, text: text.to_owned() };
        let area = || (!text.is_empty()).then(|| text.to_owned());
        Ok(match by {
            By::SettingType => Self::SettingType(text.parse().map_err(|_| bad())?),
            By::Phase => Self::Phase(text.parse().map_err(|_| bad())?),
            By::Ward => Self::Ward(area()),
            By::Constituency => Self::Constituency(area()),
            By::YearGroup if text.is_empty() => Self::YearGroup(None),
            By::YearGroup => Self::YearGroup(Some(text.parse().map_err(|_| bad())?)),
        })
    }

    /// What a page calls it.
    #[must_use]
    pub fn label(&self) -> String {
        match self {
            Self::SettingType(kind) => kind.label().to_owned(),
            Self::Phase(phase) => phase.label().to_owned(),
            Self::Ward(area) => area.clone().unwrap_or_else(|| "Ward not known".into()),
            Self::Constituency(area) => area.clone().unwrap_or_else(|| "Constituency not known".into()),
            Self::YearGroup(year) => year.map_or_else(|| "Year group not stated".into(), |y| y.to_string()),
        }
    }

    /// Pages list terms in their own order, areas by name, year groups upward, and what is not known last.
    fn order(&self) -> (By, bool, i64, &str) {
        match self {
            Self::SettingType(kind) => (self.by(), false, *kind as i64, ""),
            Self::Phase(phase) => (self.by(), false, *phase as i64, ""),
            Self::Ward(area) | Self::Constituency(area) => {
                (self.by(), area.is_none(), 0, area.as_deref().unwrap_or_default())
            }
            Self::YearGroup(year) => (self.by(), year.is_none(), year.map_or(0, |y| y.number().into()), ""),
        }
    }

    /// Whether a school belongs to the row; a year group is a matter of its cells.
    pub(super) fn has(&self, standing: &Standing) -> bool {
        let school = &standing.school;
        match self {
            Self::SettingType(kind) => school.setting_type == *kind,
            Self::Phase(phase) => school.phase == *phase,
            Self::Ward(area) => school.ward == *area,
            Self::Constituency(area) => school.constituency == *area,
            Self::YearGroup(year) => standing.cells.iter().any(|c| c.year_group == *year),
        }
    }
}

impl PartialOrd for Value {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Value {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.order().cmp(&other.order())
    }
}

/// A year group is a number, what is not known is null, all else is text.
impl Serialize for Value {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::SettingType(kind) => kind.serialize(s),
            Self::Phase(phase) => phase.serialize(s),
            Self::Ward(area) | Self::Constituency(area) => area.serialize(s),
            Self::YearGroup(year) => year.serialize(s),
        }
    }
}
