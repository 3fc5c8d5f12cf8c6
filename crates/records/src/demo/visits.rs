//! Visits with their sessions, attending groups, timelines and answers.

use std::collections::HashMap;

use demo::{District, Group, Response, Session, SessionEvent, Tour, Visit};
use uuid::Uuid;

use crate::db::Conn;
use crate::error::Result;

/// The version of the questionnaires that the answers are to.
const QUESTIONNAIRE: i64 = 1;

pub(super) async fn write(conn: &mut Conn, district: &District) -> Result<()> {
    let code = district.authority.as_str();
    insert_rows!(
        conn,
        "INSERT INTO visit (id, authority_code, tour_id, team_id, venue_id, on_date, get_in_minute, get_out_minute, room,
            access_needs, contact_name, contact_telephone, contact_email, more_emails, staff_stay, who_comes,
            room_for_others, fee_pence, created_at, version) ",
        district.visits,
        |b, v| {
            let v: &Visit = v;
            b.push_bind(v.id).push_bind(code).push_bind(v.tour).push_bind(v.team).push_bind(v.venue).push_bind(v.on);
            b.push_bind(v.get_in).push_bind(v.get_out).push_bind(v.room).push_bind(v.access_needs);
            b.push_bind(v.contact.name.as_str()).push_bind(v.contact.telephone.as_str());
            b.push_bind(v.contact.email.as_str()).push_bind("").push_bind(true).push_bind(v.who_comes.as_str());
            b.push_bind(v.room_for_others).push_bind(v.fee_pence).push_bind(v.created_at).push_bind(1_i64);
        },
        ""
    )?;
    let tours: HashMap<Uuid, &Tour> = district.tours.iter().map(|t| (t.id, t)).collect();
    let sessions: Vec<(&Visit, &Tour, &Session)> = district
        .visits
        .iter()
        .filter_map(|v| Some((v, *tours.get(&v.tour)?)))
        .flat_map(|(v, t)| v.sessions.iter().map(move |s| (v, t, s)))
        .collect();
    insert_rows!(
        conn,
        "INSERT INTO session (id, visit_id, authority_code, tour_id, programme_id, academic_year, team_id, on_date, slot,
            slot_label, starts_minute, ends_minute, part, state, live, booked_by, asked_by_name, asked_how, reason,
            reason_note, actual_starts_minute, actual_ends_minute, attendance_at, feedback_code, staff_code,
            feedback_closes, created_at, version) ",
        sessions,
        |b, row| {
            let (v, t, s) = row;
            b.push_bind(s.id).push_bind(v.id).push_bind(code).push_bind(t.id).push_bind(t.programme);
            b.push_bind(i64::from(t.year)).push_bind(v.team).push_bind(v.on).push_bind(s.slot.number);
            b.push_bind(s.slot.label.as_str()).push_bind(s.slot.starts.minutes()).push_bind(s.slot.ends.minutes());
            b.push_bind(1_i64).push_bind(s.state.as_str()).push_bind(s.state.is_live()).push_bind(s.booked_by);
            b.push_bind(s.asked.as_ref().map_or("", |(name, _)| name.as_str()));
            b.push_bind(s.asked.as_ref().map_or("", |(_, how)| how.as_str()));
            b.push_bind(s.reason.map_or("", |(reason, _)| reason.as_str()));
            b.push_bind(s.reason.map_or("", |(_, note)| note));
            b.push_bind(s.actual.map(|(starts, _)| starts)).push_bind(s.actual.map(|(_, ends)| ends));
            b.push_bind(s.attendance_at).push_bind(s.codes.as_ref().map(|(pupils, _)| pupils.as_str()));
            b.push_bind(s.codes.as_ref().map(|(_, staff)| staff.as_str())).push_bind(s.feedback_closes);
            b.push_bind(s.created_at).push_bind(1_i64);
        },
        ""
    )?;
    let sessions: Vec<&Session> = sessions.into_iter().map(|(_, _, s)| s).collect();
    groups(conn, &sessions).await?;
    events(conn, &sessions).await?;
    answers(conn, &sessions).await
}

async fn groups(conn: &mut Conn, sessions: &[&Session]) -> Result<()> {
    let groups: Vec<(&Session, &Group)> = sessions.iter().flat_map(|s| s.groups.iter().map(move |g| (*s, g))).collect();
    insert_rows!(
        conn,
        "INSERT INTO attending_group (id, session_id, setting_id, year_groups, label, expected, expected_send, attended,
            attended_send, withdrawn, adults, over_roll, stated_by, stated_at) ",
        groups,
        |b, row| {
            let (s, g) = row;
            let counted = g.counted.as_ref();
            b.push_bind(g.id).push_bind(s.id).push_bind(g.school).push_bind(g.year_groups.mask());
            b.push_bind(g.label.as_str()).push_bind(g.expected).push_bind(g.expected_send);
            b.push_bind(counted.map(|c| c.attended)).push_bind(counted.and_then(|c| c.send));
            b.push_bind(counted.map(|c| c.withdrawn)).push_bind(counted.map(|c| c.adults)).push_bind(false);
            b.push_bind(counted.and_then(|c| c.stated_by)).push_bind(counted.and(s.attendance_at));
        },
        ""
    )?;
    Ok(())
}

async fn events(conn: &mut Conn, sessions: &[&Session]) -> Result<()> {
    let events: Vec<(Uuid, &SessionEvent)> =
        sessions.iter().flat_map(|s| s.events.iter().map(move |e| (s.id, e))).collect();
    insert_rows!(
        conn,
        "INSERT INTO session_event (id, session_id, at, event, from_state, to_state, by_person, by_role, note) ",
        events,
        |b, row| {
            let (session, e) = row;
            b.push_bind(e.id).push_bind(*session).push_bind(e.at).push_bind(e.event);
            b.push_bind(e.from.map_or("", |state| state.as_str())).push_bind(e.to.as_str()).push_bind(e.by);
            b.push_bind(e.role.as_str()).push_bind(e.note.as_str());
        },
        ""
    )?;
    Ok(())
}

async fn answers(conn: &mut Conn, sessions: &[&Session]) -> Result<()> {
    let responses: Vec<(Uuid, &Response)> =
        sessions.iter().flat_map(|s| s.responses.iter().map(move |r| (s.id, r))).collect();
    insert_rows!(
        conn,
        "INSERT INTO response (id, session_id, respondent, moment, questionnaire_version, on_date) ",
        responses,
        |b, row| {
            let (session, r) = row;
            b.push_bind(r.id).push_bind(*session).push_bind(r.respondent).push_bind("after");
            b.push_bind(QUESTIONNAIRE).push_bind(r.on);
        },
        ""
    )?;
    let answers: Vec<_> = responses
        .iter()
        .flat_map(|(_, r)| r.answers.iter().map(move |(question, choice)| (r.id, *question, *choice)))
        .collect();
    insert_rows!(
        conn,
        "INSERT INTO answer (response_id, question, choice) ",
        answers,
        |b, row| {
            b.push_bind(row.0).push_bind(row.1).push_bind(row.2);
        },
        ""
    )?;
    Ok(())
}
