//! The parts of pages that also run in the browser. Everything a school must do works without them.

mod import_progress;
mod plan_progress;
mod planning_board;
mod tally_pad;

pub use import_progress::ImportProgress;
pub use plan_progress::PlanProgress;
pub use planning_board::PlanningBoard;
pub use tally_pad::TallyPad;
