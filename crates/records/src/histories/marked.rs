//! Everything that is asked about a file, as problems of its cells, and the file with these cells marked.

use std::collections::HashSet;
use std::sync::Arc;

use domain::access::{Actor, Operation};
use intake::Problem;
use uuid::Uuid;

use super::{Asks, Candidate, Question, Row, Standing, Understood, understand, uploads};
use crate::Desk;
use crate::error::{Error, Result};

/// Schools that are named for a cell.
const NAMED: usize = 4;

impl Understood {
    /// What is to be mended in the file's cells, in the order of the file, and what is to be chosen for the whole of it.
    #[must_use]
    pub fn problems(&self) -> Vec<Problem> {
        let (mut seen, mut problems) = (HashSet::new(), Vec::new());
        for row in self.rows.iter().filter(|row| row.standing == Standing::Asked) {
            for question in &row.questions {
                let problem = match question.asks {
                    Asks::Programme | Asks::Provider => Problem::of_file(question.message.as_str()),
                    _ => Problem {
                        sheet: Some(row.sheet.clone()).filter(|sheet| !sheet.is_empty()),
                        row: Some(row.row),
                        column: question.cell.clone(),
                        message: self.message(row, question),
                    },
                };
                // A line's two visits share cells, and a programme is asked for once.
                if seen.insert((problem.sheet.clone(), problem.row, problem.column.clone(), problem.message.clone())) {
                    problems.push(problem);
                }
            }
        }
        problems
    }

    /// What is wrong, and how to mend it in the workbook.
    fn message(&self, row: &Row, question: &Question) -> String {
        let how = match question.asks {
            Asks::School => {
                let candidates = &self.names[row.name].candidates;
                let named: Vec<String> = candidates.iter().take(NAMED).map(school).collect();
                let perhaps =
                    if named.is_empty() { String::new() } else { format!("Perhaps {}. ", named.join(", or ")) };
                format!("{perhaps}Type the URN of the school, or empty the cell if there was no visit.")
            }
            Asks::Outcome => "Type “held” or “cancelled” in its place.".to_owned(),
            Asks::Again => "If it is the same, empty the row; if it is another, type when it began.".to_owned(),
            Asks::Cell | Asks::Programme | Asks::Provider => return question.message.clone(),
        };
        format!("{} {how}", question.message)
    }
}

/// “Kelder Primary School, Kelder (URN 900001)”.
fn school(candidate: &Candidate) -> String {
    let town = candidate.school.town.as_ref().map(|town| format!(", {town}")).unwrap_or_default();
    let urn = candidate.school.urn.map(|urn| format!(" (URN {urn})")).unwrap_or_default();
    format!("{}{town}{urn}", candidate.school.name)
}

/// A file that waits, as a workbook with the cells marked that are asked about, and a name for it.
///
/// # Errors
/// Forbidden; not found; no cell is asked about; it was applied already; it is too large to be marked.
pub async fn marked(desk: &Desk, actor: &Actor, id: Uuid) -> Result<(String, Vec<u8>)> {
    desk.authorise(actor, Operation::ImportHistory)?;
    let problems = understand(desk, actor, id).await?.problems();
    if problems.iter().all(|problem| problem.row.is_none()) {
        return Err(Error::refused("There is no cell of this file to mark"));
    }
    let file = uploads::file(&mut desk.read().await?, id).await?;
    let stem = file.name.rsplit_once('.').map_or(file.name.as_str(), |(stem, _)| stem);
    let marked_name = format!("{stem} marked.xlsx");
    let (bytes, name) = (Arc::clone(&file.bytes), file.name.clone());
    let marked = tokio::task::spawn_blocking(move || intake::marked::workbook(&bytes, &name, &problems)).await;
    let refused = |problem: Problem| Error::refused(problem.message.trim_end_matches('.').to_owned());
    Ok((marked_name, marked.map_err(Error::unavailable)?.map_err(refused)?))
}
