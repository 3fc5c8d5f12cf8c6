//! The whole loop in a browser, on a real school list: it is imported, a Year 6 tour is opened, a primary books, a special
//! school is booked for, both are delivered and counted, a pupil and a teacher answer, and coverage says who was reached.
//! On both databases with JavaScript, and once without.

use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use chrono::{DateTime, Utc};
use domain::access::{Actor, Role, Scope};
use domain::clock::Clock;
use records::people::NewPerson;
use records::secret::Secret;
use records::testing::{Throwaway, date, present};
use records::{Db, Desk, authorities, outbox, people};
use tests::TestApp;
use tests::browser::{Browser, By, Manner};

const PRIMARY: &str = "Peel Park Primary School and Nursery";
const SPECIAL: &str = "Chellow Heights Special School";
const COMMISSIONER: &str = "dana@bradford.example";
const ADMINISTRATOR: &str = "kit@bradford.example";
const TEACHER: &str = "sam@peelpark.example";
const ACTOR: &str = "noor@northern.example";

/// The real list; none, with a word, where the shared data is not there.
fn school_list() -> Option<PathBuf> {
    let path =
        PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../shared/data/register/gias_layout_bradford_2024-25.csv");
    if path.is_file() {
        return path.canonicalize().ok();
    }
    println!("skipped: no ../shared/data");
    None
}

/// One browser on one site whose clock the test moves on.
struct Journey {
    _database: Throwaway,
    app: TestApp,
    browser: Browser,
    now: Arc<Mutex<DateTime<Utc>>>,
    javascript: bool,
    /// What pictures are called.
    name: &'static str,
}

impl Journey {
    async fn begin(database: Throwaway, javascript: bool, name: &'static str) -> Option<Self> {
        let manner = if javascript { Manner::DESKTOP } else { Manner::PLAIN_PHONE };
        let browser = Browser::start(manner).await?;
        let now = Arc::new(Mutex::new(present()));
        let hand = Arc::clone(&now);
        let db = Db::open(&database.address).await.expect("a database");
        db.migrate().await.expect("migrations");
        let clock = Clock::new(move || *hand.lock().expect("the time"));
        let desk = Desk::new(db, clock, Secret::random().expect("randomness"));
        // What `callboard authority add` and `callboard person add` do.
        let code = "380".parse().expect("an LA code");
        authorities::add(&desk, &Actor::SYSTEM, &code, "Bradford", false).await.expect("an authority");
        for (email, name, role) in
            [(COMMISSIONER, "Dana Firth", Role::Commissioner), (ADMINISTRATOR, "Kit Marsh", Role::Administrator)]
        {
            let scope = Scope::Authority(code.clone());
            let new = NewPerson { email: email.parse().expect("an address"), name: name.into(), role, scope };
            people::add(&desk, &Actor::SYSTEM, &new).await.expect("a person");
        }
        let app = TestApp::start(desk, false).await;
        Some(Self { _database: database, app, browser, now, javascript, name })
    }

    fn it_is(&self, at: &str) {
        *self.now.lock().expect("the time") = at.parse().expect("an instant");
    }

    async fn open(&self, path: &str) {
        self.browser.open(&format!("{}{path}", self.app.url)).await;
    }

    /// The page is the one that is meant, without a fault, on a desk and on a phone; its picture is kept.
    async fn look(&self, heading: &str, picture: &str) {
        self.wait_for(heading).await;
        if picture.is_empty() {
            return;
        }
        for width in [1280, 375] {
            self.browser.resize(width, 800).await;
            // Without JavaScript the same page is served; axe-core needs JavaScript itself.
            if self.javascript {
                let wrong = self.browser.violations().await;
                assert!(wrong.is_empty(), "{heading} at {width}: {wrong:?}");
            }
            self.browser.picture(&format!("journey-{}-{picture}-{width}", self.name)).await;
        }
        if self.javascript {
            self.browser.resize(1280, 900).await;
        }
    }

    /// On paper the page is its content: no navigation, no forms, the tables whole.
    async fn print(&self, picture: &str) {
        let b = &self.browser;
        b.print_media(true).await;
        assert!(!b.shows(".govuk-service-navigation").await, "{picture}: the navigation is printed");
        assert!(b.shows("h1").await && b.shows("table").await, "{picture}: the content is not printed");
        assert!(b.overflow().await <= 0, "{picture} is wider than the paper: {:#?}", b.beyond().await);
        b.picture(&format!("journey-{}-{picture}-print", self.name)).await;
        b.print_media(false).await;
        b.resize(1280, 900).await;
    }

    /// Mails that were sent to an address since this was asked last, the newest last.
    async fn mails(&self, to: &str) -> Vec<outbox::Claimed> {
        let mut mails = Vec::new();
        loop {
            let batch = outbox::claim(&self.app.desk, 50).await.expect("mails");
            if batch.is_empty() {
                return mails;
            }
            for mail in batch {
                outbox::sent(&self.app.desk, mail.id).await.expect("sent");
                if mail.to_address == to {
                    mails.push(mail);
                }
            }
        }
    }

    /// Signs in as people do: an address, a mail, its code.
    async fn sign_in(&self, email: &str) {
        self.browser.forget_cookies().await;
        self.open("/sign-in").await;
        self.browser.fill("email", email).await;
        self.browser.press("Send me a code").await;
        self.wait_for("Type the code").await;
        let mail = self.mails(email).await.pop().expect("a mail with a code");
        let code = mail.body.split("code=").nth(1).and_then(|rest| rest.get(..8)).expect("a code in the link");
        self.browser.fill("code", code).await;
        self.browser.press("Sign in").await;
        self.look("What waits for you", "").await;
    }

    async fn import(&self, list: &std::path::Path) {
        self.sign_in(COMMISSIONER).await;
        self.open("/schools/import").await;
        self.browser.attach("file", list).await;
        self.look("Import the school list", "import").await;
        self.browser.press("Upload and preview").await;
        self.wait_for("Check what the school list changes").await;
        self.look("Check what the school list changes", "import-preview").await;
        self.browser.see("225").await;
        self.browser.press("Import this list").await;
        self.wait_for("School list imported").await;
        self.open("/schools?text=Chellow").await;
        self.browser.see(SPECIAL).await;
    }

    /// Waits until work that shows its progress is done: the page asks again by itself, with JavaScript and without.
    async fn wait_for(&self, heading: &str) {
        let path = format!("//h1[contains(., \"{heading}\")]");
        for _ in 0..8 {
            // Each try waits five seconds for the heading.
            if self.browser.driver.find(By::XPath(path.as_str())).await.is_ok() {
                return;
            }
        }
        panic!("“{heading}” never comes:\n{}", self.browser.text().await);
    }

    /// The commissioner adds a provider with a team, writes a programme and opens a tour of it with its openings.
    async fn open_a_tour(&self) {
        let b = &self.browser;
        self.open("/providers").await;
        b.press("Add a provider").await;
        b.fill("name", "Northern Light").await;
        b.choose("kind", "theatre").await;
        b.fill("email", "hello@northern.example").await;
        b.press("Add the provider").await;
        b.press("Add a team").await;
        b.fill("name", "Cast A").await;
        b.fill("label_1", "AM").await;
        b.fill("starts_1", "9:30").await;
        b.fill("ends_1", "10:30").await;
        b.fill("label_2", "PM").await;
        b.fill("starts_2", "13:15").await;
        b.fill("ends_2", "14:15").await;
        b.fill_date("from", date(2026, 9, 1)).await;
        b.press("Add the team").await;
        self.look("Cast A", "team").await;

        self.open("/programmes").await;
        b.press("Write a programme").await;
        b.fill("name", "Mr Shapeshifter").await;
        b.choose("kind", "play").await;
        b.fill("summary", "A play about who is who online.").await;
        b.choose("year_groups", "6").await;
        b.choose("setting_types", "special").await;
        b.fill("minutes_1", "60").await;
        b.fill("largest_group", "120").await;
        b.choose("status", "open").await;
        self.look("Write a programme", "programme").await;
        b.press("Add the programme").await;
        self.look("Mr Shapeshifter", "").await;

        b.press("Open a tour of it").await;
        b.choose_labelled("provider", "Northern Light").await;
        b.press("Continue").await;
        b.fill("name", "Mr Shapeshifter, winter 2026").await;
        b.fill_date("starts", date(2026, 11, 30)).await;
        b.fill_date("ends", date(2026, 12, 18)).await;
        b.fill("target_schools", "20").await;
        b.choose("price", "free").await;
        b.choose("status", "open").await;
        b.press("Open the tour").await;
        self.look("Mr Shapeshifter, winter 2026", "tour-empty").await;
        b.press("Make openings").await;
        b.press("Make openings by rule").await;
        b.fill_date("from", date(2026, 11, 30)).await;
        b.fill_date("to", date(2026, 12, 18)).await;
        b.press("Preview").await;
        self.look("", "openings-preview").await;
        b.press("Make 30").await;
        b.see("Openings made").await;
    }

    /// The administrator adds the school's lead and the provider's actor, who sign in by themselves.
    async fn add_people(&self) {
        self.sign_in(ADMINISTRATOR).await;
        for (role, name, email, scope) in
            [("school", "Sam Okoro", TEACHER, PRIMARY), ("provider", "Noor Ali", ACTOR, "Northern Light")]
        {
            self.open("/people/add").await;
            self.browser.choose("role", role).await;
            self.browser.press("Go on").await;
            self.browser.fill("name", name).await;
            self.browser.fill("email", email).await;
            if role == "school" {
                self.browser.select("scope", scope).await;
            }
            self.browser.press("Add and invite").await;
            self.look(name, "").await;
        }
    }

    async fn fill_booking(&self, day: &str, expected: &str) {
        let b = &self.browser;
        b.select("opening", day).await;
        b.choose("year_groups-0", "6").await;
        b.fill("expected-0", expected).await;
        b.fill("expected_send-0", "9").await;
        b.fill("room", "Main hall").await;
        b.fill("contact_name", "Sam Okoro").await;
        b.fill("contact_email", TEACHER).await;
        b.choose("staff_stay", "yes").await;
    }

    /// The primary books for itself, forgetting something at first.
    async fn book_as_the_primary(&self) -> String {
        let b = &self.browser;
        self.sign_in(TEACHER).await;
        self.look("What waits for you", "home-school").await;
        b.press("Book Mr Shapeshifter").await;
        self.look("Book Mr Shapeshifter", "book").await;
        self.fill_booking("30 November", "58").await;
        b.press("Check your answers").await;
        b.see("There is a problem").await;
        self.look("Book Mr Shapeshifter", "book-error").await;
        b.fill("contact_telephone", "01274 000000").await;
        b.press("Check your answers").await;
        self.look("Check your answers", "book-check").await;
        b.press("Book").await;
        self.look("Mr Shapeshifter at", "booked").await;
        let mail = self.mails(TEACHER).await.into_iter().find(|m| m.attachment.is_some()).expect("a confirmation");
        let calendar = mail.attachment.expect("a file");
        assert!(calendar.contains("BEGIN:VEVENT") && calendar.contains("Mr Shapeshifter"), "{calendar}");
        self.path().await
    }

    async fn path(&self) -> String {
        let url = self.browser.driver.current_url().await.expect("an address");
        url.path().to_owned()
    }

    /// A special school rang: the commissioner books from the list of gaps, where it stands first.
    async fn book_for_the_special_school(&self) -> String {
        let b = &self.browser;
        self.sign_in(COMMISSIONER).await;
        self.look("What waits for you", "home-commissioner").await;
        b.press("Mr Shapeshifter, winter 2026").await;
        b.press("Book").await;
        b.select("school", SPECIAL).await;
        b.fill("asked_by_name", "Ruth Hall").await;
        b.choose("asked_how", "telephone").await;
        self.fill_booking("1 December", "12").await;
        b.fill("contact_telephone", "01274 000001").await;
        b.press("Check your answers").await;
        self.look("Check your answers", "book-behalf").await;
        b.see("Ruth Hall (by telephone)").await;
        b.press("Book").await;
        self.look(SPECIAL, "").await;
        self.path().await
    }

    /// The actor counts in the hall; answers the pupils' code and the staff's link.
    async fn count(&self, session: &str, pupils: &str) -> (String, String) {
        let b = &self.browser;
        self.open(session).await;
        b.press("Record attendance").await;
        let name = |figure: &str| format!("input[name^='{figure}-']");
        for (figure, number) in [("pupils", pupils), ("send", "9"), ("withdrawn", "0"), ("adults", "5")] {
            b.fill_by(&name(figure), number).await;
        }
        self.look("Record attendance", "attendance").await;
        b.press("Save attendance").await;
        b.see("Attendance recorded").await;
        b.press("Feedback code").await;
        self.look("Feedback on Mr Shapeshifter", "feedback-code").await;
        let source = b.driver.source().await.expect("the page");
        let code = source.split("app-code__characters\">").nth(1).and_then(|r| r.split('<').next()).expect("a code");
        let staff = source.split("/feedback?code=").nth(1).and_then(|r| r.split('"').next()).expect("a link");
        (code.to_owned(), staff.to_owned())
    }

    /// Answers as somebody who has only a code.
    async fn answer(&self, code: &str, questions: [&str; 4], picture: &str) {
        let b = &self.browser;
        b.forget_cookies().await;
        self.open("/feedback").await;
        b.fill("code", code).await;
        b.press("Continue").await;
        self.look("Mr Shapeshifter", "").await;
        b.press("Start").await;
        for (i, question) in questions.into_iter().enumerate() {
            if i == 0 {
                self.look("", picture).await;
            }
            b.choose(question, "2").await;
            b.press(if i == 3 { "Send my answers" } else { "Next" }).await;
        }
        self.look("Thank you", "").await;
    }

    /// How many special schools were reached is on the first screen, and leads to which.
    async fn read_coverage(&self) {
        let b = &self.browser;
        self.sign_in(COMMISSIONER).await;
        self.open("/coverage").await;
        self.look("Coverage in 2026/27", "coverage").await;
        b.see("1 of 11 special schools reached").await;
        b.press("Mr Shapeshifter").await;
        self.look("Coverage: Mr Shapeshifter", "coverage-programme").await;
        b.see("68").await;
        self.print("coverage").await;
        b.press("schools reached: see the list").await;
        b.see(SPECIAL).await;
        self.open("/results").await;
        b.press("Mr Shapeshifter").await;
        self.look("Feedback: Mr Shapeshifter", "results").await;
    }

    /// The school's year has the play as delivered, on the screen and on paper.
    async fn read_the_schools_year(&self) {
        self.sign_in(TEACHER).await;
        self.browser.press("See your whole year at a glance").await;
        self.look(PRIMARY, "school-year").await;
        self.browser.see("Delivered").await;
        self.print("school-year").await;
    }

    async fn travel(self, list: PathBuf) {
        self.import(&list).await;
        self.open_a_tour().await;
        self.add_people().await;
        let primary = self.book_as_the_primary().await;
        let special = self.book_for_the_special_school().await;
        self.it_is("2026-12-02T09:00:00Z");
        self.sign_in(ACTOR).await;
        self.look("What waits for you", "home-provider").await;
        let (pupils, staff) = self.count(&primary, "57").await;
        self.count(&special, "11").await;
        self.answer(&pupils, ["liked", "learned", "comfortable", "knows_help"], "question").await;
        self.answer(&staff, ["suited", "delivered", "builds_on", "again"], "").await;
        self.read_coverage().await;
        self.read_the_schools_year().await;
        self.browser.quit().await;
    }
}

async fn travel(database: Option<Throwaway>, javascript: bool, name: &'static str) {
    let (Some(list), Some(database)) = (school_list(), database) else { return };
    if let Some(journey) = Journey::begin(database, javascript, name).await {
        journey.travel(list).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_whole_loop_on_sqlite() {
    travel(Some(Throwaway::sqlite()), true, "sqlite").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_whole_loop_on_postgres() {
    travel(Throwaway::postgres().await, true, "postgres").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_whole_loop_without_javascript() {
    travel(Some(Throwaway::sqlite()), false, "plain").await;
}
