//! Two plans side by side: what each comes to, and what differs.

use axum::extract::Query;
use axum::response::IntoResponse;
use leptos::prelude::*;
use records::plans::{self, Compared, Figures, Plan};
use uuid::Uuid;

use super::hours;
use crate::components::*;
use crate::web::answer::Answer;
use crate::web::context::Context;
use crate::web::form::Form;

pub(super) async fn show(ctx: Context, Query(pairs): Query<Vec<(String, String)>>) -> Answer {
    let mut form = Form::of(pairs);
    let id = |form: &Form, field: &str| form.get(field).parse::<Uuid>().ok();
    let (first, second) = (id(&form, "first"), id(&form, "second"));
    let listed = plans::list(ctx.desk(), ctx.actor()?, None).await?;
    if let (Some(first), Some(second)) = (first, second)
        && first != second
    {
        let compared = plans::compare(ctx.desk(), ctx.actor()?, first, second).await?;
        let content = view! {
            <h1 class="govuk-heading-l">"Two plans side by side"</h1>
            {side_by_side(&compared)}
            {differences(&compared)}
            {choose(&listed, Some((first, second)))}
        };
        return Ok(ctx.page("Two plans side by side", content).wide().back("/plans").into_response());
    }
    if first.is_some() && first == second {
        form.refuse("second", "Choose two different plans");
    }
    let few = (listed.len() < 2).then(|| {
        view! {
            <Empty text="There is only one plan.">
                <p class="govuk-body"><a class="govuk-link" href="/plans/new">"Make another"</a>", with other gaps, slots or dates."</p>
            </Empty>
        }
    });
    let content = view! {
        <ErrorSummary form=form/>
        <h1 class="govuk-heading-l">"Compare two plans"</h1>
        {few}
        {(listed.len() > 1).then(|| choose(&listed, first.map(|id| (id, Uuid::nil()))))}
    };
    Ok(ctx.page("Compare two plans", content).back("/plans").into_response())
}

/// Which two.
pub(super) fn choose(listed: &[Plan], chosen: Option<(Uuid, Uuid)>) -> impl IntoView + use<> {
    let newest = |n: usize| listed.get(n).map(|p| p.id).unwrap_or_default();
    let (first, second) = match chosen {
        Some((first, second)) if second.is_nil() => {
            (first, listed.iter().map(|p| p.id).find(|id| *id != first).unwrap_or_default())
        }
        Some(both) => both,
        None => (newest(0), newest(1)),
    };
    let form = Form::of([("first", first.to_string()), ("second", second.to_string())]);
    let choices: Vec<Choice> =
        listed.iter().map(|p| choice(p.id, format!("{} ({})", p.name, date_time(p.created_at)))).collect();
    view! {
        <h2 class="govuk-heading-m">"Compare"</h2>
        <form method="get" action="/plans/compare" novalidate>
            <Select form=form.clone() name="first" label="First plan" choices=choices.clone()/>
            <Select form=form name="second" label="Second plan" choices=choices/>
            <Button text="Compare them" variant="secondary"/>
        </form>
    }
}

fn side_by_side(compared: &Compared) -> impl IntoView + use<> {
    let (one, two) = (plans::figures(&compared.first), plans::figures(&compared.second));
    let line = |what: &'static str, of: &dyn Fn(&Figures) -> String| {
        vec![what.into_any(), of(&one).into_any(), of(&two).into_any()]
    };
    let link = |plan: &Plan| {
        view! { <a class="govuk-link" href=format!("/plans/{}", plan.id)>{plan.name.clone()}</a> }.into_any()
    };
    let count = |n: usize| thousands(i64::try_from(n).unwrap_or(i64::MAX));
    let rows = vec![
        vec!["Plan".into_any(), link(&compared.first.plan), link(&compared.second.plan)],
        line("Placed", &|f| format!("{} of {}", f.placed, f.asks)),
        line("Special schools and alternative provision", &|f| format!("{} of {}", f.special, f.special_asks)),
        line("On the road", &|f| hours(f.minutes)),
        line("Booked visits that move", &|f| count(f.moves)),
        line("Placements that break something", &|f| count(f.broken)),
        line("Score", &|f| thousands(f.score)),
    ];
    view! { <DataTable caption="What each comes to" caption_hidden=true heads=vec!["", "First plan", "Second plan"] rows=rows/> }
}

fn differences(compared: &Compared) -> AnyView {
    if compared.differences.is_empty() {
        return view! { <p class="govuk-body">"Both place everything alike."</p> }.into_any();
    }
    let none = || "Not placed".to_owned();
    let rows = compared
        .differences
        .iter()
        .map(|d| {
            vec![
                d.name.clone().into_any(),
                d.first.clone().unwrap_or_else(none).into_any(),
                d.second.clone().unwrap_or_else(none).into_any(),
            ]
        })
        .collect();
    view! { <DataTable caption="What differs" heads=vec!["School", "First plan", "Second plan"] rows=rows/> }.into_any()
}
