//! What a filled sheet changes, and what has to be decided: where two people counted differently, who is right.

use domain::attendance_sheet::heading;
use leptos::prelude::*;
use records::attendance::{Answer as Right, Answers, Asked, Comparison, FigureChange, Over};
use records::filled_sheets::Import;
use uuid::Uuid;

use crate::components::*;
use crate::pages::filled_sheets::about;
use crate::web::context::Context;
use crate::web::form::Form;
use crate::web::page::Page;

pub(super) fn page(ctx: &Context, form: Form, import: &Import, compared: &Comparison) -> Page {
    let title = if compared.asked.is_empty() { "Check what the sheet changes" } else { "Decide who is right" };
    let nothing = compared.changes.is_empty() && compared.is_settled();
    let asked = (!compared.asked.is_empty()).then(|| {
        let count = i64::try_from(compared.asked.len()).unwrap_or(i64::MAX);
        let questions = compared.asked.iter().map(|asked| question(&form, asked)).collect_view();
        view! {
            <h2 class="govuk-heading-m">{format!("{} stated differently", plural(count, "figure was", "figures were"))}</h2>
            {(compared.asked.len() > FEW).then(|| at_once(&form))}
            {questions}
        }
    });
    let over = compared.over.iter().map(|over| sure(&form, over)).chain(decided_before(&form, compared)).collect_view();
    let changes = changes(&compared.changes);
    let here = format!("{}/{}", super::HERE, import.id);
    let next = if nothing {
        view! {
            <p class="govuk-body">"Nothing would be changed: all of it is on record already."</p>
            <p class="govuk-body"><a class="govuk-link" href=format!("{here}/drop")>"Drop this sheet"</a></p>
        }
        .into_any()
    } else {
        view! {
            <PostForm form=form.clone() action=format!("{here}/record")>
                {asked}
                {over}
                {changes}
                <div class="govuk-button-group">
                    <Button text="Record this attendance"/>
                    <a class="govuk-link" href=format!("{here}/drop")>"Drop this sheet"</a>
                </div>
            </PostForm>
        }
        .into_any()
    };
    let (unchanged, about) = (unchanged(compared), about(super::HERE, import));
    let content = view! {
        <ErrorSummary form=form.clone()/>
        <span class="govuk-caption-l app-break">{import.file_name.clone()}</span>
        <h1 class="govuk-heading-l">{title}</h1>
        <p class="govuk-body">"Nothing has been recorded yet."{unchanged}</p>
        {about}
        {next}
    };
    ctx.page(title, content).wide().back(super::HERE)
}

/// So many figures are soon gone through one by one.
const FEW: usize = 5;
/// The field that decides all figures that are not decided by themselves.
const ALL: &str = "all";
const RECORD: &str = "record";
const SHEET: &str = "sheet";

/// The way to decide many figures at once.
fn at_once(form: &Form) -> impl IntoView + use<> {
    view! {
        <div class="app-card">
            <Radios form=form.clone() name=ALL legend="Those that you do not choose by themselves below"
                choices=vec![
                    choice(RECORD, "Keep what is on record"),
                    choice_with_hint(SHEET, "Take what the sheet says", "Where its rows say two things, you are still asked"),
                ]/>
        </div>
    }
}

/// Decides the figures that are asked about and were not decided by themselves as the form says of all; whether it does.
pub(super) fn decide_all(form: &Form, compared: &Comparison, answers: &mut Answers) -> bool {
    let of = form.get(ALL);
    let open = compared.asked.iter().filter(|asked| form.get(&asked.field).is_empty());
    let decided: Vec<_> = open
        .filter_map(|asked| {
            let on_record = asked.what.before;
            let right = match (of, asked.said.as_slice()) {
                (RECORD, _) => on_record,
                (SHEET, [one]) => Some(one.count),
                _ => return None,
            };
            Some((asked.field.clone(), Right { on_record, right }))
        })
        .collect();
    let is_any = !decided.is_empty();
    answers.figures.extend(decided);
    is_any
}

fn unchanged(compared: &Comparison) -> Option<String> {
    let rows = i64::try_from(compared.unchanged).unwrap_or(i64::MAX);
    (rows > 0).then(|| format!(" {} on record already.", plural(rows, "filled row is", "filled rows are")))
}

pub(super) fn number(count: Option<i64>) -> String {
    count.map_or_else(|| "blank".to_owned(), |n| n.to_string())
}

fn changes(changes: &[FigureChange]) -> Option<impl IntoView + use<>> {
    (!changes.is_empty()).then(|| {
        let rows = changes
            .iter()
            .map(|c| {
                vec![
                    short_date(c.on).into_any(),
                    c.place.clone().into_any(),
                    c.group.clone().into_any(),
                    heading(c.figure).into_any(),
                    number(c.before).into_any(),
                    number(c.after).into_any(),
                ]
            })
            .collect();
        view! {
            <DataTable caption="What will be recorded" heads=vec!["Day", "Where", "Group", "Figure", "Now", "Then"]
                numeric=vec![4, 5] rows=rows/>
        }
    })
}

/// A figure that was stated differently: what each says, who and when; nothing is chosen beforehand.
fn question(form: &Form, asked: &Asked) -> impl IntoView + use<> {
    let what = &asked.what;
    let record = what.before;
    let by = match (&asked.by, asked.at) {
        (Some((name, role)), Some(at)) => {
            let role = role.map(|r| format!(" ({})", r.label().to_lowercase())).unwrap_or_default();
            let counted = match asked.counted_by.as_str() {
                "" => String::new(),
                names => format!(", counted by {names}"),
            };
            format!("Stated by {name}{role}{counted}, {}", date_time(at))
        }
        (None, Some(at)) => format!("Stated in the council’s own records, {}", date_time(at)),
        _ => "Nobody has stated it".to_owned(),
    };
    let own = match record {
        Some(count) => format!("{count}, as is on record"),
        None => "Leave it blank, as is on record".to_owned(),
    };
    let mut choices = vec![choice_with_hint(value(record, record), own, by)];
    choices.extend(asked.said.iter().map(|said| {
        let label = format!("{}, as the sheet says", said.count);
        choice_with_hint(value(record, Some(said.count)), label, format!("In {}", said.wheres.join("; ")))
    }));
    let legend = format!("{}: {}", what.group, heading(what.figure));
    let hint = format!("{}, {}", long_date(what.on), what.place);
    view! { <Radios form=form.clone() name=asked.field.clone() legend=legend hint=hint choices=choices/> }
}

/// What was on record when it was asked, and what is right.
fn value(record: Option<i64>, right: Option<i64>) -> String {
    let text = |count: Option<i64>| count.map(|n| n.to_string()).unwrap_or_default();
    format!("{}|{}", text(record), text(right))
}

fn sure(form: &Form, over: &Over) -> AnyView {
    let legend = format!("Are you sure? {}, {}", long_date(over.on), over.place);
    view! {
        <div class="app-card app-card--due">
            <Checkboxes form=form.clone() name=format!("sure-{}", over.session) legend=legend hint=why(over)
                choices=vec![choice("yes", "Yes, these numbers are right although they are more than the roll")]/>
        </div>
    }
    .into_any()
}

fn why(over: &Over) -> String {
    over.why.join(". ")
}

/// What was decided before goes on being decided.
fn decided_before(form: &Form, compared: &Comparison) -> Vec<AnyView> {
    let decided = answers(form);
    let is_open = |session: &Uuid| compared.over.iter().any(|over| over.session == *session);
    let is_asked = |field: &String| compared.asked.iter().any(|asked| asked.field == *field);
    let sure = decided.sure.into_iter().filter(|session| !is_open(session));
    let sure = sure.map(|session| (format!("sure-{session}"), "yes".to_owned()));
    let figures = decided.figures.into_iter().filter(|(field, _)| !is_asked(field));
    let figures = figures.map(|(field, answer)| (field, value(answer.on_record, answer.right)));
    sure.chain(figures).map(|(name, value)| view! { <Hidden name=name value=value/> }.into_any()).collect()
}

/// Says beside each question that it is open.
pub(super) fn refuse(form: &mut Form, compared: &Comparison) {
    for asked in &compared.asked {
        let what = format!("{}, {}", asked.what.group, heading(asked.what.figure).to_lowercase());
        let sentence = if form.get(&asked.field).is_empty() {
            format!("{what}: choose which figure is right")
        } else {
            format!("{what}: the record was changed meanwhile. Choose again which figure is right")
        };
        form.refuse(asked.field.clone(), sentence);
    }
    for over in &compared.over {
        let sentence = format!("{}: say whether more than the roll is right", over.place);
        form.refuse(format!("sure-{}", over.session), sentence);
    }
}

/// What was decided.
pub(super) fn answers(form: &Form) -> Answers {
    let mut answers = Answers::default();
    for (field, chosen) in form.pairs() {
        if let Some(session) = field.strip_prefix("sure-").and_then(|id| id.parse().ok()) {
            if chosen == "yes" {
                answers.sure.insert(session);
            }
        } else if let Some((record, right)) = chosen.split_once('|')
            && let (Some(on_record), Some(right)) = (count(record), count(right))
        {
            answers.figures.insert(field.clone(), Right { on_record, right });
        }
    }
    answers
}

/// A figure as it was carried, inner none for a blank; none for what is no figure.
fn count(text: &str) -> Option<Option<i64>> {
    if text.is_empty() { Some(None) } else { text.parse().ok().map(Some) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_choice_says_what_was_on_record_when_it_was_made() {
        let id = Uuid::from_u128(7);
        let sure = format!("sure-{id}");
        let form = Form::of([("pupils-x", "|28"), ("adults-x", "3|3"), ("send-x", "a|b"), (sure.as_str(), "yes")]);
        let answers = answers(&form);
        assert_eq!(answers.figures["pupils-x"], Right { on_record: None, right: Some(28) });
        assert_eq!(answers.figures["adults-x"], Right { on_record: Some(3), right: Some(3) });
        assert_eq!((answers.figures.len(), answers.sure.contains(&id)), (2, true));
    }
}
