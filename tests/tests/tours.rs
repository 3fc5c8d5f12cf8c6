//! From a provider to openings over HTTP: a commissioner adds a provider and a team, writes a programme, opens a tour of
//! it and makes its openings; schools see what they may, and another tenant nothing.

use domain::access::Role;
use records::testing::Town;
use tests::{Client, Reply, TestApp, databases};

/// The address a form went on to, after it did its work.
fn done(reply: Reply) -> String {
    assert_eq!(reply.status, 303, "{}", reply.body);
    reply.location.expect("a redirect's address")
}

fn id_in(location: &str) -> &str {
    location.rsplit('/').next().expect("an id")
}

async fn refused(client: &Client, path: &str, fields: &[(&str, &str)], says: &str, keeps: &str) {
    let reply = client.post(path, fields).await;
    assert_eq!(reply.status, 422, "{path}: {}", reply.body);
    assert!(reply.body.contains(says), "{path} does not say “{says}”: {}", reply.body);
    assert!(reply.body.contains(keeps), "{path} loses “{keeps}”: {}", reply.body);
}

async fn add_provider(client: &Client) -> String {
    let rubbish = [("name", "Northern Light"), ("kind", "circus"), ("email", "nowhere")];
    refused(client, "/providers/add", &rubbish, "Enter an email address", "Northern Light").await;
    let good = [("name", "Northern Light"), ("kind", "theatre"), ("email", "hello@northern.example")];
    done(client.post("/providers/add", &good).await)
}

const TEAM: [(&str, &str); 16] = [
    ("name", "Cast A"),
    ("base_name", "The Old Mill"),
    ("working_days", "0"),
    ("working_days", "1"),
    ("working_days", "2"),
    ("working_days", "3"),
    ("working_days", "4"),
    ("label_1", "AM"),
    ("starts_1", "9:30"),
    ("ends_1", "10:30am"),
    ("label_2", "PM"),
    ("starts_2", "13.15"),
    ("ends_2", "2:15pm"),
    ("from-day", "1"),
    ("from-month", "9"),
    ("from-year", "2026"),
];

async fn add_team(client: &Client, provider: &str) -> String {
    let add = format!("{provider}/teams/add");
    let mut rubbish = TEAM;
    rubbish[8] = ("starts_1", "breakfast");
    refused(client, &add, &rubbish, "“breakfast” is not a time", "The Old Mill").await;
    let mut overlapping = TEAM;
    overlapping[11] = ("starts_2", "10:00");
    refused(client, &add, &overlapping, "Slots 1 and 2 overlap", "value=\"10:00\"").await;
    done(client.post(&add, &TEAM).await)
}

const PROGRAMME: [(&str, &str); 13] = [
    ("name", "Mr Shapeshifter"),
    ("kind", "play"),
    ("summary", "A play about who is who online."),
    ("audience", "children"),
    ("year_groups", "6"),
    ("setting_types", "mainstream"),
    ("setting_types", "special"),
    ("minutes_1", "60"),
    ("largest_group", "90"),
    ("needs", "hall"),
    ("adaptations", "relaxed"),
    ("topics", "online_safety"),
    ("status", "open"),
];

async fn write_programme(client: &Client) -> String {
    let mut rubbish = PROGRAMME;
    rubbish[0] = ("name", "");
    rubbish[7] = ("minutes_1", "an hour");
    refused(client, "/programmes/add", &rubbish, "Enter the programme’s name", "A play about who is who online.").await;
    refused(client, "/programmes/add", &rubbish, "must be a whole number between 5 and 480", "an hour").await;
    let mut taken = PROGRAMME;
    taken[0] = ("name", "The Lantern");
    refused(client, "/programmes/add", &taken, "already a programme of this name", "The Lantern").await;
    done(client.post("/programmes/add", &PROGRAMME).await)
}

async fn write_visit_pack(app: &TestApp, client: &Client, programme: &str) {
    let edit = format!("{programme}/visit-pack/edit");
    let version = client.get(&edit).await.input("version").expect("a version");
    let pack = [
        ("version", version.as_str()),
        ("assurance", "Ada Byron comes.\r\n\r\nHer enhanced DBS was checked."),
        ("insurance_expires-day", "31"),
        ("insurance_expires-month", "2"),
        ("insurance_expires-year", "2027"),
        ("parent_materials", "A face that changes."),
    ];
    refused(client, &edit, &pack, "must be a real date", "A face that changes.").await;
    let mut good = pack;
    good[3] = ("insurance_expires-month", "3");
    done(client.post(&edit, &good).await);
    let stale = client.post(&edit, &good).await;
    assert_eq!(stale.status, 409, "somebody else’s version is not written over");

    let add = format!("{programme}/documents/add");
    let fields = [("kind", "material"), ("title", "Lesson plan"), ("for_parents", "yes")];
    let word = client.upload(&add, &fields, "file", "plan.docx", b"PK\x03\x04".to_vec()).await;
    assert_eq!(word.status, 422);
    assert!(word.body.contains("The file is not a PDF") && word.body.contains("Lesson plan"));
    let large = client.upload(&add, &fields, "file", "plan.pdf", vec![b'%'; 5 * 1024 * 1024 + 1]).await;
    assert_eq!(large.status, 422);
    assert!(large.body.contains("5 MB or smaller"));
    done(client.upload(&add, &fields, "file", "plan.pdf", b"%PDF-1.7 plan".to_vec()).await);
    done(client.upload(&add, &[("kind", "assurance")], "file", "letter.pdf", b"%PDF-1.7 letter".to_vec()).await);

    let parent = app.visitor();
    let seen = parent.get(&format!("/for-parents/{}", id_in(programme))).await;
    assert_eq!(seen.status, 200);
    assert!(seen.body.contains("A face that changes.") && seen.body.contains("Lesson plan"));
    assert!(!seen.body.contains("Ada Byron"), "parents are not told who comes");
    let file =
        seen.body.split("/for-parents/documents/").nth(1).and_then(|rest| rest.split('"').next()).expect("a file");
    let download = parent.get(&format!("/for-parents/documents/{file}")).await;
    assert_eq!((download.status, download.body.as_str()), (200, "%PDF-1.7 plan"));
    assert_eq!(download.headers["content-disposition"], "attachment; filename=\"plan.pdf\"");
    assert_eq!(parent.get(&format!("/documents/{file}")).await.status, 303, "the rest is for those who sign in");
}

async fn open_tour(client: &Client, programme: &str, provider: &str, team: &str) -> String {
    let choose = client.get(&format!("/tours/add?programme={}", id_in(programme))).await;
    assert!(choose.body.contains("Northern Light"));
    let nobody = client.get(&format!("/tours/add?go=on&programme={}", id_in(programme))).await;
    assert_eq!(nobody.status, 422);
    let chosen = format!("/tours/add?go=on&programme={}&provider={}", id_in(programme), id_in(provider));
    let page = client.get(&chosen).await;
    assert_eq!(page.input("name").as_deref(), Some("Mr Shapeshifter"));
    let key = page.input("idempotency_key").expect("a key");
    let good = [
        ("idempotency_key", key.as_str()),
        ("programme", id_in(programme)),
        ("provider", id_in(provider)),
        ("name", "Mr Shapeshifter, winter"),
        ("teams", id_in(team)),
        ("starts-day", "1"),
        ("starts-month", "12"),
        ("starts-year", "2026"),
        ("ends-day", "19"),
        ("ends-month", "3"),
        ("ends-year", "2027"),
        ("target_schools", "60"),
        ("funders", "Public health\r\nPolice and crime commissioner"),
        ("budget", "24,000"),
        ("price", "subsidised"),
        ("school_pays", "75"),
        ("notice_days", "5"),
        ("status", "open"),
    ];
    let mut rubbish = good;
    rubbish[10] = ("ends-year", "2028");
    rubbish[13] = ("budget", "a lot");
    refused(client, "/tours/add", &rubbish, "“a lot” is not an amount", "Public health").await;
    rubbish[13] = ("budget", "24,000");
    refused(client, "/tours/add", &rubbish, "same academic year", "value=\"2028\"").await;
    let tour = done(client.post("/tours/add", &good).await);
    assert_eq!(done(client.post("/tours/add", &good).await), tour, "the form does its work once");
    tour
}

async fn make_openings(client: &Client, tour: &str, team: &str) {
    let empty = client.get(tour).await;
    assert!(empty.body.contains("There are no openings yet"), "{}", empty.body);
    let rule = [
        ("teams", id_in(team)),
        ("from-day", "1"),
        ("from-month", "12"),
        ("from-year", "2026"),
        ("to-day", "31"),
        ("to-month", "12"),
        ("to-year", "2026"),
        ("weekdays", "0"),
        ("weekdays", "1"),
        ("weekdays", "2"),
        ("weekdays", "3"),
        ("weekdays", "4"),
    ];
    let query: Vec<_> = rule.iter().map(|(k, v)| format!("{k}={v}")).collect();
    let wrong = query.join("&").replace("to-month=12", "to-month=13");
    let wrong = client.get(&format!("{tour}/openings/rule/preview?{wrong}")).await;
    assert_eq!(wrong.status, 422);
    assert!(wrong.body.contains("The last day must be a real date") && wrong.body.contains("value=\"13\""));
    let preview = client.get(&format!("{tour}/openings/rule/preview?{}", query.join("&"))).await;
    assert_eq!(preview.status, 200);
    // 23 weekdays, less Christmas Day and Boxing Day's substitute.
    assert!(preview.body.contains("The rule makes 42 openings on 21 days."), "{}", preview.body);
    assert!(preview.body.contains("Christmas Day") && preview.body.contains("terms of 2026/27 are not entered"));
    done(client.post(&format!("{tour}/openings/rule"), &rule).await);
    let again = client.post(&format!("{tour}/openings/rule"), &rule).await;
    assert_eq!(again.status, 422);
    assert!(again.body.contains("There is no day to open between these dates"));

    let day = |day: &'static str| {
        [("team", id_in(team)), ("on-day", day), ("on-month", "1"), ("on-year", "2027"), ("slots", "2")]
    };
    let saturday = format!("{tour}/openings/add?go=on&team={}&on-day=9&on-month=1&on-year=2027", id_in(team));
    assert!(client.get(&saturday).await.body.contains("PM, 1:15pm to 2:15pm"));
    refused(client, &format!("{tour}/openings/add"), &day("99"), "must be a real date", "value=\"99\"").await;
    refused(client, &format!("{tour}/openings/add"), &day("9")[..4], "Choose one or more", "value=\"9\"").await;
    done(client.post(&format!("{tour}/openings/add"), &day("9")).await);
    refused(client, &format!("{tour}/openings/add"), &day("9"), "PM is open already", "checked").await;
}

async fn withdraw_one(client: &Client, tour: &str) {
    let list = client.get(&format!("{tour}/openings?page=2")).await;
    assert!(list.body.contains("Saturday 9 January 2027"), "{}", list.body);
    let none = client.get(&format!("{tour}/openings/withdraw")).await;
    assert_eq!(none.status, 422);
    assert!(none.body.contains("Tick the openings to withdraw"));
    let opening = list.input("opening").expect("an opening to tick");
    let ask = client.get(&format!("{tour}/openings/withdraw?opening={opening}")).await;
    assert!(ask.body.contains("Withdraw 1 opening?"), "{}", ask.body);
    assert!(!client.get(&format!("{tour}/openings?page=2")).await.body.contains("Withdrawn"), "asking changes nothing");
    done(client.post(&format!("{tour}/openings/withdraw"), &[("opening", &opening)]).await);
    let gone = client.post(&format!("{tour}/openings/withdraw"), &[("opening", &opening)]).await;
    assert_eq!(gone.status, 404);
    let pages = [client.get(&format!("{tour}/openings")).await, client.get(&format!("{tour}/openings?page=2")).await];
    assert!(pages.iter().any(|page| page.body.contains("Withdrawn")));
}

async fn schools_see_what_they_may(app: &TestApp, town: &Town, tour: &str, programme: &str) {
    let school = app.signed_in(&town.school(town.primary)).await;
    let page = school.get(tour).await;
    assert_eq!(page.status, 200);
    let at = |text: &str| page.body.find(text).unwrap_or_else(|| panic!("no “{text}”: {}", page.body));
    assert!(at("Price to the school") < at("No slot suits?"), "facts come before the ways on");
    assert!(at("href=\"#openings\"") < at("id=\"openings\""));
    assert!(page.body.contains(&format!("{tour}/book?opening=")) && page.body.contains("Subsidised: £75 a visit"));
    assert!(page.body.contains(&format!("/sessions?tour={}", id_in(tour))));
    for hidden in ["Public health", "24,000", "What was changed", "/invite", "/edit"] {
        assert!(!page.body.contains(hidden), "a school is shown “{hidden}”");
    }
    assert!(school.get("/tours").await.body.contains("Mr Shapeshifter, winter"));
    let pack = school.get(&format!("{programme}/visit-pack")).await;
    assert!(pack.body.contains("Her enhanced DBS was checked.") && pack.body.contains("31 March 2027"));
    for path in ["/tours/add", "/programmes/add", "/providers", &format!("{tour}/edit"), &format!("{tour}/openings")] {
        assert_eq!(school.get(path).await.status, 403, "{path}");
    }
    let secondary = app.signed_in(&town.school(town.secondary)).await;
    assert!(!secondary.get("/tours").await.body.contains("Mr Shapeshifter"), "it is for Year 6");
    let provider = app.signed_in(&town.company()).await;
    assert_eq!(provider.get(tour).await.status, 404, "another company’s tour");
    let evaluator = app.signed_in(&town.official(Role::Evaluator)).await;
    assert_eq!(evaluator.get(&format!("{tour}/edit")).await.status, 403);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_commissioner_opens_a_tour_from_nothing() {
    for (_database, desk) in databases().await {
        let town = Town::build(&desk).await;
        let app = TestApp::start(desk, false).await;
        let commissioner = app.signed_in(&town.commissioner()).await;
        let provider = add_provider(&commissioner).await;
        let team = add_team(&commissioner, &provider).await;
        assert!(commissioner.get(&team).await.body.contains("From Tuesday 1 September 2026"));
        let programme = write_programme(&commissioner).await;
        write_visit_pack(&app, &commissioner, &programme).await;
        let tour = open_tour(&commissioner, &programme, &provider, &team).await;
        make_openings(&commissioner, &tour, &team).await;
        withdraw_one(&commissioner, &tour).await;
        schools_see_what_they_may(&app, &town, &tour, &programme).await;

        let close = format!("{programme}/status");
        let version = commissioner.get(&close).await.input("version").expect("a version");
        refused(
            &commissioner,
            &close,
            &[("version", &version), ("status", "closed")],
            "Close its tours first",
            "checked",
        )
        .await;
        let close = format!("{tour}/status");
        let version = commissioner.get(&close).await.input("version").expect("a version");
        done(commissioner.post(&close, &[("version", &version), ("status", "closed")]).await);
        let page = commissioner.get(&tour).await;
        assert!(page.body.contains("nothing can be booked") && !page.body.contains("/book?opening="));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn another_tenants_ids_are_not_found() {
    for (_database, desk) in databases().await {
        let town = Town::build(&desk).await;
        let opening =
            records::openings::free(&desk, &town.commissioner(), town.tour, desk.today()).await.unwrap()[0].id;
        let app = TestApp::start(desk, false).await;
        let stranger = app.signed_in(&town.commissioner_elsewhere()).await;
        let (tour, programme) = (format!("/tours/{}", town.tour), format!("/programmes/{}", town.programme));
        let (provider, team) = (format!("/providers/{}", town.provider), format!("/teams/{}", town.team));
        for path in [
            provider.clone(),
            format!("{provider}/edit"),
            format!("{provider}/teams/add"),
            team.clone(),
            format!("{team}/edit"),
            format!("{team}/slots"),
            programme.clone(),
            format!("{programme}/edit"),
            format!("{programme}/status"),
            format!("{programme}/visit-pack"),
            format!("{programme}/visit-pack/edit"),
            format!("{programme}/documents/add"),
            tour.clone(),
            format!("{tour}/edit"),
            format!("{tour}/status"),
            format!("{tour}/openings"),
            format!("{tour}/openings/add"),
            format!("{tour}/openings/rule"),
            format!("{tour}/openings/withdraw?opening={opening}"),
            format!("/tours/add?go=on&programme={}&provider={}", town.programme, town.provider),
        ] {
            assert_eq!(stranger.get(&path).await.status, 404, "{path}");
        }
        let opening = opening.to_string();
        for (path, fields) in [
            (format!("{provider}/edit"), vec![("name", "Mine"), ("kind", "police"), ("version", "1")]),
            (format!("{tour}/status"), vec![("status", "closed"), ("version", "1")]),
            (format!("{programme}/status"), vec![("status", "closed"), ("version", "1")]),
            (format!("{tour}/openings/withdraw"), vec![("opening", opening.as_str())]),
        ] {
            assert_eq!(stranger.post(&path, &fields).await.status, 404, "{path}");
        }
        let commissioner = app.signed_in(&town.commissioner()).await;
        assert_eq!(commissioner.get(&tour).await.status, 200);
    }
}
