//! The school list: its schools, one school, what people correct in it.

mod edit;
mod show;

use axum::extract::Query;
use axum::response::IntoResponse;
use domain::access::{Operation, permitted};
use domain::setting::{Phase, SettingKind, SettingStatus, SettingType, YearGroupsSource};
use domain::year_group::YearGroups;
use leptos::prelude::*;
use records::Page as Rows;
use records::schools::{self, Filter, Line};

use crate::components::*;
use crate::web::answer::Answer;
use crate::web::context::Context;
use crate::web::form::Form;
use crate::web::routes::{Routes, Who};

pub(crate) fn routes(routes: Routes) -> Routes {
    let (see, edit) = (Who::May(Operation::SeeSettings), Who::May(Operation::EditSetting));
    routes
        .get("/schools", see, list)
        .get("/schools/{id}", see, show::show)
        .get("/schools/{id}/edit", edit, edit::edit)
        .post("/schools/{id}/edit", edit, edit::change)
        .get("/schools/{id}/roll", edit, edit::roll)
        .post("/schools/{id}/roll", edit, edit::count)
}

async fn list(ctx: Context, Query(pairs): Query<Vec<(String, String)>>) -> Answer {
    let form = Form::of(pairs);
    let rows = Rows::new(form.get("page").parse().unwrap_or(1));
    let filter = Filter {
        search: form.get("search").to_owned(),
        setting_type: form.get("setting_type").parse().ok(),
        phase: form.get("phase").parse().ok(),
        gone: form.has("gone", "yes"),
    };
    let actor = ctx.actor()?;
    let (lines, total) = schools::list(ctx.desk(), actor, &filter, rows).await?;
    let pages = (total + rows.size - 1) / rows.size;
    let can_import = permitted(actor.role, Operation::ImportSchools);
    let narrowed = filter != Filter::default();
    let path = format!("/schools?{}page=", query(&form));
    let found = if filter.gone {
        plural(total, "school is closed or no longer in the list", "schools are closed or no longer in the list")
    } else {
        plural(total, "school", "schools")
    };
    let content = view! {
        <h1 class="govuk-heading-l">"Schools"</h1>
        {can_import.then(|| view! {
            <div class="govuk-button-group">
                <ButtonLink href="/schools/import" text="Import the school list" secondary=true/>
                <ButtonLink href="/histories" text="Import older records" secondary=true/>
                <a class="govuk-link" href="/schools/rolls">"Import rolls from the census"</a>
                {permitted(actor.role, Operation::EditPeople).then(|| view! {
                    <a class="govuk-link" href="/people/lists">"Import schools’ people"</a>
                })}
                <a class="govuk-link" href="/imports">"All imports"</a>
            </div>
        })}
        {permitted(actor.role, Operation::FollowSchools).then(|| view! {
            <p class="govuk-body"><a class="govuk-link" href="/schools/successors">"Schools that closed, and who follows them"</a></p>
        })}
        {filter_form(form)}
        {if lines.is_empty() {
            nothing(narrowed, can_import).into_any()
        } else {
            view! {
                <p class="govuk-body" role="status">{found}</p>
                {table(lines)}
                <Pagination path=path page=rows.number pages=pages/>
            }
            .into_any()
        }}
    };
    Ok(ctx.page("Schools", content).wide().into_response())
}

fn filter_form(form: Form) -> impl IntoView {
    let types = SettingType::ALL.iter().map(|t| choice(t.as_str(), t.label()));
    let phases = Phase::ALL.iter().map(|p| choice(p.as_str(), p.label()));
    let with_all = |choices: &mut dyn Iterator<Item = Choice>| {
        let mut all = vec![choice("", "All")];
        all.extend(choices);
        all
    };
    let status = vec![choice("", "Open"), choice("yes", "Closed or no longer in the list")];
    view! {
        <form method="get" action="/schools" class="app-filter" role="search" aria-label="Schools">
            <TextInput form=form.clone() name="search" label="Part of a name, or a URN" width="width-20"/>
            <Select form=form.clone() name="setting_type" label="Setting type" choices=with_all(&mut types.into_iter())/>
            <Select form=form.clone() name="phase" label="Phase" choices=with_all(&mut phases.into_iter())/>
            <Select form=form name="gone" label="Status" choices=status/>
            <Button text="Find" variant="secondary"/>
        </form>
    }
}

/// The filter as a query, for the links to other pages of the list.
fn query(form: &Form) -> String {
    ["search", "setting_type", "phase", "gone"]
        .iter()
        .filter(|field| !form.get(field).is_empty())
        .map(|field| {
            let value = percent_encoding::utf8_percent_encode(form.get(field), percent_encoding::NON_ALPHANUMERIC);
            format!("{field}={value}&")
        })
        .collect()
}

fn nothing(narrowed: bool, can_import: bool) -> impl IntoView {
    let (text, way_on) = if narrowed {
        let way = view! { <p class="govuk-body"><a class="govuk-link" href="/schools">"Show all open schools"</a></p> };
        ("No school fits what you asked for.", way.into_any())
    } else if can_import {
        let way = view! { <p class="govuk-body"><a class="govuk-link" href="/schools/import">"Import the school list"</a>" to begin."</p> };
        ("There are no schools yet.", way.into_any())
    } else {
        let way = view! { <p class="govuk-body">"Your council’s Callboard administrator imports them."</p> };
        ("There are no schools yet.", way.into_any())
    };
    view! { <Empty text=text>{way_on}</Empty> }
}

fn table(lines: Vec<Line>) -> impl IntoView {
    let rows = lines
        .into_iter()
        .map(|line| {
            let years = year_groups(line.year_groups(), line.year_groups_source);
            let name = view! { <a class="govuk-link" href=format!("/schools/{}", line.id)>{line.name.clone()}</a> };
            vec![
                view! { {name}{status_tag(line.status)} }.into_any(),
                line.urn.map(|urn| urn.to_string()).unwrap_or_default().into_any(),
                setting_type(line.kind, line.setting_type).into_any(),
                line.phase.label().into_any(),
                years.into_any(),
                line.pupils.map(thousands).unwrap_or_default().into_any(),
                line.town.unwrap_or_default().into_any(),
            ]
        })
        .collect();
    view! {
        <DataTable caption="Schools" caption_hidden=true numeric=vec![5] rows=rows
            heads=vec!["Name", "URN", "Setting type", "Phase", "Year groups", "Pupils", "Town"]/>
    }
}

/// “Special”, or for a setting that is no school, what it is.
fn setting_type(kind: SettingKind, setting_type: SettingType) -> &'static str {
    if kind == SettingKind::School { setting_type.label() } else { kind.label() }
}

/// Only what is out of the ordinary is marked.
fn status_tag(status: SettingStatus) -> Option<impl IntoView> {
    let colour = match status {
        SettingStatus::Open => return None,
        SettingStatus::Closing => "yellow",
        SettingStatus::Closed | SettingStatus::NotInList => "grey",
    };
    Some(view! { " "<Tag text=status.label() colour=colour/> })
}

/// The year groups in words, with where they come from when that is not the school list itself.
fn year_groups(year_groups: Option<YearGroups>, source: YearGroupsSource) -> String {
    match (year_groups, source) {
        (_, YearGroupsSource::NotStated) => "Not stated: ask the school".to_owned(),
        (_, YearGroupsSource::NotFollowed) => "Not followed: the school chooses by stage".to_owned(),
        (Some(groups), YearGroupsSource::Estimated) => format!("{} (estimated)", capitalised(&groups)),
        (Some(groups), _) => capitalised(&groups),
        (None, _) => "Not known".to_owned(),
    }
}

fn capitalised(groups: &YearGroups) -> String {
    if groups.is_empty() { "None from Reception on".to_owned() } else { groups.to_string() }
}
