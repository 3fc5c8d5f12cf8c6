//! How far planning has come, followed while the page is open.

use leptos::prelude::*;

/// A bar that follows the plan at `path`, which answers `{"working","words","done","total"}`, in seconds; when it works
/// no longer, the page is asked for anew. Without a script it stands still, and the page asks for itself again.
#[island]
pub fn PlanProgress(path: String, words: String, done: i64, total: i64) -> impl IntoView {
    let progress = RwSignal::new((done, total, words));
    #[cfg(feature = "hydrate")]
    browser::follow(path, progress);
    #[cfg(not(feature = "hydrate"))]
    let _ = path;
    view! {
        <progress class="app-progress" max=move || progress.get().1.max(1).to_string() value=move || progress.get().0.to_string()
            aria-label="Time spent planning"></progress>
        <p class="govuk-body" role="status">{move || progress.get().2}</p>
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
        words: String,
        done: i64,
        total: i64,
    }

    /// Asks once a second. An answer that fails is asked for again: the connection may come back.
    pub(super) fn follow(path: String, progress: RwSignal<(i64, i64, String)>) {
        leptos::task::spawn_local(async move {
            loop {
                TimeoutFuture::new(1_000).await;
                let Ok(response) = Request::get(&path).send().await else { continue };
                let Ok(answer) = response.json::<Answer>().await else { continue };
                // The page may have been left meanwhile.
                if progress.try_set((answer.done, answer.total, answer.words)).is_some() {
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
