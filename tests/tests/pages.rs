//! Every page of the demo district, in Chromium, for everyone: reached by its links, checked by axe-core on a phone and
//! on a desk, not wider than a window of 320 pixels, fetching nothing that it does not need.
//!
//! A new page is covered as soon as a page links to it. Pictures of all are kept in `target/screenshots`.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::{Arc, Mutex};
use std::time::Instant;

use app::{Assets, RouteLine, Site, Who};
use domain::access::{Actor, Role, permitted};
use records::grants::{self, Grant};
use records::testing::Throwaway;
use records::{demo, sign_ins};
use tests::browser::{Browser, Manner};
use tests::{Client, TestApp};

/// Pages looked at for one person, at most.
const MOST_PAGES: usize = 150;

/// Where a page is said to be linked from when no page did.
const TABLE: &str = "the route table";

/// One page to look at.
struct Stop {
    /// Its path in the route table.
    route: &'static str,
    /// Its name among the pictures.
    kind: String,
    path: String,
}

/// The site's own paths that a page links to, without fragments.
fn links(html: &str) -> BTreeSet<String> {
    html.split("href=\"")
        .skip(1)
        .filter_map(|rest| rest.split('"').next())
        .map(|link| link.split('#').next().unwrap_or_default().replace("&amp;", "&"))
        .filter(|link| link.starts_with('/') && !link.starts_with("/assets/"))
        .collect()
}

/// The line of the table that answers a path: one without parameters before one with.
fn route_of<'a>(table: &'a [RouteLine], path: &str) -> Option<&'a RouteLine> {
    let path: Vec<_> = path.split('?').next().unwrap_or_default().split('/').collect();
    let matches = |line: &&RouteLine| {
        let parts: Vec<_> = line.path.split('/').collect();
        line.method == "GET"
            && parts.len() == path.len()
            && parts.iter().zip(&path).all(|(part, given)| part.starts_with('{') || part == given)
    };
    table.iter().filter(matches).min_by_key(|line| line.path.matches('{').count())
}

/// What counts as one page: a route with the names of what is asked of it, whatever is asked.
fn kind(line: &RouteLine, path: &str) -> String {
    let query = path.split_once('?').map_or("", |(_, query)| query);
    let asked = query.split('&').filter(|pair| !pair.ends_with('='));
    let names: BTreeSet<_> =
        asked.filter_map(|pair| pair.split('=').next()).filter(|name| !matches!(*name, "" | "then")).collect();
    names.into_iter().fold(line.path.to_owned(), |kind, name| format!("{kind}-{name}"))
}

/// Follows links over HTTP from every page without parameters that the person may see, each route once.
async fn walk(client: &Client, table: &[RouteLine], role: Option<Role>, broken: &mut Vec<String>) -> Vec<Stop> {
    let may = |line: &RouteLine| match line.who {
        Who::Anyone => true,
        Who::SignedIn => role.is_some(),
        Who::May(operation) => role.is_some_and(|role| permitted(role, operation)),
    };
    let first = table.iter().filter(|line| line.method == "GET" && !line.path.contains('{') && may(line));
    let mut queue: VecDeque<(String, String)> = first.map(|line| (line.path.into(), TABLE.into())).collect();
    let (mut seen, mut stops) = (BTreeSet::new(), Vec::new());
    let who = role.map_or("nobody", Role::as_str);
    while let Some((path, from)) = queue.pop_front() {
        let Some(line) = route_of(table, &path) else {
            if seen.insert(path.clone()) {
                broken.push(format!("{who}: {from} links to {path}, which does not exist"));
            }
            continue;
        };
        if stops.len() >= MOST_PAGES || !seen.insert(kind(line, &path)) {
            continue;
        }
        let reply = client.get(&path).await;
        match reply.status {
            200 => {}
            303 => {
                let to = reply.location.unwrap_or_default();
                queue.push_back((to, path));
                continue;
            }
            // A page that is not for this person, or not now: a rule keeps it, and no page led here.
            403 | 404 if from == TABLE => continue,
            status => {
                broken.push(format!("{who}: {from} links to {path}, which answers {status}"));
                continue;
            }
        }
        let html = reply.headers.get("content-type").is_some_and(|t| t.as_bytes().starts_with(b"text/html"));
        if html {
            queue.extend(links(&reply.body).into_iter().map(|link| (link, path.clone())));
            stops.push(Stop { route: line.path, kind: kind(line, &path), path });
        }
    }
    stops
}

/// Looks at a page in each size; what is wrong with it, a line each.
async fn look(browser: &Browser, app: &TestApp, who: &str, stop: &Stop) -> Vec<String> {
    let mut wrong = Vec::new();
    let name = format!("{who}{}", stop.kind.replace(['/', '{', '}'], "_"));
    browser.open(&format!("{}{}", app.url, stop.path)).await;
    for width in [1280, 375] {
        browser.resize(width, 800).await;
        wrong.extend(browser.violations().await.into_iter().map(|v| format!("at {width}: {v}")));
        browser.picture(&format!("{name}-{width}")).await;
    }
    browser.resize(320, 640).await;
    let wider = browser.overflow().await;
    if wider > 0 {
        let what = browser.beyond().await.join(", ");
        wrong.push(format!("wider than 320 pixels by {wider}: {what}"));
    }
    let source = browser.driver.source().await.expect("the page");
    if source.matches("<h1").count() != 1 {
        wrong.push(format!("{} main headings", source.matches("<h1").count()));
    }
    for address in browser.fetched().await {
        if !address.starts_with(&app.url) {
            wrong.push(format!("fetches {address} from elsewhere"));
        }
        if address.ends_with(".wasm") && !source.contains("<leptos-island") {
            wrong.push(format!("has no island, but fetches {address}"));
        }
    }
    wrong.into_iter().map(|what| format!("{who}, {}: {what}", stop.path)).collect()
}

/// One person for each role.
fn one_of_each(grants: Vec<Grant>) -> BTreeMap<&'static str, Grant> {
    let mut people = BTreeMap::new();
    for grant in grants {
        people.entry(grant.role.as_str()).or_insert(grant);
    }
    people
}

/// What one window found.
#[derive(Default)]
struct Found {
    wrong: Vec<String>,
    /// Paths of the route table.
    seen: BTreeSet<&'static str>,
    looked_at: usize,
}

/// Looks at every page of each person who still waits.
async fn look_for_each(
    browser: &Browser,
    app: &TestApp,
    table: &[RouteLine],
    people: &Mutex<VecDeque<Option<Grant>>>,
) -> Found {
    let mut found = Found::default();
    loop {
        let Some(grant) = people.lock().expect("the queue").pop_front() else { return found };
        browser.forget_cookies().await;
        let (role, client) = match &grant {
            None => (None, app.visitor()),
            Some(grant) => {
                let token = sign_ins::begin_as(&app.desk, &Actor::SYSTEM, grant.id, "test").await.expect("a sign-in");
                let cookie = format!("callboard={token}");
                browser.set_cookie(&app.url, &cookie).await;
                (Some(grant.role), app.with_cookie(&cookie))
            }
        };
        let who = role.map_or("nobody", Role::as_str);
        let mut stops = walk(&client, table, role, &mut found.wrong).await;
        stops.push(Stop { route: "", kind: "/not-found".into(), path: "/no-such-page".into() });
        let (pages, began) = (stops.len(), Instant::now());
        for stop in stops {
            found.wrong.extend(look(browser, app, who, &stop).await);
            found.looked_at += 1;
            found.seen.insert(stop.route);
        }
        println!("{who}: {pages} pages in {} s", began.elapsed().as_secs());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_page_is_in_order_for_everyone() {
    let Some(browser) = Browser::start(Manner::DESKTOP).await else { return };
    let Some(second) = Browser::start(Manner::DESKTOP).await else { return };
    let began = Instant::now();
    let database = Throwaway::sqlite();
    let desk = database.desk().await;
    demo::fill(&desk, &Actor::SYSTEM).await.expect("the demo district");
    let app = TestApp::start(desk.clone(), true).await;
    let site = Site { desk: desk.clone(), assets: Arc::new(Assets::default()), public_url: "".into(), demo: true };
    let (_, table) = app::router(site);
    let people = one_of_each(grants::for_demonstration(&desk, None).await.expect("people"));
    assert_eq!(people.len(), 6, "somebody for each role: {:?}", people.keys());

    // Two windows at once, which is what two cores can do; each takes the next person who waits.
    let people = Mutex::new(std::iter::once(None).chain(people.into_values().map(Some)).collect::<VecDeque<_>>());
    let (one, two) = tokio::join!(
        look_for_each(&browser, &app, &table, &people), //
        look_for_each(&second, &app, &table, &people)
    );
    browser.quit().await;
    second.quit().await;
    let wrong = [one.wrong, two.wrong].concat();
    let seen: BTreeSet<_> = one.seen.union(&two.seen).copied().collect();
    let looked_at = one.looked_at + two.looked_at;
    let unseen: Vec<_> = table.iter().filter(|l| l.method == "GET" && !seen.contains(l.path)).map(|l| l.path).collect();
    println!(
        "{looked_at} pages looked at in {} s; no link of the demo led to a page of: {}",
        began.elapsed().as_secs(),
        unseen.join(" ")
    );
    assert!(wrong.is_empty(), "{} things are wrong:\n{}", wrong.len(), wrong.join("\n"));
}
