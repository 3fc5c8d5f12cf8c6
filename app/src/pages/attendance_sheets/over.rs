//! Sessions whose figures are more than the roll: that they are right, the right number in their place, or none. A wrong
//! one holds up all others, and nobody mends a workbook on a phone.

use domain::attendance::MOST_PEOPLE;
use domain::attendance_sheet::heading;
use leptos::prelude::*;
use records::attendance::{Answer, Comparison, Over, OverFigure};
use std::collections::BTreeMap;

use super::decide::{ASKED, sure_field};
use crate::components::*;
use crate::web::form::Form;

/// The prefix of the field that has what the sheet says, before the figure's own.
const SAID: &str = "said-";
/// The prefix of the field that is mended.
const MEND: &str = "mend-";

/// What is asked of a session.
pub(super) fn card(form: &Form, over: &Over) -> AnyView {
    let day_and_place = format!("{}, {}", long_date(over.on), over.place);
    let asked = if over.why.is_empty() {
        view! { <h3 class="govuk-heading-s">{format!("Mended here: {day_and_place}")}</h3> }.into_any()
    } else {
        view! {
            <Hidden name=ASKED value=over.session.to_string()/>
            <Checkboxes form=form.clone() name=sure_field(over.session) legend=format!("Are you sure? {day_and_place}")
                hint=over.why.join(". ")
                choices=vec![choice("yes", "Yes, these numbers are right although they are more than the roll")]/>
        }
        .into_any()
    };
    let figures = over.figures.iter().map(|figure| field(form, figure)).collect_view();
    view! { <div class="app-card app-card--due">{asked} {figures}</div> }.into_any()
}

/// The number as it is recorded, which can be mended.
fn field(form: &Form, figure: &OverFigure) -> impl IntoView + use<> {
    let label = format!("{}: {}", figure.group, heading(figure.figure).to_lowercase());
    let hint = format!(
        "The sheet says {}. If that is wrong, write the right number here. Clear it to leave this figure out: what is on record stays",
        figure.said
    );
    view! {
        <Hidden name=format!("{SAID}{}", figure.field) value=figure.said.to_string()/>
        <TextInput form=form.clone() name=format!("{MEND}{}", figure.field) label=label hint=hint inputmode="numeric" width="width-4"/>
    }
}

/// Fills in what is recorded.
pub(super) fn put(form: &mut Form, compared: &Comparison) {
    for figure in compared.all_over().into_iter().flat_map(|over| &over.figures) {
        let right = figure.right.map(|n| n.to_string()).unwrap_or_default();
        form.put(&format!("{MEND}{}", figure.field), right);
    }
}

/// A number as it is typed; nothing leaves the figure out.
fn number(text: &str) -> Result<Option<i64>, ()> {
    match text.trim() {
        "" => Ok(None),
        text => text.parse().ok().filter(|n| (0..=MOST_PEOPLE).contains(n)).map(Some).ok_or(()),
    }
}

/// Every field with what the sheet says and what was typed.
fn typed(form: &Form) -> impl Iterator<Item = (&str, i64, &str)> {
    form.pairs().iter().filter_map(|(name, said)| {
        let field = name.strip_prefix(SAID)?;
        let own = format!("{MEND}{field}");
        let (_, text) = form.pairs().iter().find(|(name, _)| *name == own)?;
        Some((field, said.parse().ok()?, text.as_str()))
    })
}

/// What was mended.
pub(super) fn mended(form: &Form) -> BTreeMap<String, Answer> {
    let read = |(field, said, text): (&str, i64, &str)| {
        Some((field.to_owned(), Answer { on_record: Some(said), right: number(text).ok()? }))
    };
    typed(form).filter_map(read).collect()
}

/// Whether a number was typed that is none.
pub(super) fn is_unread(sent: &Form) -> bool {
    typed(sent).any(|(.., text)| number(text).is_err())
}

/// Says beside each such number what is wrong.
pub(super) fn refuse(form: &mut Form, sent: &Form, compared: &Comparison) {
    let figures: Vec<&OverFigure> = compared.all_over().into_iter().flat_map(|over| &over.figures).collect();
    for (field, _, text) in typed(sent).filter(|(.., text)| number(text).is_err()) {
        let Some(figure) = figures.iter().find(|figure| figure.field == field) else { continue };
        let own = format!("{MEND}{field}");
        form.replace(&own, text);
        form.refuse(own, format!("{}: enter a whole number from 0 to {MOST_PEOPLE}, or clear it", figure.group));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_mended_left_out_or_told_to_be_none() {
        let form = Form::of([
            ("said-pupils-x", "120"),
            ("mend-pupils-x", " 12 "),
            ("said-pupils-y", "99"),
            ("mend-pupils-y", ""),
            ("said-pupils-z", "99"),
        ]);
        let answer = |said, right| Answer { on_record: Some(said), right };
        let wanted = [("pupils-x".to_owned(), answer(120, Some(12))), ("pupils-y".to_owned(), answer(99, None))];
        assert_eq!(mended(&form), wanted.into(), "a field that was not sent says nothing");
        assert!(!is_unread(&form));
        for wrong in ["12x", "-1", "99999999"] {
            let form = Form::of([("said-pupils-x", "120"), ("mend-pupils-x", wrong)]);
            assert!(is_unread(&form) && mended(&form).is_empty(), "{wrong}");
        }
    }
}
