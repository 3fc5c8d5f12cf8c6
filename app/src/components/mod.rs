//! The pieces pages are made of, in the patterns of the GOV.UK Design System.
//!
//! Fields take the [`Form`](crate::web::form::Form) and show what was typed there and what is wrong with it.

mod audit_lines;
mod display;
// Its parts wait for pages that use them all.
#[allow(dead_code)]
mod fields;
mod map;
mod prose;

pub(crate) use audit_lines::*;
pub(crate) use display::*;
pub(crate) use fields::*;
pub(crate) use map::*;
pub(crate) use prose::*;
