//! Requests: a school asks for a tour to come; council and provider see who asks, and what serving each is worth.

mod ask;
pub(super) mod fields;
mod list;
mod show;

use domain::access::Operation;
use domain::request::{PartOfDay, RequestState, in_words};
use leptos::prelude::*;
use records::requests::Request;

use crate::components::*;
use crate::pages::sessions::groups;
use crate::web::routes::{Routes, Who};

pub(crate) fn routes(routes: Routes) -> Routes {
    let (see, ask) = (Who::May(Operation::SeeRequests), Who::May(Operation::AskForTour));
    routes
        .get("/requests", see, list::all)
        .get("/tours/{id}/requests", see, list::of_tour)
        .get("/tours/{id}/request", ask, ask::page)
        .post("/tours/{id}/request", ask, ask::ask)
        .get("/requests/{id}", see, show::show)
        .get("/requests/{id}/change", ask, ask::change_page)
        .post("/requests/{id}/change", ask, ask::change)
        .get("/requests/{id}/withdraw", ask, show::withdraw_page)
        .post("/requests/{id}/withdraw", ask, show::withdraw)
}

/// A request's state as a tag.
fn state_tag(state: RequestState) -> impl IntoView {
    let colour = match state {
        RequestState::Asked => "yellow",
        RequestState::Placed => "green",
        RequestState::Withdrawn | RequestState::Closed => "grey",
    };
    view! { <Tag text=state.label() colour=colour/> }
}

/// Days, or that there are none.
pub(super) fn days(days: &[chrono::NaiveDate]) -> String {
    if days.is_empty() { "None named".to_owned() } else { in_words(days).join("; ") }
}

/// When in the day, and on one day or several.
pub(super) fn when(part: PartOfDay, sessions: i64, may_split: bool) -> String {
    match (sessions, may_split) {
        (1, _) => part.label().to_owned(),
        (_, true) => format!("{}, on one day or several", part.label()),
        (_, false) => format!("{}, all on one day", part.label()),
    }
}

/// What was asked, one fact a line.
pub(super) fn facts(request: &Request) -> Vec<Row> {
    let or_none = |text: &str| if text.is_empty() { "None".to_owned() } else { text.to_owned() };
    let mut who = groups::in_words(&request.groups);
    if request.is_estimated {
        who.push_str(". Taken from the roll: the school has not said yet");
    }
    let contact: Vec<&str> = [&request.contact_name, &request.contact_telephone, &request.contact_email]
        .into_iter()
        .map(String::as_str)
        .filter(|text| !text.is_empty())
        .collect();
    let mut rows = vec![
        row("School", request.school.clone()),
        row("Who attends", who),
        row("Sessions", thousands(request.sessions)),
        row("When", when(request.part_of_day, request.sessions, request.may_split)),
        row("Preferred days", days(&request.preferred)),
        row("Days that are not possible", days(&request.impossible)),
        row("Another school may join", if request.room_for_others { "Yes" } else { "No" }),
        row("Access needs", or_none(&request.access_needs)),
    ];
    if !request.note.is_empty() {
        rows.push(row("Anything else", request.note.clone()));
    }
    let nobody = "Nobody named: ring the school".to_owned();
    rows.push(row("Contact", if contact.is_empty() { nobody } else { contact.join(", ") }));
    if let Ok(how) = request.asked_how.parse::<domain::tour::AskedBy>() {
        rows.push(row("Who asked", format!("{} ({})", request.asked_by_name, how.label().to_lowercase())));
    }
    rows
}
