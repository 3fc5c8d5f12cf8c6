//! What the columns of a list of people mean, told by their headings, and which of them belong to one person.

use super::{letters, staff};
use crate::history::words::{is_dfe_number, plain, words};

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// The school.
    School,
    /// Its unique reference number.
    Urn,
    /// Its number at the Department for Education.
    Dfe,
    /// Its postcode.
    Postcode,
    /// Its town or area.
    Town,
    /// A person's name.
    Name,
    /// A person's first name.
    FirstName,
    /// A person's last name.
    LastName,
    /// What a person is there.
    Job,
    /// An email address.
    Email,
}

impl Role {
    /// Every role, in the order in which people choose one.
    pub const ALL: [Self; 10] = [
        Self::School,
        Self::Urn,
        Self::Dfe,
        Self::Postcode,
        Self::Town,
        Self::Name,
        Self::FirstName,
        Self::LastName,
        Self::Job,
        Self::Email,
    ];

    /// The word that is stored.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::School => "school",
            Self::Urn => "urn",
            Self::Dfe => "dfe",
            Self::Postcode => "postcode",
            Self::Town => "town",
            Self::Name => "name",
            Self::FirstName => "first_name",
            Self::LastName => "last_name",
            Self::Job => "job",
            Self::Email => "email",
        }
    }

    /// What people call it.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::School => "School",
            Self::Urn => "URN",
            Self::Dfe => "DfE number (LA and establishment)",
            Self::Postcode => "Postcode",
            Self::Town => "Town",
            Self::Name => "Person’s name",
            Self::FirstName => "First name",
            Self::LastName => "Last name",
            Self::Job => "Job at the school",
            Self::Email => "Email address",
        }
    }

    /// The role a stored word names.
    #[must_use]
    pub fn named(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.as_str() == word)
    }

    /// Whether a line has it once: what it says of the school. Of its people it may have several.
    #[must_use]
    pub const fn is_once(self) -> bool {
        matches!(self, Self::School | Self::Urn | Self::Dfe | Self::Postcode | Self::Town)
    }
}

/// Words by which a heading means the person who holds a post.
const POSTS: [&str; 15] = [
    "contact",
    "person",
    "teacher",
    "headteacher",
    "head",
    "principal",
    "lead",
    "leader",
    "dsl",
    "ddsl",
    "pshe",
    "psche",
    "senco",
    "coordinator",
    "staff",
];
/// What a heading says besides a post.
const PLAIN: [&str; 20] = [
    "name",
    "names",
    "full",
    "first",
    "last",
    "forename",
    "firstname",
    "surname",
    "lastname",
    "email",
    "e",
    "mail",
    "address",
    "work",
    "contact",
    "person",
    "school",
    "of",
    "the",
    "staff",
];

/// What the heading of a column says; none where it is not one of those that are read.
pub(super) fn role(heading: &str) -> Option<Role> {
    let heading = plain(heading);
    let said = words(&heading);
    let has = |any: &[&str]| said.iter().any(|w| any.contains(w));
    let begins = |any: &[&str]| said.iter().any(|w| any.iter().any(|a| w.starts_with(a)));
    let ends = |any: &[&str]| said.iter().any(|w| any.iter().any(|a| w.ends_with(a)));
    let is_mail = begins(&["email"]) || ends(&["email"]) || heading.contains("e-mail") || has(&["mail"]);
    if said.is_empty() || (has(&["list", "consent", "opt", "preference"]) && is_mail) {
        None
    } else if is_mail {
        (!staff::is_familys_address(&heading)).then_some(Role::Email)
    } else if staff::is_over_family(&heading) {
        None
    } else if is_authority(&said) {
        Some(Role::Town)
    } else if has(&["tel", "telephone", "phone", "mobile", "fax", "ext", "extension", "website", "web", "url"]) {
        None
    } else if has(&["urn"]) {
        Some(Role::Urn)
    } else if is_dfe_number(&heading) {
        Some(Role::Dfe)
    } else if has(&["postcode"]) || heading.contains("post code") {
        Some(Role::Postcode)
    } else if has(&["first", "last"])
        && has(&["updated", "update", "checked", "contact", "contacted", "verified", "seen", "changed", "date"])
    {
        None
    } else if has(&["forename", "firstname", "first", "given"]) || ends(&["firstname", "forename"]) {
        Some(Role::FirstName)
    } else if has(&["surname", "lastname", "last", "family"]) || ends(&["lastname", "surname"]) {
        Some(Role::LastName)
    } else if has(&["role", "job", "position", "post", "designation", "responsibility"]) {
        Some(Role::Job)
    } else if begins(&["school", "establishment", "academy", "setting"]) || has(&["sch"]) {
        if has(&["phase", "type", "status", "trust", "mat", "group", "address", "year", "size", "roll"]) {
            None
        } else if has(&POSTS) {
            Some(Role::Name)
        } else {
            Some(Role::School)
        }
    } else if has(&["town", "city", "locality", "area", "district"]) {
        Some(Role::Town)
    } else if has(&["address", "title", "date", "trust", "phase", "type", "notes", "comments", "pupils"]) {
        None
    } else if has(&["name", "names"]) || has(&POSTS) || heading.contains("safeguarding") {
        Some(Role::Name)
    } else {
        None
    }
}

/// Whether a heading is over the names of authorities: “LA”, “Local authority name”. They tell a place, as a town does.
fn is_authority(said: &[&str]) -> bool {
    let said: Vec<&str> = said.iter().filter(|word| !matches!(**word, "name" | "the")).copied().collect();
    matches!(
        said.as_slice(),
        ["la" | "lea" | "council" | "authority" | "borough"] | ["local" | "education", "authority"]
    )
}

/// What a heading calls the post whose person or address it is about: “DSL” of “DSL email”; blank where it names none.
fn post(heading: &str) -> String {
    let (typed, heading) = (heading, plain(heading));
    let said: Vec<&str> = words(&heading).into_iter().filter(|w| !PLAIN.contains(w)).collect();
    let is_post = said.iter().any(|w| POSTS.contains(w) || *w == "safeguarding");
    // With its capitals, as people know it.
    let typed: Vec<&str> = typed.split(|c: char| !c.is_alphanumeric()).collect();
    let as_typed = |word: &&str| typed.iter().find(|typed| typed.to_lowercase() == *word).copied().map(str::to_owned);
    let said = said.iter().map(|word| as_typed(word).unwrap_or_else(|| (*word).to_owned()));
    if is_post { said.collect::<Vec<_>>().join(" ") } else { String::new() }
}

/// Whether the heading of an address says that it is the school's: “School email”, “Office e-mail”.
fn is_schools(heading: &str) -> bool {
    let heading = plain(heading);
    let said = words(&heading);
    said.iter().any(|w| ["school", "office", "admin", "general", "main", "enquiries", "reception"].contains(w))
        && !said.iter().any(|w| POSTS.contains(w) && *w != "contact")
}

/// The columns of a table.
#[derive(Debug, Clone, Default)]
pub(super) struct Columns {
    /// Every column that has a heading, from left to right.
    pub all: Vec<(usize, String, Option<Role>)>,
}

/// The columns of one person, or of the school's office.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Group {
    /// The address.
    pub email: usize,
    /// Names, first names, last names, jobs.
    pub beside: Vec<(usize, Role)>,
    /// The post that the headings name.
    pub post: String,
    /// The heading says that the address is the school's.
    pub is_schools: bool,
}

impl Columns {
    /// Reads a row as headings; of what a line has once the first column counts.
    pub fn of(headings: &[String]) -> Self {
        let mut columns = Self::default();
        for (at, heading) in headings.iter().enumerate() {
            let shown = heading.split_whitespace().collect::<Vec<_>>().join(" ");
            if !shown.is_empty() {
                let role = role(heading).filter(|role| !role.is_once() || columns.at(*role).is_none());
                columns.all.push((at, shown, role));
            }
        }
        columns.prefer_town();
        columns
    }

    /// Of a town and an authority, the town tells more, whichever stands first.
    fn prefer_town(&mut self) {
        let is_towns = |heading: &str| role(heading) == Some(Role::Town) && !is_authority(&words(&plain(heading)));
        let town = self.all.iter().find(|(_, heading, _)| is_towns(heading)).map(|(at, ..)| *at);
        if let Some(town) = town {
            self.correct(town, Some(Role::Town));
        }
    }

    /// Headings of pupils' or parents' addresses, which are not read: column, heading.
    pub fn of_families(&self) -> impl Iterator<Item = (usize, &str)> {
        let is_theirs = |heading: &str| heading.to_lowercase().contains("mail") && staff::is_familys_address(heading);
        let unread = self.all.iter().filter(|(.., role)| role.is_none());
        unread.filter(move |(_, heading, _)| is_theirs(heading)).map(|(at, heading, _)| (*at, heading.as_str()))
    }

    /// Whether a row has the headings again, as they stand on each page of a printed list: nothing else stands in the
    /// columns that are read. Of headings in two rows it may have the lower one alone.
    pub fn are_again(&self, cells: &[String]) -> bool {
        let read = self.all.iter().filter(|(.., role)| role.is_some());
        let said = read.map(|(at, heading, _)| (plain(heading), plain(cells.get(*at).map_or("", String::as_str))));
        let said: Vec<(String, String)> = said.filter(|(_, cell)| !cell.is_empty()).collect();
        let is_same = |(heading, cell): &(String, String)| {
            heading.strip_suffix(cell.as_str()).is_some_and(|before| before.is_empty() || before.ends_with(' '))
        };
        said.len() > 1 && said.iter().all(is_same)
    }

    /// Gives a column the role that a person says it has, or none. What a line has once, no other column keeps.
    pub fn correct(&mut self, at: usize, role: Option<Role>) {
        if role.is_some_and(Role::is_once) {
            self.all.iter_mut().filter(|(.., known)| *known == role).for_each(|(.., known)| *known = None);
        }
        if let Some((.., known)) = self.all.iter_mut().find(|(of, ..)| *of == at) {
            *known = role;
        }
    }

    pub fn at(&self, role: Role) -> Option<usize> {
        self.all.iter().find(|(.., known)| *known == Some(role)).map(|(at, ..)| *at)
    }

    pub fn known(&self) -> usize {
        self.all.iter().filter(|(.., role)| role.is_some()).count()
    }

    /// Whether these are the headings of a list of people: it has an address, and says of which school.
    pub fn is_table(&self) -> bool {
        self.at(Role::Email).is_some() && [Role::School, Role::Urn, Role::Dfe].iter().any(|r| self.at(*r).is_some())
    }

    pub fn shape(&self) -> String {
        let each = self.all.iter().map(|(at, heading, _)| format!("{} {}", letters(*at), heading.to_lowercase()));
        // A file of another kind with the same headings is another shape.
        ["people".to_owned()].into_iter().chain(each).collect::<Vec<_>>().join("\n")
    }

    /// Who stands in a line: each address, with the columns that are about the same person. Where there are several, a
    /// person's columns stand before their address or, where nothing stands before the first, behind it.
    pub fn groups(&self) -> Vec<Group> {
        let heading = |at: usize| self.all.iter().find(|(of, ..)| *of == at).map_or("", |(_, h, _)| h.as_str());
        let emails: Vec<usize> =
            self.all.iter().filter(|(.., role)| *role == Some(Role::Email)).map(|(at, ..)| *at).collect();
        let one = emails.len() == 1;
        let (schools, own): (Vec<usize>, Vec<usize>) =
            emails.into_iter().partition(|at| !one && is_schools(heading(*at)));
        let about: Vec<(usize, Role)> = self
            .all
            .iter()
            .filter_map(|(at, _, role)| Some((*at, (*role)?)))
            .filter(|(_, role)| !role.is_once() && *role != Role::Email)
            .collect();
        let is_before = own.first().is_some_and(|first| about.iter().any(|(at, _)| at < first));
        let mut groups: Vec<Group> = own
            .iter()
            .enumerate()
            .map(|(n, email)| {
                let span = match (own.len(), is_before) {
                    (1, _) => 0..usize::MAX,
                    (_, true) => n.checked_sub(1).map_or(0, |before| own[before])..*email,
                    (_, false) => *email..own.get(n + 1).copied().unwrap_or(usize::MAX),
                };
                let beside: Vec<_> = about.iter().filter(|(at, _)| span.contains(at)).copied().collect();
                let named = beside.iter().filter(|(_, role)| *role != Role::Job).map(|(at, _)| post(heading(*at)));
                let post = named.chain([post(heading(*email))]).find(|p| !p.is_empty()).unwrap_or_default();
                Group { email: *email, beside, post, is_schools: own.len() == 1 && is_schools(heading(*email)) }
            })
            .collect();
        groups.extend(schools.into_iter().map(|email| Group {
            email,
            beside: Vec::new(),
            post: String::new(),
            is_schools: true,
        }));
        groups.sort_by_key(|group| group.email);
        groups
    }
}
