//! Programmes: what is offered, and for whom.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::fault::{Fault, Faults};
use crate::setting::SettingType;
use crate::term::{TermSet, terms};
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

    /// The year groups of a school that the programme is for. Unknown ones are taken as Reception to Year 11; where the
    /// programme is for none of these, as all that it is for, since what is unknown is never "not eligible".
    #[must_use]
    pub fn year_groups_in(&self, taught: Option<YearGroups>) -> YearGroups {
        let Self::Children { year_groups: meant, .. } = self else { return YearGroups::NONE };
        match taught {
            Some(taught) => taught.intersection(*meant),
            None => match YearGroups::planning_assumption().intersection(*meant) {
                none if none.is_empty() => *meant,
                planned => planned,
            },
        }
    }
}

/// One part of a programme: session 1 of 2.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Part {
    /// Its place, from 1.
    pub number: i64,
    /// What it is called; may be blank where there is only one.
    pub title: String,
    /// How long it lasts.
    pub minutes: i64,
}

/// Most parts of a programme.
pub const MOST_PARTS: usize = 6;

/// A programme as somebody wrote it, to be added or to replace what is on record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewProgramme {
    /// What it is.
    pub kind: ProgrammeKind,
    /// Its name, the authority's only one of that name.
    pub name: String,
    /// What it is about, for schools that choose.
    pub summary: String,
    /// For whom.
    pub audience: Audience,
    /// At least one, in order.
    pub parts: Vec<Part>,
    /// The largest attending group; none: no limit.
    pub largest_group: Option<i64>,
    /// What a school must have.
    pub needs: TermSet<Need>,
    /// How it can be adapted.
    pub adaptations: TermSet<Adaptation>,
    /// Its topics.
    pub topics: TermSet<Topic>,
    /// The date of the guidance the topics were chosen from.
    pub topics_as_of: Option<NaiveDate>,
}

impl NewProgramme {
    /// The programme with its parts numbered, if it can stand.
    ///
    /// # Errors
    /// Every fault, by field.
    pub fn check(mut self) -> Result<Self, Vec<Fault>> {
        let mut faults = Faults::default();
        faults.unless(!self.name.is_empty(), "name", "Enter the programme’s name");
        faults.at_most(&self.name, 120, "name", "The name");
        faults.at_most(&self.summary, 2000, "summary", "The summary");
        if let Audience::Children { setting_types, year_groups } = &self.audience {
            faults.unless(!year_groups.is_empty(), "year_groups", "Choose at least one year group");
            faults.unless(!setting_types.is_empty(), "setting_types", "Choose at least one setting type");
        }
        let parts = self.parts.len();
        faults.unless((1..=MOST_PARTS).contains(&parts), "minutes_1", "Enter how long the first part lasts");
        for (number, part) in (1..).zip(&mut self.parts) {
            part.number = number;
            let field = PART_FIELDS[usize::try_from(number - 1).unwrap_or(0).min(MOST_PARTS - 1)];
            let good = (5..=480).contains(&part.minutes);
            faults.unless(good, field, format!("Part {number} must last between 5 and 480 minutes"));
            faults.at_most(&part.title, 80, field, &format!("The title of part {number}"));
        }
        let good = self.largest_group.is_none_or(|n| (1..=2000).contains(&n));
        faults.unless(good, "largest_group", "The largest group must be between 1 and 2,000 pupils");
        faults.or(self)
    }
}

/// The forms' names of the parts' lengths.
const PART_FIELDS: [&str; MOST_PARTS] = ["minutes_1", "minutes_2", "minutes_3", "minutes_4", "minutes_5", "minutes_6"];

#[cfg(test)]
mod tests {
    use std::ops::RangeInclusive;

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
        for (programme, taught, expected) in
            [(6..=7, None, 6..=7), (10..=13, None, 10..=11), (12..=13, None, 12..=13), (12..=13, Some(7..=12), 12..=12)]
        {
            let years = |range: RangeInclusive<i64>| range.map(year).fold(YearGroups::NONE, YearGroups::union);
            let audience = Audience::Children {
                setting_types: [SettingType::Special].into(),
                year_groups: years(programme.clone()),
            };
            assert_eq!(audience.year_groups_in(taught.clone().map(years)), years(expected), "{programme:?} {taught:?}");
        }
        assert_eq!(Audience::Adults.eligibility(SettingType::Hospital, None), Eligibility::Eligible);
    }

    #[test]
    fn a_programme_that_cannot_stand_names_every_fault() {
        let programme = NewProgramme {
            kind: ProgrammeKind::Play,
            name: "Mr Shapeshifter".into(),
            summary: String::new(),
            audience: Audience::Children {
                setting_types: [SettingType::Mainstream].into(),
                year_groups: YearGroups::from(YearGroup::new(6).unwrap()),
            },
            parts: vec![Part { number: 9, title: String::new(), minutes: 60 }],
            largest_group: Some(120),
            needs: TermSet::default(),
            adaptations: TermSet::default(),
            topics: TermSet::default(),
            topics_as_of: None,
        };
        let good = programme.clone().check().unwrap();
        assert_eq!(good.parts[0].number, 1);
        let audience = Audience::Children { setting_types: BTreeSet::new(), year_groups: YearGroups::NONE };
        let part = Part { number: 1, title: String::new(), minutes: 0 };
        let bad = NewProgramme {
            name: "x".repeat(121),
            audience,
            parts: vec![part],
            largest_group: Some(0),
            ..programme.clone()
        };
        let fields: Vec<_> = bad.check().unwrap_err().into_iter().map(|f| f.field).collect();
        assert_eq!(fields, ["name", "year_groups", "setting_types", "minutes_1", "largest_group"]);
        let adults = NewProgramme { audience: Audience::Adults, parts: vec![], ..programme };
        let fields: Vec<_> = adults.check().unwrap_err().into_iter().map(|f| f.field).collect();
        assert_eq!(fields, ["minutes_1"]);
    }
}
