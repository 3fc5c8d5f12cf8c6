//! Requests with their groups and dates.

use demo::{District, Group, Request};
use domain::request::DateKind;
use uuid::Uuid;

use crate::db::Conn;
use crate::error::Result;

pub(super) async fn write(conn: &mut Conn, district: &District) -> Result<()> {
    insert_rows!(
        conn,
        "INSERT INTO request (id, authority_code, tour_id, setting_id, state, sessions, may_split, room_for_others, part_of_day,
            access_needs, note, contact_name, contact_telephone, contact_email, asked_by_name, asked_how, is_estimated,
            outside_audience, reason, reason_note, asked_at, updated_at, version) ",
        district.requests,
        |b, r| {
            let r: &Request = r;
            b.push_bind(r.id).push_bind(district.authority.as_str()).push_bind(r.tour).push_bind(r.school);
            b.push_bind("asked").push_bind(r.sessions).push_bind(r.may_split).push_bind(r.room_for_others);
            b.push_bind(r.part_of_day.as_str()).push_bind(r.access_needs).push_bind("");
            // Who only said yes by the link has named nobody.
            let said = |text: &str| if r.is_estimated { String::new() } else { text.to_owned() };
            b.push_bind(said(&r.contact.name)).push_bind(said(&r.contact.telephone)).push_bind(said(&r.contact.email));
            b.push_bind("").push_bind("").push_bind(r.is_estimated).push_bind(false).push_bind("").push_bind("");
            b.push_bind(r.asked_at).push_bind(r.asked_at).push_bind(1_i64);
        },
        ""
    )?;
    let groups: Vec<(Uuid, i64, &Group)> = district
        .requests
        .iter()
        .flat_map(|r| (1_i64..).zip(&r.groups).map(move |(number, group)| (r.id, number, group)))
        .collect();
    insert_rows!(
        conn,
        "INSERT INTO request_group (request_id, number, year_groups, label, expected, expected_send) ",
        groups,
        |b, row| {
            let (request, number, group) = row;
            b.push_bind(*request)
                .push_bind(*number)
                .push_bind(group.year_groups.mask())
                .push_bind(group.label.as_str());
            b.push_bind(group.expected).push_bind(group.expected_send);
        },
        ""
    )?;
    let dates: Vec<_> = district
        .requests
        .iter()
        .flat_map(|r| {
            let impossible = r.impossible.iter().map(|day| (r.id, *day, DateKind::Impossible));
            impossible.chain(r.preferred.iter().map(|day| (r.id, *day, DateKind::Preferred)))
        })
        .collect();
    insert_rows!(
        conn,
        "INSERT INTO request_date (request_id, on_date, kind) ",
        dates,
        |b, row| {
            b.push_bind(row.0).push_bind(row.1).push_bind(row.2.as_str());
        },
        ""
    )?;
    Ok(())
}
