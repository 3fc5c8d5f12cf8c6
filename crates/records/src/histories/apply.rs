//! Taking a file's rows over: everything that is certain, in one transaction.

use domain::access::{Actor, Operation};
use intake::matching::Links;
use serde_json::{Value, json};
use uuid::Uuid;

use super::judge::seen;
use super::understand::{self, Reading};
use super::{Row, Standing, State, Understood, aliases, choices, lock, uploads, write};
use crate::Desk;
use crate::audit::{self, Change};
use crate::db::Conn;
use crate::error::{Error, Result};
use crate::imports::File;

/// Letters of [`Understood::seen`] for a row.
const LETTERS: usize = 4;

/// What came of applying.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Applied {
    /// The rows were taken over.
    Done {
        /// Rows taken over, each a session.
        added: usize,
        /// Rows that were on record already.
        already_there: usize,
        /// Rows that nobody answered for, left for another time.
        asked: usize,
        /// Rows that were to be left out.
        left_out: usize,
        /// Tours that were made for them.
        tours: usize,
    },
    /// The records have changed since they were looked at: nothing was done.
    Changed(Vec<Difference>),
}

/// A row of which something else would become than was shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// Its sheet; blank for a text file.
    pub sheet: String,
    /// Its row.
    pub row: u32,
    /// What was shown.
    pub before: Standing,
    /// What would become of it now; the same where its school, day or programme are others.
    pub now: Standing,
}

/// Applies an import that waits: what is certain is taken over, what is asked about is left. `as_seen` is what
/// [`Understood::seen`] said when a person looked; where the records have changed since, nothing is done.
///
/// # Errors
/// Forbidden; not found; it was applied already; nothing of it is certain.
pub async fn apply(desk: &Desk, actor: &Actor, id: Uuid, links: &Links, as_seen: Option<&str>) -> Result<Applied> {
    desk.authorise(actor, Operation::ImportHistory)?;
    // A workbook may take seconds to read: nobody else's writing waits for that.
    let read = read(desk, actor, id).await?;
    let mut conn = desk.write().await?;
    let import = uploads::find(&mut conn, actor, id).await?;
    let authority = import.authority_code.as_str();
    lock(&mut conn, authority).await?;
    // Whoever waited for the lock reads it anew: the one before may have applied it.
    let import = uploads::find(&mut conn, actor, id).await?;
    let Some((file, reading)) = read.filter(|_| import.state == State::Previewed) else {
        return Err(Error::refused("This file was imported already, or taken back. Upload it again"));
    };
    let said = choices::of_import(&mut conn, id).await?;
    let reading = reading.renewed(&mut conn, &import.authority_code, &file, &said).await?;
    let understood = understand::in_conn(&mut conn, desk, &import.authority_code, reading, said, links).await?;
    if let Some(as_seen) = as_seen {
        let differences = differences(as_seen, &understood);
        if !differences.is_empty() {
            return Ok(Applied::Changed(differences));
        }
    }
    if understood.count(Standing::Ready) == 0 {
        return Err(Error::refused("No row of this file can be taken over: answer its questions first"));
    }
    let tours = write::sessions(&mut conn, desk, actor, id, &file.name, &understood).await?;
    aliases::remember(&mut conn, desk, actor, id, &understood).await?;
    finish(&mut conn, desk, id, &understood).await?;
    let done = Applied::Done {
        added: understood.count(Standing::Ready),
        already_there: understood.count(Standing::AlreadyThere),
        asked: understood.count(Standing::Asked),
        left_out: understood.count(Standing::LeftOut),
        tours,
    };
    let after = json!({
        "file": file.name,
        "sessions": understood.count(Standing::Ready),
        "already_there": understood.count(Standing::AlreadyThere),
        "asked": understood.count(Standing::Asked),
        "left_out": understood.count(Standing::LeftOut),
        "tours": tours,
    });
    let change = Change {
        operation: Operation::ImportHistory,
        authority: Some(authority),
        record_kind: "import",
        record_id: id.to_string(),
        before: Value::Null,
        after,
    };
    audit::write(&mut conn, desk, actor, change).await?;
    desk.commit(conn, id).await?;
    Ok(done)
}

/// The file of an import that waits, read; none where it does not wait any more.
async fn read(desk: &Desk, actor: &Actor, id: Uuid) -> Result<Option<(File, Reading)>> {
    let mut conn = desk.read().await?;
    let import = uploads::find(&mut conn, actor, id).await?;
    if import.state != State::Previewed {
        return Ok(None);
    }
    let file = uploads::file(&mut conn, id).await?;
    let said = choices::of_import(&mut conn, id).await?;
    let reading = Reading::of(&mut conn, &import.authority_code, &file, &said).await?;
    Ok(Some((file, reading)))
}

/// The rows of which something else would become than was seen.
fn differences(as_seen: &str, now: &Understood) -> Vec<Difference> {
    let same_length = as_seen.is_ascii() && as_seen.len() == now.rows.len() * LETTERS;
    let before = |at: usize| as_seen.get(at * LETTERS..(at + 1) * LETTERS).filter(|_| same_length);
    let standing = |letters: Option<&str>| match letters.and_then(|l| l.chars().next()) {
        Some('r') => Standing::Ready,
        Some('a') => Standing::AlreadyThere,
        Some('o') => Standing::LeftOut,
        _ => Standing::Asked,
    };
    let differs = |(at, row): &(usize, &Row)| before(*at) != Some(seen(row).as_str());
    let rows = now.rows.iter().enumerate().filter(differs);
    rows.map(|(at, row)| Difference {
        sheet: row.sheet.clone(),
        row: row.row,
        before: standing(before(at)),
        now: row.standing,
    })
    .collect()
}

/// Marks an import as applied; the file is not kept, since columns stand in it that are nobody's business.
async fn finish(conn: &mut Conn, desk: &Desk, id: Uuid, understood: &Understood) -> Result<()> {
    let count = |standing: Standing| i64::try_from(understood.count(standing)).unwrap_or(i64::MAX);
    execute!(
        conn,
        "UPDATE import SET state = 'applied', finished_at = $1, done = $2, total = $3, added = $2, unchanged = $4,
            body = NULL
         WHERE id = $5 AND state = 'previewed'",
        desk.now(),
        count(Standing::Ready),
        i64::try_from(understood.rows.len()).unwrap_or(i64::MAX),
        count(Standing::AlreadyThere),
        id,
    )?;
    Ok(())
}
