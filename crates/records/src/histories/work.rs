//! What takes longer than a request may: reading a file that was uploaded, and taking it over. It is done beside the
//! requests, and pages ask how it goes.
//!
//! What is at work is known to the process at work alone; on SQLite nobody could write it down while a transaction is
//! open. Were the process killed, nothing of it would be there, and the file waits as it did before.

use std::collections::HashMap;
use std::sync::{LazyLock, Mutex, MutexGuard, PoisonError};

use domain::access::Actor;
use intake::matching::Links;
use uuid::Uuid;

use super::{Applied, Difference, KIND, MAY, again, apply, choices, look, understand};
use crate::Desk;
use crate::error::{Error, Result};
use crate::imports::{File, fingerprint};
use crate::uploads::{self, New};

/// What is being done to a file, or what came of it that nobody was told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Work {
    /// It is being read.
    Reading,
    /// Its rows are being taken over.
    Applying,
    /// It cannot be read: why.
    Unreadable(String),
    /// Its rows were not taken over, since these would become something else than was shown.
    Changed(Vec<Difference>),
    /// Its rows were not taken over: why.
    Refused(String),
}

impl Work {
    /// Whether it goes on by itself.
    #[must_use]
    pub const fn goes_on(&self) -> bool {
        matches!(self, Self::Reading | Self::Applying)
    }
}

static AT_WORK: LazyLock<Mutex<HashMap<Uuid, Work>>> = LazyLock::new(Mutex::default);

fn watch() -> MutexGuard<'static, HashMap<Uuid, Work>> {
    AT_WORK.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Work that is going on; what is left of it when it is dropped, done or not, is what came of it.
struct Going(Uuid, Option<Work>);

impl Going {
    fn begin(id: Uuid, work: Work) -> Self {
        watch().insert(id, work);
        Self(id, None)
    }
}

impl Drop for Going {
    fn drop(&mut self) {
        match self.1.take() {
            Some(left) => watch().insert(self.0, left),
            None => watch().remove(&self.0),
        };
    }
}

/// What is being done to a file of the actor's, or came of it; none where nothing is.
///
/// # Errors
/// Forbidden; not found.
pub async fn at_work(desk: &Desk, actor: &Actor, id: Uuid) -> Result<Option<Work>> {
    desk.authorise(actor, MAY)?;
    look(desk, actor, id).await?;
    Ok(watch().get(&id).cloned())
}

/// Stores a file as [`upload`](super::upload) does, without reading it: [`read_upload`] does.
///
/// # Errors
/// Forbidden; the file is too large.
pub async fn keep_upload(desk: &Desk, actor: &Actor, file: &File) -> Result<Uuid> {
    desk.authorise(actor, MAY)?;
    let authority = uploads::confined(actor, None, MAY)?;
    intake::history::refuse_large(&file.bytes).map_err(|problem| uploads::unreadable(&[problem]))?;
    let mut conn = desk.write().await?;
    let new = New::of(KIND, Some(authority.as_str()), file);
    let before = again::of_file(&mut conn, &authority, &fingerprint(&file.bytes)).await?;
    let id = uploads::store(&mut conn, desk, actor, new).await?;
    choices::store(&mut conn, authority.as_str(), id, &before).await?;
    desk.commit(conn, id).await?;
    Ok(id)
}

/// Reads a file that was stored and counts its visits. One that cannot be read says so until it is dropped.
///
/// # Errors
/// Forbidden; not found; it cannot be read, or has no table: what to do.
pub async fn read_upload(desk: &Desk, actor: &Actor, id: Uuid) -> Result<()> {
    desk.authorise(actor, MAY)?;
    look(desk, actor, id).await?;
    let mut going = Going::begin(id, Work::Reading);
    let understood = understand(desk, actor, id).await;
    if let Err(Error::Invalid(errors)) = &understood {
        let messages = errors.iter().map(|error| error.message.as_str()).collect::<Vec<_>>().join(". ");
        going.1 = Some(Work::Unreadable(messages));
    }
    let visits = i64::try_from(understood?.rows.len()).unwrap_or(i64::MAX);
    let mut conn = desk.write().await?;
    execute!(conn, "UPDATE import SET total = $1 WHERE id = $2 AND state = 'previewed'", visits, id)?;
    conn.commit().await
}

/// Takes a file over as [`apply`] does, for pages that ask [`at_work`] how it went.
///
/// # Errors
/// As [`apply`].
pub async fn apply_beside(desk: &Desk, actor: &Actor, id: Uuid, as_seen: &str) -> Result<Applied> {
    desk.authorise(actor, MAY)?;
    look(desk, actor, id).await?;
    let mut going = Going::begin(id, Work::Applying);
    let applied = apply(desk, actor, id, &Links::default(), Some(as_seen)).await;
    going.1 = match &applied {
        Ok(Applied::Changed(differences)) => Some(Work::Changed(differences.clone())),
        Ok(Applied::Done { .. }) | Err(Error::Repeated(_)) => None,
        Err(error) => Some(Work::Refused(error.to_string())),
    };
    applied
}

/// Nobody has to be told any more what came of a file.
pub fn told(id: Uuid) {
    watch().retain(|of, work| *of != id || work.goes_on());
}
