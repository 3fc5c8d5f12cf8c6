//! Feedback codes: the six characters that open a questionnaire.

use std::fmt;
use std::str::FromStr;

/// The characters of a code: without those that look or sound like another (0 O, 1 I L, 2 Z, 5 S, 8 B, U V), and
/// without vowels, so that no code spells a word.
const ALPHABET: &[u8; 22] = b"CDFGHJKMNPQRTVWXY34679";

/// The six characters that open a questionnaire.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Code(String);

/// Text that is no feedback code.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("This is not a feedback code. Check each of its six letters and digits, like K7M 4PX")]
pub struct NotACode;

impl Code {
    /// How many characters it has.
    pub const LENGTH: usize = 6;

    /// How many random bytes [`Code::random`] is made of: so many that no code is likelier than another by more than
    /// one part in a hundred thousand million.
    pub const RANDOM_BYTES: usize = 8;

    /// The code these random bytes stand for.
    #[must_use]
    pub fn random(bytes: [u8; Self::RANDOM_BYTES]) -> Self {
        let base = ALPHABET.len() as u64;
        let mut rest = u64::from_le_bytes(bytes);
        let mut text = String::with_capacity(Self::LENGTH);
        for _ in 0..Self::LENGTH {
            // Below 22, so that it fits and is in the alphabet.
            let index = usize::try_from(rest % base).unwrap_or_default();
            text.push(char::from(ALPHABET[index]));
            rest /= base;
        }
        Self(text)
    }

    /// The six characters, as stored.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Code {
    type Err = NotACode;

    /// Reads it as people type it: in either case, with spaces or hyphens.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let plain: String =
            text.chars().filter(|c| !c.is_whitespace() && *c != '-').map(|c| c.to_ascii_uppercase()).collect();
        let known = plain.len() == Self::LENGTH && plain.bytes().all(|b| ALPHABET.contains(&b));
        if known { Ok(Self(plain)) } else { Err(NotACode) }
    }
}

/// `K7M 4PX`: in two halves, as it is read out.
impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", &self.0[..3], &self.0[3..])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_read_as_people_type_it() {
        let code = Code::random([7, 0, 0, 0, 0, 0, 0, 0]);
        assert_eq!((code.as_str(), code.to_string().as_str()), ("MCCCCC", "MCC CCC"));
        for text in ["mccccc", " MCC-CCC ", "mcc ccc"] {
            assert_eq!(text.parse::<Code>(), Ok(code.clone()), "{text}");
        }
        for text in ["", "MCCCC", "MCCCCCC", "MCCCCO", "MCCCCÉ", "MCC1CC"] {
            assert_eq!(text.parse::<Code>(), Err(NotACode), "{text}");
        }
        assert_eq!(Code::random([0xff; 8]).as_str().len(), Code::LENGTH);
    }
}
