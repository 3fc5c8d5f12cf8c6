//! What a file names and the records do not have yet: the way to write it, and back to the file.

use leptos::prelude::*;
use records::histories::{self, About, Earlier, Topic, Understood};

use super::super::count_of;
use crate::components::*;
use crate::web::then::Lacked;

/// What was given and no programme is chosen for, nor called so.
fn without_programme<'u>(understood: &'u Understood, earlier: &'u Earlier) -> impl Iterator<Item = &'u Topic> {
    understood.topics.iter().filter(move |topic| {
        let key = histories::topic_key(&topic.text);
        let is_known = understood.programmes.iter().any(|p| histories::is_called(&p.name, &topic.text))
            || understood.choices.get(About::Programme, &key).is_some()
            || earlier.topics.contains_key(&key);
        !topic.text.trim().is_empty() && !topic.is_out && !is_known
    })
}

/// Programmes that may be lacking: of each thing that was given, its name filled in, and any other.
pub(super) fn programmes(here: &str, understood: &Understood, earlier: &Earlier) -> impl IntoView + use<> {
    let add = |name: &str| Lacked::address("/programmes/add", here, name);
    let topics: Vec<_> = without_programme(understood, earlier)
        .map(|topic| {
            let name = topic.text.trim().to_owned();
            view! {
                <li>
                    <a class="govuk-link" href=add(&name)>{format!("Add a programme for “{name}”")}</a>
                    {format!(", {}", plural(count_of(topic.rows), "row", "rows"))}
                </li>
            }
        })
        .collect();
    let is_none = understood.programmes.is_empty();
    let other = match (is_none, topics.is_empty()) {
        (true, true) => "Add the programme these sessions were of",
        (true, false) => "Add one programme for all of them",
        (false, _) => "Add another programme",
    };
    let other = view! { <li><a class="govuk-link" href=add("")>{other}</a></li> };
    let list = view! { <ul class="govuk-list">{topics}{other}</ul> };
    if is_none {
        return view! { <Empty text="There is no programme yet. You come back here once one is added.">{list}</Empty> }
            .into_any();
    }
    // Open as long as somebody has to choose: who adds one after the other comes back each time.
    let is_open = understood.topics.iter().any(|topic| topic.programme.is_none() && !topic.is_out);
    view! {
        <details class="govuk-details" open=is_open>
            <summary class="govuk-details__summary"><span class="govuk-details__summary-text">"A programme is not in the list"</span></summary>
            <div class="govuk-details__text">
                <p class="govuk-body">"You come back here once it is added. Save first what you have chosen on this page."</p>
                {list}
            </div>
        </details>
    }
    .into_any()
}

/// The same of who delivered.
pub(super) fn provider(here: &str, is_none: bool) -> impl IntoView + use<> {
    let add = Lacked::address("/providers/add", here, "");
    if is_none {
        view! {
            <Empty text="There is no provider yet. You come back here once one is added.">
                <p class="govuk-body"><a class="govuk-link" href=add>"Add who delivered these sessions"</a></p>
            </Empty>
        }
        .into_any()
    } else {
        view! { <p class="govuk-body"><a class="govuk-link" href=add>"Add another provider"</a></p> }.into_any()
    }
}
