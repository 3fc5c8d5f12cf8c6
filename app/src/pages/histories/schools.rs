//! Names that a person has to decide: each with the schools that may be meant and what speaks for them.

use std::cmp::Reverse;

use axum::extract::{Path, Query};
use axum::http::StatusCode;
use axum::response::IntoResponse;
use leptos::prelude::*;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use records::histories::{self, About, Choice as Said, Choices, Found, Import, Name, OUT, Understood};
use records::schools::{self, Filter};
use records::{Page as Rows, histories::Row};
use serde::Deserialize;
use uuid::Uuid;

use super::{NEXT, count_of, page_of, save};
use crate::components::*;
use crate::web::answer::{Answer, Problem};
use crate::web::context::Context;
use crate::web::form::Form;
use crate::web::page::Page;

/// Names on a page.
const SIZE: usize = 20;
/// Takes back what was decided of a name.
const BACK: &str = "back";
/// Schools found by a search that are offered to choose from.
const MOST_HITS: i64 = 10;
/// Rows of a name that are named.
const NAMED: usize = 4;

/// Which page of names, or which name by itself and where it was come from.
#[derive(Deserialize, Default)]
pub(super) struct Wanted {
    #[serde(default)]
    page: i64,
    #[serde(default)]
    name: String,
    #[serde(default)]
    from: String,
}

/// The address at which a name is decided, whatever was decided of it so far.
pub(super) fn address(import: Uuid, name: &Name, from: &str) -> String {
    let key = utf8_percent_encode(&name.key, NON_ALPHANUMERIC);
    format!("/histories/{import}/schools?from={from}&name={key}")
}

pub(super) async fn show(ctx: Context, Path(id): Path<Uuid>, Query(wanted): Query<Wanted>) -> Answer {
    let import = histories::look(ctx.desk(), ctx.actor()?, id).await?;
    let understood = histories::understand(ctx.desk(), ctx.actor()?, id).await?;
    let names = if wanted.name.is_empty() {
        undecided(&understood)
    } else {
        let at = understood.names.iter().position(|name| name.key == wanted.name).ok_or(Problem::NotFound)?;
        vec![at]
    };
    let (shown, page, pages) = page_of(&names, wanted.page, SIZE);
    let mut form = Form::default();
    form.put("page", page.to_string());
    form.put("from", wanted.from);
    for at in shown {
        let name = &understood.names[*at];
        if name.is_remembered {
            form.put(&format!("remember-{at}"), "yes");
        }
        match &name.found {
            Found::Out => form.put(&format!("school-{at}"), OUT),
            found => found.school().into_iter().for_each(|s| form.put(&format!("school-{at}"), s.id.to_string())),
        }
    }
    let sent = Sent { form, ..Sent::default() };
    Ok(self::page(&ctx, &import, &understood, shown, (page, pages), sent).into_response())
}

/// The names with a question: those that many rows have first, and last what looks like no school.
fn undecided(understood: &Understood) -> Vec<usize> {
    let open = |name: &Name| matches!(name.found, Found::Review | Found::None);
    let names = understood.names.iter().enumerate().filter(|(_, name)| name.is_typed() && open(name));
    let mut names: Vec<usize> = names.map(|(at, _)| at).collect();
    names.sort_by_key(|at| in_order(&understood.names[*at]));
    names
}

fn in_order(name: &Name) -> (bool, Reverse<usize>) {
    (is_no_school(name), Reverse(name.rows.len()))
}

/// Whether nothing in the list is like it: then it need not be looked at by itself.
fn is_no_school(name: &Name) -> bool {
    name.is_typed() && name.found == Found::None && name.candidates.is_empty()
}

/// A school that was searched for: of which name, and its line in the list.
pub(in crate::pages) type Hit = (usize, schools::Line);

/// A form as it is to be shown: filled in, or refused.
#[derive(Default)]
struct Sent {
    form: Form,
    /// What was found by searching.
    hits: Vec<Hit>,
    /// Names that were decided by it all the same.
    saved: usize,
}

fn page(
    ctx: &Context,
    import: &Import,
    understood: &Understood,
    shown: &[usize],
    (page, pages): (i64, i64),
    Sent { form, hits, saved }: Sent,
) -> Page {
    let here = format!("/histories/{}", import.id);
    // A name by itself, come to from a list of rows or of names.
    let is_one = !form.get("from").is_empty();
    let content = if shown.is_empty() {
        view! {
            <span class="govuk-caption-l">{import.file_name.clone()}</span>
            <h1 class="govuk-heading-l">"Decide schools"</h1>
            <p class="govuk-body">"Every name is decided."</p>
            {all_names(&here, understood)}
            <ButtonLink href=here.clone() text="Go on"/>
        }
        .into_any()
    } else {
        let asked = |at: &usize| {
            let name = &understood.names[*at];
            let places = name.rows.iter().map(|row| place(&understood.rows[*row])).collect();
            question(*at, name, places, &understood.choices, &form, &hits)
        };
        let questions = shown.iter().map(asked).collect_view();
        let open = count_of(undecided(understood).len());
        let from = form.get("from").to_owned();
        view! {
            <ErrorSummary form=form.clone()/>
            <span class="govuk-caption-l">{import.file_name.clone()}</span>
            <h1 class="govuk-heading-l">"Decide schools"</h1>
            {(saved > 0).then(|| view! { <div class="govuk-inset-text">{kept(saved, shown.len())}</div> })}
            <p class="govuk-body">{if is_one {
                "What you decide counts for every row with that name.".to_owned()
            } else {
                format!("{} left to decide. What you decide counts for every row with that name. Decide as many as you like and save: you can leave, and go on later. Rows of names that you pass over are not taken over.",
                    plural(open, "name is", "names are"))
            }}</p>
            {(!is_one).then(|| view! { {all_names(&here, understood)}{super::mark_link(import.id)}{no_schools(&here, understood)} })}
            <Pagination path=format!("{here}/schools?page=") page=page pages=pages/>
            <PostForm form=form.clone() action=format!("{here}/schools")>
                <Hidden name="page" value=page.to_string()/>
                <Hidden name="from" value=from.clone()/>
                {questions}
                {save(page, pages)}
            </PostForm>
        }
        .into_any()
    };
    ctx.page("Decide schools", content).back(here)
}

/// What became of the other names, where some of a form were refused.
fn kept(saved: usize, refused: usize) -> String {
    let (saved, refused) = (count_of(saved), count_of(refused));
    format!(
        "{} decided and saved. {} still to decide, below.",
        plural(saved, "other name was", "other names were"),
        plural(refused, "name is", "names are")
    )
}

/// The names that nothing in the list is like, to be left out at once: they need not be gone through.
fn no_schools(here: &str, understood: &Understood) -> Option<impl IntoView + use<>> {
    let none = understood.names.iter().filter(|name| is_no_school(name));
    let none: Vec<String> = none.map(|name| format!("“{}”", name.text.trim())).collect();
    let action = format!("{here}/schools/none");
    (!none.is_empty()).then(|| {
        let look = plural(count_of(none.len()), "name looks like no school", "names look like no school");
        view! {
            <div class="govuk-inset-text">
                <p class="govuk-body">{format!("{look} of the list: {}.", none.join(", "))}</p>
                <PostForm form=Form::default() action=action>
                    <Button text="Leave them all out" variant="secondary"/>
                </PostForm>
            </div>
        }
    })
}

/// The way to what was decided, and was matched without anybody.
fn all_names(here: &str, understood: &Understood) -> impl IntoView + use<> {
    let all = plural(count_of(understood.names.iter().filter(|name| name.is_typed()).count()), "name", "names");
    view! { <p class="govuk-body"><a class="govuk-link" href=format!("{here}/names")>{format!("See all {all} of the file with their schools")}</a></p> }
}

/// One name: where it stands, the schools that may be meant, another one, none.
pub(in crate::pages) fn question(
    at: usize,
    name: &Name,
    mut places: Vec<String>,
    choices: &Choices,
    form: &Form,
    hits: &[Hit],
) -> impl IntoView + use<> {
    let more = places.len().saturating_sub(NAMED);
    places.truncate(NAMED);
    if more > 0 {
        places.push(format!("and {more} more"));
    }
    let beside = [&name.town, &name.postcode].into_iter().filter(|text| !text.is_empty()).cloned().collect::<Vec<_>>();
    let beside = if beside.is_empty() { String::new() } else { format!(" Beside it: {}.", beside.join(", ")) };
    let town = |town: Option<&str>| town.map(|t| format!(", {t}")).unwrap_or_default();
    let mut schools: Vec<Choice> = name
        .candidates
        .iter()
        .map(|c| {
            let reasons = c.reasons.iter().map(records::histories::Evidence::label).collect::<Vec<_>>().join(", ");
            let urn = c.school.urn.map(|u| format!(" (URN {u})")).unwrap_or_default();
            let label = format!("{}{}{urn}", c.school.name, town(c.school.town.as_deref()));
            choice_with_hint(c.school.id, label, reasons)
        })
        .collect();
    for (_, line) in hits
        .iter()
        .filter(|(of, line)| *of == at && !schools.iter().any(|c| c.value == line.id.to_string()))
        .collect::<Vec<_>>()
    {
        let urn = line.urn.map(|u| format!(" (URN {u})")).unwrap_or_default();
        let label = format!("{}{}{urn}", line.name, town(line.town.as_deref()));
        schools.push(choice_with_hint(line.id, label, "found by your search"));
    }
    if let Some(school) = name.found.school().filter(|s| !schools.iter().any(|c| c.value == s.id.to_string())) {
        let urn = school.urn.map(|u| format!(" (URN {u})")).unwrap_or_default();
        schools.insert(0, choice(school.id, format!("{}{}{urn}", school.name, town(school.town.as_deref()))));
    }
    schools.push(choice("other", "Another school: search for it below"));
    schools.push(choice(OUT, "No school: leave its rows out"));
    if choices.get(About::School, &name.key).is_some() {
        schools.push(choice_with_hint(
            BACK,
            "Take back what was decided",
            "It is matched again as if nobody had said anything",
        ));
    }
    let remember = format!("Remember this for “{}” in the next file", name.text);
    let is_said = choices.get(About::Remember, &name.key).is_some();
    let remember = if name.is_remembered || is_said {
        choice("yes", remember)
    } else {
        choice_with_hint("yes", remember, "Only if the next file means the same school by it: several may be meant")
    };
    view! {
        <div class="app-decision">
            <Hidden name=format!("name-{at}") value=name.key.clone()/>
            <Radios form=form.clone() name=format!("school-{at}") legend=format!("“{}”", name.text)
                hint=format!("{}.{beside}", places.join("; ")) choices=schools/>
            // Shown when it is asked for, or has something to say: most names need none.
            <div class=if form.error(&format!("search-{at}")).is_some() { "" } else { "app-decision__other" }>
            <TextInput form=form.clone() name=format!("search-{at}") label=format!("Another school for “{}”: name or URN", name.text) width="width-20"/>
            </div>
            <Checkboxes form=form.clone() name=format!("remember-{at}") legend="Next time"
                choices=vec![remember] small=true/>
        </div>
    }
}

/// “Summer 2017, row 14 (12 Jun 2017, Years 5 and 6)”.
fn place(row: &Row) -> String {
    let on = row.on.map(short_date);
    let years = (!row.year_groups.is_empty()).then(|| row.year_groups.to_string());
    let facts = [on, years].into_iter().flatten().collect::<Vec<_>>().join(", ");
    if facts.is_empty() { row.where_is() } else { format!("{} ({facts})", row.where_is()) }
}

pub(super) async fn change(ctx: Context, Path(id): Path<Uuid>, mut form: Form) -> Answer {
    let import = histories::look(ctx.desk(), ctx.actor()?, id).await?;
    let understood = histories::understand(ctx.desk(), ctx.actor()?, id).await?;
    // Names keep their numbers as long as the file is read in the same way.
    let mut shown: Vec<usize> =
        (0..understood.names.len()).filter(|at| form.get(&format!("name-{at}")) == understood.names[*at].key).collect();
    shown.sort_by_key(|at| in_order(&understood.names[*at]));
    let goes_on = form.get(NEXT) == "yes";
    let is_blank =
        |at: &usize| form.get(&format!("school-{at}")).is_empty() && form.get(&format!("search-{at}")).is_empty();
    if goes_on && shown.iter().all(is_blank) {
        let next = form.get("page").parse::<i64>().unwrap_or(1) + 1;
        return Ok(ctx.see_other(format!("/histories/{id}/schools?page={next}")));
    }
    let (said, hits) = decide(&ctx, &understood.names, &shown, &mut form).await?;
    // What is decided is kept, though another name of the page still has a question.
    if !said.is_empty() {
        histories::choose(&ctx.desk_for(&form), ctx.actor()?, id, &said).await?;
    }
    let page = form.get("page").parse::<i64>().unwrap_or(1);
    if form.is_good() {
        let notice = plural(count_of(said.len() / 2), "name was decided", "names were decided");
        let next = match form.get("from") {
            "preview" => format!("/histories/{id}/preview"),
            "names" => format!("/histories/{id}/names"),
            // Those that were passed over stay on this page, as long as there are any.
            _ => {
                let next = i64::from(goes_on && said.len() / 2 < shown.len());
                format!("/histories/{id}/schools?page={}", page + next)
            }
        };
        return Ok(ctx.see_other_with(next, &notice));
    }
    let understood = histories::understand(ctx.desk(), ctx.actor()?, id).await?;
    let refused = |at: &usize| ["school", "search"].iter().any(|field| form.error(&format!("{field}-{at}")).is_some());
    let shown: Vec<usize> = if said.is_empty() { shown } else { shown.into_iter().filter(refused).collect() };
    let sent = Sent { form: form.anew(), hits, saved: said.len() / 2 };
    let answer = self::page(&ctx, &import, &understood, &shown, (page, 1), sent);
    Ok(answer.status(StatusCode::UNPROCESSABLE_ENTITY).into_response())
}

/// What a form says of the names it shows; and the schools that were searched for, where several fit.
pub(in crate::pages) async fn decide(
    ctx: &Context,
    names: &[Name],
    shown: &[usize],
    form: &mut Form,
) -> Result<(Vec<Said>, Vec<Hit>), crate::web::answer::Problem> {
    let (mut said, mut hits) = (Vec::new(), Vec::new());
    for &at in shown {
        let key = names[at].key.clone();
        let (chosen, search) =
            (form.get(&format!("school-{at}")).to_owned(), form.get(&format!("search-{at}")).to_owned());
        let school = match chosen.as_str() {
            "" if search.is_empty() => continue,
            "" | "other" => {
                let (lines, total) = found(ctx, &search).await?;
                let one = match (lines.as_slice(), total) {
                    ([one], _) => Ok(one.id.to_string()),
                    ([], _) if search.is_empty() => Err(("search", "Type the school’s name or URN".to_owned())),
                    ([], _) => {
                        Err(("search", format!("No school is called “{search}”. Type part of its name, or its URN")))
                    }
                    (several, ..=MOST_HITS) => {
                        hits.extend(several.iter().map(|line| (at, line.clone())));
                        let many = plural(total, "school is", "schools are");
                        Err(("school", format!("{many} called “{search}”: choose one")))
                    }
                    _ => {
                        let many = plural(total, "school matches", "schools match");
                        Err(("search", format!("{many} “{search}”: type more of the name, or the URN")))
                    }
                };
                match one {
                    Ok(one) => one,
                    Err((field, wrong)) => {
                        form.refuse(format!("{field}-{at}"), wrong);
                        continue;
                    }
                }
            }
            BACK => {
                said.push(Said { about: About::School, place: key.clone(), value: None });
                said.push(Said { about: About::Remember, place: key, value: None });
                continue;
            }
            chosen => chosen.to_owned(),
        };
        said.push(Said::new(About::School, &key, school));
        let remember = Said {
            about: About::Remember,
            place: key,
            value: Some(if form.has(&format!("remember-{at}"), "yes") { "yes" } else { "no" }.to_owned()),
        };
        said.push(remember);
    }
    if said.is_empty() && form.is_good() {
        let first = shown.first().map(|at| format!("school-{at}")).unwrap_or_default();
        form.refuse(first, "Choose a school for at least one name");
    }
    Ok((said, hits))
}

/// Schools by part of a name or by URN, and how many there are: open ones, or else those that are closed.
async fn found(ctx: &Context, search: &str) -> Result<(Vec<schools::Line>, i64), Problem> {
    if search.is_empty() {
        return Ok((Vec::new(), 0));
    }
    for gone in [false, true] {
        let filter = Filter { search: search.to_owned(), gone, ..Filter::default() };
        let page = Rows { number: 1, size: MOST_HITS };
        let (lines, total) = schools::list(ctx.desk(), ctx.actor()?, &filter, page).await?;
        if !lines.is_empty() {
            return Ok((lines, total));
        }
    }
    Ok((Vec::new(), 0))
}

pub(super) async fn leave_out(ctx: Context, Path(id): Path<Uuid>, form: Form) -> Answer {
    let understood = histories::understand(ctx.desk(), ctx.actor()?, id).await?;
    let none = understood.names.iter().filter(|name| is_no_school(name));
    let said: Vec<_> = none.map(|name| Said::new(About::School, &name.key, OUT)).collect();
    histories::choose(&ctx.desk_for(&form), ctx.actor()?, id, &said).await?;
    let notice = plural(count_of(said.len()), "name is left out", "names are left out");
    Ok(ctx.see_other_with(format!("/histories/{id}/schools"), &notice))
}
