//! Calendars over HTTP, on both databases: what schools, providers and administrators type, rubbish among it, what
//! clashes, and what is another's.

use domain::access::{Actor, Role, Scope};
use domain::session::State;
use records::people::{self, NewPerson};
use records::testing::{Throwaway, Town, date};
use records::{Desk, Page};
use tests::{Client, Reply, TestApp, databases};
use uuid::Uuid;

struct Place {
    _database: Throwaway,
    desk: Desk,
    app: TestApp,
    town: Town,
}

impl Place {
    async fn all() -> Vec<Self> {
        let mut places = Vec::new();
        for (database, desk) in databases().await {
            let town = Town::build(&desk).await;
            let app = TestApp::start(desk.clone(), false).await;
            places.push(Self { _database: database, desk, app, town });
        }
        places
    }

    async fn school(&self) -> Client {
        self.app.signed_in(&self.town.school(self.town.primary)).await
    }
}

type Fields<'a> = Vec<(&'a str, &'a str)>;

/// The fields of a date input.
fn day<'a>(names: [&'a str; 3], day: [&'a str; 3]) -> Fields<'a> {
    names.into_iter().zip(day).collect()
}

const FROM: [&str; 3] = ["from-day", "from-month", "from-year"];
const TO: [&str; 3] = ["to-day", "to-month", "to-year"];

fn inset<'a>(from: [&'a str; 3]) -> Fields<'a> {
    let mut fields = day(FROM, from);
    fields.push(("kind", "inset"));
    fields
}

fn is_done(reply: &Reply) {
    assert_eq!(reply.status, 303, "{}", reply.body);
}

/// Part of the text between two marks of a page.
fn between<'a>(body: &'a str, from: &str, to: &str) -> &'a str {
    body.split(from).nth(1).and_then(|rest| rest.split(to).next()).unwrap_or_else(|| panic!("no {from} in {body}"))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_school_says_when_no_team_can_come() {
    for place in Place::all().await {
        let school = place.school().await;
        let here = format!("/schools/{}", place.town.primary);
        let add = format!("{here}/dates/add");
        for (from, says) in [
            (["31", "2", "2027"], "must be a real date"),
            (["", "", ""], "Enter the first day"),
            (["x", "y", "z"], "must be a real date"),
            (["1", "1", "20270"], "must be a real date"),
        ] {
            let reply = school.post(&add, &inset(from)).await;
            assert_eq!(reply.status, 422, "{from:?}");
            assert!(reply.body.contains(says) && reply.body.contains(&format!("value=\"{}\"", from[0])), "{from:?}");
        }
        let mut reversed = inset(["5", "1", "2027"]);
        reversed.extend(day(TO, ["4", "1", "2027"]));
        assert!(school.post(&add, &reversed).await.body.contains("must be the same as or after"));
        is_done(&school.post(&add, &inset(["4", "1", "2027"])).await);
        let list = school.get(&format!("{here}/dates")).await;
        assert!(list.body.contains("4 January 2027") && list.body.contains("Inset day"), "{}", list.body);
        let month = school.get(&format!("{here}/calendar?month=2027-01")).await;
        assert!(month.body.contains("Inset day, 4 January 2027") && month.body.contains("January 2027"));
        let edit = format!("/dates/{}", between(&list.body, "href=\"/dates/", "\""));
        let remove = edit.replace("/edit", "/remove");
        assert!(school.get(&remove).await.body.contains("Remove these dates?"));
        let other = place.app.signed_in(&place.town.school(place.town.second_primary)).await;
        for path in [&edit, &remove, &format!("{here}/dates"), &format!("{here}/week"), &format!("{here}/calendar")] {
            assert_eq!(other.get(path).await.status, 404, "{path}");
        }
        is_done(&school.post(&remove, &[]).await);
        assert!(school.get(&format!("{here}/dates")).await.body.contains("No dates to come"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_date_that_clashes_names_the_session_and_is_saved_at_the_second_press() {
    for place in Place::all().await {
        let session =
            place.town.session(&place.app.desk, place.town.primary, date(2026, 12, 3), State::Confirmed).await;
        let school = place.school().await;
        let add = format!("/schools/{}/dates/add", place.town.primary);
        let first = school.post(&add, &inset(["3", "12", "2026"])).await;
        assert_eq!(first.status, 422);
        assert!(first.body.contains(&format!("href=\"/sessions/{session}\"")), "{}", first.body);
        assert!(first.body.contains("1 session is booked or offered then"));
        let confirmed = first.input("confirmed").expect("what was named");
        let mut again = inset(["3", "12", "2026"]);
        again.push(("confirmed", &confirmed));
        is_done(&school.post(&add, &again).await);
        // Another session than those that were named is named first.
        place.town.session(&place.app.desk, place.town.primary, date(2026, 12, 4), State::Offered).await;
        let mut other = inset(["4", "12", "2026"]);
        other.push(("confirmed", &confirmed));
        assert_eq!(school.post(&add, &other).await.status, 422);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_books_on_a_closed_day_is_warned() {
    for place in Place::all().await {
        let school = place.school().await;
        let here = format!("/schools/{}", place.town.primary);
        let week = [("version", "0"), ("closed", "3"), ("alternates", "no"), ("hall_0", "9:00-11:45")];
        is_done(&school.post(&format!("{here}/week"), &week).await);
        let wrong = [("version", "1"), ("alternates", "no"), ("hall_0", "noonish"), ("hall_4", "12:00-9:00")];
        let reply = school.post(&format!("{here}/week"), &wrong).await;
        assert_eq!(reply.status, 422);
        assert!(
            reply.body.contains("Monday: “noonish”") && reply.body.contains("Friday: 12pm to 9am"),
            "{}",
            reply.body
        );
        let stale = school.post(&format!("{here}/week"), &week).await;
        assert_eq!(stale.status, 409, "somebody else changed it");

        let page = format!("/tours/{}/book", place.town.tour);
        let asked = school.get(&page).await;
        assert!(asked.body.contains("(the school is closed then)"), "{}", asked.body);
        let actor = place.town.school(place.town.primary);
        let free = records::openings::free(&place.app.desk, &actor, place.town.tour, date(2026, 12, 3)).await.unwrap();
        let (slot, setting) = (free[0].id.to_string(), place.town.primary.to_string());
        let mut booking = vec![
            ("opening", slot.as_str()),
            ("school", setting.as_str()),
            ("year_groups-0", "6"),
            ("expected-0", "28"),
            ("room", "Hall"),
            ("contact_name", "Sam Reed"),
            ("contact_telephone", "01274 431000"),
            ("contact_email", "sam@school.example"),
            ("staff_stay", "yes"),
        ];
        let checked = school.post(&page, &booking).await;
        assert_eq!(checked.status, 200, "{}", checked.body);
        assert!(checked.body.contains("The school takes no visits on Thursdays"), "{}", checked.body);
        booking.push(("step", "book"));
        is_done(&school.post(&page, &booking).await);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_moves_a_session_or_joins_one_on_a_closed_day_is_warned() {
    for place in Place::all().await {
        let (town, desk) = (&place.town, &place.app.desk);
        let week = [("version", "0"), ("closed", "3"), ("alternates", "no")];
        for (setting, actor) in
            [(town.primary, town.school(town.primary)), (town.second_primary, town.school(town.second_primary))]
        {
            let school = place.app.signed_in(&actor).await;
            is_done(&school.post(&format!("/schools/{setting}/week"), &week).await);
        }
        let school = place.school().await;
        let session = town.session(desk, town.primary, date(2026, 12, 1), State::Confirmed).await;
        let free =
            records::openings::free(desk, &town.school(town.primary), town.tour, date(2026, 12, 3)).await.unwrap();
        let thursday = |on| free.iter().find(|o| o.on_date == on).expect("a free slot").id.to_string();
        let (one, other) = (thursday(date(2026, 12, 3)), thursday(date(2026, 12, 10)));
        let path = format!("/sessions/{session}/move");
        assert!(school.get(&path).await.body.contains("(the school is closed then)"));
        let to = |opening: &str, closed: &str| {
            [("version", "1"), ("reason", "timetable"), ("opening", opening), ("closed", closed)]
                .map(|(name, value)| (name, value.to_owned()))
        };
        let send = async |fields: [(&'static str, String); 4]| {
            let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
            school.post(&path, &fields).await
        };
        let warned = send(to(&one, "")).await;
        assert_eq!(warned.status, 422);
        assert!(warned.body.contains("The school takes no visits on Thursdays"), "{}", warned.body);
        assert_eq!(warned.input("closed").as_deref(), Some(one.as_str()));
        assert_eq!(send(to(&other, &one)).await.status, 422, "another closed day is asked about anew");
        let unmoved = Throwaway::count(desk, "SELECT COUNT(*) FROM session WHERE on_date = '2026-12-01'").await;
        assert_eq!(unmoved, 1, "a warning moves nothing");
        is_done(&send(to(&one, &one)).await);
        assert!(school.get(&format!("/sessions/{session}")).await.body.contains("3 December 2026"));

        // What was missed finds its new date with the same warning.
        let missed = town.session(desk, town.primary, date(2026, 11, 19), State::Missed).await;
        let path = format!("/sessions/{missed}/new-date");
        let again = |closed: &str| [("opening", other.clone()), ("closed", closed.to_owned())];
        let send = async |fields: [(&'static str, String); 2]| {
            let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
            school.post(&path, &fields).await
        };
        let warned = send(again("")).await;
        assert!(warned.status == 422 && warned.body.contains("takes no visits on Thursdays"), "{}", warned.body);
        is_done(&send(again(&other)).await);

        // Another school joins that visit on its own closed day: told, and free to go all the same.
        let beck = place.app.signed_in(&town.school(town.second_primary)).await;
        let (session, setting) = (session.to_string(), town.second_primary.to_string());
        let mut joining = vec![
            ("session", session.as_str()),
            ("school", setting.as_str()),
            ("year_groups-0", "6"),
            ("expected-0", "20"),
        ];
        let page = format!("/tours/{}/join", town.tour);
        let checked = beck.post(&page, &joining).await;
        assert_eq!(checked.status, 200, "{}", checked.body);
        let warning = "Beck Primary School takes no visits then, according to its calendar";
        assert!(checked.body.contains(warning) && checked.body.contains("on Thursdays"), "{}", checked.body);
        joining.push(("step", "book"));
        is_done(&beck.post(&page, &joining).await);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn sessions_that_a_changed_calendar_leaves_without_school_are_listed() {
    for place in Place::all().await {
        let (town, desk) = (&place.town, &place.app.desk);
        let booked = town.session(desk, town.primary, date(2026, 12, 3), State::Confirmed).await;
        let offered = town.session(desk, town.special, date(2026, 12, 9), State::Offered).await;
        let kept = town.session(desk, town.second_primary, date(2026, 12, 1), State::Confirmed).await;
        town.session(desk, town.second_primary, date(2026, 12, 10), State::Cancelled).await;
        let admin = place.app.signed_in(&town.official(Role::Administrator)).await;
        let title = "Sessions on days without school";
        assert!(!admin.get("/authority").await.body.contains(title), "no terms, nothing to clash with");
        let term = |ends: &str| format!("Name,Starts,Ends\nAutumn term,3/9/2026,{ends}\n").into_bytes();
        let import = async |page: &str, file: &str, bytes: Vec<u8>| {
            let sent = admin.upload(page, &[], "file", file, bytes).await;
            let import = sent.location.clone().unwrap_or_else(|| panic!("{}", sent.body));
            let seen = admin.get(&import).await.input("seen").expect("what was seen");
            is_done(&admin.post(&format!("{import}/apply"), &[("seen", &seen)]).await);
        };
        let terms = "/authority/terms/import";
        import(terms, "terms.csv", term("18/12/2026")).await;
        assert!(!admin.get("/authority").await.body.contains(title), "all lie in term");
        // The term is cut short, and a day of it becomes a bank holiday.
        import(terms, "terms.csv", term("4/12/2026")).await;
        let page = admin.get("/authority").await.body;
        let listed = |body: &str, session: uuid::Uuid| body.contains(&format!("/sessions/{session}\""));
        assert!(page.contains(title) && listed(&page, offered), "{page}");
        assert!(page.contains("Oak Lodge School") && page.contains("Offered"), "with its school and state: {page}");
        assert!(!listed(&page, booked) && !listed(&page, kept));
        let json = r#"{"england-and-wales":{"events":[{"title":"A proclaimed day","date":"2026-12-03"}]}}"#;
        import("/authority/bank-holidays/import", "b.json", json.as_bytes().to_vec()).await;
        let page = admin.get("/authority").await.body;
        assert!(listed(&page, booked) && listed(&page, offered) && !listed(&page, kept), "{page}");
        assert_eq!(page.matches("href=\"/sessions/").count(), 2, "what is cancelled clashes with nothing: {page}");
        // Who can move them sees them on coming in, each its own.
        let home = place.app.signed_in(&town.commissioner()).await.get("/").await.body;
        assert!(home.contains(title) && listed(&home, booked) && listed(&home, offered), "{home}");
        let home = place.app.signed_in(&town.school(town.special)).await.get("/").await.body;
        assert!(home.contains(title) && !listed(&home, booked), "{home}");
        let home = place.app.signed_in(&town.school(town.second_primary)).await.get("/").await.body;
        assert!(!home.contains(title), "{home}");
        let elsewhere = Scope::Authority(town.elsewhere.parse().expect("an LA code"));
        let other = place.app.signed_in(&town.actor(Role::Administrator, &elsewhere)).await;
        assert!(!other.get("/authority").await.body.contains(title), "another authority's sessions are its own");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_provider_keeps_its_teams_hours_leave_and_days() {
    for place in Place::all().await {
        let company = place.app.signed_in(&place.town.company()).await;
        let here = format!("/teams/{}", place.town.team);
        let version = company.get(&format!("{here}/hours")).await.input("version").expect("a version");
        let mut hours = vec![
            ("version", version.as_str()),
            ("earliest_start", "7:15am"),
            ("latest_home", "6pm"),
            ("get_in_minutes", "45"),
            ("get_out_minutes", "x"),
            ("turnaround_minutes", "20"),
            ("easting", "416000"),
        ];
        let wrong = company.post(&format!("{here}/hours"), &hours).await;
        assert_eq!(wrong.status, 422);
        assert!(wrong.body.contains("Enter the northing too") && wrong.body.contains("must be a whole number"));
        hours.retain(|(name, _)| *name != "get_out_minutes");
        hours.extend([("get_out_minutes", "30"), ("northing", "433000")]);
        is_done(&company.post(&format!("{here}/hours"), &hours).await);
        let page = company.get(&here).await;
        assert!(page.body.contains("Sets out from 7:15am") && page.body.contains("Easting 416,000"), "{}", page.body);

        let session =
            place.town.session(&place.app.desk, place.town.primary, date(2026, 12, 3), State::Confirmed).await;
        let mut leave = day(FROM, ["3", "12", "2026"]);
        let first = company.post(&format!("{here}/leave"), &leave).await;
        assert!(first.status == 422 && first.body.contains(&session.to_string()), "{}", first.body);
        let confirmed = first.input("confirmed").expect("what was named");
        leave.push(("confirmed", &confirmed));
        is_done(&company.post(&format!("{here}/leave"), &leave).await);
        assert!(company.get(&here).await.body.contains("3 December 2026"));
        let week = company.get(&format!("{here}/calendar?week=2026-12-02")).await;
        assert!(
            week.body.contains("The team is away: 3 December 2026") && week.body.contains("Confirmed"),
            "{}",
            week.body
        );

        let today = format!("{here}/days/2026-12-03");
        assert!(company.get(&today).await.body.contains("Kelder"));
        is_done(&company.post(&today, &[("version", "0"), ("who_comes", "Ann Other")]).await);
        assert!(company.get(&format!("/sessions/{session}")).await.body.contains("Ann Other"));
        assert_eq!(company.get(&format!("{here}/days/nonsense")).await.status, 400);
        let long = "x".repeat(121);
        let refused = company.post(&today, &[("version", "1"), ("who_comes", &long)]).await;
        assert!(refused.status == 422 && refused.body.contains(&long), "what was typed is kept");

        let other = place.app.signed_in(&place.town.company_elsewhere()).await;
        for path in [format!("{here}/hours"), format!("{here}/leave"), today, format!("{here}/calendar")] {
            assert_eq!(other.get(&path).await.status, 404, "{path}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn calendars_turn_and_rubbish_is_the_present_month() {
    for place in Place::all().await {
        let company = place.app.signed_in(&place.town.company()).await;
        let town = &place.town;
        for path in
            [format!("/teams/{}", town.team), format!("/tours/{}", town.tour), format!("/providers/{}", town.provider)]
        {
            let month = company.get(&format!("{path}/calendar")).await;
            assert!(month.body.contains("<h1 class=\"govuk-heading-l\">November 2026"), "{path}: {}", month.body);
            assert!(month.body.contains("month=2026-10") && month.body.contains("month=2026-12"), "{path}");
            assert!(month.body.contains("2 free slots"), "{path}");
            for query in
                ["month=soon", "month=2026-13", "week=x", "week=99999-01-01", "month=0001-01", "week=9999-12-31"]
            {
                let reply = company.get(&format!("{path}/calendar?{query}")).await;
                assert!(reply.status == 200 && reply.body.contains("November 2026"), "{path} {query}");
            }
            let feed = company.get(&format!("{path}/calendar")).await.body.contains("/calendar-feeds?");
            assert_eq!(feed, !path.starts_with("/providers"), "{path}");
        }
        let home = company.get("/calendar").await;
        assert_eq!(home.location.as_deref(), Some(&*format!("/providers/{}/calendar", town.provider)));
        let team = town.team.to_string();
        assert!(company.get(&format!("/calendar-feeds?team={team}")).await.body.contains("A new address"));
        is_done(&company.post("/calendar-feeds", &[("team", &team)]).await);
        let feeds = company.get("/calendar-feeds").await;
        assert!(feeds.body.contains("Team: ") && feeds.body.contains("/calendar.ics?key="), "{}", feeds.body);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_administrator_imports_term_dates_and_bank_holidays() {
    for place in Place::all().await {
        let admin = place.app.signed_in(&place.town.official(Role::Administrator)).await;
        let (terms, holidays) = ("/authority/terms/import", "/authority/bank-holidays/import");
        let sent = async |to: &str, name: &str, bytes: &[u8]| {
            let reply = admin.upload(to, &[], "file", name, bytes.to_vec()).await;
            is_done(&reply);
            reply.location.expect("the import")
        };
        let wrong = sent(terms, "terms.csv", b"Name,Starts,Ends\nAutumn term,soon,18/12/2026\n").await;
        let reply = admin.get(&wrong).await;
        assert!(
            reply.body.contains("row 2, first day") && reply.body.contains("“soon” is not a date"),
            "{}",
            reply.body
        );
        let (status, name, marked) = admin.download(&format!("{wrong}/marked")).await;
        assert!(status == 200 && name.contains("terms marked.xlsx") && marked.starts_with(b"PK"), "{name}");
        is_done(&admin.post(&format!("{wrong}/drop"), &[]).await);
        assert_eq!(admin.get(&wrong).await.status, 404);

        let csv = b"Name,Starts,Ends\nAutumn term,3/9/2026,18/12/2026\nHalf term,26/10/2026,30/10/2026\n";
        let import = sent(terms, "terms.csv", csv).await;
        let preview = admin.get(&import).await;
        assert!(preview.body.contains("Autumn term, second half: 2 November to 18 December 2026"), "{}", preview.body);
        assert!(admin.get("/authority").await.body.contains("No terms yet"), "a preview changes nothing");
        // What was seen is not what would be: nothing is done, and it is shown anew.
        let stale = admin.post(&format!("{import}/apply"), &[("seen", "another")]).await;
        assert!(stale.status == 409 && stale.body.contains("have changed since you looked"), "{}", stale.body);
        let seen = preview.input("seen").expect("what was seen");
        is_done(&admin.post(&format!("{import}/apply"), &[("seen", &seen)]).await);
        let page = admin.get("/authority").await;
        assert!(
            page.body.contains("Autumn term, first half")
                && page.body.contains("Half term: 24 October to 1 November 2026")
        );
        assert_eq!(admin.post(&format!("{import}/apply"), &[("seen", &seen)]).await.status, 409, "once");
        let again = admin.get(&sent(terms, "terms.csv", csv).await).await;
        assert!(
            again.body.contains("imported before") && again.body.contains("Nothing would be changed"),
            "{}",
            again.body
        );
        let done = admin.get(&import).await;
        assert!(done.body.contains("It can be taken back until"), "{}", done.body);
        let undo = format!("/imports/{}/undo", import.rsplit('/').next().unwrap_or_default());
        assert!(done.body.contains(&undo) && admin.get(&undo).await.status == 200);
        is_done(&admin.post(&undo, &[]).await);
        assert!(admin.get("/authority").await.body.contains("No terms yet"), "as it was before");
        assert!(admin.get(&import).await.body.contains("Term dates taken back"));
        let large = admin.upload(terms, &[], "file", "terms.csv", vec![b'a'; 2 << 20]).await;
        assert!(large.status == 413 && large.body.contains("Choose another file"), "{}", large.body);
        let none = admin.upload(terms, &[], "file", "", Vec::new()).await;
        assert!(none.status == 422 && none.body.contains("Choose a file"), "{}", none.body);

        let json = r#"{"england-and-wales":{"events":[{"title":"A proclaimed day","date":"2026-12-03"}]}}"#;
        let import = sent(holidays, "b.json", json.as_bytes()).await;
        let preview = admin.get(&import).await;
        assert!(preview.body.contains("Thursday 3 December 2026: A proclaimed day"), "{}", preview.body);
        let seen = preview.input("seen").expect("what was seen");
        is_done(&admin.post(&format!("{import}/apply"), &[("seen", &seen)]).await);
        assert!(admin.get("/authority").await.body.contains("A proclaimed day"));
        let nothing = admin.get(&sent(holidays, "b.json", b"{}").await).await;
        assert!(nothing.body.contains("not the published list"), "{}", nothing.body);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_trusts_terms_replace_the_authoritys_and_a_schools_the_trusts() {
    for place in Place::all().await {
        let desk = &place.desk;
        let town = &place.town;
        Throwaway::execute(
            desk,
            "UPDATE setting SET trust_code = 'T1', trust_name = 'Kelder Trust' WHERE authority_code = '990'",
        )
        .await;
        let admin = place.app.signed_in(&town.official(Role::Administrator)).await;
        let trust = NewPerson {
            email: "trust@kelder.example".parse().unwrap(),
            name: "Trust".into(),
            role: Role::School,
            scope: Scope::Trust("T1".into()),
        };
        people::add(desk, &Actor::SYSTEM, &trust).await.unwrap();
        let term = |name: &'static str, from: [&'static str; 3], to: [&'static str; 3]| {
            let mut fields = day(["starts-day", "starts-month", "starts-year"], from);
            fields.extend(day(["ends-day", "ends-month", "ends-year"], to));
            fields.push(("name", name));
            fields
        };
        let autumn = term("Council autumn", ["1", "9", "2026"], ["18", "12", "2026"]);
        is_done(&admin.post("/authority/terms/add", &autumn).await);
        let next = term("Council next autumn", ["1", "9", "2027"], ["17", "12", "2027"]);
        is_done(&admin.post("/authority/terms/add", &next).await);

        let (own, other) = (town.primary, town.second_primary);
        let school = place.school().await;
        let sees = async |setting: Uuid| admin.get(&format!("/schools/{setting}/dates")).await.body;
        assert!(sees(own).await.contains("Council autumn"));
        // The trust's terms: every school of it has them, in that academic year alone.
        let head = place.app.signed_in(&trust_actor(desk).await).await;
        let reply = head.post("/trust-terms", &term("Trust autumn", ["7", "9", "2026"], ["11", "12", "2026"])).await;
        is_done(&reply);
        for setting in [own, other] {
            let page = sees(setting).await;
            assert!(page.contains("Trust autumn") && !page.contains("Council autumn"), "{page}");
            assert!(page.contains("Council next autumn"), "another year is the authority’s still");
        }
        // The school's own go before the trust's, there and nowhere else.
        let add = format!("/schools/{own}/terms/add");
        let wrong = school.post(&add, &term("Own autumn", ["7", "9", "2026"], ["1", "9", "2026"])).await;
        assert!(wrong.status == 422 && wrong.body.contains("value=\"Own autumn\""), "{}", wrong.body);
        is_done(&school.post(&add, &term("Own autumn", ["9", "9", "2026"], ["9", "12", "2026"])).await);
        let page = sees(own).await;
        assert!(page.contains("Own autumn") && !page.contains("Trust autumn"), "{page}");
        assert!(sees(other).await.contains("Trust autumn"));
        // Another school's people change nothing here, and a school's none of the trust's.
        let stranger = place.app.signed_in(&town.school(other)).await;
        assert_eq!(stranger.post(&add, &term("Not mine", ["4", "1", "2027"], ["5", "2", "2027"])).await.status, 404);
        assert_eq!(
            school.post("/trust-terms", &term("Not mine", ["4", "1", "2027"], ["5", "2", "2027"])).await.status,
            404
        );
        // With the last of its own the trust's hold again.
        let remove = between(&page, "href=\"/own-terms/", "/remove\"");
        is_done(&school.post(&format!("/own-terms/{remove}/remove"), &[]).await);
        let page = sees(own).await;
        assert!(page.contains("Trust autumn") && !page.contains("Own autumn"), "{page}");
    }
}

/// The trust's person, under their role.
async fn trust_actor(desk: &Desk) -> Actor {
    let filter = people::Filter { text: Some("trust@kelder.example".into()), role: None };
    let found = people::list(desk, &Actor::SYSTEM, &filter, Page::new(1)).await.expect("people").0;
    found[0].grants[0].actor()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_administrator_uploads_the_wards_outlines_and_removes_them() {
    const WARDS: &str = "/authority/wards";
    let ward = |name: &str, x: f64, y: f64| {
        format!(
            r#"{{"type":"Feature","properties":{{"WD24NM":"{name}"}},"geometry":{{"type":"Polygon","coordinates":[[[{x},{y}],[{},{y}],[{},{}],[{x},{y}]]]}}}}"#,
            x + 0.1,
            x + 0.1,
            y + 0.1
        )
    };
    let file =
        |wards: &[String]| format!(r#"{{"type":"FeatureCollection","features":[{}]}}"#, wards.join(",")).into_bytes();
    for place in Place::all().await {
        let admin = place.app.signed_in(&place.town.official(Role::Administrator)).await;
        assert!(admin.get(WARDS).await.body.contains("No outlines yet"));
        let rubbish = admin.upload(WARDS, &[], "file", "w.geojson", b"{}".to_vec()).await;
        assert!(rubbish.status == 422 && rubbish.body.contains("not GeoJSON"), "{}", rubbish.body);
        let none = admin.upload(WARDS, &[], "file", "", Vec::new()).await;
        assert!(none.status == 422 && none.body.contains("Choose a file"), "{}", none.body);
        is_done(
            &admin
                .upload(
                    WARDS,
                    &[],
                    "file",
                    "w.geojson",
                    file(&[ward("City &amp; <b>", -1.8, 53.8), ward("Tong", -1.7, 53.7)]),
                )
                .await,
        );
        let page = admin.get(WARDS).await;
        assert!(page.body.contains("2 wards have their outlines") && !page.body.contains("<b>"), "{}", page.body);
        is_done(&admin.upload(WARDS, &[], "file", "w.geojson", file(&[ward("Tong", -1.7, 53.7)])).await);
        assert!(admin.get(WARDS).await.body.contains("1 ward has its outline"));
        is_done(&admin.post(&format!("{WARDS}/remove"), &[]).await);
        assert!(admin.get(WARDS).await.body.contains("No outlines yet"));
    }
}
