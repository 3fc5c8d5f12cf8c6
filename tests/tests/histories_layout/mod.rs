//! A file whose layout is not understood, or not for certain: its owner says which row and column is what.

use records::histories::{self, Count};
use records::testing::Town;
use tests::{TestApp, databases};

use super::{good, send};

#[tokio::test(flavor = "multi_thread")]
async fn a_file_whose_headings_nobody_knows_is_laid_out_by_the_person_who_has_it() {
    for (_database, desk) in databases().await {
        let town = Town::build(&desk).await;
        let app = TestApp::start(desk.clone(), false).await;
        let client = app.signed_in(&town.commissioner()).await;
        let diary = "Our diary\nPitch,Gig,Heads\nKelder,12/11/18,28\n";
        let id = good(&client.upload("/histories", &[], "file", "diary.csv", diary.into()).await);
        assert!(client.get(&id).await.body.contains("No list of visits was found"));
        let columns = format!("{id}/columns");
        let page = client.get(&columns).await;
        assert!(page.body.contains("Pitch · Gig · Heads"), "how the file begins: {}", page.body);
        let blank = send(&client, &page, &columns, &[]).await;
        assert!(blank.status == 422 && blank.body.contains("Type which row"), "{}", blank.body);
        assert_eq!(good(&send(&client, &page, &columns, &[("skipped-0", "2")]).await), columns);
        let page = client.get(&columns).await;
        assert!(page.body.contains("Column B, “Gig”"), "{}", page.body);
        let roles = [("role-0-A", "school"), ("role-0-C", "pupils")];
        let chosen = [("programme", town.programme.to_string()), ("provider", town.provider.to_string())];
        let fill: Vec<(&str, &str)> = roles.into_iter().chain(chosen.iter().map(|(f, v)| (*f, v.as_str()))).collect();
        assert_eq!(good(&send(&client, &page, &columns, &fill).await), id, "the days told their column");
        let steps = client.get(&id).await;
        assert!(steps.body.contains("1 row with a visit"), "{}", steps.body);

        // What is said of a table that stands below another is of that one alone.
        let log = "Date,School,Yr,Nos\n12/11/18,Kelder Primary,Y6,30\nSchool,Date,Yr,Sent,Came\n\
            Beck Primary School,13/11/18,Y5,20,18\n";
        let id = good(&client.upload("/histories", &[], "file", "log.csv", log.into()).await);
        let columns = format!("{id}/columns");
        let page = client.get(&columns).await;
        assert!(page.body.contains("The file, headings in row 3"), "{}", page.body);
        let fill = [("role-1-E", "pupils"), ("programme", chosen[0].1.as_str()), ("provider", chosen[1].1.as_str())];
        assert_eq!(good(&send(&client, &page, &columns, &fill).await), id);
        let key = id.rsplit('/').next().and_then(|id| id.parse().ok()).expect("its key");
        let understood = histories::understand(&desk, &town.commissioner(), key).await.expect("rows");
        let counts: Vec<_> = understood.rows.iter().map(|row| row.count.clone()).collect();
        let pupils = |pupils| Count::Pupils { pupils, approximate: false };
        assert_eq!(counts, [pupils(30), pupils(18)]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_column_that_may_hold_the_day_is_chosen_before_anything_is_taken_over() {
    for (_database, desk) in databases().await {
        let town = Town::build(&desk).await;
        let app = TestApp::start(desk.clone(), false).await;
        let client = app.signed_in(&town.commissioner()).await;
        let log = "Date received,School,Delivered on,Done?\n01/10/18,Kelder Primary,12/11/18,Y\n";
        let id = good(&client.upload("/histories", &[], "file", "log.csv", log.into()).await);
        assert!(client.get(&id).await.body.contains("Columns to choose"));
        let columns = format!("{id}/columns");
        let page = client.get(&columns).await;
        assert!(page.body.contains("Looked at for whether the visit took place"), "{}", page.body);
        let chosen = [("programme", town.programme.to_string()), ("provider", town.provider.to_string())];
        let chosen: Vec<(&str, &str)> = chosen.iter().map(|(field, value)| (*field, value.as_str())).collect();
        let left = send(&client, &page, &columns, &chosen).await;
        assert!(left.status == 422 && left.body.contains("column C: choose what it holds"), "{}", left.body);
        let fill = [&chosen[..], &[("role-0-A", "out"), ("role-0-C", "date")]].concat();
        assert_eq!(good(&send(&client, &left, &columns, &fill).await), id);
        let preview = client.get(&format!("{id}/preview")).await;
        assert!(preview.body.contains("12 Nov 2018") && preview.body.contains("delivered"), "{}", preview.body);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_says_in_which_row_the_headings_are() {
    for (_database, desk) in databases().await {
        let town = Town::build(&desk).await;
        let app = TestApp::start(desk.clone(), false).await;
        let client = app.signed_in(&town.commissioner()).await;
        let text = "Date,School,Kept by Kim\nThe day,The place,Who\n12/11/18,Kelder Primary,Y6\n13/11/18,Kelder High School,Y7\n";
        let id = good(&client.upload("/histories", &[], "file", "log.csv", text.into()).await);
        let (at, programme) = (format!("{id}/columns"), town.programme.to_string());
        let columns = client.get(&at).await;
        assert!(columns.fields().contains(&("headings-0".into(), "1".into())), "{}", columns.body);
        for wrong in ["5", "x", "-1"] {
            let refused = send(&client, &columns, &at, &[("headings-0", wrong), ("programme", &programme)]).await;
            assert_eq!(refused.status, 422, "{wrong}");
            assert!(refused.body.contains("must be a whole number between 0 and 4"), "{}", refused.body);
        }
        // Under other headings the columns are to be checked again; what else was chosen stays.
        let fill = [("headings-0", "2"), ("programme", programme.as_str()), ("role-0-C", "notes")];
        assert_eq!(good(&send(&client, &columns, &at, &fill).await), at);
        let columns = client.get(&at).await;
        let fields = columns.fields();
        for (field, value) in [("headings-0", "2"), ("programme", programme.as_str()), ("role-0-C", "years")] {
            assert!(fields.contains(&(field.into(), value.into())), "{field}: {}", columns.body);
        }
        assert!(columns.body.contains("“The place”"), "{}", columns.body);
        // What its columns hold told the date and the school; somebody who knows better says so.
        let refused = send(&client, &columns, &at, &[("role-0-A", "out")]).await;
        assert!(refused.status == 422 && refused.body.contains("say which column holds the date"), "{}", refused.body);
        let fill = [("role-0-A", "date"), ("role-0-B", "school"), ("role-0-C", "years")];
        assert_eq!(good(&send(&client, &columns, &at, &fill).await), id);
        assert!(client.get(&id).await.body.contains("2 rows with a visit"));
        // A sheet may be left out, and taken in again.
        let columns = client.get(&at).await;
        good(&send(&client, &columns, &at, &[("headings-0", "")]).await);
        let columns = client.get(&at).await;
        assert!(columns.body.contains("Sheets that are not read"), "{}", columns.body);
        good(&send(&client, &columns, &at, &[("skipped-0", "2")]).await);
        assert!(client.get(&at).await.body.contains("“The place”"));
    }
}
