//! Spreadsheets in, typed rows and located problems out.
//!
//! A reader takes the bytes of a file somebody chose, trusts nothing about them, and answers either with rows that are
//! valid from then on or with every problem it found, each with its sheet, row and column. It never panics and its
//! memory and time are bounded, by [`MAX_FILE_BYTES`], by limits on what a workbook may unpack to, and by reading
//! workbooks in a process of their own ([`isolation`]).

#![warn(clippy::unwrap_used)]

mod grid;
mod problem;
mod resemblance;
mod sheet;
mod text;
mod totals;
mod workbook;

pub mod attendance;
pub mod bank_holidays;
pub mod contacts;
pub mod history;
pub mod isolation;
pub mod marked;
pub mod matching;
pub mod paper_feedback;
pub mod requests;
pub mod rolls;
pub mod school_list;
pub mod term_dates;
pub mod ward_outlines;

pub use problem::{MAX_PROBLEMS, Problem};
pub use resemblance::{resembles, went_out};

/// The largest file that is read, in bytes. The official extract of all establishments, closed ones included, has
/// about 60 MB.
pub const MAX_FILE_BYTES: usize = 100 << 20;
