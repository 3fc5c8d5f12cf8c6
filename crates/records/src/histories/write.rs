//! Rows into tours, visits, sessions, attending groups and timelines.

use std::collections::{BTreeMap, HashMap};

use chrono::{DateTime, NaiveDate, SubsecRound, Utc};
use domain::AcademicYear;
use domain::access::{Actor, Role};
use domain::session::{Event, Reason, State, after};
use domain::slot::TimeOfDay;
use intake::history::{Count, Half, Outcome};
use uuid::Uuid;

use super::{Row, Standing, Understood};
use crate::Desk;
use crate::batch::keys;
use crate::db::Conn;
use crate::error::{Error, Result};

/// A session to be written.
struct New<'a> {
    id: Uuid,
    visit: Uuid,
    tour: Uuid,
    programme: Uuid,
    setting: Uuid,
    on: NaiveDate,
    row: &'a Row,
    event: Event,
    state: State,
    for_adults: bool,
    part: i64,
}

impl New<'_> {
    fn reason(&self) -> &'static str {
        match self.row.outcome {
            Outcome::Cancelled => self.row.reason.as_str(),
            Outcome::Postponed => Reason::Postponed.as_str(),
            Outcome::Held | Outcome::ToConfirm => "",
        }
    }

    /// Pupils, or adults where the programme is for them; none where the file does not say one number.
    fn counted(&self) -> Option<i64> {
        match self.row.count {
            Count::Pupils { pupils, .. } => Some(i64::from(pupils)),
            _ => None,
        }
    }

    /// Who came, where it took place and was counted.
    fn attended(&self) -> Option<i64> {
        self.counted().filter(|_| self.state == State::Delivered)
    }

    /// Where it comes from, for its timeline.
    fn note(&self, file: &str) -> String {
        let sheet = if self.row.sheet.is_empty() { String::new() } else { format!("{}, ", self.row.sheet) };
        let about = match self.row.count {
            Count::Pupils { pupils, approximate: true } => format!(". The number is a rough one: about {pupils}"),
            _ => String::new(),
        };
        format!("{file}, {sheet}row {}{about}", self.row.row)
    }
}

/// What happens to a row's session, and where that leads.
fn begins(row: &Row, role: Role) -> Result<(Event, State)> {
    let event = match row.outcome {
        Outcome::Held => Event::Import,
        Outcome::Cancelled | Outcome::Postponed => Event::ImportCancelled,
        Outcome::ToConfirm => return Err(Error::refused("A row that is to be confirmed cannot be taken over")),
    };
    Ok((event, after(None, event, role)?))
}

/// Writes a session for every row that is ready. Returns how many tours were made for them.
pub(super) async fn sessions(
    conn: &mut Conn,
    desk: &Desk,
    actor: &Actor,
    import: Uuid,
    file: &str,
    understood: &Understood,
) -> Result<usize> {
    let ready: Vec<_> = understood
        .rows
        .iter()
        .filter(|row| row.standing == Standing::Ready)
        .filter_map(|row| Some((row, row.school.as_ref()?.id, row.on?, row.programme?)))
        .collect();
    // To the second: on SQLite a moment is a text, and here it stands in a hundred thousand rows, five times.
    let now = desk.now().trunc_subsecs(0);
    let provider = understood.provider.ok_or_else(|| Error::refused("Choose who delivered these sessions"))?;
    let (tours, made) = tours(conn, desk, import, provider, understood, &ready).await?;
    // In the order of the rows: the keys ascend, and so do the days.
    let (mut key, mut visit_of) = (keys(), HashMap::<(Uuid, Uuid, NaiveDate), Uuid>::new());
    let mut new = Vec::with_capacity(ready.len());
    for &(row, setting, on, programme) in &ready {
        let tour = *tours.get(&(programme, on)).ok_or_else(|| Error::unavailable("a row without a tour"))?;
        let id = key();
        let visit = *visit_of.entry((tour, setting, on)).or_insert(id);
        let (event, state) = begins(row, actor.role)?;
        let of = understood.programmes.iter().find(|p| p.id == programme);
        let for_adults = of.is_some_and(|p| p.for_adults);
        // A part that the programme has not is none; what a row does not say is the first, never the whole.
        let part = row.part.map(i64::from).filter(|part| of.is_some_and(|p| *part <= p.parts)).unwrap_or(1);
        new.push(New { id, visit, tour, programme, setting, on, row, event, state, for_adults, part });
    }
    let shared = Shared { authority: understood.authority.as_str(), import, moment: now, actor };
    bring(conn, file, &new).await?;
    spread(conn, &shared).await?;
    execute!(conn, "DROP TABLE taken_over")?;
    Ok(made)
}

/// What all rows share.
struct Shared<'a> {
    authority: &'a str,
    import: Uuid,
    moment: DateTime<Utc>,
    actor: &'a Actor,
}

/// Brings the rows into a table of this connection's own. Every row becomes four, and most of the time would go into
/// handing the same values over four times: so they are handed over once, and the database does the rest by itself.
async fn bring(conn: &mut Conn, file: &str, new: &[New<'_>]) -> Result<()> {
    execute!(
        conn,
        "CREATE TEMPORARY TABLE taken_over (id UUID NOT NULL, visit_id UUID NOT NULL, tour_id UUID NOT NULL,
            programme_id UUID NOT NULL, setting_id UUID NOT NULL, academic_year BIGINT NOT NULL, on_date DATE NOT NULL,
            slot_label TEXT NOT NULL, starts_minute BIGINT, part BIGINT NOT NULL, event TEXT NOT NULL,
            state TEXT NOT NULL, live BOOLEAN NOT NULL, reason TEXT NOT NULL, year_groups BIGINT NOT NULL,
            label TEXT NOT NULL, expected BIGINT NOT NULL, attended BIGINT, adults BIGINT, note TEXT NOT NULL)"
    )?;
    insert_rows!(
        conn,
        "INSERT INTO taken_over (id, visit_id, tour_id, programme_id, setting_id, academic_year, on_date, slot_label,
            starts_minute, part, event, state, live, reason, year_groups, label, expected, attended, adults, note) ",
        new,
        |b, s| {
            let half = match s.row.half {
                Some(Half::Am) => "AM",
                Some(Half::Pm) => "PM",
                None => "",
            };
            let came = s.attended();
            // At a session for adults no pupils come, and the number is theirs.
            let (pupils, adults) = if s.for_adults { (came.map(|_| 0), came) } else { (came, None) };
            b.push_bind(s.id).push_bind(s.visit).push_bind(s.tour).push_bind(s.programme).push_bind(s.setting);
            b.push_bind(i64::from(AcademicYear::containing(s.on))).push_bind(s.on).push_bind(half);
            b.push_bind(s.row.starts.map(TimeOfDay::minutes)).push_bind(s.part).push_bind(s.event.as_str());
            b.push_bind(s.state.as_str()).push_bind(s.state.is_live()).push_bind(s.reason());
            b.push_bind(s.row.year_groups.mask()).push_bind(s.row.label.as_str());
            b.push_bind(s.counted().unwrap_or(0)).push_bind(pupils).push_bind(adults).push_bind(s.note(file));
        },
        ""
    )?;
    Ok(())
}

/// Writes visits, sessions, groups and timelines from the rows that were brought. A session's group and the first line
/// of its timeline have the session's key, and so has the visit that begins with it: each is the only one of its table.
async fn spread(conn: &mut Conn, shared: &Shared<'_>) -> Result<()> {
    let Shared { authority, import, moment, actor } = *shared;
    execute!(
        conn,
        "INSERT INTO visit (id, authority_code, tour_id, venue_id, on_date, room, access_needs, contact_name,
            contact_telephone, contact_email, more_emails, staff_stay, who_comes, room_for_others, fee_pence, import_id,
            created_at, version)
         SELECT id, $1, tour_id, setting_id, on_date, '', '', '', '', '', '', TRUE, '', FALSE, 0, $2, $3, 1
         FROM taken_over WHERE id = visit_id",
        authority,
        import,
        moment
    )?;
    execute!(
        conn,
        "INSERT INTO session (id, visit_id, authority_code, tour_id, programme_id, academic_year, on_date, slot_label,
            starts_minute, part, state, live, asked_by_name, asked_how, reason, reason_note, attendance_at, import_id,
            created_at, version)
         SELECT id, visit_id, $1, tour_id, programme_id, academic_year, on_date, slot_label, starts_minute, part, state,
            live, '', '', reason, '', CASE WHEN attended IS NOT NULL THEN $3 END, $2, $3, 1
         FROM taken_over",
        authority,
        import,
        moment
    )?;
    // One group a session: whom the row names, and how many. What it does not say is unknown, never nobody.
    execute!(
        conn,
        "INSERT INTO attending_group (id, session_id, setting_id, year_groups, label, expected, attended, adults,
            over_roll, stated_at)
         SELECT id, id, setting_id, year_groups, label, expected, attended, adults, FALSE,
            CASE WHEN attended IS NOT NULL THEN $1 END
         FROM taken_over",
        moment
    )?;
    execute!(
        conn,
        "INSERT INTO session_event (id, session_id, at, event, from_state, to_state, by_person, by_role, note)
         SELECT id, id, $1, event, '', state, $2, $3, note FROM taken_over",
        moment,
        actor.person,
        actor.role.as_str()
    )?;
    Ok(())
}

/// A name that begins so and that no tour has yet: a second part of a year's log makes a tour of its own, since old tours
/// are not stretched over days they did not have.
fn unlike(begins: &str, known: &[Tour]) -> String {
    let names = (1..).map(|n: u32| if n == 1 { format!("{begins})") } else { format!("{begins}, {n})") });
    let mut free = names.filter(|name| known.iter().all(|tour| tour.name != *name));
    free.next().unwrap_or_else(|| format!("{begins})"))
}

#[derive(sqlx::FromRow)]
struct Tour {
    id: Uuid,
    name: String,
    programme_id: Uuid,
    starts: NaiveDate,
    ends: NaiveDate,
}

/// The tour of each programme and day: one of the provider's that was on then, or one made for the rows of its
/// academic year that none was for. How many were made.
async fn tours(
    conn: &mut Conn,
    desk: &Desk,
    import: Uuid,
    provider: Uuid,
    understood: &Understood,
    ready: &[(&Row, Uuid, NaiveDate, Uuid)],
) -> Result<(HashMap<(Uuid, NaiveDate), Uuid>, usize)> {
    let known = fetch_all!(
        conn,
        Tour,
        "SELECT id, name, programme_id, starts, ends FROM tour
         WHERE authority_code = $1 AND provider_id = $2 AND status <> 'draft' ORDER BY starts, id",
        understood.authority.as_str(),
        provider,
    )?;
    let mut tours = HashMap::new();
    let mut missing = BTreeMap::<(Uuid, AcademicYear), Vec<NaiveDate>>::new();
    for &(_, _, on, programme) in ready {
        let there = known.iter().find(|t| t.programme_id == programme && (t.starts..=t.ends).contains(&on));
        match there {
            Some(tour) => drop(tours.insert((programme, on), tour.id)),
            None => missing.entry((programme, AcademicYear::containing(on))).or_default().push(on),
        }
    }
    let mut made = Vec::new();
    for ((programme, year), days) in missing {
        let id = Uuid::now_v7();
        let name = understood.programmes.iter().find(|p| p.id == programme).map_or("", |p| p.name.as_str());
        let name: String = name.chars().take(80).collect();
        if let (Some(first), Some(last)) = (days.iter().min(), days.iter().max()) {
            let name = unlike(&format!("{name} {year} (older records"), &known);
            made.push((id, programme, year, name, *first, *last));
        }
        tours.extend(days.into_iter().map(|on| ((programme, on), id)));
    }
    insert_rows!(
        conn,
        "INSERT INTO tour (id, authority_code, programme_id, provider_id, academic_year, name, starts, ends, funders,
            price, price_pence, notice_days, status, import_id, created_at, version) ",
        made,
        |b, tour| {
            let (id, programme, year, name, first, last) = tour;
            b.push_bind(*id).push_bind(understood.authority.as_str()).push_bind(*programme).push_bind(provider);
            b.push_bind(i64::from(*year)).push_bind(name.as_str()).push_bind(*first).push_bind(*last).push_bind("");
            b.push_bind("free").push_bind(0_i64).push_bind(0_i64).push_bind("closed").push_bind(import);
            b.push_bind(desk.now()).push_bind(1_i64);
        },
        ""
    )?;
    Ok((tours, made.len()))
}
