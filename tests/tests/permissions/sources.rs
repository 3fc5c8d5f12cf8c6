//! The permission walk's other half: what the source says. No operation forgets to ask, no route has no guard.

use std::path::Path;

/// The text of every source file under a folder, with its path.
fn sources(folder: &Path, into: &mut Vec<(String, String)>) {
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            sources(&path, into);
        } else if path.extension().is_some_and(|e| e == "rs") {
            into.push((path.display().to_string(), std::fs::read_to_string(&path).expect("a source file")));
        }
    }
}

fn sources_of(part: &str) -> Vec<(String, String)> {
    let mut all = Vec::new();
    sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(part), &mut all);
    all
}

/// Each function that begins a line of `text` with `start`: its name, its signature, its body.
fn functions<'a>(text: &'a str, start: &'a str) -> impl Iterator<Item = (&'a str, &'a str, &'a str)> {
    text.split(start).skip(1).map(|function| {
        let end = function.find("\n}").unwrap_or(function.len());
        let (signature, body) = function[..end].split_once('{').unwrap_or((function, ""));
        (signature.split(['(', '<']).next().unwrap_or_default(), signature, body)
    })
}

/// The names of public operations of `text` that take an actor, though nothing in them asks the permission table:
/// neither they nor a function beside them that they begin with, nor one of `asking`, nor are they for the command line
/// alone.
fn unasked<'a>(text: &'a str, asking: &[String]) -> Vec<&'a str> {
    let asks = |body: &str| body.contains("authorise(") || asking.iter().any(|call| body.contains(call));
    let of = |start| functions(text, start).filter(|(_, _, body)| asks(body)).map(|(name, ..)| name);
    let mut beside: Vec<_> = of("\nfn ").map(|name| format!("{name}(")).collect();
    beside.extend(of("\npub async fn ").map(|name| format!(" {name}(desk, actor")));
    functions(text, "\npub async fn ")
        .filter(|(_, signature, _)| signature.contains("Actor"))
        .filter(|(_, _, body)| {
            let asked = asks(body) || beside.iter().any(|call| body.contains(call));
            !asked && !body.contains("actor.scope != Scope::Everything")
        })
        .map(|(name, ..)| name)
        .collect()
}

/// Calls that ask: what the kinds of import share of files that wait.
fn asking(sources: &[(String, String)]) -> Vec<String> {
    let shared = sources.iter().filter(|(path, _)| path.ends_with("records/src/uploads.rs"));
    let functions = shared.flat_map(|(_, text)| functions(text, "\npub(crate) async fn "));
    let asking = functions.filter(|(_, _, body)| body.contains("authorise("));
    asking.map(|(name, ..)| format!("uploads::{name}(desk, actor")).collect()
}

/// These need no permission: their own authority's name and colour stand on every page people see.
const NEED_NONE: [&str; 1] = ["authorities.rs: of_actor"];

#[test]
fn every_operation_asks_the_table() {
    let (mut open, sources) = (Vec::new(), sources_of("crates/records/src"));
    let asking = asking(&sources);
    assert!(!asking.is_empty(), "files that wait are not asked for there any more");
    for (path, text) in &sources {
        if !path.contains("/testing/") {
            open.extend(unasked(text, &asking).into_iter().map(|name| format!("{path}: {name}")));
        }
    }
    open.retain(|name| !NEED_NONE.iter().any(|known| name.ends_with(known)));
    assert!(open.is_empty(), "these take an actor and ask nobody:\n{}", open.join("\n"));
}

#[test]
fn an_operation_that_does_not_ask_is_noticed() {
    let asks =
        "\npub async fn see(desk: &Desk, actor: &Actor) -> Result<()> {\n    desk.authorise(actor, O::See)?;\n}\n";
    let does_not = "\npub async fn peek(desk: &Desk, actor: &Actor) -> Result<()> {\n    Ok(())\n}\n";
    let shares = "\npub async fn list(desk: &Desk, actor: &Actor) -> Result<()> {\n    uploads::list(desk, actor, KIND).await\n}\n";
    let text = format!("{asks}{does_not}{shares}");
    assert_eq!(unasked(&text, &["uploads::list(desk, actor".to_owned()]), ["peek"]);
    assert_eq!(unasked(&text, &[]), ["peek", "list"]);
}

/// A route outside the table would have no guard: only the table, and the server's own probes and files, make routes.
#[test]
fn every_route_is_in_the_table() {
    for (path, text) in sources_of("app/src").into_iter().chain(sources_of("server/src")) {
        if path.ends_with("web/routes.rs") {
            continue;
        }
        for made in text.split(".route(").skip(1) {
            let to = made.trim_start();
            assert!(
                to.starts_with("\"/healthz\"") || to.starts_with("\"/readyz\""),
                "{path} makes a route outside the table: {}",
                to.lines().next().unwrap_or_default()
            );
        }
    }
}
