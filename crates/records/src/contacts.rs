//! Lists of schools' people: each person gets their role at their school, as if they had been added one by one.
//!
//! A file is understood anew each time it is looked at, as older records are ([`crate::histories`]): from its bytes, from
//! what people said of it and from the records as they are. Whoever is asked about gets nothing. An office's address
//! becomes the school's address for visits where there is none. Nothing else of the file is kept: no job titles, no
//! telephone numbers. Who is on record and no longer in the list is only named.

mod apply;
mod judge;
mod understand;
mod undo;

use domain::access::{Actor, Operation, Role as Holds};
use domain::contact::EmailAddress;
use domain::import::ImportKind;
use domain::setting::LaCode;
use intake::Problem;
use intake::history::LeftOut;
use uuid::Uuid;

use crate::Desk;
use crate::error::{Error, Result};
use crate::histories::{About, Choice, Choices, Found, Name, School, Standing, choices};
use crate::imports::File;
use crate::uploads::{self, New};

pub use apply::{Applied, Difference, Mails, apply};
pub use intake::contacts::{Role, Table};
pub use understand::{look_at_file, understand};
pub(crate) use undo::{built_on, remove};
pub use uploads::Import;

const KIND: ImportKind = ImportKind::Contacts;
const MAY: Operation = Operation::EditPeople;

/// Of a row that the list says something against: it is given all the same. [`OUT`](crate::histories::OUT): it is not.
pub const GIVE: &str = "give";

/// What a person said of a row that the list says something against.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    /// It is given all the same.
    Give,
    /// It is left out.
    LeaveOut,
}

/// What is understood of a list, against the records as they are.
#[derive(Debug, Clone)]
pub struct Understood {
    /// Whose records.
    pub authority: LaCode,
    /// The tables that were found.
    pub tables: Vec<Table>,
    /// Rows that hold something and name nobody.
    pub not_people: Vec<LeftOut>,
    /// Columns of pupils', parents' and families' addresses: they are not read.
    pub not_read: Vec<LeftOut>,
    /// What would become of each person and office, in the order of the file.
    pub rows: Vec<Row>,
    /// The schools' names that stand in it, in the order of the file.
    pub names: Vec<Name>,
    /// How many rows have no school where the row above has one.
    pub blank_schools: usize,
    /// People of the list's schools who are on record and not in the list.
    pub gone: Vec<Gone>,
    /// What was said of it.
    pub choices: Choices,
    /// What the file plainly is, where that is something else.
    pub resembles: Option<ImportKind>,
}

/// What a row gives.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Gives {
    /// A person their role: the school's, or for its designated safeguarding lead theirs.
    Role(Holds),
    /// A school its address for visits.
    Address,
}

impl Gives {
    /// In words.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Role(Holds::Safeguarding) => "Safeguarding lead of the school",
            Self::Role(role) => role.label(),
            Self::Address => "Address for visits",
        }
    }
}

/// Somebody of the list, with one thing they would get. Who gets two things has two rows.
#[derive(Debug, Clone)]
pub struct Row {
    /// The sheet; blank for a text file.
    pub sheet: String,
    /// The row, from 1.
    pub row: u32,
    /// The cell of the address: `D14`.
    pub cell: String,
    /// The school as it is typed.
    pub typed: String,
    /// Which of [`Understood::names`] it is; none where no school is named.
    pub name: Option<usize>,
    /// The school, where it is certain or chosen.
    pub school: Option<School>,
    /// The person's name; blank where it is not said.
    pub person: String,
    /// What the list says they are there.
    pub job: String,
    /// The address.
    pub email: Option<EmailAddress>,
    /// What they would get.
    pub gives: Gives,
    /// What has to be mended in the file.
    pub problems: Vec<Problem>,
    /// What the list says against it: that somebody left, say.
    pub doubt: Option<Problem>,
    /// What a person said to that; none: nobody has looked at it yet.
    pub answer: Option<Answer>,
    /// What would become of it.
    pub standing: Standing,
    /// Why, where that is not plain.
    pub why: String,
}

impl Row {
    /// What a [`Choice`] of the row is about: the cell of its address.
    #[must_use]
    pub fn place(&self) -> String {
        format!("{}\t{}", self.sheet, self.cell)
    }

    /// What the list says against it, as long as nobody has answered.
    #[must_use]
    pub fn open_doubt(&self) -> Option<&Problem> {
        self.doubt.as_ref().filter(|_| self.answer.is_none())
    }

    /// What the list says against it, in its words: “left July 2026”, with its quotation marks.
    #[must_use]
    pub fn against(&self) -> Option<&str> {
        let message = self.doubt.as_ref()?.message.as_str();
        // What is asked about it stands behind.
        Some(message.split_once("”: ").map_or(message, |(said, _)| &message[..said.len() + "”".len()]))
    }

    /// Where it stands in the file: “Sheet 2, row 14”.
    #[must_use]
    pub fn where_is(&self) -> String {
        let sheet = if self.sheet.is_empty() { String::new() } else { format!("{}, ", self.sheet) };
        format!("{sheet}row {}", self.row)
    }
}

/// Somebody who holds a role at a school of the list and is not in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Gone {
    /// The person.
    pub person: Uuid,
    /// Their name.
    pub name: String,
    /// Their address.
    pub email: String,
    /// The role.
    pub role: Holds,
    /// The school's name.
    pub school: String,
}

impl Understood {
    /// How many rows stand so.
    #[must_use]
    pub fn count(&self, standing: Standing) -> usize {
        self.rows.iter().filter(|row| row.standing == standing).count()
    }

    /// The names of schools that a person has to decide.
    pub fn undecided(&self) -> impl Iterator<Item = &Name> {
        self.names.iter().filter(|name| matches!(name.found, Found::Review | Found::None))
    }

    /// What has to be mended in the file, and what it says against a role that nobody has answered yet, in its order.
    #[must_use]
    pub fn problems(&self) -> Vec<Problem> {
        self.distinct(|row| row.problems.iter().chain(row.open_doubt()))
    }

    /// What has to be mended in the file, and cannot be answered, in its order.
    #[must_use]
    pub fn to_mend(&self) -> Vec<Problem> {
        // A row to be mended cannot be answered about: what else it says is mended, or said, with it.
        self.distinct(|row| row.problems.iter().chain(row.open_doubt().filter(|_| !row.problems.is_empty())))
    }

    fn distinct<'a, I: Iterator<Item = &'a Problem>>(&'a self, of: impl Fn(&'a Row) -> I) -> Vec<Problem> {
        let mut problems: Vec<Problem> = Vec::new();
        for row in &self.rows {
            // A head who is DSL too has two rows, and one cell to mend.
            let known = problems.len().saturating_sub(4);
            let new: Vec<&Problem> = of(row).filter(|problem| !problems[known..].contains(problem)).collect();
            problems.extend(new.into_iter().cloned());
        }
        problems
    }

    /// Rows of which the list says something against a role, answered or not: one of each address.
    #[must_use]
    pub fn doubtful(&self) -> Vec<&Row> {
        let is_doubtful = |row: &&Row| row.problems.is_empty() && row.doubt.is_some();
        let mut rows: Vec<&Row> = self.rows.iter().filter(is_doubtful).collect();
        rows.dedup_by_key(|row| row.place());
        rows
    }

    /// How many people would get a role.
    #[must_use]
    pub fn people(&self) -> usize {
        let is_person = |row: &&Row| row.standing == Standing::Ready && row.gives != Gives::Address;
        let people = self.rows.iter().filter(is_person).filter_map(|row| row.email.as_ref());
        people.collect::<std::collections::BTreeSet<_>>().len()
    }

    /// What would become of each row, four letters a row: compared when it is applied.
    #[must_use]
    pub fn seen(&self) -> String {
        self.rows.iter().map(judge::seen).collect()
    }
}

/// Stores a list; a file that cannot be read, or has no table of people, is not.
///
/// # Errors
/// Forbidden; the file is too large, cannot be read or has no such table: each with what to do.
pub async fn upload(desk: &Desk, actor: &Actor, authority: Option<&LaCode>, file: &File) -> Result<Uuid> {
    desk.authorise(actor, MAY)?;
    let authority = uploads::confined(actor, authority, MAY)?;
    uploads::check_size(file, intake::MAX_FILE_BYTES)?;
    let (bytes, name) = (std::sync::Arc::clone(&file.bytes), file.name.clone());
    let said = intake::contacts::Corrections::default();
    let read = tokio::task::spawn_blocking(move || intake::contacts::read(&bytes, &name, &said)).await;
    let read = read.map_err(Error::unavailable)?.map_err(|problems| uploads::unreadable(&problems))?;
    let mut conn = desk.write().await?;
    let new = New { total: read.lines.len(), ..New::of(KIND, Some(authority.as_str()), file) };
    let id = uploads::store(&mut conn, desk, actor, new).await?;
    desk.commit(conn, id).await?;
    Ok(id)
}

/// Says something of a list that waits to be applied: what a column holds, which school a name is, that a row without a
/// school is of the one above, that a row is given though the list says something against it, or is not.
///
/// # Errors
/// Not found; forbidden; it was applied already; a school that is not the authority's.
pub async fn choose(desk: &Desk, actor: &Actor, id: Uuid, said: &[Choice]) -> Result<()> {
    desk.authorise(actor, MAY)?;
    let ours =
        |about: About| matches!(about, About::Column | About::School | About::Remember | About::Blank | About::Row);
    if said.iter().any(|choice| !ours(choice.about)) {
        return Err(Error::NotFound);
    }
    let mut conn = desk.write().await?;
    let import = uploads::find(&mut conn, actor, KIND, id).await?;
    import.check_waits()?;
    choices::store(&mut conn, import.authority()?.as_str(), id, said).await?;
    desk.commit(conn, id).await
}

/// One import.
///
/// # Errors
/// Forbidden; not found.
pub async fn look(desk: &Desk, actor: &Actor, id: Uuid) -> Result<Import> {
    uploads::look(desk, actor, KIND, id).await
}

/// Drops a list that is not to be applied.
///
/// # Errors
/// Forbidden; not found; it was applied already.
pub async fn drop_upload(desk: &Desk, actor: &Actor, id: Uuid) -> Result<()> {
    uploads::drop_upload(desk, actor, KIND, id).await.map(drop)
}

/// The list as a workbook with the cells marked that are to be mended, and a name for it.
///
/// # Errors
/// Forbidden; not found; no cell is to be mended; it is no longer kept, or too large to be marked.
pub async fn marked(desk: &Desk, actor: &Actor, id: Uuid) -> Result<(String, Vec<u8>)> {
    desk.authorise(actor, MAY)?;
    let problems = understand(desk, actor, id).await?.problems();
    uploads::marked(desk, actor, (KIND, id), problems).await
}
