//! The authority, its schools, and the people.

use demo::{District, Person, School};
use domain::access::{Role, Scope};
use domain::setting::search_name;
use uuid::Uuid;

use crate::db::Conn;
use crate::error::Result;
use crate::ward_outlines::{self, Outline};

pub(super) async fn write(conn: &mut Conn, district: &District) -> Result<()> {
    let code = district.authority.as_str();
    let begins = district.begins;
    execute!(
        conn,
        "INSERT INTO authority (code, name, colour, is_demo, created_at, version) VALUES ($1, $2, $3, $4, $5, 1)",
        code,
        demo::COUNCIL,
        demo::COLOUR,
        true,
        begins,
    )?;
    let terms: Vec<(Uuid, &demo::Term)> = district.term_keys().zip(&district.terms).collect();
    insert_rows!(
        conn,
        "INSERT INTO term (id, authority_code, academic_year, name, starts, ends) ",
        terms,
        |b, row| {
            let (id, term) = row;
            b.push_bind(*id).push_bind(code).push_bind(i64::from(term.academic_year)).push_bind(term.name.as_str());
            b.push_bind(term.starts).push_bind(term.ends);
        },
        ""
    )?;
    let outlines: Vec<Outline> =
        demo::outlines().map(|(name, ring)| Outline { name: name.into(), rings: vec![ring] }).collect();
    ward_outlines::store(conn, code, &outlines).await?;
    schools(conn, district, code).await?;
    calendars(conn, district).await?;
    people(conn, &district.people, district).await
}

async fn schools(conn: &mut Conn, district: &District, code: &str) -> Result<()> {
    insert_rows!(
        conn,
        "INSERT INTO setting (id, authority_code, kind, urn, establishment_number, name, search_name,
            establishment_type, type_group, phase, setting_type, setting_type_source, low_age, high_age, year_groups,
            year_groups_source, pupils, ehc_plans, sen_support, street, town, postcode, telephone, website, email, ward,
            constituency, easting, northing, deprivation_decile, trust_code, trust_name, status, created_at,
            updated_at, version) ",
        district.schools,
        |b, s| {
            let s: &School = s;
            b.push_bind(s.id).push_bind(code).push_bind("school").push_bind(s.urn.number());
            b.push_bind(s.establishment_number.as_str()).push_bind(s.name.as_str()).push_bind(search_name(&s.name));
            b.push_bind(s.establishment_type).push_bind(s.type_group);
            b.push_bind(s.phase.as_str()).push_bind(s.setting_type.as_str()).push_bind(crate::schools::FROM_LIST);
            b.push_bind(s.ages.map(|(low, _)| i64::from(low))).push_bind(s.ages.map(|(_, high)| i64::from(high)));
            b.push_bind(s.year_groups.map(|y| y.mask())).push_bind(s.year_groups_source.as_str());
            b.push_bind(s.pupils).push_bind(s.ehc_plans).push_bind(s.sen_support);
            b.push_bind(s.street.as_str()).push_bind(s.town).push_bind(s.postcode.as_str());
            b.push_bind(s.telephone.as_str()).push_bind(s.website.as_str()).push_bind(s.email.as_str());
            b.push_bind(s.ward).push_bind(s.constituency).push_bind(s.easting).push_bind(s.northing);
            b.push_bind(s.decile).push_bind(s.trust.map(|(code, _)| code)).push_bind(s.trust.map(|(_, name)| name));
            b.push_bind("open").push_bind(district.begins).push_bind(district.begins).push_bind(1_i64);
        },
        ""
    )?;
    let years: Vec<_> = district.schools.iter().flat_map(|s| s.years.iter().map(move |y| (s, y))).collect();
    insert_rows!(
        conn,
        "INSERT INTO setting_year (setting_id, academic_year, authority_code, phase, setting_type, year_groups,
            year_groups_source, pupils, ward, constituency, deprivation_decile, status) ",
        years,
        |b, row| {
            let (s, y) = row;
            b.push_bind(s.id).push_bind(i64::from(y.year)).push_bind(code).push_bind(y.phase.as_str());
            b.push_bind(s.setting_type.as_str()).push_bind(y.year_groups.map(|y| y.mask()));
            b.push_bind(s.year_groups_source.as_str()).push_bind(y.pupils).push_bind(s.ward);
            b.push_bind(s.constituency).push_bind(s.decile).push_bind("open");
        },
        ""
    )?;
    let counted: Vec<_> = years
        .iter()
        .flat_map(|(s, y)| y.counted.iter().map(move |(group, pupils)| (s.id, y.year, group, pupils)))
        .collect();
    insert_rows!(
        conn,
        "INSERT INTO number_on_roll (setting_id, academic_year, year_group, pupils) ",
        counted,
        |b, row| {
            let (id, year, group, pupils) = row;
            b.push_bind(*id).push_bind(i64::from(*year)).push_bind(i64::from(group.number())).push_bind(**pupils);
        },
        ""
    )?;
    Ok(())
}

/// What schools say of when they can be visited.
async fn calendars(conn: &mut Conn, district: &District) -> Result<()> {
    let dates: Vec<_> = district.calendars.iter().flat_map(|c| c.dates.iter().map(move |d| (c.school, d))).collect();
    insert_rows!(
        conn,
        "INSERT INTO school_date (id, setting_id, kind, starts, ends, year_groups, note, created_at, version) ",
        dates,
        |b, row| {
            let (school, date) = row;
            b.push_bind(date.id).push_bind(*school).push_bind(date.kind.as_str()).push_bind(date.from);
            b.push_bind(date.to).push_bind(date.year_groups.mask()).push_bind(date.note.as_str());
            b.push_bind(district.begins).push_bind(1_i64);
        },
        ""
    )?;
    insert_rows!(
        conn,
        "INSERT INTO school_week (setting_id, closed_days, closed_days_b, week_a_from, version) ",
        district.calendars,
        |b, c| {
            b.push_bind(c.school).push_bind(c.week.closed.mask()).push_bind(c.week.closed_b.mask());
            b.push_bind(c.week.a_from).push_bind(1_i64);
        },
        ""
    )?;
    let hall: Vec<_> = district.calendars.iter().flat_map(|c| c.hall.iter().map(move |w| (c.school, w))).collect();
    insert_rows!(
        conn,
        "INSERT INTO hall_window (setting_id, weekday, starts_minute, ends_minute) ",
        hall,
        |b, row| {
            let (school, window) = row;
            b.push_bind(*school).push_bind(i64::from(window.weekday));
            b.push_bind(window.starts.minutes()).push_bind(window.ends.minutes());
        },
        ""
    )?;
    Ok(())
}

async fn people(conn: &mut Conn, people: &[Person], district: &District) -> Result<()> {
    insert_rows!(
        conn,
        "INSERT INTO person (id, email, name, created_at, version) ",
        people,
        |b, p| {
            b.push_bind(p.id).push_bind(p.email.as_str()).push_bind(p.name.as_str());
            b.push_bind(district.begins).push_bind(1_i64);
        },
        ""
    )?;
    let grants: Vec<(Uuid, &(Uuid, Role, Scope))> =
        people.iter().flat_map(|p| p.grants.iter().map(move |grant| (p.id, grant))).collect();
    insert_rows!(
        conn,
        "INSERT INTO access_grant (id, person_id, role, authority_code, provider_id, setting_id, trust_code, created_at) ",
        grants,
        |b, row| {
            let (person, (id, role, scope)) = row;
            let (mut authority, mut provider, mut setting, mut trust) = (None, None, None, None);
            match scope {
                Scope::Authority(code) => authority = Some(code.as_str()),
                Scope::Provider(id) => provider = Some(*id),
                Scope::Setting(id) => setting = Some(*id),
                Scope::Trust(code) => trust = Some(code.as_str()),
                Scope::Everything => {}
            }
            b.push_bind(*id).push_bind(*person).push_bind(role.as_str()).push_bind(authority).push_bind(provider);
            b.push_bind(setting).push_bind(trust).push_bind(district.begins);
        },
        ""
    )?;
    Ok(())
}
