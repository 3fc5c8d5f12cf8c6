//! What was changed on a record: who, when, from what to what.

use domain::access::{Operation, Role};
use leptos::prelude::*;
use records::audit::Line;
use serde_json::Value;

use super::display::{DataTable, date_time};

/// The audit lines of one record, newest first, under the heading “What was changed”. Nothing when there are none.
#[component]
pub(crate) fn AuditLines(lines: Vec<Line>) -> impl IntoView {
    (!lines.is_empty()).then(|| {
        let rows = lines
            .iter()
            .map(|line| {
                vec![
                    when(line),
                    who(line),
                    view! { <>{operation(&line.operation)}<div class="app-changes">{changes(&line.before, &line.after)}</div></> }.into_any(),
                ]
            })
            .collect();
        view! {
            <h2 class="govuk-heading-m">"What was changed"</h2>
            <DataTable caption="What was changed" caption_hidden=true heads=vec!["When", "Who", "What"] rows=rows/>
        }
    })
}

/// When a line was written.
pub(crate) fn when(line: &Line) -> AnyView {
    view! { <span class="app-nowrap">{date_time(line.at)}</span> }.into_any()
}

/// Who acted, and under which role.
pub(crate) fn who(line: &Line) -> AnyView {
    let role = line.role.parse::<Role>().map_or_else(|_| line.role.clone(), |r| r.label().to_owned());
    match (&line.person, role.as_str()) {
        (Some(name), _) => view! { {name.clone()}<br/><span class="app-label">{role}</span> }.into_any(),
        (None, "System") => "Command line or background job".into_any(),
        (None, _) => role.into_any(),
    }
}

/// What was done, in the permission table's words.
pub(crate) fn operation(word: &str) -> String {
    word.parse::<Operation>().map_or_else(|_| word.replace('_', " "), |o| o.label().to_owned())
}

/// The fields that differ: the old value struck through, the new one after it.
pub(crate) fn changes(before: &str, after: &str) -> AnyView {
    let read = |text: &str| serde_json::from_str::<Value>(text).unwrap_or(Value::Null);
    let (before, after) = (read(before), read(after));
    let mut fields: Vec<String> = Vec::new();
    for object in [&before, &after].into_iter().filter_map(Value::as_object) {
        fields.extend(object.keys().filter(|key| !fields.contains(key)).cloned().collect::<Vec<_>>());
    }
    let lines = fields
        .into_iter()
        .filter_map(|field| {
            let side = |object: &Value| object.get(&field).map(plain).filter(|text| !text.is_empty());
            let (old, new) = (side(&before), side(&after));
            // A personal value that changed looks the same on both sides: that it changed is all there is to say.
            let personal = old.as_deref() == Some("(personal)") && new == old;
            if old == new && !personal {
                return None;
            }
            let name = field.replace('_', " ");
            Some(if personal {
                view! { <div>{name}": changed (personal, not kept)"</div> }.into_any()
            } else {
                let old = old.map(
                    |text| view! { <><span class="govuk-visually-hidden">"before: "</span><del>{text}</del>" "</> },
                );
                let new = new
                    .map(|text| view! { <><span class="govuk-visually-hidden">"after: "</span><ins>{text}</ins></> });
                view! { <div>{name}": "{old}{new}</div> }.into_any()
            })
        })
        .collect_view();
    lines.into_any()
}

/// A JSON value in plain words.
fn plain(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::Bool(true) => "yes".into(),
        Value::Bool(false) => "no".into(),
        Value::String(text) => text.clone(),
        Value::Array(items) => items.iter().map(plain).collect::<Vec<_>>().join(", "),
        Value::Number(_) | Value::Object(_) => value.to_string(),
    }
}
