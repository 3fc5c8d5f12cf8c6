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

/// What stands before an extension.
const EXTENSIONS: [&str; 4] = ["extension", "extn", "ext", "x"];

/// A telephone number as it was typed, spaces tidied; 5 to 20 digits, and behind “ext” or “x” those of an extension.
///
/// # Errors
/// The sentence to show when `text` is no telephone number.
pub fn telephone(text: &str) -> Result<String, &'static str> {
    let tidy = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let lower = tidy.to_ascii_lowercase();
    let (number, extension) = match EXTENSIONS.iter().find_map(|word| lower.split_once(word)) {
        Some((number, extension)) => (number, Some(extension.trim_matches([' ', '.', ':', ')']))),
        None => (lower.as_str(), None),
    };
    let digits = number.chars().filter(char::is_ascii_digit).count();
    let others = number.chars().all(|c| c.is_ascii_digit() || " +()-".contains(c));
    let extends = extension.is_none_or(|e| (1..=8).contains(&e.len()) && e.chars().all(|c| c.is_ascii_digit()));
    if (5..=20).contains(&digits) && others && extends {
        Ok(tidy)
    } else {
        Err("Enter a telephone number, like 01274 431000, 07700 900 982 or 01632 960111 ext 4")
    }
}

/// A telephone number as it was before a spreadsheet took it for a figure: “7700900123” without its nought, “447700900123”
/// without its plus. Any other text stays as it is.
#[must_use]
pub fn telephone_of_figure(text: &str) -> String {
    let figure = text.strip_suffix(".0").unwrap_or(text);
    let is_figure = figure.chars().all(|c| c.is_ascii_digit());
    // Numbers of the United Kingdom begin with 01, 02, 03, 05, 07, 08 or 09.
    match figure.as_bytes() {
        [b'4', b'4', b'1'..=b'9', ..] if is_figure && figure.len() == 12 => format!("+{figure}"),
        [b'1' | b'2' | b'3' | b'5' | b'7' | b'8' | b'9', ..] if is_figure && matches!(figure.len(), 9 | 10) => {
            format!("0{figure}")
        }
        _ => text.to_owned(),
    }
}

/// Whether two texts are the same telephone number, however they are spaced.
#[must_use]
pub fn is_same_telephone(one: &str, other: &str) -> bool {
    let digits = |text: &str| {
        let digits: String = text.chars().filter(char::is_ascii_digit).collect();
        match digits.strip_prefix("44").filter(|_| text.trim_start().starts_with('+')) {
            Some(national) => format!("0{}", national.trim_start_matches('0')),
            None => digits,
        }
    };
    !one.is_empty() && !other.is_empty() && digits(one) == digits(other)
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
        for text in ["01632 960111 ext 4", "01632 960111 x4", "(01632) 960111 Ext. 12", "01632 960111 (extension 4)"] {
            assert_eq!(telephone(text), Ok(text.to_owned()));
        }
        for text in ["ring the office", "01632 960111 ext", "ext 01632 960111", "01632 960111 ext 4 or 5", "x12345"] {
            assert!(telephone(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_number_that_was_a_figure_has_its_nought_again() {
        for (text, number) in [
            ("7700900123", "07700900123"),
            ("7700900123.0", "07700900123"),
            ("1632960111", "01632960111"),
            ("800123456", "0800123456"),
            ("447700900123", "+447700900123"),
            ("07700900123", "07700900123"),
            ("431000", "431000"),
            ("4155550123", "4155550123"),
            ("07700 900123", "07700 900123"),
            ("7700 900123", "7700 900123"),
        ] {
            assert_eq!(telephone_of_figure(text), number);
            assert_eq!(telephone_of_figure(number), number, "and stays so");
        }
        for (one, other, same) in [
            ("07700 900123", "07700900123", true),
            ("+44 7700 900123", "07700-900123", true),
            ("+44 (0)7700 900123", "07700 900123", true),
            ("07700 900123", "07700 900124", false),
            ("01632 960111", "01632 960111 ext 4", false),
            ("", "", false),
        ] {
            assert_eq!(is_same_telephone(one, other), same, "{one} {other}");
        }
    }
}
