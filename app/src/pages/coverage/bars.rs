//! Bars, drawn as SVG on the server. The number beside each says the same.

use domain::coverage::Row;
use leptos::prelude::*;

/// Of a row's eligible schools, how many were reached.
pub(super) fn bar(row: &Row) -> impl IntoView + use<> {
    let percent = row.percent();
    let words = match percent {
        None => "none eligible".to_owned(),
        // Somebody was reached: 0% would deny it.
        Some(0) if row.reached.len() > row.reached_not_eligible.len() => "under 1%".to_owned(),
        Some(percent) => format!("{percent}%"),
    };
    view! {
        <span class="app-share">
            <svg class="app-bar" viewBox="0 0 100 12" preserveAspectRatio="none" aria-hidden="true" focusable="false">
                <rect class="app-bar__track" width="100" height="12"/>
                <rect class="app-bar__reached" width=percent.unwrap_or_default().to_string() height="12"/>
            </svg>
            {words}
        </span>
    }
}
