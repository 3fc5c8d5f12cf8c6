//! Every operation on Callboard's records.
//!
//! An operation takes a [`Desk`] and an [`Actor`](domain::access::Actor), asks the permission table first, applies
//! the rules of `domain`, and writes records, audit line and outbox mail in one transaction. SQL stands only here.

#![warn(clippy::unwrap_used)]

#[macro_use]
mod batch;
#[macro_use]
mod db;
mod before;
mod desk;
mod error;
mod rate_limits;
mod reminders;
mod rolls;
mod within;

pub mod attendance;
pub mod audit;
pub mod authenticator;
pub mod authorities;
mod availability;
pub mod backup;
pub mod bank_holidays;
pub mod calendar_imports;
pub mod calendars;
pub mod census;
pub mod contacts;
pub mod coverage;
pub mod demo;
pub mod digests;
pub mod feedback;
pub mod grants;
pub mod histories;
pub mod home;
pub mod imports;
pub mod invitations;
pub mod lineage;
pub mod need;
pub mod openings;
pub mod outbox;
pub mod people;
pub mod plans;
pub mod programmes;
pub mod providers;
pub mod request_sheets;
pub mod requests;
pub mod run_sheets;
pub mod school_calendar;
pub mod school_year;
pub mod schools;
pub mod secret;
pub mod sessions;
pub mod sign_in_codes;
pub mod sign_ins;
pub mod sweep;
pub mod taking_back;
pub mod teams;
pub mod term_dates;
#[cfg(feature = "testing")]
pub mod testing;
pub mod tours;
mod uploads;
pub mod waiting;
pub mod ward_outlines;

pub use db::{BadAddress, Conn, Db, Page};
pub use desk::Desk;
pub use error::{Conflict, Error, FieldError, Result};
