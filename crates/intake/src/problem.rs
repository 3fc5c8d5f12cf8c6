//! What is wrong with a file, and where.

use serde::{Deserialize, Serialize};

/// The most problems that are listed; how many more there are is said in one line after them.
pub const MAX_PROBLEMS: usize = 1_000;

/// One thing that is wrong with a file. As JSON: `{"sheet","row","column","message"}`, null where it does not apply.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    /// The sheet of a workbook; none for a text file.
    pub sheet: Option<String>,
    /// The row as a spreadsheet program numbers it, from 1; none when the whole file is meant.
    pub row: Option<u32>,
    /// The column's name as the official layout writes it.
    pub column: Option<String>,
    /// What is wrong and how to mend it, a sentence for people.
    pub message: String,
}

impl Problem {
    /// A problem with the whole file.
    pub fn of_file(message: impl Into<String>) -> Self {
        Self { sheet: None, row: None, column: None, message: message.into() }
    }
}

/// Collects problems up to [`MAX_PROBLEMS`] and counts the rest.
#[derive(Debug, Default)]
pub(crate) struct Problems {
    listed: Vec<Problem>,
    unlisted: usize,
}

impl Problems {
    pub(crate) fn push(&mut self, problem: Problem) {
        if self.listed.len() < MAX_PROBLEMS {
            self.listed.push(problem);
        } else {
            self.unlisted += 1;
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.listed.is_empty()
    }

    /// As [`Self::into_list`], where some were found only at the end: in the order of their rows.
    pub(crate) fn into_list_by_row(mut self) -> Vec<Problem> {
        // What is wrong with the whole file stands last, as a count of the rest does.
        self.listed.sort_by_key(|problem| problem.row.unwrap_or(u32::MAX));
        self.into_list()
    }

    /// The problems in order of appearance, and a last line when some are not listed.
    pub(crate) fn into_list(mut self) -> Vec<Problem> {
        match self.unlisted {
            0 => {}
            1 => self.listed.push(Problem::of_file("1 more problem is not listed.")),
            n => self.listed.push(Problem::of_file(format!("{n} more problems are not listed."))),
        }
        self.listed
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn problems_beyond_the_limit_are_counted() {
        let mut problems = Problems::default();
        for _ in 0..MAX_PROBLEMS + 7 {
            problems.push(Problem::of_file("x"));
        }
        let list = problems.into_list();
        assert_eq!(list.len(), MAX_PROBLEMS + 1);
        assert_eq!(list[MAX_PROBLEMS].message, "7 more problems are not listed.");
    }
}
