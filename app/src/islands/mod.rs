//! The parts of pages that also run in the browser. Everything a school must do works without them.

mod import_progress;
mod tally_pad;

pub use import_progress::ImportProgress;
pub use tally_pad::TallyPad;
