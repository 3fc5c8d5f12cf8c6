//! A file that was chosen in the wrong place: what it looks like, and the way to where such a file is taken in.

use domain::access::permitted;
use leptos::prelude::*;
use records::imports::{File, resembles};
use records::taking_back::Kind;

use crate::web::answer::Problem as Trouble;
use crate::web::context::Context;
use crate::web::form::Form;

/// Where files of a kind are taken in, and what that page is called.
const fn place(kind: Kind) -> (&'static str, &'static str) {
    match kind {
        Kind::Schools | Kind::Links => ("/schools/import", "Import the school list"),
        Kind::Rolls => (super::rolls::HERE, "Import rolls from the census"),
        Kind::History => ("/histories", "Import older records"),
        Kind::Contacts => ("/people/lists", "Import schools’ people"),
        Kind::Attendance => (super::attendance_sheets::HERE, "Attendance sheets"),
        Kind::Requests => (super::request_sheets::HERE, "Sheets of requests"),
        Kind::Feedback => (super::paper_feedback::HERE, "Paper feedback"),
        Kind::Terms => ("/authority/terms/import", "Import term dates"),
        Kind::BankHolidays => ("/authority/bank-holidays/import", "Import bank holidays"),
        Kind::Carry => ("/schools/successors", "Schools that closed, and who follows them"),
    }
}

/// The way to where such a file is taken in, for who may.
fn way(ctx: &Context, kind: Kind) -> Option<(&'static str, &'static str)> {
    let may = ctx.actor().is_ok_and(|actor| permitted(actor.role, kind.operation()));
    may.then(|| place(kind))
}

/// Says of a file that was refused what it plainly is, where that is not what was asked for (`own`): the error links
/// there.
pub(super) async fn tell(ctx: &Context, form: &mut Form, file: &File, own: &[Kind]) -> Result<(), Trouble> {
    let Some(kind) = resembles(file).await?.filter(|kind| !own.contains(kind)) else { return Ok(()) };
    let looks = format!("This looks like {}", kind.in_words());
    match way(ctx, kind) {
        Some((path, title)) => form.refuse(path, format!("{looks}. Take it in under “{title}”")),
        None => form.refuse("", looks),
    }
    Ok(())
}

/// The same of a file that waits, or of which nothing was understood: it only says so.
pub(super) fn notice(ctx: &Context, kind: Option<Kind>) -> Option<impl IntoView + use<>> {
    kind.map(|kind| {
        let way = way(ctx, kind).map(|(path, title)| {
            view! { " Take it in under “"<a class="govuk-link" href=path>{title}</a>"”." }
        });
        view! { <div class="govuk-inset-text">{format!("This looks like {}.", kind.in_words())}{way}</div> }
    })
}
