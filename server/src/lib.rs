//! The binary `callboard`: HTTP, command line, background jobs, mail.

#![warn(clippy::unwrap_used)]

#[macro_use]
mod say;

pub mod commands;
pub mod config;
pub mod http;
pub mod jobs;
pub mod mail;
