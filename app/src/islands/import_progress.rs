//! How far an import has come, followed while the page is open.

use leptos::prelude::*;

/// A bar that follows the import at `path`, which answers `{"working","done","total"}`; when it works no longer, the
/// page is asked for anew. Without a script it stands still, and the page asks for itself again. `words` say what is done
/// as long as it is not known how much there is.
#[island]
pub fn ImportProgress(path: String, done: i64, total: i64, words: String) -> impl IntoView {
    let progress = RwSignal::new((done, total));
    #[cfg(feature = "hydrate")]
    browser::follow(path, progress);
    #[cfg(not(feature = "hydrate"))]
    let _ = path;
    let value = move || (progress.get().1 > 0).then(|| progress.get().0.to_string());
    let said = move || match progress.get() {
        (_, 0) => words.clone(),
        (done, total) => format!("{done} of {total} schools"),
    };
    view! {
        <progress class="app-progress" max=move || progress.get().1.max(1).to_string() value=value aria-label="Progress of the import"></progress>
        <p class="govuk-body" role="status">{said}</p>
    }
}

#[cfg(feature = "hydrate")]
mod browser {
    use gloo_net::http::Request;
    use gloo_timers::future::TimeoutFuture;
    use leptos::prelude::*;
    use serde::Deserialize;

    #[derive(Deserialize)]
    struct Answer {
        working: bool,
        done: i64,
        total: i64,
    }

    /// Asks twice a second. An answer that fails is asked for again: the connection may come back.
    pub(super) fn follow(path: String, progress: RwSignal<(i64, i64)>) {
        leptos::task::spawn_local(async move {
            loop {
                TimeoutFuture::new(500).await;
                let Ok(response) = Request::get(&path).send().await else { continue };
                let Ok(answer) = response.json::<Answer>().await else { continue };
                // The page may have been left meanwhile.
                if progress.try_set((answer.done, answer.total)).is_some() {
                    return;
                }
                if !answer.working {
                    let _ = window().location().reload();
                    return;
                }
            }
        });
    }
}
