//! What a request is worth: the weights of need, and what they do to the requests that wait.

use axum::http::StatusCode;
use axum::response::IntoResponse;
use domain::access::Operation;
use domain::need::{MIDDLE_DECILE, MOST_POINTS, Need, Weights, value};
use domain::setting::SettingType;
use leptos::prelude::*;
use records::Error;
use records::need::{self, Valued};

use crate::components::*;
use crate::web::answer::{Answer, once};
use crate::web::context::Context;
use crate::web::form::Form;
use crate::web::page::Page;
use crate::web::routes::{Routes, Who};

/// Requests the example shows.
const EXAMPLES: usize = 10;

pub(crate) fn routes(routes: Routes) -> Routes {
    let may = Who::May(Operation::EditWeights);
    routes.get("/weights", may, show).post("/weights", may, set)
}

/// A weight: its field, what it is called, what it does.
struct Weight {
    field: &'static str,
    label: &'static str,
    hint: &'static str,
    suffix: &'static str,
    most: i64,
    get: fn(&Weights) -> i64,
    put: fn(&mut Weights, i64),
}

macro_rules! weight {
    ($field:ident, $label:literal, $hint:literal, $suffix:literal, $most:expr) => {
        Weight {
            field: stringify!($field),
            label: $label,
            hint: $hint,
            suffix: $suffix,
            most: $most,
            get: |w| w.$field,
            put: |w, n| w.$field = n,
        }
    };
}

const WEIGHTS: [Weight; 9] = [
    weight!(
        request,
        "Every request",
        "More of it makes plans serve more schools; less, needier ones",
        "points",
        MOST_POINTS
    ),
    weight!(
        year,
        "Each academic year since it was last reached",
        "By this programme, in the tour’s own year nothing",
        "points",
        MOST_POINTS
    ),
    weight!(most_years, "Years that count at most", "Longer ago counts no more than that", "years", 20),
    weight!(
        never,
        "Never reached",
        "On top of the most years, so that never always counts most",
        "points",
        MOST_POINTS
    ),
    weight!(
        provision,
        "Special or alternative provision",
        "Special and hospital schools, alternative provision, resourced units",
        "points",
        MOST_POINTS
    ),
    weight!(
        deprivation,
        "Each step of deprivation",
        "Nothing in the least deprived tenth of England, nine steps in the most deprived",
        "points",
        MOST_POINTS
    ),
    weight!(
        leaving,
        "A cohort about to leave",
        "A year group the programme is for is the school’s last: next year it is gone",
        "points",
        MOST_POINTS
    ),
    weight!(
        week,
        "Each full week since it first asked",
        "Decides between schools that need it alike",
        "points",
        MOST_POINTS
    ),
    weight!(
        most_weeks,
        "Weeks that count at most",
        "Asking early must not buy a place from a school that needs it more",
        "weeks",
        52
    ),
];

fn form_of(weights: &Weights, version: i64) -> Form {
    let mut form = Form::of([("version", version.to_string())]);
    for weight in &WEIGHTS {
        form.put(weight.field, (weight.get)(weights).to_string());
    }
    form
}

/// What was typed; what is no number is refused in the form.
fn read(form: &mut Form) -> Option<Weights> {
    let mut weights = Weights::default();
    for weight in &WEIGHTS {
        let least = i64::from(weight.field == "request" || weight.field == "most_years");
        let number = form.number(weight.field, weight.label, least, weight.most);
        match number {
            Some(number) => (weight.put)(&mut weights, number),
            None if form.error(weight.field).is_none() => {
                form.refuse(weight.field, format!("Enter a number for “{}”; 0 where it shall not count", weight.label));
            }
            None => {}
        }
    }
    form.is_good().then_some(weights)
}

async fn show(ctx: Context) -> Answer {
    let (weights, version) = need::weights(ctx.desk(), ctx.actor()?).await?;
    Ok(page(&ctx, form_of(&weights, version), weights, weights).await?.into_response())
}

async fn set(ctx: Context, mut form: Form) -> Answer {
    let (present, _) = need::weights(ctx.desk(), ctx.actor()?).await?;
    // A form without its version is stale.
    let version = form.get("version").parse().unwrap_or(-1);
    if form.get("step") == "default" {
        let weights = Weights::default();
        let mut filled = form_of(&weights, version);
        filled.put(crate::web::form::IDEMPOTENCY_KEY, form.get(crate::web::form::IDEMPOTENCY_KEY).to_owned());
        return Ok(page(&ctx, filled, weights, present).await?.into_response());
    }
    let Some(weights) = read(&mut form) else {
        return Ok(page(&ctx, form, present, present).await?.status(StatusCode::UNPROCESSABLE_ENTITY).into_response());
    };
    if form.get("step") != "save" {
        return Ok(page(&ctx, form, weights, present).await?.into_response());
    }
    match once(need::set_weights(&ctx.desk_for(&form), ctx.actor()?, weights, version).await.map(|()| String::new())) {
        Ok(_) => Ok(ctx.see_other_with("/weights", "Saved. Plans made from now on count so")),
        Err(Error::Invalid(errors)) => {
            form.refuse_all(errors);
            let page = page(&ctx, form, present, present).await?;
            Ok(page.status(StatusCode::UNPROCESSABLE_ENTITY).into_response())
        }
        Err(other) => Err(other.into()),
    }
}

async fn page(
    ctx: &Context,
    form: Form,
    weights: Weights,
    present: Weights,
) -> Result<Page, crate::web::answer::Problem> {
    let tried = need::trial(ctx.desk(), ctx.actor()?, weights).await?;
    let before = need::trial(ctx.desk(), ctx.actor()?, present).await?;
    let is_trial = weights != present;
    let fields = WEIGHTS
        .iter()
        .map(|w| view! { <TextInput form=form.clone() name=w.field label=w.label hint=w.hint suffix=w.suffix width="width-4" inputmode="numeric"/> })
        .collect_view();
    let version = form.get("version").to_owned();
    let content = view! {
        <ErrorSummary form=form.clone()/>
        <h1 class="govuk-heading-l">"What a request is worth"</h1>
        <p class="govuk-body">
            "A plan places requests so that the points of those it serves are as many as can be. Points come from need: you say what counts, and how much. Try it below before you save it."
        </p>
        <div class="app-columns">
            <div>
                <PostForm form=form.clone() action="/weights">
                    <Hidden name="version" value=version/>
                    {fields}
                    <div class="govuk-button-group">
                        <Button text="Try it" variant="secondary" name="step" value="try"/>
                        <Button text="Save" name="step" value="save"/>
                        <Button text="Fill in the defaults" variant="secondary" name="step" value="default"/>
                    </div>
                </PostForm>
            </div>
            <div>
                {examples(&weights)}
                {top(tried, &before, is_trial)}
            </div>
        </div>
    };
    Ok(ctx.page("What a request is worth", content).wide().back("/requests"))
}

/// Three schools everybody can imagine.
fn examples(weights: &Weights) -> impl IntoView + use<> {
    let plain = Need {
        years_since: Some(1),
        setting_type: SettingType::Mainstream,
        deprivation_decile: Some(9),
        leaving: true,
        waiting_days: 14,
    };
    let needy = Need { years_since: None, deprivation_decile: Some(1), ..plain };
    let special = Need {
        years_since: None,
        setting_type: SettingType::Special,
        deprivation_decile: None,
        leaving: false,
        ..plain
    };
    let rows = [
        ("A primary in decile 9, reached last year".to_owned(), plain),
        ("A primary in decile 1, never reached".to_owned(), needy),
        (format!("A special school, never reached, decile not known (taken as {MIDDLE_DECILE})"), special),
    ]
    .into_iter()
    .map(|(what, need)| vec![what.into_any(), thousands(value(&need, weights)).into_any()])
    .collect();
    view! {
        <h2 class="govuk-heading-m">"For example"</h2>
        <DataTable caption="Three schools that asked two weeks ago" heads=vec!["School", "Points"] numeric=vec![1] rows=rows/>
    }
}

/// The requests worth most under the weights, and where each stood before they were tried.
fn top(tried: Vec<Valued>, before: &[Valued], is_trial: bool) -> AnyView {
    let title = if is_trial { "The first ten, if you save this" } else { "The first ten at present" };
    if tried.is_empty() {
        return view! {
            <h2 class="govuk-heading-m">{title}</h2>
            <Empty text="No request waits for a date, so there is nothing to put in order.">
                <p class="govuk-body"><a class="govuk-link" href="/coverage">"Invite the schools with gaps"</a></p>
            </Empty>
        }
        .into_any();
    }
    let rows = tried
        .into_iter()
        .take(EXAMPLES)
        .enumerate()
        .map(|(place, v)| {
            let was = before.iter().position(|b| b.request.id == v.request.id).map_or(place, |was| was);
            let moved = match was.cmp(&place) {
                std::cmp::Ordering::Equal => String::new(),
                std::cmp::Ordering::Greater => format!(", up from {}", was + 1),
                std::cmp::Ordering::Less => format!(", down from {}", was + 1),
            };
            let why = v.points.iter().map(|p| format!("{}: {}", p.why, p.points)).collect::<Vec<_>>().join("; ");
            vec![
                view! { {format!("{}. ", place + 1)}<a class="govuk-link" href=format!("/requests/{}", v.request.id)>{v.request.school.clone()}</a>{moved} }
                    .into_any(),
                view! { <span class="govuk-body-s">{crate::web::form::capitalise(&why)}</span> }.into_any(),
                thousands(v.value()).into_any(),
            ]
        })
        .collect();
    view! {
        <h2 class="govuk-heading-m">{title}</h2>
        <DataTable caption=title caption_hidden=true heads=vec!["School", "Why", "Points"] numeric=vec![2] rows=rows/>
    }
    .into_any()
}
