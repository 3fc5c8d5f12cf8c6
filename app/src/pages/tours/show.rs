//! One tour: its facts, its openings, and where it leads.

use axum::extract::{Path, Query};
use axum::response::IntoResponse;
use domain::access::{Actor, Operation, Role, Scope, permitted};
use domain::programme::Status;
use domain::session::first_bookable;
use domain::tour::Price;
use leptos::prelude::*;
use records::openings::{self, Opening};
use records::tours::{self, Counted, Counts, Tour};
use uuid::Uuid;

use crate::components::*;
use crate::pages::attendance_sheets::HERE;
use crate::pages::openings::{days_of_page, time_of};
use crate::pages::programmes::{audience_words, status_tag};
use crate::web::answer::Answer;
use crate::web::context::Context;
use crate::web::form::Form;

pub(super) async fn show(ctx: Context, Path(id): Path<Uuid>, Query(pairs): Query<Vec<(String, String)>>) -> Answer {
    let actor = ctx.actor()?;
    let Counted { tour, counts } = tours::get_counted(ctx.desk(), actor, id).await?;
    let from = first_bookable(actor.role, ctx.desk().today());
    let free = openings::free(ctx.desk(), actor, id, from).await?;
    let may_edit = permitted(actor.role, Operation::EditTour);
    let history = if may_edit { tours::history(ctx.desk(), actor, id).await? } else { Vec::new() };
    let page = Form::of(pairs).get("page").parse().unwrap_or(1);
    let content = view! {
        <span class="govuk-caption-l">{tour.programme_name.clone()}</span>
        <h1 class="govuk-heading-l">{tour.name.clone()}" "{may_edit.then(|| status_tag(tour.status))}</h1>
        {actions(&tour, actor)}
        <SummaryList rows=facts(&tour, &counts, actor)/>
        <h2 class="govuk-heading-m">"Openings"</h2>
        {free_openings(&tour, &counts, actor, free, page)}
        <AuditLines lines=history/>
    };
    Ok(ctx.page(tour.name.clone(), content).back("/tours").into_response())
}

/// Where the tour leads, for whoever may go there.
fn actions(tour: &Tour, actor: &Actor) -> impl IntoView + use<> {
    let here = format!("/tours/{}", tour.id);
    let may = |operation| permitted(actor.role, operation);
    let ours = actor.role == Role::School;
    let links = [
        (
            format!("/sessions?tour={}", tour.id),
            if ours { "Our sessions of it" } else { "Its sessions" },
            may(Operation::SeeSessions),
        ),
        (format!("{here}/calendar"), "Its calendar by month and week", may(Operation::SeeProviders)),
        (
            format!("{here}/results"),
            "What pupils and staff answered",
            may(Operation::SeeFeedback) && actor.role != Role::School,
        ),
        (
            format!("{here}/attendance-sheet"),
            "Attendance sheet to fill in without signal",
            may(Operation::RecordAttendance),
        ),
        (HERE.to_owned(), "Upload a filled attendance sheet", may(Operation::RecordAttendance)),
        (format!("{here}/wait"), "Waiting list", may(Operation::WaitForSlot) && tour.status == Status::Open),
        (
            format!("{here}/request"),
            if ours { "Ask for this tour to come" } else { "Ask for a school that rang or wrote" },
            may(Operation::AskForTour) && tour.status == Status::Open,
        ),
        (
            format!("{here}/request-sheet"),
            "Sheet of requests to fill in offline, for several schools",
            may(Operation::AskForTour) && tour.status == Status::Open && !matches!(actor.scope, Scope::Setting(_)),
        ),
        (
            format!("{here}/requests"),
            if ours { "What we asked for" } else { "Requests that schools made" },
            may(Operation::SeeRequests),
        ),
        (format!("{here}/openings"), "Make and withdraw openings", may(Operation::EditOpenings)),
        (format!("{here}/invite"), "Invite schools", may(Operation::InviteSchools)),
        (format!("/plans/new?tour={}", tour.id), "Plan it", may(Operation::PlanTours) && tour.status != Status::Closed),
        (format!("{here}/edit"), "Change the tour", may(Operation::EditTour)),
    ]
    .into_iter()
    .filter(|(.., may)| *may)
    .map(|(href, text, _)| view! { <li><a class="govuk-link" href=href>{text}</a></li> })
    .collect_view();
    view! { <ul class="govuk-list app-no-print">{links}</ul> }
}

fn facts(tour: &Tour, counts: &Counts, actor: &Actor) -> Vec<Row> {
    let may_edit = permitted(actor.role, Operation::EditTour);
    let edit = format!("/tours/{}/edit", tour.id);
    let fact = |key: &str, value: String, what: &str| Row {
        key: key.to_owned(),
        value: value.into_any(),
        change: may_edit.then(|| (edit.clone(), what.to_owned())),
    };
    let programme = format!("/programmes/{}", tour.programme_id);
    let teams: Vec<_> = tour.teams.iter().map(|t| t.name.as_str()).collect();
    let mut rows = vec![
        row("Programme", view! { <a class="govuk-link" href=programme>{tour.programme_name.clone()}</a> }),
        row("For", audience_words(&tour.audience())),
        row("Provider", provider(tour, permitted(actor.role, Operation::SeeProviders))),
        fact("Teams", teams.join(", "), "teams"),
        fact("Dates", format!("{} to {}", long_date(tour.starts), long_date(tour.ends)), "dates"),
        row("Academic year", tour.academic_year.to_string()),
        fact("Price to the school", price(tour), "price"),
        fact("Notice", notice(tour.notice_days), "days of notice"),
    ];
    if actor.role == domain::access::Role::School {
        return rows;
    }
    let reached = plural(counts.schools_reached, "school", "schools");
    let progress = format!("{} booked, {reached} reached", super::schools_booked(tour, counts));
    rows.push(fact("Target", tour.target_schools.map_or_else(|| "None".to_owned(), target), "target"));
    rows.push(row("So far", progress));
    rows.push(row("Sessions", thousands(counts.sessions)));
    rows.push(row(
        "Openings",
        format!("{}, of which {} free", thousands(counts.openings), thousands(counts.free_openings)),
    ));
    if actor.role != domain::access::Role::Provider {
        let funders = if tour.funders.is_empty() { "Not stated".to_owned() } else { tour.funders.clone() };
        rows.push(fact("Funders", funders.lines().map(str::trim).collect::<Vec<_>>().join(", "), "funders"));
        let budget = tour.budget().map_or_else(|| "Not stated".to_owned(), |b| b.to_string());
        rows.push(fact("Budget", budget, "budget"));
    }
    if may_edit {
        let change = Some((format!("/tours/{}/status", tour.id), "status".to_owned()));
        rows.push(Row { key: "Status".into(), value: tour.status.label().into_any(), change });
    }
    rows
}

fn target(schools: i64) -> String {
    plural(schools, "school", "schools")
}

fn provider(tour: &Tour, may_see: bool) -> AnyView {
    let name = tour.provider_name.clone();
    if may_see {
        view! { <a class="govuk-link" href=format!("/providers/{}", tour.provider_id)>{name}</a> }.into_any()
    } else {
        name.into_any()
    }
}

fn price(tour: &Tour) -> String {
    match tour.price {
        Price::Free => "Free".to_owned(),
        price => format!("{}: {} a visit", price.label(), tour.price_pence),
    }
}

fn notice(days: i64) -> String {
    match days {
        0 => "A school may move or cancel until the day".to_owned(),
        days => format!("A school may move or cancel until {} before", plural(days, "day", "days")),
    }
}

/// The free openings by day, each leading to its booking.
fn free_openings(tour: &Tour, counts: &Counts, actor: &Actor, free: Vec<Opening>, page: i64) -> AnyView {
    if free.is_empty() {
        return no_openings(tour, counts, actor).into_any();
    }
    let may_book = permitted(actor.role, Operation::BookSession) && tour.status == Status::Open;
    let why_not = (tour.status != Status::Open).then(|| {
        view! { <p class="govuk-body">"The tour is not open, so nothing can be booked at the moment."</p> }
    });
    let several = tour.teams.len() > 1;
    let all = plural(i64::try_from(free.len()).unwrap_or(i64::MAX), "opening is free", "openings are free");
    let (days, pages) = days_of_page(free, page, |opening| opening.on_date);
    let rows = days
        .into_iter()
        .map(|(day, openings)| {
            let slots = openings.into_iter().map(|opening| slot(opening, may_book, several)).collect_view();
            vec![long_date(day).into_any(), view! { <ul class="govuk-list">{slots}</ul> }.into_any()]
        })
        .collect();
    view! {
        {why_not}
        <p class="govuk-body">{all}"."</p>
        <DataTable caption="Free openings by day" caption_hidden=true heads=vec!["Day", "Slots"] rows=rows/>
        <Pagination path=format!("/tours/{}?page=", tour.id) page=page.clamp(1, pages) pages=pages/>
    }
    .into_any()
}

fn slot(opening: Opening, may_book: bool, several: bool) -> AnyView {
    let team = several.then(|| format!(", {}", opening.team_name));
    let what = format!("{}{}", time_of(&opening), team.unwrap_or_default());
    if may_book {
        let href = format!("/tours/{}/book?opening={}", opening.tour_id, opening.id);
        let day = long_date(opening.on_date);
        view! { <li><a class="govuk-link" href=href>"Book "{what}<span class="govuk-visually-hidden">{format!(" on {day}")}</span></a></li> }
            .into_any()
    } else {
        view! { <li>{what}</li> }.into_any()
    }
}

fn no_openings(tour: &Tour, counts: &Counts, actor: &Actor) -> AnyView {
    let make = permitted(actor.role, Operation::EditOpenings);
    let text = if counts.openings == 0 { "There are no openings yet." } else { "No opening is free from now on." };
    let next = if make {
        let href = format!("/tours/{}/openings", tour.id);
        view! { <p class="govuk-body"><a class="govuk-link" href=href>"Make openings"</a>", so that schools can book."</p> }
            .into_any()
    } else {
        let href = format!("/tours/{}/wait", tour.id);
        let ask = format!("/tours/{}/request", tour.id);
        view! { <p class="govuk-body"><a class="govuk-link" href=href>"Wait for a slot"</a>": you are offered the next that suits you. Or "<a class="govuk-link" href=ask>"ask for this tour to come"</a>", and a date is found with you."</p> }
            .into_any()
    };
    view! { <Empty text=text>{next}</Empty> }.into_any()
}
