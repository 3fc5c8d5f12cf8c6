//! How far the imports of this process have come.

use std::collections::HashMap;
use std::sync::{LazyLock, Mutex, MutexGuard, PoisonError};

use uuid::Uuid;

use super::Progress;

/// It cannot stand in the database: on SQLite nobody can write while an import's transaction is open. Where several servers
/// share a database, only the one at work knows; the others show the state alone.
static AT_WORK: LazyLock<Mutex<HashMap<Uuid, Progress>>> = LazyLock::new(Mutex::default);

/// An import this process works at, for as long as it does.
pub(super) struct Working {
    id: Uuid,
    pub progress: Progress,
}

impl Working {
    pub fn begin(id: Uuid) -> Self {
        let progress = Progress::default();
        watch().insert(id, progress.clone());
        Self { id, progress }
    }
}

impl Drop for Working {
    fn drop(&mut self) {
        watch().remove(&self.id);
    }
}

fn watch() -> MutexGuard<'static, HashMap<Uuid, Progress>> {
    AT_WORK.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The imports that this process works at.
pub(super) fn all() -> Vec<Uuid> {
    watch().keys().copied().collect()
}

/// How many schools of an import are done, and of how many; none where this process does not work at it.
pub(super) fn progress(id: Uuid) -> Option<(usize, usize)> {
    watch().get(&id).map(Progress::now)
}
