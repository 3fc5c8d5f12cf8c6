//! The pages, by noun, and the router of them all.

use axum::Router;
use axum::middleware::from_fn_with_state;

use crate::web::answer::explain;
use crate::web::context::recognise;
use crate::web::routes::{RouteLine, Routes};
use crate::web::site::Site;

mod attendance;
mod colour;
mod demo;
mod feedback;
mod home;
mod imports;
pub(crate) mod problem;
mod results;
mod schools;

/// The parts of the site, one a line.
#[rustfmt::skip]
const PARTS: &[fn(Routes) -> Routes] = &[
    attendance::routes,
    colour::routes,
    demo::routes,
    feedback::routes,
    home::routes,
    imports::routes,
    results::routes,
    schools::routes,
];

/// Every page and form of the site, with the table of who may reach which.
#[must_use]
pub fn router(site: Site) -> (Router, Vec<RouteLine>) {
    let (router, table) = PARTS.iter().fold(Routes::new(site.clone()), |routes, part| part(routes)).finish();
    let router = router
        .layer(from_fn_with_state(site.clone(), explain))
        .layer(from_fn_with_state(site.clone(), recognise))
        .with_state(site);
    (router, table)
}
