//! Changing a tour, and the fields that opening one has too.

use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use domain::money::Pence;
use domain::tour::{NewTour, Price};
use leptos::prelude::*;
use records::teams::{self, Team};
use records::tours::{self, Tour};
use records::{Conflict, Error};
use uuid::Uuid;

use crate::components::*;
use crate::web::answer::{Answer, once};
use crate::web::context::Context;
use crate::web::form::Form;
use crate::web::page::Page;

pub(super) async fn page(ctx: Context, Path(id): Path<Uuid>) -> Answer {
    let tour = tours::get(ctx.desk(), ctx.actor()?, id).await?;
    let teams = teams::list(ctx.desk(), ctx.actor()?, Some(tour.provider_id)).await?;
    let form = of_record(&tour);
    Ok(form_page(&ctx, &tour, teams, form).into_response())
}

pub(super) async fn change(ctx: Context, Path(id): Path<Uuid>, mut form: Form) -> Answer {
    let tour = tours::get(ctx.desk(), ctx.actor()?, id).await?;
    // A form without its version is stale.
    let version = form.get("version").parse().unwrap_or(0);
    if let Some(new) = read(&mut form) {
        match once(tours::change(&ctx.desk_for(&form), ctx.actor()?, id, version, new).await) {
            Ok(id) => return Ok(ctx.see_other_with(format!("/tours/{id}"), "Tour changed")),
            Err(Error::Invalid(errors)) => form.refuse_all(errors),
            Err(Error::Conflict(Conflict::Stale)) => {
                let tour = tours::get(ctx.desk(), ctx.actor()?, id).await?;
                let teams = teams::list(ctx.desk(), ctx.actor()?, Some(tour.provider_id)).await?;
                form.changed_meanwhile(of_record(&tour));
                return Ok(form_page(&ctx, &tour, teams, form).status(StatusCode::CONFLICT).into_response());
            }
            Err(other) => return Err(other.into()),
        }
    }
    let teams = teams::list(ctx.desk(), ctx.actor()?, Some(tour.provider_id)).await?;
    Ok(form_page(&ctx, &tour, teams, form).status(StatusCode::UNPROCESSABLE_ENTITY).into_response())
}

fn form_page(ctx: &Context, tour: &Tour, teams: Vec<Team>, form: Form) -> Page {
    let here = format!("/tours/{}", tour.id);
    let version = form.get("version").to_owned();
    let content = view! {
        <ErrorSummary form=form.clone()/>
        <span class="govuk-caption-l">{tour.name.clone()}</span>
        <h1 class="govuk-heading-l">"Change this tour"</h1>
        <p class="govuk-body">{format!("{} by {}. To change these, open another tour.", tour.programme_name, tour.provider_name)}</p>
        <PostForm form=form.clone() action=format!("{here}/edit")>
            <Hidden name="version" value=version/>
            {fields(&form, &teams)}
            <Button text="Save"/>
        </PostForm>
    };
    ctx.page("Change this tour", content).back(here)
}

fn of_record(tour: &Tour) -> Form {
    // The field has its pound sign already.
    let pounds = |amount: Pence| amount.to_string().trim_start_matches('£').to_owned();
    let mut form = Form::of([
        ("version", tour.version.to_string()),
        ("name", tour.name.clone()),
        ("target_schools", tour.target_schools.map(|n| n.to_string()).unwrap_or_default()),
        ("funders", tour.funders.clone()),
        ("budget", tour.budget().map(pounds).unwrap_or_default()),
        ("price", tour.price.as_str().to_owned()),
        ("notice_days", tour.notice_days.to_string()),
    ]);
    if tour.price != Price::Free {
        form.put("school_pays", pounds(tour.price_pence));
    }
    form.put_date("starts", tour.starts);
    form.put_date("ends", tour.ends);
    tour.teams.iter().for_each(|team| form.put("teams", team.id.to_string()));
    form
}

/// The tour that was written, or errors in the form.
pub(super) fn read(form: &mut Form) -> Option<NewTour> {
    let name = form.required("name", "Enter the tour’s name");
    let teams: Vec<Uuid> = form.all("teams").filter_map(|id| id.parse().ok()).collect();
    if teams.is_empty() {
        form.refuse("teams", "Choose at least one team");
    }
    let starts = form.date("starts", "the first day");
    let ends = form.date("ends", "the last day");
    let target_schools = form.number("target_schools", "The target", 1, 5000);
    let budget = form.read_optional::<Pence>("budget");
    let price = form.read::<Price>("price", "Choose what a school pays");
    let school_pays = form.read_optional::<Pence>("school_pays");
    let notice_days = form.read::<i64>("notice_days", "Enter the days of notice; 0 for none");
    if !form.is_good() {
        return None;
    }
    Some(NewTour {
        name: name?,
        teams,
        starts: starts?,
        ends: ends?,
        target_schools,
        funders: form.get("funders").to_owned(),
        budget,
        price: price?,
        school_pays: school_pays.unwrap_or_default(),
        notice_days: notice_days?,
    })
}

/// The fields of a tour.
pub(super) fn fields(form: &Form, teams: &[Team]) -> impl IntoView + use<> {
    let teams: Vec<_> = teams.iter().map(|t| choice_with_hint(t.id, &t.name, t.working_days)).collect();
    view! {
        <TextInput form=form.clone() name="name" label="Name" hint="What schools and reports call it, such as “Mr Shapeshifter, spring 2027”"/>
        <Checkboxes form=form.clone() name="teams" legend="Teams" choices=teams/>
        <DateInput form=form.clone() name="starts" legend="First day"/>
        <DateInput form=form.clone() name="ends" legend="Last day" hint="In the same academic year. For example, 27 3 2027"/>
        <TextInput form=form.clone() name="target_schools" label="Target number of schools" width="width-4" inputmode="numeric"
            hint="How many schools it shall reach. May be left blank"/>
        {money_fields(form)}
        <TextInput form=form.clone() name="notice_days" label="Days of notice" width="width-3" inputmode="numeric"
            hint="A school may move or cancel until so many days before"/>
    }
}

fn money_fields(form: &Form) -> impl IntoView + use<> {
    let prices = vec![
        choice(Price::Free.as_str(), "Free"),
        choice_with_hint(Price::Subsidised.as_str(), "Subsidised", "The school pays a part"),
        choice_with_hint(Price::Charged.as_str(), "Charged", "The school pays what it costs"),
    ];
    view! {
        <TextArea form=form.clone() name="funders" label="Funders" rows=3 hint="One a line. Schools and the provider do not see them"/>
        <TextInput form=form.clone() name="budget" label="Budget" prefix="£" width="width-10"
            hint="What may be spent. May be left blank; schools and the provider do not see it"/>
        <Radios form=form.clone() name="price" legend="Price to the school" choices=prices/>
        <TextInput form=form.clone() name="school_pays" label="What a school pays for a visit" prefix="£" width="width-10"
            hint="Leave blank when it is free"/>
    }
}
