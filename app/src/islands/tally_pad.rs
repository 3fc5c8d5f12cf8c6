//! Counting heads at the door: two big buttons that fill a number field.

use leptos::prelude::*;

/// Buttons that add one to, and take one from, the field with the id `target`; `what` is being counted.
///
/// Where no script runs there are no buttons, and the field is typed in as any other.
#[island]
pub fn TallyPad(target: String, what: String) -> impl IntoView {
    // Nothing is shown until the browser has come alive: a button that does nothing would be worse than none.
    let count = RwSignal::new(None::<i64>);
    #[cfg(feature = "hydrate")]
    browser::follow(target.clone(), count);
    let press = {
        let target = target.clone();
        move |by: i64| add(&target, count, by)
    };
    let (fewer, more) = (press.clone(), press);
    let (label_fewer, label_more) = (format!("One fewer, {what}"), format!("One more, {what}"));
    let label = format!("Count {what} at the door");
    view! {
        <details class="govuk-details app-tally-details" hidden=move || count.get().is_none()>
            <summary class="govuk-details__summary">
                <span class="govuk-details__summary-text">{label}</span>
            </summary>
            <div class="app-tally">
                <button type="button" class="app-tally__button" aria-label=label_fewer on:click=move |_| fewer(-1)>"−1"</button>
                <output class="app-tally__count" for=target aria-live="polite">{move || count.get().unwrap_or(0)}</output>
                <button type="button" class="app-tally__button" aria-label=label_more on:click=move |_| more(1)>"+1"</button>
            </div>
        </details>
    }
}

/// Adds to the count and writes it into the field; never below 0.
fn add(target: &str, count: RwSignal<Option<i64>>, by: i64) {
    let next = count.get_untracked().unwrap_or(0).saturating_add(by).max(0);
    count.set(Some(next));
    #[cfg(feature = "hydrate")]
    browser::write(target, next);
    #[cfg(not(feature = "hydrate"))]
    let _ = target;
}

#[cfg(feature = "hydrate")]
mod browser {
    use leptos::prelude::*;
    use leptos::wasm_bindgen::JsCast;
    use leptos::web_sys::HtmlInputElement;

    fn field(target: &str) -> Option<HtmlInputElement> {
        document().get_element_by_id(target)?.dyn_into().ok()
    }

    fn read(target: &str) -> i64 {
        field(target).and_then(|f| f.value().trim().parse().ok()).unwrap_or(0)
    }

    /// Shows what is in the field now, and whatever is typed into it later.
    pub(super) fn follow(target: String, count: RwSignal<Option<i64>>) {
        Effect::new({
            let target = target.clone();
            move |_| count.set(Some(read(&target)))
        });
        let handle = window_event_listener(leptos::ev::input, move |_| count.set(Some(read(&target))));
        on_cleanup(move || handle.remove());
    }

    pub(super) fn write(target: &str, number: i64) {
        if let Some(field) = field(target) {
            field.set_value(&number.to_string());
        }
    }
}
