//! The visit pack: what a school needs to know and to file before a programme comes.

use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use chrono::NaiveDate;
use domain::access::{Operation, permitted};
use domain::visit_pack::{Insurance, VisitPack};
use leptos::prelude::*;
use records::programmes::{self, Document, Programme};
use records::{Conflict, Error};
use uuid::Uuid;

use super::documents;
use crate::components::*;
use crate::web::answer::{Answer, once};
use crate::web::context::Context;
use crate::web::form::Form;
use crate::web::page::Page;

/// The visit pack as the programme's page has it: how the insurance stands, what is missing, where to read it.
pub(super) fn in_short(programme: &Programme, may_edit: bool, today: NaiveDate) -> impl IntoView + use<> {
    let here = format!("/programmes/{}/visit-pack", programme.id);
    let pack = programme.visit_pack();
    let missing = pack.missing();
    let missing = (may_edit && !missing.is_empty()).then(|| {
        view! { <p class="govuk-body">{format!("Still to be written: {}.", missing.join(", "))}</p> }
    });
    view! {
        {insurance(&pack, today)}
        {missing}
        <p class="govuk-body"><a class="govuk-link" href=here.clone()>"Read the visit pack"</a></p>
        {may_edit.then(|| view! { <ButtonLink href=format!("{here}/edit") text="Write the visit pack" secondary=true/> })}
    }
}

fn insurance(pack: &VisitPack, today: NaiveDate) -> impl IntoView + use<> {
    let standing = pack.insurance(today);
    let colour = match standing {
        Insurance::Valid => "green",
        Insurance::EndsSoon => "yellow",
        Insurance::Expired => "red",
        Insurance::NotStated => "grey",
    };
    let until = pack.insurance_expires.map(|day| format!(", until {}", long_date(day)));
    view! {
        <p class="govuk-body">"Public liability insurance"{until}": "<Tag text=standing.label() colour=colour/></p>
    }
}

pub(super) async fn show(ctx: Context, Path(id): Path<Uuid>) -> Answer {
    let actor = ctx.actor()?;
    let programme = programmes::get(ctx.desk(), actor, id).await?;
    let documents = programmes::documents(ctx.desk(), actor, id).await?;
    let may_edit = permitted(actor.role, Operation::EditProgramme);
    let content = shown(&ctx, &programme, documents, may_edit);
    Ok(ctx.page("Visit pack", content).back(format!("/programmes/{id}")).into_response())
}

fn shown(ctx: &Context, programme: &Programme, files: Vec<Document>, may_edit: bool) -> impl IntoView + use<> {
    let pack = programme.visit_pack();
    let here = format!("/programmes/{}", programme.id);
    let parents = format!("/for-parents/{}", programme.id);
    let texts = [
        ("Letter of assurance", pack.assurance.clone()),
        ("Risk assessment", pack.risk_assessment.clone()),
        ("Content notes", pack.content_notes.clone()),
        ("Letter to parents", pack.parent_letter.clone()),
        ("What parents may see", pack.parent_materials.clone()),
    ]
    .into_iter()
    .map(|(heading, text)| {
        let body = if text.is_empty() {
            view! { <p class="govuk-body">"Not written yet."</p> }.into_any()
        } else {
            view! { <Prose text=text/> }.into_any()
        };
        view! { <h2 class="govuk-heading-m">{heading}</h2>{body} }
    })
    .collect_view();
    let public = format!("{}{parents}", ctx.site.public_url);
    let draft = programme.status == domain::programme::Status::Draft;
    view! {
        <span class="govuk-caption-l">{programme.name.clone()}</span>
        <h1 class="govuk-heading-l">"Visit pack"</h1>
        {insurance(&pack, ctx.desk().today())}
        {may_edit.then(|| view! {
            <div class="govuk-button-group app-no-print">
                <ButtonLink href=format!("{here}/visit-pack/edit") text="Write the visit pack" secondary=true/>
                <ButtonLink href=format!("{here}/documents/add") text="Add a document" secondary=true/>
            </div>
        })}
        {texts}
        <h2 class="govuk-heading-m">"Documents"</h2>
        {documents::table(files, may_edit)}
        {(!draft).then(|| view! {
            <h2 class="govuk-heading-m">"For parents"</h2>
            <p class="govuk-body app-break">"Parents can see what the programme is about and the materials meant for them, without signing in. Pass on this address: "
                <a class="govuk-link" href=parents>{public}</a></p>
        })}
    }
}

pub(super) async fn edit_page(ctx: Context, Path(id): Path<Uuid>) -> Answer {
    let programme = programmes::get(ctx.desk(), ctx.actor()?, id).await?;
    let form = of_record(&programme);
    Ok(form_page(&ctx, &programme, form).into_response())
}

fn of_record(programme: &Programme) -> Form {
    let pack = programme.visit_pack();
    let mut form = Form::of([
        ("version", programme.version.to_string()),
        ("assurance", pack.assurance),
        ("risk_assessment", pack.risk_assessment),
        ("content_notes", pack.content_notes),
        ("parent_letter", pack.parent_letter),
        ("parent_materials", pack.parent_materials),
    ]);
    if let Some(day) = pack.insurance_expires {
        form.put_date("insurance_expires", day);
    }
    form
}

pub(super) async fn change(ctx: Context, Path(id): Path<Uuid>, mut form: Form) -> Answer {
    let programme = programmes::get(ctx.desk(), ctx.actor()?, id).await?;
    // A form without its version is stale.
    let version = form.get("version").parse().unwrap_or(0);
    let insurance_expires = form.date_optional("insurance_expires", "the last day of the insurance");
    if form.is_good() {
        let text = |field: &str| form.get(field).to_owned();
        let pack = VisitPack {
            assurance: text("assurance"),
            insurance_expires,
            risk_assessment: text("risk_assessment"),
            content_notes: text("content_notes"),
            parent_letter: text("parent_letter"),
            parent_materials: text("parent_materials"),
        };
        match once(programmes::change_visit_pack(&ctx.desk_for(&form), ctx.actor()?, id, version, pack).await) {
            Ok(id) => return Ok(ctx.see_other_with(format!("/programmes/{id}/visit-pack"), "Visit pack changed")),
            Err(Error::Invalid(errors)) => form.refuse_all(errors),
            Err(Error::Conflict(Conflict::Stale)) => {
                let programme = programmes::get(ctx.desk(), ctx.actor()?, id).await?;
                form.changed_meanwhile(of_record(&programme));
                return Ok(form_page(&ctx, &programme, form).status(StatusCode::CONFLICT).into_response());
            }
            Err(other) => return Err(other.into()),
        }
    }
    Ok(form_page(&ctx, &programme, form).status(StatusCode::UNPROCESSABLE_ENTITY).into_response())
}

fn form_page(ctx: &Context, programme: &Programme, form: Form) -> Page {
    let here = format!("/programmes/{}/visit-pack", programme.id);
    let version = form.get("version").to_owned();
    let content = view! {
        <ErrorSummary form=form.clone()/>
        <span class="govuk-caption-l">{programme.name.clone()}</span>
        <h1 class="govuk-heading-l">"Write the visit pack"</h1>
        <p class="govuk-body">"What a school needs to know and to file. Any part may be left blank until it is written; a blank line begins a new paragraph."</p>
        <PostForm form=form.clone() action=format!("{here}/edit")>
            <Hidden name="version" value=version/>
            <TextArea form=form.clone() name="assurance" label="Letter of assurance" rows=10
                hint="Name who comes, and say that they were checked: enhanced DBS with children’s barred list, identity, right to work, safeguarding training and its date"/>
            <DateInput form=form.clone() name="insurance_expires" legend="Public liability insurance ends on"
                hint="The last day it covers. For example, 27 3 2027"/>
            <TextArea form=form.clone() name="risk_assessment" label="Risk assessment" rows=10/>
            <TextArea form=form.clone() name="content_notes" label="Content notes"
                hint="What pupils may find hard, and when it comes"/>
            <TextArea form=form.clone() name="parent_letter" label="Letter to parents" rows=10
                hint="A school copies it and sends it under its own name"/>
            <TextArea form=form name="parent_materials" label="What parents may see" rows=10
                hint="What is shown and taught, in words. Anyone with the address can read it, so name nobody"/>
            <Button text="Save the visit pack"/>
        </PostForm>
    };
    ctx.page("Write the visit pack", content).back(here)
}
