//! Money, in whole pence.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::number::thousands;

/// An amount of pounds sterling in whole pence, never negative.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
pub struct Pence(i64);

/// Text or a number that is no amount of money.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("“{0}” is not an amount: write pounds, like 250 or 1,250.50")]
pub struct NotMoney(pub String);

impl Pence {
    /// The amount in pence.
    #[must_use]
    pub const fn pence(self) -> i64 {
        self.0
    }
}

impl TryFrom<i64> for Pence {
    type Error = NotMoney;
    fn try_from(pence: i64) -> Result<Self, Self::Error> {
        if pence >= 0 { Ok(Self(pence)) } else { Err(NotMoney(pence.to_string())) }
    }
}

impl FromStr for Pence {
    type Err = NotMoney;

    /// Reads `250`, `£1,250.50`; at most a thousand million pounds.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let no = || NotMoney(text.trim().to_owned());
        let plain = text.trim().trim_start_matches('£').replace([',', ' '], "");
        let (pounds, pence) = plain.split_once('.').unwrap_or((&plain, "00"));
        let digits = |s: &str| !s.is_empty() && s.bytes().all(|b| b.is_ascii_digit());
        if !digits(pounds) || !digits(pence) || pounds.len() > 10 || pence.len() != 2 {
            return Err(no());
        }
        let pounds: i64 = pounds.parse().map_err(|_| no())?;
        let pence: i64 = pence.parse().map_err(|_| no())?;
        Ok(Self(pounds * 100 + pence))
    }
}

/// `£1,250` or `£1,250.50`
impl fmt::Display for Pence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let pounds = thousands(self.0 / 100);
        match self.0 % 100 {
            0 => write!(f, "£{pounds}"),
            pence => write!(f, "£{pounds}.{pence:02}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn money_reads_and_shows_as_people_write_it() {
        for (text, shown) in [("250", "£250"), ("£1,250.50", "£1,250.50"), ("1234567", "£1,234,567"), ("0", "£0")]
        {
            assert_eq!(text.parse::<Pence>().map(|p| p.to_string()), Ok(shown.into()));
        }
        for text in ["", "-5", "1.5", "1.555", "ten", "99999999999"] {
            assert!(text.parse::<Pence>().is_err(), "{text}");
        }
    }
}
