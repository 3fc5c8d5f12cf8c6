//! Files out: CSV and iCalendar.

pub mod coverage;
pub mod table;
