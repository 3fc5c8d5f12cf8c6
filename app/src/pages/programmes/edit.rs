//! Writing a programme.

use axum::extract::{Path, Query};
use axum::http::StatusCode;
use axum::response::IntoResponse;
use domain::TermSet;
use domain::programme::{Adaptation, Audience, MOST_PARTS, Need, NewProgramme, Part, ProgrammeKind, Status, Topic};
use domain::setting::SettingType;
use domain::year_group::{YearGroup, YearGroups};
use leptos::prelude::*;
use records::programmes::{self, Programme};
use records::{Conflict, Error};
use uuid::Uuid;

use crate::components::*;
use crate::pages::providers::own_authority;
use crate::web::answer::{Answer, once};
use crate::web::context::Context;
use crate::web::form::Form;
use crate::web::page::Page;
use crate::web::then::{self, Lacked, THEN};

pub(super) async fn add_page(ctx: Context, Query(lacked): Query<Lacked>) -> Answer {
    own_authority(&ctx)?;
    // Whom a programme leaves out is no gap: leaving out takes a deliberate press, or special schools drop out unseen.
    let mut form = Form::of([("audience", "children")]);
    SettingType::ALL.iter().for_each(|t| form.put("setting_types", t.as_str()));
    lacked.fill(&mut form);
    Ok(form_page(&ctx, None, form).into_response())
}

pub(super) async fn add(ctx: Context, mut form: Form) -> Answer {
    let authority = own_authority(&ctx)?;
    let programme = read(&mut form);
    let status = form.read::<Status>("status", "Choose whether schools can see it");
    if let (Some(programme), Some(status)) = (programme, status) {
        match once(programmes::add(&ctx.desk_for(&form), ctx.actor()?, authority, programme, status).await) {
            Ok(id) => {
                return Ok(match then::back(&form) {
                    Some(back) => ctx.see_other_with(back, &format!("Programme “{}” added", form.get("name"))),
                    None => {
                        ctx.see_other_with(format!("/programmes/{id}"), "Programme added. Now write its visit pack")
                    }
                });
            }
            Err(Error::Invalid(errors)) => form.refuse_all(errors),
            Err(other) => return Err(other.into()),
        }
    }
    Ok(form_page(&ctx, None, form).status(StatusCode::UNPROCESSABLE_ENTITY).into_response())
}

pub(super) async fn edit_page(ctx: Context, Path(id): Path<Uuid>) -> Answer {
    let programme = programmes::get(ctx.desk(), ctx.actor()?, id).await?;
    let form = of_record(&programme);
    Ok(form_page(&ctx, Some(&programme), form).into_response())
}

pub(super) async fn change(ctx: Context, Path(id): Path<Uuid>, mut form: Form) -> Answer {
    let programme = programmes::get(ctx.desk(), ctx.actor()?, id).await?;
    // A form without its version is stale.
    let version = form.get("version").parse().unwrap_or(0);
    if let Some(new) = read(&mut form) {
        match once(programmes::change(&ctx.desk_for(&form), ctx.actor()?, id, version, new).await) {
            Ok(id) => return Ok(ctx.see_other_with(format!("/programmes/{id}"), "Programme changed")),
            Err(Error::Invalid(errors)) => form.refuse_all(errors),
            Err(Error::Conflict(Conflict::Stale)) => {
                let programme = programmes::get(ctx.desk(), ctx.actor()?, id).await?;
                form.changed_meanwhile(of_record(&programme));
                return Ok(form_page(&ctx, Some(&programme), form).status(StatusCode::CONFLICT).into_response());
            }
            Err(other) => return Err(other.into()),
        }
    }
    Ok(form_page(&ctx, Some(&programme), form).status(StatusCode::UNPROCESSABLE_ENTITY).into_response())
}

fn of_record(programme: &Programme) -> Form {
    let mut form = Form::of([
        ("version", programme.version.to_string()),
        ("kind", programme.kind.as_str().to_owned()),
        ("name", programme.name.clone()),
        ("summary", programme.summary.clone()),
        ("largest_group", programme.largest_group.map(|n| n.to_string()).unwrap_or_default()),
    ]);
    match programme.audience() {
        Audience::Adults => form.put("audience", "adults"),
        Audience::Children { setting_types, year_groups } => {
            form.put("audience", "children");
            setting_types.iter().for_each(|t| form.put("setting_types", t.as_str()));
            year_groups.iter().for_each(|y| form.put("year_groups", y.number().to_string()));
        }
    }
    for part in &programme.parts {
        form.put(&format!("title_{}", part.number), part.title.clone());
        form.put(&format!("minutes_{}", part.number), part.minutes.to_string());
    }
    programme.needs.0.iter().for_each(|n| form.put("needs", n.as_str()));
    programme.adaptations.0.iter().for_each(|a| form.put("adaptations", a.as_str()));
    programme.topics.0.iter().for_each(|t| form.put("topics", t.as_str()));
    if let Some(date) = programme.topics_as_of {
        form.put_date("topics_as_of", date);
    }
    form
}

/// The programme that was written, or errors in the form.
fn read(form: &mut Form) -> Option<NewProgramme> {
    let name = form.required("name", "Enter the programme’s name");
    let kind = form.read::<ProgrammeKind>("kind", "Choose what the programme is");
    let audience = read_audience(form);
    let parts = read_parts(form);
    let largest_group = form.number("largest_group", "The largest group", 1, 2000);
    let topics_as_of = form.date_optional("topics_as_of", "the date of the guidance");
    if !form.is_good() {
        return None;
    }
    Some(NewProgramme {
        kind: kind?,
        name: name?,
        summary: form.get("summary").to_owned(),
        audience: audience?,
        parts,
        largest_group,
        needs: chosen(form, "needs"),
        adaptations: chosen(form, "adaptations"),
        topics: chosen(form, "topics"),
        topics_as_of,
    })
}

/// The terms ticked in `field`.
fn chosen<T: domain::Term>(form: &Form, field: &str) -> TermSet<T> {
    form.all(field).filter_map(|word| word.parse().ok()).collect()
}

fn read_audience(form: &mut Form) -> Option<Audience> {
    match form.get("audience") {
        "adults" => Some(Audience::Adults),
        "children" => {
            let year_groups: YearGroups =
                form.all("year_groups").filter_map(|text| text.parse::<YearGroup>().ok()).collect();
            let setting_types = chosen::<SettingType>(form, "setting_types").0;
            if year_groups.is_empty() {
                form.refuse("year_groups", "Choose at least one year group");
            }
            if setting_types.is_empty() {
                form.refuse("setting_types", "Choose at least one setting type");
            }
            Some(Audience::Children { setting_types, year_groups })
        }
        _ => {
            form.refuse("audience", "Choose for whom the programme is");
            None
        }
    }
}

/// The parts that were filled in, in the form's order.
fn read_parts(form: &mut Form) -> Vec<Part> {
    let mut parts = Vec::new();
    for n in 1..=MOST_PARTS {
        let (title, field) = (form.get(&format!("title_{n}")).to_owned(), format!("minutes_{n}"));
        let needed = n == 1 || !title.is_empty();
        match form.number(&field, "The minutes", 5, 480) {
            Some(minutes) => parts.push(Part { number: 0, title, minutes }),
            None if needed && form.get(&field).is_empty() => {
                form.refuse(field, format!("Enter how many minutes part {n} lasts"));
            }
            None => {}
        }
    }
    parts
}

fn form_page(ctx: &Context, programme: Option<&Programme>, form: Form) -> Page {
    let (title, action, back) = match programme {
        None => {
            let back = then::back(&form).unwrap_or_else(|| "/programmes".to_owned());
            ("Write a programme", "/programmes/add".to_owned(), back)
        }
        Some(programme) => {
            let here = format!("/programmes/{}", programme.id);
            ("Change this programme", format!("{here}/edit"), here)
        }
    };
    let button = if programme.is_some() { "Save" } else { "Add the programme" };
    let version = form.get("version").to_owned();
    let then = then::back(&form).map(|path| view! { <Hidden name=THEN value=path/> });
    let status = programme.is_none().then(|| {
        let choices = vec![
            choice_with_hint(Status::Draft.as_str(), "Keep it as a draft", "Schools do not see it until you open it"),
            choice(Status::Open.as_str(), "Show it to schools"),
        ];
        view! { <Radios form=form.clone() name="status" legend="Can schools see it?" choices=choices/> }
    });
    let content = view! {
        <ErrorSummary form=form.clone()/>
        {programme.map(|p| view! { <span class="govuk-caption-l">{p.name.clone()}</span> })}
        <h1 class="govuk-heading-l">{title}</h1>
        <PostForm form=form.clone() action=action>
            <Hidden name="version" value=version/>
            {then}
            {what_fields(&form)}
            {audience_fields(&form)}
            {part_fields(&form)}
            {school_fields(&form)}
            {status}
            <Button text=button/>
        </PostForm>
    };
    ctx.page(title, content).back(back)
}

fn what_fields(form: &Form) -> impl IntoView + use<> {
    let kinds = ProgrammeKind::ALL.iter().map(|k| choice(k.as_str(), k.label())).collect::<Vec<_>>();
    view! {
        <TextInput form=form.clone() name="name" label="Name"/>
        <Radios form=form.clone() name="kind" legend="What it is" choices=kinds/>
        <TextArea form=form.clone() name="summary" label="What it is about" hint="For schools that choose: a few sentences"/>
    }
}

fn audience_fields(form: &Form) -> impl IntoView + use<> {
    let audiences = vec![
        choice_with_hint("children", "Children", "Choose year groups and setting types below"),
        choice_with_hint("adults", "Adults", "Staff, parents, licensed businesses. Year groups do not matter"),
    ];
    let years = YearGroup::all().map(|y| choice(y.number(), y)).collect::<Vec<_>>();
    let types = SettingType::ALL.iter().map(|t| choice(t.as_str(), t.label())).collect::<Vec<_>>();
    view! {
        <Radios form=form.clone() name="audience" legend="For whom" choices=audiences/>
        <Checkboxes form=form.clone() name="year_groups" legend="Year groups" hint="Only for children" choices=years small=true/>
        <Checkboxes form=form.clone() name="setting_types" legend="Setting types" choices=types
            hint="Only for children. Take out those it is not for: they are not counted as gaps"/>
    }
}

fn part_fields(form: &Form) -> impl IntoView + use<> {
    let parts = (1..=MOST_PARTS)
        .map(|n| {
            view! {
                <fieldset class="govuk-fieldset">
                    <legend class="govuk-fieldset__legend govuk-fieldset__legend--s">{format!("Part {n}")}</legend>
                    <div class="app-counts">
                        <TextInput form=form.clone() name=format!("minutes_{n}") label="Minutes" width="width-4" inputmode="numeric"/>
                        <TextInput form=form.clone() name=format!("title_{n}") label="Title (optional)"/>
                    </div>
                </fieldset>
            }
        })
        .collect_view();
    view! {
        <h2 class="govuk-heading-m">"Parts and length"</h2>
        <p class="govuk-body">"One part is usual. A programme that comes twice, or goes on with a workshop, has more. Leave blank those you do not need."</p>
        {parts}
    }
}

fn school_fields(form: &Form) -> impl IntoView + use<> {
    let needs = Need::ALL.iter().map(|n| choice(n.as_str(), n.label())).collect::<Vec<_>>();
    let adaptations = Adaptation::ALL.iter().map(|a| choice(a.as_str(), a.label())).collect::<Vec<_>>();
    let topics = Topic::ALL.iter().map(|t| choice(t.as_str(), t.label())).collect::<Vec<_>>();
    view! {
        <h2 class="govuk-heading-m">"In the school"</h2>
        <TextInput form=form.clone() name="largest_group" label="Largest group" width="width-4" inputmode="numeric"
            hint="Pupils at one session. Leave blank if there is no limit"/>
        <Checkboxes form=form.clone() name="needs" legend="What the school must have" choices=needs/>
        <Checkboxes form=form.clone() name="adaptations" legend="How it can be adapted" choices=adaptations/>
        <Checkboxes form=form.clone() name="topics" legend="Topics" choices=topics
            hint="Of the guidance on relationships, sex and health education, and of Prevent"/>
        <DateInput form=form.clone() name="topics_as_of" legend="Date of the guidance"
            hint="The guidance the topics were chosen from. May be left blank"/>
    }
}
