//! Year groups and sets of them.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// A year group: nursery (N1, N2), Reception or Year 1 to Year 14.
///
/// Held as a number: −2 is N1 (children turning three), −1 is N2 (turning four), 0 is Reception, 1–14 are the years.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "i8", into = "i8")]
pub struct YearGroup(i8);

/// Text or a number that names no year group.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("“{0}” is not a year group: use N1, N2, Reception, or a year from 1 to 14")]
pub struct NotAYearGroup(pub String);

impl YearGroup {
    /// N1, the lowest.
    pub const FIRST: Self = Self(-2);
    /// Reception.
    pub const RECEPTION: Self = Self(0);
    /// Year 14, the highest.
    pub const LAST: Self = Self(14);

    /// The year group with this number (−2 to 14).
    ///
    /// # Errors
    /// A number outside −2 to 14.
    pub fn new(number: i64) -> Result<Self, NotAYearGroup> {
        match i8::try_from(number) {
            Ok(n) if (-2..=14).contains(&n) => Ok(Self(n)),
            _ => Err(NotAYearGroup(number.to_string())),
        }
    }

    /// Its number, −2 to 14.
    #[must_use]
    pub const fn number(self) -> i8 {
        self.0
    }

    /// Every year group, lowest first.
    pub fn all() -> impl DoubleEndedIterator<Item = Self> {
        (-2..=14).map(Self)
    }

    /// The short form for a table's head: `N1`, `R`, `6`.
    #[must_use]
    pub fn short(self) -> String {
        match self.0 {
            -2 => "N1".into(),
            -1 => "N2".into(),
            0 => "R".into(),
            n => n.to_string(),
        }
    }
}

impl fmt::Display for YearGroup {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            -2 => f.write_str("N1"),
            -1 => f.write_str("N2"),
            0 => f.write_str("Reception"),
            n => write!(f, "Year {n}"),
        }
    }
}

impl From<YearGroup> for i8 {
    fn from(year_group: YearGroup) -> Self {
        year_group.0
    }
}

impl TryFrom<i8> for YearGroup {
    type Error = NotAYearGroup;
    fn try_from(number: i8) -> Result<Self, Self::Error> {
        Self::new(number.into())
    }
}

impl FromStr for YearGroup {
    type Err = NotAYearGroup;

    /// Reads `N1`, `N2`, `R`, `Reception`, `6`, `Y6`, `Yr 6`, `Year 6` and the bare numbers −2 to 14.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let plain = text.trim().to_ascii_lowercase();
        let tail = ["year", "yr", "y"].iter().find_map(|p| plain.strip_prefix(p)).unwrap_or(&plain);
        match tail.trim() {
            "n1" => Ok(Self(-2)),
            "n2" => Ok(Self(-1)),
            "r" | "reception" => Ok(Self::RECEPTION),
            number => match number.parse() {
                Ok(n) => Self::new(n).map_err(|_| NotAYearGroup(text.trim().to_owned())),
                Err(_) => Err(NotAYearGroup(text.trim().to_owned())),
            },
        }
    }
}

/// A set of year groups, stored as a bit mask: bit 0 is N1, bit 2 Reception, bit 16 Year 14.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Default, PartialOrd, Ord)]
pub struct YearGroups(u32);

impl YearGroups {
    /// No year group at all.
    pub const NONE: Self = Self(0);

    /// Reception to Year 11: what a school that states no ages is taken to teach, for planning only.
    #[must_use]
    pub fn planning_assumption() -> Self {
        Self::range(YearGroup(0), YearGroup(11))
    }

    /// From `low` to `high`, both included; empty when they are reversed.
    #[must_use]
    pub fn range(low: YearGroup, high: YearGroup) -> Self {
        YearGroup::all().filter(|y| (low..=high).contains(y)).collect()
    }

    /// Whether `year_group` is in the set.
    #[must_use]
    pub const fn contains(self, year_group: YearGroup) -> bool {
        self.0 & Self::bit(year_group) != 0
    }

    /// Whether no year group is in the set.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// How many year groups are in the set.
    #[must_use]
    pub const fn len(self) -> u32 {
        self.0.count_ones()
    }

    /// Those in both sets.
    #[must_use]
    pub const fn intersection(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    /// Those in either set.
    #[must_use]
    pub const fn union(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// The year groups, lowest first.
    pub fn iter(self) -> impl DoubleEndedIterator<Item = YearGroup> {
        YearGroup::all().filter(move |y| self.contains(*y))
    }

    /// The bit mask that is stored.
    #[must_use]
    pub const fn mask(self) -> i64 {
        self.0 as i64
    }

    const fn bit(year_group: YearGroup) -> u32 {
        1 << (year_group.0 + 2)
    }
}

impl From<YearGroup> for YearGroups {
    fn from(year_group: YearGroup) -> Self {
        Self(Self::bit(year_group))
    }
}

impl FromIterator<YearGroup> for YearGroups {
    fn from_iter<I: IntoIterator<Item = YearGroup>>(iter: I) -> Self {
        Self(iter.into_iter().fold(0, |mask, y| mask | Self::bit(y)))
    }
}

impl TryFrom<i64> for YearGroups {
    type Error = NotAYearGroup;
    fn try_from(mask: i64) -> Result<Self, Self::Error> {
        match u32::try_from(mask) {
            Ok(bits) if bits < 1 << 17 => Ok(Self(bits)),
            _ => Err(NotAYearGroup(format!("year group mask {mask}"))),
        }
    }
}

impl fmt::Debug for YearGroups {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "YearGroups({self})")
    }
}

/// `Year 6`, `Years 3 to 6`, `Reception and Year 1`, `Years 7, 9 and 10`.
impl fmt::Display for YearGroups {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut runs: Vec<(YearGroup, YearGroup)> = Vec::new();
        for y in self.iter() {
            match runs.last_mut() {
                Some((_, end)) if end.0 + 1 == y.0 => *end = y,
                _ => runs.push((y, y)),
            }
        }
        let parts: Vec<String> = runs
            .into_iter()
            .flat_map(|(a, b)| match b.0 - a.0 {
                0 => vec![a.to_string()],
                1 => vec![a.to_string(), b.to_string()],
                _ if a.0 >= 1 => vec![format!("Years {} to {}", a.0, b.0)],
                _ => vec![format!("{a} to {b}")],
            })
            .collect();
        match parts.split_last() {
            None => f.write_str("no year group"),
            Some((last, [])) => f.write_str(last),
            Some((last, rest)) => write!(f, "{} and {last}", rest.join(", ")),
        }
    }
}

impl FromStr for YearGroups {
    type Err = NotAYearGroup;

    /// Reads what it is displayed as, and lists such as `5, 6`, `Y5/6`, `Years 3-6`, `R and 1`.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let plain = text.to_lowercase().replace("years", "year").replace(" and ", ",").replace(" to ", "-");
        let mut all = Self::NONE;
        for item in plain.split([',', ';', '/', '&', '+']).map(str::trim).filter(|item| !item.is_empty()) {
            let (low, high) = item.split_once(['-', '–']).unwrap_or((item, item));
            let (low, high) = (low.parse::<YearGroup>()?, high.parse::<YearGroup>()?);
            if low > high {
                return Err(NotAYearGroup(item.to_owned()));
            }
            all = all.union(Self::range(low, high));
        }
        if all.is_empty() { Err(NotAYearGroup(text.trim().to_owned())) } else { Ok(all) }
    }
}

impl Serialize for YearGroups {
    fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.collect_seq(self.iter())
    }
}

impl<'de> Deserialize<'de> for YearGroups {
    fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        Ok(Vec::<YearGroup>::deserialize(d)?.into_iter().collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn text_is_read_as_people_write_it() {
        for (text, number) in
            [("6", 6), ("Y6", 6), ("yr 10", 10), ("Year 11", 11), ("R", 0), ("Reception", 0), ("n2", -1), (" 0 ", 0)]
        {
            assert_eq!(text.parse::<YearGroup>().map(YearGroup::number), Ok(number), "{text}");
        }
        for text in ["", "15", "Year", "-3", "KS3", "6.5"] {
            assert!(text.parse::<YearGroup>().is_err(), "{text}");
        }
    }

    #[test]
    fn a_list_is_read_as_people_write_it() {
        for (text, numbers) in [
            ("6", vec![6]),
            ("Year 5, Year 6", vec![5, 6]),
            ("Y5/6", vec![5, 6]),
            ("Years 3-6", vec![3, 4, 5, 6]),
            ("R and 1", vec![0, 1]),
            ("N1 to Reception; 2", vec![-2, -1, 0, 2]),
        ] {
            let set: YearGroups = numbers.iter().map(|n| YearGroup::new(*n).unwrap()).collect();
            assert_eq!(text.parse(), Ok(set), "{text}");
        }
        for text in ["", "none", "6A", "6-5", "KS2", "5 6", "Year", ","] {
            assert!(text.parse::<YearGroups>().is_err(), "{text}");
        }
    }

    #[test]
    fn a_set_reads_as_a_person_would_say_it() {
        let set =
            |numbers: &[i64]| numbers.iter().map(|n| YearGroup::new(*n).unwrap()).collect::<YearGroups>().to_string();
        assert_eq!(set(&[6]), "Year 6");
        assert_eq!(set(&[3, 4, 5, 6]), "Years 3 to 6");
        assert_eq!(set(&[0, 1]), "Reception and Year 1");
        assert_eq!(set(&[7, 9, 10]), "Year 7, Year 9 and Year 10");
        assert_eq!(set(&[-2, -1, 0, 1]), "N1 to Year 1");
        assert_eq!(set(&[]), "no year group");
    }

    proptest! {
        #[test]
        fn a_mask_survives_the_round_trip(mask in 0_i64..1 << 17) {
            let set = YearGroups::try_from(mask).unwrap();
            prop_assert_eq!(set.mask(), mask);
            prop_assert_eq!(set.iter().collect::<YearGroups>(), set);
            prop_assert_eq!(set.len() as usize, set.iter().count());
            if !set.is_empty() {
                prop_assert_eq!(set.to_string().parse(), Ok(set), "what it is displayed as is read back");
            }
        }
    }
}
