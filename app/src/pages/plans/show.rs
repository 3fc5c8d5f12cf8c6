//! One plan: on its way, ready with what it came to, published.

use axum::Json;
use axum::extract::Path;
use axum::http::header;
use axum::response::IntoResponse;
use domain::plan::{Outcome, PlanState};
use leptos::prelude::*;
use records::plans::{self, Ask, Ground, Plan};
use records::{Conflict, Error};
use serde::Serialize;
use uuid::Uuid;

use super::{MAY, hours, plan_beside, state_tag};
use crate::components::*;
use crate::islands::PlanProgress;
use crate::web::answer::Answer;
use crate::web::context::Context;
use crate::web::form::Form;
use crate::web::page::Page;
use crate::web::routes::Routes;

pub(super) fn routes(routes: Routes) -> Routes {
    routes
        .get("/plans/{id}", MAY, show)
        .get("/plans/{id}/progress", MAY, progress)
        .post("/plans/{id}/stop", MAY, stop)
        .post("/plans/{id}/again", MAY, again)
        .get("/plans/{id}/drop", MAY, ask_drop)
        .post("/plans/{id}/drop", MAY, do_drop)
}

async fn show(ctx: Context, Path(id): Path<Uuid>) -> Answer {
    let plan = plans::get(ctx.desk(), ctx.actor()?, id).await?;
    if plan.state == PlanState::Planning {
        return Ok(working(&ctx, &plan).back("/plans").into_response());
    }
    let ground = plans::board(ctx.desk(), ctx.actor()?, id).await?;
    Ok(ready(&ctx, &ground).back("/plans").into_response())
}

/// How far planning has come, in words.
fn so_far(plan: &Plan) -> String {
    if !plan.is_begun {
        return "Waiting for its turn: one plan is made at a time.".to_owned();
    }
    let seconds = plan.elapsed_ms / 1000;
    match (plan.score, plan.bound) {
        (None, _) => format!("{seconds} seconds so far, looking for a first plan."),
        (Some(score), None) => {
            format!("{seconds} seconds so far. The best plan places {}, score {}.", plan.placed, thousands(score))
        }
        (Some(score), Some(bound)) => format!(
            "{seconds} seconds so far. The best plan places {}, score {}; no plan scores more than {}.",
            plan.placed,
            thousands(score),
            thousands(bound)
        ),
    }
}

fn working(ctx: &Context, plan: &Plan) -> Page {
    let here = format!("/plans/{}", plan.id);
    let content = view! {
        <span class="govuk-caption-l">{plan.tours.clone()}</span>
        <h1 class="govuk-heading-l">{plan.name.clone()}</h1>
        <PlanProgress path=format!("{here}/progress") words=so_far(plan) done=plan.elapsed_ms / 1000 total=plan.seconds/>
        <PostForm form=Form::default() action=format!("{here}/stop")>
            <Button text="Stop, and take the best so far" variant="secondary"/>
        </PostForm>
        <p class="govuk-body">"You can leave this page: the work goes on. "<a class="govuk-link" href=here.clone()>"Check its progress"</a></p>
    };
    ctx.page(plan.name.clone(), content).with_islands().refresh(2)
}

/// What the progress bar asks for.
#[derive(Serialize)]
struct Progress {
    working: bool,
    words: String,
    done: i64,
    total: i64,
}

async fn progress(ctx: Context, Path(id): Path<Uuid>) -> Answer {
    let plan = plans::get(ctx.desk(), ctx.actor()?, id).await?;
    let progress = Progress {
        working: plan.state == PlanState::Planning,
        words: so_far(&plan),
        done: plan.elapsed_ms / 1000,
        total: plan.seconds,
    };
    Ok(([(header::CACHE_CONTROL, "no-store")], Json(progress)).into_response())
}

async fn stop(ctx: Context, Path(id): Path<Uuid>) -> Answer {
    plans::stop(ctx.desk(), ctx.actor()?, id).await?;
    Ok(ctx.see_other(format!("/plans/{id}")))
}

async fn again(ctx: Context, Path(id): Path<Uuid>, mut form: Form) -> Answer {
    let plan = plans::get(ctx.desk(), ctx.actor()?, id).await?;
    let seconds = form.number("seconds", "Seconds", domain::plan::SECONDS.0, domain::plan::SECONDS.1);
    let version = form.get("version").parse().unwrap_or(0);
    let done = plans::plan_again(ctx.desk(), ctx.actor()?, id, version, seconds.unwrap_or(plan.seconds)).await;
    match done {
        Ok(_) => {
            plan_beside(ctx.desk());
            Ok(ctx.see_other(format!("/plans/{id}")))
        }
        // Somebody moved something, or pressed first: look at it before it is planned anew.
        Err(Error::Conflict(Conflict::Stale)) => Ok(ctx.see_other_with(
            format!("/plans/{id}"),
            "Not planned again: somebody changed the plan meanwhile. This is how it stands now",
        )),
        Err(other) => Err(other.into()),
    }
}

async fn ask_drop(ctx: Context, Path(id): Path<Uuid>) -> Answer {
    let plan = plans::get(ctx.desk(), ctx.actor()?, id).await?;
    let content = view! {
        <span class="govuk-caption-l">{plan.name.clone()}</span>
        <h1 class="govuk-heading-l">"Drop this plan?"</h1>
        <p class="govuk-body">"Its placements are thrown away. Requests go on waiting, and nothing that is booked or offered changes."</p>
        <PostForm form=Form::default() action=format!("/plans/{id}/drop")>
            <Button text="Drop the plan" variant="warning"/>
        </PostForm>
        <p class="govuk-body"><a class="govuk-link" href=format!("/plans/{id}")>"Keep it"</a></p>
    };
    Ok(ctx.page("Drop this plan?", content).back(format!("/plans/{id}")).into_response())
}

async fn do_drop(ctx: Context, Path(id): Path<Uuid>, form: Form) -> Answer {
    match plans::drop_plan(&ctx.desk_for(&form), ctx.actor()?, id).await {
        Ok(()) | Err(Error::Repeated(_)) => Ok(ctx.see_other_with("/plans", "Plan dropped")),
        Err(other) => Err(other.into()),
    }
}

fn ready(ctx: &Context, ground: &Ground) -> Page {
    let plan = &ground.plan;
    let open = plan.state.is_open();
    let interrupted = (plan.interrupted && open).then(|| {
        view! { <Warning text="Planning was interrupted before it was done. What was placed before is still there: plan again."/> }
    });
    let content = view! {
        <span class="govuk-caption-l">{plan.tours.clone()}</span>
        <h1 class="govuk-heading-l">{plan.name.clone()}" "{state_tag(plan)}</h1>
        {interrupted}
        {faults(ground)}
        {actions(ground)}
        {figures(ground)}
        {moves(ground)}
        {left_out(ground)}
        {broken(ground)}
        {open.then(|| plan_again(plan))}
    };
    ctx.page(plan.name.clone(), content).wide()
}

fn faults(ground: &Ground) -> Option<impl IntoView + use<>> {
    let faults = ground.plan.faults();
    (!faults.is_empty()).then(|| {
        let lost = ground.asks.iter().filter(|a| a.at.is_none());
        let links = lost
            .map(|a| view! { <li><a class="govuk-link" href=format!("/schools/{}", a.setting)>{a.school.clone()}</a></li> })
            .collect_view();
        let lines = faults.into_iter().map(|f| view! { <li>{f}"."</li> }).collect_view();
        view! {
            <div class="govuk-inset-text">
                <p class="govuk-body">"Not everything could be planned with:"</p>
                <ul class="govuk-list govuk-list--bullet">{lines}</ul>
                <ul class="govuk-list">{links}</ul>
                <p class="govuk-body"><a class="govuk-link" href="/providers">"Teams and their bases"</a></p>
            </div>
        }
    })
}

fn actions(ground: &Ground) -> impl IntoView + use<> {
    let id = ground.plan.id;
    let open = ground.plan.state.is_open();
    let loose = ground.asks.iter().any(|a| a.is_loose() && a.place.is_some());
    view! {
        <div class="app-actions">
            <ButtonLink href=format!("/plans/{id}/board") text="Open the board"/>
            {(open && loose).then(|| view! { <ButtonLink href=format!("/plans/{id}/publish") text="Publish" secondary=true/> })}
        </div>
        <ul class="govuk-list">
            <li><a class="govuk-link" href=format!("/plans/compare?first={id}")>"Compare it with another plan"</a></li>
            {open.then(|| view! { <li><a class="govuk-link" href=format!("/plans/{id}/drop")>"Drop this plan"</a></li> })}
        </ul>
    }
}

fn figures(ground: &Ground) -> impl IntoView + use<> {
    let plan = &ground.plan;
    let f = plans::figures(ground);
    let count = |n: usize| i64::try_from(n).unwrap_or(i64::MAX);
    let bound = match plan.bound {
        Some(bound) if bound <= f.score => "Proved: no plan is better".to_owned(),
        Some(bound) => format!("No plan scores more than {}", thousands(bound)),
        None => "Not proved".to_owned(),
    };
    let slots = if plan.by_openings { "The tours’ openings" } else { "Every slot of the teams’ working days" };
    view! {
        <SummaryList rows=vec![
            row("Placed", format!("{} of {}", f.placed, f.asks)),
            row("Special schools and alternative provision", format!("{} of {}", f.special, f.special_asks)),
            row("On the road", hours(f.minutes)),
            row("Booked visits that move", thousands(count(f.moves))),
            row("Score", thousands(f.score)),
            row("Best possible", bound),
            row("Planned in", format!("{}.{} seconds", plan.elapsed_ms / 1000, plan.elapsed_ms % 1000 / 100)),
            row("From", long_date(plan.from)),
            row("Slots", slots),
        ]/>
        <p class="govuk-body"><a class="govuk-link" href="/requests">"What each request is worth, and why"</a></p>
    }
}

/// Where something is, in words.
pub(super) fn place_words(ground: &Ground, place: &plans::Place) -> String {
    let slots = place.slots.iter().filter_map(|n| ground.slot(place.team, place.on, *n));
    let labels: Vec<String> = slots.map(|s| format!("{} to {}", s.starts, s.ends)).collect();
    let team = ground.teams.get(&place.team).filter(|_| ground.teams.len() > 1);
    let team = team.map(|t| format!(", {}", t.name)).unwrap_or_default();
    let day = place.on.format("%a %-d %b %Y");
    if labels.is_empty() { format!("{day}{team}") } else { format!("{day}, {}{team}", labels.join(" and ")) }
}

fn moves(ground: &Ground) -> Option<impl IntoView + use<>> {
    let moves: Vec<&Ask> = ground.asks.iter().filter(|a| a.moves()).collect();
    (!moves.is_empty()).then(|| {
        let words = |place: &Option<plans::Place>| place.as_ref().map(|p| place_words(ground, p)).unwrap_or_default();
        let rows = moves
            .iter()
            .map(|a| {
                let state = a.booked.map(|s| s.label().to_owned()).unwrap_or_default();
                vec![
                    a.name().into_any(),
                    state.into_any(),
                    words(&a.current).into_any(),
                    words(&a.place).into_any(),
                    plans::why_moved(ground, a).into_any(),
                ]
            })
            .collect();
        view! { <DataTable caption="Booked visits that move" heads=vec!["School", "State", "From", "To", "Why"] rows=rows/> }
    })
}

fn left_out(ground: &Ground) -> impl IntoView + use<> {
    let open = ground.plan.state.is_open();
    let id = ground.plan.id;
    let left: Vec<&Ask> = ground.asks.iter().filter(|a| a.place.is_none()).collect();
    if left.is_empty() {
        return view! { <p class="govuk-body">"Everything has a place."</p> }.into_any();
    }
    let rows = left
        .iter()
        .map(|a| {
            let why = a.reasons.iter().cloned().map(|r| view! { <li>{r}</li> }).collect_view();
            let gone = (a.outcome == Some(Outcome::Gone))
                .then(|| view! { <li>"When it was published its slot had gone."</li> });
            let place = open.then(|| {
                view! {
                    <a class="govuk-link" href=format!("/plans/{id}/placements/{}", a.id)>"Place it"
                        <span class="govuk-visually-hidden">{format!(": {}", a.name())}</span></a>
                }
            });
            vec![
                a.name().into_any(),
                thousands(a.value).into_any(),
                view! { <ul class="govuk-list">{why}{gone}</ul> }.into_any(),
                place.into_any(),
            ]
        })
        .collect();
    let table = view! { <DataTable caption="Not placed" caption_hidden=true heads=vec!["School", "Worth", "Why", "What can be done"] numeric=vec![1] rows=rows/> };
    view! { <h2 class="govuk-heading-m">"Not placed"</h2>{folded(left.len(), table)} }.into_any()
}

/// Most of what has no place that is shown at once: a long list would hide what comes after it.
const SHOWN: usize = 10;

/// A list of schools without a place, which opens on a press where it is long.
pub(super) fn folded(count: usize, list: impl IntoView) -> AnyView {
    if count <= SHOWN {
        return list.into_any();
    }
    let text = format!(
        "Show the {} that have no place",
        plural(i64::try_from(count).unwrap_or(i64::MAX), "school", "schools")
    );
    view! {
        <details class="govuk-details">
            <summary class="govuk-details__summary"><span class="govuk-details__summary-text">{text}</span></summary>
            {list}
        </details>
    }
    .into_any()
}

/// What the plan breaks, as people placed it.
pub(super) fn broken(ground: &Ground) -> Option<impl IntoView + use<>> {
    let broken = ground.broken();
    (!broken.is_empty()).then(|| {
        let id = ground.plan.id;
        let rows = broken
            .into_iter()
            .map(|(ask, why)| {
                let name = ground.ask(ask).map(Ask::name).unwrap_or_default();
                let href = format!("/plans/{id}/placements/{ask}");
                vec![view! { <a class="govuk-link" href=href>{name}</a> }.into_any(), format!("{why}.").into_any()]
            })
            .collect();
        view! { <DataTable caption="What it breaks" heads=vec!["School", "What"] rows=rows/> }
    })
}

fn plan_again(plan: &Plan) -> impl IntoView + use<> {
    let form = Form::of([("seconds", plan.seconds.to_string())]);
    let version = plan.version.to_string();
    view! {
        <h2 class="govuk-heading-m">"Plan again"</h2>
        <p class="govuk-body">"What is pinned stays where it is. Everything else is placed anew, with the requests, the calendars and what schools are worth as they are now."</p>
        <PostForm form=form.clone() action=format!("/plans/{}/again", plan.id)>
            <Hidden name="version" value=version/>
            <TextInput form=form name="seconds" label="How long may it take?" width="width-3" inputmode="numeric" suffix="seconds"/>
            <Button text="Plan again" variant="secondary"/>
        </PostForm>
    }
}
