//! Names that a person has to decide: each with the schools that may be meant and what speaks for them.

use axum::extract::{Path, Query};
use axum::http::StatusCode;
use axum::response::IntoResponse;
use leptos::prelude::*;
use records::histories::{self, About, Choice as Said, Found, Import, Name, OUT, Understood};
use records::schools::{self, Filter};
use records::{Page as Rows, histories::Row};
use uuid::Uuid;

use super::{Which, count_of, page_of};
use crate::components::*;
use crate::web::answer::Answer;
use crate::web::context::Context;
use crate::web::form::Form;
use crate::web::page::Page;

/// Names on a page.
const SIZE: usize = 10;
/// Rows of a name that are named.
const NAMED: usize = 4;

pub(super) async fn show(ctx: Context, Path(id): Path<Uuid>, Query(which): Query<Which>) -> Answer {
    let import = histories::look(ctx.desk(), ctx.actor()?, id).await?;
    let understood = histories::understand(ctx.desk(), ctx.actor()?, id).await?;
    let names: Vec<usize> = undecided(&understood);
    let (shown, page, pages) = page_of(&names, which.page, SIZE);
    let mut form = Form::default();
    form.put("page", page.to_string());
    for at in shown {
        form.put(&format!("remember-{at}"), "yes");
    }
    Ok(self::page(&ctx, &import, &understood, shown, (page, pages), form, &[]).into_response())
}

fn undecided(understood: &Understood) -> Vec<usize> {
    let open = |name: &Name| matches!(name.found, Found::Review | Found::None);
    understood.names.iter().enumerate().filter(|(_, name)| open(name)).map(|(at, _)| at).collect()
}

/// A school that was searched for: of which name, and its line in the list.
pub(in crate::pages) type Hit = (usize, schools::Line);

fn page(
    ctx: &Context,
    import: &Import,
    understood: &Understood,
    shown: &[usize],
    (page, pages): (i64, i64),
    form: Form,
    hits: &[Hit],
) -> Page {
    let here = format!("/histories/{}", import.id);
    let none = understood.names.iter().filter(|n| n.found == Found::None).count();
    let content = if shown.is_empty() {
        view! {
            <span class="govuk-caption-l">{import.file_name.clone()}</span>
            <h1 class="govuk-heading-l">"Decide schools"</h1>
            <p class="govuk-body">"Every name is decided."</p>
            <ButtonLink href=here.clone() text="Go on"/>
        }
        .into_any()
    } else {
        let asked = |at: &usize| {
            let name = &understood.names[*at];
            let places = name.rows.iter().map(|row| place(&understood.rows[*row])).collect();
            question(*at, name, places, &form, hits)
        };
        let questions = shown.iter().map(asked).collect_view();
        let open = count_of(undecided(understood).len());
        view! {
            <ErrorSummary form=form.clone()/>
            <span class="govuk-caption-l">{import.file_name.clone()}</span>
            <h1 class="govuk-heading-l">"Decide schools"</h1>
            <p class="govuk-body">{format!("{} to decide. What you decide counts for every row with that name. Names that you pass over are left out.",
                plural(open, "name is", "names are"))}</p>
            <PostForm form=form.clone() action=format!("{here}/schools")>
                <Hidden name="page" value=page.to_string()/>
                {questions}
                <Button text="Save"/>
            </PostForm>
            <Pagination path=format!("{here}/schools?page=") page=page pages=pages/>
            {(none > 0).then(|| view! {
                <h2 class="govuk-heading-m">"Names that look like no school"</h2>
                <p class="govuk-body">{format!("Of these, {} no school of the list.", plural(count_of(none), "name looks like", "names look like"))}</p>
                <PostForm form=Form::default() action=format!("{here}/schools/none")>
                    <Button text="Leave them all out" variant="secondary"/>
                </PostForm>
            })}
        }
        .into_any()
    };
    ctx.page("Decide schools", content).back(here)
}

/// One name: where it stands, the schools that may be meant, another one, none.
pub(in crate::pages) fn question(
    at: usize,
    name: &Name,
    mut places: Vec<String>,
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
    let mut choices: Vec<Choice> = name
        .candidates
        .iter()
        .map(|c| {
            let reasons = c.reasons.iter().map(records::histories::Reason::label).collect::<Vec<_>>().join(", ");
            let urn = c.school.urn.map(|u| format!(" (URN {u})")).unwrap_or_default();
            let label = format!("{}{}{urn}", c.school.name, town(c.school.town.as_deref()));
            choice_with_hint(c.school.id, label, reasons)
        })
        .collect();
    for (_, line) in hits
        .iter()
        .filter(|(of, line)| *of == at && !choices.iter().any(|c| c.value == line.id.to_string()))
        .collect::<Vec<_>>()
    {
        let urn = line.urn.map(|u| format!(" (URN {u})")).unwrap_or_default();
        let label = format!("{}{}{urn}", line.name, town(line.town.as_deref()));
        choices.push(choice_with_hint(line.id, label, "found by your search"));
    }
    choices.push(choice("other", "Another school: search for it below"));
    choices.push(choice(OUT, "None of these: leave its rows out"));
    view! {
        <div class="app-decision">
            <Hidden name=format!("name-{at}") value=name.key.clone()/>
            <Radios form=form.clone() name=format!("school-{at}") legend=format!("“{}”", name.text)
                hint=format!("{}.{beside}", places.join("; ")) choices=choices/>
            <TextInput form=form.clone() name=format!("search-{at}") label=format!("Another school for “{}”: name or URN", name.text) width="width-20"/>
            <Checkboxes form=form.clone() name=format!("remember-{at}") legend="Next time"
                choices=vec![choice("yes", format!("Remember this for “{}” in the next file", name.text))] small=true/>
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
    let shown: Vec<usize> =
        (0..understood.names.len()).filter(|at| form.get(&format!("name-{at}")) == understood.names[*at].key).collect();
    let (said, hits) = decide(&ctx, &understood.names, &shown, &mut form).await?;
    if form.is_good() {
        let decided = said.len() / 2;
        histories::choose(&ctx.desk_for(&form), ctx.actor()?, id, &said).await?;
        let notice = plural(count_of(decided), "name was decided", "names were decided");
        let page = form.get("page").parse::<i64>().unwrap_or(1);
        return Ok(ctx.see_other_with(format!("/histories/{id}/schools?page={page}"), &notice));
    }
    let page = (form.get("page").parse().unwrap_or(1), 1);
    let answer = self::page(&ctx, &import, &understood, &shown, page, form, &hits);
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
            "" | "other" => match found(ctx, &search).await?.as_slice() {
                [] if search.is_empty() => {
                    form.refuse(format!("search-{at}"), "Type the school’s name or URN");
                    continue;
                }
                [] => {
                    form.refuse(
                        format!("search-{at}"),
                        format!("No school is called “{search}”. Type part of its name, or its URN"),
                    );
                    continue;
                }
                [one] => one.id.to_string(),
                several => {
                    hits.extend(several.iter().map(|line| (at, line.clone())));
                    form.refuse(
                        format!("school-{at}"),
                        format!(
                            "{} are called “{search}”: choose one",
                            plural(count_of(several.len()), "school", "schools")
                        ),
                    );
                    continue;
                }
            },
            chosen => chosen.to_owned(),
        };
        said.push(Said::new(About::School, &key, school));
        let remember = Said {
            about: About::Remember,
            place: key,
            value: (!form.has(&format!("remember-{at}"), "yes")).then(|| "no".to_owned()),
        };
        said.push(remember);
    }
    if said.is_empty() && form.is_good() {
        let first = shown.first().map(|at| format!("school-{at}")).unwrap_or_default();
        form.refuse(first, "Choose a school for at least one name");
    }
    Ok((said, hits))
}

/// Schools by part of a name or by URN: open ones, or else those that are closed.
async fn found(ctx: &Context, search: &str) -> Result<Vec<schools::Line>, crate::web::answer::Problem> {
    if search.is_empty() {
        return Ok(Vec::new());
    }
    for gone in [false, true] {
        let filter = Filter { search: search.to_owned(), gone, ..Filter::default() };
        let (lines, _) = schools::list(ctx.desk(), ctx.actor()?, &filter, Rows { number: 1, size: 10 }).await?;
        if !lines.is_empty() {
            return Ok(lines);
        }
    }
    Ok(Vec::new())
}

pub(super) async fn leave_out(ctx: Context, Path(id): Path<Uuid>, form: Form) -> Answer {
    let understood = histories::understand(ctx.desk(), ctx.actor()?, id).await?;
    let none = understood.names.iter().filter(|name| name.found == Found::None);
    let said: Vec<_> = none.map(|name| Said::new(About::School, &name.key, OUT)).collect();
    histories::choose(&ctx.desk_for(&form), ctx.actor()?, id, &said).await?;
    let notice = plural(count_of(said.len()), "name is left out", "names are left out");
    Ok(ctx.see_other_with(format!("/histories/{id}/schools"), &notice))
}
