//! Booking over HTTP, on both databases: what a school, a commissioner and a provider do; what is refused, and how;
//! and two hundred who want the same slot at once.

mod book;
mod joining;
mod race;
mod visits;

use domain::access::Actor;
use records::testing::{Throwaway, Town};
use records::{Desk, openings};
use tests::{Client, Reply, TestApp, databases};
use uuid::Uuid;

/// Where somebody stands who wants to book: the town's site, and slots free for them.
struct Place {
    _database: Throwaway,
    app: TestApp,
    town: Town,
}

impl Place {
    async fn all() -> Vec<Self> {
        let mut places = Vec::new();
        for (database, desk) in databases().await {
            let town = Town::build(&desk).await;
            places.push(Self { _database: database, app: TestApp::start(desk, false).await, town });
        }
        places
    }

    fn desk(&self) -> &Desk {
        &self.app.desk
    }

    async fn free(&self, actor: &Actor) -> Vec<Uuid> {
        let first = domain::session::first_bookable(actor.role, self.desk().today());
        let free = openings::free(self.desk(), actor, self.town.tour, first).await.expect("openings");
        free.iter().map(|opening| opening.id).collect()
    }

    fn page(&self) -> String {
        format!("/tours/{}/book", self.town.tour)
    }

    async fn count(&self, sql: &str) -> i64 {
        Throwaway::count(self.desk(), sql).await
    }

    /// Books as the primary school; the session's path.
    async fn booked(&self, school: &Client, slot: Uuid, more: &[(&'static str, &str)]) -> String {
        let mut fields = booking(slot, self.town.primary);
        fields.extend(more.iter().map(|(name, value)| (*name, (*value).to_owned())));
        fields.push(("step", "book".into()));
        done(post(school, &self.page(), &fields).await)
    }
}

fn booking(slot: Uuid, school: Uuid) -> Vec<(&'static str, String)> {
    [
        ("opening", slot.to_string().as_str()),
        ("school", school.to_string().as_str()),
        ("year_groups-0", "6"),
        ("expected-0", "28"),
        ("expected_send-0", "4"),
        ("label-0", "6B"),
        ("room", "Main hall"),
        ("access_needs", "Step-free way in"),
        ("contact_name", "Sam Okoro"),
        ("contact_telephone", "01632 960001"),
        ("contact_email", "sam@kelder.example"),
        ("more_emails", "office@kelder.example"),
        ("staff_stay", "yes"),
    ]
    .map(|(name, value)| (name, value.to_owned()))
    .to_vec()
}

/// The same fields with one of them changed, or left out where `to` is blank.
fn with(fields: &[(&'static str, String)], name: &'static str, to: &str) -> Vec<(&'static str, String)> {
    let mut changed: Vec<_> = fields.iter().filter(|(field, _)| *field != name).cloned().collect();
    if !to.is_empty() {
        changed.push((name, to.into()));
    }
    changed
}

async fn post(client: &Client, path: &str, fields: &[(&'static str, String)]) -> Reply {
    let fields: Vec<_> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
    client.post(path, &fields).await
}

fn done(reply: Reply) -> String {
    assert_eq!(reply.status, 303, "{}", reply.body);
    reply.location.expect("a redirect's address")
}
