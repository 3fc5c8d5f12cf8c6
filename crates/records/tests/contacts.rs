//! Lists of schools' people, on each database: who gets what, who is asked about, whom nobody is told of, and back again.

use std::sync::Arc;

use domain::access::{Actor, Role, Scope};
use domain::import::ImportState as State;
use records::contacts::{self, Applied, Gives, Mails, Understood};
use records::histories::{self, About, Choice, Found, OUT, Standing};
use records::imports::File;
use records::people::{self, NewPerson};
use records::testing::{Throwaway, Town, dump, foreseen};
use records::{Conflict, Desk, Error, Page, both, grants, sweep, taking_back};
use uuid::Uuid;

const LIST: &str = "School,Name,Job,Email,Telephone\n\
    Beck Primary School,Jo Lee,PSHE lead,jo.lee@beck.example,01274 1\n\
    Beck Primary School,Ann Kaur,Headteacher and DSL,ann@beck.example,\n\
    Beck Primary School,,Office,office@beck.example,\n\
    Kelder Primary School,PSHE,PSHE lead,pshe@kelder.example,\n\
    Oak Lodge School,Pat Row,DSL,pat@oak.example,\n\
    Kelder High School,Pat Row,Trust lead,pat@oak.example,\n";

fn file(text: &str) -> File {
    File { name: "people.csv".into(), bytes: Arc::from(text.as_bytes()) }
}

fn administrator(town: &Town) -> Actor {
    town.official(Role::Administrator)
}

async fn upload(desk: &Desk, town: &Town, text: &str) -> Uuid {
    contacts::upload(desk, &administrator(town), None, &file(text)).await.expect("an upload")
}

async fn seen(desk: &Desk, town: &Town, id: Uuid) -> Understood {
    contacts::understand(desk, &administrator(town), id).await.expect("what is understood")
}

async fn apply(desk: &Desk, town: &Town, id: Uuid, mails: Mails) -> Applied {
    contacts::apply(desk, &administrator(town), id, mails, None).await.expect("applied")
}

async fn count(desk: &Desk, sql: &str) -> i64 {
    Throwaway::count(desk, sql).await
}

/// “row standing what”, of each row.
fn shown(understood: &Understood) -> Vec<String> {
    let gives = |gives| match gives {
        Gives::Role(role) => role.as_str(),
        Gives::Address => "address",
    };
    understood.rows.iter().map(|r| format!("{} {} {}", r.row, r.standing.as_str(), gives(r.gives))).collect()
}

both!(
    async fn everybody_gets_their_role_and_an_office_its_address(desk: Desk) {
        let town = Town::build(&desk).await;
        let before = count(&desk, "SELECT COUNT(*) FROM person").await;
        let id = upload(&desk, &town, LIST).await;
        let understood = seen(&desk, &town, id).await;
        assert_eq!(
            shown(&understood),
            [
                "2 ready school",
                "3 ready school",
                "3 ready safeguarding",
                "4 ready address",
                "5 already_there school",
                "6 ready safeguarding",
                "7 ready school",
            ]
        );
        // Who is on record and not in the list is named: Oak Lodge's, High's and Beck's people of before.
        let gone: Vec<_> = understood.gone.iter().map(|g| g.email.as_str()).collect();
        assert_eq!(gone, ["pshe@beck.example", "pshe@high.example", "pshe@oak.example"]);
        assert_eq!(count(&desk, "SELECT COUNT(*) FROM person").await, before, "looking changes nothing");

        let done = apply(&desk, &town, id, Mails::Send).await;
        assert_eq!(done, Applied::Done { roles: 5, people: 3, addresses: 1, mails: 3 });
        for (sql, wanted) in [
            ("SELECT COUNT(*) FROM access_grant WHERE revoked_at IS NOT NULL", 0),
            ("SELECT COUNT(*) FROM setting WHERE email = 'office@beck.example' AND urn = 900002", 1),
            ("SELECT COUNT(*) FROM outbox WHERE body LIKE '%/sign-in%'", 3),
            (
                "SELECT COUNT(*) FROM outbox WHERE to_address = 'pat@oak.example' AND body LIKE '%Oak Lodge School%'
                AND body LIKE '%Kelder High School%'",
                1,
            ),
            ("SELECT COUNT(*) FROM outbox WHERE to_address LIKE 'office@%' OR to_address LIKE 'pshe@%'", 0),
            ("SELECT COUNT(*) FROM audit WHERE operation = 'edit_people' AND record_kind = 'person'", 5),
            ("SELECT COUNT(*) FROM audit WHERE after LIKE '%@%' OR after LIKE '%Kaur%'", 0),
            ("SELECT COUNT(*) FROM import WHERE body IS NOT NULL OR state <> 'applied'", 0),
        ] {
            assert_eq!(count(&desk, sql).await, wanted, "{sql}");
        }
        // Nothing that nobody needs is kept.
        let everything = dump(&desk).await;
        for text in ["Headteacher", "01274 1"] {
            let holds = everything.iter().find(|(_, rows)| rows.iter().any(|row| row.contains(text)));
            assert_eq!(holds.map(|(table, _)| table), None, "{text}");
        }
        // They are where one who was added by hand would be, and can be given it only once.
        let filter = people::Filter { text: Some("jo.lee".into()), role: None };
        let (found, _) = people::list(&desk, &administrator(&town), &filter, Page::new(1)).await.unwrap();
        assert_eq!((found[0].name.as_str(), found[0].grants[0].role), ("Jo Lee", Role::School));
        let again = NewPerson {
            email: "jo.lee@beck.example".parse().unwrap(),
            name: "Jo".into(),
            role: Role::School,
            scope: Scope::Setting(town.second_primary),
        };
        assert!(people::add(&desk, &administrator(&town), &again).await.is_err());
        assert!(contacts::apply(&desk, &administrator(&town), id, Mails::None, None).await.is_err(), "only once");

        // The same file again is recognised, and nothing of it is new.
        let again = upload(&desk, &town, LIST).await;
        let same = taking_back::same_file(&desk, &administrator(&town), again).await.unwrap();
        assert_eq!(same.map(|import| import.id), Some(id));
        let understood = seen(&desk, &town, again).await;
        assert_eq!(understood.count(Standing::AlreadyThere), 7);
        let nothing = contacts::apply(&desk, &administrator(&town), again, Mails::None, None).await;
        assert!(matches!(nothing, Err(Error::Conflict(Conflict::Refused(_)))), "{nothing:?}");
    }
);

both!(
    async fn nobody_is_told_unless_somebody_says_so(desk: Desk) {
        let town = Town::build(&desk).await;
        let id = upload(&desk, &town, LIST).await;
        let done = apply(&desk, &town, id, Mails::None).await;
        assert_eq!(done, Applied::Done { roles: 5, people: 3, addresses: 1, mails: 0 });
        assert_eq!(count(&desk, "SELECT COUNT(*) FROM outbox").await, 0);
    }
);

both!(
    async fn what_is_doubtful_is_asked_and_nobody_there_gets_anything(desk: Desk) {
        let town = Town::build(&desk).await;
        let admin = administrator(&town);
        let text = "URN,School,Name,Email\n\
            ,Kelder,Jo Lee,jo@kelder.example\n\
            ,Youth club,Sam Hill,sam@club.example\n\
            900001,Beck Primary School,Ann Kaur,ann@beck.example\n\
            900004,,Pat Row,pat@oak.example\n\
            900004,,Lee Ward,lee at oak\n\
            ,,Kim Day,kim@oak.example\n\
            900002,Beck Primary School,,\n";
        let id = upload(&desk, &town, text).await;
        let understood = seen(&desk, &town, id).await;
        let wanted = [
            "2 asked school",
            "3 asked school",
            "4 asked school",
            "5 ready school",
            "6 asked school",
            "7 asked school",
            "8 left_out school",
        ];
        assert_eq!(shown(&understood), wanted);
        let cells: Vec<_> = understood.problems().into_iter().filter_map(|p| p.column).collect();
        assert_eq!(cells, ["D6", "B7"]);
        let key = |text: &str| understood.names.iter().find(|n| n.text == text).unwrap().key.clone();
        // A number and a name that mean two schools are asked about, with both.
        let both = understood.names.iter().find(|n| n.text == "Beck Primary School" && n.rows.len() == 1).unwrap();
        assert_eq!(both.found, Found::Review);
        let urns: Vec<_> = both.candidates.iter().filter_map(|c| c.school.urn).map(|u| u.number()).collect();
        assert!(urns.contains(&900_001) && urns.contains(&900_002), "{urns:?}");
        let (name, workbook) = contacts::marked(&desk, &admin, id).await.unwrap();
        assert!(name == "people marked.xlsx" && workbook.starts_with(b"PK"));

        let choices = [
            Choice::new(About::School, key("Kelder"), town.secondary),
            // Two schools are called so: it is remembered where that is said.
            Choice::new(About::Remember, key("Kelder"), "yes"),
            Choice::new(About::School, key("Youth club"), OUT),
            Choice::new(About::Blank, "", "above"),
        ];
        contacts::choose(&desk, &admin, id, &choices).await.unwrap();
        let understood = seen(&desk, &town, id).await;
        let wanted = [
            "2 ready school",
            "3 left_out school",
            "4 asked school",
            "5 ready school",
            "6 asked school",
            "7 ready school",
            "8 left_out school",
        ];
        assert_eq!(shown(&understood), wanted);
        let done = apply(&desk, &town, id, Mails::None).await;
        assert_eq!(done, Applied::Done { roles: 3, people: 3, addresses: 0, mails: 0 });
        let at_high = "SELECT COUNT(*) FROM access_grant g JOIN setting s ON s.id = g.setting_id
            JOIN person p ON p.id = g.person_id WHERE s.urn = 900003 AND p.email = 'jo@kelder.example'";
        assert_eq!(count(&desk, at_high).await, 1);
        // What was decided is remembered for the next list, and for older records.
        let (aliases, _) = histories::aliases(&desk, &admin, Page::new(1)).await.unwrap();
        assert_eq!(aliases.iter().map(|a| a.text.as_str()).collect::<Vec<_>>(), ["Kelder", "Youth club"]);
        let next = upload(&desk, &town, "School,Email\nKelder,new@kelder.example\n").await;
        assert_eq!(shown(&seen(&desk, &town, next).await), ["2 ready school"]);
    }
);

both!(
    async fn an_address_that_is_somebody_elses_at_another_school_is_asked_about(desk: Desk) {
        let town = Town::build(&desk).await;
        let list = "School,Name,Job,Email\n\
            Beck Primary School,Ann Lee,PSHE lead,ann.lee@beck.example\n\
            Kelder High School,Kit Low,Headteacher and DSL,ann.lee@beck.example\n\
            Oak Lodge School,Mrs A Lee,PSHE lead,ann.lee@beck.example\n";
        let id = upload(&desk, &town, list).await;
        let understood = seen(&desk, &town, id).await;
        assert_eq!(shown(&understood), ["2 ready school", "3 asked school", "3 asked safeguarding", "4 ready school"]);
        assert!(understood.rows[1].why.contains("that of Ann Lee"), "{}", understood.rows[1].why);
        apply(&desk, &town, id, Mails::None).await;
        // The same by what is on record.
        let next = "School,Name,Job,Email\nKelder Primary School,Kit Low,PSHE lead,ann.lee@beck.example\n";
        let id = upload(&desk, &town, next).await;
        assert_eq!(shown(&seen(&desk, &town, id).await), ["2 asked school"]);
    }
);

both!(
    async fn a_role_that_was_taken_away_is_not_given_again(desk: Desk) {
        let town = Town::build(&desk).await;
        let admin = administrator(&town);
        let left = town.school(town.primary);
        people_revoke(&desk, &admin, &left).await;
        Throwaway::execute(
            &desk,
            "UPDATE setting SET trust_code = 'T1', trust_name = 'Kelder Trust' WHERE urn = 900003",
        )
        .await;
        let trust = NewPerson {
            email: "trust@kelder.example".parse().unwrap(),
            name: "Trust".into(),
            role: Role::School,
            scope: Scope::Trust("T1".into()),
        };
        people::add(&desk, &admin, &trust).await.unwrap();
        Throwaway::execute(&desk, "UPDATE setting SET email = 'old@oak.example' WHERE urn = 900004").await;
        Throwaway::execute(&desk, "UPDATE setting SET status = 'closed' WHERE urn = 900002").await;
        let text = "URN,Email\n900001,pshe@kelder.example\n900003,trust@kelder.example\n900004,office@oak.example\n\
            900004,new@oak.example\n900004,new@oak.example\n900002,late@beck.example\n";
        let id = upload(&desk, &town, text).await;
        let understood = seen(&desk, &town, id).await;
        let wanted = [
            "2 left_out school",
            "3 already_there school",
            "4 left_out address",
            "5 ready school",
            "6 already_there school",
            "7 asked school",
        ];
        assert_eq!(shown(&understood), wanted);
        let why = |row: usize| understood.rows[row].why.as_str();
        assert!(why(0).contains("taken away on 22 November 2026"), "{}", why(0));
        assert!(why(2).contains("old@oak.example"), "{}", why(2));
        assert_eq!(why(4), "as row 5 says");
        assert!(understood.gone.iter().all(|gone| gone.email != "trust@kelder.example"));
    }
);

async fn people_revoke(desk: &Desk, admin: &Actor, who: &Actor) {
    let (person, grant) = (who.person.unwrap(), who.grant.unwrap());
    grants::revoke(desk, admin, person, grant).await.expect("revoked");
}

both!(
    async fn undo_leaves_the_database_as_it_was(desk: Desk) {
        let town = Town::build(&desk).await;
        let admin = administrator(&town);
        // Somebody who is known already, by another list that stays.
        let first = upload(&desk, &town, "School,Name,Email\nKelder High School,Pat,pat@oak.example\n").await;
        apply(&desk, &town, first, Mails::None).await;
        let was = dump(&desk).await;
        let text = format!("{LIST}Kelder,Kim,,kim@kelder.example,\n");
        let id = upload(&desk, &town, &text).await;
        let key = seen(&desk, &town, id).await.undecided().next().unwrap().key.clone();
        let column = Choice::new(About::Column, "\tE", OUT);
        let remember = Choice::new(About::Remember, &key, "yes");
        let choices = [Choice::new(About::School, key, town.primary), remember, column];
        contacts::choose(&desk, &admin, id, &choices).await.unwrap();
        let done = apply(&desk, &town, id, Mails::Send).await;
        assert_eq!(done, Applied::Done { roles: 5, people: 4, addresses: 1, mails: 4 });
        let now = dump(&desk).await;
        let changed: Vec<_> = was.keys().filter(|t| was[*t] != now[*t]).map(String::as_str).collect();
        let wanted = [
            "access_grant",
            "audit",
            "import",
            "import_before",
            "import_choice",
            "import_shape",
            "outbox",
            "person",
            "school_alias",
            "setting",
        ];
        assert_eq!(changed, wanted);
        taking_back::undo(&desk, &admin, id).await.unwrap();
        let after = dump(&desk).await;
        const OWN: [&str; 5] = ["audit", "form_post", "import", "import_choice", "outbox"];
        for (table, rows) in was.iter().filter(|(table, _)| !OWN.contains(&table.as_str())) {
            assert_eq!(rows, &after[table], "{table}");
        }
        assert_eq!(count(&desk, "SELECT COUNT(*) FROM outbox WHERE sent_at IS NULL").await, 0, "nobody is told now");
        let import = contacts::look(&desk, &admin, id).await.unwrap();
        assert_eq!(import.state, State::Undone);
        assert!(taking_back::undo(&desk, &admin, id).await.is_err(), "only once");
        let again = upload(&desk, &town, LIST).await;
        assert_eq!(seen(&desk, &town, again).await.count(Standing::Ready), 5, "it can be taken over again");
    }
);

both!(
    async fn undo_is_refused_for_what_was_built_on_it(desk: Desk) {
        let town = Town::build(&desk).await;
        let admin = administrator(&town);
        let refusal = async |id| match taking_back::undo(&desk, &admin, id).await {
            Err(Error::Conflict(Conflict::Refused(why))) => {
                assert_eq!(foreseen(&desk, &admin, id).await.as_deref(), Some(why.as_str()));
                why
            }
            other => panic!("{other:?}"),
        };
        let id = upload(&desk, &town, LIST).await;
        assert!(refusal(id).await.contains("not imported"));
        apply(&desk, &town, id, Mails::Send).await;
        // Jo signs in.
        let sign_in = "INSERT INTO sign_in (id, token_hash, person_id, grant_id, totp_passed, device, created_at, last_seen_at, ends_at)
            SELECT id, 'x', person_id, NULL, FALSE, '', created_at, created_at, created_at FROM access_grant
            WHERE person_id = (SELECT id FROM person WHERE email = 'jo.lee@beck.example')";
        Throwaway::execute(&desk, sign_in).await;
        let why = refusal(id).await;
        assert!(why.contains("Jo Lee (jo.lee@beck.example) has signed in"), "{why}");
        Throwaway::execute(&desk, "DELETE FROM sign_in").await;
        // A school corrects its address.
        Throwaway::execute(
            &desk,
            "UPDATE setting SET email = 'new@beck.example', version = version + 1 WHERE urn = 900002",
        )
        .await;
        let why = refusal(id).await;
        assert!(why.contains("Beck Primary School was changed"), "{why}");
        Throwaway::execute(
            &desk,
            "UPDATE setting SET email = 'office@beck.example', version = version - 1 WHERE urn = 900002",
        )
        .await;
        // Somebody loses the role by hand.
        let filter = people::Filter { text: Some("ann@".into()), role: None };
        let ann = people::list(&desk, &admin, &filter, Page::new(1)).await.unwrap().0.remove(0);
        grants::revoke(&desk, &admin, ann.id, ann.grants[0].id).await.unwrap();
        let why = refusal(id).await;
        assert!(why.contains("Ann Kaur (ann@beck.example) has lost the role since"), "{why}");
        Throwaway::execute(&desk, "UPDATE access_grant SET revoked_at = NULL").await;
        // Who was given another role meanwhile stays a person.
        let more = NewPerson {
            email: "ann@beck.example".parse().unwrap(),
            name: "Ann".into(),
            role: Role::School,
            scope: Scope::Setting(town.primary),
        };
        people::add(&desk, &admin, &more).await.unwrap();
        taking_back::undo(&desk, &admin, id).await.unwrap();
        let ann = people::list(&desk, &admin, &filter, Page::new(1)).await.unwrap().0.remove(0);
        assert_eq!((ann.grants.len(), &ann.grants[0].scope), (1, &Scope::Setting(town.primary)));
        let others = "SELECT COUNT(*) FROM person WHERE email IN ('jo.lee@beck.example', 'pat@oak.example')";
        assert_eq!(count(&desk, others).await, 0);
    }
);

both!(
    async fn what_changed_since_somebody_looked_is_said(desk: Desk) {
        let town = Town::build(&desk).await;
        let admin = administrator(&town);
        let id = upload(&desk, &town, LIST).await;
        let looked = seen(&desk, &town, id).await.seen();
        Throwaway::execute(&desk, "UPDATE setting SET email = 'office@beck.example' WHERE urn = 900002").await;
        let changed = contacts::apply(&desk, &admin, id, Mails::Send, Some(&looked)).await.unwrap();
        let Applied::Changed(differences) = changed else { panic!("{changed:?}") };
        assert_eq!(differences.len(), 1);
        let difference = &differences[0];
        assert_eq!(
            (difference.place.as_str(), difference.before, difference.now),
            ("row 4", Standing::Ready, Standing::AlreadyThere)
        );
        assert_eq!(count(&desk, "SELECT COUNT(*) FROM outbox").await, 0);
        let looked = seen(&desk, &town, id).await.seen();
        let done = contacts::apply(&desk, &admin, id, Mails::None, Some(&looked)).await.unwrap();
        assert!(matches!(done, Applied::Done { addresses: 0, .. }), "{done:?}");
    }
);

both!(
    async fn another_tenants_lists_and_schools_are_not_there(desk: Desk) {
        let town = Town::build(&desk).await;
        let admin = administrator(&town);
        let id = upload(&desk, &town, LIST).await;
        let stranger = town.actor(Role::Administrator, &Scope::Authority("991".parse().unwrap()));
        let nothing = |result: Result<(), Error>| assert!(matches!(result, Err(Error::NotFound)), "{result:?}");
        nothing(contacts::look(&desk, &stranger, id).await.map(drop));
        nothing(contacts::understand(&desk, &stranger, id).await.map(drop));
        nothing(contacts::choose(&desk, &stranger, id, &[]).await);
        nothing(contacts::apply(&desk, &stranger, id, Mails::None, None).await.map(drop));
        nothing(contacts::marked(&desk, &stranger, id).await.map(drop));
        nothing(contacts::drop_upload(&desk, &stranger, id).await);
        nothing(taking_back::undo(&desk, &stranger, id).await);
        let choose = async |choice| contacts::choose(&desk, &admin, id, &[choice]).await;
        nothing(choose(Choice::new(About::School, "x", town.primary_elsewhere)).await);
        nothing(choose(Choice::new(About::Programme, "", town.programme)).await);
        // A school of another council is none of this one's, by URN or by name.
        let elsewhere = upload(&desk, &town, "URN,School,Email\n900005,Vale Primary School,x@vale.example\n").await;
        assert_eq!(seen(&desk, &town, elsewhere).await.count(Standing::Ready), 0);
        for actor in [town.commissioner(), town.school(town.primary), town.company(), town.official(Role::Evaluator)] {
            let refused = contacts::upload(&desk, &actor, None, &file(LIST)).await;
            assert!(matches!(refused, Err(Error::Forbidden(_))), "{actor:?}");
        }
        contacts::drop_upload(&desk, &admin, id).await.unwrap();
        nothing(contacts::look(&desk, &admin, id).await.map(drop));
        // A list that nobody takes over goes after a month.
        Throwaway::execute(&desk, "UPDATE import SET started_at = '2020-01-01T00:00:00Z'").await;
        sweep::sweep(&desk).await.unwrap();
        assert_eq!(count(&desk, "SELECT COUNT(*) FROM import").await, 0);
    }
);
