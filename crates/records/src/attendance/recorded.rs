//! What an attendance sheet changed that was taken in, figure by figure.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use domain::YearGroups;
use domain::access::{Actor, Operation};
use domain::attendance::Figure;
use domain::attendance_sheet::FIGURES;
use domain::import::ImportKind;
use uuid::Uuid;

use super::FigureChange;
use super::sheet::group_name;
use crate::Desk;
use crate::before::{self, ATTENDING_GROUP};
use crate::error::{Error, Result};
use crate::uploads;

/// A figure that a sheet changed.
#[derive(Debug, Clone)]
pub struct Recorded {
    /// Which, what it was before, and what it is now.
    pub change: FigureChange,
    /// Its group was changed again since: what it is now is not what the sheet said.
    pub is_changed_since: bool,
}

/// A group of a session, as a page names it.
type Named = (Uuid, Uuid, NaiveDate, String, String, String, i64, String);

/// The figures that an upload changed, by day: the first `most`, and how many there are in all. None of what can no
/// longer be taken back: what was before is kept no longer than that.
///
/// # Errors
/// Forbidden; not found.
pub async fn recorded(desk: &Desk, actor: &Actor, id: Uuid, most: usize) -> Result<(Vec<Recorded>, usize)> {
    desk.authorise(actor, Operation::RecordAttendance)?;
    let mut conn = desk.read().await?;
    uploads::find(&mut conn, actor, ImportKind::Attendance, id).await?;
    let kept = match before::kept(&mut conn, id).await {
        Ok(kept) => kept,
        Err(Error::Conflict(_)) => return Ok((Vec::new(), 0)),
        Err(other) => return Err(other),
    };
    let mut changed = Vec::new();
    for groups in kept.iter().filter(|kept| kept.table.name == ATTENDING_GROUP.name) {
        for row in before::compared(&mut conn, groups, &FIGURES.map(column)).await? {
            let both = row.before.into_iter().zip(row.now);
            let differing = FIGURES.into_iter().zip(both).filter(|(_, (before, now))| before != now);
            changed
                .extend(differing.map(|(figure, (before, now))| (row.id, figure, before, now, row.is_changed_since)));
        }
    }
    let ids: Vec<Uuid> = changed.iter().map(|(group, ..)| *group).collect();
    let named = fetch_in!(
        conn,
        Named,
        "SELECT g.id, x.id, x.on_date, x.slot_label, v.name, g.label, g.year_groups, s.name
         FROM attending_group g JOIN session x ON x.id = g.session_id JOIN visit w ON w.id = x.visit_id
            JOIN setting v ON v.id = w.venue_id JOIN setting s ON s.id = g.setting_id WHERE g.id IN ",
        ids,
        ""
    )?;
    let named: BTreeMap<Uuid, Named> = named.into_iter().map(|named| (named.0, named)).collect();
    let mut recorded = Vec::new();
    for (group, figure, before, after, is_changed_since) in changed {
        let Some((_, session, on, slot, venue, label, years, school)) = named.get(&group) else { continue };
        let years = YearGroups::try_from(*years).map_err(Error::unavailable)?;
        let change = FigureChange {
            session: *session,
            on: *on,
            place: format!("{slot}, {venue}"),
            group: format!("{school}, {}", group_name(label, years, school)),
            figure,
            before,
            after,
        };
        recorded.push(Recorded { change, is_changed_since });
    }
    recorded.sort_by_cached_key(|r| (r.change.on, r.change.place.clone(), r.change.group.clone(), r.change.figure));
    let all = recorded.len();
    recorded.truncate(most);
    Ok((recorded, all))
}

const fn column(figure: Figure) -> &'static str {
    match figure {
        Figure::Pupils => "attended",
        Figure::Send => "attended_send",
        Figure::Withdrawn => "withdrawn",
        Figure::Adults => "adults",
    }
}
