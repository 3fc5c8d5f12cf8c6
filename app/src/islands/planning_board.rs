//! Moving sessions on the planning board: dragged, or taken up and moved from the keyboard or by a list. What a move
//! breaks and costs is said at once; what others do at the same board is noticed.

use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// What was taken up.
#[derive(Clone, PartialEq)]
struct Taken {
    id: String,
    name: String,
    version: String,
}

/// Where it would go: a free place, or another session to swap with.
#[derive(Clone, PartialEq)]
struct Aim {
    field: &'static str,
    value: String,
    /// The place, as the list has it.
    slot: String,
    words: String,
}

/// What the server says of it.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
struct Told {
    possible: bool,
    breaks: bool,
    words: String,
    place: String,
}

#[derive(Clone, Copy)]
struct Moving {
    /// The browser has come alive: without it there is no panel, and everything is done by the links.
    awake: RwSignal<bool>,
    taken: RwSignal<Option<Taken>>,
    aim: RwSignal<Option<Aim>>,
    told: RwSignal<Option<Told>>,
    /// Places by their values, for the list.
    places: RwSignal<Vec<(String, String)>>,
    /// Somebody else changed the plan.
    news: RwSignal<Option<String>>,
}

impl Moving {
    fn said(self) -> String {
        let Some(taken) = self.taken.get() else { return String::new() };
        match (self.aim.get(), self.told.get()) {
            (None, _) => format!("{} is taken up. Choose where to.", taken.name),
            (Some(aim), None) => format!("{}: looking.", aim.words),
            (Some(aim), Some(told)) => format!("{}: {}", aim.words, told.words),
        }
    }

    fn possible(self) -> bool {
        self.told.get().is_some_and(|told| told.possible)
    }

    fn let_go(self) {
        self.aim.set(None);
        self.told.set(None);
        self.taken.set(None);
    }
}

/// The panel above the board, which takes up what lies on the board's table. `plan` is the plan's key, `version` what the
/// page shows.
#[island]
pub fn PlanningBoard(plan: String, version: i64, open: bool) -> impl IntoView {
    let moving = Moving {
        awake: RwSignal::new(false),
        taken: RwSignal::new(None),
        aim: RwSignal::new(None),
        told: RwSignal::new(None),
        places: RwSignal::new(Vec::new()),
        news: RwSignal::new(None),
    };
    let form = NodeRef::<leptos::html::Form>::new();
    #[cfg(feature = "hydrate")]
    browser::wake(plan.clone(), version, open, moving, form);
    #[cfg(not(feature = "hydrate"))]
    let _ = (version, open);
    let here = format!("/plans/{plan}/placements/");
    let action = move || format!("{here}{}", moving.taken.get().map(|t| t.id).unwrap_or_default());
    let choose = move |event: leptos::ev::Event| {
        let value = event_target_value(&event);
        #[cfg(feature = "hydrate")]
        {
            browser::aim_at(moving, &value);
            browser::bring_into_view(moving);
        }
        #[cfg(not(feature = "hydrate"))]
        let _ = value;
    };
    let options = move || {
        let chosen = moving.aim.get().map(|aim| aim.slot);
        let places = moving.places.get().into_iter();
        places
            .map(|(value, words)| {
                let selected = chosen.as_ref() == Some(&value);
                view! { <option value=value selected=selected>{words}</option> }
            })
            .collect_view()
    };
    let button = move || match (moving.aim.get(), moving.told.get()) {
        (Some(aim), told) => {
            let what = if aim.field == "with" { "Swap the two" } else { "Place it there" };
            if told.is_some_and(|t| t.breaks) { format!("{what} all the same") } else { what.to_owned() }
        }
        (None, _) => "Place it there".to_owned(),
    };
    view! {
        <div class="app-board__panel" hidden=move || !moving.awake.get()>
            <p class="govuk-body govuk-!-margin-bottom-2" id="board-help">
                "Drag a school to another slot, or open it and choose there. From the keyboard: go to it with Tab, take it up with the space bar, choose with the arrow keys, press Enter to place it, Escape to let go."
            </p>
            <p class="govuk-body app-board__said" role="status" aria-live="polite">{move || moving.said()}</p>
            <div class=move || if moving.taken.get().is_none() { "app-board__choice app-board__choice--none" } else { "app-board__choice" }>
                <label class="govuk-label" for="board-to">"Move to"</label>
                <select class="govuk-select" id="board-to" on:change=choose>
                    <option value="">"Choose a place"</option>
                    {options}
                </select>
                <form method="post" action=action node_ref=form class="app-board__form">
                    <input type="hidden" name="version" value=move || moving.taken.get().map(|t| t.version).unwrap_or_default()/>
                    <input type="hidden" name=move || moving.aim.get().map_or("to", |a| a.field) value=move || moving.aim.get().map(|a| a.value).unwrap_or_default()/>
                    <button type="submit" class="govuk-button" id="board-place" disabled=move || !moving.possible()>{button}</button>
                    <button type="button" class="govuk-button govuk-button--secondary" on:click=move |_| moving.let_go()>"Let go"</button>
                </form>
            </div>
            <p class="govuk-body" role="status" hidden=move || moving.news.get().is_none()>
                {move || moving.news.get()}" "<a class="govuk-link" href="">"See the board as it is now"</a>
            </p>
        </div>
    }
}

#[cfg(feature = "hydrate")]
mod browser {
    use gloo_net::http::Request;
    use gloo_timers::future::TimeoutFuture;
    use leptos::ev;
    use leptos::prelude::*;
    use leptos::wasm_bindgen::JsCast;
    use leptos::web_sys::{Element, EventTarget, HtmlElement};
    use serde::Deserialize;

    use super::{Aim, Moving, Taken, Told};

    /// How long the board waits before it asks what a place would do: a quick hand passes over many.
    const PATIENCE: u32 = 120;

    /// Every element of the page's content that a selector fits, in the page's order.
    fn all(selector: &str) -> Vec<Element> {
        let mut found = Vec::new();
        let mut next = document().get_element_by_id("main-content");
        while let Some(element) = next {
            if element.matches(selector).unwrap_or(false) {
                found.push(element.clone());
            }
            next = after(element);
        }
        found
    }

    /// The element that follows in the page's order, inside the content.
    fn after(element: Element) -> Option<Element> {
        if let Some(child) = element.first_element_child() {
            return Some(child);
        }
        let mut here = element;
        while here.id() != "main-content" {
            if let Some(next) = here.next_element_sibling() {
                return Some(next);
            }
            here = here.parent_element()?;
        }
        None
    }

    fn around(target: Option<EventTarget>, selector: &str) -> Option<Element> {
        target?.dyn_into::<Element>().ok()?.closest(selector).ok()?
    }

    fn focus(element: &Element) {
        if let Some(element) = element.dyn_ref::<HtmlElement>() {
            let _ = element.focus();
        }
    }

    /// The date of `team.2026-12-01.2`.
    fn date(value: &str) -> String {
        value.split('.').nth(1).unwrap_or_default().to_owned()
    }

    fn to(element: &Element) -> String {
        element.get_attribute("data-to").unwrap_or_default()
    }

    pub(super) fn wake(plan: String, version: i64, open: bool, moving: Moving, form: NodeRef<leptos::html::Form>) {
        poll(plan.clone(), version, moving);
        if !open {
            return;
        }
        Effect::new(move |_| {
            for tile in all("[data-placement]") {
                let _ = tile.set_attribute("draggable", "true");
                let _ = tile.set_attribute("aria-describedby", "board-help");
            }
            moving.awake.set(true);
            // After a move the page comes anew: the keyboard goes on where it was.
            let hash = window().location().hash().unwrap_or_default();
            if let Some(tile) = hash.strip_prefix('#').and_then(|id| document().get_element_by_id(id)) {
                focus(&tile);
            }
        });
        Effect::new(move |_| {
            let (taken, aim) = (moving.taken.get(), moving.aim.get());
            show(taken.as_ref(), aim.as_ref());
            if let (Some(taken), Some(aim)) = (taken, aim) {
                ask(&plan, moving, taken, aim);
            }
        });
        let handles = [
            window_event_listener(ev::keydown, move |event| key(&event, moving, form)),
            window_event_listener(ev::dragstart, move |event| {
                // The link brings what browsers want a drag to carry: its address.
                if let Some(tile) = around(event.target(), "[data-placement]") {
                    take(moving, &tile);
                }
            }),
            window_event_listener(ev::dragover, move |event| {
                if let Some(slot) =
                    around(event.target(), "[data-to]").filter(|_| moving.taken.get_untracked().is_some())
                {
                    event.prevent_default();
                    aim_at(moving, &to(&slot));
                }
            }),
            window_event_listener(ev::drop, move |event| {
                if around(event.target(), "[data-to]").is_some() && moving.taken.get_untracked().is_some() {
                    event.prevent_default();
                    place(moving, form);
                }
            }),
        ];
        on_cleanup(move || handles.into_iter().for_each(|handle| handle.remove()));
    }

    fn take(moving: Moving, tile: &Element) {
        let attribute = |name: &str| tile.get_attribute(name).unwrap_or_default();
        moving.aim.set(None);
        moving.told.set(None);
        moving.places.set(all("[data-to]").iter().map(|slot| (to(slot), offered(slot, tile))).collect());
        moving.taken.set(Some(Taken {
            id: attribute("data-placement"),
            name: attribute("data-name"),
            version: attribute("data-version"),
        }));
    }

    /// A slot as the list has it: also whose it is, where somebody is in it.
    fn offered(slot: &Element, taken: &Element) -> String {
        let words = slot.get_attribute("data-words").unwrap_or_default();
        let Some(holder) = slot.get_attribute("data-held") else { return words };
        let inside = slot.query_selector("[data-placement]").ok().flatten();
        let swaps = inside.is_some() && taken.has_attribute("data-placed");
        match holder {
            _ if slot.contains(Some(taken)) => format!("{words} (where it is now)"),
            holder if swaps => format!("{words}: swap with {holder}"),
            holder => format!("{words}: taken by {holder}"),
        }
    }

    /// Aims at a slot: at whoever is in it, where somebody is.
    pub(super) fn aim_at(moving: Moving, value: &str) {
        let Some(slot) = all("[data-to]").into_iter().find(|slot| to(slot) == value) else {
            moving.aim.set(None);
            return;
        };
        let words = slot.get_attribute("data-words").unwrap_or_default();
        let taken = moving.taken.get_untracked().map(|t| t.id);
        let other = slot.query_selector("[data-placement]").ok().flatten();
        let other = other.filter(|tile| tile.get_attribute("data-placement") != taken);
        let swaps = other.filter(|_| tile_of(taken.as_deref()).is_some_and(|t| t.has_attribute("data-placed")));
        let aim = match swaps {
            Some(tile) => Aim {
                field: "with",
                value: tile.get_attribute("data-placement").unwrap_or_default(),
                slot: value.to_owned(),
                words: format!("Swap with {}, {words}", tile.get_attribute("data-name").unwrap_or_default()),
            },
            None => Aim { field: "to", value: value.to_owned(), slot: value.to_owned(), words },
        };
        if moving.aim.get_untracked().as_ref() != Some(&aim) {
            moving.told.set(None);
            moving.aim.set(Some(aim));
        }
    }

    fn tile_of(id: Option<&str>) -> Option<Element> {
        document().get_element_by_id(&format!("at-{}", id?))
    }

    /// The slot that is aimed at, or in which the session stands.
    fn slot_of(moving: Moving) -> Option<Element> {
        let tile = match moving.aim.get_untracked() {
            Some(aim) if aim.field == "to" => return all("[data-to]").into_iter().find(|slot| to(slot) == aim.value),
            Some(aim) => tile_of(Some(&aim.value)),
            None => tile_of(moving.taken.get_untracked().as_ref().map(|t| t.id.as_str())),
        };
        tile?.closest("[data-to]").ok()?
    }

    /// Shows the slot that was chosen from the keyboard or the list. Under a pointer nothing may move by itself.
    pub(super) fn bring_into_view(moving: Moving) {
        if let Some(slot) = slot_of(moving) {
            slot.scroll_into_view_with_bool(false);
        }
    }

    /// Arrows: across the days, and down the slots of a day.
    fn step(moving: Moving, days: i64, slots: i64) {
        let every = all("[data-to]");
        let mut dates: Vec<String> = every.iter().map(|slot| date(&to(slot))).collect();
        dates.sort();
        dates.dedup();
        let column = |on: &String| -> Vec<&Element> { every.iter().filter(|slot| date(&to(slot)) == *on).collect() };
        let Some(first) = dates.first() else { return };
        let next = match slot_of(moving) {
            None => column(first).first().map(|slot| to(slot)),
            Some(here) => {
                let value = to(&here);
                let day = dates.iter().position(|on| *on == date(&value)).unwrap_or(0);
                let line = column(&dates[day]).iter().position(|slot| to(slot) == value).unwrap_or(0);
                let clamp = |at: usize, by: i64, len: usize| {
                    usize::try_from((at as i64 + by).clamp(0, len.saturating_sub(1) as i64)).unwrap_or(0)
                };
                let day = clamp(day, days, dates.len());
                let slots_there = column(&dates[day]);
                slots_there.get(clamp(line, slots, slots_there.len())).map(|slot| to(slot))
            }
        };
        if let Some(value) = next {
            aim_at(moving, &value);
            bring_into_view(moving);
        }
    }

    fn key(event: &leptos::web_sys::KeyboardEvent, moving: Moving, form: NodeRef<leptos::html::Form>) {
        let tile = around(event.target(), "[data-placement]");
        let is_taken = moving.taken.get_untracked().is_some();
        match (event.key().as_str(), tile, is_taken) {
            (" ", Some(tile), _) => {
                event.prevent_default();
                take(moving, &tile);
            }
            ("Escape", _, true) => {
                let tile = tile_of(moving.taken.get_untracked().as_ref().map(|t| t.id.as_str()));
                moving.let_go();
                if let Some(tile) = tile {
                    focus(&tile);
                }
            }
            ("ArrowRight", Some(_), true) => arrow(event, moving, 1, 0),
            ("ArrowLeft", Some(_), true) => arrow(event, moving, -1, 0),
            ("ArrowDown", Some(_), true) => arrow(event, moving, 0, 1),
            ("ArrowUp", Some(_), true) => arrow(event, moving, 0, -1),
            ("Enter", Some(_), true) if moving.aim.get_untracked().is_some() => {
                event.prevent_default();
                place(moving, form);
            }
            _ => {}
        }
    }

    fn arrow(event: &leptos::web_sys::KeyboardEvent, moving: Moving, days: i64, slots: i64) {
        event.prevent_default();
        step(moving, days, slots);
    }

    /// Places what breaks nothing at once; what breaks something waits for the button, which then has the focus.
    fn place(moving: Moving, form: NodeRef<leptos::html::Form>) {
        match moving.told.get_untracked() {
            Some(told) if told.possible && !told.breaks => {
                if let Some(form) = form.get_untracked() {
                    let _ = form.request_submit();
                }
            }
            Some(told) if told.possible => {
                if let Some(button) = document().get_element_by_id("board-place") {
                    focus(&button);
                }
            }
            _ => {}
        }
    }

    fn show(taken: Option<&Taken>, aim: Option<&Aim>) {
        for element in all(".app-board__slot--aim, .app-board__tile--taken") {
            let _ = element.class_list().remove_2("app-board__slot--aim", "app-board__tile--taken");
        }
        if let Some(tile) = taken.and_then(|t| tile_of(Some(&t.id))) {
            let _ = tile.class_list().add_1("app-board__tile--taken");
        }
        let slot = aim.and_then(|aim| match aim.field {
            "to" => all("[data-to]").into_iter().find(|slot| to(slot) == aim.value),
            _ => tile_of(Some(&aim.value)).and_then(|tile| tile.closest("[data-to]").ok().flatten()),
        });
        if let Some(slot) = slot {
            let _ = slot.class_list().add_1("app-board__slot--aim");
        }
    }

    /// Asks what it would do; an answer to a question that is no longer asked is thrown away.
    fn ask(plan: &str, moving: Moving, taken: Taken, aim: Aim) {
        let path = format!("/plans/{plan}/placements/{}/effect?{}={}", taken.id, aim.field, aim.value);
        leptos::task::spawn_local(async move {
            TimeoutFuture::new(PATIENCE).await;
            let still = || {
                moving.aim.try_get_untracked().flatten().as_ref() == Some(&aim)
                    && moving.taken.try_get_untracked().flatten().as_ref() == Some(&taken)
            };
            if !still() {
                return;
            }
            let answer = match Request::get(&path).send().await {
                Ok(response) if response.ok() => response.json::<Told>().await.ok(),
                _ => None,
            };
            let told = answer.unwrap_or_else(|| Told {
                possible: false,
                breaks: false,
                words: "The server did not answer. Try again.".to_owned(),
                place: String::new(),
            });
            if still() {
                moving.told.set(Some(told));
            }
        });
    }

    #[derive(Deserialize)]
    struct Version {
        version: i64,
        by: String,
    }

    /// Asks every two seconds whether somebody else changed the plan. A board that nobody is moving on comes anew.
    fn poll(plan: String, version: i64, moving: Moving) {
        leptos::task::spawn_local(async move {
            loop {
                TimeoutFuture::new(2_000).await;
                let Ok(response) = Request::get(&format!("/plans/{plan}/version")).send().await else { continue };
                let Ok(now) = response.json::<Version>().await else { continue };
                let Some(taken) = moving.taken.try_get_untracked() else { return };
                if now.version == version {
                    continue;
                }
                if taken.is_none() {
                    let _ = window().location().reload();
                    return;
                }
                moving.news.set(Some(format!("{} changed the plan meanwhile.", now.by)));
            }
        });
    }
}
