//! Calendars: a school's dates and what they fall on, a team's leave and hours, what is to look at.

use std::sync::Arc;

use chrono::{NaiveDate, Weekday};
use domain::AcademicYear;
use domain::access::{Actor, Role, Scope};
use domain::availability::{DateKind, Hours, NewSchoolDate, Week, hall};
use domain::calendar::{LeftOut, WorkingDays};
use domain::import::{ImportKind, ImportState};
use domain::session::{Reason, State};
use domain::year_group::{YearGroup, YearGroups};
use records::calendar_imports::{self, Applied, Changes};
use records::calendars::{self, Of};
use records::imports::File;
use records::openings::{self, Rule};
use records::school_calendar::{self, Proposed};
use records::sessions::{self, CancelDay, Why};
use records::teams::{self, Base};
use records::testing::{Throwaway, Town, date, dump};
use records::{Conflict, Desk, Error, bank_holidays, both, taking_back, term_dates};
use uuid::Uuid;

fn year_six() -> YearGroups {
    YearGroup::new(6).unwrap().into()
}

fn inset(from: NaiveDate, to: NaiveDate) -> NewSchoolDate {
    NewSchoolDate { kind: DateKind::Inset, from, to, year_groups: YearGroups::NONE, note: String::new() }
}

fn fields<T: std::fmt::Debug>(result: Result<T, Error>) -> Vec<String> {
    match result {
        Err(Error::Invalid(errors)) => errors.into_iter().map(|e| e.field).collect(),
        other => panic!("{other:?}"),
    }
}

both!(
    async fn a_school_edits_its_own_dates_and_nobody_elses(desk: Desk) {
        let town = Town::build(&desk).await;
        let school = town.school(town.primary);
        let day = date(2026, 12, 3);
        let id = school_calendar::add_date(&desk, &school, town.primary, inset(day, day)).await.unwrap();
        let dated = school_calendar::date(&desk, &school, id).await.unwrap();
        assert_eq!((dated.date.from, dated.version), (day, 1));

        let later = inset(day, date(2026, 12, 4));
        school_calendar::change_date(&desk, &town.commissioner(), id, 1, later.clone()).await.unwrap();
        let stale = school_calendar::change_date(&desk, &school, id, 1, later.clone()).await;
        assert!(matches!(stale, Err(Error::Conflict(Conflict::Stale))), "{stale:?}");
        assert_eq!(
            fields(school_calendar::add_date(&desk, &school, town.primary, inset(day, date(2026, 12, 2))).await),
            ["to"]
        );

        for actor in
            [town.school(town.second_primary), town.school(town.primary_elsewhere), town.commissioner_elsewhere()]
        {
            assert!(matches!(school_calendar::get(&desk, &actor, town.primary).await, Err(Error::NotFound)));
            assert!(matches!(school_calendar::date(&desk, &actor, id).await, Err(Error::NotFound)));
            assert!(matches!(
                school_calendar::add_date(&desk, &actor, town.primary, later.clone()).await,
                Err(Error::NotFound)
            ));
            assert!(matches!(school_calendar::remove_date(&desk, &actor, id).await, Err(Error::NotFound)));
        }
        let company = school_calendar::add_date(&desk, &town.company(), town.primary, later).await;
        assert!(matches!(company, Err(Error::Forbidden(_))), "{company:?}");
        assert_eq!(school_calendar::get(&desk, &town.company(), town.primary).await.unwrap().dates.len(), 1);
        let trust = domain::access::Actor { scope: Scope::Trust("9001".into()), ..school.clone() };
        assert!(matches!(school_calendar::get(&desk, &trust, town.primary).await, Err(Error::NotFound)));
        Throwaway::execute(&desk, "UPDATE setting SET trust_code = '9001' WHERE name LIKE 'Kelder P%'").await;
        assert!(school_calendar::get(&desk, &trust, town.primary).await.is_ok(), "a trust edits its schools'");

        school_calendar::remove_date(&desk, &school, id).await.unwrap();
        assert!(school_calendar::get(&desk, &school, town.primary).await.unwrap().dates.is_empty());
        let lines = "SELECT COUNT(*) FROM audit WHERE operation = 'edit_calendar' AND record_kind = 'setting'";
        assert_eq!(Throwaway::count(&desk, lines).await, 3);
    }
);

both!(
    async fn what_a_change_falls_on_is_named(desk: Desk) {
        let town = Town::build(&desk).await;
        let school = town.school(town.primary);
        let session = town.session(&desk, town.primary, date(2026, 12, 3), State::Confirmed).await;
        town.session(&desk, town.second_primary, date(2026, 12, 4), State::Confirmed).await;
        town.session(&desk, town.primary, date(2026, 12, 8), State::Cancelled).await;
        let clashes = |proposed: Proposed| {
            let (desk, school, primary) = (desk.clone(), school.clone(), town.primary);
            async move {
                let found = school_calendar::clashes(&desk, &school, primary, &proposed).await.unwrap();
                found.into_iter().map(|c| (c.session, c.why.to_string())).collect::<Vec<_>>()
            }
        };
        let whole = inset(date(2026, 12, 1), date(2026, 12, 9));
        let why = "Inset day, 1 to 9 December 2026".to_owned();
        assert_eq!(clashes(Proposed::Date(whole.clone(), None)).await, [(session, why)]);
        let others = NewSchoolDate { year_groups: YearGroup::new(5).unwrap().into(), ..whole.clone() };
        assert_eq!(clashes(Proposed::Date(others, None)).await, [], "Year 6 comes");
        let six = NewSchoolDate { year_groups: year_six(), ..whole };
        assert_eq!(clashes(Proposed::Date(six, None)).await.len(), 1);

        // Thursday 9:30 to 10:30, half an hour before and after: the play needs the hall.
        Throwaway::execute(&desk, "UPDATE programme SET needs = 'hall'").await;
        let hours = |text: &str| Proposed::Week(Week::default(), hall(Weekday::Thu, text).unwrap());
        assert_eq!(clashes(hours("9:00-11:00")).await, []);
        assert_eq!(clashes(hours("9:15-11:00")).await.len(), 1);
        let not_thursdays = Week { closed: [Weekday::Thu].into_iter().collect(), ..Week::default() };
        assert_eq!(clashes(Proposed::Week(not_thursdays, Vec::new())).await.len(), 1);
        assert_eq!(
            clashes(Proposed::Term(date(2026, 9, 1), date(2026, 12, 2))).await.len(),
            1,
            "term ends the day before"
        );
        assert_eq!(clashes(Proposed::Term(date(2026, 9, 1), date(2026, 12, 18))).await, []);
    }
);

both!(
    async fn weeks_halls_and_own_terms_warn_whoever_books(desk: Desk) {
        let town = Town::build(&desk).await;
        let (school, administrator) = (town.school(town.primary), town.official(Role::Administrator));
        let opening = openings::free(&desk, &school, town.tour, date(2026, 12, 3)).await.unwrap().remove(0);
        let closed = || async {
            let why = school_calendar::closed_for(&desk, &school, town.primary, opening.id, year_six()).await.unwrap();
            why.map(|why| why.to_string())
        };
        assert_eq!(closed().await, None);
        let week = Week { closed: [Weekday::Thu].into_iter().collect(), ..Week::default() };
        school_calendar::set_week(&desk, &school, town.primary, 0, week, &[]).await.unwrap();
        assert_eq!(closed().await.as_deref(), Some("The school takes no visits on Thursdays"));
        let stale = school_calendar::set_week(&desk, &school, town.primary, 0, week, &[]).await;
        assert!(matches!(stale, Err(Error::Conflict(Conflict::Stale))), "{stale:?}");
        let windows = hall(Weekday::Thu, "9:30-11:00").unwrap();
        school_calendar::set_week(&desk, &school, town.primary, 1, Week::default(), &windows).await.unwrap();
        Throwaway::execute(&desk, "UPDATE programme SET needs = ''").await;
        assert_eq!(closed().await, None, "what needs no hall");
        Throwaway::execute(&desk, "UPDATE programme SET needs = 'hall'").await;
        assert!(closed().await.unwrap().starts_with("On Thursdays the hall is free from 9:30am"), "get-in is at 9");
        school_calendar::set_week(&desk, &school, town.primary, 2, Week::default(), &[]).await.unwrap();

        term_dates::add(&desk, &administrator, "Autumn", date(2026, 9, 2), date(2026, 12, 2)).await.unwrap();
        assert_eq!(closed().await.as_deref(), Some("It lies outside the school’s terms"));
        Throwaway::execute(&desk, "UPDATE setting SET trust_code = '9001' WHERE name LIKE 'Kelder P%'").await;
        let trust = domain::access::Actor { scope: Scope::Trust("9001".into()), ..school.clone() };
        let ours =
            school_calendar::add_term(&desk, &trust, None, "Ours", date(2026, 9, 2), date(2026, 12, 18)).await.unwrap();
        assert_eq!(closed().await, None, "the trust's terms go before the authority's");
        school_calendar::add_term(&desk, &school, Some(town.primary), "Own", date(2026, 9, 2), date(2026, 11, 27))
            .await
            .unwrap();
        assert!(closed().await.is_some(), "and the school's before the trust's");
        assert!(
            matches!(school_calendar::remove_term(&desk, &school, ours).await, Err(Error::NotFound)),
            "the trust's alone"
        );
        let overlap = school_calendar::add_term(
            &desk,
            &school,
            Some(town.primary),
            "Again",
            date(2026, 11, 27),
            date(2026, 12, 1),
        )
        .await;
        assert_eq!(fields(overlap), ["starts"]);
        assert!(matches!(school_calendar::of_trust(&desk, &school).await, Err(Error::NotFound)));
    }
);

both!(
    async fn a_rule_leaves_leave_out_and_says_so(desk: Desk) {
        let town = Town::build(&desk).await;
        let company = town.company();
        teams::add_leave(&desk, &company, town.team, date(2026, 12, 15), date(2026, 12, 16), "Rehearsals")
            .await
            .unwrap();
        let rule = Rule {
            teams: vec![town.team],
            from: date(2026, 12, 14),
            to: date(2026, 12, 18),
            weekdays: WorkingDays::WEEKDAYS,
            slots: Vec::new(),
        };
        let preview = openings::preview(&desk, &company, town.tour, &rule).await.unwrap();
        assert_eq!(preview.days(), [date(2026, 12, 14), date(2026, 12, 17), date(2026, 12, 18)]);
        let why = LeftOut::TeamAway(date(2026, 12, 15), date(2026, 12, 16));
        assert!(preview.left_out.contains(&(date(2026, 12, 16), why)), "{:?}", preview.left_out);

        let again = teams::add_leave(&desk, &company, town.team, date(2026, 12, 16), date(2026, 12, 17), "").await;
        assert_eq!(fields(again), ["from"], "leave does not overlap");
        assert_eq!(
            fields(teams::add_leave(&desk, &company, town.team, date(2026, 11, 1), date(2026, 11, 2), "").await),
            ["to"]
        );
        let session = town.session(&desk, town.primary, date(2026, 12, 3), State::Confirmed).await;
        let met = teams::met_by(&desk, &company, town.team, date(2026, 12, 3), date(2026, 12, 4)).await.unwrap();
        assert_eq!((met.sessions.len(), met.sessions[0].id, met.openings), (1, session, 3));
        let leave = teams::leave_of(&desk, &town.commissioner(), town.team).await.unwrap();
        for actor in [town.company_elsewhere(), town.commissioner_elsewhere()] {
            assert!(matches!(teams::leave_of(&desk, &actor, town.team).await, Err(Error::NotFound)));
            assert!(matches!(teams::remove_leave(&desk, &actor, town.team, leave[0].id).await, Err(Error::NotFound)));
        }
        teams::remove_leave(&desk, &company, town.team, leave[0].id).await.unwrap();
        assert!(teams::leave_of(&desk, &company, town.team).await.unwrap().is_empty());
    }
);

both!(
    async fn a_base_lies_at_coordinates_a_school_or_a_postcode(desk: Desk) {
        let town = Town::build(&desk).await;
        let company = town.company();
        let place =
            "UPDATE setting SET easting = 416000, northing = 433000, postcode = 'BD1 1HX' WHERE name LIKE 'Kelder P%'";
        Throwaway::execute(&desk, place).await;
        Throwaway::execute(&desk, "UPDATE team SET base_postcode = 'bd11hx'").await;
        let team = || async { teams::get(&desk, &company, town.team).await.unwrap() };
        let hours = Hours { get_in_minutes: 45, most_sessions: Some(2), ..team().await.hours() };
        let (desk_, company_, team_) = (&desk, &company, &team);
        let set = |base: Base| async move {
            teams::set_hours(desk_, company_, town.team, team_().await.version, hours, &base).await
        };
        set(Base::Postcode).await.unwrap();
        assert_eq!(team().await.base(), Some((416_000, 433_000)));
        assert_eq!((team().await.get_in_minutes, team().await.most_sessions), (45, Some(2)));
        set(Base::At(420_000, 430_000)).await.unwrap();
        assert_eq!(team().await.base(), Some((420_000, 430_000)));
        let name = school_calendar::get(&desk, &company, town.primary).await.unwrap().school.name;
        set(Base::School(name)).await.unwrap();
        assert_eq!(team().await.base(), Some((416_000, 433_000)));
        assert_eq!(fields(set(Base::School("Nowhere".into())).await), ["base_school"]);
        assert_eq!(fields(set(Base::At(1, 2)).await), ["easting"]);
        let stale = teams::set_hours(&desk, &company, town.team, 0, hours, &Base::Postcode).await;
        assert!(matches!(stale, Err(Error::Conflict(Conflict::Stale))), "{stale:?}");
        let elsewhere = teams::set_hours(&desk, &town.company_elsewhere(), town.team, 1, hours, &Base::Postcode).await;
        assert!(matches!(elsewhere, Err(Error::NotFound)), "{elsewhere:?}");
    }
);

both!(
    async fn a_calendar_shows_what_its_reader_may_see(desk: Desk) {
        let town = Town::build(&desk).await;
        let school = town.school(town.primary);
        let session = town.session(&desk, town.primary, date(2026, 12, 3), State::Confirmed).await;
        town.session(&desk, town.second_primary, date(2026, 12, 4), State::Offered).await;
        school_calendar::add_date(&desk, &school, town.primary, inset(date(2026, 12, 1), date(2026, 12, 1)))
            .await
            .unwrap();
        teams::add_leave(&desk, &town.company(), town.team, date(2026, 12, 2), date(2026, 12, 2), "Private")
            .await
            .unwrap();
        let (from, to) = (date(2026, 11, 30), date(2026, 12, 6));
        let own = calendars::look(&desk, &school, Of::School(town.primary), from, to).await.unwrap();
        assert_eq!(own.days.len(), 7);
        assert_eq!(own.days[1].closed.as_ref().map(ToString::to_string).as_deref(), Some("Inset day, 1 December 2026"));
        assert_eq!(own.days[3].sessions.iter().map(|s| s.id).collect::<Vec<_>>(), [session]);
        assert!(own.days.iter().all(|d| d.openings.is_empty()), "a school's calendar has no openings");
        assert!(own.days[4].sessions.is_empty(), "another school's session");

        for of in [Of::Team(town.team), Of::Tour(town.tour), Of::Provider(town.provider)] {
            let seen = calendars::look(&desk, &town.company(), of, from, to).await.unwrap();
            assert_eq!(seen.days[3].sessions.len() + seen.days[4].sessions.len(), 2, "{of:?}");
            assert_eq!(seen.days[0].openings.len(), 2, "{of:?}");
            assert_eq!(seen.days[2].away.len(), 1, "{of:?}");
            assert!(!seen.days[2].away[0].1.to_string().contains("Private"));
            assert!(calendars::look(&desk, &town.commissioner(), of, from, to).await.is_ok());
            for stranger in [town.company_elsewhere(), town.commissioner_elsewhere()] {
                assert!(
                    matches!(calendars::look(&desk, &stranger, of, from, to).await, Err(Error::NotFound)),
                    "{of:?}"
                );
            }
            assert!(matches!(calendars::look(&desk, &school, of, from, to).await, Err(Error::Forbidden(_))), "{of:?}");
        }
        let too_long = calendars::look(&desk, &school, Of::School(town.primary), from, date(2027, 6, 1)).await;
        assert!(matches!(too_long, Err(Error::Conflict(_))), "{too_long:?}");
    }
);

both!(
    async fn term_dates_of_a_file_replace_those_of_their_years(desk: Desk) {
        let town = Town::build(&desk).await;
        let administrator = town.official(Role::Administrator);
        term_dates::add(&desk, &administrator, "Old autumn", date(2026, 9, 1), date(2026, 12, 16)).await.unwrap();
        term_dates::add(&desk, &administrator, "Last year", date(2025, 9, 1), date(2025, 12, 16)).await.unwrap();
        let was = dump(&desk).await;
        let list = "Name,Starts,Ends\nAutumn term,3/9/2026,18/12/2026\nHalf term,26/10/2026,30/10/2026\nInset,2/9/2026,2/9/2026\n";
        let id = upload(&desk, &administrator, ImportKind::Terms, list).await;
        let changes = calendar_imports::understand(&desk, &administrator, id).await.unwrap();
        let Changes::Terms(preview) = &changes else { panic!("{changes:?}") };
        assert_eq!((preview.added.len(), preview.removed.len(), preview.neither.len()), (2, 1, 1));
        assert!(preview.is_change() && preview.faults.is_empty());
        assert_eq!(term_dates::list(&desk, &administrator).await.unwrap().len(), 2, "a preview changes nothing");
        // Somebody else changes the terms meanwhile: it says what would be now, and does nothing.
        term_dates::add(&desk, &administrator, "Spring", date(2027, 1, 4), date(2027, 2, 12)).await.unwrap();
        let seen = changes.seen();
        let stale = calendar_imports::apply(&desk, &administrator, id, Some(&seen)).await.unwrap();
        let Applied::Changed(Changes::Terms(now)) = stale else { panic!("{stale:?}") };
        assert_eq!(now.removed.len(), 2);
        let spring = term_dates::list(&desk, &administrator).await.unwrap().pop().unwrap();
        term_dates::remove(&desk, &administrator, spring.id).await.unwrap();
        let done = calendar_imports::apply(&desk, &administrator, id, Some(&seen)).await.unwrap();
        assert!(matches!(done, Applied::Done(_)), "{done:?}");
        let names = async || -> Vec<String> {
            term_dates::list(&desk, &administrator).await.unwrap().into_iter().map(|t| t.name).collect()
        };
        assert_eq!(names().await, ["Last year", "Autumn term, first half", "Autumn term, second half"]);
        let again = upload(&desk, &administrator, ImportKind::Terms, list).await;
        assert!(
            !calendar_imports::understand(&desk, &administrator, again).await.unwrap().is_change(),
            "twice is once"
        );
        let same = taking_back::same_file(&desk, &administrator, again).await.unwrap();
        assert_eq!(same.map(|import| import.id), Some(id));
        assert!(calendar_imports::apply(&desk, &administrator, again, None).await.is_err(), "nothing to change");

        // Taken back, everything is as it was.
        taking_back::undo(&desk, &administrator, id).await.unwrap();
        let after = dump(&desk).await;
        let changed: Vec<_> = was.keys().filter(|t| was[*t] != after[*t]).map(String::as_str).collect();
        assert_eq!(changed, ["audit", "import"]);
        assert_eq!(calendar_imports::look(&desk, &administrator, id).await.unwrap().state, ImportState::Undone);

        // What was changed since keeps it from that.
        let id = upload(&desk, &administrator, ImportKind::Terms, list).await;
        calendar_imports::apply(&desk, &administrator, id, None).await.unwrap();
        let half = term_dates::list(&desk, &administrator).await.unwrap().pop().unwrap();
        term_dates::remove(&desk, &administrator, half.id).await.unwrap();
        term_dates::add(&desk, &administrator, "Mine", date(2026, 12, 1), date(2026, 12, 11)).await.unwrap();
        let refused = taking_back::undo(&desk, &administrator, id).await;
        assert!(
            matches!(&refused, Err(Error::Conflict(Conflict::Refused(why)))
                if why.contains("the term dates were changed") && why.contains("the term “Mine” was added")),
            "{refused:?}"
        );
        // The list once more takes that away, and gives it back.
        let once_more = upload(&desk, &administrator, ImportKind::Terms, list).await;
        calendar_imports::apply(&desk, &administrator, once_more, None).await.unwrap();
        assert_eq!(names().await, ["Last year", "Autumn term, first half", "Autumn term, second half"]);
        taking_back::undo(&desk, &administrator, once_more).await.unwrap();
        assert_eq!(names().await, ["Last year", "Autumn term, first half", "Mine"]);
    }
);

async fn upload(desk: &Desk, actor: &Actor, kind: ImportKind, text: &str) -> Uuid {
    let file = File { name: "calendar".into(), bytes: Arc::from(text.as_bytes()) };
    calendar_imports::upload(desk, actor, None, kind, &file, None).await.expect("an upload")
}

both!(
    async fn a_calendar_with_faults_changes_nothing_and_is_nobody_elses(desk: Desk) {
        let town = Town::build(&desk).await;
        let administrator = town.official(Role::Administrator);
        let overlapping = "Name,Starts,Ends\nAutumn term,3/9/2026,18/12/2026\nSpring term,18/12/2026,1/3/2027\n";
        let id = upload(&desk, &administrator, ImportKind::Terms, overlapping).await;
        assert_eq!(calendar_imports::understand(&desk, &administrator, id).await.unwrap().faults().len(), 1);
        assert!(matches!(calendar_imports::apply(&desk, &administrator, id, None).await, Err(Error::Conflict(_))));
        // A file with problems is kept, so that its cells can be marked; it is not applied.
        let wrong =
            upload(&desk, &administrator, ImportKind::Terms, "Name,Starts,Ends\nAutumn term,soon,18/12/2026\n").await;
        let import = calendar_imports::look(&desk, &administrator, wrong).await.unwrap();
        assert_eq!((import.state, import.problems().len()), (ImportState::Refused, 1));
        assert!(calendar_imports::apply(&desk, &administrator, wrong, None).await.is_err());
        assert!(calendar_imports::marked(&desk, &administrator, wrong).await.unwrap().1.starts_with(b"PK"));
        let calendar = upload(&desk, &administrator, ImportKind::Terms, "BEGIN:VCALENDAR\nEND:VCALENDAR\n").await;
        assert!(calendar_imports::marked(&desk, &administrator, calendar).await.is_err(), "it has no cells");
        // Of one academic year alone.
        let two = File {
            name: "two.csv".into(),
            bytes: Arc::from(
                &b"Name,Starts,Ends\nAutumn term,3/9/2026,18/12/2026\nAutumn term,3/9/2027,17/12/2027\n"[..],
            ),
        };
        let code = "990".parse().unwrap();
        for (year, terms) in [(None, 2), (Some(2027), 1)] {
            let year = year.map(|year| AcademicYear::new(year).unwrap());
            let looked =
                calendar_imports::look_at_file(&desk, &Actor::SYSTEM, &code, ImportKind::Terms, &two, year).await;
            let Ok(Ok(Changes::Terms(preview))) = looked else { panic!("{looked:?}") };
            assert_eq!(preview.added.len(), terms);
        }
        let none = AcademicYear::new(2030).ok();
        let looked = calendar_imports::look_at_file(&desk, &Actor::SYSTEM, &code, ImportKind::Terms, &two, none).await;
        assert!(looked.unwrap().unwrap_err()[0].message.contains("no dates of 2030/31"));

        let stranger = town.actor(Role::Administrator, &Scope::Authority("991".parse().unwrap()));
        let nothing = |result: Result<(), Error>| assert!(matches!(result, Err(Error::NotFound)), "{result:?}");
        nothing(calendar_imports::look(&desk, &stranger, id).await.map(drop));
        nothing(calendar_imports::understand(&desk, &stranger, id).await.map(drop));
        nothing(calendar_imports::apply(&desk, &stranger, id, None).await.map(drop));
        nothing(calendar_imports::marked(&desk, &stranger, wrong).await.map(drop));
        nothing(calendar_imports::drop_upload(&desk, &stranger, id).await);
        for actor in [town.commissioner(), town.school(town.primary)] {
            assert!(matches!(calendar_imports::look(&desk, &actor, id).await, Err(Error::Forbidden(_))));
        }
        calendar_imports::drop_upload(&desk, &administrator, id).await.unwrap();
        nothing(calendar_imports::look(&desk, &administrator, id).await.map(drop));
    }
);

both!(
    async fn published_bank_holidays_go_before_the_rule(desk: Desk) {
        let town = Town::build(&desk).await;
        let administrator = town.official(Role::Administrator);
        let mut published: Vec<(NaiveDate, String)> =
            domain::calendar::bank_holidays(2026).into_iter().map(|h| (h.on, h.name.into_owned())).collect();
        let json = |days: &[(NaiveDate, String)]| {
            let events: Vec<_> =
                days.iter().map(|(on, name)| format!(r#"{{"title":"{name}","date":"{on}"}}"#)).collect();
            format!(r#"{{"england-and-wales":{{"events":[{}]}}}}"#, events.join(","))
        };
        let import = async |text: String| {
            let id = upload(&desk, &administrator, ImportKind::BankHolidays, &text).await;
            (id, calendar_imports::understand(&desk, &administrator, id).await.unwrap())
        };
        assert!(!import(json(&published)).await.1.is_change());
        let was = dump(&desk).await;
        published.push((date(2026, 12, 3), "A proclaimed day".into()));
        let (id, changes) = import(json(&published)).await;
        let Changes::BankHolidays(preview) = &changes else { panic!("{changes:?}") };
        assert_eq!((preview.added.len(), preview.removed.len()), (1, 0));
        calendar_imports::apply(&desk, &administrator, id, Some(&changes.seen())).await.unwrap();
        let day = date(2026, 12, 3);
        let list = bank_holidays::list(&desk, &administrator, day, day).await.unwrap();
        assert_eq!(list.iter().map(|h| h.name.as_ref()).collect::<Vec<_>>(), ["A proclaimed day"]);
        let school =
            calendars::look(&desk, &town.school(town.primary), Of::School(town.primary), day, day).await.unwrap();
        assert_eq!(
            school.days[0].closed.as_ref().map(ToString::to_string).as_deref(),
            Some("It is a bank holiday: A proclaimed day")
        );
        let elsewhere = town.school(town.primary_elsewhere);
        let other = calendars::look(&desk, &elsewhere, Of::School(town.primary_elsewhere), day, day).await.unwrap();
        assert_eq!(other.days[0].closed, None, "another authority has not taken it over");
        // A list without it: the rule holds again; taken back, the day is there again, and taken back once more, gone.
        published.pop();
        let (rule, _) = import(json(&published)).await;
        calendar_imports::apply(&desk, &administrator, rule, None).await.unwrap();
        assert_eq!(Throwaway::count(&desk, "SELECT COUNT(*) FROM bank_holiday").await, 0, "the rule holds again");
        let refused = taking_back::undo(&desk, &administrator, id).await;
        assert!(
            matches!(&refused, Err(Error::Conflict(Conflict::Refused(why))) if why.contains("bank holidays were changed"))
        );
        taking_back::undo(&desk, &administrator, rule).await.unwrap();
        assert_eq!(Throwaway::count(&desk, "SELECT COUNT(*) FROM bank_holiday").await, 1);
        taking_back::undo(&desk, &administrator, id).await.unwrap();
        let after = dump(&desk).await;
        let changed: Vec<_> = was.keys().filter(|t| was[*t] != after[*t]).map(String::as_str).collect();
        assert_eq!(changed, ["audit", "import"]);
    }
);

both!(
    async fn a_teams_day_is_called_off_in_one_step(desk: Desk) {
        let town = Town::build(&desk).await;
        let on = date(2026, 12, 3);
        let one = town.session(&desk, town.primary, on, State::Confirmed).await;
        let elsewhere = town.session(&desk, town.second_primary, date(2026, 12, 4), State::Confirmed).await;
        let company = town.company();
        let count = async |sql: &str| Throwaway::count(&desk, sql).await;
        let sick = |sessions: Vec<Uuid>, away: bool| CancelDay {
            sessions,
            why: Why { reason: Reason::Sickness, note: String::new() },
            away,
        };
        // Whom it is not for, and what was not seen.
        for actor in [town.school(town.primary), town.official(Role::Evaluator)] {
            let done = sessions::cancel_day(&desk, &actor, town.team, on, &sick(vec![one], true)).await;
            assert!(matches!(done, Err(Error::Forbidden(_))), "{done:?}");
        }
        let done = sessions::cancel_day(&desk, &town.company_elsewhere(), town.team, on, &sick(vec![one], true)).await;
        assert!(matches!(done, Err(Error::NotFound)), "{done:?}");
        for seen in [vec![], vec![elsewhere], vec![one, elsewhere]] {
            let done = sessions::cancel_day(&desk, &company, town.team, on, &sick(seen, true)).await;
            assert!(matches!(done, Err(Error::Conflict(Conflict::Stale))), "{done:?}");
        }
        let over = sessions::cancel_day(&desk, &company, town.team, date(2026, 11, 20), &sick(vec![], true)).await;
        assert!(matches!(over, Err(Error::Conflict(Conflict::Refused(_)))), "{over:?}");
        assert_eq!(count("SELECT COUNT(*) FROM team_leave").await, 0, "nothing was done by halves");

        // Somebody is just booking the afternoon.
        let beck = town.school(town.second_primary);
        let free = openings::free(&desk, &beck, town.tour, on).await.unwrap();
        let afternoon = free.iter().find(|o| o.on_date == on).expect("the afternoon").id;
        sessions::reserve(&desk, &beck, afternoon, town.second_primary).await.unwrap();
        sessions::cancel_day(&desk, &company, town.team, on, &sick(vec![one], true)).await.unwrap();
        let session = sessions::get(&desk, &company, one).await.unwrap().session;
        assert_eq!((session.state, session.reason.as_str()), (State::Cancelled, "sickness"));
        assert_eq!(sessions::get(&desk, &company, elsewhere).await.unwrap().session.state, State::Confirmed);
        assert_eq!(count("SELECT COUNT(*) FROM session WHERE state = 'lapsed'").await, 1, "nobody holds a slot of it");
        assert!(openings::free(&desk, &beck, town.tour, on).await.unwrap().iter().all(|o| o.on_date != on));
        let day = sessions::team_day(&desk, &company, town.team, on).await.unwrap();
        assert!(day.away.is_some() && day.coming().is_empty());
        assert_eq!(day.called_off.iter().map(|s| s.id).collect::<Vec<_>>(), [one]);
        let mails = "SELECT COUNT(*) FROM outbox WHERE subject LIKE 'Cancelled:%'";
        assert_eq!(count(mails).await, 3, "the school’s contact, the company and the council");
        let again = sessions::cancel_day(&desk, &company, town.team, on, &sick(vec![], false)).await;
        assert!(matches!(again, Err(Error::Conflict(Conflict::Refused(_)))), "nothing is left of it: {again:?}");

        // Where the team stays, its slots do.
        let fourth = date(2026, 12, 4);
        let commissioner = town.commissioner();
        sessions::cancel_day(&desk, &commissioner, town.team, fourth, &sick(vec![elsewhere], false)).await.unwrap();
        assert_eq!(
            openings::free(&desk, &beck, town.tour, fourth)
                .await
                .unwrap()
                .iter()
                .filter(|o| o.on_date == fourth)
                .count(),
            2
        );
        assert_eq!(count("SELECT COUNT(*) FROM team_leave").await, 1);
    }
);
