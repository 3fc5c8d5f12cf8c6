//! Programmes: what is offered, and for whom.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::setting::SettingType;
use crate::term::terms;
use crate::year_group::YearGroups;

terms! {
    /// What a programme is, which decides what its sessions are called.
    pub enum ProgrammeKind {
        Play = "play", "Play";
        Session = "session", "Session";
        Workshop = "workshop", "Workshop";
    }
}

impl ProgrammeKind {
    /// What one delivery of it is called on pages, singular.
    #[must_use]
    pub const fn delivery(self) -> &'static str {
        match self {
            Self::Play => "performance",
            Self::Session | Self::Workshop => "session",
        }
    }
}

terms! {
    /// What a school must have for a programme to come.
    pub enum Need {
        Hall = "hall", "A hall";
        Projector = "projector", "A projector and screen";
        Sound = "sound", "A sound system";
        Parking = "parking", "Parking for a van";
        StaffStay = "staff_stay", "Staff stay throughout";
    }
}

terms! {
    /// How a programme can be adapted to pupils.
    pub enum Adaptation {
        Relaxed = "relaxed", "Relaxed";
        Bsl = "bsl", "British Sign Language";
        Symbols = "symbols", "Symbol-supported";
        SmallGroups = "small_groups", "Small groups";
    }
}

terms! {
    /// Topics of the statutory guidance on relationships, sex and health education, and of Prevent.
    pub enum Topic {
        OnlineSafety = "online_safety", "Online safety";
        Relationships = "relationships", "Respectful relationships";
        Consent = "consent", "Consent";
        Exploitation = "exploitation", "Criminal and sexual exploitation";
        Grooming = "grooming", "Grooming";
        Bullying = "bullying", "Bullying";
        ImageSharing = "image_sharing", "Sharing of images";
        Radicalisation = "radicalisation", "Radicalisation (Prevent)";
        Substances = "substances", "Drugs, alcohol and tobacco";
        MentalWellbeing = "mental_wellbeing", "Mental wellbeing";
    }
}

terms! {
    /// Whether a programme or a tour can be seen and used.
    pub enum Status {
        Draft = "draft", "Draft";
        Open = "open", "Open";
        Closed = "closed", "Closed";
    }
}

/// For whom a programme is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Audience {
    /// Children of these setting types and year groups.
    Children {
        /// At least one.
        setting_types: BTreeSet<SettingType>,
        /// At least one.
        year_groups: YearGroups,
    },
    /// Adults: staff, parents, licensed businesses. Year groups do not matter.
    Adults,
}

terms! {
    /// Whether a programme is for a school.
    pub enum Eligibility {
        Eligible = "eligible", "Eligible";
        /// The school's year groups are unknown: it counts among those to be reached, and is asked.
        Unknown = "unknown", "Year groups not stated";
        NotEligible = "not_eligible", "Not eligible";
    }
}

impl Audience {
    /// Whether a school of this setting type teaching these year groups (none: unknown) is in the audience.
    ///
    /// Unknown year groups are never "not eligible".
    #[must_use]
    pub fn eligibility(&self, setting_type: SettingType, taught: Option<YearGroups>) -> Eligibility {
        match self {
            Self::Adults => Eligibility::Eligible,
            Self::Children { setting_types, .. } if !setting_types.contains(&setting_type) => Eligibility::NotEligible,
            Self::Children { year_groups, .. } => match taught {
                None => Eligibility::Unknown,
                Some(taught) if taught.intersection(*year_groups).is_empty() => Eligibility::NotEligible,
                Some(_) => Eligibility::Eligible,
            },
        }
    }

    /// The year groups of a school that the programme is for; unknown year groups are taken as Reception to Year 11.
    #[must_use]
    pub fn year_groups_in(&self, taught: Option<YearGroups>) -> YearGroups {
        match self {
            Self::Adults => YearGroups::NONE,
            Self::Children { year_groups, .. } => {
                taught.unwrap_or_else(YearGroups::planning_assumption).intersection(*year_groups)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::YearGroup;

    #[test]
    fn unknown_year_groups_are_never_not_eligible() {
        let year = |n| YearGroups::from(YearGroup::new(n).unwrap());
        let year_six = Audience::Children {
            setting_types: [SettingType::Mainstream, SettingType::Special].into(),
            year_groups: year(6),
        };
        for (kind, taught, expected) in [
            (SettingType::Mainstream, Some(year(6)), Eligibility::Eligible),
            (SettingType::Mainstream, Some(year(10)), Eligibility::NotEligible),
            (SettingType::Special, None, Eligibility::Unknown),
            (SettingType::Hospital, None, Eligibility::NotEligible),
        ] {
            assert_eq!(year_six.eligibility(kind, taught), expected, "{kind} {taught:?}");
        }
        assert_eq!(year_six.year_groups_in(None), year(6));
        assert_eq!(Audience::Adults.eligibility(SettingType::Hospital, None), Eligibility::Eligible);
    }
}
