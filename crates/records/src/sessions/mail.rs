//! What a session's mails say, and to whom they go: the school's chosen contacts and the provider.

use std::collections::BTreeSet;

use chrono::{DateTime, NaiveDate, Utc};
use domain::access::{Actor, Role};
use domain::session::State;
use report::calendar::{Entry, Method, Standing, calendar};
use uuid::Uuid;

use super::{Session, expected, find, of_visit};
use crate::Desk;
use crate::db::Conn;
use crate::error::Result;
use crate::outbox::{self, Mail};

/// What a mail brings.
pub(super) enum News {
    Booked,
    Offered { until: DateTime<Utc> },
    Accepted,
    Declined { why: String },
    OfferLapsed,
    OfferReminder { until: DateTime<Utc> },
    Reminder { prepare: String },
    Joined,
    Left { who: String },
    Moved { by: Role, from: NaiveDate, why: String },
    Ended { by: Role, why: String },
    People,
}

impl News {
    fn subject(&self, session: &Session) -> String {
        let (what, when) = (&session.programme, session.on_date.format("%-d %B %Y"));
        match self {
            Self::Booked => format!("Booked: {what} on {when}"),
            Self::Offered { .. } => format!("Offered to {}: {what} on {when}", session.venue),
            Self::Accepted => format!("Accepted by {}: {what} on {when}", session.venue),
            Self::Declined { .. } => format!("Declined by {}: {what} on {when}", session.venue),
            Self::OfferLapsed => format!("No answer from {}: {what} on {when}", session.venue),
            Self::OfferReminder { .. } => format!("Still to answer: {what} on {when}"),
            Self::Reminder { .. } => format!("Coming: {what} on {when}"),
            Self::Joined => format!("Another school joins: {what} on {when}"),
            Self::Left { who } => format!("{who} no longer attends: {what} on {when}"),
            Self::Moved { .. } => format!("Moved: {what} is now on {when}"),
            Self::Ended { .. } => format!("{}: {what} on {when}", session.state.label()),
            Self::People => format!("Who comes: {what} on {when}"),
        }
    }

    /// Whether the school is to answer.
    const fn asks(&self) -> bool {
        matches!(self, Self::Offered { .. } | Self::OfferReminder { .. })
    }

    /// Whether an offer's entry in a calendar is no longer what it was.
    const fn changes_an_offer(&self) -> bool {
        matches!(
            self,
            Self::Accepted | Self::Declined { .. } | Self::OfferLapsed | Self::Moved { .. } | Self::Ended { .. }
        )
    }

    /// Whether the council, which plans, is told: of answers, and of what others gave up.
    const fn concerns_the_plan(&self) -> bool {
        match self {
            Self::Accepted | Self::Declined { .. } | Self::OfferLapsed => true,
            Self::Ended { by, .. } => matches!(by, Role::School | Role::Provider),
            _ => false,
        }
    }

    /// Whether it may wait for the day's digest.
    fn may_wait(&self, desk: &Desk, session: &Session) -> bool {
        let deadline = match self {
            Self::Offered { until } | Self::OfferReminder { until } => Some(*until),
            _ => None,
        };
        domain::reminder::may_wait(desk.now(), session.on_date, deadline)
    }

    fn first_lines(&self, session: &Session) -> String {
        match self {
            Self::Booked => "This visit is booked.".into(),
            Self::Offered { until } => format!(
                "{} is offered this visit. Please say yes or no until {}: the slot is kept for you until then.",
                session.venue,
                when(*until)
            ),
            Self::Accepted => format!("{} said yes to what it was offered: this visit is booked.", session.venue),
            Self::Declined { why } => format!("{} said no to what it was offered.\nReason: {why}", session.venue),
            Self::OfferLapsed => {
                format!("{} did not answer in time, so this offer has lapsed and its slot is free.", session.venue)
            }
            Self::Reminder { prepare } => format!("This visit comes soon.\n\n{prepare}"),
            Self::OfferReminder { until } => format!(
                "{} has not answered this offer yet. It is open until {}; after that the slot goes to somebody else.",
                session.venue,
                when(*until)
            ),
            Self::Joined => "Another school brings a group to this visit.".into(),
            Self::Left { who } => format!("{who} took its groups out of this visit. The visit itself goes on."),
            Self::Moved { by, from, why } => {
                let by = who(*by, session).map(|who| format!(" by {who}")).unwrap_or_default();
                format!("This visit was moved{by}. It was on {}.\nReason: {why}", from.format("%A %-d %B %Y"))
            }
            Self::Ended { by, why } if session.state == State::Missed => {
                let by = who(*by, session).map(|who| format!(", {who} says")).unwrap_or_default();
                format!("This visit did not take place{by}.\nReason: {why}")
            }
            Self::Ended { by, why } => {
                let by = who(*by, session).map(|who| format!(" by {who}")).unwrap_or_default();
                format!("This visit was cancelled{by}.\nReason: {why}")
            }
            Self::People => "The people who come have changed. The booking stands as it was.".into(),
        }
    }
}

/// Who did something, as everybody a mail goes to knows them; nobody where it happened by itself.
fn who(by: Role, session: &Session) -> Option<String> {
    match by {
        Role::School => Some(session.venue.clone()),
        Role::Provider => Some(session.provider.clone()),
        Role::Commissioner => Some("the council".to_owned()),
        _ => None,
    }
}

/// Writes to everybody whom a session concerns, with an entry for their calendar.
pub(super) async fn tell(conn: &mut Conn, desk: &Desk, id: Uuid, news: News) -> Result<()> {
    let session = find(conn, &Actor::SYSTEM, id).await?;
    let expected = expected(conn, id).await?;
    let link = desk.address(&format!("/sessions/{id}"));
    let to = recipients(conn, &session, &news).await?;
    let council = if news.concerns_the_plan() { council(conn, &session).await? } else { Vec::new() };
    // The people are the visit's: with them every session of it changes.
    let sessions = match &news {
        News::People => of_visit(conn, session.visit_id).await?,
        _ => vec![session.clone()],
    };
    let over = matches!(news, News::Ended { .. } | News::Declined { .. } | News::OfferLapsed);
    let method = if over { Method::Cancel } else { Method::Publish };
    let entry = file(desk, method, &sessions);
    let lead = match &news {
        news if news.asks() => format!("Say yes or no:\n{link}/accept"),
        News::Ended { .. } => format!("See it, or find a new date:\n{link}"),
        _ => format!("See or change it:\n{link}"),
    };
    let body = format!("{}\n\n{}\n{lead}\n", news.first_lines(&session), facts(&session, expected));
    let may_wait = news.may_wait(desk, &session);
    let mail = |to, attachment| Mail {
        authority: Some(session.authority_code.clone()),
        to,
        may_wait,
        subject: news.subject(&session),
        body: body.clone(),
        attachment,
        record_kind: "session",
        record_id: id.to_string(),
    };
    let file = Some(("visit.ics".into(), method.content_type(), entry));
    // The council gets no entry: it is not told of everything that would change it, and has the tour's calendar.
    let council: Vec<_> = council.into_iter().filter(|to_council| !to.contains(to_council)).collect();
    let mut mails: Vec<_> = to.into_iter().map(|to| mail(to, file.clone())).collect();
    mails.extend(council.into_iter().map(|to| mail(to, None)));
    outbox::put_all(conn, desk, &mails).await
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
    let mail = |(to,): (String,)| Mail {
        authority: Some(session.authority_code.clone()),
        to,
        may_wait: false,
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
    outbox::put_all(conn, desk, &to.into_iter().map(mail).collect::<Vec<_>>()).await
}

/// To whom news goes: the school's chosen contacts and the provider; of what was offered, also those who sign in for the
/// school, who have had the offer and its entry for their calendar.
async fn recipients(conn: &mut Conn, session: &Session, news: &News) -> Result<BTreeSet<String>> {
    let mut to: BTreeSet<String> = session.more_emails.split(',').map(|text| text.trim().to_owned()).collect();
    to.insert(session.contact_email.trim().to_owned());
    if !news.asks() {
        to.extend(session.provider_email.clone());
        to.extend(guests(conn, session).await?);
    }
    if news.asks() || (session.offered_until.is_some() && news.changes_an_offer()) {
        let people = fetch_all!(
            conn,
            (String,),
            "SELECT DISTINCT p.email FROM access_grant a JOIN person p ON p.id = a.person_id
             WHERE a.role = 'school' AND a.revoked_at IS NULL
               AND (a.setting_id = $1 OR a.trust_code = (SELECT s.trust_code FROM setting s WHERE s.id = $1))",
            session.venue_id,
        )?;
        to.extend(people.into_iter().map(|(email,)| email));
    }
    to.retain(|address| address.contains('@'));
    Ok(to)
}

/// The commissioners of a session's authority.
async fn council(conn: &mut Conn, session: &Session) -> Result<Vec<String>> {
    let rows = fetch_all!(
        conn,
        (String,),
        "SELECT DISTINCT p.email FROM access_grant a JOIN person p ON p.id = a.person_id
         WHERE a.role = 'commissioner' AND a.revoked_at IS NULL AND a.authority_code = $1 ORDER BY p.email",
        &session.authority_code,
    )?;
    Ok(rows.into_iter().map(|(email,)| email).collect())
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
    ];
    if !session.contact_name.is_empty() {
        lines.push(format!("Contact on the day: {}, {}", session.contact_name, session.contact_telephone));
    }
    if !session.access_needs.is_empty() {
        lines.push(format!("Access needs: {}", session.access_needs));
    }
    if !session.who_comes.is_empty() {
        lines.push(format!("Who comes: {}", session.who_comes.replace('\n', ", ")));
    }
    lines.iter().map(|line| format!("{line}\n")).collect()
}

/// “Thursday 3 December 2026, 2:30pm”, on London's clock.
pub(super) fn when(at: DateTime<Utc>) -> String {
    at.with_timezone(&chrono_tz::Europe::London).format("%A %-d %B %Y, %-I:%M%P").to_string()
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
