//! A team's day is called off: asked first, with every visit that it ends.

use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use chrono::NaiveDate;
use domain::session::Reason;
use leptos::prelude::*;
use records::sessions::{self, CancelDay, TeamDay, Why, calls_off_a_day};
use records::{Conflict, Error};
use uuid::Uuid;

use crate::components::*;
use crate::web::answer::{Answer, once};
use crate::web::context::Context;
use crate::web::form::Form;
use crate::web::page::Page;

/// The sessions the form ends, as the form carries them.
fn seen(day: &TeamDay) -> String {
    day.coming().iter().map(|s| s.id.to_string()).collect::<Vec<_>>().join(",")
}

pub(super) async fn page(ctx: Context, Path((id, on)): Path<(Uuid, NaiveDate)>) -> Answer {
    let day = sessions::team_day(ctx.desk(), ctx.actor()?, id, on).await?;
    let form = Form::of([("seen", seen(&day)), ("away", "yes".to_owned())]);
    Ok(ask(&ctx, &day, form).into_response())
}

pub(super) async fn cancel(ctx: Context, Path((id, on)): Path<(Uuid, NaiveDate)>, mut form: Form) -> Answer {
    let mut day = sessions::team_day(ctx.desk(), ctx.actor()?, id, on).await?;
    let mut status = StatusCode::UNPROCESSABLE_ENTITY;
    if let Some(reason) = form.read::<Reason>("reason", "Choose the reason") {
        let how = CancelDay {
            sessions: form.get("seen").split(',').filter_map(|id| id.parse().ok()).collect(),
            why: Why { reason, note: form.get("note").to_owned() },
            away: form.has("away", "yes"),
        };
        match once(sessions::cancel_day(&ctx.desk_for(&form), ctx.actor()?, id, on, &how).await) {
            Ok(_) => {
                let count = i64::try_from(how.sessions.len()).unwrap_or(0);
                let text = match count {
                    0 => "The team is away this day".to_owned(),
                    _ => format!("{} cancelled. Everybody concerned was told", plural(count, "session", "sessions")),
                };
                return Ok(ctx.see_other_with(format!("/teams/{id}/days/{on}"), &text));
            }
            Err(Error::Invalid(errors)) => form.refuse_all(errors),
            Err(Error::Conflict(Conflict::Refused(why))) => form.refuse("", why),
            Err(Error::Conflict(Conflict::Stale)) => {
                day = sessions::team_day(ctx.desk(), ctx.actor()?, id, on).await?;
                form.replace("seen", seen(&day));
                form.refuse("", "Somebody changed this day meanwhile. Look at what is cancelled now, then press again");
                status = StatusCode::CONFLICT;
            }
            Err(other) => return Err(other.into()),
        }
    }
    Ok(ask(&ctx, &day, form).status(status).into_response())
}

fn ask(ctx: &Context, day: &TeamDay, form: Form) -> Page {
    let here = format!("/teams/{}/days/{}", day.team.id, day.on);
    let coming = day.coming();
    let lines = coming
        .iter()
        .map(|s| {
            let time = s.times().map_or_else(|| s.slot_label.clone(), |(a, b)| format!("{a} to {b}"));
            let text = format!("{time}, {} at {}, {}", s.programme, s.venue, s.state.label().to_lowercase());
            view! { <li>{text}</li> }
        })
        .collect_view();
    let what = if coming.is_empty() {
        view! { <p class="govuk-body">"No session of this day is still to come. The team can still be taken off it."</p> }.into_any()
    } else {
        let count = plural(i64::try_from(coming.len()).unwrap_or(0), "session", "sessions");
        view! {
            <p class="govuk-body">{format!("This cancels {count}:")}</p>
            <ul class="govuk-list govuk-list--bullet">{lines}</ul>
            <p class="govuk-body">"The schools, the provider and the council get a mail, and the visits leave their calendars. You can then plan new days for these schools."</p>
        }
        .into_any()
    };
    let reasons = Reason::ALL.iter().filter(|r| calls_off_a_day(**r)).map(|r| choice(r.as_str(), r.label())).collect();
    let seen = form.get("seen").to_owned();
    let keep = here.clone();
    let content = view! {
        <ErrorSummary form=form.clone()/>
        <span class="govuk-caption-l">{day.team.name.clone()}</span>
        <h1 class="govuk-heading-l">{format!("Cancel {}?", long_date(day.on))}</h1>
        {what}
        <PostForm form=form.clone() action=format!("{here}/cancel")>
            <Hidden name="seen" value=seen/>
            <Radios form=form.clone() name="reason" legend="Reason" choices=reasons/>
            <TextArea form=form.clone() name="note" label="Anything else they should know (optional)" rows=3/>
            <Checkboxes form=form name="away" legend="And the team’s free slots" choices=vec![
                choice_with_hint("yes", "Take the team off this day", "Its free slots are withdrawn, so that no school books them and no plan uses them"),
            ]/>
            <Button text="Cancel the day" variant="warning"/>
        </PostForm>
        <p class="govuk-body"><a class="govuk-link" href=keep>"Keep it as it is"</a></p>
    };
    ctx.page(format!("Cancel {}?", long_date(day.on)), content).back(here)
}

/// On the day's page: the way to calling it off, and what was called off with the way to new days.
pub(super) fn on_the_day(ctx: &Context, day: &TeamDay) -> impl IntoView + use<> {
    let here = format!("/teams/{}/days/{}", day.team.id, day.on);
    let over = day.on < ctx.desk().today();
    let cancel = (!over && !day.coming().is_empty())
        .then(|| view! { <ButtonLink href=format!("{here}/cancel") text="Cancel the whole day" secondary=true/> });
    let called_off = (!day.called_off.is_empty()).then(|| {
        let lines = day
            .called_off
            .iter()
            .map(|s| {
                let reason = s.reason.parse::<Reason>().map_or("", |r| r.label());
                let text = format!("{}, {}", s.venue, s.programme);
                view! { <li><a class="govuk-link" href=format!("/sessions/{}", s.id)>{text}</a>" "{reason}</li> }
            })
            .collect_view();
        let mut tours: Vec<_> = day.called_off.iter().map(|s| s.tour_id).collect();
        tours.sort();
        tours.dedup();
        let query: Vec<_> = tours.iter().map(|tour| format!("tour={tour}")).collect();
        view! {
            <h2 class="govuk-heading-m">"Called off"</h2>
            <ul class="govuk-list">{lines}</ul>
            <ButtonLink href=format!("/plans/new?{}", query.join("&")) text="Plan new days for these schools"/>
        }
    });
    view! { {cancel}{called_off} }
}
