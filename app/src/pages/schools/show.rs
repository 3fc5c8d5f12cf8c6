//! One school.

use axum::extract::Path;
use axum::response::IntoResponse;
use domain::access::{Operation, Role, permitted};
use leptos::prelude::*;
use records::audit::Line as AuditLine;
use records::lineage::Kin;
use records::schools::{self, Detail, School};
use uuid::Uuid;

use super::{setting_type, status_tag, year_groups};
use crate::components::*;
use crate::web::answer::Answer;
use crate::web::context::Context;

pub(super) async fn show(ctx: Context, Path(id): Path<Uuid>) -> Answer {
    let actor = ctx.actor()?;
    let detail = schools::get(ctx.desk(), actor, id).await?;
    let may_edit = permitted(actor.role, Operation::EditSetting);
    let school = &detail.school;
    let name = school.name.clone();
    let year = permitted(actor.role, Operation::SeeSchoolYear).then(|| {
        let href = format!("/school-year?school={id}");
        view! { <p class="govuk-body app-no-print"><a class="govuk-link" href=href>"Its year at a glance: what is delivered, booked and on offer"</a></p> }
    });
    let calendar = permitted(actor.role, Operation::SeeCalendar).then(|| {
        view! {
            <p class="govuk-body app-no-print">
                <a class="govuk-link" href=format!("/schools/{id}/calendar")>"Its calendar by month and week"</a>
                ", and the "<a class="govuk-link" href=format!("/schools/{id}/dates")>"days without visits"</a>
            </p>
        }
    });
    let content = view! {
        <h1 class="govuk-heading-l">{name.clone()}{status_tag(school.status)}</h1>
        {kin(&detail.kin)}
        {year}
        {calendar}
        <SummaryList rows=summary(school, may_edit)/>
        {roll(&detail, may_edit)}
        {audit(detail.audit)}
    };
    Ok(ctx.page(name, content).back("/schools").into_response())
}

/// Whose history it carries, and who carries its own.
fn kin(kin: &Kin) -> impl IntoView + use<> {
    let link = |(id, urn, name): &(Uuid, i64, String)| {
        view! { <a class="govuk-link" href=format!("/schools/{id}")>{name.clone()}</a>{format!(" (URN {urn})")} }
    };
    let before = (!kin.before.is_empty()).then(|| {
        let names =
            kin.before.iter().enumerate().map(|(at, school)| view! { {(at > 0).then_some(", ")}{link(school)} });
        view! { <p class="govuk-body">"It carries on the history of "{names.collect_view()}"."</p> }
    });
    let after = kin.after.as_ref().map(|school| {
        view! { <div class="govuk-inset-text">"It is carried on by "{link(school)}", which has its history too."</div> }
    });
    view! { {after}{before} }
}

fn summary(school: &School, may_edit: bool) -> Vec<Row> {
    let edit = |what: &str| may_edit.then(|| (format!("/schools/{}/edit", school.id), what.to_owned()));
    let changeable = |key: &str, value: AnyView, what: &str| Row { key: key.to_owned(), value, change: edit(what) };
    let mut rows = Vec::new();
    let mut known = |key: &str, value: Option<String>| {
        if let Some(value) = value.filter(|value| !value.is_empty()) {
            rows.push(row(key, value));
        }
    };
    known("URN", school.urn.map(|urn| urn.to_string()));
    known("Phase", Some(school.phase.label().to_owned()));
    known("Establishment type", Some(school.establishment_type.clone()));
    let corrected = if school.setting_type_is_corrected() { " (corrected by a person)" } else { "" };
    let kind = format!("{}{corrected}", setting_type(school.kind, school.setting_type));
    rows.push(changeable("Setting type", kind.into_any(), "setting type"));
    let source = school.year_groups_source.label();
    let years = match school.year_groups() {
        Some(_) => {
            format!("{}, {source}", year_groups(school.year_groups(), domain::setting::YearGroupsSource::Stated))
        }
        None => year_groups(None, school.year_groups_source),
    };
    rows.push(changeable("Year groups", years.into_any(), "year groups"));
    let mut known = |key: &str, value: Option<String>| {
        if let Some(value) = value.filter(|value| !value.is_empty()) {
            rows.push(row(key, value));
        }
    };
    known("Pupils", school.pupils.map(thousands));
    known("Pupils with an education, health and care plan", school.ehc_plans.map(thousands));
    known("Pupils with SEN support", school.sen_support.map(thousands));
    let address: Vec<String> =
        [&school.street, &school.town, &school.postcode].into_iter().flatten().cloned().collect();
    known("Address", Some(address.join(", ")));
    // Said also where nobody knows: coverage by area cannot place the school.
    known("Ward", Some(or_none(&school.ward)));
    known("Constituency", Some(or_none(&school.constituency)));
    known("Trust", school.trust_name.clone());
    rows.push(changeable("Telephone", or_none(&school.telephone).into_any(), "telephone number"));
    rows.push(changeable("Email", or_none(&school.email).into_any(), "email address"));
    let website = match &school.website {
        Some(address) => {
            view! { <a class="govuk-link" href=address.clone() rel="noreferrer">{address.clone()}</a> }.into_any()
        }
        None => or_none(&None).into_any(),
    };
    rows.push(changeable("Website", website, "website"));
    rows
}

fn or_none(value: &Option<String>) -> String {
    value.clone().unwrap_or_else(|| "Not known".to_owned())
}

fn roll(detail: &Detail, may_edit: bool) -> impl IntoView + use<> {
    let numbers = detail.roll.all();
    let link = format!("/schools/{}/roll", detail.school.id);
    let rows = numbers
        .iter()
        .map(|(year_group, number)| {
            vec![
                year_group.to_string().into_any(),
                thousands(number.pupils).into_any(),
                number.basis.label().into_any(),
            ]
        })
        .collect();
    let assumed = (detail.school.year_groups().is_none() && !numbers.is_empty())
        .then_some(" Its year groups are not known, so it is taken to teach Reception to Year 11.");
    let table = if numbers.is_empty() {
        view! { <p class="govuk-body">"Not known: the school list has no number of pupils for this school."</p> }
            .into_any()
    } else {
        view! {
            <p class="govuk-body">"An estimate is the school’s pupils shared equally among its year groups."{assumed}</p>
            <DataTable caption="Numbers on roll by year group" caption_hidden=true numeric=vec![1] rows=rows
                heads=vec!["Year group", "Pupils", "Counted or estimated"]/>
        }
        .into_any()
    };
    view! {
        <h2 class="govuk-heading-m">{format!("Numbers on roll, {}", detail.academic_year)}</h2>
        {table}
        {may_edit.then(|| view! {
            <p class="govuk-body"><a class="govuk-link" href=link>"Enter counted numbers on roll"</a></p>
        })}
    }
}

fn audit(lines: Vec<AuditLine>) -> Option<impl IntoView> {
    if lines.is_empty() {
        return None;
    }
    let rows = lines
        .into_iter()
        .map(|line| {
            let role = line.role.parse::<Role>().map_or(line.role.clone(), |role| role.label().to_owned());
            let who = line.person.map_or_else(|| role.clone(), |person| format!("{person} ({role})"));
            vec![date_time(line.at).into_any(), who.into_any(), line.before.into_any(), line.after.into_any()]
        })
        .collect();
    Some(view! {
        <h2 class="govuk-heading-m">"Changes people made"</h2>
        <DataTable caption="Changes people made" caption_hidden=true heads=vec!["When", "Who", "Before", "After"] rows=rows/>
    })
}
