//! A real browser: headless Chromium through ChromeDriver, with JavaScript on or off, and axe-core in it.

use std::process::{Child, Command, Stdio};
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use thirtyfour::prelude::*;
pub use thirtyfour::{By, Key, TypingData};

/// ChromeDriver and one browser window; both end with this.
pub struct Browser {
    /// The window.
    pub driver: WebDriver,
    process: Child,
    profile: tempfile::TempDir,
}

/// How the browser is to be.
#[derive(Debug, Clone, Copy)]
pub struct Manner {
    /// Whether pages may run scripts.
    pub javascript: bool,
    /// The window's width and height in CSS pixels.
    pub size: (u32, u32),
}

impl Manner {
    /// A desktop window with JavaScript.
    pub const DESKTOP: Self = Self { javascript: true, size: (1280, 900) };
    /// A phone without JavaScript.
    pub const PLAIN_PHONE: Self = Self { javascript: false, size: (375, 760) };
}

impl Browser {
    /// Starts a browser; none, with a word, where `CALLBOARD_TEST_CHROMEDRIVER` names no ChromeDriver.
    ///
    /// # Panics
    /// When ChromeDriver is named but does not start.
    pub async fn start(manner: Manner) -> Option<Self> {
        let Some(program) = std::env::var_os("CALLBOARD_TEST_CHROMEDRIVER") else {
            println!("skipped: no CALLBOARD_TEST_CHROMEDRIVER");
            return None;
        };
        let port = std::net::TcpListener::bind("127.0.0.1:0").and_then(|l| l.local_addr()).expect("a port").port();
        let process = Command::new(program)
            .arg(format!("--port={port}"))
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("ChromeDriver");
        let profile = tempfile::tempdir().expect("a folder");
        let mut capabilities = DesiredCapabilities::chrome();
        for argument in [
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-quic",
            "--disable-dev-shm-usage",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--hide-scrollbars",
            &format!("--user-data-dir={}", profile.path().display()),
            &format!("--window-size={},{}", manner.size.0, manner.size.1),
        ] {
            capabilities.add_arg(argument).expect("an argument");
        }
        if !manner.javascript {
            let off = serde_json::json!({ "profile.managed_default_content_settings.javascript": 2 });
            capabilities.add_experimental_option("prefs", off).expect("a preference");
        }
        let address = format!("http://127.0.0.1:{port}");
        let mut driver = Err("not tried".to_owned());
        for _ in 0..50 {
            driver = WebDriver::new(&address, capabilities.clone()).await.map_err(|e| e.to_string());
            if driver.is_ok() {
                break;
            }
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
        let driver = driver.expect("a browser");
        driver.set_implicit_wait_timeout(Duration::from_secs(5)).await.expect("a time-out");
        // axe-core takes its time on a long page where two cores have other work.
        driver.set_script_timeout(Duration::from_secs(120)).await.expect("a time-out");
        Some(Self { driver, process, profile })
    }

    /// Goes to a page.
    ///
    /// # Panics
    /// When the browser cannot.
    pub async fn open(&self, url: &str) {
        self.driver.goto(url).await.expect("a page");
    }

    /// The page's main heading.
    ///
    /// # Panics
    /// When there is none.
    pub async fn heading(&self) -> String {
        self.text_of("h1").await
    }

    /// The text of the page's content.
    ///
    /// # Panics
    /// When there is none.
    pub async fn text(&self) -> String {
        self.text_of("main").await
    }

    /// Waits until the page's content says this.
    ///
    /// # Panics
    /// When it does not within some seconds.
    pub async fn see(&self, text: &str) {
        let path = format!("//main[contains(normalize-space(.), \"{text}\")]");
        if self.driver.find(By::XPath(path)).await.is_err() {
            let url = self.driver.current_url().await.expect("an address");
            panic!("“{text}” is not on {url}:\n{}", self.text().await);
        }
    }

    /// The text of what a selector finds, looked for again when the page was just being replaced by the next.
    async fn text_of(&self, selector: &str) -> String {
        let mut text = Err("not tried".to_owned());
        for _ in 0..20 {
            text = match self.driver.find(By::Css(selector)).await {
                Ok(element) => element.text().await.map_err(|e| e.to_string()),
                Err(error) => Err(error.to_string()),
            };
            if text.is_ok() {
                break;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        text.unwrap_or_else(|e| panic!("no {selector}: {e}"))
    }

    /// Types into the field of this name or id, in place of what stood there.
    ///
    /// # Panics
    /// When there is no such field.
    pub async fn fill(&self, name: &str, text: &str) {
        self.fill_by(&format!("[name='{name}']"), text).await;
    }

    /// Fills a date's three boxes.
    pub async fn fill_date(&self, name: &str, date: chrono::NaiveDate) {
        use chrono::Datelike;
        self.fill(&format!("{name}-day"), &date.day().to_string()).await;
        self.fill(&format!("{name}-month"), &date.month().to_string()).await;
        self.fill(&format!("{name}-year"), &date.year().to_string()).await;
    }

    /// Chooses a radio or checkbox by its field's name and value, by pressing its label as people do, or itself where it
    /// lies over its label.
    ///
    /// # Panics
    /// When there is no such choice.
    pub async fn choose(&self, name: &str, value: &str) {
        let input = By::Css(format!("input[name='{name}'][value='{value}']"));
        let input = self.driver.find(input).await.unwrap_or_else(|_| panic!("a choice {name}={value}"));
        if !input.is_selected().await.expect("its state") {
            let id = input.attr("id").await.expect("an id").expect("an id");
            let label = self.driver.find(By::Css(format!("label[for='{id}']"))).await.expect("its label");
            if label.click().await.is_err() {
                input.click().await.expect("a press");
            }
        }
    }

    /// Types into the first field that a selector finds, in place of what stood there.
    ///
    /// # Panics
    /// When there is no such field.
    pub async fn fill_by(&self, selector: &str, text: &str) {
        let field = self.driver.find(By::Css(selector)).await.unwrap_or_else(|_| panic!("a field {selector}"));
        field.clear().await.expect("cleared");
        field.send_keys(text).await.expect("typed");
    }

    /// Chooses a radio or checkbox by its label's text.
    ///
    /// # Panics
    /// When there is no such choice.
    pub async fn choose_labelled(&self, name: &str, label: &str) {
        let path = format!("//label[@for=//input[@name='{name}']/@id][contains(normalize-space(.), \"{label}\")]");
        let found = self.driver.find(By::XPath(path)).await.unwrap_or_else(|_| panic!("{label} in {name}"));
        found.click().await.expect("a press");
    }

    /// Chooses from a drop-down list by the option's text.
    ///
    /// # Panics
    /// When there is no such option.
    pub async fn select(&self, name: &str, text: &str) {
        let list = self
            .driver
            .find(By::Css(format!("select[name='{name}']")))
            .await
            .unwrap_or_else(|_| panic!("a list {name}"));
        let option = list.find(By::XPath(format!(".//option[contains(normalize-space(.), \"{text}\")]"))).await;
        option.unwrap_or_else(|_| panic!("{text} in {name}")).click().await.expect("a press");
    }

    /// Presses the button or link with this text: in the content before elsewhere, the whole text before a part of it; and
    /// waits until the page it stood on is gone, if it leads to another. Otherwise what is done next could overtake the
    /// form that was just sent.
    ///
    /// # Panics
    /// When there is none.
    pub async fn press(&self, text: &str) {
        let link = "(self::a or self::button)";
        let exact = format!("{link} and normalize-space(.) = \"{text}\"");
        let part = format!("{link} and contains(normalize-space(.), \"{text}\")");
        let path = format!(
            "(//main//*[{exact}] | //main//*[{part}][not(//main//*[{exact}])] | //*[{part}][not(//main//*[{part}])])[1]"
        );
        match self.driver.find(By::XPath(path)).await {
            Ok(element) => {
                let page = self.driver.find(By::Tag("html")).await.expect("a page");
                let leads = leads_elsewhere(&element).await;
                element.scroll_into_view().await.expect("in view");
                element.click().await.unwrap_or_else(|e| panic!("“{text}” cannot be pressed: {e}"));
                for _ in 0..if leads { 100 } else { 0 } {
                    if page.tag_name().await.is_err() {
                        break;
                    }
                    tokio::time::sleep(Duration::from_millis(50)).await;
                }
            }
            Err(_) => panic!(
                "nothing says “{text}” on {}:\n{}",
                self.driver.current_url().await.expect("an address"),
                self.text().await
            ),
        }
    }

    /// Puts a file's path into a file field.
    ///
    /// # Panics
    /// When there is no such field.
    pub async fn attach(&self, name: &str, path: &std::path::Path) {
        let field = self.driver.find(By::Css(format!("input[type=file][name='{name}']"))).await.expect("a file field");
        field.send_keys(path.display().to_string()).await.expect("a path");
    }

    /// Runs axe-core on the page and answers its violations of WCAG 2.2 A and AA, and what lies outside every landmark, a
    /// line each: empty when there are none.
    /// Where pages may not run scripts, ChromeDriver still may.
    ///
    /// # Panics
    /// When axe-core (`CALLBOARD_TEST_AXE`) cannot be read or run.
    pub async fn violations(&self) -> Vec<String> {
        let there = self.driver.execute("return 'axe' in window", Vec::new()).await.expect("an answer");
        if !there.convert::<bool>().expect("yes or no") {
            let axe = std::env::var("CALLBOARD_TEST_AXE").expect("CALLBOARD_TEST_AXE names axe.min.js");
            let axe = std::fs::read_to_string(axe).expect("axe.min.js");
            self.driver.execute(axe, Vec::new()).await.expect("axe-core");
        }
        let script = "const done = arguments[0];
            const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];
            axe.run(document, { resultTypes: ['violations'], runOnly: { type: 'tag', values: tags }, rules: { region: { enabled: true } } })
               .then(r => done(r.violations.flatMap(v => v.nodes.map(n => v.id + ': ' + n.target.join(' ') + ' — ' + n.failureSummary))))
               .catch(e => done(['axe: ' + e]));";
        let found = self.driver.execute_async(script, Vec::new()).await.expect("axe-core’s answer");
        found.convert::<Vec<String>>().expect("a list")
    }

    /// Shows the page as it is printed on A4, or on the screen again.
    ///
    /// # Panics
    /// When the browser cannot.
    pub async fn print_media(&self, on: bool) {
        let media = if on { "print" } else { "" };
        self.devtools("Emulation.setEmulatedMedia", serde_json::json!({ "media": media })).await;
        if on {
            self.resize(718, 1000).await; // 19 cm, at 96 pixels an inch
        }
    }

    /// Whether what a selector finds first is shown.
    ///
    /// # Panics
    /// When it finds nothing.
    pub async fn shows(&self, selector: &str) -> bool {
        let found = self.driver.find(By::Css(selector)).await.unwrap_or_else(|_| panic!("nothing is {selector}"));
        found.is_displayed().await.expect("an answer")
    }

    /// Gives the window another size in CSS pixels, narrower than any window manager would.
    ///
    /// # Panics
    /// When the browser cannot.
    pub async fn resize(&self, width: u32, height: u32) {
        let metrics = serde_json::json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": false });
        self.devtools("Emulation.setDeviceMetricsOverride", metrics).await;
    }

    /// Has the browser send this cookie (`name=value`) to the site at `url`.
    ///
    /// # Panics
    /// When the browser cannot.
    pub async fn set_cookie(&self, url: &str, cookie: &str) {
        let (name, value) = cookie.split_once('=').expect("name=value");
        let cookie = serde_json::json!({ "name": name, "value": value, "url": url });
        self.devtools("Network.setCookie", cookie).await;
    }

    /// Forgets every cookie.
    ///
    /// # Panics
    /// When the browser cannot.
    pub async fn forget_cookies(&self) {
        self.devtools("Network.clearBrowserCookies", serde_json::json!({})).await;
    }

    async fn devtools(&self, command: &str, what: serde_json::Value) -> serde_json::Value {
        self.driver.cdp().send_raw(command, what).await.unwrap_or_else(|e| panic!("{command}: {e}"))
    }

    /// What the page has fetched besides itself: the addresses.
    ///
    /// # Panics
    /// When the browser cannot say.
    pub async fn fetched(&self) -> Vec<String> {
        let script = "return performance.getEntriesByType('resource').map(r => r.name)";
        self.driver.execute(script, Vec::new()).await.expect("an answer").convert().expect("a list")
    }

    /// By how many CSS pixels the page is wider than the window.
    ///
    /// # Panics
    /// When the browser cannot say.
    pub async fn overflow(&self) -> i64 {
        let script = "return document.documentElement.scrollWidth - window.innerWidth";
        self.driver.execute(script, Vec::new()).await.expect("an answer").convert().expect("a number")
    }

    /// What reaches beyond the window's right edge: a line each, for those who have to mend it.
    ///
    /// # Panics
    /// When the browser cannot say.
    pub async fn beyond(&self) -> Vec<String> {
        let script = "return [...document.querySelectorAll('body *')]
            .filter(e => e.getBoundingClientRect().left + e.scrollWidth > window.innerWidth + 1)
            .map(e => e.tagName + '.' + (e.getAttribute('class') || '') + ' ' + Math.round(e.getBoundingClientRect().left) + '+' + e.scrollWidth + ' ' + e.textContent.slice(0, 40))
            .slice(0, 12)";
        self.driver.execute(script, Vec::new()).await.expect("an answer").convert().expect("a list")
    }

    /// Keeps a picture of the whole page (its first 4,000 pixels) as `target/screenshots/NAME.png`, to be looked at.
    ///
    /// # Panics
    /// When it cannot be written.
    pub async fn picture(&self, name: &str) {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/screenshots");
        std::fs::create_dir_all(&folder).expect("a folder");
        let size = "return [window.innerWidth, Math.min(document.documentElement.scrollHeight, 4000)]";
        let size = self.driver.execute(size, Vec::new()).await.expect("an answer");
        let (width, height): (u32, u32) = size.convert().expect("a size");
        let whole = serde_json::json!({
            "format": "png", "captureBeyondViewport": true,
            "clip": { "x": 0, "y": 0, "width": width, "height": height, "scale": 1 },
        });
        let picture = self.devtools("Page.captureScreenshot", whole).await;
        let bytes = BASE64.decode(picture["data"].as_str().expect("a picture")).expect("base64");
        std::fs::write(folder.join(format!("{name}.png")), bytes).expect("a written picture");
    }

    /// Ends the browser.
    ///
    /// # Panics
    /// Never.
    pub async fn quit(mut self) {
        drop(self.driver.clone().quit().await);
        drop(self.process.kill());
        drop(self.process.wait());
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        drop(self.process.kill());
        drop(self.process.wait());
        // A test that failed has not asked the browser to end: it would outlive its driver. Its profile names it.
        let named = format!("--user-data-dir={}", self.profile.path().display());
        drop(Command::new("pkill").args(["-KILL", "-f", "--"]).arg(named).status());
    }
}

/// Whether pressing it leads to another page: a link to one, or a button that sends its form.
async fn leads_elsewhere(element: &WebElement) -> bool {
    match element.attr("href").await.expect("an attribute") {
        Some(href) => !href.starts_with('#'),
        None => element.prop("type").await.expect("a property").as_deref() == Some("submit"),
    }
}
