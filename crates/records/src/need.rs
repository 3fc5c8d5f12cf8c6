//! Need: what is known of schools' need of a programme, and the weights an authority gives it.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use domain::AcademicYear;
use domain::access::{Actor, Operation};
use domain::need::{Need, Points, Weights, points};
use domain::programme::Audience;
use domain::setting::SettingType;
use domain::year_group::YearGroups;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::Desk;
use crate::audit::{self, Change};
use crate::db::Conn;
use crate::error::{Conflict, Error, Result};
use crate::requests::{self, Request};

#[derive(sqlx::FromRow)]
struct WeightsRow {
    request: i64,
    never: i64,
    per_year: i64,
    most_years: i64,
    provision: i64,
    deprivation: i64,
    leaving: i64,
    per_week: i64,
    most_weeks: i64,
    version: i64,
}

/// An authority's weights and their version; the default, version 0, where it has set none.
pub(crate) async fn weights_of(conn: &mut Conn, authority: &str) -> Result<(Weights, i64)> {
    let row = fetch_optional!(
        conn,
        WeightsRow,
        "SELECT request, never, per_year, most_years, provision, deprivation, leaving, per_week, most_weeks, version
         FROM need_weights WHERE authority_code = $1",
        authority,
    )?;
    Ok(row.map_or((Weights::default(), 0), |r| {
        let weights = Weights {
            request: r.request,
            never: r.never,
            year: r.per_year,
            most_years: r.most_years,
            provision: r.provision,
            deprivation: r.deprivation,
            leaving: r.leaving,
            week: r.per_week,
            most_weeks: r.most_weeks,
        };
        (weights, r.version)
    }))
}

/// The weights of the actor's authority, with the version that [`set_weights`] wants.
///
/// # Errors
/// Forbidden; not found for a scope that is no authority.
pub async fn weights(desk: &Desk, actor: &Actor) -> Result<(Weights, i64)> {
    desk.authorise(actor, Operation::EditWeights)?;
    let authority = actor.authority().ok_or(Error::NotFound)?;
    let mut conn = desk.read().await?;
    weights_of(&mut conn, authority.as_str()).await
}

/// Sets the weights of the actor's authority.
///
/// # Errors
/// Forbidden; fields to mend; somebody else changed them since `version`.
pub async fn set_weights(desk: &Desk, actor: &Actor, weights: Weights, version: i64) -> Result<()> {
    desk.authorise(actor, Operation::EditWeights)?;
    let authority = actor.authority().ok_or(Error::NotFound)?.as_str().to_owned();
    let w = weights.check()?;
    let mut conn = desk.write().await?;
    let (before, _) = weights_of(&mut conn, &authority).await?;
    let written = execute!(
        conn,
        "INSERT INTO need_weights (authority_code, request, never, per_year, most_years, provision, deprivation, leaving,
            per_week, most_weeks, updated_at, version)
         SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 1 WHERE $12 = 0
            OR EXISTS (SELECT 1 FROM need_weights WHERE authority_code = $1)
         ON CONFLICT (authority_code) DO UPDATE SET request = excluded.request, never = excluded.never,
            per_year = excluded.per_year, most_years = excluded.most_years, provision = excluded.provision,
            deprivation = excluded.deprivation, leaving = excluded.leaving, per_week = excluded.per_week,
            most_weeks = excluded.most_weeks, updated_at = excluded.updated_at, version = need_weights.version + 1
            WHERE need_weights.version = $12",
        &authority,
        w.request,
        w.never,
        w.year,
        w.most_years,
        w.provision,
        w.deprivation,
        w.leaving,
        w.week,
        w.most_weeks,
        desk.now(),
        version,
    )?;
    if written == 0 {
        return Err(Conflict::Stale.into());
    }
    let change = Change {
        operation: Operation::EditWeights,
        authority: Some(&authority),
        record_kind: "need_weights",
        record_id: authority.clone(),
        before: in_json(&before),
        after: in_json(&w),
    };
    audit::write(&mut conn, desk, actor, change).await?;
    desk.commit(conn, &authority).await
}

fn in_json(w: &Weights) -> Value {
    json!({ "request": w.request, "never": w.never, "year": w.year, "most_years": w.most_years, "provision": w.provision,
        "deprivation": w.deprivation, "leaving": w.leaving, "week": w.week, "most_weeks": w.most_weeks })
}

#[derive(sqlx::FromRow)]
struct SchoolRow {
    id: Uuid,
    #[sqlx(try_from = "String")]
    setting_type: SettingType,
    year_groups: Option<i64>,
    deprivation_decile: Option<i64>,
}

/// What is known of these schools' need of a programme in an academic year. A setting that does not exist is left out.
pub(crate) async fn of_schools(
    conn: &mut Conn,
    today: NaiveDate,
    programme: Uuid,
    year: AcademicYear,
    settings: &[Uuid],
) -> Result<BTreeMap<Uuid, Need>> {
    let audience = audience_of(conn, programme).await?;
    let schools = fetch_in!(
        conn,
        SchoolRow,
        "SELECT s.id, s.setting_type, s.year_groups, s.deprivation_decile FROM setting s WHERE s.id IN ",
        settings,
        ""
    )?;
    let reached = fetch_all!(
        conn,
        (Uuid, NaiveDate),
        "SELECT COALESCE(l.current_id, g.setting_id) AS setting_id, MAX(x.on_date) AS last_date
         FROM session x JOIN attending_group g ON g.session_id = x.id LEFT JOIN lineage l ON l.setting_id = g.setting_id
         WHERE x.programme_id = $1 AND x.state = 'delivered' GROUP BY COALESCE(l.current_id, g.setting_id)",
        programme,
    )?;
    let reached: BTreeMap<Uuid, NaiveDate> = reached.into_iter().collect();
    let asked = fetch_all!(
        conn,
        (Uuid, DateTime<Utc>),
        "SELECT COALESCE(l.current_id, r.setting_id) AS setting_id, r.asked_at FROM request r JOIN tour t ON t.id = r.tour_id
            LEFT JOIN lineage l ON l.setting_id = r.setting_id
         WHERE t.programme_id = $1 AND r.state <> 'withdrawn' ORDER BY r.asked_at",
        programme,
    )?;
    let mut first_asked = BTreeMap::<Uuid, NaiveDate>::new();
    for (setting, at) in asked {
        let on = at.with_timezone(&chrono_tz::Europe::London).date_naive();
        if reached.get(&setting).is_none_or(|last| on > *last) {
            first_asked.entry(setting).or_insert(on);
        }
    }
    schools
        .into_iter()
        .map(|school| {
            let taught = school.year_groups.map(YearGroups::try_from).transpose().map_err(Error::unavailable)?;
            let years_since = reached
                .get(&school.id)
                .map(|on| i64::from(year.first() - AcademicYear::containing(*on).first()).max(0));
            let need = Need {
                years_since,
                setting_type: school.setting_type,
                deprivation_decile: school.deprivation_decile,
                leaving: is_leaving(&audience, taught),
                waiting_days: first_asked.get(&school.id).map_or(0, |on| (today - *on).num_days().max(0)),
            };
            Ok((school.id, need))
        })
        .collect()
}

/// Whether a school's last year group is one that the programme is for.
fn is_leaving(audience: &Audience, taught: Option<YearGroups>) -> bool {
    let last = taught.and_then(|years| years.iter().next_back());
    last.is_some_and(|last| audience.year_groups_in(taught).contains(last))
}

async fn audience_of(conn: &mut Conn, programme: Uuid) -> Result<Audience> {
    #[derive(sqlx::FromRow)]
    struct Row {
        for_adults: bool,
        #[sqlx(try_from = "String")]
        setting_types: domain::TermSet<SettingType>,
        #[sqlx(try_from = "i64")]
        year_groups: YearGroups,
    }
    let row = fetch_one!(
        conn,
        Row,
        "SELECT for_adults, setting_types, year_groups FROM programme WHERE id = $1",
        programme,
    )?;
    Ok(crate::programmes::audience(row.for_adults, &row.setting_types, row.year_groups))
}

/// A request with what it is worth.
#[derive(Debug, Clone)]
pub struct Valued {
    /// The request.
    pub request: Request,
    /// Why it is worth what it is.
    pub points: Vec<Points>,
}

impl Valued {
    /// What it is worth.
    #[must_use]
    pub fn value(&self) -> i64 {
        self.points.iter().map(|p| p.points).sum()
    }
}

/// Requests with what each is worth under its authority's weights; the most needed first.
///
/// # Errors
/// Forbidden.
pub async fn valued(desk: &Desk, actor: &Actor, filter: requests::Filter) -> Result<Vec<Valued>> {
    desk.authorise(actor, Operation::SeeRequests)?;
    let mut conn = desk.read().await?;
    let found = requests::select(&mut conn, actor, filter).await?;
    with_values(&mut conn, desk, found, None).await
}

/// What waits for a date on the actor's authority's open tours, with what each would be worth under `trial` weights; the
/// most needed first.
///
/// # Errors
/// Forbidden; not found for a scope that is no authority.
pub async fn trial(desk: &Desk, actor: &Actor, trial: Weights) -> Result<Vec<Valued>> {
    desk.authorise(actor, Operation::EditWeights)?;
    let authority = actor.authority().ok_or(Error::NotFound)?;
    let mut conn = desk.read().await?;
    let tours = fetch_all!(
        conn,
        (Uuid,),
        "SELECT id FROM tour WHERE authority_code = $1 AND status = 'open' ORDER BY id",
        authority.as_str(),
    )?;
    let tours: Vec<Uuid> = tours.into_iter().map(|(id,)| id).collect();
    let found = requests::open_of_tours(&mut conn, &tours).await?;
    with_values(&mut conn, desk, found, Some(trial)).await
}

async fn with_values(conn: &mut Conn, desk: &Desk, found: Vec<Request>, trial: Option<Weights>) -> Result<Vec<Valued>> {
    let mut by_programme = BTreeMap::<(String, Uuid, AcademicYear), Vec<Request>>::new();
    for request in found {
        let key = (request.authority_code.clone(), request.programme_id, request.academic_year);
        by_programme.entry(key).or_default().push(request);
    }
    let mut all = Vec::new();
    // A handful of programmes with requests, a few statements each.
    for ((authority, programme, year), requests) in by_programme {
        let weights = match trial {
            Some(weights) => weights,
            None => weights_of(conn, &authority).await?.0,
        };
        let settings: Vec<Uuid> = requests.iter().map(|r| r.setting_id).collect();
        let needs = of_schools(conn, desk.today(), programme, year, &settings).await?;
        all.extend(requests.into_iter().map(|request| {
            let points = needs.get(&request.setting_id).map(|need| points(need, &weights)).unwrap_or_default();
            Valued { request, points }
        }));
    }
    all.sort_by_key(|v| (std::cmp::Reverse(v.value()), v.request.asked_at, v.request.id));
    Ok(all)
}
