//! A list of schools' people taken over through pages, without JavaScript, on each database.

use domain::access::Role;
use records::Desk;
use records::testing::{Throwaway, Town};
use tests::{TestApp, databases, good, send};

const LIST: &str = "School,Contact,Job,Reached at,Email\n\
    Beck Primary School,Jo Lee,PSHE lead,,jo.lee@beck.example\n\
    Beck Primary School,,Office,,office@beck.example\n\
    Kelder,Ann Kaur,Head,,ann@kelder.example\n\
    Oak Lodge School,Pat Row,DSL,,pat at oak\n\
    ,Kim Day,Head,,kim@oak.example\n";

async fn count(desk: &Desk, sql: &str) -> i64 {
    Throwaway::count(desk, sql).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_is_understood_answered_for_taken_over_and_taken_back() {
    for (_database, desk) in databases().await {
        let town = Town::build(&desk).await;
        let app = TestApp::start(desk.clone(), false).await;
        let client = app.signed_in(&town.official(Role::Administrator)).await;

        assert!(client.get("/people").await.body.contains("href=\"/people/lists\""));
        let none = client.upload("/people/lists", &[], "file", "list.csv", b"Name,Amount\nx,1\n".to_vec()).await;
        assert_eq!(none.status, 422);
        assert!(
            none.body.contains("no table of people") && none.body.contains("“School” and “Email”"),
            "{}",
            none.body
        );
        let rubbish = client.upload("/people/lists", &[], "file", "list.xlsx", vec![7; 3000]).await;
        assert_eq!(rubbish.status, 422, "{}", rubbish.body);
        let nothing = client.upload("/people/lists", &[], "file", "", Vec::new()).await;
        assert!(nothing.status == 422 && nothing.body.contains("Choose the list"), "{}", nothing.body);

        let id = good(&client.upload("/people/lists", &[], "file", "people.csv", LIST.into()).await);
        let at = |path: &str| format!("{id}/{path}");
        let steps = client.get(&id).await;
        for text in ["5 people and offices", "1 name", "2 cells", "2 are ready"] {
            assert!(steps.body.contains(text), "{text}: {}", steps.body);
        }

        // Columns: an address is needed, and what was chosen elsewhere on the page stays.
        let columns = client.get(&at("columns")).await;
        assert!(columns.body.contains("1 row has no school"), "{}", columns.body);
        let refused = send(&client, &columns, &at("columns"), &[("role-0-E", "out"), ("role-0-D", "town")]).await;
        assert!(
            refused.status == 422 && refused.body.contains("which column holds the email address"),
            "{}",
            refused.body
        );
        assert!(refused.fields().contains(&("role-0-D".into(), "town".into())), "kept as it was chosen");
        let twice = send(&client, &columns, &at("columns"), &[("role-0-C", "school")]).await;
        assert!(twice.status == 422 && twice.body.contains("two columns are"), "{}", twice.body);
        good(&send(&client, &columns, &at("columns"), &[("blank", "above")]).await);

        // What is to be mended is listed with its cell, and marked in a copy.
        let problems = client.get(&at("problems")).await;
        assert!(
            problems.body.contains("E5") && problems.body.contains("“pat at oak” is not an email address"),
            "{}",
            problems.body
        );
        let (status, name, marked) = client.download(&at("marked")).await;
        assert!(status == 200 && name.contains("people marked.xlsx") && marked.starts_with(b"PK"), "{name}");

        // The school that is not certain is decided, by searching.
        let schools = client.get(&at("schools")).await;
        assert!(
            schools.body.contains("“Kelder”") && schools.body.contains("row 4 (Ann Kaur, ann@kelder.example)"),
            "{}",
            schools.body
        );
        let number =
            schools.body.split("name=\"name-").nth(1).and_then(|r| r.split('"').next()).unwrap_or_default().to_owned();
        let (school, search) = (format!("school-{number}"), format!("search-{number}"));
        let nowhere = send(&client, &schools, &at("schools"), &[(&school, "other"), (&search, "Nowhere")]).await;
        assert!(nowhere.status == 422 && nowhere.body.contains("No school is called “Nowhere”"), "{}", nowhere.body);
        good(&send(&client, &schools, &at("schools"), &[(&school, "other"), (&search, "Kelder High")]).await);

        let preview = client.get(&at("preview")).await;
        for text in [
            "3 roles, to 3 people",
            "1 school",
            "Waits for an answer, or to be mended: 1 row",
            "Not in the list any more",
            "pshe@",
        ] {
            assert!(preview.body.contains(text), "{text}: {}", preview.body);
        }
        // An address that is none cannot be answered for.
        let figures = preview.body.replace("<!>", "").replace("<!---->", "");
        for (figure, rows) in [("Wait for an answer", "0 rows"), ("To be mended in the file", "1 row")] {
            let value =
                figures.split(&format!("__key\">{figure}</dt>")).nth(1).and_then(|rest| rest.split("</dd>").next());
            assert!(value.is_some_and(|value| value.ends_with(&format!(">{rows}"))), "{figure}: {value:?}");
        }
        let before = count(&desk, "SELECT COUNT(*) FROM person").await;

        // Whether they are told has to be said; and what was seen has to hold.
        let ask = client.get(&at("apply")).await;
        assert!(ask.body.contains("Give 3 people their role?"), "{}", ask.body);
        let silent = send(&client, &ask, &at("apply"), &[]).await;
        assert!(silent.status == 422 && silent.body.contains("Say whether they are told"), "{}", silent.body);
        Throwaway::execute(
            &desk,
            "UPDATE setting SET email = 'x@beck.example', version = version + 1 WHERE urn = 900002",
        )
        .await;
        let stale = send(&client, &ask, &at("apply"), &[("mails", "send")]).await;
        assert!(stale.status == 409 && stale.body.contains("have changed since you looked"), "{}", stale.body);
        assert!(stale.body.contains("row 3: was “Will be taken over”, is “Left out”"), "{}", stale.body);
        Throwaway::execute(&desk, "UPDATE setting SET email = NULL, version = version - 1 WHERE urn = 900002").await;
        assert_eq!(count(&desk, "SELECT COUNT(*) FROM person").await, before, "nothing was done so far");
        let ask = client.get(&at("apply")).await;
        assert_eq!(good(&send(&client, &ask, &at("apply"), &[("mails", "send")]).await), id);
        assert_eq!(count(&desk, "SELECT COUNT(*) FROM outbox WHERE body LIKE '%/sign-in%'").await, 3);
        assert_eq!(count(&desk, "SELECT COUNT(*) FROM person").await, before + 3);

        let done = client.get(&id).await;
        for text in ["Schools’ people taken over", "It can be taken back until"] {
            assert!(done.body.contains(text), "{text}: {}", done.body);
        }
        assert!(client.get("/people?text=ann%40kelder").await.body.contains("Ann Kaur"));
        // The same file again is recognised; dropping it asks first.
        let again = good(&client.upload("/people/lists", &[], "file", "people.csv", LIST.into()).await);
        assert!(client.get(&again).await.body.contains("This file was imported before"));
        assert!(client.get(&format!("{again}/drop")).await.body.contains("Drop this file?"));
        assert_eq!(good(&client.post(&format!("{again}/drop"), &[]).await), "/people/lists");
        assert_eq!(client.get(&again).await.status, 404);

        let undo = format!("/imports/{}/undo", id.rsplit('/').next().unwrap_or_default());
        assert!(done.body.contains(&undo), "{}", done.body);
        assert_eq!(client.get(&undo).await.status, 200);
        good(&client.post(&undo, &[]).await);
        assert_eq!(count(&desk, "SELECT COUNT(*) FROM person").await, before);
        assert!(client.get(&id).await.body.contains("Schools’ people taken back"));

        // Only administrators give roles.
        let commissioner = app.signed_in(&town.commissioner()).await;
        assert_eq!(commissioner.get("/people/lists").await.status, 403);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_may_have_left_gets_a_role_only_where_somebody_says_so() {
    const LEFT: &str = "School,Contact,Job,Email,Notes\n\
        Beck Primary School,Jo Lee,PSHE lead,jo.lee@beck.example,left July 2026\n\
        Beck Primary School,Ann Kaur,Chair of governors and DSL,ann@beck.example,\n\
        Beck Primary School,Sam Hill,Head,sam@beck.example,\n";
    for (_database, desk) in databases().await {
        let town = Town::build(&desk).await;
        let app = TestApp::start(desk.clone(), false).await;
        let client = app.signed_in(&town.official(Role::Administrator)).await;
        let id = good(&client.upload("/people/lists", &[], "file", "people.csv", LEFT.into()).await);
        let (path, steps) = (format!("{id}/problems"), client.get(&id).await);
        assert!(steps.body.contains("2 cells") && steps.body.contains("1 is ready"), "{}", steps.body);
        let problems = client.get(&path).await;
        assert!(!problems.body.contains("To be mended in the file"), "said once: {}", problems.body);
        for text in [
            "Jo Lee, Beck Primary School, jo.lee@beck.example",
            "Row 2 (PSHE lead) says “left July 2026”. Not answered yet",
            "2 are not answered yet",
        ] {
            assert!(problems.body.contains(text), "{text}: {}", problems.body);
        }
        // Nobody has answered: applying warns of them.
        assert!(client.get(&format!("{id}/apply")).await.body.contains("3 rows wait for an answer"));
        good(&send(&client, &problems, &path, &[("give", "D3")]).await);
        let problems = client.get(&path).await;
        assert!(problems.fields().contains(&("give".into(), "D3".into())), "{:?}", problems.fields());
        let steps = client.get(&id).await;
        assert!(!steps.body.contains("1 cell") && steps.body.contains("3 are ready"), "{}", steps.body);
        // Whom somebody looked at and did not tick is answered for.
        for text in [
            "says “left July 2026”. Left out",
            "says “Chair of governors and DSL”. To be given",
            "All of them are answered",
        ] {
            assert!(problems.body.contains(text), "{text}: {}", problems.body);
        }
        let left = client.get(&format!("{id}/preview?standing=left_out")).await;
        assert!(left.body.contains("You left it out: the list says “left July 2026”"), "{}", left.body);
        assert!(!client.get(&format!("{id}/apply")).await.body.contains("for an answer, and nothing comes of it"));
        // Taken back, the role is not given.
        let fields: Vec<_> = problems.fields().into_iter().filter(|(field, _)| field != "give").collect();
        let fields: Vec<(&str, &str)> = fields.iter().map(|(f, v)| (f.as_str(), v.as_str())).collect();
        good(&client.post(&path, &fields).await);
        assert!(client.get(&id).await.body.contains("1 is ready"));
    }
}
