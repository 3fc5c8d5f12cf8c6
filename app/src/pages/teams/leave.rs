//! A team's leave.

use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use domain::availability::Leave;
use leptos::prelude::*;
use records::Error;
use records::teams::{self, Met, Team};
use uuid::Uuid;

use crate::components::*;
use crate::web::answer::{Answer, once};
use crate::web::context::Context;
use crate::web::form::Form;
use crate::web::page::Page;

/// The leave to come, on the team's page.
pub(super) fn list(team: Uuid, leave: Vec<Leave>, may_edit: bool) -> impl IntoView {
    let body = if leave.is_empty() {
        view! { <p class="govuk-body">"None to come."</p> }.into_any()
    } else {
        let rows = leave
            .into_iter()
            .map(|leave| {
                let days = domain::availability::days(leave.from, leave.to);
                let mut cells = vec![days.clone().into_any(), leave.note.into_any()];
                if may_edit {
                    let href = format!("/teams/{team}/leave/{}/remove", leave.id);
                    cells.push(
                        view! { <a class="govuk-link" href=href>"Remove"<span class="govuk-visually-hidden">" leave, "{days}</span></a> }
                            .into_any(),
                    );
                }
                cells
            })
            .collect();
        let mut heads = vec!["Days", "Note"];
        if may_edit {
            heads.push("Change");
        }
        view! { <DataTable caption="Leave to come" caption_hidden=true heads=heads rows=rows/> }.into_any()
    };
    let add =
        may_edit.then(|| view! { <ButtonLink href=format!("/teams/{team}/leave") text="Add leave" secondary=true/> });
    view! { {body}{add} }
}

pub(super) async fn page(ctx: Context, Path(id): Path<Uuid>) -> Answer {
    let team = teams::get(ctx.desk(), ctx.actor()?, id).await?;
    Ok(form_page(&ctx, &team, Form::default(), &Met::default()).into_response())
}

pub(super) async fn add(ctx: Context, Path(id): Path<Uuid>, mut form: Form) -> Answer {
    let team = teams::get(ctx.desk(), ctx.actor()?, id).await?;
    let from = form.date("from", "the first day");
    let to = form.date_optional("to", "the last day");
    let mut met = Met::default();
    if let (Some(from), true) = (from, form.is_good()) {
        let to = to.unwrap_or(from);
        met = teams::met_by(ctx.desk(), ctx.actor()?, id, from, to).await?;
        if confirmed(&mut form, &met) {
            let note = form.get("note").to_owned();
            match once(teams::add_leave(&ctx.desk_for(&form), ctx.actor()?, id, from, to, &note).await) {
                Ok(_) => return Ok(ctx.see_other_with(format!("/teams/{id}"), "Leave added")),
                Err(Error::Invalid(errors)) => form.refuse_all(errors),
                Err(other) => return Err(other.into()),
            }
        }
    }
    Ok(form_page(&ctx, &team, form, &met).status(StatusCode::UNPROCESSABLE_ENTITY).into_response())
}

/// Whether the form was sent before and named all of these sessions; else says so in it.
fn confirmed(form: &mut Form, met: &Met) -> bool {
    let seen = form.get("confirmed").to_owned();
    if met.sessions.iter().all(|s| seen.split(',').any(|id| id == s.id.to_string())) {
        return true;
    }
    let keys: Vec<_> = met.sessions.iter().map(|s| s.id.to_string()).collect();
    form.replace("confirmed", keys.join(","));
    let count = i64::try_from(met.sessions.len()).unwrap_or(i64::MAX);
    let what =
        plural(count, "session is booked or offered on these days", "sessions are booked or offered on these days");
    form.refuse("clashes", format!("{what}. Look at what to do, and save again if it is right"));
    false
}

fn form_page(ctx: &Context, team: &Team, form: Form, met: &Met) -> Page {
    let lines = met
        .sessions
        .iter()
        .map(|s| {
            let text = format!(
                "{} at {}, {} ({})",
                s.programme,
                s.venue,
                long_date(s.on_date),
                s.state.label().to_lowercase()
            );
            view! { <li><a class="govuk-link" href=format!("/sessions/{}", s.id)>{text}</a></li> }
        })
        .collect_view();
    let openings = (met.openings > 0).then(|| {
        let text = plural(met.openings, "free opening falls", "free openings fall");
        view! { <p class="govuk-body">{format!("{text} on these days: withdraw them on the tour’s page, or schools may book them.")}</p> }
    });
    let clashes = (!met.sessions.is_empty()).then(|| {
        view! {
            <div class="govuk-inset-text" id="clashes" tabindex="-1">
                <p class="govuk-body">"These sessions stay as they are when you save. Move each to another team or day, or cancel it."</p>
                <ul class="govuk-list govuk-list--bullet">{lines}</ul>
                {openings}
            </div>
        }
    });
    let confirmed = form.get("confirmed").to_owned();
    let content = view! {
        <ErrorSummary form=form.clone()/>
        <span class="govuk-caption-l">{team.name.clone()}</span>
        <h1 class="govuk-heading-l">"Add leave"</h1>
        <p class="govuk-body">"For days on which the whole team is away. If only some people are called away, name others for the day instead."</p>
        <PostForm form=form.clone() action=format!("/teams/{}/leave", team.id)>
            {clashes}
            <Hidden name="confirmed" value=confirmed/>
            <DateInput form=form.clone() name="from" legend="First day"/>
            <DateInput form=form.clone() name="to" legend="Last day (optional)" hint="Leave blank for a single day"/>
            <TextInput form=form name="note" label="Note (optional)" hint="The provider and the council read it; schools are only told that the team is away"/>
            <Button text="Save"/>
        </PostForm>
    };
    ctx.page("Add leave", content).back(format!("/teams/{}", team.id))
}

pub(super) async fn remove_page(ctx: Context, Path((id, leave)): Path<(Uuid, Uuid)>) -> Answer {
    let team = teams::get(ctx.desk(), ctx.actor()?, id).await?;
    let all = teams::leave_of(ctx.desk(), ctx.actor()?, id).await?;
    let found = all.into_iter().find(|l| l.id == leave).ok_or(Error::NotFound)?;
    let back = format!("/teams/{id}");
    let keep = back.clone();
    let content = view! {
        <span class="govuk-caption-l">{team.name}</span>
        <h1 class="govuk-heading-l">"Take this leave back?"</h1>
        <p class="govuk-body">{domain::availability::days(found.from, found.to)}</p>
        <p class="govuk-body">"The team can then be planned and opened for these days."</p>
        <PostForm form=Form::default() action=format!("/teams/{id}/leave/{leave}/remove")>
            <div class="govuk-button-group">
                <Button text="Take the leave back" variant="warning"/>
                <a class="govuk-link" href=keep>"Keep it"</a>
            </div>
        </PostForm>
    };
    Ok(ctx.page("Take leave back", content).back(back).into_response())
}

pub(super) async fn remove(ctx: Context, Path((id, leave)): Path<(Uuid, Uuid)>, form: Form) -> Answer {
    once(teams::remove_leave(&ctx.desk_for(&form), ctx.actor()?, id, leave).await)?;
    Ok(ctx.see_other_with(format!("/teams/{id}"), "Leave taken back"))
}
