//! A school's ordinary week, and when its hall is free.

use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use domain::availability::{HallWindow, Week, hall};
use domain::calendar::{WEEK, weekday_name};
use leptos::prelude::*;
use records::Error;
use records::school_calendar::{self, Clash, Proposed, School};
use uuid::Uuid;

use super::{clash_list, confirmed};
use crate::components::*;
use crate::pages::teams::{put_weekdays, weekday_choices, weekdays};
use crate::web::answer::{Answer, once};
use crate::web::context::Context;
use crate::web::form::Form;
use crate::web::page::Page;

/// Monday to Friday.
fn school_days() -> &'static [chrono::Weekday] {
    &WEEK[..5]
}

fn hall_field(day: chrono::Weekday) -> String {
    format!("hall_{}", day.num_days_from_monday())
}

pub(super) async fn page(ctx: Context, Path(id): Path<Uuid>) -> Answer {
    let detail = school_calendar::get(ctx.desk(), ctx.actor()?, id).await?;
    let week = detail.calendar.week;
    let mut form = Form::of([
        ("version", detail.week_version.to_string()),
        ("alternates", if week.a_from.is_some() { "yes" } else { "no" }.to_owned()),
    ]);
    put_weekdays(&mut form, "closed", week.closed);
    put_weekdays(&mut form, "closed_b", week.closed_b);
    if let Some(from) = week.a_from {
        form.put_date("a_from", from);
    }
    for day in school_days() {
        let windows: Vec<String> =
            detail.calendar.hall.iter().filter(|w| w.is_on(*day)).map(ToString::to_string).collect();
        form.put(&hall_field(*day), windows.join(", "));
    }
    Ok(form_page(&ctx, &detail.school, form, &[]).into_response())
}

pub(super) async fn set(ctx: Context, Path(id): Path<Uuid>, mut form: Form) -> Answer {
    let school = school_calendar::get(ctx.desk(), ctx.actor()?, id).await?.school;
    // A form without its version is stale: none has ever had this one.
    let version = form.get("version").parse().unwrap_or(-1);
    let mut clashes = Vec::new();
    if let Some((week, hall)) = read(&mut form) {
        let proposed = Proposed::Week(week, hall.clone());
        clashes = school_calendar::clashes(ctx.desk(), ctx.actor()?, id, &proposed).await?;
        if confirmed(&mut form, &clashes) {
            match once(school_calendar::set_week(&ctx.desk_for(&form), ctx.actor()?, id, version, week, &hall).await) {
                Ok(id) => return Ok(ctx.see_other_with(format!("/schools/{id}/dates"), "Week and hall changed")),
                Err(Error::Invalid(errors)) => form.refuse_all(errors),
                Err(other) => return Err(other.into()),
            }
        }
    }
    Ok(form_page(&ctx, &school, form, &clashes).status(StatusCode::UNPROCESSABLE_ENTITY).into_response())
}

fn read(form: &mut Form) -> Option<(Week, Vec<HallWindow>)> {
    let alternates = form.has("alternates", "yes");
    let a_from = if alternates { form.date("a_from", "the Monday on which a week A begins") } else { None };
    let closed_b = if alternates { weekdays(form, "closed_b") } else { [].into_iter().collect() };
    let week = Week { closed: weekdays(form, "closed"), closed_b, a_from };
    let mut windows = Vec::new();
    for day in school_days() {
        let field = hall_field(*day);
        match hall(*day, form.get(&field)) {
            Ok(read) => windows.extend(read),
            Err(message) => form.refuse(field, message),
        }
    }
    if let Err(faults) = week.check() {
        faults.into_iter().for_each(|fault| form.refuse(fault.field, fault.message));
    }
    form.is_good().then_some((week, windows))
}

fn form_page(ctx: &Context, school: &School, form: Form, clashes: &[Clash]) -> Page {
    let version = form.get("version").to_owned();
    let halls = school_days()
        .iter()
        .map(|day| {
            view! { <TextInput form=form.clone() name=hall_field(*day) label=weekday_name(*day) width="width-20"/> }
        })
        .collect_view();
    let alternates = vec![choice("no", "Every week is the same"), choice("yes", "Weeks A and B alternate")];
    let listed = clash_list(&form, clashes);
    let content = view! {
        <ErrorSummary form=form.clone()/>
        <span class="govuk-caption-l">{school.name.clone()}</span>
        <h1 class="govuk-heading-l">"The week and the hall"</h1>
        <PostForm form=form.clone() action=format!("/schools/{}/week", school.id)>
            <Hidden name="version" value=version/>
            {listed}
            <Checkboxes form=form.clone() name="closed" legend="Weekdays on which no team can come"
                hint="In every week, or in weeks A where weeks alternate" choices=weekday_choices(school_days())/>
            <Radios form=form.clone() name="alternates" legend="Two weeks" choices=alternates/>
            <Checkboxes form=form.clone() name="closed_b" legend="And in weeks B"
                hint="Only where weeks alternate" choices=weekday_choices(school_days())/>
            <DateInput form=form.clone() name="a_from" legend="A Monday on which a week A begins"
                hint="Only where weeks alternate. Weeks of holiday are not counted: after them it goes on. For example, 7 9 2026"/>
            <h2 class="govuk-heading-m">"When the hall is free"</h2>
            <p class="govuk-body">"From get-in to get-out the team stays in the hall. Write times like 9:00-11:45, 13:15-15:30. Leave a day blank if the hall is free all day."</p>
            {halls}
            <Button text="Save"/>
        </PostForm>
    };
    ctx.page("The week and the hall", content).back(format!("/schools/{}/dates", school.id))
}
