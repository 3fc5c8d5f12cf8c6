//! The binary `callboard`: HTTP, command line, background jobs, mail.

#![warn(clippy::unwrap_used)]

pub mod commands;
pub mod config;
pub mod http;
pub mod jobs;
pub mod mail;
