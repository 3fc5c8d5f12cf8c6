//! What people see of Callboard.
//!
//! Pages are rendered on the server (feature `ssr`); only the [`islands`] are also compiled to WebAssembly (feature
//! `hydrate`). A page is an axum handler that runs operations and returns a `Page`; `docs/PATTERNS.md` shows one whole.

#![warn(clippy::unwrap_used)]

pub mod islands;

#[cfg(feature = "ssr")]
mod components;
#[cfg(feature = "ssr")]
mod pages;
#[cfg(feature = "ssr")]
mod web;

#[cfg(feature = "ssr")]
pub use pages::{explained, router};
#[cfg(feature = "ssr")]
pub use web::context::Client;
#[cfg(feature = "ssr")]
pub use web::routes::{RouteLine, Who};
#[cfg(feature = "ssr")]
pub use web::site::{Assets, Site};

/// Called by the page's script once the WebAssembly is loaded: the islands of the page come alive.
#[cfg(feature = "hydrate")]
#[wasm_bindgen::prelude::wasm_bindgen]
pub fn hydrate() {
    leptos::mount::hydrate_islands();
}
