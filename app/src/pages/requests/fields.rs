//! The fields of a request: shown, read, filled in with what is on record.

use domain::AcademicYear;
use domain::access::{Actor, Role};
use domain::request::{MOST_GROUPS, MOST_SESSIONS, PartOfDay, Wish, in_words, read_dates};
use domain::year_group::YearGroups;
use leptos::prelude::*;
use records::requests::{self, Asking, Request};
use records::tours::Tour;
use uuid::Uuid;

use crate::components::*;
use crate::pages::sessions::fields::read_asked;
use crate::pages::sessions::groups;
use crate::web::form::Form;

/// What was typed, in the order of the page; everything that is wrong with it is named at once. `is_new`: who asked is
/// said too, where somebody writes on the school's behalf.
pub(crate) fn read(form: &mut Form, actor: &Actor, tour: Uuid, year: AcademicYear, is_new: bool) -> Option<Asking> {
    let setting = form.get("school").parse::<Uuid>().ok();
    if setting.is_none() {
        form.refuse("school", "Choose the school");
    }
    let on_behalf = if is_new { read_asked(form, actor.role) } else { None };
    let groups = groups::read_of(form, MOST_GROUPS);
    let sessions = form.number("sessions", "Sessions", 1, MOST_SESSIONS);
    if sessions.is_none() && form.error("sessions").is_none() {
        form.refuse("sessions", format!("Enter how many sessions you need, between 1 and {MOST_SESSIONS}"));
    }
    let part_of_day = form.get("part_of_day").parse::<PartOfDay>().ok();
    if part_of_day.is_none() {
        form.refuse("part_of_day", "Choose when in the day it can be");
    }
    let preferred = dates(form, "preferred", year);
    let impossible = dates(form, "impossible", year);
    let text = |name: &str| form.get(name).to_owned();
    let asking = Asking {
        tour,
        setting: setting.unwrap_or_default(),
        wish: Wish {
            groups,
            sessions: sessions.unwrap_or(1),
            may_split: form.has("may_split", "yes"),
            room_for_others: form.has("room_for_others", "yes"),
            part_of_day: part_of_day.unwrap_or(PartOfDay::Any),
            impossible,
            preferred,
            access_needs: text("access_needs"),
            note: text("note"),
        },
        is_estimated: false,
        contact_name: text("contact_name"),
        contact_telephone: text("contact_telephone"),
        contact_email: text("contact_email"),
        on_behalf,
        outside_audience: form.has("outside_audience", "yes"),
    };
    if form.is_good() {
        return Some(asking);
    }
    let mut others = requests::contact_errors(actor, &asking);
    others.retain(|other| other.field != "asked_how" && form.error(&other.field).is_none());
    form.refuse_all(others);
    None
}

fn dates(form: &mut Form, field: &str, year: AcademicYear) -> Vec<chrono::NaiveDate> {
    match read_dates(form.get(field), year) {
        Ok(days) => days,
        Err(message) => {
            form.refuse(field, message);
            Vec::new()
        }
    }
}

/// A form that holds a request, to be changed.
pub(crate) fn of(request: &Request) -> Form {
    let yes = |is: bool| if is { "yes" } else { "" };
    let mut form = Form::of([
        ("school", request.setting_id.to_string()),
        ("version", request.version.to_string()),
        ("sessions", request.sessions.to_string()),
        ("may_split", yes(request.may_split).to_owned()),
        ("room_for_others", yes(request.room_for_others).to_owned()),
        ("part_of_day", request.part_of_day.as_str().to_owned()),
        ("preferred", in_words(&request.preferred).join("\n")),
        ("impossible", in_words(&request.impossible).join("\n")),
        ("access_needs", request.access_needs.clone()),
        ("note", request.note.clone()),
        ("contact_name", request.contact_name.clone()),
        ("contact_telephone", request.contact_telephone.clone()),
        ("contact_email", request.contact_email.clone()),
    ]);
    groups::put(&mut form, &request.groups);
    form
}

/// The fields after the school: groups, sessions, days, needs, contact. `optional_contact`: nobody has to be named.
pub(crate) fn fields(
    form: &Form,
    tour: &Tour,
    taught: Option<YearGroups>,
    role: Role,
    optional_contact: bool,
) -> impl IntoView + use<> {
    let offered = groups::offered(tour, taught);
    let widen = (role == Role::Commissioner).then(|| {
        let choices = vec![choice("yes", "The group may come although the programme is not meant for it")];
        view! { <Checkboxes form=form.clone() name="outside_audience" legend="Outside the audience" choices=choices/> }
    });
    let run = format!(
        "The tour runs from {} to {}. One day or period a line, such as {} or 4 to 8 January",
        short_date(tour.starts),
        short_date(tour.ends),
        tour.ends.format("%-d %B"),
    );
    let parts = PartOfDay::ALL.iter().map(|part| choice(part.as_str(), part.label())).collect();
    let split = vec![choice("yes", "They may be on several days")];
    let others = vec![choice("yes", "Another school may join with a group, if there is room")];
    let may = |label: &str| if optional_contact { format!("{label} (optional)") } else { label.to_owned() };
    view! {
        {groups::fields_of(form, &offered, MOST_GROUPS)}
        {widen}
        <h2 class="govuk-heading-m">"How much, and when"</h2>
        <TextInput form=form.clone() name="sessions" label="Sessions you need" width="width-2" inputmode="numeric"
            hint="Groups are dealt out evenly over them: three classes that come one after the other need three"/>
        <Checkboxes form=form.clone() name="may_split" legend="If it is more than one session" choices=split/>
        <Radios form=form.clone() name="part_of_day" legend="When in the day" choices=parts/>
        <TextArea form=form.clone() name="preferred" label="Days you would prefer (optional)" hint=run.clone() rows=4/>
        <TextArea form=form.clone() name="impossible" label="Days that are not possible (optional)" rows=4
            hint="Within the tour’s days: inset days, trips, tests. Written the same way"/>
        <Checkboxes form=form.clone() name="room_for_others" legend="Other schools" choices=others/>
        <h2 class="govuk-heading-m">"What you need"</h2>
        <TextArea form=form.clone() name="access_needs" label="Access and SEND needs (optional)" rows=3
            hint="What it takes for everyone to take part. No names of pupils"/>
        <TextArea form=form.clone() name="note" label="Anything else (optional)" rows=3 hint="No names of pupils"/>
        <h2 class="govuk-heading-m">"Whom we talk to"</h2>
        <TextInput form=form.clone() name="contact_name" label=may("Name")/>
        <TextInput form=form.clone() name="contact_telephone" label=may("Telephone") kind="tel" width="width-20"/>
        <TextInput form=form.clone() name="contact_email" label=may("Email") kind="email"/>
    }
}

/// What was typed, one fact a line: for the page that shows the answers once more.
pub(crate) fn answers(school: String, asking: &Asking) -> Vec<Row> {
    let wish = &asking.wish;
    let or_none = |text: &str| if text.is_empty() { "None".to_owned() } else { text.to_owned() };
    let mut rows = vec![
        row("School", school),
        row("Who attends", groups::in_words(&wish.groups)),
        row("Sessions", thousands(wish.sessions)),
    ];
    if wish.sessions > 1 {
        let dealt = domain::request::deal(&wish.groups, wish.sessions);
        let lines: Vec<_> = dealt
            .iter()
            .map(|groups| view! { <li>{plural(groups.iter().map(|g| g.expected).sum(), "pupil", "pupils")}": "{groups::in_words(groups)}</li> })
            .collect();
        rows.push(row("Who comes to which", view! { <ol class="govuk-list govuk-list--number">{lines}</ol> }));
    }
    rows.extend([
        row("When", super::when(wish.part_of_day, wish.sessions, wish.may_split)),
        row("Preferred days", super::days(&wish.preferred)),
        row("Days that are not possible", super::days(&wish.impossible)),
        row("Another school may join", if wish.room_for_others { "Yes" } else { "No" }),
        row("Access needs", or_none(&wish.access_needs)),
        row("Anything else", or_none(&wish.note)),
        row("Contact", format!("{}, {}, {}", asking.contact_name, asking.contact_telephone, asking.contact_email)),
    ]);
    if let Some(o) = &asking.on_behalf {
        rows.push(row("Who asked", format!("{} ({})", o.name, o.how.label().to_lowercase())));
    }
    rows
}
