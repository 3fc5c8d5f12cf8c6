//! The questions of a file that are answered at its rows: one by one, or equal ones together.

use std::collections::HashMap;

use intake::history::{Role, is_for_all};

use super::{About, Asks, Choice, OUT, Question, Standing, Understood};

/// A question that is open, of one row or of several that ask the same.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Open {
    /// What it is known by as long as the file says the same: one line of text.
    pub id: String,
    /// What equal questions share, in one line of text.
    pub kind: String,
    /// What it is about, which says how it is answered.
    pub asks: Asks,
    /// What the cells are about; none where no cell holds it.
    pub about: Option<Role>,
    /// What is typed there.
    pub typed: String,
    /// What is wrong, and how to mend it.
    pub message: String,
    /// How many questions are one here.
    pub asked: usize,
    /// The rows, as positions in [`Understood::rows`], each with its cell where one holds it.
    pub rows: Vec<(usize, Option<String>)>,
}

/// What somebody answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// Of a cell: what stands there instead, blank where nobody knows. Else `held`, `cancelled` or `own`.
    Text(String),
    /// The rows are to be left out.
    Out,
}

impl Open {
    /// Whether it asks how many came, which nobody may know.
    #[must_use]
    pub const fn is_count(&self) -> bool {
        matches!(self.about, Some(role) if role.is_count())
    }

    /// What an answer says of the file; nothing where it is none to this question.
    #[must_use]
    pub fn choices(&self, understood: &Understood, answer: &Answer) -> Vec<Choice> {
        let rows = self.rows.iter().map(|(at, cell)| (&understood.rows[*at], cell));
        let choice = |(row, cell): (&super::Row, &Option<String>)| match (answer, self.asks) {
            (Answer::Out, _) => Some(Choice::new(About::Row, &row.place, OUT)),
            (Answer::Text(text), Asks::Cell) => {
                Some(Choice::new(About::Cell, format!("{}\t{}", row.sheet, cell.as_ref()?), text))
            }
            (Answer::Text(text), Asks::Outcome) if matches!(text.as_str(), "held" | "cancelled") => {
                Some(Choice::new(About::Outcome, &row.place, text))
            }
            (Answer::Text(text), Asks::Again) if text == "own" => Some(Choice::new(About::Again, &row.place, text)),
            _ => None,
        };
        rows.filter_map(choice).collect()
    }
}

/// What equal questions share.
fn kind(question: &Question) -> String {
    // “Row 7 has the same …” and “Row 9 has the same …” ask the same of other rows.
    let message = match question.asks {
        Asks::Again if question.message.starts_with("Row ") => "row",
        _ => question.message.as_str(),
    };
    // What is the same for all of them, like the year of days without one, is asked once whichever they are.
    let is_of_its_own = question.asks == Asks::Cell && !is_for_all(&question.message);
    let typed = if is_of_its_own { question.typed.as_str() } else { "" };
    let about = question.about.map_or("", Role::as_str);
    one_line(&format!("{:?} {about} {typed} {message}", question.asks)).to_lowercase()
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

impl Understood {
    /// The open questions that are answered at rows, one by one, in the order of the file. A cell that two visits of a
    /// line share is asked about once.
    #[must_use]
    pub fn open(&self) -> Vec<Open> {
        let mut at_cell = HashMap::<(&str, &str), usize>::new();
        let mut open = Vec::<Open>::new();
        for (at, row) in self.rows.iter().enumerate().filter(|(_, row)| row.standing == Standing::Asked) {
            for question in row.questions.iter().filter(|q| q.asks.is_of_row()) {
                if let Some(cell) = question.cell.as_deref().filter(|_| question.asks == Asks::Cell) {
                    if let Some(first) = at_cell.get(&(row.sheet.as_str(), cell)) {
                        open[*first].rows.push((at, question.cell.clone()));
                        continue;
                    }
                    at_cell.insert((row.sheet.as_str(), cell), open.len());
                }
                let place = question.cell.clone().unwrap_or_else(|| row.place.clone());
                open.push(Open {
                    id: one_line(&format!("{:?} {} {place}", question.asks, row.sheet)),
                    kind: kind(question),
                    asks: question.asks,
                    about: question.about,
                    typed: question.typed.clone(),
                    message: question.message.clone(),
                    asked: 1,
                    rows: vec![(at, question.cell.clone())],
                });
            }
        }
        open
    }

    /// The same with equal questions as one, in the order of the first of each.
    #[must_use]
    pub fn open_together(&self) -> Vec<Open> {
        let mut at = HashMap::<String, usize>::new();
        let mut together = Vec::<Open>::new();
        for one in self.open() {
            match at.get(&one.kind) {
                Some(first) => {
                    let group = &mut together[*first];
                    match group.asked {
                        _ if !is_for_all(&group.message) => {}
                        1 | 2 => group.typed = format!("{}, {}", group.typed.trim(), one.typed.trim()),
                        3 => group.typed.push_str(", …"),
                        _ => {}
                    }
                    group.asked += 1;
                    group.rows.extend(one.rows);
                }
                None => {
                    at.insert(one.kind.clone(), together.len());
                    together.push(one);
                }
            }
        }
        for group in together.iter_mut().filter(|group| group.asked > 1) {
            // Another number of rows is another question: an answer was given for those that were shown.
            group.id = format!("{} and {} more", group.id, group.asked - 1);
            let differ = group.rows.iter().any(|(row, _)| {
                let mut asked = self.rows[*row].questions.iter().filter(|q| q.asks == group.asks);
                !asked.any(|q| q.message == group.message)
            });
            if differ && group.asks == Asks::Again {
                "Each has the same school, day, time, year groups and number as a row above it. Are they other sessions?"
                    .clone_into(&mut group.message);
            }
        }
        together
    }
}
