//! Sheets of requests that go out as workbooks and come back: sorted, copied, in part, from two people; taken back.

mod filled;

use std::collections::BTreeMap;

use domain::access::{Actor, Operation, Role, Scope};
use domain::request::{DeclineReason, PartOfDay, RequestState};
use domain::request_sheet::{Cell, Column};
use domain::session::{GroupField, State};
use filled::{Rows, rewritten};
use records::imports::File;
use records::request_sheets::{self as sheets, Answer, Answers, Comparison, Said};
use records::requests::{self, Asking, Filter, Request};
use records::taking_back::{self, At, State as Import};
use records::testing::{Throwaway, Town, date, dump, wish};
use records::{Conflict, Desk, Error, Page, both};
use uuid::Uuid;

/// What a workbook's sheet holds.
fn opened(workbook: &[u8]) -> Rows {
    filled::opened(workbook, "Requests")
}

const PUPILS: Cell = Cell::Group(0, GroupField::Expected);
const SEND: Cell = Cell::Group(0, GroupField::ExpectedSend);
const YEARS: Cell = Cell::Group(0, GroupField::YearGroups);

fn fill(row: &mut BTreeMap<String, String>, cells: &[(Cell, &str)]) {
    for (cell, text) in cells {
        row.insert(cell.heading(), (*text).to_owned());
    }
}

fn by(row: &mut BTreeMap<String, String>, name: &str) {
    row.insert(Column::FilledInBy.heading(), name.into());
}

const CONTACT: [(Cell, &str); 3] = [
    (Cell::ContactName, "Sam Reed"),
    (Cell::ContactTelephone, "01274 431000"),
    (Cell::ContactEmail, "sam@school.example"),
];

async fn send(desk: &Desk, actor: &Actor, rows: &Rows) -> Uuid {
    let file = File { name: "filled.xlsx".into(), bytes: rewritten(rows).into() };
    sheets::upload(desk, actor, &file).await.expect("an upload")
}

async fn compared(desk: &Desk, actor: &Actor, id: Uuid) -> Comparison {
    sheets::look(desk, actor, id, &Answers::new()).await.unwrap().comparison.expect("what it would do")
}

async fn take_in(desk: &Desk, actor: &Actor, id: Uuid) -> Comparison {
    sheets::take_in(desk, actor, id, &Answers::new()).await.unwrap()
}

async fn requests_of(desk: &Desk, actor: &Actor) -> Vec<Request> {
    requests::list(desk, actor, Filter::default()).await.unwrap()
}

fn asking(town: &Town, setting: Uuid) -> Asking {
    Asking {
        tour: town.tour,
        setting,
        wish: wish(&[28], 1),
        is_estimated: false,
        contact_name: "Sam Reed".into(),
        contact_telephone: "01274 431000".into(),
        contact_email: "sam@school.example".into(),
        on_behalf: None,
        outside_audience: false,
    }
}

/// Where each problem is.
fn places(comparison: &Comparison) -> Vec<(u32, String)> {
    comparison.problems.iter().map(|p| (p.row.unwrap(), p.column.clone().unwrap())).collect()
}

both!(
    async fn a_school_asks_by_its_sheet_and_changes_it_by_the_next(desk: Desk) {
        let town = Town::build(&desk).await;
        let school = town.school(town.primary);
        let (name, workbook) = sheets::of_all(&desk, &school).await.unwrap();
        assert!(name.starts_with("Requests ") && name.ends_with(".xlsx"), "{name}");
        let mut rows = opened(&workbook);
        assert_eq!(rows.len(), 1, "one tour, one school");
        assert!(rows[0]["School"] == "Kelder Primary School" && rows[0]["Request"].is_empty());
        let empty = File { name: "a.xlsx".into(), bytes: workbook.into() };
        let nothing = sheets::upload(&desk, &school, &empty).await;
        assert!(
            matches!(&nothing, Err(Error::Invalid(e)) if e[0].message.contains("Nothing is filled in")),
            "{nothing:?}"
        );

        fill(&mut rows[0], &[(YEARS, "y6"), (PUPILS, "28"), (SEND, "3"), (Cell::Group(0, GroupField::Label), "6A")]);
        fill(
            &mut rows[0],
            &[(Cell::Group(1, GroupField::Expected), "29"), (Cell::Sessions, "2"), (Cell::Days, "All on one day")],
        );
        // Other usual words than the sheet's own are taken for them.
        fill(&mut rows[0], &[(Cell::PartOfDay, "am only"), (Cell::RoomForOthers, "y")]);
        fill(&mut rows[0], &[(Cell::Preferred, "8 to 9 December"), (Cell::Impossible, "2 Dec\n4/12/2026")]);
        fill(&mut rows[0], &[(Cell::AccessNeeds, "A ramp"), (Cell::Note, "=1+1")]);
        fill(&mut rows[0], &CONTACT);
        let id = send(&desk, &school, &rows).await;
        let proposed = compared(&desk, &school, id).await;
        assert!(proposed.is_settled() && proposed.made.len() == 1, "{proposed:?}");
        assert!(requests_of(&desk, &school).await.is_empty(), "looking stores nothing");
        assert_eq!(take_in(&desk, &school, id).await.made.len(), 1);
        let asked = requests_of(&desk, &school).await.remove(0);
        assert_eq!(
            (asked.state, asked.sessions, asked.may_split, asked.room_for_others),
            (RequestState::Asked, 2, false, true)
        );
        assert_eq!(asked.part_of_day, PartOfDay::Morning);
        assert_eq!(
            asked.groups.iter().map(|g| (g.expected, g.expected_send)).collect::<Vec<_>>(),
            [(28, Some(3)), (29, None)]
        );
        assert_eq!(asked.groups[0].year_groups.to_string(), "Year 6");
        assert_eq!((asked.preferred.len(), asked.impossible), (2, vec![date(2026, 12, 2), date(2026, 12, 4)]));
        assert_eq!((asked.access_needs.as_str(), asked.note.as_str()), ("A ramp", "=1+1"), "a text is a text");
        assert_eq!((asked.contact_telephone.as_str(), asked.is_estimated), ("01274 431000", false));
        assert_eq!(Throwaway::count(&desk, "SELECT COUNT(*) FROM outbox WHERE record_kind = 'request'").await, 1);
        let twice = sheets::take_in(&desk, &school, id, &Answers::new()).await;
        assert!(matches!(twice, Err(Error::Conflict(Conflict::Refused(_)))), "{twice:?}");
        // The same file again says what is on record already.
        let again = send(&desk, &school, &rows).await;
        let look = sheets::look(&desk, &school, again, &Answers::new()).await.unwrap();
        assert!(look.import.same_applied_at.is_some() && look.comparison.unwrap().is_nothing());

        // The next sheet has it filled in; one thing changes, one is taken out, and the second group goes.
        let mut rows = opened(&sheets::of_tour(&desk, &school, town.tour).await.unwrap().1);
        assert_eq!((rows[0]["Request"].as_str(), rows[0][&PUPILS.heading()].as_str()), ("Waits for a date", "28"));
        let untouched = send(&desk, &school, &rows).await;
        assert!(compared(&desk, &school, untouched).await.is_nothing(), "as it went out it says nothing");
        fill(
            &mut rows[0],
            &[
                (PUPILS, "27"),
                (Cell::Preferred, "none"),
                (Cell::Group(1, GroupField::Expected), "none"),
                (Cell::Sessions, ""),
            ],
        );
        let id = send(&desk, &school, &rows).await;
        let proposed = compared(&desk, &school, id).await;
        let told: Vec<_> = proposed.changes.iter().map(|c| (c.cell, c.before.as_str(), c.after.as_str())).collect();
        let second = Cell::Group(1, GroupField::Expected);
        assert_eq!(told, [(PUPILS, "28", "27"), (second, "29", ""), (Cell::Preferred, "8 to 9 December 2026", "")]);
        take_in(&desk, &school, id).await;
        let changed = requests::get(&desk, &school, asked.id).await.unwrap();
        assert_eq!((changed.expected(), changed.groups.len(), changed.preferred.len()), (27, 1, 0));
        assert_eq!((changed.sessions, changed.groups[0].label.as_str(), changed.note.as_str()), (2, "6A", "=1+1"));
    }
);

both!(
    async fn two_copies_merge_and_what_they_write_differently_is_asked(desk: Desk) {
        let town = Town::build(&desk).await;
        let (school, commissioner) = (town.school(town.primary), town.commissioner());
        let id = requests::ask(&desk, &school, &asking(&town, town.primary)).await.unwrap();
        let sheet = opened(&sheets::of_tour(&desk, &school, town.tour).await.unwrap().1);
        let (mut one, mut other) = (sheet.clone(), sheet.clone());
        fill(&mut one[0], &[(PUPILS, "27"), (Cell::AccessNeeds, "A ramp")]);
        fill(&mut other[0], &[(PUPILS, "26"), (Cell::PartOfDay, "Only in the afternoon")]);
        by(&mut one[0], "Jo");
        by(&mut other[0], "Kim");
        // In one file: both rows are the request's. What differs is asked, with who wrote it where.
        let both_rows = vec![one[0].clone(), other[0].clone()];
        let file = send(&desk, &school, &both_rows).await;
        let proposed = compared(&desk, &school, file).await;
        assert_eq!(proposed.asked.len(), 1, "{proposed:?}");
        // What nobody is asked about is told all the same: it is done with the rest.
        let told: Vec<_> = proposed.changes.iter().map(|c| (c.cell, c.before.as_str(), c.after.as_str())).collect();
        let any = PartOfDay::Any.label();
        assert_eq!(told, [(Cell::PartOfDay, any, PartOfDay::Afternoon.label()), (Cell::AccessNeeds, "", "A ramp")]);
        let asked = &proposed.asked[0];
        assert_eq!((asked.what.cell, asked.what.before.as_str()), (PUPILS, "28"));
        assert_eq!(asked.by.as_ref().map(|(name, role)| (name.as_str(), *role)), Some(("pshe", Some(Role::School))));
        let said: Vec<_> = asked.said.iter().map(|s| (s.text.as_str(), s.wheres.join(";"))).collect();
        assert_eq!(said, [("26", "row 5, filled in by Kim".to_owned()), ("27", "row 4, filled in by Jo".to_owned())]);
        let undecided = take_in(&desk, &school, file).await;
        assert!(!undecided.is_settled());
        assert_eq!(requests::get(&desk, &school, id).await.unwrap().expected(), 28, "nothing is stored undecided");
        let answer =
            |on_record: &str, right: &str| Answer { on_record: Said::print(on_record), right: Said::print(right) };
        let field = asked.field.clone();
        for wrong in [answer("29", "26"), answer("28", "99")] {
            let answers = Answers::from([(field.clone(), wrong)]);
            assert!(!sheets::take_in(&desk, &school, file, &answers).await.unwrap().is_settled());
        }
        let answers = Answers::from([(field, answer("28", "26"))]);
        assert!(sheets::take_in(&desk, &school, file, &answers).await.unwrap().is_settled());
        let merged = requests::get(&desk, &school, id).await.unwrap();
        assert_eq!(
            (merged.expected(), merged.access_needs.as_str(), merged.part_of_day),
            (26, "A ramp", PartOfDay::Afternoon)
        );

        // As two files, with somebody changing the request in between.
        let mut later = sheet.clone();
        fill(&mut later[0], &[(SEND, "4"), (Cell::ContactName, "Alex Hill")]);
        let mut theirs = asking(&town, town.primary);
        theirs.on_behalf =
            Some(records::sessions::OnBehalf { name: "The head".into(), how: domain::tour::AskedBy::Email });
        theirs.contact_name = "Pat Moss".into();
        let now = requests::get(&desk, &school, id).await.unwrap();
        requests::change(&desk, &commissioner, id, now.version, &theirs).await.unwrap();
        let file = send(&desk, &school, &later).await;
        let proposed = compared(&desk, &school, file).await;
        let cells: Vec<_> = proposed.asked.iter().map(|a| (a.what.cell, a.what.before.as_str())).collect();
        assert_eq!(cells, [(Cell::ContactName, "Pat Moss")], "{proposed:?}");
        assert_eq!(proposed.asked[0].by.as_ref().map(|(_, role)| *role), Some(Some(Role::Commissioner)));
        // Who keeps what is on record loses nothing else of the sheet.
        let answers = Answers::from([(proposed.asked[0].field.clone(), answer("Pat Moss", "Pat Moss"))]);
        assert!(sheets::take_in(&desk, &school, file, &answers).await.unwrap().is_settled());
        let kept = requests::get(&desk, &school, id).await.unwrap();
        assert_eq!((kept.contact_name.as_str(), kept.groups[0].expected_send), ("Pat Moss", Some(4)));
    }
);

both!(
    async fn every_problem_is_listed_at_its_cell_and_nothing_is_stored(desk: Desk) {
        let town = Town::build(&desk).await;
        let school = town.school(town.primary);
        let rows = opened(&sheets::of_all(&desk, &school).await.unwrap().1);
        let mut unread = rows[0].clone();
        fill(&mut unread, &[(PUPILS, "lots"), (Cell::Preferred, "soon"), (YEARS, "Oak class")]);
        let id = send(&desk, &school, &vec![unread]).await;
        let found = compared(&desk, &school, id).await;
        // With what the page that asks would say of the rest.
        let contact = CONTACT.map(|(cell, _)| cell);
        let expected = [YEARS, PUPILS, Cell::Preferred].into_iter().chain(contact);
        assert_eq!(places(&found), expected.map(|cell| (4, cell.heading())).collect::<Vec<_>>());
        assert!(!take_in(&desk, &school, id).await.is_settled());

        // Rules of the page that asks: each at its cell.
        let mut wrong = rows[0].clone();
        fill(
            &mut wrong,
            &[
                (YEARS, "Year 4"),
                (PUPILS, "120"),
                (SEND, "121"),
                (Cell::Impossible, "1 March 2027"),
                (Cell::ContactEmail, "nowhere"),
            ],
        );
        let id = send(&desk, &school, &vec![wrong.clone()]).await;
        let found = compared(&desk, &school, id).await;
        let at: std::collections::BTreeSet<String> = places(&found).into_iter().map(|(_, column)| column).collect();
        let expected = [
            YEARS,
            SEND,
            Cell::Sessions,
            Cell::Impossible,
            Cell::ContactName,
            Cell::ContactTelephone,
            Cell::ContactEmail,
        ];
        assert_eq!(at, expected.iter().map(|cell| cell.heading()).collect(), "{found:?}");
        let (name, marked) = sheets::marked(&desk, &school, id).await.unwrap();
        assert!(name == "filled marked.xlsx" && marked.starts_with(b"PK"));
        // A group of another line than the first: the fault lands on its own cell.
        let mut third = rows[0].clone();
        fill(&mut third, &[(PUPILS, "20"), (Cell::Group(2, GroupField::Label), "6C")]);
        fill(&mut third, &CONTACT);
        let id = send(&desk, &school, &vec![third]).await;
        assert_eq!(places(&compared(&desk, &school, id).await), [(4, Cell::Group(2, GroupField::Expected).heading())]);

        let mut changed_key = rows[0].clone();
        fill(&mut changed_key, &[(PUPILS, "20")]);
        changed_key.insert(Column::Key.heading(), "mine".into());
        let id = send(&desk, &school, &vec![changed_key]).await;
        assert_eq!(places(&compared(&desk, &school, id).await), [(4, Column::Key.heading())]);
        // A key that was changed does not hide what else is wrong.
        let mut changed_key = rows[0].clone();
        changed_key.insert(Column::Key.heading(), "mine".into());
        let mut unread = rows[0].clone();
        for row in [&mut changed_key, &mut unread] {
            fill(row, &[(PUPILS, "lots")]);
            fill(row, &CONTACT);
        }
        let id = send(&desk, &school, &vec![changed_key, unread]).await;
        assert_eq!(places(&compared(&desk, &school, id).await), [(4, Column::Key.heading()), (5, PUPILS.heading())]);
        for (bytes, says) in
            [(b"PK\x03\x04".to_vec(), ""), (b"a,b\n1,2\n".to_vec(), "no sheet of requests"), (Vec::new(), "")]
        {
            let refused = sheets::upload(&desk, &school, &File { name: "a.xlsx".into(), bytes: bytes.into() }).await;
            assert!(matches!(&refused, Err(Error::Invalid(e)) if e[0].message.contains(says)), "{refused:?}");
        }
        assert_eq!(Throwaway::count(&desk, "SELECT COUNT(*) FROM request").await, 0);
    }
);

both!(
    async fn what_is_wrong_is_told_beside_what_is_to_be_decided(desk: Desk) {
        let town = Town::build(&desk).await;
        let school = town.school(town.primary);
        let sheet = opened(&sheets::of_all(&desk, &school).await.unwrap().1);
        let copies = |cells: &[(Cell, &str)], others: &[(Cell, &str)]| {
            let (mut one, mut other) = (sheet[0].clone(), sheet[0].clone());
            for (row, cells) in [(&mut one, cells), (&mut other, others)] {
                fill(row, &CONTACT);
                fill(row, cells);
            }
            vec![one, other]
        };
        let rows = copies(
            &[(PUPILS, "20"), (YEARS, "Year 4"), (Cell::ContactEmail, "x")],
            &[(PUPILS, "21"), (Cell::ContactEmail, "x")],
        );
        let found = compared(&desk, &school, send(&desk, &school, &rows).await).await;
        // What is wrong with a group of which something is open may come of that; its own year groups do not.
        assert_eq!(found.asked.iter().map(|asked| asked.what.cell).collect::<Vec<_>>(), [PUPILS], "{found:?}");
        assert_eq!(places(&found), [(4, YEARS.heading()), (4, Cell::ContactEmail.heading())], "{found:?}");

        // What somebody decided and cannot be is asked again, and nothing is to be mended in the file.
        let rows = copies(&[(PUPILS, "20")], &[(PUPILS, "21")]);
        let id = send(&desk, &school, &rows).await;
        let field = compared(&desk, &school, id).await.asked.remove(0).field;
        let answers = |right: &str| {
            Answers::from([(field.clone(), Answer { on_record: Said::print(""), right: Said::print(right) })])
        };
        let blank = sheets::take_in(&desk, &school, id, &answers("")).await.unwrap();
        assert!(blank.problems.is_empty() && blank.asked.len() == 1, "{blank:?}");
        let asked = &blank.asked[0];
        assert!(asked.is_answered && asked.said.len() == 2, "{asked:?}");
        assert!(asked.wrong.as_ref().is_some_and(|wrong| wrong.contains("Say who is to attend")), "{asked:?}");
        assert!(sheets::take_in(&desk, &school, id, &answers("21")).await.unwrap().is_settled());
        assert_eq!(requests_of(&desk, &school).await.remove(0).expected(), 21);
    }
);

both!(
    async fn a_telephone_number_keeps_its_nought_and_a_sheet_its_author(desk: Desk) {
        let town = Town::build(&desk).await;
        let school = town.school(town.primary);
        let sheet = opened(&sheets::of_all(&desk, &school).await.unwrap().1);
        let copy = |telephone: &str, name: &str| {
            let mut row = sheet[0].clone();
            fill(&mut row, &CONTACT);
            fill(&mut row, &[(PUPILS, "20"), (Cell::ContactTelephone, telephone)]);
            by(&mut row, name);
            row
        };
        // Two copies with one number, typed as a figure and as a text.
        let id = send(&desk, &school, &vec![copy("7700900123", "Al"), copy("07700 900123", "")]).await;
        let proposed = compared(&desk, &school, id).await;
        assert!(proposed.is_settled(), "{proposed:?}");
        assert_eq!(proposed.made[0].contact, ["Sam Reed", "07700900123", "sam@school.example"]);
        assert!(take_in(&desk, &school, id).await.is_settled());
        let request = requests_of(&desk, &school).await.remove(0);
        assert_eq!(request.contact_telephone, "07700900123");
        let same = send(&desk, &school, &vec![copy("+44 7700 900123", "Bo")]).await;
        assert!(compared(&desk, &school, same).await.is_nothing());
        // Whoever filled in the sheet is named beside who took it in.
        let other = send(&desk, &school, &vec![copy("01632 960111 ext 4", "Bo")]).await;
        let asked = compared(&desk, &school, other).await.asked;
        assert_eq!(asked.len(), 1, "{asked:?}");
        assert_eq!((asked[0].what.cell, asked[0].sheet.as_deref()), (Cell::ContactTelephone, Some("Al")));
        assert_eq!(asked[0].by.as_ref().map(|(name, _)| name.as_str()), Some("pshe"));
        let theirs = Asking { contact_telephone: "01274 431000".into(), ..asking(&town, town.primary) };
        requests::change(&desk, &school, request.id, request.version, &theirs).await.unwrap();
        let asked = compared(&desk, &school, other).await.asked;
        assert!(asked.iter().all(|asked| asked.sheet.is_none()), "changed on its page since: {asked:?}");
        let personal = "SELECT COUNT(*) FROM audit WHERE after LIKE '%\"Al\"%' OR before LIKE '%\"Al\"%'";
        assert_eq!(Throwaway::count(&desk, personal).await, 0);
    }
);

both!(
    async fn a_row_beside_another_ones_key_is_named_and_asks_for_nothing(desk: Desk) {
        let town = Town::build(&desk).await;
        let commissioner = town.commissioner();
        let sheet = opened(&sheets::of_tour(&desk, &commissioner, town.tour).await.unwrap().1);
        let mut rows = sheet.clone();
        for row in &mut rows {
            fill(row, &[(PUPILS, "20"), (Cell::AskedBy, "The head"), (Cell::AskedHow, "By letter")]);
            fill(row, &CONTACT);
        }
        let mut apart = rows.clone();
        apart[0].insert("School".into(), sheet[1]["School"].clone());
        apart[1].insert("Tour".into(), "Another tour".into());
        let id = send(&desk, &commissioner, &apart).await;
        let found = compared(&desk, &commissioner, id).await;
        assert_eq!(places(&found), [(4, "School".to_owned()), (5, "Tour".to_owned())], "{found:?}");
        for (problem, [says, of]) in found
            .problems
            .iter()
            .zip([["Kelder Primary School", "Beck Primary School"], ["Another tour", "Kelder Primary School"]])
        {
            let why = format!("The row says {says}, but its key is that of {of} for {}: the columns", sheet[0]["Tour"]);
            assert!(problem.message.starts_with(&why), "{problem:?}");
        }
        assert!(!take_in(&desk, &commissioner, id).await.is_settled());
        assert!(requests_of(&desk, &commissioner).await.is_empty(), "all of it or nothing");

        // What says nothing, or the same in other letters, is no fault.
        rows[0].insert("School".into(), " beck  PRIMARY school".into());
        rows[1].insert("School".into(), String::new());
        rows[1].insert("Tour".into(), String::new());
        // Neither are the names that the tour and a school had when the sheet went out.
        let school = &sheet[2]["School"];
        Throwaway::execute(&desk, &format!("UPDATE setting SET name = 'Dale Academy' WHERE name = '{school}'")).await;
        Throwaway::execute(&desk, "UPDATE tour SET name = 'The spring tour'").await;
        let id = send(&desk, &commissioner, &rows).await;
        assert_eq!(take_in(&desk, &commissioner, id).await.made.len(), 3);
    }
);

both!(
    async fn a_sheet_reaches_no_further_than_whoever_sends_it(desk: Desk) {
        let town = Town::build(&desk).await;
        let school = town.school(town.primary);
        let commissioner = town.commissioner();
        let all = opened(&sheets::of_tour(&desk, &commissioner, town.tour).await.unwrap().1);
        let schools: Vec<_> = all.iter().map(|row| row["School"].as_str()).collect();
        assert_eq!(
            schools,
            ["Beck Primary School", "Kelder Primary School", "Oak Lodge School"],
            "those it is meant for"
        );
        let mut theirs = vec![all[0].clone()];
        fill(&mut theirs[0], &[(PUPILS, "20")]);
        fill(&mut theirs[0], &CONTACT);
        for stranger in [school.clone(), town.commissioner_elsewhere(), town.company_elsewhere()] {
            let id = send(&desk, &stranger, &theirs).await;
            assert_eq!(places(&compared(&desk, &stranger, id).await), [(4, Column::Key.heading())], "{stranger:?}");
            assert!(matches!(sheets::get(&desk, &commissioner, id).await, Err(Error::NotFound)), "another's upload");
            assert!(matches!(sheets::take_in(&desk, &commissioner, id, &Answers::new()).await, Err(Error::NotFound)));
            assert!(matches!(sheets::undo(&desk, &commissioner, id).await, Err(Error::NotFound)));
        }
        let evaluator = town.official(Role::Evaluator);
        let seen = sheets::of_all(&desk, &evaluator).await;
        assert!(matches!(seen, Err(Error::Forbidden(Operation::AskForTour))));
        assert!(matches!(
            sheets::of_tour(&desk, &town.commissioner_elsewhere(), town.tour).await,
            Err(Error::NotFound)
        ));

        // A commissioner says who asked; a trust asks for its schools.
        let id = send(&desk, &commissioner, &theirs).await;
        assert_eq!(places(&compared(&desk, &commissioner, id).await), [(4, Cell::AskedHow.heading())]);
        fill(&mut theirs[0], &[(Cell::AskedBy, "The head"), (Cell::AskedHow, "By letter")]);
        let id = send(&desk, &commissioner, &theirs).await;
        assert_eq!(take_in(&desk, &commissioner, id).await.made.len(), 1);
        let asked = requests_of(&desk, &commissioner).await.remove(0);
        assert_eq!(
            (asked.school.as_str(), asked.asked_by_name.as_str(), asked.asked_how.as_str()),
            ("Beck Primary School", "The head", "letter")
        );

        Throwaway::execute(&desk, "UPDATE setting SET trust_code = 'T1' WHERE name LIKE 'Kelder%' OR name LIKE 'Oak%'")
            .await;
        let trust = Actor { scope: Scope::Trust("T1".into()), ..school.clone() };
        let mut rows = opened(&sheets::of_all(&desk, &trust).await.unwrap().1);
        assert_eq!(rows.len(), 2, "two schools of the trust");
        for row in &mut rows {
            fill(row, &[(PUPILS, "20")]);
            fill(row, &CONTACT);
        }
        rows.push(theirs[0].clone());
        let id = send(&desk, &trust, &rows).await;
        assert_eq!(
            places(&compared(&desk, &trust, id).await),
            [(6, Column::Key.heading())],
            "the third is not the trust's"
        );
        rows.pop();
        let id = send(&desk, &trust, &rows).await;
        assert_eq!(take_in(&desk, &trust, id).await.made.len(), 2);
    }
);

both!(
    async fn a_request_that_went_on_meanwhile_is_not_changed_by_an_old_sheet(desk: Desk) {
        let town = Town::build(&desk).await;
        let school = town.school(town.primary);
        let request = requests::ask(&desk, &school, &asking(&town, town.primary)).await.unwrap();
        let mut rows = opened(&sheets::of_all(&desk, &school).await.unwrap().1);
        let untouched = rows.clone();
        fill(&mut rows[0], &[(PUPILS, "27")]);
        let id = send(&desk, &school, &rows).await;
        Throwaway::execute(&desk, "UPDATE request SET state = 'placed'").await;
        let found = compared(&desk, &school, id).await;
        assert!(found.problems[0].message.contains("has a date by now"), "{found:?}");
        let shown = opened(&sheets::of_all(&desk, &school).await.unwrap().1);
        assert_eq!(shown[0]["Request"], "Has a date");
        Throwaway::execute(&desk, "UPDATE request SET state = 'asked'").await;
        requests::withdraw(&desk, &school, request, Some(DeclineReason::Staffing), "").await.unwrap();
        let found = compared(&desk, &school, id).await;
        assert!(found.problems[0].message.contains("was withdrawn since"), "{found:?}");
        let silent = send(&desk, &school, &untouched).await;
        assert!(compared(&desk, &school, silent).await.is_nothing(), "an untouched row asks for nothing");
        Throwaway::execute(&desk, "UPDATE tour SET status = 'closed'").await;
        assert!(compared(&desk, &school, id).await.problems[0].message.contains("takes no requests any more"));
        let refused = sheets::of_tour(&desk, &town.commissioner(), town.tour).await;
        assert!(matches!(refused, Err(Error::Conflict(Conflict::Refused(_)))), "{refused:?}");
    }
);

/// Everything but what may differ: audit lines, imports, mail.
async fn rest(desk: &Desk) -> BTreeMap<String, Vec<String>> {
    let mut all = dump(desk).await;
    all.retain(|table, _| !["audit", "import", "outbox"].contains(&table.as_str()));
    all
}

both!(
    async fn a_sheet_that_was_taken_in_is_listed_among_the_imports(desk: Desk) {
        let town = Town::build(&desk).await;
        let (school, commissioner) = (town.school(town.primary), town.commissioner());
        let listed = async |actor: &Actor| taking_back::list(&desk, actor, None, Page::new(1)).await.unwrap();
        let mut rows = opened(&sheets::of_tour(&desk, &school, town.tour).await.unwrap().1);
        fill(&mut rows[0], &[(PUPILS, "20")]);
        fill(&mut rows[0], &CONTACT);
        let id = send(&desk, &school, &rows).await;
        assert_eq!(listed(&commissioner).await.1, 0, "what waits is the school's draft");
        take_in(&desk, &school, id).await;
        let (imports, all) = listed(&commissioner).await;
        assert_eq!((all, imports[0].id, imports[0].kind, imports[0].added), (1, id, taking_back::Kind::Requests, 1));
        assert!(imports[0].is_shown_to(&school) && !imports[0].is_shown_to(&commissioner));
        assert!(
            matches!(sheets::get(&desk, &commissioner, id).await, Err(Error::NotFound)),
            "its page stays the school's"
        );
        assert_eq!(listed(&town.commissioner_elsewhere()).await.1, 0);
        assert_eq!(listed(&Actor::SYSTEM).await.1, 1);
        // A provider's too, who belongs to no authority.
        let company = town.company();
        let mut rows = opened(&sheets::of_tour(&desk, &company, town.tour).await.unwrap().1);
        rows.retain(|row| row["School"] == "Beck Primary School");
        fill(&mut rows[0], &[(PUPILS, "20"), (Cell::AskedBy, "The head"), (Cell::AskedHow, "By letter")]);
        fill(&mut rows[0], &CONTACT);
        let theirs = send(&desk, &company, &rows).await;
        let taken = take_in(&desk, &company, theirs).await;
        assert!(taken.is_settled(), "{taken:?}");
        assert_eq!((listed(&commissioner).await.1, listed(&commissioner).await.0[0].id), (2, theirs));
        taking_back::undo(&desk, &commissioner, theirs).await.unwrap();
        // The council takes it back, and it is listed as such.
        taking_back::undo(&desk, &commissioner, id).await.unwrap();
        assert!(listed(&commissioner).await.0.iter().all(|import| import.state == Import::Undone));
        assert!(requests_of(&desk, &commissioner).await.is_empty());
    }
);

both!(
    async fn a_sheet_is_taken_back_while_nothing_was_built_on_it(desk: Desk) {
        let town = Town::build(&desk).await;
        let commissioner = town.commissioner();
        let kept = requests::ask(&desk, &town.school(town.primary), &asking(&town, town.primary)).await.unwrap();
        let before = rest(&desk).await;
        let mut rows = opened(&sheets::of_all(&desk, &commissioner).await.unwrap().1);
        for row in &mut rows {
            let is_asked = !row["Request"].is_empty();
            fill(
                row,
                &[
                    (PUPILS, if is_asked { "25" } else { "20" }),
                    (Cell::AskedBy, "The head"),
                    (Cell::AskedHow, "By email"),
                ],
            );
            fill(row, &[(Cell::Impossible, "2 December")]);
            fill(row, &CONTACT);
            by(row, "Al");
        }
        let id = send(&desk, &commissioner, &rows).await;
        let early = sheets::undo(&desk, &commissioner, id).await;
        assert!(matches!(early, Err(Error::Conflict(Conflict::Refused(_)))), "{early:?}");
        let done = take_in(&desk, &commissioner, id).await;
        assert_eq!((done.made.len(), done.changed), (2, 1), "{done:?}");
        assert_eq!(requests::get(&desk, &commissioner, kept).await.unwrap().asked_by_name, "The head");
        // What it did is told row by row, to those who find the sheet.
        let taken = sheets::taken(&desk, &commissioner, id).await.unwrap();
        let schools: Vec<_> = taken.made.iter().map(|request| request.school.as_str()).collect();
        assert_eq!(schools, ["Beck Primary School", "Oak Lodge School"]);
        assert!(taken.changed.iter().all(|cell| cell.request == kept && !cell.is_changed_since), "{taken:?}");
        let pupils = taken.changed.iter().find(|cell| cell.change.cell == PUPILS).map(|cell| &cell.change);
        assert_eq!(pupils.map(|change| (change.before.as_str(), change.after.as_str())), Some(("28", "25")));
        let stranger = sheets::taken(&desk, &town.commissioner_elsewhere(), id).await;
        assert!(matches!(stranger, Err(Error::NotFound)), "{stranger:?}");
        sheets::undo(&desk, &commissioner, id).await.unwrap();
        let nothing = sheets::taken(&desk, &commissioner, id).await.unwrap();
        assert!(nothing.made.is_empty() && nothing.changed.is_empty(), "{nothing:?}");
        assert_eq!(rest(&desk).await, before, "as it was");
        let told = "SELECT COUNT(*) FROM outbox WHERE subject LIKE '%request withdrawn'";
        assert_eq!(Throwaway::count(&desk, told).await, 2, "whom the requests named is told");
        let again = sheets::undo(&desk, &commissioner, id).await;
        assert!(matches!(&again, Err(Error::Conflict(Conflict::Refused(why))) if why.contains("already")), "{again:?}");

        // What was built on it stands in the way, and is named.
        let id = send(&desk, &commissioner, &rows).await;
        assert!(take_in(&desk, &commissioner, id).await.is_settled());
        let beck = requests_of(&desk, &town.school(town.second_primary)).await.remove(0);
        let offer = town.session(&desk, town.second_primary, date(2026, 12, 3), State::Offered).await;
        let serve = format!(
            "UPDATE session SET request_id = (SELECT id FROM request WHERE setting_id = (SELECT id FROM setting WHERE name = '{}'))",
            beck.school
        );
        Throwaway::execute(&desk, &serve).await;
        let refused = sheets::undo(&desk, &commissioner, id).await;
        let named = "the request of Beck Primary School for";
        assert!(
            matches!(&refused, Err(Error::Conflict(Conflict::Refused(why))) if why.contains(named) && why.contains("was offered a date")),
            "{refused:?}"
        );
        let stands = sheets::in_the_way(&desk, &commissioner, id).await.unwrap();
        assert_eq!((stands.len(), stands[0].at), (1, Some(At::Request(beck.id))), "{stands:?}");
        let stranger = sheets::in_the_way(&desk, &town.commissioner_elsewhere(), id).await;
        assert!(matches!(stranger, Err(Error::NotFound)), "{stranger:?}");
        Throwaway::execute(&desk, "UPDATE session SET request_id = NULL").await;
        let _ = offer;
        Throwaway::execute(&desk, "UPDATE request SET version = version + 1 WHERE id IN (SELECT request_id FROM request_import WHERE before IS NOT NULL)").await;
        let again = sheets::taken(&desk, &commissioner, id).await.unwrap().changed;
        assert!(!again.is_empty() && again.iter().all(|cell| cell.is_changed_since), "{again:?}");
        let refused = sheets::undo(&desk, &commissioner, id).await;
        assert!(
            matches!(&refused, Err(Error::Conflict(Conflict::Refused(why))) if why.contains("Kelder Primary School") && why.contains("was changed")),
            "{refused:?}"
        );
        let personal = "SELECT COUNT(*) FROM audit WHERE after LIKE '%Sam%' OR after LIKE '%431000%'";
        assert_eq!(Throwaway::count(&desk, personal).await, 0, "no personal values in audit lines");
    }
);
