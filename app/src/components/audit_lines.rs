//! What was changed on a record: who, when, from what to what.

use chrono::NaiveDate;
use domain::access::{Operation, Role};
use domain::money::Pence;
use leptos::prelude::*;
use records::audit::Line;
use serde_json::Value;
use uuid::Uuid;

use super::display::{DataTable, date_time, short_date};

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
    let read = |text: &str| {
        let mut fields = Vec::new();
        flatten("", serde_json::from_str(text).unwrap_or(Value::Null), &mut fields);
        fields
    };
    let (before, after) = (read(before), read(after));
    let mut names: Vec<&String> = Vec::new();
    for (name, _) in before.iter().chain(&after) {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    let lines = names
        .into_iter()
        .filter_map(|field| {
            let side =
                |fields: &[(String, Value)]| fields.iter().find(|(name, _)| name == field).map(|(_, v)| v.clone());
            let (old, new) = (side(&before), side(&after));
            // A personal value that changed looks the same on both sides: that it changed is all there is to say.
            let personal = old.as_ref().and_then(Value::as_str) == Some("(personal)") && new == old;
            if old == new && !personal {
                return None;
            }
            // “price”, what kind it is, and “price pence”, how much.
            let name = match field.strip_suffix(" pence") {
                Some(what) if before.iter().chain(&after).any(|(other, _)| other == what) => {
                    format!("amount of the {what}")
                }
                Some(what) => what.to_owned(),
                None => field.clone(),
            };
            Some(if personal {
                view! { <div>{name}": changed (personal, not kept)"</div> }.into_any()
            } else {
                let old = old.map(|value| {
                    let shown = shown(field, &value);
                    view! { <><span class="govuk-visually-hidden">"before: "</span><del>{shown}</del>" "</> }
                });
                let new = new.map(|value| {
                    let shown = shown(field, &value);
                    view! { <><span class="govuk-visually-hidden">"after: "</span><ins>{shown}</ins></> }
                });
                view! { <div>{name}": "{old}{new}</div> }.into_any()
            })
        })
        .collect_view();
    lines.into_any()
}

/// The fields of a value, those inside others under both names: “groups 1, counts, pupils”. Blank ones are left out.
fn flatten(name: &str, value: Value, fields: &mut Vec<(String, Value)>) {
    let inside = |part: &str| {
        if name.is_empty() { part.replace('_', " ") } else { format!("{name}, {}", part.replace('_', " ")) }
    };
    match value {
        Value::Null => {}
        Value::String(text) if text.is_empty() => {}
        Value::Object(object) => object.into_iter().for_each(|(key, value)| flatten(&inside(&key), value, fields)),
        Value::Array(items) if items.iter().any(|item| item.is_object() || item.is_array()) => {
            (1..).zip(items).for_each(|(n, item)| flatten(&format!("{name} {n}"), item, fields));
        }
        Value::Array(items) if items.is_empty() => {}
        other => fields.push((name.to_owned(), other)),
    }
}

/// Values of a list that are shown as they are; longer lists are folded.
const MOST_VALUES: usize = 8;

/// A value without fields of its own, for the page: keys of records that have a page lead there.
fn shown(field: &str, value: &Value) -> AnyView {
    let items = match value {
        Value::Array(items) => items.as_slice(),
        one => std::slice::from_ref(one),
    };
    let one = |item: &Value| match page_of(field, item) {
        Some(href) => view! { <a class="govuk-link" href=href>"see it"</a> }.into_any(),
        None => plain(field, item).into_any(),
    };
    let list = items.iter().enumerate().map(|(i, item)| view! { {(i > 0).then_some(", ")}{one(item)} }).collect_view();
    match items {
        [first, .., last] if items.len() > MOST_VALUES => {
            let short = format!("{}: {} … {}", items.len(), plain(field, first), plain(field, last));
            view! { <details><summary>{short}</summary>{list}</details> }.into_any()
        }
        _ => list.into_any(),
    }
}

/// The page of the record whose key `value` is.
fn page_of(field: &str, value: &Value) -> Option<String> {
    let key = value.as_str()?.parse::<Uuid>().ok()?;
    let path = match field.rsplit(", ").next().unwrap_or_default() {
        "tour" => "/tours",
        "setting" | "school" => "/schools",
        "team" | "teams" => "/teams",
        "session" => "/sessions",
        "programme" => "/programmes",
        "provider" => "/providers",
        _ => return None,
    };
    Some(format!("{path}/{key}"))
}

/// One value in plain words.
fn plain(field: &str, value: &Value) -> String {
    match value {
        Value::Bool(true) => "yes".into(),
        Value::Bool(false) => "no".into(),
        Value::Number(n) if field.ends_with("pence") => {
            n.as_i64().and_then(|n| Pence::try_from(n).ok()).map_or_else(|| n.to_string(), |money| money.to_string())
        }
        Value::String(text) => match text.parse::<NaiveDate>() {
            Ok(date) => short_date(date),
            // A term’s word in the records.
            Err(_) if text.chars().all(|c| c.is_ascii_lowercase() || c == '_') => text.replace('_', " "),
            Err(_) => text.clone(),
        },
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn html(before: Value, after: Value) -> String {
        let shown = changes(&before.to_string(), &after.to_string()).to_html();
        shown.replace("<!>", "").replace("<span class=\"govuk-visually-hidden\">", "").replace("</span>", "")
    }

    #[test]
    fn values_are_said_in_words() {
        let cases = [
            ("budget pence", json!(1_200_000), "£12,000"),
            ("starts", json!("2026-11-25"), "25 Nov 2026"),
            ("topics", json!("online_safety"), "online safety"),
            ("name", json!("Mr_Shapeshifter"), "Mr_Shapeshifter"),
            ("for parents", json!(false), "no"),
            ("pupils", json!(0), "0"),
        ];
        for (field, value, words) in cases {
            assert_eq!(plain(field, &value), words);
        }
    }

    #[test]
    fn fields_inside_others_are_told_apart_and_only_what_changed_is_shown() {
        let of = |pupils: Value| json!({ "groups": [{ "counts": { "pupils": pupils, "adults": 4 } }], "state": "confirmed" });
        let shown = html(of(Value::Null), of(json!(22)));
        assert!(shown.contains("groups 1, counts, pupils: after: <ins>22</ins>"), "{shown}");
        assert!(!shown.contains("adults") && !shown.contains("state") && !shown.contains('{'), "{shown}");
    }

    #[test]
    fn keys_lead_to_their_page_and_long_lists_are_folded() {
        let key = Uuid::nil();
        let shown = html(Value::Null, json!({ "tour": key, "days": vec!["2026-11-25"; 20] }));
        assert!(shown.contains(&format!("href=\"/tours/{key}\"")), "{shown}");
        assert!(shown.contains("<summary>20: 25 Nov 2026 … 25 Nov 2026</summary>"), "{shown}");
    }

    #[test]
    fn a_personal_value_that_changed_is_named_alone() {
        let shown = html(json!({ "email": "(personal)" }), json!({ "email": "(personal)" }));
        assert!(shown.contains("email: changed (personal, not kept)"), "{shown}");
    }
}
