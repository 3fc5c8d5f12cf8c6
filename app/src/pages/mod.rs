//! The pages, by noun, and the router of them all.

use axum::Router;
use axum::middleware::from_fn_with_state;

use crate::web::answer::explain;
use crate::web::context::recognise;
use crate::web::routes::{RouteLine, Routes};
use crate::web::site::Site;

mod account;
mod account_app;
mod attendance;
mod attendance_sheets;
mod audit;
mod authority;
mod calendars;
mod choose_role;
mod colour;
mod contacts;
mod coverage;
mod demo;
mod elsewhere;
mod feedback;
mod filled_sheets;
mod histories;
mod home;
mod imports;
mod invitations;
mod mails;
mod openings;
mod paper_feedback;
mod people;
mod plans;
pub(crate) mod problem;
mod programmes;
mod providers;
mod request_sheets;
mod requests;
mod results;
mod rolls;
mod run_sheets;
mod school_calendar;
mod school_year;
mod schools;
mod sessions;
mod sign_in;
mod successors;
mod taking_back;
mod teams;
mod tours;
mod waiting;
mod weights;

/// The parts of the site, one a line.
#[rustfmt::skip]
const PARTS: &[fn(Routes) -> Routes] = &[
    account::routes,
    account_app::routes,
    attendance::routes,
    attendance_sheets::routes,
    audit::routes,
    authority::routes,
    calendars::routes,
    choose_role::routes,
    colour::routes,
    contacts::routes,
    coverage::routes,
    demo::routes,
    feedback::routes,
    histories::routes,
    home::routes,
    imports::routes,
    invitations::routes,
    mails::routes,
    openings::routes,
    paper_feedback::routes,
    people::routes,
    plans::routes,
    programmes::routes,
    providers::routes,
    request_sheets::routes,
    requests::routes,
    results::routes,
    rolls::routes,
    run_sheets::routes,
    school_calendar::routes,
    school_year::routes,
    schools::routes,
    sessions::routes,
    sign_in::routes,
    successors::routes,
    taking_back::routes,
    teams::routes,
    tours::routes,
    waiting::routes,
    weights::routes,
];

/// Every page and form of the site, with the table of who may reach which. [`explained`] goes around it.
pub fn router(site: Site) -> (Router, Vec<RouteLine>) {
    let (router, table) = PARTS.iter().fold(Routes::new(site.clone()), |routes, part| part(routes)).finish();
    (router.with_state(site), table)
}

/// Recognises who asks, and makes a page of whatever went wrong in `router`: in a page, and in the layers that lie
/// between, which turn away forms of other sites and stop what takes too long.
pub fn explained(router: Router, site: Site) -> Router {
    router.layer(from_fn_with_state(site.clone(), explain)).layer(from_fn_with_state(site, recognise))
}
