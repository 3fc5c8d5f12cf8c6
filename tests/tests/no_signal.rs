//! Run sheets on a phone that loses its signal: what was opened opens again, says that it is a copy, and is gone once
//! somebody signs out.

use domain::session::State;
use records::testing::{Town, date};
use tests::browser::{Browser, Manner};
use tests::{TestApp, databases};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

/// What lies between the phone and the server.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Signal {
    Good,
    /// Connections are made, and nothing comes.
    Weak,
    None,
}

/// A mast: the site at an address of its own, as long as there is a signal.
struct Mast {
    url: String,
    signal: watch::Sender<Signal>,
}

impl Mast {
    async fn before(app: &TestApp) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let (signal, heard) = watch::channel(Signal::Good);
        let behind = app.url.trim_start_matches("http://").to_owned();
        tokio::spawn(async move {
            while let Ok((phone, _)) = listener.accept().await {
                tokio::spawn(carry(phone, behind.clone(), heard.clone()));
            }
        });
        Self { url, signal }
    }

    fn is(&self, signal: Signal) {
        self.signal.send(signal).expect("somebody listens");
    }
}

/// Carries one connection until the signal changes.
async fn carry(mut phone: TcpStream, behind: String, mut signal: watch::Receiver<Signal>) {
    let now = *signal.borrow_and_update();
    match now {
        Signal::None => {}
        Signal::Weak => {
            let _ = signal.changed().await;
        }
        Signal::Good => {
            let mut server = TcpStream::connect(behind).await.expect("the server");
            tokio::select! {
                _ = tokio::io::copy_bidirectional(&mut phone, &mut server) => {}
                _ = signal.changed() => {}
            }
        }
    }
}

/// Waits until the page shows this: what is hidden does not count.
async fn see(browser: &Browser, text: &str) {
    for _ in 0..100 {
        if browser.text().await.contains(text) {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    panic!("“{text}” does not show:\n{}", browser.text().await);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_sheet_that_was_opened_opens_without_a_signal_until_somebody_signs_out() {
    if tests::site_folder().is_none() {
        return println!("skipped: no CALLBOARD_SITE");
    }
    for (_database, desk) in databases().await {
        let phone = Manner { javascript: true, size: (375, 760) };
        let Some(browser) = Browser::start(phone).await else { return };
        let town = Town::build(&desk).await;
        town.session(&desk, town.primary, date(2026, 11, 23), State::Confirmed).await;
        let app = TestApp::start(desk, false).await;
        let mast = Mast::before(&app).await;
        browser.open(&format!("{}/sign-in", mast.url)).await;
        browser.set_cookie(&mast.url, &app.cookie(&town.company()).await).await;
        let week = format!("{}/run-sheets/{}?days=7", mast.url, town.team);
        let today = format!("{}/run-sheets/{}?days=1", mast.url, town.team);

        // Opened once, as the first page of all, before anything on the phone could keep it.
        browser.open(&week).await;
        see(&browser, "Kept on this device").await;
        assert!(!browser.text().await.contains("No signal"), "{}", browser.text().await);
        assert_eq!(browser.violations().await, Vec::<String>::new());

        mast.is(Signal::None);
        for _ in 0..2 {
            browser.open(&week).await;
            for shown in ["No signal", "As it stood on", "Kelder Primary School", "Sam Reed", "01274 431000"] {
                see(&browser, shown).await;
            }
        }
        assert_eq!(browser.overflow().await, 0);
        assert_eq!(browser.violations().await, Vec::<String>::new());
        browser.picture("run-sheet-no-signal-375").await;
        let styled = browser.driver.execute("return document.styleSheets.length", Vec::new()).await.expect("an answer");
        assert!(styled.convert::<i64>().expect("a number") > 0, "its style is kept too");

        // What was never opened is not there; what is there is listed, and a press opens it.
        browser.open(&today).await;
        see(&browser, "This page is not on this device").await;
        assert!(!browser.text().await.contains("None. Run sheets stay here"), "{}", browser.text().await);
        assert_eq!(browser.violations().await, Vec::<String>::new());
        browser.picture("run-sheets-no-signal-375").await;
        browser.press("Run sheet of The cast").await;
        see(&browser, "Kelder Primary School").await;

        // A bar of signal that brings nothing is as good as none.
        mast.is(Signal::Weak);
        browser.open(&week).await;
        see(&browser, "No signal").await;

        // With a signal the page is the server's again.
        mast.is(Signal::Good);
        browser.open(&week).await;
        see(&browser, "Kept on this device").await;
        assert!(!browser.text().await.contains("No signal"));
        browser.press("Sign out").await;
        see(&browser, "You have signed out").await;
        mast.is(Signal::None);
        let gone = browser.driver.goto(&week).await;
        let source = browser.driver.source().await.expect("a page");
        assert!(gone.is_err() || !source.contains("Kelder"), "signing out left a copy: {source}");
        assert!(!source.contains("Sam Reed"), "signing out left a copy: {source}");

        // A sign-in that was ended elsewhere takes the copies along as soon as there is a signal.
        mast.is(Signal::Good);
        browser.set_cookie(&mast.url, &app.cookie(&town.company()).await).await;
        browser.open(&week).await;
        see(&browser, "Kept on this device").await;
        browser.forget_cookies().await;
        browser.open(&week).await;
        see(&browser, "Sign in").await;
        mast.is(Signal::None);
        browser.open(&week).await;
        see(&browser, "This page is not on this device").await;
        see(&browser, "None. Run sheets stay here").await;
        browser.quit().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn only_run_sheets_may_run_the_script_that_keeps_them() {
    for (_database, desk) in databases().await {
        let town = Town::build(&desk).await;
        let app = TestApp::start(desk, false).await;
        let company = app.signed_in(&town.company()).await;
        let policy = |reply: &tests::Reply| reply.headers["content-security-policy"].to_str().expect("text").to_owned();
        let sheet = policy(&company.get(&format!("/run-sheets/{}", town.team)).await);
        assert!(sheet.contains("script-src 'nonce-") && sheet.contains("worker-src 'self'"), "{sheet}");
        assert!(!sheet.contains("unsafe") && sheet.contains("connect-src 'none'"), "{sheet}");
        let home = policy(&company.get("/").await);
        assert!(home.contains("script-src 'none'") && !home.contains("worker-src"), "{home}");
        let worker = app.visitor().get("/run-sheets/worker.js").await;
        assert_eq!(policy(&worker), "default-src 'none'; connect-src 'self'");
        assert_eq!(worker.headers["service-worker-allowed"], "/run-sheets");
        // Nobody's name is on what every phone keeps.
        let nobody = app.visitor().get("/run-sheets/no-signal").await;
        assert_eq!(nobody.status, 200);
        let out = company.post("/sign-out", &[]).await;
        assert_eq!(out.headers["clear-site-data"], "\"storage\"");
    }
}
