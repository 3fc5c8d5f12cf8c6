//! Closed lists of terms: one enum, its stored word and its label.

use std::collections::BTreeSet;
use std::str::FromStr;

/// A word that is not in the list it was looked up in.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("“{word}” is not a {list}")]
pub struct UnknownTerm {
    /// The list, as the enum is named.
    pub list: &'static str,
    /// The word that was not found.
    pub word: String,
}

/// A term of a closed list, for what holds terms of any list.
pub trait Term: Copy + Ord + FromStr<Err = UnknownTerm> + 'static {
    /// The stored word.
    fn word(self) -> &'static str;
}

/// A set of terms; stored as their words with commas between, in the list's own order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TermSet<T>(pub BTreeSet<T>);

impl<T> Default for TermSet<T> {
    fn default() -> Self {
        Self(BTreeSet::new())
    }
}

impl<T: Term> TermSet<T> {
    /// As it is stored.
    #[must_use]
    pub fn words(&self) -> String {
        self.0.iter().map(|t| t.word()).collect::<Vec<_>>().join(",")
    }
}

impl<T: Term> FromIterator<T> for TermSet<T> {
    fn from_iter<I: IntoIterator<Item = T>>(terms: I) -> Self {
        Self(terms.into_iter().collect())
    }
}

impl<T: Term> TryFrom<String> for TermSet<T> {
    type Error = UnknownTerm;
    fn try_from(words: String) -> Result<Self, Self::Error> {
        words.split(',').filter(|w| !w.is_empty()).map(str::parse).collect::<Result<_, _>>().map(Self)
    }
}

/// Declares an enum of terms: `Variant = "stored_word", "Label on the page"`.
///
/// The stored word is what SQL, JSON and form values hold; it never changes once released.
macro_rules! terms {
    ($(#[$meta:meta])* pub enum $name:ident { $($(#[$vmeta:meta])* $variant:ident = $word:literal, $label:literal;)+ }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name {
            $(#[doc = $label] $(#[$vmeta])* $variant,)+
        }

        impl $name {
            /// Every term, in the order pages list them.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];

            /// The stored word.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word,)+ }
            }

            /// What the page calls it.
            #[must_use]
            pub const fn label(self) -> &'static str {
                match self { $(Self::$variant => $label,)+ }
            }
        }

        impl $crate::term::Term for $name {
            fn word(self) -> &'static str { self.as_str() }
        }

        impl std::str::FromStr for $name {
            type Err = $crate::UnknownTerm;
            fn from_str(word: &str) -> Result<Self, Self::Err> {
                match word {
                    $($word => Ok(Self::$variant),)+
                    _ => Err($crate::UnknownTerm { list: stringify!($name), word: word.to_owned() }),
                }
            }
        }

        impl TryFrom<String> for $name {
            type Error = $crate::UnknownTerm;
            fn try_from(word: String) -> Result<Self, Self::Error> { word.parse() }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result { f.write_str(self.label()) }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> { s.serialize_str(self.as_str()) }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
                let word = String::deserialize(d)?;
                word.parse().map_err(serde::de::Error::custom)
            }
        }
    };
}

pub(crate) use terms;
