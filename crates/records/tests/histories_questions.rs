//! Many questions about older records, on each database: equal ones together, answers in the file itself, a school that
//! was matched by itself corrected.

use std::sync::Arc;

use domain::session::Reason;
use records::histories::{self, About, Answer, Applied, Asks, Choice, Found, Links, OUT, Standing, Understood};
use records::imports::File;
use records::testing::{Throwaway, Town};
use records::{Desk, Error, both};
use uuid::Uuid;

const LOG: &str = "Date,Time,School,Nos,Notes\n\
    12/11/18,am,Kelder Primary,2 classes,\n\
    13/11/18,am,Kelder Primary,2 Classes,\n\
    14/11/18,am,Kelder Primary,30,to be confirmed\n\
    15/11/18,am,Kelder High School,30,to be confirmed\n\
    16/11/18,am,Kelder High School,31,\n\
    16/11/18,am,Kelder High School,31,\n\
    19/11/18,am,Kelder High School,32,\n\
    19/11/18,am,Kelder High School,32,\n\
    31/11/18,am,Beck Primary School,30,\n\
    20/11/18,am,Kelder,30,\n\
    21/11/18,am,Kelder Primary,30,canc - snow\n";

fn file(name: &str, bytes: &[u8]) -> File {
    File { name: name.into(), bytes: Arc::from(bytes) }
}

async fn upload(desk: &Desk, town: &Town, file: &File) -> Uuid {
    let id = histories::upload(desk, &town.commissioner(), None, file).await.expect("an upload");
    say(desk, town, id, &[Choice::new(About::Programme, "", town.programme)]).await;
    id
}

async fn say(desk: &Desk, town: &Town, id: Uuid, choices: &[Choice]) {
    histories::choose(desk, &town.commissioner(), id, choices).await.expect("choices");
}

async fn seen(desk: &Desk, town: &Town, id: Uuid) -> Understood {
    histories::understand(desk, &town.commissioner(), id).await.expect("what is understood")
}

async fn apply(desk: &Desk, town: &Town, id: Uuid) -> Applied {
    histories::apply(desk, &town.commissioner(), id, &Links::default(), None).await.expect("applied")
}

both!(
    async fn what_may_not_have_taken_place_is_asked_about_at_the_cell_that_says_so(desk: Desk) {
        let town = Town::build(&desk).await;
        let log = "Date,School,Yr,Nos,Notes,Status\n\
            12/11/18,Kelder Primary,Y6,30,,Delivered\n\
            13/11/18,CANCELLED - Kelder Primary,Y6,30,,\n\
            14/11/18,Kelder High School TBC,Y7,30,,\n\
            15/11/18,Kelder High School,Y7,31,,Planned\n\
            16/11/18,Kelder High School,Y7,32,,No\n\
            19/11/18,Beck Primary School,Y15,2 staff,,\n";
        let id = upload(&desk, &town, &file("log.csv", log.as_bytes())).await;
        let understood = seen(&desk, &town, id).await;
        let open = understood.open();
        let asked: Vec<_> =
            open.iter().map(|o| (o.asks, o.rows[0].1.as_deref().unwrap_or_default(), o.typed.as_str())).collect();
        let wanted = [
            (Asks::Outcome, "B4", "Kelder High School TBC"),
            (Asks::Outcome, "F5", "Planned"),
            (Asks::Cell, "D7", "2 staff"),
            (Asks::Cell, "C7", "Y15"),
        ];
        assert_eq!(asked, wanted);
        assert!(open[1].message.contains("“Planned”"), "{}", open[1].message);
        let answers = ["held", "cancelled", "", "Y5"];
        for (open, answer) in open.iter().zip(answers) {
            say(&desk, &town, id, &open.choices(&understood, &Answer::Text(answer.into()))).await;
        }
        let done = apply(&desk, &town, id).await;
        assert_eq!(done, Applied::Done { added: 6, already_there: 0, asked: 0, left_out: 0, tours: 1 });
        for (sql, wanted) in [
            ("SELECT COUNT(*) FROM session WHERE state = 'delivered'", 3),
            ("SELECT COUNT(*) FROM session WHERE state = 'cancelled'", 3),
            ("SELECT COUNT(*) FROM attending_group WHERE attended = 0", 0),
        ] {
            assert_eq!(Throwaway::count(&desk, sql).await, wanted, "{sql}");
        }
    }
);

both!(
    async fn equal_questions_are_one_and_are_answered_together_or_by_themselves(desk: Desk) {
        let town = Town::build(&desk).await;
        let id = upload(&desk, &town, &file("log.csv", LOG.as_bytes())).await;
        let understood = seen(&desk, &town, id).await;
        let together: Vec<_> = understood.open_together().iter().map(|o| (o.asks, o.asked)).collect();
        assert_eq!(together, [(Asks::Cell, 2), (Asks::Outcome, 2), (Asks::Again, 2), (Asks::Cell, 1)]);
        assert_eq!(understood.open().len(), 7);
        let ids: std::collections::HashSet<String> =
            understood.open().into_iter().chain(understood.open_together()).map(|open| open.id).collect();
        assert_eq!(ids.len(), 7 + 3, "a question by itself and one of several are told apart");

        let together = understood.open_together();
        let [counts, outcomes, again, date] = &together[..] else { panic!("four") };
        let text = |text: &str| Answer::Text(text.into());
        assert!(outcomes.choices(&understood, &text("perhaps")).is_empty(), "no answer to this question");
        let mut said = counts.choices(&understood, &text("60"));
        assert_eq!(said.len(), 2);
        said.extend(outcomes.choices(&understood, &text("held")));
        said.extend(again.choices(&understood, &Answer::Out));
        said.extend(date.choices(&understood, &text("30/11/18")));
        say(&desk, &town, id, &said).await;
        let understood = seen(&desk, &town, id).await;
        assert!(understood.open().is_empty(), "{:?}", understood.open());
        assert_eq!((understood.count(Standing::Ready), understood.count(Standing::LeftOut)), (8, 2));
        let snow = understood.rows.last().expect("a row");
        assert_eq!(snow.reason, Reason::SchoolClosed);
        apply(&desk, &town, id).await;
        let closed = "SELECT COUNT(*) FROM session WHERE state = 'cancelled' AND reason = 'school_closed'";
        assert_eq!(Throwaway::count(&desk, closed).await, 1);
        assert_eq!(Throwaway::count(&desk, "SELECT COUNT(*) FROM attending_group WHERE attended = 60").await, 2);
    }
);

both!(
    async fn every_problem_is_listed_and_marked_and_the_mended_workbook_goes_on(desk: Desk) {
        let town = Town::build(&desk).await;
        let id = upload(&desk, &town, &file("log.csv", LOG.as_bytes())).await;
        let problems = seen(&desk, &town, id).await.problems();
        let cells: Vec<_> = problems.iter().map(|p| (p.row.unwrap_or(0), p.column.as_deref().unwrap_or("-"))).collect();
        assert_eq!(cells, [(2, "D2"), (3, "D3"), (4, "E4"), (5, "E5"), (7, "-"), (9, "-"), (10, "A10"), (11, "C11")]);
        let school = problems.last().expect("a problem");
        assert!(school.message.contains("(URN 900001)"), "it names the candidates: {}", school.message);
        let (name, marked) = histories::marked(&desk, &town.commissioner(), id).await.expect("a marked workbook");
        assert_eq!(name, "log marked.xlsx");
        let elsewhere = histories::marked(&desk, &town.commissioner_elsewhere(), id).await;
        assert!(matches!(elsewhere, Err(Error::NotFound)), "another tenant's file is not there");

        // What is certain is taken over; then the workbook comes back, as somebody mended it.
        let Applied::Done { added: 3, asked: 8, .. } = apply(&desk, &town, id).await else { panic!("3 rows") };
        let again = upload(&desk, &town, &file(&name, &marked)).await;
        let understood = seen(&desk, &town, again).await;
        assert_eq!((understood.count(Standing::AlreadyThere), understood.count(Standing::Asked)), (3, 8));
        let sheet = understood.rows[0].sheet.clone();
        let typed = |cell: &str, text: &str| Choice::new(About::Cell, format!("{sheet}\t{cell}"), text);
        let mended = [
            typed("A10", "30/11/18"),
            typed("C11", "900001"),
            typed("E4", "held"),
            typed("E5", "cancelled"),
            typed("D2", "55"),
        ];
        say(&desk, &town, again, &mended).await;
        let understood = seen(&desk, &town, again).await;
        assert_eq!(
            (
                understood.count(Standing::AlreadyThere),
                understood.count(Standing::Ready),
                understood.count(Standing::Asked)
            ),
            (3, 5, 3)
        );
        apply(&desk, &town, again).await;
        assert_eq!(Throwaway::count(&desk, "SELECT COUNT(*) FROM session").await, 8);
        let applied = histories::marked(&desk, &town.commissioner(), again).await;
        assert!(matches!(applied, Err(Error::Conflict(_))), "the file is not kept");
    }
);

both!(
    async fn a_school_that_was_matched_by_itself_is_corrected_remembered_and_taken_back(desk: Desk) {
        let town = Town::build(&desk).await;
        let text = "Date,Time,School,Nos\n12/11/18,am,Kelder Primary,30\n13/11/18,am,Kelder Primary,31\n";
        let id = upload(&desk, &town, &file("log.csv", text.as_bytes())).await;
        let understood = seen(&desk, &town, id).await;
        let name = understood.names[0].key.clone();
        assert!(matches!(understood.names[0].found, Found::Matched(_)));
        let school = async |value: Option<String>| {
            let choice = Choice { about: About::School, place: name.clone(), value };
            say(&desk, &town, id, &[choice]).await;
            seen(&desk, &town, id).await
        };
        let out = school(Some(OUT.into())).await;
        assert_eq!(out.count(Standing::LeftOut), 2);
        let other = school(Some(town.second_primary.to_string())).await;
        assert!(other.rows.iter().all(|row| row.school.as_ref().is_some_and(|s| s.id == town.second_primary)));
        let back = school(None).await;
        assert!(matches!(back.names[0].found, Found::Matched(_)), "as if nobody had said anything");
        school(Some(town.second_primary.to_string())).await;
        apply(&desk, &town, id).await;
        let next = upload(&desk, &town, &file("next.csv", text.replace("/18", "/17").as_bytes())).await;
        let next = seen(&desk, &town, next).await;
        assert!(
            matches!(&next.names[0].found, Found::Remembered(s) if s.id == town.second_primary),
            "{:?}",
            next.names
        );
    }
);

both!(
    async fn a_number_and_a_name_that_mean_two_schools_are_asked_about_with_both(desk: Desk) {
        let town = Town::build(&desk).await;
        let log = "Date,School,URN\n\
            12/11/18,Oak Lodge School,900002\n\
            13/11/18,Oak Lodge School,900004\n\
            14/11/18,Oak Lodge School,999999\n\
            15/11/18,Beck,900002\n";
        let id = upload(&desk, &town, &file("log.csv", log.as_bytes())).await;
        let understood = seen(&desk, &town, id).await;
        let found: Vec<_> = understood.names.iter().map(|name| name.found.school().and_then(|s| s.urn)).collect();
        let urns: Vec<_> = found.into_iter().map(|urn| urn.map(|urn| urn.number())).collect();
        assert_eq!(urns, [None, Some(900_004), Some(900_004), Some(900_002)], "a number no longer in use says nothing");
        let both: Vec<_> =
            understood.names[0].candidates.iter().filter_map(|c| c.school.urn).map(|urn| urn.number()).collect();
        assert_eq!((&understood.names[0].found, both), (&Found::Review, vec![900_004, 900_002]));
    }
);

both!(
    async fn days_without_a_year_are_one_question_and_the_year_answers_all_of_them(desk: Desk) {
        let town = Town::build(&desk).await;
        let log = "Date,School,Nos\n\
            21 Sept,Kelder Primary,30\n\
            5 Oct,Kelder Primary,31\n\
            18/1,Beck Primary School,32\n\
            1 Feb,Kelder High School,33\n\
            3 May 2018,Kelder High School,34\n";
        let id = upload(&desk, &town, &file("log.csv", log.as_bytes())).await;
        let understood = seen(&desk, &town, id).await;
        let together = understood.open_together();
        let [days] = &together[..] else { panic!("one: {together:?}") };
        assert_eq!((days.asked, days.typed.as_str()), (4, "21 Sept, 5 Oct, 18/1, …"));
        say(&desk, &town, id, &days.choices(&understood, &Answer::Text("2017/18".into()))).await;
        let understood = seen(&desk, &town, id).await;
        assert!(understood.open().is_empty(), "{:?}", understood.open());
        let on: Vec<_> = understood.rows.iter().filter_map(|row| row.on.map(|on| on.to_string())).collect();
        assert_eq!(on, ["2017-09-21", "2017-10-05", "2018-01-18", "2018-02-01", "2018-05-03"]);
    }
);

both!(
    async fn a_number_at_the_department_says_which_school_it_was(desk: Desk) {
        let town = Town::build(&desk).await;
        Throwaway::execute(&desk, "UPDATE setting SET establishment_number = '2001' WHERE urn = 900002").await;
        let log = "Date,School,DfE number\n\
            12/11/18,,9902001\n\
            13/11/18,,990/2001\n\
            14/11/18,,2001\n\
            15/11/18,,3802001\n\
            16/11/18,Oak Lodge School,9902001\n";
        let id = upload(&desk, &town, &file("log.csv", log.as_bytes())).await;
        let understood = seen(&desk, &town, id).await;
        let urns: Vec<_> = understood.rows.iter().map(|row| row.school.as_ref()?.urn.map(|urn| urn.number())).collect();
        let beck = Some(900_002);
        assert_eq!(urns, [beck, beck, beck, None, None], "another authority’s number, and another school’s name");
    }
);
