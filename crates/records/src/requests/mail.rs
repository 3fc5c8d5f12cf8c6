//! What requests' mails say: a receipt to whom the school named.

use domain::access::Actor;
use domain::request::in_words;
use uuid::Uuid;

use super::{Request, find};
use crate::Desk;
use crate::db::Conn;
use crate::error::Result;
use crate::outbox::{self, Mail};

/// What happened to a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum News {
    Asked,
    Withdrawn,
    /// What made it was taken back, and it is no longer on record.
    TakenBack,
}

/// Writes to the contact, where one was named.
pub(super) async fn tell(conn: &mut Conn, desk: &Desk, id: Uuid, news: News) -> Result<()> {
    let request = find(conn, &Actor::SYSTEM, id).await?;
    if !request.contact_email.contains('@') {
        return Ok(());
    }
    let (subject, first) = match news {
        News::Asked => (
            format!("{}: your request", request.programme),
            format!(
                "We have the request of {} for {}.\nIt is not a booking: a date is found when the tour is planned, and you are asked then.",
                request.school, request.tour
            ),
        ),
        News::Withdrawn | News::TakenBack => (
            format!("{}: request withdrawn", request.programme),
            format!("The request of {} for {} was withdrawn.", request.school, request.tour),
        ),
    };
    let link = desk.address(&format!("/requests/{id}"));
    let next = if news == News::TakenBack { String::new() } else { format!("\nSee or change it:\n{link}\n") };
    let mail = Mail {
        authority: Some(request.authority_code.clone()),
        to: request.contact_email.clone(),
        may_wait: true,
        subject,
        body: format!("{first}\n\n{}{next}", facts(&request)),
        record_kind: "request",
        record_id: id.to_string(),
        ..Mail::default()
    };
    outbox::put(conn, desk, mail).await
}

fn facts(request: &Request) -> String {
    let mut lines = vec![
        format!("What: {} by {}", request.programme, request.provider),
        format!("Sessions: {}", request.sessions),
        format!("Expected: {}", request.expected()),
        format!("When: {}", request.part_of_day.label()),
    ];
    for (what, days) in [("Preferred", &request.preferred), ("Not possible", &request.impossible)] {
        if !days.is_empty() {
            lines.push(format!("{what}: {}", in_words(days).join(", ")));
        }
    }
    lines.iter().map(|line| format!("{line}\n")).collect()
}
