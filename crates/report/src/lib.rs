//! Files out: CSV and iCalendar.

#![warn(clippy::unwrap_used)]

pub mod calendar;
pub mod coverage;
pub mod table;
