//! What `callboard import schools` and `import links` say of what they did, for people and for scripts.

use records::imports::{ChangeKind, Item, Report, Sent};
use records::taking_back;
use serde_json::json;

use super::counted;
use super::import::{LINES, same_json};

pub(super) fn as_json(report: &Report, with_links: bool, same: Option<&taking_back::Import>) -> serde_json::Value {
    let mut json = json!({
        "added": report.added,
        "changed": report.changed,
        "closed": report.closed,
        "unchanged": report.unchanged,
        "problems": report.problems,
    });
    // A list by itself has these and no more; `import list` knows its key.
    if with_links {
        let release = &report.release;
        let items = |items: &[Item]| items.iter().map(item_json).collect::<Vec<_>>();
        json["left_open"] = json!(report.release.left);
        json["same_file"] = same_json(same);
        json["import"] = json!(report.import);
        json["links"] = json!(release.links);
        json["release"] = json!({
            "new": items(&release.new),
            "closed": items(&release.closed),
            "reopened": items(&release.reopened),
            "followed": items(&release.followed),
            "later": items(&release.later),
            "renamed": items(&release.renamed),
            "converted": items(&release.converted),
            "merged": items(&release.merged),
            "split": items(&release.split),
        });
    }
    if !report.new_authorities.is_empty() {
        json["authorities_added"] = json!(report.new_authorities);
    }
    if !report.release.moved.is_empty() {
        json["moved"] = json!(report.release.moved.iter().map(item_json).collect::<Vec<_>>());
    }
    json
}

fn item_json(item: &Item) -> serde_json::Value {
    let mut json = json!({
        "urn": item.urn,
        "name": item.name,
        "was": item.was,
        "coming_sessions": item.coming_sessions,
        "requests": item.requests,
        "invitations": item.invitations,
        "people": item.people,
        "asked": item.asked,
        "successors": item.successors,
    });
    if let Some(code) = &item.moved_to {
        json["moved_to"] = json!(code);
    }
    json
}

pub(super) fn tell(report: &Report, sent: &Sent, dry_run: bool) {
    let changes: Vec<_> = report.changes.iter().filter(|change| change.kind == ChangeKind::Changed).collect();
    for change in changes.iter().take(LINES) {
        let fields: Vec<String> =
            change.fields.iter().map(|f| format!("{} {} → {}", f.field, quoted(&f.before), quoted(&f.after))).collect();
        say!("changed {} {}: {}", change.urn, change.name, fields.join(", "));
    }
    if changes.len() > LINES {
        say!("… and {} more changed", changes.len() - LINES);
    }
    tell_release(report);
    let would = if dry_run { "Nothing was stored. It would be: " } else { "" };
    // Schools that vanished, and of which nothing says that they closed, stay as they are.
    let left = report.release.left;
    if sent.list.is_some() {
        let closed = report.closed.saturating_sub(left);
        let missing = if left > 0 { format!(", {left} not in the file and left open") } else { String::new() };
        say!(
            "{would}{} added, {} changed, {closed} closed, {} unchanged{missing}",
            report.added,
            report.changed,
            report.unchanged
        );
    }
    let release = &report.release;
    if sent.links.is_some() {
        let links = release.links;
        say!(
            "{}{} links read, {} about these schools: {} added, {} removed",
            if sent.list.is_some() { "" } else { would },
            links.read,
            links.kept,
            links.added,
            links.removed
        );
    }
    if release.placed > 0 {
        let schools = counted(release.placed, "school takes", "schools take");
        say!("{schools} ward, constituency or grid position from the school followed.");
    }
    if release.totals > 0 {
        let rows = counted(release.totals, "row is a total", "rows are totals");
        say!("{rows} of several schools: passed over.");
    }
    if let Some(why) = older(report) {
        say!("{why}");
    }
    if report.closed > 0 && !release.has_links {
        say!(
            "With the links table of the same release (--links) it would say which schools follow those that are gone."
        );
    }
    if left > 0 {
        let schools = counted(left, "school that is left open is", "schools that are left open are");
        say!(
            "The {schools} in the records but not, or not as open, in the file. Import it with --close-missing to mark {} closed.",
            if left == 1 { "it" } else { "them" }
        );
    }
    tell_authorities(report, dry_run);
}

/// Which authorities are added, each a tenant of its own.
fn tell_authorities(report: &Report, dry_run: bool) {
    let codes: Vec<String> = report.new_authorities.iter().take(LINES).map(ToString::to_string).collect();
    if codes.is_empty() {
        return;
    }
    let more = report.new_authorities.len() - codes.len();
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    let count = counted(report.new_authorities.len(), "authority", "authorities");
    let added = if dry_run { "would be added" } else { "were added, each with its own records" };
    say!(
        "{count} not in the records before {added}: {}{more}. With --authority CODE one authority's schools alone are imported.",
        codes.join(", ")
    );
}

/// That a list is older than what is on record, as far as its schools tell.
pub(super) fn older(report: &Report) -> Option<String> {
    let closed = report.release.closed_before();
    (closed > 0).then(|| {
        let schools = counted(closed, "school of the file that it has as open has", "schools of the file that it has as open have");
        format!("{schools} closed by the records and their links: an older list than the one on record puts back what newer ones changed.")
    })
}

/// What becomes of schools, those with coming sessions first.
fn tell_release(report: &Report) {
    let release = &report.release;
    for (word, items) in [
        ("split", &release.split),
        ("converted", &release.converted),
        ("merged", &release.merged),
        (if release.left > 0 { "not in the file" } else { "closed" }, &release.closed),
        ("not in the file, and follows a school that is", &release.later),
        ("under another authority in the file, and left as it is:", &release.moved),
        ("followed already", &release.followed),
        ("reopened", &release.reopened),
        ("renamed", &release.renamed),
    ] {
        for item in items.iter().take(LINES) {
            let was = item.was.as_ref().map(|was| format!(", before “{was}”")).unwrap_or_default();
            let next: Vec<String> = item
                .successors
                .iter()
                .map(|s| format!("{} {}{}", s.urn, s.name, if s.open { "" } else { " (not in the list)" }))
                .collect();
            let arrow = if next.is_empty() { "" } else { " → " };
            let coming = match item.coming_sessions {
                0 => String::new(),
                n => format!(" [{} to come]", counted(usize::try_from(n).unwrap_or_default(), "session", "sessions")),
            };
            let moved = item.moved_to.as_ref().map(|code| format!(", moved to authority {code}")).unwrap_or_default();
            let asked = if item.asked { " (asked: which of them carries its history)" } else { "" };
            let word = if item.said_closed && std::ptr::eq(items, &release.closed) { "closed" } else { word };
            say!("{word} {} {}{moved}{was}{arrow}{}{asked}{coming}", item.urn, item.name, next.join(", "));
        }
        if items.len() > LINES {
            say!("… and {} more {word}", items.len() - LINES);
        }
    }
}

fn quoted(value: &Option<String>) -> String {
    value.as_ref().map_or_else(|| "nothing".to_owned(), |value| format!("“{value}”"))
}
