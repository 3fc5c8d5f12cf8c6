//! Programmes: what is offered, for whom, and the visit pack.

mod documents;
mod edit;
mod parents;
mod visit_pack;

use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use domain::access::{Operation, permitted};
use domain::programme::{Audience, Status};
use leptos::prelude::*;
use records::audit::Line;
use records::programmes::{self, Programme};
use records::tours::{self, Counted, Filter};
use records::{Conflict, Error};
use uuid::Uuid;

use crate::components::*;
use crate::web::answer::{Answer, once};
use crate::web::context::Context;
use crate::web::form::Form;
use crate::web::page::Page;
use crate::web::routes::{Routes, Who};

pub(crate) fn routes(routes: Routes) -> Routes {
    let (see, edit) = (Who::May(Operation::SeeProgrammes), Who::May(Operation::EditProgramme));
    routes
        .get("/programmes", see, list)
        .get("/programmes/add", edit, edit::add_page)
        .post("/programmes/add", edit, edit::add)
        .get("/programmes/{id}", see, show)
        .get("/programmes/{id}/edit", edit, edit::edit_page)
        .post("/programmes/{id}/edit", edit, edit::change)
        .get("/programmes/{id}/status", edit, status_page)
        .post("/programmes/{id}/status", edit, set_status)
        .get("/programmes/{id}/visit-pack", see, visit_pack::show)
        .get("/programmes/{id}/visit-pack/edit", edit, visit_pack::edit_page)
        .post("/programmes/{id}/visit-pack/edit", edit, visit_pack::change)
        .get("/programmes/{id}/documents/add", edit, documents::add_page)
        .upload("/programmes/{id}/documents/add", edit, documents::MOST_UPLOAD, documents::add)
        .get("/documents/{id}", see, documents::download)
        .get("/documents/{id}/remove", edit, documents::remove_page)
        .post("/documents/{id}/remove", edit, documents::remove)
        .get("/for-parents/{id}", Who::Anyone, parents::show)
        .get("/for-parents/documents/{id}", Who::Anyone, parents::download)
}

async fn list(ctx: Context) -> Answer {
    let actor = ctx.actor()?;
    let programmes = programmes::list(ctx.desk(), actor).await?;
    let may_edit = permitted(actor.role, Operation::EditProgramme);
    let body =
        if programmes.is_empty() { nothing(may_edit).into_any() } else { table(programmes, may_edit).into_any() };
    let content = view! {
        <h1 class="govuk-heading-l">"Programmes"</h1>
        {may_edit.then(|| view! { <ButtonLink href="/programmes/add" text="Write a programme" secondary=true/> })}
        {body}
    };
    Ok(ctx.page("Programmes", content).wide().into_response())
}

fn nothing(may_edit: bool) -> impl IntoView {
    let next = if may_edit {
        "Write the first one: say for whom it is, how long it lasts and what it needs, then open a tour of it."
    } else {
        "Programmes appear here once the council offers one."
    };
    view! { <Empty text="There are no programmes yet."><p class="govuk-body">{next}</p></Empty> }
}

fn table(programmes: Vec<Programme>, with_status: bool) -> impl IntoView {
    let rows = programmes
        .into_iter()
        .map(|programme| {
            let link = format!("/programmes/{}", programme.id);
            let mut cells = vec![
                view! { <a class="govuk-link" href=link>{programme.name.clone()}</a> }.into_any(),
                programme.kind.label().into_any(),
                audience_words(&programme.audience()).into_any(),
                length(&programme).into_any(),
            ];
            if with_status {
                cells.push(status_tag(programme.status).into_any());
            }
            cells
        })
        .collect();
    let mut heads = vec!["Name", "Kind", "For", "Length"];
    if with_status {
        heads.push("Status");
    }
    view! { <DataTable caption="Programmes" caption_hidden=true heads=heads rows=rows/> }
}

/// For whom, in words: “Year 6: mainstream, special”.
pub(super) fn audience_words(audience: &Audience) -> String {
    match audience {
        Audience::Adults => "Adults".to_owned(),
        Audience::Children { setting_types, year_groups } => {
            let types: Vec<_> = setting_types.iter().map(|t| t.label().to_lowercase()).collect();
            format!("{year_groups}: {}", types.join(", "))
        }
    }
}

/// “2 parts, 95 minutes”
pub(super) fn length(programme: &Programme) -> String {
    let minutes = plural(programme.minutes(), "minute", "minutes");
    match programme.parts.len() {
        0 | 1 => minutes,
        parts => format!("{parts} parts, {minutes} in all"),
    }
}

/// Whether it can be seen and used, in a coloured box.
pub(super) fn status_tag(status: Status) -> impl IntoView {
    let colour = match status {
        Status::Draft => "grey",
        Status::Open => "green",
        Status::Closed => "yellow",
    };
    view! { <Tag text=status.label() colour=colour/> }
}

async fn show(ctx: Context, Path(id): Path<Uuid>) -> Answer {
    let actor = ctx.actor()?;
    let programme = programmes::get(ctx.desk(), actor, id).await?;
    let may_edit = permitted(actor.role, Operation::EditProgramme);
    let tours = match permitted(actor.role, Operation::SeeTours) {
        true => {
            let filter = Filter { programme: Some(id), ..Filter::default() };
            Some(tours::list_counted(ctx.desk(), actor, filter).await?)
        }
        false => None,
    };
    let history = if may_edit { programmes::history(ctx.desk(), actor, id).await? } else { Vec::new() };
    let results = permitted(actor.role, Operation::SeeFeedback);
    let content = shown(&programme, tours, history, may_edit, results, ctx.desk().today());
    Ok(ctx.page(programme.name.clone(), content).back("/programmes").into_response())
}

fn shown(
    programme: &Programme,
    tours: Option<Vec<Counted>>,
    history: Vec<Line>,
    may_edit: bool,
    results: bool,
    today: chrono::NaiveDate,
) -> impl IntoView + use<> {
    let here = format!("/programmes/{}", programme.id);
    let may_tour = may_edit && programme.status != Status::Closed;
    view! {
        <h1 class="govuk-heading-l">{programme.name.clone()}" "{may_edit.then(|| status_tag(programme.status))}</h1>
        <Prose text=programme.summary.clone()/>
        <SummaryList rows=facts(programme, may_edit)/>
        <h2 class="govuk-heading-m">"Visit pack"</h2>
        {visit_pack::in_short(programme, may_edit, today)}
        {tours.map(|tours| view! {
            <h2 class="govuk-heading-m">"Tours"</h2>
            {tour_list(tours, programme.status, may_edit)}
        })}
        {may_tour.then(|| view! { <ButtonLink href=format!("/tours/add?programme={}", programme.id) text="Open a tour of it"/> })}
        {results.then(|| view! {
            <p class="govuk-body"><a class="govuk-link" href=format!("{here}/results")>"What pupils and staff answered"</a></p>
        })}
        <AuditLines lines=history/>
    }
}

fn facts(programme: &Programme, may_edit: bool) -> Vec<Row> {
    let edit = format!("/programmes/{}/edit", programme.id);
    let change = |what: &str| may_edit.then(|| (edit.clone(), what.to_owned()));
    let fact = |key: &str, value: String, what: &str| Row {
        key: key.to_owned(),
        value: if value.is_empty() { "None".to_owned() } else { value }.into_any(),
        change: change(what),
    };
    let parts: Vec<_> = programme
        .parts
        .iter()
        .map(|part| {
            let minutes = plural(part.minutes, "minute", "minutes");
            let text = match (part.title.as_str(), programme.parts.len()) {
                ("", 1) => minutes,
                ("", _) => format!("Part {}, {minutes}", part.number),
                (title, _) => format!("{title}, {minutes}"),
            };
            view! { <div>{text}</div> }
        })
        .collect();
    let largest = programme.largest_group.map_or_else(|| "No limit".to_owned(), thousands);
    let topics = labels(programme.topics.0.iter().map(|t| t.label()));
    let topics = match programme.topics_as_of {
        Some(date) if !topics.is_empty() => format!("{topics} (guidance of {})", long_date(date)),
        _ => topics,
    };
    let mut rows = vec![
        fact("Kind", programme.kind.label().to_owned(), "kind"),
        fact("For", audience_words(&programme.audience()), "audience"),
        Row { key: "Length".into(), value: parts.collect_view().into_any(), change: change("parts and length") },
        fact("Largest group", largest, "largest group"),
        fact("Needs", labels(programme.needs.0.iter().map(|n| n.label())), "needs"),
        fact("Adaptations", labels(programme.adaptations.0.iter().map(|a| a.label())), "adaptations"),
        fact("Topics", topics, "topics"),
    ];
    if may_edit {
        let status = (format!("/programmes/{}/status", programme.id), "status".to_owned());
        rows.push(Row { key: "Status".into(), value: programme.status.label().into_any(), change: Some(status) });
    }
    rows
}

pub(super) fn labels<'a>(labels: impl Iterator<Item = &'a str>) -> String {
    labels.collect::<Vec<_>>().join(", ")
}

fn tour_list(tours: Vec<Counted>, status: Status, may_edit: bool) -> AnyView {
    if tours.is_empty() {
        let text = match (may_edit, status) {
            (true, Status::Closed) => "There is no tour of it, and it is closed.",
            (true, _) => "There is no tour of it yet. Open one, so that schools can book.",
            (false, _) => "There is no tour to book at the moment.",
        };
        return view! { <p class="govuk-body">{text}</p> }.into_any();
    }
    let rows = tours
        .into_iter()
        .map(|Counted { tour, counts }| {
            vec![
                view! { <a class="govuk-link" href=format!("/tours/{}", tour.id)>{tour.name}</a> }.into_any(),
                tour.academic_year.to_string().into_any(),
                tour.provider_name.into_any(),
                thousands(counts.free_openings).into_any(),
            ]
        })
        .collect();
    let heads = vec!["Tour", "Academic year", "Provider", "Free openings"];
    view! { <DataTable caption="Tours" caption_hidden=true heads=heads numeric=vec![3] rows=rows/> }.into_any()
}

async fn status_page(ctx: Context, Path(id): Path<Uuid>) -> Answer {
    let programme = programmes::get(ctx.desk(), ctx.actor()?, id).await?;
    let form = status_form(programme.status, programme.version);
    Ok(ask_status(&ctx, &programme.name, &format!("/programmes/{id}"), form).into_response())
}

async fn set_status(ctx: Context, Path(id): Path<Uuid>, mut form: Form) -> Answer {
    let programme = programmes::get(ctx.desk(), ctx.actor()?, id).await?;
    let here = format!("/programmes/{id}");
    if let Some((status, version)) = read_status(&mut form) {
        match once(programmes::set_status(&ctx.desk_for(&form), ctx.actor()?, id, version, status).await) {
            Ok(_) => return Ok(ctx.see_other_with(here, "Status changed")),
            Err(Error::Invalid(errors)) => form.refuse_all(errors),
            Err(Error::Conflict(Conflict::Stale)) => {
                let programme = programmes::get(ctx.desk(), ctx.actor()?, id).await?;
                form.changed_meanwhile(status_form(programme.status, programme.version));
                return Ok(ask_status(&ctx, &programme.name, &here, form).status(StatusCode::CONFLICT).into_response());
            }
            Err(Error::Conflict(records::Conflict::Refused(why))) => form.refuse("status", why),
            Err(other) => return Err(other.into()),
        }
    }
    Ok(ask_status(&ctx, &programme.name, &here, form).status(StatusCode::UNPROCESSABLE_ENTITY).into_response())
}

/// The form of [`ask_status`] with what is on record.
pub(super) fn status_form(status: Status, version: i64) -> Form {
    Form::of([("status", status.as_str().to_owned()), ("version", version.to_string())])
}

/// The status chosen, and the version it was chosen for.
pub(super) fn read_status(form: &mut Form) -> Option<(Status, i64)> {
    let status = form.read("status", "Choose a status")?;
    // A form without its version is stale.
    Some((status, form.get("version").parse().unwrap_or(0)))
}

/// Asks whether a programme or a tour, called `name` and found at `here`, shall be open to schools.
pub(super) fn ask_status(ctx: &Context, name: &str, here: &str, form: Form) -> Page {
    let version = form.get("version").to_owned();
    let choices = vec![
        choice_with_hint(Status::Draft.as_str(), "Draft", "Only the council sees it, and the provider its own tour"),
        choice_with_hint(Status::Open.as_str(), "Open", "Schools see it and can book"),
        choice_with_hint(Status::Closed.as_str(), "Closed", "No new bookings; what is booked stays"),
    ];
    let content = view! {
        <ErrorSummary form=form.clone()/>
        <span class="govuk-caption-l">{name.to_owned()}</span>
        <h1 class="govuk-heading-l">"Change the status"</h1>
        <PostForm form=form.clone() action=format!("{here}/status")>
            <Hidden name="version" value=version/>
            <Radios form=form name="status" legend="Status" choices=choices/>
            <Button text="Save"/>
        </PostForm>
    };
    ctx.page("Change the status", content).back(here)
}
