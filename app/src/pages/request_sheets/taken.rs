//! What a sheet did that was taken in.

use leptos::prelude::*;
use records::request_sheets::{ChangedCell, Taken};

use super::will::or_blank;
use crate::components::*;
use crate::pages::filled_sheets::{LISTED_CHANGES, and_more};
use crate::pages::sessions::groups;

/// The requests it made, and the cells it changed.
pub(super) fn tables(taken: &Taken) -> impl IntoView + use<> {
    let made = (!taken.made.is_empty()).then(|| {
        let rows = taken.made.iter().take(LISTED_CHANGES).map(|request| {
            let href = format!("/requests/{}", request.id);
            vec![
                view! { <a class="govuk-link" href=href>{request.school.clone()}</a> }.into_any(),
                request.tour.clone().into_any(),
                groups::in_words(&request.groups).into_any(),
                plural(request.sessions, "session", "sessions").into_any(),
            ]
        });
        view! {
            <DataTable caption="Requests that were made" heads=vec!["School", "Tour", "Who attends", "How much"]
                rows=rows.collect()/>
            {and_more(LISTED_CHANGES, taken.made.len())}
        }
    });
    let changed = (!taken.changed.is_empty()).then(|| {
        let rows =
            taken.changed.iter().take(LISTED_CHANGES).map(|ChangedCell { request, change, is_changed_since }| {
                let href = format!("/requests/{request}");
                let now = or_blank(&change.after);
                let now = if *is_changed_since { format!("{now} (the request was changed again since)") } else { now };
                vec![
                    view! { <a class="govuk-link" href=href>{change.school.clone()}</a> }.into_any(),
                    change.tour.clone().into_any(),
                    change.cell.heading().into_any(),
                    or_blank(&change.before).into_any(),
                    now.into_any(),
                ]
            });
        view! {
            <DataTable caption="What was changed" heads=vec!["School", "Tour", "What", "Before", "Now"]
                rows=rows.collect()/>
            {and_more(LISTED_CHANGES, taken.changed.len())}
        }
    });
    view! { {made} {changed} }
}
