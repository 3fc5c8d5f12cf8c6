//! Plans: their list, and the form that begins one. What a plan came to, its board and its publishing are beside.

mod board;
mod compare;
mod map;
mod placement;
mod publish;
mod show;

use std::collections::BTreeSet;

use axum::extract::Query;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use domain::access::Operation;
use domain::plan::{PlanState, SECONDS};
use domain::session::{Reason, State};
use domain::setting::SettingType;
use leptos::prelude::*;
use records::plans::{self, Choices, Lost, NewPlan, Plan};
use records::{Desk, Error};
use uuid::Uuid;

use crate::components::*;
use crate::web::answer::{Answer, once};
use crate::web::context::Context;
use crate::web::form::Form;
use crate::web::page::Page;
use crate::web::routes::{Routes, Who};

/// Everybody who plans may do all of it.
const MAY: Who = Who::May(Operation::PlanTours);

pub(crate) fn routes(routes: Routes) -> Routes {
    let routes = routes.get("/plans", MAY, list).get("/plans/new", MAY, ask).post("/plans/new", MAY, start).get(
        "/plans/compare",
        MAY,
        compare::show,
    );
    placement::routes(publish::routes(board::routes(show::routes(routes))))
}

/// Plans whatever waits, beside this request; a server's own job does the same.
fn plan_beside(desk: &Desk) {
    let desk = desk.clone();
    tokio::spawn(async move {
        if let Err(error) = plans::work(&desk).await {
            tracing::error!(?error, "what waits could not be planned");
        }
    });
}

fn state_tag(plan: &Plan) -> impl IntoView + use<> {
    let (text, colour) = match plan.state {
        _ if plan.interrupted && plan.state.is_open() => ("Interrupted", "red"),
        PlanState::Draft | PlanState::Dropped => (plan.state.label(), "grey"),
        PlanState::Planning => (plan.state.label(), "yellow"),
        PlanState::Ready => (plan.state.label(), "blue"),
        PlanState::Published => (plan.state.label(), "green"),
    };
    view! { <Tag text=text colour=colour/> }
}

async fn list(ctx: Context) -> Answer {
    let plans = plans::list(ctx.desk(), ctx.actor()?, None).await?;
    let body = if plans.is_empty() {
        view! {
            <Empty text="There are no plans yet.">
                <p class="govuk-body">"A plan finds a day for every school that asks for a tour, and for the gaps you choose. Nothing happens until you publish it."</p>
            </Empty>
        }
        .into_any()
    } else {
        let several = plans.len() > 1;
        let rows = plans.iter().map(plan_row).collect();
        view! {
            <DataTable caption="Plans" caption_hidden=true heads=vec!["Plan", "Tours", "State", "Placed", "On the road", "Made"]
                numeric=vec![3, 4] rows=rows/>
            {several.then(|| compare::choose(&plans, None))}
        }
        .into_any()
    };
    let content = view! {
        <h1 class="govuk-heading-l">"Plans"</h1>
        <ButtonLink href="/plans/new" text="Make a plan"/>
        {body}
    };
    Ok(ctx.page("Plans", content).wide().into_response())
}

fn plan_row(plan: &Plan) -> Vec<AnyView> {
    let link = view! { <a class="govuk-link" href=format!("/plans/{}", plan.id)>{plan.name.clone()}</a> };
    let made = match &plan.person {
        Some(person) => format!("{}, {person}", date_time(plan.created_at)),
        None => date_time(plan.created_at),
    };
    vec![
        link.into_any(),
        plan.tours.clone().into_any(),
        state_tag(plan).into_any(),
        thousands(plan.placed).into_any(),
        hours(plan.travel_min).into_any(),
        made.into_any(),
    ]
}

/// Minutes as people say them: “45 minutes”, “23 hours 48 minutes”.
fn hours(minutes: i64) -> String {
    match (minutes / 60, minutes % 60) {
        (0, m) => plural(m, "minute", "minutes"),
        (h, 0) => plural(h, "hour", "hours"),
        (h, m) => format!("{} {}", plural(h, "hour", "hours"), plural(m, "minute", "minutes")),
    }
}

fn tours_of(form: &Form) -> BTreeSet<Uuid> {
    form.all("tour").filter_map(|id| id.parse().ok()).collect()
}

async fn ask(ctx: Context, Query(pairs): Query<Vec<(String, String)>>) -> Answer {
    let mut form = Form::of(pairs);
    let tours = tours_of(&form);
    if tours.is_empty() {
        return choose_tours(&ctx, form).await;
    }
    let choices = plans::choices(ctx.desk(), ctx.actor()?, &tours).await?;
    propose(&ctx, &mut form, &choices);
    Ok(new_page(&ctx, form, &choices).into_response())
}

/// The first step: which tours.
async fn choose_tours(ctx: &Context, mut form: Form) -> Answer {
    let tours = plans::tours(ctx.desk(), ctx.actor()?).await?;
    if form.has("step", "tours") {
        form.refuse("tour", "Choose at least one tour");
    }
    let status = if form.is_good() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let choices: Vec<Choice> = tours
        .iter()
        .map(|t| {
            let dates = format!("{} to {}", short_date(t.tour.starts), short_date(t.tour.ends));
            let waiting = plural(i64::try_from(t.waiting).unwrap_or(0), "request waits", "requests wait");
            choice_with_hint(t.tour.id, &t.tour.name, format!("{}, {dates}; {waiting}", t.tour.provider_name))
        })
        .collect();
    let body = if choices.is_empty() {
        view! {
            <Empty text="There is no tour to plan.">
                <p class="govuk-body"><a class="govuk-link" href="/tours">"Open a tour"</a>" first, or change the dates of one."</p>
            </Empty>
        }
        .into_any()
    } else {
        view! {
            <form method="get" action="/plans/new" novalidate>
                <input type="hidden" name="step" value="tours"/>
                <Checkboxes form=form.clone() name="tour" legend="Which tours?"
                    hint="Tours that share a team are best planned together." choices=choices/>
                <Button text="Continue"/>
            </form>
        }
        .into_any()
    };
    let content = view! {
        <ErrorSummary form=form/>
        <h1 class="govuk-heading-l">"Make a plan"</h1>
        {body}
    };
    Ok(ctx.page("Make a plan", content).back("/plans").status(status).into_response())
}

/// What most people want: from a fortnight on, by openings where there are any.
fn propose(ctx: &Context, form: &mut Form, choices: &Choices) {
    let soon = ctx.desk().today() + chrono::TimeDelta::days(14);
    let first = choices.tours.iter().map(|t| t.starts).min().unwrap_or(soon);
    let last = choices.tours.iter().map(|t| t.ends).max().unwrap_or(soon);
    form.put_date("from", first.max(soon).min(last).max(ctx.desk().today() + chrono::TimeDelta::days(1)));
    form.put("slots", if choices.opened { "openings" } else { "days" });
    form.put("seconds", SECONDS.2.to_string());
    if form.has("gaps", "all") {
        for gap in &choices.gaps {
            form.put("gap", gap_value(gap.tour, gap.setting));
        }
    }
    for lost in choices.lost.iter().filter(|lost| lost.reason != Reason::Other) {
        form.put("lost", lost.visit.to_string());
    }
    if form.has("release", "offered") {
        for visit in choices.booked.iter().filter(|b| b.state == State::Offered) {
            form.put("release", visit.visit.to_string());
        }
    }
}

fn gap_value(tour: Uuid, setting: Uuid) -> String {
    format!("{tour}.{setting}")
}

fn gap_of(value: &str) -> Option<(Uuid, Uuid)> {
    let (tour, setting) = value.split_once('.')?;
    Some((tour.parse().ok()?, setting.parse().ok()?))
}

fn new_page(ctx: &Context, form: Form, choices: &Choices) -> Page {
    let names: Vec<&str> = choices.tours.iter().map(|t| t.name.as_str()).collect();
    let tours = choices.tours.iter().map(|t| view! { <Hidden name="tour" value=t.id.to_string()/> }).collect_view();
    let waiting = i64::try_from(choices.waiting.len()).unwrap_or(0);
    let (fewest, most, _) = SECONDS;
    let (gaps, lost, booked) = (gaps(&form, choices), lost(&form, choices), booked(&form, choices));
    let content = view! {
        <ErrorSummary form=form.clone()/>
        <span class="govuk-caption-l">{names.join(", ")}</span>
        <h1 class="govuk-heading-l">"Make a plan"</h1>
        <p class="govuk-body">"A plan finds the best days it can, as a proposal. Nobody is told anything until you publish it."</p>
        <PostForm form=form.clone() action="/plans/new">
            {tours}
            <h2 class="govuk-heading-m">"What is planned"</h2>
            <p class="govuk-body">{format!("{} for a date: all are planned.", plural(waiting, "request waits", "requests wait"))}</p>
            <div class="app-schools">{lost}{gaps}{booked}</div>
            <h2 class="govuk-heading-m">"How"</h2>
            <DateInput form=form.clone() name="from" legend="Nothing before"/>
            <Radios form=form.clone() name="slots" legend="Which slots may be used?" choices=vec![
                choice_with_hint("openings", "The tours’ openings", "Those that nobody has booked"),
                choice_with_hint("days", "Every slot of the teams’ working days", "Between the tours’ first and last days, but for what is open for other tours"),
            ]/>
            <TextInput form=form.clone() name="seconds" label="How long may planning take?" width="width-3" inputmode="numeric" suffix="seconds"
                hint=format!("Between {fewest} and {most}. A tour takes a few; a year of six officers takes more.")/>
            <TextInput form=form name="name" label="What is the plan called? (optional)" hint="Two plans of one tour are easier to tell apart by a name"/>
            <Button text="Plan"/>
        </PostForm>
    };
    ctx.page("Make a plan", content).back("/plans/new")
}

fn gaps(form: &Form, choices: &Choices) -> AnyView {
    if choices.gaps.is_empty() {
        return view! { <p class="govuk-body">"No other school has a gap that nobody has asked about."</p> }.into_any();
    }
    let several = choices.tours.len() > 1;
    let items: Vec<Choice> = choices
        .gaps
        .iter()
        .map(|gap| {
            let mut about = Vec::new();
            if gap.setting_type != SettingType::Mainstream {
                about.push(gap.setting_type.label().to_owned());
            }
            if gap.never_reached {
                about.push("never reached".to_owned());
            }
            if several {
                about.extend(choices.tours.iter().find(|t| t.id == gap.tour).map(|t| t.name.clone()));
            }
            let about = if about.is_empty() { String::new() } else { format!(" ({})", about.join(", ")) };
            choice(gap_value(gap.tour, gap.setting), format!("{}{about}", gap.school))
        })
        .collect();
    let all = (form.all("gap").next().is_none() && choices.gaps.len() > 1).then(|| {
        let tours: Vec<String> = choices.tours.iter().map(|t| format!("tour={}&", t.id)).collect();
        let text = format!("Plan for all {} schools with gaps", choices.gaps.len());
        view! { <p class="govuk-body"><a class="govuk-link" href=format!("/plans/new?{}gaps=all", tours.concat())>{text}</a></p> }
    });
    view! {
        {all}
        <Checkboxes form=form.clone() name="gap" legend="Schools with gaps that have not asked" small=true
            hint="Each is planned for its year groups, with their numbers on roll. It gets an offer like the others when you publish." choices=items/>
    }
    .into_any()
}

fn lost(form: &Form, choices: &Choices) -> Option<impl IntoView + use<>> {
    (!choices.lost.is_empty()).then(|| {
        let words = |l: &Lost| format!("{}, {} ({})", l.school, short_date(l.on), l.reason.label().to_lowercase());
        let items = choices.lost.iter().map(|l| choice(l.visit, words(l))).collect();
        view! {
            <Checkboxes form=form.clone() name="lost" legend="Visits that were called off, to be placed again" small=true choices=items/>
        }
    })
}

fn booked(form: &Form, choices: &Choices) -> Option<impl IntoView + use<>> {
    (!choices.booked.is_empty()).then(|| {
        let items: Vec<Choice> = choices
            .booked
            .iter()
            .map(|b| choice(b.visit, format!("{}, {}, {}", short_date(b.on), b.school, b.state.label().to_lowercase())))
            .collect();
        let count = plural(i64::try_from(items.len()).unwrap_or(0), "visit is", "visits are");
        let open = form.all("release").next().is_some();
        view! {
            <p class="govuk-body">{format!("{count} booked or offered, and stay where they are unless you release them.")}</p>
            <details class="govuk-details" open=open>
                <summary class="govuk-details__summary"><span class="govuk-details__summary-text">"Release booked visits"</span></summary>
                <div class="govuk-details__text">
                    <Checkboxes form=form.clone() name="release" legend="These may be moved" small=true
                        hint="As few as can be are moved, and none that lies before the plan’s first day. Each school is told when you publish." choices=items/>
                </div>
            </details>
        }
    })
}

async fn start(ctx: Context, mut form: Form) -> Answer {
    let tours = tours_of(&form);
    if tours.is_empty() {
        form.put("step", "tours");
        return choose_tours(&ctx, form).await;
    }
    let from = form.date("from", "the first day");
    let by_openings = form.required("slots", "Choose which slots may be used").map(|s| s == "openings");
    let seconds = match form.get("seconds") {
        "" => Some(SECONDS.2),
        _ => form.number("seconds", "Seconds", SECONDS.0, SECONDS.1),
    };
    if let (Some(from), Some(by_openings), Some(seconds), true) = (from, by_openings, seconds, form.is_good()) {
        let ids = |field| form.all(field).filter_map(|id| id.parse().ok()).collect();
        let new = NewPlan {
            name: form.get("name").to_owned(),
            tours: tours.clone(),
            gaps: form.all("gap").filter_map(gap_of).collect(),
            released: ids("release"),
            lost: ids("lost"),
            from,
            by_openings,
            seconds,
        };
        match once(plans::start(&ctx.desk_for(&form), ctx.actor()?, &new).await) {
            Ok(id) => {
                plan_beside(ctx.desk());
                return Ok(ctx.see_other(format!("/plans/{id}")));
            }
            Err(Error::Invalid(errors)) => form.refuse_all(errors),
            Err(other) => return Err(other.into()),
        }
    }
    let choices = plans::choices(ctx.desk(), ctx.actor()?, &tours).await?;
    Ok(new_page(&ctx, form, &choices).status(StatusCode::UNPROCESSABLE_ENTITY).into_response())
}
