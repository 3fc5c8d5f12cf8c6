//! A refused file with its cells marked.

use domain::access::{Actor, Operation};
use intake::Problem;
use uuid::Uuid;

use super::File;
use super::import::{Import, find};
use crate::Desk;
use crate::error::{Error, Result};
use crate::uploads;

/// What is said of a links table that came with a list begins so: a row may be that of either.
const OF_LINKS: &str = "In the links table: ";

/// One of the files that are imported together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// The school list; of an import of one file, that file, whatever it is.
    List,
    /// The links table that came with it.
    Links,
}

/// The problems of a links table that came with a list, as they are listed beside the list's.
pub(super) fn of_links(problems: Vec<Problem>) -> Vec<Problem> {
    let which = |p: Problem| Problem { message: format!("{OF_LINKS}{}", p.message), ..p };
    problems.into_iter().map(which).collect()
}

/// Those of an import's problems that are of one of its files.
#[must_use]
pub fn problems_of(problems: &[Problem], part: Part) -> Vec<Problem> {
    let its = |problem: &Problem| match (problem.message.strip_prefix(OF_LINKS), part) {
        (Some(message), Part::Links) => Some(Problem { message: message.to_owned(), ..problem.clone() }),
        (None, Part::List) => Some(problem.clone()),
        _ => None,
    };
    problems.iter().filter_map(its).collect()
}

impl Import {
    /// Whether cells of one of its files can be marked.
    #[must_use]
    pub fn has_cells(&self, part: Part) -> bool {
        problems_of(&self.problems(), part).iter().any(|problem| problem.row.is_some())
    }
}

/// A refused file as a workbook with the cells marked that are to be mended, and a name for it. The file is kept as long
/// as a preview is.
///
/// # Errors
/// Forbidden; not found; nothing in particular is wrong with it; it is no longer kept, or too large to be marked.
pub async fn marked(desk: &Desk, actor: &Actor, id: Uuid, part: Part) -> Result<(String, Vec<u8>)> {
    desk.authorise(actor, Operation::ImportSchools)?;
    let mut conn = desk.read().await?;
    let import = find(&mut conn, actor, id).await?;
    let problems = problems_of(&import.problems(), part);
    if problems.iter().all(|problem| problem.row.is_none()) {
        return Err(Error::refused("There is no cell of this file to mark"));
    }
    let body = if part == Part::Links || import.is_links_alone() {
        fetch_scalar!(conn, Option<Vec<u8>>, "SELECT links_body FROM import WHERE id = $1", id)?
    } else {
        fetch_scalar!(conn, Option<Vec<u8>>, "SELECT body FROM import WHERE id = $1", id)?
    };
    drop(conn);
    let Some(body) = body else {
        return Err(Error::refused("The file is no longer kept. Upload it again to have its cells marked"));
    };
    let name = import.links_name.filter(|_| part == Part::Links).unwrap_or(import.file_name);
    uploads::mark(File { name, bytes: body.into() }, problems).await
}
