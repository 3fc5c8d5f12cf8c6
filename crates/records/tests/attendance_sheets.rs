//! Attendance sheets that go out as workbooks and come back: sorted, copied, in part, from two people.

mod filled;

use std::collections::BTreeMap;

use domain::access::{Actor, Role};
use domain::attendance::{Figure, Headcounts};
use domain::attendance_sheet::{Column, Key};
use domain::session::{Reason, State};
use filled::{Rows, rewritten};
use records::attendance::{
    Answer, Answers, Comparison, Days, Filled, FilledRow, Rest, Statement, answer as keep_answers, apply, compare,
    drop_upload, field, list_uploads, look, marked, of_team, of_tour, read_workbook, record, sheet, upload,
};
use records::imports::File;
use records::taking_back::{self, State as Import};
use records::testing::{Throwaway, Town, date, dump, foreseen};
use records::{Conflict, Desk, Error, Page, both, feedback};
use uuid::Uuid;

/// What a workbook's sheet holds.
fn opened(workbook: &[u8]) -> Rows {
    filled::opened(workbook, "Attendance")
}

fn fill(row: &mut BTreeMap<String, String>, figure: Figure, count: &str) {
    row.insert(Column::Count(figure).heading().into(), count.into());
}

fn by(row: &mut BTreeMap<String, String>, name: &str) {
    row.insert(Column::CountedBy.heading().into(), name.into());
}

fn read(workbook: &[u8]) -> Filled {
    read_workbook(workbook, "sheet.xlsx").unwrap()
}

fn file(workbook: &[u8]) -> File {
    File { name: "sheet.xlsx".into(), bytes: workbook.into() }
}

/// Uploads a sheet and says yes to it; what is not settled stays there.
async fn take_in(desk: &Desk, actor: &Actor, workbook: &[u8], answers: &Answers) -> Comparison {
    let id = upload(desk, actor, None, &file(workbook)).await.unwrap();
    apply(desk, actor, id, answers).await.unwrap()
}

async fn counts(desk: &Desk, actor: &Actor, session: Uuid) -> Headcounts {
    sheet(desk, actor, session).await.unwrap().groups[0].counts
}

/// Three sessions of the past, each with a group of Year 6.
async fn sessions(desk: &Desk, town: &Town) -> [Uuid; 3] {
    let mut ids = Vec::new();
    for (school, day) in [(town.primary, 18), (town.second_primary, 19), (town.primary, 20)] {
        ids.push(town.session(desk, school, date(2026, 11, day), State::Confirmed).await);
    }
    ids.try_into().unwrap()
}

both!(
    async fn a_sheet_goes_out_and_comes_back_sorted_and_in_part(desk: Desk) {
        let town = Town::build(&desk).await;
        let company = town.company();
        let [first, second, third] = sessions(&desk, &town).await;
        let later = town.session(&desk, town.special, date(2026, 12, 9), State::Confirmed).await;
        town.session(&desk, town.special, date(2026, 12, 10), State::Cancelled).await;
        let (name, workbook) = of_tour(&desk, &company, town.tour).await.unwrap();
        assert!(name.starts_with("Attendance ") && name.ends_with(".xlsx"), "{name}");
        let mut rows = opened(&workbook);
        let schools: Vec<_> = rows.iter().map(|r| r["School"].as_str()).collect();
        assert_eq!(
            schools,
            ["Kelder Primary School", "Beck Primary School", "Kelder Primary School", "Oak Lodge School"]
        );
        assert!(read(&workbook).is_blank(), "as it went out it says nothing");

        // One is filled in, one is copied below itself, one stays blank; then it is sorted.
        fill(&mut rows[0], Figure::Pupils, "28");
        fill(&mut rows[0], Figure::Send, "2");
        fill(&mut rows[2], Figure::Pupils, "0");
        fill(&mut rows[2], Figure::Adults, "3");
        rows.push(rows[2].clone());
        rows.reverse();
        let book = rewritten(&rows);
        let filled = read(&book);
        assert_eq!(filled.rows.len(), 3);
        let compared = compare(&desk, &company, None, &filled, &Answers::default()).await.unwrap();
        assert!(compared.is_settled(), "{compared:?}");
        assert_eq!(compared.changes.len(), 4);
        assert_eq!(counts(&desk, &company, first).await, Headcounts::default(), "comparing stores nothing");
        assert!(take_in(&desk, &company, &book, &Answers::default()).await.is_settled());

        let told = |pupils, send, adults| Headcounts { pupils, send, withdrawn: None, adults };
        assert_eq!(counts(&desk, &company, first).await, told(Some(28), Some(2), None));
        assert_eq!(counts(&desk, &company, second).await, Headcounts::default());
        assert_eq!(counts(&desk, &company, third).await, told(Some(0), None, Some(3)));
        assert_eq!(sheet(&desk, &company, first).await.unwrap().session.state, State::Delivered);
        assert_eq!(sheet(&desk, &company, second).await.unwrap().session.state, State::Confirmed);
        let audited = "SELECT COUNT(*) FROM audit WHERE operation = 'record_attendance'";
        assert_eq!(Throwaway::count(&desk, audited).await, 2);

        // The same again changes nothing.
        let again = take_in(&desk, &company, &book, &Answers::default()).await;
        assert_eq!((again.is_settled(), again.changes.len(), again.unchanged), (true, 0, 3));
        assert_eq!(Throwaway::count(&desk, audited).await, 2);

        // What lies ahead is named, and nothing else of the file is stored.
        let mut rows = opened(&workbook);
        fill(&mut rows[1], Figure::Pupils, "27");
        fill(&mut rows[3], Figure::Pupils, "9");
        let refused = take_in(&desk, &company, &rewritten(&rows), &Answers::default()).await;
        assert!(refused.problems[0].message.contains("9 December 2026"), "{:?}", refused.problems);
        assert_eq!(counts(&desk, &company, second).await, Headcounts::default());
        assert_eq!(counts(&desk, &company, later).await, Headcounts::default());
    }
);

both!(
    async fn a_cell_that_cannot_be_read_is_said_once(desk: Desk) {
        let town = Town::build(&desk).await;
        let company = town.company();
        let [first, ..] = sessions(&desk, &town).await;
        let mut rows = opened(&of_tour(&desk, &company, town.tour).await.unwrap().1);
        fill(&mut rows[0], Figure::Pupils, "abs");
        fill(&mut rows[0], Figure::Send, "2");
        let refused = take_in(&desk, &company, &rewritten(&rows), &Answers::default()).await;
        let found: Vec<_> = refused.problems.iter().map(|p| (p.row.unwrap(), p.column.as_deref().unwrap())).collect();
        assert_eq!(found, [(4, "Pupils who took part")], "{:?}", refused.problems);
        assert_eq!(counts(&desk, &company, first).await, Headcounts::default());
    }
);

both!(
    async fn a_row_beside_another_ones_key_is_named_and_nothing_is_recorded(desk: Desk) {
        let town = Town::build(&desk).await;
        let company = town.company();
        let [first, second, third] = sessions(&desk, &town).await;
        let (_, workbook) = of_tour(&desk, &company, town.tour).await.unwrap();
        let sheet = opened(&workbook);
        let moved = |heads: &[&str], from: usize, to: usize| {
            let mut rows = sheet.clone();
            fill(&mut rows[to], Figure::Pupils, "28");
            heads.iter().for_each(|head| drop(rows[to].insert((*head).into(), sheet[from][*head].clone())));
            rows
        };
        let told = async |rows: &Rows| {
            let compared = take_in(&desk, &company, &rewritten(rows), &Answers::default()).await;
            let told: Vec<_> = compared.problems.into_iter().map(|p| (p.row, p.column.unwrap(), p.message)).collect();
            (told, compared.changes.len())
        };

        // Everything but the key was sorted: the row of one school's session has the other's key.
        let mut rows = moved(&["Date", "Session", "Venue", "School", "Group", "Expected"], 1, 0);
        fill(&mut rows[2], Figure::Pupils, "20");
        let (problems, changes) = told(&rows).await;
        let why = "The row says Beck Primary School, but its key is that of Kelder Primary School on 18 November 2026: the columns were sorted apart, or cells were copied over. Put the key back beside its school, or download the sheet again.";
        assert_eq!(problems, [(Some(4), "School".to_owned(), why.to_owned())]);
        assert_eq!(changes, 1, "of the row that stands beside its own key");
        // The same school on another day.
        let (problems, _) = told(&moved(&["Date"], 2, 0)).await;
        let why = "The row says 20 November 2026, but its key is that of Kelder Primary School on 18 November 2026: ";
        assert_eq!((problems.len(), problems[0].1.as_str()), (1, "Date"), "{problems:?}");
        assert!(problems[0].2.starts_with(why), "{problems:?}");
        // It was moved since the sheet went out.
        let event = "INSERT INTO session_event (id, session_id, at, event, from_state, to_state, by_role, note)
            SELECT x.id, x.id, x.created_at, 'move', x.state, x.state, '', '' FROM session x";
        Throwaway::execute(&desk, event).await;
        let (problems, _) = told(&moved(&["Date"], 2, 0)).await;
        let why = "The row says 20 November 2026, but the session of Kelder Primary School was moved, and is on 18 November 2026 now.";
        assert!(problems.len() == 1 && problems[0].2.starts_with(why), "{problems:?}");
        for session in [first, second, third] {
            assert_eq!(counts(&desk, &company, session).await, Headcounts::default(), "all of it or nothing");
        }

        // What says nothing, or the same in other letters, is no fault.
        let mut rows = sheet.clone();
        for (row, school, day) in [(0, " kelder  PRIMARY school", "Wed 18 Nov 2026"), (1, "", "Thursday"), (2, "", "")]
        {
            fill(&mut rows[row], Figure::Pupils, "25");
            rows[row].insert("School".into(), school.into());
            rows[row].insert("Date".into(), day.into());
        }
        assert_eq!(told(&rows).await, (Vec::new(), 3));
        assert_eq!(counts(&desk, &company, second).await.pupils, Some(25));

        // Another group of the same school and session; a name that the school has given it since is no other group.
        Throwaway::execute(
            &desk,
            "INSERT INTO attending_group (id, session_id, setting_id, year_groups, label, expected, over_roll)
             SELECT x.id, x.id, g.setting_id, g.year_groups, '6B', 29, FALSE
             FROM attending_group g JOIN session x ON x.id = g.session_id WHERE x.on_date = '2026-11-18'",
        )
        .await;
        let mut rows = opened(&of_tour(&desk, &company, town.tour).await.unwrap().1);
        assert_eq!((rows[0]["Group"].as_str(), rows[1]["Group"].as_str()), ("6A (Year 6)", "6B (Year 6)"));
        fill(&mut rows[1], Figure::Pupils, "27");
        rows[1].insert("Group".into(), "6A (Year 6)".into());
        let (problems, _) = told(&rows).await;
        let why = "The row says 6A (Year 6), but its key is that of 6B (Year 6), Kelder Primary School on 18 November";
        assert!(problems.len() == 1 && problems[0].1 == "Group" && problems[0].2.starts_with(why), "{problems:?}");
        rows[1].insert("Group".into(), "Miss Hill’s class".into());
        assert_eq!(told(&rows).await, (Vec::new(), 1));
    }
);

both!(
    async fn cells_that_were_copied_over_are_named_and_what_was_renamed_since_is_not(desk: Desk) {
        let town = Town::build(&desk).await;
        let company = town.company();
        let [first, ..] = sessions(&desk, &town).await;
        let sheet = opened(&of_tour(&desk, &company, town.tour).await.unwrap().1);
        let told = async |column: Column, said: &str, is_old: bool| {
            let mut rows = sheet.clone();
            fill(&mut rows[0], Figure::Pupils, "28");
            let cell = rows[0].insert(column.heading().into(), said.into());
            assert!(cell.is_some_and(|cell| !cell.is_empty()), "{column:?} went out");
            let key = rows[0].get_mut(Column::Key.heading()).unwrap();
            *key = if is_old { key.rsplit_once(':').unwrap().0.into() } else { key.clone() };
            let compared = compare(&desk, &company, None, &read(&rewritten(&rows)), &Answers::default()).await.unwrap();
            let told: Vec<_> = compared.problems.into_iter().map(|p| (p.row, p.column.unwrap(), p.message)).collect();
            assert_eq!(compared.changes.len() + told.len(), 1, "{told:?}");
            told.into_iter().next()
        };
        let own = sheet[0]["Session"].clone();
        assert!(own.starts_with("AM 9:30am, "), "{own}");
        // The words of another session beside this one's key, on sheets of whichever time.
        let apart = "the columns were sorted apart, or cells were copied over. Put the key back beside its";
        for is_old in [false, true] {
            let (row, column, why) = told(Column::Session, "PM 1:30pm, Mr Shapeshifter", is_old).await.unwrap();
            assert_eq!((row, column.as_str()), (Some(4), "Session"));
            let said = format!(
                "The row says PM 1:30pm, Mr Shapeshifter, but its key is that of {own}, at Kelder Primary School on 18 November 2026: {apart} session"
            );
            assert!(why.starts_with(&said), "{why}");
            let (row, column, why) = told(Column::Venue, "Beck Primary School", is_old).await.unwrap();
            assert_eq!((row, column.as_str()), (Some(4), "Venue"));
            assert!(why.starts_with("The row says Beck Primary School, but its key is that of Kelder Primary School at Kelder Primary School on"), "{why}");
            assert_eq!(told(Column::Session, "", is_old).await, None, "what was cleared says nothing");
            assert_eq!(told(Column::Venue, " kelder PRIMARY school", is_old).await, None);
        }

        // Another time of its day, another programme's name, another name of the school: it went out so.
        for change in [
            "UPDATE session SET slot_label = 'Period 3', starts_minute = 660",
            "UPDATE programme SET name = 'The Shape of Things'",
            "UPDATE setting SET name = 'Kelder Church Primary Academy' WHERE name = 'Kelder Primary School'",
        ] {
            Throwaway::execute(&desk, change).await;
            for column in [Column::Session, Column::Venue, Column::School] {
                assert_eq!(told(column, &sheet[0][column.heading()].clone(), false).await, None, "{change}");
            }
        }
        let (_, column, why) = told(Column::Session, "PM 1:30pm, Mr Shapeshifter", false).await.unwrap();
        assert!(column == "Session" && why.contains("Period 3 11am, The Shape of Things, at Kelder Church"), "{why}");

        // Of a sheet that does not keep what stood there, a session that was moved is told apart.
        let name = "UPDATE setting SET name = 'Kelder Primary School' WHERE name = 'Kelder Church Primary Academy'";
        Throwaway::execute(&desk, name).await;
        let event = "INSERT INTO session_event (id, session_id, at, event, from_state, to_state, by_role, note)
            SELECT x.id, x.id, x.created_at, 'move', x.state, x.state, '', '' FROM session x";
        Throwaway::execute(&desk, event).await;
        let (_, column, why) = told(Column::Venue, "Kelder Primary School", true).await.unwrap();
        let moved = format!(
            "The row says {own}, but the session of Kelder Primary School was moved, and is Period 3 11am, The Shape of Things now. If these are its figures, clear that cell"
        );
        assert!(column == "Session" && why.starts_with(&moved), "{why}");
        assert_eq!(counts(&desk, &company, first).await, Headcounts::default());
    }
);

both!(
    async fn two_copies_merge_and_what_differs_is_asked(desk: Desk) {
        let town = Town::build(&desk).await;
        let (company, school) = (town.company(), town.school(town.primary));
        let [first, second, _] = sessions(&desk, &town).await;
        let (_, workbook) = of_tour(&desk, &company, town.tour).await.unwrap();
        let (mut one, mut other) = (opened(&workbook), opened(&workbook));
        fill(&mut one[0], Figure::Pupils, "28");
        by(&mut one[0], "Jo");
        fill(&mut one[0], Figure::Adults, "2");
        fill(&mut other[0], Figure::Pupils, "27");
        by(&mut other[0], "Sam");
        fill(&mut other[1], Figure::Pupils, "25");
        assert!(take_in(&desk, &company, &rewritten(&one), &Answers::default()).await.is_settled());

        let book = rewritten(&other);
        let compared = take_in(&desk, &company, &book, &Answers::default()).await;
        assert_eq!((compared.asked.len(), compared.changes.len()), (1, 1));
        assert_eq!(counts(&desk, &company, second).await, Headcounts::default(), "nothing until it is decided");
        let asked = &compared.asked[0];
        assert_eq!(
            (asked.what.before, asked.by.as_ref().map(|(_, role)| *role)),
            (Some(28), Some(Some(Role::Provider)))
        );
        assert!(asked.at.is_some());
        assert_eq!((asked.said[0].count, asked.said[0].wheres.clone()), (27, vec!["row 4, counted by Sam".to_owned()]));

        // Decided, but the school corrects it before it is sent: it is asked again.
        let answer = |on_record| Answers {
            figures: [(asked.field.clone(), Answer { on_record: Some(on_record), right: Some(27) })].into(),
            ..Answers::default()
        };
        let now = sheet(&desk, &school, first).await.unwrap();
        let mut counted = now.groups[0].counts;
        counted.pupils = Some(29);
        let statement = Statement {
            version: now.session.version,
            groups: [(now.groups[0].id, counted)].into(),
            ..Statement::default()
        };
        record(&desk, &school, first, statement).await.unwrap();
        let stale = take_in(&desk, &company, &book, &answer(28)).await;
        assert_eq!((stale.asked.len(), stale.asked[0].what.before), (1, Some(29)));
        assert_eq!(counts(&desk, &company, first).await.pupils, Some(29));
        assert!(take_in(&desk, &company, &book, &answer(29)).await.is_settled());
        let after = counts(&desk, &company, first).await;
        assert_eq!((after.pupils, after.adults), (Some(27), Some(2)), "nothing of either copy is lost");
        assert_eq!(counts(&desk, &company, second).await.pupils, Some(25));

        // Kept as it is: settled, without a change.
        let mut keep = answer(27);
        keep.figures.insert(asked.field.clone(), Answer { on_record: Some(27), right: Some(27) });
        let mut rows = opened(&workbook);
        fill(&mut rows[0], Figure::Pupils, "26");
        let kept = take_in(&desk, &company, &rewritten(&rows), &keep).await;
        assert_eq!((kept.is_settled(), kept.changes.len()), (true, 0));
    }
);

both!(
    async fn a_row_that_was_copied_and_typed_over_is_asked_about(desk: Desk) {
        let town = Town::build(&desk).await;
        let company = town.company();
        let [first, ..] = sessions(&desk, &town).await;
        Throwaway::execute(&desk, "UPDATE attending_group SET attended = 24").await;
        let mut rows = opened(&of_tour(&desk, &company, town.tour).await.unwrap().1);
        let mut copy = rows[0].clone();
        fill(&mut copy, Figure::Pupils, "12");
        rows.push(copy);
        let book = rewritten(&rows);
        let rest = Answers { rest: Some(Rest::Sheet), ..Answers::default() };
        for answers in [Answers::default(), rest] {
            let compared = take_in(&desk, &company, &book, &answers).await;
            let [asked] = &compared.asked[..] else { panic!("{compared:?}") };
            assert_eq!((asked.what.before, asked.said[0].count), (Some(24), 12));
            assert_eq!(
                (&asked.copies[..], &asked.confirmed[..]),
                (&["row 4".into(), "row 7".into()][..], &["row 4".into()][..])
            );
            assert_eq!(compared.changes.len(), 0);
        }
        let field = field(Figure::Pupils, sheet(&desk, &company, first).await.unwrap().groups[0].id);
        let figures = [(field, Answer { on_record: Some(24), right: Some(12) })].into();
        let decided = take_in(&desk, &company, &book, &Answers { figures, ..Answers::default() }).await;
        assert!(decided.is_settled(), "{decided:?}");
        assert_eq!(counts(&desk, &company, first).await.pupils, Some(12));
    }
);

both!(
    async fn more_than_the_roll_is_asked_and_what_breaks_a_rule_is_named(desk: Desk) {
        let town = Town::build(&desk).await;
        let company = town.company();
        let [first, second, _] = sessions(&desk, &town).await;
        let (_, workbook) = of_tour(&desk, &company, town.tour).await.unwrap();
        let mut rows = opened(&workbook);
        fill(&mut rows[0], Figure::Pupils, "45");
        let many = take_in(&desk, &company, &rewritten(&rows), &Answers::default()).await;
        assert_eq!((many.over.len(), many.over[0].session, many.over[0].why.len()), (1, first, 1));
        let sure = Answers { sure: [first].into(), ..Answers::default() };
        assert!(compare(&desk, &company, None, &read(&rewritten(&rows)), &sure).await.unwrap().is_settled());
        rows[0].insert(Column::Sure.heading().into(), "yes".into());
        fill(&mut rows[1], Figure::Pupils, "10");
        fill(&mut rows[1], Figure::Send, "11");
        let wrong = take_in(&desk, &company, &rewritten(&rows), &Answers::default()).await;
        let problem = &wrong.problems[0];
        assert_eq!((problem.row, problem.column.as_deref()), (Some(5), Some("Of these, with SEND")), "{wrong:?}");
        assert_eq!(counts(&desk, &company, first).await, Headcounts::default(), "all of it or nothing");
        fill(&mut rows[1], Figure::Send, "1");
        assert!(take_in(&desk, &company, &rewritten(&rows), &Answers::default()).await.is_settled());
        assert_eq!(counts(&desk, &company, first).await.pupils, Some(45));
        assert_eq!(counts(&desk, &company, second).await.send, Some(1));
    }
);

both!(
    async fn a_figure_that_is_more_than_the_roll_is_mended_or_left_out(desk: Desk) {
        let town = Town::build(&desk).await;
        let company = town.company();
        let [first, second, _] = sessions(&desk, &town).await;
        let mut rows = opened(&of_tour(&desk, &company, town.tour).await.unwrap().1);
        fill(&mut rows[0], Figure::Pupils, "280");
        fill(&mut rows[1], Figure::Pupils, "25");
        let id = upload(&desk, &company, None, &file(&rewritten(&rows))).await.unwrap();
        let shown = async |answers: &Answers| look(&desk, &company, id, answers).await.unwrap().1.unwrap();
        let over = shown(&Answers::default()).await.over.remove(0);
        let [figure] = &over.figures[..] else { panic!("{over:?}") };
        assert_eq!((figure.figure, figure.said, figure.right), (Figure::Pupils, 280, Some(280)));
        let mend = |said, right| Answers {
            mended: [(figure.field.clone(), Answer { on_record: Some(said), right })].into(),
            ..Answers::default()
        };
        assert_eq!(shown(&mend(28, Some(1))).await.over.len(), 1, "said of another number");
        assert_eq!(shown(&mend(280, Some(270))).await.over[0].figures[0].right, Some(270), "still too many");

        // Left out: the rest is recorded without it, and it can still be decided otherwise.
        keep_answers(&desk, &company, id, &mend(280, None)).await.unwrap();
        let left = shown(&Answers::default()).await;
        assert!(left.is_settled(), "{left:?}");
        assert_eq!((left.changes.len(), left.mended.len(), left.mended[0].figures[0].right), (1, 1, None));
        let done = apply(&desk, &company, id, &mend(280, Some(28))).await.unwrap();
        assert!(done.is_settled(), "{done:?}");
        assert_eq!(counts(&desk, &company, first).await.pupils, Some(28));
        assert_eq!(counts(&desk, &company, second).await.pupils, Some(25));
    }
);

both!(
    async fn what_was_decided_is_kept_until_the_sheet_is_taken_in(desk: Desk) {
        let town = Town::build(&desk).await;
        let company = town.company();
        let [first, second, third] = sessions(&desk, &town).await;
        let mut rows = opened(&of_tour(&desk, &company, town.tour).await.unwrap().1);
        for (row, count) in [(0, "45"), (1, "28"), (2, "27")] {
            fill(&mut rows[row], Figure::Pupils, count);
        }
        // Two were stated otherwise meanwhile.
        let stated = "UPDATE attending_group SET attended = 30 WHERE session_id IN
            (SELECT id FROM session WHERE on_date IN ('2026-11-19', '2026-11-20'))";
        Throwaway::execute(&desk, stated).await;
        let id = upload(&desk, &company, None, &file(&rewritten(&rows))).await.unwrap();
        let shown = async |answers: &Answers| look(&desk, &company, id, answers).await.unwrap().1.unwrap();
        let compared = shown(&Answers::default()).await;
        let fields: Vec<String> = compared.figures().iter().map(|asked| asked.field.clone()).collect();
        assert_eq!((compared.asked.len(), fields.len(), compared.over.len()), (2, 2, 1));

        // One is decided, and that more than the roll is right; somebody else comes back to it.
        let is_right = |right| Answer { on_record: Some(30), right: Some(right) };
        let figures = [(fields[0].clone(), is_right(28)), ("no field".to_owned(), is_right(28))].into();
        let some = Answers { figures, sure: [first].into(), ..Answers::default() };
        for stranger in [town.school(town.primary), town.company_elsewhere()] {
            assert!(matches!(keep_answers(&desk, &stranger, id, &some).await, Err(Error::NotFound)));
        }
        keep_answers(&desk, &company, id, &some).await.unwrap();
        let compared = shown(&Answers::default()).await;
        assert_eq!((compared.asked.len(), compared.asked[0].what.session), (1, third));
        assert_eq!(
            compared.figures().iter().map(|asked| &asked.field).collect::<Vec<_>>(),
            fields.iter().collect::<Vec<_>>()
        );
        assert_eq!((compared.over.len(), compared.sure.len()), (0, 1));
        assert_eq!(compared.answers.figures, [(fields[0].clone(), is_right(28))].into());
        assert_eq!(counts(&desk, &company, second).await.pupils, Some(30), "nothing is recorded yet");
        // It is not said any more; and the last is decided with all others, but not what was decided by itself.
        let not_sure = Answers { unsure: [first].into(), rest: Some(Rest::Record), ..Answers::default() };
        keep_answers(&desk, &company, id, &not_sure).await.unwrap();
        let compared = shown(&Answers::default()).await;
        assert_eq!((compared.asked.len(), compared.over.len(), compared.sure.len()), (0, 1, 0));
        let pupils: Vec<_> = compared.changes.iter().map(|change| (change.session, change.after)).collect();
        assert_eq!(pupils, [(first, Some(45)), (second, Some(28))]);
        let rest = Answers { rest: Some(Rest::Sheet), ..Answers::default() };
        assert_eq!(shown(&rest).await.changes.len(), 3, "what is said now counts");
        assert!(!apply(&desk, &company, id, &Answers::default()).await.unwrap().is_settled());

        let last = Answers { sure: [first].into(), ..Answers::default() };
        assert!(apply(&desk, &company, id, &last).await.unwrap().is_settled());
        let mut now = Vec::new();
        for session in [first, second, third] {
            now.push(counts(&desk, &company, session).await.pupils);
        }
        assert_eq!(now, [Some(45), Some(28), Some(30)]);
        assert_eq!(Throwaway::count(&desk, "SELECT COUNT(*) FROM import_choice").await, 0);
        assert!(refusal(keep_answers(&desk, &company, id, &last).await).contains("already"));
    }
);

both!(
    async fn a_missed_session_is_not_delivered_by_a_sheet(desk: Desk) {
        let town = Town::build(&desk).await;
        let company = town.company();
        let [missed, other, _] = sessions(&desk, &town).await;
        let (_, workbook) = of_tour(&desk, &company, town.tour).await.unwrap();
        let mut rows = opened(&workbook);
        let why = records::sessions::Why { reason: Reason::SchoolClosed, note: "Snow".into() };
        let version = records::sessions::get(&desk, &company, missed).await.unwrap().session.version;
        records::sessions::miss(&desk, &company, missed, version, &why).await.unwrap();
        for count in ["0", "20"] {
            fill(&mut rows[0], Figure::Pupils, count);
            fill(&mut rows[1], Figure::Pupils, "28");
            let refused = take_in(&desk, &company, &rewritten(&rows), &Answers::default()).await;
            assert!(refused.problems[0].message.contains("on record as missed"), "{refused:?}");
            assert_eq!(counts(&desk, &company, other).await, Headcounts::default(), "all of it or nothing");
        }
        let session = records::sessions::get(&desk, &company, missed).await.unwrap().session;
        assert_eq!((session.state, session.reason_note.as_str()), (State::Missed, "Snow"));
        fill(&mut rows[0], Figure::Pupils, "");
        assert!(take_in(&desk, &company, &rewritten(&rows), &Answers::default()).await.is_settled());
        assert_eq!(counts(&desk, &company, other).await.pupils, Some(28));
        // A sheet that is taken now has no row for it.
        let (_, workbook) = of_tour(&desk, &company, town.tour).await.unwrap();
        assert_eq!(opened(&workbook).len(), rows.len() - 1);
    }
);

both!(
    async fn everyone_has_their_own_groups(desk: Desk) {
        let town = Town::build(&desk).await;
        sessions(&desk, &town).await;
        let school = town.school(town.primary);
        let (_, workbook) = of_tour(&desk, &school, town.tour).await.unwrap();
        assert!(opened(&workbook).iter().all(|row| row["School"] == "Kelder Primary School"));
        let days = Days { from: date(2026, 11, 19), days: 1 };
        let (name, workbook) = of_team(&desk, &town.company(), town.team, days).await.unwrap();
        let mut rows = opened(&workbook);
        assert_eq!((rows.len(), rows[0]["School"].as_str()), (1, "Beck Primary School"));
        assert!(name.contains("19 November 2026"), "{name}");

        fill(&mut rows[0], Figure::Pupils, "20");
        let book = rewritten(&rows);
        let filled = read(&book).rows;
        for stranger in [school, town.company_elsewhere(), town.commissioner_elsewhere()] {
            let refused = take_in(&desk, &stranger, &book, &Answers::default()).await;
            assert!(refused.problems[0].message.contains("not yours"), "{refused:?}");
        }
        let evaluator = town.official(Role::Evaluator);
        assert!(matches!(of_tour(&desk, &evaluator, town.tour).await, Err(Error::Forbidden(_))));
        assert!(matches!(upload(&desk, &evaluator, None, &file(&book)).await, Err(Error::Forbidden(_))));
        assert!(matches!(of_tour(&desk, &town.company_elsewhere(), town.tour).await, Err(Error::NotFound)));
        assert!(matches!(of_team(&desk, &town.commissioner_elsewhere(), town.team, days).await, Err(Error::NotFound)));
        let unknown = FilledRow { key: Key { group: Uuid::now_v7(), ..filled[0].key }, ..filled[0].clone() };
        let strange = Filled { rows: vec![unknown.clone()], ..Filled::default() };
        let refused = compare(&desk, &town.company(), None, &strange, &Answers::default()).await.unwrap();
        assert_eq!(refused.problems.len(), 1);
        assert!(!field(Figure::Pupils, unknown.key.group).is_empty());
    }
);

/// What an import and its taking back leave behind, and what every change does.
const OWN: [&str; 6] = ["import", "import_before", "import_answer", "audit", "outbox", "form_post"];

async fn everything(desk: &Desk) -> BTreeMap<String, Vec<String>> {
    let mut all = dump(desk).await;
    all.retain(|table, _| !OWN.contains(&table.as_str()));
    all
}

fn refusal(result: Result<impl std::fmt::Debug, Error>) -> String {
    match result {
        Err(Error::Conflict(Conflict::Refused(why))) => why,
        other => panic!("should have been refused: {other:?}"),
    }
}

both!(
    async fn a_sheet_is_an_import_and_is_taken_back(desk: Desk) {
        let town = Town::build(&desk).await;
        let (company, school) = (town.company(), town.school(town.primary));
        let [first, second, third] = sessions(&desk, &town).await;
        // One was counted before, and is corrected by the sheet.
        let now = sheet(&desk, &school, third).await.unwrap();
        let counted = Headcounts { pupils: Some(30), adults: Some(2), ..Headcounts::default() };
        let groups = [(now.groups[0].id, counted)].into();
        let said = Statement { version: now.session.version, groups, ..Statement::default() };
        record(&desk, &school, third, said).await.unwrap();
        let (_, workbook) = of_tour(&desk, &company, town.tour).await.unwrap();
        let before = everything(&desk).await;

        let mut rows = opened(&workbook);
        fill(&mut rows[0], Figure::Pupils, "28");
        by(&mut rows[0], "Jo");
        fill(&mut rows[2], Figure::Pupils, "29");
        let book = rewritten(&rows);
        let id = upload(&desk, &company, None, &file(&book)).await.unwrap();
        let (import, compared) = look(&desk, &company, id, &Answers::default()).await.unwrap();
        assert_eq!((import.state, compared.unwrap().changes.len()), (Import::Previewed, 2));
        assert_eq!(everything(&desk).await, before, "what waits changes nothing");
        assert!(apply(&desk, &company, id, &Answers::default()).await.unwrap().is_settled());
        assert!(refusal(apply(&desk, &company, id, &Answers::default()).await).contains("already"));
        let group = sheet(&desk, &company, first).await.unwrap().groups.remove(0);
        assert_eq!((group.counts.pupils, group.counted_by.as_str()), (Some(28), "Jo"));
        assert_eq!(counts(&desk, &company, third).await.pupils, Some(29));

        // Found by whoever uploaded it and by the council; recognised when it comes again.
        for actor in [&company, &town.commissioner()] {
            let found = list_uploads(&desk, actor, Page::new(1)).await.unwrap();
            assert_eq!((found.len(), found[0].state, found[0].added, found[0].changed), (1, Import::Applied, 2, 2));
        }
        for stranger in [&school, &town.company_elsewhere(), &town.commissioner_elsewhere()] {
            assert!(list_uploads(&desk, stranger, Page::new(1)).await.unwrap().is_empty());
            assert!(matches!(look(&desk, stranger, id, &Answers::default()).await, Err(Error::NotFound)));
            assert!(matches!(taking_back::undo(&desk, stranger, id).await, Err(Error::NotFound)));
        }
        let again = upload(&desk, &company, None, &file(&book)).await.unwrap();
        let (import, compared) = look(&desk, &company, again, &Answers::default()).await.unwrap();
        assert_eq!(import.same_id, Some(id));
        let compared = compared.unwrap();
        assert_eq!((compared.is_settled(), compared.changes.len(), compared.unchanged), (true, 0, 2));
        drop_upload(&desk, &company, again).await.unwrap();

        taking_back::undo(&desk, &company, id).await.unwrap();
        let after = everything(&desk).await;
        for (table, rows) in &before {
            assert_eq!(after.get(table), Some(rows), "{table}");
        }
        assert_eq!(sheet(&desk, &company, first).await.unwrap().session.state, State::Confirmed);
        assert!(refusal(taking_back::undo(&desk, &company, id).await).contains("taken back already"));
        assert_eq!(counts(&desk, &company, second).await, Headcounts::default());
    }
);

both!(
    async fn what_was_built_on_a_sheet_keeps_it(desk: Desk) {
        let town = Town::build(&desk).await;
        let (company, school) = (town.company(), town.school(town.primary));
        let [first, second, _] = sessions(&desk, &town).await;
        let (_, workbook) = of_tour(&desk, &company, town.tour).await.unwrap();
        let take = async |row: usize| {
            let mut rows = opened(&workbook);
            fill(&mut rows[row], Figure::Pupils, "20");
            let id = upload(&desk, &company, None, &file(&rewritten(&rows))).await.unwrap();
            assert!(apply(&desk, &company, id, &Answers::default()).await.unwrap().is_settled());
            id
        };
        let (corrected, answered) = (take(0).await, take(1).await);
        let now = sheet(&desk, &school, first).await.unwrap();
        let counted = Headcounts { pupils: Some(21), ..Headcounts::default() };
        let groups = [(now.groups[0].id, counted)].into();
        let said = Statement { version: now.session.version, groups, ..Statement::default() };
        record(&desk, &school, first, said).await.unwrap();
        let why = refusal(taking_back::undo(&desk, &company, corrected).await);
        assert!(why.contains("the attendance of Kelder Primary School was stated anew"), "{why}");
        assert_eq!(foreseen(&desk, &company, corrected).await, Some(why));

        let codes = feedback::codes(&desk, &company, second).await.unwrap();
        let code = codes.feedback_code.unwrap().parse().unwrap();
        let pupil = domain::feedback::Questionnaire::after(domain::feedback::Respondent::Pupil);
        let answers = pupil.read(|_| Some("2".into())).unwrap();
        feedback::respond(&desk, None, &code, &answers).await.unwrap();
        let why = refusal(taking_back::undo(&desk, &company, answered).await);
        assert!(why.contains("Beck Primary School on 19 November 2026 has feedback"), "{why}");
        assert_eq!(foreseen(&desk, &company, answered).await, Some(why));
        let stands = taking_back::in_the_way(&desk, &company, answered).await.unwrap();
        assert!(stands.iter().all(|built| built.at == Some(taking_back::At::Session(second))), "{stands:?}");
    }
);

both!(
    async fn a_sheet_to_be_mended_is_marked(desk: Desk) {
        let town = Town::build(&desk).await;
        let company = town.company();
        let [first, ..] = sessions(&desk, &town).await;
        let (_, workbook) = of_tour(&desk, &company, town.tour).await.unwrap();
        let mut rows = opened(&workbook);
        fill(&mut rows[0], Figure::Pupils, "about 30");
        let id = upload(&desk, &company, None, &file(&rewritten(&rows))).await.unwrap();
        let (_, compared) = look(&desk, &company, id, &Answers::default()).await.unwrap();
        assert_eq!(compared.unwrap().problems[0].row, Some(4));

        // Everything is told at once: what cannot be read, what breaks a rule, and what is asked.
        let mut all = opened(&workbook);
        let mut copy = all[2].clone();
        fill(&mut all[0], Figure::Pupils, "about 30");
        fill(&mut all[1], Figure::Pupils, "10");
        fill(&mut all[1], Figure::Send, "11");
        fill(&mut all[2], Figure::Pupils, "20");
        fill(&mut copy, Figure::Pupils, "21");
        let mut lost = copy.clone();
        lost.insert(Column::Key.heading().into(), "mine".into());
        all.extend([copy, lost]);
        let every = upload(&desk, &company, None, &file(&rewritten(&all))).await.unwrap();
        let (_, compared) = look(&desk, &company, every, &Answers::default()).await.unwrap();
        let compared = compared.unwrap();
        let rows: Vec<_> = compared.problems.iter().map(|problem| problem.row).collect();
        assert_eq!((rows, compared.asked.len()), (vec![Some(4), Some(5), Some(8)], 1), "{compared:?}");
        assert!(!apply(&desk, &company, every, &Answers::default()).await.unwrap().is_settled());
        assert_eq!(counts(&desk, &company, first).await, Headcounts::default());

        let (name, book) = marked(&desk, &company, id).await.unwrap();
        assert_eq!((name.as_str(), book.starts_with(b"PK")), ("sheet marked.xlsx", true));
        assert!(!apply(&desk, &company, id, &Answers::default()).await.unwrap().is_settled());
        for rubbish in [b"".as_slice(), b"PK\x03\x04", b"a,b\n1,2\n", &[0xff; 300]] {
            let refused = upload(&desk, &company, None, &file(rubbish)).await;
            assert!(matches!(refused, Err(Error::Invalid(_))), "{refused:?}");
        }
    }
);
