//! Openings: a tour's slots that schools may book; made day by day or by rule, and withdrawn.

mod day;
mod rule;

use axum::extract::{Path, Query};
use axum::http::StatusCode;
use axum::response::IntoResponse;
use chrono::NaiveDate;
use domain::access::Operation;
use leptos::prelude::*;
use records::openings::{self, Dated, Opening, Standing};
use records::tours::{self, Tour};
use uuid::Uuid;

use crate::components::*;
use crate::web::answer::{Answer, Problem, once};
use crate::web::context::Context;
use crate::web::form::Form;
use crate::web::page::Page;
use crate::web::routes::{Routes, Who};

/// Days with openings that a page lists: four school weeks.
const DAYS_A_PAGE: usize = 20;

pub(crate) fn routes(routes: Routes) -> Routes {
    let edit = Who::May(Operation::EditOpenings);
    routes
        .get("/tours/{id}/openings", edit, list)
        .get("/tours/{id}/openings/add", edit, day::page)
        .post("/tours/{id}/openings/add", edit, day::add)
        .get("/tours/{id}/openings/rule", edit, rule::page)
        .get("/tours/{id}/openings/rule/preview", edit, rule::preview)
        .post("/tours/{id}/openings/rule", edit, rule::make)
        .get("/tours/{id}/openings/withdraw", edit, withdraw_page)
        .post("/tours/{id}/openings/withdraw", edit, withdraw)
}

/// “AM, 9:30am to 10:30am”
pub(super) fn time_of(opening: &Opening) -> String {
    format!("{}, {} to {}", opening.slot_label, opening.starts, opening.ends)
}

/// The rows of a page of days, grouped by day, and how many such pages there are. The rows come by date.
pub(super) fn days_of_page<T>(
    rows: Vec<T>,
    page: i64,
    day: impl Fn(&T) -> NaiveDate,
) -> (Vec<(NaiveDate, Vec<T>)>, i64) {
    let mut days: Vec<(NaiveDate, Vec<T>)> = Vec::new();
    for row in rows {
        let on = day(&row);
        match days.last_mut().filter(|(last, _)| *last == on) {
            Some((_, of_day)) => of_day.push(row),
            None => days.push((on, vec![row])),
        }
    }
    let pages = days.len().div_ceil(DAYS_A_PAGE).max(1);
    let page = usize::try_from(page).unwrap_or(1).clamp(1, pages);
    let shown = days.into_iter().skip((page - 1) * DAYS_A_PAGE).take(DAYS_A_PAGE).collect();
    (shown, i64::try_from(pages).unwrap_or(1))
}

async fn list(ctx: Context, Path(id): Path<Uuid>, Query(pairs): Query<Vec<(String, String)>>) -> Answer {
    let tour = tours::get(ctx.desk(), ctx.actor()?, id).await?;
    Ok(list_page(&ctx, &tour, Form::of(pairs)).await?.into_response())
}

async fn list_page(ctx: &Context, tour: &Tour, form: Form) -> Result<Page, Problem> {
    let (here, today) = (format!("/tours/{}", tour.id), ctx.desk().today());
    let mut openings = openings::of_tour(ctx.desk(), ctx.actor()?, tour.id).await?;
    let past = form.has("past", "yes");
    let earlier = openings.iter().any(|d| d.opening.on_date < today);
    openings.retain(|d| past || d.opening.on_date >= today);
    let page: i64 = form.get("page").parse().unwrap_or(1);
    let body = if openings.is_empty() {
        view! {
            <Empty text="There are no openings from today on.">
                <p class="govuk-body">"Make them by rule for weeks at a time, or day by day."</p>
            </Empty>
        }
        .into_any()
    } else {
        let (days, pages) = days_of_page(openings, page, |d| d.opening.on_date);
        let path = format!("{here}/openings?{}page=", if past { "past=yes&" } else { "" });
        view! {
            {openings_form(&form, tour.id, days, today)}
            <Pagination path=path page=page.clamp(1, pages) pages=pages/>
        }
        .into_any()
    };
    let past_link = (earlier && !past).then(|| {
        let href = format!("{here}/openings?past=yes");
        view! { <p class="govuk-body"><a class="govuk-link" href=href>"Show past openings too"</a></p> }
    });
    let content = view! {
        <ErrorSummary form=form/>
        <span class="govuk-caption-l">{tour.name.clone()}</span>
        <h1 class="govuk-heading-l">"Openings"</h1>
        <div class="govuk-button-group">
            <ButtonLink href=format!("{here}/openings/rule") text="Make openings by rule"/>
            <ButtonLink href=format!("{here}/openings/add") text="Open one day" secondary=true/>
        </div>
        {body}
        {past_link}
    };
    Ok(ctx.page("Openings", content).back(here).wide())
}

/// The openings with a box to tick beside each that can be withdrawn.
fn openings_form(
    form: &Form,
    tour: Uuid,
    days: Vec<(NaiveDate, Vec<Dated>)>,
    today: NaiveDate,
) -> impl IntoView + use<> {
    let mut first = true;
    let rows = days
        .into_iter()
        .flat_map(|(_, dated)| dated)
        .map(|dated| {
            let box_to_tick = (dated.standing == Standing::Free && dated.opening.on_date >= today).then(|| {
                // The first has the field's own id, so that the error summary's link lands on it.
                let id = if std::mem::take(&mut first) { "opening".to_owned() } else { dated.opening.id.to_string() };
                tick(form, id, &dated.opening)
            });
            vec![
                long_date(dated.opening.on_date).into_any(),
                time_of(&dated.opening).into_any(),
                dated.opening.team_name.clone().into_any(),
                standing(dated.standing),
                box_to_tick.into_any(),
            ]
        })
        .collect();
    let error = form.error("opening").map(|text| {
        let text = text.to_owned();
        view! { <p id="opening-error" class="govuk-error-message"><span class="govuk-visually-hidden">"Error: "</span>{text}</p> }
    });
    let heads = vec!["Day", "Slot", "Team", "How it stands", "Withdraw"];
    view! {
        <form method="get" action=format!("/tours/{tour}/openings/withdraw")>
            {error}
            <DataTable caption="Openings" caption_hidden=true heads=heads rows=rows/>
            <Button text="Withdraw the ticked openings" variant="secondary"/>
        </form>
    }
}

fn tick(form: &Form, id: String, opening: &Opening) -> impl IntoView + use<> {
    let value = opening.id.to_string();
    let checked = form.has("opening", &value);
    let label = format!("Withdraw {} on {}, {}", opening.slot_label, long_date(opening.on_date), opening.team_name);
    view! {
        <div class="govuk-checkboxes govuk-checkboxes--small">
            <div class="govuk-checkboxes__item">
                <input class="govuk-checkboxes__input" id=id.clone() name="opening" type="checkbox" value=value checked=checked/>
                <label class="govuk-label govuk-checkboxes__label" for=id><span class="govuk-visually-hidden">{label}</span></label>
            </div>
        </div>
    }
}

fn standing(standing: Standing) -> AnyView {
    match standing {
        Standing::Free => view! { <Tag text="Free" colour="green"/> }.into_any(),
        Standing::Withdrawn => view! { <Tag text="Withdrawn" colour="grey"/> }.into_any(),
        Standing::Taken { session, state, schools } => {
            let what = if schools.is_empty() { "Booked".to_owned() } else { schools.join(", ") };
            let who = match session {
                Some(id) => view! { <a class="govuk-link" href=format!("/sessions/{id}")>{what}</a> }.into_any(),
                None => what.into_any(),
            };
            view! { <Tag text=state.label()/>" "{who} }.into_any()
        }
    }
}

async fn withdraw_page(ctx: Context, Path(id): Path<Uuid>, Query(pairs): Query<Vec<(String, String)>>) -> Answer {
    let mut form = Form::of(pairs);
    let tour = tours::get(ctx.desk(), ctx.actor()?, id).await?;
    let chosen: Vec<Uuid> = form.all("opening").filter_map(|id| id.parse().ok()).collect();
    if chosen.is_empty() {
        form.refuse("opening", "Tick the openings to withdraw");
        let page = list_page(&ctx, &tour, form).await?;
        return Ok(page.status(StatusCode::UNPROCESSABLE_ENTITY).into_response());
    }
    let mut openings = openings::of_tour(ctx.desk(), ctx.actor()?, id).await?;
    openings.retain(|d| d.standing != Standing::Withdrawn && chosen.contains(&d.opening.id));
    if openings.is_empty() {
        return Err(Problem::NotFound);
    }
    Ok(ask(&ctx, &tour, openings).into_response())
}

/// Asks before openings are withdrawn.
fn ask(ctx: &Context, tour: &Tour, openings: Vec<Dated>) -> Page {
    let back = format!("/tours/{}/openings", tour.id);
    let count = i64::try_from(openings.len()).unwrap_or(i64::MAX);
    let title = format!("Withdraw {}?", plural(count, "opening", "openings"));
    let lines = openings
        .iter()
        .map(|d| {
            let o = &d.opening;
            view! { <li>{format!("{}, {}, {}", long_date(o.on_date), time_of(o), o.team_name)}</li> }
        })
        .collect_view();
    let hidden =
        openings.iter().map(|d| view! { <Hidden name="opening" value=d.opening.id.to_string()/> }).collect_view();
    let content = view! {
        <span class="govuk-caption-l">{tour.name.clone()}</span>
        <h1 class="govuk-heading-l">{title.clone()}</h1>
        <ul class="govuk-list govuk-list--bullet">{lines}</ul>
        <p class="govuk-body">"Schools can no longer book them. You can open them again later."</p>
        <PostForm form=Form::default() action=format!("{back}/withdraw")>
            {hidden}
            <div class="govuk-button-group">
                <Button text="Withdraw them" variant="warning"/>
                <a class="govuk-link" href=back.clone()>"Keep them"</a>
            </div>
        </PostForm>
    };
    ctx.page(title, content).back(format!("/tours/{}/openings", tour.id))
}

async fn withdraw(ctx: Context, Path(id): Path<Uuid>, form: Form) -> Answer {
    let chosen: Vec<Uuid> = form.all("opening").filter_map(|id| id.parse().ok()).collect();
    once(openings::withdraw(&ctx.desk_for(&form), ctx.actor()?, id, &chosen).await)?;
    Ok(ctx.see_other_with(format!("/tours/{id}/openings"), "Openings withdrawn"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_fall_into_pages() {
        let first = NaiveDate::MIN;
        let rows: Vec<NaiveDate> = first.iter_days().take(21).flat_map(|day| [day, day]).collect();
        let (days, pages) = days_of_page(rows.clone(), 1, |day| *day);
        assert_eq!((days.len(), days[0].1.len(), pages), (20, 2, 2));
        assert_eq!(days_of_page(rows.clone(), 2, |day| *day).0.len(), 1);
        assert_eq!(days_of_page(rows, 99, |day| *day).0.len(), 1, "a page too far is the last one");
        assert_eq!(days_of_page(Vec::<NaiveDate>::new(), 1, |day| *day), (Vec::new(), 1));
    }
}
