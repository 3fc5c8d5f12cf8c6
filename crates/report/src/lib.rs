//! Files out: CSV, iCalendar and workbooks.

#![warn(clippy::unwrap_used)]

pub mod attendance;
pub mod calendar;
pub mod coverage;
mod filled_in;
pub mod paper_feedback;
pub mod table;
