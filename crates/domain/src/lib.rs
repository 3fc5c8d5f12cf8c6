//! Callboard's rules, with no input or output.
//!
//! Everything here is a pure function of its arguments: a date or an instant is passed in, never asked for.
//! The nouns have the same file name in `crates/records` (operations and SQL) and in `app` (pages).

#![warn(clippy::unwrap_used)]

mod fault;
mod term;

pub mod academic_year;
pub mod access;
pub mod attendance;
pub mod attendance_sheet;
pub mod availability;
pub mod calendar;
pub mod clock;
pub mod colour;
pub mod contact;
pub mod coverage;
pub mod dfe_number;
pub mod feedback;
pub mod import;
pub mod invitation;
pub mod lineage;
pub mod merged;
pub mod money;
pub mod need;
pub mod number;
pub mod number_on_roll;
pub mod offer;
pub mod plan;
pub mod programme;
pub mod reminder;
pub mod request;
pub mod request_sheet;
pub mod session;
pub mod setting;
pub mod slot;
pub mod spreadsheet;
pub mod stage;
pub mod term_date;
pub mod tour;
pub mod visit_pack;
pub mod waiting;
pub mod year_group;

pub use academic_year::AcademicYear;
pub use fault::{Fault, Faults};
pub use term::{Term, TermSet, UnknownTerm};
pub use year_group::{YearGroup, YearGroups};
