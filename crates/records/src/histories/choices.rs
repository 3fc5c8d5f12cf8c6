//! What people say of a file: which column holds what, which programme it was, which school is meant.

use std::collections::BTreeMap;

use domain::AcademicYear;
use domain::access::Actor;
use intake::history::{Corrections, Headings, Role};
use uuid::Uuid;

use super::{KIND, MAY, OUT};
use crate::Desk;
use crate::db::Conn;
use crate::error::{Error, Result};
use crate::uploads;

/// The longest text that is typed for a cell.
const MOST_CHARACTERS: usize = 200;

/// What a choice is about; its place and value are as the line says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum About {
    /// At `table⇥letters`, a table by its [place](super::Table::place): a [`Role`]'s word, or [`OUT`].
    Column,
    /// At a sheet: the row of its first headings, `0` where it has none, or [`OUT`].
    Headings,
    /// At a table: the academic year of dates without one, by its first year.
    Year,
    /// At a topic's key, blank for the whole file: a programme's key, or [`OUT`].
    Programme,
    /// At nothing: a provider's key.
    Provider,
    /// At a name's key: a setting's key, or [`OUT`].
    School,
    /// At a name's key: whether what is decided is remembered, `yes` or `no`; where nothing is said it is, but for a name
    /// that several schools share and a text that names two.
    Remember,
    /// At `sheet⇥cell`: what stands there instead.
    Cell,
    /// At a row's place: `held` or `cancelled`.
    Outcome,
    /// At a row's place: `own` when it is a session of its own, though one on record looks the same.
    Again,
    /// At a row's place: [`OUT`]; in a list of people, at `sheet⇥cell` of an address: [`GIVE`](crate::contacts::GIVE) too.
    Row,
    /// At nothing: `above` when a row without a school is of the school above it.
    Blank,
    /// At nothing: the earlier import of the same file of which these choices were made first.
    Before,
}

impl About {
    const ALL: [Self; 13] = [
        Self::Column,
        Self::Headings,
        Self::Year,
        Self::Programme,
        Self::Provider,
        Self::School,
        Self::Remember,
        Self::Cell,
        Self::Outcome,
        Self::Again,
        Self::Row,
        Self::Blank,
        Self::Before,
    ];

    /// The word that is stored.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Column => "column",
            Self::Headings => "headings",
            Self::Year => "year",
            Self::Programme => "programme",
            Self::Provider => "provider",
            Self::School => "school",
            Self::Remember => "remember",
            Self::Cell => "cell",
            Self::Outcome => "outcome",
            Self::Again => "again",
            Self::Row => "row",
            Self::Blank => "blank",
            Self::Before => "before",
        }
    }
}

impl TryFrom<String> for About {
    type Error = Error;
    fn try_from(word: String) -> Result<Self> {
        Self::ALL
            .into_iter()
            .find(|about| about.as_str() == word)
            .ok_or_else(|| Error::unavailable(format!("“{word}” is nothing that is chosen")))
    }
}

/// One thing that a person says of a file; without a value, that it is not said any more.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    /// What about.
    pub about: About,
    /// Where.
    pub place: String,
    /// What.
    pub value: Option<String>,
}

impl Choice {
    /// A choice of `value`.
    #[must_use]
    pub fn new(about: About, place: impl Into<String>, value: impl Into<String>) -> Self {
        Self { about, place: place.into(), value: Some(value.into()) }
    }
}

/// Everything that was said of a file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Choices(BTreeMap<About, BTreeMap<String, String>>);

impl FromIterator<Choice> for Choices {
    fn from_iter<T: IntoIterator<Item = Choice>>(choices: T) -> Self {
        let mut said = Self::default();
        for choice in choices {
            if let Some(value) = choice.value {
                said.0.entry(choice.about).or_default().insert(choice.place, value);
            }
        }
        said
    }
}

impl Choices {
    /// What was said; none where nothing was.
    #[must_use]
    pub fn get(&self, about: About, place: &str) -> Option<&str> {
        self.0.get(&about)?.get(place).map(String::as_str)
    }

    /// What was said about such things, by place.
    pub fn of(&self, about: About) -> impl Iterator<Item = (&str, &str)> {
        self.0.get(&about).into_iter().flatten().map(|(place, value)| (place.as_str(), value.as_str()))
    }

    /// Everything that was said, one by one.
    pub(super) fn all(&self) -> impl Iterator<Item = Choice> {
        let of = |(about, said): (&About, &BTreeMap<String, String>)| {
            let about = *about;
            said.iter().map(move |(place, value)| Choice::new(about, place, value)).collect::<Vec<_>>()
        };
        self.0.iter().flat_map(of)
    }

    /// A key that was chosen.
    pub(super) fn key(&self, about: About, place: &str) -> Option<Uuid> {
        self.get(about, place)?.parse().ok()
    }

    /// What is to be read instead of what the file says.
    pub(super) fn corrections(&self) -> Corrections {
        let mut said = Corrections::default();
        for (place, value) in self.of(About::Column) {
            if let Some((sheet, letters)) = place.split_once('\t') {
                said.columns.entry(sheet.to_owned()).or_default().push((letters.to_owned(), Role::named(value)));
            }
        }
        for (sheet, value) in self.of(About::Headings) {
            let headings = if value == OUT { Some(Headings::Out) } else { value.parse().ok().map(Headings::Row) };
            said.headings.extend(headings.map(|headings| (sheet.to_owned(), headings)));
        }
        for (sheet, value) in self.of(About::Year) {
            if let Some(year) = value.parse().ok().and_then(|year| AcademicYear::new(year).ok()) {
                said.years.insert(sheet.to_owned(), year);
            }
        }
        for (place, value) in self.of(About::Cell) {
            if let Some((sheet, cell)) = place.split_once('\t') {
                said.cells.insert((sheet.to_owned(), cell.to_owned()), value.to_owned());
            }
        }
        said
    }
}

/// What was said of an import so far.
pub(crate) async fn of_import(conn: &mut Conn, id: Uuid) -> Result<Choices> {
    let rows = fetch_all!(
        conn,
        (String, String, String),
        "SELECT about, place, value FROM import_choice WHERE import_id = $1",
        id
    )?;
    rows.into_iter().map(|(about, place, value)| Ok(Choice::new(About::try_from(about)?, place, value))).collect()
}

/// Says something of a file that waits to be applied.
///
/// # Errors
/// Not found; forbidden; it was applied already; a programme, provider or school that is not the authority's; a text
/// that is too long.
pub async fn choose(desk: &Desk, actor: &Actor, id: Uuid, choices: &[Choice]) -> Result<()> {
    desk.authorise(actor, MAY)?;
    let mut conn = desk.write().await?;
    let import = uploads::find(&mut conn, actor, KIND, id).await?;
    import.check_waits()?;
    store(&mut conn, import.authority()?.as_str(), id, choices).await?;
    desk.commit(conn, id).await
}

/// Writes choices that are valid.
pub(crate) async fn store(conn: &mut Conn, authority: &str, id: Uuid, choices: &[Choice]) -> Result<()> {
    check(conn, authority, choices).await?;
    let (said, unsaid): (Vec<_>, Vec<_>) = choices.iter().partition(|choice| choice.value.is_some());
    for choice in unsaid {
        execute!(
            conn,
            "DELETE FROM import_choice WHERE import_id = $1 AND about = $2 AND place = $3",
            id,
            choice.about.as_str(),
            &choice.place
        )?;
    }
    // Each place once, the last word on it: one statement cannot write a row twice.
    let said: BTreeMap<_, _> = said.iter().map(|c| ((c.about, c.place.as_str()), c.value.as_deref())).collect();
    let said: Vec<_> = said.into_iter().collect();
    insert_rows!(
        conn,
        "INSERT INTO import_choice (import_id, about, place, value) ",
        said,
        |b, choice| {
            let ((about, place), value) = choice;
            b.push_bind(id).push_bind(about.as_str()).push_bind(*place).push_bind(value.unwrap_or_default());
        },
        " ON CONFLICT (import_id, about, place) DO UPDATE SET value = excluded.value"
    )?;
    Ok(())
}

/// Refuses what cannot be: another authority's programme, provider or school is as if it were not there.
pub(crate) async fn check(conn: &mut Conn, authority: &str, choices: &[Choice]) -> Result<()> {
    let keys = |about: About| -> Result<Vec<Uuid>> {
        let of = choices.iter().filter(|c| c.about == about).filter_map(|c| c.value.as_deref());
        let mut keys = of
            .filter(|value| *value != OUT)
            .map(|value| value.parse().map_err(|_| Error::NotFound))
            .collect::<Result<Vec<Uuid>>>()?;
        keys.sort_unstable();
        keys.dedup();
        Ok(keys)
    };
    let (programmes, providers, schools) = (keys(About::Programme)?, keys(About::Provider)?, keys(About::School)?);
    let of = "SELECT authority_code FROM programme WHERE id IN ";
    let mut found = fetch_in!(conn, (String,), of, programmes, "")?;
    let of = "SELECT authority_code FROM setting WHERE id IN ";
    found.extend(fetch_in!(conn, (String,), of, schools, "")?);
    let of = "SELECT authority_code FROM provider_authority WHERE provider_id IN ";
    let served = fetch_in!(conn, (String,), of, providers, "")?;
    let serves = served.iter().filter(|(code,)| code == authority).count();
    if found.len() != programmes.len() + schools.len()
        || found.iter().any(|(code,)| code != authority)
        || serves != providers.len()
    {
        return Err(Error::NotFound);
    }
    for choice in choices {
        let value = choice.value.as_deref().unwrap_or(OUT);
        let good = match choice.about {
            About::Column => {
                value == OUT || Role::named(value).is_some() || intake::contacts::Role::named(value).is_some()
            }
            About::Headings => value == OUT || value.parse::<u32>().is_ok(),
            About::Year => value == OUT || value.parse().is_ok_and(|year| AcademicYear::new(year).is_ok()),
            About::Cell => value.chars().count() <= MOST_CHARACTERS,
            _ => true,
        };
        if !good {
            return Err(Error::field(choice.about.as_str(), format!("“{value}” cannot be taken here")));
        }
    }
    Ok(())
}
