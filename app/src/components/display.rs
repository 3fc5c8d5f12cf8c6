//! What pages show: summaries, tables, tags, links that act, empty states.

pub(crate) use domain::number::thousands;
use leptos::prelude::*;

/// A link that looks like a button: the page's next step.
#[component]
pub(crate) fn ButtonLink(
    #[prop(into)] href: String,
    #[prop(into)] text: String,
    #[prop(optional)] secondary: bool,
) -> impl IntoView {
    let class = if secondary { "govuk-button govuk-button--secondary" } else { "govuk-button" };
    view! { <a href=href role="button" draggable="false" class=class>{text}</a> }
}

/// A row of [`SummaryList`]: what, its value, and where to change it.
pub(crate) struct Row {
    pub key: String,
    pub value: AnyView,
    /// Where to change it, and what the link says to a screen reader after “Change”.
    pub change: Option<(String, String)>,
}

/// A row without a link.
pub(crate) fn row(key: impl Into<String>, value: impl IntoView + 'static) -> Row {
    Row { key: key.into(), value: value.into_any(), change: None }
}

/// Keys and values, one a line.
#[component]
pub(crate) fn SummaryList(rows: Vec<Row>) -> impl IntoView {
    let rows = rows
        .into_iter()
        .map(|r| {
            let actions = r.change.map(|(href, what)| {
                view! {
                    <dd class="govuk-summary-list__actions">
                        <a class="govuk-link" href=href>"Change"<span class="govuk-visually-hidden">" "{what}</span></a>
                    </dd>
                }
            });
            view! {
                <div class="govuk-summary-list__row">
                    <dt class="govuk-summary-list__key">{r.key}</dt>
                    <dd class="govuk-summary-list__value">{r.value}</dd>
                    {actions}
                </div>
            }
        })
        .collect_view();
    view! { <dl class="govuk-summary-list">{rows}</dl> }
}

/// A table. On a phone each row stands as a block of its own, its cells under one another with their column's heading
/// beside them, neighbours that are `short` or `numeric` two in a line; `sideways` tables, whose numbers are compared down
/// a column, scroll by themselves instead. Cells come ready; `numeric` columns are aligned right.
#[component]
pub(crate) fn DataTable(
    #[prop(into)] caption: String,
    /// The caption is for screen readers only: a heading says it already.
    #[prop(optional)]
    caption_hidden: bool,
    heads: Vec<&'static str>,
    /// Indices of columns that hold numbers.
    #[prop(optional)]
    numeric: Vec<usize>,
    /// Indices of other columns that say a word or two.
    #[prop(optional)]
    short: Vec<usize>,
    rows: Vec<Vec<AnyView>>,
    /// Scroll on a phone.
    #[prop(optional)]
    sideways: bool,
) -> impl IntoView {
    let table_class = if sideways { "govuk-table" } else { "govuk-table app-stack" };
    let names = heads.clone();
    // By itself in its line a short cell stands as any other.
    let is_short = |i: usize| numeric.contains(&i) || short.contains(&i);
    let halves: Vec<bool> =
        (0..heads.len()).map(|i| is_short(i) && (is_short(i + 1) || i.checked_sub(1).is_some_and(is_short))).collect();
    let is_numeric = move |i: usize| numeric.contains(&i);
    let caption_class = if caption_hidden {
        "govuk-table__caption govuk-visually-hidden"
    } else {
        "govuk-table__caption govuk-table__caption--m"
    };
    let head = heads
        .into_iter()
        .enumerate()
        .map(|(i, text)| {
            let class =
                if is_numeric(i) { "govuk-table__header govuk-table__header--numeric" } else { "govuk-table__header" };
            view! { <th scope="col" role="columnheader" class=class>{text}</th> }
        })
        .collect_view();
    let body = rows
        .into_iter()
        .map(|cells| {
            let cells = cells
                .into_iter()
                .enumerate()
                .map(|(i, cell)| {
                    if i == 0 {
                        return view! {
                            <th scope="row" role="rowheader" class="govuk-table__header app-table__row-header">{cell}</th>
                        }
                        .into_any();
                    }
                    let numeric = if is_numeric(i) { " govuk-table__cell--numeric" } else { "" };
                    let half = if halves.get(i) == Some(&true) { " app-stack__half" } else { "" };
                    let class = format!("govuk-table__cell{numeric}{half}");
                    let name = names.get(i).copied();
                    view! { <td role="cell" class=class data-label=name>{cell}</td> }.into_any()
                })
                .collect_view();
            view! { <tr role="row" class="govuk-table__row">{cells}</tr> }
        })
        .collect_view();
    let label = caption.clone();
    view! {
        <div class="app-scroll" tabindex="0" role="region" aria-label=label>
            // The roles are a table's own: browsers forget them where a style sheet lays it out as blocks.
            <table role="table" class=table_class>
                <caption class=caption_class>{caption}</caption>
                <thead role="rowgroup" class="govuk-table__head"><tr role="row" class="govuk-table__row">{head}</tr></thead>
                <tbody role="rowgroup" class="govuk-table__body">{body}</tbody>
            </table>
        </div>
    }
}

/// A word in a coloured box: a state. Colours are govuk-frontend's: `green`, `red`, `blue`, `yellow`, `grey`, …
#[component]
pub(crate) fn Tag(#[prop(into)] text: String, #[prop(default = "blue")] colour: &'static str) -> impl IntoView {
    view! { <strong class=format!("govuk-tag govuk-tag--{colour}")>{text}</strong> }
}

/// What to do where there is nothing yet.
#[component]
pub(crate) fn Empty(#[prop(into)] text: String, children: Children) -> impl IntoView {
    view! { <div class="govuk-inset-text app-empty"><p class="govuk-body">{text}</p>{children()}</div> }
}

/// A warning with its exclamation mark.
#[component]
pub(crate) fn Warning(#[prop(into)] text: String) -> impl IntoView {
    view! {
        <div class="govuk-warning-text">
            <span class="govuk-warning-text__icon" aria-hidden="true">"!"</span>
            <strong class="govuk-warning-text__text"><span class="govuk-visually-hidden">"Warning "</span>{text}</strong>
        </div>
    }
}

/// Links to the pages of a long list. `path` already holds the query, up to `page=`.
#[component]
pub(crate) fn Pagination(#[prop(into)] path: String, page: i64, pages: i64) -> impl IntoView {
    (pages > 1).then(|| {
        let link = |number: i64, text: &'static str, rel: &'static str| {
            let class = format!("govuk-pagination__{rel}");
            view! {
                <div class=class>
                    <a class="govuk-link govuk-pagination__link" href=format!("{path}{number}") rel=rel>
                        <span class="govuk-pagination__link-title">{text}</span>
                    </a>
                </div>
            }
        };
        view! {
            <nav class="govuk-pagination" aria-label="Pages">
                {(page > 1).then(|| link(page - 1, "Previous page", "prev"))}
                <span class="govuk-body app-pagination__here">{format!("Page {page} of {pages}")}</span>
                {(page < pages).then(|| link(page + 1, "Next page", "next"))}
            </nav>
        }
    })
}

/// A date as people say it: “Monday 23 November 2026”.
pub(crate) fn long_date(date: chrono::NaiveDate) -> String {
    date.format("%A %-d %B %Y").to_string()
}

/// A date for tables: “23 Nov 2026”.
pub(crate) fn short_date(date: chrono::NaiveDate) -> String {
    date.format("%-d %b %Y").to_string()
}

/// An instant on London's clock: “23 Nov 2026, 2:05pm”.
pub(crate) fn date_time(at: chrono::DateTime<chrono::Utc>) -> String {
    at.with_timezone(&chrono_tz::Europe::London).format("%-d %b %Y, %-I:%M%P").to_string()
}

/// `count` and the noun that fits it: “1 school”, “3 schools”.
pub(crate) fn plural(count: i64, one: &str, many: &str) -> String {
    format!("{} {}", thousands(count), if count == 1 { one } else { many })
}
