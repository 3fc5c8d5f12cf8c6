//! Terms of a school's or a trust's own.

use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use chrono::NaiveDate;
use leptos::prelude::*;
use records::Error;
use records::school_calendar::{self, Clash, OutOfTerm, OwnTerm, Proposed, School};
use uuid::Uuid;

use super::{breaks, clash_list, confirmed};
use crate::components::*;
use crate::web::answer::{Answer, Problem, once};
use crate::web::context::Context;
use crate::web::form::Form;
use crate::web::page::Page;

fn fields(form: &Form) -> impl IntoView + use<> {
    view! {
        <TextInput form=form.clone() name="name" label="Name" hint="Such as “Spring term, first half”"/>
        <DateInput form=form.clone() name="starts" legend="First day of teaching"/>
        <DateInput form=form.clone() name="ends" legend="Last day of teaching"/>
    }
}

fn read(form: &mut Form) -> Option<(String, NaiveDate, NaiveDate)> {
    let name = form.required("name", "Enter the term’s name");
    let starts = form.date("starts", "the first day of teaching");
    let ends = form.date("ends", "the last day of teaching");
    Some((name?, starts?, ends?))
}

pub(super) async fn add_page(ctx: Context, Path(id): Path<Uuid>) -> Answer {
    let school = school_calendar::get(ctx.desk(), ctx.actor()?, id).await?.school;
    Ok(form_page(&ctx, &school, Form::default(), &[]).into_response())
}

pub(super) async fn add(ctx: Context, Path(id): Path<Uuid>, mut form: Form) -> Answer {
    let school = school_calendar::get(ctx.desk(), ctx.actor()?, id).await?.school;
    let mut clashes = Vec::new();
    if let Some((name, starts, ends)) = read(&mut form) {
        clashes = school_calendar::clashes(ctx.desk(), ctx.actor()?, id, &Proposed::Term(starts, ends)).await?;
        if confirmed(&mut form, &clashes) {
            let desk = ctx.desk_for(&form);
            match once(school_calendar::add_term(&desk, ctx.actor()?, Some(id), &name, starts, ends).await) {
                Ok(_) => return Ok(ctx.see_other_with(format!("/schools/{id}/dates"), "Term added")),
                Err(Error::Invalid(errors)) => form.refuse_all(errors),
                Err(other) => return Err(other.into()),
            }
        }
    }
    Ok(form_page(&ctx, &school, form, &clashes).status(StatusCode::UNPROCESSABLE_ENTITY).into_response())
}

fn form_page(ctx: &Context, school: &School, form: Form, clashes: &[Clash]) -> Page {
    let listed = clash_list(&form, clashes);
    let content = view! {
        <ErrorSummary form=form.clone()/>
        <span class="govuk-caption-l">{school.name.clone()}</span>
        <h1 class="govuk-heading-l">"Add a term of the school’s own"</h1>
        <p class="govuk-body">"With the first of them, the authority’s terms of that academic year no longer hold here. Add each stretch of teaching, so that half terms are left out."</p>
        <PostForm form=form.clone() action=format!("/schools/{}/terms/add", school.id)>
            {listed}
            {fields(&form)}
            <Button text="Add the term"/>
        </PostForm>
    };
    ctx.page("Add a term of the school’s own", content).back(format!("/schools/{}/dates", school.id))
}

fn back(term: &OwnTerm) -> String {
    term.setting_id.map_or_else(|| "/trust-terms".to_owned(), |id| format!("/schools/{id}/dates"))
}

pub(super) async fn remove_page(ctx: Context, Path(id): Path<Uuid>) -> Answer {
    let term = school_calendar::term(ctx.desk(), ctx.actor()?, id).await?;
    let (back, keep) = (back(&term), back(&term));
    let content = view! {
        <h1 class="govuk-heading-l">{format!("Remove “{}”?", term.name)}</h1>
        <p class="govuk-body">{domain::availability::days(term.starts, term.ends)}</p>
        <p class="govuk-body">"With the last term of an academic year, the terms before hold again: a trust’s, or the authority’s."</p>
        <PostForm form=Form::default() action=format!("/own-terms/{id}/remove")>
            <div class="govuk-button-group">
                <Button text="Remove the term" variant="warning"/>
                <a class="govuk-link" href=keep>"Keep it"</a>
            </div>
        </PostForm>
    };
    Ok(ctx.page("Remove a term", content).back(back).into_response())
}

pub(super) async fn remove(ctx: Context, Path(id): Path<Uuid>, form: Form) -> Answer {
    match school_calendar::remove_term(&ctx.desk_for(&form), ctx.actor()?, id).await {
        Ok(term) => Ok(ctx.see_other_with(back(&term), "Term removed")),
        // Where the term stood is no longer known.
        Err(Error::Repeated(_)) => Ok(ctx.see_other_with("/", "Term removed")),
        Err(other) => Err(other.into()),
    }
}

pub(super) async fn of_trust(ctx: Context) -> Answer {
    Ok(trust_page(&ctx, Form::default()).await?.into_response())
}

pub(super) async fn add_to_trust(ctx: Context, mut form: Form) -> Answer {
    // Not found to all but a trust, before anything is read.
    school_calendar::of_trust(ctx.desk(), ctx.actor()?).await?;
    if let Some((name, starts, ends)) = read(&mut form) {
        match once(school_calendar::add_term(&ctx.desk_for(&form), ctx.actor()?, None, &name, starts, ends).await) {
            Ok(_) => return Ok(ctx.see_other_with("/trust-terms", "Term added")),
            Err(Error::Invalid(errors)) => form.refuse_all(errors),
            Err(other) => return Err(other.into()),
        }
    }
    Ok(trust_page(&ctx, form).await?.status(StatusCode::UNPROCESSABLE_ENTITY).into_response())
}

/// The sessions that the terms as they are leave without a school, each with the way to it.
pub(in crate::pages) fn out_of_term(found: Vec<OutOfTerm>) -> Option<impl IntoView> {
    (!found.is_empty()).then(|| {
        let rows = found
            .into_iter()
            .map(|s| {
                let text = format!("{}, {}", long_date(s.on), s.programme);
                vec![
                    view! { <a class="govuk-link" href=format!("/sessions/{}", s.session)>{text}</a> }.into_any(),
                    s.school.into_any(),
                    s.state.label().into_any(),
                    format!("{}.", s.why).into_any(),
                ]
            })
            .collect();
        view! {
            <Warning text="Sessions are booked or offered on days without school. They stay as they are: move each, or cancel it."/>
            <DataTable caption="Sessions on days without school" heads=vec!["Session", "School", "State", "Why"] rows=rows/>
        }
    })
}

async fn trust_page(ctx: &Context, form: Form) -> Result<Page, Problem> {
    let terms = school_calendar::of_trust(ctx.desk(), ctx.actor()?).await?;
    let clashes = out_of_term(school_calendar::out_of_term(ctx.desk(), ctx.actor()?).await?);
    let days: Vec<_> = terms.iter().map(|t| (t.starts, t.ends)).collect();
    let list = if terms.is_empty() {
        view! {
            <Empty text="The trust keeps no terms of its own.">
                <p class="govuk-body">"Its schools keep the terms of their authorities, unless a school has its own. Add all terms of an academic year to replace them for every school of the trust."</p>
            </Empty>
        }
        .into_any()
    } else {
        let rows = terms
            .into_iter()
            .map(|term| {
                let href = format!("/own-terms/{}/remove", term.id);
                vec![
                    term.name.clone().into_any(),
                    domain::availability::days(term.starts, term.ends).into_any(),
                    term.academic_year.to_string().into_any(),
                    view! { <a class="govuk-link" href=href>"Remove"<span class="govuk-visually-hidden">" "{term.name}</span></a> }
                        .into_any(),
                ]
            })
            .collect();
        view! { <DataTable caption="The trust’s terms" caption_hidden=true heads=vec!["Term", "Days", "Academic year", "Change"] rows=rows/> }
            .into_any()
    };
    let content = view! {
        <ErrorSummary form=form.clone()/>
        <h1 class="govuk-heading-l">"The trust’s terms"</h1>
        {list}
        {breaks(&days)}
        {clashes}
        <h2 class="govuk-heading-m">"Add a term"</h2>
        <PostForm form=form.clone() action="/trust-terms">{fields(&form)}<Button text="Add the term"/></PostForm>
    };
    Ok(ctx.page("The trust’s terms", content).back("/schools"))
}
