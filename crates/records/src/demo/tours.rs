//! Providers, programmes, tours, openings, invitations.

use demo::{District, Opening, Programme, Provider, Team, Tour};
use uuid::Uuid;

use crate::db::Conn;
use crate::error::Result;

/// Monday to Friday, as a mask.
const WEEKDAYS: i64 = 0b1_1111;

pub(super) async fn write(conn: &mut Conn, district: &District) -> Result<()> {
    providers(conn, district).await?;
    programmes(conn, district).await?;
    tours(conn, district).await?;
    insert_rows!(
        conn,
        "INSERT INTO opening (id, tour_id, team_id, on_date, slot, slot_label, starts_minute, ends_minute, created_at) ",
        district.openings,
        |b, o| {
            let o: &Opening = o;
            b.push_bind(o.id).push_bind(o.tour).push_bind(o.team).push_bind(o.on).push_bind(o.slot.number);
            b.push_bind(o.slot.label.as_str()).push_bind(o.slot.starts.minutes()).push_bind(o.slot.ends.minutes());
            b.push_bind(o.created_at);
        },
        ""
    )?;
    insert_rows!(
        conn,
        "INSERT INTO invitation (id, tour_id, setting_id, state, reason, reason_note, sent_at, answered_at, reminded_at) ",
        district.invitations,
        |b, i| {
            b.push_bind(i.id).push_bind(i.tour).push_bind(i.school).push_bind(i.state).push_bind(i.reason);
            b.push_bind(i.reason_note);
            b.push_bind(i.sent_at).push_bind(i.answered_at).push_bind(i.reminded_at);
        },
        ""
    )?;
    Ok(())
}

async fn providers(conn: &mut Conn, district: &District) -> Result<()> {
    let begins = district.begins;
    insert_rows!(
        conn,
        "INSERT INTO provider (id, kind, name, email, telephone, created_at, version) ",
        district.providers,
        |b, p| {
            let p: &Provider = p;
            b.push_bind(p.id).push_bind(p.kind.as_str()).push_bind(p.name).push_bind(p.email);
            b.push_bind(p.telephone.as_str()).push_bind(begins).push_bind(1_i64);
        },
        ""
    )?;
    insert_rows!(
        conn,
        "INSERT INTO provider_authority (provider_id, authority_code) ",
        district.providers,
        |b, p| {
            b.push_bind(p.id).push_bind(district.authority.as_str());
        },
        ""
    )?;
    let teams: Vec<(Uuid, &Team)> =
        district.providers.iter().flat_map(|p| p.teams.iter().map(move |team| (p.id, team))).collect();
    insert_rows!(
        conn,
        "INSERT INTO team (id, provider_id, name, base_name, base_postcode, base_easting, base_northing, working_days,
            earliest_start_minute, latest_home_minute, get_in_minutes, get_out_minutes, turnaround_minutes,
            most_sessions, created_at, version) ",
        teams,
        |b, row| {
            let (provider, t) = row;
            b.push_bind(t.id).push_bind(*provider).push_bind(t.name.as_str()).push_bind(t.base_name);
            b.push_bind(t.base_postcode).push_bind(t.base_at.0).push_bind(t.base_at.1);
            b.push_bind(WEEKDAYS);
            b.push_bind(t.hours.earliest_start.minutes()).push_bind(t.hours.latest_home.minutes());
            b.push_bind(t.hours.get_in_minutes).push_bind(t.hours.get_out_minutes);
            b.push_bind(t.hours.turnaround_minutes).push_bind(t.hours.most_sessions);
            b.push_bind(begins).push_bind(1_i64);
        },
        ""
    )?;
    let leave: Vec<_> = teams.iter().flat_map(|(_, t)| t.leave.iter().map(move |leave| (t.id, leave))).collect();
    insert_rows!(
        conn,
        "INSERT INTO team_leave (id, team_id, starts, ends, note, created_at) ",
        leave,
        |b, row| {
            let (team, leave) = row;
            b.push_bind(leave.id).push_bind(*team).push_bind(leave.from).push_bind(leave.to);
            b.push_bind(leave.note.as_str()).push_bind(begins);
        },
        ""
    )?;
    let slots: Vec<_> = teams.iter().flat_map(|(_, t)| t.slots.iter().map(move |slot| (t.id, slot))).collect();
    insert_rows!(
        conn,
        "INSERT INTO team_slot (team_id, from_date, number, label, starts_minute, ends_minute) ",
        slots,
        |b, row| {
            let (team, slot) = row;
            b.push_bind(*team).push_bind(begins.date_naive()).push_bind(slot.number).push_bind(slot.label.as_str());
            b.push_bind(slot.starts.minutes()).push_bind(slot.ends.minutes());
        },
        ""
    )?;
    Ok(())
}

async fn programmes(conn: &mut Conn, district: &District) -> Result<()> {
    insert_rows!(
        conn,
        "INSERT INTO programme (id, authority_code, kind, name, summary, for_adults, setting_types, year_groups,
            largest_group, needs, adaptations, topics, topics_as_of, status, assurance, insurance_expires,
            risk_assessment, content_notes, parent_letter, parent_materials, created_at, version) ",
        district.programmes,
        |b, p| {
            let p: &Programme = p;
            b.push_bind(p.id).push_bind(district.authority.as_str()).push_bind(p.kind.as_str()).push_bind(p.name);
            b.push_bind(p.summary).push_bind(false).push_bind(p.setting_types).push_bind(p.year_groups.mask());
            b.push_bind(p.largest_group).push_bind(p.needs).push_bind(p.adaptations).push_bind(p.topics);
            b.push_bind(p.topics_as_of).push_bind("open").push_bind(p.assurance).push_bind(p.insurance_expires);
            b.push_bind(p.risk_assessment).push_bind(p.content_notes).push_bind(p.parent_letter);
            b.push_bind(p.parent_materials).push_bind(district.begins).push_bind(1_i64);
        },
        ""
    )?;
    let parts: Vec<_> =
        district.programmes.iter().flat_map(|p| (1_i64..).zip(p.parts).map(move |(n, part)| (p.id, n, part))).collect();
    insert_rows!(
        conn,
        "INSERT INTO programme_part (programme_id, number, title, minutes) ",
        parts,
        |b, row| {
            let (programme, number, (title, minutes)) = row;
            b.push_bind(*programme).push_bind(*number).push_bind(*title).push_bind(*minutes);
        },
        ""
    )?;
    Ok(())
}

async fn tours(conn: &mut Conn, district: &District) -> Result<()> {
    insert_rows!(
        conn,
        "INSERT INTO tour (id, authority_code, programme_id, provider_id, academic_year, name, starts, ends,
            target_schools, funders, budget_pence, price, price_pence, notice_days, status, created_at, version) ",
        district.tours,
        |b, t| {
            let t: &Tour = t;
            b.push_bind(t.id).push_bind(district.authority.as_str()).push_bind(t.programme).push_bind(t.provider);
            b.push_bind(i64::from(t.year)).push_bind(t.name.as_str()).push_bind(t.starts).push_bind(t.ends);
            b.push_bind(t.target_schools).push_bind(t.funders).push_bind(t.budget_pence).push_bind(t.price.as_str());
            b.push_bind(t.price_pence).push_bind(t.notice_days).push_bind(t.status.as_str());
            b.push_bind(t.created_at).push_bind(1_i64);
        },
        ""
    )?;
    let teams: Vec<(Uuid, Uuid)> =
        district.tours.iter().flat_map(|t| t.teams.iter().map(move |team| (t.id, *team))).collect();
    insert_rows!(
        conn,
        "INSERT INTO tour_team (tour_id, team_id) ",
        teams,
        |b, row| {
            b.push_bind(row.0).push_bind(row.1);
        },
        ""
    )?;
    Ok(())
}
