//! Lists of requests: a school's own; a tour's, with what each is worth and why.

use axum::extract::{Path, Query};
use axum::response::IntoResponse;
use domain::access::{Actor, Operation, Role, permitted};
use domain::request::RequestState;
use domain::setting::SettingType;
use leptos::prelude::*;
use records::need::{self, Valued};
use records::requests::{Filter, Request};
use records::tours;
use uuid::Uuid;

use super::state_tag;
use crate::components::*;
use crate::web::answer::Answer;
use crate::web::context::Context;
use crate::web::form::{Form, capitalise};

/// What an address asks for: a state (those that wait, when none is named), a setting type.
struct Asked {
    form: Form,
    state: Option<RequestState>,
    kind: Option<SettingType>,
}

impl Asked {
    fn of(pairs: Vec<(String, String)>, all: bool) -> Self {
        let mut form = Form::of(pairs);
        if form.get("state").is_empty() {
            form.replace("state", if all { "all" } else { RequestState::Asked.as_str() });
        }
        let (state, kind) = (form.get("state").parse().ok(), form.get("kind").parse().ok());
        Self { form, state, kind }
    }

    fn filter(&self, tour: Option<Uuid>) -> Filter {
        Filter { tour, state: self.state, ..Filter::default() }
    }
}

/// A reason as a sentence begins.
pub(super) fn sentence(why: &str) -> String {
    capitalise(why)
}

pub(super) async fn all(ctx: Context, Query(pairs): Query<Vec<(String, String)>>) -> Answer {
    let actor = ctx.actor()?;
    let asked = Asked::of(pairs, actor.role == Role::School);
    let found = shown(need::valued(ctx.desk(), actor, asked.filter(None)).await?, &asked);
    let content = view! {
        <h1 class="govuk-heading-l">"Requests"</h1>
        {sheets(actor)}
        {filter(&asked, "/requests".to_owned(), actor)}
        {body(found, actor, None, asked.state.is_none())}
    };
    Ok(ctx.page("Requests", content).wide().into_response())
}

/// The way to ask for many at once.
fn sheets(actor: &Actor) -> Option<impl IntoView + use<>> {
    permitted(actor.role, Operation::AskForTour).then(|| {
        view! {
            <p class="govuk-body app-no-print">
                "To ask for several tours at once, or offline, "
                <a class="govuk-link" href=crate::pages::request_sheets::HERE>"fill in a sheet of requests"</a>"."
            </p>
        }
    })
}

pub(super) async fn of_tour(ctx: Context, Path(id): Path<Uuid>, Query(pairs): Query<Vec<(String, String)>>) -> Answer {
    let actor = ctx.actor()?;
    let tour = tours::get(ctx.desk(), actor, id).await?;
    let asked = Asked::of(pairs, actor.role == Role::School);
    let found = shown(need::valued(ctx.desk(), actor, asked.filter(Some(id))).await?, &asked);
    let title = format!("Requests for {}", tour.name);
    let content = view! {
        <span class="govuk-caption-l">{tour.programme_name.clone()}</span>
        <h1 class="govuk-heading-l">{title.clone()}</h1>
        {filter(&asked, format!("/tours/{id}/requests"), actor)}
        {body(found, actor, Some(id), asked.state.is_none())}
    };
    Ok(ctx.page(title, content).wide().back(format!("/tours/{id}")).into_response())
}

fn shown(mut found: Vec<Valued>, asked: &Asked) -> Vec<Valued> {
    found.retain(|v| asked.kind.is_none_or(|kind| v.request.setting_type == kind));
    found
}

fn filter(asked: &Asked, action: String, actor: &Actor) -> impl IntoView + use<> {
    let states: Vec<Choice> = std::iter::once(choice("all", "All"))
        .chain(RequestState::ALL.iter().map(|s| choice(s.as_str(), s.label())))
        .collect();
    let kinds: Vec<Choice> = std::iter::once(choice("", "All"))
        .chain(SettingType::ALL.iter().map(|k| choice(k.as_str(), k.label())))
        .collect();
    let form = asked.form.clone();
    let kinds = (actor.role != Role::School)
        .then(|| view! { <Select form=form.clone() name="kind" label="Setting type" choices=kinds/> });
    view! {
        <form method="get" action=action class="app-filter" aria-label="Requests">
            <Select form=form.clone() name="state" label="State" choices=states/>
            {kinds}
            <Button text="Show" variant="secondary"/>
        </form>
    }
}

fn body(found: Vec<Valued>, actor: &Actor, tour: Option<Uuid>, with_state: bool) -> AnyView {
    let may_set = permitted(actor.role, Operation::EditWeights);
    if found.is_empty() {
        return nothing(actor.role, tour).into_any();
    }
    let pupils: i64 = found.iter().map(|v| v.request.expected()).sum();
    let sessions: i64 = found.iter().map(|v| v.request.sessions).sum();
    let count = i64::try_from(found.len()).unwrap_or(i64::MAX);
    let sum = format!(
        "{}: {} for {}.",
        plural(count, "request", "requests"),
        plural(sessions, "session", "sessions"),
        plural(pupils, "pupil", "pupils")
    );
    let (caption, table) = match actor.role {
        Role::School => ("Your school’s requests", own(found)),
        _ => ("Requests, what is worth most to a plan first", worth(found, actor, tour.is_none(), with_state)),
    };
    let (heads, numeric, rows) = table;
    let set = may_set.then(|| {
        view! {
            <p class="govuk-body app-no-print">"A plan serves what is worth most. "<a class="govuk-link" href="/weights">"See and set what counts"</a></p>
        }
    });
    view! {
        <p class="govuk-body" role="status">{sum}</p>
        {set}
        <DataTable caption=caption caption_hidden=true heads=heads numeric=numeric rows=rows/>
    }
    .into_any()
}

fn nothing(role: Role, tour: Option<Uuid>) -> impl IntoView {
    let next = match (role, tour) {
        (Role::School, Some(tour)) => (format!("/tours/{tour}/request"), "Ask for this tour to come"),
        (Role::Commissioner, Some(tour)) => (format!("/tours/{tour}/invite"), "Invite the schools with gaps"),
        _ => ("/tours".to_owned(), "See the tours"),
    };
    let text = match role {
        Role::School => "Your school has no such request.",
        _ => "There is no such request.",
    };
    view! { <Empty text=text><p class="govuk-body"><a class="govuk-link" href=next.0>{next.1}</a></p></Empty> }
}

type Table = (Vec<&'static str>, Vec<usize>, Vec<Vec<AnyView>>);

fn asked_on(v: &Valued) -> String {
    short_date(v.request.asked_at.with_timezone(&chrono_tz::Europe::London).date_naive())
}

/// What the school was offered and said no to, while it goes on asking.
fn declined(request: &Request) -> Option<impl IntoView + use<>> {
    request.declined().map(|d| view! { <br/><span class="govuk-body-s">{d.still_asks()}</span> })
}

/// A school's own: what a plan makes of them is not its business.
fn own(mut found: Vec<Valued>) -> Table {
    found.sort_by_key(|v| std::cmp::Reverse((v.request.asked_at, v.request.id)));
    let rows = found
        .into_iter()
        .map(|v| {
            let on = asked_on(&v);
            let r = v.request;
            vec![
                view! { <a class="govuk-link" href=format!("/requests/{}", r.id)>{r.tour.clone()}</a> }.into_any(),
                r.school.clone().into_any(),
                plural(r.sessions, "session", "sessions").into_any(),
                view! { {state_tag(r.state)}{declined(&r)} }.into_any(),
                on.into_any(),
            ]
        })
        .collect();
    (vec!["Tour", "School", "Sessions", "State", "Asked on"], Vec::new(), rows)
}

fn worth(found: Vec<Valued>, actor: &Actor, with_tour: bool, with_state: bool) -> Table {
    let may_book = permitted(actor.role, Operation::BookSession);
    let rows = found
        .into_iter()
        .map(|v| {
            let (value, on) = (v.value(), asked_on(&v));
            let r = v.request;
            let why = v.points.iter().map(|p| format!("{}: {}", p.why, thousands(p.points))).collect::<Vec<_>>().join("; ");
            let split = if r.sessions > 1 && !r.may_split { ", on one day" } else { "" };
            let days = format!("{} preferred, {} not possible", r.preferred.len(), r.impossible.len());
            let book = (may_book && r.state == RequestState::Asked).then(|| {
                let href = format!("/tours/{}/book?setting={}", r.tour_id, r.setting_id);
                view! { <a class="govuk-link app-no-print" href=href>"Book for them"<span class="govuk-visually-hidden">", "{r.school.clone()}</span></a> }
            });
            let estimated = r.is_estimated.then_some(" (from the roll)");
            let mut cells = vec![
                view! { <a class="govuk-link" href=format!("/requests/{}", r.id)>{r.school.clone()}</a><br/>{r.setting_type.label()} }
                    .into_any(),
                view! { {plural(r.expected(), "pupil", "pupils")}{estimated}<br/>{plural(r.sessions, "session", "sessions")}{split} }
                    .into_any(),
                view! { {r.part_of_day.label()}<br/><span class="app-muted">{days}</span> }.into_any(),
                thousands(value).into_any(),
                view! { <span class="govuk-body-s">{sentence(&why)}</span> }.into_any(),
                view! { {with_state.then(|| view! { {state_tag(r.state)}<br/> })}{on}{declined(&r)}<br/>{book} }.into_any(),
            ];
            if with_tour {
                cells.insert(1, r.tour.clone().into_any());
            }
            cells
        })
        .collect();
    let mut heads =
        vec!["School", "For", "When", "Points", "Why", if with_state { "State, asked on" } else { "Asked on" }];
    let mut numeric = vec![3];
    if with_tour {
        heads.insert(1, "Tour");
        numeric = vec![4];
    }
    (heads, numeric, rows)
}
