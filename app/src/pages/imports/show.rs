//! One import: on its way, previewed, refused, done.

use axum::response::IntoResponse;
use domain::access::{Operation, permitted};
use leptos::prelude::*;
use records::Page as Rows;
use records::imports::{self, Change, ChangeKind, FieldChange, Import, Part, Problem, Release, State};
use records::taking_back::{self as all, Kind};

use super::release;
use crate::components::*;
use crate::islands::ImportProgress;
use crate::pages::{elsewhere, rolls, taking_back};
use crate::web::answer::Answer;
use crate::web::context::Context;
use crate::web::form::Form;
use crate::web::page::Page;

/// Changes of each kind that the import's own page shows; the rest have pages of their own.
const FIRST: i64 = 20;

/// The page of an import, as it stands.
pub(super) async fn page(ctx: &Context, import: Import) -> Answer {
    let page = match import.state {
        State::Waiting | State::Reading | State::Applying => working(ctx, &import),
        State::Previewed if import.kind == Kind::Rolls => return rolls::preview(ctx, &import).await,
        State::Previewed | State::Applied | State::Undone => {
            let mut lists = Vec::new();
            // What closed stands in the lists of what becomes of schools, where there are such.
            let closed = import.release().is_none().then_some(ChangeKind::Closed);
            for kind in closed.into_iter().chain([ChangeKind::Changed, ChangeKind::Added]) {
                let rows = Rows { number: 1, size: FIRST };
                lists.push((kind, imports::changes(ctx.desk(), ctx.actor()?, import.id, kind, rows).await?));
            }
            if import.state == State::Previewed {
                let same = all::same_file(ctx.desk(), ctx.actor()?, import.id).await?;
                preview(ctx, &import, lists, same)
            } else {
                let whole = all::look(ctx.desk(), ctx.actor()?, import.id).await?;
                applied(ctx, &import, lists, &whole)
            }
        }
        State::Refused => {
            let resembles = imports::refused_resembles(ctx.desk(), ctx.actor()?, import.id).await?;
            refused(ctx, &import, resembles)
        }
        State::Failed => failed(ctx, &import),
    };
    let back = match import.kind {
        Kind::Rolls => rolls::HERE,
        Kind::Carry => "/schools/successors",
        // The other kinds have pages of their own.
        _ => "/schools/import",
    };
    Ok(page.back(back).into_response())
}

fn working(ctx: &Context, import: &Import) -> Page {
    let here = format!("/schools/imports/{}", import.id);
    let title = if import.state == State::Applying { "Importing the school list" } else { "Reading the school list" };
    let content = view! {
        <span class="govuk-caption-l">{import.file_name.clone()}</span>
        <h1 class="govuk-heading-l">{title}</h1>
        <ImportProgress path=format!("{here}/progress") done=import.done total=import.total words="Reading the file".to_owned()/>
        <p class="govuk-body">"You can leave this page: the work goes on. "<a class="govuk-link" href=here>"Check its progress"</a></p>
    };
    ctx.page(title, content).with_islands().refresh(2)
}

fn preview(ctx: &Context, import: &Import, lists: Vec<(ChangeKind, Vec<Change>)>, same: Option<all::Import>) -> Page {
    let release = import.release().unwrap_or_default();
    let links = release.links.added + release.links.removed;
    let nothing = import.added + import.changed + import.closed == 0 && links == 0;
    let title = if import.is_links_alone() { "Check what the links say" } else { "Check what the school list changes" };
    let puts_back = (same.is_some() && !nothing && !import.is_links_alone() && release.closed_before() == 0).then(
        || view! { <p class="govuk-body">{format!("Newer lists may have come since. {}", release::PUTS_BACK)}</p> },
    );
    let content = view! {
        <span class="govuk-caption-l app-break">{files(import)}</span>
        <h1 class="govuk-heading-l">{title}</h1>
        // What was shown first holds no longer.
        {import.problems().into_iter().map(|problem| view! { <Warning text=problem.message/> }).collect_view()}
        {taking_back::again(same)}
        {puts_back}
        <p class="govuk-body">{match (nothing, import.is_links_alone()) {
            (false, _) => "Nothing has been changed yet.",
            (true, false) => "Nothing: every school is as the file has it.",
            (true, true) => "Nothing: these links are known.",
        }}</p>
        {(!import.is_links_alone()).then(|| figures(import))}
        {release::of(import, &release)}
        {lists.into_iter().map(|(kind, changes)| changes_of(import, kind, changes)).collect_view()}
        {permitted_to_import(ctx).then(|| decide(import, &release, nothing))}
    };
    ctx.page(title, content).wide()
}

/// The names of what was sent.
fn files(import: &Import) -> String {
    match import.links_name.as_ref().filter(|_| !import.is_links_alone()) {
        Some(links) => format!("{} with {links}", import.file_name),
        None => import.file_name.clone(),
    }
}

fn permitted_to_import(ctx: &Context) -> bool {
    ctx.actor().is_ok_and(|actor| permitted(actor.role, Operation::ImportSchools))
}

fn decide(import: &Import, release: &Release, nothing: bool) -> impl IntoView + use<> {
    let here = format!("/schools/imports/{}", import.id);
    let form = Form::default();
    // Those that another follows have closed: the links say so.
    let left = i64::try_from(release.left).unwrap_or(i64::MAX);
    let button = if import.is_links_alone() { "Keep these links" } else { "Import this list" };
    let closing = (left > 0 && !import.is_links_alone()).then(|| {
        let label = format!("Mark {} as no longer in the list", plural(left, "school", "schools"));
        view! {
            <Checkboxes form=form.clone() name="close_missing" legend="Schools that the file does not have, or not as open"
                hint="Marked schools are offered nothing more. Their history stays. Leave the box empty if the file may be incomplete."
                choices=vec![choice("yes", label)]/>
        }
    });
    view! {
        {(!nothing).then(|| view! {
            <PostForm form=form.clone() action=format!("{here}/apply")>
                {closing}
                <Button text=button/>
            </PostForm>
        })}
        {drop_form(import)}
    }
}

fn drop_form(import: &Import) -> impl IntoView + use<> {
    view! {
        <PostForm form=Form::default() action=format!("/schools/imports/{}/drop", import.id)>
            <Button text="Drop this file" variant="secondary"/>
        </PostForm>
    }
}

fn applied(ctx: &Context, import: &Import, lists: Vec<(ChangeKind, Vec<Change>)>, whole: &all::Import) -> Page {
    let who = import.person.clone().unwrap_or_else(|| "the command line".to_owned());
    let when = date_time(import.finished_at.unwrap_or(import.started_at));
    let release = import.release().unwrap_or_default();
    let title = match (import.kind, import.state == State::Undone) {
        (Kind::Rolls, false) => "Rolls taken over",
        (Kind::Rolls, true) => "Rolls taken back",
        (Kind::Carry, false) => "Carried over",
        (Kind::Carry, true) => "Carrying over taken back",
        (Kind::Links, false) => "Links kept",
        (Kind::Links, true) => "Links taken back",
        (_, false) => "School list imported",
        (_, true) => "School list taken back",
    };
    let content = view! {
        <span class="govuk-caption-l app-break">{files(import)}</span>
        <h1 class="govuk-heading-l">{title}</h1>
        <p class="govuk-body">{format!("By {who}, {when}.")}</p>
        {taking_back::offer(ctx, whole)}
        {(!import.is_links_alone()).then(|| figures(import))}
        {release::of(import, &release)}
        {(release.left > 0 && import.state == State::Applied).then(|| view! {
            <p class="govuk-body">"The schools that are not in the list were left open. Import the list again to mark them."</p>
        })}
        {lists.into_iter().map(|(kind, changes)| changes_of(import, kind, changes)).collect_view()}
        <p class="govuk-body"><a class="govuk-link" href="/schools">"See the schools"</a></p>
    };
    ctx.page(title, content).wide()
}

fn refused(ctx: &Context, import: &Import, resembles: Option<Kind>) -> Page {
    let problems = import.problems();
    let count = i64::try_from(problems.len()).unwrap_or(i64::MAX);
    // A CSV file has no sheets.
    let sheets = problems.iter().any(|problem| problem.sheet.is_some());
    let mut heads = vec!["Row", "Column", "What is wrong"];
    if sheets {
        heads.insert(0, "Sheet");
    }
    let title = match (import.kind, &import.links_name) {
        (Kind::Rolls, _) => "The census file was refused",
        (Kind::Links, _) => "The links table was refused",
        (_, Some(_)) => "The school list and its links table were refused",
        _ => "The school list was refused",
    };
    let again = if import.kind == Kind::Rolls { rolls::HERE } else { "/schools/import" };
    let content = view! {
        <span class="govuk-caption-l app-break">{files(import)}</span>
        <h1 class="govuk-heading-l">{title}</h1>
        {elsewhere::notice(ctx, resembles)}
        <p class="govuk-body">{format!("Nothing of it was stored. Mend {} in the file, and upload it again.", plural(count, "problem", "problems"))}</p>
        {permitted_to_import(ctx).then(|| marked(import))}
        <DataTable caption="Problems" caption_hidden=true heads=heads
            rows=problems.into_iter().map(|problem| problem_row(problem, sheets)).collect()/>
        <ButtonLink href=again text="Upload another file"/>
        {permitted_to_import(ctx).then(|| drop_form(import))}
    };
    ctx.page(title, content).wide()
}

/// The ways to the files with their cells marked, of which cells are at fault.
fn marked(import: &Import) -> impl IntoView + use<> {
    let here = format!("/schools/imports/{}", import.id);
    let list = import.has_cells(Part::List).then(|| format!("{here}/marked"));
    let links = import.has_cells(Part::Links).then(|| format!("{here}/marked-links"));
    let both = import.kind == Kind::Schools && import.links_name.is_some();
    [(list, "Download the school list"), (links, "Download the links table")].map(|(href, which)| {
        let which = if both { which } else { "Download it" };
        href.map(|href| rolls::marked(href, which))
    })
}

fn problem_row(problem: Problem, sheets: bool) -> Vec<AnyView> {
    let row = problem.row.map_or_else(|| "The file".to_owned(), |row| row.to_string());
    let or_dash = |text: Option<String>| text.unwrap_or_else(|| "–".to_owned()).into_any();
    let mut cells = vec![row.into_any(), or_dash(problem.column), problem.message.into_any()];
    if sheets {
        cells.insert(0, or_dash(problem.sheet));
    }
    cells
}

fn failed(ctx: &Context, import: &Import) -> Page {
    let content = view! {
        <span class="govuk-caption-l">{import.file_name.clone()}</span>
        <h1 class="govuk-heading-l">"The import stopped"</h1>
        <p class="govuk-body">"It was interrupted, and nothing was changed: the school list is as it was before. Upload the file again."</p>
        <ButtonLink href="/schools/import" text="Upload the file again"/>
    };
    ctx.page("The import stopped", content)
}

fn figures(import: &Import) -> impl IntoView + use<> {
    let schools = |count: i64| plural(count, "school", "schools");
    if import.kind == Kind::Carry {
        return view! {
            <SummaryList rows=vec![
                row("Carried over", plural(import.changed, "thing", "things")),
                row("Stayed behind", plural(import.unchanged, "thing", "things")),
            ]/>
        };
    }
    if import.kind == Kind::Rolls {
        let year = import.academic_year().ok().flatten().map(|year| year.to_string()).unwrap_or_default();
        return view! {
            <SummaryList rows=vec![
                row("Academic year", year),
                row("Schools with changes", schools(import.changed)),
                row("As they are", schools(import.unchanged)),
            ]/>
        };
    }
    let mut rows = vec![row("Added", schools(import.added)), row("Changed", schools(import.changed))];
    match (import.state == State::Previewed, import.marked_and_left()) {
        (true, _) => rows.push(row(title_of(import, ChangeKind::Closed), schools(import.closed))),
        (false, (marked, left)) => {
            rows.push(row(title_of(import, ChangeKind::Closed), schools(marked)));
            if left > 0 {
                rows.push(row("Not in the list, and left open", schools(left)));
            }
        }
    }
    rows.push(row("Unchanged", schools(import.unchanged)));
    view! { <SummaryList rows=rows/> }
}

fn title_of(import: &Import, kind: ChangeKind) -> &'static str {
    match kind {
        ChangeKind::Added => "Added",
        ChangeKind::Changed => "Changed",
        ChangeKind::Closed if import.state == State::Previewed => "Not in the list",
        ChangeKind::Closed => "Marked as closed or no longer in the list",
    }
}

fn count_of(import: &Import, kind: ChangeKind) -> i64 {
    match kind {
        ChangeKind::Added => import.added,
        ChangeKind::Changed => import.changed,
        ChangeKind::Closed if import.state == State::Previewed => import.closed,
        // Those that were left open are not among what it changed.
        ChangeKind::Closed => import.marked_and_left().0,
    }
}

fn changes_of(import: &Import, kind: ChangeKind, changes: Vec<Change>) -> Option<impl IntoView + use<>> {
    if changes.is_empty() {
        return None;
    }
    let count = count_of(import, kind);
    let all = format!("/schools/imports/{}/changes?kind={}", import.id, kind.as_str());
    let more = (count > FIRST).then(|| {
        let text = format!("See all {} that are {}", thousands(count), title_of(import, kind).to_lowercase());
        view! { <p class="govuk-body"><a class="govuk-link" href=all>{text}</a></p> }
    });
    Some(view! {
        {changes_table(import, kind, changes)}
        {more}
    })
}

fn changes_table(import: &Import, kind: ChangeKind, changes: Vec<Change>) -> impl IntoView + use<> {
    let applied = import.state == State::Applied;
    let is_carry = import.kind == Kind::Carry;
    let with_fields = kind == ChangeKind::Changed && !is_carry;
    let rows = changes
        .into_iter()
        .map(|change| {
            // A school that would be added has no page yet.
            let name = if applied || kind != ChangeKind::Added {
                view! { <a class="govuk-link" href=format!("/schools/{}", change.setting_id)>{change.name}</a> }
                    .into_any()
            } else {
                change.name.into_any()
            };
            let mut cells = vec![name, change.urn.to_string().into_any()];
            if with_fields {
                cells.push(fields(change.fields).into_any());
            }
            cells
        })
        .collect();
    let heads = if with_fields { vec!["School", "URN", "What changes"] } else { vec!["School", "URN"] };
    let caption = if is_carry { "From the first of these schools to the second" } else { title_of(import, kind) };
    view! { <DataTable caption=caption heads=heads rows=rows/> }
}

fn fields(changes: Vec<FieldChange>) -> impl IntoView {
    let value = |value: Option<String>| value.unwrap_or_else(|| "nothing".to_owned());
    let lines = changes
        .into_iter()
        .map(|c| view! { <li>{label(&c.field)}": "{value(c.before)}" → "{value(c.after)}</li> })
        .collect_view();
    view! { <ul class="govuk-list">{lines}</ul> }
}

/// What a page calls a field of the records.
fn label(field: &str) -> String {
    match field {
        "ehc_plans" => "Education, health and care plans".to_owned(),
        "sen_support" => "SEN support".to_owned(),
        "lsoa" => "LSOA".to_owned(),
        "authority_code" => "Authority".to_owned(),
        "year_groups_source" => "Year groups come".to_owned(),
        other => {
            let words = other.replace('_', " ");
            words.char_indices().map(|(at, c)| if at == 0 { c.to_ascii_uppercase() } else { c }).collect()
        }
    }
}

/// A page of an import's changes of one kind.
pub(super) async fn changes_page(ctx: &Context, import: Import, kind: ChangeKind, rows: Rows) -> Answer {
    let changes = imports::changes(ctx.desk(), ctx.actor()?, import.id, kind, rows).await?;
    let here = format!("/schools/imports/{}", import.id);
    let pages = (count_of(&import, kind) + rows.size - 1) / rows.size;
    let title = format!("Schools of this import: {}", title_of(&import, kind).to_lowercase());
    let content = view! {
        <span class="govuk-caption-l">{import.file_name.clone()}</span>
        <h1 class="govuk-heading-l">{title.clone()}</h1>
        {changes_table(&import, kind, changes)}
        <Pagination path=format!("{here}/changes?kind={}&page=", kind.as_str()) page=rows.number pages=pages/>
    };
    Ok(ctx.page(title, content).wide().back(here).into_response())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_named_for_people() {
        assert_eq!(label("year_groups"), "Year groups");
        assert_eq!(label("lsoa"), "LSOA");
    }
}
