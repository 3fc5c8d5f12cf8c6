//! What a sheet says beside the records: cell by cell, what it asks for, what it changes, and what several people wrote
//! differently.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use domain::access::{Actor, Role};
use domain::merged::Merged;
use domain::request::{RequestState, Wish};
use domain::request_sheet::{Cell, Cells, Column, Key, merge};
use intake::Problem;
use intake::requests::FilledRow;
use uuid::Uuid;

use super::go_out::{cells, takes_requests};
use super::{filled_in, rows};
use crate::db::Conn;
use crate::error::{Error, Result};
use crate::imports::fingerprint;
use crate::requests::{self, Request};
use crate::sessions::OnBehalf;
use crate::tours::{self, Tour};
use crate::within::Within;
use crate::{Desk, audit};

/// What somebody decided about a cell that was written differently: both as [`Said::print`] has them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// What was on record when it was asked: when it is no longer, it is asked again.
    pub on_record: String,
    /// What is right.
    pub right: String,
}

/// Everything that was decided, by [`Asked::field`].
pub type Answers = BTreeMap<String, Answer>;

/// A cell of a tour and school, as a page names it.
#[derive(Debug, Clone)]
pub struct Change {
    /// The tour's name.
    pub tour: String,
    /// The school's name.
    pub school: String,
    /// The cell.
    pub cell: Cell,
    /// What is on record; blank where nothing is.
    pub before: String,
    /// What it will be; as before where it is asked about.
    pub after: String,
}

/// A request that the sheet makes.
#[derive(Debug, Clone)]
pub struct New {
    /// The tour's name.
    pub tour: String,
    /// The school's name.
    pub school: String,
    /// What is asked for.
    pub wish: Wish,
    /// Whom to talk to: name, telephone, email.
    pub contact: [String; 3],
    /// Who asked, where somebody else writes it down.
    pub asked: Option<OnBehalf>,
}

/// One thing that was written in a cell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said {
    /// What; nothing where the cell is to be emptied.
    pub text: String,
    /// Where: “row 5, filled in by Jo”.
    pub wheres: Vec<String>,
}

impl Said {
    /// What stands for a text in a form.
    #[must_use]
    pub fn print(text: &str) -> String {
        fingerprint(text.as_bytes()).chars().take(16).collect()
    }
}

/// A cell that was written differently.
#[derive(Debug, Clone)]
pub struct Asked {
    /// Which, and what is on record.
    pub what: Change,
    /// Its name in a form.
    pub field: String,
    /// Who last changed the request that is on record, by name and role; none where there is none.
    pub by: Option<(String, Option<Role>)>,
    /// When.
    pub at: Option<DateTime<Utc>>,
    /// Where that was done by taking a sheet in: who had filled it in, blank where nobody is named.
    pub sheet: Option<String>,
    /// What the file says.
    pub said: Vec<Said>,
    /// Somebody answered, and what came of it cannot be taken in: it is asked again.
    pub is_answered: bool,
    /// What is wrong with the answer, where it is this one's.
    pub wrong: Option<String>,
}

/// What a file says beside the records.
#[derive(Debug, Clone, Default)]
pub struct Comparison {
    /// Requests that it makes.
    pub made: Vec<New>,
    /// What it changes in requests that stand, cell by cell; and what it asks for in those of which something has to be
    /// decided first.
    pub changes: Vec<Change>,
    /// Requests that it changes.
    pub changed: usize,
    /// What has to be decided first.
    pub asked: Vec<Asked>,
    /// What cannot be taken in.
    pub problems: Vec<Problem>,
    /// Rows that say what is on record already.
    pub unchanged: usize,
}

impl Comparison {
    /// Whether nothing is left to decide or to mend.
    #[must_use]
    pub fn is_settled(&self) -> bool {
        self.asked.is_empty() && self.problems.is_empty()
    }

    /// Whether it would change nothing.
    #[must_use]
    pub fn is_nothing(&self) -> bool {
        self.made.is_empty() && self.changed == 0 && self.is_settled()
    }
}

/// What the rows of one tour and school come to.
pub(super) struct Draft<'a> {
    pub tour: Tour,
    pub setting: Uuid,
    pub school: String,
    /// The request that stands.
    pub request: Option<Request>,
    /// What it asks for from now on.
    pub cells: Cells,
    pub changed: BTreeSet<Cell>,
    pub rows: Vec<&'a FilledRow>,
    /// Cells that cannot be read, or are written differently: the rest is only tried out, so that everything that is
    /// wrong is told at once.
    pub open: BTreeSet<Cell>,
    /// What was written differently, and was decided.
    pub decided: Vec<Asked>,
}

/// A tour and a school.
type Pair = (Uuid, Uuid);

/// Brings a sheet's rows together with the records. What is open or wrong goes into the comparison; the rest is what it
/// comes to, some of it only to be tried out.
pub(super) async fn drafts<'a>(
    conn: &mut Conn,
    desk: &Desk,
    actor: &Actor,
    rows: &'a [FilledRow],
    answers: &Answers,
    comparison: &mut Comparison,
) -> Result<Vec<Draft<'a>>> {
    let mut by_pair = BTreeMap::<Pair, Vec<&FilledRow>>::new();
    for row in rows {
        match &row.key {
            Ok(key) => by_pair.entry((key.tour, key.setting)).or_default().push(row),
            Err(error) => comparison.problems.push(row.problem(Column::Key, format!("{error}."))),
        }
    }
    let schools = schools(conn, actor, &by_pair).await?;
    let (mut drafts, mut tour) = (Vec::new(), None::<(Uuid, Option<(Tour, BTreeMap<Uuid, Request>)>)>);
    for ((tour_id, setting), mut rows) in by_pair {
        // In the order of tours: each is looked up once.
        if tour.as_ref().is_none_or(|(id, _)| *id != tour_id) {
            tour = Some((tour_id, tour_of(conn, actor, tour_id).await?));
        }
        let found = tour.as_ref().and_then(|(_, found)| found.as_ref());
        let (Some((tour, live)), Some(school)) = (found, schools.get(&setting)) else {
            comparison.problems.extend(rows.iter().map(|row| {
                row.problem(
                    Column::Key,
                    "There is no such tour or school any more, or it is not yours to ask for. Download a new sheet."
                        .into(),
                )
            }));
            continue;
        };
        rows.retain(|row| {
            let apart = rows::sorted_apart(row, &tour.name, school);
            let is_own = apart.is_none();
            comparison.problems.extend(apart);
            is_own
        });
        if rows.is_empty() {
            continue;
        }
        let draft = Draft {
            tour: tour.clone(),
            setting,
            school: school.clone(),
            request: live.get(&setting).cloned(),
            cells: Cells::default(),
            changed: BTreeSet::new(),
            rows,
            open: BTreeSet::new(),
            decided: Vec::new(),
        };
        drafts.extend(bring_together(conn, desk, draft, answers, comparison).await?);
    }
    Ok(drafts)
}

/// A tour with the requests for it that stand, by school; none where it is not the actor's.
async fn tour_of(conn: &mut Conn, actor: &Actor, id: Uuid) -> Result<Option<(Tour, BTreeMap<Uuid, Request>)>> {
    let tour = match tours::find(conn, actor, id).await {
        Ok(tour) => tour,
        Err(Error::NotFound) => return Ok(None),
        Err(other) => return Err(other),
    };
    let filter = requests::Filter { tour: Some(id), ..requests::Filter::default() };
    let live = requests::select(conn, actor, filter).await?.into_iter().filter(|r| r.state.is_live());
    Ok(Some((tour, live.map(|r| (r.setting_id, r)).collect())))
}

/// The names of the schools that are the actor's.
async fn schools(
    conn: &mut Conn,
    actor: &Actor,
    by_pair: &BTreeMap<Pair, Vec<&FilledRow>>,
) -> Result<BTreeMap<Uuid, String>> {
    let within = Within::of(actor);
    let ids: Vec<Uuid> = by_pair.keys().map(|(_, setting)| *setting).collect::<BTreeSet<_>>().into_iter().collect();
    let found = fetch_in!(
        conn,
        (Uuid, String, String, Option<String>),
        "SELECT id, name, authority_code, trust_code FROM setting WHERE id IN ",
        ids,
        ""
    )?;
    let is_own = |id: &Uuid, authority: &String, trust: &Option<String>| {
        within.authority.as_ref().is_none_or(|own| own == authority)
            && within.setting.is_none_or(|own| own == *id)
            && within.trust.as_ref().is_none_or(|own| Some(own) == trust.as_ref())
    };
    let own = found.into_iter().filter(|(id, _, authority, trust)| is_own(id, authority, trust));
    Ok(own.map(|(id, name, ..)| (id, name)).collect())
}

/// What one tour's and school's rows come to; none where nothing new is said, or nothing of it can be taken in.
async fn bring_together<'a>(
    conn: &mut Conn,
    desk: &Desk,
    mut draft: Draft<'a>,
    answers: &Answers,
    comparison: &mut Comparison,
) -> Result<Option<Draft<'a>>> {
    let on_record = draft.request.as_ref().map(cells).unwrap_or_default();
    let (filled, unread) = rows::read(&draft, &on_record, &mut comparison.problems);
    draft.open = unread;
    let says = |(key, cells): &(&Key, Cells)| {
        Cell::all().any(|cell| cells.said(cell).is_some_and(|said| !key.is_base(cell, said)))
    };
    if draft.open.is_empty() && !filled.iter().any(says) {
        comparison.unchanged += draft.rows.iter().filter(|row| !row.had_asked()).count();
        return Ok(None);
    }
    if let Some(why) = refused(&draft, desk) {
        comparison.problems.push(draft.rows[0].problem(Column::Standing, why.to_owned()));
        return Ok(None);
    }
    let said: Vec<(&Key, &Cells)> = filled.iter().map(|(key, cells)| (*key, cells)).collect();
    draft.cells = on_record.clone();
    let mut undecided = Vec::new();
    for (index, cell) in Cell::all().enumerate() {
        let here = on_record.get(cell);
        let texts = match merge(cell, &on_record, &said) {
            Merged::Stays => continue,
            Merged::Becomes(text) => {
                draft.change(cell, text);
                continue;
            }
            Merged::Asked(texts) => texts,
        };
        let field = format!("cell-{}-{}-{index}", draft.tour.id.simple(), draft.setting.simple());
        let answer = answers.get(&field).filter(|answer| answer.on_record == Said::print(here));
        let right = answer.and_then(|answer| {
            let mut all = [here.to_owned()].into_iter().chain(texts.iter().cloned());
            all.find(|text| Said::print(text) == answer.right)
        });
        let asked = Asked {
            what: draft.changed(cell, here, here),
            field,
            by: None,
            at: None,
            sheet: None,
            said: texts.into_iter().map(|text| rows::said(&draft.rows, cell, text, &filled)).collect(),
            is_answered: right.is_some(),
            wrong: None,
        };
        match right {
            Some(right) => {
                if right != here {
                    draft.change(cell, right);
                }
                draft.decided.push(asked);
            }
            None => {
                draft.open.insert(cell);
                undecided.push(asked);
            }
        }
    }
    if !(undecided.is_empty() && draft.decided.is_empty()) {
        let last = Last::of(conn, draft.request.as_ref()).await?;
        undecided.iter_mut().chain(&mut draft.decided).for_each(|asked| last.tell(asked));
    }
    comparison.asked.append(&mut undecided);
    if draft.open.is_empty() && draft.changed.is_empty() {
        comparison.unchanged += draft.rows.len();
        return Ok(None);
    }
    draft.take_out_groups();
    Ok(Some(draft))
}

/// How a request came to be as it is.
#[derive(Default)]
struct Last {
    by: Option<(String, Option<Role>)>,
    at: Option<DateTime<Utc>>,
    sheet: Option<String>,
}

impl Last {
    async fn of(conn: &mut Conn, request: Option<&Request>) -> Result<Self> {
        let Some(request) = request else { return Ok(Self::default()) };
        let last = audit::of_record(conn, "request", &request.id.to_string()).await?.into_iter().next();
        Ok(Self {
            at: last.as_ref().map(|line| line.at),
            by: last.and_then(|line| Some((line.person?, line.role.parse().ok()))),
            sheet: filled_in::of(conn, request).await?,
        })
    }

    fn tell(&self, asked: &mut Asked) {
        (asked.by, asked.at, asked.sheet) = (self.by.clone(), self.at, self.sheet.clone());
    }
}

/// Why what a row says can no longer be taken in.
fn refused(draft: &Draft<'_>, desk: &Desk) -> Option<&'static str> {
    match &draft.request {
        _ if !takes_requests(&draft.tour, desk.today()) => {
            Some("This tour takes no requests any more: it was closed, or it is over.")
        }
        Some(request) if request.state == RequestState::Placed => {
            Some("This request has a date by now. Change or cancel the session in Callboard instead.")
        }
        None if draft.rows.iter().any(|row| row.had_asked()) => Some(
            "This request was withdrawn since the sheet went out. Ask anew in the row of a sheet that is downloaded anew.",
        ),
        _ => None,
    }
}

impl Draft<'_> {
    fn change(&mut self, cell: Cell, text: String) {
        self.cells.put(cell, text);
        self.changed.insert(cell);
    }

    /// A group whose number of pupils was emptied is out.
    fn take_out_groups(&mut self) {
        use domain::session::GroupField::Expected;
        for at in 0..domain::request::MOST_GROUPS {
            let pupils = Cell::Group(at, Expected);
            if self.changed.contains(&pupils) && self.cells.get(pupils).is_empty() {
                self.cells.remove_group(at);
            }
        }
    }

    /// A cell of this draft, as a page names it.
    pub(super) fn changed(&self, cell: Cell, before: &str, after: &str) -> Change {
        Change {
            tour: self.tour.name.clone(),
            school: self.school.clone(),
            cell,
            before: before.to_owned(),
            after: after.to_owned(),
        }
    }
}
