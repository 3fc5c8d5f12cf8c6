//! Everything that is asked about a file, as problems of its cells, and the file with these cells marked.

use std::collections::HashSet;

use domain::access::Actor;
use intake::Problem;
use intake::history::{Role, for_one};
use uuid::Uuid;

use super::{Asks, Candidate, KIND, MAY, Question, Row, Standing, Understood, understand};
use crate::Desk;
use crate::error::Result;
use crate::uploads;

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
                    // It is asked of its heading, whichever row it keeps waiting.
                    Asks::Column => {
                        Problem { row: question.cell.as_deref().and_then(row_of), ..self.problem(row, question) }
                    }
                    _ => self.problem(row, question),
                };
                // A line's two visits share cells, and a programme is asked for once.
                if seen.insert((problem.sheet.clone(), problem.row, problem.column.clone(), problem.message.clone())) {
                    problems.push(problem);
                }
            }
        }
        problems
    }

    fn problem(&self, row: &Row, question: &Question) -> Problem {
        Problem {
            sheet: Some(row.sheet.clone()).filter(|sheet| !sheet.is_empty()),
            row: Some(row.row),
            column: question.cell.clone(),
            message: self.message(row, question),
        }
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
            Asks::Outcome if question.about == Some(Role::Notes) => {
                "Type “held” or “cancelled” in its place.".to_owned()
            }
            // The cell says something else besides.
            Asks::Outcome => "If it did, take these words away; if not, type “cancelled” instead of them.".to_owned(),
            Asks::Again => "If it is the same, empty the row; if it is another, type when it began.".to_owned(),
            Asks::Column => "Head it by what it holds, like “Date of visit”, or type “not read” over it.".to_owned(),
            Asks::Cell => return for_one(&question.message).to_owned(),
            Asks::Programme | Asks::Provider => return question.message.clone(),
        };
        format!("{} {how}", question.message)
    }
}

/// The row of a cell: of `D14` 14.
fn row_of(cell: &str) -> Option<u32> {
    cell.trim_start_matches(|c: char| c.is_ascii_uppercase()).parse().ok()
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
    desk.authorise(actor, MAY)?;
    let problems = understand(desk, actor, id).await?.problems();
    uploads::marked(desk, actor, (KIND, id), problems).await
}
