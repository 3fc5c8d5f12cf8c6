//! The files so far: where each stands, and what it left.

use std::collections::HashMap;

use leptos::prelude::*;
use records::Page as Rows;
use records::histories::{self, Import, Left, State};
use uuid::Uuid;

use crate::components::*;
use crate::web::answer::Problem;
use crate::web::context::Context;

/// The list of them; none where there is no file yet.
pub(super) async fn table(ctx: &Context) -> Result<Option<AnyView>, Problem> {
    let imports = histories::list(ctx.desk(), ctx.actor()?, Rows { number: 1, size: 20 }).await?;
    let left = histories::left_by(ctx.desk(), ctx.actor()?, &imports).await?;
    if imports.is_empty() {
        return Ok(None);
    }
    let rows = imports
        .iter()
        .map(|import| {
            let link =
                view! { <a class="govuk-link" href=format!("/histories/{}", import.id)>{import.file_name.clone()}</a> };
            vec![
                link.into_any(),
                date_time(import.started_at).into_any(),
                import.person.clone().unwrap_or_else(|| "command line".to_owned()).into_any(),
                state(import, &imports, &left).into_any(),
                thousands(import.total).into_any(),
                thousands(import.added).into_any(),
            ]
        })
        .collect();
    let list = view! {
        <DataTable caption="Files so far" heads=vec!["File", "When", "Who", "State", "Rows", "Taken over"]
            numeric=vec![4, 5] rows=rows/>
    };
    Ok(Some(list.into_any()))
}

/// Where it stands; below, the rows that still wait for an answer, with the way to go on with them.
fn state(import: &Import, all: &[Import], left: &HashMap<Uuid, Left>) -> impl IntoView + use<> {
    let unanswered = |id: Uuid| left.get(&id).map(|left| left.unanswered);
    let (text, colour) = match import.state {
        State::Applied => ("Taken over", "green"),
        State::Undone => ("Taken back", "grey"),
        // The same file again, of which nothing was left.
        _ if import.same_id.and_then(unanswered) == Some(0) => ("Nothing to do", "grey"),
        _ => ("Waits for you", "yellow"),
    };
    // The same file, uploaded again: one that was taken over has answered for the rows of this one.
    let is_later = |other: &&Import| other.same_id == Some(import.id) && other.id > import.id;
    let later: Vec<&Import> = all.iter().filter(is_later).collect();
    let is_followed = later.iter().any(|other| other.state == State::Applied);
    let open = unanswered(import.id).filter(|open| *open > 0 && import.state == State::Applied && !is_followed);
    let go_on = open.map(|open| {
        let waits = later.iter().find(|other| other.state == State::Previewed);
        let href = format!("/histories/{}", waits.map_or(import.id, |other| other.id));
        view! { <a class="govuk-link app-below" href=href>{format!("{} without an answer", plural(open, "row", "rows"))}</a> }
    });
    view! { <div><Tag text=text colour=colour/>{go_on}</div> }
}
