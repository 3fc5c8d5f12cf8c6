//! The words of a name, each with what it means and how it is typed.

/// What a word does in a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// Tells this school from others.
    Own,
    /// Tells its kind: Primary, Girls, Catholic.
    Kind,
    /// Tells nothing: School, the, of.
    Filler,
}

/// How the letters of a word went astray.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Slip {
    None,
    /// Mistyped, misheard or autocorrected.
    Letters,
    /// Only its beginning stands.
    Cut,
}

/// A word of a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// The word, plain: small letters and digits.
    pub meant: String,
    /// As it is typed.
    pub typed: String,
    pub role: Role,
    pub slip: Slip,
    /// Whether the register's name does not have it.
    pub added: bool,
    /// Whether a hyphen and no space stands before it.
    pub hyphen: bool,
}

const KINDS: &[&str] = &[
    "primary",
    "infant",
    "junior",
    "nursery",
    "secondary",
    "special",
    "catholic",
    "cofe",
    "methodist",
    "girls",
    "boys",
    "grammar",
    "middle",
    "first",
    "lower",
    "upper",
    "preparatory",
    "prep",
    "pru",
    "sixth",
    "form",
    "studio",
    "utc",
    "technical",
    "islamic",
    "muslim",
    "jewish",
    "pre",
    "senior",
    "alternative",
    "provision",
    "referral",
    "unit",
    "pupil",
    "college",
    "high",
    "hospital",
    "church",
];

const FILLERS: &[&str] = &[
    "the",
    "school",
    "schools",
    "academy",
    "and",
    "of",
    "for",
    "a",
    "in",
    "at",
    "with",
    "voluntary",
    "aided",
    "controlled",
    "community",
    "foundation",
    "trust",
    "centre",
    "learning",
    "education",
    "educational",
    "campus",
    "va",
    "vc",
    "st",
    "on",
    "to",
    "by",
    "endowed",
    "independent",
    "specialist",
    "s",
    "comprehensive",
    "combined",
    "parochial",
];

/// Letters and digits in lower case, without apostrophes and accents that people leave out.
pub fn plain(text: &str) -> String {
    text.chars()
        .flat_map(char::to_lowercase)
        .filter_map(|c| match c {
            'à' | 'á' | 'â' | 'ä' => Some('a'),
            'è' | 'é' | 'ê' | 'ë' => Some('e'),
            'ì' | 'í' | 'î' | 'ï' => Some('i'),
            'ò' | 'ó' | 'ô' | 'ö' => Some('o'),
            'ù' | 'ú' | 'û' | 'ü' => Some('u'),
            c if c.is_alphanumeric() => Some(c),
            _ => None,
        })
        .collect()
}

fn one_form(word: &str) -> String {
    let one = match word {
        "saint" => "st",
        "ce" => "cofe",
        "rc" => "catholic",
        "infants" => "infant",
        "juniors" => "junior",
        "girl" => "girls",
        "boy" => "boys",
        "6th" => "sixth",
        "academies" => "academy",
        other => other,
    };
    one.to_owned()
}

/// The words of a name. What several words say at once ("Church of England") is one.
pub fn parse(name: &str) -> Vec<Part> {
    let mut words: Vec<(String, bool)> = Vec::new();
    for word in name.replace(['(', ')', ',', '/', ';', '\u{2013}'], " ").split_whitespace() {
        for (at, piece) in word.split('-').filter(|p| !p.is_empty()).enumerate() {
            words.push((piece.to_owned(), at > 0));
        }
    }
    let mut parts: Vec<Part> = Vec::new();
    let mut at = 0;
    while at < words.len() {
        let key = |ahead: usize| words.get(at + ahead).map(|(w, _)| plain(w)).unwrap_or_default();
        let (took, meant) = match (key(0).as_str(), key(1).as_str(), key(2).as_str()) {
            ("church", "of", "england") | ("c", "of", "e") => (3, "cofe".to_owned()),
            ("roman", "catholic", _) | ("r", "c", _) => (2, "catholic".to_owned()),
            ("c", "e", _) => (2, "cofe".to_owned()),
            ("co", "op", _) => (2, "coop".to_owned()),
            ("", ..) => (1, "and".to_owned()),
            (word, ..) => (1, one_form(word)),
        };
        let typed: Vec<&str> = words[at..at + took].iter().map(|(w, _)| w.as_str()).collect();
        let role = if KINDS.contains(&meant.as_str()) {
            Role::Kind
        } else if FILLERS.contains(&meant.as_str()) {
            Role::Filler
        } else {
            Role::Own
        };
        let typed = if meant == "coop" { typed.join("-") } else { typed.join(" ") };
        parts.push(Part { meant, typed, role, slip: Slip::None, added: false, hyphen: words[at].1 });
        at += took;
    }
    parts
}

/// A word that the register's name does not have.
pub fn added(meant: &str, typed: &str) -> Part {
    let role = if KINDS.contains(&meant) { Role::Kind } else { Role::Filler };
    Part { meant: meant.to_owned(), typed: typed.to_owned(), role, slip: Slip::None, added: true, hyphen: false }
}

/// The words as one text.
pub fn join(parts: &[Part]) -> String {
    let mut text = String::new();
    for part in parts.iter().filter(|p| !p.typed.is_empty()) {
        if !text.is_empty() {
            text.push(if part.hyphen { '-' } else { ' ' });
        }
        text.push_str(&part.typed);
    }
    text
}
