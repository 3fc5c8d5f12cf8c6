//! The parts of pages that also run in the browser. Everything a school must do works without them.

mod tally_pad;

pub use tally_pad::TallyPad;
