//! Files out: CSV, iCalendar and workbooks.

#![warn(clippy::unwrap_used)]

pub mod attendance;
pub mod calendar;
pub mod coverage;
pub mod requests;
pub mod sheet;
pub mod table;
