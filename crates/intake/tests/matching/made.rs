//! A typed name and what it means, as the shared format has it.

use domain::setting::Urn;

/// What was done to a name, as the shared format calls it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    Exact,
    Abbrev,
    Dropped,
    Punct,
    Order,
    Affix,
    Town,
    Note,
    Typo,
    Case,
    Space,
    Combo,
    OldName,
    WrongPostcode,
    Ambiguous,
    NotASchool,
    OutOfArea,
}

/// A typed name and what it means.
#[derive(Debug, Clone)]
pub struct Made {
    pub name: String,
    pub postcode: String,
    pub town: String,
    pub kind: Kind,
    /// The school that is meant, none where it is none of the list.
    pub urn: Option<Urn>,
    /// Whether asking is as good as the right answer.
    pub review_ok: bool,
}
