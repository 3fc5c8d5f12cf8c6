//! Making openings by rule: weekdays between two dates, without holidays. What it would make is shown first.

use std::collections::BTreeMap;

use axum::extract::{Path, Query};
use axum::http::StatusCode;
use axum::response::IntoResponse;
use chrono::NaiveDate;
use domain::calendar::{LeftOut, WEEK, WorkingDays};
use leptos::prelude::*;
use records::openings::{self, Planned, Preview, Rule};
use records::tours::{self, Tour};
use records::{Error, teams};
use uuid::Uuid;

use crate::components::*;
use crate::pages::teams::{put_weekdays, weekday_choices, weekdays};
use crate::web::answer::{Answer, Problem, once};
use crate::web::context::Context;
use crate::web::form::Form;
use crate::web::page::Page;

/// The fields of a rule, carried from its preview to its making.
const FIELDS: [&str; 9] =
    ["teams", "from-day", "from-month", "from-year", "to-day", "to-month", "to-year", "weekdays", "slots"];

pub(super) async fn page(ctx: Context, Path(id): Path<Uuid>, Query(pairs): Query<Vec<(String, String)>>) -> Answer {
    let mut form = Form::of(pairs);
    let tour = tours::get(ctx.desk(), ctx.actor()?, id).await?;
    if FIELDS.iter().all(|field| form.get(field).is_empty()) {
        tour.teams.iter().for_each(|team| form.put("teams", team.id.to_string()));
        form.put_date("from", tour.starts.max(ctx.desk().today()));
        form.put_date("to", tour.ends);
        put_weekdays(&mut form, "weekdays", WorkingDays::WEEKDAYS);
    }
    Ok(rule_page(&ctx, &tour, form).await?.into_response())
}

pub(super) async fn preview(ctx: Context, Path(id): Path<Uuid>, Query(pairs): Query<Vec<(String, String)>>) -> Answer {
    let mut form = Form::of(pairs);
    let tour = tours::get(ctx.desk(), ctx.actor()?, id).await?;
    if let Some(rule) = read(&mut form) {
        match openings::preview(ctx.desk(), ctx.actor()?, id, &rule).await {
            Ok(preview) => return Ok(preview_page(&ctx, &tour, &preview, &form).into_response()),
            Err(Error::Invalid(errors)) => form.refuse_all(errors),
            Err(other) => return Err(other.into()),
        }
    }
    Ok(rule_page(&ctx, &tour, form).await?.status(StatusCode::UNPROCESSABLE_ENTITY).into_response())
}

pub(super) async fn make(ctx: Context, Path(id): Path<Uuid>, mut form: Form) -> Answer {
    let tour = tours::get(ctx.desk(), ctx.actor()?, id).await?;
    if let Some(rule) = read(&mut form) {
        match once(openings::make(&ctx.desk_for(&form), ctx.actor()?, id, &rule).await) {
            Ok(id) => return Ok(ctx.see_other_with(format!("/tours/{id}/openings"), "Openings made")),
            Err(Error::Invalid(errors)) => form.refuse_all(errors),
            Err(other) => return Err(other.into()),
        }
    }
    Ok(rule_page(&ctx, &tour, form).await?.status(StatusCode::UNPROCESSABLE_ENTITY).into_response())
}

fn read(form: &mut Form) -> Option<Rule> {
    let teams: Vec<Uuid> = form.all("teams").filter_map(|id| id.parse().ok()).collect();
    let slots: Vec<String> = form.all("slots").map(str::to_owned).collect();
    let from = form.date("from", "the first day");
    let to = form.date("to", "the last day");
    Some(Rule { teams, from: from?, to: to?, weekdays: weekdays(form, "weekdays"), slots })
}

async fn rule_page(ctx: &Context, tour: &Tour, form: Form) -> Result<Page, Problem> {
    let back = format!("/tours/{}/openings", tour.id);
    let own = teams::list(ctx.desk(), ctx.actor()?, Some(tour.provider_id)).await?;
    let mut labels: Vec<String> = Vec::new();
    for team in own.iter().filter(|team| tour.teams.iter().any(|t| t.id == team.id)) {
        for slot in team.patterns.iter().flat_map(|p| &p.slots) {
            if !labels.contains(&slot.label) {
                labels.push(slot.label.clone());
            }
        }
    }
    let slots = labels.iter().map(|label| choice(label, label)).collect::<Vec<_>>();
    let teams = tour.teams.iter().map(|t| choice(t.id, &t.name)).collect::<Vec<_>>();
    let days = weekday_choices(&WEEK[..5]);
    let content = view! {
        <ErrorSummary form=form.clone()/>
        <span class="govuk-caption-l">{tour.name.clone()}</span>
        <h1 class="govuk-heading-l">"Make openings by rule"</h1>
        <p class="govuk-body">"Every chosen weekday between two dates, except bank holidays, days outside the school terms and days on which a team does not work. You see the openings before they are made."</p>
        <form method="get" action=format!("{back}/rule/preview") novalidate>
            <Checkboxes form=form.clone() name="teams" legend="Teams" choices=teams/>
            <DateInput form=form.clone() name="from" legend="First day"/>
            <DateInput form=form.clone() name="to" legend="Last day"/>
            <Checkboxes form=form.clone() name="weekdays" legend="Days of the week" choices=days/>
            {(slots.len() > 1).then(|| view! {
                <Checkboxes form=form name="slots" legend="Slots" hint="Leave all blank for every slot of the day" choices=slots/>
            })}
            <Button text="Preview"/>
        </form>
    };
    Ok(ctx.page("Make openings by rule", content).back(back))
}

fn preview_page(ctx: &Context, tour: &Tour, preview: &Preview, form: &Form) -> Page {
    let here = format!("/tours/{}/openings/rule", tour.id);
    let count = i64::try_from(preview.planned.len()).unwrap_or(i64::MAX);
    let days = i64::try_from(preview.days().len()).unwrap_or(i64::MAX);
    let made = plural(count, "opening", "openings");
    let fields: Vec<_> = form.pairs().iter().filter(|(field, _)| FIELDS.contains(&field.as_str())).cloned().collect();
    let again = format!("{here}?{}", query(&fields));
    let back = again.clone();
    let body = if preview.planned.is_empty() {
        view! {
            <Empty text="There is no day to open between these dates.">
                <p class="govuk-body"><a class="govuk-link" href=again>"Change the rule"</a></p>
            </Empty>
        }
        .into_any()
    } else {
        let hidden = fields.into_iter().map(|(name, value)| view! { <Hidden name=name value=value/> }).collect_view();
        view! {
            <p class="govuk-body">{format!("The rule makes {made} on {}.", plural(days, "day", "days"))}</p>
            <PostForm form=Form::default() action=here>
                {hidden}
                <div class="govuk-button-group">
                    <Button text=format!("Make {made}")/>
                    <a class="govuk-link" href=again>"Change the rule"</a>
                </div>
            </PostForm>
            {planned(&preview.planned)}
        }
        .into_any()
    };
    let content = view! {
        <span class="govuk-caption-l">{tour.name.clone()}</span>
        <h1 class="govuk-heading-l">"Openings this rule makes"</h1>
        {without_terms(preview)}
        {body}
        {already(&preview.already)}
        {left_out(&preview.left_out)}
    };
    ctx.page("Openings this rule makes", content).back(back)
}

/// Fields as a query.
fn query(fields: &[(String, String)]) -> String {
    let encoded =
        |text: &str| percent_encoding::utf8_percent_encode(text, percent_encoding::NON_ALPHANUMERIC).to_string();
    fields.iter().map(|(field, value)| format!("{field}={}", encoded(value))).collect::<Vec<_>>().join("&")
}

fn without_terms(preview: &Preview) -> Option<impl IntoView + use<>> {
    let years: Vec<_> = preview.years_without_terms.iter().map(ToString::to_string).collect();
    (!years.is_empty()).then(|| {
        let text = format!(
            "The school terms of {} are not entered, so only weekends and bank holidays are left out. An administrator enters them under Authority.",
            years.join(" and ")
        );
        view! { <Warning text=text/> }
    })
}

fn planned(planned: &[Planned]) -> impl IntoView + use<> {
    let mut days: BTreeMap<NaiveDate, Vec<String>> = BTreeMap::new();
    for plan in planned {
        let slot = format!("{}, {} to {}, {}", plan.slot.label, plan.slot.starts, plan.slot.ends, plan.team_name);
        days.entry(plan.on_date).or_default().push(slot);
    }
    let rows = days
        .into_iter()
        .map(|(day, slots)| {
            let slots = slots.into_iter().map(|slot| view! { <li>{slot}</li> }).collect_view();
            vec![long_date(day).into_any(), view! { <ul class="govuk-list">{slots}</ul> }.into_any()]
        })
        .collect();
    view! { <DataTable caption="Openings by day" heads=vec!["Day", "Slots"] rows=rows/> }
}

fn already(already: &[Planned]) -> Option<impl IntoView + use<>> {
    let count = i64::try_from(already.len()).unwrap_or(i64::MAX);
    (count > 0).then(|| {
        let text = plural(count, "slot is", "slots are");
        view! { <p class="govuk-body">{format!("{text} open already or hold a session, and stay as they are.")}</p> }
    })
}

/// The days left out, with why; weekends go without saying.
fn left_out(days: &[(NaiveDate, LeftOut)]) -> Option<impl IntoView + use<>> {
    let lines: Vec<_> = days
        .iter()
        .filter_map(|(day, why)| {
            let why = match why {
                LeftOut::Weekend => return None,
                LeftOut::NotWorking => "not a chosen weekday, or no team works".to_owned(),
                LeftOut::BankHoliday(name) => name.clone(),
                LeftOut::OutsideTerm => "outside the school terms".to_owned(),
                LeftOut::TeamAway(from, to) if from == to => "the team is away".to_owned(),
                LeftOut::TeamAway(from, to) => format!("the team is away, {}", domain::availability::days(*from, *to)),
            };
            Some(view! { <li>{format!("{}: {why}", long_date(*day))}</li> })
        })
        .collect();
    let count = i64::try_from(lines.len()).unwrap_or(i64::MAX);
    (count > 0).then(|| {
        view! {
            <details class="govuk-details">
                <summary class="govuk-details__summary">
                    <span class="govuk-details__summary-text">{format!("{} left out besides weekends", plural(count, "day is", "days are"))}</span>
                </summary>
                <div class="govuk-details__text"><ul class="govuk-list">{lines.collect_view()}</ul></div>
            </details>
        }
    })
}
