//! Settings: where children or adults belong. What kind of school one is, and whom it teaches.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::term::terms;
use crate::year_group::{YearGroup, YearGroups};

/// The unique reference number of a school in the school list: six digits, 100000 to 999999.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "i64", into = "i64")]
pub struct Urn(i64);

/// Text or a number that is no URN.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("“{0}” is not a URN: a URN has six digits")]
pub struct NotAUrn(pub String);

impl Urn {
    /// The URN with this number.
    ///
    /// # Errors
    /// A number that has not six digits.
    pub fn new(number: i64) -> Result<Self, NotAUrn> {
        if (100_000..=999_999).contains(&number) { Ok(Self(number)) } else { Err(NotAUrn(number.to_string())) }
    }

    /// The six digits as a number.
    #[must_use]
    pub const fn number(self) -> i64 {
        self.0
    }
}

impl From<Urn> for i64 {
    fn from(urn: Urn) -> Self {
        urn.0
    }
}

impl TryFrom<i64> for Urn {
    type Error = NotAUrn;
    fn try_from(number: i64) -> Result<Self, Self::Error> {
        Self::new(number)
    }
}

impl FromStr for Urn {
    type Err = NotAUrn;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let text = text.trim();
        let digits = text.len() == 6 && text.bytes().all(|b| b.is_ascii_digit());
        text.parse().ok().filter(|_| digits).ok_or_else(|| NotAUrn(text.to_owned())).and_then(Self::new)
    }
}

impl fmt::Display for Urn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// The code of a local authority: three digits. An authority is the tenant.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct LaCode(String);

/// Text that is no LA code.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("“{0}” is not an LA code: an LA code has three digits")]
pub struct NotAnLaCode(pub String);

impl LaCode {
    /// The three digits.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for LaCode {
    type Err = NotAnLaCode;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let text = text.trim();
        if text.len() == 3 && text.bytes().all(|b| b.is_ascii_digit()) {
            Ok(Self(text.to_owned()))
        } else {
            Err(NotAnLaCode(text.to_owned()))
        }
    }
}

impl TryFrom<String> for LaCode {
    type Error = NotAnLaCode;
    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<LaCode> for String {
    fn from(code: LaCode) -> Self {
        code.0
    }
}

impl fmt::Display for LaCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

terms! {
    /// What a setting is: a school of the school list, or a place without a URN.
    pub enum SettingKind {
        School = "school", "School";
        VirtualSchool = "virtual_school", "Virtual school";
        HomeEducation = "home_education", "Home education";
        Tuition = "tuition", "Tuition";
        YouthCentre = "youth_centre", "Youth centre";
        LicensedBusiness = "licensed_business", "Licensed business";
        Other = "other", "Other setting";
    }
}

terms! {
    /// The phase of education, in the school list's own words.
    pub enum Phase {
        Nursery = "nursery", "Nursery";
        Primary = "primary", "Primary";
        MiddleDeemedPrimary = "middle_deemed_primary", "Middle deemed primary";
        MiddleDeemedSecondary = "middle_deemed_secondary", "Middle deemed secondary";
        Secondary = "secondary", "Secondary";
        AllThrough = "all_through", "All-through";
        SixteenPlus = "16_plus", "16 plus";
        NotApplicable = "not_applicable", "Not applicable";
    }
}

impl Phase {
    /// The phase the school list names, in any case and with or without hyphens; blank is not applicable.
    ///
    /// # Errors
    /// A phase the school list does not have.
    pub fn from_school_list(text: &str) -> Result<Self, crate::UnknownTerm> {
        let plain = text.trim().to_lowercase().replace('-', " ");
        Ok(match plain.as_str() {
            "nursery" => Self::Nursery,
            "primary" => Self::Primary,
            "middle deemed primary" => Self::MiddleDeemedPrimary,
            "middle deemed secondary" => Self::MiddleDeemedSecondary,
            "secondary" => Self::Secondary,
            "all through" => Self::AllThrough,
            "16 plus" => Self::SixteenPlus,
            "" | "not applicable" => Self::NotApplicable,
            _ => return Err(crate::UnknownTerm { list: "phase of education", word: text.trim().to_owned() }),
        })
    }

    /// The statutory ages schools of this phase usually have, low and high; none where the phase says nothing.
    #[must_use]
    pub const fn usual_ages(self) -> Option<(u8, u8)> {
        match self {
            Self::Nursery => Some((2, 5)),
            Self::Primary => Some((4, 11)),
            Self::MiddleDeemedPrimary => Some((8, 12)),
            Self::MiddleDeemedSecondary => Some((9, 13)),
            Self::Secondary => Some((11, 16)),
            Self::AllThrough => Some((4, 16)),
            Self::SixteenPlus => Some((16, 19)),
            Self::NotApplicable => None,
        }
    }
}

terms! {
    /// What a school is to its pupils.
    pub enum SettingType {
        Special = "special", "Special";
        Alternative = "alternative", "Alternative provision";
        Hospital = "hospital", "Hospital school";
        ResourcedUnit = "resourced_unit", "Resourced unit";
        Mainstream = "mainstream", "Mainstream";
    }
}

impl SettingType {
    /// The setting type of a school, from the school list's establishment type, and where that is silent, its group.
    ///
    /// The establishment type decides before its group does; a name never does ("Specialist College" is no special
    /// school). Establishment types are those of Get Information About Schools.
    #[must_use]
    pub fn of_establishment(establishment_type: &str, type_group: &str) -> Self {
        let kind = establishment_type.trim().to_lowercase();
        let group = type_group.trim().to_lowercase();
        if kind.contains("pupil referral") || kind.contains("alternative provision") {
            Self::Alternative
        } else if kind.contains("hospital") {
            Self::Hospital
        } else if kind.contains("special") {
            Self::Special
        } else if !kind.is_empty() {
            Self::Mainstream
        } else if group.contains("special") {
            Self::Special
        } else {
            Self::Mainstream
        }
    }
}

terms! {
    /// Whether a setting is open, as far as the school list tells.
    pub enum SettingStatus {
        Open = "open", "Open";
        Closing = "closing", "Open, proposed to close";
        Closed = "closed", "Closed";
        /// It vanished from the school list, and a person has confirmed it.
        NotInList = "not_in_list", "No longer in the list";
    }
}

impl SettingStatus {
    /// Whether it takes part: is offered sessions and counts as eligible.
    #[must_use]
    pub const fn is_open(self) -> bool {
        matches!(self, Self::Open | Self::Closing)
    }
}

terms! {
    /// Where a school's year groups come from.
    pub enum YearGroupsSource {
        Stated = "stated", "from the school list’s ages";
        Estimated = "estimated", "estimated from the phase";
        NotStated = "not_stated", "not stated: ask the school";
        Person = "person", "corrected by a person";
        NotFollowed = "not_followed", "not followed: the school chooses by stage";
    }
}

/// The year groups a school teaches as far as the school list tells, and where that comes from.
///
/// Ages are the statutory low and high ages in years. From stated ages: Year max(0, low − 4) to Year
/// min(13, high − 5). Without ages, the phase's usual ones, labelled estimated. Without either, unknown:
/// such a school is never "not eligible".
#[must_use]
pub fn year_groups_of(ages: Option<(u8, u8)>, phase: Phase) -> (Option<YearGroups>, YearGroupsSource) {
    let taught = |(low, high): (u8, u8)| {
        let low = YearGroup::new((i64::from(low) - 4).max(0));
        let high = YearGroup::new((i64::from(high) - 5).min(13));
        match (low, high) {
            (Ok(low), Ok(high)) => YearGroups::range(low, high),
            _ => YearGroups::NONE,
        }
    };
    match (ages, phase.usual_ages()) {
        (Some(ages), _) => (Some(taught(ages)), YearGroupsSource::Stated),
        (None, Some(usual)) => (Some(taught(usual)), YearGroupsSource::Estimated),
        (None, None) => (None, YearGroupsSource::NotStated),
    }
}

/// A name as it is searched: lower case, without accents' marks or punctuation, single spaces.
#[must_use]
pub fn search_name(name: &str) -> String {
    let mut plain = String::with_capacity(name.len());
    for c in name.chars().flat_map(char::to_lowercase) {
        match c {
            '\'' | '’' | '‘' | '`' | '.' => {}
            c if c.is_alphanumeric() => plain.push(c),
            _ if plain.ends_with(' ') || plain.is_empty() => {}
            _ => plain.push(' '),
        }
    }
    plain.truncate(plain.trim_end().len());
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_establishment_type_decides_before_its_group() {
        for (kind, group, expected) in [
            ("Community special school", "Special schools", SettingType::Special),
            ("Academy special converter", "Academies", SettingType::Special),
            ("Other independent special school", "Independent schools", SettingType::Special),
            ("Pupil referral unit", "Local authority maintained schools", SettingType::Alternative),
            ("Academy alternative provision converter", "Academies", SettingType::Alternative),
            ("Free schools alternative provision", "Free Schools", SettingType::Alternative),
            ("Hospital school", "Special schools", SettingType::Hospital),
            ("Community school", "Special schools", SettingType::Mainstream),
            ("", "Special schools", SettingType::Special),
            ("", "", SettingType::Mainstream),
        ] {
            assert_eq!(SettingType::of_establishment(kind, group), expected, "{kind} / {group}");
        }
    }

    #[test]
    fn year_groups_come_from_ages_then_phase_then_nowhere() {
        let text = |ages, phase| {
            let (years, source) = year_groups_of(ages, phase);
            (years.map(|y| y.to_string()), source)
        };
        let some = |s: &str| Some(s.to_owned());
        assert_eq!(text(Some((3, 11)), Phase::Primary), (some("Reception to Year 6"), YearGroupsSource::Stated));
        assert_eq!(text(Some((11, 18)), Phase::Secondary), (some("Years 7 to 13"), YearGroupsSource::Stated));
        assert_eq!(text(Some((2, 25)), Phase::NotApplicable), (some("Reception to Year 13"), YearGroupsSource::Stated));
        assert_eq!(text(Some((2, 5)), Phase::Nursery), (some("Reception"), YearGroupsSource::Stated));
        assert_eq!(text(None, Phase::Primary), (some("Reception to Year 6"), YearGroupsSource::Estimated));
        assert_eq!(text(None, Phase::NotApplicable), (None, YearGroupsSource::NotStated));
    }

    #[test]
    fn a_urn_has_six_digits() {
        assert_eq!("107253".parse::<Urn>().map(Urn::number), Ok(107_253));
        for text in ["", "10725", "1072533", "10725a", "+10725", "000001"] {
            assert!(text.parse::<Urn>().is_err(), "{text}");
        }
    }

    #[test]
    fn names_are_searched_without_punctuation() {
        assert_eq!(search_name("St. Mary's  C-of-E (Aided)"), "st marys c of e aided");
    }
}
