//! Older records of sessions: a police unit's log, a theatre's tour list, as their workbooks are.
//!
//! A file is understood anew each time it is looked at, from its bytes, from what people said of it ([`Choices`]) and
//! from the records as they are: [`Understood`]. So nothing has to be carried from step to step, an interrupted import
//! goes on where it was, and applying sees what has changed since. Whatever is doubtful is a [`Question`]; a row with
//! one is never applied. Applying is one transaction, and so is taking it back. Why it is done so is in
//! `docs/decisions/0006-histories-are-understood-anew.md`.

mod again;
pub(crate) mod aliases;
mod apply;
pub(crate) mod choices;
mod earlier;
pub(crate) mod ground;
mod judge;
mod kept;
mod left;
mod marked;
mod moved;
pub(crate) mod names;
mod pairing;
mod questions;
mod row;
pub(crate) mod seen;
mod there;
mod understand;
mod undo;
mod uploads;
mod work;
mod write;
mod years;

use domain::access::Operation;
use domain::import::ImportKind;
use domain::setting::{LaCode, SettingType, Urn};
use intake::history::LeftOut;
use serde::Serialize;
use uuid::Uuid;

use crate::db::Conn;
use crate::error::{Error, Result};

pub use crate::uploads::Import;
pub use again::said_before;
pub use aliases::{Alias, aliases, forget_alias};
pub use apply::{Applied, Difference, apply, take_over};
pub use choices::{About, Choice, Choices, choose};
pub use domain::import::ImportState as State;
pub use earlier::{Earlier, Suggestion, earlier};
pub use intake::history::{Count, Half, Holds, OpenColumn, Outcome, Role, Skipped, Table};
pub use intake::matching::{Links, Reason as Evidence};
pub use judge::{is_called, topic_key};
pub(crate) use kept::let_go;
pub use left::{Left, left, left_by};
pub use marked::marked;
pub use questions::{Answer, Open};
pub use row::Row;
pub use there::{Differs, There};
pub use understand::{Opened, look_at, open, understand};
pub(crate) use undo::{built_on, remove};
pub use uploads::{drop_upload, list, look, upload};
pub use work::{Work, apply_beside, at_work, keep_upload, read_upload, told};
pub use years::years;

const KIND: ImportKind = ImportKind::History;
const MAY: Operation = Operation::ImportHistory;

/// A row's or a file's choice that leaves what it is about out.
pub const OUT: &str = "out";

/// The most rows a file may have.
pub const MOST_ROWS: usize = intake::history::MAX_VISITS;

/// The most bytes of a file.
pub const MOST_BYTES: usize = intake::history::MAX_BYTES;

/// What is understood of a file, against the records as they are.
#[derive(Debug, Clone)]
pub struct Understood {
    /// Whose records.
    pub authority: LaCode,
    /// The tables that were found.
    pub tables: Vec<Table>,
    /// Rows that hold something and are no visits: totals, notes, bars.
    pub not_visits: Vec<LeftOut>,
    /// Sheets of which nothing is read.
    pub skipped: Vec<Skipped>,
    /// The visits, in the order of the file.
    pub rows: Vec<Row>,
    /// The names that stand in it, in the order of the file.
    pub names: Vec<Name>,
    /// What was given, in the order of the file; one blank where the file does not say.
    pub topics: Vec<Topic>,
    /// The programmes there are to choose from.
    pub programmes: Vec<Programme>,
    /// The providers there are to choose from.
    pub providers: Vec<Provider>,
    /// Who delivered: chosen, or the only one there is.
    pub provider: Option<Uuid>,
    /// What was said of it.
    pub choices: Choices,
    /// What the file plainly is, where that is something else.
    pub resembles: Option<ImportKind>,
}

/// A programme of the authority.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Programme {
    /// Its key.
    pub id: Uuid,
    /// Its name.
    pub name: String,
    /// Whether it is for adults.
    pub for_adults: bool,
    /// How many parts it has.
    pub parts: i64,
}

/// A provider that serves the authority.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Provider {
    /// Its key.
    pub id: Uuid,
    /// Its name.
    pub name: String,
}

/// Something that was given, as the file calls it.
#[derive(Debug, Clone)]
pub struct Topic {
    /// The text; blank where the file does not say.
    pub text: String,
    /// In how many rows it stands.
    pub rows: usize,
    /// The programme it is: chosen for it, of its name, or chosen for the whole file.
    pub programme: Option<Uuid>,
    /// Its rows are to be left out.
    pub is_out: bool,
}

/// What would become of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// It would be taken over.
    Ready,
    /// A person has to say something first.
    Asked,
    /// It is on record already.
    AlreadyThere,
    /// A person said that it is to be left out.
    LeftOut,
}

impl Standing {
    /// Every one.
    pub const ALL: [Self; 4] = [Self::Ready, Self::Asked, Self::AlreadyThere, Self::LeftOut];

    /// The word for addresses.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Ready => "ready",
            Self::Asked => "asked",
            Self::AlreadyThere => "already_there",
            Self::LeftOut => "left_out",
        }
    }

    /// In words.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Ready => "Will be taken over",
            Self::Asked => "Waits for an answer",
            Self::AlreadyThere => "On record already",
            Self::LeftOut => "Left out",
        }
    }
}

/// What a question is about, which says how it is answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Asks {
    /// Which school: the name is to be decided.
    School,
    /// What a cell says: the text is to be typed.
    Cell,
    /// Whether it took place: the file says that it was to be confirmed, or what may mean either.
    Outcome,
    /// Whether it is another session than one on record, or in a row above, that looks the same.
    Again,
    /// What a column of its table holds.
    Column,
    /// Which programme it was.
    Programme,
    /// Who delivered.
    Provider,
}

impl Asks {
    /// Whether it is answered at the row itself.
    #[must_use]
    pub const fn is_of_row(self) -> bool {
        matches!(self, Self::Cell | Self::Outcome | Self::Again)
    }
}

/// Something about a row that a person has to say.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Question {
    /// What about.
    pub asks: Asks,
    /// What the cell is about; none where no cell holds it.
    pub about: Option<Role>,
    /// The cell: `D14`; none where no cell holds it.
    pub cell: Option<String>,
    /// What is typed there.
    pub typed: String,
    /// What is wrong, and how to mend it.
    pub message: String,
}

/// A school of the records.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct School {
    /// Its key.
    pub id: Uuid,
    /// Its URN; none outside the school list.
    pub urn: Option<Urn>,
    /// Its name.
    pub name: String,
    /// Its town, where it is known.
    pub town: Option<String>,
    /// Its setting type.
    pub setting_type: SettingType,
}

/// A name as the file has it, with its place: what is decided of one counts for all its rows.
#[derive(Debug, Clone)]
pub struct Name {
    /// What [choices](Choice) call it.
    pub key: String,
    /// As it is typed first.
    pub text: String,
    /// The town beside it.
    pub town: String,
    /// The postcode beside it.
    pub postcode: String,
    /// Its rows, as positions in [`Understood::rows`].
    pub rows: Vec<usize>,
    /// Which school it is.
    pub found: Found,
    /// The schools that fit best.
    pub candidates: Vec<Candidate>,
    /// Whether what is decided is remembered for the next file.
    pub is_remembered: bool,
}

/// Which school a name is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Found {
    /// Certain enough to need no look.
    Matched(School),
    /// Decided for an earlier file.
    Remembered(School),
    /// Decided for this file.
    Chosen(School),
    /// Decided to be no school, for an earlier file or this one.
    Out,
    /// Several may be meant.
    Review,
    /// It looks like no school of the authority.
    None,
}

impl Found {
    /// The school, where there is one.
    #[must_use]
    pub const fn school(&self) -> Option<&School> {
        match self {
            Self::Matched(school) | Self::Remembered(school) | Self::Chosen(school) => Some(school),
            Self::Out | Self::Review | Self::None => None,
        }
    }

    /// The word for scripts: `matched`, `review` or `none`.
    #[must_use]
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Matched(_) | Self::Remembered(_) | Self::Chosen(_) => "matched",
            Self::Review => "review",
            Self::Out | Self::None => "none",
        }
    }
}

/// A school that may be meant.
#[derive(Debug, Clone)]
pub struct Candidate {
    /// The school.
    pub school: School,
    /// How probable it is, 0 to 1.
    pub score: f64,
    /// What speaks for it and against it.
    pub reasons: Vec<Evidence>,
}

impl Understood {
    /// How many rows stand so.
    #[must_use]
    pub fn count(&self, standing: Standing) -> usize {
        self.rows.iter().filter(|row| row.standing == standing).count()
    }

    /// The names that a person has to decide.
    pub fn undecided(&self) -> impl Iterator<Item = &Name> {
        self.names
            .iter()
            .filter(|name| name.is_typed())
            .filter(|name| matches!(name.found, Found::Review | Found::None))
    }

    /// The rows with a question that is answered at the row itself, each with its questions.
    pub fn to_mend(&self) -> impl Iterator<Item = &Row> {
        let asks = |row: &Row| row.questions.iter().any(|q| q.asks.is_of_row());
        self.rows.iter().filter(move |row| row.standing == Standing::Asked && asks(row))
    }

    /// What would become of each row, four letters a row: compared when it is applied.
    #[must_use]
    pub fn seen(&self) -> String {
        self.rows.iter().map(judge::seen).collect()
    }
}

/// Whoever changes an authority's imports of older records waits here for the one before.
async fn lock(conn: &mut Conn, authority: &str) -> Result<()> {
    match execute!(conn, "UPDATE authority SET version = version WHERE code = $1", authority)? {
        0 => Err(Error::NotFound),
        _ => Ok(()),
    }
}
