//! Waiting lists: join one, see one's place, leave.

use axum::extract::{Path, Query};
use axum::http::StatusCode;
use axum::response::IntoResponse;
use domain::access::Operation;
use domain::programme::Need;
use domain::request::{PartOfDay, read_dates};
use domain::waiting::{WaitingState, Wish};
use leptos::prelude::*;
use records::sessions::{self, Bookable};
use records::tours::{self, Tour};
use records::waiting::{self, Joining, Line};
use records::{Error, openings, programmes};
use serde::Deserialize;
use uuid::Uuid;

use crate::components::*;
use crate::pages::sessions::change::slot_text;
use crate::pages::sessions::fields::{asked_fields, read_asked, school_field};
use crate::pages::sessions::groups;
use crate::web::answer::{Answer, Problem, once};
use crate::web::context::Context;
use crate::web::form::Form;
use crate::web::page::Page;
use crate::web::routes::{Routes, Who};

/// Free slots that are shown before somebody waits for another.
const SHOWN: usize = 5;

pub(crate) fn routes(routes: Routes) -> Routes {
    let who = Who::May(Operation::WaitForSlot);
    routes
        .get("/tours/{id}/wait", who, ask)
        .post("/tours/{id}/wait", who, join)
        .get("/waiting/{id}/leave", who, ask_leave)
        .post("/waiting/{id}/leave", who, leave)
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Asked {
    school: String,
}

struct Around {
    tour: Tour,
    schools: Vec<Bookable>,
    list: Vec<Line>,
    free: Vec<openings::Opening>,
    needs: Vec<Need>,
}

async fn around(ctx: &Context, id: Uuid) -> Result<Around, Problem> {
    let (desk, actor) = (ctx.desk(), ctx.actor()?);
    let tour = tours::get(desk, actor, id).await?;
    let mut schools = sessions::bookable_schools(desk, actor, id).await?;
    schools.retain(|school| school.in_audience);
    let list = waiting::of_tour(desk, actor, id).await?;
    let free = openings::free(desk, actor, id, domain::session::first_bookable(actor.role, desk.today())).await?;
    let programme = programmes::get(desk, actor, tour.programme_id).await?;
    let needs = programme.needs.0.iter().copied().filter(|need| *need != Need::StaffStay).collect();
    Ok(Around { tour, schools, list, free, needs })
}

async fn ask(ctx: Context, Path(id): Path<Uuid>, Query(asked): Query<Asked>) -> Answer {
    let around = around(&ctx, id).await?;
    let school = match around.schools.as_slice() {
        [only] => only.id.to_string(),
        _ => asked.school,
    };
    let mut form = Form::of([("school", school), ("part_of_day", PartOfDay::Any.as_str().to_owned())]);
    for need in &around.needs {
        form.put("has", need.as_str());
    }
    Ok(page(&ctx, &around, form)?.into_response())
}

async fn join(ctx: Context, Path(id): Path<Uuid>, mut form: Form) -> Answer {
    let around = around(&ctx, id).await?;
    let setting = form.read::<Uuid>("school", "Choose the school");
    let on_behalf = read_asked(&mut form, ctx.actor()?.role);
    let groups = groups::read(&mut form);
    let part_of_day = form.read::<PartOfDay>("part_of_day", "Choose when in the day it could be");
    let impossible = match read_dates(form.get("impossible"), around.tour.academic_year) {
        Ok(days) => days,
        Err(message) => {
            form.refuse("impossible", message);
            Vec::new()
        }
    };
    if let (Some(setting), Some(part_of_day), true) = (setting, part_of_day, form.is_good()) {
        let has = form.all("has").filter_map(|word| word.parse().ok()).collect();
        let new = Joining {
            setting,
            wish: Wish { groups, part_of_day, has, impossible: impossible.into_iter().collect() },
            room_for_others: form.has("room_for_others", "yes"),
            access_needs: form.get("access_needs").to_owned(),
            contact_name: form.get("contact_name").to_owned(),
            contact_telephone: form.get("contact_telephone").to_owned(),
            contact_email: form.get("contact_email").to_owned(),
            on_behalf,
        };
        match once(waiting::join(&ctx.desk_for(&form), ctx.actor()?, id, &new).await) {
            Ok(_) => {
                let text = "On the waiting list. When a slot that suits is free, a mail offers it";
                return Ok(ctx.see_other_with(format!("/tours/{id}/wait"), text));
            }
            Err(Error::Invalid(errors)) => form.refuse_all(errors),
            Err(other) => return Err(other.into()),
        }
    }
    Ok(page(&ctx, &around, form)?.status(StatusCode::UNPROCESSABLE_ENTITY).into_response())
}

fn page(ctx: &Context, around: &Around, form: Form) -> Result<Page, Problem> {
    let here = format!("/tours/{}", around.tour.id);
    let title = format!("Waiting list of {}", around.tour.programme_name);
    let mine = around.list.iter().any(|l| around.schools.iter().any(|s| s.name == l.school));
    let one_school_waits = around.schools.len() == 1 && mine;
    let form_view = if one_school_waits {
        None
    } else if around.schools.is_empty() {
        let text = "This tour is not meant for your school, so there is nothing to wait for.";
        Some(view! { <Empty text=text><p class="govuk-body"><a class="govuk-link" href="/tours">"See other tours"</a></p></Empty> }.into_any())
    } else {
        Some(join_form(ctx, around, &form)?)
    };
    let content = view! {
        <ErrorSummary form=form.clone()/>
        <span class="govuk-caption-l">{around.tour.name.clone()}</span>
        <h1 class="govuk-heading-l">{title.clone()}</h1>
        {list(&around.list)}
        {form_view}
    };
    Ok(ctx.page(title, content).back(here))
}

fn list(lines: &[Line]) -> AnyView {
    if lines.is_empty() {
        return view! { <p class="govuk-body">"Nobody of yours waits for this tour."</p> }.into_any();
    }
    let rows = lines
        .iter()
        .map(|l| {
            let leave = match l.state {
                WaitingState::Waiting => {
                    view! { <a class="govuk-link" href=format!("/waiting/{}/leave", l.id)>"Leave the list"<span class="govuk-visually-hidden">": "{l.school.clone()}</span></a> }
                        .into_any()
                }
                _ => "Was offered a slot: answer it".into_any(),
            };
            vec![
                l.school.clone().into_any(),
                place_words(l).into_any(),
                thousands(l.expected).into_any(),
                date_time(l.joined_at).into_any(),
                leave,
            ]
        })
        .collect();
    view! {
        <p class="govuk-body">"A free slot is offered for 48 hours to the school with the greatest need that it suits, then to the next."</p>
        <DataTable caption="Who waits" heads=vec!["School", "Place", "Expected", "Since", "What to do"] numeric=vec![2] rows=rows/>
    }
    .into_any()
}

/// “2 of 5”, or that it has an offer.
pub(crate) fn place_words(line: &Line) -> String {
    line.place.map_or_else(|| "Has an offer".to_owned(), |place| format!("{place} of {}", line.of))
}

fn join_form(ctx: &Context, around: &Around, form: &Form) -> Result<AnyView, Problem> {
    let here = format!("/tours/{}", around.tour.id);
    let role = ctx.actor()?.role;
    let free = (!around.free.is_empty()).then(|| {
        let slots = around
            .free
            .iter()
            .take(SHOWN)
            .map(|o| view! { <li><a class="govuk-link" href=format!("{here}/book?opening={}", o.id)>{slot_text(o)}</a></li> })
            .collect_view();
        let more = around.free.len().saturating_sub(SHOWN);
        let more = (more > 0).then(|| view! { <li><a class="govuk-link" href=format!("{here}/book")>{format!("and {more} more")}</a></li> });
        view! {
            <p class="govuk-body">"These are free now, and can be booked at once. Who waits says that none of them suits, and is not offered these again:"</p>
            <ul class="govuk-list">{slots}{more}</ul>
        }
    });
    let parts = PartOfDay::ALL.iter().map(|p| choice(p.as_str(), p.label())).collect::<Vec<_>>();
    let has = (!around.needs.is_empty()).then(|| {
        let needs = around.needs.iter().map(|n| choice(n.as_str(), n.label())).collect::<Vec<_>>();
        view! { <Checkboxes form=form.clone() name="has" legend="The school has" hint="What this needs. Without it no slot can be offered" choices=needs/> }
    });
    let others = vec![choice("yes", "Another school may join with a group, if there is room")];
    let year = around.tour.academic_year.first() + 1;
    let taught = around.schools.iter().find(|s| s.id.to_string() == form.get("school")).and_then(|s| s.year_groups);
    let (school, asked) = (school_field(form, &around.schools), asked_fields(form, role));
    let (groups, form) = (groups::fields(form, &groups::offered(&around.tour, taught)), form.clone());
    Ok(view! {
        <h2 class="govuk-heading-m">"Wait for a slot"</h2>
        {free}
        <PostForm form=form.clone() action=format!("{here}/wait")>
            {school}
            {asked}
            {groups}
            <Radios form=form.clone() name="part_of_day" legend="When in the day" choices=parts/>
            <TextArea form=form.clone() name="impossible" label="Days on which it cannot be (optional)" rows=3
                hint=format!("One a line, like 14 January {year}, or a period like 4 to 8 January {year}")/>
            {has}
            <TextArea form=form.clone() name="access_needs" label="Access needs (optional)" rows=3
                hint="What it takes for everyone to take part. No names of pupils"/>
            <TextInput form=form.clone() name="contact_name" label="Who is asked for"/>
            <TextInput form=form.clone() name="contact_telephone" label="Telephone" kind="tel" width="width-20"/>
            <TextInput form=form.clone() name="contact_email" label="Email for the offer" kind="email"/>
            <Checkboxes form=form.clone() name="room_for_others" legend="Other schools" choices=others/>
            <Button text="Join the waiting list"/>
        </PostForm>
    }
    .into_any())
}

async fn ask_leave(ctx: Context, Path(id): Path<Uuid>) -> Answer {
    let place = waiting::get(ctx.desk(), ctx.actor()?, id).await?;
    let form = Form::of([("version", place.version.to_string())]);
    let back = format!("/tours/{}/wait", place.tour_id);
    let (version, keep) = (form.get("version").to_owned(), back.clone());
    let content = view! {
        <h1 class="govuk-heading-l">"Leave the waiting list?"</h1>
        <p class="govuk-body">{format!("{} waits for {} since {}.", place.school, place.programme, date_time(place.joined_at))}</p>
        <p class="govuk-body">"Joining again later begins anew."</p>
        <PostForm form=form action=format!("/waiting/{id}/leave")>
            <Hidden name="version" value=version/>
            <div class="govuk-button-group"><Button text="Leave the list" variant="warning"/><a class="govuk-link" href=keep>"Keep waiting"</a></div>
        </PostForm>
    };
    Ok(ctx.page("Leave the waiting list?", content).back(back).into_response())
}

async fn leave(ctx: Context, Path(id): Path<Uuid>, form: Form) -> Answer {
    let place = waiting::get(ctx.desk(), ctx.actor()?, id).await?;
    let version = form.get("version").parse().unwrap_or(0);
    once(waiting::leave(&ctx.desk_for(&form), ctx.actor()?, id, version).await)?;
    Ok(ctx.see_other_with(format!("/tours/{}/wait", place.tour_id), "Off the waiting list"))
}
