//! Run sheets: where a team goes today and this week, and whom it meets there.

use std::collections::BTreeMap;

use chrono::{Days, NaiveDate};
use domain::access::{Actor, Operation};
use domain::slot::TimeOfDay;
use uuid::Uuid;

use crate::Desk;
use crate::error::Result;
use crate::within::Within;

/// Minutes before it begins that a team is there, where the visit does not say when it gets in.
const GET_IN_MINUTES: i64 = 30;

/// A team that has run sheets.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Team {
    /// Its key.
    pub id: Uuid,
    /// Its name.
    pub name: String,
    /// The provider's name.
    pub provider: String,
}

/// A session of a run sheet.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Stop {
    /// The session.
    pub id: Uuid,
    /// On which day.
    pub on_date: NaiveDate,
    /// What its slot is called.
    pub slot_label: String,
    starts_minute: Option<i64>,
    ends_minute: Option<i64>,
    get_in_minute: Option<i64>,
    /// The programme's name.
    pub programme: String,
    needs: String,
    venue_id: Uuid,
    /// The school.
    pub venue: String,
    street: Option<String>,
    town: Option<String>,
    postcode: Option<String>,
    /// The school's own number.
    pub school_telephone: Option<String>,
    /// The room.
    pub room: String,
    /// What it takes for everyone to take part.
    pub access_needs: String,
    /// Whom to ask for.
    pub contact_name: String,
    /// Their number on the day.
    pub contact_telephone: String,
    /// Who comes, one a line.
    pub who_comes: String,
    /// Whether the school has still to say yes.
    pub offered: bool,
    /// Who attends: “Year 6, 6B: 28, 4 with SEND”.
    #[sqlx(skip)]
    pub groups: Vec<String>,
    /// The school's designated safeguarding leads: name and how to reach them.
    #[sqlx(skip)]
    pub leads: Vec<(String, String)>,
}

impl Stop {
    /// When it begins.
    #[must_use]
    pub fn starts(&self) -> Option<TimeOfDay> {
        self.starts_minute.and_then(|m| m.try_into().ok())
    }

    /// When it ends.
    #[must_use]
    pub fn ends(&self) -> Option<TimeOfDay> {
        self.ends_minute.and_then(|m| m.try_into().ok())
    }

    /// When the team is there.
    #[must_use]
    pub fn arrives(&self) -> Option<TimeOfDay> {
        let minute = self.get_in_minute.or_else(|| self.starts_minute.map(|m| (m - GET_IN_MINUTES).max(0)))?;
        minute.try_into().ok()
    }

    /// What the programme needs there, in words.
    #[must_use]
    pub fn needs(&self) -> Vec<&'static str> {
        self.needs
            .split(',')
            .filter_map(|word| word.trim().parse::<domain::programme::Need>().ok())
            .map(|need| need.label())
            .collect()
    }

    /// Street, town and postcode, as far as they are known.
    #[must_use]
    pub fn address(&self) -> String {
        let parts = [&self.street, &self.town, &self.postcode].map(|part| part.as_deref().unwrap_or_default().trim());
        parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(", ")
    }
}

/// A run sheet.
#[derive(Debug, Clone)]
pub struct Sheet {
    /// The team.
    pub team: Team,
    /// The first day.
    pub from: NaiveDate,
    /// The last day.
    pub until: NaiveDate,
    /// Where it goes, by time.
    pub stops: Vec<Stop>,
}

/// The teams whose run sheets the actor may see: a provider's own, and those that tour for an authority.
///
/// # Errors
/// Forbidden.
pub async fn teams(desk: &Desk, actor: &Actor) -> Result<Vec<Team>> {
    desk.authorise(actor, Operation::SeeRunSheets)?;
    let within = Within::of(actor);
    let mut conn = desk.read().await?;
    fetch_all!(
        conn,
        Team,
        "SELECT m.id, m.name, r.name AS provider FROM team m JOIN provider r ON r.id = m.provider_id
         WHERE ($1 IS NULL OR r.id = $1) AND ($2 IS NULL OR EXISTS (SELECT 1 FROM tour_team x JOIN tour t ON t.id = x.tour_id
            WHERE x.team_id = m.id AND t.authority_code = $2)) ORDER BY r.name, m.name, m.id",
        within.provider,
        within.authority,
    )
}

/// A team's run sheet for `days` days from a day on. A commissioner sees what is in their own authority.
///
/// # Errors
/// Not found in the actor's scope; forbidden.
pub async fn of_team(desk: &Desk, actor: &Actor, team: Uuid, from: NaiveDate, days: u64) -> Result<Sheet> {
    desk.authorise(actor, Operation::SeeRunSheets)?;
    let within = Within::of(actor);
    let until = from + Days::new(days.saturating_sub(1));
    let mut conn = desk.read().await?;
    let team = fetch_one!(
        conn,
        Team,
        "SELECT m.id, m.name, r.name AS provider FROM team m JOIN provider r ON r.id = m.provider_id
         WHERE m.id = $1 AND ($2 IS NULL OR r.id = $2) AND ($3 IS NULL OR EXISTS (SELECT 1 FROM tour_team x
            JOIN tour t ON t.id = x.tour_id WHERE x.team_id = m.id AND t.authority_code = $3))",
        team,
        within.provider,
        &within.authority,
    )?;
    let mut stops = fetch_all!(
        conn,
        Stop,
        "SELECT x.id, x.on_date, x.slot_label, x.starts_minute, x.ends_minute, w.get_in_minute, p.name AS programme, p.needs,
            w.venue_id, v.name AS venue, v.street, v.town, v.postcode, v.telephone AS school_telephone, w.room, w.access_needs,
            w.contact_name, w.contact_telephone, w.who_comes, x.state = 'offered' AS offered
         FROM session x JOIN visit w ON w.id = x.visit_id JOIN setting v ON v.id = w.venue_id
            JOIN programme p ON p.id = x.programme_id
         WHERE x.team_id = $1 AND x.on_date >= $2 AND x.on_date <= $3 AND x.state IN ('confirmed', 'offered', 'delivered')
           AND ($4 IS NULL OR x.authority_code = $4)
         ORDER BY x.on_date, x.starts_minute, x.id",
        team.id,
        from,
        until,
        &within.authority,
    )?;
    let sessions: Vec<Uuid> = stops.iter().map(|s| s.id).collect();
    let venues: Vec<Uuid> = stops.iter().map(|s| s.venue_id).collect();
    let mut groups = BTreeMap::<Uuid, Vec<String>>::new();
    for (session, venue, school, mask, label, expected, send) in fetch_in!(
        conn,
        (Uuid, Uuid, String, i64, String, i64, Option<i64>),
        "SELECT g.session_id, g.setting_id, s.name, g.year_groups, g.label, g.expected, g.expected_send
         FROM attending_group g JOIN setting s ON s.id = g.setting_id WHERE g.session_id IN ",
        sessions,
        " ORDER BY g.session_id, s.name, g.id"
    )? {
        let years = domain::YearGroups::try_from(mask).map_err(crate::Error::unavailable)?;
        let mut words = if years.is_empty() { "Year groups not followed".to_owned() } else { years.to_string() };
        if !label.is_empty() {
            words = format!("{words}, {label}");
        }
        words = format!("{words}: {expected}");
        if let Some(send) = send {
            words = format!("{words}, {send} with SEND");
        }
        let guest = stops.iter().any(|s| s.id == session && s.venue_id != venue);
        groups.entry(session).or_default().push(if guest { format!("{words} ({school})") } else { words });
    }
    let mut leads = BTreeMap::<Uuid, Vec<(String, String)>>::new();
    for (setting, name, email) in fetch_in!(
        conn,
        (Uuid, String, String),
        "SELECT DISTINCT a.setting_id, p.name, p.email FROM access_grant a JOIN person p ON p.id = a.person_id
         WHERE a.role = 'safeguarding' AND a.revoked_at IS NULL AND a.setting_id IN ",
        venues,
        " ORDER BY a.setting_id, p.name"
    )? {
        leads.entry(setting).or_default().push((name, email));
    }
    for stop in &mut stops {
        stop.groups = groups.remove(&stop.id).unwrap_or_default();
        stop.leads = leads.get(&stop.venue_id).cloned().unwrap_or_default();
    }
    Ok(Sheet { team, from, until, stops })
}
