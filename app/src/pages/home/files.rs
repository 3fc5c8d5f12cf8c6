//! Files that wait, on the home pages of those who may go on with them.

use domain::import::ImportState;
use leptos::prelude::*;
use records::home::{MOST_FILES, WaitingFile};

use crate::components::*;
use crate::pages::taking_back::path_of;

/// A line for each file that waits; nothing where none does.
pub(super) fn files(files: Vec<WaitingFile>) -> Option<impl IntoView> {
    if files.is_empty() {
        return None;
    }
    let all = files.len() >= MOST_FILES;
    let lines = files.into_iter().map(line).collect_view();
    Some(view! {
        <h2 class="govuk-heading-m" id="files">"Files that wait"</h2>
        <p class="govuk-body">"Nothing of these is in the records yet."</p>
        <ul class="govuk-list govuk-list--bullet">{lines}</ul>
        {all.then(|| view! {
            <p class="govuk-body">"Only the latest are shown. "<a class="govuk-link" href="/imports">"See all imports"</a></p>
        })}
    })
}

/// “Older records: log.xlsx, uploaded 23 Nov 2026, 2:05pm by Ann Lee”.
fn line(file: WaitingFile) -> impl IntoView {
    let problems = file.problems().map(|n| plural(i64::try_from(n).unwrap_or(i64::MAX), "problem", "problems"));
    let waits_for = match (file.state, problems) {
        (ImportState::Refused, Some(problems)) => format!("{problems} to be mended"),
        (ImportState::Refused, None) => "to be mended".to_owned(),
        _ => "to be checked".to_owned(),
    };
    let by = file.person.map(|person| format!(" by {person}")).unwrap_or_default();
    let when = format!(", uploaded {}{by}: {waits_for}", date_time(file.started_at));
    view! {
        <li>
            {file.kind.label()}": "
            <a class="govuk-link app-break" href=path_of(file.kind, file.id)>{file.file_name}</a>
            {when}
        </li>
    }
}
