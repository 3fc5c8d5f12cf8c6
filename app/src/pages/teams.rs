//! Teams: one cast or officer unit each, with its working days and the slots of its day.

mod cancel_day;
mod day;
mod hours;
mod leave;

use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use chrono::NaiveDate;
use domain::access::{Operation, permitted};
use domain::calendar::{WEEK, WorkingDays, weekday_name};
use domain::slot::{MOST_SLOTS, Pattern, Slot, TimeOfDay};
use domain::tour::NewTeam;
use leptos::prelude::*;
use records::providers;
use records::teams::{self, Team};
use records::{Conflict, Error};
use uuid::Uuid;

use crate::components::*;
use crate::web::answer::{Answer, once};
use crate::web::context::Context;
use crate::web::form::Form;
use crate::web::page::Page;
use crate::web::routes::{Routes, Who};

pub(crate) fn routes(routes: Routes) -> Routes {
    let (see, edit) = (Who::May(Operation::SeeProviders), Who::May(Operation::EditProvider));
    routes
        .get("/providers/{id}/teams/add", edit, add_page)
        .post("/providers/{id}/teams/add", edit, add)
        .get("/teams/{id}", see, show)
        .get("/teams/{id}/edit", edit, edit_page)
        .post("/teams/{id}/edit", edit, change)
        .get("/teams/{id}/slots", edit, slots_page)
        .post("/teams/{id}/slots", edit, set_slots)
        .get("/teams/{id}/hours", edit, hours::page)
        .post("/teams/{id}/hours", edit, hours::set)
        .get("/teams/{id}/leave", edit, leave::page)
        .post("/teams/{id}/leave", edit, leave::add)
        .get("/teams/{id}/leave/{leave}/remove", edit, leave::remove_page)
        .post("/teams/{id}/leave/{leave}/remove", edit, leave::remove)
        .get("/teams/{id}/days/{date}", Who::May(Operation::AssignPeople), day::page)
        .post("/teams/{id}/days/{date}", Who::May(Operation::AssignPeople), day::set)
        .get("/teams/{id}/days/{date}/cancel", Who::May(Operation::AssignPeople), cancel_day::page)
        .post("/teams/{id}/days/{date}/cancel", Who::May(Operation::AssignPeople), cancel_day::cancel)
}

async fn show(ctx: Context, Path(id): Path<Uuid>) -> Answer {
    let actor = ctx.actor()?;
    let team = teams::get(ctx.desk(), actor, id).await?;
    let may_edit = permitted(actor.role, Operation::EditProvider);
    let change = |what: &str| may_edit.then(|| (format!("/teams/{id}/edit"), what.to_owned()));
    let base: Vec<_> = [Some(team.base_name.clone()), team.base_postcode.clone()]
        .into_iter()
        .flatten()
        .filter(|text| !text.is_empty())
        .collect();
    let base = if base.is_empty() { "Not known".to_owned() } else { base.join(", ") };
    let days = team.working_days.to_string();
    let leave = teams::leave_of(ctx.desk(), actor, id).await?;
    let today = ctx.desk().today();
    let people = permitted(actor.role, Operation::AssignPeople).then(|| {
        view! { <li><a class="govuk-link" href=format!("/teams/{id}/days/{today}")>"Who is in the team today, and on other days"</a></li> }
    });
    let mut rows = vec![
        row(
            "Provider",
            view! { <a class="govuk-link" href=format!("/providers/{}", team.provider_id)>{team.provider_name.clone()}</a> },
        ),
        Row { key: "Base".into(), value: base.into_any(), change: change("base") },
        Row { key: "Working days".into(), value: days.into_any(), change: change("working days") },
    ];
    rows.extend(hours::rows(&team, may_edit));
    let content = view! {
        <h1 class="govuk-heading-l">{team.name.clone()}</h1>
        <ul class="govuk-list app-no-print">
            <li><a class="govuk-link" href=format!("/teams/{id}/calendar")>"Calendar of the team"</a></li>
            {people}
        </ul>
        <SummaryList rows=rows/>
        <h2 class="govuk-heading-m">"Leave"</h2>
        {leave::list(id, leave, may_edit)}
        <h2 class="govuk-heading-m">"Slots"</h2>
        {patterns(&team.patterns, ctx.desk().today())}
        {may_edit.then(|| view! { <ButtonLink href=format!("/teams/{id}/slots") text="Change the slots from a day on" secondary=true/> })}
    };
    Ok(ctx.page(team.name.clone(), content).back(format!("/providers/{}", team.provider_id)).into_response())
}

/// The patterns that are in force or will be, each with its slots.
fn patterns(patterns: &[Pattern], today: NaiveDate) -> AnyView {
    let current = patterns.iter().rposition(|p| p.from <= today).unwrap_or(0);
    if patterns.is_empty() {
        return view! {
            <Empty text="No slots yet.">
                <p class="govuk-body">"Give the times of day at which the team can deliver: openings are made from them."</p>
            </Empty>
        }
        .into_any();
    }
    patterns[current..]
        .iter()
        .map(|pattern| {
            let rows = pattern
                .slots
                .iter()
                .map(|s| {
                    vec![s.label.clone().into_any(), s.starts.to_string().into_any(), s.ends.to_string().into_any()]
                })
                .collect();
            let caption = format!("From {}", long_date(pattern.from));
            view! { <DataTable caption=caption heads=vec!["Slot", "Begins", "Ends"] rows=rows sideways=true/> }
        })
        .collect_view()
        .into_any()
}

async fn add_page(ctx: Context, Path(provider): Path<Uuid>) -> Answer {
    let provider = providers::get(ctx.desk(), ctx.actor()?, provider).await?;
    let mut form = Form::default();
    put_weekdays(&mut form, "working_days", WorkingDays::WEEKDAYS);
    form.put_date("from", ctx.desk().today());
    Ok(add_form(&ctx, provider.id, &provider.name, form).into_response())
}

async fn add(ctx: Context, Path(provider): Path<Uuid>, mut form: Form) -> Answer {
    let provider = providers::get(ctx.desk(), ctx.actor()?, provider).await?;
    let team = read(&mut form);
    let slots = read_slots(&mut form);
    if let (Some(team), Some((from, slots))) = (team, slots) {
        match once(teams::add(&ctx.desk_for(&form), ctx.actor()?, provider.id, team, from, slots).await) {
            Ok(id) => return Ok(ctx.see_other_with(format!("/teams/{id}"), "Team added")),
            Err(Error::Invalid(errors)) => form.refuse_all(errors),
            Err(other) => return Err(other.into()),
        }
    }
    Ok(add_form(&ctx, provider.id, &provider.name, form).status(StatusCode::UNPROCESSABLE_ENTITY).into_response())
}

fn add_form(ctx: &Context, provider: Uuid, name: &str, form: Form) -> Page {
    let content = view! {
        <ErrorSummary form=form.clone()/>
        <span class="govuk-caption-l">{name.to_owned()}</span>
        <h1 class="govuk-heading-l">"Add a team"</h1>
        <PostForm form=form.clone() action=format!("/providers/{provider}/teams/add")>
            {team_fields(&form)}
            {slot_fields(&form)}
            <Button text="Add the team"/>
        </PostForm>
    };
    ctx.page("Add a team", content).back(format!("/providers/{provider}"))
}

async fn edit_page(ctx: Context, Path(id): Path<Uuid>) -> Answer {
    let team = teams::get(ctx.desk(), ctx.actor()?, id).await?;
    let form = of_record(&team);
    Ok(edit_form(&ctx, &team, form).into_response())
}

fn of_record(team: &Team) -> Form {
    let mut form = Form::of([
        ("version", team.version.to_string()),
        ("name", team.name.clone()),
        ("base_name", team.base_name.clone()),
        ("base_postcode", team.base_postcode.clone().unwrap_or_default()),
    ]);
    put_weekdays(&mut form, "working_days", team.working_days);
    form
}

async fn change(ctx: Context, Path(id): Path<Uuid>, mut form: Form) -> Answer {
    let team = teams::get(ctx.desk(), ctx.actor()?, id).await?;
    // A form without its version is stale.
    let version = form.get("version").parse().unwrap_or(0);
    if let Some(new) = read(&mut form) {
        match once(teams::change(&ctx.desk_for(&form), ctx.actor()?, id, version, new).await) {
            Ok(id) => return Ok(ctx.see_other_with(format!("/teams/{id}"), "Team changed")),
            Err(Error::Invalid(errors)) => form.refuse_all(errors),
            Err(Error::Conflict(Conflict::Stale)) => {
                let team = teams::get(ctx.desk(), ctx.actor()?, id).await?;
                form.changed_meanwhile(of_record(&team));
                return Ok(edit_form(&ctx, &team, form).status(StatusCode::CONFLICT).into_response());
            }
            Err(other) => return Err(other.into()),
        }
    }
    Ok(edit_form(&ctx, &team, form).status(StatusCode::UNPROCESSABLE_ENTITY).into_response())
}

fn edit_form(ctx: &Context, team: &Team, form: Form) -> Page {
    let version = form.get("version").to_owned();
    let content = view! {
        <ErrorSummary form=form.clone()/>
        <span class="govuk-caption-l">{team.name.clone()}</span>
        <h1 class="govuk-heading-l">"Change this team"</h1>
        <PostForm form=form.clone() action=format!("/teams/{}/edit", team.id)>
            <Hidden name="version" value=version/>
            {team_fields(&form)}
            <Button text="Save"/>
        </PostForm>
    };
    ctx.page("Change this team", content).back(format!("/teams/{}", team.id))
}

async fn slots_page(ctx: Context, Path(id): Path<Uuid>) -> Answer {
    let team = teams::get(ctx.desk(), ctx.actor()?, id).await?;
    let form = slots_of_record(&team, ctx.desk().today());
    Ok(slots_form(&ctx, &team, form).into_response())
}

/// The slots in force on `from`, ready to be changed from that day on.
fn slots_of_record(team: &Team, from: NaiveDate) -> Form {
    let mut form = Form::of([("version", team.version.to_string())]);
    form.put_date("from", from);
    for slot in team.slots_on(from) {
        let n = slot.number;
        form.put(&format!("label_{n}"), slot.label.clone());
        form.put(&format!("starts_{n}"), slot.starts.to_string());
        form.put(&format!("ends_{n}"), slot.ends.to_string());
    }
    form
}

async fn set_slots(ctx: Context, Path(id): Path<Uuid>, mut form: Form) -> Answer {
    let team = teams::get(ctx.desk(), ctx.actor()?, id).await?;
    let version = form.get("version").parse().unwrap_or(0);
    if let Some((from, slots)) = read_slots(&mut form) {
        match once(teams::set_pattern(&ctx.desk_for(&form), ctx.actor()?, id, version, from, slots).await) {
            Ok(id) => return Ok(ctx.see_other_with(format!("/teams/{id}"), "Slots changed")),
            Err(Error::Invalid(errors)) => form.refuse_all(errors),
            Err(Error::Conflict(Conflict::Stale)) => {
                let team = teams::get(ctx.desk(), ctx.actor()?, id).await?;
                form.changed_meanwhile(slots_of_record(&team, from));
                return Ok(slots_form(&ctx, &team, form).status(StatusCode::CONFLICT).into_response());
            }
            Err(other) => return Err(other.into()),
        }
    }
    Ok(slots_form(&ctx, &team, form).status(StatusCode::UNPROCESSABLE_ENTITY).into_response())
}

fn slots_form(ctx: &Context, team: &Team, form: Form) -> Page {
    let version = form.get("version").to_owned();
    let content = view! {
        <ErrorSummary form=form.clone()/>
        <span class="govuk-caption-l">{team.name.clone()}</span>
        <h1 class="govuk-heading-l">"Change the slots from a day on"</h1>
        <p class="govuk-body">"Openings that were made before keep their times, and so do bookings."</p>
        <PostForm form=form.clone() action=format!("/teams/{}/slots", team.id)>
            <Hidden name="version" value=version/>
            {slot_fields(&form)}
            <Button text="Save the slots"/>
        </PostForm>
    };
    ctx.page("Change the slots from a day on", content).back(format!("/teams/{}", team.id))
}

fn team_fields(form: &Form) -> impl IntoView + use<> {
    view! {
        <TextInput form=form.clone() name="name" label="Name" hint="Such as “Cast A” or “Cyber officers, west”"/>
        <TextInput form=form.clone() name="base_name" label="Base" hint="Where it sets out from. May be left blank"/>
        <TextInput form=form.clone() name="base_postcode" label="Postcode of the base" width="width-10" hint="May be left blank"/>
        <Checkboxes form=form.clone() name="working_days" legend="Working days" choices=weekday_choices(&WEEK)/>
    }
}

fn slot_fields(form: &Form) -> impl IntoView + use<> {
    let slots = (1..=MOST_SLOTS)
        .map(|n| {
            view! {
                <fieldset class="govuk-fieldset">
                    <legend class="govuk-fieldset__legend govuk-fieldset__legend--s">{format!("Slot {n}")}</legend>
                    <div class="app-slot">
                        <TextInput form=form.clone() name=format!("label_{n}") label="Name"/>
                        <TextInput form=form.clone() name=format!("starts_{n}") label="Begins" width="width-5"/>
                        <TextInput form=form.clone() name=format!("ends_{n}") label="Ends" width="width-5"/>
                    </div>
                </fieldset>
            }
        })
        .collect_view();
    view! {
        <h2 class="govuk-heading-m">"Slots of a day"</h2>
        <p class="govuk-body">"The times at which the team can deliver, like 9:30 to 10:30, named “AM”. Slots must not overlap. Leave blank those you do not need."</p>
        {slots}
        <DateInput form=form.clone() name="from" legend="The first day these slots hold"/>
    }
}

fn read(form: &mut Form) -> Option<NewTeam> {
    let name = form.required("name", "Enter the team’s name");
    let base_postcode = Some(form.get("base_postcode").to_owned()).filter(|text| !text.is_empty());
    let team = NewTeam {
        name: name?,
        base_name: form.get("base_name").to_owned(),
        base_postcode,
        working_days: weekdays(form, "working_days"),
    };
    form.is_good().then_some(team)
}

/// The pattern's first day and its slots.
fn read_slots(form: &mut Form) -> Option<(NaiveDate, Vec<Slot>)> {
    let mut slots = Vec::new();
    for number in 1..=MOST_SLOTS {
        let [label, starts, ends] = ["label", "starts", "ends"].map(|part| format!("{part}_{number}"));
        if [&label, &starts, &ends].iter().all(|field| form.get(field).is_empty()) {
            continue;
        }
        let named = form.required(&label, &format!("Enter the name of slot {number}"));
        let begins = form.read::<TimeOfDay>(&starts, &format!("Enter when slot {number} begins"));
        let over = form.read::<TimeOfDay>(&ends, &format!("Enter when slot {number} ends"));
        if let (Some(label), Some(starts), Some(ends)) = (named, begins, over) {
            slots.push(Slot { number, label, starts, ends });
        }
    }
    let from = form.date("from", "the first day these slots hold");
    if !form.is_good() {
        return None;
    }
    Some((from?, slots))
}

/// Days of the week to choose from, as [`weekdays`] reads them.
pub(super) fn weekday_choices(days: &[chrono::Weekday]) -> Vec<Choice> {
    days.iter().map(|day| choice(day.num_days_from_monday(), weekday_name(*day))).collect()
}

/// The days of the week that were chosen in `field`.
pub(super) fn weekdays(form: &Form, field: &str) -> WorkingDays {
    let chosen = |day: &chrono::Weekday| form.has(field, &day.num_days_from_monday().to_string());
    WEEK.into_iter().filter(chosen).collect()
}

/// Puts days of the week into `field`.
pub(super) fn put_weekdays(form: &mut Form, field: &str, days: WorkingDays) {
    for day in WEEK.into_iter().filter(|day| days.contains(*day)) {
        form.put(field, day.num_days_from_monday().to_string());
    }
}
