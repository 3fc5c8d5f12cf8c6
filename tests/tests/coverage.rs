//! Coverage over HTTP: page, CSV and JSON say the same, and every count is the length of the list it leads to.

use std::collections::BTreeMap;

use domain::access::Role;
use domain::coverage::{By, Value};
use domain::session::State;
use records::testing::{Throwaway, Town, date};
use serde_json::Value as Json;
use tests::{Client, TestApp, databases};

/// The text of a piece of HTML.
fn text(html: &str) -> String {
    let mut text = String::new();
    for piece in html.split('<') {
        if piece.starts_with("br") {
            text.push(' ');
        }
        text.push_str(piece.split_once('>').map_or("", |(_, after)| after));
    }
    text.replace("&amp;", "&").replace("&lt;", "<").replace("&#x27;", "'").replace("&quot;", "\"").trim().to_owned()
}

/// The tables of a page: caption, then the body's rows, each with its cells' HTML.
fn tables(body: &str) -> BTreeMap<String, Vec<Vec<String>>> {
    body.split("<table")
        .skip(1)
        .map(|table| {
            let table = table.split("</table>").next().unwrap();
            let caption = text(&format!(
                "<caption{}",
                table.split("<caption").nth(1).unwrap().split("</caption>").next().unwrap()
            ));
            let rows = table.split("<tbody").nth(1).unwrap().split("<tr").skip(1).map(|row| {
                let cells = row.replace("</th>", "</td>");
                let cells: Vec<&str> = cells.split("</td>").collect();
                cells[..cells.len() - 1].iter().map(|cell| (*cell).to_owned()).collect()
            });
            (caption, rows.collect())
        })
        .collect()
}

/// The number a cell begins with.
fn number(cell: &str) -> i64 {
    let text = text(&format!("<x{cell}"));
    let digits: String = text.chars().filter(|c| *c != ',').take_while(char::is_ascii_digit).collect();
    digits.parse().unwrap_or_else(|_| panic!("no number: {text:?}"))
}

/// Links with a number for their text, those that are summed apart: path, number, what is read out after it.
fn figures(body: &str) -> Vec<(String, i64, String)> {
    let links = body.split("<a ").skip(1).filter_map(|link| {
        let path = link.split("href=\"").nth(1)?.split('"').next()?.replace("&amp;", "&");
        let label = text(&format!("<a {}", link.split("</a>").next()?));
        let digits: String = label.chars().filter(|c| *c != ',').take_while(char::is_ascii_digit).collect();
        Some((path, digits.parse().ok()?, label))
    });
    links.filter(|(path, _, _)| path.starts_with("/coverage/")).collect()
}

/// A town with something of everything: a guest it is not for, a joint session, missing headcounts, a booking ahead.
async fn busy_town(desk: &records::Desk) -> Town {
    let town = Town::build(desk).await;
    town.session(desk, town.special, date(2026, 11, 18), State::Delivered).await;
    let counted = town.session(desk, town.primary, date(2026, 11, 17), State::Delivered).await;
    town.session(desk, town.primary_elsewhere, date(2026, 11, 16), State::Delivered).await;
    town.session(desk, town.primary, date(2026, 11, 13), State::Cancelled).await;
    town.session(desk, town.second_primary, date(2026, 12, 2), State::Confirmed).await;
    let count = format!("UPDATE attending_group SET attended = 28 WHERE session_id = {}", key(desk, counted));
    Throwaway::execute(desk, &count).await;
    town
}

/// A key as SQL writes it: bytes on SQLite, text on PostgreSQL.
fn key(desk: &records::Desk, id: uuid::Uuid) -> String {
    match desk.db() {
        records::Db::Sqlite { .. } => format!("x'{}'", id.simple()),
        records::Db::Postgres(_) => format!("'{id}'"),
    }
}

async fn json(client: &Client, query: &str) -> Json {
    let reply = client.get(&format!("/coverage.json?{query}")).await;
    assert_eq!(reply.status, 200);
    assert_eq!(reply.headers["cache-control"], "no-store");
    serde_json::from_str(&reply.body).expect("JSON")
}

#[tokio::test(flavor = "multi_thread")]
async fn page_csv_and_json_agree() {
    for (_database, desk) in databases().await {
        let town = busy_town(&desk).await;
        let app = TestApp::start(desk, false).await;
        let client = app.signed_in(&town.commissioner()).await;
        let query = format!("programme={}&year=2026", town.programme);
        let page = client.get(&format!("/coverage?{query}")).await;
        assert_eq!(page.status, 200, "{}", page.body);
        let tables = tables(&page.body);
        let json = json(&client, &query).await;
        let csv = client.get(&format!("/coverage/rows.csv?{query}")).await.body;
        let lines: Vec<Vec<&str>> = csv.lines().map(|line| line.split(',').collect()).collect();
        let rows = json["rows"].as_array().unwrap();
        assert_eq!(lines.len(), rows.len() + 1, "{csv}");
        assert_eq!(
            tables.iter().filter(|(caption, _)| caption.starts_with("By ")).map(|(_, rows)| rows.len()).sum::<usize>(),
            rows.len()
        );
        for (row, line) in rows.iter().zip(&lines[1..]) {
            let by: By = row["by"].as_str().unwrap().parse().unwrap();
            let word = match &row["value"] {
                Json::Null => String::new(),
                Json::String(text) => text.clone(),
                other => other.to_string(),
            };
            let label = Value::read(by, &word).unwrap().label();
            let of = |name: &str| row[name].as_i64().unwrap();
            let expected =
                ["eligible_schools", "reached_schools", "eligible_pupils", "reached_pupils", "sessions"].map(of);
            assert_eq!(line[3..5], [by.as_str(), word.as_str()]);
            assert_eq!(line[5..10].iter().map(|cell| cell.parse::<i64>().unwrap()).collect::<Vec<_>>(), expected);
            let table = &tables[&format!("By {}", by.label().to_lowercase())];
            let cells = table.iter().find(|cells| text(&format!("<x{}", cells[0])) == label).expect("the row's line");
            assert_eq!([2, 3, 6, 7, 5].map(|i| number(&cells[i])), expected, "{label}");
        }
        let gaps = client.get(&format!("/coverage/gaps.csv?{query}")).await.body;
        let listed =
            &self::tables(&client.get(&format!("/coverage/gaps?{query}")).await.body)["Gaps, special schools first"];
        let expected = json["gaps"].as_array().unwrap();
        assert_eq!((gaps.lines().count() - 1, listed.len()), (expected.len(), expected.len()));
        for ((gap, line), cells) in expected.iter().zip(gaps.lines().skip(1)).zip(listed) {
            let name = gap["name"].as_str().unwrap();
            assert!(line.contains(name) && line.contains(gap["state"].as_str().unwrap()), "{line}");
            assert!(cells[0].contains(name), "{}", cells[0]);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_count_is_the_length_of_its_list() {
    for (_database, desk) in databases().await {
        let town = busy_town(&desk).await;
        let app = TestApp::start(desk, false).await;
        let client = app.signed_in(&town.official(Role::Evaluator)).await;
        let one = client.get(&format!("/coverage?programme={}&year=2026", town.programme)).await.body;
        let all = client.get("/coverage?year=2026").await.body;
        let (mut counts, mut sums) = (0, 0);
        for (path, count, label) in figures(&one).into_iter().chain(figures(&all)) {
            let page = client.get(&path).await;
            assert_eq!(page.status, 200, "{path}");
            let tables = tables(&page.body);
            let rows = tables.values().next().unwrap_or_else(|| panic!("no list at {path}"));
            let column = |i: usize| {
                rows.iter()
                    .map(|cells| {
                        let cell = text(&format!("<x{}", cells[i])).replace(',', "");
                        cell.split(' ').next().and_then(|n| n.parse::<i64>().ok()).unwrap_or(0)
                    })
                    .sum::<i64>()
            };
            if label.contains("eligible pupils by school") {
                assert_eq!(column(6), count, "{label}: {path}");
                sums += 1;
            } else if label.contains("by school") {
                assert_eq!(
                    rows.iter()
                        .filter(|cells| !cells[5].contains("missing"))
                        .map(|cells| number(&cells[5]))
                        .sum::<i64>(),
                    count
                );
                sums += 1;
            } else if label.contains("headcount") {
                let missing = rows.iter().map(|cells| text(&format!("<x{}", cells[5])));
                let missing: i64 = missing
                    .filter_map(|cell| cell.strip_suffix(" missing")?.split(", ").last()?.parse::<i64>().ok())
                    .sum();
                assert_eq!(missing, count, "{label}: {path}");
                sums += 1;
            } else {
                assert_eq!(i64::try_from(rows.len()).unwrap(), count, "{label}: {path}");
                counts += 1;
            }
        }
        assert!(counts > 30 && sums > 8, "{counts} counts and {sums} sums");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_first_screen_says_how_many_sessions_special_schools_had() {
    for (_database, desk) in databases().await {
        let town = busy_town(&desk).await;
        let app = TestApp::start(desk, false).await;
        let client = app.signed_in(&town.commissioner()).await;
        for path in ["/coverage?year=2026".to_owned(), format!("/coverage?programme={}&year=2026", town.programme)] {
            let page = client.get(&path).await.body;
            let figure = page.split("<div class=\"app-figure").nth(1).unwrap();
            assert_eq!(number(figure.split("app-figure__number\"").nth(1).unwrap()), 1, "{figure}");
            assert!(page.contains("special schools"));
        }
        let page = client.get(&format!("/coverage?programme={}&year=2026", town.programme)).await.body;
        assert!(page.contains("so rows need not add up") && page.contains("2 headcounts are"));
        assert!(
            page.contains(&format!("/tours/{}/book?setting={}", town.tour, town.special))
                || page.contains("See the session of")
        );
        let next = client.get(&format!("/coverage?programme={}&year=2027", town.programme)).await;
        assert_eq!(next.status, 200, "a year in which nothing happened yet");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn others_have_nothing_to_do_with_it() {
    for (_database, desk) in databases().await {
        let town = busy_town(&desk).await;
        let app = TestApp::start(desk, false).await;
        let elsewhere = app.signed_in(&town.commissioner_elsewhere()).await;
        let ours = app.signed_in(&town.commissioner()).await;
        let school = app.signed_in(&town.school(town.primary)).await;
        let query = format!("programme={}&year=2026", town.programme);
        for path in [
            "/coverage",
            "/coverage/gaps",
            "/coverage.json",
            "/coverage/rows.csv",
            "/coverage/gaps.csv",
            "/coverage/sessions",
        ] {
            let path = format!("{path}?{query}");
            assert_eq!(elsewhere.get(&path).await.status, 404, "{path}");
            assert_eq!(school.get(&path).await.status, 403, "{path}");
            assert_eq!(app.visitor().get(&path).await.status, 303, "{path}");
        }
        for rubbish in ["year=1", "programme=x", "programme=x&year=2026"] {
            assert_eq!(ours.get(&format!("/coverage?{rubbish}")).await.status, 404, "{rubbish}");
        }
        for rubbish in ["list=x", "list=reached&by=x", "list=reached&by=phase&value=x"] {
            assert_eq!(ours.get(&format!("/coverage/schools?{query}&{rubbish}")).await.status, 404, "{rubbish}");
        }
        let empty = elsewhere.get("/coverage").await;
        assert_eq!(empty.status, 200);
        assert!(empty.body.contains("no programme yet"));
    }
}
