//! Feedback: a code opens a questionnaire, nobody answers more often than there were pupils, results stay with whom
//! they concern.

use domain::access::Role;
use domain::feedback::{Answers, Code, Questionnaire, Respondent};
use domain::session::State;
use records::feedback::{self, Of};
use records::testing::{Throwaway, Town, date};
use records::{Desk, Error, both};
use uuid::Uuid;

const PUPILS: &str = "K7M4PX";
const STAFF: &str = "T7W9CC";

fn answers(respondent: Respondent, choice: i64) -> Answers {
    Questionnaire::after(respondent).read(|_| Some(choice.to_string())).unwrap()
}

fn code(text: &str) -> Code {
    text.parse().unwrap()
}

/// A delivered session of Kelder Primary with two pupils counted and its codes.
async fn delivered(desk: &Desk, town: &Town) -> Uuid {
    let session = town.session(desk, town.primary, date(2026, 11, 20), State::Delivered).await;
    Throwaway::execute(
        desk,
        &format!(
            "UPDATE session SET feedback_code = '{PUPILS}', staff_code = '{STAFF}', feedback_closes = '2026-12-18'"
        ),
    )
    .await;
    Throwaway::execute(desk, "UPDATE attending_group SET attended = 2").await;
    session
}

fn refused_code(result: Result<impl std::fmt::Debug, Error>) -> String {
    match result {
        Err(Error::Invalid(errors)) if errors[0].field == "code" => errors[0].message.clone(),
        other => panic!("{other:?}"),
    }
}

both!(
    async fn as_many_answer_as_were_there(desk: Desk) {
        let town = Town::build(&desk).await;
        let session = delivered(&desk, &town).await;
        let opened = feedback::open(&desk, &code(PUPILS)).await.unwrap();
        assert_eq!((opened.respondent, opened.programme.as_str()), (Respondent::Pupil, "The Lantern"));
        let form = Some(Uuid::new_v4());
        feedback::respond(&desk, form, &code(PUPILS), &answers(Respondent::Pupil, 2)).await.unwrap();
        feedback::respond(&desk, form, &code(PUPILS), &answers(Respondent::Pupil, 2)).await.unwrap();
        assert_eq!(Throwaway::count(&desk, "SELECT COUNT(*) FROM response").await, 1, "the same form counts once");
        feedback::respond(&desk, None, &code(PUPILS), &answers(Respondent::Pupil, 0)).await.unwrap();
        let third = feedback::respond(&desk, None, &code(PUPILS), &answers(Respondent::Pupil, 1)).await;
        assert!(refused_code(third).contains("answered already"));
        feedback::respond(&desk, None, &code(STAFF), &answers(Respondent::Staff, 1)).await.unwrap();

        let summary = feedback::summary(&desk, &town.commissioner(), Of::Session(session)).await.unwrap();
        assert_eq!((summary.sessions, summary.attended, summary.title.as_str()), (1, 2, "The Lantern"));
        let pupils = &summary.results[0];
        assert_eq!((pupils.responses, pupils.questions[0].1.0), (2, [1, 0, 1]));
        assert_eq!((summary.results[1].responses, summary.results[1].questions[0].1.0), (1, [0, 1, 0]));
    }
);

both!(
    async fn a_response_tells_nobody_who_gave_it(desk: Desk) {
        let town = Town::build(&desk).await;
        delivered(&desk, &town).await;
        feedback::respond(&desk, Some(Uuid::new_v4()), &code(PUPILS), &answers(Respondent::Pupil, 2)).await.unwrap();
        assert_eq!(Throwaway::count(&desk, "SELECT COUNT(*) FROM audit").await, 0);
        assert_eq!(
            Throwaway::count(
                &desk,
                "SELECT COUNT(*) FROM form_post WHERE result_id = '' AND CAST(at AS TEXT) LIKE '%00:00:00%'"
            )
            .await,
            1,
            "the form's key has neither the answers' key nor a time",
        );
    }
);

both!(
    async fn a_closed_or_wrong_code_says_so(desk: Desk) {
        let town = Town::build(&desk).await;
        delivered(&desk, &town).await;
        assert!(refused_code(feedback::open(&desk, &code("CCCCCC")).await).contains("No questionnaire"));
        Throwaway::execute(&desk, "UPDATE session SET feedback_closes = '2026-11-22'").await;
        assert!(feedback::open(&desk, &code(PUPILS)).await.is_ok(), "open on its last day");
        Throwaway::execute(&desk, "UPDATE session SET feedback_closes = '2026-11-21'").await;
        assert!(refused_code(feedback::open(&desk, &code(PUPILS)).await).contains("closed"));
        let late = feedback::respond(&desk, None, &code(PUPILS), &answers(Respondent::Pupil, 2)).await;
        assert!(refused_code(late).contains("closed"));
    }
);

both!(
    async fn results_stay_with_whom_they_concern(desk: Desk) {
        let town = Town::build(&desk).await;
        let session = delivered(&desk, &town).await;
        for actor in [town.commissioner(), town.company(), town.school(town.primary), town.official(Role::Evaluator)] {
            for of in [Of::Session(session), Of::Tour(town.tour), Of::Programme(town.programme)] {
                assert!(feedback::summary(&desk, &actor, of).await.is_ok(), "{actor:?} {of:?}");
            }
            assert_eq!(feedback::list(&desk, &actor).await.unwrap().len(), 1);
        }
        for actor in [town.commissioner_elsewhere(), town.company_elsewhere(), town.school(town.secondary)] {
            for of in [Of::Session(session), Of::Tour(town.tour), Of::Programme(town.programme)] {
                let refused = feedback::summary(&desk, &actor, of).await;
                assert!(matches!(refused, Err(Error::NotFound)), "{actor:?} {of:?}");
            }
            assert!(feedback::list(&desk, &actor).await.unwrap().is_empty());
            assert!(matches!(
                feedback::codes(&desk, &actor, session).await,
                Err(Error::NotFound | Error::Forbidden(_))
            ));
        }
        let administrator = town.official(Role::Administrator);
        let refused = feedback::summary(&desk, &administrator, Of::Session(session)).await;
        assert!(matches!(refused, Err(Error::Forbidden(_))));
        assert_eq!(
            feedback::codes(&desk, &town.company(), session).await.unwrap().feedback_code.as_deref(),
            Some(PUPILS)
        );
    }
);
