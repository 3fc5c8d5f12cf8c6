//! Typed school names, matched to the school list.
//!
//! Somebody wrote "St Josephs RC Jnr (BDAT) - am" into a cell. Which school is meant, is it certain enough to take
//! without asking, and is it a school of this list at all? The answer weighs evidence as a noisy channel does: what
//! would a person who means this school have had to do to its name (leave words out, abbreviate, mistype, add a trust or
//! a note), how unusual is each of these, and how well would another school, a school outside the list, or something
//! that is no school explain the same text? Costs are in nats, the natural logarithm of how unlikely a thing is, so that
//! they add up; [`Finding::confidence`] is the share of the best explanation among all of them. Why it is done so, and
//! what it measures, is in `docs/decisions/0005-matching-by-evidence.md`.
//!
//! A [`Register`] is built once from a school list, its [`Links`] and what people decided before; then each [`Typed`]
//! name is [found](Register::find) in it. Nothing here reads a database or a clock.

mod abroad;
mod beside;
mod decide;
mod elsewhere;
mod guards;
mod left_over;
mod lexicon;
mod links;
mod place;
mod placed;
mod reading;
mod register;
mod respelling;
mod sought;
mod spelling;
mod typed;
mod weigh;
mod whole_file;
mod words;

use domain::setting::Urn;

pub use links::{Link, Links};
pub use register::{Listed, Register, Remembered};
pub use sought::Sought;
pub use typed::{MAX_NAMES, NameRow, read as read_names};

/// What two ways of typing the same name share: spelling of abbreviations, case and punctuation do not matter.
/// [`Remembered`] texts are told apart by it.
#[must_use]
pub fn text_key(text: &str) -> String {
    words::key(text)
}

/// Whether no word of a name tells one school from another: “The Primary”, “CofE school”.
#[must_use]
pub fn tells_no_school(text: &str) -> bool {
    text_key(text).split(' ').all(|word| lexicon::class(word) != lexicon::Class::Own)
}

/// How many candidates a [`Finding`] names at most.
pub const MAX_CANDIDATES: usize = 5;

/// A school as somebody typed it, with what stands beside it. Blank text says nothing.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Typed<'a> {
    /// The name, with whatever else was typed into the cell. A URN or an LA and establishment number is one too.
    pub name: &'a str,
    /// A postcode or its outward half.
    pub postcode: &'a str,
    /// A town, or the authority's or the county's name.
    pub town: &'a str,
    /// The lowest and highest school year that is said to have taken part (Reception is 0), none when nothing is said.
    pub years: Option<(u8, u8)>,
}

/// What is to be done with a typed name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Decision {
    /// It is this school; nobody needs to look.
    Matched(Urn),
    /// A person must choose.
    Review,
    /// No school of this list.
    None,
}

/// What was found for one typed name.
#[derive(Debug, Clone, PartialEq)]
pub struct Finding {
    /// What is to be done.
    pub decision: Decision,
    /// How probable the decision's answer is, 0 to 1: of the best school, or with [`Decision::None`] that it is none.
    pub confidence: f64,
    /// The schools that fit best, best first, at most [`MAX_CANDIDATES`].
    pub candidates: Vec<Candidate>,
}

/// A school that may be meant.
#[derive(Debug, Clone, PartialEq)]
pub struct Candidate {
    /// Which school.
    pub urn: Urn,
    /// Its name in the list.
    pub name: String,
    /// How probable it is, 0 to 1.
    pub score: f64,
    /// What speaks for it and against it.
    pub reasons: Vec<Reason>,
}

/// What speaks for a candidate, or against it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reason {
    /// Its URN, or its LA and establishment number, was typed.
    Number,
    /// Somebody decided so before.
    Remembered,
    /// Every word of its name was typed.
    WholeName,
    /// Part of its name was typed.
    PartOfName,
    /// The words are alike but not spelt the same.
    LikeName,
    /// It, or a school it came from, had this name.
    OldName(String),
    /// The postcode is its own.
    Postcode,
    /// The postcode is of its neighbourhood.
    NearPostcode,
    /// The town is its own, or is that of its postcode district or authority.
    Town,
    /// The postcode is another one.
    OtherPostcode,
    /// The town is another one.
    OtherTown,
    /// Most schools of the file are of its authority, which has this name.
    SameFile(String),
    /// It does not teach these years, or the name is of another phase.
    OtherPhase,
}

impl Reason {
    /// The reason in words, to stand after a candidate's name.
    #[must_use]
    pub fn label(&self) -> String {
        match self {
            Self::Number => "its number was typed".to_owned(),
            Self::Remembered => "chosen before for this text".to_owned(),
            Self::WholeName => "its whole name".to_owned(),
            Self::PartOfName => "part of its name".to_owned(),
            Self::LikeName => "spelt alike".to_owned(),
            Self::OldName(name) => format!("once called {name}"),
            Self::Postcode => "same postcode".to_owned(),
            Self::NearPostcode => "same postcode district".to_owned(),
            Self::Town => "same town or district".to_owned(),
            Self::OtherPostcode => "but another postcode".to_owned(),
            Self::OtherTown => "but another town".to_owned(),
            Self::SameFile(authority) => format!("most schools of the file are in {authority}"),
            Self::OtherPhase => "but another phase".to_owned(),
        }
    }
}
