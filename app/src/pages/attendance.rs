//! Recording attendance: one row of figures for each group, in a hall, on a phone.

use std::collections::BTreeMap;

use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use domain::access::Operation;
use domain::attendance::{Figure, Headcounts, MOST_PEOPLE};
use domain::session::State;
use leptos::prelude::*;
use records::attendance::{self, Group, Sheet, Statement, field};
use records::{Conflict, Error};
use uuid::Uuid;

use crate::components::*;
use crate::islands::TallyPad;
use crate::web::answer::{Answer, once};
use crate::web::context::Context;
use crate::web::form::Form;
use crate::web::page::Page;
use crate::web::routes::{Routes, Who};

pub(crate) fn routes(routes: Routes) -> Routes {
    let who = Who::May(Operation::RecordAttendance);
    routes.get("/sessions/{id}/attendance", who, edit).post("/sessions/{id}/attendance", who, record)
}

async fn edit(ctx: Context, Path(id): Path<Uuid>) -> Answer {
    let sheet = attendance::sheet(ctx.desk(), ctx.actor()?, id).await?;
    if let Some(why) = sheet.session.why_not(ctx.desk().today(), ctx.actor()?.role) {
        return Ok(closed(&ctx, &sheet, &why).into_response());
    }
    let form = of_record(&sheet);
    let version = sheet.session.version;
    Ok(page(&ctx, &sheet, form, version, false).into_response())
}

async fn record(ctx: Context, Path(id): Path<Uuid>, mut form: Form) -> Answer {
    let sheet = attendance::sheet(ctx.desk(), ctx.actor()?, id).await?;
    let statement = read(&sheet, &mut form);
    let version = statement.version;
    if form.is_good() {
        match once(attendance::record(&ctx.desk_for(&form), ctx.actor()?, id, statement).await) {
            Ok(id) => return Ok(ctx.see_other_with(format!("/sessions/{id}"), "Attendance recorded")),
            Err(Error::Invalid(errors)) => form.refuse_all(errors),
            // Somebody stated numbers meanwhile: theirs are shown beside what was typed, which is kept.
            Err(Error::Conflict(Conflict::Stale)) => {
                let sheet = attendance::sheet(ctx.desk(), ctx.actor()?, id).await?;
                let version = sheet.session.version;
                return Ok(page(&ctx, &sheet, form, version, true).status(StatusCode::CONFLICT).into_response());
            }
            Err(other) => return Err(other.into()),
        }
    }
    Ok(page(&ctx, &sheet, form, version, false).status(StatusCode::UNPROCESSABLE_ENTITY).into_response())
}

/// What is on record, ready to be corrected. Blank stays blank.
fn of_record(sheet: &Sheet) -> Form {
    let mut form = Form::default();
    for group in &sheet.groups {
        for (figure, count) in figures(&group.counts) {
            form.put(&field(figure, group.id), count.map(|n| n.to_string()).unwrap_or_default());
        }
    }
    for (name, minute) in [("starts", sheet.session.actual_starts_minute), ("ends", sheet.session.actual_ends_minute)] {
        if let Some(time) = attendance::Session::time(minute) {
            form.put(name, time.to_string());
        }
    }
    form
}

const fn figures(counts: &Headcounts) -> [(Figure, Option<i64>); 4] {
    [
        (Figure::Pupils, counts.pupils),
        (Figure::Send, counts.send),
        (Figure::Withdrawn, counts.withdrawn),
        (Figure::Adults, counts.adults),
    ]
}

fn read(sheet: &Sheet, form: &mut Form) -> Statement {
    let mut groups = BTreeMap::new();
    for group in &sheet.groups {
        let mut count = |figure, what| form.number(&field(figure, group.id), what, 0, MOST_PEOPLE);
        let counts = Headcounts {
            pupils: count(Figure::Pupils, "Pupils"),
            send: count(Figure::Send, "Pupils with SEND"),
            withdrawn: count(Figure::Withdrawn, "Pupils withdrawn"),
            adults: count(Figure::Adults, "Adults"),
        };
        groups.insert(group.id, counts);
    }
    Statement {
        // A form without its version is stale, and shown again with what is on record.
        version: form.get("version").parse().unwrap_or(0),
        starts: form.read_optional("starts"),
        ends: form.read_optional("ends"),
        groups,
        sure: form.has("sure", "yes"),
        ..Statement::default()
    }
}

fn page(ctx: &Context, sheet: &Sheet, form: Form, version: i64, stale: bool) -> Page {
    let session = &sheet.session;
    let title = if session.state == State::Delivered { "Correct attendance" } else { "Record attendance" };
    let action = format!("/sessions/{}/attendance", session.id);
    let several = sheet.groups.iter().any(|g| g.setting_id != sheet.groups[0].setting_id);
    let groups =
        sheet.groups.iter().map(|group| group_fields(&form, group, several, session.for_adults)).collect_view();
    let planned =
        match (attendance::Session::time(session.starts_minute), attendance::Session::time(session.ends_minute)) {
            (Some(starts), Some(ends)) => format!("Planned: {starts} to {ends}. "),
            _ => String::new(),
        };
    let content = view! {
        <ErrorSummary form=form.clone()/>
        <span class="govuk-caption-l">{format!("{} at {}", session.programme, session.venue)}</span>
        <h1 class="govuk-heading-l">{title}</h1>
        <p class="govuk-body">{long_date(session.on_date)}", "{session.slot_label.clone()}</p>
        {stale.then(|| view! {
            <Warning text="Somebody else recorded this attendance while you were counting. What they stated stands below each group. Your own numbers are still in the fields: save them to correct theirs."/>
        })}
        {(session.state == State::Missed).then(|| view! {
            <Warning text="This session was marked missed. Recording attendance says that it took place after all."/>
        })}
        <p class="govuk-body">"0 is a number: enter it where nobody came. Leave blank what you do not know yet."</p>
        <PostForm form=form.clone() action=action>
            <Hidden name="version" value=version.to_string()/>
            {groups}
            {sure(&form)}
            <fieldset class="govuk-fieldset">
                <legend class="govuk-fieldset__legend govuk-fieldset__legend--s">"When it really took place"</legend>
                <p class="govuk-hint">{planned}"Leave blank if you do not know."</p>
                <div class="app-counts">
                    <TextInput form=form.clone() name="starts" label="Began" width="width-5"/>
                    <TextInput form=form.clone() name="ends" label="Ended" width="width-5"/>
                </div>
            </fieldset>
            <Button text="Save attendance"/>
        </PostForm>
    };
    ctx.page(title, content).back(format!("/sessions/{}", session.id)).with_islands()
}

fn group_fields(form: &Form, group: &Group, several: bool, for_adults: bool) -> impl IntoView + use<> {
    let name = group.name();
    let heading = if several && name != group.setting { format!("{}, {name}", group.setting) } else { name.clone() };
    let input = |figure, label: &'static str| {
        view! { <TextInput form=form.clone() name=field(figure, group.id) label=label width="width-4" inputmode="numeric"/> }
    };
    let counted = if for_adults { Figure::Adults } else { Figure::Pupils };
    view! {
        <fieldset class="govuk-fieldset app-card">
            <legend class="govuk-fieldset__legend govuk-fieldset__legend--m">{heading}</legend>
            <p class="govuk-hint">{expected(group, for_adults)}</p>
            <div class="app-counts">
                {(!for_adults).then(|| view! {
                    {input(Figure::Pupils, "Pupils who took part")}
                    {input(Figure::Send, "Of these, with SEND")}
                    {input(Figure::Withdrawn, "Withdrawn by parents")}
                })}
                {input(Figure::Adults, if for_adults { "Adults who took part" } else { "Adults, staff included" })}
            </div>
            <TallyPad target=field(counted, group.id) what=name/>
            {stated(group)}
        </fieldset>
    }
}

fn expected(group: &Group, for_adults: bool) -> String {
    if for_adults {
        return format!("Expected: {}.", group.expected);
    }
    let send = group.expected_send.map(|n| format!(", of whom {n} with SEND")).unwrap_or_default();
    let roll = group.roll.map(|r| format!(" On roll: {} ({}).", r.pupils, r.basis)).unwrap_or_default();
    format!("Expected: {}{send}.{roll}", plural(group.expected, "pupil", "pupils"))
}

/// Who said what, for the one who comes later.
fn stated(group: &Group) -> Option<impl IntoView + use<>> {
    let at = group.stated_at?;
    let names = ["pupils", "with SEND", "withdrawn", "adults"];
    let said: Vec<_> = figures(&group.counts)
        .into_iter()
        .zip(names)
        .filter_map(|((_, count), name)| count.map(|n| format!("{n} {name}")))
        .collect();
    let said = if said.is_empty() { "blank".to_owned() } else { said.join(", ") };
    let who = match (&group.stated_by, group.stated_role) {
        (Some(name), Some(role)) => format!("{name} ({})", role.label().to_lowercase()),
        (Some(name), None) => name.clone(),
        (None, _) => "the council’s own records".to_owned(),
    };
    let counted = match group.counted_by.as_str() {
        "" => String::new(),
        names => format!(", counted by {names}"),
    };
    let flag = group.over_roll.then_some(" More than the roll, and confirmed so.");
    Some(
        view! { <p class="govuk-body-s app-muted">"On record: "{said}", stated by "{format!("{who}{counted}")}", "{date_time(at)}"."{flag}</p> },
    )
}

/// “Sure?”: asked once the numbers are more than the roll; everything typed is still in the fields above.
fn sure(form: &Form) -> Option<impl IntoView + use<>> {
    let asked = form.errors().iter().any(|e| e.field == "sure") || form.has("sure", "yes");
    asked.then(|| {
        view! {
            <div class="app-card app-card--due">
                <Checkboxes form=form.clone() name="sure" legend="Are you sure?"
                    choices=vec![choice("yes", "Yes, these numbers are right although they are more than the roll")]/>
            </div>
        }
    })
}

fn closed(ctx: &Context, sheet: &Sheet, why: &str) -> Page {
    let session = &sheet.session;
    let here = format!("/sessions/{}", session.id);
    let content = view! {
        <span class="govuk-caption-l">{format!("{} at {}", session.programme, session.venue)}</span>
        <h1 class="govuk-heading-l">"Attendance cannot be recorded"</h1>
        <p class="govuk-body">{format!("{why}.")}</p>
        <p class="govuk-body"><a class="govuk-link" href=here.clone()>"Go to the session"</a></p>
    };
    ctx.page("Attendance cannot be recorded", content).back(here)
}
