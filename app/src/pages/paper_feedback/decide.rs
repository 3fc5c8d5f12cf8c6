//! What typed forms add, and what has to be decided: where an answer was typed differently, which is right.

use domain::feedback::paper::{Given, word};
use leptos::prelude::*;
use records::feedback::{Added, Asked, Change, Comparison, Decision as Right, Decisions, Taken, Unfinished};
use records::filled_sheets::Import;
use records::imports::Problem;

use super::{HERE, other_forms};
use crate::components::*;
use crate::pages::filled_sheets::{LISTED_CHANGES, about, and_more};
use crate::web::context::Context;
use crate::web::form::Form;
use crate::web::page::Page;

/// How a choice names an answer that a form leaves blank.
const BLANK: &str = "blank";

pub(super) fn page(ctx: &Context, form: Form, import: &Import, compared: &Comparison) -> Page {
    let title = match (compared.asked.is_empty(), compared.unfinished.is_empty()) {
        (true, true) => "Check what is added",
        (false, _) => "Decide which answer is right",
        (true, false) => "Decide about blank cells",
    };
    let here = format!("{HERE}/{}", import.id);
    let nothing = compared.added.is_empty() && compared.changes.is_empty() && compared.is_settled();
    let asked = other_forms::questions(&form, import, compared);
    let unfinished = (!compared.unfinished.is_empty()).then(|| {
        let questions = compared.unfinished.iter().map(|unfinished| blanks(&form, unfinished)).collect_view();
        let heading = plural(count(compared.unfinished.len()), "form has blank cells", "forms have blank cells");
        let all = (compared.unfinished.len() > 1).then(|| all_blanks(&form, &compared.unfinished));
        view! {
            <h2 class="govuk-heading-m">{heading}</h2>
            <p class="govuk-body">"Say of each whether the paper is blank there too. A form that you leave out can be typed in to the end, and the sheet uploaded again."</p>
            {all}
            {questions}
        }
    });
    let decided = decided_before(&form, compared);
    let (added, changes) = (added(&compared.added), changes(&compared.changes));
    let drop = format!("{here}/drop");
    let next = if nothing {
        view! {
            <p class="govuk-body">"Nothing would be added: all of it is on record already."</p>
            <p class="govuk-body"><a class="govuk-link" href=drop>"Drop this sheet"</a></p>
        }
        .into_any()
    } else {
        view! {
            <PostForm form=form.clone() action=format!("{here}/record")>
                {asked}
                {unfinished}
                {decided}
                {added}
                {changes}
                <div class="govuk-button-group">
                    <Button text="Take in this feedback"/>
                    <a class="govuk-link" href=drop>"Drop this sheet"</a>
                </div>
            </PostForm>
        }
        .into_any()
    };
    let (about, notes) = (about(HERE, import), notes(compared));
    let content = view! {
        <ErrorSummary form=form.clone()/>
        <span class="govuk-caption-l app-break">{import.file_name.clone()}</span>
        <h1 class="govuk-heading-l">{title}</h1>
        <p class="govuk-body">"Nothing has been recorded yet."</p>
        {about}
        {notes}
        {next}
    };
    ctx.page(title, content).wide().back(HERE)
}

pub(super) fn count(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

/// What is not added, and why.
fn notes(compared: &Comparison) -> impl IntoView + use<> {
    let unchanged = (compared.unchanged > 0).then(|| {
        format!(
            "{} on record already with the same key and the same answers, and not counted again. If somebody typed another form into the same row of another copy of the sheet, type it into a row that is free.",
            plural(count(compared.unchanged), "form is", "forms are")
        )
    });
    let copies = (compared.copies > 0).then(|| {
        format!(
            "{}. If you copied a row to make room for another form, type that form into a row of its own.",
            plural(
                count(compared.copies),
                "row repeats the key of another row, and is the same form",
                "rows repeat the key of another row, and are the same form"
            )
        )
    });
    let left_out = (!compared.left_out.is_empty())
        .then(|| format!("{} left out, as you said.", plural(count(compared.left_out.len()), "form is", "forms are")));
    [unchanged, copies, left_out]
        .into_iter()
        .flatten()
        .map(|text| view! { <p class="govuk-body">{text}</p> })
        .collect_view()
}

fn added(added: &[Added]) -> Option<impl IntoView + use<>> {
    (!added.is_empty()).then(|| {
        let rows = added.iter().map(line).collect();
        view! {
            <DataTable caption="Responses that will be added" heads=vec!["Day", "Where", "From", "Responses"]
                numeric=vec![3] rows=rows/>
        }
    })
}

/// What was taken in: responses by session, and answers that were changed.
pub(super) fn taken(taken: &Taken) -> impl IntoView + use<> {
    let added = (!taken.added.is_empty()).then(|| {
        let shown = taken.added.iter().take(LISTED_CHANGES).map(line).collect();
        view! {
            <DataTable caption="Responses that were added" heads=vec!["Day", "Where", "From", "Responses"]
                numeric=vec![3] rows=shown/>
            {and_more(LISTED_CHANGES, taken.added.len())}
        }
    });
    let changed = (!taken.changed.is_empty()).then(|| {
        let rows = taken.changed.iter().take(LISTED_CHANGES).map(|c| {
            vec![
                short_date(c.on).into_any(),
                c.place.clone().into_any(),
                c.question.asked(c.kind).into_any(),
                word(c.question, c.before).into_any(),
                word(c.question, c.after).into_any(),
            ]
        });
        view! {
            <DataTable caption="Answers that were changed" heads=vec!["Day", "Where", "Question", "Before", "Then"]
                rows=rows.collect()/>
            {and_more(LISTED_CHANGES, taken.changed.len())}
        }
    });
    view! { {added} {changed} }
}

fn line(line: &Added) -> Vec<AnyView> {
    vec![
        short_date(line.on).into_any(),
        line.place.clone().into_any(),
        line.respondent.label().into_any(),
        thousands(count(line.forms)).into_any(),
    ]
}

fn changes(changes: &[Change]) -> Option<impl IntoView + use<>> {
    (!changes.is_empty()).then(|| {
        let said = |change: &Change, given: Option<Given>| given.map_or("", |given| word(change.question, given));
        let rows = changes
            .iter()
            .map(|c| {
                vec![
                    c.rows.clone().into_any(),
                    c.question.asked(c.kind).into_any(),
                    said(c, c.before).into_any(),
                    said(c, c.after).into_any(),
                ]
            })
            .collect();
        view! { <DataTable caption="Decisions that will be changed" heads=vec!["Form", "Question", "Now", "Then"] rows=rows/> }
    })
}

/// An answer that was typed differently: what each says, who and when; nothing is chosen beforehand.
pub(super) fn question(form: &Form, asked: &Asked) -> impl IntoView + use<> {
    let what = &asked.what;
    let own = what.before.map(|given| {
        let by = match &asked.by {
            Some((person, at)) => {
                let who = person.clone().unwrap_or_else(|| "the command line".to_owned());
                format!("Taken in by {who}, {}", date_time(*at))
            }
            None => "Taken in before".to_owned(),
        };
        choice_with_hint(value(what.before, given), format!("{}, as is on record", word(what.question, given)), by)
    });
    let said = asked.said.iter().map(|said| {
        let label = format!("{}, as the sheet says", word(what.question, said.given));
        choice_with_hint(value(what.before, said.given), label, format!("In {}", said.wheres.join("; ")))
    });
    let choices = own.into_iter().chain(said).collect::<Vec<_>>();
    let hint = format!("{}, {}. Form: {}", long_date(what.on), what.place, what.rows);
    view! {
        <Radios form=form.clone() name=asked.field.clone() legend=what.question.asked(what.kind) hint=hint choices=choices/>
    }
}

/// The field in which all forms with blank cells are answered for at once, and the one that names them.
const ALL_BLANKS: &str = "all-blanks";
const BLANK_FORM: &str = "blank-form";

fn blank_choices(take_in: &'static str, leave_out: &'static str) -> Vec<Choice> {
    let of = |decision: Right| value(decision.on_record, decision.right);
    vec![choice(of(Unfinished::TAKE_IN), take_in), choice(of(Unfinished::LEAVE_OUT), leave_out)]
}

/// All forms with blank cells at once: a stack of paper has many.
fn all_blanks(form: &Form, unfinished: &[Unfinished]) -> impl IntoView + use<> {
    let choices = blank_choices("They are blank there: no answers", "They are not typed in to the end: leave them out");
    let fields =
        unfinished.iter().map(|one| view! { <Hidden name=BLANK_FORM value=one.field.clone()/> }).collect_view();
    let legend = format!("All {}", plural(count(unfinished.len()), "form with blank cells", "forms with blank cells"));
    view! {
        {fields}
        <Radios form=form.clone() name=ALL_BLANKS legend=legend hint="What you say below of one form counts for that one" choices=choices/>
    }
}

/// A form with blank cells: whether they are no answers.
fn blanks(form: &Form, unfinished: &Unfinished) -> impl IntoView + use<> {
    let asked = unfinished.blanks.iter().map(|question| question.asked(unfinished.kind)).collect::<Vec<_>>();
    let hint = format!("{}, {}. Blank: {}", long_date(unfinished.on), unfinished.place, asked.join(" "));
    let choices = blank_choices("The form is blank there: no answer", "It is not typed in to the end: leave it out");
    view! { <Radios form=form.clone() name=unfinished.field.clone() legend=unfinished.rows.clone() hint=hint choices=choices/> }
}

/// What was on record when it was asked, and what is right: “2|0”, “|blank”.
pub(super) fn value(record: Option<Given>, right: Given) -> String {
    let text = |given: Given| given.map_or_else(|| BLANK.to_owned(), |place| place.to_string());
    format!("{}|{}", record.map(text).unwrap_or_default(), text(right))
}

/// What was decided before goes on being decided.
fn decided_before(form: &Form, compared: &Comparison) -> Vec<AnyView> {
    let is_asked = |field: &String| {
        compared.asked.iter().any(|asked| asked.field == *field || asked.row.field == *field)
            || compared.unfinished.iter().any(|unfinished| unfinished.field == *field)
    };
    let decided = answers(form).into_iter().filter(|(field, _)| !is_asked(field));
    decided
        .map(|(field, answer)| view! { <Hidden name=field value=value(answer.on_record, answer.right)/> }.into_any())
        .collect()
}

/// Says what is wrong with what was decided; of many forms, of the first.
pub(super) fn refuse_decided(form: &mut Form, problems: &[Problem]) {
    for problem in problems.iter().take(other_forms::FEW) {
        let row = problem.row.map(|row| format!("Row {row}: ")).unwrap_or_default();
        form.refuse("", format!("{row}{}", problem.message));
    }
}

/// Says beside each question that it is open.
pub(super) fn refuse(form: &mut Form, compared: &Comparison) {
    other_forms::refuse(form, compared);
    if compared.unfinished.len() > other_forms::FEW {
        let forms = plural(count(compared.unfinished.len()), "form has blank cells", "forms have blank cells");
        form.refuse(ALL_BLANKS, format!("{forms}: say of all or of each whether the paper is blank there"));
        return;
    }
    for unfinished in &compared.unfinished {
        let sentence = format!("{}: say whether the form is blank there", unfinished.rows);
        form.refuse(unfinished.field.clone(), sentence);
    }
}

/// What was decided.
pub(super) fn answers(form: &Form) -> Decisions {
    let decided = form.pairs().iter().filter_map(|(field, chosen)| {
        let (record, right) = chosen.split_once('|')?;
        let on_record = if record.is_empty() { None } else { Some(given(record)?) };
        Some((field.clone(), Right { on_record, right: given(right)? }))
    });
    let mut decided: Decisions = decided.collect();
    if let Some(all) = decided.remove(ALL_BLANKS) {
        for (_, field) in form.pairs().iter().filter(|(name, _)| name == BLANK_FORM) {
            decided.entry(field.clone()).or_insert(all);
        }
    }
    other_forms::of_all(form, &mut decided);
    decided
}

/// An answer as it was carried; none for what is none.
fn given(text: &str) -> Option<Given> {
    if text == BLANK { Some(None) } else { text.parse().ok().map(Some) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_said_of_all_forms_with_blank_cells_counts_where_nothing_is_said_of_one() {
        let (take_in, leave_out) = (Unfinished::TAKE_IN, Unfinished::LEAVE_OUT);
        let all = value(take_in.on_record, take_in.right);
        let one = value(leave_out.on_record, leave_out.right);
        let form =
            Form::of([(ALL_BLANKS, all), (BLANK_FORM, "x".to_owned()), (BLANK_FORM, "y".to_owned()), ("y", one)]);
        let wanted = [("x".to_owned(), take_in), ("y".to_owned(), leave_out)];
        assert_eq!(answers(&form), wanted.into_iter().collect());
    }

    #[test]
    fn a_choice_says_what_was_on_record_when_it_was_made() {
        let form = Form::of([("liked-x", "2|0"), ("learned-x", "|blank"), ("again-x", "blank|1"), ("other", "a|b")]);
        let answers = answers(&form);
        assert_eq!(answers.len(), 3);
        assert_eq!(answers["liked-x"], Right { on_record: Some(Some(2)), right: Some(0) });
        assert_eq!(answers["learned-x"], Right { on_record: None, right: None });
        assert_eq!(answers["again-x"], Right { on_record: Some(None), right: Some(1) });
        for answer in answers.values() {
            let text = value(answer.on_record, answer.right);
            assert_eq!(super::answers(&Form::of([("x", text)]))["x"], *answer);
        }
    }
}
