//! What a session's mails say, and to whom they go: the school's chosen contacts and the provider.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use domain::access::Actor;
use domain::session::State;
use report::calendar::{Entry, Method, Standing, calendar};
use uuid::Uuid;

use super::{Session, find, groups, of_visit};
use crate::Desk;
use crate::db::Conn;
use crate::error::Result;
use crate::outbox::{self, Mail};

/// What a mail brings.
pub(super) enum News {
    Booked,
    Joined,
    Left { who: String },
    Moved { from: NaiveDate, why: String },
    Ended { why: String },
    People,
}

impl News {
    fn subject(&self, session: &Session) -> String {
        let (what, when) = (&session.programme, session.on_date.format("%-d %B %Y"));
        match self {
            Self::Booked => format!("Booked: {what} on {when}"),
            Self::Joined => format!("Another school joins: {what} on {when}"),
            Self::Left { who } => format!("{who} no longer attends: {what} on {when}"),
            Self::Moved { .. } => format!("Moved: {what} is now on {when}"),
            Self::Ended { .. } => format!("{}: {what} on {when}", session.state.label()),
            Self::People => format!("Who comes: {what} on {when}"),
        }
    }

    fn first_lines(&self, session: &Session) -> String {
        match self {
            Self::Booked => "This visit is booked.".into(),
            Self::Joined => "Another school brings a group to this visit.".into(),
            Self::Left { who } => format!("{who} took its groups out of this visit. The visit itself goes on."),
            Self::Moved { from, why } => {
                format!("This visit has moved. It was on {}.\nReason: {why}", from.format("%A %-d %B %Y"))
            }
            Self::Ended { why } => {
                format!("This visit is {}.\nReason: {why}", session.state.label().to_lowercase())
            }
            Self::People => "The people who come have changed. The booking stands as it was.".into(),
        }
    }
}

/// Writes to everybody whom a session concerns, with an entry for their calendar.
pub(super) async fn tell(conn: &mut Conn, desk: &Desk, id: Uuid, news: News) -> Result<()> {
    let session = find(conn, &Actor::SYSTEM, id).await?;
    let expected: i64 = groups(conn, &Actor::SYSTEM, id).await?.iter().map(|g| g.expected).sum();
    let link = desk.address(&format!("/sessions/{id}"));
    let mut to: BTreeSet<&str> = session.more_emails.split(',').map(str::trim).collect();
    to.insert(session.contact_email.trim());
    to.extend(session.provider_email.as_deref());
    let guests = guests(conn, &session).await?;
    to.extend(guests.iter().map(String::as_str));
    // The people are the visit's: with them every session of it changes.
    let sessions = match &news {
        News::People => of_visit(conn, session.visit_id).await?,
        _ => vec![session.clone()],
    };
    let over = matches!(news, News::Ended { .. });
    let method = if over { Method::Cancel } else { Method::Publish };
    let entry = file(desk, method, &sessions);
    let body = format!("{}\n\n{}\nSee or change it:\n{link}\n", news.first_lines(&session), facts(&session, expected));
    for to in to.into_iter().filter(|address| address.contains('@')) {
        let mail = Mail {
            authority: Some(session.authority_code.clone()),
            to: to.to_owned(),
            subject: news.subject(&session),
            body: body.clone(),
            attachment: Some(("visit.ics".into(), method.content_type(), entry.clone())),
            record_kind: "session",
            record_id: id.to_string(),
        };
        outbox::put(conn, desk, mail).await?;
    }
    Ok(())
}

/// Sessions as a mail's calendar file.
fn file(desk: &Desk, method: Method, sessions: &[Session]) -> String {
    let entries: Vec<_> = sessions.iter().map(|session| entry(desk, session)).collect();
    calendar("Callboard", method, &entries, desk.now())
}

/// Tells a school that it no longer attends a session, so that its people's calendars let go of it.
pub(super) async fn tell_left(conn: &mut Conn, desk: &Desk, id: Uuid, settings: &[Uuid]) -> Result<()> {
    let session = find(conn, &Actor::SYSTEM, id).await?;
    let to = fetch_in!(
        conn,
        (String,),
        "SELECT DISTINCT p.email FROM access_grant a JOIN person p ON p.id = a.person_id
         WHERE a.role = 'school' AND a.revoked_at IS NULL AND a.setting_id IN ",
        settings,
        ""
    )?;
    let on = session.on_date.format("%-d %B %Y");
    let attachment = file(desk, Method::Cancel, std::slice::from_ref(&session));
    for (to,) in to {
        let mail = Mail {
            authority: Some(session.authority_code.clone()),
            to,
            subject: format!("You no longer attend: {} on {on}", session.programme),
            body: format!(
                "Your school took its groups out of this visit. It goes on without you.\n\nWhat: {} by {}\nWhen: {}{}\nWhere: {}\n",
                session.programme,
                session.provider,
                session.on_date.format("%A %-d %B %Y"),
                times(&session),
                session.venue,
            ),
            attachment: Some(("visit.ics".into(), Method::Cancel.content_type(), attachment.clone())),
            record_kind: "session",
            record_id: id.to_string(),
        };
        outbox::put(conn, desk, mail).await?;
    }
    Ok(())
}

/// Those who sign in for a school that attends elsewhere than at its own place.
async fn guests(conn: &mut Conn, session: &Session) -> Result<Vec<String>> {
    let rows = fetch_all!(
        conn,
        (String,),
        "SELECT DISTINCT p.email FROM attending_group g JOIN access_grant a ON a.setting_id = g.setting_id
         JOIN person p ON p.id = a.person_id
         WHERE g.session_id = $1 AND g.setting_id <> $2 AND a.role = 'school' AND a.revoked_at IS NULL",
        session.id,
        session.venue_id,
    )?;
    Ok(rows.into_iter().map(|(email,)| email).collect())
}

fn facts(session: &Session, expected: i64) -> String {
    let mut lines = vec![
        format!("What: {} by {}", session.programme, session.provider),
        format!("When: {}{}", session.on_date.format("%A %-d %B %Y"), times(session)),
        format!(
            "Where: {}{}",
            session.venue,
            if session.room.is_empty() { String::new() } else { format!(", {}", session.room) }
        ),
        format!("Expected: {expected}"),
        format!("Contact on the day: {}, {}", session.contact_name, session.contact_telephone),
    ];
    if !session.access_needs.is_empty() {
        lines.push(format!("Access needs: {}", session.access_needs));
    }
    if !session.who_comes.is_empty() {
        lines.push(format!("Who comes: {}", session.who_comes.replace('\n', ", ")));
    }
    lines.iter().map(|line| format!("{line}\n")).collect()
}

fn times(session: &Session) -> String {
    session.times().map(|(from, to)| format!(", {from} to {to}")).unwrap_or_default()
}

/// A session as an entry of a calendar.
pub(super) fn entry(desk: &Desk, session: &Session) -> Entry {
    let mut notes = vec![session.state.label().to_owned()];
    if !session.who_comes.is_empty() {
        notes.push(format!("Who comes: {}", session.who_comes.replace('\n', ", ")));
    }
    notes.push(desk.address(&format!("/sessions/{}", session.id)));
    Entry {
        id: session.id,
        sequence: session.sequence(),
        summary: format!("{}: {}", session.programme, session.venue),
        place: if session.room.is_empty() {
            session.venue.clone()
        } else {
            format!("{}, {}", session.venue, session.room)
        },
        notes: notes.join("\n"),
        on: session.on_date,
        times: session.times(),
        standing: match session.state {
            State::Confirmed | State::Delivered => Standing::Confirmed,
            State::Offered => Standing::Tentative,
            _ => Standing::Cancelled,
        },
        organiser: session.provider_email.clone(),
        changed: session.changed_at,
    }
}
