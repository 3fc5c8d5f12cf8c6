//! Feedback given on paper that comes back typed into a workbook: sorted, copied, in part.
//!
//! Columns are found by their headings wherever they were moved, rows by their key. The day, the school and the session
//! are what the records say; the day and the school beside the key are read only to find out where columns were sorted
//! apart.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::ControlFlow;

use domain::feedback::paper::{self, Column, Given, KEY, RowKey, columns};
use domain::feedback::{Questionnaire, Respondent};
use domain::programme::ProgrammeKind;

use crate::grid::{Grid, Row};
use crate::history::letters;
use crate::problem::{Problem, Problems};
use crate::text::tidy;

/// The largest file that is read, in bytes.
pub const MAX_BYTES: usize = 5 << 20;
/// The most forms that are typed into one file.
pub const MAX_FORMS: usize = 5_000;
/// The longest text beside the key that is looked at, in characters; no school's name is so long.
const LONGEST: usize = 1_000;
/// So many columns of a row are looked at.
const MOST_COLUMNS: usize = 100;
/// The headings stand in one of the first rows.
const HEADER_ROWS: u32 = 10;

/// A row into which a form was typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TypedForm {
    /// Its sheet; none for a text file.
    pub sheet: Option<String>,
    /// Its row, from 1.
    pub row: u32,
    /// Which form it is.
    pub key: RowKey,
    /// What it says to each question, by the question's stored name; without those that cannot be read, or are blank.
    pub answers: BTreeMap<&'static str, Given>,
    /// The questions whose cells are blank: not typed in yet, or without an answer.
    pub blanks: Vec<&'static str>,
    /// The day that stands beside the key; blank where none does.
    pub on: String,
    /// The school that stands beside the key.
    pub school: String,
}

/// What a sheet says, and what of it cannot be read: beside the forms, so that everything that is to be mended can be
/// told at once.
#[derive(Debug, Clone, Default)]
pub struct Typed {
    /// The rows into which forms were typed, in the order of the file.
    pub forms: Vec<TypedForm>,
    /// Keys that were changed, questions of another version, cells that hold none of the answers, forms of which
    /// all questions are without an answer.
    pub problems: Vec<Problem>,
}

impl Typed {
    /// Whether no form was typed in.
    #[must_use]
    pub fn is_blank(&self) -> bool {
        self.forms.is_empty() && self.problems.is_empty()
    }
}

/// Reads the rows into which forms were typed.
///
/// # Errors
/// The file is no such sheet, or too large.
pub fn read(bytes: &[u8], file_name: &str) -> Result<Typed, Vec<Problem>> {
    if bytes.len() > MAX_BYTES {
        return Err(vec![Problem::of_file(format!(
            "“{file_name}” is larger than {} MB. A sheet of feedback is smaller: is this the file?",
            MAX_BYTES >> 20
        ))]);
    }
    let mut grid = Grid::open(bytes).map_err(|p| vec![p])?;
    let mut reading = Reading::default();
    let mut found = false;
    for sheet in grid.sheets() {
        let mut places: Option<Places> = None;
        let walked = grid.rows(sheet.as_deref(), &mut |number, row| {
            match &places {
                Some(places) => reading.row(sheet.as_deref(), number, row, places),
                None if number > HEADER_ROWS => return ControlFlow::Break(()),
                None => places = Places::read(row),
            }
            ControlFlow::Continue(())
        });
        found |= places.is_some();
        if let Err(problem) = walked {
            reading.problems.push(problem);
        }
    }
    if !found && reading.problems.is_empty() {
        let question = Questionnaire::after(Respondent::Pupil).questions[0].asked(ProgrammeKind::Session);
        reading.problems.push(Problem::of_file(format!(
            "“{file_name}” is no sheet of feedback: no row has the heading “{KEY}” and questions such as “{question}”. Download a sheet, and type the forms into that one."
        )));
    }
    if reading.forms.len() > MAX_FORMS {
        reading
            .problems
            .push(Problem::of_file(format!("More than {MAX_FORMS} forms are typed in. Upload them in parts.")));
    }
    let problems = reading.problems.into_list();
    // What is wrong with the file as a whole leaves nothing to go by.
    if problems.iter().any(|problem| problem.row.is_none()) {
        return Err(problems);
    }
    Ok(Typed { forms: reading.forms, problems })
}

/// Whether a row is the headings of such a sheet.
pub(crate) fn are_headings(row: &dyn Row) -> bool {
    Places::read(row).is_some()
}

/// Where the columns are.
struct Places {
    key: usize,
    date: Option<usize>,
    school: Option<usize>,
    /// Each question's column and heading, by the question's stored name.
    questions: BTreeMap<&'static str, (usize, String)>,
    /// The columns that the sheet has of its own: what stands beside them is nobody's answer.
    own: Vec<usize>,
}

impl Places {
    /// The columns that a row names, if the key and a question are among them.
    fn read(row: &dyn Row) -> Option<Self> {
        let heads: Vec<String> = (0..row.width().min(MOST_COLUMNS)).map(|c| tidy(&row.cell(c)).into_owned()).collect();
        let place = |heading: &str| heads.iter().position(|head| head.to_lowercase() == heading.to_lowercase());
        let mut questions = BTreeMap::new();
        for column in Respondent::ALL.iter().flat_map(|respondent| columns(*respondent)) {
            let Column::Question(question) = column else { continue };
            // A question speaks of a performance or of a session.
            let at = ProgrammeKind::ALL.iter().find_map(|kind| place(&column.heading(*kind)));
            questions.extend(at.map(|at| (question.id, (at, heads[at].clone()))));
        }
        let headings = Respondent::ALL.iter().flat_map(|respondent| columns(*respondent));
        let headings =
            headings.flat_map(|column| ProgrammeKind::ALL.iter().map(move |kind| column.heading(*kind).to_lowercase()));
        let headings: BTreeSet<String> = headings.collect();
        let own = (0..heads.len()).filter(|at| headings.contains(&heads[*at].to_lowercase())).collect();
        let key = place(KEY)?;
        let beside = |column: Column| place(&column.heading(ProgrammeKind::Session));
        let (date, school) = (beside(Column::Date), beside(Column::School));
        (!questions.is_empty()).then_some(Self { key, date, school, questions, own })
    }
}

#[derive(Default)]
struct Reading {
    forms: Vec<TypedForm>,
    problems: Problems,
}

impl Reading {
    fn row(&mut self, sheet: Option<&str>, number: u32, row: &dyn Row, places: &Places) {
        let key = tidy(&row.cell(places.key)).into_owned();
        let text = |at: usize| tidy(&row.cell(at)).into_owned();
        let is_blank = places.questions.values().all(|(at, _)| text(*at).is_empty());
        let mut wrong = |column: &str, message: String| {
            self.problems.push(Problem {
                sheet: sheet.map(str::to_owned),
                row: Some(number),
                column: Some(column.to_owned()),
                message,
            });
        };
        if is_blank {
            return;
        }
        let key = match key.parse::<RowKey>() {
            Ok(key) => key,
            Err(_) if key.is_empty() => {
                return wrong(KEY, "This row has no key. Type the form into a row of the sheet that has one.".into());
            }
            Err(error) => return wrong(KEY, format!("{error}.")),
        };
        let questionnaire = Questionnaire::after(key.respondent);
        if key.version != questionnaire.version {
            return wrong(
                KEY,
                "The questions have changed since this sheet went out. Ask the council what to do with these forms."
                    .into(),
            );
        }
        let (mut answers, mut blanks, mut wrongs) = (BTreeMap::new(), Vec::new(), 0);
        for question in questionnaire.questions {
            let Some((at, heading)) = places.questions.get(question.id) else {
                let heading = question.asked(ProgrammeKind::Session);
                return wrong(KEY, format!("The column “{heading}” is missing from this sheet. Download it anew."));
            };
            let typed = text(*at);
            if typed.is_empty() {
                blanks.push(question.id);
                continue;
            }
            match paper::read(question, &typed) {
                Ok(given) => drop(answers.insert(question.id, given)),
                Err(error) => {
                    wrongs += 1;
                    wrong(heading, format!("{error}."));
                }
            }
        }
        let is_beside = |at: &usize| !places.own.contains(at) && text(*at).contains(char::is_alphabetic);
        if let Some(at) = (0..row.width().min(MOST_COLUMNS)).find(is_beside) {
            // They may say what must not be lost, and are not repeated here.
            let message = "Words stand here that belong to no question, and would be lost. Write them under the question that they answer, or take them out; if they worry you, tell the school’s safeguarding lead.";
            return wrong(&format!("{}{number}", letters(at)), message.into());
        }
        if wrongs == 0 && answers.values().all(Option::is_none) {
            return wrong(KEY, "This form answers nothing. Leave the row blank.".into());
        }
        if self.forms.len() <= MAX_FORMS {
            let beside = |at: Option<usize>| at.map(text).unwrap_or_default().chars().take(LONGEST).collect();
            let (on, school) = (beside(places.date), beside(places.school));
            self.forms.push(TypedForm {
                sheet: sheet.map(str::to_owned),
                row: number,
                key,
                answers,
                blanks,
                on,
                school,
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const SESSION: &str = "0193f0a0-0000-7000-8000-000000000001";
    const FORM: &str = "9f0e7a52-3c1b-4d8e-a6f4-0c2b7d9e5a13";
    const OTHER: &str = "1b9d6bcd-bbfd-4b2d-9b5d-ab8dfbbd4bed";

    fn key(respondent: &str, version: i64, form: &str) -> String {
        format!("{SESSION}:{respondent}:{version}:{form}")
    }

    fn problems(text: &str) -> Vec<(Option<u32>, String, String)> {
        let found = read(text.as_bytes(), "a.csv").map_or_else(|problems| problems, |typed| typed.problems);
        found.into_iter().map(|p| (p.row, p.column.unwrap_or_default(), p.message)).collect()
    }

    const HEADS: &str = "Key (leave as it is),What did you think of the performance?,did you feel all right during it?,Did you learn something that helps you stay safe?,Do you know who to talk to if something worries you?";

    #[test]
    fn rows_are_known_by_their_key_and_columns_by_their_heading() {
        let (one, other) = (key("pupil", 1, FORM), key("pupil", 1, OTHER));
        let text = format!("Lantern\n{HEADS}\n{other},,,,\n\n{one},good,NO,A bit,No answer\n");
        let Typed { forms, problems } = read(text.as_bytes(), "a.csv").unwrap();
        assert!(problems.is_empty(), "{problems:?}");
        assert_eq!(forms.len(), 1, "a row without an answer says nothing");
        assert_eq!((forms[0].row, forms[0].key.to_string()), (5, one));
        let answers: Vec<_> = forms[0].answers.iter().map(|(question, given)| (*question, *given)).collect();
        assert_eq!(answers, [("comfortable", Some(0)), ("knows_help", None), ("learned", Some(1)), ("liked", Some(2))]);
    }

    #[test]
    fn every_cell_that_is_wrong_is_named() {
        let (one, other) = (key("pupil", 1, FORM), key("pupil", 1, OTHER));
        let (staff, old) = (key("staff", 1, OTHER), key("pupil", 0, FORM));
        let text = format!(
            "{HEADS}\n{one},Great,No,,Yes\n,Good,No,Yes,Yes\nx,Good,No,Yes,Yes\n{old},Good,No,Yes,Yes\n{staff},Good,No,Yes,Yes\n{other},no answer,No answer,No answer,No answer\n"
        );
        let found = problems(&text);
        let at: Vec<_> = found.iter().map(|(row, column, _)| (row.unwrap(), column.as_str())).collect();
        let liked = "What did you think of the performance?";
        assert_eq!(at, [(2, liked), (3, KEY), (4, KEY), (5, KEY), (6, KEY), (7, KEY)]);
        for ((.., message), says) in found.iter().zip([
            "“Great” is none of the answers. Choose Good, OK, Not good or No answer.",
            "has no key",
            "key was changed",
            "questions have changed",
            "The column “Did the session suit",
            "answers nothing",
        ]) {
            assert!(message.contains(says), "{message}");
        }
    }

    #[test]
    fn a_form_that_is_typed_in_in_part_is_read() {
        let text = format!("{HEADS}\n{},Good,,A bit,\n", key("pupil", 1, FORM));
        let Typed { forms, problems } = read(text.as_bytes(), "a.csv").unwrap();
        assert!(problems.is_empty(), "{problems:?}");
        assert_eq!((forms[0].answers.len(), forms[0].blanks.as_slice()), (2, ["comfortable", "knows_help"].as_slice()));
    }

    #[test]
    fn words_beside_the_answers_are_not_lost() {
        let form = key("pupil", 1, FORM);
        for (text, at) in [
            (format!("{HEADS},Comments\n{form},Good,No,Yes,Yes,I am afraid of going home\n"), "F2"),
            (format!("{HEADS}\n{form},Good,No,Yes,Yes,,I am afraid\n"), "G2"),
        ] {
            let found = problems(&text);
            assert_eq!((found.len(), found[0].1.as_str()), (1, at), "{found:?}");
            assert!(found[0].2.contains("safeguarding lead") && !found[0].2.contains("afraid"), "{found:?}");
        }
        assert_eq!(problems(&format!("{HEADS},Sheet\n{form},Good,No,Yes,Yes,7\n")), []);
    }

    #[test]
    fn what_is_no_sheet_says_so() {
        for text in
            ["a,b\n1,2\n", "Key (leave as it is),Pupils who took part\n", "What did you think of the session?\nGood\n"]
        {
            assert!(problems(text)[0].2.contains("no sheet of feedback"), "{text}");
        }
        assert!(read(b"", "a.csv").is_err());
    }

    proptest! {
        #[test]
        fn whatever_is_uploaded_is_answered(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
            let _ = read(&bytes, "a.csv");
            let _ = read(&[HEADS.as_bytes(), b"\n", &bytes].concat(), "a.csv");
        }
    }
}
