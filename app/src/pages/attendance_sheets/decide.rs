//! What a filled sheet changes, and what has to be decided: where two people counted differently, who is right.

use domain::attendance_sheet::heading;
use leptos::prelude::*;
use records::attendance::{Answer as Right, Answers, Asked, Comparison, FigureChange, Over, Rest};
use records::filled_sheets::Import;
use uuid::Uuid;

use super::over;
use crate::components::*;
use crate::pages::filled_sheets::about;
use crate::web::context::Context;
use crate::web::form::Form;
use crate::web::page::Page;

/// Questions on a page.
const SIZE: usize = 20;
/// Figures that will be recorded, on a page.
const CHANGES: usize = 50;
/// So many figures are soon gone through one by one.
const FEW: usize = 5;
/// The field that decides all figures that are not decided by themselves.
const ALL: &str = "all";
/// The sessions that a page asks about: a box that is not ticked is not sent.
pub(super) const ASKED: &str = "asked";
/// The page that was shown.
const PAGE: &str = "page";

/// What is asked.
enum Question<'a> {
    Figure(&'a Asked),
    Over(&'a Over),
}

impl Question<'_> {
    fn field(&self) -> String {
        match self {
            Self::Figure(asked) => asked.field.clone(),
            Self::Over(over) => sure_field(over.session),
        }
    }

    fn is_open(&self, compared: &Comparison) -> bool {
        match self {
            Self::Figure(asked) => compared.asked.iter().any(|open| open.field == asked.field),
            Self::Over(over) => compared.over.iter().any(|open| open.session == over.session),
        }
    }
}

/// All questions, decided or not: they stay on their pages.
fn questions(compared: &Comparison) -> Vec<Question<'_>> {
    let figures = compared.figures().into_iter().map(Question::Figure);
    figures.chain(compared.all_over().into_iter().map(Question::Over)).collect()
}

/// A form with what was decided so far.
fn decided(compared: &Comparison) -> Form {
    let Answers { figures, sure, rest, .. } = &compared.answers;
    let mut form = Form::default();
    figures.iter().for_each(|(field, answer)| form.put(field, answer.to_string()));
    sure.iter().for_each(|session| form.put(&sure_field(*session), "yes"));
    rest.iter().for_each(|rest| form.put(ALL, rest.as_str()));
    over::put(&mut form, compared);
    form
}

/// What the sheet changes and what has to be decided, page by page.
pub(super) fn show(ctx: &Context, import: &Import, compared: &Comparison, page: i64) -> Page {
    self::page(ctx, decided(compared), import, compared, page)
}

/// The first page on which something is open, with what: all that was decided is kept. `sent` has numbers that cannot be
/// read.
pub(super) fn refused(ctx: &Context, import: &Import, compared: &Comparison, sent: &Form) -> Page {
    let all = questions(compared);
    let at = all.iter().position(|question| question.is_open(compared)).unwrap_or_default() / SIZE;
    let mut form = decided(compared);
    let shown = all.iter().skip(at * SIZE).take(SIZE);
    for question in shown.filter(|question| question.is_open(compared)) {
        let sentence = match question {
            Question::Figure(asked) => {
                let what = format!("{}, {}", asked.what.group, heading(asked.what.figure).to_lowercase());
                if compared.answers.figures.contains_key(&asked.field) {
                    format!("{what}: the record was changed meanwhile. Choose again which figure is right")
                } else {
                    format!("{what}: choose which figure is right")
                }
            }
            Question::Over(over) => {
                format!("{}: say whether more than the roll is right, or mend the number", over.place)
            }
        };
        form.refuse(question.field(), sentence);
    }
    over::refuse(&mut form, sent, compared);
    page(ctx, form, import, compared, count_of(at) + 1)
}

fn page(ctx: &Context, form: Form, import: &Import, compared: &Comparison, page: i64) -> Page {
    let title = if compared.asked.is_empty() { "Check what the sheet changes" } else { "Decide who is right" };
    let nothing = compared.changes.is_empty()
        && compared.is_settled()
        && compared.answered.is_empty()
        && compared.mended.is_empty();
    let all = questions(compared);
    let pages = all.len().div_ceil(SIZE).max(compared.changes.len().div_ceil(CHANGES)).max(1);
    let at = usize::try_from(page - 1).unwrap_or_default().min(pages - 1);
    let (page, pages) = (count_of(at) + 1, count_of(pages));
    let shown: Vec<_> = all.iter().skip(at * SIZE).take(SIZE).collect();
    let asked = compared.asked.len() + compared.answered.len();
    let here = format!("{}/{}", super::HERE, import.id);
    let next = if nothing {
        view! {
            <p class="govuk-body">"Nothing would be changed: all of it is on record already."</p>
            <p class="govuk-body"><a class="govuk-link" href=format!("{here}/drop")>"Drop this sheet"</a></p>
        }
        .into_any()
    } else {
        let heading = (asked > 0).then(|| {
            let open = match compared.asked.len() {
                0 => " All are decided.".to_owned(),
                open if open == asked => String::new(),
                open => format!(" {} to decide.", plural(count_of(open), "is left", "are left")),
            };
            let text = format!("{} stated differently", plural(count_of(asked), "figure was", "figures were"));
            view! {
                <h2 class="govuk-heading-m">{text}</h2>
                {(all.len() > SIZE || !open.is_empty()).then(|| view! {
                    <p class="govuk-body">{open.trim_start().to_owned()}" What you decide is kept when you save: you can leave, and go on later."</p>
                })}
            }
        });
        let at_once = (asked > FEW && at * SIZE < asked).then(|| at_once(&form));
        let questions = shown
            .iter()
            .map(|question| match question {
                Question::Figure(asked) => self::question(&form, asked).into_any(),
                Question::Over(over) => over::card(&form, over),
            })
            .collect_view();
        let changes = changes(&compared.changes, at);
        let buttons = if page < pages {
            view! {
                <Button text="Save and go to the next page" name=super::NEXT value="yes"/>
                <Button text="Record this attendance" variant="secondary"/>
            }
            .into_any()
        } else {
            view! { <Button text="Record this attendance"/> }.into_any()
        };
        view! {
            <Pagination path=format!("{here}?page=") page=page pages=pages/>
            <PostForm form=form.clone() action=format!("{here}/record")>
                <Hidden name=PAGE value=page.to_string()/>
                {heading}
                {at_once}
                {questions}
                {changes}
                <div class="govuk-button-group">
                    {buttons}
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

/// The way to decide many figures at once.
fn at_once(form: &Form) -> impl IntoView + use<> {
    let of = |rest: Rest| rest.as_str();
    view! {
        <div class="app-card">
            <Radios form=form.clone() name=ALL legend="All figures that you do not choose by themselves, on every page"
                choices=vec![
                    choice(of(Rest::Record), "Keep what is on record"),
                    choice_with_hint(of(Rest::Sheet), "Take what the sheet says", "Where its rows say two things, you are still asked"),
                    choice(of(Rest::Asked), "I choose each by itself"),
                ]/>
        </div>
    }
}

fn count_of(n: usize) -> i64 {
    i64::try_from(n).unwrap_or(i64::MAX)
}

fn unchanged(compared: &Comparison) -> Option<String> {
    let rows = i64::try_from(compared.unchanged).unwrap_or(i64::MAX);
    (rows > 0).then(|| format!(" {} on record already.", plural(rows, "filled row is", "filled rows are")))
}

pub(super) fn number(count: Option<i64>) -> String {
    count.map_or_else(|| "blank".to_owned(), |n| n.to_string())
}

/// The part of what will be recorded that is shown on a page.
fn changes(changes: &[FigureChange], at: usize) -> Option<impl IntoView + use<>> {
    let shown: Vec<_> = changes.iter().skip(at * CHANGES).take(CHANGES).collect();
    (!shown.is_empty()).then(|| {
        let caption = if shown.len() < changes.len() {
            let first = at * CHANGES + 1;
            format!("What will be recorded ({first} to {} of {})", first + shown.len() - 1, changes.len())
        } else {
            "What will be recorded".to_owned()
        };
        let rows = shown
            .into_iter()
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
            <DataTable caption=caption heads=vec!["Day", "Where", "Group", "Figure", "Now", "Then"]
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
    let by = if asked.confirmed.is_empty() { by } else { format!("{by}. Also in {}", asked.confirmed.join("; ")) };
    let mut choices = vec![choice_with_hint(value(record, record), own, by)];
    choices.extend(asked.said.iter().map(|said| {
        let label = format!("{}, as the sheet says", said.count);
        choice_with_hint(value(record, Some(said.count)), label, format!("In {}", said.wheres.join("; ")))
    }));
    let legend = format!("{}: {}", what.group, heading(what.figure));
    let copies = match asked.copies.len() {
        0 => String::new(),
        rows => format!(". {rows} rows of the sheet are of this group: {}", asked.copies.join("; ")),
    };
    let hint = format!("{}, {}{copies}", long_date(what.on), what.place);
    view! { <Radios form=form.clone() name=asked.field.clone() legend=legend hint=hint choices=choices/> }
}

/// What was on record when it was asked, and what is right.
fn value(on_record: Option<i64>, right: Option<i64>) -> String {
    Right { on_record, right }.to_string()
}

pub(super) fn sure_field(session: Uuid) -> String {
    format!("sure-{session}")
}

/// What was decided on a page.
pub(super) fn answers(form: &Form) -> Answers {
    let mut answers = Answers { rest: form.get(ALL).parse().ok(), ..Answers::default() };
    for (field, chosen) in form.pairs() {
        if let Some(session) = field.strip_prefix("sure-").and_then(|id| id.parse().ok()) {
            if chosen == "yes" {
                answers.sure.insert(session);
            }
        } else if let Ok(answer) = chosen.parse::<Right>() {
            answers.figures.insert(field.clone(), answer);
        }
    }
    answers.mended = over::mended(form);
    let asked = form.all(ASKED).filter_map(|id| id.parse().ok());
    answers.unsure = asked.filter(|session| !answers.sure.contains(session)).collect();
    answers
}

/// The page after the one that was shown.
pub(super) fn next_page(form: &Form) -> i64 {
    form.get(PAGE).parse::<i64>().unwrap_or_default().saturating_add(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_choice_says_what_was_on_record_when_it_was_made() {
        let id = Uuid::from_u128(7);
        let sure = format!("sure-{id}");
        let other = Uuid::from_u128(8);
        let (own, asked) = (id.to_string(), other.to_string());
        let form = Form::of([
            ("pupils-x", "|28"),
            ("adults-x", "3|3"),
            ("send-x", "a|b"),
            (sure.as_str(), "yes"),
            (ASKED, own.as_str()),
            (ASKED, asked.as_str()),
            (ALL, "sheet"),
        ]);
        let answers = answers(&form);
        assert_eq!(
            (answers.rest, &answers.unsure),
            (Some(Rest::Sheet), &[other].into()),
            "a box that is not ticked is not sent"
        );
        assert_eq!(answers.figures["pupils-x"], Right { on_record: None, right: Some(28) });
        assert_eq!(answers.figures["adults-x"], Right { on_record: Some(3), right: Some(3) });
        assert_eq!((answers.figures.len(), answers.sure.contains(&id)), (2, true));
    }
}
