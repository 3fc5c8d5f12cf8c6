//! What was read of files that wait, kept between two looks at them.
//!
//! Reading a workbook of 100,000 rows takes seconds, and each page of its import looks at it anew. What is read depends
//! on nothing but the file's content and what was said of it, so that is what it is kept by; it is never out of date,
//! and whose file it is does not matter. Everything else is understood from the records each time.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use intake::history::{Corrections, History, MAX_VISITS};

/// The most visits that are kept together: as many as one file may have, some 200 MB.
const MOST_VISITS: usize = MAX_VISITS;
/// The most files.
const MOST_FILES: usize = 16;
/// What nobody looked at for so long is let go: whoever comes back later waits while it is read once more.
const KEPT_FOR: Duration = Duration::from_secs(60 * 60);

struct Kept {
    /// The file's SHA-256.
    file: String,
    said: Arc<Corrections>,
    history: Arc<History>,
    /// When it was looked at last.
    at: Instant,
}

impl Kept {
    fn lines(&self) -> usize {
        self.history.visits.len() + self.history.left_out.len() + self.history.doubts.len()
    }
}

/// The one looked at last is the first.
static KEPT: Mutex<VecDeque<Kept>> = Mutex::new(VecDeque::new());

/// What was read of a file with these corrections, where it is kept.
pub(super) fn get(file: &str, said: &Corrections) -> Option<Arc<History>> {
    let mut kept = KEPT.lock().unwrap_or_else(PoisonError::into_inner);
    let at = kept.iter().position(|k| k.file == file && *k.said == *said)?;
    let found = kept.remove(at)?;
    let history = Arc::clone(&found.history);
    kept.push_front(Kept { at: Instant::now(), ..found });
    Some(history)
}

/// Keeps what was read of a file, in place of what was read of it with other corrections; those looked at longest ago
/// go.
pub(super) fn keep(file: &str, said: &Arc<Corrections>, history: &Arc<History>) {
    let mut kept = KEPT.lock().unwrap_or_else(PoisonError::into_inner);
    kept.retain(|k| k.file != file);
    let at = Instant::now();
    kept.push_front(Kept { file: file.to_owned(), said: Arc::clone(said), history: Arc::clone(history), at });
    let mut visits = 0;
    kept.retain(|k| {
        visits += k.lines();
        visits <= MOST_VISITS
    });
    kept.truncate(MOST_FILES);
}

/// Lets go of a file that waits no more.
pub(super) fn forget(file: &str) {
    KEPT.lock().unwrap_or_else(PoisonError::into_inner).retain(|k| k.file != file);
}

/// Lets go of what was looked at last an hour ago or longer.
pub(crate) fn let_go(now: Instant) {
    let mut kept = KEPT.lock().unwrap_or_else(PoisonError::into_inner);
    kept.retain(|k| now.saturating_duration_since(k.at) < KEPT_FOR);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn history(rows: &str) -> Arc<History> {
        Arc::new(intake::history::read(format!("Date,School\n{rows}").as_bytes(), "a.csv").unwrap())
    }

    #[test]
    fn what_was_read_is_kept_by_content_and_corrections_alone() {
        let (plain, mut mended) = (Arc::new(Corrections::default()), Corrections::default());
        mended.cells.insert((String::new(), "B2".into()), "Park".into());
        let read = history("12/09/2016,Oak\n");
        keep("kept-one", &plain, &read);
        assert!(get("kept-one", &plain).is_some_and(|kept| Arc::ptr_eq(&kept, &read)));
        assert!(get("kept-one", &mended).is_none() && get("kept-other", &plain).is_none());
        let mended = Arc::new(mended);
        keep("kept-one", &mended, &read);
        assert!(get("kept-one", &plain).is_none() && get("kept-one", &mended).is_some());
        let_go(Instant::now() + KEPT_FOR - Duration::from_secs(60));
        assert!(get("kept-one", &mended).is_some());
        let_go(Instant::now() + KEPT_FOR);
        assert!(get("kept-one", &mended).is_none());
        forget("kept-one");
        assert!(get("kept-one", &mended).is_none());
        let large = history(&"12/09/2016,Oak\n".repeat(MOST_VISITS - 1));
        keep("kept-large", &plain, &large);
        keep("kept-small", &plain, &history(&"12/09/2016,Oak\n".repeat(3)));
        assert!(get("kept-large", &plain).is_none() && get("kept-small", &plain).is_some());
        forget("kept-small");
    }
}
