//! The groups of a booking: their fields, what was typed into them, and in words.

use domain::programme::Audience;
use domain::session::{Group, MOST_GROUPS};
use domain::year_group::{YearGroup, YearGroups};
use leptos::prelude::*;
use records::tours::Tour;

use crate::components::*;
use crate::web::form::Form;

/// Groups the form has room for.
const GROUPS: usize = 3;

/// Ticked year groups that the programme is not for.
const OTHERS: &str = "other_year_groups";

/// The year groups a form has to tick.
pub(crate) struct Offered {
    /// Those the programme is for that the school teaches, as far as that is known.
    years: YearGroups,
    /// What else it teaches: they may come along, as in a mixed class.
    others: YearGroups,
    /// What the programme is for, where the school teaches none of it.
    none_taught: Option<YearGroups>,
}

/// Which year groups a form about `tour` offers. `taught` is what the school teaches, where that is known.
pub(crate) fn offered(tour: &Tour, taught: Option<YearGroups>) -> Offered {
    let Audience::Children { year_groups: meant, .. } = tour.audience() else {
        return Offered { years: YearGroups::NONE, others: YearGroups::NONE, none_taught: None };
    };
    let years = taught.map_or(meant, |taught| meant.intersection(taught));
    let all = taught.unwrap_or_else(YearGroups::planning_assumption);
    let others = all.iter().filter(|year| !years.contains(*year)).collect();
    Offered { years, others, none_taught: years.is_empty().then_some(meant) }
}

/// How groups are counted in labels.
const NTH: [&str; domain::request::MOST_GROUPS] =
    ["first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth"];

/// How many groups to show on a form that was filled from what was offered: those, and three at least.
pub(super) fn rooms(form: &Form) -> usize {
    (GROUPS..MOST_GROUPS).rev().find(|i| !is_blank(form, *i)).map_or(GROUPS, |last| last + 1)
}

fn field(name: &str, i: usize) -> String {
    format!("{name}-{i}")
}

/// Whether anything was typed into a group's fields.
fn is_blank(form: &Form, i: usize) -> bool {
    ["year_groups", OTHERS, "label", "expected", "expected_send"]
        .iter()
        .all(|name| form.get(&field(name, i)).is_empty())
}

/// The year groups ticked for a group.
fn ticked(form: &Form, i: usize) -> YearGroups {
    let (meant, others) = (field("year_groups", i), field(OTHERS, i));
    form.all(&meant).chain(form.all(&others)).filter_map(|text| text.parse::<YearGroup>().ok()).collect()
}

/// The groups that were typed; what is no number is refused in the form. Blank groups after the first are left out.
pub(crate) fn read(form: &mut Form) -> Vec<Group> {
    read_of(form, GROUPS)
}

/// [`read`], where there is room for `most` groups.
pub(crate) fn read_of(form: &mut Form, most: usize) -> Vec<Group> {
    let mut groups = Vec::new();
    for i in (0..most).filter(|i| *i == 0 || !is_blank(form, *i)).collect::<Vec<_>>() {
        let year_groups = ticked(form, i);
        let label = form.get(&field("label", i)).to_owned();
        let expected = form.number(&field("expected", i), "How many you expect", 1, 2_000);
        if expected.is_none() && form.error(&field("expected", i)).is_none() {
            form.refuse(field("expected", i), "Enter how many you expect");
        }
        let expected_send = form.number(&field("expected_send", i), "Pupils with SEND", 0, 2_000);
        groups.push(Group { year_groups, label, expected: expected.unwrap_or(0), expected_send });
    }
    groups
}

/// The fields; of the groups after the first, those that are used stand open.
pub(crate) fn fields(form: &Form, offered: &Offered) -> impl IntoView + use<> {
    fields_of(form, offered, GROUPS)
}

/// Puts groups into the fields.
pub(crate) fn put(form: &mut Form, groups: &[Group]) {
    for (i, group) in groups.iter().enumerate() {
        for year in group.year_groups.iter() {
            form.put(&field("year_groups", i), year.number().to_string());
        }
        form.put(&field("label", i), group.label.clone());
        form.put(&field("expected", i), group.expected.to_string());
        if let Some(send) = group.expected_send {
            form.put(&field("expected_send", i), send.to_string());
        }
    }
}

/// [`fields`], with room for `most` groups.
pub(crate) fn fields_of(form: &Form, offered: &Offered, most: usize) -> impl IntoView + use<> {
    // Room for three more than are used: who needs them all gets them after a press.
    let used = (0..most).rev().find(|i| !is_blank(form, *i)).map_or(0, |last| last + 1);
    let more = (1..most.min((used + 3).max(GROUPS)))
        .map(|i| {
            let open = !is_blank(form, i);
            view! {
                <details class="govuk-details" open=open>
                    <summary class="govuk-details__summary">
                        <span class="govuk-details__summary-text">{if i == 1 { "Another group comes too".to_owned() } else { format!("And a {} group", NTH[i]) }}</span>
                    </summary>
                    <div class="govuk-details__text">{one(form, i, offered)}</div>
                </details>
            }
        })
        .collect_view();
    let none = offered.none_taught.map(|meant| {
        let text = format!("This is for {meant}, and the school teaches none of these.");
        view! { <p class="govuk-body">{text}</p> }
    });
    view! { <h2 class="govuk-heading-m">"Who attends"</h2> {none} {one(form, 0, offered)} {more} }
}

fn one(form: &Form, i: usize, offered: &Offered) -> impl IntoView + use<> {
    let boxes = |years: YearGroups| years.iter().map(|y| choice(y.number(), y)).collect::<Vec<_>>();
    let which = if i == 0 { String::new() } else { format!(" of the {} group", NTH[i]) };
    // What somebody decided before stays ticked.
    let before: YearGroups =
        form.all(&field("year_groups", i)).filter_map(|text| text.parse::<YearGroup>().ok()).collect();
    let years = offered.years.union(before);
    let meant = (!years.is_empty()).then(|| {
        view! {
            <Checkboxes form=form.clone() name=field("year_groups", i) legend=format!("Year groups{which}")
                hint="Leave blank if the group follows none, as in some special schools" choices=boxes(years) small=true/>
        }
    });
    let others: YearGroups = offered.others.iter().filter(|year| !before.contains(*year)).collect();
    let others = (!others.is_empty()).then(|| {
        let open = !form.get(&field(OTHERS, i)).is_empty() || years.is_empty();
        view! {
            <details class="govuk-details" open=open>
                <summary class="govuk-details__summary">
                    <span class="govuk-details__summary-text">{format!("Other year groups come along{which}")}</span>
                </summary>
                <div class="govuk-details__text">
                    <Checkboxes form=form.clone() name=field(OTHERS, i) legend=format!("Other year groups{which}")
                        hint="As in a mixed class. It is not meant for them alone" choices=boxes(others) small=true/>
                </div>
            </details>
        }
    });
    view! {
        {meant}
        {others}
        <TextInput form=form.clone() name=field("expected", i) label=format!("How many pupils you expect{which}") width="width-4" inputmode="numeric"/>
        <TextInput form=form.clone() name=field("expected_send", i) label=format!("Of whom with SEND{which} (optional)") width="width-4" inputmode="numeric"/>
        <TextInput form=form.clone() name=field("label", i) label=format!("What you call the group{which} (optional)") hint="Such as 6B" width="width-10"/>
    }
}

/// The groups, one after the other.
pub(crate) fn in_words(groups: &[Group]) -> String {
    let one = |g: &Group| {
        let years =
            if g.year_groups.is_empty() { "Year groups not followed".to_owned() } else { g.year_groups.to_string() };
        let send = g.expected_send.map_or_else(|| "SEND not stated".to_owned(), |n| format!("{n} with SEND"));
        let label = if g.label.is_empty() { String::new() } else { format!(", {}", g.label) };
        format!("{years}{label}: {} expected, {send}", thousands(g.expected))
    };
    groups.iter().map(one).collect::<Vec<_>>().join("; ")
}
