//! The sheet that goes out: the tours an actor may ask for, and the schools that may ask, as a workbook.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use domain::access::{Actor, Operation, Role};
use domain::programme::{Audience, Status};
use domain::request::RequestState;
use domain::request_sheet::Cells;
use domain::year_group::YearGroups;
use report::requests::{About, Line, workbook};
use uuid::Uuid;

use crate::error::{Error, Result};
use crate::requests::{self, Request};
use crate::tours::{self, Tour};
use crate::{Desk, sessions};

/// The most rows of a sheet.
const MOST_ROWS: usize = 5_000;

/// The sheet of a tour: a name for the file, and the workbook.
///
/// # Errors
/// Not found; forbidden; the tour takes no requests; too many schools for one sheet.
pub async fn of_tour(desk: &Desk, actor: &Actor, tour: Uuid) -> Result<(String, Vec<u8>)> {
    desk.authorise(actor, Operation::AskForTour)?;
    let tour = tours::get(desk, actor, tour).await?;
    if !takes_requests(&tour, desk.today()) {
        return Err(Error::refused("This tour takes no requests: it is not open, or it is over. Look for another one"));
    }
    let of = tour.name.clone();
    write(desk, actor, &of, vec![tour]).await
}

/// The sheet of every tour that takes requests.
///
/// # Errors
/// Forbidden; too many tours and schools for one sheet.
pub async fn of_all(desk: &Desk, actor: &Actor) -> Result<(String, Vec<u8>)> {
    desk.authorise(actor, Operation::AskForTour)?;
    let mut tours = tours::list(desk, actor, tours::Filter::default()).await?;
    tours.retain(|tour| takes_requests(tour, desk.today()));
    tours.sort_by(|a, b| (a.starts, &a.name, a.id).cmp(&(b.starts, &b.name, b.id)));
    write(desk, actor, &desk.today().format("%-d %B %Y").to_string(), tours).await
}

/// Whether a tour can be asked for.
pub(super) fn takes_requests(tour: &Tour, today: NaiveDate) -> bool {
    tour.status == Status::Open && tour.ends > today
}

async fn write(desk: &Desk, actor: &Actor, of: &str, tours: Vec<Tour>) -> Result<(String, Vec<u8>)> {
    let (mut lines, mut offered) = (Vec::new(), YearGroups::NONE);
    for tour in &tours {
        let (of_tour, year_groups) = of_one(desk, actor, tour).await?;
        lines.extend(of_tour);
        offered = offered.union(year_groups);
        if lines.len() > MOST_ROWS {
            return Err(Error::refused(format!(
                "There are more than {MOST_ROWS} tours and schools. Take the sheet of one tour instead, from its page"
            )));
        }
    }
    let about = About {
        title: format!("Requests: {of}"),
        made: desk.today().format("%-d %B %Y").to_string(),
        on_behalf: actor.role != Role::School,
        year_groups: offered,
    };
    let name = format!("Requests {of}.xlsx");
    let book = tokio::task::spawn_blocking(move || workbook(&about, &lines)).await;
    Ok((name, book.map_err(Error::unavailable)?.map_err(Error::unavailable)?))
}

/// The lines of a tour, and the year groups that it is for and that one of their schools teaches, or may.
async fn of_one(desk: &Desk, actor: &Actor, tour: &Tour) -> Result<(Vec<Line>, YearGroups)> {
    let filter = requests::Filter { tour: Some(tour.id), ..requests::Filter::default() };
    let live = requests::list(desk, actor, filter).await?.into_iter().filter(|r| r.state.is_live());
    let live: BTreeMap<Uuid, Request> = live.map(|r| (r.setting_id, r)).collect();
    let schools = sessions::bookable_schools(desk, actor, tour.id).await?;
    let schools: Vec<_> =
        schools.into_iter().filter(|school| school.in_audience || live.contains_key(&school.id)).collect();
    let year_groups = match tour.audience() {
        Audience::Children { year_groups, .. } => year_groups,
        Audience::Adults => YearGroups::NONE,
    };
    let taught = schools.iter().map(|school| school.year_groups.unwrap_or(year_groups));
    let year_groups = year_groups.intersection(taught.fold(YearGroups::NONE, YearGroups::union));
    let days = format!("{} to {}", tour.starts.format("%-d %b %Y"), tour.ends.format("%-d %b %Y"));
    let lines = schools
        .into_iter()
        .map(|school| {
            let request = live.get(&school.id);
            Line {
                tour: tour.id,
                tour_name: tour.name.clone(),
                days: days.clone(),
                setting: school.id,
                standing: request.map(|r| r.state.label().to_owned()).unwrap_or_default(),
                asked: request.map(cells),
                is_open: request.is_none_or(|r| r.state == RequestState::Asked),
                school: school.name,
            }
        })
        .collect();
    Ok((lines, year_groups))
}

/// What a request asks for, as the sheet has it.
pub(super) fn cells(request: &Request) -> Cells {
    let wish = domain::request::Wish {
        groups: request.groups.clone(),
        sessions: request.sessions,
        may_split: request.may_split,
        room_for_others: request.room_for_others,
        part_of_day: request.part_of_day,
        impossible: request.impossible.clone(),
        preferred: request.preferred.clone(),
        access_needs: request.access_needs.clone(),
        note: request.note.clone(),
    };
    let contact = [&request.contact_name, &request.contact_telephone, &request.contact_email].map(String::as_str);
    let asked = request.asked_how.parse().ok().map(|how| (request.asked_by_name.as_str(), how));
    Cells::of(&wish, contact, asked)
}
