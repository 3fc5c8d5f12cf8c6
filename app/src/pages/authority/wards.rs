//! The outlines of the council's wards, drawn beneath maps: looked at, replaced from a file, removed.

use axum::http::StatusCode;
use axum::response::IntoResponse;
use leptos::prelude::*;
use records::imports::Problem;
use records::ward_outlines::{self, Outline, Wards};
use records::{Error, ward_outlines::MAX_BYTES};

use super::holidays::problem_table;
use crate::components::*;
use crate::web::answer::{Answer, once};
use crate::web::context::Context;
use crate::web::form::Form;
use crate::web::upload::Upload;

/// Largest upload: what the reader takes, and the form around it.
pub(super) const MOST_BYTES: usize = MAX_BYTES + (64 << 10);

const PATH: &str = "/authority/wards";

pub(super) async fn show(ctx: Context) -> Answer {
    page(&ctx, Form::default(), &[], StatusCode::OK).await
}

async fn page(ctx: &Context, form: Form, problems: &[Problem], status: StatusCode) -> Answer {
    let wards = ward_outlines::list(ctx.desk(), ctx.actor()?).await?;
    let label = if wards.outlines.is_empty() { "The wards’ outlines" } else { "New outlines, in place of these" };
    let content = view! {
        <ErrorSummary form=form.clone()/>
        <h1 class="govuk-heading-l">"Ward outlines"</h1>
        <p class="govuk-body">"The map of a team’s day on the planning board shows the wards it drives through. Nothing is counted by these outlines: which ward a school is in comes from the school list."</p>
        {problem_table(problems)}
        {there(&wards)}
        <PostForm form=form.clone() action=PATH upload=true>
            <FileInput form=form name="file" label=label accept=".geojson,.json"
                hint="GeoJSON, up to 16 MB: the Office for National Statistics publishes “Wards, boundaries, generalised” on geoportal.statistics.gov.uk. Wards far from every school of yours are left out"/>
            <Button text="Upload"/>
        </PostForm>
    };
    Ok(ctx.page("Ward outlines", content).back("/authority").status(status).into_response())
}

fn there(wards: &Wards) -> AnyView {
    if wards.outlines.is_empty() {
        return view! {
            <Empty text="No outlines yet.">
                <p class="govuk-body">"Maps show schools and the way between them only, until you upload the wards’ outlines."</p>
            </Empty>
        }
        .into_any();
    }
    let without = (!wards.without.is_empty()).then(|| {
        let names = wards.without.iter().map(|name| view! { <li>{name.clone()}</li> }).collect_view();
        view! {
            <p class="govuk-body">"Schools say they are in these wards, which have no outline. The names may be older or newer than the file’s:"</p>
            <ul class="govuk-list govuk-list--bullet">{names}</ul>
        }
    });
    let count = i64::try_from(wards.outlines.len()).unwrap_or(i64::MAX);
    view! {
        <div class="app-route">
            <div class="app-route__map">{picture(&wards.outlines)}</div>
            <div class="app-route__table">
                <p class="govuk-body">{format!("{}.", plural(count, "ward has its outline", "wards have their outlines"))}</p>
                {without}
                <p class="govuk-body"><a class="govuk-link" href="/authority/wards/remove">"Remove the outlines"</a></p>
            </div>
        </div>
    }
    .into_any()
}

fn picture(outlines: &[Outline]) -> impl IntoView + use<> {
    let frame = Frame::around(corners(outlines));
    view! {
        <svg class="app-map" viewBox=format!("0 0 {MAP_WIDTH:.0} {:.0}", frame.height) role="img" aria-label="Map of the wards">
            {wards(&frame, outlines)}
        </svg>
    }
}

pub(super) async fn upload(ctx: Context, upload: Upload) -> Answer {
    let mut form = upload.form.clone();
    let mut problems = Vec::new();
    match upload.file("file") {
        None => form.refuse("file", "Choose a file"),
        Some(file) => {
            let bytes = file.bytes.clone();
            let read = tokio::task::spawn_blocking(move || ward_outlines::read(&bytes)).await;
            match read.map_err(Error::unavailable)? {
                Err(found) => {
                    form.refuse(
                        "file",
                        "The file could not be taken over: the outlines are as they were. Each problem is listed below",
                    );
                    problems = found;
                }
                Ok(outlines) => {
                    match once(ward_outlines::replace(&ctx.desk_for(&form), ctx.actor()?, outlines).await) {
                        Ok(_) => return Ok(ctx.see_other_with(PATH, "Ward outlines taken over")),
                        Err(Error::Invalid(errors)) => form.refuse_all(errors),
                        Err(other) => return Err(other.into()),
                    }
                }
            }
        }
    }
    page(&ctx, form, &problems, StatusCode::UNPROCESSABLE_ENTITY).await
}

pub(super) async fn remove_page(ctx: Context) -> Answer {
    let wards = ward_outlines::list(ctx.desk(), ctx.actor()?).await?;
    let count = i64::try_from(wards.outlines.len()).unwrap_or(i64::MAX);
    let content = view! {
        <h1 class="govuk-heading-l">"Remove the ward outlines?"</h1>
        <p class="govuk-body">{format!("{}. Maps will show schools and the way between them only. You can upload outlines again.", plural(count, "outline goes", "outlines go"))}</p>
        <PostForm form=Form::default() action="/authority/wards/remove">
            <div class="govuk-button-group"><Button text="Remove the outlines" variant="warning"/><a class="govuk-link" href=PATH>"Keep them"</a></div>
        </PostForm>
    };
    Ok(ctx.page("Remove the ward outlines", content).back(PATH).into_response())
}

pub(super) async fn remove(ctx: Context, form: Form) -> Answer {
    once(ward_outlines::remove(&ctx.desk_for(&form), ctx.actor()?).await)?;
    Ok(ctx.see_other_with(PATH, "Ward outlines removed"))
}
