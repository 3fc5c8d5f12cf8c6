//! What a sheet will do once somebody says yes: the requests it makes with all they ask for, and every cell it changes.

use leptos::prelude::*;
use records::request_sheets::{Change, Comparison, New};

use crate::components::*;
use crate::pages::requests::{days, when};
use crate::pages::sessions::groups;

/// Both tables; beside cells that are asked about, what will be changed besides.
pub(super) fn tables(compared: &Comparison) -> impl IntoView + use<> {
    let caption = if compared.asked.is_empty() { "What will be changed" } else { "What will be changed besides" };
    view! { {made(&compared.made)} {changes(&compared.changes, caption)} }
}

fn made(made: &[New]) -> Option<impl IntoView + use<>> {
    (!made.is_empty()).then(|| {
        let rows = made
            .iter()
            .map(|new| {
                let wish = &new.wish;
                let sessions = plural(wish.sessions, "session", "sessions");
                vec![
                    new.tour.clone().into_any(),
                    new.school.clone().into_any(),
                    groups::in_words(&wish.groups).into_any(),
                    view! { {sessions}<br/>{when(wish.part_of_day, wish.sessions, wish.may_split)} }.into_any(),
                    days(&wish.preferred).into_any(),
                    days(&wish.impossible).into_any(),
                    what_else(new).into_any(),
                    contact(&new.contact),
                ]
            })
            .collect();
        let heads = vec![
            "Tour",
            "School",
            "Who attends",
            "How much, and when",
            "Preferred days",
            "Not possible",
            "What else",
            "Whom we talk to",
        ];
        view! { <DataTable caption="What will be asked for" heads=heads rows=rows/> }
    })
}

/// What is written freely or seldom, a line each: only where it says something.
fn what_else(new: &New) -> Vec<AnyView> {
    let wish = &new.wish;
    let said = |text: &String, what: &str| (!text.is_empty()).then(|| format!("{what}: {text}"));
    let asked = new.asked.as_ref().map(|by| match by.name.as_str() {
        "" => format!("Asked by: {}", by.how.label().to_lowercase()),
        name => format!("Asked by: {name} ({})", by.how.label().to_lowercase()),
    });
    let lines = [
        said(&wish.access_needs, "Access and SEND needs"),
        said(&wish.note, "Anything else"),
        wish.room_for_others.then(|| "Another school may join".to_owned()),
        asked,
    ];
    let lines: Vec<String> = lines.into_iter().flatten().collect();
    if lines.is_empty() {
        return vec!["None".into_any()];
    }
    lines.into_iter().map(|line| view! { {line}<br/> }.into_any()).collect()
}

/// Name, telephone and address, a line each.
fn contact([name, telephone, email]: &[String; 3]) -> AnyView {
    view! { {name.clone()}<br/>{telephone.clone()}<br/>{address(email)} }.into_any()
}

pub(super) fn or_blank(text: &str) -> String {
    if text.is_empty() { "blank".to_owned() } else { text.to_owned() }
}

fn changes(changes: &[Change], caption: &'static str) -> Option<impl IntoView + use<>> {
    (!changes.is_empty()).then(|| {
        let rows = changes
            .iter()
            .map(|c| {
                vec![
                    c.tour.clone().into_any(),
                    c.school.clone().into_any(),
                    c.cell.heading().into_any(),
                    or_blank(&c.before).into_any(),
                    or_blank(&c.after).into_any(),
                ]
            })
            .collect();
        view! { <DataTable caption=caption heads=vec!["Tour", "School", "What", "Now", "Then"] rows=rows/> }
    })
}
