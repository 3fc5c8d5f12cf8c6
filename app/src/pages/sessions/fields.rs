//! What the pages of a booking are made of: what comes, the fields, and what is carried from one step to the next.

use chrono::{DateTime, Utc};
use domain::access::{Operation, Role, permitted};
use domain::tour::AskedBy;
use leptos::prelude::*;
use records::programmes;
use records::sessions::{Bookable, OnBehalf};
use records::tours::Tour;

use crate::components::*;
use crate::pages::programmes::{audience_words, labels, length};
use crate::web::answer::Problem;
use crate::web::context::Context;
use crate::web::form::Form;

/// What comes, before anything is typed: for whom, how long, for how many, and what the school must have.
pub(super) async fn about(ctx: &Context, tour: &Tour) -> Result<Option<impl IntoView + use<>>, Problem> {
    let actor = ctx.actor()?;
    if !permitted(actor.role, Operation::SeeProgrammes) {
        return Ok(None);
    }
    let programme = programmes::get(ctx.desk(), actor, tour.programme_id).await?;
    let most = programme.largest_group.map(|n| format!(", for up to {} pupils", thousands(n))).unwrap_or_default();
    let needs = labels(programme.needs.0.iter().map(|need| need.label()));
    let needs = if needs.is_empty() { String::new() } else { format!(" It needs: {}.", needs.to_lowercase()) };
    let text = format!("{}; {}{most}.{needs} ", audience_words(&tour.audience()), length(&programme));
    let href = format!("/programmes/{}/visit-pack", tour.programme_id);
    Ok(Some(view! { <p class="govuk-body">{text}<a class="govuk-link" href=href>"Read the visit pack"</a></p> }))
}

/// “Held for you until 2:32pm”.
pub(super) fn held_words(until: DateTime<Utc>) -> impl IntoView {
    let clock = until.with_timezone(&chrono_tz::Europe::London).format("%-I:%M%P");
    let text = format!("Held for you until {clock}. After that somebody else may take it; what you typed is kept.");
    view! { <div class="govuk-inset-text">{text}</div> }
}

/// Room, contact, staff: what the team has to know.
pub(super) fn on_the_day_fields(form: &Form) -> impl IntoView + use<> {
    let stay = vec![choice("yes", "A member of our staff stays with the pupils throughout")];
    let others = vec![choice("yes", "Another school may join with a group, if there is room")];
    view! {
        <h2 class="govuk-heading-m">"On the day"</h2>
        <TextInput form=form.clone() name="room" label="Room"/>
        <TextArea form=form.clone() name="access_needs" label="Access needs (optional)" rows=3
            hint="What it takes for everyone to take part. No names of pupils"/>
        <TextInput form=form.clone() name="contact_name" label="Who the team asks for"/>
        <TextInput form=form.clone() name="contact_telephone" label="Telephone on the day" kind="tel" width="width-20"/>
        <TextInput form=form.clone() name="contact_email" label="Email for the confirmation" kind="email"/>
        <TextInput form=form.clone() name="more_emails" label="Further addresses that get the mails (optional)" hint="Separate them by commas"/>
        <Checkboxes form=form.clone() name="staff_stay" legend="Staff" choices=stay/>
        <Checkboxes form=form.clone() name="room_for_others" legend="Other schools" choices=others/>
    }
}

/// Everything that was typed, carried unseen to the step that does the work, or back to the fields.
pub(crate) fn send_again(form: &Form, action: String, button: &'static str) -> impl IntoView + use<> {
    let carried = form
        .pairs()
        .iter()
        .filter(|(k, _)| k != "step" && k != crate::web::form::IDEMPOTENCY_KEY)
        .map(|(k, v)| view! { <Hidden name=k.clone() value=v.clone()/> })
        .collect_view();
    view! {
        <PostForm form=form.clone() action=action>
            {carried}
            <div class="govuk-button-group">
                <Button text=button name="step" value="book"/>
                <Button text="Change answers" variant="secondary" name="step" value="change"/>
            </div>
        </PostForm>
    }
}

/// The school, chosen where there are several.
pub(crate) fn school_field(form: &Form, schools: &[Bookable]) -> AnyView {
    if let [only] = schools {
        return view! {
            <Hidden name="school" value=only.id.to_string()/>
            <p class="govuk-body">{format!("For {}", only.name)}</p>
        }
        .into_any();
    }
    let label = |s: &Bookable| match s.in_audience {
        true => s.name.clone(),
        false => format!("{} (outside the audience)", s.name),
    };
    let choices: Vec<Choice> = std::iter::once(choice("", "Choose the school"))
        .chain(schools.iter().map(|s| choice(s.id, label(s))))
        .collect();
    view! { <Select form=form.clone() name="school" label="School" choices=choices/> }.into_any()
}

/// Who asked and how, typed by somebody who writes on a school's behalf.
pub(crate) fn asked_fields(form: &Form, role: Role) -> Option<impl IntoView + use<>> {
    (role != Role::School).then(|| {
        let how = AskedBy::ALL.iter().map(|a| choice(a.as_str(), a.label())).collect::<Vec<_>>();
        view! {
            <TextInput form=form.clone() name="asked_by_name" label="Who asked for it"/>
            <Radios form=form.clone() name="asked_how" legend="How they asked" choices=how/>
        }
    })
}

/// What was typed there.
pub(crate) fn read_asked(form: &mut Form, role: Role) -> Option<OnBehalf> {
    if role == Role::School {
        return None;
    }
    let name = form.required("asked_by_name", "Enter who asked");
    let how = form.read::<AskedBy>("asked_how", "Choose how the school asked");
    name.zip(how).map(|(name, how)| OnBehalf { name, how })
}
