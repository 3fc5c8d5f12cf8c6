//! Adding, changing and removing a school's dates.

use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use domain::availability::{DateKind, NewSchoolDate};
use domain::year_group::{YearGroup, YearGroups};
use leptos::prelude::*;
use records::Error;
use records::school_calendar::{self, Clash, Proposed, School};
use uuid::Uuid;

use super::{clash_list, confirmed};
use crate::components::*;
use crate::web::answer::{Answer, once};
use crate::web::context::Context;
use crate::web::form::Form;
use crate::web::page::Page;

pub(super) async fn add_page(ctx: Context, Path(id): Path<Uuid>) -> Answer {
    let detail = school_calendar::get(ctx.desk(), ctx.actor()?, id).await?;
    Ok(add_form(&ctx, &detail.school, Form::default(), &[]).into_response())
}

pub(super) async fn add(ctx: Context, Path(id): Path<Uuid>, mut form: Form) -> Answer {
    let school = school_calendar::get(ctx.desk(), ctx.actor()?, id).await?.school;
    let mut clashes = Vec::new();
    if let Some(date) = read(&mut form, &school) {
        clashes = school_calendar::clashes(ctx.desk(), ctx.actor()?, id, &Proposed::Date(date.clone(), None)).await?;
        if confirmed(&mut form, &clashes) {
            match once(school_calendar::add_date(&ctx.desk_for(&form), ctx.actor()?, id, date).await) {
                Ok(_) => return Ok(ctx.see_other_with(format!("/schools/{id}/dates"), "Dates added")),
                Err(Error::Invalid(errors)) => form.refuse_all(errors),
                Err(other) => return Err(other.into()),
            }
        }
    }
    Ok(add_form(&ctx, &school, form, &clashes).status(StatusCode::UNPROCESSABLE_ENTITY).into_response())
}

fn add_form(ctx: &Context, school: &School, form: Form, clashes: &[Clash]) -> Page {
    let action = format!("/schools/{}/dates/add", school.id);
    form_page(ctx, school, form, clashes, "Add dates without visits", action, "")
}

pub(super) async fn edit_page(ctx: Context, Path(id): Path<Uuid>) -> Answer {
    let dated = school_calendar::date(ctx.desk(), ctx.actor()?, id).await?;
    let date = &dated.date;
    let mut form = Form::of([("kind", date.kind.as_str()), ("note", date.note.as_str())]);
    form.put("version", dated.version.to_string());
    form.put_date("from", date.from);
    form.put_date("to", date.to);
    for year in date.year_groups.iter() {
        form.put("year_groups", year.number().to_string());
    }
    Ok(edit_form(&ctx, id, &dated.school, form, &[]).into_response())
}

pub(super) async fn change(ctx: Context, Path(id): Path<Uuid>, mut form: Form) -> Answer {
    let dated = school_calendar::date(ctx.desk(), ctx.actor()?, id).await?;
    let school = &dated.school;
    // A form without its version is stale.
    let version = form.get("version").parse().unwrap_or(0);
    let mut clashes = Vec::new();
    if let Some(date) = read(&mut form, school) {
        let proposed = Proposed::Date(date.clone(), Some(id));
        clashes = school_calendar::clashes(ctx.desk(), ctx.actor()?, school.id, &proposed).await?;
        if confirmed(&mut form, &clashes) {
            match once(school_calendar::change_date(&ctx.desk_for(&form), ctx.actor()?, id, version, date).await) {
                Ok(_) => return Ok(ctx.see_other_with(format!("/schools/{}/dates", school.id), "Dates changed")),
                Err(Error::Invalid(errors)) => form.refuse_all(errors),
                Err(other) => return Err(other.into()),
            }
        }
    }
    Ok(edit_form(&ctx, id, school, form, &clashes).status(StatusCode::UNPROCESSABLE_ENTITY).into_response())
}

fn edit_form(ctx: &Context, id: Uuid, school: &School, form: Form, clashes: &[Clash]) -> Page {
    let version = form.get("version").to_owned();
    form_page(ctx, school, form, clashes, "Change these dates", format!("/dates/{id}/edit"), &version)
}

/// What was typed; what is wrong with it stands in the form.
fn read(form: &mut Form, school: &School) -> Option<NewSchoolDate> {
    let kind = form.read::<DateKind>("kind", "Choose what it is");
    let from = form.date("from", "the first day");
    let to = form.date_optional("to", "the last day");
    let year_groups: YearGroups = form.all("year_groups").filter_map(|text| text.parse::<YearGroup>().ok()).collect();
    if !form.is_good() {
        return None;
    }
    let (kind, from) = (kind?, from?);
    let note = form.get("note").to_owned();
    let date = NewSchoolDate { kind, from, to: to.unwrap_or(from), year_groups, note };
    match date.check(school.year_groups()) {
        Ok(date) => Some(date),
        Err(faults) => {
            faults.into_iter().for_each(|fault| form.refuse(fault.field, fault.message));
            None
        }
    }
}

fn form_page(
    ctx: &Context,
    school: &School,
    form: Form,
    clashes: &[Clash],
    title: &'static str,
    action: String,
    version: &str,
) -> Page {
    let kinds = std::iter::once(choice("", "Choose what it is"))
        .chain(DateKind::ALL.iter().map(|k| choice(k.as_str(), k.label())))
        .collect::<Vec<_>>();
    let taught = school.year_groups().unwrap_or_else(YearGroups::planning_assumption);
    let years = taught.iter().map(|y| choice(y.number(), y)).collect::<Vec<_>>();
    let (listed, version) = (clash_list(&form, clashes), version.to_owned());
    let content = view! {
        <ErrorSummary form=form.clone()/>
        <span class="govuk-caption-l">{school.name.clone()}</span>
        <h1 class="govuk-heading-l">{title}</h1>
        <PostForm form=form.clone() action=action>
            <Hidden name="version" value=version/>
            {listed}
            <Select form=form.clone() name="kind" label="What it is" choices=kinds/>
            <DateInput form=form.clone() name="from" legend="First day"/>
            <DateInput form=form.clone() name="to" legend="Last day (optional)" hint="Leave blank for a single day"/>
            <Checkboxes form=form.clone() name="year_groups" legend="For these year groups only (optional)"
                hint="Leave all blank if nobody can be visited" choices=years small=true/>
            <TextInput form=form name="note" label="Note (optional)" hint="Teams and the council read it. No names of pupils"/>
            <Button text="Save"/>
        </PostForm>
    };
    ctx.page(title, content).back(format!("/schools/{}/dates", school.id))
}

pub(super) async fn remove_page(ctx: Context, Path(id): Path<Uuid>) -> Answer {
    let dated = school_calendar::date(ctx.desk(), ctx.actor()?, id).await?;
    let back = format!("/schools/{}/dates", dated.school.id);
    let keep = back.clone();
    let content = view! {
        <span class="govuk-caption-l">{dated.school.name.clone()}</span>
        <h1 class="govuk-heading-l">"Remove these dates?"</h1>
        <p class="govuk-body">{dated.date.to_string()}</p>
        <p class="govuk-body">"Teams may then be planned for these days."</p>
        <PostForm form=Form::default() action=format!("/dates/{id}/remove")>
            <div class="govuk-button-group">
                <Button text="Remove the dates" variant="warning"/>
                <a class="govuk-link" href=keep>"Keep them"</a>
            </div>
        </PostForm>
    };
    Ok(ctx.page("Remove dates", content).back(back).into_response())
}

pub(super) async fn remove(ctx: Context, Path(id): Path<Uuid>, form: Form) -> Answer {
    let school = once(school_calendar::remove_date(&ctx.desk_for(&form), ctx.actor()?, id).await)?;
    Ok(ctx.see_other_with(format!("/schools/{school}/dates"), "Dates removed"))
}
