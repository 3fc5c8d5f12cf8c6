//! A team's hours, the minutes it needs, and where its base lies.

use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use domain::availability::Hours;
use domain::slot::TimeOfDay;
use leptos::prelude::*;
use records::Error;
use records::teams::{self, Base, Team};
use uuid::Uuid;

use crate::components::*;
use crate::web::answer::{Answer, once};
use crate::web::context::Context;
use crate::web::form::Form;
use crate::web::page::Page;

/// The rows of a team's page; `change` leads to the form.
pub(super) fn rows(team: &Team, may_edit: bool) -> Vec<Row> {
    let line = |key: &str, value: String, what: &str| Row {
        key: key.to_owned(),
        value: value.into_any(),
        change: may_edit.then(|| (format!("/teams/{}/hours", team.id), what.to_owned())),
    };
    let hours = team.hours();
    let minutes = |count| plural(count, "minute", "minutes");
    let base = team.base().map_or_else(
        || "Not known: routes and travel times need it".to_owned(),
        |(easting, northing)| format!("Easting {}, northing {}", thousands(easting), thousands(northing)),
    );
    let most = hours.most_sessions.map_or_else(|| "As many as there are slots".to_owned(), thousands);
    vec![
        line("Where the base lies", base, "where the base lies"),
        line("Hours", format!("Sets out from {}, is back by {}", hours.earliest_start, hours.latest_home), "hours"),
        line("Get-in", format!("{} before the first session at a place", minutes(hours.get_in_minutes)), "get-in"),
        line("Get-out", format!("{} after the last", minutes(hours.get_out_minutes)), "get-out"),
        line(
            "Turnaround",
            format!("{} between two sessions in one place", minutes(hours.turnaround_minutes)),
            "turnaround",
        ),
        line("Most sessions a day", most, "most sessions a day"),
    ]
}

pub(super) async fn page(ctx: Context, Path(id): Path<Uuid>) -> Answer {
    let team = teams::get(ctx.desk(), ctx.actor()?, id).await?;
    let hours = team.hours();
    let (easting, northing) = team.base().unzip();
    let text = |number: Option<i64>| number.map(|n| n.to_string()).unwrap_or_default();
    let form = Form::of([
        ("version", team.version.to_string()),
        ("earliest_start", hours.earliest_start.to_string()),
        ("latest_home", hours.latest_home.to_string()),
        ("get_in_minutes", hours.get_in_minutes.to_string()),
        ("get_out_minutes", hours.get_out_minutes.to_string()),
        ("turnaround_minutes", hours.turnaround_minutes.to_string()),
        ("most_sessions", text(hours.most_sessions)),
        ("easting", text(easting)),
        ("northing", text(northing)),
    ]);
    Ok(form_page(&ctx, &team, form).into_response())
}

pub(super) async fn set(ctx: Context, Path(id): Path<Uuid>, mut form: Form) -> Answer {
    let team = teams::get(ctx.desk(), ctx.actor()?, id).await?;
    let version = form.get("version").parse().unwrap_or(0);
    if let Some((hours, base)) = read(&mut form) {
        match once(teams::set_hours(&ctx.desk_for(&form), ctx.actor()?, id, version, hours, &base).await) {
            Ok(id) => return Ok(ctx.see_other_with(format!("/teams/{id}"), "Hours and base changed")),
            Err(Error::Invalid(errors)) => form.refuse_all(errors),
            Err(other) => return Err(other.into()),
        }
    }
    Ok(form_page(&ctx, &team, form).status(StatusCode::UNPROCESSABLE_ENTITY).into_response())
}

fn read(form: &mut Form) -> Option<(Hours, Base)> {
    let earliest_start = form.read::<TimeOfDay>("earliest_start", "Enter when the team sets out at the earliest");
    let latest_home = form.read::<TimeOfDay>("latest_home", "Enter when the team is back at the latest");
    let mut minutes = |field: &str, what: &str| {
        let number = form.number(field, what, 0, 240);
        if number.is_none() && form.error(field).is_none() {
            form.refuse(field, format!("Enter the minutes: {}", what.to_lowercase()));
        }
        number
    };
    let get_in_minutes = minutes("get_in_minutes", "Get-in");
    let get_out_minutes = minutes("get_out_minutes", "Get-out");
    let turnaround_minutes = minutes("turnaround_minutes", "Turnaround");
    let most_sessions = form.number("most_sessions", "Most sessions a day", 1, domain::slot::MOST_SLOTS);
    let school = form.get("base_school").to_owned();
    let easting = form.number("easting", "The easting", 0, 700_000);
    let northing = form.number("northing", "The northing", 0, 1_300_000);
    let base = match (easting, northing) {
        _ if !school.is_empty() => Base::School(school),
        (Some(easting), Some(northing)) => Base::At(easting, northing),
        (None, None) => Base::Postcode,
        (None, Some(_)) => {
            form.refuse("easting", "Enter the easting too, or leave both blank");
            return None;
        }
        (Some(_), None) => {
            form.refuse("northing", "Enter the northing too, or leave both blank");
            return None;
        }
    };
    if !form.is_good() {
        return None;
    }
    let hours = Hours {
        earliest_start: earliest_start?,
        latest_home: latest_home?,
        get_in_minutes: get_in_minutes?,
        get_out_minutes: get_out_minutes?,
        turnaround_minutes: turnaround_minutes?,
        most_sessions,
    };
    Some((hours, base))
}

fn form_page(ctx: &Context, team: &Team, form: Form) -> Page {
    let version = form.get("version").to_owned();
    let content = view! {
        <ErrorSummary form=form.clone()/>
        <span class="govuk-caption-l">{team.name.clone()}</span>
        <h1 class="govuk-heading-l">"Hours and base"</h1>
        <PostForm form=form.clone() action=format!("/teams/{}/hours", team.id)>
            <Hidden name="version" value=version/>
            <TextInput form=form.clone() name="earliest_start" label="Sets out no earlier than" width="width-5" hint="Like 7:30am"/>
            <TextInput form=form.clone() name="latest_home" label="Is back no later than" width="width-5" hint="Like 6pm"/>
            <TextInput form=form.clone() name="get_in_minutes" label="Get-in" suffix="minutes" width="width-4" inputmode="numeric"
                hint="Before the first session at a place"/>
            <TextInput form=form.clone() name="get_out_minutes" label="Get-out" suffix="minutes" width="width-4" inputmode="numeric"
                hint="After the last session at a place"/>
            <TextInput form=form.clone() name="turnaround_minutes" label="Turnaround" suffix="minutes" width="width-4" inputmode="numeric"
                hint="Between two sessions in one place"/>
            <TextInput form=form.clone() name="most_sessions" label="Most sessions a day (optional)" width="width-4" inputmode="numeric"
                hint="Leave blank for as many as there are slots"/>
            <h2 class="govuk-heading-m">"Where the base lies"</h2>
            <p class="govuk-body">"Leave all three blank to take the place of a school with the base’s postcode, if there is one."</p>
            <TextInput form=form.clone() name="base_school" label="At a school: its name or URN (optional)"/>
            <TextInput form=form.clone() name="easting" label="Easting (optional)" width="width-10" inputmode="numeric"
                hint="Metres of the national grid, six digits"/>
            <TextInput form=form name="northing" label="Northing (optional)" width="width-10" inputmode="numeric"
                hint="Metres of the national grid, six digits"/>
            <Button text="Save"/>
        </PostForm>
    };
    ctx.page("Hours and base", content).back(format!("/teams/{}", team.id))
}
