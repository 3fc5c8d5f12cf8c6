//! What people do with Callboard, over HTTP: the site in this process on a port of its own, and clients with cookies.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

use app::{Assets, Site};
use domain::access::Actor;
use records::Desk;
use records::sign_ins;
use records::testing::Throwaway;
use reqwest::header::{LOCATION, SET_COOKIE};
use reqwest::redirect::Policy;

pub mod browser;
pub mod process;

/// Callboard serving one database.
pub struct TestApp {
    /// Where it answers: `http://127.0.0.1:PORT`.
    pub url: String,
    /// The desk behind it.
    pub desk: Desk,
    server: tokio::task::JoinHandle<()>,
}

impl Drop for TestApp {
    fn drop(&mut self) {
        self.server.abort();
    }
}

impl TestApp {
    /// Serves the desk's database, as a demonstration (with its one-press sign-in) or not.
    ///
    /// # Panics
    /// When no port can be had.
    pub async fn start(desk: Desk, demo: bool) -> Self {
        let assets = site_folder().map(|folder| Assets::at(&folder).expect("a built site")).unwrap_or_default();
        let listener = tokio::net::TcpListener::bind(SocketAddr::from(([127, 0, 0, 1], 0))).await.expect("a port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let site = Site { desk: desk.clone(), assets: Arc::new(assets), public_url: url.as_str().into(), demo };
        let router = callboard::http::router(site);
        let server = tokio::spawn(async move {
            callboard::http::serve(listener, router).await.expect("the server");
        });
        Self { url, desk, server }
    }

    /// A client signed out, which follows no redirect.
    #[must_use]
    pub fn visitor(&self) -> Client {
        self.with_cookies(reqwest::cookie::Jar::default())
    }

    /// A client signed in as `actor`, one of the town's people.
    ///
    /// # Panics
    /// When the actor has no grant.
    pub async fn signed_in(&self, actor: &Actor) -> Client {
        self.with_cookie(&self.cookie(actor).await)
    }

    /// A client with one cookie, `name=value`.
    ///
    /// # Panics
    /// Never: the address is one.
    #[must_use]
    pub fn with_cookie(&self, cookie: &str) -> Client {
        let jar = reqwest::cookie::Jar::default();
        jar.add_cookie_str(cookie, &self.url.parse().expect("an address"));
        self.with_cookies(jar)
    }

    /// The cookie of a sign-in as `actor`: `name=token`.
    ///
    /// # Panics
    /// When the actor has no grant.
    pub async fn cookie(&self, actor: &Actor) -> String {
        let grant = actor.grant.expect("a grant");
        let token = sign_ins::begin_as(&self.desk, &Actor::SYSTEM, grant, "test").await.expect("a sign-in");
        format!("callboard={token}")
    }

    fn with_cookies(&self, jar: reqwest::cookie::Jar) -> Client {
        let http = reqwest::Client::builder()
            .redirect(Policy::none())
            .cookie_provider(Arc::new(jar))
            // A refused upload ends its connection, perhaps while the next request already takes it up.
            .pool_max_idle_per_host(0)
            .build()
            .expect("a client");
        Client { http, url: self.url.clone() }
    }
}

/// The built site, where the tests were given one: pages then load their style and islands.
#[must_use]
pub fn site_folder() -> Option<PathBuf> {
    std::env::var_os("CALLBOARD_SITE").map(PathBuf::from).filter(|f| f.join("assets.json").is_file())
}

/// A browser without JavaScript: keeps cookies, follows no redirect by itself.
#[derive(Clone)]
pub struct Client {
    http: reqwest::Client,
    url: String,
}

/// What came back.
#[derive(Debug)]
pub struct Reply {
    /// The status.
    pub status: u16,
    /// Where a redirect leads.
    pub location: Option<String>,
    /// The headers.
    pub headers: reqwest::header::HeaderMap,
    /// The body.
    pub body: String,
}

impl Reply {
    async fn of(response: reqwest::Response) -> Self {
        let status = response.status().as_u16();
        let headers = response.headers().clone();
        let location = headers.get(LOCATION).and_then(|l| l.to_str().ok()).map(str::to_owned);
        let body = response.text().await.expect("a body");
        Self { status, location, headers, body }
    }

    /// The cookies it sets.
    #[must_use]
    pub fn cookies(&self) -> Vec<&str> {
        self.headers.get_all(SET_COOKIE).iter().filter_map(|c| c.to_str().ok()).collect()
    }

    /// The value of the page's input of this name.
    #[must_use]
    pub fn input(&self, name: &str) -> Option<String> {
        let tag = self.body.split('<').find(|t| t.starts_with("input") && t.contains(&format!("name=\"{name}\"")))?;
        let value = tag.split("value=\"").nth(1)?;
        Some(value.split('"').next()?.replace("&amp;", "&").replace("&quot;", "\""))
    }

    /// The page's first form that goes to `path`, alone.
    ///
    /// # Panics
    /// When there is none.
    #[must_use]
    pub fn form_to(&self, path: &str) -> Self {
        let from = self.body.find(&format!("action=\"{path}\"")).unwrap_or_else(|| panic!("no form to {path}"));
        let start = self.body[..from].rfind("<form").unwrap_or_default();
        let end = self.body[from..].find("</form>").map_or(self.body.len(), |at| from + at + 7);
        Self {
            status: self.status,
            location: None,
            headers: self.headers.clone(),
            body: self.body[start..end].to_owned(),
        }
    }

    /// What a browser would send of the page's last form, had nothing been typed into it.
    #[must_use]
    pub fn fields(&self) -> Vec<(String, String)> {
        let plain =
            |text: &str| text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&amp;", "&");
        let form = self.body.rsplit("<form").next().unwrap_or_default().split("</form>").next().unwrap_or_default();
        let (mut fields, mut select) = (Vec::new(), None);
        for tag in form.split('<') {
            let (open, text) = tag.split_once('>').unwrap_or((tag, ""));
            let value = |name: &str| {
                open.split_once(&format!(" {name}=\"")).and_then(|(_, rest)| rest.split('"').next()).map(plain)
            };
            let sent = match open.split(' ').next() {
                Some("input") if matches!(value("type").as_deref(), Some("radio" | "checkbox")) => {
                    open.contains(" checked").then(|| (value("name"), value("value")))
                }
                Some("input") => Some((value("name"), value("value"))),
                Some("textarea") => Some((value("name"), Some(plain(text)))),
                Some("select") => {
                    select = value("name");
                    None
                }
                Some("option") if open.contains(" selected") => Some((select.clone(), value("value"))),
                _ => None,
            };
            if let Some((Some(name), value)) = sent {
                fields.push((name, value.unwrap_or_default()));
            }
        }
        fields
    }
}

impl Client {
    /// A client of the site at `url` with one cookie, `name=value`.
    ///
    /// # Panics
    /// Never: the address is one.
    #[must_use]
    pub fn at(url: &str, cookie: &str) -> Self {
        let jar = reqwest::cookie::Jar::default();
        jar.add_cookie_str(cookie, &url.parse().expect("an address"));
        let builder = reqwest::Client::builder().redirect(Policy::none()).cookie_provider(Arc::new(jar));
        Self { http: builder.build().expect("a client"), url: url.to_owned() }
    }

    /// Asks for a page.
    ///
    /// # Panics
    /// When the server does not answer.
    pub async fn get(&self, path: &str) -> Reply {
        Reply::of(self.http.get(format!("{}{path}", self.url)).send().await.expect("an answer")).await
    }

    /// Asks for a file: its status, its name as the headers state it, its content.
    ///
    /// # Panics
    /// When the server does not answer.
    pub async fn download(&self, path: &str) -> (u16, String, Vec<u8>) {
        let reply = self.http.get(format!("{}{path}", self.url)).send().await.expect("an answer");
        let name =
            reply.headers().get("content-disposition").and_then(|n| n.to_str().ok()).unwrap_or_default().to_owned();
        (reply.status().as_u16(), name, reply.bytes().await.expect("a body").to_vec())
    }

    /// Sends a form.
    ///
    /// # Panics
    /// When the server does not answer.
    pub async fn post(&self, path: &str, fields: &[(&str, &str)]) -> Reply {
        Reply::of(self.http.post(format!("{}{path}", self.url)).form(fields).send().await.expect("an answer")).await
    }

    /// Sends a form with a file.
    ///
    /// # Panics
    /// When the server does not answer.
    pub async fn upload(&self, path: &str, fields: &[(&str, &str)], field: &str, name: &str, body: Vec<u8>) -> Reply {
        self.upload_all(path, fields, vec![(field, name, body)]).await
    }

    /// As [`Self::upload`], of several files: field, name, content.
    ///
    /// # Panics
    /// When nothing answers.
    pub async fn upload_all(&self, path: &str, fields: &[(&str, &str)], files: Vec<(&str, &str, Vec<u8>)>) -> Reply {
        let mut form = reqwest::multipart::Form::new();
        for (key, value) in fields {
            form = form.text((*key).to_owned(), (*value).to_owned());
        }
        for (field, name, body) in files {
            form = form.part(field.to_owned(), reqwest::multipart::Part::bytes(body).file_name(name.to_owned()));
        }
        Reply::of(self.http.post(format!("{}{path}", self.url)).multipart(form).send().await.expect("an answer")).await
    }

    /// Follows redirects from `path` and answers the page they end at.
    ///
    /// # Panics
    /// When they do not end.
    pub async fn follow(&self, path: &str) -> Reply {
        let mut path = path.to_owned();
        for _ in 0..10 {
            let reply = self.get(&path).await;
            match reply.location {
                Some(next) if reply.status == 303 => path = next,
                _ => return reply,
            }
        }
        panic!("{path} redirects without end");
    }
}

/// A desk on each database there is to test on, with what keeps it alive.
pub async fn databases() -> Vec<(Throwaway, Desk)> {
    let mut all = Vec::new();
    for database in [Some(Throwaway::sqlite()), Throwaway::postgres().await].into_iter().flatten() {
        let desk = database.desk().await;
        all.push((database, desk));
    }
    all
}

/// Sends a page's last form with some of its fields as a person fills them in.
pub async fn send(client: &Client, page: &Reply, path: &str, fill: &[(&str, &str)]) -> Reply {
    let mut fields: Vec<(String, String)> =
        page.fields().into_iter().filter(|(field, _)| !fill.iter().any(|(f, _)| f == field)).collect();
    fields.extend(fill.iter().map(|(field, value)| ((*field).to_owned(), (*value).to_owned())));
    let fields: Vec<(&str, &str)> = fields.iter().map(|(f, v)| (f.as_str(), v.as_str())).collect();
    client.post(path, &fields).await
}

/// Where an answer leads that did what was asked.
///
/// # Panics
/// When it did not.
#[allow(clippy::must_use_candidate, reason = "that it did is what is asked")]
pub fn good(reply: &Reply) -> String {
    assert_eq!(reply.status, 303, "{}", reply.body);
    reply.location.clone().expect("where to")
}
