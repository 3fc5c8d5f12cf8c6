//! The authority: its name, its colour, its term dates, its wards' outlines.

mod holidays;
mod wards;

use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use domain::AcademicYear;
use domain::access::Operation;
use domain::calendar::BankHoliday;
use domain::colour::Colour;
use leptos::prelude::*;
use records::authorities::{self, Authority};
use records::term_dates::{self, Term};
use records::{Conflict, Error, audit, bank_holidays, school_calendar};
use uuid::Uuid;

use super::school_calendar::terms::out_of_term;
use crate::components::{
    AuditLines, Button, ButtonLink, DataTable, DateInput, Empty, ErrorSummary, Hidden, PostForm, Row, SummaryList,
    TextInput, long_date, row,
};
use crate::web::answer::{Answer, once};
use crate::web::context::Context;
use crate::web::form::Form;
use crate::web::routes::{Routes, Who};

const EDIT: Who = Who::May(Operation::EditAuthority);

pub(crate) fn routes(routes: Routes) -> Routes {
    routes
        .get("/authority", EDIT, show)
        .get("/authority/edit", EDIT, edit)
        .post("/authority/edit", EDIT, change)
        .get("/authority/terms/add", EDIT, add_page)
        .post("/authority/terms/add", EDIT, add)
        .get("/authority/terms/import", EDIT, holidays::terms_page)
        .upload("/authority/terms/import", EDIT, holidays::MOST_BYTES, holidays::terms_upload)
        .get("/authority/bank-holidays/import", EDIT, holidays::holidays_page)
        .upload("/authority/bank-holidays/import", EDIT, holidays::MOST_BYTES, holidays::holidays_upload)
        .get("/authority/calendars/{id}", EDIT, holidays::show)
        .get("/authority/calendars/{id}/marked", EDIT, holidays::marked)
        .post("/authority/calendars/{id}/apply", EDIT, holidays::apply)
        .post("/authority/calendars/{id}/drop", EDIT, holidays::drop_upload)
        .get("/authority/wards", EDIT, wards::show)
        .upload("/authority/wards", EDIT, wards::MOST_BYTES, wards::upload)
        .get("/authority/wards/remove", EDIT, wards::remove_page)
        .post("/authority/wards/remove", EDIT, wards::remove)
        .get("/authority/terms/{id}/remove", EDIT, remove_page)
        .post("/authority/terms/{id}/remove", EDIT, remove)
}

async fn show(ctx: Context) -> Answer {
    let (authority, trail) = authorities::own(ctx.desk(), ctx.actor()?).await?;
    let title = authority.name.clone();
    let terms = term_dates::list(ctx.desk(), ctx.actor()?).await?;
    let year = AcademicYear::containing(ctx.desk().today());
    let holidays = bank_holidays::list(ctx.desk(), ctx.actor()?, year.starts(), year.next().ends()).await?;
    let clashes = out_of_term(school_calendar::out_of_term(ctx.desk(), ctx.actor()?).await?);
    let content = shown(authority, terms, holidays, trail, clashes.into_any());
    Ok(ctx.page(title, content).into_response())
}

fn shown(
    authority: Authority,
    terms: Vec<Term>,
    holidays: Vec<BankHoliday>,
    trail: Vec<audit::Line>,
    clashes: AnyView,
) -> impl IntoView {
    let days: Vec<_> = terms.iter().map(|t| (t.starts, t.ends)).collect();
    let holidays =
        holidays.into_iter().map(|h| view! { <li>{format!("{}: {}", long_date(h.on), h.name)}</li> }).collect_view();
    let change = |what: &str| Some(("/authority/edit".to_owned(), what.to_owned()));
    let colour = view! { <span class="app-swatch" aria-hidden="true"></span>{authority.colour.clone()} };
    let rows = vec![
        Row { key: "Name".into(), value: authority.name.clone().into_any(), change: change("name") },
        Row { key: "Colour".into(), value: colour.into_any(), change: change("colour") },
        row("LA code", authority.code.to_string()),
    ];
    view! {
        <h1 class="govuk-heading-l">{authority.name}</h1>
        <SummaryList rows=rows/>
        {clashes}
        <h2 class="govuk-heading-m">"Term dates"</h2>
        <p class="govuk-body">"Openings made by rule fall on school days only: weekdays within a term that are no bank holiday. England’s bank holidays are known; the terms are yours to enter. Schools and trusts may keep terms of their own."</p>
        {terms_table(terms)}
        {super::school_calendar::breaks(&days)}
        <div class="govuk-button-group">
            <ButtonLink href="/authority/terms/add" text="Add a term" secondary=true/>
            <ButtonLink href="/authority/terms/import" text="Import term dates" secondary=true/>
        </div>
        <h2 class="govuk-heading-m">"Bank holidays of this academic year and the next"</h2>
        <ul class="govuk-list govuk-list--bullet">{holidays}</ul>
        <ButtonLink href="/authority/bank-holidays/import" text="Import bank holidays" secondary=true/>
        <h2 class="govuk-heading-m">"Ward outlines"</h2>
        <p class="govuk-body"><a class="govuk-link" href="/authority/wards">"Look at the wards’ outlines, or upload them"</a>": the map of a team’s day shows them."</p>
        <AuditLines lines=trail/>
    }
}

fn terms_table(terms: Vec<Term>) -> AnyView {
    if terms.is_empty() {
        return view! {
            <Empty text="No terms yet.">
                <p class="govuk-body">"Add each stretch of teaching as a term of its own, so that half-terms are left out: “Autumn term, first half”, and so on."</p>
            </Empty>
        }
        .into_any();
    }
    let rows = terms
        .into_iter()
        .map(|term| {
            let remove = format!("/authority/terms/{}/remove", term.id);
            vec![
                term.name.clone().into_any(),
                long_date(term.starts).into_any(),
                long_date(term.ends).into_any(),
                term.academic_year.to_string().into_any(),
                view! { <a class="govuk-link" href=remove>"Remove"<span class="govuk-visually-hidden">" "{term.name}</span></a> }.into_any(),
            ]
        })
        .collect();
    view! { <DataTable caption="Term dates" caption_hidden=true heads=vec!["Term", "First day", "Last day", "Academic year", "Change"] rows=rows/> }
        .into_any()
}

async fn edit(ctx: Context) -> Answer {
    let (authority, _) = authorities::own(ctx.desk(), ctx.actor()?).await?;
    let form = of_record(&authority);
    Ok(edit_page(&ctx, form).into_response())
}

fn of_record(authority: &Authority) -> Form {
    Form::of([
        ("name", authority.name.clone()),
        ("colour", authority.colour.clone()),
        ("version", authority.version.to_string()),
    ])
}

fn edit_page(ctx: &Context, form: Form) -> crate::web::page::Page {
    let version = form.get("version").to_owned();
    let content = view! {
        <ErrorSummary form=form.clone()/>
        <h1 class="govuk-heading-l">"Change the council’s name and colour"</h1>
        <PostForm form=form.clone() action="/authority/edit">
            <Hidden name="version" value=version/>
            <TextInput form=form.clone() name="name" label="Name" hint="It heads every page and stands in mails"
                autocomplete="organization"/>
            <TextInput form=form name="colour" label="Colour" width="width-10"
                hint="# and six digits or letters, like #12505b. White text stands on it, so it must be dark"/>
            <Button text="Save"/>
        </PostForm>
    };
    ctx.page("Change the council’s name and colour", content).back("/authority")
}

async fn change(ctx: Context, mut form: Form) -> Answer {
    let name = form.required("name", "Enter the council’s name");
    let colour = form.read::<Colour>("colour", "Enter a colour");
    let version = form.get("version").parse().unwrap_or(0);
    if let (Some(name), Some(colour)) = (name, colour) {
        match authorities::change(&ctx.desk_for(&form), ctx.actor()?, &name, colour, version).await {
            Ok(()) | Err(Error::Repeated(_)) => return Ok(ctx.see_other_with("/authority", "Name and colour changed")),
            Err(Error::Invalid(errors)) => form.refuse_all(errors),
            Err(Error::Conflict(Conflict::Stale)) => {
                let (authority, _) = authorities::own(ctx.desk(), ctx.actor()?).await?;
                form.changed_meanwhile(of_record(&authority));
                return Ok(edit_page(&ctx, form).status(StatusCode::CONFLICT).into_response());
            }
            Err(other) => return Err(other.into()),
        }
    }
    Ok(edit_page(&ctx, form).status(StatusCode::UNPROCESSABLE_ENTITY).into_response())
}

async fn add_page(ctx: Context) -> Answer {
    Ok(term_page(&ctx, Form::default()).into_response())
}

fn term_page(ctx: &Context, form: Form) -> crate::web::page::Page {
    let content = view! {
        <ErrorSummary form=form.clone()/>
        <h1 class="govuk-heading-l">"Add a term"</h1>
        <PostForm form=form.clone() action="/authority/terms/add">
            <TextInput form=form.clone() name="name" label="Name" hint="Such as “Spring term, first half”"/>
            <DateInput form=form.clone() name="starts" legend="First day of teaching"/>
            <DateInput form=form name="ends" legend="Last day of teaching"/>
            <Button text="Add the term"/>
        </PostForm>
    };
    ctx.page("Add a term", content).back("/authority")
}

async fn add(ctx: Context, mut form: Form) -> Answer {
    let name = form.required("name", "Enter the term’s name");
    let starts = form.date("starts", "the first day of teaching");
    let ends = form.date("ends", "the last day of teaching");
    if let (Some(name), Some(starts), Some(ends)) = (name, starts, ends) {
        match once(term_dates::add(&ctx.desk_for(&form), ctx.actor()?, &name, starts, ends).await) {
            Ok(_) => return Ok(ctx.see_other_with("/authority", "Term added")),
            Err(Error::Invalid(errors)) => form.refuse_all(errors),
            Err(other) => return Err(other.into()),
        }
    }
    Ok(term_page(&ctx, form).status(StatusCode::UNPROCESSABLE_ENTITY).into_response())
}

async fn remove_page(ctx: Context, Path(id): Path<Uuid>) -> Answer {
    let term = term_dates::get(ctx.desk(), ctx.actor()?, id).await?;
    let days = format!("{} to {}", long_date(term.starts), long_date(term.ends));
    let content = view! {
        <h1 class="govuk-heading-l">{format!("Remove “{}”?", term.name)}</h1>
        <p class="govuk-body">{days}</p>
        <p class="govuk-body">"Bookings and openings stay as they are. Openings made by rule from now on leave these days out."</p>
        <PostForm form=Form::default() action=format!("/authority/terms/{id}/remove")>
            <div class="govuk-button-group"><Button text="Remove the term" variant="warning"/><a class="govuk-link" href="/authority">"Keep it"</a></div>
        </PostForm>
    };
    Ok(ctx.page("Remove a term", content).back("/authority").into_response())
}

async fn remove(ctx: Context, Path(id): Path<Uuid>, form: Form) -> Answer {
    match term_dates::remove(&ctx.desk_for(&form), ctx.actor()?, id).await {
        Ok(()) | Err(Error::Repeated(_)) => Ok(ctx.see_other_with("/authority", "Term removed")),
        Err(other) => Err(other.into()),
    }
}
