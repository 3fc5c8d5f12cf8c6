//! Saying yes or no to an invitation. Mail scanners open links: the page acts only on a press.

use axum::extract::Query;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use domain::invitation::InvitationState;
use leptos::prelude::*;
use records::Error;
use records::invitations::{self, Invitation};

use crate::components::*;
use crate::web::answer::{Answer, once};
use crate::web::context::Context;
use crate::web::form::{Form, capitalise};
use crate::web::page::Page;

pub(super) async fn show(ctx: Context, Query(pairs): Query<Vec<(String, String)>>) -> Answer {
    let mut form = Form::of(pairs.into_iter().filter(|(field, _)| field == "link"));
    let invitation = invitations::by_link(ctx.desk(), form.get("link")).await?;
    match invitation.state {
        InvitationState::Accepted => form.put("answer", "yes"),
        InvitationState::Declined => form.put("answer", "no"),
        InvitationState::Sent | InvitationState::Withdrawn => {}
    }
    form.put("reason", invitation.reason.clone());
    Ok(page(&ctx, &invitation, form).into_response())
}

pub(super) async fn answer(ctx: Context, mut form: Form) -> Answer {
    let link = form.get("link").to_owned();
    let invitation = invitations::by_link(ctx.desk(), &link).await?;
    let accepts = match form.get("answer") {
        "yes" => Some(true),
        "no" => Some(false),
        _ => None,
    };
    if let Some(accepts) = accepts {
        let by = ctx.visitor.sign_in().and_then(|sign_in| sign_in.actor.as_ref());
        match once(invitations::answer(&ctx.desk_for(&form), by, &link, accepts, form.get("reason")).await) {
            Ok(_) => {
                let link = percent_encoding::utf8_percent_encode(&link, percent_encoding::NON_ALPHANUMERIC);
                return Ok(ctx.see_other_with(format!("/invitations/answer?link={link}"), "Your answer was sent"));
            }
            Err(Error::Invalid(errors)) => form.refuse_all(errors),
            Err(other) => return Err(other.into()),
        }
    } else {
        form.refuse("answer", "Say whether you would like it to come");
    }
    Ok(page(&ctx, &invitation, form).status(StatusCode::UNPROCESSABLE_ENTITY).into_response())
}

fn page(ctx: &Context, invitation: &Invitation, form: Form) -> Page {
    let to = &invitation.to;
    let title = format!("An invitation to {}", to.programme);
    let open = invitation.can_be_answered(ctx.desk().today());
    let mut rows = vec![
        row("School", invitation.school.clone()),
        row("Who comes", to.provider.clone()),
        row("When", format!("Between {} and {}", long_date(to.starts), long_date(to.ends))),
        row("Price", capitalise(&to.price_in_words())),
    ];
    if !to.summary.trim().is_empty() {
        rows.insert(0, row("What it is", to.summary.clone()));
    }
    let council = to.authority_name.clone();
    let body = if open {
        answer_form(to.authority_name.clone(), form.clone()).into_any()
    } else {
        view! {
            <Empty text="This invitation can no longer be answered: it was withdrawn, or the tour is over or closed.">
                <p class="govuk-body">"To ask for a visit all the same, get in touch with "{council}"."</p>
            </Empty>
        }
        .into_any()
    };
    let content = view! {
        <ErrorSummary form=form/>
        <span class="govuk-caption-l">{to.authority_name.clone()}</span>
        <h1 class="govuk-heading-l">{title.clone()}</h1>
        {so_far(invitation, open)}
        <SummaryList rows=rows/>
        {body}
    };
    ctx.page(title, content).headed_by(Some(invitation.authority.clone()))
}

/// What the school has said, and what comes next.
fn so_far(invitation: &Invitation, open: bool) -> Option<impl IntoView + use<>> {
    let text = match invitation.state {
        InvitationState::Accepted => "Your school said yes. It has no date yet.",
        InvitationState::Declined => "Your school said no. If that changes, say so below.",
        InvitationState::Sent | InvitationState::Withdrawn => return None,
    };
    let book = (open && invitation.state == InvitationState::Accepted).then(|| {
        let path = format!("/tours/{}/book?setting={}", invitation.to.tour_id, invitation.setting);
        let rings =
            format!(" (you sign in for that), or wait for {} to find one with you.", invitation.to.authority_name);
        view! { <p class="govuk-body"><a class="govuk-link" href=path>"Choose a date"</a>{rings}</p> }
    });
    Some(view! { <div class="govuk-inset-text"><p class="govuk-body">{text}</p>{book}</div> })
}

fn answer_form(council: String, form: Form) -> impl IntoView {
    let link = form.get("link").to_owned();
    let choices = vec![
        choice_with_hint("yes", "Yes, we would like it to come", "Nothing is booked yet: you choose a date afterwards"),
        choice("no", "No, not this time"),
    ];
    let hint = format!("If you say no. {council} reads it. Name no child");
    view! {
        <PostForm form=form.clone() action="/invitations/answer">
            <Hidden name="link" value=link/>
            <Radios form=form.clone() name="answer" legend="Would your school like it to come?" choices=choices/>
            <TextArea form=form name="reason" label="Why not? (optional)" hint=hint rows=3/>
            <Button text="Send your answer"/>
        </PostForm>
    }
}
