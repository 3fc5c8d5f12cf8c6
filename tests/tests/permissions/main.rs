//! The permission walk: every line of the route table, for everyone there is, on each database.
//!
//! A new route is walked without a word here. It fails when it is open to all and not listed in [`PUBLIC`], when a
//! parameter stands in it that `Place::key` has no record for, and when it shows one tenant's record to another.

mod place;
mod sources;

use app::Who;
use domain::access::{Role, permitted};
use place::Place;
use records::{people, term_dates};

/// What may be reached without signing in, and why that is right. Nothing else may.
const PUBLIC: &[(&str, &str)] = &[
    ("/", "the front door"),
    ("/colour/{file}", "the council's colour, which pages for anyone show too"),
    ("/demo", "exists only under --demo"),
    ("/feedback", "pupils and staff answer by code"),
    ("/feedback/thanks", "where answering ends"),
    ("/for-parents/{id}", "what a programme's parents may see"),
    ("/for-parents/documents/{id}", "and the documents among it"),
    ("/sign-in", "signing in"),
    ("/sign-in/code", "signing in"),
    ("/sign-in/app", "signing in"),
    ("/sign-out", "does nothing for somebody signed out"),
    ("/calendar.ics", "calendars ask for a feed by its secret key, which stands in the query"),
    ("/invitations/answer", "schools answer an invitation by its link, which stands in the query"),
    ("/invitations/details", "and say by it who would attend, and when"),
    ("/run-sheets/no-signal", "kept on a phone as nobody's, for where there is no signal"),
    ("/run-sheets/worker.js", "the worker that keeps run sheets there"),
    ("/run-sheets/keep.js", "the script that starts it"),
];

/// Whether another tenant's answer for a record is the same for everyone, since no parameter names a tenant's record.
fn names_a_record(path: &str) -> bool {
    path.contains('{') && !path.starts_with("/colour/")
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_open_to_all_that_is_not_listed() {
    for place in Place::all().await {
        for line in place.table.iter().filter(|line| line.who == Who::Anyone) {
            assert!(PUBLIC.iter().any(|(path, _)| *path == line.path), "{} {} is open to all", line.method, line.path);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn signed_out_leads_to_signing_in() {
    for place in Place::all().await {
        let visitor = place.app.visitor();
        for line in &place.table {
            let reply = place.ask(&visitor, line).await;
            let what = format!("{} {}: {}", line.method, line.path, reply.status);
            if line.who == Who::Anyone {
                assert!(reply.status < 500, "{what}");
            } else {
                let to = reply.location.unwrap_or_default();
                assert!(reply.status == 303 && to.starts_with("/sign-in"), "{what} to {to:?}");
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn each_role_reaches_what_the_table_says_and_nothing_else() {
    for place in Place::all().await {
        let (reading, sending): (Vec<_>, Vec<_>) = place.table.iter().partition(|line| line.method == "GET");
        let mut shown = std::collections::BTreeSet::new();
        // First what only reads, so that everyone finds the town whole.
        for line in reading.into_iter().chain(sending) {
            for actor in place.people() {
                // Of one's own for each: some forms end the sign-in.
                let reply = place.ask(&place.app.signed_in(&actor).await, line).await;
                let what = format!("{} {} as {}: {}", line.method, line.path, actor.role, reply.status);
                assert!(reply.status < 500, "{what}");
                match line.who {
                    Who::May(operation) if !permitted(actor.role, operation) => assert_eq!(reply.status, 403, "{what}"),
                    // What the role may, but not here, is 403 or 404: a rule of the operation.
                    _ => assert!(!reply.location.unwrap_or_default().starts_with("/sign-in?"), "{what}"),
                }
                if reply.status == 200 {
                    shown.insert(line.path);
                }
            }
        }
        // The keys are real: a walk of made-up ones would find everything forbidden, and prove nothing.
        for kind in [
            "/requests/{id}",
            "/requests/{id}/change",
            "/request-sheets/{id}",
            "/invitations/{id}/withdraw",
            "/schools/{id}",
            "/people/{id}",
            "/providers/{id}",
            "/teams/{id}",
            "/authority/terms/{id}/remove",
            "/schools/closed/{id}",
            "/schools/splits/{urn}",
        ] {
            assert!(shown.contains(kind), "nobody sees {kind}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn another_tenants_records_are_not_found() {
    for place in Place::all().await {
        let (mut tried, mut found) = (0, Vec::new());
        for line in place.table.iter().filter(|line| names_a_record(line.path)) {
            let Who::May(operation) = line.who else { continue };
            for actor in place.strangers().into_iter().filter(|actor| permitted(actor.role, operation)) {
                let reply = place.ask(&place.app.signed_in(&actor).await, line).await;
                tried += 1;
                if reply.status != 404 {
                    found.push(format!("{} {} as {}: {}", line.method, line.path, actor.role, reply.status));
                }
            }
        }
        assert!(tried > 30, "only {tried} tries");
        assert!(found.is_empty(), "another tenant gets more than “not found”:\n{}", found.join("\n"));
        // What they sent changed nothing.
        let administrator = place.town.official(Role::Administrator);
        let desk = &place.app.desk;
        assert!(term_dates::get(desk, &administrator, place.term).await.is_ok(), "the term is gone");
        assert!(people::get(desk, &administrator, place.person).await.is_ok(), "the person is gone");
    }
}
