//! Rolls by year group from the school census: a file goes in, its changes are shown, somebody says yes.

use std::sync::Arc;

use axum::http::StatusCode;
use axum::response::IntoResponse;
use domain::AcademicYear;
use domain::access::Operation;
use leptos::prelude::*;
use records::Error;
use records::census::{self, Applied, Change, FarAbove, NotFound, Preview, Report, RollList, SchoolRoll, Unread};
use records::imports::{self, File, Import, Problem};
use records::taking_back::{self, Kind};
use uuid::Uuid;

use super::elsewhere;
use super::taking_back::{again, latest};
use crate::components::*;
use crate::web::answer::{self, Answer, once};
use crate::web::context::Context;
use crate::web::form::Form;
use crate::web::page::Page;
use crate::web::routes::{Routes, Who};
use crate::web::upload::Upload;

pub(super) const HERE: &str = "/schools/rolls";
/// The largest file, in bytes: the census of all schools of England has about 20 MB.
const MOST_BYTES: usize = 50 << 20;
/// The other fields of the form take less.
const MOST_FIELD_BYTES: usize = 64 << 10;
/// Schools whose changes are shown.
const SHOWN: usize = 100;
const NO_YEAR: &str = "The file does not say of which academic year it is: choose it";
/// Schools that a warning names.
const NAMED: usize = 10;

pub(crate) fn routes(routes: Routes) -> Routes {
    let may = Who::May(Operation::ImportSchools);
    routes.get(HERE, may, choose).upload(HERE, may, MOST_BYTES + MOST_FIELD_BYTES, upload)
}

async fn choose(ctx: Context) -> Answer {
    Ok(choose_page(&ctx, Form::default(), &[], None).await?.into_response())
}

/// The form; of a file that was refused, what is wrong with it, and the import that keeps it to be marked.
async fn choose_page(ctx: &Context, form: Form, problems: &[Problem], kept: Option<Uuid>) -> Result<Page, Error> {
    let latest = latest(ctx).await?;
    let now = i64::from(AcademicYear::containing(ctx.desk().today()));
    let years = (now - 6..=now).rev().filter_map(|first| AcademicYear::new(first).ok());
    let mut choices = vec![choice("", "As the file says")];
    choices.extend(years.map(|year| choice(i64::from(year), year)));
    let content = view! {
        <ErrorSummary form=form.clone()/>
        <h1 class="govuk-heading-l">"Import rolls from the census"</h1>
        <p class="govuk-body">"Choose the school-level file of the school census, or of special educational needs, or a table of your own with each school’s URN or LAESTAB (LA code and establishment number) and its pupils by year group."</p>
        <ul class="govuk-list govuk-list--bullet">
            <li>"Counted numbers take the place of estimates, and are labelled so."</li>
            <li>"What the file withholds (c, x, z, low, <5) is not known: it changes nothing, and is never a zero."</li>
            <li>"Only your authority’s schools are taken from it, and nothing changes until you have said yes."</li>
            <li>{format!("You can take it back for {} days, as long as nothing was built on it.", taking_back::UNDO_DAYS)}</li>
        </ul>
        {kept.map(|id| marked(format!("/schools/imports/{id}/marked"), "Download it"))}
        {problem_table(problems)}
        <PostForm form=form.clone() action=HERE upload=true>
            <FileInput form=form.clone() name="file" label="The census file" hint="A CSV file or a workbook, up to 50 MB"
                accept=".csv,.txt,.tsv,.xlsx,.xlsm,.xlsb,.xls,.ods"/>
            <Select form=form name="year" label="Academic year of the census"
                hint="The census of January 2026 is of 2025/26" choices=choices/>
            <Button text="Upload and preview"/>
        </PostForm>
        {latest}
    };
    Ok(ctx.page("Import rolls from the census", content).wide().back("/schools"))
}

/// The way to a refused file with its cells marked.
pub(super) fn marked(href: String, what: &'static str) -> impl IntoView {
    view! {
        <p class="govuk-body">
            <a class="govuk-link" href=href>{what}" as a workbook with the cells marked"</a>
            ": each has a comment that says what is wrong. Mend them there, and upload the workbook. It is kept for a day."
        </p>
    }
}

fn problem_table(problems: &[Problem]) -> Option<impl IntoView + use<>> {
    (!problems.is_empty()).then(|| {
        let rows = problems
            .iter()
            .map(|p| {
                let row = p.row.map(|row| format!("row {row}"));
                let place = [p.sheet.clone(), row, p.column.clone()].into_iter().flatten().collect::<Vec<_>>();
                let place = if place.is_empty() { "The file".to_owned() } else { place.join(", ") };
                vec![place.into_any(), p.message.clone().into_any()]
            })
            .collect();
        view! { <DataTable caption="What is wrong with the file" heads=vec!["Where", "What"] rows=rows/> }
    })
}

async fn upload(ctx: Context, upload: Upload) -> Answer {
    let mut form = upload.form.clone();
    let (mut problems, mut kept) = (Vec::new(), None);
    match upload.file("file") {
        None => form.refuse("file", "Choose the census file"),
        Some(file) if file.bytes.is_empty() => form.refuse("file", "The file is empty"),
        Some(file) => {
            let sent = File { name: file.name.clone(), bytes: Arc::from(&file.bytes[..]) };
            match census::read_file(ctx.desk(), ctx.actor()?, &sent).await? {
                Ok(list) => {
                    let now = AcademicYear::containing(ctx.desk().today());
                    if let Some(year) = year_of(&mut form, &list, now) {
                        match once(census::upload(&ctx.desk_for(&form), ctx.actor()?, &sent, year).await) {
                            Ok(id) => return Ok(ctx.see_other(format!("/schools/imports/{id}"))),
                            Err(Error::Invalid(errors)) => form.refuse_all(errors),
                            Err(other) => return Err(other.into()),
                        }
                    }
                }
                Err(found) => {
                    form.refuse(
                        "file",
                        "The file could not be taken over: nothing was changed. Each problem is listed below",
                    );
                    // The year is asked for at once, not when everything else is mended.
                    if form.get("year").is_empty() && !census::says_year(ctx.desk(), ctx.actor()?, &sent).await? {
                        form.refuse("year", NO_YEAR);
                    }
                    elsewhere::tell(&ctx, &mut form, &sent, &[Kind::Rolls]).await?;
                    kept = census::refuse(ctx.desk(), ctx.actor()?, &sent, &found).await?;
                    problems = found;
                }
            }
        }
    }
    Ok(choose_page(&ctx, form, &problems, kept).await?.status(StatusCode::UNPROCESSABLE_ENTITY).into_response())
}

/// The year that was chosen, else the file's, unless it cannot be of that year.
fn year_of(form: &mut Form, list: &RollList, now: AcademicYear) -> Option<AcademicYear> {
    let chosen = form.read_optional("year");
    if !form.is_good() {
        return None;
    }
    match list.year(chosen, now) {
        Ok(year) => Some(year),
        Err(why) => {
            form.refuse("year", why.unwrap_or_else(|| NO_YEAR.to_owned()));
            None
        }
    }
}

/// What a file that waits changes; somebody says yes.
pub(super) async fn preview(ctx: &Context, import: &Import) -> Answer {
    Ok(preview_page(ctx, import, &[]).await?.into_response())
}

/// The same, with the schools of which something else would be changed than somebody said yes to.
async fn preview_page(ctx: &Context, import: &Import, changed: &[String]) -> Result<Page, answer::Problem> {
    let actor = ctx.actor()?;
    let Preview { year, report, withheld, totals, above_headcount, unread, seen } =
        census::preview(ctx.desk(), actor, import.id).await?;
    let same = taking_back::same_file(ctx.desk(), actor, import.id).await?;
    let count = |n: usize| i64::try_from(n).unwrap_or(i64::MAX);
    let more = report.changes.len().saturating_sub(SHOWN);
    let more = (more > 0).then(
        || view! { <p class="govuk-body">{format!("And {} more.", plural(count(more), "school", "schools"))}</p> },
    );
    let here = format!("/schools/imports/{}", import.id);
    let next = if report.changes.is_empty() {
        view! { <p class="govuk-body">"Nothing would be changed."</p> }.into_any()
    } else {
        view! {
            <PostForm form=Form::default() action=format!("{here}/apply")>
                <Hidden name="seen" value=seen/>
                <Button text="Take these rolls over"/>
            </PostForm>
        }
        .into_any()
    };
    let schools = |n: usize| plural(count(n), "school", "schools");
    let content = view! {
        <span class="govuk-caption-l">{import.file_name.clone()}</span>
        <h1 class="govuk-heading-l">{format!("Check what the census of {year} changes")}</h1>
        {again(same)}
        {since(changed)}
        <p class="govuk-body">"Nothing has been changed yet."</p>
        {above(&above_headcount)}
        {far_above(&report.far_above)}
        {not_read(&unread)}
        <SummaryList rows=vec![
            row("Schools with changes", schools(report.changes.len())),
            row("Year groups counted anew", thousands(count(report.counted()))),
            row("As they are", schools(report.unchanged)),
            row("Not among your schools", schools(report.elsewhere)),
            row("Figures withheld", format!("{}: what is on record of them stays as it is", thousands(count(withheld)))),
            row("Rows of totals, passed over", thousands(count(totals))),
        ]/>
        {earlier_needs(year, report.earlier_needs)}
        {implausible(&report.implausible)}
        {not_found(&report.not_found)}
        {changes_table(&report)}
        {more}
        {next}
        <PostForm form=Form::default() action=format!("{here}/drop")>
            <Button text="Drop this file" variant="secondary"/>
        </PostForm>
    };
    Ok(ctx.page("Check what the census changes", content).wide().back(HERE))
}

/// That the records have changed since somebody looked.
fn since(changed: &[String]) -> Option<impl IntoView + use<>> {
    let more = changed.len().saturating_sub(NAMED);
    let more = if more > 0 { format!(", and {more} more") } else { String::new() };
    let named = changed.iter().take(NAMED).cloned().collect::<Vec<_>>().join(", ");
    (!changed.is_empty()).then(|| {
        let text = format!(
            "The records have changed since you looked, and nothing was taken over. Below is what would be changed now; it is something else for {named}{more}."
        );
        view! { <Warning text=text/> }
    })
}

/// That a file contradicts itself.
fn above(schools: &[SchoolRoll]) -> Option<impl IntoView + use<>> {
    let named = schools.iter().take(NAMED).filter_map(|school| {
        let (sum, pupils) = (school.above_headcount()?, school.pupils?);
        Some(format!("row {}, {}: {} against {}", school.row, school.known_by(), thousands(sum), thousands(pupils)))
    });
    let named: Vec<String> = named.collect();
    let more = schools.len().saturating_sub(NAMED);
    let more = if more > 0 { format!(", and {more} more") } else { String::new() };
    (!named.is_empty()).then(|| {
        let text = format!(
            "The year groups add up to more pupils than the file’s own number of pupils ({}{more}). Look whether its year groups are what they seem before you take them over.",
            named.join("; ")
        );
        view! { <Warning text=text/> }
    })
}

/// Schools with far more pupils in the file than in the list of schools.
fn far_above(schools: &[FarAbove]) -> Option<impl IntoView + use<>> {
    let said = |far: &FarAbove| {
        format!("row {}, {}: {} against {}", far.row, far.name, thousands(far.year_groups), thousands(far.pupils))
    };
    let named = schools.iter().take(NAMED).map(said).collect::<Vec<_>>().join("; ");
    let more = schools.len().saturating_sub(NAMED);
    let more = if more > 0 { format!(", and {more} more") } else { String::new() };
    (!schools.is_empty()).then(|| {
        let text = format!(
            "The year groups add up to more than double the pupils in the list of schools ({named}{more}). Look whether its figures are right before you take them over."
        );
        view! { <Warning text=text/> }
    })
}

/// Columns that may be of a year group and are not read.
fn not_read(columns: &[Unread]) -> Option<impl IntoView + use<>> {
    let said = |unread: &Unread| {
        let sheet = unread.sheet.as_ref().map(|sheet| format!("{sheet}, ")).unwrap_or_default();
        format!("“{}” ({sheet}column {})", unread.heading, unread.column)
    };
    let named = columns.iter().take(NAMED).map(said).collect::<Vec<_>>().join(", ");
    let more = columns.len().saturating_sub(NAMED);
    let more = if more > 0 { format!(", and {more} more") } else { String::new() };
    (!columns.is_empty()).then(|| {
        let text =
            format!("Not read: {named}{more}. Head a column “Year 2”, “EHC plan” or “SEN support” to have it read.");
        view! { <Warning text=text/> }
    })
}

/// That EHC plans and SEN support of an earlier year are not kept.
fn earlier_needs(year: AcademicYear, schools: usize) -> Option<impl IntoView + use<>> {
    (schools > 0).then(|| {
        let schools = plural(i64::try_from(schools).unwrap_or(i64::MAX), "school", "schools");
        let text = format!(
            "EHC plans and SEN support of {year} are passed over ({schools}): only those of this year’s census or the last one’s are kept."
        );
        view! { <p class="govuk-body">{text}</p> }
    })
}

/// The rows whose EHC plans and SEN support are left out.
fn implausible(rows: &[NotFound]) -> Option<impl IntoView + use<>> {
    let more = rows.len().saturating_sub(SHOWN);
    (!rows.is_empty()).then(|| {
        let cells = |row: &NotFound| {
            vec![row.row.to_string().into_any(), row.number.clone().into_any(), row.why.clone().into_any()]
        };
        view! {
            <DataTable caption="EHC plans and SEN support that are left out" heads=vec!["Row", "Number", "Why"]
                rows=rows.iter().take(SHOWN).map(cells).collect()/>
            {(more > 0).then(|| view! { <p class="govuk-body">{format!("And {more} more.")}</p> })}
        }
    })
}

/// The rows of which nobody knows whose they are.
fn not_found(rows: &[NotFound]) -> Option<impl IntoView + use<>> {
    let count = i64::try_from(rows.len()).unwrap_or(i64::MAX);
    let more = rows.len().saturating_sub(SHOWN);
    (count > 0).then(|| {
        let cells = |row: &NotFound| {
            let name = row.name.clone().unwrap_or_else(|| "–".to_owned());
            vec![row.row.to_string().into_any(), row.number.clone().into_any(), name.into_any(), row.why.clone().into_any()]
        };
        let heads = vec!["Row", "Number", "School in the file", "Why"];
        view! {
            <Warning text=format!("Left out, since it is not certain which school each is of: {}.", plural(count, "row", "rows"))/>
            <DataTable caption="Rows left out" heads=heads rows=rows.iter().take(SHOWN).map(cells).collect()/>
            {(more > 0).then(|| view! { <p class="govuk-body">{format!("And {more} more.")}</p> })}
        }
    })
}

fn changes_table(report: &Report) -> Option<impl IntoView + use<>> {
    (!report.changes.is_empty()).then(|| {
        let cells = |change: &Change| {
            let name = view! { <a class="govuk-link" href=format!("/schools/{}", change.setting_id)>{change.name.clone()}</a> };
            vec![name.into_any(), change.urn.to_string().into_any(), words(change).into_any()]
        };
        let rows = report.changes.iter().take(SHOWN).map(cells).collect();
        view! { <DataTable caption="Schools with changes" heads=vec!["School", "URN", "What changes"] rows=rows/> }
    })
}

/// “Year 6: 60 → 58, Year 5: not counted → 61, EHC plans: 3 → 4”
fn words(change: &Change) -> String {
    let was = |before: Option<i64>, none: &str| before.map_or_else(|| none.to_owned(), |n| n.to_string());
    let years =
        change.by_year.iter().map(|(year, before, after)| format!("{year}: {} → {after}", was(*before, "not counted")));
    let need = |what: &str, pair: Option<(Option<i64>, i64)>| {
        pair.map(|(before, after)| format!("{what}: {} → {after}", was(before, "not known")))
    };
    let needs = [need("EHC plans", change.ehc_plans), need("SEN support", change.sen_support)];
    years.chain(needs.into_iter().flatten()).collect::<Vec<_>>().join(", ")
}

/// Takes the rolls of a file over that waits.
pub(super) async fn apply(ctx: &Context, id: Uuid, form: &Form) -> Answer {
    let said = match census::apply(&ctx.desk_for(form), ctx.actor()?, id, Some(form.get("seen"))).await {
        Err(Error::Repeated(_)) => "Rolls taken over".to_owned(),
        done => match done? {
            Applied::Done(report) => {
                let schools = i64::try_from(report.changes.len()).unwrap_or(i64::MAX);
                format!("Rolls of {} taken over", plural(schools, "school", "schools"))
            }
            Applied::Changed(changed) => {
                let import = imports::look(ctx.desk(), ctx.actor()?, id).await?;
                let page = preview_page(ctx, &import, &changed).await?;
                return Ok(page.status(StatusCode::CONFLICT).into_response());
            }
        },
    };
    Ok(ctx.see_other_with(format!("/schools/imports/{id}"), &said))
}
