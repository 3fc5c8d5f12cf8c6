//! Correcting a school's entry, and counting its roll.

use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use domain::contact::EmailAddress;
use domain::setting::{SettingType, YearGroupsSource, year_groups_of};
use domain::year_group::{YearGroup, YearGroups};
use leptos::prelude::*;
use records::schools::{self, Detail, Edit, School, YearGroupsEdit};
use records::{Conflict, Error};
use uuid::Uuid;

use super::year_groups;
use crate::components::*;
use crate::web::answer::{Answer, once};
use crate::web::context::Context;
use crate::web::form::Form;
use crate::web::page::Page;

/// The most pupils a field takes.
const MOST_PUPILS: i64 = 5_000;

pub(super) async fn edit(ctx: Context, Path(id): Path<Uuid>) -> Answer {
    let school = schools::get(ctx.desk(), ctx.actor()?, id).await?.school;
    let form = of_record(&school);
    Ok(edit_page(&ctx, &school, form).into_response())
}

fn of_record(school: &School) -> Form {
    let follows = match school.year_groups_source {
        YearGroupsSource::Person => "taught",
        YearGroupsSource::NotFollowed => "not_followed",
        _ => "as_listed",
    };
    let setting_type = if school.setting_type_is_corrected() { school.setting_type.as_str() } else { "" };
    let text = |value: &Option<String>| value.clone().unwrap_or_default();
    let mut form = Form::of([
        ("version", school.version.to_string()),
        ("follows", follows.to_owned()),
        ("setting_type", setting_type.to_owned()),
        ("telephone", text(&school.telephone)),
        ("email", text(&school.email)),
        ("website", text(&school.website)),
    ]);
    for year_group in school.year_groups().unwrap_or_default().iter() {
        form.put("year_group", year_group.number().to_string());
    }
    form
}

pub(super) async fn change(ctx: Context, Path(id): Path<Uuid>, mut form: Form) -> Answer {
    let school = schools::get(ctx.desk(), ctx.actor()?, id).await?.school;
    if let Some(edit) = read(&mut form) {
        match once(schools::edit(&ctx.desk_for(&form), ctx.actor()?, id, edit).await) {
            Ok(id) => return Ok(ctx.see_other_with(format!("/schools/{id}"), "School changed")),
            Err(Error::Invalid(errors)) => form.refuse_all(errors),
            Err(Error::Conflict(Conflict::Stale)) => {
                let school = schools::get(ctx.desk(), ctx.actor()?, id).await?.school;
                form.changed_meanwhile(of_record(&school));
                return Ok(edit_page(&ctx, &school, form).status(StatusCode::CONFLICT).into_response());
            }
            Err(other) => return Err(other.into()),
        }
    }
    Ok(edit_page(&ctx, &school, form).status(StatusCode::UNPROCESSABLE_ENTITY).into_response())
}

fn read(form: &mut Form) -> Option<Edit> {
    let taught: YearGroups = form.all("year_group").filter_map(|text| text.parse::<YearGroup>().ok()).collect();
    let year_groups = match form.get("follows") {
        "as_listed" => Some(YearGroupsEdit::AsListed),
        "not_followed" => Some(YearGroupsEdit::NotFollowed),
        "taught" if taught.is_empty() => {
            form.refuse("year_group", "Choose the year groups the school teaches");
            None
        }
        "taught" => Some(YearGroupsEdit::Taught(taught)),
        _ => {
            form.refuse("follows", "Choose where the year groups come from");
            None
        }
    };
    let setting_type = form.read_optional::<SettingType>("setting_type");
    let email = form.read_optional::<EmailAddress>("email");
    let (telephone, website) = (form.get("telephone").to_owned(), form.get("website").to_owned());
    if !form.is_good() {
        return None;
    }
    // A form without its version is stale.
    let version = form.get("version").parse().unwrap_or(0);
    Some(Edit { version, year_groups: year_groups?, setting_type, telephone, email, website })
}

fn edit_page(ctx: &Context, school: &School, form: Form) -> Page {
    let here = format!("/schools/{}", school.id);
    let (listed, source) = listed_years(school);
    let follows = vec![
        choice_with_hint("as_listed", "As the school list says", year_groups(listed, source)),
        choice_with_hint("taught", "These year groups", "Choose them below"),
        choice_with_hint("not_followed", "It does not follow year groups", "The school chooses by stage"),
    ];
    let years = YearGroup::all().map(|year| choice(year.number(), year)).collect::<Vec<_>>();
    let listed_type = SettingType::of_establishment(&school.establishment_type, &school.type_group);
    let mut types = vec![choice("", format!("As the school list says: {}", listed_type.label()))];
    types.extend(SettingType::ALL.iter().map(|t| choice(t.as_str(), t.label())));
    let version = form.get("version").to_owned();
    let content = view! {
        <ErrorSummary form=form.clone()/>
        <span class="govuk-caption-l">{school.name.clone()}</span>
        <h1 class="govuk-heading-l">"Correct this school’s entry"</h1>
        <p class="govuk-body">"What you change here stays when the school list is imported again."</p>
        <PostForm form=form.clone() action=format!("{here}/edit")>
            <Hidden name="version" value=version/>
            <Radios form=form.clone() name="follows" legend="Year groups" choices=follows/>
            <Checkboxes form=form.clone() name="year_group" legend="The year groups it teaches"
                hint="Only if you chose “These year groups”" choices=years small=true/>
            <Select form=form.clone() name="setting_type" label="Setting type" choices=types/>
            <TextInput form=form.clone() name="telephone" label="Telephone" kind="tel" width="width-20"/>
            <TextInput form=form.clone() name="email" label="Email for visits" kind="email"
                hint="An office address is better than a person’s: it stays when people move on"/>
            <TextInput form=form name="website" label="Website" kind="url"/>
            <Button text="Save"/>
        </PostForm>
    };
    ctx.page("Correct this school’s entry", content).back(here)
}

/// The year groups the school list gives, whatever a person said.
fn listed_years(school: &School) -> (Option<YearGroups>, YearGroupsSource) {
    let age = |age: Option<i64>| age.and_then(|age| u8::try_from(age).ok());
    year_groups_of(age(school.low_age).zip(age(school.high_age)), school.phase)
}

pub(super) async fn roll(ctx: Context, Path(id): Path<Uuid>) -> Answer {
    let detail = schools::get(ctx.desk(), ctx.actor()?, id).await?;
    let counted = detail.roll.counted.iter().map(|(year, pupils)| (field(*year), pupils.to_string()));
    let form = Form::of(counted.collect::<Vec<_>>());
    Ok(roll_page(&ctx, &detail, form).into_response())
}

pub(super) async fn count(ctx: Context, Path(id): Path<Uuid>, mut form: Form) -> Answer {
    let detail = schools::get(ctx.desk(), ctx.actor()?, id).await?;
    let counts: Vec<_> = offered(&detail)
        .iter()
        .map(|year| (year, form.number(&field(year), &year.to_string(), 0, MOST_PUPILS)))
        .collect();
    if form.is_good() {
        let year = detail.academic_year;
        match once(schools::count(&ctx.desk_for(&form), ctx.actor()?, id, year, &counts).await) {
            Ok(id) => return Ok(ctx.see_other_with(format!("/schools/{id}"), "Numbers on roll saved")),
            Err(Error::Invalid(errors)) => form.refuse_all(errors),
            Err(other) => return Err(other.into()),
        }
    }
    Ok(roll_page(&ctx, &detail, form).status(StatusCode::UNPROCESSABLE_ENTITY).into_response())
}

fn field(year_group: YearGroup) -> String {
    format!("year_{}", year_group.number())
}

/// The year groups that can be counted: those it teaches or may teach, and those counted already.
fn offered(detail: &Detail) -> YearGroups {
    let taught = detail.school.year_groups().unwrap_or_else(YearGroups::planning_assumption);
    taught.union(detail.roll.counted.iter().map(|(year, _)| *year).collect())
}

fn roll_page(ctx: &Context, detail: &Detail, form: Form) -> Page {
    let here = format!("/schools/{}", detail.school.id);
    let estimates = domain::number_on_roll::Roll { counted: Vec::new(), ..detail.roll.clone() };
    let fields = offered(detail)
        .iter()
        .map(|year| {
            let hint = match estimates.of(year) {
                Some(estimate) => format!("Estimated: {}", thousands(estimate.pupils)),
                None => "No estimate".to_owned(),
            };
            view! {
                <TextInput form=form.clone() name=field(year) label=year.to_string() hint=hint width="width-4"
                    inputmode="numeric"/>
            }
        })
        .collect_view();
    let content = view! {
        <ErrorSummary form=form.clone()/>
        <span class="govuk-caption-l">{detail.school.name.clone()}</span>
        <h1 class="govuk-heading-l">{format!("Numbers on roll, {}", detail.academic_year)}</h1>
        <p class="govuk-body">"Enter how many pupils were counted. 0 is a number; leave a year group blank to go on with the estimate."</p>
        <PostForm form=form.clone() action=format!("{here}/roll")>
            {fields}
            <Button text="Save"/>
        </PostForm>
    };
    ctx.page("Numbers on roll", content).back(here)
}
