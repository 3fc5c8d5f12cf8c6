//! Taking a file's rows over: everything that is certain, in one transaction.

use domain::access::Actor;
use intake::matching::Links;
use serde_json::{Value, json};
use uuid::Uuid;

use super::judge::seen;
use super::seen::differences;
use super::understand::{self, Opened, Reading};
use super::{Choice, Choices, KIND, MAY, Standing, State, Understood, aliases, choices, kept, lock, write};
use crate::Desk;
use crate::audit::{self, Change};
use crate::db::Conn;
use crate::error::{Error, Result};
use crate::uploads::{self, Figures, New};

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
    desk.authorise(actor, MAY)?;
    // A workbook may take seconds to read: nobody else's writing waits for that.
    let read = read(desk, actor, id).await?;
    let mut conn = desk.write().await?;
    let authority = uploads::find(&mut conn, actor, KIND, id).await?.authority()?;
    lock(&mut conn, authority.as_str()).await?;
    // Whoever waited for the lock reads it anew: the one before may have applied it.
    let import = uploads::find(&mut conn, actor, KIND, id).await?;
    import.check_waits()?;
    let reading = read.ok_or(Error::NotFound)?;
    let said = choices::of_import(&mut conn, id).await?;
    let reading = if reading.is_current(&mut conn, &authority, &said).await? {
        reading
    } else {
        Reading::of_import(&mut conn, &import, &said).await?
    };
    let understood = understand::in_conn(&mut conn, desk, &authority, &reading, said, links).await?;
    if let Some(as_seen) = as_seen {
        let differences: Vec<_> = differences(as_seen, &understood.rows, seen)
            .map(|(row, before)| {
                let sheet = row.sheet.clone();
                Difference { sheet, row: row.row, before, now: row.standing }
            })
            .collect();
        if !differences.is_empty() {
            return Ok(Applied::Changed(differences));
        }
    }
    if understood.count(Standing::Ready) == 0 {
        return Err(Error::refused("No row of this file can be taken over: answer its questions first"));
    }
    let done = write_down(&mut conn, desk, actor, id, &import.file_name, &understood).await?;
    desk.commit(conn, id).await?;
    kept::forget(&import.file_sha256);
    Ok(done)
}

/// Takes over what is certain of a file that is not stored, as uploading it, choosing and [`apply`] would, in one
/// transaction. The import's key and what came of it; none where nothing is certain, and then nothing is stored.
///
/// # Errors
/// Forbidden; another authority’s; a choice that is not the authority’s.
pub async fn take_over(
    desk: &Desk,
    actor: &Actor,
    opened: &Opened,
    choices: &[Choice],
    links: &Links,
) -> Result<(Understood, Option<(Uuid, Applied)>)> {
    desk.authorise(actor, MAY)?;
    let authority = uploads::confined(actor, Some(&opened.authority), MAY)?;
    let mut conn = desk.write().await?;
    lock(&mut conn, authority.as_str()).await?;
    choices::check(&mut conn, authority.as_str(), choices).await?;
    let said: Choices = choices.iter().cloned().collect();
    let reading = opened.reading.renewed(&mut conn, &authority, &opened.file, &said).await?;
    let understood = understand::in_conn(&mut conn, desk, &authority, &reading, said, links).await?;
    if understood.count(Standing::Ready) == 0 {
        return Ok((understood, None));
    }
    // The file itself would be dropped again below.
    let new = New { is_kept: false, ..New::of(KIND, Some(authority.as_str()), &opened.file) };
    let id = uploads::store(&mut conn, desk, actor, new).await?;
    choices::store(&mut conn, authority.as_str(), id, choices).await?;
    let done = write_down(&mut conn, desk, actor, id, &opened.file.name, &understood).await?;
    desk.commit(conn, id).await?;
    Ok((understood, Some((id, done))))
}

/// Writes what is certain, and that the import is applied.
async fn write_down(
    conn: &mut Conn,
    desk: &Desk,
    actor: &Actor,
    id: Uuid,
    file_name: &str,
    understood: &Understood,
) -> Result<Applied> {
    conn.keep_more(true).await?;
    let tours = write::sessions(conn, desk, actor, id, file_name, understood).await?;
    conn.keep_more(false).await?;
    aliases::remember(conn, desk, actor, id, understood).await?;
    let figures = Figures {
        total: understood.rows.len(),
        added: understood.count(Standing::Ready),
        changed: 0,
        unchanged: understood.count(Standing::AlreadyThere),
    };
    uploads::finish(conn, desk, (KIND, id), figures).await?;
    let after = json!({
        "file": file_name,
        "sessions": understood.count(Standing::Ready),
        "already_there": understood.count(Standing::AlreadyThere),
        "asked": understood.count(Standing::Asked),
        "left_out": understood.count(Standing::LeftOut),
        "tours": tours,
    });
    let change = Change {
        operation: MAY,
        authority: Some(understood.authority.as_str()),
        record_kind: "import",
        record_id: id.to_string(),
        before: Value::Null,
        after,
    };
    audit::write(conn, desk, actor, change).await?;
    Ok(Applied::Done {
        added: understood.count(Standing::Ready),
        already_there: understood.count(Standing::AlreadyThere),
        asked: understood.count(Standing::Asked),
        left_out: understood.count(Standing::LeftOut),
        tours,
    })
}

/// The file of an import that waits, read; none where it does not wait any more.
async fn read(desk: &Desk, actor: &Actor, id: Uuid) -> Result<Option<Reading>> {
    let mut conn = desk.read().await?;
    let import = uploads::find(&mut conn, actor, KIND, id).await?;
    if import.state != State::Previewed {
        return Ok(None);
    }
    let said = choices::of_import(&mut conn, id).await?;
    Reading::of_import(&mut conn, &import, &said).await.map(Some)
}
