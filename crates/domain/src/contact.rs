//! How people are reached: email addresses, telephone numbers, postcodes.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// An email address, lower-cased: the name people sign in by.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct EmailAddress(String);

/// Text that is no email address.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("Enter an email address in the correct format, like name@example.org")]
pub struct NotAnEmailAddress;

impl EmailAddress {
    /// The address.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for EmailAddress {
    type Err = NotAnEmailAddress;

    /// Accepts what mail systems carry in practice: one @, a dotted domain, no spaces, at most 254 characters.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let text = text.trim().to_lowercase();
        let good = |part: &str| {
            !part.is_empty()
                && !part.contains(|c: char| c.is_whitespace() || c.is_control() || "@,;<>()[]\"\\".contains(c))
        };
        match text.split_once('@') {
            Some((local, host))
                if text.len() <= 254
                    && good(local)
                    && good(host)
                    && host.contains('.')
                    && host.split('.').all(|label| !label.is_empty()) =>
            {
                Ok(Self(text))
            }
            _ => Err(NotAnEmailAddress),
        }
    }
}

impl TryFrom<String> for EmailAddress {
    type Error = NotAnEmailAddress;
    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<EmailAddress> for String {
    fn from(address: EmailAddress) -> Self {
        address.0
    }
}

impl fmt::Display for EmailAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A telephone number as it was typed, spaces tidied; 5 to 20 digits.
///
/// # Errors
/// The sentence to show when `text` is no telephone number.
pub fn telephone(text: &str) -> Result<String, &'static str> {
    let tidy = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let digits = tidy.chars().filter(char::is_ascii_digit).count();
    let others = tidy.chars().all(|c| c.is_ascii_digit() || " +()-x".contains(c));
    if (5..=20).contains(&digits) && others {
        Ok(tidy)
    } else {
        Err("Enter a telephone number, like 01274 431000 or 07700 900 982")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_read_and_lower_cased() {
        assert_eq!(
            "  Head@School.Example.ORG ".parse::<EmailAddress>().map(String::from),
            Ok("head@school.example.org".into())
        );
        for text in [
            "",
            "head",
            "head@",
            "@school.org",
            "head@school",
            "a b@school.org",
            "a@b@c.org",
            "a@b..org",
            "a@b.org\r\nBcc: c@d.org",
        ] {
            assert!(text.parse::<EmailAddress>().is_err(), "{text}");
        }
    }

    #[test]
    fn telephone_numbers_keep_their_spacing() {
        assert_eq!(telephone(" 01274  431000 "), Ok("01274 431000".into()));
        assert!(telephone("1234").is_err());
        assert!(telephone("ring the office").is_err());
    }
}
