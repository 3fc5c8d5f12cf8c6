//! Feedback on paper: a workbook goes out, is typed into, comes back once or twice, and is taken back.

use std::collections::BTreeMap;

use domain::access::{Actor, Role};
use domain::feedback::paper::{KEY, RowKey};
use domain::feedback::{Questionnaire, Respondent};
use domain::session::State;
use records::feedback::{
    self, Comparison, Decision, Decisions, Of, Row, Unfinished, apply, compare, drop_upload, form_of, list_uploads,
    look, marked, read_workbook, upload, workbook_of,
};
use records::imports::File;
use records::taking_back::{self, State as Import};
use records::testing::{Throwaway, Town, date, dump};
use records::{Conflict, Desk, Error, Page, both, sweep};
use rust_xlsxwriter::Workbook;
use uuid::Uuid;

const PUPILS: &str = "K7M4PX";
const LIKED: &str = "What did you think of the performance?";

/// A sheet as another program writes it: rows of texts by heading.
type Rows = Vec<BTreeMap<String, String>>;

/// A delivered session of Kelder Primary with three pupils counted.
async fn delivered(desk: &Desk, town: &Town) -> Uuid {
    let session = town.session(desk, town.primary, date(2026, 11, 20), State::Delivered).await;
    Throwaway::execute(
        desk,
        &format!(
            "UPDATE session SET feedback_code = '{PUPILS}', staff_code = 'T7W9CC', feedback_closes = '2026-12-18'"
        ),
    )
    .await;
    Throwaway::execute(desk, "UPDATE attending_group SET attended = 3").await;
    session
}

/// What a sheet of a workbook holds.
fn opened(workbook: &[u8], sheet: &str) -> Rows {
    use calamine::{Data, Reader, Xlsx};
    let mut book: Xlsx<_> = calamine::open_workbook_from_rs(std::io::Cursor::new(workbook)).unwrap();
    assert_eq!(book.sheet_names(), ["Pupils", "Staff", "How to fill this in"]);
    let range = book.worksheet_range(sheet).unwrap();
    let mut rows = range.rows();
    let heads: Vec<String> = rows.next().unwrap().iter().map(ToString::to_string).collect();
    let text = |cell: &Data| match cell {
        Data::Empty => String::new(),
        other => other.to_string(),
    };
    rows.map(|row| heads.iter().cloned().zip(row.iter().map(text)).collect()).collect()
}

/// The rows written anew, by another writer's hand: other order of columns, a title above, no formats.
fn rewritten(rows: &Rows) -> Vec<u8> {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    sheet.set_name("Pupils").unwrap();
    sheet.write_string(0, 0, "Typed on the bus").unwrap();
    for (at, head) in (0..).zip(rows[0].keys().rev()) {
        sheet.write_string(2, at, head.as_str()).unwrap();
        for (line, row) in (3..).zip(rows) {
            sheet.write_string(line, at, &row[head]).unwrap();
        }
    }
    book.save_to_buffer().unwrap()
}

/// Types the same answer, the best (2) to the worst (0), to each question of a row.
fn fill(row: &mut BTreeMap<String, String>, choice: usize) {
    for question in Questionnaire::after(Respondent::Pupil).questions {
        row.insert(question.asked(domain::programme::ProgrammeKind::Play), question.choices[choice].into());
    }
}

fn file(workbook: &[u8]) -> File {
    File { name: "typed.xlsx".into(), bytes: workbook.into() }
}

async fn take_in(desk: &Desk, actor: &Actor, rows: &Rows, answers: &Decisions) -> (Uuid, Comparison) {
    let id = upload(desk, actor, None, &file(&rewritten(rows))).await.unwrap();
    (id, apply(desk, actor, id, answers).await.unwrap())
}

/// How often each answer was given to the first question of pupils.
async fn liked(desk: &Desk, town: &Town, session: Uuid) -> [i64; 3] {
    let summary = feedback::summary(desk, &town.commissioner(), Of::Session(session)).await.unwrap();
    summary.results[0].questions[0].1.0
}

fn refusal(result: Result<impl std::fmt::Debug, Error>) -> String {
    match result {
        Err(Error::Conflict(Conflict::Refused(why))) => why,
        other => panic!("should have been refused: {other:?}"),
    }
}

/// What an upload and its taking back leave behind, and what every change does.
const OWN: [&str; 4] = ["import", "audit", "outbox", "form_post"];

async fn everything(desk: &Desk) -> BTreeMap<String, Vec<String>> {
    let mut all = dump(desk).await;
    all.retain(|table, _| !OWN.contains(&table.as_str()));
    all
}

both!(
    async fn forms_become_responses_once(desk: Desk) {
        let town = Town::build(&desk).await;
        let session = delivered(&desk, &town).await;
        let school = town.school(town.primary);
        let (name, workbook) = workbook_of(&desk, &school, Of::Session(session)).await.unwrap();
        assert!(name.starts_with("Feedback The Lantern") && name.ends_with(".xlsx"), "{name}");
        let mut rows = opened(&workbook, "Pupils");
        assert_eq!((rows.len(), opened(&workbook, "Staff").len()), (3, 5), "as many as may answer");
        assert_eq!(rows[0]["School"], "Kelder Primary School");
        let keys: Vec<RowKey> = rows.iter().map(|row| row[KEY].parse().unwrap()).collect();
        assert!(keys.iter().all(|key| key.session == session && key.form.get_version_num() == 4));
        assert!(read_workbook(&workbook, "a.xlsx").unwrap().is_blank(), "as it went out it says nothing");

        fill(&mut rows[0], 2);
        fill(&mut rows[1], 0);
        rows[1].insert(LIKED.into(), "No answer".into());
        // A row that was copied with its key to make room for another form is told, and that form is not lost.
        let copied = [rows.clone(), vec![rows[0].clone()]].concat();
        let last = u32::try_from(copied.len()).unwrap() + 3;
        let (_, refused) = take_in(&desk, &school, &copied, &Decisions::new()).await;
        let [problem] = &refused.problems[..] else { panic!("{refused:?}") };
        assert_eq!((problem.row, problem.column.as_deref()), (Some(last), Some(KEY)));
        assert!(problem.message.contains("has the key of row 4"), "{problem:?}");
        assert_eq!(liked(&desk, &town, session).await, [0, 0, 0], "nothing is taken in");
        rows.reverse();
        let (id, done) = take_in(&desk, &school, &rows, &Decisions::new()).await;
        assert!(done.is_settled(), "{done:?}");
        assert_eq!((done.forms(), done.copies, done.added.len()), (2, 0, 1));
        assert_eq!(liked(&desk, &town, session).await, [0, 0, 1], "what a form leaves blank is no answer");
        let count = async |sql: &str| Throwaway::count(&desk, sql).await;
        assert_eq!(count("SELECT COUNT(*) FROM response WHERE respondent = 'pupil' AND moment = 'after'").await, 2);
        assert_eq!(count("SELECT COUNT(*) FROM answer").await, 7);
        assert_eq!(count("SELECT COUNT(*) FROM audit WHERE operation = 'enter_paper_feedback'").await, 1);

        // The same again, and a copy of it in which one more was typed.
        let (_, again) = take_in(&desk, &school, &rows, &Decisions::new()).await;
        assert_eq!((again.is_settled(), again.forms(), again.unchanged), (true, 0, 2));
        fill(&mut rows[0], 1);
        let (_, more) = take_in(&desk, &town.company(), &rows, &Decisions::new()).await;
        assert_eq!((more.forms(), more.unchanged), (1, 2), "{more:?}");
        assert_eq!(liked(&desk, &town, session).await, [0, 1, 1]);

        // Everybody who was there has answered: a sheet that went out before brings no more.
        let full = workbook_of(&desk, &school, Of::Session(session)).await.unwrap().1;
        assert!(opened(&full, "Pupils").is_empty());
        let mut late = opened(&workbook, "Pupils");
        let extra = RowKey { form: Uuid::new_v4(), ..keys[0] };
        late[0].insert(KEY.into(), extra.to_string());
        fill(&mut late[0], 2);
        let (_, refused) = take_in(&desk, &school, &late, &Decisions::new()).await;
        assert!(refused.problems[0].message.contains("More forms than were there"), "{refused:?}");
        let found = list_uploads(&desk, &school, Page::new(1)).await.unwrap();
        assert!(found.iter().any(|import| import.id == id && import.added == 2));
    }
);

both!(
    async fn a_form_that_is_typed_in_in_part_is_asked_about_and_stops_no_other(desk: Desk) {
        let town = Town::build(&desk).await;
        let session = delivered(&desk, &town).await;
        let school = town.school(town.primary);
        let workbook = workbook_of(&desk, &school, Of::Session(session)).await.unwrap().1;
        let mut rows = opened(&workbook, "Pupils");
        rows.iter_mut().for_each(|row| fill(row, 2));
        // The last row has one answer; a copy of the second has what the second has not.
        let heads: Vec<String> = rows[0].keys().filter(|head| head.ends_with('?') && *head != LIKED).cloned().collect();
        let mut copy = rows[1].clone();
        for head in &heads {
            rows[2].insert(head.clone(), String::new());
            rows[1].insert(head.clone(), String::new());
        }
        copy.insert(LIKED.into(), String::new());
        rows.push(copy);
        let (id, asked) = take_in(&desk, &school, &rows, &Decisions::new()).await;
        assert!(!asked.is_settled() && asked.problems.is_empty(), "{asked:?}");
        assert_eq!((asked.unfinished.len(), asked.unfinished[0].blanks.len()), (1, heads.len()), "{asked:?}");
        assert_eq!((asked.unfinished[0].rows.as_str(), asked.forms()), ("Pupils, row 6", 2));
        let said = |decision| Decisions::from([(asked.unfinished[0].field.clone(), decision)]);
        let left = apply(&desk, &school, id, &said(Unfinished::LEAVE_OUT)).await.unwrap();
        assert_eq!(
            (left.is_settled(), left.forms(), left.left_out.as_slice()),
            (true, 2, &["Pupils, row 6".to_owned()][..]),
            "{left:?}"
        );
        assert_eq!(liked(&desk, &town, session).await, [0, 0, 2]);
        // Again: those on record are as they are, and the blanks of the last are no answers.
        let (_, done) = take_in(&desk, &school, &rows, &said(Unfinished::TAKE_IN)).await;
        assert_eq!((done.is_settled(), done.forms(), done.unchanged), (true, 1, 2), "{done:?}");
        let answers = "SELECT COUNT(*) FROM answer";
        assert_eq!(Throwaway::count(&desk, answers).await, i64::try_from(2 * (heads.len() + 1) + 1).unwrap());
        let (_, again) = take_in(&desk, &school, &rows, &Decisions::new()).await;
        assert_eq!(
            (again.is_settled(), again.unchanged),
            (true, 3),
            "a blank says nothing of a form on record: {again:?}"
        );
    }
);

both!(
    async fn a_form_beside_another_sessions_key_is_named_and_not_taken_in(desk: Desk) {
        let town = Town::build(&desk).await;
        let session = delivered(&desk, &town).await;
        let school = town.school(town.primary);
        let workbook = workbook_of(&desk, &school, Of::Session(session)).await.unwrap().1;
        let mut rows = opened(&workbook, "Pupils");
        rows.iter_mut().for_each(|row| fill(row, 2));
        let right = rows.clone();
        rows[0].insert("School".into(), "Beck Primary School".into());
        rows[1].insert("Date".into(), "Thu 19 Nov 2026".into());
        let (_, refused) = take_in(&desk, &school, &rows, &Decisions::new()).await;
        let found: Vec<_> = refused.problems.iter().map(|p| (p.row.unwrap(), p.column.as_deref().unwrap())).collect();
        assert_eq!(found, [(4, "School"), (5, "Date")], "{refused:?}");
        for (problem, says) in refused.problems.iter().zip(["Beck Primary School", "19 November 2026"]) {
            let why =
                format!("The row says {says}, but its key is that of Kelder Primary School on 20 November 2026: ");
            assert!(problem.message.starts_with(&why), "{problem:?}");
        }
        assert_eq!(refused.forms(), 1, "the one that stands beside its own key");
        assert_eq!(Throwaway::count(&desk, "SELECT COUNT(*) FROM response").await, 0, "all of it or nothing");

        // What says nothing, or the same in other letters, is no fault.
        let mut rows = right;
        rows[0].insert("School".into(), " kelder  PRIMARY school".into());
        rows[0].insert("Date".into(), "20/11/2026".into());
        rows[1].insert("School".into(), String::new());
        rows[1].insert("Date".into(), "Friday".into());
        // Neither is the name that the school had when the sheet went out; another one still is.
        let rename = "UPDATE setting SET name = 'Kelder Academy' WHERE name = 'Kelder Primary School'";
        Throwaway::execute(&desk, rename).await;
        let mut other = rows.clone();
        other[2].insert("School".into(), "Beck Primary School".into());
        let (_, refused) = take_in(&desk, &school, &other, &Decisions::new()).await;
        assert_eq!(refused.problems.iter().map(|p| p.row.unwrap()).collect::<Vec<_>>(), [6], "{refused:?}");
        let (_, done) = take_in(&desk, &school, &rows, &Decisions::new()).await;
        assert_eq!((done.is_settled(), done.forms()), (true, 3), "{done:?}");
    }
);

both!(
    async fn what_was_typed_differently_is_asked(desk: Desk) {
        let town = Town::build(&desk).await;
        let session = delivered(&desk, &town).await;
        let school = town.school(town.primary);
        let workbook = workbook_of(&desk, &school, Of::Session(session)).await.unwrap().1;
        let mut rows = opened(&workbook, "Pupils");
        fill(&mut rows[0], 2);
        let (first, _) = take_in(&desk, &school, &rows, &Decisions::new()).await;
        let before = everything(&desk).await;

        rows[0].insert(LIKED.into(), "Not good".into());
        fill(&mut rows[1], 1);
        let (id, compared) = take_in(&desk, &school, &rows, &Decisions::new()).await;
        assert_eq!((compared.asked.len(), compared.forms()), (1, 1));
        let asked = &compared.asked[0];
        assert_eq!((asked.what.before, asked.said[0].given), (Some(Some(2)), Some(0)));
        assert_eq!(asked.said[0].wheres, ["Pupils, row 4"]);
        assert!(asked.by.as_ref().is_some_and(|(person, _)| person.is_some()), "who, and when");
        assert_eq!(everything(&desk).await, before, "nothing until it is decided");

        let answer = |on_record, right| -> Decisions { [(asked.field.clone(), Decision { on_record, right })].into() };
        let stale = apply(&desk, &school, id, &answer(Some(Some(1)), Some(0))).await.unwrap();
        assert_eq!(stale.asked.len(), 1, "decided of another answer than is on record");
        let done = apply(&desk, &school, id, &answer(Some(Some(2)), Some(0))).await.unwrap();
        assert_eq!((done.is_settled(), done.changes.len()), (true, 1));
        assert_eq!(liked(&desk, &town, session).await, [1, 1, 0]);

        // The later upload changed an answer of the earlier one: it has to go first.
        let why = refusal(taking_back::undo(&desk, &school, first).await);
        assert!(why.contains("“typed.xlsx” changed answers"), "{why}");
        taking_back::undo(&desk, &school, id).await.unwrap();
        assert_eq!(everything(&desk).await, before);
    }
);

both!(
    async fn different_forms_in_the_same_rows_of_two_copies_are_all_counted(desk: Desk) {
        let town = Town::build(&desk).await;
        let session = delivered(&desk, &town).await;
        Throwaway::execute(&desk, "UPDATE attending_group SET attended = 12").await;
        let school = town.school(town.primary);
        let workbook = workbook_of(&desk, &school, Of::Session(session)).await.unwrap().1;
        let blank = opened(&workbook, "Pupils");
        let (mut one, mut other) = (blank.clone(), blank.clone());
        one.iter_mut().take(3).for_each(|row| fill(row, 2));
        other.iter_mut().zip([0, 1, 2, 1]).for_each(|(row, choice)| fill(row, choice));
        take_in(&desk, &school, &one, &Decisions::new()).await;
        let before = everything(&desk).await;

        // Of the second copy two rows say something else than what is on record, one the same, and one is new.
        let (id, asked) = take_in(&desk, &school, &other, &Decisions::new()).await;
        let mut rows: Vec<Row> = asked.asked.iter().map(|asked| asked.row.clone()).collect();
        rows.dedup();
        assert_eq!((rows.len(), asked.asked.len(), asked.same.len(), asked.forms()), (2, 8, 1, 1), "{asked:?}");
        assert_eq!(rows[0].places, ["Pupils, row 4"]);
        assert_eq!(asked.asked[0].from.as_deref(), Some("typed.xlsx"), "which is which");
        let mut stale = rows[0].clone();
        stale.print += 1;
        let decided: Decisions = [(stale.field.clone(), stale.others())].into();
        assert_eq!(apply(&desk, &school, id, &decided).await.unwrap().asked.len(), 8, "decided of other answers");
        assert_eq!(everything(&desk).await, before, "nothing until it is decided");
        let all: Decisions = rows.iter().chain(&asked.same).map(|row| (row.field.clone(), row.others())).collect();
        let done = apply(&desk, &school, id, &all).await.unwrap();
        assert_eq!((done.is_settled(), done.forms(), done.changes.len()), (true, 4, 0), "{done:?}");
        assert_eq!(liked(&desk, &town, session).await, [1, 2, 4], "all seven forms count");

        // Either copy comes back: nothing is counted twice, and nobody is asked.
        for (sheet, unchanged) in [(&one, 3), (&other, 4)] {
            let (_, again) = take_in(&desk, &school, sheet, &Decisions::new()).await;
            assert_eq!((again.is_settled(), again.forms(), again.unchanged), (true, 0, unchanged), "{again:?}");
        }
        // A mended answer is asked of the form that it is nearest to.
        other[0].insert(LIKED.into(), "OK".into());
        let (mended, asked) = take_in(&desk, &school, &other, &Decisions::new()).await;
        let [question] = &asked.asked[..] else { panic!("{asked:?}") };
        assert_eq!((question.what.before, question.said[0].given), (Some(Some(0)), Some(1)));
        let same: Decisions = [(question.row.field.clone(), question.row.record())].into();
        let kept = apply(&desk, &school, mended, &same).await.unwrap();
        assert_eq!((kept.is_settled(), kept.changes.len(), kept.forms()), (true, 0, 0), "{kept:?}");
        let (mended, _) = take_in(&desk, &school, &other, &Decisions::new()).await;
        let right: Decisions = [(question.row.field.clone(), question.row.sheet(0))].into();
        let changed = apply(&desk, &school, mended, &right).await.unwrap();
        assert_eq!((changed.is_settled(), changed.changes.len()), (true, 1), "{changed:?}");
        assert_eq!(liked(&desk, &town, session).await, [0, 3, 4]);
        taking_back::undo(&desk, &school, mended).await.unwrap();
        taking_back::undo(&desk, &school, id).await.unwrap();
        assert_eq!(everything(&desk).await, before);
    }
);

both!(
    async fn rows_of_one_file_with_one_key_are_one_form_or_two_as_somebody_says(desk: Desk) {
        let town = Town::build(&desk).await;
        let session = delivered(&desk, &town).await;
        let school = town.school(town.primary);
        let workbook = workbook_of(&desk, &school, Of::Session(session)).await.unwrap().1;
        let mut rows = opened(&workbook, "Pupils")[..1].to_vec();
        rows.push(rows[0].clone());
        fill(&mut rows[0], 2);
        fill(&mut rows[1], 0);
        let (id, asked) = take_in(&desk, &school, &rows, &Decisions::new()).await;
        let row = asked.asked[0].row.clone();
        assert_eq!((row.places.len(), asked.asked[0].what.before), (2, None), "{asked:?}");
        let say = |decision| Decisions::from([(row.field.clone(), decision)]);
        let typed = read_workbook(&rewritten(&rows), "a.xlsx").unwrap();
        let one = compare(&desk, &school, None, &typed, &say(row.sheet(1))).await.unwrap();
        assert_eq!(one.forms(), 1);
        let done = apply(&desk, &school, id, &say(row.others())).await.unwrap();
        assert_eq!((done.is_settled(), done.forms(), done.copies), (true, 2, 0), "{done:?}");
        assert_eq!(liked(&desk, &town, session).await, [1, 0, 1]);
        let (_, again) = take_in(&desk, &school, &rows, &Decisions::new()).await;
        assert_eq!((again.is_settled(), again.forms(), again.unchanged), (true, 0, 2), "{again:?}");

        // No more forms than people were there, whatever somebody says.
        rows.iter_mut().for_each(|row| fill(row, 1));
        rows.truncate(1);
        let typed = read_workbook(&rewritten(&rows), "a.xlsx").unwrap();
        let asked = compare(&desk, &school, None, &typed, &Decisions::new()).await.unwrap();
        Throwaway::execute(&desk, "UPDATE attending_group SET attended = 2").await;
        let others = Decisions::from([(row.field.clone(), asked.asked[0].row.others())]);
        let full = compare(&desk, &school, None, &typed, &others).await.unwrap();
        assert!(full.problems[0].message.contains("More forms than were there"), "{full:?}");
    }
);

both!(
    async fn an_upload_is_taken_back_whole(desk: Desk) {
        let town = Town::build(&desk).await;
        let session = delivered(&desk, &town).await;
        let school = town.school(town.primary);
        let answers = Questionnaire::after(Respondent::Pupil).read(|_| Some("1".into())).unwrap();
        feedback::respond(&desk, None, &PUPILS.parse().unwrap(), &answers).await.unwrap();
        let before = everything(&desk).await;
        let workbook = workbook_of(&desk, &school, Of::Tour(town.tour)).await.unwrap().1;
        let mut rows = opened(&workbook, "Pupils");
        assert_eq!(rows.len(), 2, "one has answered by code");
        rows.iter_mut().for_each(|row| fill(row, 2));
        let (id, _) = take_in(&desk, &school, &rows, &Decisions::new()).await;
        assert_eq!(liked(&desk, &town, session).await, [0, 1, 2]);
        for stranger in [town.company(), town.company_elsewhere(), town.commissioner_elsewhere()] {
            assert!(matches!(taking_back::undo(&desk, &stranger, id).await, Err(Error::NotFound)));
        }
        taking_back::undo(&desk, &town.commissioner(), id).await.unwrap();
        assert_eq!(everything(&desk).await, before);
        let (import, _) = look(&desk, &school, id, &Decisions::new()).await.unwrap();
        assert_eq!(import.state, Import::Undone);

        // After thirty days nothing tells which upload brought a response.
        let (kept, _) = take_in(&desk, &school, &rows, &Decisions::new()).await;
        Throwaway::execute(
            &desk,
            "UPDATE import SET finished_at = '2026-10-01 10:00:00+00:00' WHERE state = 'applied'",
        )
        .await;
        sweep::sweep(&desk).await.unwrap();
        assert_eq!(Throwaway::count(&desk, "SELECT COUNT(*) FROM response WHERE import_id IS NOT NULL").await, 0);
        assert_eq!(Throwaway::count(&desk, "SELECT COUNT(*) FROM response").await, 3);
        assert!(refusal(taking_back::undo(&desk, &school, kept).await).contains("older than 30 days"));
    }
);

both!(
    async fn only_where_and_while_answers_are_taken(desk: Desk) {
        let town = Town::build(&desk).await;
        let session = delivered(&desk, &town).await;
        let (school, company) = (town.school(town.primary), town.company());
        let workbook = workbook_of(&desk, &company, Of::Session(session)).await.unwrap().1;
        let mut rows = opened(&workbook, "Pupils");
        fill(&mut rows[0], 2);
        let book = rewritten(&rows);
        let typed = read_workbook(&book, "a.xlsx").unwrap();
        for stranger in [town.company_elsewhere(), town.commissioner_elsewhere(), town.school(town.secondary)] {
            assert!(matches!(workbook_of(&desk, &stranger, Of::Session(session)).await, Err(Error::NotFound)));
            assert!(matches!(form_of(&desk, &stranger, Of::Session(session)).await, Err(Error::NotFound)));
            let refused = compare(&desk, &stranger, None, &typed, &Decisions::new()).await.unwrap();
            assert!(refused.problems[0].message.contains("not yours"), "{refused:?}");
        }
        let elsewhere = "991".parse().unwrap();
        let refused = compare(&desk, &Actor::SYSTEM, Some(&elsewhere), &typed, &Decisions::new()).await.unwrap();
        assert_eq!(refused.problems.len(), 1);
        for role in [Role::Evaluator, Role::Administrator] {
            let official = town.official(role);
            assert!(matches!(workbook_of(&desk, &official, Of::Session(session)).await, Err(Error::Forbidden(_))));
            assert!(matches!(upload(&desk, &official, None, &file(&book)).await, Err(Error::Forbidden(_))));
        }
        // A key of another session, with a form that is on record.
        assert!(take_in(&desk, &school, &rows, &Decisions::new()).await.1.is_settled());
        let other = town.session(&desk, town.primary, date(2026, 11, 19), State::Delivered).await;
        let mut stolen = rows.clone();
        let key: RowKey = stolen[0][KEY].parse().unwrap();
        stolen[0].insert(KEY.into(), RowKey { session: other, ..key }.to_string());
        let (_, refused) = take_in(&desk, &school, &stolen, &Decisions::new()).await;
        assert!(refused.problems[0].message.contains("key was changed"), "{refused:?}");

        fill(&mut rows[1], 1);
        Throwaway::execute(&desk, "UPDATE session SET feedback_closes = '2026-11-21'").await;
        let (id, refused) = take_in(&desk, &school, &rows, &Decisions::new()).await;
        assert!(refused.problems[0].message.contains("closed after 21 November 2026"), "{refused:?}");
        assert_eq!(refused.problems.len(), 1, "what is on record already is no problem");
        let (name, book) = marked(&desk, &school, id).await.unwrap();
        assert_eq!((name.as_str(), book.starts_with(b"PK")), ("typed marked.xlsx", true));
        drop_upload(&desk, &school, id).await.unwrap();
        // What is typed wrongly and what the records say against it are told at once.
        let mut wrong = rows.clone();
        fill(&mut wrong[2], 1);
        wrong[2].insert(LIKED.into(), "Great".into());
        let (id, refused) = take_in(&desk, &school, &wrong, &Decisions::new()).await;
        let told: Vec<_> = refused.problems.iter().map(|p| (p.row, p.message.split(' ').next().unwrap())).collect();
        assert_eq!(told, [(Some(5), "The"), (Some(6), "“Great”"), (Some(6), "The")], "{refused:?}");
        drop_upload(&desk, &school, id).await.unwrap();
        Throwaway::execute(&desk, "UPDATE session SET state = 'confirmed'").await;
        let (_, refused) = take_in(&desk, &school, &rows, &Decisions::new()).await;
        assert!(refused.problems[0].message.contains("Record its attendance first"), "{refused:?}");
        for rubbish in [b"".as_slice(), b"PK\x03\x04", b"a,b\n1,2\n", &[0xff; 300]] {
            let refused = upload(&desk, &school, None, &file(rubbish)).await;
            assert!(matches!(refused, Err(Error::Invalid(_))), "{refused:?}");
        }
    }
);
