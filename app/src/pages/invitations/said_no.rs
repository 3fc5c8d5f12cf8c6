//! A commissioner notes that a school said no on the telephone, or in another way than by its link.

use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use domain::request::DeclineReason;
use domain::tour::AskedBy;
use leptos::prelude::*;
use records::invitations::{self, Invitation, SaidNo};
use records::sessions::OnBehalf;
use records::{Conflict, Error};
use uuid::Uuid;

use crate::components::*;
use crate::web::answer::{Answer, Problem, once};
use crate::web::context::Context;
use crate::web::form::Form;
use crate::web::page::Page;

pub(super) async fn ask(ctx: Context, Path(id): Path<Uuid>) -> Answer {
    let invitation = invitations::get(ctx.desk(), ctx.actor()?, id).await?;
    if let Some(why) = invitation.no_is_of_no_use(ctx.desk().today()) {
        return Err(Problem::Conflict(format!("{why}.")));
    }
    let form = Form::of([("asked_how", AskedBy::Telephone.as_str())]);
    Ok(page(&ctx, &invitation, form).into_response())
}

pub(super) async fn note(ctx: Context, Path(id): Path<Uuid>, mut form: Form) -> Answer {
    let name = form.required("asked_by_name", "Enter who said it");
    let how = form.read::<AskedBy>("asked_how", "Choose how they said it");
    let reason = form.read::<DeclineReason>("reason", "Say why: choose what comes closest");
    if let (Some(name), Some(how), Some(reason)) = (name, how, reason) {
        let no =
            SaidNo { reason: Some(reason), note: form.get("reason_note").to_owned(), said: OnBehalf { name, how } };
        match once(invitations::said_no(&ctx.desk_for(&form), ctx.actor()?, id, &no).await) {
            Ok(_) => return Ok(ctx.see_other_with("/invitations", "Noted. The school’s people were told")),
            Err(Error::Invalid(errors)) => form.refuse_all(errors),
            Err(Error::Conflict(Conflict::Refused(why))) => form.refuse("", why),
            Err(other) => return Err(other.into()),
        }
    }
    let invitation = invitations::get(ctx.desk(), ctx.actor()?, id).await?;
    Ok(page(&ctx, &invitation, form).status(StatusCode::UNPROCESSABLE_ENTITY).into_response())
}

fn page(ctx: &Context, invitation: &Invitation, form: Form) -> Page {
    let title = format!("{} said no", invitation.school);
    let how = AskedBy::ALL.iter().map(|a| choice(a.as_str(), a.label())).collect::<Vec<_>>();
    let reasons = DeclineReason::ALL.iter().map(|r| choice(r.as_str(), r.label())).collect::<Vec<_>>();
    let asks = invitation.request.is_some().then(|| {
        view! { <p class="govuk-body">"What it asked for is withdrawn with that."</p> }
    });
    let content = view! {
        <ErrorSummary form=form.clone()/>
        <span class="govuk-caption-l">{invitation.to.tour_name.clone()}</span>
        <h1 class="govuk-heading-l">{title.clone()}</h1>
        <p class="govuk-body">"For an answer that came by telephone or letter. Coverage then shows the reason, and the school is not reminded any more; its people get a mail, by which they can say otherwise."</p>
        {asks}
        <PostForm form=form.clone() action=format!("/invitations/{}/said-no", invitation.id)>
            <TextInput form=form.clone() name="asked_by_name" label="Who at the school said it"/>
            <Radios form=form.clone() name="asked_how" legend="How they said it" choices=how/>
            <Radios form=form.clone() name="reason" legend="Why not" choices=reasons/>
            <TextArea form=form name="reason_note" label="In a few words (optional, unless it is another reason)" hint="Name no child" rows=3/>
            <div class="govuk-button-group">
                <Button text="Note the no"/>
                <a class="govuk-link" href="/invitations">"Leave it open"</a>
            </div>
        </PostForm>
    };
    ctx.page(title, content).back("/invitations")
}
