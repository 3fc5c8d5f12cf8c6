//! Forms that are typed otherwise than a form on record with the same key, or than another row: the same form, or another
//! one that somebody typed into the same blank row of another copy of the sheet. Asked form by form, and of all at once.

use domain::feedback::paper::{are_likely_others, word};
use leptos::prelude::*;
use records::feedback::{Asked, Comparison, Decision, Decisions, Row};
use records::filled_sheets::Import;

use super::decide::{count, question, value};
use crate::components::*;
use crate::web::form::Form;

/// The field in which all such forms are answered for at once.
const ALL: &str = "all-forms";
/// The field that names them.
const ROW: &str = "form-row";
/// The field that names those that say the same as what is on record.
const SAME: &str = "same-row";
/// The choice that asks of each answer.
const SINGLY: &str = "singly";
/// What is chosen of all.
const OTHERS: &str = "others";
const RECORD: &str = "record";
const SHEET: &str = "sheet";
/// So many lines of a summary are read.
pub(super) const FEW: usize = 5;

/// What is asked, by the form.
fn by_row(compared: &Comparison) -> Vec<(&Row, Vec<&Asked>)> {
    let mut rows: Vec<(&Row, Vec<&Asked>)> = Vec::new();
    for asked in &compared.asked {
        match rows.iter_mut().find(|(row, _)| row.field == asked.row.field) {
            Some((_, all)) => all.push(asked),
            None => rows.push((&asked.row, vec![asked])),
        }
    }
    rows
}

/// Whether each answer is asked about by itself.
fn is_singly(form: &Form, row: &Row) -> bool {
    form.get(&row.field) == SINGLY
}

/// What is asked of the forms that are typed differently.
pub(super) fn questions(form: &Form, import: &Import, compared: &Comparison) -> Option<impl IntoView + use<>> {
    let rows = by_row(compared);
    (!rows.is_empty()).then(|| {
        let heading = plural(count(rows.len()), "form was typed differently", "forms were typed differently");
        let all = (rows.len() > 1).then(|| all(form, import, compared, &rows));
        let questions = rows.iter().map(|(row, asked)| one(form, row, asked)).collect_view();
        view! { <h2 class="govuk-heading-m">{heading}</h2> {all} {questions} }
    })
}

/// All of them at once, with which is which.
fn all(form: &Form, import: &Import, compared: &Comparison, rows: &[(&Row, Vec<&Asked>)]) -> impl IntoView + use<> {
    let recorded: Vec<&Asked> = compared.asked.iter().filter(|asked| asked.what.before.is_some()).collect();
    let (differ, same) = (rows.len(), compared.same.len());
    let mut told = vec![format!(
        "{} of {} differ.",
        plural(count(compared.asked.len()), "answer", "answers"),
        plural(count(differ), "form", "forms")
    )];
    if same > 0 {
        told.push(format!(
            "{} on record already with the same key and the same answers.",
            plural(count(same), "form is", "forms are")
        ));
    }
    if recorded.is_empty() {
        told.push("Rows of this file have the same key, and say different things.".to_owned());
    } else {
        let mut sources: Vec<String> = recorded.iter().map(|asked| source(asked)).collect();
        sources.sort();
        sources.dedup();
        told.push(format!("On record: {}.", sources.join("; ")));
        told.push(format!(
            "This sheet: “{}”, with {}.",
            import.file_name,
            plural(count(compared.rows), "form typed in", "forms typed in")
        ));
    }
    if are_likely_others(differ, differ + same) {
        told.push("So many differ that they are most likely other forms: two people typed into the same blank rows of two copies of the sheet.".to_owned());
    }
    let told = told.into_iter().map(|text| view! { <p class="govuk-body">{text}</p> }).collect_view();
    let others = match same {
        0 => "Count every form, those on record and those of this sheet".to_owned(),
        _ => format!(
            "Count every form, those on record and those of this sheet: also {} the same",
            plural(count(same), "form that says", "forms that say")
        ),
    };
    let mut choices = vec![choice_with_hint(OTHERS, "They are different forms: count both", others)];
    if !recorded.is_empty() {
        choices.push(choice(RECORD, "They are the same forms: what is on record stays"));
        choices.push(choice(SHEET, "They are the same forms: what this sheet says is right"));
    }
    let named = |name: &'static str, row: &Row| {
        view! { <Hidden name=name value=format!("{}={}={}", row.field, row.print, row.places.len())/> }
    };
    let hidden = rows.iter().map(|(row, _)| named(ROW, row)).collect_view();
    let hidden_same = compared.same.iter().map(|row| named(SAME, row)).collect_view();
    let legend = format!(
        "All {}",
        plural(count(differ), "form that was typed differently", "forms that were typed differently")
    );
    view! {
        {told}
        {hidden}
        {hidden_same}
        <Radios form=form.clone() name=ALL legend=legend hint="What you say below of one form counts for that one" choices=choices/>
    }
}

/// “taken in by Jo, 3 December 2026 at 9:14am, from “jo.xlsx””
fn source(asked: &Asked) -> String {
    let from = asked.from.as_ref().map(|name| format!(", from “{name}”")).unwrap_or_default();
    match &asked.by {
        Some((person, at)) => {
            let who = person.clone().unwrap_or_else(|| "the command line".to_owned());
            format!("taken in by {who}, {}{from}", date_time(*at))
        }
        None => "taken in before".to_owned(),
    }
}

/// One form: another one, or which of what is said is right.
fn one(form: &Form, row: &Row, asked: &[&Asked]) -> impl IntoView + use<> {
    let chosen = |decision: Decision| value(decision.on_record, decision.right);
    let Some(first) = asked.first() else { return ().into_any() };
    let what = &first.what;
    let is_one = asked.len() == 1;
    let mut choices = Vec::new();
    if what.before.is_some() {
        let words: Vec<_> = asked.iter().filter_map(|a| Some(word(a.what.question, a.what.before?))).collect();
        let by = first.by.as_ref().map_or_else(
            || "Taken in before".to_owned(),
            |_| {
                let mut text = source(first);
                text.replace_range(..1, "T");
                text
            },
        );
        choices.push(choice_with_hint(chosen(row.record()), format!("{}, as is on record", words.join("; ")), by));
    }
    for (at, place) in row.places.iter().enumerate() {
        let says = |asked: &&Asked| {
            let said = asked.said.iter().find(|said| said.wheres.contains(place));
            said.map(|said| word(asked.what.question, said.given))
        };
        let words: Vec<_> = asked.iter().filter_map(says).collect();
        if !words.is_empty() {
            let label = format!("{}, as the sheet says", words.join("; "));
            choices.push(choice_with_hint(chosen(row.sheet(at)), label, format!("In {place}")));
        }
    }
    choices.push(choice(chosen(row.others()), "They are different forms: count both"));
    if !is_one {
        choices.push(choice(SINGLY, "The same form, but each answer has to be looked at"));
    }
    let singly = is_singly(form, row).then(|| asked.iter().map(|asked| question(form, asked)).collect_view());
    let asks: Vec<_> = asked.iter().map(|asked| asked.what.question.asked(asked.what.kind)).collect();
    let (legend, hint) = if is_one {
        (asks.join(" "), format!("{}, {}. Form: {}", long_date(what.on), what.place, what.rows))
    } else {
        (what.rows.clone(), format!("{}, {}. {}", long_date(what.on), what.place, asks.join(" ")))
    };
    view! {
        <Radios form=form.clone() name=row.field.clone() legend=legend hint=hint choices=choices/>
        {singly}
    }
    .into_any()
}

/// Says beside each form that it is open; of many, once.
pub(super) fn refuse(form: &mut Form, compared: &Comparison) {
    let rows = by_row(compared);
    if rows.len() > FEW {
        let text = format!(
            "{}: say of all or of each which is right, or that they are different forms",
            plural(count(rows.len()), "form was typed differently", "forms were typed differently")
        );
        form.refuse(ALL, text);
        return;
    }
    for (row, asked) in rows {
        for asked in asked.iter().take(if is_singly(form, row) { asked.len() } else { 1 }) {
            let what = format!("{}, {}", asked.what.rows, asked.what.question.asked(asked.what.kind));
            let own = if is_singly(form, row) { &asked.field } else { &row.field };
            let sentence = if form.get(own).is_empty() || form.get(own) == SINGLY {
                format!("{what}: choose which answer is right")
            } else {
                format!("{what}: the record was changed meanwhile. Choose again which answer is right")
            };
            form.refuse(own.clone(), sentence);
        }
    }
}

/// What was said of all, where nothing is said of one.
pub(super) fn of_all(form: &Form, decided: &mut Decisions) {
    let all = form.get(ALL);
    for (name, text) in form.pairs() {
        let is_same = name == SAME;
        if !(is_same && all == OTHERS) && name != ROW {
            continue;
        }
        let mut parts = text.splitn(3, '=');
        let mut next = || parts.next().unwrap_or_default();
        let (field, print, places) = (next().to_owned(), next().parse(), next().parse::<usize>());
        let (Ok(print), Ok(places)) = (print, places) else { continue };
        let is_said = !form.get(&field).is_empty();
        // A form of more rows than one says several things.
        let (row, is_one) = (Row { field, print, places: Vec::new() }, places == 1);
        let decision = match all {
            OTHERS => Some(row.others()),
            RECORD => Some(row.record()),
            SHEET if is_one => Some(row.sheet(0)),
            _ => None,
        };
        if let Some(decision) = decision.filter(|_| !is_said) {
            decided.insert(row.field, decision);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_said_of_all_counts_where_nothing_is_said_of_one() {
        let row = |field: &str| Row { field: field.into(), print: 7, places: vec![String::new()] };
        let of = |all: &str| {
            let mut decided = Decisions::new();
            let form = Form::of([
                (ALL, all),
                (ROW, "form-x=7=1"),
                (ROW, "form-y=7=1"),
                (ROW, "form-w=7=2"),
                (SAME, "form-z=7=1"),
                ("form-y", "7|1"),
            ]);
            of_all(&form, &mut decided);
            decided
        };
        let others = ["form-w", "form-x", "form-z"].map(|field| (field.to_owned(), row(field).others()));
        assert_eq!(of(OTHERS), others.into(), "those that say the same are forms of their own, too");
        assert_eq!(of(SHEET), [("form-x".to_owned(), row("form-x").sheet(0))].into());
        let record = ["form-w", "form-x"].map(|field| (field.to_owned(), row(field).record()));
        assert_eq!(of(RECORD), record.into());
        assert_eq!(of(""), Decisions::new());
    }
}
