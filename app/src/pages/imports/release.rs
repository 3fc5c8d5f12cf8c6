//! What becomes of schools: part of an import's page, before it is applied and after.

use leptos::prelude::*;
use records::imports::{Import, Item, Release, State, Successor};

use crate::components::*;

/// Schools of each list that the page shows; the rest are among the changes.
const MOST: usize = 50;

/// What a list means that may be older than what is on record.
pub(super) const PUTS_BACK: &str = "Importing an older list puts back the names, pupils and addresses it has, and opens \
    schools again that have closed since. It can be taken back.";

/// Everything but the new schools, which stand among the changes; those with something to come first.
pub(super) fn of(import: &Import, release: &Release) -> impl IntoView + use<> {
    let applied = import.state == State::Applied;
    let links = import.links_name.is_some().then(|| {
        let l = release.links;
        let count = |n: usize| thousands(i64::try_from(n).unwrap_or(i64::MAX));
        view! {
            <p class="govuk-body">{format!(
                "Of the {} rows of the links table {} say which school came from which and lead to your schools: {} are new, {} take the place of others.",
                count(l.read), count(l.kept), count(l.added), count(l.removed),
            )}</p>
        }
    });
    let unlinked = (!release.has_links && !release.closed.is_empty()).then(|| {
        let says = if applied {
            "Upload the links table of the same release, and then this list again: together they say which schools follow those that are gone."
        } else {
            "The links table of the same release says which schools follow those that are gone. Drop this file, and upload both together."
        };
        view! { <div class="govuk-inset-text">{says}</div> }
    });
    let gone = gone(applied, release);
    let (said, missing): (Vec<Item>, Vec<Item>) = release.closed.iter().cloned().partition(|item| item.said_closed);
    let lists = [
        (
            "Split",
            "A school that closed and was split: you are asked which school carries its history. One that is open still keeps its own.",
            &release.split,
        ),
        ("Converted", "The school that follows carries the history.", &release.converted),
        ("Merged", "The school they became part of carries the history of all of them.", &release.merged),
        (
            "Closed by the list, and nobody follows",
            "The list says that they are closed. Their history stays with them.",
            &said,
        ),
        (gone.0, gone.1, &missing),
        (
            "Under another authority in the list, and left as they are",
            "The list has them under another authority’s code. They stay with you, open: ask whoever runs this Callboard to import the list for both.",
            &release.moved,
        ),
        (
            if applied { "Added, though another follows" } else { "In the list, though another follows" },
            "By the links a school that is open in the records follows each of them.",
            &release.followed,
        ),
        (
            "Not in the list, and follow a school that it has",
            if applied && release.left > 0 {
                "By the links they came later. They were left open."
            } else {
                "By the links they came later: the list may be from before they opened."
            },
            &release.later,
        ),
        ("Open again", "The list has them as open; the records did not.", &release.reopened),
        ("Renamed", "", &release.renamed),
    ];
    // Of what was left open nothing has to be done.
    let left_open = |items: &Vec<Item>| {
        applied && release.left > 0 && (std::ptr::eq(items, &missing) || std::ptr::eq(items, &release.later))
    };
    let mut coming: Vec<&Item> = lists
        .iter()
        .filter(|(.., items)| !left_open(items))
        .flat_map(|(_, _, items)| items.iter())
        .filter(|i| i.coming_sessions > 0)
        .collect();
    coming.sort_by_key(|i| std::cmp::Reverse(i.coming_sessions));
    let coming = (!coming.is_empty()).then(|| first(&coming));
    let totals = i64::try_from(release.totals).unwrap_or(i64::MAX);
    let totals = (totals > 0).then(|| {
        let passed = if totals == 1 { "is a total and was passed over" } else { "are totals and were passed over" };
        view! { <p class="govuk-body">{format!("{} {passed}.", plural(totals, "row", "rows"))}</p> }
    });
    let placed = i64::try_from(release.placed).unwrap_or(i64::MAX);
    let placed = (placed > 0).then(|| {
        let whose = if placed == 1 { "takes its" } else { "take their" };
        let follows = if placed == 1 { "it follows" } else { "they follow" };
        let text = format!(
            "{} {whose} ward, constituency or grid position from the school that {follows}: the list does not say them.",
            plural(placed, "school", "schools")
        );
        view! { <p class="govuk-body">{text}</p> }
    });
    let older = (release.closed_before() > 0 && !applied).then(|| {
        let count = plural(i64::try_from(release.closed_before()).unwrap_or(i64::MAX), "school", "schools");
        let links = if release.followed.is_empty() { "" } else { " and the links" };
        let text =
            format!("Is this an older list? It has {count} as open that closed, by the records{links}. {PUTS_BACK}");
        view! { <Warning text=text/> }
    });
    let lists = lists
        .into_iter()
        .map(|(title, text, items)| {
            // Schools that would be added have no page yet.
            list(title, text, items, applied || !std::ptr::eq(items, &release.followed))
        })
        .collect_view();
    let next = (applied && !release.is_quiet()).then(|| {
        view! {
            <p class="govuk-body"><a class="govuk-link" href="/schools/successors">"What is still to come at schools that closed, and what has to be decided"</a></p>
        }
    });
    view! {
        {totals}
        {older}
        {links}
        {unlinked}
        {placed}
        {coming}
        {lists}
        {next}
    }
}

/// What schools are called that the list does not have as open and no other follows, and what is said of them.
const fn gone(applied: bool, release: &Release) -> (&'static str, &'static str) {
    match (applied, release.left > 0, release.has_links) {
        (true, true, _) => (
            "Not in the list, and left open",
            "The file does not have them, or not as open. They were left as they are.",
        ),
        (true, false, _) => ("Closed, and nobody follows", "Their history stays with them."),
        (false, _, true) => (
            "Not in the list, and nobody follows",
            "The file does not have them, or not as open. They stay open unless you mark them below.",
        ),
        (false, _, false) => (
            "Not in the list",
            "The file does not have them, or not as open. They stay open unless you mark them below.",
        ),
    }
}

/// The schools with sessions to come, whatever becomes of them, before all others.
fn first(coming: &[&Item]) -> impl IntoView + use<> {
    let lines = coming
        .iter()
        .take(MOST)
        .map(|item| {
            let count = plural(item.coming_sessions, "session", "sessions");
            view! { <li><a class="govuk-link" href=format!("/schools/{}", item.setting)>{item.name.clone()}</a>{format!(": {count}")}</li> }
        })
        .collect_view();
    view! {
        <Warning text="These schools have sessions to come. Nothing of theirs is moved or dropped: what a closed school leaves you can carry over afterwards."/>
        <ul class="govuk-list govuk-list--bullet">{lines}</ul>
    }
}

fn list(title: &'static str, text: &'static str, items: &[Item], have_pages: bool) -> Option<impl IntoView + use<>> {
    if items.is_empty() {
        return None;
    }
    let follows = items.iter().any(|item| !item.successors.is_empty());
    let renamed = items.iter().any(|item| item.was.is_some());
    let moved = items.iter().any(|item| item.moved_to.is_some());
    let mut heads = vec!["School", "URN"];
    heads.extend(moved.then_some("Authority in the list"));
    // Where none of them is in the list, nobody follows, whatever the links say.
    let is_followed = items.iter().any(|item| item.successors.iter().any(|s| s.open));
    heads.extend(follows.then_some(if is_followed { "Followed by" } else { "Named by the links" }));
    heads.extend(renamed.then_some("Before"));
    heads.push("Still to come");
    let rows = items
        .iter()
        .take(MOST)
        .map(|item| {
            let name = if have_pages {
                view! { <a class="govuk-link" href=format!("/schools/{}", item.setting)>{item.name.clone()}</a> }
                    .into_any()
            } else {
                item.name.clone().into_any()
            };
            let mut cells = vec![name, item.urn.to_string().into_any()];
            if moved {
                cells.push(item.moved_to.clone().unwrap_or_default().into_any());
            }
            if follows {
                cells.push(successors(&item.successors).into_any());
            }
            if renamed {
                cells.push(item.was.clone().unwrap_or_default().into_any());
            }
            cells.push(still(item).into_any());
            cells
        })
        .collect();
    let rest = items.len().saturating_sub(MOST);
    Some(view! {
        <h2 class="govuk-heading-m">{title}" "<span class="govuk-caption-m">{plural(i64::try_from(items.len()).unwrap_or(i64::MAX), "school", "schools")}</span></h2>
        {(!text.is_empty()).then(|| view! { <p class="govuk-body">{text}</p> })}
        <DataTable caption=title caption_hidden=true heads=heads rows=rows/>
        {(rest > 0).then(|| view! { <p class="govuk-body">{format!("And {rest} more, with less to come.")}</p> })}
    })
}

fn successors(successors: &[Successor]) -> impl IntoView + use<> {
    let lines = successors
        .iter()
        .map(|s| {
            let since = s.since.map(|on| format!(", {}", short_date(on))).unwrap_or_default();
            let open = if s.open { "" } else { ", not in the list" };
            view! { <li>{format!("{} ({}){since}{open}", s.name, s.urn)}</li> }
        })
        .collect_view();
    view! { <ul class="govuk-list">{lines}</ul> }
}

fn still(item: &Item) -> String {
    coming_text(item.coming_sessions, item.requests, item.invitations, item.people)
}

/// “2 sessions, 1 request”; a dash where nothing is.
pub(in crate::pages) fn coming_text(sessions: i64, requests: i64, invitations: i64, people: i64) -> String {
    let parts: Vec<String> = [
        (sessions, "session", "sessions"),
        (requests, "request", "requests"),
        (invitations, "invitation", "invitations"),
        (people, "person who may sign in", "people who may sign in"),
    ]
    .into_iter()
    .filter(|(count, ..)| *count > 0)
    .map(|(count, one, many)| plural(count, one, many))
    .collect();
    if parts.is_empty() { "–".to_owned() } else { parts.join(", ") }
}
