//! A school's number at the Department for Education (LAESTAB): its authority's code and its number within it.

use std::fmt;
use std::str::FromStr;

use serde::Serialize;

use crate::setting::LaCode;

/// The number that the census and authorities know a school by: LA code and establishment number, or the latter alone,
/// which says which school it is only within one authority. An academy may keep that of the school it was.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DfeNumber {
    authority: Option<LaCode>,
    establishment: String,
}

/// Text that is no such number.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "“{0}” is not a LAESTAB: it has seven digits, the LA code and the establishment number, as 3803377 or 380/3377"
)]
pub struct NotADfeNumber(pub String);

impl DfeNumber {
    /// The authority, where the number says it.
    #[must_use]
    pub const fn authority(&self) -> Option<&LaCode> {
        self.authority.as_ref()
    }

    /// The number within the authority, four digits.
    #[must_use]
    pub fn establishment(&self) -> &str {
        &self.establishment
    }

    /// The number with this authority's code, where it has none.
    #[must_use]
    pub fn within(self, authority: Option<LaCode>) -> Self {
        Self { authority: self.authority.or(authority), ..self }
    }
}

impl FromStr for DfeNumber {
    type Err = NotADfeNumber;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let not = || NotADfeNumber(text.trim().to_owned());
        let whole = text.trim();
        // Spreadsheet programs may write `3803377.0`.
        let whole = whole.strip_suffix(".0").unwrap_or(whole);
        let mut parts = whole.split(['/', '-', ' ', '\u{2013}']).filter(|part| !part.is_empty());
        let (first, second) = (parts.next().unwrap_or_default(), parts.next());
        if parts.next().is_some() || !whole.chars().any(|c| c.is_ascii_digit()) {
            return Err(not());
        }
        let digits = |text: &str, count: usize| text.len() == count && text.bytes().all(|b| b.is_ascii_digit());
        let (authority, establishment) = match second {
            Some(second) => (Some(first), second),
            None if digits(first, 7) => (Some(&first[..3]), &first[3..]),
            None => (None, first),
        };
        if !digits(establishment, 4) {
            return Err(not());
        }
        let authority = authority.map(|code| code.parse().map_err(|_| not())).transpose()?;
        Ok(Self { authority, establishment: establishment.to_owned() })
    }
}

impl fmt::Display for DfeNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.authority {
            Some(authority) => write!(f, "{authority}/{}", self.establishment),
            None => f.write_str(&self.establishment),
        }
    }
}

impl Serialize for DfeNumber {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_as_people_write_them() {
        for (text, shown) in [
            ("3803377", Some("380/3377")),
            (" 380/3377 ", Some("380/3377")),
            ("380 3377", Some("380/3377")),
            ("380-3377", Some("380/3377")),
            ("3803377.0", Some("380/3377")),
            ("3377", Some("3377")),
            ("380", None),
            ("380/337", None),
            ("38/03377", None),
            ("380/3377/1", None),
            ("38033771", None),
            ("107253", None),
            ("3803377.5", None),
            ("x", None),
            ("é803377", None),
            ("", None),
        ] {
            let read = text.parse::<DfeNumber>();
            assert_eq!(read.as_ref().ok().map(ToString::to_string).as_deref(), shown, "{text}");
        }
        let bare: DfeNumber = "3377".parse().unwrap();
        assert_eq!(bare.within("380".parse().ok()).to_string(), "380/3377");
    }
}
